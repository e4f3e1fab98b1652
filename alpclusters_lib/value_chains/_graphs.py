"""Graphs of flows as arrays, and back: what the functions on networks of industries share."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.value_chains import _tables


class Flows(NamedTuple):
    """Flows between nodes as an array with zeros on its diagonal, each node's flow to itself, and the labels."""

    between: np.ndarray
    own: np.ndarray
    labels: pd.Index

    def series(self, values: np.ndarray, name: str) -> pd.Series:
        """Return one value a node."""
        return pd.Series(values, index=self.labels, name=name)


def flows_of(graph: nx.DiGraph) -> Flows:
    """Return the flows of a directed graph; a loop and the attribute ``own_flow`` are flows of a node to itself."""
    if not isinstance(graph, nx.DiGraph) or graph.is_multigraph():
        raise TypeError(
            f"graph is a {type(graph).__name__}; a networkx DiGraph with weights is needed "
            "(an undirected graph has .to_directed())"
        )
    if not len(graph):
        raise ValueError("graph has no nodes; one or more are needed")
    for seller, buyer, weight in graph.edges(data="weight"):
        if not (isinstance(weight, (int, float, np.number)) and 0 < weight < np.inf):
            raise ValueError(
                f"the flow from {_tables.named(seller)} to {_tables.named(buyer)} has weight {weight}; "
                "a number above 0 is needed"
            )
    nodes = list(graph)
    values = nx.to_numpy_array(graph, nodes, weight="weight")
    own = np.array([float(graph.nodes[node].get("own_flow", 0.0)) for node in nodes]) + np.diag(values)
    np.fill_diagonal(values, 0.0)
    return Flows(values, own, labels_of(graph))


def labels_of(graph: nx.DiGraph) -> pd.Index:
    """Return the nodes as an index with the names of the table that they came from."""
    nodes, names = list(graph), graph.graph.get("names")
    lengths = {len(node) if isinstance(node, tuple) else 0 for node in nodes}
    if lengths == {0} or len(lengths) != 1:
        name = names[0] if names and len(names) == 1 else "node"
        return pd.Index(nodes, name=name, tupleize_cols=False)
    wide = lengths.pop()
    return pd.MultiIndex.from_tuples(nodes, names=names if names and len(names) == wide else None)


def graph_of(
    values: np.ndarray, kept: np.ndarray, labels: pd.Index, own: np.ndarray, **attributes: np.ndarray
) -> nx.DiGraph:
    """Return a directed graph of the flows that are kept, all nodes in it, with further attributes of its edges."""
    graph = nx.DiGraph(names=list(labels.names))
    nodes = list(labels)
    graph.add_nodes_from((node, {"own_flow": float(flow)}) for node, flow in zip(nodes, own, strict=True))
    rows, columns = np.nonzero(kept)
    columns_of = {"weight": values, **attributes}
    found = {name: table[rows, columns].tolist() for name, table in columns_of.items()}
    for place, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        graph.add_edge(nodes[row], nodes[column], **{name: cells[place] for name, cells in found.items()})
    return graph
