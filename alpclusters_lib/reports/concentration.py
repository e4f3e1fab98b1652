"""How concentrated divisions are over the EU's regions, and which pairs gather in the same ones.

No plant sizes are published, so the index of Ellison and Glaeser is taken with plants of no size: its upper limit.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.indicators.concentration import coagglomeration, ellison_glaeser, locational_gini
from alpclusters_lib.reports.divisions import divisions
from alpclusters_lib.reports.numbers import count, decimal, percent

__all__ = ["concentration_sentence", "concentration_table"]

YEAR = 2014
SHOWN = 10
HIGH, LOW = 0.05, 0.02


@functools.lru_cache(maxsize=1)
def _measures() -> pd.DataFrame:
    found = divisions(YEAR)
    # local units are counted by some countries only: 1/units would take off too much, and leave no upper limit
    sizeless = pd.Series(0.0, index=found.jobs.columns)
    table = ellison_glaeser(found.jobs, sizeless, totals=found.totals)
    table["gini"] = locational_gini(found.jobs)
    table["estimated"] = (found.jobs.where(found.status != "observed").sum() / found.jobs.sum()).fillna(0.0)
    return table


def concentration_sentence() -> str:
    """Return how many divisions are concentrated, and which pairs gather in the same regions."""
    table, found = _measures(), divisions(YEAR)
    together = coagglomeration(found.jobs, totals=found.totals)
    upper = together.where(np.triu(np.ones(together.shape, dtype=bool), 1)).stack().dropna()
    # in small divisions a pair may be one region that holds a large plant of each
    large = found.jobs.sum() >= found.jobs.sum().median()
    kept = upper[[large[first] and large[second] for first, second in upper.index]]
    pairs = "; ".join(
        f"{sectors.label(first, short=True)} with {sectors.label(second, short=True)}"
        for first, second in kept.nlargest(3).index
    )
    high, low = int((table["gamma"] > HIGH).sum()), int((table["gamma"] < LOW).sum())
    return (
        f"{low} of {len(table)} divisions {'is' if low == 1 else 'are'} hardly concentrated over "
        f"{count(len(found.jobs))} EU regions (Ellison–Glaeser index below {LOW}), {high} may be highly so "
        f"(above {HIGH}). The index is an upper limit: "
        "plant sizes are not published, and nothing is taken off for single large plants; jobs that are not published "
        f"are estimated. Of the larger divisions these pairs spread most alike, by country and by region: {pairs}."
    )


def concentration_table(perimeter: str) -> pd.DataFrame:
    """Return the most concentrated divisions, with the perimeter's share of their jobs."""
    table, found = _measures(), divisions(YEAR)
    codes = [code for code in regions.perimeter(perimeter) if code in found.jobs.index]
    share = found.jobs.loc[codes].sum() / found.jobs.sum()
    everything = found.totals[codes].sum() / found.totals.sum()
    top = table.sort_values("gamma", ascending=False).head(SHOWN)
    return pd.DataFrame({
        "division": [f"{sectors.label(division, short=True)} ({division})" for division in top.index],
        "Ellison–Glaeser index": [f"at most {decimal(gamma, 3)}" for gamma in top["gamma"]],
        "locational Gini": [decimal(value) for value in top["gini"]],
        f"share of the perimeter, % (all jobs: {percent(100 * everything, 0)})": [
            decimal(100 * share[division], 0) for division in top.index
        ],
        "jobs not published, %": [decimal(100 * value, 0) for value in top["estimated"]],
    })  # fmt: skip
