"""Services: hypotheses, gaps, self-assessment and profile by hand, then what the page says for the eleven regions."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures.mark_grid import mark_grid
from alpclusters_lib.reports import partner_evidence, service_evidence, service_survey, survey_files, survey_report
from alpclusters_lib.reports.case import Case
from alpclusters_lib.reports.evidence import collect
from alpclusters_lib.strategy import services

KEYS = [key for key in regions.s3_regions().index if key != "fribourg"]
FIGURES = pd.DataFrame(
    [("r", "f", "x", 1.0, 0.8, 1.2), ("r", "f", "y", np.nan, np.nan, np.nan), ("q", "f", "x", 2.0, 1.9, 2.1)],
    columns=["region", "cluster", "indicator", "value", "lower", "upper"],
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def rules(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["rule", "service", "indicator", "condition", "threshold"])


def test_a_hypothesis_names_its_number_and_whether_it_is_certain():
    found = services.hypotheses(FIGURES, rules(("a", "s", "x", "above", 0.9), ("b", "t", "x", "below", 1.1)))
    assert found[["rule", "region", "value", "certain"]].values.tolist() == [
        ["a", "r", 1.0, False], ["a", "q", 2.0, True], ["b", "r", 1.0, False],
    ]  # fmt: skip


def test_a_missing_value_triggers_nothing_and_a_threshold_met_exactly_neither():
    assert services.hypotheses(FIGURES, rules(("a", "s", "y", "below", 9), ("b", "s", "x", "above", 2.0))).empty


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (("a", "s", "z", "above", 1), "the rule a names the indicator 'z'"),
        (("a", "s", "x", "over", 1), "'over' is not available; available: below, above"),
    ],
)
def test_wrong_rules_are_one_sentence(rule, sentence):
    with pytest.raises(ValueError) as caught:
        services.hypotheses(FIGURES, rules(rule))
    assert sentence in str(caught.value)


def test_holm_by_hand():
    # Holm (1979): .01 * 4, .013 * 3 below it so .04 stays, .03 * 2, .05 below it so .06 stays
    found = services.holm(pd.Series([0.03, 0.01, 0.05, 0.013, np.nan]))
    np.testing.assert_allclose(found, [0.06, 0.04, 0.06, 0.04, np.nan])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_never_lowers_a_p(values):
    p = pd.Series(values)
    found = services.holm(p)
    assert (found >= p - 1e-15).all() and (found <= 1).all()
    assert found[p.sort_values(kind="stable").index].is_monotonic_increasing


def answers(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["respondent", "service", "importance", "performance"])


def rated(service, importance, performance, people=4):
    return [(f"r{n}", service, float(importance + n % 2), float(performance)) for n in range(people)]


def test_gaps_and_quadrants_of_martilla_and_james():
    rows = [*rated("a", 4, 1), *rated("b", 4, 4), *rated("c", 1, 1), *rated("d", 1, 4)]
    found = services.gap_analysis(answers(rows), rng=1)
    assert found["gap"].tolist() == [3.5, 0.5, 0.5, -2.5]
    assert found["quadrant"].tolist() == [
        "concentrate here", "keep up the good work", "low priority", "possible overkill",
    ]  # fmt: skip
    assert found.attrs["cuts"] == (3.0, 2.5) and (found["lower"] <= found["gap"]).all()
    middle = services.gap_analysis(answers(rows), cut="scale_middle", rng=1)
    assert middle.attrs["cuts"] == (3.0, 3.0)
    # 4 pairs of one sign: two of sixteen ways, then Holm over four services
    assert found.loc["a", "p"] == approx(2 / 16) and found.loc["a", "p_holm"] == approx(0.5)


def test_few_answers_are_not_shown_and_unknown_ones_are_left_out():
    rows = [*rated("a", 4, 1, 2), *rated("b", 4, 1), ("r9", "b", 5.0, np.nan)]
    found = services.gap_analysis(answers(rows), rng=1)
    assert found.loc["a", "status"] == "too few" and np.isnan(found.loc["a", "gap"]) and found.loc["b", "n"] == 4
    assert pd.isna(found.loc["a", "quadrant"])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("r1", "a", 6.0, 1.0)], "importance of a by r1 is 6; 1 to 5 is right"),
        ([("r1", "a", 5.0, 1.0), ("r1", "a", 4.0, 1.0)], "r1 rates a twice"),
    ],
)
def test_answers_off_the_scale_or_twice_are_one_sentence(rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        services.gap_analysis(answers(rows))
    with pytest.raises(ValueError, match="answers have no column performance"):
        services.gap_analysis(answers(rows).drop(columns="performance"))


def test_self_assessment_counts_people_not_answers():
    items = pd.DataFrame({"key": ["k1", "k2", "k3"], "group": ["g", "g", "h"]})
    rows = [(f"r{n}", key, value) for n in range(3) for key, value in (("k1", 2.0), ("k2", 4.0 + n % 2))]
    table = pd.DataFrame([*rows, ("r0", "k3", 5.0)], columns=["respondent", "item", "answer"])
    found = services.self_assessment(table, items)
    assert found.loc["g", ["n", "answers", "status"]].tolist() == [3, 6, "shown"]
    assert found.loc["g", "mean"] == approx((3 + 3.5 + 3) / 3) and found.loc["h", "status"] == "too few"
    with pytest.raises(ValueError, match="item 'k9' is not among the items"):
        services.self_assessment(table.assign(item="k9"), items)


def test_the_minimum_profile_never_takes_unknown_for_not_met():
    table = pd.DataFrame(
        {
            "team_fte": [0.5, 0.4, None],
            "members": [15, 20, None],
            "member_types": [2, 2, 2],
            "english_website": [1, 1, 1],
        },
        index=["a", "b", "c"],
    )
    found = services.minimum_profile(table)
    assert found["profile"].tolist() == ["met", "not met", "unknown"]
    assert services.minimum_profile(table[["members"]])["team_fte"].eq("unknown").all()


# --- the page


def test_rules_name_known_services_and_indicators_in_both_languages():
    table = datasets.facts("service_rules")
    assert set(table["service"]) <= set(service_evidence.service_names().index)
    assert set(table["indicator"]) <= set(service_evidence.INDICATORS) and table["rule"].is_unique
    assert (table[["reason_en", "reason_it", "source"]] != "").all(axis=None)
    offers = datasets.facts("service_offers")
    assert set(offers["service"]) <= set(service_evidence.service_names().index)
    assert offers["source"].str.startswith("https://").all() and set(offers["region"]) <= set(
        regions.s3_regions().index
    )


def test_indicators_are_those_of_the_case_study():
    table = service_evidence.indicators("lombardy", "metal").set_index("indicator")
    case = Case(name="x", title="Metal in Lombardy", region="lombardy", family="metal")
    found = collect(case)
    row = found.main
    assert table.loc["location_quotient", "value"] == approx(row["lq"])
    assert table.loc["growth_gap", "value"] == approx(row["growth_pct"] - found.growth.reference_pct)
    assert table.loc["largest_share", "value"] == approx(found.parts["share_of_cluster"].max())
    units = datasets.local_units(year=2014, regions="ITC4", sectors=list(partner_evidence.family_divisions("metal")))
    europe = table.loc["size_ratio", "value"]
    assert europe > 0 and units["value"].notna().all()
    assert np.isnan(
        service_evidence.indicators("franche-comte", "metal").set_index("indicator").loc["growth_gap", "value"]
    )


@pytest.mark.parametrize("key", KEYS)
def test_every_suggestion_names_its_number_and_waits_for_the_cluster(key):
    found = service_evidence.hypotheses_of(key)
    for language, word in (("en", "to be validated with the cluster"), ("it", "da verificare con il cluster")):
        table = service_evidence.hypothesis_table(key, language)
        assert len(table) == len(found)
        if len(table):
            check_table(table)
            assert table.iloc[:, -1].str.endswith(word).all() and table.iloc[:, 3].str.contains(r"\d").all()


def test_the_page_finds_first_and_fribourg_has_a_sentence():
    for language in ("en", "it"):
        check_text(service_evidence.verdict(language))
    assert service_evidence.hypotheses_of("fribourg").empty and service_evidence.hypothesis_table("fribourg").empty
    check_text(service_evidence.profile_sentence())
    for table in (service_evidence.taxonomy_table(), service_evidence.offer_table()):
        check_table(table)
    check_picture(service_evidence.service_picture())


def test_surveys_are_marked_illustrative_in_sentence_table_and_figure():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sentences = [service_survey.gap_sentence(), service_survey.reliability_sentence(),
                     service_survey.assessment_sentence()]  # fmt: skip
    for text in sentences:
        check_text(text)
        assert text.startswith("Illustrative only")
    for table in (service_survey.gap_table(), service_survey.assessment_table()):
        check_table(table)
        assert (table["data"] == "illustrative").all()
    for picture in (service_survey.gap_picture(), service_survey.assessment_picture()):
        check_picture(picture)
        texts = [text.get_text() for text in picture.figure.axes[0].texts]
        assert "illustrative" in texts and "(illustrative)" in picture.figure.axes[0].get_title(loc="left")


def test_a_real_file_of_the_same_answers_is_not_marked(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(survey_files.illustrative("services").read_bytes())
    assert "Illustrative" not in service_survey.gap_sentence(path)
    assert "data" not in service_survey.gap_table(path)


@pytest.mark.parametrize("kind", ["services", "self-assessment"])
def test_reports_are_written_with_formulas_made_safe(tmp_path, kind):
    told = survey_report.write_report(survey_files.illustrative(kind), tmp_path, kind=kind)
    assert told and (tmp_path / f"{kind}-table.csv").read_text().count("\n") >= 7
    assert (tmp_path / f"{kind}.png").exists() and (tmp_path / f"{kind}.csv").exists()


def test_six_groups_have_two_items_each_in_both_languages():
    table = datasets.facts("service_self_assessment")
    assert table["group"].value_counts().eq(2).all()
    assert set(table["group"]) == set(datasets.facts("ecosystem_indicator_groups")["group"])
    assert (table[["text_en", "text_it", "group_it"]] != "").all(axis=None)


def test_a_grid_of_marks_takes_three_values():
    _, ax = plt.subplots()
    mark_grid(pd.DataFrame({"a": [1.0, 0.5], "b": [0.0, 1.0]}, index=["x", "y"]), ax=ax, full="yes", half="maybe")
    assert sorted(len(points.get_offsets()) for points in ax.collections[:2]) == [1, 2]
    with pytest.raises(ValueError, match=r"neither 0, 0\.5 nor 1"):
        mark_grid(pd.DataFrame({"a": [0.7]}), ax=ax, full="yes", half="maybe")
