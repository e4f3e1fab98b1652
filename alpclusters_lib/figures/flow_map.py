"""Arcs on a map of the Alps: what partners add to a region, and the region to them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from alpclusters_lib.figures import map_canvas, maps
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.map_parts import scale_bar

__all__ = ["flow_map"]

TO, FROM = look.LQ_COLOURS[6], look.LQ_COLOURS[0]
WIDEST = 5.0


def flow_map(
    flows: pd.DataFrame,
    boundaries: gpd.GeoDataFrame,
    *,
    ax: Axes,
    centre: Sequence[str],
    perimeter: Sequence[str],
    names: pd.Series | None = None,
    to_name: str = "partner adds to the region",
    from_name: str = "region adds to the partner",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw an arc each way between a region and each of its partners, its width the value.

    Parameters
    ----------
    flows
        Index partner (NUTS code); ``to_region`` and ``from_region`` in [0, 1]. A missing value draws no arc.
    boundaries
        Index NUTS code; level 0 gives the land around.
    centre
        Codes that make up the region.
    perimeter
        Codes that are drawn and cropped to.

    Raises
    ------
    ValueError
        If there are no flows, or an area has no boundary.
    """
    require_rows(flows.reset_index(drop=True), ("to_region", "from_region"), name="flows")
    shapes = map_canvas.projected(boundaries)
    absent = sorted({*centre, *perimeter, *flows.index} - set(shapes.index))
    if absent:
        raise ValueError(f"no boundary for {', '.join(absent)}")
    look.title(ax, title)
    ax.set(xticks=[], yticks=[], facecolor=look.SEA)
    regions, countries = shapes.loc[list(perimeter)], map_canvas.countries_of(shapes)
    map_canvas.crop(ax, map_canvas.extent(shapes.loc[list(dict.fromkeys([*perimeter, *centre]))]))
    map_canvas.draw(countries, ax, facecolor=look.LAND, edgecolor="none", zorder=1)
    map_canvas.draw(regions, ax, facecolor="white", edgecolor=look.PALE, linewidth=0.5, zorder=2)
    map_canvas.draw(shapes.loc[list(flows.index)], ax, facecolor=look.LQ_COLOURS[3], edgecolor=look.GREY, linewidth=0.5,
                    zorder=3)  # fmt: skip
    own = shapely.union_all(shapes.loc[list(centre)].geometry.array)
    whole = gpd.GeoDataFrame(geometry=[own], crs=shapes.crs)
    map_canvas.draw(whole, ax, facecolor="#F7DCEB", edgecolor=look.ACCENT, linewidth=1.4, zorder=3)
    map_canvas.draw(countries, ax, facecolor="none", edgecolor="#66727F", linewidth=0.7, zorder=4)
    home = np.array(own.representative_point().coords[0])
    for code, row in flows.iterrows():
        place = np.array(shapes.geometry.loc[code].representative_point().coords[0])
        _arc(ax, place, home, row["to_region"], TO)
        _arc(ax, home, place, row["from_region"], FROM)
    _names(ax, shapes, flows.index, names)
    scale_bar(ax)
    keys = [
        Line2D([], [], color=TO, linewidth=3, label=to_name),
        Line2D([], [], color=FROM, linewidth=3, label=from_name),
    ]
    ax.legend(handles=keys, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=2, borderaxespad=0.0)
    credit = source if maps.COPYRIGHT in source else f"{source.rstrip('. ')}. {maps.COPYRIGHT}.".lstrip(". ")
    look.source_line(ax, credit, below=30)
    return ax


def _arc(ax: Axes, start: np.ndarray, end: np.ndarray, value: float, colour: str) -> None:
    """Draw one arrow, bent to the right of its way so that the one back stands apart."""
    if pd.isna(value):
        return
    width = max(WIDEST * value, 0.4)
    ax.add_patch(
        FancyArrowPatch(
            tuple(start), tuple(end), connectionstyle="arc3,rad=0.18", arrowstyle="-|>", mutation_scale=7 + width,
            linewidth=width, color=colour, alpha=0.75, shrinkA=6, shrinkB=6, zorder=6,
        )
    )  # fmt: skip


def _names(ax: Axes, shapes: gpd.GeoDataFrame, codes: Sequence[str], names: pd.Series | None) -> None:
    halo = [effects.withStroke(linewidth=2.4, foreground="white")]
    for code, name in zip(codes, look.named(codes, names, 24), strict=True):
        point = shapes.geometry.loc[code].representative_point()
        ax.annotate(name, (point.x, point.y), (0, -10), textcoords="offset points", fontsize=7, ha="center", va="top",
                    color=look.INK, path_effects=halo, zorder=9)  # fmt: skip
