"""Reader of the World Input-Output Database, release of 2013, as three files a year.

``inter`` holds 1,435 rows and columns, ``final`` 1,435 rows and 205 columns, both numbered and without names;
``output`` names the rows, ``AUS_c1`` to ``RoW_c35``. The columns of ``inter`` come in the order of the rows. The
columns of ``final`` are five a country, countries in the same order: households, non-profit institutions,
government, gross fixed capital formation, changes in inventories. Sums of rows cannot show an order of columns; what
shows it is said in ``tests/test_wiod.py``: no industry then uses more than it makes, in every country's own five
columns lies most of what its industries sell to final users, public administration sells to the third column and
construction to the fourth, and negative figures stand in the fifth (ten also in the fourth).

Figures are whole million USD at current prices. Switzerland and Liechtenstein are inside ``RoW``, the rest of the
world.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from alpclusters_lib.sources.delimited import expect_labels, read_delimited

__all__ = ["CATEGORIES", "COUNTRIES", "INDUSTRIES", "read_world_table"]

COUNTRIES = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "CHN", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR",
    "GRC", "HUN", "IDN", "IND", "IRL", "ITA", "JPN", "KOR", "LTU", "LUX", "LVA", "MEX", "MLT", "NLD", "POL", "PRT",
    "ROM", "RUS", "SVK", "SVN", "SWE", "TUR", "TWN", "USA", "RoW",
)  # fmt: skip
INDUSTRIES = tuple(f"c{number}" for number in range(1, 36))
CATEGORIES = ("household", "non_profit", "government", "fixed_capital", "inventories")


def _whole(path: Path, values: np.ndarray) -> np.ndarray:
    broken = np.argwhere(values != np.round(values))
    if len(broken):
        row, column = broken[0]
        raise ValueError(
            f"{path.name}, row {row + 1}, column V{column + 1}: {values[row, column]:g} is no whole million USD; the "
            "published figures are"
        )
    return values.astype("int32")


def _matrix(path: Path, rows: int, columns: int) -> np.ndarray:
    table = read_delimited(path, columns=["", *(f"V{number}" for number in range(1, columns + 1))])
    expect_labels(path, "row", table[""].tolist(), [str(number) for number in range(1, rows + 1)])
    return _whole(path, table.drop(columns="").to_numpy())


def read_world_table(
    inter: Path,
    final: Path,
    output: Path,
    *,
    countries: Sequence[str] = COUNTRIES,
    industries: Sequence[str] = INDUSTRIES,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Read the world table of one year and label its rows and columns.

    Parameters
    ----------
    inter, final, output
        The three files of the year.
    countries, industries
        What they cover, in their order.

    Returns
    -------
    tuple
        ``Z``, intermediate flows, (country, industry) × (country, industry); ``Y``, final demand, (country,
        industry) × (country, category); ``x``, gross output, by (country, industry). Whole million USD.

    Raises
    ------
    ValueError
        If a file is damaged, a country or an industry is missing, a row is doubled or a column is elsewhere; the
        sentence names file, row and column.

    Examples
    --------
    >>> read_world_table(Path("i.csv"), Path("f.csv"), Path("missing.csv"))
    Traceback (most recent call last):
    ...
    ValueError: no file missing.csv; the published file would be right, see data/raw/sources.csv
    """
    rows = pd.MultiIndex.from_product([countries, industries], names=["country", "industry"])
    users = pd.MultiIndex.from_product([countries, CATEGORIES], names=["country", "category"])
    named = read_delimited(output, columns=["key", "output"])
    expect_labels(output, "row", named["key"].tolist(), [f"{country}_{industry}" for country, industry in rows])
    x = pd.Series(_whole(output, named[["output"]].to_numpy())[:, 0], index=rows, name="output")
    Z = pd.DataFrame(_matrix(inter, len(rows), len(rows)), index=rows, columns=rows)
    Y = pd.DataFrame(_matrix(final, len(rows), len(users)), index=rows, columns=users)
    return Z, Y, x
