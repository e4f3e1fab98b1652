"""Readers of the Swiss figures: the Federal Statistical Office's cantonal overviews, and sector shares by NUTS 2.

The cantonal file is what each year's overview page held, one canton after the other: ``title, year, value, canton,
file_year``. What a row means depends on the rows above it, and three things have to be put right:

- ``Primary sector`` and its two sisters stand twice: below ``Employed total`` they count persons, below ``Business
  establishments total`` workplaces. A row takes the heading above it; that the three add up to their heading is
  checked for every canton and year.
- In the overviews of 2016 to 2018 the column of Switzerland is labelled Bern. A canton's second block of one year is
  Switzerland if its residents are those of all cantons together; anything else is an error.
- Overviews repeat figures of earlier years. All are returned, with their ``file_year``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.text_tables import numbers, read_text_table

__all__ = ["SWITZERLAND", "read_cantons", "read_sector_shares"]

SWITZERLAND = "Switzerland"
COLUMNS = ("title", "year", "value", "canton", "file_year")
FIRST_TITLE, NOTHING = "Residents", "–"
HEADINGS = {
    "Employed": "employed",
    "Employed total": "employed",
    "Business establishments": "establishments",
    "Business establishments total": "establishments",
}
SECTORS = {"Primary sector": "primary", "Secondary sector": "secondary", "Tertiary sector": "tertiary"}
SINGLE = {
    "Residents": "residents",
    "Gross domestic product per capita in Swiss francs": "gdp_per_inhabitant_chf",
    "Gross domestic product (GDP) per capita in Swiss francs": "gdp_per_inhabitant_chf",
}
# Three rounded parts and their rounded sum.
ROUNDING = 2


def _indicators(table: pd.DataFrame, file: str) -> pd.Series:
    """Return the indicator of each row, blank for those that are not read."""
    block = table["title"].eq(FIRST_TITLE).cumsum()
    heading = table["title"].map(HEADINGS)
    # the heading holds for the three rows below it and for no others
    above = heading.groupby(block).ffill(limit=len(SECTORS))
    sector = table["title"].map(SECTORS)
    orphans = table[sector.notna() & above.isna()]
    if len(orphans):
        title, canton = orphans[["title", "canton"]].iloc[0]
        raise ValueError(
            f"{file}, row {orphans.index[0]}: {title} of {canton} stands below neither 'Employed' nor 'Business "
            "establishments'; without its heading it may count either"
        )
    single = table["title"].map(SINGLE).fillna(heading)
    return single.where(sector.isna(), above + "_" + sector).fillna("").astype("str")


def _relabelled(rows: pd.DataFrame, file: str) -> pd.Series:
    """Return the canton of each row, Switzerland where a second block of a canton holds the country's figures."""
    heads = rows[rows["indicator"] == "residents"]
    second = heads[heads.duplicated(["canton", "file_year"])]
    canton = rows["canton"].copy()
    for row, head in second.iterrows():
        others = heads[(heads["file_year"] == head["file_year"]) & (heads["block"] != head["block"])]
        total = others.loc[others["canton"] != SWITZERLAND, "value"].sum()
        if abs(total - head["value"]) > len(others) or (others["canton"] == SWITZERLAND).any():
            raise ValueError(
                f"{file}, row {row}: {head['canton']} stands twice in the overview of {head['file_year']}, with "
                f"{head['value']:,.0f} residents here where all cantons have {total:,.0f}; one block a canton is right"
            )
        canton[rows["block"] == head["block"]] = SWITZERLAND
    return canton


def _check_sums(rows: pd.DataFrame, file: str) -> None:
    """Raise where the three sectors do not add up to their heading."""
    wide = rows.pivot(index=["file_year", "canton", "year"], columns="indicator", values="value")
    for heading in ("employed", "establishments"):
        parts = [f"{heading}_{sector}" for sector in SECTORS.values()]
        absent = [name for name in (heading, *parts) if name not in wide.columns]
        if absent:
            raise ValueError(f"{file} has no row of {absent[0]}; fetch the published file again")
        wrong = wide[(wide[parts].sum(axis=1) - wide[heading]).abs() > ROUNDING]
        if len(wrong):
            file_year, canton, year = wrong.index[0]
            cells = wrong.iloc[0]
            raise ValueError(
                f"{file}: {heading} of {canton} in {year} (overview of {file_year}) is {cells[heading]:,.0f}, its "
                f"sectors add up to {cells[parts].sum():,.0f}; a sector row is not what its heading says"
            )


def read_cantons(path: Path) -> pd.DataFrame:
    """Read residents, GDP per inhabitant, persons employed and establishments by sector of the cantons.

    Returns
    -------
    DataFrame
        ``canton`` (as published in English; ``Switzerland`` the country), ``indicator``, ``year``, ``value``,
        ``file_year``: a row for each figure of each overview.

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column, a cell is no number, or a check above fails.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "cantons.tsv"
    >>> rows = ["Residents\\t2013\\t1,000", "Employed total\\t2012\\t60", "Primary sector\\t2012\\t10"]
    >>> rows += ["Secondary sector\\t2012\\t20", "Tertiary sector\\t2012\\t30"]
    >>> rows += ["Business establishments total\\t2012\\t6", "Primary sector\\t2012\\t1"]
    >>> rows += ["Secondary sector\\t2012\\t2", "Tertiary sector\\t2012\\t3"]
    >>> head = "title\\tyear\\tvalue\\tcanton\\tfile_year"
    >>> _ = file.write_text("\\n".join([head, *[f"{row}\\tZug\\t2015" for row in rows]]))
    >>> read_cantons(file).set_index("indicator")["value"][["employed_primary", "establishments_primary"]].tolist()
    [10.0, 1.0]
    """
    table = read_text_table(path, columns=COLUMNS, separator="\t")
    indicator = _indicators(table, path.name)
    rows = table[indicator != ""].assign(indicator=indicator, block=table["title"].eq(FIRST_TITLE).cumsum())
    odd = rows[~rows["year"].str.fullmatch(r"\d{4}")]
    if len(odd):
        raise ValueError(f"{path.name}, row {odd.index[0]}: column year holds {odd['year'].iloc[0]!r}; a year is right")
    rows["value"] = numbers(rows["value"], file=path.name, thousands=True, missing=("", NOTHING))
    mixed = rows.groupby("block")["canton"].nunique()
    if (mixed > 1).any():
        row = rows.index[rows["block"] == mixed.idxmax()][0]
        raise ValueError(
            f"{path.name}: the block from row {row} holds several cantons; each starts with {FIRST_TITLE!r}"
        )
    rows["canton"] = _relabelled(rows, path.name)
    key = ["file_year", "canton", "indicator", "year"]
    doubled = rows[rows.duplicated(key)]
    if len(doubled):
        cell = ", ".join(doubled[key].iloc[0])
        raise ValueError(f"{path.name}, row {doubled.index[0]}: {cell} stands twice; each may stand once an overview")
    _check_sums(rows, path.name)
    result = rows[["canton", "indicator", "year", "value", "file_year"]]
    return result.astype({"year": "int16", "file_year": "int16"}).reset_index(drop=True)


def read_sector_shares(path: Path) -> pd.DataFrame:
    """Read the shares of three sectors in employment by NUTS 2 region, 2016 (Labour Force Survey).

    Returns
    -------
    DataFrame
        ``geo``, ``primary``, ``secondary``, ``tertiary``, shares in [0, 1]. Their sum may fall short of 1: some persons
        give no sector.

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column, or a share is none.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "shares.csv"
    >>> _ = file.write_text("id,lf_pri,lf_sec,lf_ter\\nCH07,0.0216,0.1662,0.8122\\n")
    >>> read_sector_shares(file).values.tolist()
    [['CH07', 0.0216, 0.1662, 0.8122]]
    """
    columns = {"lf_pri": "primary", "lf_sec": "secondary", "lf_ter": "tertiary"}
    table = read_text_table(path, columns=["id", *columns])
    shares = pd.DataFrame({name: numbers(table[column], file=path.name, missing=("", "NA"))
                           for column, name in columns.items()})  # fmt: skip
    wrong = shares[(shares < 0).any(axis=1) | (shares.sum(axis=1) > 1.002)]
    if len(wrong):
        said = ", ".join(f"{value:g}" for value in wrong.iloc[0])
        raise ValueError(f"{path.name}, row {wrong.index[0]}: the shares {said} are no parts of one whole")
    return pd.concat([table["id"].rename("geo"), shares], axis=1).reset_index(drop=True)
