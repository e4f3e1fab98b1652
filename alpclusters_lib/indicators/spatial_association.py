"""Spatial association: whether regions with similar values lie next to one another, overall and place by place.

A location quotient is a ratio, whose variance grows as the region shrinks: take its logarithm or a smoothed (empirical
Bayes) rate. With the 35 Alpine regions only strong patterns show; the study area ends where the values end, and what
lies beyond the edge counts for nothing. Association is not contagion: neighbours may share a history or a boundary.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._neighbours import neighbour_graph

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["GlobalAssociation", "global_association", "local_association", "neighbour_graph"]

_COLUMNS = ["value", "lag", "statistic", "z", "p", "p_adjusted"]


class GlobalAssociation(NamedTuple):
    """One statistic of spatial association, what is expected without any, and what it rests on."""

    statistic: float
    expected: float
    variance_normality: float
    variance_randomisation: float
    z: float
    p: float
    n: int
    permutations: int
    weights: str
    islands: tuple[str, ...]
    left_out: tuple[str, ...]


class _Field(NamedTuple):
    """Known values in the order of their labels, and the graph among their regions."""

    values: pd.Series
    graph: Graph
    weights: str
    islands: pd.Index
    left_out: pd.Index

    @property
    def constant(self) -> bool:
        values = self.values.to_numpy()
        return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def global_association(
    values: pd.Series,
    graph: Graph,
    *,
    statistic: str = "moran",
    weights: str | None = None,
    permutations: int = 9999,
    rng: np.random.Generator | int | None = None,
) -> GlobalAssociation:
    r"""Return Moran's I or Getis and Ord's G of one value a region.

    .. math:: I = \frac{n}{\sum_{ij} w_{ij}} \frac{\sum_{ij} w_{ij} z_i z_j}{\sum_i z_i^2}, \qquad
              G = \frac{\sum_{i \ne j} w_{ij} y_i y_j}{\sum_{i \ne j} y_i y_j}

    with :math:`z` the deviations from the mean. I tells whether neighbours are alike, G whether high values (above
    its expectation) or low ones lie together.

    Parameters
    ----------
    values
        By region, aligned with the graph by label; each region with a value must be in the graph, and regions of the
        graph outside ``values`` are no part of the study. "getis_ord" takes no value below 0, hence no logarithms.
    graph
        Neighbours (:func:`neighbour_graph`); whatever weights it carries are replaced by ``weights``.
    statistic
        "moran" or "getis_ord".
    weights
        "row": the weights of a region's neighbours add to 1; "binary": each link weighs 1. They give different I.
        Where omitted "row" for "moran" and "binary" for "getis_ord", which is defined for no other.
    permutations, rng
        Values are shuffled over the regions as often, from a seed or generator; the same seed gives the same p
        whatever the order of the rows.

    Returns
    -------
    :class:`GlobalAssociation`: statistic, its expectation and variances (under normality for I alone), z under
    randomisation, two-sided p from the permutations (twice the one-sided pseudo p of other programs, at most 1), n.
    ``islands`` have no neighbour in the study: they count in n and in the mean, never in a product. ``left_out`` are
    regions without a value, with a warning. Statistic, z and p are NaN where all values are equal or nobody has a
    neighbour; fewer than 4 regions raise.

    References
    ----------
    Cliff & Ord (1981), Spatial Processes; Getis & Ord (1992), Geographical Analysis 24:189.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> cells = [box(i % 3, i // 3, i % 3 + 1, i // 3 + 1) for i in range(9)]
    >>> lattice = gpd.GeoDataFrame(geometry=cells, index=[f"R{i}" for i in range(9)], crs=3035)
    >>> graph = neighbour_graph(lattice, kind="rook")
    >>> result = global_association(pd.Series(range(1, 10), index=lattice.index), graph, rng=1)
    >>> round(result.statistic, 4), result.expected, result.n, result.weights
    (0.5556, -0.125, 9, 'row')
    """
    _checks.one_of(statistic, ("moran", "getis_ord"), name="statistic")
    field = _field(values, graph, statistic, weights, permutations)
    n = len(field.values)
    nothing = field.constant or len(field.islands) == n
    moments = (np.nan,) * 4 if nothing else _global_moments(field, statistic)
    observed, expected, normality, randomisation = moments
    return GlobalAssociation(
        statistic=observed,
        expected=expected,
        variance_normality=normality,
        variance_randomisation=randomisation,
        z=(observed - expected) / math.sqrt(randomisation) if randomisation > 0 else np.nan,
        p=np.nan if nothing else _global_p(field, statistic, permutations, np.random.default_rng(rng)),
        n=n,
        permutations=permutations,
        weights=field.weights,
        islands=tuple(field.islands),
        left_out=tuple(field.left_out),
    )


def local_association(
    values: pd.Series,
    graph: Graph,
    *,
    statistic: str = "moran",
    weights: str | None = None,
    permutations: int = 9999,
    level: float = 0.05,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Return by region how its value goes with those around it, judged over all regions at once.

    .. math:: I_i = \frac{z_i}{m_2} \sum_j w_{ij} z_j, \quad m_2 = \frac{1}{n} \sum_i z_i^2, \qquad
              G_i = \frac{\sum_{j \ne i} w_{ij} y_j}{\sum_{j \ne i} y_j}, \qquad
              G^*_i = \frac{\sum_j w_{ij} y_j}{\sum_j y_j}

    Parameters
    ----------
    values, graph, weights
        As in :func:`global_association`; :math:`\sum_i I_i = I \sum_{ij} w_{ij}`.
    statistic
        "moran", "getis_ord" (:math:`G_i`) or "getis_ord_star" (:math:`G^*_i`, the region is its own neighbour).
    permutations, rng
        The other values are shuffled over the others, the region's own stays (conditional permutation); seeds as in
        :func:`global_association`. Too few to pass ``level`` at all: a warning says how many are needed.
    level
        Share of false discoveries that is accepted among the significant (Benjamini–Hochberg over the tested).

    Returns
    -------
    By region, in the caller's order: value, lag (the weighted sum of the neighbours' values: their mean for "row"),
    statistic, z (analytical, under conditional permutation for "moran"), two-sided p, p_adjusted, significant, and
    quadrant. That is "high-high", "low-high", "low-low", "high-low" for "moran" (the region against the mean first,
    then its neighbours), "hot spot" or "cold spot" for the others; "not significant"; "island" (nothing to test, the
    statistic NaN); or "missing", with a warning. Exactly at the mean I is 0, p 1 and z NaN. All are NaN where all
    values are equal.

    References
    ----------
    Anselin (1995), Geographical Analysis 27:93; Ord & Getis (1995), Geographical Analysis 27:286; Sokal, Oden &
    Thomson (1998), Geographical Analysis 30:331; Caldas de Castro & Singer (2006), Geographical Analysis 38:180.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> cells = [box(i % 3, i // 3, i % 3 + 1, i // 3 + 1) for i in range(9)]
    >>> lattice = gpd.GeoDataFrame(geometry=cells, index=[f"R{i}" for i in range(9)], crs=3035)
    >>> graph = neighbour_graph(lattice, kind="rook")
    >>> table = local_association(pd.Series(range(1, 10), index=lattice.index), graph, rng=1)
    >>> table["statistic"].round(1).tolist()
    [1.2, 0.9, 0.3, 0.1, 0.0, 0.1, 0.3, 0.9, 1.2]
    >>> table["quadrant"].unique().tolist()
    ['not significant']
    """
    _checks.one_of(statistic, ("moran", "getis_ord", "getis_ord_star"), name="statistic")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a share between 0 and 1 is needed, 0.05 for 5 %")
    field = _field(values, graph, statistic, weights, permutations)
    table = pd.DataFrame(np.nan, index=field.values.index, columns=_COLUMNS)
    table["value"] = field.values
    lone = table.index.isin(field.islands)
    if not field.constant and not lone.all():
        table["lag"], table["statistic"], table["z"] = _local_moments(field, statistic)
        table["p"] = _local_p(field, statistic, permutations, np.random.default_rng(rng))
        # esda gives an island a statistic of 0, as if its neighbours were average
        table.loc[lone, ["lag", "statistic", "z", "p"]] = np.nan
        table.loc[table["statistic"].isna(), "p"] = np.nan
        table["p_adjusted"] = _adjusted(table["p"], level, permutations)
    table["significant"] = (table["p_adjusted"] <= level).astype("boolean").mask(table["p_adjusted"].isna())
    table["quadrant"] = _quadrants(table, statistic, lone)
    table = table.reindex(values.index)
    table["quadrant"] = table["quadrant"].fillna("missing")
    return table


def _field(values: pd.Series, graph: Graph, statistic: str, weights: str | None, permutations: int) -> _Field:
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; at least one is needed")
    getis = statistic != "moran"
    weights = _checks.one_of(weights or ("binary" if getis else "row"), ("row", "binary"), name="weights")
    if getis and weights == "row":
        raise ValueError(f"{statistic} is defined for weights 'binary' only, not for 'row'")
    known = _known(values, nonnegative=getis)
    absent = known.index.difference(graph.unique_ids)
    if len(absent):
        raise ValueError(f"graph has no region {_checks.listed(absent)}; it has {_checks.listed(graph.unique_ids)}")
    if len(known) < 4:
        raise ValueError(f"{len(known)} regions have a value; at least 4 are needed")
    left_out = values.index[values.isna()]
    if len(left_out):
        _checks.warn(f"region {_checks.listed(left_out)} has no value and is left out of the graph")
    # by label, so that one seed gives one result whatever the order of the rows
    known = known.sort_index(key=lambda labels: labels.map(str))
    part = graph.subgraph(known.index).assign_self_weight(0).eliminate_zeros()
    return _Field(known, part.transform(weights[0].upper()), weights, pd.Index(part.isolates), left_out)


def _known(values: pd.Series, *, nonnegative: bool) -> pd.Series:
    if not isinstance(values, pd.Series):
        raise TypeError(f"values is a {type(values).__name__}; a Series by region is needed")
    _checks.require_unique(values.index, noun="region", name="values")
    _checks.require_numeric(values.dtype, where="values")
    numbers = pd.Series(values.to_numpy(dtype=float, na_value=np.nan, copy=True), index=values.index)
    wrong = np.isinf(numbers) | ((numbers < 0) if nonnegative else False)
    if wrong.any():
        region = wrong.idxmax()
        needed = (
            "a finite number, zero or more, is needed for Getis–Ord" if nonnegative else "finite numbers are needed"
        )
        raise ValueError(f"values of region {region} is {numbers[region]:g}; {needed}")
    return numbers.dropna()


def _global_moments(field: _Field, statistic: str) -> tuple[float, float, float, float]:
    from esda.getisord import G
    from esda.moran import Moran

    values, code = field.values.to_numpy(), field.weights[0].upper()
    # without permutations: those of esda draw from numpy's global generator
    if statistic == "moran":
        found = Moran(values, field.graph, transformation=code, permutations=0)
        return float(found.I), float(found.EI), float(found.VI_norm), float(found.VI_rand)
    found = G(values, field.graph, permutations=0)
    # esda says "normality", but the variance is Getis and Ord's, over all permutations of the values
    return float(found.G), float(found.EG), np.nan, float(found.VG)


def _global_p(field: _Field, statistic: str, permutations: int, rng: np.random.Generator) -> float:
    values = field.values.to_numpy()
    values = values - values.mean() if statistic == "moran" else values
    weights = field.graph.sparse
    shuffled = rng.permuted(np.tile(values, (permutations, 1)), axis=1)
    # the denominators are the same for every order of the values
    products = (shuffled * (weights @ shuffled.T).T).sum(axis=1)
    return _two_sided(float(values @ (weights @ values)), products)


def _local_moments(field: _Field, statistic: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from esda.getisord import G_Local
    from esda.moran import Moran_Local

    values, code = field.values.to_numpy(), field.weights[0].upper()
    star = statistic == "getis_ord_star"
    # esda changes the filters of warnings, and divides by 0 where a region holds everything
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        if statistic == "moran":
            found = Moran_Local(values, field.graph, transformation=code, permutations=0)
            # esda's statistic has m2 with n - 1, its moments have it with n as in Anselin (1995)
            local = found.Is * len(values) / (len(values) - 1)
            return field.graph.sparse @ values, local, (local - found.EIc) / np.sqrt(found.VIc)
        found = G_Local(values, field.graph, transform=code, permutations=0, star=star)
        return found.w.sparse @ values, found.Gs, found.Zs


def _local_p(field: _Field, statistic: str, permutations: int, rng: np.random.Generator) -> np.ndarray:
    values = field.values.to_numpy()
    moran, star = statistic == "moran", statistic == "getis_ord_star"
    values = values - values.mean() if moran else values
    weights, n = field.graph.sparse.tocsr(), len(values)
    weights.eliminate_zeros()  # that stand for islands
    links = np.diff(weights.indptr)
    # places among the n - 1 others; one set of draws serves every region, as in esda
    places = rng.permuted(np.tile(np.arange(n - 1), (permutations, 1)), axis=1)[:, : links.max()]
    result = np.full(n, np.nan)
    for i in range(n):
        others = np.delete(values, i)
        row = weights.data[weights.indptr[i] : weights.indptr[i + 1]]
        own = values[i] if moran else 1.0
        kept = values[i] if star else 0.0
        observed = own * (row @ values[weights.indices[weights.indptr[i] : weights.indptr[i + 1]]] + kept)
        result[i] = _two_sided(observed, own * (others[places[:, : links[i]]] @ row + kept))
    return result


def _two_sided(observed: float, drawn: np.ndarray) -> float:
    # the same sum in another order may differ in the last digit, and is a tie
    slack = 1e-10 * max(abs(observed), float(np.abs(drawn).max()))
    above = int((drawn >= observed - slack).sum())
    below = int((drawn <= observed + slack).sum())
    return min(1.0, 2 * (min(above, below) + 1) / (len(drawn) + 1))


def _adjusted(p: pd.Series, level: float, permutations: int) -> pd.Series:
    from scipy.stats import false_discovery_control

    tested = p.dropna()
    needed = math.ceil(2 * len(tested) / level) - 1
    if permutations < needed:
        _checks.warn(
            f"with {permutations} permutations p is at least {2 / (permutations + 1):.2g}: one region alone among "
            f"{len(tested)} cannot pass at {level:g}; {needed} permutations are needed"
        )
    return pd.Series(false_discovery_control(tested), index=tested.index).reindex(p.index)


def _quadrants(table: pd.DataFrame, statistic: str, lone: np.ndarray) -> np.ndarray:
    if statistic == "moran":
        high = table["value"] > table["value"].mean()
        # statistic and deviation tell on which side of the mean the neighbours are, whatever the weights
        around = (table["statistic"] > 0) == high
        names = high.map({True: "high", False: "low"}) + "-" + around.map({True: "high", False: "low"})
    else:
        names = (table["z"] > 0).map({True: "hot spot", False: "cold spot"})
    named = names.where(table["significant"].fillna(False).astype(bool), "not significant")
    return np.where(lone, "island", named)
