"""Options: what is listed, how sure it is, and how far such lists have come true; nothing is told that is not so."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from gathered import evidence_of
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.reports import diversification
from alpclusters_lib.reports.diversification import Options
from alpclusters_lib.reports.divisions import divisions, learning_regions, learnt_proximity

CASE = "machinery-lombardy"
BOTH = "specialised and related"


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def evidence():
    return evidence_of(CASE)


@pytest.fixture(scope="module")
def found(evidence) -> Options:
    return diversification.options(evidence)


def test_density_is_the_share_of_what_a_division_is_related_to(found):
    links, held = learnt_proximity().fillna(0).to_numpy().copy(), divisions(2014).presence.loc["ITC4"]
    np.fill_diagonal(links, 0)
    expected = 100 * (held.to_numpy(dtype=float) @ links) / links.sum(axis=0)
    np.testing.assert_allclose(found.table["density"], expected)
    assert found.median == pytest.approx(np.median(expected)) and found.learnt_on == len(learning_regions())


def test_four_cases_are_the_corners(found):
    table, held = found.table, divisions(2014).presence.loc["ITC4"]
    for row in table.itertuples():
        near, own = row.density > found.median, held[row.Index]
        expected = {(True, True): "specialised and related", (True, False): "related only",
                    (False, True): "specialised only", (False, False): "neither"}[near, bool(own)]  # fmt: skip
        assert row.case == expected, row.Index
    assert table.index[table["own"]].tolist() == ["C26", "C27", "C28"]


def test_tie_is_the_mean_proximity_to_the_cluster_over_the_usual_one(found):
    links = learnt_proximity()
    off = links.to_numpy()[~np.eye(len(links), dtype=bool)]
    expected = links.loc["C25", ["C26", "C27", "C28"]].mean() / np.nanmean(off)
    assert found.table.loc["C25", "tie"] == pytest.approx(expected)


def test_listed_are_the_nearest_without_specialisation(found):
    table = found.table
    kept = table[(table["case"] == "related only") & ~table["own"] & ~(table["jobs"] < 100)]
    kept = kept[kept.index.str.match(r"C|J|M|I55|N79")].sort_values("density", ascending=False).head(6)
    assert found.shown.index.tolist() == kept.index.tolist() and len(kept) >= 1


def test_sentence_tells_the_table(found, evidence):
    text, first = diversification.options_sentence(found, evidence), found.shown.iloc[0]
    check_text(text)
    counts = found.table["case"].value_counts()
    assert f"{first['label']} ({found.shown.index[0]})" in text
    assert (
        f"{first['density']:.0f} % is a specialisation here ({first['lower']:.0f} to {first['upper']:.0f} when" in text
    )
    assert f"the median division has {found.median:.0f} %" in text
    sure, listed = (found.shown["above_median"] >= 0.95).sum(), len(found.shown)
    assert f"{sure} of the {listed} listed stay above the median" in text
    assert f"All {len(found.table)} divisions: specialised and related (above the median) {counts[BOTH]}," in text
    assert f"specialised only {counts['specialised only']}, related only {counts['related only']}." in text
    assert text.startswith("Nearest to what Lombardy is specialised in")


def test_several_areas_are_they_and_not_it():
    several = evidence_of("fibre-composites")
    text = diversification.options_sentence(diversification.options(several), several)
    assert text.startswith("Nearest to what Upper Austria, Bavaria and Slovenia are specialised in")


@pytest.mark.parametrize(
    ("listed", "sure", "said"),
    [
        (1, 1, "The only one listed stays above the median"),
        (1, 0, "The only one listed does not stay above the median"),
        (3, 0, "None of the 3 listed stays above the median"),
        (3, 1, "1 of the 3 listed stays above the median"),
        (3, 3, "3 of the 3 listed stay above the median"),
    ],
)
def test_number_that_stays_agrees(found, evidence, listed, sure, said):
    table = found.table.copy()
    table.loc[found.shown.index[listed:], "case"] = "neither"
    table.loc[found.shown.index[:listed], "above_median"] = [1.0] * sure + [0.5] * (listed - sure)
    text = diversification.options_sentence(replace(found, table=table), evidence)
    check_text(text)
    assert said in text


def test_no_option_is_said_and_drawn(found, evidence):
    table = found.table.assign(case="neither")
    none = replace(found, table=table)
    text = diversification.options_sentence(none, evidence)
    check_text(text)
    assert text.startswith("Lombardy is not near any division without specialisation")
    picture = diversification.options_picture(none, evidence)
    title = " ".join(t.get_text() for t in picture.figure.findobj(plt.Text)).replace("\n", " ")
    assert "Lombardy: no related divisions without specialisation" in title
    assert diversification.options_table(none).empty


def test_national_frame_has_no_options():
    swiss = evidence_of("food-fribourg")
    assert diversification.options(swiss) is None
    text = diversification.options_sentence(None, swiss)
    check_text(text)
    assert text == "No options are listed for Switzerland: its industries are published for the country only."
    assert diversification.options_table(None).empty and diversification.options_picture(None, swiss) is None
    assert diversification.options_caveat(None) == ""


def test_table_tells_each_listed_division(found):
    table = diversification.options_table(found)
    check_table(table)
    for row, (division, own) in zip(table.to_dict("records"), found.shown.iterrows(), strict=True):
        assert row["division"] == f"{own['label']} ({division})"
        assert row["density, %"] == f"{own['density']:.0f}"
        about = "" if own["status"] == "observed" else "about "
        assert row["quotient"] == f"{about}{own['lq']:.2f}"
        assert row["interval "] == f"{own['lower_lq']:.2f} to {own['upper_lq']:.2f}"
        check_text(row["in a sentence"])
        assert f"in {100 * own['above_median']:.0f} % of redraws" in row["in a sentence"]
        assert f"({own['tie']:.1f} times)." in row["in a sentence"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lq": 0.9, "upper_lq": 1.1}, "its share of jobs may already be the EU's"),
        ({"lq": 0.5, "upper_lq": 0.6}, "its share of jobs is 50 % of the EU's"),
        ({"lq": 0.5, "upper_lq": 0.6, "status": "estimated"}, "its share of jobs is about 50 % of the EU's"),
        ({"lq": np.nan, "upper_lq": np.nan, "status": "confidential"}, "its own jobs are not published"),
        ({"tie": 1.3}, "found with the cluster more often than usual (1.3 times)"),
        ({"tie": 0.7}, "found with the cluster less often than usual (0.7 times)"),
        ({"tie": 1.0}, "found with the cluster as often as usual (1.0 times)"),
    ],
)
def test_plain_sentence_follows_the_row(found, changes, said):
    table = found.table.copy()
    for column, value in changes.items():
        table.loc[found.shown.index[0], column] = value
    assert said in diversification.options_table(replace(found, table=table))["in a sentence"].iloc[0]


def test_picture_holds_every_division_that_is_drawn(found, evidence):
    picture = diversification.options_picture(found, evidence)
    check_picture(picture)
    kept = found.table[~(found.table["jobs"] < 100)]
    assert picture.data.index.equals(kept.index)
    for ours, theirs in (("density_lower", "lower"), ("lq", "lq"), ("lq_upper", "upper_lq"), ("case", "case")):
        pd.testing.assert_series_equal(picture.data[ours], kept[theirs], check_names=False)
    assert diversification.options_sentence(found, evidence) in picture.alt


# --- how far it has come true


def pairs_won(higher: pd.Series, entered: pd.Series) -> float:
    """Return the share of pairs of an entry and another in which the entry is higher, ties half."""
    yes, no = higher[entered].to_numpy()[:, None], np.sort(higher[~entered].to_numpy())
    below, upto = np.searchsorted(no, yes, "left"), np.searchsorted(no, yes, "right")
    return float(((below + upto) / 2).mean() / len(no))


def cells_at_risk() -> pd.DataFrame:
    before, after = divisions(2010), divisions(2014)
    links = learnt_proximity(2010).fillna(0).to_numpy().copy()
    np.fill_diagonal(links, 0)
    held = before.presence
    density = pd.DataFrame(100 * held.to_numpy(dtype=float) @ links / links.sum(axis=0), held.index, held.columns)
    table = pd.DataFrame({"density": density.stack(), "quotient": before.quotients.stack()})
    table["then"] = held.stack()
    table["now"] = after.presence.stack().reindex(table.index)
    return table[~table["then"] & table["now"].notna()].astype({"now": bool})


def test_caveat_tells_the_shares_of_pairs(found):
    text, cells = diversification.options_caveat(found), cells_at_risk()
    check_text(text)
    assert (
        f"Of {len(cells):,} region-divisions below the EU's share in 2010, {cells['now'].sum()} had reached it" in text
    )
    near, plain = (100 * pairs_won(cells[name], cells["now"]) for name in ("density", "quotient"))
    assert (
        f"of higher density at the start in {near:.0f} % (" in text and f"of higher quotient in {plain:.0f} % (" in text
    )
    alpine = set().union(*(regions.perimeter(p) for p in regions.PERIMETERS))
    inside = cells[cells.index.get_level_values(0).isin(alpine)]
    alps = 100 * pairs_won(inside["density"], inside["now"])
    assert f"In the Alps density did so in {alps:.0f} % (" in text
    assert f"learnt on {len(learning_regions())} EU regions outside the Alps" in text
    assert "Figures break between 2010 and 2014 in FI, FR, IE, LU" in text
    assert "not a forecast" in text


@pytest.mark.parametrize(
    ("lower", "upper", "alps", "said", "chance"),
    [
        (0.02, 0.06, (0.52, 0.70), "Density thus told more than the plain quotient.", False),
        (-0.06, -0.02, (0.45, 0.60), "Density thus told less than the plain quotient: read the quotient first.", True),
        (-0.02, 0.02, (0.40, 0.48), "Density thus told no more than the plain quotient: read both.", False),
    ],
)
def test_caveat_follows_the_test(monkeypatch, found, lower, upper, alps, said, chance):
    own = diversification.entry_test().copy()
    own.loc["density", ["difference_lower", "difference_upper"]] = lower, upper
    inside = own.copy()
    inside.loc["density", ["auc", "lower", "upper"]] = sum(alps) / 2, *alps
    monkeypatch.setattr(diversification, "entry_test", lambda alpine=False: inside if alpine else own)
    text = diversification.options_caveat(found)
    check_text(text)
    assert said in text and ("which includes chance" in text) == chance


def test_results_depend_on_the_case_alone(found, evidence):
    diversification.options(evidence_of("fibre-composites"))
    again = diversification.options(evidence)
    pd.testing.assert_frame_equal(again.table, found.table)
