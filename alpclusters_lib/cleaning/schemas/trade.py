"""Schemas of the tables on trade between industries and on collaboration: input-output tables, Horizon 2020."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.participations import ALL_TYPES, NOT_STATED
from alpclusters_lib.cleaning.regional_tables import FINAL_USES, PRIMARY_INPUTS, TOTALS
from alpclusters_lib.cleaning.schemas.columns import FINITE, text
from alpclusters_lib.cleaning.trade import LAENDER, YEARS
from alpclusters_lib.cleaning.world_tables import OUTPUT
from alpclusters_lib.sources.wiod import CATEGORIES, COUNTRIES, INDUSTRIES

__all__ = ["SCHEMAS"]

COUNTRY, TYPE, IO_INDUSTRY = r"[A-Z]{2}", r"[A-Z]{3}", r"[A-Z](\d{2}([-_][A-Z]\d{2})?)?|R-S"


def _word(description: str, words: tuple[str, ...]) -> pa.Column:
    """Describe a column of few words that is stored as a category: 1.7 million rows are checked by their codes."""
    return pa.Column("category", pa.Check.isin(words), description=description)


def _amount(description: str) -> pa.Column:
    return pa.Column(float, [pa.Check.ge(0), FINITE], description=description)


def _count(description: str) -> pa.Column:
    return pa.Column("int64", pa.Check.ge(1), description=description)


def _sales_are_not_negative(frame: pd.DataFrame) -> pd.Series:
    return (frame["value"] >= 0) | frame["use"].isin(["inventories", "fixed_capital"])


def _flows_are_not_negative(frame: pd.DataFrame) -> pd.Series:
    free = ["inventories", TOTALS]
    return (frame["value"] >= 0) | frame["column"].isin(free) | (frame["row"] == "production_tax")


def _each_pair_once(frame: pd.DataFrame) -> pd.Series:
    return frame["country_a"] + " " + frame["type_a"] <= frame["country_b"] + " " + frame["type_b"]


def _types_go_together(frame: pd.DataFrame) -> pd.Series:
    return (frame["type_a"] == ALL_TYPES) == (frame["type_b"] == ALL_TYPES)


SCHEMAS = {
    "world_io": pa.DataFrameSchema(
        {
            "year": pa.Column("int16", pa.Check.isin(YEARS), description="reference year"),
            "country": _word("country that sells, code of WIOD; RoW holds Switzerland and Liechtenstein", COUNTRIES),
            "industry": _word("industry that sells, code of WIOD (data/raw/facts/wiod_industries.csv)", INDUSTRIES),
            "user_country": _word("country that uses; in rows of output the country itself", COUNTRIES),
            "use": _word("industry that uses, category of final demand, or output, the gross output of the row",
                         (*INDUSTRIES, *CATEGORIES, OUTPUT)),
            "value": pa.Column("int32", description="million USD at current prices; cells of 0 are left out but for "
                               "output"),
        },
        checks=[pa.Check(_sales_are_not_negative, error="only inventories and fixed capital may be negative")],
        unique=["year", "country", "industry", "user_country", "use"],
        strict=True,
        ordered=True,
    ),
    "austria_io": pa.DataFrameSchema(
        {
            "region": text("NUTS 2016 code of the Land", "|".join(LAENDER)),
            "row": text("industry that sells (data/raw/facts/io_industries.csv), primary input (labour, capital, land, "
                        "production_tax, input_tax), import_world, import_country, or total",
                        "|".join([IO_INDUSTRY, *PRIMARY_INPUTS, TOTALS])),
            "column": text("industry that uses, final use (household, fixed_capital, government, export_world, "
                           "export_country, inventories), or total", "|".join([IO_INDUSTRY, *FINAL_USES, TOTALS])),
            "value": pa.Column(float, FINITE, description="million EUR about 2011, printed to three digits; cells of 0 "
                               "are left out but for totals"),
        },
        checks=[pa.Check(_flows_are_not_negative, error="only inventories, their totals and production taxes less "
                         "subsidies may be negative")],
        unique=["region", "row", "column"],
        strict=True,
        ordered=True,
    ),
    "h2020": pa.DataFrameSchema(
        {
            "country": text("country code of CORDIS (EL Greece, UK United Kingdom, NA Namibia)", COUNTRY),
            "programme_part": text("part of Horizon 2020 (data/raw/facts/h2020_codes.csv), or not stated",
                                   rf"[A-Z]{{2,5}}|SC[1-7]|Euratom|Innovation in SMEs|{NOT_STATED}"),
            "organisation_type": text("HES, PRC, REC, PUB or OTH (data/raw/facts/h2020_codes.csv)", TYPE),
            "start_year": pa.Column("Int16", pa.Check.in_range(2014, 2022), nullable=True,
                                    description="year in which the project starts, missing where no date is published"),
            "participations": _amount("participations; a project in k parts counts 1/k in each, so they add up"),
            "coordinators": _amount("participations as coordinator, shared likewise"),
            "contribution_eur": _amount("contribution of the European Union in EUR, shared likewise"),
            "without_contribution": _amount("participations of which no contribution is published, shared likewise; "
                                            "their money is unknown"),
            "organisations": _count("different organisations in the cell; never to be added up over cells"),
        },
        unique=["country", "programme_part", "organisation_type", "start_year"],
        strict=True,
        ordered=True,
    ),
    "h2020_collaboration": pa.DataFrameSchema(
        {
            "country_a": text("country code of CORDIS", COUNTRY),
            "type_a": text("type of organisation, or all for the country as a whole", f"{TYPE}|{ALL_TYPES}"),
            "country_b": text("country code of CORDIS", COUNTRY),
            "type_b": text("type of organisation, or all for the country as a whole", f"{TYPE}|{ALL_TYPES}"),
            "projects": _count("projects with an organisation of a and one of b (two where a is b)"),
            "pairs": _count("pairs of organisations, one of a and one of b, in these projects"),
            "weighted_pairs": _amount("the same pairs at 1/(n - 1) each in a project of n organisations"),
        },
        checks=[
            pa.Check(_each_pair_once, error="a comes before b in the alphabet or is b"),
            pa.Check(_types_go_together, error="type_a is all exactly where type_b is"),
        ],
        unique=["country_a", "type_a", "country_b", "type_b"],
        strict=True,
        ordered=True,
    ),
}  # fmt: skip
