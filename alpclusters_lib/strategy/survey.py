"""The governance stress test: what stakeholders say of strategy and clusters, in both directions, and the wheel.

The form is that of the S3 StressTest of S3-4AlpClusters (the strategy used to foster innovation within clusters, and
clusters as instruments of the strategy) and of the JRC's RIS3 assessment wheel. Answers are opinions of those who were
asked, not of a population; "don't know" and "no information" are missing and never a number in a mean.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed
from alpclusters_lib.strategy import _survey_rows as rows
from alpclusters_lib.strategy import _survey_rules as rules
from alpclusters_lib.strategy import _survey_statistics as statistics
from alpclusters_lib.strategy._survey_rules import ALL, DIRECTIONS, SCALE, checked_answers, checked_items

__all__ = [
    "DIRECTIONS",
    "Reliability",
    "direction_difference",
    "governance",
    "group_agreement",
    "reliability",
    "responses",
    "wheel",
]

FEW_ITEMS, FEW_RESPONDENTS = 3, 10
OPTIONS = range(SCALE[0], SCALE[1] + 1)
SHARES = [f"share_{answer}" for answer in OPTIONS]


def governance(
    answers: pd.DataFrame, items: pd.DataFrame, *, by: Sequence[str] = ("group",), minimum: int = 3
) -> pd.DataFrame:
    r"""Return how each item was answered, by group and by all.

    .. math:: \text{net agreement} = s_4 + s_5 - s_1 - s_2

    with :math:`s_a` the share of answer :math:`a` among those who answered. Reverse-coded items are as asked, not
    turned. A group with fewer answers than `minimum` is suppressed, and so are the smallest others until what the rest
    leaves of the row over all gives it away no more. Tables made with different `by` of the same answers can be put
    together to find it again: publish one of them.

    Parameters
    ----------
    answers
        A row an answer: ``respondent``, the columns of `by`, ``item``, ``answer`` (1 to 5, NaN for "don't know").
    items
        ``key``, ``direction``, ``reverse``.
    by
        Columns that make groups.
    minimum
        The fewest answers that a group is shown with.

    Returns
    -------
    DataFrame
        The columns of `by` (``all`` in the row over all), ``item``, ``direction``, ``n``, ``median``,
        ``net_agreement``, ``share_1`` to ``share_5``, ``status``: ``shown``, ``suppressed`` (all NaN) or
        ``no answers`` (n is 0).

    Raises
    ------
    ValueError
        If a column is absent, an item unknown, an answer off the scale, or a respondent answers an item twice.

    Examples
    --------
    >>> said = pd.DataFrame({"respondent": list("abcd"), "group": list("xxxy"), "item": "i", "answer": [5, 4, 2, 1]})
    >>> kept = pd.DataFrame({"key": ["i"], "direction": ["s3_to_clusters"], "reverse": [0]})
    >>> governance(said, kept)[["group", "n", "net_agreement", "status"]].to_numpy().tolist()
    [['all', 4.0, 0.0, 'shown'], ['x', nan, nan, 'suppressed'], ['y', nan, nan, 'suppressed']]
    """
    kept, by = checked_items(items), list(by)
    if minimum < 1:
        raise ValueError(f"minimum is {minimum}; 1 or more is needed")
    if not by:
        raise ValueError("by names no column; one or more, such as group, is needed")
    table = checked_answers(answers, kept.index, by=by)
    groups = table[by].drop_duplicates().sort_values(by).itertuples(index=False, name=None)
    names = list(groups)
    given = table.dropna(subset=["answer"]).groupby(["item", *by, "answer"]).size().to_dict()
    found = []
    for item in kept.index:
        counts = np.array([[given.get((item, *name, answer), 0) for answer in OPTIONS] for name in names])
        counts = counts.reshape(len(names), len(OPTIONS))
        n = pd.Series(counts.sum(axis=1))
        hidden = rules.hidden_groups(n, minimum)
        found.append(rows.item_row([ALL] * len(by), item, counts.sum(axis=0), hide=0 < n.sum() < minimum))
        found.extend(
            rows.item_row(list(name), item, counts[place], hide=bool(hidden[place])) for place, name in enumerate(names)
        )
    frame = pd.DataFrame(found, columns=[*by, "item", "n", "median", "net_agreement", *SHARES, "status"])
    frame.insert(len(by) + 1, "direction", frame["item"].map(kept["direction"]))
    return frame


def responses(answers: pd.DataFrame, items: pd.DataFrame, *, direction: str | None = None) -> pd.DataFrame:
    """Return answers as respondent × item with reverse-coded items turned: more is always in favour.

    Parameters
    ----------
    answers, items
        As in :func:`governance`.
    direction
        One of `DIRECTIONS`; both where omitted.

    Returns
    -------
    DataFrame
        Items in the order of `items`; NaN where an item was not answered.
    """
    kept = checked_items(items)
    table = checked_answers(answers, kept.index)
    if direction is not None and direction not in DIRECTIONS:
        raise ValueError(f"direction {direction!r} is not available; available: {', '.join(DIRECTIONS)}")
    kept = kept if direction is None else kept[kept["direction"] == direction]
    wide = table.pivot(index="respondent", columns="item", values="answer")
    return rules.turned(wide.reindex(columns=kept.index.rename("item")), list(kept.index[kept["reverse"]]))


class Reliability(NamedTuple):
    """Cronbach's alpha with its interval, what it rests on, and a caution where that is little."""

    alpha: float
    lower: float
    upper: float
    n: int
    items: int
    left_out: int
    caution: str


def reliability(
    answers: pd.DataFrame,
    *,
    reverse: Sequence[object] = (),
    scale: tuple[int, int] = SCALE,
    level: float = 0.95,
    draws: int = 1_999,
    rng: np.random.Generator | int | None = None,
) -> Reliability:
    r"""Return Cronbach's alpha: how far items that ask for one thing are answered alike.

    .. math:: \alpha = \frac{k}{k-1}\left(1 - \frac{\sum_i s_i^2}{s_T^2}\right)

    Warns below three items or ten respondents. The interval is a percentile bootstrap over respondents.

    Parameters
    ----------
    answers
        Respondent × item, as :func:`responses` gives them (turned already) or as asked.
    reverse
        Items to turn here.
    scale
        Lowest and highest answer.
    level, draws
        Of the interval.

    Returns
    -------
    Reliability
        Respondents with a missing answer are ``left_out``. NaN below two items or respondents, or where totals do not
        vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16:297-334.

    Examples
    --------
    >>> rows = pd.DataFrame([(4, 5, 4), (3, 3, 2), (5, 5, 5), (2, 3, 2), (4, 4, 3)])
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     round(reliability(rows, rng=1).alpha, 7)
    0.9642857
    """
    if not isinstance(answers, pd.DataFrame):
        raise TypeError(f"answers is a {type(answers).__name__}; a DataFrame of respondent × item is needed")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a number between 0 and 1 is needed")
    if draws < 1:
        raise ValueError(f"draws is {draws}; 1 or more is needed")
    off = answers.lt(scale[0]) | answers.gt(scale[1])
    if off.any(axis=None):
        row, column = np.argwhere(off.to_numpy())[0]
        raise ValueError(
            f"answer of respondent {answers.index[row]} to {answers.columns[column]} is {answers.iloc[row, column]:g}; "
            f"{scale[0]} to {scale[1]} is needed"
        )
    complete = rules.turned(answers, reverse, scale).dropna()
    values = complete.to_numpy()
    n, items = values.shape
    few = [f"{items} items"] if items < FEW_ITEMS else []
    few += [f"{n} complete respondents"] if n < FEW_RESPONDENTS else []
    needed = f"{FEW_ITEMS} items and {FEW_RESPONDENTS} respondents are the least for a stable alpha"
    caution = f"alpha rests on {listed(few)}; {needed}" if few else ""
    if caution:
        warnings.warn(caution, UserWarning, stacklevel=2)
    lower, upper = statistics.alpha_interval(values, level=level, draws=draws, rng=np.random.default_rng(rng))
    alpha = float(statistics.cronbach_alpha(values))
    return Reliability(alpha, lower, upper, n, items, len(answers) - n, caution)


def group_agreement(answers: pd.DataFrame, items: pd.DataFrame, *, by: str = "group", minimum: int = 3) -> pd.DataFrame:
    r"""Return how far the respondents of a group agree with each other, by direction.

    .. math:: r_{wg} = 1 - s^2/\sigma_E^2, \qquad W = \frac{12 S}{m^2(n^3-n) - m\sum T}

    r_wg compares the variance of the answers with that of a uniform spread over the five options, 2; less agreement
    than that is 0. W says whether respondents order the items alike; its p is by chi-square and rough for few items.

    Parameters
    ----------
    answers, items, minimum
        As in :func:`governance`.
    by
        The column that makes groups.

    Returns
    -------
    DataFrame
        Index (direction, group), ``all`` first: ``n`` respondents with any answer, ``r_wg`` (median over items),
        ``r_wg_j`` (items together), ``complete`` respondents behind ``kendall_w`` and ``p``, ``status``. W is NaN
        below `minimum` complete respondents.

    References
    ----------
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69:85-98; Kendall & Babington Smith (1939), Annals of
    Mathematical Statistics 10:275-287; Siegel & Castellan (1988), Nonparametric Statistics, 262-272.
    """
    table = checked_answers(answers, checked_items(items).index, by=[by])
    of = table.drop_duplicates("respondent").set_index("respondent")[by]
    found_rows = {}
    for direction in DIRECTIONS:
        wide = responses(answers, items, direction=direction).dropna(how="all")
        if not wide.shape[1]:
            continue
        groups = of.reindex(wide.index)
        sizes = groups.value_counts().reindex(sorted(of.unique()), fill_value=0)
        hidden = rules.hidden_groups(sizes, minimum)
        found_rows[direction, ALL] = rows.agreement_row(wide, minimum, hide=0 < len(wide) < minimum)
        for group in sizes.index:
            found_rows[direction, group] = rows.agreement_row(wide[groups == group], minimum, hide=bool(hidden[group]))
    found = pd.DataFrame(found_rows, index=["n", "r_wg", "r_wg_j", "complete", "kendall_w", "p", "status"]).T
    found.index.names = ["direction", by]
    return found.astype(dict.fromkeys(found.columns[:-1], float))


def direction_difference(
    answers: pd.DataFrame,
    items: pd.DataFrame,
    *,
    by: str = "group",
    minimum: int = 3,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return whether respondents rate one direction above the other, each with themselves, by group.

    A respondent's score of a direction is the mean of the turned items that they answered, at least half of them. The
    test flips the signs of the differences: exact up to 13 pairs, where three pairs cannot give a p below 0.25.

    Returns
    -------
    DataFrame
        Index group, ``all`` first: ``n`` pairs, mean score of each direction, ``difference`` (clusters to S3 less S3
        to clusters), ``p``, ``q`` (Benjamini and Hochberg over the groups shown), ``status``.

    References
    ----------
    Fisher (1935), The Design of Experiments, section 21; Benjamini & Hochberg (1995), Journal of the Royal Statistical
    Society B 57:289-300.
    """
    from scipy.stats import false_discovery_control

    table = checked_answers(answers, checked_items(items).index, by=[by])
    rng = np.random.default_rng(rng)
    of = table.drop_duplicates("respondent").set_index("respondent")[by]
    scores = {}
    for direction in DIRECTIONS:
        wide = responses(answers, items, direction=direction)
        enough = wide.notna().sum(axis=1) * 2 >= max(wide.shape[1], 1)
        scores[direction] = wide.mean(axis=1).where(enough)
    pairs = pd.DataFrame(scores).dropna()
    groups = of.reindex(pairs.index)
    sizes = groups.value_counts().reindex(sorted(of.unique()), fill_value=0)
    hidden = rules.hidden_groups(sizes, minimum)
    found_rows = {ALL: rows.difference_row(pairs, hide=0 < len(pairs) < minimum, rng=rng)}
    for group in sizes.index:
        found_rows[group] = rows.difference_row(pairs[groups == group], hide=bool(hidden[group]), rng=rng)
    found = pd.DataFrame(found_rows, index=["n", *DIRECTIONS, "difference", "p", "status"]).T.rename_axis(by)
    found = found.astype(dict.fromkeys(found.columns[:-1], float))
    tested = found.index[found["p"].notna() & (found.index != ALL)]
    adjusted = false_discovery_control(found.loc[tested, "p"]) if len(tested) else []
    found.insert(5, "q", pd.Series(adjusted, index=tested, dtype=float).reindex(found.index))
    return found


def wheel(ratings: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Return each factor of the assessment wheel over its raters; 0 is "no information" and no mark.

    Parameters
    ----------
    ratings
        ``respondent``, ``item`` (key of the factor), ``answer`` (1 to 5; 0 or NaN for no information).
    factors
        ``order``, ``key``, ``step``, ``factor``.

    Returns
    -------
    DataFrame
        Index key in the order of the wheel: ``step``, ``factor``, ``raters`` (all who rated anything), ``informed``,
        ``no_information`` (share of raters), ``median``, ``lowest``, ``highest``; NaN where nobody is informed.

    References
    ----------
    Joint Research Centre, RIS3 Assessment Wheel, https://s3platform.jrc.ec.europa.eu/assessment-wheel

    Examples
    --------
    >>> marks = pd.DataFrame({"respondent": list("abc"), "item": "balance", "answer": [0, 3, 4]})
    >>> parts = pd.DataFrame({"order": [1], "key": ["balance"], "step": ["Policy mix"], "factor": ["Balance"]})
    >>> wheel(marks, parts).loc["balance", ["raters", "informed", "median"]].tolist()
    [3.0, 2.0, 3.5]
    """
    kept = factors.assign(order=factors["order"].astype(int)).sort_values("order").set_index("key")
    table = checked_answers(ratings, kept.index, scale=(0, SCALE[1]))
    table = table.assign(answer=table["answer"].where(table["answer"] > 0))
    raters = table["respondent"].nunique()
    marks = table.groupby("item")["answer"].agg(["count", "median", "min", "max"]).reindex(kept.index)
    informed = marks["count"].fillna(0).astype(int)
    return kept[["step", "factor"]].assign(
        raters=raters,
        informed=informed,
        no_information=1 - informed / raters if raters else np.nan,
        median=marks["median"],
        lowest=marks["min"],
        highest=marks["max"],
    )
