"""Presence tables as arrays: what is held, and which cells are known at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks


class Held(NamedTuple):
    """What regions hold: true where a sector is present; ``known`` is None where every cell is known."""

    held: np.ndarray
    known: np.ndarray | None
    regions: pd.Index
    sectors: pd.Index

    def matrix(self, dtype: type = float) -> np.ndarray:
        """Return 1 where a sector is known to be present, else 0."""
        return self.held.astype(dtype)


def read(presence: pd.DataFrame, *, name: str = "presence") -> Held:
    """Check a region × sector table of presences: true and false, or 1 and 0; missing cells as <NA> or NaN."""
    if not isinstance(presence, pd.DataFrame):
        raise TypeError(f"{name} is a {type(presence).__name__}; a region × sector DataFrame is needed")
    _checks.require_unique(presence.index, noun="region", name=name)
    _checks.require_unique(presence.columns, noun="sector", name=name)
    values = presence.to_numpy()
    if values.dtype == bool:
        return Held(values, None, presence.index, presence.columns)
    if values.dtype.kind not in "iuf":
        values = _as_floats(presence, name)
    held = values == 1
    if (held | (values == 0)).all():
        return Held(held, None, presence.index, presence.columns)
    known = ~np.isnan(values)
    wrong = ~held & known & (values != 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"{name} of region {presence.index[row]} in sector {presence.columns[column]} is {values[row, column]:g}; "
            "true or false (1 or 0), or a missing cell, is needed"
        )
    return Held(held, known, presence.index, presence.columns)


def _as_floats(presence: pd.DataFrame, name: str) -> np.ndarray:
    for sector, dtype in presence.dtypes.items():
        if not pd.api.types.is_bool_dtype(dtype):
            _checks.require_numeric(dtype, where=f"{name} of sector {sector}")
    return presence.to_numpy(dtype=float, na_value=np.nan)


def table(held: np.ndarray, missing: np.ndarray | None, like: pd.DataFrame) -> pd.DataFrame:
    """Return a table of true and false, with <NA> (dtype boolean) where a cell is missing."""
    plain = pd.DataFrame(held, index=like.index, columns=like.columns, copy=False)
    if missing is None or not missing.any():
        return plain
    return plain.astype("boolean").mask(pd.DataFrame(missing, index=like.index, columns=like.columns))
