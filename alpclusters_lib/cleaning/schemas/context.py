"""Schemas of the tables around industry: GDP, patents, innovation, competitiveness, productivity, Switzerland."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.patents import PATENT_UNITS
from alpclusters_lib.cleaning.productivity import AMOUNTS, RATIOS
from alpclusters_lib.cleaning.regional_accounts import GDP_UNITS
from alpclusters_lib.cleaning.schemas.columns import FINITE, NUTS, SECTOR, VALUE_FITS_STATUS, status, text, year
from alpclusters_lib.cleaning.swiss import INDICATORS as SWISS

__all__ = ["SCHEMAS"]

_CODE = "NUTS 2016 code; an older one where no later code has the same area"
_VINTAGE = text(
    "NUTS vintage of the code: 2016, or that of the source; blank where there is none", r"(2010|2013|2016)?"
)
_PRODUCTIVITY = ", ".join(f"{name} ({unit})" for name, unit in AMOUNTS.items())
# Amounts that may be negative: losses, corrections of wages.
_SIGNED = ("value_added", "value_added_per_person_eur", "wages", "wage_per_person_employed_eur", "personnel_costs")


def _value(description: str, *checks: pa.Check) -> pa.Column:
    return pa.Column(float, [FINITE, *checks], nullable=True, description=description)


def _flagged(description: str) -> dict[str, pa.Column]:
    return {**dict(status()), "flag": text(description)}


def _long(columns: dict[str, pa.Column], *checks: pa.Check, unique: list[str]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, checks=[VALUE_FITS_STATUS, *checks], unique=unique, strict=True, ordered=True)


def _counts_are_not_negative(frame: pd.DataFrame) -> pd.Series:
    return frame["indicator"].isin(_SIGNED) | ~(frame["value"] < 0)


def _percentages_are_shares(frame: pd.DataFrame) -> pd.Series:
    return ~frame["indicator"].str.endswith("_pct") | ~((frame["value"] < 0) | (frame["value"] > 100))


def _shares_are_shares(frame: pd.DataFrame) -> pd.Series:
    return ~frame["indicator"].str.endswith("_share") | ~(frame["value"] > 1)


def _liechtenstein_is_missing(frame: pd.DataFrame) -> pd.Series:
    return ~frame["region"].str.startswith("LI") | frame["value"].isna()


_CELL = ["region", "indicator", "year"]
SCHEMAS = {
    "gdp": _long(
        {
            "region": text(f"{_CODE}, or EU28; NUTS 0-3", NUTS),
            "indicator": text(
                ", ".join(f"{name} ({unit})" for name, unit in GDP_UNITS.values()),
                "|".join(name for name, _ in GDP_UNITS.values()),
            ),
            "year": year(2000, 2015),
            "value": _value("GDP at current market prices, in the unit of its indicator", pa.Check.gt(0)),
            **_flagged("Eurostat's flags as published"),
            "vintage": _VINTAGE,
        },
        unique=_CELL,
    ),
    "patents": _long(
        {
            "region": text(f"{_CODE}; NUTS 0-3", NUTS),
            "indicator": text("epo_applications (number, fractional), epo_applications_per_million (inhabitants)",
                              "|".join(PATENT_UNITS.values())),
            "year": year(1977, 2012),
            "value": _value("applications to the European Patent Office by priority year and inventor's residence",
                            pa.Check.ge(0)),
            **_flagged("blank: the file carries no flags"),
            "vintage": _VINTAGE,
        },
        unique=_CELL,
    ),
    "innovation": _long(
        {
            "region": text(f"{_CODE}; NUTS 2", r"[A-Z]{2}[A-Z0-9]{2}"),
            "indicator": text("key of data/raw/facts/innovation_indicators.csv, which holds title, unit, direction and "
                              "source", r"[a-z0-9_]+"),
            "year": year(2005, 2019),
            "value": _value("the figure, in the unit of its indicator"),
            **_flagged("the figure of another source where it differs by more than 1 %; how a figure was computed"),
            "source": text("data set of data/raw/sources.csv the figure is from, or computed; blank where missing"),
        },
        pa.Check(_percentages_are_shares, error="a percentage lies between 0 and 100"),
        unique=_CELL,
    ),
    "competitiveness": _long(
        {
            "region": text("NUTS 2016 code, NUTS 0 or 2", NUTS),
            "year": pa.Column("int16", pa.Check.isin([2010, 2013, 2016, 2019]), description="edition of the index"),
            "value": _value("Regional Competitiveness Index, z-score", pa.Check.in_range(-5, 5)),
            **_flagged("the unit for which the index was computed where that is more than the region"),
        },
        unique=["region", "year"],
    ),
    "productivity": _long(
        {
            "region": text("country code, or NUTS 2 code (2016, an older one where no later has the same area)", NUTS),
            "sector": text("NACE Rev. 2 section or division, or B-N_S95_X_K", SECTOR),
            "indicator": text(
                f"{_PRODUCTIVITY}; recomputed: value_added_per_person_eur, wage_per_employee_eur, "
                "wage_per_person_employed_eur (EUR), persons_per_enterprise; regions have wages and "
                "wage_per_person_employed_eur",
                "|".join([*AMOUNTS, *RATIOS]),
            ),
            "year": year(),
            "value": _value("the figure, in the unit of its indicator"),
            **_flagged("Eurostat's flags as published, those of both parts for a ratio; implausible: taken back"),
        },
        pa.Check(_counts_are_not_negative, error="a value that counts enterprises or persons is not negative"),
        unique=["region", "sector", "indicator", "year"],
    ),
    "swiss": _long(
        {
            "region": text("NUTS 3 code of a canton, CH01-CH07, CH; LI, LI00, LI000 as missing", r"(CH|LI)[0-9]{0,3}"),
            "indicator": text("; ".join(f"{name}: {words}" for name, words in SWISS.items()), "|".join(SWISS)),
            "year": year(2010, 2019),
            "value": _value("the figure, in the unit of its indicator", pa.Check.ge(0)),
            **_flagged("sum of cantons; mean of cantons weighted by residents; the overview a GDP figure is from"),
        },
        pa.Check(_shares_are_shares, error="a share is not above 1"),
        pa.Check(_liechtenstein_is_missing, error="Liechtenstein has no figure"),
        unique=_CELL,
    ),
}  # fmt: skip
