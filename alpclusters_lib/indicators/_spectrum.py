"""The second singular vectors of a presence table: the algebra behind economic complexity, on arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# From this many regions and sectors on, a truncated decomposition is faster than a full one.
LARGE = 300
# A second eigenvalue below this is rounding: all regions hold the same.
NOTHING = 1e-12

Part = tuple[np.ndarray, np.ndarray]


class Spectrum(NamedTuple):
    """The second eigenvectors by region and sector, not standardised, regional = mean sectoral; and the gap."""

    regional: np.ndarray
    sectoral: np.ndarray
    eigengap: float


def split(held: np.ndarray) -> list[Part]:
    """Return the connected parts of a table of presences as positions of regions and of sectors, largest first.

    Regions that hold nothing and sectors held nowhere are in no part.
    """
    rows, columns = held.any(axis=1), held.any(axis=0)
    if not rows.any():
        return []
    # from one region outwards: most tables are reached in two or three steps, and need no graph
    reached, seen = np.zeros_like(rows), 0
    reached[np.argmax(rows)] = True
    while reached.sum() > seen:
        seen = reached.sum()
        sectors = held[reached].any(axis=0)
        reached = held[:, sectors].any(axis=1)
    if (reached == rows).all():
        return [(np.flatnonzero(rows), np.flatnonzero(columns))]
    return _components(held, rows, columns)


def _components(held: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> list[Part]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    many = len(rows)
    regions, sectors = np.nonzero(held)
    size = many + len(columns)
    graph = coo_array((np.ones(len(regions), dtype=bool), (regions, sectors + many)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    of_region, of_sector = labels[:many], labels[many:]
    parts = [
        (np.flatnonzero(of_region == label), np.flatnonzero(of_sector == label)) for label in np.unique(of_region[rows])
    ]
    return sorted(parts, key=lambda part: (-len(part[0]), part[0][0]))


def second_vectors(held: np.ndarray) -> Spectrum | None:
    """Return the second eigenvectors of a connected table, or None where all regions hold the same."""
    if min(held.shape) < 2:
        return None
    diversity, ubiquity = held.sum(axis=1).astype(float), held.sum(axis=0).astype(float)
    decompose = _truncated if min(held.shape) > LARGE else _full
    vector, second, third = decompose(held, diversity, ubiquity)
    if second < NOTHING:
        return None
    # from here the vector lives on the shorter side; the other one is its mean over what is held
    if len(vector) == held.shape[1]:
        sectoral = vector / np.sqrt(ubiquity)
        regional = held @ sectoral / diversity
    else:
        regional = vector / np.sqrt(diversity)
        sectoral = regional @ held / ubiquity / second
    return Spectrum(regional, sectoral, max(second - third, 0.0))


def _full(held: np.ndarray, diversity: np.ndarray, ubiquity: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return the second eigenvector of the shorter side, and the second and third eigenvalue, from all of them."""
    scaled = held / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)
    gram = scaled.T @ scaled if held.shape[0] >= held.shape[1] else scaled @ scaled.T
    weights = ubiquity if held.shape[0] >= held.shape[1] else diversity
    # the first eigenvector is known, with eigenvalue 1: without it the second is the first
    first = np.sqrt(weights / weights.sum())
    gram -= np.outer(first, first)
    values, vectors = np.linalg.eigh(gram)
    third = values[-2] if len(values) > 2 else 0.0
    return vectors[:, -1], float(values[-1]), max(float(third), 0.0)


def _truncated(held: np.ndarray, diversity: np.ndarray, ubiquity: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return the same from a Lanczos iteration on the sparse table, without the known first vector."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator, eigsh

    tall = held.shape[0] >= held.shape[1]
    matrix = csr_array(held if tall else held.T, dtype=float)
    rows, columns = (diversity, ubiquity) if tall else (ubiquity, diversity)
    matrix.data[:] = 1 / np.sqrt(np.repeat(rows, np.diff(matrix.indptr)) * columns[matrix.indices])
    across = matrix.T
    first = np.sqrt(columns / columns.sum())

    def multiply(vector: np.ndarray) -> np.ndarray:
        return across @ (matrix @ vector) - first * (first @ vector)

    size = len(columns)
    # a fixed start makes the result the same every time
    start = np.random.default_rng(0).standard_normal(size)
    operator = LinearOperator((size, size), matvec=multiply, dtype=float)
    values, vectors = eigsh(operator, k=2, which="LA", v0=start)
    return vectors[:, 1], float(values[1]), max(float(values[0]), 0.0)


def standardised(found: Spectrum) -> tuple[np.ndarray, np.ndarray]:
    """Return ECI as z-scores, and PCI on the scale on which ECI is its mean."""
    mean, deviation = found.regional.mean(), found.regional.std()
    return (found.regional - mean) / deviation, (found.sectoral - mean) / deviation


def orientation(eci: np.ndarray, guide: np.ndarray) -> tuple[float, float]:
    """Return the sign that makes ECI go along with the guide, and their correlation then."""
    known = np.isfinite(guide)
    centred = guide[known] - guide[known].mean() if known.any() else guide[known]
    spread = np.sqrt((centred**2).sum() * ((eci[known] - eci[known].mean()) ** 2).sum()) if known.any() else 0.0
    if not spread > 1e-12 * max(np.abs(guide[known]).sum(), 1e-300):
        # nothing to go by: the same sign every time
        return (1.0 if eci[np.argmax(np.abs(eci))] > 0 else -1.0), 0.0
    correlation = float((centred * eci[known]).sum() / spread)
    return (1.0, correlation) if correlation >= 0 else (-1.0, -correlation)
