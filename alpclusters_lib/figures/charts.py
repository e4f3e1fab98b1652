"""Charts of specialisation and growth: each takes a tidy table and an `ax` and returns the `ax`.

Rows without a figure are named at the foot, never drawn as zero. Optional ``status`` columns draw what is
estimated or bounded hollow. An empty table leaves the sentence "no figures".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.breakdowns import division_bars, shift_share_waterfall
from alpclusters_lib.figures.distributions import interval_dots, rank_strip
from alpclusters_lib.figures.labels import name_corners, place_labels

__all__ = [
    "division_bars",
    "interval_dots",
    "lq_growth_bubble",
    "quadrant",
    "rank_strip",
    "shift_share_waterfall",
]

LARGEST = 640
"""Area of the largest bubble in square points."""


def quadrant(lq: float, growth_pct: float, *, reference_growth: float = 0.0) -> str:
    """Return star, mature, emerging or transforming.

    LQ > 1 and growth above the reference is a star, LQ > 1 otherwise mature, growth above the reference
    otherwise emerging, the rest transforming.

    Examples
    --------
    >>> [quadrant(*pair) for pair in ((1.4, 3), (1.4, -2), (0.7, 3), (0.7, -2))]
    ['star', 'mature', 'emerging', 'transforming']
    """
    above, growing = lq > 1, growth_pct > reference_growth
    return ("star" if growing else "mature") if above else ("emerging" if growing else "transforming")


def lq_growth_bubble(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    reference_growth: float = 0.0,
    reference_name: str = "EU",
    y_label: str = "Change in jobs, per cent",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw specialisation against growth, one bubble a row with its area in proportion to jobs.

    Parameters
    ----------
    table
        Columns ``lq``, ``growth_pct``, ``jobs``; ``label`` (short, beside the bubble) and ``name`` where known,
        else the index; ``status`` where known.
    highlight
        Index labels in the accent colour, always labelled; the others as far as there is room, largest first.
    reference_growth
        Growth in per cent that divides the quadrants, of `reference_name`.
    """
    highlight = look.codes_of(highlight)
    known = table.dropna(subset=["lq", "growth_pct", "jobs"]) if len(table) else table
    names = look.label_column(table, "name")
    missing = look.listed("No figure", look.named(table.index.difference(known.index, sort=False), names))
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    known = known.sort_values("jobs", ascending=False, kind="stable")
    x, y = known["lq"].clip(lower=look.LQ_FLOOR), known["growth_pct"]
    look.log_axis(ax.xaxis, x.min(), x.max())
    ends = (min(y.min(), reference_growth), max(y.max(), reference_growth))
    room = max(0.16 * (ends[1] - ends[0]), 2)
    ax.set_ylim(ends[0] - room, ends[1] + room)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{look.signed(value, 0 if room > 2.5 else 1)} %"))
    area = LARGEST * known["jobs"].clip(lower=0) / max(known["jobs"].max(), 1)
    case = known.index.isin(highlight)
    hollow = look.hollow(known)
    colours = np.where(case, look.ACCENT, np.where(known["lq"] > 1, look.ALPINE, look.CONTEXT))
    ax.scatter(
        x,
        y,
        s=area.clip(lower=6),
        facecolor=np.where(hollow, "white", colours),
        edgecolor="white",
        alpha=0.8,
        linewidth=0.7,
        zorder=3,
    )
    rings = np.where(hollow, colours, "none")
    ax.scatter(x, y, s=area.clip(lower=6), facecolor="none", edgecolor=rings, linewidth=1.1, zorder=3)
    ax.axvline(1, color=look.INK, linewidth=0.8, zorder=2)
    ax.axhline(reference_growth, color=look.INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
    names = {
        "right, above": "star",
        "right, below": "mature",
        "left, above": "emerging",
        "left, below": "transforming",
    }
    name_corners(ax, names)
    words = f"{reference_name} {look.signed(reference_growth, 1)} %"
    ax.annotate(
        words,
        (1, reference_growth),
        (4, 0),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        fontsize=7,
        color=look.TEXT,
        va="center",
        annotation_clip=False,
    )
    ax.set(xlabel=look.LQ_LABEL, ylabel=y_label)
    ax.grid()
    _jobs_legend(ax, known["jobs"].max())
    look.title(ax, title)
    short = look.label_column(known, "label", "name")
    texts = look.named(known.index, short)
    look.foot(
        ax,
        look.edge_note(known["lq"]),
        look.HOLLOW if hollow.any() else "",
        missing,
        source,
    )
    place_labels(
        ax,
        list(zip(x, y, strict=True)),
        texts,
        radii=list(np.sqrt(area) / 2),
        forced=list(case),
        color=look.INK,
    )
    return ax


def _jobs_legend(ax: Axes, largest: float) -> None:
    steps = [10**k for k in range(1, 8) if 10**k <= largest][-3:] or [largest]
    sizes = [max(np.sqrt(LARGEST * step / max(largest, 1)), 2.4) for step in steps]
    dots = [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            color=look.CONTEXT,
            alpha=0.8,
            markeredgecolor="white",
            markersize=size,
            label=look.number(step),
        )
        for step, size in zip(steps, sizes, strict=True)
    ]
    dots[-1].set_label(f"{look.number(steps[-1])} jobs")
    ax.legend(
        handles=dots,
        loc="lower right",
        bbox_to_anchor=(1.01, 1.005),
        ncols=len(dots),
        borderaxespad=0,
        handlelength=max(sizes) / 7.5,
        handletextpad=0.5,
        columnspacing=1,
    )
