"""Oracles: Farhauer & Kröll (2013), Standorttheorien, as quoted in REAT man/shift.Rd, recomputed by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.growth import dynamic_shift_share, entries_and_exits, shift_share

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
METHODS = ["dunn", "esteban_marquillas", "arcelus"]

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


def long(tables):
    """A panel from tables by year."""
    rows = [table.stack().rename("value").reset_index().assign(year=year) for year, table in tables.items()]
    return pd.concat(rows, ignore_index=True)


def nation_panel(counts):
    rows = [count.rename("value").rename_axis("sector").reset_index().assign(year=y) for y, count in counts.items()]
    return pd.concat(rows, ignore_index=True)


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


def test_arcelus_of_the_textbook_regions():
    """Regions A and B of Farhauer & Kröll 2013 with the formulas of Arcelus 1984, by hand.

    A: h = 180 (400, 150, 150, 400)/1100; g = 165/1100 = 0.15; national = 180 g = 27, industry = 0, as the reference
    structure grows by g; allocation is what national and regional parts leave of the change of 25.
    """
    parts = shift_share(START, END, reference_start=NATION_START, reference_end=NATION_END, method="arcelus")
    found = by_region(parts)
    assert found["national"].tolist() == pytest.approx([27, 24, 114])
    assert found["industry"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    own, nation = END / START - 1, NATION_END / NATION_START - 1
    expected = START.sum(axis=1).mul(((own - nation) * NATION_START / 1100).sum(axis=1))
    assert found["regional"].tolist() == pytest.approx(expected.tolist())
    # regional part of A as REAT prints it for Esteban-Marquillas, whose regional part is the same
    assert found.loc["A", "regional"] == pytest.approx(-0.636364, abs=5e-6)
    assert found.loc["A", "allocation"] == pytest.approx(25 - 27 + 0.636364, abs=5e-6)
    # one cell in full: h = 180 · 150/1100, g_i = 0.4, g_ir = 1
    h = 180 * 150 / 1100
    assert parts.loc[("A", "2")].tolist() == pytest.approx([h * 0.15, h * 0.25, h * 0.6, 20 - h])


def test_dynamic_parts_of_the_textbook():
    """Farhauer & Kröll 2013; REAT man/shiftd.Rd, region A over three years."""
    years = {2000: START.loc[["A"]], 2001: END.loc[["A"]]}
    years[2002] = pd.DataFrame([[105, 45, 15, 60]], years[2000].index, SECTORS)
    nation = {2000: NATION_START, 2001: NATION_END, 2002: pd.Series([460, 230, 155, 500], SECTORS)}
    parts = dynamic_shift_share(long(years), reference=nation_panel(nation))
    assert by_region(parts).loc["A"].tolist() == pytest.approx([39.9644269, 0.1636996, 4.8718735], abs=5e-8)
    assert parts.to_numpy().sum() == pytest.approx(45)


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
    dunn, esteban = (shift_share(start, end, method=method) for method in METHODS[:2])
    np.testing.assert_allclose(esteban.sum(axis=1), (end - start).to_numpy().ravel(), atol=1e-6)
    pd.testing.assert_frame_equal(esteban[["national", "industry"]], dunn[["national", "industry"]])
    structure = start.sum() / start.sum().sum()
    homothetic = np.outer(start.sum(axis=1), structure)
    ahead = (end / start - end.sum() / start.sum()).to_numpy()
    np.testing.assert_allclose(esteban["regional"], (homothetic * ahead).ravel(), rtol=1e-9, atol=1e-6)


@QUICK
@given(two_years(least=1))
def test_arcelus_adds_up_and_shares_its_regional_part_with_esteban(years):
    start, end = years
    arcelus, esteban = (shift_share(start, end, method=method) for method in ("arcelus", "esteban_marquillas"))
    np.testing.assert_allclose(arcelus.sum(axis=1), (end - start).to_numpy().ravel(), atol=1e-6)
    pd.testing.assert_series_equal(arcelus["regional"], esteban["regional"])
    # three allocations in one
    dunn = shift_share(start, end)
    homothetic_parts = arcelus[["national", "industry"]]
    allocations = (dunn[["national", "industry"]] - homothetic_parts).sum(axis=1) + esteban["allocation"]
    np.testing.assert_allclose(arcelus["allocation"], allocations, atol=1e-6)
    # each region with the structure of the reference has no mix, summed over its sectors
    np.testing.assert_allclose(homothetic_parts["industry"].groupby("region").sum(), 0, atol=1e-6)


def test_a_region_with_the_structure_of_the_reference_has_no_allocation():
    start = labelled(np.outer([1, 3], [40, 10, 50]))
    end = labelled([[50, 5, 60], [100, 40, 160]])
    for method in METHODS[1:]:
        parts = shift_share(start, end, method=method)
        assert parts["allocation"].abs().max() < 1e-9
        pd.testing.assert_frame_equal(parts[parts.columns[:3]], shift_share(start, end))


@QUICK
@given(two_years(least=1), st.sampled_from(METHODS))
def test_two_years_are_one_step_of_the_panel(years, method):
    expected = shift_share(*years, method=method)
    panel = long(dict(zip((2013, 2014), years, strict=True)))
    pd.testing.assert_frame_equal(dynamic_shift_share(panel, method=method), expected)


@st.composite
def panels(draw):
    shape = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    jobs = arrays(float, shape, elements=st.integers(1, 5000).map(float))
    return {year: labelled(draw(jobs)) for year in range(2010, 2010 + draw(st.integers(2, 4)))}


@QUICK
@given(panels(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_dynamic_parts_add_up_cancel_and_ignore_the_order_of_rows(tables, method, random):
    panel = long(tables)
    parts = dynamic_shift_share(panel, method=method)
    change = list(tables.values())[-1] - next(iter(tables.values()))
    np.testing.assert_allclose(parts.sum(axis=1, skipna=False), change.to_numpy().ravel(), atol=1e-6)
    if method == "dunn":
        np.testing.assert_allclose(parts["regional"].groupby("sector").sum(), 0, atol=1e-6)
        assert parts["industry"].sum() == pytest.approx(0, abs=1e-6)
    order = random.sample(range(len(panel)), len(panel))
    moved = dynamic_shift_share(panel.iloc[order].set_axis(range(5, len(panel) + 5)), method=method)
    pd.testing.assert_frame_equal(moved.loc[parts.index], parts)
    scaled = dynamic_shift_share(panel.assign(value=panel["value"] * 1e-12), method=method)
    np.testing.assert_allclose(scaled * 1e12, parts, rtol=1e-6, atol=1e-6)


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
    # the sector grew from 130 to 210 elsewhere, all jobs from 1080; 160 of them in region A
    parts = shift_share(start, END, method="arcelus").loc[("A", "2")]
    h = 160 * 130 / 1080
    assert parts[["national", "industry"]].tolist() == pytest.approx([h * 185 / 1080, h * (80 / 130 - 185 / 1080)])
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


def test_methods_that_are_absent_are_named():
    with pytest.raises(ValueError, match="'gerfin' is not available; available: dunn, esteban_marquillas, arcelus"):
        shift_share(START, END, method="gerfin")
    with pytest.raises(ValueError, match="'gerfin' is not available"):
        dynamic_shift_share(long({2014: START, 2015: END}), method="gerfin")


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


# --- panels: edges


YEARS = {2013: START, 2014: END, 2015: END + 10}


def test_dynamic_result_is_long_in_the_order_of_the_panel_and_leaves_it_as_it_was():
    panel = long({year: table.loc[["C", "A", "B"], ["3", "1", "4", "2"]] for year, table in YEARS.items()})
    before = panel.copy()
    parts = dynamic_shift_share(panel, method="arcelus")
    assert parts.index.names == ["region", "sector"]
    assert parts.index[:5].tolist() == [("C", "3"), ("C", "1"), ("C", "4"), ("C", "2"), ("A", "3")]
    assert list(parts.columns) == ["national", "industry", "regional", "allocation"]
    pd.testing.assert_frame_equal(panel, before)
    typed = panel.astype({"region": "category", "sector": "category", "year": "Int64", "value": "Float64"})
    pd.testing.assert_frame_equal(dynamic_shift_share(typed, method="arcelus"), parts, check_index_type=False)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("as_row", [True, False], ids=["without a row", "row without a value"])
@pytest.mark.parametrize("year", YEARS)
def test_a_cell_missing_in_some_year_is_missing_alone(method, as_row, year):
    panel = long(YEARS).astype({"value": float})
    gap = (panel["region"] == "B") & (panel["sector"] == "2") & (panel["year"] == year)
    assert gap.sum() == 1
    holed = panel[~gap] if as_row else panel.assign(value=panel["value"].mask(gap))
    parts = dynamic_shift_share(holed, method=method)
    assert parts.loc[("B", "2")].isna().all()
    rest = parts.drop(("B", "2"))
    change = (YEARS[2015] - YEARS[2013]).stack().drop(("B", "2"))
    np.testing.assert_allclose(rest.sum(axis=1, skipna=False), change, atol=1e-9)
    # the same reference in every year, so that the parts of the known cells cancel
    if method == "dunn":
        np.testing.assert_allclose(rest["regional"].groupby("sector").sum(), 0, atol=1e-9)


def test_a_year_that_the_panel_does_not_have_is_named_and_stepped_over():
    panel = long({2010: START, 2011: END, 2014: END + 10})
    with pytest.warns(UserWarning, match="panel has no year inside 2011-2014, where one step stands for several"):
        parts = dynamic_shift_share(panel)
    np.testing.assert_allclose(parts, dynamic_shift_share(long(YEARS)))


def test_a_reference_with_a_hole_keeps_one_set_of_sectors_in_its_total():
    nation = {2013: NATION_START, 2014: NATION_END, 2015: NATION_END * 1.1}
    with_more = {year: pd.concat([count, pd.Series({"outside": 50.0 + year})]) for year, count in nation.items()}
    with_more[2014]["outside"] = np.nan
    with pytest.warns(UserWarning, match="reference has no figure in some year for sector outside: left out"):
        parts = dynamic_shift_share(long(YEARS), reference=nation_panel(with_more))
    pd.testing.assert_frame_equal(parts, dynamic_shift_share(long(YEARS), reference=nation_panel(nation)))
    nation[2015]["2"] = np.nan
    with pytest.warns(UserWarning, match="for sector 2: left out"):
        parts = dynamic_shift_share(long(YEARS), reference=nation_panel(nation))
    assert parts["industry"].isna().groupby("sector").all().tolist() == [False, True, False, False]
    assert parts["national"].notna().all()


def test_a_sector_outside_the_table_counts_in_the_total_of_the_reference():
    nation = {2013: NATION_START, 2014: NATION_END, 2015: NATION_END}
    more = {year: pd.concat([count, pd.Series({"outside": 1100.0})]) for year, count in nation.items()}
    parts = dynamic_shift_share(long(YEARS), reference=nation_panel(more))
    # 1100 + 1100 grow by 165, so by half of what the four sectors do
    assert by_region(parts)["national"].tolist() == pytest.approx([180 * 0.075, 160 * 0.075, 760 * 0.075])


def test_panels_that_cannot_be_read_are_refused_in_a_sentence():
    panel = long(YEARS)
    with pytest.raises(TypeError, match="panel is a dict; a DataFrame with year, region, sector, value is needed"):
        dynamic_shift_share(YEARS)
    with pytest.raises(ValueError, match="panel has no column value; it has region, sector, jobs, year"):
        dynamic_shift_share(panel.rename(columns={"value": "jobs"}))
    with pytest.raises(ValueError, match="panel holds only year 2013; two or more are needed"):
        dynamic_shift_share(panel[panel["year"] == 2013])
    with pytest.raises(ValueError, match="panel holds no year; two or more are needed"):
        dynamic_shift_share(panel.iloc[:0])
    with pytest.raises(ValueError, match="panel has more than one row for year 2014, region A, sector 1; one is"):
        dynamic_shift_share(pd.concat([panel, panel[panel["year"] == 2014]]))
    with pytest.raises(ValueError, match="panel has -4 for year 2013, region A, sector 2; a finite number"):
        dynamic_shift_share(panel.assign(value=panel["value"].where(panel.index != 1, -4)))
    with pytest.raises(ValueError, match=r"panel has year 2013\.5; whole years such as 2014 are needed"):
        dynamic_shift_share(panel.assign(year=panel["year"].where(panel.index != 1, 2013.5)))
    with pytest.raises(ValueError, match="year of panel has dtype str; numbers are needed"):
        dynamic_shift_share(panel.astype({"year": str}))
    with pytest.raises(ValueError, match="sector of row 1 of panel is missing; every row needs one"):
        dynamic_shift_share(panel.assign(sector=panel["sector"].where(panel.index != 1)))
    nation = nation_panel({2013: NATION_START, 2014: NATION_END})
    with pytest.raises(ValueError, match="reference has no year 2015; it has 2013, 2014"):
        dynamic_shift_share(panel, reference=nation)
    with pytest.raises(ValueError, match="reference has no sector 3; it has 1, 2, 4"):
        without = nation_panel({year: NATION_END.drop("3") for year in YEARS})
        dynamic_shift_share(panel, reference=without)


# --- entries and exits


def flows(rows):
    return rows.set_index(["region", "sector"])


def test_every_pair_of_states_is_one_thing_only():
    states = [True, False, pd.NA]
    start = pd.DataFrame([[one] * 3 for one in states], index=list("abc"), columns=list("xyz"), dtype="boolean")
    end = pd.DataFrame([states] * 3, index=list("abc"), columns=list("xyz"), dtype="boolean")
    rows = entries_and_exits(start, end)
    assert list(rows.columns) == ["region", "sector", "at_risk", "entry", "exit"]
    assert rows[["at_risk", "entry", "exit"]].dtypes.tolist() == [np.dtype(bool)] * 3
    found = flows(rows)
    assert found.index[found["at_risk"]].tolist() == [("b", "x"), ("b", "y")]
    assert found.index[found["entry"]].tolist() == [("b", "x")]
    assert found.index[found["exit"]].tolist() == [("a", "y")]


def test_presence_may_come_as_truth_as_numbers_or_as_objects():
    start = pd.DataFrame({"x": [True, False], "y": [False, False]}, index=["a", "b"])
    end = pd.DataFrame({"x": [False, True], "y": [pd.NA, True]}, index=["a", "b"])
    expected = entries_and_exits(start.astype("boolean"), end.astype("boolean"))
    assert expected["entry"].tolist() == [False, False, True, True]
    pd.testing.assert_frame_equal(entries_and_exits(start, end), expected)
    numbers = end.astype("boolean").astype("Float64").astype(float)
    pd.testing.assert_frame_equal(entries_and_exits(start.astype(int), numbers), expected)


def test_labels_in_one_table_only_are_what_the_caller_says():
    start = pd.DataFrame({"x": [True], "y": [False]}, index=["a"])
    end = pd.DataFrame({"z": [True, True], "x": [True, False]}, index=["b", "a"])
    missing = flows(entries_and_exits(start, end))
    assert missing.index.tolist() == [(region, sector) for region in "ab" for sector in "xyz"]
    assert missing.sum().tolist() == [0, 0, 1]
    assert missing["exit"].idxmax() == ("a", "x")
    absent = flows(entries_and_exits(start, end, unlisted="absent"))
    assert absent.index[absent["entry"]].tolist() == [("a", "z"), ("b", "x"), ("b", "z")]
    assert absent.index[absent["at_risk"]].tolist() == [("a", "y"), ("a", "z"), ("b", "x"), ("b", "y"), ("b", "z")]
    assert absent.index[absent["exit"]].tolist() == [("a", "x")]
    # a hole stays a hole
    start = start.astype("boolean")
    start.loc["a", "y"] = pd.NA
    assert not flows(entries_and_exits(start, end, unlisted="absent")).loc[("a", "y")].any()


@st.composite
def presences(draw):
    held = arrays(float, (draw(st.integers(1, 5)), draw(st.integers(1, 5))), elements=st.sampled_from([0, 1, np.nan]))
    return labelled(draw(held))


@QUICK
@given(presences(), presences(), st.sampled_from(["missing", "absent"]), st.randoms(use_true_random=False))
def test_nothing_enters_or_leaves_where_a_cell_is_missing_and_order_does_not_matter(start, end, unlisted, random):
    before = start.copy()
    rows = entries_and_exits(start, end, unlisted=unlisted)
    pd.testing.assert_frame_equal(start, before)
    cells = flows(rows)
    filling = np.nan if unlisted == "missing" else 0.0
    labels = {"index": start.index.union(end.index), "columns": start.columns.union(end.columns)}
    first, last = (table.reindex(**labels, fill_value=filling).stack().reindex(cells.index) for table in (start, end))
    flags = ["at_risk", "entry", "exit"]
    assert not cells.loc[first.isna() | last.isna(), flags].any(axis=None)
    assert not (cells["entry"] & ~cells["at_risk"]).any()
    assert not (cells["exit"] & cells["at_risk"]).any()
    known = first.notna() & last.notna()
    # a balance: what was there, and came, and did not leave, is there
    stock = first[known] + cells.loc[known, "entry"] - cells.loc[known, "exit"]
    assert (stock == last[known]).all()
    shuffled = end.loc[random.sample(list(end.index), len(end.index)), random.sample(list(end.columns), end.shape[1])]
    moved = flows(entries_and_exits(start, shuffled, unlisted=unlisted))
    pd.testing.assert_frame_equal(moved.loc[cells.index], cells)
    # backwards, exits are entries
    back = flows(entries_and_exits(end, start, unlisted=unlisted)).loc[cells.index]
    assert (back["entry"] == cells["exit"]).all()


def test_presence_that_is_no_presence_is_refused():
    start = pd.DataFrame({"x": [True], "y": [False]}, index=["a"])
    with pytest.raises(ValueError, match="presence_end of region a in sector y is 40; true, false or NA are needed"):
        entries_and_exits(start, pd.DataFrame({"x": [1], "y": [40]}, index=["a"]))
    with pytest.raises(ValueError, match=r"presence_start of sector y has dtype (str|object); true, false or NA"):
        entries_and_exits(start.assign(y="yes"), start)
    with pytest.raises(ValueError, match="region a occurs more than once in presence_end"):
        entries_and_exits(start, pd.concat([start, start]))
    with pytest.raises(TypeError, match="presence_start is a ndarray; a region × sector DataFrame is needed"):
        entries_and_exits(start.to_numpy(), start)
    with pytest.raises(ValueError, match="unlisted 'none' is not available; available: missing, absent"):
        entries_and_exits(start, start, unlisted="none")
    empty = entries_and_exits(start.iloc[:0], start.iloc[:0])
    assert list(empty.columns) == ["region", "sector", "at_risk", "entry", "exit"]
    assert empty.empty
