"""Long panels, one row a cell and year, turned into tables by year; a row that is not there is a missing cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks


def yearly_tables(panel: pd.DataFrame, *, name: str) -> dict[int, pd.DataFrame]:
    """Return region × sector tables by year, in the order of the years; a cell missing in one is NaN in all."""
    values, (years, regions, sectors) = _array(panel, ("year", "region", "sector"), name)
    if len(years) < 2:
        held = f"only year {years[0]}" if len(years) else "no year"
        raise ValueError(f"{name} holds {held}; two or more are needed")
    steps = [f"{first}-{last}" for first, last in pairwise(years) if last > first + 1]
    if steps:
        _checks.warn(f"{name} has no year inside {_checks.listed(steps)}, where one step stands for several")
    known = ~np.isnan(values).any(axis=0)
    cells = np.where(known, values, np.nan)
    return {year: pd.DataFrame(cells[i], index=regions, columns=sectors) for i, year in enumerate(years)}


def yearly_counts(panel: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """Return a sector × year table."""
    values, (sectors, years) = _array(panel, ("sector", "year"), name)
    return pd.DataFrame(values, index=sectors, columns=years)


def _array(panel: pd.DataFrame, keys: Sequence[str], name: str) -> tuple[np.ndarray, list[pd.Index]]:
    """Return the values of a long table as an array with one axis a key, and the labels of each axis."""
    if not isinstance(panel, pd.DataFrame):
        raise TypeError(f"{name} is a {type(panel).__name__}; a DataFrame with {_checks.listed(keys)}, value is needed")
    absent = [column for column in (*keys, "value") if column not in panel.columns]
    if absent:
        raise ValueError(f"{name} has no column {_checks.listed(absent)}; it has {_checks.listed(panel.columns)}")
    codes, labels = [], []
    for key in keys:
        column = _whole_years(panel["year"], name) if key == "year" else panel[key]
        code, unique = pd.factorize(column, sort=key == "year")
        if (code < 0).any():
            row = panel.index[int(np.argmax(code < 0))]
            raise ValueError(f"{key} of row {row} of {name} is missing; every row needs one")
        codes.append(code)
        labels.append(pd.Index(unique.tolist(), name=key))
    shape = tuple(len(label) for label in labels)
    flat = np.ravel_multi_index(codes, shape) if len(panel) else np.empty(0, dtype=int)
    values = _amounts(panel, keys, name, pd.Series(flat).duplicated().to_numpy())
    array = np.full(int(np.prod(shape)), np.nan)
    array[flat] = values
    return array.reshape(shape), labels


def _amounts(panel: pd.DataFrame, keys: Sequence[str], name: str, twice: np.ndarray) -> np.ndarray:
    """Return the values as floats, or raise a sentence about the first that is repeated or impossible."""
    _checks.require_numeric(panel["value"].dtype, where=f"value of {name}")
    values = panel["value"].to_numpy(dtype=float, na_value=np.nan)
    wrong = (values < 0) | np.isinf(values)
    if wrong.any() or twice.any():
        row = int(np.argmax(wrong | twice))
        place = ", ".join(f"{key} {panel[key].iloc[row]}" for key in keys)
        if wrong[row]:
            raise ValueError(f"{name} has {values[row]:g} for {place}; a finite number, zero or more, is needed")
        raise ValueError(f"{name} has more than one row for {place}; one is needed")
    return values


def _whole_years(column: pd.Series, name: str) -> pd.Series:
    """Return years as whole numbers, missing ones as they are."""
    _checks.require_numeric(column.dtype, where=f"year of {name}")
    years = column.to_numpy(dtype=float, na_value=np.nan)
    broken = ~np.isnan(years) & (years != np.rint(years))
    if broken.any():
        raise ValueError(f"{name} has year {years[broken][0]:g}; whole years such as 2014 are needed")
    return pd.Series(years).astype("Int64")
