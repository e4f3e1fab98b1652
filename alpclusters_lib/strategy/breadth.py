"""Breadth: how much of an economy a strategy covers, and whether it picks out what the region is specialised in.

"Too broad" has no agreed measure. The yardstick here is our own: a strategy is broad when the divisions that it names
hold more jobs than all divisions in which its region is specialised. How many divisions a name covers is decided by
whoever codes it, so the test means little before it gives the same answer under a narrow and a broad coding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import aligned, employment_table, listed
from alpclusters_lib.strategy._matched_sets import matched_draws, strata

__all__ = [
    "SignFlip",
    "covered_divisions",
    "effective_divisions",
    "mean_weights",
    "selectivity",
    "sign_flip",
    "strategy_breadth",
]

ALL = "all"
MOST_EXACT = 20
# sums in another order differ in the last digits: not a larger statistic
TINY = 1e-12


class SignFlip(NamedTuple):
    """The mean of paired differences, how many there are, and the exact one-sided p of more and of less than 0."""

    mean: float
    n: int
    p_more: float
    p_less: float


def sign_flip(differences: pd.Series) -> SignFlip:
    r"""Test whether paired differences are centred on 0, by all :math:`2^n` ways to flip their signs.

    .. math:: p = \frac{\#\{s \in \{-1, 1\}^n : \sum_i s_i d_i \ge \sum_i d_i\}}{2^n}

    The identity is one of the ways, so p is never 0 and nothing is added to it.

    Parameters
    ----------
    differences
        One a strategy; a missing one is left out.

    Returns
    -------
    SignFlip
        ``p_more`` and ``p_less`` are one-sided; the least they can be is :math:`1 / 2^n`. NaN without a difference.

    Raises
    ------
    ValueError
        If there are more than 20 differences: over a million flips.

    References
    ----------
    Fisher (1935), The Design of Experiments, section 21; Pitman (1937), Supplement to the Journal of the Royal
    Statistical Society 4:119.

    Examples
    --------
    >>> sign_flip(pd.Series([1.0, 2.0, 3.0]))
    SignFlip(mean=2.0, n=3, p_more=0.125, p_less=1.0)
    """
    known = differences.dropna().to_numpy(dtype=float)
    if len(known) > MOST_EXACT:
        raise ValueError(f"{len(known)} differences have too many flips to try all; {MOST_EXACT} at most are needed")
    if not len(known):
        return SignFlip(np.nan, 0, np.nan, np.nan)
    sums = np.zeros(1)
    for value in known:
        sums = np.concatenate([sums + value, sums - value])
    tolerance = TINY * np.abs(known).sum()
    more, less = (sums >= known.sum() - tolerance).mean(), (sums <= known.sum() + tolerance).mean()
    return SignFlip(float(known.mean()), len(known), float(more), float(less))


def mean_weights(weights: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """Return each strategy as the mean of its priorities: strategy × division, rows that sum to 1.

    Parameters
    ----------
    weights
        Priority × division.
    owners
        The strategy of each priority.

    Examples
    --------
    >>> weights = pd.DataFrame({"C10": [1.0, 0.0], "C28": [0.0, 1.0]}, index=["food", "machines"])
    >>> mean_weights(weights, pd.Series("a", index=["machines", "food"])).loc["a"].to_dict()
    {'C10': 0.5, 'C28': 0.5}
    """
    of = aligned(owners, weights.index, noun="priority", name="owners")
    return weights.groupby(of.to_numpy(), sort=False).mean().rename_axis("strategy")


def covered_divisions(weights: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """Return whether at least one priority of a strategy names a division: strategy × division."""
    return mean_weights(weights, owners) > 0


def effective_divisions(weights: pd.DataFrame, owners: pd.Series) -> pd.Series:
    r"""Return over how many equal divisions a strategy is spread: the inverse Herfindahl index of its mean weights.

    .. math:: N = \frac{1}{\sum_i \bar w_i^2}

    All coded divisions count, those without regional figures too.

    References
    ----------
    Hannah & Kay (1977), Concentration in Modern Industry (numbers equivalent).

    Examples
    --------
    >>> weights = pd.DataFrame({"C10": [1.0, 0.0], "C28": [0.0, 1.0]}, index=["food", "machines"])
    >>> effective_divisions(weights, pd.Series("a", index=["food", "machines"])).to_dict()
    {'a': 2.0}
    """
    return (1 / (mean_weights(weights, owners) ** 2).sum(axis=1)).rename("effective_divisions")


def strategy_breadth(
    weights: pd.DataFrame, owners: pd.Series, jobs: pd.DataFrame, specialised: pd.DataFrame
) -> pd.DataFrame:
    r"""Return how much of its region's jobs each strategy covers, and of which jobs.

    .. math:: \text{selectivity} = \frac{e_{S \cap P}}{e_S} - \frac{e_{\bar S \cap P}}{e_{\bar S}}

    with :math:`e` the jobs, :math:`S` the divisions in which the region is specialised and :math:`P` those that the
    strategy names: 1 where it names exactly the former, 0 where it names them no more than others, -1 at the reverse.

    Parameters
    ----------
    weights
        Priority × division; divisions without figures may be among them and hold no jobs.
    owners
        The strategy of each priority.
    jobs
        Strategy × division, the jobs of the strategy's area; a missing cell counts as no job.
    specialised
        Strategy × division, whether the area is specialised.

    Returns
    -------
    DataFrame
        A row a strategy: ``priorities``, ``divisions`` (named, with figures), ``effective_divisions``,
        ``covered_share`` of all jobs, ``specialised_share`` of all jobs, ``difference`` between the two,
        ``covered_specialised`` and ``covered_other`` (shares of the jobs in specialised and in other divisions that
        are covered) and ``selectivity``. NaN where there is nothing to divide by.

    Raises
    ------
    ValueError
        If a strategy has no jobs or marks, or the two tables have different divisions.

    Examples
    --------
    >>> weights = pd.DataFrame({"C10": [1.0], "C28": [0.0], "J62": [0.0]}, index=["food"])
    >>> jobs = pd.DataFrame({"C10": [20.0], "C28": [30.0], "J62": [50.0]}, index=["a"])
    >>> row = strategy_breadth(weights, pd.Series({"food": "a"}), jobs, jobs < 40).loc["a"]
    >>> print(*(f"{row[name]:.2f}" for name in ("covered_share", "specialised_share", "selectivity")))
    0.20 0.50 0.40
    """
    names = covered_divisions(weights, owners)
    own, marks = _figures(names.index, jobs, specialised)
    named = names.reindex(columns=own.columns, fill_value=False)
    total, special = own.sum(axis=1), own.where(marks, 0.0).sum(axis=1)
    both = own.where(marks & named, 0.0).sum(axis=1)
    covered = own.where(named, 0.0).sum(axis=1)
    result = pd.DataFrame({
        "priorities": pd.Series(owners.loc[weights.index]).value_counts().reindex(names.index),
        "divisions": named.sum(axis=1), "effective_divisions": effective_divisions(weights, owners),
        "covered_share": _share(covered, total), "specialised_share": _share(special, total),
        "covered_specialised": _share(both, special), "covered_other": _share(covered - both, total - special),
    })  # fmt: skip
    result.insert(5, "difference", result["covered_share"] - result["specialised_share"])
    return result.assign(selectivity=result["covered_specialised"] - result["covered_other"])


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)


def _figures(names: pd.Index, jobs: pd.DataFrame, specialised: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = employment_table(jobs, name="jobs")
    for what, held in (("jobs", table), ("specialised", specialised)):
        absent = names[~names.isin(held.index)]
        if len(absent):
            raise ValueError(f"{what} has no strategy {listed(absent)}; it has {listed(held.index)}")
    if set(table.columns) != set(specialised.columns):
        other = table.columns.symmetric_difference(specialised.columns)
        raise ValueError(f"division {listed(other)} stands in only one of jobs and specialised; the same are needed")
    marks = specialised.loc[names, table.columns]
    return table.loc[names].fillna(0.0), marks.eq(True)


def selectivity(
    weights: pd.DataFrame,
    owners: pd.Series,
    jobs: pd.DataFrame,
    specialised: pd.DataFrame,
    *,
    draws: int = 4_999,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Test whether strategies cover specialised jobs rather than others, more than matched random sets would.

    Each priority is replaced by a random set of as many divisions with figures, as many of them in manufacturing, in
    other industry and in services.

    Parameters
    ----------
    weights, owners, jobs, specialised
        As for :func:`strategy_breadth`.
    draws
        Random strategies for each.
    rng
        A generator or a seed.

    Returns
    -------
    DataFrame
        A row a strategy and the row ``"all"`` (the mean of the strategies, draw by draw): ``selectivity``, what random
        strategies have on average (``expected``) and 95 per cent of them between (``lower``, ``upper``), the one-sided
        ``p``, (b+1)/(B+1), and ``expected_covered``, the share of all jobs that they cover. NaN for a strategy that
        names no division with figures, or whose region is specialised in all or none; it has no part in "all".

    References
    ----------
    Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.

    Examples
    --------
    >>> divisions = [f"C{number}" for number in range(10, 30)]
    >>> weights = pd.DataFrame(0.0, ["food"], divisions).assign(C10=0.5, C11=0.5)
    >>> jobs = pd.DataFrame(10.0, ["a"], divisions)
    >>> marks = jobs.apply(lambda column: column.name < "C12").to_frame("a").T
    >>> found = selectivity(weights, pd.Series({"food": "a"}), jobs, marks, draws=999, rng=1).loc["a"]
    >>> print(f"{found['selectivity']:.1f} {found['p'] < 0.05}")
    1.0 True
    """
    rng, seen = np.random.default_rng(rng), strategy_breadth(weights, owners, jobs, specialised)
    own, marks = _figures(seen.index, jobs, specialised)
    of = aligned(owners, weights.index, noun="priority", name="owners").to_numpy()
    groups, found = strata(own.columns), {}
    kept = weights.reindex(columns=own.columns, fill_value=0.0)
    for strategy in seen.index:
        rows = kept[(of == strategy) & (kept.sum(axis=1) > 0).to_numpy()]
        if len(rows) and pd.notna(seen.loc[strategy, "selectivity"]):
            named = _drawn(rows, groups, draws, rng)
            found[strategy] = _selected(named, own.loc[strategy].to_numpy(), marks.loc[strategy].to_numpy())
    known = list(found)
    rows = {name: _against(seen.loc[name, "selectivity"], *found[name]) for name in known}
    if known:
        means = [np.mean([found[name][part] for name in known], axis=0) for part in (0, 1)]
        rows[ALL] = _against(seen.loc[known, "selectivity"].mean(), *means)
    order = pd.Index([*seen.index, ALL], name="strategy")
    columns = ["selectivity", "expected", "lower", "upper", "p", "expected_covered"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(order)


def _drawn(weights: pd.DataFrame, groups: pd.Series, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return which divisions random strategies name: a row a draw."""
    named = np.zeros((draws, weights.shape[1]), dtype=bool)
    for _, row in weights.iterrows():
        named |= matched_draws(row, groups, draws=draws, rng=rng) > 0
    return named


def _selected(named: np.ndarray, jobs: np.ndarray, marks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    special, other = named @ (jobs * marks), named @ (jobs * ~marks)
    return special / jobs[marks].sum() - other / jobs[~marks].sum(), (special + other) / jobs.sum()


def _against(seen: float, drawn: np.ndarray, covered: np.ndarray) -> tuple[float, ...]:
    beyond = int((drawn >= seen - TINY).sum())
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(seen), float(drawn.mean()), float(low), float(high), (beyond + 1) / (len(drawn) + 1), covered.mean()
