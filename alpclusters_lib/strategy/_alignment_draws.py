"""What a priority's weights lie on, and on what matched random sets lie: the ground of every test of alignment."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.strategy._matched_sets import matched_means, strata

__all__ = [
    "STATISTICS", "Ground", "base_seed", "draw_statistics", "ground", "joint_statistics", "least_p", "stratum_means",
]  # fmt: skip

STATISTICS = ["quotient", "density"]
LIMITS = ["estimate", "lower", "upper"]
# a row of weights may miss 1 by the rounding of a file
ROUNDING = 1e-6


@dataclass(frozen=True)
class Ground:
    """One region: ``weights`` of the tested priorities on divisions with figures, each row rescaled to 1; the share of
    the weight that could be kept (``codable``, all priorities); and by division ``values`` (symmetric quotient,
    density), the mean of each in the division's stratum (``expected``), ``strata``, ``specialised``, ``related``."""

    codable: pd.Series
    weights: pd.DataFrame
    values: pd.DataFrame
    expected: pd.DataFrame
    strata: pd.Series
    specialised: pd.Series
    related: pd.Series


def ground(
    weights: pd.DataFrame,
    interval: pd.DataFrame,
    density: pd.Series,
    groups: pd.Series | None,
    minimum_codable: float,
) -> Ground:
    """Check the tables of a region and put them together by division.

    A division has figures where quotient, lower limit and density are known.
    """
    table = _weights(weights)
    if not 0 <= minimum_codable <= 1:
        raise ValueError(f"minimum_codable is {minimum_codable}; a share between 0 and 1 is needed")
    figures = _figures(interval, density)
    groups = strata(figures.index) if groups is None else groups
    groups = _checks.aligned(groups, figures.index, noun="division", name="strata")
    values = pd.DataFrame({
        "quotient": (figures["estimate"] - 1) / (figures["estimate"] + 1), "density": figures["density"],
    })  # fmt: skip
    # what is coded to divisions without figures has no column here, and what is not coded has no weight
    kept = table.reindex(columns=figures.index, fill_value=0.0)
    codable = kept.sum(axis=1).clip(upper=1.0)
    tested = kept[(codable > 0) & (codable >= minimum_codable)]
    return Ground(
        codable=codable,
        weights=pd.DataFrame(
            tested.to_numpy() / tested.to_numpy().sum(axis=1, keepdims=True), tested.index, tested.columns
        ),
        values=values,
        expected=stratum_means(values, groups),
        strata=groups,
        specialised=figures["lower"] > 1,
        related=figures["density"] > figures["density"].median(),
    )


def stratum_means(values: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return for each division the mean of `values` in its stratum: what a draw from it has on average."""
    codes = pd.factorize(groups.to_numpy())[0]
    # a division without a stratum is named where sets are drawn
    inside = (codes[:, None] == codes[None, :]) / np.maximum(np.bincount(codes + 1)[codes + 1], 1)[:, None]
    return pd.DataFrame(inside @ values.to_numpy(dtype=float), values.index, values.columns)


def _weights(weights: pd.DataFrame) -> pd.DataFrame:
    table = _checks.employment_table(weights, name="weights")
    sums = table.sum(axis=1, skipna=False)
    wrong = sums.index[~np.isclose(sums, 1, rtol=0, atol=ROUNDING)]
    if len(wrong):
        raise ValueError(
            f"weights of priority {wrong[0]} add up to {sums[wrong[0]]:g}; 1 is needed, with 0 where nothing is coded"
        )
    return table


def _figures(interval: pd.DataFrame, density: pd.Series) -> pd.DataFrame:
    """Return quotient, limits and density of the divisions that have them all."""
    absent = [column for column in LIMITS if column not in interval]
    if absent:
        raise ValueError(f"interval has no column {_checks.listed(absent)}; {_checks.listed(LIMITS)} are needed")
    if interval.index.nlevels > 1:
        raise ValueError("interval has several levels in its index; that of one region, by division, is needed")
    table = _checks.employment_table(interval[LIMITS].rename_axis("division").T, name="interval").T
    known = _checks.counts_by_label(density, noun="division", name="density")
    return table.assign(density=known.reindex(table.index)).dropna()


def draw_statistics(ground: Ground, priority: object, *, draws: int, seed: int) -> np.ndarray:
    """Return the statistics of matched random sets: a row a draw, a column each of `STATISTICS`.

    Seeded by the priority's name beside the seed, so that they do not depend on which other priorities there are.
    """
    rng = np.random.default_rng([seed, *str(priority).encode("utf-8")])
    return matched_means(ground.weights.loc[priority], ground.strata, ground.values[STATISTICS], draws=draws, rng=rng)


def joint_statistics(ground: Ground, *, draws: int, seed: int) -> np.ndarray:
    """Return the sums over a region's priorities where all of them are moved together.

    In each draw a division gives way to the same other one in every priority, so that priorities overlap as they do.
    """
    rng = np.random.default_rng([seed, 0])
    return matched_means(ground.weights.sum(), ground.strata, ground.values[STATISTICS], draws=draws, rng=rng)


def least_p(ground: Ground, priority: object, *, draws: int) -> float:
    """Return the least p that a priority can have: one over the number of different matched sets, or of draws."""
    sets = 1
    row, groups = ground.weights.loc[priority].to_numpy(), ground.strata.to_numpy()
    for group in set(groups[row > 0]):
        own = row[groups == group]
        named = own[own > 0]
        sets *= math.perm(len(own), len(named))
        for same in Counter(named.round(9).tolist()).values():
            sets //= math.factorial(same)
    return max(1 / sets, 1 / (draws + 1))


def base_seed(rng: np.random.Generator | int | None) -> int:
    """Return a seed drawn from a generator or seed."""
    return int(np.random.default_rng(rng).integers(2**32))
