"""What is in ``data/processed``: each table with the published files it rests on and the function that computes it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.cleaning import boundaries, employment, families, national_accounts, region_table
from alpclusters_lib.sources import catalogue, clusters, eurostat, gisco

__all__ = ["TABLES", "Inputs", "Table"]

REGIONAL, NATIONAL = "sbs_r_nuts06_r2", "sbs_na_sca_r2"
GISCO = tuple(f"gisco_nuts_2021_03m_{level}" for level in (2, 3))
GISCO_2016 = "gisco_nuts_2016_60m"


class Inputs:
    """The published files, read once each, from a folder or from where ``ALPCLUSTERS_RAW`` says."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def path(self, dataset: str) -> Path:
        return catalogue.raw_file(dataset, folder=self.folder)

    @functools.cached_property
    def regional(self) -> pd.DataFrame:
        return eurostat.read_eurostat_tsv(self.path(REGIONAL), keep={"indic_sb": {"V16110", "V11210"}})

    @functools.cached_property
    def national(self) -> pd.DataFrame:
        tidy = eurostat.read_eurostat_tsv(self.path(NATIONAL), keep={"indic_sb": set(national_accounts.INDICATORS)})
        wanted = [*sectors.sections(), *sectors.divisions(), employment.BUSINESS_ECONOMY]
        return national_accounts.national_accounts(tidy, sectors=wanted)

    @functools.cached_property
    def gisco(self) -> dict[str, pd.DataFrame]:
        return {dataset: gisco.read_boundaries(self.path(dataset)) for dataset in (*GISCO, GISCO_2016)}

    @functools.cached_property
    def boundaries(self) -> pd.DataFrame:
        return boundaries.generalised_boundaries(*self.gisco.values())


def _counts(inputs: Inputs, indicator: str) -> pd.DataFrame:
    wanted = [*sectors.sections(), *sectors.divisions()]
    cells = employment.regional_cells(
        inputs.regional,
        indicator=indicator,
        sectors=wanted,
        recodes=regions.recodes().to_dict(),
        successors=regions.successors(),
    )
    if indicator == "V11210":
        return cells
    national = inputs.national[inputs.national["indicator"] == "employment"]
    cells = employment.withhold_implausible(cells, national)
    totals = national[national["sector"] == employment.BUSINESS_ECONOMY].set_index(["region", "year"])["value"]
    cells = employment.add_business_economy(cells, national_totals=totals)
    # Eurostat's regional table leaves Switzerland out: it enters as one unit, from the national table.
    swiss = national[(national["region"] == "CH") & national["year"].isin(cells["year"].unique())]
    parts = [cells, swiss[cells.columns], employment.european_reference(cells, national)]
    return pd.concat(parts, ignore_index=True).sort_values(["region", "sector", "year"], ignore_index=True)


def _regions(inputs: Inputs) -> pd.DataFrame:
    gisco_names = pd.concat([t.set_index("region")["name_local"] for t in inputs.gisco.values()])
    facts = {
        name: pd.read_csv(paths.facts() / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("regions_names", "perimeters", "s3_regions")
    }
    names = facts["regions_names"].set_index("code")
    perimeters = facts["perimeters"].set_index("nuts2_2016")[list(regions.PERIMETERS)] == "1"
    recodes = regions.recodes().to_dict()
    published = {recodes.get(code, code) for code in inputs.regional["geo"].cat.categories}
    return region_table.region_table(
        inputs.boundaries,
        gisco_names[~gisco_names.index.duplicated()],
        names,
        perimeters,
        facts["s3_regions"],
        published=[code for code in published if "Z" not in code[2:]],
    )


def _cluster_families(inputs: Inputs) -> pd.DataFrame:
    return families.family_purity(
        clusters.read_industries(inputs.path("uscmp_crosswalk")),
        clusters.read_bridge(inputs.path("naics2012_isic4")),
        pd.read_csv(paths.facts() / "cluster_families.csv"),
    )


@dataclass(frozen=True)
class Table:
    """One processed table: title, the data sets it rests on, and the function that makes it."""

    title: str
    sources: tuple[str, ...]
    make: Callable[[Inputs], pd.DataFrame]


TABLES = {
    "employment": Table(
        "Persons employed by NUTS 0-2 region, NACE section and division, 2008-2015",
        (REGIONAL, NATIONAL),
        lambda inputs: _counts(inputs, "V16110"),
    ),
    "local_units": Table(
        "Local units by NUTS 0-2 region, NACE section and division, 2008-2015",
        (REGIONAL,),
        lambda inputs: _counts(inputs, "V11210"),
    ),
    "national_accounts": Table(
        "National structural business statistics, Switzerland included, 2005-2015",
        (NATIONAL,),
        lambda inputs: inputs.national,
    ),
    "regions": Table("Regions: names, perimeters, types", (*GISCO, GISCO_2016, REGIONAL), _regions),
    "boundaries": Table(
        "NUTS boundaries generalised for drawing (NUTS 3 in the Alpine countries)",
        (*GISCO, GISCO_2016),
        lambda inputs: inputs.boundaries,
    ),
    "cluster_families": Table(
        "Purity of the cluster families", ("uscmp_crosswalk", "naics2012_isic4"), _cluster_families
    ),
}
