"""Where a model's residuals lie beside each other on the map: what it leaves may be shared by neighbours.

Effects take the mean out of every region and of every country and sector, so residuals of a country's regions are
negatively correlated whatever their places: they are permuted inside their country only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alpclusters_lib.econometrics._association import Association
from alpclusters_lib.indicators import _checks

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["residual_association"]


def residual_association(
    result: Association,
    graph: Graph,
    *,
    permutations: int = 999,
    within: str = "country",
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Measure how alike the residuals of neighbouring regions are (Moran's I).

    .. math:: I = \frac{\sum_i \sum_{r,s} w_{rs} z_{ir} z_{is} / \sum_i \sum_{r,s} w_{rs}}
        {\sum_i \sum_r z_{ir}^2 / \sum_i n_i}

    for one sector i, or summed over all. Residuals have mean 0 in every region, so mean residuals by region say
    nothing; the region effects stand in for them.

    Parameters
    ----------
    result
        What :func:`~alpclusters_lib.econometrics.cluster_growth` or ``entry_model`` returns.
    graph
        Neighbours of the regions (``libpysal.graph.Graph``), as it is weighted; regions outside it are left out.
    permutations
        Number of permutations of the regions, the same for all sectors of a permutation.
    within
        "country": regions change places inside their country only; "all": among all.
    rng
        Generator or seed.

    Returns
    -------
    DataFrame
        Index ``of``: "region effects", "all sectors", then each sector with 3 regions or more that have neighbours;
        columns statistic, expected (mean of the permutations), p (two-sided, from the permutations; the smallest
        possible is 1/(permutations + 1)), q (Benjamini–Hochberg over the sectors), regions, islands (regions without
        a neighbour among those with a residual). NaN where no two neighbours have residuals or all are 0.

    References
    ----------
    Cliff & Ord (1981), Spatial Processes; Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B
    57:289.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> regions = [f"AT{number}" for number in range(8)]
    >>> line = Graph.from_arrays(regions[:-1] + regions[1:], regions[1:] + regions[:-1], [1.0] * 14)
    >>> index = pd.MultiIndex.from_product([regions, ["C25", "C28", "I55"]], names=["region", "sector"])
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"value": rng.uniform(1, 9, 24)}, index).reset_index()
    >>> panel = pd.concat([panel.assign(year=2011), panel.assign(year=2014, value=rng.uniform(1, 9, 24))])
    >>> from alpclusters_lib.econometrics import cluster_growth
    >>> result = cluster_growth(panel, start=2011, end=2014, groups=dict.fromkeys(["C25", "C28", "I55"], "m"))
    >>> found = residual_association(result, line, permutations=99, rng=1)
    >>> found.index.tolist(), found["regions"].tolist()
    (['region effects', 'all sectors', 'C25', 'C28', 'I55'], [8, 8, 8, 8, 8])
    """
    from statsmodels.stats.multitest import multipletests

    _checks.one_of(within, ("country", "all"), name="within")
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; one or more are needed")
    wide = result.residuals.unstack("sector")
    wide.insert(0, "", result.region_effects.reindex(wide.index))
    known = wide.index[wide.index.isin(graph.unique_ids)]
    if len(known) < 3:
        raise ValueError(f"the graph holds {len(known)} of {len(wide)} regions with residuals; three are needed")
    wide = wide.loc[known]
    values, has = wide.fillna(0).to_numpy(), wide.notna().to_numpy()
    # centred, as Moran's I is; residuals are nearly so already
    values = np.where(has, values - values.sum(axis=0) / np.maximum(has.sum(axis=0), 1), 0)
    place = graph.unique_ids.get_indexer(known)
    weights = graph.sparse.tocsr()[place][:, place]
    blocks = known.astype(str).str[:2].to_numpy() if within == "country" else np.zeros(len(known))
    generator = np.random.default_rng(rng)
    orders = [_order(blocks, generator) for _ in range(permutations)]
    drawn = np.array([_statistics(values[order], has[order], weights) for order in orders])
    seen = _statistics(values, has, weights)
    expected = drawn.mean(axis=0)
    beyond = (np.abs(drawn - expected) >= np.abs(seen - expected) - 1e-12).sum(axis=0)
    p = np.where(np.isnan(seen), np.nan, (beyond + 1) / (permutations + 1))
    count = np.array([has[:, 0].sum(), has[:, 1:].any(axis=1).sum(), *has[:, 1:].sum(axis=0)])
    joined = np.column_stack([has[:, :1], has[:, 1:].any(axis=1), has[:, 1:]]).astype(float)
    islands = ((joined > 0) & ((weights != 0).astype(float) @ joined == 0)).sum(axis=0)
    index = pd.Index(["region effects", "all sectors", *wide.columns[1:]], name="of")
    table = pd.DataFrame({"statistic": seen, "expected": expected, "p": p}, index)
    table["q"] = np.nan
    sectors = index[2:][np.isfinite(seen[2:])]
    if len(sectors):
        table.loc[sectors, "q"] = multipletests(table.loc[sectors, "p"], method="fdr_bh")[1]
    table["regions"], table["islands"] = count, islands
    enough = np.r_[True, True, (count - islands)[2:] >= 3]
    return table[enough]


def _order(blocks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a permutation that keeps every region in its block."""
    order = np.arange(len(blocks))
    for block in np.unique(blocks):
        inside = np.flatnonzero(blocks == block)
        order[inside] = rng.permutation(inside)
    return order


def _statistics(values: np.ndarray, has: np.ndarray, weights: object) -> np.ndarray:
    """Return Moran's I of the first column, of all others together, and of each other."""
    beside = (values * (weights @ values)).sum(axis=0)
    linked = (has * (weights @ has.astype(float))).sum(axis=0)
    squares, count = (values**2).sum(axis=0), has.sum(axis=0)

    def together(parts: np.ndarray) -> np.ndarray:
        return np.r_[parts[0], parts[1:].sum(), parts[1:]]

    with np.errstate(divide="ignore", invalid="ignore"):
        found = (together(beside) / together(linked)) / (together(squares) / together(count))
    return np.where(np.isfinite(found), found, np.nan)
