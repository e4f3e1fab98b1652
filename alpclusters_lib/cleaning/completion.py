"""The completed table: estimates take the place of hidden cells, and sums that were hidden follow from their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.confidentiality import protect
from alpclusters_lib.cleaning.disclosure import jointly_pinned
from alpclusters_lib.cleaning.priors import panel
from alpclusters_lib.cleaning.suppression import Completed

__all__ = ["completed_table"]

KEY = ["region", "sector", "year"]
LIMITS = ["lower", "upper"]
ALL_LIMITS = [*LIMITS, "tight_lower", "tight_upper"]
# Regions that add up to their country within this share are all there.
PRESENT_WITHIN = 0.02
# What the estimates say, and what may be told of them: a sum that is not withheld shows the latter.
SUMMED = ("value", *ALL_LIMITS, "counted", "published_lower", "published_upper")


def _divisions(cells: pd.DataFrame, completed: Completed) -> pd.DataFrame:
    """Return the NUTS 2 divisions with estimates and their limits; NaN stays where nothing can be said."""
    rows = cells[(cells["region"].str.len() == 4) & (cells["sector"].str.len() == 3)].set_index(KEY)
    rows = rows.assign(**{name: rows["value"] for name in ALL_LIMITS})
    filled = completed.cells.set_index(KEY)
    # what the publisher merely lacks is estimated only where published sums limit it
    hidden = rows["status"].reindex(filled.index) == "confidential"
    filled = filled[hidden | np.isfinite(filled["upper"].astype(float))]
    known = rows.index.intersection(filled.index)
    rows.loc[known, ["value", *ALL_LIMITS]] = filled.loc[known, ["value", *ALL_LIMITS]].to_numpy()
    return rows


def _protected(rows: pd.DataFrame, estimated: pd.Series, together: pd.Series) -> pd.DataFrame:
    """Mark estimates and take back those that confidentiality forbids; ``counted`` is what a row counts in sums."""
    safe = protect(
        rows.loc[estimated, ["value", *ALL_LIMITS]],
        confidential=rows.loc[estimated, "status"] == "confidential",
        elsewhere=together.reindex(rows.index[estimated], fill_value=False),
    )
    result = rows.assign(counted=rows["value"])
    columns = ["value", *LIMITS, "status", "counted"]
    result.loc[estimated, columns] = safe[columns]
    return result


def _sums(divisions: pd.DataFrame, children: Mapping[str, Sequence[str]], published: pd.Series) -> pd.DataFrame:
    """Add divisions up to sections and regions up to NUTS 1 and countries: value, limits and what they count.

    A sum stands only where every part is known. The parts of a parent in a year are its regions with figures in it;
    they must add up to what the parent publishes elsewhere, or one of them is absent.
    """
    parts = {name: panel(divisions.reset_index(), name) for name in SUMMED}
    one = parts["value"]
    rows = [*one.regions, *(parent for parent, kids in children.items() if set(kids) & set(one.regions))]
    region_of = np.array([[r == row or r in children.get(row, ()) for r in one.regions] for row in rows], float)
    sectors = [*one.sectors, *sorted({s[0] for s in one.sectors})]
    sector_of = np.array([[d == s or d[0] == s for d in one.sectors] for s in sectors], float)
    active = (~np.isnan(one.values)).any(axis=1, keepdims=True)
    unknown = (np.isnan(parts["counted"].values) & active).astype(float)

    def added(values: np.ndarray) -> np.ndarray:
        return np.einsum("ri,idy,sd->rsy", region_of, values, sector_of, optimize=True)

    index = pd.MultiIndex.from_product([rows, sectors, one.years], names=KEY)
    finite = {name: np.nan_to_num(p.values, posinf=0.0) for name, p in parts.items()}
    table = pd.DataFrame({name: added(values).ravel() for name, values in finite.items()}, index)
    unlimited = added(np.isinf(parts["upper"].values).astype(float)) > 0
    table.loc[unlimited.ravel(), ["upper", "tight_upper", "published_upper"]] = np.inf
    table = table[((added(unknown) == 0) & (region_of @ active[:, 0])[:, None, :].astype(bool)).ravel()]
    told = published.reindex(table.index)
    ratio = (table["value"] / told.where(told > 0)).groupby(["region", "year"]).median()
    whole = ratio.sub(1).abs() <= PRESENT_WITHIN
    keys = pd.MultiIndex.from_arrays([table.index.get_level_values(name) for name in ("region", "year")])
    own = table.index.get_level_values("region").str.len() == 4
    return table[own | whole.reindex(keys).fillna(False).to_numpy(bool)]


def completed_table(cells: pd.DataFrame, completed: Completed, children: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Put estimates where cells are hidden, and sums of parts where a section, NUTS 1 or national row is hidden.

    Parameters
    ----------
    cells
        ``region, sector, year, value, status, flag``, pseudo-regions included.
    completed
        What :func:`~alpclusters_lib.cleaning.suppression.complete` made of them.
    children
        NUTS 2 regions of each country and NUTS 1 region.

    Returns
    -------
    DataFrame
        The same rows with ``lower, upper`` (equal to the value where it is published) and ``counted`` (what a cell
        counts in sums: its value, or the middle of its limits where confidentiality withholds it). Estimates keep the
        flag of the cell they stand in.
    """
    divisions = _divisions(cells, completed)
    estimated = divisions["value"].notna() & (divisions["status"] != "observed")
    together = jointly_pinned(cells, children)
    rounded = _protected(divisions, estimated, together)
    told = rounded[["counted", *LIMITS]].set_axis(["counted", "published_lower", "published_upper"], axis=1)
    sums = _sums(divisions.join(told), children, cells.set_index(KEY)["value"])
    others = cells[~((cells["region"].str.len() == 4) & (cells["sector"].str.len() == 3))].set_index(KEY)
    others = others.assign(**{name: others["value"] for name in ALL_LIMITS})
    hidden = others["value"].isna() & others.index.isin(sums.index) & (others["flag"] != "implausible")
    found = sums.reindex(others.index[hidden])
    others.loc[hidden, ["value", *ALL_LIMITS]] = found[["value", *ALL_LIMITS]].to_numpy()
    others = _protected(others, hidden, together)
    shown = hidden & others["value"].notna()
    told = sums.loc[others.index[shown], ["counted", "published_lower", "published_upper", "counted"]]
    others.loc[shown, ["value", *LIMITS, "counted"]] = told.to_numpy()
    table = pd.concat([rounded, others]).reset_index()
    table[LIMITS] = table[LIMITS].replace(np.inf, np.nan)
    return table[[*KEY, "value", *LIMITS, "status", "flag", "counted"]]
