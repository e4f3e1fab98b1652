"""The columns that several processed tables share: codes, years, status, finite figures."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.status import STATUSES

__all__ = ["FINITE", "NUTS", "SECTOR", "VALUE_FITS_STATUS", "status", "text", "year"]

NUTS = r"[A-Z]{2}[A-Z0-9]{0,3}|EU28"
SECTOR = r"[A-Z](\d{2})?|B-N_S95_X_K"


def text(description: str, pattern: str | None = None, *, nullable: bool = False) -> pa.Column:
    checks = [pa.Check.str_matches(f"^(?:{pattern})$")] if pattern else []
    return pa.Column(str, checks, nullable=nullable, coerce=True, description=description)


def year(first: int = 2005, last: int | None = None) -> pa.Column:
    """A reference year; the last possible one is the present year where none is given."""
    return pa.Column("int16", pa.Check.in_range(first, last or date.today().year), description="reference year")


def status() -> list[tuple[str, pa.Column]]:
    return [
        ("status", pa.Column(str, pa.Check.isin(STATUSES), coerce=True, description=f"one of {', '.join(STATUSES)}")),
        ("flag", text("Eurostat's flags as published; for EU28 how many member states are absent")),
    ]


def _value_fits_status(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].notna() == frame["status"].isin(["observed", "bound", "estimated"])


def _finite(values: pd.Series) -> pd.Series:
    return ~np.isinf(values)


FINITE = pa.Check(_finite, error="finite")
VALUE_FITS_STATUS = pa.Check(_value_fits_status, error="a value stands exactly where the status says so")
