"""Cluster stars: criteria as printed by the European Cluster Observatory, evaluation of cluster strength."""

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib.indicators.clusters import cluster_stars


def pairs(regions, cluster):
    return pd.MultiIndex.from_product([regions, [cluster]], names=["region", "cluster"])


@pytest.fixture
def machinery():
    """Twenty regions whose jobs, shares and wages rise in different orders."""
    regions = [f"R{number:02}" for number in range(20)]
    number = np.arange(20)
    table = {
        "jobs": 1000.0 * (number + 1),
        "lq": 0.2 + 0.1 * ((number + 5) % 20),
        "share": 0.02 + 0.01 * ((number + 5) % 20),
        "wage": 20000.0 + 100 * ((number + 10) % 20),
    }
    return pd.DataFrame(table, index=pairs(regions, "machinery"))


def winners(stars, criterion):
    return stars.index[stars[criterion].fillna(False)].get_level_values("region").tolist()


def test_observatory_stars(machinery):
    """Size and focus: top 10 % in the cluster category; specialisation: quotient of at least 2."""
    stars = cluster_stars(machinery)
    assert list(stars.columns) == ["size", "specialisation", "focus", "stars", "criteria_known"]
    assert winners(stars, "size") == ["R18", "R19"]
    assert winners(stars, "specialisation") == ["R13", "R14"]
    assert winners(stars, "focus") == ["R13", "R14"]
    assert stars["stars"].droplevel("cluster")[["R00", "R13", "R19"]].tolist() == [0, 2, 1]
    assert (stars["criteria_known"] == 3).all()


def test_panorama_stars_take_the_wage_or_else_productivity(machinery):
    stars = cluster_stars(machinery, edition="panorama")
    assert list(stars.columns)[:3] == ["size", "specialisation", "productivity"]
    assert winners(stars, "productivity") == ["R08", "R09"]
    renamed = machinery.rename(columns={"wage": "productivity"})
    pd.testing.assert_frame_equal(cluster_stars(renamed, edition="panorama"), stars)
    other = machinery.assign(productivity=1.0)
    pd.testing.assert_frame_equal(cluster_stars(other, edition="panorama"), stars)


def test_focus_without_shares_ranks_by_quotient(machinery):
    pd.testing.assert_frame_equal(cluster_stars(machinery.drop(columns="share")), cluster_stars(machinery))


def test_thresholds_are_parameters(machinery):
    stars = cluster_stars(machinery, size_top=0.2, specialisation_minimum=1.9, focus_top=0.05)
    assert winners(stars, "size") == ["R16", "R17", "R18", "R19"]
    assert winners(stars, "specialisation") == ["R12", "R13", "R14"]
    assert winners(stars, "focus") == ["R14"]
    stars = cluster_stars(machinery, edition="panorama", productivity_top=0.2)
    assert winners(stars, "productivity") == ["R06", "R07", "R08", "R09"]


def test_each_cluster_has_its_own_thresholds(machinery):
    small = machinery.assign(jobs=machinery["jobs"] / 100).set_axis(
        pairs(machinery.index.get_level_values("region"), "optics")
    )
    both = pd.concat([machinery, small]).sample(frac=1, random_state=1)
    stars = cluster_stars(both, minimum_jobs=0)
    assert stars.index.equals(both.index)
    for cluster in ("machinery", "optics"):
        assert sorted(winners(stars.xs(cluster, level="cluster", drop_level=False), "size")) == ["R18", "R19"]
    swapped = cluster_stars(both.swaplevel(), minimum_jobs=0)
    pd.testing.assert_frame_equal(swapped.swaplevel(), stars)


def test_fewer_jobs_than_the_minimum_win_no_star(machinery):
    machinery.loc[("R14", "machinery"), "jobs"] = 999.0
    machinery.loc[("R09", "machinery"), "jobs"] = 999.0
    for edition in ("observatory", "panorama"):
        stars = cluster_stars(machinery, edition=edition)
        assert stars.loc[("R14", "machinery")].tolist() == [False, False, False, 0, 3]
    assert cluster_stars(machinery, minimum_jobs=999).loc[("R14", "machinery"), "stars"] == 2
    # and leave the wage threshold to the others: nineteen became eighteen, the next one moves up
    assert winners(stars, "productivity") == ["R07", "R08"]


def test_no_jobs_is_no_star_even_without_a_minimum():
    table = pd.DataFrame({"jobs": [0.0, 0.0], "lq": [0.0, 0.0]}, index=pairs(["ITC4", "ITH1"], "fishing"))
    assert cluster_stars(table, minimum_jobs=0)["stars"].tolist() == [0, 0]


def test_missing_figures_are_unknown_and_not_lost_stars(machinery):
    machinery.loc[("R19", "machinery"), "jobs"] = np.nan
    machinery.loc[("R14", "machinery"), "lq"] = np.nan
    machinery.loc[("R00", "machinery"), ["jobs", "lq"]] = [10, np.nan]
    before = machinery.copy()
    stars = cluster_stars(machinery)
    pd.testing.assert_frame_equal(machinery, before)
    assert stars["size"].dtype == "boolean"
    # without jobs nobody knows whether the minimum is reached, unless the criterion fails anyway
    assert stars.loc[("R19", "machinery"), "size"] is pd.NA
    assert not stars.loc[("R19", "machinery"), "focus"]
    assert stars.loc[("R19", "machinery"), ["stars", "criteria_known"]].tolist() == [0, 2]
    assert stars.loc[("R14", "machinery"), "specialisation"] is pd.NA
    assert stars.loc[("R14", "machinery"), ["stars", "criteria_known"]].tolist() == [1, 2]
    assert stars.loc[("R00", "machinery"), "criteria_known"] == 3
    assert winners(stars, "size") == ["R17", "R18"]


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        (lambda table: table, {"edition": "2016"}, "edition '2016' is not available; available: observatory"),
        (lambda table: table, {"size_top": 10}, "size_top is 10; a share"),
        (lambda table: table.drop(columns="jobs"), {}, "no column jobs for the criterion size; it has lq"),
        (
            lambda table: table.drop(columns="wage"),
            {"edition": "panorama"},
            "no column wage or productivity for the criterion productivity",
        ),
        (lambda table: table.reset_index(), {}, r"not indexed by \(region, cluster\)"),
        (lambda table: pd.concat([table, table]), {}, r"\('R00', 'machinery'\).* occurs more than once"),
        (lambda table: table.assign(jobs=-1.0), {}, r"column jobs of .*'R00', 'machinery'.* is -1"),
        (lambda table: table.assign(lq="high"), {}, "column lq has dtype"),
    ],
)
def test_tables_and_options_that_do_not_fit_are_refused(machinery, change, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        cluster_stars(change(machinery), **options)
