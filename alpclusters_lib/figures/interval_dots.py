"""Ranked dots with intervals: a mean, how far it holds, and the weakest of its parts beside it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.diverging_bars import watermark

__all__ = ["interval_dots"]


def interval_dots(
    table: pd.DataFrame,
    *,
    ax: Axes,
    names: pd.Series | None = None,
    bold: int = 1,
    mean: str = "mean",
    minimum: str = "lowest axis",
    scale: tuple[float, float] = (0.0, 1.0),
    mark: str = "",
    x_label: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw each row's mean as a dot with its interval, and its minimum as a hollow mark, rows from the top down.

    Parameters
    ----------
    table
        Columns ``mean, mean_lower, mean_upper`` and where wanted ``minimum``, in the order to be drawn. A row without
        a mean is named at the foot.
    bold
        How many of the first rows to name in bold.
    mean, minimum
        What the legend calls the two marks.
    scale
        Ends of the axis.
    mark
        A word across the panel, such as "illustrative".

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table.reset_index(drop=True), ("mean", "mean_lower", "mean_upper"), name="table")
    known = table[table["mean"].notna()]
    if known.empty:
        return look.nothing(ax, source)
    places = range(len(known))
    ax.hlines(places, known["mean_lower"], known["mean_upper"], color=look.ALPINE, linewidth=2.2, alpha=0.45, zorder=2)
    ax.scatter(known["mean"], places, s=34, color=look.ALPINE, zorder=4)
    if "minimum" in known:
        ax.scatter(known["minimum"], places, s=26, facecolor="white", edgecolor=look.LOSS, linewidth=1.2, zorder=3)
    look.name_rows(ax, look.named(known.index, names, 40), bold=[place < bold for place in places])
    room = 0.02 * (scale[1] - scale[0])
    ax.set_xlim(scale[0] - room, scale[1] + room)
    ax.set_xlabel(x_label)
    ax.grid(axis="x")
    plain = {"linestyle": "none", "marker": "o"}
    keys = [Line2D([], [], color=look.ALPINE, label=mean, **plain)]
    if "minimum" in known:
        keys.append(Line2D([], [], markerfacecolor="white", markeredgecolor=look.LOSS, label=minimum, **plain))
    ax.legend(handles=keys, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
    watermark(ax, mark)
    look.title(ax, title)
    look.foot(ax, look.listed("No figure", look.named(table.index[table["mean"].isna()], names)), source)
    return ax
