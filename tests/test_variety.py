"""Oracles: Frenken, van Oort & Verburg (2007), equations by hand; the identity H = UV + RV is theirs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators.variety import related_variety, shannon_entropy, unrelated_variety

QUICK = settings(max_examples=40, deadline=None, derandomize=True)

SECTIONS = {"C28": "C", "C29": "C", "G46": "G", "G47": "G", "G45": "G", "I55": "I"}
SHARES = pd.DataFrame([[0.2, 0.1, 0.3, 0.1, 0.1, 0.2]], pd.Index(["ITC4"], name="region"), list(SECTIONS))


def labelled(values):
    regions = pd.Index([f"R{number}" for number in range(len(values))], name="region")
    sectors = pd.Index([f"C{number}" for number in range(np.shape(values)[1])], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), index=regions, columns=sectors)


@st.composite
def grouped_economies(draw):
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 7)))
    table = labelled(draw(arrays(float, shape, elements=st.integers(0, 5000).map(float))))
    return table, pd.Series(draw(st.lists(st.sampled_from("abc"), min_size=shape[1], max_size=shape[1])), table.columns)


def three(employment, groups):
    return shannon_entropy(employment), related_variety(employment, groups), unrelated_variety(employment, groups)


# --- numbers by hand


@pytest.mark.parametrize("scale", [1, 1e-12, 1e12])
def test_three_groups_by_hand(scale):
    """Groups {.2, .1}, {.3, .1, .1}, {.2}: by the formulas of Frenken, van Oort & Verburg 2007."""
    entropy, related, unrelated = three(SHARES * scale, SECTIONS)
    assert unrelated["ITC4"] == pytest.approx(1.485475, abs=5e-7)
    assert related["ITC4"] == pytest.approx(0.960964, abs=5e-7)
    assert entropy["ITC4"] == pytest.approx(2.446439, abs=5e-7)


def test_related_variety_is_the_weighted_mean_of_the_entropies_inside_groups():
    inside = sum(
        SHARES[members].to_numpy().sum() * shannon_entropy(SHARES[members])["ITC4"]
        for members in (["C28", "C29"], ["G46", "G47", "G45"], ["I55"])
    )
    assert related_variety(SHARES, SECTIONS)["ITC4"] == pytest.approx(inside)


def test_bits_of_equal_sectors():
    table = labelled(np.ones((1, 8)))
    groups = pd.Series(list("aabbccdd"), table.columns)
    assert [index["R0"] for index in three(table, groups)] == pytest.approx([3, 1, 2])


# --- properties


@QUICK
@given(grouped_economies())
def test_entropy_is_the_sum_of_both_varieties_and_each_keeps_its_bounds(economy):
    table, groups = economy
    entropy, related, unrelated = three(table, groups)
    filled = table.sum(axis=1) > 0
    assert (entropy.isna() == ~filled).all()
    np.testing.assert_allclose(related + unrelated, entropy, atol=1e-12)
    assert entropy[filled].between(0, np.log2(table.shape[1]) + 1e-12).all()
    assert unrelated[filled].between(0, np.log2(groups.nunique()) + 1e-12).all()
    assert related[filled].between(0, np.log2(groups.value_counts().max()) + 1e-12).all()


@QUICK
@given(grouped_economies(), st.randoms(use_true_random=False))
def test_variety_ignores_order_unit_and_sectors_without_jobs(economy, random):
    table, groups = economy
    rows, columns = (random.sample(list(labels), len(labels)) for labels in (table.index, table.columns))
    moved = (table.loc[rows, columns] * 7).assign(nobody=0.0)
    more = {"elsewhere": "z", **groups.to_dict(), "nobody": "y"}
    for index, again in zip(three(table, groups), three(moved, more), strict=True):
        pd.testing.assert_series_equal(again[index.index], index, atol=1e-12)


@QUICK
@given(grouped_economies())
def test_one_group_leaves_all_within_and_groups_of_one_all_between(economy):
    table, _ = economy
    entropy = shannon_entropy(table)
    filled = entropy.notna()
    together, apart = dict.fromkeys(table.columns, "all"), {sector: sector for sector in table.columns}
    assert (unrelated_variety(table, together)[filled] == 0).all()
    np.testing.assert_allclose(related_variety(table, together), entropy, atol=1e-12)
    assert (related_variety(table, apart)[filled] == 0).all()
    np.testing.assert_allclose(unrelated_variety(table, apart), entropy, atol=1e-12)


@QUICK
@given(grouped_economies(), st.integers(2, 5))
def test_cutting_every_sector_into_equal_parts_adds_related_variety_only(economy, parts):
    table, groups = economy
    cut = pd.concat([table.add_suffix(f".{part}") / parts for part in range(parts)], axis=1)
    cut_groups = {f"{sector}.{part}": group for sector, group in groups.items() for part in range(parts)}
    np.testing.assert_allclose(unrelated_variety(cut, cut_groups), unrelated_variety(table, groups), atol=1e-12)
    np.testing.assert_allclose(
        related_variety(cut, cut_groups), related_variety(table, groups) + np.log2(parts), atol=1e-12
    )


# --- edges


def test_regions_without_jobs_or_with_holes_are_missing_alone():
    table = labelled([[1, 1, 2], [0, 0, 0], [4, np.nan, 1], [0, 5, 0]])
    before, groups = table.copy(), {"C0": 1, "C1": 1, "C2": 2}
    for function in (shannon_entropy, lambda t: related_variety(t, groups), lambda t: unrelated_variety(t, groups)):
        with pytest.warns(UserWarning, match="cells are missing in region R2, whose variety comes back as NaN"):
            found = function(table)
        assert found.isna().tolist() == [False, True, True, False]
        assert found["R3"] == 0
        assert found.index.equals(table.index)
        pd.testing.assert_series_equal(found[["R0"]], function(table.iloc[:1]))
    pd.testing.assert_frame_equal(table, before)


def test_names_say_what_the_series_hold():
    names = [index.name for index in three(SHARES, SECTIONS)]
    assert names == ["shannon_entropy", "related_variety", "unrelated_variety"]


def test_groups_are_found_by_label_whatever_they_hold():
    groups = pd.Series(SECTIONS)
    expected = related_variety(SHARES, SECTIONS)
    for same in (groups[::-1], groups.astype("category"), groups.map({"C": 3, "G": 1, "I": 2})):
        pd.testing.assert_series_equal(related_variety(SHARES, same), expected)


@pytest.mark.parametrize("table", [pd.DataFrame(dtype=float), labelled(np.zeros((2, 2)))], ids=["empty", "zero"])
def test_nothing_at_all_is_missing_and_not_an_error(table):
    for index in three(table, dict.fromkeys(table.columns, "a")):
        assert index.index.equals(table.index)
        assert index.isna().all()


@pytest.mark.parametrize("function", [related_variety, unrelated_variety])
def test_sectors_without_a_group_are_named(function):
    without = {sector: group for sector, group in SECTIONS.items() if sector != "G46"}
    with pytest.raises(ValueError, match="groups has no sector G46; it has C28, C29, G47"):
        function(SHARES, without)
    with pytest.raises(ValueError, match="sector G46 has no group; every sector of the table needs one"):
        function(SHARES, SECTIONS | {"G46": None})
    with pytest.raises(ValueError, match="sector C28 occurs more than once in groups"):
        function(SHARES, pd.concat([pd.Series(SECTIONS), pd.Series({"C28": "C"})]))
    with pytest.raises(TypeError, match="groups is a list; a Series or dict from sector to group is needed"):
        function(SHARES, ["C", "C", "G", "G", "G", "I"])
    with pytest.raises(ValueError, match="employment of region ITC4 in sector C28 is -1"):
        function(SHARES.assign(C28=-1.0), SECTIONS)
