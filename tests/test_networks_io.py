"""Networks of flows: the backbone of Serrano, the walks of Blöchl et al., communities that are found again."""

import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib import datasets
from alpclusters_lib.value_chains._centralities import first_passage_times
from alpclusters_lib.value_chains.networks import (
    centralities,
    communities,
    disparity_backbone,
    industry_graph,
    region_industry_graph,
)

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
LETTERS = list("abcdefgh")


def table(values) -> pd.DataFrame:
    labels = pd.Index(LETTERS[: len(values)], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), labels, labels)


def two_groups(inside=10.0, across=1.0) -> pd.DataFrame:
    values = np.full((8, 8), across)
    values[:4, :4] = values[4:, 4:] = inside
    return table(values)


flows = st.integers(2, 7).flatmap(lambda n: arrays(float, (n, n), elements=st.integers(0, 50).map(float))).map(table)
busy = st.integers(2, 6).flatmap(lambda n: arrays(float, (n, n), elements=st.integers(1, 50).map(float))).map(table)


# --- graphs


def test_a_flow_to_itself_is_an_attribute_and_no_edge():
    graph = industry_graph(table([[5, 2], [0, 7]]), x=pd.Series({"b": 20, "a": 10}))
    assert list(graph.edges(data="weight")) == [("a", "b", 2.0)]
    assert dict(graph.nodes(data=True)) == {
        "a": {"own_flow": 5.0, "output": 10.0}, "b": {"own_flow": 7.0, "output": 20.0},
    }  # fmt: skip


def test_columns_are_met_by_label():
    straight = table([[0, 1, 2], [3, 0, 4], [5, 6, 0]])
    assert nx.utils.graphs_equal(industry_graph(straight[["c", "a", "b"]]), industry_graph(straight))


def test_countries_are_cut_out_and_keep_their_names():
    at = pd.MultiIndex.from_product([["AUT", "ITA", "USA"], ["c1", "c2"]], names=["country", "industry"])
    Z = pd.DataFrame(np.arange(36.0).reshape(6, 6), at, at)
    x = pd.Series(np.arange(6.0) + 500, at)
    graph = industry_graph(Z, x=x, countries=["ITA", "AUT"])
    assert list(graph) == list(at[:4]) and graph.nodes["ITA", "c2"] == {"own_flow": 21.0, "output": 503.0}
    assert graph.edges[("AUT", "c1"), ("ITA", "c2")]["weight"] == 3.0
    assert centralities(graph).index.names == ["country", "industry"]
    with pytest.raises(ValueError, match="no country FRA; it has AUT, ITA, USA"):
        industry_graph(Z, countries=["FRA"])
    with pytest.raises(ValueError, match="Z has no countries"):
        industry_graph(table([[1]]), countries=["ITA"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([[1, -2], [0, 0]], "Z from a to b is -2; zero or more"),
        ([[1, np.nan], [0, 0]], "Z of a to b is nan"),
    ],
)
def test_wrong_flows_are_named(wrong, message):
    for function in (industry_graph, disparity_backbone):
        with pytest.raises(ValueError, match=message):
            function(table(wrong))


def test_regions_and_industries_are_linked_by_jobs():
    jobs = pd.DataFrame([[10.0, np.nan], [4.0, 6.0], [0.0, 0.0]], ["AT31", "SI03", "LI00"], ["C16", "C28"])
    with pytest.warns(UserWarning, match="missing in region AT31: no link"):
        graph = region_industry_graph(jobs)
    assert set(graph.edges(data="weight")) == {("AT31", "C16", 10.0), ("SI03", "C16", 4.0), ("SI03", "C28", 6.0)}
    assert graph.nodes["LI00"]["kind"] == "region" and graph.nodes["C28"]["kind"] == "industry"
    with pytest.raises(ValueError, match="C16 is a region and an industry"):
        region_industry_graph(jobs.rename(index={"AT31": "C16"}))
    assert disparity_backbone(graph, alpha=0.5).nodes["AT31"]["kind"] == "region"


# --- backbone


def test_significance_is_that_of_serrano():
    """Serrano, Boguñá & Vespignani (2009), eq. 2: the integral of (k - 1)(1 - x)^(k - 2) from w/s to 1."""
    from scipy.integrate import quad

    Z = table([[0, 6, 3, 1], [0, 0, 2, 2], [0, 0, 0, 5], [0, 0, 0, 0]])
    graph = disparity_backbone(Z, alpha=0.999)
    out = quad(lambda x: 2 * (1 - x), 0.6, 1)[0]
    assert out == pytest.approx(0.16)
    # b buys from a alone (k = 1 in), so only the sales of a tell
    assert graph.edges["a", "b"]["significance"] == pytest.approx(out)
    # c sells to d alone; d buys 1, 2 and 5 of 8
    assert graph.edges["c", "d"]["significance"] == pytest.approx(quad(lambda x: 2 * (1 - x), 5 / 8, 1)[0])


def test_one_flow_alone_tells_nothing():
    assert disparity_backbone(table([[9, 4], [0, 0]])).number_of_edges() == 0
    star = np.zeros((8, 8))
    star[0, 1:] = [300, 1, 1, 1, 1, 1, 1]
    kept = disparity_backbone(table(star))
    assert list(kept.edges) == [("a", "b")] and kept.number_of_nodes() == 8


def test_equal_flows_do_not_stand_out_and_without_edges_shares_are_missing():
    assert disparity_backbone(table(np.ones((8, 8))), alpha=0.3).number_of_edges() == 0
    empty = disparity_backbone(table(np.zeros((3, 3))))
    assert np.isnan([empty.graph["edges_kept_share"], empty.graph["weight_kept_share"]]).all()


@QUICK
@given(flows, st.sampled_from([0.01, 0.2, 0.7]))
def test_graph_and_table_give_the_same_backbone_in_any_unit(Z, alpha):
    kept = disparity_backbone(Z, alpha=alpha)
    assert nx.utils.graphs_equal(disparity_backbone(industry_graph(Z), alpha=alpha), kept)
    for unit in (2.0**40, 2.0**-40):
        assert set(disparity_backbone(Z * unit, alpha=alpha).edges) == set(kept.edges)
    assert set(kept.edges) <= set(disparity_backbone(Z, alpha=0.9).edges)
    assert set(disparity_backbone(Z.T, alpha=alpha).edges) == {(b, a) for a, b in kept.edges}


def test_attributes_stay_and_the_graph_is_not_changed():
    graph = industry_graph(two_groups(100.0), x=pd.Series(900.0, LETTERS))
    graph.edges["a", "b"]["note"] = "kept"
    graph.graph["title"] = "ours"
    graph.add_edge("a", "a", weight=3.0)
    before = graph.copy()
    kept = disparity_backbone(graph, alpha=0.5)
    assert nx.utils.graphs_equal(graph, before)
    assert kept.edges["a", "b"]["note"] == "kept" and kept.nodes["a"]["output"] == 900.0
    assert kept.graph["title"] == "ours" and kept.graph["alpha"] == 0.5 and kept.nodes["a"]["own_flow"] == 103.0
    assert kept.graph["edges_kept_share"] == 24 / 56
    assert kept.graph["weight_kept_share"] == pytest.approx(2400 / 2432)


def test_wrong_graphs_are_refused():
    with pytest.raises(TypeError, match="Graph; a networkx DiGraph"):
        disparity_backbone(nx.Graph())
    with pytest.raises(ValueError, match="graph has no nodes"):
        centralities(nx.DiGraph())
    graph = nx.DiGraph([("a", "b")])
    with pytest.raises(ValueError, match="flow from a to b has weight None"):
        communities(graph)
    with pytest.raises(ValueError, match="alpha is 1; a number between 0 and 1"):
        disparity_backbone(table([[1]]), alpha=1)


def test_the_world_table_takes_seconds():
    Z = datasets.input_output(2011).Z
    start = time.perf_counter()
    kept = disparity_backbone(Z)
    assert time.perf_counter() - start < 5
    assert len(kept) == 1435 and kept.graph["edges_kept_share"] < 0.1 < 0.8 < kept.graph["weight_kept_share"]


# --- communities


def test_two_groups_are_found_in_every_run():
    found = communities(industry_graph(two_groups()), rng=1, runs=10)
    assert found.partition.tolist() == [1, 1, 1, 1, 2, 2, 2, 2] and found.partition.index.name == "sector"
    assert found.agreement == 1 and found.stability.eq(1).all() and found.split == 0
    # 3 · 4 flows of 10 and 4 of 1 by group and node: Q by hand
    inside, total = 2 * 12 * 10, 2 * 12 * 10 + 32
    assert found.modularity == pytest.approx(inside / total - 0.5)


def test_flows_without_groups_are_unstable():
    ring = table(np.eye(8, k=1) + np.eye(8, k=-7) + np.eye(8, k=-1) + np.eye(8, k=7))
    found = communities(industry_graph(ring), rng=1, runs=40)
    assert found.agreement < 0.9 and found.stability.min() < 0.95
    renamed = ring.rename(index=str.upper, columns=str.upper)
    again = communities(industry_graph(renamed), rng=1, runs=40)
    assert again.partition.tolist() == found.partition.tolist() and again.agreement == found.agreement


def test_agreement_is_the_mean_adjusted_rand_index():
    """Hubert & Arabie (1985): pairs together in both, beyond chance; here by counting the pairs."""
    from alpclusters_lib.value_chains._communities import _together

    runs = np.array([[0, 0, 1, 1, 2], [0, 0, 0, 1, 1], [0, 1, 1, 1, 2]])
    together, agreement = _together(runs)
    assert together[0, 1] == pytest.approx(2 / 3) and np.diag(together).tolist() == [1] * 5
    indices = []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        pairs = [(runs[a][i] == runs[a][j], runs[b][i] == runs[b][j]) for i in range(5) for j in range(i)]
        both, first, second = (sum(map(f, pairs)) for f in (all, lambda p: p[0], lambda p: p[1]))
        chance = first * second / 10
        indices.append((both - chance) / ((first + second) / 2 - chance))
    assert agreement == pytest.approx(np.mean(indices))


def test_a_community_is_connected():
    from alpclusters_lib.value_chains._communities import _connected_parts

    path = nx.DiGraph([(0, 1), (2, 3), (3, 4)])
    assert _connected_parts(path, np.array([0, 0, 0, 0, 1])).tolist() == [0, 0, 1, 1, 2]


def test_nodes_without_flows_are_alone():
    Z = two_groups()
    Z.loc["h"] = Z["h"] = 0.0
    found = communities(industry_graph(Z), rng=2, runs=5)
    assert (found.partition == found.partition["h"]).sum() == 1 and found.stability["h"] == 1
    none = communities(industry_graph(table(np.zeros((3, 3)))), rng=2, runs=2)
    assert none.partition.tolist() == [1, 2, 3] and none.agreement == 1 and np.isnan(none.modularity)


@pytest.mark.parametrize(("options", "message"), [({"runs": 1}, "runs is 1"), ({"resolution": 0}, "resolution is 0")])
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        communities(industry_graph(two_groups()), **options)


# --- centralities


def by_definition(Z: pd.DataFrame) -> np.ndarray:
    """Return mean first passage times node by node, row and column of the target deleted."""
    moves = Z.to_numpy() / Z.to_numpy().sum(axis=1, keepdims=True)
    times = np.zeros(Z.shape)
    for target in range(len(Z)):
        rest = np.delete(np.arange(len(Z)), target)
        times[rest, target] = np.linalg.solve(np.eye(len(rest)) - moves[np.ix_(rest, rest)], np.ones(len(rest)))
    return times


@QUICK
@given(busy)
def test_random_walk_centrality_is_that_of_the_definition(Z):
    """Blöchl et al. (2011), section III: H(., j) = (I - M_-j)^-1 1 and n over its sum."""
    found = centralities(industry_graph(Z))["random_walk"]
    assert found.to_numpy() == pytest.approx(len(Z) / by_definition(Z).sum(axis=0), rel=1e-8)
    assert centralities(industry_graph(Z * 1e-12))["random_walk"].to_numpy() == pytest.approx(
        found.to_numpy(), rel=1e-8
    )


@pytest.mark.parametrize("stay", [0.0, 0.5, 0.9])
def test_in_a_complete_graph_a_walk_takes_n_minus_one_moves(stay):
    """With equal flows the walk moves with 1 - stay and then hits the target with 1/(n - 1)."""
    n = 6
    values = np.full((n, n), (1 - stay) / (n - 1))
    np.fill_diagonal(values, stay)
    expected = n / ((n - 1) * (n - 1) / (1 - stay))
    assert centralities(industry_graph(table(values)))["random_walk"].tolist() == pytest.approx([expected] * n)


def test_random_walk_centrality_by_simulation():
    Z = table([[40, 5, 1], [2, 3, 9], [4, 4, 0]])
    moves, rng = Z.to_numpy() / Z.to_numpy().sum(axis=1, keepdims=True), np.random.default_rng(7)
    walkers, steps = np.zeros(20_000, dtype=int), np.zeros(20_000)
    running = np.ones(20_000, dtype=bool)
    while running.any():
        steps[running] += 1
        draws = rng.random(running.sum())[:, None]
        walkers[running] = (draws > moves.cumsum(axis=1)[walkers[running]]).sum(axis=1)
        running &= walkers != 2
    exact = first_passage_times(moves, Z.index)
    assert steps.mean() == pytest.approx(exact[0, 2], rel=0.03)
    assert exact == pytest.approx(by_definition(Z))


def test_own_flows_hold_the_walk_up_and_leave_pagerank_alone():
    Z = table([[0, 5, 5], [5, 0, 5], [5, 5, 0]])
    held = Z.copy()
    held.loc["a", "a"] = 90.0
    before, after = centralities(industry_graph(Z)), centralities(industry_graph(held))
    assert after["pagerank"].tolist() == pytest.approx([1 / 3] * 3) == before["pagerank"].tolist()
    assert after["random_walk"]["b"] < before["random_walk"]["b"]
    assert after["random_walk"]["a"] == pytest.approx(before["random_walk"]["a"])
    assert after.loc["a", ["in_strength", "out_strength", "own_flow"]].tolist() == [10.0, 10.0, 90.0]


def test_outside_the_connected_part_there_is_no_walk():
    Z = table([[1, 5, 0, 2], [5, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]])
    found = centralities(industry_graph(Z))["random_walk"]
    assert found.isna().tolist() == [False, False, True, True]
    # the flow from a to d is left out: a stays with 1 of 6
    assert found["b"] == pytest.approx(2 / (6 / 5)) and found["a"] == pytest.approx(2)
    assert centralities(industry_graph(table([[3.0]])))["random_walk"].isna().all()
