"""Countries in global value chains: how much of their exports crosses more than one border.

Two accounts that must not be mixed: Borin and Mancini's, whose parts add up, and that of Koopman, Wang and Wei, whose
forward part is a ratio to exports and not a share of them. Both need a table of all countries, and both describe
sectors as if what a sector exports were made like what it sells at home.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.value_chains import _balance, _tables

__all__ = ["global_value_chain_participation", "vertical_specialisation"]


class _World(NamedTuple):
    """A balanced table of all countries, its rows (country, industry) as places of each country."""

    rows: pd.Index
    countries: pd.Index
    places: list[np.ndarray]
    A: np.ndarray
    value_added: np.ndarray
    """By unit of output."""
    abroad: np.ndarray
    """A with the countries' own blocks 0."""
    used_abroad: np.ndarray
    """Sold to industries abroad."""
    final_abroad: np.ndarray
    final_home: np.ndarray
    off_balance: str
    """A sentence on rows whose uses miss their output, or nothing."""

    @property
    def exports(self) -> np.ndarray:
        return self.used_abroad + self.final_abroad

    def by_country(self, values: np.ndarray) -> np.ndarray:
        """Return sums over the rows of each country."""
        return np.array([values[own].sum(axis=0) for own in self.places])


def global_value_chain_participation(Z: pd.DataFrame, Y: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return how much of a country's exports crosses one border only, and what is behind the rest.

    With exports :math:`E_s`, value added by unit of output :math:`V_s`, and :math:`L_{ss} = (I - A_{ss})^{-1}` of the
    country's own block,

    .. math:: DAVAX_s = \sum_{r \ne s} V_s L_{ss} (Y_{sr} + A_{sr} L_{rr} Y_{rr}), \qquad GVC_s = E_s - DAVAX_s

    is what goes through more than one border: :math:`E_s - V_s L_{ss} E_s` backward, made with imported inputs, and
    :math:`V_s L_{ss} E_s - DAVAX_s` forward, value added at home that the buyer exports again.

    Parameters
    ----------
    Z, x
        As in :func:`technical_coefficients`, on (country, industry), all countries together.
    Y
        Final demand by destination: columns are countries, or (country, use). Negative figures may be there.

    Returns
    -------
    By country: ``exports`` and ``davax`` in money, and as shares of exports ``backward``, ``forward`` and ``gvc``,
    backward + forward exactly; backward may exceed 1, and forward fall below 0, only where a sector's inputs exceed
    its output. NaN shares where exports are not above 0. Value added is what output leaves after
    inputs of all countries, taxes on products included. A warning names sectors whose uses miss their output by
    more than 0.5 %.

    Raises
    ------
    ValueError
        If the index has no two levels, countries of `Y` and `Z` differ, or uses miss output by over 1 % in all.

    References
    ----------
    Borin & Mancini (2019), World Bank Policy Research Working Paper 8804.

    Examples
    --------
    Two sectors of Miller & Blair as if they were two countries, final demand divided by hand:

    >>> at = pd.MultiIndex.from_tuples([("ITA", "c15"), ("AUT", "c15")], names=["country", "industry"])
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], at, at)
    >>> Y = pd.DataFrame([[300, 50], [200, 1500]], at, ["ITA", "AUT"])
    >>> parts = global_value_chain_participation(Z, Y, pd.Series([1000, 2000], at))
    >>> parts.loc["AUT"].round(4).to_dict()
    {'exports': 400.0, 'davax': 199.3808, 'backward': 0.2632, 'forward': 0.2384, 'gvc': 0.5015}
    """
    table = _tables.checked(Z, x)
    world = _world(table, Y)
    if world.off_balance:
        _tables.tell(world.off_balance)
    passed, imported, absorbed = np.zeros((3, len(world.rows)))
    for own in world.places:
        block = world.A[np.ix_(own, own)]
        # inputs from abroad solved for apart are free of the rounding of 1 − …
        sides = np.column_stack([world.value_added[own], world.abroad[:, own].sum(axis=0)])
        passed[own], imported[own] = _tables.solved(block, sides, world.rows[own], transposed=True).T
        absorbed[own] = _tables.solved(block, world.final_home[own], world.rows[own])
    # of what industries abroad buy, the part in what their own country absorbs; the rest they export again
    kept = world.abroad @ absorbed
    davax = world.by_country(passed * (world.final_abroad + kept))
    exports = world.by_country(world.exports)
    divisor = np.where(exports > 0, exports, np.nan)
    parts = {"exports": exports, "davax": davax, "backward": world.by_country(imported * world.exports) / divisor}
    result = pd.DataFrame(parts, index=world.countries)
    result["forward"] = world.by_country(passed * (world.used_abroad - kept)) / divisor
    result["gvc"] = result["backward"] + result["forward"]
    return result


def vertical_specialisation(Z: pd.DataFrame, Y: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    r"""Return foreign value added in a country's exports, and its value added in exports of others.

    With v value added by unit of output, L the inverse of the whole table and :math:`E_s` exports,

    .. math:: VS_s = \frac{\sum_{r \ne s} v_r L_{rs} E_s}{1^{\top} E_s}, \qquad
        VS1_s = \frac{\sum_{r \ne s} v_s L_{sr} E_r}{1^{\top} E_s}

    Parameters
    ----------
    Z, Y, x
        As in :func:`global_value_chain_participation`.

    Returns
    -------
    By country: ``vs`` and ``vs1``, by unit of the country's own exports. They stand apart and are not to be added:
    `vs` is a share, `vs1` is not and may exceed 1, and both count value added again each time it crosses a border.
    NaN where exports are not above 0.

    Raises
    ------
    ValueError
        As in :func:`global_value_chain_participation`.

    References
    ----------
    Hummels, Ishii & Yi (2001), Journal of International Economics 54:75; Koopman, Wang & Wei (2014), American
    Economic Review 104:459.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("ITA", "c15"), ("AUT", "c15")], names=["country", "industry"])
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], at, at)
    >>> Y = pd.DataFrame([[300, 50], [200, 1500]], at, ["ITA", "AUT"])
    >>> vertical_specialisation(Z, Y, pd.Series([1000, 2000], at)).round(4).T.to_dict()
    {'ITA': {'vs': 0.1848, 'vs1': 0.156}, 'AUT': {'vs': 0.2145, 'vs1': 0.2541}}
    """
    table = _tables.checked(Z, x)
    world = _world(table, Y)
    if world.off_balance:
        _tables.tell(world.off_balance)
    sources = np.zeros((len(world.rows), len(world.countries)))
    for country, own in enumerate(world.places):
        sources[own, country] = world.value_added[own]
    # a column a source: its value added by unit of final demand for every (country, industry)
    content = _tables.solved(world.A, sources, world.rows, transposed=True)
    carried = world.by_country(content * world.exports[:, None])
    np.fill_diagonal(carried, 0)
    exports = world.by_country(world.exports)
    divisor = np.where(exports > 0, exports, np.nan)
    return pd.DataFrame(
        {"vs": carried.sum(axis=1) / divisor, "vs1": carried.sum(axis=0) / divisor}, index=world.countries
    )


def _world(table: _tables.Table, Y: pd.DataFrame) -> _World:
    if table.rows.nlevels < 2:
        raise ValueError(f"the index of Z is by {table.rows.name or 'sector'} alone; (country, industry) is needed")
    final = _tables.final_demand(Y, table.rows)
    codes, countries = pd.factorize(table.rows.get_level_values(0))
    countries = pd.Index(countries, name=table.rows.names[0])
    demand = _by_destination(final, countries)
    off_balance = _balance.off_balance(table, demand)
    places = [np.flatnonzero(codes == country) for country in range(len(countries))]
    shares = _tables.input_shares(table)
    # inputs of all countries leave value added; a sector without output has none
    value_added = np.where(table.x > 0, 1 - shares.sum(axis=0), 0)
    abroad, used, home = shares.copy(), table.Z.copy(), demand[np.arange(len(codes)), codes]
    for own in places:
        abroad[np.ix_(own, own)] = used[np.ix_(own, own)] = 0
    demand[np.arange(len(codes)), codes] = 0
    used_abroad, final_abroad = used.sum(axis=1), demand.sum(axis=1)
    return _World(
        table.rows, countries, places, shares, value_added, abroad, used_abroad, final_abroad, home, off_balance
    )


def _by_destination(final: pd.DataFrame, countries: pd.Index) -> np.ndarray:
    """Return final demand by country of destination, uses together."""
    destinations = final.columns.get_level_values(0)
    for names, held, what in ((countries, destinations, "lacks"), (destinations, countries, "names")):
        wrong = names[~names.isin(held)].unique()
        if len(wrong):
            raise ValueError(
                f"Y {what} the destination {_tables.listed(wrong)}; countries of Z are {_tables.listed(countries)}"
            )
    values = final.to_numpy()
    return np.column_stack([values[:, destinations == country].sum(axis=1) for country in countries])
