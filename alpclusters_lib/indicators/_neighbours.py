"""Neighbours: which regions lie next to one another, by shared borders or by distance of centroids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alpclusters_lib.indicators import _checks

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph

__all__ = ["neighbour_graph"]

_OPTION = {"queen": None, "rook": None, "knn": "k", "distance": "distance_km"}


def neighbour_graph(
    boundaries: gpd.GeoDataFrame, *, kind: str = "queen", k: int | None = None, distance_km: float | None = None
) -> Graph:
    """Return who is whose neighbour among regions, each link with weight 1.

    Parameters
    ----------
    boundaries
        Polygons indexed by region code, in any reference system.
    kind
        "queen": regions that share a border or a corner; "rook": a border of some length; both take the vertices as
        they are, so boundaries generalised apart from one another have no neighbours, and regions that overlap (two
        vintages of one place) are none. "knn": the ``k`` nearest centroids, which need not be mutual. "distance":
        centroids at most ``distance_km`` apart, in EPSG:3035.
    k, distance_km
        For "knn" and for "distance", and needed there.

    Returns
    -------
    A ``libpysal.graph.Graph`` keyed by region. A region without neighbours stays in it (``graph.isolates``). A region
    without geometry raises.

    References
    ----------
    Anselin (1988), Spatial Econometrics, chapter 3.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = gpd.GeoDataFrame(geometry=[box(i, 0, i + 1, 1) for i in range(3)], index=["a", "b", "c"], crs=3035)
    >>> graph = neighbour_graph(squares)
    >>> graph["b"].index.tolist()
    ['a', 'c']
    """
    from libpysal.graph import Graph

    _checks.one_of(kind, _OPTION, name="kind")
    _check_boundaries(boundaries)
    for name, given in (("k", k), ("distance_km", distance_km)):
        needed = _OPTION[kind] == name
        if needed != (given is not None):
            raise ValueError(f"kind {kind!r} {'needs' if needed else 'takes no'} {name}")
    if kind in ("queen", "rook"):
        return Graph.build_contiguity(boundaries.geometry, rook=kind == "rook", strict=True)
    if boundaries.crs is None:
        raise ValueError("boundaries have no reference system, so that kilometres are unknown; set their crs")
    centroids = boundaries.geometry.to_crs(3035).centroid
    if kind == "knn":
        if not 0 < k < len(boundaries):
            raise ValueError(f"k is {k}; from 1 to {len(boundaries) - 1} neighbours are possible")
        return Graph.build_knn(centroids, k=k)
    if not distance_km > 0:
        raise ValueError(f"distance_km is {distance_km}; a distance above 0 is needed")
    return Graph.build_distance_band(centroids, distance_km * 1000)


def _check_boundaries(boundaries: gpd.GeoDataFrame) -> None:
    if not hasattr(boundaries, "geometry"):
        raise TypeError(f"boundaries is a {type(boundaries).__name__}; a GeoDataFrame indexed by region is needed")
    _checks.require_unique(boundaries.index, noun="region", name="boundaries")
    empty = boundaries.index[boundaries.geometry.isna() | boundaries.geometry.is_empty]
    if len(empty):
        raise ValueError(f"boundaries of region {_checks.listed(empty)} are empty; a shape or no row is needed")
