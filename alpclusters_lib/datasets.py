"""Typed readers of ``data/processed`` and of the curated facts.

Every function reads a committed table; none computes an indicator. What comes back is a copy, to change as you like.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.cleaning import regional_tables, world_tables
from alpclusters_lib.cleaning.participations import ALL_TYPES
from alpclusters_lib.context_tables import (
    cluster_links,
    competitiveness,
    gdp,
    innovation,
    patents,
    productivity,
    swiss_cantons,
)
from alpclusters_lib.selection import load as _load
from alpclusters_lib.selection import processed_file as _file
from alpclusters_lib.selection import select as _select

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "boundaries",
    "cluster_links",
    "collaboration",
    "competitiveness",
    "employment",
    "facts",
    "gdp",
    "innovation",
    "input_output",
    "local_units",
    "national_accounts",
    "nuts_weights",
    "participations",
    "patents",
    "productivity",
    "provenance",
    "regional_input_output",
    "regions",
    "suppression_test",
    "swiss_cantons",
    "unused_sums",
]


def employment(
    *,
    year: int | None = None,
    regions: Iterable[str] | str | None = None,
    sectors: Iterable[str] | str | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return persons employed by region, sector and year.

    Parameters
    ----------
    year, regions, sectors, level
        What to keep; all where omitted. ``level`` is the NUTS level, 0 to 2. Region ``EU28`` is the sum of the
        28 member states' published totals; sector ``B-N_S95_X_K`` is the business economy.

    Returns
    -------
    DataFrame
        ``region, sector, year, value, status, flag``.

    Raises
    ------
    ValueError
        If the year, a region or a sector has no figures; the sentence says what is available.

    Examples
    --------
    >>> employment(year=2014, regions="ITC4", sectors="C28")["value"].item()
    133542.0
    """
    return _select(_load(_file("employment.parquet")), "employment", year, regions, sectors, level)


def local_units(
    *,
    year: int | None = None,
    regions: Iterable[str] | str | None = None,
    sectors: Iterable[str] | str | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return local units (workplaces) by region, sector and year, in the shape of :func:`employment`."""
    return _select(_load(_file("local_units.parquet")), "local units", year, regions, sectors, level)


def suppression_test() -> pd.DataFrame:
    """Return the scores of the estimates of hidden cells, and of simpler ways of filling, on masked cells.

    Examples
    --------
    >>> suppression_test().set_index(["area", "method"]).loc[("EU", "zero"), "wape"].item()
    1.0
    """
    return _load(_file("suppression_test.parquet")).copy()


def unused_sums() -> pd.DataFrame:
    """Return which published sums contradict others and are not used in estimates: year and reason."""
    return _load(_file("unused_sums.parquet")).copy()


def national_accounts(
    *,
    indicator: str | None = None,
    year: int | None = None,
    regions: Iterable[str] | str | None = None,
    sectors: Iterable[str] | str | None = None,
) -> pd.DataFrame:
    """Return national structural business statistics, Switzerland included, by country, sector, indicator, year.

    Examples
    --------
    >>> national_accounts(indicator="employment", year=2014, regions="CH", sectors="C10")["value"].item()
    81013.0
    """
    table = _load(_file("national_accounts.parquet"))
    if indicator is not None:
        known = sorted(table["indicator"].unique())
        if indicator not in known:
            raise ValueError(f"no indicator {indicator!r} in national_accounts; available: {', '.join(known)}")
        table = table[table["indicator"] == indicator]
    return _select(table, "national accounts", year, regions, sectors, None)


def nuts_weights(*, source: int | None = None, target: int | None = None, level: int | None = None) -> pd.DataFrame:
    """Return the weights between NUTS vintages, for :func:`alpclusters_lib.cleaning.vintages.convert`.

    Parameters
    ----------
    source, target, level
        What to keep; all where omitted. The pairs are 2010-2016, 2013-2016 and 2016-2021 at NUTS 2, 2013-2016 at
        NUTS 3; the conversion goes both ways and joins pairs at 2016.

    Returns
    -------
    DataFrame
        One row an overlap of two regions: vintages, codes, area, populations, change, shares of the older region
        (``forward_…_share``) and of the newer one (``backward_…_share``).

    Raises
    ------
    ValueError
        If there are no such weights; the sentence says which there are.

    Examples
    --------
    >>> weights = nuts_weights(source=2013, target=2016, level=2).set_index("code_from")
    >>> weights.loc["FR42", "code_to"], weights.loc["PL12", "forward_population_2011_share"].round(3).tolist()
    ('FRF1', [0.548, 0.452])
    """
    table = _load(_file("nuts_weights.parquet"))
    chosen = pd.Series(True, index=table.index)
    options = {"source": source, "target": target, "level": level}
    wanted = {column: value for column, value in options.items() if value is not None}
    for column, value in wanted.items():
        chosen &= table[column] == value
    if not chosen.any():
        asked = ", ".join(f"{column} {value}" for column, value in wanted.items())
        pairs = table[["source", "target", "level"]].drop_duplicates().itertuples(index=False)
        known = ", ".join(f"{a}-{b} at level {depth}" for a, b, depth in pairs)
        raise ValueError(f"no NUTS weights for {asked}; available: {known}")
    return table[chosen].reset_index(drop=True)


def input_output(year: int) -> world_tables.WorldInputOutput:
    """Return the world input-output table of one year (WIOD, release 2013): ``Z``, ``Y``, ``x`` in million USD.

    Rows and columns are (country, industry): 41 countries and 35 industries of NACE Rev. 1 under the codes of WIOD
    (``facts("wiod_industries")``); columns of ``Y`` are (destination, category). Switzerland and Liechtenstein are
    inside ``RoW``: no result speaks of them. Cells are whole millions, so rows of small industries miss their output:
    :func:`alpclusters_lib.cleaning.world_tables.checks` names these, industries without output, negative figures.

    Raises
    ------
    ValueError
        If there is no table for the year: 2000, 2004, 2008 and 2011 are there.

    Examples
    --------
    >>> tables = input_output(2011)
    >>> float(tables.x["DEU", "c15"]), float(tables.Z.loc[("DEU", "c12"), ("DEU", "c15")])
    (526518.0, 34805.0)
    """
    return world_tables.matrices(_load(_file("world_io.parquet")), year)


def regional_input_output(land: str) -> regional_tables.RegionalInputOutput:
    """Return the input-output table of one Austrian Land (``"AT31"``), million EUR, about 2011.

    ``Z, Y, exports, imports, value_added, input_tax, x, row_totals`` over 56 industries (``facts("io_industries")``).
    Figures are printed to three digits. Output ``x`` is the total of the column: totals of rows agree with it for the
    Land and not for its industries (research in AT31: 16 times), see
    :class:`~alpclusters_lib.cleaning.regional_tables.RegionalInputOutput` and the checks beside it.

    Raises
    ------
    ValueError
        If the region is none of the nine Länder.

    Examples
    --------
    >>> tables = regional_input_output("AT31")
    >>> float(tables.x["C28"]), float(tables.x["M72"]), float(tables.row_totals["M72"])
    (6139.0, 108.0, 1766.0)
    """
    return regional_tables.matrices(_load(_file("austria_io.parquet")), land)


def _of_countries(table: pd.DataFrame, columns: list[str], countries: Iterable[str] | str | None) -> pd.DataFrame:
    if countries is not None:
        wanted = [countries] if isinstance(countries, str) else list(countries)
        known = set().union(*(table[column].unique() for column in columns))
        for code in wanted:
            if code not in known:
                raise ValueError(f"no participation in Horizon 2020 from {code}; CORDIS has codes such as AT, EL, UK")
        table = table[table[columns].isin(wanted).all(axis=1)]
    return table.reset_index(drop=True)


def participations(*, countries: Iterable[str] | str | None = None) -> pd.DataFrame:
    """Return participations in Horizon 2020 by country, programme part, type of organisation and first year.

    A project in k parts counts 1/k in each, so participations, coordinators and EUR may be added up; organisations
    (different ones in the cell) may not. Codes are explained in ``facts("h2020_codes")``.

    Raises
    ------
    ValueError
        If a country has no participation at all.

    Examples
    --------
    >>> participations(countries="SI")["participations"].sum().round(3)
    np.float64(1173.0)
    """
    return _of_countries(_load(_file("h2020.parquet")), ["country"], countries)


def collaboration(*, countries: Iterable[str] | str | None = None, by_type: bool = True) -> pd.DataFrame:
    """Return joint projects in Horizon 2020 by pair of countries, a country with itself included.

    Parameters
    ----------
    countries
        Pairs among these only; all where omitted. What is expected by chance needs all of them
        (:func:`alpclusters_lib.cleaning.participations.collaborations` has the formula).
    by_type
        Whether the pairs are of (country, type of organisation), or of whole countries. A project counts once for
        each pair of types, so projects of whole countries are no sum of those by type.

    Returns
    -------
    DataFrame
        ``country_a, type_a, country_b, type_b, projects, pairs, weighted_pairs``; each pair once, a first in the
        alphabet.

    Raises
    ------
    ValueError
        If a country has no participation at all.

    Examples
    --------
    >>> collaboration(countries=["AT", "SI"], by_type=False)[["country_a", "country_b", "projects"]].values.tolist()
    [['AT', 'AT', 775], ['AT', 'SI', 294], ['SI', 'SI', 200]]
    """
    table = _load(_file("h2020_collaboration.parquet"))
    return _of_countries(table[(table["type_a"] != ALL_TYPES) == by_type], ["country_a", "country_b"], countries)


def regions(*, level: int | None = None) -> pd.DataFrame:
    """Return the table of regions by NUTS code: names, country, perimeters, types.

    Examples
    --------
    >>> regions().loc["AT31", "name_en"]
    'Upper Austria'
    """
    table = _load(_file("regions.parquet")).set_index("region")
    return (table if level is None else table[table["level"] == level]).copy()


@functools.lru_cache(maxsize=4)
def _load_boundaries(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.read_parquet(path)


def boundaries(*levels: int) -> gpd.GeoDataFrame:
    """Return generalised NUTS boundaries in EPSG:4326 (© EuroGeographics), indexed by code.

    They are made for drawing: take neither lengths nor areas from them. Levels are 0 to 3, all where none is named.

    Examples
    --------
    >>> boundaries(2).loc["LI00", "country"]
    'LI'
    """
    table = _load_boundaries(_file("boundaries.parquet")).set_index("region")
    return (table[table["level"].isin(levels)] if levels else table).copy()


def facts(name: str) -> pd.DataFrame:
    """Return a table of curated facts as text, blanks as empty strings.

    Examples
    --------
    >>> facts("project").set_index("field").loc["erdf_eur", "value"]
    '1929500'
    """
    path = paths.facts() / f"{name}.csv"
    if path.parent != paths.facts() or "/" in name or not path.is_file():
        known = sorted(p.stem for p in paths.facts().glob("*.csv"))
        raise ValueError(f"no facts {name!r}; available: {', '.join(known)}")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def provenance(name: str) -> dict[str, Any]:
    """Return the descriptor of a processed table: columns, official sources with SHA-256, licence, code version.

    Examples
    --------
    >>> [s["dataset"] for s in provenance("employment")["sources"]]
    ['sbs_r_nuts06_r2', 'sbs_na_sca_r2']
    """
    package = json.loads(_file("datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["name"] == name:
            return resource
    known = ", ".join(r["name"] for r in package["resources"])
    raise ValueError(f"no processed table {name!r}; available: {known}")
