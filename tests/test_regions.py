"""Codes, names, perimeters, vintages."""

from __future__ import annotations

import pytest

from alpclusters_lib import datasets, regions


def test_s3_regions_and_the_units_they_are_published_as():
    table = regions.s3_regions()
    assert len(table) == 11 and table.index.is_unique
    published = table["publication_codes"].to_dict()
    assert published["slovenia"] == ("SI",)
    assert published["bavaria"] == ("DE2",)
    assert published["baden-wuerttemberg"] == ("DE1",)
    assert all(published[key] == table.loc[key, "codes"] for key in ("lombardy", "franche-comte", "fribourg"))


def test_s3_region():
    bavaria = regions.s3_region("bavaria")
    assert bavaria.codes == tuple(f"DE2{i}" for i in range(1, 8)) and bavaria.strategy_level == 1
    assert (bavaria.name(), bavaria.name("it"), bavaria.name("local")) == ("Bavaria", "Baviera", "Bayern")
    assert regions.s3_region("fribourg").codes == ("CH022",)
    with pytest.raises(ValueError, match=r"unknown region 'lombardia'; did you mean 'lombardy'\? Regions"):
        regions.s3_region("lombardia")
    with pytest.raises(ValueError, match="unknown language 'fr'; en, it or local would be right"):
        bavaria.name("fr")


def test_perimeters():
    assert [len(regions.perimeter(p)) for p in regions.PERIMETERS] == [35, 42, 43]
    assert "DE21" in regions.perimeter("alpine_space_2014") and "DE11" not in regions.perimeter("alpine_space_2014")
    sentence = "unknown perimeter 'alps'; alpine_space_2014, alpine_space_2021, eusalp would be right"
    with pytest.raises(ValueError, match=sentence):
        regions.perimeter("alps")


def test_names():
    assert regions.name("ITC4") == "Lombardy"
    assert regions.name("AT34", "local") == "Vorarlberg"
    assert regions.name("FRC2", "it") == "Franca Contea"
    for perimeter in regions.PERIMETERS:
        assert all(regions.name(code, "it") for code in regions.perimeter(perimeter))
    with pytest.raises(ValueError, match="no name for 'PL71'; a region or state of the Alpine perimeters"):
        regions.name("PL71")


def test_country_and_level():
    assert regions.country("DE2") == "DE"
    assert [regions.level(code) for code in ("AT", "DE2", "AT31", "CH022")] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="'it' is no NUTS code; two letters"):
        regions.level("it")


def test_countries_of_the_world_tables():
    pairs = {"AT": "AUT", "EL30": "GRC", "UK": "GBR", "RO": "ROM", "SI04": "SVN", "CH": "RoW", "LI": "RoW", "HR": "RoW"}
    assert {code: regions.wiod_country(code) for code in pairs} == pairs
    of_table = set(datasets.input_output(2011).x.index.get_level_values("country"))
    members = regions.WIOD_COUNTRIES
    assert len(set(members.values())) == len(members) == 28 and set(members.values()) < of_table
    with pytest.raises(ValueError, match="'aut' is no NUTS code"):
        regions.wiod_country("aut")


@pytest.mark.parametrize(
    ("old", "new"),
    [("FR42", "FRF1"), ("FR43", "FRC2"), ("FR71", "FRK2"), ("FR82", "FRL0"), ("FR7", "FRK"), ("ITD2", "ITH2"),
     ("EL11", "EL51"), ("PL31", "PL81"), ("FRA1", "FRY1"), ("FR91", "FRY1")],
)  # fmt: skip
def test_recodes(old, new):
    assert regions.recodes()[old] == new


@pytest.mark.parametrize(
    "code", ["HU10", "IE01", "LT00", "PL12", "UKM2", "UKM3", "SI01", "SI02", "FR2", "FR3", "ITD5", "DE41"]
)
def test_what_has_no_equal_of_2016_is_never_recoded(code):
    assert code not in regions.recodes().index
    assert regions.canonical_codes([code]) == (code,)


def test_canonical_codes_keep_the_order_and_drop_repeats():
    assert regions.canonical_codes(["ITC4", "FR43", "FRC2", "FR42"]) == ("ITC4", "FRC2", "FRF1")


def test_tables_are_copies():
    codes, table = regions.recodes(), regions.s3_regions()
    codes["FR42"] = table.loc["veneto", "name_en"] = "changed"
    assert regions.recodes()["FR42"] == "FRF1" and regions.s3_region("veneto").name_en == "Veneto"


@pytest.mark.parametrize(
    ("codes", "vintage"),
    [(["ITC4"], 2016), (["FR42", "ITC4"], 2013), (["FR42", "EL51"], 2013), (["EL11", "SI01"], 2010),
     (["ITD1", "AT31"], 2006), (["SI03", "FRK2"], 2016), (["FR42", "SI01"], 2010)],
)  # fmt: skip
def test_vintage(codes, vintage):
    assert regions.vintage_of(codes) == vintage


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["FR42", "FRF1"], r"NUTS vintages: FR42 \(2013\) and FRF1 \(2016\); convert FR42 to FRF1"),
        (["HU10", "FRF1"], r"HU10 \(2013\) and FRF1 \(2016\); HU10 has no NUTS 2016 code of the same area"),
        (["SI01", "SI04"], r"SI01 \(2010\) and SI04 \(2013\); SI01 has no NUTS 2016 code"),
        (["ITD1", "ITH2"], r"ITD1 \(2006\) and ITH2 \(2010\); convert ITD1 to ITH1"),
        ([], "no codes given; at least one NUTS code would be right"),
    ],
)
def test_mixed_vintages_are_refused(codes, sentence):
    with pytest.raises(ValueError, match=sentence):
        regions.vintage_of(codes)
