"""Synergy diamonds: four axes from a common centre, small multiples with one partner each; a missing axis is a gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["diamond", "diamond_grid"]

CORNERS = np.array([(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)])
ROOM = 1.28


def diamond(values: pd.Series, *, ax: Axes, labels: Sequence[str], title: str = "") -> Axes:
    """Draw one diamond: the centre is 0, a corner of the frame 1.

    Parameters
    ----------
    values
        The four axes in [0, 1], in the order top, right, bottom, left. A missing one is drawn as a broken line without
        a mark, and the polygon is open beside it.
    labels
        A short name for each corner.
    title
        Above the diamond.

    Raises
    ------
    ValueError
        If there are not four axes, or one lies outside [0, 1].
    """
    if len(values) != 4:
        raise ValueError(f"a diamond has 4 axes, not {len(values)}")
    if ((values < 0) | (values > 1)).any():
        wrong = values[(values < 0) | (values > 1)]
        raise ValueError(f"{wrong.index[0]} is {wrong.iloc[0]:g}; the axes lie between 0 and 1")
    ax.set(xlim=(-ROOM, ROOM), ylim=(-ROOM, ROOM), aspect="equal")
    ax.set_axis_off()
    for share in (0.5, 1.0):
        frame = np.vstack([CORNERS, CORNERS[:1]]) * share
        ax.plot(*frame.T, color=look.PALE, linewidth=0.8, zorder=1)
    known = values.notna().to_numpy()
    for place, corner in enumerate(CORNERS):
        ax.plot(*np.array([(0, 0), corner]).T, color=look.PALE, linewidth=0.8, zorder=1,
                linestyle="-" if known[place] else (0, (1, 3)))  # fmt: skip
    marks = CORNERS * values.to_numpy(float)[:, None]
    if known.all():
        ax.fill(*marks.T, color=look.ALPINE, alpha=0.18, linewidth=0, zorder=2)
    for place in range(4):
        pair = [place, (place + 1) % 4]
        if known[pair].all():
            ax.plot(*marks[pair].T, color=look.ALPINE, linewidth=1.4, zorder=3)
    ax.scatter(*marks[known].T, s=18, color=look.ALPINE, zorder=4)
    for place, corner in enumerate(CORNERS):
        text = f"{labels[place]}\n{values.iloc[place]:.2f}" if known[place] else f"{labels[place]}\nno figure"
        across = {1.0: "left", -1.0: "right"}.get(corner[0], "center")
        along = {1.0: "bottom", -1.0: "top"}.get(corner[1], "center")
        ax.text(*(corner * 1.06), text, ha=across, va=along, fontsize=6.4, linespacing=1.05,
                color=look.TEXT if known[place] else look.GREY)  # fmt: skip
    if title:
        ax.set_title(title, fontsize=8.5, fontweight="bold", loc="center", pad=16)
    return ax


def diamond_grid(
    table: pd.DataFrame,
    *,
    figure: Figure,
    labels: Sequence[str],
    names: pd.Series | None = None,
    columns: int = 3,
    title: str = "",
    source: str = "",
) -> Figure:
    """Draw one diamond a row of a table, in reading order.

    Parameters
    ----------
    table
        Index partner, four columns of axes in [0, 1].
    figure
        An empty one.
    names
        What to print above each diamond, by label of `table`.
    columns
        How many stand side by side.

    Raises
    ------
    ValueError
        If the table is empty, or as in :func:`diamond`.
    """
    require_rows(table, (), name="table")
    rows = -(-len(table) // columns)
    grid = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.91, top=0.86, bottom=0.1, hspace=0.62, wspace=0.75)
    for ax in grid.flat[len(table) :]:
        ax.set_axis_off()
    titles = look.named(table.index, names, 34)
    for ax, (_, row), words in zip(grid.flat, table.iterrows(), titles, strict=False):
        diamond(row, ax=ax, labels=labels, title=words)
    if title:
        figure.text(
            0.02, 0.985, look.wrapped(figure, title, 12.5), fontsize=11, fontweight="bold", color=look.INK, va="top"
        )
    look.source_line(figure, source)
    return figure
