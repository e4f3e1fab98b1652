"""Oracles: the 3 × 3 lattice and the six points of the tests and docstrings of PySAL esda, and full enumeration."""

import itertools
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from shapely import Point, Polygon, box

from alpclusters_lib import datasets, regions
from alpclusters_lib.indicators.spatial_association import global_association, local_association, neighbour_graph

QUICK = settings(max_examples=8, deadline=None, derandomize=True)


def lattice(side, extra=()):
    """Squares of 1 m, and others in places apart."""
    cells = [box(i % side, i // side, i % side + 1, i // side + 1) for i in range(side**2)]
    cells += [box(*corner, corner[0] + 1, corner[1] + 1) for corner in extra]
    names = pd.Index([f"R{i:02d}" for i in range(len(cells))], name="region")
    return gpd.GeoDataFrame(geometry=cells, index=names, crs=3035)


SQUARES = lattice(3)
ROOK = neighbour_graph(SQUARES, kind="rook")
ONE_TO_NINE = pd.Series(np.arange(1.0, 10), SQUARES.index)
CORNERS = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
POINTS = gpd.GeoDataFrame(geometry=[Point(1000 * x, 1000 * y) for x, y in CORNERS], index=list("abcdef"), crs=3035)
WITHIN_15 = neighbour_graph(POINTS, kind="distance", distance_km=15)
SIX = pd.Series([2, 3, 3.2, 5, 8, 7], POINTS.index)
WIDE = neighbour_graph(lattice(7), kind="rook")


def neighbours(graph):
    return {region: sorted(graph[region][graph[region] > 0].index) for region in graph.unique_ids}


def noise(graph, seed=0):
    return pd.Series(np.random.default_rng(seed).gamma(2, size=graph.n), graph.unique_ids)


# --- published numbers


@pytest.mark.parametrize(
    ("weights", "index", "normality", "randomisation"),
    [("binary", 0.5, 0.053125, 0.0596875), ("row", 0.5555556, 0.0572145, 0.0646566)],
)
def test_moran_of_the_lattice(weights, index, normality, randomisation):
    """esda tests/test_moran.py, y = 1..9 on the rook lattice; Cliff & Ord 1981 for the moments."""
    found = global_association(ONE_TO_NINE, ROOK, weights=weights, rng=1)
    assert found.statistic == pytest.approx(index, abs=5e-8)
    assert found.expected == -0.125
    assert found.variance_normality == pytest.approx(normality, abs=5e-8)
    assert found.variance_randomisation == pytest.approx(randomisation, abs=5e-8)
    assert found.z == pytest.approx((found.statistic + 0.125) / found.variance_randomisation**0.5)
    assert (found.n, found.weights, found.islands, found.left_out) == (9, weights, (), ())


def test_row_weights_are_the_default_of_moran():
    assert global_association(ONE_TO_NINE, ROOK, permutations=9).weights == "row"


def test_local_moran_of_the_lattice_is_that_of_anselin():
    """Anselin 1995, m2 with divisor n: esda divides by n - 1 and prints 8/9 of these."""
    found = local_association(ONE_TO_NINE, ROOK, rng=1)
    assert found["statistic"].tolist() == pytest.approx([1.2, 0.9, 0.3, 0.1, 0, 0.1, 0.3, 0.9, 1.2])
    assert found["lag"].tolist()[:3] == pytest.approx([3, 3, 4])
    assert found["statistic"].mean() == pytest.approx(global_association(ONE_TO_NINE, ROOK, permutations=9).statistic)


def test_getis_ord_of_six_points():
    """Docstring of esda getisord.G: G 0.557, p 0.173 under the normal approximation."""
    found = global_association(SIX, WITHIN_15, statistic="getis_ord", rng=1)
    assert found.statistic == pytest.approx(0.55709779, abs=5e-9)
    assert norm.sf(found.z) == pytest.approx(0.172936, abs=5e-7)
    assert np.isnan(found.variance_normality) and found.weights == "binary"


def test_local_getis_ord_of_six_points():
    """Docstring of esda getisord.G_Local with binary weights."""
    z = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    with_itself = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    for statistic, expected in (("getis_ord", z), ("getis_ord_star", with_itself)):
        found = local_association(SIX, WITHIN_15, statistic=statistic, rng=1)
        assert found["z"].tolist() == pytest.approx(expected, abs=5e-9)


# --- permutation


def test_moments_and_p_are_those_of_all_orders_of_the_values():
    """All 720 orders of six values: mean, variance, and the share at least as extreme, twice the smaller tail."""
    links = WITHIN_15.sparse.toarray()
    orders = np.array(list(itertools.permutations(SIX)))
    products = np.einsum("oi,ij,oj->o", orders, links, orders)
    every_g = products / (SIX.sum() ** 2 - (SIX**2).sum())
    found = global_association(SIX, WITHIN_15, statistic="getis_ord", permutations=20_000, rng=1)
    assert found.expected == pytest.approx(every_g.mean())
    assert found.variance_randomisation == pytest.approx(every_g.var())
    above, below = (every_g >= every_g[0] - 1e-9).mean(), (every_g <= every_g[0] + 1e-9).mean()
    assert found.p == pytest.approx(min(1, 2 * min(above, below)), abs=0.015)

    rows = links / links.sum(axis=1, keepdims=True)
    z = orders - SIX.mean()
    every_i = 6 / rows.sum() * np.einsum("oi,ij,oj->o", z, rows, z) / (z[0] ** 2).sum()
    found = global_association(SIX, WITHIN_15, permutations=20_000, rng=1)
    assert found.statistic == pytest.approx(every_i[0])
    assert found.variance_randomisation == pytest.approx(every_i.var())
    above, below = (every_i >= every_i[0] - 1e-9).mean(), (every_i <= every_i[0] + 1e-9).mean()
    assert found.p == pytest.approx(min(1, 2 * min(above, below)), abs=0.015)


@pytest.mark.parametrize("statistic", ["moran", "getis_ord", "getis_ord_star"])
def test_local_z_and_p_are_those_of_all_orders_of_the_others(statistic):
    """The region's own value stays, the five others take all 120 orders."""
    found = local_association(SIX, WITHIN_15, statistic=statistic, permutations=20_000, rng=2)
    links = WITHIN_15.sparse.toarray()
    for i, region in enumerate(SIX.index):
        others = np.array(list(itertools.permutations(SIX.drop(region))))
        if statistic == "moran":
            z, row = others - SIX.mean(), np.delete(links[i] / links[i].sum(), i)
            every = (SIX[region] - SIX.mean()) * (z @ row) / SIX.var(ddof=0)
        elif statistic == "getis_ord":
            every = others @ np.delete(links[i], i) / (SIX.sum() - SIX[region])
        else:
            every = (others @ np.delete(links[i], i) + SIX[region]) / SIX.sum()
        observed = found.loc[region, "statistic"]
        assert every[0] == pytest.approx(observed)
        above, below = (every >= observed - 1e-9).mean(), (every <= observed + 1e-9).mean()
        assert found.loc[region, "p"] == pytest.approx(min(1, 2 * min(above, below)), abs=0.015)
        if statistic != "getis_ord_star":  # whose published z has the moments of all values, the own included
            assert found.loc[region, "z"] == pytest.approx((observed - every.mean()) / every.std())


def test_local_p_is_twice_that_of_esda():
    from esda.moran import Moran_Local

    values = noise(WIDE)
    found = local_association(values, WIDE, rng=1)
    state = np.random.get_state()  # noqa: NPY002
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = Moran_Local(values, WIDE, permutations=9999, seed=3)
    np.random.set_state(state)  # noqa: NPY002
    np.testing.assert_allclose(found["p"], np.minimum(2 * other.p_sim, 1), atol=0.05)


@QUICK
@given(st.integers(0, 2**32 - 1), st.sampled_from(["moran", "getis_ord"]))
def test_a_seed_gives_one_result_whatever_the_order_of_the_rows(seed, statistic):
    values = noise(WIDE, seed)
    mixed = values.sample(frac=1, random_state=seed % 100)
    options = {"statistic": statistic, "permutations": 99}
    assert global_association(mixed, WIDE, rng=seed, **options) == global_association(values, WIDE, rng=seed, **options)
    with pytest.warns(UserWarning, match="permutations are needed"):
        ours = local_association(mixed, WIDE, rng=seed, **options)
        theirs = local_association(values, WIDE, rng=np.random.default_rng(seed), **options)
    assert ours.index.equals(mixed.index)
    pd.testing.assert_frame_equal(ours.loc[values.index], theirs)


def test_nothing_global_is_touched():
    state, filters = np.random.get_state(), list(warnings.filters)  # noqa: NPY002
    values, before = noise(WIDE), noise(WIDE)
    adjacency = WIDE.adjacency.copy()
    for statistic in ("moran", "getis_ord"):
        global_association(values, WIDE, statistic=statistic, permutations=9)
        local_association(values, WIDE, statistic=statistic)
    assert (np.random.get_state()[1] == state[1]).all() and np.random.get_state()[2] == state[2]  # noqa: NPY002
    assert warnings.filters == filters
    pd.testing.assert_series_equal(values, before)
    pd.testing.assert_series_equal(WIDE.adjacency, adjacency)


# --- properties


@QUICK
@given(st.integers(0, 10_000), st.sampled_from([1e-12, 1e12]), st.floats(-5, 5))
def test_moran_knows_no_unit_and_no_origin(seed, unit, origin):
    values = noise(WIDE, seed)
    ours, theirs = (local_association(v, WIDE, rng=seed) for v in (values, (values + origin) * unit))
    pd.testing.assert_frame_equal(
        ours.drop(columns=["value", "lag"]), theirs.drop(columns=["value", "lag"]), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("weights", ["row", "binary"])
def test_local_statistics_add_to_the_global_one(weights):
    values = noise(WIDE)
    total = global_association(values, WIDE, weights=weights, permutations=9).statistic
    links = WIDE.n if weights == "row" else WIDE.n_edges
    assert local_association(values, WIDE, weights=weights)["statistic"].sum() == pytest.approx(total * links)


def test_a_block_of_high_values_is_found_and_named():
    rows, columns = np.divmod(np.arange(49), 7)
    values = noise(WIDE, 1) / 100
    values[(rows < 3) & (columns < 3)] += 1
    queen = neighbour_graph(lattice(7))
    found = local_association(values, queen, rng=1)
    assert found.loc["R08", "quadrant"] == "high-high" and found.loc["R08", "p"] < 0.01
    tested = found["p"].sort_values()
    passing = tested[tested <= 0.05 * np.arange(1, 50) / 49]
    assert set(found.index[found["significant"]]) == set(tested.index[: len(passing)])
    assert (found["significant"] == (found["quadrant"] != "not significant")).all()
    spots = local_association(values, queen, statistic="getis_ord_star", rng=1)
    assert spots.loc["R08", "quadrant"] == "hot spot"
    # the lone high cell in a low field, and the other way round
    lone = noise(WIDE, 1) / 100 + 1
    lone[(rows > 1) & (rows < 5) & (columns > 1) & (columns < 5)] = 5
    lone["R24"] = 0.1
    assert local_association(lone, queen, rng=1).loc["R24", "quadrant"] == "low-high"
    assert local_association(-lone, queen, rng=1).loc["R24", "quadrant"] == "high-low"
    assert local_association(-values, queen, rng=1).loc["R08", "quadrant"] == "low-low"


def test_noise_is_rarely_significant_anywhere():
    found = [local_association(noise(WIDE, seed), WIDE, rng=seed)["significant"].any() for seed in range(20)]
    assert sum(found) <= 4


# --- islands, holes, ties


def test_islands_count_in_the_mean_and_are_never_tested():
    table = lattice(3, extra=[(10, 10), (20, 20)])
    graph = neighbour_graph(table)
    values = pd.Series([*np.arange(1.0, 11), 12], table.index)
    assert list(graph.isolates) == ["R09", "R10"]
    found = global_association(values, graph, rng=1)
    assert found.islands == ("R09", "R10") and found.n == 11
    z = values - values.mean()
    expected = 11 / 9 * (z * graph.transform("R").lag(z)).sum() / (z**2).sum()
    assert found.statistic == pytest.approx(expected)
    local = local_association(values, graph, rng=1)
    assert local.loc[["R09", "R10"], "quadrant"].tolist() == ["island"] * 2
    assert local.loc[["R09", "R10"], ["lag", "statistic", "z", "p", "p_adjusted", "significant"]].isna().all(axis=None)
    assert local.drop(["R09", "R10"]).notna().all(axis=None)
    # the false discovery rate is over the nine that were tested
    p = local["p"].drop(["R09", "R10"]).sort_values()
    assert local["p_adjusted"].min() == pytest.approx((p * 9 / np.arange(1, 10)).min())


def test_a_region_without_a_value_is_left_out_and_named():
    values = ONE_TO_NINE.where(ONE_TO_NINE != 5)
    with pytest.warns(UserWarning, match="region R04 has no value and is left out of the graph"):
        found = global_association(values, ROOK, rng=1)
    assert found.left_out == ("R04",) and found.n == 8
    smaller = neighbour_graph(SQUARES.drop("R04"), kind="rook")
    assert found._replace(left_out=()) == global_association(values.dropna(), smaller, rng=1)
    with pytest.warns(UserWarning, match="R04 has no value"):
        local = local_association(values, ROOK, rng=1)
    assert local.loc["R04", "quadrant"] == "missing" and local.loc["R04"].drop("quadrant").isna().all()
    pd.testing.assert_frame_equal(local.drop("R04"), local_association(values.dropna(), smaller, rng=1))


def test_a_part_of_the_graph_is_studied_alone():
    part = ONE_TO_NINE.iloc[:6]
    smaller = neighbour_graph(SQUARES.iloc[:6], kind="rook")
    assert global_association(part, ROOK, rng=1) == global_association(part, smaller, rng=1)


def test_equal_values_or_nobody_next_to_anybody_tell_nothing():
    for level in (0, 3, 1e-12):
        flat = ONE_TO_NINE * 0 + level
        found = global_association(flat, ROOK, rng=1)
        assert np.isnan([found.statistic, found.z, found.p]).all() and found.n == 9
        local = local_association(flat, ROOK, rng=1)
        assert local["statistic"].isna().all() and local["significant"].isna().all()
    apart = ONE_TO_NINE[["R00", "R02", "R06", "R08"]]
    assert np.isnan(global_association(apart, ROOK, statistic="getis_ord", rng=1).statistic)
    assert (local_association(apart, ROOK, rng=1)["quadrant"] == "island").all()


def test_a_region_exactly_at_the_mean_is_never_extreme():
    found = local_association(ONE_TO_NINE, ROOK, rng=1).loc["R04"]
    assert found["statistic"] == 0 and found["p"] == 1 and np.isnan(found["z"])


def test_ties_are_as_extreme_as_what_is_observed():
    """Two values only: many orders give the same statistic, and all of them count."""
    values = (ONE_TO_NINE > 4).astype(float) / 3
    found = local_association(values, ROOK, permutations=20_000, rng=1)
    # R08 and both its neighbours are high: 5 of 9, the others draw 2 of 8 with 4 high left
    assert found.loc["R08", "p"] == pytest.approx(2 * (4 * 3) / (8 * 7), abs=0.015)
    everything = pd.Series(0.0, SQUARES.index)
    everything["R00"] = 1
    found = local_association(everything, ROOK, statistic="getis_ord", rng=1)
    assert np.isnan(found.loc["R00", "statistic"]) and np.isnan(found.loc["R00", "p"])
    assert found.drop("R00")["p"].notna().all()


def test_too_few_permutations_to_pass_are_told():
    with pytest.warns(
        UserWarning, match=r"p is at least 0\.02: one region alone among 9 .* 359 permutations are needed"
    ):
        local_association(ONE_TO_NINE, ROOK, permutations=99)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        local_association(ONE_TO_NINE, ROOK, permutations=359)


# --- neighbours


def test_queens_meet_at_corners_and_rooks_at_sides():
    assert neighbours(ROOK)["R04"] == ["R01", "R03", "R05", "R07"]
    assert len(neighbours(neighbour_graph(SQUARES))["R04"]) == 8
    mixed = neighbour_graph(SQUARES.sample(frac=1, random_state=1), kind="rook")
    assert neighbours(mixed) == neighbours(ROOK)
    assert set(ROOK.adjacency) == {1}


def test_overlapping_regions_are_no_neighbours():
    table = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 1), box(0, 0, 1, 1), box(2, 0, 3, 1)], index=list("abc"), crs=3035)
    assert neighbours(neighbour_graph(table, kind="rook")) == {"a": ["c"], "b": [], "c": ["a"]}


def test_distances_are_kilometres_of_the_european_grid_and_include_the_limit():
    places = gpd.GeoDataFrame(
        geometry=[Point(4e6, 3e6), Point(4.015e6, 3e6), Point(4.1e6, 3e6)], index=list("abc"), crs=3035
    )
    exact = neighbour_graph(places, kind="distance", distance_km=15)
    assert neighbours(exact) == {"a": ["b"], "b": ["a"], "c": []}
    degrees = places.to_crs(4326)
    assert neighbours(neighbour_graph(degrees, kind="distance", distance_km=15.001)) == neighbours(exact)
    assert neighbours(neighbour_graph(degrees, kind="knn", k=1)) == {"a": ["b"], "b": ["a"], "c": ["b"]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "bishop"}, "kind 'bishop' is not available; available: queen, rook, knn, distance"),
        ({"kind": "knn"}, "kind 'knn' needs k"),
        ({"kind": "distance", "k": 2}, "kind 'distance' takes no k"),
        ({"kind": "rook", "distance_km": 2}, "kind 'rook' takes no distance_km"),
        ({"kind": "knn", "k": 9}, "k is 9; from 1 to 8 neighbours are possible"),
        ({"kind": "distance", "distance_km": 0}, "distance_km is 0; a distance above 0"),
    ],
)
def test_neighbour_graph_says_what_is_wrong(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        neighbour_graph(SQUARES, **options)


def test_boundaries_are_checked():
    with pytest.raises(TypeError, match="boundaries is a DataFrame"):
        neighbour_graph(pd.DataFrame())
    with pytest.raises(ValueError, match="region R00 occurs more than once in boundaries"):
        neighbour_graph(pd.concat([SQUARES, SQUARES.iloc[:1]]))
    holes = SQUARES.copy()
    holes.loc["R02", "geometry"] = None
    holes.loc["R03", "geometry"] = Polygon()
    with pytest.raises(ValueError, match="boundaries of region R02, R03 are empty"):
        neighbour_graph(holes)
    with pytest.raises(ValueError, match="no reference system"):
        neighbour_graph(SQUARES.set_crs(None, allow_override=True), kind="knn", k=1)


def test_alpine_regions_have_the_neighbours_that_maps_show():
    graph = neighbour_graph(datasets.boundaries(2))
    found = neighbours(graph)
    assert found["LI00"] == ["AT34", "CH05"]
    assert found["ITC4"] == ["CH05", "CH07", "ITC1", "ITH1", "ITH2", "ITH3", "ITH5"]
    assert found["ITH2"] == ["ITC4", "ITH1", "ITH3"]
    assert found["AT33"] == ["AT21", "AT32", "AT34", "CH05", "DE21", "DE27", "ITH1", "ITH3"]
    alpine = list(regions.perimeter("alpine_space_2014"))
    assert not set(alpine) & set(graph.isolates)
    assert {"MT00", "CY00", "ITG1"} <= set(graph.isolates)
    for region, around in found.items():
        assert all(region in found[other] for other in around)


# --- errors


@pytest.mark.parametrize("associate", [global_association, local_association])
def test_values_are_checked(associate):
    with pytest.raises(ValueError, match="graph has no region X; it has R00, R01"):
        associate(pd.concat([ONE_TO_NINE, pd.Series([1.0], ["X"])]), ROOK)
    with pytest.raises(ValueError, match="3 regions have a value; at least 4"):
        associate(ONE_TO_NINE.iloc[:3], ROOK)
    with pytest.raises(ValueError, match="values of region R02 is inf; finite numbers are needed"):
        associate(ONE_TO_NINE.replace(3, np.inf), ROOK)
    with pytest.raises(ValueError, match="values of region R02 is -3; a finite number, zero or more"):
        associate(ONE_TO_NINE.replace(3, -3), ROOK, statistic="getis_ord")
    with pytest.raises(ValueError, match="getis_ord is defined for weights 'binary' only"):
        associate(ONE_TO_NINE, ROOK, statistic="getis_ord", weights="row")
    with pytest.raises(ValueError, match="weights 'w' is not available; available: row, binary"):
        associate(ONE_TO_NINE, ROOK, weights="w")
    with pytest.raises(ValueError, match="statistic 'geary' is not available"):
        associate(ONE_TO_NINE, ROOK, statistic="geary")
    with pytest.raises(ValueError, match="permutations is 0; at least one"):
        associate(ONE_TO_NINE, ROOK, permutations=0)
    with pytest.raises(ValueError, match="region R00 occurs more than once in values"):
        associate(pd.concat([ONE_TO_NINE, ONE_TO_NINE.iloc[:1]]), ROOK)
    with pytest.raises(TypeError, match="values is a list"):
        associate([1, 2], ROOK)
    with pytest.raises(ValueError, match="values has dtype"):
        associate(ONE_TO_NINE.astype(str), ROOK)


def test_level_is_a_share():
    with pytest.raises(ValueError, match="level is 5; a share between 0 and 1"):
        local_association(ONE_TO_NINE, ROOK, level=5)
