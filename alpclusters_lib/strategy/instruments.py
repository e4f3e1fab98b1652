"""Funding instruments side by side: which windows overlap, for which themes, and who may apply to both.

A synchronised call needs no fund of its own, only instruments open at the same time to the same kinds of actors.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

__all__ = ["ACTORS", "COLUMNS", "overlaps"]

ACTORS = ("business", "research", "public", "cluster")
COLUMNS = ("instrument", "region", "themes", "actors", "opens", "closes")


def overlaps(
    instruments: pd.DataFrame, *, own: Iterable[str], others: Iterable[str], themes: Iterable[str] = ()
) -> pd.DataFrame:
    """Return the pairs of instruments, one of each side, whose windows overlap.

    Parameters
    ----------
    instruments
        ``instrument, region`` texts, ``themes, actors`` sets, ``opens, closes`` dates (the last day counts).
    own, others
        Regions of the two sides.
    themes
        Themes asked for: only pairs that share one of them; any theme in common where omitted. An instrument without
        themes is open to all.

    Returns
    -------
    ``own, other, region, themes, actors, opens, closes, days``, longest overlap first; empty where none overlaps.

    Raises
    ------
    ValueError
        If a column is missing, or an instrument closes before it opens.

    Examples
    --------
    >>> table = pd.DataFrame({"instrument": ["A", "B"], "region": ["lombardy", "slovenia"],
    ...                       "themes": [{"machinery"}, set()], "actors": [{"business"}, {"business", "research"}],
    ...                       "opens": pd.to_datetime(["2027-01-01", "2027-03-01"]),
    ...                       "closes": pd.to_datetime(["2027-03-10", "2027-06-30"])})
    >>> overlaps(table, own=["lombardy"], others=["slovenia"])[["own", "other", "days"]].values.tolist()
    [['A', 'B', 10]]
    """
    absent = [column for column in COLUMNS if column not in instruments]
    if absent:
        raise ValueError(f"instruments have no column {absent[0]!r}; {', '.join(COLUMNS)} are needed")
    wrong = instruments[instruments["closes"] < instruments["opens"]]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(f"{row['instrument']} closes on {row['closes']:%Y-%m-%d}, before it opens on "
                         f"{row['opens']:%Y-%m-%d}; the two are exchanged")  # fmt: skip
    here, there = (instruments[instruments["region"].isin(set(side))] for side in (own, others))
    rows = []
    for first in here.itertuples():
        for second in there.itertuples():
            opens, closes = max(first.opens, second.opens), min(first.closes, second.closes)
            common = _common(first.themes, second.themes, frozenset(themes))
            actors = frozenset(first.actors) & frozenset(second.actors)
            if opens <= closes and common is not None and actors:
                rows.append((first.instrument, second.instrument, second.region, common, actors, opens, closes,
                             (closes - opens).days + 1))  # fmt: skip
    columns = ["own", "other", "region", "themes", "actors", "opens", "closes", "days"]
    return pd.DataFrame(rows, columns=columns).sort_values("days", ascending=False, kind="stable", ignore_index=True)


def _common(first: Iterable[str], second: Iterable[str], asked: frozenset[str]) -> frozenset[str] | None:
    """Return the themes two instruments share, none where both are open to all; None where they share nothing asked."""
    sets = [frozenset(part) for part in (first, second, asked) if part]
    if not sets:
        return frozenset()
    shared = frozenset.intersection(*sets)
    return shared or None
