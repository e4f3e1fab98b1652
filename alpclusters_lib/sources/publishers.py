"""Which address of which publisher serves which data set: ``data/raw/publishers.csv``.

Eurostat's dissemination interface serves a whole data set as TSV or SDMX-CSV; the files without a filter are
prepared in advance. GISCO serves polygons as plain files. Only the hosts of this list are ever asked.
"""

from __future__ import annotations

import csv
import difflib
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.sources import eurostat, sdmx

__all__ = ["LAYOUTS", "Publisher", "address", "origin", "origins", "publisher", "publishers", "read_table"]

COLUMNS = ("dataset", "file", "url", "layout", "note")
LAYOUTS = {"tsv": "a Eurostat TSV", "sdmx-csv": "an SDMX-CSV", "geojson": "a GeoJSON"}
YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


@dataclass(frozen=True)
class Publisher:
    """Where one data set is published, in which layout, and as which file it is kept."""

    dataset: str
    file: str
    url: str
    layout: str
    note: str


@functools.lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Publisher]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name} must have the columns {', '.join(COLUMNS)}; it has {reader.fieldnames}")
        rows = [Publisher(**row) for row in reader]
    for row in rows:
        if row.layout not in LAYOUTS:
            raise ValueError(f"{path.name}: {row.dataset} has the layout {row.layout!r}; one of {', '.join(LAYOUTS)}")
        if not row.url.startswith("https://"):
            raise ValueError(f"{path.name}: {row.dataset} has the address {row.url!r}; one with https:// is right")
    return {row.dataset: row for row in rows}


def publishers() -> dict[str, Publisher]:
    """Return every data set that has an address, by name.

    Examples
    --------
    >>> publishers()["sbs_r_nuts06_r2"].layout
    'tsv'
    """
    return dict(_read(paths.raw() / "publishers.csv"))


def publisher(dataset: str) -> Publisher:
    """Return where one data set is published; an unknown name raises a sentence that suggests the nearest."""
    known = publishers()
    if dataset not in known:
        near = difflib.get_close_matches(dataset, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"those with one: {', '.join(known)}"
        raise ValueError(f"no address for the data set {dataset!r} in data/raw/publishers.csv; {hint}")
    return known[dataset]


def origin(url: str) -> str:
    """Return scheme and host of an address, in lower case.

    Examples
    --------
    >>> origin("https://ec.europa.eu/eurostat/api")
    'https://ec.europa.eu'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def origins(base_url: str | None = None) -> frozenset[str]:
    """Return the hosts that may be asked: those of the list, or the one stand-in where one is named."""
    return frozenset([origin(base_url)] if base_url else [origin(row.url) for row in publishers().values()])


def _checked_years(years: str) -> tuple[str, str]:
    found = YEARS.fullmatch(years.strip())
    first, last = (found[1], found[2] or found[1]) if found else ("1", "0")
    if first > last:
        raise ValueError(f"{years!r} is no span of years; two in order such as 2008-2020 would be right")
    return first, last


def address(dataset: str, *, years: str | None = None, base_url: str | None = None) -> str:
    """Return the address to fetch a data set from.

    Parameters
    ----------
    dataset
        A name of ``data/raw/publishers.csv``.
    years
        Such as ``2008-2020``: Eurostat's files can be limited to them, polygons have none.
    base_url
        A stand-in for the publisher, such as a mirror: takes the place of scheme and host.

    Raises
    ------
    ValueError
        If there is no such data set, it has no years, the years are no span, or the stand-in is no address.

    Examples
    --------
    >>> address("sbs_r_nuts06_r2", years="2016-2020").partition("?")[2]
    'format=TSV&compressed=true&startPeriod=2016&endPeriod=2020'
    """
    row = publisher(dataset)
    url = row.url
    if years:
        first, last = _checked_years(years)
        if row.layout == "geojson":
            raise ValueError(f"{dataset} holds polygons and no years; leave --years out")
        url += f"&startPeriod={first}&endPeriod={last}"
    if base_url is None:
        return url
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc:
        raise ValueError(f"{base_url!r} is no address; one such as https://mirror.example.org would be right")
    return base_url.rstrip("/") + url.removeprefix(origin(url))


def read_table(path: Path, **options: object) -> pd.DataFrame:
    """Read a Eurostat file of either layout into the long table.

    Parameters
    ----------
    path
        A TSV or an SDMX-CSV, plain or gzipped; the first line tells which.
    options
        ``keep``, as in :func:`alpclusters_lib.sources.eurostat.read_eurostat_tsv`.

    Returns
    -------
    DataFrame
        The dimensions, ``year, value, flag``.
    """
    return (sdmx.read_sdmx_csv if sdmx.is_sdmx_csv(path) else eurostat.read_eurostat_tsv)(path, **options)
