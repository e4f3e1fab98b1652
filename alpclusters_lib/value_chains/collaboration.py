r"""Who works with whom in joint projects, beside what chance would give.

Chance means: organisations spread over the places of the projects at random, each country (of one type of
organisation) keeping its number of places: the configuration model. A ratio of observed to expected says whether two
countries meet more often than their sizes give, nothing on why. Calls ask for partners of several countries, and
consortia form again: neither is chance. Countries are whole ones, and say nothing about their Alpine regions.

In Horizon 2020 Switzerland was associated to parts of the programme only from September 2014 to the end of 2016, and
fully from 2017 (State Secretariat for Education, Research and Innovation): its sums are those of an uneven period.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["collaboration_graph", "observed_over_expected"]

COLUMNS = ("country_a", "type_a", "country_b", "type_b", "projects", "weighted_pairs")
ALL = "all"
_STEPS, _TOLERANCE = 5_000, 1e-9


def observed_over_expected(
    collaboration: pd.DataFrame,
    *,
    types: str | tuple[str, str] = ALL,
    countries: Iterable[str] | None = None,
    own: str = "included",
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Return how often organisations of two countries meet in projects, over what chance would give.

    Pairs of organisations count 1/(n - 1) each in a project of n, so that :math:`P_a = 2 w_{aa} + \sum_{b \ne a}
    w_{ab}` are places in joint projects, :math:`N = \sum_a P_a`. With one type of organisation

    .. math:: E_{ab} = \frac{P_a P_b}{N - 1}, \qquad E_{aa} = \frac{P_a (P_a - 1)}{2 (N - 1)}

    and with two types, firms of a beside universities of b, :math:`E_{ab} = R_a C_b / \sum_a R_a`, R and C the sums
    of rows and columns. Places are those in pairs of these types only: that firms and universities meet seldom in
    general moves no ratio.

    Parameters
    ----------
    collaboration
        Columns ``country_a, type_a, country_b, type_b, projects, weighted_pairs``, each pair once, of all countries:
        ``datasets.collaboration()`` for types, with ``by_type=False`` for "all".
    types
        "all", one type ("PRC": firms with firms), or two: the first is that of ``country_a``.
    countries
        Pairs among these only, in this order; what is expected still rests on all of them.
    own
        "included": pairs inside a country are a possibility as any other, and a country that works much with itself
        has less for others. "apart": own pairs are set aside, and E fits what countries do across borders,
        :math:`E_{ab} = q_a q_b` (:math:`q_a r_b` with two types) with the sums across borders kept.
    level
        Of the interval.

    Returns
    -------
    Index (country_a, country_b), each pair once for one type and in both directions for two; own pairs too unless
    they are apart. Columns ``projects, observed, expected, ratio, lower, upper``. The interval is the exact one of
    a Poisson number of joint projects, carried over to the ratio: how far it would move if joint projects were drawn
    anew. Projects are of unequal weight and no independent draws, since consortia form again: the true instability
    is larger. A pair that never met has observed 0, lower 0, and the upper limit of 0 projects of average
    weight. Where nothing is expected, ratio and limits are NaN.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a pair stands twice, a figure is negative or missing, or a type or country is unknown.

    References
    ----------
    Newman (2010), Networks: An Introduction, ch. 13, configuration model; Goodman (1968), Journal of the American
    Statistical Association 63:1091, own pairs set aside (quasi-independence); Garwood (1936), Biometrika 28:437.

    Examples
    --------
    >>> pairs = [("AT", "AT", 1, 1.0), ("AT", "DE", 4, 4.0), ("AT", "SI", 3, 3.0), ("DE", "SI", 1, 1.0)]
    >>> table = pd.DataFrame(pairs, columns=["country_a", "country_b", "projects", "weighted_pairs"])
    >>> found = observed_over_expected(table.assign(type_a="all", type_b="all"))
    >>> found.loc[("AT", "DE")].round(2).to_dict()
    {'projects': 4.0, 'observed': 4.0, 'expected': 2.65, 'ratio': 1.51, 'lower': 0.41, 'upper': 3.87}
    """
    _checks.one_of(own, ("included", "apart"), name="own")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a number between 0 and 1 is needed")
    first, second = (types, types) if isinstance(types, str) else types
    chosen = _of_types(collaboration, first, second)
    labels = sorted({*chosen["country_a"], *chosen["country_b"]})
    observed, projects = (_matrix(chosen, labels, column, first == second) for column in ("weighted_pairs", "projects"))
    expected = _expected(observed, same=first == second, apart=own == "apart")
    average = float(chosen["weighted_pairs"].sum() / max(chosen["projects"].sum(), 1))
    wanted = _wanted(countries, labels)
    rows, columns = np.array(
        [
            (labels.index(a), labels.index(b))
            for place, a in enumerate(wanted)
            for b in (wanted[place:] if first == second else wanted)
            if a != b or own == "included"
        ],
        dtype=int,
    ).reshape(-1, 2).T  # fmt: skip
    index = pd.MultiIndex.from_arrays(
        [[labels[row] for row in rows], [labels[column] for column in columns]], names=["country_a", "country_b"]
    )
    return _with_limits(
        projects[rows, columns], observed[rows, columns], expected[rows, columns], average, level, index
    )


def collaboration_graph(
    collaboration: pd.DataFrame,
    *,
    organisation_type: str = ALL,
    countries: Iterable[str] | None = None,
    own: str = "included",
    level: float = 0.95,
) -> nx.Graph:
    """Return joint projects between countries as a graph.

    Parameters
    ----------
    collaboration, countries, own, level
        As in :func:`observed_over_expected`.
    organisation_type
        "all", or one type on both sides.

    Returns
    -------
    Nodes are countries, in the order of `countries`, with the figures of their own pairs as attributes where these
    are included. Edges are pairs with a joint project, with ``observed, expected, ratio, lower, upper, projects``.

    Examples
    --------
    >>> pairs = [("AT", "AT", 1, 1.0), ("AT", "DE", 4, 4.0), ("AT", "SI", 3, 3.0), ("DE", "SI", 1, 1.0)]
    >>> table = pd.DataFrame(pairs, columns=["country_a", "country_b", "projects", "weighted_pairs"])
    >>> graph = collaboration_graph(table.assign(type_a="all", type_b="all"))
    >>> round(graph.edges["AT", "SI"]["ratio"], 2), round(graph.nodes["AT"]["ratio"], 2)
    (1.42, 0.47)
    """
    if not isinstance(organisation_type, str):
        raise TypeError(f"organisation_type is {organisation_type!r}; one type, or 'all', is needed on both sides")
    table = observed_over_expected(collaboration, types=organisation_type, countries=countries, own=own, level=level)
    graph = nx.Graph(organisation_type=organisation_type, level=level)
    graph.add_nodes_from(dict.fromkeys(country for pair in table.index for country in pair))
    for (a, b), row in table.iterrows():
        attributes = {name: float(value) for name, value in row.items()}
        if a == b:
            graph.nodes[a].update(attributes)
        elif attributes["observed"] > 0:
            graph.add_edge(a, b, **attributes)
    return graph


def _of_types(collaboration: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return the rows of two types, those of the first as a."""
    if not isinstance(collaboration, pd.DataFrame):
        raise TypeError(f"collaboration is a {type(collaboration).__name__}; a DataFrame of pairs is needed")
    absent = [column for column in COLUMNS if column not in collaboration]
    if absent:
        raise ValueError(f"collaboration has no column {', '.join(absent)}; datasets.collaboration() has them")
    table = collaboration[list(COLUMNS)].astype(dict.fromkeys(("country_a", "type_a", "country_b", "type_b"), str))
    held = sorted({*table["type_a"], *table["type_b"]})
    for name in (first, second):
        if name not in held:
            hint = "; hand in datasets.collaboration(by_type=False) for it" if name == ALL else ""
            raise ValueError(f"no pair of type {name!r}; types are {_checks.listed(held)}{hint}")
    for column in ("projects", "weighted_pairs"):
        _checks.require_numeric(table[column].dtype, where=f"collaboration, {column},")
        wrong = ~((table[column] >= 0) & np.isfinite(table[column]))
        if wrong.any():
            row = table[wrong].iloc[0]
            raise ValueError(
                f"{column} of {row['country_a']} and {row['country_b']} is {row[column]}; zero or more is needed"
            )
    straight = table[(table["type_a"] == first) & (table["type_b"] == second)]
    if first != second:
        turned = table[(table["type_a"] == second) & (table["type_b"] == first)]
        names = {"country_a": "country_b", "country_b": "country_a", "type_a": "type_b", "type_b": "type_a"}
        straight = pd.concat([straight, turned.rename(columns=names)], ignore_index=True)
    key = straight[["country_a", "country_b"]]
    if first == second:
        key = pd.DataFrame(np.sort(key.to_numpy(), axis=1), columns=key.columns)
    if key.duplicated().any():
        twice = " and ".join(key[key.duplicated()].iloc[0])
        raise ValueError(f"the pair {twice} stands twice; each pair is needed once")
    if straight.empty:
        raise ValueError(f"no pair of types {first} and {second}; at least one is needed")
    return straight


def _matrix(table: pd.DataFrame, labels: list[str], column: str, same: bool) -> np.ndarray:
    """Return figures by pair, both ways round where the types are the same."""
    place = {label: number for number, label in enumerate(labels)}
    rows, columns = (table[name].map(place).to_numpy() for name in ("country_a", "country_b"))
    found = np.zeros((len(labels), len(labels)))
    found[rows, columns] = table[column]
    if same:
        found[columns, rows] = table[column]
    return found


def _expected(observed: np.ndarray, *, same: bool, apart: bool) -> np.ndarray:
    if apart:
        return _across_borders(observed)
    if not same:
        return np.outer(observed.sum(axis=1), observed.sum(axis=0)) / observed.sum()
    places = observed.sum(axis=1) + np.diag(observed)
    # one place has no other to meet
    others = max(places.sum() - 1, np.finfo(float).tiny)
    expected = np.outer(places, places) / others
    np.fill_diagonal(expected, places * np.maximum(places - 1, 0) / (2 * others))
    return expected


def _across_borders(observed: np.ndarray) -> np.ndarray:
    """Return what is expected across borders with the sums of rows and columns kept, by scaling them in turn."""
    between = observed - np.diag(np.diag(observed))
    expected = (between.sum(axis=1)[:, None] > 0) & (between.sum(axis=0)[None, :] > 0)
    expected = expected * 1.0
    np.fill_diagonal(expected, 0.0)
    for _ in range(_STEPS):
        for axis in (1, 0):
            sums = expected.sum(axis=axis, keepdims=True)
            expected *= np.divide(between.sum(axis=axis, keepdims=True), sums, out=np.zeros_like(sums), where=sums > 0)
        if np.abs(expected.sum(axis=1) - between.sum(axis=1)).max() <= _TOLERANCE * max(between.sum(), 1e-300):
            return expected
    raise ValueError(
        "own pairs cannot be set aside: a country has half of all pairs across borders or more; own='included' can do"
    )


def _wanted(countries: Iterable[str] | None, labels: list[str]) -> list[str]:
    if countries is None:
        return labels
    wanted = list(dict.fromkeys([countries] if isinstance(countries, str) else countries))
    unknown = [country for country in wanted if country not in labels]
    if unknown:
        raise ValueError(f"no joint project of {_checks.listed(unknown)}; there are some of {_checks.listed(labels)}")
    return wanted


def _with_limits(
    projects: np.ndarray, observed: np.ndarray, expected: np.ndarray, average: float, level: float, index: pd.MultiIndex
) -> pd.DataFrame:
    from scipy.stats import chi2

    tail = (1 - level) / 2
    low = np.where(projects > 0, chi2.ppf(tail, 2 * np.maximum(projects, 1)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * projects + 2) / 2
    weight = np.divide(observed, projects, out=np.full(len(projects), average), where=projects > 0)
    divisor = np.where(expected > 0, expected, np.nan)
    columns = {
        "projects": projects.astype(np.int64),
        "observed": observed,
        "expected": expected,
        "ratio": observed / divisor,
        "lower": low * weight / divisor,
        "upper": high * weight / divisor,
    }
    return pd.DataFrame(columns, index=index)
