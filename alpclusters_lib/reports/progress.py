"""How a run gets on: a bar with the time left and a line for each report on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from statistics import mean

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from alpclusters_lib.reports.jobs import Job
from alpclusters_lib.reports.runner import Plan, Result

__all__ = ["Lines", "Screen", "show_slowest", "shown", "slowest", "time_left"]


def time_left(plans: Sequence[Plan], seconds: dict[str, float], workers: int) -> float | None:
    """Return the seconds until the last report is made; None before anything is known.

    Reports that took a known time count with it, corrected by how much faster or slower this run is; others count
    with the mean of those made so far.

    Parameters
    ----------
    plans
        What is to be made.
    seconds
        How long each report took that is made, by name.
    workers
        How many are made at once.
    """
    before = {p.job.name: p.seconds for p in plans if p.seconds}
    both = [name for name in seconds if name in before]
    pace = sum(seconds[n] for n in both) / sum(before[n] for n in both) if both else 1.0
    open_plans = [p for p in plans if p.job.name not in seconds]
    known = [pace * before[p.job.name] for p in open_plans if p.job.name in before]
    unknown = len(open_plans) - len(known)
    typical = [*seconds.values(), *known]
    if unknown and not typical:
        return None
    return (sum(known) + unknown * (mean(typical) if typical else 0.0)) / workers


def _clock(seconds: float) -> str:
    return f"{seconds // 60:.0f} min {seconds % 60:02.0f} s" if seconds >= 60 else f"{seconds:.0f} s"


def slowest(results: Sequence[Result], number: int = 5) -> list[Result]:
    """Return the reports that took longest, at most as many as asked for."""
    return sorted((r for r in results if r.outcome == "made"), key=lambda r: -r.seconds)[:number]


class Lines:
    """One plain line for each report that is made or fails."""

    def __init__(self, console: Console, workers: int) -> None:
        self.console, self.workers = console, workers
        self.plans: list[Plan] = []
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def planned(self, plans: Sequence[Plan]) -> None:
        """Take what will be made; say how long that may take where it is known."""
        self.plans = [p for p in plans if p.reasons]

    def started(self, job: Job) -> None:
        """A line comes when the report is made."""

    def ended(self, result: Result) -> None:
        """Write the line of a report."""
        if result.outcome == "unchanged":
            return
        with self._lock:
            self.seconds[result.job.name] = result.seconds
            left = time_left(self.plans, self.seconds, self.workers)
        count = f"[{len(self.seconds):>{len(str(len(self.plans)))}}/{len(self.plans)}]"
        rest = f"  {_clock(left)} left" if left else ""
        line = f"{count} {result.outcome:<6} {result.job.name:<44} {result.seconds:5.1f} s{rest}"
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class Screen(Lines):
    """A bar for the whole run and a line for each report that is being made."""

    def __init__(self, console: Console, workers: int) -> None:
        super().__init__(console, workers)
        self._bar = Progress(
            TextColumn("reports"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"), console=console
        )
        self._running = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
        )
        self._whole = self._bar.add_task("reports", total=None, left="")
        self._tasks: dict[str, int] = {}
        self.live = Live(Group(self._bar, self._running), console=console, transient=True)

    def planned(self, plans: Sequence[Plan]) -> None:
        """Set the length of the bar."""
        super().planned(plans)
        left = time_left(self.plans, {}, self.workers)
        words = f"about {_clock(left)} left" if left else ""
        self._bar.update(self._whole, total=len(self.plans), left=words)

    def started(self, job: Job) -> None:
        """Add the line of a report."""
        self._tasks[job.name] = self._running.add_task(job.name, total=None)

    def ended(self, result: Result) -> None:
        """Take away the line of a report and move the bar."""
        super().ended(result)
        if result.outcome == "unchanged":
            return
        task = self._tasks.pop(result.job.name, None)
        if task is not None:
            self._running.remove_task(task)
        left = time_left(self.plans, self.seconds, self.workers)
        self._bar.update(self._whole, advance=1, left=f"about {_clock(left)} left" if left else "")


def show_slowest(results: Sequence[Result]) -> None:
    """Print the table of the reports that took longest."""
    table = Table(title="slowest reports", title_justify="left", box=None, pad_edge=False)
    table.add_column("report")
    table.add_column("seconds", justify="right")
    for result in slowest(results):
        table.add_row(result.job.name, f"{result.seconds:.1f}")
    Console().print(table)


@contextlib.contextmanager
def shown(workers: int) -> Iterator[Lines]:
    """Give the watcher of a run that suits where its words go."""
    console = Console()
    if not console.is_terminal:
        yield Lines(console, workers)
        return
    screen = Screen(console, workers)
    with screen.live:
        yield screen
