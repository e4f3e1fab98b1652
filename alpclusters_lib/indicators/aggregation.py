"""From divisions to a cluster: jobs summed over whole divisions, with limits where one is estimated or hidden.

A hidden division is neither dropped nor taken for zero. Where the table holds an estimate it counts with it, and the
sum carries the limits that published figures leave; where it holds none, the published total of the section bounds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators.specialisation import location_quotient_interval

__all__ = ["cluster_employment", "cluster_quotients", "pooled"]


def _checked(employment: pd.DataFrame, divisions: Sequence[str]) -> list[str]:
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
    return divisions


def _by_sector(employment: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return ``counted, lower, upper, observed`` as tables (region, year) × sector.

    A cell without an estimate has the limits 0 and infinity; one that confidentiality withholds counts with the middle
    of its limits.
    """
    # a figure that is only a lower limit (an EU sum with absent members) is published all the same
    status = employment["status"]
    table = employment.assign(
        observed=(employment["value"].notna() & status.isin(["observed", "bound"])).astype(float),
        limit=(employment["value"].notna() & (status == "bound")).astype(float),
    )
    if "lower" not in table:
        table = table.assign(lower=table["value"], upper=table["value"])
    withheld = (table["status"] == "confidential") & table["value"].isna()
    table["counted"] = table["value"].where(~withheld, (table["lower"] + table["upper"]) / 2)
    columns = ["value", "counted", "lower", "upper", "observed", "limit"]
    wide = table.pivot(index=["region", "year"], columns="sector", values=columns)
    fill = {"lower": 0.0, "upper": np.inf, "observed": 0.0, "limit": 0.0}
    return {name: wide[name].fillna(fill[name]) if name in fill else wide[name] for name in columns}


def _within_section(parts: dict[str, pd.DataFrame], section: str, inside: list[str]) -> tuple[pd.Series, pd.Series]:
    """Return what a section's published total allows the unpublished divisions of a cluster to hold together."""
    members = [c for c in parts["value"] if len(c) == 3 and c[0] == section]
    others = [c for c in members if c not in inside]
    published = parts["observed"] == 1
    index = parts["value"].index
    total = parts["value"][section].where(published[section]) if section in parts["value"] else pd.Series(np.nan, index)
    rest = (total - parts["value"][members].where(published[members]).sum(axis=1)).clip(lower=0)
    low, high = (parts[name][others].mask(published[others], 0.0).sum(axis=1) for name in ("lower", "upper"))
    return (rest - high).clip(lower=0).fillna(0.0), (rest - low).clip(lower=0).fillna(np.inf)


def cluster_employment(employment: pd.DataFrame, divisions: Sequence[str]) -> pd.DataFrame:
    r"""Sum jobs over the divisions of a cluster, with limits where a division is not published.

    .. math:: e = \sum_i \hat e_i, \qquad
              \overline e = \sum_{i\ published} e_i + \sum_s \min\Big(\sum_{i \in s} \overline e_i,\;
              e_s - \sum_{j \in s,\ published} e_j - \sum_{j \in s,\ outside} \underline e_j\Big)

    the second sum over the sections :math:`s` that hide a division of the cluster; the lower limit likewise.

    Parameters
    ----------
    employment
        Long table ``region, sector, year, value, status`` with divisions and sections, and ``lower, upper`` where cells
        are estimated.
    divisions
        NACE divisions of the cluster, such as ``["C26", "C27", "C28"]``.

    Returns
    -------
    DataFrame
        Index (region, year); ``jobs`` (NaN where a division has no estimate, and where the cluster is one division that
        confidentiality withholds), ``lower``, ``upper`` (NaN where nothing bounds the sum), ``hidden`` (how many
        divisions are not published) and ``status``: ``observed``, ``estimated`` where an estimate counts, ``bound``
        where only limits are known, ``missing``. A withheld division counts with the middle of its rounded limits, and
        its section does not narrow them. Limits of a row with hidden divisions are rounded outwards to tens, so that
        a subtraction does not reveal a cell.

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
    >>> table.loc[1, ["value", "status"]] = [12.0, "estimated"]
    >>> table = table.assign(lower=[100, 0, 61, 22], upper=[100, 30, 61, 22])
    >>> cluster_employment(table, ["C21", "C32"]).iloc[0].to_dict()
    {'jobs': 73.0, 'lower': 70.0, 'upper': 80.0, 'hidden': 1, 'status': 'estimated'}
    """
    divisions = _checked(employment, divisions)
    # other sections say nothing of these divisions
    sections = {d[0] for d in divisions}
    near = [s for s in employment["sector"].unique() if s[0] in sections and len(s) <= 3]
    parts = _by_sector(employment[employment["sector"].isin(near)])
    published = parts["observed"][divisions] == 1
    hidden = (~published).sum(axis=1)
    withheld = parts["value"][divisions].isna() & parts["counted"][divisions].notna()
    known = parts["value"][divisions].where(published).sum(axis=1)
    lower, upper = known.copy(), known.copy()
    for section in sorted({d[0] for d in divisions}):
        inside = [d for d in divisions if d[0] == section]
        least, most = (parts[name][inside].mask(published[inside], 0.0).sum(axis=1) for name in ("lower", "upper"))
        low, high = _within_section(parts, section, inside)
        narrow = (~published[inside]).any(axis=1) & ~withheld[inside].any(axis=1)
        estimated = narrow & parts["value"][inside].notna().all(axis=1)
        lower += np.maximum(least, low.where(estimated, 0.0))
        upper += np.minimum(most, high.where(narrow, np.inf))
    jobs = parts["counted"][divisions].sum(axis=1, skipna=False)
    jobs[withheld.any(axis=1) & (len(divisions) == 1)] = np.nan
    told = (hidden < len(divisions)) | np.isfinite(upper)
    whole = np.where((parts["limit"][divisions] == 1).any(axis=1), "bound", "observed")
    status = np.where(hidden == 0, whole, np.where(jobs.notna(), "estimated", np.where(told, "bound", "missing")))
    table = pd.DataFrame(
        {
            "jobs": jobs,
            "lower": np.where(hidden == 0, known, np.floor(lower / 10) * 10),
            "upper": np.where(hidden == 0, known, np.ceil(upper / 10) * 10),
            "hidden": hidden,
            "status": status,
        },
        index=known.index,
    )
    table.loc[table["status"] == "missing", ["lower", "upper"]] = np.nan
    return table.replace({"upper": {np.inf: np.nan}})


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
        ``value, status`` by region, ``lower, upper`` where totals are estimated: jobs of the business economy.
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
        By region: ``jobs, jobs_lower, jobs_upper, share, lq, lq_lower, lq_upper, lower, upper, extreme_lower,
        extreme_upper, status``. ``lower`` and ``upper`` are the interval of the quotient if establishments were
        redrawn; ``lq_lower`` and ``lq_upper`` the quotients at the limits of estimated figures (the total at its
        opposite limit), ``extreme_lower`` and ``extreme_upper`` the outer ends of their intervals; the same as the
        former where all figures are published. Where jobs are only bounded ``lq`` is NaN and ``lower`` and ``upper``
        are those outer ends.
    """
    totals = totals.reindex(jobs.index)
    reference = pd.Series({"cluster": reference_jobs, "rest": reference_total - reference_jobs})
    units = None if local_units is None else local_units.reindex(jobs.index)
    units = None if units is None else units.rename("cluster").to_frame()
    typical = None if jobs_per_unit is None else pd.Series({"cluster": jobs_per_unit})

    def limits(column: str, total: str) -> pd.DataFrame:
        values = jobs[[column]].set_axis(["cluster"], axis=1)
        everything = totals[total if total in totals else "value"].fillna(totals["value"])
        kept = values["cluster"].notna() & everything.notna()
        return (
            location_quotient_interval(
                values[kept],
                totals=everything[kept],
                reference=reference,
                local_units=None if units is None else units[kept],
                jobs_per_unit=typical,
                level=level,
            )
            .droplevel("sector")
            .reindex(jobs.index)
        )

    # the least quotient has the fewest jobs of the cluster in the largest economy
    exact, lowest, highest = limits("jobs", "value"), limits("lower", "upper"), limits("upper", "lower")
    # ... but the interval of a handful of jobs may reach further than that of many
    least = np.minimum(lowest["lower"], exact["lower"].fillna(lowest["lower"]))
    most = np.maximum(highest["upper"], exact["upper"].fillna(highest["upper"]))
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
            "extreme_lower": least,
            "extreme_upper": most,
            "status": [
                worst_status([a, b if isinstance(b, str) else "missing"])
                for a, b in zip(jobs["status"], totals["status"], strict=True)
            ],
        }
    )
