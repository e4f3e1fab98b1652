"""Regions: NUTS codes and their vintages, names in three languages, perimeters, the eleven S3 regions.

The canonical codes are those of NUTS 2016.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths

__all__ = [
    "PERIMETERS",
    "S3Region",
    "canonical_codes",
    "country",
    "level",
    "name",
    "perimeter",
    "recodes",
    "s3_region",
    "s3_regions",
    "successors",
    "vintage_of",
    "wiod_country",
]

PERIMETERS = {
    "alpine_space_2014": {"en": "Alpine Space area 2014-2020", "it": "area Spazio Alpino 2014-2020"},
    "alpine_space_2021": {"en": "Alpine Space area 2021-2027", "it": "area Spazio Alpino 2021-2027"},
    "eusalp": {"en": "EU Strategy for the Alpine Region", "it": "Strategia UE per la regione alpina"},
}
VINTAGES = (2006, 2010, 2013, 2016)
# as the release of 2013 writes them: Romania is still ROM; Croatia, Switzerland and Liechtenstein are not apart
WIOD_COUNTRIES = {
    "AT": "AUT", "BE": "BEL", "BG": "BGR", "CY": "CYP", "CZ": "CZE", "DE": "DEU", "DK": "DNK", "EE": "EST",
    "EL": "GRC", "ES": "ESP", "FI": "FIN", "FR": "FRA", "HU": "HUN", "IE": "IRL", "IT": "ITA", "LT": "LTU",
    "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD", "PL": "POL", "PT": "PRT", "RO": "ROM", "SE": "SWE",
    "SI": "SVN", "SK": "SVK", "TR": "TUR", "UK": "GBR",
}  # fmt: skip


@dataclass(frozen=True)
class S3Region:
    """A region of the project that has, or stands for, a smart specialisation strategy.

    ``codes`` are its NUTS 2016 codes (NUTS 2, but CH022 for Fribourg); ``publication_codes`` the coarsest
    published units that are exactly it: fewer hidden cells than the sum of its parts.

    Examples
    --------
    >>> s3_region("salzburg").name("it")
    'Salisburghese'
    """

    key: str
    name_en: str
    name_local: str
    name_it: str
    country: str
    strategy_level: int
    codes: tuple[str, ...]
    publication_codes: tuple[str, ...]
    note: str

    def name(self, language: str = "en") -> str:
        """Return the name in English (``en``), Italian (``it``) or the local language (``local``)."""
        return {"en": self.name_en, "it": self.name_it, "local": self.name_local}[_checked_language(language)]


def _checked_language(language: str) -> str:
    if language not in ("en", "it", "local"):
        raise ValueError(f"unknown language {language!r}; en, it or local would be right")
    return language


@lru_cache(maxsize=8)
def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _facts(table: str) -> pd.DataFrame:
    return _read(paths.facts() / f"{table}.csv")


def s3_regions() -> pd.DataFrame:
    """Return the project's eleven regions: index ``key``; ``codes`` and ``publication_codes`` are tuples.

    Examples
    --------
    >>> s3_regions().loc["bavaria", "publication_codes"]
    ('DE2',)
    """
    table = _facts("s3_regions").set_index("key")
    table["strategy_level"] = table["strategy_level"].astype(int)
    table["codes"] = table["nuts_2016"].map(lambda text: tuple(text.split()))
    table["publication_codes"] = [
        tuple(dict.fromkeys(code[: 2 + depth] for code in codes))
        for codes, depth in zip(table["codes"], table["strategy_level"], strict=True)
    ]
    return table


def s3_region(key: str) -> S3Region:
    """Return one of the project's regions; an unknown key is a ValueError with the nearest one and all of
    them.

    Examples
    --------
    >>> s3_region("slovenia").codes, s3_region("slovenia").publication_codes
    (('SI03', 'SI04'), ('SI',))
    """
    table = s3_regions()
    if key not in table.index:
        near = difflib.get_close_matches(str(key).lower(), table.index, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"unknown region {key!r}{hint} Regions: {', '.join(table.index)}")
    columns = [field for field in S3Region.__dataclass_fields__ if field != "key"]
    return S3Region(key=key, **table.loc[key, columns].to_dict())


def perimeter(name: str) -> tuple[str, ...]:
    """Return the NUTS 2 codes (2016) of a perimeter, sorted; an unknown one is a ValueError naming the three.

    Examples
    --------
    >>> len(perimeter("alpine_space_2014")), len(perimeter("alpine_space_2021"))
    (35, 42)
    """
    if name not in PERIMETERS:
        raise ValueError(f"unknown perimeter {name!r}; {', '.join(PERIMETERS)} would be right")
    table = _facts("perimeters")
    return tuple(sorted(table.loc[table[name] == "1", "nuts2_2016"]))


def name(code: str, language: str = "en") -> str:
    """Return the name of a region in English (``en``), Italian (``it``) or the local language (``local``).

    Known are the NUTS 2 regions of the three perimeters, DE1, DE2, CH022 and the Alpine states; another code
    is a ValueError.

    Examples
    --------
    >>> name("ITC1"), name("ITC1", "it"), name("AT31", "local")
    ('Piedmont', 'Piemonte', 'Oberösterreich')
    """
    column = f"name_{_checked_language(language)}"
    table = _facts("regions_names").set_index("code")
    if code not in table.index:
        raise ValueError(f"no name for {code!r}; a region or state of the Alpine perimeters would be right")
    return str(table.loc[code, column])


def country(code: str) -> str:
    """Return the country of a NUTS code.

    Examples
    --------
    >>> country("ITC4")
    'IT'
    """
    return _checked_code(code)[:2]


def wiod_country(code: str) -> str:
    """Return the country of a NUTS code as the world input-output tables (release 2013) write it.

    Countries without a table of their own are inside the rest of the world, ``RoW``: no result speaks of them.

    Examples
    --------
    >>> wiod_country("EL"), wiod_country("ITC4"), wiod_country("RO"), wiod_country("CH02")
    ('GRC', 'ITA', 'ROM', 'RoW')
    """
    return WIOD_COUNTRIES.get(country(code), "RoW")


def level(code: str) -> int:
    """Return the NUTS level of a code: 0 for states to 3.

    Examples
    --------
    >>> level("SI"), level("DE2"), level("ITC4"), level("CH022")
    (0, 1, 2, 3)
    """
    return len(_checked_code(code)) - 2


def _checked_code(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{0,3}", str(code)):
        raise ValueError(f"{code!r} is no NUTS code; two letters and up to three more signs would be right")
    return code


def recodes() -> pd.Series:
    """Return the pure recodes, old code to NUTS 2016: the same area under a new code, nothing else.

    An old code without an equal of 2016 (HU10, SI01, ITD5) is not here; see data/raw/facts/nuts_recodes.csv.

    Examples
    --------
    >>> recodes()["FR43"], "HU10" in recodes()
    ('FRC2', False)
    """
    table = _facts("nuts_recodes")
    return table[table["kind"] == "recode"].set_index("nuts_2013")["nuts_2016"].copy()


def canonical_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes with pure recodes applied, in order, each once; other codes stay as they are.

    Examples
    --------
    >>> canonical_codes(["FR43", "FRC2", "HU10"])
    ('FRC2', 'HU10')
    """
    new = recodes().to_dict()
    return tuple(dict.fromkeys(new.get(code, code) for code in codes))


def successors() -> dict[str, tuple[str, ...]]:
    """Return, for old codes that no later code equals, the codes of the same level that took their place.

    Examples
    --------
    >>> successors()["FI18"]
    ('FI1B', 'FI1C')
    """
    table = _facts("nuts_recodes")
    replaced = table[table["kind"] == "none"]
    pairs = {old: tuple(c for c in new.split() if len(c) == len(old)) for old, new in
             zip(replaced["nuts_2013"], replaced["successors"], strict=True)}  # fmt: skip
    return {old: new for old, new in pairs.items() if new}


@lru_cache(maxsize=4)
def _validity(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return the last vintage of the old codes and the first vintage of those that came after them."""
    table = _read(path)
    last = dict(zip(table["nuts_2013"], table["vintage"].astype(int), strict=True))
    first: dict[str, int] = {}
    for old, new in zip(table["nuts_2013"], table["nuts_2016"] + " " + table["successors"], strict=True):
        for code in new.split():
            follows = VINTAGES[VINTAGES.index(last[old]) + 1]
            first[code] = max(first.get(code, follows), follows)
    return last, first


def vintage_of(codes: Iterable[str]) -> int:
    """Return the latest NUTS vintage in which all the codes exist: 2006, 2010, 2013 or 2016.

    Most codes never changed and fit any vintage; only codes of ``nuts_recodes.csv`` tell vintages apart.

    Raises
    ------
    ValueError
        If no vintage holds them all; the sentence names a pair and the conversion.

    Examples
    --------
    >>> vintage_of(["ITC4", "FRC2"]), vintage_of(["ITC4", "FR43"])
    (2016, 2013)
    >>> vintage_of(["FR42", "FRF1"])
    Traceback (most recent call last):
    ...
    ValueError: codes of two NUTS vintages: FR42 (2013) and FRF1 (2016); convert FR42 to FRF1
    """
    last, first = _validity(paths.facts() / "nuts_recodes.csv")
    codes = [_checked_code(code) for code in codes]
    until = min(codes, key=lambda code: last.get(code, VINTAGES[-1]), default=None)
    since = max(codes, key=lambda code: first.get(code, VINTAGES[0]), default=None)
    if until is None or since is None:
        raise ValueError("no codes given; at least one NUTS code would be right")
    end, start = last.get(until, VINTAGES[-1]), first.get(since, VINTAGES[0])
    if end >= start:
        return end
    new = recodes().get(until)
    advice = f"convert {until} to {new}" if new else f"{until} has no NUTS 2016 code of the same area"
    raise ValueError(f"codes of two NUTS vintages: {until} ({end}) and {since} ({start}); {advice}")
