"""Innovation indicators: two collections of Eurostat's tables, their traps, and where they contradict each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib import paths, regions
from alpclusters_lib.cleaning.computed_indicators import (
    estimated_patents,
    gdp_per_inhabitant,
    mean_of_years,
    nearly_same_area,
)
from alpclusters_lib.cleaning.context import Context
from alpclusters_lib.cleaning.innovation import contradictions, innovation_indicators, source_figures
from alpclusters_lib.sources import catalogue
from alpclusters_lib.sources.innovation import read_indicator_base, read_panel

NAN = float("nan")
KEY = ["region", "indicator", "year"]
FACTS = pd.read_csv(paths.facts() / "innovation_indicators.csv", dtype=str, keep_default_na=False)


# --- readers ----------------------------------------------------------------------------------------------


def base(tmp_path, text: str, columns=("hrst",)) -> pd.DataFrame:
    path = tmp_path / "base.csv"
    path.write_text(text)
    return read_indicator_base(path, columns=list(columns))


def test_the_base_is_read_by_name_of_column_and_blanks_are_left_out(tmp_path):
    table = base(tmp_path, "gerd \tYEAR\tNUTS2\thrst\n\t2014\tLI00\t\n1.5\t2014\tITC4\t9.1\n", ["hrst", "gerd"])
    assert table.to_numpy().tolist() == [["ITC4", "hrst", 2014, 9.1], ["ITC4", "gerd", 2014, 1.5]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NUTS2\tYEAR\n", r"row 1 has no column 'hrst'"),
        ("NUTS2,YEAR,hrst\nITC4,2014,9\n", r"row 1 has no column 'NUTS2'"),
        ("NUTS2\tYEAR\thrst\nITC4\t2014\t9,1\n", r"row 2: column hrst holds '9,1'"),
        ("NUTS2\tYEAR\thrst\nITC4\t2014\t1.000.000\n", r"row 2: column hrst holds"),
        ("NUTS2\tYEAR\thrst\nITC4\t2014\t9\nITC4\t2014\t8\n", r"row 3: ITC4, 2014 stands twice"),
        ("NUTS2\tYEAR\thrst\nITC4\t14\t9\n", r"row 2: column YEAR holds '14'"),
        ("NUTS2\tYEAR\thrst\nITC4\t2014\t\n", r"column hrst holds no figure at all"),
    ],
)
def test_a_faulty_base_is_a_sentence_with_row_and_column(tmp_path, text, words):
    with pytest.raises(ValueError, match=words) as caught:
        base(tmp_path, text)
    assert str(caught.value).startswith("base.csv") and "\n" not in str(caught.value)


PANEL = {
    "input_var_code": ["tgs00010"] * 5 + ["tgs00096"],
    "geo": ["ITC4", "ITC4", "ITC4", "ITC4", "LI00", "ITC4"],
    "time": ["2014", "2014", "2014", "2019M11", "2014", "2014"],
    "sex": ["T", "F", "M", "T", "T", None],
    "unit": ["PC"] * 5 + ["NR"],
    "values": [8.2, 9.2, 7.4, 5.9, NAN, 9_973_397.0],
}


def panel(tmp_path, *, drop: str = "", tables=("tgs00010",), **changes) -> list[list]:
    frame = pd.DataFrame({**PANEL, **changes}).drop(columns=[drop] if drop else [])
    text = [c for c in frame.columns if frame[c].dtype != float]
    path = tmp_path / "panel.parquet"
    frame.astype(dict.fromkeys(text, "category")).to_parquet(path)
    return read_panel(path, tables=tables).to_numpy().tolist()


def test_months_one_sex_and_blanks_are_left_out(tmp_path):
    assert panel(tmp_path) == [["tgs00010", "ITC4", 2014, 8.2]]
    assert panel(tmp_path, tables=["tgs00096"]) == [["tgs00096", "ITC4", 2014, 9_973_397.0]]


def test_a_faulty_panel_is_a_sentence(tmp_path):
    faults = [
        ({"drop": "sex"}, r"has no column 'sex'"),
        ({"tables": ["tgs00011"]}, r"has no table tgs00011; it has tgs00010, tgs00096"),
        ({"sex": ["F", "F", "M", "F", "F", None]}, r"table tgs00010 holds no figure for both sexes"),
        ({"sex": ["T", "T", "M", "T", "T", None]}, r"tgs00010, ITC4, 2014 stands twice"),
        ({"values": list("abcdef")}, r"column values holds .*; numbers would be right"),
    ]
    for changes, words in faults:
        with pytest.raises(ValueError, match=words):
            panel(tmp_path, **changes)
    raw = (tmp_path / "panel.parquet").read_bytes()
    (tmp_path / "panel.parquet").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ValueError, match=r"^panel\.parquet is cut short or no Parquet file"):
        read_panel(tmp_path / "panel.parquet", tables=["tgs00010"])


# --- contradictions ---------------------------------------------------------------------------------------


def cells(*rows: tuple, indicator: str = "population") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["region", "year", "value"])
    return table.assign(indicator=indicator)[[*KEY, "value"]]


def test_contradictions_stand_side_by_side_and_single_figures_are_none():
    first = cells(("FRY3", 2018, 276127.0), ("ITC4", 2018, 100.0), ("AT31", 2018, 5.0), ("AT32", 2018, NAN))
    second = cells(("FRY3", 2018, 287504.0), ("ITC4", 2018, 100.5), ("AT33", 2018, 5.0), ("AT32", 2018, 1.0))
    found = contradictions(first, second, tolerance=0.01)
    assert found.to_numpy().tolist() == [["FRY3", "population", 2018, 276127.0, 287504.0]]
    assert list(found.columns) == [*KEY, "value_first", "value_second"]
    assert len(contradictions(first, second, tolerance=0)) == 2
    assert contradictions(cells(("IT", 1, 0.0)), cells(("IT", 1, 0.0)), tolerance=0).empty
    assert len(contradictions(cells(("IT", 1, 0.0)), cells(("IT", 1, 1.0)), tolerance=0.99)) == 1
    assert len(contradictions(cells(("IT", 1, -1.0)), cells(("IT", 1, 1.0)), tolerance=0.99)) == 1


@given(a=st.floats(-1e9, 1e9), b=st.floats(-1e9, 1e9), tolerance=st.floats(0, 3))
def test_contradictions_do_not_depend_on_which_source_comes_first(a, b, tolerance):
    one, other = cells(("IT", 2014, a)), cells(("IT", 2014, b))
    forth = contradictions(one, other, tolerance=tolerance)
    back = contradictions(other, one, tolerance=tolerance)
    assert len(forth) == len(back) == int(abs(a - b) > tolerance * max(abs(a), abs(b)))
    assert tolerance < 2 or forth.empty


def test_a_doubled_cell_and_a_tolerance_that_is_none_are_sentences():
    twice = cells(("IT", 2014, 1.0), ("IT", 2014, 1.0))
    with pytest.raises(ValueError, match=r"^the second table holds IT, population, 2014 twice"):
        contradictions(cells(("IT", 2014, 1.0)), twice, tolerance=0.1)
    for tolerance in (-0.1, NAN):
        with pytest.raises(ValueError, match=r"^tolerance is .*; a share from 0 would be right"):
            contradictions(twice, twice, tolerance=tolerance)


# --- computed indicators ----------------------------------------------------------------------------------

PARTS = pd.DataFrame([["SI01", "SI03", 1.0], ["SI02", "SI03", 0.25], ["SI02", "SI04", 0.75]],
                     columns=["old", "new", "share"])  # fmt: skip


def test_patents_of_a_moved_boundary_are_counts_moved_and_a_ratio_recomputed():
    counts = cells(("SI01", 2012, 30.0), ("SI02", 2012, 40.0), ("SI01", 2011, 30.0), indicator="epo_applications")
    people = cells(("SI03", 2012, 1e6), ("SI04", 2012, 2e6), ("SI03", 2011, 1e6))
    table = estimated_patents(counts, people, PARTS)
    assert table[["region", "year", "value"]].to_numpy().tolist() == [["SI03", 2012, 40.0], ["SI04", 2012, 15.0]]
    assert set(table["status"]) == {"estimated"}
    assert table["flag"].tolist() == [
        "applications of 100.0 % of SI01 and 25.0 % of SI02",
        "applications of 75.0 % of SI02",
    ]
    assert estimated_patents(counts, people.iloc[:0], PARTS).empty


def test_an_area_of_which_a_tenth_moved_is_not_nearly_the_same():
    weights = pd.DataFrame(
        [["A1", "B1", 900.0], ["A1", "B2", 100.0], ["A2", "B2", 900.0], ["A3", "A3", 10.0]],
        columns=["code_from", "code_to", "population_2011"],
    )
    assert nearly_same_area(weights).empty
    weights.loc[1, "population_2011"] = 10.0
    assert nearly_same_area(weights)[["old", "new"]].to_numpy().tolist() == [["A1", "B1"], ["A1", "B2"], ["A2", "B2"]]


def test_the_mean_of_five_years_says_when_years_are_missing_or_estimated():
    rows = cells(*[("AT31", year, float(year - 2000)) for year in (2005, 2006, 2007, 2008, 2009, 2011)])
    table = mean_of_years(rows.assign(status="observed")).set_index("year")
    assert table.loc[2009, ["value", "status", "flag"]].tolist() == [7.0, "observed", ""]
    assert table.loc[2010, ["value", "status", "flag"]].tolist() == [7.5, "estimated", "mean of 4 years"]
    assert table.loc[2011, "value"] == np.mean([7, 8, 9, 11])
    guessed = rows.assign(status="observed")
    guessed.loc[0, "status"] = "estimated"
    table = mean_of_years(guessed).set_index("year")
    assert table.loc[2009, ["value", "status", "flag"]].tolist() == [7.0, "estimated", "rests on estimated years"]
    assert mean_of_years(rows.iloc[:2].assign(status="observed")).empty


def test_gdp_per_inhabitant_divides_by_the_mean_of_two_new_years():
    people = cells(("AT31", 2014, 1e6), ("AT31", 2015, 3e6), ("AT32", 2014, 0.0), ("AT32", 2015, 5.0))
    gdp = cells(("AT31", 2014, 80_000.0), ("AT31", 2015, 80_000.0), ("AT32", 2014, 1.0))
    assert gdp_per_inhabitant(gdp, people)[["region", "year", "value"]].to_numpy().tolist() == [
        ["AT31", 2014, 40_000.0]
    ]


# --- the table --------------------------------------------------------------------------------------------


def facts(*rows: tuple) -> pd.DataFrame:
    columns = ["key", "dataset", "source_column", "second_dataset", "second_source_column"]
    return pd.DataFrame(rows, columns=columns)


SMALL = facts(
    ("population", "nuts2_panel", "tgs00096", "i40", "demo"), ("hrst_pct", "i40", "hrst", "", ""),
    ("gdp_million_eur", "nuts2_panel", "tgs00003", "nama_10r_3gdp", "gdp_million_eur"),
    ("epo_applications_per_million", "nuts2_panel", "tgs00040", "pat_ep_rtot", "epo_applications_per_million"),
)  # fmt: skip


def table_of(panel_rows=(), base_rows=(), patent_rows=(), **changes) -> pd.DataFrame:
    filler = [("tgs00096", "AT31", 2014, 1e6), ("tgs00003", "AT31", 2014, 5.0), ("tgs00040", "AT31", 2012, 9.0)]
    read = pd.DataFrame([*panel_rows, *filler], columns=["table", "geo", "year", "value"])
    second = pd.DataFrame([("AT31", "hrst", 2014, 30.0), ("AT31", "demo", 2014, 1e6), *base_rows],
                          columns=["geo", "column", "year", "value"])  # fmt: skip
    patents = cells(("AT31", 2012, 9.0), *patent_rows, indicator="epo_applications_per_million")
    gdp = cells(("AT31", 2014, 5.0), indicator="gdp_million_eur")
    options = {
        "facts": SMALL, "parts": PARTS, "recodes": {"FR42": "FRF1"}, "successors": {"HU10": ("HU11", "HU12")},
        "also": ("LI00",),
    } | changes  # fmt: skip
    originals = {"pat_ep_rtot": patents, "nama_10r_3gdp": gdp}
    return innovation_indicators(read, second, originals, **options).set_index(KEY)


def test_codes_of_two_vintages_are_joined_indicator_by_indicator():
    table = table_of(base_rows=[("FR42", "demo", 2014, 5.0), ("FRF1", "demo", 2014, 5.0), ("FRF1", "hrst", 2014, 40.0),
                                ("FR42", "demo", 2013, 6.0)])  # fmt: skip
    assert "FR42" not in table.index.get_level_values("region")
    assert table.loc[("FRF1", "population", 2014), ["value", "source"]].tolist() == [5.0, "i40"]
    assert table.loc[("FRF1", "hrst_pct", 2014), "value"] == 40.0
    assert table.loc[("FRF1", "population", 2013), "value"] == 6.0
    with pytest.raises(ValueError, match=r"two codes of one area differ for FRF1, population, 2014: FR42 5 and FRF1 6"):
        table_of(base_rows=[("FR42", "demo", 2014, 5.0), ("FRF1", "demo", 2014, 6.0)])


def test_the_later_release_counts_and_the_flag_gives_the_other_figure():
    table = table_of(
        panel_rows=[("tgs00096", "FRY3", 2014, 100.0), ("tgs00096", "ITC4", 2014, 100.0)],
        base_rows=[("FRY3", "demo", 2014, 104.0), ("ITC4", "demo", 2014, 100.5), ("ITC4", "demo", 2013, 99.0)],
    )
    assert table.loc[("FRY3", "population", 2014)].tolist() == [100.0, "observed", "i40: 104", "nuts2_panel"]
    assert table.loc[("ITC4", "population", 2014)].tolist() == [100.0, "observed", "", "nuts2_panel"]
    assert table.loc[("ITC4", "population", 2013)].tolist() == [99.0, "observed", "", "i40"]


def test_an_old_region_is_left_out_where_one_of_its_successors_has_a_figure():
    table = table_of(base_rows=[("HU10", "demo", 2014, 3.0), ("HU11", "demo", 2014, 1.0), ("HU10", "hrst", 2014, 20.0)])
    assert pd.isna(table.loc[("HU10", "population", 2014), "value"])
    assert table.loc[("HU10", "hrst_pct", 2014), "value"] == 20.0


def test_liechtenstein_is_missing_and_never_zero_and_groups_of_countries_are_left_out():
    table = table_of(base_rows=[("EU28", "hrst", 2014, 1.0), ("FRXX", "hrst", 2014, 0.0), ("EFTA", "hrst", 2014, 1.0),
                                ("EA19", "hrst", 2014, 1.0)])  # fmt: skip
    rows = table.loc["LI00"]
    assert rows["value"].isna().all() and set(rows["status"]) == {"missing"} and len(rows) == 4
    assert set(table.index.get_level_values("region")) == {"AT31", "LI00"}


def test_an_indicator_that_vanished_is_a_sentence():
    wanted = pd.concat([SMALL, facts(("gerd_pct", "i40", "gerd", "", ""))])
    with pytest.raises(ValueError, match=r"^i40 holds no figure for gerd, the indicator gerd_pct$"):
        table_of(facts=wanted)


# --- the facts and the published files --------------------------------------------------------------------


def test_every_indicator_is_explained_in_both_languages_and_its_unit_fits_its_name():
    assert FACTS["key"].is_unique and not FACTS.drop(columns=["core", "second_dataset", "second_source_column"]).eq(
        ""
    ).any(axis=None)
    assert set(FACTS["direction"]) == {"higher", "lower", "none"}
    assert set(FACTS["pillar"]) == {"people", "knowledge", "structure", "inclusion", "economy"}
    per_cent = FACTS["unit"].str.startswith("%")
    assert (FACTS["key"].str.endswith("_pct") == per_cent).all()
    assert FACTS.loc[FACTS["core"] == "1", "pillar"].value_counts().to_dict() == {
        "people": 3, "knowledge": 3, "structure": 4, "inclusion": 3,
    }  # fmt: skip
    lower = {"unemployment_pct", "gender_employment_gap_points"}
    assert set(FACTS.loc[FACTS["direction"] == "lower", "key"]) == lower


@pytest.fixture(scope="module")
def context(raw_folder):
    return Context(lambda dataset: catalogue.raw_file(dataset, folder=raw_folder))


@pytest.fixture(scope="module")
def table(context):
    return context.innovation


# The figures in the cells of I40_indicator_db.csv and of the panel, by code of table and region
PUBLISHED = [
    ("ITC4", "hrst_core_pct", 2014, 9.1), ("ITC4", "tertiary_education_25_64_pct", 2014, 17.9),
    ("ITC4", "unemployment_pct", 2014, 8.2), ("LI00", "life_expectancy_years", 2014, 82.1),
    ("SI03", "gerd_business_pct", 2014, 1.83), ("CH03", "business_rd_personnel_pct", 2015, 2.4192),
]  # fmt: skip


@pytest.mark.raw
@pytest.mark.parametrize(("region", "indicator", "year", "value"), PUBLISHED)
def test_figures_are_as_published(table, region, indicator, year, value):
    assert table.set_index(KEY).loc[(region, indicator, year), ["value", "status"]].tolist() == [value, "observed"]


@pytest.mark.raw
def test_the_13_indicators_cover_33_of_the_35_alpine_regions_about_2014(table):
    alps = regions.perimeter("alpine_space_2014")
    near = table[table["region"].isin(alps) & table["year"].between(2012, 2016) & table["value"].notna()]
    core = FACTS.loc[FACTS["core"] == "1", "key"]
    held = near.groupby("indicator")["region"].nunique().reindex(core)
    assert len(core) == 13 and (held >= 33).all(), held.to_dict()
    by_region = near[near["indicator"].isin(core)].groupby("region")["indicator"].nunique().reindex(alps)
    assert by_region[by_region < 13].to_dict() == {"ITC2": 11, "LI00": 1}


@pytest.mark.raw
def test_liechtenstein_has_two_indicators_and_switzerland_no_expenditure_on_research(table):
    found = table[table["value"].notna()]
    assert set(found.loc[found["region"] == "LI00", "indicator"]) == {"life_expectancy_years", "population"}
    assert not (table.loc[table["region"] == "LI00", "value"] == 0).any()
    swiss = set(found.loc[found["region"].str.startswith("CH"), "indicator"])
    assert len(swiss) > 15 and not any(name.startswith(("gerd", "gdp", "disposable")) for name in swiss)


@pytest.mark.raw
def test_where_the_sources_contradict_each_other(context, raw_folder):
    read = {
        "nuts2_panel": read_panel(context.path("nuts2_panel"), tables=["tgs00003", "tgs00040", "tgs00096"])[
            ["geo", "table", "year", "value"]
        ],
        "i40": read_indicator_base(context.path("i40"), columns=["demo_r_d2jan_UNIT_NR__SEX_T__AGE_TOTAL"]),
    }
    for name, original in (("pat_ep_rtot", context.patents), ("nama_10r_3gdp", context.gdp)):
        read[name] = original.loc[original["value"].notna(), [*KEY, "value"]]
    both = FACTS[FACTS["second_dataset"] != ""]
    figures = {
        name: source_figures(
            published, name, facts=both, recodes=regions.recodes().to_dict(), successors=regions.successors()
        )
        for name, published in read.items()
    }
    first = figures.pop("nuts2_panel")
    found = {
        name: [len(contradictions(first, other, tolerance=t)) for t in (0, 0.01)] for name, other in figures.items()
    }
    # populations of 2017 and 2018 revised in France and Romania; GDP revised between the releases of 2017 and 2020
    assert found == {"i40": [62, 2], "pat_ep_rtot": [0, 0], "nama_10r_3gdp": [2263, 822]}
