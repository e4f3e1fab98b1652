"""Rank uncertainty: how far ranks depend on choices that could have been made otherwise, and on which of them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.indicators._normalisation import METHODS, Direction, indicator_table, normalise
from alpclusters_lib.indicators._pillars import Pillars, pillar_of
from alpclusters_lib.indicators._weighting import AGGREGATIONS, refuse_unpositive, scores, weight_shares

__all__ = ["rank_uncertainty", "sensitivity"]

# draws that one call of `spread` ranks
BLOCK = 250
LAWS = ("dirichlet_indicators", "dirichlet_pillars", "fixed")
FACTORS = ("normalisation", "aggregation", "weights", "left_out")


class _Choices(NamedTuple):
    """Regions that have every indicator, their figures by normalisation and rule of aggregation, and the rules."""

    regions: pd.Index
    figures: list[list[np.ndarray]]
    rules: list[str]


def rank_uncertainty(
    table: pd.DataFrame,
    weights: Mapping[Hashable, float] | pd.Series | None = None,
    *,
    direction: Direction | None = None,
    normalisations: Sequence[str] | None = None,
    aggregations: Sequence[str] = ("arithmetic",),
    law: str = "dirichlet_indicators",
    concentration: float = 1.0,
    pillars: Pillars | None = None,
    level: float = 0.90,
    top: int = 10,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
    spread: Callable[..., Iterable[np.ndarray]] = map,
) -> pd.DataFrame:
    r"""Return the range of ranks over weights, normalisations and aggregations that could as well have been chosen.

    .. math:: w \sim \mathrm{Dirichlet}(c k w^0_1, \dots, c k w^0_k)

    Each draw takes weights around the reference weights :math:`w^0`, and one of the normalisations and one of the
    aggregations with equal chance.

    Parameters
    ----------
    table
        Region × indicator: normalised, higher is better, as it stands where ``direction`` is omitted; raw otherwise.
    weights
        Reference weights as in :func:`aggregate`, all above 0 unless ``law`` is "fixed". Where omitted equal over the
        indicators; under "dirichlet_pillars" equal over the pillars, and over the indicators of each.
    direction, normalisations
        As in :func:`normalise`, for a raw table; the first normalisation is the reference, "minmax" alone where
        omitted. Values are put at 1 to 100 ("minmax", "rank"), at 100 + 10 z ("zscore") or at 100 for the reference
        ("distance"), and so above 0 for a geometric mean.
    aggregations
        As in :func:`aggregate`; the first is the reference.
    law
        "dirichlet_indicators"; "dirichlet_pillars" draws the weights of ``pillars`` and keeps the shares inside
        each; "fixed" keeps the reference weights. The range of ranks depends on the law, so the result names it.
    concentration
        :math:`c`: 1 with equal weights makes all sets of weights equally likely, a higher one keeps them closer to
        the reference.
    pillars
        Pillar of each indicator, for "dirichlet_pillars".
    level, top
        Share of draws inside the range of ranks; how many first places count as the top.
    draws, rng
        Number of draws, and seed or generator.
    spread
        Calls a function for each block of draws, as :func:`map` does; one that sends the calls elsewhere gives the
        same ranks.

    Returns
    -------
    By region: rank (of the reference, 1 the highest score, ties share the better rank), rank_lower (best), rank_upper
    (worst), rank_median, ``share_top_<top>`` (of the draws), n regions ranked, and law in words. A region that lacks
    an indicator is not ranked, with a warning. The reference need not be inside the range: it is one choice.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168:307.

    Examples
    --------
    >>> table = pd.DataFrame({"skills": [0.9, 0.5, 0.1], "patents": [0.8, 0.2, 0.3]}, index=["DE21", "ITC4", "AT33"])
    >>> ranks = rank_uncertainty(table, rng=1, top=1)
    >>> ranks[["rank", "rank_lower", "rank_upper", "share_top_1"]].values.tolist()
    [[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 3.0, 0.0], [3.0, 2.0, 3.0, 0.0]]
    >>> ranks["law"].iloc[0]
    'Dirichlet on 2 indicators, concentration 1'
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a share between 0 and 1 is needed, 0.9 for 90 %")
    for name, count in (("draws", draws), ("top", top)):
        if count < 1:
            raise ValueError(f"{name} is {count}; at least 1 is needed")
    values = indicator_table(table)
    if direction is None and normalisations is not None:
        raise ValueError("normalisations come without direction; a raw table needs both, a normalised one neither")
    choices = _choices(values, direction, normalisations or ("minmax",), aggregations)
    rng = np.random.default_rng(rng)
    reference, drawn, named = _weight_law(values.columns, weights, law, concentration, pillars, draws, rng)
    centre = _ranks(_composite(choices, reference[None, :], *np.zeros((2, 1), dtype=int)))[:, 0]
    picks = (rng.integers(len(options), size=draws) for options in (choices.figures, choices.rules))
    blocks = (np.array_split(each, -(-draws // BLOCK)) for each in (drawn, *picks))
    ranks = np.concatenate(list(spread(functools.partial(_drawn_ranks, choices), *blocks)), axis=1)
    tail = (1 - level) / 2
    best, median, worst = np.quantile(ranks, [tail, 0.5, 1 - tail], axis=1, method="nearest")
    found = {
        "rank": centre,
        "rank_lower": best,
        "rank_upper": worst,
        "rank_median": median,
        f"share_top_{top}": (ranks <= top).mean(axis=1),
        "n": float(len(ranks)),
    }
    result = pd.DataFrame(found, index=choices.regions).reindex(values.index).assign(law=named)
    result.attrs = {"law": named, "level": level, "draws": draws}
    return result


def sensitivity(
    table: pd.DataFrame,
    *,
    direction: Direction | None = None,
    normalisations: Sequence[str] = ("minmax", "zscore", "rank"),
    aggregations: Sequence[str] = ("arithmetic", "geometric"),
    law: str = "dirichlet_indicators",
    concentration: float = 1.0,
    pillars: Pillars | None = None,
    draws: int = 1024,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Share out how much ranks move among the choices that make them move.

    .. math:: \bar R_S = \frac{1}{n} \sum_r |rank^0_r - rank_r|, \qquad
              S_f = \frac{V(E(\bar R_S | f))}{V(\bar R_S)}, \qquad
              S_{Tf} = 1 - \frac{V(E(\bar R_S | \sim f))}{V(\bar R_S)}

    The reference rank has the first normalisation, the first aggregation, equal weights and every indicator.

    Parameters
    ----------
    table
        Region × indicator, at least two of them, raw or normalised.
    direction
        As in :func:`normalise`; where omitted higher is better in every indicator, as in a normalised table.
    normalisations, aggregations, law, concentration, pillars
        As in :func:`rank_uncertainty`. All the weights together are one factor.
    draws
        A power of 2; the composite is computed ``6 draws`` times.
    rng
        Seed or generator.

    Returns
    -------
    By factor (normalisation, aggregation, weights, left_out: none of the indicators or any one of them):
    first_order, the share of the variance that is the factor's alone, and total, with its interactions; and
    mean_rank_shift, the mean of :math:`\bar R_S` over all draws, the same in each row. Estimates may be a little
    below 0 or above 1; more draws help. A factor with one choice has 0. Without any shift all shares are NaN.
    Regions that lack an indicator are left out, with a warning.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168:307; Saltelli et al. (2010),
    Computer Physics Communications 181:259.

    Examples
    --------
    >>> table = pd.DataFrame({"skills": [9, 5, 1, 4], "patents": [80, 20, 90, 35]}, index=["A", "B", "C", "D"])
    >>> higher = {"skills": "higher", "patents": "higher"}
    >>> shares = sensitivity(table, direction=higher, normalisations=["minmax"], aggregations=["arithmetic"], rng=1)
    >>> shares["first_order"].round(1).to_dict()
    {'normalisation': 0.0, 'aggregation': 0.0, 'weights': 0.2, 'left_out': 0.5}
    """
    from scipy.stats import sobol_indices, uniform

    if draws < 2 or draws & (draws - 1):
        raise ValueError(f"draws is {draws}; a power of 2 is needed, such as 1024")
    values = indicator_table(table)
    k = values.shape[1]
    if k < 2:
        raise ValueError(f"table has the indicator {values.columns[0]} alone; at least two are needed to leave one out")
    direction = dict.fromkeys(values.columns, "higher") if direction is None else direction
    choices = _choices(values, direction, normalisations, aggregations)
    rng = np.random.default_rng(rng)
    reference, drawn, _ = _weight_law(values.columns, None, law, concentration, pillars, draws, rng)
    drawn = reference[None, :] if law == "fixed" else drawn
    centre = _ranks(_composite(choices, reference[None, :], *np.zeros((2, 1), dtype=int)))
    sizes = np.array([len(choices.figures), len(choices.rules), len(drawn), k + 1])
    # the last choice leaves out none
    kept = np.vstack([1 - np.eye(k), np.ones(k)])

    shifts = []

    def shift(places: np.ndarray) -> np.ndarray:
        picks = np.minimum((places * sizes[:, None]).astype(int), sizes[:, None] - 1)
        shares = _without(drawn[picks[2]], kept[picks[3]])
        shifts.append(np.abs(_ranks(_composite(choices, shares, picks[0], picks[1])) - centre).mean(axis=0)[None, :])
        return shifts[-1].copy()  # scipy centres what it is given in place

    with np.errstate(divide="ignore", invalid="ignore"):
        found = sobol_indices(func=shift, n=draws, dists=[uniform()] * len(FACTORS), rng=rng)
    moved = np.concatenate(shifts, axis=1)
    shares = {"first_order": found.first_order.ravel(), "total": found.total_order.ravel()}
    result = pd.DataFrame(shares, index=pd.Index(FACTORS, name="factor"))
    if not np.ptp(moved) > 0:
        result[:] = np.nan
    return result.assign(mean_rank_shift=float(moved.mean()))


def _choices(
    values: pd.DataFrame, direction: Direction | None, normalisations: Sequence[str], aggregations: Sequence[str]
) -> _Choices:
    for name, given, available in (
        ("normalisations", normalisations, METHODS),
        ("aggregations", aggregations, AGGREGATIONS),
    ):
        if isinstance(given, str) or not len(given):
            raise ValueError(f"{name} is {given!r}; a list is needed, of {', '.join(available)}")
        for one in given:
            _checks.one_of(one, available, name=name)
    complete = values.dropna()
    left_out = values.index.difference(complete.index, sort=False)
    if len(left_out):
        _checks.warn(f"region {_checks.listed(left_out)} lacks indicators and is not ranked")
    if complete.empty:
        raise ValueError("no region has every indicator; at least one is needed to rank")
    figures = []
    for method in normalisations:
        table = complete if direction is None else normalise(complete, direction=direction, method=method)
        figures.append([_positive(table, None if direction is None else method, rule) for rule in aggregations])
    return _Choices(complete.index, figures, list(aggregations))


def _without(shares: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return weights without the indicators left out; equal ones where the draw gave all weight to those."""
    rest = shares * kept
    rest = np.where(rest.sum(axis=1, keepdims=True) > 0, rest, kept)
    return rest / rest.sum(axis=1, keepdims=True)


def _positive(table: pd.DataFrame, method: str | None, rule: str) -> np.ndarray:
    """Return figures on the scale that the rule takes; a table that came normalised as :func:`aggregate` does."""
    if method in ("minmax", "rank"):
        table = 1 + 99 * table
    elif method == "distance":
        table = 100 * table
    elif method == "zscore" or rule == "mazziotta_pareto":
        table = 100 + 10 * table
    refuse_unpositive(table, rule)
    return table.to_numpy()


def _weight_law(
    indicators: pd.Index,
    weights: Mapping[Hashable, float] | pd.Series | None,
    law: str,
    concentration: float,
    pillars: Pillars | None,
    draws: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return reference weights, draw × indicator weights, and the law in words."""
    _checks.one_of(law, LAWS, name="law")
    if (law == "dirichlet_pillars") != (pillars is not None):
        raise ValueError("law 'dirichlet_pillars' and pillars come together; one is given without the other")
    if not 0 < concentration < math.inf:
        raise ValueError(f"concentration is {concentration}; a number above 0 is needed")
    blocks = pd.Series(indicators, index=indicators) if pillars is None else pillar_of(pillars, indicators)
    codes, names = pd.factorize(blocks)
    member = np.eye(len(names))[codes]
    if weights is None:
        reference = (member / member.sum(axis=0)).sum(axis=1) / member.shape[1]
    else:
        reference = weight_shares(weights, indicators).to_numpy()
    if law == "fixed":
        named = "equal weights" if weights is None else "fixed weights"
        return reference, np.tile(reference, (draws, 1)), named
    whole = reference @ member
    if not (whole > 0).all():
        raise ValueError(f"weights of {names[np.argmin(whole)]} add to 0; a Dirichlet law needs them above 0")
    drawn = rng.dirichlet(concentration * len(whole) * whole, size=draws)
    inside = reference / (member @ whole)
    noun = "indicators" if pillars is None else "pillars"
    named = f"Dirichlet on {len(whole)} {noun}, concentration {concentration:g}"
    return reference, (drawn @ member.T) * inside, named + ("" if weights is None else ", around given weights")


def _composite(choices: _Choices, shares: np.ndarray, table: np.ndarray, rule: np.ndarray) -> np.ndarray:
    """Return region × draw scores, the table and the rule of each draw by position."""
    result = np.empty((len(choices.regions), len(shares)))
    for i, by_rule in enumerate(choices.figures):
        for j, values in enumerate(by_rule):
            those = (table == i) & (rule == j)
            result[:, those] = scores(values, shares[those], choices.rules[j])
    return result


def _drawn_ranks(choices: _Choices, shares: np.ndarray, table: np.ndarray, rule: np.ndarray) -> np.ndarray:
    return _ranks(_composite(choices, shares, table, rule))


def _ranks(found: np.ndarray) -> np.ndarray:
    """Return ranks of regions in each draw, the highest score first; scores equal but for rounding share the better."""
    least, most = found.min(axis=0), found.max(axis=0)
    spread = np.where(most - least > 1e-12 * np.abs(found).max(axis=0), most - least, np.inf)
    steps = np.round((found - least) / spread, 9)
    ascending = np.sort(steps, axis=0)
    ahead = [np.searchsorted(a, s, side="right") for a, s in zip(ascending.T, steps.T, strict=True)]
    return len(found) + 1.0 - np.array(ahead).T
