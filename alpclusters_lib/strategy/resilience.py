"""Resistance and recovery: how jobs of a region moved in a downturn and after it, against a reference economy.

Arithmetic on observed totals, after the fact: nothing here forecasts, and a region that held its jobs may have held
them for reasons that no table of jobs shows. All measures divide by the change of the reference: where that is near 0
they say nothing, and come back as NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["NEAR_ZERO", "TurningPoints", "expected_change", "relative_change", "sensitivity_index", "turning_points"]

NEAR_ZERO = 0.005
"""Changes of the reference below half a per cent of its jobs are no downturn and no upswing to be measured against."""

METHODS = ("total", "structure")


class TurningPoints(NamedTuple):
    """First year, trough and last year; ``trough`` equal to ``end`` means that no recovery is observed."""

    start: int
    trough: int | None
    end: int


def turning_points(jobs: pd.Series, *, threshold: float = NEAR_ZERO) -> TurningPoints:
    """Return where a downturn that begins in the first year ends: the year with the fewest jobs.

    Parameters
    ----------
    jobs
        Jobs of the reference economy by year.
    threshold
        How much of the first year's jobs must be lost for a downturn, as a share.

    Returns
    -------
    The trough is None where less than `threshold` is lost, so that there is no downturn to resist. Of several years
    with as few jobs, the first is taken.

    Raises
    ------
    ValueError
        If there are fewer than two years, a year is missing, or the first year has no jobs.

    Examples
    --------
    >>> turning_points(pd.Series({2008: 100.0, 2009: 97.8, 2010: 98.6, 2011: 100.9}))
    TurningPoints(start=2008, trough=2009, end=2011)
    >>> turning_points(pd.Series({2008: 100.0, 2009: 101.0})).trough is None
    True
    """
    counts = _checks.counts_by_label(jobs, noun="year", name="jobs").sort_index()
    if len(counts) < 2:
        raise ValueError(f"jobs has {len(counts)} year; two or more are needed for a turning point")
    gaps = counts.index[counts.isna()]
    if len(gaps):
        raise ValueError(f"jobs has no figure for {_checks.listed(gaps)}; every year of the window is needed")
    first, trough = int(counts.index[0]), int(counts.idxmin())
    if not counts[first] > 0:
        raise ValueError(f"jobs of {first} are 0; a downturn needs jobs to begin with")
    lost = 1 - counts[trough] / counts[first]
    return TurningPoints(first, trough if lost >= threshold else None, int(counts.index[-1]))


def sensitivity_index(
    start: pd.Series, end: pd.Series, *, reference_start: float, reference_end: float, threshold: float = NEAR_ZERO
) -> pd.Series:
    r"""Compare the relative change of jobs in each region with that of the reference economy.

    .. math:: \beta_r = \frac{\Delta E_r / E_r}{\Delta E_N / E_N}

    In a downturn of both, above 1 the region lost relatively more, between 0 and 1 less. Below 0 the two moved apart:
    in a downturn of the reference, the region gained.

    Parameters
    ----------
    start, end
        Jobs by region in the two years.
    reference_start, reference_end
        Jobs of the reference in the same years.
    threshold
        Below which relative change of the reference, up or down, the index is not defined.

    Returns
    -------
    By region in the order of `start`. NaN where a figure is missing, for a region without jobs at the start, and
    everywhere if the reference hardly changed.

    Raises
    ------
    ValueError
        If the reference has no jobs at the start or a region has no row at the end.

    References
    ----------
    Martin (2012), Journal of Economic Geography 12:1.

    Examples
    --------
    >>> start, end = pd.Series({"ITC4": 100.0, "ITH1": 50.0}), pd.Series({"ITC4": 94.0, "ITH1": 51.0})
    >>> sensitivity_index(start, end, reference_start=1000, reference_end=960).round(2).to_dict()
    {'ITC4': 1.5, 'ITH1': -0.5}
    """
    before = _checks.counts_by_label(start, noun="region", name="start")
    after = _checks.aligned(
        _checks.counts_by_label(end, noun="region", name="end"), before.index, noun="region", name="end"
    )
    if not reference_start > 0:
        raise ValueError(f"reference_start is {reference_start}; jobs above 0 are needed")
    reference = reference_end / reference_start - 1
    own = after / before.where(before > 0) - 1
    index = own / reference if abs(reference) >= threshold else own * np.nan
    return index.rename("sensitivity_index")


def expected_change(
    jobs: pd.DataFrame,
    *,
    reference_start: pd.Series,
    reference_end: pd.Series,
    method: str = "total",
    totals: pd.Series | None = None,
) -> pd.Series:
    r"""Return how jobs of each region would have changed at the rates of the reference economy.

    .. math:: \Delta E_r^{exp} = g_N \sum_i e_{ir} \quad\text{("total")}, \qquad
              \Delta E_r^{exp} = \sum_i g_{iN}\, e_{ir} \quad\text{("structure")}

    The difference of the two is the part that goes with the region's mix of sectors.

    Parameters
    ----------
    jobs
        Jobs in the first year, region × sector.
    reference_start, reference_end
        Jobs of the reference by sector, the sectors of the table at least.
    method
        "total": all sectors of the table at their common rate; "structure": each at its own.
    totals
        All jobs of each region, where they are published and the sectors are not all known: the rates, weighted by the
        known sectors, are applied to them. The row sums where omitted.

    Returns
    -------
    By region, in jobs. A cell without a figure is left out of its row and counts with the rate of the others where
    `totals` are given. NaN for a region without jobs; a sector that starts from 0 in the reference has no rate and is
    left out likewise.

    Raises
    ------
    ValueError
        If a sector of the table is not in the reference, or a region not in `totals`.

    References
    ----------
    Martin, Sunley, Gardiner & Tyler (2016), Regional Studies 50:561.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [60.0], "I55": [40.0]}, index=["ITC4"])
    >>> rates = {"reference_start": pd.Series({"C28": 500.0, "I55": 500.0}),
    ...          "reference_end": pd.Series({"C28": 450.0, "I55": 510.0})}
    >>> [expected_change(jobs, method=method, **rates).round(2).item() for method in ("total", "structure")]
    [-4.0, -5.2]
    """
    _checks.one_of(method, METHODS, name="method")
    table = _checks.employment_table(jobs, name="jobs")
    references = []
    for name, reference in (("reference_start", reference_start), ("reference_end", reference_end)):
        counts = _checks.counts_by_label(reference, noun="sector", name=name)
        references.append(_checks.aligned(counts, table.columns, noun="sector", name=name))
    before, after = references
    both = before.notna() & after.notna() & (before > 0)
    rates = (after / before - 1).where(both)
    if method == "total":
        rates = rates.mask(both, after[both].sum() / before[both].sum() - 1 if both.any() else np.nan)
    counted = table.where(rates.notna(), axis=1)
    known = counted.sum(axis=1)
    mean = counted.fillna(0.0) @ rates.fillna(0.0) / known.where(known > 0)
    if totals is None:
        whole = known
    else:
        whole = _checks.counts_by_label(totals, noun="region", name="totals")
        whole = _checks.aligned(whole, table.index, noun="region", name="totals")
    return (mean * whole).rename("expected_change")


def relative_change(
    change: pd.Series, expected: pd.Series, *, jobs: pd.Series, threshold: float = NEAR_ZERO
) -> pd.Series:
    r"""Return resistance (over a downturn of the reference) or recovery (over its upswing).

    .. math:: \frac{\Delta E_r - \Delta E_r^{exp}}{|\Delta E_r^{exp}|}

    Above 0 the region lost less, or gained more, than at the rates of the reference; in a downturn -1 means twice the
    loss that was expected, and above 1 a gain while a loss was expected. In an upswing below -1 means a loss.

    Parameters
    ----------
    change
        Change of jobs by region.
    expected
        As :func:`expected_change` returns it.
    jobs
        Jobs by region in the first year.
    threshold
        Below which share of `jobs` an expected change, up or down, gives no measure.

    Returns
    -------
    By region in the order of `change`; NaN where a figure is missing or the expected change is near 0.

    Raises
    ------
    ValueError
        If `expected` or `jobs` lacks a region.

    References
    ----------
    Martin, Sunley, Gardiner & Tyler (2016), Regional Studies 50:561.

    Examples
    --------
    >>> change, expected = pd.Series({"ITC4": -2.0, "ITH1": -6.0}), pd.Series({"ITC4": -4.0, "ITH1": -4.0})
    >>> relative_change(change, expected, jobs=pd.Series({"ITC4": 100.0, "ITH1": 100.0})).to_dict()
    {'ITC4': 0.5, 'ITH1': -0.5}
    """
    moved = _moved(change, "change")
    hoped = _checks.aligned(_moved(expected, "expected"), moved.index, noun="region", name="expected")
    size = _checks.counts_by_label(jobs, noun="region", name="jobs")
    size = _checks.aligned(size, moved.index, noun="region", name="jobs")
    told = (hoped.abs() >= threshold * size) & (hoped != 0)
    return ((moved - hoped) / hoped.abs().where(told)).rename("relative_change")


def _moved(series: pd.Series, name: str) -> pd.Series:
    """Return a checked copy of changes, which may be negative and so are no counts."""
    if not isinstance(series, pd.Series):
        raise TypeError(f"{name} is a {type(series).__name__}; a Series by region is needed")
    _checks.require_unique(series.index, noun="region", name=name)
    _checks.require_numeric(series.dtype, where=name)
    return series.astype(float)
