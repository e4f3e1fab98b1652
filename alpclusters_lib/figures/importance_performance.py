"""Importance against performance: which services people want more than they get (Martilla & James 1977)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.diverging_bars import watermark
from alpclusters_lib.figures.quadrants import quadrant_scatter

__all__ = ["importance_performance"]


def importance_performance(
    table: pd.DataFrame,
    *,
    ax: Axes,
    cuts: tuple[float, float],
    quadrants: Mapping[str, str],
    scale: tuple[int, int] = (1, 5),
    x_label: str = "Performance",
    y_label: str = "Importance",
    diagonal: str = "as well as it matters",
    mark: str = "",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw services by performance and importance, parted at the cuts, with the line on which both are alike.

    Parameters
    ----------
    table
        Index service; ``importance, performance, label``.
    cuts
        Where importance and performance part.
    quadrants
        Names by "right, above", "right, below", "left, above", "left, below".
    scale
        Lowest and highest answer, the ends of both axes.
    diagonal
        What the line of equal rating is called.
    mark
        A word across the panel, such as "illustrative".

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.

    References
    ----------
    Martilla & James (1977), Journal of Marketing 41:77.
    """
    # the diagonal says nothing unless both axes run alike
    ax.set(xlim=(scale[0] - 0.1, scale[1] + 0.1), ylim=(scale[0] - 0.1, scale[1] + 0.1))
    quadrant_scatter(
        table, ax=ax, x="performance", y="importance", medians=(cuts[1], cuts[0]), quadrants=quadrants,
        highlight=list(table.index), x_label=x_label, y_label=y_label, line_names=("cut", "cut"), title=title,
        source=source,
    )  # fmt: skip
    ax.set(xlim=(scale[0] - 0.1, scale[1] + 0.1), ylim=(scale[0] - 0.1, scale[1] + 0.1))
    ax.plot(scale, scale, color=look.ACCENT, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    # low on the line, where neither the name of a quadrant nor most services stand
    low = scale[0] + 0.15 * (scale[1] - scale[0])
    ax.annotate(diagonal, (low, low), (8, -3), textcoords="offset points", va="top", fontsize=7, color=look.ACCENT)
    watermark(ax, mark)
    return ax
