"""Print every ratio with its bound: ``python -m benchmarks [NAME…]``; all of them, in order, where none is named.

Times depend on the machine and its load; ratios within one run hardly do. Nothing here is asserted in a test.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.build import build, estimates
from benchmarks.indicators import indicators
from benchmarks.reports import reports
from benchmarks.value_chains import value_chains

Row = tuple[str, str, str]


def _process_time(*command: str) -> float:
    """Return the processor time of a command, the smallest of seven runs."""
    times = []
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def startup() -> Iterator[Row]:
    """Process time of the import and of the help text, beyond a bare interpreter."""
    bare = _process_time(sys.executable, "-c", "pass")
    package = _process_time(sys.executable, "-c", "import alpclusters_lib") - bare
    yield "import alpclusters_lib, s beyond a bare interpreter", f"{package:.3f}", "< 0.1"
    text = _process_time(str(Path(sys.executable).with_name("alpclusters")), "--help") - bare
    yield "alpclusters --help, s beyond a bare interpreter", f"{text:.3f}", "< 0.4"


def _best(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def reader() -> Iterator[Row]:
    """Reading the regional structural business statistics, against the straightforward pandas way."""
    import pandas as pd

    from alpclusters_lib.sources.catalogue import raw_file
    from alpclusters_lib.sources.eurostat import read_eurostat_tsv
    from benchmarks.straightforward import read_tsv

    try:
        path = raw_file("sbs_r_nuts06_r2")
    except ValueError as error:
        yield "reader", f"left out: {error}", ""
        return
    ours, theirs = read_eurostat_tsv(path), read_tsv(path)
    for column in ("nace_r2", "indic_sb", "geo", "flag"):
        ours[column] = ours[column].astype(str)
        theirs[column] = theirs[column].astype(str)
    pd.testing.assert_frame_equal(ours[theirs.columns], theirs, check_dtype=False)
    ratio = _best(lambda: read_tsv(path), 2) / _best(lambda: read_eurostat_tsv(path), 5)
    yield "raw SBS file to a tidy table, times as fast as pandas, same result", f"{ratio:.1f}", "≥ 10"


def main() -> None:
    """Run the named benchmarks and print a table."""
    known = {"startup": startup, "reader": reader, "build": build, "estimates": estimates}
    known |= {"indicators": indicators, "value_chains": value_chains, "reports": reports}
    for name in sys.argv[1:] or known:
        if name not in known:
            raise SystemExit(f"unknown benchmark {name!r}; available: {', '.join(known)}")
        for what, value, bound in known[name]():
            print(f"{what:<75} {value:>8}  {bound}", flush=True)


if __name__ == "__main__":
    main()
