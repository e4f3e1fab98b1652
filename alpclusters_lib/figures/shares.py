"""Shares of a whole as stacked bars: rows are years, stages or places, columns are where a part comes from."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.palettes import GROUP_COLOURS

__all__ = ["stacked_shares"]

LETTER = 0.0085
"""Width of a digit of a label as a share of the axis, below which a part has no room for its number."""

WHOLE = 0.05
"""What a sum may miss 100 by and still be printed as 100.0."""


def stacked_shares(
    table: pd.DataFrame,
    *,
    ax: Axes,
    colours: Mapping[str, str] | None = None,
    upright: bool = False,
    groups: Mapping[object, object] | None = None,
    legend: bool = True,
    x_label: str = "Per cent",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw a bar a row, its parts end to end, each with its number in per cent, and sums behind the bars.

    Sums are left out where every bar is a whole (100 per cent).

    Parameters
    ----------
    table
        A row a bar, in order, a column a part; shares in [0, 1], which need not add up to 1. Rows without figures are
        named at the foot. Parts below 0 count as 0 in the drawing.
    colours
        Colour of each column.
    upright
        Whether bars stand, as for years, or lie, as for long names.
    groups
        A heading for each row: bars of one heading stand together, and it is written once. Lying bars only.
    legend
        Whether the names of the parts are listed above the panel.
    """
    known = table.dropna(how="all")
    missing = look.listed("No figure", [str(row) for row in table.index.difference(known.index, sort=False)])
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    colours = colours or dict(zip(known.columns, GROUP_COLOURS, strict=False))
    values = 100 * known.fillna(0).clip(lower=0)
    places = _places(known, groups)
    ends = values.cumsum(axis=1)
    reach = max(float(ends.iloc[:, -1].max()), 1e-9) * 1.12
    # a bar of 0.3 % is labelled nowhere; its number is in the table beside the figure
    room = reach * (0.045 if upright else 4 * LETTER)
    for part in known.columns:
        start = ends[part] - values[part]
        kind = {"color": colours[part], "label": part, "zorder": 3, "edgecolor": "white", "linewidth": 0.6}
        if upright:
            ax.bar(places, values[part], bottom=start, width=0.62, **kind)
        else:
            ax.barh(places, values[part], left=start, height=0.72, **kind)
        ink = "white" if look.is_dark(colours[part]) else look.INK
        for place, value, at in zip(places, values[part], start, strict=True):
            if value >= room:
                middle = (place, at + value / 2) if upright else (at + value / 2, place)
                ax.text(*middle, look.number(value, 1), ha="center", va="center", fontsize=7, color=ink, zorder=4)
    whole = np.allclose(ends.iloc[:, -1], 100, atol=WHOLE)
    if known.shape[1] > 1 and not whole:
        for place, total in zip(places, ends.iloc[:, -1], strict=True):
            where, shift = ((place, total), (0, 3)) if upright else ((total, place), (4, 0))
            side = {"ha": "center", "va": "bottom"} if upright else {"ha": "left", "va": "center"}
            ax.annotate(look.number(total, 1), where, shift, textcoords="offset points", fontsize=7.5,
                        fontweight="bold", color=look.INK, **side)  # fmt: skip
    _axes(ax, known, places, reach, upright, x_label)
    if groups is not None and not upright:
        _headings(ax, known, places, groups)
    if legend:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=known.shape[1], borderaxespad=0.2, columnspacing=1,
                  handlelength=1, handleheight=0.9)  # fmt: skip
    look.title(ax, title)
    look.foot(ax, missing, source, below=30 if upright and not x_label else 38)
    return ax


def _places(known: pd.DataFrame, groups: Mapping[object, object] | None) -> np.ndarray:
    """Return where bars stand: a gap parts one heading from the next."""
    places = np.arange(len(known), dtype=float)
    if groups is None:
        return places
    headings = [groups[row] for row in known.index]
    return places + 0.5 * np.cumsum([0, *(a != b for a, b in itertools.pairwise(headings))])


def _axes(ax: Axes, known: pd.DataFrame, places: np.ndarray, reach: float, upright: bool, x_label: str) -> None:
    names = [look.shorten(row[-1] if isinstance(row, tuple) else row) for row in known.index]
    plain = FuncFormatter(lambda value, _: look.number(value))
    if upright:
        ax.set_xticks(places, names)
        ax.set(ylim=(0, reach), ylabel=x_label, xlim=(places[0] - 0.6, places[-1] + 0.6))
        ax.yaxis.set(major_formatter=plain, major_locator=MaxNLocator(5))
    else:
        ax.set_yticks(places, names)
        ax.set(xlim=(0, reach), xlabel=x_label, ylim=(places[-1] + 0.6, places[0] - 0.6))
        ax.xaxis.set(major_formatter=plain, major_locator=MaxNLocator(5))
    ax.grid(axis="y" if upright else "x")
    ax.tick_params(axis="x" if upright else "y", length=0)


def _headings(ax: Axes, known: pd.DataFrame, places: np.ndarray, groups: Mapping[object, object]) -> None:
    at: dict[object, list[float]] = {}
    for row, place in zip(known.index, places, strict=True):
        at.setdefault(groups[row], []).append(place)
    for heading, where in at.items():
        ax.annotate(str(heading), (0, float(np.mean(where))), (-34, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", ha="right", va="center", fontsize=8, fontweight="bold",
                    color=look.INK, annotation_clip=False)  # fmt: skip
