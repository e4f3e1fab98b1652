"""Small good examples of the tables on context, trade, vintages and estimates: what the schemas must let through."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.cleaning.nuts_weights import MEASURES
from alpclusters_lib.cleaning.schemas.vintages import CHANGES
from alpclusters_lib.cleaning.trade import LAENDER, YEARS
from alpclusters_lib.sources.wiod import CATEGORIES, COUNTRIES, INDUSTRIES

__all__ = ["EXAMPLES"]


def _table(columns: str, *rows: tuple, types: dict[str, str] | None = None) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns.split())
    return table.astype({"year": "int16"} if "year" in table else {}).astype(types or {})


def nuts_weights() -> pd.DataFrame:
    keys = [(2013, 2016, 2, "FR43", "FRC2"), (2016, 2021, 3, "NO061", "NO060"), (2016, 2021, 3, "NO062", "NO060")]
    table = pd.DataFrame(keys, columns=["source", "target", "level", "code_from", "code_to"])
    table = table.assign(area_km2=[16202.0, 1.0, 3.0], population_2011=[1171763.0, 1.0, 3.0], population_2021=None)
    table = table.assign(change_population=["recode", "merge", "merge"], change_area=["recode", "merge", "merge"])
    for measure in MEASURES:
        table[f"forward_{measure}_share"] = 1.0
    for measure in MEASURES:
        table[f"backward_{measure}_share"] = [1.0, 0.25, 0.75]
    assert set(table["change_area"]) <= set(CHANGES)
    return table.astype({"source": "int16", "target": "int16", "level": "int8", "population_2021": "float64"})


def world_io() -> pd.DataFrame:
    table = _table(
        "year country industry user_country use value",
        (2011, "ITA", "c13", "AUT", "c13", 1117), (2011, "ITA", "c13", "AUT", "inventories", -4),
        (2011, "ITA", "c13", "ITA", "output", 0),
        types={"value": "int32"},
    )  # fmt: skip
    words = {"country": COUNTRIES, "user_country": COUNTRIES, "industry": INDUSTRIES}
    assert set(table["year"]) <= set(YEARS)
    words["use"] = (*INDUSTRIES, *CATEGORIES, "output")
    return table.astype({column: pd.CategoricalDtype(list(known)) for column, known in words.items()})


def austria_io() -> pd.DataFrame:
    assert "AT31" in LAENDER
    return _table(
        "region row column value",
        ("AT31", "C28", "C29", 12.5), ("AT31", "C28", "inventories", -3.0), ("AT31", "labour", "C28", 900.0),
        ("AT31", "production_tax", "A01", -2.0), ("AT31", "total", "total", 5000.0),
        ("AT31", "C31_C32", "E37-E39", 1.0),
    )  # fmt: skip


def h2020() -> pd.DataFrame:
    return _table(
        "country programme_part organisation_type start_year participations coordinators contribution_eur "
        "without_contribution organisations",
        ("AT", "MSCA", "HES", 2016, 9.5, 1.0, 5156932.0, 0.0, 9),
        ("EL", "Innovation in SMEs", "PRC", None, 1.0, 0.0, 0.0, 1.0, 1),
        types={"start_year": "Int16"},
    )


def h2020_collaboration() -> pd.DataFrame:
    return _table(
        "country_a type_a country_b type_b projects pairs weighted_pairs",
        ("AT", "HES", "IT", "REC", 3, 5, 0.75), ("AT", "all", "AT", "all", 30, 50, 7.5),
    )  # fmt: skip


def gdp() -> pd.DataFrame:
    return _table(
        "region indicator year value status flag vintage",
        ("ITC4", "gdp_million_eur", 2014, 351831.0, "observed", "", "2016"),
        ("FRC2", "gdp_million_eur", 2014, None, "confidential", "c", "2016"),
        ("EU28", "gdp_per_inhabitant_pps", 2014, 27600.0, "observed", "", ""),
    )


def patents() -> pd.DataFrame:
    return _table(
        "region indicator year value status flag vintage",
        ("ITC4", "epo_applications", 2011, 1226.3, "observed", "", "2016"),
        ("FR252", "epo_applications_per_million", 2005, None, "missing", "", "2010"),
    )


def innovation() -> pd.DataFrame:
    return _table(
        "region indicator year value status flag source",
        ("ITC4", "gerd_pct", 2008, 1.19, "observed", "", "i40"), ("ES52", "gerd_pct", 2009, None, "missing", "", ""),
        ("ITC4", "gdp_per_inhabitant_eur", 2014, 35200.0, "observed", "", "nama_10r_3gdp"),
    )  # fmt: skip


def competitiveness() -> pd.DataFrame:
    return _table(
        "region year value status flag",
        ("AT", 2010, 0.31, "observed", ""), ("EL64", 2013, -1.12, "observed", ""), ("AT12", 2016, None, "missing", ""),
    )  # fmt: skip


def productivity() -> pd.DataFrame:
    return _table(
        "region sector indicator year value status flag",
        ("AT", "B", "employees", 2008, 6139.0, "observed", ""),
        ("AT", "B", "value_added", 2008, -1.5, "observed", "b"),
        ("EL61", "D35", "wages", 2012, None, "confidential", "c"),
    )


def swiss() -> pd.DataFrame:
    return _table(
        "region indicator year value status flag",
        ("CH", "employed", 2011, 4847365.0, "observed", ""),
        ("CH021", "employment_secondary_share", 2016, 0.24, "observed", ""),
        ("LI000", "employed", 2011, None, "missing", ""),
    )


def suppression_test() -> pd.DataFrame:
    return _table(
        "area method cells draws wape wape_worst within_factor_two quotient_side_right outside_limits median_width",
        ("EU", "zero", 18860, 12, 1.0, 1.0, 0.18, 0.72, None, None),
        ("EU", "estimate", 18860, 12, 0.046, 0.057, 0.74, 0.96, 0.0, 1.86),
    )


def unused_sums() -> pd.DataFrame:
    return _table("year reason", (2011, "FR, C24: contradicts the others by 21; not used"))


def cluster_links() -> pd.DataFrame:
    return _table(
        "division_a division_b same_cluster linked linked_strong both_traded",
        ("C25", "C28", 0.07, 0.47, 0.4, 0.93), ("C25", "S95", 0.0, 0.0, 0.0, 0.0), ("I55", "N79", 1.0, 0.0, 0.0, 1.0),
    )  # fmt: skip


EXAMPLES = {
    make.__name__: make
    for make in (
        nuts_weights, world_io, austria_io, h2020, h2020_collaboration, gdp, patents, innovation, competitiveness,
        productivity, swiss, suppression_test, unused_sums, cluster_links,
    )
}  # fmt: skip
