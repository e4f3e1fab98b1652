"""Location quotients of regional input-output work: SLQ, CILQ, FLQ and AFLQ, from jobs by sector, not cut at 1.

They compare a region with the nation that it is a part of. "SLQ" stands for three things in the literature: this is
the simple location quotient; the symmetric and the standardised one live in ``indicators.specialisation``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables


def simple_location_quotient(region: pd.Series, nation: pd.Series) -> pd.Series:
    r"""Return the share of each industry in the region over its share in the nation (SLQ).

    .. math:: SLQ_i = \frac{E_{ir} / E_r}{E_{iN} / E_N}

    Parameters
    ----------
    region, nation
        Jobs (or output) by industry, the region's included in the nation's. Totals are over the industries that both
        have a figure for.

    Returns
    -------
    By industry, as in `region`. 0 for an industry without regional jobs; NaN, with a warning, for one without a
    figure or without national jobs, and for all in a region without any jobs.

    Raises
    ------
    ValueError
        If a figure is negative, `region` and `nation` list other industries, or the region has jobs in an industry
        that the nation has none in.

    References
    ----------
    Schaffer & Chu (1969), Papers of the Regional Science Association 23:83; Miller & Blair (2009), section 8.2.

    Examples
    --------
    >>> region = pd.Series({"A": 20, "B": 50, "C": 30})
    >>> nation = pd.Series({"A": 400, "B": 300, "C": 300})
    >>> simple_location_quotient(region, nation).round(6).to_dict()
    {'A': 0.5, 'B': 1.666667, 'C': 1.0}
    """
    quotients, _ = _warned(region, nation)
    return quotients


def cross_industry_location_quotient(region: pd.Series, nation: pd.Series) -> pd.DataFrame:
    r"""Return the quotient of each supplying industry over that of each using industry (CILQ).

    .. math:: CILQ_{ij} = \frac{SLQ_i}{SLQ_j}

    Parameters
    ----------
    region, nation
        As in :func:`simple_location_quotient`.

    Returns
    -------
    Supplying (rows) × using industries. The diagonal is 1 whatever the region has, which is why
    :func:`regional_coefficients` takes :math:`SLQ_i` there. The column of an industry without regional jobs is
    infinite, NaN where the supplier has none either; else NaN as in :func:`simple_location_quotient`.

    References
    ----------
    Morrison & Smith (1974), Journal of Regional Science 14:1; Flegg, Webber & Elliott (1995), Regional Studies 29:547.

    Examples
    --------
    >>> region = pd.Series({"A": 20, "B": 50, "C": 30})
    >>> nation = pd.Series({"A": 400, "B": 300, "C": 300})
    >>> cross_industry_location_quotient(region, nation).round(3).loc["B"].to_dict()
    {'A': 3.333, 'B': 1.0, 'C': 1.667}
    """
    quotients, _ = _warned(region, nation)
    return _square(ratios(quotients.to_numpy()), quotients.index)


def flegg_location_quotient(region: pd.Series, nation: pd.Series, *, delta: float) -> pd.DataFrame:
    r"""Return the cross-industry quotient scaled down by the size of the region (FLQ), not cut at 1.

    .. math:: FLQ_{ij} = \lambda^* \frac{SLQ_i}{SLQ_j} \;(i \ne j), \qquad FLQ_{ii} = \lambda^* SLQ_i, \qquad
              \lambda^* = \Big[\log_2\Big(1 + \frac{E_r}{E_N}\Big)\Big]^{\delta}

    Parameters
    ----------
    region, nation
        As in :func:`simple_location_quotient`; the region may not be larger than the nation.
    delta
        From 0, where size does not count, to 1. Studies with observed tables find 0.2 to 0.3.

    Returns
    -------
    Supplying (rows) × using industries. Programs differ on the diagonal (:math:`\lambda^*`, or :math:`SLQ_i` without
    it); this one is Flegg & Webber's. Industries without jobs or figures as in
    :func:`cross_industry_location_quotient`, the diagonal 0 for those without regional jobs.

    References
    ----------
    Flegg, Webber & Elliott (1995), Regional Studies 29:547; Flegg & Webber (1997), 31:795; Flegg & Tohmo (2013),
    47:703.

    Examples
    --------
    >>> region = pd.Series({"A": 20, "B": 50, "C": 30})
    >>> nation = pd.Series({"A": 400, "B": 300, "C": 300})
    >>> flegg_location_quotient(region, nation, delta=0.25).round(6).loc["B"].to_dict()
    {'A': 2.029818, 'B': 1.014909, 'C': 1.014909}
    """
    quotients, size = _warned(region, nation)
    return _square(flegg(quotients.to_numpy(), size, checked_delta(delta)), quotients.index)


def augmented_flegg_location_quotient(region: pd.Series, nation: pd.Series, *, delta: float) -> pd.DataFrame:
    r"""Return the FLQ raised in the columns of industries that the region is specialised in (AFLQ), not cut at 1.

    .. math:: AFLQ_{ij} = FLQ_{ij} \log_2(1 + SLQ_j) \quad\text{where } SLQ_j > 1

    Parameters
    ----------
    region, nation, delta
        As in :func:`flegg_location_quotient`.

    Returns
    -------
    Supplying (rows) × using industries, as :func:`flegg_location_quotient`.

    References
    ----------
    McCann & Dewhurst (1998), Regional Studies 32:435, for the question; Flegg & Webber (2000), 34:563.

    Examples
    --------
    >>> region = pd.Series({"A": 20, "B": 50, "C": 30})
    >>> nation = pd.Series({"A": 400, "B": 300, "C": 300})
    >>> augmented_flegg_location_quotient(region, nation, delta=0.25)["B"].round(6).tolist()
    [0.258504, 1.436135, 0.517008]
    """
    quotients, size = _warned(region, nation)
    return _square(augmented(quotients.to_numpy(), size, checked_delta(delta)), quotients.index)


def location_quotients(region: pd.Series, nation: pd.Series) -> tuple[pd.Series, float]:
    """Return the location quotients, in the order of the region, and the size of the region in the nation."""
    jobs = _checks.counts_by_label(region, noun="sector", name="region")
    national = _checks.counts_by_label(nation, noun="sector", name="nation")
    require_sectors(national.index, jobs.index, "nation", "region")
    national = national.reindex(jobs.index)
    impossible = jobs.index[(jobs > 0) & (national == 0)]
    if len(impossible):
        raise ValueError(f"the region has jobs in sector {_tables.listed(impossible)} and the nation has none there")
    known = jobs.notna() & national.notna()
    total, national_total = jobs[known].sum(), national[known].sum()
    quotients = (jobs / total) / (national / national_total)
    return quotients.rename("simple_location_quotient"), float(total / national_total if national_total else np.nan)


def _warned(region: pd.Series, nation: pd.Series) -> tuple[pd.Series, float]:
    """Return the same, with a warning that names the sectors without a quotient."""
    quotients, size = location_quotients(region, nation)
    blank = quotients.index[quotients.isna()]
    if len(blank):
        _checks.warn(f"no quotient for sector {_tables.listed(blank)}: a figure is missing or there are no jobs")
    return quotients, size


def ratios(quotients: np.ndarray) -> np.ndarray:
    """Return supplier over user; infinite where the user has no jobs, NaN where neither has."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return quotients[:, None] / quotients


def with_diagonal(pairs: np.ndarray, quotients: np.ndarray) -> np.ndarray:
    """Return the pairs with what an industry buys from itself limited by its own quotient, not by 1."""
    np.fill_diagonal(pairs, quotients)
    return pairs


def flegg(quotients: np.ndarray, size: float, delta: float) -> np.ndarray:
    """Return the FLQ of a region that makes up `size` of the nation."""
    # sums of the same figures in another order differ in their last digits
    if size > 1 + 1e-9:
        raise ValueError(f"region has {size:g} times the jobs of nation; nation must include region")
    return np.log2(1 + min(size, 1.0)) ** delta * with_diagonal(ratios(quotients), quotients)


def augmented(quotients: np.ndarray, size: float, delta: float) -> np.ndarray:
    """Return the AFLQ of a region that makes up `size` of the nation."""
    return flegg(quotients, size, delta) * np.where(quotients > 1, np.log2(1 + quotients), 1.0)


def checked_delta(delta: float) -> float:
    """Return δ, or raise where it is not in [0, 1]."""
    if not 0 <= delta <= 1:
        raise ValueError(f"delta is {delta}; a number from 0 to 1 is needed, 0.2 to 0.3 are usual")
    return delta


def _square(values: np.ndarray, sectors: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(values, index=sectors, columns=sectors)


def require_sectors(labels: pd.Index, wanted: pd.Index, name: str, other: str) -> None:
    """Raise unless both have the same sectors, in any order."""
    # asking label by label takes a hundred times as long
    if labels.equals(wanted):
        return
    for these, those, first, second in ((wanted, labels, name, other), (labels, wanted, other, name)):
        absent = these[~these.isin(those)]
        if len(absent):
            raise ValueError(f"{first} has no sector {_tables.listed(absent)}, which {second} has; both need the same")
