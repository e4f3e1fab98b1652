"""What is said about alignment: words that turn with the numbers, one q on every page, and pages without figures."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.figures import priority_cases as drawn
from alpclusters_lib.figures import style
from alpclusters_lib.reports import alignment, alignment_evidence, alignment_words, priority_coding
from alpclusters_lib.reports.numbers import p_text
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.alignment import CASES, adjusted
from alpclusters_lib.strategy.priorities import codable_share

PERIOD = "2014-2020"
WITHOUT = ("baden-wuerttemberg", "franche-comte", "fribourg")
WITH = tuple(key for key in regions.s3_regions().index if key not in WITHOUT)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


# --- evidence


def test_every_named_priority_of_the_period_is_there():
    table = alignment.results()
    assert table.index.tolist() == [key for region in strategy_regions().jobs.index
                                    for key in table.index[table["region"] == region]]  # fmt: skip
    assert set(table.index) == set(priority_coding.titles(PERIOD).index)
    shares = codable_share(priority_coding.weights(PERIOD), strategy_regions().jobs.columns)
    assert table["codable_share"].to_numpy() == pytest.approx(shares.reindex(table.index).to_numpy())
    tested = table[table["tested"]]
    assert tested[CASES].sum(axis=1).to_numpy() == pytest.approx(1)
    assert table.loc[~table["tested"], ["p_specialised", "q_specialised", "estimated_share"]].isna().all(axis=None)
    assert tested["estimated_share"].between(0, 1).all() and (tested["estimated_share"] > 0).any()


def test_q_is_over_all_strategies():
    for version in ("narrow", "broad"):
        table = alignment.results(version=version)
        assert table["q_specialised"].to_numpy() == pytest.approx(
            adjusted(table["p_specialised"]).to_numpy(), nan_ok=True
        )
        own = alignment_evidence.alone("veneto", PERIOD, version)
        assert own["q_specialised"].tolist() == table.loc[table["region"] == "veneto", "q_specialised"].tolist()


def test_results_cannot_be_changed_from_outside():
    table = alignment.results()
    table["p_specialised"] = 0.5
    assert not (alignment.results()["p_specialised"] == 0.5).all()


def test_unstable_is_a_change_of_sides():
    narrow, broad = alignment.results(), alignment.results(version="broad")
    sides = [np.sign(table["mean_quotient"] - table["expected_quotient"]) for table in (narrow, broad)]
    known = narrow["tested"] & broad["tested"]
    assert narrow.loc[known, "unstable"].tolist() == (sides[0] != sides[1])[known].tolist()
    assert narrow.loc[~known, "unstable"].isna().all()


def test_whole_strategies_add_up():
    found, table = alignment_evidence.pooled(), alignment.results()
    assert found.index.tolist() == [*dict.fromkeys(table["region"]), "all"]
    assert found.loc["all", "priorities"] == table["tested"].sum()
    sums = table[table["tested"]].groupby("region")["mean_quotient"].sum()
    assert found["quotient"].drop("all").to_numpy() == pytest.approx(sums.reindex(found.index[:-1]).to_numpy())
    assert found[["p_specialised", "p_specialised_kept"]].stack().between(0, 1).all()
    variants = alignment_evidence.variants()
    assert len(variants) == 6 and variants["p_specialised"].iloc[0] == found.loc["all", "p_specialised_kept"]


def test_the_other_period_has_four_strategies():
    table = alignment.results("2021-2027")
    assert table["region"].nunique() == 4
    check_text(alignment.not_tested_sentence("lombardy", "2021-2027"))
    check_text(alignment.alignment_sentence("bavaria", "2021-2027"))


# --- what a page prints


@pytest.mark.parametrize("region", WITH)
def test_a_page_of_a_strategy(region):
    for text in (alignment.alignment_sentence(region), alignment.not_tested_sentence(region),
                 alignment.verdict(region), alignment.verdict(region, "it")):  # fmt: skip
        check_text(text)
    table = alignment.alignment_table(region)
    check_table(table)
    own = alignment_evidence.alone(region)
    assert len(table) == 2 * len(own) and table["coding"].tolist() == ["narrow", "broad"] * len(own)
    assert table["priority"].tolist() == [title for title in own["title"] for _ in range(2)]
    picture = alignment.alignment_picture(region)
    check_picture(picture)
    assert picture.data.index.tolist() == own.index.tolist()
    told = p_text(alignment_evidence.pooled().loc[region, "p_specialised_kept"])
    assert told in alignment.alignment_sentence(region) and told in picture.alt


@pytest.mark.parametrize("region", WITHOUT)
def test_a_page_without_priorities_or_figures_says_so(region):
    text = alignment.alignment_sentence(region)
    check_text(text)
    assert "no priorities to test" in text and alignment.not_tested_sentence(region) == text
    for language, said in (("en", "no priority can be tested"), ("it", "nessuna priorità")):
        check_text(alignment.verdict(region, language))
        assert said in alignment.verdict(region, language)
    assert alignment.alignment_table(region).empty and alignment.alignment_picture(region) is None


def test_the_page_of_all_strategies():
    table, text = alignment.results(), alignment.alignment_sentence()
    for words in (text, alignment.not_tested_sentence(), *alignment.limits(), f"{alignment.headline()}."):
        check_text(words)
    assert f"Of {len(table)} priorities of {len(WITH)} strategies, {table['tested'].sum()} can be tested." in text
    check_table(alignment.alignment_table())
    check_table(alignment.variant_table())
    assert len(alignment.alignment_table()) == len(table)
    picture = alignment.alignment_picture()
    check_picture(picture)
    assert len(picture.data) == len(table) and alignment.headline() in picture.alt
    assert all(regions.s3_region(key).name() in alignment.not_tested_sentence() for key in WITHOUT)


def test_unknown_names_are_answered():
    for function in (alignment.alignment_sentence, alignment.alignment_table, alignment.verdict):
        with pytest.raises(ValueError, match=r"unknown region 'lombardia'"):
            function("lombardia")
    with pytest.raises(ValueError, match=r"unknown language 'de'; en or it"):
        alignment.verdict("veneto", "de")


# --- words that turn


def row(title="a", *, region="veneto", share=0.8, excess=0.1, q=0.9, unstable=False, tested=True, **more):
    parts = dict(zip(CASES, (share, 0.0, 0.0, 1 - share), strict=True))
    return parts | {
        "region": region, "title": title, "tested": tested, "codable_share": 1.0, "specialised_share": share,
        "related_share": share, "expected_specialised_share": 0.4, "mean_quotient": excess, "expected_quotient": 0.0,
        "p_specialised": q / 2, "q_specialised": q, "q_related": 0.9, "least_p": 0.0002, "leave_one_out": False,
        "hangs_on": "", "unstable": unstable, "estimated_share": 0.0,
    } | more  # fmt: skip


@pytest.fixture
def given(monkeypatch):
    def with_(*rows, p=(0.4,) * 6, pooled=0.4):
        table = pd.DataFrame(rows, index=[f"p{n}" for n in range(len(rows))]).astype({"unstable": "boolean"})
        tests = {"priorities": len(rows), "mean_quotient": 0.1, "mean_expected_quotient": 0.0,
                 "p_specialised_kept": pooled, "p_related_kept": 0.5}  # fmt: skip
        sets = ["as described", alignment_evidence.SMALLEST_OUT, "mining"] * 2
        variants = pd.DataFrame({"coding": ["narrow"] * 3 + ["broad"] * 3, "sets": sets, "p_specialised": p})
        for module in (alignment, alignment_words):
            monkeypatch.setattr(module, "results", lambda *_: table)
            monkeypatch.setattr(module, "alone", lambda region, *_: table[table["region"] == region])
            monkeypatch.setattr(module, "pooled", lambda *_: pd.DataFrame(tests, ["veneto", "trento", "all"]))
            monkeypatch.setattr(module, "variants", lambda *_: variants)
        return table

    return with_


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((0.2,) * 6, "lie on no more specialised divisions than matched random sets: none of the 6 variants shows a"),
        ((0.01,) * 6, "lie on more specialised divisions than matched random sets: all 6 variants show a difference"),
        (
            (0.2, 0.6, 0.01, 0.2, 0.3, 0.2),
            "do not lie firmly on more specialised divisions than matched random sets: 1 of",
        ),
        ((0.2, 0.6, 0.01, 0.01, 0.3, 0.2), "random sets: 2 of 6 variants show a difference"),
    ],
)
def test_headline_turns_with_the_variants(given, p, said):
    given(row(), row("b"), p=p)
    assert said in alignment.headline()
    check_text(alignment.alignment_sentence())


def test_a_difference_that_rests_on_tiny_divisions_is_told(given):
    said = "Without the divisions that hold less than 0.1 % of EU jobs"
    given(row(), p=(0.01, 0.3, 0.01, 0.2, 0.3, 0.2))
    assert said in alignment.alignment_sentence()
    given(row(), p=(0.01, 0.03, 0.01, 0.2, 0.3, 0.2))
    assert said not in alignment.alignment_sentence()
    given(row(), p=(0.1, 0.3, 0.1, 0.2, 0.3, 0.2))
    assert said not in alignment.alignment_sentence()


def test_priorities_that_stand_out_are_named(given):
    given(row("wood", q=0.03), row("food", q=0.01), row("tourism", q_related=0.02, unstable=True), pooled=0.004)
    text = alignment.alignment_sentence("veneto")
    check_text(text)
    assert text.startswith(
        "All 3 priorities of Veneto are tested. Together they lie on more specialised divisions than"
    )
    assert "(p = 0.004)" in text and "2 lie on more specialised divisions than random sets" in text
    assert "over all strategies): “food” and “wood”; 1 lies on more related ones." in text
    assert text.endswith("One changes sides between the narrow and the broad coding and is marked unstable.")
    assert "“food” (Veneto)" in alignment.alignment_sentence()


def test_one_or_none_tested(given):
    given(row(), row("b", tested=False))
    text = alignment.alignment_sentence("veneto")
    check_text(text)
    assert text.startswith("1 of the 2 priorities of Veneto is tested. It lies on no more specialised divisions")
    assert "“b”" in alignment.not_tested_sentence("veneto")
    given(row(tested=False), row("b", tested=False))
    assert alignment.alignment_sentence("veneto").startswith("None of the 2 priorities of Veneto lies on")
    assert alignment.alignment_picture("veneto") is None
    given(row(unstable=pd.NA))
    assert alignment.alignment_sentence("veneto").endswith("No priority can be compared between the narrow and the "
                                                           "broad coding.")  # fmt: skip


def test_verdict_names_what_is_firm_in_both_codings(given):
    given(row("wood", share=0.9), row("loose", share=1.0, unstable=True), row("small", share=0.3, excess=0.2),
          row("care", share=0.1, excess=-0.3), row("high", share=0.6, excess=-0.1))  # fmt: skip
    english, italian = alignment.verdict("veneto"), alignment.verdict("veneto", "it")
    for text in (english, italian):
        check_text(text)
        assert re.findall(r"[“«](.*?)[”»] \((\d+) %\)", text) == [("wood", "90"), ("care", "10")]
    assert "rests on jobs that are there" in english and "The same cannot be said of “care”" in english
    assert "poggia su posti di lavoro che ci sono" in italian and "Lo stesso non si può dire di «care»" in italian


def test_verdict_without_a_firm_priority(given):
    given(row("care", share=0.1, excess=-0.3), row("art", share=0.0, excess=-0.3))
    assert alignment.verdict("veneto") == (
        "Veneto: no tested priority rests mostly on divisions in which the region is specialised, least of all “art” "
        "(0 %) and “care” (10 %)."
    )
    check_text(alignment.verdict("veneto", "it"))
    given(row("art", share=0.3, excess=0.3))
    assert alignment.verdict("veneto").endswith("in which the region is specialised.")


def test_table_tells_least_p_ties_and_what_it_hangs_on(given, monkeypatch):
    given(row(share=0.5, least_p=0.042, hangs_on="C28"), row("b", hangs_on="C10, C11, C12, C13, C14", unstable=True),
          row("c", tested=False), row("d", unstable=pd.NA))  # fmt: skip
    table = alignment.alignment_table().set_index("priority")
    check_table(table)
    assert table.loc["a", "most of it is"] == "specialised and related or neither"
    assert (
        table.loc["a", "p, specialised"] == "0.450 (least possible 0.042)"
        and table.loc["b", "p, specialised"] == "0.450"
    )
    assert table["hangs on"].tolist() == ["Machinery", "Food; Beverages; Tobacco and 2 more", "", "no single division"]
    assert table.loc["c", "most of it is"] == "not tested" and table.loc["c", "q, specialised"] == ""
    assert table["narrow and broad"].tolist() == ["stable", "unstable", "", "one coding only"]


def test_columns_stand_in_order_whatever_row_is_first(given):
    given(row("c", tested=False), row())
    first = alignment.alignment_table().columns.tolist()
    given(row(), row("c", tested=False))
    assert first == alignment.alignment_table().columns.tolist()
    assert first.index("specialised") < first.index("most of it is") < first.index("p, specialised")


def test_picture_marks_what_passes_and_what_is_unstable(given):
    given(row(q=0.0004), row("b", q=0.04, unstable=True), row("c", unstable=True), row("d", tested=False))
    with style.style():
        texts = [text.get_text() for text in alignment.alignment_picture("veneto").figure.axes[0].texts]
    assert [text for text in texts if "q" in text or "unstable" in text] == [
        "q < 0.001",
        "q = 0.040, unstable",
        "unstable",
    ]


# --- the figure itself


def cases(*rows):
    return pd.DataFrame(rows, columns=list(drawn.CASE_COLOURS), index=[f"r{n}" for n in range(len(rows))])


def test_bars_ticks_and_untested_rows():
    table = cases((0.5, 0.2, 0.3, 0.0), (np.nan,) * 4)
    _, ax = plt.subplots()
    drawn.priority_cases(table, ax=ax, expected=pd.Series({"r0": 0.4}), names={"r0": "wood"}, title="T", source="S")
    widths = [patch.get_width() for patch in ax.patches]
    assert widths == pytest.approx([50, 20, 30, 0])
    (ticks,) = ax.collections
    assert [segment[0][0] for segment in ticks.get_segments()] == [40]
    assert "not tested" in [text.get_text() for text in ax.texts]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["wood", "r1"]


def test_headings_stand_above_their_rows():
    _, ax = plt.subplots()
    drawn.priority_cases(cases(*[(1, 0, 0, 0)] * 3), ax=ax, groups={"r0": "A", "r1": "A", "r2": "B"})
    at = {text.get_text(): text.xy[1] for text in ax.texts if text.get_text() in "AB"}
    rows = ax.get_yticks()
    assert at["A"] < rows[0] < rows[1] < at["B"] < rows[2]


def test_numbers_keep_clear_of_ticks():
    for left, width, tick in ((0, 100, 50), (0, 100, 48), (0, 100, 52), (20, 10, 25), (0, 60, 90)):
        place = drawn._beside(left, width, tick)
        assert abs(place - tick) >= drawn.CLEAR - 1e-9
    assert drawn._beside(0, 60, float("nan")) == 30


def test_unknown_cases_and_empty_tables():
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"x is none of the cases; they are specialised and related"):
        drawn.priority_cases(pd.DataFrame({"x": [1.0]}), ax=ax)
    drawn.priority_cases(cases(), ax=ax, source="S")
    assert "no figures" in [text.get_text() for text in ax.texts]
