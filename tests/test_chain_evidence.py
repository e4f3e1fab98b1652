"""The evidence of a chain report: what it adds up, what it leaves out, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY
from alpclusters_lib.reports.chain_evidence import collect
from alpclusters_lib.reports.chain_files import load_chain
from alpclusters_lib.value_chains.chains import STRENGTHS, chain_stages


@pytest.fixture(scope="module")
def wood():
    return collect(load_chain("wood-construction"))


@pytest.fixture(scope="module")
def plastics():
    return collect(load_chain("circular-plastics"))


def test_every_region_of_the_perimeter_stands_at_every_stage(wood):
    codes, stages = regions.perimeter("alpine_space_2014"), wood.chain.keys
    assert len(wood.studied) == len(codes) * len(stages) == 35 * 5
    assert set(wood.stages["strength"]) <= set(STRENGTHS)
    assert wood.stages.index.is_unique and wood.stages.index.names == ["region", "stage"]


def test_published_jobs_are_the_sum_over_the_divisions(wood):
    table = datasets.employment(year=2014, regions=["AT32", "ITC4", "SI03"])
    wide = table.pivot(index="region", columns="sector", values="value")
    expected = chain_stages(wide[list(wood.chain.divisions)], wood.chain)
    found = wood.stages["jobs"].unstack("stage").loc[expected.index, expected.columns]
    np.testing.assert_allclose(found, expected)


def test_a_quotient_is_its_formula(wood):
    value = datasets.employment(year=2014).set_index(["region", "sector"])["value"]
    share = value[("ITC4", "C16")] / value[("ITC4", BUSINESS_ECONOMY)]
    expected = share / (value[("EU28", "C16")] / value[("EU28", BUSINESS_ECONOMY)])
    assert wood.stages.loc[("ITC4", "timber"), "lq"] == pytest.approx(expected, rel=1e-12)
    gap = wood.stages.loc[("AT13", "timber")]
    total = value[("AT13", BUSINESS_ECONOMY)]
    assert gap["gap"] == pytest.approx(total * wood.reference["timber"] / wood.reference["total"] - gap["jobs"])


def test_limits_hold_the_estimate_and_missing_is_never_weak(plastics):
    table = plastics.stages
    known = table.dropna(subset=["jobs", "jobs_upper"])
    assert (known["jobs_lower"] <= known["jobs"]).all() and (known["jobs"] <= known["jobs_upper"]).all()
    assert ((known["gap_lower"] <= known["gap"] + 1e-9) & (known["gap"] <= known["gap_upper"] + 1e-9)).all()
    assert ((table["lower"] <= table["lq_lower"] + 1e-12) | table["lq_lower"].isna()).all()
    silent = table[table["jobs"].isna() & table["jobs_lower"].isna() & table["jobs_upper"].isna()]
    assert len(silent) and set(silent["strength"]) == {"no figures"} and silent["gap"].isna().all()


def test_a_withheld_cell_has_limits_and_no_number(plastics):
    withheld = plastics.stages[plastics.stages["status"].isin(["bound", "confidential"])]
    assert len(withheld) and withheld["jobs"].isna().all() and withheld["lq"].isna().all()


def test_the_area_is_the_sum_of_its_regions_with_figures(wood, plastics):
    own = wood.studied.xs("building", level="stage")
    area = wood.perimeter_stages.loc["building"]
    assert area["jobs"] == pytest.approx(own["jobs"].sum())
    assert area["share_of_eu"] == pytest.approx(own["jobs"].sum() / wood.reference["building"])
    counts = wood.perimeter_stages[["strong", "weak", "open", "without_figures"]]
    assert (counts.sum(axis=1) == 35).all() and (counts["without_figures"] == 8).all()
    recycling = plastics.perimeter_stages.loc["recycling"]
    assert recycling["jobs_lower"] < recycling["jobs"] < recycling["jobs_upper"]
    assert recycling["lower"] < recycling["lq"] < recycling["upper"]


def test_silent_regions_are_the_swiss_ones_and_liechtenstein(wood):
    assert {code[:2] for code in wood.silent} == {"CH", "LI"} and len(wood.silent) == 8


def test_distances_are_symmetric_and_in_kilometres(wood):
    table = wood.distances
    assert (np.diag(table) == 0).all() and np.allclose(table, table.T)
    assert 40 < table.loc["ITH1", "AT33"] < 130 and table.loc["FRL0", "AT11"] > 700
    assert wood.borders.loc["ITH1", "AT33"] and not wood.borders.loc["ITC4", "AT33"]


def test_industries_of_the_world_table_share_each_stage_out(wood):
    sums = wood.industries["share_of_stage"].groupby(level="stage").sum()
    np.testing.assert_allclose(sums.reindex(wood.chain.keys), 1)
    assert wood.industries["share_of_industry"].between(0, 1).all()
    assert wood.industries.loc[("building", "c18"), "share_of_industry"] > 0.5


class TestRegions:
    def test_a_subset_is_studied_and_candidates_are_still_found_around_it(self):
        evidence = collect(load_chain("food"), regions=["ITC4", "SI03", "CH07"])
        assert set(evidence.studied.index.get_level_values("region")) == {"ITC4", "SI03", "CH07"}
        assert evidence.silent == ("CH07",) and not evidence.whole_perimeter
        assert "DE21" in evidence.reachable.index.get_level_values("region")
        area = evidence.perimeter_stages.loc["processing", "jobs"]
        assert area == pytest.approx(
            evidence.stages.loc[[("ITC4", "processing"), ("SI03", "processing")], "jobs"].sum()
        )

    def test_a_region_outside_the_perimeter_has_figures_and_distances(self):
        evidence = collect(load_chain("food"), regions=["NL41"])
        assert evidence.stages.loc[("NL41", "processing"), "jobs"] > 0
        assert evidence.distances.loc["NL41", "ITC4"] > 500

    @pytest.mark.parametrize(
        ("wanted", "sentence"),
        [
            (["ITC9"], "ITC9"),
            (["IT"], "'IT' is no NUTS 2 region"),
            ([], "no region is named"),
            (["CH01", "LI00"], "no figures for Lake Geneva Region, Liechtenstein at any stage of Food in 2014"),
        ],
    )
    def test_what_cannot_be_studied_is_refused_in_one_sentence(self, wanted, sentence):
        with pytest.raises(ValueError, match=sentence):
            collect(load_chain("food"), regions=wanted)

    def test_a_year_without_figures_is_refused(self):
        with pytest.raises(ValueError, match="2003"):
            collect(load_chain("food"), year=2003)


def test_the_tables_of_the_caller_are_left_alone(wood):
    before = datasets.employment(year=2014)
    collect(load_chain("wood-construction"))
    pd.testing.assert_frame_equal(before, datasets.employment(year=2014))
