"""Region codes as published become canonical ones (NUTS 2016), pure recodes only; what else a code needs to be used.

A pure recode gives the same area a new code. A code whose area has no equal in NUTS 2016 (SI01, HU10) keeps its own
and says its vintage; conversions by weights are another matter (:mod:`alpclusters_lib.cleaning.vintages`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

__all__ = ["canonical_cells", "codes_of", "nuts3_recodes"]

# Shares of area and population that two codes must have in common, both ways, to be one area.
SAME_AREA = 0.999


def nuts3_recodes(weights: pd.DataFrame) -> dict[str, str]:
    """Return the NUTS 3 codes that changed and stand for the same area, old to new.

    Parameters
    ----------
    weights
        What :func:`alpclusters_lib.sources.nuts_weights.read_nuts_weights` returns.

    Examples
    --------
    >>> columns = ["code_from", "code_to", "area_km2", "population_2011"]
    >>> rows = [["FR421", "FRF11", 4755.0, 1099269.0], ["IE022", "IE062", 2e3, 4e5], ["IE022", "IE061", 900.0, 9e4]]
    >>> nuts3_recodes(pd.DataFrame(rows, columns=columns))
    {'FR421': 'FRF11'}
    """
    same = pd.Series(True, index=weights.index)
    for amount in ("area_km2", "population_2011"):
        for side in ("code_from", "code_to"):
            same &= weights[amount] >= SAME_AREA * weights.groupby(side)[amount].transform("sum")
    changed = weights[same & (weights["code_from"] != weights["code_to"])]
    return dict(zip(changed["code_from"], changed["code_to"], strict=True))


def codes_of(nuts3: Collection[str]) -> set[str]:
    """Return the codes of one vintage on all levels, from those of NUTS 3.

    Examples
    --------
    >>> sorted(codes_of(["CH022"]))
    ['CH', 'CH0', 'CH02', 'CH022']
    """
    return {code[:length] for code in nuts3 for length in (2, 3, 4, 5)}


def is_pseudo_region(codes: pd.Series) -> pd.Series:
    """Tell whether codes stand for no area: extra-regio (``FRZZ``) or unknown region (``FRXX``)."""
    return codes.str.fullmatch(r"[A-Z]{2}(?:Z{1,3}|X{1,3})")


def canonical_cells(
    cells: pd.DataFrame, *, key: Sequence[str], recodes: Mapping[str, str], current: Collection[str], vintage: int
) -> pd.DataFrame:
    """Return cells with canonical codes, each once, and the vintage of each code.

    Parameters
    ----------
    cells
        A row a figure: ``region`` (code as published), the rest of ``key``, ``value`` and whatever else.
    key
        Columns that name a cell, ``region`` among them.
    recodes
        Old code to canonical code, same area.
    current
        All codes of NUTS 2016.
    vintage
        The NUTS vintage of the published table: that of the codes that are not of 2016.

    Returns
    -------
    DataFrame
        ``cells`` sorted by ``key`` with a column ``vintage`` (text; blank for countries outside ``current`` and groups
        of countries); pseudo-regions are left out. Where the old and the new code of an area both give the same
        figure, or one gives none, one row is left.

    Raises
    ------
    ValueError
        If the old and the new code of an area give different figures for one cell.

    Examples
    --------
    >>> cells = pd.DataFrame({"region": ["FR42", "FRF1", "SI01", "FRZZ"], "year": 2014, "value": [1.0, 1.0, 2.0, 3.0]})
    >>> now = {"FRF1", "SI"}
    >>> canonical_cells(
    ...     cells, key=["region", "year"], recodes={"FR42": "FRF1"}, current=now, vintage=2010
    ... ).values.tolist()
    [['FRF1', 2014, 1.0, '2016'], ['SI01', 2014, 2.0, '2010']]
    """
    frame = cells[~is_pseudo_region(cells["region"])].copy()
    published = frame["region"].copy()
    names = {code: recodes.get(code, code) for code in frame["region"].unique()}
    frame["region"] = frame["region"].map(names)
    found = frame.assign(published=published)[frame["value"].notna()]
    twice = found[found.duplicated(list(key), keep=False)]
    spread = twice.groupby(list(key))["value"].agg(["min", "max"])
    apart = spread[spread["min"] != spread["max"]]
    if len(apart):
        cell = dict(zip(key, apart.index[0], strict=True))
        rows = twice[(twice[list(key)] == pd.Series(cell)).all(axis=1)]
        said = " and ".join(f"{code} {value:g}" for code, value in zip(rows["published"], rows["value"], strict=True))
        raise ValueError(f"two codes of one area differ for {', '.join(map(str, cell.values()))}: {said}")
    frame = frame.sort_values([*key, "value"], na_position="last", kind="stable").drop_duplicates(list(key))
    classified = frame["region"].str[:2].isin({code[:2] for code in current})
    known = frame["region"].isin(current)
    frame["vintage"] = pd.Series(str(vintage), index=frame.index).mask(known, "2016").where(classified, "")
    return frame.reset_index(drop=True)
