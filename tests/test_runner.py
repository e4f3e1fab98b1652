"""The runner: what is current is left alone, what changed is redone, what fails stops nothing else.

Small notebooks stand for the real ones, in a project folder of their own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from alpclusters_lib import paths
from alpclusters_lib.reports import runner
from alpclusters_lib.reports.dependencies import inputs, reasons
from alpclusters_lib.reports.execution import Built
from alpclusters_lib.reports.jobs import Job, select
from alpclusters_lib.reports.warm_kernels import can_fork

WRITE = """\
import os
from pathlib import Path

folder = Path(os.environ["ALPCLUSTERS_OUTPUTS"]) / "tables" / "{name}"
folder.mkdir(parents=True, exist_ok=True)
(folder / "numbers.csv").write_text("region\\n{what}\\n")
print("{what}")"""
FAIL = "raise ValueError('no figures for XX in 2014')"
ATLAS = Job("atlas-eusalp", "02-alpine-atlas.ipynb", "atlas", "Atlas", {"perimeter": "eusalp"})
START = Job("start-here", "00-start-here.ipynb", "guide", "Start here")
DATA = Job("data-and-perimeter", "01-data-and-perimeter.ipynb", "guide", "Data and perimeter")


def write_notebook(home: Path, file: str, *sources: str, parameters: str = "") -> None:
    cells = [new_markdown_cell("# A small report")]
    if parameters:
        cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    cells += [new_code_cell(source) for source in sources]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    book = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    book.metadata["language_info"] = {"name": "python"}
    nbformat.write(book, home / "notebooks" / file)


def write_home(home: Path) -> Path:
    """Write a project folder: small notebooks, the committed facts, and processed tables that can be changed."""
    (home / "notebooks").mkdir(parents=True)
    (home / "data" / "processed").mkdir(parents=True)
    (home / "data" / "raw").symlink_to(paths.raw())
    for table in paths.processed().iterdir():
        (home / "data" / "processed" / table.name).symlink_to(table)
    write_notebook(home, START.notebook, WRITE.format(name=START.name, what="start"))
    write_notebook(home, DATA.notebook, "print('data')")
    atlas = WRITE.format(name="atlas-eusalp", what="x").replace('print("x")', "print(perimeter)")
    write_notebook(home, ATLAS.notebook, atlas, parameters='perimeter = "alpine_space_2014"')
    return home


def use(monkeypatch, folder: Path) -> Path:
    """Make ``folder`` the project and return its folder of outputs."""
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(folder / "home"))
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(folder / "outputs"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    return folder / "outputs"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with a project and everything its notebooks made."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("made")
        home = folder / "home"
        write_home(home)
        use(monkeypatch, folder)
        results = runner.run([START, ATLAS])
        assert [(r.outcome, r.error) for r in results] == [("made", "")] * 2
    return folder


@pytest.fixture
def outputs(made, tmp_path, monkeypatch):
    """Return the outputs of a project of one's own, in which everything is made; ``home`` lies beside them."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return use(monkeypatch, tmp_path)


@pytest.fixture
def home(outputs):
    return outputs.parent / "home"


class Watching(runner.Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def started(self, job):
        self.said.append(("started", job.name))

    def ended(self, result):
        self.said.append(("ended", result.job.name))


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def half_written(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob(".*")]


def outcomes(*jobs: Job, **options) -> list[str]:
    # for notebooks of one line an ordinary kernel is there sooner than a warmed process
    return [result.outcome for result in runner.run(jobs, cold=True, **options)]


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_run_makes_pages_tables_index_and_ledger(outputs):
    files = {name for name in state(outputs) if "/" in name and not name.startswith("regions/")}
    assert files == {
        "reports/start-here.html", "reports/atlas-eusalp.html",
        "tables/start-here/numbers.csv", "tables/atlas-eusalp/numbers.csv",
    }  # fmt: skip
    assert {"index.html", "index.it.html", "ledger.json", "alpclusters-reports.zip"} <= set(state(outputs))
    assert ">eusalp" in (outputs / "reports" / "atlas-eusalp.html").read_text(), "the parameter reached the notebook"
    ledger = json.loads((outputs / "ledger.json").read_text())["reports"]
    assert list(ledger) == ["atlas-eusalp", "start-here"]
    assert sorted(ledger["start-here"]["files"]) == ["reports/start-here.html", "tables/start-here/numbers.csv"]
    index = (outputs / "index.html").read_text()
    assert "reports/start-here.html" in index and "reports/data-and-perimeter.html" not in index


def test_notebooks_are_not_changed_by_a_run(outputs, home):
    before = state(home / "notebooks")
    assert outcomes(START, force=True) == ["made"]
    assert state(home / "notebooks") == before


def test_unchanged_run_does_nothing(outputs):
    before = state(outputs)
    watcher = Watching()
    assert [r.outcome for r in runner.run([START, ATLAS], watcher=watcher)] == ["unchanged", "unchanged"]
    assert watcher.said == [("ended", "start-here"), ("ended", "atlas-eusalp")]
    assert state(outputs) == before


def test_lost_index_is_written_again(outputs):
    page = (outputs / "index.html").read_bytes()
    (outputs / "index.html").unlink()
    assert outcomes(START) == ["unchanged"]
    assert (outputs / "index.html").read_bytes() == page


@pytest.mark.parametrize("name", ["reports/start-here.html", "tables/start-here/numbers.csv"], ids=["page", "table"])
@pytest.mark.parametrize("change", ["deleted", "edited"])
def test_lost_or_edited_output_is_made_again(outputs, name, change):
    before = (outputs / name).read_bytes()
    if change == "deleted":
        (outputs / name).unlink()
    else:
        (outputs / name).write_bytes(before + b"!")
    assert outcomes(START, ATLAS) == ["made", "unchanged"]
    assert (outputs / name).read_bytes() == before
    assert half_written(outputs) == []


def test_changed_notebook_is_made_again(outputs, home):
    replace_in(home / "notebooks" / START.notebook, 'print(\\"start\\")', 'print(\\"changed words\\")')
    assert outcomes(START, ATLAS) == ["made", "unchanged"]
    assert "changed words" in (outputs / "reports" / "start-here.html").read_text()
    assert outcomes(START) == ["unchanged"]


def test_changed_parameter_is_made_again(outputs):
    changed = Job(ATLAS.name, ATLAS.notebook, ATLAS.kind, ATLAS.title, {"perimeter": "alpine_space_2021"})
    assert outcomes(START, changed) == ["unchanged", "made"]
    assert ">alpine_space_2021" in (outputs / "reports" / "atlas-eusalp.html").read_text()


def test_kernels_compute_with_one_thread_each_unless_the_user_says_otherwise(outputs, home, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    write_notebook(
        home,
        START.notebook,
        'import os\nassert os.environ["OPENBLAS_NUM_THREADS"] + os.environ["OMP_NUM_THREADS"] == "21"',
    )
    assert [result.error for result in runner.run([START])] == [""]
    assert "OMP_NUM_THREADS" not in os.environ and os.environ["OPENBLAS_NUM_THREADS"] == "2"


def test_force_makes_again_what_is_current(outputs):
    assert outcomes(START, force=True) == ["made"]


def test_parameter_that_a_notebook_does_not_have_is_refused(outputs):
    before = state(outputs)
    wrong = Job("atlas-x", ATLAS.notebook, "atlas", "Atlas", {"perimetre": "eusalp"})
    (result,) = runner.run([wrong], cold=True)
    assert result.outcome == "failed"
    assert "02-alpine-atlas.ipynb has no parameter 'perimetre'; it has perimeter" in result.error
    assert set(state(outputs)) == set(before), "nothing was executed"
    none = Job("start-here", START.notebook, "guide", "Start", {"perimeter": "eusalp"})
    assert "has no parameter 'perimeter'; it has none" in runner.run([none], cold=True)[0].error


# what a report depends on


def write_reader(home: Path) -> None:
    write_notebook(home, START.notebook, "from alpclusters_lib import datasets\nprint(len(datasets.gdp(year=2014)))")


def own_copy(path: Path) -> Path:
    """Put a file of one's own in the place of a link."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path


def test_report_depends_on_the_tables_facts_and_code_that_it_uses(outputs, home):
    write_reader(home)
    names = set(inputs(START))
    assert {"parameters", "notebooks/00-start-here.ipynb", "data/processed/gdp.parquet"} <= names
    assert {"alpclusters_lib/context_tables.py", "alpclusters_lib/reports/report.css"} <= names
    assert "data/processed/patents.parquet" not in names and "alpclusters_lib/strategy/synergy.py" not in names
    before = inputs(START)
    own_copy(home / "data" / "processed" / "patents.parquet").write_bytes(b"other")
    assert inputs(START) == before
    own_copy(home / "data" / "processed" / "gdp.parquet").write_bytes(b"other")
    assert reasons(before, inputs(START)) == ["data/processed/gdp.parquet changed"]


def test_source_that_a_report_shows_is_an_input(outputs, home):
    write_notebook(
        home, START.notebook, "from alpclusters_lib.reports import references\nreferences.sources('gdp')"
    )  # fmt: skip
    package = own_copy(home / "data" / "processed" / "datapackage.json")
    before = inputs(START)
    told = json.loads(package.read_text(encoding="utf-8"))
    for resource in told["resources"]:
        if resource["name"] in ("gdp", "patents"):
            resource["title"] += "!"
    package.write_text(json.dumps(told), encoding="utf-8")
    assert reasons(before, inputs(START)) == ["data/processed/datapackage.json, gdp changed"]


def test_lock_parameters_and_case_are_inputs(outputs, home):
    case = home / "notebooks" / "case.yml"
    case.write_text("title: a\n")
    before = inputs(Job("x", ATLAS.notebook, "case", "X", {"perimeter": "eusalp"}, case))
    (home / "requirements.lock").write_text("numpy==0\n", encoding="utf-8")
    case.write_text("title: b\n")
    after = inputs(Job("x", ATLAS.notebook, "case", "X", {"perimeter": "y"}, case))
    assert reasons(before, after) == [
        "parameters changed",
        "notebooks/case.yml changed",
        "requirements.lock is new",
    ]


def test_inputs_do_not_depend_on_the_place(outputs, made, monkeypatch):
    here = inputs(ATLAS)
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(made / "home"))
    assert inputs(ATLAS) == here
    assert not any(name.startswith("/") for name in here)


@pytest.mark.parametrize("name", ["growth", "machinery-lombardy", "partners-lombardy"])
def test_reports_name_the_chains_and_cases_that_they_read(name):
    (job,) = select([name])
    chains = {file for file in inputs(job) if file.startswith("notebooks/chains/")}
    cases = {file for file in inputs(job) if file.startswith("notebooks/cases/")}
    assert bool(chains) == (name != "growth")
    assert cases == ({"notebooks/cases/machinery-lombardy.yml"} if name == "machinery-lombardy" else set())


def test_explain_says_why_and_makes_nothing(outputs, home, monkeypatch, capsys):
    from alpclusters_lib import cli

    replace_in(home / "notebooks" / START.notebook, 'print(\\"start\\")', 'print(\\"changed words\\")')
    (outputs / "tables" / "atlas-eusalp" / "numbers.csv").unlink()
    before = state(outputs)
    monkeypatch.setattr("alpclusters_lib.reports.jobs.all_jobs", lambda: [START, ATLAS, DATA])
    monkeypatch.setattr("sys.argv", ["alpclusters", "run", "--explain"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0 and state(outputs) == before
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "start-here notebooks/00-start-here.ipynb changed",
        "atlas-eusalp outputs/tables/atlas-eusalp/numbers.csv is gone",
        "data-and-perimeter not made yet",
        "3 to make, 0 up to date",
    ]


# forked and ordinary kernels


def test_forked_and_ordinary_kernels_make_the_same(outputs, home):
    write_notebook(home, START.notebook, RICH)
    runs = []
    for cold in (False, True):
        assert [r.error for r in runner.run([START, ATLAS], force=True, cold=cold)] == ["", ""]
        found = {name: content for name, (_, content) in state(outputs).items() if name != "timings.json"}
        runs.append(found)
    assert runs[0] == runs[1]


LEAK = """\
import os, sys
import numpy, pandas, matplotlib
from alpclusters_lib import datasets, regions
print("before:", hasattr(pandas, "mark"), os.environ.get("MARK"), os.getcwd() == "/", end=" ")
print(matplotlib.rcParams["font.size"] == 77)
print("table:", "mark" in datasets.facts("project").columns, "mark" in regions._read.__dict__)
print("draw:", numpy.random.rand() == numpy.random.RandomState(0).rand())
pandas.mark, os.environ["MARK"] = 1, "1"
matplotlib.rcParams["font.size"] = 77
regions._read.mark = 1
numpy.random.seed(0)
os.chdir("/")"""


@pytest.mark.skipif(not can_fork(), reason="kernels cannot be forked here")
def test_nothing_leaks_from_one_report_into_the_next(outputs, home):
    for job in (START, DATA):
        write_notebook(home, job.notebook, LEAK)
    assert [r.error for r in runner.run([START, DATA], workers=1)] == ["", ""]
    for job in (START, DATA):
        page = (outputs / "reports" / f"{job.name}.html").read_text(encoding="utf-8")
        assert "before: False None False False" in page and "table: False False" in page and "draw: False" in page


def test_kernels_end_with_the_run(outputs, home):
    write_notebook(home, START.notebook, "import os\nprint('process', os.getpid(), os.getppid())")
    runner.run([START])
    page = (outputs / "reports" / "start-here.html").read_text(encoding="utf-8")
    for pid in re.search(r"process (\d+) (\d+)", page).groups():
        assert int(pid) == os.getpid() or not Path(f"/proc/{pid}").exists()


# interruption and company

SLOW = "import time\nprint('begun', flush=True)\ntime.sleep(120)"


def run_elsewhere(*names: str) -> subprocess.Popen:
    """Start a run in a process of its own."""
    command = [sys.executable, "-c", "from alpclusters_lib.cli import main; main()", "run", *names]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for(what, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_stopped_run_leaves_what_the_next_goes_on_with(outputs, home, number):
    write_notebook(home, START.notebook, WRITE.format(name=START.name, what="made before the stop"))
    write_notebook(home, DATA.notebook, SLOW)
    running = run_elsewhere(START.name, DATA.name)
    page = outputs / "reports" / "start-here.html"
    ledger = outputs / "ledger.json"
    wait_for(lambda: "made before the stop" in page.read_text(encoding="utf-8"))
    wait_for(lambda: len(list(outputs.glob(".run-*"))) == 1)
    wait_for(lambda: ledger.stat().st_mtime_ns >= page.stat().st_mtime_ns)
    os.kill(running.pid, number)
    _, said = running.communicate(timeout=60)
    if number == signal.SIGINT:
        assert running.returncode == 130 and said.strip().endswith("the same command goes on"), said
        assert half_written(outputs) == []
    write_notebook(home, DATA.notebook, "print('quick')")
    assert [plan.reasons for plan in runner.plan([START, DATA])] == [[], ["not made yet"]]
    assert outcomes(START, DATA) == ["unchanged", "made"]
    assert half_written(outputs) == []


def test_second_run_in_one_folder_is_told(outputs, home):
    write_notebook(home, DATA.notebook, SLOW)
    running = run_elsewhere(DATA.name)
    try:
        wait_for(lambda: list(outputs.glob(".run-*")))
        before = state(outputs)
        with pytest.raises(ValueError, match=r"another run is working in .*; wait for it, or name another folder"):
            runner.run([START])
        assert state(outputs).keys() >= before.keys()
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


# failures


@pytest.fixture
def failed(outputs, home):
    """Return the outputs after a run in which one of two notebooks failed half-way, and the results."""
    write_notebook(home, START.notebook, "print('this far')", FAIL, "print('never')")
    return outputs, runner.run([START, DATA], cold=True)


def test_failing_notebook_stops_no_other_and_is_kept(failed, home):
    outputs, results = failed
    assert [(r.job.name, r.outcome) for r in results] == [("start-here", "failed"), ("data-and-perimeter", "made")]
    assert results[0].error == "ValueError: no figures for XX in 2014" and results[1].error == ""
    kept = nbformat.read(outputs / "failed" / "start-here.ipynb", as_version=4)
    said = [output for cell in kept.cells for output in cell.get("outputs", [])]
    assert any(output.get("text") == "this far\n" for output in said), "the notebook as far as it ran"
    assert any(output.get("evalue") == "no figures for XX in 2014" for output in said)
    assert [path.name for path in (outputs / "failed").iterdir()] == ["start-here.ipynb"]
    assert half_written(outputs) == []


def test_ledger_and_index_keep_the_others(failed, made):
    outputs, _ = failed
    before, after = (json.loads((f / "ledger.json").read_text())["reports"] for f in (made / "outputs", outputs))
    assert set(after) == {"start-here", "atlas-eusalp", "data-and-perimeter"}
    assert after["atlas-eusalp"] == before["atlas-eusalp"]
    page = "reports/start-here.html"
    assert (outputs / page).read_bytes() == (made / "outputs" / page).read_bytes(), "the last good page stays"
    index = (outputs / "index.html").read_text()
    assert all(f"reports/{name}.html" in index for name in after)


def test_failed_report_is_tried_again_and_then_forgotten(failed, home):
    outputs, _ = failed
    assert outcomes(START, DATA) == ["failed", "unchanged"]
    write_notebook(home, START.notebook, WRITE.format(name=START.name, what="repaired"))
    assert outcomes(START, DATA) == ["made", "unchanged"]
    assert not (outputs / "failed" / "start-here.ipynb").exists()
    assert half_written(outputs) == []


def test_failed_report_is_forgotten_when_its_notebook_is_put_back(failed, home):
    outputs, _ = failed
    write_notebook(home, START.notebook, WRITE.format(name=START.name, what="start"))
    assert outcomes(START, DATA) in (["unchanged", "unchanged"], ["made", "unchanged"])
    assert not (outputs / "failed" / "start-here.ipynb").exists(), "the report is up to date and not failed"


def test_page_that_cannot_be_written_leaves_nothing_behind(outputs, home):
    write_notebook(home, START.notebook, "import IPython.display as d\nd.display(d.HTML('<script>1</script>'))")
    (result,) = runner.run([START], cold=True)
    assert result.outcome == "failed" and "<script>" in result.error
    assert "\n" not in result.error and half_written(outputs) == []


def test_dying_kernel_is_a_failure_like_any_other(outputs, home):
    write_notebook(home, START.notebook, "import os\nos._exit(3)")
    results = runner.run([START, DATA], cold=True)
    assert [result.outcome for result in results] == ["failed", "made"]
    assert results[0].error and half_written(outputs) == []


def test_command_line_says_in_two_lines_what_failed(failed, monkeypatch, capfd):
    from alpclusters_lib import cli

    capfd.readouterr()
    monkeypatch.setattr("sys.argv", ["alpclusters", "run", "start-here", "data-and-perimeter"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capfd.readouterr()
    assert end.value.code == 1
    assert said.err.splitlines() == [
        "failed: start-here (ValueError: no figures for XX in 2014)",
        "the notebooks as far as they ran are in outputs/failed",
    ]
    last = said.out.splitlines()[-1]
    assert last.startswith("0 made, 1 unchanged, 1 failed in ")
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize(
    "content",
    [b'{"reports": {"start-', b"", b"\xff\xfe", b"[]", b"{}", b'{"reports": {"start-here": {}}}'],
    ids=["cut off", "empty", "no text", "a list", "no reports", "an empty entry"],
)
def test_broken_ledger_is_survived(outputs, content, monkeypatch):
    whole = (outputs / "ledger.json").read_bytes()
    entry = json.loads(whole)["reports"]["start-here"]
    # what a notebook makes is not in question here
    built = Built({name: (outputs / name).read_bytes() for name in entry["files"]})
    monkeypatch.setattr(runner, "build", lambda job, scratch, warm: built)
    (outputs / "ledger.json").write_bytes(content)
    assert outcomes(START) == ["made"]
    assert json.loads((outputs / "ledger.json").read_bytes())["reports"] == {"start-here": entry}


# sameness


RICH = """\
import matplotlib.pyplot as plt
import pandas as pd
from alpclusters_lib.reports.output import Report
from alpclusters_lib.reports.pictures import Picture

report = Report("start-here")
data = pd.DataFrame({"region": ["Tirol", "Ticino"], "jobs": [3.0, 1.5]})
figure, ax = plt.subplots()
ax.barh(data["region"], data["jobs"])
report.figure(Picture(figure, "bars", data, "Two bars.", "Jobs."))
report.table(data, "jobs", title="Jobs")
report.say("Some *words*.")
report.summary(title="Small", finding="Two regions.", thumbnail="bars", region="Tirol")"""


def test_same_input_gives_the_same_bytes(outputs, home):
    write_notebook(home, START.notebook, RICH)
    runs = []
    for _ in range(2):
        (result,) = runner.run([START], force=True)
        assert result.error == ""
        runs.append({name: content for name, (_, content) in state(outputs).items() if name != "timings.json"})
    assert runs[0] == runs[1]
    names = {name for name in runs[0] if "start-here" in name}
    assert {"reports/start-here.html", "figures/start-here/bars.png", "figures/start-here/bars.csv"} <= names
    assert str(home).encode() not in runs[0]["reports/start-here.html"], "no path of this machine in a page"
    index = runs[0]["index.html"].decode()
    assert "Two regions." in index and "figures/start-here/bars.png" in index
    assert b"alpclusters.summary" not in runs[0]["reports/start-here.html"]


def test_file_that_a_notebook_no_longer_makes_is_no_longer_a_result(outputs, home):
    write_notebook(home, START.notebook, "print('no table any more')")
    assert outcomes(START) == ["made"]
    files = json.loads((outputs / "ledger.json").read_text())["reports"]["start-here"]["files"]
    assert sorted(files) == ["reports/start-here.html"]


def test_named_jobs_come_once_and_in_order(outputs):
    assert [job.name for job in select(["start-here", "atlas-eusalp", "start-here"])] == ["start-here", "atlas-eusalp"]
    assert [job.name for job in select([])][:3] == ["start-here", "data-and-perimeter", "atlas-alpine-space-2014"]
