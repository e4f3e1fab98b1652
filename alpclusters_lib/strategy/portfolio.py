"""The economy of a region as a portfolio: which cluster weighs most, how concentrated it is, how far its mix swings.

Concentration is a description, no risk by itself: a large cluster may be large because it lasts. The variance uses
growth rates of the reference economy, so it tells how far the mix alone would let jobs swing, not how far they did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["cluster_weights", "extraction_loss", "growth_covariance", "portfolio_variance", "priority_jobs"]


def cluster_weights(
    jobs: pd.DataFrame,
    groups: Mapping[str, Sequence[str]],
    *,
    totals: pd.Series,
    reference: pd.Series,
) -> pd.DataFrame:
    r"""Return the weight of each cluster in each region: its jobs, and those above the reference's share.

    .. math:: A_{rk} = \sum_{i \in k} e_{ir} - E_r \frac{\sum_{i \in k} E^*_i}{E^*}

    Parameters
    ----------
    jobs
        Region × sector.
    groups
        Sectors of each cluster; clusters that share a sector would count its jobs twice, and raise.
    totals
        All jobs by region.
    reference
        Jobs of the reference by sector; its sum, sectors outside the table included, is its total.

    Returns
    -------
    Index (region, cluster): ``jobs``, ``share`` of all jobs in [0, 1], ``above`` (negative where the region holds less
    than the reference's share) and ``by_jobs``, ``by_above``: rank in the region, 1 the largest, ties share the
    smallest rank. NaN for a cluster with a missing cell, which takes no rank.

    Raises
    ------
    ValueError
        If two clusters share a sector, or a sector is in no column of `jobs` or not in `reference`.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30.0], "C29": [10.0], "I55": [60.0]}, index=["ITC1"])
    >>> reference = pd.Series({"C28": 10.0, "C29": 10.0, "I55": 80.0})
    >>> found = cluster_weights(jobs, {"vehicles": ["C29"], "machinery": ["C28"], "tourism": ["I55"]},
    ...                         totals=pd.Series({"ITC1": 100.0}), reference=reference)
    >>> found.loc[("ITC1", "machinery"), ["jobs", "above", "by_jobs", "by_above"]].tolist()
    [30.0, 20.0, 2.0, 1.0]
    """
    table = _checks.employment_table(jobs, name="jobs")
    members = [sector for sectors in groups.values() for sector in sectors]
    twice = sorted({sector for sector in members if members.count(sector) > 1})
    if twice:
        raise ValueError(f"sector {_checks.listed(twice)} is in two clusters; disjoint clusters are needed")
    whole = _checks.aligned(
        _checks.counts_by_label(totals, noun="region", name="totals"), table.index, noun="region", name="totals"
    )
    own = _checks.aligned_sectors(table, pd.Index(members), name="jobs")
    shares, _ = _reference_shares(reference, own.columns)
    sums = {name: own[list(sectors)].sum(axis=1, skipna=False) for name, sectors in groups.items()}
    held = pd.DataFrame(sums, index=table.index)
    usual = pd.Series({name: shares[list(sectors)].sum() for name, sectors in groups.items()})
    above = held - np.outer(whole, usual.reindex(held.columns))
    parts = {
        "jobs": held,
        "share": held.div(whole.where(whole > 0), axis=0),
        "above": above,
        "by_jobs": held.rank(axis=1, ascending=False, method="min"),
        "by_above": above.rank(axis=1, ascending=False, method="min"),
    }
    index = pd.MultiIndex.from_product([table.index, held.columns], names=[table.index.name or "region", "cluster"])
    return pd.DataFrame({name: part.to_numpy().ravel() for name, part in parts.items()}, index=index)


def _reference_shares(reference: pd.Series, sectors: pd.Index) -> tuple[pd.Series, float]:
    counts, whole = _checks.reference_counts(reference, sectors)
    return counts / whole, whole


def extraction_loss(coefficients: pd.DataFrame, output: pd.Series, lost: pd.Series) -> pd.Series:
    r"""Return by how much the rest of a region's industries shrink when some of its industries are gone.

    .. math:: \Delta x = (I - \hat r A)^{-1} \hat r A \hat s x, \qquad r = 1 - s

    What is gone buys nothing any more; its suppliers buy less from theirs, and so on. What it sold is taken as bought
    elsewhere, and nobody finds new customers: first magnitudes of a standstill, and no forecast.

    Parameters
    ----------
    coefficients
        Regional input coefficients A, supplying × using industry.
    output
        Output x by industry.
    lost
        Share s of each industry that is gone, in [0, 1].

    Returns
    -------
    By industry, the share of its output that is lost besides what is gone itself; NaN for one without output.

    Raises
    ------
    ValueError
        If a share is missing or not in [0, 1], or `output` or `lost` lacks an industry.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, section 12.2.5: full extraction, here of a share of an industry.

    Examples
    --------
    >>> A = pd.DataFrame([[0.0, 0.2], [0.5, 0.0]], ["c1", "c2"], ["c1", "c2"])
    >>> x = pd.Series({"c1": 100.0, "c2": 200.0})
    >>> extraction_loss(A, x, pd.Series({"c1": 1.0, "c2": 0.0})).to_dict()
    {'c1': 0.0, 'c2': 0.25}
    """
    names = coefficients.index
    produced = _checks.counts_by_label(output, noun="industry", name="output")
    produced = _checks.aligned(produced, names, noun="industry", name="output")
    gone = _checks.aligned(_checks.counts_by_label(lost, noun="industry", name="lost"), names, noun="industry",
                           name="lost")  # fmt: skip
    wrong = names[~gone.between(0, 1)]
    if len(wrong):
        raise ValueError(f"lost share of industry {wrong[0]} is {gone[wrong[0]]}; a share from 0 to 1 is needed")
    left = (1 - gone.to_numpy())[:, None] * coefficients.to_numpy(dtype=float)
    cut = left @ (gone * produced.fillna(0.0)).to_numpy()
    change = np.linalg.solve(np.eye(len(names)) - left, cut)
    return pd.Series(change, names, name="loss") / produced.where(produced > 0)


def priority_jobs(jobs: pd.Series, weights: pd.DataFrame) -> pd.Series:
    r"""Deal the jobs of each division to the priorities it is coded to, so that no job counts twice.

    .. math:: J_p = \sum_i e_i \frac{w_{pi}}{\sum_q w_{qi}}

    Parameters
    ----------
    jobs
        Jobs of one region by division.
    weights
        Priority × division, not negative; divisions without jobs figures are left out.

    Returns
    -------
    By priority in the order of `weights`; their sum is the jobs of all divisions coded to any of them. NaN for a
    priority none of whose divisions has a figure.

    Raises
    ------
    ValueError
        If a weight is missing or negative.

    Examples
    --------
    >>> weights = pd.DataFrame({"C28": [0.5, 0.5], "M72": [0.5, 0.0], "I55": [0.0, 0.5]}, index=["p1", "p2"])
    >>> priority_jobs(pd.Series({"C28": 100.0, "M72": 10.0, "I55": 30.0}), weights).to_dict()
    {'p1': 60.0, 'p2': 80.0}
    """
    counts = _checks.counts_by_label(jobs, noun="division", name="jobs")
    table = _checks.employment_table(weights, name="weights")
    if table.isna().any(axis=None):
        raise ValueError(f"weights of {_checks.listed(table.index[table.isna().any(axis=1)])} have a gap; 0 is no code")
    known = table.columns.intersection(counts.index[counts.notna()])
    part = table[known]
    dealt = part.div(part.sum().where(part.sum() > 0), axis=1).fillna(0.0) @ counts[known]
    return dealt.where(part.sum(axis=1) > 0).rename("jobs")


def growth_covariance(jobs: pd.DataFrame) -> pd.DataFrame:
    r"""Return variances and covariances of the yearly growth of sectors.

    .. math:: g_{it} = e_{it}/e_{i,t-1} - 1, \qquad \Sigma_{ij} = \frac{1}{T-1}\sum_t (g_{it}-\bar g_i)(g_{jt}-\bar g_j)

    Parameters
    ----------
    jobs
        Year × sector, one row a year without gaps.

    Returns
    -------
    Sector × sector; rows and columns of a sector with a missing figure, or with none to start from, are NaN. With
    fewer years than sectors the matrix is singular: portfolio variances stay right, its inverse does not exist.

    Raises
    ------
    ValueError
        If there are fewer than three years or a year is left out.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [100.0, 90.0, 99.0], "I55": [50.0, 50.0, 50.0]}, index=[2008, 2009, 2010])
    >>> growth_covariance(jobs).round(3).values.tolist()
    [[0.02, 0.0], [0.0, 0.0]]
    """
    table = _checks.employment_table(jobs, name="jobs").sort_index()
    years = table.index.to_numpy()
    if len(years) < 3:
        raise ValueError(f"jobs has {len(years)} years; three or more are needed for a variance of growth")
    if (np.diff(years) != 1).any():
        raise ValueError(f"jobs has the years {_checks.listed(years)}; each year from the first to the last is needed")
    growth = table / table.shift().where(table.shift() > 0) - 1
    growth = growth.iloc[1:]
    growth.loc[:, growth.isna().any()] = np.nan
    return pd.DataFrame(
        np.cov(growth.to_numpy(), rowvar=False).reshape(2 * (table.shape[1],)), table.columns, table.columns
    )


def portfolio_variance(jobs: pd.DataFrame, covariance: pd.DataFrame) -> pd.Series:
    r"""Return the variance of yearly growth that the mix of sectors alone would give each region.

    .. math:: V_r = \sum_i \sum_j p_{ir} p_{jr} \Sigma_{ij}

    Parameters
    ----------
    jobs
        Region × sector.
    covariance
        As :func:`growth_covariance` returns it, in any order.

    Returns
    -------
    By region, 0 or more; its root is a standard deviation of growth rates (0.01 is a percentage point). A sector whose
    covariance or jobs are missing is left out and the shares of the others fill 1. NaN for a region without jobs in
    the others.

    Raises
    ------
    ValueError
        If a sector of `jobs` is not in `covariance`, or rows and columns of it differ.

    References
    ----------
    Conroy (1974), Southern Economic Journal 40:495.

    Examples
    --------
    >>> covariance = pd.DataFrame([[0.02, 0.0], [0.0, 0.0]], ["C28", "I55"], ["C28", "I55"])
    >>> portfolio_variance(pd.DataFrame({"C28": [50.0], "I55": [50.0]}, index=["ITC4"]), covariance).to_dict()
    {'ITC4': 0.005}
    """
    table = _checks.employment_table(jobs, name="jobs")
    if not covariance.index.equals(covariance.columns):
        raise ValueError("covariance has other rows than columns; the same sectors in the same order are needed")
    square = _checks.aligned_sectors(covariance, table.columns, name="covariance").reindex(table.columns)
    gone = np.isnan(np.diag(square.to_numpy()))
    counts = table.fillna(0.0).mask(pd.DataFrame(np.tile(gone, (len(table), 1)), table.index, table.columns), 0.0)
    sums = counts.sum(axis=1)
    shares = counts.div(sums.where(sums > 0), axis=0)
    values = np.einsum("ri,ij,rj->r", shares.to_numpy(), np.nan_to_num(square.to_numpy()), shares.to_numpy())
    return pd.Series(np.where(sums > 0, np.maximum(values, 0.0), np.nan), table.index, name="portfolio_variance")
