"""The regions that have, or stand for, a smart specialisation strategy, as areas with figures for every division.

What alignment, benchmark and stress test start from: one row a strategy, however many NUTS 2 regions it covers.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.indicators.relatedness import relatedness_density
from alpclusters_lib.reports import divisions
from alpclusters_lib.reports.case import Unit, parse_unit

__all__ = ["StrategyRegions", "area", "name_of", "priorities", "short_name", "strategy_regions", "unit"]


@dataclass(frozen=True)
class StrategyRegions:
    """Figures of one year, key of the strategy's region × division.

    ``jobs``, ``status``, ``presence``, ``density`` (relatedness density in per cent, learnt on EU regions outside the
    Alps) as tables; ``totals`` by region; ``reference`` the EU's jobs by division and ``other``; ``interval`` the
    location quotients with their 95 % limits (``estimate, lower, upper``), index (region, sector); ``without`` the keys
    of regions without figures by industry. A withheld figure counts with the middle of its limits: its status says so.
    """

    year: int
    jobs: pd.DataFrame
    status: pd.DataFrame
    totals: pd.Series
    reference: pd.Series
    interval: pd.DataFrame
    presence: pd.DataFrame
    density: pd.DataFrame
    without: tuple[str, ...]

    @property
    def quotients(self) -> pd.DataFrame:
        """The location quotients, region × division."""
        return self.interval["estimate"].unstack(sort=False)

    @property
    def lower(self) -> pd.DataFrame:
        """The lower limits of the location quotients: above 1 the region is specialised."""
        return self.interval["lower"].unstack(sort=False)

    @property
    def upper(self) -> pd.DataFrame:
        """The upper limits of the location quotients."""
        return self.interval["upper"].unstack(sort=False)


def unit(key: str) -> Unit:
    """Return the area of a strategy as the unit that case studies use; an unknown key raises a sentence."""
    regions.s3_region(key)
    return parse_unit(key)


def area(key: str) -> tuple[str, ...]:
    """Return the NUTS 2 codes of a strategy's area; the canton of Fribourg has its frame, CH02.

    Examples
    --------
    >>> area("slovenia"), area("fribourg")
    (('SI03', 'SI04'), ('CH02',))
    """
    return tuple(dict.fromkeys(code[:4] for code in regions.s3_region(key).codes))


@functools.lru_cache(maxsize=16)
def name_of(key: str) -> str:
    """Return the English name of a strategy's region; an unknown key raises a sentence."""
    return regions.s3_region(key).name("en")


def short_name(key: str) -> str:
    """Return the name without what the area is, for charts.

    Examples
    --------
    >>> short_name("trento")
    'Trento'
    """
    return name_of(key).removeprefix("Autonomous Province of ").removeprefix("Canton of ")


@functools.lru_cache(maxsize=4)
def strategy_regions(year: int = 2014) -> StrategyRegions:
    """Return the figures of the strategies' areas.

    Raises
    ------
    ValueError
        If there are no figures for the year.
    """
    parts, without = {}, []
    links = divisions.learnt_proximity(year)
    known = set(datasets.employment(year=year)["region"])
    for key in regions.s3_regions().index:
        codes = unit(key).codes
        if unit(key).national_frame or not known.issuperset(codes):
            without.append(key)
            continue
        parts[key] = divisions.unit_divisions(unit(key), year)
    one = next(iter(parts.values()))

    def stacked(name: str) -> pd.DataFrame:
        rows = [getattr(part, name).set_axis([key]) for key, part in parts.items()]
        return pd.concat(rows).rename_axis("region")

    presence = stacked("presence")
    interval = pd.concat({key: part.interval.droplevel("region") for key, part in parts.items()}, names=["region"])
    return StrategyRegions(
        year, stacked("jobs"), stacked("status"), stacked("totals"), one.reference, interval, presence,
        relatedness_density(presence, links), tuple(without),
    )  # fmt: skip


def priorities(period: str = "2014-2020") -> pd.DataFrame:
    """Return the priorities of one period, found or not: index ``id``; region, priority, status, source.

    A blank priority says in ``status`` what exists but was not found.
    """
    table = datasets.facts("s3_priorities").set_index("id")
    held = table["period"].unique()
    if period not in held:
        raise ValueError(f"no priorities of the period {period!r}; there are {', '.join(held)}")
    return table[table["period"] == period].drop(columns="period")
