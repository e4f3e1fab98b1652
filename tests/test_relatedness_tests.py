"""Four measures of relatedness on trial: what is told is the table, and the verdict turns with the evidence."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import regions
from alpclusters_lib.indicators.relatedness import proximity
from alpclusters_lib.reports import relatedness_tests as tests
from alpclusters_lib.reports.divisions import divisions, learning_regions, learnt_proximity

LEARNT, QUOTIENT = tests.LEARNT, tests.QUOTIENT


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def auc(values: pd.Series, entered: pd.Series) -> float:
    """Return the area under the curve from ranks (Hanley & McNeil 1982, Radiology 143:29)."""
    ranks, number = values.rank(), int(entered.sum())
    return (ranks[entered].sum() - number * (number + 1) / 2) / (number * (len(values) - number))


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    """Return the cells at risk that every measure knows, with density by every measure, by hand."""
    before, after = divisions(2010), divisions(2014)
    held, columns = before.presence.to_numpy(dtype=float), {}
    for name, links in tests.measures(2010).items():
        square = links.loc[before.jobs.columns, before.jobs.columns].fillna(0).to_numpy().copy()
        np.fill_diagonal(square, 0)
        with np.errstate(invalid="ignore"):
            density = held @ square / square.sum(axis=0)
        columns[name] = pd.DataFrame(density, before.jobs.index, before.jobs.columns).stack()
    table = pd.DataFrame(columns).assign(**{QUOTIENT: before.quotients.stack()})
    table["then"], table["now"] = before.presence.stack(), after.presence.stack().reindex(table.index)
    table = table[~table["then"].astype(bool)].dropna()
    return table.astype({"now": bool})


def test_areas_are_those_of_the_cells_at_risk(cells):
    found = tests.entry_tests()
    region = cells.index.get_level_values(0)
    alpine = set().union(*(regions.perimeter(p) for p in regions.PERIMETERS))
    samples = {
        "all cells": cells,
        "countries without a break": cells[~region.str[:2].isin(["FI", "FR", "IE", "LU"])],
        "quotient below 0.75": cells[cells[QUOTIENT] < 0.75],
        "Alpine regions": cells[region.isin(alpine)],
    }
    assert found.index.get_level_values("sample").unique().tolist() == list(samples)
    for name, rows in samples.items():
        own = found.loc[name]
        assert (own["cells"] == len(rows)).all() and (own["entries"] == rows["now"].sum()).all(), name
        for predictor in own.index:
            assert own.loc[predictor, "auc"] == pytest.approx(auc(rows[predictor], rows["now"]), abs=1e-4)
        assert own["auc"].between(own["lower"], own["upper"]).all()


def test_sentence_and_table_tell_the_tests(cells):
    text, found, table = tests.entry_sentence(), tests.entry_tests(), tests.entry_table()
    check_text(text)
    check_table(table)
    for sample, predictor in (
        ("all cells", LEARNT), ("all cells", QUOTIENT), ("Alpine regions", LEARNT), ("quotient below 0.75", LEARNT),
        ("quotient below 0.75", QUOTIENT), ("countries without a break", LEARNT),
        ("countries without a break", QUOTIENT),
    ):  # fmt: skip
        row = found.loc[(sample, predictor)]
        assert f"{row['auc']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})" in text, (sample, predictor)
    assert f"{len(cells):,} cells of {cells.index.get_level_values(0).nunique()} regions at risk" in text
    assert f"{cells['now'].sum()} entries" in text and "in FI, FR, IE, LU;" in text
    four = found.loc["all cells"].drop(index=QUOTIENT)["auc"]
    assert f"The four measures of relatedness give {four.min():.2f} to {four.max():.2f}." in text
    assert table["AUC"].tolist() == [f"{value:.2f}" for value in found["auc"]]
    for told, (_, row) in zip(table.to_dict("records"), found.reset_index().iterrows(), strict=True):
        assert (told["cells"], told["predictor"]) == (row["sample"], row["predictor"])
        assert (told["less than the quotient by"] == "") == (row["predictor"] == QUOTIENT)
        if row["predictor"] != QUOTIENT:
            assert told["less than the quotient by"].startswith(f"{-row['difference']:.2f} (")


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (0.01, 0.05, "better than the plain quotient"),
        (-0.01, 0.05, "as well as the plain quotient, no better"),
        (-0.05, -0.01, "less well than the plain quotient"),
    ],
)
def test_headline_turns_with_the_difference(monkeypatch, lower, upper, said):
    found = tests.entry_tests().copy()
    found.loc[("all cells", LEARNT), ["difference_lower", "difference_upper"]] = lower, upper
    monkeypatch.setattr(tests, "entry_tests", lambda: found)
    assert tests.headline() == f"Relatedness tells entries from the rest {said}"
    check_text(tests.entry_sentence())


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [(0.52, 0.6, "above chance (0.5)"), (0.48, 0.6, "which includes chance (0.5)"), (0.4, 0.48, "below chance (0.5)")],
)
def test_alps_are_told_beside_chance(monkeypatch, lower, upper, said):
    found = tests.entry_tests().copy()
    found.loc[("Alpine regions", LEARNT), ["lower", "upper"]] = lower, upper
    monkeypatch.setattr(tests, "entry_tests", lambda: found)
    assert f", {said}." in tests.entry_sentence()


def test_picture_draws_the_table():
    picture = tests.entry_picture()
    check_picture(picture)
    assert tests.headline() in " ".join(t.get_text() for t in picture.figure.findobj(plt.Text)).replace("\n", " ")
    pd.testing.assert_frame_equal(picture.data, tests.entry_tests().reset_index())
    drawn = np.concatenate([line.get_xdata() for axes in picture.figure.axes for line in axes.lines])
    assert any(np.isclose(drawn.astype(float), picture.data["auc"].iloc[0] - 0.5)), "0 is chance"


def model(monkeypatch, density, quotient=0.116) -> str:
    from types import SimpleNamespace

    rows = pd.DataFrame(
        {"term": ["density", "quotient"], "estimate": [density[0], quotient],
         "lower": [density[1], quotient - 0.01], "upper": [density[2], quotient + 0.01]}
    )  # fmt: skip
    monkeypatch.setattr(tests, "entry_model", lambda *_: SimpleNamespace(coefficients=rows))
    return tests.model_sentence()


def test_model_is_told_as_it_is_estimated():
    from alpclusters_lib.econometrics import entry_model

    entries, predictors = tests._entries()
    found = entry_model(entries, {"density": predictors[LEARNT], "quotient": predictors[QUOTIENT]})
    row = found.coefficients.set_index("term").loc["density"]
    text = tests.model_sentence()
    check_text(text)
    assert f"is associated with {100 * row['estimate']:.1f} percentage points more entries" in text
    at_risk = entries[entries["at_risk"].astype(bool)]
    assert text.endswith(f"Of the cells at risk {100 * at_risk['entry'].mean():.1f} % enter.")


def test_model_turns_with_the_estimate(monkeypatch):
    fewer = model(monkeypatch, (-0.02, -0.03, -0.01), quotient=-0.05)
    check_text(fewer)
    assert "associated with 2.0 percentage points fewer entries (-3.0 to -1.0)" in fewer
    assert "associated with 5.0 percentage points fewer." in fewer
    none = model(monkeypatch, (0.002, -0.01, 0.014))
    check_text(none)
    assert "shows no association with entry (0.2 points, -1.0 to 1.4)" in none and "0.2 percentage" not in none


def test_agreement_is_the_rank_correlation_over_pairs():
    table, found = tests.agreement_table(), tests.measures(2014)
    check_table(table)
    base = found[LEARNT]
    upper = np.triu_indices(len(base), 1)
    for row in table.to_dict("records"):
        other = found[row[f"measure, against {LEARNT}"]].loc[base.index, base.columns]
        pairs = pd.DataFrame({"a": base.to_numpy()[upper], "b": other.to_numpy()[upper]}).dropna()
        assert row["pairs"] == f"{len(pairs):,}"
        assert float(row["rank correlation"]) == pytest.approx(pairs["a"].rank().corr(pairs["b"].rank()), abs=0.0051)
        assert row["p"] == "≤ 0.002" or float(row["p"]) > 0.002, "499 relabellings give no p below 0.002"


def test_sentence_on_stability_names_the_ends_of_the_table(monkeypatch):
    rows = [("regions drawn anew", "0.94", ""), ("threshold of 1.5", "0.52", ""), ("figures of 2010", "0.91", "")]
    table = pd.DataFrame(rows, columns=["learnt with", "rank correlation with 2014", "90 % of draws"])
    monkeypatch.setattr(tests, "stability_table", lambda year: table)
    text = tests.stability_sentence()
    assert "threshold of 1.5 (rank correlation 0.52" in text
    assert text.endswith("regions drawn anew (0.94).")


def test_stability_is_that_of_the_other_tables():
    table = tests.stability_table().set_index("learnt with")
    check_table(table.reset_index())
    told = table["rank correlation with 2014"].astype(float)
    base, upper = learnt_proximity(2014), np.triu_indices(68, 1)

    def against(other: pd.DataFrame) -> float:
        own = other.loc[base.index, base.columns].to_numpy()[upper]
        return pd.Series(base.to_numpy()[upper]).rank().corr(pd.Series(own).rank())

    assert told["figures of 2010"] == pytest.approx(against(learnt_proximity(2010)), abs=0.0051)
    assert told["Alpine regions included"] == pytest.approx(against(proximity(divisions(2014).presence)), abs=0.0051)
    learn = learning_regions(2014).index
    high = (divisions(2014).quotients >= 1.5).loc[learn]
    assert told["quotient of at least 1.5"] == pytest.approx(against(proximity(high)), abs=0.0051)
    low, top = map(float, table.loc["regions drawn anew", "90 % of draws"].split(" to "))
    assert low <= told["regions drawn anew"] <= top


def test_countries_are_judged_by_themselves_and_outside_the_alps():
    held = tests.national_presence(2014)
    assert set(held.index) < set(learning_regions(2014).index)
    countries = held.index.str[:2].value_counts()
    assert (countries >= 5).all()
    jobs, totals = divisions(2014).jobs, divisions(2014).totals
    spanish = [code for code in held.index if code.startswith("ES")]
    shares = jobs.loc[spanish, "C28"] / totals[spanish]
    national = jobs.loc[spanish, "C28"].sum() / totals[spanish].sum()
    assert held.loc[spanish, "C28"].tolist() == (shares >= national).tolist()


def test_order_of_calls_changes_nothing():
    first = tests.entry_sentence()
    tests.entry_picture()
    tests.stability_table()
    assert tests.entry_sentence() == first
