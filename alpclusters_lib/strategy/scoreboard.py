"""A scoreboard whose scores stay when a region joins, and peers that are alike in what cannot be changed soon.

Both rest on ``indicators.composite``. Goalposts are frozen by the caller on a wide set, so a score is a place between
the lowest and the highest of that set and not of whoever is on the page. Peers are found by structure, never by
performance; only then are performances compared.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators.composite import aggregate, normalise, structural_distance_parts

__all__ = ["score", "structural_peers"]

TOLERANCE = 1e-6


def score(
    table: pd.DataFrame,
    *,
    pillars: Mapping[Hashable, Hashable] | pd.Series,
    direction: Mapping[Hashable, object] | pd.Series,
    goalposts: pd.DataFrame,
    weights: Mapping[Hashable, float] | pd.Series | None = None,
    minimum: float = 0.8,
) -> pd.DataFrame:
    r"""Score regions by pillar and in all, on goalposts that none of them moves.

    .. math:: S_r = \sum_k w_k P_{rk}, \qquad
        P_{rk} = \frac{100}{|k_r|} \sum_{v \in k_r} \frac{x_{rv} - min_v}{max_v - min_v}

    mirrored where less is better; :math:`k_r` are the indicators of pillar k that the region has.

    Parameters
    ----------
    table
        Region × indicator, raw.
    pillars
        Pillar of each indicator.
    direction, goalposts
        As in :func:`~alpclusters_lib.indicators.composite.normalise`, min–max.
    weights
        By pillar, summing to 1; equal where omitted.
    minimum
        Share of the indicators that a region must have to be scored in all.

    Returns
    -------
    By region: a column a pillar, in the order of their first indicators, in 0 to 100 where no figure lies beyond the
    goalposts; ``score``; ``indicators``, how many the region has; ``scored``, whether these are enough. A pillar
    without any indicator is NaN, and so is the score of a region with such a pillar or too few indicators.

    Raises
    ------
    ValueError
        If weights are negative, do not sum to 1 or are not those of the pillars, if `minimum` is no share, or if an
        indicator has no pillar, direction or goalposts.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, steps 5 and 6.

    Examples
    --------
    >>> table = pd.DataFrame({"graduates": [30.0, 20.0], "patents": [100.0, 300.0], "jobless": [4.0, 12.0]},
    ...                      index=["AT33", "ITC4"])
    >>> posts = pd.DataFrame({"minimum": [10.0, 0.0, 2.0], "maximum": [50.0, 500.0, 22.0]}, index=table.columns)
    >>> found = score(table, pillars={"graduates": "people", "patents": "knowledge", "jobless": "people"},
    ...               direction={"graduates": 1, "patents": 1, "jobless": -1}, goalposts=posts)
    >>> found[["people", "knowledge", "score"]].values.tolist()
    [[70.0, 20.0, 45.0], [37.5, 60.0, 48.75]]
    """
    if not 0 <= minimum <= 1:
        raise ValueError(f"minimum is {minimum}; a share from 0 to 1 is needed")
    grouped = pd.Series(pillars)
    homeless = table.columns[~table.columns.isin(grouped.index)]
    if len(homeless):
        raise ValueError(f"indicator {_checks.listed(homeless)} has no pillar; one for each is needed")
    grouped = grouped.reindex(table.columns)
    shares = _pillar_weights(weights, grouped.unique())
    scaled = 100 * normalise(table, direction=direction, goalposts=goalposts)
    found = scaled.T.groupby(grouped, sort=False).mean().T.reindex(columns=list(shares.index)).rename_axis(columns=None)
    held = table.notna().sum(axis=1)
    enough = (held >= minimum * table.shape[1]) & found.notna().all(axis=1)
    return found.assign(score=aggregate(found, shares).where(enough), indicators=held, scored=enough)


def _pillar_weights(weights: Mapping[Hashable, float] | pd.Series | None, pillars: Iterable[Hashable]) -> pd.Series:
    names = pd.Index(list(pillars))
    if weights is None:
        return pd.Series(1 / len(names), names)
    given = pd.Series(weights, dtype=float)
    strange = given.index.symmetric_difference(names)
    if len(strange):
        raise ValueError(
            f"weights and pillars differ in {_checks.listed(strange)}; one weight for each pillar is right"
        )
    if not (given >= 0).all():
        raise ValueError(f"weight of pillar {given.index[~(given >= 0)][0]} is {given.min():g}; zero or more is needed")
    if abs(given.sum() - 1) > TOLERANCE:
        raise ValueError(f"weights of the pillars sum to {given.sum():g}; 1 is needed")
    return given.reindex(names)


def structural_peers(
    table: pd.DataFrame,
    pillars: Mapping[Hashable, Hashable] | pd.Series,
    *,
    region: Hashable,
    among: Iterable[Hashable] | None = None,
    number: int = 5,
    weights: Mapping[Hashable, float] | pd.Series | None = None,
) -> pd.DataFrame:
    """Return the regions that are structurally nearest to one, and what each element adds to the distance.

    Parameters
    ----------
    table, pillars, weights
        As in :func:`~alpclusters_lib.indicators.composite.structural_distance`.
    region
        The one whose peers are sought.
    among
        Where to look; all other regions where omitted. The region itself is never its peer.
    number
        How many.

    Returns
    -------
    By peer, the nearest first: ``distance`` and a column a pillar, which add to it. Regions that lack a variable are
    no candidates.

    Raises
    ------
    ValueError
        If the table has no such region, the region lacks a variable, or `number` is below 1.

    References
    ----------
    Navarro et al. (2014), Regional benchmarking in the smart specialisation process, S3 Working Paper 03/2014.

    Examples
    --------
    >>> table = pd.DataFrame({"density": [0.2, 0.3, 0.9], "industry": [0.5, 0.4, 0.5]}, index=["AT33", "ITH1", "ITC4"])
    >>> structural_peers(table, {"density": "people", "industry": "sectors"}, region="AT33", number=1).round(3)
          distance  people  sectors
    ITH1      0.01   0.005    0.005
    """
    if number < 1:
        raise ValueError(f"number is {number}; 1 or more is needed")
    parts = structural_distance_parts(table, pillars, region=region, weights=weights).rename_axis(columns=None)
    gaps = parts.columns[parts.loc[region].isna()]
    if len(gaps):
        raise ValueError(f"region {region} lacks a variable of {_checks.listed(gaps)}; without it there is no distance")
    wanted = table.index if among is None else table.index[table.index.isin(list(among))]
    candidates = parts.loc[wanted.drop(region, errors="ignore")].dropna()
    candidates.insert(0, "distance", candidates.sum(axis=1))
    return candidates.sort_values("distance", kind="stable").head(number)
