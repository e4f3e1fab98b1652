"""Partner reports: evidence, ranking, sentences in two languages, tables and figures of the eleven regions."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, paths, regions, sectors
from alpclusters_lib.reports import action_plan, consortia, partner_evidence, partner_words, partners
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.divisions import divisions
from alpclusters_lib.reports.explain import explain
from alpclusters_lib.reports.strategy_overlap import overlaps
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy import synergy

KEYS = [key for key in regions.s3_regions().index if key != "fribourg"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_areas_are_regions_with_figures_and_strategies_beyond_one():
    areas = partner_evidence.areas()
    assert {"SI", "DE1", "DE2"} == {code for code in areas if len(code) < 4}
    assert not any(code.startswith(("CH", "LI")) for code in areas) and len(areas) == 30
    assert partner_evidence.strategy_of("DE21") == "bavaria" and partner_evidence.strategy_of("AT33") is None


def test_candidates_are_abroad_and_never_the_region_itself():
    for key in KEYS:
        own = partner_evidence.area_of(key)
        abroad, home = partner_evidence.candidates(key), partner_evidence.candidates(key, abroad=False)
        assert all(code[:2] != own[:2] for code in abroad) and all(code[:2] == own[:2] for code in home)
        assert not any(code.startswith(own) for code in (*abroad, *home))
    assert partner_evidence.candidates("fribourg") == []


def test_joint_strength_is_found_again_from_the_published_jobs():
    found = partner_evidence.family_diamonds("metal")
    value = synergy.diamond("ITC4", "AT31", found).loc["joint_strength", "value"]
    whole = divisions(2014)
    names = list(partner_evidence.family_divisions("metal"))
    share = whole.jobs[names].sum(axis=1) / whole.totals[whole.jobs.index]
    place = (share.rank(method="average") - 0.5) / len(share)
    assert value == approx(place[["ITC4", "AT31"]].min(), abs=1e-9)


def test_priority_overlap_is_the_mean_of_both_readings():
    found = partner_evidence.family_diamonds("metal")
    value = synergy.diamond("ITC4", "AT31", found).loc["priority_overlap", "value"]
    readings = [overlaps(version=version).matrix.loc["lombardy", "upper-austria"] for version in ("narrow", "broad")]
    assert value == approx(np.mean(readings))
    assert np.isnan(synergy.diamond("ITC4", "AT33", found).loc["priority_overlap", "value"])


@pytest.mark.parametrize("code", ["ITC4", "SI", "DE2"])
def test_quotients_are_those_that_explain_prints(code):
    for family in ("metal", "machinery"):
        row = partner_evidence.quotients(family).loc[code]
        assert f": {row['lq']:.2f}" in explain("location_quotient", code, family).splitlines()[0]


def test_leading_family_holds_most_jobs_above_the_share_and_has_a_chain():
    assert partner_evidence.leading_family("fribourg") is None
    figures = strategy_regions(2014)
    for key in KEYS:
        family, above = partner_evidence.leading_family(key), {}
        for other in FAMILIES:
            names = list(partner_evidence.family_divisions(other))
            expected = figures.totals[key] * figures.reference[names].sum() / figures.reference.sum()
            if partner_evidence.chains_of(other):
                above[other] = figures.jobs.loc[key, names].sum() - expected
        assert family == max(above, key=above.get)
    shown = explain("specialised_jobs", "lombardy", "metal").splitlines()[0].rpartition(": ")[2]
    names = list(partner_evidence.family_divisions("metal"))
    share = figures.reference[names].sum() / figures.reference.sum()
    jobs = figures.jobs.loc["lombardy", names].sum() - figures.totals["lombardy"] * share
    assert float(shown.replace(",", "")) == approx(jobs, abs=1)


def test_distances_are_symmetric_and_rounded():
    ways = partner_evidence.distances()
    assert (ways == ways.T).all(axis=None) and (ways % 10 == 0).all(axis=None) and (np.diag(ways) == 0).all()
    assert 200 <= ways.loc["ITC4", "ITC1"] <= 220 or ways.loc["ITC4", "ITC1"] < 250


def test_languages_are_official_and_kept_apart_from_the_rank():
    assert partner_evidence.languages("ITH1") == {"it", "de"} and partner_evidence.languages("AT33") == {"de"}
    codes = set(datasets.facts("official_languages")["area"].str[:2])
    assert codes >= {code[:2] for code in partner_evidence.areas()}
    table = partners.partner_table("trento", "construction").set_index("partner")
    assert table.loc["Tyrol (AT33)", "same language"] == "no"


@pytest.mark.parametrize("key", KEYS)
def test_every_region_has_a_verdict_with_its_numbers_in_both_languages(key):
    family = partner_evidence.leading_family(key)
    english, italian = (partners.verdict(key, family, language) for language in ("en", "it"))
    for text in (english, italian, partners.families_sentence(key), consortia.consortium_sentence(key, family)):
        check_text(text)
    first = partners.ranked(key, family).iloc[0]
    assert f"{first['mean']:.2f}" in english and f"{first['mean']:.2f}".replace(".", ",") in italian
    assert f"{first['minimum']:.2f}" in english
    check_text(consortia.consortium_sentence(key, family, "it"))
    assert len(partners.reason_lines(key, family)) == len(partners.reason_lines(key, family, "it")) == 5
    check_text(partners.card(key, family))


def test_a_first_partner_with_a_gap_is_shown_beside_the_first_without():
    table = partners.ranked("lombardy", "metal")
    full = table[table["known"] == 4]
    assert table["known"].iloc[0] == 3
    mean = f"{full['mean'].iloc[0]:.2f}"
    told = f"Among the {len(full)} partners with a figure on 4 axes Western Slovenia comes first ({mean})"
    assert full.index[0] == "SI04" and told in partners.verdict("lombardy", "metal")
    assert "con dati su 4 assi viene prima Slovenia occidentale" in partners.verdict("lombardy", "metal", "it")
    other = partners.ranked("lombardy", "textile-fashion")
    alone = other[other["known"] == other["known"].max()]
    told = "Among the" in partners.verdict("lombardy", "textile-fashion")
    assert told == (other.index[0] not in alone.index)


def test_reasons_name_the_axis_and_what_would_change_the_rank():
    family = partner_evidence.leading_family("lombardy")
    table = partners.ranked("lombardy", family)
    for code in table.index[:3]:
        known = table.loc[code, list(synergy.AXES)].astype(float).dropna()
        assert partners.AXIS_NAMES["en"][known.idxmax()] in partner_words.why("lombardy", family, code)
        assert partner_words.why_not("lombardy", family, code).startswith(partners.AXIS_NAMES["en"][known.idxmin()])
        assert "in 90 % of the draws its rank is" in partner_words.change_sentence("lombardy", family, code)


def test_tables_and_figures_can_be_read():
    family = partner_evidence.leading_family("upper-austria")
    for table in (
        partners.partner_table("upper-austria", family), partners.home_table("upper-austria", family),
        partners.family_table("upper-austria"), consortia.consortium_table("upper-austria"),
    ):  # fmt: skip
        check_table(table)
    for picture in (
        partners.diamond_picture("upper-austria", family), partners.rank_picture("upper-austria", family),
        partners.flow_picture("upper-austria", family), partners.graph_picture(family),
    ):  # fmt: skip
        check_picture(picture)


def test_families_without_a_chain_have_a_gap_and_the_limits_say_so():
    assert partners.ranked("trento", "tourism")["chain_fit"].isna().all()
    assert any("Tourism" in line or "tourism" in line for line in partners.limits("tourism"))
    assert len(partners.limits("metal")) + 1 == len(partners.limits("tourism"))


def test_fribourg_has_one_sentence_and_no_empty_chart():
    for language in ("en", "it"):
        check_text(partners.verdict("fribourg", None, language))
    assert partners.partner_table("fribourg", None).empty and partners.family_table("fribourg").empty
    assert consortia.consortium_table("fribourg").empty and consortia.consortium_sentence("fribourg", None) == ""
    pictures = (partners.diamond_picture, partners.rank_picture, partners.flow_picture)
    assert [draw("fribourg", None) for draw in pictures] == [None] * 3 and partners.graph_picture(None) is None
    with pytest.raises(ValueError, match="no jobs by division for fribourg"):
        consortia.consortium("fribourg", "machinery")


def test_the_smallest_consortium_covers_what_it_says():
    for chain, model in partner_evidence.chains().items():
        held = partner_evidence.holdings(model)
        found = consortia.consortium("trento", chain)
        for group in found.groups:
            assert held.loc[list(group)].any().drop(list(found.nobody)).all() and group[0] == "ITH2"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: partners.ranked("lombardia", "metal"), "unknown region 'lombardia'; did you mean 'lombardy'?"),
        (lambda: partners.ranked("lombardy", "metals"), "unknown cluster family 'metals'; did you mean 'metal'?"),
        (lambda: partners.verdict("lombardy", "metal", "fr"), "no text in 'fr'; en or it is right"),
        (
            lambda: partner_evidence.chosen_family("lombardy", "metals"),
            "unknown cluster family 'metals'; did you mean 'metal'?",
        ),
    ],
)
def test_wrong_input_is_one_sentence(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert sentence in str(caught.value)


def test_the_readme_says_what_the_pages_say():
    text = " ".join((paths.root() / "README.md").read_text(encoding="utf-8").split())
    row = partners.ranked("lombardy", "metal")
    assert partner_evidence.leading_family("lombardy") == "metal" and row.index[0] == "DE14"
    first = row.iloc[0]
    assert f"its rank lies between {first['rank_lower']:.0f} and {first['rank_upper']:.0f} of {len(row)}" in text
    assert f"chains are thin into {len(action_plan.plan(None))} actions" in text


def test_every_family_of_the_facts_has_its_own_name():
    table = datasets.facts("organisation_families")
    assert set(table["family"]) <= set(sectors.cluster_families().index)
    known = set(zip(*(datasets.facts("cluster_organisations")[c] for c in ("name", "regions_served")), strict=True))
    assert set(zip(table["organisation"], table["region"], strict=True)) <= known and not table.duplicated().any()
