"""The regional tables that shocks and losses are sent through: a region's industries, their output and their jobs.

Modelled: the country's table of the world, cut by the FLQ with jobs by industry. Its error on the nine Austrian Länder
is in ``regional_model``; no figure made with it should be shown without.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports.chain_trade import world
from alpclusters_lib.value_chains import regional_model
from alpclusters_lib.value_chains.bridge import bridge_weights, covered_industries, to_industries
from alpclusters_lib.value_chains.regionalisation import Located, estimated

__all__ = [
    "BAND",
    "DELTA",
    "DELTAS",
    "WORLD_YEAR",
    "YEAR",
    "Economy",
    "division_jobs",
    "economy",
    "industry_jobs",
    "national",
    "shares_of_industries",
    "spread",
    "world_bridge",
]

YEAR = 2014
WORLD_YEAR = 2011
DELTA = regional_model.DELTA
BAND = (0.15, 0.30)
DELTAS = tuple(delta for delta in regional_model.DELTAS if BAND[0] <= delta <= BAND[1])


@dataclass(frozen=True, eq=False)
class Economy:
    """One region: what its coefficients are taken from, ``output`` and ``jobs`` by world industry.

    Jobs are NaN in industries that the business statistics do not cover.
    """

    case: Located
    output: pd.Series
    jobs: pd.Series

    def coefficients(self, delta: float = DELTA) -> pd.DataFrame:
        """Return regional input coefficients, supplying × using industry, by FLQ."""
        return pd.DataFrame(estimated(self.case, "flq", delta), self.case.sectors, self.case.sectors)


@functools.lru_cache(maxsize=40)
def national(country: str, year: int = WORLD_YEAR) -> regional_model.NationalTable:
    """Return a country's part of the world table, by its name there."""
    table = world(year)
    return regional_model.national_table(table.Z, table.x, country)


@functools.lru_cache(maxsize=1)
def world_bridge() -> tuple[pd.DataFrame, pd.Series]:
    """Return the bridge from divisions to world industries, and which industries the business statistics cover."""
    table = datasets.facts("wiod_bridge")
    return table, covered_industries(sectors.divisions(), table)


@functools.lru_cache(maxsize=1)
def spread() -> pd.DataFrame:
    """Return the weights of the bridge, division × industry."""
    return bridge_weights(world_bridge()[0])


@functools.lru_cache(maxsize=2)
def division_jobs(year: int = YEAR) -> pd.DataFrame:
    """Return jobs region × division; a hidden cell stands in with the middle of its limits."""
    rows = datasets.employment(year=year)
    rows = rows[rows["sector"].isin(sectors.divisions())]
    filled = rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)
    table = rows.assign(value=filled, sector=rows["sector"].astype(str), region=rows["region"].astype(str))
    return table.pivot(index="region", columns="sector", values="value")


@functools.lru_cache(maxsize=2)
def industry_jobs(year: int) -> pd.DataFrame:
    """Return jobs by region and world industry; a region in which a division has no figure nor limits is left out."""
    return to_industries(division_jobs(year).dropna(), world_bridge()[0])


@functools.lru_cache(maxsize=16)
def economy(code: str) -> Economy:
    """Return the economy of a region, a Land or a country by its NUTS code."""
    table, jobs, covered = national(regions.wiod_country(code)), industry_jobs(YEAR), world_bridge()[1]
    case, output = regional_model.regional_economy(table, jobs.loc[code], jobs.loc[code[:2]], covered)
    return Economy(case, output, jobs.loc[code].where(covered).reindex(case.sectors))


def shares_of_industries(code: str, by_division: pd.Series) -> pd.Series:
    """Return a rate given by division as the rate of each world industry, weighted by the region's jobs in it.

    A division that is not named has rate 0; so has an industry without jobs.
    """
    held = division_jobs().loc[code].fillna(0.0)
    parts = spread().reindex(held.index).fillna(0.0).mul(held, axis=0)
    whole = parts.sum()
    return (parts.mul(by_division.reindex(held.index).fillna(0.0), axis=0).sum() / whole.where(whole > 0)).fillna(0.0)
