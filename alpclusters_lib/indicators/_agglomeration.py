"""Agglomeration beyond plant size: is an industry, or a group of them, more concentrated than its few plants make it.

The indices know neither distance nor borders: two regions are as far apart as any other two, and the values move with
how finely regions are cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["coagglomeration", "ellison_glaeser", "group_coagglomeration"]


class _Spread(NamedTuple):
    """Where the sectors are beside all jobs, on arrays: rows are the regions whose total is known."""

    sectors: pd.Index
    jobs: np.ndarray
    """By sector, over those regions; NaN where a cell is missing."""
    gaps: np.ndarray
    """s_ir - x_r, region × sector; NaN in a sector with a missing cell or without jobs."""
    evenness: float
    """1 - sum of x_r², NaN where nothing can be uneven: fewer than two regions with jobs."""


def ellison_glaeser(
    employment: pd.DataFrame,
    plant_herfindahl: pd.Series | None = None,
    *,
    totals: pd.Series | None = None,
    local_units: pd.Series | None = None,
) -> pd.DataFrame:
    r"""Measure how much more concentrated a sector is than as many plants thrown at random on the map of all jobs.

    .. math:: \gamma_i = \frac{G_i / (1 - \sum_r x_r^2) - H_i}{1 - H_i}, \qquad G_i = \sum_r (s_{ir} - x_r)^2

    with :math:`s_{ir}` the share of region r in the jobs of the sector, :math:`x_r` in all jobs, and :math:`H_i` the
    sum of squared shares of the plants in the sector's jobs.

    Parameters
    ----------
    employment
        Jobs, region × sector.
    plant_herfindahl
        H by sector, in [0, 1], NaN where unknown.
    totals
        All jobs by region, sectors outside the table included; row sums where omitted.
    local_units
        Plants by sector, all regions of the table together. Where H is unknown its least value stands in, that of
        equal plants, 1/units.

    Returns
    -------
    By sector: gamma, 0 on average for plants thrown at random and below 0 for plants that keep apart (Ellison and
    Glaeser call above 0.05 high, below 0.02 low); raw_concentration G; plant_herfindahl as used; status.

    "bound": 1/units stood in. As gamma falls with H while it is below 1, the true one is not above the figure; where
    the figure is above 1, which needs a sector at home where hardly any other job is, the true one is not below it.

    "missing", gamma NaN: a sector without jobs, with a single plant (H = 1, which says nothing about places), with a
    missing cell or with neither H nor a plant (both with a warning), and every sector where all jobs are in one
    region. A region whose total is unknown is left out of everything, with a warning: hand over `totals` to keep it.

    References
    ----------
    Ellison & Glaeser (1997), Journal of Political Economy 105:889.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [13, 32, 25], "I55": [9, 6, 4]}, index=["AT13", "AT31", "AT22"])
    >>> totals = pd.Series([500, 400, 100], index=jobs.index)
    >>> plants, units = pd.Series({"C28": 0.2447, "I55": np.nan}), pd.Series({"C28": 11, "I55": 40})
    >>> ellison_glaeser(jobs, plants, totals=totals, local_units=units).round(4)
          gamma  raw_concentration  plant_herfindahl    status
    C28  0.0599             0.1682            0.2447  observed
    I55  0.0097             0.0200            0.0250     bound
    """
    if plant_herfindahl is None and local_units is None:
        raise ValueError("neither plant_herfindahl nor local_units is given; one of them, by sector, is needed")
    spread = _spread(employment, totals)
    raw = np.einsum("rs,rs->s", spread.gaps, spread.gaps)
    known, bound = _plants(plant_herfindahl, local_units, spread)
    plants = np.where(np.isnan(known), bound, known)
    gamma = (raw / spread.evenness - plants) / np.where(plants < 1, 1 - plants, np.nan)
    status = np.where(np.isnan(gamma), 2, np.isnan(known))
    columns = {"gamma": gamma, "raw_concentration": raw, "plant_herfindahl": plants}
    columns["status"] = np.array(["observed", "bound", "missing"], dtype=object)[status]
    return pd.DataFrame(columns, index=spread.sectors, copy=False)


def coagglomeration(employment: pd.DataFrame, *, totals: pd.Series | None = None) -> pd.DataFrame:
    r"""Measure for each pair of sectors whether they are strong in the same regions.

    .. math:: \gamma^c_{ij} = \frac{\sum_r (s_{ir} - x_r)(s_{jr} - x_r)}{1 - \sum_r x_r^2}

    in the notation of :func:`ellison_glaeser`. Plants of two sectors do not share a plant, so that no correction for
    plant size is needed.

    Parameters
    ----------
    employment
        Jobs, region × sector.
    totals
        All jobs by region, sectors outside the table included; row sums where omitted.

    Returns
    -------
    Sector × sector, symmetric: 0 for two sectors that have nothing to do with each other, below 0 for two that are
    apart. The diagonal is NaN, as the formula would give there the raw concentration, size of plants and all: for one
    sector take :func:`ellison_glaeser`. A sector without jobs is NaN, and so is one with a missing cell, with a
    warning; so is all where all jobs are in one region. A region whose total is unknown is left out, with a warning.

    References
    ----------
    Ellison, Glaeser & Kerr (2010), American Economic Review 100:1195.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C13": [9, 1], "C14": [6, 2], "I55": [5, 9]}, index=["ITC4", "ITH1"])
    >>> coagglomeration(jobs).round(3)
           C13    C14    I55
    C13    NaN  0.147 -0.314
    C14  0.147    NaN -0.143
    I55 -0.314 -0.143    NaN
    """
    spread = _spread(employment, totals)
    index = spread.gaps.T @ spread.gaps
    index /= spread.evenness
    np.fill_diagonal(index, np.nan)
    return pd.DataFrame(index, index=spread.sectors, columns=spread.sectors, copy=False)


def group_coagglomeration(employment: pd.DataFrame, *, totals: pd.Series | None = None) -> float:
    r"""Measure whether the sectors of a table, taken as one group, are strong in the same regions.

    .. math:: \gamma^c = \frac{G / (1 - \sum_r x_r^2) - H - \sum_i \gamma_i w_i^2 (1 - H_i)}{1 - \sum_i w_i^2}
              = \frac{\sum_{i \ne j} w_i w_j \gamma^c_{ij}}{1 - \sum_i w_i^2}

    with :math:`w_i` the share of sector i in the jobs of the group, G and :math:`H = \sum_i w_i^2 H_i` those of the
    group. The first form is printed by Ellison and Glaeser; with their :math:`\gamma_i` put in, the plants of H and
    :math:`H_i` cancel, which leaves the mean of :func:`coagglomeration` over the pairs. So no plants are asked for.

    Parameters
    ----------
    employment
        Jobs, region × sector, the sectors of the group and no others.
    totals
        All jobs by region, sectors outside the group included. Row sums where omitted, that is the group itself:
        then the pairs cancel against the sectors' own concentration, and the figure cannot be above 0.

    Returns
    -------
    0 for sectors that have nothing to do with each other. NaN where fewer than two sectors have jobs, where all jobs
    are in one region, and with a warning where a cell is missing. A region whose total is unknown is left out, with a
    warning.

    References
    ----------
    Ellison & Glaeser (1997), Journal of Political Economy 105:889.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C13": [9, 1], "C14": [6, 2]}, index=["ITC4", "ITH1"])
    >>> round(group_coagglomeration(jobs, totals=pd.Series({"ITC4": 20, "ITH1": 12})), 3)
    0.147
    """
    spread = _spread(employment, totals)
    held = spread.jobs != 0
    if held.sum() < 2:
        return float("nan")
    weights = spread.jobs[held] / spread.jobs.sum()
    parts = spread.gaps[:, held] * weights
    # each pair once, by what has come before: the squares that would be taken off again never enter
    pairs = (parts[:, 1:] * np.cumsum(parts, axis=1)[:, :-1]).sum()
    return float(pairs / _pairs(weights) / spread.evenness)


def _spread(employment: pd.DataFrame, totals: pd.Series | None) -> _Spread:
    """Check what a public function was handed and return shares against the share of all jobs."""
    table = employment
    jobs, sums, sectors, _ = _checks.employment_sums(table)
    regions = sums if totals is None else _region_totals(table, jobs, totals)
    kept = ~np.isnan(regions)
    if not kept.all():
        reason = "its cells are not all known: hand over `totals`" if totals is None else "`totals` has no figure"
        left_out = _checks.listed(table.index[~kept])
        _checks.warn(f"no total for region {left_out}, left out of every index: {reason}")
        jobs, regions = jobs[kept], regions[kept]
        sectors = jobs.sum(axis=0)
    holes = np.isnan(sectors)
    if holes.any():
        named = _checks.listed(table.columns[holes])
        _checks.warn(f"cells are missing in sector {named}, whose index comes back as NaN")
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = regions / regions.sum()
        gaps = np.empty_like(jobs)
        for block in _checks.blocks(jobs):
            np.divide(jobs[block], sectors[block[1]], out=gaps[block])
            gaps[block] -= shares[block[0], None]
    evenness = 2 * _pairs(shares)
    return _Spread(table.columns, sectors, gaps, evenness if evenness > 0 else np.nan)


def _region_totals(table: pd.DataFrame, jobs: np.ndarray, totals: pd.Series) -> np.ndarray:
    """Return all jobs by region, NaN where unknown."""
    known = _checks.counts_by_label(totals, noun="region", name="totals")
    regions = _checks.aligned(known, table.index, noun="region", name="totals").to_numpy()
    wrong = (regions == 0) & (jobs > 0).any(axis=1)
    if wrong.any():
        raise ValueError(
            f"totals of region {_checks.listed(table.index[wrong])} is 0, but its sectors have jobs; "
            "all jobs are needed"
        )
    return regions


def _pairs(shares: np.ndarray) -> float:
    """Return half of 1 - sum of squared shares, pair by pair: exact where one share is nearly all."""
    return float((shares[1:] * np.cumsum(shares)[:-1]).sum())


def _plants(
    plant_herfindahl: pd.Series | None, local_units: pd.Series | None, spread: _Spread
) -> tuple[np.ndarray, np.ndarray]:
    """Return H by sector where it is known, and its least value where the number of plants is."""
    known, least = np.full((2, len(spread.sectors)), np.nan)
    if plant_herfindahl is not None:
        given = _checks.counts_by_label(plant_herfindahl, noun="sector", name="plant_herfindahl")
        known = _checks.aligned(given, spread.sectors, noun="sector", name="plant_herfindahl").to_numpy()
        if (known > 1).any():
            above = _checks.listed(spread.sectors[known > 1])
            raise ValueError(f"plant_herfindahl of sector {above} is above 1; at most 1 is possible")
    if local_units is not None:
        units = _checks.counts_by_label(local_units, noun="sector", name="local_units")
        units = _checks.aligned(units, spread.sectors, noun="sector", name="local_units").to_numpy()
        # less than one plant is no number of plants
        least = 1 / np.where(units >= 1, units, np.nan)
    without = np.isnan(known) & np.isnan(least) & (spread.jobs > 0)
    if without.any():
        named = _checks.listed(spread.sectors[without])
        _checks.warn(f"sector {named} has neither plant_herfindahl nor local units: gamma is missing")
    return known, least
