"""Links of industries: Ellison, Glaeser & Kerr's shares by hand, bridges, square tables, and agreement by relabelling.

Oracles: the Mantel test in the manual page of scikit-bio (skbio.stats.distance.mantel), scipy's rank correlation, and
all relabellings of a small table, counted out.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import pearsonr, spearmanr

from alpclusters_lib import datasets
from alpclusters_lib.indicators import _agreement
from alpclusters_lib.indicators.links import agreement, input_output_links, linkage_matrix, to_divisions

QUICK = settings(max_examples=40, deadline=None, derandomize=True)
LAENDER = ["AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34"]


def square(values, labels="ABCDEFGHIJ"):
    labels = list(labels)[: len(values)]
    return pd.DataFrame(np.asarray(values, dtype=float), index=labels, columns=labels)


def symmetric(upper, n):
    table = np.zeros((n, n))
    table[np.triu_indices(n, k=1)] = upper
    return square(table + table.T)


def random_links(n, rng, *, missing=0.0):
    values = rng.gamma(0.5, size=n * (n - 1) // 2)
    values[rng.random(len(values)) < missing] = np.nan
    return symmetric(values, n)


# --- input-output links

# A sells 30 to B, 10 to C; B sells 20 to A; C sells 10 to B and 5 to itself
FLOWS = square([[0, 30, 10], [20, 0, 0], [0, 10, 5]])
INPUTS = pd.Series({"C": 20.0, "A": 80.0, "B": 50.0})
SALES = pd.Series({"A": 100.0, "B": 25.0, "C": 30.0})


def test_links_by_hand():
    links = input_output_links(FLOWS, inputs=INPUTS, sales=SALES)
    # A, B: of B's inputs 30/50, of A's 20/80, of A's sales 30/100, of B's 20/25
    # A, C: of C's inputs 10/20, of A's sales 10/100; B, C: of B's inputs 10/50, of C's sales 10/30
    expected = square([[0, 0.8, 0.5], [0.8, 0, 1 / 3], [0.5, 1 / 3, 0]])
    pd.testing.assert_frame_equal(links, expected)


def test_totals_are_those_of_the_flows_where_none_are_handed_in():
    # inputs 20, 40, 15; sales 40, 20, 15
    expected = square([[0, 1, 10 / 15], [1, 0, 10 / 15], [10 / 15, 10 / 15, 0]])
    pd.testing.assert_frame_equal(input_output_links(FLOWS), expected)
    given_ = input_output_links(FLOWS, inputs=FLOWS.sum(), sales=FLOWS.sum(axis=1))
    pd.testing.assert_frame_equal(given_, expected)


def test_columns_and_totals_in_another_order_change_nothing_but_the_order():
    names = FLOWS.rename_axis(index="seller", columns="buyer")
    links = input_output_links(names[["C", "A", "B"]], inputs=INPUTS, sales=SALES[::-1])
    plain = input_output_links(FLOWS, inputs=INPUTS, sales=SALES)
    assert list(links.columns) == list("ABC") and (links.index.name, links.columns.name) == ("seller", "buyer")
    np.testing.assert_array_equal(links, plain)
    turned = FLOWS.iloc[::-1, ::-1]
    pd.testing.assert_frame_equal(input_output_links(turned, inputs=INPUTS, sales=SALES), plain.iloc[::-1, ::-1])


def test_an_industry_without_totals_is_missing_and_one_without_flows_is_not_linked():
    empty = square([[0, 4, 0], [1, 0, 0], [0, 0, 0]])
    links = input_output_links(empty)
    assert links.loc["C"].isna().all() and links["C"].isna().all()
    assert links.loc["A", "B"] == 1
    apart = input_output_links(empty, sales=pd.Series({"A": 10, "B": 10, "C": 7}))
    assert apart.loc["C"].tolist() == [0, 0, 0] and apart.loc["A", "B"] == 1
    # a total that is missing leaves its shares out: those of A's sales, 30/100 and 10/100, were not the largest
    holed = input_output_links(FLOWS, inputs=INPUTS, sales=SALES.replace(100, np.nan))
    pd.testing.assert_frame_equal(holed, input_output_links(FLOWS, inputs=INPUTS, sales=SALES))


def test_printed_totals_may_miss_their_flows_by_rounding_and_no_more():
    flows = square([[0, 100.4], [0, 0]])
    assert input_output_links(flows, sales=pd.Series({"A": 100.0, "B": 5.0})).loc["A", "B"] == 1
    with pytest.raises(ValueError, match=r"sales of industry A are 90 and its flows add up to 100\.4"):
        input_output_links(flows, sales=pd.Series({"A": 90.0, "B": 5.0}))
    with pytest.raises(ValueError, match="inputs of industry B are 0 and its flows add up to"):
        input_output_links(flows, inputs=pd.Series({"A": 1.0, "B": 0.0}))


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        (square([[0, -1], [2, 0]]), "flows from A to B are -1; zero or more is needed"),
        (square([[0, 1], [np.nan, 0]]), "flows from B to A are nan"),
        (square([[0, np.inf], [2, 0]]), "flows from A to B are inf"),
        (pd.DataFrame([[0.0, 1.0]], ["A"], ["A", "B"]), "flows has sector B on one side only"),
        (pd.DataFrame([[0, "x"], [1, 0]], list("AB"), list("AB")), "flows of sector B has dtype"),
        (square(np.zeros((2, 2)), "AA"), "sector A occurs more than once in the rows of flows"),
    ],
)
def test_faulty_flows_are_a_sentence(flows, words):
    with pytest.raises(ValueError, match=words):
        input_output_links(flows)
    with pytest.raises(TypeError, match="flows is a ndarray"):
        input_output_links(np.eye(2))
    with pytest.raises(ValueError, match="sales has no industry C"):
        input_output_links(FLOWS, sales=SALES.drop("C"))


@QUICK
@given(st.integers(1, 5).flatmap(lambda n: arrays(float, (n, n), elements=st.integers(0, 50).map(float))), st.data())
def test_links_are_the_largest_of_the_four_shares_at_every_scale(values, data):
    n = len(values)
    more = [pd.Series(data.draw(arrays(float, n, elements=st.integers(0, 20).map(float))), list("ABCDE")[:n])
            for _ in range(2)]  # fmt: skip
    flows = square(values)
    before = flows.copy()
    bought, sold = flows.sum() + more[0], flows.sum(axis=1) + more[1]
    links = input_output_links(flows, inputs=bought, sales=sold)
    pd.testing.assert_frame_equal(flows, before)
    for i, j in itertools.product(flows.index, repeat=2):
        if not (bought[i] + sold[i] and bought[j] + sold[j]):
            assert np.isnan(links.at[i, j])
        elif i != j:
            tops = (flows.at[i, j], flows.at[j, i], flows.at[i, j], flows.at[j, i])
            totals = (bought[j], bought[i], sold[i], sold[j])
            assert links.at[i, j] == pytest.approx(max(z / m for z, m in zip(tops, totals, strict=True) if m))
        else:
            assert links.at[i, i] == 0
    for scale in (1e12, 1e-12):
        again = input_output_links(flows * scale, inputs=bought * scale, sales=sold * scale)
        np.testing.assert_allclose(again, links, rtol=1e-9)


# --- divisions


def test_divisions_have_the_link_of_their_industries_and_none_inside_one():
    links = square([[0, 0.4, 0.1], [0.4, 0, np.nan], [0.1, np.nan, 0]])
    bridge = pd.Series({"C31": "B", "C16": "A", "C32": "B", "H49": "C", "X": None}).rename_axis("division")
    table = to_divisions(links, bridge)
    nothing = [np.nan] * 5
    expected = [
        [0, 0.4, np.nan, np.nan, np.nan],
        [0.4, 0, 0.4, 0.1, np.nan],
        [np.nan, 0.4, 0, np.nan, np.nan],
        [np.nan, 0.1, np.nan, 0, np.nan],
        nothing,
    ]
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected, bridge.index, bridge.index))
    assert links.loc["A", "B"] == 0.4


def test_a_bridge_to_nowhere_is_a_sentence():
    links = square([[0, 0.4], [0.4, 0]])
    with pytest.raises(ValueError, match="links have no industry Z, that of division C16; they have A, B"):
        to_divisions(links, pd.Series({"C15": "A", "C16": "Z"}))
    with pytest.raises(ValueError, match="division C16 occurs more than once in bridge"):
        to_divisions(links, pd.Series(["A", "B"], ["C16", "C16"]))
    with pytest.raises(TypeError, match="bridge is a dict"):
        to_divisions(links, {"C16": "A"})


# --- square tables of pairs

PAIRS = pd.DataFrame(
    [["C28", "C29", 0.1, 0.5, 1.0], ["C10", "C28", 0.0, 0.2, 0.9], ["C29", "S95", 0.0, 0.0, 0.0]],
    columns=["division_a", "division_b", "same_cluster", "linked", "both_traded"],
)


def test_pairs_become_a_square_in_the_order_asked_for():
    wanted = ["S95", "C29", "C28", "C10"]
    table = linkage_matrix(PAIRS, wanted)
    expected = [
        [0, np.nan, np.nan, np.nan],  # nothing of S95 is traded: nothing is known
        [np.nan, 0, 0.6, np.nan],
        [np.nan, 0.6, 0, 0.2],
        [np.nan, np.nan, 0.2, 0],
    ]
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected, wanted, wanted))
    whole = linkage_matrix(PAIRS, untraded="zero", value="linked")
    assert list(whole.index) == sorted(wanted) and whole.loc["S95", "C29"] == 0 and whole.loc["C29", "C28"] == 0.5
    assert np.isnan(whole.loc["C10", "C29"])
    swapped = PAIRS.rename(columns={"division_a": "division_b", "division_b": "division_a"}).iloc[::-1]
    pd.testing.assert_frame_equal(linkage_matrix(swapped, wanted), table)
    as_categories = PAIRS.astype({"division_a": "category", "division_b": "category"})
    pd.testing.assert_frame_equal(linkage_matrix(as_categories, wanted), table)


def test_faulty_pairs_are_a_sentence():
    turned = PAIRS.iloc[[0]].assign(division_a="C29", division_b="C28")
    with pytest.raises(ValueError, match="the pair of C29 and C28 is needed once"):
        linkage_matrix(pd.concat([PAIRS, turned]))
    with pytest.raises(ValueError, match="the pair of C28 and C28 is needed once, and no division"):
        linkage_matrix(PAIRS.assign(division_b="C28"))
    with pytest.raises(ValueError, match="pairs have no division C99; they have C10, C28, C29, S95"):
        linkage_matrix(PAIRS, ["C28", "C99"])
    with pytest.raises(ValueError, match="pairs have no column strength; they have division_a"):
        linkage_matrix(PAIRS, value="strength")
    with pytest.raises(ValueError, match="pairs have no column both_traded"):
        linkage_matrix(PAIRS.drop(columns="both_traded"))
    with pytest.raises(ValueError, match="untraded 'drop' is not available; available: missing, zero"):
        linkage_matrix(PAIRS, untraded="drop")


# --- agreement


def test_the_mantel_example_of_scikit_bio():
    """skbio.stats.distance.mantel prints 0.7559 (Pearson) for three objects; by ranks 1, 2, 3 and 1, 3, 2 it is 0.5."""
    one, two = square([[0, 1, 2], [1, 0, 3], [2, 3, 0]]), square([[0, 2, 7], [2, 0, 6], [7, 6, 0]])
    assert agreement(one, two, method="pearson").correlation == pytest.approx(0.7559, abs=5e-5)
    assert agreement(one, two).correlation == pytest.approx(0.5)
    # of the six relabellings of three sectors, all pairs are permuted: ranks correlate by 1, 0.5, 0.5, -0.5, -0.5, -1
    assert agreement(one, two, permutations=9999, rng=3).p == pytest.approx(1, abs=1e-12)
    assert agreement(one, one, permutations=9999, rng=3).p == pytest.approx(2 / 6, abs=0.02)


@pytest.mark.parametrize("method", ["spearman", "pearson"])
@pytest.mark.parametrize("missing", [0, 0.2])
def test_p_comes_near_the_share_of_all_relabellings(method, missing):
    rng = np.random.default_rng(8)
    one, two = random_links(5, rng), random_links(5, rng, missing=missing)
    two = two + one / 2
    rows, columns = np.triu_indices(5, k=1)

    def correlate(order):
        pairs = pd.DataFrame({"a": one.to_numpy()[rows, columns],
                              "b": two.to_numpy()[np.ix_(order, order)][rows, columns]}).dropna()  # fmt: skip
        return (spearmanr if method == "spearman" else pearsonr)(pairs["a"], pairs["b"]).statistic

    found = agreement(one, two, method=method, permutations=4000, rng=5)
    seen = correlate(np.arange(5))
    assert found.correlation == pytest.approx(seen, abs=1e-12)
    every = np.abs([correlate(np.array(order)) for order in itertools.permutations(range(5))])
    share = (every >= abs(seen) - 1e-12).mean()
    assert 0.01 < share < 0.9
    assert found.p == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 4000) + 1 / 4000)


def test_pairs_are_those_known_in_both_and_sectors_those_that_have_one():
    rng = np.random.default_rng(2)
    one, two = random_links(9, rng, missing=0.2), random_links(9, rng, missing=0.2)
    one.loc["C"] = one["C"] = np.nan
    two = two.drop(index="A", columns="A").rename(index={"B": "Z"}, columns={"B": "Z"})
    found = agreement(one, two, permutations=19, rng=1)
    shared = list("CDEFGHI")
    rows, columns = np.triu_indices(7, k=1)
    pairs = pd.DataFrame({k: t.loc[shared, shared].to_numpy()[rows, columns] for k, t in {"a": one, "b": two}.items()})
    pairs = pairs.dropna()
    assert found.pairs == len(pairs) and found.sectors == 6
    assert found.correlation == pytest.approx(spearmanr(pairs["a"], pairs["b"]).statistic)
    # order of sectors, and what stands on the diagonal, do not matter
    again = agreement(one.iloc[::-1, ::-1], two + square(np.eye(9)).reindex_like(two).fillna(0), permutations=19)
    assert again[0] == pytest.approx(found.correlation) and again.pairs == found.pairs
    turned = agreement(two, one, permutations=19)
    assert turned[0] == pytest.approx(found.correlation)


def test_a_table_agrees_with_itself_and_the_least_p_is_one_in_draws_and_one():
    one = random_links(10, np.random.default_rng(4))
    assert agreement(one, one, permutations=199, rng=1) == (pytest.approx(1), 1 / 200, 45, 10, 199, "spearman")
    assert agreement(one, -one, permutations=199, rng=1)[:2] == (pytest.approx(-1), 1 / 200)


def test_p_of_tables_of_chance_is_spread_evenly_where_sectors_differ_in_all_their_links():
    # each sector has a level of its own: pairs move together, and a p from 45 independent pairs is small far too often
    rng = np.random.default_rng(11)
    own, naive = [], []
    for _ in range(150):
        levels = rng.normal(size=(2, 10)) * 3
        one, two = (symmetric((v[:, None] + v)[np.triu_indices(10, k=1)] + rng.normal(size=45), 10) for v in levels)
        own.append(agreement(one, two, permutations=99, rng=rng).p)
        upper = np.triu_indices(10, k=1)
        naive.append(spearmanr(one.to_numpy()[upper], two.to_numpy()[upper]).pvalue)
    assert np.mean(np.array(own) <= 0.1) == pytest.approx(0.1, abs=0.075)
    assert np.mean(np.array(naive) <= 0.1) > 0.25


def test_the_same_source_gives_the_same_p_however_the_work_is_cut(monkeypatch):
    rng = np.random.default_rng(6)
    one, two = random_links(8, rng), random_links(8, rng, missing=0.1)
    whole = agreement(one, two, permutations=50, rng=7)
    assert whole == agreement(one, two, permutations=50, rng=np.random.default_rng(7))
    monkeypatch.setattr(_agreement, "_CELLS", 100)
    assert whole == agreement(one, two, permutations=50, rng=7)


@pytest.mark.parametrize("method", ["spearman", "pearson"])
@pytest.mark.parametrize("scale", [1e12, 1e-12])
def test_the_unit_does_not_matter(method, scale):
    rng = np.random.default_rng(9)
    one, two = random_links(7, rng), random_links(7, rng)
    plain = agreement(one, two, method=method, permutations=99, rng=1)
    scaled = agreement(one * scale, two, method=method, permutations=99, rng=1)
    assert scaled.correlation == pytest.approx(plain.correlation) and scaled.p == plain.p


@pytest.mark.parametrize("method", ["spearman", "pearson"])
@pytest.mark.parametrize("level", [0, 0.1, 1e12])
def test_a_table_that_does_not_vary_has_no_correlation(method, level):
    one = random_links(5, np.random.default_rng(1))
    flat = symmetric(np.full(10, level), 5)
    for first, second in ((one, flat), (flat, one)):
        found = agreement(first, second, method=method)
        assert np.isnan(found.correlation) and np.isnan(found.p) and found.pairs == 10
    nothing = agreement(one, one * np.nan, method=method)
    assert np.isnan(nothing.correlation) and nothing.pairs == nothing.sectors == 0


def test_what_cannot_be_compared_is_a_sentence():
    one = random_links(4, np.random.default_rng(1))
    skew = one.copy()
    skew.loc["B", "C"] += 1
    with pytest.raises(ValueError, match="second of B with C differs from that of C with B; a symmetric table"):
        agreement(one, skew)
    with pytest.raises(ValueError, match="first and second share no sector; first has A, B, C, D, second has W, X"):
        agreement(one, square(one.to_numpy(), "WXYZ"))
    with pytest.raises(ValueError, match="method 'kendall' is not available; available: spearman, pearson"):
        agreement(one, one, method="kendall")
    with pytest.raises(ValueError, match="permutations is 0; one or more are needed"):
        agreement(one, one, permutations=0)
    with pytest.raises(TypeError, match="first is a ndarray; a square DataFrame is needed"):
        agreement(one.to_numpy(), one)


# --- the Austrian tables


def test_links_of_the_austrian_tables_are_those_one_would_name():
    tables = [datasets.regional_input_output(land) for land in LAENDER]
    flows = sum(table.Z for table in tables)
    bought = flows.sum() + sum(table.imports[list(flows)].sum() for table in tables)
    links = input_output_links(flows, inputs=bought, sales=sum(table.row_totals for table in tables)[flows.index])
    assert links.shape == (56, 56) and links.max(axis=None) < 1
    # forestry sells its wood to those who saw it, finance to finance
    assert links["A02"].idxmax() == "C16" and links["K66"].idxmax() in ("K64", "K65")
    facts = datasets.facts("io_industries")
    pairs = [(d, code) for code, held in zip(facts["code"], facts["nace_divisions"], strict=True) for d in held.split()]
    divisions = to_divisions(links, pd.Series(dict((d, code) for d, code in pairs)))
    assert np.isnan(divisions.loc["C10", "C11"]) and divisions.loc["A02", "C16"] == links.loc["A02", "C16"]
    assert len(divisions) == 85  # the 88 of NACE Rev. 2 without T97, T98 and U99
