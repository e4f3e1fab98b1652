"""Answers on a scale as stacked bars around 0: disagreement to the left, agreement to the right, the middle astride."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["ANSWER_COLOURS", "diverging_bars", "watermark"]

ANSWER_COLOURS = ("#8C3B1A", "#DDA377", "#D8DCE0", "#7FAECB", "#1F5C88")
"""From full disagreement to full agreement: ends darker than the middle in grey print, too."""

ROOM = 0.055
"""The smallest share that has room for its number."""


def watermark(ax: Axes, text: str) -> None:
    """Write a word across a panel, behind nothing: what shows a form is not taken for a finding."""
    if text:
        ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", rotation=24, fontsize=46,
                fontweight="bold", color=look.INK, alpha=0.16, zorder=20, gid="watermark")  # fmt: skip


def diverging_bars(
    table: pd.DataFrame,
    *,
    ax: Axes,
    counts: pd.Series,
    groups: Mapping[object, str] | None = None,
    labels: Sequence[str] | None = None,
    hidden: str = "not shown",
    title: str = "",
    source: str = "",
    mark: str = "",
) -> Axes:
    """Draw a bar a row around 0, each part with its share in per cent, and the number of answers beside it.

    Parameters
    ----------
    table
        A row a question, in order; five columns from full disagreement to full agreement, shares that sum to 1. A row
        without figures says `hidden` in place of its bar.
    counts
        Number of answers of each row.
    groups
        A heading for each row: rows of one heading stand together.
    labels
        What the legend calls the five answers; the names of the columns where omitted.
    mark
        A word to write across the panel; none where empty.

    Raises
    ------
    ValueError
        If the table is empty, names a row twice, has other than five columns, or a row does not sum to 1.
    """
    require_rows(table, (), name="answers")
    if table.shape[1] != len(ANSWER_COLOURS):
        raise ValueError(f"answers has {table.shape[1]} columns; five, from disagreement to agreement, are needed")
    sums = table.sum(axis=1)[table.notna().any(axis=1)]
    if len(off := sums[(sums - 1).abs() > 1e-6]):
        raise ValueError(f"shares of {off.index[0]} sum to {off.iloc[0]:g}; 1 is needed")
    values = 100 * table.fillna(0).to_numpy(dtype=float)
    starts = np.hstack([np.zeros((len(values), 1)), values.cumsum(axis=1)[:, :-1]])
    starts -= (values[:, :2].sum(axis=1) + values[:, 2] / 2)[:, None]
    places, headings = _places(table.index, groups)
    for column, colour in enumerate(ANSWER_COLOURS):
        name = str(labels[column] if labels is not None else table.columns[column])
        ax.barh(places, values[:, column], left=starts[:, column], height=0.7, color=colour, edgecolor="white",
                linewidth=0.6, label=name, zorder=3)  # fmt: skip
        ink = "white" if look.is_dark(colour) else look.INK
        for place, value, start in zip(places, values[:, column], starts[:, column], strict=True):
            if value >= 100 * ROOM:
                ax.text(start + value / 2, place, f"{value:.0f}", ha="center", va="center", fontsize=7, color=ink,
                        zorder=4, bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.8})  # fmt: skip
    reach = 104.0
    for place, (row, known) in zip(places, table.notna().any(axis=1).items(), strict=True):
        if not known:
            ax.text(0, place, hidden, ha="center", va="center", fontsize=7.5, style="italic", color=look.GREY)
        ax.annotate(look.number(counts[row]) if pd.notna(counts[row]) else "-", (1, place), (10, 0), va="center",
                    ha="right", xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=8,
                    color=look.TEXT, annotation_clip=False)  # fmt: skip
    _frame(ax, table.index, places, headings, reach)
    watermark(ax, mark)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=5, borderaxespad=0.2, columnspacing=1.1,
              handlelength=1, handleheight=0.9, handletextpad=0.5)  # fmt: skip
    look.title(ax, title)
    look.foot(ax, source)
    return ax


def _places(rows: pd.Index, groups: Mapping[object, str] | None) -> tuple[np.ndarray, dict[float, str]]:
    """Return where bars stand and where headings do: a line of its own above the first row of each group."""
    if groups is None:
        return np.arange(len(rows), dtype=float), {}
    places, headings, at, last = [], {}, -1.0, None
    for row in rows:
        if groups[row] != last:
            at += 1.0
            headings[at], last = groups[row], groups[row]
        at += 1.0
        places.append(at)
    return np.array(places), headings


def _frame(ax: Axes, rows: pd.Index, places: np.ndarray, headings: dict[float, str], reach: float) -> None:
    ax.set_yticks(places, [textwrap.fill(str(row), 46) for row in rows], fontsize=7.5, linespacing=1.05)
    for place, heading in headings.items():
        ax.annotate(heading, (0, place), (-4, -3), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="right", va="center", fontsize=8.5, fontweight="bold", color=look.INK,
                    annotation_clip=False)  # fmt: skip
    first = min([*places, *headings]) if len(places) else 0
    ax.annotate("n", (1, first - 0.1 if headings else first - 0.8), (10, 0), ha="right", va="center", fontsize=8,
                xycoords=("axes fraction", "data"), textcoords="offset points", fontweight="bold", color=look.TEXT,
                annotation_clip=False)  # fmt: skip
    ax.set(xlim=(-reach, reach), ylim=(places[-1] + 0.6, first - 0.6))
    ax.axvline(0, color=look.GREY, linewidth=0.8, zorder=3.5)
    ax.xaxis.set(major_locator=MultipleLocator(50), major_formatter=FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    ax.set_xlabel("Per cent of the answers; “neither” is split around 0")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
