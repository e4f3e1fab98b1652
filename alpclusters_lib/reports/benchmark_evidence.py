"""The figures of the benchmark: indicators and structural variables of NUTS 2 regions and of the strategies' areas.

An area of several NUTS 2 regions (Bavaria, Baden-Württemberg, Slovenia) stands as one more row under its own code:
counts are summed, rates are averaged with inhabitants as weights. The canton of Fribourg has no figures of its own and
is read as the Espace Mittelland, the NUTS 2 region that it is part of.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.indicators.composite import goalposts, logarithm, normalise
from alpclusters_lib.reports.regional_economy import division_jobs
from alpclusters_lib.strategy.scoreboard import score

__all__ = [
    "INDICATOR_SOURCE", "PERIMETER", "VARIANTS", "YEAR", "alpine", "area_codes", "core", "direction", "eu_regions",
    "name_of_code", "parts_of", "pillars", "posts", "raw", "scaled", "scores", "short_title", "structure", "variables",
]  # fmt: skip

YEAR, WITHIN = 2014, 2
PERIMETER = "alpine_space_2014"
VARIANTS = ("full", "reduced")
SHORT = {
    "tertiary_education_25_64_pct": ("tertiary education", "istruzione terziaria"),
    "hrst_core_pct": ("core science and technology staff", "risorse umane in scienza e tecnologia (nucleo)"),
    "young_graduate_employment_pct": ("employment of young graduates", "occupazione dei giovani diplomati e laureati"),
    "business_rd_personnel_pct": ("R&D personnel of enterprises", "personale di R&S delle imprese"),
    "scientists_engineers_pct": ("scientists and engineers", "scienziati e ingegneri"),
    "epo_applications_per_million_5_year_mean": ("European patent applications", "domande di brevetto europeo"),
    "high_medium_high_tech_manufacturing_pct": (
        "high and medium-high technology manufacturing", "manifattura ad alta e medio-alta tecnologia",
    ),
    "knowledge_intensive_services_pct": ("knowledge-intensive services", "servizi ad alta intensità di conoscenza"),
    "high_tech_sectors_pct": ("high-technology sectors", "settori ad alta tecnologia"),
    "professional_services_pct": ("professional and scientific services", "servizi professionali e scientifici"),
    "unemployment_pct": ("unemployment", "disoccupazione"),
    "gender_employment_gap_points": ("gender employment gap", "divario occupazionale di genere"),
    "life_expectancy_years": ("life expectancy", "speranza di vita"),
}  # fmt: skip
# share of a region's jobs in divisions whose local units are known
LEAST = 0.8
INDICATOR_SOURCE = (
    "Source: Eurostat, partly by Honti, Czvetko & Abonyi (2020), Data in Brief 33:106464; about 2014; own computation."
)


@functools.lru_cache(maxsize=1)
def core() -> pd.DataFrame:
    """Return the indicators of the scoreboard: index key; titles, unit, direction, pillar."""
    table = datasets.facts("innovation_indicators")
    return table[table["core"] == "1"].set_index("key")


def pillars() -> pd.Series:
    """Return the pillar of each indicator."""
    return core()["pillar"]


def direction() -> pd.Series:
    """Return whether more or less of each indicator is better."""
    return core()["direction"]


@functools.lru_cache(maxsize=1)
def area_codes() -> dict[str, str]:
    """Return the code under which each strategy's area stands in the tables, by its key."""
    found = {}
    for key in regions.s3_regions().index:
        codes = tuple(dict.fromkeys(code[:4] for code in regions.s3_region(key).codes))
        found[key] = codes[0] if len(codes) == 1 else regions.s3_region(key).publication_codes[0]
    return found


@functools.lru_cache(maxsize=1)
def _joined() -> dict[str, tuple[str, ...]]:
    """Return the areas of several NUTS 2 regions, by code."""
    return {code: regions.s3_region(key).codes for key, code in area_codes().items() if len(code) < 4}


def parts_of(code: str) -> tuple[str, ...]:
    """Return the NUTS 2 regions of an area."""
    return _joined().get(code, (code,))


@functools.lru_cache(maxsize=1)
def alpine() -> list[str]:
    """Return the NUTS 2 regions of the Alpine Space programme, 2014."""
    return list(regions.perimeter(PERIMETER))


@functools.lru_cache(maxsize=1024)
def name_of_code(code: str, language: str = "en") -> str:
    """Return the name of a region by its code."""
    return str(datasets.regions()[f"name_{language}"][code])


def short_title(key: str, language: str = "en") -> str:
    """Return what an indicator is called inside a sentence."""
    return SHORT[key][language == "it"]


@functools.lru_cache(maxsize=4)
def _indicators(keys: tuple[str, ...]) -> pd.DataFrame:
    rows = datasets.innovation(indicator=list(keys), year=YEAR, nearest=WITHIN)
    rows = rows.assign(region=rows["region"].astype(str), indicator=rows["indicator"].astype(str))
    wide = rows.pivot(index="region", columns="indicator", values="value")[list(keys)]
    # an old code stands beside the regions that took its place: it would count them twice
    return wide[(wide.index.str.len() == 4) & ~wide.index.isin(regions.successors())]


@functools.lru_cache(maxsize=1)
def _population() -> pd.Series:
    return _indicators(("population",))["population"]


def _with_areas(table: pd.DataFrame, *, counts: bool) -> pd.DataFrame:
    """Add a row for each area of several regions: sums of counts, means of rates over inhabitants."""
    rows = {}
    for code, parts in _joined().items():
        part = table.reindex(list(parts))
        if counts:
            rows[code] = part.sum(min_count=len(parts))
        else:
            weights = _population().reindex(list(parts))
            rows[code] = part.mul(weights, axis=0).sum(min_count=len(parts)) / weights.sum()
    return pd.concat([table, pd.DataFrame(rows).T])


@functools.lru_cache(maxsize=1)
def raw() -> pd.DataFrame:
    """Return the 13 indicators, region × indicator, about 2014, at most two years away."""
    return _with_areas(_indicators(tuple(core().index)), counts=False)


def eu_regions(table: pd.DataFrame) -> pd.Index:
    """Return the NUTS 2 regions of the EU's 28 countries in a table: what goalposts are frozen on."""
    return table.index[table.index.str[:2].isin(EU28_MEMBERS) & (table.index.str.len() == 4)]


@functools.lru_cache(maxsize=1)
def posts() -> pd.DataFrame:
    """Return the lowest and the highest figure of the EU's regions by indicator."""
    return goalposts(raw().loc[eu_regions(raw())])


@functools.lru_cache(maxsize=1)
def scaled() -> pd.DataFrame:
    """Return the indicators in per cent of the way from the EU's worst to its best region."""
    return 100 * normalise(raw(), direction=direction().to_dict(), goalposts=posts())


@functools.lru_cache(maxsize=1)
def scores() -> pd.DataFrame:
    """Return pillar scores and score of every region (``strategy.scoreboard.score``)."""
    return score(raw(), pillars=pillars(), direction=direction().to_dict(), goalposts=posts())


# --- structure


def variables(variant: str) -> pd.DataFrame:
    """Return the structural variables of a variant: index key; element, kind, titles, unit, whether logged."""
    table = datasets.facts("structural_variables").set_index("key")
    return table[table[variant] == "1"]


@functools.lru_cache(maxsize=1)
def _counts() -> pd.DataFrame:
    """Return what can be summed: inhabitants, area, jobs by division, local units."""
    weights = datasets.nuts_weights()
    # pieces that a region was made of are summed; regions without a change since 2013 are one piece
    pieces = weights[(weights["level"] == 2) & (weights["source"] == 2013)]
    area = pieces.groupby("code_to")["area_km2"].sum()
    jobs = division_jobs(YEAR)
    rows = datasets.local_units(year=YEAR)
    rows = rows.assign(region=rows["region"].astype(str), sector=rows["sector"].astype(str))
    units = rows.pivot(index="region", columns="sector", values="value").reindex_like(jobs)
    held = jobs.where(units.notna()).sum(axis=1)
    all_jobs = jobs.sum(axis=1, min_count=60)
    units = units.sum(axis=1).where(held >= LEAST * all_jobs)
    found = jobs.assign(units=units, unit_jobs=held.where(units.notna()), all_jobs=all_jobs)
    found = found[found.index.str.len() == 4]
    base = pd.DataFrame({"population": _population(), "area": area})
    return _with_areas(base.join(found, how="left"), counts=True)


def _variable(row: pd.Series, counts: pd.DataFrame) -> pd.Series:
    jobs = counts["all_jobs"]
    match row["kind"]:
        case "density":
            return counts["population"] / counts["area"]
        case "population":
            return counts["population"]
        case "size":
            return counts["unit_jobs"] / counts["units"].where(counts["units"] > 0)
        case "jobs":
            return 100 * counts[row["item"].split()].sum(axis=1, min_count=1) / jobs
        case "indicator":
            return _with_areas(_indicators((row["item"],)), counts=False)[row["item"]].reindex(counts.index)
    raise ValueError(f"unknown kind {row['kind']!r} of a structural variable in structural_variables.csv")


@functools.lru_cache(maxsize=4)
def structure(variant: str = "full") -> pd.DataFrame:
    """Return the structural variables in [0, 1] on the EU's regions, skewed ones by their logarithm.

    Regions outside the EU may lie a little beyond and are cut at 0 and 1, so that no variable outweighs the others.
    """
    wanted, counts = variables(variant), _counts()
    table = pd.DataFrame({key: _variable(row, counts) for key, row in wanted.iterrows()}).astype(float)
    skewed = list(wanted.index[wanted["log"] == "1"])
    table = logarithm(table, variables=skewed)
    known = eu_regions(table)
    low, high = table.loc[known].min(), table.loc[known].max()
    return ((table - low) / (high - low)).clip(0, 1).replace([np.inf, -np.inf], np.nan)
