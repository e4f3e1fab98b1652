"""Priorities coded to divisions: the file, the tables made of it, and how far two coders agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import check_table, check_text

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.strategy import priorities
from alpclusters_lib.strategy.priorities import (
    NACE,
    VERSIONS,
    agreement,
    codable_share,
    coded_weights,
)

PERIODS = ("2014-2020", "2021-2027")


@pytest.fixture(scope="module")
def coding() -> pd.DataFrame:
    return datasets.facts("priority_sectors")


def rows(*cells: tuple) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["priority", "version", "division", "weight"])


GOOD = (("a", "narrow", "C10", 1.0), ("a", "broad", "C10", 0.5), ("a", "broad", "A01", 0.5))


# --- the file


def test_every_named_priority_is_coded_in_both_versions_and_no_other(coding):
    named = datasets.facts("s3_priorities")
    named = set(named.loc[named["priority"].fillna("") != "", "id"])
    for version in VERSIONS:
        assert set(coding.loc[coding["version"] == version, "priority"]) == named


def test_the_classification_has_88_divisions_and_holds_those_with_figures():
    assert len(NACE) == len(set(NACE)) == 88 and NACE[0] == "A01" and NACE[-1] == "U99"
    assert set(sectors.divisions()) < set(NACE)


@pytest.mark.parametrize("period", PERIODS)
def test_weights_sum_to_one_and_the_narrow_version_lies_inside_the_broad_one(period):
    narrow, broad = (priority_coding.weights(period, version) for version in VERSIONS)
    for table in (narrow, broad):
        assert table.sum(axis=1).to_numpy() == pytest.approx(1)
        assert table.index.equals(priority_coding.titles(period).index)
    assert not ((narrow > 0) & (broad == 0)).any(axis=None)
    assert ((broad > 0).sum(axis=1) > (narrow > 0).sum(axis=1)).all(), "the broad version adds nothing"


def test_the_same_theme_is_coded_the_same_way_in_every_region(coding):
    theme = coding["reason"].str.split(": ").str[0]
    assert theme.groupby(coding["priority"]).nunique().eq(1).all()
    for _, table in coding.assign(theme=theme).groupby(["theme", "version"]):
        assert table.groupby("priority")["division"].agg(frozenset).nunique() == 1
        assert table.groupby("priority")["weight"].agg(frozenset).nunique() == 1
    reasons = coding["reason"].str.split(": ", n=1).str[1]
    assert reasons.str.len().gt(3).all() and reasons.nunique() > 100


def test_what_serves_every_firm_is_in_no_priority(coding):
    allowed = coding["division"].eq("M70") & coding["reason"].str.contains("service innovation")
    assert not (coding["division"].isin(["G46", "G47", "M69", "M70", "N78", "N82"]) & ~allowed).any()


# --- tables


def test_text_is_read_as_numbers_and_columns_stand_in_the_order_of_the_classification():
    table = coded_weights(rows(*GOOD).astype(str), version="broad")
    assert table.loc["a"].to_dict() == {"A01": 0.5, "C10": 0.5} and list(table.columns) == ["A01", "C10"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ((GOOD[0],), "priority 'a' has no broad version"),
        ((*GOOD, GOOD[0]), "C10 stands twice in the narrow version of 'a'"),
        ((GOOD[0], GOOD[1]), "the broad weights of priority 'a' sum to 0.5; 1 is needed"),
        ((*GOOD, ("a", "broad", "C34", 0.1)), "division 'C34' of priority 'a' is unknown"),
        ((*GOOD, ("a", "wide", "C11", 0.1)), "version 'wide' of priority 'a' is unknown; narrow or broad"),
        ((*GOOD, ("a", "broad", "C11", 0.0)), "the weight of C11 in the broad version of 'a' is 0"),
        ((*GOOD, ("a", "broad", "C11", -0.1)), "is -0.1; a number above 0 and up to 1"),
        ((*GOOD, ("a", "broad", "C11", "much")), "is much; a number above 0"),
        ((*GOOD, ("a", "broad", "C11", 1.5)), "is 1.5; a number above 0"),
        ((), "the coding has no rows"),
    ],
)
def test_a_wrong_coding_is_refused_in_a_sentence(cells, sentence):
    with pytest.raises(ValueError, match=sentence):
        coded_weights(rows(*cells), version="narrow")


def test_a_missing_column_and_an_unknown_version_are_named():
    with pytest.raises(ValueError, match="the coding lacks weight"):
        coded_weights(rows(*GOOD).drop(columns="weight"), version="narrow")
    with pytest.raises(ValueError, match="version 'wide' is not available; available: narrow, broad"):
        coded_weights(rows(*GOOD), version="wide")


def test_rounding_to_six_digits_passes_and_is_taken_out():
    cells = [("a", version, code, 0.33333333) for version in VERSIONS for code in ("C10", "C11", "C12")]
    assert coded_weights(rows(*cells), version="narrow").loc["a"].sum() == pytest.approx(1, abs=1e-12)


@given(st.lists(st.floats(0, 1, allow_subnormal=False), min_size=4, max_size=4).filter(lambda w: sum(w) > 1e-6))
def test_codable_share_times_tested_weights_are_the_weights_with_figures(values):
    weights = pd.DataFrame([np.array(values) / sum(values)], ["a"], ["A01", "C10", "C11", "Q86"])
    figures = ["C11", "C12", "C10"]
    share, tested = codable_share(weights, figures)["a"], priorities.tested_weights(weights, figures).loc["a"]
    assert 0 <= share <= 1 and list(tested.index) == figures
    if share == 0:
        assert tested.isna().all()
    else:
        assert tested.sum() == pytest.approx(1)
        assert (tested * share)[["C10", "C11"]].to_numpy() == pytest.approx(weights.loc["a", ["C10", "C11"]].to_numpy())


# --- agreement


def named(yes: list[str], every: list[str]) -> pd.DataFrame:
    return pd.DataFrame([[1 / len(yes) if code in yes else 0.0 for code in every]], ["a"], every)


def test_kappa_is_the_one_printed_by_viera_and_garrett():
    # Viera & Garrett (2005), Family Medicine 37:360, table 2: 15 both yes, 5 and 10 one yes, 70 both no: 0.57
    every = [f"x{number}" for number in range(100)]
    found = agreement(named(every[:20], every), named(every[:15] + every[20:30], every), divisions=every).loc["a"]
    assert found["kappa"] == pytest.approx((0.85 - 0.65) / 0.35) and round(found["kappa"], 2) == 0.57
    assert found["both"] == 15 and found["either"] == 30
    assert found["cosine"] == pytest.approx(15 / np.sqrt(20 * 25))


def test_kappa_is_the_one_of_a_kept_library():
    metrics = pytest.importorskip("sklearn.metrics")
    narrow, broad = (priority_coding.weights(version=version) for version in VERSIONS)
    found = agreement(narrow, broad)
    full = [table.reindex(columns=NACE, fill_value=0.0) > 0 for table in (narrow, broad)]
    for priority in narrow.index[:6]:
        own = metrics.cohen_kappa_score(*(table.loc[priority] for table in full))
        assert found.loc[priority, "kappa"] == pytest.approx(own)
    pooled = metrics.cohen_kappa_score(*(table.to_numpy().ravel() for table in full))
    assert found.loc["all", "kappa"] == pytest.approx(pooled)


def test_the_same_coder_twice_agrees_and_priorities_of_one_alone_are_left_out():
    one = priority_coding.weights()
    found = agreement(one, one.iloc[::-1, ::-1].drop(index=one.index[0]))
    assert list(found.index) == [*one.index[1:], "all"]
    assert found[["cosine", "kappa"]].to_numpy() == pytest.approx(1)


def test_agreement_refuses_what_cannot_be_compared():
    one = named(["C10"], ["C10", "C11"])
    with pytest.raises(ValueError, match="no priority was coded by both"):
        agreement(one, one.set_axis(["b"]))
    with pytest.raises(ValueError, match="C10 is coded but is not among the divisions"):
        agreement(one, one, divisions=["C11"])


# --- for the reader


def test_sentences_and_tables_read_well_for_every_region():
    for period in PERIODS:
        check_text(priority_coding.coding_sentence(period))
        for region in regions.s3_regions().index:
            table, missing = (
                priority_coding.coding_table(region, period),
                priority_coding.missing_sentence(region, period),
            )
            assert table.empty == bool(missing), region
            check_text(missing) if missing else check_table(table)
    with pytest.raises(ValueError, match="unknown region 'tyrol'"):
        priority_coding.coding_table("tyrol")


def test_forty_five_priorities_of_eight_strategies_are_named():
    assert "45 priorities of 8 strategies for 2014-2020" in priority_coding.coding_sentence()
    assert priority_coding.missing_sentence("fribourg").endswith("no strategy document found.")


def test_agreement_is_printed_only_where_a_second_person_coded(monkeypatch):
    alone = priority_coding.agreement_sentence()
    check_text(alone)
    assert "One person coded" in alone and "kappa" not in alone
    monkeypatch.setattr(priority_coding, "SECOND", "priority_sectors")
    both = priority_coding.agreement_sentence()
    check_text(both)
    assert "Cohen's kappa on the divisions named 1.00, n = 45 priorities" in both
