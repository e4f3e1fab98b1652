"""Draws of quotients, pooled quotients of priorities, and what the reports say of them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.figures.choice_grid import choice_grid
from alpclusters_lib.indicators.specialisation import location_quotient, location_quotient_interval
from alpclusters_lib.reports import priority_coding, priority_robustness
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy import priorities
from alpclusters_lib.strategy.robustness import pooled_quotients, quotient_draws, robustness_word, specialised_share

INTERVAL = pd.DataFrame({"estimate": [2.0, 0.5, 0.0], "lower": [1.6, 0.1, 0.0], "upper": [2.5, 2.5, 0.4]},
                        index=["C28", "M72", "H51"])  # fmt: skip
KEYS = list(regions.s3_regions().index)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


# --- draws


def test_draws_have_the_limits_as_their_percentiles():
    draws = quotient_draws(INTERVAL, draws=40_000, rng=1)
    low, high = np.quantile(draws[:, :2], [0.025, 0.975], axis=0)
    np.testing.assert_allclose(low, [1.6, 0.1], rtol=0.06)
    np.testing.assert_allclose(high, [2.5, 2.5], rtol=0.06)


def test_a_division_without_jobs_is_drawn_up_to_its_upper_limit():
    draws = quotient_draws(INTERVAL, draws=40_000, rng=1)[:, 2]
    assert (draws > 0).all()
    assert np.quantile(draws, 0.975) == pytest.approx(0.4, rel=0.06)


def test_the_zero_law_is_that_of_the_interval_of_no_jobs():
    """A count of 0 has the exact upper limit -ln(0.025) units, the 97.5 % point of the exponential law."""
    jobs = pd.DataFrame({"C28": [0.0, 500.0], "I55": [1000.0, 4000.0]}, ["a", "b"])
    interval = location_quotient_interval(jobs).loc[["a"]]
    draws = quotient_draws(interval, draws=40_000, rng=2)[:, 0]
    scale = interval["upper"].iloc[0] / -np.log(0.025)
    assert draws.mean() == pytest.approx(scale, rel=0.05)


def test_draws_repeat_with_the_seed_and_gaps_stay_gaps():
    holed = INTERVAL.copy()
    holed.loc["C28"] = np.nan
    one, two = quotient_draws(holed, draws=5, rng=3), quotient_draws(holed, draws=5, rng=3)
    np.testing.assert_array_equal(one, two)
    assert np.isnan(one[:, 0]).all() and not np.isnan(one[:, 1:]).any()


def test_a_division_without_limits_stays_at_its_estimate():
    open_ended = pd.DataFrame({"estimate": [1.2], "lower": [np.nan], "upper": [np.nan]})
    assert (quotient_draws(open_ended, draws=9, rng=1) == 1.2).all()


def test_draws_name_what_is_wrong():
    with pytest.raises(ValueError, match="draws is 0"):
        quotient_draws(INTERVAL, draws=0)
    with pytest.raises(ValueError, match="no column upper"):
        quotient_draws(INTERVAL.drop(columns="upper"))
    with pytest.raises(ValueError, match="M72"):
        quotient_draws(INTERVAL.assign(lower=[1.0, 0.9, 0.0]))


# --- pooled quotients


def test_a_pooled_quotient_is_the_quotient_of_pooled_jobs():
    jobs = pd.DataFrame({"C28": [60.0, 140.0], "M72": [1.0, 99.0], "I55": [39.0, 661.0]}, ["a", "b"])
    merged = jobs.assign(p=jobs["C28"] + jobs["M72"])[["p", "I55"]]
    usual = jobs.sum() / jobs.to_numpy().sum()
    weights = pd.DataFrame([[0.5, 0.5, 0.0]], ["p"], jobs.columns)
    found = pooled_quotients(location_quotient(jobs).to_numpy(), weights, usual=usual)
    np.testing.assert_allclose(found[:, 0], location_quotient(merged)["p"])


def test_weights_count_and_the_mean_of_quotients_is_not_taken():
    weights = pd.DataFrame({"C28": [0.9, 1.0, np.nan], "M72": [0.1, 0.0, np.nan]}, list("xyz"))
    usual = pd.Series({"M72": 0.01, "C28": 0.03})
    found = pooled_quotients([[2.0, 1.0]], weights, usual=usual)
    assert found[0, :2].tolist() == pytest.approx([(0.9 * 0.03 * 2 + 0.1 * 0.01) / (0.9 * 0.03 + 0.1 * 0.01), 2.0])
    assert np.isnan(found[0, 2])


def test_another_reference_divides_by_its_own_shares():
    weights, usual = pd.DataFrame({"C28": [1.0]}, ["x"]), pd.Series({"C28": 0.03})
    assert pooled_quotients([[2.0]], weights, usual=usual, against=pd.Series({"C28": 0.06}))[0, 0] == pytest.approx(1.0)
    assert np.isnan(pooled_quotients([[2.0]], weights, usual=usual, against=pd.Series({"C28": 0.0}))[0, 0])


def test_a_gap_concerns_only_priorities_that_use_the_division():
    weights = pd.DataFrame({"C28": [1.0, 0.0], "M72": [0.0, 1.0]}, list("xy"))
    found = pooled_quotients([[np.nan, 1.5]], weights, usual=pd.Series({"C28": 0.1, "M72": 0.1}))
    assert np.isnan(found[0, 0]) and found[0, 1] == pytest.approx(1.5)


def test_quotients_and_weights_have_the_same_divisions():
    with pytest.raises(ValueError, match="2 divisions and weights 1"):
        pooled_quotients([[1.0, 2.0]], pd.DataFrame({"C28": [1.0]}), usual=pd.Series({"C28": 0.1}))


@given(st.floats(0.01, 100), st.integers(1, 5))
def test_one_quotient_everywhere_is_the_quotient_of_every_priority(value, number):
    weights = pd.DataFrame(np.ones((1, number)) / number, ["x"], [f"d{k}" for k in range(number)])
    usual = pd.Series(np.linspace(0.01, 0.02, number), weights.columns)
    assert pooled_quotients(np.full((1, number), value), weights, usual=usual)[0, 0] == pytest.approx(value)


def test_shares_fall_as_the_threshold_rises():
    draws = quotient_draws(INTERVAL, draws=999, rng=5)
    shares = [specialised_share(draws, threshold=value) for value in (0.5, 1.0, 1.25, 3.0)]
    assert (np.diff(shares, axis=0) <= 0).all()
    assert np.isnan(specialised_share([[1.0, np.nan]])[1])


@pytest.mark.parametrize(("share", "word"), [(0.95, "robust"), (0.9499, "fragile"), (0.0501, "fragile"),
                                             (0.05, "not specialised"), (np.nan, "not tested")])  # fmt: skip
def test_words_of_shares(share, word):
    assert robustness_word(share) == word


# --- reports


def test_shares_are_of_the_figures_of_the_strategies():
    """A priority far above every threshold is robust, one far below is not; the printed quotient is the pooled one."""
    rows, found = priority_robustness.results(), strategy_regions()
    weights = priorities.tested_weights(priority_coding.weights("2014-2020", "narrow"), found.jobs.columns)
    europe = found.reference[found.jobs.columns]
    for priority, row in rows.iterrows():
        own = weights.loc[priority]
        if own.isna().any():
            continue
        jobs, whole = found.jobs.loc[row["region"]], found.totals[row["region"]]
        usual = (own * europe).sum() / found.reference.sum()
        assert row["quotient"] == pytest.approx((own * jobs).sum() / whole / usual)
    assert rows["share"].dropna().between(0, 1).all()
    assert (rows.loc[rows["word"] == "robust", "quotient"] > 1).all()


def test_slovenia_is_not_compared_with_itself():
    shares = priority_robustness._shares("2014-2020")
    own = shares.index.str.startswith("slovenia")
    assert shares.loc[own].xs("own country", level="reference", axis=1).isna().all(axis=None)
    assert shares.loc[~own].xs("own country", level="reference", axis=1).notna().any(axis=None)


def test_a_higher_threshold_never_raises_a_share():
    shares = priority_robustness._shares("2014-2020")
    low, high = (shares.xs(value, level="threshold", axis=1) for value in priority_robustness.THRESHOLDS)
    assert (high.fillna(0) <= low.fillna(0)).all(axis=None)


@pytest.mark.parametrize("period", ["2014-2020", "2021-2027"])
@pytest.mark.parametrize("region", [None, *KEYS])
def test_every_sentence_reads(region, period):
    text = priority_robustness.sentence(region, period)
    check_text(text)
    rows = priority_robustness.results(period)
    own = rows if region is None else rows[rows["region"] == region]
    table = priority_robustness.table(region, period)
    assert len(table) == len(own)
    if len(own):
        check_table(table)


def test_headline_and_limits_read():
    check_text(f"{priority_robustness.headline()}.")
    for line in priority_robustness.limits():
        check_text(line)


@pytest.mark.parametrize("region", [None, "slovenia"])
def test_pictures_read(region):
    check_picture(priority_robustness.picture(region))


@pytest.mark.parametrize("region", ["fribourg", "franche-comte", "baden-wuerttemberg"])
def test_a_region_without_priorities_has_no_picture(region):
    assert priority_robustness.picture(region) is None
    assert priority_robustness.table(region).empty


# --- figure


def test_the_grid_names_groups_and_refuses_a_word_without_colour():
    words = pd.DataFrame([["robust"], ["fragile"], ["fragile"]], ["a", "b", "c"], ["narrow"])
    _, ax = plt.subplots()
    groups = pd.Series({"a": "Veneto", "b": "Bavaria", "c": "Bavaria"})
    colours = priority_robustness.COLOURS
    choice_grid(words, ax=ax, text=words, colours=colours, groups=groups, labels=pd.Series({"a": "mobility"}))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["mobility", "b", "c"]
    assert {"Veneto", "Bavaria"} <= {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="no colour for 'weak'"):
        choice_grid(words.replace("robust", "weak"), ax=ax, text=words, colours=colours)
    with pytest.raises(ValueError, match="empty"):
        choice_grid(words.iloc[:0], ax=ax, text=words, colours=colours)
