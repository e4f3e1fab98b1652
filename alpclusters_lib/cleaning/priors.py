"""What a hidden cell probably holds before the published sums have their say: its prior and how freely it may move.

In order of trust: the cell's own figure in the nearest year, moved with the country's growth in the division; wages,
where they are published although the jobs are not; the number of local units times the jobs a unit holds; and the
same with estimated units, or, where a whole section hides these too, the region's part of the country's jobs.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["SPREADS", "Figures", "Panel", "figures", "nearest_year", "panel", "per_unit", "priors", "regional_share"]

# How freely a cell moves, by what its prior rests on (the spread v of balancing.balance).
SPREADS = {"year": 0.08, "wages": 0.3, "units": 0.5, "fitted": 0.9}
# National growth and a region's own level are taken within these limits: beyond them they tell of a break, not of jobs.
LIMITS = (0.3, 3.0)


@dataclass(frozen=True)
class Panel:
    """Figures by region × sector × year as one array, NaN where there is none."""

    regions: list[str]
    sectors: list[str]
    years: list[int]
    values: np.ndarray

    def of(self, regions: list[str], sectors: list[str]) -> np.ndarray:
        """Return the figures of some regions and sectors; NaN for those that the panel does not hold."""
        place = ({r: i for i, r in enumerate(self.regions)}, {s: i for i, s in enumerate(self.sectors)})
        rows, columns = ([p.get(x, -1) for x in xs] for p, xs in zip(place, (regions, sectors), strict=True))
        found = self.values[np.ix_(rows, columns)].copy()
        found[np.array(rows) < 0] = np.nan
        found[:, np.array(columns) < 0] = np.nan
        return found


def panel(cells: pd.DataFrame, column: str = "value") -> Panel:
    """Arrange a long table ``region, sector, year`` and a column as a panel.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "ITC4", "sector": "C28", "year": [2013, 2014], "value": [133.0, 134.0]})
    >>> panel(rows).values.tolist()
    [[[133.0, 134.0]]]
    """
    axes = [pd.Categorical(cells[name]) for name in ("region", "sector", "year")]
    values = np.full([len(axis.categories) for axis in axes], np.nan)
    values[tuple(axis.codes for axis in axes)] = cells[column].to_numpy(float)
    return Panel(*(list(axis.categories) for axis in axes), values)


def _first(*candidates: np.ndarray) -> np.ndarray:
    result = candidates[0].copy()
    for other in candidates[1:]:
        result = np.where(np.isnan(result), other, result)
    return result


def nearest_year(own: np.ndarray, country: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Carry figures over from the nearest years, moved with the country's growth in the division.

    Parameters
    ----------
    own
        Region × division × year.
    country
        The same shape: the figure of each region's country (of its section where the division is hidden).

    Returns
    -------
    tuple of two arrays
        The figure carried over (the geometric mean where one year before and one after are equally near; NaN where no
        other year is observed) and how many years away it is.

    Examples
    --------
    >>> own = np.array([[[100.0, np.nan, np.nan]]]); country = np.array([[[10.0, 12.0, 11.0]]])
    >>> carried, away = nearest_year(own, country)
    >>> carried[0, 0, 1:].round(1).tolist(), away[0, 0, 1:].tolist()
    ([120.0, 110.0], [1.0, 2.0])
    """
    years = own.shape[2]
    carried, away = np.full(own.shape, np.nan), np.full(own.shape, np.nan)
    for distance in range(1, years):
        logs = []
        for sign in (-1, 1):
            shifted = np.full(own.shape, np.nan)
            to = slice(distance, None) if sign < 0 else slice(None, -distance)
            source = slice(None, -distance) if sign < 0 else slice(distance, None)
            with np.errstate(divide="ignore", invalid="ignore"):
                growth = np.clip(country[:, :, to] / country[:, :, source], *LIMITS)
            growth = np.where(np.isfinite(growth), growth, 1.0)
            # a count of zero stays possible: it is carried as half a job
            shifted[:, :, to] = np.log(np.maximum(own[:, :, source], 0.5) * growth)
            logs.append(shifted)
        known = ~np.isnan(np.stack(logs))
        found = np.where(known, np.stack(logs), 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        seen = known.any(axis=0) & np.isnan(carried)
        carried[seen], away[seen] = np.exp(found[seen]), distance
    return carried, away


def per_unit(jobs: np.ndarray, units: np.ndarray, country: np.ndarray, section: np.ndarray) -> np.ndarray:
    """Return how many jobs a unit (or a euro of wages) stands for: the division's national figure × the region's level.

    Parameters
    ----------
    jobs, units
        Region × division × year.
    country, section
        Number of the country of each region, number of the section of each division.

    Returns
    -------
    array
        Region × division × year: Σ jobs / Σ units over the country's regions that publish both (over all countries
        where none does), times the ratio of the region's jobs in the section to what these averages imply, within 0.3
        and 3.
    """
    both = ~np.isnan(jobs) & ~np.isnan(units) & (units > 0)
    known_jobs, known_units = np.where(both, jobs, 0.0), np.where(both, units, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        overall = known_jobs.sum(axis=0) / known_units.sum(axis=0)
        average = np.empty_like(jobs)
        for number in np.unique(country):
            rows = country == number
            own = known_jobs[rows].sum(axis=0) / known_units[rows].sum(axis=0)
            average[rows] = _first(own, overall)
        expected = np.where(both, known_units * average, 0.0)
        level = np.ones_like(jobs)
        for number in np.unique(section):
            columns = section == number
            ratio = known_jobs[:, columns].sum(axis=1) / expected[:, columns].sum(axis=1)
            level[:, columns] = np.clip(np.where(np.isfinite(ratio), ratio, 1.0), *LIMITS)[:, None, :]
    return average * level


def _by_country(table: Panel, regions: list[str], divisions: list[str]) -> np.ndarray:
    """Return the country's figure of each region's division; where it is hidden, from the section and other years."""
    rows = [region[:2] for region in regions]
    exact, section = table.of(rows, divisions), table.of(rows, [d[0] for d in divisions])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(section > 0, exact / section, np.nan)
        typical = np.nansum(share, axis=2, keepdims=True) / (~np.isnan(share)).sum(axis=2, keepdims=True)
    return np.where(np.isnan(exact), section * typical, exact)


@dataclass(frozen=True)
class Figures:
    """Jobs, local units and wages as panels: NUTS 0 to 2 regions, sections and divisions, years."""

    jobs: Panel
    units: Panel
    wages: Panel

    @functools.cached_property
    def base(self) -> list[str]:
        """The NUTS 2 regions, pseudo-regions included."""
        return [region for region in self.jobs.regions if len(region) == 4]

    @functools.cached_property
    def divisions(self) -> list[str]:
        return [sector for sector in self.jobs.sectors if len(sector) == 3]

    @property
    def own(self) -> np.ndarray:
        """The jobs of NUTS 2 region × division × year."""
        return self.jobs.of(self.base, self.divisions)


def figures(jobs: pd.DataFrame, local_units: pd.DataFrame, wages: pd.DataFrame) -> Figures:
    """Arrange three long tables ``region, sector, year, value`` as panels over the years of the first."""
    years = sorted(jobs["year"].unique())
    others = [table[table["year"].isin(years)] for table in (local_units, wages)]
    return Figures(*(panel(table) for table in (jobs, *others)))


def _fitted_units(units: np.ndarray, country: np.ndarray, sections: np.ndarray, section: np.ndarray) -> np.ndarray:
    """Fill local units: from the nearest year, else the section's remainder shared out like the country's units."""
    filled = np.where(np.isnan(units), nearest_year(units, country)[0], units)
    weight = np.where(np.isnan(units), np.nan_to_num(country, nan=1.0), 0.0)
    for number in np.unique(section):
        columns = section == number
        rest = np.maximum(sections[:, number] - np.nansum(units[:, columns], axis=1), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = weight[:, columns] / weight[:, columns].sum(axis=1, keepdims=True)
        filled[:, columns] = _first(filled[:, columns], rest[:, None, :] * share)
    return filled


def regional_share(figures: Figures) -> np.ndarray:
    """Return the country's jobs in each division times the region's part of its jobs.

    The part is taken over the sections that both publish; NUTS 2 region × division × year.
    """
    base, divisions = figures.base, figures.divisions
    letters = sorted({division[0] for division in divisions})
    own, country = (figures.jobs.of(rows, letters) for rows in (base, [region[:2] for region in base]))
    both = ~np.isnan(own) & ~np.isnan(country)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(both, own, 0).sum(axis=1, keepdims=True) / np.where(both, country, 0).sum(axis=1, keepdims=True)
    return _by_country(figures.jobs, base, divisions) * size


def priors(figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    """Return the prior of every cell, observed ones too, and the number of the kind of evidence it rests on.

    Returns
    -------
    tuple of two arrays
        NUTS 2 region × division × year: the prior (at least half a job), and the place of its kind in :data:`SPREADS`.
    """
    base, divisions, own = figures.base, figures.divisions, figures.own
    letters = sorted({division[0] for division in divisions})
    section = np.array([letters.index(division[0]) for division in divisions])
    codes = sorted({region[:2] for region in base})
    country = np.array([codes.index(region[:2]) for region in base])
    units, wages = (table.of(base, divisions) for table in (figures.units, figures.wages))
    fitted = _fitted_units(units, _by_country(figures.units, base, divisions), figures.units.of(base, letters), section)
    each = per_unit(own, units, country, section)
    national = _by_country(figures.jobs, base, divisions)
    candidates = {
        "year": nearest_year(own, national)[0],
        "wages": np.where(wages > 0, wages * per_unit(own, wages, country, section), np.nan),
        "units": units * each,
        "fitted": _first(fitted * each, regional_share(figures)),
    }
    prior, basis = np.full(own.shape, np.nan), np.full(own.shape, len(SPREADS) - 1)
    for number, kind in enumerate(SPREADS):
        take = np.isnan(prior) & np.isfinite(candidates[kind])
        prior[take], basis[take] = candidates[kind][take], number
    return np.maximum(np.nan_to_num(prior, nan=1.0), 0.5), basis
