r"""The synergy diamond: four reasons why two areas could work together on a theme, each in [0, 1], each with its data.

The project S3-4AlpClusters drew such diamonds; their axes and scales were not found in public. These four are our own
operationalisation, from figures that exist:

``priority_overlap``
    Cosine of what both strategies name, the mean of two readings of their names. Symmetric.
``joint_strength``
    The lower of both areas' percentiles of the theme's location quotient among European regions. Symmetric.
``complementarity``
    Mean of two directed percentiles: how much relatedness density around the theme the partner adds to the seeker, and
    the seeker to the partner, among all pairs of European regions. Both directions are kept.
``chain_fit``
    Share of the chain stages the seeker lacks that the partner holds. Directed.

A missing axis is a gap and never 0. Partners are ranked by the mean of the axes that are known, with the minimum
beside; the area of the polygon depends on the order of its corners and is never used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed
from alpclusters_lib.strategy import _synergy_draws as arrays
from alpclusters_lib.strategy.consortium import Consortia, smallest_consortium

__all__ = [
    "AXES",
    "Consortia",
    "Diamonds",
    "Theme",
    "diamond",
    "diamonds",
    "partners",
    "smallest_consortium",
    "without",
]

AXES = ("priority_overlap", "joint_strength", "complementarity", "chain_fit")
LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class Theme:
    """What the diamonds of one theme are computed from.

    ``jobs`` area × sector, ``totals`` by area, ``reference`` jobs by sector with all others under ``other``; ``errors``
    area × sector, standard errors of the logarithm of the quotients (0: taken as they stand). ``relatedness``
    sector × sector. ``sectors`` of the theme; ``stages`` of its chains, by name the sectors of each, empty without a
    chain. ``overlaps`` area × area, one table a reading of the priorities, NaN where an area has none. ``quotients``
    and ``added`` hold the European regions' quotients of the theme and added densities around it: the yardsticks.
    """

    jobs: pd.DataFrame
    totals: pd.Series
    reference: pd.Series
    errors: pd.DataFrame
    relatedness: pd.DataFrame
    sectors: tuple[str, ...]
    stages: Mapping[str, tuple[str, ...]]
    overlaps: tuple[pd.DataFrame, ...]
    quotients: pd.Series
    added: np.ndarray


@dataclass(frozen=True, eq=False)
class Diamonds:
    """The diamonds of one theme: ``values`` axis × seeker × partner, ``drawn`` draw × the same, ``added`` directed.

    ``added`` is seeker × partner, the percentile of what the partner adds to the seeker. ``stages`` says which area
    holds which stage (1, 0, NaN), ``quotients`` the theme's location quotients.
    """

    areas: pd.Index
    values: np.ndarray
    drawn: np.ndarray
    added: pd.DataFrame
    stages: pd.DataFrame
    quotients: pd.Series

    def place(self, area: str) -> int:
        """Return where an area stands in the arrays; an unknown one raises a sentence."""
        if area not in self.areas:
            raise ValueError(f"no figures for {area}; there are some for {listed(self.areas)}")
        return int(self.areas.get_loc(area))


def diamonds(theme: Theme, *, draws: int = 400, rng: np.random.Generator | int | None = None) -> Diamonds:
    r"""Compute the diamonds of all pairs of areas, and draws around them.

    In a draw every cell's jobs are multiplied by the exponential of a normal deviate with the standard error of its
    location quotient, presences, stages and strengths follow, and one reading of the priorities is taken at random. The
    yardsticks stay. The draws describe how far the figures hold if establishments were redrawn, no sampling error.

    Parameters
    ----------
    theme
        Figures and yardsticks.
    draws
        How many.
    rng
        Seed or generator.

    Raises
    ------
    ValueError
        If the theme has no sector, or one that the figures do not hold.
    """
    if not theme.sectors:
        raise ValueError("the theme has no sector; name at least one, such as C28")
    columns = theme.jobs.columns
    absent = [s for s in (*theme.sectors, *(s for group in theme.stages.values() for s in group)) if s not in columns]
    if absent:
        raise ValueError(f"jobs have no sector {absent[0]!r}; they have {listed(columns)}")
    generator = np.random.default_rng(rng)
    jobs = theme.jobs.to_numpy(float)
    deviates = generator.standard_normal((draws, *jobs.shape)) * theme.errors.reindex_like(theme.jobs).to_numpy(float)
    readings = np.stack([table.reindex(index=theme.jobs.index, columns=theme.jobs.index).to_numpy(float)
                         for table in theme.overlaps])  # fmt: skip
    strength, given, stages, quotients = _figures(theme, jobs)
    values = _axes(arrays.mean_of_known(readings, axis=0), strength, given, arrays.fit(stages))
    drawn_strength, drawn_given, drawn_stages, _ = _figures(theme, jobs * np.exp(deviates))
    picked = readings[generator.integers(len(readings), size=draws)]
    drawn = _axes(picked, drawn_strength, drawn_given, arrays.fit(drawn_stages))
    areas = theme.jobs.index
    return Diamonds(
        areas, values, drawn, pd.DataFrame(given, areas, areas),
        pd.DataFrame(stages, areas, list(theme.stages)), pd.Series(quotients, areas),
    )  # fmt: skip


def _figures(theme: Theme, jobs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return joint strength and added density as percentiles, the stages held, and the theme's quotients."""
    columns, totals = theme.jobs.columns, theme.totals.reindex(theme.jobs.index).to_numpy(float)
    whole = theme.reference.sum()

    def quotients(sectors: Sequence[str]) -> np.ndarray:
        own = jobs[..., columns.get_indexer(list(sectors))].sum(axis=-1)
        return (own / totals) / (theme.reference[list(sectors)].sum() / whole)

    strength = quotients(theme.sectors)
    place = arrays.percentiles(strength, theme.quotients.to_numpy(float))
    joint = np.minimum(place[..., :, None], place[..., None, :])
    present = arrays.held((jobs / totals[:, None]) / (theme.reference[columns].to_numpy(float) / whole))
    links = theme.relatedness.reindex(index=columns, columns=columns).to_numpy(float)
    density = arrays.added(present, links, columns.get_indexer(list(theme.sectors)))
    given = arrays.percentiles(density, theme.added)
    empty = np.empty((*strength.shape, 0))
    held = [arrays.held(quotients(group))[..., None] for group in theme.stages.values()]
    return joint, given, np.concatenate([empty, *held], axis=-1), strength


def _axes(overlap: np.ndarray, joint: np.ndarray, given: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Stack the four axes, the last but two dimension; an area is no partner of itself."""
    both = (given + np.swapaxes(given, -1, -2)) / 2
    found = np.stack(np.broadcast_arrays(overlap, joint, both, fit), axis=-3)
    size = found.shape[-1]
    found[..., np.arange(size), np.arange(size)] = np.nan
    return found


def diamond(region_a: str, region_b: str, found: Diamonds) -> pd.DataFrame:
    """Return the four axes of one pair, seen from the first area.

    Parameters
    ----------
    region_a, region_b
        The seeker and its partner.
    found
        From :func:`diamonds`.

    Returns
    -------
    Index axis: ``value`` in [0, 1] with ``lower, upper`` (5 and 95 % of the draws); ``to_a`` what the second gives the
    first and ``to_b`` the reverse, alike on symmetric axes. NaN is a gap: no figure, or no stage to fill.

    Raises
    ------
    ValueError
        If an area has no figures, or both are the same.
    """
    a, b = found.place(region_a), found.place(region_b)
    if a == b:
        raise ValueError(f"{region_a} is no partner of itself; name two areas")
    lower, upper = _limits(found.drawn[:, :, a, b])
    values, back = found.values[:, a, b], found.values[:, b, a]
    columns = {"value": values, "lower": lower, "upper": upper, "to_a": values, "to_b": back}
    table = pd.DataFrame(columns, index=pd.Index(AXES, name="axis"))
    table.loc["complementarity", ["to_a", "to_b"]] = [found.added.iloc[a, b], found.added.iloc[b, a]]
    return table


def partners(region: str, found: Diamonds, *, candidates: Sequence[str] | None = None) -> pd.DataFrame:
    """Rank the partners of an area by the mean of the axes that are known.

    Parameters
    ----------
    region
        The seeker.
    found
        From :func:`diamonds`.
    candidates
        Whom to rank; all other areas where omitted.

    Returns
    -------
    Index partner, first one first: the four axes; ``added_to_region`` and ``added_to_partner``, the two directions of
    complementarity; ``mean`` with ``mean_lower, mean_upper``; ``minimum`` and ``weakest``, the axis it stands on;
    ``known``, how many axes have a figure; ``rank`` with ``rank_lower, rank_upper``, over the same draws.

    Raises
    ------
    ValueError
        If an area has no figures, or no candidate is left.
    """
    here, places, names = _candidates(region, found, candidates)
    axes, drawn = found.values[:, here, places], found.drawn[:, :, here, places]
    mean, means = arrays.mean_of_known(axes, axis=0), arrays.mean_of_known(drawn, axis=1)
    table = pd.DataFrame(axes.T, index=pd.Index(names, name="partner"), columns=list(AXES))
    table["added_to_region"] = found.added.iloc[here, places].to_numpy()
    table["added_to_partner"] = found.added.iloc[places, here].to_numpy()
    table["mean"] = mean
    table["mean_lower"], table["mean_upper"] = _limits(means)
    table["minimum"] = table[list(AXES)].min(axis=1)
    some = table["minimum"].notna()
    table["weakest"] = table.loc[some, list(AXES)].idxmin(axis=1)
    table["known"] = table[list(AXES)].notna().sum(axis=1)
    table["rank"] = arrays.descending_ranks(mean)
    table["rank_lower"], table["rank_upper"] = _limits(arrays.descending_ranks(means))
    return table.sort_values(["rank", "minimum"], ascending=[True, False], kind="stable")


def without(region: str, found: Diamonds, *, candidates: Sequence[str] | None = None) -> pd.DataFrame:
    """Return each partner's rank with one axis left out, partner × axis; parameters as in :func:`partners`."""
    here, places, names = _candidates(region, found, candidates)
    axes = found.values[:, here, places]
    ranks = {
        axis: arrays.descending_ranks(arrays.mean_of_known(np.delete(axes, number, axis=0), axis=0))
        for number, axis in enumerate(AXES)
    }
    return pd.DataFrame(ranks, index=pd.Index(names, name="partner"))


def _candidates(region: str, found: Diamonds, candidates: Sequence[str] | None) -> tuple[int, list[int], list[str]]:
    here = found.place(region)
    names = [name for name in (found.areas if candidates is None else candidates) if name != region]
    if not names:
        raise ValueError(f"no candidate is left for {region}; name areas other than itself")
    return here, [found.place(name) for name in names], list(names)


def _limits(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits between which 90 % of the draws lie, draws first; NaN where no draw has a figure."""
    flat = drawn.reshape(len(drawn), -1)
    known = ~np.isnan(flat).all(axis=0)
    low, high = np.full(flat.shape[1], np.nan), np.full(flat.shape[1], np.nan)
    if known.any():
        low[known], high[known] = np.nanquantile(flat[:, known], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low.reshape(drawn.shape[1:]), high.reshape(drawn.shape[1:])
