"""What the build refuses to write: each schema, each kind of fault, one sentence."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pandera
import pytest

from alpclusters_lib import datasets
from alpclusters_lib.cleaning import schemas

COUNTS = ("employment", "local_units")


def counts() -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "region": ["ITC4", "ITC4", "EU28"],
            "sector": ["C28", "C12", "B-N_S95_X_K"],
            "year": [2014, 2014, 2014],
            "value": [133542.0, None, 135018200.0],
            "status": ["observed", "confidential", "observed"],
            "flag": ["", "c", ""],
        }
    )
    return table.astype({"year": "int16"})


def national() -> pd.DataFrame:
    table = counts().assign(region=["CH", "CH", "AT"])
    table.insert(2, "indicator", ["employment", "turnover", "value_added"])
    return table


def regions() -> pd.DataFrame:
    table = pd.DataFrame({"region": ["IT", "ITC4", "ITC4C"], "level": [0, 2, 3], "country": "IT"})
    for column in ("name_local", "name_en", "name_it"):
        table[column] = ["Italia", "Lombardia", "Milano"]
    for column in ("alpine_space_2014", "alpine_space_2021", "eusalp"):
        table[column] = [False, True, False]
    table["s3_region"] = ["", "lombardy", ""]
    for column in ("mountain_type", "urban_type", "coast_type"):
        table[column] = pd.array([None, None, 3], dtype="Int8")
    return table.assign(vintage="2016").astype({"level": "int8"})


def families() -> pd.DataFrame:
    table = pd.DataFrame({"family": ["machinery", "food"], "purity": [0.6, None], "industries": [90, 60]})
    return table.assign(home_clusters="")


GOOD = {
    "employment": counts, "local_units": counts, "national_accounts": national, "regions": regions,
    "cluster_families": families,
}  # fmt: skip


def put(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    changed = table.copy()
    changed.loc[changed.index[0], column] = value
    return changed


def refused(name: str, table: pd.DataFrame) -> str:
    with pytest.raises(ValueError) as caught:
        schemas.validate(name, table)
    sentence = str(caught.value)
    assert sentence.startswith(f"table {name}: ") and "\n" not in sentence and len(sentence) < 400
    return sentence


@pytest.mark.parametrize("name", GOOD)
def test_a_good_table_passes_and_comes_back_as_it_was(name):
    table = GOOD[name]()
    pd.testing.assert_frame_equal(schemas.validate(name, table), GOOD[name]())


def test_every_schema_is_tested_here():
    assert set(schemas.SCHEMAS) == set(GOOD)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("employment", "value"), ("local_units", "value"), ("cluster_families", "industries"),
        ("cluster_families", "purity"), ("regions", "level"),
    ],
)  # fmt: skip
def test_a_negative_value_is_refused_by_name_of_column_and_value(name, column):
    sentence = refused(name, put(GOOD[name](), column, -1))
    assert f"column {column}" in sentence and "-1" in sentence


@pytest.mark.parametrize("indicator", ["employment", "employees", "enterprises"])
def test_a_negative_count_is_refused_in_the_national_accounts_too(indicator):
    table = national().assign(indicator=indicator, value=[-1.0, None, 1.0])
    assert "value" in refused("national_accounts", table)


def test_negative_money_is_accepted():
    schemas.validate("national_accounts", put(put(national(), "indicator", "value_added"), "value", -1.0))


def test_an_indicator_that_does_not_exist_is_refused():
    assert "jobs_of" in refused("national_accounts", put(national(), "indicator", "jobs_of"))


@pytest.mark.parametrize("name", [*COUNTS, "national_accounts"])
@pytest.mark.parametrize(
    ("value", "status"),
    [(None, "observed"), (None, "bound"), (None, "estimated"), (1.0, "confidential"), (1.0, "missing")],
)
def test_a_status_that_does_not_fit_its_value_is_refused(name, value, status):
    sentence = refused(name, put(put(GOOD[name](), "value", value), "status", status))
    assert "a value stands exactly where the status says so" in sentence


@pytest.mark.parametrize("name", [*COUNTS, "national_accounts"])
def test_a_status_misfit_counts_one_failure_a_row(name):
    assert "(1 row in all)" in refused(name, put(GOOD[name](), "status", "missing"))


@pytest.mark.parametrize("name", [*COUNTS, "national_accounts"])
def test_a_word_that_is_no_status_is_refused(name):
    sentence = refused(name, put(GOOD[name](), "status", "guessed"))
    assert "column status" in sentence and "'guessed'" in sentence


@pytest.mark.parametrize("name", COUNTS)
def test_an_infinite_count_is_refused(name):
    assert "column value" in refused(name, put(GOOD[name](), "value", float("inf")))


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("ignore_index", [True, False], ids=["labels apart", "labels doubled"])
def test_a_doubled_key_is_refused(name, ignore_index):
    table = GOOD[name]()
    doubled = pd.concat([table, table.head(1)], ignore_index=ignore_index)
    assert "unique" in refused(name, doubled)


@pytest.mark.parametrize("name", [*COUNTS, "national_accounts"])
def test_two_figures_for_one_cell_are_refused(name):
    table = GOOD[name]()
    other = put(table.head(1), "value", 7.0)
    assert "unique" in refused(name, pd.concat([table, other], ignore_index=True))


@pytest.mark.parametrize(
    ("name", "column", "code"),
    [(n, "region", c) for n in (*COUNTS, "regions") for c in ("itc4", "I", "ITC4CC", "IT-4", "")]
    + [(n, "sector", c) for n in (*COUNTS, "national_accounts") for c in ("28", "C2", "C281", "c28", "C10_C12")]
    + [("national_accounts", "region", c) for c in ("ITC", "EU28", "ch", "")]
    + [("regions", "country", c) for c in ("ITA", "it")]
    + [("cluster_families", "family", c) for c in ("Machinery", "two words", "")],
)
def test_a_code_of_another_pattern_is_refused(name, column, code):
    sentence = refused(name, put(GOOD[name](), column, code))
    assert f"column {column}" in sentence and repr(code) in sentence


@pytest.mark.parametrize("year", [2004, date.today().year + 1])
@pytest.mark.parametrize("name", [*COUNTS, "national_accounts"])
def test_a_year_outside_the_statistics_is_refused(name, year):
    sentence = refused(name, put(GOOD[name](), "year", year).astype({"year": "int16"}))
    assert "column year" in sentence and str(year) in sentence


def test_a_share_above_one_is_refused():
    assert "column purity" in refused("cluster_families", put(families(), "purity", 1.01))


@pytest.mark.parametrize("kind", ["mountain_type", "urban_type", "coast_type"])
@pytest.mark.parametrize("value", [-1, 9])
def test_a_type_outside_one_to_four_is_refused(kind, value):
    assert f"column {kind}" in refused("regions", put(regions(), kind, value))


@pytest.mark.parametrize("name", GOOD)
def test_a_column_too_many_too_few_or_out_of_place_is_refused(name):
    table = GOOD[name]()
    last = table.columns[-1]
    assert "extra" in refused(name, table.assign(extra=1))
    assert last in refused(name, table.drop(columns=last))
    refused(name, table[table.columns[::-1]])


def test_sentences_hold_plain_numbers():
    sentence = refused("employment", put(counts(), "value", -1.0))
    assert "np." not in sentence and re.search(r"-1(\.0)?\b", sentence)


def test_every_column_of_every_schema_says_what_it_is():
    for name, schema in schemas.SCHEMAS.items():
        assert isinstance(schema, pandera.pandas.DataFrameSchema)
        assert [c for c, column in schema.columns.items() if not column.description] == [], name


def test_the_committed_tables_pass():
    for name in COUNTS:
        schemas.validate(name, getattr(datasets, name)())
    schemas.validate("national_accounts", datasets.national_accounts())
