"""Patent applications to the European Patent Office by region, 1977-2012, by year of priority."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.area_codes import canonical_cells

__all__ = ["PATENT_UNITS", "patent_applications"]

# Eurostat's unit, our indicator. Applications are counted in fractions, by the inventor's place of residence.
PATENT_UNITS = {"NR": "epo_applications", "P_MHAB": "epo_applications_per_million"}


def patent_applications(
    published: pd.DataFrame, *, recodes: Mapping[str, str], current: Collection[str]
) -> pd.DataFrame:
    """Return EPO applications by region, indicator and year with canonical codes.

    Parameters
    ----------
    published
        What :func:`alpclusters_lib.sources.patents.read_patents` returns.
    recodes
        Old code to canonical code, same area, all levels.
    current
        All codes of NUTS 2016.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, vintage``. A year for which the file has no row is ``missing``,
        never 0, from the first to the last year in which the indicator is published at all; a country's figure
        includes applications of unknown region, which have no row here.

    Raises
    ------
    ValueError
        If an indicator is not there or a figure is negative.
    """
    units = list(published["unit"].unique())
    absent = [unit for unit in PATENT_UNITS if unit not in units]
    if absent:
        raise ValueError(f"pat_ep_rtot has no rows of unit {absent[0]}; it has {', '.join(units)}")
    rows = published[published["unit"].isin(list(PATENT_UNITS))]
    low = rows[rows["value"] < 0]
    if len(low):
        cell = low.iloc[0]
        raise ValueError(
            f"pat_ep_rtot: {cell.unit} of {cell.geo} in {cell.year} is {cell.value:g}; it cannot be below 0"
        )
    cells = pd.DataFrame(
        {
            "region": rows["geo"].astype("str"),
            "indicator": rows["unit"].map(PATENT_UNITS).astype("str"),
            "year": rows["year"].astype("int16"),
            "value": rows["value"].astype("float64"),
        }
    )
    key = ["region", "indicator", "year"]
    table = canonical_cells(cells, key=key, recodes=recodes, current=current, vintage=2010)
    years = table.groupby("indicator")["year"].agg(["min", "max"])
    grid = [
        pd.MultiIndex.from_product(
            [sorted(part["region"].unique()), [name], range(years.loc[name, "min"], years.loc[name, "max"] + 1)],
            names=key,
        ).to_frame(index=False)
        for name, part in table.groupby("indicator")
    ]
    vintages = table.drop_duplicates("region").set_index("region")["vintage"]
    full = pd.concat(grid).astype({"year": "int16"}).merge(table.drop(columns="vintage"), how="left", on=key)
    full = full.assign(
        status=np.where(full["value"].notna(), "observed", "missing"), flag="", vintage=full["region"].map(vintages)
    )
    return full.sort_values(key, ignore_index=True)[[*key, "value", "status", "flag", "vintage"]]
