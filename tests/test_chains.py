"""Chains as stages: sums over whole divisions, strength, gaps, bottlenecks and candidates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib.value_chains.chains import (
    STRENGTHS,
    Chain,
    Stage,
    bottlenecks,
    candidates,
    chain_stages,
    gaps,
    specialised_jobs,
    strength,
)

TIMBER = Stage("timber", "Timber", ("C16",), ("building",))
BUILDING = Stage("building", "Building", ("F41", "F43"))


def wood(*stages: Stage, ends_in: str = "building") -> Chain:
    return Chain("wood", "Wood", ends_in, stages or (TIMBER, BUILDING))


@pytest.fixture
def jobs() -> pd.DataFrame:
    return pd.DataFrame(
        {"C16": [30.0, 5.0, np.nan], "F41": [10.0, 20.0, 7.0], "F43": [40.0, 60.0, 1.0], "C10": [1.0, 2.0, 3.0]},
        index=pd.Index(["AT32", "SI03", "ITC2"], name="region"),
    )


class TestChain:
    def test_it_knows_its_stages_and_where_products_go(self):
        chain = wood()
        assert chain.keys == ("timber", "building") and chain.divisions == ("C16", "F41", "F43")
        assert chain.stage("timber") is TIMBER
        assert chain.reached_from("timber") == {"timber", "building"}
        assert chain.labels("it") == {"timber": "Timber", "building": "Building"}

    def test_a_stage_may_come_after_the_end_and_feed_back(self):
        waste = Stage("waste", "Waste", ("E38",), ("timber",))
        building = Stage("building", "Building", ("F41",), ("waste",))
        assert wood(TIMBER, building, waste).reached_from("building") == {"building", "waste", "timber"}

    @pytest.mark.parametrize(
        ("stages", "ends_in", "sentence"),
        [
            ((TIMBER,), "timber", "has 1 stages; a chain needs at least two"),
            ((TIMBER, TIMBER), "timber", "has the stage 'timber' twice"),
            ((TIMBER, Stage("building", "B", ())), "building", "'building' of wood has no division"),
            (
                (TIMBER, Stage("building", "B", ("F41", "C16"))),
                "building",
                "C16 serves 'timber' and 'building' of wood",
            ),
            ((TIMBER, Stage("building", "B", ("F41", "F41"))), "building", "F41 serves 'building' and 'building'"),
            ((Stage("timber", "T", ("C16",), ("bulding",)), BUILDING), "building", "did you mean 'building'"),
            ((Stage("timber", "T", ("C16",), ("timber", "building")), BUILDING), "building", "feeds itself"),
            ((TIMBER, BUILDING), "xxx", "ends_in is 'xxx', which is no stage of wood; its stages are timber, building"),
            ((Stage("timber", "T", ("C16",)), BUILDING), "building", "neither reaches 'building' nor comes after it"),
        ],
    )
    def test_one_sentence_says_what_is_wrong(self, stages, ends_in, sentence):
        with pytest.raises(ValueError, match=sentence):
            wood(*stages, ends_in=ends_in)

    def test_an_unknown_stage_or_language_is_named(self):
        with pytest.raises(ValueError, match="'timbre', which is no stage of wood; did you mean 'timber'"):
            wood().stage("timbre")
        with pytest.raises(ValueError, match="language 'de' is not available"):
            wood().labels("de")


class TestStages:
    def test_a_stage_is_the_sum_of_its_divisions_in_the_callers_order(self, jobs):
        result = chain_stages(jobs.dropna(), wood())
        assert result.loc["AT32"].tolist() == [30.0, 50.0]
        assert list(result.index) == ["AT32", "SI03"] and result.index.name == "region"
        assert result.columns.name == "stage"

    def test_a_missing_cell_makes_its_stage_missing_and_is_named(self, jobs):
        before = jobs.copy()
        with pytest.warns(UserWarning, match="no figure for a division of ITC2 timber; these stages are missing"):
            result = chain_stages(jobs, wood())
        assert np.isnan(result.loc["ITC2", "timber"]) and result.loc["ITC2", "building"] == 8
        pd.testing.assert_frame_equal(jobs, before)

    def test_columns_are_found_by_label(self, jobs):
        known = jobs.dropna()
        pd.testing.assert_frame_equal(chain_stages(known[known.columns[::-1]], wood()), chain_stages(known, wood()))

    def test_no_region_gives_no_row(self, jobs):
        assert chain_stages(jobs.iloc[:0], wood()).shape == (0, 2)

    def test_an_unknown_division_is_named_with_what_would_be_right(self, jobs):
        chain = wood(Stage("timber", "Timber", ("C61",), ("building",)), BUILDING)
        with pytest.raises(ValueError, match="stage 'timber' of wood names the division 'C61'; did you mean 'C16'"):
            chain_stages(jobs, chain)

    def test_negative_jobs_are_refused(self, jobs):
        with pytest.raises(ValueError, match="region SI03 in sector C16 is -5"):
            chain_stages(jobs.replace(5.0, -5.0), wood())

    @given(st.lists(st.sampled_from([0.0, 1e-12, 1.0, 1e12]), min_size=3, max_size=3))
    def test_a_chain_that_holds_all_divisions_loses_no_job(self, values):
        table = pd.DataFrame([values], index=["A"], columns=["C16", "F41", "F43"])
        assert chain_stages(table, wood()).to_numpy().sum() == pytest.approx(sum(values), rel=1e-12)


class TestStrength:
    def test_exactly_one_is_open_and_missing_is_never_weak(self):
        table = pd.DataFrame(
            [(1.01, 2), (0.2, 0.99), (1, 2), (0.5, 1), (np.nan, np.nan), (1.2, np.nan), (0.2, np.nan), (np.nan, 0.5)],
            columns=["lower", "upper"],
        )
        found = strength(table["lower"], table["upper"])
        assert found.tolist() == ["strong", "weak", "open", "open", "no figures", "strong", "open", "weak"]
        assert set(found) == set(STRENGTHS)

    def test_limits_are_matched_by_label(self):
        lower, upper = pd.Series({"a": 1.1, "b": 0.1}), pd.Series({"b": 0.2, "a": 1.2})
        assert strength(lower, upper).to_dict() == {"a": "strong", "b": "weak"}

    def test_exchanged_limits_are_named(self):
        with pytest.raises(ValueError, match="the lower limit of b is 2, above its upper one"):
            strength(pd.Series({"a": 1, "b": 2}), pd.Series({"a": 2, "b": 1}))


class TestGaps:
    table = pd.DataFrame({"timber": [30.0, 5.0, np.nan]}, index=["AT32", "SI03", "ITC2"])
    totals = pd.Series({"SI03": 1000.0, "AT32": 1000.0, "ITC2": 10.0})
    shares = pd.Series({"timber": 0.02})

    def test_short_jobs_are_counted_by_label_and_none_are_negative(self):
        assert gaps(self.table, self.totals, self.shares)["timber"].tolist()[:2] == [0.0, 15.0]
        assert np.isnan(gaps(self.table, self.totals, self.shares).loc["ITC2", "timber"])
        assert np.signbit(gaps(self.table, self.totals, self.shares).loc["AT32", "timber"]) == np.False_

    @given(st.floats(0, 1e12), st.floats(0, 1e12), st.floats(0, 1))
    def test_gap_and_specialised_jobs_are_two_sides_of_one_balance(self, jobs, total, share):
        table, totals, shares = (
            pd.DataFrame({"k": [jobs]}, index=["r"]),
            pd.Series({"r": total}),
            pd.Series({"k": share}),
        )
        short, more = (f(table, totals, shares).iloc[0, 0] for f in (gaps, specialised_jobs))
        assert min(short, more) == 0
        assert more - short == pytest.approx(jobs - total * share, abs=1e-3, rel=1e-9)

    def test_a_region_without_a_total_is_named(self):
        with pytest.raises(ValueError, match="totals has no region ITC2"):
            gaps(self.table, self.totals.drop("ITC2"), self.shares)
        with pytest.raises(ValueError, match="shares has no stage timber; it has building"):
            gaps(self.table, self.totals, pd.Series({"building": 0.1}))


def area(**stages: tuple[float, float, float, int, int]) -> pd.DataFrame:
    return pd.DataFrame(stages, index=["lq", "lower", "upper", "strong", "open"]).T


class TestBottlenecks:
    def test_stages_below_the_share_come_first_and_lowest_first(self):
        found = bottlenecks(area(a=(1.2, 1.1, 1.3, 1, 0), b=(0.9, 0.8, 0.99, 9, 0), c=(0.6, 0.5, 0.7, 9, 0)))
        assert list(found.index) == ["c", "b"] and set(found["rule"]) == {"below the EU share"}
        assert found["settled"].all() and not found["tied"].any()

    def test_without_one_the_fewest_strong_regions_decide(self):
        found = bottlenecks(area(a=(1.2, 1.1, 1.3, 3, 2), b=(1.0, 0.9, 1.1, 9, 0)))
        assert list(found.index) == ["a"] and found["rule"].item() == "fewest strong regions"
        assert found["settled"].item()

    def test_open_regions_can_leave_it_unsettled(self):
        assert not bottlenecks(area(a=(1.2, 1.1, 1.3, 3, 7), b=(1.0, 0.9, 1.1, 9, 0)))["settled"].item()

    def test_ties_are_said(self):
        found = bottlenecks(area(a=(1.2, 1.1, 1.3, 3, 0), b=(1.1, 1.05, 1.2, 3, 0), c=(2, 1.9, 2.1, 5, 0)))
        assert list(found.index) == ["b", "a"] and found["tied"].all()

    def test_limits_on_both_sides_of_one_are_not_below(self):
        assert list(bottlenecks(area(a=(0.9, 0.7, 1.6, 2, 9), b=(2, 1.9, 2.1, 5, 0))).index) == ["a"]

    def test_stages_without_limits_are_left_out(self):
        nan = float("nan")
        assert bottlenecks(area(a=(nan, nan, nan, 0, 0))).empty
        assert list(bottlenecks(area(a=(nan, nan, nan, 0, 0), b=(nan, 0.5, 0.8, 1, 0))).index) == ["b"]

    def test_a_missing_column_is_named(self):
        with pytest.raises(ValueError, match="stages has no column 'upper'"):
            bottlenecks(area(a=(1, 1, 1, 1, 1)).drop(columns="upper"))


class TestCandidates:
    index = pd.MultiIndex.from_product(
        [["AT32", "AT33", "DE21", "ITH1", "SI03"], ["timber"]], names=["region", "stage"]
    )
    table = pd.DataFrame(
        {"strength": ["weak", "strong", "strong", "strong", "open"], "lq": [0.5, 2.0, 1.5, 3.0, 1.0],
         "lower": [0.4, 1.8, 1.4, 2.5, 0.9], "upper": [0.6, 2.2, 1.6, 3.5, 1.1],
         "specialised_jobs": [0.0, 50.0, 900.0, 900.0, 0.0]}, index=index,
    )  # fmt: skip
    countries = pd.Series({"AT32": "AT", "AT33": "AT", "DE21": "DE", "ITH1": "IT", "SI03": "SI"})
    distances = pd.DataFrame({"AT32": [0.0, 120.0], "ITH1": [120.0, 0.0]}, index=["AT32", "ITH1"])

    def test_only_strong_regions_of_other_countries_and_ties_by_code(self):
        found = candidates(
            self.table, region="AT32", stage="timber", countries=self.countries, distances=self.distances
        )
        assert list(found.index) == ["DE21", "ITH1"]
        assert found["country"].tolist() == ["DE", "IT"]
        assert np.isnan(found.loc["DE21", "distance_km"]) and found.loc["ITH1", "distance_km"] == 120

    def test_the_region_itself_is_never_one(self):
        assert "ITH1" not in candidates(self.table, region="ITH1", stage="timber", countries=self.countries).index

    def test_nobody_strong_gives_an_empty_table(self):
        weak = self.table.assign(strength="weak")
        found = candidates(weak, region="AT32", stage="timber", countries=self.countries)
        assert found.empty and list(found.columns) == [
            "country", "lq", "lower", "upper", "specialised_jobs", "distance_km"]  # fmt: skip

    def test_unknown_labels_are_named(self):
        with pytest.raises(ValueError, match="stages has no region 'XX'; it has AT32"):
            candidates(self.table, region="XX", stage="timber", countries=self.countries)
        with pytest.raises(ValueError, match="stages has no stage 'x'; it has timber"):
            candidates(self.table, region="AT32", stage="x", countries=self.countries)
        with pytest.raises(ValueError, match="countries has no region SI03"):
            candidates(self.table, region="AT32", stage="timber", countries=self.countries.drop("SI03"))
