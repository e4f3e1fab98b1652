"""Checks shared by the indicators: what is wrong is said in one sentence that names region and sector."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

# so many numbers stay in the processor's cache from one step to the next
_CACHED = 2**16


class Summed(NamedTuple):
    """A checked region × sector table: cells, sums of rows and of columns, and whether every cell is known."""

    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    known: bool


def employment_values(table: pd.DataFrame, *, name: str = "employment") -> np.ndarray:
    """Return a region × sector table as floats, or raise a sentence about the first thing wrong.

    The array may share the memory of the table: it is for reading.
    """
    values = _floats(table, name)
    # the smallest cell and the sum find every wrong one in two passes: NaN compares as false, infinity sums to itself
    if values.size and not (values.min() >= 0 and np.isfinite(values.sum())):
        _require_counts(values, table, name)
    return values


def employment_sums(table: pd.DataFrame, *, name: str = "employment") -> Summed:
    """Return the same with its sums, in one pass over a large table; a missing cell makes its sums NaN."""
    values = _floats(table, name)
    rows, columns = np.zeros(values.shape[0]), np.zeros(values.shape[1])
    least = 0.0
    for down, across in blocks(values):
        part = values[down, across]
        rows[down] += part.sum(axis=1)
        columns[across] += part.sum(axis=0)
        # NaN stays NaN, and compares as false
        least = np.minimum(least, part.min())
    known = bool(least >= 0 and np.isfinite(rows.sum()))
    if not known:
        _require_counts(values, table, name)
        known = not np.isnan(rows).any()
    return Summed(values, rows, columns, known)


def blocks(values: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Cut a table into pieces small enough for the processor's cache, along the rows or columns it is stored by."""
    by_columns = values.flags.f_contiguous and not values.flags.c_contiguous
    long, wide = values.shape[::-1] if by_columns else values.shape
    step = max(_CACHED // wide, 1) if wide else 0
    for first in range(0, long if step else 0, step or 1):
        part = slice(first, first + step)
        yield (slice(None), part) if by_columns else (part, slice(None))


def _floats(table: pd.DataFrame, name: str) -> np.ndarray:
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a region × sector DataFrame is needed")
    require_unique(table.index, noun="region", name=name)
    require_unique(table.columns, noun="sector", name=name)
    values = table.to_numpy()
    # a plain number type of the whole says that every column holds real numbers; else each column is asked
    if values.dtype.kind not in "iuf":
        for sector, dtype in table.dtypes.items():
            require_numeric(dtype, where=f"{name} of sector {sector}")
        values = table.to_numpy(dtype=float, na_value=np.nan)
    return values.astype(float, copy=False)


def _require_counts(values: np.ndarray, table: pd.DataFrame, name: str) -> None:
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        region, sector = table.index[row], table.columns[column]
        raise ValueError(
            f"{name} of region {region} in sector {sector} is {values[row, column]:g}; "
            "a finite number, zero or more, is needed"
        )


def employment_table(table: pd.DataFrame, *, name: str = "employment") -> pd.DataFrame:
    """Return a float copy of a region × sector table, or raise a sentence about the first thing wrong."""
    values = employment_values(table, name=name)
    return pd.DataFrame(values, index=table.index, columns=table.columns, copy=True)


def counts_by_label(series: pd.Series, *, noun: str, name: str) -> pd.Series:
    """Return a float copy of a Series keyed by region or sector, checked like an employment table."""
    if not isinstance(series, pd.Series):
        raise TypeError(f"{name} is a {type(series).__name__}; a Series by {noun} is needed")
    require_unique(series.index, noun=noun, name=name)
    require_numeric(series.dtype, where=name)
    values = series.to_numpy(dtype=float, na_value=np.nan, copy=True)
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{name} of {noun} {series.index[first]} is {values[first]:g}; a finite number, zero or more, is needed"
        )
    return pd.Series(values, index=series.index)


def aligned(series: pd.Series, labels: pd.Index, *, noun: str, name: str) -> pd.Series:
    """Return `series` in the order of `labels`; a label that it does not hold raises."""
    if series.index.equals(labels):
        return series if series.index.names == labels.names else series.set_axis(labels)
    absent = labels[~labels.isin(series.index)]
    if len(absent):
        raise ValueError(f"{name} has no {noun} {listed(absent)}; it has {listed(series.index)}")
    return series.reindex(labels)


def reference_counts(reference: pd.Series, sectors: pd.Index, *, name: str = "reference") -> tuple[pd.Series, float]:
    """Return the reference economy by sector of the table, and its total over every sector that it holds."""
    counts = counts_by_label(reference, noun="sector", name=name)
    unknown = counts.index[counts.isna()]
    if len(unknown):
        warn(f"{name} has no figure for sector {listed(unknown)}: NaN there, and left out of its total")
    return aligned(counts, sectors, noun="sector", name=name), float(counts.sum())


def aligned_table(table: pd.DataFrame, like: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """Return `table` in the label order of `like`; a region or sector that it does not hold raises."""
    if table.index.equals(like.index) and table.columns.equals(like.columns):
        return table
    for noun, wanted, held in (("region", like.index, table.index), ("sector", like.columns, table.columns)):
        absent = wanted[~wanted.isin(held)]
        if len(absent):
            raise ValueError(f"{name} has no {noun} {listed(absent)}; it has {listed(held)}")
    return table.reindex(index=like.index, columns=like.columns)


def aligned_sectors(table: pd.DataFrame, sectors: pd.Index, *, name: str) -> pd.DataFrame:
    """Return the columns of `table` in the order of `sectors`; a sector that it does not hold raises."""
    if table.columns.equals(sectors):
        return table
    absent = sectors[~sectors.isin(table.columns)]
    if len(absent):
        raise ValueError(f"{name} has no sector {listed(absent)}; it has {listed(table.columns)}")
    return table.reindex(columns=sectors)


def long_index(table: pd.DataFrame) -> pd.MultiIndex:
    """Return the (region, sector) index of a long table, region by region."""
    labels, names = [table.index, table.columns], [table.index.name or "region", table.columns.name or "sector"]
    if not (table.index.is_monotonic_increasing and table.columns.is_monotonic_increasing):
        return pd.MultiIndex.from_product(labels, names=names)
    # labels in order are their own levels, and need not be sorted and looked up, which takes a millisecond
    rows, columns = (np.arange(length, dtype=np.int32) for length in table.shape)
    codes = [np.repeat(rows, len(columns)), np.tile(columns, len(rows))]
    return pd.MultiIndex(levels=labels, codes=codes, names=names, verify_integrity=False)


def long_labels(regions: pd.Index, sectors: pd.Index) -> tuple[pd.Index, pd.Index]:
    """Return the region and the sector of each row of a long table, region by region."""
    # text that is put end to end is copied whole, where repeating it goes label by label
    return regions.repeat(len(sectors)), sectors.append([sectors] * (len(regions) - 1)) if len(regions) else sectors[:0]


def one_of(choice: str, available: Iterable[str], *, name: str) -> str:
    """Return `choice`, or raise a sentence that lists what is available."""
    available = tuple(available)
    if choice not in available:
        raise ValueError(f"{name} {choice!r} is not available; available: {', '.join(available)}")
    return choice


def require_unique(labels: pd.Index, *, noun: str, name: str) -> None:
    """Raise when a label occurs more than once."""
    # the index remembers the answer
    if not labels.is_unique:
        twice = labels[labels.duplicated()].unique()
        raise ValueError(f"{noun} {listed(twice)} occurs more than once in {name}; each is needed once")


def require_numeric(dtype: object, *, where: str) -> None:
    """Raise unless `dtype` holds real numbers; true and false are not counts of jobs."""
    if not is_numeric_dtype(dtype) or is_bool_dtype(dtype) or is_complex_dtype(dtype):
        raise ValueError(f"{where} has dtype {dtype}; numbers are needed (missing cells as NaN)")


def listed(labels: Iterable[Hashable], *, most: int = 8) -> str:
    """Return labels as a readable list, cut after `most`."""
    labels = [str(label) for label in labels]
    rest = len(labels) - most
    return ", ".join(labels[:most]) + (f" and {rest} more" if rest > 0 else "")


def warn(sentence: str) -> None:
    """Warn the caller of the public function, two calls above the check."""
    warnings.warn(sentence, UserWarning, stacklevel=4)
