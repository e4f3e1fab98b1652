"""The order of the rooms: imports go one way, each room does its own work, and the words are careful ones."""

from __future__ import annotations

import ast
import json
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "alpclusters_lib"

# Each line may import itself and what stands above it.
ORDER = (
    ("paths",),
    ("regions", "sectors"),
    ("balancing",),
    ("sources",),
    ("cleaning",),
    ("selection",),
    ("context_tables",),
    ("datasets",),
    ("indicators",),
    ("econometrics",),
    ("value_chains",),
    ("strategy",),
    ("figures",),
    ("reports",),
    ("explore",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
COMPUTING = ("indicators", "econometrics", "value_chains", "strategy")
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room_of(path: Path) -> str:
    """Return the first folder or module below the package; blank for the package's own __init__."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported(path: Path) -> set[str]:
    """Return the full names of all modules a file imports, at the top, inside functions and relatively."""
    package = ["alpclusters_lib", *path.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
        elif isinstance(node, ast.Call) and called(node) in ("importlib.import_module", "import_module", "__import__"):
            found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def called(node: ast.Call) -> str:
    return dotted(node.func)


def dotted(node: ast.expr) -> str:
    """Return a name with dots, `np.random.seed`; blank where the expression is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def rooms_imported(path: Path) -> set[str]:
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("alpclusters_lib.")}
    return {room for room in ours if room != "__version__"}


def packages_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def where(node: ast.AST, path: Path) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"


def test_every_module_is_in_a_room_of_the_order():
    assert len(MODULES) > 20
    assert sorted({room_of(path) for path in MODULES} - {"", *RANK}) == []


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_imports_go_one_way(path):
    room = room_of(path)
    if not room:
        assert rooms_imported(path) == set(), "the package imports its rooms when they are asked for"
        return
    unknown = rooms_imported(path) - set(RANK)
    assert unknown == set()
    assert {other for other in rooms_imported(path) if RANK[other] > RANK[room]} == set()


def test_the_reader_of_imports_sees_every_way_to_import(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    (tmp_path / "indicators").mkdir()
    path = tmp_path / "indicators" / "x.py"
    path.write_text(
        "import alpclusters_lib.paths\nfrom alpclusters_lib import regions, sectors as s\n"
        "from alpclusters_lib.cleaning.status import worst_status\nfrom ..figures import maps\nfrom . import y\n"
        "def f():\n    from alpclusters_lib import cli\n    importlib.import_module('alpclusters_lib.reports.case')\n"
    )
    assert rooms_imported(path) == {
        "paths", "regions", "sectors", "cleaning", "figures", "indicators", "cli", "reports",
    }  # fmt: skip


@pytest.mark.parametrize("room", COMPUTING)
def test_rooms_that_compute_are_handed_tables_and_read_none(room):
    for path in (p for p in MODULES if room_of(p) == room):
        assert not rooms_imported(path) & {"datasets", "sources"}, path.name
        read = [
            where(n, path)
            for n in ast.walk(tree(path))
            if isinstance(n, ast.Call)
            and (re.search(r"\.read_(csv|parquet|excel|json|file|text|bytes)$", called(n)) or called(n) == "open")
        ]
        assert read == []


@pytest.mark.parametrize("room", COMPUTING)
def test_rooms_that_compute_never_draw(room):
    for path in (p for p in MODULES if room_of(p) == room):
        assert not packages_imported(path) & {"matplotlib", "seaborn", "great_tables", "IPython"}, path.name


def test_figures_are_handed_results_and_never_compute_or_save_them():
    paths = [p for p in MODULES if room_of(p) == "figures"]
    assert paths
    for path in paths:
        assert not rooms_imported(path) & {"datasets", "indicators", "econometrics", "value_chains", "strategy"}
        attributes = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute)]
        assert [where(n, path) for n in attributes if n.attr in ("savefig", "show")] == []


def test_only_econometrics_imports_statsmodels():
    users = {room_of(path) for path in MODULES if "statsmodels" in packages_imported(path)}
    assert users <= {"econometrics"}


def test_only_explore_imports_widgets_and_only_the_command_line_imports_typer():
    assert {room_of(path) for path in MODULES if "ipywidgets" in packages_imported(path)} <= {"explore"}
    assert {room_of(path) for path in MODULES if "typer" in packages_imported(path)} <= {"cli"}


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "util", "helpers", "common", "misc", "tools", "functions"}
    assert {name for name in NAMES if set(re.split(r"[/.]", name)) & drawers} == set()


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_global_state_is_changed(path):
    calls = [(called(n), where(n, path)) for n in ast.walk(tree(path)) if isinstance(n, ast.Call)]
    forbidden = re.compile(
        r"(^|\.)os\.(chdir|putenv)$|^chdir$|(^|\.)rcParams\.update$|^(plt|matplotlib|mpl)\.(style\.use|rc)$"
        r"|^(sns|seaborn)\.set\w*$|^warnings\.(simplefilter|filterwarnings)$|^(pd|pandas)\.set_option$"
    )
    suspect = [c for c in calls if forbidden.search(c[0])]
    inside = [
        (n.lineno, n.end_lineno)
        for n in ast.walk(tree(path))
        if isinstance(n, ast.With) and any("catch_warnings" in ast.dump(i) or "context" in ast.dump(i) for i in n.items)
    ]
    outside = [c for c in suspect if not any(a <= int(c[1].rsplit(":", 1)[1]) <= b for a, b in inside)]
    # a kernel's process is its own, from the folder it works in to its numbers by chance
    assert outside == [] or path.name == "warm_process.py"


GENERATORS = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox"}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_random_numbers_come_from_a_generator_that_is_handed_in(path):
    used = [dotted(n) for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute)]
    legacy = [m[0] for u in used if (m := re.match(r"(?:np|numpy)\.random\.(\w+)", u)) and m[1] not in GENERATORS]
    # a forked kernel must not go on with the numbers of the process it comes from
    assert legacy == (["numpy.random.seed"] if path.name == "warm_process.py" else [])
    assert "random" not in packages_imported(path), "the module random is one generator for everybody"
    names = {n for n in imported(path) if n.startswith("numpy.random.")}
    assert {n.split(".")[2] for n in names} <= GENERATORS


# --- words ------------------------------------------------------------------------------------------------

# The data describe; they do not show what brings about what.
CAUSAL = re.compile(r"\bdrives\b|\bleads to\b|\bthe effects? of\b|\bcauses\b|\bimpacts? of\b", re.IGNORECASE)


def written_strings(path: Path) -> list[tuple[str, str]]:
    """Return the string literals of a module that are no docstrings, f-strings as one text."""
    free = {id(n.value) for n in ast.walk(tree(path)) if isinstance(n, ast.Expr)}  # docstrings, of attributes too
    inside = {id(part) for n in ast.walk(tree(path)) if isinstance(n, ast.JoinedStr) for part in n.values}
    found = []
    for node in ast.walk(tree(path)):
        if id(node) in free or id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append((node.value, where(node, path)))
        elif isinstance(node, ast.JoinedStr):
            text = "".join(p.value if isinstance(p, ast.Constant) else "…" for p in node.values)
            found.append((text, where(node, path)))
    return found


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_the_library_writes_no_causal_words(path):
    assert [(CAUSAL.search(t)[0], place) for t, place in written_strings(path) if CAUSAL.search(t)] == []


def test_the_search_for_causal_words_reads_strings_and_not_docstrings(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "x.py"
    path.write_text('"""It drives."""\nX = 1\n"""It causes."""\nY = f"{X} leads to " f"{X}"\nZ = "the effect\\tof"\n')
    assert [text for text, _ in written_strings(path)] == ["… leads to …", "the effect\tof"]
    assert [bool(CAUSAL.search(text)) for text, _ in written_strings(path)] == [True, False]


def prose_files() -> list[Path]:
    pages = [p for p in PACKAGE.rglob("*.html")] + sorted((ROOT / "notebooks").rglob("*.yml"))
    return [*sorted((ROOT / "notebooks").glob("*.ipynb")), *pages]


@pytest.mark.parametrize("path", prose_files(), ids=lambda p: p.name)
def test_the_prose_of_notebooks_and_cases_has_no_causal_words(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        assert text.strip(), "a notebook holds prose"
    text = re.sub(r"\s+", " ", text)
    assert CAUSAL.findall(text) == []
