"""Reader of the regional input-output tables of the nine Austrian Länder, about 2011.

Published by Siyu Huang under the MIT licence with the code of Huang & Koutroumpis (2023), European multi regional
input output data for 2008-2018, Scientific Data 10:218. Million EUR, printed to three digits (whole numbers from 100
on). Rows are 56 industries, ten occupations, capital, land, taxes and imports; columns are the industries and six
final uses. Flows between industries are those inside the Land: imports are rows of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.delimited import expect_labels, read_delimited

__all__ = ["INPUTS", "OCCUPATIONS", "USES", "read_regional_table"]

OCCUPATIONS = (
    "57 Soldiers", "58 Executives", "59 Academics", "60 Technicians", "61 Clerks", "62 Sellers", "63 Farmers",
    "64 Craftmen", "65 Operators", "66 Elementary",
)  # fmt: skip
# printed label, our name
INPUTS = {
    "67 Capital": "capital",
    "68 Land": "land",
    "69 ProdTax": "production_tax",
    "70 ROWimp": "import_world",
    "71 ROCimp": "import_country",
    "72 InputTax": "input_tax",
}
USES = {
    "57 HOU": "household",
    "58 INV": "fixed_capital",
    "59 GOV": "government",
    "60 EXPROW": "export_world",
    "61 EXPROC": "export_country",
    "62 Stocks": "inventories",
}
TOTAL = "Total"
# A cell printed to three digits is off by at most half a per cent; one with three decimals by 0.0005, and there are
# fewer than 140 in a row or column.
ROUNDING, ROUNDING_OF_SMALL = 0.005, 0.07


def _check_sums(path: Path, table: pd.DataFrame, what: str) -> None:
    """Compare each printed total of a row with the sum of the row; ``table`` holds rows, or columns turned."""
    cells = table.drop(columns=TOTAL)
    difference = (cells.sum(axis=1) - table[TOTAL]).abs()
    allowed = ROUNDING * (cells.abs().sum(axis=1) + table[TOTAL].abs()) + ROUNDING_OF_SMALL
    wrong = difference[difference > allowed]
    if len(wrong):
        label = wrong.index[0]
        raise ValueError(
            f"{path.name}, {what} {label!r}: its cells add up to {cells.loc[label].sum():.6g} and its printed total "
            f"is {table.loc[label, TOTAL]:.6g}; they may differ by the rounding of the cells only"
        )


def read_regional_table(path: Path, *, industries: Sequence[str]) -> pd.DataFrame:
    """Read the table of one Land.

    Parameters
    ----------
    path
        One of ``AT11.csv`` to ``AT34.csv``.
    industries
        The printed labels of the industries in their order, ``1 Agricult`` to ``56 CultureOth``.

    Returns
    -------
    DataFrame
        The printed figures in million EUR with the printed labels, ``Total`` the last row and column.

    Raises
    ------
    ValueError
        If the file is damaged, a row or column is missing, doubled or elsewhere, or cells do not add up to the
        printed totals; the sentence names file, row and column.

    Examples
    --------
    >>> read_regional_table(Path("AT99.csv"), industries=["1 Agricult"])
    Traceback (most recent call last):
    ...
    ValueError: no file AT99.csv; the published file would be right, see data/raw/sources.csv
    """
    table = read_delimited(path, columns=["IOMAT", *industries, *USES, TOTAL])
    expect_labels(path, "row", table["IOMAT"].tolist(), [*industries, *OCCUPATIONS, *INPUTS, TOTAL])
    table = table.set_index("IOMAT").rename_axis(index=None)
    _check_sums(path, table, "row")
    _check_sums(path, table.T, "column")
    return table
