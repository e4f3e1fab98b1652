"""Ratings of factors as a wheel and as dots: the wheel shows the form, the dots can be compared.

The area of a wheel hangs on the order of its factors and grows with the square of a rating, so it is never a result.
"""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import FixedLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.diverging_bars import watermark
from alpclusters_lib.figures.palettes import GROUP_COLOURS

__all__ = ["rating_dots", "wheel"]

BEST = 5
COLUMNS = ("step", "factor", "median", "lowest", "highest", "informed", "raters")


def _colours(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["step"].unique(), GROUP_COLOURS, strict=False))


def wheel(table: pd.DataFrame, *, ax: PolarAxes, title: str = "", mark: str = "") -> PolarAxes:
    """Draw a sector a factor, its radius the median rating, hatched up to the rim where nobody has information.

    Parameters
    ----------
    table
        A row a factor, clockwise from the top: ``step`` (one colour each), ``factor``, ``median``, ``lowest``,
        ``highest``, ``informed``, ``raters``. Factors are numbered as the dots name them.
    mark
        A word to write across the panel; none where empty.

    Raises
    ------
    ValueError
        If the table is empty, lacks a column or names a row twice.
    """
    require_rows(table, COLUMNS, name="ratings")
    colours, number = _colours(table), len(table)
    width = 2 * np.pi / number
    middles = (np.arange(number) + 0.5) * width
    ax.set_theta_zero_location("N")
    ax.set_theta_direction(-1)
    known = table["median"].notna().to_numpy()
    ax.bar(middles[~known], BEST, width=width, zorder=2, linewidth=0.6, **look.NO_FIGURE)
    fills = [colours[step] for step in table["step"][known]]
    ax.bar(middles[known], table["median"][known], width=width, color=fills, edgecolor="white", linewidth=1.2, zorder=3)
    ax.set(ylim=(0, BEST + 0.75), yticks=range(1, BEST + 1), xticks=[])
    ax.set_yticklabels([])
    ax.grid(axis="y", color=look.PALE, linewidth=0.6)
    ax.spines["polar"].set_visible(False)
    for place, middle in enumerate(middles, start=1):
        ax.text(middle, BEST + 0.42, str(place), ha="center", va="center", fontsize=8, color=look.TEXT)
    for ring in range(1, BEST + 1):
        ax.text(0, ring, str(ring), ha="center", va="center", fontsize=6.5, color=look.TEXT, zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8})  # fmt: skip
    if not known.all():
        ax.legend(handles=[Patch(label="no information", **look.NO_FIGURE)], loc="upper center",
                  bbox_to_anchor=(0.5, -0.01))  # fmt: skip
    watermark(ax, mark)
    if title:
        ax.set_title(title, loc="center", fontsize=9, fontweight="normal", color=look.TEXT, pad=6)
    return ax


def rating_dots(table: pd.DataFrame, *, ax: Axes, title: str = "", source: str = "", mark: str = "") -> Axes:
    """Draw each factor's median on a line from the lowest to the highest rating, with how many raters are informed.

    Parameters
    ----------
    table, mark
        As in :func:`wheel`.

    Raises
    ------
    ValueError
        If the table is empty, lacks a column or names a row twice.
    """
    require_rows(table, COLUMNS, name="ratings")
    colours = _colours(table)
    steps = table["step"].to_numpy()
    places = np.arange(len(table)) + 0.7 * np.cumsum([0, *(steps[1:] != steps[:-1])])
    for place, row in zip(places, table.itertuples(), strict=True):
        if pd.isna(row.median):
            ax.barh(place, BEST - 1, left=1, height=0.62, linewidth=0, **look.NO_FIGURE)
            ax.text(3, place, "no information", ha="center", va="center", fontsize=7.5, style="italic", color=look.TEXT,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        else:
            ax.plot([row.lowest, row.highest], [place, place], color=colours[row.step], linewidth=3, alpha=0.35,
                    solid_capstyle="round", zorder=2)  # fmt: skip
            ax.plot(row.median, place, "o", color=colours[row.step], markersize=7, zorder=3)
        ax.annotate(f"{row.informed} of {row.raters}", (1, place), (38, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", ha="right", va="center", fontsize=8, color=look.TEXT,
                    annotation_clip=False)  # fmt: skip
    for step in dict.fromkeys(steps):
        middle = float(places[steps == step].mean())
        ax.annotate(textwrap.fill(step, 15), (0, middle), (-206, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", ha="left", va="center", fontsize=8, fontweight="bold",
                    color=colours[step], annotation_clip=False)  # fmt: skip
    ax.annotate("informed", (1, places[0] - 1.0), (38, 0), xycoords=("axes fraction", "data"), ha="right",
                va="center", textcoords="offset points", fontsize=8, fontweight="bold", color=look.TEXT,
                annotation_clip=False)  # fmt: skip
    ax.set_yticks(places, [f"{name} {place}" for place, name in enumerate(table["factor"], start=1)])
    ax.set(xlim=(0.8, BEST + 0.2), ylim=(places[-1] + 0.7, -0.7))
    ax.xaxis.set_major_locator(FixedLocator(range(1, BEST + 1)))
    ax.set_xlabel("Rating: 1 poor, 2 to be improved, 3 fair, 4 strong, 5 excellent")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    watermark(ax, mark)
    look.title(ax, title, pad=20)
    look.foot(ax, source)
    return ax
