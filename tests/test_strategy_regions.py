"""The strategies' areas: sums of published regions, one row a strategy, Fribourg without figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import strategy_regions
from alpclusters_lib.reports.divisions import divisions


@pytest.fixture(scope="module")
def found():
    return strategy_regions.strategy_regions()


def test_ten_regions_have_figures_and_the_canton_has_none(found):
    assert found.without == ("fribourg",)
    assert sorted([*found.jobs.index, *found.without]) == sorted(regions.s3_regions().index)


def test_a_plain_region_is_the_published_one(found):
    rows = datasets.employment(year=2014)
    rows = rows[(rows["region"] == "ITC4") & (rows["sector"] == "C28")]
    assert found.jobs.loc["lombardy", "C28"] == rows["value"].item()
    europe = divisions(2014)
    for name in ("quotients", "presence"):
        own, same = getattr(found, name).loc["lombardy"], getattr(europe, name).loc["ITC4"]
        pd.testing.assert_series_equal(own.astype(float), same.astype(float), check_names=False)


def test_a_land_is_read_from_its_own_row_and_slovenia_too(found):
    rows = datasets.employment(year=2014).set_index(["region", "sector"])["value"]
    for key, code in (("bavaria", "DE2"), ("slovenia", "SI")):
        assert found.jobs.loc[key, "C28"] == rows[code, "C28"]


def test_quotients_lie_within_their_limits_and_tables_share_their_labels(found):
    known = found.quotients.notna()
    assert (found.lower.where(known) <= found.quotients).where(known, True).all(axis=None)
    assert (found.quotients <= found.upper).where(known, True).all(axis=None)
    for table in (found.status, found.presence, found.density, found.quotients):
        assert table.shape == found.jobs.shape and list(table.index) == list(found.jobs.index)
        assert list(table.columns) == list(found.jobs.columns)
    assert np.nanmax(found.density.to_numpy()) <= 100


def test_area_and_priorities_are_read_from_the_facts():
    assert strategy_regions.area("baden-wuerttemberg") == ("DE11", "DE12", "DE13", "DE14")
    assert strategy_regions.priorities().loc["lombardy-2014-6", "priority"] == "advanced manufacturing"
    assert set(strategy_regions.priorities("2021-2027")["region"]) == {"lombardy", "piedmont", "trento", "veneto"}


def test_wrong_names_are_told():
    with pytest.raises(ValueError, match=r"no priorities of the period '2007-2013'; there are 2014-2020, 2021-2027"):
        strategy_regions.priorities("2007-2013")
    with pytest.raises(ValueError, match="unknown region 'lombardia'; did you mean 'lombardy'"):
        strategy_regions.area("lombardia")
