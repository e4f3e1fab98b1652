r"""How NACE divisions are linked through the clusters of the United States.

The benchmark definitions of Delgado, Porter & Stern (2016) sort American industries into clusters by co-location of
jobs and plants, by input-output links and by shared occupations. Here they are carried over to pairs of European
divisions. With w_ac the share of division a's industries that belong to traded cluster c,

.. math::
    \text{same}_{ab} = \sum_c w_{ac} w_{bc}, \qquad
    \text{linked}_{ab} = \sum_{c} \sum_{d \ne c} L_{cd} w_{ac} w_{bd}

where L_cd is 1 for linked clusters: the chance that an industry drawn from a and one drawn from b belong to the same
cluster, or to two linked ones. An industry of the bridge counts 1, split evenly among its divisions, large or small
(:func:`~alpclusters_lib.cleaning.families.place_industries`).

Its limits: American clusters need not be Europe's; the bridge is derived; and local industries belong to no traded
cluster, so many services can have no more than small values. ``both_traded``, the chance that both industries are
traded, is the most that both sums together can be: where it is 0, a 0 says nothing. The links were read off a figure.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.families import place_industries

__all__ = ["cluster_links", "cluster_shares"]

# sums of many fractions differ in their last digits from one machine to the next
_DIGITS = 9
STRONG = ("strong", "very strong")


def cluster_shares(industries: pd.DataFrame, bridge: pd.DataFrame, divisions: Iterable[str]) -> pd.DataFrame:
    """Return the share of each division's industries that belong to each traded cluster.

    Parameters
    ----------
    industries
        ``industry`` (six digits, each once), ``traded`` (bool), ``cluster``.
    bridge
        ``industry, division``: the NACE divisions an industry maps to.
    divisions
        The divisions wanted.

    Returns
    -------
    DataFrame
        Division × traded cluster, in [0, 1]. A row adds up to the share of traded industries: less than 1 where some
        are local. A division without any industry is NaN.

    Raises
    ------
    ValueError
        If an industry stands twice, or none is traded.

    Examples
    --------
    >>> industries = pd.DataFrame({"industry": ["333111", "333112", "336111"], "traded": [True, False, True]})
    >>> industries["cluster"] = ["Saws", "Repair", "Cars"]
    >>> bridge = pd.DataFrame({"industry": industries["industry"], "division": ["C28", "C28", "C29"]})
    >>> cluster_shares(industries, bridge, ["C28", "C29"]).to_dict("index")
    {'C28': {'Cars': 0.0, 'Saws': 0.5}, 'C29': {'Cars': 1.0, 'Saws': 0.0}}
    """
    twice = industries.loc[industries["industry"].duplicated(), "industry"]
    if len(twice):
        raise ValueError(f"industry {twice.iloc[0]} stands twice; each industry has one cluster")
    placed = place_industries(industries[["industry", "traded", "cluster"]], bridge)
    if not placed["traded"].any():
        raise ValueError("no traded industry is in a division of the bridge; links need traded clusters")
    whole = placed.groupby("division")["weight"].sum()
    traded = placed[placed["traded"]].groupby(["division", "cluster"])["weight"].sum().unstack(fill_value=0.0)
    wanted = pd.Index(divisions, name="division")
    # a division of local industries only has no traded weight, one without industries no weight at all
    held = traded.reindex(whole.index, fill_value=0.0).div(whole, axis=0)
    return held.reindex(wanted)


def _joined(linkages: pd.DataFrame, clusters: pd.Index) -> np.ndarray:
    """Return clusters × clusters, 1 where a link is listed in either direction."""
    ends = linkages[["cluster", "linked_cluster"]]
    for name in ends.to_numpy().ravel():
        if name not in clusters:
            raise ValueError(f"the linked cluster {name!r} has no traded industry; a traded cluster would be right")
    joined = np.zeros((len(clusters), len(clusters)))
    joined[clusters.get_indexer(ends["cluster"]), clusters.get_indexer(ends["linked_cluster"])] = 1
    joined = np.maximum(joined, joined.T)
    np.fill_diagonal(joined, 0)
    return joined


def cluster_links(
    industries: pd.DataFrame, bridge: pd.DataFrame, linkages: pd.DataFrame, divisions: Iterable[str]
) -> pd.DataFrame:
    """Return how every pair of divisions is linked through the clusters of the United States.

    Parameters
    ----------
    industries, bridge, divisions
        As in :func:`cluster_shares`.
    linkages
        ``cluster, linked_cluster, strength``: links listed in one direction or both. A pair counts as linked where
        either direction is listed, and by the stronger grade where they differ.

    Returns
    -------
    DataFrame
        One row a pair a < b, sorted: ``division_a, division_b, same_cluster, linked, linked_strong`` (the part of
        ``linked`` through pairs graded strong or very strong) and ``both_traded``. All in [0, 1], and ``same_cluster``
        plus ``linked`` at most ``both_traded``. NaN for a division without industries.

    Raises
    ------
    ValueError
        If an industry stands twice, none is traded, or a link names a cluster that has no traded industry.

    References
    ----------
    Delgado, Porter & Stern (2016), Defining clusters of related industries, Journal of Economic Geography 16:1-38.

    Examples
    --------
    >>> industries = pd.DataFrame(
    ...     {"industry": ["333111", "333112", "336111"], "traded": True, "cluster": ["Saws", "Cars", "Cars"]}
    ... )
    >>> bridge = pd.DataFrame({"industry": industries["industry"], "division": ["C28", "C28", "C29"]})
    >>> linkages = pd.DataFrame({"cluster": ["Cars"], "linked_cluster": ["Saws"], "strength": ["strong"]})
    >>> cluster_links(industries, bridge, linkages, ["C28", "C29"]).values.tolist()
    [['C28', 'C29', 0.5, 0.5, 0.5, 1.0]]
    """
    shares = cluster_shares(industries, bridge, sorted(set(divisions)))
    weights, names = shares.to_numpy(), shares.columns
    strong = linkages[linkages["strength"].isin(STRONG)]
    traded = weights.sum(axis=1)
    squares = {
        "same_cluster": weights @ weights.T,
        "linked": weights @ _joined(linkages, names) @ weights.T,
        "linked_strong": weights @ _joined(strong, names) @ weights.T,
        "both_traded": np.outer(traded, traded),
    }
    first, second = np.triu_indices(len(shares), k=1)
    pairs = {"division_a": shares.index[first], "division_b": shares.index[second]}
    # rounding may lift a sum of shares above the whole it is a part of
    measures = {name: np.clip(square[first, second], 0, 1).round(_DIGITS) for name, square in squares.items()}
    return pd.DataFrame({**pairs, **measures})
