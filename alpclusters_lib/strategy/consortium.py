"""The smallest consortium: the fewest areas that together hold every stage of a chain, found exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from alpclusters_lib.indicators._checks import listed

__all__ = ["Consortia", "smallest_consortium"]


class Consortia(NamedTuple):
    """All smallest groups, nearest together first; ``span_km`` the longest way within each; stages nobody holds."""

    groups: tuple[tuple[str, ...], ...]
    span_km: tuple[float, ...]
    nobody: tuple[str, ...]


def smallest_consortium(
    holdings: pd.DataFrame, *, including: str | None = None, distances: pd.DataFrame | None = None
) -> Consortia:
    """Return the smallest groups of areas that together hold all stages that anybody holds (exact set cover).

    Parameters
    ----------
    holdings
        Area × stage, true where the area holds the stage; a missing cell is not held.
    including
        An area that is in every group.
    distances
        Kilometres, area × area, to order groups of one size by the longest way within them; NaN where not known.

    Returns
    -------
    Consortia
        Every group of the least size: areas as in `holdings`, the required one first. A group of none where no stage is
        held at all. A stage that nobody holds is told apart and not covered.

    Raises
    ------
    ValueError
        If the chain has no stage, or the required area is not in the table.

    References
    ----------
    Karp (1972), Reducibility among combinatorial problems: set cover is hard in general; chains are short.

    Examples
    --------
    >>> held = pd.DataFrame({"timber": [1, 0, 0], "boards": [1, 0, 1], "houses": [0, 1, 0]})
    >>> held.index = ["AT32", "SI03", "DE21"]
    >>> smallest_consortium(held.astype(bool)).groups
    (('AT32', 'SI03'),)
    """
    if not len(holdings.columns):
        raise ValueError("the chain has no stage; name at least two, each with its divisions")
    if including is not None and including not in holdings.index:
        raise ValueError(f"no figures for {including}; there are some for {listed(holdings.index)}")
    table = holdings.astype("boolean").fillna(False).to_numpy(bool)
    bits = [sum(1 << place for place, held in enumerate(row) if held) for row in table]
    everything = 0
    for own in bits:
        everything |= own
    names = list(holdings.index)
    first = () if including is None else (names.index(including),)
    size, found = len(first), set()
    while not found:
        found = {frozenset(group) for group in _covers(bits, everything, first, size)}
        size += 1
    groups = [(*first, *sorted(group - set(first))) for group in found]
    labelled = [tuple(names[place] for place in group) for group in groups]
    spans = {group: _span(group, distances) for group in labelled}
    ordered = sorted(labelled, key=lambda group: (pd.isna(spans[group]), spans[group], group))
    nobody = tuple(str(stage) for place, stage in enumerate(holdings.columns) if not everything >> place & 1)
    return Consortia(tuple(ordered), tuple(spans[group] for group in ordered), nobody)


def _covers(bits: list[int], wanted: int, chosen: tuple[int, ...], size: int) -> Iterator[tuple[int, ...]]:
    """Yield groups of at most a size that extend the chosen and hold everything wanted.

    Each step takes an area that holds the first stage still open: every smallest group is met on such a way.
    """
    held = 0
    for place in chosen:
        held |= bits[place]
    rest = wanted & ~held
    if not rest:
        yield chosen
    elif len(chosen) < size:
        stage = rest & -rest
        for place, own in enumerate(bits):
            if own & stage:
                yield from _covers(bits, wanted, (*chosen, place), size)


def _span(group: tuple[str, ...], distances: pd.DataFrame | None) -> float:
    """Return the longest distance within a group, 0 for one area alone, NaN where one is not known."""
    if len(group) < 2:
        return 0.0
    if distances is None:
        return float("nan")
    ways = distances.reindex(index=list(group), columns=list(group)).to_numpy(float)
    # the way to itself is 0, so one unknown way is enough not to know the longest
    return float(ways.max())
