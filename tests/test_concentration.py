"""Oracles: Farhauer & Kröll (2013), Dörsam (2004), Störmann (2009), as quoted in the manual pages of REAT."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.concentration import (
    coagglomeration,
    ellison_glaeser,
    gini,
    group_coagglomeration,
    herfindahl_index,
    locational_gini,
    theil_index,
)
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


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_locational_gini_and_herfindahl_do_not_know_the_unit(scale):
    table = labelled([[5, 1, 0], [1, 5, 2], [7, 7, 7]])
    for index in (herfindahl_index, locational_gini, lambda jobs: locational_gini(jobs, weighting="none")):
        np.testing.assert_allclose(index(table * scale), index(table), rtol=1e-12)


def test_locational_gini_of_more_sectors_than_are_taken_at_a_time():
    table = labelled(np.random.default_rng(3).integers(0, 50, (7, 150)))
    for weighting, weights in (("region", table.sum(axis=1)), ("none", None)):
        shares = table.div(table.sum(axis=1), axis=0)
        expected = [gini(shares[sector], weights) for sector in table]
        np.testing.assert_allclose(locational_gini(table, weighting=weighting), expected, atol=1e-12)


def test_ties_between_regions_do_not_depend_on_their_order():
    table = labelled([[2, 4], [1, 2], [3, 6], [1, 1], [5, 5]])
    for weighting in ("region", "none"):
        for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1], [3, 4, 1, 0, 2]):
            moved = locational_gini(table.iloc[order], weighting=weighting)
            np.testing.assert_allclose(moved, locational_gini(table, weighting=weighting), atol=1e-15)


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


# --- Ellison & Glaeser

# REAT data set FK2014_EGC, Farhauer & Kröll 2014: plants by industry and region, all jobs by region
PLANTS = {
    "clothing trade": ([1020, 1250, 1255, 1750, 1720, 1580], [315, 330], [370, 200, 210]),
    "forestry": ([1020, 1100, 1055, 1100, 1070, 1080], [1030, 1015, 1150, 1100], [210, 170, 100]),
    "textiles dyeing": ([1020, 1250, 1255, 1750, 1720, 1580], [315, 330], [210]),
    "textiles trade": ([1320, 1250, 1255, 1300, 1320, 1320], [615, 630], [530]),
}
REGIONS = pd.Index(["r1", "r2", "r3"], name="region")
TEXTILES = pd.DataFrame({name: [sum(p) for p in places] for name, places in PLANTS.items()}, REGIONS, dtype=float)
TOTALS = pd.Series([360000, 108000, 132000], REGIONS)
HERFINDAHL = pd.Series({n: np.square(np.concatenate(p)).sum() / sum(map(sum, p)) ** 2 for n, p in PLANTS.items()})


def test_ellison_glaeser_of_the_textbook():
    """Farhauer & Kröll 2013, as in REAT man/ellison.a.Rd: ten plants in three Austrian cities."""
    plants = np.array([200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000])
    jobs = pd.DataFrame({"industry": [13000, 32000, 25000]}, index=["Wien", "Linz", "Graz"])
    totals = pd.Series([100000, 500000, 400000], index=["Graz", "Wien", "Linz"])
    herfindahl = pd.Series({"industry": np.square(plants / 70000).sum()})
    found = ellison_glaeser(jobs, herfindahl, totals=totals).loc["industry"]
    assert found["gamma"] == pytest.approx(0.05990628, abs=5e-9)
    assert found["raw_concentration"] == pytest.approx(0.1681633, abs=5e-8)
    assert found["plant_herfindahl"] == pytest.approx(0.2446888, abs=5e-8)
    assert found["status"] == "observed"


def test_ellison_glaeser_of_four_textile_industries():
    """The formula of Ellison & Glaeser 1997 by hand on FK2014_EGC; REAT's ellison.c prints other figures."""
    found = ellison_glaeser(TEXTILES, HERFINDAHL, totals=TOTALS)
    assert found["gamma"].tolist() == pytest.approx([0.054382, 0.042964, 0.137760, 0.014249], abs=5e-7)
    assert found.index.equals(TEXTILES.columns)


def test_coagglomeration_of_four_textile_industries():
    """Pairs by hand on FK2014_EGC; the group as in Ellison & Glaeser 1997."""
    pairs = coagglomeration(TEXTILES, totals=TOTALS)
    above = pairs.to_numpy()[np.triu_indices(4, 1)]
    expected = [-0.0091743, 0.2157022, 0.1504969, 0.0074573, 0.0240046, 0.1863707]
    assert above.tolist() == pytest.approx(expected, abs=5e-8)
    assert group_coagglomeration(TEXTILES, totals=TOTALS) == pytest.approx(0.0890367, abs=5e-8)


def with_plants(jobs, herfindahl, totals):
    """The coagglomeration index as it is printed, plants and all."""
    one = ellison_glaeser(jobs, herfindahl, totals=totals)
    weights = jobs.sum() / jobs.sum().sum()
    together = (weights**2 * herfindahl).sum()
    x = totals / totals.sum()
    raw = ((jobs.sum(axis=1) / jobs.sum().sum() - x) ** 2).sum() / (1 - (x**2).sum())
    single = (one["gamma"] * weights**2 * (1 - herfindahl)).sum()
    return (raw - together - single) / (1 - (weights**2).sum())


@st.composite
def industries(draw):
    jobs = arrays(
        float, draw(st.tuples(st.integers(2, 6), st.integers(2, 5))), elements=st.integers(1, 5000).map(float)
    )
    table = labelled(draw(jobs))
    others = draw(arrays(float, len(table), elements=st.integers(1, 9000).map(float)))
    return table, table.sum(axis=1) + others


shares_of_plants = st.lists(st.floats(0.01, 0.9), min_size=5, max_size=5)


@QUICK
@given(industries(), shares_of_plants)
def test_plants_cancel_in_the_index_of_a_group(industry, plants):
    jobs, totals = industry
    herfindahl = pd.Series(plants[: jobs.shape[1]], jobs.columns)
    found = group_coagglomeration(jobs, totals=totals)
    assert found == pytest.approx(with_plants(jobs, herfindahl, totals), abs=1e-9)
    # a second way: the mean of the pairs, weighted by their jobs
    weights = np.outer(jobs.sum(), jobs.sum())
    np.fill_diagonal(weights, 0)
    pairs = coagglomeration(jobs, totals=totals)
    assert found == pytest.approx(np.nansum(pairs * weights) / weights.sum(), abs=1e-9)
    np.testing.assert_array_equal(pairs, pairs.T)
    assert np.isnan(np.diag(pairs)).all()


@QUICK
@given(industries(), shares_of_plants, st.randoms(use_true_random=False), st.sampled_from([1e-12, 3.0, 1e12]))
def test_agglomeration_ignores_order_unit_and_regions_without_jobs(industry, plants, random, scale):
    jobs, totals = industry
    herfindahl = pd.Series(plants[: jobs.shape[1]], jobs.columns)
    rows = random.sample(list(jobs.index), len(jobs))
    columns = random.sample(list(jobs.columns), jobs.shape[1])
    moved = jobs.loc[rows, columns] * scale
    moved.loc["empty"] = 0.0
    more = pd.concat([totals, pd.Series({"empty": 0.0, "elsewhere": 99.0})])
    one = ellison_glaeser(jobs, herfindahl, totals=totals)
    again = ellison_glaeser(moved, herfindahl[herfindahl.index[::-1]], totals=more)
    pd.testing.assert_frame_equal(again.loc[one.index], one, rtol=1e-9, atol=1e-12)
    pairs, pairs_again = coagglomeration(jobs, totals=totals), coagglomeration(moved, totals=more)
    pd.testing.assert_frame_equal(pairs_again.loc[pairs.index, pairs.columns], pairs, rtol=1e-9, atol=1e-12)
    group = group_coagglomeration(jobs, totals=totals)
    assert group_coagglomeration(moved, totals=more) == pytest.approx(group, abs=1e-12)


@QUICK
@given(industries(), st.integers(2, 50))
def test_a_sector_spread_like_all_jobs_lies_below_0_by_its_plants_alone(industry, units):
    jobs, _ = industry
    table = jobs.assign(even=jobs.sum(axis=1))
    found = ellison_glaeser(table, local_units=pd.Series(units, table.columns)).loc["even"]
    assert found["gamma"] == pytest.approx(-1 / (units - 1))
    assert found["raw_concentration"] == pytest.approx(0, abs=1e-12)


@QUICK
@given(industries(), shares_of_plants)
def test_the_number_of_plants_bounds_gamma(industry, plants):
    jobs, totals = industry
    herfindahl = pd.Series(plants[: jobs.shape[1]], jobs.columns)
    # at least so many plants, as H >= 1/units
    units = np.ceil(1 / herfindahl)
    known = ellison_glaeser(jobs, herfindahl, totals=totals)
    bound = ellison_glaeser(jobs, local_units=units, totals=totals)
    assert (bound["status"] == "bound").all()
    np.testing.assert_allclose(bound["plant_herfindahl"], 1 / units)
    below = bound["gamma"] < 1
    assert (known["gamma"] <= bound["gamma"] + 1e-9)[below].all()
    assert (known["gamma"] >= bound["gamma"] - 1e-9)[~below].all()


def test_a_bound_above_1_is_one_from_below():
    """A sector at home where hardly any other job is: G exceeds what plants thrown at random could give."""
    jobs = pd.DataFrame({"mine": [9.0, 0.0]}, index=["valley", "city"])
    totals = pd.Series({"valley": 50.0, "city": 950.0})
    bound = ellison_glaeser(jobs, totals=totals, local_units=pd.Series({"mine": 4}))["gamma"]
    known = ellison_glaeser(jobs, pd.Series({"mine": 0.6}), totals=totals)["gamma"]
    assert known["mine"] > bound["mine"] > 1


def test_known_plants_come_before_counted_ones():
    herfindahl = HERFINDAHL.copy()
    herfindahl["forestry"] = np.nan
    units = pd.Series({name: sum(map(len, places)) for name, places in PLANTS.items()}).iloc[::-1]
    found = ellison_glaeser(TEXTILES, herfindahl, totals=TOTALS, local_units=units)
    assert found["status"].tolist() == ["observed", "bound", "observed", "observed"]
    assert found.loc["forestry", "plant_herfindahl"] == pytest.approx(1 / 13)
    # 13 plants of unequal size: the bound is not below the figure by hand
    assert found.loc["forestry", "gamma"] > 0.042964


def test_sectors_without_plants_jobs_or_a_second_plant_have_no_gamma():
    table = TEXTILES.assign(empty=0.0)
    herfindahl = pd.concat([HERFINDAHL, pd.Series({"empty": 0.5})])
    herfindahl["forestry"], herfindahl["textiles trade"] = np.nan, 1.0
    units = pd.Series(0, table.columns)
    with pytest.warns(UserWarning, match="sector forestry has neither plant_herfindahl nor local units"):
        found = ellison_glaeser(table, herfindahl, totals=TOTALS, local_units=units)
    assert found["status"].tolist() == ["observed", "missing", "observed", "missing", "missing"]
    assert found["gamma"].isna().tolist() == [False, True, False, True, True]
    assert found.loc["forestry", "raw_concentration"] > 0
    assert np.isnan(found.loc["empty", "raw_concentration"])
    pairs = coagglomeration(table, totals=TOTALS)
    assert pairs["empty"].isna().all()
    # to the last digits only, as a wider table is multiplied in another order
    alone = coagglomeration(TEXTILES, totals=TOTALS)
    pd.testing.assert_frame_equal(pairs.iloc[:4, :4], alone, rtol=1e-12)
    group = group_coagglomeration(TEXTILES, totals=TOTALS)
    assert group_coagglomeration(table, totals=TOTALS) == pytest.approx(group, abs=1e-15)


def test_a_missing_cell_costs_its_sector_beside_totals_and_its_region_without():
    table = TEXTILES.copy()
    table.loc["r2", "forestry"] = np.nan
    before = table.copy()
    with pytest.warns(UserWarning, match="cells are missing in sector forestry, whose index"):
        found = ellison_glaeser(table, HERFINDAHL, totals=TOTALS)
    whole = ellison_glaeser(TEXTILES, HERFINDAHL, totals=TOTALS)
    assert found.loc["forestry", "status"] == "missing"
    pd.testing.assert_frame_equal(found.drop("forestry"), whole.drop("forestry"))
    with pytest.warns(UserWarning, match="sector forestry"):
        pairs = coagglomeration(table, totals=TOTALS)
    assert pairs["forestry"].isna().all()
    assert pairs.notna().sum().sum() == 6
    with pytest.warns(UserWarning, match="sector forestry"):
        assert np.isnan(group_coagglomeration(table, totals=TOTALS))
    with pytest.warns(UserWarning, match="no total for region r2, left out of every index: .* hand over `totals`"):
        found = ellison_glaeser(table, HERFINDAHL)
    pd.testing.assert_frame_equal(found, ellison_glaeser(table.drop("r2"), HERFINDAHL))
    with pytest.warns(UserWarning, match="no total for region r2, left out of every index: `totals` has no figure"):
        pairs = coagglomeration(table, totals=TOTALS.where(TOTALS.index != "r2"))
    pd.testing.assert_frame_equal(pairs, coagglomeration(table.drop("r2"), totals=TOTALS))
    pd.testing.assert_frame_equal(table, before)


def test_all_jobs_in_one_region_or_none_or_one_sector_are_missing():
    for table in (TEXTILES.iloc[:1], TEXTILES.mul([1, 0, 0], axis=0), TEXTILES * 0, TEXTILES.iloc[:0]):
        found = ellison_glaeser(table, HERFINDAHL)
        assert found["status"].eq("missing").all()
        assert found["gamma"].isna().all()
        assert coagglomeration(table).isna().all(axis=None)
        assert np.isnan(group_coagglomeration(table))
    assert np.isnan(group_coagglomeration(TEXTILES[["forestry"]], totals=TOTALS))
    assert coagglomeration(TEXTILES[[]], totals=TOTALS).empty
    # a region next to nothing beside all others: 1 - sum of squares keeps its digits
    table = pd.DataFrame({"a": [1.0, 0.0], "b": [0.0, 1e12]}, index=["small", "large"])
    found = ellison_glaeser(table, pd.Series({"a": 0.0, "b": 0.0}))
    assert found["gamma"].tolist() == pytest.approx([1e12, 1e-12], rel=1e-9)


def test_labels_of_pairs_are_those_of_the_caller():
    table = labelled([[3, 1, 2], [4, 1, 5]])
    pairs = coagglomeration(table)
    assert pairs.index.equals(table.columns)
    assert pairs.columns.equals(table.columns)
    assert (pairs.index.name, pairs.columns.name) == ("sector", "sector")


def test_agglomeration_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="neither plant_herfindahl nor local_units is given; one of them"):
        ellison_glaeser(TEXTILES)
    with pytest.raises(ValueError, match="plant_herfindahl of sector forestry is above 1; at most 1 is possible"):
        ellison_glaeser(TEXTILES, HERFINDAHL.mask(HERFINDAHL.index == "forestry", 12.0))
    with pytest.raises(ValueError, match="plant_herfindahl has no sector forestry; it has clothing trade"):
        ellison_glaeser(TEXTILES, HERFINDAHL.drop("forestry"))
    with pytest.raises(ValueError, match="local_units has no sector forestry"):
        ellison_glaeser(TEXTILES, HERFINDAHL, local_units=HERFINDAHL.drop("forestry"))
    with pytest.raises(ValueError, match="totals has no region r2; it has r1, r3"):
        coagglomeration(TEXTILES, totals=TOTALS.drop("r2"))
    with pytest.raises(ValueError, match="totals of region r2 is 0, but its sectors have jobs"):
        group_coagglomeration(TEXTILES, totals=TOTALS.where(TOTALS.index != "r2", 0))
