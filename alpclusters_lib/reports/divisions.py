"""All divisions of all EU regions at one glance: jobs, quotients with their interval, presences, for one year.

Relatedness, complexity and variety need whole rows; a case study looks at a few divisions. A division that is withheld
counts with the middle of its rounded limits, an estimated one with its estimate; ``status`` says which.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28, EU28_MEMBERS
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators.relatedness import presence, proximity
from alpclusters_lib.indicators.specialisation import location_quotient_interval
from alpclusters_lib.reports.breaks import first_breaks
from alpclusters_lib.reports.case import Unit

__all__ = ["Divisions", "broken_countries", "divisions", "learning_regions", "learnt_proximity", "unit_divisions"]


@dataclass(frozen=True)
class Divisions:
    """Tables of one year, region × division.

    ``jobs``, ``status``, ``local_units`` as published or estimated; ``totals`` by region and ``reference`` by division,
    the EU's, with all its other jobs under ``other``; ``interval`` the location quotients, long, with their limits;
    ``quotients`` and ``presence`` the same as tables.
    """

    year: int
    jobs: pd.DataFrame
    status: pd.DataFrame
    totals: pd.Series
    reference: pd.Series
    interval: pd.DataFrame

    @property
    def quotients(self) -> pd.DataFrame:
        """The location quotients, region × division."""
        return self.interval["estimate"].unstack(sort=False)

    @property
    def presence(self) -> pd.DataFrame:
        """Where the quotient is at least 1."""
        return presence(self.jobs, totals=self.totals, reference=self.reference)


@functools.lru_cache(maxsize=6)
def divisions(year: int = 2014) -> Divisions:
    """Return the divisions of the EU's NUTS 2 regions that have a total.

    Raises
    ------
    ValueError
        If there are no figures for the year.
    """
    table = datasets.employment(year=year)
    totals = table[table["sector"] == BUSINESS_ECONOMY].set_index("region")["value"].dropna()
    european = [code for code in totals.index if len(code) == 4 and code[:2] in EU28_MEMBERS]
    return _of(year, table, {code: (code,) for code in european})


def unit_divisions(unit: Unit, year: int = 2014) -> Divisions:
    """Return the same for one unit, in one row under its label; regions that it adds up are added up.

    Raises
    ------
    ValueError
        If a part of the unit has no total in the year.
    """
    return _of(year, datasets.employment(year=year), {unit.label: unit.codes})


def _of(year: int, table: pd.DataFrame, units: dict[str, tuple[str, ...]]) -> Divisions:
    names = [sector for sector in table["sector"].unique() if sector in sectors.divisions()]
    everything = table[table["sector"] == BUSINESS_ECONOMY].set_index("region")
    cells = table[table["sector"].isin(names)]
    # a withheld figure has limits and no value: their middle stands for it
    cells = cells.assign(counted=cells["value"].fillna((cells["lower"] + cells["upper"]) / 2))
    europe = cells[cells["region"] == EU28].set_index("sector")["lower"].reindex(names)
    # a year in which a country publishes divisions and no total has nothing left for the others
    other = max(everything.loc[EU28, "value"] - europe.sum(), 0.0)
    reference = pd.concat([europe, pd.Series({"other": other})])
    jobs = _summed(cells.pivot(index="region", columns="sector", values="counted")[names], units)
    totals = _summed(everything[["value"]], units)["value"]
    status = cells.pivot(index="region", columns="sector", values="status")[names].fillna("missing")
    local = datasets.local_units(year=year)
    local = (
        local[local["sector"].isin(names)]
        .pivot(index="region", columns="sector", values="value")
        .reindex(columns=names)
    )
    interval = location_quotient_interval(
        jobs,
        totals=totals,
        reference=reference,
        local_units=_summed(local, units),
        jobs_per_unit=_typical_sizes(cells, local),
    )
    return Divisions(year, jobs, _worst(status, units), totals, reference, interval)


def _summed(table: pd.DataFrame, units: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return a row a unit: the sum of its parts, NaN where one of them is not known."""
    plain = [codes[0] for codes in units.values()]
    if all(len(codes) == 1 for codes in units.values()):
        rows = table.reindex(plain).set_axis(list(units))
    else:
        rows = pd.DataFrame({label: table.reindex(list(codes)).sum(skipna=False) for label, codes in units.items()}).T
    rows.index.name, rows.columns.name = "region", "sector"
    return rows


def _worst(status: pd.DataFrame, units: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    if all(len(codes) == 1 for codes in units.values()):
        return status.reindex([codes[0] for codes in units.values()]).fillna("missing").set_axis(list(units))
    return pd.DataFrame({
        label: status.reindex(list(codes)).fillna("missing").agg(worst_status) for label, codes in units.items()
    }).T  # fmt: skip


def _typical_sizes(cells: pd.DataFrame, local: pd.DataFrame) -> pd.Series:
    """Return jobs per local unit by division over the countries that publish both."""
    national = cells[cells["region"].isin(EU28_MEMBERS)].pivot(index="region", columns="sector", values="value")
    units = local.reindex(index=national.index, columns=national.columns)
    both = national.notna() & units.notna()
    return national.where(both).sum() / units.where(both).sum().replace(0, np.nan)


@functools.lru_cache(maxsize=4)
def broken_countries(start: int, end: int) -> tuple[str, ...]:
    """Return the codes of the EU countries with a break in any division after the start, up to the end."""
    broken = first_breaks(datasets.employment(), list(divisions(end).jobs.columns), start, end)
    return tuple(sorted({code[:2] for code in broken} & set(EU28_MEMBERS)))


def learning_regions(year: int = 2014) -> pd.DataFrame:
    """Return the presences of the EU's regions outside the Alps: what relatedness is learnt on, and not used on."""
    held = divisions(year).presence
    alpine = set().union(*(regions.perimeter(perimeter) for perimeter in regions.PERIMETERS))
    return held[~held.index.isin(alpine)]


@functools.lru_cache(maxsize=6)
def learnt_proximity(year: int = 2014) -> pd.DataFrame:
    """Return the proximities of divisions learnt outside the Alps."""
    return proximity(learning_regions(year))
