"""Intervals of location quotients: documented function first, arithmetic on arrays below."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from statistics import NormalDist

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._quotients import Counts, gather, quotient

__all__ = ["location_quotient_interval"]

# draws that one call of `spread` makes
BLOCK = 100

Limits = tuple[np.ndarray, np.ndarray]


def location_quotient_interval(
    employment: pd.DataFrame,
    *,
    local_units: pd.DataFrame | None = None,
    level: float = 0.95,
    method: str = "delta",
    rng: np.random.Generator | int | None = None,
    size_cv: float = 1.0,
    jobs_per_unit: pd.Series | None = None,
    totals: pd.Series | None = None,
    reference: pd.Series | None = None,
    draws: int = 999,
    spread: Callable[..., Iterable[np.ndarray]] = map,
) -> pd.DataFrame:
    r"""Give each location quotient the interval in which it would move if establishments were redrawn.

    It describes that instability and not sampling error: the figures are counts of everybody. With
    :math:`p_{ir} = e_{ir}/E_r` and :math:`p_i = E^*_i/E^*`, the region inside the reference,

    .. math:: \widehat{Var}(\ln LQ_{ir}) = d_{ir} \left[\frac{1 - p_{ir}}{e_{ir}} + \frac{1 - p_i}{E^*_i}
              - \frac{2 (1 - p_{ir})}{E^*_i}\right], \qquad d_{ir} = \frac{e_{ir}}{u_{ir}} (1 + CV^2)

    Jobs come and go by establishment, so counts are divided by d, the design effect; it is never below 1.

    Parameters
    ----------
    employment, totals, reference
        As in :func:`location_quotient`; the table's regions are part of the reference.
    local_units
        Establishments u by region and sector. Where they or the jobs are unknown or 0, `jobs_per_unit` stands in; a
        sector without any has NaN limits. Where omitted d = 1: jobs as independent draws, an interval far too narrow.
    level
        Probability the interval covers.
    method
        "delta" on the log scale: limits LQ·exp(± z s); the symmetric LQ ± z s·LQ of Moineddin et al. agrees
        to first order. "bootstrap": percentiles of redrawn quotients; every cell, the rest of the reference
        too, gets a Poisson number of establishments with Gamma sizes (mean jobs per unit, coefficient of
        variation `size_cv`), or Poisson jobs where `local_units` is omitted.
    rng
        Seed or generator of the bootstrap.
    size_cv
        Coefficient of variation of establishment size. 1 is that of exponential sizes, a cautious floor:
        sizes are more skewed (Axtell 2001, Science 293:1818), which makes the true interval wider.
    jobs_per_unit
        By sector, what a local unit holds where that is not known; the table's own mean where omitted, so that the
        limits of a region without units depend on the other regions.
    draws
        Bootstrap draws.
    spread
        Calls a function for each block of draws, as :func:`map` does: one that sends the calls to other processes or
        machines (:func:`alpclusters_lib.reports.cluster.mapper`) gives the same limits, as every draw has random
        numbers of its own.

    Returns
    -------
    Index (region, sector), columns estimate, lower, upper; NaN where the quotient is. No jobs: lower 0, and
    upper the exact Poisson limit of a count of 0, -ln((1 - level)/2) times d jobs.

    References
    ----------
    Moineddin, Beyene & Boyle (2003), Geographical Analysis 35:249; Garwood (1936), Biometrika 28:437.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [3000, 1000], "I55": [1000, 5000]}, index=["ITC4", "ITH1"])
    >>> units = pd.DataFrame({"C28": [60, 40], "I55": [200, 500]}, index=["ITC4", "ITH1"])
    >>> interval = location_quotient_interval(jobs, local_units=units)
    >>> interval.loc[("ITC4", "C28")].round(2).to_dict()
    {'estimate': 1.88, 'lower': 1.53, 'upper': 2.3}
    """
    _checks.one_of(method, ("delta", "bootstrap"), name="method")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a probability between 0 and 1 is needed, 0.95 for 95 %")
    if size_cv < 0 or draws < 1:
        raise ValueError(f"size_cv is {size_cv} and draws {draws}; size_cv >= 0 and draws >= 1 are needed")
    counts = gather(employment, totals, reference)
    jobs = counts.jobs
    if local_units is None:
        size, size_cv = np.ones_like(jobs), 0.0
    else:
        units = _checks.employment_table(local_units, name="local_units")
        units = _checks.aligned_table(units, employment, name="local_units")
        typical = None if jobs_per_unit is None else jobs_per_unit.reindex(counts.columns).to_numpy(dtype=float)
        size = _establishment_size(jobs, units.to_numpy(), typical)
    effect = np.maximum(size * (1 + size_cv**2), 1)
    if method == "delta":
        limits = _delta_limits(counts, effect, level)
    else:
        size, generator = effect / (1 + size_cv**2), np.random.default_rng(rng)
        limits = _bootstrap_limits(counts, size, size_cv, level, generator.spawn(draws), spread)
    lower, upper = _zero_limits(counts, effect, level, limits)
    estimate = quotient(counts)
    columns = {"estimate": estimate.ravel(), "lower": lower.ravel(), "upper": upper.ravel()}
    return pd.DataFrame(columns, index=_checks.long_index(employment))


def _establishment_size(jobs: np.ndarray, units: np.ndarray, typical: np.ndarray | None) -> np.ndarray:
    """Return jobs per local unit by cell, and the typical one, or the sector's own, where a cell does not tell."""
    known = (jobs > 0) & (units > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.where(known, jobs, 0).sum(axis=0) / np.where(known, units, 0).sum(axis=0)
        return np.where(known, jobs / units, pooled if typical is None else typical)


def _delta_limits(counts: Counts, effect: np.ndarray, level: float) -> Limits:
    """Return the limits of the delta method on the log quotient (Moineddin, Beyene & Boyle 2003)."""
    jobs = counts.jobs
    totals, sectors = counts.totals[:, None], counts.sectors
    estimate = quotient(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1 / jobs - 1 / totals + 1 / sectors - 1 / counts.whole
        # only counts that can be a part of the reference covary with it
        part = (jobs <= sectors) & (totals + sectors - jobs <= counts.whole * (1 + 1e-9))
        variance -= np.where(part, 2 * (1 - jobs / totals) / sectors, 0)
        # rounding can leave -1e-20 where the region is the whole reference
        deviation = np.sqrt(effect * np.maximum(variance, 0))
        reach = np.exp(NormalDist().inv_cdf((1 + level) / 2) * deviation)
        return estimate / reach, estimate * reach


def _bootstrap_limits(
    counts: Counts,
    size: np.ndarray,
    size_cv: float,
    level: float,
    generators: list[np.random.Generator],
    spread: Callable[..., Iterable[np.ndarray]],
) -> Limits:
    """Return percentile limits over economies whose establishments were redrawn, a generator for each."""
    jobs, sizes = _with_elsewhere(counts, size)
    rows, columns = counts.jobs.shape
    redraw = functools.partial(_redrawn, jobs, sizes, size_cv)
    blocks = [generators[start : start + BLOCK] for start in range(0, len(generators), BLOCK)]
    redrawn = np.concatenate(list(spread(redraw, blocks)))
    limits = np.full((2, rows, columns), np.nan)
    for row in range(rows):
        # a region or sector that lost all its establishments has no quotient in that draw
        block = redrawn[:, row]
        quantile = np.nanquantile if np.isnan(block).any() else np.quantile
        known = ~np.isnan(block).all(axis=0)
        limits[:, row, known] = quantile(block[:, known], [(1 - level) / 2, (1 + level) / 2], axis=0)
    unknown = np.isnan(quotient(counts)) | np.isnan(size)
    limits[:, unknown] = np.nan
    return limits[0], limits[1]


def _redrawn(jobs: np.ndarray, sizes: np.ndarray, size_cv: float, generators: list[np.random.Generator]) -> np.ndarray:
    """Return draw × region × sector quotients of economies redrawn, the last row and column being elsewhere."""
    found = np.empty((len(generators), jobs.shape[0] - 1, jobs.shape[1] - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        for place, rng in enumerate(generators):
            units = rng.poisson(jobs / sizes)
            new = rng.gamma(units / size_cv**2, sizes * size_cv**2) if size_cv else units * sizes
            shares = new[:-1, :-1] / new[:-1].sum(axis=1, keepdims=True)
            found[place] = shares / (new[:, :-1].sum(axis=0) / new.sum())
    return found


def _with_elsewhere(counts: Counts, size: np.ndarray) -> Limits:
    """Append the sectors outside the table as a column and the rest of the reference as a row."""
    jobs = np.nan_to_num(counts.jobs)
    sectors = np.nan_to_num(counts.sectors)
    short = jobs.sum(axis=0) > 1.01 * sectors
    if short.any():
        sector = counts.columns[int(np.argmax(short))]
        raise ValueError(
            f"reference has fewer jobs in sector {sector} than the regions of the table together; the "
            'bootstrap needs regions that are part of the reference, method="delta" does not'
        )
    outside = np.nan_to_num(counts.totals) - jobs.sum(axis=1)
    all_jobs = np.block([[jobs, outside[:, None]], [sectors - jobs.sum(axis=0), np.zeros(1)]]).clip(min=0)
    all_jobs[-1, -1] = max(np.nan_to_num(counts.whole) - all_jobs.sum(), 0)
    size = np.where(np.isnan(size), 1, size)
    # the pooled mean is jobs over establishments, not the mean of the cells' means
    with np.errstate(divide="ignore", invalid="ignore"):
        by_sector = jobs.sum(axis=0) / (jobs / size).sum(axis=0)
        overall = jobs.sum() / (jobs / size).sum()
    sizes = np.full(all_jobs.shape, overall)
    sizes[:-1, :-1], sizes[-1, :-1] = size, by_sector
    return all_jobs, np.where(np.isnan(sizes), 1, sizes)


def _zero_limits(counts: Counts, effect: np.ndarray, level: float, limits: Limits) -> Limits:
    """Put the exact Poisson limits (Garwood 1936) where a region has no jobs in a sector."""
    totals, shares = counts.totals[:, None], counts.sectors / counts.whole
    with np.errstate(divide="ignore", invalid="ignore"):
        highest = -np.log((1 - level) / 2) * effect / totals / shares
    none = quotient(counts) == 0
    return np.where(none, 0, limits[0]), np.where(none, highest, limits[1])
