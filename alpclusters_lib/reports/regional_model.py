"""What a stage buys inside its region, modelled, with the error of the model: as measured on the Austrian Länder.

The figures stand on a table of the country, on jobs and on a number δ that nobody observes. They are shown as bands,
and every function that shows one says how far the same recipe is off where published tables allow to look.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import delta_bands, style
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.numbers import decimal, percent, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.regional_economy import BAND, DELTA, WORLD_YEAR, industry_jobs, national, world_bridge
from alpclusters_lib.value_chains import austrian_test, regional_model

__all__ = ["delta_band", "delta_picture", "delta_sentence", "error_sentence", "error_table", "recipe_errors"]

LANDS = ("AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34")
MOST = 12
METHODS = {
    "national": "national coefficients",
    "slq": "simple location quotient (SLQ)",
    "cilq": "cross-industry quotient (CILQ)",
    "flq": "FLQ",
    "aflq": "augmented FLQ",
    "flq_fitted": "FLQ, δ fitted on the other Länder",
    "trade_factors": "trade factors of the other Länder × FLQ",
    "ras": "true sums of rows and columns (RAS): a ceiling",
}
SOURCE = (
    "Source: WIOD 2011 (release 2013); Eurostat, sbs_r_nuts06_r2; error: tables of Huang & Koutroumpis (2023); "
    "own computation."
)


@functools.lru_cache(maxsize=1)
def _lands() -> dict:
    return {land: datasets.regional_input_output(land) for land in LANDS}


@functools.lru_cache(maxsize=1)
def _consistent() -> pd.DataFrame:
    return austrian_test.consistent_errors(_lands())


@functools.lru_cache(maxsize=2)
def _case(year: int) -> tuple:
    """Return what the test of the recipe is handed."""
    table, covered = world_bridge()
    divisions = datasets.facts("io_industries").set_index("code")["nace_divisions"].str.split()
    jobs, groups = industry_jobs(year), austrian_test.common_groups(table, divisions)
    return _lands(), national("AUT"), jobs.loc[list(LANDS)], jobs.loc["AT"], covered, groups


@functools.lru_cache(maxsize=2)
def _world(year: int) -> pd.DataFrame:
    return austrian_test.world_errors(*_case(year))


@functools.lru_cache(maxsize=2)
def _order(year: int) -> tuple[float, float]:
    """Return how the recipe orders the Länder at one industry, and the share of multipliers within the mean error."""
    table = austrian_test.world_multipliers(*_case(year))
    ranks = table.groupby(level="group").rank()
    order = ranks.groupby(level="group").apply(lambda part: part["modelled"].corr(part["observed"]))
    off = (table["modelled"] / table["observed"] - 1).abs()
    return float(order.mean()), float((off <= recipe_errors(year)["multiplier_error"]).mean())


def recipe_errors(year: int = 2014) -> pd.Series:
    """Return the mean errors, over the nine Länder, of the recipe that chain reports use, with jobs of a year.

    Returns
    -------
    As a row of :func:`~alpclusters_lib.value_chains.austrian_test.summary`.
    """
    return austrian_test.summary(_world(year)).loc[("flq", DELTA)]


def error_table(year: int = 2014) -> pd.DataFrame:
    """Return the errors of every method on the nine Länder for the reader; the row of these reports is marked."""
    blocks = {
        "sum of the nine tables": austrian_test.summary(_consistent()),
        "world table, jobs by region": austrian_test.summary(_world(year)),
    }
    rows = []
    for block, table in blocks.items():
        for (method, delta), row in table.iterrows():
            used = block.startswith("world") and (method, delta) == ("flq", DELTA)
            rows.append({
                "National table": block,
                "Method": METHODS[method] + ("" if pd.isna(delta) else f", δ = {decimal(delta)}"),
                "Share of flows off (WAPE)": decimal(row["wape"]),
                "Lowest to highest Land": span(row["wape_lowest"], row["wape_highest"]),
                "Multipliers off": percent(100 * row["multiplier_error"]),
                "Rank correlation": decimal(row["rank_correlation"]),
                "Share bought inside off, points": decimal(100 * row["inside_error"], 1),
                "Used": "in these reports" if used else "",
            })  # fmt: skip
    return pd.DataFrame(rows)


def error_sentence(year: int = 2014) -> str:
    """Return how far the regional figures of a chain report are off, in level and in rank."""
    order, within = _order(year)
    own, world = recipe_errors(year), austrian_test.summary(_world(year))
    alone = austrian_test.summary(_consistent()).loc[("flq", DELTA)]
    by_land = _world(year).xs("flq", level="method").xs(DELTA, level="delta")["multiplier_error"] * 100
    slq, plain = (world.xs(method, level="method").iloc[0] for method in ("slq", "national"))
    better = "better" if slq["rank_correlation"] > own["rank_correlation"] else "no better"
    return (
        f"Held against the published tables of the nine Austrian Länder, the recipe of these reports (Austria in the "
        f"world table of {WORLD_YEAR}, jobs of {year}, FLQ with δ = {decimal(DELTA)}) is off by "
        f"{percent(by_land.mean())} of a multiplier on average ({percent(by_land.min())} to {percent(by_land.max())} "
        f"by Land), by {decimal(100 * own['inside_error'], 1)} points of the share of inputs bought inside the Land, "
        f"and by {decimal(own['wape'])} of the flows; national coefficients are off by "
        f"{percent(100 * plain['multiplier_error'])} of a multiplier. From a national table that is the sum of the "
        f"nine, the method alone is off by {percent(100 * alone['multiplier_error'])} of a multiplier and "
        f"{decimal(alone['wape'])} of the flows. A good level is no good order: the simple location quotient is "
        f"further off ({percent(100 * slq['multiplier_error'])}) and orders the industries of a Land {better} (rank "
        f"correlation {decimal(slq['rank_correlation'])} against {decimal(own['rank_correlation'])}), so figures of "
        f"the FLQ are no ranking. At one industry it hardly orders the Länder either (rank correlation over the nine, "
        f"mean of the industries: {decimal(order)}), and {percent(100 * within, 0)} of the multipliers lie within the "
        "mean error. How far it is off in other countries is not known: no regional tables of theirs are "
        "at hand."
    )


def delta_band(evidence: ChainEvidence) -> pd.DataFrame:
    """Return the modelled figures of each stage in each region studied, as bands over δ.

    Returns
    -------
    Index (region, stage): ``multiplier`` at δ = 0.25, ``lower, upper`` over δ from 0.15 to 0.30, ``outer_lower,
    outer_upper`` the same widened by the mean error on the Austrian Länder (a multiplier is never below 1);
    ``inside_share`` with ``inside_lower, inside_upper`` (over δ) and ``inside_outer_lower, inside_outer_upper``. A
    stage is the average of its industries, weighted by its jobs in them in the Alpine countries. Regions without a
    national table (Switzerland, Liechtenstein) or with a division without figures are left out; NaN for a stage
    without jobs.
    """
    weights = evidence.industries["share_of_stage"].unstack("stage").fillna(0.0)
    found = []
    for country, codes in _by_country(evidence).items():
        figures = _figures(country, tuple(codes), evidence.year)
        found.append(_of_stages(figures, weights))
    order = pd.MultiIndex.from_tuples([], names=["region", "stage"])
    if not found:
        return pd.DataFrame(index=order, columns=[*COLUMNS, "jobs"], dtype=float)
    own = evidence.stages["jobs"]
    table = pd.concat(found)
    held = own.reindex(table.index)
    table = table.where(held.fillna(1.0) > 0)
    return _widened(table, recipe_errors(evidence.year))[COLUMNS].assign(jobs=held).sort_index()


COLUMNS = [
    "multiplier", "lower", "upper", "outer_lower", "outer_upper",
    "inside_share", "inside_lower", "inside_upper", "inside_outer_lower", "inside_outer_upper",
]  # fmt: skip


@functools.lru_cache(maxsize=32)
def _figures(country: str, codes: tuple[str, ...], year: int) -> pd.DataFrame:
    """Return multipliers and shares of all industries in regions of one country, which every chain shares."""
    jobs, (_, covered) = industry_jobs(year), world_bridge()
    wide = [delta for delta in regional_model.DELTAS if BAND[0] <= delta <= BAND[1]]
    table = national(regions.wiod_country(country))
    return regional_model.regional_multipliers(table, jobs.loc[list(codes)], jobs.loc[country], covered, deltas=wide)


def _by_country(evidence: ChainEvidence) -> dict[str, list[str]]:
    jobs = industry_jobs(evidence.year)
    codes = [code for code in evidence.regions if code in jobs.index and regions.wiod_country(code) != "RoW"]
    return pd.Series(codes, dtype=object).groupby([regions.country(code) for code in codes]).agg(list).to_dict()


def _of_stages(figures: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Average the industries of every stage at every δ, and take the dot and the ends of the band."""
    parts = {}
    for column, name in (("multiplier", ""), ("inside_share", "inside_")):
        table = figures[column].unstack("industry")
        shares = weights.reindex(table.columns).fillna(0.0)
        known = table.notna().astype(float) @ shares
        mean = (table.fillna(0.0) @ shares) / known.where(known > 0)
        over = mean.groupby(level="region")
        ends = {column: mean.xs(DELTA, level="delta"), f"{name}lower": over.min(), f"{name}upper": over.max()}
        parts |= {end: values.rename_axis(columns="stage").stack() for end, values in ends.items()}
    return pd.DataFrame(parts)


def _widened(table: pd.DataFrame, errors: pd.Series) -> pd.DataFrame:
    off, points = errors["multiplier_error"], errors["inside_error"]
    return table.assign(
        outer_lower=(table["lower"] * (1 - off)).clip(lower=1.0),
        outer_upper=table["upper"] * (1 + off),
        inside_outer_lower=(table["inside_lower"] - points).clip(lower=0.0),
        inside_outer_upper=(table["inside_upper"] + points).clip(upper=1.0),
    )


def _shown(evidence: ChainEvidence, wanted: Sequence[str] | None) -> pd.DataFrame:
    """Return the rows of the last stage: the regions named, else strong ones, else the largest, most jobs first."""
    table = delta_band(evidence)
    stage = evidence.chain.ends_in
    table = table[table.index.get_level_values("stage") == stage].droplevel("stage").dropna(subset=["multiplier"])
    if wanted is not None:
        return table.reindex([code for code in dict.fromkeys(wanted) if code in table.index])
    words = evidence.stages["strength"].xs(stage, level="stage").reindex(table.index)
    middle = evidence.stages[["jobs_lower", "jobs_upper"]].mean(axis=1).xs(stage, level="stage")
    size = table["jobs"].fillna(middle.reindex(table.index))
    order = pd.DataFrame({"strong": words == "strong", "size": size, "code": table.index}, index=table.index)
    order = order.sort_values(["strong", "size", "code"], ascending=[False, False, True])
    strong = int(order["strong"].sum())
    return table.reindex(order.index[: min(strong, MOST) if strong >= 3 else MOST])


def _label(evidence: ChainEvidence) -> str:
    return next(stage.label for stage in evidence.chain.stages if stage.key == evidence.chain.ends_in)


def _overlapping(table: pd.DataFrame) -> tuple[int, int]:
    """Return how many pairs of regions have light bands that overlap, and how many pairs there are."""
    low, high = table["outer_lower"].to_numpy(), table["outer_upper"].to_numpy()
    first, second = np.triu_indices(len(table), 1)
    return int(((low[first] <= high[second]) & (low[second] <= high[first])).sum()), len(first)


def delta_sentence(evidence: ChainEvidence, regions_shown: Sequence[str] | None = None) -> str:
    """Return what the last stage makes in its regions for one unit of demand, and how little that orders them."""
    table, label = _shown(evidence, regions_shown), _label(evidence)
    if table.empty:
        return (
            f"No regional multiplier of the stage “{label}” is modelled: the regions have no table of their country in "
            "the world table, or lack jobs by division."
        )
    over, pairs = _overlapping(table)
    rank = _order(evidence.year)[0]
    bands = "the bands of all regions overlap" if over == pairs else f"{over} of {pairs} pairs of bands overlap"
    order = (
        f"With the mean error on the Austrian Länder added, {bands}; and there the recipe hardly puts regions in their "
        f"order at one industry (mean rank correlation {decimal(rank)}), so this is a level and no ranking of regions."
    )
    low, high = table["multiplier"].min(), table["multiplier"].max()
    inside = 100 * table["inside_share"]
    wide = _range(table["lower"].min(), table["upper"].max())
    areas = "the region shown" if len(table) == 1 else f"the {len(table)} regions shown"
    return (
        f"One euro of final demand for the stage “{label}” goes with {_range(low, high)} euro of output inside the "
        f"region, in {areas} (modelled, δ = {decimal(DELTA)}; {wide} over δ from {decimal(BAND[0])} to "
        f"{decimal(BAND[1])}), and {_range(inside.min(), inside.max(), 0)} per cent of what "
        f"the stage buys comes from the region itself.{' ' + order if pairs else ''}"
    )


def _range(low: float, high: float, decimals: int = 2) -> str:
    first, last = decimal(low, decimals), decimal(high, decimals)
    return first if first == last else f"{first} to {last}"


def delta_picture(evidence: ChainEvidence, regions: Sequence[str] | None = None) -> Picture | None:
    """Draw the multiplier of the last stage by region as a dot and two bands; None where no region has one."""
    table, label = _shown(evidence, regions), _label(evidence)
    if table.empty:
        return None
    errors = recipe_errors(evidence.year)
    names = datasets.regions(level=2)["name_en"]
    data = table.rename(columns={"multiplier": "estimate"})
    over, pairs = _overlapping(table)
    finding = "bands of all regions overlap" if over == pairs else f"{over} of {pairs} pairs of bands overlap"
    title = f"{label}: {_range(table['multiplier'].min(), table['multiplier'].max())} euro of output in the region"
    title += f" for one euro of demand; {finding}" if pairs else " for one euro of demand"
    band = f"δ from {decimal(BAND[0])} to {decimal(BAND[1])}"
    outer = f"with the mean error on nine Austrian Länder ({percent(100 * errors['multiplier_error'])})"
    with style.style():
        figure, ax = panel(7.6, 0.9 + 0.27 * max(len(data), 3))
        delta_bands.delta_bands(
            data, ax=ax, names=names, dot=f"δ = {decimal(DELTA)}", band=band, outer=outer, title=title, source=SOURCE,
            x_label="Output in the region for one euro of final demand (multiplier, modelled)",
        )  # fmt: skip
    told = ", ".join(
        f"{names.get(code, code)} {decimal(row['estimate'])} ({span(row['outer_lower'], row['outer_upper'])})"
        for code, row in data.iterrows()
    )
    alt = f"Modelled output multiplier of the stage “{label}” by region, with the light band in brackets: {told}."
    caption = (
        "Nobody observes these flows: they are modelled from the country's table and jobs by industry; δ is chosen. "
        "The light band adds the mean error of the same recipe on the Austrian Länder; "
        f"{percent(100 * (1 - _order(evidence.year)[1]), 0)} of the figures there are further off. "
        "Agriculture, finance and public services have no regional jobs here and count as in proportion to all jobs."
    )
    return Picture(figure, "delta-band", data.assign(name=names.reindex(data.index)), alt, caption)
