"""Numbers of a questionnaire: Cronbach's alpha, within-group agreement, Kendall's W, a test of paired differences.

They take arrays of respondent × item without missing cells and know nothing of groups or suppression.
"""

from __future__ import annotations

import numpy as np

__all__ = ["alpha_interval", "cronbach_alpha", "kendall_w", "sign_flip", "within_group_agreement"]

RESAMPLES = 9_999


def cronbach_alpha(values: np.ndarray) -> np.ndarray:
    """Return alpha of the last two axes, respondent × item; NaN below two of either or where totals do not vary."""
    respondents, items = values.shape[-2:]
    if respondents < 2 or items < 2:
        return np.full(values.shape[:-2], np.nan)
    total = values.sum(axis=-1).var(axis=-1, ddof=1)
    inside = values.var(axis=-2, ddof=1).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 1e-12, items / (items - 1) * (1 - inside / total), np.nan)


def alpha_interval(values: np.ndarray, *, level: float, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return the percentile interval of alpha over redrawn respondents; draws whose totals do not vary are left out."""
    respondents = len(values)
    if respondents < 2 or values.shape[1] < 2:
        return np.nan, np.nan
    found = cronbach_alpha(values[rng.integers(respondents, size=(draws, respondents))])
    found = found[np.isfinite(found)]
    if not len(found):
        return np.nan, np.nan
    lower, upper = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(lower), float(upper)


def within_group_agreement(variances: np.ndarray, options: int) -> tuple[np.ndarray, float]:
    """Return r_wg of each item and r_wg(J) of all, from the variances of the answers of one group.

    The yardstick is a uniform spread over the options, whose variance is (A² − 1)/12; less agreement than that is 0
    (James, Demaree & Wolf 1984). Items without a variance are left out of r_wg(J).
    """
    share = variances / ((options**2 - 1) / 12)
    known = share[np.isfinite(share)]
    if not len(known):
        return np.full(len(share), np.nan), np.nan
    mean, items = float(known.mean()), len(known)
    together = items * (1 - mean) / (items * (1 - mean) + mean) if mean < 1 else 0.0
    return np.where(np.isfinite(share), np.clip(1 - share, 0, None), np.nan), together


def kendall_w(values: np.ndarray) -> tuple[float, float]:
    """Return Kendall's W of raters × objects with the correction for ties, and p by chi-square.

    NaN below two raters or objects, or where every rater gives all objects one mark.
    """
    from scipy.stats import chi2, rankdata

    raters, objects = values.shape
    if raters < 2 or objects < 2:
        return np.nan, np.nan
    ranks = rankdata(values, axis=1)
    sums = ranks.sum(axis=0)
    spread = float(((sums - sums.mean()) ** 2).sum())
    ties = 0.0
    for row in ranks:
        _, counts = np.unique(row, return_counts=True)
        ties += float((counts.astype(float) ** 3 - counts).sum())
    most = raters**2 * (objects**3 - objects) - raters * ties
    if most <= 1e-9:
        return np.nan, np.nan
    found = 12 * spread / most
    return found, float(chi2.sf(raters * (objects - 1) * found, objects - 1))


def sign_flip(differences: np.ndarray, rng: np.random.Generator) -> float:
    """Return the two-sided p of a mean difference of 0 when signs are flipped at random; exact up to 13 pairs."""
    from scipy.stats import permutation_test

    if len(differences) < 2:
        return np.nan
    if not np.any(differences):
        return 1.0
    found = permutation_test(
        (differences,), np.mean, permutation_type="samples", vectorized=True, n_resamples=RESAMPLES, rng=rng
    )
    return float(found.pvalue)
