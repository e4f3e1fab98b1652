"""The synergy diamonds, the smallest consortium and the calendar of instruments, by hand and by properties."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from alpclusters_lib.indicators.relatedness import added_density, proximity
from alpclusters_lib.strategy import _synergy_draws as arrays
from alpclusters_lib.strategy import synergy
from alpclusters_lib.strategy.instruments import overlaps

AREAS, SECTORS = ["a", "b", "c", "d"], ["C24", "C25", "C28", "I55"]
JOBS = pd.DataFrame(
    [[30.0, 40, 20, 10], [10, 20, 60, 10], [5, 5, 10, 80], [25, 25, 25, 25]], index=AREAS, columns=SECTORS
)


def theme(**changes) -> synergy.Theme:
    totals = JOBS.sum(axis=1)
    reference = pd.concat([JOBS.sum(), pd.Series({"other": 0.0})])
    held = (JOBS.div(totals, axis=0) / (JOBS.sum() / JOBS.sum().sum())) >= 1
    overlap = pd.DataFrame(1.0, AREAS, AREAS)
    overlap.loc["d"] = overlap["d"] = np.nan
    own = JOBS[["C25", "C28"]].sum(axis=1) / totals
    quotients = own / (JOBS[["C25", "C28"]].sum().sum() / JOBS.sum().sum())
    values = {
        "jobs": JOBS, "totals": totals, "reference": reference, "errors": JOBS * 0 + 0.05,
        "relatedness": proximity(held), "sectors": ("C25", "C28"), "stages": {"x/metal": ("C24",), "x/inn": ("I55",)},
        "overlaps": (overlap, overlap / 2), "quotients": quotients, "added": np.array([0.0, 25, 50, 75, 100]),
    }  # fmt: skip
    return synergy.Theme(**values | changes)


@pytest.fixture(scope="module")
def found() -> synergy.Diamonds:
    return synergy.diamonds(theme(), draws=50, rng=1)


def test_symmetric_axes_are_symmetric_and_chain_fit_is_directed(found):
    for number in (0, 1, 2):
        np.testing.assert_allclose(found.values[number], found.values[number].T)
    # a holds metal and lacks the inn, c the other way round; b lacks both and is held by each of them
    fit = pd.DataFrame(found.values[3], AREAS, AREAS)
    assert fit.loc["a", "c"] == 1 and fit.loc["c", "a"] == 1 and fit.loc["b", "a"] == 0.5
    assert fit.loc["b", "c"] == 0.5 and fit.loc["a", "b"] == 0


def test_axes_lie_between_0_and_1_and_a_gap_is_never_0(found):
    known = found.values[~np.isnan(found.values)]
    assert known.min() >= 0 and known.max() <= 1
    overlap = pd.DataFrame(found.values[0], AREAS, AREAS)
    assert overlap.loc["a", "d"] != overlap.loc["a", "d"] and overlap.loc["a", "b"] == 0.75
    row = synergy.partners("a", found).loc["d"]
    assert np.isnan(row["priority_overlap"]) and row["known"] == 3
    assert row["mean"] == approx(row[list(synergy.AXES)[1:]].mean())


def test_joint_strength_is_the_lower_percentile_by_hand(found):
    # quotients of C25 and C28 together: b .8, a .6, d .5, c .15 of 0.5125; percentiles .875, .625, .375, .125
    strength = pd.DataFrame(found.values[1], AREAS, AREAS)
    assert strength.loc["a", "b"] == 0.625 and strength.loc["b", "d"] == 0.375 and strength.loc["a", "c"] == 0.125


def test_both_directions_of_complementarity_are_kept(found):
    one = synergy.diamond("a", "c", found).loc["complementarity"]
    back = synergy.diamond("c", "a", found).loc["complementarity"]
    assert (one["to_a"], one["to_b"]) == (back["to_b"], back["to_a"])
    assert one["value"] == approx((one["to_a"] + one["to_b"]) / 2) == back["value"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), missing=st.booleans())
def test_added_density_of_all_pairs_is_that_of_the_indicator(seed, missing):
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.random((5, 6)) > 0.5, index=list("abcde"), columns=[f"s{n}" for n in range(6)])
    links = proximity(table)
    table = table.astype("boolean")
    if missing:
        table.iloc[1, 2] = pd.NA
    values = table.astype("Float64").to_numpy(float, na_value=np.nan)
    every = arrays.added(values, links.to_numpy(float), [1, 3])
    for place, region in enumerate(table.index):
        expected = added_density(table, links, region=region)[["s1", "s3"]].mean(axis=1)
        own = pd.Series(every[place], table.index)[expected.index]
        np.testing.assert_allclose(own.to_numpy(), expected.to_numpy())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=20), st.floats(0, 10))
def test_percentiles_rise_with_the_value_and_stay_within_0_and_1(yardstick, value):
    low, high = arrays.percentiles(np.array([value, value + 1]), np.array(yardstick))
    assert 0 <= low <= high <= 1


def test_ranks_are_those_of_the_mean_and_leaving_an_axis_out_changes_them(found):
    table = synergy.partners("a", found)
    assert list(table["rank"]) == sorted(table["rank"]) and table["mean"].is_monotonic_decreasing
    left = synergy.without("a", found)
    axes = table.loc[left.index, [axis for axis in synergy.AXES if axis != "chain_fit"]].mean(axis=1)
    assert (left["chain_fit"] == axes.rank(ascending=False, method="min")).all()


def test_without_errors_and_with_one_reading_every_draw_is_the_figure():
    plain = theme(errors=JOBS * 0, overlaps=theme().overlaps[:1])
    table = synergy.partners("a", synergy.diamonds(plain, draws=5, rng=0))
    for column in ("mean", "rank"):
        np.testing.assert_allclose(table[f"{column}_lower"], table[column])
        np.testing.assert_allclose(table[f"{column}_upper"], table[column])


def test_an_area_that_lacks_nothing_has_no_chain_fit_and_no_chain_gives_a_gap():
    everything = theme(stages={"x/metal": ("C24",)})
    fit = synergy.diamonds(everything, draws=2, rng=0).values[3]
    assert np.isnan(fit[0]).all()
    assert np.isnan(synergy.diamonds(theme(stages={}), draws=2, rng=0).values[3]).all()


def test_the_caller_keeps_labels_and_input():
    before = JOBS.copy()
    found = synergy.diamonds(theme(), draws=3, rng=0)
    pd.testing.assert_frame_equal(JOBS, before)
    assert list(found.added.index) == AREAS and list(synergy.partners("b", found).index.sort_values()) == [
        "a",
        "c",
        "d",
    ]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda found: synergy.diamond("a", "z", found), "no figures for z; there are some for a, b, c"),
        (lambda found: synergy.diamond("a", "a", found), "a is no partner of itself"),
        (lambda found: synergy.partners("a", found, candidates=["a"]), "no candidate is left for a"),
        (lambda found: synergy.diamonds(theme(sectors=())), "the theme has no sector"),
        (lambda found: synergy.diamonds(theme(sectors=("C99",))), "jobs have no sector 'C99'"),
    ],
)
def test_wrong_input_is_one_sentence(found, call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(found)


# --- consortium


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=6), st.booleans())
def test_set_cover_is_minimal_by_brute_force(rows, fixed):
    table = pd.DataFrame(rows, index=[f"r{n}" for n in range(len(rows))], columns=list("wxyz"))
    own = "r0" if fixed else None
    found = synergy.smallest_consortium(table, including=own)
    wanted = table.any()
    groups = [
        set(group)
        for size in range(len(table) + 1)
        for group in itertools.combinations(table.index, size)
        if (own is None or own in group) and (table.loc[list(group)].any() == wanted).all()
    ]
    least = min(map(len, groups))
    assert {frozenset(group) for group in found.groups} == {frozenset(g) for g in groups if len(g) == least}
    assert found.nobody == tuple(wanted.index[~wanted])


def test_groups_of_one_size_come_nearest_first():
    held = pd.DataFrame({"x": [True, False, False], "y": [False, True, True]}, index=["here", "far", "near"])
    ways = pd.DataFrame([[0, 900, 100], [900, 0, 800], [100, 800, 0]], held.index, held.index, dtype=float)
    found = synergy.smallest_consortium(held, including="here", distances=ways)
    assert found.groups == (("here", "near"), ("here", "far")) and found.span_km == (100.0, 900.0)


def test_an_empty_chain_and_an_unknown_area_are_sentences():
    with pytest.raises(ValueError, match="the chain has no stage"):
        synergy.smallest_consortium(pd.DataFrame(index=["a"]))
    with pytest.raises(ValueError, match="no figures for z"):
        synergy.smallest_consortium(pd.DataFrame({"x": [True]}, index=["a"]), including="z")


# --- instruments


def instrument(name, region, opens, closes, themes=(), actors=("business",)):
    return {"instrument": name, "region": region, "themes": frozenset(themes), "actors": frozenset(actors),
            "opens": pd.Timestamp(opens), "closes": pd.Timestamp(closes)}  # fmt: skip


def test_windows_overlap_by_days_themes_and_actors():
    table = pd.DataFrame([
        instrument("A", "x", "2027-01-01", "2027-03-31", ["metal"]),
        instrument("B", "y", "2027-03-31", "2027-05-01"),
        instrument("C", "y", "2027-04-01", "2027-05-01"),
        instrument("D", "y", "2027-01-01", "2027-12-31", ["food"]),
        instrument("E", "y", "2027-01-01", "2027-12-31", ["metal"], ["research"]),
    ])  # fmt: skip
    found = overlaps(table, own=["x"], others=["y"], themes=["metal"])
    assert found[["other", "days"]].values.tolist() == [["B", 1]] and found.loc[0, "themes"] == {"metal"}
    assert overlaps(table, own=["x"], others=["z"]).empty
    with pytest.raises(ValueError, match="A closes on 2027-01-01, before it opens on 2027-03-31"):
        overlaps(table.assign(opens=table["closes"], closes=table["opens"]), own=["x"], others=["y"])
