"""How often a priority stays specialised when its figures are redrawn and the choices behind them are changed.

A draw moves each location quotient inside its interval, division by division and independently: what divisions of a
region share, a closure that hits suppliers too, is not in it. A share of draws is no probability that a strategy is
right; it says how much the word "specialised" hangs on small figures and on choices.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["FRAGILE", "ROBUST", "pooled_quotients", "quotient_draws", "robustness_word", "specialised_share"]

ROBUST, FRAGILE = 0.95, 0.05
WORDS = ("robust", "fragile", "not specialised")
Z = NormalDist().inv_cdf(0.975)


def quotient_draws(
    interval: pd.DataFrame, *, draws: int = 999, rng: np.random.Generator | int | None = None
) -> np.ndarray:
    r"""Draw location quotients from their intervals.

    .. math:: \ln LQ^{(b)}_i \sim N(\ln \widehat{LQ}_i, s_i^2), \qquad s_i = \frac{\ln u_i - \ln l_i}{2 \cdot 1.96}

    A division without jobs has no logarithm: its quotient is drawn from the exponential law whose 97.5 % point is the
    upper limit, which is the law of a rate of which no event was seen.

    Parameters
    ----------
    interval
        One row a division: ``estimate, lower, upper``, 95 % limits.
    draws
        How many.
    rng
        Seed or generator.

    Returns
    -------
    Array of shape draws × divisions, in the order of the rows. A division without limits stays at its estimate, one
    without an estimate is NaN.

    Raises
    ------
    ValueError
        If there is less than one draw, a column is missing, or a limit lies on the wrong side of its estimate.

    References
    ----------
    Moineddin, Beyene & Boyle (2003), Geographical Analysis 35:249.

    Examples
    --------
    >>> interval = pd.DataFrame({"estimate": [2.0, 0.0], "lower": [1.6, 0.0], "upper": [2.5, 0.4]})
    >>> found = quotient_draws(interval, draws=20_000, rng=1)
    >>> np.quantile(found, [0.025, 0.5, 0.975], axis=0).round(2)[:, 0].tolist()
    [1.6, 2.0, 2.5]
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; 1 or more is needed")
    absent = [name for name in ("estimate", "lower", "upper") if name not in interval]
    if absent:
        raise ValueError(f"interval has no column {_checks.listed(absent)}; estimate, lower and upper are needed")
    middle, low, high = interval[["estimate", "lower", "upper"]].to_numpy(dtype=float).T
    wrong = (low > middle * (1 + 1e-9)) | (high < middle * (1 - 1e-9)) | (middle < 0)
    if wrong.any():
        raise ValueError(f"limits of {interval.index[wrong][0]} do not hold its estimate; lower <= estimate <= upper")
    generator = np.random.default_rng(rng)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = (np.log(high) - np.log(low)) / (2 * Z)
        deviation = np.where(np.isfinite(deviation), deviation, 0.0)
        normal = generator.standard_normal((draws, len(middle)))
        found = middle * np.exp(normal * deviation)
    zeros = (middle == 0) & np.isfinite(high)
    found[:, zeros] = generator.exponential(high[zeros] / -np.log(0.025), (draws, int(zeros.sum())))
    return found


def pooled_quotients(
    quotients: np.ndarray, weights: pd.DataFrame, *, usual: pd.Series, against: pd.Series | None = None
):
    r"""Return the quotient of each priority over its coded divisions, weights applied, for each draw.

    .. math:: LQ_p = \frac{\sum_i w_{pi}\, e_i / E}{\sum_i w_{pi}\, E^*_i / E^*}
              = \frac{\sum_i w_{pi}\, s_i\, LQ_i}{\sum_i w_{pi}\, s'_i}

    Jobs are pooled first: the mean of the quotients would let a tiny division count like a large one.

    Parameters
    ----------
    quotients
        Draws × divisions, in the order of the columns of `weights`.
    weights
        Priority × division; a row of NaN is a priority that is not tested.
    usual
        Share s of each division in the reference that the quotients were taken against.
    against
        Share s' in the reference to compare with; `usual` where omitted.

    Returns
    -------
    Array of shape draws × priorities. NaN for a priority that is not tested, and where a division with weight has no
    quotient or the reference no jobs in any of them.

    Raises
    ------
    ValueError
        If the number of columns differs, or a division has no share.

    Examples
    --------
    >>> weights = pd.DataFrame({"C28": [0.5], "M72": [0.5]}, index=["p1"])
    >>> usual = pd.Series({"C28": 0.03, "M72": 0.01})
    >>> pooled_quotients(np.array([[2.0, 1.0]]), weights, usual=usual).round(2).tolist()
    [[1.75]]
    """
    values = np.atleast_2d(np.asarray(quotients, dtype=float))
    if values.shape[1] != weights.shape[1]:
        raise ValueError(
            f"quotients have {values.shape[1]} divisions and weights {weights.shape[1]}; the same are needed"
        )
    own = _checks.aligned(usual, weights.columns, noun="division", name="usual").to_numpy(dtype=float)
    other = own
    if against is not None:
        other = _checks.aligned(against, weights.columns, noun="division", name="against").to_numpy(dtype=float)
    shares = weights.to_numpy(dtype=float)
    tested = ~np.isnan(shares).any(axis=1)
    filled = np.nan_to_num(shares)
    # a division without a weight must not pass its gap on
    gaps = np.isnan(values).astype(float) @ (filled > 0).astype(float).T > 0
    expected = np.nan_to_num(other) @ filled.T
    unknown = np.isnan(other).astype(float) @ (filled > 0).astype(float).T > 0
    found = np.nan_to_num(values * own) @ filled.T / np.where(expected > 0, expected, np.nan)
    found[gaps] = np.nan
    found[:, ~tested | unknown] = np.nan
    return found


def specialised_share(quotients: np.ndarray, *, threshold: float = 1.0) -> np.ndarray:
    """Return the share of draws in which each priority is above the threshold.

    Parameters
    ----------
    quotients
        Draws × priorities, as :func:`pooled_quotients` returns them.
    threshold
        The quotient that a specialised priority exceeds.

    Returns
    -------
    Array by priority in [0, 1]; NaN where a draw has no quotient.

    Examples
    --------
    >>> specialised_share(np.array([[1.2, 0.9], [1.1, 1.1]])).tolist()
    [1.0, 0.5]
    """
    values = np.atleast_2d(np.asarray(quotients, dtype=float))
    return np.where(np.isnan(values).any(axis=0), np.nan, (values > threshold).mean(axis=0))


def robustness_word(share: float) -> str:
    """Return what a share of draws is called.

    Examples
    --------
    >>> [robustness_word(share) for share in (0.97, 0.6, 0.02, float("nan"))]
    ['robust', 'fragile', 'not specialised', 'not tested']
    """
    if np.isnan(share):
        return "not tested"
    return WORDS[0] if share >= ROBUST else WORDS[2] if share <= FRAGILE else WORDS[1]
