"""Composite indicators: formulas by hand, laws of scales, ranks and distances; rotation against statsmodels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alpclusters_lib.indicators._rank_uncertainty import _without
from alpclusters_lib.indicators.composite import (
    aggregate,
    goalposts,
    logarithm,
    normalise,
    rank_uncertainty,
    sensitivity,
    structural_distance,
    structural_distance_parts,
    weights_pca,
)

QUICK = settings(max_examples=15, deadline=None, derandomize=True)
AGGREGATIONS = ["arithmetic", "geometric", "mazziotta_pareto"]


def labelled(values):
    regions = pd.Index([f"R{number}" for number in range(len(values))], name="region")
    indicators = pd.Index([f"v{number}" for number in range(np.shape(values)[1])], name="indicator")
    return pd.DataFrame(np.asarray(values, dtype=float), index=regions, columns=indicators)


def towards(table, word="higher"):
    return dict.fromkeys(table.columns, word)


def shuffled(table, seed=0):
    rng = np.random.default_rng(seed)
    return table.iloc[rng.permutation(table.shape[0]), rng.permutation(table.shape[1])]


def noise(regions, indicators, seed=0):
    return labelled(np.random.default_rng(seed).normal(size=(regions, indicators)))


# tables in which every indicator differs between regions
@st.composite
def tables(draw, most=6):
    n, k = draw(st.tuples(st.integers(3, 7), st.integers(2, most)))
    steps = draw(arrays(float, (n, k), elements=st.integers(0, 50).map(float)))
    steps[0], steps[1] = 0, 51
    return labelled(steps + 1)


# --- normalise

TABLE = pd.DataFrame(
    {"patents": [10.0, 30.0, 20.0, np.nan], "unemployment": [4.0, 3.0, 8.0, 5.0]}, index=["A", "B", "C", "D"]
)
BOTH_WAYS = {"unemployment": "lower", "patents": "higher"}


@pytest.mark.parametrize(
    ("method", "patents", "unemployment"),
    [
        ("minmax", [0, 1, 0.5], [0.8, 1, 0, 0.6]),
        ("zscore", [-(1.5**0.5), 1.5**0.5, 0], np.divide([1, 2, -3, 0], 3.5**0.5)),
        ("rank", [0, 1, 0.5], [2 / 3, 1, 0, 1 / 3]),
        ("distance", [0.5, 1.5, 1], [5 / 4, 5 / 3, 5 / 8, 1]),
    ],
)
def test_normalisations_by_hand_with_a_hole(method, patents, unemployment):
    before = TABLE.copy()
    found = normalise(TABLE, direction=BOTH_WAYS, method=method)
    assert found["patents"].tolist() == pytest.approx([*patents, np.nan], nan_ok=True)
    assert found["unemployment"].tolist() == pytest.approx(list(unemployment))
    assert found.index.equals(TABLE.index) and found.columns.equals(TABLE.columns)
    pd.testing.assert_frame_equal(TABLE, before)


@QUICK
@given(tables(), st.sampled_from(["minmax", "zscore", "distance"]))
def test_one_more_region_moves_no_other_score_where_goalposts_are_frozen(table, method):
    posts = goalposts(table, method=method)
    one_more = pd.concat([table, table.iloc[[0]].set_axis(["new"]) * 1000])
    kept = {"direction": towards(table), "method": method, "goalposts": posts}
    pd.testing.assert_frame_equal(normalise(one_more, **kept).drop("new"), normalise(table, **kept), check_names=False)
    pd.testing.assert_frame_equal(normalise(table, **kept), normalise(table, direction=towards(table), method=method))
    # without, the new one stretches the scale
    moved = normalise(one_more, direction=towards(table), method=method).drop("new")
    assert not np.allclose(moved, normalise(table, **kept))


def test_what_lies_beyond_the_goalposts_is_kept():
    posts = pd.DataFrame({"minimum": [0.0], "maximum": [10.0], "note": ["EU"]}, index=["v0"])
    assert normalise(labelled([[-5], [20]]), direction={"v0": 1}, goalposts=posts)["v0"].tolist() == [-0.5, 2.0]
    assert normalise(labelled([[-5], [20]]), direction={"v0": -1}, goalposts=posts)["v0"].tolist() == [1.5, -1.0]


@QUICK
@given(tables(), st.sampled_from(["minmax", "zscore", "rank", "distance"]))
def test_direction_turns_the_order_round(table, method):
    up = normalise(table, direction=towards(table), method=method)
    down = normalise(table, direction=towards(table, "lower"), method=method)
    for indicator in table:
        assert up[indicator].rank().tolist() == (len(table) + 1 - down[indicator].rank()).tolist()
        assert up[indicator].rank().tolist() == table[indicator].rank().tolist()
    np.testing.assert_allclose(up, normalise(table, direction=pd.Series(1, table.columns), method=method))


@QUICK
@given(tables(), st.sampled_from([1e12, 1e-12]), st.sampled_from(["minmax", "zscore", "rank", "distance"]))
def test_normalisation_knows_no_unit_and_no_order(table, unit, method):
    found = normalise(table, direction=towards(table), method=method)
    np.testing.assert_allclose(normalise(table * unit, direction=towards(table), method=method), found, atol=1e-9)
    other = normalise(shuffled(table), direction=towards(table), method=method)
    np.testing.assert_allclose(other.loc[table.index, table.columns], found)


def test_ties_share_their_rank_and_a_rank_among_nobody_is_missing():
    assert normalise(labelled([[1], [1], [5]]), direction={"v0": 1}, method="rank")["v0"].tolist() == [0.25, 0.25, 1]
    assert normalise(labelled([[1], [np.nan]]), direction={"v0": 1}, method="rank")["v0"].isna().all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"direction": {"v0": 1}}, "direction has no indicator v1; it has v0"),
        ({"direction": {"v0": 1, "v1": "up"}}, r"direction of indicator v1 is 'up'; 'higher' \(\+1\)"),
        ({"direction": {"v0": 1, "v1": np.nan}}, "direction of indicator v1 is nan"),
        ({"method": "log"}, "method 'log' is not available; available: minmax, zscore, rank, distance"),
        ({"method": "distance"}, "indicator v0 of region R0 is 0; a distance is a ratio"),
        ({"method": "rank", "goalposts": pd.DataFrame()}, "ranks depend on who is ranked"),
        ({"goalposts": pd.DataFrame({"mean": [1]}, ["v0"])}, r"goalposts for 'minmax' are a DataFrame"),
        (
            {"goalposts": pd.DataFrame({"minimum": [0], "maximum": [1]}, ["v0"])},
            "goalposts have no indicator v1; they have v0",
        ),
        (
            {"goalposts": pd.DataFrame({"minimum": [0, 1], "maximum": [1, 1]}, ["v0", "v1"])},
            "goalposts of indicator v1 are minimum 1, maximum 1; a minimum below the maximum",
        ),
        (
            {"method": "zscore", "goalposts": pd.DataFrame({"mean": [0, 1], "deviation": [1, -1]}, ["v0", "v1"])},
            "a deviation above 0 is needed",
        ),
    ],
)
def test_normalise_says_what_is_wrong(options, sentence):
    table = labelled([[0, 1], [2, 3]])
    with pytest.raises(ValueError, match=sentence):
        normalise(table, **{"direction": towards(table), **options})


def test_an_indicator_that_tells_nobody_apart_is_refused():
    with pytest.raises(ValueError, match="indicator v1 is 7 everywhere"):
        goalposts(labelled([[1, 7], [2, 7]]))
    with pytest.raises(ValueError, match="indicator v0 are minimum nan"):
        goalposts(labelled([[np.nan, 1], [np.nan, 2]]))
    with pytest.raises(ValueError, match=r"indicator v0 is 0\.1 everywhere"):
        normalise(labelled([[0.1], [0.3 - 0.2]]), direction={"v0": 1}, method="zscore")
    with pytest.raises(TypeError, match="direction is a str"):
        normalise(labelled([[1], [2]]), direction="higher")
    with pytest.raises(ValueError, match="indicator v0 of region R1 is inf"):
        goalposts(labelled([[1], [np.inf]]))


def test_logarithm_touches_the_named_variables_only():
    found = logarithm(labelled([[1, 40], [np.e, np.nan]]), variables=["v0"])
    assert found.to_numpy().ravel().tolist() == pytest.approx([0, 40, 1, np.nan], nan_ok=True)
    with pytest.raises(ValueError, match="variable v0 of region R1 is 0; a logarithm needs"):
        logarithm(labelled([[1], [0]]), variables=["v0"])
    with pytest.raises(ValueError, match="table has no variable x; it has v0"):
        logarithm(labelled([[1]]), variables=["x"])


# --- aggregate


def test_rules_by_hand():
    table = labelled([[1, 4], [2, 2]])
    assert aggregate(table).tolist() == [2.5, 2]
    assert aggregate(table, method="geometric").tolist() == pytest.approx([2, 2])
    assert aggregate(table, {"v1": 1, "v0": 3}).tolist() == [1.75, 2]
    assert aggregate(table, {"v1": 1, "v0": 3}, method="geometric").tolist() == pytest.approx([2**0.5, 2])


def test_mazziotta_pareto_lowers_the_uneven_profile():
    """Mazziotta & Pareto 2016: 90 and 110 have mean 100, deviation 10, coefficient of variation 0.1, and lose 1."""
    table = labelled([[-1, 1], [0, 0]])
    assert aggregate(table, method="mazziotta_pareto").tolist() == pytest.approx([99, 100])
    with pytest.raises(ValueError, match="indicator v0 of region R0 is -10; mazziotta_pareto needs figures above 0"):
        aggregate(labelled([[-11, 1]]), method="mazziotta_pareto")


@QUICK
@given(tables(), st.data())
def test_scores_lie_in_order_between_the_worst_and_the_best_indicator(table, data):
    weights = pd.Series(data.draw(arrays(float, table.shape[1], elements=st.floats(0.01, 10))), table.columns)
    arithmetic, geometric = (aggregate(table, weights, method=method) for method in AGGREGATIONS[:2])
    assert (geometric <= arithmetic + 1e-9).all()
    assert (arithmetic <= table.max(axis=1) + 1e-9).all() and (geometric >= table.min(axis=1) - 1e-9).all()
    for method in AGGREGATIONS:
        found = aggregate(table, weights, method=method)
        other = aggregate(shuffled(table), weights.iloc[::-1] * 7, method=method)
        pd.testing.assert_series_equal(other.loc[table.index], found)
        assert found.index.equals(table.index)


def test_a_missing_indicator_leaves_no_score_or_is_named():
    table = labelled([[1, 3, 8], [1, np.nan, 9], [np.nan, np.nan, np.nan]])
    weights = {"v0": 1, "v1": 2, "v2": 1}
    assert aggregate(table, weights).tolist() == pytest.approx([3.75, np.nan, np.nan], nan_ok=True)
    with pytest.warns(UserWarning, match="region R1 lacks indicators; its other weights are scaled up"):
        found = aggregate(table, weights, missing="renormalise")
    assert found.tolist() == pytest.approx([3.75, 5, np.nan], nan_ok=True)
    with pytest.warns(UserWarning, match="region R1"):
        found = aggregate(table, weights, missing="renormalise", method="geometric")
    assert found["R1"] == pytest.approx(3)
    # a weight of 0 asks for nothing
    assert aggregate(table, {"v0": 1, "v1": 0, "v2": 1})["R1"] == 5


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"v0": 1}, "weights has no indicator v1; it has v0"),
        ({"v0": 1, "v1": 1, "v2": 1}, "weights of indicator v2 is of nothing in the table"),
        ({"v0": 1, "v1": np.nan}, "weights of indicator v1 is NaN"),
        ({"v0": 1, "v1": -1}, "weights of indicator v1 is -1"),
        ({"v0": 0, "v1": 0}, "weights add to 0"),
    ],
)
def test_weights_are_one_a_indicator(weights, sentence):
    with pytest.raises(ValueError, match=sentence):
        aggregate(labelled([[1, 2]]), weights)


def test_aggregate_says_what_is_wrong():
    with pytest.raises(ValueError, match="indicator v1 of region R1 is 0; geometric needs figures above 0"):
        aggregate(labelled([[1, 2], [3, 0]]), method="geometric")
    with pytest.raises(ValueError, match="method 'mean' is not available"):
        aggregate(labelled([[1]]), method="mean")
    with pytest.raises(ValueError, match="missing 'drop' is not available"):
        aggregate(labelled([[1]]), missing="drop")
    with pytest.raises(TypeError, match="weights is a list"):
        aggregate(labelled([[1]]), [1])
    with pytest.raises(TypeError, match="table is a list"):
        aggregate([1])
    with pytest.raises(ValueError, match="table has no indicator"):
        aggregate(pd.DataFrame(index=["A"]))


# --- weights of principal components


def test_weights_pca_against_the_rotation_of_statsmodels():
    """Loadings from the correlation matrix, rotated by statsmodels' varimax; weights as in the OECD Handbook 2008."""
    from statsmodels.multivariate.factor_rotation import rotate_factors

    table = noise(60, 6)
    table["v1"] += 2 * table["v0"]
    table["v3"] += table["v2"]
    table["v4"] -= table["v2"]
    values, vectors = np.linalg.eigh(table.corr())
    kept = values > 1
    assert 1 < kept.sum() < 6
    loadings = vectors[:, kept] * values[kept] ** 0.5
    length = (loadings**2).sum(axis=1, keepdims=True) ** 0.5
    rotated = rotate_factors(loadings / length, "varimax")[0] * length
    # the long way: share inside the component times share of the component
    squared = rotated**2
    component = squared.argmax(axis=1)
    explained = squared.sum(axis=0)
    inside = squared.max(axis=1) / explained[component]
    expected = inside * explained[component] / explained.sum()
    found = weights_pca(table)
    np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-6)
    assert found.attrs["components"] == kept.sum() and found.attrs["n"] == 60
    assert found.attrs["explained_share"] == pytest.approx(values[kept].sum() / 6)


# patents, royalties, internet, exports, telephones, electricity, schooling, university of the 23 leading countries
TECHNOLOGY = [
    [187, 125.6, 200.2, 50.7, 3.08, 4.15, 10, 27.4],
    [289, 130, 179.1, 66.2, 3, 4.07, 12, 13.9],
    [271, 156.6, 125.8, 59.7, 3.1, 4.14, 11.4, 15.3],
    [994, 64.6, 49, 80.8, 3, 3.86, 9.5, 10],
    [779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2],
    [189, 151.2, 136, 50.9, 3.02, 3.77, 9.4, 9.5],
    [82, 134, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9],
    [31, 38.6, 108, 48.7, 2.94, 4.18, 11.6, 14.2],
    [75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3],
    [8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2],
    [235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4],
    [103, 20.2, 193.6, 19, 3.12, 4.39, 11.9, 11.2],
    [106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3],
    [72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6],
    [103, 13, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1],
    [165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6],
    [205, 33.6, 36.4, 58.9, 2.97, 3.8, 7.9, 12.6],
    [74, 43.6, 43.2, 45, 2.96, 3.74, 9.6, 11],
    [42, 8.6, 21, 53.4, 2.86, 3.62, 7.3, 15.6],
    [13, 9.8, 30.4, 51, 3, 3.65, 7.2, 13],
    [28, 4.2, 25, 51.7, 2.75, 3.68, 9.5, 8.2],
    [26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7],
    [105, 4, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6],
]


def test_components_of_the_technology_achievement_index():
    """OECD & JRC 2008, appendix for the rounded data, table 16: 41.9, 63.7, 76.0, 87.2 per cent of the variance."""
    found = [weights_pca(labelled(TECHNOLOGY), components=kept).attrs["explained_share"] for kept in range(1, 5)]
    assert found == pytest.approx([0.419, 0.637, 0.760, 0.872], abs=1e-3)


def test_twins_share_their_weight():
    """Two pairs of twins that know nothing of one another: every one of the four has a quarter."""
    a, b = np.array([1, 1, -1, -1]), np.array([1, -1, 1, -1])
    table = labelled(np.column_stack([a, 3 * a, b, -b]))
    assert weights_pca(table).tolist() == pytest.approx([0.25] * 4)
    # with one component only, which is either pair or a mix, weights still add to 1
    assert weights_pca(table, components=1).sum() == pytest.approx(1)


@QUICK
@given(st.integers(0, 10_000), st.integers(2, 5), st.sampled_from([1e-12, 1.0, 1e12]))
def test_weights_pca_add_to_one_and_know_no_order_sign_or_unit(seed, k, unit):
    table = noise(20, k, seed)
    found = weights_pca(table, components=1)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    np.testing.assert_allclose(weights_pca(shuffled(table) * -unit, components=1)[table.columns], found, atol=1e-8)


def test_weights_pca_counts_complete_regions():
    table = noise(10, 3)
    table.iloc[4, 1] = np.nan
    with pytest.warns(UserWarning, match="region R4 lacks indicators and is left out; n is 9"):
        found = weights_pca(table)
    np.testing.assert_allclose(found, weights_pca(table.drop("R4")))
    with pytest.raises(ValueError, match="2 regions have every indicator; at least 3"):
        weights_pca(table.iloc[:2])
    with pytest.raises(ValueError, match="indicator v2 is 1 everywhere"):
        weights_pca(table.drop("R4").assign(v2=1.0))
    with pytest.raises(ValueError, match="components is 4; from 1 to 3 are possible"):
        weights_pca(table.drop("R4"), components=4)


# --- ranges of ranks


def test_a_fixed_law_leaves_every_region_its_rank():
    table = noise(12, 4)
    found = rank_uncertainty(table, law="fixed", rng=1, draws=20)
    expected = table.mean(axis=1).rank(ascending=False)
    for column in ("rank", "rank_lower", "rank_upper", "rank_median"):
        assert found[column].tolist() == expected.tolist()
    assert (found["share_top_10"] == (expected <= 10)).all()
    assert (found["law"] == "equal weights").all() and (found["n"] == 12).all()


def test_two_regions_swap_at_the_weight_where_their_profiles_cross():
    """R0 is ahead where 0.3 (1 - w) > 0.9 w: a quarter of the uniform law of w that Dirichlet(1, 1) is."""
    table = labelled([[0.0, 0.3], [0.9, 0.0]])
    found = rank_uncertainty(table, draws=20_000, top=1, rng=1)
    assert found["share_top_1"].tolist() == pytest.approx([0.25, 0.75], abs=0.01)
    assert found[["rank", "rank_lower", "rank_upper", "rank_median"]].values.tolist() == [[2, 1, 2, 2], [1, 1, 2, 1]]


def test_pillars_draw_the_weights_of_pillars():
    """Four twins in one pillar weigh as much as the single indicator of the other: the same crossing as above."""
    table = labelled([[0.0] * 4 + [0.3], [0.9] * 4 + [0.0]])
    pillars = {**dict.fromkeys(["v0", "v1", "v2", "v3"], "twins"), "v4": "single"}
    found = rank_uncertainty(table, law="dirichlet_pillars", pillars=pillars, draws=20_000, top=1, rng=1)
    assert found["share_top_1"].tolist() == pytest.approx([0.25, 0.75], abs=0.01)
    assert found["law"].iloc[0] == found.attrs["law"] == "Dirichlet on 2 pillars, concentration 1"
    alike = rank_uncertainty(table, draws=20_000, top=1, rng=1)["share_top_1"]
    assert alike["R0"] < 0.1


def test_a_high_concentration_narrows_to_the_reference_weights():
    table, weights = noise(15, 3), {"v0": 6, "v1": 3, "v2": 1}
    found = rank_uncertainty(table, weights, concentration=1e9, rng=2)
    assert found["rank_lower"].tolist() == found["rank"].tolist() == found["rank_upper"].tolist()
    assert found["rank"].tolist() == aggregate(table, weights).rank(ascending=False).tolist()
    assert found["law"].iloc[0] == "Dirichlet on 3 indicators, concentration 1e+09, around given weights"


@QUICK
@given(tables(), st.integers(0, 1000), st.sampled_from(["minmax", "zscore", "rank", "distance"]))
def test_ranges_are_ordered_whole_and_dominance_is_never_overturned(table, seed, method):
    table.loc["hole"] = np.nan
    table = table.fillna({"v0": 3.0})
    options = {"direction": towards(table), "normalisations": [method, "minmax"], "draws": 50}
    with pytest.warns(UserWarning, match="region hole lacks indicators and is not ranked"):
        found = rank_uncertainty(table, aggregations=AGGREGATIONS[:2], rng=seed, **options)
    assert found.index.equals(table.index)
    assert found.loc["hole"].drop("law").isna().all()
    ranked = found.drop("hole")
    limits = ranked[["rank_lower", "rank_median", "rank_upper"]]
    assert (limits.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None) and (limits % 1 == 0).all(axis=None)
    assert limits.min(axis=None) >= 1 and limits.max(axis=None) <= len(ranked) == ranked["n"].iloc[0]
    # R1 is the best in everything, R0 the worst or as bad as the worst
    assert (limits.loc["R1"] == 1).all()
    assert (limits.loc["R0"] >= limits).all(axis=None)


def test_ties_share_the_better_rank():
    found = rank_uncertainty(labelled([[0.1, 0.7], [0.1, 0.7], [0.0, 0.1]]), rng=3)
    assert found[["rank", "rank_lower", "rank_upper"]].values.tolist() == [[1, 1, 1], [1, 1, 1], [3, 3, 3]]


def test_a_seed_gives_one_result_in_any_order_of_rows():
    table = noise(9, 3)
    found = rank_uncertainty(table, rng=5)
    pd.testing.assert_frame_equal(rank_uncertainty(table, rng=np.random.default_rng(5)), found)
    pd.testing.assert_frame_equal(rank_uncertainty(table.iloc[::-1], rng=5).loc[table.index], found)


def test_a_normalised_table_is_scaled_for_mazziotta_pareto_as_in_aggregate():
    z = normalise(noise(8, 3), direction={"v0": 1, "v1": 1, "v2": 1}, method="zscore")
    found = rank_uncertainty(z, aggregations=["mazziotta_pareto"], law="fixed", draws=1)
    assert found["rank"].tolist() == aggregate(z, method="mazziotta_pareto").rank(ascending=False).tolist()
    raw = rank_uncertainty(
        z,
        direction=towards(z),
        normalisations=["zscore"],
        aggregations=["mazziotta_pareto"],
        law="fixed",
        draws=1,
    )
    assert raw["rank"].tolist() == found["rank"].tolist()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"law": "uniform"}, "law 'uniform' is not available; available: dirichlet_indicators"),
        ({"law": "dirichlet_pillars"}, "law 'dirichlet_pillars' and pillars come together"),
        ({"pillars": {"v0": "a", "v1": "b"}}, "law 'dirichlet_pillars' and pillars come together"),
        ({"law": "dirichlet_pillars", "pillars": {"v0": "a"}}, "pillars has no indicator v1"),
        ({"concentration": 0}, "concentration is 0; a number above 0"),
        ({"level": 90}, "level is 90; a share between 0 and 1"),
        ({"draws": 0}, "draws is 0; at least 1"),
        ({"normalisations": ["zscore"]}, "normalisations come without direction"),
        ({"aggregations": "geometric"}, "aggregations is 'geometric'; a list is needed"),
        ({"aggregations": ["geometric"]}, "indicator v0 of region R0 is -1; geometric needs"),
        ({"weights": {"v0": 0, "v1": 1}}, "weights of v0 add to 0; a Dirichlet law needs them above 0"),
    ],
)
def test_rank_uncertainty_says_what_is_wrong(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        rank_uncertainty(labelled([[-1, 1], [1, 0]]), **options)


# --- sensitivity


def test_sensitivity_finds_the_one_choice_that_matters():
    """Normalisation alone is free: it takes all of the variance, alone and in total, and nothing else any."""
    table = np.exp(noise(30, 2, 4) * 1.5)
    table["v1"] = table["v1"] ** 3
    options = {"aggregations": ["arithmetic"], "law": "fixed", "draws": 512, "rng": 1}
    found = sensitivity(table.assign(v2=table["v0"], v3=table["v1"]), direction=towards(labelled([[0] * 4])), **options)
    assert found["total"]["normalisation"] > 0.8
    assert (found.loc[["aggregation", "weights"], ["first_order", "total"]] == 0).all(axis=None)


def test_sensitivity_to_weights_and_left_out_is_that_of_a_direct_count():
    """Two regions that swap: the shift is 0 or 1, and its variance by factor is counted over all choices."""
    table, higher = labelled([[0.0, 3.0], [9.0, 2.0], [4.0, 0.0], [5.0, 9.0]]), {"v0": 1, "v1": 1}
    options = {"direction": higher, "normalisations": ["minmax"], "aggregations": ["arithmetic", "geometric"]}
    found = sensitivity(table, law="fixed", draws=4096, rng=1, **options)
    scale = 1 + 99 * normalise(table, direction=higher)
    reference = aggregate(scale).rank(ascending=False, method="min")
    kept = [["v1"], ["v0"], ["v0", "v1"]]
    shift = np.array(
        [
            [abs(aggregate(scale[k], method=m).rank(ascending=False, method="min") - reference).mean() for k in kept]
            for m in AGGREGATIONS[:2]
        ]
    )
    alone = np.array([shift.mean(axis=1).var(), shift.mean(axis=0).var()]) / shift.var()
    total = np.array([shift.var(axis=0).mean(), shift.var(axis=1).mean()]) / shift.var()
    rows = ["aggregation", "left_out"]
    assert found.loc[rows, "first_order"].tolist() == pytest.approx(alone.tolist(), abs=0.03)
    assert found.loc[rows, "total"].tolist() == pytest.approx(total.tolist(), abs=0.03)
    assert found["mean_rank_shift"].iloc[0] == pytest.approx(shift.mean(), abs=0.02)


def test_sensitivity_is_repeated_by_its_seed_and_knows_no_order():
    table = np.exp(noise(12, 3))
    options = {"direction": towards(table), "draws": 64}
    found = sensitivity(table, rng=7, **options)
    pd.testing.assert_frame_equal(sensitivity(table.iloc[::-1], rng=7, **options), found)
    assert not found.equals(sensitivity(table, rng=8, **options))
    assert found.index.tolist() == ["normalisation", "aggregation", "weights", "left_out"]
    pd.testing.assert_frame_equal(sensitivity(table, rng=7, draws=64), found)


def test_sensitivity_without_any_shift_has_no_shares():
    table = labelled([[1, 1], [2, 2], [3, 3]])
    found = sensitivity(table, direction=towards(table), draws=16, rng=1)
    assert found[["first_order", "total"]].isna().all(axis=None)
    assert (found["mean_rank_shift"] == 0).all()


def test_a_draw_that_puts_all_on_what_is_left_out_weighs_the_rest_alike():
    drawn, kept = np.array([[0.0, 1, 0], [0.2, 0.2, 0.6]]), np.array([[1.0, 0, 1], [1, 0, 1]])
    np.testing.assert_allclose(_without(drawn, kept), [[0.5, 0, 0.5], [0.25, 0, 0.75]])
    found = sensitivity(noise(6, 2), concentration=1e-6, draws=64, rng=1)
    assert np.isfinite(found).all(axis=None)


def test_sensitivity_says_what_is_wrong():
    table = labelled([[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="draws is 1000; a power of 2"):
        sensitivity(table, direction=towards(table), draws=1000)
    with pytest.raises(ValueError, match="indicator v0 alone"):
        sensitivity(table[["v0"]], direction=towards(table))
    with pytest.raises(ValueError, match="no region has every indicator"), pytest.warns(UserWarning):
        sensitivity(labelled([[1, np.nan], [np.nan, 1]]), direction=towards(table))


# --- structural distance

PEOPLE = {"v0": "people", "v1": "people", "v2": "sectors"}
unit_tables = st.integers(2, 6).flatmap(lambda n: arrays(float, (n, 3), elements=st.floats(0, 1))).map(labelled)


def test_structural_distance_by_hand():
    """Navarro et al. 2014: people (0.4² + 0.2²)/2 = 0.1, sectors 0.5² = 0.25, halves of each; 3 : 1 by weight."""
    table = labelled([[0.2, 0.5, 1.0], [0.6, 0.3, 0.5]])
    assert structural_distance(table, PEOPLE).loc["R0", "R1"] == pytest.approx(0.175)
    weighted = structural_distance(table, PEOPLE, weights={"sectors": 1, "people": 3})
    assert weighted.loc["R0", "R1"] == pytest.approx(0.1375)
    parts = structural_distance_parts(table, PEOPLE, region="R1", weights={"sectors": 1, "people": 3})
    assert parts.loc["R0"].to_dict() == pytest.approx({"people": 0.075, "sectors": 0.0625})


@QUICK
@given(unit_tables, st.lists(st.floats(0.1, 5), min_size=2, max_size=2))
def test_distance_is_symmetric_0_to_itself_at_most_1_and_the_sum_of_its_parts(table, weights):
    weights = dict(zip(["people", "sectors"], weights, strict=True))
    found = structural_distance(table, PEOPLE, weights=weights)
    assert found.index.equals(table.index) and found.columns.equals(table.index)
    np.testing.assert_array_equal(found, found.T)
    assert (np.diag(found) == 0).all() and found.max(axis=None) <= 1 + 1e-12
    for region in table.index:
        parts = structural_distance_parts(table, PEOPLE, region=region, weights=weights)
        np.testing.assert_allclose(parts.sum(axis=1), found[region])
    other = structural_distance(shuffled(table), pd.Series(PEOPLE).iloc[::-1], weights=weights)
    np.testing.assert_allclose(other.loc[table.index, table.index], found)


def test_a_twin_variable_does_not_make_its_pillar_count_double():
    table = labelled([[0.2, 0.2, 1.0], [0.6, 0.6, 0.5]])
    pd.testing.assert_frame_equal(
        structural_distance(table, PEOPLE),
        structural_distance(table.drop(columns="v1"), {"v0": "people", "v2": "sectors"}),
    )


def test_the_distance_is_no_metric():
    table = labelled([[0.0], [0.5], [1.0]])
    found = structural_distance(table, {"v0": "one"})
    assert found.loc["R0", "R2"] > found.loc["R0", "R1"] + found.loc["R1", "R2"]


def test_missing_variables_leave_no_distance_or_are_left_out_pair_by_pair():
    table = labelled([[0.2, 0.5, 1.0], [0.6, np.nan, 0.5], [0.2, 0.5, np.nan]])
    found = structural_distance(table, PEOPLE)
    assert found.isna().to_numpy().tolist() == [[False, True, True], [True] * 3, [True] * 3]
    pairwise = structural_distance(table, PEOPLE, missing="pairwise")
    assert pairwise.loc["R0", "R1"] == pytest.approx((0.4**2 + 0.5**2) / 2)
    assert pairwise.loc["R2"].isna().all() and pairwise.loc["R1", "R1"] == 0
    parts = structural_distance_parts(table, PEOPLE, region="R0", missing="pairwise")
    assert parts.isna().to_numpy().tolist() == [[False] * 2, [False] * 2, [False, True]]
    # nothing is asked of a pillar without weight
    people = structural_distance(table, PEOPLE, weights={"people": 1, "sectors": 0})
    assert people.loc["R0", "R2"] == 0


def test_structural_distance_says_what_is_wrong():
    table = labelled([[0.2, 0.5, 1.0], [0.6, 0.3, 0.5]])
    with pytest.warns(UserWarning, match=r"variable v2 leaves \[0, 1\] and weighs more"):
        structural_distance(table * [1, 1, 3], PEOPLE)
    for pillars, sentence in (
        ({"v0": "a"}, "pillars has no variable v1, v2"),
        ({**PEOPLE, "v9": "a"}, "pillars name variable v9; the table has v0, v1, v2"),
        ({**PEOPLE, "v1": None}, "pillars have none for variable v1"),
    ):
        with pytest.raises(ValueError, match=sentence):
            structural_distance(table, pillars)
    with pytest.raises(ValueError, match="weights has no pillar sectors; it has people"):
        structural_distance(table, PEOPLE, weights={"people": 1})
    with pytest.raises(ValueError, match="table has no region X; it has R0, R1"):
        structural_distance_parts(table, PEOPLE, region="X")
    with pytest.raises(TypeError, match="pillars is a list"):
        structural_distance(table, ["people"])
