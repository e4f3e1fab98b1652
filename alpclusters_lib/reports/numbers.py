"""Numbers as a reader writes them, in English and Italian."""

from __future__ import annotations

import pandas as pd

__all__ = ["count", "decimal", "estimate", "ordinal", "percent", "span"]

NONE = {"en": "no figure", "it": "nessun dato"}


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


def estimate(value: float, lower: float, upper: float, language: str = "en") -> str:
    """Write a count that may be estimated: with three digits where its limits differ, its limits where it has no value.

    Examples
    --------
    >>> estimate(15661.3, 12420, 16350), estimate(215106, 215106, 215106), estimate(float("nan"), 60, 80)
    ('about 15,700', '215,106', '60 to 80')
    """
    if pd.isna(value):
        return span(lower, upper, 0, language) if pd.notna(upper) else NONE[language]
    if lower == upper:
        return count(value, language)
    return f"{ {'en': 'about', 'it': 'circa'}[language] } {count(float(f'{value:.3g}'), language)}"


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
    """Write a range, or one number where both ends read alike.

    Examples
    --------
    >>> span(1.686, 1.774), span(3, 3, 0)
    ('1.69 to 1.77', '3')
    """
    ends = decimal(lower, decimals, language), decimal(upper, decimals, language)
    return ends[0] if ends[0] == ends[1] else {"en": " to ", "it": " a "}[language].join(ends)
