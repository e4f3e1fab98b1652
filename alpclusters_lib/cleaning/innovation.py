"""Innovation indicators by NUTS 2 region, 2005-2019, from two collections of Eurostat's tables.

The rule where two sources hold the same cell: the later release counts, an earlier one fills only what the later
leaves empty. In this order: the panel of Eurostat's tables (release of 2020), the indicator data base of 2020, the
original tables of 2017. Where the other source differs by more than :data:`TOLERANCE`, the flag gives its figure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.area_codes import canonical_cells
from alpclusters_lib.cleaning.computed_indicators import (
    GDP,
    PATENTS,
    POPULATION,
    estimated_patents,
    gdp_per_inhabitant,
    mean_of_years,
)

__all__ = ["FIRST_YEAR", "TOLERANCE", "contradictions", "innovation_indicators", "source_figures"]

KEY = ["region", "indicator", "year"]
FIRST_YEAR = 2005
PANEL, BASE = "nuts2_panel", "i40"
# Two published figures of one cell this far apart, as a share of the larger, are two figures.
TOLERANCE = 0.01


def contradictions(first: pd.DataFrame, second: pd.DataFrame, *, tolerance: float) -> pd.DataFrame:
    r"""Return the cells for which two sources publish different figures, side by side.

    .. math:: |a - b| > t \, \max(|a|, |b|)

    Parameters
    ----------
    first, second
        Long tables ``region, indicator, year, value``.
    tolerance
        The share of the larger figure by which the two may differ, from 0.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value_first, value_second``; cells that only one source fills are no contradiction.

    Raises
    ------
    ValueError
        If the tolerance is negative or no number, or a table holds a cell twice.

    Examples
    --------
    >>> columns = ["region", "indicator", "year", "value"]
    >>> rows = [["FRY3", "population", 2018, 276127.0], ["ITC4", "population", 2018, 10036258.0]]
    >>> panel = pd.DataFrame(rows, columns=columns)
    >>> base = panel.assign(value=[287504.0, 10036258.0])
    >>> contradictions(panel, base, tolerance=0.01).values.tolist()
    [['FRY3', 'population', 2018, 276127.0, 287504.0]]
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance is {tolerance}; a share from 0 would be right")
    for place, table in (("first", first), ("second", second)):
        doubled = table[table.duplicated(KEY)]
        if len(doubled):
            cell = ", ".join(str(value) for value in doubled[KEY].iloc[0])
            raise ValueError(f"the {place} table holds {cell} twice; each cell may stand once")
    both = pd.merge(first[[*KEY, "value"]], second[[*KEY, "value"]], on=KEY, suffixes=("_first", "_second"))
    both = both.dropna(subset=["value_first", "value_second"])
    larger = np.maximum(both["value_first"].abs(), both["value_second"].abs())
    apart = (both["value_first"] - both["value_second"]).abs() > tolerance * larger
    return both[apart].sort_values(KEY, ignore_index=True)


def _without_replaced(cells: pd.DataFrame, successors: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Leave out an old region wherever one of its successors has a figure for the same indicator and year."""
    old = cells[cells["region"].isin(list(successors))]
    new = {code for codes in successors.values() for code in codes}
    held = set(cells.loc[cells["region"].isin(new), KEY].itertuples(index=False, name=None))
    replaced = [
        any((code, indicator, year) in held for code in successors[region])
        for region, indicator, year in old[KEY].itertuples(index=False, name=None)
    ]
    return cells.drop(index=old.index[replaced])


def source_figures(
    published: pd.DataFrame,
    dataset: str,
    *,
    facts: pd.DataFrame,
    recodes: Mapping[str, str],
    successors: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return one source's NUTS 2 figures under our keys and canonical codes.

    Parameters
    ----------
    published
        Four columns in this order: code as published, the source's name of the indicator, year, value.
    dataset
        The source's name in ``facts``.
    facts, recodes, successors
        As in :func:`innovation_indicators`.

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, source``: published figures only.
    """
    first = facts[facts["dataset"] == dataset].set_index("source_column")["key"]
    second = facts[facts["second_dataset"] == dataset].set_index("second_source_column")["key"]
    keys = {**first.to_dict(), **second.to_dict()}
    name = published.columns[1]
    absent = sorted(set(keys) - set(published[name]))
    if absent:
        raise ValueError(f"{dataset} holds no figure for {absent[0]}, the indicator {keys[absent[0]]}")
    rows = published[published[name].isin(list(keys))]
    cells = rows.set_axis(["region", "indicator", "year", "value"], axis=1).replace({"indicator": keys})
    cells = cells[cells["region"].str.fullmatch(r"[A-Z]{2}[A-Z0-9]{2}") & ~cells["region"].str.match(r"E[AFU][0-9T]")]
    cells = canonical_cells(cells, key=KEY, recodes=recodes, current=(), vintage=2016).drop(columns="vintage")
    return _without_replaced(cells, successors).assign(status="observed", flag="", source=dataset)


def _coalesce(later: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return all cells, the later source's where both fill one; its flag gives the other's figure if far apart."""
    apart = contradictions(later, earlier, tolerance=TOLERANCE).set_index(KEY)["value_second"]
    later = later.copy()
    other = apart.reindex(pd.MultiIndex.from_frame(later[KEY])).to_numpy()
    said = [f"{earlier['source'].iloc[0]}: {value:.10g}" if value == value else "" for value in other]
    later["flag"] = np.where(later["flag"] == "", said, later["flag"])
    new = earlier.merge(later[KEY], how="left", on=KEY, indicator="held")
    return pd.concat([later, new[new.pop("held") == "left_only"]], ignore_index=True)


def innovation_indicators(
    panel: pd.DataFrame,
    base: pd.DataFrame,
    originals: Mapping[str, pd.DataFrame],
    *,
    facts: pd.DataFrame,
    parts: pd.DataFrame,
    recodes: Mapping[str, str],
    successors: Mapping[str, Sequence[str]],
    also: Collection[str] = (),
) -> pd.DataFrame:
    """Return all innovation indicators by region and year.

    Parameters
    ----------
    panel, base
        What :mod:`alpclusters_lib.sources.innovation` reads: ``table, geo, year, value`` and ``geo, column, year,
        value``.
    originals
        Processed tables by data set, ``pat_ep_rtot`` (patents) and ``nama_10r_3gdp`` (gdp).
    facts
        ``data/raw/facts/innovation_indicators.csv``.
    parts
        What :func:`nearly_same_area` returns, for patents of regions whose boundary moved a little.
    recodes, successors
        Old codes to canonical ones; old codes without an equal to those that took their place.
    also
        Regions that appear for every indicator, ``missing`` where nothing is published (Liechtenstein).

    Returns
    -------
    DataFrame
        ``region, indicator, year, value, status, flag, source``: every region for every indicator, in every year from
        the indicator's first to its last, ``missing`` where nothing is published.

    Raises
    ------
    ValueError
        If a source holds nothing for an indicator, or two codes of one area differ.
    """
    codes = {"facts": facts, "recodes": recodes, "successors": successors}
    read = {PANEL: panel[["geo", "table", "year", "value"]], BASE: base}
    for dataset, table in originals.items():
        observed = table[table["value"].notna()]
        read[dataset] = observed[[*KEY, "value"]].set_axis(["geo", "indicator", "year", "value"], axis=1)
    cells = source_figures(read.pop(PANEL), PANEL, **codes)
    for dataset, published in read.items():
        cells = _coalesce(cells, source_figures(published, dataset, **codes))
    population = cells[cells["indicator"] == POPULATION]
    estimates = estimated_patents(originals["pat_ep_rtot"], population, parts).assign(source="computed")
    cells = pd.concat([cells, estimates], ignore_index=True)
    cells = _without_replaced(cells, successors)
    means = mean_of_years(cells[cells["indicator"] == PATENTS])
    ratios = gdp_per_inhabitant(cells[cells["indicator"] == GDP], population)
    cells = pd.concat([cells, means.assign(source="computed"), ratios.assign(source="computed")], ignore_index=True)
    return _complete(cells[cells["year"] >= FIRST_YEAR], also)


def _complete(cells: pd.DataFrame, also: Collection[str]) -> pd.DataFrame:
    """Add a row ``missing`` for every region and year of an indicator without one."""
    regions = sorted(set(cells["region"]) | set(also))
    years = cells.groupby("indicator")["year"].agg(["min", "max"])
    grid = [
        pd.MultiIndex.from_product([regions, [name], range(first, last + 1)], names=KEY).to_frame(index=False)
        for name, (first, last) in zip(years.index, years.to_numpy(), strict=True)
    ]
    table = pd.concat(grid).astype({"year": "int16"}).merge(cells.astype({"year": "int16"}), how="left", on=KEY)
    table["status"] = table["status"].fillna("missing")
    table = table.fillna({"flag": "", "source": ""})
    return table.sort_values(KEY, ignore_index=True)[[*KEY, "value", "status", "flag", "source"]]
