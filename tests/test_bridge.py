"""The bridge from divisions of NACE Rev. 2 to the industries of the world tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib import datasets, sectors
from alpclusters_lib.value_chains import bridge

OURS = datasets.facts("wiod_bridge")
SMALL = pd.DataFrame(
    {
        "industry": ["c14", "c13", "c13", "c9"],
        "division": ["C27", "C27", "C28", "C20"],
        "weight": ["0.8", "0.2", "1", "1"],
    }
)


def test_our_bridge_holds_every_division_and_every_industry():
    weights = bridge.bridge_weights(OURS)
    held = datasets.facts("io_industries")["nace_divisions"].str.split().explode()
    assert {*sectors.divisions(), *held} < set(weights.index) and len(weights) == 88
    assert weights.columns.tolist() == [f"c{number}" for number in range(1, 36)]
    assert weights.sum(axis=1).sub(1).abs().max() < 1e-12
    assert (OURS[["reason", "source"]] != "").all(axis=None)
    assert OURS["source"].str.contains("weights: (?:number of classes, ours|our judgement)$").all()


@pytest.mark.parametrize(
    ("division", "industries"),
    [("C18", {"c7"}), ("J58", {"c7", "c30"}), ("C32", {"c14", "c16"}), ("E38", {"c16", "c34"}), ("N79", {"c26"}),
     ("C33", {"c12", "c13", "c14", "c15", "c16"}), ("C30", {"c13", "c15"}), ("G47", {"c19", "c21"}), ("M75", {"c33"}),
     ("H53", {"c27"}), ("J62", {"c30"}), ("F41", {"c18", "c29"}), ("S95", {"c14", "c16", "c21", "c30"})],
)  # fmt: skip
def test_where_divisions_go(division, industries):
    weights = bridge.bridge_weights(OURS).loc[division]
    assert set(weights.index[weights > 0]) == industries


def test_what_the_business_economy_covers():
    covered = bridge.covered_industries(sectors.divisions(), OURS)
    assert set(covered.index[~covered]) == {"c1", "c28", "c31", "c32", "c33", "c34", "c35"}
    # landscape services alone are no agriculture
    assert not bridge.covered_industries(["N81"], OURS)["c1"]


def test_to_industries_by_hand():
    jobs = pd.Series({"C28": 90, "C27": 50}, name="jobs")
    result = bridge.to_industries(jobs, SMALL)
    assert result.index.tolist() == ["c9", "c13", "c14"] and result.name == "jobs"
    # chemicals are not listed: no figure, not 0
    np.testing.assert_allclose(result.to_numpy(), [np.nan, 100, 40])
    table = pd.DataFrame({"C28": [90.0, 0.0], "C27": [50.0, 10.0]}, index=["AT31", "AT22"])
    both = bridge.to_industries(table, SMALL)
    assert both.columns.name == "industry"
    np.testing.assert_allclose(both.loc["AT31"], result)
    np.testing.assert_allclose(both.loc["AT22"].dropna(), [2, 8])


def test_a_missing_division_leaves_a_gap_that_is_named_and_nothing_else():
    table = pd.DataFrame({"C28": [np.nan, 9.0], "C27": [50.0, 10.0], "C20": [1.0, 1.0]}, index=["AT31", "AT22"])
    before = table.copy()
    with pytest.warns(UserWarning, match="no figure for industry c13 in region AT31: a division"):
        result = bridge.to_industries(table, SMALL)
    np.testing.assert_allclose(result.to_numpy(), [[1, np.nan, 40], [1, 11, 8]])
    pd.testing.assert_frame_equal(table, before)
    with pytest.warns(UserWarning, match="no figure for industry c13, c14: a division"):
        bridge.to_industries(pd.Series({"C27": np.nan, "C28": 1.0}), SMALL)


@given(st.lists(st.floats(0, 1e12), min_size=88, max_size=88))
def test_jobs_are_neither_lost_nor_made(values):
    divisions = bridge.bridge_weights(OURS).index
    jobs = pd.Series(values, divisions)
    assert bridge.to_industries(jobs, OURS).sum() == pytest.approx(jobs.sum(), rel=1e-9)


def test_stage_industries_by_hand():
    jobs = pd.Series({"C27": 50.0, "C28": 90.0, "C20": 7.0})
    one = bridge.stage_industries(["C27"], jobs, SMALL)
    assert one.index.name == "industry" and one.index.tolist() == ["c13", "c14"]
    np.testing.assert_allclose(one["share_of_stage"], [0.2, 0.8])
    np.testing.assert_allclose(one["share_of_industry"], [0.1, 1.0])
    two = bridge.stage_industries(["C28", "C27"], jobs, SMALL)
    np.testing.assert_allclose(two["share_of_stage"], [100 / 140, 40 / 140])
    np.testing.assert_allclose(two["share_of_industry"], [1, 1])


def test_stage_industries_with_gaps_elsewhere():
    with pytest.warns(UserWarning, match="no jobs for division C28: the share of the stage in their industries"):
        result = bridge.stage_industries(["C27"], pd.Series({"C27": 5.0, "C28": np.nan}), SMALL)
    np.testing.assert_allclose(result["share_of_industry"], [1, 1])


@pytest.mark.parametrize(
    ("divisions", "jobs", "sentence"),
    [
        (["C99"], {"C27": 1.0}, "no row of the bridge for division C99; one of NACE Rev. 2 such as C28"),
        (["C27"], {"C27": 1.0, "X1": 2.0}, "no row of the bridge for division X1"),
        (["C27", "C28"], {"C27": 1.0}, "jobs has no figure for division C28 of the stage"),
        (["C27"], {"C27": 0.0}, "division C27 has no jobs"),
        ([], {"C27": 1.0}, "divisions is empty"),
        (["C27", "C27"], {"C27": 1.0}, "division C27 occurs more than once in divisions"),
    ],
)
def test_bad_stages(divisions, jobs, sentence):
    with pytest.raises(ValueError, match=sentence):
        bridge.stage_industries(divisions, pd.Series(jobs), SMALL)


def test_a_text_is_no_list_of_divisions():
    with pytest.raises(TypeError, match="divisions is the text 'C27'; a list such as"):
        bridge.stage_industries("C27", pd.Series({"C27": 1.0}), SMALL)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("c13", "C28", 0.9)], "weights of division C28 sum to 0.9; 1 is needed"),
        ([("c13", "C28", 0.5), ("c13", "C28", 0.5)], "bridge leads from division C28 to industry c13 more than once"),
        ([("c13", "C28", "most")], "weight of division C28 in industry c13 is most; a number from 0 to 1"),
        ([("c13", "C28", 1.5), ("c14", "C28", -0.5)], "weight of division C28 in industry c13 is 1.5"),
    ],
)
def test_bad_bridges(rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        bridge.bridge_weights(pd.DataFrame(rows, columns=["industry", "division", "weight"]))


def test_bad_types_and_figures():
    with pytest.raises(TypeError, match="bridge is a dict; a DataFrame with industry, division, weight is needed"):
        bridge.bridge_weights({})
    with pytest.raises(ValueError, match="bridge has no column weight; industry, division, weight are needed"):
        bridge.bridge_weights(SMALL.drop(columns="weight"))
    with pytest.raises(ValueError, match="by_division of division C27 is -1"):
        bridge.to_industries(pd.Series({"C27": -1.0}), SMALL)
    with pytest.raises(ValueError, match="no row of the bridge for division K70"):
        bridge.to_industries(pd.DataFrame({"K70": [1.0]}, index=["AT31"]), SMALL)
