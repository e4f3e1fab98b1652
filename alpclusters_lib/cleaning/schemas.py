"""What each processed table must look like: the dictionary of columns, and the checks that run in the build.

The descriptions here are the only ones: ``data/processed/datapackage.json`` is written from them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.national_accounts import INDICATORS as _INDICATORS
from alpclusters_lib.cleaning.status import STATUSES

__all__ = ["BOUNDARY_COLUMNS", "SCHEMAS", "validate"]

INDICATORS = dict(_INDICATORS.values())
NUTS = r"[A-Z]{2}[A-Z0-9]{0,3}|EU28"
SECTOR = r"[A-Z](\d{2})?|B-N_S95_X_K"
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


def _text(description: str, pattern: str | None = None, *, nullable: bool = False) -> pa.Column:
    checks = [pa.Check.str_matches(f"^(?:{pattern})$")] if pattern else []
    return pa.Column(str, checks, nullable=nullable, coerce=True, description=description)


def _year() -> pa.Column:
    return pa.Column("int16", pa.Check.in_range(2005, 2015), description="reference year")


def _status() -> list[tuple[str, pa.Column]]:
    return [
        ("status", pa.Column(str, pa.Check.isin(STATUSES), coerce=True, description=f"one of {', '.join(STATUSES)}")),
        ("flag", _text("Eurostat's flags as published; for EU28 how many member states are absent")),
    ]


def _value_fits_status(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].notna() == frame["status"].isin(["observed", "bound", "estimated"])


def _counts_are_not_negative(frame: pd.DataFrame) -> pd.Series:
    counts = frame["indicator"].isin([name for name, unit in INDICATORS.items() if unit != "million EUR"])
    return ~(counts & (frame["value"] < 0))


def _finite(values: pd.Series) -> pd.Series:
    return ~np.isinf(values)


FINITE = pa.Check(_finite, error="finite")


def _counts(description: str) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            "region": _text("NUTS 2016 code (NUTS 2013 where no later code has the same area), or EU28", NUTS),
            "sector": _text("NACE Rev. 2 section or division, or B-N_S95_X_K, the business economy", SECTOR),
            "year": _year(),
            "value": pa.Column(float, [pa.Check.ge(0), FINITE], nullable=True, description=description),
            **dict(_status()),
        },
        checks=[pa.Check(_value_fits_status, error="a value stands exactly where the status says so")],
        unique=["region", "sector", "year"],
        strict=True,
        ordered=True,
    )


_FLAG = "member of the perimeter"
SCHEMAS = {
    "employment": _counts("persons employed, annual average"),
    "local_units": _counts("local units (workplaces of enterprises)"),
    "national_accounts": pa.DataFrameSchema(
        {
            "region": _text("country code", r"[A-Z]{2}"),
            "sector": _text("NACE Rev. 2 section or division, or B-N_S95_X_K", SECTOR),
            "indicator": _text("enterprises, turnover, value_added, personnel_costs, wages, investment (million EUR "
                               "where money), employment, employees (persons)", "|".join(INDICATORS)),
            "year": _year(),
            "value": pa.Column(float, FINITE, nullable=True, description="the figure, in the unit of its indicator"),
            **dict(_status()),
        },
        checks=[
            pa.Check(_value_fits_status, error="a value stands exactly where the status says so"),
            pa.Check(_counts_are_not_negative, error="a value that counts enterprises or persons is not negative"),
        ],
        unique=["region", "sector", "indicator", "year"],
        strict=True,
        ordered=True,
    ),
    "regions": pa.DataFrameSchema(
        {
            "region": _text("NUTS code", NUTS),
            "level": pa.Column("int8", pa.Check.in_range(0, 3), description="NUTS level"),
            "country": _text("country code", r"[A-Z]{2}"),
            "name_local": _text("official local name"),
            "name_en": _text("English name, the local one where there is none"),
            "name_it": _text("Italian name, the local one where there is none"),
            "alpine_space_2014": pa.Column(bool, description=f"{_FLAG} Alpine Space programme 2014-2020 (NUTS 2)"),
            "alpine_space_2021": pa.Column(bool, description=f"{_FLAG} Alpine Space programme 2021-2027 (NUTS 2)"),
            "eusalp": pa.Column(bool, description=f"{_FLAG} EUSALP (NUTS 2)"),
            "s3_region": _text("key of the S3-4AlpClusters region it belongs to, blank outside"),
            **{
                f"{kind}_type": pa.Column(
                    "Int8", pa.Check.in_range(0, 4), nullable=True, description=f"GISCO {kind} type"
                )
                for kind in ("mountain", "urban", "coast")
            },
            "vintage": _text("NUTS vintage of the boundary, blank where there is none"),
        },
        unique=["region"],
        strict=True,
        ordered=True,
    ),
    "cluster_families": pa.DataFrameSchema(
        {
            "family": _text("key of the family in data/raw/facts/cluster_families.csv", r"[a-z0-9-]+"),
            "purity": pa.Column(float, pa.Check.in_range(0, 1), nullable=True, description="share of the industries "
                                "in its divisions that belong to traded clusters at home in it"),
            "industries": pa.Column(int, pa.Check.ge(0), description="NAICS 2012 industries in its divisions"),
            "home_clusters": _text("U.S. traded clusters at home in it"),
        },
        unique=["family"],
        strict=True,
        ordered=True,
    ),
}  # fmt: skip


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
