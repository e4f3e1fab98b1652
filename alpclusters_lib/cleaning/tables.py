"""What is in ``data/processed``: each table with the published files it rests on and the function that computes it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.cleaning import (
    boundaries,
    cluster_links,
    completion,
    context,
    employment,
    families,
    masking,
    national_accounts,
    nuts_weights,
    priors,
    region_table,
    successors,
    suppression,
    trade,
)
from alpclusters_lib.sources import catalogue, clusters, gisco
from alpclusters_lib.sources.nuts_weights import read_nuts_weights

__all__ = ["TABLES", "Inputs", "Table"]

REGIONAL, NATIONAL = "sbs_r_nuts06_r2", "sbs_na_sca_r2"
REGIONAL_INDICATORS = {"employment": "V16110", "local_units": "V11210", "wages": "V13320"}
GISCO = tuple(f"gisco_nuts_2021_03m_{level}" for level in (2, 3))
GISCO_2016 = "gisco_nuts_2016_60m"
JRC = ("jrc_nuts2_2010_2016", "jrc_nuts2_2013_2016", "jrc_nuts2_2016_2021", "jrc_nuts3_2013_2016")


class Inputs:
    """The published files, read once each, from a folder or from where ``ALPCLUSTERS_RAW`` says."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def path(self, dataset: str) -> Path:
        return catalogue.raw_file(dataset, folder=self.folder)

    @functools.cached_property
    def regional(self) -> pd.DataFrame:
        return successors.published(REGIONAL, indicators=REGIONAL_INDICATORS.values(), folder=self.folder)

    def cells(self, indicator: str) -> pd.DataFrame:
        """The regional cells of one indicator with their status; pseudo-regions included."""
        return employment.regional_cells(
            self.regional,
            indicator=REGIONAL_INDICATORS[indicator],
            sectors=[*sectors.sections(), *sectors.divisions()],
            recodes=regions.recodes().to_dict(),
            successors=regions.successors(),
            extra_regio=True,
        )

    @functools.cached_property
    def jobs(self) -> pd.DataFrame:
        national = self.national[self.national["indicator"] == "employment"]
        return employment.withhold_implausible(self.cells("employment"), national)

    @functools.cached_property
    def local_units(self) -> pd.DataFrame:
        return self.cells("local_units")

    @functools.cached_property
    def wages(self) -> pd.DataFrame:
        return self.cells("wages")

    @functools.cached_property
    def figures(self) -> priors.Figures:
        return priors.figures(self.jobs, self.local_units, self.wages)

    @functools.cached_property
    def employment(self) -> pd.DataFrame:
        return _employment(self)

    @functools.cached_property
    def completed(self) -> suppression.Completed:
        return suppression.complete(self.figures, recodes=regions.recodes().to_dict())

    @functools.cached_property
    def children(self) -> dict[str, list[str]]:
        return suppression.parents(self.figures.jobs.regions, regions.recodes().to_dict())

    @functools.cached_property
    def national(self) -> pd.DataFrame:
        tidy = successors.published(NATIONAL, indicators=national_accounts.INDICATORS, folder=self.folder)
        wanted = [*sectors.sections(), *sectors.divisions(), employment.BUSINESS_ECONOMY]
        return national_accounts.national_accounts(tidy, sectors=wanted)

    @functools.cached_property
    def context(self) -> context.Context:
        return context.Context(self.path)

    @functools.cached_property
    def gisco(self) -> dict[str, pd.DataFrame]:
        return {dataset: gisco.read_boundaries(self.path(dataset)) for dataset in (*GISCO, GISCO_2016)}

    @functools.cached_property
    def boundaries(self) -> pd.DataFrame:
        return boundaries.generalised_boundaries(*self.gisco.values())


def _employment(inputs: Inputs) -> pd.DataFrame:
    national = inputs.national[inputs.national["indicator"] == "employment"]
    cells = completion.completed_table(inputs.jobs, inputs.completed, inputs.children)
    cells = cells[~cells["region"].str.endswith("ZZ")]
    totals = national[national["sector"] == employment.BUSINESS_ECONOMY].set_index(["region", "year"])["value"]
    cells = employment.add_business_economy(cells, national_totals=totals)
    # Eurostat's regional table leaves Switzerland out: it enters as one unit, from the national table.
    swiss = national[(national["region"] == "CH") & national["year"].isin(cells["year"].unique())]
    swiss = swiss.assign(lower=swiss["value"], upper=swiss["value"], counted=swiss["value"])
    parts = [cells, swiss[cells.columns], employment.european_reference(cells, national)]
    table = pd.concat(parts, ignore_index=True).sort_values(["region", "sector", "year"], ignore_index=True)
    # an estimate to a hundredth of a job would be false precision, and limits of estimates are whole jobs
    estimated = table["status"] == "estimated"
    table["value"] = table["value"].where(~estimated, table["value"].round(1))
    table["lower"] = table["lower"].where(~estimated, np.floor(table["lower"]))
    table["upper"] = table["upper"].where(~estimated, np.ceil(table["upper"]))
    return table.drop(columns="counted")


# The year in which the estimates are tested: the base year of the reports; and the masks drawn.
TEST_YEAR, TEST_DRAWS = 2014, 12


def _suppression_test(inputs: Inputs) -> pd.DataFrame:
    table = inputs.employment[inputs.employment["year"] == TEST_YEAR]
    totals = table[table["sector"] == employment.BUSINESS_ECONOMY].set_index("region")["value"]
    europe = table[table["region"] == employment.EU28].set_index("sector")["value"]
    return masking.mask_test(
        inputs.figures,
        year=TEST_YEAR,
        recodes=regions.recodes().to_dict(),
        totals=totals,
        reference=europe / europe[employment.BUSINESS_ECONOMY],
        areas={
            "EU": [region for region in inputs.figures.base if region[:2] in employment.EU28_MEMBERS],
            "Alpine Space": regions.perimeter("alpine_space_2014"),
        },
        draws=TEST_DRAWS,
        rng=TEST_YEAR,
    )


def _unused_sums(inputs: Inputs) -> pd.DataFrame:
    return inputs.completed.left_out.sort_values(["year", "reason"], ignore_index=True).astype({"year": "int16"})


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


def _cluster_links(inputs: Inputs) -> pd.DataFrame:
    return cluster_links.cluster_links(
        clusters.read_industries(inputs.path("uscmp_crosswalk")),
        clusters.read_bridge(inputs.path("naics2012_isic4")),
        clusters.read_linkages(inputs.path("uscmp_linkage")),
        sectors.divisions(),
    )


@dataclass(frozen=True)
class Table:
    """One processed table: title, the data sets it rests on, and the function that makes it."""

    title: str
    sources: tuple[str, ...]
    make: Callable[[Inputs], pd.DataFrame]


TABLES = {
    "employment": Table(
        "Persons employed by NUTS 0-2 region, NACE section and division, {years}",
        (REGIONAL, NATIONAL),
        lambda inputs: inputs.employment,
    ),
    "suppression_test": Table(
        "Test of the estimates of hidden cells on masked ones, by area and method, 2014", (REGIONAL,), _suppression_test
    ),
    "unused_sums": Table(
        "Published sums that contradict others and are not used in estimating, with the reason",
        (REGIONAL,),
        _unused_sums,
    ),
    "local_units": Table(
        "Local units by NUTS 0-2 region, NACE section and division, {years}",
        (REGIONAL,),
        lambda inputs: inputs.local_units[~inputs.local_units["region"].str.endswith("ZZ")],
    ),
    "national_accounts": Table(
        "National structural business statistics, Switzerland included, {years}",
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
    "cluster_links": Table(
        "Links between NACE divisions through the clusters of the United States, by pair of divisions",
        ("uscmp_crosswalk", "uscmp_linkage", "naics2012_isic4"),
        _cluster_links,
    ),
    "nuts_weights": Table(
        "Weights between NUTS vintages: 2010 and 2013 to 2016, 2016 to 2021, by population and area",
        JRC,
        lambda inputs: nuts_weights.nuts_weights(read_nuts_weights(inputs.path(dataset)) for dataset in JRC),
    ),
    "world_io": Table(
        "World input-output tables 2000, 2004, 2008, 2011: 41 countries, 35 industries, million USD (WIOD 2013)",
        trade.WORLD,
        lambda inputs: trade.world(inputs.path),
    ),
    "austria_io": Table(
        "Regional input-output tables of the nine Austrian Länder, 56 industries, million EUR, about 2011",
        trade.AUSTRIA,
        lambda inputs: trade.regional(inputs.path),
    ),
    "h2020": Table(
        "Horizon 2020: participations and contributions by country, programme part, organisation type, start year",
        trade.H2020,
        lambda inputs: trade.participation(inputs.path),
    ),
    "h2020_collaboration": Table(
        "Horizon 2020: joint projects and pairs of organisations by pair of countries and organisation types",
        trade.H2020[:1],
        lambda inputs: trade.collaboration(inputs.path),
    ),
    "gdp": Table(
        "Gross domestic product by NUTS 0-3 region, million EUR and PPS and per inhabitant, 2000-2015",
        context.Context.GDP,
        lambda inputs: inputs.context.gdp,
    ),
    "patents": Table(
        "Patent applications to the European Patent Office by NUTS 0-3 region and priority year, 1977-2012",
        context.Context.PATENTS,
        lambda inputs: inputs.context.patents,
    ),
    "innovation": Table(
        "Innovation indicators by NUTS 2 region, 2005-2019: people, knowledge, structure, inclusion, economy",
        context.Context.INNOVATION,
        lambda inputs: inputs.context.innovation,
    ),
    "competitiveness": Table(
        "Regional Competitiveness Index by NUTS 2 region: 2010, 2013, 2016, 2019",
        context.Context.COMPETITIVENESS,
        lambda inputs: inputs.context.competitiveness,
    ),
    "productivity": Table(
        "Value added, wages and productivity by country and division, 2005-2015; wages by NUTS 2 region, 2008-2015",
        (NATIONAL, REGIONAL),
        lambda inputs: inputs.context.productivity(inputs.national, inputs.cells("wages"), inputs.jobs),
    ),
    "swiss": Table(
        "Swiss cantons and the seven regions: residents, GDP, persons employed and workplaces by sector, 2010-2019",
        context.Context.SWISS,
        lambda inputs: inputs.context.swiss,
    ),
}
