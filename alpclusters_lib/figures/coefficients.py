"""Coefficients of several variants of one model side by side, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.palettes import GROUP_COLOURS

__all__ = ["coefficient_plot"]

MARKERS = ("o", "s", "D", "^", "v", "P", "X", "h")
GAP = 0.9
"""Room between two terms, in rows."""


def coefficient_plot(
    table: pd.DataFrame,
    *,
    ax: Axes,
    terms: Mapping[str, str] | None = None,
    variants: Mapping[str, str] | None = None,
    highlight: str = "",
    facets: bool = False,
    x_label: str = "Coefficient",
    legend_title: str = "Variant",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw estimate and interval of each term in each variant, with a line at zero.

    Parameters
    ----------
    table
        Columns ``term``, ``variant``, ``estimate``, ``lower``, ``upper``, one row a term and variant, at most eight
        variants; terms and variants in their order of appearance. An open end (NaN) is not drawn; a row without an
        estimate is named at the foot.
    terms, variants
        How they are called, by their label in the table; the others keep theirs.
    highlight
        The variant in the accent colour.
    facets
        Whether each term has a panel with its own scale and the variants are named at the left. Else all terms
        share one scale, variants stand below each other within a term and the legend names them.

    Returns
    -------
    The panel, the first one where there are several; they are the last ones of its figure.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column, a term has a variant twice, or there are more than eight variants.
    """
    require_rows(table.reset_index(drop=True), ("term", "variant", "estimate", "lower", "upper"), name="coefficients")
    twice = table[table.duplicated(["term", "variant"])]
    if len(twice):
        raise ValueError(f"term {twice['term'].iloc[0]} has variant {twice['variant'].iloc[0]} twice; once is right")
    rows, columns = list(table["term"].unique()), list(table["variant"].unique())
    if len(columns) > len(MARKERS):
        raise ValueError(f"{len(columns)} variants, but only {len(MARKERS)} can be told apart; leave some out")
    called = {label: dict(terms or {}).get(label, str(label)) for label in rows}
    named = {label: dict(variants or {}).get(label, str(label)) for label in columns}
    colours = {
        label: look.ACCENT if label == highlight else c for label, c in zip(columns, GROUP_COLOURS, strict=False)
    }
    gone = table[table["estimate"].isna()]
    words = [f"{called[term]} in {named[variant]}" for term, variant in zip(gone["term"], gone["variant"], strict=True)]
    missing = look.listed("No figure", words)
    known = table.dropna(subset=["estimate"])
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    # before the panel is divided: the title is as wide as all of them
    look.title(ax, title, pad=26 if facets else 10)
    if facets:
        _facets(ax, known, called, named, colours, x_label)
        look.foot(ax, missing, source)
        return ax
    step = len(columns) + GAP
    for number in range(0, len(rows), 2):
        start = number * step - (1 + GAP) / 2
        ax.axhspan(start, start + step, color=look.SEA, zorder=0)
    for place, variant in enumerate(columns):
        part = known[known["variant"] == variant]
        up = part["term"].map({term: number * step + place for number, term in enumerate(rows)}).astype(float)
        _points(ax, part, up, colours[variant], MARKERS[place], named[variant])
    ax.set_yticks([number * step + (len(columns) - 1) / 2 for number in range(len(rows))], list(called.values()))
    ax.set_ylim(len(rows) * step - (1 + GAP) / 2, -(1 + GAP) / 2)
    _finish(ax)
    ax.set_xlabel(x_label)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), borderaxespad=0, title=legend_title, alignment="left")
    look.foot(ax, missing, source)
    return ax


def _points(ax: Axes, part: pd.DataFrame, up: pd.Series, colour: str, marker: str, label: str | None) -> None:
    ax.hlines(up, part["lower"].astype(float), part["upper"].astype(float), color=colour, linewidth=1.6, zorder=2)
    ax.plot(part["estimate"], up, marker, color=colour, markersize=5.5, markeredgecolor="white", markeredgewidth=0.5,
            label=label, zorder=3)  # fmt: skip


def _finish(ax: Axes) -> None:
    ax.axvline(0, color=look.INK, linewidth=0.9, zorder=1)
    ax.margins(x=0.06)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")


def _facets(
    ax: Axes,
    known: pd.DataFrame,
    called: Mapping[str, str],
    named: Mapping[str, str],
    colours: Mapping[str, str],
    x_label: str,
) -> None:
    from mpl_toolkits.axes_grid1 import make_axes_locatable

    divider = make_axes_locatable(ax)
    panels = [ax, *(divider.append_axes("right", size="100%", pad=0.25, sharey=ax) for _ in list(called)[1:])]
    places = {variant: place for place, variant in enumerate(named)}
    for panel, (term, words) in zip(panels, called.items(), strict=True):
        for variant, place in places.items():
            part = known[(known["term"] == term) & (known["variant"] == variant)]
            _points(panel, part, pd.Series(float(place), part.index), colours[variant], MARKERS[place], None)
        _finish(panel)
        panel.set_xlabel(x_label)
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.annotate(words, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", color=look.TEXT,
                       fontsize=8.5, fontweight="bold", va="bottom", annotation_clip=False)  # fmt: skip
        panel.tick_params(axis="y", labelleft=panel is ax)
    ax.set_yticks(np.arange(len(named)), [look.shorten(name) for name in named.values()])
    ax.set_ylim(max(len(named), 3) - 0.4, -0.6)
