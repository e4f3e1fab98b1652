r"""The S3 innovation model: five elements from evidence to monitoring, and candidates for transformative activities.

A transformative activity is no sector. It is a collection of capacities and actions of a group of actors that combines
existing structures, targets related areas and could change an industry (after Foray, Morgan & Radosevic 2018). Here it
is an object of capacities, opportunity, actors, actions and regions; figures can propose the first two and the regions,
never the rest: actors decide.

A candidate joins a capacity that a region surely has with a related one of another cluster family, at neighbouring
stages of a value chain, that a partner abroad surely has. It is as well evidenced as its weakest link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed
from alpclusters_lib.strategy import _synergy_draws as arrays

__all__ = ["ELEMENTS", "LINKS", "TransformativeActivity", "candidates", "evidence", "percentile_of_links"]

ELEMENTS = ("evidence base", "transformative activities", "development strategy", "implementation", "monitoring")
LINKS = ("own_strength", "relatedness", "partner_strength")


@dataclass(frozen=True)
class TransformativeActivity:
    """A candidate for a transformative activity, as an object that actors can fill.

    ``capacities`` divisions by region, ``opportunity`` where they meet, ``actors`` organisations known, ``actions``
    agreed ones (none where only figures speak), ``regions`` their areas, ``status``: ``candidate`` from figures, else
    what its source calls it. ``evidence`` holds the links by name.
    """

    capacities: dict[str, tuple[str, ...]]
    opportunity: str
    regions: tuple[str, ...]
    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    status: str = "candidate"
    evidence: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that it is more than a sector."""
        every = {division for group in self.capacities.values() for division in group}
        if len(every) < 2:
            held = ", ".join(every) or "nothing"
            raise ValueError(f"{held} alone is a sector; a transformative activity joins two capacities or more")


def percentile_of_links(relatedness: pd.DataFrame) -> pd.DataFrame:
    """Return the percentile of each pair's relatedness among all pairs, in [0, 1], NaN on the diagonal.

    Examples
    --------
    >>> phi = pd.DataFrame([[0, .5, .1], [.5, 0, .3], [.1, .3, 0]], index=list("abc"), columns=list("abc"))
    >>> percentile_of_links(phi).loc["a"].round(2).tolist()
    [nan, 0.83, 0.17]
    """
    values = relatedness.to_numpy(float).copy()
    np.fill_diagonal(values, np.nan)
    upper = values[np.triu_indices(len(values), 1)]
    return pd.DataFrame(arrays.percentiles(values, upper), relatedness.index, relatedness.columns)


def candidates(
    lower: pd.DataFrame,
    strength: pd.DataFrame,
    relatedness: pd.DataFrame,
    *,
    region: str,
    partners: Sequence[str],
    families: pd.Series,
    links: pd.DataFrame,
) -> pd.DataFrame:
    r"""Return pairs of related divisions across families that a region and a partner could join, best evidenced first.

    .. math:: w_{r i s j} = \min(P(\underline{LQ}_{ri}),\; P(\varphi_{ij}),\; P(\underline{LQ}_{sj}))

    with P the percentile among European regions (quotients, at their lower limits) or among all pairs of divisions.

    Parameters
    ----------
    lower
        Lower limits of the location quotients, area × division.
    strength
        Percentiles of these lower limits among European regions, labelled alike.
    relatedness
        Division × division, as percentiles (:func:`percentile_of_links`).
    region, partners
        Who looks, and among whom.
    families
        Family by division; divisions without one are left out.
    links
        Pairs of divisions at neighbouring stages: ``first, second, chain, first_stage, second_stage``, both ways round.

    Returns
    -------
    One row a pair of divisions, with its best partner: ``capacity`` the region has, ``partner_capacity``, ``partner``;
    the three links, ``weakest`` and which it is; ``others``, further partners that surely have it; ``own_lower``, the
    region's lower limit in the partner's capacity: above 1 it has both. Empty where no pair qualifies.

    Raises
    ------
    ValueError
        If an area has no figures.
    """
    absent = [code for code in (region, *partners) if code not in lower.index]
    if absent:
        raise ValueError(f"no figures for {absent[0]}; there are some for {listed(lower.index)}")
    rows = []
    for link in links.itertuples():
        first, second = link.first, link.second
        if families.get(first) is None or families.get(second) is None or families[first] == families[second]:
            continue
        if not lower.loc[region, first] > 1:
            continue
        able = [code for code in partners if lower.loc[code, second] > 1]
        if not able or pd.isna(relatedness.loc[first, second]):
            continue
        best = strength.loc[able, second].sort_values(ascending=False, kind="stable")
        values = (strength.loc[region, first], relatedness.loc[first, second], best.iloc[0])
        rows.append((
            first, second, best.index[0], *values, min(values), LINKS[int(np.argmin(values))], tuple(best.index[1:]),
            lower.loc[region, second], link.chain, link.first_stage, link.second_stage,
        ))  # fmt: skip
    columns = [
        "capacity", "partner_capacity", "partner", *LINKS, "weakest", "weakest_link", "others", "own_lower", "chain",
        "first_stage", "second_stage",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table["sum"] = table[list(LINKS)].sum(axis=1)
    table = table.sort_values(["weakest", "sum"], ascending=False, kind="stable").drop(columns="sum")
    return table.drop_duplicates(["capacity", "partner_capacity"], ignore_index=True)


def evidence(
    region: str,
    lower: pd.DataFrame,
    *,
    found: pd.DataFrame,
    priorities: pd.Series,
    organisations: pd.Series,
    baselines: Sequence[str],
) -> pd.Series:
    """Count what figures and facts hold of each element for one region.

    Parameters
    ----------
    region
        A label of `lower`, or one without figures: then the first two elements are NaN.
    lower
        Lower limits of the location quotients, area × division.
    found
        The region's candidates (:func:`candidates`).
    priorities, organisations
        The region of each named priority, and of each organisation known.
    baselines
        Names of the indicators that have a baseline figure.

    Returns
    -------
    By element: divisions surely specialised; candidates; named priorities; organisations known; baselines.
    """
    known = region in lower.index
    counts = {
        "evidence base": float((lower.loc[region] > 1).sum()) if known else np.nan,
        "transformative activities": float(len(found)) if known else np.nan,
        "development strategy": float((priorities == region).sum()),
        "implementation": float((organisations == region).sum()),
        "monitoring": float(len(baselines)),
    }
    return pd.Series(counts, name=region).reindex(list(ELEMENTS))
