"""The backbone of a relatedness: a spanning tree of the largest weight, and the strongest links beyond it."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib.indicators.product_space import relatedness_backbone


def random_links(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    number = rng.integers(2, 15)
    values = np.round(rng.random((number, number)) * (rng.random((number, number)) < 0.6), 2)
    values = np.triu(values, 1)
    names = [f"C{i}" for i in range(number)]
    return pd.DataFrame(values + values.T, names, names)


@given(st.integers(0, 10_000))
def test_the_tree_weighs_what_networkx_finds(seed):
    links = random_links(seed)
    found = relatedness_backbone(links)
    expected = nx.maximum_spanning_tree(nx.from_pandas_adjacency(links))
    tree = found[found["tree"]]
    assert tree["weight"].sum() == pytest.approx(expected.size(weight="weight"))
    assert len(tree) == expected.number_of_edges()
    assert not len(tree) or nx.is_forest(nx.from_pandas_edgelist(tree))


@given(st.integers(0, 10_000), st.floats(0.5, 5))
def test_beyond_the_tree_come_the_strongest_links_and_no_more_than_asked_for(seed, per_sector):
    links = random_links(seed)
    found = relatedness_backbone(links, links_per_sector=per_sector)
    assert found["weight"].is_monotonic_decreasing and (found["weight"] > 0).all()
    assert not found.duplicated(["source", "target"]).any()
    for row in found.itertuples():
        assert links.loc[row.source, row.target] == row.weight
    number = int((np.triu(links.to_numpy(), 1) > 0).sum())
    wanted = max(round(per_sector * len(links)), int(found["tree"].sum()))
    assert len(found) == min(number, wanted)
    left = number - len(found)
    if left and (~found["tree"]).any():
        chosen = {(row.source, row.target) for row in found.itertuples()}
        others = [
            links.iloc[i, j]
            for i, j in zip(*np.triu_indices(len(links), 1), strict=True)
            if (links.index[i], links.columns[j]) not in chosen
        ]
        assert max(others) <= found.loc[~found["tree"], "weight"].min()


def test_missing_figures_and_the_diagonal_are_no_links():
    names = list("abc")
    links = pd.DataFrame([[9, np.nan, 0.2], [np.nan, 9, 0], [0.2, 0, 9]], names, names)
    found = relatedness_backbone(links)
    assert found[["source", "target", "weight"]].to_numpy().tolist() == [["a", "c", 0.2]]


def test_what_is_wrong_is_named():
    names = list("ab")
    with pytest.raises(ValueError, match="relatedness of a with b differs"):
        relatedness_backbone(pd.DataFrame([[0, 1], [0.5, 0]], names, names))
    with pytest.raises(ValueError, match="links_per_sector is 0"):
        relatedness_backbone(pd.DataFrame([[0, 1], [1, 0]], names, names), links_per_sector=0)
