"""Concentration: how unevenly jobs are spread over sectors, over regions, or values over a population.

None of these measures knows where regions lie, and all move with how finely regions and sectors are cut. Those that
set concentration against the size of plants live in ``_agglomeration`` and are handed on here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._agglomeration import coagglomeration, ellison_glaeser, group_coagglomeration

__all__ = [
    "coagglomeration",
    "ellison_glaeser",
    "gini",
    "group_coagglomeration",
    "herfindahl_index",
    "locational_gini",
    "theil_index",
]

Values = pd.Series | np.ndarray | Sequence[float]
_BLOCK = 64


def herfindahl_index(employment: pd.DataFrame, *, normalised: bool = False) -> pd.Series:
    r"""Sum the squared sector shares of each region.

    .. math:: H_r = \sum_i p_{ir}^2, \qquad H^*_r = \frac{H_r - 1/n}{1 - 1/n}

    Parameters
    ----------
    employment
        Jobs, region × sector.
    normalised
        Return :math:`H^*`; n counts every column, those without jobs too.

    Returns
    -------
    By region: 1/n (0 if normalised) for equal shares, 1 for a single sector; 1/H is the equivalent number of
    sectors. A region without jobs is NaN, and so is one with a missing cell, with a warning. Normalised over
    one column: NaN.

    References
    ----------
    Herfindahl (1950); Hirschman (1964), American Economic Review 54:761.

    Examples
    --------
    >>> jobs = pd.DataFrame([[20, 50, 20, 10]], index=["ITC4"], columns=["C10", "C28", "H49", "I55"])
    >>> herfindahl_index(jobs).round(2).to_dict()
    {'ITC4': 0.34}
    >>> herfindahl_index(jobs, normalised=True).round(2).to_dict()
    {'ITC4': 0.12}
    """
    jobs, totals, _, known = _checks.employment_sums(employment)
    if not known:
        holes = employment.index[np.isnan(totals)]
        _checks.warn(f"cells are missing in region {_checks.listed(holes)}, whose index comes back as NaN")
    # an empty row has no shares: without columns even its sum of nothing is missing
    totals[totals == 0] = np.nan
    # squares of jobs over the square of their sum, which spares the table of shares
    index = np.einsum("rs,rs->r", jobs, jobs) / totals**2
    if normalised:
        least = 1 / jobs.shape[1] if jobs.shape[1] else np.nan
        index = (index - least) / (1 - least if least < 1 else np.nan)
    return pd.Series(index, index=employment.index, name="herfindahl_index", copy=False)


def gini(values: Values, weights: Values | None = None) -> float:
    r"""Return the Gini coefficient, half the mean difference between any two units relative to the mean.

    .. math:: G = \frac{\sum_k \sum_l w_k w_l |y_k - y_l|}{2 W^2 \bar y}

    Parameters
    ----------
    values
        One value a unit, such as income per head or a location quotient.
    weights
        Size of each unit, such as its population; equal where omitted. Two Series are aligned by label.

    Returns
    -------
    0 for equal values, below 1 always (at most 1 - 1/n without weights). Units without value or weight are
    left out with a warning, those of weight 0 count for nothing; NaN where the sum of the values is 0.

    References
    ----------
    Gini (1912), Variabilità e mutabilità.

    Examples
    --------
    >>> round(gini([20, 50, 20, 10]), 3)
    0.3
    >>> round(gini([500, 1500, 2500, 4000, 7500, 15000], [1000, 1200, 1600, 400, 200, 600]), 4)
    0.5278
    """
    return _gini(*_known(values, weights))


def theil_index(values: Values, weights: Values | None = None, *, kind: str = "T") -> float:
    r"""Return Theil's entropy index of inequality.

    .. math:: T = \sum_k s_k \ln \frac{s_k}{x_k}, \qquad L = \sum_k x_k \ln \frac{x_k}{s_k}

    in nats, with :math:`x_k = w_k/W` the share of unit k in the weights and :math:`s_k` in the weighted
    values.

    Parameters
    ----------
    values, weights
        As in :func:`gini`.
    kind
        "T" weighs by value and is more sensitive at the top; "L", the mean log deviation, weighs by unit.
        Packages print either as "the" Theil index.

    Returns
    -------
    0 for equal values. A value of 0 adds nothing to T (at most ln n without weights) and makes L infinite.
    Missing units as in :func:`gini`; NaN where the sum of the values is 0.

    References
    ----------
    Theil (1967), Economics and Information Theory.

    Examples
    --------
    >>> round(theil_index([10, 10, 10, 20, 50]), 7)
    0.2502012
    >>> round(theil_index([10, 10, 10, 20, 50], kind="L"), 7)
    0.2326302
    """
    _checks.one_of(kind, ("T", "L"), name="kind")
    amounts, sizes = _known(values, weights)
    if not (amounts * sizes).sum() > 0:
        return float("nan")
    units, parts = sizes / sizes.sum(), amounts * sizes / (amounts * sizes).sum()
    top, bottom = (parts, units) if kind == "T" else (units, parts)
    counted = top > 0
    with np.errstate(divide="ignore"):
        return float((top[counted] * np.log(top[counted] / bottom[counted])).sum())


def locational_gini(employment: pd.DataFrame, *, weighting: str = "region") -> pd.Series:
    r"""Return the Gini coefficient of each sector's location quotients over the regions.

    Parameters
    ----------
    employment
        Jobs, region × sector; the sectors together make a region's total.
    weighting
        "region" weighs regions by their share of all jobs: the area between the Lorenz curve of
        :math:`s_{ir}` against :math:`x_r`, regions sorted by quotient, and the diagonal. "none" counts every
        region alike, so that tiny ones move it most. The two differ a lot.

    Returns
    -------
    By sector, in [0, 1]: 0 is spread like all jobs. Regions without any jobs are left out, and so are those
    with a missing cell, whose total is unknown, with a warning. A sector without jobs is NaN.

    References
    ----------
    Krugman (1991), Geography and Trade; Farhauer & Kröll (2013), Standorttheorien, for "none".

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> locational_gini(jobs).round(4).to_dict()
    {'C28': 0.35, 'I55': 0.2333}
    """
    _checks.one_of(weighting, ("region", "none"), name="weighting")
    jobs, totals, _, known = _checks.employment_sums(employment)
    if not known:
        holes = employment.index[np.isnan(totals)]
        _checks.warn(f"cells are missing in region {_checks.listed(holes)}, left out of every coefficient")
    held = totals > 0
    by_sector = jobs.T if held.all() else jobs[held].T
    coefficients = np.empty(len(by_sector))
    # a block of sectors at a time stays in the processor's cache
    for first in range(0, len(by_sector), _BLOCK):
        block = slice(first, first + _BLOCK)
        coefficients[block] = _ginis(np.ascontiguousarray(by_sector[block]), totals[held], weighting)
    return pd.Series(coefficients, index=employment.columns, name="locational_gini", copy=False)


def _ginis(jobs: np.ndarray, totals: np.ndarray, weighting: str) -> np.ndarray:
    """Return the Gini coefficient of jobs over totals by sector; sectors are rows here, regions columns."""
    # the quotient is the regional share over a constant of the sector, which the coefficient does not see
    quotients = jobs / totals
    if weighting == "none":
        # every region weighs the same, so that its rank says where it stands on the curve
        quotients.sort(axis=1)
        rank = np.arange(1 - len(totals), len(totals), 2) / max(len(totals), 1)
        area, whole = quotients @ rank, quotients.sum(axis=1)
    else:
        order = np.argsort(quotients, axis=1)
        sizes = totals[order] / totals.sum()
        # twice the middle of each region's stretch of the axis, less 1
        rank = 2 * np.cumsum(sizes, axis=1) - sizes - 1
        area, whole = np.einsum("sr,sr->s", np.take_along_axis(jobs, order, axis=1), rank), jobs.sum(axis=1)
    # rounding may leave -1e-17 for equal values
    return np.maximum(area, 0) / np.where(whole > 0, whole, np.nan)


def _gini(values: np.ndarray, weights: np.ndarray) -> float:
    total = (values * weights).sum()
    if not total > 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    share, size = (values * weights)[order] / total, weights[order] / weights.sum()
    # area under the Lorenz curve by trapezes; rounding may leave -1e-17 for equal values
    return max(float(1 - (size * (2 * np.cumsum(share) - share)).sum()), 0.0)


def _known(values: Values, weights: Values | None) -> tuple[np.ndarray, np.ndarray]:
    """Return values and weights of the units that have both."""
    units = _unit_values(values, "values")
    sizes = pd.Series(1.0, index=units.index) if weights is None else _unit_values(weights, "weights")
    if isinstance(values, pd.Series) and isinstance(weights, pd.Series):
        _checks.require_unique(units.index, noun="unit", name="values")
        _checks.require_unique(sizes.index, noun="unit", name="weights")
        sizes = _checks.aligned(sizes, units.index, noun="unit", name="weights")
    elif len(units) != len(sizes):
        raise ValueError(f"{len(units)} values come with {len(sizes)} weights; one weight a value is needed")
    known = units.notna().to_numpy() & sizes.notna().to_numpy()
    if not known.all():
        left_out = _checks.listed(units.index[~known])
        _checks.warn(f"unit {left_out} has no value or no weight and is left out of the coefficient")
    return units.to_numpy()[known], sizes.to_numpy()[known]


def _unit_values(values: Values, name: str) -> pd.Series:
    series = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values))
    # labels of a Series may repeat where nothing has to be aligned
    plain = _checks.counts_by_label(series.reset_index(drop=True), noun="unit", name=name)
    return plain.set_axis(series.index)
