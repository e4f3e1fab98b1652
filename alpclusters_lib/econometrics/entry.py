"""Entry of industries: how well predictors tell entries apart, beside a plain baseline, and a model with effects.

A cell that starts just below the threshold of presence crosses it easily, by errors of measurement too: the quotient at
the start tells entries apart well for that reason alone, and any other predictor is to be read beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from alpclusters_lib.econometrics._absorption import lone_cells, numbered
from alpclusters_lib.econometrics._association import Association, associate
from alpclusters_lib.indicators import _checks

__all__ = ["entry_auc", "entry_model"]


def entry_auc(
    entries: pd.DataFrame,
    predictors: Mapping[str, pd.DataFrame],
    *,
    baseline: str | None = None,
    interval: str = "bootstrap",
    draws: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Measure how well each predictor tells entries from other cells at risk.

    .. math:: AUC = P(x_{entry} > x_{other}) + \tfrac{1}{2} P(x_{entry} = x_{other})

    over all pairs of an entry and another cell at risk (Mann–Whitney): 0.5 is chance, 1 perfect.

    Parameters
    ----------
    entries
        Long table with region and sector (columns or index) and ``at_risk``, ``entry``; a missing entry leaves the cell
        out.
    predictors
        Name of each predictor with its table region × sector. All are measured on the same cells: those at risk where
        every predictor is known.
    baseline
        Predictor against which differences are taken; the last where omitted.
    interval
        "bootstrap": whole regions are drawn with replacement, percentile limits, as cells of a region are not
        independent; "delong": as if they were.
    draws
        Number of bootstrap draws; draws without an entry or without another cell are left out.
    level
        Of the intervals.
    rng
        Generator or seed.

    Returns
    -------
    DataFrame
        Index ``predictor``: auc, lower, upper, difference (from the baseline), difference_lower, difference_upper
        (paired: both AUC from the same draw; NaN for the baseline itself), cells, entries, regions. A predictor that
        is the same everywhere has 0.5.

    References
    ----------
    Hanley & McNeil (1982), Radiology 143:29; DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837; Sun & Xu
    (2014), IEEE Signal Processing Letters 21:1389.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["AT11", "ITC4"], ["C25", "C28", "I55"]], names=["region", "sector"])
    >>> entries = pd.DataFrame({"at_risk": True, "entry": [True, False, False, True, True, False]}, index)
    >>> density = pd.DataFrame([[40, 10, 20], [30, 15, 25]], ["AT11", "ITC4"], ["C25", "C28", "I55"])
    >>> table = entry_auc(entries, {"density": density, "nothing": density * 0}, interval="delong")
    >>> table[["auc", "difference", "entries"]].round(3).values.tolist()
    [[0.778, 0.278, 3.0], [0.5, nan, 3.0]]
    """
    _checks.one_of(interval, ("bootstrap", "delong"), name="interval")
    entry, scores = _at_risk(entries, predictors)
    names = list(scores.columns)
    baseline = names[-1] if baseline is None else _checks.one_of(baseline, names, name="baseline")
    if entry.all() or not entry.any():
        raise ValueError(f"{int(entry.sum())} of {len(entry)} cells at risk are entries; both kinds are needed")
    yes, values = entry.to_numpy(), scores.to_numpy()
    plain = np.array([_weighted_auc(column, yes, np.ones(len(yes))) for column in _ties(values)])
    base = names.index(baseline)
    if interval == "delong":
        covariance = _delong(values, yes)
        spread = np.diag(covariance) + covariance[base, base] - 2 * covariance[base]
        limits = _normal(plain, np.diag(covariance), level)
        apart = _normal(plain - plain[base], spread, level)
    else:
        drawn = _drawn(values, yes, entry.index.get_level_values(0).to_numpy(), draws, np.random.default_rng(rng))
        tails = [(1 - level) / 2, (1 + level) / 2]
        limits = np.quantile(drawn, tails, axis=0)
        apart = np.quantile(drawn - drawn[:, [base]], tails, axis=0)
    table = pd.DataFrame({"auc": plain, "lower": limits[0], "upper": limits[1]}, pd.Index(names, name="predictor"))
    own = np.arange(len(names)) == base
    for column, figures in zip(
        ("difference", "difference_lower", "difference_upper"), (plain - plain[base], *apart), strict=True
    ):
        table[column] = np.where(own, np.nan, figures)
    regions = entry.index.get_level_values(0).nunique()
    return table.assign(cells=len(yes), entries=int(yes.sum()), regions=regions)


def entry_model(
    entries: pd.DataFrame,
    predictors: Mapping[str, pd.DataFrame],
    *,
    model: str = "linear",
    standardise: bool = True,
    level: float = 0.95,
) -> Association:
    r"""Estimate how entry is associated with each predictor, given the others, regions and sectors.

    .. math:: P(entry_{ir}) = F(\textstyle\sum_k \beta_k x_{k,ir} + a_r + b_i)

    with F the identity ("linear") or the logistic function ("logit").

    Parameters
    ----------
    entries, predictors
        As for :func:`entry_auc`.
    model
        "linear": estimates are shares of cells; "logit": logarithms of odds. Logit leaves out regions and sectors
        without an entry or with nothing else, and with few cells an effect its estimates lie too far from 0.
    standardise
        Divide each predictor by its deviation over the cells at risk, so that estimates compare.
    level
        Of the intervals.

    Returns
    -------
    Association
        One term a predictor; errors clustered by region.

    References
    ----------
    Neffke, Henning & Boschma (2011), Economic Geography 87:237; Boschma, Balland & Kogler (2015), Industrial and
    Corporate Change 24:223.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> density = pd.DataFrame(rng.uniform(0, 100, (8, 9)), [f"AT{r}" for r in range(8)], [f"C{i}" for i in range(9)])
    >>> happened = (density > 60).stack().rename_axis(["region", "sector"])
    >>> entries = pd.DataFrame({"at_risk": True, "entry": happened})
    >>> found = entry_model(entries, {"density": density}, standardise=False)
    >>> found.coefficients.round(3)[["term", "estimate"]].values.tolist(), found.n
    ([['density', 0.015]], 72)
    """
    _checks.one_of(model, ("linear", "logit"), name="model")
    entry, scores = _at_risk(entries, predictors)
    if standardise:
        spread = scores.std()
        flat = spread.index[~(spread > 0)]
        if len(flat):
            raise ValueError(f"predictor {_checks.listed(flat)} is the same in all cells at risk; leave it out")
        scores = scores / spread
    keep = _informative(entry, logit=model == "logit")
    if not keep.any():
        raise ValueError("no region and sector has both entries and other cells at risk; more cells are needed")
    kept, x = entry[keep], scores[keep]
    words = {"linear": "Linear probability model", "logit": "Logit"}[model]
    units = "one standard deviation" if standardise else "one unit"
    return associate(
        kept.astype(float),
        x,
        ("sector", numbered(kept.index.get_level_values(1))),
        model="ols" if model == "linear" else "logit",
        dropped={"effect with one cell, or without both entries and other cells": int((~keep).sum())},
        sentences=[
            f"{words}: entry of a sector into a region on {_checks.listed(scores.columns)}, each by {units}; cells at "
            f"risk with every predictor known, {int(kept.sum()):,} of them entries."
        ],
        level=level,
    )


def _at_risk(entries: pd.DataFrame, predictors: Mapping[str, pd.DataFrame]) -> tuple[pd.Series, pd.DataFrame]:
    """Return entry and predictors of the cells at risk where all are known, sorted by region and sector."""
    table = entries if {"region", "sector"} <= set(entries.columns) else entries.reset_index()
    for column in ("region", "sector", "at_risk", "entry"):
        if column not in table:
            raise ValueError(f"entries has no column {column}; it has {_checks.listed(table.columns)}")
    if not predictors:
        raise ValueError("no predictor is named; at least one is needed")
    table = table.set_index(["region", "sector"])[["at_risk", "entry"]].astype("boolean")
    twice = table.index[table.index.duplicated()]
    if len(twice):
        raise ValueError(f"{twice[0][0]}, {twice[0][1]} stands twice in entries; each cell may stand once")
    table = table[table["at_risk"].fillna(False) & table["entry"].notna()].sort_index()
    scores = {}
    for name, wide in predictors.items():
        _checks.require_unique(wide.index, noun="region", name=name)
        _checks.require_unique(wide.columns, noun="sector", name=name)
        rows = wide.index.get_indexer(table.index.get_level_values(0))
        columns = wide.columns.get_indexer(table.index.get_level_values(1))
        values = wide.to_numpy(dtype=float, na_value=np.nan)[rows, columns]
        scores[name] = np.where((rows >= 0) & (columns >= 0), values, np.nan)
    scores = pd.DataFrame(scores, index=table.index)
    known = np.isfinite(scores).all(axis=1)
    if not known.any():
        raise ValueError(f"no cell at risk has every predictor ({_checks.listed(scores.columns)}); check their labels")
    return table.loc[known, "entry"].astype(bool), scores[known]


def _informative(entry: pd.Series, *, logit: bool) -> np.ndarray:
    """Return which cells have company in both effects and, for the logit, some of the other outcome."""
    keep = np.ones(len(entry), dtype=bool)
    codes = [numbered(entry.index.get_level_values(place)) for place in (0, 1)]
    yes = entry.to_numpy()
    while True:
        out = np.zeros_like(keep)
        out[keep] = lone_cells(*(numbered(code[keep]) for code in codes))
        if logit:
            for code in codes:
                hits, size = np.bincount(code, keep & yes), np.bincount(code, keep)
                out |= keep & ((hits == 0) | (hits == size))[code]
        if not out.any():
            return keep
        keep &= ~out


def _ties(values: np.ndarray) -> list[np.ndarray]:
    """Return for each column the rank of each value among the different values, from 0."""
    return [numbered(column) for column in values.T]


def _weighted_auc(ranks: np.ndarray, yes: np.ndarray, weights: np.ndarray) -> float:
    """Return the share of weighted pairs in which the entry ranks higher, ties counted half."""
    high = np.bincount(ranks, weights * yes)
    low = np.bincount(ranks, weights * ~yes)
    below = np.cumsum(low) - low / 2
    return float(high @ below / (high.sum() * low.sum()))


def _drawn(
    values: np.ndarray, yes: np.ndarray, regions: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Return AUC by draw and predictor, regions drawn with replacement."""
    if draws < 1:
        raise ValueError(f"draws is {draws}; one or more are needed")
    code = numbered(regions)
    count = int(code.max()) + 1
    ranks = _ties(values)
    found = []
    for _ in range(draws):
        weights = np.bincount(rng.integers(count, size=count), minlength=count)[code].astype(float)
        if weights[yes].sum() > 0 and weights[~yes].sum() > 0:
            found.append([_weighted_auc(column, yes, weights) for column in ranks])
    if not found:
        raise ValueError("no draw of regions holds both entries and other cells; more regions are needed")
    return np.array(found)


def _delong(values: np.ndarray, yes: np.ndarray) -> np.ndarray:
    """Return the covariance of the AUC of all columns (DeLong et al. 1988, by midranks)."""
    from scipy.stats import rankdata

    high, low = values[yes], values[~yes]
    m, n = len(high), len(low)
    if min(m, n) < 2:
        raise ValueError(f"{m} entries and {n} other cells; DeLong's interval needs two of each")
    both = rankdata(np.vstack([high, low]), axis=0)
    of_high = (both[:m] - rankdata(high, axis=0)) / n
    of_low = 1 - (both[m:] - rankdata(low, axis=0)) / m
    spread = np.atleast_2d(np.cov(of_high, rowvar=False)) / m
    return spread + np.atleast_2d(np.cov(of_low, rowvar=False)) / n


def _normal(centre: np.ndarray, variance: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    reach = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(np.maximum(variance, 0))
    return centre - reach, centre + reach
