"""The Regional Competitiveness Index: what its columns mean, merged capitals, regions it leaves out."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib import regions
from alpclusters_lib.cleaning.competitiveness import MERGED, competitiveness_index
from alpclusters_lib.sources import catalogue
from alpclusters_lib.sources.competitiveness import read_competitiveness

HEAD = "NUTS.CODE.2016,merged.regions.code,NUTS.NAME,year,rci_value2019\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "AT00,AT00,Wien,2016,\"0,47\"\n", r"row 2: column rci_value2019 holds '0,47'"),
        (HEAD + "AT00,AT00,Wien,2016,0.4\nAT00,AT00,Wien,2016,0.5\n", r"row 3: AT00, 2016 stands twice"),
        (HEAD + "AT00,AT00,Wien,16,0.4\n", r"row 2: column year holds '16'"),
        (HEAD.replace("rci_value2019", "rci"), r"row 1 has no column 'rci_value2019'"),
        (HEAD + "AT00,AT00,Wien,2016\n", r"row 2: 4 columns where the header has 5"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_a_sentence_with_row_and_column(tmp_path, text, words):
    path = tmp_path / "rci.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        read_competitiveness(path)
    assert str(caught.value).startswith("rci.csv") and "\n" not in str(caught.value)


def published(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["geo", "merged", "year", "value"])
    return table.assign(name="").astype({"year": "int16"})


def test_a_merged_unit_stands_for_each_of_its_parts_and_says_so():
    table = competitiveness_index(published(("AT00", "AT00", 2016, 0.47), ("ITC4", "", 2016, -0.05)))
    assert table.to_numpy().tolist() == [
        ["AT12", 2016, 0.47, "estimated", "AT00: Vienna and Lower Austria together"],
        ["AT13", 2016, 0.47, "estimated", "AT00: Vienna and Lower Austria together"],
        ["ITC4", 2016, -0.05, "observed", ""],
    ]


def test_regions_that_the_index_leaves_out_are_missing_and_so_are_blanks():
    table = competitiveness_index(
        published(("ITC4", "", 2016, 0.0), ("FI1B", "", 2016, float("nan")), ("ITC4", "", 2019, 0.1)),
        also=["LI00", "ITC4"],
    )
    missing = table[table["status"] == "missing"]
    assert missing[["region", "year"]].to_numpy().tolist() == [
        ["FI1B", 2016], ["FI1B", 2019], ["LI00", 2016], ["LI00", 2019],
    ]  # fmt: skip
    assert missing["value"].isna().all() and set(missing["flag"]) == {""}
    # 0 is a figure: a region in the middle
    assert table.loc[(table["region"] == "ITC4") & (table["year"] == 2016), "status"].item() == "observed"


def test_an_unknown_merged_unit_and_a_part_with_a_row_of_its_own_are_sentences():
    with pytest.raises(ValueError, match=r"^the index merges regions as EL00, whose parts"):
        competitiveness_index(published(("EL00", "EL00", 2016, 0.1)))
    with pytest.raises(ValueError, match=r"^the index has a row for AT13 and for AT00, of which it is a part$"):
        competitiveness_index(published(("AT00", "AT00", 2016, 0.1), ("AT13", "", 2016, 0.2)))


@pytest.fixture(scope="module")
def path(raw_folder):
    return catalogue.raw_file("rci", folder=raw_folder)


@pytest.mark.raw
def test_the_column_called_2019_holds_the_value_of_the_year_of_the_row(path):
    # beside the values the file publishes their differences, computed before rounding to two digits
    table = pd.read_csv(path)
    values = table.pivot(index="NUTS.CODE.2016", columns="year", values="rci_value2019")
    changes = table.drop_duplicates("NUTS.CODE.2016").set_index("NUTS.CODE.2016")
    for new, old in ((2019, 2016), (2016, 2013), (2013, 2010)):
        difference = (values[new] - values[old] - changes[f"rci_{new}_vs_{old}"]).dropna()
        assert len(difference) > 270 and difference.abs().max() < 0.0101


@pytest.mark.raw
def test_the_parts_of_merged_units_are_exactly_the_regions_without_a_row(path, raw_folder):
    own = set(read_competitiveness(path)["geo"])
    gisco = pd.read_json(raw_folder / "gisco" / "nuts_2016_60m_all_levels.geojson")["features"]
    nuts2 = {f["properties"]["NUTS_ID"] for f in gisco if len(f["properties"]["NUTS_ID"]) == 4}
    countries = {code[:2] for code in own}
    absent = {code for code in nuts2 - own if code[:2] in countries}
    assert absent == {part for parts, _ in MERGED.values() for part in parts}
    assert set(MERGED) == own - nuts2 - countries


@pytest.mark.raw
def test_the_published_index(path):
    table = competitiveness_index(read_competitiveness(path), also=regions.perimeter("alpine_space_2014"))
    values = table.set_index(["region", "year"])["value"]
    # European Commission, Regional Competitiveness Index 2019, z-scores: Lombardy and Oberbayern
    assert values[("ITC4", 2016)] == -0.05 and values[("DE21", 2019)] > 0.8
    swiss = table[table["region"].str.startswith(("CH", "LI"))]
    assert set(swiss["status"]) == {"missing"} and swiss["region"].nunique() == 8
    assert set(table["year"]) == {2010, 2013, 2016, 2019}
