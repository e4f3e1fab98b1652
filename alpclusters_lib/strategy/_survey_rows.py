"""One row of a result of the survey: its figures, or NaN and a status where they are not shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.strategy._survey_rules import DIRECTIONS, SCALE
from alpclusters_lib.strategy._survey_statistics import kendall_w, sign_flip, within_group_agreement

__all__ = ["agreement_row", "difference_row", "item_row"]


def item_row(names: list[object], item: str, counts: np.ndarray, *, hide: bool) -> list[object]:
    """Return one line of the table from the number of each answer."""
    n = int(counts.sum())
    if hide or not n:
        missing = [np.nan] * (2 + len(counts))
        return [*names, item, np.nan if hide else 0.0, *missing, "suppressed" if hide else "no answers"]
    shares = counts / n
    median = float(np.median(np.repeat(np.arange(SCALE[0], SCALE[1] + 1), counts.astype(int))))
    return [*names, item, float(n), median, float(shares[3:].sum() - shares[:2].sum()), *shares, "shown"]


def agreement_row(wide: pd.DataFrame, minimum: int, *, hide: bool) -> list[object]:
    """Return how far the respondents of one group agree, from respondent × item."""
    if hide or wide.empty:
        return [np.nan if hide else 0, *[np.nan] * 5, "suppressed" if hide else "no answers"]
    single, together = within_group_agreement(wide.var(ddof=1).to_numpy(), SCALE[1] - SCALE[0] + 1)
    median = float(np.nanmedian(single)) if np.isfinite(single).any() else np.nan
    complete = wide.dropna().to_numpy()
    w, p = kendall_w(complete) if len(complete) >= minimum else (np.nan, np.nan)
    return [len(wide), median, together, len(complete), w, p, "shown"]


def difference_row(pairs: pd.DataFrame, *, hide: bool, rng: np.random.Generator) -> list[object]:
    """Return the mean scores of both directions and the test of their difference, from respondent × direction."""
    if hide or pairs.empty:
        return [np.nan if hide else 0, *[np.nan] * 4, "suppressed" if hide else "no answers"]
    first, second = (pairs[direction].to_numpy() for direction in DIRECTIONS)
    apart = np.round(second - first, 12)
    return [len(pairs), first.mean(), second.mean(), apart.mean(), sign_flip(apart, rng), "shown"]
