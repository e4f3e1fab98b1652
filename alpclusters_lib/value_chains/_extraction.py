"""Hypothetical extraction: how much output a table holds with and without a sector, or a group of them.

A measure of how much is bound up with a sector, not a forecast: nobody replaces what is taken out. The three kinds
answer different questions and are not comparable with each other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables

__all__ = ["hypothetical_extraction"]

KINDS = ("full", "backward", "forward")


def hypothetical_extraction(
    Z: pd.DataFrame, x: pd.Series, *, groups: pd.Series | str | None = None, kind: str = "full"
) -> pd.DataFrame:
    r"""Return the output that a table loses without each sector, or without each group of sectors.

    With S the sectors taken out, from the one inverse L (Sherman–Morrison–Woodbury; nothing is inverted again),

    .. math:: 1^{\top} L_{\cdot S} L_{SS}^{-1} x_S \text{ (full)}, \quad
        1^{\top} (L - I)_{\cdot S} L_{SS}^{-1} x_S \text{ (backward)}, \quad
        1^{\top} L_{SS}^{-1} ((L - I) x)_S \text{ (forward)}

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    groups
        The group of each sector, by sector, or the name of a level of the index of `Z` (``"country"``); sectors that
        a Series does not name stay. Each sector by itself where omitted.
    kind
        "full" takes out row, column and final demand of S. "backward" takes out the column of A, its own cell
        included, and keeps final demand: S buys nothing. "forward" takes out the row of the Ghosh coefficients, its
        own cell included, and keeps value added: S sells nothing to industries.

    Returns
    -------
    By sector, or by group in the order in which groups first occur: ``total``, a loss of output in money, zero or
    more, output of S itself included (all of it where "full"), and ``elsewhere``, the part of it outside S. A sector
    without output loses nothing. Losses of sectors do not add up to that of their group.

    References
    ----------
    Paelinck, de Caevel & Degueldre (1965), in Problèmes de conversion économique; Cella (1984), Oxford Bulletin of
    Economics and Statistics 46:73; Dietzenbacher & van der Linden (1997), Journal of Regional Science 37:235; Miller
    & Blair (2009), Input-Output Analysis, ch. 12.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> x = pd.Series({"i": 1000, "j": 2000})
    >>> hypothetical_extraction(Z, x).round(3)
          total  elsewhere
    i  1210.526    210.526
    j  2588.235    588.235
    >>> hypothetical_extraction(Z, x, kind="backward")["total"].round(3).to_dict()
    {'i': 413.158, 'j': 805.882}
    """
    _checks.one_of(kind, KINDS, name="kind")
    table = _tables.checked(Z, x)
    members, labels = _members(groups, table.rows)
    inverse = _tables.inverted(_tables.input_shares(table), table.rows)
    losses = _alone(inverse, table.x, kind) if members is None else _together(inverse, table.x, kind, members)
    return pd.DataFrame(losses, index=labels, columns=["total", "elsewhere"])


def _alone(inverse: np.ndarray, x: np.ndarray, kind: str) -> np.ndarray:
    """Return total loss and loss elsewhere of every sector by itself; the diagonal of the inverse is overwritten."""
    own = inverse.diagonal().copy()
    # without their diagonal the sums hold what others do, unrounded by the 1 on it
    np.fill_diagonal(inverse, 0)
    elsewhere = inverse @ x / own if kind == "forward" else inverse.sum(axis=0) * x / own
    itself = x if kind == "full" else x - x / own
    return np.column_stack([itself + elsewhere, elsewhere])


def _together(inverse: np.ndarray, x: np.ndarray, kind: str, members: list[np.ndarray]) -> np.ndarray:
    losses = []
    for inside in members:
        outside = np.ones(len(x), dtype=bool)
        outside[inside] = False
        block, sold = inverse[np.ix_(inside, inside)], x[inside]
        if kind == "forward":
            # by rows: what the Ghosh inverse does by columns, as G = x̂⁻¹ L x̂
            weights = np.linalg.solve(block.T, np.ones(len(inside)))
            elsewhere = weights @ (inverse[np.ix_(inside, outside)] @ x[outside])
            itself = sold.sum() - weights @ sold
        else:
            needed = np.linalg.solve(block, sold)
            elsewhere = inverse[np.ix_(outside, inside)].sum(axis=0) @ needed
            itself = sold.sum() if kind == "full" else sold.sum() - needed.sum()
        losses.append((itself + elsewhere, elsewhere))
    return np.array(losses, dtype=float).reshape(-1, 2)


def _members(groups: pd.Series | str | None, rows: pd.Index) -> tuple[list[np.ndarray] | None, pd.Index]:
    """Return the places of each group's sectors, and the groups."""
    if groups is None:
        return None, rows
    if isinstance(groups, str):
        if groups not in rows.names:
            held = _tables.listed(name for name in rows.names if name is not None)
            raise ValueError(f"level {groups!r} is not available; available: {held or 'none, as no level has a name'}")
        of_sector = pd.Series(rows.get_level_values(groups), index=rows, name=groups)
    elif isinstance(groups, pd.Series):
        of_sector = groups
        _checks.require_unique(groups.index, noun="sector", name="groups")
        _tables.require_same(groups.index, rows, "groups", "Z has", partly=True)
        if groups.isna().any():
            blank = groups.index[groups.isna()]
            raise ValueError(f"sector {_tables.listed(blank)} has no group; leave out of groups what is to stay")
    else:
        raise TypeError(f"groups is a {type(groups).__name__}; a Series by sector or the name of a level is needed")
    taken = rows[rows.isin(of_sector.index)]
    codes, labels = pd.factorize(of_sector.reindex(taken))
    places = rows.get_indexer(taken)
    return [places[codes == code] for code in range(len(labels))], pd.Index(labels, name=of_sector.name or "group")
