"""Readers of the tables around industry: real figures, missing rows, sentences for what is not there; the schemas."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.status import STATUSES
from alpclusters_lib.selection import nearest_year, select_indicators

READERS = {
    "gdp": datasets.gdp, "patents": datasets.patents, "innovation": datasets.innovation,
    "competitiveness": datasets.competitiveness, "productivity": datasets.productivity, "swiss": datasets.swiss_cantons,
}  # fmt: skip
WITH_INDICATOR = [name for name in READERS if name != "competitiveness"]


@pytest.mark.parametrize("name", READERS)
def test_a_value_stands_exactly_where_the_status_says_so_and_the_copy_is_the_readers(name):
    table = READERS[name]()
    assert set(table["status"]) <= set(STATUSES)
    assert (table["value"].notna() == table["status"].isin(["observed", "bound", "estimated"])).all()
    table["value"] = -1.0
    assert not (READERS[name]()["value"] == -1.0).all()


def test_what_is_asked_for_is_narrowed():
    table = datasets.gdp(indicator="gdp_million_eur", year=2014, level=2)
    assert set(table["region"].str.len()) == {4} and set(table["year"]) == {2014} and len(table) > 250
    table = datasets.innovation(indicator=["hrst_pct", "population"], regions="AT31", year=2014)
    assert table["indicator"].tolist() == ["hrst_pct", "population"]
    table = datasets.productivity(regions="IT", sectors=["C28", "C29"], year=2014, indicator="wages")
    assert table["sector"].tolist() == ["C28", "C29"]
    assert "EU28" not in set(datasets.gdp(level=2)["region"]) and "EU28" in set(datasets.gdp()["region"])


def test_a_region_listed_without_a_figure_is_a_row_and_no_error():
    row = datasets.innovation(indicator="gerd_pct", year=2013, regions="LI00")
    assert row[["status", "source"]].to_numpy().tolist() == [["missing", ""]] and row["value"].isna().all()
    assert datasets.competitiveness(year=2016, regions="CH04")["status"].tolist() == ["missing"]
    assert set(datasets.swiss_cantons(regions="LI000")["status"]) == {"missing"}


@pytest.mark.parametrize("name", WITH_INDICATOR)
def test_an_unknown_indicator_is_a_sentence_that_lists_the_known_ones(name):
    with pytest.raises(ValueError, match=r"^no indicator 'jobs' in .*; available: [a-z]\w+, ") as caught:
        READERS[name](indicator="jobs")
    for known in READERS[name]()["indicator"].unique():
        assert known in str(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_an_unknown_region_and_year_are_sentences_that_say_what_there_is(name):
    with pytest.raises(
        ValueError, match=r"for region XX99: the table holds nothing of that country; available: .*CH|AT"
    ):
        READERS[name](regions="XX99")
    with pytest.raises(ValueError, match=r"^no .* for 1848; available: (19|20)\d\d-20\d\d$"):
        READERS[name](year=1848)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: datasets.gdp(regions="CH04"), r"^no GDP for region CH04: the table holds nothing of that country; "),
        (lambda: datasets.gdp(regions="FR71"), r"^no GDP for region FR71; its code since NUTS 2016 is FRK2$"),
        (lambda: datasets.gdp(level=4), r"^no GDP for NUTS level 4; available: 0, 1, 2, 3$"),
        (
            lambda: datasets.innovation(indicator="gerd_pct", year=2019),
            r"^no innovation for 2019; available: 20\d\d-2016$",
        ),
        (lambda: datasets.productivity(sectors="C99"), r"^no productivity for sector C99; available: .*C28"),
        (lambda: datasets.innovation(nearest=2), r"^nearest needs a year"),
        (lambda: datasets.innovation(year=2014, nearest=-1), r"^nearest is -1; a number of years from 0"),
        (lambda: datasets.swiss_cantons(regions="CH026"), r"^no Swiss figures for region CH026; .*CH02[1-5]"),
    ],
)
def test_what_is_not_there_is_a_sentence(ask, words):
    with pytest.raises(ValueError, match=words) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_tables_that_were_never_built_are_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(tmp_path))
    for name, read in READERS.items():
        with pytest.raises(ValueError, match=rf"^data/processed/{name}\.parquet is absent; `alpclusters data build`"):
            read()


# --- the nearest year -------------------------------------------------------------------------------------


def figures(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["region", "indicator", "year", "value", "status"])


def test_the_nearest_year_is_taken_of_two_the_earlier_and_too_far_is_missing():
    nan = float("nan")
    table = figures(
        ("A", "x", 2015, 2.0, "observed"), ("A", "x", 2014, nan, "missing"), ("A", "x", 2013, 1.0, "observed"),
        ("B", "x", 2014, 3.0, "observed"), ("B", "x", 2013, 4.0, "observed"), ("C", "x", 2011, 5.0, "observed"),
        ("C", "y", 2016, 6.0, "estimated"), ("D", "x", 2014, nan, "confidential"),
    )  # fmt: skip
    near = nearest_year(table, year=2014, within=2).fillna({"value": -1})
    assert near.to_numpy().tolist() == [
        ["A", "x", 2013, 1.0, "observed"], ["B", "x", 2014, 3.0, "observed"], ["C", "x", 2014, -1, "missing"],
        ["C", "y", 2016, 6.0, "estimated"], ["D", "x", 2014, -1, "missing"],
    ]  # fmt: skip
    assert nearest_year(table, year=2014, within=0)["value"].count() == 1
    assert nearest_year(table.iloc[:2], year=2020, within=1)["status"].tolist() == ["missing"]


def test_the_benchmark_set_is_there_about_2014():
    facts = datasets.facts("innovation_indicators")
    core = facts.loc[facts["core"] == "1", "key"].tolist()
    table = datasets.innovation(indicator=core, year=2014, regions=regions.perimeter("alpine_space_2014"), nearest=2)
    assert len(table) == 13 * 35
    held = table[table["value"].notna()].groupby("indicator", observed=True)["region"].nunique()
    assert len(held) == 13 and held.min() >= 33
    assert set(table.loc[table["indicator"] == "epo_applications_per_million_5_year_mean", "year"]) <= {2012, 2014}


def test_a_table_without_an_indicator_is_narrowed_too():
    table = pd.DataFrame({"region": ["AT31", "EU28"], "year": [2014, 2014], "value": [1.0, 2.0]})
    assert select_indicators(table, "x", level=2)["region"].tolist() == ["AT31"]
    assert select_indicators(table, "x", year=2014)["value"].tolist() == [1.0, 2.0]


# --- schemas ----------------------------------------------------------------------------------------------


def row(name: str, **changes) -> pd.DataFrame:
    table = READERS[name]()
    first = table[table["status"] == "observed"].iloc[:2].reset_index(drop=True)
    text = first.select_dtypes("category").columns
    return first.astype(dict.fromkeys(text, "str")).assign(**changes)


@pytest.mark.parametrize("name", READERS)
def test_committed_rows_pass_and_a_doubled_row_does_not(name):
    good = row(name)
    assert len(schemas.validate(name, good)) == 2
    with pytest.raises(ValueError, match=rf"^table {name}: "):
        schemas.validate(name, pd.concat([good, good]))
    with pytest.raises(ValueError, match=rf"^table {name}: "):
        schemas.validate(name, good.drop(columns="flag"))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("column", "value"),
    [("region", "Lombardia"), ("status", "guess"), ("year", 1848), ("value", float("inf")), ("value", None)],
)
def test_a_faulty_column_is_a_sentence_that_names_it(name, column, value):
    bad = row(name)
    bad[column] = pd.Series([value] * len(bad), dtype={"value": float, "year": "int16"}.get(column, "str"))
    with pytest.raises(ValueError, match=rf"^table {name}: (column {column} fails|it is not true that a value stands)"):
        schemas.validate(name, bad)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("gdp", {"value": 0.0}, "column value"), ("gdp", {"vintage": "2006"}, "column vintage"),
        ("gdp", {"indicator": "gdp"}, "column indicator"), ("patents", {"value": -1.0}, "column value"),
        ("innovation", {"indicator": "hrst_pct", "value": 101.0}, "a percentage lies between 0 and 100"),
        ("innovation", {"region": "LI"}, "column region"), ("competitiveness", {"value": 9.0}, "column value"),
        ("competitiveness", {"year": 2014}, "column year"),
        ("productivity", {"indicator": "employees", "value": -1.0}, "a value that counts enterprises or persons"),
        ("swiss", {"region": "LI00"}, "Liechtenstein has no figure"),
        ("swiss", {"indicator": "employment_primary_share", "value": 1.5}, "a share is not above 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(name, changes, words):
    bad = row(name, **changes).iloc[:1]
    bad = bad.astype({"year": "int16"})
    with pytest.raises(ValueError, match=words):
        schemas.validate(name, bad)


def test_losses_and_corrections_may_be_negative():
    for indicator in ("value_added", "wages", "value_added_per_person_eur"):
        schemas.validate("productivity", row("productivity", indicator=indicator, value=-1.0).iloc[:1])
