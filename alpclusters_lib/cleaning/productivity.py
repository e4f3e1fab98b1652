"""Productivity and wages: by country from national business statistics, wages by region from regional ones.

Ratios are recomputed here from published figures, never taken over, and carry the worst status of their parts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.employment import IMPLAUSIBLE_FACTOR
from alpclusters_lib.cleaning.status import STATUSES

__all__ = ["AMOUNTS", "RATIOS", "national_productivity", "ratios", "regional_wages"]

KEY = ["region", "sector", "indicator", "year"]
WAGE = "wage_per_person_employed_eur"
# Indicator, unit.
AMOUNTS = {
    "value_added": "million EUR",
    "wages": "million EUR",
    "personnel_costs": "million EUR",
    "turnover": "million EUR",
    "enterprises": "enterprises",
    "employment": "persons",
    "employees": "persons",
}
# Indicator: numerator, denominator, factor to its unit, decimals. Money is published in 0.1 million EUR: a whole EUR
# per person is more than the source can say.
RATIOS = {
    "value_added_per_person_eur": ("value_added", "employment", 1e6, 0),
    "wage_per_employee_eur": ("wages", "employees", 1e6, 0),
    WAGE: ("wages", "employment", 1e6, 0),
    "persons_per_enterprise": ("employment", "enterprises", 1.0, 2),
}


def ratios(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the ratios that the amounts in a long table allow, by region, sector and year.

    Parameters
    ----------
    cells
        ``region, sector, indicator, year, value, status, flag``.

    Returns
    -------
    DataFrame
        The same columns, indicators of :data:`RATIOS`: a row wherever both parts have a row. The status is the worse of
        the two; the flags are those of both; over a denominator of 0 nothing is computed and the row is ``missing``.

    Examples
    --------
    >>> columns = ["region", "sector", "indicator", "year", "value", "status", "flag"]
    >>> wages = ["CH", "C28", "wages", 2014, 5000.0, "observed", "e"]
    >>> persons = ["CH", "C28", "employees", 2014, 80000.0, "observed", ""]
    >>> ratios(pd.DataFrame([wages, persons], columns=columns)).values.tolist()
    [['CH', 'C28', 'wage_per_employee_eur', 2014, 62500.0, 'observed', 'e']]
    """
    key = ["region", "sector", "year"]
    rank = {word: place for place, word in enumerate(STATUSES)}
    frames = []
    for name, (above, below, factor, decimals) in RATIOS.items():
        pair = pd.merge(
            cells[cells["indicator"] == above], cells[cells["indicator"] == below], on=key, suffixes=("", "_below")
        )
        usable = pair["value_below"] > 0
        value = (factor * pair["value"] / pair["value_below"].where(usable)).round(decimals).to_numpy()
        worst = np.maximum(pair["status"].map(rank), pair["status_below"].map(rank)).to_numpy(dtype="int64")
        status = np.where(worst <= rank["estimated"], np.where(usable, worst, rank["missing"]), worst)
        flags = _joined(pair["flag"], pair["flag_below"])
        part = pair[key].assign(indicator=name, value=value, status=np.array(STATUSES)[status], flag=flags)
        frames.append(part[[*KEY, "value", "status", "flag"]])
    return pd.concat(frames, ignore_index=True).astype({"year": "int16"})


def _joined(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return the letters of both flags, each once, sorted."""
    both = one + other
    letters = {text: "".join(sorted(set(text))) for text in both.unique()}
    return both.map(letters)


def national_productivity(national: pd.DataFrame) -> pd.DataFrame:
    """Return amounts and ratios by country, sector and year.

    Parameters
    ----------
    national
        What :func:`alpclusters_lib.cleaning.national_accounts.national_accounts` returns.

    Returns
    -------
    DataFrame
        ``region, sector, indicator, year, value, status, flag``.
    """
    amounts = national[national["indicator"].isin(list(AMOUNTS))]
    held = set(amounts["indicator"])
    absent = [name for name in AMOUNTS if name not in held]
    if absent:
        raise ValueError(f"the national statistics hold no {absent[0]}; value added per person and wages rest on it")
    return _sorted(amounts, ratios(amounts))


def regional_wages(wages: pd.DataFrame, employment: pd.DataFrame, *, national: pd.DataFrame) -> pd.DataFrame:
    """Return wages, and wages per person employed, by NUTS 2 region, division and year.

    The regional file holds wages of 0.0 beside hundreds of persons and the reverse: a wage per person that is five
    times the country's in that division, or less than a fifth of it, is taken back (``missing``, flag ``implausible``).

    Parameters
    ----------
    wages, employment
        What :func:`alpclusters_lib.cleaning.employment.regional_cells` returns for V13320 and V16110:
        ``region, sector, year, value, status, flag``.
    national
        What :func:`national_productivity` returns.

    Returns
    -------
    DataFrame
        ``region, sector, indicator, year, value, status, flag``; cells of which nothing is published are left out.
    """
    parts = []
    for name, table in (("wages", wages), ("employment", employment)):
        nuts2 = (table["region"].str.len() == 4) & ~table["region"].str.endswith("ZZ")
        parts.append(table[nuts2].assign(indicator=name))
    cells = pd.concat(parts, ignore_index=True)
    held = cells[(cells["indicator"] == "wages") & (cells["status"] != "missing")]
    per_person = ratios(cells)
    per_person = per_person[per_person["status"] != "missing"].copy()
    country = national[national["indicator"] == WAGE].set_index(["region", "sector", "year"])["value"]
    usual = country.reindex([per_person["region"].str[:2], per_person["sector"], per_person["year"]]).to_numpy()
    factor = per_person["value"].to_numpy() / np.where(usual > 0, usual, np.nan)
    odd = (factor > IMPLAUSIBLE_FACTOR) | (factor < 1 / IMPLAUSIBLE_FACTOR)
    per_person.loc[odd, ["value", "status", "flag"]] = [float("nan"), "missing", "implausible"]
    return _sorted(held, per_person)


def _sorted(*tables: pd.DataFrame) -> pd.DataFrame:
    columns = [*KEY, "value", "status", "flag"]
    return pd.concat([table[columns] for table in tables]).sort_values(KEY, ignore_index=True)
