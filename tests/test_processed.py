"""The committed tables: computed from the published files and from nothing else, and described as they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from alpclusters_lib import paths
from alpclusters_lib.cleaning import build
from alpclusters_lib.sources import catalogue

NAMES = list(build.TABLES)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def package():
    return json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def resources(package):
    return {resource["name"]: resource for resource in package["resources"]}


# --- the descriptor ---------------------------------------------------------------------------------------


def test_every_table_is_described_and_every_file_is_a_table(resources):
    assert list(resources) == NAMES
    files = {path.name for path in paths.processed().iterdir() if not path.name.startswith(".")}
    assert files == {"datapackage.json", *(r["path"] for r in resources.values())}


@pytest.mark.parametrize("name", NAMES)
def test_hash_size_rows_and_columns_of_the_descriptor_are_those_of_the_file(resources, name):
    described, path = resources[name], paths.processed() / resources[name]["path"]
    assert described["hash"] == f"sha256:{sha256(path)}"
    assert described["bytes"] == path.stat().st_size
    table = pd.read_parquet(path)
    assert described["rows"] == len(table) > 0
    fields = described["schema"]["fields"]
    assert [field["name"] for field in fields] == list(table.columns)
    assert all(field["description"].strip() for field in fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_names_source_reference_licence_and_the_checksum_of_its_input(resources, name):
    known = catalogue.catalogue()
    sources = resources[name]["sources"]
    assert sources
    for source in sources:
        entry = known[source["dataset"]]
        assert source["sha256"] == entry.sha256 and len(source["sha256"]) == 64
        assert source["licence"] == entry.licence != ""
        assert source["reference"] == entry.reference != "" and source["publisher"] == entry.publisher != ""


def test_every_catalogued_file_is_the_source_of_some_table(resources):
    used = {source["dataset"] for r in resources.values() for source in r["sources"]}
    assert used == set(catalogue.catalogue())


def test_no_table_is_larger_than_three_megabytes(resources):
    assert {n: r["bytes"] for n, r in resources.items() if r["bytes"] > 3_000_000} == {}


def test_status_says_when_a_table_differs(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "sources.csv").write_bytes((paths.raw() / "sources.csv").read_bytes())
    processed = tmp_path / "data" / "processed"
    processed.mkdir()
    for path in paths.processed().glob("*.*"):
        (processed / path.name).write_bytes(path.read_bytes())
    (processed / "regions.parquet").write_bytes(b"other")
    (processed / "local_units.parquet").unlink()
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(tmp_path))
    monkeypatch.delenv("ALPCLUSTERS_RAW", raising=False)
    words = dict(build.status())
    assert words["employment.parquet"] == "as described"
    assert words["regions.parquet"] == words["local_units.parquet"] == "differs from datapackage.json"
    assert "is not in" in words["sbs_r_nuts06_r2"]


# --- rebuilt from the published files ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def rebuilt(raw_folder, tmp_path_factory):
    destination = tmp_path_factory.mktemp("processed")
    said = list(build.build(folder=raw_folder, destination=destination))
    return destination, said


@pytest.mark.raw
def test_a_build_says_name_and_rows_of_every_table_and_leaves_nothing_else(rebuilt, resources):
    destination, said = rebuilt
    assert said == [(name, resources[name]["rows"]) for name in NAMES]
    assert {p.name for p in destination.iterdir()} == {"datapackage.json", *(f"{n}.parquet" for n in NAMES)}


@pytest.mark.raw
@pytest.mark.parametrize("name", [n for n in NAMES if n != "boundaries"])
def test_a_table_rebuilt_from_the_published_files_equals_the_committed_one(rebuilt, name):
    destination, _ = rebuilt
    expected = pd.read_parquet(paths.processed() / f"{name}.parquet")
    found = pd.read_parquet(destination / f"{name}.parquet")
    if not found.equals(expected):  # the next line takes seconds: only where it has something to say
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


@pytest.mark.raw
def test_boundaries_rebuilt_from_the_published_files_equal_the_committed_ones(rebuilt):
    destination, _ = rebuilt
    expected = gpd.read_parquet(paths.processed() / "boundaries.parquet")
    found = gpd.read_parquet(destination / "boundaries.parquet")
    assert found.crs == expected.crs and found.crs.to_epsg() == 4326
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.drop(columns="geometry")), pd.DataFrame(expected.drop(columns="geometry"))
    )
    # the same outline, wherever the ring starts: another version of GEOS may start it elsewhere
    apart = ~found.geometry.geom_equals(expected.geometry)
    assert found.loc[apart, "region"].tolist() == []


@pytest.mark.raw
def test_the_descriptor_rebuilt_says_the_same_about_sources_and_columns(rebuilt, package):
    destination, _ = rebuilt
    again = json.loads((destination / "datapackage.json").read_text(encoding="utf-8"))

    def without_bytes(descriptor):  # compressed bytes depend on the version of the library that wrote them
        kept = [{k: v for k, v in r.items() if k not in ("bytes", "hash")} for r in descriptor["resources"]]
        return {**descriptor, "resources": kept}

    assert without_bytes(again) == without_bytes(package)


@pytest.mark.raw
def test_no_file_in_data_is_a_published_file(raw_folder):
    published = {sha256(p): p.name for p in raw_folder.rglob("*") if p.is_file()}
    assert len(published) > 20
    # data/raw/downloads is where a user puts published files: it is ignored by git
    ours = [p for p in (paths.root() / "data").rglob("*") if p.is_file() and paths.downloads() not in p.parents]
    ours = [p for p in ours if "downloads" not in p.parts]
    assert len(ours) > 10
    assert {str(p): published[sha256(p)] for p in ours if sha256(p) in published} == {}


# --- a build that fails -----------------------------------------------------------------------------------


@pytest.fixture
def small_build(monkeypatch):
    """Two tables of one row that need no published file; returns the dictionary of tables to change."""
    good = pd.DataFrame({"family": ["food"], "purity": [0.5], "industries": [3], "home_clusters": ["Food"]})
    tables = {"cluster_families": build.Table("First", ("uscmp_crosswalk",), lambda inputs: good)}
    tables["local_units"] = build.Table("Second", ("sbs_r_nuts06_r2",), lambda inputs: counts())
    monkeypatch.setattr(build, "TABLES", tables)
    # the descriptor asks which vintage of a file was read; here none was
    monkeypatch.setattr(build.successors, "vintages", lambda dataset, folder=None: [catalogue.source(dataset)])
    return tables


def counts(**changes) -> pd.DataFrame:
    row = {"region": "ITC4", "sector": "C28", "year": 2014, "value": 1.0, "status": "observed", "flag": ""}
    return pd.DataFrame([row | changes]).astype({"year": "int16"})


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def old_tables(folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    for name in ("cluster_families.parquet", "local_units.parquet", "datapackage.json"):
        (folder / name).write_bytes(b"as it was: " + name.encode())
    return content(folder)


def test_a_build_that_succeeds_replaces_the_tables(small_build, tmp_path):
    destination = tmp_path / "processed"
    old_tables(destination)
    assert list(build.build(destination=destination)) == [("cluster_families", 1), ("local_units", 1)]
    assert sorted(content(destination)) == ["cluster_families.parquet", "datapackage.json", "local_units.parquet"]
    assert pd.read_parquet(destination / "local_units.parquet")["value"].tolist() == [1.0]
    described = json.loads((destination / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert {r["path"]: r["hash"] for r in described} == {
        path.name: f"sha256:{sha256(path)}" for path in destination.glob("*.parquet")
    }


def test_a_build_that_fails_half_way_leaves_the_destination_as_it_was(small_build, tmp_path):
    def fail(inputs):
        raise ValueError("no figures today")

    small_build["local_units"] = build.Table("Second", ("sbs_r_nuts06_r2",), fail)
    destination = tmp_path / "processed"
    before = old_tables(destination)
    with pytest.raises(ValueError, match="no figures today"):
        list(build.build(destination=destination))
    assert content(destination) == before and len(list(destination.iterdir())) == 3


def test_a_table_that_fails_its_checks_leaves_the_destination_as_it_was(small_build, tmp_path):
    small_build["local_units"] = build.Table("Second", ("sbs_r_nuts06_r2",), lambda inputs: counts(value=-1.0))
    destination = tmp_path / "processed"
    before = old_tables(destination)
    with pytest.raises(ValueError, match="table local_units: column value"):
        list(build.build(destination=destination))
    assert content(destination) == before and len(list(destination.iterdir())) == 3


def test_a_build_that_is_interrupted_leaves_the_destination_as_it_was(small_build, tmp_path):
    destination = tmp_path / "processed"
    before = old_tables(destination)
    steps = build.build(destination=destination)
    assert next(steps) == ("cluster_families", 1)
    steps.close()
    assert content(destination) == before and len(list(destination.iterdir())) == 3


def test_an_absent_published_file_is_a_sentence_and_changes_nothing(tmp_path):
    destination, empty = tmp_path / "processed", tmp_path / "empty"
    empty.mkdir()
    before = old_tables(destination)
    with pytest.raises(ValueError, match="is not in"):
        list(build.build(folder=empty, destination=destination))
    assert content(destination) == before
