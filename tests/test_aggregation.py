"""From divisions to a cluster: sums, limits around what is hidden, units of several regions, quotients."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.indicators.aggregation import cluster_employment, cluster_quotients, pooled
from alpclusters_lib.indicators.specialisation import location_quotient, location_quotient_interval

NAN = float("nan")
DIVISIONS = ("C10", "C26", "C27", "C28", "H49", "H50")


def jobs_table(cells: dict[tuple[str, str], float], *, year: int = 2014) -> pd.DataFrame:
    rows = [(r, s, year, v, "confidential" if np.isnan(v) else "observed") for (r, s), v in cells.items()]
    return pd.DataFrame(rows, columns=["region", "sector", "year", "value", "status"])


def region(c: float = 100.0, **divisions: float) -> pd.DataFrame:
    return jobs_table({("ITC4", "C"): c, **{("ITC4", d): v for d, v in divisions.items()}})


# --- cluster_employment -----------------------------------------------------------------------------------


def test_a_cluster_without_holes_is_the_exact_sum():
    found = cluster_employment(region(C10=33.0, C26=7.0, C28=60.0), ["C26", "C28"])
    assert found.index.names == ["region", "year"]
    assert found.loc[("ITC4", 2014)].to_dict() == {
        "jobs": 67.0, "lower": 67.0, "upper": 67.0, "hidden": 0, "status": "observed",
    }  # fmt: skip


def test_a_hidden_division_is_bounded_by_its_section_and_limits_are_rounded_outward_to_tens():
    # known of the cluster: 61; left in the section: 103 - 22 - 61 = 20; limits 61 and 81
    found = cluster_employment(region(103.0, C10=22.0, C28=61.0, C26=NAN), ["C26", "C28"])
    row = found.loc[("ITC4", 2014)]
    assert np.isnan(row["jobs"]) and (row["lower"], row["upper"]) == (60.0, 90.0)
    assert row["hidden"] == 1 and row["status"] == "bound"


def test_limits_on_a_ten_stay_there():
    row = cluster_employment(region(100.0, C10=20.0, C28=60.0, C26=NAN), ["C26", "C28"]).iloc[0]
    assert (row["lower"], row["upper"]) == (60.0, 80.0)


def test_a_division_without_a_row_is_hidden_like_one_without_a_value():
    table = pd.concat([region(C28=60.0, C26=5.0), jobs_table({("ITC1", "C"): 90.0, ("ITC1", "C28"): 50.0})])
    row = cluster_employment(table, ["C26", "C28"]).loc[("ITC1", 2014)]
    assert (row["lower"], row["upper"], row["hidden"], row["status"]) == (50.0, 90.0, 1, "bound")


def test_hidden_divisions_of_two_sections_are_bounded_by_both():
    table = jobs_table(
        {
            ("ITC4", "C"): 100.0, ("ITC4", "C28"): 60.0, ("ITC4", "C26"): NAN,
            ("ITC4", "H"): 50.0, ("ITC4", "H49"): NAN, ("ITC4", "H50"): 10.0,
        }
    )  # fmt: skip
    row = cluster_employment(table, ["C26", "C28", "H49"]).iloc[0]
    assert (row["lower"], row["upper"], row["hidden"]) == (60.0, 140.0, 2)


def test_a_section_that_hides_nothing_of_the_cluster_does_not_widen_the_limits():
    table = jobs_table(
        {
            ("ITC4", "C"): 100.0, ("ITC4", "C28"): 60.0, ("ITC4", "C26"): NAN,
            ("ITC4", "H"): NAN, ("ITC4", "H49"): 40.0, ("ITC4", "H50"): NAN,
        }
    )  # fmt: skip
    row = cluster_employment(table, ["C26", "C28", "H49"]).iloc[0]
    assert (row["lower"], row["upper"]) == (100.0, 140.0)


def test_where_the_section_is_hidden_too_only_the_lower_limit_is_known():
    row = cluster_employment(region(NAN, C28=60.0, C26=NAN), ["C26", "C28"]).iloc[0]
    assert row["lower"] == 60.0 and np.isnan(row["upper"]) and row["status"] == "bound"


def test_nothing_published_and_nothing_that_bounds_is_missing():
    row = cluster_employment(region(NAN, C28=60.0, C26=NAN, C27=NAN), ["C26", "C27"]).iloc[0]
    assert row[["jobs", "lower", "upper"]].isna().all() and row["status"] == "missing" and row["hidden"] == 2


def test_nothing_published_inside_a_published_section_is_bounded_from_zero():
    row = cluster_employment(region(100.0, C28=60.0, C26=NAN), ["C26"]).iloc[0]
    assert (row["lower"], row["upper"], row["status"]) == (0.0, 40.0, "bound")


@pytest.mark.parametrize("status", ["estimated", "bound"])
def test_the_status_is_the_worst_of_the_divisions_summed(status):
    table = region(100.0, C26=5.0, C28=60.0)
    table.loc[table["sector"] == "C26", "status"] = status
    assert cluster_employment(table, ["C26", "C28"])["status"].tolist() == [status]
    assert cluster_employment(table, ["C28"])["status"].tolist() == ["observed"]


def test_a_division_named_twice_counts_once():
    assert cluster_employment(region(C28=60.0), ["C28", "C28"])["jobs"].tolist() == [60.0]


def test_an_unknown_division_is_a_sentence_that_names_it():
    with pytest.raises(ValueError, match=r"^no division C99 in the table; a NACE division such as C28"):
        cluster_employment(region(C28=60.0), ["C28", "C99"])


def test_a_cluster_of_nothing_is_a_sentence():
    with pytest.raises(ValueError, match="a cluster needs at least one division"):
        cluster_employment(region(C28=60.0), [])


def test_a_cell_that_stands_twice_is_a_sentence_that_names_it():
    table = region(C28=60.0)
    with pytest.raises(ValueError, match=r"ITC4.*C28.*2014"):
        cluster_employment(pd.concat([table, table.tail(1)]), ["C28"])


def test_input_and_order_of_rows_do_not_matter():
    table = pd.concat(
        [region(C28=60.0, C26=NAN, C10=1.0), region(C28=50.0, C26=4.0, C10=2.0).assign(year=2013)], ignore_index=True
    )
    before = table.copy(deep=True)
    found = cluster_employment(table, ["C26", "C28"])
    pd.testing.assert_frame_equal(table, before)
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(cluster_employment(shuffled, ["C28", "C26"]).sort_index(), found.sort_index())


@st.composite
def economies(draw):
    """Complete jobs by region and division, which cells are hidden, and the divisions of a cluster."""
    regions = ["R1", "R2", "R3"][: draw(st.integers(1, 3))]
    jobs = {(r, d): float(draw(st.integers(0, 500))) for r in regions for d in DIVISIONS}
    hidden = draw(st.sets(st.sampled_from(sorted(jobs)), max_size=5))
    cluster = draw(st.lists(st.sampled_from(DIVISIONS), min_size=1, max_size=4, unique=True))
    return regions, jobs, hidden, cluster


@settings(max_examples=50, deadline=None)
@given(economies())
def test_limits_contain_the_truth_when_cells_are_hidden_and_are_exact_when_none_is(economy):
    regions, jobs, hidden, cluster = economy
    sections = {(r, s): sum(v for (q, d), v in jobs.items() if q == r and d[0] == s) for r in regions for s in "CH"}
    shown = {cell: NAN if cell in hidden else v for cell, v in jobs.items()}
    found = cluster_employment(jobs_table({**shown, **sections}), cluster)
    assert len(found) == len(regions)
    for r in regions:
        truth = sum(jobs[r, d] for d in cluster)
        row = found.loc[(r, 2014)]
        gone = [d for d in cluster if (r, d) in hidden]
        assert row["hidden"] == len(gone)
        if not gone:
            assert row[["jobs", "lower", "upper"]].tolist() == [truth] * 3 and row["status"] == "observed"
            continue
        assert np.isnan(row["jobs"]) and row["status"] == "bound"
        assert row["lower"] <= truth <= row["upper"]
        assert row["lower"] % 10 == row["upper"] % 10 == 0
        known = sum(jobs[r, d] for d in cluster if d not in gone)
        unseen = sum(jobs[q, d] for q, d in hidden if q == r and d[0] in {g[0] for g in gone})
        assert known - row["lower"] < 10 and row["upper"] - (known + unseen) < 10, "no wider than need be"


# --- cluster_employment on a completed table ------------------------------------------------------------------


def completed(**cells: tuple | float) -> pd.DataFrame:
    """Cells of ITC4: a number is published, (value, lower, upper) estimated, (None, lower, upper) withheld."""
    rows = []
    for sector, cell in cells.items():
        value, lower, upper = cell if isinstance(cell, tuple) else (cell, cell, cell)
        status = "observed" if not isinstance(cell, tuple) else "confidential" if value is None else "estimated"
        rows.append(("ITC4", sector, 2014, NAN if value is None else value, lower, upper, status))
    columns = ["region", "sector", "year", "value", "lower", "upper", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "lower": float, "upper": float})


def summed(table: pd.DataFrame, *divisions: str) -> list:
    row = cluster_employment(table, divisions).loc[("ITC4", 2014)]
    return row[["jobs", "lower", "upper", "hidden", "status"]].tolist()


def test_an_estimated_division_counts_and_brings_its_limits_rounded_outwards():
    table = completed(C26=(12.0, 5.0, 31.0), C28=61.0)
    assert summed(table, "C26", "C28") == [73.0, 60.0, 100.0, 1, "estimated"]
    assert summed(table, "C28") == [61.0, 61.0, 61.0, 0, "observed"]
    assert summed(table, "C26") == [12.0, 0.0, 40.0, 1, "estimated"]


def test_the_published_section_narrows_the_sum_from_above_and_from_below():
    # C leaves 100 - 61 = 39 for C26 and C10 together; C10 holds 15 to 25, so C26 holds 14 to 24
    table = completed(C=100.0, C26=(20.0, 0.0, 39.0), C10=(19.0, 15.0, 25.0), C28=61.0)
    assert summed(table, "C26", "C28") == [81.0, 70.0, 90.0, 1, "estimated"]
    assert summed(table, "C26", "C10") == [39.0, 30.0, 40.0, 2, "estimated"]


def test_a_section_that_is_itself_an_estimate_narrows_nothing():
    table = completed(C=(100.0, 90.0, 110.0), C26=(20.0, 0.0, 80.0), C28=61.0)
    assert summed(table, "C26", "C28") == [81.0, 60.0, 150.0, 1, "estimated"]


def test_a_withheld_division_counts_with_the_middle_of_its_limits_inside_a_family():
    table = completed(C26=(None, 400.0, 600.0), C28=61.0)
    assert summed(table, "C26", "C28") == [561.0, 460.0, 670.0, 1, "estimated"]


def test_a_cluster_of_one_withheld_division_has_limits_and_no_jobs():
    table = completed(C26=(None, 400.0, 600.0), C28=61.0)
    jobs, *rest = summed(table, "C26")
    assert np.isnan(jobs) and rest == [400.0, 600.0, 1, "bound"]
    jobs, *rest = summed(table, "C26", "C26")  # named twice it is still alone
    assert np.isnan(jobs) and rest == [400.0, 600.0, 1, "bound"]


def test_the_section_never_narrows_a_withheld_division():
    # C tells that C26 holds 503: the family does not
    table = completed(C=564.0, C26=(None, 400.0, 600.0), C28=61.0)
    assert summed(table, "C26", "C28") == [561.0, 460.0, 670.0, 1, "estimated"]
    jobs, *rest = summed(table, "C26")
    assert np.isnan(jobs) and rest == [400.0, 600.0, 1, "bound"]
    # nor an estimate that shares its section with it in the family
    table = completed(C=604.0, C26=(None, 400.0, 600.0), C10=(40.0, 0.0, 90.0), C28=61.0)
    assert summed(table, "C26", "C10", "C28") == [601.0, 460.0, 760.0, 2, "estimated"]


def test_a_withheld_division_in_one_section_leaves_the_other_section_its_limits():
    table = completed(C=564.0, C26=(None, 400.0, 600.0), C28=61.0, H=50.0, H49=(20.0, 0.0, 45.0), H50=30.0)
    assert summed(table, "C26", "C28", "H49") == [581.0, 480.0, 690.0, 2, "estimated"]


def test_a_withheld_division_outside_the_family_is_taken_at_its_rounded_limits():
    # C leaves 700 for C26 and C10; C26 holds 400 to 600 as told, so C10 holds 100 to 300
    table = completed(C=761.0, C26=(None, 400.0, 600.0), C10=(200.0, 0.0, 700.0), C28=61.0)
    assert summed(table, "C10", "C28") == [261.0, 160.0, 370.0, 1, "estimated"]


def test_an_estimate_that_nothing_limits_has_no_upper_limit():
    assert np.isnan(summed(completed(C26=(12.0, 5.0, NAN), C28=61.0), "C26", "C28")[2])
    # the section does: it leaves 39 for C26 and C10
    table = completed(C=100.0, C26=(12.0, 5.0, NAN), C10=(20.0, 0.0, NAN), C28=61.0)
    assert summed(table, "C26", "C28")[1:3] == [60.0, 100.0]


def test_a_division_without_an_estimate_still_makes_bounds_beside_one_with():
    table = completed(C=100.0, C26=(12.0, 5.0, 31.0), C28=61.0, C10=10.0)
    hole = table[table["sector"] == "C10"].assign(sector="C27", value=NAN, lower=NAN, upper=NAN, status="confidential")
    jobs, lower, upper, hidden, status = summed(pd.concat([table, hole]), "C26", "C27", "C28")
    # C leaves 29 for C26 and C27
    assert np.isnan(jobs) and (lower, upper, hidden, status) == (60.0, 90.0, 2, "bound")


def test_a_european_sum_that_is_a_lower_limit_stays_one():
    table = completed(C26=10.0, C28=61.0).assign(region="EU28", status=["bound", "observed"], upper=[NAN, 61.0])
    row = cluster_employment(table, ["C26", "C28"]).loc[("EU28", 2014)]
    assert row[["jobs", "lower", "hidden", "status"]].tolist() == [71.0, 71.0, 0, "bound"]
    assert cluster_employment(table, ["C28"]).loc[("EU28", 2014), "status"] == "observed"


@settings(max_examples=20, deadline=None)
@given(economies())
def test_a_table_without_limits_is_summed_as_one_with_empty_limits(economy):
    regions, jobs, hidden, cluster = economy
    sections = {(r, s): sum(v for (q, d), v in jobs.items() if q == r and d[0] == s) for r in regions for s in "CH"}
    table = jobs_table({**{cell: NAN if cell in hidden else v for cell, v in jobs.items()}, **sections})
    limits = table.assign(lower=table["value"], upper=table["value"])
    pd.testing.assert_frame_equal(cluster_employment(table, cluster), cluster_employment(limits, cluster))


@settings(max_examples=40, deadline=None)
@given(economies(), st.data())
def test_limits_contain_the_truth_whatever_is_estimated_or_withheld(economy, data):
    regions, jobs, hidden, cluster = economy
    rows = []
    for (r, d), truth in jobs.items():
        if (r, d) not in hidden:
            rows.append((r, d, 2014, truth, truth, truth, "observed"))
            continue
        lower = truth - data.draw(st.integers(0, int(truth)))
        upper = truth + data.draw(st.integers(0, 300))
        value = data.draw(st.floats(lower, upper))
        told = data.draw(st.sampled_from(["estimated", "confidential"]))
        rows.append((r, d, 2014, value if told == "estimated" else NAN, lower, upper, told))
    for r in regions:
        for s in "CH":
            total = sum(v for (q, d), v in jobs.items() if q == r and d[0] == s)
            rows.append((r, s, 2014, total, total, total, "observed"))
    table = pd.DataFrame(rows, columns=["region", "sector", "year", "value", "lower", "upper", "status"])
    found = cluster_employment(table, cluster)
    for r in regions:
        truth, row = sum(jobs[r, d] for d in cluster), found.loc[(r, 2014)]
        assert row["lower"] <= truth <= row["upper"]
        gone = [d for d in cluster if (r, d) in hidden]
        assert row["hidden"] == len(gone) and (row["status"] == "observed") == (not gone)
        own = table[(table["region"] == r) & table["sector"].isin(cluster)]
        assert row["lower"] >= np.floor(own["lower"].sum() / 10) * 10 - 1e-9, "no wider than the parts"
        assert row["upper"] <= np.ceil(own["upper"].sum() / 10) * 10 + 1e-9


# --- pooled -----------------------------------------------------------------------------------------------


def parts() -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(
        [("SI03", 2013), ("SI04", 2013), ("SI03", 2014), ("SI04", 2014), ("SI03", 2015), ("ITC4", 2014)],
        names=["region", "year"],
    )
    return pd.DataFrame(
        {
            "jobs": [10.0, 5.0, NAN, 7.0, 9.0, 1000.0],
            "lower": [10.0, 5.0, 20.0, 7.0, 9.0, 1000.0],
            "upper": [10.0, 5.0, 40.0, 7.0, 9.0, 1000.0],
            "status": ["observed", "estimated", "bound", "observed", "observed", "observed"],
        },
        index=index,
    )


def test_a_unit_is_the_sum_of_its_regions_with_the_worst_status():
    found = pooled(parts(), ["SI03", "SI04"], "Slovenia")
    assert found.index.names == ["region", "year"] and set(found.index.get_level_values("region")) == {"Slovenia"}
    row = found.loc[("Slovenia", 2013)]
    assert row.tolist() == [15.0, 15.0, 15.0, "estimated"]


def test_limits_add_up_where_jobs_are_hidden_in_a_part():
    row = pooled(parts(), ["SI03", "SI04"], "Slovenia").loc[("Slovenia", 2014)]
    assert np.isnan(row["jobs"]) and row[["lower", "upper", "status"]].tolist() == [27.0, 47.0, "bound"]


def test_a_year_without_one_of_the_regions_is_missing():
    row = pooled(parts(), ["SI03", "SI04"], "Slovenia").loc[("Slovenia", 2015)]
    assert row[["jobs", "lower", "upper"]].isna().all() and row["status"] == "missing"


def test_pooling_one_region_changes_only_its_name():
    table = parts()
    alone = pooled(table, ["SI03"], "SI03")
    pd.testing.assert_frame_equal(alone, table[table.index.get_level_values("region") == "SI03"])


def test_pooling_leaves_its_input_alone_and_a_code_named_twice_counts_once():
    table = parts()
    once = pooled(table, ["SI03", "SI04"], "Slovenia")
    pd.testing.assert_frame_equal(table, parts())
    pd.testing.assert_frame_equal(pooled(table, ["SI04", "SI03", "SI04"], "Slovenia"), once)


# --- cluster_quotients ------------------------------------------------------------------------------------

REGIONS = ["ITC4", "AT31", "DE14", "SI03"]


def exact(values: list[float]) -> pd.DataFrame:
    jobs = pd.Series(values, index=REGIONS, dtype=float)
    return pd.DataFrame({"jobs": jobs, "lower": jobs, "upper": jobs, "status": "observed"})


def totals(values: list[float], status: str = "observed") -> pd.DataFrame:
    return pd.DataFrame({"value": values, "status": status}, index=REGIONS, dtype=object).astype({"value": float})


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 10_000), min_size=4, max_size=4),
    st.lists(st.integers(10_000, 100_000), min_size=4, max_size=4),
    st.integers(1, 400_000),
)
def test_on_complete_data_it_is_the_location_quotient_and_its_interval(jobs, all_jobs, reference_jobs):
    reference = pd.Series({"cluster": reference_jobs, "rest": 1_000_000 - reference_jobs})
    table = pd.DataFrame({"cluster": jobs}, index=REGIONS)
    whole = pd.Series(all_jobs, index=REGIONS)
    found = cluster_quotients(exact(jobs), totals(all_jobs), reference_jobs=reference_jobs, reference_total=1_000_000)
    expected = location_quotient(table, totals=whole, reference=reference)["cluster"]
    limits = location_quotient_interval(table, totals=whole, reference=reference).droplevel("sector")
    np.testing.assert_allclose(found["lq"], expected, rtol=1e-12)
    np.testing.assert_allclose(found["lq"], (np.array(jobs) / all_jobs) / (reference_jobs / 1_000_000), rtol=1e-12)
    np.testing.assert_allclose(found[["lower", "upper"]], limits[["lower", "upper"]], rtol=1e-12)
    np.testing.assert_allclose(found["share"], np.array(jobs) / all_jobs, rtol=1e-12)
    assert (found["lower"] <= found["lq"] * (1 + 1e-12)).all() and (found["lq"] <= found["upper"] * (1 + 1e-12)).all()
    assert set(found["status"]) == {"observed"} and list(found.index) == REGIONS


OPTIONS = {"reference_jobs": 100.0, "reference_total": 1000.0}


def mixed() -> pd.DataFrame:
    """Known, bounded, empty, and bounded from below only."""
    return pd.DataFrame(
        {
            "jobs": [10.0, NAN, 0.0, NAN],
            "lower": [10.0, 20.0, 0.0, 30.0],
            "upper": [10.0, 60.0, 0.0, NAN],
            "status": ["observed", "bound", "observed", "bound"],
        },
        index=REGIONS,
    )


def test_labels_are_aligned_and_never_positions():
    jobs, whole = mixed(), totals([100.0, 200.0, 50.0, 400.0])
    units = pd.Series([3.0, 4.0, 1.0, 2.0], index=REGIONS)
    expected = cluster_quotients(jobs, whole, local_units=units, **OPTIONS)
    extra = pd.DataFrame({"value": [7.0], "status": ["observed"]}, index=["FRC2"])
    found = cluster_quotients(
        jobs.iloc[[2, 0, 3, 1]],
        pd.concat([extra, whole.iloc[::-1]]),
        local_units=units.iloc[[1, 3, 0, 2]],
        **OPTIONS,
    )
    assert list(found.index) == ["DE14", "ITC4", "SI03", "AT31"]
    pd.testing.assert_frame_equal(found.loc[REGIONS], expected)


def test_bounded_jobs_have_no_quotient_but_the_widest_limits():
    found = cluster_quotients(mixed(), totals([100.0, 200.0, 50.0, 400.0]), **OPTIONS).loc["AT31"]
    lowest = cluster_quotients(exact([10, 20, 0, 30]), totals([100.0, 200.0, 50.0, 400.0]), **OPTIONS).loc["AT31"]
    highest = cluster_quotients(exact([10, 60, 0, 30]), totals([100.0, 200.0, 50.0, 400.0]), **OPTIONS).loc["AT31"]
    assert np.isnan(found["lq"]) and np.isnan(found["share"]) and found["status"] == "bound"
    assert (found["lower"], found["upper"]) == (lowest["lower"], highest["upper"])
    assert found["lower"] < lowest["lq"] < highest["lq"] < found["upper"]


def test_jobs_known_from_below_only_have_a_lower_limit_only():
    found = cluster_quotients(mixed(), totals([100.0, 200.0, 50.0, 400.0]), **OPTIONS).loc["SI03"]
    assert found["lower"] > 0 and np.isnan(found["upper"]) and np.isnan(found["lq"])


def test_no_jobs_is_a_quotient_of_zero_with_an_upper_limit():
    found = cluster_quotients(mixed(), totals([100.0, 200.0, 50.0, 400.0]), **OPTIONS).loc["DE14"]
    assert (found["lq"], found["lower"]) == (0.0, 0.0) and found["upper"] > 0


@pytest.mark.parametrize("absent", ["row", "value"])
def test_a_region_without_a_total_has_jobs_and_nothing_else_and_is_missing(absent):
    whole = totals([100.0, 200.0, 50.0, 400.0])
    if absent == "row":
        whole = whole.drop("ITC4")
    else:
        whole.loc["ITC4"] = [NAN, "missing"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cluster_quotients(mixed(), whole, **OPTIONS)
    assert found.loc["ITC4", ["share", "lq", "lower", "upper"]].isna().all()
    assert found.loc["ITC4", ["jobs", "status"]].tolist() == [10.0, "missing"]
    assert found.loc["DE14", "lq"] == 0.0, "the others keep theirs"


def test_the_status_is_the_worse_of_jobs_and_total():
    found = cluster_quotients(mixed(), totals([100.0, 200.0, 50.0, 400.0], "estimated"), **OPTIONS)
    assert found["status"].tolist() == ["estimated"] * 4


def test_fewer_units_for_the_same_jobs_make_the_interval_wider():
    whole = totals([1000.0, 2000.0, 500.0, 4000.0])
    jobs = exact([100, 200, 50, 400])
    europe = {"reference_jobs": 1e5, "reference_total": 1e6}
    many = cluster_quotients(jobs, whole, local_units=jobs["jobs"] / 2, **europe)
    few = cluster_quotients(jobs, whole, local_units=jobs["jobs"] / 25, **europe)
    assert (few["upper"] - few["lower"] > many["upper"] - many["lower"]).all()
    pd.testing.assert_series_equal(few["lq"], many["lq"])


def test_inputs_of_the_quotients_are_not_changed():
    jobs, whole = mixed(), totals([100.0, 200.0, 50.0, 400.0])
    cluster_quotients(jobs, whole, **OPTIONS)
    pd.testing.assert_frame_equal(jobs, mixed())
    pd.testing.assert_frame_equal(whole, totals([100.0, 200.0, 50.0, 400.0]))


def test_estimated_jobs_have_a_quotient_and_the_quotients_of_their_limits():
    jobs = pd.DataFrame(
        {"jobs": [40.0], "lower": [20.0], "upper": [60.0], "status": ["estimated"]}, index=pd.Index(["AT31"])
    )
    whole = pd.DataFrame({"value": [200.0], "lower": [160.0], "upper": [240.0], "status": ["estimated"]}, ["AT31"])
    found = cluster_quotients(jobs, whole, **OPTIONS).loc["AT31"]
    # the reference holds a tenth of its jobs in the cluster; the least quotient has the largest economy
    assert found["lq"] == pytest.approx(40 / 200 / 0.1) and found["status"] == "estimated"
    assert found["lq_lower"] == pytest.approx(20 / 240 / 0.1) and found["lq_upper"] == pytest.approx(60 / 160 / 0.1)
    assert found["extreme_lower"] < found["lower"] < found["lq"] < found["upper"] < found["extreme_upper"]


def test_a_total_without_limits_stands_for_them():
    jobs = pd.DataFrame({"jobs": 40.0, "lower": 20.0, "upper": 60.0, "status": "estimated"}, ["AT31", "ITC4"])
    whole = pd.DataFrame({"value": 200.0, "lower": [NAN, 160.0], "upper": NAN, "status": "estimated"}, jobs.index)
    found = cluster_quotients(jobs, whole, **OPTIONS)
    assert found["lq_lower"].tolist() == pytest.approx([1.0, 1.0])
    assert found["lq_upper"].tolist() == pytest.approx([3.0, 3.75])


# tenths of a job, as estimates stand in the table
TENTHS = [st.integers(0, 50_000).map(lambda n: n / 10)] * 3, [st.integers(5_000, 60_000).map(float)] * 3


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(*TENTHS[0], *TENTHS[1]), min_size=4, max_size=4),
    st.lists(st.one_of(st.just(NAN), st.integers(1, 500).map(float)), min_size=4, max_size=4),
    st.booleans(),
    st.floats(1, 300),
)
def test_the_extremes_contain_the_interval_and_are_it_where_figures_are_published(rows, units, with_units, per_unit):
    ordered = [(*sorted(row[:3]), *sorted(row[3:])) for row in rows]
    jobs = pd.DataFrame([(b, a, c) for a, b, c, *_ in ordered], REGIONS, ["jobs", "lower", "upper"])
    whole = pd.DataFrame([(b, a, c) for *_, a, b, c in ordered], REGIONS, ["value", "lower", "upper"])
    options = {"local_units": pd.Series(units, REGIONS), "jobs_per_unit": per_unit} if with_units else {}
    options |= {"reference_jobs": 1e5, "reference_total": 1e6}
    estimated = cluster_quotients(jobs.assign(status="estimated"), whole.assign(status="estimated"), **options)
    slack = 1 + 1e-9
    assert (estimated["extreme_lower"] <= estimated["lower"] * slack).all()
    assert (estimated["extreme_upper"] * slack >= estimated["upper"]).all()
    assert (estimated["lq_lower"] <= estimated["lq"] * slack).all()
    assert (estimated["lq_upper"] * slack >= estimated["lq"]).all()
    for end in ("lower", "upper"):
        jobs[end], whole[end] = jobs["jobs"], whole["value"]
    published = cluster_quotients(jobs.assign(status="observed"), whole.assign(status="observed"), **options)
    for end in ("lower", "upper"):
        np.testing.assert_array_equal(published[f"extreme_{end}"], published[end])
        np.testing.assert_array_equal(published[f"lq_{end}"], published["lq"])
