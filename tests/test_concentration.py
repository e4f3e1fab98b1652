"""Oracles: Farhauer & Kröll (2013), Dörsam (2004), Störmann (2009), as quoted in the manual pages of REAT."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.concentration import gini, herfindahl_index, locational_gini, theil_index
from alpclusters_lib.indicators.specialisation import location_quotient

QUICK = settings(max_examples=40, deadline=None, derandomize=True)

# GDP in billion EUR and residents of the German Länder 2015; REAT man/hoover.Rd
GDP = [460.69, 549.19, 124.16, 65.29, 31.59, 109.27, 263.44, 39.87]
GDP += [258.53, 645.59, 131.95, 35.03, 112.66, 56.22, 85.61, 56.81]


def labelled(values):
    regions = pd.Index([f"R{number}" for number in range(len(values))], name="region")
    sectors = pd.Index([f"C{number}" for number in range(np.shape(values)[1])], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), index=regions, columns=sectors)


@st.composite
def economies(draw):
    shape = draw(st.tuples(st.integers(2, 6), st.integers(2, 6)))
    return labelled(draw(arrays(float, shape, elements=st.integers(0, 5000).map(float))))


positive = arrays(float, st.integers(1, 12), elements=st.integers(1, 5000).map(float))


# --- Herfindahl


def test_herfindahl_of_four_producers():
    """Dörsam 2004; REAT man/herf.Rd and man/herf.eq.Rd."""
    sales = labelled([[20, 50, 20, 10]])
    assert herfindahl_index(sales)["R0"] == pytest.approx(0.34)
    assert herfindahl_index(sales, normalised=True)["R0"] == pytest.approx(0.12)
    assert 1 / herfindahl_index(sales)["R0"] == pytest.approx(2.941176, abs=5e-7)


def test_herfindahl_of_german_income():
    """GDP of the German Länder 2015; by hand on REAT's data."""
    index = herfindahl_index(labelled([GDP]))["R0"]
    assert index == pytest.approx(0.1251763, abs=5e-8)
    assert 1 / index == pytest.approx(7.98873, abs=5e-6)


def test_herfindahl_counts_empty_columns():
    table = labelled([[1, 1, 0, 0], [0, 0, 3, 0], [1, 1, 1, 0]])
    assert herfindahl_index(table, normalised=True).tolist() == pytest.approx([1 / 3, 1, 1 / 9])
    assert herfindahl_index(table[["C0"]], normalised=True).isna().all()


def test_herfindahl_without_jobs_or_with_holes_is_missing():
    table = labelled([[1, 1], [0, 0], [4, np.nan]])
    with pytest.warns(UserWarning, match="cells are missing in region R2"):
        index = herfindahl_index(table)
    assert index.isna().tolist() == [False, True, True]
    assert index.index.equals(table.index)


@QUICK
@given(economies())
def test_herfindahl_lies_between_equal_shares_and_one(employment):
    filled = employment.sum(axis=1) > 0
    index = herfindahl_index(employment)[filled]
    assert index.between(1 / employment.shape[1] - 1e-12, 1 + 1e-12).all()
    np.testing.assert_allclose(herfindahl_index(employment * 7)[filled], index)
    np.testing.assert_allclose(herfindahl_index(employment.iloc[::-1, ::-1])[index.index], index)


# --- Gini and Theil


def test_gini_of_the_textbooks():
    """Dörsam 2004, REAT man/gini.Rd: 0.3 and 0.5278; GDP of the Länder 0.5009 there, 0.5009348 by hand."""
    assert gini([20, 50, 20, 10]) == pytest.approx(0.3)
    income, people = [500, 1500, 2500, 4000, 7500, 15000], [1000, 1200, 1600, 400, 200, 600]
    assert gini(income, people) == pytest.approx(0.5278, abs=5e-5)
    assert gini(GDP) == pytest.approx(0.5009348, abs=5e-8)


def test_theil_of_regional_incomes():
    """Störmann 2009, REAT man/theil.Rd prints 0.2326302, which is L, the mean log deviation; T by hand."""
    incomes = [10, 10, 10, 20, 50]
    assert theil_index(incomes, kind="L") == pytest.approx(0.2326302, abs=5e-8)
    assert theil_index(incomes) == pytest.approx(0.2502012, abs=5e-8)


def test_theil_of_one_half_that_has_everything():
    """PySAL inequality, Theil docstring: ln 2."""
    assert theil_index([0, 0, 0, 10, 10, 10]) == pytest.approx(0.6931472, abs=5e-8)
    assert theil_index([0, 0, 0, 10, 10, 10], kind="L") == np.inf


@QUICK
@given(positive, st.data())
def test_weights_are_repeated_units(values, data):
    times = data.draw(arrays(int, len(values), elements=st.integers(1, 4)))
    repeated = np.repeat(values, times)
    assert gini(values, times) == pytest.approx(gini(repeated), abs=1e-12)
    for kind in ("T", "L"):
        expected = theil_index(repeated, kind=kind)
        assert theil_index(values, times, kind=kind) == pytest.approx(expected, abs=1e-12)


@QUICK
@given(positive)
def test_inequality_ignores_order_and_unit_and_keeps_its_bounds(values):
    n = len(values)
    spread = np.abs(values[:, None] - values).sum() / (2 * n * values.sum())
    assert gini(values) == pytest.approx(spread, abs=1e-12)
    assert 0 <= gini(values) <= 1 - 1 / n + 1e-12
    assert -1e-12 <= theil_index(values) <= np.log(n) + 1e-12
    assert theil_index(values, kind="L") >= -1e-12
    for index in (gini, theil_index):
        assert index(values[::-1] * 3) == pytest.approx(index(values), abs=1e-12)


def test_values_and_weights_are_aligned_by_label():
    values = pd.Series([500, 1500, 2500], index=["a", "b", "c"])
    weights = pd.Series([10, 30, 20], index=["c", "a", "b"])
    assert gini(values, weights) == gini([500, 1500, 2500], [30, 20, 10])
    assert gini(values, weights) != gini(values, weights.to_numpy())
    assert theil_index(values, weights) == theil_index([500, 1500, 2500], [30, 20, 10])
    with pytest.raises(ValueError, match="weights has no unit b"):
        gini(values, weights.drop("b"))
    with pytest.raises(ValueError, match="unit a occurs more than once in values"):
        gini(pd.Series([1, 2], index=["a", "a"]), weights)
    with pytest.raises(ValueError, match="3 values come with 2 weights"):
        theil_index([1, 2, 3], [1, 1])


@pytest.mark.parametrize("index", [gini, theil_index])
def test_missing_units_are_left_out_and_named(index):
    values = pd.Series([10, np.nan, 20, 50], index=["a", "b", "c", "d"])
    weights = pd.Series([1, 1, 2, np.nan], index=["a", "b", "c", "d"])
    with pytest.warns(UserWarning, match="unit b, d has no value or no weight"):
        assert index(values, weights) == pytest.approx(index([10, 20], [1, 2]))


@pytest.mark.parametrize("index", [gini, theil_index])
def test_inequality_of_nothing_is_missing_and_of_impossible_values_refused(index):
    assert np.isnan(index([0, 0]))
    assert np.isnan(index([]))
    assert index([7]) == 0
    with pytest.raises(ValueError, match="values of unit 1 is -2"):
        index([1, -2])
    with pytest.raises(ValueError, match="values has dtype"):
        index(["a", "b"])


def test_theil_names_its_kinds():
    with pytest.raises(ValueError, match="kind 'GE' is not available; available: T, L"):
        theil_index([1, 2], kind="GE")


# --- locational Gini


def two_sectors(industry, totals):
    """An industry, and all other jobs of the regions."""
    return pd.DataFrame({"industry": industry, "other": np.subtract(totals, industry)}, dtype=float)


def test_locational_gini_of_the_textbook():
    """Farhauer & Kröll 2013, REAT man/gini.conc.Rd: 0.4068966 without weights; weighted curve by hand."""
    table = two_sectors([500, 500, 1000, 7000, 1000], [20000, 15000, 20000, 40000, 5000])
    assert locational_gini(table, weighting="none")["industry"] == pytest.approx(0.4068966, abs=5e-8)
    assert locational_gini(table)["industry"] == pytest.approx(0.3725, abs=5e-8)


def test_gini_of_regional_specialisation():
    """Farhauer & Kröll 2013, REAT man/gini.spec.Rd: 0.6222222; weighted by hand. Industries are rows."""
    table = two_sectors([700, 600, 500, 10000, 40000], [30000, 15000, 10000, 60000, 50000])
    assert locational_gini(table, weighting="none")["industry"] == pytest.approx(0.6222222, abs=5e-8)
    assert locational_gini(table)["industry"] == pytest.approx(0.5228735, abs=5e-8)


def test_gini_of_the_specialisation_of_freiburg():
    """REAT data set Freiburg, 2014; man/gini.spec.Rd: 0.2089009."""
    city = [12121, 3154, 25484, 4798, 3372, 1059, 14837, 42931, 6673]
    country = [7155807, 1696961, 6674652, 925648, 996498, 232167, 3992230, 7127512, 1123004]
    table = two_sectors(city, country)
    assert locational_gini(table, weighting="none")["industry"] == pytest.approx(0.2089009, abs=5e-8)


@QUICK
@given(economies())
def test_locational_gini_is_the_gini_of_the_quotients(employment):
    regions = employment.sum(axis=1)
    quotient = location_quotient(employment)[regions > 0]
    for weighting, weights in (("region", regions[regions > 0]), ("none", None)):
        coefficient = locational_gini(employment, weighting=weighting)
        held = coefficient.index[employment.sum() > 0]
        assert coefficient[held].between(0, 1).all()
        assert coefficient.drop(held).isna().all()
        for sector in held:
            assert coefficient[sector] == pytest.approx(gini(quotient[sector], weights), abs=1e-9)


def test_locational_gini_leaves_out_empty_and_incomplete_regions():
    table = labelled([[5, 1], [1, 5], [0, 0], [9, np.nan]])
    before = table.copy()
    with pytest.warns(UserWarning, match="cells are missing in region R3, left out"):
        coefficient = locational_gini(table, weighting="none")
    pd.testing.assert_series_equal(coefficient, locational_gini(table.iloc[:2], weighting="none"))
    assert coefficient.index.equals(table.columns)
    pd.testing.assert_frame_equal(table, before)


def test_locational_gini_is_0_for_an_even_spread_and_near_1_for_a_single_small_region():
    assert locational_gini(labelled([[1, 3], [10, 30]])).tolist() == pytest.approx([0, 0])
    assert locational_gini(labelled([[1, 0], [0, 9999]]))["C0"] == pytest.approx(0.9999)
    with pytest.raises(ValueError, match="weighting 'jobs' is not available; available: region, none"):
        locational_gini(labelled([[1, 3]]), weighting="jobs")


@pytest.mark.parametrize("table", [pd.DataFrame(dtype=float), labelled(np.zeros((2, 2)))], ids=["empty", "zero"])
def test_nothing_at_all_is_missing_and_not_an_error(table):
    assert herfindahl_index(table, normalised=True).isna().all()
    coefficient = locational_gini(table)
    assert coefficient.index.equals(table.columns)
    assert coefficient.isna().all()
