"""Boundaries for drawing: canonical NUTS 2016 regions, generalised without gaps or overlaps.

The detailed lines are those of the GISCO 2021 edition (1:3 million). Nearly all of its units are the units of
2016 under the same code. Where they are not, the 2021 outline is kept and the units of 2016 are merged from it
(Kontinentalna Hrvatska) or cut out of it along the coarser 2016 lines (Norway, the provinces of Sardinia).
Simplification works on the whole coverage at once, on the smallest units; larger ones are dissolved from them,
so that levels nest exactly. Shared borders stay shared.

The geometry is good for maps, not for measuring: lengths and areas are those of a generalised line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

METRES = "EPSG:3035"
DETAILED = ("AT", "CH", "DE", "FR", "IT", "LI", "SI")
"""Countries of the Alpine perimeters: the only ones whose NUTS 3 regions are kept."""

MERGED = {"HR02": "HR04", "HR05": "HR04", "HR06": "HR04"}
"""Units of 2021 that together are one unit of 2016."""

DIVIDED = {"NO0": 2, "ITG2": 3}
"""Regions whose units of 2016 are other than those of 2021, with the level of those units."""

LEFT_OUT = ("NO0B",)
"""Jan Mayen and Svalbard: not part of NUTS 2016."""

OLDER_UNIONS = {
    "HU10": ("HU11", "HU12"),
    "LT00": ("LT01", "LT02"),
    "PL12": ("PL91", "PL92"),
    "UKM2": ("UKM7", "UKM91"),
    "UKM3": ("UKM8", "UKM92", "UKM93", "UKM94", "UKM95"),
}
"""Units of NUTS 2013 that statistics of 2014 still use and that are sums of later ones.

The Irish IE01 and IE02 are not among them: Louth changed sides inside one NUTS 3 region, so no sum of later
units gives either. Draw Ireland as IE0."""

COLUMNS = ["region", "level", "country", "mountain_type", "urban_type", "coast_type", "vintage", "geometry"]


def generalised_boundaries(
    nuts2: gpd.GeoDataFrame,
    nuts3: gpd.GeoDataFrame,
    nuts_2016: gpd.GeoDataFrame,
    *,
    tolerance_m: float = 500.0,
    decimals: int = 5,
) -> gpd.GeoDataFrame:
    """Make the one table of boundaries from three GISCO files.

    Parameters
    ----------
    nuts2, nuts3
        NUTS 2 and NUTS 3 of the 2021 edition, as `sources.gisco.read_boundaries` gives them.
    nuts_2016
        All levels of the 2016 edition; used only where its units differ.
    tolerance_m
        Side of the triangle below which a bend is dropped, in metres (Visvalingam and Whyatt).
    decimals
        Decimals of a degree that are kept; five are about 1 m; with four, narrow spits cross themselves.

    Returns
    -------
    EPSG:4326, sorted by level, vintage and region: ``region``, ``level`` (0 to 3), ``country``,
    ``mountain_type``, ``urban_type``, ``coast_type`` (NUTS 3 only), ``vintage`` (the edition whose unit it is:
    2016, the canonical one, or 2013 for the sums in `OLDER_UNIONS`) and ``geometry``. Rows of one level with
    vintage 2016 tile the land without gaps or overlaps.

    Raises
    ------
    ValueError
        If the units do not tile the land, before or after simplification.
    """
    units = canonical_units(nuts2, nuts3, nuts_2016)
    simple = simplify_coverage(units.to_crs(METRES), tolerance_m=tolerance_m).to_crs("EPSG:4326")
    simple.geometry = shapely.transform(simple.geometry.array, lambda points: np.round(points, decimals))
    table = nest(simple)
    check_coverage(table)
    return table


def canonical_units(nuts2: gpd.GeoDataFrame, nuts3: gpd.GeoDataFrame, nuts_2016: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Smallest units of NUTS 2016 that are drawn: NUTS 3 around the Alps, NUTS 2 elsewhere.

    The regions that older unions cut through (UKM9) come as NUTS 3 too. Geometry is in EPSG:3035.
    """
    parts = {part[:4] for parts in OLDER_UNIONS.values() for part in parts if len(part) == 5}
    fine = nuts3[nuts3["country"].isin(DETAILED) | nuts3["region"].str[:4].isin(parts)]
    coarse = nuts2[~nuts2["country"].isin(DETAILED) & ~nuts2["region"].isin([*parts, *LEFT_OUT])]
    units = pd.concat([fine, coarse], ignore_index=True).to_crs(METRES)
    merged = units["region"].isin(MERGED)
    units["region"] = units["region"].replace(MERGED)
    if merged.any():
        units = units.dissolve("region", method="coverage", as_index=False)
    for outer, level in DIVIDED.items():
        cutters = nuts_2016[nuts_2016["region"].str.startswith(outer) & nuts_2016["level"].eq(level)]
        if len(cutters) and units["region"].str.startswith(outer).any():
            units = _replace_by(units, outer, cutters.to_crs(METRES))
    return units


def divide(outline: shapely.Geometry, units: Mapping[str, shapely.Geometry]) -> dict[str, shapely.Geometry]:
    """Cut an outline into units whose own lines are coarser.

    What a unit covers goes to it; the rest of the outline (detailed coast) goes to the unit it shares the
    longest border with, islands to the nearest. The parts tile the outline exactly.
    """
    lines = shapely.union_all([shapely.boundary(outline), *(shapely.boundary(unit) for unit in units.values())])
    faces = [face for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))]
    faces = np.array([face for face in faces if shapely.contains(outline, shapely.point_on_surface(face))])
    codes, shapes = np.array(list(units)), np.array(list(units.values()))
    inside = shapely.contains(shapes[:, None], shapely.point_on_surface(faces)[None, :])
    border = shapely.length(shapely.intersection(shapes[:, None], shapely.boundary(faces)[None, :]))
    distance = shapely.distance(shapes[:, None], faces[None, :])
    owner = np.where(inside.any(axis=0), inside.argmax(axis=0), np.lexsort((distance, -border), axis=0)[0])
    return {code: shapely.coverage_union_all(faces[owner == i]) for i, code in enumerate(codes)}


def _replace_by(units: gpd.GeoDataFrame, outer: str, cutters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Replace the units inside `outer` by `cutters`, and give the neighbours the new corner points."""
    inside = units["region"].str.startswith(outer)
    outline = shapely.coverage_union_all(units.loc[inside].geometry.array)
    pieces = divide(outline, dict(zip(cutters["region"], cutters.geometry, strict=True)))
    new = cutters.assign(geometry=cutters["region"].map(pieces)).set_crs(METRES, allow_override=True)
    rest = units[~inside].copy()
    corners = shapely.extract_unique_points(shapely.union_all([shapely.boundary(p) for p in pieces.values()]))
    border = shapely.intersection(corners, shapely.buffer(shapely.boundary(outline), 0.01))
    touching = rest.geometry.intersects(outline)
    rest.loc[touching, "geometry"] = shapely.snap(rest.loc[touching].geometry.array, border, 0.01)
    return pd.concat([rest, new], ignore_index=True)


def simplify_coverage(units: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """Simplify all units at once, in the units of their projection; borders stay shared, none vanishes."""
    if units.empty:
        return units.copy()
    if not shapely.coverage_is_valid(units.geometry.array):
        raise ValueError(f"boundaries overlap or do not meet before simplification: {_unmatched(units)}")
    return units.set_geometry(
        gpd.GeoSeries(shapely.coverage_simplify(units.geometry.array, tolerance_m), units.index, crs=units.crs)
    )


def nest(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dissolve the smallest units upward to NUTS 2, 1 and 0 and add the older unions.

    A unit with a code of five letters is kept as NUTS 3 where its country is in `DETAILED`.
    """
    types = ["mountain_type", "urban_type", "coast_type"]
    fine = units[units["region"].str.len().eq(5) & units["country"].isin(DETAILED)]
    frames = [fine.assign(level=3, vintage=2016)]
    for level in (2, 1, 0):
        larger = _dissolve(units, units["region"].str[: level + 2])
        frames.append(larger.assign(level=level, vintage=2016))
    unions = {part: older for older, parts in OLDER_UNIONS.items() for part in parts}
    members = units["region"].map(unions).fillna(units["region"].str[:4].map(unions))
    if members.notna().any():
        older = _dissolve(units[members.notna()], members.dropna())
        frames.append(older.assign(level=2, vintage=2013))
    table = pd.concat(frames, ignore_index=True)
    table[types] = table[types].astype("Int8")
    table = table.astype({"level": "int8", "vintage": "int16"})
    table = table.sort_values(["level", "vintage", "region"], ascending=[True, False, True])
    return table[COLUMNS].reset_index(drop=True)


def _dissolve(units: gpd.GeoDataFrame, codes: pd.Series) -> gpd.GeoDataFrame:
    missing = pd.array([pd.NA] * len(units), dtype="Int8")
    blank = units.assign(region=codes, mountain_type=missing, urban_type=missing, coast_type=missing)
    return blank.dissolve("region", method="coverage", as_index=False)


def check_coverage(table: gpd.GeoDataFrame) -> None:
    """Raise where a shape is invalid or regions of one level of the canonical vintage overlap or do not meet."""
    invalid = table.loc[~table.geometry.is_valid, "region"]
    if len(invalid):
        raise ValueError(f"invalid shapes: {', '.join(sorted(invalid))}; keep more decimals")
    for level, regions in table[table["vintage"].eq(2016)].groupby("level"):
        if not shapely.coverage_is_valid(regions.geometry.array):
            raise ValueError(f"NUTS {level} boundaries overlap or do not meet: {_unmatched(regions)}")


def _unmatched(regions: gpd.GeoDataFrame) -> str:
    edges = shapely.coverage_invalid_edges(regions.geometry.array)
    codes: Sequence[str] = sorted(regions.loc[~shapely.is_empty(edges), "region"])
    return ", ".join(codes[:8]) + (" …" if len(codes) > 8 else "")
