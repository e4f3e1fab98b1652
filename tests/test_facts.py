"""The curated facts agree with each other."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date

import pandas as pd
import pytest

from alpclusters_lib import paths
from alpclusters_lib.sources import catalogue, publishers

FILES = sorted(path.name for path in paths.facts().glob("*.csv"))


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.facts() / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def keys() -> set[str]:
    return set(table("s3_regions")["key"])


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_clean_text_with_a_source_in_every_row(file):
    raw = (paths.facts() / file).read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    assert text == unicodedata.normalize("NFC", text)
    assert not re.search("Ã.|â€|\ufffd", text), "mojibake"
    rows = list(csv.DictReader(text.splitlines()))
    assert rows and all(None not in row and None not in row.values() for row in rows), "ragged"
    assert all(row["source"].strip() for row in rows)
    assert len({tuple(row.items()) for row in rows}) == len(rows), "a row stands twice"


def test_every_file_is_described_and_every_file_described_is_there():
    text = (paths.facts() / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")][1:]
    assert sorted(name for cell in rows for name in re.findall(r"\w+\.csv", cell)) == FILES


@pytest.mark.parametrize("name", ["partners", "observers", "practices", "s3_priorities", "cluster_programmes"])
def test_regions_named_elsewhere_are_known(name, keys):
    assert set(table(name)["region"]) - {""} <= keys


def test_lists_of_regions_are_known(keys):
    listed = [
        *table("cluster_organisations")["regions_served"],
        *table("transformative_activities")["regions"],
    ]
    assert {key for cell in listed for key in cell.split()} <= keys


def test_partners_are_fifteen_rows_of_which_two_are_in_doubt():
    partners, project = table("partners"), table("project").set_index("field")["value"]
    assert len(partners) == 15
    doubtful = partners[partners["counted_in_14"] == ""]
    assert set(doubtful["region"]) == {"veneto"} and len(doubtful) == 2 and doubtful["note"].all()
    counted = (partners["counted_in_14"] == "1").sum() + 1  # one of the two of Veneto
    by_country = [int(project[f"partners_{c}"]) for c in ("it", "at", "de", "si", "fr", "ch")]
    assert counted == int(project["partners"]) == sum(by_country) == 14
    assert (partners["country"] == "IT").sum() == int(project["partners_it"]) + 1
    assert (partners["role"] == "lead").sum() == int(project["lead_partners"])


def test_money_and_dates_of_the_project_add_up():
    project = table("project").set_index("field")["value"]
    parts = int(project["lombardy_erdf_eur"]) + int(project["lombardy_state_eur"])
    assert parts == int(project["lombardy_budget_eur"])
    assert int(project["lombardy_erdf_eur"]) / parts == pytest.approx(0.85)
    start, end = date.fromisoformat(project["start"]), date.fromisoformat(project["end"])
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    assert months == int(project["duration_months"])


def test_workshops_lie_inside_the_project_and_end_after_they_start():
    project = table("project").set_index("field")["value"]
    workshops = table("workshops")
    assert (workshops["date_start"] <= workshops["date_end"]).all()
    assert workshops["date_start"].ge(project["start"]).all() and workshops["date_end"].le(project["end"]).all()
    assert workshops["date_start"].is_monotonic_increasing


def test_perimeters_have_the_known_sizes_and_hold_the_s3_regions():
    perimeters = table("perimeters").set_index("nuts2_2016")
    flags = perimeters[["alpine_space_2014", "alpine_space_2021", "eusalp"]]
    assert perimeters.index.is_unique and flags.isin(["0", "1"]).all(axis=None)
    members = {name: set(perimeters.index[perimeters[name] == "1"]) for name in flags}
    assert [len(codes) for codes in members.values()] == [35, 42, 43]
    assert members["alpine_space_2014"] < members["alpine_space_2021"]
    assert members["eusalp"] ^ members["alpine_space_2021"] == {"FRC1", "FRK1", "FRF1"}
    for row in table("s3_regions").itertuples():
        inside = set(row.nuts2_in_alpine_space_2014.split())
        assert inside == set(row.nuts_2016.split()) & members["alpine_space_2014"]
        assert inside or row.key == "fribourg"  # a canton is a NUTS 3 unit


def test_eusalp_counts_48_regions_and_two_states():
    members = table("eusalp_members")
    counts = members["country"].value_counts().to_dict()
    assert counts == {"CH": 26, "AT": 9, "IT": 8, "FR": 3, "DE": 2, "SI": 1, "LI": 1}
    assert members["nuts_2016"].is_unique
    perimeters = table("perimeters").set_index("nuts2_2016")
    covered = [code for code in perimeters.index if any(code.startswith(m[:4]) for m in members["nuts_2016"])]
    assert set(covered) == set(perimeters.index[perimeters["eusalp"] == "1"])


@pytest.mark.parametrize("name", ["s3_priorities", "transformative_activities", "practices"])
def test_ids_are_unique_slugs(name):
    ids = table(name)["id"]
    assert ids.is_unique and ids.str.fullmatch(r"[a-z0-9-]+").all()


def test_a_priority_is_either_found_or_said_to_be_missing():
    priorities = table("s3_priorities")
    found = priorities["status"] == "found"
    assert (priorities["priority"] != "").eq(found).all()
    assert set(priorities["region"]) == set(table("s3_regions")["key"])


def test_families_are_whole_known_divisions():
    families, nace = table("cluster_families"), table("nace").set_index("code")
    assert families["nace"].map(nace["level"]).eq("division").all()
    assert (families["weight"] == "1").all()
    assert 15 <= families["family"].nunique() <= 20
    assert not families.duplicated(["family", "nace"]).any()
    labels = families[["family", "label_en", "label_it", "source"]].drop_duplicates()
    assert labels["family"].is_unique


def test_nace_has_68_divisions_in_13_sections_and_short_labels():
    nace = table("nace")
    assert nace["level"].value_counts().to_dict() == {"division": 68, "section": 13}
    assert nace["code"].is_unique and (nace["code"].str[0] == nace["section"]).all()
    shorts = nace[["short_en", "short_it"]]
    assert (shorts != "").all(axis=None) and shorts.apply(lambda c: c.str.len()).le(28).all(axis=None)
    divisions = nace[nace["level"] == "division"]
    assert divisions["short_en"].is_unique and divisions["short_it"].is_unique


def test_recodes_are_one_to_one_within_a_vintage_and_lead_to_codes_that_stay():
    table_ = table("nuts_recodes")
    pure = table_[table_["kind"] == "recode"]
    assert table_["nuts_2013"].is_unique and set(table_["kind"]) == {"recode", "none"}
    assert not pure.duplicated(["vintage", "nuts_2016"]).any()
    assert not set(pure["nuts_2016"]) & set(table_["nuts_2013"])
    assert (pure["nuts_2013"].str.len() == pure["nuts_2016"].str.len()).all()
    rest = table_[table_["kind"] == "none"]
    assert (rest["nuts_2016"] == "").all() and (rest["successors"] != "").all() and (rest["note"] != "").all()


def test_cantons_are_the_26_of_the_european_list_in_seven_regions():
    cantons, members = table("swiss_cantons"), table("eusalp_members")
    assert len(cantons) == 26 and cantons["abbreviation"].is_unique and cantons["published_name"].is_unique
    assert set(cantons["nuts3"]) == set(members.loc[members["country"] == "CH", "nuts_2016"])
    assert (cantons["nuts3"].str[:4] == cantons["nuts2"]).all()
    assert set(cantons["nuts2"]) == {f"CH0{number}" for number in range(1, 8)}


def test_industries_of_input_output_tables_are_numbered_without_a_gap():
    world, austria, nace = table("wiod_industries"), table("io_industries"), table("nace")
    assert world["code"].tolist() == [f"c{number}" for number in range(1, 36)]
    assert austria["number"].tolist() == [str(number) for number in range(1, 57)] and austria["code"].is_unique
    held = austria["nace_divisions"].str.split().explode()
    divisions = set(nace.loc[nace["level"] == "division", "code"])
    assert held.is_unique and divisions - {"S95"} <= set(held)


def test_codes_of_horizon_2020_are_unique_and_of_two_kinds():
    codes = table("h2020_codes")
    assert not codes.duplicated(["kind", "code"]).any() and (codes["name"] != "").all()
    assert codes["kind"].value_counts().to_dict() == {"programme_part": 17, "organisation_type": 5}


def test_indicators_of_innovation_have_a_source_a_unit_and_a_direction():
    indicators = table("innovation_indicators")
    assert indicators["key"].is_unique and indicators["key"].str.fullmatch("[a-z0-9_]+").all()
    assert (indicators[["title_en", "title_it", "unit", "dataset"]] != "").all(axis=None)
    assert set(indicators["direction"]) == {"higher", "lower", "none"} and set(indicators["core"]) == {"", "1"}
    core = indicators[indicators["core"] == "1"]
    assert core["pillar"].value_counts().to_dict() == {"people": 3, "knowledge": 3, "structure": 4, "inclusion": 3}
    assert (core["direction"] != "none").all()
    known = {*catalogue.catalogue(), "computed", ""}
    assert set(indicators["dataset"]) | set(indicators["second_dataset"]) <= known
    assert ((indicators["second_dataset"] == "") == (indicators["second_source_column"] == "")).all()


def test_what_can_be_fetched_is_catalogued_or_follows_what_is():
    pairs = table("sbs_indicators")
    followers = set(pairs["new_dataset"]) - {""}
    assert set(pairs["old_dataset"]) <= set(catalogue.catalogue())
    assert set(publishers.publishers()) <= {*catalogue.catalogue(), *followers}
    for name, entry in publishers.publishers().items():
        if name in catalogue.catalogue():
            assert entry.file == catalogue.source(name).file


def test_names_cover_the_perimeters():
    names = table("regions_names")
    assert names["code"].is_unique
    wanted = {
        *table("perimeters")["nuts2_2016"],
        "DE1",
        "DE2",
        "CH022",
        "AT",
        "CH",
        "DE",
        "FR",
        "IT",
        "LI",
        "SI",
    }
    assert set(names["code"]) == wanted
    assert (names[["name_local", "name_en", "name_it"]] != "").all(axis=None)
