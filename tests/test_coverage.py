"""Coverage of the programme's regions: counted against the processed tables; what is missing is never a zero."""

import json
import re

import pandas as pd
import pytest

from alpclusters_lib import datasets, paths, regions, sectors
from alpclusters_lib.figures.heatmaps import STATUS_COLOURS
from alpclusters_lib.reports import coverage, table_coverage

PERIMETER = regions.perimeter("alpine_space_2014")
SWISS = [code for code in PERIMETER if code.startswith("CH")]
STATUSES = ["observed", "estimated", "confidential", "missing"]
ALL, ESTIMATED, PART, COUNTRY, NONE, OUTSIDE = table_coverage.COLOURS


@pytest.fixture(scope="module")
def table():
    return coverage.coverage()


@pytest.fixture(scope="module")
def long():
    return table_coverage.table_coverage()


@pytest.fixture(scope="module")
def known(long):
    rows = long.assign(
        head=long["table"].str.replace("-\n", "").str.replace("\n", " ").str.replace(r" \d.*", "", regex=True)
    )
    return rows.set_index(["head", "region"])


# --- industry


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_every_region_accounts_for_all_68_divisions(perimeter):
    table = coverage.coverage(perimeter)
    assert list(table.index) == list(regions.perimeter(perimeter))
    assert (table[STATUSES].sum(axis=1) == 68).all()
    covered = table[table["observed"] > 0]
    assert set(table.index.difference(covered.index).str[:2]) <= {"CH", "LI"}
    assert covered["business economy"].notna().all()
    assert (covered["missing"] == 0).all(), "what one of these countries does not publish is confidential"


def test_coverage_is_what_the_processed_table_holds(table):
    for code in ("ITC2", "AT32"):
        rows = datasets.employment(year=2014, regions=code, sectors=sectors.divisions())
        for status in STATUSES:
            assert table.loc[code, status] == (rows["status"] == status).sum()
    assert table.loc["ITH2", "business economy"] == 145_046


def test_regions_without_industry_are_missing_and_not_zero(table):
    for code in [*SWISS, "LI00"]:
        assert table.loc[code, STATUSES].tolist() == [0, 0, 0, 68]
        assert pd.isna(table.loc[code, "business economy"]) and table.loc[code, "total is"] == "missing"
    shown = coverage.coverage_table().set_index("region")
    assert shown.loc["LI00"].tolist() == ["Liechtenstein", "–", "–", "–", "all", "no figure", "missing"]
    assert shown.loc["ITC4", "total is"] == "published" and shown.loc["ITC4", "withheld"] in {"0", "1", "2"}


def test_sentence_counts_published_estimated_and_withheld_cells(table):
    text = coverage.coverage_sentence()
    covered = table[table["observed"] > 0]
    assert text.startswith(
        "27 of 35 regions have industry figures in 2014; those of Liechtenstein and Switzerland have"
    )
    assert f"{27 * 68:,} cells in the 27 regions" in text
    for status, word in (("observed", "published"), ("estimated", "estimated"), ("confidential", "withheld")):
        assert f"{covered[status].sum() / (27 * 68) * 100:.1f} % are {word}" in text
    assert "are missing" not in text, "no cell of these regions is missing"
    assert f"{(covered['total is'] == 'estimated').sum()} regions hide a section" in text


def test_picture_of_divisions_shows_estimated_cells_in_sand_and_withheld_ones(table):
    picture = coverage.coverage_picture()
    assert list(picture.data.index) == list(table.index[table["observed"] > 0]) and picture.data.shape[1] == 68
    for status in ("observed", "estimated", "confidential"):
        counts = (picture.data == status).sum(axis=1)
        assert counts.tolist() == table.loc[counts.index, status].tolist()
    legend = [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]
    cells = picture.data.stack().value_counts()
    assert legend == [
        f"published ({cells['observed']:,})",
        f"estimated ({cells['estimated']:,})",
        f"withheld ({cells['confidential']:,})",
    ]
    assert "Sand: confidential and estimated" in picture.caption and "never zero" in picture.caption
    assert STATUS_COLOURS["estimated"] == "#E3BC9C", "sand"


# --- all tables


def test_every_region_stands_once_in_every_table(long):
    assert len(long) == 35 * 12 and not long.duplicated(["region", "table"]).any()
    assert (long.groupby("table", sort=False)["region"].agg(list).map(tuple) == PERIMETER).all()
    assert set(long["known"]) <= set(table_coverage.COLOURS)
    assert (long["published"] + long["estimated"] <= long["expected"]).all()
    assert ((long["published"] + long["estimated"] > 0) == long["known"].isin([ALL, ESTIMATED, PART])).all()


def test_tables_are_counted_as_they_are(known):
    # published divisions of three tables, from the tables themselves
    readers = {
        "Jobs by industry": datasets.employment(year=2014, sectors=sectors.divisions()),
        "Local units": datasets.local_units(year=2014, sectors=sectors.divisions()),
        "Wages by industry": datasets.productivity(indicator="wages", year=2014, sectors=sectors.divisions()),
    }
    for head, rows in readers.items():
        for code in ("ITC3", "AT13", "SI03"):
            own = rows[(rows["region"] == code) & (rows["status"] == "observed")]
            assert known.loc[(head, code), "published"] == len(own)
            assert known.loc[(head, code), "text"] == f"{len(own)}/68"
    assert known.loc[("Jobs by industry", "AT13"), "known"] == ESTIMATED
    assert known.loc[("Local units", "AT13"), "known"] == ALL and known.loc[("Local units", "ITC3"), "known"] == PART


def test_innovation_counts_the_13_core_indicators_within_two_years(known):
    """Measured: Liechtenstein has 1 of 13, Aosta Valley 11, all others the whole."""
    rows = known.loc["Core innovation"]
    assert (rows["expected"] == 13).all()
    figures = rows["published"] + rows["estimated"]
    assert figures["LI00"] == 1 and figures["ITC2"] == 11
    assert (figures.drop(["LI00", "ITC2"]) == 13).all()


def test_switzerland_is_one_unit_in_industry_and_seven_regions_elsewhere(known):
    for code in SWISS:
        for head in ("Jobs by industry", "Wages by industry", "Value added", "Horizon"):
            assert known.loc[(head, code), ["known", "text"]].tolist() == [COUNTRY, "CH"]
        for head in ("Local units", "GDP", "Competitiveness", "World input-output"):
            assert known.loc[(head, code), ["known", "text"]].tolist() == [NONE, "none"]
        assert known.loc[("EPO patents", code), "known"] == ALL
        assert known.loc[("Swiss figures", code), "known"] in (ALL, ESTIMATED)
    assert known.loc[("Swiss figures", "ITC4"), "known"] == OUTSIDE


def test_liechtenstein_has_no_figure_in_industry_and_never_a_zero(known, long):
    own = long[long["region"] == "LI00"]
    none = own[own["known"] == NONE]
    assert len(none) == 9 and (none["text"] == "none").all()
    assert known.loc[("Horizon", "LI00"), "known"] == COUNTRY
    assert not own["text"].str.match(r"0\b").any()
    words = table_coverage.table_words().set_index("region")
    assert not (words.loc["Liechtenstein (LI)"].astype(str).str.match(r"0\b")).any()
    for name in ("employment", "local_units", "gdp", "patents", "productivity", "national_accounts"):
        rows = getattr(datasets, name)()
        liechtenstein = rows[rows["region"].astype(str).isin(["LI", "LI0", "LI00", "LI000"])]
        assert liechtenstein["value"].isna().all(), name
    swiss = datasets.swiss_cantons(regions=["LI", "LI00", "LI000"])
    assert swiss["value"].isna().all() and (swiss["status"] == "missing").all()


def test_slovenia_and_vienna_are_marked_where_boundaries_or_units_differ(known):
    assert known.loc[("EPO patents", "SI03"), ["known", "text"]].tolist() == [COUNTRY, "SI"]
    assert known.loc[("Competitiveness", "AT13"), "known"] == ESTIMATED
    assert known.loc[("Competitiveness", "AT22"), "known"] == ALL


def test_input_output_tables_hold_the_countries_named(known):
    world = set(datasets.input_output(2011).x.index.get_level_values(0))
    codes = {"AT": "AUT", "DE": "DEU", "FR": "FRA", "IT": "ITA", "SI": "SVN"}
    assert set(table_coverage.WORLD_COUNTRIES) == set(codes) and set(codes.values()) <= world
    assert not world & {"CHE", "LIE"}, "both are inside the rest of the world"
    austrian = known.loc["Austrian input-output"]
    for code in austrian.index[austrian["known"] == ALL]:
        datasets.regional_input_output(code)
    assert (austrian["known"] == ALL).sum() == 9


def test_sentence_finds_first_and_says_what_of_switzerland_and_liechtenstein(known):
    text = table_coverage.table_sentence()
    assert text.startswith("27 of 35 regions have industry figures, 27 GDP, 32 patents and 33 all 13 core innovation")
    assert "Switzerland enters industry comparisons as one unit, its seven regions and cantons where figures" in text
    assert "Liechtenstein is missing in all industry tables and shown as missing, never as zero." in text
    assert (known.loc["EPO patents", "published"] > 0).sum() == 32


def test_picture_of_tables_prints_every_cell(long):
    picture = table_coverage.table_picture()
    ax = picture.figure.axes[0]
    assert picture.data.shape == (35, 12) and not any("\n" in head for head in picture.data.columns)
    printed = sorted(text.get_text() for text in ax.texts if not text.get_text().startswith("Source"))
    assert printed == sorted(long["text"])
    counts = [int(re.search(r"\((\d+)\)", text.get_text())[1]) for text in ax.get_legend().get_texts()]
    assert sum(counts) == 35 * 12
    assert "GDP 2015 27" in picture.alt and "Horizon 2020 0" in picture.alt


def test_words_leave_out_tables_that_know_countries_only():
    words = table_coverage.table_words()
    assert len(words) == 35 and not words.isna().any(axis=None)
    heads = " ".join(words.columns)
    assert "Horizon" not in heads and "Value added" not in heads and "GDP 2015" in heads
    swiss = words.set_index("region").loc["Zurich (CH)"]
    assert swiss["Jobs by industry 2014"] == "CH only" and swiss["GDP 2015"] == "no figure"


# --- the processed tables


def test_every_processed_table_is_listed_with_unit_years_source_and_licence():
    package = json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))
    table = table_coverage.processed_tables().set_index("table")
    assert set(table.index) == {resource["name"] for resource in package["resources"]}
    assert table.map(str.strip).ne("").all(axis=None)
    for resource in package["resources"]:
        assert table.loc[resource["name"], "title"] == resource["title"]
        assert table.loc[resource["name"], "rows"] == f"{resource['rows']:,}"
    assert table.loc["gdp", "years"] == "2000-2015" and table.loc["patents", "years"] == "1977-2012"
    assert table.loc["world_io", "years"] == "2000, 2004, 2008, 2011"
    assert "CC BY 4.0" in table.loc["employment", "licence"] and "sbs_r_nuts06_r2" in table.loc["employment", "source"]


# --- Swiss cantons


def test_fribourg_stands_beside_its_region_and_country():
    table = table_coverage.canton_table().set_index("in 2014")
    assert list(table.columns) == [
        "Fribourg (CH022)", "Espace Mittelland (CH02)", "Switzerland (CH)", "Liechtenstein (LI)",
    ]  # fmt: skip
    assert table.loc["Residents at the end of the year"].tolist() == ["303,377", "1,826,251", "8,237,666", "no figure"]
    assert table.loc["GDP per inhabitant, CHF"].tolist() == ["58,369", "72,046 (estimated)", "78,619", "no figure"]
    # 37,162 of 147,804 persons
    assert table.loc["… in the secondary sector", "Fribourg (CH022)"] == "25.1 %"
    assert (table["Liechtenstein (LI)"] == "no figure").all()


def test_sentences_on_fribourg_say_that_no_industry_is_published():
    none, size, warning = table_coverage.canton_sentences()
    assert none.startswith("No industry division is published for Fribourg or any other Swiss canton or region")
    assert "303,377 residents and 147,804 persons employed in 2014, 25.1 % of them" in size
    assert "74 % of the Swiss one" in size and "Espace Mittelland is estimated" in size
    assert "estimated" not in table_coverage.canton_sentences("CH040")[1], "Zurich is one canton and one region"
    assert "never carried back" in warning
    assert not any(code in datasets.employment()["region"].unique() for code in (*SWISS, "CH022"))


def test_cantons_add_up_to_switzerland_and_liechtenstein_has_no_figure():
    table = table_coverage.cantons_table().set_index("canton")
    assert len(table) == 26 + 2
    residents = table.drop(index=["Switzerland", "Liechtenstein"])["residents"].str.replace(",", "").astype(int)
    assert f"{residents.sum():,}" == table.loc["Switzerland", "residents"]
    assert (table.loc["Liechtenstein"].drop("region") == "no figure").all()
    assert table.loc["Jura", "region"] == "Espace Mittelland"
