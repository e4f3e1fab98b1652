"""Oracles: Farhauer & Kröll (2013), Standorttheorien, as quoted in the manual pages of the R package REAT.

Where a line says "by hand" the number was worked out once, apart from this library, on data of that source.
"""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.specialisation import (
    hoover_index,
    krugman_index,
    location_quotient,
    location_quotient_interval,
    specialised_jobs,
    standardised_location_quotient,
    symmetric_location_quotient,
)

QUICK = settings(max_examples=40, deadline=None, derandomize=True)

# REAT data set Freiburg, employees in 9 industries, Freiburg and Germany, 2014
INDUSTRIES = pd.Index(["B-E", "F", "G-I", "J", "K", "L", "M-N", "O-Q", "R-U"], name="sector")
FREIBURG = pd.DataFrame(
    [[12121, 3154, 25484, 4798, 3372, 1059, 14837, 42931, 6673]],
    index=pd.Index(["Freiburg"], name="region"),
    columns=INDUSTRIES,
)
GERMANY = pd.Series([7155807, 1696961, 6674652, 925648, 996498, 232167, 3992230, 7127512, 1123004], index=INDUSTRIES)


def labelled(values):
    regions = pd.Index([f"R{number}" for number in range(len(values))], name="region")
    sectors = pd.Index([f"C{number}" for number in range(np.shape(values)[1])], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), index=regions, columns=sectors)


@st.composite
def economies(draw, least=0):
    shape = draw(st.tuples(st.integers(2, 6), st.integers(2, 6)))
    return labelled(draw(arrays(float, shape, elements=st.integers(least, 5000).map(float))))


@pytest.fixture
def jobs():
    return labelled([[30, 10, 0], [10, 50, 5], [20, 20, 20]])


# --- location quotient


def test_location_quotient_of_the_textbook():
    """Farhauer & Kröll 2013; REAT man/locq.Rd: locq(1714, 79006, 879213, 15593224)."""
    employment = pd.DataFrame({"i": [1714]}, index=["j"])
    totals = pd.Series({"j": 79006})
    reference = pd.Series({"i": 879213, "all others": 15593224 - 879213})
    quotient = location_quotient(employment, totals=totals, reference=reference)
    assert quotient.loc["j", "i"] == pytest.approx(0.3847623, abs=5e-8)


def test_location_quotients_of_freiburg():
    """REAT data set Freiburg, 2014; by hand."""
    expected = [0.442966, 0.486049, 0.998457, 1.355517, 0.884915, 1.192850, 0.971899, 1.575156, 1.553926]
    quotient = location_quotient(FREIBURG, reference=GERMANY).loc["Freiburg"]
    np.testing.assert_allclose(quotient, expected, atol=5e-7)


@QUICK
@given(economies())
def test_weighted_means_of_the_quotients_are_one(employment):
    quotient = location_quotient(employment)
    regions, sectors, whole = employment.sum(axis=1), employment.sum(), employment.sum().sum()
    over_regions = (quotient.mul(regions / whole, axis=0)).sum()
    over_sectors = (quotient * (sectors / whole)).sum(axis=1)
    np.testing.assert_allclose(over_regions[sectors > 0], 1)
    np.testing.assert_allclose(over_sectors[regions > 0], 1)
    assert quotient.loc[regions == 0].isna().all(axis=None)
    assert quotient.loc[:, sectors == 0].isna().all(axis=None)
    assert quotient.loc[regions > 0, sectors > 0].notna().all(axis=None)


@QUICK
@given(economies(), st.sampled_from([0.5, 3, 1000]))
def test_quotients_do_not_depend_on_the_unit(employment, factor):
    pd.testing.assert_frame_equal(location_quotient(employment * factor), location_quotient(employment))


@QUICK
@given(economies(least=1), st.randoms(use_true_random=False))
def test_everything_is_aligned_by_label(employment, random):
    def shuffled(labels):
        return random.sample(list(labels), len(labels))

    totals, reference = employment.sum(axis=1) * 1.5, employment.sum() * 7
    reference["elsewhere"] = 11.0
    other = employment.loc[shuffled(employment.index), shuffled(employment.columns)]
    options = {"totals": totals[shuffled(totals.index)], "reference": reference[shuffled(reference.index)]}
    for function in (location_quotient, specialised_jobs, standardised_location_quotient):
        expected = function(employment, totals=totals, reference=reference)
        moved = function(other, **options)
        assert list(moved.index) == list(other.index)
        pd.testing.assert_frame_equal(moved.loc[expected.index, expected.columns], expected)
    units = employment.map(lambda count: 1 + count // 10)
    expected = location_quotient_interval(employment, local_units=units, totals=totals, reference=reference)
    moved = location_quotient_interval(
        other, local_units=units.loc[shuffled(units.index), shuffled(units.columns)], **options
    )
    pd.testing.assert_frame_equal(moved.loc[expected.index], expected)
    for function in (krugman_index, hoover_index):
        pd.testing.assert_series_equal(function(other)[employment.index], function(employment))


def test_sectors_outside_the_table_count_in_both_totals(jobs):
    """A table of some sectors gives their quotients in the whole economy, not in the part shown."""
    some = location_quotient(jobs[["C0", "C1"]], totals=jobs.sum(axis=1), reference=jobs.sum())
    pd.testing.assert_frame_equal(some, location_quotient(jobs)[["C0", "C1"]])


def test_totals_that_cover_more_than_the_table_ask_for_a_reference(jobs):
    with pytest.warns(UserWarning, match=r"R0, R1, R2 are more than 1 % .*hand over `reference`"):
        location_quotient(jobs, totals=jobs.sum(axis=1) * 2)


def test_missing_cell_without_totals_blanks_its_row_and_says_so(jobs):
    jobs.loc["R1", "C2"] = np.nan
    with pytest.warns(UserWarning, match=r"no total for region R1, .*hand over `totals`"):
        quotient = location_quotient(jobs)
    assert quotient.loc["R1"].isna().all()
    assert quotient.drop(index="R1").notna().all(axis=None)


def test_missing_cell_with_totals_is_missing_alone(jobs):
    totals, reference = jobs.sum(axis=1), jobs.sum()
    complete = location_quotient(jobs)
    jobs.loc["R1", "C2"] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quotient = location_quotient(jobs, totals=totals, reference=reference)
        assert location_quotient(jobs, totals=totals).isna().sum().sum() == 1
    pd.testing.assert_frame_equal(quotient, complete.mask(jobs.isna()))


def test_missing_total_and_missing_reference_warn_with_their_labels(jobs):
    totals = jobs.sum(axis=1)
    totals["R2"] = np.nan
    with pytest.warns(UserWarning, match="no total for region R2"):
        assert location_quotient(jobs, totals=totals).loc["R2"].isna().all()
    reference = jobs.sum()
    reference["C1"] = np.nan
    with pytest.warns(UserWarning, match="reference has no figure for sector C1"):
        quotient = location_quotient(jobs, reference=reference)
    assert list(quotient.columns[quotient.isna().all()]) == ["C1"]


def test_nothing_over_nothing_is_missing(jobs):
    jobs.loc["R0"] = 0
    reference = jobs.sum()
    reference["C0"] = 0
    quotient = location_quotient(jobs, reference=reference)
    assert quotient.loc["R0"].isna().all()
    assert quotient["C0"].isna().all()
    assert quotient.loc["R1":, "C1":].notna().all(axis=None)
    totals = pd.Series({"R0": 0, "R1": 65, "R2": 0})
    assert location_quotient(jobs, totals=totals, reference=jobs.sum()).loc["R2"].isna().all()
    # no jobs in a region that has some elsewhere is an absence, not a gap
    assert location_quotient(jobs, totals=jobs.sum(axis=1) + 1, reference=jobs.sum()).loc["R0", "C0"] == 0


@pytest.mark.parametrize("label", ["index", "columns"])
def test_a_label_twice_is_refused(jobs, label):
    noun, twice = {"index": ("region", "R0"), "columns": ("sector", "C0")}[label]
    setattr(jobs, label, [twice, twice, "other"])
    with pytest.raises(ValueError, match=f"{noun} {twice} occurs more than once in employment"):
        location_quotient(jobs)


@pytest.mark.parametrize("wrong", [-3.0, np.inf])
def test_impossible_jobs_are_refused_with_their_cell(jobs, wrong):
    jobs.loc["R1", "C2"] = wrong
    with pytest.raises(ValueError, match=r"region R1 in sector C2 is .*zero or more"):
        location_quotient(jobs)


@pytest.mark.parametrize("kind", [str, bool, complex, object])
def test_columns_that_are_not_numbers_are_refused(jobs, kind):
    with pytest.raises(ValueError, match="employment of sector C1 has dtype"):
        location_quotient(jobs.astype({"C1": kind}))


def test_labels_that_totals_or_reference_lack_are_named(jobs):
    with pytest.raises(ValueError, match="totals has no region R1; it has R0, R2"):
        location_quotient(jobs, totals=jobs.sum(axis=1).drop("R1"))
    with pytest.raises(ValueError, match="reference has no sector C2; it has C0, C1"):
        location_quotient(jobs, reference=jobs.sum().drop("C2"))
    with pytest.raises(ValueError, match="totals of region R1 is -1"):
        location_quotient(jobs, totals=pd.Series({"R0": 40, "R1": -1, "R2": 60}))
    with pytest.raises(TypeError, match="reference is a list; a Series by sector is needed"):
        location_quotient(jobs, reference=[60, 80, 25])
    with pytest.raises(TypeError, match="employment is a ndarray"):
        location_quotient(jobs.to_numpy())


def test_nullable_integers_are_read_like_floats(jobs):
    jobs.loc["R1", "C2"] = np.nan
    options = {"totals": pd.Series({"R0": 40, "R1": 65, "R2": 60}, dtype="Int64")}
    pd.testing.assert_frame_equal(
        location_quotient(jobs.astype("Int64"), **options), location_quotient(jobs, **options)
    )


@pytest.mark.parametrize(
    "function",
    [
        location_quotient,
        symmetric_location_quotient,
        standardised_location_quotient,
        location_quotient_interval,
        specialised_jobs,
        krugman_index,
        hoover_index,
    ],
)
def test_input_stays_as_it_was_and_labels_are_kept(jobs, function):
    before = jobs.copy()
    result = function(jobs)
    result.iloc[:] = -1
    pd.testing.assert_frame_equal(jobs, before)
    assert result.index.get_level_values("region").unique().tolist() == ["R0", "R1", "R2"]
    if isinstance(result, pd.DataFrame) and result.index.nlevels == 1:
        assert result.columns.equals(jobs.columns)
        assert result.columns.name == "sector"


# --- other forms of the quotient


def test_symmetric_quotient_puts_twice_and_half_equally_far_from_zero():
    reference = pd.Series({"C0": 50, "C1": 50})
    employment = labelled([[100, 0], [25, 75]])
    symmetric = symmetric_location_quotient(employment, reference=reference)
    assert symmetric.loc["R0"].tolist() == pytest.approx([1 / 3, -1])
    assert symmetric.loc["R1", "C0"] == pytest.approx(-1 / 3)


@QUICK
@given(economies(least=1))
def test_standardised_quotients_have_mean_0_and_sample_deviation_1(employment):
    for log in (False, True):
        z = standardised_location_quotient(employment, log=log)
        varied = z.columns[z.notna().all()]
        np.testing.assert_allclose(z[varied].mean(), 0, atol=1e-6)
        np.testing.assert_allclose(z[varied].std(ddof=1), 1)
    order = location_quotient(employment)[varied].rank(method="dense")
    assert all(order[sector].corr(z[sector].rank(method="dense")) > 0.999 for sector in varied)


def test_standardised_quotient_leaves_out_what_it_cannot_use(jobs):
    assert standardised_location_quotient(labelled([[1, 2], [2, 4], [3, 6]])).isna().all(axis=None)
    z = standardised_location_quotient(jobs, log=True)
    assert z.isna().sum().sum() == 1
    assert np.isnan(z.loc["R0", "C2"])
    # two values are one sample deviation apart times the root of two, wherever they lie
    assert z.loc[["R1", "R2"], "C2"].tolist() == pytest.approx([-math.sqrt(0.5), math.sqrt(0.5)])


def test_jobs_beyond_the_reference_structure():
    """REAT data set Freiburg, 2014, information and communication; by hand."""
    beyond = specialised_jobs(FREIBURG, reference=GERMANY)
    assert beyond.loc["Freiburg", "J"] == pytest.approx(1258.39, abs=5e-3)
    assert beyond.sum(axis=1)["Freiburg"] == pytest.approx(0, abs=1e-6)


# --- intervals


def log_deviation(interval, z=1.959963984540054):
    return np.log(interval["upper"] / interval["lower"]) / (2 * z)


def test_delta_deviation_of_freiburg():
    """REAT data set Freiburg, 2014, industry J; formula of Moineddin, Beyene & Boyle 2003; by hand, and
    20,000 simulated economies give 0.01910. Their interval 1.31807-1.39296 is symmetric on the quotient; ours
    is on the log scale, so the deviation agrees and the limits do not quite."""
    row = location_quotient_interval(FREIBURG, reference=GERMANY).loc[("Freiburg", "J")]
    deviation = row["estimate"] * log_deviation(row)
    assert deviation == pytest.approx(0.0191055, abs=5e-8)
    symmetric = row["estimate"] + np.array([-1, 1]) * 1.959964 * deviation
    assert symmetric == pytest.approx([1.31807, 1.39296], abs=5e-6)
    assert row["lower"] * row["upper"] == pytest.approx(row["estimate"] ** 2)


def test_design_effect_widens_by_its_root(jobs):
    jobs = jobs * 100 + 100
    narrow = location_quotient_interval(jobs)
    units = jobs / 10
    for size_cv, effect in ((0.0, 10), (1.0, 20), (2.0, 50)):
        wide = location_quotient_interval(jobs, local_units=units, size_cv=size_cv)
        np.testing.assert_allclose(log_deviation(wide), log_deviation(narrow) * math.sqrt(effect))
    # fewer jobs than units do not make jobs more than independent
    pd.testing.assert_frame_equal(location_quotient_interval(jobs, local_units=jobs * 10), narrow)


def test_unknown_local_units_take_the_size_of_their_sector(jobs):
    jobs = jobs * 100 + 100
    units = pd.DataFrame(np.array([[5.0], [10.0], [50.0]]) * np.ones((1, 3)), jobs.index, jobs.columns)
    missing = units.copy()
    missing.loc["R0", "C0"] = np.nan
    stand_in = units.copy()
    stand_in.loc["R0", "C0"] = jobs.loc["R0", "C0"] / (jobs["C0"].iloc[1:].sum() / 60)
    pd.testing.assert_frame_equal(
        location_quotient_interval(jobs, local_units=missing),
        location_quotient_interval(jobs, local_units=stand_in),
    )
    missing["C1"] = np.nan
    for method in ("delta", "bootstrap"):
        interval = location_quotient_interval(jobs, local_units=missing, method=method, rng=1, draws=9)
        blank = interval["upper"].isna()
        assert interval.index[blank].get_level_values("sector").unique().tolist() == ["C1"]
        assert interval["estimate"].notna().all()
    with pytest.raises(ValueError, match="local_units has no sector C2"):
        location_quotient_interval(jobs, local_units=units.drop(columns="C2"))


@pytest.mark.parametrize("method", ["delta", "bootstrap"])
def test_no_jobs_has_the_exact_poisson_limit(jobs, method):
    """Garwood 1936: the upper 97.5 % limit of a count of 0 is 3.688879."""
    interval = location_quotient_interval(jobs, method=method, rng=1, draws=9).loc[("R0", "C2")]
    share = jobs["C2"].sum() / jobs.sum().sum()
    assert interval.tolist() == pytest.approx([0, 0, 3.688879454 / 40 / share])
    units = pd.DataFrame(1.0, jobs.index, jobs.columns)
    wide = location_quotient_interval(jobs, local_units=units, method=method, rng=1, draws=9)
    effect = 25 / 2 * (1 + 1)
    assert wide.loc[("R0", "C2"), "upper"] == pytest.approx(effect * 3.688879454 / 40 / share)


def test_whole_reference_has_no_interval_and_a_region_outside_has_a_wider_one():
    whole = labelled([[300, 700]])
    same = location_quotient_interval(whole)
    assert same.to_numpy() == pytest.approx(np.ones((2, 3)))
    inside = log_deviation(location_quotient_interval(whole, reference=pd.Series({"C0": 900, "C1": 1100})))
    outside = log_deviation(location_quotient_interval(whole, reference=pd.Series({"C0": 90, "C1": 110})))
    assert outside.to_numpy() == pytest.approx(np.sqrt([0.7 / 300 + 0.55 / 90, 0.3 / 700 + 0.45 / 110]))
    assert (inside > 0).all()


def test_bootstrap_agrees_with_the_delta_method_on_large_counts():
    employment = labelled([[4000, 9000, 5000], [8000, 2000, 6000], [3000, 3000, 9000]])
    reference = employment.sum() * 4
    reference["elsewhere"] = 50000.0
    options = {"local_units": employment / 5, "totals": employment.sum(axis=1) + 2000, "reference": reference}
    delta = location_quotient_interval(employment, **options)
    drawn = location_quotient_interval(employment, method="bootstrap", rng=7, draws=2000, **options)
    pd.testing.assert_series_equal(drawn["estimate"], delta["estimate"])
    np.testing.assert_allclose(log_deviation(drawn), log_deviation(delta), rtol=0.1)
    np.testing.assert_allclose(drawn[["lower", "upper"]], delta[["lower", "upper"]], rtol=0.03)


def test_bootstrap_repeats_with_its_seed_and_touches_no_global_state(jobs):
    def draw(rng):
        return location_quotient_interval(jobs, method="bootstrap", rng=rng, draws=25)

    state = np.random.get_state()[1].copy()  # noqa: NPY002
    pd.testing.assert_frame_equal(draw(3), draw(np.random.default_rng(3)))
    assert not draw(3).equals(draw(4))
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


def test_bootstrap_redraws_establishments_of_the_stated_size():
    """One region in a huge reference: its count has variance jobs × jobs per unit × (1 + CV²)."""
    employment = labelled([[500, 500]])
    options = {"reference": pd.Series({"C0": 1e9, "C1": 1e9}), "method": "bootstrap", "rng": 5, "draws": 4000}
    one_unit = labelled([[50, 50]])
    for size_cv in (0.0, 1.0):
        drawn = location_quotient_interval(employment, local_units=one_unit, size_cv=size_cv, **options)
        # two equal sectors: the log quotient moves by half of the difference of their relative deviations
        expected = math.sqrt(10 * (1 + size_cv**2) / 500 / 2)
        assert log_deviation(drawn).to_numpy() == pytest.approx([expected, expected], rel=0.08)


def test_bootstrap_redraws_the_rest_of_the_reference_with_the_size_of_its_sector():
    """Variance of the log quotient over the four independent cells of a 2 × 2 economy: jobs × size each, by
    the squared derivative of the log quotient in that cell."""
    employment, reference = labelled([[8000, 4000]]), pd.Series({"C0": 16000, "C1": 40000})
    drawn = location_quotient_interval(
        employment,
        local_units=employment / [50, 2],
        size_cv=0.0,
        reference=reference,
        method="bootstrap",
        rng=3,
        draws=4000,
    )
    region, sector, whole = 1 / 12000, 1 / 16000, 1 / 56000
    derivatives = [1 / 8000 - region - sector + whole, whole - region, whole - sector, whole]
    variances = [8000 * 50, 4000 * 2, 8000 * 50, 36000 * 2]
    expected = math.sqrt(np.dot(variances, np.square(derivatives)))
    assert log_deviation(drawn)[("R0", "C0")] == pytest.approx(expected, rel=0.06)


def test_bootstrap_needs_regions_inside_the_reference(jobs):
    reference = pd.Series({"C0": 90, "C1": 9, "C2": 90})
    with pytest.raises(ValueError, match="fewer jobs in sector C1 than the regions"):
        location_quotient_interval(jobs, method="bootstrap", reference=reference)


def test_interval_keeps_missing_cells_missing_and_the_rest_known(jobs):
    totals = jobs.sum(axis=1)
    jobs.loc["R1", "C0"] = np.nan
    for method in ("delta", "bootstrap"):
        interval = location_quotient_interval(jobs, totals=totals, method=method, rng=2, draws=99)
        assert interval.index.names == ["region", "sector"]
        assert list(interval.columns) == ["estimate", "lower", "upper"]
        assert interval.loc[("R1", "C0")].isna().all()
        rest = interval.drop(("R1", "C0"))
        assert rest.notna().all(axis=None)
        assert (rest["lower"] <= rest["estimate"]).all()
        assert (rest["estimate"] <= rest["upper"]).all()


def test_a_lower_level_is_a_narrower_interval(jobs):
    wide, narrow = (location_quotient_interval(jobs + 50, level=level) for level in (0.99, 0.5))
    assert (wide["lower"] < narrow["lower"]).all()
    assert (narrow["upper"] < wide["upper"]).all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "fieller"}, "method 'fieller' is not available; available: delta, bootstrap"),
        ({"level": 95}, "level is 95; a probability"),
        ({"size_cv": -1}, "size_cv is -1"),
        ({"draws": 0}, "draws 0"),
    ],
)
def test_interval_options_out_of_range_are_refused(jobs, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        location_quotient_interval(jobs, **options)


# --- indices by region


def test_krugman_of_two_regions_without_a_common_sector():
    """Farhauer & Kröll 2013; REAT man/krugman.spec.Rd."""
    pair = labelled([[20, 10, 70, 0, 0], [0, 0, 0, 60, 40]])
    assert krugman_index(pair).tolist() == pytest.approx([2, 2])


def test_krugman_of_sweden():
    """Farhauer & Kröll 2013; REAT man/krugman.spec2.Rd: 0.1595 against the mean of the others' shares.
    Against the pooled others 0.1350832, by hand."""
    countries = labelled(
        [
            [45000, 15000, 32000, 10000, 30000],
            [35000, 12000, 30000, 8000, 22000],
            [40000, 10000, 25000, 9000, 18000],
            [30000, 11000, 18000, 3000, 13000],
            [40000, 6000, 11000, 2000, 12000],
        ]
    )
    assert krugman_index(countries, versus="others_mean")["R0"] == pytest.approx(0.1595018, abs=5e-8)
    assert krugman_index(countries)["R0"] == pytest.approx(0.1350832, abs=5e-8)


def test_krugman_of_mining():
    """Farhauer & Kröll 2013; REAT man/krugman.conc2.Rd: industries as rows, regions as columns, 0.8619."""
    industries = labelled(
        [
            [4320, 7811, 3900, 2300, 47560],
            [20000, 11000, 31000, 8000, 20000],
            [40000, 10000, 25000, 9000, 16000],
            [10000, 11000, 14000, 14000, 13000],
            [7000, 7500, 11000, 1500, 36000],
        ]
    )
    assert krugman_index(industries, versus="others_mean")["R0"] == pytest.approx(0.8619, abs=5e-5)


def test_krugman_and_hoover_of_freiburg():
    """REAT data set Freiburg, 2014, against Germany as a whole; by hand."""
    rest = (GERMANY - FREIBURG.loc["Freiburg"]).rename("rest of Germany").to_frame().T
    table = pd.concat([FREIBURG, rest])
    assert krugman_index(table, versus="total")["Freiburg"] == pytest.approx(0.3405472, abs=5e-8)
    assert hoover_index(FREIBURG, reference=GERMANY)["Freiburg"] == pytest.approx(0.3405472 / 2, abs=5e-8)


def test_hoover_of_german_income():
    """GDP and population of the German Länder 2015; REAT man/hoover.Rd. Länder stand where sectors do."""
    gdp = [460.69, 549.19, 124.16, 65.29, 31.59, 109.27, 263.44, 39.87]
    gdp += [258.53, 645.59, 131.95, 35.03, 112.66, 56.22, 85.61, 56.81]
    people = [10879618, 12843514, 3520031, 2484826, 671489, 1787408, 6176172, 1612362]
    people += [7926599, 17865516, 4052803, 995597, 4084851, 2245470, 2858714, 2170714]
    income = labelled([gdp])
    population = pd.Series(people, index=income.columns)
    assert hoover_index(income, reference=population)["R0"] == pytest.approx(0.0735899, abs=5e-8)


@QUICK
@given(economies(), st.sampled_from(["rest", "others_mean", "total"]))
def test_krugman_and_hoover_stay_within_their_bounds(employment, versus):
    filled = employment.sum(axis=1) > 0
    alone = filled & (filled.sum() < 2) & (versus != "total")
    krugman = krugman_index(employment, versus=versus)
    assert krugman[filled & ~alone].between(0, 2 + 1e-12).all()
    assert krugman[~filled | alone].isna().all()
    hoover = hoover_index(employment)
    assert hoover[filled].between(0, 1).all()
    np.testing.assert_allclose(hoover, krugman_index(employment, versus="total") / 2)


def test_equal_structures_are_at_distance_0():
    table = labelled([[1, 2, 3], [10, 20, 30], [2, 4, 6]])
    for versus in ("rest", "others_mean", "total"):
        np.testing.assert_allclose(krugman_index(table, versus=versus), 0, atol=1e-12)


@pytest.mark.parametrize("versus", ["rest", "others_mean", "total"])
def test_missing_cell_blanks_its_region_alone(jobs, versus):
    jobs.loc["R1", "C2"] = np.nan
    jobs.loc["R2"] = [60, 20, 20]
    for function, options in ((krugman_index, {"versus": versus}), (hoover_index, {})):
        with pytest.warns(UserWarning, match="cells are missing in region R1"):
            index = function(jobs, **options)
        assert index.isna().tolist() == [False, True, False]
    if versus == "others_mean":
        # only R2 is left to compare R0 with
        with pytest.warns(UserWarning):
            index = krugman_index(jobs, versus=versus)
        assert index["R0"] == pytest.approx(0.15 + 0.05 + 0.2)


def test_krugman_names_its_comparisons(jobs):
    with pytest.raises(ValueError, match="'mean' is not available; available: rest, others_mean, total"):
        krugman_index(jobs, versus="mean")


def test_hoover_takes_shares_over_the_sectors_of_the_table(jobs):
    reference = pd.Series({"C2": 25, "C1": 80, "C0": 60, "outside": 1000})
    pd.testing.assert_series_equal(hoover_index(jobs, reference=reference), hoover_index(jobs))


@pytest.mark.parametrize("table", [pd.DataFrame(dtype=float), labelled(np.zeros((2, 2)))], ids=["empty", "zero"])
def test_nothing_at_all_is_missing_and_not_an_error(table):
    for function in (location_quotient, symmetric_location_quotient, standardised_location_quotient):
        result = function(table)
        assert result.shape == table.shape
        assert result.isna().all(axis=None)
    for method in ("delta", "bootstrap"):
        interval = location_quotient_interval(table, method=method, rng=1, draws=3)
        assert len(interval) == table.size
        assert interval.isna().all(axis=None)
    for function in (krugman_index, hoover_index):
        assert function(table).isna().all()
