"""Reader of the weights of the JRC NUTS converter: what each region of one vintage shares with those of another.

A file ``n2_cm_v2010_v2016.csv`` holds one row for every pair of regions that overlap: area, population of the 2011
and 2021 grids, and built-up surface of the overlap. The rows come back as published; what is wrong in them is put
right in :mod:`alpclusters_lib.cleaning.vintages`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["read_nuts_weights"]

AMOUNTS = {"areaKm": "area_km2", "pop11": "population_2011", "pop21": "population_2021"}


def _vintages(path: Path, columns: list[str]) -> tuple[int, int]:
    """Return the two vintages that the first two columns name."""
    named = [re.fullmatch(r"code_v(\d{4})", column) for column in columns[:2]]
    absent = [column for column in AMOUNTS if column not in columns]
    if len(named) < 2 or not all(named) or absent:
        raise ValueError(
            f"{path.name} is no file of the JRC NUTS converter: its columns are {', '.join(columns[:9])} where "
            "code_v2013, code_v2016, uniqueID, areaKm, pop11, pop21 would be right"
        )
    return int(named[0][1]), int(named[1][1])


def _amount(path: Path, text: pd.Series, codes: pd.DataFrame) -> pd.Series:
    number = pd.to_numeric(text, errors="coerce")
    wrong = ~np.isfinite(number) | (number < 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        pair = " and ".join(codes.iloc[row])
        raise ValueError(
            f"{path.name}, row {row + 2}: {text.name} of {pair} is {text.iloc[row]!r}; a number from 0 would be right"
        )
    return number.astype("float64")


def _check_codes(path: Path, codes: pd.DataFrame) -> int:
    """Return the NUTS level of all the codes."""
    for column in codes.columns:
        wrong = np.flatnonzero(~codes[column].str.fullmatch(r"[A-Z]{2}[A-Z0-9]{2,3}"))
        if len(wrong):
            code = codes[column].iloc[wrong[0]]
            raise ValueError(f"{path.name}, row {wrong[0] + 2}: {code!r} is no code of NUTS 2 or 3 in {column}")
    lengths = sorted(set(codes.stack().str.len()))
    if len(lengths) != 1:
        raise ValueError(f"{path.name} mixes codes of NUTS 2 and 3; one level a file would be right")
    apart = codes[codes.iloc[:, 0].str[:2] != codes.iloc[:, 1].str[:2]]
    if len(apart):
        raise ValueError(f"{path.name}, row {apart.index[0] + 2}: {' and '.join(apart.iloc[0])} lie in two countries")
    doubled = codes[codes.duplicated()]
    if len(doubled):
        raise ValueError(f"{path.name}: {' and '.join(doubled.iloc[0])} stand twice; each pair may stand once")
    return lengths[0] - 2


def read_nuts_weights(path: str | Path) -> pd.DataFrame:
    """Read one file of the JRC NUTS converter.

    Parameters
    ----------
    path
        A file such as ``n2_cm_v2013_v2016.csv``; its header names the two vintages, its codes the level.

    Returns
    -------
    DataFrame
        One row a pair of regions that overlap: ``source`` and ``target`` (vintages), ``level``, ``code_from``,
        ``code_to``, ``area_km2``, ``population_2011``, ``population_2021`` of the overlap, as published.

    Raises
    ------
    ValueError
        If the file is absent, not of this layout, has a code, a number or a pair that cannot be; the sentence
        names the row.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "n2_cm_v2013_v2016.csv"
    >>> header = "code_v2013,code_v2016,uniqueID,areaKm,pop11,pop21,artif_surf12,artif_surf18,bu_vol"
    >>> _ = file.write_text(header + "\\nFR42,FRF1,FR42FRF1,8329.1,1849162,1921514,1,1,1\\n")
    >>> read_nuts_weights(file)[["source", "target", "level", "code_from", "code_to", "area_km2"]].values.tolist()
    [[2013, 2016, 2, 'FR42', 'FRF1', 8329.1]]
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"no file {path}; the published file would be right, see data/raw/sources.csv")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path.name} cannot be read as a table ({error}); fetch the published file again") from None
    source, target = _vintages(path, list(table.columns))
    if table.empty:
        raise ValueError(f"{path.name} has a header and no rows; fetch the published file again")
    codes = table.iloc[:, :2]
    level = _check_codes(path, codes)
    frame = pd.DataFrame({"source": source, "target": target, "level": level}, index=table.index)
    frame = frame.astype({"source": "int16", "target": "int16", "level": "int8"})
    frame["code_from"], frame["code_to"] = codes.iloc[:, 0], codes.iloc[:, 1]
    for published, name in AMOUNTS.items():
        frame[name] = _amount(path, table[published], codes)
    return frame
