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
    known = estimates.dropna(subset=["lower", "upper"])
    wrong = known.index[(known["lower"] < 0) | (known["lower"] > known["upper"])]
    if len(wrong):
        raise ValueError(f"the limits of {wrong[0]} are not 0 ≤ lower ≤ upper")
    generator = np.random.default_rng(rng)
    reach = NormalDist().inv_cdf((1 + interval_level) / 2)
    # a count of zero has no logarithm: it is drawn from a floor far below every rankable figure
    lower, upper = (np.log(known[side].clip(lower=1e-9).to_numpy()) for side in ("lower", "upper"))
    estimated = (known["estimate"] > 0).to_numpy()
    centre = pd.Series(
        np.where(estimated, np.log(known["estimate"].where(estimated, 1.0)), (lower + upper) / 2), known.index
    )
    spread = (upper - lower) / (2 * reach)
    normal = centre.to_numpy() + spread * generator.standard_normal((draws, len(known)))
    uniform = lower + (upper - lower) * generator.random((draws, len(known)))
    drawn = np.where(estimated, normal, uniform)
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    tail = (1 - level) / 2
    best, worst = np.quantile(ranks, [tail, 1 - tail], axis=0, method="nearest")
    table = pd.DataFrame(
        {
            "rank": centre.rank(ascending=False, method="min").where(estimated),
            "rank_lower": best,
            "rank_upper": worst,
            "n": float(len(known)),
        },
        index=known.index,
    )
    return table.reindex(estimates.index)
