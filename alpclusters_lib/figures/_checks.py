"""Checks that figures share: a table that cannot be drawn is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def require_rows(table: pd.DataFrame, columns: Iterable[str], *, name: str) -> None:
    """Raise a sentence where the table has no rows or lacks a column, or a label of its index stands twice."""
    absent = [column for column in columns if column not in table]
    if absent:
        held = ", ".join(map(str, table.columns)) or "none"
        raise ValueError(f"{name} has no column {', '.join(absent)}; its columns are {held}")
    if table.empty:
        raise ValueError(f"{name} is empty; at least one row is needed to draw something")
    if not table.index.is_unique:
        twice = table.index[table.index.duplicated()][0]
        raise ValueError(f"{name} has {twice} twice; each label may stand once")
