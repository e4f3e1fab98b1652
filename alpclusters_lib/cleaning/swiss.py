"""Switzerland by canton and by the seven regions: residents, GDP per inhabitant, persons employed and workplaces.

Persons employed and establishments come from the FSO's business statistics of 2011 and later; the census of 2008 is
another survey and is left out. GDP per inhabitant is what each year's overview held and was never carried back: the
flag names the overview, and a change between overviews holds revisions (Ticino 66,611 in 2011, 80,389 in 2013).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["INDICATORS", "revisions", "swiss_regions"]

COUNTRY = "CH"
KEY = ["region", "indicator", "year"]
FIRST_YEAR = 2010
GDP, RESIDENTS = "gdp_per_inhabitant_chf", "residents"
# Our indicator and its description.
INDICATORS = {
    "residents": "permanent residents at the end of the year",
    "gdp_per_inhabitant_chf": "gross domestic product per inhabitant, CHF",
    "employed": "persons employed",
    **{f"employed_{s}": f"persons employed, {s} sector" for s in ("primary", "secondary", "tertiary")},
    "establishments": "business establishments (workplaces)",
    **{f"establishments_{s}": f"business establishments, {s} sector" for s in ("primary", "secondary", "tertiary")},
    **{f"employment_{s}_share": f"share of the {s} sector in employment by residence (Labour Force Survey), 0 to 1"
       for s in ("primary", "secondary", "tertiary")},
}  # fmt: skip
SHARES_YEAR = 2016
ABSENT = ("LI", "LI00", "LI000")


def revisions(published: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that a later overview changed, first and last one side by side.

    Parameters
    ----------
    published
        What :func:`alpclusters_lib.sources.swiss.read_cantons` returns.

    Returns
    -------
    DataFrame
        ``canton, indicator, year, value_first, value_last``.

    Examples
    --------
    >>> columns = ["canton", "indicator", "year", "value", "file_year"]
    >>> rows = [["Zug", "residents", 2012, 116575.0, 2014], ["Zug", "residents", 2012, 116576.0, 2015]]
    >>> revisions(pd.DataFrame(rows, columns=columns)).values.tolist()
    [['Zug', 'residents', 2012, 116575.0, 116576.0]]
    """
    cell = ["canton", "indicator", "year"]
    ordered = published.dropna(subset="value").sort_values([*cell, "file_year"])
    ends = ordered.groupby(cell)["value"].agg(["first", "last", "nunique"])
    changed = ends.loc[ends["nunique"] > 1, ["first", "last"]]
    return changed.rename(columns={"first": "value_first", "last": "value_last"}).reset_index()


def _cantons(published: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return the latest figure of each cell by NUTS 3 code, the country's under CH."""
    codes = {**names.set_index("published_name")["nuts3"].to_dict(), "Switzerland": COUNTRY}
    unknown = sorted(set(published["canton"]) - set(codes))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no canton of data/raw/facts/swiss_cantons.csv; it has {', '.join(codes)}")
    absent = sorted(set(codes) - set(published["canton"]))
    if absent:
        raise ValueError(
            f"the cantonal overviews hold no figure of {absent[0]}; all 26 cantons and Switzerland are right"
        )
    rows = published[published["year"] >= FIRST_YEAR].assign(region=published["canton"].map(codes))
    rows = rows.sort_values([*KEY, "file_year"]).drop_duplicates(KEY, keep="last")
    overview = "overview of " + rows["file_year"].astype("str")
    rows["flag"] = np.where(rows["indicator"] == GDP, overview, "")
    rows["status"] = np.where(rows["value"].notna(), "observed", "missing")
    return rows[[*KEY, "value", "status", "flag"]]


def _seven_regions(cantons: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return counts of the seven regions as sums, GDP per inhabitant as the mean weighted by residents."""
    parents = names.set_index("nuts3")["nuts2"]
    rows = cantons[cantons["region"].isin(parents.index)]
    number = parents.value_counts()
    wide = rows.pivot(index=["region", "year"], columns="indicator", values="value")
    wide[GDP] *= wide[RESIDENTS]
    totals = wide.groupby([parents.reindex(wide.index.get_level_values("region")).to_numpy(), "year"]).agg(
        lambda values: values.sum(skipna=False)
    )
    totals.index.names = ["region", "year"]
    totals[GDP] /= totals[RESIDENTS]
    long = totals.stack().rename("value").dropna().reset_index().rename(columns={"level_2": "indicator"})
    alone = long["region"].map(number) == 1
    ratio = long["indicator"] == GDP
    long["status"] = np.where(ratio & ~alone, "estimated", "observed")
    words = np.where(ratio, "mean of cantons weighted by residents", "sum of cantons")
    long["flag"] = np.where(alone, "one canton", words)
    return long[[*KEY, "value", "status", "flag"]]


def swiss_regions(published: pd.DataFrame, shares: pd.DataFrame, *, names: pd.DataFrame) -> pd.DataFrame:
    """Return the Swiss figures by canton (NUTS 3), region (NUTS 2) and for the country; Liechtenstein as missing.

    Parameters
    ----------
    published
        What :func:`alpclusters_lib.sources.swiss.read_cantons` returns. Of several overviews the latest counts.
    shares
        What :func:`alpclusters_lib.sources.swiss.read_sector_shares` returns.
    names
        ``data/raw/facts/swiss_cantons.csv``.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag``. A year that no overview holds is ``missing``.

    Raises
    ------
    ValueError
        If a canton or one of the seven regions is unknown or not there.
    """
    cantons = _cantons(published, names)
    sevens = sorted(names["nuts2"].unique())
    lacking = sorted(set(sevens) - set(shares["geo"]))
    if lacking:
        raise ValueError(f"the sector shares of {SHARES_YEAR} hold no row of {lacking[0]}; all of CH01-CH07 are right")
    survey = shares[shares["geo"].isin(sevens)].melt("geo", var_name="sector", value_name="value")
    survey = survey.assign(
        region=survey["geo"], indicator="employment_" + survey["sector"] + "_share", year=SHARES_YEAR, flag=""
    )
    survey["status"] = np.where(survey["value"].notna(), "observed", "missing")
    found = pd.concat([cantons, _seven_regions(cantons, names), survey[[*KEY, "value", "status", "flag"]]])
    years = found.groupby("indicator")["year"].agg(["min", "max"])
    everywhere = [COUNTRY, *sevens, *names["nuts3"], *ABSENT]
    grid = [
        (region, indicator, year)
        for indicator, (first, last) in zip(years.index, years.to_numpy(), strict=True)
        for region in ([*sevens, "LI00"] if indicator.endswith("_share") else everywhere)
        for year in range(first, last + 1)
    ]
    table = found.set_index(KEY).reindex(pd.MultiIndex.from_tuples(sorted(grid), names=KEY)).reset_index()
    return table.fillna({"status": "missing", "flag": ""}).astype({"year": "int16"})
