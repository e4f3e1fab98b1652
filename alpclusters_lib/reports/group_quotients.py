"""Location quotients of any group of divisions in any areas against the EU, with their limits."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28, EU28_MEMBERS
from alpclusters_lib.indicators.aggregation import cluster_employment, cluster_quotients
from alpclusters_lib.reports.evidence import typical_size

__all__ = ["group_quotients", "group_sizes"]


@functools.lru_cache(maxsize=8)
def _published(codes: tuple[str, ...], year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return jobs and local units of some areas, and of the countries whose sizes of firms and sums are needed."""
    needed = {*codes, *EU28_MEMBERS, EU28}
    tables = (datasets.employment(year=year), datasets.local_units(year=year))
    return tuple(
        table[table["region"].isin(needed)].assign(sector=lambda t: t["sector"].astype(str)) for table in tables
    )


def group_sizes(group: tuple[str, ...], codes: tuple[str, ...], year: int = 2014) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return jobs and local units of a group of divisions by area: ``jobs, lower, upper, hidden, status``."""
    return tuple(cluster_employment(table, group).xs(year, level="year") for table in _published(codes, year))


def group_quotients(group: tuple[str, ...], codes: tuple[str, ...], year: int = 2014) -> pd.DataFrame:
    """Return the location quotients of a group of divisions, index area.

    Parameters
    ----------
    group
        NACE divisions.
    codes
        Areas, of any level that is published; one without figures has a row of NaN.
    year
        Reference year.

    Returns
    -------
    What :func:`~alpclusters_lib.indicators.aggregation.cluster_quotients` has; ``lower, upper`` are its extreme ones:
    what is said of many areas must hold at the limits of their estimates.
    """
    return _group_quotients(tuple(group), tuple(codes), year).copy()


@functools.lru_cache(maxsize=256)
def _group_quotients(group: tuple[str, ...], codes: tuple[str, ...], year: int) -> pd.DataFrame:
    table = _published(codes, year)[0]
    totals = table[table["sector"] == BUSINESS_ECONOMY].set_index("region")[["value", "lower", "upper", "status"]]
    jobs, units = group_sizes(group, codes, year)
    found = cluster_quotients(
        jobs.reindex(list(codes)), totals, reference_jobs=jobs.loc[EU28, "lower"],
        reference_total=totals.loc[EU28, "value"], local_units=units["jobs"],
        jobs_per_unit=typical_size(jobs["jobs"], units["jobs"]),
    )  # fmt: skip
    found[["lower", "upper"]] = found[["extreme_lower", "extreme_upper"]]
    return found
