"""Numbers as a reader writes them, in English and Italian."""

from __future__ import annotations

import math
import re

import pandas as pd

__all__ = [
    "about",
    "between",
    "changes",
    "count",
    "decimal",
    "elided",
    "estimate",
    "ordinal",
    "p_is",
    "p_text",
    "percent",
    "span",
]

NONE = {"en": "no figure", "it": "nessun dato"}
AT_LEAST = {"en": "at least", "it": "almeno"}
ABOUT = {"en": "about", "it": "circa"}
# Italian articles before a number that starts with a vowel (uno, otto, undici), and with a z (zero)
ELISIONS = {"il": ("l'", "lo "), "del": ("dell'", "dello ")}


def _localised(text: str, language: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "it" else text


def decimal(value: float, decimals: int = 2, language: str = "en") -> str:
    """Write a number with a fixed number of decimals and separated thousands.

    Examples
    --------
    >>> decimal(1.7301), decimal(1234.5, 1, "it"), decimal(float("nan"))
    ('1.73', '1.234,5', 'no figure')
    """
    if pd.isna(value):
        return NONE[language]
    text = f"{value:,.{decimals}f}"
    # -0.04 rounds to 0.0, which has no sign
    return _localised(text.removeprefix("-") if not text.strip("-0.,") else text, language)


def count(value: float, language: str = "en") -> str:
    """Write a count without decimals.

    Examples
    --------
    >>> count(215106), count(215106, "it")
    ('215,106', '215.106')
    """
    return decimal(value, 0, language)


def about(text: str, estimated: bool, language: str = "en") -> str:
    """Mark a number that rests on an estimate.

    Examples
    --------
    >>> about("1.88", True), about("1,88", True, "it"), about("1.73", False)
    ('about 1.88', 'circa 1,88', '1.73')
    """
    return f"{ABOUT[language]} {text}" if estimated else text


def estimate(value: float, lower: float, upper: float, language: str = "en") -> str:
    """Write a count that may be estimated: rounded where its limits differ, its limits where it has no value.

    Three digits are written, more where the rounded number would leave the limits.

    Examples
    --------
    >>> estimate(15661.3, 12420, 16350), estimate(215106, 215106, 215106), estimate(float("nan"), 60, 80)
    ('about 15,700', '215,106', '60 to 80')
    >>> estimate(20439, 20430, 20440)
    'about 20,440'
    """
    if pd.isna(value):
        return span(lower, upper, 0, language)
    if lower == upper:
        return count(value, language)
    rounded = (float(f"{value:.{digits}g}") for digits in range(3, 16))
    inside = (number for number in rounded if not (number < lower or number > upper))
    return about(count(next(inside, value), language), True, language)


def between(lower: float, upper: float, language: str = "en") -> str:
    """Write the limits of a count inside a sentence.

    Examples
    --------
    >>> between(2850, 2940), between(2850, 2940, "it"), between(80, float("nan"))
    ('between 2,850 and 2,940', 'tra 2.850 e 2.940', 'at least 80')
    """
    if pd.isna(upper) or lower == upper:
        return span(lower, upper, 0, language)
    low, high = count(lower, language), count(upper, language)
    return {"en": f"between {low} and {high}", "it": f"tra {low} e {high}"}[language]


def elided(article: str, text: str) -> str:
    """Join an Italian article and a number: ``il`` and ``del`` change before 0, 1, 8 and 11.

    Examples
    --------
    >>> [elided("del", number) for number in ("8,0 %", "7,0 %", "11,4 %", "0,3 %")]
    ["dell'8,0 %", 'del 7,0 %', "dell'11,4 %", 'dello 0,3 %']
    >>> elided("il", "1,4 %"), elided("il", "circa 1,4 %"), elided("il", "18 %")
    ("l'1,4 %", 'il circa 1,4 %', 'il 18 %')
    """
    before_vowel, before_zero = ELISIONS[article]
    if re.match(r"(8|1[,\s]|1$|11[.,\s]|11$)", text):
        return before_vowel + text
    return f"{before_zero if text.startswith('0') else article + ' '}{text}"


def percent(value: float, decimals: int = 1, *, signed: bool = False, language: str = "en") -> str:
    """Write a percentage, with a sign where it is a change.

    Examples
    --------
    >>> percent(6.98), percent(-1.66, signed=True), percent(4.72, signed=True, language="it")
    ('7.0 %', '-1.7 %', '+4,7 %')
    """
    text = decimal(value, decimals, language)
    sign = "+" if signed and pd.notna(value) and value > 0 and text.strip("0.,") else ""
    return f"{sign}{text} %" if pd.notna(value) else text


def changes(lower: float, upper: float, language: str = "en") -> str:
    """Write the range of a change in per cent; an infinite upper end is no limit, and nothing falls by more than all.

    Examples
    --------
    >>> changes(-15.93, -10.64), changes(4.2, float("inf")), changes(-1.66, 2, "it"), changes(-100, float("inf"))
    ('-15.9 % to -10.6 %', 'at least +4.2 %', 'da -1,7 % a +2,0 %', 'without limits')
    """
    if lower <= -100 and math.isinf(upper):
        return {"en": "without limits", "it": "senza limiti"}[language]
    low, high = (percent(end, signed=True, language=language) for end in (lower, upper))
    if math.isinf(upper):
        return f"{AT_LEAST[language]} {low}"
    if low == high:
        return low
    return {"en": f"{low} to {high}", "it": f"da {low} a {high}"}[language]


def ordinal(value: float, language: str = "en") -> str:
    """Write a rank as an ordinal.

    Examples
    --------
    >>> ordinal(1), ordinal(12), ordinal(43), ordinal(3, "it")
    ('1st', '12th', '43rd', '3ª')
    """
    number = round(value)
    if language == "it":
        return f"{number}ª"
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 <= number % 100 <= 20 else endings.get(number % 10, 'th')}"


def span(lower: float, upper: float, decimals: int = 2, language: str = "en") -> str:
    """Write a range, or one number where both ends read alike; without an upper end it says so.

    Examples
    --------
    >>> span(1.686, 1.774), span(3, 3, 0), span(0.05, float("nan"))
    ('1.69 to 1.77', '3', 'at least 0.05')
    """
    if pd.notna(lower) and pd.isna(upper):
        return f"{AT_LEAST[language]} {decimal(lower, decimals, language)}"
    ends = decimal(lower, decimals, language), decimal(upper, decimals, language)
    return ends[0] if ends[0] == ends[1] else {"en": " to ", "it": " a "}[language].join(ends)


def p_text(value: float) -> str:
    """Write a p or q with three decimals; a dash where there was no test.

    Examples
    --------
    >>> p_text(0.0314), p_text(0.0002), p_text(float("nan"))
    ('0.031', '< 0.001', '–')
    """
    return "–" if math.isnan(value) else "< 0.001" if value < 0.001 else decimal(value, 3)


def p_is(value: float, letter: str = "p") -> str:
    """Write a p or q with its letter, as a sentence has it.

    Examples
    --------
    >>> p_is(0.0314), p_is(0.0002, "q"), p_is(float("nan"))
    ('p = 0.031', 'q < 0.001', 'no p')
    """
    if math.isnan(value):
        return f"no {letter}"
    return f"{letter} {p_text(value)}" if value < 0.001 else f"{letter} = {p_text(value)}"
