"""Balancing against printed tables and iterative proportional fitting; limits against truths and linear programmes."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog, minimize

from alpclusters_lib.balancing import balance, gras, interval_bounds, ras

pytestmark = pytest.mark.filterwarnings("error")


def rows_and_columns(rows: int, columns: int) -> np.ndarray:
    """Return the sums over the rows, then over the columns, of a table read row by row."""
    by_row = np.kron(np.eye(rows), np.ones(columns))
    return np.vstack([by_row, np.kron(np.ones(rows), np.eye(columns))])


def proportional_fitting(prior: np.ndarray, sums: np.ndarray, totals: np.ndarray, rounds: int = 3000) -> np.ndarray:
    """Scale the cells of one sum after the other: the textbook algorithm (Deming & Stephan 1940)."""
    cells = prior.astype(float).copy()
    for _ in range(rounds):
        for inside, total in zip(sums.astype(bool), totals, strict=True):
            now = cells[inside].sum()
            cells[inside] *= total / now if now else 1.0
    return cells


# --- printed tables ---------------------------------------------------------------------------------------

# Bishop, Fienberg & Holland (1975), Discrete Multivariate Analysis, as SAS/IML User's Guide, example 9.14 "Iterative
# Proportional Fitting", prints it: age × marital status, last year's table and this year's margins; output 9.14.1.
KNOWN = [
    [1306, 83, 0], [619, 765, 3], [263, 1194, 9], [173, 1372, 28],
    [171, 1393, 51], [159, 1372, 81], [208, 1350, 108], [1116, 4100, 2329],
]  # fmt: skip
AGES, STATUSES = [1412, 1402, 1450, 1541, 1681, 1532, 1662, 7644], [3988, 11702, 2634]
ADJUSTED = [
    [1325.27, 86.73, 0.00], [615.56, 783.39, 3.05], [253.94, 1187.18, 8.88], [165.13, 1348.55, 27.32],
    [173.41, 1454.71, 52.87], [147.21, 1308.12, 76.67], [202.33, 1352.28, 107.40], [1105.16, 4181.04, 2357.81],
]  # fmt: skip


def test_with_one_spread_it_prints_the_census_table_of_bishop_fienberg_and_holland():
    found = balance(np.ravel(KNOWN), rows_and_columns(8, 3), np.array([*AGES, *STATUSES]), give=1e-9)
    assert found.converged
    np.testing.assert_allclose(found.cells.reshape(8, 3), ADJUSTED, atol=0.01)
    assert found.cells[2] == 0, "a structural zero"


def test_the_two_by_two_table_and_its_cross_ratio():
    found = balance(np.array([10.0, 20, 30, 40]), rows_and_columns(2, 2), np.array([40.0, 80, 50, 70]), give=1e-9).cells
    np.testing.assert_allclose(found, [14.080515, 25.919485, 35.919485, 44.080515], atol=1e-4)
    assert found[0] * found[3] / found[1] / found[2] == pytest.approx(2 / 3)


# Miller & Blair (2009), Input-Output Analysis, section 7.4.2: coefficients of the base year, outputs and flows of the
# target year, whose sums are the margins.
def test_the_update_of_miller_and_blair_is_that_of_proportional_fitting():
    base = np.array([[0.120, 0.100, 0.049], [0.210, 0.247, 0.265], [0.026, 0.249, 0.145]]) * [421, 284, 283]
    target = np.array([[98, 72, 75], [65, 8, 63], [88, 27, 44]])
    totals = np.array([*target.sum(axis=1), *target.sum(axis=0)], float)
    assert totals.tolist() == [245, 136, 159, 251, 107, 182]
    found = balance(base.ravel(), rows_and_columns(3, 3), totals, give=1e-9)
    np.testing.assert_allclose(
        found.cells, proportional_fitting(base.ravel(), rows_and_columns(3, 3), totals), rtol=1e-6
    )


# --- what balancing holds to -------------------------------------------------------------------------------


def test_the_default_meets_consistent_sums_within_half_a_job():
    found = balance(np.ravel(KNOWN), rows_and_columns(8, 3), np.array([*AGES, *STATUSES]))
    assert np.abs(found.unmet).max() < 0.5
    np.testing.assert_allclose(found.cells.reshape(8, 3), ADJUSTED, atol=0.5)


def test_unmet_is_the_total_less_the_sum_of_its_cells():
    found = balance(np.array([1.0, 1.0]), np.array([[1, 1]]), np.array([10.0]), give=1.0)
    assert found.cells.sum() < 10 and found.unmet[0] == pytest.approx(10 - found.cells.sum())


@pytest.mark.parametrize(("totals", "middle"), [((90.0, 110.0), 100.0), ((50.0, 350.0), 200.0)])
def test_two_totals_of_one_sum_are_met_in_the_middle(totals, middle):
    found = balance(np.array([1.0, 3.0]), np.array([[1, 1], [1, 1]]), np.array(totals))
    assert found.converged and found.cells.sum() == pytest.approx(middle, abs=0.1)
    assert found.unmet.sum() == pytest.approx(0, abs=0.1)
    assert found.cells[1] / found.cells[0] == pytest.approx(3, rel=1e-6)


def test_contradicting_sums_leave_the_agreeing_ones_alone():
    sums = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]])
    found = balance(np.array([1.0, 1, 1, 2]), sums, np.array([90.0, 110, 30]))
    assert found.unmet[2] == pytest.approx(0, abs=0.1) and found.cells[2:] == pytest.approx([10, 20], abs=0.1)


def test_a_cell_without_a_prior_stays_empty_and_a_sum_of_such_cells_stays_unmet():
    found = balance(np.array([0.0, 0.0, 1.0, 0.0]), np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), np.array([100.0, 5.0]))
    assert found.converged and np.isfinite(found.cells).all()
    assert found.cells == pytest.approx([0, 0, 5, 0], abs=0.05) and found.unmet[0] == 100


def test_a_total_of_zero_empties_its_cells():
    found = balance(np.array([3.0, 5.0, 2.0]), np.array([[1, 1, 0]]), np.array([0.0]))
    assert found.converged and found.cells[:2].sum() < 0.1 and found.cells[2] == 2


def test_without_sums_the_prior_stands():
    found = balance(np.array([3.0, 0.0]), np.zeros((0, 2)), np.array([]))
    assert found.cells.tolist() == [3.0, 0.0] and found.converged and found.steps == 0


def test_a_cell_with_a_small_spread_keeps_nearer_to_its_prior():
    spread = np.array([0.08, 0.9])
    found = balance(np.array([100.0, 100.0]), np.array([[1, 1]]), np.array([300.0]), spread=spread, give=1e-9).cells
    assert found.sum() == pytest.approx(300) and 100 < found[0] < 125 < found[1]
    # both answer to one multiplier: ln(x/p) is proportional to the spread
    moved = np.log(found / 100)
    assert moved[0] / moved[1] == pytest.approx(spread[0] / spread[1], rel=1e-6)


def test_one_spread_for_all_does_not_matter():
    options = (np.ravel(KNOWN).astype(float), rows_and_columns(8, 3), np.array([*AGES, *STATUSES], float))
    np.testing.assert_allclose(
        balance(*options, give=1e-9).cells, balance(*options, spread=0.3, give=1e-9).cells, rtol=1e-5
    )


def test_too_few_steps_are_admitted():
    options = (np.array([1.0, 1.0]), np.array([[1, 1]]), np.array([1e6]))
    few = balance(*options, max_steps=1)
    assert not few.converged and few.steps == 1 and balance(*options).converged


def test_input_is_not_changed_and_sparse_equals_dense():
    prior, sums, totals = np.array([10.0, 20, 30, 40]), rows_and_columns(2, 2), np.array([40.0, 80, 50, 70])
    before = prior.copy(), sums.copy(), totals.copy()
    dense = balance(prior, sums, totals)
    for now, then in zip((prior, sums, totals), before, strict=True):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_array_equal(balance(prior, sparse.coo_matrix(sums), totals).cells, dense.cells)


@pytest.mark.parametrize(
    ("prior", "sums", "totals", "spread", "sentence"),
    [
        ([-1.0, 1.0], [[1, 1]], [1.0], 1.0, "a prior must be finite and at least 0"),
        ([np.nan, 1.0], [[1, 1]], [1.0], 1.0, "a prior must be finite and at least 0"),
        ([np.inf, 1.0], [[1, 1]], [1.0], 1.0, "a prior must be finite and at least 0"),
        ([1.0, 1.0], [[1, 1]], [1.0], 0.0, "a spread above 0"),
        ([1.0, 1.0], [[1, 1]], [1.0, 2.0], 1.0, r"the sums are \(1, 2\), where 2 totals × 2 cells"),
        ([1.0, 1.0, 1.0], [[1, 1]], [1.0], 1.0, r"the sums are \(1, 2\), where 1 totals × 3 cells"),
    ],
)
def test_what_cannot_be_balanced_is_a_sentence(prior, sums, totals, spread, sentence):
    with pytest.raises(ValueError, match=sentence):
        balance(np.array(prior), np.array(sums), np.array(totals), spread=spread)


# --- any feasible problem ---------------------------------------------------------------------------------

# three digits from a thousandth of a job to a million
SIZES = st.builds(lambda digits, power: digits * 10.0**power, st.integers(100, 999), st.integers(-5, 4))


@st.composite
def problems(draw, sizes=SIZES):
    """A truth, the sums of a random choice of its cells, and a prior that may be a million times off."""
    cells = draw(st.integers(2, 12))
    truth = np.array(draw(st.lists(sizes, min_size=cells, max_size=cells)))
    prior = np.array(draw(st.lists(sizes, min_size=cells, max_size=cells)))
    members = st.sets(st.integers(0, cells - 1), min_size=1)
    chosen = draw(st.lists(members, min_size=1, max_size=6))
    sums = np.array([[float(j in inside) for j in range(cells)] for inside in chosen])
    spread = np.array(draw(st.lists(st.sampled_from([0.08, 0.3, 0.5, 0.9]), min_size=cells, max_size=cells)))
    return truth, prior, sums, spread


@settings(max_examples=150, deadline=None)
@given(problems())
def test_every_feasible_problem_converges_and_its_sums_are_met(problem):
    truth, prior, sums, spread = problem
    found = balance(prior, sums, sums @ truth, spread=spread)
    assert found.converged
    assert (found.cells > 0).all() and np.isfinite(found.cells).all()
    # what each sum may give: give × its multiplier, and a cell that must shrink to nothing costs ln(1e9)/0.08
    assert np.abs(found.unmet).max() < 0.5 + 2e-6 * (sums @ truth).max() + 0.01 * 21 / 0.08 * len(sums)
    outside = sums.sum(axis=0) == 0
    np.testing.assert_array_equal(found.cells[outside], prior[outside])


ORDINARY = st.integers(1, 1000).map(float)


@settings(max_examples=60, deadline=None)
@given(problems(ORDINARY))
def test_sums_of_ordinary_cells_are_met_within_half_a_job(problem):
    truth, prior, sums, spread = problem
    found = balance(prior, sums, sums @ truth, spread=np.maximum(spread, 0.5))
    assert found.converged and np.abs(found.unmet).max() < 0.5


@settings(max_examples=60, deadline=None)
@given(problems(ORDINARY), st.randoms(use_true_random=False))
def test_the_order_of_cells_and_of_sums_does_not_matter(problem, random):
    truth, prior, sums, spread = problem
    cells, rows = list(range(len(prior))), list(range(len(sums)))
    random.shuffle(cells)
    random.shuffle(rows)
    one = balance(prior, sums, sums @ truth, spread=spread, tolerance=1e-10)
    two = balance(prior[cells], sums[rows][:, cells], (sums @ truth)[rows], spread=spread[cells], tolerance=1e-10)
    np.testing.assert_allclose(two.cells, one.cells[cells], rtol=1e-5, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(problems(ORDINARY), st.sampled_from([0.01, 0.5, 7.0, 1000.0]))
def test_ten_times_the_jobs_are_ten_times_the_cells(problem, factor):
    truth, prior, sums, spread = problem
    one = balance(prior, sums, sums @ truth, spread=spread, give=0.01, tolerance=1e-10)
    # the give is in units of the sums, so it grows with them
    two = balance(prior * factor, sums, sums @ truth * factor, spread=spread, give=0.01 * factor, tolerance=1e-10)
    np.testing.assert_allclose(two.cells, one.cells * factor, rtol=1e-5, atol=1e-6 * factor)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 4), st.integers(2, 4), st.data())
def test_rows_and_columns_are_proportional_fitting(rows, columns, data):
    size = rows * columns
    prior, truth = (np.array(data.draw(st.lists(ORDINARY, min_size=size, max_size=size))) for _ in range(2))
    sums = rows_and_columns(rows, columns)
    found = balance(prior, sums, sums @ truth, give=1e-9, tolerance=1e-9).cells
    np.testing.assert_allclose(found, proportional_fitting(prior, sums, sums @ truth, 400), rtol=1e-3, atol=1e-2)


# --- limits -----------------------------------------------------------------------------------------------


def test_limits_follow_from_one_sum_to_the_next():
    # a + b = 10, b + c = 4, c + d = 3: b ≤ 4, so a ≥ 6; c ≤ 3, so b ≥ 1 and a ≤ 9
    low, high = interval_bounds(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]), np.array([10.0, 4.0, 3.0]))
    assert low.tolist() == [6, 1, 0, 0] and high.tolist() == [9, 4, 3, 3]


def test_a_cell_alone_in_its_sum_is_known_but_for_the_rounding():
    low, high = interval_bounds(np.array([[1, 0], [0, 1]]), np.array([10.0, 2.0]), tolerance=np.array([3.0, 5.0]))
    assert low.tolist() == [7, 0] and high.tolist() == [13, 7]


def test_one_tolerance_stands_for_all_sums_and_none_is_the_default():
    sums, totals = np.array([[1, 1], [0, 1]]), np.array([10.0, 4.0])
    assert [a.tolist() for a in interval_bounds(sums, totals)] == [[6, 4], [6, 4]]
    assert [a.tolist() for a in interval_bounds(sums, totals, tolerance=1)] == [[4, 3], [8, 5]]


def test_a_sum_that_holds_more_than_its_cells_limits_from_above_only():
    sums, totals = np.array([[1, 1], [1, 0]]), np.array([10.0, 2.0])
    low, high = interval_bounds(sums, totals, at_most=np.array([True, False]))
    assert low.tolist() == [2, 0] and high.tolist() == [2, 8]
    low, high = interval_bounds(sums, totals, at_most=np.array([False, True]))
    assert low.tolist() == [0, 8] and high.tolist() == [2, 10]


def test_a_cell_in_no_sum_has_no_upper_limit_and_takes_none_from_its_neighbours():
    low, high = interval_bounds(np.array([[1, 1, 0]]), np.array([5.0]))
    assert low.tolist() == [0, 0, 0] and high.tolist() == [5, 5, np.inf]
    low, high = interval_bounds(np.zeros((0, 2)), np.array([]))
    assert low.tolist() == [0, 0] and high.tolist() == [np.inf, np.inf]


def test_limits_never_cross_even_where_sums_contradict():
    low, high = interval_bounds(np.array([[1, 1], [1, 0], [0, 1]]), np.array([10.0, 2.0, 3.0]))
    assert (low <= high).all() and (low >= 0).all()


def test_limits_never_fall_below_zero_where_sums_contradict():
    # three cells of at least 1 each, whose sum is published as 1
    sums = np.vstack([[1, 1, 1, 0, 0, 0], np.eye(3, 6) + np.eye(3, 6, k=3), np.eye(3, 6, k=3)])
    low, high = interval_bounds(sums, np.array([1.0, 5, 5, 5, 0.5, 0.5, 0.5]))
    assert (low >= 0).all() and (high >= low).all()


def test_a_long_chain_needs_its_rounds():
    # x_i + x_{i+1} = 10 with x_0 known to be 3: every cell follows, one a round
    chain = np.eye(12) + np.eye(12, k=1)
    chain[-1] = 0
    chain[-1, 0] = 1
    totals = np.array([10.0] * 11 + [3.0])
    low, high = interval_bounds(chain, totals)
    np.testing.assert_allclose(low, [3, 7] * 6, atol=1e-9)
    np.testing.assert_allclose(high, [3, 7] * 6, atol=1e-9)
    low, high = interval_bounds(chain, totals, rounds=3)
    assert (low[-1], high[-1]) == (0, 10)


@st.composite
def systems(draw):
    """A whole-number truth, published sums of it off by rounding, and which of them hold more than their cells."""
    cells = draw(st.integers(1, 7))
    truth = np.array(draw(st.lists(st.integers(0, 200), min_size=cells, max_size=cells)), float)
    chosen = draw(st.lists(st.sets(st.integers(0, cells - 1), min_size=1), min_size=1, max_size=6))
    sums = np.array([[float(j in inside) for j in range(cells)] for inside in chosen])
    many = len(chosen)
    tolerance = np.array(draw(st.lists(st.sampled_from([0.0, 3.0, 5.0]), min_size=many, max_size=many)))
    off = np.array(draw(st.lists(st.integers(-10, 10), min_size=many, max_size=many))) / 10 * tolerance
    at_most = np.array(draw(st.lists(st.booleans(), min_size=many, max_size=many)))
    more = np.array(draw(st.lists(st.integers(0, 50), min_size=many, max_size=many))) * at_most
    return truth, sums, sums @ truth + off + more, tolerance, at_most


@settings(max_examples=200, deadline=None)
@given(systems())
def test_the_truth_is_always_inside(system):
    truth, sums, totals, tolerance, at_most = system
    for rounds in (1, 2, 50):
        low, high = interval_bounds(sums, totals, tolerance=tolerance, at_most=at_most, rounds=rounds)
        assert (low <= truth + 1e-6).all() and (truth <= high + 1e-6).all() and (low >= 0).all()


@settings(max_examples=60, deadline=None)
@given(systems())
def test_limits_contain_those_of_a_linear_programme_and_equal_them_where_sums_do_not_overlap(system):
    truth, sums, totals, tolerance, at_most = system
    low, high = interval_bounds(sums, totals, tolerance=tolerance, at_most=at_most)
    matrix = np.vstack([sums, -sums[~at_most]])
    right = np.concatenate([totals + tolerance, -(totals - tolerance)[~at_most]])
    apart = (sums.sum(axis=0) <= 1).all()
    for cell in range(len(truth)):
        goal = np.eye(len(truth))[cell]
        least, most = (linprog(sign * goal, matrix, right, method="highs") for sign in (1, -1))
        assert least.status == 0 and low[cell] <= least.fun + 1e-6
        unlimited = most.status != 0
        assert np.isinf(high[cell]) if unlimited else -most.fun <= high[cell] + 1e-6
        if apart:
            assert low[cell] == pytest.approx(least.fun, abs=1e-6)
            assert unlimited or high[cell] == pytest.approx(-most.fun, abs=1e-6)


def test_limits_hold_no_warning_for_infinite_cells():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        interval_bounds(np.array([[1, 1, 0], [1, 1, 0]]), np.array([5.0, 7.0]), at_most=np.array([True, False]))


# --- RAS and GRAS -----------------------------------------------------------------------------------------

SQUARE, SQUARE_ROWS, SQUARE_COLUMNS = np.array([[10.0, 20], [30, 40]]), [40.0, 80], [50.0, 70]

# Junius & Oosterhaven (2003), Economic Systems Research 15:87, the table of goods, services and net taxes; its last
# column has no positive cell. Balanced by the R function doGRAS (tests of the package, to .002).
SIGNED = np.array([[7.0, 3, 5, -3], [2, 9, 8, 0], [-2, 0, 2, 0]])
SIGNED_ROWS, SIGNED_COLUMNS = [15.0, 26, -1], [9.0, 16, 17, -2]
SIGNED_BALANCED = [
    [8.424340881, 3.375237362, 5.200422021, -2.000000263], [3.000997078, 12.624763744, 10.374239178, 0],
    [-2.425339135, 0, 1.425339135, 0],
]  # fmt: skip


def by_minimising(table: np.ndarray, rows: list[float], columns: list[float]) -> np.ndarray:
    """Minimise Σ |z| (y ln y − y + 1), y = z*/z, under both totals: what GRAS solves (Lenzen et al. 2007, eq. 5)."""
    used = table.ravel() != 0
    old = np.abs(table.ravel()[used])
    sums = (rows_and_columns(*table.shape) * table.ravel())[:, used]
    found = minimize(
        lambda y: old @ (y * np.log(y) - y + 1), np.ones(used.sum()), jac=lambda y: old * np.log(y), method="SLSQP",
        bounds=[(1e-9, None)] * used.sum(), options={"ftol": 1e-14, "maxiter": 1000},
        # the last total follows from the others
        constraints={"type": "eq", "fun": lambda y: (sums @ y - [*rows, *columns])[:-1], "jac": lambda y: sums[:-1]},
    )  # fmt: skip
    assert found.success, found.message
    best = np.zeros(table.size)
    best[used] = found.x
    return best.reshape(table.shape) * table


def test_ras_of_the_two_by_two_table_and_its_cross_ratio():
    found = ras(SQUARE, SQUARE_ROWS, SQUARE_COLUMNS)
    np.testing.assert_allclose(found, [[14.080515, 25.919485], [35.919485, 44.080515]], atol=5e-7)
    assert found[0, 0] * found[1, 1] / found[0, 1] / found[1, 0] == pytest.approx(2 / 3)


def test_ras_prints_the_census_table_of_bishop_fienberg_and_holland():
    found = ras(KNOWN, AGES, STATUSES)
    np.testing.assert_allclose(found, ADJUSTED, atol=0.01)
    assert found[0, 2] == 0


def test_gras_of_the_table_of_junius_and_oosterhaven():
    found = gras(SIGNED, SIGNED_ROWS, SIGNED_COLUMNS)
    np.testing.assert_allclose(found, SIGNED_BALANCED, atol=1e-6)
    np.testing.assert_allclose(found, by_minimising(SIGNED, SIGNED_ROWS, SIGNED_COLUMNS), atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), SIGNED_ROWS, atol=1e-8)
    np.testing.assert_allclose(found.sum(axis=0), SIGNED_COLUMNS, atol=1e-8)
    np.testing.assert_allclose(gras(-SIGNED.T, -np.array(SIGNED_COLUMNS), -np.array(SIGNED_ROWS)), -found.T, atol=1e-6)


def test_gras_scales_a_row_and_a_column_without_positive_cells():
    table = np.array([[-4.0, -2, 0], [6, 3, -1], [0, 5, -2]])
    found = gras(table, [-9, 10, 4], [3, 5, -3])
    np.testing.assert_allclose(found, by_minimising(table, [-9, 10, 4], [3, 5, -3]), atol=1e-4)
    assert (np.sign(found) == np.sign(table)).all()


def test_a_total_of_zero_empties_what_has_one_sign_and_balances_what_has_two():
    table = np.array([[3.0, -3, 2], [0, -4, -1], [5, 6, 4]])
    found = gras(table, [0, 0, 9], [4, 2, 3])
    assert (found[1] == 0).all()
    np.testing.assert_allclose(found[0].sum(), 0, atol=1e-8)
    assert (np.sign(found[[0, 2]]) == np.sign(table[[0, 2]])).all()
    # an emptied row leaves its column without support of one sign, which then must be 0 too
    assert gras([[-1.0, 0], [0, 2]], [0, 5], [0, 5]).tolist() == [[0, 0], [0, 5]]
    assert ras([[1.0, 2], [3, 4]], [0, 5], [0, 5]).tolist() == [[0, 0], [0, 5]]


def test_tables_are_taken_by_label_and_keep_their_order():
    table = pd.DataFrame(SQUARE, pd.Index(["B", "A"], name="from"), pd.Index(["y", "x"], name="to"))
    before = table.copy()
    found = ras(table, pd.Series({"A": 80, "B": 40}), pd.Series({"x": 70, "y": 50}))
    expected = ras(SQUARE, SQUARE_ROWS, SQUARE_COLUMNS)
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, table.index, table.columns))
    pd.testing.assert_frame_equal(gras(table, SQUARE_ROWS, SQUARE_COLUMNS), found)
    pd.testing.assert_frame_equal(table, before)


def test_totals_that_zeros_make_impossible_are_said_with_the_worst_miss():
    # the second row has one cell, which its column cannot hold
    with pytest.warns(UserWarning, match=r"after 50 steps row [01] misses its total by -?1; cells of 0") as caught:
        found = ras([[1.0, 1], [0, 1]], [1, 3], [2, 2], max_steps=50)
    assert np.isfinite(found).all() and caught[0].filename == __file__
    with pytest.warns(UserWarning, match="after 1 steps row"):
        gras(SIGNED, SIGNED_ROWS, SIGNED_COLUMNS, max_steps=1)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_unit_does_not_matter(scale):
    for function, table, rows, columns in (
        (ras, SQUARE, SQUARE_ROWS, SQUARE_COLUMNS),
        (gras, SIGNED, SIGNED_ROWS, SIGNED_COLUMNS),
    ):
        found = function(table * scale, np.array(rows) * scale, np.array(columns) * scale)
        np.testing.assert_allclose(found / scale, function(table, rows, columns), rtol=1e-6)


LABELLED = pd.DataFrame(SQUARE, ["A", "B"], ["x", "y"])


@pytest.mark.parametrize(
    ("function", "table", "rows", "columns", "sentence"),
    [
        (ras, LABELLED - 15, [40, 80], [50, 70], r"row A, column x is -5; .* zero or more, is needed \(gras takes"),
        (ras, LABELLED.replace(20, np.nan), [40, 80], [50, 70], "row A, column y is nan; a finite number, zero or"),
        (gras, LABELLED.replace(20, np.inf), [40, 80], [50, 70], "row A, column y is inf; a finite number is needed"),
        (ras, LABELLED, [40, 80], [50, 71], "the totals of rows add up to 120, of columns to 121: scale one"),
        (ras, LABELLED, [40, np.nan], [50, 70], "the total of row B is missing or not finite"),
        (ras, LABELLED, [40, 80], [50, 40, 30], r"the totals of columns have shape \(3,\); 2 numbers are needed"),
        (ras, LABELLED, pd.Series({"A": 40, "C": 80}), [50, 70], "the totals of rows have other labels"),
        (ras, LABELLED, [40, 80], pd.Series({"x": 50, "y": 40, "z": 30}), "the totals of columns have other labels"),
        (ras, LABELLED * [1, 0], [40, 80], [50, 70], "column y must sum to 70 and has no positive cell"),
        (ras, LABELLED, [-40, 160], [50, 70], "row A must sum to -40 and has no negative cell"),
        (gras, -LABELLED, [40, -160], [-50, -70], "row A must sum to 40 and has no positive cell"),
        (ras, [[1.0, 0], [2, 3]], [5, 0], [2, 3], "column y must|column 1 must sum to 3 and has no positive cell"),
    ],
)
def test_what_cannot_be_scaled_is_a_sentence(function, table, rows, columns, sentence):
    with pytest.raises(ValueError, match=sentence):
        function(table, rows, columns)


@st.composite
def tables(draw, least=0):
    """A table, and another of the same signs whose sums are the totals."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    size = shape[0] * shape[1]
    signs = np.array(draw(st.lists(st.sampled_from([-1.0, 0.0, 1.0][least + 1 :]), min_size=size, max_size=size)))
    old, new = (np.array(draw(st.lists(ORDINARY, min_size=size, max_size=size))) for _ in range(2))
    return (old * signs).reshape(shape), (new * signs).reshape(shape)


@settings(max_examples=60, deadline=None)
@given(tables(least=-1))
def test_gras_reaches_any_feasible_totals_and_keeps_signs(pair):
    table, truth = pair
    found = gras(table, truth.sum(axis=1), truth.sum(axis=0))
    goal = 1e-10 * max(np.abs(truth.sum(axis=axis)).sum() for axis in (0, 1)) + 1e-12
    for axis in (0, 1):
        np.testing.assert_allclose(found.sum(axis=axis), truth.sum(axis=axis), rtol=0, atol=goal + 1e-9)
    assert (found * table >= 0).all() and (found[table == 0] == 0).all()


@settings(max_examples=60, deadline=None)
@given(tables(least=0))
def test_ras_multiplies_rows_and_columns_only_and_is_gras_without_negative_cells(pair):
    table, truth = pair
    rows, columns = truth.sum(axis=1), truth.sum(axis=0)
    found = ras(table, rows, columns)
    np.testing.assert_array_equal(gras(table, rows, columns), found)
    np.testing.assert_allclose(found.sum(axis=1), rows, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=0), columns, atol=1e-5)
    # of all tables with these sums the one with log(z*/z) = a row's number + a column's (Bacharach 1970)
    used = table.ravel() > 0
    logs = np.log(found.ravel()[used] / table.ravel()[used])
    design = rows_and_columns(*table.shape).T[used]
    np.testing.assert_allclose(design @ np.linalg.lstsq(design, logs, rcond=None)[0], logs, atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(tables(least=1), st.data())
def test_ras_keeps_cross_ratios_and_does_not_see_the_order(pair, data):
    table, truth = pair
    rows, columns = truth.sum(axis=1), truth.sum(axis=0)
    found = ras(table, rows, columns)
    # z* / z = r s is a product of a row and a column, so that its two-by-two determinants vanish
    ratio = np.log(found / table)
    centred = ratio - ratio.mean(axis=0) - ratio.mean(axis=1)[:, None] + ratio.mean()
    np.testing.assert_allclose(centred, 0, atol=1e-9)
    order, across = (data.draw(st.permutations(range(length))) for length in table.shape)
    mixed = ras(table[order][:, across], rows[order], columns[across])
    np.testing.assert_allclose(mixed, found[order][:, across], rtol=1e-6)
