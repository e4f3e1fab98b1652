"""Charts that compare ways of computing something: the error of each method in one or more areas."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look

__all__ = ["method_dots"]

COLOURS = (look.TEXT, look.ALPINE)
MARKERS = ("s", "o")


def method_dots(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: str = "",
    x_label: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw the score of each method as one dot an area, on an axis from 0, methods in the order of the rows.

    Parameters
    ----------
    table
        Index method, at most two columns of areas; a missing score is left out.
    highlight
        The method to print in the accent colour.
    """
    for place, (method, row) in enumerate(table.iterrows()):
        known = row.dropna()
        if len(known):
            ax.plot([0, known.max()], [place, place], color="#DDE2E7", linewidth=1.2, zorder=1)
        for number, (area, value) in enumerate(row.items()):
            colour = look.ACCENT if method == highlight else COLOURS[number]
            ax.plot(
                value,
                place,
                MARKERS[number],
                markersize=6.5,
                color=colour,
                markerfacecolor="white" if number == 0 else colour,
                markeredgewidth=1.4,
                label=str(area) if place == 0 else None,
                zorder=3,
            )
        text = " · ".join(f"{value:.1f}" for value in known)
        ax.annotate(text, (known.max(), place), (8, 0), textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(range(len(table)), [str(method) for method in table.index], fontsize=8)
    for tick, method in zip(ax.get_yticklabels(), table.index, strict=True):
        if method == highlight:
            tick.set(color=look.ACCENT, fontweight="bold")
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(left=0, right=float(table.max().max()) * 1.14)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(x_label)
    ax.grid(axis="x")
    handles, labels = ax.get_legend_handles_labels()
    for handle in handles:
        handle.set_color(look.TEXT)
    ax.legend(handles, labels, loc="lower right", frameon=False, fontsize=8)
    look.title(ax, title)
    look.foot(ax, source)
    return ax
