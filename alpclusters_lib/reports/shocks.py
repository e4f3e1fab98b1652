"""What the scenarios in ``notebooks/scenarios`` take from the strategies' regions: jobs that hang on a demand.

First rounds through the region's modelled table, in jobs of 2014, never a forecast: ``back_test`` says how far the same
model was off when jobs were held against it.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.figures import loss_bars, style, value_grid
from alpclusters_lib.reports import regional_model as model
from alpclusters_lib.reports.chain_trade import industry_names, world
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import area_name, own_codes, title_name
from alpclusters_lib.reports.numbers import count, decimal, ordinal, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.regional_economy import (
    BAND,
    DELTA,
    DELTAS,
    WORLD_YEAR,
    YEAR,
    economy,
    shares_of_industries,
)
from alpclusters_lib.reports.scenario_files import Scenario, load_scenario, scenario_names
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.stress_test import final_demand, shocks

__all__ = ["SOURCE", "hardest", "headline", "limits", "losses", "picture", "scenario_table", "sentence", "table"]

SOURCE = model.SOURCE


@functools.lru_cache(maxsize=1)
def _scenarios() -> dict[str, Scenario]:
    return {name: load_scenario(name) for name in scenario_names()}


@functools.lru_cache(maxsize=16)
def _sold_to(country: str, buyer: str) -> pd.Series:
    """Return the share of each industry's output that a country sells to another, to firms and households."""
    tables = world(WORLD_YEAR)
    sold = tables.Z.loc[country, buyer].sum(axis=1) + tables.Y.loc[country, buyer].T.sum()
    output = tables.x.loc[country]
    return sold / output.where(output > 0)


def _shock(scenario: Scenario, code: str, coefficients: pd.DataFrame, output: pd.Series) -> pd.Series:
    """Return the change of the region's final demand by world industry, in per cent."""
    if scenario.shocks:
        rates = shares_of_industries(code, pd.Series(scenario.shocks, dtype=float))
        return rates.reindex(coefficients.index).fillna(0.0)
    demand = final_demand(coefficients, output)
    lost = pd.Series(0.0, coefficients.index)
    for buyer, size in scenario.sales_to.items():
        share = _sold_to(regions.wiod_country(code), regions.WIOD_COUNTRIES[buyer])
        lost += size * share.reindex(lost.index).fillna(0.0) * output
    return (lost / demand.where(demand > 0)).fillna(0.0).clip(lower=-100)


def _applies(scenario: Scenario, code: str) -> bool:
    """Whether the region is a buyer abroad: its own country's demand is no export."""
    return code[:2] not in scenario.sales_to


@functools.lru_cache(maxsize=1)
def losses() -> pd.DataFrame:
    """Return what every scenario takes from every strategy's area.

    Returns
    -------
    Index (region, scenario): jobs lost, as positive numbers, ``direct`` and ``indirect``; ``lower, upper`` of the
    indirect ones over δ, ``wide_lower, wide_upper`` with the mean error of multipliers on the Austrian Länder added;
    ``industry`` with the most jobs lost; ``total`` jobs of the area. A scenario of exports to a country has no row for
    that country's regions.
    """
    off, rows = float(model.recipe_errors(YEAR)["multiplier_error"]), {}
    for region, code in own_codes().items():
        own = economy(code)
        tables = {delta: own.coefficients(delta) for delta in DELTAS}
        for name, scenario in _scenarios().items():
            if not _applies(scenario, code):
                continue
            found = {
                delta: -shocks(A, own.output, own.jobs, _shock(scenario, code, A, own.output))
                for delta, A in tables.items()
            }
            rows[region, name] = {**_summed(found, off), "total": strategy_regions().totals[region]}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["region", "scenario"])


def _summed(found: dict[float, pd.DataFrame], off: float) -> dict[str, object]:
    """Return the losses at the main δ and at the ends of the bands."""
    jobs = found[DELTA][["direct_jobs", "indirect_jobs"]]
    direct = jobs["direct_jobs"].sum()
    # δ moves both parts; what is drawn as a range is the whole less the direct part at the main δ
    beside = [table[["direct_jobs", "indirect_jobs"]].sum().sum() - direct for table in found.values()]
    low, high = min(beside), max(beside)
    return {
        "direct": direct, "indirect": jobs["indirect_jobs"].sum(), "lower": low, "upper": high,
        "wide_lower": (direct + low) * (1 - off) - direct, "wide_upper": (direct + high) * (1 + off) - direct,
        "industry": jobs.sum(axis=1).idxmax(),
    }  # fmt: skip


def _whole(rows: pd.DataFrame) -> pd.Series:
    """Return direct and indirect losses in per cent of all jobs."""
    return 100 * (rows["direct"] + rows["indirect"]) / rows["total"]


def _rounded(value: float) -> str:
    digits = -2 if value >= 2000 else -1
    return count(max(np.round(value, digits), 0.0))


def table(region: str | None = None) -> pd.DataFrame:
    """Return the losses as text, a row an area and scenario; empty for a region without figures."""
    rows = losses().reset_index()
    rows = rows if region is None else rows[rows["region"] == region]
    names = industry_names()
    held = []
    for _, row in rows.iterrows():
        low, high = row["direct"] + row["wide_lower"], row["direct"] + row["wide_upper"]
        held.append({
            "region": title_name(row["region"]),
            "scenario": _scenarios()[row["scenario"]].title,
            "jobs on that demand": _rounded(row["direct"]),
            "further jobs of suppliers, modelled": _rounded(row["indirect"]),
            "both, with δ and the model's error": f"{_rounded(low)} to {_rounded(high)}",
            "both, of all jobs": percent((row["direct"] + row["indirect"]) / row["total"] * 100),
            "most in": names[row["industry"]],
        })  # fmt: skip
    found = pd.DataFrame(held)
    return found if region is None or found.empty else found.drop(columns="region")


def scenario_table() -> pd.DataFrame:
    """Return what each scenario assumes."""
    rows = []
    for scenario in _scenarios().values():
        parts = [f"{sectors.label(code, short=True)} {style.signed(size)} %" for code, size in scenario.shocks.items()]
        parts += [f"sales to {regions.name(code)} {style.signed(size)} %" for code, size in scenario.sales_to.items()]
        rows.append({
            "scenario": scenario.title, "what is assumed": scenario.about, "shock": "; ".join(parts),
            "why this size": scenario.size,
        })  # fmt: skip
    return pd.DataFrame(rows)


def hardest(region: str) -> dict[str, object] | None:
    """Return the scenario that weighs most on a region against the other areas, None where no shock can be modelled.

    The sizes of shocks are assumed, so a scenario is compared with itself in other areas only: ``scenario`` with its
    ``share`` of all jobs in per cent, ``times`` the median of the ``areas`` and ``place``; ``least``, the one that
    weighs least, with ``least_share`` and ``least_times``.
    """
    if region not in own_codes():
        return None
    shares = _whole(losses()).unstack("scenario")
    own = shares.loc[region].dropna()
    against = own / shares.median()[own.index]
    most, least = against.idxmax(), against.idxmin()
    return {
        "scenario": most, "share": own[most], "times": against[most], "areas": int(shares[most].notna().sum()),
        "place": int(shares[most].rank(ascending=False)[region]),
        "least": least, "least_share": own[least], "least_times": against[least],
    }  # fmt: skip


def sentence(region: str) -> str:
    """Return which scenario weighs most and least on a region against the others, or why that cannot be told."""
    hit = hardest(region)
    if hit is None:
        return f"{title_name(region)}: no shock can be modelled; no jobs by industry are published for the canton."
    row = losses().loc[(region, hit["scenario"])]
    low, high = row["direct"] + row["wide_lower"], row["direct"] + row["wide_upper"]
    return (
        f"Against the median of the areas {area_name(region)} is hit hardest by "
        f"“{_scenarios()[hit['scenario']].title}”: {percent(hit['share'])} of all jobs, {decimal(hit['times'], 1)} "
        "times "
        f"the median, {ordinal(hit['place'])} of {hit['areas']}. {_rounded(row['direct'])} jobs hang on the demand "
        "that "
        f"goes and, in the model, {_rounded(row['indirect'])} more at suppliers in the region ({_rounded(low)} to "
        f"{_rounded(high)} in all, with δ and the model's mean error). It is hit least by "
        f"“{_scenarios()[hit['least']].title}”: {percent(hit['least_share'])}, {decimal(hit['least_times'], 1)} times "
        "the median."
    )


def headline() -> str:
    """Return which area each scenario weighs on most, without a full stop."""
    shares = _whole(losses()).unstack("region")
    told = [
        f"“{_scenarios()[name].title}” on {area_name(row.idxmax())} ({percent(row.max())} of jobs)"
        for name, row in shares.iterrows()
    ]
    return f"Scenarios weigh most: {listed(told)}"


def picture(region: str | None = None) -> Picture | None:
    """Draw the losses in per cent of all jobs: regions by scenarios, or one region's parts; None without figures."""
    return _grid() if region is None else _bars(region)


def _grid() -> Picture:
    shares = _whole(losses()).unstack("scenario")
    data = shares.rename(columns={name: scenario.title for name, scenario in _scenarios().items()})
    data = data.loc[data.mean(axis=1).sort_values(ascending=False, kind="stable").index]
    data.index = [title_name(key) for key in data.index]
    with style.style():
        figure, ax = panel(6.8, 0.4 * len(data))
        value_grid.value_grid(
            data, ax=ax, by_column=True, title="Jobs that hang on the demand of each scenario, per cent of all jobs",
            missing="the scenario is of exports to the region's own country", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{name} {percent(row.max())} ({row.idxmax()})" for name, row in data.T.iterrows())
    alt = f"Grid of the jobs that scenarios take from {len(data)} areas, in per cent. Highest: {told}."
    caption = (
        f"Direct and indirect jobs of {YEAR}, first rounds through the region's modelled table (FLQ, δ = "
        f"{decimal(DELTA)}). Compare down a column, not along a row: the sizes of the shocks are assumed."
    )
    return Picture(figure, "shocks", data, alt, caption)


def _bars(region: str) -> Picture | None:
    if region not in own_codes():
        return None
    rows = losses().loc[region]
    data = rows[["direct", "indirect", "wide_lower", "wide_upper"]].mul(100 / rows["total"], axis=0)
    data = data.rename(columns={"wide_lower": "lower", "wide_upper": "upper"})
    data.index = [_scenarios()[name].title for name in data.index]
    data = data.loc[(data["direct"] + data["indirect"]).sort_values(ascending=False, kind="stable").index]
    with style.style():
        figure, ax = panel(7.2, 0.5 + 0.4 * len(data))
        loss_bars.loss_bars(
            data, ax=ax, direct="on the demand itself", indirect="suppliers in the region, modelled",
            whisker="both, with δ and the model's mean error", title=f"Jobs that hang on each demand: "
            f"{title_name(region)}", x_label="Per cent of all jobs of the business economy", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{name} {percent(row['direct'] + row['indirect'])}" for name, row in data.iterrows())
    alt = f"Bars of the jobs that each scenario takes from {area_name(region)}, in per cent of all jobs. {told}."
    caption = (
        f"Jobs of {YEAR}, first rounds, no forecast (FLQ, δ = {decimal(DELTA)}, band from {decimal(BAND[0])} to "
        f"{decimal(BAND[1])}). The sizes of the shocks are assumed."
    )
    return Picture(figure, "shocks", data, alt, caption)


def limits() -> list[str]:
    """Return what the scenarios leave out."""
    return [
        "Sizes of shocks are assumed and round; the model is linear, so a shock twice as large takes twice as much.",
        f"Jobs of {YEAR} are sent through the country's table of {WORLD_YEAR}, cut to the region by its jobs; nobody "
        "finds other buyers, prices do not move, households do not spend less, and orders that cross a regional or "
        "national border do not come back.",
        "A division takes the shock with all its firms; industries outside the business economy lose jobs that are "
        "not counted.",
    ]
