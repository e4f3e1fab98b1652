"""Innovation indicators that are computed: patents of moved areas, means over years, GDP per inhabitant."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = [
    "GDP",
    "GDP_PER_INHABITANT",
    "PATENTS",
    "PATENTS_MEAN",
    "POPULATION",
    "estimated_patents",
    "gdp_per_inhabitant",
    "mean_of_years",
    "nearly_same_area",
]

PATENTS, PATENTS_MEAN = "epo_applications_per_million", "epo_applications_per_million_5_year_mean"
GDP, POPULATION, GDP_PER_INHABITANT = "gdp_million_eur", "population", "gdp_per_inhabitant_eur"
COLUMNS = ["region", "indicator", "year", "value", "status", "flag"]
# An old area that shares this much of its population with one new area, both ways, is nearly the same area.
NEARLY_SAME = 0.95
MEAN_YEARS, MEAN_LEAST = 5, 3


def nearly_same_area(weights: pd.DataFrame) -> pd.DataFrame:
    """Return, for areas that nearly kept their boundaries, the parts of old areas that each new one is made of.

    Parameters
    ----------
    weights
        What :func:`alpclusters_lib.sources.nuts_weights.read_nuts_weights` returns.

    Returns
    -------
    DataFrame
        ``old``, ``new``, ``share``: the part of the old area's population (2011) that lies in the new one. Only new
        areas of which one old area makes up 95 % or more and lies in it to 95 % or more, and that are not the same.

    Examples
    --------
    >>> columns = ["code_from", "code_to", "population_2011"]
    >>> rows = [["SI01", "SI03", 1081667.0], ["SI02", "SI03", 14861.0], ["SI02", "SI04", 948452.0]]
    >>> nearly_same_area(pd.DataFrame(rows, columns=columns)).round(4).values.tolist()
    [['SI01', 'SI03', 1.0], ['SI02', 'SI03', 0.0154], ['SI02', 'SI04', 0.9846]]
    """
    people = weights["population_2011"]
    out = people / weights.groupby("code_from")["population_2011"].transform("sum")
    into = people / weights.groupby("code_to")["population_2011"].transform("sum")
    near = weights[(out >= NEARLY_SAME) & (into >= NEARLY_SAME) & (weights["code_from"] != weights["code_to"])]
    parts = weights.assign(share=out)[weights["code_to"].isin(near["code_to"]) & (out > 0)]
    table = parts.rename(columns={"code_from": "old", "code_to": "new"})[["old", "new", "share"]]
    return table.reset_index(drop=True)


def estimated_patents(patents: pd.DataFrame, population: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return EPO applications per million of areas that nearly kept their boundaries: counts moved, ratio recomputed.

    Parameters
    ----------
    patents
        Rows of the processed table ``patents``; counts (``epo_applications``) by old code are used.
    population
        ``region, year, value``: population on 1 January by new code.
    parts
        What :func:`nearly_same_area` returns.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag``, status ``estimated``.
    """
    counts = patents[patents["indicator"] == "epo_applications"].pivot(index="year", columns="region", values="value")
    people = population.pivot(index="year", columns="region", values="value")
    frames = []
    for new, rows in parts.groupby("new"):
        old = list(rows["old"])
        if new in counts.columns or new not in people.columns or not set(old) <= set(counts.columns):
            continue
        moved = (counts[old] * rows["share"].to_numpy()).sum(axis=1, skipna=False)
        words = " and ".join(f"{100 * s:.1f} % of {o}" for o, s in zip(old, rows["share"], strict=True))
        value = (moved / people[new] * 1e6).dropna()
        frames.append(
            pd.DataFrame({"region": new, "indicator": PATENTS, "year": value.index, "value": value.to_numpy()}).assign(
                status="estimated", flag=f"applications of {words}"
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def mean_of_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of each year and the four before; of three or four years it is ``estimated``."""
    values = rows.pivot(index="year", columns="region", values="value")
    values = values.reindex(range(values.index.min(), values.index.max() + 1))
    estimated = rows.assign(e=rows["status"].eq("estimated")).pivot(index="year", columns="region", values="e")
    window = values.rolling(MEAN_YEARS, min_periods=MEAN_LEAST)
    number = values.notna().rolling(MEAN_YEARS, min_periods=MEAN_YEARS).sum()
    some = estimated.reindex(values.index).eq(True).astype(float).rolling(MEAN_YEARS, min_periods=1).max()
    table = pd.DataFrame({"value": window.mean().stack(), "number": number.stack(), "some": some.stack()})
    table = table.dropna(subset=["value", "number"]).reset_index()
    complete = table["number"] == MEAN_YEARS
    table["status"] = np.where(complete & (table["some"] == 0), "observed", "estimated")
    short = "mean of " + table["number"].astype(int).astype(str) + " years"
    table["flag"] = np.where(complete, np.where(table["some"] > 0, "rests on estimated years", ""), short)
    return table.assign(indicator=PATENTS_MEAN)[COLUMNS]


def gdp_per_inhabitant(gdp: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return GDP over the mean of the populations at the beginning and the end of each year, in EUR."""
    money = gdp.pivot(index="year", columns="region", values="value") * 1e6
    people = population.pivot(index="year", columns="region", values="value").where(lambda table: table > 0)
    people = people.reindex(range(people.index.min(), people.index.max() + 1))
    value = (money / ((people + people.shift(-1)) / 2)).stack().dropna().rename("value").reset_index()
    return value.assign(indicator=GDP_PER_INHABITANT, status="observed", flag="")[COLUMNS]
