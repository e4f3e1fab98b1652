"""Linkages: how much a sector buys from and sells to the others, and how far it stands from final users.

Sums and positions of the two inverses, solved for without inverting. They describe the table of one year; the two
kinds of forward linkage rank sectors differently, and neither is the better one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables

__all__ = [
    "average_propagation_lengths",
    "backward_linkages",
    "downstreamness",
    "forward_linkages",
    "upstreamness",
]


def backward_linkages(Z: pd.DataFrame, x: pd.Series, *, normalised: bool = False) -> pd.Series:
    r"""Return output of all sectors together, by unit of final demand for each.

    .. math:: BL_j = \sum_i l_{ij}

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    normalised
        Divide by the mean over all sectors, so that 1 is the average one.

    Returns
    -------
    By sector, 1 or more: 1 for a sector that buys nothing from others, and for one without output, which counts in
    the mean. A sector with normalised backward and forward linkages above 1 is called key.

    References
    ----------
    Rasmussen (1956), Studies in Inter-Sectoral Relations; Miller & Blair (2009), Input-Output Analysis, ch. 12.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> backward_linkages(Z, pd.Series({"i": 1000, "j": 2000})).round(4).to_dict()
    {'i': 1.5182, 'j': 1.4521}
    >>> backward_linkages(Z, pd.Series({"i": 1000, "j": 2000}), normalised=True).round(4).to_dict()
    {'i': 1.0222, 'j': 0.9778}
    """
    table = _tables.checked(Z, x)
    return table.series(_over_mean(_column_sums(table), normalised), "backward_linkage")


def forward_linkages(Z: pd.DataFrame, x: pd.Series, *, kind: str = "ghosh", normalised: bool = False) -> pd.Series:
    r"""Return how much of all output a sector's output goes into.

    .. math:: FL_i = \sum_j g_{ij} \quad \text{("ghosh")}, \qquad FL_i = \sum_j l_{ij} \quad \text{("leontief")}

    "ghosh" is by unit of the sector's primary input. "leontief" (Rasmussen's sensitivity of dispersion) is output of
    i where final demand for every sector, large or small, rises by one unit.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    kind
        "ghosh" or "leontief"; they rank sectors differently.
    normalised
        Divide by the mean over all sectors.

    Returns
    -------
    By sector, 1 or more: 1 for a sector that sells to final users only, and for one without output.

    References
    ----------
    Rasmussen (1956), Studies in Inter-Sectoral Relations; Jones (1976), Quarterly Journal of Economics 90:323.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> x = pd.Series({"i": 1000, "j": 2000})
    >>> forward_linkages(Z, x).round(4).to_dict()
    {'i': 1.9142, 'j': 1.2541}
    >>> forward_linkages(Z, x, kind="leontief").round(4).to_dict()
    {'i': 1.5842, 'j': 1.3861}
    """
    _checks.one_of(kind, ("ghosh", "leontief"), name="kind")
    table = _tables.checked(Z, x)
    if kind == "ghosh":
        sums = _tables.solved(_tables.sales_shares(table.Z, table.x), np.ones(len(table.x)), table.rows, of="B")
    else:
        sums = _tables.solved(_tables.input_shares(table), np.ones(len(table.x)), table.rows)
    return table.series(_over_mean(sums, normalised), "forward_linkage")


def upstreamness(
    Z: pd.DataFrame,
    x: pd.Series,
    *,
    inventories: pd.Series | None = None,
    exports: pd.Series | None = None,
    imports: pd.Series | None = None,
) -> pd.Series:
    r"""Return how many steps of production lie between a sector's output and its final users.

    .. math:: U = (I - B^*)^{-1} 1, \qquad b^*_{ij} = \frac{z_{ij}}{x_i - n_i - e_i + m_i}

    The divisor is what is used at home: the table of one country says nothing of how its exports are used, which are
    taken to be used as the rest. A closed table needs no correction, and its U is the row sum of the Ghosh inverse.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`; for a country, domestic and imported flows together.
    inventories, exports, imports
        n (the change of stocks, of either sign), e and m by sector, in the same money; 0 where omitted.

    Returns
    -------
    By sector, 1 or more: 1 where everything goes to final users, and for a sector without output.

    Raises
    ------
    ValueError
        If the divisor is negative, or 0 where there are flows; or if sectors sell so much more to each other than
        is used at home that no finite number of steps results (the largest row sum is named).

    References
    ----------
    Antràs, Chor, Fally & Hillberry (2012), American Economic Review 102(3):412.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> x = pd.Series({"i": 1000, "j": 2000})
    >>> upstreamness(Z, x).round(4).to_dict()
    {'i': 1.9142, 'j': 1.2541}
    >>> upstreamness(Z, x, exports=pd.Series({"i": 200, "j": 500})).round(4).to_dict()
    {'i': 2.3086, 'j': 1.4012}
    """
    table = _tables.checked(Z, x)
    used = table.x.copy()
    for given, name, sign in ((inventories, "inventories", -1), (exports, "exports", -1), (imports, "imports", 1)):
        if given is not None:
            used += sign * _tables.by_sector(given, table.rows, name)
    if used.min() < 0:
        place = int(used.argmin())
        raise ValueError(
            f"x − inventories − exports + imports of sector {_tables.named(table.rows[place])} is {used[place]:g}; "
            "what is used at home is needed, zero or more"
        )
    _tables.require_idle(table.Z.any(axis=1) & (used == 0), table.rows, "x − inventories − exports + imports")
    steps = _tables.solved(_tables.sales_shares(table.Z, used), np.ones(len(used)), table.rows, of="B")
    return table.series(steps, "upstreamness")


def downstreamness(Z: pd.DataFrame, x: pd.Series) -> pd.Series:
    r"""Return how many steps of production lie between primary inputs and a sector's output.

    .. math:: D = L^{\top} 1

    The same figures as :func:`backward_linkages`, read as a distance. In a closed table
    :math:`\sum_i VA_i U_i = \sum_j f_j D_j = \sum_i x_i`.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.

    Returns
    -------
    By sector, 1 or more: 1 for a sector that buys nothing from others, and for one without output.

    References
    ----------
    Antràs & Chor (2013), Econometrica 81:2127; Miller & Temurshoev (2017), International Regional Science Review
    40:443.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> downstreamness(Z, pd.Series({"i": 1000, "j": 2000})).round(4).to_dict()
    {'i': 1.5182, 'j': 1.4521}
    """
    table = _tables.checked(Z, x)
    return table.series(_column_sums(table), "downstreamness")


def average_propagation_lengths(Z: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return over how many rounds, on average, final demand for one sector reaches another.

    .. math:: APL_{ij} = \frac{\sum_k k \, (A^k)_{ij}}{\sum_k (A^k)_{ij}} = \frac{(L (L - I))_{ij}}{(L - I)_{ij}}

    The length says nothing of how much arrives: read it beside :math:`(L - I)_{ij}`, and leave out pairs below a
    threshold of that, where a chain of ten tiny flows looks like a value chain.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.

    Returns
    -------
    Sector × sector, 1 or more, from seller i to buyer j; the Ghosh inverse gives the same. NaN where no chain of
    flows, however long, leads from i to j. On the diagonal, rounds back to the sector itself.

    References
    ----------
    Dietzenbacher, Romero Luna & Bosma (2005), Estudios de Economía Aplicada 23:405; Dietzenbacher & Romero (2007),
    International Regional Science Review 30:362.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> average_propagation_lengths(Z, pd.Series({"i": 1000, "j": 2000})).round(4)
            i       j
    i  1.5970  1.3762
    j  1.3762  1.8357
    """
    table = _tables.checked(Z, x)
    shares = _tables.input_shares(table)
    inverse = _tables.inverted(shares, table.rows)
    # A L is L − I without its rounding: the diagonal of L hides what comes back behind a 1
    indirect = shares @ inverse
    return table.square(inverse @ indirect / np.where(indirect > 0, indirect, np.nan))


def _column_sums(table: _tables.Table) -> np.ndarray:
    return _tables.solved(_tables.input_shares(table), np.ones(len(table.x)), table.rows, transposed=True)


def _over_mean(sums: np.ndarray, normalised: bool) -> np.ndarray:
    return sums / sums.mean() if normalised else sums
