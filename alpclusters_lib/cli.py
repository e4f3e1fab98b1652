"""The command line: ``alpclusters`` verbs. Everything heavy is imported inside the verb that needs it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from alpclusters_lib.reports import runner

app = typer.Typer(
    help="Innovation clusters and smart specialisation in the Alps: data, reports, explanations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data = typer.Typer(help="The processed tables.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data, name="data")
survey = typer.Typer(
    help="Surveys: governance, the wheel, services, self-assessment.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(survey, name="survey")

Answers = Annotated[str, typer.Argument(help="A CSV file of answers, one row a respondent.")]
Kind = Annotated[str, typer.Option(help="What was asked: survey, wheel, services or self-assessment.")]
Folder = Annotated[str, typer.Option(help="Folder to write to.")]


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Reports to make; all where omitted.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks that run at the same time.")] = 2,
    force: Annotated[bool, typer.Option("--force", help="Redo reports that are current, too.")] = False,
    cold: Annotated[bool, typer.Option("--cold", help="Start an ordinary kernel for every report.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each would be made; make nothing.")] = False,
    scheduler: Annotated[str, typer.Option(help="Dask scheduler, tcp://HOST:PORT; needs the extra 'cluster'.")] = "",
) -> None:
    """Make reports: execute notebooks, write HTML pages and the site."""
    import time

    from alpclusters_lib.reports import standing

    start = time.monotonic()
    if not force and not explain and (count := standing.nothing_to_do(names or [])):
        print(f"nothing to do: {_reports(count)} up to date; open outputs/index.html")
        return
    from alpclusters_lib.reports import jobs, progress, runner

    selected = jobs.select(names or [])
    if explain:
        _explain(runner.plan(selected, force=force))
        return
    try:
        with progress.shown(workers) as watcher:
            options = {"workers": workers, "force": force, "cold": cold, "scheduler": scheduler}
            results = runner.run(selected, watcher=watcher, **options)
    except KeyboardInterrupt:
        print("alpclusters: stopped; what was made stays, the same command goes on", file=sys.stderr)
        raise typer.Exit(130) from None
    standing.record(results, whole=not names)
    outcomes = [result.outcome for result in results]
    made, unchanged = outcomes.count("made"), outcomes.count("unchanged")
    failed = [result for result in results if result.outcome == "failed"]
    elapsed = time.monotonic() - start
    if made > 1:
        progress.show_slowest(results)
    if unchanged == len(results):
        print(f"nothing to do: {_reports(unchanged)} up to date; open outputs/index.html")
        return
    print(f"{made} made, {unchanged} unchanged, {len(failed)} failed in {elapsed:.1f} s; open outputs/index.html")
    if failed:
        print("failed: " + "; ".join(f"{result.job.name} ({result.error})" for result in failed), file=sys.stderr)
        print("the notebooks as far as they ran are in outputs/failed", file=sys.stderr)
        raise typer.Exit(1)


def _reports(count: int) -> str:
    return "the report is" if count == 1 else f"all {count} reports are"


def _explain(plans: Sequence[runner.Plan]) -> None:
    """Say of each report why it would be made; those that are current come together at the end."""
    for plan in plans:
        if plan.reasons:
            shown, more = "; ".join(plan.reasons[:5]), len(plan.reasons) - 5
            print(f"{plan.job.name:<44} {shown}{f'; and {more} more' if more > 0 else ''}")
    current = sum(not plan.reasons for plan in plans)
    print(f"{len(plans) - current} to make, {current} up to date")


@app.command("list")
def list_reports() -> None:
    """List every report: name, kind and title."""
    from alpclusters_lib.reports import jobs

    for job in jobs.all_jobs():
        print(f"{job.name:<44} {job.kind:<6} {job.title}")


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Cases, chains, scenarios; all where omitted.")] = None,
) -> None:
    """Check cases, chains and scenarios without running them."""
    from alpclusters_lib.reports.case import case_names, load_case
    from alpclusters_lib.reports.chain_files import chain_names, load_chain
    from alpclusters_lib.reports.jobs import CHAIN
    from alpclusters_lib.reports.scenario_files import SCENARIO, load_scenario, scenario_names

    every = [*(f"{CHAIN}{name}" for name in chain_names()), *(f"{SCENARIO}{name}" for name in scenario_names())]
    for name in names or [*every, *case_names()]:
        if name.startswith(SCENARIO):
            scenario = load_scenario(name.removeprefix(SCENARIO))
            sizes = {**scenario.shocks, **{f"sales to {code}": size for code, size in scenario.sales_to.items()}}
            print(f"{name:<44} ok: {', '.join(f'{code} {size:+g} %' for code, size in sizes.items())}")
            continue
        if name.startswith(CHAIN):
            chain = load_chain(name.removeprefix(CHAIN))
            print(f"{name:<44} ok: {len(chain.stages)} stages, {'+'.join(chain.divisions)}, ends in {chain.ends_in}")
            continue
        case = load_case(name)
        growth = f"growth {case.growth[0]}-{case.growth[1]}" if case.growth else "no growth window"
        print(f"{name:<44} ok: {case.unit.label}, {'+'.join(case.cluster.divisions)}, {case.year}, {growth}")


@app.command("new-case")
def new_case(
    name: Annotated[str, typer.Argument(help="Name of the case: lower-case letters, digits, hyphens.")],
    region: Annotated[str, typer.Option(help="A region's key or NUTS code, joined by + where several.")],
    family: Annotated[str, typer.Option(help="A cluster family of data/raw/facts/cluster_families.csv.")],
    title: Annotated[str, typer.Option(help="Title of the report; made of family and region where omitted.")] = "",
    growth: Annotated[str, typer.Option(help="Growth window, such as 2011-2014; 'none' for none.")] = "2011-2014",
) -> None:
    """Write a new case file, checked before it is written."""
    from alpclusters_lib.reports.case import write_case

    path = write_case(name, region=region, family=family, title=title, growth=growth)
    print(f"written: notebooks/cases/{path.name}; make its report with: alpclusters run {name}")


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="An indicator, such as location_quotient.")],
    region: Annotated[str, typer.Argument(help="A region's key or NUTS code.")],
    sector: Annotated[str, typer.Argument(help="A NACE division or a cluster family.")],
    year: Annotated[int, typer.Option(help="Reference year.")] = 2014,
) -> None:
    """Explain a number: formula, inputs with status, file and SHA-256, reference."""
    from alpclusters_lib.reports.explain import explain as explanation

    print(explanation(indicator, region, sector, year=year))


@app.command()
def instruments(file: Annotated[str, typer.Argument(help="A CSV file of funding instruments.")]) -> None:
    """Check a file of funding instruments, as notebooks/instruments holds them."""
    from alpclusters_lib.reports.instrument_files import summary

    print(f"ok: {summary(file)}")


@app.command()
def kit(
    region: Annotated[str, typer.Argument(help="A region's key, such as lombardy.")],
    language: Annotated[str, typer.Option(help="en, it, de, fr or sl for the headings.")] = "en",
    to: Folder = "kit",
) -> None:
    """Write the workshop kit of a region: data sheet, empty canvas and survey form to print."""
    from pathlib import Path

    from alpclusters_lib.reports.workshop_kit import write_kit

    written = write_kit(region, Path(to).expanduser(), language=language)
    print("\n".join(f"written: {path}" for path in written))


@app.command()
def pdf(
    names: Annotated[list[str], typer.Argument(help="Reports to print; they have to be made.")],
    to: Annotated[str, typer.Option(help="Folder to write to; outputs/pdf where omitted.")] = "",
) -> None:
    """Print reports as PDF; needs the extra 'pdf' and a Chromium."""
    from pathlib import Path

    from alpclusters_lib.reports.pdf import write_pdf

    for name in names:
        print(f"written: {write_pdf(name, Path(to).expanduser() if to else None)}", flush=True)


@survey.command("form")
def survey_form(
    language: Annotated[str, typer.Option(help="en or it.")] = "en",
    to: Folder = "forms",
) -> None:
    """Write the forms of every kind: a sheet to fill in and a page to print."""
    from pathlib import Path

    from alpclusters_lib.reports.survey_files import KINDS
    from alpclusters_lib.reports.survey_forms import write_forms

    written = write_forms(Path(to).expanduser(), language, kinds=KINDS)
    print("\n".join(f"written: {path}" for path in written))


@survey.command("check")
def survey_check(answers: Answers, kind: Kind = "survey") -> None:
    """Check a file of answers."""
    from alpclusters_lib.reports.survey_files import summary

    print(f"ok: {summary(answers, kind=kind)}")


@survey.command("report")
def survey_report(
    answers: Answers,
    kind: Kind = "survey",
    region: Annotated[str, typer.Option(help="A region of the file's region column; all where omitted.")] = "",
    to: Folder = "survey-report",
) -> None:
    """Write figure and tables of a file of answers and print what they say."""
    from pathlib import Path

    from alpclusters_lib.reports.survey_report import write_report

    folder = Path(to).expanduser()
    print("\n\n".join([*write_report(answers, folder, kind=kind, region=region or None), f"written to {folder}"]))


@data.command("build")
def data_build(
    force: Annotated[bool, typer.Option("--force", help="Build although nothing has changed.")] = False,
) -> None:
    """Compute data/processed from published files (ALPCLUSTERS_RAW, else data/raw/downloads) where anything changed."""
    from alpclusters_lib.cleaning import fingerprint

    found = fingerprint.inputs()
    reason = fingerprint.changed(found)
    if not reason and not force:
        print("nothing to do: published files, facts, code and tables are as the last build left them")
        return
    print(f"building: {reason or 'asked to, although nothing has changed'}", flush=True)
    from alpclusters_lib.cleaning.build import build

    for name, rows in build():
        print(f"{name:<20} {rows:>9,} rows", flush=True)
    fingerprint.record(found)


@data.command("fetch")
def data_fetch(
    datasets: Annotated[list[str] | None, typer.Argument(help="Data sets; all with an address if omitted.")] = None,
    years: Annotated[str, typer.Option(help="Years to ask Eurostat for, such as 2008-2020; all if omitted.")] = "",
    to: Annotated[str, typer.Option(help="Another folder (else ALPCLUSTERS_RAW, data/raw/downloads).")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Replace files that are here, after a report.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Replace without asking; with --replace.")] = False,
    base_url: Annotated[str, typer.Option(help="A mirror to ask in the publishers' place.")] = "",
) -> None:
    """Fetch published files from their publishers; a file that is here stays unless --replace is given."""
    from pathlib import Path

    from alpclusters_lib import paths
    from alpclusters_lib.cleaning import refresh
    from alpclusters_lib.sources import publishers

    if yes and not replace:
        raise ValueError("--yes answers the question of --replace; give both or neither")
    folder = Path(to).expanduser().resolve() if to else paths.downloads()
    known = publishers.publishers()
    names = list(dict.fromkeys(datasets or known))
    # polygons have no years: to ask for them by name is a mistake, to fetch all that there is is none
    spans = {n: None if not datasets and known[n].layout == "geojson" else years or None for n in names}
    for name in names:  # a wrong name, span or mirror is said before anything is asked
        publishers.address(name, years=spans[name], base_url=base_url or None)
    if not datasets:
        print(f"{len(names)} data sets have an address:")
        for name in names:
            print(f"  {name:<22} {refresh.state(name, folder)}", flush=True)
    failed = []
    for name in names:
        with _bar(name) as (move, stop):
            request = refresh.Request(
                folder, years=spans[name], base_url=base_url or None, replace=replace,
                confirm=lambda question, stop=stop: yes or _confirmed(question, stop), say=_say, progress=move,
            )  # fmt: skip
            try:
                _say(f"{name}: {refresh.refresh(name, request)}")
            except ValueError as error:
                failed.append(str(error))
    if failed:
        done = f"; {len(names) - len(failed)} of {len(names)} done" if len(names) > 1 else ""
        raise ValueError("; ".join(failed) + done)


def _say(line: str) -> None:
    print(line, flush=True)


def _confirmed(question: str, stop: Callable[[], None]) -> bool:
    """Ask on a terminal; where nobody can answer, say what does."""
    if not sys.stdin.isatty():
        raise ValueError(f"{question} Nobody can be asked here: --yes answers yes; nothing was replaced")
    stop()
    return typer.confirm(question)


@contextlib.contextmanager
def _bar(name: str) -> Iterator[tuple[Callable[[int, int | None], None] | None, Callable[[], None]]]:
    """Give what moves a bar and what takes it away; where there is no terminal there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None, lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total), bar.stop


@data.command("status")
def data_status() -> None:
    """Say of every published file and processed table whether it is there and unchanged."""
    from alpclusters_lib.cleaning.build import status

    for name, words in status():
        print(f"{name:<26} {words}")


def main() -> None:
    """Run the command line: a wrong input is one sentence and exit code 2."""
    try:
        app()
    except ValueError as error:
        print(f"alpclusters: {error}", file=sys.stderr)
        sys.exit(2)
