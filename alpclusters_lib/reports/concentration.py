"""How concentrated divisions are over the EU's regions, and which pairs gather in the same ones."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.indicators.concentration import coagglomeration, ellison_glaeser, locational_gini
from alpclusters_lib.reports.divisions import divisions
from alpclusters_lib.reports.numbers import count, decimal, percent

__all__ = ["concentration_sentence", "concentration_table"]

YEAR = 2014
SHOWN = 10
HIGH = 0.05


@functools.lru_cache(maxsize=1)
def _measures() -> pd.DataFrame:
    found = divisions(YEAR)
    national = datasets.local_units(year=YEAR, level=0)
    national = national[national["region"].isin(EU28_MEMBERS)]
    units = national.groupby("sector", observed=True)["value"].sum()
    table = ellison_glaeser(found.jobs, totals=found.totals, local_units=units.reindex(found.jobs.columns))
    table["gini"] = locational_gini(found.jobs)
    table["estimated"] = (found.jobs.where(found.status != "observed").sum() / found.jobs.sum()).fillna(0.0)
    return table


def concentration_sentence() -> str:
    """Return how many divisions are concentrated, and which pairs gather in the same regions."""
    table, found = _measures(), divisions(YEAR)
    together = coagglomeration(found.jobs, totals=found.totals)
    upper = together.where(np.triu(np.ones(together.shape, dtype=bool), 1)).stack().dropna()
    # pairs that share a large plant's region say little of small divisions
    large = found.jobs.sum() >= found.jobs.sum().median()
    kept = upper[[large[first] and large[second] for first, second in upper.index]]
    pairs = "; ".join(
        f"{sectors.label(first, short=True)} with {sectors.label(second, short=True)}"
        for first, second in kept.nlargest(3).index
    )
    low = int((table["gamma"] < 0.02).sum())
    return (
        f"{int((table['gamma'] > HIGH).sum())} of {len(table)} divisions may be highly concentrated over "
        f"{count(len(found.jobs))} EU regions (Ellison–Glaeser index above {HIGH}), {low} are surely not (below 0.02): "
        "without plant sizes the index is an upper limit, as one plant is taken to be as large as the next. Of the "
        f"larger divisions, most often in the same regions: {pairs}."
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
        "Ellison–Glaeser index": [
            f"{'at most ' if status == 'bound' else ''}{decimal(gamma, 3)}"
            for gamma, status in zip(top["gamma"], top["status"], strict=True)
        ],
        "locational Gini": [decimal(value) for value in top["gini"]],
        f"share of the perimeter, % (all jobs: {percent(100 * everything, 0)})": [
            decimal(100 * share[division], 0) for division in top.index
        ],
        "jobs not published, %": [decimal(100 * value, 0) for value in top["estimated"]],
    })  # fmt: skip
