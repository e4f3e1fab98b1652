"""The action plan: findings become actions by published rules, each with the number behind it and who would decide.

A plan proposes, it does not decide: every row says by whom it is to be decided, and each of its numbers is a location
quotient that :func:`alpclusters_lib.reports.explain.explain` finds again by indicator, region and sector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib.indicators._checks import listed

__all__ = ["COLUMNS", "Finding", "Number", "build"]

COLUMNS = (
    "kind", "action", "regions", "numbers", "service", "stage", "actors", "group", "monitor", "baseline", "decided_by",
)  # fmt: skip
LANGUAGES = ("en", "it")


@dataclass(frozen=True)
class Number:
    """A number behind an action, by which it can be found again: indicator, region, sector, year and value.

    ``shown`` is the value as text, ``text`` the same with what it is of.
    """

    indicator: str
    region: str
    sector: str
    year: int
    value: float
    shown: str
    text: str


@dataclass(frozen=True)
class Finding:
    """What the evidence found: a kind of action, its regions, what fills the rule's words, numbers, stage, deciders."""

    kind: str
    regions: tuple[str, ...]
    what: str
    partner: str
    numbers: tuple[Number, ...]
    stage: str = ""
    decided_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that a number stands behind it."""
        if not self.numbers:
            raise ValueError(f"the finding {self.kind} of {', '.join(self.regions)} has no number behind it")


def build(findings: Sequence[Finding], kinds: pd.DataFrame, *, language: str = "en") -> pd.DataFrame:
    """Return the plan: a row an action, in the order of the findings.

    Parameters
    ----------
    findings
        What the evidence found.
    kinds
        Index kind: ``action_en, action_it`` with ``{what}`` and ``{partner}`` to be filled, ``service_…``, ``actors_…``
        and ``group``, the EUSALP action group.
    language
        "en" or "it".

    Returns
    -------
    The columns `COLUMNS`: ``numbers`` the objects, ``monitor`` and ``baseline`` of the first of them. Empty where
    nothing was found.

    Raises
    ------
    ValueError
        If a kind has no rule, a rule lacks its words, or the language is another.

    Examples
    --------
    >>> rules = pd.DataFrame({"action_en": ["Meet {partner} on {what}"], "service_en": ["exchange"],
    ...                       "actors_en": ["business"], "group": ["2"]}, index=["meet"])
    >>> number = Number("location_quotient", "ITC4", "C28", 2014, 1.98, "1.98", "machinery in Lombardy 1.98")
    >>> plan = build([Finding("meet", ("ITC4", "AT31"), "machines", "Upper Austria", (number,))], rules)
    >>> plan.loc[0, "action"], plan.loc[0, "baseline"]
    ('Meet Upper Austria on machines', 'machinery in Lombardy 1.98 (2014)')
    """
    if language not in LANGUAGES:
        raise ValueError(f"no plan in {language!r}; en or it is right")
    rows = []
    for finding in findings:
        if finding.kind not in kinds.index:
            raise ValueError(f"no rule for actions of the kind {finding.kind!r}; there are {listed(kinds.index)}")
        rule = kinds.loc[finding.kind]
        words = {name: rule.get(f"{name}_{language}", "") for name in ("action", "service", "actors")}
        empty = [name for name, text in words.items() if not isinstance(text, str) or not text]
        if empty:
            raise ValueError(f"the rule {finding.kind} has no {empty[0]}_{language}")
        first = finding.numbers[0]
        rows.append({
            "kind": finding.kind, "action": words["action"].format(what=finding.what, partner=finding.partner),
            "regions": finding.regions, "numbers": finding.numbers, "service": words["service"],
            "stage": finding.stage, "actors": words["actors"], "group": str(rule["group"]),
            "monitor": first.indicator, "baseline": f"{first.text} ({first.year})",
            "decided_by": finding.decided_by,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
