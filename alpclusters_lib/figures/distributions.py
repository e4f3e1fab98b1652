"""Charts of where regions stand: intervals side by side, and one region among all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look

PLAIN = "#C3CBD3"


def interval_dots(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    names: pd.Series | None = None,
    x_label: str = look.LQ_LABEL,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw estimates with their intervals on a log axis, highest first, with a line at 1.

    Parameters
    ----------
    table
        Index label; columns ``estimate``, ``lower``, ``upper``; ``n`` (printed at the right) and ``status``
        where known. An open end (NaN) is not drawn; 0 ends at the edge.
    """
    highlight = look.codes_of(highlight)
    known = table.dropna(subset=["estimate"]) if len(table) else table
    missing = look.listed("No figure", look.named(table.index.difference(known.index, sort=False), names))
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    known = known.sort_values("estimate", ascending=False, kind="stable")
    clipped = known[["estimate", "lower", "upper"]].clip(lower=look.LQ_FLOOR)
    look.log_axis(ax.xaxis, np.nanmin(clipped), np.nanmax(clipped))
    hollow = look.hollow(known)
    for place, (label, row) in enumerate(clipped.iterrows()):
        colour = look.ACCENT if label in highlight else look.ALPINE
        ax.plot(
            [row["lower"], row["upper"]],
            [place, place],
            color=colour,
            linewidth=1.6,
            alpha=0.75,
            solid_capstyle="butt",
        )
        ax.plot(
            row["estimate"],
            place,
            "o",
            markersize=5.5,
            color=colour,
            markeredgewidth=1.3,
            markerfacecolor="white" if hollow[place] else colour,
        )
    ax.axvline(1, color=look.INK, linewidth=0.9, zorder=1)
    size = 8 if len(known) <= 24 else 6.5
    ax.set_yticks(range(len(known)), look.named(known.index, names), fontsize=size)
    for tick, label in zip(ax.get_yticklabels(), known.index, strict=True):
        if label in highlight:
            tick.set(color=look.ACCENT, fontweight="bold")
    if "n" in known:
        beside = {
            "xycoords": ax.get_yaxis_transform(),
            "textcoords": "offset points",
            "annotation_clip": False,
        }
        right = {"ha": "right", "fontsize": size, "color": look.TEXT}
        for place, count in enumerate(known["n"]):
            ax.annotate(look.number(count), (1, place), (46, 0), va="center", **beside, **right)
        ax.annotate("n", (1, -0.6), (46, 2), va="bottom", fontweight="bold", **beside, **right)
    ax.set_ylim(max(len(known), 3) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(x_label)
    ax.grid(axis="x")
    look.title(ax, title)
    look.foot(
        ax,
        look.edge_note(known["estimate"]),
        look.HOLLOW if hollow.any() else "",
        missing,
        source,
    )
    return ax


def rank_strip(
    values: pd.Series,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    group: Sequence[str] = (),
    names: pd.Series | None = None,
    all_name: str = "EU",
    group_name: str = "Alpine Space",
    estimated: Collection[str] = (),
    x_label: str = look.LQ_LABEL,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw every region as a dot stacked along a log axis, a group coloured, the case named with its ranks.

    Parameters
    ----------
    values
        Location quotients of all regions by code.
    group
        Codes in the second colour; the case is ranked among all and among these.
    estimated
        Codes whose quotient rests on an estimate, drawn hollow.
    """
    highlight, group = look.codes_of(highlight), look.codes_of(group)
    known = values.dropna().sort_values(kind="stable")
    gone = values.index[values.isna()]
    missing = look.listed("No figure", look.named(gone, names), most=8)
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    low, high = look.log_axis(ax.xaxis, max(known.min(), look.LQ_FLOOR), known.max())
    width, height = ax.get_window_extent().width, ax.get_window_extent().height
    bins = max(20, int(width / ax.get_figure(root=True).dpi * 72 / 5.2))
    edges = np.geomspace(low, high, bins + 1)
    column = np.clip(np.searchsorted(edges, known.clip(lower=low), side="right") - 1, 0, bins - 1)
    role = np.where(known.index.isin(highlight), 2, known.index.isin(group))
    dots = pd.DataFrame({"column": column, "role": role}, known.index)
    order = dots.sort_values(["column", "role"], ascending=[True, False], kind="stable")
    level = order.groupby("column").cumcount().reindex(known.index)
    x = np.sqrt(edges[column] * edges[column + 1])
    tallest = int(level.max()) + 1
    dot = min(4.6, 0.62 * height / ax.get_figure(root=True).dpi * 72 / tallest)
    hollow = known.index.isin(list(estimated))
    for value, colour in enumerate((PLAIN, look.ALPINE, look.ACCENT)):
        for shown, edge in (((role == value) & ~hollow, "white"), ((role == value) & hollow, colour)):
            ax.plot(
                x[shown],
                level[shown],
                "o",
                markersize=dot * (0.86 if edge == colour else 1),
                color=colour,
                markerfacecolor="white" if edge == colour else colour,
                markeredgecolor=edge,
                markeredgewidth=0.8 if edge == colour else 0.3,
            )
    ax.axvline(1, ymax=0.72, color=look.INK, linewidth=0.9, zorder=1)
    cases = [code for code in known.index[::-1] if code in highlight]
    top = tallest * (1.5 + 0.16 * max(0, len(cases) - 1))
    ax.set_ylim(-0.8, max(top, 4))
    ranks = known.rank(ascending=False, method="min").astype(int)
    inner = known[known.index.isin(group)]
    inner_ranks = inner.rank(ascending=False, method="min").astype(int)
    for number, (code, name) in enumerate(zip(cases, look.named(cases, names), strict=True)):
        about = "about " if code in estimated else ""
        words = f"{name} {about}{look.number(known[code], 2)}: rank {ranks[code]} of {len(known)} ({all_name})"
        if code in inner.index:
            words += f", {inner_ranks[code]} of {len(inner)} ({group_name})"
        at = x[known.index.get_loc(code)]
        up = ax.get_ylim()[1] * (0.97 - 0.11 * number)
        ax.plot([at, at], [level[code], up], color=look.ACCENT, linewidth=0.8, zorder=1)
        right = np.log(at / low) > 0.5 * np.log(high / low)
        text = ax.annotate(
            words,
            (at, up),
            (-4 if right else 4, 0),
            textcoords="offset points",
            va="center",
            ha="right" if right else "left",
            fontsize=8,
            color=look.ACCENT,
            fontweight="bold",
            path_effects=[patheffects.withStroke(linewidth=2.4, foreground="white")],
        )
        box, frame = text.get_window_extent(), ax.get_window_extent()
        over = max(frame.x0 - box.x0, 0) - max(box.x1 - frame.x1, 0)
        text.set_x(text.xyann[0] + over / ax.get_figure(root=True).dpi * 72)
    ax.set(yticks=[], xlabel=x_label)
    ax.spines["left"].set_visible(False)
    kinds = {f"{group_name} ({len(inner)})": look.ALPINE, f"other regions ({len(known) - len(inner)})": PLAIN}
    handles = [Line2D([], [], marker="o", linestyle="", markersize=5, color=c, label=k) for k, c in kinds.items()]
    ax.legend(
        handles=handles if group else handles[1:],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=2,
        borderaxespad=0,
        handletextpad=0.2,
    )
    look.title(ax, title)
    look.foot(ax, look.edge_note(known), look.HOLLOW if hollow.any() else "", missing, source)
    return ax
