"""Whether there is anything to build: the checksums of all that ``data/processed`` rests on, and of what is in it.

After a build these are noted in ``outputs/build.json``, which git ignores: a note beside the tables would change with
every edit of the code and say nothing about the figures. Only standard modules are imported here, so that finding
nothing to do takes a fraction of a second.
"""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path

from alpclusters_lib import paths
from alpclusters_lib.sources import catalogue, ledger

__all__ = ["changed", "inputs", "record"]

# The rooms that a build uses; those above them read what it writes.
CODE = ("__init__.py", "balancing.py", "paths.py", "regions.py", "sectors.py", "sources/**/*.py", "cleaning/**/*.py")
# Another version of these may round, compress or cut otherwise.
LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "geopandas", "shapely", "pyproj", "openpyxl", "python-calamine")
ABSENT = "absent"


def _sha256(path: Path) -> str:
    return catalogue.sha256_of(path) if path.is_file() else ABSENT


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ABSENT


def inputs(*, folder: Path | None = None) -> dict[str, str]:
    """Return the checksum of everything that a build depends on: published files, facts, code, libraries.

    Parameters
    ----------
    folder
        The folder of published files; where omitted the one that ``ALPCLUSTERS_RAW`` names.

    Returns
    -------
    dict
        What it is to its SHA-256 or version; ``absent`` for a published file that is not there.

    Examples
    --------
    >>> len(inputs()["code cleaning/build.py"]), inputs(folder=Path("nowhere"))["file sbs_r_nuts06_r2"]
    (64, 'absent')
    """
    folder = folder or paths.downloads()
    files = {dataset: entry.file for dataset, entry in catalogue.catalogue().items()}
    # what was fetched and follows a catalogued data set is read as well
    files |= {row.dataset: row.file for row in ledger.read(folder) if row.dataset not in files}
    found = {f"file {dataset}": _sha256(folder / file) for dataset, file in sorted(files.items())}
    found[f"file {ledger.LEDGER}"] = _sha256(folder / ledger.LEDGER)
    facts = sorted([*paths.raw().glob("*.csv"), *paths.facts().glob("*.csv")])
    found |= {f"fact {path.relative_to(paths.raw()).as_posix()}": _sha256(path) for path in facts}
    library = Path(__file__).resolve().parents[1]
    code = sorted({path for pattern in CODE for path in library.glob(pattern)})
    found |= {f"code {path.relative_to(library).as_posix()}": _sha256(path) for path in code}
    return found | {"Python": platform.python_version()} | {name: _version(name) for name in LIBRARIES}


def _note() -> Path:
    return paths.outputs() / "build.json"


def _tables() -> dict[str, str]:
    """Return the checksum of the descriptor and of each table that it names."""
    folder = paths.processed()
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = ["datapackage.json", *(resource["path"] for resource in package["resources"])]
    return {name: _sha256(folder / name) for name in names}


def record(found: dict[str, str]) -> None:
    """Note that ``data/processed`` as it is now was built from these inputs.

    Parameters
    ----------
    found
        What :func:`inputs` said before the build began: what was edited while it ran counts as changed.
    """
    path = _note()
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    text = json.dumps({"inputs": found, "tables": _tables()}, indent=1, ensure_ascii=False) + "\n"
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)


def changed(found: dict[str, str]) -> str:
    """Say what has changed since the last build; blank where nothing has.

    Parameters
    ----------
    found
        What :func:`inputs` says now.

    Returns
    -------
    str
        The first thing that has changed: an input, or a table that was edited or is missing.
    """
    try:
        note = json.loads(_note().read_text(encoding="utf-8"))
        before, tables = dict(note["inputs"]), dict(note["tables"])
    except FileNotFoundError:
        return "no build is noted here yet"
    except (ValueError, TypeError, KeyError):
        return f"{_note().name} is damaged"
    differs = [name for name in {**before, **found} if before.get(name) != found.get(name)]
    if differs:
        return f"{differs[0]} has changed" + (f", and {len(differs) - 1} more" if len(differs) > 1 else "")
    folder = paths.processed()
    edited = [name for name, digest in tables.items() if digest == ABSENT or _sha256(folder / name) != digest]
    return f"{edited[0]} was edited or is missing" if edited else ""
