"""Modelled figures whose level hangs on a number that nobody observes: a dot, a dark band and a light one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["delta_bands"]

DARK, LIGHT = "#7FAECB", "#DCE8EF"
COLUMNS = ("estimate", "lower", "upper", "outer_lower", "outer_upper")


def delta_bands(
    table: pd.DataFrame,
    *,
    ax: Axes,
    names: pd.Series | None = None,
    dot: str = "Estimate",
    band: str = "Band",
    outer: str = "With the measured error",
    x_label: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw each row's estimate as a dot on two bands, one inside the other, in the order of the table.

    Parameters
    ----------
    table
        Index label; columns ``estimate``, ``lower``, ``upper`` (dark band), ``outer_lower``, ``outer_upper`` (light
        band). A row without an estimate is named at the foot.
    names
        How rows are called, by label; the others keep theirs.
    dot, band, outer
        What the legend calls the three.

    Raises
    ------
    ValueError
        If the table is empty, lacks a column or names a row twice.
    """
    require_rows(table, COLUMNS, name="bands")
    missing = look.listed("No figure", look.named(table.index[table["estimate"].isna()], names))
    known = table.dropna(subset=["estimate"])
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    places = np.arange(len(known))
    for (low, high), height, colour in (
        (("outer_lower", "outer_upper"), 0.62, LIGHT),
        (("lower", "upper"), 0.38, DARK),
    ):
        ax.barh(places, known[high] - known[low], left=known[low], height=height, color=colour, linewidth=0)
    ax.plot(known["estimate"], places, "o", color=look.ALPINE, markersize=5.5)
    look.name_rows(ax, look.named(known.index, names))
    # bars would hold the axis at their ends
    ax.use_sticky_edges = False
    ax.margins(x=0.04)
    ax.xaxis.set_major_locator(MaxNLocator(7))
    ax.grid(axis="x")
    ax.set_xlabel(x_label)
    marks = [
        Line2D([], [], marker="o", linestyle="", color=look.ALPINE, markersize=5.5, label=dot),
        Patch(color=DARK, label=band),
        Patch(color=LIGHT, label=outer),
    ]
    ax.legend(handles=marks, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.4, columnspacing=1.4)
    look.title(ax, title)
    look.foot(ax, missing, source)
    return ax
