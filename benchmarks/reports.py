"""How fast reports are made, against papermill with ordinary kernels, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

Row = tuple[str, str, str]
# papermill runs every fourth report, in the order of the list: some of every notebook that has several
EVERY = 4
BIN = Path(sys.executable).parent
API = """
import json, sys, warnings
warnings.simplefilter("ignore")
import papermill
for notebook, parameters, target in json.load(sys.stdin):
    papermill.execute_notebook(notebook, target, parameters=parameters, kernel_name="python3", cwd="notebooks",
                               progress_bar=False)
"""


def _run(folder: Path, *names: str) -> float:
    """Return the seconds of a run of all reports, or of some, in an empty folder or one that is up to date."""
    start = time.perf_counter()
    environment = os.environ | {"ALPCLUSTERS_OUTPUTS": str(folder)}
    subprocess.run([BIN / "alpclusters", "run", *names], check=True, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _memory(folder: Path, names: Sequence[str]) -> float:
    """Return the largest memory, in GB, of a run and its kernels together; shared memory counts once."""
    import psutil

    process = subprocess.Popen(
        [BIN / "alpclusters", "run", *names],
        env=os.environ | {"ALPCLUSTERS_OUTPUTS": str(folder)},
        stdout=subprocess.DEVNULL,
    )
    largest, done = 0, threading.Event()

    def watch() -> None:
        nonlocal largest
        while not done.wait(0.5):
            total = 0
            for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                try:
                    total += each.memory_full_info().pss
                except psutil.Error:  # it ended in between
                    continue
            largest = max(largest, total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    process.wait()
    done.set()
    return largest / 1e9


def reports() -> Iterator[Row]:
    """Compare whole runs with papermill's interface and its command line."""
    import json

    from alpclusters_lib.reports.jobs import all_jobs

    jobs = all_jobs()
    sample = jobs[::EVERY]
    share = len(jobs) / len(sample)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ours = _run(folder / "ours")
        yield f"{len(jobs)} reports, two at a time, s", f"{ours:.0f}", ""
        again = min(_run(folder / "ours") for _ in range(3))
        yield "nothing changed, s", f"{again:.2f}", "< 1.5"
        os.environ["ALPCLUSTERS_OUTPUTS"] = str(folder / "theirs")
        tasks = [(f"notebooks/{job.notebook}", job.parameters, str(folder / f"{job.name}.ipynb")) for job in sample]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", API], input=json.dumps(tasks), text=True, check=True)
        api = (time.perf_counter() - start) * share
        yield f"times as fast as papermill's API, from {len(sample)} reports", f"{api / ours:.1f}", "≥ 5"
        start = time.perf_counter()
        for notebook, parameters, target in tasks:
            given = [word for name, value in parameters.items() for word in ("-y", json.dumps({name: value}))]
            command = [BIN / "papermill", notebook, target, "-k", "python3", "--cwd", "notebooks", *given]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cli = (time.perf_counter() - start) * share
        yield f"times as fast as papermill's command line, from {len(sample)} reports", f"{cli / ours:.1f}", "≥ 8"
        few, many = [job.name for job in jobs if job.kind == "benchmark"], [job.name for job in jobs]
        small = _memory(folder / "few", few[:6])
        large = _memory(folder / "many", many[:60])
        yield "memory of 60 reports over that of 6", f"{large / small:.2f}", ""
        yield "memory of a run of 60 reports, GB", f"{large:.1f}", ""
