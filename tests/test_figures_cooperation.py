"""Figures of the cooperation reports: what is drawn, what is left out, what is refused."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures.calendars import window_calendar
from alpclusters_lib.figures.diamonds import diamond, diamond_grid
from alpclusters_lib.figures.flow_map import flow_map
from alpclusters_lib.figures.importance_performance import importance_performance
from alpclusters_lib.figures.interval_dots import interval_dots
from alpclusters_lib.figures.link_dots import link_dots
from alpclusters_lib.figures.peer_ranges import peer_ranges

LABELS = ["top", "right", "bottom", "left"]


@pytest.fixture
def ax():
    figure, found = plt.subplots()
    yield found
    plt.close(figure)


def filled(ax) -> int:
    return len(ax.patches)


def test_a_diamond_with_four_axes_is_filled_and_a_gap_opens_it(ax):
    whole = pd.Series([0.5, 1.0, 0.2, 0.0], index=LABELS)
    diamond(whole, ax=ax, labels=LABELS)
    assert filled(ax) == 1 and len(ax.collections[0].get_offsets()) == 4
    ax.clear()
    diamond(whole.mask(whole == 1.0), ax=ax, labels=LABELS)
    # two sides are left of four, no mark stands at the missing corner, and the words say so
    assert filled(ax) == 0 and len(ax.collections[0].get_offsets()) == 3
    assert [text.get_text() for text in ax.texts if "no figure" in text.get_text()] == ["right\nno figure"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [([0.1, 0.2, 0.3], "a diamond has 4 axes, not 3"), ([0.1, 0.2, 0.3, 1.2], "is 1.2; the axes lie between 0 and 1")],
)
def test_a_wrong_diamond_is_one_sentence(ax, values, sentence):
    with pytest.raises(ValueError, match=sentence):
        diamond(pd.Series(values), ax=ax, labels=LABELS)


def test_a_grid_has_a_diamond_a_row_and_hides_the_rest():
    figure = plt.figure(figsize=(8, 6))
    table = pd.DataFrame(np.full((4, 4), 0.5), index=list("abcd"), columns=LABELS)
    diamond_grid(table, figure=figure, labels=LABELS, title="Four")
    drawn = [panel for panel in figure.axes if panel.patches]
    assert len(figure.axes) == 6 and len(drawn) == 4
    with pytest.raises(ValueError, match="table is empty"):
        diamond_grid(table.iloc[:0], figure=figure, labels=LABELS)
    plt.close(figure)


def test_interval_dots_name_rows_without_a_mean_at_the_foot(ax):
    table = pd.DataFrame(
        {"mean": [0.7, np.nan], "mean_lower": [0.5, np.nan], "mean_upper": [0.8, np.nan], "minimum": [0.2, np.nan]},
        index=["DE14", "SI04"],
    )
    interval_dots(table, ax=ax, names=pd.Series({"SI04": "Western Slovenia"}))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["DE14"]
    assert any("Western Slovenia" in text.get_text() for text in ax.texts)
    ax.clear()
    interval_dots(table.drop(columns="minimum"), ax=ax, scale=(1, 5), mark="illustrative")
    assert len(ax.get_legend().get_texts()) == 1 and ax.get_xlim()[1] > 5
    with pytest.raises(ValueError, match="table has no column mean_lower"):
        interval_dots(table.drop(columns="mean_lower"), ax=ax)


def test_link_dots_ring_the_weakest(ax):
    table = pd.DataFrame({"a": [0.9, 0.8], "b": [0.7, 0.95]}, index=["x", "y"])
    link_dots(table, ax=ax, links={"a": "A", "b": "B"})
    rings = ax.collections[-1].get_offsets()
    assert rings[:, 0].tolist() == [0.7, 0.8]
    with pytest.raises(ValueError, match="5 links, but 4 marks"):
        link_dots(table, ax=ax, links=dict.fromkeys("abcde", "x"))


def test_flows_have_an_arc_each_way_and_none_for_a_gap(ax):
    codes = regions.perimeter("alpine_space_2014")
    flows = pd.DataFrame({"to_region": [0.5, np.nan], "from_region": [0.2, 0.9]}, index=["DE14", "SI04"])
    flow_map(flows, datasets.boundaries(), ax=ax, centre=["ITC4"], perimeter=codes)
    arcs = [patch for patch in ax.patches if type(patch).__name__ == "FancyArrowPatch"]
    assert len(arcs) == 3 and max(arc.get_linewidth() for arc in arcs) == pytest.approx(4.5)
    with pytest.raises(ValueError, match="no boundary for XX99"):
        flow_map(flows.set_axis(["XX99", "SI04"]), datasets.boundaries(), ax=ax, centre=["ITC4"], perimeter=codes)


def test_the_calendar_counts_the_last_day(ax):
    days = pd.to_datetime(["2027-01-01", "2027-01-10"])
    table = pd.DataFrame({"label": ["A"], "region": ["x"], "opens": days[:1], "closes": days[1:]})
    window_calendar(table, ax=ax, own="x", own_name="x", other_name="others")
    assert ax.patches[0].get_width() == 10
    with pytest.raises(ValueError, match="table has no column closes"):
        window_calendar(table.drop(columns="closes"), ax=ax, own="x", own_name="x", other_name="y")


def test_importance_and_performance_share_a_scale_and_a_diagonal(ax):
    table = pd.DataFrame({"importance": [4.0, 2.0], "performance": [2.0, 4.0], "label": ["a", "b"]}, index=["a", "b"])
    importance_performance(
        table, ax=ax, cuts=(3, 3), quadrants={"left, above": "concentrate here"}, mark="illustrative"
    )
    assert ax.get_xlim() == ax.get_ylim()
    assert any(line.get_xdata()[0] == line.get_ydata()[0] == 1 for line in ax.lines)
    assert "illustrative" in [text.get_text() for text in ax.texts]


def test_peer_ranges_draw_the_own_value_beside_the_band(ax):
    table = pd.DataFrame(
        {"lq": [0.0, 1.7], "lower": [0.0, 1.6], "upper": [0.1, 1.8], "peer_low": [0.4, 0.5], "peer_median": [1, 1.3],
         "peer_high": [2, 2.5]}, index=["a", "b"],
    )  # fmt: skip
    peer_ranges(table, ax=ax, own="own", peers="peers", median="median")
    dots = ax.collections[-1].get_offsets()
    # a quotient of 0 ends at the edge of the log axis
    assert dots[:, 0].tolist() == [1 / 16, 1.7]
    with pytest.raises(ValueError, match="table is empty"):
        peer_ranges(table.iloc[:0], ax=ax, own="", peers="", median="")
