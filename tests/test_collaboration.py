"""Joint projects beside chance: the configuration model, with own pairs in and apart."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from alpclusters_lib import datasets
from alpclusters_lib.cleaning.participations import collaborations
from alpclusters_lib.value_chains.collaboration import collaboration_graph, observed_over_expected

ALPINE = ["AT", "CH", "DE", "FR", "IT", "SI"]


def pairs(*rows, types=("all", "all")) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["country_a", "country_b", "projects", "weighted_pairs"])
    return table.assign(type_a=types[0], type_b=types[1])


SMALL = pairs(("AT", "AT", 1, 1.0), ("AT", "DE", 4, 4.0), ("AT", "SI", 3, 3.0), ("DE", "SI", 1, 1.0))


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return datasets.collaboration(by_type=False)


def test_expected_pairs_by_hand():
    """Places: AT 2 + 4 + 3 = 9, DE 5, SI 4, together 18."""
    found = observed_over_expected(SMALL)["expected"]
    assert found["AT", "DE"] == pytest.approx(9 * 5 / 17) and found["AT", "AT"] == pytest.approx(9 * 8 / 34)
    assert found.sum() == pytest.approx(SMALL["weighted_pairs"].sum())


def test_places_dealt_at_random_meet_as_expected():
    rng = np.random.default_rng(5)
    places = np.repeat(["AT", "DE", "IT", "SI"], [40, 100, 60, 20])
    sums = 0
    for _ in range(25):
        rows = pd.DataFrame({"country": rng.permutation(places), "type": "HES"})
        rows["project"] = np.repeat(np.arange(44), 5).astype(str)
        sums = sums + observed_over_expected(collaborations(rows), types="HES")[["observed", "expected"]]
    assert (sums["observed"] / sums["expected"]).to_numpy() == pytest.approx(1, abs=0.2)
    # the simple product without the minus ones would expect 10 % too many own pairs of SI
    assert sums["expected"]["SI", "SI"] / 25 == pytest.approx(20 * 19 / 2 / 219)


def test_own_pairs_apart_keep_the_sums_across_borders(whole):
    found = observed_over_expected(whole, own="apart")
    assert (found.index.get_level_values(0) != found.index.get_level_values(1)).all()
    both = pd.concat([found, found.swaplevel()]).groupby(level=0)[["observed", "expected"]].sum()
    assert both["expected"].to_numpy() == pytest.approx(both["observed"].to_numpy(), abs=1e-3)
    # what a country does alone moves no ratio
    more = whole.astype({"country_a": str, "country_b": str})
    more.loc[(more["country_a"] == "SI") & (more["country_b"] == "SI"), "weighted_pairs"] *= 50
    assert observed_over_expected(more, own="apart")["ratio"].to_numpy() == pytest.approx(found["ratio"].to_numpy())


def test_own_pairs_cannot_be_apart_where_one_country_is_in_all():
    star = pairs(("AT", "DE", 3, 3.0), ("AT", "IT", 2, 2.0), ("AT", "SI", 1, 1.0))
    with pytest.raises(ValueError, match="a country has half of all pairs"):
        observed_over_expected(star, own="apart")


def test_two_types_are_directed():
    rows = pd.DataFrame({
        "project": list("111222"), "country": ["AT", "AT", "IT", "IT", "SI", "SI"],
        "type": ["PRC", "HES", "HES", "PRC", "HES", "PRC"],
    })  # fmt: skip
    found = observed_over_expected(collaborations(rows), types=("PRC", "HES"))
    turned = observed_over_expected(collaborations(rows), types=("HES", "PRC"))
    assert found["observed"]["AT", "IT"] == 0.5 and found["observed"]["IT", "AT"] == 0
    assert found["ratio"].to_numpy() == pytest.approx(turned.swaplevel()["ratio"].reindex(found.index).to_numpy())
    # firms: AT 1, IT 0.5, SI 0.5 of 2; universities: AT 0.5, IT 0.5, SI 1
    assert found["expected"]["AT", "IT"] == pytest.approx(1 * 0.5 / 2)


def test_the_interval_is_that_of_a_poisson_count():
    row = observed_over_expected(SMALL).loc[("AT", "DE")]
    low, high = (row[side] * row["expected"] for side in ("lower", "upper"))
    assert poisson.sf(3, low) == pytest.approx(0.025) and poisson.cdf(4, high) == pytest.approx(0.025)


def test_a_pair_that_never_met_has_an_upper_limit():
    table = SMALL[SMALL["country_b"] != "SI"]
    table = pd.concat([table, pairs(("DE", "SI", 2, 1.0))])
    row = observed_over_expected(table).loc[("AT", "SI")]
    assert row["observed"] == row["ratio"] == row["lower"] == 0
    # 3.69 projects of average weight
    assert row["upper"] == pytest.approx(-np.log(0.025) * 6 / 7 / row["expected"])


def test_nothing_expected_is_missing():
    found = observed_over_expected(pairs(("AT", "DE", 2, 1.0), ("AT", "AT", 1, 1.0)))
    assert found.loc[("DE", "DE"), ["ratio", "lower", "upper"]].isna().all()


def test_the_countries_chosen_change_rows_and_no_figure(whole):
    every, chosen = observed_over_expected(whole), observed_over_expected(whole, countries=["SI", "AT"])
    assert list(chosen.index) == [("SI", "SI"), ("SI", "AT"), ("AT", "AT")]
    assert chosen.loc[("SI", "AT")].tolist() == every.loc[("AT", "SI")].tolist()


def test_alpine_countries_in_horizon_2020(whole):
    found = observed_over_expected(whole, countries=ALPINE)
    assert found.loc[("AT", "SI"), "projects"] == 294
    assert found.loc[("AT", "DE"), "lower"] > 1 > found.loc[("AT", "IT"), "upper"]
    assert not found.isna().any(axis=None)
    assert (found["lower"] <= found["ratio"]).all() and (found["ratio"] <= found["upper"]).all()


def test_graph_has_own_pairs_in_its_nodes(whole):
    graph = collaboration_graph(whole, countries=[*ALPINE, "LI"])
    assert list(graph) == [*ALPINE, "LI"] and not list(nx.selfloop_edges(graph))
    table = observed_over_expected(whole)
    assert graph.edges["SI", "AT"]["ratio"] == table.loc[("AT", "SI"), "ratio"]
    assert graph.nodes["SI"]["ratio"] == table.loc[("SI", "SI"), "ratio"]
    assert not graph.has_edge("LI", "SI"), "they never met"
    assert graph.nodes["LI"]["observed"] == 0


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (SMALL, {"types": "PRC"}, "no pair of type 'PRC'; types are all"),
        (SMALL.assign(type_a="HES", type_b="HES"), {}, "by_type=False"),
        (SMALL, {"countries": ["XX"]}, "no joint project of XX; there are some of AT, DE, SI"),
        (pd.concat([SMALL, SMALL]), {}, "the pair AT and AT stands twice"),
        (pd.concat([SMALL, pairs(("DE", "AT", 1, 1.0))]), {}, "the pair AT and DE stands twice"),
        (SMALL.assign(projects=[1, -1, 1, 1]), {}, "projects of AT and DE is -1"),
        (SMALL.assign(weighted_pairs=[1, np.nan, 1, 1]), {}, "weighted_pairs of AT and DE is nan"),
        (SMALL.drop(columns="projects"), {}, "no column projects"),
        (SMALL, {"own": "no"}, "own 'no' is not available; available: included, apart"),
        (SMALL, {"level": 95}, "level is 95"),
    ],
)
def test_errors_name_what_is_wrong(table, options, message):
    with pytest.raises(ValueError, match=message):
        observed_over_expected(table, **options)


def test_a_graph_has_one_type(whole):
    with pytest.raises(TypeError, match="one type"):
        collaboration_graph(whole, organisation_type=("PRC", "HES"))
