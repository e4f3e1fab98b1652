"""Complexity: worked numbers, independent routes, and the one sign rule on hundreds of sparse tables."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib.indicators import _spectrum
from alpclusters_lib.indicators.complexity import (
    complexity_outlook,
    economic_complexity,
    fitness_complexity,
    method_of_reflections,
)
from alpclusters_lib.indicators.relatedness import proximity, relatedness_density

NESTED = pd.DataFrame([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]], list("ABCD"), list("vwxyz"))
MIXED = pd.DataFrame(
    [[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 1], [1, 1, 0, 0, 1, 0], [1, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0]],
    list("ABCDE"),
    list("uvwxyz"),
)


def quiet(function, *args, **options):
    """Call a function whose warnings are looked at elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return function(*args, **options)


def random_table(rng, rows, columns, share):
    held = rng.random((rows, columns)) < share
    return pd.DataFrame(held, [f"R{r}" for r in range(rows)], [f"S{i}" for i in range(columns)])


def connected_table(seed: int) -> pd.DataFrame:
    """Return a sparse random table whose regions and sectors hang together, without empty ones."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(3, 30), rng.integers(3, 30)
    held = random_table(rng, rows, columns, rng.uniform(0.08, 0.4)).to_numpy(copy=True)
    # a chain through all of them, in which every label has a neighbour
    steps = max(rows, columns)
    held[np.arange(steps) % rows, np.arange(steps) % columns] = True
    held[(np.arange(steps) + 1) % rows, np.arange(steps) % columns] = True
    table = pd.DataFrame(held, [f"R{r}" for r in range(rows)], [f"S{i}" for i in range(columns)])
    return table.iloc[rng.permutation(rows), rng.permutation(columns)]


# --- worked numbers ---------------------------------------------------------------------------------------


def test_the_nested_table_by_an_independent_program():
    """Printed there: ECI with the sample deviation, PCI standardised by itself; eigenvalues 1, .2059, .0795, .0424."""
    found = economic_complexity(NESTED)
    assert found.eci.round(4).tolist() == [1.4324, 0.3573, -0.5641, -1.2257]
    assert (found.eci / found.eci.std(ddof=1)).round(4).tolist() == [1.2405, 0.3094, -0.4885, -1.0615]
    own = (found.pci - found.pci.mean()) / found.pci.std(ddof=1)
    assert own.round(4).tolist() == [-0.8869, -0.8869, -0.2247, 0.5636, 1.4349]
    assert found.eigengap == pytest.approx(0.2059 - 0.0795, abs=6e-5)
    assert found.components == 1


def test_the_second_most_diverse_region_can_come_last():
    with pytest.warns(UserWarning, match="hardly tells its sign"):
        found = economic_complexity(MIXED)
    printed = np.array([0.842295, -1.288362, 1.028175, -0.740550, 0.158442])
    sample = found.eci / found.eci.std(ddof=1)
    np.testing.assert_allclose(sample * np.sign(sample.iloc[0]), printed, atol=5e-7)
    # diversity goes along with ECI at .06 only: the sign is that, and is warned of
    assert found.orientation_correlation == pytest.approx(np.corrcoef(found.eci, MIXED.sum(axis=1))[0, 1])
    assert 0 <= found.orientation_correlation < 0.3


def test_fitness_of_the_mixed_table_after_20_and_200_steps():
    with pytest.warns(UserWarning, match="not settled after 20 steps"):
        early = fitness_complexity(MIXED, max_steps=20)
    assert early.fitness.round(6).tolist() == [2.918575, 1.381460, 0.423004, 0.161702, 0.115258]
    late = quiet(fitness_complexity, MIXED, max_steps=200)
    assert late.fitness.round(6).tolist() == [3.062798, 1.277812, 0.404099, 0.148691, 0.106601]
    assert late.steps == 200 and not late.converged


def test_reflections_of_the_nested_table_by_hand():
    found = method_of_reflections(NESTED, steps=2)
    assert found.regions[0].tolist() == [5, 4, 3, 2]
    assert found.sectors[0].tolist() == [4, 4, 3, 2, 1]
    assert found.regions[1].tolist() == [14 / 5, 13 / 4, 11 / 3, 4]
    assert found.sectors[1].tolist() == [3.5, 3.5, 4, 4.5, 5]
    assert found.regions[2]["D"] == 3.5


# --- ECI is the mean PCI of what a region holds -----------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_eci_is_the_mean_pci_of_what_a_region_holds_on_every_connected_table(start):
    for seed in range(start, start + 50):
        held = connected_table(seed)
        found = quiet(economic_complexity, held)
        if np.isnan(found.eigengap):
            continue
        mean = (held * found.pci).where(held).mean(axis=1)
        np.testing.assert_allclose(mean, found.eci, atol=1e-7, err_msg=str(seed))
        assert np.corrcoef(mean, found.eci)[0, 1] == pytest.approx(1, abs=1e-9)
        assert found.eci.mean() == pytest.approx(0, abs=1e-9)
        assert found.eci.std(ddof=0) == pytest.approx(1)
        assert found.orientation_correlation >= 0


@pytest.mark.parametrize("seed", range(40))
def test_eci_is_the_second_eigenvector_of_the_row_normalised_problem(seed):
    held = connected_table(seed)
    matrix = held.to_numpy(dtype=float)
    walk = (matrix / matrix.sum(axis=1)[:, None]) @ (matrix / matrix.sum(axis=0)).T
    values, vectors = np.linalg.eig(walk)
    order = np.argsort(-values.real)
    found = quiet(economic_complexity, held)
    gap = (values[order[1]] - values[order[2]]).real
    assert found.eigengap == pytest.approx(gap, abs=1e-9)
    if gap > 1e-3:
        vector = vectors[:, order[1]].real
        assert abs(np.corrcoef(vector, found.eci)[0, 1]) == pytest.approx(1, abs=1e-9)


def test_truncated_and_full_decomposition_agree(monkeypatch):
    rng = np.random.default_rng(5)
    for rows, columns in ((40, 25), (25, 40), (30, 30)):
        held = random_table(rng, rows, columns, 0.3)
        full = quiet(economic_complexity, held)
        monkeypatch.setattr(_spectrum, "LARGE", 1)
        truncated = quiet(economic_complexity, held)
        monkeypatch.undo()
        np.testing.assert_allclose(truncated.eci, full.eci, atol=1e-8)
        np.testing.assert_allclose(truncated.pci, full.pci, atol=1e-7)
        assert truncated.eigengap == pytest.approx(full.eigengap, abs=1e-10)


def test_reflections_come_to_the_order_of_the_eigenvector():
    eci = economic_complexity(NESTED).eci
    steps = method_of_reflections(NESTED, steps=15).regions
    assert steps[14].corr(eci) == pytest.approx(1, abs=1e-6)
    assert steps[15].corr(eci) == pytest.approx(-1, abs=1e-6)


# --- the sign ---------------------------------------------------------------------------------------------


def test_orientation_turns_regions_and_sectors_together():
    one = economic_complexity(NESTED, orient=pd.Series({"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0}))
    other = economic_complexity(NESTED, orient=pd.Series({"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}))
    pd.testing.assert_series_equal(one.eci, -other.eci)
    pd.testing.assert_series_equal(one.pci, -other.pci)
    assert one.orientation_correlation == pytest.approx(other.orientation_correlation)


def test_orientation_is_aligned_by_label_and_may_have_gaps():
    orient = pd.Series({"elsewhere": -99.0, "D": 1.0, "B": 3.0, "A": 4.0, "C": np.nan})
    found = economic_complexity(NESTED, orient=orient)
    assert found.eci.round(4).tolist() == [1.4324, 0.3573, -0.5641, -1.2257]
    known = ["A", "B", "D"]
    assert found.orientation_correlation == pytest.approx(np.corrcoef(found.eci[known], orient[known])[0, 1])


def test_an_orientation_known_for_two_regions_is_refused():
    with pytest.raises(ValueError, match="orient is known for 2 regions of presence; three or more"):
        economic_complexity(NESTED, orient=pd.Series({"A": 1.0, "B": 2.0, "X": 5.0}))


def test_an_orientation_that_tells_nothing_is_warned_of_and_gives_the_same_sign_each_time():
    flat = pd.Series(7.0, index=NESTED.index)
    with pytest.warns(UserWarning, match="ECI correlates with `orient` at 0.00 only"):
        first = economic_complexity(NESTED, orient=flat)
    assert first.orientation_correlation == 0
    assert quiet(economic_complexity, NESTED.iloc[::-1], orient=flat).eci["A"] == pytest.approx(first.eci["A"])


# --- empty, disconnected, degenerate ----------------------------------------------------------------------


def test_empty_regions_and_sectors_are_nan_and_move_nothing():
    wider = NESTED.copy()
    wider.loc["empty"] = 0
    wider["nowhere"] = 0
    found, plain = economic_complexity(wider), economic_complexity(NESTED)
    assert np.isnan(found.eci["empty"]) and np.isnan(found.pci["nowhere"])
    pd.testing.assert_series_equal(found.eci.drop("empty"), plain.eci)
    pd.testing.assert_series_equal(found.pci.drop("nowhere"), plain.pci)
    assert found[2:] == pytest.approx(plain[2:])


def two_parts() -> pd.DataFrame:
    other = NESTED.rename(index=str.lower, columns=str.upper)
    return pd.concat([NESTED, other]).fillna(0)


def test_a_table_in_two_parts_is_refused_by_name():
    with pytest.raises(ValueError, match=r"2 parts that share nothing.*regions A, B, C, D with sectors v, w"):
        economic_complexity(two_parts())


def test_each_part_can_be_ordered_by_itself():
    found = economic_complexity(two_parts(), disconnected="each")
    plain = economic_complexity(NESTED)
    assert found.components == 2
    np.testing.assert_allclose(found.eci, [*plain.eci, *plain.eci], atol=1e-12)
    np.testing.assert_allclose(found.pci, [*plain.pci, *plain.pci], atol=1e-12)
    assert found.eigengap == pytest.approx(plain.eigengap)


@given(st.integers(0, 10_000))
def test_components_are_those_of_the_graph(seed):
    import networkx as nx

    rng = np.random.default_rng(seed)
    held = random_table(rng, rng.integers(1, 12), rng.integers(1, 12), 0.12)
    graph = nx.Graph()
    graph.add_edges_from((r, s) for (r, s), there in held.stack().items() if there)
    expected = sorted(sorted(part) for part in nx.connected_components(graph))
    found = _spectrum.split(held.to_numpy())
    assert expected == sorted(sorted([*held.index[rows], *held.columns[columns]]) for rows, columns in found)


@pytest.mark.parametrize(
    "held",
    [
        pd.DataFrame(np.ones((3, 4)), list("abc"), list("wxyz")),
        pd.DataFrame(np.ones((3, 1)), list("abc"), ["x"]),
        pd.DataFrame(np.ones((1, 3)), ["a"], list("xyz")),
        pd.DataFrame(np.zeros((3, 3)), list("abc"), list("xyz")),
    ],
    ids=["all the same", "one sector", "one region", "nothing"],
)
def test_where_there_is_no_order_all_is_nan_and_said(held):
    with pytest.warns(UserWarning, match="there is no order"):
        found = economic_complexity(held)
    assert found.eci.isna().all() and found.pci.isna().all() and np.isnan(found.eigengap)
    assert list(found.eci.index) == list(held.index)


def test_equal_second_and_third_eigenvalues_are_warned_of():
    # three regions that differ from each other in the same way
    ring = pd.DataFrame([[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1]], list("abc"), list("wxyz"))
    with pytest.warns(UserWarning, match="one of many possible orders"), pytest.warns(UserWarning, match="at 0.00"):
        found = economic_complexity(ring)
    assert found.eigengap < 1e-9


def test_missing_cells_count_as_not_held_and_are_said():
    held = NESTED.astype(float)
    held.loc["D", "z"] = np.nan
    with pytest.warns(UserWarning, match="1 cells of presence are missing and counted as not held"):
        found = economic_complexity(held)
    pd.testing.assert_series_equal(found.eci, economic_complexity(NESTED).eci)


def test_results_follow_the_labels_through_every_order():
    for seed in range(20):
        held = connected_table(seed)
        mixed = held.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
        found, other = quiet(economic_complexity, held), quiet(economic_complexity, mixed)
        if found.eigengap > 1e-6 and found.orientation_correlation > 1e-6:
            pd.testing.assert_series_equal(other.eci[held.index], found.eci, rtol=1e-6)
            pd.testing.assert_series_equal(other.pci[held.columns], found.pci, rtol=1e-6)
        fit, another = quiet(fitness_complexity, held, max_steps=50), quiet(fitness_complexity, mixed, max_steps=50)
        pd.testing.assert_series_equal(another.fitness[held.index], fit.fitness)


def test_an_unknown_way_with_parts_is_refused():
    with pytest.raises(ValueError, match="disconnected 'largest' is not available; available: raise, each"):
        economic_complexity(NESTED, disconnected="largest")


# --- fitness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(15))
def test_fitness_that_settled_is_a_fixed_point_with_means_one(seed):
    held = connected_table(seed)
    found = quiet(fitness_complexity, held, max_steps=20_000)
    assert found.fitness.mean() == pytest.approx(1) and found.complexity.mean() == pytest.approx(1)
    assert (found.fitness >= 0).all()
    if found.converged and found.fitness.min() > 1e-6:
        again = held.to_numpy(dtype=float) @ found.complexity.to_numpy()
        np.testing.assert_allclose(again / again.mean(), found.fitness, atol=1e-6)


def test_a_nested_table_never_settles_and_says_so():
    with pytest.warns(UserWarning, match="not settled after 30 steps: its order may be read"):
        found = fitness_complexity(NESTED, max_steps=30)
    assert (found.steps, found.converged) == (30, False)
    assert found.fitness.is_monotonic_decreasing


def test_fitness_sets_empty_regions_and_sectors_aside():
    wider = MIXED.copy()
    wider.loc["empty"] = 0
    wider["nowhere"] = 0
    found = quiet(fitness_complexity, wider, max_steps=200)
    assert np.isnan(found.fitness["empty"]) and np.isnan(found.complexity["nowhere"])
    plain = quiet(fitness_complexity, MIXED, max_steps=200)
    pd.testing.assert_series_equal(found.fitness.drop("empty"), plain.fitness)


def test_fitness_of_nothing_is_nan():
    found = fitness_complexity(NESTED * 0)
    assert found.fitness.isna().all() and found.steps == 0 and not found.converged


@pytest.mark.parametrize("options", [{"max_steps": 0}, {"tolerance": 0}, {"tolerance": np.nan}])
def test_steps_and_tolerance_that_are_none_are_refused(options):
    with pytest.raises(ValueError, match="max_steps >= 1, tolerance > 0 are needed"):
        fitness_complexity(NESTED, **options)


def test_reflections_of_an_empty_region_are_nan_and_touch_no_other():
    wider = MIXED.copy()
    wider.loc["empty"] = 0
    found = method_of_reflections(wider, steps=3)
    assert found.regions.loc["empty"].isna().tolist() == [False, True, True, True]
    pd.testing.assert_frame_equal(found.regions.drop("empty"), method_of_reflections(MIXED, steps=3).regions)
    with pytest.raises(ValueError, match="steps is 0"):
        method_of_reflections(MIXED, steps=0)


# --- outlook ----------------------------------------------------------------------------------------------


def test_outlook_is_the_sum_over_what_is_lacking():
    related = proximity(MIXED)
    density = relatedness_density(MIXED, related)
    pci = quiet(economic_complexity, MIXED).pci
    found = complexity_outlook(MIXED, related, pci)
    for region in MIXED.index:
        lacking = MIXED.columns[MIXED.loc[region] == 0]
        assert found[region] == pytest.approx((density.loc[region, lacking] / 100 * pci[lacking]).sum())


def test_outlook_leaves_out_what_is_missing():
    held = MIXED.astype(float)
    held.loc["C", "w"] = np.nan
    related = proximity(MIXED)
    pci = quiet(economic_complexity, MIXED).pci
    whole, found = complexity_outlook(MIXED, related, pci), complexity_outlook(held, related, pci)
    # density leaves w out above and below the line, and w itself adds nothing
    density = relatedness_density(held, related).loc["C"]
    lacking = held.columns[held.loc["C"] == 0]
    assert "w" not in lacking
    assert found["C"] == pytest.approx((density[lacking] / 100 * pci[lacking]).sum())
    assert found.drop("C").to_numpy() == pytest.approx(whole.drop("C").to_numpy())


def test_outlook_aligns_by_label_and_names_what_is_missing():
    related = proximity(MIXED)
    pci = quiet(economic_complexity, MIXED).pci
    whole = complexity_outlook(MIXED, related, pci)
    shuffled = complexity_outlook(MIXED, related.iloc[::-1, ::-1], pci.iloc[::-1])
    assert shuffled.to_numpy() == pytest.approx(whole.to_numpy())
    # a sector related to nothing has no density, and adds nothing
    alone = related.copy()
    alone.loc["z"] = alone["z"] = 0.0
    without = MIXED.columns.drop("z")
    expected = complexity_outlook(MIXED[without], alone, pci)
    assert complexity_outlook(MIXED, alone, pci).to_numpy() == pytest.approx(expected.to_numpy())
    with pytest.raises(ValueError, match="pci has no sector z"):
        complexity_outlook(MIXED, related, pci.drop("z"))
    with pytest.raises(ValueError, match="relatedness has no row for sector z"):
        complexity_outlook(MIXED, related.drop(index="z"), pci)
