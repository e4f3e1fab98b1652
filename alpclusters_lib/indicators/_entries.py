"""Entries and exits: which sectors appear in a region and which go, where both years are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from alpclusters_lib.indicators import _checks

__all__ = ["entries_and_exits"]

_YES_OR_NO = ("boolean", "integer", "floating", "mixed-integer-float", "empty")


def entries_and_exits(
    presence_start: pd.DataFrame, presence_end: pd.DataFrame, *, unlisted: str = "missing"
) -> pd.DataFrame:
    """List for each region and sector whether the sector could enter, whether it did, and whether it left.

    A presence is a threshold crossed, so an entry may be a few jobs more, or another sector's decline.

    Parameters
    ----------
    presence_start, presence_end
        Whether the region holds the sector in the first and the last year, region × sector: true or false, 1 or 0,
        NA or NaN where unknown. In any order of labels.
    unlisted
        What a region or sector that stands in only one of the tables is in the other one: "missing", such as a sector
        nobody published, or "absent", as in a table that leaves out what is not there.

    Returns
    -------
    One row a region and sector of either table, those of `presence_start` first, with columns region, sector and three
    of plain true or false: at_risk, absent at the start and known at the end; entry, at risk and present at the end;
    exit, present at the start and absent at the end. A cell missing in either year is none of the three. The rate of
    entry is the mean of entry over the rows at risk, not over all.

    References
    ----------
    Neffke, Henning & Boschma (2011), Economic Geography 87:237.

    Examples
    --------
    >>> start = pd.DataFrame({"C28": [True, False], "I55": [False, False]}, index=["ITC4", "ITH1"])
    >>> end = pd.DataFrame({"C28": [0, 1], "I55": [0, float("nan")]}, index=["ITC4", "ITH1"])
    >>> entries_and_exits(start, end)
      region sector  at_risk  entry   exit
    0   ITC4    C28    False  False   True
    1   ITC4    I55     True  False  False
    2   ITH1    C28     True   True  False
    3   ITH1    I55    False  False  False
    """
    _checks.one_of(unlisted, ("missing", "absent"), name="unlisted")
    before, after = _presence(presence_start, "presence_start"), _presence(presence_end, "presence_end")
    regions, sectors = (_either(getattr(before, axis), getattr(after, axis)) for axis in ("index", "columns"))
    filling = np.nan if unlisted == "missing" else 0.0
    held, absent = _states(before, regions, sectors, filling)
    held_later, absent_later = _states(after, regions, sectors, filling)
    at_risk = absent & (held_later | absent_later)
    rows = {"at_risk": at_risk, "entry": absent & held_later, "exit": held & absent_later}
    labels = zip(("region", "sector"), _checks.long_labels(regions, sectors), strict=True)
    return pd.DataFrame(dict(labels) | rows, copy=False)


def _either(first: pd.Index, last: pd.Index) -> pd.Index:
    """Return the labels of both, those of the first in their order and then what the last adds."""
    return first if first.equals(last) else first.append(last[~last.isin(first)])


def _states(table: pd.DataFrame, regions: pd.Index, sectors: pd.Index, filling: float) -> tuple[np.ndarray, np.ndarray]:
    """Return for each region and sector whether it is known to be held, and whether it is known to be absent."""
    if not (table.index.equals(regions) and table.columns.equals(sectors)):
        table = table.astype(float).reindex(index=regions, columns=sectors, fill_value=filling)
    values = table.to_numpy().ravel()
    # NaN is neither 1 nor 0, so that a missing cell falls out of both
    return (values, ~values) if values.dtype == bool else (values == 1, values == 0)


def _presence(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a presence table as true and false, or as 1, 0 and NaN; a cell that is none of them raises a sentence."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a region × sector DataFrame is needed")
    _checks.require_unique(table.index, noun="region", name=name)
    _checks.require_unique(table.columns, noun="sector", name=name)
    if table.to_numpy().dtype == bool:
        return table
    for sector, dtype in table.dtypes.items():
        # a column of NA alone, or of True beside NA, may come as objects
        if not (pd.api.types.is_numeric_dtype(dtype) or infer_dtype(table[sector], skipna=True) in _YES_OR_NO):
            raise ValueError(f"{name} of sector {sector} has dtype {dtype}; true, false or NA are needed")
    # objects with NA among them become numbers only by way of a nullable type
    plain = table.convert_dtypes() if "object" in table.dtypes.to_numpy() else table
    values = plain.to_numpy(dtype=float, na_value=np.nan)
    wrong = ~(np.isnan(values) | (values == 0) | (values == 1))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"{name} of region {table.index[row]} in sector {table.columns[column]} is {values[row, column]:g}; "
            "true, false or NA are needed"
        )
    return pd.DataFrame(values, index=table.index, columns=table.columns)
