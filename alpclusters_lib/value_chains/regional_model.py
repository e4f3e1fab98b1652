"""Regional output multipliers from a national table and jobs by industry, for a range of δ.

Nobody observes what the industries of a region buy from each other, but for a few regions. Here it is modelled: the
national coefficients of domestic inputs, cut by the FLQ. The same recipe is held against the published tables of the
nine Austrian Länder in ``austrian_test``, with its error: no figure of this module should be shown without it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables
from alpclusters_lib.value_chains.regionalisation import Located, estimated, located, regional_coefficients

__all__ = [
    "DELTA",
    "DELTAS",
    "NationalTable",
    "estimated_coefficients",
    "national_table",
    "regional_economy",
    "regional_multipliers",
    "with_uncovered",
]

DELTAS = (0.10, 0.15, 0.20, 0.25, 0.30, 0.40)
"""The range of δ over which results are shown."""

DELTA = 0.25
"""The δ that comes nearest to the nine Austrian tables where this recipe is used (see ``austrian_test``)."""


@dataclass(frozen=True, eq=False)
class NationalTable:
    """One country of a world table: what its industries buy at home, and from anywhere.

    ``coefficients`` are domestic inputs over output (supplying × using), ``inputs`` all intermediate inputs over
    output, imports included, and ``output`` the output by industry.
    """

    country: str
    coefficients: pd.DataFrame
    inputs: pd.Series
    output: pd.Series


def national_table(Z: pd.DataFrame, x: pd.Series, country: Hashable) -> NationalTable:
    """Return one country of a world table of (country, industry).

    Parameters
    ----------
    Z, x
        Flows and output of all countries.
    country
        Its label in the table.

    Returns
    -------
    Coefficients of an industry without output are 0.

    Raises
    ------
    ValueError
        If the table does not hold the country.

    Examples
    --------
    >>> both = pd.MultiIndex.from_product([["AUT", "DEU"], ["c1", "c2"]], names=["country", "industry"])
    >>> Z = pd.DataFrame([[1, 2, 0, 0], [2, 1, 0, 1], [1, 0, 5, 5], [0, 1, 5, 5]], both, both)
    >>> one = national_table(Z, pd.Series([10.0, 20, 50, 50], both), "AUT")
    >>> one.coefficients.values.tolist(), one.inputs.tolist()
    ([[0.1, 0.1], [0.2, 0.05]], [0.4, 0.2])
    """
    held = Z.index.get_level_values(0)
    if country not in held:
        raise ValueError(f"no country {country} in the table; it has {_checks.listed(held.unique(), most=50)}")
    output = x.loc[country]
    produced = output.where(output > 0)
    domestic = Z.loc[country, country].div(produced, axis=1).fillna(0.0)
    inputs = Z[country].sum().div(produced).fillna(0.0)
    return NationalTable(str(country), domestic, inputs, output)


def with_uncovered(region: pd.Series, nation: pd.Series, covered: pd.Series) -> tuple[pd.Series, pd.Series]:
    r"""Give industries that the statistics do not cover the region's share of all covered jobs.

    Their location quotient is then 1: neither concentrated nor absent, as far as is known. On the nine Austrian Länder
    this comes nearer to the published tables than national coefficients do.

    Parameters
    ----------
    region, nation
        Jobs by industry.
    covered
        True where jobs are given in full; what the others hold is put aside.

    Returns
    -------
    Region and nation over the industries of `covered`. In the nation an uncovered industry holds the mean of the
    covered ones, which is a placeholder: quotients and size do not depend on it.

    Raises
    ------
    ValueError
        If a covered industry has no figure in the region or the nation, or there are no covered jobs.

    Examples
    --------
    >>> covered = pd.Series({"c1": False, "c2": True, "c3": True})
    >>> region, nation = pd.Series({"c2": 10, "c3": 30}), pd.Series({"c2": 100, "c3": 100})
    >>> with_uncovered(region, nation, covered)[0].to_dict()
    {'c1': 20.0, 'c2': 10.0, 'c3': 30.0}
    """
    filled = []
    for name, counts in (("region", region), ("nation", nation)):
        counts = _checks.counts_by_label(counts, noun="industry", name=name).reindex(covered.index)
        unknown = counts.index[covered & counts.isna()]
        if len(unknown):
            raise ValueError(f"{name} has no figure for industry {_checks.listed(unknown)}, which is covered")
        if not counts[covered].sum() > 0:
            raise ValueError(f"{name} has no jobs in the covered industries; some are needed")
        filled.append(counts)
    jobs, all_jobs = filled
    share = jobs[covered].sum() / all_jobs[covered].sum()
    placeholder = all_jobs[covered].mean()
    return jobs.where(covered, share * placeholder), all_jobs.where(covered, placeholder)


def regional_multipliers(
    national: NationalTable,
    jobs: pd.DataFrame,
    national_jobs: pd.Series,
    covered: pd.Series,
    *,
    deltas: Iterable[float] = DELTAS,
) -> pd.DataFrame:
    r"""Return the output multiplier of each industry inside each region, and the share of inputs bought there.

    .. math:: m^r = \mathbf{1}'(I - \hat A^r)^{-1}, \qquad h^r_j = \frac{\sum_i \hat a^r_{ij}}{\sum_i a_{ij}}

    with :math:`\hat A^r` by FLQ and :math:`a_{ij}` inputs from anywhere, imports included.

    Parameters
    ----------
    national
        The country that the regions are part of.
    jobs
        Region × industry; figures of industries that are not covered are put aside (:func:`with_uncovered`).
    national_jobs
        By industry. Estimated regional figures may exceed them: the larger one is taken.
    covered
        Which industries the jobs cover.
    deltas
        The values of δ.

    Returns
    -------
    Index (region, industry, delta); ``multiplier`` is output in the region for one unit of final demand for the
    industry's product, the unit itself included; ``inside_share`` in [0, 1]. NaN for an industry without jobs in the
    region, and ``inside_share`` for one without inputs.

    Raises
    ------
    ValueError
        If a covered industry of a region has no figure, or the industries of table and jobs differ.

    References
    ----------
    Flegg & Tohmo (2013), Regional Studies 47:703; Miller & Blair (2009), Input-Output Analysis, sections 6.2 and 8.2.

    Examples
    --------
    >>> names = ["c1", "c2"]
    >>> A = pd.DataFrame([[0.1, 0.2], [0.3, 0.1]], names, names)
    >>> table = NationalTable("AUT", A, A.sum() + 0.1, pd.Series(1.0, names))
    >>> jobs = pd.DataFrame([[10.0, 30.0]], ["AT31"], names)
    >>> covered = pd.Series(True, names)
    >>> nation = pd.Series([100.0, 100.0], names)
    >>> regional_multipliers(table, jobs, nation, covered, deltas=[0.3]).round(3).values.tolist()
    [[1.401, 0.667], [1.181, 0.362]]
    """
    values = list(deltas)
    _tables.square_values(national.coefficients, "coefficients")
    absent = national.coefficients.index.symmetric_difference(covered.index)
    if len(absent):
        raise ValueError(f"industry {_checks.listed(absent)} is in the table or in covered only; both need the same")
    sectors = national.coefficients.index
    index = pd.MultiIndex.from_product([jobs.index, sectors, values], names=["region", "industry", "delta"])
    cells = np.full((len(jobs), len(sectors), len(values), 2), np.nan)
    for place, region in enumerate(jobs.index):
        counts = _jobs(jobs.loc[region], national_jobs, covered)
        cells[place] = _figures(national, *counts, values)
    return pd.DataFrame(cells.reshape(-1, 2), index=index, columns=["multiplier", "inside_share"])


def _jobs(region: pd.Series, nation: pd.Series, covered: pd.Series) -> tuple[pd.Series, pd.Series]:
    jobs, national_jobs = with_uncovered(region, nation, covered)
    return jobs, national_jobs.mask(jobs > national_jobs, jobs)


def _figures(national: NationalTable, jobs: pd.Series, national_jobs: pd.Series, deltas: list[float]) -> np.ndarray:
    """Return multiplier and share bought inside by industry and δ."""
    case = located_industries(national, jobs, national_jobs)
    bought = national.inputs.reindex(case.sectors)
    bought = bought.where(bought > 0).to_numpy()
    ones, found = np.ones(len(case.sectors)), []
    for delta in deltas:
        estimate = estimated(case, "flq", delta)
        multipliers = _tables.solved(estimate, ones, case.sectors, transposed=True)
        found.append(np.column_stack([multipliers, estimate.sum(axis=0) / bought]))
    figures = np.array(found).reshape(len(deltas), len(ones), 2).swapaxes(0, 1)
    return np.where((jobs.reindex(case.sectors) > 0).to_numpy()[:, None, None], figures, np.nan)


def estimated_coefficients(
    national: NationalTable, jobs: pd.Series, national_jobs: pd.Series, *, method: str = "flq", delta: float = DELTA
) -> pd.DataFrame:
    """Return regional coefficients; an industry that has no jobs in the nation either keeps its national ones."""
    filled = _with_size(jobs, national_jobs)
    return regional_coefficients(national.coefficients, *filled, method=method, delta=delta, unobserved="national")


def located_industries(national: NationalTable, jobs: pd.Series, national_jobs: pd.Series) -> Located:
    """Return what :func:`estimated_coefficients` starts from, for estimates by several methods or δ."""
    return located(national.coefficients, *_with_size(jobs, national_jobs), unobserved="national")


def regional_economy(
    national: NationalTable, jobs: pd.Series, national_jobs: pd.Series, covered: pd.Series
) -> tuple[Located, pd.Series]:
    """Return what the coefficients of a region are taken from, and its output: as in the country, job by job.

    Parameters
    ----------
    national, jobs, national_jobs, covered
        As in :func:`regional_multipliers`, of one region.

    Returns
    -------
    What `estimated` makes coefficients of, and output by industry in its order, in money of the table; 0 where the
    region has no jobs.

    Examples
    --------
    >>> names = ["c1", "c2"]
    >>> table = NationalTable("AUT", pd.DataFrame(0.1, names, names), pd.Series(0.3, names), pd.Series(500.0, names))
    >>> jobs, nation = pd.Series([10.0, 30.0], names), pd.Series([100.0, 100.0], names)
    >>> regional_economy(table, jobs, nation, pd.Series(True, names))[1].to_dict()
    {'c1': 50.0, 'c2': 150.0}
    """
    own, country = _jobs(jobs, national_jobs, covered)
    case = located_industries(national, own, country)
    share = (own / country.where(country > 0)).reindex(case.sectors).fillna(0.0)
    return case, (national.output.reindex(case.sectors) * share).rename("output")


def _with_size(jobs: pd.Series, national_jobs: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Give an industry that has no jobs in the nation either the region's share of all jobs."""
    nowhere = ~(national_jobs > 0)
    # it buys and sells next to nothing, but its row and column must stand in the table
    size = jobs.sum() / national_jobs.sum()
    return jobs.mask(nowhere, size), national_jobs.mask(nowhere, 1.0)
