r"""A chain as an ordered list of stages: who is strong at which, how many jobs are short, and where a chain is thin.

A stage is made of whole NACE divisions, and most jobs of a division may have nothing to do with the chain; a division
serves one stage of a chain only, so that no job counts twice. A strong stage says that jobs are there, not that firms
of two regions trade with each other. The model of a chain lives in ``_chain_model`` and is handed on here.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks
from alpclusters_lib.value_chains._chain_model import Chain, NotCovered, Stage

__all__ = [
    "STRENGTHS",
    "Chain",
    "NotCovered",
    "Stage",
    "bottlenecks",
    "candidates",
    "chain_stages",
    "gaps",
    "specialised_jobs",
    "strength",
]

STRENGTHS = ("strong", "open", "weak", "no figures")
"""What a region can be at a stage; "open" where its limits lie on both sides of 1."""

BELOW = "below the EU share"
THINNEST = "fewest strong regions"


def chain_stages(employment: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    r"""Sum jobs by region over the divisions of each stage.

    .. math:: e_{rk} = \sum_{i \in k} e_{ri}

    Parameters
    ----------
    employment
        Jobs, region × division; divisions outside the chain are left aside.
    chain
        The stages.

    Returns
    -------
    Region × stage in the chain's order. A stage with a missing cell is NaN, never the sum of the rest; a warning names
    the first ones.

    Raises
    ------
    ValueError
        If the table does not hold a division of the chain, or a figure is negative.

    Examples
    --------
    >>> chain = Chain("wood", "Wood", "building", (Stage("timber", "Timber", ("C16",), ("building",)),
    ...               Stage("building", "Building", ("F41", "F43"))))
    >>> table = pd.DataFrame({"C16": [30.0, 5.0], "F41": [10.0, 20.0], "F43": [40.0, 60.0]}, index=["AT32", "SI03"])
    >>> chain_stages(table, chain)
    stage  timber  building
    AT32     30.0      50.0
    SI03      5.0      80.0
    """
    table = _checks.employment_table(employment)
    for stage in chain.stages:
        absent = [division for division in stage.divisions if division not in table.columns]
        if absent:
            near = difflib.get_close_matches(absent[0], [str(c) for c in table.columns], n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the table holds {_checks.listed(table.columns)}"
            raise ValueError(f"stage {stage.key!r} of {chain.name} names the division {absent[0]!r}; {hint}")
    sums = {s.key: table[list(s.divisions)].sum(axis=1, skipna=False) for s in chain.stages}
    result = pd.DataFrame(sums, index=table.index).astype(float)
    result.columns.name = "stage"
    holes = [f"{region} {key}" for region, key in result.isna().stack().loc[lambda cell: cell].index]
    if holes:
        _checks.warn(f"no figure for a division of {_checks.listed(holes)}; these stages are missing, not zero")
    return result


def strength(lower: pd.Series, upper: pd.Series) -> pd.Series:
    """Say where limits of a location quotient lie: strong, weak, open, or no figures.

    Parameters
    ----------
    lower, upper
        Limits of the quotient, labelled alike; `upper` may be NaN where nothing bounds it from above.

    Returns
    -------
    ``strong`` where the lower limit is above 1, ``weak`` where the upper one is below 1, ``no figures`` where both are
    missing, else ``open``; limits of exactly 1 leave it open.

    Examples
    --------
    >>> limits = pd.DataFrame({"lower": [1.1, 0.4, 0.8, None], "upper": [1.9, 0.9, 1.2, None]}, index=list("abcd"))
    >>> strength(limits["lower"], limits["upper"]).tolist()
    ['strong', 'weak', 'open', 'no figures']
    """
    upper = upper.reindex(lower.index)
    wrong = (lower > upper).to_numpy()
    if wrong.any():
        label = lower.index[wrong][0]
        raise ValueError(
            f"the lower limit of {label} is {lower.iloc[wrong.argmax()]:g}, above its upper one; the two are exchanged"
        )
    words = np.select([lower > 1, upper < 1, lower.isna() & upper.isna()], ["strong", "weak", "no figures"], "open")
    return pd.Series(words, index=lower.index, name="strength")


def gaps(jobs: pd.DataFrame, totals: pd.Series, shares: pd.Series) -> pd.DataFrame:
    r"""Return how many jobs a region is short of a reference economy's share.

    .. math:: g_{rk} = \max(0,\; E_r s_k - e_{rk})

    Parameters
    ----------
    jobs
        Region × stage.
    totals
        All jobs by region.
    shares
        Each stage's share of the reference economy's jobs.

    Returns
    -------
    Labelled as `jobs`; 0 where nothing is short, NaN where a figure is missing. A gap is arithmetic, not a need.

    Examples
    --------
    >>> table = pd.DataFrame({"timber": [30.0, 5.0]}, index=["AT32", "SI03"])
    >>> gaps(table, pd.Series({"AT32": 1000, "SI03": 1000}), pd.Series({"timber": 0.02}))["timber"].tolist()
    [0.0, 15.0]
    """
    return (-_balance(jobs, totals, shares)).clip(lower=0) + 0.0


def specialised_jobs(jobs: pd.DataFrame, totals: pd.Series, shares: pd.Series) -> pd.DataFrame:
    r"""Return how many jobs a region has above a reference economy's share; parameters and edges as in :func:`gaps`.

    .. math:: h_{rk} = \max(0,\; e_{rk} - E_r s_k)

    References
    ----------
    Fingleton, Igliori & Moore (2004), Urban Studies 41:773: the horizontal quotient in jobs.

    Examples
    --------
    >>> table = pd.DataFrame({"timber": [30.0, 5.0]}, index=["AT32", "SI03"])
    >>> specialised_jobs(table, pd.Series({"AT32": 1000, "SI03": 1000}), pd.Series({"timber": 0.02}))["timber"].tolist()
    [10.0, 0.0]
    """
    return _balance(jobs, totals, shares).clip(lower=0)


def _balance(jobs: pd.DataFrame, totals: pd.Series, shares: pd.Series) -> pd.DataFrame:
    table = _checks.employment_table(jobs, name="jobs")
    for noun, wanted, held, name in (
        ("region", table.index, totals.index, "totals"),
        ("stage", table.columns, shares.index, "shares"),
    ):
        absent = wanted[~wanted.isin(held)]
        if len(absent):
            raise ValueError(f"{name} has no {noun} {_checks.listed(absent)}; it has {_checks.listed(held)}")
    expected = np.outer(totals.reindex(table.index), shares.reindex(table.columns))
    return table.astype(float) - expected


def bottlenecks(stages: pd.DataFrame) -> pd.DataFrame:
    """Return the stages at which an area is thin, thinnest first.

    The rule: every stage whose quotient is below 1 at its upper limit, the area taken as one, lowest quotient first.
    Where there is none, the stage in which the fewest of its regions are strong; several where they tie.

    Parameters
    ----------
    stages
        By stage, the area as one: ``lq, lower, upper``, and the numbers of regions ``strong`` and ``open``.

    Returns
    -------
    DataFrame
        The same columns with ``rule`` and ``settled``: whether the stage stays behind those that are no bottleneck
        wherever its figures lie within their limits (by the first rule always; by the second, whether its strong and
        open regions together are no more than the strong ones of any other stage). ``tied``: whether another stage
        stands at the same place. Stages without limits are left out; empty if all are.

    Examples
    --------
    >>> table = pd.DataFrame({"lq": [1.5, 0.8], "lower": [1.4, 0.7], "upper": [1.6, 0.9], "strong": [5, 2],
    ...                       "open": [0, 1]}, index=["timber", "building"])
    >>> bottlenecks(table)[["rule", "settled"]].reset_index().values.tolist()
    [['building', 'below the EU share', True]]
    """
    absent = {"lq", "lower", "upper", "strong", "open"} - set(stages.columns)
    if absent:
        raise ValueError(f"stages has no column {sorted(absent)[0]!r}; lq, lower, upper, strong and open are needed")
    known = stages.dropna(subset=["lower", "upper"])
    middle = known["lq"].fillna(np.sqrt(known["lower"] * known["upper"]))
    below = known[known["upper"] < 1].assign(rule=BELOW, settled=True)
    if len(below):
        below["tied"] = middle[below.index].duplicated(keep=False)
        return below.loc[middle[below.index].sort_values(kind="stable").index]
    fewest = known[known["strong"] == known["strong"].min()].assign(rule=THINNEST)
    others = known["strong"].drop(fewest.index)
    least = others.min() if len(others) else np.inf
    fewest["settled"] = (fewest["strong"] + fewest["open"]) <= least
    fewest["tied"] = len(fewest) > 1
    return fewest.loc[middle[fewest.index].sort_values(kind="stable").index]


def candidates(
    stages: pd.DataFrame,
    *,
    region: str,
    stage: str,
    countries: pd.Series,
    distances: pd.DataFrame | None = None,
    columns: Sequence[str] = ("lq", "lower", "upper", "specialised_jobs"),
) -> pd.DataFrame:
    """Return the regions of other countries that are strong at a stage: whom a region could ask.

    Parameters
    ----------
    stages
        Index (region, stage) with ``strength`` and `columns`, the regions to look among.
    region, stage
        Who asks, and for what.
    countries
        Country of each region.
    distances
        Kilometres, region × region.
    columns
        What to hand on, the last one in the order of which candidates are returned.

    Returns
    -------
    By region: ``country``, `columns` and ``distance_km`` (NaN where it is not known), most jobs above the reference's
    share first, by code where they tie. Distance and country stand apart and are weighed by the reader. Empty where
    no region across a border is strong.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["AT32", "DE21"], ["timber"]], names=["region", "stage"])
    >>> table = pd.DataFrame({"strength": ["weak", "strong"], "lq": [0.5, 1.5], "lower": [0.4, 1.4],
    ...                       "upper": [0.6, 1.6], "specialised_jobs": [0.0, 900.0]}, index=index)
    >>> candidates(table, region="AT32", stage="timber", countries=pd.Series({"AT32": "AT", "DE21": "DE"})).index[0]
    'DE21'
    """
    for label, level in ((region, "region"), (stage, "stage")):
        if label not in stages.index.get_level_values(level):
            raise ValueError(f"stages has no {level} {label!r}; it has "
                             f"{_checks.listed(stages.index.get_level_values(level).unique())}")  # fmt: skip
    found = stages.xs(stage, level="stage")
    where = countries.reindex(found.index)
    if where.isna().any():
        raise ValueError(f"countries has no region {_checks.listed(where.index[where.isna()])}; each needs one")
    found = found[(found["strength"] == "strong") & (where != where[region])]
    result = found[list(columns)].copy()
    result.insert(0, "country", where[found.index])
    known = distances is not None and region in distances.index
    result["distance_km"] = distances.loc[region].reindex(found.index) if known else np.nan
    order = pd.DataFrame({"by": -result[columns[-1]], "code": result.index}, index=result.index)
    return result.loc[order.sort_values(["by", "code"]).index]
