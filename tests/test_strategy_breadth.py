"""Breadth: what strategies cover, the exact test over them, and whether they pick out what is specialised."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.figures.dumbbells import dumbbells
from alpclusters_lib.reports import strategy_breadth as report
from alpclusters_lib.reports import strategy_findings
from alpclusters_lib.strategy.breadth import (
    effective_divisions,
    mean_weights,
    selectivity,
    sign_flip,
    strategy_breadth,
)

DIVISIONS = [
    *(f"C{number}" for number in range(10, 34)),
    *(f"G{number}" for number in range(45, 48)),
    "J62",
    "M71",
    "M72",
]


# --- the exact test


def test_sign_flips_count_what_fisher_counted_on_darwins_maize():
    # Fisher (1935), The Design of Experiments, section 21: 863 of 32,768 sums are as large as 314 eighths of an inch
    differences = pd.Series([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])
    found = sign_flip(differences)
    assert found.p_more == 863 / 32768 and found.n == 15 and found.mean == pytest.approx(314 / 15)


def test_sign_flips_agree_with_scipy():
    values = np.random.default_rng(3).normal(0.3, 1, 8)
    for word, p in (("greater", sign_flip(pd.Series(values)).p_more), ("less", sign_flip(pd.Series(values)).p_less)):
        own = permutation_test((values,), np.mean, permutation_type="samples", alternative=word, n_resamples=np.inf)
        assert p == pytest.approx(own.pvalue)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8), st.sampled_from([1e-12, 1.0, 1e12]))
def test_sign_flips_turn_round_with_the_sign_and_do_not_know_units(values, unit):
    found, turned = sign_flip(pd.Series(values) * unit), sign_flip(pd.Series(values) * -unit)
    assert found.p_more == turned.p_less == sign_flip(pd.Series(values, dtype=float)).p_more
    assert 1 / 2 ** len(values) <= found.p_more <= 1


def test_sign_flips_at_the_edges():
    assert sign_flip(pd.Series([0.0, 0.0]))[2:] == (1.0, 1.0)
    assert sign_flip(pd.Series([1.0, np.nan])).n == 1
    empty = sign_flip(pd.Series([], dtype=float))
    assert empty.n == 0 and np.isnan(empty.p_more)
    with pytest.raises(ValueError, match="21 differences have too many flips"):
        sign_flip(pd.Series(np.ones(21)))


# --- breadth


def example() -> tuple[pd.DataFrame, pd.Series, pd.DataFrame, pd.DataFrame]:
    weights = pd.DataFrame(
        {"A01": [0.5, 0, 0], "C10": [0.5, 0, 0], "C28": [0, 1, 0], "J62": [0, 0, 1.0]}, ["food", "machines", "digital"]
    )
    owners = pd.Series({"digital": "b", "machines": "a", "food": "a"})
    jobs = pd.DataFrame({"C28": [30, 5], "C10": [20, 5], "J62": [50.0, 90.0]}, ["a", "b"])
    return (
        weights,
        owners,
        jobs,
        pd.DataFrame({"C10": [True, False], "C28": [False, False], "J62": [False, True]}, ["a", "b"]),
    )


def test_breadth_of_a_small_case_by_hand():
    found = strategy_breadth(*example())
    assert found.loc["a", "priorities"] == 2 and found.loc["a", "divisions"] == 2
    # A01 1/4, C10 1/4, C28 1/2
    assert found.loc["a", "effective_divisions"] == pytest.approx(1 / (2 / 16 + 1 / 4))
    assert found.loc["a", ["covered_share", "specialised_share"]].tolist() == pytest.approx([0.5, 0.2])
    assert found.loc["a", "difference"] == pytest.approx(0.3)
    assert found.loc["a", ["covered_specialised", "covered_other"]].tolist() == pytest.approx([1, 30 / 80])
    assert found.loc["b", ["covered_share", "selectivity"]].tolist() == pytest.approx([0.9, 1.0])


def test_breadth_goes_by_label_and_leaves_its_input_alone():
    weights, owners, jobs, marks = example()
    kept = [table.copy() for table in (weights, owners, jobs, marks)]
    turned = strategy_breadth(weights.iloc[::-1, ::-1], owners[::-1], jobs.iloc[::-1, ::-1], marks.iloc[:, ::-1])
    pd.testing.assert_frame_equal(
        turned.loc[["a", "b"]], strategy_breadth(weights, owners, jobs, marks), check_like=True
    )
    for before, after in zip(kept, (weights, owners, jobs, marks), strict=True):
        assert before.equals(after)


def test_without_jobs_or_a_specialisation_shares_are_not_known():
    weights, owners, jobs, marks = example()
    found = strategy_breadth(weights, owners, jobs.mul([0, 1], axis=0), marks & False)
    assert np.isnan(found.loc["a", "covered_share"]) and np.isnan(found.loc["b", "covered_specialised"])
    assert found.loc["b", "specialised_share"] == 0
    assert selectivity(weights, owners, jobs, marks & False, draws=9, rng=1)["p"].isna().all()


def test_a_missing_cell_counts_as_no_job_and_spoils_nothing():
    weights, owners, jobs, marks = example()
    found = strategy_breadth(weights, owners, jobs.mask(jobs == 30), marks)
    assert found.loc["a", "covered_share"] == pytest.approx(20 / 70) and found.loc["b", "covered_share"] == 0.9


def test_wrong_tables_are_refused_in_a_sentence():
    weights, owners, jobs, marks = example()
    with pytest.raises(ValueError, match="jobs has no strategy b"):
        strategy_breadth(weights, owners, jobs.drop(index="b"), marks)
    with pytest.raises(ValueError, match="division C10 stands in only one of jobs and specialised"):
        strategy_breadth(weights, owners, jobs, marks.drop(columns="C10"))
    with pytest.raises(ValueError, match="owners has no priority food"):
        strategy_breadth(weights, owners.drop("food"), jobs, marks)
    with pytest.raises(ValueError, match="jobs of region a in sector C28 is -1"):
        strategy_breadth(weights, owners, jobs.replace(30, -1), marks)


@given(st.integers(1, 20))
def test_equal_weights_are_spread_over_as_many_divisions_as_there_are(number):
    weights = pd.DataFrame(1 / number, ["a"], [f"x{place}" for place in range(number)])
    assert effective_divisions(weights, pd.Series({"a": "r"}))["r"] == pytest.approx(number)
    assert mean_weights(weights, pd.Series({"a": "r"})).loc["r"].sum() == pytest.approx(1)


def test_p_of_selectivity_is_uniform_on_random_strategies():
    # 120 strategies of two priorities, each a matched random set: four divisions of manufacturing and one service
    rng, names = np.random.default_rng(20), [f"r{number}" for number in range(120)]
    owners = pd.Series({f"{name}{place}": name for name in names for place in "pq"})
    weights = pd.DataFrame(0.0, owners.index, DIVISIONS)
    for priority in weights.index:
        weights.loc[priority, [*rng.choice(DIVISIONS[:24], 4, replace=False), rng.choice(DIVISIONS[24:])]] = 0.2
    jobs = pd.DataFrame(rng.lognormal(3, 1, (len(names), len(DIVISIONS))), names, DIVISIONS)
    marks = pd.DataFrame(rng.random(jobs.shape) < 0.4, names, DIVISIONS)
    p = selectivity(weights, owners, jobs, marks, draws=99, rng=rng)["p"].drop("all")
    assert abs(p.mean() - 0.5) < 3.3 / np.sqrt(12 * len(p))
    assert 0.005 <= (p <= 0.05).mean() <= 0.12 and 0.35 <= (p <= 0.5).mean() <= 0.65


def test_a_strategy_that_names_what_is_specialised_is_found_selective_and_so_are_all():
    weights = pd.DataFrame(0.0, ["p", "q"], DIVISIONS)
    weights.loc["p", DIVISIONS[:3]], weights.loc["q", DIVISIONS[3:6]] = 1 / 3, 1 / 3
    jobs = pd.DataFrame(10.0, ["a"], DIVISIONS)
    marks = pd.DataFrame([[place < 6 for place in range(len(DIVISIONS))]], ["a"], DIVISIONS)
    found = selectivity(weights, pd.Series({"p": "a", "q": "a"}), jobs, marks, draws=499, rng=5)
    assert found.loc["a", "p"] == found.loc["all", "p"] == 1 / 500 and found.loc["a", "selectivity"] == 1
    assert found.loc["a", "lower"] < found.loc["a", "expected"] < found.loc["a", "upper"] < 1
    again = selectivity(weights, pd.Series({"p": "a", "q": "a"}), jobs, marks, draws=499, rng=5)
    pd.testing.assert_frame_equal(found, again)


# --- for the reader


def test_pages_read_well_with_and_without_figures():
    check_text(report.breadth_sentence())
    check_table(report.breadth_table())
    picture = report.breadth_picture()
    check_picture(picture)
    absent = {"baden-wuerttemberg", "franche-comte", "fribourg"}
    assert set(report.not_tested()) == absent
    for region in regions.s3_regions().index:
        check_text(report.breadth_sentence(region))
        table = report.breadth_table(region)
        assert table.empty == (region in absent) and (report.breadth_picture(region) is None) == (region in absent)
    plt.close("all")
    with pytest.raises(ValueError, match="unknown region 'tyrol'"):
        report.breadth_table("tyrol")
    with pytest.raises(ValueError, match="no priorities of the period '2007-2013'"):
        report.breadth_sentence(period="2007-2013")


def test_the_table_lists_every_region_of_the_period_and_the_broad_reading_covers_no_less():
    assert len(report.breadth_table()) == 11
    narrow, broad = (report.breadth(version=version).drop("all") for version in ("narrow", "broad"))
    assert (broad["covered_share"] >= narrow["covered_share"]).all() and len(narrow) == 8
    assert narrow["specialised_share"].equals(broad["specialised_share"])
    single = report.priority_shares(version="narrow")
    assert len(single) == 45 and single["trento-2014-1"] == 0 and single.between(0, 1).all()


def test_the_finding_says_p_n_and_follows_the_rule():
    assert strategy_findings.outcome([0.01, 0.049], [1, 1]) == "confirmed"
    assert strategy_findings.outcome([0.01, 0.05], [1, 1]) == "undecided"
    assert strategy_findings.outcome([1, 1], [0.01, 0.02]) == "not confirmed"
    assert strategy_findings.outcome([], [np.nan, 0.01]) == "undecided"
    text, head = strategy_findings.too_broad_finding(), strategy_findings.too_broad_headline()
    check_text(text)
    check_text(strategy_findings.too_broad_finding("2021-2027"))
    flips = {version: report.flips(version=version) for version in ("narrow", "broad")}
    word = strategy_findings.outcome(
        [found.p_more for found in flips.values()], [found.p_less for found in flips.values()]
    )
    assert f"the finding is {word}:" in text and head == f"Too broad: {word}" and "n = 8" in text
    assert len(re.findall(r"p [=<] 0\.\d{3}", text)) == 4
    for line in strategy_findings.too_broad_limits():
        check_text(line)
    # none of the eight covers as much in the narrow reading: the least p that eight strategies allow
    assert flips["narrow"].p_less == 1 / 2**8


def test_the_figure_refuses_and_names_what_it_cannot_draw():
    ax = plt.figure().add_subplot()
    table = pd.DataFrame({"low": [0.1, np.nan], "high": [0.2, 0.3], "mark": [0.15, 0.2]}, ["a", "b"])
    dumbbells(table, ax=ax, names=pd.Series({"b": "Beta"}), highlight="a")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a"]
    assert any("No figure: Beta." in text.get_text() for text in ax.texts)
    with pytest.raises(ValueError, match="shares has no column mark"):
        dumbbells(table.drop(columns="mark"), ax=ax)
    plt.close("all")
