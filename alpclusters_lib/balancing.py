"""Filling cells so that published sums are met: cross-entropy balancing, and the limits that sums imply.

Used where statistics hide cells (:mod:`alpclusters_lib.cleaning.suppression`) and where tables must add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

__all__ = ["Balanced", "balance", "interval_bounds"]

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
