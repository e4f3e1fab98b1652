"""Does a headline survive the hidden figures? The verdict is taken again at the extremes of what they can be."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib.reports.conclusions import CONCLUSIONS, pace, specialisation
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.numbers import decimal, span

__all__ = ["Survival", "survival", "survival_sentence"]


@dataclass(frozen=True)
class Survival:
    """The verdict (specialisation, pace) as it stands, and with every estimate at its lower and at its upper limit.

    ``rests_on_estimates`` is False where all figures behind the verdict are published; then the three are the same.
    """

    verdict: tuple[str, str | None]
    lower: tuple[str, str | None]
    upper: tuple[str, str | None]
    rests_on_estimates: bool

    @property
    def survives(self) -> bool:
        """Whether the verdict is the same at both extremes."""
        return self.verdict == self.lower == self.upper


def _verdict(evidence: Evidence) -> tuple[str, str | None]:
    return specialisation(evidence), pace(evidence)


def _at(evidence: Evidence, end: str) -> Evidence:
    """Return the evidence with the estimates of the area studied at one extreme."""
    main = evidence.main
    changes = {"jobs": main[f"jobs_{end}"], "lq": main[f"lq_{end}"]}
    # at an extreme the quotient keeps the relative width that its interval has around the estimate
    changes |= _interval(main, end)
    if f"growth_{end}_pct" in main:
        changes["growth_pct"] = main[f"growth_{end}_pct"]
    units = evidence.units.copy()
    for name, value in changes.items():
        units.loc[units.index[0], name] = value
    return dataclasses.replace(evidence, units=units)


def _interval(main: pd.Series, end: str) -> dict[str, float]:
    own = main[f"extreme_{end}"]
    if pd.isna(main["lq"]):
        return {"lower": own, "upper": own}
    other = {"lower": "upper", "upper": "lower"}[end]
    ratio = main[f"lq_{end}"] / main["lq"] if main["lq"] > 0 else 1.0
    return {end: own, other: main[other] * ratio}


def survival(evidence: Evidence) -> Survival:
    """Take the verdict again with the estimated cells behind it at their lower and at their upper limits.

    The cells are the cluster's divisions in the area studied, its total of all jobs (at the opposite limit, so that the
    extremes are never too narrow) and, where a window is shown, the cells at both its ends.
    """
    estimated = evidence.main["status"] != "observed" or evidence.main.get("growth_status", "observed") != "observed"
    own = _verdict(evidence)
    if not estimated:
        return Survival(own, own, own, False)
    return Survival(own, _verdict(_at(evidence, "lower")), _verdict(_at(evidence, "upper")), True)


def survival_sentence(evidence: Evidence, language: str = "en") -> str:
    """Return whether the headline survives the extremes of the estimates behind it; empty where none is behind it."""
    found, main = survival(evidence), evidence.main
    if not found.rests_on_estimates:
        return ""
    limits = span(main["lq_lower"], main["lq_upper"], 2, language)
    if found.survives:
        return {
            "en": "Some figures behind this are hidden by the publisher and estimated; with all of them at their "
            f"lowest or highest (quotient {limits}) the verdict is the same.",
            "it": "Alcuni dati sono riservati e stimati; con tutte le stime al minimo o al massimo (quoziente "
            f"{limits}) il giudizio non cambia.",
        }[language]
    ends = [
        (end, verdict) for end, verdict in (("lower", found.lower), ("upper", found.upper)) if verdict != found.verdict
    ]
    words = {
        "en": {"lower": "at their lowest (quotient {lq}) it would read “{text}”",
               "upper": "at their highest (quotient {lq}) it would read “{text}”"},
        "it": {"lower": "al minimo (quoziente {lq}) sarebbe «{text}»",
               "upper": "al massimo (quoziente {lq}) sarebbe «{text}»"},
    }[language]  # fmt: skip
    told = "; ".join(
        words[end].format(lq=decimal(main[f"lq_{end}"], 2, language), text=CONCLUSIONS[language][verdict].rstrip("."))
        for end, verdict in ends
    )
    return {
        "en": f"This verdict rests on estimates of hidden figures and does not survive their extremes: {told}.",
        "it": f"Il giudizio poggia su stime di dati riservati e non regge ai loro estremi: {told}.",
    }[language]
