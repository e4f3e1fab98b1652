"""Sentences on how jobs moved: beside the same divisions elsewhere, and split by shift-share."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.marked import growth_is_estimated, growth_limits
from alpclusters_lib.reports.numbers import about, count, elided, percent
from alpclusters_lib.reports.robustness import survival

__all__ = ["growth_sentence", "moved", "shift_share_sentence"]


def moved(change_pct: float, language: str = "en", *, estimated: bool = False) -> str:
    """Say in words that something rose, fell or stayed.

    Examples
    --------
    >>> moved(-4.73), moved(0.02), moved(8.04, "it"), moved(3.1, estimated=True)
    ('fell by 4.7 %', 'stayed the same', "sono aumentati dell'8,0 %", 'rose by about 3.1 %')
    """
    words = {
        "en": ("fell by", "stayed the same", "rose by"),
        "it": ("sono diminuiti", "sono rimasti uguali", "sono aumentati"),
    }[language]
    if abs(change_pct) < 0.05:
        return words[1]
    size = percent(abs(change_pct), language=language)
    size = about(elided("del", size) if language == "it" else size, estimated, language)
    return f"{words[0 if change_pct < 0 else 2]} {size}"


def _why_no_growth(evidence: Evidence, language: str) -> str:
    """Return why no growth is told, or an empty text where it is."""
    grown, main = evidence.growth, evidence.main
    if grown is None:
        return {
            "en": "Growth is not shown: the figures have no window of years without a break.",
            "it": "La crescita non è riportata: i dati non hanno una serie di anni senza interruzioni.",
        }[language]
    if pd.notna(main["growth_pct"]):
        return ""
    if main["jobs_start"] == 0:
        return {
            "en": f"Growth from {grown.start} to {grown.end} cannot be computed: in {grown.start} there were no jobs.",
            "it": f"La crescita dal {grown.start} al {grown.end} non è calcolabile: nel {grown.start} non c'erano "
            "addetti.",
        }[language]
    return {
        "en": f"Growth from {grown.start} to {grown.end} cannot be computed: a figure is hidden.",
        "it": f"La crescita dal {grown.start} al {grown.end} non è calcolabile: un dato è riservato.",
    }[language]


def growth_sentence(evidence: Evidence, language: str = "en") -> str:
    """Return how jobs moved over the window, beside the same divisions elsewhere; why not, where it is unknown.

    Growth that rests on an estimate carries its limits, and is not turned into jobs where they allow either side.
    """
    grown, main = evidence.growth, evidence.main
    unknown = _why_no_growth(evidence, language)
    if unknown:
        return unknown
    guessed = growth_is_estimated(main)
    own, other = moved(main["growth_pct"], language, estimated=guessed), moved(grown.reference_pct, language)
    limits = growth_limits(main, language) if guessed else ""
    words = {
        "en": "From {a} to {b} these jobs {own}{limits}; jobs in the same divisions {other} in the {n} EU countries "
        "with unbroken figures.",
        "it": "Dal {a} al {b} gli addetti {own}{limits}; nelle stesse divisioni {other} nei {n} paesi dell'UE con dati "
        "senza interruzioni.",
    }
    text = words[language].format(
        a=grown.start, b=grown.end, n=len(grown.countries), own=own, other=other,
        limits={"en": f" (estimated, {limits})", "it": f" (stima, {limits})"}[language] if guessed else "",
    )  # fmt: skip
    if not survival(evidence).pace_survives:
        return text
    jobs = about(count(abs(main["regional"]), language), guessed, language)
    side = {"en": ("more", "fewer"), "it": ("in più", "in meno")}[language][int(main["regional"] < 0)]
    return (
        f"{text} "
        + {
            "en": f"That is {jobs} {side} jobs than if each division had moved as it did there.",
            "it": f"Sono {jobs} addetti {side} che se ogni divisione si fosse mossa come là.",
        }[language]
    )


def shift_share_sentence(evidence: Evidence) -> str:
    """Return the three parts of the change in jobs, and which years of the total look unusual."""
    main, grown = evidence.main, evidence.growth
    if grown is None or pd.isna(main["regional"]):
        return ""
    change, guessed = main["jobs_end"] - main["jobs_start"], growth_is_estimated(main)
    parts = ", ".join(f"{_signed(main[name])} {name}" for name in ("national", "industry", "regional"))
    text = (
        f"The change of {about(_signed(change), guessed)} jobs{' (estimated)' if guessed else ''} splits into {parts} "
        "(shift-share: arithmetic, no explanation)."
    )
    for country, words in grown.unusual.items():
        name = datasets.regions(level=0).loc[country, "name_en"]
        text += f" Note: all jobs in {name} moved by {words}, though the cluster's figures carry no break flag; "
        text += "a change of method is possible."
    return text


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{count(value)}"
