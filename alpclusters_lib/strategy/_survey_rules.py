"""What a table of answers must be, and which groups a reader may see: the checks and the rule of suppression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed

__all__ = ["ALL", "DIRECTIONS", "SCALE", "checked_answers", "checked_items", "hidden_groups"]

DIRECTIONS = ("s3_to_clusters", "clusters_to_s3")
"""The strategy used to foster innovation within clusters; clusters as instruments of the strategy."""

SCALE = (1, 5)
ALL = "all"
"""How the row over every group is called."""


def checked_items(items: pd.DataFrame) -> pd.DataFrame:
    """Return direction (text) and reverse (true or false) by key, in the order of `items`.

    Parameters
    ----------
    items
        Columns ``key``, ``direction`` (one of `DIRECTIONS`) and ``reverse`` (0 or 1, as number or text).
    """
    absent = [name for name in ("key", "direction", "reverse") if name not in items]
    if absent:
        raise ValueError(f"items have no column {listed(absent)}; key, direction and reverse are needed")
    twice = items["key"][items["key"].duplicated()]
    if len(twice):
        raise ValueError(f"item {listed(twice.unique())} stands twice in items; each is needed once")
    for row in items.itertuples():
        if row.direction not in DIRECTIONS:
            raise ValueError(f"item {row.key} has the direction {row.direction!r}; {' or '.join(DIRECTIONS)} is needed")
        if str(row.reverse) not in ("0", "1"):
            raise ValueError(f"item {row.key} has reverse {row.reverse!r}; 0 or 1 is needed")
    table = items.set_index("key")[["direction", "reverse"]]
    return table.assign(reverse=table["reverse"].astype(str) == "1")


def checked_answers(
    answers: pd.DataFrame, known: pd.Index, *, by: Sequence[str] = (), scale: tuple[int, int] = SCALE
) -> pd.DataFrame:
    """Return a long table of answers to known items as floats, or raise a sentence about the first thing wrong."""
    if not isinstance(answers, pd.DataFrame):
        raise TypeError(f"answers is a {type(answers).__name__}; a DataFrame with a row an answer is needed")
    needed = ["respondent", *by, "item", "answer"]
    absent = [name for name in needed if name not in answers]
    if absent:
        raise ValueError(f"answers have no column {listed(absent)}; they have {listed(answers.columns)}")
    table = answers[needed].assign(answer=pd.to_numeric(answers["answer"]).astype(float))
    unknown = table["item"][~table["item"].isin(known)]
    if len(unknown):
        raise ValueError(f"item {listed(unknown.unique())} is not among the items; they are {listed(known)}")
    blank = table[table[["respondent", *by]].isna().any(axis=1)]
    if len(blank):
        row = blank.iloc[0]
        raise ValueError(f"an answer of respondent {row['respondent']} to {row['item']} lacks respondent or group")
    twice = table[table.duplicated(["respondent", "item"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(f"respondent {row['respondent']} answers {row['item']} twice; one answer is needed")
    value = table["answer"]
    wrong = table[value.notna() & ~(value.between(*scale) & (value % 1 == 0))]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(
            f"answer of respondent {row['respondent']} to {row['item']} is {row['answer']:g}; "
            f"a whole number from {scale[0]} to {scale[1]}, or none, is needed"
        )
    for name in by:
        if (table[name] == ALL).any():
            raise ValueError(f"a {name} is called {ALL!r}, which is the name of the row over all; another is needed")
    return table


def hidden_groups(counts: pd.Series, minimum: int) -> pd.Series:
    """Return which groups a reader may not see where the total over all of them is shown.

    A group with fewer answers than `minimum` is hidden. What the others leave of the total would give it away, so the
    smallest other groups are hidden with it until at least two are, and `minimum` answers stand behind them together.
    Groups without answers hide nothing and are never hidden.

    Examples
    --------
    >>> hidden_groups(pd.Series({"a": 2, "b": 4, "c": 3, "d": 0}), 3).tolist()
    [True, False, True, False]
    >>> hidden_groups(pd.Series({"a": 1, "b": 1, "c": 5}), 3).tolist()
    [True, True, True]
    """
    hidden = (counts > 0) & (counts < minimum)
    if not hidden.any():
        return hidden
    # the first of equals in the order of the table
    others = counts[(counts >= minimum) & (counts > 0)].sort_values(kind="stable").index
    for label in others:
        if hidden.sum() >= 2 and counts[hidden].sum() >= minimum:
            break
        hidden[label] = True
    return hidden


def turned(table: pd.DataFrame, reverse: Sequence[object], scale: tuple[int, int] = SCALE) -> pd.DataFrame:
    """Return respondent × item answers with the reverse-coded items turned, so that more is always better."""
    absent = [item for item in reverse if item not in table.columns]
    if absent:
        raise ValueError(f"reverse-coded item {listed(absent)} is not in the table; it has {listed(table.columns)}")
    found = table.astype(float)
    columns = np.isin(found.columns, list(reverse))
    found.loc[:, columns] = sum(scale) - found.loc[:, columns]
    return found
