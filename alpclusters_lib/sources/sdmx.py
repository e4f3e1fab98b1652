"""Reader of Eurostat's SDMX-CSV: one row an observation, a column a dimension.

The first line is ``DATAFLOW,LAST UPDATE,freq,…,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG`` (interface 2.1) or
``STRUCTURE,STRUCTURE_ID,freq,…`` (3.0). Since 27 January 2025 Eurostat keeps confidentiality apart from the flags:
as a column ``CONF_STATUS`` here, and as ``: @C`` in a cell of a TSV, where it was ``: c`` before.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv as pacsv

from alpclusters_lib.sources.eurostat import NUMBER, _bytes, with_confidentiality

__all__ = ["is_sdmx_csv", "read_sdmx_csv"]

ENVELOPE = ("dataflow", "last update", "structure", "structure_id", "structure_name", "action")
NOT_DIMENSIONS = ("time_period", "obs_value", "obs_flag", "conf_status")
YEAR = re.compile(r"\d{4}")


def is_sdmx_csv(path: Path) -> bool:
    """Say whether a file, plain or gzipped, starts as SDMX-CSV does; a damaged file does not."""
    with path.open("rb") as handle:
        gzipped = handle.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if gzipped else path.open("rb") as handle:
            start = handle.read(32)
    except (EOFError, OSError):
        return False
    return start.removeprefix(b"\xef\xbb\xbf").lstrip(b'"').upper().startswith((b"DATAFLOW", b"STRUCTURE"))


def _header(path: Path, text: bytes) -> list[str]:
    line = text.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").rstrip("\r")
    names = [name.strip().strip('"').lower() for name in line.split(",")]
    if names[0] not in ("dataflow", "structure") or not {"geo", "time_period", "obs_value"} <= set(names):
        raise ValueError(
            f"{path.name} is not an SDMX-CSV: its first line starts with {line[:40]!r} where one such as "
            "'DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG' would be right"
        )
    if len(set(names)) < len(names):
        raise ValueError(f"{path.name} has the column {max(names, key=names.count)} twice; each may stand once")
    return names


def _table(path: Path, text: bytes, names: list[str]) -> pd.DataFrame:
    """Read the columns that say something; codes repeat, so each is held once."""
    code = pa.dictionary(pa.int32(), pa.string())
    types = {name: pa.string() if name == "obs_value" else code for name in names if name not in ENVELOPE}
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
            convert_options=pacsv.ConvertOptions(
                column_types=types, include_columns=list(types), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path.name} is cut short or damaged ({reason}); fetch the published file again") from None
    if table.num_rows == 0:
        raise ValueError(f"{path.name} has a header and no rows; fetch the published file again")
    return table.unify_dictionaries().to_pandas()


def _first_wrong(path: Path, column: pd.Series, wrong: pd.Series, right: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(f"{path.name}, line {row + 2} has {column.iloc[row]!r}; {right} would be right")


def _values(path: Path, column: pd.Series) -> pd.Series:
    text = column.str.strip().replace([":", "NaN"], "")
    said = text != ""
    _first_wrong(path, column, said & ~text.str.match(NUMBER), "a number or nothing")
    return text.where(said).astype("float64")


def _flags(table: pd.DataFrame) -> pd.Series:
    """Return the flags, confidentiality after an ``@`` as in the cells of a TSV, put into one letter."""
    nothing = pd.Series("", index=table.index)
    flag = table.get("obs_flag", nothing).astype("str")
    status = table.get("conf_status", nothing).astype("str")
    return with_confidentiality(flag.where(status == "", flag + "@" + status))


def _kept(path: Path, table: pd.DataFrame, dimensions: list[str], keep: Mapping[str, Collection[str]]) -> pd.DataFrame:
    unknown = sorted(set(keep) - set(dimensions))
    if unknown:
        raise ValueError(f"{path.name} has no dimension {unknown[0]!r}; it has {', '.join(dimensions)}")
    for name, codes in keep.items():
        table = table[table[name].isin(list(codes))]
    return table.reset_index(drop=True)


def read_sdmx_csv(path: Path, *, keep: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
    """Read an SDMX-CSV of Eurostat into the long table that a TSV gives.

    Parameters
    ----------
    path
        The published file, plain or gzipped.
    keep
        Codes to keep, by dimension: ``{"indic_sbs": {"EMP_LOC_NR"}}``. All where omitted.

    Returns
    -------
    DataFrame
        A row for each observation: one categorical column a dimension (lower case), ``year``, ``value`` (NaN where
        nothing is published) and ``flag`` (Eurostat's letters, ``c`` where the figure is hidden).

    Raises
    ------
    ValueError
        If the file is empty, cut short, not of this layout, has a value that is no number, a period that is no
        year, or an observation twice.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "x.csv"
    >>> lines = ["DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS",
    ...          "ESTAT:X(1.0),01/02/26,A,ITC4,2022,133542,b,", "ESTAT:X(1.0),01/02/26,A,AT31,2022,,,C"]
    >>> _ = file.write_text("\\n".join(lines))
    >>> read_sdmx_csv(file)[["geo", "year", "value", "flag"]].values.tolist()
    [['ITC4', 2022, 133542.0, 'b'], ['AT31', 2022, nan, 'c']]
    """
    text = _bytes(path)
    names = _header(path, text)
    dimensions = [name for name in names if name not in (*ENVELOPE, *NOT_DIMENSIONS)]
    table = _table(path, text, names)
    period = table["time_period"]
    _first_wrong(path, period, ~period.isin([p for p in period.cat.categories if YEAR.fullmatch(p)]), "a whole year")
    value = _values(path, table["obs_value"])
    table = _kept(path, table.assign(obs_value=value), dimensions, keep or {})
    result = table[dimensions].assign(
        year=table["time_period"].astype("str").astype("int16"), value=table["obs_value"], flag=_flags(table)
    )
    twice = result.duplicated([*dimensions, "year"])
    if twice.any():
        cell = ", ".join(str(part) for part in result.loc[twice.idxmax(), [*dimensions, "year"]])
        raise ValueError(f"{path.name} has {twice.sum()} doubled rows, the first is {cell}; each may stand once")
    return result
