"""What another vintage of a published table changes: cells added and gone, values revised, flags, years.

A published figure is revised for years. Before a file is replaced the difference is said, so that a number that
moves in a report can be led back to the revision that moved it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Difference", "boundary_changes", "compare", "describe"]

MEASURES = ("year", "value", "flag")


@dataclass(frozen=True)
class Difference:
    """The difference between two tables, in cells that hold a value or a flag.

    ``added`` and ``gone`` are cells of one table only; ``revised``, ``published`` (a value where there was none),
    ``withdrawn`` (none where there was one) and ``flags`` are of the cells of both. ``absolute`` and ``relative``
    hold the largest revisions: the dimensions, ``year, before, after, change, change_pct``.
    """

    before: int
    after: int
    added: int
    gone: int
    both: int
    revised: int
    published: int
    withdrawn: int
    flags: int
    years_before: tuple[int, ...]
    years_after: tuple[int, ...]
    absolute: pd.DataFrame
    relative: pd.DataFrame

    @property
    def new_years(self) -> tuple[int, ...]:
        """Years with cells in the new table only."""
        return tuple(year for year in self.years_after if year not in self.years_before)

    @property
    def lost_years(self) -> tuple[int, ...]:
        """Years with cells in the old table only."""
        return tuple(year for year in self.years_before if year not in self.years_after)

    @property
    def nothing(self) -> bool:
        """Whether both tables say the same."""
        return not (self.added or self.gone or self.revised or self.published or self.withdrawn or self.flags)


def _dimensions(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the dimensions of both; one that a table has alone may hold a single code (``freq`` is ``A``)."""
    for table, other in ((old, new), (new, old)):
        for name in table.columns.difference([*other.columns, *MEASURES], sort=False):
            codes = table[name].unique()
            if len(codes) > 1:
                raise ValueError(
                    f"the tables cannot be compared: one has the dimension {name} with {len(codes)} codes, the other "
                    "has none; two vintages of one data set are right"
                )
    shared = [name for name in old.columns if name in new.columns and name not in MEASURES]
    if not shared:
        raise ValueError("the tables have no dimension in common; two vintages of one data set are right")
    return shared


def _cells(table: pd.DataFrame, dimensions: list[str], recodes: Mapping[str, str] | None) -> pd.DataFrame:
    """Return the cells that say something, once each."""
    rows = table.loc[table["value"].notna() | (table["flag"] != ""), [*dimensions, *MEASURES]]
    cells = rows.assign(**{name: rows[name].astype("str") for name in [*dimensions, "flag"]})
    key = [*dimensions, "year"]
    if recodes is not None and "geo" in cells:
        cells["geo"] = cells["geo"].replace(dict(recodes))
        # old and new code of an area side by side: the one with a figure counts
        cells = cells.sort_values([*key, "value"], na_position="last", kind="stable").drop_duplicates(key)
    twice = cells.duplicated(key)
    if twice.any():
        cell = ", ".join(str(part) for part in cells[key].iloc[int(twice.to_numpy().argmax())])
        raise ValueError(f"the cell {cell} stands twice; each may stand once")
    return cells


def _largest(revised: pd.DataFrame, column: str, number: int) -> pd.DataFrame:
    """Return the rows with the largest absolute value of a column; ties keep the order of the codes."""
    finite = revised[np.isfinite(revised[column])]
    order = finite[column].abs().sort_values(ascending=False, kind="stable").index[:number]
    return finite.loc[order].reset_index(drop=True)


def compare(
    old: pd.DataFrame, new: pd.DataFrame, *, recodes: Mapping[str, str] | None = None, largest: int = 10
) -> Difference:
    """Compare two vintages of a table.

    Parameters
    ----------
    old, new
        Long tables as the readers of Eurostat's layouts give them: dimensions, ``year, value, flag``.
    recodes
        Old NUTS code to canonical code: an area that only changed its name is then not gone and added.
    largest
        How many of the largest revisions to keep.

    Raises
    ------
    ValueError
        If the tables have no dimension in common, one has a further one with several codes, or a cell stands twice.

    Examples
    --------
    >>> old = pd.DataFrame({"geo": ["AT", "DE", "IT"], "year": 2014, "value": [10, 20, np.nan], "flag": ["", "", "c"]})
    >>> new = pd.DataFrame({"geo": ["AT", "DE", "DE"], "year": [2014, 2014, 2015], "value": [10, 25, 26], "flag": ""})
    >>> found = compare(old, new)
    >>> found.added, found.gone, found.revised, found.new_years
    (1, 1, 1, (2015,))
    >>> found.absolute[["geo", "before", "after", "change_pct"]].values.tolist()
    [['DE', 20.0, 25.0, 25.0]]
    """
    dimensions = _dimensions(old, new)
    key = [*dimensions, "year"]
    one, two = _cells(old, dimensions, recodes), _cells(new, dimensions, recodes)
    merged = one.merge(two, on=key, how="outer", suffixes=("_old", "_new"), indicator=True)
    both = merged[merged["_merge"] == "both"]
    before, after = both["value_old"], both["value_new"]
    changed = both[before.notna() & after.notna() & (before != after)]
    revised = changed[key].assign(before=changed["value_old"], after=changed["value_new"])
    revised["change"] = revised["after"] - revised["before"]
    revised["change_pct"] = 100 * revised["change"] / revised["before"].abs().replace(0, np.nan)
    return Difference(
        before=len(one),
        after=len(two),
        added=int((merged["_merge"] == "right_only").sum()),
        gone=int((merged["_merge"] == "left_only").sum()),
        both=len(both),
        revised=len(revised),
        published=int((before.isna() & after.notna()).sum()),
        withdrawn=int((before.notna() & after.isna()).sum()),
        flags=int((both["flag_old"] != both["flag_new"]).sum()),
        years_before=tuple(int(year) for year in sorted(one["year"].unique())),
        years_after=tuple(int(year) for year in sorted(two["year"].unique())),
        absolute=_largest(revised, "change", largest),
        relative=_largest(revised, "change_pct", largest),
    )


def _span(years: tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) or "none"


def _number(value: float, sign: str = "") -> str:
    """Write a figure with as many decimals as it has, at most three."""
    return f"{value:{sign},.3f}".rstrip("0").rstrip(".")


def _lines(table: pd.DataFrame) -> list[str]:
    dimensions = [name for name in table.columns if name not in ("year", "before", "after", "change", "change_pct")]
    lines = []
    for row in table.to_dict("records"):
        share = f", {row['change_pct']:+,.1f} %" if np.isfinite(row["change_pct"]) else ""
        place = ", ".join(str(row[name]) for name in dimensions)
        values = f"{_number(row['before'])} -> {_number(row['after'])} ({_number(row['change'], '+')}{share})"
        lines.append(f"    {place}, {row['year']}: {values}")
    return lines


def describe(difference: Difference) -> list[str]:
    """Return the lines of the report on a difference.

    Examples
    --------
    >>> table = pd.DataFrame({"geo": ["AT"], "year": [2014], "value": [8.0], "flag": [""]})
    >>> print(*describe(compare(table, table.assign(value=9.0)))[:5], sep="\\n")
      cells with a value or a flag: 1 before (2014), 1 after (2014)
      new years: none
      cells added: 0; gone: 0
      values revised: 1 of 1 in both; newly published: 0; withdrawn: 0
      flags changed: 0
    """
    d = difference
    lost = f"; years gone: {_span(d.lost_years)}" if d.lost_years else ""
    lines = [
        f"  cells with a value or a flag: {d.before:,} before ({_span(d.years_before)}), {d.after:,} after "
        f"({_span(d.years_after)})",
        f"  new years: {_span(d.new_years)}{lost}",
        f"  cells added: {d.added:,}; gone: {d.gone:,}",
        f"  values revised: {d.revised:,} of {d.both:,} in both; newly published: {d.published:,}; withdrawn: "
        f"{d.withdrawn:,}",
        f"  flags changed: {d.flags:,}",
    ]
    for name, table in (("absolute", d.absolute), ("relative", d.relative)):
        if len(table):
            lines += [f"  largest revisions, {name}:", *_lines(table)]
    return lines


def _listed(codes: list[str]) -> str:
    shown = ", ".join(codes[:10])
    return f"{len(codes)}{f' ({shown}' if codes else ''}{', …' if len(codes) > 10 else ''}{')' if codes else ''}"


def boundary_changes(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the lines of the report on two editions of polygons, by ``region``: added, gone, renamed, redrawn.

    Parameters
    ----------
    old, new
        What :func:`alpclusters_lib.sources.gisco.read_boundaries` returns.
    """
    one, two = (table.drop_duplicates("region").set_index("region").sort_index() for table in (old, new))
    both = one.index.intersection(two.index)
    names = [c for c in one.columns if c in two.columns and c != "geometry"]
    a, b = one.loc[both, names].astype("str"), two.loc[both, names].astype("str")
    renamed = both[(a != b).any(axis=1)]
    redrawn = both[[not x.equals(y) for x, y in zip(one.loc[both, "geometry"], two.loc[both, "geometry"], strict=True)]]
    return [
        f"  regions: {len(one):,} before, {len(two):,} after",
        f"  regions added: {_listed([*two.index.difference(one.index)])}",
        f"  regions gone: {_listed([*one.index.difference(two.index)])}",
        f"  names or types changed: {_listed([*renamed])}",
        f"  polygons redrawn: {_listed([*redrawn])}",
    ]
