"""The network of a chain: flows add up to the table's, the picture shows what it is handed, sentences tell it."""

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch

from alpclusters_lib import datasets
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.chain_network import GROUPS, chain_network
from alpclusters_lib.reports import chain_evidence, chain_files
from alpclusters_lib.reports import chain_network as report


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def a_chain(**shares) -> SimpleNamespace:
    """Return evidence of a chain whose stages are these parts of industries: ``metal={"c12": 0.5}``."""
    stages = tuple(SimpleNamespace(key=key, label=f"Stage {key}", label_it="") for key in shares)
    rows = [(key, code, 1 / len(parts), part) for key, parts in shares.items() for code, part in parts.items()]
    industries = pd.DataFrame(rows, columns=["stage", "industry", "share_of_stage", "share_of_industry"])
    chain = SimpleNamespace(stages=stages, title="Test", title_it="")
    return SimpleNamespace(chain=chain, industries=industries.set_index(["stage", "industry"]))


@pytest.fixture(scope="module")
def evidence():
    return a_chain(metal={"c12": 0.5, "c11": 1.0}, machine={"c13": 0.8}, vehicle={"c15": 1.0})


# --- flows


def test_flows_are_the_tables_times_both_shares(evidence):
    Z = datasets.input_output(2011).Z
    found = report.flows(evidence)
    pairs = {(row.source, row.target): row.weight for row in found.edges.itertuples()}
    by_hand = 0.8 * (0.5 * Z.loc[("DEU", "c12"), ("AUT", "c13")] + Z.loc[("DEU", "c11"), ("AUT", "c13")]) / 1000
    assert pairs[("Germany", "metal"), ("Austria", "machine")] == pytest.approx(by_hand)
    own = 0.64 * Z.loc[("ITA", "c13"), ("ITA", "c13")] / 1000
    assert found.nodes.loc[("Italy", "machine"), "own_flow"] == pytest.approx(own)


def test_whole_industries_add_up_to_the_world():
    table = datasets.input_output(2011)
    found = report.flows(a_chain(everything={f"c{n}": 1.0 for n in range(1, 36)}))
    assert found.nodes["size"].sum() == pytest.approx(table.x.sum() / 1000)
    total = found.edges["weight"].sum() + found.nodes["own_flow"].sum()
    assert total == pytest.approx(table.Z.to_numpy().sum() / 1000)
    assert list(dict.fromkeys(found.nodes["group"])) == list(GROUPS)


def test_kept_flows_are_those_below_alpha(evidence):
    found = report.flows(evidence)
    assert (found.edges["kept"] == (found.edges["significance"] < report.ALPHA)).all()
    assert found.edges_kept_share == pytest.approx(found.edges["kept"].mean())
    assert 0 < found.edges_kept_share < 0.5 < found.weight_kept_share < 1


def test_each_alpine_country_has_its_flows_drawn(evidence):
    kept = report._alpine(report.flows(evidence).edges.query("kept"))
    shown = report._drawn(kept)
    assert len(shown) <= 40
    for country in report.COUNTRIES.values():
        own = [country in (a[0], b[0]) for a, b in zip(kept["source"], kept["target"], strict=True)]
        drawn = [country in (a[0], b[0]) for a, b in zip(shown["source"], shown["target"], strict=True)]
        assert sum(drawn) >= min(3, sum(own))


# --- sentences and tables


def test_sentences_and_tables_can_be_read(evidence):
    for text in (report.network_sentence(evidence), report.community_sentence()):
        check_text(text)
    check_table(report.community_table())
    table = report.centrality_table(evidence)
    check_table(table)
    assert table["industry"].iloc[0] == "Transport equipment, Germany" and len(table) == 10
    check_picture(report.network_picture(evidence))


def test_the_sentence_names_the_largest_flow_between_alpine_countries(evidence):
    edges = report.flows(evidence).edges
    places = set(report.COUNTRIES.values())
    ends = zip(edges["source"], edges["target"], strict=True)
    between = np.array([a[0] != b[0] and {a[0], b[0]} <= places for a, b in ends])
    top = edges[between & edges["kept"]].sort_values("weight").iloc[-1]
    text = report.network_sentence(evidence)
    place, stage = top["source"]
    assert f"“Stage {stage}” in {place} to" in text and f"({top['weight']:.1f} billion USD)" in text


def test_sentence_and_figure_name_the_same_flow_in_every_chain():
    for name in ("energy-technology", "wood-construction"):
        found = chain_evidence.collect(chain_files.load_chain(name))
        title = report.network_picture(found).figure.axes[0].get_title(loc="left").replace("\n", " ")
        told = title.partition("stands out goes ")[2]
        assert told and f"stands out goes {told} (" in report.network_sentence(found)


def test_a_chain_that_trades_nothing_says_so():
    nothing = a_chain(house={"c35": 1.0})
    assert "holds no flow" in report.network_sentence(nothing)
    check_picture(report.network_picture(a_chain(one={"c13": 1.0})))


def test_industries_among_those_of_another_country_are_named():
    at = pd.MultiIndex.from_product([["AUT", "DEU"], ["c12", "c13", "c18"]], names=["country", "industry"])
    partition = pd.Series([1, 2, 2, 1, 1, 1], at)
    assert report._strangers(partition) == {"Austria's|Germany's": ["c12"]}
    assert report._strangers(pd.Series([1, 1, 1, 2, 2, 2], at)) == {}


# --- the figure


def nodes(**columns) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([["Austria", "Rest of the world"], ["a", "b"]], names=["place", "stage"])
    table = index.to_frame(index=False).set_index(index)
    table["group"], table["size"] = ["Alpine country"] * 2 + ["rest of the world"] * 2, [4.0, 10.0, 900.0, 1.0]
    return table.assign(**columns)


def links(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "weight"])


LINKS = links(
    (("Austria", "a"), ("Austria", "b"), 3.0),
    (("Rest of the world", "a"), ("Austria", "b"), 1.0),
    (("Austria", "b"), ("Rest of the world", "b"), 0.5),
)


@pytest.fixture
def ax():
    with look.style():
        _, ax = plt.subplots(figsize=(8, 5))
        yield ax


def test_curves_have_the_colour_of_the_seller_and_a_width_by_value(ax):
    chain_network(nodes(), LINKS, ax=ax, stage_labels={"a": "First"}, title="T", source="S")
    curves = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert [mpl.colors.to_hex(c.get_edgecolor()).upper() for c in curves] == [
        GROUPS["Alpine country"], GROUPS["rest of the world"], GROUPS["Alpine country"],
    ]  # fmt: skip
    widths = [curve.get_linewidth() for curve in curves]
    assert widths[1] / widths[0] == pytest.approx(1 / 3) and widths[2] < widths[1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["First", "b"]
    # a stage beyond the scale is a square with its figure
    assert "900" in [text.get_text() for text in ax.texts]
    assert any("Squares" in text.get_text() for text in ax.texts)


def test_the_largest_flows_are_drawn_and_the_rest_is_told(ax):
    chain_network(nodes(), LINKS, ax=ax, most=2)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in ax.patches) == 2
    assert any("2 largest of 3 flows" in text.get_text() for text in ax.texts)


def test_without_flows_and_with_a_missing_size_nodes_stand(ax):
    chain_network(nodes(size=[np.nan, 1.0, 2.0, 3.0]), LINKS.head(0), ax=ax)
    assert not [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


@pytest.mark.parametrize(
    ("table", "edges", "message"),
    [
        (nodes(group="moon"), LINKS, "unknown group moon"),
        (nodes(stage="a"), LINKS, "stage a of Austria stands twice"),
        (nodes(), LINKS.drop(columns="weight"), "edges has no column weight"),
        (nodes(), links((("Mars", "a"), ("Austria", "b"), 1.0)), "a flow ends at .*Mars"),
        (nodes(), LINKS.assign(weight=0.0), "weight 0.0; above 0"),
        (nodes().drop(columns="size"), LINKS, "nodes has no column size"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ax, table, edges, message):
    with pytest.raises(ValueError, match=message):
        chain_network(table, edges, ax=ax)
