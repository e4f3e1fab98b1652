"""Where cluster organisations have their seat, and which of them is nearest to a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["locate", "nearest_seats"]

METRES = "EPSG:3035"


def locate(organisations: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each cluster organisation and city, with the city's NUTS 3 code and coordinates.

    Parameters
    ----------
    organisations
        ``name`` and ``city``: blank where unknown, several cities apart by comma and blank. Rows without a name (in
        brackets) are left out.
    places
        ``city, nuts3, longitude, latitude``.

    Returns
    -------
    DataFrame
        ``organisation, city, nuts3, longitude, latitude``; blank and NaN where the city is not known.

    Raises
    ------
    ValueError
        If a city has no coordinates, or two.

    Examples
    --------
    >>> organisations = pd.DataFrame({"name": ["A", "B"], "city": ["Torino, Vercelli", ""]})
    >>> places = pd.DataFrame({"city": ["Torino", "Vercelli"], "nuts3": ["ITC11", "ITC12"],
    ...                        "longitude": [7.687, 8.42], "latitude": [45.07, 45.322]})
    >>> locate(organisations, places)[["organisation", "city", "nuts3"]].values.tolist()
    [['A', 'Torino', 'ITC11'], ['A', 'Vercelli', 'ITC12'], ['B', '', '']]
    """
    twice = places["city"][places["city"].duplicated()]
    if len(twice):
        raise ValueError(f"the places list {twice.iloc[0]} twice; one row a city would be right")
    named = organisations.loc[~organisations["name"].str.startswith("("), ["name", "city"]]
    rows = named.assign(city=named["city"].str.split(", ")).explode("city").rename(columns={"name": "organisation"})
    known = places.set_index("city")
    absent = sorted(set(rows["city"]) - {""} - set(known.index))
    if absent:
        raise ValueError(f"no coordinates of {absent[0]}, the city of a cluster organisation; add it to the places")
    found = known.reindex(rows["city"]).reset_index(drop=True)
    rows = rows.reset_index(drop=True).assign(nuts3=found["nuts3"].fillna(""))
    return rows.assign(longitude=found["longitude"].astype(float), latitude=found["latitude"].astype(float))


def nearest_seats(areas: gpd.GeoDataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """Return the cluster organisation nearest to each region, and how far it is.

    As the crow flies from the region's centroid to the city in EPSG:3035, rounded to 10 km; an organisation inside the
    region comes before any outside.

    Parameters
    ----------
    areas
        Regions by NUTS 3 code.
    seats
        What :func:`locate` returns.

    Returns
    -------
    DataFrame
        By region: ``nearest_city``, ``nearest_organisations`` of that city, ``nearest_inside`` (the region itself),
        ``distance_km`` and ``distance_status``: ``bound`` where the city of another listed organisation is unknown,
        which may be nearer; ``missing`` where no city is known.
    """
    from geopandas import points_from_xy

    known = seats.dropna(subset=["longitude", "latitude"])
    cities = known.groupby("city").agg(
        organisations=("organisation", "; ".join), nuts3=("nuts3", "first"),
        longitude=("longitude", "first"), latitude=("latitude", "first"),
    )  # fmt: skip
    columns = ["nearest_city", "nearest_organisations", "nearest_inside", "distance_km"]
    if cities.empty:
        return pd.DataFrame(index=areas.index, columns=columns).assign(distance_status="missing")
    centres = areas.to_crs(METRES).centroid
    points = points_from_xy(cities["longitude"], cities["latitude"], crs="EPSG:4326").to_crs(METRES)
    metres = np.hypot(
        np.subtract.outer(centres.x.to_numpy(), points.x), np.subtract.outer(centres.y.to_numpy(), points.y)
    )
    inside = areas.index.to_numpy()[:, None] == cities["nuts3"].to_numpy(dtype=object)[None, :]
    best = np.where(inside.any(axis=1)[:, None] & ~inside, np.inf, metres).argmin(axis=1)
    rows = np.arange(len(areas))
    found = pd.DataFrame({
        "nearest_city": cities.index[best], "nearest_organisations": cities["organisations"].to_numpy()[best],
        "nearest_inside": inside[rows, best], "distance_km": (metres[rows, best] / 1000).round(-1),
    }, index=areas.index)  # fmt: skip
    return found.assign(distance_status="bound" if len(known) < len(seats) else "observed")
