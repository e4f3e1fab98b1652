"""Regional multipliers from national tables and jobs, and their test on the nine Austrian Länder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets, sectors
from alpclusters_lib.value_chains import austrian_test, bridge, regional_model

LANDS = ("AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34")
NAMES = ["c1", "c2", "c3"]
A = pd.DataFrame([[0.1, 0.2, 0.05], [0.15, 0.1, 0.1], [0.05, 0.1, 0.2]], NAMES, NAMES)
TABLE = regional_model.NationalTable("AUT", A, A.sum() + 0.1, pd.Series([100.0, 50, 80], NAMES))
NATION = pd.Series([400.0, 300, 300], NAMES)
ALL = pd.Series(True, NAMES)


# --- the model --------------------------------------------------------------------------------------------


def test_the_whole_nation_as_a_region_has_the_national_multipliers():
    result = regional_model.regional_multipliers(TABLE, NATION.to_frame("AT").T, NATION, ALL, deltas=[0.1, 0.4])
    expected = np.linalg.inv(np.eye(3) - A.to_numpy()).sum(axis=0)
    for delta in (0.1, 0.4):
        part = result.xs(delta, level="delta").droplevel("region")
        np.testing.assert_allclose(part["multiplier"], expected)
        np.testing.assert_allclose(part["inside_share"], A.sum() / (A.sum() + 0.1))


def test_multipliers_by_hand():
    # the table and the region of Flegg's formula in test_regionalisation, solved by numpy
    region = pd.DataFrame([[20.0, 50, 30]], ["r"], NAMES)
    result = regional_model.regional_multipliers(TABLE, region, NATION, ALL, deltas=[0.25])
    cut = np.array([[0.0304, 0.0365, 0.0152], [0.15, 0.1, 0.1], [0.05, 0.0365, 0.1218]])
    np.testing.assert_allclose(result["multiplier"], np.linalg.inv(np.eye(3) - cut).sum(axis=0), atol=2e-4)
    np.testing.assert_allclose(result["inside_share"], cut.sum(axis=0) / (A.sum() + 0.1), atol=3e-4)
    assert result.index.names == ["region", "industry", "delta"]


def test_a_larger_delta_leaves_less_in_the_region():
    region = pd.DataFrame([[20.0, 50, 30]], ["r"], NAMES)
    wide = regional_model.regional_multipliers(TABLE, region, NATION, ALL)["multiplier"].unstack("delta")
    assert wide.columns.tolist() == list(regional_model.DELTAS)
    assert (wide.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None) and (wide >= 1).all(axis=None)


def test_an_industry_without_jobs_has_no_multiplier_and_spoils_no_other():
    region = pd.DataFrame([[20.0, 0, 30], [20.0, 50, 30]], ["r", "s"], NAMES)
    before = region.copy()
    result = regional_model.regional_multipliers(TABLE, region, NATION, ALL, deltas=[0.2])
    assert result["multiplier"].isna().groupby(level="industry").sum().to_dict() == {"c1": 0, "c2": 1, "c3": 0}
    pd.testing.assert_frame_equal(region, before)


def test_estimated_jobs_may_exceed_the_nation_and_an_industry_may_be_nowhere():
    nation = pd.Series([400.0, 0, 10], NAMES)
    region = pd.DataFrame([[20.0, 0, 30]], ["r"], NAMES)
    result = regional_model.regional_multipliers(TABLE, region, nation, ALL, deltas=[0.2])["multiplier"]
    assert result.isna().tolist() == [False, True, False]


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_unit_of_jobs_does_not_matter(scale):
    region = pd.DataFrame([[20.0, 50, 30]], ["r"], NAMES)
    one = regional_model.regional_multipliers(TABLE, region, NATION, ALL)
    other = regional_model.regional_multipliers(TABLE, region * scale, NATION * scale, ALL)
    pd.testing.assert_frame_equal(one, other)


def test_uncovered_industries_have_a_quotient_of_one():
    covered = pd.Series([False, True, True], NAMES)
    region, nation = regional_model.with_uncovered(pd.Series({"c1": 999, "c2": 10, "c3": 20}), NATION, covered)
    assert region["c1"] / nation["c1"] == pytest.approx(30 / 600) and region["c2"] == 10
    # the placeholder changes nothing else
    assert region.sum() / nation.sum() == pytest.approx(30 / 600)
    other = pd.DataFrame([[np.nan, 10, 20]], ["r"], NAMES)
    missing = regional_model.regional_multipliers(TABLE, other, NATION, covered, deltas=[0.2])
    assert missing.notna().all(axis=None)


def test_no_region_gives_an_empty_table():
    none = regional_model.regional_multipliers(TABLE, pd.DataFrame(columns=NAMES, dtype=float), NATION, ALL)
    assert none.empty and none.columns.tolist() == ["multiplier", "inside_share"]


def test_what_is_refused():
    region = pd.DataFrame([[20.0, np.nan, 30]], ["r"], NAMES)
    with pytest.raises(ValueError, match="region has no figure for industry c2, which is covered"):
        regional_model.regional_multipliers(TABLE, region, NATION, ALL)
    with pytest.raises(ValueError, match="industry c3, c4 is in the table or in covered only"):
        regional_model.regional_multipliers(TABLE, region, NATION, ALL.rename({"c3": "c4"}))
    with pytest.raises(ValueError, match="region has no jobs in the covered industries"):
        regional_model.with_uncovered(NATION * 0, NATION, ALL)
    world = datasets.input_output(2011)
    with pytest.raises(ValueError, match="no country CHE in the table; it has AUS, AUT"):
        regional_model.national_table(world.Z, world.x, "CHE")


def test_a_country_of_the_world_table():
    world = datasets.input_output(2011)
    austria = regional_model.national_table(world.Z, world.x, "AUT")
    domestic = austria.coefficients.sum()
    assert austria.coefficients.shape == (35, 35) and (domestic <= austria.inputs + 1e-12).all()
    bought = world.Z["AUT"].sum()
    np.testing.assert_allclose(austria.inputs["c15"], bought["c15"] / world.x["AUT", "c15"])


# --- the Austrian test ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables():
    return {land: datasets.regional_input_output(land) for land in LANDS}


@pytest.fixture(scope="module")
def consistent(tables):
    return austrian_test.consistent_errors(tables)


@pytest.fixture(scope="module")
def case(tables):
    rules = datasets.facts("wiod_bridge")
    covered = bridge.covered_industries(sectors.divisions(), rules)
    divisions = datasets.facts("io_industries").set_index("code")["nace_divisions"].str.split()
    groups = austrian_test.common_groups(rules, divisions)
    rows = datasets.employment(year=2014, regions=["AT", *LANDS], sectors=sectors.divisions())
    filled = rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)
    jobs = rows.assign(value=filled).astype({"region": str, "sector": str})
    jobs = bridge.to_industries(jobs.pivot(index="region", columns="sector", values="value"), rules)
    world = datasets.input_output(2011)
    austria = regional_model.national_table(world.Z, world.x, "AUT")
    return tables, austria, jobs.loc[list(LANDS)], jobs.loc["AT"], covered, groups


@pytest.fixture(scope="module")
def world(case):
    return austrian_test.world_errors(*case)


def one(summary, method, delta=None):
    rows = summary.xs(method, level="method")
    return rows.iloc[0] if delta is None else rows.loc[delta]


def test_the_country_is_the_sum_of_the_nine(tables):
    austria = austrian_test.country_of_regions(tables)
    inside = sum(t.Z for t in tables.values())
    flows = austria.coefficients * austria.output
    assert (flows - inside).to_numpy().min() >= -1e-9
    between = sum(t.imports.loc["import_country", inside.columns] for t in tables.values())
    np.testing.assert_allclose((flows - inside).sum(), between, rtol=1e-6, atol=1e-3)


def test_errors_from_the_consistent_table_reach_what_is_asked(consistent):
    found = austrian_test.summary(consistent)
    flq = one(found, "flq", 0.2)
    assert flq["wape"] <= 0.37 and flq["multiplier_error"] <= 0.065
    factors = one(found, "trade_factors")
    assert factors["wape"] <= 0.21 and factors["multiplier_error"] <= 0.05
    national = one(found, "national")
    assert 0.6 < national["wape"] < 0.7 and 0.24 < national["multiplier_error"] < 0.28
    assert one(found, "flq_fitted")["wape"] <= 0.375
    # what knows the true sums cannot be beaten
    assert one(found, "ras")["wape"] == found["wape"].min()


def test_level_and_order_are_two_things(consistent, world):
    for errors in (consistent, world):
        found = austrian_test.summary(errors)
        slq, flq = one(found, "slq"), one(found, "flq", regional_model.DELTA)
        assert slq["multiplier_error"] > flq["multiplier_error"] and slq["wape"] > flq["wape"]
        assert slq["rank_correlation"] > flq["rank_correlation"] + 0.1


def test_errors_of_the_recipe_on_the_world_table_reach_what_is_asked(world):
    found = austrian_test.summary(world)
    recipe = one(found, "flq", regional_model.DELTA)
    assert recipe["wape"] <= 0.53 and recipe["multiplier_error"] <= 0.07
    by_delta = found.xs("flq", level="method")
    # the default is the best of those shown, and what the other Länder choose comes near it
    assert by_delta["multiplier_error"].idxmin() == regional_model.DELTA == by_delta["wape"].idxmin()
    assert one(found, "flq_fitted")["wape"] <= recipe["wape"] + 0.01
    assert one(found, "national")["wape"] > 0.7
    assert (found["wape_lowest"] <= found["wape"]).all() and (found["wape"] <= found["wape_highest"]).all()


def test_the_fitted_delta_of_a_land_does_not_see_the_land(consistent):
    wape = consistent.xs("flq", level="method")["wape"].unstack("land")
    for land in LANDS:
        best = wape.drop(columns=land).mean(axis=1).idxmin()
        fitted = consistent.xs("flq_fitted", level="method").xs(land, level="land")["wape"].item()
        assert fitted == wape.loc[best, land]


def test_groups_hold_every_industry_once(case):
    of_lands, of_world = case[-1]
    assert len(of_lands) == 56 and len(of_world) == 35
    assert set(of_lands) == set(of_world) and of_lands.nunique() == 31
    assert of_world["c5"] == "c4" and of_world["c19"] == of_world["c20"] == of_world["c21"]
    assert of_lands["C16"] == "c6" and of_world["c35"] == of_world["c34"]


def test_multipliers_by_land_agree_with_their_mean_error(case, world):
    pairs = austrian_test.world_multipliers(*case)
    off = (pairs["modelled"] / pairs["observed"] - 1).abs().groupby(level="land").mean()
    expected = world.xs("flq", level="method").xs(regional_model.DELTA, level="delta")["multiplier_error"]
    np.testing.assert_allclose(off[list(LANDS)], expected[list(LANDS)], rtol=1e-9)
    # regions are hardly in their order at one industry: what the reports say
    order = pairs.groupby(level="group").apply(lambda part: part["modelled"].corr(part["observed"], method="spearman"))
    assert 0 < order.mean() < 0.5


def test_proportional_jobs_come_nearer_than_national_coefficients(case, world, monkeypatch):
    def left_open(region, nation, covered):
        return region.where(covered), nation.where(covered, 1.0)

    monkeypatch.setattr(austrian_test, "with_uncovered", left_open)
    other = austrian_test.summary(austrian_test.world_errors(*case, deltas=[0.25]))
    assert one(other, "flq", 0.25)["wape"] > one(austrian_test.summary(world), "flq", 0.25)["wape"] + 0.02
