"""Oracles: Miller & Blair (2009), Eurostat's manual (2008), tables of the packages decompr, iotables and pymrio."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from leather import LEATHER, NINE, X9, Y9, world_labels

from alpclusters_lib.value_chains import _tables
from alpclusters_lib.value_chains.input_output import (
    average_propagation_lengths,
    backward_linkages,
    check_balance,
    downstreamness,
    forward_linkages,
    ghosh_inverse,
    global_value_chain_participation,
    hypothetical_extraction,
    leontief_inverse,
    multipliers,
    output_loss,
    technical_coefficients,
    upstreamness,
    vertical_specialisation,
)

QUICK = settings(max_examples=20, deadline=None, derandomize=True)
FEW = settings(QUICK, max_examples=12)
KINDS = ["full", "backward", "forward"]
MEASURES = [
    technical_coefficients,
    ghosh_inverse,
    backward_linkages,
    forward_linkages,
    upstreamness,
    downstreamness,
    average_propagation_lengths,
    hypothetical_extraction,
]


def digits(printed):
    """Match all printed digits: half a unit of the last one."""
    shown = np.array([len(str(number).partition(".")[2]) for number in np.ravel(printed)]).max()
    return pytest.approx(np.array(printed, dtype=float), abs=0.5001 * 10.0**-shown, rel=0)


def labelled(values, labels=None):
    labels = pd.Index(labels or [f"C{number}" for number in range(len(values))], name="sector")
    return pd.DataFrame(np.asarray(values, dtype=float), labels, labels)


def outputs(values, like):
    return pd.Series(np.asarray(values, dtype=float), like.index, name="output")


# Miller & Blair (2009), table 2.3
Z2 = labelled([[150, 500], [200, 100]], ["i", "j"])
X2 = outputs([1000, 2000], Z2)

# Miller & Blair (2009), ch. 3: two regions, three and two sectors
TWO = pd.MultiIndex.from_tuples([("r", 1), ("r", 2), ("r", 3), ("s", 1), ("s", 2)], names=["region", "sector"])
Z5 = pd.DataFrame(
    [[150, 500, 50, 25, 75], [200, 100, 400, 200, 100], [300, 500, 50, 60, 40], [75, 100, 60, 200, 250],
     [50, 25, 25, 150, 100]], TWO, TWO,
)  # fmt: skip
X5 = pd.Series([1000, 2000, 1000, 1200, 800], TWO)
F5 = pd.Series([200, 1000, 50, 515, 450], TWO)

# Eurostat (2008), Manual of Supply, Use and Input-Output Tables: Germany 1990, as in the R package iotables
SIX = ["agriculture", "industry", "construction", "trade", "business services", "other services"]
GERMANY = labelled(
    [[1131, 25480, 1, 607, 710, 762], [7930, 304584, 64167, 41082, 11981, 30360], [426, 7334, 3875, 5296, 23457, 9155],
     [3559, 72717, 14190, 74399, 10835, 21008], [3637, 96115, 31027, 65755, 193176, 34223],
     [1552, 14986, 1747, 11225, 15058, 22070]], SIX,
)  # fmt: skip
X_GERMANY = outputs([43910, 1079446, 245606, 540063, 692487, 508918], GERMANY)
GVA = outputs([21664, 395022, 115624, 311407, 415426, 365017], GERMANY)
JOBS = outputs([1096, 8381, 3236, 9251, 4258, 10206], GERMANY)

# Netherlands 2000, same package
NETHERLANDS = labelled(
    [[2731, 3, 8260, 36, 59, 615], [4, 282, 2013, 3979, 188, 60], [3322, 291, 40218, 480, 8004, 16999],
     [983, 53, 2400, 4395, 85, 3458], [121, 70, 565, 135, 14103, 9509], [2884, 1078, 28400, 1404, 9339, 106994]]
)  # fmt: skip
X_NETHERLANDS = outputs([21863, 12292, 210900, 18249, 60244, 435953], NETHERLANDS)
WAGES = outputs([2336, 520, 35083, 1629, 14339, 151784], NETHERLANDS)


@st.composite
def tables(draw, least=1):
    """A table whose sectors sell less to each other than they put out; some flows are 0."""
    size = draw(st.integers(least, 5))
    Z = labelled(draw(arrays(float, (size, size), elements=st.integers(0, 100).map(float))))
    f = draw(arrays(float, size, elements=st.integers(1, 100).map(float)))
    return Z, outputs(Z.sum(axis=1) + f, Z)


@st.composite
def worlds(draw):
    countries, industries = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    labels = world_labels([f"K{k}" for k in range(countries)], [f"c{k}" for k in range(industries)])
    cells = st.integers(0, 100).map(float)
    Z = pd.DataFrame(draw(arrays(float, (len(labels), len(labels)), elements=cells)), labels, labels)
    Y = draw(arrays(float, (len(labels), countries), elements=st.integers(1, 100).map(float)))
    Y = pd.DataFrame(Y, labels, labels.unique(level="country"))
    return Z, Y, Z.sum(axis=1) + Y.sum(axis=1)


def shuffled(labels, random):
    return random.sample(list(labels), len(labels))


# --- published numbers


def test_two_sectors_of_miller_and_blair():
    """Table 2.3 and the new final demand (600, 1500) after it; the rest of the figures by hand."""
    A = technical_coefficients(Z2, X2)
    assert A.to_numpy() == digits([[0.15, 0.25], [0.20, 0.05]])
    assert leontief_inverse(A).to_numpy() == digits([[1.25412541, 0.33003300], [0.26402640, 1.12211221]])
    assert ghosh_inverse(Z2, X2).to_numpy() == digits([[1.25413, 0.66007], [0.13201, 1.12211]])
    change = output_loss(Z2, X2, pd.Series({"i": 600, "j": 1500}) - pd.Series({"i": 350, "j": 1700}))
    assert (X2 + change).tolist() == digits([1247.52475, 1841.58416])
    assert ((X2 + change) * [0.30, 0.25]).round(2).tolist() == [374.26, 460.40]


def test_linkages_of_miller_and_blair():
    assert backward_linkages(Z2, X2).tolist() == digits([1.51815, 1.45215])
    assert backward_linkages(Z2, X2, normalised=True).tolist() == digits([1.02222, 0.97778])
    assert forward_linkages(Z2, X2).tolist() == digits([1.91419, 1.25413])
    assert forward_linkages(Z2, X2, normalised=True).tolist() == digits([1.20833, 0.79167])
    assert forward_linkages(Z2, X2, kind="leontief").tolist() == digits([1.58416, 1.38614])
    assert forward_linkages(Z2, X2, kind="leontief", normalised=True).tolist() == digits([1.06667, 0.93333])
    assert average_propagation_lengths(Z2, X2).to_numpy() == digits([[1.59702, 1.37624], [1.37624, 1.83570]])


@pytest.mark.parametrize(
    ("kind", "losses"),
    [("full", [1210.526, 2588.235]), ("backward", [413.158, 805.882]), ("forward", [728.947, 452.941])],
)
def test_extraction_of_miller_and_blair(kind, losses):
    found = hypothetical_extraction(Z2, X2, kind=kind)
    assert found["total"].tolist() == digits(losses)
    if kind == "full":
        assert (found["total"] / 3000 * 100).tolist() == digits([40.351, 86.275])
        assert found["elsewhere"].tolist() == pytest.approx((found["total"] - X2).tolist())


def test_two_regions_of_miller_and_blair():
    """Ch. 3: the interregional inverse, its sums within a region, and the feedback between regions."""
    assert (X5 - Z5.sum(axis=1)).tolist() == F5.tolist()
    L = leontief_inverse(technical_coefficients(Z5, X5))
    assert L.iloc[:, 0].tolist() == digits([1.42341, 0.63461, 0.63829, 0.26719, 0.14681])
    assert backward_linkages(Z5, X5).tolist() == digits([3.11032, 2.71660, 2.58777, 2.40711, 2.87174])
    within = [L.loc[region, region].sum() for region in ("r", "s")]
    assert within[0].tolist() == digits([2.69631, 2.42576, 2.29784])
    assert within[1].tolist() == digits([1.55607, 1.80107])
    shock = pd.Series({("r", 1): 100.0})
    assert output_loss(Z5, X5, shock).tolist() == digits([142.341, 63.461, 63.829, 26.719, 14.681])
    alone = output_loss(Z5.loc["r", "r"], X5["r"], pd.Series({1: 100.0}))
    assert alone.tolist() == digits([136.509, 52.732, 56.985])


def test_germany_1990_of_the_eurostat_manual():
    assert backward_linkages(GERMANY, X_GERMANY).tolist() == digits([1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782])
    L = leontief_inverse(technical_coefficients(GERMANY, X_GERMANY))
    assert np.diag(L)[:3] == digits([1.0339, 1.4292, 1.0289])
    G = ghosh_inverse(GERMANY, X_GERMANY)
    assert G["agriculture"].tolist() == digits([1.0339, 0.0118, 0.0037, 0.0103, 0.0117, 0.0043])
    # the manual prints 1.6691 for industry, with two digits in each other's place
    forward = forward_linkages(GERMANY, X_GERMANY)
    assert forward.tolist() == digits([2.1126, 1.6910, 1.3558, 1.5848, 2.1037, 1.2106])
    by_output = pd.DataFrame({"gva": GVA / X_GERMANY, "jobs": JOBS / X_GERMANY}).T
    found = multipliers(GERMANY, X_GERMANY, by_output)
    assert found.loc["gva"].tolist() == digits([0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199])
    assert found.loc["jobs"].tolist() == digits([0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242])


def test_netherlands_2000_income_multipliers():
    """The R package iotables prints the ratio kind; the simple kind by hand."""
    by_output = WAGES / X_NETHERLANDS
    ratio = multipliers(NETHERLANDS, X_NETHERLANDS, by_output, kind="ratio")
    assert ratio.tolist() == digits([2.466, 2.333, 1.840, 2.372, 1.953, 1.417])
    simple = multipliers(NETHERLANDS, X_NETHERLANDS, by_output)
    assert simple.tolist() == digits([0.2635, 0.0987, 0.3061, 0.2118, 0.4649, 0.4934])


def test_small_world_of_pymrio():
    """pymrio, tests/test_math.py."""
    rows = [[10, 5, 1, 6, 5, 7], [0, 2, 0, 0, 5, 3], [10, 3, 20, 4, 2, 0]]
    rows += [[5, 0, 0, 1, 10, 9], [0, 10, 1, 0, 20, 1], [5, 0, 0, 1, 10, 10]]
    Z = labelled(rows)
    L = leontief_inverse(technical_coefficients(Z, outputs([51, 15, 58, 50, 52, 39], Z))).to_numpy()
    expected = [1.3387146304736708, 1.9545285794951548, 1.4849251515157111]
    assert [L[0, 0], L[4, 4], L[5, 5]] == pytest.approx(expected, rel=1e-13)


def test_value_added_in_exports_of_the_leather_table():
    """R package decompr, tests: diag(v) L diag(E), diag(v) L diag(x) and diag(v) L Y."""
    A = technical_coefficients(LEATHER, X9)
    L, v = leontief_inverse(A).to_numpy(), 1 - A.sum()
    country = NINE.get_level_values("country")
    home = pd.DataFrame({name: country == name for name in Y9.columns}, NINE)
    exports = Y9.mask(home, 0).sum(axis=1) + LEATHER.mask(home[country].to_numpy(), 0).sum(axis=1)
    content = v.to_numpy()[:, None] * L
    assert (content * exports.to_numpy())[[0, 8], [0, 8]] == pytest.approx(
        np.array([28.52278, 34.74381]), abs=1e-5
    )  # the last digit is cut off
    assert (content * X9.to_numpy())[[0, 8], [0, 8]] == digits([66.75362, 96.78317])
    assert (content @ Y9.to_numpy())[0, 0] == digits(24.33458)


def test_participation_of_the_leather_table():
    """Borin & Mancini (2019) and Koopman, Wang & Wei (2014) on decompr's table, by hand."""
    found = global_value_chain_participation(LEATHER, Y9, X9)
    assert found.index.tolist() == ["Argentina", "Turkey", "Germany"] and found.index.name == "country"
    assert found.columns.tolist() == ["exports", "davax", "backward", "forward", "gvc"]
    assert found["exports"].tolist() == digits([64.3, 113.6, 147.6])
    assert found["davax"].tolist() == digits([34.7988, 65.5036, 89.3169])
    assert (found["exports"] * (1 - found["backward"])).tolist() == digits([52.8176, 89.8248, 106.8424])
    assert found["gvc"].tolist() == digits([0.45881, 0.42338, 0.39487])
    assert found["backward"].tolist() == digits([0.17858, 0.20929, 0.27614])
    assert found["forward"].tolist() == digits([0.28023, 0.21410, 0.11874])
    apart = vertical_specialisation(LEATHER, Y9, X9)
    assert apart["vs"].tolist() == digits([0.16501, 0.18608, 0.24600])
    assert apart["vs1"].tolist() == digits([0.33647, 0.23856, 0.13091])


def test_positions_of_the_leather_table():
    up = [2.0984, 2.17686, 1.63112, 2.1071, 2.18016, 1.83925, 1.98959, 2.10177, 1.75875]
    down = [1.5654, 1.77699, 2.43322, 1.72692, 1.94274, 2.50476, 1.73589, 2.0622, 2.39412]
    U, D = upstreamness(LEATHER, X9), downstreamness(LEATHER, X9)
    assert U.tolist() == digits(up)
    assert D.tolist() == digits(down)
    assert U @ (X9 - LEATHER.sum()) == digits(936.6)
    assert D @ Y9.sum(axis=1) == digits(936.6)


# --- identities


@QUICK
@given(tables())
def test_inverses_are_sums_of_rounds_and_of_each_other(table):
    Z, x = table
    A = technical_coefficients(Z, x)
    L, G = leontief_inverse(A), ghosh_inverse(Z, x)
    rounds, power = np.eye(len(A)), np.eye(len(A))
    while power.max() > 1e-14:
        power = power @ A.to_numpy()
        rounds = rounds + power
    np.testing.assert_allclose(L, rounds, rtol=1e-9, atol=1e-11)
    assert (L.to_numpy() >= 0).all() and (np.diag(L) >= 1).all()
    np.testing.assert_allclose(G, L.mul(x, axis=1).div(x, axis=0), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(L @ (x - Z.sum(axis=1)), x)
    np.testing.assert_allclose((x - Z.sum()) @ G, x)


@QUICK
@given(tables())
def test_sums_of_the_inverses_need_no_inverse(table):
    Z, x = table
    L, G = leontief_inverse(technical_coefficients(Z, x)), ghosh_inverse(Z, x)
    np.testing.assert_allclose(backward_linkages(Z, x), L.sum())
    np.testing.assert_allclose(downstreamness(Z, x), L.sum())
    np.testing.assert_allclose(forward_linkages(Z, x), G.sum(axis=1))
    np.testing.assert_allclose(upstreamness(Z, x), G.sum(axis=1))
    np.testing.assert_allclose(forward_linkages(Z, x, kind="leontief"), L.sum(axis=1))
    for measure in (backward_linkages, forward_linkages):
        assert measure(Z, x, normalised=True).mean() == pytest.approx(1)


@QUICK
@given(tables())
def test_value_added_times_upstreamness_is_demand_times_downstreamness_is_output(table):
    Z, x = table
    assert (x - Z.sum()) @ upstreamness(Z, x) == pytest.approx(x.sum())
    assert (x - Z.sum(axis=1)) @ downstreamness(Z, x) == pytest.approx(x.sum())


@QUICK
@given(tables())
def test_value_added_multipliers_are_one_in_a_closed_table(table):
    Z, x = table
    v = 1 - Z.sum() / x
    np.testing.assert_allclose(multipliers(Z, x, v), 1)
    both = multipliers(Z, x, pd.DataFrame([v, 2 * v], ["v", "twice"]))
    np.testing.assert_allclose(both.loc["twice"], 2)
    assert both.columns.equals(Z.index)


@QUICK
@given(tables(least=2), st.data())
def test_shocks_add_up_and_none_loses_nothing(table, data):
    Z, x = table
    amounts = arrays(float, len(x), elements=st.integers(0, 50).map(float))
    one, other = (outputs(data.draw(amounts), Z) for _ in range(2))
    together = output_loss(Z, x, one + other)
    np.testing.assert_allclose(together, output_loss(Z, x, one) + output_loss(Z, x, other), atol=1e-9)
    np.testing.assert_allclose(output_loss(Z, x, x - Z.sum(axis=1)), x)
    assert (output_loss(Z, x, one * 0) == 0).all()
    pd.testing.assert_series_equal(output_loss(Z, x, one[one > 0]), output_loss(Z, x, one))


def reinverted(Z, x, inside, kind):
    """Output by sector after taking sectors out, from a system solved anew."""
    A, B = (Z / x).to_numpy(), Z.div(x, axis=0).to_numpy()
    f, v, size = (x - Z.sum(axis=1)).to_numpy(), (x - Z.sum()).to_numpy(), len(x)
    if kind == "full":
        left = np.zeros(size)
        left[~inside] = np.linalg.solve(np.eye((~inside).sum()) - A[np.ix_(~inside, ~inside)], f[~inside])
        return left
    if kind == "backward":
        return np.linalg.solve(np.eye(size) - np.where(inside, 0, A), f)
    return np.linalg.solve((np.eye(size) - np.where(inside[:, None], 0, B)).T, v)


@QUICK
@given(tables(), st.sampled_from(KINDS))
def test_extraction_by_the_closed_form_is_that_of_inverting_again(table, kind):
    Z, x = table
    found = hypothetical_extraction(Z, x, kind=kind)
    for sector in Z.index:
        inside = Z.index == sector
        loss = x.to_numpy() - reinverted(Z, x, inside, kind)
        assert found.loc[sector, "total"] == pytest.approx(loss.sum(), rel=1e-9, abs=1e-7)
        assert found.loc[sector, "elsewhere"] == pytest.approx(loss[~inside].sum(), rel=1e-9, abs=1e-7)
    assert (found["total"] >= found["elsewhere"] - 1e-9).all() and (found["elsewhere"] >= 0).all()


@QUICK
@given(tables(least=2), st.sampled_from(KINDS), st.data())
def test_extraction_of_groups_is_that_of_inverting_again(table, kind, data):
    Z, x = table
    groups = pd.Series(data.draw(st.lists(st.sampled_from("abc"), min_size=len(x), max_size=len(x))), Z.index)
    found = hypothetical_extraction(Z, x, groups=groups, kind=kind)
    assert found.index.tolist() == groups.unique().tolist()
    for group, row in found.iterrows():
        inside = (groups == group).to_numpy()
        loss = x.to_numpy() - reinverted(Z, x, inside, kind)
        assert row["total"] == pytest.approx(loss.sum(), rel=1e-9, abs=1e-7)
        assert row["elsewhere"] == pytest.approx(loss[~inside].sum(), rel=1e-9, abs=1e-7)
    each = pd.Series(Z.index, Z.index, name="sector")
    pd.testing.assert_frame_equal(
        hypothetical_extraction(Z, x, groups=each, kind=kind), hypothetical_extraction(Z, x, kind=kind), atol=1e-7
    )


@QUICK
@given(worlds())
def test_backward_and_forward_are_all_of_participation(world):
    found = global_value_chain_participation(*world)
    assert (found["backward"] + found["forward"] == found["gvc"]).all()
    np.testing.assert_allclose(found["gvc"], 1 - found["davax"] / found["exports"], atol=1e-12)
    Z, _, x = world
    if (Z.sum() <= x).all():
        # with value added of zero or more everywhere both are shares
        assert (found[["backward", "forward"]] >= -1e-12).all(axis=None) and (found["gvc"] <= 1 + 1e-12).all()


@FEW
@given(worlds())
def test_participation_by_the_formulas_of_the_inverse(world):
    Z, Y, x = world
    A = technical_coefficients(Z, x)
    L, v = leontief_inverse(A), 1 - A.sum()
    gvc, kww = global_value_chain_participation(*world), vertical_specialisation(*world)
    countries = Y.columns
    local = {s: np.linalg.inv(np.eye(len(A.loc[s])) - A.loc[s, s]) for s in countries}
    exports = {
        s: Z.loc[s].drop(columns=s, level=0).sum(axis=1) + Y.loc[s].drop(columns=s).sum(axis=1) for s in countries
    }
    for s in countries:
        weights, total, others = v[s].to_numpy() @ local[s], exports[s].sum(), countries.drop(s)
        absorbed = [Y.loc[s, r] + A.loc[s, r].to_numpy() @ local[r] @ Y.loc[r, r].to_numpy() for r in others]
        assert gvc.loc[s, "davax"] == pytest.approx(weights @ sum(absorbed))
        assert gvc.loc[s, "backward"] == pytest.approx(1 - weights @ exports[s] / total, abs=1e-9)
        vs = sum(v[r].to_numpy() @ L.loc[r, s].to_numpy() @ exports[s].to_numpy() for r in others)
        vs1 = sum(v[s].to_numpy() @ L.loc[s, r].to_numpy() @ exports[r].to_numpy() for r in others)
        assert kww.loc[s].tolist() == pytest.approx([vs / total, vs1 / total])


# --- labels


@QUICK
@given(tables(least=2), st.randoms(use_true_random=False))
def test_labels_decide_and_not_positions(table, random):
    Z, x = table
    kept = Z.copy(), x.copy()
    moved = Z.loc[shuffled(Z.index, random), shuffled(Z.index, random)], x[shuffled(x.index, random)]
    for measure in MEASURES:
        expected, found = measure(Z, x), measure(*moved)
        assert found.index.equals(moved[0].index)
        found = found.loc[Z.index]
        if expected.ndim == 1:
            pd.testing.assert_series_equal(found, expected)
        else:
            assert measure is hypothetical_extraction or found.columns.equals(moved[0].index)
            pd.testing.assert_frame_equal(found[expected.columns], expected)
    shock = x.rename("shock")
    pd.testing.assert_series_equal(
        output_loss(*moved, shock)[Z.index], output_loss(Z, x, shock[shuffled(x.index, random)])
    )
    pd.testing.assert_frame_equal(Z, kept[0])
    pd.testing.assert_series_equal(x, kept[1])


@FEW
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_countries_and_uses_does_not_matter(world, random):
    Z, Y, x = world
    order = shuffled(Z.index, random)
    moved = Z.loc[order, shuffled(Z.index, random)], Y[shuffled(Y.columns, random)], x[shuffled(x.index, random)]
    halves = pd.concat({"household": Y / 4, "government": Y * 3 / 4}, axis=1).swaplevel(axis=1)
    for measure in (global_value_chain_participation, vertical_specialisation):
        expected = measure(Z, Y, x)
        pd.testing.assert_frame_equal(measure(*moved).loc[expected.index], expected)
        pd.testing.assert_frame_equal(measure(Z, halves, x), expected)


def test_names_of_labels_are_kept():
    Z = Z5.rename_axis(columns=["user_region", "user"])
    for measure in (technical_coefficients, ghosh_inverse, average_propagation_lengths):
        found = measure(Z, X5)
        assert list(found.index.names) == ["region", "sector"]
        assert list(found.columns.names) == ["user_region", "user"]
    L = leontief_inverse(technical_coefficients(Z, X5))
    assert list(L.index.names) == ["region", "sector"] and list(L.columns.names) == ["user_region", "user"]
    by_region = hypothetical_extraction(Z5, X5, groups="region")
    assert by_region.index.tolist() == ["r", "s"] and by_region.index.name == "region"
    named = hypothetical_extraction(Z5, X5, groups=pd.Series({("s", 1): "a", ("r", 2): "a"}, name="chain"))
    assert named.index.tolist() == ["a"] and named.index.name == "chain"


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_units_of_money_do_not_matter(scale):
    for measure in MEASURES:
        expected, found = measure(LEATHER, X9), measure(LEATHER * scale, X9 * scale)
        if measure is hypothetical_extraction:
            expected = expected * scale
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    for measure in (global_value_chain_participation, vertical_specialisation):
        found = measure(LEATHER * scale, Y9 * scale, X9 * scale).iloc[:, -1]
        np.testing.assert_allclose(found, measure(LEATHER, Y9, X9).iloc[:, -1], rtol=1e-12)


# --- edges


def idle(Z=Z2, x=X2):
    """The table with a sector that has neither flows nor output."""
    Z = Z.reindex(index=[*Z.index, "k"], columns=[*Z.columns, "k"], fill_value=0.0)
    return Z, x.reindex(Z.index, fill_value=0.0)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_sector_without_output_moves_no_other(measure):
    with pytest.warns(UserWarning, match=r"^x of sector k is 0: coefficients are 0 there$") as told:
        found = measure(*idle())
    assert len(told) == 1 and told[0].filename == __file__
    expected = measure(Z2, X2)
    inner = (
        found.loc[["i", "j"], ["i", "j"]] if measure is not hypothetical_extraction and found.ndim == 2 else found[:2]
    )
    np.testing.assert_allclose(inner, expected)


@pytest.mark.filterwarnings("ignore:x of sector k is 0")
def test_figures_of_a_sector_without_output():
    Z, x = idle()
    assert (technical_coefficients(Z, x)["k"] == 0).all()
    assert (
        ghosh_inverse(Z, x).loc["k"].tolist()
        == leontief_inverse(technical_coefficients(Z, x))["k"].tolist()
        == [0, 0, 1]
    )
    assert backward_linkages(Z, x)["k"] == forward_linkages(Z, x)["k"] == upstreamness(Z, x)["k"] == 1
    assert average_propagation_lengths(Z, x)["k"].isna().all()
    for kind in KINDS:
        assert hypothetical_extraction(Z, x, kind=kind).loc["k"].tolist() == [0, 0]
    assert output_loss(Z, x, pd.Series({"k": 5.0})).tolist() == [0, 0, 5]


@pytest.mark.parametrize("cell", [("i", "k"), ("k", "i"), ("k", "k")])
def test_flows_without_output_are_refused(cell):
    Z, x = idle()
    Z.loc[cell] = 1
    with pytest.raises(ValueError, match=r"^x of sector k is 0 and Z has flows there; a figure above 0, or"):
        backward_linkages(Z, x)


def test_one_sector():
    Z, x = labelled([[20]]), pd.Series({"C0": 100})
    assert leontief_inverse(technical_coefficients(Z, x)).to_numpy() == pytest.approx(1.25)
    assert hypothetical_extraction(Z, x).loc["C0"].tolist() == pytest.approx([100, 0])
    assert hypothetical_extraction(Z, x, kind="backward").loc["C0"].tolist() == pytest.approx([20, 0])
    assert average_propagation_lengths(Z, x).to_numpy() == pytest.approx(1.25)


def test_propagation_lengths_are_missing_where_no_chain_leads():
    Z = labelled([[0, 10, 0, 0], [0, 0, 10, 0], [0, 0, 0, 0], [1e-9, 0, 0, 1e-9]])
    found = average_propagation_lengths(Z, outputs([100] * 4, Z)).to_numpy()
    expected = np.full((4, 4), np.nan)
    expected[0, 1:3], expected[1, 2], expected[3] = [1, 2], 1, [1, 2, 3, 1]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_ratio_of_a_coefficient_of_0_is_missing_alone():
    found = multipliers(Z2, X2, pd.Series({"i": 0.0, "j": 0.25}), kind="ratio")
    assert found.isna().tolist() == [True, False]
    assert found["j"] == pytest.approx(1.12211221)


def test_upstreamness_of_an_open_economy():
    """By hand: what is used at home is 800 and 1500, B* = [[.1875, .625], [.1333, .0667]]."""
    exports = pd.Series({"j": 400.0, "i": 250.0})
    stocks, imports = pd.Series({"i": -50.0, "j": 150.0}), pd.Series({"i": 0.0, "j": 50.0})
    found = upstreamness(Z2, X2, inventories=stocks, exports=exports, imports=imports)
    assert found.tolist() == pytest.approx([(14 / 15 + 0.625) / 0.675, (0.8125 + 2 / 15) / 0.675])
    assert upstreamness(Z2, X2, inventories=stocks * 0, exports=exports * 0).tolist() == digits([1.91419, 1.25413])
    with pytest.raises(ValueError, match="x − inventories − exports \\+ imports of sector i is -250"):
        upstreamness(Z2, X2, exports=exports * 5)
    with pytest.raises(ValueError, match="imports of sector i is 0 and Z has flows there"):
        upstreamness(Z2, X2, exports=exports * 4)
    with pytest.raises(ValueError, match=r"I − B is singular .* sales to industries of sector i are 2.6 of its output"):
        upstreamness(Z2, X2, exports=exports * 3)


def test_extraction_inverts_once(monkeypatch):
    calls, inverted = [], _tables.inverted
    monkeypatch.setattr(_tables, "inverted", lambda *given: calls.append(given[0].shape) or inverted(*given))
    monkeypatch.setattr(np.linalg, "solve", lambda a, b: calls.append(a.shape) or np.linalg.inv(a) @ b)
    hypothetical_extraction(LEATHER, X9)
    assert calls == [(9, 9)]
    hypothetical_extraction(LEATHER, X9, groups="country")
    assert calls[1:] == [(9, 9), (3, 3), (3, 3), (3, 3)]


def test_a_large_table_is_inverted_as_a_small_one_is():
    rng = np.random.default_rng(7)
    size = 2 * _tables._HALF + 1
    cells = np.where(rng.random((size, size)) < 0.05, rng.random((size, size)), 0)
    # the last hundred sell to nobody before them, so that their rows hold zeros there
    cells[-100:, :-100] = 0
    # inputs of some exceed their output, and yet all can be produced
    A = labelled(cells / cells.sum(axis=0) * np.where(np.arange(size) % 50, 0.7, 1.05))
    L = leontief_inverse(A).to_numpy()
    np.testing.assert_allclose(L @ (np.eye(size) - A.to_numpy()), np.eye(size), atol=1e-12)
    assert (L[-100:, :-100] == 0).all() and not np.signbit(L).any() and (np.diag(L) >= 1).all()
    for start in (0, size // 2, size - 3):
        closed = A.copy()
        closed.iloc[:, start : start + 3] = 0.0
        closed.iloc[start : start + 3, start : start + 3] = 1 / 3
        with pytest.raises(ValueError, match=f"I − A is singular .* sector C{start}"):
            leontief_inverse(closed.mul(np.where(closed.sum() > 1, 0.9, 1), axis=1))


def test_a_group_of_everything_loses_all_or_all_but_final_demand():
    everything = pd.Series("all", Z2.index)
    losses = {kind: hypothetical_extraction(Z2, X2, groups=everything, kind=kind).loc["all"] for kind in KINDS}
    assert losses["full"].tolist() == pytest.approx([3000, 0])
    assert losses["backward"].tolist() == pytest.approx([950, 0])
    assert losses["forward"].tolist() == pytest.approx([950, 0])


def test_a_fall_beyond_final_demand_is_told():
    with pytest.warns(UserWarning, match=r"^the shock takes output of sector i below 0: it exceeds") as told:
        found = output_loss(Z2, X2, pd.Series({"i": -900.0}))
    assert found["i"] < -1000 and told[0].filename == __file__


# --- balance


def test_balance_names_what_is_off_the_farthest_first():
    final = pd.DataFrame({"use": [350, 1700.0], "stocks": [-10.0, 5]}, Z2.index)
    with pytest.warns(UserWarning) as told:
        found = check_balance(Z2, final, X2)
    assert [str(one.message) for one in told] == [
        "uses of sector i (-1.00%) differ from its output by more than 0.5%",
        "final demand of sector i holds negative figures",
    ]
    assert {one.filename for one in told} == {__file__}
    assert found["difference"].tolist() == [-10, 5]
    assert found["difference_share"].tolist() == [-0.01, 0.0025]
    assert found["negative_final"].tolist() == [-10, 0]
    with pytest.warns(UserWarning, match=r"uses of sector j \(\+15.00%\), i \(\+10.00%\) differ"):
        check_balance(Z2, pd.Series({"j": 2000, "i": 450}), X2)


def test_a_balanced_table_is_silent(recwarn):
    assert (check_balance(Z5, F5[::-1], X5)["difference"] == 0).all()
    assert check_balance(GERMANY, X_GERMANY - GERMANY.sum(axis=1), X_GERMANY)["difference_share"].abs().max() < 1e-12
    assert not recwarn.list
    # output 0 and uses of 0 balance; uses without output are off without limit
    Z, x = idle()
    assert check_balance(Z, x - Z.sum(axis=1), x).loc["k", "difference_share"] == 0
    with pytest.warns(UserWarning, match=r"uses of sector k \(no output\) differ"):
        assert check_balance(Z, (x - Z.sum(axis=1)).where(x > 0, 1), x).loc["k", "difference_share"] == np.inf


def test_participation_tells_small_differences_and_refuses_large_ones():
    x = X9.copy()
    x.iloc[2] *= 1.02
    for measure in (global_value_chain_participation, vertical_specialisation):
        with pytest.warns(UserWarning, match="uses of sector Argentina transport \\(-1.96%\\)") as told:
            measure(LEATHER, Y9, x)
        assert told[0].filename == __file__
        with pytest.raises(ValueError, match=r"^Z, Y and x are not of one table: uses of sector .* in all; at most 1%"):
            measure(LEATHER, Y9 * 1.1, X9)


def test_participation_of_a_country_without_exports_is_missing():
    Z, Y = LEATHER.copy(), Y9.copy()
    Z.loc["Argentina", ["Turkey", "Germany"]] = 0
    Y.loc["Argentina", ["Turkey", "Germany"]] = 0
    x = Z.sum(axis=1) + Y.sum(axis=1)
    found = global_value_chain_participation(Z, Y, x)
    assert found.loc["Argentina", ["exports", "davax"]].tolist() == [0, 0]
    assert found.loc["Argentina", ["backward", "forward", "gvc"]].isna().all()
    assert found.drop("Argentina").notna().all(axis=None)
    assert vertical_specialisation(Z, Y, x).isna().all(axis=1).tolist() == [True, False, False]


def test_countries_of_a_world_that_trades_final_goods_only_have_no_value_chains():
    country = NINE.get_level_values("country").to_numpy()
    Z = LEATHER.where(country[:, None] == country, 0)
    found = global_value_chain_participation(Z, Y9, Z.sum(axis=1) + Y9.sum(axis=1))
    np.testing.assert_allclose(found[["backward", "forward", "gvc"]], 0, atol=1e-12)
    np.testing.assert_allclose(found["davax"], found["exports"])


def test_destinations_are_the_countries_of_the_table():
    with pytest.raises(ValueError, match="Y lacks the destination Turkey; countries of Z are Argentina, Turkey, Germ"):
        global_value_chain_participation(LEATHER, Y9.drop(columns="Turkey").assign(Argentina=X9), X9 * 0 + 1e9)
    swiss = Y9.assign(CHE=0.0)
    with pytest.raises(ValueError, match="Y names the destination CHE; countries of Z are"):
        vertical_specialisation(LEATHER, swiss, X9)
    with pytest.raises(ValueError, match=r"the index of Z is by sector alone; \(country, industry\) is needed"):
        global_value_chain_participation(Z2, X2 - Z2.sum(axis=1), X2)


# --- what is refused


@pytest.mark.parametrize(
    ("Z", "x", "error", "sentence"),
    [
        (Z2.to_numpy(), X2, TypeError, "Z is a ndarray; a DataFrame with sectors as rows and columns is needed"),
        (Z2, X2.to_numpy(), TypeError, "x is a ndarray; a Series by sector is needed"),
        (Z2.iloc[:0, :0], X2[:0], ValueError, "Z has no sectors"),
        (Z2.iloc[:, :1], X2, ValueError, "sector j is missing in the columns of Z; its rows have i, j"),
        (Z2.rename(columns={"j": "k"}), X2, ValueError, "sector j is missing in the columns of Z"),
        (Z2.assign(k=0.0), X2, ValueError, "sector k of the columns of Z is unknown; its rows have i, j"),
        (Z2, X2[:1], ValueError, "sector j is missing in x; Z has i, j"),
        (Z2, pd.concat([X2, pd.Series({"k": 1.0})]), ValueError, "sector k of x is unknown; Z has i, j"),
        (Z2.set_axis(["i", "i"]), X2, ValueError, "label i occurs more than once in the rows of Z"),
        (Z2, X2.set_axis(["i", "i"]), ValueError, "label i occurs more than once in x"),
        (Z2.set_axis(["i", None]), X2, ValueError, "a label is missing in the rows of Z"),
        (Z2.replace(500, np.nan), X2, ValueError, "Z of i to j is nan; a number is needed"),
        (Z2.replace(200, np.inf), X2, ValueError, "Z of j to i is inf"),
        (Z2.replace(200, -1), X2, ValueError, "Z from j to i is -1; zero or more is needed"),
        (Z2.astype(object), X2, ValueError, "Z to i has dtype object; numbers are needed"),
        (Z2, X2.replace(2000, np.nan), ValueError, "x of sector j is nan; a number is needed"),
        (Z2, X2.replace(2000, -5), ValueError, "x of sector j is -5; an output of zero or more is needed"),
        (Z2, X2.astype(str), ValueError, "x has dtype str"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(Z, x, error, sentence):
    for measure in (technical_coefficients, backward_linkages, hypothetical_extraction):
        with pytest.raises(error, match=sentence):
            measure(Z, x)


def test_the_largest_column_of_a_singular_table_is_named():
    Z = labelled([[50, 60], [50, 40]])
    x = outputs([100, 100], Z)
    with pytest.raises(
        ValueError, match=r"I − A is singular .* inputs of sector C0 are 1 of its output, the largest col"
    ):
        backward_linkages(Z, x)
    over = labelled([[0.2, 0.9], [0.3, 0.7]])
    with pytest.raises(
        ValueError, match=r"inputs of sector C1 are 1.6 of its output, the largest column sum; sums below"
    ):
        leontief_inverse(over)
    with pytest.raises(ValueError, match=r"I − B is singular .* industries of sector C0 are 1.1 of its output"):
        forward_linkages(Z, x)
    for measure in (hypothetical_extraction, average_propagation_lengths, downstreamness):
        with pytest.raises(ValueError, match="inputs of sector C0 are 1 of"):
            measure(Z, x)
    with pytest.raises(ValueError, match="inputs of sector C0 are 1 of"):
        output_loss(Z, x, x)
    # above 1 in one column and below in the others is an economy still
    assert leontief_inverse(labelled([[0.1, 0.6], [0.1, 0.5]])).to_numpy().min() > 0


def test_nullable_columns_and_whole_numbers_are_numbers():
    expected = backward_linkages(Z2, X2)
    pd.testing.assert_series_equal(backward_linkages(Z2.astype(int), X2.astype(int)), expected)
    pd.testing.assert_series_equal(backward_linkages(Z2.astype("Float64"), X2.astype("Int64")), expected)
    with pytest.raises(ValueError, match="Z of j to i is nan"):
        backward_linkages(Z2.astype("Float64").replace(200, pd.NA), X2)
    with pytest.raises(ValueError, match="Z to i has dtype bool"):
        backward_linkages(Z2 > 0, X2)


def test_bad_arguments_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="kind 'rasmussen' is not available; available: ghosh, leontief"):
        forward_linkages(Z2, X2, kind="rasmussen")
    with pytest.raises(ValueError, match="kind 'total' is not available; available: full, backward, forward"):
        hypothetical_extraction(Z2, X2, kind="total")
    with pytest.raises(ValueError, match="kind 'type II' is not available"):
        multipliers(Z2, X2, X2, kind="type II")
    with pytest.raises(ValueError, match="sector j is missing in coefficients"):
        multipliers(Z2, X2, pd.Series({"i": 1.0}))
    with pytest.raises(ValueError, match="coefficients of jobs of sector j is nan"):
        multipliers(Z2, X2, pd.DataFrame({"j": [np.nan], "i": [1.0]}, ["jobs"]))
    with pytest.raises(ValueError, match="sector k of shock is unknown; Z has i, j"):
        output_loss(Z2, X2, pd.Series({"k": 1.0}))
    with pytest.raises(ValueError, match="shock of sector i is nan"):
        output_loss(Z2, X2, pd.Series({"i": np.nan}))
    with pytest.raises(ValueError, match="sector j is missing in exports"):
        upstreamness(Z2, X2, exports=pd.Series({"i": 1.0}))
    with pytest.raises(ValueError, match="Y of j to use is nan"):
        check_balance(Z2, pd.DataFrame({"use": [1, np.nan]}, Z2.index), X2)
    with pytest.raises(TypeError, match="Y is a ndarray; a DataFrame with a row a sector is needed"):
        check_balance(Z2, np.ones(2), X2)


def test_bad_groups_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="level 'country' is not available; available: sector"):
        hypothetical_extraction(Z2, X2, groups="country")
    with pytest.raises(ValueError, match="sector k of groups is unknown; Z has i, j"):
        hypothetical_extraction(Z2, X2, groups=pd.Series({"k": "a"}))
    with pytest.raises(ValueError, match="sector j has no group; leave out of groups what is to stay"):
        hypothetical_extraction(Z2, X2, groups=pd.Series({"i": "a", "j": None}))
    with pytest.raises(TypeError, match="groups is a list; a Series by sector or the name of a level is needed"):
        hypothetical_extraction(Z2, X2, groups=["a", "b"])


# --- the world table


@pytest.mark.filterwarnings("ignore:x of sector", "ignore:uses of sector")
def test_the_world_in_2011():
    from alpclusters_lib import datasets

    tables = datasets.input_output(2011)
    Z, Y, x = tables.Z, tables.Y, tables.x
    found = hypothetical_extraction(Z, x)
    busy = Z.index[x.to_numpy() > 0]
    A = (Z[busy].loc[busy] / x[busy]).to_numpy()
    f = (x - Z.sum(axis=1))[busy].to_numpy()
    # by the textbook for one of them: without it the rest is solved anew
    kept = busy != ("DEU", "c15")
    rest = np.linalg.solve(np.eye(kept.sum()) - A[np.ix_(kept, kept)], f[kept])
    assert found.loc[("DEU", "c15"), "total"] == pytest.approx(x.sum() - rest.sum(), rel=1e-9)
    assert (found["total"] >= x - 1e-6).all()
    participation = global_value_chain_participation(Z, Y, x)
    assert participation.index.equals(Z.index.unique(level="country"))
    assert participation["backward"].between(0, 1).all() and participation["forward"].between(0, 1).all()
    # small open economies process more of what they import
    assert (
        participation.loc["LUX", "backward"]
        > participation.loc["DEU", "backward"]
        > participation.loc["USA", "backward"]
    )
    assert (vertical_specialisation(Z, Y, x)["vs"] <= participation["backward"]).all()


# --- labels that cannot be brought together

PAIRS = world_labels(["ITA", "AUT"], ["wood"])
TRIPLES = pd.MultiIndex.from_tuples([(*pair, 1) for pair in PAIRS])


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.__name__)
def test_a_table_without_labels_is_refused(measure):
    numbered = pd.DataFrame(Z2.to_numpy())
    with pytest.raises(ValueError, match=r"^the rows of Z are numbered from 0, as of a table without labels; the name"):
        measure(numbered, pd.Series(X2.to_numpy()))
    # numbers that somebody gave as names are labels
    given = pd.DataFrame(Z2.to_numpy(), pd.RangeIndex(2, name="sector"), pd.RangeIndex(2))
    one_on = numbered.set_axis([1, 2]).set_axis([1, 2], axis=1)
    assert len(measure(given, pd.Series(X2.to_numpy()))) == len(measure(one_on, X2.set_axis([1, 2]))) == 2


def test_coefficients_without_labels_are_refused():
    with pytest.raises(ValueError, match=r"^the rows of A are numbered from 0"):
        leontief_inverse(pd.DataFrame([[0.1, 0.2], [0.2, 0.1]]))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda Z, x, flat: backward_linkages(Z, x.set_axis(flat)), "^labels of x are a, b; Z has ITA wood, AUT"),
        (lambda Z, x, flat: backward_linkages(Z.set_axis(flat), x), "^labels of the columns of Z are ITA wood"),
        (lambda Z, x, flat: backward_linkages(Z.set_axis(flat, axis=1), x), "^labels of the columns of Z are a, b"),
        (lambda Z, x, flat: check_balance(Z, x.set_axis(flat), x), "^labels of Y are a, b; Z has"),
        (lambda Z, x, flat: output_loss(Z, x, x.set_axis(flat)), "^labels of shock are a, b; Z has"),
        (lambda Z, x, flat: multipliers(Z, x, x.to_frame().set_axis(flat).T), "^labels of the columns of coefficients"),
        (lambda Z, x, flat: hypothetical_extraction(Z, x, groups=x.set_axis(flat)), "^labels of groups are a, b"),
        (
            lambda Z, x, flat: backward_linkages(Z, x.set_axis(TRIPLES)),
            "^labels of x are ITA wood 1, AUT wood 1; Z has",
        ),
    ],
)  # fmt: skip
def test_labels_of_another_kind_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(Z2.set_axis(PAIRS).set_axis(PAIRS, axis=1), X2.set_axis(PAIRS), pd.Index(["a", "b"]))


def test_pairs_in_a_flat_index_are_the_same_labels():
    flat = pd.Index(PAIRS[::-1].tolist(), tupleize_cols=False)
    Z, x = Z2.set_axis(PAIRS).set_axis(PAIRS, axis=1), X2.set_axis(PAIRS)
    turned = x[::-1].set_axis(flat)
    pd.testing.assert_series_equal(backward_linkages(Z, turned), backward_linkages(Z, x))
    table = turned.to_frame("jobs").T
    assert multipliers(Z, x, table).loc["jobs"].tolist() == multipliers(Z, x, turned).tolist()
    columns_flat = Z.set_axis(pd.Index(PAIRS.tolist(), tupleize_cols=False), axis=1)
    assert technical_coefficients(columns_flat, x).columns.tolist() == PAIRS.tolist()


def test_a_level_of_an_index_without_names_is_said_so():
    labels = PAIRS.set_names([None, None])
    with pytest.raises(ValueError, match=r"^level 'country' is not available; available: none, as no level has a name"):
        hypothetical_extraction(Z2.set_axis(labels).set_axis(labels, axis=1), X2.set_axis(labels), groups="country")


def test_a_singular_system_is_named_as_the_caller_knows_it():
    shares = np.array([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(ValueError, match=r"^I − survey is singular or .*: inputs of sector i are 1 of its output"):
        _tables.solved(shares, np.ones(2), Z2.index, transposed=True, name="survey")
