"""Runs notebooks through papermill and turns them into pages; redoes only what changed.

A report is made in three steps: papermill executes the notebook in a kernel of its own, the executed notebook
becomes one HTML page, and the page is renamed into ``outputs/reports``. What was made, from what, stands in
``outputs/ledger.json``. A notebook that fails is kept in ``outputs/failed`` and does not stop the others.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alpclusters_lib import paths
from alpclusters_lib.reports.jobs import Job, all_jobs, fingerprint, shared_inputs
from alpclusters_lib.reports.output import SUMMARY_TYPE, write_atomically

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Result", "run"]


@dataclass(frozen=True)
class Result:
    """What became of one job: ``made``, ``unchanged`` or ``failed``, with seconds and, if it failed, why."""

    job: Job
    outcome: str
    seconds: float = 0.0
    error: str = ""


# libraries of linear algebra read one of these when they are loaded
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
LEDGER_KEYS = {"kind", "title", "summary", "fingerprint", "files"}


def read_ledger(folder: Path) -> dict[str, Any]:
    """Return the ledger of a folder of outputs, empty where there is none; a broken one counts as none."""
    try:
        reports = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))["reports"]
        return {"reports": {name: entry for name, entry in reports.items() if entry.keys() >= LEDGER_KEYS}}
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return {"reports": {}}


def _sha256(path: Path) -> str:
    from alpclusters_lib.sources.catalogue import sha256_of

    return sha256_of(path) if path.is_file() else ""


def _is_current(job: Job, entry: dict[str, Any] | None, digest: str, folder: Path) -> bool:
    if entry is None or entry["fingerprint"] != digest:
        return False
    return all(_sha256(folder / name) == sha for name, sha in entry["files"].items())


def _execute(job: Job, scratch: Path) -> NotebookNode:
    """Execute a notebook with papermill; the executed copy stays in ``scratch`` whether or not it fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill

        known = papermill.inspect_notebook(str(paths.notebooks() / job.notebook))
        unknown = sorted(set(job.parameters) - set(known))
        if unknown:
            # papermill itself would warn and go on with the default
            raise ValueError(f"{job.notebook} has no parameter {unknown[0]!r}; it has {', '.join(known) or 'none'}")
        return papermill.execute_notebook(
            str(paths.notebooks() / job.notebook),
            str(scratch),
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            # kernels warn of TCP when they start and of their shutdown when they end; errors of cells come otherwise
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            cwd=str(paths.notebooks()),
        )


def _take_summary(notebook: NotebookNode) -> dict[str, str]:
    """Take the card for the index out of an executed notebook."""
    summary: dict[str, str] = {}
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for output in outputs:
            summary = output.get("data", {}).get(SUMMARY_TYPE) or summary
        if outputs:
            cell.outputs = [o for o in outputs if SUMMARY_TYPE not in o.get("data", {})]
    return dict(summary)


def _make(job: Job, digest: str, folder: Path) -> dict[str, Any]:
    """Execute a job and write its page; return its ledger entry."""
    from alpclusters_lib.reports.html import notebook_to_html

    # the file system's clock, which need not be this process's
    with tempfile.TemporaryDirectory(dir=folder, prefix=".run-") as temporary:
        started = Path(temporary).stat().st_mtime_ns
        scratch = Path(temporary) / f"{job.name}.ipynb"
        try:
            notebook = _execute(job, scratch)
            summary = _take_summary(notebook)
            page = notebook_to_html(notebook, title=job.title, description=summary.get("finding", ""))
        except BaseException:
            if scratch.is_file():
                (folder / "failed").mkdir(exist_ok=True)
                os.replace(scratch, folder / "failed" / scratch.name)
            raise
    for old in (*(folder / "figures" / job.name).glob("*"), *(folder / "tables" / job.name).glob("*")):
        if old.stat().st_mtime_ns < started:
            old.unlink()
    html = write_atomically(folder / "reports" / f"{job.name}.html", page)
    (folder / "failed" / f"{job.name}.ipynb").unlink(missing_ok=True)
    made = [html, *(folder / "figures" / job.name).glob("*"), *(folder / "tables" / job.name).glob("*")]
    files = {path.relative_to(folder).as_posix(): _sha256(path) for path in sorted(made)}
    return {"kind": job.kind, "title": job.title, "summary": summary, "fingerprint": digest, "files": files}


def _sentence(error: BaseException) -> str:
    """Return why a report failed in one line: the notebook's own error rather than papermill's."""
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    return f"{name}: {str(value).strip().splitlines()[0] if str(value).strip() else 'no message'}"


def run(
    jobs: Sequence[Job],
    *,
    workers: int = 2,
    progress: Callable[[Result], None] = lambda result: None,
    force: bool = False,
) -> list[Result]:
    """Make the reports that are not current, some at a time, and the index page; return a result for each job.

    Parameters
    ----------
    jobs
        What to make (:func:`alpclusters_lib.reports.jobs.select`).
    workers
        How many notebooks run at the same time.
    progress
        Called with each result as it comes.
    force
        Redo reports that are current, too.
    """
    # the kernels say it once a notebook; a reader of a progress list cannot act on it
    logging.getLogger("papermill").setLevel(logging.ERROR)
    folder = paths.outputs()
    folder.mkdir(parents=True, exist_ok=True)
    ledger, shared = read_ledger(folder), shared_inputs()
    digests = {job.name: fingerprint(job, shared) for job in jobs}
    current = [
        job
        for job in jobs
        if not force and _is_current(job, ledger["reports"].get(job.name), digests[job.name], folder)
    ]
    for job in current:
        # it failed in between and is now as it was when it succeeded
        (folder / "failed" / f"{job.name}.ipynb").unlink(missing_ok=True)
    results = [Result(job, "unchanged") for job in current]
    for result in results:
        progress(result)
    wanted = [job for job in jobs if job not in current]
    with _one_thread_each():
        for result, entry in _made(wanted, digests, folder, workers):
            if entry is not None:
                ledger["reports"][result.job.name] = entry
                _write_ledger(ledger, folder)
            results.append(result)
            progress(result)
    if wanted or not (folder / "index.html").is_file():
        _write_index(ledger, folder)
    order = {job.name: place for place, job in enumerate(jobs)}
    return sorted(results, key=lambda result: order[result.job.name])


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let kernels that start meanwhile compute with one thread: they share the processors, sums keep their order."""
    absent = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(absent, "1"))
    try:
        yield
    finally:
        for name in absent:
            os.environ.pop(name, None)


def _made(
    jobs: Sequence[Job], digests: dict[str, str], folder: Path, workers: int
) -> Iterator[tuple[Result, dict[str, Any] | None]]:
    started: dict[str, float] = {}

    def work(job: Job) -> dict[str, Any]:
        started[job.name] = time.monotonic()
        return _make(job, digests[job.name], folder)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(work, job): job for job in jobs}
        try:
            for future in as_completed(running):
                job = running[future]
                seconds = time.monotonic() - started[job.name]
                error = future.exception()
                if error is None:
                    yield Result(job, "made", seconds), future.result()
                else:
                    yield Result(job, "failed", seconds, _sentence(error)), None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write_ledger(ledger: dict[str, Any], folder: Path) -> None:
    ledger = {"reports": dict(sorted(ledger["reports"].items()))}
    write_atomically(folder / "ledger.json", json.dumps(ledger, indent=1, ensure_ascii=False) + "\n")


def _write_index(ledger: dict[str, Any], folder: Path) -> None:
    from alpclusters_lib.reports.site import build_index, entries_of

    order = [job.name for job in all_jobs()]
    known = {name: entry for name, entry in ledger["reports"].items() if name in order}
    write_atomically(folder / "index.html", build_index(entries_of(known, order)))
