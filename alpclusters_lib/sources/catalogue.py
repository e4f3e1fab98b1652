"""The catalogue of published files: ``data/raw/sources.csv``, one row a file, with its checksum.

A file is read only after its SHA-256 has been found equal to the catalogue's, or to that of a fetch noted in the
ledger beside it (:mod:`alpclusters_lib.sources.ledger`): figures that come from another vintage of a file than the
one described would otherwise pass unnoticed.
"""

from __future__ import annotations

import csv
import functools
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from alpclusters_lib import paths
from alpclusters_lib.sources import ledger

__all__ = ["COLUMNS", "Source", "catalogue", "raw_file", "sha256_of", "source", "vintage"]

COLUMNS = (
    "dataset", "file", "title", "publisher", "reference", "licence", "url", "retrieved", "sha256", "bytes", "note",
)  # fmt: skip
# Data sets that may be fetched and are not catalogued are all Eurostat's.
EUROSTAT_LICENCE = "Eurostat copyright notice: reuse authorised with acknowledgement of the source (CC BY 4.0)"


@dataclass(frozen=True)
class Source:
    """One published file: what it is, who publishes it, on what terms, and how to recognise it."""

    dataset: str
    file: str
    title: str
    publisher: str
    reference: str
    licence: str
    url: str
    retrieved: str
    sha256: str
    bytes: int
    note: str


@functools.lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Source]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name} must have the columns {', '.join(COLUMNS)}; it has {reader.fieldnames}")
        rows = [Source(**{**row, "bytes": int(row["bytes"])}) for row in reader]
    doubled = sorted({s.dataset for s in rows if sum(o.dataset == s.dataset for o in rows) > 1})
    if doubled:
        raise ValueError(f"{path.name} names a data set twice: {', '.join(doubled)}; keep one row each")
    return {s.dataset: s for s in rows}


def catalogue() -> dict[str, Source]:
    """Return every catalogued file by the name of its data set.

    Examples
    --------
    >>> catalogue()["sbs_r_nuts06_r2"].publisher
    'Eurostat'
    """
    return dict(_read(paths.raw() / "sources.csv"))


def source(dataset: str) -> Source:
    """Return the catalogue's row of one data set; an unknown name raises a sentence that lists the known ones."""
    known = catalogue()
    if dataset not in known:
        raise ValueError(f"no data set {dataset!r} in data/raw/sources.csv; available: {', '.join(sorted(known))}")
    return known[dataset]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _place(dataset: str, folder: Path) -> Source:
    """Return the catalogue's row, or one made of the ledger where a data set was fetched and is not catalogued."""
    fetched = None if dataset in catalogue() else ledger.find(folder, dataset)
    if fetched is None:
        return source(dataset)
    return Source(
        dataset=dataset, file=fetched.file, title=dataset, publisher="Eurostat", reference=f"Eurostat, {dataset}",
        licence=EUROSTAT_LICENCE, url=fetched.url, retrieved=fetched.retrieved, sha256=fetched.sha256,
        bytes=fetched.bytes, note="fetched",
    )  # fmt: skip


def raw_file(dataset: str, *, folder: Path | None = None) -> Path:
    """Return the path of a published file, after checking that it is a vintage that is described.

    That is the one of the catalogue, or one that was fetched into the folder and noted in its ledger.

    Raises
    ------
    ValueError
        If the file is absent, empty, or has a checksum that neither knows.
    """
    folder = folder or paths.downloads()
    entry = _place(dataset, folder)
    path = folder / entry.file
    if not path.is_file():
        raise ValueError(
            f"{entry.file} of {dataset} is not in {path.parents[len(Path(entry.file).parts) - 1]}; "
            "put the published file there or point ALPCLUSTERS_RAW to a folder that holds it"
        )
    if path.stat().st_size == 0:
        raise ValueError(f"{entry.file} of {dataset} is empty; the published file has {entry.bytes:,} bytes")
    found = sha256_of(path)
    if found != entry.sha256 and ledger.find(folder, dataset, found) is None:
        raise ValueError(
            f"{entry.file} of {dataset} has SHA-256 {found[:12]}… where data/raw/sources.csv says "
            f"{entry.sha256[:12]}…; it is another vintage or was cut short (catalogued: {entry.bytes:,} bytes, "
            f"found: {path.stat().st_size:,})"
        )
    return path


def vintage(dataset: str, *, folder: Path | None = None) -> Source:
    """Return what describes the file that is there: the catalogue's row, or the same with what the ledger knows.

    Of a fetched file ``url, retrieved, sha256`` and ``bytes`` are those of the fetch, and ``reference`` names it.

    Raises
    ------
    ValueError
        As :func:`raw_file` does.
    """
    folder = folder or paths.downloads()
    found = sha256_of(raw_file(dataset, folder=folder))
    entry = _place(dataset, folder)
    fetched = ledger.find(folder, dataset, found)
    if fetched is None or (entry.sha256 == found and dataset in catalogue()):
        return entry
    reference = f"{entry.publisher}, {dataset}, retrieved {fetched.retrieved[:10]}"
    return replace(
        entry, url=fetched.url, retrieved=fetched.retrieved, sha256=found, bytes=fetched.bytes, reference=reference
    )
