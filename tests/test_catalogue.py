"""The catalogue of published files: its schema, and the sentence for each file that is not the one described."""

from __future__ import annotations

import csv
import re

import pytest

from alpclusters_lib import paths
from alpclusters_lib.sources import catalogue


@pytest.fixture
def rows():
    with (paths.raw() / "sources.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A project of its own: one catalogued file, `good.tsv`, that is as described."""
    (tmp_path / "notebooks").mkdir()
    downloads = tmp_path / "data" / "raw" / "downloads"
    (downloads / "eurostat").mkdir(parents=True)
    (downloads / "eurostat" / "good.tsv").write_bytes(b"abc")
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(tmp_path))
    monkeypatch.delenv("ALPCLUSTERS_RAW", raising=False)
    write_catalogue(tmp_path, [row()])
    return tmp_path


# SHA-256 of the three bytes "abc": FIPS 180-2, example B.1
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def row(**changes):
    values = dict.fromkeys(catalogue.COLUMNS, "x")
    values |= {"dataset": "good", "file": "eurostat/good.tsv", "sha256": ABC, "bytes": "3"}
    return values | changes


def write_catalogue(home, rows, columns=catalogue.COLUMNS):
    catalogue._read.cache_clear()
    with (home / "data" / "raw" / "sources.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_the_catalogue_has_the_columns_of_its_schema(rows):
    assert rows and tuple(rows[0]) == catalogue.COLUMNS
    assert all(None not in r and None not in r.values() for r in rows), "a row with too many or too few cells"


def test_every_data_set_and_every_file_stands_once(rows):
    assert len({r["dataset"] for r in rows}) == len(rows) == len({r["file"] for r in rows})


def test_every_row_has_a_checksum_and_a_size(rows):
    assert [r["dataset"] for r in rows if not re.fullmatch("[0-9a-f]{64}", r["sha256"])] == []
    assert [r["dataset"] for r in rows if not int(r["bytes"]) > 0] == []
    assert len({r["sha256"] for r in rows}) == len(rows)


@pytest.mark.parametrize("column", ["title", "publisher", "reference", "licence", "url"])
def test_no_row_leaves_its_origin_blank(rows, column):
    assert [r["dataset"] for r in rows if not r[column].strip()] == []


def test_every_address_is_of_the_web_and_every_file_a_path_inside_the_folder(rows):
    assert [r["url"] for r in rows if not re.fullmatch(r"https://[\w.-]+/\S*", r["url"])] == []
    assert [r["file"] for r in rows if not re.fullmatch(r"[\w-]+/[\w.-]+", r["file"])] == []


def test_the_rows_come_back_as_sources_by_name(rows):
    known = catalogue.catalogue()
    assert list(known) == [r["dataset"] for r in rows]
    for r in rows:
        assert {c: str(getattr(known[r["dataset"]], c)) for c in catalogue.COLUMNS} == r


def test_the_catalogue_handed_out_is_a_copy():
    catalogue.catalogue().clear()
    assert catalogue.catalogue()


def test_an_unknown_data_set_is_a_sentence_that_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no data set 'sbs_r'.*available: .*sbs_na_sca_r2, sbs_r_nuts06_r2"):
        catalogue.source("sbs_r")


def test_a_file_as_described_is_found(home):
    path = home / "data" / "raw" / "downloads" / "eurostat" / "good.tsv"
    assert catalogue.raw_file("good") == path
    assert catalogue.sha256_of(path) == ABC


def test_the_folder_handed_in_wins_then_the_environment_then_downloads(home, tmp_path, monkeypatch):
    for name in ("handed", "named"):
        (tmp_path / name / "eurostat").mkdir(parents=True)
        (tmp_path / name / "eurostat" / "good.tsv").write_bytes(b"abc")
    monkeypatch.setenv("ALPCLUSTERS_RAW", str(tmp_path / "named"))
    assert catalogue.raw_file("good") == tmp_path / "named" / "eurostat" / "good.tsv"
    handed = catalogue.raw_file("good", folder=tmp_path / "handed")
    assert handed == tmp_path / "handed" / "eurostat" / "good.tsv"


def test_an_absent_file_is_a_sentence_that_names_it_and_the_folder(home, tmp_path):
    folder = tmp_path / "nowhere"
    with pytest.raises(ValueError) as caught:
        catalogue.raw_file("good", folder=folder)
    sentence = str(caught.value)
    assert sentence.startswith(f"eurostat/good.tsv of good is not in {folder};")
    assert "ALPCLUSTERS_RAW" in sentence and "\n" not in sentence


def test_an_empty_file_is_a_sentence_that_says_how_large_it_should_be(home):
    write_catalogue(home, [row(bytes="3053752")])
    (home / "data" / "raw" / "downloads" / "eurostat" / "good.tsv").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^eurostat/good\.tsv of good is empty; .* 3,053,752 bytes$"):
        catalogue.raw_file("good")


@pytest.mark.parametrize("content", [b"abd", b"ab", b"abc\n"], ids=["changed", "cut short", "longer"])
def test_another_checksum_is_a_sentence_with_both_and_both_sizes(home, content):
    (home / "data" / "raw" / "downloads" / "eurostat" / "good.tsv").write_bytes(content)
    with pytest.raises(ValueError) as caught:
        catalogue.raw_file("good")
    sentence = str(caught.value)
    assert sentence.startswith("eurostat/good.tsv of good has SHA-256 ") and "\n" not in sentence
    assert ABC[:12] in sentence and f"found: {len(content)}" in sentence and "catalogued: 3 bytes" in sentence


def test_a_data_set_named_twice_is_a_sentence_that_names_it(home):
    write_catalogue(home, [row(), row(file="eurostat/other.tsv")])
    with pytest.raises(ValueError, match=r"sources\.csv names a data set twice: good"):
        catalogue.catalogue()


def test_a_catalogue_with_other_columns_is_a_sentence_that_lists_the_right_ones(home):
    write_catalogue(home, [row()], columns=[c for c in catalogue.COLUMNS if c != "licence"])
    with pytest.raises(ValueError, match=r"sources\.csv must have the columns dataset, .*licence.*; it has"):
        catalogue.catalogue()


@pytest.mark.raw
def test_every_published_file_is_the_one_described(raw_folder, rows):
    for r in rows:
        path = catalogue.raw_file(r["dataset"], folder=raw_folder)
        assert path.stat().st_size == int(r["bytes"]), r["dataset"]
