"""What holds for every text, table and picture of a report."""

from __future__ import annotations

import re

import pandas as pd

CAUSAL = re.compile(
    r"\b(drives?|driven by|leads? to|led to|causes?|caused|(the )?effects? of|impacts? of|due to|thanks to|because of"
    r"|owing to|as a result of)\b",
    re.IGNORECASE,
)
HOLE = re.compile(r"\b(nan|None(?! of)|NaN|inf)\b|[{}]|  |\.\.|no figure|\( ?\)| [.,;]")
# a number word that wants the singular or plural of what follows
CLUMSY = re.compile(
    r"(?<![\d.,–-])\b1 (?:regions|divisions|families|variants|draws|countries|areas)\b(?! of)|\b0 (?:regions|of)\b"
    r"|(?<![\d.,])\b1 of [\d,]+ (?:regions|divisions) (?:have|are|show)\b"
)


def check_text(text: str) -> None:
    """Assert that a sentence claims no cause, has no hole and agrees in number."""
    assert text == text.strip() and (text[0].isupper() or text[0].isdigit()) and text.endswith("."), text
    for pattern in (CAUSAL, HOLE, CLUMSY):
        assert not pattern.search(text), (pattern.search(text).group(), text)


def check_table(table: pd.DataFrame) -> None:
    """Assert that a table to read has rows, a name for each column and no column without anything in it."""
    assert len(table) and table.columns.is_unique
    for column in table:
        filled = table[column].astype(str).str.strip().replace({"nan": "", "None": ""})
        assert (filled != "").any(), f"column {column!r} is empty"
        assert not table[column].astype(str).str.contains(r"\bnan\b|None").any(), column


def check_picture(picture) -> None:
    """Assert that a picture can be read without being seen, and that its numbers come with it."""
    assert picture.alt.strip() and picture.caption.strip() and picture.name.strip()
    assert picture.alt.endswith(".") and picture.caption.endswith(".")
    assert not CAUSAL.search(picture.alt + picture.caption)
    assert len(picture.data) and not picture.data.dropna(axis=1, how="all").empty
