"""Priorities as weights on divisions of NACE Rev. 2, coded from their names, and how far two coders agree.

The coding is the weak point of everything that rests on it: a name is not a budget, and readers differ. So there are
two versions, narrow and broad; a result that holds in one of them only is not a result.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alpclusters_lib.indicators._checks import listed, one_of

__all__ = ["NACE", "VERSIONS", "agreement", "codable_share", "coded_weights", "tested_weights"]

VERSIONS = ("narrow", "broad")
"""Divisions whose main products or services the name denotes; and also those that supply or use them."""

COLUMNS = ["priority", "version", "division", "weight"]
TOLERANCE = 1e-6
# first and last division of each section, Regulation (EC) No 1893/2006
SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47), "H": (49, 53),
    "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82), "O": (84, 84),
    "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
NACE = tuple(
    f"{section}{number:02d}" for section, (first, last) in SECTIONS.items() for number in range(first, last + 1)
)
"""The 88 divisions of NACE Rev. 2, A01 to U99: those outside the business economy too."""


def coded_weights(coding: pd.DataFrame, *, version: str) -> pd.DataFrame:
    """Return the coded priorities of one version as a table of weights.

    Parameters
    ----------
    coding
        A row a priority, version and division: columns ``priority``, ``version``, ``division`` and ``weight`` (numbers
        or text); other columns are not looked at.
    version
        "narrow" or "broad".

    Returns
    -------
    DataFrame
        Priority × division, rows in the order of `coding` and summing to 1, 0 where not coded; a column for each
        division coded in either version, in the order of the classification.

    Raises
    ------
    ValueError
        If a column or a version is missing, a row stands twice, a code is no division, or weights are not numbers above
        0 that sum to 1 within priority and version (tolerance 1e-6). The sentence names the priority.

    Examples
    --------
    >>> rows = [("a", "narrow", "C10", 1.0), ("a", "broad", "C10", 0.5), ("a", "broad", "A01", 0.5)]
    >>> coding = pd.DataFrame(rows, columns=["priority", "version", "division", "weight"])
    >>> coded_weights(coding, version="narrow").loc["a"].to_dict()
    {'A01': 0.0, 'C10': 1.0}
    """
    one_of(version, VERSIONS, name="version")
    table = _checked(coding)
    order = pd.Index(table["priority"].drop_duplicates(), name="priority")
    coded = set(table["division"])
    columns = pd.Index([code for code in NACE if code in coded], name="division")
    own = table[table["version"] == version].pivot(index="priority", columns="division", values="weight")
    own = own.reindex(index=order, columns=columns).fillna(0.0)
    return own.div(own.sum(axis=1), axis=0)


def _checked(coding: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in COLUMNS if column not in coding]
    if missing:
        raise ValueError(f"the coding lacks {listed(missing)}; it needs the columns {', '.join(COLUMNS)}")
    if coding.empty:
        raise ValueError("the coding has no rows; a priority needs a narrow and a broad version")
    table = coding[COLUMNS].assign(weight=pd.to_numeric(coding["weight"], errors="coerce"))
    for column, known in (("version", VERSIONS), ("division", NACE)):
        wrong = table[~table[column].isin(known)]
        if len(wrong):
            right = "narrow or broad" if column == "version" else "a division of NACE Rev. 2 such as C28"
            row = wrong.iloc[0]
            raise ValueError(f"{column} {row[column]!r} of priority {row['priority']!r} is unknown; {right} is needed")
    doubled = table[table.duplicated(COLUMNS[:3])]
    if len(doubled):
        row = doubled.iloc[0]
        raise ValueError(f"{row['division']} stands twice in the {row['version']} version of {row['priority']!r}")
    wrong = table[~(table["weight"].gt(0) & table["weight"].le(1))]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(
            f"the weight of {row['division']} in the {row['version']} version of {row['priority']!r} is "
            f"{coding.loc[row.name, 'weight']!s}; a number above 0 and up to 1 is needed"
        )
    sums = table.groupby(["priority", "version"], sort=False)["weight"].sum().unstack().reindex(columns=VERSIONS)
    for priority, row in sums.iterrows():
        for version, total in row.items():
            if pd.isna(total):
                raise ValueError(f"priority {priority!r} has no {version} version; both are needed")
            if abs(total - 1) > TOLERANCE:
                raise ValueError(f"the {version} weights of priority {priority!r} sum to {total:.6g}; 1 is needed")
    return table


def codable_share(weights: pd.DataFrame, divisions: Iterable[str]) -> pd.Series:
    """Return the share of each priority's weight that lies on divisions with regional figures.

    Parameters
    ----------
    weights
        Priority × division, rows that sum to 1.
    divisions
        The divisions with figures.

    Returns
    -------
    Series
        By priority, from 0 (nothing to be tested) to 1.

    Examples
    --------
    >>> codable_share(pd.DataFrame({"C10": [0.5], "A01": [0.5]}, index=["food"]), ["C10", "C11"]).to_dict()
    {'food': 0.5}
    """
    with_figures = weights.columns.isin(list(divisions))
    return weights.loc[:, with_figures].sum(axis=1).clip(0, 1).rename("codable_share")


def tested_weights(weights: pd.DataFrame, divisions: Iterable[str]) -> pd.DataFrame:
    """Return the weights on divisions with regional figures, rescaled to sum to 1.

    Parameters
    ----------
    weights
        Priority × division, rows that sum to 1.
    divisions
        The divisions with figures, in the order of the columns wanted.

    Returns
    -------
    DataFrame
        Priority × `divisions`; a row of NaN where no weight lies on them ("not tested").

    Examples
    --------
    >>> weights = pd.DataFrame({"C10": [0.5, 0.0], "A01": [0.5, 1.0]}, index=["food", "farming"])
    >>> tested_weights(weights, ["C10", "C11"]).values.tolist()
    [[1.0, 0.0], [nan, nan]]
    """
    order = pd.Index(list(dict.fromkeys(divisions)), name=weights.columns.name)
    own = weights.reindex(columns=order, fill_value=0.0).astype(float)
    total = own.sum(axis=1)
    return own.div(total.where(total > 0), axis=0)


def agreement(first: pd.DataFrame, second: pd.DataFrame, *, divisions: Iterable[str] = NACE) -> pd.DataFrame:
    r"""Compare what two people coded: cosine of the weights, and Cohen's kappa on which divisions were named.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}

    with :math:`p_o` the share of divisions on which both said the same (named or not) and :math:`p_e` what that share
    would be had each named as many divisions without looking at the name.

    Parameters
    ----------
    first, second
        Priority × division of one version, one table a person. Priorities that only one of them coded are left out.
    divisions
        What they could choose from; the 88 divisions of NACE Rev. 2 where omitted.

    Returns
    -------
    DataFrame
        Index priority, in the order of `first`, and last ``"all"``: ``cosine`` (of "all": the mean), ``kappa`` (of
        "all": over all pairs of priority and division), ``both`` and ``either``, the divisions that both or at least
        one named. Kappa is NaN where both named every division or none.

    Raises
    ------
    ValueError
        If no priority was coded by both, or a division is not among `divisions`.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20:37.

    Examples
    --------
    >>> one = pd.DataFrame({"C10": [0.5], "C11": [0.5], "A01": [0.0]}, index=["food"])
    >>> other = pd.DataFrame({"C10": [0.5], "C11": [0.0], "A01": [0.5]}, index=["food"])
    >>> agreement(one, other, divisions=["A01", "C10", "C11", "C12"]).loc["food"].round(2).to_dict()
    {'cosine': 0.5, 'kappa': 0.0, 'both': 1.0, 'either': 3.0}
    """
    order = pd.Index(list(dict.fromkeys(divisions)))
    for table in (first, second):
        unknown = [code for code in table.columns if code not in order and table[code].gt(0).any()]
        if unknown:
            raise ValueError(f"{listed(unknown)} is coded but is not among the divisions to choose from")
    common = [name for name in first.index if name in second.index]
    if not common:
        raise ValueError("no priority was coded by both; agreement needs one at least")
    one, other = (table.loc[common].reindex(columns=order, fill_value=0.0).to_numpy(float) for table in (first, second))
    length = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    named, also = one > 0, other > 0
    rows = pd.DataFrame({
        "cosine": (one * other).sum(axis=1) / length,
        "kappa": [_kappa(*pair) for pair in zip(named, also, strict=True)],
        "both": (named & also).sum(axis=1), "either": (named | also).sum(axis=1),
    }, index=pd.Index(common, name="priority"))  # fmt: skip
    rows.loc["all"] = [
        rows["cosine"].mean(),
        _kappa(named.ravel(), also.ravel()),
        rows["both"].sum(),
        rows["either"].sum(),
    ]
    return rows


def _kappa(first: np.ndarray, second: np.ndarray) -> float:
    observed = (first == second).mean()
    expected = first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean())
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")
