"""What priorities lie on: a bar a priority, its weight in four cases, and what random sets would have beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look

__all__ = ["CASE_COLOURS", "SLOT", "priority_cases"]

CASE_COLOURS = {
    "specialised and related": "#1F6A93",
    "specialised only": "#7CBBDD",
    "related only": "#E6B98A",
    "neither": "#D5DADF",
}
"""Blue where there is specialisation, sand where there is relatedness alone, grey where there is neither."""

SLOT = 0.225
"""Inches that a bar or a heading needs."""

ROOM = 8
"""Per cent of a bar below which a part has no room for its number."""

CLEAR = 3.2
"""Per cent that the middle of a number keeps from a tick."""


def priority_cases(
    shares: pd.DataFrame,
    *,
    ax: Axes,
    expected: pd.Series | None = None,
    groups: Mapping[object, str] | None = None,
    marks: Mapping[object, str] | None = None,
    untested: str = "not tested",
    names: Mapping[object, str] | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw how each priority's weight falls on the four cases, with a tick where random sets would end.

    Parameters
    ----------
    shares
        A row a priority, in order; columns are those of `CASE_COLOURS`, shares in [0, 1] that add up to 1. A row
        without figures is written as `untested`.
    expected
        Share of the weight that random sets have in the first two cases, by row: a tick on the bar.
    groups
        A heading for each row, written above the first row of its own; rows of one heading stand together.
    marks
        Words beside the bar, such as "unstable".
    names
        What a row is called; itself where omitted.

    Raises
    ------
    ValueError
        If a column of shares is none of the four cases.
    """
    wrong = [str(column) for column in shares.columns if column not in CASE_COLOURS]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} is none of the cases; they are {', '.join(CASE_COLOURS)}")
    if shares.empty:
        look.title(ax, title)
        return look.nothing(ax, source)
    rows, headings = _places(shares.index, groups)
    known = shares.notna().any(axis=1).to_numpy()
    values = 100 * shares.reindex(columns=list(CASE_COLOURS)).fillna(0).clip(lower=0)
    ends = np.full(len(values), np.nan) if expected is None else 100 * expected.reindex(shares.index).to_numpy(float)
    start = np.zeros(len(values))
    for case, colour in CASE_COLOURS.items():
        width = values[case].to_numpy()
        ax.barh(rows[known], width[known], left=start[known], height=0.76, color=colour, label=case, zorder=3,
                edgecolor="white", linewidth=0.6)  # fmt: skip
        ink = "white" if look.is_dark(colour) else look.INK
        for row, left, value, tick in zip(rows, start, width, ends, strict=True):
            if value >= ROOM:
                ax.text(_beside(left, value, tick), row, look.number(value), ha="center", va="center", fontsize=7,
                        color=ink, zorder=4)  # fmt: skip
        start = start + width
    if expected is not None:
        ax.vlines(ends[known], rows[known] - 0.46, rows[known] + 0.46, color=look.INK, linewidth=1.6, zorder=5)
    for row in rows[~known]:
        ax.text(0.8, row, untested, ha="left", va="center", fontsize=7.5, style="italic", color=look.GREY)
    _words(ax, shares.index, rows, headings, marks or {}, names or {})
    _frame(ax, rows, headings, expected is not None)
    look.title(ax, title)
    look.foot(ax, source)
    return ax


def _beside(left: float, width: float, tick: float) -> float:
    """Return where the number of a part stands: in its middle, or aside where a tick is."""
    middle = left + width / 2
    if not abs(tick - middle) < CLEAR:
        return middle
    return tick + CLEAR if tick + 2 * CLEAR <= left + width else tick - CLEAR


def _places(rows: pd.Index, groups: Mapping[object, str] | None) -> tuple[np.ndarray, dict[str, float]]:
    """Return where bars and headings stand, from the top; a heading has a line of its own, and a gap above it."""
    places, headings, at, last = [], {}, 0.0, None
    for row in rows:
        heading = None if groups is None else groups[row]
        if heading is not None and heading != last:
            at += 0.35 if places else 0.0
            headings[heading] = at
            at, last = at + 1.0, heading
        places.append(at)
        at += 1.0
    return np.array(places), headings


def _words(
    ax: Axes, index: pd.Index, rows: np.ndarray, headings: dict[str, float], marks: Mapping, names: Mapping
) -> None:
    # headings start where the longest name does, so that they read as heads of a column
    ax.set_yticks(rows, [look.shorten(names.get(row, row), 50) for row in index])
    for heading, at in headings.items():
        ax.annotate(heading, (0, at), (-6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="right", va="center", fontsize=8.5, fontweight="bold", color=look.INK,
                    annotation_clip=False)  # fmt: skip
    for label, row in zip(index, rows, strict=True):
        if marks.get(label):
            ax.annotate(marks[label], (100, row), (6, 0), textcoords="offset points", ha="left", va="center",
                        fontsize=7.5, color=look.TEXT, annotation_clip=False)  # fmt: skip


def _frame(ax: Axes, rows: np.ndarray, headings: dict[str, float], ticks: bool) -> None:
    first = min([rows[0], *headings.values()])
    ax.set(xlim=(0, 100), ylim=(rows[-1] + 0.7, first - 0.7), xlabel="Per cent of the weight on divisions with figures")
    ax.grid(axis="x")
    ax.tick_params(axis="y", length=0)
    handles, labels = ax.get_legend_handles_labels()
    if ticks:
        handles.append(Line2D([], [], color=look.INK, linewidth=1.6, marker="|", linestyle="", markersize=9,
                              markeredgewidth=1.6))  # fmt: skip
        labels.append("where blue would end at random")
    ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(handles), borderaxespad=0.2,
              columnspacing=1.2, handlelength=1, handleheight=0.9)  # fmt: skip
