"""Panels and growth: nothing is called growth across a break. Flags: Eurostat's b in data/processed/employment."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib import datasets, sectors
from alpclusters_lib.cleaning.status import STATUSES
from alpclusters_lib.indicators import panel as room
from alpclusters_lib.indicators.aggregation import cluster_employment
from alpclusters_lib.reports.breaks import first_breaks, refuse_break

QUICK = settings(max_examples=15, deadline=None, derandomize=True)
YEARS = list(range(2008, 2016))
TOTAL = "B-N_S95_X_K"


@pytest.fixture(scope="module")
def employment():
    return datasets.employment()


@pytest.fixture(scope="module")
def metal(employment):
    return room.growth_panel(employment, ["C24", "C25"])


def series(values, flags=None, *, region="AA01", sector="C25", first=2008):
    rows = pd.DataFrame({"year": range(first, first + len(values)), "value": [float(v) for v in values]})
    rows["status"] = np.where(rows["value"].notna(), "observed", "missing")
    rows["flag"] = [""] * len(values) if flags is None else flags
    return rows.assign(region=region, sector=sector)


def growth_2011_2014(panel, **options):
    return room.growth(panel, start=2011, end=2014, **options)


def cells_of(employment, region, divisions):
    rows = employment[(employment["region"] == region) & employment["sector"].isin(divisions)]
    return rows.groupby("year")["value"].sum(min_count=len(divisions))


# --- the real table


def test_flags_of_the_real_table_stand_where_they_were_measured(employment):
    """1,836 French cells of 2014 are 68 divisions of 26 regions and of the country; 340 Finnish ones of 5 regions."""
    cells = employment[employment["sector"].isin(sectors.divisions())]
    flagged = cells[room.is_break(cells["flag"])]
    levels = flagged.groupby([flagged["region"].str[:2], flagged["region"].str.len() - 2, "year"]).size()
    assert levels["FR", 2, 2014] == 26 * 68 and levels["FR", 0, 2014] == 68
    assert levels["FR", 2, 2014] + levels["FR", 0, 2014] == 1836
    assert levels["FI", 2, 2013] == 340
    assert set(levels.xs(2, level=1).index) == {("FI", 2013), ("FR", 2014), ("IE", 2014), ("LU", 2013)}


def test_panel_of_all_regions_is_complete_and_breaks_where_the_flags_are(employment, metal):
    assert metal.groupby("region")["year"].agg(list).map(YEARS.__eq__).all()
    assert metal["region"].str.len().eq(4).all() and "EU28" not in set(metal["region"])
    begin = metal[metal["break_in"]]
    assert set(begin["region"].str[:2] + begin["year"].astype(str)) == {"FR2014", "FI2013"}
    # Ireland's flags of 2014 begin at F41, a division of construction; Luxembourg's only one is on H49
    builders = room.growth_panel(employment, ["F41"])
    assert set(builders.loc[builders["break_in"], "region"].str[:2]) == {"FR", "FI", "IE"}
    land = room.growth_panel(employment, ["H49"])
    assert set(land.loc[land["break_in"], "region"].str[:2]) == {"FR", "FI", "IE", "LU"}
    # a flag of the section counts for every division of it
    assert room.growth_panel(employment, ["H50"]).query("region == 'LU00'")["break_in"].tolist() == [
        year == 2013 for year in YEARS
    ]


def test_jobs_of_the_panel_are_those_of_the_cluster(employment, metal):
    rows = employment[employment["region"].isin(["ITC4", "FRC2", "SI03"])]
    expected = cluster_employment(rows, ["C24", "C25"]).reset_index()
    got = metal.merge(expected, on=["region", "year"], suffixes=("", "_expected"))
    assert len(got) == len(expected) > 0
    for column in ("jobs", "lower", "upper"):
        np.testing.assert_array_equal(got[column], got[f"{column}_expected"])
    assert (got["status"] == got["status_expected"]).all()


def test_growth_of_franche_comte_over_2014_is_refused_with_region_year_and_windows(metal):
    own = metal[metal["region"] == "FRC2"]
    with pytest.raises(ValueError) as refusal:
        growth_2011_2014(own)
    assert str(refusal.value) == (
        "FRC2 has a break in its figures in 2014: growth 2011-2014 would not be growth; unbroken: 2010-2013, 2014 alone"
    )
    whole = room.growth(own, start=2011, end=2013).loc["FRC2"]
    assert whole["growth_pct"] == pytest.approx((15765 / 16333 - 1) * 100)
    assert whole["growth_log"] == pytest.approx(math.log(15765 / 16333))
    assert whole["status"] == "observed" and whole["reason"] == ""


def test_whole_europe_loses_exactly_the_broken_regions(metal):
    with pytest.raises(ValueError, match=r"^FI19 has a break .* in 2013: growth 2011-2014 .*more rows are broken too$"):
        growth_2011_2014(metal[metal["region"] >= "FI19"])
    table = growth_2011_2014(metal, on_break="missing")
    broken = table["reason"].str.startswith("break in")
    assert set(table.index[broken].str[:2]) == {"FI", "FR"} and broken.sum() == 26 + 5
    assert table.loc[broken, ["growth_pct", "growth_log", "lower_pct", "upper_pct"]].isna().all(axis=None)
    assert (table.loc[broken, "status"] == "missing").all()
    known = table["growth_pct"].notna()
    assert (table["status"].isin(["observed", "estimated"]) == known).all() and known.sum() > 200
    assert table.loc["FI19", "reason"] == "break in 2013" and table.loc["FRC2", "reason"] == "break in 2014"


def test_the_regions_of_slovenia_are_never_spliced(metal):
    for region, windows in (("SI01", "2008-2012"), ("SI03", "2013-2015")):
        with pytest.raises(ValueError) as refusal:
            growth_2011_2014(metal[metal["region"] == region])
        assert str(refusal.value) == (
            f"{region} has figures in {windows} only: growth 2011-2014 would not be growth, as SI01, SI02, SI03, SI04 "
            "have different boundaries and are never spliced; use SI"
        )
    assert room.growth(metal[metal["region"] == "SI03"], start=2013, end=2015)["growth_pct"].notna().all()
    assert room.growth(metal[metal["region"] == "SI01"], start=2008, end=2012)["growth_pct"].notna().all()
    # a region that has no figure at either end is missing, not spliced
    gone = room.growth(metal[metal["region"] == "SI01"], start=2013, end=2014)
    assert gone["reason"].tolist() == ["no figure in 2013"]


def test_slovenia_itself_grows_over_the_change_of_its_regions(employment):
    panel = room.growth_panel(employment[employment["region"] == "SI"], ["C24", "C25"], level=0)
    jobs = cells_of(employment, "SI", ["C24", "C25"])
    assert growth_2011_2014(panel).loc["SI", "growth_pct"] == pytest.approx((jobs[2014] / jobs[2011] - 1) * 100)
    assert panel["segment"].eq(1).all()


def test_unusual_years_of_countries(employment):
    """Germany +5.2 % in 2014 and Switzerland +5.8 % in 2013 without a flag; the UK's is steady in this release."""
    table = room.unusual_years(employment).set_index(["country", "year"])["change_pct"].round(1)
    assert table["DE", 2014] == 5.2 and table["CH", 2013] == 5.8 and table["FI", 2013] == -6.1
    assert ("UK", 2014) not in table.index and ("FR", 2014) not in table.index
    assert (table.abs() >= 5).all()


def test_panel_and_growth_say_where_the_country_moved_unusually(metal):
    bavaria = metal[metal["region"] == "DE21"].set_index("year")["unusual"]
    assert bavaria[2014] and not bavaria[2013] and pd.isna(bavaria[2008])
    table = growth_2011_2014(metal, on_break="missing")
    assert table.loc["DE21", "unusual"] and not table.loc["ITC4", "unusual"]


def test_divisions_stand_as_the_table_has_them(employment):
    rows = employment[employment["region"].isin(["AT31", "AT32", "AT"])]
    panel = room.growth_panel(rows, ["C21", "C28"], by="division")
    assert list(panel.columns[:3]) == ["region", "sector", "year"] and set(panel["region"]) == {"AT31", "AT32"}
    cells = rows.set_index(["region", "sector", "year"])
    got = panel.set_index(["region", "sector", "year"])
    np.testing.assert_array_equal(got["jobs"], cells["value"].reindex(got.index))
    assert (got["status"] == cells["status"].reindex(got.index).astype(str)).all()
    table = growth_2011_2014(panel)
    assert table.index.names == ["region", "sector"] and len(table) == 4
    # a value stands exactly where the status says so
    assert (table["growth_pct"].notna() == table["status"].isin(["observed", "estimated"])).all()


def test_a_division_breaks_alone_with_its_section(employment):
    rows = employment[employment["region"] == "IE01"]
    panel = room.growth_panel(rows, ["C25", "F41"], by="division")
    begin = panel[panel["break_in"]]
    assert begin[["sector", "year"]].values.tolist() == [["F41", 2014]]
    with pytest.raises(ValueError, match=r"^IE01, F41 has a break in its figures in 2014: growth 2012-2014"):
        room.growth(panel, start=2012, end=2014)


def test_reports_refuse_with_the_same_sentence(employment):
    assert first_breaks(employment, ["C25"], 2011, 2014)["FRC2"] == 2014
    assert "FRC2" not in first_breaks(employment, ["C25"], 2014, 2015)
    with pytest.raises(ValueError, match=r"^FRC2 has a break .* unbroken: 2010-2013, 2014 alone$"):
        refuse_break(["FRC2"], ["C25"], 2011, 2014)
    with pytest.raises(ValueError, match="never spliced; use SI"):
        refuse_break(["SI03"], ["C25"], 2011, 2014)
    refuse_break(["FRC2"], ["C25"], 2010, 2013)


# --- properties

FLAGS = st.sampled_from(["", "", "", "b", "bc", "c", "d", "implausible", "3 absent"])
JOBS = st.one_of(st.integers(1, 5000).map(float), st.just(0.0), st.just(math.nan))


@st.composite
def tables(draw):
    regions = [f"AA0{number}" for number in range(draw(st.integers(1, 4)))]
    years = len(YEARS)
    parts = [
        series(draw(st.lists(JOBS, min_size=years, max_size=years)),
               draw(st.lists(FLAGS, min_size=years, max_size=years)), region=region, sector=sector)
        for region in regions for sector in ("C24", "C25")
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def crossed(rows, region, start, end):
    """Say by hand whether a window holds a break: a letter b, and no word of ours."""
    own = rows[(rows["region"] == region) & rows["year"].between(start + 1, end)]
    return own["flag"].isin(["b", "bc"]).any()


@QUICK
@given(tables(), st.tuples(st.sampled_from(YEARS), st.sampled_from(YEARS)).filter(lambda w: w[0] < w[1]))
def test_growth_is_refused_exactly_where_a_flag_lies_in_the_window(rows, window):
    start, end = window
    panel = room.growth_panel(rows, ["C24", "C25"])
    broken = {region for region in rows["region"].unique() if crossed(rows, region, start, end)}
    if broken:
        with pytest.raises(ValueError, match=f"^{min(broken)} has a break"):
            room.growth(panel, start=start, end=end)
    table = room.growth(panel, start=start, end=end, on_break="missing")
    assert set(table.index[table["reason"].str.startswith("break")]) == broken
    for region, row in table.iterrows():
        segments = panel[(panel["region"] == region) & panel["year"].isin(window)]["segment"]
        assert (segments.nunique() > 1) == (region in broken)
        jobs = [rows[(rows["region"] == region) & (rows["year"] == year)]["value"].sum(skipna=False) for year in window]
        if region in broken or any(map(math.isnan, jobs)) or jobs[0] == 0:
            assert math.isnan(row["growth_pct"])
        else:
            assert row["growth_pct"] == pytest.approx((jobs[1] / jobs[0] - 1) * 100)
            assert row["status"] == "observed" and row["reason"] == ""
        assert row["status"] in STATUSES


@QUICK
@given(tables())
def test_segments_count_the_breaks_before(rows):
    panel = room.growth_panel(rows, ["C24", "C25"])
    for region, own in panel.groupby("region"):
        assert own["year"].tolist() == YEARS
        steps = own["segment"].diff().fillna(own["segment"].iloc[0] - 1)
        assert (steps == own["break_in"]).all()
        flagged = rows[(rows["region"] == region) & rows["flag"].isin(["b", "bc"])]["year"]
        assert set(own.loc[own["break_in"], "year"]) == set(flagged)


@settings(QUICK, max_examples=6)
@given(tables(), st.randoms(use_true_random=False))
def test_order_of_rows_decides_nothing_and_the_input_stays(rows, random):
    shuffled = rows.iloc[random.sample(range(len(rows)), len(rows))]
    before = shuffled.copy()
    for by in ("cluster", "division"):
        first, second = (room.growth_panel(table, ["C24", "C25"], by=by) for table in (rows, shuffled))
        pd.testing.assert_frame_equal(first, second)
        table = room.growth(second, start=2008, end=2015, on_break="missing")
        pd.testing.assert_frame_equal(room.growth(first, start=2008, end=2015, on_break="missing"), table)
    pd.testing.assert_frame_equal(shuffled, before)


@settings(QUICK, max_examples=8)
@given(st.lists(st.integers(1, 5000), min_size=3, max_size=5))
def test_log_growth_adds_up_inside_a_segment(values):
    panel = room.growth_panel(series(values), ["C25"], by="division")
    last = 2008 + len(values) - 1
    steps = [room.growth(panel, start=y, end=y + 1)["growth_log"].item() for y in range(2008, last)]
    whole = room.growth(panel, start=2008, end=last).loc["AA01", "C25"]
    assert whole["growth_log"] == pytest.approx(sum(steps), abs=1e-9)
    assert math.exp(whole["growth_log"]) == pytest.approx(1 + whole["growth_pct"] / 100)


@QUICK
@given(tables())
def test_flags_of_other_sectors_break_nothing(rows):
    other = rows.assign(sector=rows["sector"].map({"C24": "G46", "C25": "G47"}), flag="b")
    both = pd.concat([rows, other])
    with_them, without = (room.growth_panel(table, ["C24"], by="division") for table in (both, rows))
    pd.testing.assert_frame_equal(with_them, without)


# --- edges


def test_status_is_the_worse_end_and_limits_cross():
    rows = series([100, 110, 120]).assign(lower=[100, 90, 120], upper=[100, 130, 120])
    rows["status"] = ["observed", "estimated", "observed"]
    panel = room.growth_panel(rows, ["C25"], by="division")
    table = room.growth(panel, start=2008, end=2009).loc["AA01", "C25"]
    assert table["status"] == "estimated"
    assert table[["growth_pct", "lower_pct", "upper_pct"]].tolist() == pytest.approx([10, -10, 30])
    table = room.growth(panel, start=2009, end=2010).loc["AA01", "C25"]
    assert table[["lower_pct", "upper_pct"]].tolist() == pytest.approx([(120 / 130 - 1) * 100, (120 / 90 - 1) * 100])
    assert room.growth(panel, start=2008, end=2010).loc[("AA01", "C25"), "status"] == "observed"


def test_a_withheld_division_has_limits_and_no_growth():
    rows = series([100, math.nan]).assign(lower=[100, 90], upper=[100, 120])
    rows["status"] = ["observed", "confidential"]
    row = room.growth(room.growth_panel(rows, ["C25"], by="division"), start=2008, end=2009).loc["AA01", "C25"]
    assert math.isnan(row["growth_pct"]) and row["status"] == "confidential" and row["reason"] == ""
    assert row[["lower_pct", "upper_pct"]].tolist() == pytest.approx([-10, 20])


def test_a_figure_that_nothing_limits_from_above_may_have_grown_without_limit():
    rows = series([100, math.nan, 100]).assign(lower=[100, 90, 100], upper=[100, math.nan, 100])
    rows["status"] = ["observed", "bound", "observed"]
    panel = room.growth_panel(rows, ["C25"], by="division")
    limits = ["lower_pct", "upper_pct"]
    row = room.growth(panel, start=2008, end=2009).loc["AA01", "C25"]
    assert row[limits].tolist() == pytest.approx([-10, math.inf]) and row["status"] == "bound"
    row = room.growth(panel, start=2009, end=2010).loc["AA01", "C25"]
    assert row[limits].tolist() == pytest.approx([-100, (100 / 90 - 1) * 100])


def test_a_start_from_0_has_no_growth_and_an_end_at_0_no_logarithm():
    table = room.growth(room.growth_panel(series([0, 10]), ["C25"]), start=2008, end=2009).loc["AA01"]
    assert math.isnan(table["growth_pct"]) and (table["status"], table["reason"]) == ("missing", "no jobs in 2008")
    table = room.growth(room.growth_panel(series([10, 0]), ["C25"]), start=2008, end=2009).loc["AA01"]
    assert table["growth_pct"] == -100 and math.isnan(table["growth_log"]) and table["status"] == "observed"


def test_a_year_without_a_figure_is_missing_and_breaks_nothing():
    panel = room.growth_panel(series([10, math.nan, 12]), ["C25"])
    assert panel["segment"].tolist() == [1, 1, 1] and panel["status"].tolist()[1] == "missing"
    assert room.growth(panel, start=2008, end=2010)["growth_pct"].item() == pytest.approx(20)
    for start, end in ((2008, 2009), (2009, 2010)):
        table = room.growth(panel, start=start, end=end).loc["AA01"]
        assert table["reason"] == "no figure in 2009" and table["status"] == "missing"


def test_a_total_without_a_year_before_is_not_called_steady():
    total = series([100, 106, math.nan, 107], region="AA", sector=TOTAL)
    panel = room.growth_panel(pd.concat([series([1, 2, 3, 4]), total]), ["C25"])
    assert panel["unusual"].isna().tolist() == [True, False, True, True] and panel["unusual"][1]
    assert room.growth_panel(series([1, 2]), ["C25"])["unusual"].isna().all(), "no totals, no word on them"
    down = room.unusual_years(series([100, 95, 99.75, 99.8], region="AA", sector=TOTAL))
    assert down["year"].tolist() == [2009, 2010], "5 % itself counts, up and down"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"start": 2007, "end": 2009}, "no figures for 2007 in the panel; available: 2008-2010"),
        ({"start": 2009, "end": 2009}, "growth is 2009 to 2009; two years in order are right"),
        ({"start": 2010, "end": 2008}, "growth is 2010 to 2008; two years in order are right"),
        ({"start": 2008, "end": 2010, "on_break": "ignore"}, "on_break 'ignore' is not available"),
    ],
)
def test_windows_that_cannot_be_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        room.growth(room.growth_panel(series([1, 2, 3]), ["C25"]), **options)


def test_panels_that_cannot_be_are_refused():
    rows = series([1, 2, 3])
    for by in ("cluster", "division"):
        with pytest.raises(ValueError, match="no division C99 in the table; a NACE division such as C28"):
            room.growth_panel(rows, ["C25", "C99"], by=by)
        with pytest.raises(ValueError, match="needs at least one division"):
            room.growth_panel(rows, [], by=by)
        with pytest.raises(ValueError, match="AA01, C25, 2008 stands twice; each cell may stand once"):
            room.growth_panel(pd.concat([rows, rows]), ["C25"], by=by)
    with pytest.raises(ValueError, match="no region of NUTS level 0 in the table; available: 2"):
        room.growth_panel(rows, ["C25"], level=0)
    with pytest.raises(ValueError, match="by 'section' is not available; available: cluster, division"):
        room.growth_panel(rows, ["C25"], by="section")
