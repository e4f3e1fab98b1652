"""The statistics of the governance survey: textbook values, suppression that cannot be undone, missing answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.strategy import _survey_statistics as statistics
from alpclusters_lib.strategy import survey
from alpclusters_lib.strategy._survey_rules import ALL, hidden_groups, turned

ROWS = pd.DataFrame([(4, 5, 4), (3, 3, 2), (5, 5, 5), (2, 3, 2), (4, 4, 3)], columns=["a", "b", "c"])
ITEMS = pd.DataFrame({
    "key": ["a", "b", "c", "d"],
    "direction": ["s3_to_clusters", "s3_to_clusters", "clusters_to_s3", "clusters_to_s3"],
    "reverse": ["0", "1", "0", "0"],
})  # fmt: skip


def long(wide: dict[str, list], groups: str) -> pd.DataFrame:
    """Return answers by respondent: a list of answers an item, a letter a respondent for the group."""
    rows = [
        (f"r{number}", group, item, answers[number])
        for number, group in enumerate(groups)
        for item, answers in wide.items()
    ]
    return pd.DataFrame(rows, columns=["respondent", "group", "item", "answer"]).astype({"answer": float})


def of(found: pd.DataFrame, item: str, group: str) -> pd.Series:
    return found[(found["item"] == item) & (found["group"] == group)].iloc[0]


# --- reliability


@pytest.mark.filterwarnings("ignore:alpha rests")
def test_alpha_is_the_ratio_of_variances_by_hand():
    # item variances 1.3, 1, 1.7; totals 13 8 15 7 11 with variance 11.2: 3/2 (1 - 4/11.2)
    found = survey.reliability(ROWS, rng=1)
    assert found.alpha == pytest.approx(1.5 * (1 - 4.0 / 11.2)) == pytest.approx(0.9642857, abs=1e-7)
    assert (found.n, found.items, found.left_out) == (5, 3, 0)
    assert found.lower <= found.alpha <= found.upper <= 1


@pytest.mark.filterwarnings("ignore:alpha rests")
def test_reverse_coded_items_are_turned():
    asked = ROWS.assign(b=6 - ROWS["b"])
    assert survey.reliability(asked, rng=1).alpha < 0.5
    assert survey.reliability(asked, reverse=["b"], rng=1).alpha == pytest.approx(0.9642857, abs=1e-7)
    assert turned(asked, ["b"]).equals(ROWS.astype(float))
    with pytest.raises(ValueError, match="reverse-coded item x is not in the table"):
        survey.reliability(ROWS, reverse=["x"])


def test_few_items_or_respondents_are_warned_of_and_many_are_not():
    with pytest.warns(UserWarning, match="alpha rests on 5 complete respondents; 3 items and 10 respondents"):
        found = survey.reliability(ROWS, rng=1)
    assert found.caution
    with pytest.warns(UserWarning, match="2 items, 5 complete respondents"):
        survey.reliability(ROWS[["a", "b"]], rng=1)
    many = pd.concat([ROWS, ROWS], ignore_index=True)
    assert survey.reliability(many, rng=1).caution == ""


@pytest.mark.filterwarnings("ignore:alpha rests")
def test_missing_answers_are_left_out_and_edges_have_no_alpha():
    hole = ROWS.astype(float)
    hole.iloc[0, 0] = np.nan
    found = survey.reliability(hole, rng=1)
    assert (found.n, found.left_out) == (4, 1)
    assert found.alpha == pytest.approx(survey.reliability(ROWS.iloc[1:], rng=1).alpha)
    for edge in (ROWS[["a"]], ROWS.iloc[:1], pd.DataFrame([[3, 3, 3]] * 4), ROWS.iloc[:0]):
        empty = survey.reliability(edge, rng=1)
        assert np.isnan([empty.alpha, empty.lower, empty.upper]).all()
    with pytest.raises(ValueError, match="answer of respondent 1 to b is 9; 1 to 5 is needed"):
        survey.reliability(ROWS.replace({"b": {3: 9}}))
    with pytest.raises(ValueError, match="level is 95"):
        survey.reliability(ROWS, level=95)


@pytest.mark.filterwarnings("ignore:alpha rests")
def test_interval_narrows_with_respondents_and_the_seed_settles_it():
    many = pd.concat([ROWS] * 20, ignore_index=True)
    few, wide = survey.reliability(ROWS, rng=3), survey.reliability(many, rng=3)
    assert wide.upper - wide.lower < few.upper - few.lower
    assert survey.reliability(ROWS, rng=3) == few


# --- agreement


def test_kendall_w_of_siegel_three_executives_six_applicants():
    # Siegel (1956), Nonparametric Statistics, 230-231: R = 8 14 11 11 11 8, W = .16
    ranks = np.array([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]], dtype=float)
    w, _ = statistics.kendall_w(ranks)
    assert ranks.sum(axis=0).tolist() == [8, 14, 11, 11, 11, 8]
    assert w == pytest.approx(25.5 / 157.5) and round(w, 2) == 0.16


def test_kendall_w_with_ties_of_siegel():
    # Siegel (1956), 234-235: S = 591, sum of T = 9.5, W = .828 with the correction for ties
    ranks = np.array([
        [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
        [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
        [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
    ])  # fmt: skip
    w, p = statistics.kendall_w(ranks)
    assert w == pytest.approx(591 / 714) and round(w, 3) == 0.828
    assert 0.005 < p < 0.01  # chi-square 22.35 with 9 degrees of freedom


def test_kendall_w_is_one_for_equal_orders_and_missing_where_nothing_is_ordered():
    assert statistics.kendall_w(np.array([[1, 2, 5], [2, 3, 4]]))[0] == pytest.approx(1)
    assert np.isnan(statistics.kendall_w(np.full((3, 4), 2.0))).all()
    assert np.isnan(statistics.kendall_w(np.ones((1, 4)))).all()


def test_within_group_agreement_against_a_uniform_spread():
    # James, Demaree & Wolf (1984): five options have a uniform variance of 2
    single, together = statistics.within_group_agreement(np.array([0.0, 1.0, 2.0, 3.0]), 5)
    assert single.tolist() == [1.0, 0.5, 0.0, 0.0]
    mean = 1.5 / 2
    assert together == pytest.approx(4 * (1 - mean) / (4 * (1 - mean) + mean))
    single, together = statistics.within_group_agreement(np.array([np.nan, 0.0]), 5)
    assert np.isnan(single[0]) and single[1] == together == 1
    assert statistics.within_group_agreement(np.array([2.5]), 5)[1] == 0


def test_groups_agree_by_direction():
    answers = long(
        {"a": [4, 4, 4, 1, 5, 3], "b": [2, 2, 2, 5, 1, 3], "c": [1, 2, 3, 1, 1, 1], "d": [5, 4, 5, 5, 5, np.nan]},
        "xxxyyy",
    )
    found = survey.group_agreement(answers, ITEMS)
    assert found.loc[("s3_to_clusters", "x"), "r_wg"] == 1
    assert found.loc[("s3_to_clusters", "y"), "r_wg"] == 0  # 1, 5, 3: a variance of 4
    assert found.loc[("clusters_to_s3", "x"), "kendall_w"] == pytest.approx(1)
    assert found.loc[("clusters_to_s3", "y"), ["n", "complete"]].tolist() == [3, 2]
    assert np.isnan(found.loc[("clusters_to_s3", "y"), "kendall_w"])  # two complete respondents
    assert found.loc[("clusters_to_s3", ALL), "n"] == 6


# --- directions


def test_sign_flip_is_exact_for_few_pairs():
    # three equal differences: 2 of 8 sign patterns are as far from 0
    assert statistics.sign_flip(np.ones(3), np.random.default_rng(1)) == pytest.approx(0.25)
    assert statistics.sign_flip(np.array([1.0, -1.0, 2.0, 3.0]), np.random.default_rng(1)) == pytest.approx(6 / 16)
    assert statistics.sign_flip(np.zeros(5), np.random.default_rng(1)) == 1
    assert np.isnan(statistics.sign_flip(np.ones(1), np.random.default_rng(1)))


def test_each_respondent_is_compared_with_themselves():
    answers = long({"a": [1, 2, 3], "b": [5, 4, 3], "c": [3, 4, 5], "d": [3, 4, np.nan]}, "xxx")
    found = survey.direction_difference(answers, ITEMS, rng=1)
    row = found.loc[ALL]  # b turned is 1 2 3
    assert row[["n", "s3_to_clusters", "clusters_to_s3", "difference", "p"]].tolist() == pytest.approx(
        [3, 2, 4, 2, 0.25]
    )
    assert found.loc["x", "q"] == pytest.approx(0.25) and np.isnan(row["q"])


def test_who_answers_less_than_half_of_a_direction_has_no_score_in_it():
    answers = long({"a": [1, np.nan], "b": [np.nan, np.nan], "c": [3, 3], "d": [3, 3]}, "xx")
    found = survey.direction_difference(answers, ITEMS, minimum=1, rng=1)
    assert found.loc[ALL, "n"] == 1


# --- items, and what is not shown


def test_items_by_group_by_hand():
    answers = long({"a": [5, 4, 2, 1, 3, np.nan], "b": [1, 1, 1, 2, 2, 2]}, "xxxyyy")
    found = survey.governance(answers, ITEMS, minimum=2)
    total = of(found, "a", ALL)
    assert total[["n", "median", "net_agreement"]].tolist() == [5, 3, 0]
    assert total[[f"share_{k}" for k in range(1, 6)]].tolist() == [0.2] * 5
    assert of(found, "a", "x")["net_agreement"] == pytest.approx(1 / 3)
    assert of(found, "a", "y")["n"] == 2  # "don't know" is no answer
    assert of(found, "b", ALL)["net_agreement"] == -1  # as asked, not turned
    assert found[found["item"] == "c"]["status"].eq("no answers").all()
    assert of(found, "c", ALL)["n"] == 0 and np.isnan(of(found, "c", ALL)["median"])


def test_few_answers_are_hidden_and_not_left_over():
    answers = long({"a": [5, 4, 2, 1, 3, 3, 3, 2, 2]}, "xxxxyyyzz")
    found = survey.governance(answers, ITEMS)
    shown = found[(found["item"] == "a")].set_index("group")["status"]
    assert shown.to_dict() == {ALL: "shown", "x": "shown", "y": "suppressed", "z": "suppressed"}
    hidden = found[found["status"] == "suppressed"]
    assert hidden[["n", "median", "net_agreement", "share_1", "share_5"]].isna().all(axis=None)


def test_a_total_of_few_is_hidden_too():
    found = survey.governance(long({"a": [5, 4]}, "xx"), ITEMS)
    assert found[found["item"] == "a"]["status"].eq("suppressed").all()


def test_two_columns_make_groups():
    answers = long({"a": [5, 4, 2, 1, 3, 3, 3, 2]}, "xxxxyyyy").assign(region=list("pppqpppq"))
    found = survey.governance(answers, ITEMS, by=("region", "group"))
    rows = found[found["item"] == "a"].set_index(["region", "group"])["status"]
    assert rows[(ALL, ALL)] == "shown" and (rows == "suppressed").sum() >= 3


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 5))
@settings(deadline=None, max_examples=80)
def test_what_is_left_of_the_total_is_never_few(counts, minimum):
    sizes = pd.Series(counts, index=[f"g{number}" for number in range(len(counts))])
    hidden = hidden_groups(sizes, minimum)
    assert not (sizes[~hidden].between(1, minimum - 1)).any()
    assert not hidden[sizes == 0].any()
    if hidden.any() and sizes.sum() >= minimum:  # else the total is not shown
        assert hidden.sum() >= 2 and sizes[hidden].sum() >= minimum


@given(st.permutations(range(9)))
@settings(deadline=None, max_examples=8)
def test_order_of_rows_changes_nothing(order):
    answers = long({"a": [5, 4, 2, 1, 3, 3, 3, 2, 2], "b": [1, 2, 3, 4, 5, 4, 3, 2, 1]}, "xxxxyyyzz")
    mixed = pd.concat([answers[answers["respondent"] == f"r{number}"] for number in order])
    before = answers.copy()
    pd.testing.assert_frame_equal(survey.governance(mixed, ITEMS), survey.governance(answers, ITEMS))
    pd.testing.assert_frame_equal(answers, before)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answer": 6.0}, "answer of respondent r0 to a is 6; a whole number from 1 to 5"),
        ({"answer": 2.5}, "is 2.5; a whole number"),
        ({"answer": 0.0}, "is 0; a whole number from 1 to 5, or none"),
        ({"item": "z"}, "item z is not among the items; they are a, b, c, d"),
        ({"group": None}, "respondent r0 to a lacks respondent or group"),
        ({"group": "all"}, "a group is called 'all'"),
    ],
)
def test_wrong_answers_are_one_sentence(change, sentence):
    answers = long({"a": [1.0]}, "x").assign(**change)
    with pytest.raises(ValueError, match=sentence):
        survey.governance(answers, ITEMS)


def test_wrong_tables_are_one_sentence():
    answers = long({"a": [1.0, 2.0]}, "xx")
    with pytest.raises(ValueError, match="respondent r0 answers a twice"):
        survey.governance(pd.concat([answers, answers]), ITEMS)
    with pytest.raises(ValueError, match="answers have no column group"):
        survey.governance(answers.drop(columns="group"), ITEMS)
    with pytest.raises(TypeError, match="answers is a list"):
        survey.governance([], ITEMS)
    with pytest.raises(ValueError, match="item a has the direction 'up'"):
        survey.governance(answers, ITEMS.assign(direction="up"))
    with pytest.raises(ValueError, match="item b has reverse '2'; 0 or 1"):
        survey.governance(answers, ITEMS.assign(reverse=["0", "2", "0", "0"]))
    with pytest.raises(ValueError, match="item a stands twice"):
        survey.governance(answers, pd.concat([ITEMS, ITEMS.head(1)]))
    with pytest.raises(ValueError, match="direction 'up' is not available"):
        survey.responses(answers, ITEMS, direction="up")
    with pytest.raises(ValueError, match="minimum is 0"):
        survey.governance(answers, ITEMS, minimum=0)


# --- wheel


FACTORS = pd.DataFrame({"order": ["2", "1"], "key": ["f", "g"], "step": ["S", "S"], "factor": ["F", "G"]})


def test_no_information_is_no_mark():
    marks = long({"f": [0, 4, 5, np.nan], "g": [0, 0, 0, 0]}, "xxxx")
    found = survey.wheel(marks, FACTORS)
    assert list(found.index) == ["g", "f"]
    assert found.loc["f", ["raters", "informed", "no_information", "median", "lowest", "highest"]].tolist() == [
        4, 2, 0.5, 4.5, 4, 5,
    ]  # fmt: skip
    assert found.loc["g", "no_information"] == 1 and np.isnan(found.loc["g", "median"])
    with pytest.raises(ValueError, match="is 6; a whole number from 0 to 5"):
        survey.wheel(marks.assign(answer=6), FACTORS)
    with pytest.raises(ValueError, match="item f is not among the items; they are g"):
        survey.wheel(marks, FACTORS.tail(1))
