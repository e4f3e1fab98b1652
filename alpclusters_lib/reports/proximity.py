"""Which specialised regions are near: distances between regions of a perimeter, and shared borders."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from alpclusters_lib import datasets, regions

if TYPE_CHECKING:
    import geopandas as gpd

    from alpclusters_lib.reports.case import Unit

__all__ = ["silent_neighbours", "strong_neighbours"]

METRES = "EPSG:3035"
COLUMNS = (
    "name", "country", "jobs", "jobs_lower", "jobs_upper", "lq", "lq_lower", "lq_upper", "lower", "upper", "status",
)  # fmt: skip


@functools.lru_cache(maxsize=8)
def _areas(perimeter: str, unit_codes: tuple[str, ...]) -> gpd.GeoDataFrame:
    table = datasets.boundaries(2)
    return table.loc[table.index.isin([*regions.perimeter(perimeter), *unit_codes])].to_crs(METRES)


def strong_neighbours(table: pd.DataFrame, unit: Unit, *, perimeter: str, most: int = 8) -> pd.DataFrame:
    """Return the specialised regions of a perimeter nearest to a unit.

    A region is specialised where the lower limit of its location quotient is above 1.

    Parameters
    ----------
    table
        By NUTS 2 code: ``name, country, jobs, jobs_lower, jobs_upper, lq, lq_lower, lq_upper, lower, upper, status``.
    unit
        The area to measure from.
    perimeter
        Where to look.
    most
        How many regions to return.

    Returns
    -------
    DataFrame
        By code: the columns above, ``distance_km`` between the regions' centroids (as the crow flies, rounded to
        10 km) and ``borders`` (whether they share a border), nearest first.
    """
    areas = _areas(perimeter, unit.area)
    own = areas.loc[areas.index.isin(unit.area), "geometry"].union_all()
    others = table[table.index.isin(areas.index) & ~table.index.isin(unit.area) & (table["lower"] > 1)]
    shapes = areas.loc[others.index, "geometry"]
    found = others[list(COLUMNS)].copy()
    found["distance_km"] = (shapes.centroid.distance(own.centroid) / 1000).round(-1)
    found["borders"] = shapes.distance(own) < 1
    return found.sort_values(["distance_km", "name"]).head(most)


def silent_neighbours(table: pd.DataFrame, unit: Unit, *, perimeter: str) -> tuple[str, ...]:
    """Return the names of the perimeter's regions that border a unit and have no figures at all."""
    areas = _areas(perimeter, unit.area)
    own = areas.loc[areas.index.isin(unit.area), "geometry"].union_all()
    known = table.index[table["jobs_upper"].notna()]
    silent = areas[~areas.index.isin(known) & ~areas.index.isin(unit.area)]
    names = datasets.regions(level=2)["name_en"]
    return tuple(names[code] for code in silent.index[silent.distance(own) < 1])
