"""Panels of jobs by region and year whose breaks are known, so that growth is taken only where it is growth.

Eurostat flags the first year of a new series with b. A difference across it holds a change of method or of boundaries:
it is refused, and the sentence says which windows are whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators.aggregation import cluster_employment

__all__ = [
    "NEVER_SPLICED",
    "UNUSUAL_PCT",
    "breaks",
    "growth",
    "growth_panel",
    "is_break",
    "unbroken_windows",
    "unusual_years",
]

# Few countries' business economy moves this much in a year; where no break is flagged the reader is told.
UNUSUAL_PCT = 5.0
# Regions that others with different boundaries followed or went before, with the area that holds them all.
NEVER_SPLICED = {"SI01": "SI", "SI02": "SI", "SI03": "SI", "SI04": "SI"}
FIGURES = ["jobs", "lower", "upper"]


def is_break(flag: pd.Series) -> pd.Series:
    """Return which flags hold Eurostat's b, the break in a series.

    Our own words among the flags (``implausible``, ``3 absent``) are none, although letters of them are a b.

    Examples
    --------
    >>> is_break(pd.Series(["b", "bc", "c", "", "implausible", "3 absent"])).tolist()
    [True, True, False, False, False, False]
    """
    return flag.isin({text for text in flag.unique() if re.fullmatch(r"[a-z]*b[a-z]*", text) and text != "implausible"})


def breaks(employment: pd.DataFrame, divisions: Sequence[str]) -> pd.DataFrame:
    """Return the region-years in which a new series begins for some divisions.

    Parameters
    ----------
    employment
        Long table ``region, sector, year, flag``.
    divisions
        NACE divisions. A flag on one of them or on a section of theirs counts.

    Returns
    -------
    DataFrame
        ``region, year``, each once, sorted.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "FRC2", "sector": "C", "year": [2013, 2014], "flag": ["", "b"]})
    >>> breaks(rows, ["C25"]).values.tolist()
    [['FRC2', 2014]]
    """
    concerned = employment["sector"].isin({*divisions, *(division[0] for division in divisions)})
    found = employment.loc[concerned & is_break(employment["flag"]), ["region", "year"]]
    return found.drop_duplicates().sort_values(["region", "year"], ignore_index=True)


def unusual_years(employment: pd.DataFrame, *, threshold_pct: float = UNUSUAL_PCT) -> pd.DataFrame:
    """Return in which years all jobs of a country moved so much that a change of method is possible.

    Parameters
    ----------
    employment
        Long table ``region, sector, year, value`` with the countries' rows of the business economy.
    threshold_pct
        From which change on, up or down, a year is listed.

    Returns
    -------
    DataFrame
        ``country, year, change_pct`` against the year before, sorted; a year without a figure in one of the two years
        is not listed.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "DE", "sector": "B-N_S95_X_K", "year": [2012, 2013, 2014]})
    >>> unusual_years(rows.assign(value=[100.0, 101.0, 106.3])).round(2).values.tolist()
    [['DE', 2014, 5.25]]
    """
    rows = employment[(employment["sector"] == BUSINESS_ECONOMY) & (employment["region"].str.len() == 2)]
    change = _yearly_change(rows).stack().rename("change_pct").reset_index()
    change.columns = ["year", "country", "change_pct"]
    found = change[change["change_pct"].abs() >= threshold_pct].sort_values(["country", "year"], ignore_index=True)
    return found.astype({"year": int})[["country", "year", "change_pct"]]


def _yearly_change(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the change against the year before in per cent, year × country."""
    wide = rows.pivot(index="year", columns="region", values="value").astype(float)
    if len(wide):
        wide = wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1))
    return wide.pct_change(fill_method=None) * 100


def growth_panel(
    employment: pd.DataFrame, divisions: Sequence[str], *, level: int | None = 2, by: str = "cluster"
) -> pd.DataFrame:
    """Return jobs of a cluster, or of each of its divisions, by region and year, with breaks and unbroken runs.

    Parameters
    ----------
    employment
        Long table ``region, sector, year, value, status, flag`` with divisions, sections and, for ``unusual``, the
        countries' totals; ``lower, upper`` where cells are estimated.
    divisions
        NACE divisions.
    level
        NUTS level of the regions; all of the table's where None.
    by
        ``"cluster"``: the sum of the divisions (:func:`~alpclusters_lib.indicators.aggregation.cluster_employment`);
        ``"division"``: each division as the table has it.

    Returns
    -------
    DataFrame
        ``region``, with divisions ``sector``, ``year`` (every year of the table), ``jobs, lower, upper, status``,
        ``break_in`` (the year begins a new series), ``segment`` (number of the unbroken run, from 1: a difference
        inside a segment is growth) and ``unusual`` (all jobs of the country moved by 5 % or more; NA where its
        totals are not in the table). A division's break is one flagged for it or its section, a cluster's one of any
        of its divisions.

    Raises
    ------
    ValueError
        If a division is not in the table, a cell stands twice, or no region has the level.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "FRC2", "sector": "C25", "year": [2012, 2013, 2014],
    ...                      "value": [14931.0, 14435.0, 14598.0], "status": "observed", "flag": ["", "", "b"]})
    >>> panel = growth_panel(rows, ["C25"])
    >>> panel[["year", "jobs", "break_in", "segment"]].values.tolist()
    [[2012, 14931.0, False, 1], [2013, 14435.0, False, 1], [2014, 14598.0, True, 2]]
    """
    _checks.one_of(by, ("cluster", "division"), name="by")
    divisions = list(dict.fromkeys(divisions))
    chosen = _of_level(employment, level)
    flagged = chosen[is_break(chosen["flag"])]
    if by == "cluster":
        key = ["region"]
        rows, new = cluster_employment(chosen, divisions).reset_index(), breaks(flagged, divisions)
    else:
        key = ["region", "sector"]
        rows = _cells(chosen, divisions)
        new = pd.concat([breaks(flagged, [division]).assign(sector=division) for division in divisions])
    years = range(int(chosen["year"].min()), int(chosen["year"].max()) + 1)
    labels = [sorted(rows[column].unique()) for column in key]
    grid = pd.MultiIndex.from_product([*labels, years], names=[*key, "year"])
    panel = rows.set_index([*key, "year"])[[*FIGURES, "status"]].reindex(grid)
    panel["status"] = panel["status"].fillna("missing")
    panel["break_in"] = grid.isin(pd.MultiIndex.from_frame(new[[*key, "year"]]))
    panel["segment"] = panel["break_in"].groupby(key).cumsum() + 1
    panel = panel.reset_index()
    panel["unusual"] = _unusual(panel, employment)
    return panel


def _of_level(employment: pd.DataFrame, level: int | None) -> pd.DataFrame:
    """Return the rows of a NUTS level, text columns as plain text."""
    chosen = employment
    if level is not None:
        codes = employment["region"].astype(str)
        chosen = employment[(codes.str.len() == level + 2) & (codes != EU28)]
    if chosen.empty:
        known = sorted({len(str(code)) - 2 for code in employment["region"].unique() if code != EU28})
        raise ValueError(f"no region of NUTS level {level} in the table; available: {', '.join(map(str, known))}")
    return chosen.astype({"region": str, "sector": str, "status": str, "flag": str, "year": int})


def _cells(employment: pd.DataFrame, divisions: Sequence[str]) -> pd.DataFrame:
    """Return divisions as a panel's rows: what the table has, limits equal to the value where it has none."""
    rows = employment[employment["sector"].isin(divisions)]
    known = set(rows["sector"])
    absent = [division for division in divisions if division not in known]
    if not divisions or absent:
        what = f"no division {absent[0]} in the table" if absent else "a panel needs at least one division"
        raise ValueError(f"{what}; a NACE division such as C28 would be right")
    doubled = rows[rows.duplicated(["region", "sector", "year"])]
    if len(doubled):
        cell = doubled.iloc[0]
        raise ValueError(f"{cell.region}, {cell.sector}, {cell.year} stands twice; each cell may stand once")
    cells = rows.rename(columns={"value": "jobs"})
    return cells if "lower" in cells else cells.assign(lower=cells["jobs"], upper=cells["jobs"])


def _unusual(panel: pd.DataFrame, employment: pd.DataFrame) -> pd.Series:
    """Return by row whether the country's total moved unusually, NA where its change is not known."""
    countries = employment[employment["region"].str.len() == 2]
    totals = countries[countries["sector"] == BUSINESS_ECONOMY].astype({"region": str, "year": int})
    change = _yearly_change(totals).stack()
    wanted = pd.MultiIndex.from_arrays([panel["year"], panel["region"].str[:2]])
    moved = pd.Series(change.reindex(wanted).to_numpy(dtype=float), index=panel.index)
    return (moved.abs() >= UNUSUAL_PCT).astype("boolean").mask(moved.isna())


def unbroken_windows(rows: pd.DataFrame) -> str:
    """Return, for one region's rows of a panel, the runs of years with figures inside which growth is growth.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2010, 2011, 2014, 2015], "jobs": 1.0, "segment": [1, 1, 2, 2],
    ...                      "status": "observed"})
    >>> unbroken_windows(rows), unbroken_windows(rows[rows["year"] < 2015]), unbroken_windows(rows[2:3])
    ('2010-2011, 2014-2015', '2010-2011, 2014 alone', '2014 alone')
    """
    known = rows[rows["status"] != "missing"]
    ends = known.groupby("segment")["year"].agg(["min", "max"])
    words = [f"{a}-{b}" if a < b else f"{a} alone" for a, b in ends.to_numpy()]
    return ", ".join(words) or "no year has a figure"


def growth(
    panel: pd.DataFrame,
    *,
    start: int,
    end: int,
    on_break: str = "refuse",
    never_spliced: Mapping[str, str] = NEVER_SPLICED,
) -> pd.DataFrame:
    r"""Return growth between two years, and no figure across a break.

    .. math:: 100\,(e_1 / e_0 - 1), \qquad \ln e_1 - \ln e_0

    Parameters
    ----------
    panel
        What :func:`growth_panel` returns, or rows of it.
    start, end
        First and last year.
    on_break
        ``"refuse"``: a window that holds a break raises; ``"missing"``: the row is ``missing`` with its reason.
    never_spliced
        Regions whose boundaries changed, with the area to use instead: where one has a figure at one end of the window
        only, that is a break.

    Returns
    -------
    DataFrame
        Index ``region`` (and ``sector``); ``jobs_start, jobs_end, growth_pct, growth_log``, ``lower_pct, upper_pct``
        (from the upper limit of the start to the lower one of the end, and the other way round; infinite where the
        start may be 0 or nothing limits the end), ``status`` (the worse of both ends; ``missing`` where the start is 0,
        the window broken or an end without figure), ``unusual`` (all jobs of the country moved by 5 % or more in a year
        of the window) and ``reason`` in words where there is no growth. ``growth_log`` is NaN where jobs end at 0.

    Raises
    ------
    ValueError
        If the years are not in order or not in the panel, or, with ``on_break="refuse"``, a window holds a break: the
        sentence names region and year and the unbroken windows that there are.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "FRC2", "sector": "C25", "year": [2011, 2012, 2013, 2014],
    ...                      "value": [14735.0, 14931.0, 14435.0, 14598.0], "status": "observed",
    ...                      "flag": ["", "", "", "b"]})
    >>> panel = growth_panel(rows, ["C25"])
    >>> growth(panel, start=2011, end=2013).loc["FRC2", ["growth_pct", "growth_log"]].astype(float).round(4).tolist()
    [-2.036, -0.0206]
    >>> growth(panel, start=2011, end=2014, on_break="missing").loc["FRC2", ["status", "reason"]].tolist()
    ['missing', 'break in 2014']
    >>> growth(panel, start=2011, end=2014)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: FRC2 has a break in its figures in 2014: growth 2011-2014 would not be growth; unbroken: 2011-2013, ...
    """
    _checks.one_of(on_break, ("refuse", "missing"), name="on_break")
    years = sorted(set(panel["year"].astype(int)))
    for year in (start, end):
        if year not in years:
            raise ValueError(f"no figures for {year} in the panel; available: {years[0]}-{years[-1]}")
    if start >= end:
        raise ValueError(f"growth is {start} to {end}; two years in order are right")
    key = ["region", "sector"] if "sector" in panel else ["region"]
    inside = panel[(panel["year"] > start) & (panel["year"] <= end)]
    table = _differences(*(panel[panel["year"] == year].set_index(key) for year in (start, end)))
    table["unusual"] = inside.groupby(key)["unusual"].any().reindex(table.index)
    table["reason"] = _reasons(table, inside[inside["break_in"]].groupby(key)["year"].min(), start, end, never_spliced)
    refused = table.index[table["reason"].str.contains("^break|boundaries")]
    if on_break == "refuse" and len(refused):
        raise ValueError(_refusal(panel, key, refused, table.loc[refused[0], "reason"], f"{start}-{end}"))
    none = table["reason"] != ""
    table.loc[none, ["growth_pct", "growth_log", "lower_pct", "upper_pct"]] = np.nan
    table.loc[none, "status"] = "missing"
    return table.drop(columns=["status_start", "status_end"])


def _differences(first: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Return both ends and their differences, empty where jobs start at 0."""
    labels = first.index.union(last.index)
    first, last = first.reindex(labels), last.reindex(labels)
    table = pd.DataFrame({"jobs_start": first["jobs"], "jobs_end": last["jobs"]}, dtype=float)
    ratio = table["jobs_end"] / table["jobs_start"].where(table["jobs_start"] > 0)
    table["growth_pct"] = (ratio - 1) * 100
    table["growth_log"] = np.log(ratio.where(ratio > 0))
    # a sum that nothing limits from above has the limit infinity
    most = [frame["upper"].fillna(np.inf).where(frame["lower"].notna()) for frame in (first, last)]
    with np.errstate(divide="ignore", invalid="ignore"):
        table["lower_pct"] = (last["lower"] / most[0] - 1) * 100
        table["upper_pct"] = (most[1] / first["lower"] - 1) * 100
    table["status_start"], table["status_end"] = first["status"].fillna("missing"), last["status"].fillna("missing")
    table["status"] = [worst_status(pair) for pair in zip(table["status_start"], table["status_end"], strict=True)]
    return table


def _reasons(
    table: pd.DataFrame, broken: pd.Series, start: int, end: int, never_spliced: Mapping[str, str]
) -> pd.Series:
    """Return in words why a row has no growth; an empty text where it has one, or limits of it."""
    without_start, without_end = table["status_start"] == "missing", table["status_end"] == "missing"
    reasons = pd.Series("", index=table.index, dtype=object)
    reasons[table["jobs_start"] == 0] = f"no jobs in {start}"
    reasons[without_end] = f"no figure in {end}"
    reasons[without_start] = f"no figure in {start}"
    areas = table.index.get_level_values("region").map(never_spliced)
    for row in np.flatnonzero((without_start != without_end) & areas.notna()):
        family = ", ".join(code for code, area in never_spliced.items() if area == areas[row])
        reasons.iloc[row] = f"{family} have different boundaries and are never spliced; use {areas[row]}"
    reasons[broken.index] = "break in " + broken.astype(int).astype(str)
    return reasons


def _refusal(panel: pd.DataFrame, key: list[str], refused: pd.Index, reason: str, window: str) -> str:
    """Return the sentence that refuses a window for the first of some rows."""
    label = refused[0] if len(key) > 1 else (refused[0],)
    windows = unbroken_windows(panel[(panel[key] == list(label)).all(axis=1)])
    more = f"; {len(refused) - 1} more rows are broken too" if len(refused) > 1 else ""
    where = f"growth {window} would not be growth"
    if reason.startswith("break"):
        year = reason.removeprefix("break in ")
        return f"{', '.join(label)} has a break in its figures in {year}: {where}; unbroken: {windows}{more}"
    return f"{', '.join(label)} has figures in {windows} only: {where}, as {reason}{more}"
