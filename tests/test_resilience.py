"""Resistance and recovery: Martin's measures on printed numbers, turning points, and what has no measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib.strategy.resilience import (
    TurningPoints,
    expected_change,
    relative_change,
    sensitivity_index,
    turning_points,
)

JOBS = pd.DataFrame({"C28": [60.0, 10.0], "I55": [40.0, 90.0]}, index=["ITC4", "ITH1"])
RATES = {
    "reference_start": pd.Series({"C28": 500.0, "I55": 500.0}),
    "reference_end": pd.Series({"C28": 450.0, "I55": 510.0}),
}


# --- sensitivity (Martin 2012)


def test_a_loss_of_six_per_cent_against_four_is_a_sensitivity_of_one_and_a_half():
    found = sensitivity_index(
        pd.Series({"AT31": 100.0}), pd.Series({"AT31": 94.0}), reference_start=200, reference_end=192
    )
    assert found["AT31"] == pytest.approx(1.5)


def test_a_gain_while_the_reference_loses_has_the_other_sign():
    found = sensitivity_index(
        pd.Series({"AT34": 100.0}), pd.Series({"AT34": 102.0}), reference_start=100, reference_end=96
    )
    assert found["AT34"] == pytest.approx(-0.5)


@pytest.mark.parametrize("end", [100.0, 100.4, 99.6])
def test_against_a_reference_that_hardly_moved_there_is_no_sensitivity(end):
    found = sensitivity_index(pd.Series({"a": 100.0}), pd.Series({"a": 90.0}), reference_start=100, reference_end=end)
    assert found.isna().all()


def test_sensitivity_aligns_by_label_and_keeps_a_gap_to_itself():
    start = pd.Series({"b": 100.0, "a": 200.0, "c": np.nan, "d": 0.0})
    end = pd.Series({"d": 5.0, "c": 10.0, "a": 180.0, "b": 95.0})
    found = sensitivity_index(start, end, reference_start=100, reference_end=95)
    assert found.index.tolist() == ["b", "a", "c", "d"]
    assert found[["b", "a"]].tolist() == pytest.approx([1.0, 2.0])
    assert found[["c", "d"]].isna().all()


def test_sensitivity_needs_jobs_of_the_reference_and_every_region():
    one = pd.Series({"a": 1.0})
    with pytest.raises(ValueError, match="reference_start is 0"):
        sensitivity_index(one, one, reference_start=0, reference_end=1)
    with pytest.raises(ValueError, match="a"):
        sensitivity_index(one, pd.Series({"b": 1.0}), reference_start=1, reference_end=2)


@given(st.floats(1e-12, 1e12))
def test_sensitivity_does_not_depend_on_the_unit(scale):
    start, end = pd.Series({"a": 100.0 * scale}), pd.Series({"a": 94.0 * scale})
    found = sensitivity_index(start, end, reference_start=100, reference_end=96)
    assert found["a"] == pytest.approx(1.5)


# --- expected change


def test_expected_changes_at_the_common_rate_and_by_structure():
    assert expected_change(JOBS, **RATES).tolist() == pytest.approx([-4.0, -4.0])
    assert expected_change(JOBS, method="structure", **RATES).tolist() == pytest.approx([-5.2, 0.8])


def test_both_agree_where_all_sectors_grow_alike():
    rates = {"reference_start": RATES["reference_start"], "reference_end": RATES["reference_start"] * 0.9}
    both = [expected_change(JOBS, method=method, **rates) for method in ("total", "structure")]
    pd.testing.assert_series_equal(*both)


def test_the_reference_region_expects_its_own_change():
    whole = RATES["reference_start"].to_frame("EU").T
    for method in ("total", "structure"):
        assert expected_change(whole, method=method, **RATES)["EU"] == pytest.approx(-40.0)


def test_published_totals_carry_the_rate_of_the_known_sectors():
    holed = JOBS.copy()
    holed.loc["ITC4", "I55"] = np.nan
    plain = expected_change(holed, method="structure", **RATES)
    assert plain["ITC4"] == pytest.approx(-6.0)
    whole = expected_change(holed, method="structure", totals=pd.Series({"ITH1": 100.0, "ITC4": 100.0}), **RATES)
    assert whole.tolist() == pytest.approx([-10.0, 0.8])


def test_a_sector_that_starts_from_nothing_in_the_reference_has_no_rate():
    rates = {"reference_start": pd.Series({"C28": 500.0, "I55": 0.0}), "reference_end": RATES["reference_end"]}
    assert expected_change(JOBS, method="structure", **rates).tolist() == pytest.approx([-6.0, -1.0])


def test_a_region_without_jobs_expects_nothing_to_be_told():
    empty = pd.DataFrame({"C28": [0.0], "I55": [0.0]}, index=["x"])
    assert expected_change(empty, **RATES).isna().all()


def test_expected_change_names_what_is_wrong():
    with pytest.raises(ValueError, match="method"):
        expected_change(JOBS, method="mix", **RATES)
    with pytest.raises(ValueError, match="I55"):
        expected_change(JOBS, reference_start=RATES["reference_start"][["C28"]], reference_end=RATES["reference_end"])


# --- resistance and recovery (Martin, Sunley, Gardiner & Tyler 2016)


def test_resistance_is_the_difference_over_the_expected_loss():
    change, expected = pd.Series({"a": -2.0, "b": -8.0, "c": 1.0}), pd.Series({"c": -4.0, "a": -4.0, "b": -4.0})
    found = relative_change(change, expected, jobs=pd.Series({"a": 100.0, "b": 100.0, "c": 100.0}))
    assert found.to_dict() == pytest.approx({"a": 0.5, "b": -1.0, "c": 1.25})


def test_recovery_below_minus_one_is_a_loss_in_an_upswing():
    found = relative_change(pd.Series({"a": -1.0}), pd.Series({"a": 2.0}), jobs=pd.Series({"a": 100.0}))
    assert found["a"] == pytest.approx(-1.5)


def test_an_expected_change_near_nothing_gives_no_measure():
    jobs = pd.Series({"a": 1000.0, "b": 1000.0, "c": 1000.0})
    expected = pd.Series({"a": 4.9, "b": 5.0, "c": 0.0})
    found = relative_change(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0}), expected, jobs=jobs)
    assert found.isna().tolist() == [True, False, True]
    assert relative_change(pd.Series({"c": 1.0}), expected, jobs=jobs, threshold=0.0).isna().all()


@given(st.floats(-0.3, 0.3), st.floats(-0.3, -0.01))
def test_resistance_and_sensitivity_tell_the_same_of_totals(own, usual):
    """With the common rate, resistance is 1 minus the sensitivity in a downturn."""
    start, end = pd.Series({"a": 1000.0}), pd.Series({"a": 1000.0 * (1 + own)})
    beta = sensitivity_index(start, end, reference_start=1.0, reference_end=1 + usual)
    found = relative_change(end - start, usual * start, jobs=start)
    assert found["a"] == pytest.approx(1 - beta["a"], abs=1e-9)


def test_changes_are_a_series_of_numbers():
    with pytest.raises(TypeError, match="change is a list"):
        relative_change([1.0], pd.Series({"a": 1.0}), jobs=pd.Series({"a": 1.0}))
    with pytest.raises(ValueError, match="expected"):
        relative_change(pd.Series({"a": 1.0}), pd.Series({"a": "x"}), jobs=pd.Series({"a": 1.0}))


# --- turning points


def test_the_trough_is_the_year_with_the_fewest_jobs():
    jobs = pd.Series({2010: 98.0, 2008: 100.0, 2009: 97.0, 2011: 96.5, 2012: 99.0})
    assert turning_points(jobs) == TurningPoints(2008, 2011, 2012)


def test_a_rising_economy_has_no_downturn_and_a_falling_one_no_recovery():
    assert turning_points(pd.Series({2008: 100.0, 2009: 103.0})).trough is None
    assert turning_points(pd.Series({2008: 100.0, 2009: 99.8, 2010: 102.0})).trough is None
    assert turning_points(pd.Series({2008: 100.0, 2009: 97.0, 2010: 95.0})) == TurningPoints(2008, 2010, 2010)


def test_of_equal_troughs_the_first_counts():
    assert turning_points(pd.Series({2008: 100.0, 2009: 95.0, 2010: 95.0})).trough == 2009


@pytest.mark.parametrize(
    ("jobs", "match"),
    [
        ({2008: 1.0}, "two or more"),
        ({2008: 1.0, 2009: np.nan}, "no figure for 2009"),
        ({2008: 0.0, 2009: 1.0}, "jobs of 2008 are 0"),
    ],
)
def test_turning_points_need_every_year(jobs, match):
    with pytest.raises(ValueError, match=match):
        turning_points(pd.Series(jobs))
