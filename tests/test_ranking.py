"""Ranks with their ranges: what must hold whatever is drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.indicators.ranking import rank_among, rank_interval

NAN = float("nan")


def estimates(values: list[float], width: float = 0.1) -> pd.DataFrame:
    """Quotients with limits a factor exp(± width) away."""
    index = pd.Index([f"R{i}" for i in range(len(values))], name="region")
    estimate = pd.Series(values, index=index, dtype=float)
    return pd.DataFrame({"estimate": estimate, "lower": estimate * np.exp(-width), "upper": estimate * np.exp(width)})


# quotients at least 10 % apart
apart = st.lists(st.integers(-20, 20), min_size=1, max_size=12, unique=True).map(
    lambda steps: [float(1.1**step) for step in steps]
)


@settings(max_examples=40, deadline=None)
@given(apart, st.integers(0, 2**32 - 1))
def test_narrow_intervals_leave_every_region_its_own_rank(values, seed):
    found = rank_interval(estimates(values, 0.001), draws=99, rng=seed)
    expected = (-pd.Series(values)).rank().to_numpy()
    for column in ("rank", "rank_lower", "rank_upper"):
        assert found[column].tolist() == expected.tolist()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.05, 20), min_size=1, max_size=12),
    st.floats(0.0001, 2.0),
    st.sampled_from([0.5, 0.9, 0.99]),
    st.integers(0, 2**32 - 1),
)
def test_ranges_are_ordered_within_one_and_n_and_n_counts_the_ranked(values, width, level, seed):
    table = estimates(values, width)
    table.loc["unknown"] = NAN
    found = rank_interval(table, level=level, draws=99, rng=seed)
    ranked = found.drop("unknown")
    assert list(found.columns) == ["rank", "rank_lower", "rank_upper", "n"]
    assert found.loc["unknown"].isna().all()
    assert (ranked["n"] == len(values)).all()
    assert (ranked["rank_lower"] >= 1).all() and (ranked["rank_upper"] <= len(values)).all()
    assert (ranked["rank_lower"] <= ranked["rank_upper"]).all()
    assert (ranked[["rank_lower", "rank_upper"]] % 1 == 0).all(axis=None)


@settings(max_examples=40, deadline=None)
@given(apart, st.integers(0, 2**32 - 1))
def test_a_higher_level_never_narrows_a_range(values, seed):
    table = estimates(values, 0.3)
    narrow = rank_interval(table, level=0.5, draws=199, rng=seed)
    wide = rank_interval(table, level=0.95, draws=199, rng=seed)
    assert (wide["rank_lower"] <= narrow["rank_lower"]).all() and (wide["rank_upper"] >= narrow["rank_upper"]).all()


# Draws are dealt out by position, so another order of rows gives other draws: the ranges may then move by what
# Monte Carlo leaves uncertain. Order must change neither the ranks nor n, nor ranges that no draw can move.
def test_the_order_of_rows_changes_ranks_and_n_never_and_ranges_by_chance_only():
    values = [3.0, 2.9, 2.5, 1.4, 1.0, 0.99, 0.98, 0.4]
    table = estimates(values, 0.25)
    found = rank_interval(table, draws=4000, rng=1)
    turned = rank_interval(table.iloc[::-1], draws=4000, rng=1)
    assert list(turned.index) == list(table.index[::-1])
    turned = turned.loc[table.index]
    pd.testing.assert_frame_equal(found[["rank", "n"]], turned[["rank", "n"]])
    assert (found - turned)[["rank_lower", "rank_upper"]].abs().max(axis=None) <= 1
    narrow = estimates(values, 0.001)
    pd.testing.assert_frame_equal(
        rank_interval(narrow, rng=1), rank_interval(narrow.iloc[::-1], rng=1).loc[narrow.index]
    )


def test_regions_that_are_equal_share_the_better_rank():
    assert rank_interval(estimates([3.0, 2.0, 2.0, 1.0]), rng=1)["rank"].tolist() == [1, 2, 2, 4]


def test_regions_that_are_equal_share_their_range_whatever_their_order():
    found = rank_interval(estimates([2.0, 2.0, 2.0, 2.0], 0.0), rng=1)
    assert found.drop_duplicates().to_numpy().tolist() == [[1.0, 1.0, found["rank_upper"].iloc[0], 4.0]]


def test_the_same_seed_gives_the_same_ranges_and_a_row_without_limits_changes_nothing():
    table = estimates([3.0, 2.9, 2.5, 1.4, 1.0], 0.2)
    found = rank_interval(table, rng=7)
    pd.testing.assert_frame_equal(found, rank_interval(table, rng=7))
    pd.testing.assert_frame_equal(found, rank_interval(table, rng=np.random.default_rng(7)))
    more = pd.concat([pd.DataFrame(NAN, index=["unknown"], columns=table.columns), table])
    beside = rank_interval(more, rng=7).loc[table.index]
    pd.testing.assert_frame_equal(beside, found, check_names=False, check_dtype=False)


def test_no_global_state_is_touched():
    np.random.seed(5)  # noqa: NPY002 - the point is that nobody else draws from it
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    rank_interval(estimates([2.0, 1.0]), rng=1)
    assert np.random.random() == expected  # noqa: NPY002


def test_overlapping_intervals_swap_ranks_and_distant_ones_do_not():
    found = rank_interval(estimates([4.0, 1.05, 1.0], 0.2), rng=1)
    assert found.to_numpy().tolist() == [[1, 1, 1, 3], [2, 2, 3, 3], [3, 2, 3, 3]]


def test_a_region_that_is_only_bounded_has_a_range_and_no_rank():
    table = estimates([4.0, 2.0, 1.0], 0.001)
    table.loc["R1"] = [NAN, 0.5, 8.0]
    found = rank_interval(table, draws=999, rng=1)
    assert np.isnan(found.loc["R1", "rank"])
    assert found.loc["R1", ["rank_lower", "rank_upper", "n"]].tolist() == [1, 3, 3]


def test_the_rank_lies_in_its_range_beside_a_region_that_is_only_bounded():
    table = estimates([4.0, 2.0, 1.0], 0.001)
    table.loc["R0"] = [NAN, 3.9, 4.1]  # certainly ahead of the others
    ranked = rank_interval(table, rng=1).dropna()
    assert (ranked["rank_lower"] <= ranked["rank"]).all() and (ranked["rank"] <= ranked["rank_upper"]).all()


def test_a_region_without_jobs_ranks_last():
    table = estimates([4.0, 2.0, 1.0], 0.001)
    table.loc["R1"] = [0.0, 0.0, 0.3]
    assert rank_interval(table, rng=1).loc["R1"].tolist() == [3, 3, 3, 3]


def test_nothing_to_rank_is_nothing_ranked():
    assert rank_interval(estimates([]), rng=1).empty
    assert rank_interval(estimates([NAN, NAN]), rng=1).isna().all(axis=None)


@pytest.mark.parametrize(("lower", "upper"), [(-0.1, 1.0), (1.2, 1.1)])
def test_wrong_limits_are_a_sentence_that_names_the_region(lower, upper):
    table = estimates([4.0, 1.0])
    table.loc["R1", ["lower", "upper"]] = lower, upper
    with pytest.raises(ValueError, match=r"^the limits of R1 are not 0 ≤ lower ≤ upper$"):
        rank_interval(table, rng=1)


@pytest.mark.parametrize("options", [{"draws": 0}, {"level": 1.5}, {"level": -0.1}, {"interval_level": 1.0}])
def test_an_option_out_of_range_is_a_sentence_that_names_it(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        rank_interval(estimates([4.0, 1.0]), rng=1, **options)


def test_the_input_is_not_changed():
    table = estimates([4.0, NAN, 1.0])
    before = table.copy(deep=True)
    rank_interval(table, rng=1)
    pd.testing.assert_frame_equal(table, before)


# --- rank_among -------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=10), st.data())
def test_the_rank_among_others_is_reached_whatever_their_true_values(value, others, data):
    table = pd.DataFrame([(low, low + room) for low, room in others], columns=["lower", "upper"], dtype=float)
    best, worst = rank_among(value, table)
    truth = [data.draw(st.integers(low, low + room)) for low, room in others]
    assert best <= 1 + sum(v > value for v in truth) <= worst
    assert best == 1 + sum(low > value for low, _ in others)
    assert worst == 1 + sum(low + room > value for low, room in others)


def test_competitors_without_limits_are_left_out():
    others = pd.DataFrame({"lower": [60.0, NAN, 70.0], "upper": [60.0, 90.0, NAN]})
    assert rank_among(50, others) == (2, 2)
