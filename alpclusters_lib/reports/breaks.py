"""Breaks in the figures: years that Eurostat flags, across which growth is not growth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alpclusters_lib import datasets

__all__ = ["first_breaks", "refuse_break"]


def first_breaks(table: pd.DataFrame, divisions: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Return, by region, the first year after the start with a break flag in the divisions or their sections.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "FRC2", "sector": "C25", "year": [2013, 2014], "flag": ["", "b"]})
    >>> first_breaks(rows, ["C25"], 2011, 2014)
    {'FRC2': 2014}
    """
    rows = table[
        table["sector"].isin([*divisions, *{division[0] for division in divisions}])
        & table["year"].between(start + 1, end)
        & table["flag"].str.fullmatch(r"[a-z]*b[a-z]*")
        & (table["flag"] != "implausible")
    ]
    return {str(region): int(year) for region, year in rows.groupby("region")["year"].min().items()}


def refuse_break(codes: Sequence[str], divisions: Sequence[str], start: int, end: int) -> None:
    """Raise a sentence that names region and year where a growth window holds a break."""
    table = datasets.employment(regions=codes)
    broken = first_breaks(table, divisions, start, end)
    for code, year in broken.items():
        raise ValueError(
            f"{code} has a break in its figures in {year}: growth {start}-{end} would not be growth; choose a window "
            f"that ends before {year} or starts in it"
        )
