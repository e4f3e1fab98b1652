"""The overview map: an inline drawing whose regions are links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import shapely

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures.map_canvas import projected

__all__ = ["Area", "OverviewMap", "overview_map"]

WIDTH = 960
# finer than a pixel of the drawing is not seen
TOLERANCE_M = 900


@dataclass(frozen=True)
class Area:
    """A shape of the map with, where it is a link, its place, and a point for its label."""

    path: str
    place: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class OverviewMap:
    """The map: size in drawing units, the land around, the perimeter, and the regions that are links."""

    width: int
    height: int
    land: list[Area]
    perimeter: list[Area]
    places: list[Area]


def overview_map(places: Mapping[str, tuple[str, ...]]) -> OverviewMap:
    """Return the map of the Alpine Space 2014 with places that are links.

    Parameters
    ----------
    places
        Place to the NUTS codes that make it up.
    """
    shapes = projected(datasets.boundaries())
    inside = shapes.loc[[code for code in regions.perimeter("alpine_space_2014") if code in shapes.index]]
    west, south, east, north = inside.total_bounds
    margin = 0.02 * (east - west)
    frame = (west - margin, south - margin, east + margin, north + margin)
    scale = WIDTH / (frame[2] - frame[0])
    height = round((frame[3] - frame[1]) * scale)

    def drawn(shape: shapely.Geometry) -> str:
        return _path(shape, frame, scale)

    window = shapely.box(*frame)
    countries = shapes[shapes["level"].eq(0)].geometry.clip(window)
    areas = []
    for place, codes in places.items():
        shape = shapely.unary_union(shapes.geometry.loc[[code for code in codes if code in shapes.index]].values)
        if shape.is_empty:  # a code of an older vintage, without a boundary: in the list beside the map only
            continue
        # large ones first: a small one inside stays on top and can be clicked
        point = shape.representative_point()
        areas.append(
            (shape.area, Area(drawn(shape), place, (point.x - frame[0]) * scale, (frame[3] - point.y) * scale))
        )
    return OverviewMap(
        WIDTH,
        height,
        [Area(drawn(shape)) for shape in _simple(countries) if not shape.is_empty],
        [Area(drawn(shape)) for shape in _simple(inside.geometry)],
        [area for _, area in sorted(areas, key=lambda pair: -pair[0])],
    )


def _simple(shapes: gpd.GeoSeries) -> list[shapely.Geometry]:
    return list(shapely.coverage_simplify(shapes.values, TOLERANCE_M)) if len(shapes) else []


def _path(shape: shapely.Geometry, frame: tuple[float, ...], scale: float) -> str:
    """Return the outline of polygons as SVG path data in whole units."""
    parts = []
    for polygon in shapely.get_parts(shape.simplify(TOLERANCE_M)):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = [(round((x - frame[0]) * scale), round((frame[3] - y) * scale)) for x, y in ring.coords]
            kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
            if len(kept) > 3:
                parts.append("M" + "L".join(f"{x} {y}" for x, y in kept[:-1]) + "Z")
    return "".join(parts)
