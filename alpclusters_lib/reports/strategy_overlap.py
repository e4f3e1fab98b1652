"""Whether neighbours' strategies name the same divisions: next to chance, to other pairs and to their economies.

Names alone are compared. Two regions that name the same are not agreed with each other, and need not be rivals either.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import pandas as pd

from alpclusters_lib import datasets, sectors
from alpclusters_lib.figures import overlap_matrix, style
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.numbers import decimal, p_is, p_text, span
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.reports.strategy_regions import area, name_of, short_name, strategy_regions
from alpclusters_lib.strategy.alignment import adjusted
from alpclusters_lib.strategy.breadth import mean_weights
from alpclusters_lib.strategy.overlap import AgainstOthers, against_others, against_random, cosines, without_one
from alpclusters_lib.strategy.priorities import NACE, VERSIONS

__all__ = [
    "Overlaps",
    "borders",
    "economies",
    "overlap_picture",
    "overlap_sentence",
    "overlap_table",
    "overlaps",
]

PERIOD = "2014-2020"
LEVEL = 0.05
METRES = "EPSG:3035"
SOURCE = f"Source: names of the priorities as in data/raw/facts/s3_priorities.csv, own coding; own computation. {GEO}"


class Overlaps(NamedTuple):
    """How alike the strategies of a period are under one reading of their priorities.

    ``matrix`` strategy × strategy; ``pairs`` and ``groups`` against random sets, pairs with ``q_more`` over all pairs;
    ``others`` neighbours against the other pairs; ``left_out`` the p of that with each strategy left out.
    """

    matrix: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    others: AgainstOthers
    left_out: pd.Series


def borders(period: str = PERIOD) -> pd.DataFrame:
    """Return whether the areas of two strategies with named priorities share a land border."""
    return _borders(period).copy()


@functools.lru_cache(maxsize=2)
def _borders(period: str) -> pd.DataFrame:
    owners = list(dict.fromkeys(priority_coding.region_of(period)))
    own = {code: key for key in owners for code in area(key)}
    shapes = datasets.boundaries(2)
    shapes = shapes.loc[shapes.index.isin(own), ["geometry"]].to_crs(METRES).geometry
    table = pd.DataFrame(False, owners, owners)
    found = shapes.sindex.query(shapes, predicate="dwithin", distance=1.0)
    for first, second in zip(*(shapes.index[places] for places in found), strict=True):
        table.loc[own[first], own[second]] = own[first] != own[second]
    return table | table.T


def overlaps(period: str = PERIOD, version: str = "narrow") -> Overlaps:
    """Return how alike the strategies are under one reading of the names of their priorities."""
    return _overlaps(period, version)


@functools.lru_cache(maxsize=4)
def _overlaps(period: str, version: str) -> Overlaps:
    owners, weights = priority_coding.region_of(period), priority_coding.weights(period, version)
    every = set(sectors.divisions()) | set(weights.columns)
    weights = weights.reindex(columns=[code for code in NACE if code in every], fill_value=0.0)
    matrix = cosines(mean_weights(weights, owners))
    pairs, groups = against_random(weights, owners, borders(period), rng=case_seed(f"{period[2:4]}o{version}"))
    pairs["q_more"] = adjusted(pairs["p_more"])
    return Overlaps(
        matrix, pairs, groups, against_others(matrix, borders(period)), without_one(matrix, borders(period))
    )


def economies(period: str = PERIOD) -> tuple[pd.DataFrame, AgainstOthers]:
    """Return how alike the regions are in what they are specialised in, and neighbours against other pairs.

    The cosine of the symmetric location quotients above 0, (LQ - 1) / (LQ + 1), of 2014.
    """
    return _economies(period)


@functools.lru_cache(maxsize=2)
def _economies(period: str) -> tuple[pd.DataFrame, AgainstOthers]:
    keys = [key for key in borders(period).index if key in strategy_regions().jobs.index]
    quotients = strategy_regions().quotients.loc[keys]
    matrix = cosines(((quotients - 1) / (quotients + 1)).clip(lower=0).fillna(0.0))
    return matrix, against_others(matrix, borders(period))


def _economic(first: str, second: str, period: str) -> float:
    matrix = economies(period)[0]
    return matrix.loc[first, second] if {first, second} <= set(matrix.index) else float("nan")


def overlap_table(region: str | None = None, period: str = PERIOD) -> pd.DataFrame:
    """Return neighbouring pairs of strategies for the reader, or a region's pairs with all others, neighbours first.

    Empty for a region without named priorities, or where no strategies are neighbours.
    """
    if region is not None:
        name_of(region)
    narrow, broad = (overlaps(period, version).pairs for version in VERSIONS)
    rows = []
    for first, second in narrow.sort_values(["neighbours", "overlap"], ascending=False, kind="stable").index:
        row, other = narrow.loc[(first, second)], broad.loc[(first, second)]
        if (region is None and not row["neighbours"]) or (region is not None and region not in (first, second)):
            continue
        named = {"Strategies": f"{name_of(first)} – {name_of(second)}"}
        if region is not None:
            named = {
                "With": name_of(second if first == region else first),
                "Land border": "yes" if row["neighbours"] else "no",
            }
        rows.append(named | {
            "Overlap, narrow": decimal(row["overlap"]),
            "Random sets, narrow": span(row["lower"], row["upper"]), "q, narrow": p_text(row["q_more"]),
            "Overlap, broad": decimal(other["overlap"]),
            "Random sets, broad": span(other["lower"], other["upper"]), "q, broad": p_text(other["q_more"]),
            "Economies alike": _known(_economic(first, second, period)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _known(value: float) -> str:
    return "–" if pd.isna(value) else decimal(value)


def overlap_sentence(region: str | None = None, period: str = PERIOD) -> str:
    """Return how alike neighbouring strategies are, or a region's with its neighbours'; a plain sentence if unknown."""
    if region is None:
        return _of_all(period)
    missing = priority_coding.missing_sentence(region, period)
    if missing:
        return missing
    table, name = borders(period), name_of(region)
    near = [key for key in table.index if table.loc[region, key]]
    if not near:
        return (
            f"No region that borders on {name} has a strategy with named priorities for {period} here, so overlap "
            f"with neighbours is not known; {_most_alike(region, period)}."
        )
    told = "; ".join(f"{name_of(key)} {_of_pair(region, key, period)}" for key in near)
    return (
        f"Overlap of the strategy of {name} with those of its neighbours (cosine of the coded priorities, narrow | "
        f"broad reading): {told}. {_sentence(_most_alike(region, period))} "
        "Equal names are no sign of an agreement between the regions."
    )


def _of_pair(region: str, key: str, period: str) -> str:
    values, more = [], []
    for version in VERSIONS:
        pairs = overlaps(period, version).pairs
        row = pairs.loc[(region, key) if (region, key) in pairs.index else (key, region)]
        values.append(decimal(row["overlap"]))
        if row["q_more"] < LEVEL:
            more.append(version)
    where = {0: "in neither reading", 1: f"in the {''.join(more[:1])} reading only", 2: "in both readings"}[len(more)]
    return f"{' | '.join(values)} (more alike than random sets {where})"


def _most_alike(region: str, period: str) -> str:
    matrix = overlaps(period).matrix
    own = matrix[region].drop(region)
    return f"in the narrow reading it is most like the strategy of {name_of(own.idxmax())} ({decimal(own.max())})"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _of_all(period: str) -> str:
    told = []
    for version in VERSIONS:
        found = overlaps(period, version)
        random, others = found.groups.loc["neighbours"], found.others
        told.append(
            f"{decimal(others.neighbours)} in the {version} reading (random sets {decimal(random['expected'])}, "
            f"{p_is(random['p_more'])}; pairs without a border {decimal(others.others)}, {p_is(others.p_more)})"
        )
    matrix, own = economies(period)
    near, number = found.others.pairs, len(found.matrix)
    return (
        f"The {near} pairs of neighbours among {number} strategies overlap by {' and '.join(told)}; "
        f"{found.others.other_pairs} pairs share no border. In what they are specialised in, neighbours are "
        f"{'more' if own.p_more < LEVEL else 'not more'} alike than other pairs ({decimal(own.neighbours)} against "
        f"{decimal(own.others)}, {p_is(own.p_more)}, n = {len(matrix)} regions)."
    )


def _title(more: list[str]) -> str:
    if not more:
        return "Neighbours' strategies are not clearly more alike than other pairs"
    where = "both readings" if len(more) == len(VERSIONS) else f"the {more[0]} reading only"
    return f"Neighbours' strategies are more alike than other pairs in {where}"


def overlap_picture(period: str = PERIOD) -> Picture | None:
    """Draw how alike all strategies are, two by two: narrow reading below, broad above, neighbours framed."""
    below, above = (overlaps(period, version).matrix for version in VERSIONS)
    frames, names = borders(period), [short_name(key) for key in below.index]
    if len(below) < 2:
        return None
    labelled = [table.set_axis(names).set_axis(names, axis=1) for table in (below, above, frames)]
    found = {version: overlaps(period, version).others for version in VERSIONS}
    near = found["narrow"]
    more = [name for name in VERSIONS if found[name].p_more < LEVEL]
    title = _title(more)
    with style.style():
        figure, ax = panel(5.6, 5.6)
        overlap_matrix.overlap_matrix(
            labelled[0], labelled[1], ax=ax, outlined=labelled[2], outline="share a land border",
            corner="below: narrow reading, above: broad", title=title,
            source=f"Priorities {period}. {SOURCE}",
        )  # fmt: skip
    pairs = overlaps(period).pairs
    told = "; ".join(
        f"{name_of(one)} and {name_of(two)} {decimal(below.loc[one, two])} | {decimal(above.loc[one, two])}"
        for one, two in pairs.index[pairs["neighbours"]]
    )
    alt = f"Overlap of strategies two by two, narrow | broad reading. Neighbours: {told or 'none'}."
    broad = found["broad"]
    caption = (
        f"Cosine of the coded priorities: 0, no division in common; 1, the same. {near.pairs} of "
        f"{near.pairs + near.other_pairs} pairs share a land border (mean {decimal(near.neighbours)} | "
        f"{decimal(broad.neighbours)}, other pairs {decimal(near.others)} | {decimal(broad.others)}; "
        f"permutation of the strategies, one-sided {p_is(near.p_more)} | {p_text(broad.p_more)})."
    )
    return Picture(figure, "strategy-overlap", pairs.reset_index(), alt, caption)
