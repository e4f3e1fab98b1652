"""The benchmark pages: scoreboard, peers and the page of a region, in numbers and in words."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import benchmark_evidence as evidence
from alpclusters_lib.reports import benchmark_region, scoreboard, structural_peers
from alpclusters_lib.strategy.scoreboard import score

KEYS = list(regions.s3_regions().index)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


# --- the figures


def test_thirteen_indicators_in_four_pillars_that_nearly_all_regions_have():
    assert len(evidence.core()) == 13 and evidence.pillars().nunique() == 4
    assert (evidence.raw().loc[evidence.alpine()].notna().sum() >= 33).all()
    held = evidence.scores().loc[evidence.alpine(), "indicators"]
    assert held.drop(["LI00", "ITC2"]).eq(13).all() and held["ITC2"] == 11 and held["LI00"] == 1


def test_an_area_of_several_regions_is_their_mean_by_inhabitants():
    people = datasets.innovation(indicator="population", year=2014, regions=["SI03", "SI04"]).set_index("region")[
        "value"
    ]
    rate = datasets.innovation(indicator="unemployment_pct", year=2014, regions=["SI03", "SI04"]).set_index("region")
    expected = np.average(rate["value"][people.index], weights=people)
    assert evidence.raw().loc["SI", "unemployment_pct"] == pytest.approx(expected)
    assert evidence.parts_of("SI") == ("SI03", "SI04") and evidence.parts_of("ITC4") == ("ITC4",)


def test_goalposts_are_frozen_on_the_eu():
    posts, table = evidence.posts(), evidence.raw()
    assert posts.loc["unemployment_pct", "maximum"] == table.loc[evidence.eu_regions(table), "unemployment_pct"].max()
    alone = score(table.loc[["ITC4"]], pillars=evidence.pillars(), direction=evidence.direction(), goalposts=posts)
    assert alone.loc["ITC4", "score"] == pytest.approx(evidence.scores().loc["ITC4", "score"])
    # an area under an old code would stand beside those that took its place
    assert not set(table.index) & set(regions.successors())


def test_no_structural_variable_leaves_its_scale_and_jobs_sum_to_a_whole():
    for variant in evidence.VARIANTS:
        table = evidence.structure(variant)
        assert ((table >= 0) & (table <= 1) | table.isna()).all(axis=None)
    assert evidence.structure("reduced").loc["CH02"].notna().all() and evidence.structure().loc["CH02"].isna().any()
    listed = datasets.facts("structural_variables")
    divisions = " ".join(listed.loc[listed["kind"] == "jobs", "item"]).split()
    assert len(divisions) == len(set(divisions)) >= 55


# --- the scoreboard


def test_score_goes_with_the_regional_competitiveness_index():
    value, number = scoreboard.rci_correlation()
    assert value >= 0.90 and number >= 240


def test_ranks_of_complete_regions_with_their_range():
    found = scoreboard.ranks()
    assert "LI00" not in found.index and "ITC2" not in found.index and len(found) == 33
    assert (found["rank_lower"] <= found["rank_upper"]).all()
    assert scoreboard._width("indicators") > scoreboard._width("pillars") > scoreboard._width("pillars, near equal")
    assert scoreboard.shares_of_choices()["first_order"].idxmax() == "weights"


def test_the_scoreboard_reads():
    for text in (f"{scoreboard.headline()}.", scoreboard.rci_sentence(), scoreboard.law_sentence()):
        check_text(text)
    for line in scoreboard.limits():
        check_text(line)
    table = scoreboard.scoreboard_table()
    check_table(table)
    last = table.set_index("region").loc["Liechtenstein"]
    assert last["rank, indicators equal"] == "not ranked" and last["indicators"] == "1 of 13" and len(table) == 35
    economy = scoreboard.economy_table()
    check_table(economy)
    assert (economy.set_index("region").loc["Zurich"] == "no figure").all()


@pytest.mark.parametrize("draw", ["pillar_picture", "rank_picture", "sensitivity_picture"])
def test_figures_of_the_scoreboard(draw):
    check_picture(getattr(scoreboard, draw)())


# --- peers


def test_printed_neighbours_are_near_and_in_much_the_same_order():
    # Orkestra and JRC benchmarking tool: Burgenland (nine neighbours) and Carinthia (five), the nearest first
    found = structural_peers.ordering()
    assert (found["rank"].groupby(level=0).median() <= 12).all() and found["rank"].max() < found["of"].iloc[0] / 4
    for _, rows in found.groupby(level=0):
        assert rows["published"].corr(rows["rank"], method="spearman") > 0.4


def test_nobody_is_their_own_peer():
    for key in KEYS:
        found, code = structural_peers.peers(key), evidence.area_codes()[key]
        assert len(found) == 10 and not {code, *evidence.parts_of(code)} & set(found.index)
        assert set(found.index[found["group"] == "alps"]) <= set(evidence.alpine())


def test_the_list_of_peers_reads():
    check_table(structural_peers.peers_table())
    check_text(structural_peers.ordering_sentence())
    for line in structural_peers.limits():
        check_text(line)


# --- a region's page


@pytest.mark.parametrize("region", KEYS)
def test_every_region_reads(region):
    check_text(structural_peers.peers_sentence(region))
    for text in (
        benchmark_region.verdict(region), benchmark_region.difference_sentence(region),
        benchmark_region.rank_sentence(region), f"{benchmark_region.headline(region)}.",
        *benchmark_region.limits(region),
    ):  # fmt: skip
        check_text(text)
    italian = benchmark_region.verdict(region, "it")
    assert italian.endswith(".") and "simile a" in italian and "Alpine" not in italian
    check_table(benchmark_region.score_table(region))
    check_table(structural_peers.peers_table(region))


@pytest.mark.parametrize("region", ["lombardy", "fribourg"])
def test_figures_of_a_region(region):
    check_picture(structural_peers.peers_picture(region))
    check_picture(benchmark_region.profile_picture(region))


def test_what_to_look_at_is_where_a_peer_is_best():
    table, near = benchmark_region.profile("trento"), structural_peers.peers_of("trento")
    worst = table["gap"].idxmin()
    assert worst == "young_graduate_employment_pct"
    assert table.loc[worst, "best_peer"] == evidence.scaled().loc[near, worst].idxmax()
    lessons = benchmark_region.lesson_table("trento")
    check_table(lessons)
    assert lessons.iloc[0]["peer to look at"] == evidence.name_of_code(table.loc[worst, "best_peer"])


def test_no_verdict_in_another_language():
    with pytest.raises(ValueError, match="no verdict in 'fr'"):
        benchmark_region.verdict("lombardy", "fr")


def test_a_kind_of_variable_that_nobody_knows_is_named():
    with pytest.raises(ValueError, match="unknown kind 'weather'"):
        evidence._variable(pd.Series({"kind": "weather", "item": ""}), evidence._counts())
