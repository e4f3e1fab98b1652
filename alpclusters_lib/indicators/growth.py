"""Growth: what part of a region's change is national, of its industries, and its own.

The parts are arithmetic, not causes: the regional part holds all that the reference and the mix do not
account for, breaks in the series and revisions of the regional figures among them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["shift_share"]


class _Change(NamedTuple):
    """Jobs of both years by region and sector, and growth of the reference in total and by sector."""

    start: pd.DataFrame
    end: pd.DataFrame
    reference_start: pd.Series
    total_growth: float
    sector_growth: pd.Series


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
    what it does better.

    Parameters
    ----------
    start, end
        Jobs in the first and the last year, region × sector, the same regions and sectors in any order.
    reference_start, reference_end
        Jobs of the reference economy by sector, sectors outside the table included; both or neither. Where
        omitted the column sums of the cells known in both years: the regional parts of a sector then add to
        0, and so do the industry parts of all cells.
    method
        "dunn" or "esteban_marquillas".

    Returns
    -------
    Index (region, sector), columns national, industry, regional, and allocation for "esteban_marquillas", in
    jobs; each row adds to its change, and rows may be summed. A cell missing in either year is NaN and no
    other is, as h rests on the region's known sectors. A sector that starts from 0: its change is regional
    in Dunn's parts; Esteban-Marquillas divides by the start, so regional and allocation are NaN. A sector in
    which only the region starts above 0, not the reference, has NaN industry and regional parts.

    References
    ----------
    Dunn (1960), Papers of the Regional Science Association 6:97; Esteban-Marquillas (1972), Regional and
    Urban Economics 2:249.

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
    change = _change(start, end, reference_start, reference_end)
    parts = split(change)
    columns = {name: part.to_numpy().ravel() for name, part in parts.items()}
    return pd.DataFrame(columns, index=_checks.long_index(change.start))


def _change(
    start: pd.DataFrame,
    end: pd.DataFrame,
    reference_start: pd.Series | None,
    reference_end: pd.Series | None,
) -> _Change:
    before = _checks.employment_table(start, name="start")
    after = _checks.employment_table(end, name="end")
    _checks.aligned_table(before, after, name="start")
    after = _checks.aligned_table(after, before, name="end")
    known = before.notna() & after.notna()
    before, after = before.where(known), after.where(known)
    first, first_total, last, last_total = _references(before, after, reference_start, reference_end)
    growth = last_total / first_total - 1 if first_total > 0 else np.nan
    return _Change(before, after, first, growth, last / first.where(first > 0) - 1)


def _references(
    before: pd.DataFrame,
    after: pd.DataFrame,
    reference_start: pd.Series | None,
    reference_end: pd.Series | None,
) -> tuple[pd.Series, float, pd.Series, float]:
    if (reference_start is None) != (reference_end is None):
        given, absent = ("start", "end") if reference_end is None else ("end", "start")
        raise ValueError(f"reference_{given} comes without reference_{absent}; both or neither are needed")
    if reference_start is None:
        first, last = before.sum(), after.sum()
        return first, float(first.sum()), last, float(last.sum())
    unlike = reference_start.index.symmetric_difference(reference_end.index)
    if len(unlike):
        raise ValueError(
            f"only one of reference_start and reference_end has sector {_checks.listed(unlike)}; "
            "the same sectors are needed in both years"
        )
    sectors = before.columns
    return (
        *_checks.reference_counts(reference_start, sectors, name="reference_start"),
        *_checks.reference_counts(reference_end, sectors, name="reference_end"),
    )


def _dunn(change: _Change) -> dict[str, pd.DataFrame]:
    start = change.start
    # nothing times an unknown growth is nothing: a sector that starts from 0 everywhere stays finite
    as_sector = (start * change.sector_growth).mask(start == 0, 0.0)
    national = start * change.total_growth
    return {
        "national": national,
        "industry": as_sector - national,
        "regional": change.end - start - as_sector,
    }


def _esteban_marquillas(change: _Change) -> dict[str, pd.DataFrame]:
    start = change.start
    ahead = change.end / start.where(start > 0) - 1 - change.sector_growth
    # over the known sectors only, on both sides, so that one missing cell does not touch its row
    reference = start.notna() * change.reference_start
    structure = reference.div(reference.sum(axis=1), axis=0)
    homothetic = structure.mul(start.sum(axis=1), axis=0)
    parts = _dunn(change)
    return parts | {"regional": homothetic * ahead, "allocation": (start - homothetic) * ahead}


_METHODS = {"dunn": _dunn, "esteban_marquillas": _esteban_marquillas}
