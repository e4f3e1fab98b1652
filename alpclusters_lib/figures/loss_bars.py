"""What a loss takes by itself and what it takes along, as two-part bars with the range of the modelled part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["loss_bars"]

MODELLED = "#9CC3D5"
COLUMNS = ("direct", "indirect", "lower", "upper")


def loss_bars(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: str = "",
    direct: str = "Direct",
    indirect: str = "Indirect, modelled",
    whisker: str = "Range of the modelled part",
    x_label: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw a bar a row: the direct part, the indirect part behind it, and where the whole may end as a line.

    Parameters
    ----------
    table
        Rows in order, their index the labels; ``direct``, ``indirect`` and ``lower``, ``upper`` of the indirect part.
        ``status`` where known: the direct part of an estimated row is hatched. A row without ``direct`` is named at
        the foot; one without ``indirect`` has no second part.
    highlight
        A label to print in bold.
    direct, indirect, whisker
        What the legend calls the three; a blank whisker is not named.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table, COLUMNS, name="the table of losses")
    missing = look.listed("No figure", [str(row) for row in table.index[table["direct"].isna()]])
    known = table.dropna(subset=["direct"])
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    places, hollow = np.arange(len(known)), look.hollow(known)
    first, second = known["direct"].to_numpy(), known["indirect"].fillna(0).to_numpy()
    ax.barh(places, first, height=0.66, color=look.ALPINE, linewidth=0)
    ax.barh(places, second, left=first, height=0.66, color=MODELLED, linewidth=0)
    for place in np.flatnonzero(hollow):
        ax.barh(
            place, first[place], height=0.66, facecolor="none", linewidth=0, **look.ESTIMATED | {"edgecolor": "white"}
        )
    ax.hlines(places, first + known["lower"], first + known["upper"], color=look.INK, linewidth=1.1)
    reach = np.nanmax([(first + known["upper"]).max(), (first + second).max()])
    for place, end, text in zip(places, np.fmax(first + known["upper"], first + second), first + second, strict=True):
        ax.annotate(look.number(text, 1), (end, place), (5, 0), textcoords="offset points", va="center", fontsize=7.5,
                    fontweight="bold", color=look.INK)  # fmt: skip
    look.name_rows(ax, [look.shorten(row, 48) for row in known.index], bold=known.index == highlight)
    ax.set(xlim=(0, reach * 1.1), xlabel=x_label)
    ax.xaxis.set_major_locator(MaxNLocator(7))
    ax.grid(axis="x")
    marks = [
        Patch(color=look.ALPINE, label=direct),
        Patch(color=MODELLED, label=indirect),
        *([Line2D([], [], color=look.INK, linewidth=1.1, label=whisker)] if whisker else []),
    ]
    ax.legend(handles=marks, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.4, columnspacing=1.2)
    look.title(ax, title)
    look.foot(ax, "Hatched: estimated." if hollow.any() else "", missing, source)
    return ax
