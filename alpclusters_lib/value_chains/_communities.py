"""Communities of a network of flows, found many times over, with how far the runs agree."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.value_chains._graphs import Flows, flows_of

__all__ = ["Communities", "communities"]


class Communities(NamedTuple):
    """Nodes by community, and how stable that is."""

    partition: pd.Series
    """Number of the community by node, 1 the one with the largest flows inside and out."""
    stability: pd.Series
    """By node: share of runs in which it is with another member of its community, mean over the members."""
    agreement: float
    """Mean adjusted Rand index over all pairs of runs: 1 where all are alike, about 0 where by chance."""
    modularity: float
    """Of the consensus partition."""
    runs: int
    split: int
    """Runs in which a community was not connected and was taken apart."""


def communities(
    graph: nx.DiGraph, *, rng: np.random.Generator | int | None = None, runs: int = 100, resolution: float = 1.0
) -> Communities:
    r"""Return which nodes deal with each other more than their sales and purchases would give.

    Each run is Louvain's method on directed modularity,

    .. math:: Q = \frac1m \sum_{ij} \Bigl( w_{ij} - \gamma \frac{s^{out}_i s^{in}_j}{m} \Bigr) \delta(c_i, c_j)

    in another random order of the nodes. The consensus joins nodes by average linkage while they are together in half
    of the runs or more on average. A community that is not connected, which the method may give, is taken apart
    into its connected parts, in each run and in the consensus.

    Parameters
    ----------
    graph
        A directed graph with ``weight``. What a node sells to itself is left out: it would favour communities of one.
    rng
        Source of the random orders; the same one gives the same result whatever the labels are.
    runs
        How many, at least 2.
    resolution
        :math:`\gamma`; above 1 for more and smaller communities.

    Returns
    -------
    :class:`Communities`. A node without flows is a community of its own, with stability 1; so is any community of
    one, whose stability is the share of runs in which the node is alone. With several partitions nearly as good,
    agreement is low: the communities then say little.

    References
    ----------
    Blondel, Guillaume, Lambiotte & Lefebvre (2008), Journal of Statistical Mechanics P10008; Leicht & Newman (2008),
    Physical Review Letters 100:118703; Traag, Waltman & van Eck (2019), Scientific Reports 9:5233, on communities
    that are not connected; Fred & Jain (2005), IEEE Transactions on Pattern Analysis 27:835, on the consensus; Hubert
    & Arabie (1985), Journal of Classification 2:193.

    Examples
    --------
    >>> graph = nx.DiGraph()
    >>> graph.add_weighted_edges_from([("a", "b", 9), ("b", "a", 8), ("b", "c", 1), ("c", "d", 7), ("d", "c", 7)])
    >>> found = communities(graph, rng=1, runs=20)
    >>> found.partition.to_dict(), found.agreement, found.stability.eq(1).all().item()
    ({'a': 1, 'b': 1, 'c': 2, 'd': 2}, 1.0, True)
    """
    if not (isinstance(runs, (int, np.integer)) and runs >= 2):
        raise ValueError(f"runs is {runs}; a whole number of 2 or more is needed")
    if not resolution > 0:
        raise ValueError(f"resolution is {resolution}; a number above 0 is needed")
    flows = flows_of(graph)
    # numbers in place of labels: the order of a set of strings changes from one start of Python to the next
    plain = nx.from_numpy_array(flows.between, create_using=nx.DiGraph)
    found, split = [], 0
    for seed in np.random.default_rng(rng).integers(2**32, size=runs):
        labels = _one_run(plain, resolution, int(seed))
        connected = _connected_parts(plain, labels)
        split += int(connected.max() > labels.max())
        found.append(connected)
    together, agreement = _together(np.array(found))
    labels = _connected_parts(plain, _consensus(together))
    numbers = _by_size(labels, flows)
    return Communities(
        flows.series(numbers, "community"),
        flows.series(_stability(together, labels), "stability"),
        agreement,
        _modularity(plain, labels, resolution),
        int(runs),
        split,
    )


def _one_run(plain: nx.DiGraph, resolution: float, seed: int) -> np.ndarray:
    labels = np.arange(len(plain))
    if plain.number_of_edges():
        parts = nx.community.louvain_communities(plain, weight="weight", resolution=resolution, seed=seed)
        for number, part in enumerate(parts):
            labels[list(part)] = number
    return np.unique(labels, return_inverse=True)[1]


def _connected_parts(plain: nx.DiGraph, labels: np.ndarray) -> np.ndarray:
    """Return the labels with each connected part of a community as a community."""
    apart, number = np.empty_like(labels), 0
    for label in range(labels.max() + 1):
        inside = plain.subgraph(np.flatnonzero(labels == label).tolist())
        for part in sorted(map(sorted, nx.weakly_connected_components(inside))):
            apart[part] = number
            number += 1
    return apart


def _together(found: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the share of runs in which each two nodes are together, and the mean adjusted Rand index of the runs."""
    runs, nodes = found.shape
    widths = found.max(axis=1) + 1
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    member = np.zeros((nodes, widths.sum()))
    member[np.arange(nodes)[:, None], (found + starts[:, None]).T] = 1
    together = member @ member.T / runs
    tables = member.T @ member
    pairs = tables * (tables - 1) / 2
    shared = np.add.reduceat(np.add.reduceat(pairs, starts, axis=0), starts, axis=1)
    own = np.diag(shared)
    all_pairs = nodes * (nodes - 1) / 2
    expected = np.multiply.outer(own, own) / max(all_pairs, 1)
    largest = np.add.outer(own, own) / 2
    # two partitions that are both of ones, or both of all, are alike
    room = np.where(largest > expected, largest - expected, np.nan)
    index = np.where(np.isnan(room), 1.0, (shared - expected) / room)
    return together, float(index[np.triu_indices(runs, 1)].mean())


def _consensus(together: np.ndarray) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(together) == 1:
        return np.zeros(1, dtype=int)
    tree = linkage(squareform(1 - together, checks=False), method="average")
    return fcluster(tree, 0.5 + 1e-12, criterion="distance") - 1


def _stability(together: np.ndarray, labels: np.ndarray) -> np.ndarray:
    same = labels[:, None] == labels[None, :]
    others = same.sum(axis=1) - 1
    with_members = (together * same).sum(axis=1) - 1
    # never with the node that it is with most often, at the least
    alone = 1 - np.max(np.where(np.eye(len(labels), dtype=bool), 0, together), axis=1)
    return np.where(others > 0, with_members / np.maximum(others, 1), alone)


def _by_size(labels: np.ndarray, flows: Flows) -> np.ndarray:
    """Return the labels as numbers from 1, by the sales and purchases of the members, ties by the first member."""
    dealt = flows.between.sum(axis=0) + flows.between.sum(axis=1)
    weights = np.bincount(labels, weights=dealt)
    first = np.array([np.argmax(labels == label) for label in range(len(weights))])
    rank = np.empty(len(weights), dtype=int)
    rank[np.lexsort((first, -weights))] = np.arange(1, len(weights) + 1)
    return rank[labels]


def _modularity(plain: nx.DiGraph, labels: np.ndarray, resolution: float) -> float:
    if not plain.number_of_edges():
        return np.nan
    parts = [set(np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]
    return float(nx.community.modularity(plain, parts, weight="weight", resolution=resolution))
