"""Processed tables are loaded here and narrowed to what was asked for; what is not there is a sentence."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib import regions as region_codes

__all__ = ["load", "nearest_year", "processed_file", "select", "select_indicators"]


def processed_file(name: str) -> Path:
    """Return the path of a file in ``data/processed``; an absent one is a sentence that says how to make it."""
    path = paths.processed() / name
    if not path.is_file():
        raise ValueError(f"data/processed/{name} is absent; `alpclusters data build` computes it")
    return path


@functools.lru_cache(maxsize=16)
def load(path: Path) -> pd.DataFrame:
    """Return a Parquet table, read once; callers take copies."""
    return pd.read_parquet(path)


def _years_of(rows: pd.DataFrame) -> str:
    with_value = sorted(rows.loc[rows["value"].notna(), "year"].unique())
    return f"{with_value[0]}-{with_value[-1]}" if with_value else "no year"


def _listed(wanted: Iterable[str] | str) -> list[str]:
    return [wanted] if isinstance(wanted, str) else list(wanted)


def select(
    table: pd.DataFrame,
    what: str,
    year: int | None,
    regions: Iterable[str] | None,
    sectors: Iterable[str] | None,
    level: int | None,
) -> pd.DataFrame:
    """Return the rows of an industry table that were asked for; a region without a figure that year is an error."""
    if year is not None and year not in set(table["year"].unique()) and regions is None:
        raise ValueError(f"no {what} for {year}; available: {_years_of(table)}")
    chosen = pd.Series(True, index=table.index)
    for column, wanted in (("region", regions), ("sector", sectors)):
        if wanted is None:
            continue
        wanted = _listed(wanted)
        unknown = sorted(set(wanted) - set(table[column].unique()))
        if unknown:
            raise ValueError(f"no {what} for {column} {unknown[0]} in any year; check the code, or see notebook 01")
        chosen &= table[column].isin(wanted)
        if column == "region" and year is not None:
            for code in wanted:
                rows = table[table["region"] == code]
                if not rows.loc[rows["year"] == year, "value"].notna().any():
                    raise ValueError(f"no {what} for {code} in {year}; available: {_years_of(rows)}")
    if year is not None:
        chosen &= table["year"] == year
    if level is not None:
        chosen &= _of_level(table, level)
    return table[chosen].reset_index(drop=True)


def _of_level(table: pd.DataFrame, level: int) -> pd.Series:
    return (table["region"].str.len() == level + 2) & (table["region"] != "EU28")


def _shared(one: str, other: str) -> int:
    """Return how many signs two codes have in common from the start."""
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _unknown_region(code: str, known: set[str], what: str) -> str:
    """Word the sentence for a region the table does not hold: what it holds of that country, or which countries."""
    same = sorted(other for other in known if other[:2] == str(code)[:2])
    if not same:
        countries = ", ".join(sorted({other[:2] for other in known}))
        return f"no {what} for region {code}: the table holds nothing of that country; available: {countries}"
    new = region_codes.recodes().get(code)
    if new in known:
        return f"no {what} for region {code}; its code since NUTS 2016 is {new}"
    near = sorted(same, key=lambda other: (-_shared(other, code), abs(len(other) - len(code)), other))[:8]
    return f"no {what} for region {code}; available of that country, among others: {', '.join(sorted(near))}"


def select_indicators(
    table: pd.DataFrame,
    what: str,
    *,
    indicator: Iterable[str] | str | None = None,
    year: int | None = None,
    regions: Iterable[str] | str | None = None,
    sectors: Iterable[str] | str | None = None,
    level: int | None = None,
) -> pd.DataFrame:
    """Return the rows of a long table that were asked for, rows ``missing`` included.

    Parameters
    ----------
    table
        A processed table with ``region``, ``year``, ``value`` and perhaps ``indicator`` and ``sector``.
    what
        The table's name for the sentences.
    indicator, year, regions, sectors, level
        What to keep; all where omitted. ``level`` is the NUTS level.

    Raises
    ------
    ValueError
        If an indicator, region, sector, year or level is not in the table; the sentence says what is available.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["AT31"], "indicator": ["gdp"], "year": [2014], "value": [57.0]})
    >>> select_indicators(table, "figures", year=2013)
    Traceback (most recent call last):
    ...
    ValueError: no figures for 2013; available: 2014-2014
    """
    if indicator is not None:
        known = sorted(table["indicator"].unique())
        unknown = [name for name in _listed(indicator) if name not in known]
        if unknown:
            raise ValueError(f"no indicator {unknown[0]!r} in {what}; available: {', '.join(known)}")
        table = table[table["indicator"].isin(_listed(indicator))]
    if regions is not None:
        codes = set(table["region"].unique())
        for code in _listed(regions):
            if code not in codes:
                raise ValueError(_unknown_region(code, codes, what))
        table = table[table["region"].isin(_listed(regions))]
    if sectors is not None:
        codes = set(table["sector"].unique())
        unknown = [code for code in _listed(sectors) if code not in codes]
        if unknown:
            raise ValueError(f"no {what} for sector {unknown[0]}; available: {', '.join(sorted(codes))}")
        table = table[table["sector"].isin(_listed(sectors))]
    if level is not None:
        levels = sorted({len(code) - 2 for code in table["region"].unique() if code != "EU28"})
        if level not in levels:
            raise ValueError(f"no {what} for NUTS level {level}; available: {', '.join(map(str, levels))}")
        table = table[_of_level(table, level)]
    if year is not None:
        if year not in set(table["year"].unique()):
            raise ValueError(f"no {what} for {year}; available: {_years_of(table)}")
        table = table[table["year"] == year]
    return table.reset_index(drop=True)


def nearest_year(table: pd.DataFrame, *, year: int, within: int) -> pd.DataFrame:
    """Return for each region and indicator the figure nearest to a year, of two equally near the earlier.

    Parameters
    ----------
    table
        ``region, indicator, year, value`` and whatever else.
    year, within
        The year, and how many years a figure may lie from it.

    Returns
    -------
    DataFrame
        One row for each region and indicator, with the year of its figure; where none is near enough, a row of the
        year asked for, ``missing``.

    Examples
    --------
    >>> rows = {"region": "CH01", "indicator": "rd", "year": [2012, 2014, 2015], "value": [0.73, None, 0.92]}
    >>> nearest_year(pd.DataFrame(rows), year=2014, within=2).values.tolist()
    [['CH01', 'rd', 2015, 0.92]]
    """
    if within < 0:
        raise ValueError(f"nearest is {within}; a number of years from 0 would be right")
    key = ["region", "indicator"]
    ordered = table.assign(distance=(table["year"].astype(int) - year).abs()).sort_values([*key, "distance", "year"])
    near = ordered[ordered["value"].notna() & (ordered["distance"] <= within)].drop_duplicates(key)
    found = pd.MultiIndex.from_frame(near[key])
    none = ordered.drop_duplicates(key)
    none = none[~pd.MultiIndex.from_frame(none[key]).isin(found)]
    blank = {"year": year, "value": float("nan"), "status": "missing", "flag": "", "source": ""}
    none = none.assign(**{column: value for column, value in blank.items() if column in table.columns})
    kept = pd.concat([near, none]) if len(near) else none
    return kept.drop(columns="distance").sort_values(key, ignore_index=True)
