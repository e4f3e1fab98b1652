"""How good are the estimates? Published cells are hidden in the pattern of real suppression, estimated, and compared.

A region's published cells are hidden where another region of its country hides them (primary suppression), and
further ones until no published sum holds a single hidden cell (secondary suppression). In every other year a masked
cell is hidden where the cell it was modelled on is, and so are its local units and wages. Real gaps are harder than
masked ones: what is really hidden is more often a single dominant firm. The scores are therefore an upper limit of
what the method can do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.priors import SPREADS, Figures, Panel, nearest_year, regional_share
from alpclusters_lib.cleaning.suppression import PUBLISHED_SHARE, complete, parents

__all__ = ["METHODS", "Masked", "mask_test", "masked"]

# A complement that hides a cell must not give it away: the smallest other cell of at least this part of it is taken.
COMPLEMENT_SHARE = 0.2
METHODS = {
    "zero": "zero fill",
    "national_share": "national share",
    "carried_forward": "figure of the nearest year",
    "proportional": "plain proportional fitting",
    "estimate": "estimate used here",
    "estimate_without_years": "estimate used here, no other year known",
}


@dataclass(frozen=True)
class Masked:
    """Figures with cells masked, where (places in ``figures.base`` and ``figures.divisions``), and what they held."""

    figures: Figures
    rows: np.ndarray
    columns: np.ndarray
    truth: np.ndarray


def _donors(hidden: np.ndarray, country: np.ndarray, eligible: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw for every eligible region one that hides cells, of its own country where there is one; -1 for the others."""
    hides = np.flatnonzero(hidden.any(axis=1) & eligible)
    donors = np.full(len(country), -1)
    for row in np.flatnonzero(eligible):
        others = hides[hides != row]
        pool = others[country[others] == country[row]]
        pool = pool if len(pool) else others
        if len(pool):
            donors[row] = pool[rng.integers(len(pool))]
    return donors


def _complement(values: np.ndarray, candidates: np.ndarray, goal: float) -> int:
    """Return which candidate hides a cell of size ``goal``: the smallest that is large enough, else the largest."""
    sizes = values[candidates]
    enough = (sizes >= COMPLEMENT_SHARE * goal) & (sizes > 0)
    return candidates[np.argmin(np.where(enough, sizes, np.inf))] if enough.any() else candidates[np.argmax(sizes)]


def _lone(masked: np.ndarray, hidden: np.ndarray, groups: Sequence[np.ndarray], values: np.ndarray) -> list[int]:
    """Return the complements of masked cells that are the only hidden one in a published sum."""
    added = []
    for group in groups:
        inside = group[hidden[group] | masked[group]]
        if len(inside) == 1 and masked[inside[0]]:
            free = group[~np.isnan(values[group]) & ~hidden[group] & ~masked[group]]
            if len(free):
                added.append(_complement(values, free, values[inside[0]]))
    return added


def _groups(figures: Figures, when: int, tree: Mapping[str, Sequence[str]]) -> list[np.ndarray]:
    """Return the flat positions of the cells of each published sum: sections of regions, divisions of parents."""
    base, divisions, table = figures.base, figures.divisions, figures.jobs
    published = ~np.isnan(table.values[:, :, when])
    region_at, sector_at = ({name: at for at, name in enumerate(names)} for names in (table.regions, table.sectors))
    number = np.arange(len(base) * len(divisions)).reshape(len(base), len(divisions))
    place = {region: row for row, region in enumerate(base)}
    groups = []
    for section in sorted({d[0] for d in divisions} & set(table.sectors)):
        inside = [j for j, d in enumerate(divisions) if d[0] == section]
        told = published[:, sector_at[section]]
        groups += [number[place[r], inside] for r in base if told[region_at[r]] and len(inside) > 1]
    for parent, kids in tree.items():
        rows = [place[kid] for kid in kids]
        told = published[region_at[parent]]
        groups += [number[rows, j] for j, d in enumerate(divisions) if told[sector_at[d]] and len(rows) > 1]
    return groups


def masked(
    figures: Figures, *, year: int, recodes: Mapping[str, str], rng: np.random.Generator | int | None = None
) -> Masked:
    """Hide published NUTS 2 divisions of one year in the pattern of real suppression.

    Parameters
    ----------
    figures
        Jobs, local units and wages.
    year
        The year in which cells are hidden; in other years a masked cell is hidden where its model is.
    recodes
        Old NUTS code to canonical code.
    rng
        Seed or generator.

    Returns
    -------
    Masked
    """
    rng = np.random.default_rng(rng)
    base, own, when = figures.base, figures.own, figures.jobs.years.index(year)
    values = own[:, :, when]
    hidden = np.isnan(values)
    eligible = (~hidden).mean(axis=1) >= PUBLISHED_SHARE
    country = np.array([region[:2] for region in base])
    real = hidden & eligible[:, None]
    donors = _donors(real, country, eligible, rng)
    chosen = np.zeros_like(hidden)
    chosen[donors >= 0] = real[donors[donors >= 0]]
    chosen &= ~hidden
    model = np.where(chosen, donors[:, None] * hidden.shape[1] + np.arange(hidden.shape[1]), -1)
    groups = _groups(figures, when, parents(figures.jobs.regions, recodes))
    models = np.flatnonzero(real.ravel())
    while True:
        added = _lone(chosen.ravel(), hidden.ravel(), groups, values.ravel())
        if not added:
            break
        chosen.ravel()[added] = True
        model.ravel()[added] = models[rng.integers(len(models), size=len(added))]
    rows, columns = np.nonzero(chosen)
    return Masked(_hide(figures, rows, columns, model[rows, columns]), rows, columns, values[rows, columns])


def _hide(figures: Figures, rows: np.ndarray, columns: np.ndarray, model: np.ndarray) -> Figures:
    base, divisions = figures.base, figures.divisions

    def hide(table: Panel) -> Panel:
        own = table.of(base, divisions)
        gone = np.isnan(own).reshape(-1, own.shape[2])[model]
        found = table.values.copy()
        at_row = np.array([table.regions.index(r) if r in table.regions else -1 for r in base])[rows]
        at_column = np.array([table.sectors.index(d) if d in table.sectors else -1 for d in divisions])[columns]
        known = (at_row >= 0) & (at_column >= 0)
        found[at_row[known], at_column[known]] = np.where(gone[known], np.nan, found[at_row[known], at_column[known]])
        return dataclasses.replace(table, values=found)

    return Figures(hide(figures.jobs), hide(figures.units), hide(figures.wages))


def _without_years(figures: Figures, rows: np.ndarray, columns: np.ndarray) -> Figures:
    """Hide the masked cells in every year: what is always confidential."""
    table = figures.jobs
    found = table.values.copy()
    found[
        [table.regions.index(figures.base[r]) for r in rows],
        [table.sectors.index(figures.divisions[c]) for c in columns],
    ] = np.nan
    return dataclasses.replace(figures, jobs=dataclasses.replace(table, values=found))


def _answers(draw: Masked, year: int, recodes: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Return what each method says of the masked cells, and the limits of the estimate."""
    figures = draw.figures
    when = figures.jobs.years.index(year)
    at = (draw.rows, draw.columns, when)
    names = pd.MultiIndex.from_arrays(
        [np.array(figures.base)[draw.rows], np.array(figures.divisions)[draw.columns]], names=["region", "sector"]
    )

    def completed(source: Figures, **options) -> pd.DataFrame:
        cells = complete(source, recodes=recodes, years=[year], **options).cells
        return cells.set_index(["region", "sector"]).reindex(names)

    share = regional_share(figures)
    nearest, _ = nearest_year(figures.own, np.ones_like(figures.own))
    plain = np.maximum(np.nan_to_num(share, nan=1.0), 0.5), np.zeros(share.shape, int)
    own = completed(figures)
    return {
        "zero": np.zeros(len(names)),
        "national_share": np.nan_to_num(share[at]),
        "carried_forward": np.where(np.isnan(nearest[at]), np.nan_to_num(share[at]), nearest[at]),
        "proportional": completed(figures, prior=plain, spreads=dict.fromkeys(SPREADS, 1.0))["value"].to_numpy(),
        "estimate": own["value"].to_numpy(),
        "estimate_without_years": completed(_without_years(figures, draw.rows, draw.columns))["value"].to_numpy(),
        "lower": own["lower"].to_numpy(),
        "upper": own["upper"].to_numpy(),
    }


def mask_test(
    figures: Figures,
    *,
    year: int,
    recodes: Mapping[str, str],
    totals: pd.Series,
    reference: pd.Series,
    areas: Mapping[str, Sequence[str]],
    draws: int = 12,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Score the estimate and simpler ways of filling on masked cells, all on the same draws.

    Parameters
    ----------
    figures, year, recodes
        As in :func:`masked`.
    totals
        Jobs of the business economy by region.
    reference
        Share of each division in the jobs of the reference economy.
    areas
        Name of an area to its regions; the scores are given for each.
    draws, rng
        Number of masks, and seed or generator.

    Returns
    -------
    DataFrame
        A row an area and method: ``cells`` (masked, over all draws), ``draws, wape`` (Σ|error| / Σ truth),
        ``wape_worst`` (of the worst draw), ``within_factor_two`` and ``quotient_side_right`` (share of cells whose
        location quotient is on the right side of 1), ``outside_limits`` (cells whose truth lies outside the published
        limits) and ``median_width`` (of the limits, relative to the truth); the last two for the estimate only.
    """
    rng = np.random.default_rng(rng)
    parts = []
    for number in range(draws):
        draw = masked(figures, year=year, recodes=recodes, rng=rng)
        table = pd.DataFrame(_answers(draw, year, recodes)).assign(
            draw=number,
            truth=draw.truth,
            region=np.array(figures.base)[draw.rows],
            sector=np.array(figures.divisions)[draw.columns],
        )
        parts.append(table)
    every = pd.concat(parts, ignore_index=True)
    even = every["region"].map(totals) * every["sector"].map(reference)
    rows = [
        {"area": area, "method": method, **_scores(every[inside], method, even[inside])}
        for area, codes in areas.items()
        for inside in [every["region"].isin(list(codes))]
        for method in METHODS
    ]
    return pd.DataFrame(rows)


def _scores(table: pd.DataFrame, method: str, even: pd.Series) -> dict[str, float]:
    error, truth, answer = (table[method] - table["truth"]).abs(), table["truth"], table[method]
    by_draw = error.groupby(table["draw"]).sum() / truth.groupby(table["draw"]).sum()
    decided = even.notna()
    right = ((answer > even) == (truth > even))[decided]
    inside = (answer <= 2 * truth) & (2 * answer >= truth)
    own = method == "estimate"
    # a published figure is rounded, and so is what its limits are computed from
    outside = (truth < table["lower"] - 0.5) | (truth > table["upper"] + 0.5)
    width = (table["upper"] - table["lower"]) / truth.clip(lower=1)
    return {
        "cells": len(table),
        "draws": table["draw"].nunique(),
        "wape": error.sum() / truth.sum(),
        "wape_worst": by_draw.max(),
        "within_factor_two": inside.mean(),
        "quotient_side_right": right.mean(),
        "outside_limits": float(outside.sum()) if own else np.nan,
        "median_width": width.median() if own else np.nan,
    }
