"""Readers of the regional innovation figures: the indicator data base of 2020 and the panel of Eurostat's tables.

The data base (Honti, Czvetko & Abonyi 2020) is one tab separated table, a row a region and year, a column an
indicator whose name holds Eurostat's table and codes. The panel is long: a row a figure, with the code of the table
and its dimensions (sex, unit, time) beside it. Neither carries flags.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from alpclusters_lib.sources.text_tables import numbers, read_text_table

__all__ = ["read_indicator_base", "read_panel"]

PANEL_COLUMNS = ("input_var_code", "geo", "time", "sex", "unit", "values")
TOTAL = "T"


def _years(time: pd.Series, file: str, column: str) -> pd.Series:
    odd = time[~time.str.fullmatch(r"\d{4}")]
    if len(odd):
        raise ValueError(f"{file}, row {odd.index[0]}: column {column} holds {odd.iloc[0]!r}; a year would be right")
    return time.astype("int16")


def _check_single(table: pd.DataFrame, key: Sequence[str], file: str) -> None:
    doubled = table[table.duplicated(list(key))]
    if len(doubled):
        cell = ", ".join(str(value) for value in doubled[list(key)].iloc[0])
        raise ValueError(f"{file}, row {doubled.index[0]}: {cell} stands twice; each cell may stand once")


def read_indicator_base(path: Path, *, columns: Sequence[str]) -> pd.DataFrame:
    """Read indicators of the tab separated data base.

    Parameters
    ----------
    path
        ``I40_indicator_db.csv``.
    columns
        The indicators to read, by their column names.

    Returns
    -------
    DataFrame
        ``geo`` (code as published), ``column``, ``year``, ``value``: a row for each cell that holds a figure.

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column, or a cell is no number; the sentence names row and column.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "base.csv"
    >>> _ = file.write_text("NUTS2\\tYEAR\\thrst\\nITC4\\t2014\\t14.1\\nITC2\\t2014\\t\\n")
    >>> read_indicator_base(file, columns=["hrst"]).values.tolist()
    [['ITC4', 'hrst', 2014, 14.1]]
    """
    table = read_text_table(path, columns=["NUTS2", "YEAR", *columns], separator="\t")
    _check_single(table, ["NUTS2", "YEAR"], path.name)
    year = _years(table["YEAR"], path.name, "YEAR")
    frames = []
    for column in columns:
        value = numbers(table[column], file=path.name)
        if value.isna().all():
            raise ValueError(f"{path.name}: column {column} holds no figure at all; fetch the published file again")
        frames.append(pd.DataFrame({"geo": table["NUTS2"], "column": column, "year": year, "value": value}))
    return pd.concat(frames, ignore_index=True).dropna(subset="value").reset_index(drop=True)


def read_panel(path: Path, *, tables: Collection[str]) -> pd.DataFrame:
    """Read whole years of some of the panel's tables, both sexes together.

    Months (``2019M11``) are left out: they are no years. Where a table comes by sex, the total is taken.

    Parameters
    ----------
    path
        ``nuts2_panel_2007_2019.parquet``.
    tables
        Eurostat's codes of the tables to read (``tgs00010``).

    Returns
    -------
    DataFrame
        ``table, geo, year, value``, rows without a figure left out.

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column or a table, or gives two figures for one cell.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "panel.parquet"
    >>> _ = file.write_bytes(b"PAR1")
    >>> read_panel(file, tables=["tgs00010"])
    Traceback (most recent call last):
    ...
    ValueError: panel.parquet is cut short or no Parquet file; fetch the published file again
    """
    if not path.is_file():
        raise ValueError(f"no file {path.name}; the published file would be right, see data/raw/sources.csv")
    try:
        published = pq.ParquetFile(path).read()
    except (pa.ArrowInvalid, OSError):
        raise ValueError(f"{path.name} is cut short or no Parquet file; fetch the published file again") from None
    absent = [column for column in PANEL_COLUMNS if column not in published.column_names]
    if absent:
        held = ", ".join(published.column_names)
        raise ValueError(f"{path.name} has no column {absent[0]!r}; it has {held}")
    panel = published.select(list(PANEL_COLUMNS)).to_pandas(ignore_metadata=True)
    if not pd.api.types.is_numeric_dtype(panel["values"]):
        raise ValueError(f"{path.name}: column values holds {panel['values'].dtype}; numbers would be right")
    text = [column for column in PANEL_COLUMNS if column != "values"]
    panel[text] = panel[text].astype("str")  # a categorical column compares by code and keeps unused codes
    held = set(panel["input_var_code"])
    vanished = sorted(set(tables) - held)
    if vanished:
        raise ValueError(f"{path.name} has no table {vanished[0]}; it has {', '.join(sorted(held))}")
    rows = panel[panel["input_var_code"].isin(list(tables)) & panel["time"].str.fullmatch(r"\d{4}")]
    rows = rows[rows["values"].notna() & (rows["sex"].isna() | rows["sex"].isin([TOTAL, "nan"]))]
    empty = sorted(set(tables) - set(rows["input_var_code"]))
    if empty:
        raise ValueError(f"{path.name}: table {empty[0]} holds no figure for both sexes in any whole year")
    key = ["input_var_code", "geo", "time"]
    _check_single(rows, key, path.name)
    result = rows.assign(year=_years(rows["time"], path.name, "time"))[["input_var_code", "geo", "year", "values"]]
    result.columns = ["table", "geo", "year", "value"]
    return result.astype({"value": "float64"}).reset_index(drop=True)
