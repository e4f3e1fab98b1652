"""The balance of a table: what a sector sells to industries and to final users is its output."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables

__all__ = ["check_balance"]

# of a sector's output; printed cells are rounded, so that small sectors miss a little
BALANCE = 0.005
# of all output; beyond this Z, Y and x are not of one table
OF_ALL = 0.01


def check_balance(Z: pd.DataFrame, Y: pd.DataFrame | pd.Series, x: pd.Series) -> pd.DataFrame:
    r"""Return how far the uses of each sector's output are from that output, and warn where it is far.

    .. math:: d_i = \sum_j z_{ij} + \sum_k y_{ik} - x_i

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    Y
        Final demand in the same money, a row a sector and a column a use or a destination; or one Series by sector.

    Returns
    -------
    By sector: ``intermediate``, ``final``, ``output``, ``difference`` in money, ``difference_share`` of output (0
    where output and uses are 0, infinite where output alone is) and ``negative_final``, the sum of its negative cells
    of final demand. A warning names sectors that differ by more than 0.5 % of their output, the farthest off first,
    and another those with negative final demand: stocks run down are such, and are no error.

    References
    ----------
    Eurostat (2008), Manual of Supply, Use and Input-Output Tables.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> check_balance(Z, pd.Series({"i": 350, "j": 1705}), pd.Series({"i": 1000, "j": 2000})).T
                           i          j
    intermediate       650.0   300.0000
    final              350.0  1705.0000
    output            1000.0  2000.0000
    difference           0.0     5.0000
    difference_share     0.0     0.0025
    negative_final       0.0     0.0000
    """
    flows, rows, _ = _tables.square_values(Z, "Z")
    output, final = _tables.by_sector(x, rows, "x"), _tables.final_demand(Y, rows).to_numpy()
    difference = flows.sum(axis=1) + final.sum(axis=1) - output
    share = shares_of_output(difference, output)
    off = sentence_on_balance(share, rows)
    if off:
        _tables.tell(off)
    below = (final < 0).any(axis=1)
    if below.any():
        _tables.tell(f"final demand of sector {_tables.listed(rows[below])} holds negative figures")
    parts = {"intermediate": flows.sum(axis=1), "final": final.sum(axis=1), "output": output, "difference": difference}
    negative = np.where(final < 0, final, 0).sum(axis=1)
    return pd.DataFrame({**parts, "difference_share": share, "negative_final": negative}, index=rows)


def off_balance(table: _tables.Table, final: np.ndarray) -> str:
    """Return a sentence on sectors whose uses miss their output, or nothing; raise where the whole table is off."""
    difference = table.Z.sum(axis=1) + final.sum(axis=1) - table.x
    missed, output = np.abs(difference).sum(), table.x.sum()
    off = sentence_on_balance(shares_of_output(difference, table.x), table.rows)
    if missed > OF_ALL * output:
        raise ValueError(
            f"Z, Y and x are not of one table: {off}, and by {missed:g} of {output:g} in all; "
            f"at most {OF_ALL:.0%} would be right"
        )
    return off


def shares_of_output(difference: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return differences as shares of output: 0 where both are 0, infinite where output alone is."""
    share = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
    return np.divide(difference, output, out=share, where=output != 0)


def sentence_on_balance(share: np.ndarray, rows: pd.Index) -> str:
    """Return a sentence that names sectors whose uses miss their output, the farthest off first; or nothing."""
    order = np.argsort(-np.abs(share), kind="stable")
    order = order[np.abs(share[order]) > BALANCE]
    if not len(order):
        return ""
    each = [
        f"{_tables.named(rows[place])} ({f'{share[place]:+.2%}' if np.isfinite(share[place]) else 'no output'})"
        for place in order
    ]
    return f"uses of sector {_checks.listed(each)} differ from its output by more than {BALANCE:.1%}"
