"""Words that every sentence of a chain report shares: the area, the stages, lists and counts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.reports.chain_evidence import ChainEvidence, place
from alpclusters_lib.reports.marked import is_estimated
from alpclusters_lib.reports.numbers import about, count, decimal, span

__all__ = [
    "area_name",
    "chain_name",
    "in_area",
    "listed",
    "named_quotient",
    "of_regions",
    "quoted",
    "times",
    "within",
    "written_out",
]


def area_name(evidence: ChainEvidence, language: str = "en") -> str:
    """Return the area studied as the subject of a sentence, without a capital."""
    if evidence.whole_perimeter:
        label = regions.PERIMETERS[evidence.perimeter][language]
        if language == "it":
            return f"l'{label}" if label[0] in "aeiou" else f"la {label}"
        return f"the {label}"
    if len(evidence.regions) == 1:
        return place(evidence.regions[0], language)
    number = len(evidence.regions)
    return {"en": f"the {number} regions chosen", "it": f"le {number} regioni scelte"}[language]


def in_area(evidence: ChainEvidence, language: str = "en") -> str:
    """Return "In the area" at the head of a sentence."""
    name = area_name(evidence, language)
    if language == "en":
        return f"In {name}"
    contracted = (("l'", "Nell'"), ("la ", "Nella "), ("le ", "Nelle "))
    return next((new + name.removeprefix(old) for old, new in contracted if name.startswith(old)), f"In {name}")


def chain_name(evidence: ChainEvidence, language: str = "en") -> str:
    """Return the chain with its article: ``the wood construction chain``."""
    if language == "it":
        return f"la filiera {quoted(evidence.chain.title_it or evidence.chain.title, 'it')}"
    title = evidence.chain.title
    return f"the {title if title[:2].isupper() else title[0].lower() + title[1:]} chain"


def quoted(text: str, language: str = "en") -> str:
    """Return a stage's label in quotation marks, which keeps its commas from running into a list."""
    return f"«{text}»" if language == "it" else f"“{text}”"


def listed(items: Sequence[str], language: str = "en") -> str:
    """Join with commas and a last "and".

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b"], "it")
    ('a', 'a, b and c', 'a e b')
    """
    *first, last = items
    word = {"en": "and", "it": "e"}[language]
    return f"{', '.join(first)} {word} {last}" if first else last


def written_out(number: int, language: str = "en") -> str:
    """Write a number of regions, one in letters and none as a word.

    Examples
    --------
    >>> written_out(0), written_out(3), written_out(1, "it")
    ('none', '3', 'una')
    """
    words = {"en": ("none", "one"), "it": ("nessuna", "una")}[language]
    return words[number] if number in (0, 1) else count(number, language)


def of_regions(number: int, all_of_them: int, language: str = "en") -> str:
    """Say how many of some regions are strong, verb and all.

    Examples
    --------
    >>> of_regions(0, 27), of_regions(1, 27), of_regions(19, 27), of_regions(2, 2)
    ('none of the 27 regions with figures is', 'one of the 27 regions with figures is', '19 of the 27 regions \
with figures are', 'both regions with figures are')
    >>> of_regions(1, 27, "it"), of_regions(19, 27, "it"), of_regions(1, 1)
    ('una delle 27 regioni con dati è', '19 delle 27 regioni con dati sono', 'the only region with figures is')
    """
    it = language == "it"
    if all_of_them == 1:
        yes = ("the only region with figures is", "l'unica regione con dati è")
        no = ("the only region with figures is not", "l'unica regione con dati non è")
        return (yes if number else no)[it]
    if number == all_of_them:
        if number == 2:
            return "entrambe le regioni con dati sono" if it else "both regions with figures are"
        return f"tutte le {number} regioni con dati sono" if it else f"all {number} regions with figures are"
    of = f"delle {all_of_them} regioni con dati" if it else f"of the {all_of_them} regions with figures"
    if number == 0:
        return f"nessuna {of} è" if it else f"none {of} is"
    verb = ("è" if number == 1 else "sono") if it else ("is" if number == 1 else "are")
    return f"{written_out(number, language)} {of} {verb}"


def within(row: pd.Series, language: str = "en") -> str:
    """Write the limits of a row's quotient: ``limits 1.28 to 1.34``."""
    lower, upper = row["lower"], row["upper"]
    if language == "en":
        return f"limits {span(lower, upper)}"
    ends = [decimal(end, 2, "it") for end in (lower, upper)]
    if pd.isna(upper) or ends[0] == ends[1]:
        return f"limiti: {span(lower, upper, 2, 'it')}"
    return f"tra {ends[0]} e {ends[1]}"


def times(row: pd.Series, language: str = "en") -> str:
    """Write a quotient, marked where it rests on an estimate: ``about 1.32``."""
    return about(decimal(row["lq"], 2, language), is_estimated(row), language)


def named_quotient(row: pd.Series, language: str = "en") -> str:
    """Write a quotient and its limits: ``about 1.32, limits 1.28 to 1.34``; the limits alone where it has no value."""
    if pd.isna(row["lq"]):
        return within(row, language)
    return f"{times(row, language)}, {within(row, language)}"
