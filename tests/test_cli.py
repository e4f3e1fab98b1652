"""The command line: what each verb prints, and that a wrong input is one sentence and exit code 2."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from alpclusters_lib import cli, datasets, paths
from alpclusters_lib.reports.case import case_names, load_case
from alpclusters_lib.reports.chain_files import chain_names
from alpclusters_lib.reports.jobs import all_jobs
from alpclusters_lib.reports.scenario_files import scenario_names
from alpclusters_lib.reports.survey_files import KINDS, illustrative


@pytest.fixture
def run_cli(monkeypatch, capfd):
    """Return a function that runs the command line and gives exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["alpclusters", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
            sys.exit(0)
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return end.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return a project folder of its own, without reports and with one case."""
    folder = tmp_path / "home"
    (folder / "notebooks" / "cases").mkdir(parents=True)
    (folder / "data").symlink_to(paths.root() / "data")
    case = {"title": "Taken", "region": "lombardy", "family": "machinery"}
    (folder / "notebooks" / "cases" / "taken.yml").write_text(yaml.safe_dump(case), encoding="utf-8")
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(folder))
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path / "outputs"))
    return folder


def refused(result: tuple[int, str, str]) -> str:
    """Return the one sentence on stderr of a refused command."""
    code, out, err = result
    assert code == 2 and out == ""
    lines = err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("alpclusters: ")
    return lines[0].removeprefix("alpclusters: ")


@pytest.mark.parametrize(
    "verb", [(), ("run",), ("list",), ("check",), ("new-case",), ("explain",), ("data",), ("data", "build"),
             ("data", "fetch"), ("data", "status")], ids=" ".join,
)  # fmt: skip
def test_every_verb_has_help(run_cli, verb):
    code, out, err = run_cli(*verb, "--help")
    assert code == 0 and err == ""
    assert out.startswith("Usage: ") and " ".join(("alpclusters", *verb)) in out.splitlines()[0] and "--help" in out
    # what a verb does is said in a sentence
    assert any(line.strip().endswith(".") for line in out.splitlines()[1:5])


def test_help_lists_the_verbs(run_cli):
    _, out, _ = run_cli("--help")
    for verb in ("run", "list", "check", "new-case", "explain", "data"):
        assert f"  {verb} " in out


def test_help_of_data_lists_its_verbs_and_the_readme_has_each(run_cli):
    _, out, _ = run_cli("data", "--help")
    listed = re.findall(r"^  (\w+) +[A-Z]", out.partition("Commands:")[2], re.MULTILINE)
    assert listed == ["build", "fetch", "status"]
    readme = (paths.root() / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `alpclusters data (\w+)", readme, re.MULTILINE)) == listed


def test_list_shows_every_report(run_cli):
    code, out, _ = run_cli("list")
    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    assert code == 0
    assert [line[0] for line in lines] == [job.name for job in all_jobs()]
    assert set(case_names()) <= {line[0] for line in lines if line[1] == "case"}
    assert all(line[2] for line in lines)


def test_check_accepts_every_committed_case_chain_and_scenario(run_cli):
    code, out, _ = run_cli("check")
    assert code == 0
    names = [*(f"chain-{name}" for name in chain_names()), *(f"scenario-{name}" for name in scenario_names())]
    names += case_names()
    assert [line.split()[0] for line in out.splitlines()] == names
    assert all(" ok: " in line for line in out.splitlines())


def test_check_says_of_what_a_chain_is_made_and_what_is_wrong_with_its_name(run_cli):
    _, out, _ = run_cli("check", "chain-food")
    assert "ok: 5 stages, C28+C17+C22+C10+C11+G46+H52+I56, ends in processing" in out
    assert "unknown chain 'fod'; did you mean 'food'?" in refused(run_cli("check", "chain-fod"))


def test_check_says_what_a_scenario_takes_and_what_is_wrong_with_its_name(run_cli):
    _, out, _ = run_cli("check", "scenario-car-transition", "scenario-export-shock-germany")
    assert "ok: C29 -20 %" in out and "ok: sales to DE -10 %" in out
    assert "unknown scenario 'car'" in refused(run_cli("check", "scenario-car"))


def test_check_says_what_a_case_is_about(run_cli):
    _, out, _ = run_cli("check", "machinery-lombardy", "food-fribourg")
    assert "ok: Lombardy, C26+C27+C28, 2014, growth 2011-2014" in out
    assert "ok: Switzerland, C10+C11+C12, 2014, no growth window" in out


def test_check_names_the_wrong_line_of_a_case(run_cli, home):
    wrong = home / "notebooks" / "cases" / "wrong.yml"
    wrong.write_text("title: Wrong case\nregion: lombardi\nfamily: machinery\n", encoding="utf-8")
    assert refused(run_cli("check", "wrong")) == "case wrong: unknown region 'lombardi'; did you mean 'lombardy'?"
    assert "did you mean 'wrong'?" in refused(run_cli("check", "wrongg"))


def test_one_wrong_case_stops_a_full_run_before_anything_is_executed(run_cli, home, tmp_path):
    (home / "notebooks" / "cases" / "wrong.yml").write_text("title: [\n", encoding="utf-8")
    assert "case wrong: wrong.yml is not YAML" in refused(run_cli("run"))
    assert not (tmp_path / "outputs").exists()


def test_new_case_is_written_and_named(run_cli, home):
    code, out, err = run_cli("new-case", "food-tyrol", "--region", "AT33", "--family", "food", "--title", "Food, Tyrol")
    assert (code, err) == (0, "")
    assert out.strip() == "written: notebooks/cases/food-tyrol.yml; make its report with: alpclusters run food-tyrol"
    assert load_case("food-tyrol").title == "Food, Tyrol"
    assert run_cli("check", "food-tyrol")[0] == 0
    assert any(line.startswith("food-tyrol ") for line in run_cli("list")[1].splitlines())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("x", "--region", "lombardi", "--family", "food"), "did you mean 'lombardy'?"),
        (("x", "--region", "lombardy", "--family", "foood"), "did you mean 'food'?"),
        (("x", "--region", "lombardy", "--family", "food", "--growth", "2011"), "two years such as 2011-2014"),
        (("x", "--region", "lombardy", "--family", "food", "--growth", "1990-2014"), "available: 2008-2015"),
        (("../x", "--region", "lombardy", "--family", "food"), "is no case name"),
        (("taken", "--region", "lombardy", "--family", "food"), "notebooks/cases/taken.yml exists"),
    ],
)
def test_wrong_new_case_is_one_sentence_and_writes_nothing(run_cli, home, tmp_path, arguments, expected):
    before = {path: path.read_bytes() for path in home.rglob("*.yml")}
    assert expected in refused(run_cli("new-case", *arguments))
    assert {path: path.read_bytes() for path in home.rglob("*.yml")} == before
    assert not list(tmp_path.rglob(".*"))


def test_new_case_whose_report_would_fail_is_not_written(run_cli, home):
    # the French figures have a break in 2014, inside the window that is taken where none is given
    sentence = refused(run_cli("new-case", "metal-fc", "--region", "franche-comte", "--family", "metal"))
    assert "2014" in sentence
    assert not (home / "notebooks" / "cases" / "metal-fc.yml").exists()


def test_explain_prints_the_number_and_its_way_back(run_cli):
    code, out, err = run_cli("explain", "location_quotient", "lombardy", "machinery")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].endswith("in Lombardy, 2014: 1.73")
    assert "215,106" in out and "sha256 " in out and "sbs_r_nuts06_r2: C28,V16110,ITC4" in out


def test_explain_takes_a_year(run_cli):
    _, out, _ = run_cli("explain", "employment", "ITC4", "C28", "--year", "2011")
    value = datasets.employment(year=2011, regions="ITC4", sectors="C28")["value"].item()
    assert out.splitlines()[0].endswith(f"in Lombardy, 2011: {value:,.0f}")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("location_quotiend", "ITC4", "C28"), "did you mean 'location_quotient'?"),
        (("location_quotient", "lombardi", "C28"), "unknown region 'lombardi'; did you mean 'lombardy'?"),
        (("location_quotient", "ITC4", "C2"), "unknown cluster family 'C2'"),
        (("location_quotient", "ITC4", "C28", "--year", "1999"), " 1999; available: 2008-201"),
        (("location_quotient", "CH07", "C28"), "no employment for region CH07 in any year"),
    ],
)
def test_wrong_explanation_is_one_sentence(run_cli, arguments, expected):
    assert expected in refused(run_cli("explain", *arguments))


def test_data_status_finds_the_committed_tables_as_described(run_cli):
    code, out, err = run_cli("data", "status")
    assert (code, err) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    tables = [path.name for path in paths.processed().glob("*.parquet")]
    assert tables and all(lines[name] == "as described" for name in tables)


def test_data_status_sees_a_changed_table(run_cli, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "notebooks").mkdir(parents=True)
    (home / "data" / "processed").mkdir(parents=True)
    (home / "data" / "raw").symlink_to(paths.raw())
    for path in paths.processed().iterdir():
        (home / "data" / "processed" / path.name).symlink_to(path)
    (home / "data" / "processed" / "regions.parquet").unlink()
    (home / "data" / "processed" / "regions.parquet").write_bytes(b"x")
    (home / "data" / "processed" / "boundaries.parquet").unlink()
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(home))
    _, out, _ = run_cli("data", "status")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert lines["employment.parquet"] == "as described"
    assert lines["regions.parquet"].startswith("differs") and lines["boundaries.parquet"] != "as described"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("machinery-lombardi", "did you mean 'machinery-lombardy'?"),
        ("atlas-eusal", "did you mean 'atlas-eusalp'?"),
        ("start-her", "did you mean 'start-here'?"),
        ("zzzzzzzzzz", "`alpclusters list` shows them all"),
        ("../start-here", "'../start-here'"),
        ("Machinery Lombardy", "'Machinery Lombardy'"),
    ],
)
def test_unknown_report_is_one_sentence_and_nothing_is_executed(run_cli, tmp_path, monkeypatch, name, expected):
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path / "outputs"))
    assert expected in refused(run_cli("run", "machinery-lombardy", name))
    assert not (tmp_path / "outputs").exists()


def test_home_that_is_no_project_is_one_sentence(run_cli, tmp_path, monkeypatch):
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(tmp_path))
    for verb in (("list",), ("check",), ("run",), ("data", "status"), ("explain", "employment", "ITC4", "C28")):
        assert "set ALPCLUSTERS_HOME to a checkout of alpclusters" in refused(run_cli(*verb))


@pytest.mark.parametrize("arguments", [("explain",), ("run", "--workers", "0"), ("nonsense",), ("check", "--zzz")])
def test_wrong_use_is_exit_code_2_without_a_traceback(run_cli, arguments):
    code, out, err = run_cli(*arguments)
    assert code == 2 and out == "" and err.startswith("Usage: ")


def test_installed_command_refuses_without_a_traceback(tmp_path):
    script = "import sys; from alpclusters_lib.cli import main; sys.argv[0] = 'alpclusters'; main()"
    ended = subprocess.run(
        [sys.executable, "-c", script, "check", "machinery-lombardi"],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr == "alpclusters: unknown case 'machinery-lombardi'; did you mean 'machinery-lombardy'?\n"
    assert list(tmp_path.iterdir()) == []


# the governance survey


def test_survey_forms_are_written_and_their_answers_checked(run_cli, tmp_path):
    assert run_cli("survey", "form", "--language", "it", "--to", str(tmp_path))[0] == 0
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"{kind}-it.{ending}" for kind in KINDS for ending in ("csv", "html")}
    sentence = refused(run_cli("survey", "check", str(tmp_path / "survey-it.csv")))
    assert "survey-it.csv" in sentence
    assert "absent.csv" in refused(run_cli("survey", "check", str(tmp_path / "absent.csv")))
    assert "kind 'poll' is not available" in refused(run_cli("survey", "check", "x.csv", "--kind", "poll"))


@pytest.mark.parametrize("kind", KINDS)
def test_answers_of_every_kind_are_checked_and_reported(run_cli, tmp_path, kind):
    example = str(illustrative(kind))
    assert run_cli("survey", "check", example, "--kind", kind)[1].startswith("ok: ")
    code, out, _ = run_cli("survey", "report", example, "--kind", kind, "--to", str(tmp_path))
    assert code == 0 and out.startswith("Illustrative only") and (tmp_path / f"{kind}-table.csv").exists()


def test_instruments_are_checked_and_a_kit_is_written(run_cli, tmp_path):
    form = paths.notebooks() / "instruments" / "illustrative-instruments.csv"
    assert run_cli("instruments", str(form))[1].startswith("ok: illustrative-instruments.csv: 4 instruments")
    (tmp_path / "wrong.csv").write_text(form.read_text(encoding="utf-8").replace("2027-01-15", "2027-02-30"))
    assert "line 2: opens is '2027-02-30'" in refused(run_cli("instruments", str(tmp_path / "wrong.csv")))
    assert run_cli("kit", "salzburg", "--language", "de", "--to", str(tmp_path / "kit"))[0] == 0
    assert len(list((tmp_path / "kit").iterdir())) == 3
    assert "did you mean 'salzburg'?" in refused(run_cli("kit", "salzburgo", "--to", str(tmp_path / "none")))
    assert "'es' is not available" in refused(
        run_cli("kit", "salzburg", "--language", "es", "--to", str(tmp_path / "x"))
    )
    assert not (tmp_path / "none").exists() and not (tmp_path / "x").exists()


def test_survey_report_writes_what_it_names_and_says_it_is_illustrative(run_cli, tmp_path):
    example = str(paths.notebooks() / "surveys" / "illustrative-governance.csv")
    code, out, _ = run_cli("survey", "check", example)
    assert code == 0 and out.startswith("ok: 17 respondents")
    code, out, _ = run_cli("survey", "report", example, "--to", str(tmp_path))
    assert code == 0 and out.startswith("Illustrative only") and str(tmp_path) in out
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".png", ".csv"}
