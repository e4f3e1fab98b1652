r"""Complexity: an order of regions by what they hold, and of sectors by who holds them, from presences alone.

At the level of divisions it mostly tells capitals from the rest: an axis of metropolitan services, not industrial
capability. Explore with it; never recommend by it. Its sign is not in the data: hand over `orient`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks, _presence
from alpclusters_lib.indicators._spectrum import orientation, second_vectors, split, standardised
from alpclusters_lib.indicators.relatedness import relatedness_density

__all__ = [
    "Complexity",
    "Fitness",
    "Reflections",
    "complexity_outlook",
    "economic_complexity",
    "fitness_complexity",
    "method_of_reflections",
]

WEAK_ORIENTATION = 0.3
# closer than rounding of the decomposition can tell
NO_GAP = 1e-9


class Complexity(NamedTuple):
    """Economic complexity of regions (`eci`) and sectors (`pci`), and how well the two are identified.

    ``eigengap`` is the second minus the third eigenvalue: near 0 the order is an accident. ``components`` counts the
    connected parts of the table, ``orientation_correlation`` is that of `eci` with what it was oriented by.
    """

    eci: pd.Series
    pci: pd.Series
    eigengap: float
    components: int
    orientation_correlation: float


class Fitness(NamedTuple):
    """Fitness of regions and complexity of sectors, means 1; steps taken, and whether they settled."""

    fitness: pd.Series
    complexity: pd.Series
    steps: int
    converged: bool


class Reflections(NamedTuple):
    """Averages of averages: ``regions`` and ``sectors`` by step, column 0 being diversity and ubiquity."""

    regions: pd.DataFrame
    sectors: pd.DataFrame


def economic_complexity(
    presence: pd.DataFrame, *, orient: pd.Series | None = None, disconnected: str = "raise"
) -> Complexity:
    r"""Return the economic complexity index of regions (ECI) and sectors (PCI).

    With the presences M, the diversity :math:`d_r` of regions and the ubiquity :math:`u_i` of sectors, ECI is the
    second eigenvector of :math:`D^{-1} M U^{-1} M'`, as z-scores (ddof = 0), and PCI is scaled so that

    .. math:: ECI_r = \frac{1}{d_r} \sum_i M_{ri} PCI_i

    Parameters
    ----------
    presence
        Region × sector, true or false (1 or 0). A missing cell is not held here, with a warning: fill what can be
        estimated before.
    orient
        By region, what ECI shall go along with, such as GDP per head; it need not cover every region. Diversity where
        omitted, which hardly correlates with ECI among the EU's regions.
    disconnected
        "raise": a table that falls apart into regions and sectors that share nothing is refused, as its parts cannot
        be ordered against each other. "each": every part is ordered, standardised and oriented by itself; `eigengap`
        and `orientation_correlation` are the smallest.

    Returns
    -------
    Complexity
        Regions that hold nothing and sectors held nowhere are set aside first and NaN; they move nothing. The sign
        is such that ECI correlates with `orient`; below 0.3 a warning says that the sign is hardly identified. All
        NaN, with a warning, where all regions hold the same: there is no second eigenvector. With an eigengap of 0,
        warned of too, it is one of many.

    Raises
    ------
    ValueError
        If the table is disconnected (the parts are named), or `orient` is known for fewer than three regions.

    References
    ----------
    Hidalgo & Hausmann (2009), PNAS 106:10570; Hausmann et al. (2014), The Atlas of Economic Complexity; Mealy, Farmer
    & Teytelboym (2019), Science Advances 5:eaau1705, for what the eigenvector measures.

    Examples
    --------
    >>> held = pd.DataFrame([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]], list("ABCD"))
    >>> found = economic_complexity(held)
    >>> found.eci.round(4).to_dict()
    {'A': 1.4324, 'B': 0.3573, 'C': -0.5641, 'D': -1.2257}
    >>> round(found.eigengap, 4), found.components, round(found.orientation_correlation, 3)
    (0.1264, 1, 0.995)
    """
    _checks.one_of(disconnected, ("raise", "each"), name="disconnected")
    cells = _without_missing(presence)
    guide = _guide(cells, orient)
    parts = split(cells.held)
    if len(parts) > 1 and disconnected == "raise":
        raise ValueError(_parts_sentence(parts, cells))
    eci, pci = np.full(len(cells.regions), np.nan), np.full(len(cells.sectors), np.nan)
    gaps, correlations = [], []
    for rows, columns in parts:
        whole = len(rows) == len(cells.regions) and len(columns) == len(cells.sectors)
        held = cells.held if whole else cells.held[np.ix_(rows, columns)]
        found = second_vectors(held)
        if found is None:
            continue
        regional, sectoral = standardised(found)
        sign, correlation = orientation(regional, guide[rows])
        eci[rows], pci[columns] = sign * regional, sign * sectoral
        gaps.append(found.eigengap)
        correlations.append(correlation)
    gap, correlation = (min(gaps), min(correlations)) if gaps else (np.nan, np.nan)
    _warn_of_weakness(gap, correlation, "diversity" if orient is None else "`orient`")
    by_region = pd.Series(eci, index=cells.regions, name="eci", copy=False)
    by_sector = pd.Series(pci, index=cells.sectors, name="pci", copy=False)
    return Complexity(by_region, by_sector, gap, len(parts), correlation)


def method_of_reflections(presence: pd.DataFrame, *, steps: int = 20) -> Reflections:
    r"""Return averages of averages, step by step.

    .. math:: k_{r,0} = d_r, \quad k_{r,n} = \frac{1}{d_r} \sum_i M_{ri} k_{i,n-1}, \qquad
              k_{i,0} = u_i, \quad k_{i,n} = \frac{1}{u_i} \sum_r M_{ri} k_{r,n-1}

    Even and odd steps of regions say opposite things: even ones rise with diversity, odd ones with the ubiquity of
    what is held. All values shrink towards a constant, so standardise; the order becomes that of
    :func:`economic_complexity` up to its sign.

    Parameters
    ----------
    presence
        As in :func:`economic_complexity`.
    steps
        Number of steps, 1 or more.

    Returns
    -------
    Reflections
        ``regions`` and ``sectors``, a column a step from 0; a region that holds nothing, or a sector held nowhere, is
        0 in column 0 and NaN beyond.

    References
    ----------
    Hidalgo & Hausmann (2009), PNAS 106:10570.

    Examples
    --------
    >>> held = pd.DataFrame([[1, 1, 1], [1, 1, 0], [1, 0, 0]], ["DE14", "ITC4", "ITH1"], ["I55", "C25", "C28"])
    >>> method_of_reflections(held, steps=2).regions
            0    1     2
    DE14  3.0  2.0  2.50
    ITC4  2.0  2.5  2.25
    ITH1  1.0  3.0  2.00
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; 1 or more are needed")
    cells = _without_missing(presence)
    matrix = cells.matrix()
    diversity, ubiquity = matrix.sum(axis=1), matrix.sum(axis=0)
    regional, sectoral = [diversity], [ubiquity]
    # nothing is held by an empty region, so its NaN must not reach the others
    empty = matrix.size == 0 or diversity.min() == 0 or ubiquity.min() == 0
    regions, sectors = diversity, ubiquity
    with np.errstate(invalid="ignore"):
        for _ in range(steps):
            regional.append(matrix @ sectors / diversity)
            sectoral.append(regions @ matrix / ubiquity)
            regions, sectors = regional[-1], sectoral[-1]
            if empty:
                regions, sectors = np.nan_to_num(regions), np.nan_to_num(sectors)
    return Reflections(
        pd.DataFrame(np.array(regional).T, index=cells.regions, copy=False),
        pd.DataFrame(np.array(sectoral).T, index=cells.sectors, copy=False),
    )


def fitness_complexity(presence: pd.DataFrame, *, tolerance: float = 1e-10, max_steps: int = 1000) -> Fitness:
    r"""Return the fitness of regions and the complexity of sectors, the fixed point of a non-linear iteration.

    .. math:: \tilde F_r = \sum_i M_{ri} Q_i, \qquad \tilde Q_i = \frac{1}{\sum_r M_{ri} / F_r}

    each divided by its mean after every step; both start from 1 and use the step before.

    Parameters
    ----------
    presence
        As in :func:`economic_complexity`; it may be disconnected.
    tolerance
        The iteration has settled when no fitness changes by more.
    max_steps
        The cap. Tables of some shapes send the fitness of regions slowly to 0 and never settle: their order is stable
        long before, their values are not.

    Returns
    -------
    Fitness
        Means 1 over the regions and sectors with presences, the others NaN; ``converged`` is false at the cap, with a
        warning.

    References
    ----------
    Tacchella, Cristelli, Caldarelli, Gabrielli & Pietronero (2012), Scientific Reports 2:723; Pugliese, Zaccaria &
    Pietronero (2016), European Physical Journal Special Topics 225:1893, for the shapes that do not settle.

    Examples
    --------
    >>> held = pd.DataFrame([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]], ["DE14", "ITC4", "ITH1"])
    >>> found = fitness_complexity(held, tolerance=1e-6)
    >>> found.fitness.round(3).to_dict(), found.converged
    ({'DE14': 1.818, 'ITC4': 0.455, 'ITH1': 0.727}, True)
    """
    if max_steps < 1 or not tolerance > 0:
        raise ValueError(
            f"max_steps is {max_steps} and tolerance {tolerance}; max_steps >= 1, tolerance > 0 are needed"
        )
    cells = _without_missing(presence)
    rows, columns = cells.held.any(axis=1), cells.held.any(axis=0)
    whole = rows.all() and columns.all()
    matrix = cells.matrix() if whole else cells.held[np.ix_(rows, columns)].astype(float, order="C")
    fitness, quality = np.ones(len(matrix)), np.ones(matrix.shape[1])
    steps, converged = 0, False
    with np.errstate(divide="ignore", over="ignore"):
        while steps < max_steps and not converged and matrix.size:
            raw, harm = matrix @ quality, (1 / fitness) @ matrix
            after, quality = raw / raw.mean(), 1 / harm
            quality /= quality.mean()
            converged = bool(np.abs(after - fitness).max() <= tolerance)
            fitness, steps = after, steps + 1
    if matrix.size and not converged:
        _checks.warn(f"fitness has not settled after {steps} steps: its order may be read, its values not")
    result = np.full(len(rows), np.nan), np.full(len(columns), np.nan)
    result[0][rows], result[1][columns] = fitness, quality
    return Fitness(
        pd.Series(result[0], index=cells.regions, name="fitness"),
        pd.Series(result[1], index=cells.sectors, name="complexity"),
        steps,
        converged,
    )


def complexity_outlook(presence: pd.DataFrame, relatedness: pd.DataFrame, pci: pd.Series) -> pd.Series:
    r"""Sum the complexity of what a region lacks, weighted by how near it is (complexity outlook index).

    .. math:: COI_r = \sum_i \frac{d_{ri}}{100} (1 - M_{ri}) PCI_i

    Parameters
    ----------
    presence
        As in :func:`economic_complexity`; a missing cell is neither held nor lacking and adds nothing.
    relatedness
        Sector × sector, as in :func:`~alpclusters_lib.indicators.relatedness.relatedness_density`, which gives the
        density d; a sector related to nothing adds nothing.
    pci
        Complexity by sector; sectors without one add nothing.

    Returns
    -------
    By region; 0 where nothing is lacking. It depends on the zero of `pci`, here the mean ECI of regions.

    References
    ----------
    Hausmann et al. (2014), The Atlas of Economic Complexity, technical box 2.4.

    Examples
    --------
    >>> held = pd.DataFrame([[1, 0, 0], [1, 1, 0]], ["ITH1", "ITC4"], ["I55", "C25", "C28"])
    >>> related = pd.DataFrame([[0, 0.5, 0.1], [0.5, 0, 0.4], [0.1, 0.4, 0]], held.columns, held.columns)
    >>> complexity_outlook(held, related, pd.Series({"I55": -1.0, "C25": 0.5, "C28": 1.5})).round(3).to_dict()
    {'ITH1': 0.578, 'ITC4': 1.5}
    """
    cells = _presence.read(presence)
    near = relatedness_density(presence, relatedness).to_numpy()
    worth = _checks.aligned(pci, presence.columns, noun="sector", name="pci").to_numpy(dtype=float, na_value=np.nan)
    worth, outlook = np.nan_to_num(worth), np.zeros(len(near))
    for block in _checks.blocks(near):
        lacking = ~cells.held[block]
        if cells.known is not None:
            lacking &= cells.known[block]
        weights = near[block] * lacking
        sums = weights @ worth[block[1]]
        outlook[block[0]] += np.nan_to_num(weights) @ worth[block[1]] if np.isnan(sums).any() else sums
    return pd.Series(outlook / 100, index=presence.index, name="complexity_outlook", copy=False)


def _without_missing(presence: pd.DataFrame) -> _presence.Held:
    """Return the presences, missing cells as not held, and say how many there are."""
    cells = _presence.read(presence)
    if cells.known is not None:
        number = int((~cells.known).sum())
        _checks.warn(f"{number} cells of presence are missing and counted as not held; fill what can be estimated")
    return cells


def _guide(cells: _presence.Held, orient: pd.Series | None) -> np.ndarray:
    """Return by region what the sign is chosen by, NaN where it is not known."""
    if orient is None:
        return cells.held.sum(axis=1).astype(float)
    if not isinstance(orient, pd.Series):
        raise TypeError(f"orient is a {type(orient).__name__}; a Series by region is needed")
    _checks.require_unique(orient.index, noun="region", name="orient")
    _checks.require_numeric(orient.dtype, where="orient")
    values = orient.reindex(cells.regions).to_numpy(dtype=float, na_value=np.nan)
    known = int(np.isfinite(values).sum())
    if known < 3:
        raise ValueError(f"orient is known for {known} regions of presence; three or more are needed")
    return values


def _warn_of_weakness(gap: float, correlation: float, guide: str) -> None:
    if np.isnan(gap):
        _checks.warn("all regions hold the same, or there is one only: there is no order, and ECI and PCI are NaN")
    elif gap < NO_GAP:
        _checks.warn("the second and third eigenvalue are equal: ECI and PCI are one of many possible orders")
    if correlation < WEAK_ORIENTATION:
        _checks.warn(
            f"ECI correlates with {guide} at {correlation:.2f} only, which hardly tells its sign; hand over an "
            "`orient` that does, such as GDP per head"
        )


def _parts_sentence(parts: list[tuple[np.ndarray, np.ndarray]], cells: _presence.Held) -> str:
    def named(part: tuple[np.ndarray, np.ndarray]) -> str:
        regions, sectors = cells.regions[part[0]], cells.sectors[part[1]]
        return f"regions {_checks.listed(regions, most=4)} with sectors {_checks.listed(sectors, most=4)}"

    smallest = [named(part) for part in sorted(parts, key=lambda part: len(part[0]))[:3]]
    return (
        f"presence falls apart into {len(parts)} parts that share nothing and cannot be ordered against each other: "
        f'{"; ".join(smallest)}{"" if len(parts) <= 3 else " …"}; a connected table is right, or disconnected="each"'
    )
