r"""Input-output analysis in the letters of the literature: Z, A, L, B, G, x, f, Y.

Z holds what sectors (rows) sell to sectors (columns), x their output, A = Z x̂⁻¹ inputs by unit of output, L the
Leontief inverse, B = x̂⁻¹ Z sales by unit of output, G the Ghosh inverse, Y final demand by destination, and
f = x − Z 1 final demand in all. All money is in one unit, that of the caller. A table of several countries has the
index (country, industry) and needs nothing else. Linkages live in ``_linkages``, extraction in ``_extraction``, the
balance of a table in ``_balance``, countries' part in value chains in ``_participation``, tables that pymrio has read
in ``pymrio_tables``; all are handed on here.

The model holds inputs by unit of output, and prices, as they were in the year of the table: results describe that
year's purchases. Nothing here says what firms would do instead. A table of domestic flows leaves out what imports
carry; one that mixes imports into Z counts them as if made at home.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables
from alpclusters_lib.value_chains._balance import check_balance
from alpclusters_lib.value_chains._extraction import hypothetical_extraction
from alpclusters_lib.value_chains._linkages import (
    average_propagation_lengths,
    backward_linkages,
    downstreamness,
    forward_linkages,
    upstreamness,
)
from alpclusters_lib.value_chains._participation import global_value_chain_participation, vertical_specialisation
from alpclusters_lib.value_chains.pymrio_tables import from_pymrio

__all__ = [
    "average_propagation_lengths",
    "backward_linkages",
    "check_balance",
    "downstreamness",
    "forward_linkages",
    "from_pymrio",
    "ghosh_inverse",
    "global_value_chain_participation",
    "hypothetical_extraction",
    "leontief_inverse",
    "multipliers",
    "output_loss",
    "technical_coefficients",
    "upstreamness",
    "vertical_specialisation",
]


def technical_coefficients(Z: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return what a sector uses of every other, by unit of its own output.

    .. math:: a_{ij} = z_{ij} / x_j

    Parameters
    ----------
    Z
        Flows in money, rows sell and columns use; the same labels on both sides, in any order.
    x
        Output by sector, in the same money.

    Returns
    -------
    Sector × sector, in the order of the rows of `Z`, zero or more. A sector without output, whose row and column of
    `Z` are zeros, has coefficients of 0, with a warning that names it.

    Raises
    ------
    TypeError, ValueError
        If a label is missing, stands twice or on one side only, a flow is negative or NaN, or flows meet an output
        of 0. So in every function of this module.

    References
    ----------
    Leontief (1936), Review of Economics and Statistics 18:105; Miller & Blair (2009), Input-Output Analysis, ch. 2.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> technical_coefficients(Z, pd.Series({"i": 1000, "j": 2000}))
          i     j
    i  0.15  0.25
    j  0.20  0.05
    """
    table = _tables.checked(Z, x)
    return table.square(_tables.input_shares(table))


def leontief_inverse(A: pd.DataFrame) -> pd.DataFrame:
    r"""Return what every sector puts out, directly and through others, for a unit of final demand of each.

    .. math:: L = (I - A)^{-1} = I + A + A^2 + \dots

    Parameters
    ----------
    A
        Technical coefficients, sector × sector: :func:`technical_coefficients`.

    Returns
    -------
    Sector × sector: :math:`l_{ij}` is output of i by unit of final demand for j, at least 1 on the diagonal, zero or
    more elsewhere. A sector without flows has 1 on the diagonal and zeros.

    Raises
    ------
    ValueError
        If I − A is singular or its inverse holds negative cells, as where sectors use more than they put out; the
        largest column sum of `A` is named.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, ch. 2; Hawkins & Simon (1949), Econometrica 17:245, for the refusal.

    Examples
    --------
    >>> A = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], ["i", "j"], ["i", "j"])
    >>> leontief_inverse(A).round(4)
            i       j
    i  1.2541  0.3300
    j  0.2640  1.1221
    """
    shares, rows, columns = _tables.square_values(A, "A")
    return pd.DataFrame(_tables.inverted(shares, rows), index=rows, columns=columns, copy=False)


def ghosh_inverse(Z: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return the output of every sector that a unit of each sector's primary input is passed on into.

    .. math:: G = (I - B)^{-1} = \hat x^{-1} L \hat x, \qquad b_{ij} = z_{ij} / x_i

    Read as prices (Dietzenbacher) or as a description of sales; quantities pushed by supply, whatever buyers want,
    are hard to defend, and its results do not add to those of the Leontief model.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.

    Returns
    -------
    Sector × sector: :math:`g_{ij}` goes from i to j. A sector without output has 1 on the diagonal and zeros, with a
    warning.

    References
    ----------
    Ghosh (1958), Economica 25:58; Dietzenbacher (1997), Journal of Regional Science 37:629.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> ghosh_inverse(Z, pd.Series({"i": 1000, "j": 2000})).round(4)
            i       j
    i  1.2541  0.6601
    j  0.1320  1.1221
    """
    table = _tables.checked(Z, x)
    return table.square(_tables.inverted(_tables.sales_shares(table.Z, table.x), table.rows, of="B"))


def multipliers(
    Z: pd.DataFrame, x: pd.Series, coefficients: pd.Series | pd.DataFrame, *, kind: str = "simple"
) -> pd.Series | pd.DataFrame:
    r"""Return jobs, income, emissions … in all sectors together, by unit of final demand for each.

    .. math:: m_j = \sum_i v_i l_{ij} \quad \text{("simple")}, \qquad m_j / v_j \quad \text{("ratio")}

    Households are outside (type I). The two kinds are not comparable: the first is by unit of final demand, the
    second by unit of the sector's own direct coefficient, so that a sector with few jobs of its own ranks high.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    coefficients
        v by unit of output: one Series by sector, or a table with one row a coefficient and a column a sector.
    kind
        "simple" or "ratio".

    Returns
    -------
    As `coefficients`, sectors in the order of `Z`. "ratio" is NaN where the sector's own coefficient is 0.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, ch. 6; Eurostat (2008), Manual of Supply, Use and Input-Output
    Tables.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> x, jobs = pd.Series({"i": 1000, "j": 2000}), pd.Series({"i": 0.30, "j": 0.25})
    >>> multipliers(Z, x, jobs).round(4).to_dict()
    {'i': 0.4422, 'j': 0.3795}
    >>> multipliers(Z, x, jobs, kind="ratio").round(4).to_dict()
    {'i': 1.4741, 'j': 1.5182}
    """
    _checks.one_of(kind, ("simple", "ratio"), name="kind")
    table = _tables.checked(Z, x)
    if isinstance(coefficients, pd.DataFrame):
        direct = _tables.rows_by_sector(coefficients, table.rows, "coefficients")
    else:
        direct = _tables.by_sector(coefficients, table.rows, "coefficients")[None, :]
    total = _tables.solved(_tables.input_shares(table), direct.T, table.rows, transposed=True).T
    if kind == "ratio":
        total = total / np.where(direct == 0, np.nan, direct)
    if isinstance(coefficients, pd.DataFrame):
        columns = _tables.named_as(table.rows, coefficients.columns)
        return pd.DataFrame(total, index=coefficients.index, columns=columns)
    return table.series(total[0], "multiplier")


def output_loss(Z: pd.DataFrame, x: pd.Series, shock: pd.Series) -> pd.Series:
    r"""Return the change of every sector's output that goes with a change of final demand.

    .. math:: \Delta x = L \, \Delta f

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    shock
        Change of final demand by sector, in money; negative where demand falls. A sector that it does not name keeps
        its final demand.

    Returns
    -------
    Change of output by sector, in money, negative where output falls. Linear: changes of two shocks add up, and a
    shock of 0 loses nothing. A fall that takes a sector's output below 0 is more than final demand holds; the
    figures are still those of the formula, with a warning that names the sector.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, ch. 2.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> output_loss(Z, pd.Series({"i": 1000, "j": 2000}), pd.Series({"i": 250, "j": -200})).round(3).to_dict()
    {'i': 247.525, 'j': -158.416}
    """
    table = _tables.checked(Z, x)
    change = _tables.solved(
        _tables.input_shares(table), _tables.by_sector(shock, table.rows, "shock", partly=True), table.rows
    )
    below = table.x + change < -1e-9 * table.x.max()
    if below.any():
        fallen = _tables.listed(table.rows[below])
        _tables.tell(f"the shock takes output of sector {fallen} below 0: it exceeds final demand")
    return table.series(change, "output_change")
