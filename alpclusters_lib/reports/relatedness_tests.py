"""Four ways to say that divisions are related, side by side: how far they agree, how stable the learnt one is, and how
well each tells entries from the rest, beside the plain quotient."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.econometrics import entry_auc, entry_model
from alpclusters_lib.figures import coefficients, style
from alpclusters_lib.indicators.growth import entries_and_exits
from alpclusters_lib.indicators.links import agreement, input_output_links, linkage_matrix, to_divisions
from alpclusters_lib.indicators.relatedness import presence, proximity, relatedness_density
from alpclusters_lib.indicators.stability import proximity_stability
from alpclusters_lib.reports.divisions import broken_countries, divisions, learning_regions, learnt_proximity
from alpclusters_lib.reports.numbers import count, decimal, percent, span
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = [
    "agreement_table",
    "entry_picture",
    "entry_sentence",
    "entry_table",
    "headline",
    "model_sentence",
    "stability_sentence",
    "stability_table",
]

START, END = 2010, 2014
FAR = 0.75
DRAWS = 200
LEARNT = "learnt in Europe"
QUOTIENT = "plain quotient"
FEWEST_REGIONS = 5
ALL, UNBROKEN, BELOW, ALPS = "all cells", "countries without a break", f"quotient below {FAR}", "Alpine regions"


@functools.lru_cache(maxsize=2)
def measures(year: int) -> dict[str, pd.DataFrame]:
    """Return four square tables of relatedness among the divisions; the learnt ones of a year."""
    names = learnt_proximity(year).columns
    return {
        LEARNT: learnt_proximity(year),
        "learnt within countries": proximity(national_presence(year)),
        "U.S. cluster linkages": linkage_matrix(datasets.cluster_links(), names),
        "input-output links, Austria": _input_output(names),
    }


def national_presence(year: int) -> pd.DataFrame:
    """Return presences against the own country, outside the Alps, in countries of five regions or more there."""
    found, outside = divisions(year), learning_regions(year).index
    country = pd.Series(outside.str[:2], index=outside)
    parts = []
    for code, number in country.value_counts(sort=False).items():
        if number < FEWEST_REGIONS:
            continue
        jobs = found.jobs.loc[country.index[country == code]]
        whole = jobs.sum(min_count=1).fillna(0.0)
        everything = found.totals[jobs.index].sum()
        reference = pd.concat([whole, pd.Series({"other": max(everything - whole.sum(), 0.0)})])
        parts.append(presence(jobs, totals=found.totals, reference=reference))
    return pd.concat(parts)


def _input_output(names: pd.Index) -> pd.DataFrame:
    """Return links between the divisions from the nine Länder's tables added up."""
    lands = [datasets.regional_input_output(f"AT{number}") for number in (11, 12, 13, 21, 22, 31, 32, 33, 34)]
    flows, imports, sales = (sum(getattr(land, part) for land in lands) for part in ("Z", "imports", "row_totals"))
    industries = datasets.facts("io_industries")
    bridge = industries.assign(division=industries["nace_divisions"].str.split()).explode("division")
    bridge = bridge.drop_duplicates("division").set_index("division")["code"]
    inputs = flows.sum() + imports.sum().reindex(flows.columns)
    links = input_output_links(flows, inputs=inputs, sales=np.maximum(sales, flows.sum(axis=1)))
    return to_divisions(links, bridge.reindex(names))


# --- agreement and stability ------------------------------------------------------------------------------


def agreement_table(year: int = END) -> pd.DataFrame:
    """Return how far the other measures order the pairs of divisions as the learnt one does."""
    found = measures(year)
    rows = []
    for name, table in found.items():
        if name == LEARNT:
            continue
        same = agreement(found[LEARNT], table, permutations=499, rng=year)
        p = "≤ 0.002" if same.p <= 0.002 else decimal(same.p, 3)
        rows.append((name, decimal(same.correlation), p, count(same.pairs), count(same.sectors)))
    return pd.DataFrame(rows, columns=[f"measure, against {LEARNT}", "rank correlation", "p", "pairs", "divisions"])


def stability_table(year: int = END) -> pd.DataFrame:
    """Return how well the order of proximities is found again with other regions, years and cells."""
    learn, base = learning_regions(year), learnt_proximity(year)
    upper = np.triu_indices(len(base), 1)
    whole = pd.Series(base.to_numpy()[upper])

    def row(label: str, other: pd.DataFrame) -> tuple[str, str, str]:
        values = pd.Series(other.loc[base.index, base.columns].to_numpy()[upper])
        return label, decimal(whole.corr(values, method="spearman")), ""

    drawn = proximity_stability(learn, draws=DRAWS, rng=year)
    observed = divisions(year).status.loc[learn.index] == "observed"
    rows = [
        ("regions drawn anew", decimal(drawn["median"]), span(drawn["lower"], drawn["upper"])),
        row("published cells only", proximity(learn.astype("boolean").where(observed))),
        row("Alpine regions included", proximity(divisions(year).presence)),
        row("quotient of at least 1.5", proximity(_presence_above(1.5, year))),
        row(f"figures of {START}", learnt_proximity(START)),
    ]
    return pd.DataFrame(rows, columns=["learnt with", f"rank correlation with {year}", "90 % of draws"])


def stability_sentence(year: int = END) -> str:
    """Return on which choice the order of the learnt proximities hangs most."""
    table = stability_table(year).set_index("learnt with").iloc[:, 0].astype(float)
    least, most = table.idxmin(), table.idxmax()
    return (
        f"The order of the pairs hangs most on this choice: {least} (rank correlation {decimal(table[least])} with the "
        f"proximities used here), and least on this: {most} ({decimal(table[most])})."
    )


def _presence_above(threshold: float, year: int) -> pd.DataFrame:
    found = divisions(year)
    held = presence(found.jobs, totals=found.totals, reference=found.reference, threshold=threshold)
    return held.loc[learning_regions(year).index]


# --- entries ----------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _entries() -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the cells at risk with their entries, and the predictors at the start."""
    before, after = divisions(START), divisions(END)
    predictors = {
        name: relatedness_density(before.presence, table.loc[before.jobs.columns, before.jobs.columns])
        for name, table in measures(START).items()
    }
    return entries_and_exits(before.presence, after.presence), predictors | {QUOTIENT: before.quotients}


def _alpine() -> set[str]:
    return set().union(*(regions.perimeter(perimeter) for perimeter in regions.PERIMETERS))


@functools.lru_cache(maxsize=1)
def entry_tests() -> pd.DataFrame:
    """Return the area under the curve of every predictor over all cells, without breaks, far below 1, in the Alps."""
    entries, predictors = _entries()
    keyed = entries.set_index(["region", "sector"])
    quotient = predictors[QUOTIENT].stack().reindex(keyed.index)
    inside = keyed.index.get_level_values("region").isin(_alpine())
    broken = keyed.index.get_level_values("region").str[:2].isin(broken_countries(START, END))
    samples = {
        ALL: keyed,
        UNBROKEN: keyed[~broken],
        BELOW: keyed[quotient < FAR],
        ALPS: keyed[inside],
    }
    return pd.concat(
        {
            name: entry_auc(cells, predictors, baseline=QUOTIENT, draws=DRAWS, rng=START)
            for name, cells in samples.items()
        },
        names=["sample"],
    )


def entry_table() -> pd.DataFrame:
    """Return the tests as a table to read."""
    table = entry_tests().reset_index()
    return pd.DataFrame({
        "cells": table["sample"],
        "predictor": table["predictor"],
        "AUC": [decimal(value) for value in table["auc"]],
        "interval": [span(low, high) for low, high in table[["lower", "upper"]].to_numpy()],
        "less than the quotient by": [
            "" if pd.isna(r.difference) else f"{decimal(-r.difference)} "
            f"({span(-r.difference_upper, -r.difference_lower)})" for r in table.itertuples()
        ],
        "at risk": [count(value) for value in table["cells"]],
        "entries": [count(value) for value in table["entries"]],
    })  # fmt: skip


def headline() -> str:
    """Return in one sentence whether relatedness adds to the plain quotient."""
    learnt = entry_tests().loc[(ALL, LEARNT)]
    if learnt["difference_lower"] > 0:
        return "Relatedness tells entries from the rest better than the plain quotient"
    if learnt["difference_upper"] < 0:
        return "Relatedness tells entries from the rest less well than the plain quotient"
    return "Relatedness tells entries from the rest as well as the plain quotient, no better"


def entry_sentence() -> str:
    """Return how well each measure did, in the Alps too."""
    test = entry_tests()
    plain, near = test.loc[(ALL, QUOTIENT)], test.loc[(ALPS, LEARNT)]
    if near["lower"] > 0.5:
        chance = "above chance (0.5)"
    else:
        chance = "which includes chance (0.5)" if near["upper"] >= 0.5 else "below chance (0.5)"
    four = test.loc[ALL].drop(index=QUOTIENT)["auc"]
    return (
        f"{headline()}: area under the curve {_auc(ALL, LEARNT)} against {_auc(ALL, QUOTIENT)}, {START}–{END}, "
        f"{count(plain['cells'])} cells of {count(plain['regions'])} regions at risk, {count(plain['entries'])} "
        f"entries. The four measures of relatedness give {span(four.min(), four.max())}. In the Alps, which the learnt "
        f"measure has not seen, it is {_auc(ALPS, LEARNT)}, {chance}. A cell just below 1 crosses it easily, by errors "
        f"of measurement too; among those below {FAR} the two are {_auc(BELOW, LEARNT)} and {_auc(BELOW, QUOTIENT)}. "
        f"Figures break in the window in {', '.join(broken_countries(START, END))}; without these countries the two "
        f"are {_auc(UNBROKEN, LEARNT)} and {_auc(UNBROKEN, QUOTIENT)}."
    )


def _auc(sample: str, predictor: str) -> str:
    row = entry_tests().loc[(sample, predictor)]
    return f"{decimal(row['auc'])} ({span(row['lower'], row['upper'])})"


def model_sentence() -> str:
    """Return what density is associated with once the quotient, the region and the division are given."""
    entries, predictors = _entries()
    chosen = {"density": predictors[LEARNT], "quotient": predictors[QUOTIENT]}
    found = entry_model(entries, chosen)
    rows = found.coefficients.set_index("term")
    row, plain = rows.loc["density"], rows.loc["quotient"]
    at_risk = entries.loc[entries["at_risk"].astype(bool), "entry"].dropna().astype(float)
    low, high = (decimal(100 * value, 1) for value in (row["lower"], row["upper"]))
    if row["lower"] > 0 or row["upper"] < 0:
        shown = f"is associated with {_points(row['estimate'])} entries ({low} to {high})"
    else:
        shown = f"shows no association with entry ({decimal(100 * row['estimate'], 1)} points, {low} to {high})"
    return (
        f"Given the quotient, the region and the division, one standard deviation more density {shown}; one of the "
        f"quotient is associated with {_points(plain['estimate'])}. Of the cells at risk "
        f"{percent(100 * at_risk.mean())} enter."
    )


def _points(share: float) -> str:
    """Write a difference of shares: how many percentage points more or fewer."""
    return f"{decimal(abs(100 * share), 1)} percentage points {'more' if share > 0 else 'fewer'}"


def entry_picture() -> Picture:
    """Draw the areas under the curve with their intervals."""
    data = entry_tests().reset_index()
    shown = data.rename(columns={"predictor": "term", "sample": "variant", "auc": "estimate"})
    # the picture's zero is chance
    shown[["estimate", "lower", "upper"]] -= 0.5
    with style.style():
        figure, ax = panel(9.6, 4.6)
        coefficients.coefficient_plot(
            shown,
            ax=ax,
            x_label="Area under the curve beyond chance (0.5)",
            legend_title="Cells",
            title=headline(),
            source=SOURCE,
        )
    alt = f"Areas under the curve with intervals by predictor and set of cells. {entry_sentence()}"
    caption = (
        f"Entries {START}–{END}, in cells that every measure knows; intervals of 95 % from {DRAWS} draws of regions."
    )
    return Picture(figure, "entry", data, alt, caption)
