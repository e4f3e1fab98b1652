"""What shocks to demand take from a region through its input-output model, and how such a model did when tested.

First magnitudes, never forecasts: jobs by output stay as they are, prices do not move, nobody finds other buyers or
suppliers. ``back_test`` says how far expected changes were from observed ones: read it before any shock. The other
stress test of the project, a survey of the people around a strategy, is :func:`governance` (``strategy.survey``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.strategy.survey import governance
from alpclusters_lib.value_chains.input_output import leontief_inverse

__all__ = ["back_test", "demand_change", "final_demand", "governance", "shocks"]

FLOOR = -100.0


def shocks(coefficients: pd.DataFrame, output: pd.Series, jobs: pd.Series, shock: pd.Series) -> pd.DataFrame:
    r"""Return the change of output and jobs of a region's industries that goes with a change of final demand.

    .. math:: \Delta f_i = \frac{s_i}{100} f_i, \quad f = \max(0, x - A x), \qquad
        \Delta x = (I - A)^{-1} \Delta f, \qquad \Delta e_i = e_i \frac{\Delta x_i}{x_i}

    Final demand is what the region's industries do not buy from each other: households, investment, and all that is
    sold outside the region, to industries too.

    Parameters
    ----------
    coefficients
        Regional input coefficients A, supplying × using industry.
    output
        Output x by industry, in money.
    jobs
        Jobs e by industry; NaN where there is no figure.
    shock
        Change of final demand s by industry, in per cent, at least -100; an industry that it does not name keeps its
        demand.

    Returns
    -------
    Index industry; ``direct`` and ``indirect`` change of output, in money, their jobs ``direct_jobs`` and
    ``indirect_jobs``. Linear: changes of two shocks add up, a shock of 0 changes nothing. An industry without output
    has no jobs to lose (0); one without a figure of jobs has NaN.

    Raises
    ------
    ValueError
        If a shock is missing, below -100 % or of an industry that the table does not have, if `output` or `jobs`
        lacks an industry, or if A has no Leontief inverse.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, sections 2.2 and 6.2.

    Examples
    --------
    >>> names = ["c1", "c2"]
    >>> A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], names, names)
    >>> x, e = pd.Series([1000.0, 2000.0], names), pd.Series([10.0, 40.0], names)
    >>> shocks(A, x, e, pd.Series({"c1": -10.0})).round(2).values.tolist()
    [[-35.0, -8.89, -0.35, -0.09], [0.0, -9.24, 0.0, -0.18]]
    """
    names = coefficients.index
    produced = _by_industry(output, names, "output").fillna(0.0)
    held = _by_industry(jobs, names, "jobs")
    rate = _checked_shock(shock, names)
    inverse = leontief_inverse(coefficients).to_numpy()
    direct = rate / 100 * final_demand(coefficients, produced)
    indirect = pd.Series(inverse @ direct.to_numpy(), names) - direct
    by_output = held / produced.where(produced > 0)
    changed = {"direct": direct, "indirect": indirect}
    changed |= {f"{part}_jobs": (by_output * change).mask(produced <= 0, 0.0) for part, change in changed.items()}
    return pd.DataFrame(changed)


def final_demand(coefficients: pd.DataFrame, output: pd.Series) -> pd.Series:
    r"""Return what a region's industries do not buy from each other: :math:`f = \max(0, x - A x)`.

    An industry of which the others seem to buy more than it makes, as may be in a modelled table, has none.

    Parameters
    ----------
    coefficients, output
        As in :func:`shocks`.

    Examples
    --------
    >>> A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], ["c1", "c2"], ["c1", "c2"])
    >>> final_demand(A, pd.Series({"c1": 1000.0, "c2": 2000.0})).to_dict()
    {'c1': 350.0, 'c2': 1700.0}
    """
    produced = _by_industry(output, coefficients.index, "output").fillna(0.0)
    bought = coefficients.to_numpy(dtype=float) @ produced.to_numpy()
    return (produced - bought).clip(lower=0.0).rename("final_demand")


def _by_industry(series: pd.Series, names: pd.Index, name: str) -> pd.Series:
    counts = _checks.counts_by_label(series, noun="industry", name=name)
    return _checks.aligned(counts, names, noun="industry", name=name)


def _checked_shock(shock: pd.Series, names: pd.Index) -> pd.Series:
    """Return the shock by industry, 0 where it names none, or raise a sentence about the first thing wrong."""
    if not isinstance(shock, pd.Series):
        raise TypeError(f"shock is a {type(shock).__name__}; a Series by industry, in per cent, is needed")
    _checks.require_unique(shock.index, noun="industry", name="shock")
    _checks.require_numeric(shock.dtype, where="shock")
    unknown = shock.index[~shock.index.isin(names)]
    if len(unknown):
        raise ValueError(f"shock names industry {_checks.listed(unknown)}; the table has {_checks.listed(names)}")
    wrong = shock.index[~(shock >= FLOOR) | np.isinf(shock.to_numpy(dtype=float))]
    if len(wrong):
        raise ValueError(
            f"shock of industry {wrong[0]} is {shock[wrong[0]]} %; a number of {FLOOR:g} % (nothing is left) or more "
            "is needed"
        )
    return shock.reindex(names).fillna(0.0).astype(float)


def demand_change(coefficients: pd.DataFrame, output: pd.Series, growth: pd.Series) -> pd.Series:
    r"""Return the change of final demand, in per cent, that goes with an observed change of output.

    .. math:: s_i = 100 \, \frac{g_i x_i - \sum_j a_{ij} g_j x_j}{x_i - \sum_j a_{ij} x_j}

    The way back from :func:`shocks`: put into the same table it returns output changes of g.

    Parameters
    ----------
    coefficients, output
        As in :func:`shocks`, of the country whose output was observed.
    growth
        Change of output g by industry, as a share (-0.1 is a tenth less); NaN, where nothing is known, counts as 0.

    Returns
    -------
    By industry, at least -100: one that sells nearly all to other industries may have lost more of its final demand
    than there was, which is cut. NaN where there is no final demand.

    Raises
    ------
    ValueError
        If `output` or `growth` lacks an industry.

    Examples
    --------
    >>> names = ["c1", "c2"]
    >>> A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], names, names)
    >>> x = pd.Series([1000.0, 2000.0], names)
    >>> lost = demand_change(A, x, pd.Series([-0.04389, -0.00462], names))
    >>> lost.round(1).tolist()
    [-10.0, 0.0]
    """
    names = coefficients.index
    produced = _by_industry(output, names, "output").fillna(0.0)
    rate = _checks.aligned(growth, names, noun="industry", name="growth").fillna(0.0)
    inputs = coefficients.to_numpy(dtype=float)
    demand = produced - inputs @ produced.to_numpy()
    changed = rate * produced
    change = changed - inputs @ changed.to_numpy()
    return (100 * change / demand.where(demand > 0)).clip(lower=FLOOR).rename("demand_change")


def back_test(expected: pd.DataFrame, observed: pd.Series) -> pd.DataFrame:
    r"""Hold expected changes of regions against observed ones, method by method.

    Parameters
    ----------
    expected
        Region × method, changes in per cent.
    observed
        By region, in per cent; regions that either lacks are left out, of every method alike.

    Returns
    -------
    Index method: ``regions`` compared; ``mean_absolute_error`` and ``bias`` (mean of expected less observed), in
    points; ``rank_correlation`` (Spearman) of expected and observed, NaN for a method that expects the same
    everywhere; ``slope`` of the least-squares line of observed on expected: below 1 where changes are expected too
    large.

    Raises
    ------
    ValueError
        If fewer than three regions have both.

    Examples
    --------
    >>> regions = ["AT31", "AT32", "ITH3"]
    >>> expected = pd.DataFrame({"mix": [-4.0, -1.0, -6.0], "same": [-3.0, -3.0, -3.0]}, regions)
    >>> back_test(expected, pd.Series([-2.0, -1.0, -3.0], regions)).round(2).to_dict("index")["mix"]
    {'regions': 3, 'mean_absolute_error': 1.67, 'bias': -1.67, 'rank_correlation': 1.0, 'slope': 0.39}
    """
    both = expected.join(observed.rename("__observed"), how="inner").dropna()
    if len(both) < 3:
        raise ValueError(f"{len(both)} regions have an expected and an observed change; three or more are needed")
    seen = both.pop("__observed")
    rows = {}
    for method, values in both.items():
        varies = values.nunique() > 1
        rows[method] = {
            "regions": len(both),
            "mean_absolute_error": (values - seen).abs().mean(),
            "bias": (values - seen).mean(),
            "rank_correlation": values.corr(seen, method="spearman") if varies else np.nan,
            "slope": values.cov(seen) / values.var() if varies else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype({"regions": int}).rename_axis("method")
