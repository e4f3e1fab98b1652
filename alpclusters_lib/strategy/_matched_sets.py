"""Random sets of divisions matched to a priority: as many, as heavy, as many of them in manufacturing and in services.

What "against random" means for alignment and overlap. Every way of dealing the weights out within a stratum is equally
likely, the priority's own included, so its rank among the draws is uniform where the priority is itself a random one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import aligned, counts_by_label, listed

__all__ = ["STRATA", "matched_draws", "matched_means", "strata"]

STRATA = {"primary": "AB", "manufacturing": "C", "other industry": "DEF", "services": "GHIJKLMNOPQRSTU"}
"""What is drawn among itself: sections of NACE Rev. 2. Farming and mining, which few regions have, stand apart from
energy, water, waste and construction, which all have: sets drawn from both would make any of the latter look strong."""


def strata(divisions: Iterable[str]) -> pd.Series:
    """Return the stratum of each division: primary, manufacturing, other industry or services.

    Raises
    ------
    ValueError
        If a code does not start with a section of NACE Rev. 2.

    Examples
    --------
    >>> strata(["C28", "F41", "J62"]).tolist()
    ['manufacturing', 'other industry', 'services']
    """
    labels = divisions if isinstance(divisions, pd.Index) else pd.Index(list(divisions), name="division")
    of = {section: name for name, sections in STRATA.items() for section in sections}
    wrong = [label for label in labels if str(label)[:1] not in of]
    if wrong:
        raise ValueError(f"{listed(wrong)} is no NACE division; a code such as C28 would be right")
    return pd.Series([of[str(label)[0]] for label in labels], index=labels, name="stratum", dtype=object)


def matched_draws(
    weights: pd.Series, strata: pd.Series, *, draws: int, rng: np.random.Generator | int | None = None
) -> np.ndarray:
    """Return random sets with the same weights on other divisions of the same strata.

    Within each stratum the weights are put on divisions drawn without replacement from all that it has: number and
    size of the weights, and what manufacturing and services hold of them, are those of `weights` in each draw.

    Parameters
    ----------
    weights
        Weight of each division that may be drawn, zero where the priority does not name it.
    strata
        The stratum of each division, as :func:`strata` gives it; in any order.
    draws
        How many sets.
    rng
        A generator or a seed.

    Returns
    -------
    numpy.ndarray
        A row a draw, a column a division in the order of `weights`. A stratum with a single division keeps its weight.

    Raises
    ------
    ValueError
        If a weight is negative, infinite or missing, a division has no stratum, or no set is asked for.

    Examples
    --------
    >>> kept = pd.Series({"C10": 0.6, "C11": 0.4, "C12": 0.0, "J62": 0.0})
    >>> matched_draws(kept, strata(kept.index), draws=2, rng=1).sum(axis=1).tolist()
    [1.0, 1.0]
    """
    # a row a division in memory: weights are written along it
    found = np.zeros((len(weights), int(draws)))
    for weight, places in _dealt(weights, strata, int(draws), rng):
        found[places, np.arange(int(draws))] = weight
    return found.T


def matched_means(
    weights: pd.Series,
    strata: pd.Series,
    values: pd.DataFrame,
    *,
    draws: int,
    rng: np.random.Generator | int | None = None,
) -> np.ndarray:
    """Return the weighted sums of `values` (division × statistic) over the same sets: a row a draw.

    What ``matched_draws(...) @ values`` gives, without the sets, which are large.

    Examples
    --------
    >>> kept = pd.Series({"C10": 0.6, "C11": 0.4, "C12": 0.0})
    >>> sizes = pd.DataFrame({"size": [2.0, 2.0, 2.0]}, kept.index)
    >>> matched_means(kept, strata(kept.index), sizes, draws=2, rng=1).tolist()
    [[2.0], [2.0]]
    """
    table = aligned_rows(values, weights.index).to_numpy(dtype=float)
    found = np.zeros((int(draws), table.shape[1]))
    for weight, places in _dealt(weights, strata, int(draws), rng):
        found += weight * table[places]
    return found


def aligned_rows(values: pd.DataFrame, divisions: pd.Index) -> pd.DataFrame:
    """Return the rows of `values` in the order of `divisions`; one that it does not hold raises."""
    absent = divisions[~divisions.isin(values.index)]
    if len(absent):
        raise ValueError(f"values has no division {listed(absent)}; it has {listed(values.index)}")
    return values.reindex(divisions)


def _dealt(
    weights: pd.Series, strata: pd.Series, draws: int, rng: np.random.Generator | int | None
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield each weight with the places of the divisions that it falls on, draw by draw."""
    values = counts_by_label(weights, noun="division", name="weights")
    if values.isna().any():
        missing = values.index[values.isna()]
        raise ValueError(f"weights of division {listed(missing)} are missing; zero is needed where nothing is named")
    groups = aligned(strata, values.index, noun="division", name="strata")
    if groups.isna().any():
        raise ValueError(f"division {listed(groups.index[groups.isna()])} has no stratum; one is needed for each")
    if draws < 1:
        raise ValueError(f"draws is {draws}; one or more is needed")
    rng = np.random.default_rng(rng)
    of, own = groups.to_numpy(), values.to_numpy()
    # strata and divisions by name, not by place: the same draws in whatever order the divisions stand
    order = np.argsort(values.index.astype(str).to_numpy(), kind="stable")
    for name in sorted(set(of[own > 0]), key=str):
        members = order[of[order] == name]
        named = own[members][own[members] > 0]
        for weight, places in zip(named, _chosen(len(members), len(named), draws, rng), strict=True):
            yield float(weight), members[places]


def _chosen(size: int, number: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return `number` different places among `size`, in random order: a row a place, a column a draw.

    The first steps of the shuffle of Fisher and Yates, for all draws at once: as many steps as weights, not divisions.
    """
    places = np.repeat(np.arange(size, dtype=np.int16)[:, None], draws, axis=1)
    draw = np.arange(draws)
    for step in range(number):
        other = rng.integers(step, size, size=draws)
        swapped = places[other, draw]
        places[other, draw] = places[step]
        places[step] = swapped
    return places[:number]
