"""Estimates with absorbed effects and errors clustered by region: least squares, Poisson and logit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.econometrics._absorption import TwoWay, components

__all__ = ["Association", "associate"]

# A cell whose prediction is this many powers of e from its scale is told apart, not fitted.
BEYOND = 30.0
STEPS = 100
SETTLED = 1e-9


class Association(NamedTuple):
    """What is associated with what, and how it was found.

    ``coefficients``: term, estimate, std_error, lower, upper, p. ``n`` cells, ``clusters`` regions, ``effects`` number
    of effects by set. ``dropped``: number of cells left out, by reason. ``r_squared_within``: share of the variation
    left by the effects that the terms account for (NaN but for least squares). ``specification``: equation, years,
    sample, effects and errors in words. ``residuals`` by (region, sector), Pearson's but for least squares;
    ``region_effects`` by region, from a mean of 0 in each country or, where effects link all regions, overall.
    ``parameters``: K of the correction for small samples.
    """

    coefficients: pd.DataFrame
    n: int
    clusters: int
    effects: dict[str, int]
    dropped: pd.Series
    r_squared_within: float
    specification: str
    residuals: pd.Series
    region_effects: pd.Series
    parameters: int


class _Fit(NamedTuple):
    """Residuals of the response and what the last least squares rest on: within response and terms, and weights."""

    response: np.ndarray
    terms: np.ndarray
    weights: np.ndarray
    residuals: np.ndarray
    region_effects: np.ndarray


def associate(
    response: pd.Series,
    terms: pd.DataFrame,
    second: tuple[str, np.ndarray],
    *,
    model: str,
    offset: np.ndarray | None = None,
    dropped: Mapping[str, int],
    sentences: list[str],
    level: float,
) -> Association:
    r"""Estimate a model with region effects and a second set of effects, errors clustered by region.

    The covariance is :math:`\frac{G}{G-1}\frac{n-1}{n-K} (X'WX)^{-1} (\sum_g s_g s_g') (X'WX)^{-1}` with G regions, and
    K the terms, the constant and the second effects less one for each connected part: region effects lie inside the
    clusters and are not counted (Cameron & Miller 2015, Journal of Human Resources 50:317). Explicit dummies count
    them, so a package that is given dummies prints errors larger by :math:`\sqrt{(n-K)/(n-K_{all})}`. Intervals and p
    rest on Student's t with G − 1 degrees of freedom.

    Parameters
    ----------
    response, terms
        Index (region, sector), no cell missing.
    second
        Name of the second effects and their number in each cell, from 0 on.
    model
        "ols", "poisson" or "logit".
    """
    regions = response.index.get_level_values(0)
    first, names = pd.factorize(regions)
    y, x = response.to_numpy(dtype=float), terms.to_numpy(dtype=float)
    effects = {"region": len(names), second[0]: int(second[1].max()) + 1}
    part = components(first, second[1])
    parameters = x.shape[1] + 1 + effects[second[0]] - len(set(part))
    if len(y) <= parameters:
        raise ValueError(f"{len(y)} cells for {parameters} parameters; more regions or sectors are needed")
    if model == "ols":
        fit = _least_squares(y, x, first, second[1])
    else:
        fit = _reweighted(y, x, first, second[1], model, np.zeros(len(y)) if offset is None else offset, response.index)
    _require_variation(fit, terms)
    coefficients, share = _clustered(fit, first, parameters, list(terms.columns), level)
    region_effects = pd.Series(fit.region_effects, names).rename_axis("region")
    n, g = len(y), len(names)
    counted = "".join(f", {count:,} {name} effects" for name, count in effects.items())
    sentences = [
        *sentences,
        f"{n:,} cells{counted}.",
        f"Errors clustered by region: {g:,} clusters, covariance times G/(G-1)·(n-1)/(n-K) with K = {parameters:,} "
        f"(region effects lie inside the clusters and are not counted); {level:.0%} intervals by Student's t with "
        f"{g - 1:,} degrees of freedom. Coefficients say what is associated with what, the other terms held equal.",
    ]
    return Association(
        coefficients=coefficients,
        n=n,
        clusters=g,
        effects=effects,
        dropped=pd.Series({why: count for why, count in dropped.items() if count}, dtype=int, name="cells"),
        r_squared_within=share if model == "ols" else np.nan,
        specification=" ".join(sentences),
        residuals=pd.Series(fit.residuals, response.index, name="residual"),
        region_effects=region_effects - region_effects.groupby(part).transform("mean"),
        parameters=parameters,
    )


def _least_squares(y: np.ndarray, x: np.ndarray, first: np.ndarray, second: np.ndarray) -> _Fit:
    absorb = TwoWay(first, second)
    within, terms = absorb.residuals(y), absorb.residuals(x)
    slope = np.linalg.lstsq(terms, within, rcond=None)[0]
    return _Fit(within, terms, np.ones(len(y)), within - terms @ slope, absorb.effects(y - x @ slope)[0])


def _reweighted(
    y: np.ndarray, x: np.ndarray, first: np.ndarray, second: np.ndarray, model: str, offset: np.ndarray, cells: pd.Index
) -> _Fit:
    """Fit a count or a yes-or-no by iterated weighted least squares, effects absorbed in every step."""
    from statsmodels.genmod import families

    family = families.Poisson() if model == "poisson" else families.Binomial()
    mean = (y + np.exp(offset)) / 2 if model == "poisson" else (y + 0.5) / 2
    predictor = family.link(mean)
    for _ in range(STEPS):
        weights = family.weights(mean)
        working = predictor - offset + (y - mean) * family.link.deriv(mean)
        try:
            absorb = TwoWay(first, second, weights)
        except np.linalg.LinAlgError:
            break
        within, terms = absorb.residuals(working), absorb.residuals(x)
        root = np.sqrt(weights)
        slope = np.linalg.lstsq(terms * root[:, None], within * root, rcond=None)[0]
        before, predictor = predictor, offset + working - (within - terms @ slope)
        if np.abs(predictor - offset).max() > BEYOND:
            break
        mean = family.fitted(predictor)
        if np.abs(predictor - before).max() < SETTLED:
            effects = absorb.effects(predictor - offset - x @ slope)[0]
            return _Fit(within, terms, weights, (y - mean) / np.sqrt(family.variance(mean)), effects)
    region, sector = cells[int(np.abs(predictor - offset).argmax())]
    raise ValueError(
        f"the {model} model does not settle: the prediction for {region} in {sector} moves without limit, terms and "
        "effects tell its cells apart perfectly (separation); fewer terms or a larger sample, or least squares, are "
        "needed"
    )


def _require_variation(fit: _Fit, terms: pd.DataFrame) -> None:
    """Raise where the effects, or the other terms, leave nothing of a term."""
    root = np.sqrt(fit.weights)[:, None]
    columns = fit.terms * root
    for place, name in enumerate(terms.columns):
        others = np.delete(columns, place, axis=1)
        column = columns[:, place]
        left = column - others @ np.linalg.lstsq(others, column, rcond=None)[0] if others.shape[1] else column
        centred = terms.iloc[:, place].to_numpy(dtype=float) * root[:, 0]
        if np.linalg.norm(left) <= 1e-9 * max(np.linalg.norm(centred), 1e-300):
            raise ValueError(f"effects and other terms leave nothing of {name!r}; leave it out")


def _clustered(
    fit: _Fit, clusters: np.ndarray, parameters: int, names: list[str], level: float
) -> tuple[pd.DataFrame, float]:
    """Return tidy coefficients with clustered errors, and the share accounted for within."""
    from scipy.stats import t as student
    from statsmodels.regression.linear_model import OLS

    root = np.sqrt(fit.weights)
    options = {"groups": clusters, "use_correction": False}
    estimated = OLS(fit.response * root, fit.terms * root[:, None]).fit(cov_type="cluster", cov_kwds=options)
    n, g = len(root), int(clusters.max()) + 1
    error = estimated.bse * np.sqrt(g / (g - 1) * (n - 1) / (n - parameters))
    law = student(g - 1)
    reach = law.ppf((1 + level) / 2) * error
    table = pd.DataFrame(
        {
            "term": names,
            "estimate": estimated.params,
            "std_error": error,
            "lower": estimated.params - reach,
            "upper": estimated.params + reach,
            "p": 2 * law.sf(np.abs(estimated.params) / error),
        }
    )
    return table, float(estimated.rsquared)
