"""A chain at one glance: regions × stages with what is strong and weak, and jobs per local unit by stage."""

from __future__ import annotations

import itertools
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon, Rectangle

from alpclusters_lib.figures import style as look

__all__ = ["MARKS", "size_strip", "stage_matrix"]

MARKS = {"strong": "▲", "weak": "▼", "open": "", "no figures": ""}
"""What is printed behind the number of a cell."""

GAP = 0.9
"""Height of a group's heading, in rows."""


def stage_matrix(
    values: pd.DataFrame,
    *,
    ax: Axes,
    strength: pd.DataFrame,
    text: pd.DataFrame,
    groups: pd.Series,
    estimated: pd.DataFrame | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw location quotients, regions × stages, in the classes of all maps, with strong and weak cells marked.

    Parameters
    ----------
    values
        Quotients; rows and columns carry the labels to print. A NaN is white.
    ax
        Where to draw.
    strength
        "strong", "weak", "open" or "no figures", labelled as `values`; the last is hatched.
    text
        What to print in the cells; a mark stands behind it.
    groups
        Heading of each row; rows of a group stand together in the order in which groups appear.
    estimated
        Which cells rest on an estimate; a corner of these is cut off.
    """
    with look.style():
        if values.empty:
            return look.nothing(ax)
        order = [row for group in dict.fromkeys(groups) for row in groups.index[groups == group]]
        places, place = {}, 0.0
        for group, rows in groups.loc[order].groupby(groups.loc[order], sort=False):
            ax.text(0, place + GAP - 0.18, group, fontsize=7.6, fontweight="bold", color=look.TEXT, va="bottom")
            place += GAP
            places |= {row: place + i for i, row in enumerate(rows.index)}
            place += len(rows)
        for row, y in places.items():
            if (strength.loc[row] == "no figures").all():
                _silent(ax, 0, y, values.shape[1])
                continue
            for x, column in enumerate(values.columns):
                guessed = estimated is not None and bool(estimated.loc[row, column])
                cell = values.loc[row, column], strength.loc[row, column], str(text.loc[row, column])
                _cell(ax, x, y, *cell, guessed)
        ax.set(xlim=(0, values.shape[1]), ylim=(place, 0))
        heads = [textwrap.fill(look.shorten(column, 32), 15) for column in values.columns]
        ax.set_xticks(np.arange(values.shape[1]) + 0.5, heads)
        ax.xaxis.tick_top()
        ax.set_yticks([y + 0.5 for y in places.values()], [look.shorten(row, 30) for row in places])
        ax.tick_params(length=0, labelsize=7.3)
        ax.spines[:].set_visible(False)
        _legend(ax, estimated is not None)
        look.title(ax, title, pad=12)
        look.source_line(ax, source, below=42)
    return ax


def _cell(ax: Axes, x: float, y: float, value: float, word: str, text: str, guessed: bool) -> None:
    if word == "no figures":
        return _silent(ax, x, y, 1)
    place = look.lq_class(value)
    fill = "#FFFFFF" if place is None else look.LQ_COLOURS[place]
    line = {"edgecolor": "white"} if place is not None else {"edgecolor": look.PALE}
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=fill, linewidth=0.9, **line))
    ink = "white" if look.is_dark(fill) else look.INK
    weight = "bold" if word == "strong" else "normal"
    ax.text(x + 0.5, y + 0.52, text, ha="center", va="center", fontsize=6.9, color=ink, fontweight=weight)
    if MARKS[word]:
        ax.text(x + 0.73, y + 0.52, MARKS[word], ha="left", va="center", fontsize=5.6, color=ink)
    if guessed:
        corner = [(x + 0.93, y + 0.03), (x + 0.995, y + 0.03), (x + 0.995, y + 0.36)]
        ax.add_patch(Polygon(corner, facecolor="white", edgecolor=look.GREY, linewidth=0.4))


def _silent(ax: Axes, x: float, y: float, width: int) -> None:
    """Hatch a cell or a whole row, and say why."""
    ax.add_patch(Rectangle((x + 0.01, y + 0.06), width - 0.02, 0.88, **look.NO_FIGURE, linewidth=0))
    words = {"fontsize": 6.3, "color": look.TEXT, "style": "italic", "ha": "center", "va": "center"}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.text(x + width / 2, y + 0.5, "no figures", bbox=box, **words)


def _legend(ax: Axes, corners: bool) -> None:
    breaks = [f"{value:g}" for value in look.LQ_BREAKS]
    names = [
        f"below {breaks[0]}",
        *(f"{a}–{b}" for a, b in itertools.pairwise(breaks)),
        f"{breaks[-1]} or more",
    ]
    handles = [Patch(facecolor=colour, edgecolor=look.GREY, linewidth=0.3, label=name)
               for colour, name in zip(look.LQ_COLOURS, names, strict=True)]  # fmt: skip
    mark = {"linestyle": "none", "color": look.INK, "markersize": 4.5}
    handles += [Line2D([], [], marker="^", label="strong: above 1 at both limits", **mark),
                Line2D([], [], marker="v", label="weak: below 1 at both limits", **mark)]  # fmt: skip
    if corners:
        handles.append(Line2D([], [], linestyle="none", marker=[(0, 0), (1, 0), (1, -1)], markerfacecolor="white",
                              markeredgecolor=look.GREY, markersize=8, label="rests on an estimate"))  # fmt: skip
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.42, -0.008), ncols=5, fontsize=6.6,
              columnspacing=1.2, handlelength=1.3, handletextpad=0.5)  # fmt: skip


def size_strip(
    table: pd.DataFrame,
    *,
    ax: Axes,
    medians: pd.DataFrame,
    estimated: pd.DataFrame | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw jobs per local unit by stage: a dot a region, with the medians of the regions and of the EU's.

    Parameters
    ----------
    table
        Region × stage; labels are printed: all stages, and the regions at both ends.
    ax
        Where to draw.
    medians
        By stage: ``median`` and ``eu_median``.
    estimated
        Which cells rest on an estimate, drawn hollow.
    """
    with look.style():
        # a unit without jobs has no place on a log axis
        shown = table.where(table > 0)
        if shown.empty or not shown.notna().to_numpy().any():
            return look.nothing(ax)
        middle = float(medians["eu_median"].median())
        look.log_axis(ax.xaxis, float(shown.min().min()), float(shown.max().max()), around=middle)
        for place, stage in enumerate(shown.columns):
            values = shown[stage].dropna().sort_values()
            # neighbours in size stand above each other, in a fixed pattern
            heights = place + np.resize([0.0, -0.16, 0.16, -0.08, 0.08], len(values))
            hollow = (
                np.zeros(len(values), bool) if estimated is None else estimated.loc[values.index, stage].to_numpy(bool)
            )
            for kept, face in ((~hollow, look.ALPINE), (hollow, "white")):
                ax.scatter(values[kept], heights[kept], s=17, facecolor=face, edgecolor=look.ALPINE, linewidth=0.8,
                           alpha=0.85, zorder=3)  # fmt: skip
            row = medians.loc[stage]
            if pd.notna(row["median"]):
                ax.plot([row["median"]] * 2, [place - 0.33, place + 0.33], color=look.INK, linewidth=1.8, zorder=4)
            if pd.notna(row["eu_median"]):
                ax.scatter(row["eu_median"], place, marker="D", s=34, facecolor=look.ACCENT, edgecolor="white",
                           linewidth=0.7, zorder=5)  # fmt: skip
            if len(values) > 1:
                small = {"fontsize": 6.4, "color": look.TEXT, "textcoords": "offset points"}
                for end, sign, side in ((0, -1, "right"), (-1, 1, "left")):
                    ax.annotate(look.shorten(values.index[end], 22), (values.iloc[end], heights[end]),
                                xytext=(sign * 6, 0), ha=side, va="center", **small)  # fmt: skip
        # room for the names at both ends
        low, high = ax.get_xlim()
        ax.set_xlim(low * (low / high) ** 0.22, high * (high / low) ** 0.14)
        ax.set_yticks(range(shown.shape[1]), list(shown.columns))
        ax.set(ylim=(shown.shape[1] - 0.45, -0.55), xlabel="Jobs per local unit (log scale)")
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x")
        handles = [
            Line2D([], [], marker="o", linestyle="none", color=look.ALPINE, markersize=4, label="region"),
            Line2D([], [], color=look.INK, linewidth=1.8, label="median of these regions"),
            Line2D([], [], marker="D", linestyle="none", color=look.ACCENT, markersize=5, label="median EU region"),
        ]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2)
        look.title(ax, title)
        note = "Hollow: estimated." if estimated is not None and estimated.to_numpy(bool).any() else ""
        look.foot(ax, note, source)
    return ax
