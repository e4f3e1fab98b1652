r"""Reader for Eurostat's bulk TSV files, in the layout up to 2022 and in today's.

Both layouts put the dimensions into the first column, separated by commas, and the periods into the others:

- ``nace_r2,indic_sb,geo\time`` with newest year first (to 2022);
- ``freq,…,geo\TIME_PERIOD`` with oldest year first (today).

A cell holds a value and flags (``95711 b``), flags alone (``: c``) or nothing (``:``). Values and flags are kept
apart and both are kept. Since 27 January 2025 confidentiality stands apart from the flags, after an ``@`` (``: @C``,
``12 b@C``); it is put back among them as the letter ``c``. Most cells repeat, so each distinct text is parsed once: on
the regional structural business statistics that is many times faster than splitting every cell (see ``benchmarks/``).
"""

from __future__ import annotations

import functools
import gzip
import re
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pacsv

__all__ = ["read_eurostat_tsv", "with_confidentiality"]

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# C confidential, N not for publication, P non-statistical secrecy: in each the source holds a figure and hides it.
HIDDEN = ("C", "N", "P")


def _bytes(path: Path) -> bytes:
    raw = path.read_bytes()
    if not raw:
        raise ValueError(f"{path.name} is empty; a Eurostat TSV starts with a header such as 'nace_r2,geo\\time'")
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, zlib.error, OSError) as error:
        raise ValueError(f"{path.name} is cut short or damaged ({error}); fetch the published file again") from None


def _header(path: Path, text: bytes) -> tuple[list[str], list[str]]:
    line = text.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").rstrip("\r")
    first, *periods = [part.strip() for part in line.split("\t")]
    key, separator, period_name = first.partition("\\")
    if not separator or period_name.lower() not in {"time", "time_period"} or not periods:
        raise ValueError(
            f"{path.name} is not a Eurostat TSV: its first line starts with {first[:40]!r} where a header such as "
            "'nace_r2,indic_sb,geo\\time' followed by years would be right"
        )
    wrong = [p for p in periods if not re.fullmatch(r"\d{4}", p)]
    if wrong:
        raise ValueError(f"{path.name} has the period {wrong[0]!r}; only whole years are read here")
    if len(set(periods)) < len(periods):
        doubled = next(p for p in periods if periods.count(p) > 1)
        raise ValueError(f"{path.name} has the year {doubled} twice; each may stand once")
    return key.lower().split(","), periods


def _fault(path: Path, text: bytes, columns: int) -> str:
    """Return the sentence for a file that could not be read as a table of so many columns."""
    for number, line in enumerate(text.split(b"\n"), start=1):
        found = line.count(b"\t") + 1
        if line.strip() and found != columns:
            return (
                f"{path.name}, line {number}: {found} columns where the header has {columns}; the file is cut short or "
                "damaged"
            )
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return f"{path.name}, line {number} is not UTF-8; fetch the published file again"
    return f"{path.name} has a header and no rows; fetch the published file again"


def with_confidentiality(flags: pd.Series) -> pd.Series:
    """Write confidentiality of today's layouts as the letter ``c`` among the flags, as it was before 2025.

    Examples
    --------
    >>> with_confidentiality(pd.Series(["", "b", "@C", "e@N", "b @C", "c", "c@C"])).tolist()
    ['', 'b', 'c', 'ec', 'bc', 'c', 'c']
    """
    renamed = {}
    for text in flags.astype("category").cat.categories:
        letters, _, status = (part.strip() for part in str(text).partition("@"))
        renamed[text] = letters + ("c" if status in HIDDEN and "c" not in letters else "")
    return flags.map(renamed).astype("category")


def _parse_cells(path: Path, texts: pa.Array) -> tuple[np.ndarray, pd.Categorical]:
    """Return value and flags of each distinct cell text."""
    parts = pc.split_pattern(pc.utf8_trim_whitespace(texts), " ", max_splits=1)
    number = pc.list_element(parts, 0)
    has_flag = pc.greater(pc.list_value_length(parts), 1)
    flag = pc.if_else(
        has_flag, pc.utf8_trim_whitespace(pc.list_element(pc.if_else(has_flag, parts, pa.scalar(["", ""])), 1)), ""
    )
    number = pc.if_else(pc.is_in(number, value_set=pa.array([":", ""])), None, number)
    wrong = pc.invert(pc.match_substring_regex(number, NUMBER))
    if pc.any(wrong).as_py():
        bad = number.filter(wrong)[0].as_py()
        raise ValueError(f"{path.name} has a cell {bad!r}; a number, ':' or flags would be right")
    return pc.cast(number, pa.float64()).to_numpy(zero_copy_only=False), with_confidentiality(flag.to_pandas()).values


def _table(path: Path, text: bytes, periods: list[str]) -> pa.Table:
    names = ["key", *periods]
    try:
        return pacsv.read_csv(
            pa.BufferReader(text),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=pacsv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        raise ValueError(_fault(path, text, len(names))) from None


def _keys(path: Path, keys: pa.Array, dimensions: list[str]) -> dict[str, pa.DictionaryArray]:
    """Return the codes of each dimension, after checking that no key stands twice."""
    doubled = len(keys) - pc.count_distinct(keys).as_py()
    if doubled:
        first = next(c["values"].as_py() for c in keys.value_counts() if c["counts"].as_py() > 1)
        raise ValueError(f"{path.name} has {doubled} doubled rows, the first is {first!r}; each key may stand once")
    parts = pc.split_pattern(keys, ",")
    if pc.any(pc.not_equal(pc.list_value_length(parts), len(dimensions))).as_py():
        raise ValueError(f"{path.name} has a key without the {len(dimensions)} parts {', '.join(dimensions)}")
    return {name: pc.list_element(parts, place).dictionary_encode() for place, name in enumerate(dimensions)}


def _mask(path: Path, keys: Mapping[str, pa.DictionaryArray], keep: Mapping[str, Collection[str]]) -> pa.BooleanArray:
    unknown = sorted(set(keep) - set(keys))
    if unknown:
        raise ValueError(f"{path.name} has no dimension {unknown[0]!r}; it has {', '.join(keys)}")
    masks = [
        pc.is_in(keys[name].cast(pa.string()), value_set=pa.array(sorted(codes), type=pa.string()))
        for name, codes in keep.items()
    ]
    return functools.reduce(pc.and_, masks)


def _long(path: Path, table: pa.Table, keys: Mapping[str, pa.DictionaryArray], periods: list[str]) -> pd.DataFrame:
    """Stack the periods; each distinct cell text is parsed once."""
    cells = pa.chunked_array([chunk for period in periods for chunk in table[period].chunks], type=pa.string())
    encoded = cells.combine_chunks().dictionary_encode()
    value, flag = _parse_cells(path, encoded.dictionary)
    codes = encoded.indices.to_numpy()
    frame: dict[str, object] = {}
    for name, column in keys.items():
        repeated = np.tile(column.indices.to_numpy(), len(periods))
        frame[name] = pd.Categorical.from_codes(repeated, categories=column.dictionary.to_pandas())
    frame["year"] = np.repeat(np.array(periods, dtype="int16"), table.num_rows)
    frame["value"] = value[codes]
    frame["flag"] = pd.Categorical.from_codes(flag.codes[codes], categories=flag.categories)
    return pd.DataFrame(frame)


def read_eurostat_tsv(path: Path, *, keep: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
    """Read a Eurostat bulk TSV into a long table.

    Parameters
    ----------
    path
        The published file, plain or gzipped, in either layout.
    keep
        Codes to keep, by dimension: ``{"indic_sb": {"V16110"}}``. All where omitted.

    Returns
    -------
    DataFrame
        A row for each cell, empty ones included: one categorical column a dimension (named as in the file, in
        lower case), ``year``, ``value`` (NaN where nothing is published) and ``flag`` (Eurostat's letters, ``c``
        where the figure is hidden, ``""`` where there are none).

    Raises
    ------
    ValueError
        If the file is empty, cut short, not of this layout, has a cell that is no number, or a doubled row.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "x.tsv"
    >>> lines = ["nace_r2,geo\\\\time\\t2014 \\t2013 ", "C28,ITC4\\t133542 \\t131332 b", "C12,ITC4\\t: c\\t: "]
    >>> _ = file.write_text("\\n".join(lines))
    >>> read_eurostat_tsv(file)[["nace_r2", "year", "value", "flag"]].values.tolist()
    [['C28', 2014, 133542.0, ''], ['C12', 2014, nan, 'c'], ['C28', 2013, 131332.0, 'b'], ['C12', 2013, nan, '']]
    """
    text = _bytes(path)
    dimensions, periods = _header(path, text)
    table = _table(path, text, periods)
    if table.num_rows == 0:
        raise ValueError(_fault(path, text, 1 + len(periods)))
    keys = _keys(path, table["key"].combine_chunks(), dimensions)
    if keep:
        mask = _mask(path, keys, keep)
        table, keys = table.filter(mask), {name: column.filter(mask) for name, column in keys.items()}
    return _long(path, table, keys, periods)
