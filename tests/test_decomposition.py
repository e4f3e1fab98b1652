"""Shift-share four ways: the parts add to the change in the published figures, and the sentence to the table."""

from __future__ import annotations

import pandas as pd
import pytest
from wording import check_table, check_text

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import decomposition
from alpclusters_lib.reports.case import parse_unit

START, END = 2011, 2013


def number(text: str) -> float:
    return float(text.replace(",", "")) if text else 0.0


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return decomposition.decomposition_table()


def counted(key: str, year: int) -> pd.Series:
    """Return jobs of a region by division from the published rows, withheld ones with the middle of their limits."""
    rows = datasets.employment(year=year, regions=list(parse_unit(key).codes), sectors=sectors.divisions())
    return rows.assign(j=rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)).groupby("sector")["j"].sum()


def test_every_region_with_figures_stands_four_times(table):
    check_table(table)
    units = [parse_unit(key) for key in regions.s3_regions().index]
    labels = [unit.label for unit in units if not unit.national_frame]
    assert table["region"].tolist() == [label for label in labels for _ in range(4)]
    assert set(table["way"]) == {"Dunn", "Esteban-Marquillas", "Arcelus", "Dunn, year by year"}


@pytest.mark.parametrize("key", ["lombardy", "bavaria", "slovenia"])
def test_change_is_that_of_the_published_rows_whatever_the_way(table, key):
    change = counted(key, END).sum() - counted(key, START).sum()
    own = table[table["region"] == parse_unit(key).label]
    assert own["change, jobs"].unique().tolist() == [f"{change:,.0f}"]


def test_parts_add_to_the_change_and_what_is_left_is_told(table):
    parts = ["national", "industry", "regional", "allocation"]
    for row in table.to_dict("records"):
        told = sum(number(row[part]) for part in parts) + number(row["not assigned"])
        assert told == pytest.approx(number(row["change, jobs"]), abs=2.5), row
    dunn = table[table["way"] == "Dunn"]
    assert (dunn["allocation"] == "").all()
    left = dunn["not assigned"].map(number).abs()
    assert (left <= 5).all(), "the classical way leaves nothing out"


def test_dunn_is_the_arithmetic_of_the_published_rows(table):
    start, end = counted("lombardy", START), counted("lombardy", END)
    europe = decomposition._europe()
    then, now = (
        europe[europe["year"] == year].set_index("sector")["value"].reindex(start.index) for year in (START, END)
    )
    overall = now.sum() / then.sum() - 1
    expected = {
        "national": (start * overall).sum(),
        "industry": (start * (now / then - 1 - overall)).sum(),
        "regional": (end - start * now / then).sum(),
    }
    own = table[(table["region"] == "Lombardy") & (table["way"] == "Dunn")].iloc[0]
    for part, value in expected.items():
        assert number(own[part]) == pytest.approx(value, abs=1), part


def test_reference_counts_the_same_countries_in_every_year():
    cells = datasets.employment(level=0, sectors="C28")
    cells = cells[cells["region"].str.len().eq(2) & cells["year"].isin([2011, 2012, 2013]) & (cells["region"] != "EU")]
    from alpclusters_lib.cleaning.employment import EU28_MEMBERS

    wide = cells[cells["region"].isin(EU28_MEMBERS)].pivot(index="region", columns="year", values="value").dropna()
    europe = decomposition._europe()
    own = europe[europe["sector"] == "C28"].set_index("year")["value"]
    assert own.to_dict() == pytest.approx(wide.sum().to_dict())


def test_sentence_sorts_the_regions_by_the_signs_in_the_table(table):
    text = decomposition.decomposition_sentence()
    check_text(text)
    signs = {
        region: {number(value) > 0 for value in rows.loc[rows["way"] != "Arcelus", "regional"]}
        for region, rows in table.groupby("region", sort=False)
    }
    ahead = [region for region, found in signs.items() if found == {True}]
    behind = [region for region, found in signs.items() if found == {False}]
    mixed = [region for region, found in signs.items() if len(found) == 2]
    assert f"whichever way it is taken) in {', '.join(ahead)}, worse in {', '.join(behind)}." in text
    assert text.endswith(f"It depends on the way in {', '.join(mixed)}.") == bool(mixed)
    arcelus = table[table["way"] == "Arcelus"].set_index("region")["regional"]
    esteban = table[table["way"] == "Esteban-Marquillas"].set_index("region")["regional"]
    assert arcelus.equals(esteban), "why Arcelus is not asked: his regional part is Esteban-Marquillas's"


@pytest.mark.parametrize(
    ("values", "told"),
    [([1.0, 1.0], "in A, B, worse in no region."), ([-1.0, -1.0], "in no region, worse in A, B."), ([1.0, 0.0], "B.")],
)
def test_sentence_follows_the_evidence(monkeypatch, values, told):
    ways = ["Dunn", "Esteban-Marquillas", "Dunn, year by year"]
    index = pd.MultiIndex.from_product([["A", "B"], ways], names=["region", "way"])
    parts = pd.DataFrame({"regional": [values[0]] * 3 + [values[1]] * 3}, index)
    monkeypatch.setattr(decomposition, "_parts", lambda: parts)
    text = decomposition.decomposition_sentence()
    check_text(text)
    assert text.endswith(told)
    assert ("It depends on the way in B." in text) == (values == [1.0, 0.0]), "0 is on neither side"


def test_order_of_calls_changes_nothing(table):
    decomposition.decomposition_sentence()
    pd.testing.assert_frame_equal(decomposition.decomposition_table(), table)
