"""Candidates for transformative activities by hand, and the five elements of every region."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from pytest import approx
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import activity_evidence, activity_words, innovation_model, partner_evidence
from alpclusters_lib.reports.divisions import divisions, learnt_proximity
from alpclusters_lib.reports.explain import explain
from alpclusters_lib.strategy import innovation_model as model

KEYS = [key for key in regions.s3_regions().index if key != "fribourg"]
LOWER = pd.DataFrame(
    {"C13": [2.0, 0.5, 0.9], "C22": [0.8, 1.5, 1.2], "C25": [1.4, 0.9, 1.9]}, index=["here", "abroad", "away"]
)
STRENGTH = pd.DataFrame(
    {"C13": [0.9, 0.2, 0.4], "C22": [0.3, 0.8, 0.7], "C25": [0.85, 0.4, 0.95]}, index=["here", "abroad", "away"]
)
NEAR = pd.DataFrame(
    [[np.nan, 0.6, 0.95], [0.6, np.nan, 0.5], [0.95, 0.5, np.nan]], index=list(LOWER), columns=list(LOWER)
)
LINKS = pd.DataFrame(
    [("C13", "C22"), ("C22", "C13"), ("C13", "C25"), ("C25", "C13"), ("C25", "C22")], columns=["first", "second"]
).assign(chain="x", first_stage="one", second_stage="two")
FAMILIES = pd.Series({"C13": "textile", "C22": "plastics", "C25": "metal"})


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def found(**changes) -> pd.DataFrame:
    options = {"region": "here", "partners": ["abroad", "away"], "families": FAMILIES, "links": LINKS}
    return model.candidates(LOWER, STRENGTH, NEAR, **options | changes)


def test_candidates_are_ordered_by_their_weakest_link():
    table = found()
    assert table[["capacity", "partner_capacity", "partner"]].values.tolist() == [
        ["C13", "C25", "away"], ["C13", "C22", "abroad"], ["C25", "C22", "abroad"],
    ]  # fmt: skip
    assert table["weakest"].tolist() == [0.9, 0.6, 0.5] and table["weakest_link"].tolist() == [
        "own_strength", "relatedness", "relatedness",
    ]  # fmt: skip
    assert table.loc[1, "others"] == ("away",) and table.loc[1, "own_lower"] == 0.8


def test_a_capacity_must_be_sure_on_both_sides_and_of_another_family():
    assert "C22" not in set(found()["capacity"])
    assert found(partners=["abroad"])["partner"].tolist() == ["abroad", "abroad"]
    assert found(families=FAMILIES.replace("plastics", "textile"))["partner_capacity"].tolist() == ["C25", "C22"]
    assert found(links=LINKS.iloc[:0]).empty
    with pytest.raises(ValueError, match="no figures for z"):
        found(partners=["z"])


def test_percentiles_of_links_leave_the_diagonal_out_and_are_symmetric():
    table = model.percentile_of_links(learnt_proximity(2014))
    values = table.to_numpy()
    assert np.isnan(np.diag(values)).all() and np.nanmin(values) >= 0 and np.nanmax(values) <= 1
    np.testing.assert_allclose(values, values.T)
    upper = values[np.triu_indices(len(values), 1)]
    assert np.nanmean(upper) == approx(0.5, abs=1e-6)


def test_an_activity_is_never_a_sector():
    with pytest.raises(ValueError, match="C28 alone is a sector"):
        model.TransformativeActivity({"a": ("C28",), "b": ("C28",)}, "x", ("a", "b"))
    held = model.TransformativeActivity({"a": ("C13",), "b": ("C22",)}, "x", ("a", "b"))
    assert held.status == "candidate" and held.actions == ()


def test_lower_limits_are_below_the_quotients_and_sure_at_the_limits_of_estimates():
    lower = activity_evidence.lower_limits()
    whole = divisions(2014).quotients
    both = [code for code in lower.index if code in whole.index]
    assert (lower.loc[both] <= whole.loc[both, lower.columns] + 1e-9).all(axis=None)
    row = partner_evidence.quotients_of(("C28",)).loc["ITC4"]
    assert lower.loc["ITC4", "C28"] == approx(row["lower"], rel=0.02)


@pytest.mark.parametrize("key", KEYS)
def test_the_first_candidate_of_a_region_holds_in_published_figures(key):
    row, own = activity_evidence.found(key).iloc[0], partner_evidence.area_of(key)
    for code, division in ((own, row["capacity"]), (row["partner"], row["partner_capacity"])):
        assert partner_evidence.quotients_of((division,)).loc[code, "lower"] > 1
        shown = explain("location_quotient", code, division).splitlines()[0].rpartition(": ")[2]
        assert float(shown) > 1
    assert row["partner"][:2] != own[:2]
    families = activity_evidence.division_families()
    assert families[row["capacity"]] != families[row["partner_capacity"]]
    assert row["weakest"] == activity_evidence.found(key)["weakest"].max()
    chain = partner_evidence.chains()[row["chain"]]
    pair = {row["first_stage"], row["second_stage"]}
    assert any({stage.key, after} == pair for stage in chain.stages for after in stage.feeds)


@pytest.mark.parametrize("key", KEYS)
def test_sentences_of_both_languages_carry_the_same_numbers(key):
    english, italian = (activity_words.activity_sentence(key, language) for language in ("en", "it"))
    check_text(english)
    check_text(italian)
    activity = activity_evidence.activity(key)
    for _, group in activity.capacities.items():
        assert f"({group[0]})" in english and f"({group[0]})" in italian
    link = min(activity.evidence, key=activity.evidence.__getitem__)
    assert activity_words.LINK_NAMES["en"][link] in english and activity_words.LINK_NAMES["it"][link] in italian
    assert f"{100 * activity.evidence[link]:.0f} %" in english
    for language in ("en", "it"):
        check_text(innovation_model.helix_sentence(key, language))
        assert len(innovation_model.at_a_glance(key, language)) == 2


def test_five_elements_and_their_counts():
    table = innovation_model.element_table("lombardy")
    check_table(table)
    assert [text.split(". ")[1] for text in table["element"]] == list(model.ELEMENTS)
    counts = innovation_model.elements("lombardy")
    facts = datasets.facts("s3_priorities").query("region == 'lombardy' and period == '2014-2020'")
    assert counts["development strategy"] == (facts["priority"].fillna("") != "").sum() == 7
    assert counts["implementation"] == (datasets.facts("cluster_organisations")["regions_served"] == "lombardy").sum()
    assert counts["evidence base"] == (activity_evidence.lower_limits().loc["ITC4"] > 1).sum()
    assert set(innovation_model.UNKNOWN) == set(model.ELEMENTS)
    known = set(datasets.facts("practices")["element_of_innovation_model"])
    assert known <= set(model.ELEMENTS)


def test_tables_and_figures_can_be_read():
    for table in (
        activity_words.activity_table("lombardy"), innovation_model.object_table("lombardy"),
        innovation_model.known_table("veneto"), innovation_model.helix_table("lombardy"),
    ):  # fmt: skip
        check_table(table)
    check_picture(innovation_model.candidate_picture("lombardy"))
    assert set(innovation_model.known_table("veneto")["called"]) == {"idea"}


def test_priorities_that_name_a_division_are_found_by_their_coding():
    assert activity_words.named_by("lombardy", ("C30",)) == ["aerospace", "sustainable mobility"]
    assert activity_words.named_by("lombardy", ("C15",)) == [] == activity_words.named_by("fribourg", ("C10",))


def test_fribourg_has_one_sentence_and_its_facts():
    assert activity_evidence.found("fribourg").empty and activity_evidence.activity("fribourg") is None
    assert innovation_model.candidate_picture("fribourg") is None
    assert innovation_model.object_table("fribourg").empty and activity_words.activity_table("fribourg").empty
    for language in ("en", "it"):
        (line,) = innovation_model.at_a_glance("fribourg", language)
        check_text(line)
    check_table(innovation_model.element_table("fribourg"))
    assert "no jobs by division are published" in innovation_model.element_table("fribourg").iloc[0, 1]
