"""Reader of Eurostat's patent applications to the EPO by priority year and NUTS 3 region (``pat_ep_rtot``)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from alpclusters_lib.sources.text_tables import numbers, read_text_table

__all__ = ["read_patents"]

COLUMNS = ("unit", "geo", "time", "values")


def read_patents(path: Path) -> pd.DataFrame:
    """Read the table of patent applications.

    Returns
    -------
    DataFrame
        ``unit`` (NR number, P_MHAB per million inhabitants …), ``geo`` (code as published), ``year``, ``value``; the
        file has no row where there is no figure, and no flags.

    Raises
    ------
    ValueError
        If the file is absent, damaged, lacks a column, or a cell is no number; the sentence names row and column.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "pat_ep_rtot.csv"
    >>> _ = file.write_text("unit,geo,time,values\\nNR,ITC4,2012,909.08\\n")
    >>> read_patents(file).values.tolist()
    [['NR', 'ITC4', 2012, 909.08]]
    """
    table = read_text_table(path, columns=COLUMNS)
    odd = table[~table["time"].str.fullmatch(r"\d{4}")]
    if len(odd):
        raise ValueError(f"{path.name}, row {odd.index[0]}: column time holds {odd['time'].iloc[0]!r}; a year is right")
    odd = [code for code in table["geo"].unique() if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{0,3}", code)]
    if odd:
        row = table.index[table["geo"] == odd[0]][0]
        raise ValueError(f"{path.name}, row {row}: column geo holds {odd[0]!r}; a NUTS code is right")
    key = ["unit", "geo", "time"]
    doubled = table[table.duplicated(key)]
    if len(doubled):
        cell = ", ".join(doubled[key].iloc[0])
        raise ValueError(f"{path.name}, row {doubled.index[0]}: {cell} stands twice; each cell may stand once")
    return pd.DataFrame(
        {
            "unit": table["unit"],
            "geo": table["geo"],
            "year": table["time"].astype("int16"),
            "value": numbers(table["values"], file=path.name),
        }
    ).reset_index(drop=True)
