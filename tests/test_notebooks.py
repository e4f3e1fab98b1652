"""The notebooks as they are committed, and one of them made into a report and opened in a browser."""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from alpclusters_lib import paths
from alpclusters_lib.reports import runner, site
from alpclusters_lib.reports.case import load_case
from alpclusters_lib.reports.evidence import collect
from alpclusters_lib.reports.jobs import all_jobs, select
from alpclusters_lib.reports.narrative import verdict

FILES = sorted(paths.notebooks().glob("*.ipynb"))
TEMPLATES = {
    "02-alpine-atlas.ipynb": {"perimeter"},
    "02-alpine-atlas-families.ipynb": {"perimeter"},
    "03-cluster-case-study.ipynb": {"case_name"},
    "04-s3-benchmark-region.ipynb": {"region"},
    "05-s3-stress-test-region.ipynb": {"region"},
    "06-value-chains.ipynb": {"chain_name", "year", "regions"},
    "07-cooperation.ipynb": {"region", "family"},
    "09-action-plan-region.ipynb": {"region"},
    "10-innovation-model.ipynb": {"region"},
    "11-s3-lombardia.ipynb": {"language"},
}
NAME = "machinery-lombardy"


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def file(request):
    return request.param


@pytest.fixture
def notebook(file):
    return nbformat.read(file, as_version=4)


def code_of(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def trees_of(notebook) -> list[ast.Module]:
    return [ast.parse(cell.source) for cell in code_of(notebook)]


def test_notebooks_are_numbered_and_all_reports_have_theirs():
    assert [path.name[:2] for path in FILES if path.name[0].isdigit()] == sorted(path.name[:2] for path in FILES)
    assert {job.notebook for job in all_jobs()} == {path.name for path in FILES}


def test_notebook_is_valid_and_stripped_of_output(notebook):
    nbformat.validate(notebook)
    for cell in code_of(notebook):
        assert cell.outputs == [] and cell.execution_count is None
    assert not any({"papermill", "execution", "collapsed", "scrolled"} & set(cell.metadata) for cell in notebook.cells)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


def test_notebook_runs_in_any_python_3(notebook):
    assert notebook.metadata.kernelspec["name"] == "python3"
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata.get("language_info", {})


def test_template_has_its_parameters_in_one_tagged_cell(file, notebook):
    tagged = [cell for cell in code_of(notebook) if "parameters" in cell.metadata.get("tags", [])]
    expected = TEMPLATES.get(file.name, set())
    assert len(tagged) == bool(expected)
    names = {target.id for cell in tagged for node in ast.parse(cell.source).body for target in node.targets}
    assert names == expected
    assert all(set(job.parameters) == expected for job in all_jobs() if job.notebook == file.name)


def test_what_a_notebook_calls_is_there(notebook):
    known, called = {}, 0
    for tree in trees_of(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found = getattr(importlib.import_module(node.module), alias.name, None)
                    known[alias.asname or alias.name] = found or importlib.import_module(f"{node.module}.{alias.name}")
    for tree in trees_of(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                module = known.get(getattr(node.func.value, "id", ""))
                if inspect.ismodule(module):
                    function = getattr(module, node.func.attr)
                    names = [keyword.arg for keyword in node.keywords if keyword.arg]
                    if not any(isinstance(argument, ast.Starred) for argument in node.args):
                        inspect.signature(function).bind(*node.args, **dict.fromkeys(names))
                    called += 1
    assert called, "a notebook calls the library"


def test_cells_are_short(notebook):
    for cell in code_of(notebook):
        assert 0 < len(cell.source.splitlines()) <= 14, cell.source


def test_notebook_imports_only_this_library(notebook):
    for tree in trees_of(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] == "alpclusters_lib" for alias in node.names), ast.unparse(node)
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "alpclusters_lib", ast.unparse(node)


def test_notebook_computes_no_formula(notebook):
    for tree in trees_of(notebook):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.BinOp | ast.AugAssign | ast.FunctionDef | ast.ClassDef), ast.unparse(node)
            # a file is written by the report, a path is never changed
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                assert called not in {"open", "exec", "eval", "chdir", "savefig", "to_csv", "read_csv", "system"}


def test_check_of_formulas_would_see_one():
    wrong = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("t['share'] = t['a'] / t['b']")])
    with pytest.raises(AssertionError):
        test_notebook_computes_no_formula(wrong)


def test_notebook_begins_with_what_it_is(notebook):
    first = next(line for cell in notebook.cells for line in cell.source.splitlines() if re.search(r'^#|"# ', line))
    said = [cell.source for cell in notebook.cells]
    assert re.search(r"# \S", first)
    # every notebook hands the index its card, last of all
    assert "report.summary(" in said[-1] and "thumbnail=" in said[-1]


def test_links_lead_to_reports_and_files_that_exist(notebook):
    pages = {f"{job.name}.html" for job in all_jobs()}
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for target in re.findall(r"\]\(([^)]+)\)", cell.source):
            if re.match(r"https?://", target):
                continue
            place = target.partition("#")[0]
            assert place in pages or (paths.notebooks() / place).is_file(), target
        for path in re.findall(r"`((?:data|notebooks|outputs)/[\w/.-]+\.\w+)`", cell.source):
            assert (paths.root() / path).is_file(), path


def test_files_named_in_code_exist(notebook):
    for cell in code_of(notebook):
        for path in re.findall(r"data/[\w/.-]+\.csv", cell.source):
            assert (paths.root() / path).is_file(), path


# one report, as it is really made


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Return the folder of outputs after one real run of one case."""
    folder = tmp_path_factory.mktemp("outputs")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(folder))
        (result,) = runner.run(select([NAME]))
    assert (result.outcome, result.error) == ("made", "")
    return folder


@pytest.fixture(scope="module")
def page(outputs):
    return BeautifulSoup((outputs / "reports" / f"{NAME}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def first_sentence():
    return verdict(collect(load_case(NAME))).split("**")[1]


def test_run_leaves_only_what_the_ledger_names(outputs):
    made = {path.relative_to(outputs).as_posix() for path in outputs.rglob("*") if path.is_file()}
    ledger = json.loads((outputs / "ledger.json").read_text(encoding="utf-8"))["reports"]
    assert list(ledger) == [NAME]
    own = set(site.pages([])) | {site.ZIP, "ledger.json", "timings.json", "run.lock"}
    assert made == own | set(ledger[NAME]["files"])
    assert all(ledger[NAME]["summary"].get(key) for key in ("title", "finding", "thumbnail", "region", "family"))


def test_every_figure_has_its_numbers_beside_it(outputs):
    figures = sorted((outputs / "figures" / NAME).glob("*.png"))
    assert len(figures) >= 6
    for figure in figures:
        rows = list(csv.reader(figure.with_suffix(".csv").open(encoding="utf-8")))
        assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    assert len(list((outputs / "figures" / NAME).iterdir())) == 2 * len(figures)


def test_report_opens_with_the_verdict(page, first_sentence):
    assert len(page.find_all("h1")) == 1 and page.h1.get_text() == load_case(NAME).title
    assert page.find(["strong", "b"], string=first_sentence)
    text = page.article.get_text(" ")
    assert "215,106 people in Lombardy" in text and "215.106 addetti" in text
    assert not re.search(r"\bnan\b|\bNone\b(?! of)|Traceback", re.sub(r"\s+", " ", text_without_code(page)))


def text_without_code(page) -> str:
    copy = BeautifulSoup(str(page.article), "html.parser")
    for tag in copy.find_all(["pre", "code", "details"]):
        tag.decompose()
    return copy.get_text(" ")


def test_report_has_its_chapters_figures_and_tables(page, outputs):
    headings = [tag.get_text() for tag in page.article.find_all("h2")]
    for heading in ("The verdict", "Six key numbers", "Growth", "What the evidence does not cover"):
        assert heading in headings
    images = page.article.find_all("img")
    assert len(images) == len(list((outputs / "figures" / NAME).glob("*.png")))
    alts = [image["alt"].strip() for image in images]
    assert all(len(alt) > 20 for alt in alts) and len(set(alts)) == len(alts)
    assert len(page.article.find_all("table")) >= 4
    assert not re.search(r"\bnan\b|None", " ".join(alts))


def test_report_names_no_folder_of_this_machine(outputs):
    for path in (outputs / "reports").iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(outputs) not in text and str(paths.root()) not in text


def test_formulas_are_set_and_no_dollar_is_left(page):
    assert page.article.find_all("math")
    assert "$" not in text_without_code(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_browser_shows_the_report_without_a_network(outputs, first_sentence, visit, is_drawn, width):
    seen = visit(outputs / "reports" / f"{NAME}.html", width=width)
    images = seen.page.locator("img").all()
    assert len(images) >= 6 and all(is_drawn(image) for image in images)
    assert all(image.get_attribute("alt").strip() for image in images)
    assert seen.foreign_requests == [] and seen.complaints == []
    assert seen.page.get_by_text(first_sentence).first.is_visible()
    assert "$" not in seen.page.inner_text("article")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_browser_shows_the_index_and_follows_its_card(outputs, first_sentence, visit, is_drawn, width):
    seen = visit(outputs / "index.html", width=width)
    images = seen.page.locator("img").all()
    # the title beside it says what the picture of a card is
    assert len(images) == 1 and is_drawn(images[0]) and images[0].get_attribute("alt") == ""
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert "$" not in seen.page.inner_text("body")
    seen.page.get_by_role("link", name=load_case(NAME).title).first.click()
    seen.page.wait_for_load_state("load")
    assert seen.page.url.endswith(f"reports/{NAME}.html")
    assert seen.page.get_by_text(first_sentence).first.is_visible()
    assert seen.foreign_requests == [] and seen.complaints == []
