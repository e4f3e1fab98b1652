"""From divisions to a cluster: jobs summed over whole divisions, with exact limits where one is hidden.

A hidden division is neither dropped nor guessed. The published total of its NACE section bounds it: all hidden
divisions of a section together hold what the section has beyond its published ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.status import STATUSES, worst_status
from alpclusters_lib.indicators.specialisation import location_quotient_interval

__all__ = ["cluster_employment", "cluster_quotients", "pooled"]


def cluster_employment(employment: pd.DataFrame, divisions: Sequence[str]) -> pd.DataFrame:
    r"""Sum jobs over the divisions of a cluster, with limits where a division is hidden.

    .. math:: \underline e = \sum_{i\ known} e_i, \qquad
              \overline e = \underline e + \sum_s \Big(e_s - \sum_{i \in s,\ known} e_i\Big)

    the second sum over the sections :math:`s` that hide a division of the cluster.

    Parameters
    ----------
    employment
        Long table ``region, sector, year, value, status`` with divisions and sections.
    divisions
        NACE divisions of the cluster, such as ``["C26", "C27", "C28"]``.

    Returns
    -------
    DataFrame
        Index (region, year); ``jobs`` (NaN where a division is hidden), ``lower``, ``upper`` (NaN where the section
        is hidden too, so that nothing bounds the sum), ``hidden`` (how many divisions) and ``status``: the worst of
        the divisions' where none is hidden, else ``bound``, or ``missing`` where nothing is known. Limits of a row
        with hidden divisions are rounded outwards to tens, so that a subtraction does not reveal a cell.

    Raises
    ------
    ValueError
        If no division is named or one is not in the table.

    Examples
    --------
    >>> rows = [("ITC2", "C", 100), ("ITC2", "C21", None), ("ITC2", "C32", 61), ("ITC2", "C10", 22)]
    >>> table = pd.DataFrame(rows, columns=["region", "sector", "value"]).assign(year=2014)
    >>> table["status"] = ["observed", "confidential", "observed", "observed"]
    >>> cluster_employment(table, ["C21", "C32"]).iloc[0].to_dict()
    {'jobs': nan, 'lower': 60.0, 'upper': 80.0, 'hidden': 1, 'status': 'bound'}
    """
    divisions = list(dict.fromkeys(divisions))
    known = set(employment["sector"].unique())
    absent = [d for d in divisions if d not in known]
    if not divisions or absent:
        what = f"no division {absent[0]} in the table" if absent else "a cluster needs at least one division"
        raise ValueError(f"{what}; a NACE division such as C28 would be right")
    doubled = employment[employment.duplicated(["region", "sector", "year"])]
    if len(doubled):
        cell = doubled.iloc[0]
        raise ValueError(f"{cell.region}, {cell.sector}, {cell.year} stands twice; each cell may stand once")
    coded = employment.assign(rank=employment["status"].map(STATUSES.index))
    both = coded.pivot(index=["region", "year"], columns="sector", values=["value", "rank"])
    wide = both["value"]
    inside, worst = wide[divisions], both["rank"][divisions].max(axis=1)
    hidden = inside.isna().sum(axis=1)
    lower = inside.sum(axis=1)
    room = pd.Series(0.0, index=wide.index)
    for section in sorted({d[0] for d in divisions}):
        members = [c for c in wide if len(c) == 3 and c[0] == section]
        rest = (wide.get(section, pd.Series(np.nan, wide.index)) - wide[members].sum(axis=1)).clip(lower=0)
        hides = inside[[d for d in divisions if d[0] == section]].isna().any(axis=1)
        room += rest.where(hides, 0.0)
    bound = (hidden > 0) & (hidden < len(divisions)) | ((hidden == len(divisions)) & room.notna())
    table = pd.DataFrame(
        {
            "jobs": lower.where(hidden == 0),
            "lower": np.where(hidden == 0, lower, np.floor(lower / 10) * 10),
            "upper": np.where(hidden == 0, lower, np.ceil((lower + room) / 10) * 10),
            "hidden": hidden,
            "status": np.where(
                hidden == 0, np.array(STATUSES)[worst.fillna(0).astype(int)], np.where(bound, "bound", "missing")
            ),
        },
        index=wide.index,
    )
    table.loc[table["status"] == "missing", ["lower", "upper"]] = np.nan
    return table


def pooled(table: pd.DataFrame, codes: Iterable[str], label: str) -> pd.DataFrame:
    """Add regions up to one unit: sums of jobs and limits, the worst status.

    Parameters
    ----------
    table
        Numeric columns and ``status``, index (region, year).
    codes
        The regions to add up; one that is absent in a year makes that year ``missing``.
    label
        What the unit is called in the result's index.

    Returns
    -------
    DataFrame
        The same columns, index (label, year); NaN in one part makes the sum NaN.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("SI03", 2014), ("SI04", 2014)], names=["region", "year"])
    >>> parts = pd.DataFrame({"jobs": [10.0, 5.0], "status": ["observed", "observed"]}, index=index)
    >>> pooled(parts, ["SI03", "SI04"], "Slovenia").loc[("Slovenia", 2014), "jobs"].item()
    15.0
    """
    codes = list(dict.fromkeys(codes))
    parts = table[table.index.get_level_values("region").isin(codes)]
    by_year = parts.groupby("year")
    numbers = by_year[list(parts.columns.drop("status"))].sum(min_count=len(codes))
    numbers["status"] = by_year["status"].agg(worst_status)
    short = by_year.size() < len(codes)
    numbers.loc[short, "status"] = "missing"
    numbers.index = pd.MultiIndex.from_product([[label], numbers.index], names=["region", "year"])
    return numbers[list(table.columns)]


def cluster_quotients(
    jobs: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    reference_jobs: float,
    reference_total: float,
    local_units: pd.Series | None = None,
    jobs_per_unit: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return share, location quotient and interval of a cluster in many regions, hidden divisions included.

    Parameters
    ----------
    jobs
        ``jobs, lower, upper, status`` by region (:func:`cluster_employment` of one year).
    totals
        ``value, status`` by region: jobs of the business economy.
    reference_jobs, reference_total
        The cluster's and all jobs of the reference economy.
    local_units
        Local units of the cluster by region, for the interval's design effect.
    jobs_per_unit
        What a local unit holds where a region hides their number; the mean over the table's rows where omitted,
        so that a row's limits then depend on the other rows.
    level
        Coverage of the interval.

    Returns
    -------
    DataFrame
        By region: ``jobs, jobs_lower, jobs_upper, share, lq, lq_lower, lq_upper, lower, upper, status``. Where jobs
        are known ``lower`` and ``upper`` are the interval of the quotient if establishments were redrawn. Where they
        are bounded, ``lq`` is NaN, ``lq_lower`` and ``lq_upper`` are the quotients of the limits, and ``lower`` and
        ``upper`` the outer ends of their intervals.
    """
    totals = totals.reindex(jobs.index)
    reference = pd.Series({"cluster": reference_jobs, "rest": reference_total - reference_jobs})
    units = None if local_units is None else local_units.reindex(jobs.index)
    units = None if units is None else units.rename("cluster").to_frame()
    typical = None if jobs_per_unit is None else pd.Series({"cluster": jobs_per_unit})

    def limits(column: str) -> pd.DataFrame:
        values = jobs[[column]].set_axis(["cluster"], axis=1)
        kept = values["cluster"].notna() & totals["value"].notna()
        return (
            location_quotient_interval(
                values[kept],
                totals=totals["value"][kept],
                reference=reference,
                local_units=None if units is None else units[kept],
                jobs_per_unit=typical,
                level=level,
            )
            .droplevel("sector")
            .reindex(jobs.index)
        )

    exact, lowest, highest = limits("jobs"), limits("lower"), limits("upper")
    return pd.DataFrame(
        {
            "jobs": jobs["jobs"],
            "jobs_lower": jobs["lower"],
            "jobs_upper": jobs["upper"],
            "share": jobs["jobs"] / totals["value"],
            "lq": exact["estimate"],
            "lq_lower": lowest["estimate"],
            "lq_upper": highest["estimate"],
            "lower": exact["lower"].fillna(lowest["lower"]),
            "upper": exact["upper"].fillna(highest["upper"]),
            "status": [
                worst_status([a, b if isinstance(b, str) else "missing"])
                for a, b in zip(jobs["status"], totals["status"], strict=True)
            ],
        }
    )
