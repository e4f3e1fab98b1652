"""Gross domestic product by region, 2000-2015, from Eurostat's regional accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.area_codes import canonical_cells

__all__ = ["GDP_UNITS", "regional_gdp"]

# Unit as the workbook writes it, our indicator, unit in the description.
GDP_UNITS = {
    "Million euro": ("gdp_million_eur", "million EUR"),
    "Million purchasing power standards (PPS)": ("gdp_million_pps", "million PPS"),
    "Euro per inhabitant": ("gdp_per_inhabitant_eur", "EUR"),
    "Purchasing power standard (PPS) per inhabitant": ("gdp_per_inhabitant_pps", "PPS"),
}


def regional_gdp(published: pd.DataFrame, *, recodes: Mapping[str, str], current: Collection[str]) -> pd.DataFrame:
    """Return GDP by region, indicator and year with canonical codes.

    Figures per inhabitant are as published (rounded to 100): a pure recode leaves them as they are, and no area that
    changed is converted here.

    Parameters
    ----------
    published
        What :func:`alpclusters_lib.sources.regional_accounts.read_gdp` returns.
    recodes
        Old code to canonical code, same area, all levels.
    current
        All codes of NUTS 2016.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, vintage``. Pseudo-regions and regions without any figure are
        left out.

    Raises
    ------
    ValueError
        If one of the four units is not there, or a figure is not above 0.
    """
    units = list(published["unit"].unique())
    absent = [unit for unit in GDP_UNITS if unit not in units]
    if absent:
        raise ValueError(f"the workbook of regional GDP has no sheet in {absent[0]!r}; it has {', '.join(units)}")
    rows = published[published["unit"].isin(list(GDP_UNITS))]
    low = rows[rows["value"] <= 0]
    if len(low):
        cell = low.iloc[0]
        raise ValueError(f"GDP of {cell.geo} in {cell.year} is {cell.value:g} {cell.unit}; it must be above 0")
    cells = pd.DataFrame(
        {
            "region": rows["geo"].astype("str"),
            "indicator": rows["unit"].map({unit: name for unit, (name, _) in GDP_UNITS.items()}).astype("str"),
            "year": rows["year"].astype("int16"),
            "value": rows["value"].astype("float64"),
            "flag": rows["flag"].astype("str"),
        }
    )
    cells["status"] = np.where(
        cells["value"].notna(), "observed", np.where(cells["flag"].str.contains("c"), "confidential", "missing")
    )
    key = ["region", "indicator", "year"]
    table = canonical_cells(cells, key=key, recodes=recodes, current=current, vintage=2013)
    has_figures = table.groupby("region")["value"].transform("count") > 0
    return table.loc[has_figures, [*key, "value", "status", "flag", "vintage"]].reset_index(drop=True)
