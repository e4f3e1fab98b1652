"""How far two square tables of links agree: correlated over pairs, tested by relabelling.

Pairs of sectors are not independent, as each sector is in many: a p from their number would be far too small.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["Agreement", "agreement", "square_table"]

# cells ranked at once: a few dozen megabytes
_CELLS = 500_000


class Agreement(NamedTuple):
    """How far two tables of links agree, how often relabelled ones do as much, and what it rests on."""

    correlation: float
    p: float
    pairs: int
    sectors: int
    permutations: int
    method: str


def agreement(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    method: Literal["spearman", "pearson"] = "spearman",
    permutations: int = 999,
    rng: np.random.Generator | int | None = None,
) -> Agreement:
    r"""Correlate two square tables of links over the pairs known in both, and test it by relabelling one of them.

    .. math:: p = \frac{1 + \#\{b : |\rho_b| \ge |\rho|\}}{1 + B}

    Each of B times the sectors of the second table are shuffled, rows and columns alike, and the correlation is taken
    again, over the pairs then known in both (Mantel; quadratic assignment). Pairs that share a sector move together,
    as they do in the data; a p from the number of pairs would be far too small.

    Parameters
    ----------
    first, second
        Symmetric sector × sector tables; diagonals are ignored. Sectors of one table only, and those without a pair
        known in both, are left out.
    method
        "spearman" (ranks, ties shared) or "pearson".
    permutations, rng
        :math:`B`, one or more, and the source of random numbers.

    Returns
    -------
    Agreement
        correlation, p (two-sided, at least 1/(B + 1)), pairs, sectors, permutations, method. The correlation and p are
        NaN where a table does not vary over the pairs, or fewer than three are known. A relabelling over whose pairs a
        table does not vary counts as one that agrees as much.

    Raises
    ------
    ValueError
        If a table is not symmetric or the tables share no sector.

    References
    ----------
    Mantel (1967), Cancer Research 27:209; Krackhardt (1988), Social Networks 10:359.

    Examples
    --------
    >>> one = pd.DataFrame([[0, 1, 2], [1, 0, 3], [2, 3, 0]], list("abc"), list("abc"))
    >>> two = pd.DataFrame([[0, 2, 7], [2, 0, 6], [7, 6, 0]], list("abc"), list("abc"))
    >>> found = agreement(one, two, method="pearson", rng=1)
    >>> round(found.correlation, 4), found.pairs, found.p > 0.5
    (0.7559, 3, True)
    """
    _checks.one_of(method, ("spearman", "pearson"), name="method")
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; one or more are needed")
    one, two = _symmetric(first, "first"), _symmetric(second, "second")
    shared = one.index[one.index.isin(two.index)]
    if not len(shared):
        raise ValueError(f"first and second share no sector; first has {_checks.listed(one.index)}, "
                         f"second has {_checks.listed(two.index)}")  # fmt: skip
    a, b = (table.reindex(index=shared, columns=shared).to_numpy() for table in (one, two))
    known = ~np.isnan(a + b)
    np.fill_diagonal(known, val=False)
    kept = known.any(axis=1)
    a, b = a[np.ix_(kept, kept)], b[np.ix_(kept, kept)]
    sectors, pairs = int(kept.sum()), int(known.sum()) // 2
    rows, columns = np.triu_indices(sectors, k=1)
    seen = _correlations(a[rows, columns], b[rows, columns][None], method)[0] if pairs > 2 else np.nan
    if np.isnan(seen):
        return Agreement(np.nan, np.nan, pairs, sectors, permutations, method)
    generator = np.random.default_rng(rng)
    beyond, block = 0, max(1, _CELLS // len(rows))
    for start in range(0, permutations, block):
        orders = np.array([generator.permutation(sectors) for _ in range(min(block, permutations - start))])
        drawn = _correlations(a[rows, columns], b[orders[:, rows], orders[:, columns]], method)
        # equal ones may differ in the last digits: they are as large
        beyond += int((~(np.abs(drawn) < abs(seen) - 1e-12)).sum())
    return Agreement(float(seen), (beyond + 1) / (permutations + 1), pairs, sectors, permutations, method)


def _correlations(first: np.ndarray, second: np.ndarray, method: str) -> np.ndarray:
    """Correlate one row of pairs with each row of many, over the pairs known in both; NaN where one is constant."""
    from scipy.stats import rankdata

    known = ~np.isnan(first) & ~np.isnan(second)
    centred = []
    for values in (np.broadcast_to(first, second.shape), second):
        if method == "spearman":
            # pairs that are not known get the last ranks and move no other
            values = rankdata(np.where(known, values, np.inf), axis=1)
        else:
            largest = np.abs(np.where(known, values, 0)).max(axis=1, keepdims=True)
            values = np.where(known, values, 0) / np.where(largest > 0, largest, 1)
        mean = np.mean(values, axis=1, where=known, keepdims=True) if known.any(axis=1).all() else np.nan
        centred.append(np.where(known, values - mean, 0))
    a, b = centred
    # what rounding leaves of a table that does not vary is no variation: the largest value is 1 or more
    varies = (np.abs(a).max(axis=1) > 1e-12) & (np.abs(b).max(axis=1) > 1e-12)
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(varies, (a * b).sum(axis=1) / size, np.nan)


def square_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a square table as floats, a copy, columns in the order of the rows."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a square DataFrame is needed")
    for side, labels in (("rows", table.index), ("columns", table.columns)):
        _checks.require_unique(labels, noun="sector", name=f"the {side} of {name}")
    lone = table.index.symmetric_difference(table.columns)
    if len(lone):
        raise ValueError(f"{name} has sector {_checks.listed(lone)} on one side only; it is needed on both")
    for label, dtype in table.dtypes.items():
        _checks.require_numeric(dtype, where=f"{name} of sector {label}")
    table = table.reindex(columns=table.index)
    return pd.DataFrame(table.to_numpy(dtype=float, na_value=np.nan, copy=True), index=table.index, columns=table.index)


def _symmetric(table: pd.DataFrame, name: str) -> pd.DataFrame:
    square = square_table(table, name)
    values = square.to_numpy()
    unlike = ~np.isclose(values, values.T, rtol=1e-9, atol=0, equal_nan=True)
    if unlike.any():
        row, column = (square.index[place] for place in np.argwhere(unlike)[0])
        raise ValueError(f"{name} of {row} with {column} differs from that of {column} with {row}; "
                         "a symmetric table is needed")  # fmt: skip
    return square
