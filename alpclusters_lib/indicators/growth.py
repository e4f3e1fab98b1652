"""Growth: what part of a region's change is national, of its industries, and its own.

The parts are arithmetic, not causes: the regional part holds all that the reference and the mix do not
account for, breaks in the series and revisions of the regional figures among them. Which sectors a region gained and
lost is counted in ``_entries`` and handed on here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._entries import entries_and_exits
from alpclusters_lib.indicators._yearly import yearly_counts, yearly_tables

__all__ = ["dynamic_shift_share", "entries_and_exits", "shift_share"]

Reference = tuple[np.ndarray, float]
"""Jobs by sector of the table, and in total, other sectors included."""

_PARTS = ("national", "industry", "regional", "allocation")
# so many cells of a band of regions stay in the processor's cache from one step to the next
_CACHED = 2**15


class _Change(NamedTuple):
    """Jobs of both years by region and sector, and growth of the reference in total and by sector, on arrays."""

    start: np.ndarray
    end: np.ndarray
    reference_start: np.ndarray
    total_growth: float
    sector_growth: np.ndarray

    def of(self, regions: slice) -> _Change:
        """Return the change of some regions, their cells side by side in memory."""
        band = (np.ascontiguousarray(jobs[regions]) for jobs in (self.start, self.end))
        return _Change(*band, *self[2:])


Split = Callable[[_Change], tuple[np.ndarray, ...]]


def shift_share(
    start: pd.DataFrame,
    end: pd.DataFrame,
    *,
    reference_start: pd.Series | None = None,
    reference_end: pd.Series | None = None,
    method: str = "dunn",
) -> pd.DataFrame:
    r"""Split the change of jobs into a national, an industry and a regional part.

    With growth rates :math:`g` of the reference economy, :math:`g_i` of its sector and :math:`g_{ir}` of the
    region's,

    .. math:: e'_{ir} - e_{ir} = e_{ir} g + e_{ir} (g_i - g) + e_{ir} (g_{ir} - g_i)

    "esteban_marquillas" splits the last part at the jobs h the region would have with the reference
    structure:

    .. math:: h_{ir} (g_{ir} - g_i) + (e_{ir} - h_{ir}) (g_{ir} - g_i), \qquad h_{ir} = E_r E^*_i / E^*

    so that its regional part is free of the mix, and its allocation says whether the region holds more of
    what it does better. "arcelus" does the same to all three parts,

    .. math:: h_{ir} g + h_{ir} (g_i - g) + h_{ir} (g_{ir} - g_i) + (e_{ir} - h_{ir}) g_{ir}

    with the three allocations together in one column. Arcelus also divides the regional part by the growth
    :math:`g_r` of the whole region, into :math:`h_{ir} (g_r - g)` and the rest; that is left out, as
    :math:`g_r` holds the region's mix, from which h is there to free the part.

    Parameters
    ----------
    start, end
        Jobs in the first and the last year, region × sector, the same regions and sectors in any order.
    reference_start, reference_end
        Jobs of the reference economy by sector, sectors outside the table included; both or neither. Where
        omitted the column sums of the cells known in both years: the regional parts of a sector then add to
        0, and so do the industry parts of all cells.
    method
        "dunn", "esteban_marquillas" or "arcelus".

    Returns
    -------
    Index (region, sector), columns national, industry, regional, and allocation unless "dunn", in jobs; each
    row adds to its change, and rows may be summed. A cell missing in either year is NaN and no other is, as h
    rests on the region's known sectors. A sector that starts from 0: its change is regional in Dunn's parts;
    the other methods divide by the start, so regional and allocation are NaN. A sector in which only the
    region starts above 0, not the reference, has NaN industry and regional parts.

    References
    ----------
    Dunn (1960), Papers of the Regional Science Association 6:97; Esteban-Marquillas (1972), Regional and
    Urban Economics 2:249; Arcelus (1984), Growth and Change 15(1):3.

    Examples
    --------
    >>> start = pd.DataFrame({"C28": [90, 310], "I55": [20, 130]}, index=["ITC4", "ITH1"])
    >>> end = pd.DataFrame({"C28": [100, 340], "I55": [40, 170]}, index=["ITC4", "ITH1"])
    >>> parts = shift_share(start, end)
    >>> parts.loc[("ITC4", "I55")].round(2).to_dict()
    {'national': 3.64, 'industry': 4.36, 'regional': 12.0}
    >>> parts.groupby("region").sum().round(2).loc["ITC4"].to_dict()
    {'national': 20.0, 'industry': -3.0, 'regional': 13.0}
    """
    split = _METHODS[_checks.one_of(method, _METHODS, name="method")]
    before, after = _checks.employment_sums(start, name="start"), _checks.employment_sums(end, name="end")
    _checks.aligned_table(start, end, name="start")
    other_way = _checks.aligned_table(end, start, name="end")
    if other_way is not end:
        after = _checks.employment_sums(other_way, name="end")
    if not (before.known and after.known):
        before, after = _known_in_both(before.values, after.values)
    first, last = _references(start.columns, before, after, reference_start, reference_end)
    return _long(_parts(_change(before.values, after.values, first, last), split), start)


def dynamic_shift_share(
    panel: pd.DataFrame, *, method: str = "dunn", reference: pd.DataFrame | None = None
) -> pd.DataFrame:
    r"""Split the change of jobs year by year and add the parts up.

    .. math:: \sum_{t} e_{ir,t} g_t + \sum_{t} e_{ir,t} (g_{i,t} - g_t) + \sum_{t} e_{ir,t} (g_{ir,t} - g_{i,t})

    and likewise for the other methods of :func:`shift_share`. The mix of every year counts, not that of the first
    alone, which matters where growth is fast or the mix moves.

    Parameters
    ----------
    panel
        Jobs, one row a region, sector and year, with columns region, sector, year and value; others are ignored. A row
        that is not there is a missing cell, not a 0.
    method
        As in :func:`shift_share`.
    reference
        Jobs of the reference economy, columns sector, year and value, every year of the panel and sectors outside it
        included. Where omitted the sums over the regions of the cells known in every year.

    Returns
    -------
    Index (region, sector) in the order of first appearance, columns as in :func:`shift_share`, in jobs; each row adds
    to its change from the first year to the last. A cell missing in any year is NaN, and no other is. The methods that
    divide by the start give NaN where a cell is 0 in any year but the last. A sector without a figure in the reference
    in some year is left out of its total in every year, with a warning, and has no industry and regional parts. Where
    a year is absent from the panel, the step over it is taken at once, with a warning that names it.

    References
    ----------
    Barff & Knight (1988), Growth and Change 19(2):1.

    Examples
    --------
    >>> panel = pd.DataFrame(
    ...     [("ITC4", "C28", 2013, 90), ("ITC4", "C28", 2014, 100), ("ITC4", "C28", 2015, 105),
    ...      ("ITH1", "C28", 2013, 310), ("ITH1", "C28", 2014, 340), ("ITH1", "C28", 2015, 355)],
    ...     columns=["region", "sector", "year", "value"],
    ... )
    >>> dynamic_shift_share(panel).loc[("ITC4", "C28")].round(2).to_dict()
    {'national': 13.55, 'industry': 0.0, 'regional': 1.45}
    """
    split = _METHODS[_checks.one_of(method, _METHODS, name="method")]
    tables = yearly_tables(panel, name="panel")
    if reference is None:
        economy = {year: (table.sum().to_numpy(), float(table.sum().sum())) for year, table in tables.items()}
    else:
        economy = _yearly_reference(reference, tables)
    jobs = {year: table.to_numpy() for year, table in tables.items()}
    steps = (
        _parts(_change(jobs[first], jobs[last], economy[first], economy[last]), split)
        for first, last in pairwise(tables)
    )
    return _long(sum(steps), next(iter(tables.values())))


def _parts(change: _Change, split: Split) -> np.ndarray:
    """Return the parts as one array, part × region × sector, made a band of regions at a time."""
    regions, sectors = change.start.shape
    parts = np.empty((3 if split is _dunn else 4, regions, sectors))
    step = max(_CACHED // max(sectors, 1), 1)
    for first in range(0, regions, step):
        band = slice(first, first + step)
        for whole, part in zip(parts, split(change.of(band)), strict=True):
            whole[band] = part
    return parts


def _long(parts: np.ndarray, like: pd.DataFrame) -> pd.DataFrame:
    columns = parts.reshape(len(parts), -1).T
    return pd.DataFrame(columns, index=_checks.long_index(like), columns=list(_PARTS[: len(parts)]), copy=False)


def _known_in_both(before: np.ndarray, after: np.ndarray) -> tuple[_checks.Summed, _checks.Summed]:
    """Return both years with the cells that are missing in either as NaN, and sums over the others."""
    holes = np.isnan(before) | np.isnan(after)
    jobs = (np.where(holes, np.nan, values) for values in (before, after))
    first, last = (_checks.Summed(one, np.nansum(one, axis=1), np.nansum(one, axis=0), False) for one in jobs)
    return first, last


def _change(before: np.ndarray, after: np.ndarray, first: Reference, last: Reference) -> _Change:
    growth = last[1] / first[1] - 1 if first[1] > 0 else np.nan
    by_sector = last[0] / np.where(first[0] > 0, first[0], np.nan) - 1
    return _Change(before, after, first[0], growth, by_sector)


def _references(
    sectors: pd.Index,
    before: _checks.Summed,
    after: _checks.Summed,
    reference_start: pd.Series | None,
    reference_end: pd.Series | None,
) -> tuple[Reference, Reference]:
    if (reference_start is None) != (reference_end is None):
        given, absent = ("start", "end") if reference_end is None else ("end", "start")
        raise ValueError(f"reference_{given} comes without reference_{absent}; both or neither are needed")
    if reference_start is None:
        return (before.columns, float(before.columns.sum())), (after.columns, float(after.columns.sum()))
    unlike = reference_start.index.symmetric_difference(reference_end.index)
    if len(unlike):
        raise ValueError(
            f"only one of reference_start and reference_end has sector {_checks.listed(unlike)}; "
            "the same sectors are needed in both years"
        )
    first, total_first = _checks.reference_counts(reference_start, sectors, name="reference_start")
    last, total_last = _checks.reference_counts(reference_end, sectors, name="reference_end")
    return (first.to_numpy(), total_first), (last.to_numpy(), total_last)


def _yearly_reference(reference: pd.DataFrame, tables: dict[int, pd.DataFrame]) -> dict[int, Reference]:
    """Return the reference by sector of the tables and in total for each of their years, over the same sectors."""
    counts = yearly_counts(reference, name="reference")
    absent = [year for year in tables if year not in counts.columns]
    if absent:
        raise ValueError(f"reference has no year {_checks.listed(absent)}; it has {_checks.listed(counts.columns)}")
    counts = counts[list(tables)]
    holes = counts.isna().any(axis=1)
    if holes.any():
        unknown = _checks.listed(counts.index[holes])
        _checks.warn(f"reference has no figure in some year for sector {unknown}: left out of its total in every year")
    counts = counts.mask(holes)
    totals = counts.sum()
    sectors = next(iter(tables.values())).columns
    return {
        year: (_checks.aligned(counts[year], sectors, noun="sector", name="reference").to_numpy(), float(totals[year]))
        for year in tables
    }


def _dunn(change: _Change) -> tuple[np.ndarray, ...]:
    national, as_sector = _expected(change, change.start)
    return national, as_sector - national, change.end - change.start - as_sector


def _esteban_marquillas(change: _Change) -> tuple[np.ndarray, ...]:
    homothetic = _homothetic(change)
    ahead = _own_growth(change) - change.sector_growth
    return *_dunn(change)[:2], homothetic * ahead, (change.start - homothetic) * ahead


def _arcelus(change: _Change) -> tuple[np.ndarray, ...]:
    homothetic, own = _homothetic(change), _own_growth(change)
    national, as_sector = _expected(change, homothetic)
    regional, allocation = homothetic * (own - change.sector_growth), (change.start - homothetic) * own
    return national, as_sector - national, regional, allocation


def _expected(change: _Change, jobs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much jobs would have changed with the growth of the reference, in total and by sector."""
    as_sector = jobs * change.sector_growth
    if np.isnan(change.sector_growth).any():
        # nothing times an unknown growth is nothing: a sector that starts from 0 everywhere stays finite
        as_sector[(jobs == 0) & (change.start == 0)] = 0.0
    return jobs * change.total_growth, as_sector


def _homothetic(change: _Change) -> np.ndarray:
    """Return the jobs each region would have with the structure of the reference."""
    # over the known sectors only, on both sides, so that one missing cell does not touch its row
    reference = np.where(np.isnan(change.start), np.nan, change.reference_start)
    whole = np.nansum(reference, axis=1, keepdims=True)
    return reference / np.where(whole > 0, whole, np.nan) * np.nansum(change.start, axis=1, keepdims=True)


def _own_growth(change: _Change) -> np.ndarray:
    return change.end / np.where(change.start > 0, change.start, np.nan) - 1


_METHODS = {"dunn": _dunn, "esteban_marquillas": _esteban_marquillas, "arcelus": _arcelus}
