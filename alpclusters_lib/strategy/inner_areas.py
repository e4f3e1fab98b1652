"""Inner areas of the Alps by NUTS 3 region: type, income, patents, and how far the next listed cluster organisation is.

An *inner mountain area* is our own reading of two of Eurostat's typologies: a region with more than half of its
surface and more than half of its residents in mountain areas that is not predominantly urban. It is not the perimeter
of the Italian national strategy for inner areas, which goes by municipality and by travel time to services.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.strategy.seats import nearest_seats

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["KINDS", "MOUNTAIN", "URBAN", "groups", "profile", "profiles", "typology"]

EU = "EU28"

# Eurostat, Territorial typologies manual: mountain regions have more than 50 % of their surface (GISCO's code 1), of
# their residents (2) or of both (3) in mountain areas. What circulates as the meaning of 1 and 2 does not fit the file
# (2 would put most residents of the province of Torino into the mountains), so the two are one class here.
# https://ec.europa.eu/eurostat/statistics-explained/index.php?title=Territorial_typologies_manual_-_mountain_regions
MOUNTAIN = {
    1: "mountain by surface or residents",
    2: "mountain by surface or residents",
    3: "mountain by surface and residents",
    4: "not mountain",
}
# Share of residents in rural grid cells: below 20 %, 20 to 50 %, at least 50 %.
# https://ec.europa.eu/eurostat/statistics-explained/index.php?title=Territorial_typologies_manual_-_urban-rural_typology
URBAN = {1: "predominantly urban", 2: "intermediate", 3: "predominantly rural"}
KINDS = (
    "inner mountain area, predominantly rural",
    "inner mountain area, intermediate",
    "mountain only in part, or urban",
    "not mountain",
)


def typology(regions: pd.DataFrame) -> pd.DataFrame:
    """Return mountain type, urban-rural type and kind of area by NUTS 3 region, in words.

    Parameters
    ----------
    regions
        By NUTS 3 code: ``mountain_type`` (1 to 4) and ``urban_type`` (1 to 3) as GISCO has them; 0 is unclassified.

    Returns
    -------
    DataFrame
        ``mountain``, ``urban``, ``kind`` (one of `KINDS`) and ``inner``; missing where a type is.

    Raises
    ------
    ValueError
        If a type is none of GISCO's codes.

    Examples
    --------
    >>> types = pd.DataFrame({"mountain_type": [3, 3, 2, 4], "urban_type": [2, 1, 3, 1]}, index=list("abcd"))
    >>> typology(types)["kind"].tolist()[:3]
    ['inner mountain area, intermediate', 'mountain only in part, or urban', 'mountain only in part, or urban']
    """
    for column, words in (("mountain_type", MOUNTAIN), ("urban_type", URBAN)):
        wrong = regions.index[regions[column].notna() & ~regions[column].isin([0, *words])]
        if len(wrong):
            raise ValueError(
                f"{column} of {wrong[0]} is {regions.loc[wrong[0], column]}; {min(words)} to {max(words)}, or 0 where "
                "nothing is classified, would be right"
            )
    mountain, urban = regions["mountain_type"].map(MOUNTAIN), regions["urban_type"].map(URBAN)
    known = mountain.notna() & urban.notna()
    inner = (mountain == MOUNTAIN[3]) & (urban != URBAN[1]) & known
    kind = pd.Series(KINDS[2], index=regions.index, dtype="str").mask(mountain == MOUNTAIN[4], KINDS[3])
    kind = kind.mask(inner & (urban == URBAN[2]), KINDS[1]).mask(inner & (urban == URBAN[3]), KINDS[0])
    return pd.DataFrame({
        "mountain": mountain.astype("str"), "urban": urban.astype("str"), "kind": kind.where(known),
        "inner": inner.astype("boolean").where(known),
    })  # fmt: skip


def _cells(table: pd.DataFrame, indicator: str, year: int, codes: Iterable[str]) -> tuple[pd.Series, pd.Series]:
    """Return one indicator's values and statuses of a year by code; a code without a row is ``missing``."""
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)].set_index("region")
    codes = pd.Index(codes, name="region")
    return rows["value"].reindex(codes), rows["status"].reindex(codes).fillna("missing").astype("str")


def _worst(*statuses: pd.Series) -> pd.Series:
    return pd.concat(statuses, axis=1).agg(worst_status, axis=1).astype("str")


def _income(codes: pd.Index, gdp: pd.DataFrame, swiss: pd.DataFrame, *, year: int, start: int) -> pd.DataFrame:
    """Return GDP, GDP per inhabitant against EU and country, its change, and residents.

    Residents are GDP over GDP per inhabitant; for Swiss cantons the published figure.
    """
    home = codes.str[:2]
    table = pd.DataFrame(index=codes)
    euro, status = _cells(gdp, "gdp_per_inhabitant_eur", year, codes)
    pps, pps_status = _cells(gdp, "gdp_per_inhabitant_pps", year, codes)
    before, before_status = _cells(gdp, "gdp_per_inhabitant_eur", start, codes)
    franc, franc_status = _cells(swiss, "gdp_per_inhabitant_chf", year, codes)
    table["gdp_million_eur"] = _cells(gdp, "gdp_million_eur", year, codes)[0]
    table["gdp_million_pps"] = _cells(gdp, "gdp_million_pps", year, codes)[0]
    table["gdp_million_eur_start"] = _cells(gdp, "gdp_million_eur", start, codes)[0]
    published = _cells(swiss, "residents", year, codes)[0]
    table["residents"] = (table["gdp_million_eur"] / euro * 1e6).fillna(published)
    table["residents_start"] = table["gdp_million_eur_start"] / before * 1e6
    table["gdp_per_inhabitant_eur"], table["gdp_per_inhabitant_chf"] = euro, franc
    europe, europe_status = _cells(gdp, "gdp_per_inhabitant_pps", year, [EU])
    table["gdp_eu_index"] = 100 * pps / europe[EU]
    table["gdp_status"] = _worst(status, pps_status, pd.Series(europe_status[EU], index=codes))
    countries = sorted(set(home))
    home_euro, home_status = _cells(gdp, "gdp_per_inhabitant_eur", year, countries)
    home_franc, home_franc_status = _cells(swiss, "gdp_per_inhabitant_chf", year, countries)
    at_home = 100 * euro / home_euro[home].to_numpy()
    table["gdp_country_index"] = at_home.fillna(100 * franc / home_franc[home].to_numpy())
    table["gdp_country_status"] = _worst(status, home_status[home].set_axis(codes)).where(
        at_home.notna(), _worst(franc_status, home_franc_status[home].set_axis(codes))
    )
    table["gdp_growth_pct"] = 100 * (euro / before - 1)
    table["gdp_growth_status"] = _worst(status, before_status)
    return table


def _patents(codes: pd.Index, patents: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Return EPO applications per million residents, pooled over years.

    The file gives applications and applications per million: their quotient is the residents of a year. A year without
    applications gives none, and takes the mean of the other years.
    """
    rows = patents[patents["region"].isin(codes) & patents["year"].between(*years)]
    wide = rows.pivot(index=["region", "year"], columns="indicator", values="value")
    wide = wide.reindex(columns=["epo_applications", "epo_applications_per_million"])
    count, rate = wide["epo_applications"], wide["epo_applications_per_million"]
    residents = (1e6 * count / rate.where(rate > 0)).groupby("region").transform(lambda s: s.fillna(s.mean()))
    both = pd.DataFrame({"applications": count, "years": count.notna(), "residents": residents.where(count.notna())})
    total = both.groupby("region").sum(min_count=1).reindex(codes)
    total["years"] = total["years"].fillna(0).astype(int)
    result = pd.DataFrame(
        {"epo_applications": total["applications"], "epo_residents": total["residents"], "epo_years": total["years"]},
        index=codes,
    )
    result["epo_per_million"] = 1e6 * result["epo_applications"] / result["epo_residents"]
    # no application in any year: residents stay unknown, the rate does not
    result["epo_per_million"] = result["epo_per_million"].mask(result["epo_applications"] == 0, 0.0)
    result["epo_status"] = pd.Series("missing", index=codes).mask(result["epo_per_million"].notna(), "observed")
    return result


def _country_patents(codes: pd.Index, patents: pd.DataFrame, years: tuple[int, int]) -> pd.Series:
    home = codes.str[:2]
    table = _patents(pd.Index(sorted(set(home))), patents, years)
    return table["epo_per_million"].reindex(home).set_axis(codes).rename("epo_country_per_million")


def profiles(
    regions: pd.DataFrame,
    *,
    gdp: pd.DataFrame,
    patents: pd.DataFrame,
    swiss: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    seats: pd.DataFrame,
    year: int = 2014,
    start: int = 2008,
    patent_years: tuple[int, int] = (2008, 2012),
) -> pd.DataFrame:
    """Return the profile of each NUTS 3 region: type, income, patents, nearest listed cluster organisation.

    Parameters
    ----------
    regions
        The regions to describe, by NUTS 3 code: ``name_en, country, mountain_type, urban_type``.
    gdp, patents, swiss
        Long tables ``region, indicator, year, value, status`` with the regions, their countries and ``EU28``.
    areas, seats
        Boundaries by NUTS 3 code; what :func:`alpclusters_lib.strategy.seats.locate` returns.
    year, start, patent_years
        Year of the figures, first year of the change, first and last year of the applications.

    Returns
    -------
    DataFrame
        By region: names and types; ``gdp_per_inhabitant_eur`` (CHF apart), ``gdp_eu_index`` (purchasing power, EU28 =
        100), ``gdp_country_index`` (own country = 100), ``gdp_growth_pct`` (nominal, in EUR; none for Swiss cantons,
        whose yearly figures are not comparable), ``epo_per_million`` (total applications over total residents of the
        years with figures, ``epo_years``; the country's beside it), the columns of
        :func:`~alpclusters_lib.strategy.seats.nearest_seats`, and the amounts that sums need. Each figure has a status;
        what is not published stays missing.

    Raises
    ------
    ValueError
        If a region has no boundary.
    """
    absent = regions.index.difference(areas.index)
    if len(absent):
        raise ValueError(f"no boundary for {absent[0]}; its distance to cluster organisations cannot be measured")
    codes = pd.Index(regions.index, name="region")
    names = regions[["name_en", "country"]].rename(columns={"name_en": "name"}).assign(nuts2=codes.str[:4])
    names["country"] = names["country"].astype("str")
    parts = [
        names,
        typology(regions),
        _income(codes, gdp, swiss, year=year, start=start),
        _patents(codes, patents, patent_years),
        _country_patents(codes, patents, patent_years),
        nearest_seats(areas.loc[codes], seats),
    ]
    return pd.concat(parts, axis=1).rename_axis("region")


def profile(nuts3: str, table: pd.DataFrame) -> pd.Series:
    """Return the profile of one region from the table of :func:`profiles`.

    Raises
    ------
    ValueError
        If the region is not in the table; the sentence names those of the same NUTS 2 region.

    Examples
    --------
    >>> profile("ITC44", pd.DataFrame({"name": ["Sondrio"]}, index=["ITC44"]))["name"]
    'Sondrio'
    """
    if nuts3 not in table.index:
        same = [code for code in table.index if code[:4] == str(nuts3)[:4]]
        near = f"; available of {str(nuts3)[:4]}: {', '.join(same)}" if same else "; a NUTS 3 code would be right"
        raise ValueError(f"no profile of {nuts3}{near}")
    return table.loc[nuts3]


def groups(table: pd.DataFrame, by: str | Sequence[str], *, gdp: pd.DataFrame, year: int = 2014) -> pd.DataFrame:
    """Return the regions of a table of profiles taken together, group by group.

    Quotients are those of sums (GDP over residents, applications over residents), each over the regions with figures.

    Returns
    -------
    DataFrame
        By group: ``regions``, ``residents``, ``gdp_eu_index``, ``gdp_growth_pct``, ``epo_per_million``; ``with_gdp``,
        ``with_epo``: how many regions have these figures.
    """
    grouped = table.groupby(by, observed=True)
    amounts = ["gdp_million_eur", "residents", "gdp_million_eur_start", "residents_start"]
    income = _pooled(table, by, ["gdp_million_pps", "residents"])
    change = _pooled(table, by, amounts)
    patents = _pooled(table, by, ["epo_applications", "epo_residents"])
    before = change["gdp_million_eur_start"] / change["residents_start"]
    europe = _cells(gdp, "gdp_per_inhabitant_pps", year, [EU])[0][EU]
    return pd.DataFrame({
        "regions": grouped.size(),
        "with_gdp": grouped["gdp_million_pps"].count(),
        "with_epo": grouped["epo_per_million"].count(),
        "residents": grouped["residents"].sum(min_count=1),
        "gdp_eu_index": 1e8 * income["gdp_million_pps"] / income["residents"] / europe,
        "gdp_growth_pct": 100 * (change["gdp_million_eur"] / change["residents"] / before - 1),
        "epo_per_million": 1e6 * patents["epo_applications"] / patents["epo_residents"],
    })  # fmt: skip


def _pooled(table: pd.DataFrame, by: str | Sequence[str], amounts: list[str]) -> pd.DataFrame:
    """Return the sums of some amounts by group, over the regions that have all of them."""
    return table.dropna(subset=amounts).groupby(by, observed=True)[amounts].sum(min_count=1)
