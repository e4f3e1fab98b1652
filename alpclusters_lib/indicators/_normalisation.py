"""Normalisation: indicators of different units on one scale, higher is better, against goalposts that can be frozen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks

__all__ = ["goalposts", "indicator_table", "logarithm", "normalise"]

METHODS = ("minmax", "zscore", "rank", "distance")
_POSTS = {"minmax": ["minimum", "maximum"], "zscore": ["mean", "deviation"], "distance": ["reference"]}
_SIGNS = {"higher": 1.0, "lower": -1.0, 1: 1.0, -1: -1.0}

Direction = Mapping[Hashable, int | str] | pd.Series


def indicator_table(table: pd.DataFrame, *, name: str = "table", noun: str = "indicator") -> pd.DataFrame:
    """Return a float copy of a region × indicator table, or raise a sentence about the first thing wrong."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{name} is a {type(table).__name__}; a region × {noun} DataFrame is needed")
    _checks.require_unique(table.index, noun="region", name=name)
    _checks.require_unique(table.columns, noun=noun, name=name)
    if not table.shape[1]:
        raise ValueError(f"{name} has no {noun}; at least one is needed")
    for label, dtype in table.dtypes.items():
        _checks.require_numeric(dtype, where=f"{name} of {noun} {label}")
    values = table.to_numpy(dtype=float, na_value=np.nan, copy=True)
    copy = pd.DataFrame(values, index=table.index, columns=table.columns)
    refuse(copy, np.isinf(values), "a finite number is needed", noun=noun)
    return copy


def refuse(table: pd.DataFrame, wrong: np.ndarray, needed: str, *, noun: str = "indicator") -> None:
    """Raise a sentence about the first cell that is wrong."""
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"{noun} {table.columns[column]} of region {table.index[row]} is {table.iat[row, column]:g}; {needed}"
        )


def goalposts(table: pd.DataFrame, *, method: str = "minmax") -> pd.DataFrame:
    """Return what indicators are normalised against, to be kept and used again.

    Parameters
    ----------
    table
        Region × indicator: the set that sets the scale, such as all regions of the EU.
    method
        "minmax": columns minimum, maximum; "zscore": mean, deviation (with divisor n); "distance": reference, the
        unweighted mean of the regions. "rank" has none: ranks depend on who is ranked.

    Returns
    -------
    Indicator × goalpost, missing cells left aside. An indicator without any figure, or with the same one everywhere,
    raises: it tells no region from another.

    Examples
    --------
    >>> table = pd.DataFrame({"patents": [10.0, 30.0, 20.0]}, index=["ITC4", "DE21", "AT31"])
    >>> goalposts(table).loc["patents"].to_dict()
    {'minimum': 10.0, 'maximum': 30.0}
    """
    _checks.one_of(method, _POSTS, name="method")
    known = indicator_table(table)
    found = {
        "minmax": lambda: [known.min(), known.max()],
        "zscore": lambda: [known.mean(), known.std(ddof=0)],
        "distance": lambda: [known.mean()],
    }[method]()
    posts = pd.concat(found, axis=1, keys=_POSTS[method])
    # a spread that is rounding only is no spread
    flat = known.max() - known.min() <= 1e-12 * known.abs().max()
    if method != "distance" and flat.any():
        first = flat.idxmax()
        raise ValueError(f"indicator {first} is {known[first].max():g} everywhere; it tells no region from another")
    return _checked_posts(posts, known.columns, method)


def normalise(
    table: pd.DataFrame,
    *,
    direction: Direction,
    method: str = "minmax",
    goalposts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Bring indicators to one scale on which higher is better.

    .. math:: \frac{x - min}{max - min}, \qquad \frac{x - \bar x}{s}, \qquad \frac{rank(x) - 1}{n - 1}, \qquad
              \frac{x}{reference}

    Parameters
    ----------
    table
        Region × indicator.
    direction
        By indicator, +1 or "higher" where more is better, -1 or "lower" where less is. No default: nobody but the
        user knows. "lower" mirrors: 1 minus the min–max and the rank value, the z-score with its sign turned, the
        reference over the figure.
    method
        "minmax", "zscore", "rank" (from 0 the worst to 1 the best, ties share the mean) or "distance" (to the
        reference, which is 1; figures above 0 only).
    goalposts
        As :func:`goalposts` returns them for the same method, frozen on a wider set; from the table itself where
        omitted. Then, and always with "rank", one more region may move every score.

    Returns
    -------
    The same regions and indicators. What lies beyond frozen goalposts is kept as it is, below 0 or above 1, not
    clipped. Missing cells stay missing and touch no other; a rank among nobody else is NaN.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 5.

    Examples
    --------
    >>> table = pd.DataFrame({"patents": [10.0, 30.0, 20.0], "unemployment": [4.0, 3.0, 8.0]},
    ...                      index=["ITC4", "DE21", "AT31"])
    >>> normalise(table, direction={"patents": "higher", "unemployment": "lower"}).values.tolist()
    [[0.0, 0.8], [1.0, 1.0], [0.5, 0.0]]
    """
    _checks.one_of(method, METHODS, name="method")
    values = indicator_table(table)
    signs = _signs(direction, values.columns)
    if method == "rank":
        if goalposts is not None:
            raise ValueError("ranks depend on who is ranked and have no goalposts; take another method or leave them")
        beaten = (values * signs).rank() - 1
        others = values.notna().sum() - 1
        return beaten / others.where(others > 0)
    posts = _own_posts(values, method) if goalposts is None else _checked_posts(goalposts, values.columns, method)
    if method == "minmax":
        scaled = (values - posts["minimum"]) / (posts["maximum"] - posts["minimum"])
        return scaled * signs + (signs < 0)
    if method == "zscore":
        return (values - posts["mean"]) / posts["deviation"] * signs
    refuse(values, values.to_numpy() <= 0, "a distance is a ratio and needs figures above 0")
    return (values / posts["reference"]) ** signs


def logarithm(table: pd.DataFrame, *, variables: Sequence[Hashable]) -> pd.DataFrame:
    """Replace skewed variables by their natural logarithm, so that a few large regions do not stretch the scale.

    Parameters
    ----------
    table
        Region × variable.
    variables
        Those to replace; their figures must be above 0.

    Returns
    -------
    The same regions and variables, missing cells missing.

    Examples
    --------
    >>> table = pd.DataFrame({"density": [1.0, 100.0], "age": [40.0, 45.0]}, index=["ITC4", "AT33"])
    >>> logarithm(table, variables=["density"]).round(2).values.tolist()
    [[0.0, 40.0], [4.61, 45.0]]
    """
    values = indicator_table(table, noun="variable")
    skewed = pd.Index(variables)
    absent = skewed[~skewed.isin(values.columns)]
    if len(absent):
        raise ValueError(f"table has no variable {_checks.listed(absent)}; it has {_checks.listed(values.columns)}")
    refuse(values[skewed], values[skewed].to_numpy() <= 0, "a logarithm needs a figure above 0", noun="variable")
    values[skewed] = np.log(values[skewed])
    return values


def _own_posts(values: pd.DataFrame, method: str) -> pd.DataFrame:
    return goalposts(values, method=method)


def _signs(direction: Direction, indicators: pd.Index) -> pd.Series:
    if not isinstance(direction, (Mapping, pd.Series)):
        raise TypeError(f"direction is a {type(direction).__name__}; a Series or dict by indicator is needed")
    given = pd.Series(direction, dtype=object)
    _checks.require_unique(given.index, noun="indicator", name="direction")
    given = _checks.aligned(given, indicators, noun="indicator", name="direction")
    for indicator, towards in given.items():
        if not isinstance(towards, Hashable) or towards not in _SIGNS:
            raise ValueError(
                f"direction of indicator {indicator} is {towards!r}; 'higher' (+1) or 'lower' (-1) is needed"
            )
    return given.map(_SIGNS).astype(float)


def _checked_posts(posts: pd.DataFrame, indicators: pd.Index, method: str) -> pd.DataFrame:
    columns = _POSTS[method]
    if not isinstance(posts, pd.DataFrame) or not set(columns) <= set(posts.columns):
        raise ValueError(f"goalposts for {method!r} are a DataFrame indicator × ({', '.join(columns)})")
    _checks.require_unique(posts.index, noun="indicator", name="goalposts")
    absent = indicators[~indicators.isin(posts.index)]
    if len(absent):
        raise ValueError(
            f"goalposts have no indicator {_checks.listed(absent)}; they have {_checks.listed(posts.index)}"
        )
    posts = posts.loc[indicators, columns].astype(float)
    if method == "minmax":
        right, rule = posts["maximum"] > posts["minimum"], "a minimum below the maximum"
    else:
        right, rule = posts[columns[-1]] > 0, f"a {columns[-1]} above 0"
    right &= np.isfinite(posts).all(axis=1)
    if not right.all():
        first = right.idxmin()
        found = ", ".join(f"{name} {value:g}" for name, value in posts.loc[first].items())
        raise ValueError(f"goalposts of indicator {first} are {found}; {rule} is needed")
    return posts
