"""Concentration: upper limits of Ellison and Glaeser's index (1997, Journal of Political Economy 105:889)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from wording import check_table, check_text

from alpclusters_lib import regions, sectors
from alpclusters_lib.indicators.concentration import ellison_glaeser
from alpclusters_lib.reports import concentration
from alpclusters_lib.reports.divisions import divisions

PERIMETER = "alpine_space_2014"


@pytest.fixture(scope="module")
def limits() -> pd.Series:
    """Return the index with plants of no size, from shares, without the library's function."""
    found = divisions(2014)
    shares, all_jobs = found.jobs / found.jobs.sum(), found.totals / found.totals.sum()
    return shares.sub(all_jobs, axis=0).pow(2).sum() / (1 - (all_jobs**2).sum())


def test_sentence_counts_the_divisions_on_either_side(limits):
    text = concentration.concentration_sentence()
    check_text(text)
    low, high = (limits < 0.02).sum(), (limits > 0.05).sum()
    assert text.startswith(f"{low} of {len(limits)} divisions are hardly concentrated over 273 EU regions")
    assert f", {high} may be highly so (above 0.05)" in text and 0 < high < low
    assert "surely" not in text and "upper limit" in text and "estimated" in text


def test_limits_stay_limits_whatever_the_plants(limits):
    found, random = divisions(2014), np.random.default_rng(1)
    for size in (1e-4, 0.01, 0.3):
        plants = pd.Series(random.uniform(0, size, len(limits)), limits.index)
        assert (ellison_glaeser(found.jobs, plants, totals=found.totals)["gamma"] <= limits + 1e-12).all()


def test_pairs_are_the_three_largest_among_the_larger_divisions():
    found = divisions(2014)
    gaps = (found.jobs / found.jobs.sum()).sub(found.totals / found.totals.sum(), axis=0)
    large = found.jobs.columns[found.jobs.sum() >= found.jobs.sum().median()]
    together = gaps[large].T @ gaps[large]
    upper = together.where(np.triu(np.ones(together.shape, dtype=bool), 1)).stack()
    names = [" with ".join(sectors.label(d, short=True) for d in pair) for pair in upper.nlargest(3).index]
    assert concentration.concentration_sentence().endswith(f"by country and by region: {'; '.join(names)}.")


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_table_holds_the_ten_most_concentrated(perimeter, limits):
    table, found = concentration.concentration_table(perimeter), divisions(2014)
    check_table(table)
    top = limits.nlargest(10)
    assert table["division"].str.extract(r"\((\w\d+)\)$")[0].tolist() == top.index.tolist()
    assert table["Ellison–Glaeser index"].tolist() == [f"at most {value:.3f}" for value in top]
    inside = [code for code in regions.perimeter(perimeter) if code in found.jobs.index]
    column = next(name for name in table if name.startswith("share of the perimeter"))
    everything = found.totals[inside].sum() / found.totals.sum() * 100
    assert column.endswith(f"(all jobs: {everything:.0f} %)")
    share = 100 * found.jobs.loc[inside, top.index].sum() / found.jobs[top.index].sum()
    assert table[column].tolist() == [f"{value:.0f}" for value in share]
    hidden = found.jobs.where(found.status.astype(str) != "observed", 0).sum() / found.jobs.sum()
    assert table["jobs not published, %"].tolist() == [f"{100 * hidden[d]:.0f}" for d in top.index]


def test_sentence_agrees_with_a_single_division(monkeypatch, limits):
    own = concentration._measures()
    one = own.assign(gamma=[0.01] + [0.03] * (len(own) - 1))
    monkeypatch.setattr(concentration, "_measures", lambda: one)
    text = concentration.concentration_sentence()
    assert text.startswith("1 of 68 divisions is hardly concentrated") and ", 0 may be highly so" in text
    assert re.search(r"\(above 0\.05\)", text)


def test_order_of_calls_changes_nothing():
    first = concentration.concentration_sentence()
    for perimeter in regions.PERIMETERS:
        concentration.concentration_table(perimeter)
    assert concentration.concentration_sentence() == first
