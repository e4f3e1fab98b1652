"""Funding instruments that a user supplies, read from CSV files and checked line by line; only the form is shipped.

Files stand in ``notebooks/instruments``. One whose name begins with ``illustrative`` shows the form and is never taken
for a real one.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from datetime import date
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.reports.survey_files import is_illustrative
from alpclusters_lib.strategy.instruments import ACTORS

__all__ = ["HEADER", "files", "instruments", "read_instruments", "summary", "template"]

HEADER = (
    "instrument", "region", "themes", "actors", "max_grant_eur", "aid_intensity_pct", "trl_min", "trl_max", "opens",
    "closes", "source",
)  # fmt: skip
RANGES = {
    "max_grant_eur": (0.0, math.inf),
    "aid_intensity_pct": (0.0, 100.0),
    "trl_min": (1.0, 9.0),
    "trl_max": (1.0, 9.0),
}
LARGEST = 1_000_000


def folder() -> Path:
    """Return where instruments are looked for."""
    return paths.notebooks() / "instruments"


def files() -> list[Path]:
    """Return the files of real instruments, without the illustrative one."""
    return sorted(path for path in folder().glob("*.csv") if not is_illustrative(path))


def template() -> str:
    """Return an empty file: its header."""
    return ",".join(HEADER) + "\n"


def instruments() -> pd.DataFrame:
    """Return the instruments of all files, empty where a user has supplied none; a wrong one raises a sentence."""
    tables = [read_instruments(path) for path in files()]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(HEADER))


def read_instruments(path: Path | str) -> pd.DataFrame:
    """Read and check one file.

    Returns
    -------
    A row an instrument: texts, ``themes`` and ``actors`` as sets (no theme: open to all), numbers (NaN where blank) and
    dates.

    Raises
    ------
    ValueError
        In one sentence with file and line: no such file, no text, a wrong header, no rows, an unknown region, theme or
        actor, an impossible date, a window that closes before it opens, or a number out of its range.
    """
    path = Path(path)
    reader = csv.reader(io.StringIO(_text(path)))
    header = [name.strip() for name in next(reader, [])]
    if header != list(HEADER):
        raise ValueError(f"{path.name} has the columns {', '.join(header) or 'none'}; {', '.join(HEADER)} are right")
    rows = []
    for values in reader:
        if not any(value.strip() for value in values):
            continue
        where = f"{path.name} line {reader.line_num}"
        if len(values) != len(HEADER):
            raise ValueError(f"{where} has {len(values)} cells; {len(HEADER)} are right")
        rows.append(_row(where, dict(zip(HEADER, (value.strip() for value in values), strict=True))))
    if not rows:
        raise ValueError(f"{path.name} holds no instrument; one a line under the header would be right")
    return pd.DataFrame(rows, columns=list(HEADER))


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"there is no file {path.name}; a CSV of instruments would be right")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST:,} bytes; a list of instruments is short")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8") from None


def _row(where: str, row: dict[str, str]) -> dict[str, object]:
    for column in ("instrument", "region", "actors", "opens", "closes", "source"):
        if not row[column]:
            raise ValueError(f"{where}: {column} is blank; it is needed")
    numbers = {column: _number(where, column, row[column]) for column in RANGES}
    if numbers["trl_min"] > numbers["trl_max"]:
        raise ValueError(f"{where}: trl_min {row['trl_min']} is above trl_max {row['trl_max']}; the two are exchanged")
    opens, closes = (_date(where, column, row[column]) for column in ("opens", "closes"))
    if closes < opens:
        raise ValueError(f"{where}: it closes on {closes}, before it opens on {opens}; the two are exchanged")
    return row | numbers | {
        "region": _one_of(where, "region", row["region"], tuple(regions.s3_regions().index)),
        "themes": frozenset(_one_of(where, "theme", name, tuple(sectors.cluster_families().index))
                            for name in row["themes"].split()),
        "actors": frozenset(_one_of(where, "actor", name, ACTORS) for name in row["actors"].split()),
        "opens": pd.Timestamp(opens), "closes": pd.Timestamp(closes),
    }  # fmt: skip


def _one_of(where: str, noun: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        raise ValueError(f"{where}: unknown {noun} {value!r}; {hint}")
    return value


def _number(where: str, column: str, text: str) -> float:
    low, high = RANGES[column]
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{where}: {column} is {text!r}; a number such as {low:g} would be right") from None
    if not low <= value <= high or math.isinf(value):
        raise ValueError(f"{where}: {column} is {text}; it lies between {low:g} and {high:g}")
    return value


def _date(where: str, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{where}: {column} is {text!r}, no day of the calendar; 2027-02-28 would be right") from None


def summary(path: Path | str) -> str:
    """Return in one line what a checked file holds."""
    table = read_instruments(path)
    number, places = len(table), table["region"].nunique()
    told = f"{number} instrument{'s' if number > 1 else ''} of {places} region{'s' if places > 1 else ''}"
    return (
        f"{Path(path).name}: {told}, open between {table['opens'].min():%Y-%m-%d} and {table['closes'].max():%Y-%m-%d}"
    )
