"""All relatednesses at one glance, divisions that are related to the same others side by side.

The order comes from average linkage on one minus relatedness: it serves reading, it is no classification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Patch

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.palettes import group_colours, named_groups

if TYPE_CHECKING:
    from seaborn.matrix import ClusterGrid

__all__ = ["relatedness_clustermap"]

RAMP = LinearSegmentedColormap.from_list("relatedness", ("#F5F1E8", "#BFD6DF", "#6FA5C4", "#2C6C9B", "#0B2F52"))
SIZE = (9.6, 10.2)


def relatedness_clustermap(
    relatedness: pd.DataFrame,
    *,
    groups: pd.Series,
    names: pd.Series | None = None,
    group_order: Sequence[str] | None = None,
    group_names: Mapping[str, str] | pd.Series | None = None,
    bar_label: str = "Proximity",
    title: str = "",
    source: str = "",
) -> ClusterGrid:
    """Make a figure of a symmetric table of relatedness, rows and columns in the order of their clustering.

    Parameters
    ----------
    relatedness
        Sector × sector, the same labels both ways; the diagonal is not drawn. A division without any relatedness
        above 0 is left out and named at the foot; a single missing pair is hatched and clustered as unrelated.
    groups
        Section or family by sector: the colours beside rows and columns.
    names
        Short names by sector, printed after the codes at the right.
    group_order, group_names
        Order of the groups in the legend, and their names by group.

    Returns
    -------
    The seaborn grid; its ``data2d`` holds what is drawn, in the order drawn.

    Raises
    ------
    ValueError
        If the table is empty, not symmetric, negative, lacks a group, or relates fewer than two divisions.
    """
    import seaborn as sns
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    kept, left_out = _kept(relatedness, groups)
    top = float(np.nanmax(kept.to_numpy()))
    distance = (top - kept.fillna(0.0)).to_numpy(copy=True)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average", optimal_ordering=True)
    own = groups[kept.index].astype(object)
    colours = group_colours(own, group_order)
    beside = own.map(colours).fillna(look.PALE).rename(None)
    with look.style():
        grid = sns.clustermap(
            kept,
            row_linkage=tree,
            col_linkage=tree,
            row_colors=beside,
            col_colors=beside,
            cmap=RAMP,
            vmin=0,
            vmax=top,
            xticklabels=True,
            yticklabels=True,
            figsize=SIZE,
            dendrogram_ratio=0.075,
            colors_ratio=0.014,
            cbar_pos=None,
            tree_kws={"colors": look.GREY, "linewidths": 0.6},
        )
        _dress(grid, kept, names, top, bar_label)
        handles = [
            Patch(facecolor=colours[group], label=word) for group, word in named_groups(colours, group_names).items()
        ]
        grid.figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.055, 0.045), ncols=4, fontsize=7.5)
        head = look.wrapped(grid.figure, title, 13)
        grid.figure.text(0.02, 0.985, head, fontsize=12, fontweight="bold", color=look.INK, va="top")
        shown = look.listed(
            "Related to nothing, left out",
            [" ".join(dict.fromkeys((str(c), n))) for c, n in zip(left_out, look.named(left_out, names), strict=True)],
        )
        look.source_line(grid.figure, "\n".join(filter(None, [shown, source])))
    return grid


def _kept(relatedness: pd.DataFrame, groups: pd.Series) -> tuple[pd.DataFrame, list]:
    """Return the table of divisions that are related to something, diagonal blank, and the others."""
    if relatedness.empty:
        raise ValueError("relatedness is empty; at least two divisions are needed to draw it")
    if not relatedness.index.is_unique or set(relatedness.index) != set(relatedness.columns):
        raise ValueError("relatedness needs the same divisions in rows and columns, each once")
    table = relatedness.reindex(columns=relatedness.index).astype(float)
    if (table < 0).any(axis=None) or not np.allclose(table, table.T, equal_nan=True):
        raise ValueError("relatedness is negative somewhere or not symmetric; hand over one value from 0 for each pair")
    table = table.mask(np.eye(len(table), dtype=bool))
    related = (table > 0).any(axis=1)
    kept = table.loc[related, related]
    if len(kept) < 2:
        raise ValueError("fewer than two divisions are related to another; there is nothing to draw")
    absent = kept.index[~kept.index.isin(groups.index)]
    if len(absent):
        raise ValueError(f"no group for division {', '.join(map(str, absent))}")
    return kept, list(table.index[~related])


def _dress(grid: ClusterGrid, kept: pd.DataFrame, names: pd.Series | None, top: float, bar_label: str) -> None:
    """Set labels, hatching, places of the panels and the colour bar."""
    ax, order = grid.ax_heatmap, grid.data2d.index
    size = float(np.clip(440 / len(order), 4.6, 8))
    known = {} if names is None else names.dropna().to_dict()
    rows = [f"{code}  {look.shorten(known[code], 30)}" if code in known else str(code) for code in order]
    ax.set_yticks(np.arange(len(order)) + 0.5, rows, fontsize=size, rotation=0)
    ax.set_xticks(np.arange(len(order)) + 0.5, [str(code) for code in order], fontsize=size, rotation=90)
    ax.set(xlabel="", ylabel="", facecolor="white")
    ax.tick_params(length=0, pad=2)
    for row, column in np.argwhere(grid.data2d.isna().to_numpy()):
        if row != column:
            ax.add_patch(_hatched(row, column))
    for panel in (grid.ax_row_colors, grid.ax_col_colors):
        panel.set(xticks=[], yticks=[])
    right, foot, head = (0.765 if known else 0.92), 0.15, 0.95
    panels = {
        grid.ax_heatmap: (0.125, foot, right - 0.125, 0.73),
        grid.ax_row_colors: (0.108, foot, 0.013, 0.73),
        grid.ax_row_dendrogram: (0.03, foot, 0.075, 0.73),
        grid.ax_col_colors: (0.125, foot + 0.733, right - 0.125, 0.012),
        grid.ax_col_dendrogram: (0.125, foot + 0.748, right - 0.125, head - foot - 0.748),
    }
    for panel, box in panels.items():
        panel.set_position(box)
    bar = grid.figure.add_axes((right + 0.02, 0.915, 0.98 - right - 0.03 if known else 0.05, 0.012))
    grid.figure.colorbar(ax.collections[0], cax=bar, orientation="horizontal", ticks=[0, top], format="%.2f")
    bar.set_title(bar_label, fontsize=7.5, loc="left", pad=4, color=look.TEXT, fontweight="normal")
    bar.tick_params(labelsize=7, length=2)
    bar.spines["outline"].set_linewidth(0.4)


def _hatched(row: int, column: int):
    from matplotlib.patches import Rectangle

    return Rectangle((column, row), 1, 1, **look.NO_FIGURE, linewidth=0)
