"""Divisions a region is not specialised in yet, by how related they are to what it is specialised in.

A high density says that the region holds much of what is found beside the division elsewhere, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from mpl_toolkits.axes_grid1 import make_axes_locatable

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["option_dots"]


def option_dots(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    top: int | None = None,
    reference: float | None = None,
    reference_name: str = "median",
    x_label: str = "Relatedness density, per cent",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw relatedness density with its interval, highest first, and beside it the location quotient.

    Parameters
    ----------
    table
        Index division; columns ``density`` and ``lq``; ``density_lower``, ``density_upper``, ``lq_lower``,
        ``lq_upper``, ``name`` and ``status`` where known. An open end (NaN) is not drawn. A division without a
        density is named at the foot; one without a quotient says so in its row.
    highlight
        Divisions in the accent colour.
    top
        How many divisions; the highlighted ones and all that share the last place are kept. All where omitted.
    reference, reference_name
        A density to compare with, drawn as a line.

    Returns
    -------
    The panel of densities; that of location quotients is the last one of its figure.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table, ("density", "lq"), name="the table of options")
    names = look.label_column(table, "name", "label")
    known = table.dropna(subset=["density"]).sort_values("density", ascending=False, kind="stable")
    missing = look.listed("No figure", look.named(table.index.difference(known.index, sort=False), names))
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    highlight = look.codes_of(highlight)
    if top is not None and top < len(known):
        kept = known.index.isin(highlight) | (known["density"].rank(ascending=False, method="min") <= top).to_numpy()
        missing = f"{int(kept.sum())} of {len(known)} divisions shown. {missing}".strip()
        known = known[kept]
    right = make_axes_locatable(ax).append_axes("right", size="55%", pad=0.3, sharey=ax)
    hollow, case = look.hollow(known), known.index.isin(highlight)
    reach = np.append(
        known.reindex(columns=["density", "density_lower", "density_upper"]).astype(float),
        np.nan if reference is None else reference,
    )
    low, high = np.nanmin(reach), np.nanmax(reach)
    room = 0.06 * (high - low or 1.0)
    ax.set_xlim(low - room, high + room)
    _panel(ax, known, "density", case, hollow, low - room)
    if reference is not None:
        ax.axvline(reference, color=look.INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
        ax.annotate(reference_name, (reference, 1), (0, 3), xycoords=ax.get_xaxis_transform(), ha="center",
                    textcoords="offset points", fontsize=7, color=look.TEXT, annotation_clip=False)  # fmt: skip
    _quotients(right, known, case, hollow)
    labels = look.named(known.index, names)
    if names is not None:
        labels = [n if str(c) in n else f"{c}  {n}" for c, n in zip(known.index, labels, strict=True)]
    ax.set_yticks(range(len(known)), labels, fontsize=8 if len(known) <= 30 else 6.5)
    for tick, marked in zip(ax.get_yticklabels(), case, strict=True):
        if marked:
            tick.set(color=look.ACCENT, fontweight="bold")
    ax.set(xlabel=x_label, ylim=(max(len(known), 3) - 0.4, -0.6))
    for panel in (ax, right):
        panel.grid(axis="x")
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
    right.tick_params(axis="y", labelleft=False)
    look.title(ax, title, pad=20 if reference is not None else 10)
    look.foot(ax, look.edge_note(known["lq"]), look.HOLLOW if hollow.any() else "", missing, source, below=46)
    return ax


def _panel(
    ax: Axes,
    known: pd.DataFrame,
    column: str,
    case: np.ndarray,
    hollow: np.ndarray,
    start: float,
    floor: float = -np.inf,
) -> None:
    """Draw one dot a row, its interval behind it, or a pale line from the start where it has none."""
    ends = known.reindex(columns=[column, f"{column}_lower", f"{column}_upper"]).astype(float).clip(lower=floor)
    for place, (value, low, high) in enumerate(ends.to_numpy()):
        if np.isnan(value):
            continue
        colour = look.ACCENT if case[place] else look.ALPINE
        if np.isnan([low, high]).any():
            ax.plot([start, value], [place] * 2, color=look.PALE, linewidth=1.4, zorder=1)
        else:
            ax.plot([low, high], [place] * 2, color=colour, linewidth=1.6, alpha=0.6, solid_capstyle="butt", zorder=2)
        fill = "white" if hollow[place] else colour
        ax.plot(value, place, "o", markersize=6, color=colour, markerfacecolor=fill, markeredgewidth=1.3, zorder=3)


def _quotients(ax: Axes, known: pd.DataFrame, case: np.ndarray, hollow: np.ndarray) -> None:
    reach = known.reindex(columns=["lq", "lq_lower", "lq_upper"]).astype(float).clip(lower=look.LQ_FLOOR)
    if reach["lq"].notna().any():
        look.log_axis(ax.xaxis, np.nanmin(reach), np.nanmax(reach))
        _panel(ax, known, "lq", case, hollow, 1.0, look.LQ_FLOOR)
        ax.axvline(1, color=look.INK, linewidth=0.9, zorder=1)
    for place in np.flatnonzero(reach["lq"].isna()):
        ax.annotate("no figure", (0, place), (4, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
                    va="center", fontsize=7.5, color=look.GREY, style="italic")  # fmt: skip
    ax.set_xlabel(look.LQ_LABEL.replace(" (", "\n("))
