"""Specialisation: what a region does more of than a reference economy.

A quotient compares shares, never sizes: a high one in a small region may be one factory. The reference is
part of the result, so name it. "SLQ" stands for three things in the literature; here each has its full name,
and the simple location quotient of input-output work lives in ``value_chains.regionalisation``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._intervals import location_quotient_interval
from alpclusters_lib.indicators._quotients import column_sums, gather, quotient

__all__ = [
    "hoover_index",
    "krugman_index",
    "location_quotient",
    "location_quotient_interval",
    "specialised_jobs",
    "standardised_location_quotient",
    "symmetric_location_quotient",
]


def location_quotient(
    employment: pd.DataFrame, *, totals: pd.Series | None = None, reference: pd.Series | None = None
) -> pd.DataFrame:
    r"""Divide a sector's share of regional jobs by its share of the jobs of a reference economy.

    .. math:: LQ_{ir} = \frac{e_{ir} / E_r}{E^*_i / E^*}

    Parameters
    ----------
    employment
        Jobs, region × sector; NaN is a cell nobody published, 0 is no jobs.
    totals
        Published jobs by region, :math:`E_r`; row sums where omitted.
    reference
        Jobs by sector of the reference economy; its sum, sectors outside the table included, is :math:`E^*`.
        Column sums of the known cells where omitted; beside `totals` that cover more sectors than the table,
        hand it over.

    Returns
    -------
    The quotients, labels as in `employment`: 1 is as in the reference, 0 is no jobs, no upper bound. Without
    `totals` a missing cell makes its whole row NaN, with a warning that names the region; with them only
    itself. NaN where the region has no jobs or the reference none in the sector.

    References
    ----------
    Florence (1939), Report on the Location of Industry; Hoover (1936), Review of Economics and Statistics
    18:162.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> location_quotient(jobs)
               C28       I55
    ITC4  1.875000  0.416667
    ITH1  0.416667  1.388889
    """
    counts = gather(employment, totals, reference)
    return counts.labelled(quotient(counts))


def symmetric_location_quotient(
    employment: pd.DataFrame, *, totals: pd.Series | None = None, reference: pd.Series | None = None
) -> pd.DataFrame:
    r"""Fold the location quotient into [-1, 1], so that half and twice the reference lie equally far from 0.

    .. math:: (LQ_{ir} - 1) / (LQ_{ir} + 1)

    Takes employment, never a quotient; parameters and edges as in :func:`location_quotient`; -1 is no jobs.

    References
    ----------
    Laursen (2015), Eurasian Business Review 5:99.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> symmetric_location_quotient(jobs).round(3)
            C28    I55
    ITC4  0.304 -0.412
    ITH1 -0.412  0.163
    """
    counts = gather(employment, totals, reference)
    ratio = quotient(counts)
    for block in _checks.blocks(ratio):
        part = ratio[block]
        ahead = part - 1
        part += 1
        np.divide(ahead, part, out=part)
    return counts.labelled(ratio)


def standardised_location_quotient(
    employment: pd.DataFrame,
    *,
    log: bool = False,
    totals: pd.Series | None = None,
    reference: pd.Series | None = None,
) -> pd.DataFrame:
    r"""Standardise each sector's location quotients over the regions.

    .. math:: z_{ir} = (LQ_{ir} - \overline{LQ}_i) / s_i

    with the sample deviation :math:`s_i` (n - 1). Under normality z > 1.65 marks the upper 5 %; quotients
    lean to the right, `log` makes them nearly symmetric. Takes employment, never a quotient; other parameters
    as in :func:`location_quotient`.

    Returns
    -------
    z by region and sector. Missing quotients, and with `log` those of 0, are NaN and outside mean and
    deviation; a sector with fewer than two quotients, or with the same one everywhere, is NaN.

    References
    ----------
    O'Donoghue & Gleave (2004), Regional Studies 38:419.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10, 5], "I55": [10, 50, 5]}, index=["ITC4", "ITH1", "ITH2"])
    >>> standardised_location_quotient(jobs).round(3)
            C28    I55
    ITC4  0.949 -0.949
    ITH1 -1.044  1.044
    ITH2  0.095 -0.095
    """
    counts = gather(employment, totals, reference)
    ratio = quotient(counts)
    if log:
        with np.errstate(divide="ignore"):
            ratio = np.log(np.where(ratio > 0, ratio, np.nan))
    holed = log or not counts.complete
    missing = np.isnan(ratio) if holed else np.zeros((1, ratio.shape[1]), dtype=bool)
    number = len(ratio) - missing.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio -= (np.where(missing, 0, ratio) if holed else ratio).sum(axis=0) / number
        centred = np.where(missing, 0, ratio) if holed else ratio
        deviation = np.sqrt(np.einsum("ri,ri->i", centred, centred) / (number - 1))
    # rounding leaves a deviation of about 1e-16 where all quotients are equal
    ratio /= np.where((number > 1) & (deviation > 1e-12), deviation, np.nan)
    return counts.labelled(ratio)


def specialised_jobs(
    employment: pd.DataFrame, *, totals: pd.Series | None = None, reference: pd.Series | None = None
) -> pd.DataFrame:
    r"""Count the jobs beyond those the region would have at a location quotient of 1 (horizontal clustering).

    .. math:: e_{ir} - E_r E^*_i / E^*

    Parameters as in :func:`location_quotient`. In jobs, negative where the region has fewer; NaN as there,
    but finite where the region or the reference has none.

    References
    ----------
    Fingleton, Igliori & Moore (2004), Urban Studies 41:773.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> specialised_jobs(jobs)
           C28   I55
    ITC4  14.0 -14.0
    ITH1 -14.0  14.0
    """
    counts = gather(employment, totals, reference)
    result, shares = np.empty_like(counts.jobs), counts.sectors / counts.whole
    for block in _checks.blocks(result):
        part = np.multiply(counts.totals[block[0], None], shares[block[1]], out=result[block])
        np.subtract(counts.jobs[block], part, out=part)
    return counts.labelled(result)


def krugman_index(employment: pd.DataFrame, *, versus: str = "rest") -> pd.Series:
    r"""Sum the differences between a region's sector shares and those of the others.

    .. math:: K_r = \sum_i |p_{ir} - \bar p_i|

    Parameters
    ----------
    employment
        Jobs, region × sector.
    versus
        "rest" pools the jobs of the other regions, "others_mean" averages their shares, "total" pools all
        regions, r among them (which pulls large regions towards 0).

    Returns
    -------
    By region, in [0, 2]: 0 is the same structure, 2 is no sector in common. A region with a missing cell, or
    without jobs, is NaN, the former with a warning; its known cells stay in what is pooled, not in the mean.
    NaN where there is nothing to compare with.

    References
    ----------
    Krugman (1991), Geography and Trade.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> krugman_index(jobs).round(4).to_dict()
    {'ITC4': 1.1667, 'ITH1': 1.1667}
    """
    _checks.one_of(versus, ("rest", "others_mean", "total"), name="versus")
    table = _checks.employment_sums(employment)
    jobs = table.values
    if versus == "others_mean":
        shares = _shares(jobs)
        known = ~np.isnan(shares).any(axis=1)
        number = known.sum() - 1
        others = (shares[known].sum(axis=0) - shares) / (number if number > 0 else np.nan)
        return _distances(employment, table, lambda block: others[block], name="krugman_index")
    pooled = table.columns if table.known else np.nan_to_num(column_sums(jobs))
    if versus == "rest":
        totals = np.zeros((len(jobs), 1))
        for down, across in _checks.blocks(jobs):
            totals[down] += (pooled[across] - jobs[down, across]).sum(axis=1, keepdims=True)
        totals[~(totals > 0)] = np.nan

        def rest(block: tuple[slice, slice]) -> np.ndarray:
            others = pooled[block[1]] - jobs[block]
            others /= totals[block[0]]
            return others

        return _distances(employment, table, rest, name="krugman_index")
    shares = _shares(pooled[None, :])[0]
    return _distances(employment, table, lambda block: shares[block[1]], name="krugman_index")


def hoover_index(employment: pd.DataFrame, *, reference: pd.Series | None = None) -> pd.Series:
    r"""Return the share of a region's jobs that would have to change sector to match the reference.

    .. math:: H_r = \tfrac12 \sum_i |p_{ir} - p_i|

    Parameters
    ----------
    employment
        Jobs, region × sector.
    reference
        Jobs by sector of the reference economy, column sums of the known cells where omitted. Shares are
        taken over the sectors of the table on both sides.

    Returns
    -------
    By region, in [0, 1]. A region with a missing cell, or without jobs, is NaN, the former with a warning.

    References
    ----------
    Hoover (1936), Review of Economics and Statistics 18:162.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> hoover_index(jobs).round(4).to_dict()
    {'ITC4': 0.35, 'ITH1': 0.2333}
    """
    table = _checks.employment_sums(employment)
    if reference is not None:
        counts = _checks.reference_counts(reference, employment.columns)[0].to_numpy()
    else:
        counts = table.columns if table.known else np.nan_to_num(column_sums(table.values))
    shares = _shares(counts[None, :])[0]
    return _distances(employment, table, lambda block: shares[block[1]], name="hoover_index", scale=0.5)


def _shares(counts: np.ndarray) -> np.ndarray:
    totals = counts.sum(axis=1)
    return counts / np.where(totals > 0, totals, np.nan)[:, None]


def _distances(
    employment: pd.DataFrame,
    table: _checks.Summed,
    others: Callable[[tuple[slice, slice]], np.ndarray],
    *,
    name: str,
    scale: float = 1.0,
) -> pd.Series:
    """Return the scaled sum of differences between the shares of each region and those of the others."""
    distance = np.zeros(len(table.values))
    totals = np.where(table.rows > 0, table.rows, np.nan)[:, None]
    for block in _checks.blocks(table.values):
        shares = table.values[block] / totals[block[0]]
        shares -= others(block)
        distance[block[0]] += np.abs(shares, out=shares).sum(axis=1)
    if not table.known:
        named = _checks.listed(employment.index[np.isnan(table.rows)])
        _checks.warn(f"cells are missing in region {named}, whose index comes back as NaN")
    return pd.Series(distance * scale, index=employment.index, name=name, copy=False)
