"""Schema of the table of NUTS weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa

from alpclusters_lib.cleaning.nuts_weights import MEASURES
from alpclusters_lib.cleaning.schemas.columns import FINITE, text

__all__ = ["SCHEMAS"]

CHANGES = ("same", "recode", "merge", "split", "redrawn", "sliver")
_WORDS = (
    "same: same code and region; recode: same region, new code; merge: the old region lies wholly in the new one, "
    "which holds more; split: the new region lies wholly in the old one; redrawn: neither; sliver: counts as nothing"
)
_OF = {
    "population_2011": "the population of 2011",
    "population_2021": "the population of 2021 (of 2011 where there is none)",
    "area": "the area",
}


def _vintage(description: str) -> pa.Column:
    return pa.Column("int16", pa.Check.isin([2010, 2013, 2016, 2021]), description=description)


def _amount(description: str) -> pa.Column:
    return pa.Column(float, [pa.Check.ge(0), FINITE], nullable=True, description=description)


def _change(measure: str) -> pa.Column:
    return pa.Column(str, pa.Check.isin(CHANGES), coerce=True, description=f"by {measure}: {_WORDS}")


def _shares(direction: str, region: str) -> dict[str, pa.Column]:
    return {
        f"{direction}_{measure}_share": pa.Column(
            float, pa.Check.in_range(0, 1), description=f"share of {_OF[measure]} of the {region} region in the overlap"
        )
        for measure in MEASURES
    }


def _add_up(frame: pd.DataFrame) -> bool:
    sums = [
        frame.groupby(["source", "target", "level", side])[f"{direction}_{measure}_share"].sum()
        for direction, side in (("forward", "code_from"), ("backward", "code_to"))
        for measure in MEASURES
    ]
    return bool(np.allclose(pd.concat(sums), 1, rtol=0, atol=1e-9))


SCHEMAS = {
    "nuts_weights": pa.DataFrameSchema(
        {
            "source": _vintage("the older NUTS vintage"),
            "target": _vintage("the newer NUTS vintage"),
            "level": pa.Column("int8", pa.Check.isin([2, 3]), description="NUTS level"),
            "code_from": text("code of the older vintage", r"[A-Z]{2}[A-Z0-9]{2,3}"),
            "code_to": text("code of the newer vintage", r"[A-Z]{2}[A-Z0-9]{2,3}"),
            "area_km2": _amount("area of the overlap in km², blank where the region was added (LI00)"),
            "population_2011": _amount("residents of the overlap in 2011, blank in overseas France"),
            "population_2021": _amount("residents of the overlap in 2021, blank in overseas France, UK and IS"),
            "change_population": _change("population"),
            "change_area": _change("area"),
            **_shares("forward", "older"),
            **_shares("backward", "newer"),
        },
        checks=[
            pa.Check(_add_up, error="the shares of a region add up to 1"),
            pa.Check(lambda frame: frame["source"] < frame["target"], error="the source is older than the target"),
        ],
        unique=["source", "target", "level", "code_from", "code_to"],
        strict=True,
        ordered=True,
    ),
}
