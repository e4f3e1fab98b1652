"""Input-output tables checked by label, and the systems of equations that every measure of them solves.

Rows sell, columns use. A table that passes holds finite flows, zero or more, between the same sectors on both sides;
what is wrong is said in one sentence that names the sector. A system is solved by one factorisation (LAPACK); it is
refused where its inverse would hold a negative cell, as no economy produces what it needs then.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple, NoReturn

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

# a multiplier beyond this is the rounding of a singular system, whose digits mean nothing
_SINGULAR = 1e12
# from twice this many sectors on, an inverse is made of halves
_HALF = 256


class Table(NamedTuple):
    """A checked table as arrays: flows Z, output x, sectors as rows and as columns (which differ in their names)."""

    Z: np.ndarray
    x: np.ndarray
    rows: pd.Index
    columns: pd.Index

    def series(self, values: np.ndarray, name: str) -> pd.Series:
        """Return one value a sector."""
        return pd.Series(values, index=self.rows, name=name)

    def square(self, values: np.ndarray) -> pd.DataFrame:
        """Return one value for every pair of sectors."""
        return pd.DataFrame(values, index=self.rows, columns=self.columns, copy=False)


def checked(Z: pd.DataFrame, x: pd.Series) -> Table:
    """Return flows and output as arrays in the order of the rows, or raise a sentence about the first thing wrong."""
    flows, rows, columns = square_values(Z, "Z")
    output = by_sector(x, rows, "x")
    if output.min() < 0:
        place = int(output.argmin())
        raise ValueError(f"x of sector {named(rows[place])} is {output[place]:g}; an output of zero or more is needed")
    idle = output == 0
    if idle.any():
        wrong = idle.copy()
        wrong[idle] = flows[idle].any(axis=1) | flows[:, idle].any(axis=0)
        require_idle(wrong, rows, "x")
        _checks.warn(f"x of sector {listed(rows[idle])} is 0: coefficients are 0 there")
    return Table(flows, output, rows, columns)


def require_idle(wrong: np.ndarray, rows: pd.Index, name: str) -> None:
    """Raise where flows of a sector would be divided by zero."""
    if wrong.any():
        raise ValueError(
            f"{name} of sector {listed(rows[wrong])} is 0 and Z has flows there; "
            "a figure above 0, or a row and a column of zeros, would be right"
        )


def square_values(table: pd.DataFrame, name: str) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Return a sector × sector table in the order of its rows, and its labels as rows and as columns."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a DataFrame with sectors as rows and columns is needed")
    rows, columns = table.index, table.columns
    if not len(rows):
        raise ValueError(f"{name} has no sectors; one or more are needed")
    _require_labels(rows, f"the rows of {name}")
    _require_labels(columns, f"the columns of {name}")
    if isinstance(rows, pd.RangeIndex) and rows.start == 0 and rows.name is None:
        raise ValueError(
            f"the rows of {name} are numbered from 0, as of a table without labels; the name of its sector is needed "
            "at every row and column (where numbers are the names, name the index)"
        )
    if not rows.equals(columns):
        require_same(columns, rows, f"the columns of {name}", "its rows have")
        table = table.reindex(columns=rows)
    values = _finite(table, name, "to")
    if values.min() < 0:
        row, column = np.unravel_index(values.argmin(), values.shape)
        raise ValueError(
            f"{name} from {named(rows[row])} to {named(rows[column])} is {values[row, column]:g}; "
            "zero or more is needed (negative figures belong to final demand)"
        )
    return values, rows, named_as(rows, columns)


def named_as(rows: pd.Index, columns: pd.Index) -> pd.Index:
    """Return the rows as columns, under the names that the columns have."""
    # pairs may stand in a flat index, which has one name where the rows have two
    return rows.set_names(columns.names) if rows.nlevels == columns.nlevels else rows


def final_demand(Y: pd.DataFrame | pd.Series, rows: pd.Index) -> pd.DataFrame:
    """Return final demand in the order of the sectors, as floats; negative figures (inventories) may be there."""
    if isinstance(Y, pd.Series):
        Y = Y.to_frame(name="final_demand" if Y.name is None else Y.name)
    if not isinstance(Y, pd.DataFrame):
        raise TypeError(f"Y is a {type(Y).__name__}; a DataFrame with a row a sector is needed")
    _require_labels(Y.index, "the rows of Y")
    _require_labels(Y.columns, "the columns of Y")
    require_same(Y.index, rows, "Y", "Z has")
    if not Y.index.equals(rows):
        Y = Y.reindex(index=rows)
    return pd.DataFrame(_finite(Y, "Y", "to"), index=rows, columns=Y.columns)


def by_sector(series: pd.Series, rows: pd.Index, name: str, *, partly: bool = False) -> np.ndarray:
    """Return a Series in the order of the sectors, as floats; with `partly`, sectors that it does not name are 0."""
    if not isinstance(series, pd.Series):
        raise TypeError(f"{name} is a {type(series).__name__}; a Series by sector is needed")
    _require_labels(series.index, name)
    _checks.require_numeric(series.dtype, where=name)
    require_same(series.index, rows, name, "Z has", partly=partly)
    values = series.to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(values).all():
        place = int(np.argmin(np.isfinite(values)))
        raise ValueError(f"{name} of sector {named(series.index[place])} is {values[place]:g}; a number is needed")
    if series.index.equals(rows):
        return values
    return pd.Series(values, index=series.index).reindex(rows, fill_value=0.0).to_numpy()


def rows_by_sector(table: pd.DataFrame, rows: pd.Index, name: str) -> np.ndarray:
    """Return a table with a column a sector in the order of the sectors, as floats."""
    _require_labels(table.columns, f"the columns of {name}")
    require_same(table.columns, rows, f"the columns of {name}", "Z has")
    return _finite(table if table.columns.equals(rows) else table.reindex(columns=rows), name, "of sector")


def input_shares(table: Table) -> np.ndarray:
    """Return A: what a sector uses of every other, by unit of its own output."""
    return table.Z / np.where(table.x > 0, table.x, 1)


def sales_shares(flows: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Return B: what a sector sells to every other, by unit of its own output."""
    return flows / np.where(divisor == 0, 1, divisor)[:, None]


def solved(
    shares: np.ndarray, right: np.ndarray, rows: pd.Index, *, transposed: bool = False, of: str = "A", name: str = ""
) -> np.ndarray:
    """Return the solution of (I − shares) y = right, or of its transpose, for every column of `right`.

    `of` says whether shares are inputs ("A") or sales ("B"); `name` is what the caller knows them by, where not so.
    """
    from scipy.linalg import lapack

    factors, pivots, zero_pivot = lapack.dgetrf(_system(shares), overwrite_a=1)
    if zero_pivot:
        _refuse(shares, rows, of, name)
    # solved for ones besides: sums of the inverse, which tell whether the economy can produce what it needs
    sides = np.column_stack([np.ones(len(rows)), right])
    solution, _ = lapack.dgetrs(factors, pivots, sides, trans=int(transposed))
    _require_productive(solution[:, 0], shares, rows, of, name)
    return solution[:, 1:].reshape(np.shape(right))


def inverted(shares: np.ndarray, rows: pd.Index, *, of: str = "A") -> np.ndarray:
    """Return the inverse of (I − shares), a fresh array."""
    try:
        inverse = _inverse(_system(shares))
    except np.linalg.LinAlgError:
        _refuse(shares, rows, of)
    inverse += 0.0  # −0 becomes 0
    _require_productive(inverse.sum(axis=0), shares, rows, of)
    return inverse


def _inverse(system: np.ndarray) -> np.ndarray:
    """Return the inverse, that of a large system by halves: mostly products, which are quicker than LAPACK's `inv`.

    No pivots are exchanged between the halves. None are needed where the inverse holds no negative cell, and other
    systems are refused; a singular half is a sign of those.
    """
    half = len(system) // 2
    if half < _HALF:
        return np.linalg.inv(system)
    top, below = slice(None, half), slice(half, None)
    inverse = np.empty_like(system)
    first = np.linalg.inv(system[top, top])
    left, right = system[below, top] @ first, first @ system[top, below]
    last = np.linalg.inv(system[below, below] - system[below, top] @ right)
    inverse[below, below] = last
    inverse[top, below] = np.negative(right, out=right) @ last
    inverse[top, top] = first - inverse[top, below] @ left
    inverse[below, top] = last @ np.negative(left, out=left)
    return inverse


def _system(shares: np.ndarray) -> np.ndarray:
    # 0 − 0 is 0, where the negative of 0 would be −0 and print so
    system = np.subtract(0.0, shares, order="F")
    system.ravel(order="K")[:: len(shares) + 1] += 1
    return system


def _require_productive(sums: np.ndarray, shares: np.ndarray, rows: pd.Index, of: str, name: str = "") -> None:
    # with shares of zero or more, the inverse is so too exactly where one positive vector y has (I − shares) y > 0
    if not (sums.min() > 0 and sums.max() < _SINGULAR):
        _refuse(shares, rows, of, name)


def _refuse(shares: np.ndarray, rows: pd.Index, of: str, name: str = "") -> NoReturn:
    sums = shares.sum(axis=0 if of == "A" else 1)
    largest = int(np.argmax(sums))
    what, line = ("inputs of", "column") if of == "A" else ("sales to industries of", "row")
    raise ValueError(
        f"I − {name or of} is singular or has a negative inverse: {what} sector {named(rows[largest])} are "
        f"{sums[largest]:.6g} of its output, the largest {line} sum; sums below 1 would be right"
    )


def _finite(table: pd.DataFrame, name: str, link: str) -> np.ndarray:
    values = table.to_numpy()
    # a plain number type of the whole says that every column holds real numbers; else each column is asked
    if values.dtype.kind not in "iuf":
        for label, dtype in table.dtypes.items():
            _checks.require_numeric(dtype, where=f"{name} {link} {named(label)}")
        values = table.to_numpy(dtype=float, na_value=np.nan)
    values = values.astype(float, copy=False)
    if not np.isfinite(values.sum()) and not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(
            f"{name} of {named(table.index[row])} {link} {named(table.columns[column])} is {values[row, column]:g}; "
            "a number is needed (0 where nothing flows)"
        )
    return values


def _require_labels(labels: pd.Index, name: str) -> None:
    levels = [labels.get_level_values(level) for level in range(labels.nlevels)]
    if any(level.hasnans for level in levels):
        raise ValueError(f"a label is missing in {name}; every sector needs one")
    if not labels.is_unique:
        twice = listed(labels[labels.duplicated()].unique())
        raise ValueError(f"label {twice} occurs more than once in {name}; each is needed once")


def require_same(labels: pd.Index, rows: pd.Index, name: str, held: str, *, partly: bool = False) -> None:
    """Raise unless labels are those of the rows, in any order; with `partly`, some of them."""
    if labels.equals(rows):
        return
    if max(labels.nlevels, rows.nlevels) > 1 and len({_length(label) for label in labels.append(rows)}) > 1:
        raise ValueError(f"labels of {name} are {listed(labels)}; {held} {listed(rows)}, and the same ones are needed")
    absent, unknown = rows[~rows.isin(labels)], labels[~labels.isin(rows)]
    if len(absent) and not partly:
        raise ValueError(f"sector {listed(absent)} is missing in {name}; {held} {listed(rows)}")
    if len(unknown):
        raise ValueError(f"sector {listed(unknown)} of {name} is unknown; {held} {listed(rows)}")


def _length(label: Hashable) -> int:
    return len(label) if isinstance(label, tuple) else 1


def tell(sentence: str) -> None:
    """Warn the caller of the public function that this is called from."""
    _checks.warn(sentence)


def named(label: Hashable) -> str:
    """Return a label as a reader would write it: country and industry with a blank between them."""
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def listed(labels: Iterable[Hashable]) -> str:
    """Return labels as a readable list, cut after eight."""
    return _checks.listed(map(named, labels))
