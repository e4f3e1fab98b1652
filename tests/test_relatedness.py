"""Relatedness: published definitions, worked numbers, other routes to the same result, and what is missing."""

from __future__ import annotations

import re

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from alpclusters_lib.indicators.relatedness import (
    added_density,
    association_strength,
    co_occurrence,
    presence,
    proximity,
    relatedness_density,
)
from alpclusters_lib.indicators.specialisation import location_quotient

# Five regions, six sectors, not nested: what is worked out by hand below.
MIXED = pd.DataFrame(
    [[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 1], [1, 1, 0, 0, 1, 0], [1, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0]],
    index=["AT31", "DE14", "ITC4", "ITH1", "SI03"],
    columns=["C10", "C16", "C25", "C26", "C28", "I55"],
)
NESTED = pd.DataFrame(
    [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]],
    index=["AT31", "DE14", "ITC4", "ITH1"],
    columns=["C10", "C16", "C25", "C26", "C28"],
)


def tables(least: int = 2) -> st.SearchStrategy[pd.DataFrame]:
    shapes = st.tuples(st.integers(least, 9), st.integers(least, 8))
    cells = shapes.flatmap(lambda shape: arrays.arrays(bool, shape))
    return cells.map(
        lambda held: pd.DataFrame(held, [f"R{r}" for r in range(len(held))], [f"S{i}" for i in range(held.shape[1])])
    )


def holed() -> st.SearchStrategy[pd.DataFrame]:
    shapes = st.tuples(st.integers(2, 9), st.integers(2, 8))
    cells = shapes.flatmap(lambda shape: arrays.arrays(float, shape, elements=st.sampled_from([0.0, 1.0, np.nan])))
    return cells.map(
        lambda held: pd.DataFrame(held, [f"R{r}" for r in range(len(held))], [f"S{i}" for i in range(held.shape[1])])
    )


# --- presence ---------------------------------------------------------------------------------------------


def test_a_quotient_of_exactly_one_is_a_presence_whatever_the_scale():
    jobs = pd.DataFrame([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [7.0, 14.0, 21.0]], list("abc"), list("xyz"))
    for scale in (1, 3, 1 / 3, 1e12, 1e-12, 0.1):
        assert presence(jobs * scale).all(axis=None), scale


@given(arrays.arrays(np.int64, (5, 4), elements=st.integers(0, 50)), st.floats(0.2, 3))
def test_presence_is_the_quotient_against_the_threshold(cells, threshold):
    jobs = pd.DataFrame(cells, list("abcde"), list("wxyz"))
    quotient = location_quotient(jobs)
    assert (presence(jobs, threshold=threshold) == (quotient >= threshold)).all(axis=None)


def test_no_jobs_are_an_absence_in_empty_regions_and_sectors_too():
    jobs = pd.DataFrame([[5, 0, 0], [3, 4, 0], [0, 0, 0]], ["a", "b", "empty"], ["x", "y", "nowhere"])
    held = presence(jobs)
    assert list(held.dtypes.unique()) == [np.dtype(bool)]
    assert not held.loc["empty"].any() and not held["nowhere"].any()


def test_a_missing_cell_is_missing_and_no_absence():
    jobs = pd.DataFrame([[5, np.nan, 2], [3, 4, 1]], ["a", "b"], ["x", "y", "z"])
    held = presence(jobs, totals=pd.Series({"a": 12, "b": 8}), reference=pd.Series({"x": 8, "y": 9, "z": 3}))
    assert (held.dtypes == "boolean").all()
    assert held.loc["a", "y"] is pd.NA
    assert held.isna().sum().sum() == 1
    assert held.loc["a", ["x", "z"]].all() and not held.loc["b", "x"]


def test_without_a_total_the_row_is_missing_but_for_its_zeros():
    jobs = pd.DataFrame([[5, np.nan, 0], [3, 4, 1]], ["a", "b"], ["x", "y", "z"])
    with pytest.warns(UserWarning, match="no total for region a"):
        held = presence(jobs)
    assert held.loc["a"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize("threshold", [0, -1, np.nan])
def test_a_threshold_that_is_none_is_refused(threshold):
    with pytest.raises(ValueError, match=r"threshold is .*above 0 is needed"):
        presence(pd.DataFrame([[1, 2]], ["a"], ["x", "y"]), threshold=threshold)


# --- co-occurrence and proximity --------------------------------------------------------------------------


def test_proximities_of_the_nested_table():
    found = proximity(NESTED)
    assert found.loc["C10", "C25"] == 0.75
    assert found.loc["C25", "C26"] == pytest.approx(2 / 3, abs=1e-15)
    assert found.loc["C26", "C28"] == 0.5


@given(tables())
def test_co_occurrence_counts_regions_pair_by_pair(held):
    found = co_occurrence(held)
    for one in held:
        for other in held:
            assert found.loc[one, other] == (held[one] & held[other]).sum()


@settings(max_examples=20)
@given(holed())
def test_a_region_with_a_missing_cell_is_left_out_of_its_pairs_only(held):
    found = proximity(held)
    for one in held:
        for other in held:
            pair = held[[one, other]].dropna()
            both, counts = (pair == 1).all(axis=1).sum(), (pair == 1).sum()
            if one == other:
                assert found.loc[one, other] == 0
            elif counts.max() == 0:
                assert np.isnan(found.loc[one, other])
            else:
                assert found.loc[one, other] == both / counts.iloc[:2].max()


@given(tables())
def test_proximity_is_symmetric_between_zero_and_one_with_an_empty_diagonal(held):
    found = proximity(held)
    pd.testing.assert_frame_equal(found, found.T)
    assert found.stack().dropna().between(0, 1).all()
    assert (np.diag(found) == 0).all()


@given(tables())
def test_proximity_is_the_smaller_conditional_share(held):
    matrix = held.to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        share = (matrix.T @ matrix) / matrix.sum(axis=0)
    expected = np.fmin(share, share.T)
    # where one sector is held nowhere its share is 0/0, and the other's 0
    expected = np.where(np.isnan(share) ^ np.isnan(share.T), 0, expected)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(proximity(held), expected, rtol=1e-15)


def test_two_sectors_nobody_holds_have_no_proximity():
    held = MIXED.assign(N77=0, N78=0)
    found = proximity(held)
    assert np.isnan(found.loc["N77", "N78"])
    assert found.loc["N77", "C10"] == 0
    pd.testing.assert_frame_equal(found.loc[MIXED.columns, MIXED.columns], proximity(MIXED))


def test_true_and_one_and_nullable_are_the_same_table():
    for kind in (bool, float, "boolean", "Int64", "float32"):
        pd.testing.assert_frame_equal(proximity(MIXED.astype(kind)), proximity(MIXED))
    mixed = MIXED.astype({"C10": bool, "C16": float})
    pd.testing.assert_frame_equal(proximity(mixed), proximity(MIXED))


def test_the_table_handed_in_is_left_as_it_was():
    before = MIXED.copy()
    found = proximity(MIXED)
    relatedness_density(MIXED, found)
    added_density(MIXED, found, region="ITH1")
    association_strength(co_occurrence(MIXED))
    pd.testing.assert_frame_equal(MIXED, before)


def test_a_proximity_is_a_graph_without_loops():
    graph = nx.from_pandas_adjacency(proximity(MIXED))
    assert nx.number_of_selfloops(graph) == 0
    assert graph["C10"]["C16"]["weight"] == 0.8


# --- association strength ---------------------------------------------------------------------------------


def test_association_strengths_by_the_formulas_of_van_eck_and_waltman_and_of_steijn():
    counts = co_occurrence(MIXED)
    pairs = counts.to_numpy(dtype=float) - np.diag(np.diag(counts))
    sums, total = pairs.sum(axis=0), pairs.sum()
    plain, corrected = association_strength(counts, correction=None), association_strength(counts)
    for i in range(6):
        for j in range(6):
            if i != j:
                assert plain.iloc[i, j] == pytest.approx(pairs[i, j] / total / (sums[i] / total * sums[j] / total))
                expected = sums[i] / total * sums[j] / (total - sums[i]) + sums[j] / total * sums[i] / (total - sums[j])
                assert corrected.iloc[i, j] == pytest.approx(pairs[i, j] / (expected * total / 2), rel=1e-14)


@given(tables(3))
def test_association_strength_ignores_the_diagonal(held):
    counts = co_occurrence(held)
    raised = counts + np.diag(np.arange(1, len(counts) + 1))
    pd.testing.assert_frame_equal(association_strength(counts), association_strength(raised))


@given(tables(3), st.integers(2, 1000))
def test_association_strength_does_not_depend_on_the_scale(held, factor):
    counts = co_occurrence(held)
    pd.testing.assert_frame_equal(association_strength(counts), association_strength(counts * factor))


@given(tables(3))
def test_expected_pairs_add_up_to_the_pairs_there_are(held):
    counts = co_occurrence(held)
    strength = association_strength(counts)
    pairs = counts.to_numpy(dtype=float) - np.diag(np.diag(counts))
    sums, total = pairs.sum(axis=0), pairs.sum()
    if total == 0 or (sums == total).any() or (sums == 0).any():
        return
    # by Steijn's definition the probabilities of all pairs, drawn without putting back, add to 1
    assert (pairs[strength > 0] / strength.to_numpy()[strength > 0]).sum() <= total * (1 + 1e-9)
    with np.errstate(divide="ignore"):
        expected = (np.outer(sums / (total - sums), sums) + np.outer(sums, sums / (total - sums))) / 2
    np.fill_diagonal(expected, 0)
    assert expected.sum() == pytest.approx(total)


def test_sectors_that_meet_nobody_have_no_association():
    counts = co_occurrence(MIXED.assign(N77=0))
    found = association_strength(counts)
    assert found["N77"].drop("N77").isna().all()
    pd.testing.assert_frame_equal(found.drop("N77").drop(columns="N77"), association_strength(co_occurrence(MIXED)))


def test_a_table_that_is_not_symmetric_is_refused_by_name():
    counts = co_occurrence(MIXED)
    counts.loc["C10", "C25"] += 1
    with pytest.raises(ValueError, match=r"co_occurrence of C10 with C25 differs .* symmetric"):
        association_strength(counts)


def test_the_labels_of_rows_and_columns_may_come_in_any_order():
    counts = co_occurrence(MIXED)
    found = association_strength(counts.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(found, association_strength(counts))


# --- density ----------------------------------------------------------------------------------------------


def test_densities_of_the_nested_table():
    """Hand-worked: shares of what each sector is related to that the second region holds."""
    found = relatedness_density(NESTED, proximity(NESTED)).loc["DE14"]
    assert found.round(2).tolist() == [90.0, 90.0, 86.67, 76.92, 100.0]


@given(tables(), st.randoms(use_true_random=False))
def test_density_sums_over_the_other_sectors(held, random):
    links = proximity(held)
    found = relatedness_density(held, links)
    region, sector = random.choice(list(held.index)), random.choice(list(held.columns))
    others = held.columns.drop(sector)
    weights = links.loc[sector, others].fillna(0)
    if weights.sum() == 0:
        assert np.isnan(found.loc[region, sector])
    else:
        expected = 100 * (weights * held.loc[region, others]).sum() / weights.sum()
        assert found.loc[region, sector] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(tables(), st.randoms(use_true_random=False))
def test_density_rises_with_every_presence_and_lies_within_its_bounds(held, random):
    links = proximity(held)
    before = relatedness_density(held, links)
    region, sector = random.choice(list(held.index)), random.choice(list(held.columns))
    more = held.copy()
    more.loc[region, sector] = True
    after = relatedness_density(more, links)
    assert ((after - before).fillna(0) >= -1e-12).all(axis=None)
    assert before.stack().dropna().between(0, 100 + 1e-9).all()
    assert after.loc[region, sector] == pytest.approx(before.loc[region, sector], nan_ok=True)


@settings(max_examples=20)
@given(holed())
def test_density_leaves_missing_cells_out_above_and_below_the_line(held):
    links = proximity(held.fillna(0))
    found = relatedness_density(held, links)
    for region in held.index:
        known = held.columns[held.loc[region].notna()]
        for sector in held:
            weights = links.loc[sector, known.drop(sector, errors="ignore")].fillna(0)
            if weights.sum() == 0:
                assert np.isnan(found.loc[region, sector])
            else:
                expected = 100 * (weights * held.loc[region, weights.index]).sum() / weights.sum()
                assert found.loc[region, sector] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_density_reads_rows_where_relatedness_is_directed():
    held = pd.DataFrame([[1, 0, 0]], ["a"], list("xyz"))
    links = pd.DataFrame([[0, 1, 1], [3, 0, 1], [0, 5, 0]], list("xyz"), list("xyz"))
    assert relatedness_density(held, links).loc["a"].tolist() == [0, 75, 0]


def test_density_uses_the_sectors_of_the_presence_from_a_wider_relatedness():
    wide = proximity(MIXED)
    narrow = wide.loc[["C10", "C25", "C28"], ["C10", "C25", "C28"]]
    held = MIXED[["C28", "C10", "C25"]]
    pd.testing.assert_frame_equal(relatedness_density(held, wide), relatedness_density(held, narrow))


def test_a_sector_without_relatedness_is_refused_by_name():
    with pytest.raises(ValueError, match="relatedness has no row for sector I55; it has C10"):
        relatedness_density(MIXED, proximity(MIXED.drop(columns="I55")))


def test_a_negative_relatedness_is_refused_by_name():
    links = proximity(MIXED)
    links.loc["C25", "C16"] = -0.1
    with pytest.raises(ValueError, match=re.escape("relatedness of C25 with C16 is -0.1; a finite number, zero or")):
        relatedness_density(MIXED, links)


def test_the_diagonal_of_a_relatedness_does_not_count():
    links = proximity(MIXED)
    with_loops = links + np.eye(6)
    pd.testing.assert_frame_equal(relatedness_density(MIXED, with_loops), relatedness_density(MIXED, links))


# --- added density ----------------------------------------------------------------------------------------


def test_density_that_the_first_region_adds_to_the_last():
    """The shares of C10, C16, C25, C26, C28, I55 worked out by an independent program."""
    found = added_density(MIXED, proximity(MIXED), region="SI03").loc["AT31"] / 100
    assert found.round(6).tolist() == [0.545455, 0.543478, 0.317460, 0.649351, 0.480769, 0.425532]


@settings(max_examples=20)
@given(tables())
def test_added_density_is_directed_and_fills_at_most_what_is_lacking(held):
    links = proximity(held)
    own = relatedness_density(held, links)
    for region in held.index:
        added = added_density(held, links, region=region)
        assert list(added.index) == [other for other in held.index if other != region]
        assert ((added + own.loc[region]).stack().dropna() <= 100 + 1e-9).all()
        # what both hold together is what the region holds and what the partner adds
        for partner in added.index:
            union = held.loc[[region]] | held.loc[partner].to_numpy()
            both = relatedness_density(union, links).loc[region]
            np.testing.assert_allclose(added.loc[partner], both - own.loc[region], atol=1e-9)


@settings(max_examples=20)
@given(holed())
def test_a_sector_missing_in_either_region_is_in_no_sum(held):
    links = proximity(held.fillna(0))
    region = held.index[0]
    added = added_density(held, links, region=region)
    for partner in added.index:
        known = held.columns[held.loc[[region, partner]].notna().all()]
        for sector in held:
            weights = links.loc[sector, known.drop(sector, errors="ignore")].fillna(0)
            if weights.sum() == 0:
                assert np.isnan(added.loc[partner, sector])
                continue
            lacking = (1 - held.loc[region, weights.index]) * held.loc[partner, weights.index]
            expected = 100 * (weights * lacking).sum() / weights.sum()
            assert added.loc[partner, sector] == pytest.approx(expected, abs=1e-9)


def test_an_unknown_region_is_named():
    with pytest.raises(ValueError, match="presence has no region CH02; it has AT31, DE14"):
        added_density(MIXED, proximity(MIXED), region="CH02")


# --- what holds for all of them ---------------------------------------------------------------------------


@settings(max_examples=30)
@given(holed(), st.integers(0, 1000))
def test_results_follow_the_labels_through_every_order(held, seed):
    rng = np.random.default_rng(seed)
    mixed = held.iloc[rng.permutation(len(held)), rng.permutation(held.shape[1])]
    links = proximity(held)
    for function in (proximity, co_occurrence):
        pd.testing.assert_frame_equal(function(mixed).loc[held.columns, held.columns], function(held))
    density = relatedness_density(mixed, links).loc[held.index, held.columns]
    pd.testing.assert_frame_equal(density, relatedness_density(held, links))
    added = added_density(mixed, links, region=held.index[0]).loc[held.index[1:], held.columns]
    pd.testing.assert_frame_equal(added, added_density(held, links, region=held.index[0]))


def test_a_cell_that_is_no_presence_is_named():
    with pytest.raises(ValueError, match=r"presence of region DE14 in sector C25 is 0.5; true or false"):
        proximity(MIXED.astype(float).replace({"C25": {1.0: 0.5}}).loc[["DE14", "SI03"]])


def test_words_are_no_presences():
    with pytest.raises(ValueError, match="presence of sector C10 has dtype"):
        proximity(MIXED.astype(str))
    with pytest.raises(TypeError, match="a region × sector DataFrame is needed"):
        proximity(MIXED.to_numpy())


def test_a_label_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="region AT31 occurs more than once in presence"):
        proximity(MIXED.rename(index={"DE14": "AT31"}))


def test_one_region_and_one_sector():
    single = pd.DataFrame([[True]], ["a"], ["x"])
    assert proximity(single).to_numpy().tolist() == [[0]]
    assert relatedness_density(single, proximity(single)).isna().all(axis=None)
    assert added_density(single, proximity(single), region="a").shape == (0, 1)
