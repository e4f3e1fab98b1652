"""Filling cells so that published sums are met: cross-entropy balancing, RAS and GRAS, and the limits of cells.

Used where statistics hide cells (:mod:`alpclusters_lib.cleaning.suppression`) and where tables must add up. Meeting
the sums makes no cell right: what is inside is the prior's pattern.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import spsolve

__all__ = ["Balanced", "balance", "gras", "interval_bounds", "ras"]

Table = pd.DataFrame | np.ndarray | Sequence[Sequence[float]]
Totals = pd.Series | np.ndarray | Sequence[float]

# Two published sums of the same cells may differ by their rounding. This much give (in units of the sums, per unit of
# the multiplier) keeps the problem solvable and leaves sums that agree met to a fraction of a job.
GIVE = 0.01


@dataclass(frozen=True)
class Balanced:
    """A filled table: ``cells``, what each sum misses (``unmet`` = total − sum of its cells), Newton ``steps``."""

    cells: np.ndarray
    unmet: np.ndarray
    steps: int
    converged: bool


def _dual(multipliers, prior, sums_of_cell, totals, spread, give):
    """Return the dual objective and the cells at some multipliers."""
    with np.errstate(over="ignore", invalid="ignore"):
        # the multiplier of a sum of empty cells is as large as what it misses: 0 times infinity would be no number
        cells = np.where(prior > 0, prior * np.exp(spread * (sums_of_cell @ multipliers)), 0.0)
        return totals @ multipliers - np.sum(cells / spread) - give / 2 * multipliers @ multipliers, cells


def balance(
    prior: np.ndarray,
    sums: sparse.spmatrix | np.ndarray,
    totals: np.ndarray,
    *,
    spread: np.ndarray | float = 1.0,
    give: float = GIVE,
    tolerance: float = 1e-6,
    max_steps: int = 200,
) -> Balanced:
    r"""Move a prior as little as possible so that sums of its cells reach their totals.

    .. math:: \min_x \sum_j \frac{1}{v_j}\Big(x_j \ln\frac{x_j}{p_j} - x_j + p_j\Big)
              + \frac{1}{2\gamma}\lVert A x - b\rVert^2 , \qquad x_j = p_j\, e^{v_j (A^\top \lambda)_j}

    solved for the multipliers :math:`\lambda` by Newton's method on the concave dual. With one spread and sums over
    rows and columns this is iterative proportional fitting (RAS); a cell with a small spread :math:`v_j` keeps nearer
    to its prior. Sums that contradict each other are met in the least-squares sense, the rest to a fraction of a unit.

    Parameters
    ----------
    prior
        Prior of each cell, at least 0; a cell with prior 0 stays 0.
    sums
        Matrix sums × cells of ones where a cell belongs to a sum.
    totals
        What each sum must reach.
    spread
        How freely a cell moves, above 0: one number or one a cell.
    give
        The weight :math:`\gamma` above.
    tolerance, max_steps
        Newton's method stops when the largest gradient is below the tolerance times (1 + the largest total).

    Returns
    -------
    Balanced
        ``converged`` is False where ``max_steps`` did not suffice.

    Raises
    ------
    ValueError
        If a prior is negative or not finite, or the shapes do not fit.

    References
    ----------
    Bacharach (1970), Biproportional Matrices and Input-Output Change; Golan, Judge & Miller (1996), Maximum Entropy
    Econometrics, ch. 4.

    Examples
    --------
    >>> rows_and_columns = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    >>> balance(np.array([1.0, 1, 1, 1]), np.array(rows_and_columns), np.array([30.0, 10, 20, 20])).cells.round(1)
    array([15., 15.,  5.,  5.])
    """
    prior, totals = np.asarray(prior, float), np.asarray(totals, float)
    sums = sparse.csr_matrix(sums, dtype=float)
    spread = np.broadcast_to(np.asarray(spread, float), prior.shape)
    if sums.shape != (len(totals), len(prior)):
        raise ValueError(f"the sums are {sums.shape}, where {len(totals)} totals × {len(prior)} cells would be right")
    if not np.isfinite(prior).all() or (prior < 0).any() or (spread <= 0).any():
        raise ValueError("a prior must be finite and at least 0, a spread above 0")
    multipliers = np.zeros(len(totals))
    sums_of_cell, weighted, ridge = sums.T.tocsr(), sums.copy(), give * sparse.eye_array(len(totals), format="csr")
    value, cells = _dual(multipliers, prior, sums_of_cell, totals, spread, give)
    steps, converged = 0, len(totals) == 0
    goal = tolerance * (1 + np.abs(totals).max(initial=0.0))
    while steps < max_steps and not converged:
        gradient = totals - sums @ cells - give * multipliers
        converged = bool(np.abs(gradient).max() <= goal)
        if converged:
            break
        weighted.data = sums.data * (spread * cells)[sums.indices]
        curvature = weighted @ sums_of_cell + ridge
        direction = spsolve(curvature.tocsc(), gradient, permc_spec="MMD_AT_PLUS_A")
        # a full step may overshoot the exponential: no cell moves by more than e³ at once, and the dual must rise
        length = min(1.0, 3.0 / max(np.abs(spread * (sums_of_cell @ direction))[prior > 0].max(initial=0.0), 1e-12))
        slope = gradient @ direction
        while True:
            found, moved = _dual(multipliers + length * direction, prior, sums_of_cell, totals, spread, give)
            if (np.isfinite(found) and found >= value + 1e-4 * length * slope - 1e-9 * abs(value)) or length < 1e-10:
                break
            length /= 2
        multipliers, value, cells, steps = multipliers + length * direction, found, moved, steps + 1
    return Balanced(cells, totals - sums @ cells, steps, converged)


def interval_bounds(
    sums: sparse.spmatrix | np.ndarray,
    totals: np.ndarray,
    *,
    tolerance: np.ndarray | float = 0.0,
    at_most: np.ndarray | None = None,
    rounds: int = 50,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the limits that sums of non-negative cells imply for each cell.

    .. math:: \overline x_j = \min_k \Big(b_k + \tau_k - \sum_{i \in k, i \ne j} \underline x_i\Big), \qquad
              \underline x_j = \max_k \Big(b_k - \tau_k - \sum_{i \in k, i \ne j} \overline x_i\Big)^+

    repeated until nothing moves (interval arithmetic).

    Parameters
    ----------
    sums, totals
        As in :func:`balance`.
    tolerance
        How far a total may be off by rounding, one number or one a sum.
    at_most
        True for sums that hold unknown cells besides: they limit from above only.
    rounds
        At most so many repetitions; limits are valid after each of them.

    Returns
    -------
    tuple of two arrays
        Lower limits (0 where nothing is known) and upper limits (infinity where no sum holds the cell).

    Examples
    --------
    >>> low, high = interval_bounds(np.array([[1, 1, 0], [0, 1, 1]]), np.array([100.0, 20.0]))
    >>> low.tolist(), high.tolist()
    ([80.0, 0.0, 0.0], [100.0, 20.0, 20.0])
    """
    matrix = sparse.csr_matrix(sums, dtype=float).tocoo()
    row, column = matrix.row, matrix.col
    totals = np.asarray(totals, float)
    tolerance = np.broadcast_to(np.asarray(tolerance, float), totals.shape)
    exact = np.ones(len(totals), bool) if at_most is None else ~np.asarray(at_most, bool)
    cells = matrix.shape[1]
    lower, upper = np.zeros(cells), np.full(cells, np.inf)
    for _ in range(rounds):
        low_sum = np.bincount(row, weights=lower[column], minlength=len(totals))
        room = (totals + tolerance - low_sum)[row] + lower[column]
        new_upper = upper.copy()
        np.minimum.at(new_upper, column, np.maximum(room, 0.0))
        unbounded = np.isinf(new_upper)
        finite = np.where(unbounded, 0.0, new_upper)
        high_sum = np.bincount(row, weights=finite[column], minlength=len(totals))
        infinite = np.bincount(row, weights=unbounded[column].astype(float), minlength=len(totals))
        need = (totals - tolerance - high_sum)[row] + finite[column]
        known = exact[row] & (infinite[row] - unbounded[column] == 0)
        new_lower = lower.copy()
        np.maximum.at(new_lower, column[known], need[known])
        new_lower = np.minimum(new_lower, new_upper)
        moved = max(
            np.abs(new_lower - lower).max(initial=0.0),
            np.abs(finite - np.where(np.isinf(upper), 0, upper)).max(initial=0.0),
        )
        lower, upper = new_lower, new_upper
        if moved < 1e-9:
            break
    return lower, upper


def ras(Z: Table, rows: Totals, columns: Totals, *, tolerance: float = 1e-10, max_steps: int = 10_000) -> Table:
    r"""Scale the rows and columns of a table in turn until both reach their totals (RAS, proportional fitting).

    .. math:: z^*_{ij} = r_i z_{ij} s_j, \qquad \sum_j z^*_{ij} = u_i, \qquad \sum_i z^*_{ij} = v_j

    Parameters
    ----------
    Z
        The table to move, every cell at least 0. A cell of 0 stays 0.
    rows, columns
        The totals u and v; a Series is taken by label, anything else in the order of the table.
    tolerance, max_steps
        The scaling stops when no total is missed by more than the tolerance times the sum of all totals.

    Returns
    -------
    A table like Z. A total of 0 empties its row or column; cross ratios of other cells stay. Where totals are not
    reached in ``max_steps``, zeros may stand in the way: the table so far, with a warning that names the worst miss.

    Raises
    ------
    ValueError
        If a cell is negative, a figure is missing, the totals do not add up to the same sum, or an empty row or
        column has a total.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11:427; Stone (1961), Input-Output and National
    Accounts; Bacharach (1970).

    Examples
    --------
    >>> ras([[10, 20], [30, 40]], rows=[40, 80], columns=[50, 70]).round(6)
    array([[14.080515, 25.919485],
           [35.919485, 44.080515]])
    """
    return _scaled(Z, rows, columns, tolerance, max_steps, signed=False)


def gras(Z: Table, rows: Totals, columns: Totals, *, tolerance: float = 1e-10, max_steps: int = 10_000) -> Table:
    r"""Scale a table that holds negative cells until rows and columns reach their totals, every sign kept (GRAS).

    .. math:: z^*_{ij} = r_i p_{ij} s_j - \frac{n_{ij}}{r_i s_j}, \qquad
              r_i = \frac{u_i + \sqrt{u_i^2 + 4 p_i n_i}}{2 p_i}

    with :math:`Z = P - N`, :math:`p_i = \sum_j p_{ij} s_j`, :math:`n_i = \sum_j n_{ij} / s_j`, and the same for
    columns. A row without positive cells has :math:`r_i = -n_i / u_i`.

    Parameters
    ----------
    Z, rows, columns, tolerance, max_steps
        As in :func:`ras`; cells and totals may be negative, for instance changes of stocks or subsidies.

    Returns
    -------
    As in :func:`ras`, which this is where no cell is negative. A total of 0 empties a row or column of one sign.

    Raises
    ------
    ValueError
        As in :func:`ras`; also if a positive total has no positive cell, or a negative one no negative cell.

    References
    ----------
    Junius & Oosterhaven (2003), Economic Systems Research 15:87; Lenzen, Wood & Gallego (2007), 19:461, whose
    objective this minimises; Temurshoev, Miller & Bouwmeester (2013), 25:361, for rows without positive cells.

    Examples
    --------
    >>> table = [[7, 3, 5, -3], [2, 9, 8, 0], [-2, 0, 2, 0]]
    >>> gras(table, rows=[15, 26, -1], columns=[9, 16, 17, -2]).round(3) + 0.0
    array([[ 8.424,  3.375,  5.2  , -2.   ],
           [ 3.001, 12.625, 10.374,  0.   ],
           [-2.425,  0.   ,  1.425,  0.   ]])
    """
    return _scaled(Z, rows, columns, tolerance, max_steps, signed=True)


def _scaled(table, rows, columns, tolerance, max_steps, *, signed):
    labelled = table if isinstance(table, pd.DataFrame) else pd.DataFrame(np.asarray(table, float))
    cells = labelled.to_numpy(dtype=float, copy=True)
    wrong = ~np.isfinite(cells) if signed else ~(np.isfinite(cells) & (cells >= 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        need = "a finite number is needed" if signed else "a finite number, zero or more, is needed (gras takes others)"
        raise ValueError(
            f"row {labelled.index[row]}, column {labelled.columns[column]} is {cells[row, column]:g}; {need}"
        )
    sides = {"row": (labelled.index, 1), "column": (labelled.columns, 0)}
    wanted = {noun: _totals(totals, sides[noun][0], noun) for noun, totals in zip(sides, (rows, columns), strict=True)}
    goal = tolerance * max(np.abs(totals).sum() for totals in wanted.values())
    over_rows, over_columns = (totals.sum() for totals in wanted.values())
    if abs(over_rows - over_columns) > goal:
        raise ValueError(f"the totals of rows add up to {over_rows:.12g}, of columns to {over_columns:.12g}: scale one")
    _empty_zero_totals(cells, wanted, sides)
    plus, minus = np.maximum(cells, 0), np.maximum(-cells, 0)
    for _ in range(max_steps):
        for noun, (_, axis) in sides.items():
            factor = np.expand_dims(_factors(wanted[noun], plus.sum(axis=axis), minus.sum(axis=axis)), axis)
            plus, minus = plus * factor, minus / factor
        # the columns have just been scaled
        if np.abs(wanted["row"] - (plus - minus).sum(axis=1)).max(initial=0.0) <= goal:
            break
    for noun, (labels, axis) in sides.items():
        missed = wanted[noun] - (plus - minus).sum(axis=axis)
        if np.abs(missed).max(initial=0.0) > goal:
            worst = int(np.abs(missed).argmax())
            sentence = f"after {max_steps} steps {noun} {labels[worst]} misses its total by {missed[worst]:g}"
            warnings.warn(f"{sentence}; cells of 0 may make the totals impossible", UserWarning, stacklevel=3)
            break
    found = plus - minus
    return pd.DataFrame(found, labelled.index, labelled.columns) if labelled is table else found


def _factors(totals: np.ndarray, plus: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """Return the root r > 0 of r·plus − minus/r = total, in whichever form does not cancel; 1 where there is none."""
    root = np.hypot(totals, 2 * np.sqrt(plus) * np.sqrt(minus))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factors = np.where(totals > 0, (totals + root) / (2 * plus), 2 * minus / (root - totals))
    return np.where(np.isfinite(factors) & (factors > 0), factors, 1.0)


def _totals(totals: Totals, labels: pd.Index, noun: str) -> np.ndarray:
    if isinstance(totals, pd.Series):
        if len(totals) != len(labels) or not totals.index.is_unique or not labels.isin(totals.index).all():
            raise ValueError(f"the totals of {noun}s have other labels than the table; one a {noun} is needed")
        totals = totals.reindex(labels)
    values = np.array(totals, dtype=float)
    if values.shape != (len(labels),):
        raise ValueError(f"the totals of {noun}s have shape {values.shape}; {len(labels)} numbers are needed")
    if not np.isfinite(values).all():
        raise ValueError(f"the total of {noun} {labels[~np.isfinite(values)][0]} is missing or not finite")
    return values


def _empty_zero_totals(cells: np.ndarray, wanted: dict, sides: dict) -> None:
    """Empty what sums to 0 with one sign, in place; raise where a total has no cell of its sign."""
    before = -1
    while before != (before := np.count_nonzero(cells)):
        for noun, (labels, axis) in sides.items():
            total, plus, minus = wanted[noun], (cells > 0).any(axis=axis), (cells < 0).any(axis=axis)
            short = ((total > 0) & ~plus) | ((total < 0) & ~minus)
            if short.any():
                first = int(short.argmax())
                sign = "positive" if total[first] > 0 else "negative"
                raise ValueError(f"{noun} {labels[first]} must sum to {total[first]:g} and has no {sign} cell")
            (cells if axis else cells.T)[(total == 0) & (plus != minus)] = 0.0
