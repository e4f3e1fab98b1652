"""Texts that users wrote, made safe for spreadsheets: a cell that would run as a formula is exported as text."""

from __future__ import annotations

import pandas as pd

__all__ = ["plain_cell", "plain_cells"]

STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(value: object) -> object:
    """Return a text with an apostrophe before it where a spreadsheet would run it; anything else as it is.

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> plain_cell("=HYPERLINK(A1)"), plain_cell("Call A"), plain_cell(-1.5)
    ("'=HYPERLINK(A1)", 'Call A', -1.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS) else value


def plain_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with every text made safe (:func:`plain_cell`)."""
    return table.map(plain_cell) if len(table) else table
