"""Regions by sectors at one glance: quotients as colours, and what is published at all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch, Polygon, Rectangle

from alpclusters_lib.figures import style as look

__all__ = ["STATUS_COLOURS", "quotient_heat_map", "status_grid"]

STATUS_COLOURS = {"observed": "#4E8DB3", "bound": "#A6C8D8", "estimated": "#E3BC9C", "confidential": "#D5DADF",
                  "missing": "#FFFFFF"}  # fmt: skip


def quotient_heat_map(
    table: pd.DataFrame, *, ax: Axes, estimated: pd.DataFrame | None = None, title: str = "", source: str = ""
) -> Axes:
    """Draw location quotients, rows by columns, in the classes of all maps.

    Parameters
    ----------
    table
        Quotients; rows and columns carry the labels to print, a NaN is hatched.
    ax
        Where to draw.
    estimated
        Which of them rest on an estimate, labelled as the table; a corner of these is cut off.
    """
    import seaborn as sns

    with look.style():
        if table.empty:
            return look.nothing(ax)
        classes = table.map(look.lq_class).astype(float)
        colours = ListedColormap(look.LQ_COLOURS)
        steps = BoundaryNorm(np.arange(-0.5, len(look.LQ_COLOURS)), colours.N)
        values = table.map(lambda value: look.number(value, 1) if pd.notna(value) else "")
        sns.heatmap(classes, ax=ax, cmap=colours, norm=steps, annot=values, fmt="", cbar=False, linewidths=0.8,
                    linecolor="white", annot_kws={"fontsize": 6.8})  # fmt: skip
        for row, column in np.argwhere(table.isna().to_numpy()):
            ax.add_patch(Rectangle((column, row), 1, 1, **look.NO_FIGURE, linewidth=0))
        if estimated is not None:
            marked = estimated.reindex_like(table).astype(bool) & table.notna()
            for row, column in np.argwhere(marked.to_numpy()):
                corner = [(column + 0.78, row), (column + 1, row), (column + 1, row + 0.42)]
                ax.add_patch(Polygon(corner, facecolor="white", edgecolor=look.TEXT, linewidth=0.5, zorder=3))
        ax.set(xlabel="", ylabel="")
        ax.set_xticks(
            np.arange(table.shape[1]) + 0.5, [look.shorten(c, 30) for c in table.columns], rotation=40, ha="right"
        )
        ax.set_yticks(np.arange(table.shape[0]) + 0.5, [look.shorten(r) for r in table.index], rotation=0)
        ax.tick_params(length=0, labelsize=7.5)
        look.title(ax, title)
        look.foot(ax, "Cut corner: rests on an estimate." if estimated is not None else "", source, below=118)
    return ax


def status_grid(
    table: pd.DataFrame,
    *,
    ax: Axes,
    words: Mapping[str, str] | None = None,
    colours: Mapping[str, str] = STATUS_COLOURS,
    text: pd.DataFrame | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw the status of each cell, rows by columns, with a legend that counts them.

    Parameters
    ----------
    table
        Statuses; rows and columns carry the labels to print.
    ax
        Where to draw.
    words
        What the legend calls a status; the status itself where omitted.
    colours
        Colour of each status, in the order of the legend.
    text
        What to print in the cells, labelled as the table; columns are then headed at the top.
    """
    with look.style():
        if table.empty:
            return look.nothing(ax)
        order = list(colours)
        codes = table.map(order.index).to_numpy(dtype=float)
        filled = ListedColormap(list(colours.values()))
        ax.imshow(codes, cmap=filled, vmin=-0.5, vmax=len(order) - 0.5, aspect="auto", interpolation="nearest")
        ax.set_xticks(range(table.shape[1]), table.columns, rotation=90 if text is None else 0)
        ax.set_yticks(range(table.shape[0]), [look.shorten(row) for row in table.index])
        ax.set_xticks(np.arange(-0.5, table.shape[1]), minor=True)
        ax.set_yticks(np.arange(-0.5, table.shape[0]), minor=True)
        ax.grid(which="minor", color="white", linewidth=0.8)
        ax.tick_params(which="both", length=0, labelsize=6.5)
        if text is not None:
            ax.xaxis.tick_top()
            _printed(ax, text.reindex_like(table), table.map(dict(colours).get))
        counts = table.stack().value_counts()
        handles = [
            Patch(facecolor=colours[name], edgecolor=look.GREY, linewidth=0.4,
                  label=f"{(words or {}).get(name, name)} ({look.number(counts[name])})")
            for name in order if name in counts
        ]  # fmt: skip
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.07 if text is None else -0.005),
                  ncols=len(handles))  # fmt: skip
        look.title(ax, title, pad=10 if text is None else 34)
        look.source_line(ax, source, below=62 if text is None else 30)
    return ax


def _printed(ax: Axes, text: pd.DataFrame, background: pd.DataFrame) -> None:
    """Print a text in each cell, white on dark colours."""
    for (row, column), words in np.ndenumerate(text.to_numpy()):
        ink = "white" if look.is_dark(background.iloc[row, column]) else look.TEXT
        ax.text(column, row, words, ha="center", va="center", fontsize=6.3, color=ink)
