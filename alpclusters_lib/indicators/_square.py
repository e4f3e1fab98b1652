"""Square tables, sector × sector, checked and handed over as arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

# two tiles of this many rows and columns fit into the processor's cache
_TILE = 128


def square(values: np.ndarray, sectors: pd.Index) -> pd.DataFrame:
    """Return a sector × sector table of values."""
    return pd.DataFrame(values, index=sectors, columns=sectors, copy=False)


def symmetric_values(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return a symmetric sector × sector table as a float copy, columns in the order of the rows, diagonal 0."""
    values = _sector_by_sector(table, table.columns if isinstance(table, pd.DataFrame) else None, name)
    if not _equals_its_transpose(values):
        # rounding alone makes no table lopsided
        unlike = ~np.isclose(values, values.T, rtol=1e-9, atol=1e-12 * values.max())
        if unlike.any():
            row, column = (table.columns[place] for place in np.argwhere(unlike)[0])
            raise ValueError(
                f"{name} of {row} with {column} differs from that of {column} with {row}; a symmetric table is needed"
            )
    clear_diagonal(values)
    return values


def _equals_its_transpose(values: np.ndarray) -> bool:
    # tile against tile, as going through a large table by columns misses the cache at every step
    starts = range(0, len(values), _TILE)
    return all(
        np.array_equal(values[row : row + _TILE, column : column + _TILE],
                       values[column : column + _TILE, row : row + _TILE].T)
        for row in starts for column in starts if column >= row
    )  # fmt: skip


def clear_diagonal(values: np.ndarray) -> None:
    """Put 0 on the diagonal of a square array whose cells lie side by side in memory."""
    values.ravel(order="K")[:: len(values) + 1] = 0


def links_among(relatedness: pd.DataFrame, sectors: pd.Index) -> np.ndarray:
    """Return the relatedness among some sectors: a copy, the diagonal 0."""
    links = _sector_by_sector(relatedness, sectors, "relatedness")
    clear_diagonal(links)
    return links


def _sector_by_sector(table: pd.DataFrame, sectors: pd.Index | None, name: str) -> np.ndarray:
    """Return a checked table among some sectors as a float copy, missing figures 0."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a sector × sector DataFrame is needed")
    _checks.require_unique(table.index, noun="sector", name=f"the rows of {name}")
    _checks.require_unique(table.columns, noun="sector", name=f"the columns of {name}")
    if not (table.index.equals(sectors) and table.columns.equals(sectors)):
        for side, labels in (("row", table.index), ("column", table.columns)):
            absent = sectors[~sectors.isin(labels)]
            if len(absent):
                raise ValueError(
                    f"{name} has no {side} for sector {_checks.listed(absent)}; it has {_checks.listed(labels)}"
                )
        table = table.reindex(index=sectors, columns=sectors)
    values = table.to_numpy()
    # as in the checks of employment: a plain number type speaks for every column, and two passes for every cell
    if values.dtype.kind not in "iuf":
        for sector, dtype in table.dtypes.items():
            _checks.require_numeric(dtype, where=f"{name} of sector {sector}")
        values = table.to_numpy(dtype=float, na_value=np.nan)
    values = values.astype(float)
    if values.size and not (values.min() >= 0 and np.isfinite(values.sum())):
        wrong = (values < 0) | np.isinf(values)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise ValueError(
                f"{name} of {sectors[row]} with {sectors[column]} is {values[row, column]:g}; "
                "a finite number, zero or more, is needed"
            )
        values[np.isnan(values)] = 0
    return values
