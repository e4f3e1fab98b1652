"""Work sent to a Dask cluster: reports, and draws of bootstraps and Monte Carlo simulations.

Needs the optional packages of ``alpclusters[cluster]``, and this project installed on the workers. A worker that dies
has its work done by another; results are those of a run on one machine.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alpclusters_lib.reports.execution import Built, build
from alpclusters_lib.reports.jobs import Job
from alpclusters_lib.reports.warm_kernels import WarmProcess, can_fork

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["connected", "mapper"]

_warm: list[WarmProcess] = []


def _client(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ValueError(
            "--scheduler needs the packages of the extra 'cluster': pip install 'alpclusters[cluster]'"
        ) from None
    try:
        return Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {scheduler!r} ({type(error).__name__}); "
            "tcp://HOST:8786, as `dask scheduler` prints it, would be right"
        ) from None


def _build_on_worker(job: Job, cold: bool) -> tuple[Built, float]:
    """Make a report on a worker: its kernels are forked from a process of that worker, kept from report to report."""
    begun = time.monotonic()
    if not cold and can_fork() and not _warm:
        _warm.append(WarmProcess())
    with tempfile.TemporaryDirectory() as scratch:
        built = build(job, Path(scratch), warm=_warm[0] if _warm else None)
    return built, time.monotonic() - begun


@contextlib.contextmanager
def connected(scheduler: str, *, cold: bool = False) -> Iterator[Callable[[Job], Any]]:
    """Give a function that sends a report to the cluster and returns its future.

    Raises
    ------
    ValueError
        If no scheduler answers at the address, or the extra ``cluster`` is not installed.
    """
    from concurrent.futures import Future

    with _client(scheduler) as client:

        def submit(job: Job) -> Future[tuple[Built, float]]:
            local: Future[tuple[Built, float]] = Future()
            # not pure: a report that failed is tried again when it is asked for again
            remote = client.submit(_build_on_worker, job, cold, pure=False, retries=2)

            def hand_on(done: Any) -> None:
                if done.status == "finished":
                    local.set_result(done.result())
                else:
                    local.set_exception(done.exception() or RuntimeError(f"the cluster gave up {job.name}"))

            remote.add_done_callback(hand_on)
            return local

        yield submit


@contextlib.contextmanager
def mapper(scheduler: str) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give a function like :func:`map` that spreads calls over a cluster and keeps their order.

    Functions of the library with an argument ``spread`` take it (bootstraps of location quotients, ranges of ranks):
    every draw has random numbers of its own, so the result is that of one machine.

    Examples
    --------
    >>> from alpclusters_lib import location_quotient_interval
    >>> with mapper("tcp://10.0.0.1:8786") as spread:  # doctest: +SKIP
    ...     location_quotient_interval(jobs, method="bootstrap", rng=1, spread=spread)
    """
    with _client(scheduler) as client:
        yield lambda function, *arguments: client.gather(client.map(function, *arguments, pure=False))
