r"""By country: where inputs and value added come from, and where output is bound up with a part of some industries.

Direct inputs are the first step back in a chain; value added counts every step, so that what comes home in an imported
part is home again. Both take a table of all countries, (country, industry), and split it into the maker's own country
and groups of others. Whole countries and whole industries: an industry is taken to make alike what it sells at home
and abroad, to firms and to final users (the proportionality of every such table).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains import _tables

__all__ = ["OWN", "input_origins", "partial_extraction", "value_added_content", "value_added_origins"]

OWN = "own country"


def input_origins(
    Z: pd.DataFrame,
    *,
    weights: pd.Series | pd.DataFrame,
    groups: pd.Series | Mapping[str, str],
    buyers: Sequence[str] | None = None,
) -> pd.Series | pd.DataFrame:
    r"""Return where the direct inputs of some industries come from, as shares of all their inputs.

    .. math:: o_g = \sum_i w_i \frac{\sum_b \sum_{c \in g(b)} \sum_j z_{cj,bi}}{\sum_b \sum_c \sum_j z_{cj,bi}}

    Buyers' countries b count with their flows, industries i with their weights.

    Parameters
    ----------
    Z
        Flows in money on (country, industry), all countries together.
    weights
        Weight by industry, zero or more; they need not add up to 1. A table with a column a stage gives a row a stage.
    groups
        The group of each country of `Z`. The buyer's own country is taken out of its group.
    buyers
        Countries whose industries buy; all where omitted.

    Returns
    -------
    By group, own country first, shares that add up to 1. An industry that buys nothing in these countries is left out,
    the others' weights grow, and a warning names it; NaN where none is left.

    Raises
    ------
    TypeError, ValueError
        If a label of `Z` is wrong, a country has no group, a weight is negative or NaN, or an industry or a buyer is
        unknown.

    References
    ----------
    Hummels, Ishii & Yi (2001), Journal of International Economics 54:75, for direct imported inputs.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("ITA", "c15"), ("AUT", "c15")], names=["country", "industry"])
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], at, at)
    >>> Alpine = {"ITA": "other Alpine", "AUT": "other Alpine"}
    >>> input_origins(Z, weights=pd.Series({"c15": 1.0}), groups=Alpine, buyers=["AUT"]).round(4).to_dict()
    {'own country': 0.1667, 'other Alpine': 0.8333}
    """
    flows, rows, _ = _tables.square_values(Z, "Z")
    codes, countries = _countries(rows)
    sums = np.vstack([flows[codes == code].sum(axis=0) for code in range(len(countries))])
    return _averaged(sums, rows, weights, groups, buyers, "inputs")


def value_added_content(Z: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return by how much value added of each country a unit of every industry's product holds.

    .. math:: p_{c,ri} = \sum_j v_{cj} \, l_{cj,ri}, \qquad v_{cj} = 1 - \sum_k a_{k,cj}

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`, on (country, industry), all countries together.

    Returns
    -------
    Country × (country, industry): columns add up to 1, as the table is closed. One less the own country's share is
    foreign content, alike for final products, exports and output of an industry; weighted by its exports it is ``vs``
    of :func:`vertical_specialisation`. Value added is what output leaves after inputs of all countries, taxes on
    products and transport margins included; negative where an industry's inputs exceed its output. Columns of
    industries without output are NaN, with a warning.

    References
    ----------
    Johnson & Noguera (2012), Journal of International Economics 86:224; Koopman, Wang & Wei (2014), American Economic
    Review 104:459.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("ITA", "c15"), ("AUT", "c15")], names=["country", "industry"])
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], at, at)
    >>> value_added_content(Z, pd.Series([1000, 2000], at)).round(4).to_numpy().tolist()
    [[0.8152, 0.2145], [0.1848, 0.7855]]
    """
    table = _tables.checked(Z, x)
    codes, countries = _countries(table.rows)
    shares = _tables.input_shares(table)
    value_added = np.where(table.x > 0, 1 - shares.sum(axis=0), 0)
    by_country = np.where(codes[:, None] == np.arange(len(countries)), value_added[:, None], 0.0)
    content = _tables.solved(shares, by_country, table.rows, transposed=True).T
    content[:, table.x == 0] = np.nan
    return pd.DataFrame(content, index=countries, columns=table.columns)


def value_added_origins(
    Z: pd.DataFrame,
    Y: pd.DataFrame | pd.Series,
    x: pd.Series,
    *,
    weights: pd.Series | pd.DataFrame,
    groups: pd.Series | Mapping[str, str],
    makers: Sequence[str] | None = None,
    content: pd.DataFrame | None = None,
) -> pd.Series | pd.DataFrame:
    r"""Return in which countries the value of final products of some industries is added, as shares of it.

    A final product's chain is that of the (country, industry) r, i where it is finished, whoever buys it:

    .. math:: o_g = \sum_i w_i \frac{\sum_r \sum_{c \in g(r)} p_{c,ri} f_{ri}}{\sum_r f_{ri}}

    Parameters
    ----------
    Z, x
        As in :func:`value_added_content`, which gives p.
    Y
        Final demand for each (country, industry), a column a use or a destination, or one Series. Its row sums f
        say how much countries count; an industry whose sum is negative (stocks run down) counts 0, with a warning.
    weights, groups
        As in :func:`input_origins`; the own country is that where the product is finished.
    makers
        Countries where the products are finished; all where omitted.
    content
        What :func:`value_added_content` returns for this table, where it is at hand: nothing is solved again.

    Returns
    -------
    As :func:`input_origins`: shares that add up to 1, to rounding. An economy without trade has 1 at home.

    References
    ----------
    Los, Timmer & de Vries (2015), Journal of Regional Science 55:66; Timmer, Erumban, Los, Stehrer & de Vries (2014),
    Journal of Economic Perspectives 28(2):99.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("ITA", "c15"), ("AUT", "c15")], names=["country", "industry"])
    >>> Z, x = pd.DataFrame([[150, 500], [200, 100]], at, at), pd.Series([1000, 2000], at)
    >>> Alpine, one = {"ITA": "other Alpine", "AUT": "other Alpine"}, pd.Series({"c15": 1.0})
    >>> value_added_origins(Z, x - Z.sum(axis=1), x, weights=one, groups=Alpine, makers=["AUT"]).round(4).to_dict()
    {'own country': 0.7855, 'other Alpine': 0.2145}
    """
    if content is None:
        content = value_added_content(Z, x)
    rows = Z.index
    final = _tables.final_demand(Y, rows).to_numpy().sum(axis=1)
    countries = _countries(rows)[1]
    for wanted, held, noun in ((rows, content.columns, "sector"), (countries, content.index, "country")):
        missing = wanted[~wanted.isin(held)]
        if len(missing):
            raise ValueError(f"{noun} {_tables.listed(missing)} is missing in content; that of this table is needed")
    if makers is not None:
        final = np.where(rows.get_level_values(0).isin(list(makers)), final, 0)
    table, _ = _weights(weights, rows.get_level_values(1).unique())
    below = (final < 0) & rows.get_level_values(1).isin(table.index[(table > 0).any(axis=1)])
    if below.any():
        _tables.tell(f"final demand for sector {_tables.listed(rows[below])} is negative in all: it counts as 0")
    parts = content.reindex(index=countries, columns=rows).fillna(0.0).to_numpy() * np.maximum(final, 0)
    return _averaged(parts, rows, weights, groups, makers, "final products")


def partial_extraction(Z: pd.DataFrame, x: pd.Series, parts: pd.Series | pd.DataFrame) -> pd.Series | pd.DataFrame:
    r"""Return the output that every sector loses without a part of some sectors.

    With :math:`\alpha_S` the parts of sectors S that are taken out, as suppliers, as buyers and for final users,

    .. math:: \Delta x = L_{\cdot S} \, (I + \hat\alpha_S (L_{SS} - I))^{-1} \hat\alpha_S x_S

    which is what splitting each sector into two alike ones and extracting one of them gives. With parts of 1 the sum
    is ``total`` of :func:`hypothetical_extraction`. A measure of how much is bound up with the parts, not a forecast.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`.
    parts
        α in [0, 1] by sector; sectors that it does not name stay whole. A table with a column an experiment gives a
        column each.

    Returns
    -------
    By sector in the order of `Z`, a loss in money, zero or more; that of the sectors of S holds the part itself.

    References
    ----------
    Dietzenbacher & Lahr (2013), Economic Systems Research 25:341; Miller & Blair (2009), Input-Output Analysis, ch. 12.

    Examples
    --------
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], ["i", "j"], ["i", "j"])
    >>> x = pd.Series({"i": 1000, "j": 2000})
    >>> partial_extraction(Z, x, pd.Series({"i": 1.0})).round(3).to_dict()
    {'i': 1000.0, 'j': 210.526}
    >>> partial_extraction(Z, x, pd.Series({"i": 0.5})).round(3).to_dict()
    {'i': 556.369, 'j': 117.13}
    """
    table = _tables.checked(Z, x)
    single = isinstance(parts, pd.Series)
    wanted = parts.to_frame() if single else parts
    alphas = np.column_stack([_tables.by_sector(wanted[name], table.rows, "parts", partly=True) for name in wanted])
    if alphas.min() < 0 or alphas.max() > 1:
        row, column = np.argwhere((alphas < 0) | (alphas > 1))[0]
        raise ValueError(
            f"parts of sector {_tables.named(table.rows[row])} is {alphas[row, column]:g}; 0 to 1 is needed"
        )
    touched = np.flatnonzero(alphas.any(axis=1))
    units = np.zeros((len(table.x), len(touched)))
    units[touched, np.arange(len(touched))] = 1
    inverse = _tables.solved(_tables.input_shares(table), units, table.rows)
    lost = np.column_stack([_lost(inverse, touched, table.x, alphas[:, column]) for column in range(alphas.shape[1])])
    return table.series(lost[:, 0], "loss") if single else pd.DataFrame(lost, table.rows, wanted.columns)


def _lost(inverse: np.ndarray, touched: np.ndarray, x: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    taken = alpha[touched] > 0
    inside = touched[taken]
    part = alpha[inside]
    block = inverse[np.ix_(inside, taken)] - np.eye(len(inside))
    return inverse[:, taken] @ np.linalg.solve(np.eye(len(inside)) + part[:, None] * block, part * x[inside])


def _countries(rows: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Return the country of each row as a place in the countries, and these."""
    if rows.nlevels < 2:
        raise ValueError(f"the index of Z is by {rows.names[0] or 'sector'} alone; (country, industry) is needed")
    codes, countries = pd.factorize(rows.get_level_values(0))
    return codes, pd.Index(countries, name=rows.names[0])


def _averaged(
    amounts: np.ndarray,
    rows: pd.Index,
    weights: pd.Series | pd.DataFrame,
    groups: pd.Series | Mapping[str, str],
    makers: Sequence[str] | None,
    what: str,
) -> pd.Series | pd.DataFrame:
    """Return shares by group: amounts (country × row of the table) pooled by industry, then averaged over these."""
    codes, countries = _countries(rows)
    kept = _chosen(makers, countries)
    place, industries = pd.factorize(rows.get_level_values(1))
    table, single = _weights(weights, pd.Index(industries))
    group_of, names = _groups(groups, countries)
    sums = np.zeros((len(names), len(industries)))
    for row in np.flatnonzero(kept[codes]):
        of = np.where(np.arange(len(countries)) == codes[row], 0, group_of)
        sums[:, place[row]] += np.bincount(of, weights=amounts[:, row], minlength=len(names))
    total = sums.sum(axis=0)
    empty = (total == 0) & (table.to_numpy() > 0).any(axis=1)
    if empty.any():
        _tables.tell(f"industry {_tables.listed(table.index[empty])} has no {what} in these countries: left out")
    shares = np.divide(sums, total, out=np.zeros_like(sums), where=total != 0)
    used = np.where((total != 0)[:, None], table.to_numpy(), 0.0)
    whole = used.sum(axis=0)
    found = (shares @ used / np.where(whole > 0, whole, np.nan)).T
    result = pd.DataFrame(found, index=table.columns, columns=pd.Index(names, name="origin"))
    return result.iloc[0].rename(getattr(weights, "name", None)) if single else result


def _chosen(makers: Sequence[str] | None, countries: pd.Index) -> np.ndarray:
    if makers is None:
        return np.ones(len(countries), dtype=bool)
    wanted = pd.Index([makers] if isinstance(makers, str) else list(makers))
    unknown = wanted[~wanted.isin(countries)]
    if len(unknown) or not len(wanted):
        raise ValueError(f"country {_tables.listed(unknown) or '(none)'} is unknown; Z has {_tables.listed(countries)}")
    return countries.isin(wanted)


def _groups(groups: pd.Series | Mapping[str, str], countries: pd.Index) -> tuple[np.ndarray, list[str]]:
    """Return the group of each country as a place in the names, of which the own country is the first."""
    given = pd.Series(groups, dtype=object)
    _checks.require_unique(given.index, noun="country", name="groups")
    of = given.reindex(countries)
    if of.isna().any():
        raise ValueError(f"country {_tables.listed(countries[of.isna()])} has no group; every country of Z needs one")
    names = [OWN, *(name for name in dict.fromkeys(given.dropna()) if name != OWN)]
    return np.array([names.index(name) for name in of]), names


def _weights(weights: pd.Series | pd.DataFrame, industries: pd.Index) -> tuple[pd.DataFrame, bool]:
    single = isinstance(weights, pd.Series)
    if not single and not isinstance(weights, pd.DataFrame):
        raise TypeError(f"weights is a {type(weights).__name__}; a Series by industry, or a table of such, is needed")
    table = weights.to_frame("weight") if single else weights
    _checks.require_unique(table.index, noun="industry", name="weights")
    unknown = table.index[~table.index.isin(industries)]
    if len(unknown):
        raise ValueError(
            f"industry {_tables.listed(unknown)} of weights is unknown; Z has {_tables.listed(industries)}"
        )
    for industry, column in np.argwhere(~(table.to_numpy(dtype=float, na_value=np.nan) >= 0)):
        value = table.iloc[industry, column]
        raise ValueError(f"weight of industry {table.index[industry]} is {value:g}; zero or more is needed")
    return table.astype(float).reindex(industries, fill_value=0.0), single
