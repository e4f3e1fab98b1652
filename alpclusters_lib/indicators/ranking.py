"""Ranks with their uncertainty: what a reader will rank carries a range."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

__all__ = ["rank_among", "rank_interval"]


def rank_among(value: float, others: pd.DataFrame) -> tuple[int, int]:
    """Return the best and the worst rank a value can take among others that are known or bounded.

    Parameters
    ----------
    value
        The figure to rank, largest first.
    others
        ``lower`` and ``upper`` limits of each competitor, equal where it is known; a row with NaN is left out.

    Examples
    --------
    >>> rank_among(50, pd.DataFrame({"lower": [60, 40, 10], "upper": [60, 55, 10]}))
    (2, 3)
    """
    known = others.dropna(subset=["lower", "upper"])
    return int(1 + (known["lower"] > value).sum()), int(1 + (known["upper"] > value).sum())


def rank_interval(
    estimates: pd.DataFrame,
    *,
    level: float = 0.90,
    interval_level: float = 0.95,
    draws: int = 999,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the range of ranks that regions take when every quotient moves within its interval.

    Each draw multiplies every region's estimate by a log-normal factor whose spread is that of its interval; a
    region that is only bounded (no estimate) is drawn log-uniformly between its limits.

    Parameters
    ----------
    estimates
        ``estimate, lower, upper`` by region, all above 0 where known; rows without limits are not ranked.
    level
        Share of draws inside the range of ranks.
    interval_level
        Coverage of the limits handed in.
    draws, rng
        Number of draws, and seed or generator.

    Returns
    -------
    DataFrame
        By region: ``rank`` of the estimate (NaN where bounded only; bounded regions compete with the middle of their
        limits), ``rank_lower`` (best), ``rank_upper`` (worst) and ``n``, the number of regions ranked.

    Raises
    ------
    ValueError
        If a limit is below 0 or lower exceeds upper; the sentence names the region.

    Examples
    --------
    >>> table = pd.DataFrame({"estimate": [4.0, 1.1, 1.0], "lower": [3.5, 0.9, 0.8], "upper": [4.5, 1.3, 1.2]},
    ...                      index=["DE14", "ITH2", "AT32"])
    >>> rank_interval(table, rng=1).values.tolist()
    [[1.0, 1.0, 1.0, 3.0], [2.0, 2.0, 3.0, 3.0], [3.0, 2.0, 3.0, 3.0]]
    """
    for name, share in (("level", level), ("interval_level", interval_level)):
        if not 0 < share < 1:
            raise ValueError(f"{name} is {share}; a share between 0 and 1 is needed, 0.9 for 90 %")
    if draws < 1:
        raise ValueError(f"draws is {draws}; at least one draw is needed")
    known = estimates.dropna(subset=["lower", "upper"])
    wrong = known.index[(known["lower"] < 0) | (known["lower"] > known["upper"])]
    if len(wrong):
        raise ValueError(f"the limits of {wrong[0]} are not 0 ≤ lower ≤ upper")
    drawn, centre = _draws(known, interval_level, draws, np.random.default_rng(rng))
    # equal figures share the better rank, so that no order of rows decides
    ascending = np.sort(drawn, axis=1)
    ahead = [np.searchsorted(row, values, side="right") for row, values in zip(ascending, drawn, strict=True)]
    ranks = len(known) + 1 - np.array(ahead)
    tail = (1 - level) / 2
    best, worst = np.quantile(ranks, [tail, 1 - tail], axis=0, method="nearest")
    table = pd.DataFrame(
        {
            "rank": centre.rank(ascending=False, method="min").where(known["estimate"].notna()),
            "rank_lower": best,
            "rank_upper": worst,
            "n": float(len(known)),
        },
        index=known.index,
    )
    return table.reindex(estimates.index)


def _draws(
    known: pd.DataFrame, interval_level: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, pd.Series]:
    """Return redrawn logarithms, draws × regions, and the logarithm that each region is ranked by."""
    reach = NormalDist().inv_cdf((1 + interval_level) / 2)
    # a count of zero has no logarithm: it is drawn from a floor far below every rankable figure
    lower, upper, estimate = (np.log(known[c].clip(lower=1e-9).to_numpy()) for c in ("lower", "upper", "estimate"))
    estimated = known["estimate"].notna().to_numpy()
    centre = np.where(estimated, estimate, (lower + upper) / 2)
    spread = (upper - lower) / (2 * reach)
    normal = centre + spread * rng.standard_normal((draws, len(known)))
    uniform = lower + (upper - lower) * rng.random((draws, len(known)))
    return np.where(estimated, normal, uniform), pd.Series(centre, known.index)
