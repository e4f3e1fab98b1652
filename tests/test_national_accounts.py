"""National structural business statistics: which rows are kept and what each cell becomes."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.national_accounts import INDICATORS, national_accounts

NAN = float("nan")


def tidy(*rows: tuple) -> pd.DataFrame:
    """Rows (sector, indicator code, country, year, value, flag), as the reader returns them."""
    table = pd.DataFrame(rows, columns=["nace_r2", "indic_sb", "geo", "year", "value", "flag"])
    kinds = dict.fromkeys(["nace_r2", "indic_sb", "geo", "flag"], "category")
    return table.astype({**kinds, "year": "int16", "value": "float64"})


def made(*rows: tuple, sectors=("C10", "C28")) -> list[list]:
    return national_accounts(tidy(*rows), sectors=sectors).to_numpy().tolist()


def test_every_indicator_code_gets_its_name_and_its_value_unchanged():
    rows = [("C28", code, "CH", 2014, 10.5 + i, "") for i, code in enumerate(INDICATORS)]
    table = national_accounts(tidy(*rows), sectors=["C28"])
    expected = {name: 10.5 + i for i, (name, _) in enumerate(INDICATORS.values())}
    assert table.set_index("indicator")["value"].to_dict() == expected
    # the codes of Eurostat's dictionary indic_sb
    names = {code: name for code, (name, _) in INDICATORS.items()}
    assert names["V16110"] == "employment" and names["V16130"] == "employees"
    assert names["V12150"] == "value_added" and names["V12110"] == "turnover"
    assert names["V13310"] == "personnel_costs" and names["V13320"] == "wages"
    assert names["V11110"] == "enterprises" and names["V15110"] == "investment"


def test_status_follows_value_and_flag():
    rows = made(
        ("C10", "V16110", "CH", 2014, 81013.0, "d"),
        ("C28", "V16110", "AT", 2014, NAN, "c"),
        ("C28", "V16110", "BE", 2014, NAN, "u"),
    )
    assert [(r[0], r[5], r[6]) for r in rows] == [
        ("AT", "confidential", "c"),
        ("BE", "missing", "u"),
        ("CH", "observed", "d"),
    ]


def test_cells_without_value_and_flag_are_left_out_and_a_zero_stays():
    rows = made(("C28", "V16110", "AT", 2014, NAN, ""), ("C28", "V16110", "BE", 2014, 0.0, ""))
    assert rows == [["BE", "C28", "employment", 2014, 0.0, "observed", ""]]


def test_only_single_countries_are_kept():
    rows = made(*[("C28", "V16110", geo, 2014, 1.0, "") for geo in ("EU28", "EU27_2007", "EA19", "CH", "UK")])
    assert [r[0] for r in rows] == ["CH", "UK"]


def test_other_indicators_and_sectors_are_left_out():
    rows = made(
        ("C28", "V16140", "CH", 2014, 1.0, ""),
        ("C281", "V16110", "CH", 2014, 2.0, ""),
        ("C28", "V16110", "CH", 2014, 3.0, ""),
    )
    assert [r[4] for r in rows] == [3.0]


def test_money_may_be_negative():
    (row,) = made(("C28", "V12150", "IE", 2009, -4.2, ""))
    assert row == ["IE", "C28", "value_added", 2009, -4.2, "observed", ""]


def test_the_order_of_the_file_does_not_matter_and_the_input_is_not_changed():
    rows = [("C28", code, geo, year, 1.0, "") for code in INDICATORS for geo in ("CH", "AT") for year in (2014, 2013)]
    table = tidy(*rows)
    before = table.copy(deep=True)
    made_once = national_accounts(table, sectors=["C28"])
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(made_once, national_accounts(tidy(*rows[::-1]), sectors=["C28"]))
    assert made_once[["region", "sector", "indicator", "year"]].apply(tuple, axis=1).is_monotonic_increasing
    schemas.validate("national_accounts", made_once)


def test_an_empty_selection_is_an_empty_table_with_the_same_columns():
    table = national_accounts(tidy(("C28", "V16110", "CH", 2014, 1.0, "")), sectors=["B05"])
    assert table.empty
    assert list(table.columns) == ["region", "sector", "indicator", "year", "value", "status", "flag"]


@pytest.mark.raw
def test_switzerland_is_there_by_division(raw_folder):
    from alpclusters_lib.sources.eurostat import read_eurostat_tsv

    tidy_table = read_eurostat_tsv(
        raw_folder / "eurostat" / "sbs_na_sca_r2.tsv.gz", keep={"geo": {"CH"}, "indic_sb": set(INDICATORS)}
    )
    table = national_accounts(tidy_table, sectors=["C10"])
    food = table[(table["indicator"] == "employment") & (table["year"] == 2014)]
    assert food["value"].tolist() == [81013.0]  # sbs_na_sca_r2, C10, V16110, CH, 2014
