"""Readers of the tables around industry: GDP, patents, innovation, competitiveness, productivity, Swiss cantons, links.

They are reached as ``datasets.gdp()`` and so on. A region that a table lists without a figure comes back as a row
``missing``, never as zero; what a table does not list is an error.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from alpclusters_lib.selection import load, nearest_year, processed_file, select_indicators

__all__ = ["cluster_links", "competitiveness", "gdp", "innovation", "patents", "productivity", "swiss_cantons"]

Names = Iterable[str] | str


def gdp(
    *,
    indicator: Names | None = None,
    year: int | None = None,
    regions: Names | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return gross domestic product by NUTS 0-3 region, 2000-2015 (release of 2017; without CH and LI).

    Parameters
    ----------
    indicator
        ``gdp_million_eur``, ``gdp_million_pps``, ``gdp_per_inhabitant_eur``, ``gdp_per_inhabitant_pps``; all where
        omitted. Figures per inhabitant are published, rounded to 100.
    year, regions, level
        What to keep; all where omitted.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, vintage``. ``vintage`` is 2016, or 2013 for a code whose area
        has no equal since.

    Raises
    ------
    ValueError
        If an indicator, a year, a region or a level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> gdp(indicator="gdp_million_eur", year=2014, regions="ITC4")["value"].item()
    351831.0
    """
    table = load(processed_file("gdp.parquet"))
    return select_indicators(table, "GDP", indicator=indicator, year=year, regions=regions, level=level)


def patents(
    *,
    indicator: Names | None = None,
    year: int | None = None,
    regions: Names | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return patent applications to the EPO by NUTS 0-3 region and year of priority, 1977-2012.

    Parameters
    ----------
    indicator
        ``epo_applications`` (counted in fractions by the inventors' residence) or ``epo_applications_per_million``;
        both where omitted.
    year, regions, level
        What to keep; all where omitted.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, vintage``. ``vintage`` is 2016, or 2010 for a code whose area
        has no equal since (SI01, SI02: their successors SI03 and SI04 have other boundaries).

    Raises
    ------
    ValueError
        If an indicator, a year, a region or a level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> patents(indicator="epo_applications", year=2012, regions="ITC4")["value"].item()
    909.08
    """
    table = load(processed_file("patents.parquet"))
    return select_indicators(table, "patents", indicator=indicator, year=year, regions=regions, level=level)


def innovation(
    *,
    indicator: Names | None = None,
    year: int | None = None,
    regions: Names | None = None,
    nearest: int | None = None,
) -> pd.DataFrame:
    """Return innovation indicators by NUTS 2 region, 2005-2019.

    Titles, units, directions and sources are ``facts("innovation_indicators")``; ``core`` marks the 13 that at least
    33 of the 35 Alpine Space regions have about 2014.

    Parameters
    ----------
    indicator, year, regions
        What to keep; all where omitted.
    nearest
        Where given with ``year``: the figure nearest to the year for each region and indicator, at most so many years
        away, of two equally near the earlier. R&D is published every other year only, patents until 2012.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, source``.

    Raises
    ------
    ValueError
        If an indicator, a year or a region is not in the table; the sentence says what is available.

    Examples
    --------
    >>> innovation(indicator="unemployment_pct", year=2014, regions="ITC4")["value"].item()
    8.2
    >>> innovation(indicator="business_rd_personnel_pct", year=2014, regions="CH03", nearest=2)["year"].item()
    2015
    """
    table = load(processed_file("innovation.parquet"))
    if nearest is None:
        return select_indicators(table, "innovation", indicator=indicator, year=year, regions=regions)
    if year is None:
        raise ValueError("nearest needs a year; year=2014 would be right")
    return nearest_year(select_indicators(table, "innovation", indicator=indicator, regions=regions),
                        year=year, within=nearest)  # fmt: skip


def competitiveness(*, year: int | None = None, regions: Names | None = None, level: int | None = None) -> pd.DataFrame:
    """Return the Regional Competitiveness Index (z-scores) of 2010, 2013, 2016 and 2019, by NUTS 0 or 2 region.

    The index merges capitals with their surroundings: AT12 and AT13 have one value, ``estimated`` for each, and the
    flag names the merged unit. Switzerland and Liechtenstein are ``missing``.

    Raises
    ------
    ValueError
        If a year, a region or a level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> competitiveness(year=2016, regions=["AT13", "ITC4"])[["region", "value", "status"]].values.tolist()
    [['AT13', 0.47, 'estimated'], ['ITC4', -0.05, 'observed']]
    """
    table = load(processed_file("competitiveness.parquet"))
    return select_indicators(table, "competitiveness", year=year, regions=regions, level=level)


def productivity(
    *,
    indicator: Names | None = None,
    year: int | None = None,
    regions: Names | None = None,
    sectors: Names | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return value added, wages and productivity by country and sector, 2005-2015, and wages by NUTS 2 region.

    Parameters
    ----------
    indicator
        Amounts (``value_added``, ``wages``, ``personnel_costs``, ``turnover`` in million EUR; ``enterprises``,
        ``employment``, ``employees``) and what is recomputed from them (``value_added_per_person_eur``,
        ``wage_per_employee_eur``, ``wage_per_person_employed_eur``, ``persons_per_enterprise``). Regions have
        ``wages`` and ``wage_per_person_employed_eur``.
    year, regions, sectors, level
        What to keep; all where omitted.

    Returns
    -------
    DataFrame
        ``region, sector, indicator, year, value, status, flag``.

    Raises
    ------
    ValueError
        If an indicator, a year, a region, a sector or a level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> productivity(indicator="value_added_per_person_eur", year=2014, regions="CH", sectors="C28")["value"].item()
    111829.0
    """
    table = load(processed_file("productivity.parquet"))
    return select_indicators(
        table, "productivity", indicator=indicator, year=year, regions=regions, sectors=sectors, level=level
    )


def swiss_cantons(
    *,
    indicator: Names | None = None,
    year: int | None = None,
    regions: Names | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return Swiss figures by canton (NUTS 3), by the seven regions (NUTS 2) and for the country, 2010-2019.

    Codes and names of the cantons are ``facts("swiss_cantons")``. GDP per inhabitant (CHF) is as each year's overview
    had it and was never carried back: its change over time holds revisions. Liechtenstein is ``missing`` throughout.

    Raises
    ------
    ValueError
        If an indicator, a year, a region or a level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> swiss_cantons(indicator="employed_secondary", year=2014, regions=["CH022", "CH02"])["value"].tolist()
    [261904.0, 37162.0]
    """
    table = load(processed_file("swiss.parquet"))
    return select_indicators(table, "Swiss figures", indicator=indicator, year=year, regions=regions, level=level)


def cluster_links() -> pd.DataFrame:
    """Return how pairs of NACE divisions are linked through the clusters of the United States.

    Measures are chances: an industry drawn from each division belongs to the same traded cluster, to two linked ones,
    to two linked ones graded strong or very strong, to any two. :mod:`alpclusters_lib.cleaning.cluster_links` has
    formula and limits: American clusters over a derived bridge, local industries in none of them.

    Returns
    -------
    DataFrame
        ``division_a, division_b, same_cluster, linked, linked_strong, both_traded``; each pair once, a first in the
        alphabet. :func:`alpclusters_lib.indicators.links.linkage_matrix` makes a square table of it.

    Examples
    --------
    >>> cluster_links().set_index(["division_a", "division_b"]).loc[("C28", "C29")].round(3).tolist()
    [0.086, 0.516, 0.493, 0.959]
    """
    table = load(processed_file("cluster_links.parquet")).copy()
    return table.astype({"division_a": str, "division_b": str})
