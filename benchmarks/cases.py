"""What is compared: made-up tables of a given size, and for each function our call, the bare one and what they give."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import complexity, concentration, growth, relatedness, specialisation, variety
from benchmarks import bare

SIZES = ((300, 88), (1500, 600), (5000, 2000))
# two results are the same where no figure is further apart than this share of the largest
CLOSE = 1e-8


class Inputs:
    """Tables of one size, all from one seed: nested, as real ones are, a quarter to a third of the cells empty."""

    def __init__(self, regions: int, sectors: int) -> None:
        rng = np.random.default_rng(20)
        able, asked = np.sort(rng.random(regions))[::-1], np.sort(rng.random(sectors))
        size, chance = rng.lognormal(0, 1, regions), 1 / (1 + np.exp(6 * (asked - able[:, None] - 0.4)))
        # two kinds of region and sector, so that the second eigenvalue stands apart from the third
        kind = np.where(rng.random(regions)[:, None] < 0.3 + 0.4 * able[:, None], 1, -1) * np.where(
            rng.random(sectors) < 0.5, 1, -1
        )
        tables = []
        for _ in range(2):
            jobs = np.rint(100 * size[:, None] * rng.lognormal(0.4 * kind, 1.0, (regions, sectors)))
            tables.append(jobs * (rng.random((regions, sectors)) < chance) if not tables else tables[0] * rng.lognormal(
                0.05, 0.3, (regions, sectors)))  # fmt: skip
        self.regions = pd.Index([f"R{number:04}" for number in range(regions)], name="region")
        self.sectors = pd.Index([f"S{number:04}" for number in range(sectors)], name="sector")
        self.employment, self.later_employment = (self.table(jobs) for jobs in tables)
        self.presence, self.later_presence = (self.table(bare.presence(jobs)) for jobs in tables)
        # the bare side works on the memory of the tables: pandas stores what it is handed column by column
        self.jobs, self.later_jobs = self.employment.to_numpy(), self.later_employment.to_numpy()
        self.held, self.later_held = self.presence.to_numpy(), self.later_presence.to_numpy()
        self.labels = self.regions.to_numpy(), self.sectors.to_numpy()
        self.member = np.arange(sectors) * 20 // sectors
        self.groups = pd.Series([f"G{group}" for group in self.member], index=self.sectors)
        self.plants = rng.uniform(0.001, 0.02, sectors)
        self.plant_herfindahl = pd.Series(self.plants, index=self.sectors)

    def table(self, values: np.ndarray) -> pd.DataFrame:
        """Return values under the labels of regions and sectors."""
        return pd.DataFrame(values, index=self.regions, columns=self.sectors)

    @cached_property
    def co_occurrence(self) -> pd.DataFrame:
        """Sector × sector counts."""
        return relatedness.co_occurrence(self.presence)

    @cached_property
    def proximity(self) -> pd.DataFrame:
        """Sector × sector relatedness."""
        return relatedness.proximity(self.presence)

    @cached_property
    def pci(self) -> pd.Series:
        """Complexity by sector."""
        return complexity.economic_complexity(self.presence).pci


class Case(NamedTuple):
    """A function by name: our call, the bare one, and how our result is read beside it, which is not timed."""

    name: str
    ours: Callable[[Inputs], object]
    bare: Callable[[Inputs], object]
    read: Callable[[object], object] = lambda result: result

    def apart(self, d: Inputs) -> float:
        """Return the largest difference of our result from the bare one."""
        return difference(self.read(self.ours(d)), self.bare(d))


def arrays(result: object) -> list[np.ndarray]:
    """Return a result, ours or another's, as arrays in order: of floats, or of text where it is labels."""
    if isinstance(result, pd.DataFrame | pd.Series | np.ndarray):
        values = np.asarray(result)
        return [values if values.dtype == object else values.astype(float)]
    return [array for part in result for array in arrays(part)]


def difference(one: object, other: object) -> float:
    """Return the largest difference of two results, relative to the largest figure of each array."""
    largest = 0.0
    for first, second in zip(arrays(one), arrays(other), strict=True):
        if first.dtype == object:
            if not np.array_equal(first, second):
                return np.inf
            continue
        if not np.array_equal(np.isnan(first), np.isnan(second)):
            return np.inf
        largest = max(largest, np.nanmax(np.abs(first - second)) / max(np.nanmax(np.abs(first)), 1e-300))
    return float(largest)


def _columns(frame: pd.DataFrame) -> list[pd.Series]:
    return [column for _, column in frame.items()]


def _first_two(found: complexity.Complexity) -> tuple[pd.Series, pd.Series]:
    return found.eci, found.pci


def _fitness(d: Inputs) -> tuple[pd.Series, pd.Series]:
    found = complexity.fitness_complexity(d.presence)
    return found.fitness, found.complexity


CASES = [
    Case(
        "location_quotient",
        lambda d: specialisation.location_quotient(d.employment),
        lambda d: bare.location_quotient(d.jobs),
    ),
    Case(
        "symmetric_location_quotient",
        lambda d: specialisation.symmetric_location_quotient(d.employment),
        lambda d: bare.symmetric_location_quotient(d.jobs),
    ),
    Case(
        "standardised_location_quotient",
        lambda d: specialisation.standardised_location_quotient(d.employment),
        lambda d: bare.standardised_location_quotient(d.jobs),
    ),
    Case(
        "specialised_jobs",
        lambda d: specialisation.specialised_jobs(d.employment),
        lambda d: bare.specialised_jobs(d.jobs),
    ),
    Case(
        'krugman_index, versus="rest"',
        lambda d: specialisation.krugman_index(d.employment),
        lambda d: bare.krugman_index(d.jobs),
    ),
    Case(
        'krugman_index, versus="total"',
        lambda d: specialisation.krugman_index(d.employment, versus="total"),
        lambda d: 2 * bare.hoover_index(d.jobs),
    ),
    Case("hoover_index", lambda d: specialisation.hoover_index(d.employment), lambda d: bare.hoover_index(d.jobs)),
    Case(
        "herfindahl_index",
        lambda d: concentration.herfindahl_index(d.employment),
        lambda d: bare.herfindahl_index(d.jobs),
    ),
    Case(
        'locational_gini, weighting="region"',
        lambda d: concentration.locational_gini(d.employment),
        lambda d: bare.locational_gini(d.jobs),
    ),
    Case(
        'locational_gini, weighting="none"',
        lambda d: concentration.locational_gini(d.employment, weighting="none"),
        lambda d: bare.locational_gini_alike(d.jobs),
    ),
    Case(
        "ellison_glaeser",
        lambda d: concentration.ellison_glaeser(d.employment, d.plant_herfindahl)["gamma"],
        lambda d: bare.ellison_glaeser(d.jobs, d.plants),
    ),
    Case(
        "coagglomeration",
        lambda d: concentration.coagglomeration(d.employment),
        lambda d: bare.coagglomeration(d.jobs),
    ),
    Case("shannon_entropy", lambda d: variety.shannon_entropy(d.employment), lambda d: bare.shannon_entropy(d.jobs)),
    Case(
        "related_variety",
        lambda d: variety.related_variety(d.employment, d.groups),
        lambda d: bare.related_variety(d.jobs, d.member),
    ),
    Case(
        "shift_share",
        lambda d: growth.shift_share(d.employment, d.later_employment),
        lambda d: bare.shift_share(d.jobs, d.later_jobs, *d.labels),
        lambda frame: _columns(frame.reset_index()),
    ),
    Case(
        "entries_and_exits",
        lambda d: growth.entries_and_exits(d.presence, d.later_presence),
        lambda d: bare.entries_and_exits(d.held, d.later_held, *d.labels),
        _columns,
    ),
    Case("presence", lambda d: relatedness.presence(d.employment), lambda d: bare.presence(d.jobs)),
    Case("co_occurrence", lambda d: relatedness.co_occurrence(d.presence), lambda d: bare.co_occurrence(d.held)),
    Case("proximity", lambda d: relatedness.proximity(d.presence), lambda d: bare.proximity(d.held)),
    Case(
        "association_strength",
        lambda d: relatedness.association_strength(d.co_occurrence),
        lambda d: bare.association_strength(d.co_occurrence.to_numpy()),
    ),
    Case(
        "relatedness_density",
        lambda d: relatedness.relatedness_density(d.presence, d.proximity),
        lambda d: bare.relatedness_density(d.held, d.proximity.to_numpy()),
    ),
    Case(
        "added_density",
        lambda d: relatedness.added_density(d.presence, d.proximity, region=d.regions[-1]),
        lambda d: bare.added_density(d.held, d.proximity.to_numpy(), len(d.regions) - 1),
    ),
    Case(
        "economic_complexity",
        lambda d: _first_two(complexity.economic_complexity(d.presence)),
        lambda d: bare.economic_complexity(d.held),
    ),
    Case(
        "method_of_reflections",
        lambda d: complexity.method_of_reflections(d.presence),
        lambda d: bare.method_of_reflections(d.held),
    ),
    Case("fitness_complexity", _fitness, lambda d: bare.fitness_complexity(d.held)),
    Case(
        "complexity_outlook",
        lambda d: complexity.complexity_outlook(d.presence, d.proximity, d.pci),
        lambda d: bare.complexity_outlook(d.held, d.proximity.to_numpy(), d.pci.to_numpy()),
    ),
]
