r"""Relatedness: which sectors are found in the same regions, and how much of what a sector is related to a region has.

Learn relatedness on a wide set of regions, not on eleven: a proximity of two sectors is a share of the regions that
hold one of them. A missing cell is not an absence: it is left out of what it touches, and of nothing else. A sector
is never counted as related to itself. Everything here describes what is found together; why it is, is not in it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks, _presence
from alpclusters_lib.indicators._quotients import gather, quotient_blocks
from alpclusters_lib.indicators._square import clear_diagonal, links_among, square, symmetric_values

__all__ = [
    "added_density",
    "association_strength",
    "co_occurrence",
    "presence",
    "proximity",
    "relatedness_density",
]

# float32 counts exactly up to 2^24, and multiplies twice as fast
_EXACT = 2**24
# a quotient that rounding alone keeps below the threshold is one at the threshold, at every scale of the jobs
_ROUNDING = 1e-12


def presence(
    employment: pd.DataFrame,
    *,
    threshold: float = 1.0,
    totals: pd.Series | None = None,
    reference: pd.Series | None = None,
) -> pd.DataFrame:
    r"""Tell in which regions a sector is present, that is, has a location quotient of at least the threshold.

    .. math:: M_{ri} = 1 \text{ if } LQ_{ir} \ge \theta, \text{ else } 0

    Parameters
    ----------
    employment, totals, reference
        As in :func:`~alpclusters_lib.indicators.specialisation.location_quotient`.
    threshold
        :math:`\theta`, above 0. A quotient at the threshold, up to rounding (1e-12), is a presence.

    Returns
    -------
    Region × sector, true or false; dtype boolean with ``<NA>`` where a cell is missing, plain bool where none is. No
    jobs are an absence, in an empty region too. Jobs without a quotient (a row without total, a sector the reference
    does not have) are missing.

    References
    ----------
    Hidalgo, Klinger, Barabási & Hausmann (2007), Science 317:482.

    Examples
    --------
    >>> jobs = pd.DataFrame({"C28": [30, 10], "I55": [10, 50]}, index=["ITC4", "ITH1"])
    >>> presence(jobs)
            C28    I55
    ITC4   True  False
    ITH1  False   True
    """
    if not threshold > 0:
        raise ValueError(f"threshold is {threshold}; a location quotient above 0 is needed, 1 for as in the reference")
    counts = gather(employment, totals, reference)
    least = threshold * (1 - _ROUNDING)
    held = np.empty_like(counts.jobs, dtype=bool)
    missing = None if counts.complete else np.empty_like(held)
    for block, ratio in quotient_blocks(counts):
        np.greater_equal(ratio, least, out=held[block])
        if missing is not None:
            missing[block] = np.isnan(ratio) & ~(counts.jobs[block] == 0)
    return _presence.table(held, missing, employment)


def co_occurrence(presence: pd.DataFrame) -> pd.DataFrame:
    r"""Count the regions in which two sectors are both present.

    .. math:: C_{ij} = \sum_r M_{ri} M_{rj}

    Parameters
    ----------
    presence
        Region × sector, true or false (1 or 0); a missing cell is no known presence and counts in no pair.

    Returns
    -------
    Sector × sector, symmetric whole numbers; on the diagonal :math:`k_i`, the regions that hold the sector.

    Examples
    --------
    >>> held = pd.DataFrame({"C25": [1, 1, 1], "C28": [1, 1, 0], "I55": [0, 0, 1]}, index=["DE13", "DE14", "ITH1"])
    >>> co_occurrence(held)
         C25  C28  I55
    C25    3    2    1
    C28    2    2    0
    I55    1    0    1
    """
    counts = _pairs(_presence.read(presence))
    return square(counts.astype(np.int64), presence.columns)


def proximity(presence: pd.DataFrame) -> pd.DataFrame:
    r"""Return the smaller of the two shares: of the regions with one sector, how many hold the other too.

    .. math:: \varphi_{ij} = \frac{C_{ij}}{\max(k_i, k_j)}

    Parameters
    ----------
    presence
        Region × sector, true or false (1 or 0). A region where either sector's cell is missing is left out of that
        pair, in all three counts.

    Returns
    -------
    Sector × sector, symmetric, in [0, 1]; the diagonal is 0, as no sector counts as related to itself. NaN where no
    region holds either sector; 0 where one of them is held nowhere.

    References
    ----------
    Hidalgo, Klinger, Barabási & Hausmann (2007), Science 317:482.

    Examples
    --------
    >>> held = pd.DataFrame({"C25": [1, 1, 1], "C28": [1, 1, 0], "I55": [0, 0, 1]}, index=["DE13", "DE14", "ITH1"])
    >>> proximity(held).round(3)
           C25    C28    I55
    C25  0.000  0.667  0.333
    C28  0.667  0.000  0.000
    I55  0.333  0.000  0.000
    """
    return square(proximity_values(_presence.read(presence)), presence.columns)


def association_strength(co_occurrence: pd.DataFrame, *, correction: str | None = "steijn") -> pd.DataFrame:
    r"""Divide the pairs found by those to be expected if sectors met at random.

    .. math:: \frac{C_{ij} T}{S_i S_j}, \qquad S_i = \sum_{j \ne i} C_{ij}, \quad T = \sum_i S_i

    "steijn" draws without putting back, as a sector does not pair with itself:

    .. math:: C_{ij} \Big/ \frac{1}{2} \left(\frac{S_i S_j}{T - S_i} + \frac{S_i S_j}{T - S_j}\right)

    Parameters
    ----------
    co_occurrence
        Symmetric sector × sector counts; its diagonal is ignored.
    correction
        "steijn" or None.

    Returns
    -------
    Sector × sector, symmetric, zero or more, the diagonal 0; 1 is as at random with "steijn" (without it, random
    pairs are expected to give slightly more). NaN where either sector meets none, or one sector is in all pairs.

    References
    ----------
    van Eck & Waltman (2009), Journal of the American Society for Information Science and Technology 60:1635; Steijn
    (2017), Improvement on the association strength, working paper, Utrecht University.

    Examples
    --------
    >>> counts = pd.DataFrame([[9, 4, 2], [4, 9, 1], [2, 1, 9]], ["C25", "C28", "I55"], ["C25", "C28", "I55"])
    >>> association_strength(counts).round(3)
           C25    C28    I55
    C25  0.000  1.129  1.029
    C28  1.129  0.000  0.660
    I55  1.029  0.660  0.000
    >>> association_strength(counts, correction=None).loc["C25", "C28"].round(3)
    np.float64(1.867)
    """
    _checks.one_of(str(correction).lower(), ("steijn", "none"), name="correction")
    pairs = symmetric_values(co_occurrence, "co_occurrence")
    sums = pairs.sum(axis=0)
    total = sums.sum() or np.nan
    # a sector that meets none, or all pairs there are, has nothing to be expected
    sums[(sums <= 0) | (sums >= total)] = np.nan
    # the two halves of the expectation are S_i S_j / 2 times 1 / (T - S_i) and 1 / (T - S_j)
    ways = np.full(len(sums), 0.5 / total) if correction is None else 0.5 / (total - sums)
    for block in _checks.blocks(pairs):
        expected = np.add(ways[block[0], None], ways[block[1]])
        expected *= sums[block[1]]
        expected *= sums[block[0], None]
        pairs[block] /= expected
    clear_diagonal(pairs)
    return square(pairs, co_occurrence.columns)


def relatedness_density(presence: pd.DataFrame, relatedness: pd.DataFrame) -> pd.DataFrame:
    r"""Return how much of what a sector is related to is present in the region, in per cent.

    .. math:: d_{ri} = 100 \, \frac{\sum_{j \ne i} M_{rj} \varphi_{ij}}{\sum_{j \ne i} \varphi_{ij}}

    Parameters
    ----------
    presence
        Region × sector, true or false (1 or 0). Sectors whose cell is missing are left out of the region's sums, above
        and below the line.
    relatedness
        Sector × sector, zero or more, row i for the sector looked at; it need not be symmetric. It may hold more
        sectors than `presence`; its diagonal is ignored and a missing relatedness counts as 0.

    Returns
    -------
    Region × sector, in [0, 100]; 0 in a region that holds nothing. NaN for a sector related to nothing.

    Raises
    ------
    ValueError
        If `relatedness` lacks a sector of `presence` or holds a negative figure.

    References
    ----------
    Boschma, Balland & Kogler (2015), Industrial and Corporate Change 24:223; Hidalgo et al. (2007), Science 317:482.

    Examples
    --------
    >>> held = pd.DataFrame({"C25": [1, 1, 1], "C28": [1, 1, 0], "I55": [0, 0, 1]}, index=["DE13", "DE14", "ITH1"])
    >>> relatedness_density(held, proximity(held)).round(1)
           C25    C28    I55
    DE13  66.7  100.0  100.0
    DE14  66.7  100.0  100.0
    ITH1  33.3  100.0  100.0
    """
    cells = _presence.read(presence)
    links = links_among(relatedness, cells.sectors)
    if cells.known is None:
        # the table of links is smaller than the result, so that is where to divide
        links *= _percent(links.sum(axis=1))[:, None]
        related = cells.matrix() @ links.T
    else:
        related = cells.matrix() @ links.T
        related *= _percent(cells.known.astype(float) @ links.T)
    return pd.DataFrame(related, index=presence.index, columns=presence.columns, copy=False)


def added_density(presence: pd.DataFrame, relatedness: pd.DataFrame, *, region: str) -> pd.DataFrame:
    r"""Return the relatedness density that each other region would add to what a region lacks, in per cent.

    .. math:: A_{ris} = 100 \, \frac{\sum_{j \ne i} \varphi_{ij} (1 - M_{rj}) M_{sj}}{\sum_{j \ne i} \varphi_{ij}}

    It is directed: what s adds to r is not what r adds to s. A region that holds much adds much to everybody: read it
    beside the partner's diversity.

    Parameters
    ----------
    presence
        Region × sector, true or false (1 or 0). Sectors missing in either region are left out of that pair's sums.
    relatedness
        As in :func:`relatedness_density`.
    region
        The region r that looks for partners.

    Returns
    -------
    Partner × sector: every other region by every sector; at most 100 minus the region's own density where no cell is
    missing. NaN for a sector related to nothing.

    Raises
    ------
    ValueError
        If the region is not in `presence`, or as in :func:`relatedness_density`.

    References
    ----------
    Balland & Boschma (2021), Regional Studies 55:1059.

    Examples
    --------
    >>> held = pd.DataFrame({"C25": [1, 1, 1], "C28": [1, 1, 0], "I55": [0, 0, 1]}, index=["DE13", "DE14", "ITH1"])
    >>> added_density(held, proximity(held), region="ITH1").round(1)
           C25  C28  I55
    DE13  66.7  0.0  0.0
    DE14  66.7  0.0  0.0
    """
    cells = _presence.read(presence)
    if region not in cells.regions:
        raise ValueError(f"presence has no region {region}; it has {_checks.listed(cells.regions)}")
    links = links_among(relatedness, cells.sectors)
    here = cells.regions.get_loc(region)
    others = np.arange(len(cells.regions)) != here
    lacking = ~cells.held[here]
    if cells.known is None:
        links *= _percent(links.sum(axis=1))[:, None]
        added = (cells.held[others] & lacking).astype(float) @ links.T
    else:
        lacking &= cells.known[here]
        added = (cells.held[others] & lacking).astype(float) @ links.T
        added *= _percent((cells.known[others] & cells.known[here]).astype(float) @ links.T)
    return pd.DataFrame(added, index=presence.index[others], columns=presence.columns, copy=False)


def _percent(whole: np.ndarray) -> np.ndarray:
    return 100 / np.where(whole > 0, whole, np.nan)


def proximity_values(cells: _presence.Held, times: np.ndarray | None = None) -> np.ndarray:
    """Return the proximities as an array, each region counted so many `times`, once where omitted."""
    pairs = _pairs(cells, times).astype(float)
    if cells.known is None:
        largest = np.maximum.outer(pairs.diagonal(), pairs.diagonal())
    else:
        # of the regions that hold i, those in which it is known whether they hold j
        known = cells.known.astype(_exact(cells))
        one = cells.matrix(_exact(cells)).T @ (known if times is None else known * times[:, None].astype(known.dtype))
        largest = np.maximum(one, one.T).astype(float)
    with np.errstate(invalid="ignore"):
        pairs /= largest
    clear_diagonal(pairs)
    return pairs


def _exact(cells: _presence.Held) -> type:
    return np.float32 if len(cells.regions) < _EXACT else np.float64


def _pairs(cells: _presence.Held, times: np.ndarray | None = None) -> np.ndarray:
    matrix = cells.matrix(_exact(cells))
    return matrix.T @ (matrix if times is None else matrix * times[:, None].astype(matrix.dtype))
