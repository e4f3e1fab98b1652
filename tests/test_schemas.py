"""What the build refuses to write: each schema, each kind of fault, one sentence."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pandera
import pytest
from good_tables import EXAMPLES

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


def employment() -> pd.DataFrame:
    table = counts()
    table.insert(4, "lower", [133542.0, 0.0, 135018200.0])
    table.insert(5, "upper", [133542.0, None, 135018200.0])
    return table


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
    "employment": employment, "local_units": counts, "national_accounts": national, "regions": regions,
    "cluster_families": families, **EXAMPLES,
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


@pytest.mark.parametrize("name", [name for name in GOOD if schemas.SCHEMAS[name].unique])
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


# table, column, faulty value of the first row, what the sentence says
REFUSED = [
    ("nuts_weights", "level", 1, "column level"), ("nuts_weights", "source", 2016, "the source is older"),
    ("nuts_weights", "forward_area_share", 0.5, "the shares of a region add up to 1"),
    ("nuts_weights", "backward_area_share", 1.5, "column backward_area_share"),
    ("nuts_weights", "change_area", "moved", "column change_area"), ("nuts_weights", "area_km2", -1.0, "area_km2"),
    ("cluster_links", "linked", -0.1, "column linked"), ("cluster_links", "same_cluster", 1.1, "column same_cluster"),
    ("cluster_links", "linked_strong", 0.5, "links are part of what both_traded allows"),
    ("cluster_links", "same_cluster", 0.5, "links are part of what both_traded allows"),
    ("cluster_links", "both_traded", None, "column both_traded"), ("cluster_links", "division_a", "C", "division_a"),
    ("cluster_links", "division_a", "C30", "division_a stands before division_b"),
    ("world_io", "value", -1, "only inventories and fixed capital may be negative"),
    ("world_io", "year", 2001, "column year"),
    ("austria_io", "value", -1.0, "may be negative"), ("austria_io", "region", "AT35", "column region"),
    ("austria_io", "row", "profit", "column row"), ("austria_io", "value", float("inf"), "column value"),
    ("h2020", "participations", -1.0, "column participations"), ("h2020", "organisations", 0, "column organisations"),
    ("h2020", "start_year", 2013, "column start_year"), ("h2020", "programme_part", "SC8", "column programme_part"),
    ("h2020", "organisation_type", "sme", "column organisation_type"),
    ("h2020_collaboration", "projects", 0, "column projects"),
    ("h2020_collaboration", "type_a", "all", "type_a is all exactly where type_b is"),
    ("h2020_collaboration", "country_a", "SI", "a comes before b in the alphabet"),
    ("gdp", "value", 0.0, "column value"), ("gdp", "year", 1999, "column year"), ("gdp", "vintage", "2021", "vintage"),
    ("gdp", "indicator", "gva", "column indicator"), ("gdp", "status", "missing", "a value stands exactly where"),
    ("patents", "value", -0.1, "column value"), ("patents", "year", 2013, "column year"),
    ("innovation", "value", 100.5, "a percentage lies between 0 and 100"),
    ("innovation", "value", -0.5, "a percentage lies between 0 and 100"),
    ("innovation", "region", "ITC", "column region"), ("innovation", "status", "missing", "a value stands exactly"),
    ("competitiveness", "year", 2011, "column year"), ("competitiveness", "value", 9.0, "column value"),
    ("productivity", "value", -1.0, "is not negative"), ("productivity", "indicator", "jobs", "column indicator"),
    ("productivity", "status", "confidential", "a value stands exactly"),
    ("swiss", "value", -1.0, "column value"), ("swiss", "region", "LI", "Liechtenstein has no figure"),
    ("swiss", "region", "AT31", "column region"),
    ("suppression_test", "method", "guess", "column method"), ("suppression_test", "wape", -0.1, "column wape"),
    ("suppression_test", "within_factor_two", 1.1, "column within_factor_two"),
    ("suppression_test", "draws", 0, "column draws"),
    ("unused_sums", "year", 2004, "column year"),
    ("employment", "lower", 133543.0, "lies within its limits"),
    ("employment", "upper", 133543.0, "a published value is its own limit"),
    ("employment", "upper", -1.0, "column upper"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "value", "words"), REFUSED)
def test_what_no_table_may_hold_is_refused(name, column, value, words):
    table = GOOD[name]()
    assert words in refused(name, put(table, column, value).astype(table.dtypes.to_dict()))


def test_a_share_of_switzerland_is_not_above_one():
    table = GOOD["swiss"]()
    table.loc[1, "value"] = 1.2
    assert "a share is not above 1" in refused("swiss", table)


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
    for name in ("suppression_test", "unused_sums"):
        schemas.validate(name, getattr(datasets, name)())
