"""A calendar of windows: one bar an instrument, grouped by region, from its first day to its last."""

from __future__ import annotations

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["window_calendar"]


def window_calendar(
    table: pd.DataFrame, *, ax: Axes, own: str, own_name: str, other_name: str, title: str = "", source: str = ""
) -> Axes:
    """Draw windows as bars, those of one region in the accent colour.

    Parameters
    ----------
    table
        Columns ``label, region, opens, closes``; drawn in the order of the rows, from the top down.
    own
        The region of the accent.
    own_name, other_name
        What the legend calls it and the others.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table.reset_index(drop=True), ("label", "region", "opens", "closes"), name="table")
    starts, ends = (mdates.date2num(table[column].to_numpy()) for column in ("opens", "closes"))
    colours = [look.ACCENT if region == own else look.ALPINE for region in table["region"]]
    # the last day counts
    ax.barh(range(len(table)), ends - starts + 1, left=starts, height=0.6, color=colours)
    look.name_rows(ax, look.named(table["label"], None, 40), bold=[region == own for region in table["region"]])
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=7))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.grid(axis="x")
    keys = [Patch(color=look.ACCENT, label=own_name), Patch(color=look.ALPINE, label=other_name)]
    ax.legend(handles=keys, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
    look.title(ax, title)
    look.foot(ax, source)
    return ax
