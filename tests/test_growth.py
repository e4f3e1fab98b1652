"""Oracles: Farhauer & Kröll (2013), Standorttheorien, as quoted in REAT man/shift.Rd, recomputed by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.growth import shift_share

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
METHODS = ["dunn", "esteban_marquillas"]

SECTORS = pd.Index(["1", "2", "3", "4"], name="sector")
REGIONS = pd.Index(["A", "B", "C"], name="region")
START = pd.DataFrame([[90, 20, 10, 60], [60, 30, 30, 40], [250, 100, 110, 300]], REGIONS, SECTORS)
END = pd.DataFrame([[100, 40, 10, 55], [85, 55, 40, 35], [255, 115, 85, 390]], REGIONS, SECTORS)
NATION_START = pd.Series([400, 150, 150, 400], SECTORS)
NATION_END = pd.Series([440, 210, 135, 480], SECTORS)


def labelled(values):
    regions = pd.Index([f"R{number}" for number in range(len(values))], name="region")
    sectors = pd.Index([f"C{number}" for number in range(np.shape(values)[1])], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), index=regions, columns=sectors)


@st.composite
def two_years(draw, least=0):
    shape = draw(st.tuples(st.integers(2, 5), st.integers(2, 5)))
    jobs = arrays(float, shape, elements=st.integers(least, 5000).map(float))
    return labelled(draw(jobs)), labelled(draw(jobs))


def by_region(parts):
    return parts.groupby("region").sum()


# --- published numbers


@pytest.mark.parametrize(
    ("region", "dunn", "esteban"),
    [
        ("A", [27, 1, -3], [-0.636364, -2.363636]),
        ("B", [24, -1, 32], [18.42424, 13.57576]),
        ("C", [114, 0, -29], [-33.57190, 4.571901]),
    ],
)
def test_three_regions_of_the_textbook(region, dunn, esteban):
    """Farhauer & Kröll 2013; REAT man/shift.Rd, with method "Dunn" and "Esteban", one region at a time."""
    nation = {"reference_start": NATION_START, "reference_end": NATION_END}
    one = START.loc[[region]], END.loc[[region]]
    parts = by_region(shift_share(*one, **nation)).loc[region]
    assert parts.tolist() == pytest.approx(dunn, abs=1e-9)
    parts = by_region(shift_share(*one, **nation, method="esteban_marquillas")).loc[region]
    assert parts[["national", "industry"]].tolist() == pytest.approx(dunn[:2], abs=1e-9)
    assert parts[["regional", "allocation"]].tolist() == pytest.approx(esteban, abs=5e-6)


def test_regions_of_a_nation_need_no_reference():
    """The three regions of the textbook are the nation, so its column sums are the default."""
    for method in METHODS:
        named = shift_share(START, END, reference_start=NATION_START, reference_end=NATION_END, method=method)
        pd.testing.assert_frame_equal(shift_share(START, END, method=method), named)


def test_freiburg_2008_to_2014():
    """REAT data set Freiburg against Germany, nine industries; by hand."""
    names = ["B-E", "F", "G-I", "J", "K", "L", "M-N", "O-Q", "R-U"]
    city = pd.DataFrame([[13004, 2931, 22492, 4503, 3361, 890, 12448, 34358, 6069]], ["Freiburg"], names)
    later = pd.DataFrame([[12121, 3154, 25484, 4798, 3372, 1059, 14837, 42931, 6673]], ["Freiburg"], names)
    germany = [7073942, 1572378, 6248666, 841848, 990439, 220171, 3296029, 5905168, 1084708]
    germany_later = [7155807, 1696961, 6674652, 925648, 996498, 232167, 3992230, 7127512, 1123004]
    nation = {
        "reference_start": pd.Series(germany, names),
        "reference_end": pd.Series(germany_later, names),
    }
    parts = by_region(shift_share(city, later, **nation)).loc["Freiburg"]
    assert parts.tolist() == pytest.approx([9887.2784, 2501.6119, 1984.1097], abs=5e-5)
    assert parts.sum() == pytest.approx(14373)
    parts = by_region(shift_share(city, later, **nation, method="esteban_marquillas")).loc["Freiburg"]
    assert parts[["regional", "allocation"]].tolist() == pytest.approx([343.7869, 1640.3229], abs=5e-5)


# --- properties


@QUICK
@given(two_years())
def test_dunn_adds_up_from_any_start(years):
    start, end = years
    parts = shift_share(start, end)
    if start.sum().sum() == 0:
        assert parts["national"].isna().all()
        return
    np.testing.assert_allclose(parts.sum(axis=1, skipna=False), (end - start).to_numpy().ravel(), atol=1e-7)


@QUICK
@given(two_years(least=1))
def test_esteban_adds_up_and_splits_only_the_regional_part(years):
    start, end = years
    dunn, esteban = (shift_share(start, end, method=method) for method in METHODS)
    np.testing.assert_allclose(esteban.sum(axis=1), (end - start).to_numpy().ravel(), atol=1e-6)
    pd.testing.assert_frame_equal(esteban[["national", "industry"]], dunn[["national", "industry"]])
    structure = start.sum() / start.sum().sum()
    homothetic = np.outer(start.sum(axis=1), structure)
    ahead = (end / start - end.sum() / start.sum()).to_numpy()
    np.testing.assert_allclose(esteban["regional"], (homothetic * ahead).ravel(), rtol=1e-9, atol=1e-6)


@QUICK
@given(two_years(least=1))
def test_parts_cancel_over_the_whole_reference(years):
    parts = shift_share(*years)
    np.testing.assert_allclose(parts["regional"].groupby("sector").sum(), 0, atol=1e-7)
    assert parts["industry"].sum() == pytest.approx(0, abs=1e-6)


@QUICK
@given(two_years(least=1), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_labels_decide_and_not_positions(years, random, method):
    start, end = years

    def shuffled(labels):
        return random.sample(list(labels), len(labels))

    references = start.sum() * 3, end.sum() * 2
    for reference in references:
        reference["outside"] = 77.0
    expected = shift_share(start, end, reference_start=references[0], reference_end=references[1], method=method)
    moved = shift_share(
        start.loc[shuffled(start.index), shuffled(start.columns)],
        end.loc[shuffled(end.index), shuffled(end.columns)],
        reference_start=references[0][shuffled(references[0].index)],
        reference_end=references[1][shuffled(references[1].index)],
        method=method,
    )
    pd.testing.assert_frame_equal(moved.loc[expected.index], expected)
    doubled = shift_share(start * 2, end * 2, method=method)
    pd.testing.assert_frame_equal(doubled, 2 * shift_share(start, end, method=method))


# --- edges


def test_result_is_long_and_input_untouched():
    start, end = START.copy(), END.copy()
    parts = shift_share(start, end)
    assert parts.index.names == ["region", "sector"]
    assert list(parts.columns) == ["national", "industry", "regional"]
    assert list(shift_share(start, end, method="esteban_marquillas").columns)[-1] == "allocation"
    pd.testing.assert_frame_equal(start, START)
    pd.testing.assert_frame_equal(end, END)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("year", [0, 1])
def test_a_missing_cell_is_missing_alone(method, year):
    years = [START.astype(float), END.astype(float)]
    years[year].loc["B", "2"] = np.nan
    parts = shift_share(*years, method=method)
    assert parts.loc[("B", "2")].isna().all()
    rest = parts.drop(("B", "2"))
    change = (years[1] - years[0]).to_numpy().ravel()
    np.testing.assert_allclose(rest.sum(axis=1, skipna=False), change[~np.isnan(change)], atol=1e-9)
    # the reference grows by the cells known in both years, so its parts still cancel
    if method == "dunn":
        np.testing.assert_allclose(rest["regional"].groupby("sector").sum(), 0, atol=1e-9)


def test_structure_of_a_region_with_a_hole_rests_on_its_known_sectors():
    start = START.astype(float)
    start.loc["B", "2"] = np.nan
    nation = {"reference_start": NATION_START, "reference_end": NATION_END}
    without = {name: reference.drop("2") for name, reference in nation.items()}
    parts = shift_share(start, END, **nation, method="esteban_marquillas")
    fewer = shift_share(START.drop(columns="2"), END.drop(columns="2"), **without, method="esteban_marquillas")
    own = ["regional", "allocation"]
    pd.testing.assert_frame_equal(parts.loc["B", own].drop("2"), fewer.loc["B", own])


def test_a_start_from_0_is_regional_growth():
    start = START.copy()
    start.loc["A", "2"] = 0
    assert shift_share(start, END).loc[("A", "2")].tolist() == pytest.approx([0, 0, 40])
    parts = shift_share(start, END, method="esteban_marquillas").loc[("A", "2")]
    assert parts[["national", "industry"]].tolist() == [0, 0]
    assert parts[["regional", "allocation"]].isna().all()
    # a sector that is new everywhere
    start["2"] = 0
    assert shift_share(start, END).xs("2", level="sector")["regional"].tolist() == [40, 55, 115]


def test_a_reference_without_the_sector_at_the_start_is_missing_there_alone():
    first = NATION_START.copy()
    first["2"] = 0
    parts = shift_share(START, END, reference_start=first, reference_end=NATION_END)
    gaps = parts.index[parts["industry"].isna()]
    assert gaps.get_level_values("sector").unique().tolist() == ["2"]
    assert parts["national"].notna().all()


def test_methods_to_come_are_named_as_absent():
    with pytest.raises(ValueError, match="'arcelus' is not available; available: dunn, esteban_marquillas"):
        shift_share(START, END, method="arcelus")


def test_tables_and_references_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="end has no region B; it has A, C"):
        shift_share(START, END.drop(index="B"))
    with pytest.raises(ValueError, match="start has no sector 4; it has 1, 2, 3"):
        shift_share(START.drop(columns="4"), END)
    with pytest.raises(ValueError, match="reference_start comes without reference_end"):
        shift_share(START, END, reference_start=NATION_START)
    with pytest.raises(ValueError, match="reference_end comes without reference_start"):
        shift_share(START, END, reference_end=NATION_END)
    with pytest.raises(ValueError, match="has sector 3; the same sectors"):
        shift_share(START, END, reference_start=NATION_START, reference_end=NATION_END.drop("3"))
    with pytest.raises(ValueError, match="reference_start has no sector 3"):
        shift_share(START, END, reference_start=NATION_START.drop("3"), reference_end=NATION_END.drop("3"))
    impossible = END.copy()
    impossible.loc["B", "2"] = -1
    with pytest.raises(ValueError, match="end of region B in sector 2 is -1"):
        shift_share(START, impossible)
