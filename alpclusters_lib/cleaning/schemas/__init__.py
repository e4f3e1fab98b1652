"""What each processed table must look like: the dictionary of columns, and the checks that run in the build.

The descriptions here are the only ones: ``data/processed/datapackage.json`` is written from them.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.schemas import context, industry, trade, vintages

__all__ = ["BOUNDARY_COLUMNS", "SCHEMAS", "validate"]

SCHEMAS: dict[str, pa.DataFrameSchema] = {**industry.SCHEMAS, **vintages.SCHEMAS, **trade.SCHEMAS, **context.SCHEMAS}
# The boundaries hold geometry, which pandera's schemas of tables do not describe; cleaning.boundaries checks it.
BOUNDARY_COLUMNS = {
    "region": "NUTS code",
    "level": "NUTS level",
    "country": "country code",
    "mountain_type": "GISCO mountain type of NUTS 3 regions, 1 to 4",
    "urban_type": "GISCO urban-rural type of NUTS 3 regions, 1 to 3",
    "coast_type": "GISCO coastal type of NUTS 3 regions, 1 to 3",
    "vintage": "NUTS vintage of the unit: 2016, or 2013 for sums that older statistics use",
    "geometry": "polygon in EPSG:4326, generalised for drawing; © EuroGeographics for the administrative boundaries",
}


def validate(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Check a processed table against its schema and return it.

    Raises
    ------
    ValueError
        If a check fails; the sentence names the table, the column, the check and the first failing value.
    """
    # row numbers of their own: a caller's doubled labels would make pandera's report of failures fail
    checked = table.reset_index(drop=True)
    try:
        return SCHEMAS[name].validate(checked, lazy=True)
    except pa.errors.SchemaErrors as error:
        rows = error.failure_cases["index"].nunique()
        number = f" ({rows} {'row' if rows == 1 else 'rows'} in all)" if rows else ""
        raise ValueError(f"table {name}: {_failure(error.failure_cases, checked)}{number}") from None


def _failure(cases: pd.DataFrame, table: pd.DataFrame) -> str:
    """Word the first failure, one that names a column before one of the whole table."""
    named = cases[cases["schema_context"] == "Column"]
    first = (named if len(named) else cases).iloc[0]
    row = "" if pd.isna(first["index"]) else f" in row {int(first['index'])}"
    if len(named):
        value = first["failure_case"]
        shown = repr(value) if isinstance(value, str) else value
        return f"column {first['column']} fails {first['check']} at {shown}{row}"
    if pd.notna(first["index"]):
        key = ", ".join(str(table.iloc[int(first["index"])][c]) for c in table.columns[:3])
        return f"it is not true that {first['check']}{row} ({key})"
    return f"it fails {first['check']}: {first['failure_case']}"
