"""Extraction of a chain: how much output, at home and across borders, is bound up with its part of its industries.

What is taken out is a measure of how much is bound up with a chain, not a forecast: nobody replaces what is gone, and
no price moves.
"""

from __future__ import annotations

import warnings

import pandas as pd

from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.chain_structure import country_names
from alpclusters_lib.reports.chain_trade import ALPINE, ORIGINS, OTHER_ALPINE, OTHER_EU, REST, YEAR, groups, world
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.value_chains.origins import OWN, partial_extraction

__all__ = ["FIVE", "extraction", "extraction_sentence", "extraction_table"]

FIVE = "the five together"


def _parts(evidence: ChainEvidence) -> pd.DataFrame:
    """Return the chain's part of every industry by experiment: one Alpine country, or the five together."""
    share = evidence.industries["share_of_industry"].groupby(level="industry").sum().clip(upper=1)
    parts = {}
    for country in ALPINE.values():
        labels = pd.MultiIndex.from_product([[country], share.index], names=["country", "industry"])
        parts[country] = pd.Series(share.to_numpy(), labels)
    table = pd.DataFrame(parts).fillna(0.0)
    table[FIVE] = table.sum(axis=1)
    # a country whose industry has no output has nothing to take out
    return table[world(YEAR).x.reindex(table.index) > 0]


def extraction(evidence: ChainEvidence) -> pd.DataFrame:
    """Return output bound up with the chain's part of its industries, million USD: experiment × place."""
    tables, parts = world(YEAR), _parts(evidence)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="x of sector .* is 0: coefficients are 0 there")
        lost = partial_extraction(tables.Z, tables.x, parts)
    itself = parts.mul(tables.x.reindex(parts.index), axis=0)
    by_country = lost.sub(itself.reindex(lost.index, fill_value=0.0)).groupby(level="country").sum()
    place, rows = groups(), {}
    for name in parts:
        own = list(ALPINE.values()) if name == FIVE else [name]
        of = pd.Series({c: OWN if c in own else place[c] for c in by_country.index})
        sums = by_country[name].groupby(of).sum().reindex(list(ORIGINS), fill_value=0.0)
        output = tables.x.groupby(level="country").sum()[own].sum()
        rows[name] = {"taken out": itself[name].sum(), "output": output, **sums}
    return pd.DataFrame(rows).T


def extraction_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return, as a table to read, what is bound up with the chain in each Alpine country, in billion USD and shares."""
    table, names = extraction(evidence), {**country_names(), FIVE: "The five together"}
    rows = []
    for experiment, row in table.iterrows():
        rows.append({
            "country": names[experiment],
            f"the chain's part, {YEAR}, bn USD": decimal(row["taken out"] / 1000, 1),
            "of the country's output": percent(100 * row["taken out"] / row["output"]),
            "elsewhere in the country, bn USD": decimal(row[OWN] / 1000, 1),
            "of its output": percent(100 * row[OWN] / row["output"]),
            "other Alpine countries, bn USD": (
                "counted at home" if experiment == FIVE else decimal(row[OTHER_ALPINE] / 1000, 1)
            ),
            "other EU, bn USD": decimal(row[OTHER_EU] / 1000, 1),
            "rest of the world, bn USD": decimal(row[REST] / 1000, 1),
            "elsewhere, per 100 USD taken out": decimal(100 * row[list(ORIGINS)].sum() / row["taken out"], 0),
        })  # fmt: skip
    return pd.DataFrame(rows)


def extraction_sentence(evidence: ChainEvidence) -> str:
    """Return how much output elsewhere is bound up with the chain in the five countries, and across their borders."""
    table, names = extraction(evidence), country_names()
    row = table.loc[FIVE]
    abroad = table.drop(index=FIVE)
    across = (abroad[OTHER_ALPINE] / abroad[list(ORIGINS)].sum(axis=1)).sort_values(ascending=False)
    total = world(YEAR).x.sum()
    loss = row["taken out"] + row[list(ORIGINS)].sum()
    return (
        f"With the chain's part of its industries taken out of all five countries in the table of {YEAR} "
        f"({decimal(row['taken out'] / 1000, 0)} billion USD of output), another {decimal(row[OWN] / 1000, 0)} billion "
        f"USD would be missing in the rest of their economies, {percent(100 * row[OWN] / row['output'])} of their "
        f"output, and {decimal((row[OTHER_EU] + row[REST]) / 1000, 0)} billion abroad; in all "
        f"{percent(100 * loss / total)} of the world's output. Taken out of one country alone, the share of the "
        f"missing output elsewhere that lies in other Alpine countries is largest for {names[across.index[0]]} "
        f"({percent(100 * across.iloc[0])}) and smallest for {names[across.index[-1]]} "
        f"({percent(100 * across.iloc[-1])}). These are first magnitudes of what is bound up with the chain, no "
        "forecast: nobody replaces what is taken out. The part of an industry is the chain's share of its jobs in 2014."
    )
