"""Large comma separated files of numbers, plain or gzipped, read by Arrow as strictly as small ones are as text.

:mod:`alpclusters_lib.sources.text_tables` reads every cell as text. Matrices of two million cells are read here, typed
at once; only where that fails is the file gone through cell by cell for the sentence that says where it is wrong.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as pacsv

from alpclusters_lib.sources.text_tables import PLAIN, _text

__all__ = ["expect_labels", "read_delimited"]


def _fault(path: Path, text: str, names: Sequence[str], numbers: Collection[str], missing: Collection[str]) -> str:
    """Return the sentence for a file that could not be read: the first line that is wrong, and how."""
    for cells in (reader := csv.reader(io.StringIO(text))):
        where = f"{path.name}, row {reader.line_num}"
        if not cells or reader.line_num == 1:
            continue
        if len(cells) != len(names):
            return f"{where}: {len(cells)} columns where the header has {len(names)}; the file is cut short or damaged"
        for name, cell in zip(names, cells, strict=True):
            if name in numbers and cell not in missing and not re.fullmatch(PLAIN, cell.strip()):
                return f"{where}, column {name!r}: {cell!r} is no number; a figure with a decimal point would be right"
    return f"{path.name} could not be read as comma separated text; fetch the published file again"


def read_delimited(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    text_columns: Collection[str] | None = None,
    missing: Collection[str] = (),
) -> pd.DataFrame:
    """Read a comma separated file whose columns hold text or numbers, and nothing else.

    Parameters
    ----------
    path
        The file, plain or gzipped, UTF-8.
    columns
        Names the first line must have, in this order; not checked where omitted. A last column without a name and
        without cells is left out.
    text_columns
        Columns of text, the first one where omitted; every other one holds numbers.
    missing
        Words that stand for a missing number. In a column of text they are text.

    Returns
    -------
    DataFrame
        Text columns as strings, the others as float64.

    Raises
    ------
    ValueError
        If the file is absent, empty, cut short, not UTF-8, has other columns, a line of another length, or a cell
        that is no number; the sentence names file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "x.csv"
    >>> _ = file.write_text("country,jobs\\nNA,NA\\nAT,1.5\\n")
    >>> read_delimited(file, missing=["NA"]).to_numpy().tolist()
    [['NA', nan], ['AT', 1.5]]
    """
    text = _text(path)
    names = next(csv.reader(io.StringIO(text)))
    trailing = len(names) > 1 and names[-1] == ""
    expect_labels(path, "column", names[: -1 if trailing else None], columns)
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise ValueError(f"{path.name} has the column {doubled!r} twice; each may stand once")
    words = {*(names[:1] if text_columns is None else text_columns), *(names[-1:] if trailing else [])}
    kinds = {name: pa.string() if name in words else pa.float64() for name in names}
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
            convert_options=pacsv.ConvertOptions(
                column_types=kinds, null_values=list(missing), strings_can_be_null=False
            ),
        ).to_pandas()
    except pa.ArrowInvalid:
        raise ValueError(_fault(path, text, names, set(names) - words, missing)) from None
    figures = table[[name for name in names if name not in words]]
    if np.isinf(figures.to_numpy()).any() or (not missing and figures.isna().any(axis=None)):
        raise ValueError(_fault(path, text, names, set(figures), missing))
    if trailing:
        if (table[""] != "").any():
            raise ValueError(f"{path.name} has cells in its last column, which has no name; a name would be right")
        table = table.drop(columns="")
    return table


def expect_labels(path: Path, what: str, found: Sequence[str], expected: Sequence[str] | None) -> None:
    """Compare labels of rows or columns with the published ones, in their order.

    Raises
    ------
    ValueError
        The sentence names the first label that is missing, doubled, or in another place.

    Examples
    --------
    >>> expect_labels(Path("x.csv"), "row", ["B", "A"], ["A", "B"])
    Traceback (most recent call last):
    ...
    ValueError: x.csv, row 1 is 'B' where 'A' would be right
    """
    if expected is None or list(found) == list(expected):
        return
    listed = list(found)
    doubled = next((label for label in listed if listed.count(label) > 1), None)
    if doubled is not None:
        raise ValueError(f"{path.name} has the {what} {doubled!r} twice; each may stand once")
    absent = [label for label in expected if label not in set(listed)]
    surplus = [label for label in listed if label not in set(expected)]
    if absent and len(listed) != len(expected):
        raise ValueError(f"{path.name} has no {what} {absent[0]!r}; {len(expected)} {what}s would be right")
    if surplus and not absent:
        raise ValueError(f"{path.name} has a {what} {surplus[0]!r}, which is not published there")
    place = next(i for i, (a, b) in enumerate(zip(listed, expected, strict=False)) if a != b)
    raise ValueError(f"{path.name}, {what} {place + 1} is {listed[place]!r} where {expected[place]!r} would be right")
