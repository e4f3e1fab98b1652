"""What a report depends on: its notebook, the library code that the notebook imports, the tables that code names.

Nothing is executed. The modules are those that the notebook imports, directly or through others; the tables are
those whose readers these modules call, the facts those whose names they hold. A report is therefore redone when one
of these files changes and is left alone when anything else does.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import alpclusters_lib
from alpclusters_lib import paths

if TYPE_CHECKING:
    from alpclusters_lib.reports.jobs import Job

__all__ = ["inputs", "modules_of", "reasons"]

PACKAGE = "alpclusters_lib"
# what turns an executed notebook into its page stands behind every report
PAGE = f"{PACKAGE}.reports.html"
# modules whose public functions each read a table of their own
READERS = (f"{PACKAGE}.datasets", f"{PACKAGE}.context_tables")
SELECTION = f"{PACKAGE}.selection"
# functions that name all files of a folder, and the files
LISTS = {
    "case_names": "cases/*.yml",
    "chain_names": "chains/*.yml",
    "scenario_names": "scenarios/*.yml",
    "instruments": "instruments/*.csv",
    "survey_files": "surveys/*.csv",
}
# who calls this in a module that is no reader may read any table
ANY_TABLE = "processed_file"


@dataclass(frozen=True)
class _Module:
    """What one file says: the modules it imports, its words, the names it uses, and words and calls by function."""

    imports: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    functions: dict[str, tuple[frozenset[str], frozenset[str]]]


def _library() -> Path:
    return Path(alpclusters_lib.__file__).parent


@functools.cache
def _files() -> dict[str, Path]:
    """Return the file of every module of the library."""
    base = _library()
    found = {}
    for path in base.rglob("*.py"):
        parts = [PACKAGE, *path.relative_to(base).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _nodes(tree: ast.AST) -> Iterable[ast.AST]:
    """Walk over a tree without what is imported for types alone."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            todo += node.orelse
        else:
            todo += ast.iter_child_nodes(node)


def _imported(nodes: Iterable[ast.AST]) -> frozenset[str]:
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    home = alpclusters_lib._HOME  # names that the package itself hands on
    return frozenset(
        found | {f"{PACKAGE}.{home[n]}" for n in (f.removeprefix(f"{PACKAGE}.") for f in found) if n in home}
    )


def _words(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
    return frozenset(found)


def _read(source: str) -> _Module:
    tree = ast.parse(source)
    nodes = list(_nodes(tree))
    functions = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            inside = list(ast.walk(node))
            functions[node.name] = (_words(inside), _names(inside))
    return _Module(_imported(nodes), _words(nodes), _names(nodes), functions)


@functools.cache
def _module(name: str) -> _Module:
    return _read(_files()[name].read_text(encoding="utf-8"))


def _notebook(path: Path) -> _Module:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return _read("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))


def modules_of(notebook: Path) -> list[str]:
    """Return the library's modules that a notebook imports, directly or through others, in alphabetical order."""
    return sorted(_closure((*_notebook(notebook).imports, PAGE)))


def _closure(start: Iterable[str]) -> set[str]:
    known, seen, todo = _files(), set(), list(start)
    while todo:
        name = todo.pop()
        if name not in known or name in seen:
            continue
        seen.add(name)
        todo += _module(name).imports
        todo += [name.rpartition(".")[0]]
    return seen


def _with_readers(words: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    """Return words and those of the readers that are called, directly or by another reader."""
    for reader in READERS:
        module = _module(reader)
        called, todo = set(), [name for name in module.functions if name in names]
        while todo:
            function = todo.pop()
            if function not in called:
                called.add(function)
                inside, used = module.functions[function]
                words = words | inside
                todo += [name for name in used if name in module.functions]
    return words


def _data_files(book: _Module, modules: set[str]) -> list[Path]:
    """Return the tables, facts and parameter files that a notebook and its modules name."""
    known = [book, *(_module(name) for name in modules - {*READERS, SELECTION})]
    names = frozenset().union(*(module.names for module in known))
    words = _with_readers(frozenset().union(*(module.words for module in known)), names)
    every = ANY_TABLE in names
    found = [path for path in paths.processed().glob("*.parquet") if every or path.name in words]
    found += [path for path in paths.facts().glob("*.csv") if path.stem in words or path.name in words]
    for function, pattern in LISTS.items():
        if function in names:
            found += paths.notebooks().glob(pattern)
    return found


def _descriptions(book: _Module, tables: Iterable[Path]) -> dict[str, str]:
    """Return the digest of what ``datapackage.json`` says of each table that is read or whose source is shown."""
    package = paths.processed() / "datapackage.json"
    told = {resource["name"]: resource for resource in _package(package, package.stat().st_mtime_ns)["resources"]}
    named = {path.stem for path in tables} | book.words
    return {
        f"{package.relative_to(paths.root()).as_posix()}, {name}": _short(
            json.dumps(told[name], sort_keys=True).encode()
        )
        for name in sorted(named & told.keys())
    }


@functools.lru_cache(maxsize=4)
def _package(path: Path, _changed: int) -> dict[str, list[dict[str, object]]]:
    return json.loads(path.read_text(encoding="utf-8"))


def inputs(job: Job) -> dict[str, str]:
    """Return every file that a report depends on with the first half of its SHA-256, and its parameters.

    Paths are relative to the project's root, those of the library begin with ``alpclusters_lib``.
    """
    notebook = paths.notebooks() / job.notebook
    book = _notebook(notebook)
    modules = _closure((*book.imports, PAGE))
    beside = {word for name in modules for word in _module(name).words if word.endswith((".css", ".html", ".js"))}
    base = _library()
    code = [*(_files()[name] for name in modules), *(p for p in (base / "reports").iterdir() if p.name in beside)]
    data = _data_files(book, modules)
    own = [notebook, *([job.case_file] if job.case_file else []), *data]
    lock = paths.root() / "requirements.lock"
    found = {f"{PACKAGE}/{path.relative_to(base).as_posix()}": path for path in code}
    found |= {path.relative_to(paths.root()).as_posix(): path for path in (*own, lock) if path.is_file()}
    digests = {name: _digest(path) for name, path in sorted(found.items())}
    parameters = json.dumps(job.parameters, sort_keys=True).encode()
    return {"parameters": _short(parameters), **digests, **_descriptions(book, data)}


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _digest(path: Path) -> str:
    state = path.stat()
    return _content(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=4096)
def _content(path: Path, _changed: int, _size: int) -> str:
    """Return the digest of a file, read once for all reports of a run."""
    return _short(path.read_bytes())


def reasons(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return in words what differs between two sets of inputs: changed, new and no longer used files.

    Examples
    --------
    >>> reasons({"parameters": "a", "x.csv": "1"}, {"parameters": "b", "y.csv": "2"})
    ['parameters changed', 'y.csv is new', 'x.csv is no longer used']
    """
    changed = [f"{name} changed" for name in now if name in before and before[name] != now[name]]
    new = [f"{name} is new" for name in now if name not in before]
    return changed + new + [f"{name} is no longer used" for name in before if name not in now]
