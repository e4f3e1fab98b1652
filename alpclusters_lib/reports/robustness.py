"""Does a headline survive the hidden figures? The verdict is taken again at the extremes of what they can be."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib.reports.conclusions import CONCLUSIONS, pace, specialisation
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.marked import growth_is_estimated, growth_limits, is_estimated
from alpclusters_lib.reports.numbers import decimal, percent, span

__all__ = ["Survival", "survival", "survival_sentence"]

Verdict = tuple[str, str | None]


@dataclass(frozen=True)
class Survival:
    """The verdict (specialisation, pace) as it stands, and with every estimate at its lower and at its upper limit.

    ``rests_on_estimates`` is False where all figures behind the verdict are published; then the three are the same.
    """

    verdict: Verdict
    lower: Verdict
    upper: Verdict
    rests_on_estimates: bool

    @property
    def survives(self) -> bool:
        """Whether the verdict is the same at both extremes."""
        return self.verdict == self.lower == self.upper

    @property
    def pace_survives(self) -> bool:
        """Whether growth compares with the reference in the same way at both extremes."""
        return self.verdict[1] == self.lower[1] == self.upper[1]


def _verdict(evidence: Evidence) -> Verdict:
    return specialisation(evidence), pace(evidence)


def _at(evidence: Evidence, end: str) -> Evidence:
    """Return the evidence with the estimates of the area studied at one extreme."""
    main = evidence.main
    changes = {"jobs": main[f"jobs_{end}"], "lq": main[f"lq_{end}"]} | _interval(main, end)
    if growth_is_estimated(main):
        changes["growth_pct"] = main[f"growth_{end}_pct"]
    units = evidence.units.copy()
    for name, value in changes.items():
        units.loc[units.index[0], name] = value
    return dataclasses.replace(evidence, units=units)


def _interval(main: pd.Series, end: str) -> dict[str, float]:
    """Return the interval of the quotient at an extreme: as wide, in proportion, as around the estimate."""
    own, quotient, other = main[f"extreme_{end}"], main[f"lq_{end}"], {"lower": "upper", "upper": "lower"}[end]
    if pd.isna(quotient) or quotient == 0:
        # none at all, or nothing that limits it
        return dict.fromkeys(("lower", "upper"), math.inf if pd.isna(quotient) else 0.0)
    if main["lq"] > 0:
        return {end: own, other: main[other] * quotient / main["lq"]}
    # without an estimate: as far to the other side of the quotient as its outer end lies from it
    return {end: own, other: quotient**2 / own}


def survival(evidence: Evidence) -> Survival:
    """Take the verdict again with the estimated cells behind it at their lower and at their upper limits.

    The cells are the cluster's divisions in the area studied, its total of all jobs (at the opposite limit, so that the
    extremes are never too narrow) and, where a window is shown, the cells at both its ends.
    """
    own = _verdict(evidence)
    if not (is_estimated(evidence.main) or growth_is_estimated(evidence.main)):
        return Survival(own, own, own, False)
    return Survival(own, _verdict(_at(evidence, "lower")), _verdict(_at(evidence, "upper")), True)


WORDS = {
    "en": {
        "same": "Some figures behind this are hidden by the publisher and {known}; with all of them at their lowest "
        "or highest ({ends}) the verdict is the same.",
        "other": "This verdict rests on hidden figures, {known}, and does not survive their extremes: {told}.",
        "estimated": "estimated", "limited": "known within limits only",
        "lower": "at their lowest ({ends}) it would read “{text}”",
        "upper": "at their highest ({ends}) it would read “{text}”",
        "quotient": "quotient", "growth": "growth", "open": "without limit",
    },
    "it": {
        "same": "Alcuni dati sono riservati e {known}; se sono tutti al minimo o al massimo ({ends}) il giudizio non "
        "cambia.",
        "other": "Il giudizio poggia su dati riservati, {known}, e non regge ai loro estremi: {told}.",
        "estimated": "stimati", "limited": "noti solo entro limiti",
        "lower": "al minimo ({ends}) sarebbe «{text}»",
        "upper": "al massimo ({ends}) sarebbe «{text}»",
        "quotient": "quoziente", "growth": "crescita", "open": "senza limite",
    },
}  # fmt: skip


def _both_ends(evidence: Evidence, language: str) -> str:
    """Name the range of the quotient and, where it is estimated, of growth."""
    main, words = evidence.main, WORDS[language]
    named = [f"{words['quotient']} {span(main['lq_lower'], main['lq_upper'], 2, language)}"]
    if growth_is_estimated(main):
        named.append(f"{words['growth']} {growth_limits(main, language)}")
    return ", ".join(named)


def _one_end(evidence: Evidence, end: str, language: str) -> str:
    main, words = evidence.main, WORDS[language]
    quotient = main[f"lq_{end}"]
    named = [f"{words['quotient']} {words['open'] if pd.isna(quotient) else decimal(quotient, 2, language)}"]
    if growth_is_estimated(main) and math.isfinite(main[f"growth_{end}_pct"]):
        named.append(f"{words['growth']} {percent(main[f'growth_{end}_pct'], signed=True, language=language)}")
    return ", ".join(named)


def survival_sentence(evidence: Evidence, language: str = "en") -> str:
    """Return whether the headline survives the extremes of the estimates behind it; empty where none is behind it."""
    found, words = survival(evidence), WORDS[language]
    if not found.rests_on_estimates:
        return ""
    known = words["limited" if pd.isna(evidence.main["lq"]) else "estimated"]
    if found.survives:
        return words["same"].format(known=known, ends=_both_ends(evidence, language))
    told = "; ".join(
        words[end].format(ends=_one_end(evidence, end, language), text=CONCLUSIONS[language][verdict].rstrip("."))
        for end, verdict in (("lower", found.lower), ("upper", found.upper))
        if verdict != found.verdict
    )
    return words["other"].format(known=known, told=told)
