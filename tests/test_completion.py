"""The completed table: estimates in their places, hidden sums from their parts, published figures untouched."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets
from alpclusters_lib.cleaning import completion
from alpclusters_lib.cleaning.completion import completed_table
from alpclusters_lib.cleaning.suppression import Completed

NAN, INF = float("nan"), float("inf")
KEY = ["region", "sector", "year"]
FILLED = [*KEY, "value", "lower", "upper", "tight_lower", "tight_upper", "basis"]
CHILDREN = {"AA": ["AA11", "AA12", "AAZZ"], "AA1": ["AA11", "AA12"]}
Cells = dict[tuple[str, str], float]


@pytest.fixture(autouse=True)
def pinned_by_single_sums_only(request, monkeypatch):
    """Small made-up economies are pinned by their sums together: tested with disclosure and on the real file."""
    if not any(request.node.iter_markers("raw")) and "together" not in request.node.name:
        none = pd.Series(False, pd.MultiIndex.from_arrays([[], [], []], names=KEY))
        monkeypatch.setattr(completion, "jointly_pinned", lambda cells, children: none)


def economy() -> Cells:
    """Country AA: C10 and C28 in two regions, its extra-regio territory, and H in one division."""
    base = {
        ("AA11", "C10"): 1000.0, ("AA11", "C28"): 3000.0, ("AA11", "H49"): 500.0,
        ("AA12", "C10"): 2000.0, ("AA12", "C28"): 4000.0, ("AA12", "H49"): 700.0,
        ("AAZZ", "C10"): 10.0, ("AAZZ", "C28"): 20.0, ("AAZZ", "H49"): 30.0,
    }  # fmt: skip
    cells = dict(base)
    for (region, division), value in base.items():
        for parent in ("AA", "AA1") if region != "AAZZ" else ("AA",):
            cells[parent, division] = cells.get((parent, division), 0.0) + value
    for (region, division), value in list(cells.items()):
        cells[region, division[0]] = cells.get((region, division[0]), 0.0) + value
    return cells


def completed(
    cells: Cells, *, confidential: tuple = (), missing: tuple = (), filled: dict | None = None, implausible: tuple = (),
    year: int = 2014, children: dict | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Hide cells, put (value, lower, upper) of `filled` in, and return the table by region and sector."""
    rows = []
    for (region, sector), value in cells.items():
        status, flag = "observed", "b"
        if (region, sector) in confidential:
            value, status, flag = NAN, "confidential", "c"
        elif (region, sector) in missing:
            value, status, flag = NAN, "missing", ""
        elif (region, sector) in implausible:
            value, status, flag = NAN, "missing", "implausible"
        rows.append((region, sector, year, value, status, flag))
    table = pd.DataFrame(rows, columns=[*KEY, "value", "status", "flag"]).astype({"year": "int16"})
    # value, lower, upper; the limits without allowance for rounding are the same
    estimates = [(*cell, year, *numbers, *numbers[1:], "year") for cell, numbers in (filled or {}).items()]
    blank = pd.DataFrame()
    done = Completed(pd.DataFrame(estimates, columns=FILLED), blank, blank)
    before = table.copy()
    found = completed_table(table, done, CHILDREN if children is None else children)
    pd.testing.assert_frame_equal(table, before)
    assert list(found.columns) == [*KEY, "value", "lower", "upper", "status", "flag", "counted"]
    assert len(found) == len(table) and not found.duplicated(KEY).any()
    return found.set_index(["region", "sector"]).drop(columns="year")


COLUMNS = ["value", "lower", "upper", "status", "counted"]


def row(table: pd.DataFrame, *cell: str) -> list:
    return table.loc[cell, COLUMNS].tolist()


# --- divisions --------------------------------------------------------------------------------------------


def test_published_figures_stay_with_limits_equal_to_them():
    table = completed(economy())
    assert (table["status"] == "observed").all() and (table["flag"] == "b").all()
    expected = pd.Series(economy()).reindex(table.index)
    for column in ("value", "lower", "upper", "counted"):
        np.testing.assert_array_equal(table[column], expected)


def test_an_estimate_takes_the_place_of_a_hidden_cell_and_keeps_its_flag():
    table = completed(economy(), confidential=(("AA11", "C10"),), filled={("AA11", "C10"): (1013.0, 504.0, 1507.0)})
    assert row(table, "AA11", "C10") == [1013.0, 500.0, 1510.0, "estimated", 1013.0]
    assert table.loc[("AA11", "C10"), "flag"] == "c"
    assert row(table, "AA11", "C28") == [3000.0, 3000.0, 3000.0, "observed", 3000.0]


def test_a_pinned_estimate_is_taken_back_and_counts_with_the_middle_of_its_limits():
    table = completed(economy(), confidential=(("AA11", "C10"),), filled={("AA11", "C10"): (1013.0, 1001.0, 1020.0)})
    value, *rest = row(table, "AA11", "C10")
    assert np.isnan(value) and rest == [750.0, 1250.0, "confidential", 1000.0]


def test_what_the_publisher_merely_lacks_is_not_withheld():
    table = completed(economy(), missing=(("AA11", "C10"),), filled={("AA11", "C10"): (1013.0, 1001.0, 1020.0)})
    assert row(table, "AA11", "C10") == [1013.0, 1000.0, 1020.0, "estimated", 1013.0]


def test_an_estimate_without_an_upper_limit_stands_only_where_the_publisher_hides_a_figure():
    lone = {("AA11", "C10"): (1013.0, 0.0, INF)}
    table = completed(economy(), confidential=(("AA11", "C10"),), filled=lone)
    assert row(table, "AA11", "C10")[0] == 1013.0 and np.isnan(table.loc[("AA11", "C10"), "upper"])
    table = completed(economy(), missing=(("AA11", "C10"),), filled=lone)
    value, _, _, status, counted = row(table, "AA11", "C10")
    assert np.isnan(value) and np.isnan(counted) and status == "missing"


def test_a_hidden_cell_without_an_estimate_stays_hidden():
    table = completed(economy(), confidential=(("AA11", "C10"),))
    value, lower, upper, status, counted = row(table, "AA11", "C10")
    assert status == "confidential" and np.isnan([value, lower, upper, counted]).all()


# --- sums -------------------------------------------------------------------------------------------------

HIDDEN = (("AA11", "C10"), ("AA11", "C"))
WIDE = {("AA11", "C10"): (1013.0, 504.0, 1507.0)}


def test_a_hidden_section_is_the_sum_of_its_divisions_and_limits_add_up():
    table = completed(economy(), confidential=HIDDEN, filled=WIDE)
    # 1,013 + 3,000; the published limits of the estimate, 500 and 1,510, and 3,000 twice
    assert row(table, "AA11", "C") == [4013.0, 3500.0, 4510.0, "estimated", 4013.0]
    assert row(table, "AA12", "C")[3] == "observed"


def test_a_section_that_its_divisions_pin_is_withheld_like_a_division():
    near = {("AA11", "C10"): (1013.0, 713.0, 1307.0)}  # ±30 % of the division, ±8 % of its section
    table = completed(economy(), confidential=HIDDEN, filled=near)
    assert table.loc[("AA11", "C10"), "status"] == "estimated"
    value, lower, upper, status, counted = row(table, "AA11", "C")
    assert np.isnan(value) and status == "confidential"
    assert lower <= 3713 and upper >= 4307 and counted == (lower + upper) / 2


def test_a_section_of_one_withheld_division_is_withheld_with_it():
    pinned = {("AA11", "H49"): (503.0, 498.0, 508.0)}
    table = completed(economy(), confidential=(("AA11", "H49"), ("AA11", "H")), filled=pinned)
    for sector in ("H49", "H"):
        value, lower, upper, status, counted = row(table, "AA11", sector)
        assert np.isnan(value) and status == "confidential" and (lower, upper) == (375.0, 625.0) and counted == 500


def test_a_section_merely_missing_shows_the_middle_of_its_withheld_division_only():
    pinned = {("AA11", "H49"): (503.0, 498.0, 508.0)}
    table = completed(economy(), confidential=(("AA11", "H49"),), missing=(("AA11", "H"),), filled=pinned)
    assert row(table, "AA11", "H") == [500.0, 375.0, 625.0, "estimated", 500.0]


def test_a_sum_counts_a_withheld_division_with_its_middle():
    pinned = {("AA11", "C10"): (1013.0, 1001.0, 1020.0), ("AA11", "C28"): (3100.0, 1000.0, 6000.0)}
    hidden = (*HIDDEN, ("AA11", "C28"))
    table = completed(economy(), confidential=hidden, filled=pinned)
    assert row(table, "AA11", "C") == [4100.0, 1750.0, 7250.0, "estimated", 4100.0]


def test_an_infinite_limit_makes_the_sum_s_limit_infinite():
    table = completed(economy(), confidential=HIDDEN, filled={("AA11", "C10"): (1013.0, 0.0, INF)})
    value, lower, upper, status, _ = row(table, "AA11", "C")
    assert (value, lower, status) == (4013.0, 3000.0, "estimated") and np.isnan(upper)


def test_a_sum_with_a_part_that_nobody_knows_stays_hidden():
    table = completed(economy(), confidential=(*HIDDEN, ("AA11", "C28")), filled=WIDE)
    value, *_, status, counted = row(table, "AA11", "C")
    assert np.isnan(value) and np.isnan(counted) and status == "confidential"


def test_hidden_rows_of_nuts_1_and_of_the_country_are_the_sums_of_their_regions_pseudo_regions_included():
    hidden = (("AA11", "C10"), ("AA1", "C10"), ("AA", "C10"), ("AA", "C"))
    table = completed(economy(), confidential=hidden, filled={("AA11", "C10"): (1013.0, 4.0, 2507.0)})
    assert row(table, "AA1", "C10") == [3013.0, 2000.0, 4510.0, "estimated", 3013.0]
    assert row(table, "AA", "C10") == [3023.0, 2010.0, 4520.0, "estimated", 3023.0], "AAZZ holds 10"
    # the country's section lies within 12 and 13 % of its estimate: not pinned
    assert row(table, "AA", "C")[0] == 1013 + 2000 + 10 + 3000 + 4000 + 20


def test_a_country_whose_regions_do_not_add_up_is_not_filled():
    cells = economy()
    for sector in ("C28", "H49", "H"):  # more than 2 % above its regions: one of them is absent
        cells["AA", sector] *= 1.03
    for hidden in ({"missing": (("AA", "C10"), ("AA1", "C10"))}, {"confidential": (("AA", "C10"), ("AA1", "C10"))}):
        table = completed(cells, **hidden)
        assert table.loc[("AA", "C10"), ["value", "lower", "upper", "counted"]].isna().all()
        assert table.loc[("AA", "C10"), "status"] == next(iter(hidden))
        assert row(table, "AA1", "C10")[4] > 0, "NUTS 1 adds up"


def test_a_country_within_two_per_cent_of_its_regions_is_filled():
    cells = economy()
    for sector in ("C28", "H49", "H", "C"):
        cells["AA", sector] *= 1.015
    table = completed(cells, missing=(("AA", "C10"),))
    assert row(table, "AA", "C10") == [3010.0, 3010.0, 3010.0, "estimated", 3010.0]


def test_a_parent_of_which_nothing_can_be_compared_is_not_filled():
    hidden = tuple(("AA", sector) for sector in ("C10", "C28", "H49", "C", "H"))
    table = completed(economy(), confidential=hidden)
    assert table.loc["AA", "value"].isna().all()


def test_a_figure_withheld_as_implausible_is_not_put_back_from_its_parts():
    table = completed(economy(), implausible=(("AA", "C10"),))
    assert np.isnan(row(table, "AA", "C10")[0]) and table.loc[("AA", "C10"), "status"] == "missing"


def test_years_are_summed_apart():
    one = completed(economy(), confidential=HIDDEN, filled=WIDE, year=2013)
    assert row(one, "AA11", "C")[0] == 4013
    # an estimate of another year is none
    table = pd.DataFrame(
        [("AA11", "C10", 2014, NAN, "confidential", "c"), ("AA11", "C28", 2014, 3000.0, "observed", "")],
        columns=[*KEY, "value", "status", "flag"],
    )
    other = pd.DataFrame([("AA11", "C10", 2013, 5.0, 0.0, 9.0, 0.0, 9.0, "year")], columns=FILLED)
    found = completed_table(table, Completed(other, other, other), {})
    assert found["value"].isna().tolist() == [True, False]


# --- the published file -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_table(real_inputs) -> pd.DataFrame:
    return completed_table(real_inputs.jobs, real_inputs.completed, real_inputs.children)


@pytest.mark.raw
def test_every_published_figure_is_as_it_was(real_inputs, real_table):
    before, after = real_inputs.jobs.set_index(KEY).sort_index(), real_table.set_index(KEY).sort_index()
    pd.testing.assert_index_equal(before.index, after.index)
    observed = before["status"] == "observed"
    assert observed.sum() > 150_000
    for column in ("value", "lower", "upper", "counted"):
        np.testing.assert_array_equal(after.loc[observed, column], before.loc[observed, "value"])
    assert (after["status"] == "observed").equals(observed)
    pd.testing.assert_series_equal(before["flag"], after["flag"])


@pytest.mark.raw
def test_the_committed_table_holds_the_published_figures(real_inputs):
    committed = datasets.employment().set_index(KEY)
    observed = real_inputs.jobs[(real_inputs.jobs["status"] == "observed")].set_index(KEY)["value"]
    observed = observed[~observed.index.get_level_values("region").str.endswith("ZZ")]
    found = committed["value"].reindex(observed.index)
    np.testing.assert_array_equal(found, observed)


@pytest.mark.raw
def test_no_estimate_lies_outside_its_limits_and_a_cell_counts_where_it_has_a_value(real_table):
    estimated = real_table[real_table["status"] == "estimated"]
    assert (estimated["lower"] <= estimated["value"] + 1e-6).all()
    assert (estimated["value"] <= estimated["upper"].fillna(np.inf) + 1e-6).all()
    pd.testing.assert_series_equal(estimated["value"], estimated["counted"], check_names=False)
    withheld = real_table[(real_table["status"] == "confidential") & real_table["counted"].notna()]
    assert withheld["value"].isna().all() and len(withheld) > 1000
    np.testing.assert_allclose(withheld["counted"], (withheld["lower"] + withheld["upper"]) / 2)


@pytest.mark.raw
def test_hidden_sections_of_regions_are_what_their_divisions_count(real_table):
    regions = real_table[(real_table["region"].str.len() == 4) & (real_table["year"] == 2014)]
    sections = regions[(regions["sector"].str.len() == 1) & (regions["status"] == "estimated")]
    divisions = regions[regions["sector"].str.len() == 3]
    added = divisions.groupby([divisions["region"], divisions["sector"].str[0]])["counted"].sum()
    assert len(sections) > 50
    found = added.reindex(pd.MultiIndex.from_frame(sections[["region", "sector"]]))
    np.testing.assert_allclose(sections["value"], found, rtol=1e-9)
