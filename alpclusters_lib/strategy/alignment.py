"""Alignment: whether a strategy's priorities lie on what the region is specialised in, or near to it.

A priority is a set of weights on divisions, coded from its name; the coding is the weak point, so two versions are
compared (:func:`unstable`). Weights on divisions without regional figures (farming, health care, public services) are
set aside: a priority made mostly of them is *not tested*. Random sets keep the weights, and what mining,
manufacturing, other industry and services hold of them. Nothing here says what a strategy brought about.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.strategy._alignment_draws import (
    STATISTICS,
    Ground,
    base_seed,
    draw_statistics,
    ground,
    joint_statistics,
    least_p,
    stratum_means,
)

__all__ = [
    "CASES",
    "adjusted",
    "alignment_with_draws",
    "priority_alignment",
    "strategy_alignment",
    "strategy_draws",
    "unstable",
]

CASES = ["specialised_and_related", "specialised_only", "related_only", "neither"]
"""The four cases of a division; the columns that hold their shares of a priority's weight."""

MINIMUM_CODABLE = 0.5
"""Share of a priority's weight that must lie on divisions with figures: below half, they are not what it is about."""

ALL = "all"
# sums in another order differ in the last digits: not a larger statistic
TINY = 1e-12


def priority_alignment(
    weights: pd.DataFrame,
    interval: pd.DataFrame,
    density: pd.Series,
    *,
    strata: pd.Series | None = None,
    draws: int = 9_999,
    minimum_codable: float = MINIMUM_CODABLE,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Compare what the priorities of one region lie on with matched random sets of divisions.

    .. math:: \bar s_p = \sum_i w_{pi} \frac{LQ_i - 1}{LQ_i + 1}, \qquad
        p = \frac{1 + \#\{b : \bar s_p^{(b)} \ge \bar s_p\}}{1 + B}

    with the weights rescaled to 1 over divisions with figures, and likewise for relatedness density. The symmetric
    quotient is bounded and 0 where the quotient is 1: one division with a huge quotient does not decide.

    Parameters
    ----------
    weights
        Priority × division, rows that sum to 1; all coded divisions, those without figures too.
    interval
        By division ``estimate``, ``lower`` and ``upper`` of the region's location quotient.
    density
        Relatedness density by division, in per cent.
    strata
        What is drawn among itself, by division; mining, manufacturing, other industry and services where omitted.
    draws
        Random sets a priority.
    minimum_codable
        A priority with a smaller share of its weight on divisions with figures is not tested.
    rng
        Generator or seed; each priority draws from a generator of its own, seeded by its name.

    Returns
    -------
    DataFrame
        A row a priority: ``codable_share``; ``divisions`` (named, with figures); ``tested``; of the codable weight
        ``specialised_share`` (lower limit above 1), ``related_share`` (density above the region's median) and the
        four `CASES`, which sum to 1; ``mean_quotient`` (symmetric, in [-1, 1]) and ``mean_density``; what random sets
        have of these on average, exactly (``expected_specialised_share``, ``expected_related_share``,
        ``expected_quotient``, ``expected_density``); one-sided ``p_specialised`` and ``p_related``; ``least_p``, the
        least that so few divisions allow; ``leave_one_out``, whether the sign of mean less expected quotient changes
        when one division is left out, and ``hangs_on``, which (a priority of one division hangs on it; blank where on
        none). NaN (and False, blank) where not tested.

    Raises
    ------
    ValueError
        If weights of a priority do not sum to 1, an interval lacks a column or is not that of one region, or a
        division has no stratum.

    References
    ----------
    Marrocu, Paci, Usai & Rigby (2022), Regional Studies, doi 10.1080/00343404.2022.2047915 (the four cases); D'Adda,
    Iacobucci & Palloni (2020), Papers in Regional Science 99(3); Deegan, Broekel & Fitjar (2021), Economic Geography
    97:497; Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39 (p).

    Examples
    --------
    >>> divisions = [f"C{number}" for number in range(10, 33)]
    >>> interval = pd.DataFrame({"estimate": np.geomspace(4, 0.25, 23)}, divisions)
    >>> interval = interval.assign(lower=interval["estimate"] / 1.2, upper=interval["estimate"] * 1.2)
    >>> density = pd.Series(np.linspace(80, 20, 23), divisions)
    >>> weights = pd.DataFrame([[0.5, 0.3, 0.1, 0.1]], ["food"], ["C10", "C11", "C12", "A01"])
    >>> found = priority_alignment(weights, interval, density, draws=999, rng=1).loc["food"]
    >>> print(*(f"{found[name]:.3f}" for name in ("codable_share", "mean_quotient", "p_specialised")))
    0.900 0.576 0.001
    """
    return alignment_with_draws(
        weights, interval, density, strata=strata, draws=draws, minimum_codable=minimum_codable, rng=rng
    )[0]


def alignment_with_draws(
    weights: pd.DataFrame,
    interval: pd.DataFrame,
    density: pd.Series,
    *,
    strata: pd.Series | None = None,
    draws: int = 9_999,
    minimum_codable: float = MINIMUM_CODABLE,
    rng: np.random.Generator | int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return :func:`priority_alignment` and :func:`strategy_draws` of one region, from the same draws."""
    if draws < 1:
        raise ValueError(f"draws is {draws}; one or more are needed")
    base, seed = ground(weights, interval, density, strata, minimum_codable), base_seed(rng)
    named = weights.reindex(columns=base.values.index, fill_value=0.0) > 0
    result = pd.DataFrame({
        "codable_share": base.codable, "divisions": named.sum(axis=1),
        "tested": base.codable.index.isin(base.weights.index),
    }, index=weights.index)  # fmt: skip
    compared, sums = _compared(base, draws, seed)
    parts = [_shares(base), compared, _left_out(base)]
    result = result.join([part.reindex(weights.index) for part in parts])
    result["leave_one_out"] = result["leave_one_out"].eq(True)
    result["hangs_on"] = result["hangs_on"].fillna("").astype("str")
    return result, sums


def _shares(base: Ground) -> pd.DataFrame:
    """Return the shares of weight in the four cases and in two of their sums, these with what random sets have."""
    special, related = base.specialised, base.related
    cases = pd.DataFrame(
        dict(zip(CASES, (special & related, special & ~related, ~special & related, ~special & ~related), strict=True))
    )
    marks = pd.concat([special.rename("specialised_share"), related.rename("related_share"), cases], axis=1)
    marks = marks.astype(float)
    random = stratum_means(marks[["specialised_share", "related_share"]], base.strata)
    return (base.weights @ marks).join((base.weights @ random).add_prefix("expected_"))


def _compared(base: Ground, draws: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each tested priority's statistics beside those of random sets, and the sums of both over priorities."""
    seen, expected = base.weights @ base.values, base.weights @ base.expected
    table = seen.add_prefix("mean_").join(expected.add_prefix("expected_"))
    p, total = np.full((len(seen), len(STATISTICS)), np.nan), np.zeros((draws, len(STATISTICS)))
    for row, priority in enumerate(seen.index):
        drawn = draw_statistics(base, priority, draws=draws, seed=seed)
        p[row] = _one_sided(seen.loc[priority, STATISTICS].to_numpy(), drawn)
        total += drawn
    table[["p_specialised", "p_related"]] = p
    table["least_p"] = [least_p(base, priority, draws=draws) for priority in seen.index]
    return table, _summed(base, total)


def _summed(base: Ground, drawn: np.ndarray) -> pd.DataFrame:
    """Put what is observed, summed over the priorities, above its draws; no row where no priority is tested."""
    if base.weights.empty:
        return pd.DataFrame(columns=STATISTICS, index=pd.RangeIndex(0, name="draw"), dtype=float)
    seen = (base.weights @ base.values)[STATISTICS].sum().to_numpy()
    return pd.DataFrame(np.vstack([seen, drawn]), columns=STATISTICS, index=pd.RangeIndex(-1, len(drawn), name="draw"))


def _one_sided(seen: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    beyond = (drawn >= seen - TINY * np.maximum(1, np.abs(seen))).sum(axis=0)
    return (beyond + 1) / (len(drawn) + 1)


def _left_out(base: Ground) -> pd.DataFrame:
    """Return whether the sign of mean less expected quotient hangs on one division, and on which, heaviest first."""
    excess = (base.values["quotient"] - base.expected["quotient"]).to_numpy()
    divisions, rows = base.weights.columns, []
    for own in base.weights.to_numpy():
        named = np.flatnonzero(own)
        parts = own[named] * excess[named]
        # rescaling the rest does not change its sign; where nothing is left, nothing is known
        flips = (_sign(parts.sum() - parts) != _sign(parts.sum())) | (len(named) == 1)
        order = named[np.argsort(-np.abs(parts), kind="stable")]
        hangs = [str(divisions[place]) for place in order if place in named[flips]]
        rows.append((bool(hangs), ", ".join(hangs)))
    return pd.DataFrame(rows, index=base.weights.index, columns=["leave_one_out", "hangs_on"])


def _sign(value: pd.Series | np.ndarray | float) -> pd.Series | np.ndarray | float:
    return np.sign(value) * (np.abs(value) > TINY)


def adjusted(p: pd.Series) -> pd.Series:
    """Return q over all tests that were made (Benjamini-Hochberg); NaN stays NaN and is no test.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57:289.

    Examples
    --------
    >>> adjusted(pd.Series([0.01, float("nan"), 0.04])).tolist()
    [0.02, nan, 0.04]
    """
    from scipy.stats import false_discovery_control

    known = p.dropna()
    wrong = known[~known.between(0, 1)]
    if len(wrong):
        raise ValueError(f"p of {wrong.index[0]} is {wrong.iloc[0]:g}; a number from 0 to 1 is needed")
    result = pd.Series(np.nan, index=p.index, name=p.name, dtype=float)
    if len(known):
        result[p.notna()] = false_discovery_control(known.to_numpy(dtype=float))
    return result


def unstable(narrow: pd.DataFrame, broad: pd.DataFrame, *, of: str = "quotient") -> pd.Series:
    """Return which priorities lie above what random sets have in one version of the coding and not in the other.

    Parameters
    ----------
    narrow, broad
        Tables of :func:`priority_alignment` under two versions of the coding.
    of
        "quotient" or "density": which mean is compared with what is expected of it.

    Returns
    -------
    Series of booleans that may be missing
        By priority of `narrow`; True where the sign of mean less expected differs, missing where one version is not
        tested or does not hold the priority.

    Examples
    --------
    >>> narrow = pd.DataFrame({"mean_quotient": [0.2, 0.1], "expected_quotient": [0.0, 0.0]}, ["a", "b"])
    >>> broad = pd.DataFrame({"mean_quotient": [-0.1, 0.3], "expected_quotient": [0.0, 0.0]}, ["a", "b"])
    >>> unstable(narrow, broad).tolist()
    [True, False]
    """
    _checks.one_of(of, STATISTICS, name="of")
    one, other = (table[f"mean_{of}"] - table[f"expected_{of}"] for table in (narrow, broad))
    other = other.reindex(one.index)
    differs = (_sign(one) != _sign(other)).astype("boolean")
    return differs.mask(one.isna() | other.isna()).rename("unstable")


def strategy_draws(
    weights: pd.DataFrame,
    interval: pd.DataFrame,
    density: pd.Series,
    *,
    strata: pd.Series | None = None,
    draws: int = 9_999,
    minimum_codable: float = MINIMUM_CODABLE,
    overlaps: str = "free",
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Add up the statistics of all tested priorities of a region, and those of their random sets draw by draw.

    Parameters
    ----------
    weights, interval, density, strata, draws, minimum_codable, rng
        As for :func:`priority_alignment`.
    overlaps
        "free": each priority draws for itself, as in :func:`priority_alignment`; "kept": in each draw a division gives
        way to the same other one in every priority. Priorities that name the same divisions make sums vary more, so
        "free" tells too small a p where they do.

    Returns
    -------
    DataFrame
        Columns ``quotient`` and ``density``, index ``draw``: -1 for what is observed, then 0 to draws - 1. Without a
        row where no priority is tested.
    """
    _checks.one_of(overlaps, ("free", "kept"), name="overlaps")
    if overlaps == "free":
        return alignment_with_draws(
            weights, interval, density, strata=strata, draws=draws, minimum_codable=minimum_codable, rng=rng
        )[1]
    base, seed = ground(weights, interval, density, strata, minimum_codable), base_seed(rng)
    return _summed(base, joint_statistics(base, draws=draws, seed=seed))


def strategy_alignment(sums: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Test whole strategies, and all of them together: is what they name more specialised than matched random sets?

    Parameters
    ----------
    sums
        What :func:`strategy_draws` returns, by strategy.

    Returns
    -------
    DataFrame
        A row a strategy and the row "all": ``quotient`` and ``density`` (sums over the tested priorities), each with
        the mean of its draws (``expected_quotient``, ``expected_density``), and one-sided ``p_specialised`` and
        ``p_related``, (b+1)/(B+1). NaN where a strategy has no tested priority; it has no part in "all".

    Raises
    ------
    ValueError
        If strategies have different numbers of draws, or one is called "all".

    References
    ----------
    Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.

    Examples
    --------
    >>> draws = pd.DataFrame({"quotient": [0.5, 0.1, -0.1], "density": [40.0, 50.0, 30.0]}, index=[-1, 0, 1])
    >>> strategy_alignment({"a": draws, "b": draws.iloc[:0]})["p_specialised"].round(3).tolist()
    [0.333, nan, 0.333]
    """
    if ALL in sums:
        raise ValueError(f"a strategy is called {ALL!r}, which stands for all of them; another name is needed")
    made = {name: table[STATISTICS] for name, table in sums.items() if len(table)}
    if len({len(table) for table in made.values()}) > 1:
        numbers = ", ".join(f"{name} {len(table) - 1}" for name, table in made.items())
        raise ValueError(f"strategies have different numbers of draws ({numbers}); as many of each are needed")
    every = dict(sums) | ({ALL: sum(made.values())} if made else {ALL: pd.DataFrame(columns=STATISTICS)})
    rows = {name: _of_strategy(table) for name, table in every.items()}
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float).rename_axis("strategy")


def _of_strategy(table: pd.DataFrame) -> dict[str, float]:
    columns = [*STATISTICS, "expected_quotient", "expected_density", "p_specialised", "p_related"]
    if table.empty:
        return dict.fromkeys(columns, np.nan)
    values = table[STATISTICS].to_numpy(dtype=float)
    seen, drawn = values[0], values[1:]
    return dict(zip(columns, [*seen, *drawn.mean(axis=0), *_one_sided(seen, drawn)], strict=True))
