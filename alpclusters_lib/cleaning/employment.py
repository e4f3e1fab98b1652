"""Regional employment and local units from Eurostat's structural business statistics, cleaned.

What is done here: old NUTS codes become canonical ones by pure recodes; pseudo-regions (``…ZZ``, extra regio) are
dropped where they are not asked for; each cell gets a status; the total of the business economy is added for each
region; the sum of the 28 member states is added as region ``EU28``. Hidden cells are filled in between, see
``completion``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = [
    "BUSINESS_ECONOMY",
    "EU28",
    "EU28_MEMBERS",
    "add_business_economy",
    "european_reference",
    "regional_cells",
    "withhold_implausible",
]

BUSINESS_ECONOMY = "B-N_S95_X_K"
EU28 = "EU28"
# Members when the figures of 2008-2015 describe them; the sum of their published totals is the default reference.
EU28_MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "UK",
)  # fmt: skip
SECTIONS = (*"BCDEFGHIJLMN", "S95")
COUNTS = ("V16110", "V11210")
# A total is estimated only where this many of its 13 parts are published: else most of it would be ours.
MINIMUM_SECTIONS = 8
# Member states that hold at most this share of the EU's jobs may be absent from a sum called the EU's.
ABSENT_SHARE = 0.02
# A national figure this far from the national table's is a slip of the pen; below so many persons nothing is one.
IMPLAUSIBLE_FACTOR, IMPLAUSIBLE_FROM = 5.0, 1000.0
# Regions that add up to their country within this share are all there.
PRESENT_WITHIN = 0.02


def _cell_status(value: pd.Series, flag: pd.Series) -> np.ndarray:
    return np.where(value.notna(), "observed", np.where(flag.astype(str).str.contains("c"), "confidential", "missing"))


def regional_cells(
    tidy: pd.DataFrame,
    *,
    indicator: str,
    sectors: Sequence[str],
    recodes: Mapping[str, str],
    successors: Mapping[str, Sequence[str]] | None = None,
    extra_regio: bool = False,
) -> pd.DataFrame:
    """Return one indicator of the regional statistics with canonical codes and a status for each cell.

    Parameters
    ----------
    tidy
        What :func:`alpclusters_lib.sources.eurostat.read_eurostat_tsv` returns: ``nace_r2, indic_sb, geo, year,
        value, flag``.
    indicator
        ``V16110`` (persons employed), ``V11210`` (local units) or ``V13320`` (wages and salaries, million EUR).
    sectors
        The NACE sections and divisions to keep.
    recodes
        Old NUTS code to canonical code, for areas that only changed their name.
    successors
        Old NUTS code to the codes that took its place with other boundaries: the old one is left out in the years
        in which a successor has figures, so that no job is counted twice.
    extra_regio
        Keep the pseudo-regions (``FRZZ``): jobs that a country counts and places in no region.

    Returns
    -------
    DataFrame
        ``region, sector, year, value, status, flag``, sorted; a region without a single figure is left out.

    Raises
    ------
    ValueError
        If a count is negative, a cell stands twice, or two vintages of a code both give a figure for one cell.
    """
    rows = tidy[(tidy["indic_sb"] == indicator) & tidy["nace_r2"].isin(list(sectors))]
    published = rows["geo"].astype(str)
    frame = pd.DataFrame(
        {
            "region": published.map({code: recodes.get(code, code) for code in published.unique()}).astype(str),
            "sector": rows["nace_r2"].astype(str),
            "year": rows["year"].astype("int16"),
            "value": rows["value"].astype("float64"),
            "flag": rows["flag"].astype(str),
            "published_code": published,
        }
    )
    pseudo = frame["region"].str.fullmatch(r"[A-Z]{2}Z")
    frame = frame[~pseudo & (extra_regio | ~frame["region"].str.endswith("ZZ"))]
    negative = frame[frame["value"] < 0]
    if len(negative) and indicator in COUNTS:
        cell = negative.iloc[0]
        raise ValueError(
            f"{indicator} is negative for {cell.region}, {cell.sector}, {cell.year}: {cell.value:g}; "
            "a count cannot be below 0"
        )
    # Old and new code of one area stand side by side in the file, filled in different years: take the filled one.
    # Where both are empty, the one that says why (confidential) counts.
    frame["silent"] = ~frame["flag"].str.contains("c", regex=False)
    order = ["region", "sector", "year", "value", "silent"]
    frame = frame.sort_values(order, na_position="last", kind="stable")
    key = ["region", "sector", "year"]
    clash = frame[frame["value"].notna() & frame.duplicated(key, keep=False)]
    clash = clash[clash.duplicated(key, keep=False)]
    if len(clash):
        one, two = clash.iloc[0], clash.iloc[1]
        if one.published_code == two.published_code:
            raise ValueError(f"{one.published_code}, {one.sector}, {one.year} stands twice; each cell may stand once")
        raise ValueError(
            f"mixed NUTS vintages: {one.published_code} and {two.published_code} both give a figure for "
            f"{one.sector} in {one.year}; keep one vintage a year"
        )
    frame = frame.drop_duplicates(key, keep="first").drop(columns=["published_code", "silent"])
    frame = _without_replaced(frame, successors or {})
    frame["status"] = _cell_status(frame["value"], frame["flag"])
    has_figures = frame.groupby("region")["value"].transform("count") > 0
    return frame.loc[has_figures, [*key, "value", "status", "flag"]].reset_index(drop=True)


def _without_replaced(frame: pd.DataFrame, successors: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Leave out an old region in every year in which one of its successors has figures."""
    years = frame[frame["value"].notna()].groupby("region")["year"].agg(set)
    replaced = {old: set().union(*(years.get(new, set()) for new in codes)) for old, codes in successors.items()}
    old = np.flatnonzero(frame["region"].isin([region for region in replaced if replaced[region]]))
    cells = frame.iloc[old]
    gone = [year in replaced[region] for region, year in zip(cells["region"], cells["year"], strict=True)]
    keep = np.ones(len(frame), bool)
    keep[old[gone]] = False
    return frame[keep]


def withhold_implausible(cells: pd.DataFrame, national: pd.DataFrame) -> pd.DataFrame:
    """Take back a country's figure that its own national table contradicts by a factor of five or more.

    The regional file holds a few such slips (construction in Italy 2009: 55,118 persons, 1,911,357 in the national
    table). The two tables differ by 10 to 20 % for good reasons, never by a factor of five.

    Parameters
    ----------
    cells
        Regional figures with their national rows (:func:`regional_cells`).
    national
        ``region, sector, year, value`` of the national table.

    Returns
    -------
    DataFrame
        ``cells`` with such figures empty, status ``missing`` and flag ``implausible``.
    """
    key = ["region", "sector", "year"]
    other = national.set_index(key)["value"].reindex(pd.MultiIndex.from_frame(cells[key])).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = cells["value"].to_numpy() / other
    slip = (other >= IMPLAUSIBLE_FROM) & ((ratio > IMPLAUSIBLE_FACTOR) | (ratio < 1 / IMPLAUSIBLE_FACTOR))
    result = cells.copy()
    result.loc[slip, "value"], result.loc[slip, "status"], result.loc[slip, "flag"] = np.nan, "missing", "implausible"
    return result


def _all_present(sections: pd.DataFrame, national: pd.DataFrame, groups: list[np.ndarray]) -> pd.Series:
    """Say of each row whether the regions of its country, level and year add up to it where none hides the section."""
    by_group = sections.groupby(groups)
    complete = by_group.transform("count").eq(by_group["G"].transform("size"), axis=0)
    ratio = (by_group.transform("sum") / national).where(complete)
    return ratio.median(axis=1).sub(1).abs() <= PRESENT_WITHIN


def _fill_sections(sections: pd.DataFrame, jobs: pd.Series) -> pd.DataFrame:
    """Share what a country publishes and its regions hide among the regions that hide it, by their jobs."""
    regions, years = sections.index.get_level_values("region"), sections.index.get_level_values("year")
    country = pd.Series(regions.str[:2], index=sections.index)
    level = pd.Series(regions.str.len() - 2, index=sections.index)
    groups = [country.to_numpy(), level.to_numpy(), years.to_numpy()]
    national = sections.reindex(pd.MultiIndex.from_arrays([country, years]))
    national.index = sections.index
    residual = (national - sections.groupby(groups).transform("sum")).clip(lower=0)
    # a region that is absent altogether would hand its jobs to those that hide a section
    residual = residual.where(_all_present(sections, national, groups), axis=0)
    weight = sections.isna().mul(jobs, axis=0)
    return sections.fillna(residual * weight / weight.groupby(groups).transform("sum"))


def add_business_economy(cells: pd.DataFrame, *, national_totals: pd.Series | None = None) -> pd.DataFrame:
    r"""Add each region's total of the business economy, NACE B-N without K, plus S95.

    .. math:: E_r = \sum_{s} e_{sr}, \qquad \hat e_{sr} = (e_{s,country} - \sum_{q\ known} e_{sq})
              \frac{J_r}{\sum_{q\ hidden} J_q}

    Sections that were completed from their divisions count as they are; where one has no figure at all, its part of
    the country's published remainder is taken, in proportion to the jobs :math:`J` in the region's other sections. In
    both cases the total is ``estimated``. Divisions are never summed over holes. Where fewer than 8 of the 13 parts are
    known there is no total.

    Parameters
    ----------
    cells
        ``region, sector, year, value, lower, upper, status, flag, counted``
        (:func:`~alpclusters_lib.cleaning.completion.completed_table`).
    national_totals
        Published totals by (country, year), used where a country hides a section in the regional file.

    Returns
    -------
    DataFrame
        ``cells`` and one row more for each region and year, sector ``B-N_S95_X_K``. Its limits are the sums of its
        sections' (the upper one NaN where a section is not limited).
    """
    rows = cells[cells["sector"].isin(SECTIONS)]

    def by_section(column: str) -> pd.DataFrame:
        return rows.pivot(index=["region", "year"], columns="sector", values=column).reindex(columns=list(SECTIONS))

    sections, observed = by_section("counted"), by_section("status").eq("observed").all(axis=1)
    jobs = sections.sum(axis=1)
    enough = sections.notna().sum(axis=1) >= MINIMUM_SECTIONS
    filled = _fill_sections(sections, jobs)
    total = filled.sum(axis=1, skipna=False).where(enough)
    if national_totals is not None:
        # a published total of the country, though of another table, goes before a sum with estimates
        published = national_totals.reindex(total.index).where(enough & ~observed)
        total = published.fillna(total)
    totals = pd.DataFrame({"value": total, "flag": "", "counted": total})
    totals["status"] = np.where(observed, "observed", np.where(total.notna(), "estimated", "missing"))
    totals["lower"] = np.fmin(by_section("lower").sum(axis=1), total)
    totals["upper"] = np.fmax(by_section("upper").sum(axis=1, skipna=False), total)
    totals["upper"] = totals["upper"].where(by_section("upper").notna().all(axis=1))
    totals.loc[totals["status"] == "missing", ["lower", "upper"]] = np.nan
    totals = totals.reset_index().assign(sector=BUSINESS_ECONOMY)
    return pd.concat([cells, totals[cells.columns]], ignore_index=True).astype({"year": "int16"})


def european_reference(cells: pd.DataFrame, national: pd.DataFrame) -> pd.DataFrame:
    """Return the EU's figures: the sum of the 28 member states' published national totals.

    Parameters
    ----------
    cells
        Regional figures with their totals (:func:`add_business_economy`); the national rows are used.
    national
        Published national figures ``region, sector, year, value`` of another table, used where a country hides a
        sector in ``cells``.

    Returns
    -------
    DataFrame
        Rows of region ``EU28``. ``flag`` says how many member states publish nothing (``2 absent``). The status is
        ``observed`` while those hold at most 2 % of the EU's jobs, else ``bound``: the sum is then a lower limit.
    """
    key = ["region", "sector", "year"]
    # a country's own estimate is no published total; its total of all jobs may rest on one
    published = (cells["status"] == "observed") | (cells["sector"] == BUSINESS_ECONOMY)
    own = cells[cells["region"].isin(EU28_MEMBERS) & published].set_index(key)["value"]
    other = national[national["region"].isin(EU28_MEMBERS)].set_index(key)["value"]
    grid = pd.MultiIndex.from_product([EU28_MEMBERS, cells["sector"].unique(), cells["year"].unique()], names=key)
    both = own.reindex(grid).fillna(other.reindex(grid))
    size = own.xs(BUSINESS_ECONOMY, level="sector").groupby("region").mean().reindex(EU28_MEMBERS)
    absent_size = both.isna() * size.reindex(both.index.get_level_values("region")).to_numpy()
    by_cell = both.groupby(["sector", "year"])
    frame = pd.DataFrame({"value": by_cell.sum(min_count=1), "absent": len(EU28_MEMBERS) - by_cell.count()})
    small = absent_size.groupby(["sector", "year"]).sum() <= ABSENT_SHARE * size.sum()
    frame["status"] = np.where(frame["value"].isna(), "missing", np.where(small, "observed", "bound"))
    frame["flag"] = np.where(frame["absent"] > 0, frame["absent"].astype(str) + " absent", "")
    frame = frame.reset_index().assign(region=EU28)
    # a national total may rest on an estimate of a hidden section
    frame["value"] = frame["value"].round()
    frame["lower"], frame["counted"] = frame["value"], frame["value"]
    frame["upper"] = frame["value"].where(frame["status"] == "observed")
    return frame[list(cells.columns)].astype({"year": "int16"})
