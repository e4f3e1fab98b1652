"""Centralities that make sense on flows between industries, where nearly all are linked and own use is large."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.value_chains import _tables
from alpclusters_lib.value_chains._graphs import Flows, flows_of

__all__ = ["centralities"]


def centralities(graph: nx.DiGraph) -> pd.DataFrame:
    r"""Return how central each node is on a graph of flows.

    A unit of goods at node i goes on to j with probability :math:`m_{ij} = z_{ij} / \sum_k z_{ik}`, the node's own
    flow included: it may stay for a while. With H(i, j) the mean number of steps until it is at j for the first time,

    .. math:: H(\cdot, j) = (I - M_{-j})^{-1} 1, \qquad C_j = n / \sum_i H(i, j), \qquad H(j, j) = 0

    is random-walk centrality: high where whatever happens in another node arrives soon. All of H comes from one
    inverse, :math:`H(i, j) = (u_{jj} - u_{ij}) / \pi_j` with :math:`U = (I - M + 1 \pi^{\top})^{-1}` and
    :math:`\pi` the stationary shares of the walk.

    Betweenness and closeness by shortest paths are not offered: with nearly all nodes linked directly, a shortest
    path is mostly the one link, its length (one over the flow) has no meaning, and goods do not look for short ways.

    Parameters
    ----------
    graph
        A directed graph with ``weight``, and ``own_flow`` of nodes where they have one: ``industry_graph``.

    Returns
    -------
    By node, in the order of the graph: ``in_strength`` and ``out_strength`` (purchases from and sales to others),
    ``own_flow``, ``pagerank`` (shares of sales to others, own flows left out, since a walk that stays adds no
    standing; damping 0.85) and ``random_walk``. The last is that of the largest part of the graph in which every
    node reaches every other, flows that leave it left out; NaN outside that part, and in a part of one node.

    References
    ----------
    Blöchl, Theis, Vega-Redondo & Fisher (2011), Physical Review E 83:046127; Kemeny & Snell (1960), Finite Markov
    Chains, ch. 4; Brin & Page (1998), Computer Networks 30:107.

    Examples
    --------
    Two sectors: j meets goods of i with 500 of 650 a step, i those of j with 200 of 300.

    >>> graph = nx.DiGraph()
    >>> graph.add_node("i", own_flow=150), graph.add_node("j", own_flow=100)
    (None, None)
    >>> graph.add_weighted_edges_from([("i", "j", 500), ("j", "i", 200)])
    >>> centralities(graph)["random_walk"].round(4).to_dict()
    {'i': 1.3333, 'j': 1.5385}
    """
    flows = flows_of(graph)
    plain = nx.from_numpy_array(flows.between, create_using=nx.DiGraph)
    rank = nx.pagerank(plain, alpha=0.85, weight="weight", tol=1e-12, max_iter=1000)
    columns = {
        "in_strength": flows.between.sum(axis=0),
        "out_strength": flows.between.sum(axis=1),
        "own_flow": flows.own,
        "pagerank": np.array([rank[node] for node in range(len(plain))]),
        "random_walk": _random_walk(flows, plain),
    }
    return pd.DataFrame(columns, index=flows.labels)


def _random_walk(flows: Flows, plain: nx.DiGraph) -> np.ndarray:
    result = np.full(len(flows.labels), np.nan)
    parts = sorted(map(sorted, nx.strongly_connected_components(plain)), key=lambda part: (-len(part), part[0]))
    core = np.array(parts[0])
    if len(core) == 1:
        return result
    flow = flows.between[np.ix_(core, core)] + np.diag(flows.own[core])
    times = first_passage_times(flow / flow.sum(axis=1, keepdims=True), flows.labels[core])
    result[core] = len(core) / times.sum(axis=0)
    return result


def first_passage_times(moves: np.ndarray, labels: pd.Index) -> np.ndarray:
    """Return the mean number of steps from each node to each other; 0 from a node to itself."""
    nodes = len(moves)
    # stationary shares: the balance of all nodes but one, and their sum
    balance = np.vstack([(np.eye(nodes) - moves.T)[:-1], np.ones(nodes)])
    shares = np.linalg.solve(balance, np.append(np.zeros(nodes - 1), 1.0))
    if not shares.min() > 0:
        raise ValueError(
            f"the walk all but never comes to {_tables.listed(labels[shares <= 0])}: its flows are too small beside "
            "the others to tell from 0; leave it out"
        )
    fundamental = np.linalg.inv(np.eye(nodes) - moves + shares)
    times = (np.diag(fundamental) - fundamental) / shares
    np.fill_diagonal(times, 0.0)
    return times
