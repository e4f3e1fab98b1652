"""Weights of clusters, jobs of priorities, and the variance that a mix of sectors has."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.figures.loss_bars import loss_bars
from alpclusters_lib.reports import largest_cluster
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.portfolio import (
    cluster_weights,
    extraction_loss,
    growth_covariance,
    portfolio_variance,
    priority_jobs,
)
from alpclusters_lib.value_chains.input_output import hypothetical_extraction

GROUPS = {"vehicles": ["C29"], "machinery": ["C27", "C28"]}
JOBS = pd.DataFrame({"C27": [5.0, 0.0], "C28": [15.0, np.nan], "C29": [10.0, 40.0], "I55": [70.0, 60.0]}, ["a", "b"])
REFERENCE = pd.Series({"C27": 5.0, "C28": 5.0, "C29": 10.0, "I55": 40.0, "other": 40.0})
TOTALS = pd.Series({"b": 100.0, "a": 100.0})


# --- clusters


def test_jobs_and_jobs_above_the_reference_share():
    found = cluster_weights(JOBS, GROUPS, totals=TOTALS, reference=REFERENCE)
    assert found.loc["a", "jobs"].tolist() == [10.0, 20.0]
    assert found.loc["a", "above"].tolist() == pytest.approx([0.0, 10.0])
    assert found.loc["a", "share"].tolist() == pytest.approx([0.1, 0.2])
    assert found.loc["a", "by_jobs"].tolist() == [2.0, 1.0]


def test_a_cluster_with_a_gap_takes_no_rank_and_spoils_no_other():
    found = cluster_weights(JOBS, GROUPS, totals=TOTALS, reference=REFERENCE).loc["b"]
    assert found.loc["machinery"].isna().all()
    assert found.loc["vehicles", ["jobs", "above", "by_jobs", "by_above"]].tolist() == [40.0, 30.0, 1.0, 1.0]


def test_jobs_above_the_share_of_all_sectors_add_to_nothing():
    groups = {name: [name] for name in ("C27", "C28", "C29", "I55", "other")}
    jobs = pd.DataFrame([[5.0, 15.0, 10.0, 60.0, 10.0]], ["a"], list(groups))
    found = cluster_weights(jobs, groups, totals=jobs.sum(axis=1), reference=REFERENCE)
    assert found["above"].sum() == pytest.approx(0.0)


def test_equal_clusters_share_a_rank():
    jobs = pd.DataFrame({"C27": [5.0], "C28": [5.0], "C29": [10.0]}, ["a"])
    found = cluster_weights(jobs, GROUPS, totals=pd.Series({"a": 20.0}), reference=REFERENCE)
    assert found["by_jobs"].tolist() == [1.0, 1.0]


def test_clusters_must_not_share_a_sector_and_sectors_must_exist():
    with pytest.raises(ValueError, match="C29 is in two clusters"):
        cluster_weights(JOBS, {"a": ["C29"], "b": ["C29"]}, totals=TOTALS, reference=REFERENCE)
    with pytest.raises(ValueError, match="C30"):
        cluster_weights(JOBS, {"a": ["C30"]}, totals=TOTALS, reference=REFERENCE)


# --- priorities


def test_a_division_is_dealt_to_its_priorities_by_their_weights():
    weights = pd.DataFrame({"C28": [0.75, 0.25, 0.0], "M72": [0.25, 0.0, 0.0], "Q86": [0.0, 0.75, 1.0]}, list("xyz"))
    found = priority_jobs(pd.Series({"M72": 10.0, "C28": 100.0, "I55": 5.0}), weights)
    assert found[["x", "y"]].to_dict() == pytest.approx({"x": 85.0, "y": 25.0})
    assert np.isnan(found["z"])


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=5))
def test_no_job_counts_twice(rows):
    weights = pd.DataFrame(rows, columns=["C28", "M72", "I55"])
    jobs = pd.Series({"C28": 100.0, "M72": 10.0, "I55": 1.0})
    covered = jobs[weights.columns[(weights > 0).any()]].sum()
    assert priority_jobs(jobs, weights).sum() == pytest.approx(covered)


def test_a_weight_is_never_missing():
    with pytest.raises(ValueError, match="weights of x"):
        priority_jobs(pd.Series({"C28": 1.0}), pd.DataFrame({"C28": [np.nan]}, ["x"]))


# --- variance (Conroy 1974)


YEARS = pd.DataFrame(
    {"C28": [100.0, 90.0, 99.0, 99.0], "I55": [50.0, 51.0, 50.0, 52.0], "M72": [0.0, 1.0, 2.0, 3.0]},
    index=[2008, 2009, 2010, 2011],
)


def test_covariance_is_that_of_the_growth_rates():
    growth = YEARS[["C28", "I55"]].pct_change().iloc[1:]
    found = growth_covariance(YEARS)
    np.testing.assert_allclose(found.loc[["C28", "I55"], ["C28", "I55"]], growth.cov())


def test_a_sector_that_starts_from_nothing_has_no_covariance():
    found = growth_covariance(YEARS)
    assert found["M72"].isna().all() and found.loc["M72"].isna().all()


def test_years_may_come_in_any_order_and_leave_no_gap():
    pd.testing.assert_frame_equal(growth_covariance(YEARS.iloc[::-1]), growth_covariance(YEARS))
    with pytest.raises(ValueError, match="each year"):
        growth_covariance(YEARS.drop(2009))
    with pytest.raises(ValueError, match="2 years"):
        growth_covariance(YEARS.iloc[:2])


def test_the_variance_of_a_mix_is_that_of_its_growth():
    """Weights times covariances times weights is the variance of the weighted growth rates over the years."""
    jobs = pd.DataFrame({"I55": [25.0, 0.0], "C28": [75.0, 10.0]}, ["a", "b"])
    growth = YEARS[["C28", "I55"]].pct_change().iloc[1:]
    found = portfolio_variance(jobs, growth_covariance(YEARS[["C28", "I55"]]))
    assert found["a"] == pytest.approx((growth @ [0.75, 0.25]).var())
    assert found["b"] == pytest.approx(growth["C28"].var())


def test_two_sectors_that_move_against_each_other_cancel():
    jobs = pd.DataFrame({"x": [50.0], "y": [50.0]}, ["a"])
    covariance = pd.DataFrame([[0.01, -0.01], [-0.01, 0.01]], ["x", "y"], ["x", "y"])
    assert portfolio_variance(jobs, covariance)["a"] == pytest.approx(0.0, abs=1e-15)


def test_a_sector_without_covariance_is_left_out_of_the_mix():
    jobs = pd.DataFrame({"C28": [10.0, 0.0], "M72": [90.0, 5.0]}, ["a", "b"])
    found = portfolio_variance(jobs, growth_covariance(YEARS))
    assert found["a"] == pytest.approx(YEARS["C28"].pct_change().var())
    assert np.isnan(found["b"])


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_only_shares_count(scale):
    jobs, covariance = pd.DataFrame({"C28": [3.0], "I55": [1.0]}, ["a"]), growth_covariance(YEARS)
    both = (portfolio_variance(table, covariance) for table in (jobs, jobs * scale))
    pd.testing.assert_series_equal(*both)


def test_covariances_must_be_square_and_complete():
    jobs = pd.DataFrame({"C28": [3.0], "H49": [1.0]}, ["a"])
    with pytest.raises(ValueError, match="H49"):
        portfolio_variance(jobs, growth_covariance(YEARS))
    with pytest.raises(ValueError, match="other rows than columns"):
        portfolio_variance(jobs, pd.DataFrame({"C28": [1.0], "H49": [1.0]}, ["C28"]))


# --- loss of a cluster


A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], ["c1", "c2"], ["c1", "c2"])
X = pd.Series({"c1": 1000.0, "c2": 2000.0})


@pytest.mark.parametrize(("gone", "other", "whole"), [("c1", "c2", 1210.526), ("c2", "c1", 2588.235)])
def test_the_loss_of_a_whole_industry_is_its_full_extraction(gone, other, whole):
    """Miller & Blair (2009), table 2.3: what goes is the industry's output and what the other then loses."""
    found = extraction_loss(A, X, pd.Series({gone: 1.0, other: 0.0}))
    assert X[gone] + found[other] * X[other] == pytest.approx(whole, abs=1e-3)
    table = hypothetical_extraction(A * X, X, kind="full")
    assert found[other] * X[other] == pytest.approx(table.loc[gone, "elsewhere"])
    assert found[gone] == 0


def test_a_loss_of_nothing_takes_nothing():
    assert (extraction_loss(A, X, pd.Series({"c2": 0.0, "c1": 0.0})) == 0).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_industry_loses_more_than_it_has(first, second):
    lost = pd.Series({"c1": first, "c2": second})
    found = extraction_loss(A, X, lost)
    assert (found >= -1e-12).all() and (found <= 1 - lost + 1e-9).all()


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_a_larger_loss_of_one_industry_takes_more_of_the_other(first, more):
    small, large = (extraction_loss(A, X, pd.Series({"c1": s, "c2": 0.0}))["c2"] for s in (first, first + more))
    assert large >= small - 1e-12


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_unit_of_output_does_not_count(scale):
    lost = pd.Series({"c1": 0.5, "c2": 0.0})
    pd.testing.assert_series_equal(extraction_loss(A, X * scale, lost), extraction_loss(A, X, lost))


def test_lost_shares_are_from_0_to_1_and_complete():
    with pytest.raises(ValueError, match=r"c2 is 1\.5"):
        extraction_loss(A, X, pd.Series({"c1": 0.0, "c2": 1.5}))
    with pytest.raises(ValueError, match="c2"):
        extraction_loss(A, X, pd.Series({"c1": 0.0}))


# --- reports


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_the_largest_cluster_is_that_of_the_jobs():
    rows, found = largest_cluster.losses(), strategy_regions()
    row = rows.loc[("piedmont", "above")]
    assert row["cluster"] == "automotive" and row["direct"] == found.jobs.loc["piedmont", "C29"]
    assert (rows["direct"] + rows["indirect"] < rows["total"]).all()


def test_bands_hold_what_they_are_bands_of():
    rows = largest_cluster.losses()
    order = rows[["wide_lower", "lower", "indirect", "upper", "wide_upper"]].to_numpy()
    assert (np.diff(order, axis=1) >= -1e-6).all()
    assert (rows.loc["slovenia", "lower"] == rows.loc["slovenia", "upper"]).all()


@pytest.mark.parametrize("region", list(regions.s3_regions().index))
def test_every_region_names_its_largest_cluster(region):
    check_text(largest_cluster.sentence(region))
    table = largest_cluster.table(region)
    assert table.empty == (region == "fribourg")
    if len(table):
        check_table(table)


def test_the_alpine_page_reads():
    check_text(f"{largest_cluster.headline()}.")
    for line in largest_cluster.limits():
        check_text(line)
    check_table(largest_cluster.table())
    check_picture(largest_cluster.picture())


def test_bars_of_losses_print_the_whole_and_name_what_has_no_figure():
    data = pd.DataFrame(
        {"direct": [4.0, np.nan, 2.0], "indirect": [1.5, 1.0, np.nan], "lower": [1.0, 0.5, np.nan],
         "upper": [2.0, 2.0, np.nan], "status": ["estimated", "observed", "observed"]},
        index=["Veneto: machinery", "Trento: tourism", "Salzburg: tourism"],
    )  # fmt: skip
    _, ax = plt.subplots()
    loss_bars(data, ax=ax)
    printed = [text.get_text() for text in ax.texts]
    assert "5.5" in printed and "2.0" in printed
    assert any("Trento: tourism" in text and "Hatched" in text for text in printed)
    with pytest.raises(ValueError, match="upper"):
        loss_bars(data.drop(columns="upper"), ax=ax)
