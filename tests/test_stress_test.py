"""Shocks through a regional table, and the test of expected changes against observed ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from alpclusters_lib.strategy import stress_test, survey
from alpclusters_lib.strategy.stress_test import back_test, demand_change, final_demand, shocks

NAMES = ["c1", "c2"]
# Miller & Blair (2009), Input-Output Analysis, table 2.3 and 2.4 (two sectors): A, x and f
A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], NAMES, NAMES)
OUTPUT = pd.Series([1000.0, 2000.0], NAMES)
JOBS = pd.Series([10.0, 40.0], NAMES)
SIZES = st.floats(-100, 100)


def lost(shock: dict[str, float]) -> pd.DataFrame:
    return shocks(A, OUTPUT, JOBS, pd.Series(shock, dtype=float))


def test_final_demand_and_change_are_those_of_the_textbook():
    # Miller & Blair, section 2.3: x = (1000, 2000), f = (350, 1700); f' = (600, 1500) gives x' = (1247.5, 1841.6)
    assert final_demand(A, OUTPUT).tolist() == approx([350, 1700])
    found = lost({"c1": 100 * 250 / 350, "c2": -100 * 200 / 1700})
    assert (found["direct"] + found["indirect"]).tolist() == approx([247.525, -158.416], abs=1e-3)
    assert found["direct_jobs"].tolist() == approx([2.5, -4.0])


def test_a_shock_of_zero_loses_nothing():
    assert (lost({"c1": 0, "c2": 0}) == 0).all(axis=None) and (lost({}) == 0).all(axis=None)


@given(SIZES, SIZES, SIZES, SIZES)
def test_shocks_add_up(first, second, third, fourth):
    one, two = {"c1": first / 2, "c2": second / 2}, {"c1": third / 2, "c2": fourth / 2}
    both = lost({name: one[name] + two[name] for name in NAMES})
    np.testing.assert_allclose(both, lost(one) + lost(two), atol=1e-9)


@given(SIZES, SIZES)
def test_what_a_table_returns_leads_back_to_the_shock(first, second):
    found = lost({"c1": first, "c2": second})
    growth = (found["direct"] + found["indirect"]) / OUTPUT
    assert demand_change(A, OUTPUT, growth).tolist() == approx([first, second], abs=1e-6)


def test_an_industry_that_sells_nothing_to_others_loses_its_demand_alone():
    table = pd.DataFrame([[0.0, 0.0], [0.3, 0.0]], NAMES, NAMES)
    found = shocks(table, OUTPUT, JOBS, pd.Series({"c1": -100.0}))
    assert found.loc["c1", ["direct", "indirect"]].tolist() == [-1000, 0]
    assert found.loc["c2", ["direct", "indirect"]].tolist() == approx([0, -300])


def test_industries_without_output_or_jobs():
    found = shocks(A, OUTPUT.replace(1000.0, 0.0), JOBS, pd.Series({"c1": -50.0, "c2": -10.0}))
    assert found.loc["c1", "direct_jobs"] == 0 and found.loc["c1", "direct"] == 0
    unknown = shocks(A, OUTPUT, JOBS.where(JOBS > 10), pd.Series({"c2": -10.0}))
    assert np.isnan(unknown.loc["c1", "indirect_jobs"]) and unknown.loc["c2", "direct_jobs"] < 0
    # the others seem to buy more of c1 than it makes
    assert final_demand(A, pd.Series({"c1": 100.0, "c2": 2000.0}))["c1"] == 0


@pytest.mark.parametrize(
    ("shock", "sentence"),
    [
        ({"c1": -120.0}, "shock of industry c1 is -120.0 %; a number of -100 % .* or more"),
        ({"c1": np.nan}, "shock of industry c1 is nan %"),
        ({"c1": np.inf}, "shock of industry c1 is inf %"),
        ({"c9": -10.0}, "shock names industry c9; the table has c1, c2"),
    ],
)
def test_a_wrong_shock_is_one_sentence(shock, sentence):
    with pytest.raises(ValueError, match=sentence):
        lost(shock)


def test_other_wrong_input():
    with pytest.raises(TypeError, match="a Series by industry, in per cent"):
        shocks(A, OUTPUT, JOBS, {"c1": -1})
    with pytest.raises(ValueError, match="output has no industry c2"):
        shocks(A, OUTPUT.drop("c2"), JOBS, pd.Series({"c1": -1.0}))
    with pytest.raises(ValueError, match="A"):
        shocks(A * 9, OUTPUT, JOBS, pd.Series({"c1": -1.0}))
    with pytest.raises(ValueError, match="2 regions have an expected and an observed change; three"):
        back_test(pd.DataFrame({"mix": [1.0, 2.0, np.nan]}, list("abc")), pd.Series([1.0, 2, 3], list("abc")))


def test_errors_of_a_back_test_by_hand():
    expected = pd.DataFrame({"right": [-4.0, -1.0, -6.0], "double": [-8.0, -2.0, -12.0], "same": -3.0}, list("abc"))
    found = back_test(expected, pd.Series({"c": -6.0, "b": -1.0, "a": -4.0, "d": 9.0}))
    assert found.loc["right"].tolist() == approx([3, 0, 0, 1, 1])
    assert found.loc["double", ["mean_absolute_error", "bias", "slope"]].tolist() == approx([11 / 3, -11 / 3, 0.5])
    assert found.loc["same", ["rank_correlation", "slope"]].isna().all()


def test_the_survey_is_the_other_stress_test():
    assert stress_test.governance is survey.governance
