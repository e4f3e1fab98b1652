r"""Services that could help a cluster: hypotheses from figures, gaps from surveys, a self-assessment, a profile.

Figures only raise questions: every hypothesis is to be validated with the cluster. Answers are opinions of those asked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed, one_of
from alpclusters_lib.strategy._survey_statistics import sign_flip

__all__ = ["CUTS", "PROFILE", "QUADRANTS", "gap_analysis", "holm", "hypotheses", "minimum_profile", "self_assessment"]

CONDITIONS = ("below", "above")
CUTS = ("grand_mean", "scale_middle", "median")
QUADRANTS = {
    (True, False): "concentrate here", (True, True): "keep up the good work", (False, False): "low priority",
    (False, True): "possible overkill",
}  # fmt: skip
"""By whether importance and performance lie above their cuts (Martilla & James 1977)."""

PROFILE = {"team_fte": 0.5, "members": 15, "member_types": 2, "english_website": 1}
"""The least that the European platform asks of a cluster's profile."""


def hypotheses(indicators: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Return the services that figures suggest, each with the number that triggered it.

    Parameters
    ----------
    indicators
        ``region, cluster, indicator, value, lower, upper``; limits may be NaN where a figure has none.
    rules
        ``rule, service, indicator, condition`` (below or above) and ``threshold``.

    Returns
    -------
    A row a rule that the value fulfils: ``region, cluster, service, rule, indicator, value, lower, upper, condition,
    threshold`` and ``certain``, whether both limits fulfil it too (a figure without limits is certain as it stands). A
    missing value triggers nothing. In the order of the rules.

    Raises
    ------
    ValueError
        If a rule names an indicator that is not there, or another condition than below and above.

    Examples
    --------
    >>> figures = pd.DataFrame([("ITC4", "metal", "location_quotient", 1.9, 1.8, 2.0)],
    ...                        columns=["region", "cluster", "indicator", "value", "lower", "upper"])
    >>> rule = pd.DataFrame([("strong", "internationalisation", "location_quotient", "above", 1.5)],
    ...                     columns=["rule", "service", "indicator", "condition", "threshold"])
    >>> hypotheses(figures, rule)[["service", "value", "certain"]].values.tolist()
    [['internationalisation', 1.9, True]]
    """
    known = set(indicators["indicator"])
    for row in rules.itertuples():
        one_of(row.condition, CONDITIONS, name=f"condition of the rule {row.rule}")
        if row.indicator not in known:
            raise ValueError(f"the rule {row.rule} names the indicator {row.indicator!r}; there are {listed(known)}")
    joined = rules[["rule", "service", "indicator", "condition", "threshold"]].merge(indicators, on="indicator")
    joined["threshold"] = joined["threshold"].astype(float)
    sign = np.where(joined["condition"] == "above", 1, -1)

    def fulfilled(column: pd.Series) -> np.ndarray:
        return (sign * (column.astype(float) - joined["threshold"]) > 0).to_numpy()

    ends = [fulfilled(joined[side].fillna(joined["value"])) for side in ("lower", "upper")]
    joined["certain"] = ends[0] & ends[1]
    columns = [
        "region", "cluster", "service", "rule", "indicator", "value", "lower", "upper", "condition", "threshold",
        "certain",
    ]  # fmt: skip
    return joined.loc[fulfilled(joined["value"]), columns].reset_index(drop=True)


def holm(p: pd.Series) -> pd.Series:
    r"""Return p-values adjusted by Holm's step-down rule; NaN stays NaN and counts for nothing.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min\{(m - j + 1)\, p_{(j)},\; 1\}

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65.

    Examples
    --------
    >>> holm(pd.Series([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    known = p.dropna().sort_values(kind="stable")
    steps = np.arange(len(known), 0, -1)
    return pd.Series(np.minimum(np.maximum.accumulate(known * steps), 1.0), index=known.index).reindex(p.index)


def gap_analysis(
    answers: pd.DataFrame,
    *,
    cut: str = "grand_mean",
    scale: tuple[int, int] = (1, 5),
    minimum: int = 3,
    level: float = 0.95,
    draws: int = 1_999,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""Compare how important services are with how well they are provided.

    .. math:: g_s = \overline{I_s} - \overline{P_s}

    over the respondents who answer both.

    Parameters
    ----------
    answers
        ``respondent, service, importance, performance``; NaN where a respondent does not know.
    cut
        Where quadrants part: ``grand_mean`` of all services shown, ``scale_middle``, or their ``median``.
    scale
        Lowest and highest answer.
    minimum
        Services with fewer pairs are not shown: NaN, status ``too few``.
    level, draws
        Of the bootstrap over respondents.

    Returns
    -------
    Index service: ``n`` pairs, ``importance, performance`` means, ``gap`` with ``lower, upper``, ``p`` of the gap by
    flipped signs, ``p_holm`` over all services, ``quadrant``, ``status``; ``attrs["cuts"]`` holds both cuts.

    Raises
    ------
    ValueError
        If a column is missing, an answer lies off the scale, or a respondent rates a service twice.

    References
    ----------
    Martilla & James (1977), Journal of Marketing 41:77.
    """
    one_of(cut, CUTS, name="cut")
    table = _checked(answers, scale)
    generator = np.random.default_rng(rng)
    rows = {}
    for service, group in table.groupby("service", sort=False):
        pairs = group[["importance", "performance"]].dropna().to_numpy(float)
        if len(pairs) < minimum:
            rows[service] = (len(pairs), *(np.nan,) * 6, "too few")
            continue
        gaps = pairs[:, 0] - pairs[:, 1]
        drawn = gaps[generator.integers(len(gaps), size=(draws, len(gaps)))].mean(axis=1)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        rows[service] = (len(pairs), *pairs.mean(axis=0), gaps.mean(), low, high, sign_flip(gaps, generator), "shown")
    columns = ["n", "importance", "performance", "gap", "lower", "upper", "p", "status"]
    result = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("service")
    result.insert(7, "p_holm", holm(result["p"]))
    cuts = _cuts(result, cut, scale)
    shown = result["status"] == "shown"
    above = [(result[name] > place).to_numpy() for name, place in zip(("importance", "performance"), cuts, strict=True)]
    names = [QUADRANTS[pair] for pair in zip(*(side.tolist() for side in above), strict=True)]
    result["quadrant"] = pd.Series(names, index=result.index, dtype=object).where(shown)
    result.attrs["cuts"] = cuts
    return result


def _checked(answers: pd.DataFrame, scale: tuple[int, int]) -> pd.DataFrame:
    absent = [name for name in ("respondent", "service", "importance", "performance") if name not in answers]
    if absent:
        raise ValueError(f"answers have no column {listed(absent)}; they have {listed(answers.columns)}")
    for name in ("importance", "performance"):
        wrong = answers[(answers[name] < scale[0]) | (answers[name] > scale[1])]
        if len(wrong):
            row = wrong.iloc[0]
            raise ValueError(
                f"{name} of {row['service']} by {row['respondent']} is {row[name]:g}; {scale[0]} to {scale[1]} is right"
            )
    twice = answers[answers.duplicated(["respondent", "service"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(f"{row['respondent']} rates {row['service']} twice; once is right")
    return answers


def _cuts(result: pd.DataFrame, cut: str, scale: tuple[int, int]) -> tuple[float, float]:
    if cut == "scale_middle":
        return (sum(scale) / 2,) * 2
    how = "mean" if cut == "grand_mean" else "median"
    return tuple(float(getattr(result[name], how)()) for name in ("importance", "performance"))


def self_assessment(answers: pd.DataFrame, items: pd.DataFrame, *, minimum: int = 3) -> pd.DataFrame:
    """Return how a cluster's people rate it, by group of indicators.

    Parameters
    ----------
    answers
        ``respondent, item, answer``; NaN where a respondent does not know.
    items
        ``key, group``: which items belong to which group.
    minimum
        Groups answered by fewer respondents are not shown.

    Returns
    -------
    Index group in the order of `items`: ``n`` respondents, ``answers`` given, ``mean, lowest, highest`` of the
    respondents' means in the group (NaN where too few answered) and ``status``.

    Raises
    ------
    ValueError
        If an item is unknown.
    """
    group = items.set_index("key")["group"]
    unknown = answers["item"][~answers["item"].isin(group.index)]
    if len(unknown):
        raise ValueError(f"item {unknown.iloc[0]!r} is not among the items; they are {listed(group.index)}")
    known = answers.dropna(subset=["answer"])
    known = known.assign(group=known["item"].map(group))
    means = known.groupby(["group", "respondent"])["answer"].mean()
    rows = {}
    for name in dict.fromkeys(items["group"]):
        own = means.xs(name) if name in means.index.get_level_values("group") else means.iloc[:0]
        number, given = len(own), int((known["group"] == name).sum())
        shown = (own.mean(), own.min(), own.max(), "shown") if number >= minimum else (*(np.nan,) * 3, "too few")
        rows[name] = (number, given, *shown)
    columns = ["n", "answers", "mean", "lowest", "highest", "status"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("group")


def minimum_profile(clusters: pd.DataFrame) -> pd.DataFrame:
    """Check clusters against the minimum profile of the European Cluster Collaboration Platform.

    Parameters
    ----------
    clusters
        Index cluster; any of ``team_fte``, ``members``, ``member_types`` (numbers) and ``english_website`` (1 or 0). A
        missing column or cell is unknown, which is never "not met".

    Returns
    -------
    Cluster × criterion: ``met``, ``not met`` or ``unknown``, and ``profile``: ``met`` where all are, ``not met`` where
    one is not, else ``unknown``.

    Examples
    --------
    >>> table = pd.DataFrame({"members": [36, 9, None], "team_fte": [1, 1, 1]}, index=list("abc"))
    >>> minimum_profile(table)["profile"].tolist()
    ['unknown', 'not met', 'unknown']
    """
    found = pd.DataFrame(index=clusters.index)
    for name, least in PROFILE.items():
        values = pd.to_numeric(clusters[name]) if name in clusters else pd.Series(np.nan, index=clusters.index)
        words = np.select([values.isna(), values >= least], ["unknown", "met"], "not met")
        found[name] = words
    failed, open_ = (found == "not met").any(axis=1), (found == "unknown").any(axis=1)
    found["profile"] = np.select([failed, open_], ["not met", "unknown"], "met")
    return found
