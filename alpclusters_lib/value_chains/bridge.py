"""From divisions of NACE Rev. 2 to the 35 industries of the world tables (NACE Rev. 1), many to many.

A bridge is a table with a row for each pair: ``industry``, ``division`` and ``weight``, the share of the division that
belongs to the industry (``datasets.facts("wiod_bridge")`` is ours). Weights are the same in every region: where a
division is made of other classes than the average, jobs land in the wrong industry, and nothing here can tell.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["bridge_weights", "covered_industries", "stage_industries", "to_industries"]

COLUMNS = ("industry", "division", "weight")
# weights are written with six decimals
TOLERANCE = 1e-5


def bridge_weights(bridge: pd.DataFrame) -> pd.DataFrame:
    """Return a bridge as a checked table of weights.

    Parameters
    ----------
    bridge
        ``industry, division, weight``, the weights as numbers or as text; other columns are left aside.

    Returns
    -------
    Division × industry, 0 where they do not meet; divisions in their order in `bridge`, industries ``c1`` to ``c35``
    by number, others after them in their order in `bridge`.

    Raises
    ------
    ValueError
        If a column is missing, a weight is no number from 0 to 1, a pair occurs twice, or the weights of a division
        do not sum to 1.

    Examples
    --------
    >>> bridge = pd.DataFrame({"industry": ["c14", "c13"], "division": ["C27", "C27"], "weight": ["0.8", "0.2"]})
    >>> bridge_weights(bridge).loc["C27"].to_dict()
    {'c13': 0.2, 'c14': 0.8}
    """
    if not isinstance(bridge, pd.DataFrame):
        raise TypeError(f"bridge is a {type(bridge).__name__}; a DataFrame with {', '.join(COLUMNS)} is needed")
    absent = [name for name in COLUMNS if name not in bridge.columns]
    if absent:
        raise ValueError(f"bridge has no column {_checks.listed(absent)}; {', '.join(COLUMNS)} are needed")
    weights = pd.to_numeric(bridge["weight"], errors="coerce")
    for row in np.flatnonzero(~weights.between(0, 1).to_numpy())[:1]:
        pair, weight = bridge.iloc[row], bridge["weight"].iloc[row]
        raise ValueError(
            f"weight of division {pair['division']} in industry {pair['industry']} is {weight}; "
            "a number from 0 to 1 is needed"
        )
    pairs = bridge[["division", "industry"]]
    for row in np.flatnonzero(pairs.duplicated().to_numpy())[:1]:
        division, industry = pairs.iloc[row]
        raise ValueError(f"bridge leads from division {division} to industry {industry} more than once")
    order = sorted(dict.fromkeys(pairs["industry"]), key=_number)
    table = pairs.assign(weight=weights).pivot(index="division", columns="industry", values="weight")
    table = table.reindex(index=list(dict.fromkeys(pairs["division"])), columns=order).fillna(0.0)
    sums = table.sum(axis=1)
    wrong = sums.index[(sums - 1).abs() > TOLERANCE]
    if len(wrong):
        raise ValueError(f"weights of division {wrong[0]} sum to {sums[wrong[0]]:g}; 1 is needed")
    return table.div(sums, axis=0).rename_axis(index="division", columns="industry")


def _number(industry: str) -> tuple[int, int]:
    """Put c2 before c10; what is not of this form comes last and keeps its order."""
    digits = str(industry)[1:]
    return (0, int(digits)) if str(industry)[:1] == "c" and digits.isdecimal() else (1, 0)


def to_industries(by_division: pd.Series | pd.DataFrame, bridge: pd.DataFrame) -> pd.Series | pd.DataFrame:
    r"""Return counts by division as counts by industry.

    .. math:: e_{rk} = \sum_d w_{dk} e_{rd}

    Parameters
    ----------
    by_division
        Jobs (or another count) by division: a Series, or a region × division table.
    bridge
        As in :func:`bridge_weights`.

    Returns
    -------
    A Series by industry, or a region × industry table, over all industries of the bridge. NaN for an industry that no
    division of `by_division` belongs to, and for one that takes part of a division without a figure; a warning names
    the industries with such a gap. A division of the bridge that is not listed counts nothing, so an industry may be
    given in part: see :func:`covered_industries`.

    Raises
    ------
    ValueError
        If a division has no row in the bridge, occurs twice, or holds a negative figure.

    Examples
    --------
    >>> bridge = pd.DataFrame({"industry": ["c14", "c13"], "division": ["C27", "C27"], "weight": [0.8, 0.2]})
    >>> to_industries(pd.Series({"C27": 50}), bridge).to_dict()
    {'c13': 10.0, 'c14': 40.0}
    """
    weights = bridge_weights(bridge)
    single = isinstance(by_division, pd.Series)
    if single:
        table = _checks.counts_by_label(by_division, noun="division", name="by_division").to_frame().T
    else:
        table = _checks.employment_table(by_division, name="by_division")
    part = _of(weights, table.columns)
    values, shares = table.to_numpy(), part.to_numpy()
    sums = np.nan_to_num(values) @ shares
    gaps = (np.isnan(values).astype(float) @ shares) > 0
    served = shares.any(axis=0)
    sums[gaps] = np.nan
    sums[:, ~served] = np.nan
    if gaps.any():
        _checks.warn(
            f"no figure for industry {_checks.listed(part.columns[gaps.any(axis=0)])}"
            f"{'' if single else f' in region {_checks.listed(table.index[gaps.any(axis=1)])}'}: "
            "a division that belongs to it has none"
        )
    result = pd.DataFrame(sums, index=table.index, columns=part.columns)
    return result.iloc[0].rename(by_division.name) if single else result


def covered_industries(divisions: Iterable[str], bridge: pd.DataFrame, *, least: float = 0.5) -> pd.Series:
    """Say which industries a list of divisions covers, such as those that a statistic has figures for.

    Parameters
    ----------
    divisions
        Divisions with figures.
    bridge
        As in :func:`bridge_weights`.
    least
        Share of the industry's weight that must lie in `divisions`; a count of divisions, not of jobs.

    Returns
    -------
    True or False by industry of the bridge.

    Examples
    --------
    >>> bridge = pd.DataFrame({"industry": ["c1", "c30", "c1"], "division": ["A01", "N81", "N81"],
    ...                        "weight": [1, 0.9, 0.1]})
    >>> covered_industries(["N81"], bridge).to_dict()
    {'c1': False, 'c30': True}
    """
    weights = bridge_weights(bridge)
    inside = _of(weights, pd.Index(list(dict.fromkeys(divisions))))
    return (inside.sum() > least * weights.sum()).rename("covered")


def stage_industries(divisions: Iterable[str], jobs: pd.Series, bridge: pd.DataFrame) -> pd.DataFrame:
    """Return over which industries the jobs of some divisions spread, and how much of each industry they are.

    Parameters
    ----------
    divisions
        The divisions of a stage of a chain.
    jobs
        Jobs by division, those of the stage and the others; a division without a figure counts nothing in
        ``share_of_industry``, which is then an upper limit (a warning names it).
    bridge
        As in :func:`bridge_weights`.

    Returns
    -------
    Index ``industry``, only those with a part in the stage; ``share_of_stage`` sums to 1, ``share_of_industry`` is
    the stage's jobs over all jobs of the industry in `jobs`. ``share_of_industry`` is NaN for an industry without jobs.

    Raises
    ------
    ValueError
        If the stage has no division, one that is unknown to the bridge or twice, one without a figure in `jobs`, or
        no jobs.

    Examples
    --------
    >>> bridge = pd.DataFrame({"industry": ["c14", "c13", "c13"], "division": ["C27", "C27", "C28"],
    ...                        "weight": [0.8, 0.2, 1]})
    >>> stage_industries(["C27"], pd.Series({"C27": 50.0, "C28": 90.0}), bridge).to_dict("index")
    {'c13': {'share_of_stage': 0.2, 'share_of_industry': 0.1}, 'c14': {'share_of_stage': 0.8, 'share_of_industry': 1.0}}
    """
    if isinstance(divisions, str):
        raise TypeError(f"divisions is the text {divisions!r}; a list such as [{divisions!r}] is needed")
    chosen = pd.Index(list(divisions))
    if not len(chosen):
        raise ValueError("divisions is empty; a stage needs one division or more")
    _checks.require_unique(chosen, noun="division", name="divisions")
    weights = bridge_weights(bridge)
    counts = _checks.counts_by_label(jobs, noun="division", name="jobs")
    of_stage, of_all = _of(weights, chosen), _of(weights, counts.index)
    held = counts.reindex(chosen)
    if held.isna().any():
        raise ValueError(f"jobs has no figure for division {_checks.listed(held.index[held.isna()])} of the stage")
    if not held.sum() > 0:
        raise ValueError(f"division {_checks.listed(chosen)} has no jobs; a stage needs some to be spread by")
    if counts.isna().any():
        gap = _checks.listed(counts.index[counts.isna()])
        _checks.warn(f"no jobs for division {gap}: the share of the stage in their industries is an upper limit")
    stage = of_stage.mul(held, axis=0).sum()
    whole = of_all.mul(counts.fillna(0.0), axis=0).sum()
    shares = {"share_of_stage": stage / stage.sum(), "share_of_industry": stage / whole.where(whole > 0)}
    return pd.DataFrame(shares)[(of_stage > 0).any()]


def _of(weights: pd.DataFrame, divisions: pd.Index) -> pd.DataFrame:
    absent = divisions[~divisions.isin(weights.index)]
    if len(absent):
        raise ValueError(
            f"no row of the bridge for division {_checks.listed(absent)}; one of NACE Rev. 2 such as C28 is needed"
        )
    return weights.reindex(divisions)
