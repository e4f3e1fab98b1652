"""The frame: dependency files in step, the imposed layout, the README's commands, nothing that does not belong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import alpclusters_lib

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@lru_cache
def committed() -> tuple[Path, ...]:
    """Return what git holds or would hold: tracked files, and untracked ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@pytest.fixture
def files():
    try:
        found = committed()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: what is committed cannot be listed")
    assert len(found) > 50
    return found


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- dependencies -----------------------------------------------------------------------------------------


@lru_cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@lru_cache
def declared() -> dict[str, Requirement]:
    """Return the requirements of pyproject.toml, extras included, by name."""
    texts = [*project()["dependencies"]]
    for extra in project()["optional-dependencies"].values():
        texts += extra
    requirements = [Requirement(text) for text in texts]
    return {canonicalize_name(r.name): r for r in requirements}


@lru_cache
def environment() -> dict[str, Requirement]:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in content["dependencies"] if isinstance(entry, str)]
    piped = [line for entry in content["dependencies"] if isinstance(entry, dict) for line in entry["pip"]]
    assert "-e ." in piped, "environment.yml installs the project itself"
    requirements = [Requirement(text) for text in [*plain, *(line for line in piped if line != "-e .")]]
    return {canonicalize_name(r.name): r for r in requirements}


PIN = re.compile(r"^([\w.\-]+)==(\S+?)((?: ; [^\\\n]+?)?)(?: \\)?\n((?:    --hash=\S+(?: \\)?\n)*)", re.MULTILINE)


@lru_cache
def lock() -> tuple[Requirement, ...]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return tuple(Requirement(f"{name}=={version}{marker}") for name, version, marker, _ in PIN.findall(text))


def lower_bound(requirement: Requirement) -> Version:
    (bound,) = [s.version for s in requirement.specifier if s.operator == ">="]
    return Version(bound)


@pytest.mark.parametrize("name", sorted(declared()))
def test_a_dependency_is_in_the_conda_environment_with_the_same_bounds(name):
    assert name in environment(), f"{name} is in pyproject.toml and not in environment.yml"
    assert lower_bound(environment()[name]) == lower_bound(declared()[name])
    assert environment()[name].specifier == declared()[name].specifier


def test_the_conda_environment_has_nothing_that_the_project_does_not_name():
    assert sorted(set(environment()) - set(declared()) - {"python", "pip"}) == []


def test_the_conda_environment_has_the_projects_python():
    assert f"{environment()['python'].specifier}" == project()["requires-python"] == ">=3.11"


@pytest.mark.parametrize("name", sorted(declared()))
def test_a_dependency_is_locked_once_for_every_python_at_a_version_that_satisfies_it(name):
    pins = [pin for pin in lock() if canonicalize_name(pin.name) == name]
    assert pins, f"{name} is in pyproject.toml and not in requirements.lock"
    for python in PYTHONS:
        machine = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
        valid = [p for p in pins if p.marker is None or p.marker.evaluate(machine)]
        assert len(valid) == 1, f"{name} on Python {python}: {[str(p) for p in pins]}"
        (version,) = [s.version for s in valid[0].specifier]
        assert declared()[name].specifier.contains(version), f"{name} {version} on Python {python}"


def test_every_locked_package_is_an_exact_version_with_hashes():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    starts = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    found = PIN.findall(text)
    assert len(found) == len(starts) > 100, "a line of the lock is no exact version"
    assert [name for name, _, _, hashes in found if not hashes] == []
    assert [h for *_, hashes in found for h in re.findall(r"--hash=(\S+)", hashes) if not is_sha256(h)] == []


def is_sha256(text: str) -> bool:
    return re.fullmatch("sha256:[0-9a-f]{64}", text) is not None


def test_the_lock_holds_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"\S*(?:://|www\.|git\+|@ file|--index|--extra-index|--find-links|--trusted-host)\S*", text) == []
    assert not any(pin.url for pin in lock())


def test_a_lock_that_records_addresses_is_not_committed(files):
    assert {relative(p) for p in files} & {"uv.lock", "poetry.lock", "Pipfile.lock", "conda-lock.yml"} == set()


def test_locked_versions_need_no_newer_python_than_the_project():
    """Installed distributions of the locked versions say which Python they need."""
    checked = 0
    for pin in lock():
        try:
            found = metadata.metadata(pin.name)
        except metadata.PackageNotFoundError:
            continue  # of another system or another Python
        (version,) = [s.version for s in pin.specifier]
        needs = found.get("Requires-Python")
        if found["Version"] != version or not needs:
            continue
        if pin.marker is None:  # locked for every Python from 3.11 on
            assert SpecifierSet(needs).contains("3.11.9"), f"{pin} needs Python {needs}"
            checked += 1
    assert checked > 50


# --- README, Makefile, continuous integration -------------------------------------------------------------


def fenced_commands(text: str) -> list[str]:
    """Return the command lines in the fenced blocks of a page, without prompt and comment."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"\s+#.*$", "", line.strip().removeprefix("$ ")) for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture
def readme_commands():
    commands = fenced_commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert commands, "README.md has no fenced commands"
    return commands


def makefile_targets() -> dict[str, list[str]]:
    targets, current = {}, None
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([\w.$()/-]+):(?!=)", line):
            current = targets.setdefault(match[1], [])
        elif line.startswith("\t") and current is not None:
            current.append(line.strip())
    return targets


@pytest.mark.parametrize("target", ["reproduce", "test"])
def test_the_two_commands_of_the_readme_exist(readme_commands, target):
    assert f"make {target}" in readme_commands
    assert makefile_targets()[target], f"`make {target}` does something"


def test_every_make_command_of_the_readme_exists(readme_commands):
    called = [word for c in readme_commands if c.startswith("make ") for word in c.split()[1:] if "=" not in word]
    assert called and set(called) <= set(makefile_targets())


def test_continuous_integration_calls_the_test_command_of_the_readme(readme_commands):
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line.strip() for line in script.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert "make test" in readme_commands and "make test" in commands
    assert commands[0].startswith("set -e"), "a command that fails stops the run"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111, ".ci/run is executable"


# --- what is where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["notebooks", "alpclusters_lib", "data/raw", "data/processed", "outputs", "tests"])
def test_an_imposed_folder_exists_with_something_committed_in_it(files, name):
    assert any(relative(path).startswith(f"{name}/") for path in files)


@pytest.mark.parametrize("name", ["environment.yml", "README.md"])
def test_an_imposed_file_exists_and_says_something(name):
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def notice() -> str:
    page = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    return "\n".join(line.removeprefix(">").strip() for line in page.splitlines() if line.startswith(">"))


def test_the_notice_of_the_austrian_tables_is_kept_whole():
    # the MIT licence asks for its copyright and permission notice in all copies
    assert notice().startswith("MIT License\n\nCopyright (c) 2023 Siyu Huang\n")
    ours = (ROOT / "LICENSE").read_text(encoding="utf-8")
    permission = ours[ours.index("Permission is hereby") : ours.index("The figures, boundaries")].strip()
    assert notice().endswith(permission)
    for name in ("LICENSE", "README.md"):
        assert "THIRD-PARTY" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.raw
def test_the_notice_of_the_austrian_tables_is_the_published_one(raw_folder):
    assert notice() == (raw_folder / "austria_io" / "LICENSE").read_text(encoding="utf-8").strip()


def test_nothing_that_is_made_or_downloaded_is_committed(files):
    names = [relative(path) for path in files]
    made = re.compile(r"^outputs/(?!README\.md$)|^data/raw/downloads/|__pycache__|\.egg-info/|_checkpoints/|\.pyc$")
    assert [name for name in names if made.search(name)] == []


# Spelled in parts, so that this file does not hold what it looks for.
FOLDERS = ["ho" + "me", "Us" + "ers", "ro" + "ot", "wo" + "rk", "wo" + "rkspace", "bui" + "lds", "mn" + "t"]
MACHINE = re.compile(rf"(?<![\w.~}})/-])/(?:{'|'.join(FOLDERS)})/\w|\b[A-Z]:\\Us".encode() + rb"ers\\")


def test_no_path_of_a_build_machine_is_committed(files):
    found = {}
    for path in files:
        if match := MACHINE.search(path.read_bytes()):
            found[relative(path)] = match[0]
    assert found == {}


def test_the_search_for_paths_finds_them():
    assert MACHINE.search(b'open("' + f"/{FOLDERS[0]}/someone/x.csv".encode())
    assert MACHINE.search(b"in C:\\Us" + b"ers\\someone")
    assert not MACHINE.search(f"https://example.org/{FOLDERS[0]}/page and data/{FOLDERS[3]}/x".encode())


def test_no_notebook_is_committed_with_outputs(files):
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    assert notebooks
    run = []
    for path in notebooks:
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"] is not None):
                run.append(f"{relative(path)}, cell {number}")
    assert run == []


def test_no_file_is_larger_than_three_megabytes(files):
    assert {relative(path): path.stat().st_size for path in files if path.stat().st_size > 3_000_000} == {}


def test_no_module_is_longer_than_350_lines():
    modules = {relative(p): p.read_text(encoding="utf-8").count("\n") for p in ROOT.glob("alpclusters_lib/**/*.py")}
    assert len(modules) > 20
    assert {name: lines for name, lines in modules.items() if lines > 350} == {}


# --- the package ------------------------------------------------------------------------------------------


def test_importing_the_package_imports_nothing_heavy():
    heavy = ("pandas", "numpy", "matplotlib", "geopandas", "scipy", "statsmodels", "typer")
    code = f"import sys, alpclusters_lib; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_of_the_package_exists():
    for name in getattr(alpclusters_lib, "__all__", []):
        assert getattr(alpclusters_lib, name) is not None


def test_the_citation_has_the_version_of_the_project_and_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == project()["version"] == alpclusters_lib.__version__
    assert citation["cff-version"] and citation["title"] and citation["message"] and citation["authors"]
    assert citation["license"] == project()["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_descriptor_of_the_tables_has_the_version_of_the_package():
    text = (ROOT / "data" / "processed" / "datapackage.json").read_text(encoding="utf-8")
    assert json.loads(text)["version"] == alpclusters_lib.__version__
