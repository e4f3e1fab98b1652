"""Overlap: whether strategies name the same divisions, next to chance and next to strategies farther away.

Two nulls, because one is weak. Against random sets almost all strategies are alike: food, health and energy are named
everywhere. Whether *neighbours* are aligned is asked against pairs that share no border. Alike in what they name is not
agreed with each other: no figure here says that two regions talked.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import aligned, listed
from alpclusters_lib.strategy._matched_sets import matched_draws, strata

__all__ = ["AgainstOthers", "against_others", "against_random", "cosines", "pairs_of", "without_one"]

GROUPS = ("neighbours", "others", "all")
MOST_EXACT = 8
TINY = 1e-12


def cosines(vectors: pd.DataFrame) -> pd.DataFrame:
    r"""Return how alike the rows of a table are, two by two.

    .. math:: \cos(a, b) = \frac{\sum_i a_i b_i}{\sqrt{\sum_i a_i^2} \sqrt{\sum_i b_i^2}}

    Parameters
    ----------
    vectors
        Strategy × division, numbers of 0 or more.

    Returns
    -------
    DataFrame
        Strategy × strategy, symmetric, from 0 (no division in common) to 1; NaN for a row of zeros.

    Raises
    ------
    ValueError
        If a number is negative or missing, or a strategy stands twice.

    Examples
    --------
    >>> cosines(pd.DataFrame({"C10": [1.0, 0.5], "C28": [0.0, 0.5]}, index=["a", "b"])).round(3).loc["a", "b"].item()
    0.707
    """
    if not vectors.index.is_unique:
        raise ValueError(f"{vectors.index[vectors.index.duplicated()][0]} stands twice; each strategy may stand once")
    values = vectors.to_numpy(dtype=float)
    if not (values >= 0).all():
        row, column = np.argwhere(~(values >= 0))[0]
        raise ValueError(
            f"{vectors.index[row]} has {values[row, column]:g} at {vectors.columns[column]}; 0 or more is needed"
        )
    return pd.DataFrame(_cosines(values), index=vectors.index, columns=vectors.index)


def _cosines(values: np.ndarray) -> np.ndarray:
    """Return the cosines of the rows of a table, or of many tables at once."""
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    units = np.divide(values, length, out=np.full_like(values, np.nan), where=length > 0)
    return np.clip(units @ np.swapaxes(units, -1, -2), 0.0, 1.0)


def pairs_of(labels: pd.Index) -> pd.MultiIndex:
    """Return all pairs of labels, each once, in their order."""
    return pd.MultiIndex.from_tuples(list(itertools.combinations(labels, 2)), names=["first", "second"])


def _places(labels: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(len(labels), 1)


def against_random(
    weights: pd.DataFrame,
    owners: pd.Series,
    neighbours: pd.DataFrame,
    *,
    draws: int = 4_999,
    rng: np.random.Generator | int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare how alike strategies are with what strategies of matched random sets are.

    Each priority is replaced by a random set with the same weights, as many of its divisions in manufacturing, in other
    industry and in services; the mean of a strategy's priorities is its vector.

    Parameters
    ----------
    weights
        Priority × division: all divisions that could be named, 0 where they are not.
    owners
        The strategy of each priority.
    neighbours
        Strategy × strategy, whether two share a land border; symmetric.
    draws
        Random strategies for each.
    rng
        A generator or a seed.

    Returns
    -------
    pairs, groups : DataFrame
        By pair, and by group ("neighbours", "others", "all"; the mean of the pairs): ``overlap``, ``expected``,
        ``lower`` and ``upper`` (95 per cent of random strategies), one-sided ``p_more`` and ``p_less``, (b+1)/(B+1);
        pairs also say ``neighbours``, groups how many ``pairs`` they hold. NaN for a group without a pair.

    Raises
    ------
    ValueError
        If there are fewer than two strategies, or a strategy has no row in `neighbours`.

    References
    ----------
    Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.

    Examples
    --------
    >>> divisions = [f"C{number}" for number in range(10, 34)]
    >>> weights = pd.DataFrame(0.0, ["food", "also food"], divisions).assign(C10=0.5, C11=0.5)
    >>> owners = pd.Series({"food": "a", "also food": "b"})
    >>> border = pd.DataFrame([[False, True], [True, False]], ["a", "b"], ["a", "b"])
    >>> pairs, groups = against_random(weights, owners, border, draws=999, rng=1)
    >>> print(f"{groups.loc['neighbours', 'overlap']:.1f} {groups.loc['neighbours', 'p_more'] < 0.05}")
    1.0 True
    """
    of = aligned(owners, weights.index, noun="priority", name="owners")
    names = pd.Index(list(dict.fromkeys(of)), name="strategy")
    if len(names) < 2:
        raise ValueError(f"there are {len(names)} strategies; a pair needs two")
    border = _border(neighbours, names)
    rng, groups = np.random.default_rng(rng), strata(weights.columns)
    drawn = np.empty((draws, len(names), weights.shape[1]))
    for place, name in enumerate(names):
        rows = weights[(of == name).to_numpy()]
        drawn[:, place] = sum(matched_draws(row, groups, draws=draws, rng=rng) for _, row in rows.iterrows())
    first, second = _places(names)
    random = _cosines(drawn)[:, first, second]
    sums = weights.groupby(of.to_numpy(), sort=False).sum().loc[names]
    seen = _cosines(sums.to_numpy(dtype=float))[first, second]
    pairs = pd.DataFrame(
        [_against(value, column) for value, column in zip(seen, random.T, strict=True)],
        index=pairs_of(names), columns=COLUMNS,
    )  # fmt: skip
    pairs.insert(0, "neighbours", border[first, second])
    members = {"neighbours": border[first, second], "others": ~border[first, second]}
    rows = {}
    for group in GROUPS:
        inside = members.get(group, np.ones(len(seen), dtype=bool))
        known = (
            _against(seen[inside].mean(), random[:, inside].mean(axis=1)) if inside.any() else [np.nan] * len(COLUMNS)
        )
        rows[group] = [int(inside.sum()), *known]
    return pairs, pd.DataFrame.from_dict(rows, orient="index", columns=["pairs", *COLUMNS]).rename_axis("group")


COLUMNS = ["overlap", "expected", "lower", "upper", "p_more", "p_less"]


def _against(seen: float, drawn: np.ndarray) -> list[float]:
    more, less = (drawn >= seen - TINY).sum(), (drawn <= seen + TINY).sum()
    low, high = np.quantile(drawn, [0.025, 0.975])
    return [float(seen), float(drawn.mean()), low, high, *((count + 1) / (len(drawn) + 1) for count in (more, less))]


def _border(neighbours: pd.DataFrame, names: pd.Index) -> np.ndarray:
    absent = names[~(names.isin(neighbours.index) & names.isin(neighbours.columns))]
    if len(absent):
        raise ValueError(f"neighbours has no strategy {listed(absent)}; it has {listed(neighbours.index)}")
    table = neighbours.loc[names, names].to_numpy(dtype=bool)
    if (table != table.T).any():
        row, column = np.argwhere(table != table.T)[0]
        raise ValueError(f"{names[row]} and {names[column]} share a border in one direction only; both are needed")
    return table


class AgainstOthers(NamedTuple):
    """How alike neighbours are and other pairs are, the difference, and where labels put by chance leave it."""

    neighbours: float
    others: float
    difference: float
    lower: float
    upper: float
    p_more: float
    p_less: float
    pairs: int
    other_pairs: int
    strategies: int
    permutations: int
    exact: bool


def against_others(
    overlap: pd.DataFrame,
    neighbours: pd.DataFrame,
    *,
    draws: int = 9_999,
    rng: np.random.Generator | int | None = None,
) -> AgainstOthers:
    r"""Test whether neighbours are more alike than pairs that share no border, by permuting the strategies.

    .. math:: d = \frac{1}{|N|} \sum_{(r,s) \in N} o_{rs} - \frac{1}{|\bar N|} \sum_{(r,s) \notin N} o_{rs}

    Pairs of one strategy hang together, so whole strategies change places on the map, never single pairs.

    Parameters
    ----------
    overlap
        Strategy × strategy, symmetric.
    neighbours
        Strategy × strategy, whether two share a land border.
    draws
        Random permutations where there are more than eight strategies; with up to eight, all are made (exact).
    rng
        A generator or a seed, for random permutations.

    Returns
    -------
    AgainstOthers
        ``lower`` and ``upper`` hold 95 per cent of the permuted differences. NaN where all pairs are neighbours or
        none.

    Raises
    ------
    ValueError
        If an overlap is missing or `neighbours` lacks a strategy.

    References
    ----------
    Mantel (1967), Cancer Research 27:209; Hubert & Schultz (1976), British Journal of Mathematical and Statistical
    Psychology 29:190.

    Examples
    --------
    >>> labels = list("abcd")
    >>> overlap = pd.DataFrame([[1, 0.9, 0, 0], [0.9, 1, 0, 0], [0, 0, 1, 0.8], [0, 0, 0.8, 1]], labels, labels)
    >>> found = against_others(overlap, overlap.gt(0) & overlap.lt(1))
    >>> round(found.difference, 2), round(found.p_more, 3), found.permutations
    (0.85, 0.333, 24)
    """
    names = overlap.index
    border = _border(neighbours, names)
    values = overlap.loc[names, names].to_numpy(dtype=float)
    first, second = _places(names)
    if np.isnan(values[first, second]).any():
        place = int(np.isnan(values[first, second]).argmax())
        raise ValueError(f"the overlap of {names[first[place]]} and {names[second[place]]} is missing; all are needed")
    inside = border[first, second]
    exact = len(names) <= MOST_EXACT
    if not inside.any() or inside.all():
        mean = values[first, second].mean() if len(inside) else np.nan
        ends = (mean, np.nan) if inside.any() else (np.nan, mean)
        return AgainstOthers(*ends, *[np.nan] * 5, int(inside.sum()), int((~inside).sum()), len(names), 0, exact)
    orders = _orders(len(names), exact, draws, np.random.default_rng(rng))
    total, number = values[first, second].sum(), int(inside.sum())
    near = sum(values[orders[:, i], orders[:, j]] for i, j in zip(first[inside], second[inside], strict=True))
    shuffled = near / number - (total - near) / (len(inside) - number)
    means = values[first, second][inside].mean(), values[first, second][~inside].mean()
    difference = means[0] - means[1]
    more, less = ((shuffled >= difference - TINY).sum(), (shuffled <= difference + TINY).sum())
    add = 0 if exact else 1
    p = ((count + add) / (len(orders) + add) for count in (more, less))
    low, high = np.quantile(shuffled, [0.025, 0.975])
    return AgainstOthers(
        float(means[0]), float(means[1]), float(difference), float(low), float(high), *(float(value) for value in p),
        number, len(inside) - number, len(names), len(orders), exact,
    )  # fmt: skip


def _orders(number: int, exact: bool, draws: int, rng: np.random.Generator) -> np.ndarray:
    if exact:
        return _permutations(number)
    return rng.permuted(np.tile(np.arange(number), (draws, 1)), axis=1)


@functools.lru_cache(maxsize=MOST_EXACT + 1)
def _permutations(number: int) -> np.ndarray:
    orders = np.array(list(itertools.permutations(range(number))), dtype=np.intp)
    return orders.reshape(math.factorial(number), number)


def without_one(overlap: pd.DataFrame, neighbours: pd.DataFrame, **options: object) -> pd.Series:
    """Return the one-sided p of :func:`against_others` ("more alike") with each strategy left out in turn.

    Returns
    -------
    Series
        By the strategy left out; NaN where no pair of neighbours, or no other pair, is left.
    """
    rows = {}
    for name in overlap.index:
        kept = overlap.index.drop(name)
        rows[name] = against_others(overlap.loc[kept, kept], neighbours, **options).p_more
    return pd.Series(rows, name="p_more", dtype=float).rename_axis("left_out")
