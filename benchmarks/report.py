"""What was measured, as printed rows and as docs/benchmarks.md."""

from __future__ import annotations

import importlib.metadata
import timeit
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COMMAND = "make benchmarks"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
SMALL_BOUND, BOUND = 1.7, 1.3
CLOSE = 1e-8

# why a bound is missed, where it is
REASONS = {
    "herfindahl_index": "the bare one is so quick that the labelled Series and the checks show",
    "association_strength": "it looks whether the table is symmetric, which the bare one takes for granted",
    "ellison_glaeser": "it hands back a table with four columns, one of them text",
    "economic_complexity": "it looks for disconnected parts first, which the bare one takes for granted; "
    "1.0 to 1.3 from run to run",
    "related_variety": "the groups come by label and are looked up",
}
SMALL_REASON = (
    "At the smallest size labels and checks show beside a bare computation of 40 to\n"
    "300 µs: building nothing but the labelled result took, in this run, {costs}, and sums\n"
    "and checks of the input about 50 µs."
)

INTRODUCTION = """# Speed of the indicators

Written by `python -m benchmarks indicators`, which `make benchmarks` runs after it has installed the peers beside the
project. Figures are ratios within one run, one thread of linear algebra
({versions}); the milliseconds are those of this run and machine.

Each function is handed labelled tables of made-up jobs and compared with a bare NumPy/SciPy reference
([benchmarks/bare.py](../benchmarks/bare.py)) that works on the same memory, without labels, checks or missing cells,
and gives the same numbers (up to {close:g} of the largest; a run stops where it does not). Where our result is a long
table the reference makes its columns of labels too, by `np.repeat` and `np.tile`, as they are part of it. Ours, bare
and peers take turns in rounds, and the smallest processor times are compared. The limit is 1.3 times the bare
reference, 1.7 times at the smallest size, where labels cost; a figure above it is **bold**. Below 1 our function is
faster: it works through a large table piece by piece in the processor's cache, where the reference goes through it
whole at every step.
"""

PEERS = """## Against packages from PyPI

{packages}. How many times as long as ours each takes, called the quickest way it offers
on region × sector tables ([benchmarks/peers.py](../benchmarks/peers.py)); above 1 ours is faster, below 1 (**bold**)
the peer is. Of `ecomplexity`, which takes long tables only, the inner steps on arrays are timed, without its reshaping,
labels and checks. "≠" gives the largest difference from our result relative to the largest figure, at the largest size
that was run; up to 1e-8 counts as the same. "> n" was stopped after {limit:.0f} seconds.
"""

VALUE_CHAINS = "## Value chains"
VALUE_CHAINS_INTRODUCTION = """
Written by `python -m benchmarks value_chains`. {conditions}

Contenders take turns, and the smallest times on the clock are compared; each gives the same numbers, else the run
stops. Ours starts from labelled tables and checks them, the bare side from the arrays inside them. pymrio inverts where
a single solution is asked for, as it has nothing else. Inverting again for every industry would take minutes: its time
is that of a few industries, multiplied. Errors on the Austrian tables are plain means over the nine Länder, from the
country that they add up to: `alpclusters_lib.value_chains.austrian_test` says what each method knows.
"""


class Measured(NamedTuple):
    """One function at one size: processor times in seconds, and one dict a peer."""

    name: str
    size: tuple[int, int]
    ours: float
    bare: float
    peers: list[dict]

    @property
    def bound(self) -> float:
        """Return the limit at this size."""
        return SMALL_BOUND if self.size[0] < 1000 else BOUND

    @property
    def ratio(self) -> float:
        """Return our time over the bare one."""
        return self.ours / self.bare

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Give the printed rows."""
        size = sized(self.size)
        yield f"{self.name} {size}, time over bare", f"{self.ratio:.2f}", f"≤ {self.bound}"
        for peer in self.peers:
            yield f"  {peer['peer']}, times as long as ours", self.against(peer), "> 1"

    def against(self, peer: dict) -> str:
        """Return how many times as long as ours a peer takes."""
        if peer.get("absent"):
            return "not there"
        if peer["failed"]:
            return "fails"
        if peer["seconds"] is None:
            from benchmarks.indicators import LIMIT

            return f"> {LIMIT / self.ours:.0f}"
        ratio = peer["seconds"] / self.ours
        return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.2f}" if ratio >= 1 else f"**{ratio:.2f}**"


def sized(size: tuple[int, int]) -> str:
    """Return a size in words."""
    return f"{size[0]:,}×{size[1]:,}"


def write(measured: list[Measured], others: list[tuple[str, str, str]]) -> Path:
    """Write the page from one whole run."""
    from benchmarks.indicators import LIMIT
    from benchmarks.peers import PACKAGES, packages, probe

    there = packages()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy", "pandas"))
    by_name: dict[str, dict[tuple[int, int], Measured]] = {}
    for one in measured:
        by_name.setdefault(one.name, {})[tuple(one.size)] = one
    sizes = list(dict.fromkeys(tuple(one.size) for one in measured))
    known = "; ".join(
        f"{project} {there[name].version}" if name in there else f"{project} is not installed and left out"
        for name, project in PACKAGES.items()
    )
    parts = [
        INTRODUCTION.format(versions=versions, close=CLOSE),
        "## Against bare NumPy/SciPy\n",
        *_bare_table(by_name, sizes),
        *_missed(measured),
        "## Draws and memory\n",
        "| what | figure | bound |\n| --- | ---: | --- |",
        *(f"| {what.strip()} | {figure} | {bound} |" for what, figure, bound in others),
        "",
        PEERS.format(packages=known, limit=LIMIT),
        *_peer_table(by_name, sizes),
        *_complexity(by_name, sizes),
        "## What the peers make of gaps\n",
        "Seen in this run on a table of 6 × 5; ours names what is missing, and loses that row only.\n",
        *(f"- `{name}`: {told}." for name, told in probe(there)),
    ]
    _, value_chains = _halves()
    PAGE.write_text("\n".join(parts).rstrip() + "\n" + value_chains, encoding="utf-8")
    return PAGE


def write_value_chains(rows: list[tuple[str, str, str]], conditions: str) -> Path:
    """Write the last section of the page, and leave the rest of it alone."""
    indicators, _ = _halves()
    parts = [
        f"\n{VALUE_CHAINS}",
        VALUE_CHAINS_INTRODUCTION.format(conditions=conditions),
        "| what | figure | bound |\n| --- | ---: | --- |",
        *(f"| {what} | {figure} | {bound} |" for what, figure, bound in rows),
    ]
    PAGE.write_text(indicators + "\n".join(parts) + "\n", encoding="utf-8")
    return PAGE


def _halves() -> tuple[str, str]:
    """Return what stands on the page of the indicators and, from its heading on, of value chains."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    place = page.find(f"\n{VALUE_CHAINS}\n")
    return (page, "") if place < 0 else (page[:place], page[place:])


def _bare_table(by_name: dict[str, dict], sizes: list[tuple[int, int]]) -> Iterator[str]:
    yield f"| function | {' | '.join(map(sized, sizes))} | ms at the largest |"
    yield f"| --- | {' | '.join('---:' for _ in sizes)} | ---: |"
    for name, found in by_name.items():
        ratios = []
        for size in sizes:
            text = f"{found[size].ratio:.2f}"
            ratios.append(f"**{text}**" if found[size].ratio > found[size].bound else text)
        yield f"| `{name}` | {' | '.join(ratios)} | {1000 * found[sizes[-1]].ours:.0f} |"
    yield ""


def _missed(measured: list[Measured]) -> Iterator[str]:
    missed = [one for one in measured if one.ratio > one.bound]
    if not missed:
        yield "No bound is missed.\n"
        return
    yield f"{len(missed)} of {len(measured)} bounds are missed. {SMALL_REASON.format(costs=_costs())}\n"
    larger = dict.fromkeys(one.name for one in missed if one.bound == BOUND)
    if larger:
        yield "At the larger sizes:\n"
        yield from (f"- `{name}`: {REASONS.get(name, 'not explained yet')}." for name in larger)
        yield ""


def _costs() -> str:
    """Say how long it takes to put labels on results of the smallest size that are computed already."""
    import numpy as np
    import pandas as pd

    from benchmarks.cases import SIZES, Inputs

    d = Inputs(*SIZES[0])
    number, figures, text = len(d.sectors), dict.fromkeys("abc", d.plants), np.array(["observed"], dtype=object)
    flags = dict.fromkeys("abc", d.held.ravel())

    def long_table() -> pd.DataFrame:
        places = np.tile(np.arange(number), len(d.regions))
        return pd.DataFrame({"region": d.regions.repeat(number), "sector": d.sectors[places], **flags}, copy=False)

    calls = {
        "a table": lambda: pd.DataFrame(d.jobs, index=d.regions, columns=d.sectors, copy=False),
        "a Series": lambda: pd.Series(d.jobs[:, 0], index=d.regions, name="index", copy=False),
        "the table of `ellison_glaeser`, one column of it text,": lambda: pd.DataFrame(
            {**figures, "status": text.repeat(number)}, index=d.sectors, copy=False
        ),
        "the long table of `entries_and_exits` with two columns of text": long_table,
    }
    times = {name: 1e6 * min(timeit.repeat(call, number=1, repeat=300)) for name, call in calls.items()}
    return ", ".join(f"{name} {time:.0f} µs" for name, time in times.items())


def _peer_table(by_name: dict[str, dict], sizes: list[tuple[int, int]]) -> Iterator[str]:
    yield f"| function | peer | {' | '.join(map(sized, sizes))} | result |"
    yield f"| --- | --- | {' | '.join('---:' for _ in sizes)} | --- |"
    for name, found in by_name.items():
        for place, peer in enumerate(found[sizes[0]].peers):
            every = [(found[size], found[size].peers[place]) for size in sizes]
            ratios = " | ".join(one.against(of_size) for one, of_size in every)
            last = next((of_size for _, of_size in reversed(every) if of_size.get("apart") is not None), None)
            yield f"| `{name}` | `{peer['peer']}` | {ratios} | {_verdict(peer, last)} |"
    yield ""


def _verdict(peer: dict, last: dict | None) -> str:
    if last is None:
        return (
            "; ".join(filter(None, (f"differs: fails with {peer['failed']}", peer["differs"])))
            if (peer.get("failed"))
            else "not there"
        )
    same = "same" if last["apart"] <= CLOSE else f"≠ {last['apart']:.2g}"
    if same != "same":
        return f"differs: {peer['differs']} ({same})"
    return f"same; {peer['differs']}" if peer["differs"] else same


def _complexity(by_name: dict[str, dict], sizes: list[tuple[int, int]]) -> Iterator[str]:
    found = by_name["economic_complexity"][sizes[-1]]
    same = [peer for peer in found.peers if not peer.get("absent") and peer.get("differs", "").find("reflections") < 0]
    quick = [peer for peer in same if peer["seconds"] is not None]
    if quick:
        ratio = min(peer["seconds"] for peer in quick) / found.ours
        yield (
            f"ECI and PCI at {sized(sizes[-1])}: {found.ratio:.2f} times the truncated sparse decomposition (bound "
            f"{BOUND}), {ratio:.0f} times as fast as the fastest peer that computes the eigenvector (bound 20).\n"
        )
