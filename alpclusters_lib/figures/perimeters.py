"""A map of which region belongs to what: groups in plain colours, not quotients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from alpclusters_lib.figures import maps
from alpclusters_lib.figures import style as look

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["GROUP_COLOURS", "group_map"]

# Crameri's batlow at four steps: told apart by lightness as well as by hue
GROUP_COLOURS = ("#1C5460", "#7B8235", "#F19E6B", "#FCC9E8")


def group_map(
    group: pd.Series,
    boundaries: gpd.GeoDataFrame,
    *,
    ax: Axes,
    order: Sequence[str],
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw each region in the colour of its group, with a legend that counts them.

    Parameters
    ----------
    group
        Name of the group by NUTS code.
    boundaries
        Boundaries of these codes and, for the land around, of the countries (level 0).
    ax
        Where to draw.
    order
        The groups in the order of the legend, at most four.

    Raises
    ------
    ValueError
        If a group is not in the order, or there are more groups than colours.
    """
    unknown = sorted(set(group) - set(order))
    if unknown or len(order) > len(GROUP_COLOURS):
        raise ValueError(f"at most {len(GROUP_COLOURS)} groups, all of them in the order; unknown: {unknown}")
    shapes = boundaries.to_crs("EPSG:3035")
    land = shapes[shapes["level"] == 0]
    regions = shapes.loc[list(group.index)]
    with look.style():
        west, south, east, north = regions.total_bounds
        margin = 0.03 * (east - west)
        land.plot(ax=ax, color=look.LAND, edgecolor="none", aspect=None, autolim=False)
        for name, colour in zip(order, GROUP_COLOURS, strict=False):
            chosen = regions[(group == name).to_numpy()]
            if len(chosen):
                chosen.plot(ax=ax, color=colour, edgecolor="white", linewidth=0.6, aspect=None, autolim=False)
        land.boundary.plot(ax=ax, color="#66727F", linewidth=0.7, aspect=None, autolim=False)
        ax.set(xlim=(west - margin, east + margin), ylim=(south - margin, north + margin), aspect="equal")
        counts = group.value_counts()
        handles = [
            Patch(facecolor=colour, label=f"{name} ({counts.get(name, 0)})")
            for name, colour in zip(order, GROUP_COLOURS, strict=False)
        ]
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2)
        maps.scale_bar(ax)
        # after drawing: geopandas names the axes after the projection
        ax.set(xticks=[], yticks=[], xlabel="", ylabel="", facecolor=look.SEA)
        look.title(ax, title)
        look.source_line(ax, source, below=44)
    return ax
