"""Variety: how evenly a region's jobs are spread over sectors, within and between groups of sectors that are alike.

The split is no better than its groups, and its level is part of the result: with NACE divisions in sections, related
variety is "division-level", far coarser than the five digits within two of Frenken, van Oort and Verburg, and the
figures of the two do not compare. More sectors make more variety possible: compare tables with the same columns only.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["related_variety", "shannon_entropy", "unrelated_variety"]

Groups = pd.Series | Mapping[Hashable, Hashable]


def shannon_entropy(employment: pd.DataFrame) -> pd.Series:
    r"""Return the entropy of each region's sector shares, in bits.

    .. math:: H_r = \sum_i p_{ir} \log_2 \frac{1}{p_{ir}}

    Parameters
    ----------
    employment
        Jobs, region × sector.

    Returns
    -------
    By region: 0 for a single sector, log2 n for n equal ones; a sector without jobs adds nothing. A region without
    jobs is NaN, and so is one with a missing cell, with a warning.

    References
    ----------
    Shannon (1948), Bell System Technical Journal 27:379; Frenken, van Oort & Verburg (2007), Regional Studies 41:685.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "C29": [30, 0], "I55": [60, 0]}, index=["ITC4", "ITH1"])
    >>> shannon_entropy(jobs).to_dict()
    {'ITC4': 1.5, 'ITH1': 0.0}
    """
    jobs = _checks.employment_table(employment)
    shares = jobs.to_numpy() / _totals(jobs)
    return pd.Series(_information(shares, shares), index=jobs.index, name="shannon_entropy")


def related_variety(employment: pd.DataFrame, groups: Groups) -> pd.Series:
    r"""Return the variety within groups: the mean entropy inside a group, weighted by the jobs of the group, in bits.

    .. math:: RV_r = \sum_g P_{gr} H_{gr}, \qquad H_{gr} = \sum_{i \in g} \frac{p_{ir}}{P_{gr}} \log_2
              \frac{P_{gr}}{p_{ir}}

    with :math:`P_{gr}` the share of group g in the jobs of the region. Entropy is the sum of related and unrelated
    variety.

    Parameters
    ----------
    employment
        Jobs, region × sector.
    groups
        Sector to group, such as division to section; every sector of the table needs one, others are ignored.

    Returns
    -------
    By region: 0 where no group has jobs in more than one sector. A region without jobs is NaN, and so is one with a
    missing cell, with a warning.

    References
    ----------
    Frenken, van Oort & Verburg (2007), Regional Studies 41:685.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "C29": [30, 0], "I55": [60, 0]}, index=["ITC4", "ITH1"])
    >>> related_variety(jobs, {"C28": "C", "C29": "C", "I55": "I"}).to_dict()
    {'ITC4': 0.5, 'ITH1': 0.0}
    """
    jobs = _checks.employment_table(employment)
    members = _members(groups, jobs.columns)
    # the jobs of its own group beside each sector; where they are 0 so are the sector's, and add nothing
    own = _sums(jobs, members)
    own = np.where(own > 0, own, 1)[:, members]
    within = np.divide(jobs.to_numpy(), own, out=own)
    shares = jobs.to_numpy() / _totals(jobs)
    return pd.Series(_information(shares, within), index=jobs.index, name="related_variety")


def unrelated_variety(employment: pd.DataFrame, groups: Groups) -> pd.Series:
    r"""Return the variety between groups: the entropy of the groups' shares in a region's jobs, in bits.

    .. math:: UV_r = \sum_g P_{gr} \log_2 \frac{1}{P_{gr}}

    Parameters as in :func:`related_variety`.

    Returns
    -------
    By region: 0 where one group has all jobs, log2 of the number of groups where they are equal. A region without jobs
    is NaN, and so is one with a missing cell, with a warning.

    References
    ----------
    Frenken, van Oort & Verburg (2007), Regional Studies 41:685.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "C29": [30, 0], "I55": [60, 0]}, index=["ITC4", "ITH1"])
    >>> unrelated_variety(jobs, {"C28": "C", "C29": "C", "I55": "I"}).to_dict()
    {'ITC4': 1.0, 'ITH1': 0.0}
    """
    jobs = _checks.employment_table(employment)
    members = _members(groups, jobs.columns)
    shares = _sums(jobs, members) / _totals(jobs)
    return pd.Series(_information(shares, shares), index=jobs.index, name="unrelated_variety")


def _totals(jobs: pd.DataFrame) -> np.ndarray:
    """Return all jobs by region as a column, NaN for a region without jobs or with a hole."""
    totals = jobs.to_numpy().sum(axis=1)
    holes = jobs.index[np.isnan(totals)]
    if len(holes):
        _checks.warn(f"cells are missing in region {_checks.listed(holes)}, whose variety comes back as NaN")
    return np.where(totals > 0, totals, np.nan)[:, None]


def _members(groups: Groups, sectors: pd.Index) -> np.ndarray:
    """Return the number of each sector's group."""
    if not isinstance(groups, pd.Series | Mapping):
        raise TypeError(f"groups is a {type(groups).__name__}; a Series or dict from sector to group is needed")
    by_sector = pd.Series(groups, dtype=None if len(groups) else object)
    _checks.require_unique(by_sector.index, noun="sector", name="groups")
    by_sector = _checks.aligned(by_sector, sectors, noun="sector", name="groups")
    without = sectors[by_sector.isna()]
    if len(without):
        raise ValueError(f"sector {_checks.listed(without)} has no group; every sector of the table needs one")
    return pd.factorize(by_sector)[0]


def _sums(jobs: pd.DataFrame, members: np.ndarray) -> np.ndarray:
    """Return jobs by region and group; a hole makes its whole row NaN."""
    order = np.argsort(members, kind="stable")
    firsts = np.searchsorted(members[order], np.arange(members.max(initial=-1) + 1))
    return np.add.reduceat(jobs.to_numpy()[:, order], firsts, axis=1)


def _information(weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the weighted mean of log2(1 / share) by row, with 0 log 0 = 0, and NaN for a row of none."""
    # the least number stands in for 0, whose weight is 0; its own rounding may leave -0.0 or -1e-16
    logs = np.maximum(shares, np.finfo(float).tiny)
    bits = -np.einsum("ri,ri->r", weights, np.log2(logs, out=logs))
    return np.where(weights.any(axis=1), np.maximum(bits, 0.0), np.nan)
