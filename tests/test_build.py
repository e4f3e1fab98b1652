"""`alpclusters data build`: it does nothing where nothing has changed, and writes the same bytes wherever it runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alpclusters_lib import cli, paths
from alpclusters_lib.cleaning import build, fingerprint
from alpclusters_lib.sources import catalogue

RAW_FILE = "rci"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return a project of its own: facts, a published file, a table with its descriptor, and a copy of the library."""
    folder = tmp_path / "home"
    (folder / "notebooks").mkdir(parents=True)
    shutil.copytree(paths.raw(), folder / "data" / "raw", ignore=shutil.ignore_patterns("downloads"))
    library = folder / "alpclusters_lib"
    shutil.copytree(Path(cli.__file__).parent, library, ignore=shutil.ignore_patterns("__pycache__"))
    published = tmp_path / "published"
    (published / catalogue.source(RAW_FILE).file).parent.mkdir(parents=True)
    (published / catalogue.source(RAW_FILE).file).write_text("as published")
    write_tables(folder / "data" / "processed", "one")
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(folder))
    monkeypatch.setenv("ALPCLUSTERS_RAW", str(published))
    monkeypatch.delenv("ALPCLUSTERS_OUTPUTS", raising=False)
    monkeypatch.setattr(fingerprint, "__file__", str(library / "cleaning" / "fingerprint.py"))
    return folder


def write_tables(folder: Path, content: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "regions.parquet").write_text(content)
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{"path": "regions.parquet"}]}))


def add_line(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")


# --- what counts as a change ------------------------------------------------------------------------------


def changed() -> str:
    return fingerprint.changed(fingerprint.inputs())


def test_without_a_note_everything_has_changed(home):
    assert changed() == "no build is noted here yet"


def test_after_a_build_is_noted_nothing_has_changed(home):
    fingerprint.record(fingerprint.inputs())
    assert changed() == ""
    assert sorted(p.name for p in paths.outputs().iterdir()) == ["build.json"]


@pytest.mark.parametrize(
    "path",
    ["data/raw/sources.csv", "data/raw/facts/perimeters.csv", "alpclusters_lib/balancing.py",
     "alpclusters_lib/regions.py", "alpclusters_lib/sectors.py", "alpclusters_lib/paths.py",
     "alpclusters_lib/__init__.py", "alpclusters_lib/sources/eurostat.py", "alpclusters_lib/cleaning/employment.py",
     "alpclusters_lib/cleaning/schemas/industry.py"],
)  # fmt: skip
def test_an_edited_fact_or_module_of_the_build_is_a_change_that_is_named(home, path):
    fingerprint.record(fingerprint.inputs())
    add_line(home / path)
    # a sentence that names the file
    assert path.removeprefix("alpclusters_lib/").removeprefix("data/raw/") in changed()


@pytest.mark.parametrize(
    "path", ["alpclusters_lib/datasets.py", "alpclusters_lib/reports/runner.py", "notebooks/x.ipynb"]
)
def test_what_the_build_does_not_use_is_no_change(home, path):
    fingerprint.record(fingerprint.inputs())
    add_line(home / path)
    assert changed() == ""


def test_a_module_or_fact_that_comes_or_goes_is_a_change(home):
    fingerprint.record(fingerprint.inputs())
    (home / "alpclusters_lib" / "cleaning" / "novelty.py").write_text("")
    assert changed() == "code cleaning/novelty.py has changed"
    (home / "alpclusters_lib" / "cleaning" / "novelty.py").unlink()
    (home / "data" / "raw" / "facts" / "perimeters.csv").unlink()
    assert changed() == "fact facts/perimeters.csv has changed"


def test_a_published_file_that_is_edited_removed_or_fetched_is_a_change(home):
    fingerprint.record(fingerprint.inputs())
    place = paths.downloads() / catalogue.source(RAW_FILE).file
    place.write_text("another vintage")
    assert changed() == f"file {RAW_FILE} has changed"
    place.unlink()
    assert changed() == f"file {RAW_FILE} has changed"
    place.write_text("as published")
    assert changed() == ""
    # the ledger of fetched files, and what it names beyond the catalogue
    header = ",".join(fingerprint.ledger.COLUMNS)
    row = "sbs_r_nuts2021,new.tsv,https://example.org,2026-01-01,aa,1,bb,1,,"
    (paths.downloads() / "fetched.csv").write_text(f"{header}\n{row}\n")
    assert changed() == "file fetched.csv has changed, and 1 more"
    fingerprint.record(fingerprint.inputs())
    (paths.downloads() / "new.tsv").write_text("figures")
    assert changed() == "file sbs_r_nuts2021 has changed"


def test_where_the_published_files_lie_does_not_matter(home, tmp_path, monkeypatch):
    fingerprint.record(fingerprint.inputs())
    shutil.copytree(paths.downloads(), tmp_path / "elsewhere")
    monkeypatch.setenv("ALPCLUSTERS_RAW", str(tmp_path / "elsewhere"))
    assert changed() == ""


def test_another_version_of_a_library_is_a_change(home, monkeypatch):
    fingerprint.record(fingerprint.inputs())
    monkeypatch.setattr(fingerprint.metadata, "version", lambda name: "99" if name == "pyarrow" else "1")
    assert "has changed" in changed()


@pytest.mark.parametrize("name", ["regions.parquet", "datapackage.json"])
def test_a_table_or_descriptor_that_was_edited_or_removed_is_a_change(home, name):
    fingerprint.record(fingerprint.inputs())
    path = paths.processed() / name
    before = path.read_bytes()
    path.write_bytes(before + b" ")
    assert changed() == f"{name} was edited or is missing"
    path.unlink()
    assert changed() == f"{name} was edited or is missing"
    path.write_bytes(before)
    assert changed() == ""


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": 1, "tables": 2}', '{"inputs": {}}'])
def test_a_damaged_note_counts_as_none(home, text):
    fingerprint.record(fingerprint.inputs())
    (paths.outputs() / "build.json").write_text(text)
    assert changed() == "build.json is damaged"


def test_the_check_loads_no_library_of_tables():
    code = (
        "import sys; from alpclusters_lib import cli; from alpclusters_lib.cleaning import fingerprint; "
        "fingerprint.changed(fingerprint.inputs()); "
        "print([n for n in ('numpy', 'pandas', 'pyarrow', 'pandera') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the verb ---------------------------------------------------------------------------------------------


@pytest.fixture
def builds(home, monkeypatch):
    """Replace the build by one of a single table; return the list of contents that it writes, one a build."""
    written = []

    def fake():
        written.append(f"content {len(written)}")
        yield "regions", 1
        write_tables(paths.processed(), written[-1])

    monkeypatch.setattr(build, "build", fake)
    return written


def data_build(*options: str):
    return CliRunner().invoke(cli.app, ["data", "build", *options])


def test_a_second_build_without_change_writes_nothing_and_says_so(builds):
    assert data_build().output.splitlines() == [
        "building: no build is noted here yet",
        f"{'regions':<20} {1:>9,} rows",
    ]
    before = {p: p.stat().st_mtime_ns for p in paths.root().rglob("*")}
    second = data_build()
    assert second.exit_code == 0 and second.output.startswith("nothing to do: ") and second.output.count("\n") == 1
    assert len(builds) == 1
    assert {p: p.stat().st_mtime_ns for p in paths.root().rglob("*")} == before


def test_force_builds_although_nothing_has_changed(builds):
    data_build()
    assert data_build("--force").output.startswith("building: asked to, although nothing has changed")
    assert len(builds) == 2
    assert data_build().output.startswith("nothing to do")


def test_an_edited_table_is_built_again(builds):
    data_build()
    (paths.processed() / "regions.parquet").write_text("edited by hand")
    assert data_build().output.startswith("building: regions.parquet was edited or is missing\n")
    assert (paths.processed() / "regions.parquet").read_text() == "content 1"
    assert data_build().output.startswith("nothing to do")


def test_a_build_that_fails_is_not_noted(builds, monkeypatch):
    def fail():
        yield "regions", 1
        raise ValueError("no figures today")

    with monkeypatch.context() as patch:
        patch.setattr(build, "build", fail)
        assert isinstance(data_build().exception, ValueError)
    assert not (paths.outputs() / "build.json").exists()
    assert data_build().output.startswith("building: no build is noted here yet")


def test_what_is_edited_while_a_build_runs_is_a_change_afterwards(builds, monkeypatch):
    plain = build.build

    def edited():
        add_line(paths.facts() / "perimeters.csv")
        yield from plain()

    with monkeypatch.context() as patch:
        patch.setattr(build, "build", edited)
        data_build()
    assert data_build().output.startswith("building: fact facts/perimeters.csv has changed")


# --- the same bytes ---------------------------------------------------------------------------------------

INDUSTRY = """
import sys
from pathlib import Path
from alpclusters_lib.cleaning import build
inputs = build.Inputs()
for name in ("employment", "unused_sums", "local_units", "national_accounts"):
    build._write(name, build.TABLES[name].make(inputs), Path(sys.argv[1]))
"""


@pytest.mark.raw
def test_industry_tables_are_the_committed_bytes_whatever_the_order_of_sets_and_the_threads(raw_folder, tmp_path):
    own = {"PYTHONHASHSEED": "4711", "OPENBLAS_NUM_THREADS": "1", "ALPCLUSTERS_RAW": str(raw_folder)}
    command = [sys.executable, "-c", INDUSTRY, str(tmp_path)]
    made = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    for path in files:
        assert path.read_bytes() == (paths.processed() / path.name).read_bytes(), path.name
