"""Schemas of the industry tables: employment, local units, national accounts, regions, cluster families and links."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.masking import METHODS
from alpclusters_lib.cleaning.national_accounts import INDICATORS as _INDICATORS
from alpclusters_lib.cleaning.schemas.columns import FINITE, NUTS, SECTOR, VALUE_FITS_STATUS, status, text, year

__all__ = ["SCHEMAS"]

INDICATORS = dict(_INDICATORS.values())


def _counts_are_not_negative(frame: pd.DataFrame) -> pd.Series:
    counts = frame["indicator"].isin([name for name, unit in INDICATORS.items() if unit != "million EUR"])
    return ~(counts & (frame["value"] < 0))


def _limits_hold_the_value(frame: pd.DataFrame) -> pd.Series:
    low, high = frame["lower"].fillna(0), frame["upper"].fillna(float("inf"))
    return frame["value"].isna() | ((low <= frame["value"] + 1e-6) & (frame["value"] <= high + 1e-6))


def _observed_is_exact(frame: pd.DataFrame) -> pd.Series:
    exact = (frame["lower"] == frame["value"]) & (frame["upper"] == frame["value"])
    return (frame["status"] != "observed") | exact


def _first_before_second(frame: pd.DataFrame) -> pd.Series:
    return frame["division_a"].astype(str) < frame["division_b"].astype(str)


def _links_are_parts(frame: pd.DataFrame) -> pd.Series:
    whole = frame["same_cluster"] + frame["linked"] <= frame["both_traded"] + 1e-8
    return whole & (frame["linked_strong"] <= frame["linked"] + 1e-8)


def _count(description: str, *, nullable: bool = True) -> pa.Column:
    return pa.Column(float, [pa.Check.ge(0), FINITE], nullable=nullable, description=description)


def _share(description: str) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(0, 1), description=description)


def _counts(description: str, *, limits: bool) -> pa.DataFrameSchema:
    bounds = {
        "lower": _count("the least it can be given the published figures: the value itself where it is published"),
        "upper": _count("the most it can be; blank where nothing limits it"),
    }
    checks = [
        pa.Check(_limits_hold_the_value, error="a value lies within its limits"),
        pa.Check(_observed_is_exact, error="a published value is its own limit"),
    ]
    return pa.DataFrameSchema(
        {
            "region": text("NUTS 2016 code (NUTS 2013 where no later code has the same area), or EU28", NUTS),
            "sector": text("NACE Rev. 2 section or division, or B-N_S95_X_K", SECTOR),
            "year": year(),
            "value": _count(description),
            **(bounds if limits else {}),
            **dict(status()),
        },
        checks=[VALUE_FITS_STATUS, *(checks if limits else [])],
        unique=["region", "sector", "year"],
        strict=True,
        ordered=True,
    )


_DIVISION = r"[A-Z]\d{2}"
_FLAG = "member of the perimeter"
SCHEMAS = {
    "employment": _counts("persons employed, annual average; estimated where the publisher hides it", limits=True),
    "local_units": _counts("local units (workplaces of enterprises)", limits=False),
    "national_accounts": pa.DataFrameSchema(
        {
            "region": text("country code", r"[A-Z]{2}"),
            "sector": text("NACE Rev. 2 section or division, or B-N_S95_X_K", SECTOR),
            "indicator": text("enterprises, turnover, value_added, personnel_costs, wages, investment (million EUR "
                               "where money), employment, employees (persons)", "|".join(INDICATORS)),
            "year": year(),
            "value": pa.Column(float, FINITE, nullable=True, description="the figure, in the unit of its indicator"),
            **dict(status()),
        },
        checks=[
            VALUE_FITS_STATUS,
            pa.Check(_counts_are_not_negative, error="a value that counts enterprises or persons is not negative"),
        ],
        unique=["region", "sector", "indicator", "year"],
        strict=True,
        ordered=True,
    ),
    "regions": pa.DataFrameSchema(
        {
            "region": text("NUTS code", NUTS),
            "level": pa.Column("int8", pa.Check.in_range(0, 3), description="NUTS level"),
            "country": text("country code", r"[A-Z]{2}"),
            "name_local": text("official local name"),
            "name_en": text("English name, the local one where there is none"),
            "name_it": text("Italian name, the local one where there is none"),
            "alpine_space_2014": pa.Column(bool, description=f"{_FLAG} Alpine Space programme 2014-2020 (NUTS 2)"),
            "alpine_space_2021": pa.Column(bool, description=f"{_FLAG} Alpine Space programme 2021-2027 (NUTS 2)"),
            "eusalp": pa.Column(bool, description=f"{_FLAG} EUSALP (NUTS 2)"),
            "s3_region": text("key of the S3-4AlpClusters region it belongs to, blank outside"),
            **{
                f"{kind}_type": pa.Column(
                    "Int8", pa.Check.in_range(0, 4), nullable=True, description=f"GISCO {kind} type"
                )
                for kind in ("mountain", "urban", "coast")
            },
            "vintage": text("NUTS vintage of the boundary, blank where there is none"),
        },
        unique=["region"],
        strict=True,
        ordered=True,
    ),
    "suppression_test": pa.DataFrameSchema(
        {
            "area": text("area whose cells are scored"),
            "method": text("way of filling a masked cell", "|".join(METHODS)),
            "cells": pa.Column(int, pa.Check.gt(0), description="cells masked, over all draws"),
            "draws": pa.Column(int, pa.Check.gt(0), description="masks drawn"),
            "wape": _count("sum of absolute errors over sum of true figures", nullable=False),
            "wape_worst": _count("the same, of the worst draw", nullable=False),
            "within_factor_two": _share("share of cells within a factor of two of the truth"),
            "quotient_side_right": _share("share of cells whose location quotient is on the right side of 1"),
            "outside_limits": _count("cells whose truth lies outside the limits"),
            "median_width": _count("median width of the limits, relative to the truth"),
        },
        unique=["area", "method"],
        strict=True,
        ordered=True,
    ),
    "unused_sums": pa.DataFrameSchema(
        {"year": year(), "reason": text("which published sum is not used, and why")}, strict=True, ordered=True
    ),
    "cluster_families": pa.DataFrameSchema(
        {
            "family": text("key of the family in data/raw/facts/cluster_families.csv", r"[a-z0-9-]+"),
            "purity": pa.Column(float, pa.Check.in_range(0, 1), nullable=True, description="share of the industries "
                                "in its divisions that belong to traded clusters at home in it"),
            "industries": pa.Column(int, pa.Check.ge(0), description="NAICS 2012 industries in its divisions"),
            "home_clusters": text("U.S. traded clusters at home in it"),
        },
        unique=["family"],
        strict=True,
        ordered=True,
    ),
    "cluster_links": pa.DataFrameSchema(
        {
            "division_a": text("NACE Rev. 2 division, before the other in the alphabet", _DIVISION),
            "division_b": text("NACE Rev. 2 division", _DIVISION),
            "same_cluster": _share("chance that an industry of each belong to the same U.S. traded cluster"),
            "linked": _share("chance that they belong to two different clusters that are linked"),
            "linked_strong": _share("the part of linked through pairs of clusters graded strong or very strong"),
            "both_traded": _share("chance that both belong to some traded cluster: the most that same_cluster and "
                                  "linked can add up to; where it is 0, nothing is known of the pair"),
        },
        checks=[
            pa.Check(_first_before_second, error="division_a stands before division_b in the alphabet"),
            pa.Check(_links_are_parts, error="links are part of what both_traded allows"),
        ],
        unique=["division_a", "division_b"],
        strict=True,
        ordered=True,
    ),
}  # fmt: skip
