"""The sheet that a map is drawn on: projection, window, and shapes as filled outlines."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from alpclusters_lib.figures import style as look

__all__ = ["EUROPE", "countries_of", "crop", "draw", "extent", "projected"]

EUROPE = shapely.box(2_500_000, 1_350_000, 7_450_000, 5_450_000)
"""The window of Europe in EPSG:3035, without overseas regions."""


def projected(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return boundaries by region code in the projection of all maps, EPSG:3035."""
    table = boundaries.set_index("region") if "region" in boundaries.columns else boundaries
    return table.to_crs("EPSG:3035")


def countries_of(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the countries: their own shapes where they are there, else the regions of each put together."""
    if "level" in shapes.columns and shapes["level"].eq(0).any():
        return shapes[shapes["level"].eq(0)]
    return shapes.dissolve(shapes.index.str[:2])


def extent(regions: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the bounds of the regions, overseas ones left out where others are there."""
    parts = regions.geometry.explode()
    near = parts[parts.intersects(EUROPE)]
    return tuple((near.clip(EUROPE) if len(near) else parts).total_bounds)


def crop(ax: Axes, bounds: Sequence[float], *, margin: float = 0.035) -> None:
    """Fit the axes to the bounds plus a margin, widened to the shape of the panel so that it is filled."""
    west, south, east, north = bounds
    window = ax.get_window_extent()
    width, height = (1 + 2 * margin) * (east - west), (1 + 2 * margin) * (north - south)
    wide = max(width, height * window.width / window.height)
    high = max(height, width * window.height / window.width)
    x, y = (west + east) / 2, (south + north) / 2
    ax.set(xlim=(x - wide / 2, x + wide / 2), ylim=(y - high / 2, y + high / 2), aspect="equal")
    for spine in ax.spines.values():
        spine.set(visible=True, color=look.PALE, linewidth=0.7)


def draw(shapes: gpd.GeoDataFrame, ax: Axes, **options: object) -> None:
    """Add the shapes that the window shows; geopandas' own plot would redraw the figure at each call."""
    west, east, south, north = *ax.get_xlim(), *ax.get_ylim()
    seen = shapes.geometry[shapes.intersects(shapely.box(west, south, east, north))]
    if len(seen):
        ax.add_collection(PathCollection([_outline(shape) for shape in seen], **options), autolim=False)


def _outline(shape: shapely.Geometry) -> Path:
    """Return a polygon's rings as one path, holes running the other way round so that they stay empty."""
    polygons = shapely.get_parts(shapely.orient_polygons(shape))
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))
