"""What partner reports rest on: figures of the Alpine regions and of the strategies' areas, joined for one family.

Here processed tables, priorities, chains and relatedness meet; nothing here draws or writes sentences.
"""

from __future__ import annotations

import functools

import geopandas as gpd
import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.indicators.specialisation import specialised_jobs
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.benchmark_evidence import area_codes
from alpclusters_lib.reports.chain_evidence import METRES
from alpclusters_lib.reports.chain_files import chain_names, load_chain
from alpclusters_lib.reports.divisions import Divisions, divisions, learnt_proximity
from alpclusters_lib.reports.evidence import case_seed, typical_size
from alpclusters_lib.reports.group_quotients import group_quotients, group_sizes
from alpclusters_lib.reports.strategy_overlap import overlaps
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy import _synergy_draws as arrays
from alpclusters_lib.strategy.priorities import VERSIONS
from alpclusters_lib.strategy.synergy import Diamonds, Theme, diamonds
from alpclusters_lib.value_chains.chains import Chain

__all__ = [
    "PERIMETER",
    "area_of",
    "areas",
    "candidates",
    "chains",
    "chains_of",
    "chosen_family",
    "distances",
    "errors",
    "family_diamonds",
    "family_divisions",
    "holdings",
    "languages",
    "leading_family",
    "quotients",
    "quotients_of",
    "size_ratio",
    "stage_names",
    "strategy_of",
]

PERIMETER = "alpine_space_2014"
YEAR = 2014
# 95 % of a normal distribution lie within so many standard errors on either side
WIDTH = 1.959964


def area_of(region: str) -> str | None:
    """Return the code that stands for a strategy's area, None for one without figures by industry (Fribourg).

    Examples
    --------
    >>> area_of("slovenia"), area_of("fribourg")
    ('SI', None)
    """
    regions.s3_region(region)
    return None if region in strategy_regions(YEAR).without else area_codes()[region]


@functools.lru_cache(maxsize=1)
def areas() -> tuple[str, ...]:
    """Return the codes of all areas with figures: the perimeter's NUTS 2 regions, and strategies' areas beyond one."""
    known = divisions(YEAR).jobs.index
    own = [code for code in regions.perimeter(PERIMETER) if code in known]
    return tuple(dict.fromkeys([*own, *(area_of(key) for key in strategy_regions(YEAR).jobs.index)]))


def strategy_of(code: str) -> str | None:
    """Return the key of the strategy that covers an area, None where none of the eleven does."""
    for key, area in area_codes().items():
        if key not in strategy_regions(YEAR).without and code.startswith(area):
            return key
    return None


def candidates(region: str, *, abroad: bool = True) -> list[str]:
    """Return the Alpine NUTS 2 regions with figures that a region is matched with: abroad, or in its own country.

    Raises
    ------
    ValueError
        If the region is unknown.
    """
    own = area_of(region)
    if own is None:
        return []
    regional = [code for code in areas() if len(code) == 4 and not code.startswith(own)]
    return [code for code in regional if (code[:2] != own[:2]) == abroad]


def family_divisions(family: str) -> tuple[str, ...]:
    """Return the divisions of a family; an unknown one raises a sentence."""
    return sectors.family(family).divisions


@functools.lru_cache(maxsize=1)
def chains() -> dict[str, Chain]:
    """Return all chains by name, read once."""
    return {name: load_chain(name) for name in chain_names()}


def chains_of(family: str) -> tuple[Chain, ...]:
    """Return the chains that a family is part of, none for those without a chain here."""
    sectors.family(family)
    return tuple(chain for chain in chains().values() if family in chain.families)


def stage_names(family: str, language: str = "en") -> dict[str, str]:
    """Return the label of every stage of a family's chains, by ``chain/stage``."""
    return {
        f"{chain.name}/{stage}": label for chain in chains_of(family) for stage, label in chain.labels(language).items()
    }


@functools.lru_cache(maxsize=1)
def _figures() -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Return jobs and totals of all areas, and the standard errors of the logarithm of their quotients."""
    europe, own = divisions(YEAR), strategy_regions(YEAR)
    names = {area_of(key): key for key in own.jobs.index}
    regional = [code for code in areas() if code in europe.jobs.index]
    wider = [code for code in areas() if code not in europe.jobs.index]

    def joined(name: str) -> pd.DataFrame | pd.Series:
        parts = getattr(own, name).loc[[names[code] for code in wider]].set_axis(wider)
        return pd.concat([getattr(europe, name).loc[regional], parts])

    limits = pd.concat([
        europe.interval.loc[regional],
        *(own.interval.loc[[names[code]]].rename(index={names[code]: code}, level="region") for code in wider),
    ])  # fmt: skip
    # an empty cell has no logarithm: it stays empty in every draw
    some = limits["lower"] > 0
    errors = (np.log(limits["upper"].where(some)) - np.log(limits["lower"].where(some))) / (2 * WIDTH)
    return joined("jobs"), joined("totals"), errors.fillna(0.0).unstack("sector")


def errors() -> pd.DataFrame:
    """Return the standard error of the logarithm of every division's quotient in every area; 0 where it is empty."""
    return _figures()[2]


@functools.lru_cache(maxsize=1)
def _readings() -> tuple[pd.DataFrame, ...]:
    """Return how alike the strategies of all areas are, one table a reading; NaN where one has no named priority."""
    keys = pd.Series({code: strategy_of(code) for code in areas()}, dtype=object)
    tables = []
    for version in VERSIONS:
        matrix = overlaps(version=version).matrix
        spread = matrix.reindex(index=keys, columns=keys).to_numpy(float)
        tables.append(pd.DataFrame(spread, keys.index, keys.index))
    return tuple(tables)


def _yardsticks(europe: Divisions, family: tuple[str, ...]) -> tuple[pd.Series, np.ndarray]:
    """Return the quotients of all European regions in a family, and what each adds to each around it."""
    own = europe.jobs[list(family)].sum(axis=1, skipna=False) / europe.totals.reindex(europe.jobs.index)
    quotients = own / (europe.reference[list(family)].sum() / europe.reference.sum())
    links = learnt_proximity(YEAR).reindex(index=europe.jobs.columns, columns=europe.jobs.columns)
    presence = europe.presence.astype("Float64").to_numpy(float, na_value=np.nan)
    density = arrays.added(presence, links.to_numpy(float), europe.jobs.columns.get_indexer(list(family)))
    np.fill_diagonal(density, np.nan)
    return quotients, density.ravel()


@functools.lru_cache(maxsize=20)
def family_diamonds(family: str) -> Diamonds:
    """Return the synergy diamonds of all pairs of areas in one family, 2014.

    Raises
    ------
    ValueError
        If the family is unknown.
    """
    jobs, totals, errors = _figures()
    quotients, density = _yardsticks(divisions(YEAR), family_divisions(family))
    stages = {f"{chain.name}/{stage.key}": stage.divisions for chain in chains_of(family) for stage in chain.stages}
    theme = Theme(
        jobs, totals, divisions(YEAR).reference, errors, learnt_proximity(YEAR), family_divisions(family), stages,
        _readings(), quotients, density,
    )  # fmt: skip
    return diamonds(theme, rng=case_seed(f"partners-{family}"))


def quotients(family: str) -> pd.DataFrame:
    """Return the family's location quotient in every area, with its limits and status, index area."""
    return quotients_of(family_divisions(family))


def holdings(chain: Chain) -> pd.DataFrame:
    """Return area × stage: true where the area is strong at a stage, its quotient above 1 at the lower limit too."""
    return pd.DataFrame({stage.key: quotients_of(stage.divisions)["lower"] > 1 for stage in chain.stages})


def size_ratio(family: str, area: str) -> float:
    """Return an area's jobs per local unit in a family over the EU's; NaN where either is not published."""
    jobs, units = group_sizes(family_divisions(family), areas(), YEAR)
    published = jobs.loc[area, "status"] == units.loc[area, "status"] == "observed"
    own = jobs.loc[area, "jobs"] / units.loc[area, "jobs"] if published and units.loc[area, "jobs"] > 0 else np.nan
    return float(own / typical_size(jobs["jobs"], units["jobs"]))


def quotients_of(group: tuple[str, ...], codes: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Return the same for any group of divisions, and for other areas where their codes are given."""
    return group_quotients(group, areas() if codes is None else codes, YEAR)


def leading_family(region: str) -> str | None:
    """Return the family in which a strategy's area has most persons employed above the EU's share, 2014.

    Only families with a value chain here, as partners are matched along it. None for an area without figures.
    """
    area_of(region)
    found = strategy_regions(YEAR)
    if region in found.without:
        return None
    jobs = pd.DataFrame({f: found.jobs[list(family_divisions(f))].sum(axis=1) for f in FAMILIES if chains_of(f)})
    europe = pd.Series({f: found.reference[list(family_divisions(f))].sum() for f in jobs.columns})
    europe["other"] = found.reference.sum() - europe.sum()
    above = specialised_jobs(jobs, totals=found.totals, reference=europe)
    return str(above.loc[region].idxmax())


def chosen_family(region: str, family: str = "") -> str | None:
    """Return the family asked for, checked, or the region's leading one where none is; None without figures.

    Raises
    ------
    ValueError
        If region or family is unknown.
    """
    if family:
        sectors.family(family)
    return None if area_of(region) is None else family or leading_family(region)


@functools.lru_cache(maxsize=1)
def distances() -> pd.DataFrame:
    """Return the kilometres between the centroids of all areas, as the crow flies, rounded to 10 km."""
    known = divisions(YEAR).jobs.index
    shapes = datasets.boundaries(2)["geometry"]
    shapes = shapes[shapes.index.isin(known) & shapes.index.str.startswith(areas())].to_crs(METRES)
    parts = {code: shapes[shapes.index.str.startswith(code)] for code in areas()}
    centres = gpd.GeoSeries({code: own.union_all().centroid for code, own in parts.items()}, crs=METRES)
    return pd.DataFrame({code: (centres.distance(centre) / 1000).round(-1) for code, centre in centres.items()})


def languages(code: str) -> frozenset[str]:
    """Return the official languages of an area, by ISO 639-1 code."""
    facts = datasets.facts("official_languages").set_index("area")["languages"]
    own = next((facts[part] for part in (code, code[:2]) if part in facts.index), "")
    return frozenset(own.split())
