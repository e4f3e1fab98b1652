"""A grid of marks: what applies where, for certain or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["mark_grid"]


def mark_grid(table: pd.DataFrame, *, ax: Axes, full: str, half: str, title: str = "", source: str = "") -> Axes:
    """Draw a dot in each cell of 1, a hollow one in each of 0.5, nothing in those of 0.

    Parameters
    ----------
    table
        Rows by columns, in the order to be drawn.
    full, half
        What the legend calls the two marks; the second is left out where no cell has it.

    Raises
    ------
    ValueError
        If the table is empty, or a cell is none of the three.
    """
    require_rows(table, (), name="table")
    values = table.to_numpy(float)
    if not np.isin(values, (0.0, 0.5, 1.0)).all():
        raise ValueError("a cell of the grid is neither 0, 0.5 nor 1")
    for value, fill in ((1.0, look.ALPINE), (0.5, "white")):
        rows, columns = np.nonzero(values == value)
        ax.scatter(columns, rows, s=70, facecolor=fill, edgecolor=look.ALPINE, linewidth=1.4, zorder=3)
    ax.hlines(range(len(table)), -0.5, len(table.columns) - 0.5, color="#E4E7EB", linewidth=0.7, zorder=1)
    look.name_rows(ax, [look.shorten(name, 46) for name in table.index])
    ax.set_xticks(range(len(table.columns)), table.columns, rotation=40, ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.6, len(table.columns) - 0.4)
    for spine in ax.spines.values():
        spine.set_visible(False)
    plain = {"marker": "o", "linestyle": "none", "markersize": 8}
    keys = [Line2D([], [], color=look.ALPINE, label=full, **plain)]
    if (values == 0.5).any():
        keys.append(Line2D([], [], markerfacecolor="white", markeredgecolor=look.ALPINE, label=half, **plain))
    ax.legend(handles=keys, loc="upper left", bbox_to_anchor=(0, -0.02), ncols=2, borderaxespad=0.2)
    look.title(ax, title)
    look.foot(ax, source, below=32)
    return ax
