"""Pillars: groups of variables that count as one, and the structural distance that is built on them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._normalisation import indicator_table
from alpclusters_lib.indicators._weighting import Weights, weight_shares

__all__ = ["Pillars", "pillar_of", "structural_distance", "structural_distance_parts"]

Pillars = Mapping[Hashable, Hashable] | pd.Series


def pillar_of(pillars: Pillars, variables: pd.Index, *, noun: str = "indicator") -> pd.Series:
    """Return the pillar of each variable, in the order of `variables`."""
    if not isinstance(pillars, (Mapping, pd.Series)):
        raise TypeError(f"pillars is a {type(pillars).__name__}; a Series or dict from {noun} to pillar is needed")
    given = pd.Series(pillars, dtype=object)
    _checks.require_unique(given.index, noun=noun, name="pillars")
    unknown = given.index[~given.index.isin(variables)]
    if len(unknown):
        raise ValueError(f"pillars name {noun} {_checks.listed(unknown)}; the table has {_checks.listed(variables)}")
    given = _checks.aligned(given, variables, noun=noun, name="pillars")
    blank = given.index[given.isna()]
    if len(blank):
        raise ValueError(f"pillars have none for {noun} {_checks.listed(blank)}; each is in one")
    return given


def structural_distance(
    table: pd.DataFrame, pillars: Pillars, *, weights: Weights | None = None, missing: str = "nan"
) -> pd.DataFrame:
    r"""Return how far regions are apart in what they cannot change soon.

    .. math:: d(r, s) = \sum_k w_k \frac{1}{|k|} \sum_{v \in k} (z_{rv} - z_{sv})^2, \qquad \sum_k w_k = 1

    Parameters
    ----------
    table
        Region × variable, each rescaled to [0, 1]: the logarithm of what is skewed (:func:`logarithm`), then min–max
        over all regions of the EU (:func:`normalise` with their :func:`goalposts`). Structural variables only, such
        as density, age or the sectors' shares, never performance: peers are found by what they are, and then
        compared by what they do. Figures outside [0, 1] weigh more, with a warning.
    pillars
        Pillar of each variable; a pillar counts as one, however many variables it has.
    weights
        By pillar, as in :func:`aggregate`; equal where omitted.
    missing
        "nan": no distance where either region lacks a variable. "pairwise": over the variables of the pillar that
        both have; no distance where both have none of a pillar, as its weight is nobody else's.

    Returns
    -------
    Region × region, in [0, 1], symmetric; a region is 0 from itself unless it lacks a variable (NaN). The distance is
    squared, so it orders peers but is not a metric: the way over a third region may be shorter.

    References
    ----------
    Navarro, Gibaja, Franco, Murciego, Gianelle, Kleibrink & Hegyi (2014), Regional benchmarking in the smart
    specialisation process, S3 Working Paper 03/2014, JRC89819.

    Examples
    --------
    >>> table = pd.DataFrame({"density": [0.2, 0.6], "age": [0.5, 0.5], "industry": [1.0, 0.5]}, index=["AT33", "ITC4"])
    >>> pillars = {"density": "people", "age": "people", "industry": "sectors"}
    >>> structural_distance(table, pillars).round(3).values.tolist()
    [[0.0, 0.165], [0.165, 0.0]]
    """
    values, blocks, shares = _structure(table, pillars, weights, missing)
    parts = (shares[pillar] * _apart(values[names], values[names], missing) for pillar, names in blocks.items())
    return pd.DataFrame(sum(parts), index=values.index, columns=values.index)


def structural_distance_parts(
    table: pd.DataFrame,
    pillars: Pillars,
    *,
    region: Hashable,
    weights: Weights | None = None,
    missing: str = "nan",
) -> pd.DataFrame:
    """Return what each pillar adds to the structural distance of one region from all.

    Parameters
    ----------
    table, pillars, weights, missing
        As in :func:`structural_distance`.
    region
        The one that the others are compared with.

    Returns
    -------
    Region × pillar (of those with a weight), in the order of their first variables; each row adds to the distance.
    Where a figure is missing its pillar is NaN, and no other.

    Examples
    --------
    >>> table = pd.DataFrame({"density": [0.2, 0.6], "age": [0.5, 0.5], "industry": [1.0, 0.5]}, index=["AT33", "ITC4"])
    >>> pillars = {"density": "people", "age": "people", "industry": "sectors"}
    >>> structural_distance_parts(table, pillars, region="AT33").loc["ITC4"].round(3).to_dict()
    {'people': 0.04, 'sectors': 0.125}
    """
    values, blocks, shares = _structure(table, pillars, weights, missing)
    if region not in values.index:
        raise ValueError(f"table has no region {region}; it has {_checks.listed(values.index)}")
    one = values.loc[[region]]
    parts = {p: shares[p] * _apart(values[names], one[names], missing)[:, 0] for p, names in blocks.items()}
    return pd.DataFrame(parts, index=values.index).rename_axis(columns="pillar")


def _structure(
    table: pd.DataFrame, pillars: Pillars, weights: Weights | None, missing: str
) -> tuple[pd.DataFrame, dict[Hashable, list[Hashable]], pd.Series]:
    _checks.one_of(missing, ("nan", "pairwise"), name="missing")
    values = indicator_table(table, noun="variable")
    outside = values.columns[((values < -1e-9) | (values > 1 + 1e-9)).any()]
    if len(outside):
        _checks.warn(f"variable {_checks.listed(outside)} leaves [0, 1] and weighs more than others; rescale it first")
    grouped = pillar_of(pillars, values.columns, noun="variable")
    shares = weight_shares(weights, pd.Index(grouped.unique()), noun="pillar")
    # a pillar of weight 0 is not asked for, and its holes spoil nothing
    shares = shares[shares > 0]
    blocks = {pillar: list(grouped.index[grouped == pillar]) for pillar in shares.index}
    return values, blocks, shares


def _apart(values: pd.DataFrame, others: pd.DataFrame, missing: str) -> np.ndarray:
    """Return the mean squared difference of each pair of rows."""
    squared = (values.to_numpy()[:, None, :] - others.to_numpy()[None, :, :]) ** 2
    if missing == "nan":
        return squared.mean(axis=2)
    known = ~np.isnan(squared)
    count = known.sum(axis=2)
    return np.where(known, squared, 0.0).sum(axis=2) / np.where(count, count, np.nan)
