"""A result under several choices: a grid of words with the number in each cell, rows in named groups."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.heatmaps import status_grid

__all__ = ["choice_grid"]

WIDTH = 44
"""Letters of a row's label before it is cut."""


def choice_grid(
    table: pd.DataFrame,
    *,
    ax: Axes,
    text: pd.DataFrame,
    colours: Mapping[str, str],
    labels: pd.Series | None = None,
    groups: pd.Series | None = None,
    words: Mapping[str, str] | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw a word as the colour of each cell, its number printed, and name groups of rows at the right.

    Parameters
    ----------
    table
        Words, a row a subject and a column a choice; columns carry the labels to print.
    text
        What is printed in the cells, labelled as the table.
    colours
        Colour of each word, in the order of the legend.
    labels
        How rows are called, by their label in the table.
    groups
        The group of each row; rows of one group must stand together.
    words
        What the legend calls a word.

    Raises
    ------
    ValueError
        If the table is empty, or a word has no colour.
    """
    require_rows(table, (), name="table")
    strange = sorted(set(table.to_numpy().ravel()) - set(colours))
    if strange:
        raise ValueError(f"no colour for {strange[0]!r}; there are colours for {', '.join(colours)}")
    status_grid(table, ax=ax, words=words, colours=colours, text=text, title=title, source=source)
    named = {} if labels is None else labels.to_dict()
    ax.set_yticks(range(len(table)), [look.shorten(named.get(row, row), WIDTH) for row in table.index])
    if groups is None:
        return ax
    own = groups.reindex(table.index).tolist()
    start = 0
    for name, rows in itertools.groupby(own):
        number = len(list(rows))
        if start:
            ax.axhline(start - 0.5, color=look.TEXT, linewidth=0.8)
        middle = float(np.mean([start, start + number - 1]))
        ax.annotate(str(name), (1, middle), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    va="center", fontsize=7.5, fontweight="bold", color=look.INK, annotation_clip=False)  # fmt: skip
        start += number
    return ax
