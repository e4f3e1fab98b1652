"""The structure of a perimeter beyond single clusters: variety, clusters across borders, product space, complexity."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.figures import association_map, clustermaps, networks, style
from alpclusters_lib.indicators.complexity import Complexity, economic_complexity
from alpclusters_lib.indicators.product_space import relatedness_backbone
from alpclusters_lib.indicators.spatial_association import global_association, local_association, neighbour_graph
from alpclusters_lib.indicators.variety import related_variety, unrelated_variety
from alpclusters_lib.reports import atlas
from alpclusters_lib.reports.divisions import divisions, learning_regions, learnt_proximity
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.narrative import lower_first
from alpclusters_lib.reports.numbers import about, count, decimal, ordinal
from alpclusters_lib.reports.pictures import GEO, SOURCE, Picture, drawn, panel

__all__ = [
    "LOCAL_FAMILIES",
    "association_sentence",
    "association_table",
    "complexity_sentence",
    "complexity_table",
    "local_cluster_map",
    "local_cluster_sentence",
    "product_space",
    "product_space_sentence",
    "relatedness_map",
    "variety_sentence",
    "variety_table",
]

YEAR = 2014
LEVEL = 0.05
MATTERS = 0.01
# below this gap two orders of regions are equally good
NO_GAP = 0.01
LOCAL_FAMILIES = ("machinery", "wood-furniture", "textile-fashion", "tourism")
PERMUTATIONS = 19_999
SHUFFLES = 999
# Sections in a word or two, for legends.
SECTION_NAMES = {
    "B": "Mining", "C": "Manufacturing", "D": "Energy", "E": "Water, waste", "F": "Construction", "G": "Trade",
    "H": "Transport", "I": "Hospitality", "J": "Information", "L": "Real estate", "M": "Professional services",
    "N": "Business support", "S": "Repair",
}  # fmt: skip


# --- variety ----------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _variety(year: int = YEAR) -> pd.DataFrame:
    found = divisions(year)
    groups = {division: sectors.section_of(division) for division in found.jobs.columns}
    table = pd.DataFrame(
        {"related": related_variety(found.jobs, groups), "unrelated": unrelated_variety(found.jobs, groups)}
    )
    table["rank_related"] = table["related"].rank(ascending=False, method="min")
    table["rank_unrelated"] = table["unrelated"].rank(ascending=False, method="min")
    counted = (found.status != "observed").mul(1).where(found.jobs > 0, 0)
    table["estimated_share"] = (found.jobs * counted).sum(axis=1) / found.jobs.sum(axis=1)
    return table


def variety_sentence(perimeter: str) -> str:
    """Return how varied the perimeter's regions are among the EU's, and which stand at the ends."""
    table, names = _variety(), datasets.regions(level=2)["name_en"]
    inside = table.loc[[code for code in regions.perimeter(perimeter) if code in table.index]]
    most, least = inside["related"].idxmax(), inside["related"].idxmin()
    above = int((inside["related"] > table["related"].median()).sum())
    verb = "has" if above == 1 else "have"
    return (
        f"{above} of {len(inside)} regions {verb} more related variety than the median of {len(table)} EU regions: "
        f"their jobs are spread over more divisions of the same sections. Most: {names[most]} "
        f"({decimal(inside.loc[most, 'related'])} bits), least: {names[least]} "
        f"({decimal(inside.loc[least, 'related'])})."
    )


def variety_table(perimeter: str) -> pd.DataFrame:
    """Return related and unrelated variety of the perimeter's regions with their ranks in the EU."""
    table, names = _variety(), datasets.regions(level=2)["name_en"]
    inside = table.loc[[code for code in regions.perimeter(perimeter) if code in table.index]]
    inside = inside.sort_values("related", ascending=False)
    # every region has some small division that is not published; the last column tells how much
    guessed = inside["estimated_share"] >= MATTERS
    bits = {kind: [about(decimal(v), g) for v, g in zip(inside[kind], guessed, strict=True)] for kind in table}
    return pd.DataFrame({
        "region": names.reindex(inside.index).to_numpy(),
        "related variety, bits": bits["related"],
        "rank in the EU": [ordinal(rank) for rank in inside["rank_related"]],
        "unrelated variety, bits": bits["unrelated"],
        "rank in the EU ": [ordinal(rank) for rank in inside["rank_unrelated"]],
        "jobs not published by division, %": [decimal(100 * share, 1) for share in inside["estimated_share"]],
    })  # fmt: skip


# --- clusters across borders ------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _neighbours() -> object:
    known = divisions(YEAR).jobs.index
    return neighbour_graph(datasets.boundaries(2).loc[lambda table: table.index.isin(known)])


@functools.lru_cache(maxsize=16)
def _logarithms(family: str) -> pd.Series:
    """Return the logarithms of the quotients of all EU regions, NaN where there is none or it is 0."""
    values = drawn(atlas.quotients(YEAR).loc[family])
    mapped = values.index.intersection(datasets.boundaries(2).index)
    return np.log(values[mapped].where(values[mapped] > 0)).dropna().rename(family)


@functools.lru_cache(maxsize=1)
def _associations() -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    rows = {}
    for family in atlas.FAMILIES:
        found = global_association(_logarithms(family), _neighbours(), permutations=SHUFFLES, rng=case_seed(family))
        rows[family] = {"moran": found.statistic, "p": found.p, "n": found.n, "islands": len(found.islands)}
    table = pd.DataFrame(rows).T
    return table.assign(p_adjusted=false_discovery_control(table["p"])).sort_values("moran", ascending=False)


def association_sentence() -> str:
    """Return which families lie together in Europe, and which hardly do."""
    table = _associations()
    sure = table["p_adjusted"] <= LEVEL
    together, apart = int((sure & (table["moran"] > 0)).sum()), int((sure & (table["moran"] <= 0)).sum())
    first, last = table.index[0], table.index[-1]
    number = {0: "none of the", len(table): "all"}.get(together, f"{together} of")
    unlike = f" In {apart} they are less alike than chance gives." if apart else ""
    return (
        f"In {number} {len(table)} families neighbouring regions have similar quotients beyond chance (Moran's I, "
        f"false discoveries held at 5 %): most in {lower_first(sectors.family(first).label_en)} "
        f"(I = {decimal(table.loc[first, 'moran'])}), least in {lower_first(sectors.family(last).label_en)} "
        f"({decimal(table.loc[last, 'moran'])}).{unlike} Most neighbours lie in one country: what is national counts "
        "in it."
    )


def association_table() -> pd.DataFrame:
    """Return Moran's I of every family over the EU's regions."""
    table = _associations()
    return pd.DataFrame({
        "family": [sectors.family(family).label_en for family in table.index],
        "Moran's I": [decimal(value) for value in table["moran"]],
        # twice the one-sided p: the least that the permutations can give is a limit, not a figure
        "p, adjusted": [
            f"{'≤ ' if p <= 2 / (SHUFFLES + 1) + 1e-9 else ''}{adjusted:.3f}"
            for p, adjusted in zip(table["p"], table["p_adjusted"], strict=True)
        ],
        "regions": [count(value) for value in table["n"]],
        "islands": [count(value) for value in table["islands"]],
    })  # fmt: skip


@functools.lru_cache(maxsize=4)
def _local(family: str) -> pd.DataFrame:
    return local_association(_logarithms(family), _neighbours(), permutations=PERMUTATIONS, rng=case_seed(family))


def local_cluster_sentence(perimeter: str, family: str) -> str:
    """Return the perimeter's regions that lie, with their neighbours, above the mean of Europe beyond chance."""
    table, names = _local(family), datasets.regions()["name_en"]
    inside = table.loc[[code for code in regions.perimeter(perimeter) if code in table.index]]
    together = inside.index[inside["quadrant"] == "high-high"]
    tested = f"false discoveries held at 5 % over {count(table['p'].notna().sum())} EU regions"
    label = sectors.family(family).label_en
    if together.empty:
        return f"{label}: in no region of the perimeter do high quotients meet high ones beyond chance ({tested})."
    listed = ", ".join(names[code] for code in together)
    lands = ", ".join(names[land] for land in sorted({code[:2] for code in together}))
    many = "a quotient above the mean lies" if len(together) == 1 else "quotients above the mean lie"
    return (
        f"{label}: {_regions(len(together))} with {many} among neighbours above it, beyond what chance gives "
        f"({tested}), in {lands}: {listed}."
    )


def _regions(number: int) -> str:
    return f"{count(number)} region{'' if number == 1 else 's'}"


def local_cluster_map(perimeter: str, family: str) -> Picture:
    """Map where high quotients lie among high ones, low among low."""
    codes = list(regions.perimeter(perimeter))
    data = _local(family).reindex(codes)
    data["quadrant"] = data["quadrant"].fillna("missing")
    label, area = sectors.family(family).label_en, regions.PERIMETERS[perimeter]["en"]
    number = int((data["quadrant"] == "high-high").sum())
    title = f"{label}: high quotients meet high ones in {_regions(number) if number else 'no region'}"
    with style.style():
        figure, ax = panel(9.6, 6.4)
        association_map.association_map(
            data["quadrant"], datasets.boundaries(0, 2), ax=ax, perimeter=codes, title=title, source=f"{SOURCE} {GEO}"
        )
    alt = f"Map of local spatial association, {area}, {YEAR}. {local_cluster_sentence(perimeter, family)}"
    caption = (
        f"Local Moran's I of the logarithm of the location quotient against all EU regions that border on it; "
        f"{count(PERMUTATIONS)} conditional permutations."
    )
    return Picture(figure, f"local-clusters-{family}", data, alt, caption)


# --- product space ----------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=3)
def _perimeter_divisions(perimeter: str) -> pd.DataFrame:
    """Return jobs and quotient of the whole perimeter by division, and how many of its regions are specialised."""
    found = divisions(YEAR)
    codes = [code for code in regions.perimeter(perimeter) if code in found.jobs.index]
    jobs = found.jobs.loc[codes]
    shares = jobs.sum() / found.totals[codes].sum()
    reference = found.reference / found.reference.sum()
    return pd.DataFrame({
        "label": [sectors.label(division, short=True) for division in jobs.columns],
        "group": [sectors.section_of(division) for division in jobs.columns],
        "size": jobs.sum(),
        "lq": shares / reference[jobs.columns],
        "specialised_regions": found.presence.loc[codes].sum(),
        "estimated_regions": (found.status.loc[codes] != "observed").sum(),
    })  # fmt: skip


def product_space_sentence(perimeter: str) -> str:
    """Return what the network is, and where in it the perimeter as a whole is specialised."""
    nodes, links = _perimeter_divisions(perimeter), learnt_proximity(YEAR)
    held = nodes["lq"] >= 1
    usual = links.where(~np.eye(len(links), dtype=bool))
    among, between = usual.loc[held, held].stack().mean(), usual.loc[held, ~held].stack().mean()
    nearer = f"{'' if round(among, 2) > round(between, 2) else 'no '}nearer to one another than to the rest"
    strongest = usual.stack().idxmax()
    first, second = (sectors.label(division, short=True) for division in strongest)
    return (
        "Two divisions are near where the same regions are specialised in both, in "
        f"{count(len(learning_regions(YEAR)))} EU regions outside the Alps; nearest are {first} and {second} "
        f"({decimal(100 * usual.loc[strongest], 0)} % of the regions with the more frequent one have the other too). "
        f"The area as a whole is specialised in {count(held.sum())} of {count(len(nodes))} divisions. They are "
        f"{nearer}: mean proximity {decimal(among)} against {decimal(between)}."
    )


def product_space(perimeter: str) -> Picture:
    """Draw the product space, filled where the perimeter as a whole is specialised."""
    nodes = _perimeter_divisions(perimeter).assign(held=lambda table: table["lq"] >= 1)
    edges = relatedness_backbone(learnt_proximity(YEAR), links_per_sector=2)
    area = regions.PERIMETERS[perimeter]["en"]
    title = f"The product space: {int(nodes['held'].sum())} divisions are specialisations of the {area}"
    with style.style():
        figure, ax = panel(9.6, 8.4)
        networks.product_space(edges, nodes, ax=ax, group_names=SECTION_NAMES, title=title, source=SOURCE)
    alt = f"Network of divisions. {product_space_sentence(perimeter)}"
    caption = (
        f"The maximum spanning tree of the proximities and the strongest other links, two a division. Size: persons "
        f"employed in the area, {YEAR}. Filled: quotient of the area at least 1."
    )
    return Picture(figure, "product-space", nodes, alt, caption)


def relatedness_map(year: int = YEAR) -> Picture:
    """Draw all proximities at once, divisions in the order in which they belong together."""
    links = learnt_proximity(year)
    groups = pd.Series({division: sectors.section_of(division) for division in links})
    with style.style():
        grid = clustermaps.relatedness_clustermap(
            links,
            groups=groups,
            names=pd.Series({division: sectors.label(division, short=True) for division in links}),
            group_names=SECTION_NAMES,
            title="Which specialisations go together in Europe",
            source=SOURCE,
        )
    alt = (
        f"Heat map of proximities between {len(links)} divisions, ordered by hierarchical clustering; divisions of a "
        "section have the same colour at the edge."
    )
    caption = "Proximity: the smaller of the two shares of regions with one division that have the other too."
    return Picture(grid.figure, "relatedness", links.copy(), alt, caption)


# --- complexity -------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2)
def _complexity(manufacturing: bool = False) -> Complexity:
    held = divisions(YEAR).presence
    if manufacturing:
        held = held[[division for division in held if division[0] == "C"]]
    return economic_complexity(held, orient=_income())


def _income() -> pd.Series:
    table = datasets.gdp()
    rows = table[(table["indicator"] == "gdp_per_inhabitant_pps") & (table["year"] == YEAR)]
    return rows.dropna(subset="value").set_index("region")["value"]


def complexity_sentence() -> str:
    """Return what complexity measures at this level, how well it is identified, and where it is not."""
    found, narrow = _complexity(), _complexity(True)
    names = datasets.regions(level=2)["name_en"]
    top = found.eci.dropna().sort_values(ascending=False).index[:3]
    section = found.pci.index.str[0]
    industry, services = found.pci[section == "C"].mean(), found.pci[section.isin(list("JMN"))].mean()
    axis = ": an axis from industry to metropolitan services, and no measure of industrial capability"
    read = axis if services > industry else ""
    alone = ": no single order can be told there, and none is shown" if narrow.eigengap < NO_GAP else ", not shown here"
    return (
        f"Over {count(found.eci.notna().sum())} EU regions the index puts {', '.join(names[code] for code in top)} "
        f"first. The mean complexity of manufacturing divisions is {decimal(industry)}, that of information, "
        f"professional and business support services {decimal(services)}{read}. Its sign is chosen to go with GDP per "
        f"head (correlation {decimal(found.orientation_correlation)}). The gap to the next eigenvalue is "
        f"{decimal(found.eigengap, 3)}, over manufacturing alone {decimal(narrow.eigengap, 3)}{alone}. Exploratory: no "
        "recommendation in these reports rests on complexity."
    )


def complexity_table(perimeter: str) -> pd.DataFrame:
    """Return the complexity of the perimeter's regions, highest first."""
    found, names = _complexity(), datasets.regions(level=2)["name_en"]
    ranks, total = found.eci.rank(ascending=False, method="min"), int(found.eci.notna().sum())
    codes = [code for code in regions.perimeter(perimeter) if code in found.eci.index]
    order = found.eci[codes].sort_values(ascending=False).index
    income = _income()
    held = divisions(YEAR).presence.sum(axis=1)
    return pd.DataFrame({
        "region": names.reindex(order).to_numpy(),
        "complexity (z-score)": [decimal(found.eci[code]) for code in order],
        f"rank of {total}": [ordinal(ranks[code]) for code in order],
        "specialised divisions": [count(held[code]) for code in order],
        "GDP per head, PPS": [count(income[code]) if code in income else "no figure" for code in order],
    })  # fmt: skip
