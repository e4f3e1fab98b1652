"""What was expected against what happened, with the line where both are the same."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["expected_observed"]


def expected_observed(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    marked: str = "",
    others: str = "",
    x_label: str = "Expected",
    y_label: str = "Observed",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw observed against expected changes as dots, on the same scale both ways, with the line of equality.

    Parameters
    ----------
    table
        Columns ``expected`` and ``observed``; rows without either are left out and counted at the foot.
    highlight
        Rows in the accent colour.
    marked, others
        What the legend calls the rows in colour and the rest.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table, ("expected", "observed"), name="the table of changes")
    known = table[["expected", "observed"]].dropna()
    missing = f"{len(table) - len(known)} rows without both." if len(known) < len(table) else ""
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    low, high = float(known.min().min()), float(known.max().max())
    edge = 0.05 * (high - low)
    ends = (low - edge, high + edge)
    ax.plot(ends, ends, color=look.GREY, linewidth=0.9, linestyle="--", zorder=1)
    own = known.index.isin(list(highlight))
    dot = {"linestyle": "", "marker": "o", "markeredgewidth": 0}
    ax.plot(known.loc[~own, "expected"], known.loc[~own, "observed"], **dot, markersize=4, color="#9FB6C3",
            label=others, zorder=2)  # fmt: skip
    ax.plot(known.loc[own, "expected"], known.loc[own, "observed"], **dot, markersize=6, color=look.ACCENT,
            label=marked, zorder=3)  # fmt: skip
    ax.set(xlim=ends, ylim=ends, xlabel=x_label, ylabel=y_label)
    ax.set_aspect("equal")
    ax.annotate("as expected", (ends[0], ends[0]), (10, 16), textcoords="offset points", fontsize=7.5, color=look.TEXT,
                rotation=45, rotation_mode="anchor")  # fmt: skip
    if marked and others:
        ax.legend(loc="upper left", fontsize=7.5, frameon=False, handletextpad=0.2)
    look.title(ax, title)
    look.foot(ax, missing, source)
    return ax
