"""Regional input-output tables of the nine Austrian Länder: one long table, and the matrices of one Land again.

The printed figures are kept. What is put together: ten occupations become ``labour``, because the source prints
equal tenths of one sum; everything else keeps its row and column. :func:`checks` names what does not add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.sources.austria_io import INPUTS, OCCUPATIONS, TOTAL, USES

__all__ = ["FINAL_USES", "PRIMARY_INPUTS", "RegionalInputOutput", "checks", "matrices", "regional_table"]

LABOUR, TOTALS = "labour", "total"
PRIMARY_INPUTS = (LABOUR, *INPUTS.values())
FINAL_USES = tuple(USES.values())
EXPORTS = ["export_country", "export_world"]
DEMAND = [use for use in FINAL_USES if use not in EXPORTS]
VALUE_ADDED = [LABOUR, "capital", "land", "production_tax"]
IMPORTS = ["import_country", "import_world"]


@dataclass(frozen=True, eq=False)
class RegionalInputOutput:
    """The input-output table of one Land, million EUR, about 2011, printed to three digits.

    ``Z`` holds flows between the industries of the Land: rows sell, columns use. ``Y`` holds final demand inside the
    Land (household, fixed_capital, government, inventories), ``exports`` sales to the rest of the country and of the
    world. ``imports`` are rows by origin; their columns are the industries and every final use. ``value_added`` has
    the rows labour, capital, land, production_tax; ``input_tax`` are taxes on what each column buys.

    ``x`` is the output of an industry: the printed total of its **column**. ``row_totals`` are the printed totals of
    the rows. They agree for the Land and not for its industries: in AT31 the row of research adds up to 16 times its
    column. Over the nine Länder columns add up to the turnover of the industry that Eurostat publishes for Austria in
    2011 (a few per cent apart in most of manufacturing), rows do not. So coefficients are taken as ``Z / x`` on
    columns, and ``x`` is not ``Z·1 + Y·1 + exports·1``.
    """

    land: str
    Z: pd.DataFrame
    Y: pd.DataFrame
    exports: pd.DataFrame
    imports: pd.DataFrame
    value_added: pd.DataFrame
    input_tax: pd.Series
    x: pd.Series
    row_totals: pd.Series


def regional_table(tables: Mapping[str, pd.DataFrame], industries: pd.Series) -> pd.DataFrame:
    """Return the tables of several Länder as one long table.

    Parameters
    ----------
    tables
        What :func:`alpclusters_lib.sources.austria_io.read_regional_table` returns, by Land.
    industries
        Our code of each industry by its printed label.

    Returns
    -------
    DataFrame
        ``region, row, column, value`` in the order of the source; zeros are left out, but for totals. Rows are
        industries, ``labour, capital, land, production_tax, import_world, import_country, input_tax`` and ``total``;
        columns are industries, ``household, fixed_capital, government, export_world, export_country, inventories``
        and ``total``.
    """
    names = {**industries.to_dict(), **INPUTS, TOTAL: TOTALS}
    columns = {**industries.to_dict(), **USES, TOTAL: TOTALS}
    parts = []
    for land, printed in sorted(tables.items()):
        # cells have at most three decimals, and so has their sum
        labour = printed.loc[list(OCCUPATIONS)].sum().round(3).rename(LABOUR)
        rest = printed.drop(index=list(OCCUPATIONS)).rename(index=names, columns=columns)
        table = pd.concat([rest, labour.rename(columns).to_frame().T]).reindex(
            [*industries, *PRIMARY_INPUTS, TOTALS], columns=[*industries, *FINAL_USES, TOTALS]
        )
        kept = (table != 0).to_numpy() | (table.index == TOTALS)[:, None] | (table.columns == TOTALS)
        row, column = np.nonzero(kept)
        cells = {"row": table.index[row], "column": table.columns[column], "value": table.to_numpy()[row, column]}
        parts.append(pd.DataFrame(cells).assign(region=land))
    return pd.concat(parts, ignore_index=True)[["region", "row", "column", "value"]]


def matrices(table: pd.DataFrame, land: str) -> RegionalInputOutput:
    """Return the matrices of one Land from the long table of :func:`regional_table`; what is not stored is 0.

    Raises
    ------
    ValueError
        If there is no table for the region; the sentence names those that have one.
    """
    cells = table[table["region"] == land]
    if cells.empty:
        known = ", ".join(sorted(table["region"].unique()))
        raise ValueError(f"no regional input-output table for {land}; available: {known}")
    cells = cells.astype({"row": "str", "column": "str"})
    industries = [code for code in dict.fromkeys(cells["row"]) if code not in (*PRIMARY_INPUTS, TOTALS)]
    full = (
        cells.pivot(index="row", columns="column", values="value")
        .reindex(index=[*industries, *PRIMARY_INPUTS, TOTALS], columns=[*industries, *FINAL_USES, TOTALS])
        .fillna(0.0)
        .rename_axis(index=None, columns=None)
    )
    inputs, made = full.loc[list(PRIMARY_INPUTS)], full.loc[industries]
    return RegionalInputOutput(
        land,
        made[industries].rename_axis(index="industry", columns="industry"),
        made[DEMAND].rename_axis(index="industry", columns="category"),
        made[EXPORTS].rename_axis(index="industry", columns="destination"),
        inputs.loc[IMPORTS, [*industries, *FINAL_USES]].rename_axis(index="origin", columns="use"),
        inputs.loc[VALUE_ADDED, industries].rename_axis(index="input", columns="industry"),
        inputs.loc["input_tax", [*industries, *FINAL_USES]].rename_axis("use"),
        full.loc[TOTALS, industries].rename("output").rename_axis("industry"),
        made[TOTALS].rename("row_total").rename_axis("industry"),
    )


def checks(tables: RegionalInputOutput, *, tolerance: float = 0.1) -> pd.DataFrame:
    r"""Name every industry of a regional table that does not add up or needs care.

    Parameters
    ----------
    tables
        The matrices of one Land.
    tolerance
        How far the total of a row may be from that of its column, as a share of the larger one.

    Returns
    -------
    DataFrame
        ``check, industry, value, share``, the largest share first within each check; ``value`` in million EUR,
        ``share`` of the larger of the two totals:

        - ``no output``: the printed total of the column is 0; a coefficient of the industry is not defined;
        - ``row differs from column``: total of the row minus total of the column;
        - ``negative inventories``, ``negative production tax``: the figure (taxes less subsidies).

    Examples
    --------
    >>> cells = [["AT11", "B", "B", 1.0], ["AT11", "B", "total", 4.0], ["AT11", "total", "B", 5.0]]
    >>> checks(matrices(pd.DataFrame(cells, columns=["region", "row", "column", "value"]), "AT11")).to_numpy().tolist()
    [['row differs from column', 'B', -1.0, 0.2]]
    """
    larger = pd.concat([tables.x, tables.row_totals], axis=1).max(axis=1)
    difference = tables.row_totals - tables.x
    stocks, tax = tables.Y["inventories"], tables.value_added.loc["production_tax"]
    found = {
        "no output": tables.x[tables.x == 0],
        "row differs from column": difference[difference.abs() > tolerance * larger],
        "negative inventories": stocks[stocks < 0],
        "negative production tax": tax[tax < 0],
    }
    rows = pd.concat(found, names=["check", "industry"]).rename("value").reset_index()
    scale = rows["industry"].map(larger)
    rows["share"] = rows["value"].abs().where(scale > 0) / scale.where(scale > 0, 1)
    order = rows["check"].map({name: place for place, name in enumerate(found)})
    rows = rows.assign(order=order).sort_values(["order", "share"], ascending=[True, False], kind="stable")
    return rows.drop(columns="order").reset_index(drop=True)
