"""Makes the reports that are not current, some at a time, and the pages that lead to them.

A report is made in a folder of its own, then its files are renamed into their places and the ledger says what was
made from what. A run that is stopped, even by a power cut, leaves whole files; the next one goes on where it ended.
A notebook that fails is kept in ``outputs/failed`` and does not stop the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from alpclusters_lib import paths
from alpclusters_lib.reports.cluster import connected
from alpclusters_lib.reports.dependencies import inputs
from alpclusters_lib.reports.execution import Built, NotMade, build
from alpclusters_lib.reports.files import unfinished_files, write_atomically
from alpclusters_lib.reports.jobs import Job, all_jobs
from alpclusters_lib.reports.ledger import Ledger, why
from alpclusters_lib.reports.warm_kernels import WarmProcess, warm_process

__all__ = ["Plan", "Result", "plan", "run"]

SCRATCH = ".run-"
# so many reports of a notebook make it worth while to do first what they share
SHARED_BY = 3
Submit = Callable[[Job], Future[tuple[Built, float]]]


@dataclass(frozen=True)
class Result:
    """What became of one job: ``made``, ``unchanged`` or ``failed``, with seconds and, if it failed, why."""

    job: Job
    outcome: str
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Plan:
    """What a run would do with a job: the reasons to make it (none if it is current) and its inputs."""

    job: Job
    reasons: list[str]
    inputs: dict[str, str] = field(repr=False)
    seconds: float | None = None


class Watcher(Protocol):
    """Who is told how a run gets on."""

    def planned(self, plans: Sequence[Plan]) -> None:
        """Take what will be made and what is current."""

    def started(self, job: Job) -> None:
        """Take a report that is being made now."""

    def ended(self, result: Result) -> None:
        """Take a report that was made, failed or is current."""


class Silent:
    """A watcher that says nothing."""

    def planned(self, plans: Sequence[Plan]) -> None:
        """Say nothing."""

    def started(self, job: Job) -> None:
        """Say nothing."""

    def ended(self, result: Result) -> None:
        """Say nothing."""


def plan(jobs: Sequence[Job], *, force: bool = False) -> list[Plan]:
    """Return for each job why it has to be made; nothing is made."""
    folder = paths.outputs()
    ledger, plans = Ledger(folder), []
    for job in jobs:
        now = inputs(job)
        reasons = ["asked for by --force"] if force else why(ledger.reports.get(job.name), now, folder)
        plans.append(Plan(job, reasons, now, ledger.seconds.get(job.name)))
    return plans


def run(
    jobs: Sequence[Job],
    *,
    workers: int = 2,
    force: bool = False,
    cold: bool = False,
    scheduler: str = "",
    watcher: Watcher | None = None,
) -> list[Result]:
    """Make the reports that are not current and the pages that lead to them; return a result for each job.

    Parameters
    ----------
    jobs
        What to make (:func:`alpclusters_lib.reports.jobs.select`).
    workers
        How many notebooks run at the same time on this machine.
    force
        Redo reports that are current, too.
    cold
        Start an ordinary kernel for every report instead of forking them from a warmed process.
    scheduler
        Address of a Dask scheduler whose workers make the reports instead of this machine.
    watcher
        Told what is planned, started and ended.

    Raises
    ------
    ValueError
        If another run is working in the folder of outputs, or the scheduler does not answer.
    """
    folder, watcher = paths.outputs(), watcher or Silent()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        plans = plan(jobs, force=force)
        watcher.planned(plans)
        current = [Result(p.job, "unchanged") for p in plans if not p.reasons]
        for result in current:
            # it failed in between and is now as it was when it succeeded
            (folder / "failed" / f"{result.job.name}.ipynb").unlink(missing_ok=True)
            watcher.ended(result)
        wanted = [p for p in plans if p.reasons]
        ledger, results = Ledger(folder), list(current)
        if wanted:
            here = _here(wanted, workers, cold, folder, watcher)
            with connected(scheduler, cold=cold) if scheduler else here as submit:
                for result, entry in _made(wanted, submit, folder):
                    if entry is not None:
                        ledger.record(result.job.name, entry, result.seconds)
                    results.append(result)
                    watcher.ended(result)
        if wanted or not (folder / "index.html").is_file():
            _write_site(ledger, folder)
    order = {job.name: place for place, job in enumerate(jobs)}
    return sorted(results, key=lambda result: order[result.job.name])


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder, and clear away what a killed one left."""
    from filelock import FileLock, Timeout

    # the system lets go of the lock when its holder ends, however it ends
    lock = FileLock(folder / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"another run is working in {folder}; wait for it, or name another folder by ALPCLUSTERS_OUTPUTS"
        ) from None
    try:
        for left in folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(left)
        for left in unfinished_files(folder):
            left.unlink()
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _here(plans: Sequence[Plan], workers: int, cold: bool, folder: Path, watcher: Watcher) -> Iterator[Submit]:
    """Give a function that has a report made on this machine and returns its future."""
    number = Counter(p.job.notebook for p in plans)
    shared = [notebook for notebook in number if number[notebook] >= SHARED_BY]
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        # ends before the pool does: a run that is stopped ends its kernels, and with them what waits for them
        with warm_process(not cold, shared) as warm:
            yield lambda job: pool.submit(_build_here, job, folder, warm, watcher)
    finally:
        pool.shutdown(cancel_futures=True)


def _build_here(job: Job, folder: Path, warm: WarmProcess | None, watcher: Watcher) -> tuple[Built, float]:
    watcher.started(job)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
        built = build(job, Path(scratch), warm=warm)
    return built, time.monotonic() - begun


def _made(plans: Sequence[Plan], submit: Submit, folder: Path) -> Iterator[tuple[Result, dict[str, Any] | None]]:
    """Begin every job and hand on each as it comes, published."""
    begun = {p.job.name: time.monotonic() for p in plans}
    running = {submit(p.job): p for p in _ordered(plans)}
    for future in as_completed(running):
        p = running[future]
        try:
            built, seconds = future.result()
        except NotMade as error:
            _keep_failed(p.job, error, folder)
            yield Result(p.job, "failed", time.monotonic() - begun[p.job.name], error.reason), None
            continue
        yield Result(p.job, "made", seconds), _publish(p, built, folder)


def _ordered(plans: Sequence[Plan]) -> list[Plan]:
    """Return reports of one notebook, which share work, together, and those that took longest first."""
    longest: dict[str, float] = {}
    for p in plans:
        longest[p.job.notebook] = max(longest.get(p.job.notebook, 0.0), p.seconds or 0.0)
    return sorted(plans, key=lambda p: (-longest[p.job.notebook], p.job.notebook))


def _publish(p: Plan, built: Built, folder: Path) -> dict[str, Any]:
    """Put a report's files in their places, take away those it no longer makes; return its ledger entry."""
    name = p.job.name
    for place in (folder / "figures" / name, folder / "tables" / name):
        for old in place.glob("*"):
            if old.relative_to(folder).as_posix() not in built.files:
                old.unlink()
    # the page comes last: it is never newer than its figures
    for file in sorted(built.files, key=lambda file: file.startswith("reports/")):
        write_atomically(folder / file, built.files[file])
    (folder / "failed" / f"{name}.ipynb").unlink(missing_ok=True)
    files = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(built.files.items())}
    return {
        "kind": p.job.kind,
        "title": p.job.title,
        "summary": built.summary,
        "figures": built.figures,
        "inputs": p.inputs,
        "files": files,
    }


def _keep_failed(job: Job, error: NotMade, folder: Path) -> None:
    if error.notebook:
        write_atomically(folder / "failed" / f"{job.name}.ipynb", error.notebook)


def _write_site(ledger: Ledger, folder: Path) -> None:
    from alpclusters_lib.reports.site import write_site
    from alpclusters_lib.reports.site_entries import entries_of

    write_site(entries_of(ledger.reports, all_jobs()), folder)
