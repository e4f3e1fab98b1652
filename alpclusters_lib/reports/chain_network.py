"""Who supplies whom in a chain: stages by country groups in the world table, and the Alpine network of industries.

A stage is a part of its industries: of a flow between two industries, the stages' part is taken to be as large as
their shares of the industries' jobs in the Alpine countries, multiplied, and the same everywhere. What a stage really
buys from another is not known; the table knows industries. Whole countries stand for their Alpine parts, Switzerland
and Liechtenstein are inside the rest of the world.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.figures import chain_network, style
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.chain_trade import (
    ALPINE,
    OUTSIDE_EU,
    WORLD_SOURCE,
    YEAR,
    industry_names,
    stage_names,
    world,
)
from alpclusters_lib.reports.chain_words import chain_name, listed, quoted, written_out
from alpclusters_lib.reports.numbers import count, decimal, percent, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.value_chains.networks import (
    Communities,
    centralities,
    communities,
    disparity_backbone,
    industry_graph,
)

__all__ = [
    "ALPHA",
    "ChainFlows",
    "centrality_table",
    "community_sentence",
    "community_table",
    "flows",
    "network_picture",
    "network_sentence",
]

ALPHA = 0.05
RUNS = 100
SEED = 2011
EU, WORLD = "Rest of the EU", "Rest of the world"
COUNTRIES = {"AUT": "Austria", "DEU": "Germany", "FRA": "France", "ITA": "Italy", "SVN": "Slovenia"}
PLACES = [*COUNTRIES.values(), EU, WORLD]
GROUP_OF = {EU: "other EU", WORLD: "rest of the world"}
# an industry of which a smaller part of a stage is made is not listed
MAIN_SHARE = 0.1
OF_EACH = 3
# flows are published in whole millions
THOUSAND = 1000.0


class ChainFlows(NamedTuple):
    """Stages by country groups and what flows between them, in billion USD of the year."""

    nodes: pd.DataFrame
    """Index (place, stage): ``place, stage, group, size`` (output) and ``own_flow``."""
    edges: pd.DataFrame
    """All flows above 0 between two nodes: ``source, target, weight, significance, kept``."""
    year: int
    weight_kept_share: float
    edges_kept_share: float


def flows(evidence: ChainEvidence, *, year: int = YEAR) -> ChainFlows:
    r"""Return output of each stage by country group, and the flows between them.

    With :math:`s_{ik}` the share of industry i that is stage k's (``share_of_industry``, from jobs in the Alpine
    countries), a flow from stage k of group g to stage l of group h is

    .. math:: F_{gk,hl} = \sum_{c \in g} \sum_{d \in h} \sum_{ij} s_{ik} \, z_{ci,dj} \, s_{jl}
    """
    table = world(year)
    keys = [stage.key for stage in evidence.chain.stages]
    shares = evidence.industries["share_of_industry"].unstack("stage").reindex(columns=keys).fillna(0.0)
    countries, industries = (table.Z.index.get_level_values(level) for level in (0, 1))
    place = pd.Series([_place(country) for country in countries])
    parts = shares.reindex(industries).fillna(0.0).to_numpy()
    index = pd.MultiIndex.from_product([PLACES, keys], names=["place", "stage"])
    # a column for each stage of each group
    weights = np.hstack([parts * (place == name).to_numpy()[:, None] for name in PLACES])
    between = pd.DataFrame(weights.T @ table.Z.to_numpy() @ weights / THOUSAND, index, index)
    output = pd.Series(weights.T @ table.x.reindex(table.Z.index).to_numpy() / THOUSAND, index)
    every = disparity_backbone(between, alpha=1 - 1e-12)
    kept = disparity_backbone(between, alpha=ALPHA)
    nodes = index.to_frame(index=False).set_index(index)
    nodes["group"] = [GROUP_OF.get(name, "Alpine country") for name in nodes["place"]]
    nodes["size"], nodes["own_flow"] = output, np.diag(between)
    found = [(a, b, data["weight"], data["significance"], kept.has_edge(a, b)) for a, b, data in every.edges(data=True)]
    edges = pd.DataFrame(found, columns=["source", "target", "weight", "significance", "kept"])
    return ChainFlows(nodes, edges, year, kept.graph["weight_kept_share"], kept.graph["edges_kept_share"])


def _place(country: str) -> str:
    return COUNTRIES.get(country, WORLD if country in OUTSIDE_EU else EU)


def _alpine(edges: pd.DataFrame) -> pd.DataFrame:
    """Return the flows that an Alpine country sells or buys."""
    ends = [edges[end].map(lambda node: node[0] in COUNTRIES.values()) for end in ("source", "target")]
    return edges[ends[0] | ends[1]]


def _across(edges: pd.DataFrame) -> pd.DataFrame:
    """Return flows of an Alpine country across a border, largest first."""
    abroad = [source[0] != target[0] for source, target in zip(edges["source"], edges["target"], strict=True)]
    return _alpine(edges[np.array(abroad, dtype=bool)]).sort_values("weight", ascending=False, kind="stable")


def _between(edges: pd.DataFrame) -> pd.DataFrame:
    """Return flows from one Alpine country to another, largest first."""
    across, alpine = _across(edges), set(COUNTRIES.values())
    both = [{a[0], b[0]} <= alpine for a, b in zip(across["source"], across["target"], strict=True)]
    return across[np.array(both, dtype=bool)]


def _where(name: str) -> str:
    """Return a place inside a sentence."""
    return f"the {name[0].lower()}{name[1:]}" if name in GROUP_OF else name


def _told(row: pd.Series, names: dict[str, str]) -> str:
    (seller, sold), (buyer, bought) = row["source"], row["target"]
    to = f"the same stage in {_where(buyer)}" if sold == bought else f"{quoted(names[bought])} in {_where(buyer)}"
    return f"from {quoted(names[sold])} in {_where(seller)} to {to}"


def _amount(row: pd.Series) -> str:
    return f"{decimal(row['weight'], 1)} billion USD"


def _drawn(kept: pd.DataFrame) -> pd.DataFrame:
    """Return the flows that are drawn: the three largest of each Alpine country, then the largest ones."""
    ordered = kept.sort_values("weight", ascending=False, kind="stable")
    first = []
    for country in COUNTRIES.values():
        own = [country in (a[0], b[0]) for a, b in zip(ordered["source"], ordered["target"], strict=True)]
        first += list(ordered.index[np.array(own, dtype=bool)][:OF_EACH])
    chosen = list(dict.fromkeys([*first, *ordered.index]))[: chain_network.MOST]
    return ordered.loc[ordered.index.isin(chosen)]


def network_picture(evidence: ChainEvidence) -> Picture:
    """Draw stages by country groups with the flows of Alpine countries that stand out."""
    found, names = flows(evidence), stage_names(evidence)
    kept = _alpine(found.edges[found.edges["kept"]])
    top = _between(kept)
    title = f"No flow from one Alpine country to another stands out in {chain_name(evidence)}"
    if len(top):
        title = f"The largest flow between Alpine countries that stands out goes {_told(top.iloc[0], names)}"
    shown = _drawn(kept)
    with style.style():
        figure, ax = panel(9.6, 6.4)
        chain_network.chain_network(
            found.nodes, shown, ax=ax, stage_labels=names, title=title, source=WORLD_SOURCE,
            note=f"{len(shown)} of {len(kept)} flows of Alpine countries that stand out: the {OF_EACH} largest of each "
            "country, then the largest.",
        )  # fmt: skip
    largest = top.head(3)
    flows_told = "; ".join(f"{_told(row, names)} ({_amount(row)})" for _, row in largest.iterrows()) or "none"
    alt = (
        f"Network of {len(evidence.chain.stages)} stages from left to right and {len(PLACES)} country groups from top "
        f"to bottom, {found.year}. Largest flows between Alpine countries that stand out: {flows_told}."
    )
    caption = (
        "Circles: output of the stage's part of its industries. Curves: flows between stages, colour of the seller, "
        f"that stand out among those of the seller or the buyer (disparity filter, {ALPHA:g}). A stage's part of a "
        "flow is its share of the industries' jobs in the Alpine countries, taken to be alike everywhere. Whole "
        "countries; Switzerland and Liechtenstein are in the rest of the world."
    )
    data = kept.drop(columns="kept").sort_values("weight", ascending=False, ignore_index=True)
    for end in ("source", "target"):
        data[[f"{end}_place", f"{end}_stage"]] = data[end].tolist() if len(data) else [[None, None]] * 0
    return Picture(figure, "chain-network", data.drop(columns=["source", "target"]), alt, caption)


def network_sentence(evidence: ChainEvidence) -> str:
    """Return who supplies whom among the Alpine countries, the largest flow, and what the picture holds."""
    found, names = flows(evidence), stage_names(evidence)
    total, pairs = _across(found.edges)["weight"].sum(), _between(found.edges)
    if not total > 0:
        return f"The world table of {found.year} holds no flow of {chain_name(evidence)} across an Alpine border."
    named = pairs.assign(seller=pairs["source"].str[0], buyer=pairs["target"].str[0])
    by_pair = named.groupby(["seller", "buyer"], sort=False)["weight"].sum().sort_values(ascending=False)
    parts = [
        f"Of all that the stages of the five Alpine countries sell and buy across borders within the chain, "
        f"{percent(100 * pairs['weight'].sum() / total)} is among these five ({found.year})."
    ]
    if len(by_pair) and by_pair.iloc[0] > 0:
        first = listed([f"{seller} supplies {buyer} with {decimal(value, 1)}" for (seller, buyer), value
                        in by_pair.head(3).items()])  # fmt: skip
        parts.append(f"All stages together, {first} billion USD.")
    if len(top := pairs[pairs["kept"]]):
        parts.append(
            "The largest flow between Alpine countries that stands out goes "
            f"{_told(top.iloc[0], names)} ({_amount(top.iloc[0])})."
        )
    parts.append(
        f"The flows that stand out are {percent(100 * found.edges_kept_share)} of all flows between stages and "
        f"countries and {percent(100 * found.weight_kept_share)} of their value."
    )
    return " ".join(parts)


# --- the Alpine network of industries


@functools.lru_cache(maxsize=4)
def _alpine_graph(year: int) -> nx.DiGraph:
    table = world(year)
    return industry_graph(table.Z, x=table.x, countries=list(ALPINE.values()))


@functools.lru_cache(maxsize=4)
def _communities(year: int) -> Communities:
    """Return the communities of the backbone of 175 industries of the five countries."""
    return communities(disparity_backbone(_alpine_graph(year), alpha=ALPHA), rng=SEED, runs=RUNS)


@functools.lru_cache(maxsize=4)
def _pooled_communities(year: int) -> Communities:
    """Return the communities of 35 industries, the five countries added up: borders play no part."""
    table = world(year)
    codes = list(ALPINE.values())
    own = table.Z.loc[codes, codes].groupby(level=1, sort=False).sum().T.groupby(level=1, sort=False).sum().T
    own.columns.name = own.index.name = "industry"
    return communities(industry_graph(own), rng=SEED, runs=RUNS)


def _main_industries(evidence: ChainEvidence) -> list[str]:
    """Return the industries that are a tenth of a stage or more, in the order of the stages."""
    table = evidence.industries
    chosen = table[table["share_of_stage"] >= MAIN_SHARE]
    ranked = chosen.reindex([stage.key for stage in evidence.chain.stages], level="stage")
    return list(dict.fromkeys(ranked.index.get_level_values("industry")))


def _strangers(partition: pd.Series) -> dict[str, list[str]]:
    """Return the industries in a community that is mostly another country's, by ``"country, country"``."""
    countries = partition.index.get_level_values(0)
    home = partition.groupby(partition).agg(lambda part: part.index.get_level_values(0).value_counts().index[0])
    main = partition.map(home)
    found: dict[str, list[str]] = {}
    for (country, industry), host in main[main.to_numpy() != countries.to_numpy()].items():
        found.setdefault(f"{COUNTRIES[country]}'s|{COUNTRIES[host]}'s", []).append(industry)
    return found


def community_sentence() -> str:
    """Return whether the industries of the five countries form communities across borders, and how sure that is."""
    found, pooled, names = _communities(YEAR), _pooled_communities(YEAR), industry_names()
    told = []
    for pair, industries in _strangers(found.partition).items():
        country, host = pair.split("|")
        chosen = listed([names[code].lower() for code in industries])
        told.append(f"{country} {chosen} count{'s' if len(industries) == 1 else ''} among {host}")
    crossing = f", but {'; '.join(told)}" if told else ", and none is in that of another country"
    return (
        f"In the network of {len(found.partition)} industries of the five Alpine countries, {YEAR}, communities are "
        f"countries{crossing} (mean adjusted Rand index of {found.runs} runs {decimal(found.agreement)}; flows that "
        f"stand out at {ALPHA:g}). With the countries added up, the {len(pooled.partition)} industries fall into "
        f"{written_out(pooled.partition.nunique())} communities ({decimal(pooled.agreement)})."
    )


def community_table() -> pd.DataFrame:
    """Return the communities of industries, the five countries added up, and how sure each is."""
    pooled, names = _pooled_communities(YEAR), industry_names()
    rows = []
    for number, members in pooled.partition.groupby(pooled.partition):
        rows.append({
            "community": count(number),
            "industries": "; ".join(names[code] for code in members.index),
            "stability, lowest to highest": span(*pooled.stability[members.index].agg(["min", "max"])),
        })  # fmt: skip
    return pd.DataFrame(rows)


def centrality_table(evidence: ChainEvidence, *, most: int = 10) -> pd.DataFrame:
    """Return the chain's industries in Alpine countries by random-walk centrality among the 175, the first ones."""
    table = _centralities(YEAR)
    own = table[table.index.get_level_values(1).isin(_main_industries(evidence))].dropna(subset="random_walk")
    names = industry_names()
    ranks = table["random_walk"].rank(ascending=False)
    chosen = own.sort_values("random_walk", ascending=False).head(most)
    rows = [
        {
            "industry": f"{names[industry]}, {COUNTRIES[country]}",
            "rank by random walk": f"{count(ranks[country, industry])} of {int(ranks.notna().sum())}",
            "mean steps until reached": count(1 / row["random_walk"]),
            "bought from others, billion USD": decimal(row["in_strength"] / THOUSAND, 1),
            "sold to others, billion USD": decimal(row["out_strength"] / THOUSAND, 1),
            "own use, billion USD": decimal(row["own_flow"] / THOUSAND, 1),
        }
        for (country, industry), row in chosen.iterrows()
    ]
    return pd.DataFrame(rows)


@functools.lru_cache(maxsize=4)
def _centralities(year: int) -> pd.DataFrame:
    return centralities(_alpine_graph(year))
