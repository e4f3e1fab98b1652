"""Oracles: shares, means and least p counted by hand on small regions; p of random priorities is uniform."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from alpclusters_lib import sectors
from alpclusters_lib.strategy._matched_sets import matched_draws, matched_means, strata
from alpclusters_lib.strategy.alignment import (
    CASES,
    adjusted,
    priority_alignment,
    strategy_alignment,
    strategy_draws,
    unstable,
)

DIVISIONS = pd.Index(sectors.divisions(), name="sector")
QUICK = settings(max_examples=15, deadline=None, derandomize=True)


def region(estimates, *, spread=1.2):
    estimate = pd.Series(estimates, dtype=float)
    return pd.DataFrame({"estimate": estimate, "lower": estimate / spread, "upper": estimate * spread})


def random_region(seed=5):
    rng = np.random.default_rng(seed)
    interval = region(pd.Series(rng.lognormal(0, 0.6, len(DIVISIONS)), DIVISIONS))
    return interval, pd.Series(rng.uniform(20, 70, len(DIVISIONS)), DIVISIONS)


def random_priorities(number, *, seed=7, sizes=(3, 8)):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(0.0, [f"p{n}" for n in range(number)], DIVISIONS)
    for row in range(number):
        chosen = rng.choice(len(DIVISIONS), rng.integers(*sizes), replace=False)
        table.iloc[row, chosen] = rng.dirichlet(np.ones(len(chosen)))
    return table


# four of manufacturing, three services: quotients 3, 1, 0, 1/3 are 0.5, 0, -1, -0.5 in the symmetric form
SMALL = region({"C10": 3.0, "C11": 1.0, "C12": 0.0, "C13": 1 / 3, "J61": 3.0, "J62": 1.0, "J63": 1 / 3})
DENSITY = pd.Series({"C10": 70, "C11": 60, "C12": 10, "C13": 20, "J61": 30, "J62": 50, "J63": 40}, dtype=float)


def small(rows, **options):
    weights = pd.DataFrame(rows).T.fillna(0.0)
    return priority_alignment(weights, SMALL, DENSITY, **({"draws": 99, "rng": 1} | options))


# --- random sets


def test_strata_are_those_of_the_classification():
    found = strata(DIVISIONS)
    assert found.index.equals(DIVISIONS)
    assert found.value_counts().to_dict() == {
        "services": 31, "manufacturing": 24, "other industry": 8, "primary": 5,
    }  # fmt: skip
    assert strata(["F41", "D35", "E38", "C33", "G45", "S95", "Q86", "A01", "B08"]).tolist() == (
        ["other industry"] * 3 + ["manufacturing"] + ["services"] * 3 + ["primary"] * 2
    )
    with pytest.raises(ValueError, match=r"28, X1 is no NACE division; a code such as C28"):
        strata(["C28", "28", "X1"])


@QUICK
@given(st.integers(0, 10_000))
def test_draws_keep_number_weights_and_strata(seed):
    own = random_priorities(1, seed=seed, sizes=(1, 12)).iloc[0]
    groups = strata(own.index)
    found = matched_draws(own, groups, draws=25, rng=seed)
    assert found.shape == (25, len(own))
    for name in groups.unique():
        inside = (groups == name).to_numpy()
        expected = np.sort(own.to_numpy()[inside])
        assert (np.sort(found[:, inside], axis=1) == expected).all()


def test_means_are_those_of_the_sets():
    own, values = random_priorities(1).iloc[0], pd.concat(random_region()[:1], axis=1)
    groups = strata(own.index)
    found = matched_means(own, groups, values.iloc[::-1], draws=30, rng=6)
    assert found == pytest.approx(matched_draws(own, groups, draws=30, rng=6) @ values.to_numpy())
    with pytest.raises(ValueError, match=r"values has no division C10; it has B05"):
        matched_means(own, groups, values.drop("C10"), draws=30)


def test_every_arrangement_is_equally_likely():
    own = pd.Series({"C10": 0.7, "C11": 0.3, "C12": 0.0, "J62": 0.0})
    found = pd.Series(map(tuple, matched_draws(own, strata(own.index), draws=12_000, rng=3))).value_counts()
    assert set(found.index) == {(*three, 0.0) for three in set(permutations((0.7, 0.3, 0.0)))}
    assert found.between(1_800, 2_200).all()


def test_draws_do_not_depend_on_the_order_of_divisions():
    own = random_priorities(1).iloc[0]
    back = own.iloc[::-1]
    straight = matched_draws(own, strata(own.index), draws=20, rng=4)
    assert (matched_draws(back, strata(own.index), draws=20, rng=4)[:, ::-1] == straight).all()


def test_a_stratum_of_one_division_keeps_its_weight():
    own = pd.Series({"D35": 0.4, "C10": 0.6, "C11": 0.0})
    assert (matched_draws(own, strata(own.index), draws=9, rng=0)[:, 0] == 0.4).all()


def test_wrong_weights_of_random_sets_are_named():
    own = pd.Series({"C10": 0.5, "C11": np.nan})
    with pytest.raises(ValueError, match=r"weights of division C11 are missing; zero is needed"):
        matched_draws(own, strata(own.index), draws=9)
    with pytest.raises(ValueError, match=r"strata has no division C11; it has C10"):
        matched_draws(own.fillna(0.5), strata(["C10"]), draws=9)
    with pytest.raises(ValueError, match=r"division C11 has no stratum"):
        matched_draws(own.fillna(0.5), pd.Series({"C10": "a", "C11": None}), draws=9)
    with pytest.raises(ValueError, match=r"draws is 0; one or more is needed"):
        matched_draws(own.fillna(0.5), strata(own.index), draws=0)


# --- shares and means


def test_shares_and_means_by_hand():
    """Median density is 40; related are C10, C11, J62; specialised, with the limit above 1, are C10 and J61."""
    found = small({"p": {"C10": 0.4, "J61": 0.2, "J62": 0.1, "C13": 0.1, "Q86": 0.2}}).loc["p"]
    assert found["codable_share"] == pytest.approx(0.8) and found["divisions"] == 4 and found["tested"]
    assert found["specialised_share"] == pytest.approx(0.75) and found["related_share"] == pytest.approx(0.625)
    assert found[CASES].tolist() == pytest.approx([0.5, 0.25, 0.125, 0.125])
    assert found["mean_quotient"] == pytest.approx(0.5 * 0.5 + 0.25 * 0.5 + 0 - 0.125 * 0.5)
    # of the four of manufacturing one is specialised and two are related; of the three services one and one
    assert found["expected_specialised_share"] == pytest.approx(0.625 / 4 + 0.375 / 3)
    assert found["expected_related_share"] == pytest.approx(0.625 / 2 + 0.375 / 3)
    # means of the strata: manufacturing -0.25, services 0
    assert found["expected_quotient"] == pytest.approx(0.625 * -0.25)
    assert found["mean_density"] == pytest.approx(0.5 * 70 + 0.25 * 30 + 0.125 * 50 + 0.125 * 20)
    assert found["expected_density"] == pytest.approx(0.625 * 40 + 0.375 * 40)


def test_a_limit_at_one_is_not_above_it():
    found = small({"p": {"C11": 1.0}}).loc["p"]
    assert found["specialised_share"] == 0 and found["related_only"] == 1
    touching = SMALL.assign(lower=1.0)
    weights = pd.DataFrame({"C10": [1.0]}, ["p"])
    assert priority_alignment(weights, touching, DENSITY, draws=9)["specialised_share"].tolist() == [0]


@QUICK
@given(st.integers(0, 10_000))
def test_cases_sum_to_one_and_means_are_bounded(seed):
    interval, density = random_region(seed)
    interval.loc["C10"] = [1e12, 1e11, 1e13]
    interval.loc["C11"] = [1e-12, 0.0, 1e-11]
    found = priority_alignment(random_priorities(3, seed=seed), interval, density, draws=9, rng=seed)
    assert found[CASES].sum(axis=1).to_numpy() == pytest.approx(1)
    assert found["mean_quotient"].abs().max() <= 1 and found["mean_density"].between(20, 70).all()
    for one, parts in (("specialised_share", CASES[:2]), ("related_share", [CASES[0], CASES[2]])):
        assert found[one].to_numpy() == pytest.approx(found[parts].sum(axis=1).to_numpy())


def test_expected_is_the_mean_of_the_draws():
    interval, density = random_region()
    own = random_priorities(1)
    found = priority_alignment(own, interval, density, draws=9).iloc[0]
    quotient = (interval["estimate"] - 1) / (interval["estimate"] + 1)
    drawn = matched_draws(own.iloc[0], strata(DIVISIONS), draws=20_000, rng=8)
    assert found["expected_quotient"] == pytest.approx((drawn @ quotient).mean(), abs=0.005)
    assert found["expected_density"] == pytest.approx((drawn @ density).mean(), abs=0.3)


# --- not tested


def test_priorities_outside_the_figures_are_not_tested():
    rows = {"none": {"Q86": 0.6, "A01": 0.4}, "half": {"C10": 0.5, "Q86": 0.5}, "less": {"C10": 0.4, "Q86": 0.6}}
    found = small(rows)
    assert found["tested"].tolist() == [False, True, False]
    assert found["codable_share"].tolist() == pytest.approx([0, 0.5, 0.4]) and found["divisions"].tolist() == [0, 1, 1]
    numbers = [*CASES, "specialised_share", "mean_quotient", "p_specialised", "p_related", "least_p"]
    assert found.loc[["none", "less"], numbers].isna().all(axis=None) and found.loc["half", numbers].notna().all()
    assert found.loc["none", "hangs_on"] == "" and not found.loc["none", "leave_one_out"]
    assert small(rows, minimum_codable=0.4)["tested"].tolist() == [False, True, True]
    assert small(rows, minimum_codable=0)["tested"].tolist() == [False, True, True]


def test_nothing_tested_is_no_error():
    found = small({"none": {"Q86": 1.0}})
    assert found["tested"].tolist() == [False] and found["p_specialised"].isna().all()
    assert small({"none": {"Q86": 1.0}}).columns.equals(small({"p": {"C10": 1.0}}).columns)


def test_a_division_without_a_figure_is_none():
    """Only its own weight is set aside: the others keep their results."""
    interval = SMALL.copy()
    interval.loc["J63", "lower"] = np.nan
    density = DENSITY.drop("J62")
    weights = pd.DataFrame({"C10": [0.8], "J62": [0.1], "J63": [0.1]}, ["p"])
    found = priority_alignment(weights, interval, density, draws=9).loc["p"]
    assert found["codable_share"] == pytest.approx(0.8) and found["divisions"] == 1
    assert found["mean_quotient"] == pytest.approx(0.5)


# --- against random sets


def test_p_is_uniform_on_random_priorities():
    interval, density = random_region()
    found = priority_alignment(random_priorities(400), interval, density, draws=199, rng=11)
    for column in ("p_specialised", "p_related"):
        assert kstest(found[column], "uniform").pvalue > 0.05
        assert 0.02 < (found[column] <= 0.05).mean() < 0.08


def test_the_most_specialised_divisions_have_the_least_p():
    interval, density = random_region()
    best = interval["estimate"].groupby(strata(DIVISIONS)).nlargest(4).droplevel(0)
    weights = pd.DataFrame({label: [1 / len(best)] for label in best.index}, ["best"])
    found = priority_alignment(weights, interval, density, draws=999, rng=2).loc["best"]
    assert found["p_specialised"] == found["least_p"] == 1 / 1000
    worst = interval["estimate"].groupby(strata(DIVISIONS)).nsmallest(4).droplevel(0)
    weights = pd.DataFrame({label: [1 / len(worst)] for label in worst.index}, ["worst"])
    assert priority_alignment(weights, interval, density, draws=999, rng=2).loc["worst", "p_specialised"] == 1


def test_least_p_counts_different_sets():
    """One of four; an ordered pair of four; a pair of four in any order, times one of three."""
    rows = {
        "one": {"C10": 1.0}, "ordered": {"C10": 0.6, "C11": 0.4}, "pair": {"C10": 0.25, "C11": 0.25, "J61": 0.5},
    }  # fmt: skip
    found = small(rows, draws=9_999)
    assert found["least_p"].tolist() == pytest.approx([1 / 4, 1 / 12, 1 / 18])
    assert found["p_specialised"].tolist() == pytest.approx([1 / 4, 1 / 12, 1 / 18], rel=0.1)


def test_ties_count_against_the_priority():
    flat = region(dict.fromkeys(SMALL.index, 2.0))
    weights = pd.DataFrame({"C10": [0.7], "J61": [0.3]}, ["p"])
    found = priority_alignment(weights, flat, DENSITY * 0 + 40, draws=99).loc["p"]
    assert found["p_specialised"] == found["p_related"] == 1


def test_order_and_company_change_nothing():
    interval, density = random_region()
    weights = random_priorities(4)
    found = priority_alignment(weights, interval, density, draws=99, rng=3)
    shuffled = priority_alignment(
        weights.iloc[[2, 0, 3, 1], ::-1], interval.iloc[::-1], density.sample(frac=1, random_state=1), draws=99, rng=3
    )
    assert shuffled.index.tolist() == ["p2", "p0", "p3", "p1"]
    pd.testing.assert_frame_equal(shuffled.loc[weights.index], found)
    alone = priority_alignment(weights.loc[["p2"]], interval, density, draws=99, rng=3)
    pd.testing.assert_frame_equal(alone, found.loc[["p2"]])


def test_own_strata_and_a_generator_are_taken():
    one = pd.Series("all", SMALL.index)
    found = small({"p": {"C10": 1.0}}, strata=one, rng=np.random.default_rng(1)).loc["p"]
    assert found["least_p"] == pytest.approx(1 / 7) and found["expected_quotient"] == pytest.approx(-1 / 7)


def test_inputs_stay_as_they_are():
    weights = pd.DataFrame({"C10": [0.7], "Q86": [0.3]}, ["p"])
    copies = weights.copy(), SMALL.copy(), DENSITY.copy()
    priority_alignment(weights, SMALL, DENSITY, draws=9)
    for left, right in zip((weights, SMALL), copies[:2], strict=True):
        pd.testing.assert_frame_equal(left, right)
    pd.testing.assert_series_equal(DENSITY, copies[2])


# --- leaving one division out


def test_the_division_a_result_hangs_on_is_found():
    """Above their stratum's mean: C10 by 0.75, C11 by 0.25, C13 by -0.25; J61 by 0.5, J63 by -0.5."""
    found = small({
        "firm": {"C10": 0.5, "C11": 0.5},
        "on one": {"C10": 0.3, "C13": 0.7},
        "on two": {"C10": 0.25, "J61": 0.3, "C12": 0.2, "J63": 0.25},
        "single": {"C10": 1.0},
        "below": {"C13": 0.5, "C12": 0.5},
    })  # fmt: skip
    assert found["leave_one_out"].tolist() == [False, True, True, True, False]
    assert found["hangs_on"].tolist() == ["", "C10", "C10, J61", "C10", ""]


def test_one_division_outweighs_the_rest():
    found = small({"p": {"C10": 0.5, "C11": 0.2, "C12": 0.3}}).loc["p"]
    assert found["mean_quotient"] - found["expected_quotient"] == pytest.approx(0.5 * 0.75 + 0.2 * 0.25 - 0.3 * 0.75)
    assert found["leave_one_out"] and found["hangs_on"] == "C10"


# --- versions, many tests


def test_unstable_where_versions_lie_on_other_sides():
    rows = {"a": {"C10": 1.0}, "b": {"C10": 1.0}, "c": {"C12": 1.0}, "d": {"Q86": 1.0}, "e": {"C10": 1.0}}
    other = {"a": {"C12": 1.0}, "b": {"C11": 1.0}, "c": {"C13": 0.9, "C12": 0.1}, "d": {"C10": 1.0}}
    found = unstable(small(rows), small(other))
    assert found.dtype == "boolean" and found.index.tolist() == list("abcde")
    assert found.tolist() == [True, False, False, pd.NA, pd.NA]
    assert unstable(small(rows), small(other), of="density").tolist()[:3] == [True, False, False]
    with pytest.raises(ValueError, match=r"of 'p' is not available; available: quotient, density"):
        unstable(small(rows), small(other), of="p")


def test_q_is_that_of_benjamini_and_hochberg():
    """Benjamini & Hochberg 1995, section 3.2: the first four of fifteen are rejected at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    p = pd.Series([*p, 0.7590, 1.0, np.nan], index=[f"t{n}" for n in range(16)]).iloc[::-1]
    found = adjusted(p)
    assert found.index.equals(p.index) and np.isnan(found["t15"])
    assert set(found.index[found <= 0.05]) == {"t0", "t1", "t2", "t3"}
    assert found["t3"] == pytest.approx(0.0095 * 15 / 4) and found["t0"] == pytest.approx(0.0015)
    assert adjusted(p.iloc[:1]).isna().all() and adjusted(p.iloc[:0]).empty
    with pytest.raises(ValueError, match=r"p of x is 1.2; a number from 0 to 1"):
        adjusted(pd.Series({"x": 1.2}))


# --- whole strategies


def test_strategies_add_up_what_their_priorities_have():
    interval, density = random_region()
    weights = random_priorities(5)
    table = priority_alignment(weights, interval, density, draws=99, rng=3)
    sums = strategy_draws(weights, interval, density, draws=99, rng=3)
    assert sums.index[0] == -1 and len(sums) == 100
    assert sums.loc[-1, "quotient"] == pytest.approx(table["mean_quotient"].sum())
    assert sums.loc[-1, "density"] == pytest.approx(table["mean_density"].sum())
    # one priority alone: the same test
    alone = strategy_draws(weights.loc[["p1"]], interval, density, draws=99, rng=3)
    found = strategy_alignment({"one": alone})
    assert found["p_specialised"].tolist() == [table.loc["p1", "p_specialised"]] * 2
    assert found.loc["one", "expected_quotient"] == pytest.approx(table.loc["p1", "expected_quotient"], abs=0.05)


def test_pooled_is_the_sum_of_strategies():
    interval, density = random_region()
    one = strategy_draws(random_priorities(3, seed=1), interval, density, draws=99, rng=1)
    two = strategy_draws(random_priorities(2, seed=2), interval, density, draws=99, rng=2)
    none = strategy_draws(pd.DataFrame({"Q86": [1.0]}, ["p"]), interval, density, draws=99, rng=3)
    assert none.empty and none.columns.tolist() == ["quotient", "density"]
    found = strategy_alignment({"one": one, "two": two, "none": none})
    assert found.index.tolist() == ["one", "two", "none", "all"] and found.loc["none"].isna().all()
    assert found.loc["all", "quotient"] == pytest.approx(found.loc[["one", "two"], "quotient"].sum())
    both = one + two
    beyond = (both["quotient"].iloc[1:] >= both["quotient"].iloc[0]).sum()
    assert found.loc["all", "p_specialised"] == pytest.approx((beyond + 1) / 100)
    assert strategy_alignment({"none": none}).isna().all(axis=None)
    assert strategy_alignment({}).index.tolist() == ["all"]


def test_p_of_random_strategies_is_uniform():
    interval, density = random_region()
    weights = random_priorities(120, seed=21)
    sums = {
        f"s{n}": strategy_draws(weights.iloc[n : n + 3], interval, density, draws=99, rng=n) for n in range(0, 120, 3)
    }
    found = strategy_alignment(sums).drop("all")
    assert kstest(found["p_specialised"], "uniform").pvalue > 0.01


def test_overlaps_are_kept_where_asked():
    """Two priorities on one division are one priority counted twice: only then do draws of both lie together."""
    interval, density = random_region()
    twice = pd.DataFrame({"C10": [1.0, 1.0]}, ["p", "q"])
    kept = strategy_draws(twice, interval, density, draws=499, overlaps="kept", rng=1)
    free = strategy_draws(twice, interval, density, draws=499, rng=1)
    quotient = (interval["estimate"] - 1) / (interval["estimate"] + 1)
    doubled = 2 * quotient[strata(DIVISIONS) == "manufacturing"]
    assert kept["quotient"].round(9).isin(doubled.round(9)).all()
    assert not free["quotient"].round(9).isin(doubled.round(9)).all()
    assert kept["quotient"].std() > 1.2 * free["quotient"].std()
    assert kept.loc[-1].tolist() == pytest.approx(free.loc[-1].tolist())
    with pytest.raises(ValueError, match=r"overlaps 'none' is not available; available: free, kept"):
        strategy_draws(twice, interval, density, overlaps="none")


def test_strategies_that_cannot_be_added_are_named():
    interval, density = random_region()
    one = strategy_draws(random_priorities(1), interval, density, draws=9)
    two = strategy_draws(random_priorities(1), interval, density, draws=19)
    with pytest.raises(ValueError, match=r"different numbers of draws \(a 9, b 19\)"):
        strategy_alignment({"a": one, "b": two})
    with pytest.raises(ValueError, match=r"a strategy is called 'all'"):
        strategy_alignment({"all": one})


# --- bad input


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (pd.DataFrame({"C10": [0.4], "C11": [0.5]}, ["p"]), r"weights of priority p add up to 0.9; 1 is needed"),
        (pd.DataFrame({"C10": [np.nan], "C11": [1.0]}, ["p"]), r"weights of priority p add up to nan"),
        (pd.DataFrame({"C10": [1.5], "C11": [-0.5]}, ["p"]), r"-0.5; a finite number, zero or more"),
        (pd.DataFrame({"C10": [1.0, 1.0]}, ["p", "p"]), r"p occurs more than once in weights"),
    ],
)
def test_wrong_weights_are_named(weights, said):
    with pytest.raises(ValueError, match=said):
        priority_alignment(weights, SMALL, DENSITY, draws=9)


def test_wrong_figures_are_named():
    weights = pd.DataFrame({"C10": [1.0]}, ["p"])
    with pytest.raises(ValueError, match=r"interval has no column lower; estimate, lower, upper are needed"):
        priority_alignment(weights, SMALL.drop(columns="lower"), DENSITY)
    with pytest.raises(ValueError, match=r"several levels in its index; that of one region"):
        priority_alignment(weights, pd.concat({"r": SMALL}), DENSITY)
    with pytest.raises(ValueError, match=r"inf; a finite number"):
        priority_alignment(weights, SMALL.replace(3.0, np.inf), DENSITY)
    with pytest.raises(TypeError, match=r"density is a DataFrame; a Series by division"):
        priority_alignment(weights, SMALL, DENSITY.to_frame())
    with pytest.raises(ValueError, match=r"minimum_codable is 50; a share between 0 and 1"):
        priority_alignment(weights, SMALL, DENSITY, minimum_codable=50)
    with pytest.raises(ValueError, match=r"draws is 0; one or more"):
        priority_alignment(weights, SMALL, DENSITY, draws=0)
    with pytest.raises(ValueError, match=r"strata has no division J61, J62, J63"):
        priority_alignment(weights, SMALL, DENSITY, strata=strata(["C10", "C11", "C12", "C13"]))
