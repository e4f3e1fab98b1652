"""The build from published files: its time against plain pandas, its memory, and a rebuild without change.

Each side runs in a process of its own, one thread of linear algebra, from the start of Python to the last written
file. Compared are the industry tables (employment with its estimated cells, local units, national accounts); the test
of the estimates on masked cells is in neither side. This side checks files against their checksums and tables against
their schemas besides; the other does not.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

INDUSTRY = ("employment", "local_units", "national_accounts")
SAME = ["value", "status", "flag"]


def _used(*command: str, **environment: str) -> resource.struct_rusage:
    """Run a command and return what it used of processor and memory."""
    settings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment}
    process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"no comparison: {' '.join(command[1:])} failed")
    return used


def _seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _compare(ours: Path, theirs: Path) -> Iterator[tuple[str, str, str]]:
    """Find the published figures equal, and say how far the estimates agree."""
    import numpy as np
    import pandas as pd

    def read(folder: Path, name: str) -> pd.DataFrame:
        table = pd.read_parquet(folder / f"{name}.parquet")
        key = [column for column in ("region", "sector", "indicator", "year") if column in table]
        return table.astype(dict.fromkeys(key[:-1], "str")).set_index(key).sort_index()

    for name in INDUSTRY:
        one, two = read(ours, name), read(theirs, name)
        if name == "employment":  # one side adds Switzerland and the EU to the same figures
            one = one.drop(index=["CH", "EU28"], level="region")
            one, two = (table[table["status"] == "observed"] for table in (one, two))
        both = (table[SAME].astype({"status": "str", "flag": "str"}) for table in (one, two))
        pd.testing.assert_frame_equal(*both, check_dtype=False, check_index_type=False)
    one, two = read(ours, "estimates"), read(theirs, "estimates")
    if not one.index.equals(two.index):
        raise SystemExit("no comparison: the two sides fill different cells")
    near = [np.isclose(one[end], two[end], rtol=0, atol=1).mean() for end in ("lower", "upper")]
    yield f"  the same {len(one):,} cells filled: limits equal within a job, share", f"{min(near):.3f}", "≥ 0.98"
    apart = (one["value"] - two["value"]).abs().sum() / one["value"].sum()
    yield "  estimates apart (plain fitting has no weights), share of their jobs", f"{apart:.3f}", "not 0"


def build() -> Iterator[tuple[str, str, str]]:
    """The industry tables against plain pandas; the whole build's memory; a rebuild without change."""
    from alpclusters_lib import paths
    from alpclusters_lib.sources.catalogue import raw_file

    try:
        raw_file("sbs_r_nuts06_r2")
    except ValueError as error:
        yield "build", f"left out: {error}", ""
        return
    with tempfile.TemporaryDirectory() as scratch:
        sides = {side: Path(scratch) / side for side in ("ours", "theirs")}
        used = {}
        for side, folder in sides.items():
            folder.mkdir()
            used[side] = _used(sys.executable, "-m", "benchmarks.build", side, str(folder))
        ratio = _seconds(used["theirs"]) / _seconds(used["ours"])
        yield "industry tables from published files, times as fast as plain pandas", f"{ratio:.1f}", "≥ 5"
        yield "  processor time of both, s", " / ".join(f"{_seconds(used[side]):.0f}" for side in sides), ""
        yield from _compare(*sides.values())
        home = Path(scratch) / "home"
        (home / "notebooks").mkdir(parents=True)
        (home / "data").mkdir()
        (home / "data" / "raw").symlink_to(paths.raw())
        own = {"ALPCLUSTERS_HOME": str(home), "ALPCLUSTERS_RAW": str(paths.downloads())}
        own["ALPCLUSTERS_OUTPUTS"] = str(home / "outputs")
        command = [str(Path(sys.executable).with_name("alpclusters")), "data", "build"]
        whole = _used(*command, **own)
        yield "all tables, test of the estimates included, s of processor time", f"{_seconds(whole):.0f}", ""
        yield "  peak memory, GB", f"{whole.ru_maxrss / 2**20:.2f}", "< 1.5"
        start = time.perf_counter()
        again = subprocess.run(command, env={**os.environ, **own}, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if not again.stdout.startswith("nothing to do"):
            raise SystemExit(f"no comparison: something changed during the run: {again.stdout.splitlines()[0]}")
        yield "  rebuild without change, s", f"{seconds:.2f}", "< 2"


def estimates() -> Iterator[tuple[str, str, str]]:
    """How good the estimates of hidden cells are, on cells masked in the pattern of real suppression."""
    from alpclusters_lib.cleaning.masking import METHODS
    from alpclusters_lib.cleaning.tables import TABLES, Inputs

    try:
        scores = TABLES["suppression_test"].make(Inputs())
    except ValueError as error:
        yield "estimates", f"left out: {error}", ""
        return
    by = scores.set_index(["method", "area"])
    draws = int(scores["draws"].max())
    yield f"masked cells of 2014, {draws} draws; EU / Alpine Space", "WAPE", "LQ on the right side of 1"
    for method, words in METHODS.items():
        both = [by.loc[(method, area)] for area in ("EU", "Alpine Space")]
        wape, side = (" / ".join(f"{one[name]:.3f}" for one in both) for name in ("wape", "quotient_side_right"))
        yield f"  {words}", wape, side
    outside = [by.loc[("estimate", area)] for area in ("EU", "Alpine Space")]
    counts = " / ".join(f"{one['outside_limits']:.0f} of {one['cells']:.0f}" for one in outside)
    yield "  truths outside the published limits", counts, "0"


def _ours(folder: Path) -> None:
    from alpclusters_lib.cleaning import build as pipeline
    from alpclusters_lib.cleaning.tables import Inputs

    inputs = Inputs()
    for name in INDUSTRY:
        pipeline._write(name, pipeline.TABLES[name].make(inputs), folder)
    inputs.completed.cells.to_parquet(folder / "estimates.parquet", index=False)


def _theirs(folder: Path) -> None:
    from benchmarks.straightforward import pipeline

    for name, table in pipeline().items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


if __name__ == "__main__":
    {"ours": _ours, "theirs": _theirs}[sys.argv[1]](Path(sys.argv[2]))
