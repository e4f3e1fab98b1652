"""The peers: packages on PyPI that compute some of the same indicators, each called the quickest way it offers.

They are installed beside the project, for this comparison only (``make benchmarks``, see peers.txt); one that is not
there is left out and named. Each is handed what ours is, labelled region × sector tables, with presences as the 0 and
1 in floats that it would make of them. ``ecomplexity`` offers long tables only; its inner steps on arrays are called
here instead, which spares it its reshaping and, like the bare reference, labels and checks.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import complexity, growth
from benchmarks.cases import Inputs

FOLDER = Path(__file__).parent / ".peers"
PACKAGES = {"econcomplex": "econcomplex", "ecomplexity": "ecomplexity", "economic_complexity": "economic-complexity"}


class Peer(NamedTuple):
    """A peer's function: what is timed, how its result becomes ours, and in what its definition differs from ours.

    ``ours`` is what it is compared with where that is not the result of the timed call.
    """

    package: str
    function: str
    call: Callable[[SimpleNamespace, Inputs], object]
    as_ours: Callable[[object, Inputs], object] = lambda result, d: result
    differs: str = ""
    ours: Callable[[Inputs], object] | None = None


def packages() -> dict[str, SimpleNamespace]:
    """Return the packages that are there."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    found = {}
    for name, project in PACKAGES.items():
        try:
            modules = {"top": importlib.import_module(name), "version": importlib.metadata.version(project)}
            if name == "ecomplexity":
                for part in ("calc_proximity", "calc_density", "ecomplexity", "coicog"):
                    modules[part] = importlib.import_module(f"ecomplexity.{part}")
        except ImportError:
            continue
        found[name] = SimpleNamespace(**modules)
    return found


def _floats(d: Inputs) -> np.ndarray:
    """Return presences as an array of floats, made once."""
    if not hasattr(d, "_floats"):
        d._floats = np.ascontiguousarray(d.held, dtype=float)
    return d._floats


def _numbers(d: Inputs) -> pd.DataFrame:
    if not hasattr(d, "_numbers"):
        d._numbers = d.presence.astype(float)
    return d._numbers


def _like(values: np.ndarray) -> np.ndarray:
    return (values - np.nanmean(values)) / np.nanstd(values)


def _complexity_as_ours(result: tuple, d: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Put a peer's ECI and PCI on our scale and sign, which are conventions."""
    eci, pci = (np.asarray(part, dtype=float) for part in result)
    ours = d.pci.to_numpy()
    mean, deviation = ours.mean(), ours.std()
    pci = _like(pci) * deviation
    return _signed(_like(eci), d), (pci if np.corrcoef(pci, ours)[0, 1] > 0 else -pci) + mean


def _signed(eci: np.ndarray, d: Inputs) -> np.ndarray:
    return eci if np.corrcoef(eci, d.held.sum(axis=1))[0, 1] > 0 else -eci


def _eigenvector(p: SimpleNamespace, d: Inputs) -> tuple:
    held = _floats(d)
    return p.ecomplexity.calc_eci_pci(
        SimpleNamespace(mcp_t=held, diversity_t=held.sum(axis=1), ubiquity_t=held.sum(axis=0), t=0)
    )


def _outlook(p: SimpleNamespace, d: Inputs) -> np.ndarray:
    held, related = _floats(d), d.proximity.to_numpy()
    density = p.calc_density.calc_density(held, related)
    return p.coicog.calc_coi_cog(SimpleNamespace(density_t=density, mcp_t=held, pci_t=d.pci.to_numpy()), related)


def _last_steps(result: tuple, d: Inputs) -> tuple[np.ndarray, ...]:
    signs = (np.sign(np.corrcoef(part, ours)[0, 1]) for part, ours in zip(result, _our_last_steps(d), strict=True))
    return tuple(sign * part for sign, part in zip(signs, result, strict=True))


def _our_last_steps(d: Inputs) -> tuple[np.ndarray, ...]:
    found = complexity.method_of_reflections(d.presence)
    return tuple(_like(table[20].to_numpy()) for table in (found.regions, found.sectors))


def _no_diagonal(square: object, d: Inputs) -> np.ndarray:
    values = np.array(square, dtype=float)
    np.fill_diagonal(values, 0)
    return values


_REFLECTIONS = "the last step only, standardised; by then all values are nearly equal and their rounding shows"
_TWENTY = "reflections, 20 of them, in place of the eigenvector they tend to"

PEERS: dict[str, list[Peer]] = {
    "location_quotient": [
        Peer("econcomplex", "location_quotient", lambda p, d: p.top.location_quotient(d.employment)),
        Peer("economic_complexity", "rca", lambda p, d: p.top.rca(d.employment)),
    ],
    'krugman_index, versus="total"': [
        Peer("econcomplex", "krugman_index", lambda p, d: p.top.krugman_index(d.employment))
    ],
    "hoover_index": [
        Peer("econcomplex", "specialization_coefficient", lambda p, d: p.top.specialization_coefficient(d.employment))
    ],
    "herfindahl_index": [
        Peer("econcomplex", "herfindahl", lambda p, d: p.top.herfindahl(d.employment, normalize=False))
    ],
    'locational_gini, weighting="region"': [
        Peer("econcomplex", "hoover_gini", lambda p, d: p.top.hoover_gini(d.employment)),
        Peer(
            "econcomplex",
            "locational_gini",
            lambda p, d: p.top.locational_gini(d.employment),
            lambda found, d: 2 * found,
            "the area itself, at most 1/2; doubled here",
        ),
    ],
    "shannon_entropy": [Peer("econcomplex", "shannon_entropy", lambda p, d: p.top.shannon_entropy(d.employment))],
    "presence": [
        Peer("econcomplex", "mcp", lambda p, d: p.top.mcp(d.employment)),
        Peer("economic_complexity", "rca, then ge(1)", lambda p, d: p.top.rca(d.employment).ge(1)),
    ],
    "entries_and_exits": [
        Peer(
            "econcomplex",
            "entry and exit",
            lambda p, d: [
                step([_numbers(d), d.later_presence], use_rca=False, threshold=0.5)
                for step in (p.top.entry, p.top.exit)
            ],
            lambda found, d: [np.ravel(flags) for flags in found],
            "two matrices, nothing at risk; ours is a long table",
            lambda d: [growth.entries_and_exits(d.presence, d.later_presence)[flag] for flag in ("entry", "exit")],
        )
    ],
    "co_occurrence": [
        Peer("econcomplex", "co_occurrence", lambda p, d: p.top.co_occurrence(_numbers(d), diagonal=True))
    ],
    "proximity": [
        Peer(
            "econcomplex",
            "proximity",
            lambda p, d: p.top.proximity(_numbers(d), use_rca=False, threshold=0.5, compute="product")["product"],
        ),
        Peer(
            "ecomplexity",
            "calc_discrete_proximity",
            lambda p, d: p.calc_proximity.calc_discrete_proximity(_floats(d), _floats(d).sum(axis=0)),
            _no_diagonal,
            "1 on the diagonal; set to 0 here",
        ),
        Peer(
            "economic_complexity",
            "proximity",
            lambda p, d: p.top.proximity(_numbers(d)),
            differs="it asks for pandas below 3",
        ),
    ],
    "association_strength": [
        Peer(
            "econcomplex",
            "relatedness_index",
            lambda p, d: p.top.relatedness_index(_numbers(d), method="probability"),
            differs="starts from presences and takes S from the diagonal and T as the number of regions",
        )
    ],
    "relatedness_density": [
        Peer(
            "econcomplex",
            "relatedness_density",
            lambda p, d: p.top.relatedness_density(_numbers(d), phi=d.proximity, use_rca=False, threshold=0.5),
        ),
        Peer(
            "ecomplexity",
            "calc_density",
            lambda p, d: p.calc_density.calc_density(_floats(d), d.proximity.to_numpy()),
            lambda found, d: 100 * found,
            "a share; times 100 here",
        ),
        Peer(
            "economic_complexity",
            "relatedness",
            lambda p, d: p.top.relatedness(_numbers(d), proximities=d.proximity),
            lambda found, d: 100 * found,
            "a share; times 100 here",
        ),
    ],
    "economic_complexity": [
        Peer(
            "econcomplex",
            "eci_pci",
            lambda p, d: p.top.eci_pci(_numbers(d), use_rca=False, threshold=0.5),
            _complexity_as_ours,
            "PCI standardised by itself",
        ),
        Peer(
            "ecomplexity",
            "calc_eci_pci",
            _eigenvector,
            _complexity_as_ours,
            "before its own standardisation",
        ),
        Peer(
            "economic_complexity",
            "complexity",
            lambda p, d: p.top.complexity(_numbers(d)),
            _complexity_as_ours,
            _TWENTY,
        ),
    ],
    "method_of_reflections": [
        Peer(
            "econcomplex",
            "method_of_reflections",
            lambda p, d: p.top.method_of_reflections(
                _numbers(d), use_rca=False, threshold=0.5, iterations=20, tol=None
            ),
            _last_steps,
            _REFLECTIONS,
            _our_last_steps,
        ),
    ],
    "fitness_complexity": [
        Peer(
            "econcomplex",
            "fitness_complexity",
            lambda p, d: p.top.fitness_complexity(_numbers(d), use_rca=False, threshold=0.5, iterations=1000),
            differs="complexity from the fitness of the same step, not of the one before: the same end",
        )
    ],
    "complexity_outlook": [
        Peer(
            "ecomplexity",
            "calc_density, calc_coi_cog",
            _outlook,
            lambda found, d: found[0],
            "the outlook gain comes along",
        ),
        Peer(
            "econcomplex",
            "complexity_outlook_index",
            lambda p, d: p.top.complexity_outlook_index(
                _numbers(d), d.pci, phi=d.proximity, use_rca=False, threshold=0.5
            ),
        ),
    ],
}


def probe(p: dict[str, SimpleNamespace]) -> list[tuple[str, str]]:
    """Say what the peers make of a missing cell and of a region without jobs: what was seen, in this run."""
    rng = np.random.default_rng(3)
    jobs = pd.DataFrame(rng.integers(1, 50, (6, 5)).astype(float), [f"R{k}" for k in range(6)], list("abcde"))
    holed, empty = jobs.copy(), jobs.copy()
    holed.iloc[0, 0] = np.nan
    empty.iloc[0] = 0.0
    calls = {
        "econcomplex": ("location_quotient", lambda t: p["econcomplex"].top.location_quotient(t)),
        "economic_complexity": ("rca", lambda t: p["economic_complexity"].top.rca(t)),
    }
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (function, call) in calls.items():
            if name not in p:
                continue
            hole, none = call(holed), call(empty)
            lost = int(hole.isna().to_numpy().sum())
            told = f"one missing cell of 30: {lost} quotients come back as NaN" + (
                "" if lost else f", the missing cell itself as {hole.iloc[0, 0]:g}"
            )
            row = none.iloc[0]
            told += f"; a region without jobs has quotients of {'NaN' if row.isna().all() else f'{row.iloc[0]:g}'}"
            seen.append((f"{name}.{function}", told))
    return seen
