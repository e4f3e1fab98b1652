"""Input-output measures against one inverse of the same size, raw LAPACK and pymrio; errors of regional tables.

On the world table of 2011 that comes with the project, 1,435 industries, with the threads of linear algebra that the
machine gives by default. The contenders take turns in rounds; compared are the smallest times on the clock, as several
threads make processor time say little. The errors of regional coefficients are no times, and the same in every run. The
whole of it is written to the last section of docs/benchmarks.md.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata

import numpy as np

from alpclusters_lib import datasets
from alpclusters_lib.value_chains import input_output as io
from benchmarks.report import write_value_chains

Row = tuple[str, str, str]

YEAR = 2011
ROUNDS = 9
# so many industries are taken out one by one; the time for all is that of these, multiplied
SAMPLE = 4
INVERSE_BOUND, ONE_BY_ONE_BOUND, LAPACK_BOUND = 1.2, 1000, 1.1


class World:
    """The table as arrays for the bare side, which are those inside our tables."""

    def __init__(self) -> None:
        tables = datasets.input_output(YEAR)
        self.Z, self.x = tables.Z, tables.x
        self.A = io.technical_coefficients(self.Z, self.x)
        self.flows, self.shares = self.Z.to_numpy(), self.A.to_numpy()
        self.output = self.x.to_numpy()
        self.divisor = np.where(self.output > 0, self.output, 1)
        self.final = self.output - self.flows.sum(axis=1)
        self.shock = self.x * 0.01
        self.identity = np.eye(len(self.x))


def value_chains() -> Iterator[Row]:
    """All comparisons; the rows are written to docs/benchmarks.md besides."""
    load, rows = os.getloadavg()[0], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        world = World()
        for part in (extraction(world), solving(world), regional_error(), reports()):
            for row in part:
                rows.append(row)
                yield row
    yield "written to", write_value_chains(rows, _conditions(world, load)).name, ""


def extraction(world: World) -> Iterator[Row]:
    """All industries by the closed form, against one inverse and against inverting again for each."""
    system = world.identity - world.shares
    sample = np.linspace(0, len(world.x) - 1, SAMPLE + 2).astype(int)[1:-1]
    ours = io.hypothetical_extraction(world.Z, world.x)["total"].to_numpy()
    _same(ours[sample], [_taken_out(world, place) for place in sample], "extraction one by one")
    kinds = {kind: lambda kind=kind: io.hypothetical_extraction(world.Z, world.x, kind=kind) for kind in _KINDS}
    best = _rounds({**kinds, "inverse": lambda: np.linalg.inv(system)})
    for kind in _KINDS:
        what = f"extraction of all {len(ours):,} industries ({kind}), time over one numpy.linalg.inv"
        yield what, f"{best[kind] / best['inverse']:.2f}", f"≤ {INVERSE_BOUND}"
    again = _rounds(
        {str(place): lambda place=place: _taken_out(world, place) for place in sample}
        | {"full": lambda: io.hypothetical_extraction(world.Z, world.x)},
        rounds=5,
    )
    all_again = len(ours) * np.mean([again[str(place)] for place in sample])
    what = f"extraction (full), times as fast as inverting for each; from {SAMPLE} of them"
    yield what, f"{all_again / again['full']:,.0f}", f"≥ {ONE_BY_ONE_BOUND:,}"


_KINDS = ("full", "backward", "forward")


def _taken_out(world: World, place: int) -> float:
    """Return the output lost without an industry's row, column and final demand, inverting the rest again."""
    shares, final = world.shares.copy(), world.final.copy()
    shares[place] = shares[:, place] = final[place] = 0
    return float(world.output.sum() - (np.linalg.inv(world.identity - shares) @ final).sum())


def solving(world: World) -> Iterator[Row]:
    """The inverse and a single solution, from the labelled table on, against LAPACK and pymrio."""
    from scipy.linalg import lapack

    def inverse() -> np.ndarray:
        return np.linalg.inv(world.identity - world.shares)

    def solution() -> np.ndarray:
        system = np.divide(world.flows, world.divisor, order="F")
        np.subtract(world.identity, system, out=system)
        factors, pivots, _ = lapack.dgetrf(system, overwrite_a=1)
        return lapack.dgetrs(factors, pivots, world.shock.to_numpy())[0]

    ours = {
        "leontief_inverse": lambda: io.leontief_inverse(world.A),
        "output_loss": lambda: io.output_loss(world.Z, world.x, world.shock),
        "technical_coefficients": lambda: io.technical_coefficients(world.Z, world.x),
        "ghosh_inverse": lambda: io.ghosh_inverse(world.Z, world.x),
    }
    theirs = {"numpy.linalg.inv": ("leontief_inverse", inverse), "LAPACK dgetrf, dgetrs": ("output_loss", solution)}
    bare = list(theirs)
    theirs |= _pymrio(world)
    for title, (name, call) in theirs.items():
        _same(ours[name](), call(), title)
    best = _rounds(ours | {title: call for title, (_, call) in theirs.items()})
    for title, (name, _) in theirs.items():
        if title in bare:
            yield f"{name}, time over {title}", f"{best[name] / best[title]:.2f}", f"≤ {LAPACK_BOUND}"
        else:
            yield f"{name}, times as fast as {title}", f"{best[title] / best[name]:.2f}", "≥ 1"
    if len(theirs) == len(bare):
        yield "pymrio", "left out: not installed, extra 'mrio'", ""


def _pymrio(world: World) -> dict[str, tuple[str, Callable[[], object]]]:
    """Return pymrio's way to the same figures; it solves nothing without inverting."""
    try:
        import pymrio
    except ImportError:
        return {}
    x, shock = world.x.to_frame("indout"), world.shock.to_frame("indout")
    return {
        "pymrio.calc_L": ("leontief_inverse", lambda: pymrio.calc_L(world.A)),
        "pymrio.calc_A, calc_L, calc_x_from_L": (
            "output_loss",
            lambda: pymrio.calc_x_from_L(pymrio.calc_L(pymrio.calc_A(world.Z, x)), shock).iloc[:, 0],
        ),
        "pymrio.calc_A": ("technical_coefficients", lambda: pymrio.calc_A(world.Z, x)),
        "pymrio.calc_B, calc_G": ("ghosh_inverse", lambda: pymrio.calc_G(pymrio.calc_B(world.Z, x))),
    }


def regional_error() -> Iterator[Row]:
    """The error of regional coefficients on the nine Austrian tables, by method: means over the Länder."""
    from alpclusters_lib.value_chains import austrian_test

    tables = {land: datasets.regional_input_output(land) for land in _LAENDER}
    for (method, delta), row in austrian_test.summary(austrian_test.consistent_errors(tables)).iterrows():
        name = method if np.isnan(delta) else f"{method}, δ {delta:g}"
        wrong, multiplier = _ERROR_BOUNDS.get(name, ("", ""))
        yield (
            f"Austria to its Länder, {name}: share of flows that is wrong, error of multipliers",
            f"{row['wape']:.2f}, {row['multiplier_error']:.3f}",
            f"≤ {wrong}, {multiplier}" if wrong else "",
        )


_LAENDER = ("AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34")
_ERROR_BOUNDS = {"flq, δ 0.2": ("0.37", "0.065"), "trade_factors": ("0.21", "0.05")}


def reports(chain: str = "", case: str = "") -> Iterator[Row]:
    """One report of a chain against one case study, through the runner; the first of each kind where none is named."""
    from alpclusters_lib import paths
    from alpclusters_lib.reports import jobs, runner

    here = [job for job in jobs.all_jobs() if (paths.notebooks() / job.notebook).is_file()]
    of_kind = {
        kind: [job for job in here if job.kind == kind and f"{kind}_name" in job.parameters] for kind in _REPORTS
    }
    for kind, found in of_kind.items():
        if not found:
            yield f"a report of kind {kind!r} against another", f"left out: there is no report of kind {kind!r}", ""
            return
    named = {"chain": chain, "case": case}
    pair = {kind: named[kind] or found[0].name for kind, found in of_kind.items()}
    best = _rounds(
        {kind: lambda name=name: _report(runner, jobs.select([name])) for kind, name in pair.items()}, rounds=2
    )
    yield f"report {pair['chain']}, time over case study {pair['case']}", f"{best['chain'] / best['case']:.2f}", "≤ 1"


_REPORTS = ("chain", "case")


def _report(runner: object, selected: list) -> None:
    before = os.environ.get("ALPCLUSTERS_OUTPUTS")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ALPCLUSTERS_OUTPUTS"] = folder
        try:
            (result,) = runner.run(selected, force=True)
        finally:
            os.environ.pop("ALPCLUSTERS_OUTPUTS")
            if before is not None:
                os.environ["ALPCLUSTERS_OUTPUTS"] = before
    if result.outcome != "made":
        raise SystemExit(f"no comparison: {result.job.name} failed: {result.error}")


def _rounds(calls: dict[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Let all take turns and return the smallest time of each on the clock."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: min(one) for name, one in times.items()}


def _same(ours: object, theirs: object, title: str) -> None:
    one, other = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if not np.allclose(one, other, rtol=1e-8, atol=1e-10 * np.abs(one).max()):
        raise SystemExit(f"no comparison: {title} gives other figures")


def _conditions(world: World, load: float) -> str:
    """Say on what the figures were measured."""
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("numpy", "scipy", "pandas", "pymrio") if _has(name)
    )
    busy = " Other work ran on the machine: run it again on a quiet one before quoting a figure." if load > 0.5 else ""
    return (
        f"World table of {YEAR}, {len(world.x):,} industries; {versions}; {_threads()} of linear algebra on "
        f"{os.cpu_count()} processors, load {load:.1f} at the start.{busy}"
    )


def _has(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _threads() -> str:
    from threadpoolctl import threadpool_info

    counts = sorted({found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"})
    number = " to ".join(map(str, counts)) or "an unknown number of"
    return f"{number} thread{'' if counts == [1] else 's'}"
