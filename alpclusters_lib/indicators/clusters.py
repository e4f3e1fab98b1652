"""Clusters: which region-cluster pairs stand out in Europe, after the European Cluster Observatory."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["cluster_stars"]

_CRITERIA = {
    "observatory": ("size", "specialisation", "focus"),
    "panorama": ("size", "specialisation", "productivity"),
}


def cluster_stars(
    table: pd.DataFrame,
    *,
    edition: str = "observatory",
    minimum_jobs: float = 1000,
    size_top: float = 0.10,
    specialisation_minimum: float = 2.0,
    focus_top: float = 0.10,
    productivity_top: float = 0.10,
) -> pd.DataFrame:
    """Award each cluster of each region up to three stars.

    Observatory (2007): size, among the top tenth of regions in that cluster by jobs; specialisation, a
    location quotient of at least 2; focus, among the top tenth by the cluster's share of the region's jobs.
    Panorama (2014 and later): size, specialisation and productivity, measured by the wage per employee; its
    thresholds were not found in print, so those here are the observatory's, a choice of ours. A minimum of
    1,000 jobs kept tiny regions from stars; that fewer jobs win none at all is our reading. On NACE divisions
    these are stars in the manner of an edition, which worked on 4-digit classes.

    Focus and specialisation cut the same ranking within a cluster: three observatory stars hold two
    independent facts.

    Parameters
    ----------
    table
        Index (region, cluster), columns jobs and lq; for "observatory" share, the cluster's share of the
        region's jobs (without it regions are ranked by lq, which orders them alike); for "panorama" wage, per
        employee, or else productivity. Hand over all regions of Europe: the top is taken among the rows.
    edition
        "observatory" or "panorama".
    minimum_jobs
        Fewer jobs win no star, whatever the criteria say.
    size_top, focus_top, productivity_top
        Share of a cluster's regions that win the star; ties at the threshold win it too.
    specialisation_minimum
        Location quotient from which the star is won.

    Returns
    -------
    Index as in `table`; a nullable boolean a criterion, <NA> where its figure is missing; stars, the number
    of true ones; criteria_known, how many are known. Where it is below 3, stars is a lower bound. Missing
    figures, and in productivity those of clusters below the minimum, are left out when the top is taken.

    References
    ----------
    European Cluster Observatory (Sölvell, Ketels & Lindqvist 2009, The European Cluster Observatory: EU
    Cluster Mapping and Strengthening Clusters in Europe); European Cluster Panorama (Ketels & Protsiv 2014,
    2016).

    Examples
    --------
    >>> regions, names = ["DE14", "ITC4", "ITH1"], ["region", "cluster"]
    >>> pairs = pd.MultiIndex.from_product([regions, ["machinery"]], names=names)
    >>> table = pd.DataFrame({"jobs": [99851, 215106, 900], "lq": [3.87, 1.73, 2.10]}, index=pairs)
    >>> cluster_stars(table, size_top=0.34).stars.droplevel("cluster").to_dict()
    {'DE14': 2, 'ITC4': 1, 'ITH1': 0}
    """
    criteria = _CRITERIA[_checks.one_of(edition, _CRITERIA, name="edition")]
    tops = {"size": size_top, "focus": focus_top, "productivity": productivity_top}
    for criterion, top in tops.items():
        if not 0 < top <= 1:
            raise ValueError(f"{criterion}_top is {top}; a share above 0, at most 1, is needed")
    figures = _figures(table, criteria)
    jobs = figures["size"]
    # no jobs is no star even where the minimum is 0 and the threshold of the top too
    large = _at_least(jobs, max(minimum_jobs, np.nextafter(0, 1)))
    if "productivity" in figures:
        # the wage of a few employees is noise, and would set the threshold for everybody
        figures["productivity"] = figures["productivity"].mask(jobs < minimum_jobs)
    cluster = "cluster" if "cluster" in table.index.names else 1
    won = {}
    for criterion in criteria:
        figure = figures[criterion]
        if criterion == "specialisation":
            threshold = specialisation_minimum
        else:
            threshold = figure.groupby(level=cluster).transform("quantile", 1 - tops[criterion])
        # with three truth values: too few jobs is False even where the figure is missing
        won[criterion] = _at_least(figure, threshold) & large
    stars = pd.DataFrame(won, index=table.index)
    counted = {"stars": stars.fillna(False).sum(axis=1), "criteria_known": stars.notna().sum(axis=1)}
    return stars.assign(**counted)


def _figures(table: pd.DataFrame, criteria: tuple[str, ...]) -> pd.DataFrame:
    """Return the figure each criterion looks at, as floats."""
    if not isinstance(table, pd.DataFrame) or table.index.nlevels != 2:
        raise ValueError("table is not indexed by (region, cluster); a DataFrame with both is needed")
    sources = {
        "size": ("jobs",),
        "specialisation": ("lq",),
        "focus": ("share", "lq"),
        "productivity": ("wage", "productivity"),
    }
    figures = {}
    for criterion in criteria:
        held = [column for column in sources[criterion] if column in table.columns]
        if not held:
            needed = " or ".join(sources[criterion])
            raise ValueError(
                f"table has no column {needed} for the criterion {criterion}; it has {_checks.listed(table.columns)}"
            )
        figures[criterion] = _checks.counts_by_label(table[held[0]], noun="(region, cluster)", name=f"column {held[0]}")
    return pd.DataFrame(figures)


def _at_least(figure: pd.Series, threshold: pd.Series | float) -> pd.Series:
    return (figure >= threshold).astype("boolean").where(figure.notna())
