"""Regional employment: what a cell becomes, what a region's total is, and what the EU's sum is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.cleaning.employment import (
    BUSINESS_ECONOMY,
    EU28_MEMBERS,
    SECTIONS,
    add_business_economy,
    european_reference,
    regional_cells,
)

NAN = float("nan")
JOBS, UNITS = "V16110", "V11210"


def tidy(*rows: tuple) -> pd.DataFrame:
    """Rows (sector, region, year, value, flag) of persons employed, as the reader returns them."""
    table = pd.DataFrame([(s, JOBS, *rest) for s, *rest in rows])
    table.columns = ["nace_r2", "indic_sb", "geo", "year", "value", "flag"]
    kinds = dict.fromkeys(["nace_r2", "indic_sb", "geo", "flag"], "category")
    return table.astype({**kinds, "year": "int16", "value": "float64"})


def cleaned(*rows: tuple, sectors=("C", "C28", "C29"), recodes=None) -> pd.DataFrame:
    recodes = {"FR43": "FRC2"} if recodes is None else recodes
    return regional_cells(tidy(*rows), indicator=JOBS, sectors=sectors, recodes=recodes)


def status_of(table: pd.DataFrame) -> dict[tuple, str]:
    return dict(zip(zip(table["region"], table["sector"], table["year"], strict=True), table["status"], strict=True))


# --- cells ------------------------------------------------------------------------------------------------


def test_a_figure_is_observed_a_hidden_one_confidential_the_rest_missing():
    table = cleaned(
        ("C", "ITC4", 2014, 7.0, ""),
        ("C28", "ITC4", 2014, 0.0, "b"),
        ("C29", "ITC4", 2014, NAN, "c"),
        ("C28", "ITC4", 2013, NAN, ""),
        ("C29", "ITC4", 2013, NAN, "u"),
    )
    assert status_of(table) == {
        ("ITC4", "C", 2014): "observed",
        ("ITC4", "C28", 2014): "observed",
        ("ITC4", "C29", 2014): "confidential",
        ("ITC4", "C28", 2013): "missing",
        ("ITC4", "C29", 2013): "missing",
    }
    flags = table.set_index(["sector", "year"])["flag"]
    assert flags["C28", 2014] == "b" and flags["C29", 2014] == "c" and flags["C29", 2013] == "u"
    assert table.set_index(["sector", "year"])["value"]["C28", 2014] == 0, "no jobs is a figure"


def test_cells_are_sorted_with_the_columns_of_the_processed_table():
    rows = [("C29", "ITC4", 2013, 1.0, ""), ("C28", "ITC4", 2014, 2.0, ""), ("C28", "AT31", 2014, 3.0, "")]
    table = cleaned(*rows)
    assert list(table.columns) == ["region", "sector", "year", "value", "status", "flag"]
    assert table["value"].tolist() == [3.0, 2.0, 1.0]
    pd.testing.assert_frame_equal(table, cleaned(*rows[::-1]))


def test_only_the_wanted_indicator_and_sectors_are_kept():
    table = tidy(("C28", "ITC4", 2014, 7.0, ""), ("C10_C11", "ITC4", 2014, 9.0, ""))
    other = table.assign(indic_sb=UNITS, value=1.0)
    both = pd.concat([table, other], ignore_index=True)
    kept = regional_cells(both, indicator=JOBS, sectors=["C28"], recodes={})
    assert kept[["sector", "value"]].to_numpy().tolist() == [["C28", 7.0]]


def test_an_old_code_becomes_the_canonical_one():
    table = cleaned(("C29", "FR43", 2014, 3837.0, "b"), ("C29", "ITC4", 2014, 1.0, ""))
    assert table["region"].tolist() == ["FRC2", "ITC4"]
    assert table["value"].tolist() == [3837.0, 1.0]


def test_regions_outside_the_territory_are_dropped_and_countries_that_end_in_z_stay():
    rows = [("C28", code, 2014, 1.0, "") for code in ("ITZZ", "ITZ", "CZ", "ITC4")]
    assert cleaned(*rows)["region"].tolist() == ["CZ", "ITC4"]


def test_pseudo_regions_are_kept_where_they_are_asked_for_and_their_nuts_1_row_never():
    rows = [("C28", code, 2014, 1.0, "") for code in ("ITZZ", "ITZ", "CZ", "ITC4")]
    kept = regional_cells(tidy(*rows), indicator=JOBS, sectors=["C28"], recodes={}, extra_regio=True)
    assert kept["region"].tolist() == ["CZ", "ITC4", "ITZZ"]


def test_a_region_without_a_single_figure_is_left_out():
    table = cleaned(("C28", "ITC4", 2014, 1.0, ""), ("C28", "DE50", 2014, NAN, "c"), ("C29", "DE50", 2014, NAN, ""))
    assert table["region"].unique().tolist() == ["ITC4"]


def test_old_and_new_code_filled_in_different_years_make_one_row_a_year():
    table = cleaned(
        ("C28", "FR43", 2013, 10.0, "b"),
        ("C28", "FRC2", 2013, NAN, ""),
        ("C28", "FR43", 2014, NAN, "c"),
        ("C28", "FRC2", 2014, 20.0, "e"),
    )
    assert table.to_numpy().tolist() == [
        ["FRC2", "C28", 2013, 10.0, "observed", "b"],
        ["FRC2", "C28", 2014, 20.0, "observed", "e"],
    ]


@pytest.mark.parametrize("first", ["FR43", "FRC2"])
@pytest.mark.parametrize("hidden", ["FR43", "FRC2"])
def test_a_cell_hidden_under_either_code_is_confidential_whatever_the_order_of_the_file(first, hidden):
    second = {"FR43": "FRC2", "FRC2": "FR43"}[first]
    rows = [("C28", code, 2014, NAN, "c" if code == hidden else "") for code in (first, second)]
    table = cleaned(*rows, ("C29", "FR43", 2014, 1.0, ""))
    assert status_of(table)["FRC2", "C28", 2014] == "confidential"


def test_two_vintages_that_both_give_a_figure_are_a_sentence():
    with pytest.raises(ValueError) as caught:
        cleaned(("C28", "FR43", 2013, 10.0, ""), ("C28", "FRC2", 2013, 11.0, ""))
    sentence = str(caught.value)
    assert sentence.startswith("mixed NUTS vintages: ") and "\n" not in sentence
    assert all(part in sentence for part in ("FR43", "FRC2", "C28", "2013"))


def test_a_cell_that_stands_twice_is_a_sentence_that_names_it():
    with pytest.raises(ValueError, match=r"^ITC4, C28, 2013 stands twice; each cell may stand once$"):
        cleaned(("C28", "ITC4", 2013, 10.0, ""), ("C28", "ITC4", 2013, 11.0, ""))


def test_a_negative_count_is_a_sentence_that_names_region_sector_year_and_value():
    sentence = r"^V16110 is negative for ITC4, C28, 2013: -10; a count cannot be below 0$"
    with pytest.raises(ValueError, match=sentence):
        cleaned(("C28", "ITC4", 2013, -10.0, ""))


def test_the_input_of_the_cells_is_not_changed():
    table = tidy(("C28", "FR43", 2013, 10.0, ""), ("C29", "FR43", 2013, NAN, "c"))
    before = table.copy(deep=True)
    regional_cells(table, indicator=JOBS, sectors=["C28", "C29"], recodes={"FR43": "FRC2"})
    pd.testing.assert_frame_equal(table, before)


# --- the business economy ---------------------------------------------------------------------------------


def economy(shares: dict[str, float], *, year: int = 2014, hide: dict[str, tuple] | None = None) -> pd.DataFrame:
    """A country IT whose regions hold fixed shares of every section: section i has 100 i jobs."""
    rows = []
    for code, share in {"IT": 1.0, **shares}.items():
        for i, section in enumerate(SECTIONS, start=1):
            hidden = section in (hide or {}).get(code, ())
            value, status, flag = (NAN, "confidential", "c") if hidden else (100.0 * i * share, "observed", "")
            rows.append((code, section, year, value, status, flag))
    table = pd.DataFrame(rows, columns=["region", "sector", "year", "value", "status", "flag"])
    return limited(table.astype({"year": "int16"}))


def limited(table: pd.DataFrame) -> pd.DataFrame:
    """Add what the completed table says besides: limits, and what a cell counts in sums."""
    return table.assign(lower=table["value"], upper=table["value"], counted=table["value"])


def totals(table: pd.DataFrame, **options) -> pd.DataFrame:
    return totals_with_limits(table, **options)[["value", "status"]]


def totals_with_limits(table: pd.DataFrame, **options) -> pd.DataFrame:
    before = table.copy()
    added = add_business_economy(table, **options)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(added.iloc[: len(table)], table)  # the cells themselves stay as they are
    rows = added.iloc[len(table) :]
    assert set(rows["sector"]) == {BUSINESS_ECONOMY}
    np.testing.assert_array_equal(rows["counted"], rows["value"])
    return rows.set_index("region")[["value", "lower", "upper", "status"]]


THIRDS = {"ITC1": 0.5, "ITC2": 0.3, "ITC3": 0.2}


def test_a_total_of_published_sections_is_their_sum_and_observed():
    found = totals(economy(THIRDS))
    assert set(found["status"]) == {"observed"}
    assert found["value"].to_dict() == pytest.approx({"IT": 9100, "ITC1": 4550, "ITC2": 2730, "ITC3": 1820})


def test_divisions_and_other_sectors_do_not_enter_the_total():
    table = economy(THIRDS)
    large = {"value": 1e6, "lower": 1e6, "upper": 1e6, "counted": 1e6}
    more = table[table["sector"] == "C"].assign(sector="C28", **large)
    section_s = table[table["sector"] == "S95"].assign(sector="S", **large)
    assert totals(pd.concat([table, more, section_s], ignore_index=True))["value"]["ITC1"] == 4550


def test_one_hidden_section_is_estimated_by_the_remainder_of_the_country():
    found = totals(economy(THIRDS, hide={"ITC2": ("C",)}))
    assert found["value"]["ITC2"] == pytest.approx(2730), "the remainder is all its own"
    assert found["status"].to_dict() == {
        "IT": "observed", "ITC1": "observed", "ITC2": "estimated", "ITC3": "observed",
    }  # fmt: skip


def test_a_remainder_is_shared_by_the_jobs_of_the_regions_that_hide_it():
    # ITC2 and ITC3 hide C (200 jobs, of which 100 are left over); their other jobs stand 3 to 2
    found = totals(economy(THIRDS, hide={"ITC2": ("C",), "ITC3": ("C",)}))
    assert found["value"]["ITC2"] == pytest.approx(2730 - 60 + 100 * 3 / 5)
    assert found["value"]["ITC3"] == pytest.approx(1820 - 40 + 100 * 2 / 5)


@settings(max_examples=60, deadline=None)
@given(
    shares=st.lists(st.integers(1, 1000), min_size=2, max_size=5),
    holes=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(SECTIONS)), min_size=1, max_size=12),
)
def test_estimates_conserve_the_totals_of_the_country_exactly(shares, holes):
    names = [f"ITC{i}" for i in range(len(shares))]
    hide: dict[str, tuple] = {}
    for i, section in holes:
        code = names[i % len(names)]
        if len({*hide.get(code, ()), section}) <= 5:  # more than 5 of 13 hidden: no total
            hide[code] = tuple({*hide.get(code, ()), section})
    parts = {name: share / sum(shares) for name, share in zip(names, shares, strict=True)}
    found = totals(economy(parts, hide=hide))
    assert found["status"].to_dict() == {"IT": "observed"} | {
        name: "estimated" if hide.get(name) else "observed" for name in names
    }
    assert found.loc[names, "value"].sum() == pytest.approx(9100, rel=1e-12)


def test_a_region_absent_from_the_file_does_not_hand_its_jobs_to_those_that_hide_theirs():
    # ITC1, half of the country, is not in the file: the remainder of C is not ITC2's
    table = economy(THIRDS, hide={"ITC2": ("C",)})
    found = totals(table[table["region"] != "ITC1"].reset_index(drop=True))
    assert not found["value"]["ITC2"] > 2730 * 1.01


def test_a_row_that_is_absent_counts_as_a_hole():
    table = economy(THIRDS)
    table = table[~((table["region"] == "ITC2") & (table["sector"] == "C"))].reset_index(drop=True)
    found = totals(table)
    assert found["status"]["ITC2"] == "estimated" and found["value"]["ITC2"] == pytest.approx(2730)


@pytest.mark.parametrize(("hidden", "status"), [(5, "estimated"), (6, "missing")])
def test_fewer_than_eight_published_sections_give_no_total(hidden, status):
    found = totals(economy(THIRDS, hide={"ITC2": SECTIONS[:hidden]}))
    assert found["status"]["ITC2"] == status
    assert found["value"].notna()["ITC2"] == (status == "estimated")


def test_a_section_hidden_in_the_country_too_leaves_no_total_and_never_a_sum_over_the_hole():
    found = totals(economy(THIRDS, hide={"IT": ("C",), "ITC2": ("C",)}))
    assert found["status"].to_dict() == {
        "IT": "missing", "ITC1": "observed", "ITC2": "missing", "ITC3": "observed",
    }  # fmt: skip
    assert found["value"].isna().to_dict() == {"IT": True, "ITC1": False, "ITC2": True, "ITC3": False}


def test_the_published_total_of_a_country_steps_in_and_is_called_estimated():
    index = pd.MultiIndex.from_tuples([("IT", 2014), ("IT", 2013)], names=["region", "year"])
    published = pd.Series([9111.0, 5.0], index=index)
    found = totals(economy(THIRDS, hide={"IT": ("C",)}), national_totals=published)
    assert found.loc["IT"].to_dict() == {"value": 9111.0, "status": "estimated"}
    assert found["value"]["ITC1"] == 4550


def test_a_published_remainder_below_zero_never_makes_negative_jobs():
    table = economy(THIRDS, hide={"ITC2": ("C",)})
    table.loc[(table["region"] == "IT") & (table["sector"] == "C"), ["value", "lower", "upper", "counted"]] = 1.0
    assert totals(table)["value"]["ITC2"] == pytest.approx(2730 - 60)


def test_years_do_not_mix():
    table = pd.concat([economy(THIRDS, hide={"ITC2": ("C",)}), economy({"ITC2": 1.0}, year=2013)], ignore_index=True)
    added = add_business_economy(table)
    found = added[added["sector"] == BUSINESS_ECONOMY].set_index(["region", "year"])["value"]
    assert found["ITC2", 2014] == pytest.approx(2730) and found["ITC2", 2013] == pytest.approx(9100)


# --- completed sections -----------------------------------------------------------------------------------


def put(table: pd.DataFrame, region: str, sector: str, **figures: object) -> pd.DataFrame:
    table = table.copy()
    for column, figure in figures.items():
        table.loc[(table["region"] == region) & (table["sector"] == sector), column] = figure
    return table


ESTIMATE = {"value": 70.0, "lower": 50.0, "upper": 90.0, "counted": 70.0, "status": "estimated"}
WITHHELD = {"value": NAN, "lower": 50.0, "upper": 90.0, "counted": 70.0, "status": "confidential"}


def test_a_published_total_is_its_own_limit():
    found = totals_with_limits(economy(THIRDS))
    for end in ("lower", "upper"):
        np.testing.assert_array_equal(found[end], found["value"])


@pytest.mark.parametrize("section", [ESTIMATE, WITHHELD], ids=["estimated", "withheld"])
def test_a_completed_section_counts_as_it_is_and_its_limits_are_those_of_the_total(section):
    # ITC2 holds 60 jobs in C by the country's remainder: what the section counts comes first
    found = totals_with_limits(put(economy(THIRDS, hide={"ITC2": ("C",)}), "ITC2", "C", **section)).loc["ITC2"]
    assert found.tolist() == [pytest.approx(2730 - 60 + 70), 2730 - 60 + 50, 2730 - 60 + 90, "estimated"]


def test_a_section_without_an_upper_limit_leaves_the_total_without_one():
    table = put(economy(THIRDS, hide={"ITC2": ("C",)}), "ITC2", "C", **(ESTIMATE | {"upper": NAN}))
    found = totals_with_limits(table).loc["ITC2"]
    assert np.isnan(found["upper"]) and found["lower"] == 2730 - 60 + 50 and found["value"] == 2730 - 60 + 70


def test_a_section_that_only_the_country_tells_has_no_limits_of_its_own():
    found = totals_with_limits(economy(THIRDS, hide={"ITC2": ("C",), "ITC3": ("C",)})).loc["ITC2"]
    assert found["lower"] == 2730 - 60 and np.isnan(found["upper"])
    assert found["value"] == pytest.approx(2730 - 60 + 60)


def test_a_withheld_section_is_no_remainder_for_the_others():
    # ITC2 is withheld and counts 70; of the country's remainder of 100 the 30 beyond are ITC3's
    table = put(economy(THIRDS, hide={"ITC2": ("C",), "ITC3": ("C",)}), "ITC2", "C", **WITHHELD)
    assert totals(table)["value"]["ITC3"] == pytest.approx(1820 - 40 + 30)


def test_limits_hold_the_published_total_of_a_country_even_where_it_counts_otherwise():
    index = pd.MultiIndex.from_tuples([("IT", 2014)], names=["region", "year"])
    for published in (8000.0, 12000.0):
        table = economy(THIRDS, hide={"IT": ("C",)})
        found = totals_with_limits(table, national_totals=pd.Series([published], index=index)).loc["IT"]
        assert found["value"] == published and found["lower"] == min(published, 9100 - 200)
        assert np.isnan(found["upper"])


def test_a_total_that_is_missing_has_no_limits():
    found = totals_with_limits(economy(THIRDS, hide={"ITC2": SECTIONS[:6]})).loc["ITC2"]
    assert found["status"] == "missing" and found[["value", "lower", "upper"]].isna().all()


# --- the European Union -----------------------------------------------------------------------------------


def members(sector: str = BUSINESS_ECONOMY, *, absent: tuple[str, ...] = (), year: int = 2014) -> pd.DataFrame:
    """Every member state with 100 jobs, Malta with 1, those in `absent` with none published."""
    table = pd.DataFrame({"region": list(EU28_MEMBERS), "sector": sector, "year": year})
    table["value"] = np.where(table["region"] == "MT", 1.0, 100.0)
    table["value"] = table["value"].mask(table["region"].isin(absent))
    table["status"] = np.where(table["value"].notna(), "observed", "confidential")
    return limited(table.assign(flag="").astype({"year": "int16"}))


NOTHING = members().iloc[:0][["region", "sector", "year", "value"]]


def reference(cells: pd.DataFrame, national: pd.DataFrame = NOTHING) -> pd.DataFrame:
    table = european_reference(cells, national)
    assert list(table.columns) == list(cells.columns) and set(table["region"]) == {"EU28"}
    return table.set_index(["sector", "year"])


def test_the_reference_is_the_sum_of_28_member_states_and_of_nothing_else():
    assert len(set(EU28_MEMBERS)) == 28 and {"UK", "HR", "EL"} <= set(EU28_MEMBERS) and "CH" not in EU28_MEMBERS
    more = members().head(4).assign(region=["CH", "NO", "AT3", "ITC4"], value=1e6)
    found = reference(pd.concat([members(), more], ignore_index=True)).loc[(BUSINESS_ECONOMY, 2014)]
    assert found[["value", "status", "flag"]].tolist() == [2701.0, "observed", ""]


def test_a_hidden_figure_of_a_country_comes_from_the_national_table():
    cells = pd.concat([members(), members("C28", absent=("DE", "MT"))], ignore_index=True)
    national = pd.DataFrame({"region": ["DE", "MT", "FR"], "sector": "C28", "year": 2014, "value": [70.0, 2.0, 1e6]})
    found = reference(cells, national).loc[("C28", 2014)]
    assert found[["value", "status", "flag"]].tolist() == [2600.0 + 72.0, "observed", ""], "FR is published already"


def test_small_absent_members_are_counted_in_the_flag_and_the_sum_stays_observed():
    cells = pd.concat([members(), members("C28", absent=("MT",))], ignore_index=True)
    found = reference(cells).loc[("C28", 2014)]
    assert found[["value", "status", "flag"]].tolist() == [2700.0, "observed", "1 absent"]
    assert (found["lower"], found["upper"]) == (2700.0, 2700.0)


def test_large_absent_members_make_the_sum_a_bound():
    cells = pd.concat([members(), members("C28", absent=("MT", "DE", "FR"))], ignore_index=True)
    found = reference(cells).loc[("C28", 2014)]
    assert found[["value", "status", "flag"]].tolist() == [2500.0, "bound", "3 absent"]
    assert found["lower"] == 2500.0 and np.isnan(found["upper"]), "the absent members come on top"


def test_a_country_that_is_not_in_the_table_at_all_is_absent_too():
    cells = pd.concat([members(), members("C28")], ignore_index=True)
    cells = cells[~((cells["region"] == "DE") & (cells["sector"] == "C28"))]
    found = reference(cells).loc[("C28", 2014)]
    assert found[["value", "status", "flag"]].tolist() == [2601.0, "bound", "1 absent"]


def test_a_sector_that_nobody_publishes_has_no_reference():
    cells = pd.concat([members(), members("C12", absent=EU28_MEMBERS)], ignore_index=True)
    found = reference(cells).loc[("C12", 2014)]
    assert np.isnan(found["value"]) and found["status"] == "missing" and found["flag"] == "28 absent"


def test_an_estimate_of_ours_is_no_published_figure_of_a_country():
    cells = pd.concat([members(), members("C28")], ignore_index=True)
    germany = (cells["region"] == "DE") & (cells["sector"] == "C28")
    cells.loc[germany, ["status", "value"]] = ["estimated", 90.0]
    national = pd.DataFrame({"region": ["DE"], "sector": "C28", "year": 2014, "value": [70.0]})
    assert reference(cells, national).loc[("C28", 2014), "value"] == 2601.0 + 70.0
    assert reference(cells).loc[("C28", 2014), ["value", "flag"]].tolist() == [2601.0, "1 absent"]


def test_the_total_of_all_jobs_may_rest_on_an_estimate():
    cells = members()
    cells.loc[cells["region"] == "DE", ["status", "value"]] = ["estimated", 90.4]
    assert reference(cells).loc[(BUSINESS_ECONOMY, 2014), "value"] == 2691.0  # rounded
