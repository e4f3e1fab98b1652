"""What an outsider can work out: the limits that all published figures of a country set together.

A hidden section or a hidden NUTS 1 row is an unknown of its own here: the sum of its divisions and of its regions,
which limits them and is limited by them. So are found the cells that no single sum pins down but several together do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.confidentiality import pinned
from alpclusters_lib.cleaning.margins import TOLERANCE, TRUSTED_SHARE

__all__ = ["joint_limits", "jointly_pinned"]

ROUNDS = 8


def _equations(
    wide: pd.DataFrame, children: Mapping[str, Sequence[str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return whole − Σ parts = 0 as triples (equation, cell, sign) and the tolerance of each equation.

    Cells are counted row by row. Links that the published figures show not to hold are left out.
    """
    place = {region: i for i, region in enumerate(wide.index)}
    number = np.arange(wide.size).reshape(wide.shape)
    known = wide.to_numpy(float)
    columns = list(wide.columns)  # plain text: an index of strings is slow to walk through
    divisions = {s: [j for j, d in enumerate(columns) if len(d) == 3 and d[0] == s] for s in columns if len(s) == 1}
    links = [(number[:, j], number[:, divisions[s]], "section") for j, s in enumerate(columns) if len(s) == 1] + [
        (number[place[p]], number[[place[c] for c in kids if c in place]].T, "country" if len(p) == 2 else "NUTS 1")
        for p, kids in children.items()
        if p in place and any(c in place for c in kids)
    ]
    equation, cell, sign, give, count = [], [], [], [], 0
    for whole, parts, kind in links:
        if parts.shape[1] == 0:
            continue
        gap = known.ravel()[whole] - known.ravel()[parts].sum(axis=1)
        told = np.abs(gap[~np.isnan(gap)]) <= TOLERANCE[kind]
        if len(told) and told.mean() < TRUSTED_SHARE:
            continue
        used = np.isnan(gap)
        rows = count + np.arange(used.sum())
        equation += [rows, np.repeat(rows, parts.shape[1])]
        cell += [whole[used], parts[used].ravel()]
        sign += [np.ones(len(rows)), -np.ones(len(rows) * parts.shape[1])]
        give.append(np.full(len(rows), TOLERANCE[kind]))
        count += len(rows)
    empty = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)], [np.empty(0)]
    joined = (np.concatenate(a or b) for a, b in zip((equation, cell, sign, give), empty, strict=True))
    return tuple(joined)


def joint_limits(wide: pd.DataFrame, children: Mapping[str, Sequence[str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Return the limits that all published figures of one country and year set for every cell.

    .. math:: x_{whole} - \sum_{parts} x = 0 \pm \tau

    for every section of every region and every sector of every NUTS 1 row and of the country; limits are passed from
    one to the other until they hardly move (interval arithmetic).

    Parameters
    ----------
    wide
        Figures by region (NUTS 0, 1, 2) and sector (sections and divisions), NaN where hidden.
    children
        NUTS 2 regions of the country and of each NUTS 1 row.

    Returns
    -------
    tuple of two DataFrames
        Lower and upper limits in the shape of ``wide``; both are the figure where it is published, and the upper one
        is infinite where nothing limits the cell.

    Examples
    --------
    >>> hidden = float("nan")
    >>> wide = pd.DataFrame({"B": [300, 200, hidden], "B05": hidden, "B06": [hidden, hidden, 0]},
    ...                     index=["AA", "AA11", "AA12"])
    >>> lower, upper = joint_limits(wide, {"AA": ["AA11", "AA12"]})
    >>> lower.loc["AA12", "B"].item(), upper.loc["AA12", "B"].item()
    (95.0, 105.0)
    """
    equation, cell, sign, give = _equations(wide, children)
    known = wide.to_numpy(float).ravel()
    lower, upper = np.nan_to_num(known, nan=0.0), np.where(np.isnan(known), np.inf, known)
    free = np.isnan(known)[cell]
    for _ in range(ROUNDS):
        # the least and the most that sign × cell can be; infinite ones are counted, not added
        least = np.where(sign > 0, lower[cell], -upper[cell])
        most = np.where(sign > 0, upper[cell], -lower[cell])
        sums = []
        for side in (least, most):
            endless = np.isinf(side)
            finite = np.where(endless, 0.0, side)
            total = np.bincount(equation, finite, minlength=len(give))[equation] - finite
            others = np.bincount(equation, endless.astype(float), minlength=len(give))[equation] - endless
            sums.append((total, others == 0))
        (low_rest, low_known), (high_rest, high_known) = sums
        top = np.where(low_known, give[equation] - low_rest, np.inf)
        bottom = np.where(high_known, -give[equation] - high_rest, -np.inf)
        new_lower, new_upper = lower.copy(), upper.copy()
        np.maximum.at(new_lower, cell[free], np.where(sign > 0, bottom, -top)[free])
        np.minimum.at(new_upper, cell[free], np.where(sign > 0, top, -bottom)[free])
        # published figures that contradict each other limit nothing
        agree = new_lower <= new_upper + 1e-6
        moved = (((new_lower > lower + 0.5) | (upper > new_upper + 0.5)) & agree).any()
        lower, upper = np.where(agree, new_lower, lower), np.where(agree, new_upper, upper)
        if not moved:
            break
    shape = {"index": wide.index, "columns": wide.columns}
    return pd.DataFrame(lower.reshape(wide.shape), **shape), pd.DataFrame(upper.reshape(wide.shape), **shape)


def jointly_pinned(cells: pd.DataFrame, children: Mapping[str, Sequence[str]]) -> pd.Series:
    """Say of each hidden cell whether all published figures together leave it within ±10 %.

    Parameters
    ----------
    cells
        ``region, sector, year, value``, NaN where hidden; pseudo-regions included.
    children
        NUTS 2 regions of each country and NUTS 1 row.

    Returns
    -------
    Series
        True or False by (region, sector, year), hidden cells only.
    """
    parts = []
    for (country, year), block in cells.groupby([cells["region"].str[:2], "year"]):
        wide = block.pivot(index="region", columns="sector", values="value")
        wide = wide[wide.notna().any(axis=1)]
        tree = {p: kids for p, kids in children.items() if p.startswith(country)}
        lower, upper = joint_limits(wide, tree)
        row, column = np.nonzero(wide.isna().to_numpy())
        low, high = (pd.Series(limit.to_numpy()[row, column]) for limit in (lower, upper))
        parts.append(
            pd.DataFrame(
                {
                    "region": wide.index.to_numpy()[row],
                    "sector": wide.columns.to_numpy()[column],
                    "year": year,
                    "near": pinned((low + high) / 2, low, high),
                }
            )
        )
    columns = ["region", "sector", "year", "near"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return table.set_index(columns[:3])["near"].astype(bool)
