"""The action plan: rules, numbers that explain finds again, both languages, and sheets of two pages."""

from __future__ import annotations

import functools
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import action_findings, action_plan
from alpclusters_lib.reports.explain import explain
from alpclusters_lib.strategy.action_plan import Finding, Number, build

KEYS = [key for key in regions.s3_regions().index if key != "fribourg"]
NUMBER = Number("location_quotient", "ITC4", "C28", 2014, 1.98, "1.98", "machinery in Lombardy 1.98")
RULES = pd.DataFrame(
    {"action_en": ["Meet {partner} on {what}"], "service_en": ["exchange"], "actors_en": ["business"], "group": ["2"]},
    index=["meet"],
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_finding_without_a_number_and_a_kind_without_a_rule_are_refused():
    with pytest.raises(ValueError, match="has no number behind it"):
        Finding("meet", ("ITC4",), "machines", "", ())
    with pytest.raises(ValueError, match="no rule for actions of the kind 'build'; there are meet"):
        build([Finding("build", ("ITC4",), "x", "y", (NUMBER,))], RULES)
    with pytest.raises(ValueError, match="the rule meet has no action_it"):
        build([Finding("meet", ("ITC4",), "x", "y", (NUMBER,))], RULES, language="it")
    with pytest.raises(ValueError, match="no plan in 'de'"):
        build([], RULES, language="de")
    assert build([], RULES).empty


def test_rules_are_complete_in_both_languages_and_name_services_and_groups():
    kinds = datasets.facts("action_kinds")
    for column in ("action_en", "action_it", "actors_en", "actors_it", "source"):
        assert (kinds[column].str.strip() != "").all()
    assert set(kinds["service"]) <= set(datasets.facts("services")["key"])
    assert set(kinds["group"].astype(str)) <= set(datasets.facts("eusalp_action_groups")["group"].astype(str))
    for english, italian in kinds[["action_en", "action_it"]].to_numpy():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", italian))


@functools.cache
def shown_by_explain(indicator: str, region: str, sector: str, year: int) -> str:
    return explain(indicator, region, sector, year=year).splitlines()[0]


@pytest.mark.parametrize("key", [None, *KEYS])
def test_every_number_of_a_plan_is_found_again(key):
    table = action_plan.plan(key)
    assert len(table) >= 3
    for numbers in table["numbers"]:
        for number in numbers:
            shown = shown_by_explain(number.indicator, number.region, number.sector, number.year)
            assert shown.endswith(f": {number.value:.2f}"), number
            assert number.shown in number.text and f"{number.value:.2f}" in number.shown


@pytest.mark.parametrize("key", [None, *KEYS])
def test_both_languages_say_the_same(key):
    english, italian = action_plan.plan(key), action_plan.plan(key, "it")
    assert english["kind"].tolist() == italian["kind"].tolist()
    assert english["regions"].tolist() == italian["regions"].tolist()
    for one, two in zip(english["numbers"], italian["numbers"], strict=True):
        assert [n.value for n in one] == [n.value for n in two]
    for language in ("en", "it"):
        table = action_plan.plan_table(key, language)
        check_table(table)
        assert list(table.columns) == list(action_plan.COLUMNS[language].values())
        assert (table != "").all(axis=None)
        for line in action_plan.at_a_glance(key, language):
            check_text(line.replace("**", ""))
        check_text(action_plan.groups_sentence(key, language))
    for language in ("en", "it"):
        check_text(action_plan.finding(key, language))
    assert not (set(english["action"]) & set(italian["action"]))


def test_a_region_finds_its_activity_partner_and_weakest_number_first():
    for key in KEYS:
        first, second = action_plan.at_a_glance(key)
        assert first.startswith("**Best-evidenced transformative activity.**") and "weakest number" in first
        assert second.startswith("**First partner.**") and "weakest number" in second


def test_deciders_are_known_partners_or_said_to_be_unknown():
    assert action_findings.deciders("ITC4") == ("Regione Lombardia (DC Programmazione)",)
    assert action_findings.deciders("AT33") == ("authority of Tyrol (not in the facts)",)
    known = set(datasets.facts("partners")["organisation"])
    for names in action_plan.plan(None)["decided_by"]:
        assert all(name in known or "not in the facts" in name for name in names)


def test_chains_thin_at_the_same_divisions_share_an_action():
    table = action_plan.plan(None)
    thin = table[table["kind"] == "hold_bottleneck"]
    assert thin["action"].str.contains("Automotive and electric mobility and Machinery").any()
    assert thin["regions"].map(lambda codes: len({code[:2] for code in codes}) == len(codes)).all()


def test_figures_and_sentences_of_fribourg():
    check_picture(action_plan.baseline_picture("lombardy"))
    check_text(action_plan.explain_sentence("lombardy"))
    assert action_plan.baseline_picture("fribourg") is None and action_plan.plan_table("fribourg").empty
    assert action_plan.sheet_links("fribourg") == "" == action_plan.explain_sentence("fribourg")
    check_text(action_plan.finding("fribourg"))
    with pytest.raises(ValueError, match="unknown region 'fribourgo'"):
        action_plan.plan("fribourgo")


@pytest.mark.browser
@pytest.mark.parametrize("key", [None, "lombardy", "bavaria"])
def test_sheets_fill_two_pages_and_load_nothing(visit, tmp_path, key):
    for language in ("en", "it"):
        path = tmp_path / f"{language}.html"
        path.write_text(action_plan.sheet(key, language), encoding="utf-8")
        page = visit(path)
        printed = page.page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type /Page\b", printed)) == 2
        assert page.foreign_requests == [] and page.page.locator("tbody tr").count() == 2 * len(action_plan.plan(key))
