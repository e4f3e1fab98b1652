"""NACE Rev. 2 sections and divisions, and the cluster families made of whole divisions."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths

__all__ = [
    "BUSINESS_ECONOMY",
    "BUSINESS_ECONOMY_IT",
    "Family",
    "cluster_families",
    "divisions",
    "family",
    "label",
    "nace",
    "section_of",
    "sections",
]

BUSINESS_ECONOMY = (
    "the business economy: NACE Rev. 2 sections B to N without K, and division S95; "
    "no agriculture, finance, public services, health or arts"
)
"""What "total employment" means: the sum of sections B to N without K, and S95."""

BUSINESS_ECONOMY_IT = (
    "l'economia d'impresa: sezioni NACE Rev. 2 da B a N senza K, e la divisione S95; "
    "senza agricoltura, finanza, servizi pubblici, sanità e arti"
)

LANGUAGES = ("en", "it")
PURE_ENOUGH = 0.5


@dataclass(frozen=True)
class Family:
    """A cluster family: whole divisions that stand for a cluster, and how well they do.

    ``purity`` is the share of its industries that belong to clusters at home in it (NaN: not computed yet);
    ``word`` is what it may be called.

    Examples
    --------
    >>> Family("automotive", "Automotive", "Automotive", ("C29",), 0.8, "cluster family").label("it")
    'Automotive'
    """

    key: str
    label_en: str
    label_it: str
    divisions: tuple[str, ...]
    purity: float
    word: str

    def label(self, language: str = "en") -> str:
        """Return the label in English or Italian."""
        _check_language(language)
        return self.label_it if language == "it" else self.label_en


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}; en or it would be right")


@lru_cache(maxsize=8)
def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@lru_cache(maxsize=4)
def _codes(path: Path, level: str) -> tuple[str, ...]:
    table = _read(path)
    return tuple(table.loc[table["level"] == level, "code"])


def _nace() -> pd.DataFrame:
    return _read(paths.facts() / "nace.csv")


def nace() -> pd.DataFrame:
    """Return the sections and divisions of the business economy: index ``code``, labels in two languages.

    Section K (finance) is not among them: the structural business statistics do not cover it.

    Examples
    --------
    >>> nace().loc["C28", "label_en"]
    'Manufacture of machinery and equipment n.e.c.'
    """
    return _nace().set_index("code")


def divisions() -> tuple[str, ...]:
    """Return the 68 divisions, B05 to N82 and S95, in the order of the classification.

    Examples
    --------
    >>> divisions()[0], divisions()[-1], len(divisions())
    ('B05', 'S95', 68)
    """
    return _codes(paths.facts() / "nace.csv", "division")


def sections() -> tuple[str, ...]:
    """Return the sections, B to N without K, and S (of which the statistics hold S95 only).

    Examples
    --------
    >>> "".join(sections())
    'BCDEFGHIJLMNS'
    """
    return _codes(paths.facts() / "nace.csv", "section")


def section_of(division: str) -> str:
    """Return the section of a division.

    Examples
    --------
    >>> section_of("C28")
    'C'
    """
    if division not in divisions():
        raise ValueError(f"{division!r} is no NACE division; a code such as C28 would be right")
    return division[0]


def label(code: str, language: str = "en", *, short: bool = False) -> str:
    """Return the official title of a section or division, or a short one for charts (28 characters at most).

    Raises
    ------
    ValueError
        If the code or the language is unknown; the sentence says what would be right.

    Examples
    --------
    >>> label("C29", "it")
    'Fabbricazione di autoveicoli, rimorchi e semirimorchi'
    >>> label("C29", short=True)
    'Motor vehicles'
    """
    _check_language(language)
    table = _nace().set_index("code")
    if code not in table.index:
        near = difflib.get_close_matches(str(code).upper(), table.index, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "codes run from B05 to N82, and S95"
        raise ValueError(f"{code!r} is no NACE section or division of the business economy; {hint}")
    return str(table.loc[code, f"{'short' if short else 'label'}_{language}"])


@lru_cache(maxsize=4)
def _families(facts: Path, processed: Path, changed: int | None) -> pd.DataFrame:
    rows = _read(facts)
    grouped = rows.groupby("family", sort=False)
    table = grouped[["label_en", "label_it"]].first()
    table["divisions"] = grouped["nace"].agg(tuple)
    purity = pd.Series(dtype="float64")
    if changed is not None:
        purity = pd.read_parquet(processed).astype({"family": str}).set_index("family")["purity"]
    table["purity"] = purity.reindex(table.index).astype("float64")
    table["word"] = table["purity"].map(lambda p: "cluster family" if p >= PURE_ENOUGH else "sector group")
    return table


def _current_families() -> pd.DataFrame:
    processed = paths.processed() / "cluster_families.parquet"
    changed = processed.stat().st_mtime_ns if processed.is_file() else None
    return _families(paths.facts() / "cluster_families.csv", processed, changed)


def cluster_families() -> pd.DataFrame:
    """Return the cluster families: index ``family``, columns label_en, label_it, divisions, purity, word.

    ``divisions`` is a tuple of whole divisions, all with weight 1; families may share divisions, so their
    jobs must not be added up. ``purity`` is the share of the industries in these divisions that belong to
    traded clusters at home in the family, computed by the build (NaN before it). ``word`` is "cluster
    family" where the purity is at least 0.5, else, and where it is not known, "sector group".

    Examples
    --------
    >>> cluster_families().loc["machinery", "divisions"]
    ('C26', 'C27', 'C28')
    """
    return _current_families().copy()


def family(key: str) -> Family:
    """Return one cluster family.

    Raises
    ------
    ValueError
        If the key is unknown; the sentence suggests the nearest one and lists them all.

    Examples
    --------
    >>> family("life-sciences").divisions
    ('C21', 'C32', 'M72')
    >>> family("machinry")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: unknown cluster family 'machinry'; did you mean 'machinery'? Families: machinery, ...
    """
    table = _current_families()
    if key not in table.index:
        near = difflib.get_close_matches(str(key).lower(), table.index, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"unknown cluster family {key!r}{hint} Families: {', '.join(table.index)}")
    row = table.loc[key]
    return Family(key, row["label_en"], row["label_it"], row["divisions"], float(row["purity"]), row["word"])
