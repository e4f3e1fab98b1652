"""How the priorities of the strategies were coded to divisions: the tables tests read, and what readers see of them.

Priorities were coded from their names alone, by one person; what a strategy's document lists under a name was not read.
"""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, paths, regions, sectors
from alpclusters_lib.reports import strategy_regions
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.strategy.priorities import VERSIONS, agreement, codable_share, coded_weights

__all__ = [
    "agreement_sentence", "coding_sentence", "coding_table", "missing_sentence", "region_of", "titles", "weights",
]  # fmt: skip

SECOND = "priority_sectors_second"
# divisions outside the business economy that names of priorities denote
OUTSIDE = {
    "A01": "Farming", "A02": "Forestry", "A03": "Fishing", "O84": "Public administration", "P85": "Education",
    "Q86": "Health care", "Q87": "Residential care", "Q88": "Social work", "R90": "Arts",
    "R91": "Museums and libraries", "R93": "Sport and leisure",
}  # fmt: skip


@functools.lru_cache(maxsize=4)
def _coded(version: str, file: str = "priority_sectors") -> pd.DataFrame:
    return coded_weights(datasets.facts(file), version=version)


def weights(period: str = "2014-2020", version: str = "narrow") -> pd.DataFrame:
    """Return the coded weights of the named priorities of a period: priority × division, all coded divisions.

    Raises
    ------
    ValueError
        If the period or the version is unknown, or a named priority is not coded.
    """
    table, named = _coded(version), titles(period).index
    lost = [name for name in named if name not in table.index]
    if lost:
        raise ValueError(f"priority {lost[0]!r} has a name and is not coded; see data/raw/facts/priority_sectors.csv")
    return table.loc[named].copy()


@functools.lru_cache(maxsize=4)
def _listed_priorities(period: str) -> pd.DataFrame:
    return strategy_regions.priorities(period).rename_axis("priority")


def _named(period: str) -> pd.DataFrame:
    table = _listed_priorities(period)
    return table[table["priority"] != ""]


def titles(period: str = "2014-2020", language: str = "en") -> pd.Series:
    """Return the names of the priorities of a period that were found, by id; the Italian ones are translations."""
    found = _named(period)["priority"].rename("title")
    if language == "en":
        return found.copy()
    if language != "it":
        raise ValueError(f"no names of priorities in {language!r}; en or it is right")
    return datasets.facts("s3_priority_names").set_index("id")["name_it"].reindex(found.index).rename("title")


def region_of(period: str = "2014-2020") -> pd.Series:
    """Return the key of the strategy's region of each priority with a name, by id."""
    return _named(period)["region"].copy()


@functools.lru_cache(maxsize=128)
def division_label(code: str) -> str:
    """Return a short label of a division, of those outside the business economy too."""
    return OUTSIDE[code] if code in OUTSIDE else sectors.label(code, short=True)


def missing_sentence(region: str, period: str = "2014-2020") -> str:
    """Return why a strategy has no priorities to be tested, or an empty string where it has.

    Raises
    ------
    ValueError
        If the region is unknown.
    """
    name = regions.s3_region(region).name()
    table = _listed_priorities(period)
    own = table[table["region"] == region]
    if (own["priority"] != "").any():
        return ""
    if own.empty:
        return f"{name} has no priorities to test for {period}: none were looked for."
    return f"{name} has no priorities to test for {period}: {own['status'].iloc[0]}."


def coding_table(region: str, period: str = "2014-2020") -> pd.DataFrame:
    """Return how the priorities of a region were coded; empty where none was found."""
    missing_sentence(region)  # an unknown region is named
    named, rows = titles(period)[region_of(period) == region], []
    if named.empty:
        return pd.DataFrame()
    tables = {version: weights(period, version).loc[named.index] for version in VERSIONS}
    shares = {version: codable_share(tables[version], sectors.divisions()) for version in VERSIONS}
    for name, title in named.items():
        narrow, broad = (_listed(tables[version].loc[name]) for version in VERSIONS)
        more = ", ".join(code for code in broad if code not in narrow)
        rows.append({
            "Priority": title,
            "Narrow: what the name denotes": ", ".join(narrow),
            "Broad: also what supplies or uses it": more or "no more",
            "Weight with figures, narrow": percent(100 * shares["narrow"][name], 0),
            "Weight with figures, broad": percent(100 * shares["broad"][name], 0),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _listed(own: pd.Series) -> list[str]:
    return [f"{division_label(code)} ({code})" for code in own.index[own > 0]]


def coding_sentence(period: str = "2014-2020") -> str:
    """Return how many priorities of how many strategies were coded, and how much of them can be tested."""
    named, owners = titles(period), region_of(period)
    told = []
    for version in VERSIONS:
        share = codable_share(weights(period, version), sectors.divisions())
        told.append(f"{percent(100 * share.mean(), 0)} in the {version} version ({_none((share == 0).sum())})")
    return (
        f"{len(named)} priorities of {owners.nunique()} strategies for {period} were coded to divisions of NACE Rev. 2 "
        f"from their names. Of their weight, {' and '.join(told)} lies on divisions with regional figures; the rest is "
        "farming, health care, public services, education and arts, which the business statistics leave out."
    )


def _none(count: int) -> str:
    return "no priority without any" if not count else f"{count} priorit{'y' if count == 1 else 'ies'} without any"


def agreement_sentence(period: str = "2014-2020") -> str:
    """Return how far two coders agree where a second one's file exists, else that one person coded."""
    if not (paths.facts() / f"{SECOND}.csv").is_file():
        return (
            "One person coded the priorities, so how far two would agree is not known. The narrow and the broad "
            "version stand in for it: what holds in one of them only is not counted as found."
        )
    told = []
    for version in VERSIONS:
        found = agreement(weights(period, version), _coded(version, SECOND))
        row = found.loc["all"]
        told.append(
            f"{version} version: mean cosine of the weights {decimal(row['cosine'])}, Cohen's kappa on the divisions "
            f"named {decimal(row['kappa'])}, n = {len(found) - 1} priorities"
        )
    return f"Two people coded the priorities without each other. Their agreement: {'; '.join(told)}."
