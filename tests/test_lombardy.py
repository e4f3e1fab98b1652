"""Lombardy's sheet: cards, crosswalk, questions and place in EUSALP, found again from the tables, in both languages."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import (
    lombardy,
    place_in_eusalp,
    priority_cards,
    priority_coding,
    priority_crosswalk,
    structural_peers,
)
from alpclusters_lib.reports.divisions import divisions


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_cards_are_found_again_from_the_jobs():
    table, whole = priority_cards.cards("lombardy"), divisions(2014)
    assert len(table) == 7 and set(table["among"]) == {11}
    key = "lombardy-2014-6"
    names = list(priority_cards.divisions_of(key))
    assert names == ["C28", "C33"]
    share = whole.jobs[names].sum(axis=1) / whole.totals[whole.jobs.index]
    quotients = share / (whole.reference[names].sum() / whole.reference.sum())
    peers = structural_peers.peers_of("lombardy")
    assert table.loc[key, "lq"] == approx(quotients["ITC4"], rel=1e-6)
    assert table.loc[key, "rank"] == 1 + (quotients[peers] > quotients["ITC4"]).sum()
    assert table.loc[key, "peer_median"] == approx(quotients[peers].median(), rel=0.05)
    assert (table["rank_lower"] <= table["rank"]).all() and (table["rank"] <= table["rank_upper"]).all()


def test_growth_is_left_out_where_figures_break():
    assert priority_cards.cards("lombardy")["growth"].astype(float).notna().all()
    broken = set(priority_cards.broken_countries(*priority_cards.WINDOW))
    assert "IT" not in broken and "FR" in broken
    assert np.isnan(list(priority_cards._growth("franche-comte", "bavaria-2014-2").values())).all()


def test_the_crosswalk_is_the_cosine_of_the_coded_divisions():
    table = priority_crosswalk.crosswalk("lombardy")
    assert table.shape == (7, 5)
    weights = [priority_coding.weights(period, "narrow") for period in priority_crosswalk.PERIODS]
    old, new = weights[0].loc["lombardy-2014-2"], weights[1].loc["lombardy-2021-1"]
    both = old.index.union(new.index)
    old, new = old.reindex(both).fillna(0), new.reindex(both).fillna(0)
    cosine = (old @ new) / np.sqrt((old @ old) * (new @ new))
    assert table.loc["lombardy-2014-2", "lombardy-2021-1"] == approx(cosine)
    assert priority_crosswalk.without_counterpart("lombardy") == ["lombardy-2014-3"]
    assert "not found" in priority_crosswalk.crosswalk_sentence("lombardy")
    assert "not found" not in priority_crosswalk.crosswalk_sentence("piedmont")


@pytest.mark.parametrize("key", ["upper-austria", "fribourg", "baden-wuerttemberg"])
def test_regions_without_a_period_have_a_sentence_and_no_chart(key):
    assert priority_crosswalk.crosswalk(key).empty and priority_crosswalk.crosswalk_picture(key) is None
    for language in ("en", "it"):
        check_text(priority_crosswalk.crosswalk_sentence(key, language))
    if key != "upper-austria":
        assert priority_cards.cards(key).empty and priority_cards.card_picture(key) is None


def test_names_of_priorities_are_complete_in_italian():
    facts = datasets.facts("s3_priorities")
    named = set(facts.loc[facts["priority"].fillna("") != "", "id"])
    table = datasets.facts("s3_priority_names")
    assert set(table["id"]) == named and table["id"].is_unique and (table["name_it"].str.strip() != "").all()
    with pytest.raises(ValueError, match="no names of priorities in 'de'"):
        priority_coding.titles(language="de")


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_sheet_can_be_read(language):
    texts = [
        lombardy.intro(language), lombardy.card(language), lombardy.place_lines(language),
        priority_crosswalk.crosswalk_sentence("lombardy", language), *lombardy.limits(language),
    ]  # fmt: skip
    for text in texts:
        check_text(text)
    for line in lombardy.verdict_lines(language):
        check_text(line.replace("**", ""))
    for table in (
        priority_cards.card_table("lombardy", language), priority_crosswalk.crosswalk_table("lombardy", language),
        lombardy.province_table(language), place_in_eusalp.place_table("ITC4", language),
    ):  # fmt: skip
        check_table(table)
    for picture in (priority_cards.card_picture("lombardy", language),
                    priority_crosswalk.crosswalk_picture("lombardy", language)):  # fmt: skip
        check_picture(picture)
    assert len({lombardy.heading(key, language) for key in lombardy.HEADINGS}) == len(lombardy.HEADINGS)
    assert lombardy.thumbnail(language) == priority_cards.card_picture("lombardy", language).name


def test_questions_carry_their_number_and_are_as_many_in_both_languages():
    english, italian = (lombardy.questions(language) for language in ("en", "it"))
    assert len(english) == len(italian) >= 6
    for text in (*english, *italian):
        assert "?" in text and any(character.isdigit() for character in text)
    assert sum("eco-industry" in text for text in english) >= 2
    assert len(lombardy.instrument_lines("en")) == len(lombardy.instrument_lines("it")) == 4
    assert all("https://" in line or "notebooks/instruments" in line for line in lombardy.instrument_lines())


def test_place_in_eusalp_is_the_share_of_the_regions_with_figures():
    table, whole = place_in_eusalp.shares("ITC4"), divisions(2014)
    known = [code for code in regions.perimeter("eusalp") if code in whole.jobs.index]
    assert table.loc["all", "share"] == approx(whole.totals["ITC4"] / whole.totals[known].sum())
    assert table["among"].iloc[0] == len(known) == 35 and table.loc["textile-fashion", "rank"] == 1
    with pytest.raises(ValueError, match="CH02 has no figures by industry in EUSALP"):
        place_in_eusalp.shares("CH02")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: lombardy.heading("sums"), "the sheet has no heading 'sums'"),
        (lambda: lombardy.title("fr"), "no text in 'fr'; en or it is right"),
        (lambda: priority_crosswalk.crosswalk("lombardia"), "unknown region 'lombardia'"),
    ],
)
def test_wrong_input_is_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
