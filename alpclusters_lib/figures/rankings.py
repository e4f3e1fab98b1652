"""The ranking that belongs beside a map."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from alpclusters_lib.figures import style as look


def ranked_bars(
    values: pd.Series,
    *,
    ax: Axes,
    names: pd.Series | None = None,
    highlight: Sequence[str] = (),
    top: int | None = None,
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
    estimated: Collection[str] = (),
    breaks: Sequence[float] | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw location quotients as bars from 1 on a log axis, highest first, in the colours of the map.

    With `top`, the highest ones and every highlighted region are kept, each with its rank among all. `lower` and
    `upper` draw an interval. Values below 1/16, zero among them, end at the edge and print their number. Regions
    without a figure are named at the foot.
    """
    look.title(ax, title)
    highlight = look.codes_of(highlight)
    known = values.dropna().sort_values(ascending=False, kind="stable")
    missing = look.listed("No figure", look.named(values.index[values.isna()], names))
    if known.empty:
        return look.nothing(ax, missing, source)
    ranks = known.rank(ascending=False, method="min").astype(int)
    if top is not None and top < len(known):
        kept = known.index.isin([*known.index[:top], *highlight])
        missing = f"{int(kept.sum())} of {len(known)} regions shown. {missing}".strip()
        known = known[kept]
    breaks = look.LQ_BREAKS if breaks is None else breaks
    floor = look.LQ_FLOOR
    ends = known.clip(lower=floor)
    reach = [
        ends,
        *(edge.reindex(known.index).dropna().clip(lower=floor) for edge in (lower, upper) if edge is not None),
    ]
    low, high = look.log_axis(ax.xaxis, min(s.min() for s in reach), max(s.max() for s in reach))
    colours = look.lq_colours(breaks)
    for place, (code, value) in enumerate(known.items()):
        end, case = ends[code], code in highlight
        bar = ax.barh(place, end - 1, left=1, height=0.74, color=colours[look.lq_class(value, breaks)])
        bar[0].set(edgecolor="#8592A0", linewidth=0.4)
        if code in estimated:
            ink = {"edgecolor": "white"} if look.is_dark(colours[look.lq_class(value, breaks)]) else {}
            hatch = {"facecolor": "none", "linewidth": 0, **look.ESTIMATED | ink}
            ax.add_patch(Rectangle((min(end, 1), place - 0.37), abs(end - 1), 0.74, **hatch))
        edges = [edge.get(code, np.nan) if edge is not None else np.nan for edge in (lower, upper)]
        if not np.isnan(edges).any():
            ax.plot(np.clip(edges, floor, None), [place] * 2, color="white", linewidth=2.4)
            ax.plot(np.clip(edges, floor, None), [place] * 2, color=look.INK, linewidth=0.9)
        outer = np.nanmax([end, 1, *edges]) if value >= 1 else np.nanmin([end, 1, *np.clip(edges, floor, None)])
        side = 1 if value >= 1 else -1
        ax.annotate(
            look.number(value, 2),
            (outer, place),
            (3 * side, 0),
            textcoords="offset points",
            fontsize=6.8,
            ha="left" if side > 0 else "right",
            va="center",
            color=look.ACCENT if case else look.TEXT,
            fontweight="bold" if case else "normal",
        )
    ax.axvline(1, color=look.INK, linewidth=0.9)
    room = (high / low) ** 0.14
    ax.set_xlim(low / (room if known.min() < 1 else 1), high * (room if known.max() >= 1 else 1))
    size = 7.2 if len(known) <= 32 else 6
    ax.set_yticks(range(len(known)), look.named(known.index, names), fontsize=size)
    ax.tick_params(axis="y", length=0, pad=21)
    for place, (tick, code) in enumerate(zip(ax.get_yticklabels(), known.index, strict=True)):
        case = {"color": look.ACCENT, "fontweight": "bold"} if code in highlight else {}
        tick.set(**case)
        ax.annotate(
            str(ranks[code]),
            (0, place),
            (-5, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            fontsize=size,
            annotation_clip=False,
            **{"color": look.GREY} | case,
        )
    ax.set_ylim(max(len(known), 3) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    look.foot(ax, missing, source, below=24)
    return ax
