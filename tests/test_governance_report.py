"""The report of the governance stress test: illustrative by name only, hidden groups stay hidden, words turn."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib.figures import assessment_wheel, diverging_bars, style
from alpclusters_lib.reports import governance, survey_files, survey_report
from alpclusters_lib.strategy import survey

KEYS = list(survey_files.questions("survey")["key"])
FACTORS = list(survey_files.questions("wheel")["key"])
REVERSE = {row.key for row in survey_files.questions("survey").itertuples() if row.reverse == "1"}
SENTENCES = (governance.sentence, governance.difference_sentence, governance.reliability_sentence)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def written(tmp_path):
    """Write answers: a list of rows (group, region, answers); a single answer stands for all, by its key otherwise."""

    def write(rows, kind="survey", name="answers.csv"):
        keys = KEYS if kind == "survey" else FACTORS
        table = []
        for number, (group, region, answers) in enumerate(rows):
            given = answers if isinstance(answers, dict) else dict.fromkeys(keys, answers)
            table.append(
                {"respondent": f"r{number}", "region": region, "group": group} | dict.fromkeys(keys, "") | given
            )
        pd.DataFrame(table).to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return write


def favourable(value: int) -> dict[str, int]:
    return {key: 6 - value if key in REVERSE else value for key in KEYS}


def marks(figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts if text.get_gid() == "watermark"]


# --- illustrative, and not


def test_without_a_file_all_say_that_they_are_illustrative():
    for said in (*SENTENCES, governance.wheel_sentence):
        check_text(said())
        assert said().startswith("Illustrative only, made by a rule and given by nobody: ")
    for rows in (governance.table(), governance.wheel_table()):
        check_table(rows)
        assert rows["data"].eq("illustrative").all()
    for picture in (governance.picture(), governance.wheel_picture()):
        check_picture(picture)
        panels = len(picture.figure.axes)
        assert marks(picture.figure) == ["illustrative"] * panels and "Illustrative" in picture.caption
        assert any("(illustrative)" in text for text in _titles(picture.figure))


def _titles(figure) -> list[str]:
    return [ax.get_title(loc="left") for ax in figure.axes] + [text.get_text() for text in figure.texts]


def test_with_a_file_of_answers_nothing_says_so(written):
    path = written([("policy_maker", "Here", favourable(number % 3 + 2)) for number in range(12)])
    wheel = written([("policy_maker", "Here", {key: 3 for key in FACTORS[1:]})] * 2, "wheel", "wheel.csv")
    texts = [said(path) for said in SENTENCES] + [governance.wheel_sentence(wheel)]
    pictures = [governance.picture(path), governance.wheel_picture(wheel)]
    for text in texts:
        check_text(text)
    for picture in pictures:
        check_picture(picture)
        assert marks(picture.figure) == []
        texts += [picture.alt, picture.caption, *_titles(picture.figure)]
    for rows in (governance.table(path), governance.wheel_table(wheel)):
        check_table(rows)
        assert "data" not in rows
    assert not re.search("illustrative", " ".join(texts), re.IGNORECASE)


def test_the_name_of_a_file_makes_it_illustrative(written):
    path = written([("policy_maker", "Here", 3)] * 4, name="my-illustrative.csv")
    assert governance.sentence(path).startswith("Illustrative only")


# --- words


def test_best_and_worst_are_told_with_reverse_coded_statements_turned(written):
    answers = favourable(3) | {"same_without": 1, "too_broad": 5}
    text = governance.sentence(written([("policy_maker", "Here", answers)] * 4))
    check_text(text)
    assert text.startswith("Answers of 4 respondents of Here, in 1 group. From the strategy to clusters, the most")
    assert (
        "the most favourable answers are to “Clusters would do the same work without the strategy” (reverse-coded, "
        "net agreement -100 points, n = 4), the least to “The priorities of the strategy are too broad" in text
    )


def test_directions_differ_by_group_where_they_do(written):
    apart = {key: favourable(5 if key in KEYS[:8] else 1)[key] for key in KEYS}
    rows = [("policy_maker", "Here", apart)] * 8 + [("cluster_manager", "Here", favourable(3))] * 8
    text = governance.difference_sentence(written(rows))
    check_text(text)
    assert "score the direction from the strategy to clusters 4.0 and that from clusters to the strategy 2.0" in text
    assert "(mean difference -2.00, p = 0.0" in text and "By group they differ for policy maker (" in text
    same = governance.difference_sentence(written([("policy_maker", "Here", favourable(3))] * 8, name="same.csv"))
    check_text(same)
    assert "p = 1.000" in same and "The one group shown, policy maker, shows no difference" in same


def test_few_respondents_are_told_and_not_shown(written):
    path = written([("policy_maker", "Here", 4), ("cluster_manager", "Here", 2)])
    assert governance.picture(path) is None
    for said in SENTENCES:
        check_text(said(path))
        assert "-100" not in said(path) and "alpha is" not in said(path)
    assert governance.table(path)[["n", "median"]].eq("hidden").all(axis=None)


def test_small_groups_are_hidden_in_the_table(written):
    rows = (
        [("policy_maker", "Here", 4)] * 5 + [("cluster_manager", "Here", 2)] * 3 + [("development_agency", "Here", 1)]
    )
    found = governance.table(written(rows))
    assert found["development agency"].eq("hidden").all() and found["cluster manager"].eq("hidden").all()
    assert found["policy maker"].eq("+100").all() and "research institution" not in found
    assert found["n"].eq("9").all()


def test_reliability_says_when_it_rests_on_little(written):
    path = written([("policy_maker", "Here", favourable(number + 1)) for number in range(5)])
    text = governance.reliability_sentence(path)
    check_text(text)
    assert "Cronbach's alpha is 1.00" in text and text.count("alpha rests on 5 complete respondents") == 2
    same = governance.reliability_sentence(written([("policy_maker", "Here", 3)] * 4, name="same.csv"))
    check_text(same)
    assert same.count("Cronbach's alpha cannot be computed from 4 complete answers") == 2


def test_regions_are_told_apart(written):
    path = written([("policy_maker", "Here", 5)] * 3 + [("policy_maker", "There", 1)] * 4)
    assert governance.sentence(path).startswith("Answers of 7 respondents of 2 regions")
    assert governance.table(path, region="There")["n"].eq("4").all()
    with pytest.raises(ValueError, match=r"answers\.csv has no answers for region 'Nowhere'; it has Here and There"):
        governance.table(path, region="Nowhere")
    wheel = written([("policy_maker", "Here", 5), ("policy_maker", "There", 1)], "wheel", "wheel.csv")
    with pytest.raises(ValueError, match=r"wheel\.csv rates Here and There; a wheel shows one strategy"):
        governance.wheel_table(wheel)
    assert governance.wheel_table(wheel, region="There")["median"].eq("1.0").all()


def test_a_file_that_changes_is_read_again(written):
    import os

    path = written([("policy_maker", "Here", 5)] * 3)
    assert governance.table(path)["median"].eq("5.0").all()
    written([("policy_maker", "Here", 1)] * 3)
    os.utime(path, ns=(1, 1))
    assert governance.table(path)["median"].eq("1.0").all()


# --- wheel


def test_factors_without_information_are_named_and_not_marked(written):
    path = written([("policy_maker", "Here", dict.fromkeys(FACTORS, 4) | {"roadmap": 0, "balance": 5})] * 2, "wheel")
    text = governance.wheel_sentence(path)
    check_text(text)
    assert text == (
        "Of 18 factors, 17 are rated by at least one of 2 raters. No information: “Roadmap”. Highest median: "
        "“Balance” (5.0). Lowest: “Regional assets”, “Outward dimension”, “Entrepreneurial dynamics” and 13 more (4.0)."
    )
    row = governance.wheel_table(path).set_index("factor").loc["Roadmap"]
    assert row[["raters with information", "no information", "median"]].tolist() == [
        "0 of 2",
        "100 %",
        "no information",
    ]
    blank = written([("policy_maker", "Here", 0)], "wheel", "blank.csv")
    check_text(governance.wheel_sentence(blank))
    assert governance.wheel_sentence(blank) == "No factor of the wheel has information (1 rater)."
    check_table(governance.wheel_table(blank))
    check_picture(governance.wheel_picture(blank))


def test_wheel_draws_the_median_and_hatches_what_is_unknown(written):
    path = written([("policy_maker", "Here", dict.fromkeys(FACTORS, 4) | {"roadmap": 0})], "wheel")
    left, right = governance.wheel_picture(path).figure.axes
    heights = [bar.get_height() for bar in left.patches]
    assert sorted(heights) == [4.0] * 17 + [5.0]
    assert [bar.get_hatch() is not None for bar in left.patches].count(True) == 1
    assert sum(len(line.get_xdata()) == 1 for line in right.lines) == 17
    assert "no information" in [text.get_text() for text in right.texts]


# --- comments, forms, files


def test_comments_are_escaped_where_they_are_shown(written, tmp_path):
    from great_tables import GT

    path = written([("policy_maker", "Here", favourable(3) | {"comment": "<script>alert(1)</script>"})])
    comments = governance.comments_table(path)
    assert comments["comment"].tolist() == ["<script>alert(1)</script>"]
    formula = written([("policy_maker", "Here", favourable(3) | {"comment": "=HYPERLINK(A1)"})])
    assert governance.comments_table(formula)["comment"].tolist() == ["'=HYPERLINK(A1)"]
    shown = GT(comments).as_raw_html()
    assert "<script>" not in shown and "&lt;script&gt;alert(1)" in shown
    assert governance.comments_table(survey_files.illustrative()).empty


def test_links_lead_to_forms_that_are_written(tmp_path, monkeypatch):
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path))
    text = governance.form_links("stress")
    check_text(text.replace("](../", "]("))
    links = re.findall(r"\]\(\.\./([^)]+)\)", text)
    assert len(links) == 8 and all((tmp_path / link).is_file() for link in links)
    check_text(governance.how_to_sentence())


@pytest.mark.parametrize("kind", survey_files.KINDS)
def test_report_writes_figure_numbers_and_table(tmp_path, kind):
    told = survey_report.write_report(survey_files.illustrative(kind), tmp_path / "r", kind=kind)
    assert told and all("llustrative" in text for text in told)
    names = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert names == [f"{kind}-table.csv", f"{kind}.csv", f"{kind}.png"]


# --- figures


def test_bars_lie_around_zero_with_the_middle_astride():
    shares = pd.DataFrame([[0.1, 0.2, 0.4, 0.2, 0.1], [np.nan] * 5], index=["one", "two"])
    _, ax = plt.subplots()
    diverging_bars.diverging_bars(shares, ax=ax, counts=pd.Series({"one": 10.0, "two": np.nan}), hidden="few")
    starts = [bar.get_x() for bar in ax.patches if bar.get_y() < 0.5]
    assert starts == pytest.approx([-50, -40, -20, 20, 40])
    texts = [text.get_text() for text in ax.texts]
    assert "few" in texts and "10" in texts and "illustrative" not in texts


def test_figures_refuse_what_cannot_be_drawn():
    _, ax = plt.subplots()
    counts = pd.Series({"a": 1})
    with pytest.raises(ValueError, match=r"shares of a sum to 1\.5; 1 is needed"):
        diverging_bars.diverging_bars(pd.DataFrame([[0.5, 0.5, 0.5, 0, 0]], index=["a"]), ax=ax, counts=counts)
    with pytest.raises(ValueError, match="answers has 2 columns; five"):
        diverging_bars.diverging_bars(pd.DataFrame([[0.5, 0.5]], index=["a"]), ax=ax, counts=counts)
    with pytest.raises(ValueError, match="answers is empty"):
        diverging_bars.diverging_bars(pd.DataFrame(columns=range(5)), ax=ax, counts=counts)
    with pytest.raises(ValueError, match="ratings has no column step"), style.style():
        assessment_wheel.rating_dots(pd.DataFrame({"factor": ["a"]}), ax=ax)


def test_answers_of_the_report_are_those_of_the_statistics():
    answers = survey_files.read_answers(survey_files.illustrative())
    found = survey.governance(answers, survey_files.questions("survey"))
    total = found[found["group"] == "all"].set_index("item")
    told = governance.table()
    assert told["n"].tolist() == [f"{total.loc[key, 'n']:.0f}" for key in KEYS]
    drawn = governance.picture().data
    assert sorted(drawn["net_agreement"]) == pytest.approx(sorted(total["net_agreement"]))
