"""Whom a strategy's area is structurally like, in the Alps and elsewhere in the EU, and what drives the distance."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.figures import shares, style
from alpclusters_lib.indicators.composite import structural_distance
from alpclusters_lib.reports import benchmark_evidence as evidence
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import area_name, title_name
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.strategy import scoreboard

__all__ = [
    "SOURCE", "limits", "ordering", "ordering_sentence", "peers", "peers_of", "peers_picture", "peers_sentence",
    "peers_table", "variant_of",
]  # fmt: skip

NUMBER = 5
GROUPS = {"alps": "In the Alpine Space", "eu": "Elsewhere in the EU"}
SOURCE = "Source: Eurostat (2014), JRC NUTS converter (area); method after Navarro and others (2014); own computation."
# the neighbours that the published tool prints, the nearest first: Regional Benchmarking tool of Orkestra and the JRC
PUBLISHED = {
    "AT11": ("AT21", "AT33", "ITH2", "AT22", "AT31", "AT32", "AT12", "AT34", "ITI2"),
    "AT21": ("AT22", "AT33", "AT12", "AT11", "AT31"),
}


def variant_of(region: str) -> str:
    """Return which variables a strategy's area is compared by: a reduced set where it is Swiss."""
    code = evidence.area_codes()[region]
    return "full" if evidence.structure("full").loc[code].notna().all() else "reduced"


@functools.lru_cache(maxsize=32)
def peers(region: str, variant: str = "") -> pd.DataFrame:
    """Return the nearest areas of a strategy's area, five in the Alpine Space and five elsewhere in the EU.

    Returns
    -------
    Index code, the nearest first in each group: ``distance``, a column an element, which add to it, and ``group``
    (``alps`` or ``eu``). Its own parts are left out; so are regions that lack a variable.
    """
    code = evidence.area_codes()[region]
    variant = variant or variant_of(region)
    table, elements = evidence.structure(variant).dropna(), evidence.variables(variant)["element"]
    own = {code, *evidence.parts_of(code)}
    alps = [other for other in evidence.alpine() if other not in own]
    europe = [other for other in evidence.eu_regions(table) if other not in own and other not in evidence.alpine()]
    found = {
        group: scoreboard.structural_peers(table, elements, region=code, among=where, number=NUMBER)
        for group, where in (("alps", alps), ("eu", europe))
    }
    return pd.concat([part.assign(group=group) for group, part in found.items()])


def peers_of(region: str) -> list[str]:
    """Return the codes of the ten peers, the nearest first."""
    return list(peers(region).sort_values("distance", kind="stable").index)


def _elements(region: str) -> list[str]:
    return [column for column in peers(region).columns if column not in ("distance", "group")]


def peers_sentence(region: str) -> str:
    """Return whom the area is like and what parts it most from them."""
    found = peers(region)
    told = {
        group: listed([evidence.name_of_code(code) for code in found.index[found["group"] == group][:3]])
        for group in GROUPS
    }
    drivers = found[_elements(region)].mean()
    held = f"The {evidence.name_of_code('CH02')}, of which the canton is a part, is" if region == "fribourg" else ""
    return (
        f"{held or f'{title_name(region)} is'} structurally nearest to {told['alps']} in the Alpine Space and to "
        f"{told['eu']} elsewhere in the EU. Of the mean distance from its ten peers "
        f"{percent(100 * drivers.max() / drivers.sum(), 0)} comes from {_element(drivers.idxmax())}. "
        f"{_stability(region)}"
    )


def _element(name: str) -> str:
    return "the size of workplaces" if name == "firm size" else name


def _stability(region: str) -> str:
    """Return how many peers stay with the other set of variables."""
    if variant_of(region) == "reduced":
        return "Switzerland has no jobs by division and region, so a reduced set of variables is used."
    kept = len(set(peers(region).index) & set(peers(region, "reduced").index))
    return f"With the reduced set of variables, which Switzerland has too, {kept} of the ten stay."


def peers_picture(region: str) -> Picture:
    """Draw what each element adds to the distance of each peer."""
    found = peers(region)
    found = found.sort_values("distance", kind="stable")
    names = [f"{evidence.name_of_code(code)}{'' if row.group == 'alps' else ' (EU)'}" for code, row in found.iterrows()]
    # the chart prints per cent: ten times the share is a thousandth
    drawn = (10 * found[_elements(region)]).set_axis(names).rename(columns=str.capitalize)
    with style.style():
        figure, ax = panel(6.6, 0.34 * len(drawn) + 0.4)
        shares.stacked_shares(
            drawn, ax=ax, x_label="Structural distance × 1,000 (0 is alike)",
            title=f"Whom {area_name(region)} is like", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{name} {decimal(1000 * value, 1)}" for name, value in zip(names, found["distance"], strict=True))
    alt = f"Bars of the structural distance of ten peers, by element, times 1,000. {told}."
    caption = (
        "Peers in the Alpine Space and, marked EU, elsewhere. Squared distance over elements of equal weight, "
        "variables scaled on the EU's regions; it orders peers and "
        f"is no metric. {'Reduced' if variant_of(region) == 'reduced' else 'Full'} set of variables."
    )
    return Picture(figure, "peers", found, alt, caption)


def peers_table(region: str | None = None) -> pd.DataFrame:
    """Return the peers of one area with the parts of the distance, or the nearest three of every area."""
    if region is None:
        rows = []
        for key in regions.s3_regions().index:
            found = peers(key)
            near = {
                heading: "; ".join(evidence.name_of_code(code) for code in found.index[found["group"] == group][:3])
                for group, heading in GROUPS.items()
            }
            drivers = found[_elements(key)].mean()
            rows.append({"area": title_name(key), **near, "most of the distance": drivers.idxmax(),
                         "variables": variant_of(key)})  # fmt: skip
        return pd.DataFrame(rows)
    found = peers(region)
    table = found[["distance", *_elements(region)]].map(lambda value: decimal(1000 * value, 1))
    table.insert(0, "peer", [evidence.name_of_code(code) for code in found.index])
    table.insert(1, "where", list(found["group"].map(GROUPS)))
    return table.rename(columns={"distance": "distance × 1,000"}).reset_index(drop=True)


@functools.lru_cache(maxsize=1)
def ordering() -> pd.DataFrame:
    """Return where the neighbours that the published tool prints stand among all EU regions here.

    Returns
    -------
    Index (region, neighbour): ``published`` place, ``rank`` here and ``of`` how many regions.
    """
    table = evidence.structure("full").dropna()
    table = table.loc[evidence.eu_regions(table)]
    apart = structural_distance(table, evidence.variables("full")["element"])
    rows = {}
    for region, neighbours in PUBLISHED.items():
        ranks = apart[region].drop(region).rank()
        for place, other in enumerate(neighbours, start=1):
            rows[region, other] = {"published": place, "rank": ranks[other], "of": len(ranks)}
    return pd.DataFrame.from_dict(rows, orient="index")


def ordering_sentence() -> str:
    """Return how the published neighbours of Burgenland and Carinthia are ordered here."""
    told = []
    for region, found in ordering().groupby(level=0):
        value = found["published"].corr(found["rank"], method="spearman")
        told.append(
            f"the {len(found)} printed for {evidence.name_of_code(region)} are among the nearest "
            f"{found['rank'].max():.0f} of {found['of'].iloc[0]:.0f} (half of them the nearest "
            f"{found['rank'].median():.0f}), in much the same order (rank correlation {decimal(value)})"
            if value > 0.4
            else f"the {len(found)} printed for {evidence.name_of_code(region)} come in another order "
            f"(rank correlation {decimal(value)})"
        )
    return (
        "Held against the neighbours that the published tool of Orkestra and the JRC prints, from other years and more "
        f"variables: {'; '.join(told)}."
    )


def limits() -> list[str]:
    """Return what the distances leave out."""
    elements = listed(list(dict.fromkeys(evidence.variables("full")["element"])))
    return [
        f"Structural distance rests on {elements}. Of the seven elements of Navarro and others (2014), technological "
        "specialisation, openness and institutions have no regional figures here.",
        "Relief was tried and left out: Eurostat's typology is yes or no by NUTS 3 region and outweighed all the "
        "others; with it most of the published neighbours of Burgenland fell behind the 140th place.",
        "Being alike is a reason to look at a region, not a proof that what it does would work elsewhere.",
    ]
