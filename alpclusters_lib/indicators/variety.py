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
    jobs, totals = _jobs_and_totals(employment)
    return pd.Series(_entropy(jobs, totals), index=employment.index, name="shannon_entropy", copy=False)


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
    jobs, totals = _jobs_and_totals(employment)
    members = _members(groups, employment.columns)
    # where the jobs of a group are 0 so are those of its sectors, and add nothing
    own = _sums(jobs, members)
    own[own == 0] = 1
    bits = np.zeros(len(jobs))
    for down, across in _checks.blocks(jobs):
        part = jobs[down, across]
        within = part / own[down][:, members[across]]
        bits[down] += _information(part / totals[down], within)
    return pd.Series(_tidied(bits, totals), index=employment.index, name="related_variety", copy=False)


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
    jobs, totals = _jobs_and_totals(employment)
    sums = _sums(jobs, _members(groups, employment.columns))
    return pd.Series(_entropy(sums, totals), index=employment.index, name="unrelated_variety", copy=False)


def _jobs_and_totals(employment: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return jobs, and all jobs by region as a column, NaN for a region without jobs or with a hole."""
    jobs, totals, _, known = _checks.employment_sums(employment)
    if not known:
        holes = _checks.listed(employment.index[np.isnan(totals)])
        _checks.warn(f"cells are missing in region {holes}, whose variety comes back as NaN")
    totals[totals == 0] = np.nan
    return jobs, totals[:, None]


def _members(groups: Groups, sectors: pd.Index) -> np.ndarray:
    """Return the number of each sector's group."""
    if not isinstance(groups, pd.Series | Mapping):
        raise TypeError(f"groups is a {type(groups).__name__}; a Series or dict from sector to group is needed")
    by_sector = groups if isinstance(groups, pd.Series) else pd.Series(groups, dtype=None if len(groups) else object)
    _checks.require_unique(by_sector.index, noun="sector", name="groups")
    by_sector = _checks.aligned(by_sector, sectors, noun="sector", name="groups")
    members = pd.factorize(by_sector)[0]
    if (members < 0).any():
        without = _checks.listed(sectors[members < 0])
        raise ValueError(f"sector {without} has no group; every sector of the table needs one")
    return members


def _sums(jobs: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return jobs by region and group; a hole makes its whole row NaN."""
    order = np.argsort(members, kind="stable")
    firsts = np.searchsorted(members[order], np.arange(members.max(initial=-1) + 1))
    return np.add.reduceat(jobs[:, order], firsts, axis=1)


def _entropy(jobs: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return the entropy of the shares of each row, a piece of the table at a time."""
    bits = np.zeros(len(jobs))
    for down, across in _checks.blocks(jobs):
        shares = jobs[down, across] / totals[down]
        bits[down] += _information(shares, shares)
    return _tidied(bits, totals)


def _information(weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the weighted sum of log2(1 / share) by row, with 0 log 0 = 0."""
    # the least number stands in for 0, whose weight is 0
    logs = np.maximum(shares, np.finfo(float).tiny)
    return -np.einsum("ri,ri->r", weights, np.log2(logs, out=logs))


def _tidied(bits: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return NaN where there is no total, and 0 where rounding leaves -1e-16."""
    return np.where(np.isnan(totals[:, 0]), np.nan, np.maximum(bits, 0.0))
