"""Location quotients of one area with their intervals, each beside the range and median of its peers, on a log axis."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["peer_ranges"]


def peer_ranges(
    table: pd.DataFrame,
    *,
    ax: Axes,
    own: str,
    peers: str,
    median: str,
    x_label: str = look.LQ_LABEL,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw a row each: the peers' range as a band, their median as a stroke, the area as a dot with its interval.

    Parameters
    ----------
    table
        Index the rows' names; ``lq, lower, upper`` of the area and ``peer_low, peer_median, peer_high``. Values below
        1/16 end at the edge.
    own, peers, median
        What the legend calls the three.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    columns = ["lq", "lower", "upper", "peer_low", "peer_median", "peer_high"]
    require_rows(table, columns, name="table")
    values = table[columns].astype(float).clip(lower=look.LQ_FLOOR)
    places = range(len(values))
    look.log_axis(ax.xaxis, float(values.min().min()), float(values.max().max()))
    ax.hlines(places, values["peer_low"], values["peer_high"], color="#C9D6DE", linewidth=7, zorder=1)
    ax.scatter(values["peer_median"], places, marker="|", s=150, color=look.TEXT, linewidth=1.8, zorder=2)
    ax.hlines(places, values["lower"], values["upper"], color=look.ACCENT, linewidth=1.6, zorder=3)
    ax.scatter(values["lq"], places, s=34, color=look.ACCENT, zorder=4)
    ax.axvline(1, color=look.GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    look.name_rows(ax, [look.shorten(name, 40) for name in table.index])
    ax.set_xlabel(x_label)
    keys = [Line2D([], [], marker="o", color=look.ACCENT, label=own),
            Line2D([], [], color="#C9D6DE", linewidth=7, label=peers),
            Line2D([], [], marker="|", linestyle="none", markersize=11, markeredgewidth=1.8, color=look.TEXT,
                   label=median)]  # fmt: skip
    ax.legend(handles=keys, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2)
    look.title(ax, title)
    look.foot(ax, source)
    return ax
