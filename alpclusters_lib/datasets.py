"""Typed readers of ``data/processed`` and of the curated facts.

Every function reads a committed table; none computes an indicator. Tables come back as copies that the caller may
change.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from alpclusters_lib import paths

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["boundaries", "employment", "facts", "local_units", "national_accounts", "provenance", "regions"]


def _file(name: str) -> Path:
    path = paths.processed() / name
    if not path.is_file():
        raise ValueError(f"data/processed/{name} is absent; `alpclusters data build` computes it")
    return path


@functools.lru_cache(maxsize=16)
def _load(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def _select(
    table: pd.DataFrame,
    what: str,
    year: int | None,
    regions: Iterable[str] | None,
    sectors: Iterable[str] | None,
    level: int | None,
) -> pd.DataFrame:
    def years_of(rows: pd.DataFrame) -> str:
        with_value = sorted(rows.loc[rows["value"].notna(), "year"].unique())
        return f"{with_value[0]}-{with_value[-1]}" if with_value else "no year"

    if year is not None and year not in set(table["year"].unique()) and regions is None:
        raise ValueError(f"no {what} for {year}; available: {years_of(table)}")
    chosen = pd.Series(True, index=table.index)
    for column, wanted in (("region", regions), ("sector", sectors)):
        if wanted is None:
            continue
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        unknown = sorted(set(wanted) - set(table[column].unique()))
        if unknown:
            raise ValueError(f"no {what} for {column} {unknown[0]} in any year; check the code, or see notebook 01")
        chosen &= table[column].isin(wanted)
        if column == "region" and year is not None:
            for code in wanted:
                rows = table[table["region"] == code]
                if not rows.loc[rows["year"] == year, "value"].notna().any():
                    raise ValueError(f"no {what} for {code} in {year}; available: {years_of(rows)}")
    if year is not None:
        chosen &= table["year"] == year
    if level is not None:
        chosen &= (table["region"].str.len() == level + 2) & (table["region"] != "EU28")
    return table[chosen].reset_index(drop=True)


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
