"""Arrays behind the synergy diamonds: every pair of areas at once, for the figures and for draws around them.

Arrays end in ``(area, sector)`` or, for pairs, ``(seeker, partner)``; draws come first where there are any.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(values: np.ndarray, yardstick: np.ndarray) -> np.ndarray:
    """Return the share of the yardstick below each value, ties counted half; NaN stays NaN."""
    ordered = np.sort(yardstick[~np.isnan(yardstick)])
    if not len(ordered):
        return np.full(values.shape, np.nan)
    below, upto = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.where(np.isnan(values), np.nan, (below + upto) / (2 * len(ordered)))


def held(quotients: np.ndarray) -> np.ndarray:
    """Return 1 where a quotient is at least 1, 0 where it is below, NaN where it is not known."""
    return np.where(np.isnan(quotients), np.nan, (quotients >= 1).astype(float))


def added(presence: np.ndarray, links: np.ndarray, sectors: Sequence[int]) -> np.ndarray:
    """Return what each partner adds to each seeker around some sectors: the mean of their added densities.

    The formula is that of :func:`alpclusters_lib.indicators.relatedness.added_density`, for all seekers at once. A
    sector related to nothing is left out of the mean; cells missing in either area are left out of that pair's sums.
    """
    links = np.nan_to_num(links.copy())
    np.fill_diagonal(links, 0.0)
    known = ~np.isnan(presence)
    there = np.where(known, presence, 0.0)
    lacking = known - there
    across = np.swapaxes(there, -1, -2)
    parts = []
    for sector in sectors:
        whole = (known * links[sector]) @ np.swapaxes(known.astype(float), -1, -2)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts.append(100 * np.where(whole > 0, ((lacking * links[sector]) @ across) / whole, np.nan))
    return mean_of_known(np.stack(parts), axis=0)


def fit(stages: np.ndarray) -> np.ndarray:
    """Return the share of a seeker's missing stages that each partner holds; NaN where the seeker misses none.

    A stage without a figure in either area is left out of that pair.
    """
    known = ~np.isnan(stages)
    there = np.where(known, stages, 0.0)
    missing = known - there
    lacking = missing @ np.swapaxes(known.astype(float), -1, -2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lacking > 0, (missing @ np.swapaxes(there, -1, -2)) / lacking, np.nan)


def mean_of_known(values: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean of what is known along an axis, NaN where nothing is."""
    known = ~np.isnan(values)
    number = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def descending_ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks along the last axis, 1 the largest, ties on the best place; NaN stays NaN."""
    larger = (values[..., None, :] > values[..., :, None]).sum(axis=-1) + 1.0
    return np.where(np.isnan(values), np.nan, larger)
