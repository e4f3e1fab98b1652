"""Scores on frozen goalposts and structural peers: worked examples, properties, wrong input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from alpclusters_lib.indicators.composite import structural_distance
from alpclusters_lib.strategy.scoreboard import score, structural_peers

PILLARS = {"graduates": "people", "patents": "knowledge", "jobless": "people"}
DIRECTION = {"graduates": 1, "patents": 1, "jobless": -1}
POSTS = pd.DataFrame({"minimum": [10.0, 0.0, 2.0], "maximum": [50.0, 500.0, 22.0]}, index=list(PILLARS))
TABLE = pd.DataFrame(
    {"graduates": [30.0, 20.0], "patents": [100.0, 300.0], "jobless": [4.0, 12.0]}, index=["AT33", "ITC4"]
)
SHARES = st.floats(0, 1)
ELEMENTS = {"density": "people", "age": "people", "industry": "sectors"}


def scored(table: pd.DataFrame, **options) -> pd.DataFrame:
    return score(table, pillars=PILLARS, direction=DIRECTION, goalposts=POSTS, **options)


def test_scores_by_hand():
    found = scored(TABLE)
    # graduates 20/40, jobless 1 - 2/20; patents 100/500
    assert found.loc["AT33", ["people", "knowledge", "score"]].tolist() == approx([70, 20, 45])
    assert found.columns.tolist() == ["people", "knowledge", "score", "indicators", "scored"]
    weighted = scored(TABLE, weights={"people": 0.75, "knowledge": 0.25})
    assert weighted.loc["AT33", "score"] == approx(0.75 * 70 + 0.25 * 20)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_one_more_region_changes_no_other_score(graduates, patents, jobless):
    more = pd.concat([TABLE, pd.DataFrame([[graduates, patents, jobless]], ["XX00"], TABLE.columns)])
    pd.testing.assert_frame_equal(scored(more).loc[TABLE.index], scored(TABLE))


def test_order_of_rows_and_columns_does_not_matter():
    pd.testing.assert_frame_equal(
        scored(TABLE.iloc[::-1][["patents", "jobless", "graduates"]]).loc[TABLE.index, scored(TABLE).columns],
        scored(TABLE),
    )


def test_a_region_with_too_little_is_listed_and_not_scored():
    table = TABLE.copy()
    table.loc["LI00"] = [np.nan, np.nan, 3.0]
    table.loc["ITC2"] = [30.0, 100.0, np.nan]
    found = scored(table, minimum=0.6)
    assert not found.loc["LI00", "scored"] and np.isnan(found.loc["LI00", "score"])
    assert found.loc["LI00", "indicators"] == 1 and found.loc["LI00", "people"] == approx(95)
    # without the unemployed, the pillar is the graduates alone
    assert found.loc["ITC2", "scored"] and found.loc["ITC2", "people"] == approx(50)
    assert not scored(table, minimum=0.8).loc["ITC2", "scored"]


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"people": 0.5, "knowledge": 0.4}, "weights of the pillars sum to 0.9; 1 is needed"),
        ({"people": 1.5, "knowledge": -0.5}, "weight of pillar knowledge is -0.5; zero or more"),
        ({"people": 1.0}, "weights and pillars differ in knowledge"),
        ({"people": 0.5, "knowledge": 0.5, "money": 0.0}, "differ in money"),
    ],
)
def test_wrong_weights_are_one_sentence(weights, sentence):
    with pytest.raises(ValueError, match=sentence):
        scored(TABLE, weights=weights)


def test_other_wrong_input():
    with pytest.raises(ValueError, match="minimum is 80; a share"):
        scored(TABLE, minimum=80)
    with pytest.raises(ValueError, match="indicator jobless has no pillar"):
        score(TABLE, pillars={"graduates": "p", "patents": "p"}, direction=DIRECTION, goalposts=POSTS)


# --- peers


def structures() -> st.SearchStrategy[pd.DataFrame]:
    rows = st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=3, max_size=6)
    return rows.map(lambda cells: pd.DataFrame(cells, [f"r{n}" for n in range(len(cells))], list(ELEMENTS)))


@given(structures())
def test_distance_is_symmetric_zero_with_itself_and_the_sum_of_its_elements(table):
    apart = structural_distance(table, ELEMENTS)
    assert np.allclose(apart, apart.T) and np.allclose(np.diag(apart), 0)
    found = structural_peers(table, ELEMENTS, region="r0", number=9)
    assert np.allclose(found["distance"], apart.loc["r0", found.index])
    assert np.allclose(found[["people", "sectors"]].sum(axis=1), found["distance"])
    assert found["distance"].is_monotonic_increasing and "r0" not in found.index and len(found) == len(table) - 1


def test_peers_by_hand():
    table = pd.DataFrame(
        {"density": [0.2, 0.6, 0.2], "age": [0.5, 0.5, 0.5], "industry": [1.0, 0.5, 0.9]}, ["AT33", "ITC4", "ITH1"]
    )
    found = structural_peers(table, ELEMENTS, region="AT33")
    assert found.index.tolist() == ["ITH1", "ITC4"] and found["distance"].tolist() == approx([0.005, 0.165])
    assert structural_peers(table, ELEMENTS, region="AT33", among=["ITC4", "AT33"]).index.tolist() == ["ITC4"]
    holes = table.assign(age=[0.5, np.nan, 0.5])
    assert structural_peers(holes, ELEMENTS, region="AT33").index.tolist() == ["ITH1"]


def test_peers_of_nobody():
    table = pd.DataFrame({"density": [0.2, np.nan], "age": 0.5, "industry": 0.5}, ["AT33", "ITC4"])
    with pytest.raises(ValueError, match="region ITC4 lacks a variable of people"):
        structural_peers(table, ELEMENTS, region="ITC4")
    with pytest.raises(ValueError, match="no region XX"):
        structural_peers(table, ELEMENTS, region="XX")
    with pytest.raises(ValueError, match="number is 0"):
        structural_peers(table, ELEMENTS, region="AT33", number=0)
