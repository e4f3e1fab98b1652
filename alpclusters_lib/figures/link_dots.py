"""Links of a chain of evidence: one row a candidate, one mark a link, and the weakest of them stressed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["link_dots"]

MARKERS = ("o", "s", "D", "^")


def link_dots(
    table: pd.DataFrame,
    *,
    ax: Axes,
    links: Mapping[str, str],
    bold: int = 1,
    x_label: str = "",
    weakest: str = "weakest link",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw the links of each row as marks on a scale from 0 to 1, joined by a line from the weakest to the strongest.

    Parameters
    ----------
    table
        Index the rows' names, a column a link, in [0, 1].
    links
        Columns to draw and what the legend calls them, at most four.
    bold
        How many of the first rows to name in bold.
    weakest
        What the legend calls the ring around the lowest mark.

    Raises
    ------
    ValueError
        If the table is empty, lacks a link, or there are more links than marks.
    """
    if len(links) > len(MARKERS):
        raise ValueError(f"{len(links)} links, but {len(MARKERS)} marks that can be told apart")
    require_rows(table, links, name="table")
    values = table[list(links)].astype(float)
    places = range(len(values))
    ax.hlines(places, values.min(axis=1), values.max(axis=1), color=look.PALE, linewidth=2.2, zorder=1)
    for marker, column in zip(MARKERS, links, strict=False):
        ax.scatter(values[column], places, marker=marker, s=34, color=look.ALPINE, alpha=0.85, zorder=3)
    ax.scatter(values.min(axis=1), places, marker="o", s=110, facecolor="none", edgecolor=look.ACCENT, linewidth=1.5,
               zorder=4)  # fmt: skip
    look.name_rows(ax, [look.shorten(name, 58) for name in values.index], bold=[place < bold for place in places])
    ax.set_xlim(min(0.5, float(values.min().min()) - 0.04), 1.02)
    ax.set_xlabel(x_label)
    ax.grid(axis="x")
    plain = {"linestyle": "none", "color": look.ALPINE}
    keys = [Line2D([], [], marker=marker, label=label, **plain)
            for marker, label in zip(MARKERS, links.values(), strict=False)]  # fmt: skip
    keys.append(Line2D([], [], marker="o", linestyle="none", markersize=9, markerfacecolor="none",
                       markeredgecolor=look.ACCENT, label=weakest))  # fmt: skip
    ax.legend(handles=keys, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2)
    look.title(ax, title)
    look.foot(ax, source)
    return ax
