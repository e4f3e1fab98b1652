"""Reader of Eurostat's workbook of the regional accounts, GDP by NUTS 3 region (``nama_10r_3gdp``, 2017).

The workbook has one sheet a unit (``Data``, ``Data2`` …) and one of flags for each (``Flags and Footnotes`` …, in
another order). A sheet says its unit in the row ``UNIT``; the header row starts with ``GEO/TIME``. The file is of Excel
97-2003; one saved as .xlsx is read as well.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

__all__ = ["read_gdp"]

HEADER, UNIT, NOT_AVAILABLE = "GEO/TIME", "UNIT", ":"
FLAGS = "Flags and Footnotes"
# First bytes of a compound file ([MS-CFB] 2.2), which is made of whole sectors, and of a zip archive.
SIGNATURES = {".xls": bytes.fromhex("d0cf11e0a1b11ae1"), ".xlsx": b"PK\x03\x04"}
SECTOR = 512

Cells = dict[tuple[int, int], object]


def _check_file(path: Path) -> None:
    """Refuse what can be told without reading it: the library gives no reason for some of it."""
    if not path.is_file():
        raise ValueError(f"no file {path}; the published file would be right, see data/raw/sources.csv")
    size = path.stat().st_size
    if size == 0:
        raise ValueError(f"{path.name} is empty; fetch the published workbook")
    signature = SIGNATURES.get(path.suffix.lower())
    with path.open("rb") as handle:
        start = handle.read(8)
    if signature is None or not start.startswith(signature):
        raise ValueError(f"{path.name} is no Excel workbook: it starts with {start!r}; fetch the published workbook")
    if path.suffix.lower() == ".xls" and size % SECTOR:
        raise ValueError(
            f"{path.name} is cut short: its {size:,} bytes are no whole number of sectors of {SECTOR}; fetch the "
            "published workbook again"
        )


def _text(text: str) -> str:
    """Return a text as it stands in the workbook.

    Eurostat's names code page 1252 and holds texts of two bytes a character; the library then gives each byte as a
    character of its own (calamine, issue 229).
    """
    return text[::2] if text[1::2] and set(text[1::2]) == {"\0"} else text


def _sheets(path: Path) -> dict[str, Cells]:
    """Return the values of every worksheet by row and column, both from 0; empty cells are absent."""
    _check_file(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            tables = {
                sheet.name: workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            }
    except PasswordError:
        raise ValueError(f"{path.name} is encrypted; fetch the published workbook, which is not") from None
    except CalamineError as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path.name} is cut short or damaged ({reason}); fetch the published workbook again"
        ) from None
    return {
        title: {
            (row, column): _text(value) if isinstance(value, str) else value
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value != ""
        }
        for title, rows in tables.items()
    }


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


def _figure(value: object, where: str, row: int, column: int) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
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
        If the file is absent, empty, no such workbook, encrypted or cut short, a sheet lacks its unit, header or flags,
        or a cell holds no number; the sentence names sheet, row and column.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "nama_10r_3gdp.xls"
    >>> _ = file.write_bytes(b"PK")
    >>> read_gdp(file)
    Traceback (most recent call last):
    ...
    ValueError: nama_10r_3gdp.xls is no Excel workbook: it starts with b'PK'; fetch the published workbook
    """
    sheets = _sheets(path)
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
