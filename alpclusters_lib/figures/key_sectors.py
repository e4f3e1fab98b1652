"""Key sectors: normalised backward against forward linkages, one panel a country, with the four corners named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.labels import name_corners, place_labels

__all__ = ["QUADRANTS", "key_sector_panel"]

QUADRANTS = {
    "right, above": "key: both",
    "right, below": "strong buyer",
    "left, above": "strong seller",
    "left, below": "weakly tied",
}


def key_sector_panel(
    table: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    limits: tuple[tuple[float, float], tuple[float, float]] | None = None,
    title: str = "",
    axis_labels: str = "xy",
) -> Axes:
    """Draw the industries of one country, those highlighted in the accent colour and with their label.

    Parameters
    ----------
    table
        A row an industry: ``backward`` and ``forward`` linkages over their mean (1 is the average industry), and
        ``label`` where known. Rows without figures are not drawn: the caller names them.
    highlight
        Rows in the accent colour, always labelled; the others are grey and bear no name.
    limits
        Ends of both axes, so that several panels compare.
    axis_labels
        Which axes are named: "x", "y", both or none.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.
    """
    require_rows(table, ("backward", "forward"), name="the table of linkages")
    known = table.dropna(subset=["backward", "forward"])
    look.title(ax, title, pad=6)
    if known.empty:
        return look.nothing(ax)
    across, up = limits or [(known[name].min() - 0.1, known[name].max() + 0.1) for name in ("backward", "forward")]
    ax.set(xlim=(min(across[0], 0.9), max(across[1], 1.1)), ylim=(min(up[0], 0.9), max(up[1], 1.1)))
    chosen = known.index.isin(look.codes_of(highlight))
    dashed = {"color": look.INK, "linewidth": 0.8, "linestyle": (0, (4, 2)), "zorder": 2}
    ax.axvline(1, **dashed)
    ax.axhline(1, **dashed)
    for rows, colour, size, order in ((~chosen, look.CONTEXT, 14, 3), (chosen, look.ACCENT, 30, 4)):
        part = known[rows]
        ax.scatter(part["backward"], part["forward"], s=size, color=colour, edgecolor="white", linewidth=0.5,
                   zorder=order)  # fmt: skip
    name_corners(ax, QUADRANTS)
    ax.set_xlabel("Backward linkage (mean = 1)" if "x" in axis_labels else "")
    ax.set_ylabel("Forward linkage (mean = 1)" if "y" in axis_labels else "")
    ax.grid(True)
    ordered = pd.concat([known[chosen], known[~chosen]])
    texts = look.named(ordered.index, look.label_column(ordered, "label", "name"))
    number = int(chosen.sum())
    points = list(zip(ordered["backward"], ordered["forward"], strict=True))
    radii = np.where(np.arange(len(ordered)) < number, 3.0, 2.0)
    if number:
        place_labels(ax, points[:number], texts[:number], radii=list(radii[:number]), forced=[True] * number,
                     color=look.INK)  # fmt: skip
    return ax
