"""Everything a chain report rests on, as tables: every region at every stage, the area as one, the world's industries.

This is the place where processed tables, the chain's stages and the bridge to the world tables meet. Nothing here draws
or writes sentences.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28, EU28_MEMBERS
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators.aggregation import cluster_employment, cluster_quotients
from alpclusters_lib.reports.evidence import typical_size
from alpclusters_lib.value_chains.chains import Chain, gaps, specialised_jobs, strength

__all__ = ["ALPINE_COUNTRIES", "ChainEvidence", "collect"]

ALPINE_COUNTRIES = ("AT", "DE", "FR", "IT", "SI")
"""Alpine countries with jobs in the regional tables and a place of their own in the world table."""

METRES = "EPSG:3035"


@dataclass(frozen=True)
class ChainEvidence:
    """The tables behind one chain report.

    Attributes
    ----------
    chain, year, perimeter
        What was asked for; ``regions`` holds the codes studied, the perimeter's where none were named.
    stages
        Index (region, stage) over the EU's NUTS 2 regions and those studied: ``jobs, jobs_lower, jobs_upper``; ``lq``
        with ``lq_lower, lq_upper`` at the limits of estimates and ``lower, upper``, its interval if establishments were
        redrawn, at those limits; ``strength`` by that interval; ``gap, gap_lower, gap_upper`` and
        ``specialised_jobs, specialised_lower, specialised_upper``, jobs short of the EU's share and above it;
        ``status``; ``local_units, jobs_per_unit, local_units_status``; ``name, country``.
    perimeter_stages
        Index stage, the studied regions with figures as one area: jobs and quotient as above, ``share_of_eu``, and how
        many regions are ``strong, weak, open`` and ``without_figures``.
    industries
        Index (stage, industry): ``share_of_stage, share_of_industry`` in the world table.
    silent
        Codes of studied regions without any figure.
    reference
        By stage and for all jobs (``total``), the EU's jobs.
    distances
        Kilometres between centroids, region × region, of the perimeter and the regions studied; ``borders`` likewise,
        whether they touch.
    """

    chain: Chain
    year: int
    perimeter: str
    regions: tuple[str, ...]
    stages: pd.DataFrame
    perimeter_stages: pd.DataFrame
    industries: pd.DataFrame
    silent: tuple[str, ...]
    reference: pd.Series
    distances: pd.DataFrame
    borders: pd.DataFrame

    @property
    def whole_perimeter(self) -> bool:
        """Whether all regions of the perimeter are studied, and no other."""
        return set(self.regions) == set(regions.perimeter(self.perimeter))

    @property
    def studied(self) -> pd.DataFrame:
        """The rows of ``stages`` of the regions studied."""
        return self.stages[self.stages.index.get_level_values("region").isin(self.regions)]

    @property
    def reachable(self) -> pd.DataFrame:
        """The rows of ``stages`` of the perimeter's regions and of those studied: where candidates are looked for."""
        codes = {*self.regions, *regions.perimeter(self.perimeter)}
        return self.stages[self.stages.index.get_level_values("region").isin(codes)]


@functools.lru_cache(maxsize=4)
def _names(language: str) -> dict[str, str]:
    return datasets.regions()[f"name_{language}"].to_dict()


def place(code: str, language: str = "en") -> str:
    """Return the name of a region or state inside or outside the perimeters.

    Examples
    --------
    >>> place("ITC4", "it"), place("NL41"), place("FI")
    ('Lombardia', 'Noord-Brabant', 'Finland')
    """
    # outside the perimeters Eurostat's own name stands: SUOMI / FINLAND
    name = _names(language)[code].split(" / ")[-1].split("/")[-1] if len(code) == 2 else _names(language)[code]
    return name.title() if name.isupper() else name


def _codes(wanted: Sequence[str] | None, perimeter: str) -> tuple[str, ...]:
    """Return the codes of the regions studied."""
    if wanted is None:
        return regions.perimeter(perimeter)
    codes = tuple(dict.fromkeys([wanted] if isinstance(wanted, str) else wanted))
    table = datasets.regions(level=2)
    for code in codes:
        # an unknown code raises with the nearest one
        if regions.level(code) != 2 or code not in table.index:
            raise ValueError(f"{code!r} is no NUTS 2 region; a code such as ITC4 would be right")
    if not codes:
        raise ValueError("no region is named; leave regions out for the whole perimeter")
    return codes


@functools.lru_cache(maxsize=8)
def _geography(codes: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the kilometres between the centroids of regions, and whether they touch."""
    shapes = datasets.boundaries(2)
    shapes = shapes.loc[shapes.index.isin(codes), ["geometry"]].to_crs(METRES).geometry
    centres = shapes.centroid
    distances = {code: (centres.distance(centre) / 1000).round(-1) for code, centre in centres.items()}
    borders = {code: shapes.distance(shape) < 1 for code, shape in shapes.items()}
    return pd.DataFrame(distances).T, pd.DataFrame(borders).T


def _pooled(jobs: pd.DataFrame, totals: pd.DataFrame, units: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    """Add up the regions whose jobs are limited on both sides: jobs, totals and local units of the same regions."""
    kept = [code for code in codes if pd.notna(jobs["upper"].get(code)) and pd.notna(totals["value"].get(code))]
    own, everything = jobs.loc[kept], totals.loc[kept]
    middle = own["jobs"].fillna((own["lower"] + own["upper"]) / 2)
    return pd.Series({
        "jobs": middle.sum() if kept else np.nan, "lower": own["lower"].sum(min_count=1),
        "upper": own["upper"].sum(min_count=1),
        "status": worst_status(own["status"]) if kept else "missing",
        "total": everything["value"].sum(min_count=1),
        "total_lower": everything["lower"].fillna(everything["value"]).sum(min_count=1),
        "total_upper": everything["upper"].fillna(everything["value"]).sum(min_count=1),
        "total_status": worst_status(everything["status"]) if kept else "missing",
        "local_units": units["jobs"].reindex(kept).sum(min_count=max(len(kept), 1)),
    })  # fmt: skip


AREA = "area"
ABOVE = {"gap": "specialised_jobs", "gap_lower": "specialised_upper", "gap_upper": "specialised_lower"}


def _stage(
    jobs: pd.DataFrame, units: pd.DataFrame, totals: pd.DataFrame, index: list[str], codes: Sequence[str]
) -> pd.DataFrame:
    """Return one stage: a row a region, and one for the studied regions together."""
    area = _pooled(jobs, totals, units, codes)
    own = jobs.reindex(index)[["jobs", "lower", "upper", "status"]]
    own["status"] = own["status"].fillna("missing")
    everything = totals.reindex(index)[["value", "lower", "upper", "status"]]
    local = units["jobs"].reindex(index)
    own.loc[AREA] = area[["jobs", "lower", "upper", "status"]]
    everything.loc[AREA] = area[["total", "total_lower", "total_upper", "total_status"]].to_numpy()
    local.loc[AREA] = area["local_units"]
    columns = ["jobs", "lower", "upper"]
    own[columns] = own[columns].astype(float)
    found = cluster_quotients(
        own,
        everything.astype({"value": float, "lower": float, "upper": float}),
        reference_jobs=jobs.loc[EU28, "lower"],
        reference_total=totals.loc[EU28, "value"],
        local_units=local,
        jobs_per_unit=typical_size(jobs["jobs"], units["jobs"]),
    )
    found[["lower", "upper"]] = found[["extreme_lower", "extreme_upper"]]
    found["strength"] = strength(found["lower"], found["upper"])
    found["local_units"] = local
    found["jobs_per_unit"] = found["jobs"] / local.where(local > 0)
    found["local_units_status"] = units["status"].reindex(found.index).fillna("missing")
    share = pd.Series({"jobs": jobs.loc[EU28, "lower"] / totals.loc[EU28, "value"]})
    for name, column, total in (("gap", "jobs", "value"), ("gap_lower", "jobs_upper", "lower"),
                                ("gap_upper", "jobs_lower", "upper")):  # fmt: skip
        base = everything[total].astype(float).fillna(everything["value"].astype(float))
        table = found[[column]].set_axis(["jobs"], axis=1)
        found[name] = gaps(table, base, share)["jobs"]
        # few jobs of a large economy are the most that can be short, and the least that can be above
        found[ABOVE[name]] = specialised_jobs(table, base, share)["jobs"]
    return found.drop(columns=["extreme_lower", "extreme_upper"])


def _industries(chain: Chain, employment: pd.DataFrame) -> pd.DataFrame:
    """Return how stages and industries of the world table overlap, by the jobs of the Alpine countries in both."""
    from alpclusters_lib.value_chains.bridge import stage_industries

    rows = employment[employment["region"].isin(ALPINE_COUNTRIES) & (employment["sector"].str.len() == 3)]
    # where a country withholds a division, the middle of its limits weighs it; no cell of it is shown
    counted = rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)
    jobs = counted.groupby(rows["sector"].astype(str)).sum(min_count=1)
    bridge = datasets.facts("wiod_bridge").astype({"weight": float})
    parts = {stage.key: stage_industries(stage.divisions, jobs, bridge) for stage in chain.stages}
    return pd.concat(parts, names=["stage", "industry"])


def _counts(stages: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    words = stages[stages.index.get_level_values("region").isin(codes)]["strength"]
    counts = words.groupby(level="stage").value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=["strong", "weak", "open", "no figures"], fill_value=0)
    return counts.rename(columns={"no figures": "without_figures"})


def collect(
    chain: Chain,
    *,
    perimeter: str = "alpine_space_2014",
    year: int = 2014,
    regions: Sequence[str] | None = None,
) -> ChainEvidence:
    """Gather the evidence of a chain from the committed tables.

    Parameters
    ----------
    chain
        The stages (:func:`alpclusters_lib.reports.chain_files.load_chain`).
    perimeter
        The area that is studied, and where candidates are looked for.
    year
        A year of the regional tables.
    regions
        NUTS 2 codes to study in place of the whole perimeter; those without figures are listed in ``silent``.

    Raises
    ------
    ValueError
        If the year has no figures, a region is unknown, or none of them has a figure.
    """
    return _collect(chain, perimeter, year, None if regions is None else tuple(regions))


def _collect(chain: Chain, perimeter: str, year: int, wanted: tuple[str, ...] | None) -> ChainEvidence:
    codes = _codes(wanted, perimeter)
    around = tuple(sorted({*codes, *regions.perimeter(perimeter)}))
    employment, units = datasets.employment(year=year), datasets.local_units(year=year)
    employment, units = (t.assign(sector=t["sector"].astype(str)) for t in (employment, units))
    totals = employment[employment["sector"] == BUSINESS_ECONOMY].set_index("region")
    totals = totals[["value", "lower", "upper", "status"]]
    level2 = datasets.regions(level=2).index
    european = [r for r in totals.index[totals["value"].notna()] if r in level2 and r[:2] in EU28_MEMBERS]
    index = list(dict.fromkeys([*european, *around]))
    found, reference = {}, {"total": totals.loc[EU28, "value"]}
    for stage in chain.stages:
        jobs = cluster_employment(employment, stage.divisions).xs(year, level="year")
        local = cluster_employment(units, stage.divisions).xs(year, level="year")
        found[stage.key] = _stage(jobs, local, totals, index, codes)
        reference[stage.key] = jobs.loc[EU28, "lower"]
    table = pd.concat(found, names=["stage", "region"]).swaplevel()
    area = table.xs(AREA, level="region").drop(columns=["strength", "local_units_status"])
    stages = table.drop(index=AREA, level="region")
    names = datasets.regions(level=2)["name_en"]
    stages["name"] = names.reindex(stages.index.get_level_values("region")).to_numpy()
    stages["country"] = stages.index.get_level_values("region").str[:2]
    area.insert(3, "share_of_eu", area["jobs"] / pd.Series(reference).reindex(area.index))
    area = area.join(_counts(stages, codes))
    words = stages["strength"].unstack("stage").reindex(codes)
    silent = tuple(code for code in codes if (words.loc[code] == "no figures").all())
    if len(silent) == len(codes):
        raise ValueError(f"no figures for {_named(silent)} at any stage of {chain.title} in {year}; "
                         "regions of the EU have them")  # fmt: skip
    distances, borders = _geography(around)
    return ChainEvidence(
        chain, year, perimeter, codes, stages, area, _industries(chain, employment), silent,
        pd.Series(reference, name="jobs"), distances, borders,
    )  # fmt: skip


def _named(codes: Sequence[str]) -> str:
    return ", ".join(place(code) for code in codes[:6]) + (f" and {len(codes) - 6} more" if len(codes) > 6 else "")
