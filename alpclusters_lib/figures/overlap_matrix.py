"""Likeness of things two by two, one reading below the diagonal and another above it."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["overlap_matrix"]

_RAMP = LinearSegmentedColormap.from_list("overlap", ["#FFFFFF", "#B9CFDC", "#2F6B8F", "#163A52"])


def overlap_matrix(
    below: pd.DataFrame,
    above: pd.DataFrame,
    *,
    ax: Axes,
    outlined: pd.DataFrame,
    outline: str = "outlined",
    corner: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw two symmetric tables in one square: `below` under the diagonal, `above` over it, every number printed.

    Parameters
    ----------
    below, above
        Numbers from 0 to 1 with the same labels in rows and columns; a NaN is hatched.
    outlined
        Which cells are framed, with the same labels.
    outline
        What the legend calls a frame.
    corner
        What stands below and above the diagonal, for the legend.

    Raises
    ------
    ValueError
        If a table is empty, not square, or has other labels than the first.
    """
    require_rows(below, (), name="below")
    for name, other in (("below", below.T), ("above", above), ("outlined", outlined)):
        if not (other.index.equals(below.index) and other.columns.equals(below.columns)):
            raise ValueError(f"{name} has other labels than the rows of below; the same rows and columns are needed")
    size = len(below)
    values = np.where(np.tri(size, k=-1, dtype=bool), below.to_numpy(dtype=float), above.to_numpy(dtype=float))
    frames = outlined.to_numpy(dtype=bool)
    for row, column in np.ndindex(size, size):
        _cell(ax, row, column, values[row, column], diagonal=row == column)
    for row, column in np.argwhere(frames & ~np.eye(size, dtype=bool)):
        ax.add_patch(Rectangle((column + 0.05, row + 0.05), 0.9, 0.9, fill=False, edgecolor=look.ACCENT, linewidth=1.8))
    ax.set_xlim(0, size)
    ax.set_ylim(size, 0)
    ax.set_aspect("equal")
    labels = [look.shorten(label, 22) for label in below.index]
    ax.set_yticks(np.arange(size) + 0.5, labels)
    ax.set_xticks(np.arange(size) + 0.5, labels, rotation=40, ha="right", rotation_mode="anchor")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    handles = [Patch(fill=False, edgecolor=look.ACCENT, linewidth=1.8, label=outline)]
    if corner:
        handles.append(Line2D([], [], linestyle="", label=corner))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.4, columnspacing=1.0)
    look.title(ax, title)
    look.source_line(ax, source, below=72)
    return ax


def _cell(ax: Axes, row: int, column: int, value: float, *, diagonal: bool) -> None:
    place, line = (column, row), {"edgecolor": look.PALE, "linewidth": 0.6}
    if diagonal:
        ax.add_patch(Rectangle(place, 1, 1, facecolor=look.PALE, **line))
    elif np.isnan(value):
        with mpl.rc_context({"hatch.linewidth": 0.5}):
            ax.add_patch(Rectangle(place, 1, 1, **look.NO_FIGURE, linewidth=0))
    else:
        fill = to_hex(_RAMP(value))
        ax.add_patch(Rectangle(place, 1, 1, facecolor=fill, **line))
        ink = "white" if look.is_dark(fill) else look.INK
        ax.text(column + 0.5, row + 0.5, look.number(value, 2), ha="center", va="center", fontsize=8, color=ink)
