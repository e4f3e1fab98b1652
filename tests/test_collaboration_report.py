"""Alpine countries in Horizon 2020: words turn with the ratios, few projects are not told as a ratio."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

mpl.use("Agg")

import matplotlib.pyplot as plt

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.ratio_heat_map import ratio_heat_map
from alpclusters_lib.reports import collaboration as report


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_everything_can_be_read():
    check_text(report.collaboration_sentence())
    for text in report.limits():
        check_text(text)
    check_table(report.collaboration_table())
    for kind in report.TYPES:
        check_picture(report.collaboration_picture(kind))


def test_the_sentence_counts_what_the_table_holds():
    table = report.ratios()
    across = table[[a != b for a, b in table.index]]
    across = across[across["projects"] >= report.FEWEST]
    text = report.collaboration_sentence()
    assert f"{(across['lower'] > 1).sum()} of {len(across)} pairs" in text
    assert f"and {(across['upper'] < 1).sum()} less often" in text
    assert "Austria and Slovenia, 1.30 times (1.16 to 1.46)" in text


def test_words_turn_with_the_figures(monkeypatch):
    turned = report.ratios().copy()
    turned[["ratio", "lower", "upper"]] = 1 / turned[["ratio", "upper", "lower"]].replace(0, np.nan).to_numpy()
    monkeypatch.setattr(report, "ratios", lambda kind="all": turned)
    text = report.collaboration_sentence()
    assert (
        "The highest ratio is that of France and Slovenia" in text and "Austria and Germany" not in text.split(")")[0]
    )


def test_few_projects_are_counted_and_not_told_as_a_ratio():
    table = report.collaboration_table().set_index("countries")
    assert table.loc["Italy and Liechtenstein", "all organisations"] == "3 joint projects"
    assert table.loc["Austria and Liechtenstein", "all organisations"] == "1 joint project"
    assert table.loc["Liechtenstein", "firms"] == "no joint project"
    assert len(table) == 28 and table.loc["Slovenia", "kind"] == "with itself"
    told = " ".join(report.limits())
    assert "Liechtenstein has fewer than 20" in told and "end of 2016" in told


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="type 'ABC' is not drawn; available: all, PRC"):
        report.collaboration_picture("ABC")


# --- the figure

RATIOS = pd.DataFrame([[4.0, 1.05], [1.05, np.nan]], ["A", "B"], ["A", "B"])


def test_unsettled_ratios_are_grey_on_white_and_missing_ones_blank():
    with look.style():
        _, ax = plt.subplots()
        ratio_heat_map(RATIOS, ax=ax, lower=RATIOS * 0.9, upper=RATIOS * 1.1, title="T", source="S")
    printed = {text.get_text(): text.get_color() for text in ax.texts[:3]}
    assert printed == {"4.00": "white", "1.05": look.GREY}
    fills = [mpl.colors.to_hex(patch.get_facecolor()) for patch in ax.patches]
    assert len(fills) == 3 and fills[1] == "#ffffff" != fills[0]


@pytest.mark.parametrize(
    ("table", "lower", "message"),
    [
        (RATIOS, RATIOS.iloc[:1], "lower has other labels"),
        (-RATIOS, -RATIOS, "a ratio is negative"),
        (RATIOS.iloc[:0], RATIOS.iloc[:0], "table is empty"),
    ],
)
def test_wrong_tables_are_refused(table, lower, message):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=message):
        ratio_heat_map(table, ax=ax, lower=lower, upper=table)
