"""Statistical confidentiality: an estimate that published sums pin down is not published either.

Where the published figures around a hidden cell leave it less than ±10 % of room, our estimate would be the hidden
figure itself. Such a cell keeps its status ``confidential`` and has no value: only rounded limits, well over 20 % of
the figure apart, whose middle is what the cell counts inside sums.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["pinned", "protect", "rounding_unit"]

# A cell whose limits are at most this far from its estimate, each way, is pinned.
PINNED_SHARE = 0.10
# Nothing is told of a withheld cell more finely than this.
SMALLEST_UNIT = 10.0
STEPS = np.array([1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0])


def pinned(value: pd.Series, lower: pd.Series, upper: pd.Series) -> pd.Series:
    """Say of each cell whether its limits lie within ±10 % of its estimate or of their middle.

    Examples
    --------
    >>> pinned(pd.Series([100.0, 100.0]), pd.Series([91.0, 80.0]), pd.Series([110.0, 110.0])).tolist()
    [True, False]
    """
    near = (upper <= value * (1 + PINNED_SHARE)) & (lower >= value * (1 - PINNED_SHARE))
    # limits without an upper end pin nothing
    return near | (np.isfinite(upper) & (upper - lower <= PINNED_SHARE * (upper + lower)))


def rounding_unit(value: pd.Series) -> pd.Series:
    """Return the unit that a pinned cell is rounded to: a round number of at least 20 % of it and at least 10.

    Examples
    --------
    >>> rounding_unit(pd.Series([3.0, 480.0, 1000.0, 121865.0])).tolist()
    [10.0, 100.0, 200.0, 25000.0]
    """
    least = np.maximum(2 * PINNED_SHARE * value.to_numpy(float), SMALLEST_UNIT)
    power = 10.0 ** np.floor(np.log10(least))
    # 0.2 × 1000 is 200 and not a hair more
    step = STEPS[np.searchsorted(STEPS, least / power * (1 - 1e-12))]
    return pd.Series(power * step, value.index)


def protect(cells: pd.DataFrame, *, confidential: pd.Series, elsewhere: pd.Series | None = None) -> pd.DataFrame:
    r"""Round the limits of estimated cells outwards and take the value of pinned ones back.

    A pinned cell :math:`x` becomes :math:`[\tilde x - u, \tilde x + u]`, not below 0, with :math:`\tilde x` the
    multiple of the unit
    :math:`u \ge 0.2 x` that is nearest to its estimate; both the estimate and the hidden figure lie inside.

    Parameters
    ----------
    cells
        ``value, lower, upper``: estimates with the limits that published sums leave them; ``tight_lower, tight_upper``
        where these are known without the allowance for rounding: who subtracts printed figures finds those.
    confidential
        Which of them the publisher hides; the others are merely not published, and are not withheld.
    elsewhere
        Cells that published figures pin down in another way (:mod:`~alpclusters_lib.cleaning.disclosure`).

    Returns
    -------
    DataFrame
        The same rows: ``value`` (NaN where withheld), ``lower`` and ``upper`` (rounded outwards to tens, infinite where
        nothing limits the cell), ``status`` (``estimated`` or ``confidential``) and ``counted``, what the cell counts
        inside sums.

    Examples
    --------
    >>> cells = pd.DataFrame({"value": [1013.0, 1013.0], "lower": [1001.0, 313.0], "upper": [1020.0, 4020.0]})
    >>> protect(cells, confidential=pd.Series([True, True])).values.tolist()
    [[nan, 750.0, 1250.0, 'confidential', 1000.0], [1013.0, 310.0, 4020.0, 'estimated', 1013.0]]
    """
    tight = [cells[f"tight_{end}" if f"tight_{end}" in cells else end] for end in ("lower", "upper")]
    withheld = (pinned(cells["value"], *tight) | pinned(cells["value"], cells["lower"], cells["upper"])) & confidential
    if elsewhere is not None:
        withheld |= elsewhere & confidential
    unit = rounding_unit(cells["value"])
    middle = (cells["value"] / unit).round() * unit
    # a small cell may be pinned to one side of its estimate: what limits it stays inside what is told of it
    single = withheld if elsewhere is None else withheld & ~elsewhere
    lower = np.minimum(middle - unit, np.floor(cells["lower"].where(single) / unit) * unit)
    upper = np.maximum(middle + unit, np.ceil(cells["upper"].where(single) / unit) * unit)
    # what several sums pin together may be wide open by any single one
    lower, upper = lower.fillna(middle - unit).clip(lower=0), upper.fillna(middle + unit)
    return pd.DataFrame(
        {
            "value": cells["value"].mask(withheld),
            "lower": lower.where(withheld, np.floor(cells["lower"] / 10) * 10),
            "upper": upper.where(withheld, np.ceil(cells["upper"] / 10) * 10),
            "status": np.where(withheld, "confidential", "estimated"),
            "counted": ((lower + upper) / 2).where(withheld, cells["value"]),
        },
        index=cells.index,
    )
