"""Origins of inputs and value added: the table of the package decompr, sums to 1, and brute force on small tables."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from leather import LEATHER, NINE, X9, Y9, world_labels

from alpclusters_lib import datasets
from alpclusters_lib.value_chains.input_output import hypothetical_extraction, vertical_specialisation
from alpclusters_lib.value_chains.origins import (
    OWN,
    input_origins,
    partial_extraction,
    value_added_content,
    value_added_origins,
)

QUICK = settings(max_examples=20, deadline=None, derandomize=True)


GROUPS = {"Argentina": "overseas", "Turkey": "near", "Germany": "near"}
LEATHER_ONLY = pd.Series({"leather": 1.0})
ALPINE = ["AUT", "DEU", "FRA", "ITA", "SVN"]


@st.composite
def worlds(draw):
    countries, industries = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    labels = world_labels([f"K{k}" for k in range(countries)], [f"c{k}" for k in range(industries)])
    cells = st.integers(0, 100).map(float)
    Z = pd.DataFrame(draw(arrays(float, (len(labels), len(labels)), elements=cells)), labels, labels)
    Z.iloc[0] += 1
    f = pd.Series(draw(arrays(float, len(labels), elements=st.integers(1, 100).map(float))), labels)
    weights = pd.Series(
        draw(arrays(float, industries, elements=st.integers(1, 9).map(float))), labels.unique(level="industry")
    )
    groups = {f"K{k}": draw(st.sampled_from(["near", "far"])) for k in range(countries)}
    makers = draw(st.lists(st.sampled_from(list(groups)), min_size=1, unique=True))
    return Z, f, Z.sum(axis=1) + f, weights / weights.sum(), groups, makers


def content_by_hand(Z, x):
    """Return value added by country in a unit of every product, from the plain inverse."""
    A = Z.to_numpy() / x.to_numpy()
    held = (1 - A.sum(axis=0))[:, None] * np.linalg.inv(np.eye(len(x)) - A)
    return pd.DataFrame(held, Z.index, Z.index).groupby(Z.index.get_level_values("country"), sort=False).sum()


def origins_by_loops(amount, weights, groups, makers):
    """Return averages over industries of pooled shares; amount(country, maker, industry) is a figure in money."""
    found = {}
    for industry, weight in weights.items():
        sums = {}
        for maker in makers:
            for country, group in groups.items():
                name = OWN if country == maker else group
                sums[name] = sums.get(name, 0.0) + amount(country, maker, industry)
        for name, value in sums.items():
            found[name] = found.get(name, 0.0) + weight * value / sum(sums.values())
    return found


# --- what the literature and brute force give


def test_foreign_content_of_exports_is_vertical_specialisation_of_the_leather_table():
    """Koopman, Wang & Wei (2014) on decompr's table: VS .16501, .18608, .24600."""
    content = value_added_content(LEATHER, X9)
    home = pd.DataFrame({name: NINE.get_level_values("country") == name for name in Y9}, NINE)
    exports = Y9.mask(home, 0).sum(axis=1)
    exports += LEATHER.mask(home[NINE.get_level_values("country")].to_numpy(), 0).sum(axis=1)
    foreign = {
        name: 1 - content.loc[name, name] @ exports[name] / exports[name].sum() for name in ("Argentina", "Turkey")
    }
    assert foreign == pytest.approx({"Argentina": 0.16501, "Turkey": 0.18608}, abs=5.1e-6)
    own = [1 - content.loc[name, name] @ exports[name] / exports[name].sum() for name in content.index]
    assert own == pytest.approx(vertical_specialisation(LEATHER, Y9, X9)["vs"].tolist(), rel=1e-12)


@QUICK
@given(worlds())
def test_content_and_origins_are_those_made_by_hand(world):
    Z, f, x, weights, groups, makers = world
    content = value_added_content(Z, x)
    held = content_by_hand(Z, x)
    np.testing.assert_allclose(content, held, atol=1e-8)
    assert content.sum().to_numpy() == pytest.approx(1, abs=1e-10)
    found = value_added_origins(Z, f, x, weights=weights, groups=groups, makers=makers)
    wanted = origins_by_loops(lambda c, r, i: held.loc[c, (r, i)] * f[r, i], weights, groups, makers)
    assert found.to_dict() == pytest.approx({name: wanted.get(name, 0.0) for name in found.index}, abs=1e-8)
    assert found.sum() == pytest.approx(1, abs=1e-10) and found.index[0] == OWN
    inputs = input_origins(Z, weights=weights, groups=groups, buyers=makers)
    wanted = origins_by_loops(lambda c, b, i: Z.loc[c, (b, i)].sum(), weights, groups, makers)
    assert inputs.to_dict() == pytest.approx({name: wanted.get(name, 0.0) for name in inputs.index}, abs=1e-12)
    assert inputs.sum() == pytest.approx(1)


@QUICK
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_labels_changes_nothing(world, random):
    Z, f, x, weights, groups, makers = world
    mixed = list(Z.index)
    random.shuffle(mixed)
    mixed = pd.MultiIndex.from_tuples(mixed, names=Z.index.names)
    other = Z.loc[mixed, mixed]
    plain = {"weights": weights, "groups": groups}
    pd.testing.assert_series_equal(
        input_origins(Z, buyers=makers, **plain), input_origins(other, buyers=makers[::-1], **plain)
    )
    pd.testing.assert_series_equal(
        value_added_origins(Z, f, x, makers=makers, **plain),
        value_added_origins(other, f.sample(frac=1, random_state=1), x[::-1], makers=makers[::-1], **plain),
    )


def test_an_economy_without_trade_has_all_at_home():
    country = NINE.get_level_values("country")
    closed = LEATHER.where(country.to_numpy()[:, None] == country.to_numpy(), 0)
    final = X9 - closed.sum(axis=1)
    for found in (
        input_origins(closed, weights=LEATHER_ONLY, groups=GROUPS),
        value_added_origins(closed, final, X9, weights=LEATHER_ONLY, groups=GROUPS),
    ):
        assert found.to_dict() == pytest.approx({OWN: 1.0, "overseas": 0.0, "near": 0.0}, abs=1e-12)


def test_a_table_of_weights_gives_a_row_a_stage_and_weights_need_not_add_up():
    weights = pd.DataFrame({"hides": {"agriculture": 3.0, "leather": 1.0}, "shoes": {"leather": 5.0}}).fillna(0)
    found = input_origins(LEATHER, weights=weights, groups=GROUPS, buyers=["Turkey"])
    assert found.index.tolist() == ["hides", "shoes"] and found.columns.tolist() == [OWN, "overseas", "near"]
    for stage in weights:
        single = input_origins(LEATHER, weights=weights[stage] / 7, groups=GROUPS, buyers=["Turkey"])
        assert found.loc[stage].tolist() == pytest.approx(single.tolist())
    used = LEATHER["Turkey", "leather"].groupby(level="country").sum()
    assert found.loc["shoes", OWN] == pytest.approx(used["Turkey"] / used.sum())


def test_ready_content_gives_the_same_and_inputs_stay_as_they_were():
    before = LEATHER.copy(), Y9.copy(), X9.copy()
    plain = value_added_origins(LEATHER, Y9, X9, weights=LEATHER_ONLY, groups=GROUPS)
    ready = value_added_content(LEATHER, X9)
    pd.testing.assert_series_equal(
        plain, value_added_origins(LEATHER, Y9, X9, weights=LEATHER_ONLY, groups=GROUPS, content=ready)
    )
    for old, new in zip(before, (LEATHER, Y9, X9), strict=True):
        assert old.equals(new)
    with pytest.raises(ValueError, match="country Germany is missing in content"):
        value_added_origins(LEATHER, Y9, X9, weights=LEATHER_ONLY, groups=GROUPS, content=ready.drop(index="Germany"))
    with pytest.raises(ValueError, match="sector Turkey leather is missing in content"):
        value_added_origins(
            LEATHER, Y9, X9, weights=LEATHER_ONLY, groups=GROUPS, content=ready.drop(columns=[("Turkey", "leather")])
        )


@pytest.mark.parametrize("scale", [1e12, 1e-12])
def test_the_unit_of_money_does_not_matter(scale):
    plain = {"weights": LEATHER_ONLY, "groups": GROUPS}
    assert input_origins(LEATHER * scale, **plain).tolist() == pytest.approx(input_origins(LEATHER, **plain).tolist())
    found = value_added_origins(LEATHER * scale, Y9 * scale, X9 * scale, **plain)
    assert found.tolist() == pytest.approx(value_added_origins(LEATHER, Y9, X9, **plain).tolist())


# --- extraction of a part


@QUICK
@given(worlds(), st.data())
def test_a_part_taken_out_is_one_of_two_alike_sectors_taken_out(world, data):
    Z, _, x, *_ = world
    chosen = data.draw(st.lists(st.integers(0, len(x) - 1), min_size=1, max_size=2, unique=True))
    parts = pd.Series({x.index[k]: data.draw(st.sampled_from([0.2, 0.5, 0.9])) for k in chosen})
    size = len(x)
    split = np.hstack([np.eye(size), np.zeros((size, len(chosen)))])
    for place, (row, part) in enumerate(zip(chosen, parts, strict=True)):
        split[row, row], split[row, size + place] = 1 - part, part
    rows = pd.Index([f"s{k}" for k in range(split.shape[1])])
    V = pd.DataFrame(split.T @ Z.to_numpy() @ split, rows, rows)
    outputs = pd.Series(split.T @ x.to_numpy(), rows)
    removed = rows[len(x) :]
    whole = hypothetical_extraction(V, outputs, groups=pd.Series("chain", removed))
    found = partial_extraction(Z, x, parts)
    assert found.sum() == pytest.approx(whole.loc["chain", "total"], rel=1e-9)
    # sector by sector, by what is left of the economy
    left = rows[: len(x)]
    A = (V / outputs).loc[left, left]
    demand = (outputs - V.sum(axis=1))[left]
    rest = np.linalg.solve(np.eye(len(left)) - A, demand)
    np.testing.assert_allclose(found, x - rest, rtol=1e-8, atol=1e-8 * x.max())


@QUICK
@given(worlds())
def test_parts_of_one_are_the_full_extraction(world):
    Z, _, x, *_ = world
    first = x.index.get_level_values("country") == "K0"
    parts = pd.DataFrame({"K0": first.astype(float), "none": 0.0, "all": 1.0}, x.index)
    found = partial_extraction(Z, x, parts)
    whole = hypothetical_extraction(Z, x, groups="country").loc["K0"]
    assert found["K0"].sum() == pytest.approx(whole["total"]) and found.columns.tolist() == ["K0", "none", "all"]
    assert found.loc[~first, "K0"].sum() == pytest.approx(whole["elsewhere"])
    assert (found["none"] == 0).all() and found["all"].tolist() == pytest.approx(x.tolist())


def test_a_part_beyond_one_is_refused():
    for value in (1.2, -0.1):
        with pytest.raises(ValueError, match="parts of sector Turkey leather is"):
            partial_extraction(LEATHER, X9, pd.Series({("Turkey", "leather"): value}))
    with pytest.raises(ValueError, match="sector Chile leather of parts is unknown"):
        partial_extraction(LEATHER, X9, pd.Series({("Chile", "leather"): 0.5}))


# --- what is named


def idle_table():
    """Return the table as if Turkey made no leather: what others used of it counts as value added."""
    Z, Y, x = LEATHER.copy(), Y9.copy(), X9.copy()
    label = ("Turkey", "leather")
    Y["Turkey"] += Z[label]  # what it used goes to final users
    Z.loc[:, [label]] = 0.0
    Z.loc[[label]] = 0.0
    x[label], Y.loc[label] = 0.0, 0.0
    return Z, Y, x


def test_industries_without_output_are_named_and_left_out():
    Z, Y, x = idle_table()
    with pytest.warns(UserWarning, match="x of sector Turkey leather is 0"):
        content = value_added_content(Z, x)
    assert content["Turkey", "leather"].isna().all() and content.drop(columns=[("Turkey", "leather")]).notna().all(
        axis=None
    )
    both = pd.Series({"leather": 0.5, "transport": 0.5})
    with pytest.warns(UserWarning, match="industry leather has no inputs in these countries: left out"):
        found = input_origins(Z, weights=both, groups=GROUPS, buyers=["Turkey"])
    alone = input_origins(Z, weights=pd.Series({"transport": 1.0}), groups=GROUPS, buyers=["Turkey"])
    assert found.tolist() == pytest.approx(alone.tolist())
    with pytest.warns(UserWarning, match="industry leather has no final products"):
        none = value_added_origins(Z, Y, x, weights=LEATHER_ONLY, groups=GROUPS, makers=["Turkey"], content=content)
    assert none.isna().all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        input_origins(Z, weights=both, groups=GROUPS)  # the other countries have leather


def test_negative_final_demand_is_named_and_counts_nothing():
    run_down = Y9.copy()
    run_down.loc[("Turkey", "leather")] = [-50.0, 1.0, 2.0]
    with pytest.warns(UserWarning, match="final demand for sector Turkey leather is negative in all: it counts as 0"):
        found = value_added_origins(LEATHER, run_down, X9, weights=LEATHER_ONLY, groups=GROUPS)
    others = value_added_origins(LEATHER, Y9, X9, weights=LEATHER_ONLY, groups=GROUPS, makers=["Argentina", "Germany"])
    assert found.tolist() == pytest.approx(others.tolist())


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"groups": {"Argentina": "overseas"}}, "country Turkey, Germany has no group"),
        ({"weights": pd.Series({"shoes": 1.0})}, "industry shoes of weights is unknown; Z has agriculture, leather"),
        ({"weights": pd.Series({"leather": -1.0})}, "weight of industry leather is -1; zero or more"),
        ({"weights": pd.Series({"leather": np.nan})}, "weight of industry leather is nan"),
        ({"weights": pd.Series([1.0, 1.0], ["leather", "leather"])}, "leather"),
        ({"buyers": ["Chile"]}, "country Chile is unknown; Z has Argentina, Turkey, Germany"),
        ({"buyers": []}, r"country \(none\) is unknown"),
    ],
)
def test_bad_input_is_one_sentence(change, match):
    with pytest.raises(ValueError, match=match):
        input_origins(LEATHER, **{"weights": LEATHER_ONLY, "groups": GROUPS, **change})


def test_weights_must_be_a_table_and_the_index_have_two_levels():
    with pytest.raises(TypeError, match="weights is a dict"):
        input_origins(LEATHER, weights={"leather": 1.0}, groups=GROUPS)
    flat = pd.DataFrame([[1.0]], ["i"], ["i"])
    with pytest.raises(ValueError, match="the index of Z is by sector alone"):
        input_origins(flat, weights=pd.Series({"i": 1.0}), groups={"i": "near"})


def test_real_table_adds_up_and_motor_vehicles_use_less_at_home_than_wood():
    world = datasets.input_output(2011)
    with pytest.warns(UserWarning, match="is 0: coefficients are 0 there"):
        content = value_added_content(world.Z, world.x)
    idle = world.x == 0
    assert idle.sum() == 22 and content.columns[content.isna().all()].isin(idle.index[idle]).all()
    assert content.loc[:, ~idle].sum().to_numpy() == pytest.approx(1, abs=1e-9)
    groups = {country: "other Alpine" if country in ALPINE else "abroad" for country in content.index}
    weights = pd.DataFrame({"wood": {"c6": 1.0}, "vehicles": {"c15": 1.0}}).fillna(0)
    found = value_added_origins(
        world.Z, world.Y, world.x, weights=weights, groups=groups, makers=ALPINE, content=content
    )
    assert found.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert found.loc["vehicles", OWN] < found.loc["wood", OWN]
