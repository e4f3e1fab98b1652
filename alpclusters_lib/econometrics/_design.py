"""From a panel of jobs to the cells of the growth equation: terms, effects, and why cells are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.econometrics._absorption import lone_cells, numbered
from alpclusters_lib.indicators import _checks

__all__ = ["TERMS", "Cells", "Groups", "Rows", "cells", "distinct", "groups_of", "read", "years"]

TERMS = {
    "ln_own_quotient": "the logarithm of its location quotient (convergence)",
    "ln_group_quotient": "that of the rest of its group (itself left out)",
    "ln_linked_quotient": "that of the linked groups",
}
STATUSES = ("observed", "estimated", "bound", "confidential", "missing")
SUMMED = ("observed", "estimated")


class Cells(NamedTuple):
    """Cells (region, sector) with columns start, end and terms, and how many were left out by reason."""

    table: pd.DataFrame
    dropped: dict[str, int]


class Rows(NamedTuple):
    """Rows of a panel that have been read and checked, so that many estimates need to do so once only."""

    table: pd.DataFrame


class Groups(NamedTuple):
    """Weights sector × sector: with which others a column's sector shares its group, and to which it is linked."""

    same: pd.DataFrame
    linked: pd.DataFrame | None


def read(panel: pd.DataFrame | Rows) -> Rows:
    """Return the panel's rows with jobs as floats and labels as text, sorted, or raise about the first thing wrong."""
    if isinstance(panel, Rows):
        return panel
    if not isinstance(panel, pd.DataFrame):
        raise TypeError(f"panel is a {type(panel).__name__}; a long DataFrame region, sector, year, value is needed")
    value = "jobs" if "value" not in panel else "value"
    for column in ("region", "sector", "year", value):
        if column not in panel:
            raise ValueError(f"panel has no column {column}; it has {_checks.listed(panel.columns)}")
    unnamed = panel[["region", "sector", "year"]].isna().any()
    if unnamed.any():
        raise ValueError(f"a row of the panel has no {unnamed.idxmax()}; each row needs region, sector and year")
    rows = panel.rename(columns={value: "jobs"})
    rows = rows.astype({"region": str, "sector": str, "year": int})
    rows["status"] = rows["status"].astype(str) if "status" in rows else "observed"
    _checks.require_numeric(rows["jobs"].dtype, where="jobs of the panel")
    rows["jobs"] = rows["jobs"].astype(float)
    wrong = rows[(rows["jobs"] < 0) | np.isinf(rows["jobs"])]
    if len(wrong):
        cell = wrong.iloc[0]
        raise ValueError(f"{cell.region}, {cell.sector}, {cell.year} has {cell.jobs:g} jobs; zero or more are needed")
    doubled = rows[rows.duplicated(["region", "sector", "year"])]
    if len(doubled):
        cell = doubled.iloc[0]
        raise ValueError(f"{cell.region}, {cell.sector}, {cell.year} stands twice; each cell may stand once")
    return Rows(rows.sort_values(["region", "sector", "year"], ignore_index=True))


def years(rows: pd.DataFrame, start: int, end: int, wanted: str | Sequence[int]) -> list[int]:
    """Return the years of the regressors, none inside the window of growth."""
    known = sorted(rows["year"].unique().tolist())
    for year in (start, end):
        if year not in known:
            raise ValueError(f"no figures for {year} in the panel; available: {_checks.listed(known)}")
    if start >= end:
        raise ValueError(f"growth is {start} to {end}; two years in order are needed")
    if isinstance(wanted, str):
        _checks.one_of(wanted, ("start", "average", "earlier"), name="regressor_years")
        first, last = {"start": (start, start), "average": (known[0], start), "earlier": (known[0], start - 1)}[wanted]
        found = [year for year in known if first <= year <= last]
        if not found:
            raise ValueError(f"no year before {start} in the panel; available: {_checks.listed(known)}")
        return found
    chosen = sorted(set(map(int, wanted)))
    late = [year for year in chosen if year > start]
    if late:
        raise ValueError(
            f"regressor year {late[0]} lies after {start}, inside the growth from {start} to {end}; {start} or earlier "
            "is needed"
        )
    absent = [year for year in chosen if year not in known]
    if absent or not chosen:
        what = f"no figures for {absent[0]} in the panel" if absent else "no regressor year"
        raise ValueError(f"{what}; available: {_checks.listed(y for y in known if y <= start)}")
    return chosen


def groups_of(rows: pd.DataFrame, groups: Mapping[str, str] | pd.Series, links: pd.DataFrame | None) -> Groups:
    """Return which sectors of the panel share a group and how those of different groups are linked."""
    group = pd.Series(groups, dtype=object)
    _checks.require_unique(group.index, noun="sector", name="groups")
    sectors = pd.Index(sorted(rows["sector"].unique()), name="sector")
    absent = sectors[~sectors.isin(group.index[group.notna()])]
    if len(absent):
        raise ValueError(f"groups has no sector {_checks.listed(absent)} of the panel; give each sector its one group")
    of = group.reindex(sectors).to_numpy()
    same = pd.DataFrame((of[:, None] == of) & ~np.eye(len(of), dtype=bool), sectors, sectors).astype(float)
    if links is None:
        return Groups(same, None)
    weights = _checks.employment_table(links, name="links")
    for noun, held in (("row", weights.index), ("column", weights.columns)):
        unknown = sorted({str(name) for name in of if name not in held})
        if unknown:
            raise ValueError(f"links has no {noun} for group {_checks.listed(unknown)}; it has {_checks.listed(held)}")
    if weights.isna().any().any():
        raise ValueError("links has a missing weight; 0 says that two groups are not linked")
    # rows are what is summed, columns whose term it is
    linked = weights.reindex(index=of, columns=of).to_numpy().T * (of[:, None] != of)
    return Groups(same, pd.DataFrame(linked, sectors, sectors))


def cells(
    rows: pd.DataFrame,
    start: int,
    end: int,
    regressor_years: list[int],
    groups: Groups,
    *,
    statuses: Sequence[str],
    minimum_jobs: float,
) -> Cells:
    """Return the cells of the panel that have growth and terms, others counted by the first reason against them."""
    if isinstance(statuses, str) or not statuses:
        raise ValueError(f"statuses is {statuses!r}; a list such as ['observed', 'estimated'] is needed")
    for status in statuses:
        _checks.one_of(status, STATUSES, name="status")
    regions, sectors = pd.Index(rows["region"].unique(), name="region"), groups.same.index

    def matrix(values: pd.Series) -> np.ndarray:
        return values.unstack("sector").reindex(index=regions, columns=sectors).to_numpy()

    both = ["region", "sector"]
    counted = rows[rows["status"].isin(statuses)].set_index(both)
    first, last = (matrix(counted.loc[counted["year"] == year, "jobs"]) for year in (start, end))
    usable = rows[rows["status"].isin({*statuses, *SUMMED}) & rows["year"].isin(regressor_years)]
    jobs = matrix(usable.groupby(both)["jobs"].mean())
    broken = matrix(_broken(rows, start, end)) == 1
    terms, without = _terms(jobs, groups)
    reasons = {
        f"no figure that counts in {start}": np.isnan(first),
        f"no figure that counts in {end}": np.isnan(last),
        "break in the series": broken,
        "no jobs at the start": first == 0,
        f"fewer than {minimum_jobs:g} jobs at the start": first < minimum_jobs,
        **without,
    }
    listed = ~np.isnan(matrix(rows.drop_duplicates(both).set_index(both)["year"]))
    why = np.select(list(reasons.values()), range(len(reasons)), default=-1)
    kept = listed & (why == -1)
    index = pd.MultiIndex.from_product([regions, sectors])[kept.ravel()]
    table = pd.DataFrame({"start": first[kept], "end": last[kept]}, index)
    for name, values in terms.items():
        table[name] = values[kept]
    return Cells(table, {reason: int((listed & (why == place)).sum()) for place, reason in enumerate(reasons)})


def _terms(jobs: np.ndarray, groups: Groups) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the logarithms of the quotients, region × sector, and by reason where there is none."""
    weights = {
        "ln_own_quotient": ("the sector", np.eye(jobs.shape[1])),
        "ln_group_quotient": ("the rest of the group", groups.same.to_numpy()),
    }
    if groups.linked is not None:
        weights["ln_linked_quotient"] = ("the linked groups", groups.linked.to_numpy())
    totals = np.nansum(jobs, axis=1, keepdims=True)
    terms, without = {}, {}
    for name, (words, weight) in weights.items():
        alone = np.broadcast_to(weight.sum(axis=0) == 0, jobs.shape)
        # a sum with a hole is unknown, not smaller
        holes = np.isnan(jobs).astype(float) @ (weight > 0) > 0
        strength = np.where(holes, np.nan, np.nan_to_num(jobs) @ weight)
        without["alone in its group" if name == "ln_group_quotient" else f"nothing in {words}"] = alone
        without[f"no figure for {words} in the years of the quotients"] = np.isnan(strength)
        without[f"no jobs in {words} in the years of the quotients"] = strength == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            terms[name] = np.log((strength / totals) / (np.nansum(strength, axis=0) / totals.sum()))
    return terms, without


def _broken(rows: pd.DataFrame, start: int, end: int) -> pd.Series:
    """Return by cell whether its series breaks after the start, up to the end: 1 where it does."""
    both = ["region", "sector"]
    if "break_in" in rows:
        inside = rows[(rows["year"] > start) & (rows["year"] <= end)]
        return inside["break_in"].fillna(False).astype(float).groupby([inside[key] for key in both]).max()
    if "segment" in rows:
        ends = rows[rows["year"].isin([start, end])]
        return (ends.groupby(both)["segment"].nunique() > 1).astype(float)
    return pd.Series(0.0, rows.drop_duplicates(both).set_index(both).index)


def distinct(cells: Cells, *, keep_zeros: bool, by_country: bool) -> Cells:
    """Return the cells to estimate with: no zero where logarithms are taken, no effect that has one cell only."""
    dropped = dict(cells.dropped)
    table = cells.table
    if not keep_zeros:
        empty = table["end"] == 0
        dropped["no jobs at the end"] = int(empty.sum())
        table = table[~empty]
    region, sector = (table.index.get_level_values(level).astype(str) for level in ("region", "sector"))
    table = table.assign(effect=region.str[:2] + " " + sector if by_country else sector)
    single = "only cell of a region or of a country and sector" if by_country else "only cell of a region or sector"
    dropped |= {single: 0, "no jobs at the end in all cells of a region or sector effect": 0}
    while len(table):
        first, second = numbered(table.index.get_level_values("region")), numbered(table["effect"].to_numpy())
        lone = lone_cells(first, second)
        jobs = table["end"].to_numpy()
        empty = ~lone & ((np.bincount(first, jobs)[first] == 0) | (np.bincount(second, jobs)[second] == 0))
        dropped[single] += int(lone.sum())
        dropped["no jobs at the end in all cells of a region or sector effect"] += int(empty.sum())
        if not (lone | empty).any():
            break
        table = table[~(lone | empty)]
    if table.empty:
        left = ", ".join(f"{why}: {count}" for why, count in dropped.items() if count)
        raise ValueError(
            f"no cell is left to estimate with; two regions of a country with the same sector are needed ({left})"
        )
    return Cells(table, dropped)
