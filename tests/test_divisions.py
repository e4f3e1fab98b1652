"""All divisions at one glance: sums of published rows, the quotients of the case studies, and nothing withheld told."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from gathered import evidence_of

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.reports import diversification
from alpclusters_lib.reports.case import Case, parse_unit
from alpclusters_lib.reports.divisions import (
    broken_countries,
    divisions,
    learning_regions,
    learnt_proximity,
    unit_divisions,
)
from alpclusters_lib.reports.evidence import collect

TOTAL = "B-N_S95_X_K"


@functools.cache
def published(year: int = 2014) -> pd.DataFrame:
    """Return the rows of a year by region and sector, read without the module under test."""
    return datasets.employment(year=year).set_index(["region", "sector"])


@functools.cache
def withheld() -> pd.DataFrame:
    cells = datasets.employment(year=2014, sectors=sectors.divisions(), level=2)
    inside = cells["region"].isin(regions.perimeter("alpine_space_2014"))
    return cells[inside & (cells["status"] == "confidential")]


@functools.cache
def hidden_case(region: str):
    """Return the evidence of a case in a region that hides a division outside its cluster."""
    return collect(Case(name=f"hidden-{region.lower()}", title="Hidden", region=region, divisions=("C28",)))


def test_every_region_has_a_row_and_every_division_a_column():
    found = divisions(2014)
    everything = published().xs(TOTAL, level="sector")["value"].dropna()
    expected = [code for code in everything.index if len(code) == 4 and code[:2] in EU28_MEMBERS]
    assert sorted(found.jobs.index) == sorted(expected) and len(expected) == 273
    assert len(found.jobs.columns) == 68 and set(found.jobs.columns) <= set(sectors.divisions())
    for table in (found.status, found.presence, found.quotients):
        assert table.index.equals(found.jobs.index) and table.columns.equals(found.jobs.columns)


@pytest.mark.parametrize(("region", "division"), [("ITC4", "C28"), ("DE21", "C29"), ("ITH1", "I55")])
def test_quotient_is_the_ratio_of_published_shares(region, division):
    cells = published()["value"]
    own = cells[region, division] / cells[region, TOTAL]
    europe = cells["EU28", division] / cells["EU28", TOTAL]
    found = divisions(2014)
    assert found.quotients.loc[region, division] == pytest.approx(own / europe, rel=1e-9)
    assert found.presence.loc[region, division] == (own / europe >= 1)
    assert found.jobs.loc[region, division] == cells[region, division]


@pytest.mark.parametrize("key", ["slovenia", "bavaria", "DE21+DE27", "AT31+DE2+SI"])
def test_unit_is_the_sum_of_its_published_rows(key):
    unit = parse_unit(key)
    found, cells = unit_divisions(unit), published()
    rows = [cells.loc[code].reindex(found.jobs.columns) for code in unit.codes]
    counted = sum(row["value"].fillna((row["lower"] + row["upper"]) / 2) for row in rows)
    assert found.jobs.index.tolist() == [unit.label]
    np.testing.assert_allclose(found.jobs.iloc[0].astype(float), counted.astype(float))
    assert found.totals[unit.label] == sum(cells.loc[(code, TOTAL), "value"] for code in unit.codes)
    observed = pd.concat([row["status"].astype(str) == "observed" for row in rows], axis=1).all(axis=1)
    assert ((found.status.iloc[0].astype(str) == "observed") == observed).all()


def test_unit_of_one_region_is_that_region():
    one, all_ = unit_divisions(parse_unit("ITC4")), divisions(2014)
    np.testing.assert_allclose(one.jobs.iloc[0], all_.jobs.loc["ITC4"])
    np.testing.assert_allclose(one.quotients.iloc[0], all_.quotients.loc["ITC4"])
    assert one.presence.iloc[0].tolist() == all_.presence.loc["ITC4"].tolist()


@pytest.mark.parametrize("name", ["machinery-lombardy", "fibre-composites", "life-sciences-salzburg"])
def test_quotient_of_a_division_is_that_of_the_case(name):
    evidence = evidence_of(name)
    own = unit_divisions(evidence.case.unit)
    known = evidence.parts["lq"].dropna().index
    assert len(known) >= 1
    interval = own.interval.droplevel("region").loc[known]
    np.testing.assert_allclose(interval["estimate"], evidence.parts.loc[known, "lq"], rtol=1e-9)
    np.testing.assert_allclose(own.jobs.iloc[0][known], evidence.parts.loc[known, "jobs"], rtol=1e-9)
    sure = evidence.parts.loc[known, "status"] == "observed"
    for end in ("lower", "upper"):
        np.testing.assert_allclose(interval[end][sure], evidence.parts.loc[known, end][sure], rtol=1e-6)


def test_withheld_cell_counts_with_the_middle_of_its_limits():
    found, checked = divisions(2014), 0
    for cell in withheld().itertuples():
        assert pd.isna(cell.value)
        assert found.jobs.loc[cell.region, cell.sector] == (cell.lower + cell.upper) / 2
        assert found.status.loc[cell.region, cell.sector] == "confidential"
        checked += 1
    assert checked > 10


@pytest.mark.parametrize("region", ["AT32", "AT13"])
def test_withheld_figure_is_written_nowhere(region):
    evidence = hidden_case(region)
    hidden = withheld().loc[withheld()["region"] == region, "sector"].tolist()
    assert hidden, "a region that withholds a division is needed"
    found = diversification.options(evidence)
    numbers = ["jobs", "lq", "lower_lq", "upper_lq"]
    assert found.table.loc[hidden, numbers].isna().all(axis=None)
    assert found.table.loc[hidden, "density"].notna().all(), "it counts for what others are near to, and is near itself"
    picture = diversification.options_picture(found, evidence)
    rows = picture.data.loc[[division for division in hidden if division in picture.data.index]]
    assert len(rows) and rows[["jobs", "lq", "lq_lower", "lq_upper"]].isna().all(axis=None)
    middles = {(c.lower + c.upper) / 2 for c in withheld().itertuples() if c.region == region}
    assert not middles & set(picture.data["jobs"].dropna())
    assert "Figures that are not published are not drawn." in picture.caption


def test_withheld_division_in_the_list_is_told_without_a_figure():
    evidence = hidden_case("AT32")
    found = diversification.options(evidence)
    table = found.table.copy()
    first = found.shown.index[0]
    table.loc[first, ["jobs", "lq", "lower_lq", "upper_lq"]] = np.nan
    table.loc[first, "status"] = "confidential"
    told = diversification.options_table(diversification.Options(table, found.median, found.learnt_on)).iloc[0]
    assert f"({first})" in told["division"]
    assert (told["quotient"], told["interval "]) == ("not published", "")
    assert "its own jobs are not published" in told["in a sentence"]


def test_learning_regions_hold_no_region_of_any_perimeter():
    learn = learning_regions()
    for perimeter in regions.PERIMETERS:
        assert not set(regions.perimeter(perimeter)) & set(learn.index), perimeter
    assert len(learn) == 237 and set(learn.index) < set(divisions(2014).jobs.index)
    left = set(divisions(2014).jobs.index) - set(learn.index)
    assert left <= set().union(*(regions.perimeter(perimeter) for perimeter in regions.PERIMETERS))


def test_learnt_proximity_is_counted_by_hand_over_the_learning_regions():
    held = learning_regions().to_numpy(dtype=bool)
    names = list(learning_regions().columns)
    first, second = names.index("C25"), names.index("C28")
    both = (held[:, first] & held[:, second]).sum()
    expected = both / max(held[:, first].sum(), held[:, second].sum())
    assert learnt_proximity().loc["C25", "C28"] == pytest.approx(expected)


def test_broken_countries_are_those_whose_rows_are_flagged():
    table = datasets.employment()
    window = table[table["year"].between(2011, 2014) & table["flag"].fillna("").str.contains("b")]
    flagged = set(window["region"].str[:2]) & set(EU28_MEMBERS)
    assert set(broken_countries(2010, 2014)) <= flagged
    assert {"FR", "FI"} <= set(broken_countries(2010, 2014)) and "IT" not in broken_countries(2010, 2014)
    assert set(broken_countries(2011, 2013)) < set(broken_countries(2010, 2014))


def test_a_year_without_figures_is_refused():
    with pytest.raises(ValueError, match="1999"):
        divisions(1999)
