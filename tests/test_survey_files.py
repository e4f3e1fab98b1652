"""Files of answers: what a spreadsheet saves is read, and what is wrong is one sentence with row and column."""

from __future__ import annotations

import numpy as np
import pytest

from alpclusters_lib import datasets
from alpclusters_lib.reports import survey_files, survey_forms
from alpclusters_lib.strategy._survey_rules import DIRECTIONS

KEYS = list(survey_files.questions("survey")["key"])


@pytest.fixture
def written(tmp_path):
    """Write a file of answers: rows as dictionaries of what differs from an answer of 3 everywhere."""

    def write(*rows: dict, header=None, separator=",", encoding="utf-8", kind="survey"):
        keys = list(survey_files.questions(kind)["key"])
        columns = header or [*survey_files.HEAD, *keys, "comment"]
        lines = [separator.join(columns)]
        for number, row in enumerate(rows, start=1):
            head = {"respondent": f"r{number}", "region": "Somewhere", "group": "policy_maker", "comment": ""}
            values = dict.fromkeys(keys, "3") | head | row
            lines.append(separator.join(values[name] for name in columns))
        path = tmp_path / "answers.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


# --- facts


def test_items_are_two_directions_of_eight_with_reverse_coded_ones():
    items = datasets.facts("survey_items")
    assert items["key"].is_unique and items["key"].str.fullmatch("[a-z_]+").all()
    assert items["direction"].value_counts().to_dict() == dict.fromkeys(DIRECTIONS, 8)
    assert items.groupby("direction")["reverse"].agg(lambda cells: (cells == "1").sum()).eq(2).all()
    for language in ("text_en", "text_it"):
        assert items[language].is_unique and items[language].str.endswith(".").all()
    assert items["source"].str.contains("own wording").all()


def test_wheel_has_three_factors_in_each_of_six_steps():
    factors = datasets.facts("assessment_wheel")
    assert factors["order"].tolist() == [str(number) for number in range(1, 19)] and factors["key"].is_unique
    assert factors.groupby("step", sort=False).size().tolist() == [3] * 6
    assert (factors[["step_it", "factor", "factor_it"]] != "").all(axis=None)


# --- what is read


def test_answers_become_long_and_unknown_ones_missing(written):
    path = written(
        {KEYS[0]: "5", KEYS[1]: "", KEYS[2]: "don't know", KEYS[3]: "Non so", KEYS[4]: "4.0", KEYS[5]: '"2,0"'}
    )
    found = survey_files.read_answers(path)
    assert list(found.columns) == ["respondent", "region", "group", "item", "answer"]
    assert found["item"].tolist() == KEYS
    np.testing.assert_array_equal(found["answer"].head(7), [5, np.nan, np.nan, np.nan, 4, 2, 3])
    assert survey_files.read_answers(written({KEYS[0]: "DON’T KNOW"}))["answer"].isna().sum() == 1


@pytest.mark.parametrize("word", ["cluster_manager", "Cluster manager", "responsabile di cluster"])
def test_groups_are_read_by_key_and_by_name_in_both_languages(written, word):
    assert set(survey_files.read_answers(written({"group": word}))["group"]) == {"cluster_manager"}


def test_semicolons_marks_of_spreadsheets_and_other_orders_are_read(written):
    turned = ["comment", *reversed(KEYS), "group", "region", "respondent"]
    answers = {KEYS[0]: "5", "comment": "# first"}
    path = written(answers, {}, separator=";", encoding="utf-8-sig", header=turned)
    found = survey_files.read_answers(path)
    assert len(found) == 2 * len(KEYS) and found["answer"].iloc[0] == 5


def test_notes_and_blank_lines_are_passed_over(written):
    path = written({})
    path.write_text(path.read_text().replace("\n", "\n# a note" + "," * (len(KEYS) + 3) + "\n") + "\n,,,\n\n")
    assert len(survey_files.read_answers(path)) == len(KEYS)


def test_zero_on_the_wheel_is_no_information(written):
    keys = list(survey_files.questions("wheel")["key"])
    found = survey_files.read_answers(written({keys[0]: "0", keys[1]: "5", keys[2]: ""}, kind="wheel"), kind="wheel")
    np.testing.assert_array_equal(found["answer"].head(4), [np.nan, 5, np.nan, 3])


@pytest.mark.parametrize("kind", survey_files.KINDS)
@pytest.mark.parametrize("language", survey_forms.LANGUAGES)
def test_a_template_that_is_filled_in_is_read(tmp_path, kind, language):
    survey_forms.write_forms(tmp_path, language, kinds=[kind])
    path = tmp_path / f"{kind}-{language}.csv"
    with pytest.raises(ValueError, match="has no answers below its header"):
        survey_files.read_answers(path, kind=kind)
    separator = ";" if language == "it" else ","
    number = len(survey_files.questions(kind))
    group = survey_files.GROUPS["research_institution"][language]
    row = ["1", "Somewhere", group, *["4"] * number, '"è ""utile"""']
    path.write_bytes(path.read_bytes() + f"{separator.join(row)}\n".encode())
    found = survey_files.read_answers(path, kind=kind)
    assert len(found) == number and found["answer"].eq(4).all() and set(found["group"]) == {"research_institution"}
    assert survey_files.read_comments(path, kind=kind) == ['è "utile"']


def test_comments_keep_their_html_and_lose_their_author(written):
    path = written({"comment": "<script>alert(1)</script>"}, {}, {"comment": "A <b>bold</b> word"})
    assert survey_files.read_comments(path) == ["<script>alert(1)</script>", "A <b>bold</b> word"]


@pytest.mark.parametrize("kind", survey_files.KINDS)
def test_illustrative_files_say_what_they_are_and_hold_what_their_rule_says(kind):
    path = survey_files.illustrative(kind)
    assert survey_files.is_illustrative(path) and path.read_text().splitlines()[1].startswith('"# illustrative: nobody')
    found = survey_files.read_answers(path, kind=kind)
    assert len(set(found["region"])) == 1 and found["respondent"].str.fullmatch(r"row-\d\d").all()
    asked = survey_files.questions(kind)
    wide = found.pivot(index="respondent", columns="item", values="answer")[list(asked["key"])]
    row = np.arange(1, len(wide) + 1)[:, None]
    if kind == "survey":
        place = np.array([*range(1, 9), *range(8, 0, -1)])
        expected = np.minimum(5, 1 + (place + row) // 6).astype(float)
        expected = np.where((asked["reverse"] == "1").to_numpy(), 6 - expected, expected)
        expected[np.isin(row, [6, 12]) & np.isin(place, [3, 6])] = np.nan
    elif kind == "services":
        service = np.arange(1, 8)
        importance = 2 + 3 * service % 4 - (row % 3 == 0)
        performance = np.minimum(5, 1 + 3 * service % 5 + row % 2).astype(float)
        performance[np.isin(row, [5, 10]) & (service == 2)] = np.nan
        expected = np.hstack([importance, performance])
    elif kind == "self-assessment":
        item = np.arange(1, 13)
        expected = (1 + (item + row) % 5).astype(float)
        expected[(row == 4) & (item == 6)] = np.nan
    else:
        factor = np.arange(1, 19)
        expected = np.minimum(5, 1 + (factor - 1) % 5 + (row % 2 == 0)).astype(float)
        expected[(factor % 6 == 0) | ((factor % 4 == 0) & (row <= 3))] = np.nan
    np.testing.assert_array_equal(wide.to_numpy(), expected)


# --- what is wrong


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [{}, {KEYS[2]: "6"}],
            f"answers.csv, row 3, column {KEYS[2]}: '6' is off the scale; a whole number from 1 to 5",
        ),
        ([{KEYS[0]: "0"}], "'0' is off the scale"),
        ([{KEYS[0]: "3.5"}], "'3.5' is off the scale"),
        ([{KEYS[0]: "-1"}], "'-1' is off the scale"),
        ([{KEYS[0]: "agree"}], "'agree' is off the scale; .* or blank would be right"),
        ([{"group": "polici maker"}], "row 2, column group: 'polici maker' is no group; did you mean 'policy_maker'"),
        ([{"group": "xyz"}], "'xyz' is no group; cluster_manager, policy_maker"),
        ([{"group": ""}], "row 2, column group: blank; cluster_manager, policy_maker"),
        ([{"region": " "}], "row 2, column region: blank; a name would be right"),
        ([{"respondent": "a"}, {}, {"respondent": "a"}], "row 4, column respondent: 'a' stands in row 2 already"),
        ([{"region": "<b>here</b>"}], "row 2, column region: '<b>here</b>' holds signs that are no plain text"),
        ([{"respondent": "#1"}], "'#1' holds signs that are no plain text"),
        ([], "has no answers below its header"),
    ],
)
def test_wrong_cells_are_named_by_row_and_column(written, rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        survey_files.read_answers(written(*rows))


def test_off_the_wheel_names_its_own_scale(written):
    keys = list(survey_files.questions("wheel")["key"])
    with pytest.raises(ValueError, match="'6' is off the scale; a whole number from 1 to 5, 0 for no information or"):
        survey_files.read_answers(written({keys[0]: "6"}, kind="wheel"), kind="wheel")


def test_wrong_headers_are_named(written):
    good = [*survey_files.HEAD, *KEYS, "comment"]
    row = {"too_brod": "3", "q99": "3"}
    with pytest.raises(
        ValueError, match="row 1, column 20: 'too_brod' is no column of the survey; did you mean 'too_b"
    ):
        survey_files.read_answers(written(row, header=[*good[:-1], "too_brod"]))
    with pytest.raises(ValueError, match="'q99' is no column of the survey; the columns of the survey are respondent"):
        survey_files.read_answers(written(row, header=[*good, "q99"]))
    with pytest.raises(ValueError, match=f"header lacks {KEYS[3]}; the template of the survey has it"):
        survey_files.read_answers(written({}, header=[name for name in good if name != KEYS[3]]))
    with pytest.raises(ValueError, match=f"the column '{KEYS[0]}' stands twice"):
        survey_files.read_answers(written({}, header=[*good, KEYS[0]]))
    with pytest.raises(ValueError, match="'regional_assets' is no column of the survey; it is one of the wheel"):
        survey_files.read_answers(survey_files.illustrative("wheel"))


def test_wrong_files_are_named(written, tmp_path):
    path = written({"comment": "così"}, encoding="latin-1")
    with pytest.raises(ValueError, match=r"answers\.csv, row 2: not UTF-8 text; save the sheet as “CSV UTF-8”"):
        survey_files.read_answers(path)
    with pytest.raises(ValueError, match="not UTF-8 text"):
        survey_files.read_answers(written({}, encoding="utf-16"))
    for nothing in (b"", b" \n", b"\xef\xbb\xbf", b",,,\n"):
        path.write_bytes(nothing)
        with pytest.raises(ValueError, match=r"answers\.csv (is empty|has no words in it)"):
            survey_files.read_answers(path)
    short = written({})
    short.write_text(short.read_text().rsplit(",", 1)[0])
    with pytest.raises(ValueError, match="row 2: 19 cells where the header has 20"):
        survey_files.read_answers(short)
    path.write_text('respondent,"region\nr1,Somewhere')
    with pytest.raises(ValueError, match=r"answers\.csv is no CSV file"):
        survey_files.read_answers(path)
    with pytest.raises(ValueError, match=r"there is no file none\.csv"):
        survey_files.read_answers(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="kind 'poll' is not available; available: survey, wheel"):
        survey_files.read_answers(path, kind="poll")
