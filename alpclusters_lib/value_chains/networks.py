r"""Networks of industries: who sells to whom, which flows stand out, who belongs together, who is met first.

A graph of flows is nearly complete, its flows span six orders of magnitude, and an industry's own use is often its
largest. So a flow of a node to itself is kept as the node's ``own_flow`` and never drawn or tested, and a backbone
comes before any picture. Communities live in ``_communities``, centralities in ``_centralities``; both are handed on
here. Flows between regions are published nowhere in Europe: a region and an industry are linked by jobs, no more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables
from alpclusters_lib.value_chains._centralities import centralities
from alpclusters_lib.value_chains._communities import Communities, communities
from alpclusters_lib.value_chains._graphs import Flows, flows_of, graph_of

__all__ = [
    "Communities",
    "centralities",
    "communities",
    "disparity_backbone",
    "industry_graph",
    "region_industry_graph",
]


def industry_graph(
    Z: pd.DataFrame, *, x: pd.Series | None = None, countries: Iterable[Hashable] | None = None
) -> nx.DiGraph:
    """Return the flows between sectors as a directed graph.

    Parameters
    ----------
    Z
        Flows in money, rows sell and columns use; the same labels on both sides, in any order.
    x
        Output by sector, in the same money.
    countries
        Sectors of these countries only, where the index of `Z` is (country, industry); flows from and to others are
        left out.

    Returns
    -------
    A node a sector, in the order of the rows, with ``own_flow`` (what it sells to itself) and, where `x` is given,
    ``output``; an edge a flow above 0, with ``weight``. A sector without flows stays as a node. For a large table go
    to :func:`disparity_backbone` directly, which makes no edge that it drops.

    Raises
    ------
    TypeError, ValueError
        If `Z` is no table of flows of zero or more, labels differ, or a country is not in the table.

    References
    ----------
    Blöchl, Theis, Vega-Redondo & Fisher (2011), Physical Review E 83:046127, on tables as graphs.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> graph = industry_graph(Z, x=pd.Series({"i": 1000, "j": 2000}))
    >>> list(graph.edges(data="weight")), graph.nodes["i"]
    ([('i', 'j', 500.0), ('j', 'i', 200.0)], {'own_flow': 150.0, 'output': 1000.0})
    """
    flows = _flows_of_table(Z)
    if x is not None:
        output = _tables.by_sector(x, flows.labels, "x")
    if countries is not None:
        inside = _of_countries(flows.labels, countries)
        flows = Flows(flows.between[np.ix_(inside, inside)], flows.own[inside], flows.labels[inside])
    graph = graph_of(flows.between, flows.between > 0, flows.labels, flows.own)
    if x is not None:
        output = output if countries is None else output[inside]
        nx.set_node_attributes(graph, dict(zip(graph, output.tolist(), strict=True)), "output")
    return graph


def region_industry_graph(employment: pd.DataFrame) -> nx.DiGraph:
    """Return regions and industries as a graph of two kinds of nodes, linked by jobs.

    No flow goes along these links: what regions buy from each other is published nowhere. The backbone of this graph
    keeps industries that are an outsized part of a region's jobs, and regions that are an outsized part of an
    industry's.

    Parameters
    ----------
    employment
        Jobs, region × sector.

    Returns
    -------
    Edges from region to industry with ``weight`` in jobs; ``kind`` of a node is "region" or "industry". A cell that
    is 0 has no edge. A missing cell has none either, and a warning names its region.

    Raises
    ------
    ValueError
        If a code is the name of a region and of an industry, or a cell is negative.

    Examples
    --------
    >>> jobs = pd.DataFrame([[10, 0], [4, 6]], ["AT31", "SI03"], ["C16", "C28"])
    >>> list(region_industry_graph(jobs).edges(data="weight"))
    [('AT31', 'C16', 10.0), ('SI03', 'C16', 4.0), ('SI03', 'C28', 6.0)]
    """
    values = _checks.employment_values(employment)
    both = employment.index.intersection(employment.columns)
    if len(both):
        raise ValueError(f"{_checks.listed(both)} is a region and an industry; each code may name one of them")
    unknown = np.isnan(values).any(axis=1)
    if unknown.any():
        _checks.warn(f"cells are missing in region {_checks.listed(employment.index[unknown])}: no link there")
    graph = nx.DiGraph(names=["node"])
    graph.add_nodes_from(employment.index, kind="region")
    graph.add_nodes_from(employment.columns, kind="industry")
    rows, columns = np.nonzero(np.nan_to_num(values) > 0)
    links = zip(employment.index[rows], employment.columns[columns], values[rows, columns].tolist(), strict=True)
    graph.add_weighted_edges_from(links)
    return graph


def disparity_backbone(graph: nx.DiGraph | pd.DataFrame, *, alpha: float = 0.05) -> nx.DiGraph:
    r"""Return the flows that stand out among those of their seller or of their buyer.

    A node with strength s over k flows, dealt at random, has a flow of w or more with probability

    .. math:: \alpha_{ij} = (1 - w_{ij} / s_i)^{k_i - 1}

    A flow is kept where this is below `alpha` among the sales of its seller or among the purchases of its buyer.

    Parameters
    ----------
    graph
        A directed graph with ``weight``, or a square table of flows, which is quicker where the graph is large. What
        a node sells to itself counts neither in s nor in k.
    alpha
        Between 0 and 1; smaller keeps less.

    Returns
    -------
    A directed graph of all nodes, their attributes kept, and the edges that stand out, with ``weight`` and
    ``significance`` (the smaller of the two probabilities) and other attributes of the edge. A node with one flow
    (k = 1) has no other to compare it with: the flow is not significant there, and stays only if it is so at its
    other end. ``graph.graph`` has ``alpha``, ``edges_kept_share`` and ``weight_kept_share`` (NaN without edges).
    The test asks each end apart; several thousand flows are tested, and significance here is no evidence on any one.

    Raises
    ------
    TypeError, ValueError
        If `graph` is neither, a weight is not above 0, or `alpha` is not between 0 and 1.

    References
    ----------
    Serrano, Boguñá & Vespignani (2009), Proceedings of the National Academy of Sciences 106:6483.

    Examples
    --------
    >>> Z = pd.DataFrame(1.0, list("abcde"), list("abcde"))
    >>> Z.loc["a", "b"] = 40.0
    >>> kept = disparity_backbone(Z)
    >>> [(*edge, round(value, 4)) for *edge, value in kept.edges(data="significance")]
    [('a', 'b', 0.0003)]
    >>> kept.graph["edges_kept_share"], round(kept.graph["weight_kept_share"], 3)
    (0.05, 0.678)
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; a number between 0 and 1 is needed")
    flows = _flows_of_table(graph) if isinstance(graph, pd.DataFrame) else flows_of(graph)
    weights = flows.between
    significance = np.minimum(_significance(weights), _significance(weights.T).T)
    kept = (weights > 0) & (significance < alpha)
    backbone = graph_of(weights, kept, flows.labels, flows.own, significance=significance)
    if not isinstance(graph, pd.DataFrame):
        backbone.graph = {**graph.graph, **backbone.graph}
        for node, attributes in graph.nodes(data=True):
            backbone.nodes[node].update(attributes)
        for seller, buyer, attributes in backbone.edges(data=True):
            attributes.update({**graph.edges[seller, buyer], **attributes})
        for node in nx.nodes_with_selfloops(graph):
            # a loop of the graph has become the node's own flow
            backbone.nodes[node]["own_flow"] = float(flows.own[list(graph).index(node)])
    edges, total = int((weights > 0).sum()), float(weights.sum())
    backbone.graph["alpha"] = alpha
    backbone.graph["edges_kept_share"] = float(kept.sum()) / edges if edges else np.nan
    backbone.graph["weight_kept_share"] = float(weights[kept].sum()) / total if edges else np.nan
    return backbone


def _significance(weights: np.ndarray) -> np.ndarray:
    """Return the probability of each flow or a larger one among those of its row."""
    strength, degree = weights.sum(axis=1, keepdims=True), (weights > 0).sum(axis=1, keepdims=True)
    shares = weights / np.where(strength > 0, strength, 1)
    # a share may round to just above 1
    return np.clip(1 - shares, 0, 1) ** np.maximum(degree - 1, 0)


def _flows_of_table(Z: pd.DataFrame) -> Flows:
    values, labels, _ = _tables.square_values(Z, "Z")
    values = values.copy()
    own = np.diag(values).copy()
    np.fill_diagonal(values, 0.0)
    return Flows(values, own, labels)


def _of_countries(labels: pd.Index, countries: Iterable[Hashable]) -> np.ndarray:
    if labels.nlevels != 2:
        raise ValueError("countries are chosen and Z has no countries; an index (country, industry) is needed")
    wanted = [countries] if isinstance(countries, str) else list(countries)
    held = labels.get_level_values(0)
    unknown = [country for country in wanted if country not in held]
    if unknown:
        raise ValueError(f"Z has no country {_checks.listed(unknown)}; it has {_checks.listed(held.unique(), most=50)}")
    return np.flatnonzero(held.isin(wanted))
