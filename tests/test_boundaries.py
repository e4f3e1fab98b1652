"""Boundaries nest, tile the land and stay small."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from alpclusters_lib.cleaning import boundaries as room
from alpclusters_lib.sources.gisco import read_boundaries

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "data" / "processed" / "boundaries.parquet"
PERIMETER = [
    "AT11",
    "AT12",
    "AT13",
    "AT21",
    "AT22",
    "AT31",
    "AT32",
    "AT33",
    "AT34",
    "CH01",
    "CH02",
    "CH03",
    "CH04",
    "CH05",
    "CH06",
    "CH07",
    "DE11",
    "DE12",
    "DE13",
    "DE14",
    "DE21",
    "DE22",
    "DE23",
    "DE24",
    "DE25",
    "DE26",
    "DE27",
    "FRC1",
    "FRC2",
    "FRF1",
    "FRK1",
    "FRK2",
    "FRL0",
    "ITC1",
    "ITC2",
    "ITC3",
    "ITC4",
    "ITH1",
    "ITH2",
    "ITH3",
    "ITH4",
    "LI00",
    "SI03",
    "SI04",
]


def _grid(codes: dict[str, tuple[float, float]], side: float = 10_000.0) -> gpd.GeoDataFrame:
    """Squares of one size whose shared borders carry a small bend in every kilometre."""
    shapes = {}
    for code, (column, row) in codes.items():
        steps = np.arange(0, side, 1000.0)
        bend = 40 * np.sin(steps)
        x, y = column * side + 4_300_000, row * side + 2_650_000
        south, east = zip(x + steps, y + bend, strict=True), zip(x + side + bend, y + steps, strict=True)
        north = zip((x + side - steps), y + side + np.r_[0, bend[:0:-1]], strict=True)
        west = zip(x + np.r_[0, bend[:0:-1]], (y + side - steps), strict=True)
        shapes[code] = shapely.Polygon([*south, *east, *north, *west])
    frame = gpd.GeoDataFrame({"region": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:3035")
    for name in ("mountain_type", "urban_type", "coast_type"):
        frame[name] = pd.array([1] * len(frame), dtype="Int8")
    return frame.assign(country=frame["region"].str[:2], level=frame["region"].str.len() - 2, name_local="x")


@pytest.fixture
def units() -> gpd.GeoDataFrame:
    return _grid({"AT111": (0, 0), "AT112": (1, 0), "AT121": (0, 1), "LI000": (1, 1), "HU11": (2, 0), "HU12": (2, 1)})


def test_simplified_units_keep_shared_borders_and_nobody_vanishes(units):
    simple = room.simplify_coverage(units, tolerance_m=500)
    assert (
        shapely.get_num_coordinates(simple.geometry.array).sum()
        < shapely.get_num_coordinates(units.geometry.array).sum() / 2
    )
    assert shapely.coverage_is_valid(simple.geometry.array)
    assert list(simple["region"]) == list(units["region"]) and (simple.area > 0).all()
    assert simple.union_all().area == pytest.approx(simple.area.sum())


def test_levels_nest_exactly(units):
    table = room.nest(room.simplify_coverage(units, tolerance_m=500))
    shapes = table.set_index("region").geometry
    assert shapely.equals(shapes["AT1"], shapely.union_all([shapes["AT11"], shapes["AT12"]]))
    assert shapely.equals(shapes["AT11"], shapely.union_all([shapes["AT111"], shapes["AT112"]]))
    assert {"LI", "LI0", "LI00", "LI000"} <= set(shapes.index)
    assert shapely.equals(shapes["HU10"], shapely.union_all([shapes["HU11"], shapes["HU12"]]))
    assert table.set_index("region").loc["HU10", "vintage"] == 2013
    assert table.loc[table["level"] == 3, "mountain_type"].eq(1).all()
    assert table.loc[table["level"] < 3, "mountain_type"].isna().all()


def test_units_that_overlap_are_refused_by_name(units):
    units.loc[0, "geometry"] = shapely.buffer(units.geometry[0], 500)
    with pytest.raises(ValueError, match="AT111"):
        room.simplify_coverage(units, tolerance_m=500)


def test_an_outline_is_divided_along_coarser_lines_without_remainder():
    outline = shapely.buffer(shapely.Point(0, 0), 10.0)
    parts = room.divide(outline, {"A": shapely.box(-9, -9, 0, 9), "B": shapely.box(0, -9, 9, 9)})
    assert shapely.coverage_is_valid(np.array([*parts.values()]))
    assert sum(shapely.area([*parts.values()])) == pytest.approx(outline.area)
    assert parts["A"].area == pytest.approx(parts["B"].area, rel=0.1)


def test_a_new_corner_is_given_to_the_neighbour():
    units = _grid({"NO01": (0, 0), "NO02": (1, 0), "SE11": (0, -1), "SE12": (1, -1)})
    outline = shapely.union_all(units.geometry.array[:2])
    west, south, east, north = outline.bounds
    third = west + (east - west) / 3
    cut = [shapely.box(west - 1, south - 1, third, north + 1), shapely.box(third, south - 1, east + 1, north + 1)]
    older = gpd.GeoDataFrame({"region": ["NO03", "NO04"], "country": "NO"}, geometry=cut, crs="EPSG:3035")
    result = room._replace_by(units, "NO0", older)
    assert sorted(result["region"]) == ["NO03", "NO04", "SE11", "SE12"]
    assert shapely.coverage_is_valid(result.geometry.array)


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.geojson"):
        read_boundaries(tmp_path / "nowhere.geojson")
    broken = tmp_path / "broken.geojson.gz"
    broken.write_bytes(gzip.compress(b'{"type": "FeatureCollection"' * 50)[:40])
    with pytest.raises(ValueError, match=r"broken\.geojson\.gz"):
        read_boundaries(broken)
    other = tmp_path / "other.geojson"
    place = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    other.write_text(json.dumps({"type": "FeatureCollection", "features": [place]}))
    with pytest.raises(ValueError, match="NUTS_ID"):
        read_boundaries(other)


@pytest.fixture(scope="module")
def committed() -> gpd.GeoDataFrame:
    return gpd.read_parquet(TABLE)


def test_committed_table_is_small_and_complete(committed):
    assert TABLE.stat().st_size < 1_500_000
    assert committed.crs.to_epsg() == 4326 and list(committed.columns) == room.COLUMNS
    canonical = committed[committed["vintage"] == 2016]
    assert set(PERIMETER) <= set(canonical.loc[canonical["level"] == 2, "region"])
    assert not committed["region"].duplicated().any() and committed.geometry.is_valid.all()
    assert {"HR04", "NO01", "NO05", "HU11"} <= set(canonical["region"])
    assert set(room.OLDER_UNIONS) == set(committed.loc[committed["vintage"] == 2013, "region"])


def test_committed_regions_tile_the_land_and_nest(committed):
    canonical = committed[committed["vintage"] == 2016].to_crs("EPSG:3035")
    room.check_coverage(canonical)
    area = canonical.set_index("region").area
    for level in (1, 2):
        codes = canonical.loc[canonical["level"] == level, "region"]
        sums = area[codes].groupby(codes.str[: level + 1].to_numpy()).sum()
        pd.testing.assert_series_equal(sums, area[sums.index], check_names=False)


def test_liechtenstein_stays(committed):
    shape = committed.set_index("region").to_crs("EPSG:3035").geometry["LI00"]
    assert shape.area / 1e6 == pytest.approx(160, rel=0.10)
    assert shapely.get_num_coordinates(shape) >= 10


@pytest.mark.raw
def test_areas_are_those_of_the_published_lines(committed):
    folders = [
        Path(os.environ.get("ALPCLUSTERS_RAW", ROOT.parent / "shared" / "data")),
        ROOT.parent / "shared" / "data",
    ]
    files = [f for folder in folders for f in folder.glob("**/NUTS_RG_03M_2021_4326_LEVL_2.geojson.gz")]
    if not files:
        pytest.skip("published GISCO files absent: set ALPCLUSTERS_RAW")
    published = read_boundaries(files[0]).set_index("region").to_crs("EPSG:3035").area
    drawn = committed[committed["level"] == 2].set_index("region").to_crs("EPSG:3035").area
    same = drawn.index.intersection(published.index).difference(["NO02", "NO06", "NO07"])  # redrawn in 2021
    assert ((drawn[same] / published[same] - 1).abs() < 0.01).all()
