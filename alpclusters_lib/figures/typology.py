"""A map of types of area, from the strongest to none, with places as points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.labels import place_labels
from alpclusters_lib.figures.map_parts import scale_bar

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["TYPE_COLOURS", "typology_map"]

METRES = "EPSG:3035"
TYPE_COLOURS = ("#1C5460", "#5F9A94", "#D9CFAE", "#EFEBDF")
"""From the type that the map is about to none: darker is more, so that it reads in grey print too."""


def typology_map(
    kind: pd.Series,
    boundaries: gpd.GeoDataFrame,
    *,
    ax: Axes,
    order: Mapping[str, str],
    points: pd.DataFrame,
    point_name: str,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw each region in the colour of its type and places as labelled points.

    Parameters
    ----------
    kind
        Type by NUTS code; a missing one is hatched.
    boundaries
        Boundaries of these codes and of the countries (level 0).
    ax
        Where to draw.
    order
        The types, at most four, the one the map is about first, and how the legend calls them.
    points
        Label by row, with ``longitude`` and ``latitude``; a place outside the frame is not drawn.
    point_name
        What the legend calls a point.

    Raises
    ------
    ValueError
        If a type is not in the order, or there are more types than colours.
    """
    unknown = sorted(set(kind.dropna()) - set(order))
    if unknown or len(order) > len(TYPE_COLOURS):
        raise ValueError(f"at most {len(TYPE_COLOURS)} types, all of them in the order; unknown: {unknown}")
    shapes = boundaries.to_crs(METRES)
    land, regions = shapes[shapes["level"] == 0], shapes.loc[list(kind.index)]
    plain = {"ax": ax, "aspect": None, "autolim": False}
    land.plot(color=look.LAND, edgecolor="none", **plain)
    for name, colour in zip(order, TYPE_COLOURS, strict=False):
        chosen = regions[(kind == name).fillna(False).to_numpy(dtype=bool)]
        if len(chosen):
            chosen.plot(color=colour, edgecolor="white", linewidth=0.45, **plain)
    unclassified = regions[kind.isna().to_numpy()]
    if len(unclassified):
        unclassified.plot(**look.NO_FIGURE, linewidth=0.45, **plain)
    land.boundary.plot(color="#66727F", linewidth=0.7, **plain)
    whole = shapely.union_all(regions.geometry.array)
    type(regions)(geometry=[whole], crs=METRES).boundary.plot(color=look.INK, linewidth=1.0, **plain)
    _frame(ax, regions.total_bounds)
    _legend(ax, kind, order, point_name if len(points) else "")
    _points(ax, points)
    scale_bar(ax)
    look.title(ax, title, pad=10)
    look.source_line(ax, source, below=52)
    return ax


def _frame(ax: Axes, bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    margin = 0.03 * (east - west)
    ax.set(xlim=(west - margin, east + margin), ylim=(south - margin, north + margin), aspect="equal")
    # after drawing: geopandas names the axes after the projection
    ax.set(xticks=[], yticks=[], xlabel="", ylabel="", facecolor=look.SEA)
    for spine in ax.spines.values():
        spine.set(visible=True, color=look.PALE, linewidth=0.7)


def _legend(ax: Axes, kind: pd.Series, order: Mapping[str, str], point_name: str) -> None:
    counts = kind.value_counts()
    handles: list[Patch | Line2D] = [
        Patch(facecolor=colour, edgecolor=look.GREY, linewidth=0.4, label=f"{words} ({counts.get(name, 0)})")
        for (name, words), colour in zip(order.items(), TYPE_COLOURS, strict=False)
    ]
    if kind.isna().any():
        handles.append(Patch(**look.NO_FIGURE, linewidth=0.4, label=f"not classified ({int(kind.isna().sum())})"))
    if point_name:
        dot = {"marker": "o", "markersize": 5, "markerfacecolor": look.ACCENT, "markeredgecolor": "white"}
        handles.append(Line2D([], [], linestyle="none", label=point_name, **dot))
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=2, borderaxespad=0.0)


def _points(ax: Axes, points: pd.DataFrame) -> None:
    from geopandas import points_from_xy

    if points.empty:
        return
    # from east to west: the label to the right of a point is then the first to find its room
    points = points.sort_values("longitude", ascending=False)
    places = points_from_xy(points["longitude"], points["latitude"], crs="EPSG:4326").to_crs(METRES)
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    inside = (places.x > west) & (places.x < east) & (places.y > south) & (places.y < north)
    x, y = places.x[inside], places.y[inside]
    ax.scatter(x, y, s=26, color=look.ACCENT, edgecolor="white", linewidth=0.8, zorder=6)
    place_labels(
        ax,
        list(zip(x, y, strict=True)),
        list(points.index[inside]),
        radii=[2.6] * len(x),
        forced=[True] * len(x),
        color=look.INK,
        fontsize=6.4,
        zorder=7,
    )
