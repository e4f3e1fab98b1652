"""The indicators against a bare NumPy/SciPy reference and against the peers, as ratios within one run.

Every size runs in a process of its own with one thread of linear algebra. First each peer is called once, in a process
forked for it and stopped after a minute, and its result compared with ours. Then ours, bare and peers take turns in
rounds; compared are the smallest processor times.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.report import Measured, write

# seconds for one call of a peer, and from when on it is not called again
LIMIT, ONCE = 60.0, 2.0
ROUNDS, SECONDS = (3, 200), 0.6


class First(NamedTuple):
    """The first call of a peer: processor time (None: stopped), distance from our result, or what went wrong."""

    seconds: float | None
    apart: float | None
    failed: str = ""


def indicators(names: tuple[str, ...] = (), sizes: tuple[tuple[int, int], ...] = ()) -> Iterator[tuple[str, str, str]]:
    """All functions at all sizes, the draws and the chain; the whole of it is written to docs/benchmarks.md."""
    from benchmarks.cases import SIZES

    measured: list[Measured] = []
    for size in sizes or SIZES:
        command = [sys.executable, "-m", "benchmarks.indicators", "measure", *map(str, size), *names]
        answer = subprocess.run(command, env=_one_thread(), check=True, stdout=subprocess.PIPE, text=True).stdout
        for found in json.loads(answer):
            measured.append(Measured(**found))
            yield from measured[-1].rows()
    if names or sizes:
        return
    command = [sys.executable, "-m", "benchmarks.draws"]
    answer = subprocess.run(command, env=_one_thread(), check=True, stdout=subprocess.PIPE, text=True).stdout
    others = [tuple(row) for row in json.loads(answer)]
    yield from others
    yield "written to", str(write(measured, others).name), ""


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


def measure(regions: int, sectors: int, names: list[str]) -> list[dict]:
    """Return what was measured at one size."""
    from benchmarks.cases import CASES, CLOSE, Inputs, difference
    from benchmarks.peers import PEERS, packages

    warnings.simplefilter("ignore")
    d, there, found = Inputs(regions, sectors), packages(), []
    for case in CASES:
        if names and case.name not in names:
            continue
        if case.apart(d) > CLOSE:
            raise SystemExit(f"no comparison: {case.name} is not what the bare reference gives")
        calls = {"ours": lambda case=case: case.ours(d), "bare": lambda case=case: case.bare(d)}
        peers = []
        for peer in PEERS.get(case.name, ()):
            title = f"{peer.package}.{peer.function}"
            if peer.package not in there:
                peers.append({"peer": title, "absent": True})
                continue
            package, wanted = there[peer.package], peer.ours or case.ours
            call = lambda peer=peer, package=package: peer.call(package, d)  # noqa: E731
            first = _first(
                call, lambda result, peer=peer, wanted=wanted: difference(wanted(d), peer.as_ours(result, d))
            )
            peers.append({"peer": title, **first._asdict(), "differs": peer.differs})
            if first.seconds is not None and first.seconds < ONCE:
                calls[title] = call
        best = _rounds(calls)
        for peer in peers:
            peer["seconds"] = best.get(peer["peer"], peer.get("seconds"))
        found.append(
            {"name": case.name, "size": (regions, sectors), "ours": best["ours"], "bare": best["bare"], "peers": peers}
        )
        print(case.name, f"{best['ours'] / best['bare']:.2f}", file=sys.stderr, flush=True)
    return found


def _first(call: Callable[[], object], apart: Callable[[object], float]) -> First:
    """Call once in a process of its own, stopped after the limit."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            start = time.process_time()
            result = call()
            answer = First(time.process_time() - start, apart(result))
        except Exception as error:
            answer = First(None, None, f"{type(error).__name__}: {error}")
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    try:
        if not select.select([reading], [], [], LIMIT)[0]:
            os.kill(child, signal.SIGKILL)
            return First(None, None)
        return First(*json.loads(os.read(reading, 65536)))
    finally:
        os.close(reading)
        os.waitpid(child, 0)


def _rounds(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Let all take turns and return the smallest processor time of each."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    least, most = ROUNDS
    begin = time.perf_counter()
    for number in range(most):
        if number >= least and time.perf_counter() - begin > SECONDS * len(calls):
            break
        for name, call in calls.items():
            start = time.process_time()
            call()
            times[name].append(time.process_time() - start)
    return {name: min(one) for name, one in times.items()}


if __name__ == "__main__":
    json.dump(measure(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]), sys.stdout)
