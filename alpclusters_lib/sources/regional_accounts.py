"""Reader of Eurostat's workbook of the regional accounts, GDP by NUTS 3 region (``nama_10r_3gdp``, 2017).

The workbook has one sheet a unit (``Data``, ``Data2`` …) and one of flags for each (``Flags and Footnotes`` …, in
another order). A sheet says its unit in the row ``UNIT``; the header row starts with ``GEO/TIME``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.biff_workbook import Cells, read_workbook

__all__ = ["read_gdp"]

HEADER, UNIT, NOT_AVAILABLE = "GEO/TIME", "UNIT", ":"
FLAGS = "Flags and Footnotes"


def _labels(cells: Cells) -> dict[str, int]:
    """Return the row of each text in the first column (its first row where it stands twice)."""
    return {str(value): row for (row, column), value in sorted(cells.items(), reverse=True) if column == 0}


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else f"{chr(ord('A') + column // 26 - 1)}{chr(ord('A') + column % 26)}"


def _layout(cells: Cells, where: str) -> tuple[str, int, dict[int, int]]:
    """Return unit, header row and the year of each column of a sheet."""
    rows = _labels(cells)
    for label in (UNIT, HEADER):
        if label not in rows:
            raise ValueError(f"{where} has no row {label} in column A; fetch the published workbook")
    header = rows[HEADER]
    years: dict[int, int] = {}
    for (row, column), value in sorted(cells.items()):
        if row != header or column == 0:
            continue
        text = str(value).removesuffix(".0")
        if not re.fullmatch(r"\d{4}", text):
            raise ValueError(
                f"{where}, row {header + 1}, column {_letters(column)} holds {value!r}; a year is expected"
            )
        if int(text) in years.values():
            raise ValueError(f"{where}, row {header + 1} has the year {text} twice; each may stand once")
        years[column] = int(text)
    if not years:
        raise ValueError(f"{where}, row {header + 1} names no year after {HEADER}; fetch the published workbook")
    return str(cells.get((rows[UNIT], 1), "")), header, years


def _regions(cells: Cells, header: int, where: str) -> dict[str, int]:
    """Return the row of each region: the block below the header, up to the first blank."""
    regions: dict[str, int] = {}
    row = header + 1
    while cells.get((row, 0)):
        code = str(cells[row, 0])
        if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{0,3}|E[AU]\d+", code):
            raise ValueError(f"{where}, row {row + 1}, column A holds {code!r}; a NUTS code is expected")
        if code in regions:
            raise ValueError(f"{where} has the region {code} in rows {regions[code] + 1} and {row + 1}")
        regions[code] = row
        row += 1
    if not regions:
        raise ValueError(f"{where} has no region below {HEADER}; fetch the published workbook")
    return regions


def _figure(value: float | str | None, where: str, row: int, column: int) -> float:
    if isinstance(value, float):
        return value
    if value in (None, NOT_AVAILABLE):
        return float("nan")
    raise ValueError(f"{where}, row {row + 1}, column {_letters(column)} holds {value!r}; a number or ':' is expected")


def read_gdp(path: Path) -> pd.DataFrame:
    """Read the workbook of regional GDP.

    Returns
    -------
    DataFrame
        ``unit`` (as written in the sheet, "Million euro"), ``geo``, ``year``, ``value`` (NaN for ":"), ``flag``: a row
        for each cell.

    Raises
    ------
    ValueError
        If the file is no such workbook, a sheet lacks its unit, header or flags, or a cell holds no number; the
        sentence names sheet, row and column.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "nama_10r_3gdp.xls"
    >>> _ = file.write_bytes(b"PK")
    >>> read_gdp(file)
    Traceback (most recent call last):
    ...
    ValueError: nama_10r_3gdp.xls is no Excel 97-2003 workbook: it starts with b'PK'; fetch the published .xls
    """
    sheets = read_workbook(path)
    flags: dict[str, dict[tuple[str, int], str]] = {}
    for title, cells in sheets.items():
        if title.startswith(FLAGS):
            where = f"{path.name}, sheet {title!r}"
            unit, header, years = _layout(cells, where)
            rows = _regions(cells, header, where)
            flags[unit] = {
                (code, year): str(cells.get((row, column), "")).strip()
                for code, row in rows.items()
                for column, year in years.items()
            }
    frames = []
    for title, cells in sheets.items():
        if title.startswith(FLAGS):
            continue
        where = f"{path.name}, sheet {title!r}"
        unit, header, years = _layout(cells, where)
        if unit not in flags:
            raise ValueError(f"{where} is in {unit!r}, for which there is no sheet {FLAGS!r}; fetch the workbook again")
        records = [
            (unit, code, year, _figure(cells.get((row, column)), where, row, column), flags[unit].get((code, year), ""))
            for code, row in _regions(cells, header, where).items()
            for column, year in years.items()
        ]
        frames.append(pd.DataFrame(records, columns=["unit", "geo", "year", "value", "flag"]))
    if not frames:
        raise ValueError(f"{path.name} has no sheet of figures; fetch the published workbook")
    table = pd.concat(frames, ignore_index=True).astype({"year": "int16"})
    doubled = table[table.duplicated(["unit", "geo", "year"])]
    if len(doubled):
        raise ValueError(f"{path.name} has two sheets in {doubled['unit'].iloc[0]!r}; one sheet a unit is expected")
    return table
