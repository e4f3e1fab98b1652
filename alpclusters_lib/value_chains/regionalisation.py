"""Regional input coefficients from national ones and jobs by sector, and how far estimates are off.

A quotient says how much of what a sector needs the region can supply itself; nothing here observes trade. Goods that
cross the border both ways are not seen, so SLQ and CILQ leave too much in the region. FLQ takes off more the smaller
the region is, by a number δ that is chosen and not observed: show what a range of δ gives. National coefficients must
be those of domestic inputs, imports taken out. The quotients live in ``_location_quotients`` and are handed on here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _location_quotients, _tables
from alpclusters_lib.value_chains._location_quotients import (
    augmented_flegg_location_quotient,
    cross_industry_location_quotient,
    flegg_location_quotient,
    simple_location_quotient,
)

__all__ = [
    "augmented_flegg_location_quotient",
    "compare",
    "cross_industry_location_quotient",
    "flegg_location_quotient",
    "regional_coefficients",
    "simple_location_quotient",
]

METHODS = ("slq", "cilq", "flq", "aflq")


def regional_coefficients(
    A_domestic: pd.DataFrame,
    region: pd.Series,
    nation: pd.Series,
    *,
    method: str = "slq",
    delta: float = 0.2,
    unobserved: str = "raise",
) -> pd.DataFrame:
    r"""Estimate the input coefficients of a region from the nation's domestic ones.

    .. math:: \hat a^r_{ij} = \min(t_{ij}, 1)\, a^N_{ij}

    with :math:`t` the SLQ of the supplier, CILQ (SLQ on the diagonal), FLQ or AFLQ.

    Parameters
    ----------
    A_domestic
        National coefficients of domestic inputs, supplying × using industries.
    region, nation
        Jobs (or output) by industry, as in :func:`simple_location_quotient`. Industries beyond the coefficients
        count in the totals.
    method
        "slq", "cilq", "flq" or "aflq".
    delta
        For "flq" and "aflq". On the observed tables of the nine Austrian Länder 0.2 comes nearest on average; the best
        of a single Land lies between 0.06 and 0.33, so show a range.
    unobserved
        What becomes of industries without regional jobs: "raise", or "national" for national coefficients.

    Returns
    -------
    Same labels and order as `A_domestic`; never above it, equal to it where the region is the nation. ``attrs``
    holds in ``"estimated"`` a list of the industries whose coefficients are stand-ins by ``unobserved="national"``:
    row and column of an industry without a figure (NaN or not listed) are national, and so is the column of one with
    0 jobs. The row of one with 0 jobs is 0 throughout: the region cannot buy from it at home.

    Raises
    ------
    ValueError
        If an industry has no regional jobs and `unobserved` does not say what to do, an industry of the table has no
        national jobs, a coefficient is missing, or rows and columns differ.

    References
    ----------
    As for the quotients; Miller & Blair (2009), Input-Output Analysis, section 8.2.

    Examples
    --------
    >>> names = ["A", "B", "C"]
    >>> A = pd.DataFrame([[0.1, 0.2, 0.05], [0.15, 0.1, 0.1], [0.05, 0.1, 0.2]], names, names)
    >>> region, nation = pd.Series([20, 50, 30], names), pd.Series([400, 300, 300], names)
    >>> regional_coefficients(A, region, nation, method="flq", delta=0.25).round(4).values.tolist()
    [[0.0304, 0.0365, 0.0152], [0.15, 0.1, 0.1], [0.05, 0.0365, 0.1218]]
    """
    _checks.one_of(method, METHODS, name="method")
    case = located(A_domestic, region, nation, unobserved=unobserved)
    result = pd.DataFrame(estimated(case, method, delta), index=case.sectors, columns=case.sectors)
    if not result.columns.equals(A_domestic.columns):
        result = result.reindex(columns=A_domestic.columns)
    result = result.set_axis(A_domestic.columns, axis=1)
    result.attrs["estimated"] = case.stand_ins
    return result


class Located(NamedTuple):
    """National coefficients and the quotients of a region, checked: what estimates by any method and δ start from."""

    national: np.ndarray
    sectors: pd.Index
    quotients: np.ndarray
    size: float
    stand_ins: list


def located(A_domestic: pd.DataFrame, region: pd.Series, nation: pd.Series, *, unobserved: str) -> Located:
    """Return the quotients of a region by sector of the table; the arguments are those of `regional_coefficients`."""
    _checks.one_of(unobserved, ("raise", "national"), name="unobserved")
    national, sectors, _ = _tables.square_values(A_domestic, "A_domestic")
    jobs, all_jobs, stand_ins = _observed(sectors, region, nation, unobserved)
    quotients, size = _location_quotients.location_quotients(jobs, all_jobs)
    return Located(national, sectors, quotients.reindex(sectors).to_numpy(), size, stand_ins)


def estimated(case: Located, method: str, delta: float) -> np.ndarray:
    """Return the estimated coefficients, rows and columns in the order of the sectors."""
    trade = _trade(case.quotients, case.size, method, _location_quotients.checked_delta(delta))
    absent, unknown = case.quotients == 0, np.isnan(case.quotients)
    # an infinite quotient cut at 1 would do the same in silence
    trade[unknown] = trade[:, unknown | absent] = 1.0
    trade[absent] = 0.0
    return np.minimum(trade, 1.0) * case.national


def compare(estimate: pd.DataFrame, survey: pd.DataFrame, *, output: pd.Series | None = None) -> pd.Series:
    r"""Compare estimated coefficients with observed ones, by cell and by output multiplier.

    .. math:: STPE = 100 \frac{\sum_{ij} |\hat a_{ij} - a_{ij}|}{\sum_{ij} a_{ij}}, \quad
              WAPE = \frac{\sum_{ij} x_j |\hat a_{ij} - a_{ij}|}{\sum_{ij} x_j a_{ij}}, \quad
              ME = \frac{1}{n} \sum_j \frac{|\hat m_j - m_j|}{m_j}

    Parameters
    ----------
    estimate, survey
        Coefficients of the same industries, supplying × using, aligned by label.
    output
        Output :math:`x_j` by using industry, which makes WAPE the share of flows that is wrong; equal where omitted.

    Returns
    -------
    ``stpe`` in per cent; ``wape`` and ``multiplier_error`` as shares; ``rank_correlation`` of the multipliers
    (Spearman), NaN where either does not vary. Industries with an output of 0 are left out of the last two; STPE and
    WAPE are NaN for a survey without flows. A good rank correlation does not mean a good level, nor the reverse.

    Raises
    ------
    ValueError
        If labels do not fit, a coefficient is missing, or coefficients are too large for multipliers to exist.

    References
    ----------
    Jackson & Murray (2004), Economic Systems Research 16:135; Temurshoev, Webb & Yamano (2011), 23:91.

    Examples
    --------
    >>> survey = pd.DataFrame([[0.1, 0.2], [0.2, 0.1]], ["A", "B"], ["A", "B"])
    >>> compare(survey * 0.5, survey).round(4).to_dict()
    {'stpe': 50.0, 'wape': 0.5, 'multiplier_error': 0.1765, 'rank_correlation': nan}
    """
    observed = surveyed(survey, output=output)
    guessed, theirs, _ = _tables.square_values(estimate, "estimate")
    _location_quotients.require_sectors(theirs, observed.sectors, "estimate", "survey")
    if not theirs.equals(observed.sectors):
        order = theirs.get_indexer(observed.sectors)
        guessed = guessed[np.ix_(order, order)]
    return pd.Series(errors(guessed, observed))


class Surveyed(NamedTuple):
    """Observed coefficients, checked, with what any number of estimates is held against."""

    coefficients: np.ndarray
    sectors: pd.Index
    sizes: np.ndarray
    multipliers: np.ndarray


def surveyed(survey: pd.DataFrame, *, output: pd.Series | None = None) -> Surveyed:
    """Return observed coefficients as arrays; the arguments are those of :func:`compare`."""
    observed, sectors, _ = _tables.square_values(survey, "survey")
    sizes = np.ones(len(sectors)) if output is None else _sizes(output, sectors)
    return Surveyed(observed, sectors, sizes, _multipliers(observed, sectors, "survey"))


def errors(guessed: np.ndarray, survey: Surveyed) -> dict[str, float]:
    """Return what :func:`compare` does, of an estimate in the order of the survey's sectors."""
    observed, sizes = survey.coefficients, survey.sizes
    off, produced = np.abs(guessed - observed), sizes > 0
    true = survey.multipliers[produced]
    found = _multipliers(guessed, survey.sectors, "estimate")[produced]
    return {
        "stpe": 100 * _over(off.sum(), observed.sum()),
        "wape": _over(off.sum(axis=0) @ sizes, observed.sum(axis=0) @ sizes),
        "multiplier_error": _over((np.abs(found - true) / true).sum(), produced.sum()),
        "rank_correlation": _rank_correlation(found, true),
    }


def _observed(
    sectors: pd.Index, region: pd.Series, nation: pd.Series, unobserved: str
) -> tuple[pd.Series, pd.Series, list]:
    """Return jobs of region and nation over the same sectors, and which of the table's have no regional jobs."""
    national = _checks.counts_by_label(nation, noun="sector", name="nation")
    jobs = _checks.counts_by_label(region, noun="sector", name="region")
    if not jobs.index.equals(national.index):
        beyond = jobs.index[~jobs.index.isin(national.index)]
        if len(beyond):
            raise ValueError(f"region names sector {_tables.listed(beyond)}, which nation does not have")
        jobs = jobs.reindex(national.index)
    unknown = sectors[national.reindex(sectors).isna().to_numpy()]
    if len(unknown):
        raise ValueError(f"nation has no figure for sector {_tables.listed(unknown)} of A_domestic; each needs one")
    if not jobs.sum() > 0:
        raise ValueError("region has no jobs in any sector of nation; jobs in one sector or more are needed")
    without = sectors[~(jobs.reindex(sectors) > 0).to_numpy()]
    if len(without) and unobserved == "raise":
        raise ValueError(
            f"region has no jobs in sector {_tables.listed(without)}; "
            'unobserved="national" takes national coefficients there and marks them as estimated'
        )
    return jobs, national, list(without)


def _trade(quotients: np.ndarray, size: float, method: str, delta: float) -> np.ndarray:
    if method == "slq":
        return np.repeat(quotients[:, None], len(quotients), axis=1)
    if method == "cilq":
        return _location_quotients.with_diagonal(_location_quotients.ratios(quotients), quotients)
    return (_location_quotients.flegg if method == "flq" else _location_quotients.augmented)(quotients, size, delta)


def _sizes(output: pd.Series, sectors: pd.Index) -> np.ndarray:
    sizes = _checks.counts_by_label(output, noun="sector", name="output")
    _location_quotients.require_sectors(sizes.index, sectors, "output", "survey")
    unknown = sizes.index[sizes.isna()]
    if len(unknown):
        raise ValueError(f"output of sector {_tables.listed(unknown)} is missing; zero or more is needed")
    return sizes.reindex(sectors).to_numpy()


def _multipliers(shares: np.ndarray, sectors: pd.Index, name: str) -> np.ndarray:
    return _tables.solved(shares, np.ones(len(sectors)), sectors, transposed=True, name=name)


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _rank_correlation(found: np.ndarray, true: np.ndarray) -> float:
    # rounded, so that equal multipliers are ties
    ranks = pd.DataFrame({"found": found, "true": true}).round(12).rank().to_numpy()
    return float(np.corrcoef(ranks.T)[0, 1]) if np.ptp(ranks, axis=0).all() else float("nan")
