"""The Alpine atlas: quotients of every family in every region of a perimeter, as tables, maps and sentences."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28, EU28_MEMBERS
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.figures import heatmaps, maps, style
from alpclusters_lib.indicators.clusters import cluster_stars
from alpclusters_lib.indicators.specialisation import hoover_index, krugman_index
from alpclusters_lib.reports.group_quotients import group_quotients
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import about, count, decimal, estimate
from alpclusters_lib.reports.pictures import GEO, SOURCE, Picture, drawn, panel, uncertain

__all__ = [
    "FAMILIES",
    "family_map",
    "family_sentence",
    "heat_map",
    "overview_sentence",
    "quotients",
    "specialisation_table",
    "stars",
]

# The families that share no division, so that no job is mapped twice; the others are readings of the same divisions.
FAMILIES = (
    "machinery", "automotive", "aerospace-and-other-transport-equipment", "metal", "plastics", "wood-furniture",
    "textile-fashion", "food", "life-sciences", "energy-environment", "construction", "transport-logistics", "ict",
    "creative", "tourism",
)  # fmt: skip


@functools.lru_cache(maxsize=4)
def _all_quotients(year: int) -> pd.DataFrame:
    totals = datasets.employment(year=year, sectors=BUSINESS_ECONOMY).set_index("region")["value"]
    regional = totals.index[(totals.index.str.len() == 4) & totals.notna() & (totals.index != EU28)]
    european = tuple(code for code in regional if code[:2] in EU28_MEMBERS)
    parts = {family: group_quotients(sectors.family(family).divisions, european, year) for family in FAMILIES}
    return pd.concat(parts, names=["family", "region"])


def quotients(year: int = 2014) -> pd.DataFrame:
    """Return jobs, share, quotient and interval of every atlas family in every EU NUTS 2 region.

    Returns
    -------
    DataFrame
        Index (family, region); ``jobs, jobs_lower, jobs_upper, share, lq, lower, upper, status``.
    """
    return _all_quotients(year).copy()


def _of_perimeter(perimeter: str, family: str, year: int) -> pd.DataFrame:
    codes = list(regions.perimeter(perimeter))
    table = quotients(year).loc[family].reindex(codes)
    table.insert(0, "name", datasets.regions(level=2)["name_en"].reindex(codes))
    return table


def family_sentence(perimeter: str, family: str, year: int = 2014) -> str:
    """Return how many regions of the perimeter are specialised in a family, and where it is strongest."""
    table = _of_perimeter(perimeter, family, year)
    known = table["lq"].dropna()
    above = int((table["lower"] > 1).sum())
    top = drawn(table).dropna().sort_values(ascending=False).head(3)
    names = ", ".join(
        f"{table.loc[code, 'name']} ({about(decimal(value), code in uncertain(table))})" for code, value in top.items()
    )
    hidden = int((table["lq"].isna() & table["lower"].notna()).sum())
    text = (
        f"{above} of {len(known) + hidden} regions with figures are specialised beyond the instability of their "
        f"figure; highest: {names}."
    )
    guessed = int((table["lq"].notna() & (table["jobs_lower"] != table["jobs_upper"])).sum())
    if guessed:
        text += f" In {count(guessed)} of them a hidden division is estimated."
    return text + (f" {hidden} of them are known within limits only." if hidden else "")


def family_map(perimeter: str, family: str, year: int = 2014) -> Picture:
    """Map the quotients of a family over a perimeter, with the ranking beside it."""
    table = _of_perimeter(perimeter, family, year)
    label, area = sectors.family(family).label_en, regions.PERIMETERS[perimeter]["en"]
    known = drawn(table).dropna().sort_values(ascending=False)
    above = int((table["lower"] > 1).sum())
    first = table.loc[known.index[0], "name"] if len(known) else "no region"
    figure = maps.choropleth_with_ranking(
        drawn(table),
        datasets.boundaries(0, 2),
        title=f"{label}: {first} leads, {above} regions are specialised",
        subtitle=f"Location quotient by region, {area}, {year}",
        source=f"{SOURCE} {GEO}",
        perimeter=list(table.index),
        names=table["name"],
        lower=table["lower"],
        upper=table["upper"],
        estimated=uncertain(table),
    )
    alt = f"Map and ranking of location quotients of {label} in the {area}, {year}. "
    alt += family_sentence(perimeter, family, year)
    caption = (
        f"{label}: {', '.join(sectors.family(family).divisions)}. Dotted: estimated or bounded; hatched: no figure."
    )
    return Picture(figure, family, table, alt, caption)


def heat_map(perimeter: str, year: int = 2014) -> Picture:
    """Show all families and all regions of a perimeter at one glance."""
    codes, everything = list(regions.perimeter(perimeter)), quotients(year)
    table = everything["lq"].unstack("family").reindex(codes)[list(FAMILIES)]
    guessed = (everything["status"] != "observed").unstack("family")
    known = table.dropna(how="all")
    names = datasets.regions(level=2)["name_en"]

    def labelled(wide: pd.DataFrame) -> pd.DataFrame:
        wide = wide.rename(index=lambda code: f"{names[code]} ({code[:2]})")
        return wide.rename(columns=lambda family: sectors.family(family).label_en.split(",")[0])

    best = known.stack().idxmax()
    certain = "" if not guessed.loc[best] else ", as far as estimates tell"
    title = f"The strongest specialisation{certain}: {sectors.family(best[1]).label_en} in {names[best[0]]}"
    with style.style():
        figure, ax = panel(9.6, 0.6 + 0.235 * len(known))
        marked = guessed.loc[known.index, known.columns]
        heatmaps.quotient_heat_map(
            labelled(known), ax=ax, estimated=labelled(marked), title=title, source=SOURCE
        )  # fmt: skip
    absent = len(codes) - len(known)
    alt = f"Heat map of location quotients, {len(known)} regions by {len(FAMILIES)} families, {year}. {title}."
    number = int((marked & known.notna()).sum(axis=None))
    caption = (
        f"Cut corner: {count(number)} quotients that rest on an estimate. Hatched: hidden. {absent} regions "
        "(Switzerland, Liechtenstein) have no regional industry figures."
    )
    return Picture(figure, "heat-map", table, alt, caption)


def stars(perimeter: str, year: int = 2014) -> pd.DataFrame:
    """Return the families with stars in the regions of a perimeter, in the manner of the Cluster Observatory."""
    table = quotients(year)
    table.index = table.index.rename({"family": "cluster"})
    starred = cluster_stars(table[["jobs", "lq", "share"]].swaplevel().sort_index(), edition="observatory")
    rows = starred[starred["stars"] >= 2].reset_index()
    rows = rows[rows["region"].isin(regions.perimeter(perimeter))]
    names = datasets.regions(level=2)["name_en"]
    own = table.swaplevel().loc[list(zip(rows["region"], rows["cluster"], strict=True))].reset_index(drop=True)
    found = pd.DataFrame({
        "region": names.reindex(rows["region"]).to_numpy(),
        "cluster": [sectors.family(family).label_en for family in rows["cluster"]],
        "stars": ["★" * int(number) for number in rows["stars"]],
        "persons employed": [estimate(*jobs) for jobs in own[["jobs", "jobs_lower", "jobs_upper"]].to_numpy()],
        "location quotient": [quotient(row) for _, row in own.iterrows()],
        "status": own["status"],
    })  # fmt: skip
    order = found.assign(jobs=own["jobs"]).sort_values(["stars", "jobs"], ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def specialisation_table(perimeter: str, year: int = 2014) -> pd.DataFrame:
    """Return how specialised whole regions are: Krugman and Hoover index over the 13 sections.

    A hidden section counts with its estimate, or the middle of its rounded limits, and the status says so; regions
    without a figure of a section are left out: an index over a row with holes would be another index.
    """
    table = datasets.employment(year=year, level=2)
    table = table[table["sector"].isin(sectors.sections()) & table["region"].str[:2].isin(EU28_MEMBERS)]
    counted = table["value"].fillna((table["lower"] + table["upper"]) / 2)
    european = table.assign(jobs=counted).pivot(index="region", columns="sector", values="jobs").dropna()
    status = table.groupby("region")["status"].agg(
        lambda cells: worst_status(cells.replace("confidential", "estimated"))
    )
    krugman, hoover = krugman_index(european, versus="rest"), hoover_index(european)
    codes = [code for code in regions.perimeter(perimeter) if code in european.index]
    names = datasets.regions(level=2)["name_en"]
    order = krugman[codes].sort_values(ascending=False).index
    largest = european.div(european.sum(axis=1), axis=0).div(european.sum() / european.to_numpy().sum())
    return pd.DataFrame({
        "region": names.reindex(order).to_numpy(),
        "Krugman index": [about(decimal(krugman[c]), status[c] != "observed") for c in order],
        "Hoover index": [about(decimal(hoover[c]), status[c] != "observed") for c in order],
        "section with the highest quotient": [sectors.label(largest.loc[c].idxmax()) for c in order],
        "status": status[order].to_numpy(),
    })  # fmt: skip


def overview_sentence(perimeter: str, year: int = 2014) -> str:
    """Return how many specialisations the perimeter holds and which three are the strongest."""
    codes = list(regions.perimeter(perimeter))
    table = quotients(year)
    inside = table[table.index.get_level_values("region").isin(codes)]
    sure = inside[inside["lower"] > 1]
    known = inside[inside["status"] != "missing"]
    top = inside["lq"].dropna().sort_values(ascending=False).head(3)
    names = datasets.regions(level=2)["name_en"]
    strongest = "; ".join(
        f"{sectors.family(key[0]).label_en} in {names[key[1]]} ({quotient(inside.loc[key])})" for key in top.index
    )
    guessed = int((known["status"] != "observed").sum())
    covered = inside.index.get_level_values("region").nunique()
    return (
        f"{count(len(sure))} of {count(len(known))} pairs of region and family are specialised beyond the instability "
        f"of their figure, at the limits of estimates too; {count(guessed)} rest on an estimate. The strongest: "
        f"{strongest}. {covered} of {len(codes)} regions have figures."
    )
