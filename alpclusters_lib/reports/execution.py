"""Makes one report: papermill executes its notebook in a kernel of its own, the result becomes one page.

Nothing is written outside the folder it is given; the runner puts the files in their places.
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from alpclusters_lib import paths
from alpclusters_lib.reports.jobs import Job
from alpclusters_lib.reports.output import SUMMARY_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from alpclusters_lib.reports.warm_kernels import WarmProcess

__all__ = ["Built", "NotMade", "build"]

# libraries of linear algebra read one of these when they are loaded
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Built:
    """A report that was made: its files by their place in the folder of outputs, its card, its figures in order."""

    files: dict[str, bytes]
    summary: dict[str, str] = field(default_factory=dict)
    figures: list[dict[str, str]] = field(default_factory=list)


class NotMade(Exception):
    """A report could not be made: why, in one line, and the notebook as far as it ran where it did."""

    def __init__(self, reason: str, notebook: bytes = b"") -> None:
        super().__init__(reason, notebook)
        self.reason, self.notebook = reason, notebook


def one_thread_each() -> dict[str, str]:
    """Return what lets a kernel compute with one thread: kernels share the processors, and sums keep their order."""
    return {name: "1" for name in THREADS if name not in os.environ}


def build(job: Job, scratch: Path, *, warm: WarmProcess | None = None) -> Built:
    """Execute a job in an empty folder and return its page, figures and tables.

    Parameters
    ----------
    job
        What to make.
    scratch
        An empty folder to work in.
    warm
        The process to fork the kernel from; an ordinary kernel is started where it is None.

    Raises
    ------
    NotMade
        If the notebook fails, or what it shows cannot be a page.
    """
    from alpclusters_lib.reports.html import notebook_to_html

    executed = scratch / f"{job.name}.ipynb"
    try:
        notebook = _execute(job, executed, scratch, warm)
        summary = _take_summary(notebook)
        language = str(job.parameters.get("language", "en"))
        options = {"language": language, "back": "../index.html" if language == "en" else f"../index.{language}.html"}
        page = notebook_to_html(notebook, title=job.title, description=summary.get("finding", ""), **options)
    except Exception as error:
        raise NotMade(_sentence(error), executed.read_bytes() if executed.is_file() else b"") from error
    made = {f"reports/{job.name}.html": page.encode("utf-8")}
    for kind in ("figures", "tables"):
        for path in sorted((scratch / kind / job.name).glob("*")):
            made[f"{kind}/{job.name}/{path.name}"] = path.read_bytes()
    return Built(made, summary, _figures(notebook))


def _execute(job: Job, executed: Path, scratch: Path, warm: WarmProcess | None) -> NotebookNode:
    """Execute a notebook with papermill; the executed copy is there whether or not it fails."""
    # the kernels say it once a notebook; a reader of a progress list cannot act on it
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill

        from alpclusters_lib.reports.dependencies import modules_of
        from alpclusters_lib.reports.warm_kernels import kernel_manager

        file = paths.notebooks() / job.notebook
        known = papermill.inspect_notebook(str(file))
        unknown = sorted(set(job.parameters) - set(known))
        if unknown:
            # papermill itself would warn and go on with the default
            raise ValueError(f"{job.notebook} has no parameter {unknown[0]!r}; it has {', '.join(known) or 'none'}")
        variables = {"ALPCLUSTERS_OUTPUTS": str(scratch), **one_thread_each()}
        return papermill.execute_notebook(
            str(file),
            str(executed),
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            # kernels warn of TCP when they start and of their shutdown when they end; errors of cells come otherwise
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            cwd=str(paths.notebooks()),
            kernel_manager_class=kernel_manager(variables, warm, job.notebook, modules_of(file)),
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


def _figures(notebook: NotebookNode) -> list[dict[str, str]]:
    """Return name and alternative text of every figure that the report shows, in its order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    words = [
        output.get("metadata", {}).get("image/png", {}) for output in outputs if "image/png" in output.get("data", {})
    ]
    return [{"name": word.get("name", ""), "alt": word.get("alt", "")} for word in words]


def _sentence(error: BaseException) -> str:
    """Return why a report failed in one line: the notebook's own error rather than papermill's."""
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    return f"{name}: {str(value).strip().splitlines()[0] if str(value).strip() else 'no message'}"
