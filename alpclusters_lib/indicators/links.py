r"""Links between industries that were not learnt from regions, and how far two square tables of links agree.

Relatedness learnt from where industries are found cannot test itself. Here stand two measures beside it: who buys from
whom (an input-output table), and which clusters American industries were sorted into (a table of pairs). Pairs of
sectors are not independent of each other, so agreement is tested by relabelling sectors, not by counting pairs
(:func:`agreement`, which lives in ``_agreement`` and is handed on here).
Agreement says that two measures order pairs alike; it does not say which of them is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._agreement import Agreement, agreement, square_table

__all__ = ["Agreement", "agreement", "input_output_links", "linkage_matrix", "to_divisions"]

# printed totals may miss the sum of their printed cells by rounding
_ROUNDING = 0.01


def input_output_links(
    flows: pd.DataFrame, *, inputs: pd.Series | None = None, sales: pd.Series | None = None
) -> pd.DataFrame:
    r"""Return the largest share that two industries have in what either buys or sells.

    .. math:: \ell_{ij} = \max\left(\frac{z_{ij}}{m_j}, \frac{z_{ji}}{m_i}, \frac{z_{ij}}{s_i}, \frac{z_{ji}}{s_j}
        \right)

    with z_ij what i sells to j, m_j the intermediate inputs that j buys and s_i all that i sells.

    Parameters
    ----------
    flows
        Industry × industry, rows sell and columns buy; the same labels on both sides, zero or more, none missing.
    inputs
        :math:`m`, by industry, imports included; the column sums of `flows` where omitted, that is, without imports.
    sales
        :math:`s`, by industry, final demand and exports included; the row sums of `flows` where omitted, that is,
        sales to industries only, which makes the links of those that sell to households look large.

    Returns
    -------
    Industry × industry, symmetric, in [0, 1], the diagonal 0; what an industry sells to itself is in its totals. A
    share of a total of 0, or of one that is missing, is left out of the maximum; an industry without either total is
    NaN.

    Raises
    ------
    ValueError
        If a flow is missing or negative, or flows add up to more than a total that was handed in (by over 1 %).

    References
    ----------
    Ellison, Glaeser & Kerr (2010), American Economic Review 100:1195.

    Examples
    --------
    >>> flows = pd.DataFrame([[0, 30, 10], [20, 0, 0], [0, 10, 5]], ["C24", "C25", "C29"], ["C24", "C25", "C29"])
    >>> input_output_links(flows, sales=pd.Series({"C24": 50, "C25": 100, "C29": 100})).round(2)
          C24   C25   C29
    C24  0.00  1.00  0.67
    C25  1.00  0.00  0.25
    C29  0.67  0.25  0.00
    """
    table = square_table(flows, "flows")
    values = table.to_numpy()
    wrong = ~(values >= 0) | np.isinf(values)
    if wrong.any():
        seller, buyer = (table.index[place] for place in np.argwhere(wrong)[0])
        raise ValueError(f"flows from {seller} to {buyer} are {table.at[seller, buyer]:g}; zero or more is needed")
    bought = _total(inputs, values.sum(axis=0), table.index, "inputs")
    sold = _total(sales, values.sum(axis=1), table.index, "sales")
    shares = np.fmax(values / bought, values / sold[:, None])
    links = np.minimum(np.fmax(shares, shares.T), 1)
    nothing = np.isnan(bought) & np.isnan(sold)
    links[nothing, :] = links[:, nothing] = np.nan
    np.fill_diagonal(links, np.where(nothing, np.nan, 0))
    return pd.DataFrame(links, index=flows.index, columns=flows.index.set_names(flows.columns.names))


def to_divisions(links: pd.DataFrame, bridge: pd.Series) -> pd.DataFrame:
    """Give each pair of divisions the link of the two industries that they are in.

    Parameters
    ----------
    links
        Industry × industry, the same labels on both sides.
    bridge
        The industry of each division, by division.

    Returns
    -------
    Division × division in the order of `bridge`, the diagonal 0. Divisions inside one industry are NaN with each
    other: what they trade is in the industry's own cell and was not observed. A division whose industry is missing is
    NaN. All divisions of an industry have its links: a wide industry gives many equal pairs, which are no more
    information than one.

    Raises
    ------
    ValueError
        If a division stands twice, or its industry is not in `links`.

    Examples
    --------
    >>> links = pd.DataFrame([[0, 0.4], [0.4, 0]], ["C16", "C31_C32"], ["C16", "C31_C32"])
    >>> to_divisions(links, pd.Series({"C16": "C16", "C31": "C31_C32", "C32": "C31_C32"}))
         C16  C31  C32
    C16  0.0  0.4  0.4
    C31  0.4  0.0  NaN
    C32  0.4  NaN  0.0
    """
    table = square_table(links, "links")
    if not isinstance(bridge, pd.Series):
        raise TypeError(f"bridge is a {type(bridge).__name__}; a Series of industries by division is needed")
    _checks.require_unique(bridge.index, noun="division", name="bridge")
    place = table.index.get_indexer(bridge)
    known = bridge.notna().to_numpy()
    strange = known & (place < 0)
    if strange.any():
        first = bridge[strange]
        raise ValueError(
            f"links have no industry {first.iloc[0]}, that of division {first.index[0]}; "
            f"they have {_checks.listed(table.index)}"
        )
    values = table.to_numpy()[np.ix_(place, place)]
    inside = (place[:, None] == place) | ~known | ~known[:, None]
    values[inside] = np.nan
    np.fill_diagonal(values, np.where(known, 0, np.nan))
    return pd.DataFrame(values, index=bridge.index, columns=bridge.index)


def linkage_matrix(
    pairs: pd.DataFrame,
    divisions: Iterable[str] | None = None,
    *,
    value: str | Sequence[str] = ("same_cluster", "linked"),
    untraded: Literal["missing", "zero"] = "missing",
) -> pd.DataFrame:
    """Return a long table of pairs as a square one.

    Parameters
    ----------
    pairs
        ``division_a, division_b`` and measures, each pair once: ``datasets.cluster_links()``.
    divisions
        Which divisions, in which order; all of the table, sorted, where omitted.
    value
        The measure, or several that are added up: belonging to the same cluster or to linked ones by default.
    untraded
        What a pair is of which one division has no industry in any traded cluster (``both_traded`` is 0): "missing",
        as nothing is known of it, or "zero", as the table has it.

    Returns
    -------
    Division × division, symmetric, the diagonal 0. A pair that is not listed is NaN.

    Raises
    ------
    ValueError
        If a column is absent, a pair stands twice (in either order), a division is joined with itself, or one is asked
        for that is in no pair.

    Examples
    --------
    >>> pairs = pd.DataFrame([["C28", "C29", 0.1, 0.5, 1.0], ["C28", "S95", 0.0, 0.0, 0.0]],
    ...     columns=["division_a", "division_b", "same_cluster", "linked", "both_traded"])
    >>> linkage_matrix(pairs, ["C29", "C28", "S95"])
         C29  C28  S95
    C29  0.0  0.6  NaN
    C28  0.6  0.0  NaN
    S95  NaN  NaN  0.0
    """
    _checks.one_of(untraded, ("missing", "zero"), name="untraded")
    columns = [value] if isinstance(value, str) else list(value)
    for column in ("division_a", "division_b", *columns, *(["both_traded"] if untraded == "missing" else [])):
        if column not in pairs:
            raise ValueError(f"pairs have no column {column}; they have {_checks.listed(pairs.columns)}")
    first, second = pairs["division_a"].astype(str), pairs["division_b"].astype(str)
    listed = pd.Index(sorted({*first, *second}))
    a, b = listed.get_indexer(first), listed.get_indexer(second)
    twice = pd.Series(np.minimum(a, b) * len(listed) + np.maximum(a, b)).duplicated().to_numpy() | (a == b)
    if twice.any():
        one, other = first[twice].iloc[0], second[twice].iloc[0]
        raise ValueError(f"the pair of {one} and {other} is needed once, and no division is paired with itself")
    strength = pairs[columns].to_numpy(dtype=float, na_value=np.nan).sum(axis=1)
    if untraded == "missing":
        strength[pairs["both_traded"].to_numpy(dtype=float) == 0] = np.nan
    square = np.full((len(listed), len(listed)), np.nan)
    square[a, b] = square[b, a] = strength
    np.fill_diagonal(square, 0)
    table = pd.DataFrame(square, index=listed, columns=listed)
    if divisions is None:
        return table
    wanted = pd.Index(divisions)
    absent = wanted[~wanted.isin(listed)]
    if len(absent):
        raise ValueError(f"pairs have no division {_checks.listed(absent)}; they have {_checks.listed(listed)}")
    return table.reindex(index=wanted, columns=wanted)


def _total(given: pd.Series | None, summed: np.ndarray, labels: pd.Index, name: str) -> np.ndarray:
    """Return a total by industry, NaN where it is 0, after checking that its flows fit into it."""
    if given is None:
        total = summed
    else:
        counts = _checks.counts_by_label(given, noun="industry", name=name)
        total = _checks.aligned(counts, labels, noun="industry", name=name).to_numpy()
        over = summed > total * (1 + _ROUNDING)
        if over.any():
            first = int(np.argmax(over))
            raise ValueError(
                f"{name} of industry {labels[first]} are {total[first]:g} and its flows add up to {summed[first]:g}; "
                "a total that holds them is needed"
            )
    return np.where(total > 0, total, np.nan)
