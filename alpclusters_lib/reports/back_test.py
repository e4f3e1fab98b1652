"""The year 2008 to 2009, expected by simple and by modelled means and held against what happened, region by region.

Four expectations of the change of jobs: as in the whole country; by the mix of industries, each at its country's rate;
and by the regional input-output model, its shock to final demand measured by jobs or by turnover. The last one is how
the scenarios of ``shocks`` are computed, so its error is theirs.
"""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import expected_observed, style
from alpclusters_lib.reports import downturn
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.regional_economy import DELTA, Economy, national, spread, world_bridge
from alpclusters_lib.strategy.stress_test import back_test, demand_change, shocks
from alpclusters_lib.value_chains import regional_model

__all__ = ["METHODS", "SOURCE", "headline", "limits", "picture", "results", "scores", "sentence", "table"]

START, END = 2008, 2009
# divisions of 68 that must have a figure in both years
LEAST = 50
# turnover is in euro: elsewhere a fall of the currency would count as one of demand (the pound, the złoty)
FLOATING = ("CZ", "HU", "PL", "RO", "SE", "UK")
METHODS = {
    "country": "the country's change for all",
    "mix": "mix of industries at the country's rates (shift-share)",
    "model_jobs": "input-output model, demand measured by jobs",
    "model_turnover": "input-output model, demand measured by turnover",
}
MODEL = "model_turnover"
SOURCE = (
    "Source: Eurostat, sbs_r_nuts06_r2 and sbs_na_sca_r2 (2017); WIOD 2008 (release 2013); own computation. Business "
    "economy only."
)


@functools.lru_cache(maxsize=1)
def _cells() -> pd.DataFrame:
    """Return jobs of NUTS 2 regions with a figure in both years, index (region, division), a column a year."""
    names, table = downturn.division_names(), downturn.series()
    rows = table[table["sector"].isin(names) & table["year"].isin([START, END])]
    wide = rows.pivot(index=["region", "sector"], columns="year", values="value").dropna()
    codes = wide.index.get_level_values("region")
    known = (codes.str.len() == 4) & codes.str[:2].isin([c for c in downturn.countries() if c not in FLOATING])
    return wide[known]


@functools.lru_cache(maxsize=16)
def _national_jobs(country: str) -> pd.DataFrame:
    """Return the country's jobs by division in both years, where both are known."""
    return downturn.national_jobs().loc[country, [START, END]].dropna()


@functools.lru_cache(maxsize=1)
def _turnover() -> pd.DataFrame:
    rows = datasets.national_accounts(indicator="turnover")
    rows = rows[rows["sector"].isin(downturn.division_names()) & rows["year"].isin([START, END])]
    rows = rows.assign(region=rows["region"].astype(str), sector=rows["sector"].astype(str))
    return rows.pivot(index=["region", "sector"], columns="year", values="value")


def _industry_growth(values: pd.DataFrame) -> pd.Series:
    """Return growth by world industry from values by division and year, over divisions with both."""
    known = values.dropna()
    sums = spread().reindex(known.index).fillna(0.0).T @ known
    return sums[END] / sums[START].where(sums[START] > 0) - 1


@functools.lru_cache(maxsize=32)
def _national_demand(country: str) -> dict[str, pd.Series]:
    """Return the change of final demand by world industry, in per cent, by each way of measuring it."""
    table = national(regions.wiod_country(country), START)
    grown = {"model_jobs": _national_jobs(country), "model_turnover": _turnover().loc[country]}
    return {
        method: demand_change(
            table.coefficients, table.output, _industry_growth(values).reindex(table.output.index)
        ).fillna(0.0)
        for method, values in grown.items()
    }


def _modelled(country: str, own: pd.Series, home: pd.Series) -> dict[str, float]:
    """Return the changes of jobs, in per cent, that the model expects of a region with these divisions."""
    table, weights = national(regions.wiod_country(country), START), spread().reindex(own.index).fillna(0.0)
    names = table.output.index
    whole = (weights.sum() / spread().sum()).reindex(names) > 0.5
    covered = world_bridge()[1].reindex(names) & whole
    jobs, country_jobs = ((weights.T @ values).reindex(names) for values in (own, home))
    case, output = regional_model.regional_economy(table, jobs, country_jobs, covered)
    region = Economy(case, output, jobs.where(covered).reindex(case.sectors))
    coefficients, found = region.coefficients(), {}
    for method, shock in _national_demand(country).items():
        changes = shocks(coefficients, region.output, region.jobs, shock)
        found[method] = 100 * (changes["direct_jobs"] + changes["indirect_jobs"]).sum() / region.jobs.sum()
    return found


@functools.lru_cache(maxsize=1)
def results() -> pd.DataFrame:
    """Return the observed and the expected changes of jobs from 2008 to 2009.

    Returns
    -------
    Index region (NUTS 2): ``observed`` and a column each of `METHODS`, in per cent, over the divisions with figures in
    both years; ``divisions`` their number; ``jobs`` of 2008 in them; ``country``'s code as ``home``.
    """
    rows = {}
    for code, own in _cells().groupby(level="region"):
        home = _national_jobs(code[:2])
        own = own.droplevel("region")
        own = own[own.index.isin(home.index)]
        if len(own) < LEAST:
            continue
        start, around = own[START].sum(), home.loc[own.index]
        rates = around[END] / around[START].where(around[START] > 0)
        rows[code] = {
            "observed": 100 * (own[END].sum() / start - 1),
            "country": 100 * (around[END].sum() / around[START].sum() - 1),
            "mix": 100 * ((own[START] * rates).sum() / start - 1),
            **_modelled(code[:2], own[START], around[START]),
            "divisions": len(own), "jobs": start, "home": code[:2],
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("region")


@functools.lru_cache(maxsize=1)
def scores() -> pd.DataFrame:
    """Return error, bias and slope over all regions, and the rank correlation inside countries, by method.

    Inside countries: each figure less the mean of its country, over countries of four regions and more. Over all
    regions even one rate a country ranks them, as countries differ.
    """
    found = results()
    expected, observed = found[list(METHODS)], found["observed"]
    table = back_test(expected, observed)
    many = found.groupby("home")["observed"].transform("size") >= 4
    means = found[many].groupby("home")[[*METHODS, "observed"]].transform("mean")
    apart = found.loc[many, [*METHODS, "observed"]] - means
    inside = back_test(apart[list(METHODS)], apart["observed"])["rank_correlation"]
    # one rate a country leaves nothing to rank inside it but the divisions without figures
    return table.assign(inside=inside.where(inside.index != "country"), inside_regions=int(many.sum()))


def _alpine() -> pd.DataFrame:
    found = results()
    return found[found.index.isin(regions.perimeter(downturn.PERIMETER))]


def headline() -> str:
    """Return how far the model overshoots, without a full stop."""
    found = results()
    return (
        f"Put to the year {START} to {END}, the model expects on average {percent(-found[MODEL].mean())} fewer jobs "
        f"where {percent(-found['observed'].mean())} fewer were observed"
    )


def sentence() -> str:
    """Return the errors and the rank correlations, and what follows for the scenarios."""
    rows, number = scores(), len(results())
    mix, model, jobs, simple = (rows.loc[key] for key in ("mix", MODEL, "model_jobs", "country"))
    better = "no better" if model["inside"] <= mix["inside"] else "better"
    return (
        f"{headline()}, over {number} regions of {results()['home'].nunique()} EU countries. Its mean error is "
        f"{decimal(model['mean_absolute_error'], 1)} points; with demand measured by jobs it is "
        f"{decimal(jobs['mean_absolute_error'], 1)}, of the mix of industries at national rates "
        f"{decimal(mix['mean_absolute_error'], 1)}, of the country's change for all "
        f"{decimal(simple['mean_absolute_error'], 1)}. Inside a country it orders regions {better} than the mix alone "
        f"(rank correlation {decimal(model['inside'])} and, by jobs, {decimal(jobs['inside'])}, against "
        f"{decimal(mix['inside'])}). Jobs moved far less than sales, which fell with prices too; the model lets jobs "
        "go with sales at once. So the scenarios say how many jobs hang on a demand, and not how many would be lost "
        "in a year."
    )


def table() -> pd.DataFrame:
    """Return the scores of the methods as text."""
    rows, alpine = scores(), _alpine()
    near = back_test(alpine[list(METHODS)], alpine["observed"])
    number, inside = int(rows["regions"].iloc[0]), int(rows["inside_regions"].iloc[0])
    return pd.DataFrame([
        {
            "expected by": METHODS[method],
            f"mean error, {number} regions, points": decimal(row["mean_absolute_error"], 1),
            "expected less observed, points": style.signed(row["bias"], 1),
            "observed change by point expected": decimal(row["slope"]),
            f"rank correlation inside countries, {inside} regions": decimal(row["inside"])
            if pd.notna(row["inside"]) else "none: one rate",
            f"mean error, {len(alpine)} Alpine regions, points": decimal(near.loc[method, "mean_absolute_error"], 1),
        }
        for method, row in rows.iterrows()
    ])  # fmt: skip


def picture() -> Picture:
    """Draw observed against expected changes, by the mix and by the model, Alpine regions in the accent colour."""
    found = results()
    shown = {"mix": "By the mix of industries", MODEL: "By the input-output model"}
    names = datasets.regions()["name_en"].reindex(found.index)
    with style.style():
        figure, first = panel(4.4, 4.4)
        second = figure.add_axes((1.2, 0.0, 1.0, 1.0))
        own = {"highlight": list(_alpine().index), "marked": "Alpine Space", "others": "other regions"}
        for ax, (method, title) in zip((first, second), shown.items(), strict=True):
            data = found[[method, "observed"]].set_axis(["expected", "observed"], axis=1)
            expected_observed.expected_observed(
                data, ax=ax, **own, title=title,
                x_label=f"Expected change of jobs, {START}-{END}, %", y_label="Observed, %",
                source=SOURCE if method == "mix" else "",
            )  # fmt: skip
    rows = scores()
    alt = (
        f"Two scatters of observed against expected changes of jobs of {len(found)} regions, {START} to {END}. By the "
        f"mix they lie about the line of equality (mean error {decimal(rows.loc['mix', 'mean_absolute_error'], 1)} "
        f"points), by the model far left of it ({decimal(rows.loc[MODEL, 'mean_absolute_error'], 1)} points)."
    )
    caption = (
        f"Each dot is a NUTS 2 region, in colour one of the Alpine Space. Line: expected equals observed. The model is "
        f"the one of the scenarios: the fall of demand in the country, measured by turnover, through the region's "
        f"table (FLQ, δ = {decimal(DELTA)})."
    )
    return Picture(figure, "back-test", found.assign(name=names), alt, caption)


def limits() -> list[str]:
    """Return what the test does not cover."""
    aside = ", ".join(downturn.set_aside())
    return [
        f"The test covers {len(results())} regions with at least {LEAST} of 68 divisions published or estimated in "
        f"both years. Left out are {aside}, whose figures are no single series from {downturn.FIRST} to "
        f"{downturn.LAST}, {', '.join(FLOATING)}, whose currencies were not fixed to the euro, and Switzerland.",
        "Turnover is at current prices, so a fall of prices counts as one of demand. National changes hold the "
        "region's own, most of all in small countries, which flatters every expectation.",
        "It is one year of one crisis: how the model does in another is not known.",
    ]
