"""The ledger of fetched files: ``fetched.csv`` beside them, one row a file that was put into that folder.

A file whose checksum is in the ledger is known as well as a catalogued one: from which address it came, when, and
that nothing has changed it since.
"""

from __future__ import annotations

import csv
import os
from dataclasses import astuple, dataclass, fields
from pathlib import Path

__all__ = ["LEDGER", "Fetched", "find", "read", "record"]

LEDGER = "fetched.csv"


@dataclass(frozen=True)
class Fetched:
    """One fetched file. ``content_sha256`` is that of the unpacked content: packing may change, the figures not."""

    dataset: str
    file: str
    url: str
    retrieved: str
    sha256: str
    bytes: int
    content_sha256: str
    content_bytes: int
    etag: str
    last_modified: str


COLUMNS = tuple(field.name for field in fields(Fetched))


def read(folder: Path) -> list[Fetched]:
    """Return the rows of a folder's ledger, oldest first; none where there is no ledger.

    Raises
    ------
    ValueError
        If the ledger has other columns or a size that is no number.

    Examples
    --------
    >>> read(Path("nowhere"))
    []
    """
    path = folder / LEDGER
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{LEDGER} must have the columns {', '.join(COLUMNS)}; it has {reader.fieldnames}")
        rows = list(reader)
    for number, row in enumerate(rows, start=2):
        if None in row.values() or not (row["bytes"].isdigit() and row["content_bytes"].isdigit()):
            raise ValueError(f"{LEDGER}, line {number} is cut short or damaged; remove it and fetch the file again")
    return [Fetched(**{**row, "bytes": int(row["bytes"]), "content_bytes": int(row["content_bytes"])}) for row in rows]


def find(folder: Path, dataset: str, sha256: str | None = None) -> Fetched | None:
    """Return the latest row of a data set, with that checksum where one is given."""
    rows = [row for row in read(folder) if row.dataset == dataset and sha256 in (None, row.sha256)]
    return rows[-1] if rows else None


def record(folder: Path, row: Fetched) -> None:
    """Add a row to a folder's ledger; the ledger is replaced as a whole, so that no reader sees half of it."""
    rows = [*read(folder), row]
    scratch = folder / f".{LEDGER}.new"
    with scratch.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(row) for row in rows)
    os.replace(scratch, folder / LEDGER)
