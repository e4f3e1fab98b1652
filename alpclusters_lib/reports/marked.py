"""Numbers of one area as text, each marked where it rests on an estimate, its limits where it has no value."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.reports.numbers import about, changes, decimal, percent, span

__all__ = [
    "growth",
    "growth_is_estimated",
    "growth_limits",
    "hides_a_division",
    "is_estimated",
    "jobs_per_unit",
    "quotient",
]

UNSURE = ("estimated", "bound", "confidential")


def hides_a_division(row: pd.Series) -> bool:
    """Say whether an area's number of jobs holds a figure that is not published."""
    return row["jobs_lower"] != row["jobs_upper"]


def is_estimated(row: pd.Series) -> bool:
    """Say whether the quotient of an area rests on an estimate: of a division, or of a section of all its jobs."""
    return row["status"] in UNSURE


def growth_is_estimated(row: pd.Series) -> bool:
    """Say whether an area has a growth that rests on an estimate at one of its ends."""
    return pd.notna(row.get("growth_pct")) and row["growth_status"] in UNSURE


def quotient(row: pd.Series, language: str = "en") -> str:
    """Write a location quotient, what it is at the limits of a hidden figure where it has no value.

    Examples
    --------
    >>> row = pd.Series({"lq": 1.884, "lq_lower": 1.49, "lq_upper": 1.97, "status": "estimated"})
    >>> quotient(row), quotient(row.replace("estimated", "observed")), quotient(row.replace(1.884, float("nan")))
    ('about 1.88', '1.88', '1.49 to 1.97')
    """
    if pd.isna(row["lq"]):
        return span(row["lq_lower"], row["lq_upper"], 2, language)
    return about(decimal(row["lq"], 2, language), is_estimated(row), language)


def growth(row: pd.Series) -> str:
    """Write a growth.

    Examples
    --------
    >>> growth(pd.Series({"growth_pct": 5.69, "growth_status": "estimated"}))
    'about +5.7 %'
    """
    return about(percent(row["growth_pct"], signed=True), growth_is_estimated(row))


def growth_limits(row: pd.Series, language: str = "en") -> str:
    """Write what growth is at the limits of the estimates behind it.

    Examples
    --------
    >>> growth_limits(pd.Series({"growth_lower_pct": -16.18, "growth_upper_pct": 10.34}))
    '-16.2 % to +10.3 %'
    """
    return changes(row["growth_lower_pct"], row["growth_upper_pct"], language)


def jobs_per_unit(row: pd.Series) -> str:
    """Write jobs per local unit.

    Examples
    --------
    >>> jobs_per_unit(pd.Series({"jobs_per_unit": 7.62, "jobs_lower": 12420.0, "jobs_upper": 16350.0}))
    'about 7.6'
    """
    return about(decimal(row["jobs_per_unit"], 1), pd.notna(row["jobs_per_unit"]) and hides_a_division(row))
