"""Charts that take a number apart: a change in jobs into its parts, a family into its divisions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from mpl_toolkits.axes_grid1 import make_axes_locatable

from alpclusters_lib.figures import style as look

PARTS = {
    "national": "Reference\ngrowth",
    "industry": "Industry\nmix",
    "regional": "Region's\nown part",
    "allocation": "Allocation",
}


def shift_share_waterfall(
    parts: pd.Series, *, ax: Axes, estimated: bool = False, title: str = "", source: str = ""
) -> Axes:
    """Draw the parts of a change in jobs as connected bars that end at their total.

    Parameters
    ----------
    parts
        ``national``, ``industry``, ``regional`` (and ``allocation``) in jobs. Where one has no figure, the
        others are drawn, the total is not.
    estimated
        Whether they rest on an estimate, hence are drawn hollow.
    """
    known = parts.dropna().astype(float)
    missing = look.listed(
        "No figure, hence no total",
        [PARTS.get(p, str(p)).replace("\n", " ") for p in parts.index.difference(known.index, sort=False)],
    )
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    ends = known.cumsum()
    starts = ends - known
    labels = [PARTS.get(part, look.shorten(part)) for part in known.index]
    colours = [look.GAIN if value >= 0 else look.LOSS for value in known]
    bars = [*zip(starts, known, colours, strict=True)]
    if len(known) == len(parts):
        labels.append("Total change")
        bars.append((0.0, ends.iloc[-1], look.TEXT))
    for place, (start, value, colour) in enumerate(bars):
        fill = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.3} if estimated else {"color": colour}
        ax.bar(place, value, bottom=start, width=0.62, zorder=3, **fill)
        up = value >= 0
        ax.annotate(
            look.signed(value),
            (place, start + value),
            (0, 4 if up else -4),
            textcoords="offset points",
            ha="center",
            va="bottom" if up else "top",
            fontweight="bold",
            color=look.INK,
        )
        if place + 1 < len(bars):
            ax.plot([place + 0.31, place + 0.69], [start + value] * 2, color=look.GREY, linewidth=0.8)
    ax.axhline(0, color=look.INK, linewidth=0.9, zorder=4)
    ax.set_xticks(range(len(bars)), labels)
    ax.tick_params(axis="x", length=0)
    edges = [edge for start, value, _ in bars for edge in (start, start + value)]
    room = 0.14 * (max(edges) - min(edges) or 1)
    ax.set_ylim(min(edges) - room, max(edges) + room)
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: look.signed(value)))
    ax.set_ylabel("Jobs")
    ax.grid(axis="y")
    look.title(ax, title)
    look.foot(ax, look.HOLLOW if estimated else "", missing, source, below=34)
    return ax


def division_bars(table: pd.DataFrame, *, ax: Axes, title: str = "", source: str = "") -> Axes:
    """Draw the divisions of a family: jobs as bars, location quotients as dots in a panel beside them.

    Parameters
    ----------
    table
        Index division code; columns ``jobs``, ``lq``; ``name``, ``lower``, ``upper`` and ``status`` where known, and
        ``jobs_lower``, ``jobs_upper``: jobs are estimated where these differ, by the status where they are not given.
        A division with neither figure is named at the foot.

    Returns
    -------
    The panel of jobs; that of location quotients is the last one of its figure.
    """
    known = table.dropna(subset=["jobs", "lq"], how="all") if len(table) else table
    names = look.label_column(table, "name", "label")
    missing = look.listed("No figure", look.named(table.index.difference(known.index, sort=False), names))
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    known = known.sort_values("jobs", ascending=False, kind="stable", na_position="last")
    hollow = hollow_bars = look.hollow(known)
    if {"jobs_lower", "jobs_upper"} <= set(known):
        hollow_bars = (known["jobs_lower"] != known["jobs_upper"]).to_numpy()
    right = make_axes_locatable(ax).append_axes("right", size="62%", pad=0.35, sharey=ax)
    places = np.arange(len(known))
    bars = ax.barh(places, known["jobs"].fillna(0), height=0.62, color=look.ALPINE)
    for place, bar in enumerate(bars):
        jobs = known["jobs"].iloc[place]
        if hollow_bars[place]:
            bar.set(facecolor="white", edgecolor=look.ALPINE, linewidth=1.1)
        ax.annotate(
            f"about {look.number(float(f'{jobs:.3g}'))}" if hollow_bars[place] else look.number(jobs),
            (bar.get_width(), place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=look.TEXT,
        )
    codes = look.named(known.index, None)
    if names is not None:
        pairs = zip(codes, look.named(known.index, names), strict=True)
        codes = [name if code in name else f"{code}  {name}" for code, name in pairs]
    ax.set_yticks(places, codes)
    ax.set_xlim(0, max(known["jobs"].max(), 1) * 1.24 if known["jobs"].notna().any() else 1)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: look.number(value)))
    quotients = known["lq"].clip(lower=look.LQ_FLOOR)
    if quotients.notna().any():
        reach = known.reindex(columns=["lq", "lower", "upper"]).astype(float).clip(lower=look.LQ_FLOOR)
        low, high = look.log_axis(right.xaxis, np.nanmin(reach), np.nanmax(reach))
        right.set_xlim(low, high * (high / low) ** 0.2)
        for place, (value, at) in enumerate(zip(known["lq"], quotients, strict=True)):
            if pd.isna(value):
                right.annotate(
                    "no figure",
                    (1, place),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7.5,
                    color=look.GREY,
                    style="italic",
                )
                continue
            colour = look.lq_colours()[look.lq_class(value)]
            ends = known.iloc[place].reindex(["lower", "upper"]).astype(float).clip(lower=look.LQ_FLOOR)
            if ends.notna().all():
                right.plot(ends, [place, place], color=look.TEXT, linewidth=1.1, zorder=2)
            else:
                right.plot([1, at], [place, place], color=look.PALE, linewidth=2, zorder=1)
            right.plot(
                at,
                place,
                "o",
                markersize=8,
                color="white" if hollow[place] else colour,
                zorder=3,
                markeredgecolor=look.TEXT,
                markeredgewidth=0.7,
            )
            right.annotate(
                ("about " if hollow[place] else "") + look.number(value, 2),
                (np.nanmax([at, 1, ends["upper"]]), place),
                (8, 0),
                va="center",
                textcoords="offset points",
                fontsize=7.5,
                color=look.TEXT,
            )
        right.axvline(1, color=look.INK, linewidth=0.9, zorder=2)
    ax.set(xlabel="Jobs", ylim=(max(len(known), 3) - 0.4, -0.6))
    right.set_xlabel(look.LQ_LABEL.replace(" (", "\n("))
    for panel in (ax, right):
        panel.grid(axis="x")
        panel.tick_params(axis="y", length=0)
    right.tick_params(axis="y", labelleft=False)
    right.spines["left"].set_visible(False)
    look.title(ax, title)
    look.foot(
        ax,
        look.edge_note(known["lq"]),
        look.HOLLOW if hollow.any() or hollow_bars.any() else "",
        missing,
        source,
        below=48,
    )
    return ax
