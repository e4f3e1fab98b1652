"""How far estimates can be trusted: every number told is that of the test on masked cells, good or bad."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pytest

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.masking import METHODS
from alpclusters_lib.reports import estimates

AREAS = ("EU", "Alpine Space")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def scores():
    return datasets.suppression_test().set_index(["method", "area"])


@pytest.fixture
def worse(monkeypatch):
    """Replace the test by one whose estimates fail."""
    changed = datasets.suppression_test()
    own = changed["method"] == "estimate"
    changed.loc[own, ["wape", "quotient_side_right"]] = [[0.451, 0.333], [0.512, 0.222]]

    def with_outside(number: int):
        changed.loc[own, "outside_limits"] = float(number)
        monkeypatch.setattr(datasets, "suppression_test", lambda: changed)
        return estimates.test_sentence()

    return with_outside


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_sentence_counts_the_cells_of_the_perimeter(perimeter):
    table = datasets.employment(year=2014, sectors=sectors.divisions(), level=2)
    inside = table[table["region"].isin(regions.perimeter(perimeter))]
    text = estimates.estimates_sentence(perimeter)
    estimated, withheld = ((inside["status"] == status).sum() for status in ("estimated", "confidential"))
    share = inside.loc[inside["status"] == "estimated", "value"].sum() / inside["value"].sum()
    assert text.startswith(
        f"{estimated} of {len(inside):,} cells are estimated ({estimated / len(inside) * 100:.1f} %; "
        f"{share * 100:.1f} % of the jobs)"
    )
    assert f". {withheld} are withheld: " in text and estimated > withheld > 0
    assert text.endswith("They count in clusters and totals with a rounded figure.")


def test_withheld_cells_have_no_value_and_estimated_ones_do():
    table = datasets.employment(year=2014, sectors=sectors.divisions(), level=2)
    assert table.loc[table["status"] == "confidential", "value"].isna().all()
    assert table.loc[table["status"] == "estimated", "value"].notna().all()


def test_every_score_that_is_told_is_that_of_the_test(scores):
    text = estimates.test_sentence()
    for column, method, decimals in (
        ("wape", "estimate", 1), ("wape", "proportional", 1), ("quotient_side_right", "estimate", 0),
        ("quotient_side_right", "zero", 0), ("wape", "estimate_without_years", 1),
    ):  # fmt: skip
        told = " and ".join(f"{scores.loc[(method, area), column] * 100:.{decimals}f} %" for area in AREAS)
        assert told in text, (method, column)
    cells, draws = (int(scores.loc[("estimate", "EU"), column]) for column in ("cells", "draws"))
    assert f"Tested on {cells:,} published cells, masked in {draws} draws." in text
    assert len(re.findall(r"\d %", text)) == 10, "no score is told that is not checked above"


def test_estimates_that_fail_are_told_as_failing(worse):
    text = worse(0)
    assert "the estimates miss 45.1 % and 51.2 % of the masked jobs" in text
    assert "right side of 1 in 33 % and 22 % of the cells" in text
    assert "No true figure lies outside" in text
    assert "One true figure lies outside its limits" in worse(1)
    assert "1,234 true figures lie outside" in worse(1234)


def test_table_holds_every_way_of_filling_in_both_areas(scores):
    table = estimates.test_table()
    assert list(table["area"].unique()) == list(AREAS)
    assert set(table["way of filling"]) == set(METHODS.values()) and len(table) == 2 * len(METHODS)
    names = {label: method for method, label in METHODS.items()}
    for row in table.to_dict("records"):
        own = scores.loc[(names[row["way of filling"]], row["area"])]
        assert row["error (share of jobs)"] == f"{own['wape'] * 100:.1f} %"
        assert row["worst draw"] == f"{own['wape_worst'] * 100:.1f} %" and own["wape_worst"] >= own["wape"]
        assert row["within a factor of 2"] == f"{own['within_factor_two'] * 100:.0f} %"
        assert row["quotient on the right side of 1"] == f"{own['quotient_side_right'] * 100:.0f} %"
        limited = names[row["way of filling"]] == "estimate"
        assert row["truth outside limits"] == (f"{own['outside_limits']:,.0f}" if limited else "–")
        assert row["median width of limits"] == (f"{own['median_width']:.1f} × truth" if limited else "–")


def test_picture_draws_the_scores_it_tells(scores):
    picture = estimates.test_picture()
    assert list(picture.data.columns) == list(AREAS) and list(picture.data.index) == list(METHODS)
    for method in METHODS:
        for area in AREAS:
            assert picture.data.loc[method, area] == pytest.approx(scores.loc[(method, area), "wape"] * 100)
        told = f"{METHODS[method]} {picture.data.loc[method, 'EU']:.1f} % in the EU, "
        assert f"{told}{picture.data.loc[method, 'Alpine Space']:.1f} % in the Alpine Space" in picture.alt
    title = next(
        text.get_text() for text in picture.figure.findobj(plt.Text) if "the estimates miss" in text.get_text()
    )
    own, plain = picture.data.loc[["estimate", "proportional"], "EU"]
    assert f"{own:.1f} %" in title and f"fitting {plain:.1f} %" in title.replace("\n", " ")
    dots = [line for line in picture.figure.axes[0].lines if line.get_marker() in ("s", "o")]
    drawn = sorted(round(float(line.get_xdata()[0]), 6) for line in dots)
    assert drawn == sorted(round(value, 6) for value in picture.data.to_numpy().ravel())


def test_sums_that_are_not_used_are_those_of_the_year():
    table, everything = estimates.unused_sums_table(2014), datasets.unused_sums()
    assert table.columns.tolist() == ["not used in 2014"]
    assert table["not used in 2014"].tolist() == everything.loc[everything["year"] == 2014, "reason"].tolist()
    assert 0 < len(table) < len(everything)
