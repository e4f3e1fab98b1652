"""Published tables of text, comma or tab separated: read as text, then turned into numbers under one strict rule.

A number is digits with an optional point: ``1234.5``. Where the file is known to separate thousands, ``1,234.5`` is
one too, with groups of three. Anything else (``12,5``, ``1.234.567``, ``n/a``) is refused in a sentence with file,
row and column, because a lenient parser makes 125 of it or nothing at all.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["numbers", "read_text_table"]

PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
GROUPED = rf"[+-]?\d{{1,3}}(?:,\d{{3}})+(?:\.\d*)?|{PLAIN}"


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"no file {path.name}; the published file would be right, see data/raw/sources.csv")
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, zlib.error, OSError) as error:
            raise ValueError(f"{path.name} is cut short or damaged ({error}); fetch the published file again") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name}, row {row} is not UTF-8; fetch the published file again") from None
    if not text.strip():
        raise ValueError(f"{path.name} is empty; fetch the published file again")
    return text


def read_text_table(path: Path, *, columns: Sequence[str], separator: str = ",") -> pd.DataFrame:
    """Read a published table, plain or gzipped, with every cell as text.

    Parameters
    ----------
    path
        The file; it is UTF-8 with one row of column names.
    columns
        Names that must be there, in any order.
    separator
        What stands between cells.

    Returns
    -------
    DataFrame
        All columns of the file as stripped text, blanks as ``""``. The index is the row of the file, from 2.

    Raises
    ------
    ValueError
        If the file is absent, empty, not UTF-8, cut short, lacks a column or has a row of another width.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "x.csv"
    >>> _ = file.write_text("geo,value\\nITC4,5\\n")
    >>> read_text_table(file, columns=["geo", "value"]).loc[2].tolist()
    ['ITC4', '5']
    """
    lines = csv.reader(io.StringIO(_text(path)), delimiter=separator)
    header = [name.strip() for name in next(lines)]
    absent = [name for name in columns if name not in header]
    if absent:
        raise ValueError(f"{path.name}, row 1 has no column {absent[0]!r}; it has {_some(header)}")
    doubled = [name for name in columns if header.count(name) > 1]
    if doubled:
        raise ValueError(f"{path.name}, row 1 names the column {doubled[0]!r} twice; each may stand once")
    rows, places = [], []
    for cells in lines:
        if not cells:
            continue
        if len(cells) != len(header):
            raise ValueError(
                f"{path.name}, row {lines.line_num}: {len(cells)} columns where the header has {len(header)}; the "
                "file is cut short or damaged"
            )
        rows.append([cell.strip() for cell in cells])
        places.append(lines.line_num)
    if not rows:
        raise ValueError(f"{path.name} has a header and no rows; fetch the published file again")
    return pd.DataFrame(rows, columns=header, index=pd.Index(places, name="row"), dtype="str")


def _some(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def numbers(
    cells: pd.Series, *, file: str, column: str | None = None, thousands: bool = False, missing: Collection[str] = ("",)
) -> pd.Series:
    """Return a column of text as numbers.

    Parameters
    ----------
    cells
        The text; its index is the row of the file.
    file, column
        Names for the sentence of an error; the column is the name of ``cells`` where omitted.
    thousands
        Whether commas may separate thousands.
    missing
        Texts that stand for "no figure": NaN.

    Raises
    ------
    ValueError
        If a cell is no number; the sentence names file, row and column.

    Examples
    --------
    >>> numbers(pd.Series(["1,234", "–"]), file="x.csv", column="value", thousands=True, missing=["–"]).tolist()
    [1234.0, nan]
    >>> numbers(pd.Series(["1,5"], index=[7]), file="x.csv", column="value")
    Traceback (most recent call last):
    ...
    ValueError: x.csv, row 7: column value holds '1,5'; a number with a decimal point and no other sign would be right
    """
    cells = cells.astype("str")
    empty = cells.isin(list(missing))
    wrong = ~empty & ~cells.str.fullmatch(GROUPED if thousands else PLAIN)
    if wrong.any():
        row = cells.index[np.flatnonzero(wrong)[0]]
        right = "and commas between thousands" if thousands else "and no other sign"
        raise ValueError(
            f"{file}, row {row}: column {column or cells.name} holds {cells[wrong].iloc[0]!r}; "
            f"a number with a decimal point {right} would be right"
        )
    text = cells.str.replace(",", "", regex=False) if thousands else cells
    return text.mask(empty, None).astype("float64")
