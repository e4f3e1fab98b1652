"""Values of rows by columns as a grid: the number in every cell, its size as the depth of one colour."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["value_grid"]

SCALE = LinearSegmentedColormap.from_list("depth", ["#F3F7F9", "#9CC3D5", "#3F86A8", look.ALPINE])
EMPTY = "#FFFFFF"


def value_grid(
    table: pd.DataFrame,
    *,
    ax: Axes,
    limits: tuple[float, float] | None = None,
    by_column: bool = False,
    decimals: int = 1,
    highlight: str = "",
    names: pd.Series | None = None,
    missing: str = "no figure",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw a grid of numbers on one scale of colour.

    Parameters
    ----------
    table
        Rows in order from the top, columns from the left, their labels printed above; NaN is a white cell with a dash.
    limits
        Values of the lightest and the deepest colour; the least and the largest where omitted.
    by_column
        Whether each column has a scale of its own, where columns are not to be compared.
    decimals
        Decimals printed.
    highlight
        A row label to print in bold.
    names
        How rows are called, by label; the others keep theirs.
    missing
        What a dash stands for.

    Raises
    ------
    ValueError
        If the table is empty.
    """
    require_rows(table, (), name="table")
    values = table.to_numpy(dtype=float)
    axis = 0 if by_column else None
    low, high = limits or (np.nanmin(values, axis=axis), np.nanmax(values, axis=axis))
    span = np.broadcast_to(np.subtract(high, low), values.shape)
    depth = np.clip((values - low) / np.where(span > 0, span, 1.0), 0, 1)
    for (row, column), value in np.ndenumerate(values):
        colour = EMPTY if np.isnan(value) else to_hex(SCALE(float(depth[row, column])))
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=1.5))
        text = "–" if np.isnan(value) else look.number(value, decimals)
        ink = "white" if look.is_dark(colour) else look.INK
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)
    look.name_rows(ax, look.named(table.index, names), bold=table.index == highlight)
    ax.set(xlim=(-0.5, table.shape[1] - 0.5), ylim=(len(table) - 0.5, -0.5))
    heads = [str(column).replace(" ", "\n", 1) if len(str(column)) > 12 else str(column) for column in table]
    ax.set_xticks(range(table.shape[1]), heads, fontsize=8)
    ax.tick_params(axis="x", length=0, labeltop=True, labelbottom=False)
    for side in ax.spines.values():
        side.set_visible(False)
    look.title(ax, title, pad=34)
    look.foot(ax, f"–: {missing}." if np.isnan(values).any() else "", source, below=8)
    return ax
