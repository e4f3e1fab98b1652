"""Two readings of the same share, joined by a line, beside a yardstick."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["dumbbells"]

COLUMNS = ("low", "high", "mark")


def dumbbells(
    table: pd.DataFrame,
    *,
    ax: Axes,
    names: pd.Series | None = None,
    highlight: str = "",
    low: str = "low",
    high: str = "high",
    mark: str = "yardstick",
    x_label: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw two shares of each row as dots joined by a line, and a third one as an upright stroke.

    Parameters
    ----------
    table
        Index label; columns ``low``, ``high``, ``mark``, shares from 0 to 1. A row without ``low`` or ``high`` is
        named at the foot; one without ``mark`` has no stroke.
    names
        How rows are called, by label; the others keep theirs.
    highlight
        A label to print in bold.
    low, high, mark
        What the legend calls the three.

    Raises
    ------
    ValueError
        If the table is empty, lacks a column or names a row twice.
    """
    require_rows(table, COLUMNS, name="shares")
    unknown = table[["low", "high"]].isna().any(axis=1)
    missing = look.listed("No figure", look.named(table.index[unknown], names))
    known = table[~unknown]
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    places = np.arange(len(known))
    ax.hlines(places, known["low"], known["high"], color="#B9CFDC", linewidth=5, zorder=1)
    dot = {"linestyle": "", "marker": "o", "markersize": 6.5, "color": look.ALPINE}
    ax.plot(known["low"], places, **dot, markerfacecolor="white", markeredgewidth=1.6, label=low)
    ax.plot(known["high"], places, **dot, label=high)
    stroke = {"linestyle": "", "marker": "|", "markersize": 17, "markeredgewidth": 2.2, "color": look.INK}
    ax.plot(known["mark"], places, **stroke, label=mark)
    look.name_rows(ax, look.named(known.index, names, 46), bold=known.index == highlight)
    ax.set_xlim(left=0, right=min(1.03, 1.06 * float(known[list(COLUMNS)].max().max())))
    ax.xaxis.set_major_locator(MaxNLocator(8))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    ax.grid(axis="x")
    ax.set_xlabel(x_label)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.4, columnspacing=1.4)
    look.title(ax, title)
    look.foot(ax, missing, source)
    return ax
