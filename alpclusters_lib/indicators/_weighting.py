"""Weighting: indicators on one scale made one figure, and the weights to do it with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._normalisation import indicator_table, refuse

__all__ = ["AGGREGATIONS", "aggregate", "scores", "weight_shares", "weights_pca"]

AGGREGATIONS = ("arithmetic", "geometric", "mazziotta_pareto")

Weights = Mapping[Hashable, float] | pd.Series


def aggregate(
    table: pd.DataFrame,
    weights: Weights | None = None,
    *,
    method: str = "arithmetic",
    missing: str = "nan",
) -> pd.Series:
    r"""Combine normalised indicators into one score.

    .. math:: \sum_v w_v x_{rv}, \qquad \prod_v x_{rv}^{w_v}, \qquad
              M_r - S_r \frac{S_r}{M_r} \text{ of } 100 + 10 x_{rv}, \qquad \sum_v w_v = 1

    Parameters
    ----------
    table
        Region × indicator, on one scale, higher is better (:func:`normalise`).
    weights
        By indicator, zero or more, for every indicator and no other; divided by their sum. Equal where omitted.
        A weight is a rate of exchange between indicators, not their importance.
    method
        "arithmetic": a low figure is made good by a high one, point for point. "geometric": the lower, the harder;
        figures above 0 only. "mazziotta_pareto": z-scores put at a mean of 100 and a deviation of 10, and the mean
        :math:`M_r` lowered by deviation times coefficient of variation over the region's own indicators, so that
        an uneven profile loses; the downward penalty is right as higher is better.
    missing
        "nan": a region that lacks an indicator with a weight has no score. "renormalise": the weights it has are
        scaled up to 1, and a warning names the region; such scores compare different sets of indicators, and
        ``table.notna() @ weights`` is the weight they rest on.

    Returns
    -------
    By region; NaN without any indicator.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 6; Mazziotta & Pareto (2016), Social
    Indicators Research 127:983.

    Examples
    --------
    >>> table = pd.DataFrame({"skills": [0.9, 0.5], "patents": [0.1, 0.5]}, index=["ITC4", "AT33"])
    >>> aggregate(table).to_dict()
    {'ITC4': 0.5, 'AT33': 0.5}
    >>> aggregate(table, method="geometric").round(2).to_dict()
    {'ITC4': 0.3, 'AT33': 0.5}
    >>> aggregate(table, {"skills": 3, "patents": 1}).round(2).to_dict()
    {'ITC4': 0.7, 'AT33': 0.5}
    """
    _checks.one_of(method, AGGREGATIONS, name="method")
    _checks.one_of(missing, ("nan", "renormalise"), name="missing")
    values = indicator_table(table)
    shares = weight_shares(weights, values.columns)
    counted = shares.index[shares > 0]
    values, shares = values[counted], shares[counted]
    if method == "mazziotta_pareto":
        values = 100 + 10 * values
    refuse_unpositive(values, method)
    known = values.notna()
    holes = values.index[~known.all(axis=1) & known.any(axis=1)]
    if len(holes) and missing == "renormalise":
        _checks.warn(f"region {_checks.listed(holes)} lacks indicators; its other weights are scaled up")
    rows = known.to_numpy() * shares.to_numpy()
    held = rows.sum(axis=1, keepdims=True)
    rows = np.divide(rows, held, out=np.full(rows.shape, np.nan), where=held > 0)
    filled = values.where(known, 1.0).to_numpy()
    result = pd.Series(scores(filled, rows[:, None, :], method)[:, 0], index=values.index, name="score")
    return result.where(known.all(axis=1)) if missing == "nan" else result


def scores(values: np.ndarray, shares: np.ndarray, method: str) -> np.ndarray:
    """Return region × draw scores: `values` region × indicator, `shares` draw × indicator (or one set a region)."""

    def mean(figures: np.ndarray) -> np.ndarray:
        return np.matmul(shares, figures[:, :, None])[:, :, 0]

    if method == "arithmetic":
        return mean(values)
    if method == "geometric":
        return np.exp(mean(np.log(values)))
    centre = mean(values)
    # about the mean of the row, which is near, so that no digits cancel
    offset = values - values.mean(axis=1, keepdims=True)
    variance = np.maximum(mean(offset**2) - mean(offset) ** 2, 0.0)
    return centre - variance / centre


def refuse_unpositive(values: pd.DataFrame, method: str) -> None:
    """Raise where a geometric mean or a coefficient of variation meets a figure that is not above 0."""
    if method != "arithmetic":
        refuse(values, values.to_numpy() <= 0, f"{method} needs figures above 0")


def weight_shares(weights: Weights | None, labels: pd.Index, *, noun: str = "indicator") -> pd.Series:
    """Return weights in the order of `labels`, adding to 1; equal where none are given."""
    if weights is None:
        return pd.Series(1 / len(labels), index=labels)
    if not isinstance(weights, (Mapping, pd.Series)):
        raise TypeError(f"weights is a {type(weights).__name__}; a Series or dict by {noun} is needed")
    given = _checks.counts_by_label(pd.Series(weights), noun=noun, name="weights")
    unknown = given.index[~given.index.isin(labels) | given.isna()]
    if len(unknown):
        where = "is NaN" if unknown[0] in labels else "is of nothing in the table"
        raise ValueError(f"weights of {noun} {unknown[0]} {where}; one number for each of {_checks.listed(labels)}")
    given = _checks.aligned(given, labels, noun=noun, name="weights")
    if not given.sum() > 0:
        raise ValueError("weights add to 0; at least one above 0 is needed")
    return given / given.sum()


def weights_pca(table: pd.DataFrame, *, components: int | None = None) -> pd.Series:
    r"""Return weights from the squared loadings of the first principal components.

    .. math:: w_v = \frac{\max_c \ell_{vc}^2}{\sum_u \max_c \ell_{uc}^2}

    with loadings :math:`\ell` (correlations of indicator and component) after varimax rotation with Kaiser's
    normalisation: each indicator goes to the component that it loads on most, counts there with its squared loading
    over the variance that the component takes up, and components count with that variance, which cancels.

    Parameters
    ----------
    table
        Region × indicator, in any units; z-scores are taken. Only regions without a missing cell count, with a
        warning that names the others and n.
    components
        How many are kept; where omitted those with an eigenvalue above 1, the first at least.

    Returns
    -------
    By indicator, adding to 1; ``attrs`` holds n, components and explained_share. The weights correct for what
    indicators share, they do not say what matters. Fewer than 3 complete regions, or an indicator that is the same
    everywhere, raise; with few more regions than indicators the weights are unstable.

    References
    ----------
    Nicoletti, Scarpetta & Boylaud (2000), OECD Economics Department Working Papers 226; OECD & JRC (2008), Handbook
    on Constructing Composite Indicators, page 89; Kaiser (1958), Psychometrika 23:187.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8], "c": [1.0, -1, -1, 1]})
    >>> weights_pca(table, components=2).round(3).to_dict()
    {'a': 0.333, 'b': 0.333, 'c': 0.333}
    """
    values = indicator_table(table)
    complete = values.dropna()
    if len(complete) < len(values):
        left_out = values.index.difference(complete.index, sort=False)
        _checks.warn(f"region {_checks.listed(left_out)} lacks indicators and is left out; n is {len(complete)}")
    if len(complete) < 3:
        raise ValueError(f"{len(complete)} regions have every indicator; at least 3 are needed")
    flat = complete.max() - complete.min() <= 1e-12 * complete.abs().max()
    if flat.any():
        first = flat.idxmax()
        raise ValueError(f"indicator {first} is {complete[first].iloc[0]:g} everywhere; it has no correlations")
    most = min(values.shape[1], len(complete) - 1)
    if components is not None and not 1 <= components <= most:
        raise ValueError(f"components is {components}; from 1 to {most} are possible")
    z = ((complete - complete.mean()) / complete.std(ddof=0)).to_numpy()
    _, singular, axes = np.linalg.svd(z, full_matrices=False)
    eigenvalues = singular**2 / len(z)
    # rounding must not decide whether an eigenvalue of 1 is above 1
    kept = components or max(1, int((eigenvalues > 1 + 1e-9).sum()))
    loadings = axes[:kept].T * np.sqrt(eigenvalues[:kept])
    highest = (_varimax(loadings) ** 2).max(axis=1)
    weights = pd.Series(highest / highest.sum(), index=values.columns, name="weight")
    explained = float(eigenvalues[:kept].sum() / eigenvalues.sum())
    weights.attrs = {"n": len(complete), "components": kept, "explained_share": explained}
    return weights


def _varimax(loadings: np.ndarray, *, steps: int = 1000, tolerance: float = 1e-12) -> np.ndarray:
    """Return loadings rotated so that each is near 0 or as large as can be (Kaiser 1958, rows of equal length)."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = np.divide(loadings, length, out=np.zeros_like(loadings), where=length > 0)
    rotation, reached = np.eye(loadings.shape[1]), 0.0
    for _ in range(steps):
        turned = rows @ rotation
        left, singular, right = np.linalg.svd(rows.T @ (turned**3 - turned * (turned**2).mean(axis=0)))
        rotation = left @ right
        if singular.sum() <= reached * (1 + tolerance):
            break
        reached = singular.sum()
    return loadings @ rotation
