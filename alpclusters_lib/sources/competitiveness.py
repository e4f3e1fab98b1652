"""Reader of the European Commission's Regional Competitiveness Index, editions of 2010 to 2019 in one table.

The column ``rci_value2019`` holds the value of the row's ``year``, whatever its name says: for each region the
differences between rows are the ones published beside them. ``merged.regions.code`` is one of three things: blank,
the code of a merged unit (``AT00``: a capital and its commuting area), or a remark ("not enough data", "OLD NUTS
classification").
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.text_tables import numbers, read_text_table

__all__ = ["read_competitiveness"]

COLUMNS = ("NUTS.CODE.2016", "merged.regions.code", "NUTS.NAME", "year", "rci_value2019")


def read_competitiveness(path: Path) -> pd.DataFrame:
    """Read the index.

    Returns
    -------
    DataFrame
        ``geo`` (code as published), ``merged`` (the column ``merged.regions.code``), ``name``, ``year``, ``value`` (NaN
        where none is published).

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column, has a doubled row or a cell that is no number.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "rci.csv"
    >>> header = "NUTS.CODE.2016,merged.regions.code,NUTS.NAME,year,rci_value2019"
    >>> _ = file.write_text(f"{header}\\nAT00,AT00,AT00 - Wien and its commuting area,2016,0.47\\n")
    >>> read_competitiveness(file).values.tolist()
    [['AT00', 'AT00', 'AT00 - Wien and its commuting area', 2016, 0.47]]
    """
    table = read_text_table(path, columns=COLUMNS)
    odd = table[~table["year"].str.fullmatch(r"\d{4}")]
    if len(odd):
        raise ValueError(f"{path.name}, row {odd.index[0]}: column year holds {odd['year'].iloc[0]!r}; a year is right")
    doubled = table[table.duplicated(["NUTS.CODE.2016", "year"])]
    if len(doubled):
        code, year = doubled[["NUTS.CODE.2016", "year"]].iloc[0]
        raise ValueError(f"{path.name}, row {doubled.index[0]}: {code}, {year} stands twice; each may stand once")
    return pd.DataFrame(
        {
            "geo": table["NUTS.CODE.2016"],
            "merged": table["merged.regions.code"],
            "name": table["NUTS.NAME"],
            "year": table["year"].astype("int16"),
            "value": numbers(table["rci_value2019"], file=path.name, missing=("", "NA")),
        }
    ).reset_index(drop=True)
