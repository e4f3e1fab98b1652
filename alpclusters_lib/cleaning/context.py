"""The tables around industry - GDP, patents, innovation, competitiveness, wages, Switzerland - from catalogued files.

Each function takes what gives the verified file of a data set and joins readers, curated facts and cleaning; the
cleaning itself reads nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.cleaning.area_codes import codes_of, nuts3_recodes
from alpclusters_lib.cleaning.competitiveness import competitiveness_index
from alpclusters_lib.cleaning.computed_indicators import nearly_same_area
from alpclusters_lib.cleaning.innovation import innovation_indicators
from alpclusters_lib.cleaning.patents import patent_applications
from alpclusters_lib.cleaning.productivity import national_productivity, regional_wages
from alpclusters_lib.cleaning.regional_accounts import regional_gdp
from alpclusters_lib.cleaning.swiss import swiss_regions
from alpclusters_lib.sources.competitiveness import read_competitiveness
from alpclusters_lib.sources.innovation import read_indicator_base, read_panel
from alpclusters_lib.sources.nuts_weights import read_nuts_weights
from alpclusters_lib.sources.patents import read_patents
from alpclusters_lib.sources.regional_accounts import read_gdp
from alpclusters_lib.sources.swiss import read_cantons, read_sector_shares

__all__ = ["Context"]

NUTS3, NUTS2 = "jrc_nuts3_2013_2016", "jrc_nuts2_2010_2016"
ALPS = "alpine_space_2014"


def _facts(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.facts() / f"{name}.csv", dtype=str, keep_default_na=False)


class Context:
    """The tables, each computed once; ``path`` gives the verified file of a catalogued data set."""

    GDP = ("nama_10r_3gdp", NUTS3)
    PATENTS = ("pat_ep_rtot", NUTS3)
    INNOVATION = ("nuts2_panel", "i40", "pat_ep_rtot", "nama_10r_3gdp", NUTS2, NUTS3)
    COMPETITIVENESS = ("rci",)
    SWISS = ("swiss_cantons", "swiss_sector_shares")

    def __init__(self, path: Callable[[str], Path]) -> None:
        self.path = path

    @functools.cached_property
    def _codes(self) -> dict[str, object]:
        weights = read_nuts_weights(self.path(NUTS3))
        return {
            "recodes": {**regions.recodes().to_dict(), **nuts3_recodes(weights)},
            "current": codes_of(weights["code_to"].unique()),
        }

    @functools.cached_property
    def gdp(self) -> pd.DataFrame:
        return regional_gdp(read_gdp(self.path("nama_10r_3gdp")), **self._codes)

    @functools.cached_property
    def patents(self) -> pd.DataFrame:
        return patent_applications(read_patents(self.path("pat_ep_rtot")), **self._codes)

    @functools.cached_property
    def innovation(self) -> pd.DataFrame:
        facts = _facts("innovation_indicators")
        base = pd.concat(
            [
                facts.loc[facts["dataset"] == "i40", "source_column"],
                facts.loc[facts["second_dataset"] == "i40", "second_source_column"],
            ]
        )
        tables = facts.loc[facts["dataset"] == "nuts2_panel", "source_column"]
        return innovation_indicators(
            read_panel(self.path("nuts2_panel"), tables=list(tables)),
            read_indicator_base(self.path("i40"), columns=list(base)),
            {"pat_ep_rtot": self.patents, "nama_10r_3gdp": self.gdp},
            facts=facts,
            parts=nearly_same_area(read_nuts_weights(self.path(NUTS2))),
            recodes=regions.recodes().to_dict(),
            successors=regions.successors(),
            also=regions.perimeter(ALPS),
        )

    @functools.cached_property
    def competitiveness(self) -> pd.DataFrame:
        return competitiveness_index(read_competitiveness(self.path("rci")), also=regions.perimeter(ALPS))

    @functools.cached_property
    def swiss(self) -> pd.DataFrame:
        return swiss_regions(
            read_cantons(self.path("swiss_cantons")),
            read_sector_shares(self.path("swiss_sector_shares")),
            names=_facts("swiss_cantons"),
        )

    def productivity(self, national: pd.DataFrame, wages: pd.DataFrame, employment: pd.DataFrame) -> pd.DataFrame:
        """Return national and regional productivity, from the national table and two of the regional one."""
        countries = national_productivity(national)
        wages, employment = (table[table["sector"].isin(sectors.divisions())] for table in (wages, employment))
        parts = [countries, regional_wages(wages, employment, national=countries)]
        return pd.concat(parts, ignore_index=True).sort_values(
            ["region", "sector", "indicator", "year"], ignore_index=True
        )
