"""Reader of the NUTS polygons that GISCO publishes as GeoJSON, plain or gzipped.

Two layouts are in use: the editions of 2021 carry a coastal type, older ones do not and hold the types as
text. Both come out alike. Geometry stays as published, in EPSG:4326. © EuroGeographics for the administrative
boundaries.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import geopandas as gpd
import pandas as pd

TYPES = {"MOUNT_TYPE": "mountain_type", "URBN_TYPE": "urban_type", "COAST_TYPE": "coast_type"}


def read_boundaries(path: str | Path) -> gpd.GeoDataFrame:
    """Read one GISCO file of NUTS regions.

    Parameters
    ----------
    path
        A ``.geojson`` or ``.geojson.gz`` file.

    Returns
    -------
    One row a region, in the order of the file: ``region`` (NUTS code), ``name_local`` (official local name
    in Latin letters), ``level`` (0 to 3), ``country``, ``mountain_type``, ``urban_type``, ``coast_type`` (classes
    1 to 4 as GISCO gives them; missing where a level is not classified) and ``geometry``.

    Raises
    ------
    ValueError
        If the file is missing, truncated or not a GISCO file; the sentence names it.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"no boundary file {path}: download it from GISCO or set ALPCLUSTERS_RAW")
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        table = gpd.read_file(io.BytesIO(content))
    except (EOFError, OSError, zlib.error, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is truncated or not a GeoJSON file: download it again") from error
    absent = {"NUTS_ID", "LEVL_CODE", "CNTR_CODE", "NAME_LATN"} - set(table.columns)
    if absent:
        raise ValueError(f"{path} is not a GISCO file of NUTS regions: it has no {', '.join(sorted(absent))}")
    columns = {
        "region": table["NUTS_ID"],
        "name_local": table["NAME_LATN"],
        "level": table["LEVL_CODE"].astype("int8"),
        "country": table["CNTR_CODE"],
    }
    for published, name in TYPES.items():
        values = table.get(published, pd.Series(pd.NA, index=table.index))
        numbers = pd.to_numeric(values, errors="coerce").astype("Int8")
        columns[name] = numbers.mask(numbers.eq(0))
    return gpd.GeoDataFrame(columns, geometry=table.geometry, crs=table.crs)
