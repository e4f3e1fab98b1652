"""Breaks in the figures: years that Eurostat flags, across which growth is not growth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.indicators.panel import breaks, growth, growth_panel

__all__ = ["first_breaks", "refuse_break"]


def first_breaks(table: pd.DataFrame, divisions: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Return, by region, the first year after the start with a break flag in the divisions or their sections.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": "FRC2", "sector": "C25", "year": [2013, 2014], "flag": ["", "b"]})
    >>> first_breaks(rows, ["C25"], 2011, 2014)
    {'FRC2': 2014}
    """
    rows = breaks(table, divisions)
    rows = rows[rows["year"].between(start + 1, end)]
    return {str(region): int(year) for region, year in rows.groupby("region")["year"].min().items()}


def refuse_break(codes: Sequence[str], divisions: Sequence[str], start: int, end: int) -> None:
    """Raise a sentence where a growth window holds a break or a change of boundaries; it names the whole windows."""
    growth(growth_panel(datasets.employment(regions=codes), divisions, level=None), start=start, end=end)
