"""The table of regions: one row a code, names, perimeters, types, vintage."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.region_table import region_table

PERIMETERS = ["alpine_space_2014", "alpine_space_2021", "eusalp"]


@pytest.fixture
def parts():
    boundaries = pd.DataFrame(
        [
            ("SI03", 2, "SI", 2016),
            ("ITC4", 2, "IT", 2016),
            ("ITC4C", 3, "IT", 2016),
            ("HU10", 2, "HU", 2013),
            ("SI04", 2, "SI", 2016),
        ],
        columns=["region", "level", "country", "vintage"],
    ).astype({"level": "int8", "vintage": "int16"})
    for kind in ("mountain_type", "urban_type", "coast_type"):
        boundaries[kind] = pd.array([None, None, 4, None, None], dtype="Int8")
    names = pd.DataFrame(
        {"name_local": ["Lombardia"], "name_en": ["Lombardy"], "name_it": ["Lombardia"]}, index=["ITC4"]
    )
    gisco = {"ITC4": "LOMBARDIA", "SI03": "Vzhodna Slovenija", "SI04": "Zahodna Slovenija", "ITC4C": "Milano"}
    local = pd.Series(gisco)
    perimeters = pd.DataFrame({p: [True, False] for p in PERIMETERS}, index=["ITC4", "HU10"])
    s3 = pd.DataFrame({"key": ["lombardy", "slovenia"], "nuts_2016": ["ITC4", "SI03 SI04"]})
    return boundaries, local, names, perimeters, s3


@pytest.fixture
def table(parts):
    made = region_table(*parts, published=["ITC4", "ITE3", "EU28", "FR2"])
    schemas.validate("regions", made)
    return made.set_index("region")


def test_there_is_one_row_a_code_sorted(table):
    assert list(table.index) == ["FR2", "HU10", "ITC4", "ITC4C", "ITE3", "SI03", "SI04"]


def test_a_published_code_without_a_boundary_has_level_and_country_of_its_code(table):
    assert table.loc["ITE3", ["level", "country", "vintage"]].tolist() == [2, "IT", ""]
    assert table.loc["FR2", ["level", "country", "vintage"]].tolist() == [1, "FR", ""]
    assert table.loc["FR2", ["mountain_type", "urban_type", "coast_type"]].isna().all()


def test_the_european_union_is_no_region(table):
    assert "EU28" not in table.index


def test_checked_names_win_over_those_of_the_map(table):
    assert table.loc["ITC4", ["name_local", "name_en", "name_it"]].tolist() == ["Lombardia", "Lombardy", "Lombardia"]


def test_a_region_without_a_checked_name_has_its_local_one_and_without_any_its_code(table):
    assert set(table.loc["SI03", ["name_local", "name_en", "name_it"]]) == {"Vzhodna Slovenija"}
    assert set(table.loc["ITE3", ["name_local", "name_en", "name_it"]]) == {"ITE3"}


def test_perimeters_are_true_or_false_and_false_where_unlisted(table):
    assert table.loc["ITC4", PERIMETERS].tolist() == [True] * 3
    assert not table.drop("ITC4")[PERIMETERS].to_numpy().any()
    assert {dtype.name for dtype in table[PERIMETERS].dtypes} == {"bool"}


def test_each_part_of_a_project_region_carries_its_key_and_no_other_code_does(table):
    assert table.loc[["ITC4", "SI03", "SI04"], "s3_region"].tolist() == ["lombardy", "slovenia", "slovenia"]
    assert (table.drop(["ITC4", "SI03", "SI04"])["s3_region"] == "").all()


def test_types_stay_as_the_map_gives_them(table):
    assert table.loc["ITC4C", "mountain_type"] == 4
    assert table.drop("ITC4C")["mountain_type"].isna().all()


def test_the_vintage_is_a_year(table):
    assert table["vintage"].to_dict() == {
        "FR2": "", "HU10": "2013", "ITC4": "2016", "ITC4C": "2016", "ITE3": "", "SI03": "2016", "SI04": "2016",
    }  # fmt: skip


def test_the_vintage_does_not_depend_on_what_else_is_published(parts):
    alone = region_table(*parts).set_index("region")["vintage"]
    beside = region_table(*parts, published=["ITE3"]).set_index("region")["vintage"]
    assert alone.to_dict() == beside[alone.index].to_dict()


def test_the_inputs_are_not_changed(parts):
    before = [part.copy(deep=True) for part in parts]
    region_table(*parts, published=["ITE3"])
    for part, was in zip(parts, before, strict=True):
        assert part.equals(was)
