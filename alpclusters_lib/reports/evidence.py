"""Everything a cluster case study rests on, as tables: figures of the unit, its peers, parts, growth, neighbours.

This is the place where processed tables and indicators meet. Nothing here draws or writes sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28, EU28_MEMBERS
from alpclusters_lib.indicators.aggregation import cluster_employment, cluster_quotients, pooled
from alpclusters_lib.indicators.ranking import rank_among, rank_interval
from alpclusters_lib.reports import growth, proximity
from alpclusters_lib.reports.case import Case, Unit

__all__ = ["Evidence", "collect"]

# Ranks move with the instability of a quotient and with the limits of the estimates in it.
RANKED = ["lq", "extreme_lower", "extreme_upper"]


@dataclass(frozen=True)
class Evidence:
    """The tables behind one case study.

    ``units``: a row for the area studied and each compared one; ``regions``: all EU NUTS 2 regions (``name``,
    ``country``, ``alpine``, jobs, quotient with its interval at the limits of estimates, ranks); ``parts``: a row a
    division; ``peers``: lower quartile, median and upper quartile of the perimeter's regions; ``growth``: None where no
    window was asked for; ``neighbours``: specialised regions of the perimeter by distance; ``silent``: bordering
    regions without figures; ``reference``: the EU's jobs, total and absent member states.
    """

    case: Case
    units: pd.DataFrame
    regions: pd.DataFrame
    parts: pd.DataFrame
    peers: pd.DataFrame
    growth: growth.Growth | None
    neighbours: pd.DataFrame
    silent: tuple[str, ...]
    reference: dict[str, float | str]

    @property
    def main(self) -> pd.Series:
        """The row of the area studied."""
        return self.units.iloc[0]


def _totals(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["sector"] == BUSINESS_ECONOMY].set_index(["region", "year"])
    return rows[["value", "lower", "upper", "status"]]


def _with_units(table: pd.DataFrame, units: list[Unit]) -> pd.DataFrame:
    """Append a row for each unit, under its label; a unit that is one published region is that region's row."""
    # a region without a name is labelled by its code
    others = table[~table.index.get_level_values("region").isin([unit.label for unit in units])]
    return pd.concat([others, *(pooled(table, unit.codes, unit.label) for unit in units)])


def _one_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table.xs(year, level="year")


def typical_size(jobs: pd.Series, units: pd.Series) -> float:
    """Return jobs per local unit over the countries that publish both: what a hidden region is taken to have."""
    both = pd.concat([jobs.rename("jobs"), units.rename("units")], axis=1).dropna()
    countries = both[both.index.isin(EU28_MEMBERS)]
    return countries["jobs"].sum() / countries["units"].sum()


def _quotients(case: Case, units: list[Unit], divisions: tuple[str, ...]) -> pd.DataFrame:
    """Return jobs, quotient and interval of some divisions for every region and unit in the case's year."""
    table = datasets.employment(year=case.year)
    jobs = cluster_employment(table, divisions)
    totals = _totals(table)
    local = datasets.local_units(year=case.year)
    local = cluster_employment(local, divisions)[["jobs", "status"]]
    local_units = _one_year(_with_units(local, units), case.year)["jobs"]
    europe, everything = jobs.loc[(EU28, case.year)], totals.loc[(EU28, case.year)]
    result = cluster_quotients(
        _one_year(_with_units(jobs, units), case.year),
        _one_year(_with_units(totals, units), case.year),
        reference_jobs=europe["lower"],
        reference_total=everything["value"],
        local_units=local_units,
        jobs_per_unit=typical_size(_one_year(jobs, case.year)["jobs"], _one_year(local, case.year)["jobs"]),
    )
    result["local_units"] = local_units
    result["jobs_per_unit"] = result["jobs"] / local_units
    return result


def _ranked(quotients: pd.DataFrame, unit: Unit, european: pd.Index) -> dict[str, float]:
    """Rank a unit among the EU's NUTS 2 regions, without the regions it is made of."""
    others = european.difference(list(unit.area))
    if unit.national_frame:
        others = pd.Index([c for c in EU28_MEMBERS if c in quotients.index])
    own = quotients.loc[unit.label]
    table = quotients.loc[[*others, unit.label], RANKED].set_axis(["estimate", "lower", "upper"], axis=1)
    ranks = rank_interval(table, rng=case_seed(unit.label)).loc[unit.label]
    limits = quotients.loc[others, ["jobs_lower", "jobs_upper"]].set_axis(["lower", "upper"], axis=1)
    best, worst = rank_among(own["jobs_upper"], limits)[0], rank_among(own["jobs_lower"], limits)[1]
    return {
        "rank_lq": ranks["rank"], "rank_lq_lower": ranks["rank_lower"], "rank_lq_upper": ranks["rank_upper"],
        "rank_jobs": best, "rank_jobs_upper": worst, "n": ranks["n"],
    }  # fmt: skip


def case_seed(text: str) -> int:
    """Return a seed that depends on a text alone, so that a report's draws never depend on another's."""
    return int.from_bytes(text.encode("utf-8")[:8].ljust(8, b"\0"), "big") % 2**32


def _against(case: Case, unit: Unit, jobs: pd.DataFrame, totals: pd.DataFrame) -> dict[str, float]:
    """Return the unit's quotient against its own country and against the perimeter's regions."""
    own, everything = jobs.loc[unit.label, "jobs"], totals.loc[unit.label, "value"]
    countries = sorted({code[:2] for code in unit.codes})
    area = [c for c in regions.perimeter(case.perimeter) if c in jobs.index]
    # a country compared with itself, or a group of regions with several countries, says nothing
    home = countries if len(countries) == 1 and list(unit.codes) != countries else []
    result = {}
    for name, codes in (("lq_country", home), ("lq_perimeter", area)):
        # both sums leave out the same regions: those that hide a division
        kept = [c for c in codes if pd.notna(jobs["jobs"].get(c)) and pd.notna(totals["value"].get(c))]
        share = jobs.loc[kept, "jobs"].sum() / totals.loc[kept, "value"].sum() if kept else np.nan
        result[name] = own / everything / share
    return result


def _unit_table(case: Case, units: list[Unit], quotients: pd.DataFrame, european: pd.Index) -> pd.DataFrame:
    table = datasets.employment(year=case.year)
    jobs = _one_year(_with_units(cluster_employment(table, case.cluster.divisions), units), case.year)
    totals = _one_year(_with_units(_totals(table), units), case.year)
    rows = []
    for unit in units:
        row = quotients.loc[unit.label].to_dict() | _ranked(quotients, unit, european)
        rows.append(row | _against(case, unit, jobs, totals) | {"codes": "+".join(unit.codes)})
    return pd.DataFrame(rows, index=pd.Index([u.label for u in units], name="unit"))


def _parts(case: Case, unit: Unit, cluster_jobs: float) -> pd.DataFrame:
    """Return the divisions of the cluster in the area studied."""
    rows = []
    for division in case.cluster.divisions:
        row = _quotients(case, [unit], (division,)).loc[unit.label]
        rows.append(row.to_dict() | {"division": division, "label": sectors.label(division, short=True)})
    table = pd.DataFrame(rows).set_index("division")
    table[["lower", "upper"]] = table[["extreme_lower", "extreme_upper"]]
    table["share_of_cluster"] = table["jobs"] / cluster_jobs
    return table


def _regions(case: Case, quotients: pd.DataFrame, european: pd.Index) -> pd.DataFrame:
    names = datasets.regions(level=2)
    table = quotients.loc[european].copy()
    # of other regions only what is certain counts: intervals at the limits of their estimates
    table[["lower", "upper"]] = table[["extreme_lower", "extreme_upper"]]
    table["name"] = names["name_en"].reindex(table.index)
    table["country"] = table.index.str[:2]
    table["alpine"] = table.index.isin(regions.perimeter(case.perimeter))
    ranks = rank_interval(
        table[RANKED].set_axis(["estimate", "lower", "upper"], axis=1), rng=case_seed(case.cluster.key)
    )
    return table.join(ranks)


def _peers(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["jobs", "share", "lq", "jobs_per_unit", *(c for c in ("growth_pct",) if c in table)]
    alpine = table.loc[table["alpine"], columns]
    peers = alpine.quantile([0.25, 0.5, 0.75]).T.set_axis(["lower_quartile", "median", "upper_quartile"], axis=1)
    peers["n"] = alpine.count()
    return peers


def collect(case: Case) -> Evidence:
    """Gather the evidence of a case from the committed tables.

    Raises
    ------
    ValueError
        If the area has no figures in the year, or none that limit its jobs; if its growth window holds a break.
    """
    units = [case.unit, *case.compared]
    divisions = case.cluster.divisions
    quotients = _quotients(case, units, divisions)
    if quotients.loc[case.unit.label, ["jobs", "jobs_lower"]].isna().all():
        raise ValueError(f"{case.unit.label} publishes no division of {case.cluster.label_en} in {case.year}")
    endless = [unit.label for unit in units if pd.isna(quotients.loc[unit.label, "jobs_upper"])]
    if endless:
        raise ValueError(
            f"{endless[0]} hides {case.cluster.label_en} in {case.year} and no published sum limits its jobs from above"
        )
    level2 = datasets.employment(year=case.year, sectors=BUSINESS_ECONOMY, level=2).dropna(subset="value")
    european = pd.Index([r for r in level2["region"] if r[:2] in EU28_MEMBERS])
    table = _regions(case, quotients, european)
    unit_table = _unit_table(case, units, quotients, european)
    grown = growth.growth_of(units, divisions, *case.growth) if case.growth else None
    if grown is not None:
        unit_table = unit_table.join(grown.units)
        table = table.join(grown.regions)
    europe = datasets.employment(year=case.year, regions=EU28, sectors=[*divisions, BUSINESS_ECONOMY])
    return Evidence(
        case=case,
        units=unit_table,
        regions=table,
        parts=_parts(case, case.unit, unit_table["jobs"].iloc[0]),
        peers=_peers(table),
        growth=grown,
        neighbours=proximity.strong_neighbours(table, case.unit, perimeter=case.perimeter),
        silent=proximity.silent_neighbours(table, case.unit, perimeter=case.perimeter),
        reference={
            "jobs": europe.loc[europe["sector"] != BUSINESS_ECONOMY, "value"].sum(),
            "total": europe.loc[europe["sector"] == BUSINESS_ECONOMY, "value"].sum(),
            "absent": "; ".join(f"{r.sector}: {r.flag}" for r in europe.itertuples() if r.flag),
        },
    )
