"""Reader of the participations in Horizon 2020, from CORDIS, at the level of countries.

One row a participation: organisations are codes (``pic``), projects are numbers (``rcn``). ``NA`` stands for a
missing figure or date; as a country it is Namibia. The programme parts are in a file of their own, one row for each
part a project belongs to.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.delimited import read_delimited

__all__ = ["ROLES", "read_participations", "read_programme_parts"]

COLUMNS = (
    "rcn", "role", "pic", "type", "contribution", "country", "start_date", "end_date", "max_contribution",
    "total_cost", "start_year", "end_year", "duration", "group", "nunique",
)  # fmt: skip
NUMBERS = ("contribution", "max_contribution", "total_cost", "start_year", "end_year", "duration", "nunique")
ROLES = ("coordinator", "participant", "partner")


def _check_codes(path: Path, column: pd.Series, known: Collection[str], what: str) -> None:
    unknown = column[~column.isin(list(known))]
    if len(unknown):
        raise ValueError(
            f"{path.name}, row {unknown.index[0] + 2}, column {column.name!r}: {unknown.iloc[0]!r} is no known "
            f"{what}; known: {', '.join(known)}"
        )


def _check_doubles(path: Path, table: pd.DataFrame, key: list[str]) -> None:
    doubled = table[table.duplicated(key)]
    if len(doubled):
        first = doubled.iloc[0]
        said = ", ".join(f"{name} {first[name]}" for name in key)
        raise ValueError(f"{path.name}, row {doubled.index[0] + 2}: {said} stands twice; each pair may stand once")


def read_participations(path: Path, *, organisation_types: Collection[str]) -> pd.DataFrame:
    """Read the participations.

    Parameters
    ----------
    path
        The file ``h2020.csv.gz``.
    organisation_types
        The codes of types of organisations that are known.

    Returns
    -------
    DataFrame
        ``project, role, organisation, type, country, start_year, contribution``; the last two are NaN where
        nothing is published.

    Raises
    ------
    ValueError
        If the file is damaged, has other columns, an unknown code, or an organisation twice in one project; the
        sentence names file, row and column.

    Examples
    --------
    >>> read_participations(Path("missing.csv.gz"), organisation_types=["HES"])
    Traceback (most recent call last):
    ...
    ValueError: no file missing.csv.gz; the published file would be right, see data/raw/sources.csv
    """
    text = [name for name in COLUMNS if name not in NUMBERS]
    table = read_delimited(path, columns=COLUMNS, text_columns=text, missing=["NA"])
    _check_codes(path, table["role"], ROLES, "role")
    _check_codes(path, table["type"], organisation_types, "type of organisation")
    malformed = table[~table["country"].str.fullmatch(r"[A-Z]{2}")]
    if len(malformed):
        raise ValueError(
            f"{path.name}, row {malformed.index[0] + 2}, column 'country': {malformed.iloc[0]['country']!r} is no "
            "code of a country; two capital letters would be right"
        )
    _check_doubles(path, table, ["rcn", "pic"])
    negative = table[table["contribution"] < 0]
    if len(negative):
        raise ValueError(
            f"{path.name}, row {negative.index[0] + 2}, column 'contribution': {negative.iloc[0]['contribution']:g} "
            "EUR; a contribution cannot be below 0"
        )
    kept = ["rcn", "role", "pic", "type", "country", "start_year", "contribution"]
    return table[kept].rename(columns={"rcn": "project", "pic": "organisation"})


def read_programme_parts(path: Path, *, programme_parts: Collection[str]) -> pd.DataFrame:
    """Read which parts of the programme each project belongs to: ``project, programme_part``, one row a pair.

    Parameters
    ----------
    path
        The file ``programme_parts.csv.gz``.
    programme_parts
        The codes of parts that are known.

    Raises
    ------
    ValueError
        If the file is damaged, has an unknown code or a pair twice; the sentence names file, row and column.
    """
    table = read_delimited(path, columns=["rcn", "programme_part"], text_columns=["rcn", "programme_part"])
    _check_codes(path, table["programme_part"], programme_parts, "programme part")
    _check_doubles(path, table, ["rcn", "programme_part"])
    return table.rename(columns={"rcn": "project"})
