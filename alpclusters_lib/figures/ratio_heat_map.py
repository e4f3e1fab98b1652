"""Ratios of observed to expected as a matrix: the colour tells the side of 1, a grey print that it is not settled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["ratio_heat_map"]

# white in the middle: 1 is neither
_RAMP = LinearSegmentedColormap.from_list("ratios", ("#0F4C81", "#4E8DB3", "#D9E6ED", "#FFFFFF", "#F3DDCB", "#C57F52",
                                                     "#8C3B1A"))  # fmt: skip
_SPAN = 2.0
"""The deepest colours stand for a ratio of 4, or a quarter, and beyond."""


def ratio_heat_map(
    table: pd.DataFrame,
    *,
    ax: Axes,
    lower: pd.DataFrame,
    upper: pd.DataFrame,
    aside: pd.DataFrame | None = None,
    title: str = "",
    source: str = "",
    note: str = "",
) -> Axes:
    """Draw ratios on a log scale around 1, each printed; in grey on white where the interval holds 1.

    Parameters
    ----------
    table
        Ratios; rows and columns carry the labels to print. A NaN is left blank.
    lower, upper
        Limits, labelled as the table.
    aside
        Cells of another kind (a country with itself), true where they are framed.

    Raises
    ------
    ValueError
        If the table is empty, labels differ, or a ratio is negative.
    """
    require_rows(table, (), name="table")
    for name, other in (("lower", lower), ("upper", upper)):
        if not (other.index.equals(table.index) and other.columns.equals(table.columns)):
            raise ValueError(f"{name} has other labels than the table; the same rows and columns are needed")
    if (table < 0).any(axis=None):
        raise ValueError("a ratio is negative; zero or more is needed")
    with look.style():
        rows, columns = table.shape
        ax.set(xlim=(0, columns), ylim=(rows, 0))
        for row, column in np.ndindex(rows, columns):
            value = table.iloc[row, column]
            if pd.notna(value):
                _cell(ax, row, column, value, settled=bool(lower.iloc[row, column] > 1 or upper.iloc[row, column] < 1))
        if aside is not None:
            for row, column in np.argwhere(aside.reindex_like(table).to_numpy(dtype=bool) & table.notna().to_numpy()):
                frame = Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, fill=False, edgecolor=look.TEXT)
                ax.add_patch(frame).set_linewidth(1.1)
        ax.set_xticks(np.arange(columns) + 0.5, table.columns)
        ax.set_yticks(np.arange(rows) + 0.5, table.index)
        ax.xaxis.tick_top()
        ax.tick_params(length=0, labelsize=8)
        ax.spines[:].set_visible(False)
        look.title(ax, title, pad=26)
        key = "Brown: above 1; blue: below 1; deepest at 4 and at a quarter. Grey print: the interval holds 1."
        look.foot(ax, f"{key} {note}".strip(), source, below=10)
    return ax


def _cell(ax: Axes, row: int, column: int, value: float, *, settled: bool) -> None:
    place = 0.5 + np.clip(np.log2(max(value, 1e-9)) / _SPAN, -1, 1) / 2
    fill = to_hex(_RAMP(place)) if settled else "#FFFFFF"
    ax.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor=look.PALE, linewidth=0.6))
    ink = look.GREY if not settled else "white" if look.is_dark(fill) else look.INK
    text = look.number(value, 2 if value < 10 else 1)
    ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=ink,
            fontweight="normal" if not settled else "bold")  # fmt: skip
