"""The bare reference: the same numbers from arrays, in plain NumPy and SciPy, without labels, checks or missing cells.

Written as one who knows NumPy writes it: whole-array arithmetic, in place where a result is not needed again, products
of presences in float32 (exact for counts, twice the speed), the shorter Gram matrix for a dense decomposition, and
scipy.sparse.linalg.svds with k = 3 for a large one. ``jobs`` is region × sector in floats, ``held`` in bool. Where the
result is a long table the reference makes its columns, the two of labels (arrays of text) among them: without them
nobody could tell which row is which.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

# with fewer regions or sectors than this a dense decomposition is the faster one
DENSE = 300


def location_quotient(jobs):
    result = jobs / jobs.sum(axis=1)[:, None]
    result /= jobs.sum(axis=0) / jobs.sum()
    return result


def symmetric_location_quotient(jobs):
    ratio = location_quotient(jobs)
    return (ratio - 1) / (ratio + 1)


def standardised_location_quotient(jobs):
    ratio = location_quotient(jobs)
    ratio -= ratio.mean(axis=0)
    ratio /= np.sqrt(np.einsum("ri,ri->i", ratio, ratio) / (len(jobs) - 1))
    return ratio


def specialised_jobs(jobs):
    return jobs - np.outer(jobs.sum(axis=1), jobs.sum(axis=0) / jobs.sum())


def krugman_index(jobs):
    rest = jobs.sum(axis=0) - jobs
    rest /= rest.sum(axis=1)[:, None]
    return np.abs(jobs / jobs.sum(axis=1)[:, None] - rest).sum(axis=1)


def hoover_index(jobs):
    return np.abs(jobs / jobs.sum(axis=1)[:, None] - jobs.sum(axis=0) / jobs.sum()).sum(axis=1) / 2


def herfindahl_index(jobs):
    shares = jobs / jobs.sum(axis=1)[:, None]
    return np.einsum("ri,ri->r", shares, shares)


def locational_gini(jobs):
    totals = jobs.sum(axis=1)
    by_sector = np.ascontiguousarray(jobs.T)
    order = np.argsort(by_sector / totals, axis=1)
    sizes = totals[order] / totals.sum()
    rank = 2 * np.cumsum(sizes, axis=1) - sizes - 1
    return np.einsum("ir,ir->i", np.take_along_axis(by_sector, order, axis=1), rank) / by_sector.sum(axis=1)


def locational_gini_alike(jobs):
    quotients = np.ascontiguousarray((jobs / jobs.sum(axis=1)[:, None]).T)
    quotients.sort(axis=1)
    number = len(jobs)
    return quotients @ np.arange(1 - number, number, 2) / number / quotients.sum(axis=1)


def shannon_entropy(jobs):
    shares = jobs / jobs.sum(axis=1)[:, None]
    return -np.einsum("ri,ri->r", shares, np.log2(np.maximum(shares, 1e-300)))


def related_variety(jobs, member):
    shares = jobs / jobs.sum(axis=1)[:, None]
    own = (shares @ np.eye(member.max() + 1)[member])[:, member]
    return -np.einsum("ri,ri->r", shares, np.log2(np.maximum(shares, 1e-300) / np.maximum(own, 1e-300)))


def ellison_glaeser(jobs, plants):
    totals = jobs.sum(axis=1) / jobs.sum()
    gaps = jobs / jobs.sum(axis=0)
    gaps -= totals[:, None]
    return (np.einsum("ri,ri->i", gaps, gaps) / (1 - (totals**2).sum()) - plants) / (1 - plants)


def coagglomeration(jobs):
    totals = jobs.sum(axis=1) / jobs.sum()
    gaps = jobs / jobs.sum(axis=0)
    gaps -= totals[:, None]
    index = gaps.T @ gaps
    index /= 1 - (totals**2).sum()
    np.fill_diagonal(index, np.nan)
    return index


def long_table(regions, sectors, *parts):
    labels = np.repeat(regions, len(sectors)), np.tile(sectors, len(regions))
    return *labels, *(part.ravel() for part in parts)


def shift_share(start, end, regions, sectors):
    growth = end.sum() / start.sum() - 1
    national = start * growth
    as_sector = start * (end.sum(axis=0) / start.sum(axis=0) - 1)
    return long_table(regions, sectors, national, as_sector - national, end - start - as_sector)


def entries_and_exits(start, end, regions, sectors):
    return long_table(regions, sectors, ~start, ~start & end, start & ~end)


def presence(jobs):
    return location_quotient(jobs) >= 1


def co_occurrence(held):
    matrix = held.astype(np.float32)
    return (matrix.T @ matrix).astype(np.int64)


def proximity(held):
    matrix = held.astype(np.float32)
    pairs = (matrix.T @ matrix).astype(float)
    number = pairs.diagonal().copy()
    pairs /= np.maximum.outer(number, number)
    np.fill_diagonal(pairs, 0)
    return pairs


def association_strength(counts):
    pairs = counts.astype(float)
    np.fill_diagonal(pairs, 0)
    sums = pairs.sum(axis=0)
    expected = np.outer(sums / (sums.sum() - sums), sums)
    pairs /= (expected + expected.T) / 2
    return pairs


def relatedness_density(held, related):
    return held.astype(float) @ (related * (100 / related.sum(axis=0)))


def added_density(held, related, here):
    other = (np.delete(held, here, axis=0) & ~held[here]).astype(float)
    return other @ (related * (100 / related.sum(axis=0)))


def economic_complexity(held):
    """Return ECI and PCI: dense on the shorter Gram matrix where small, three sparse singular vectors where large."""
    diversity, ubiquity = held.sum(axis=1), held.sum(axis=0)
    rows, columns = 1 / np.sqrt(diversity), 1 / np.sqrt(ubiquity)
    if min(held.shape) < DENSE:
        scaled = held * rows[:, None] * columns
        second = np.linalg.eigh(scaled.T @ scaled)[1][:, -2]
    else:
        scaled = csr_array(held, dtype=float)
        scaled.data = np.repeat(rows, np.diff(scaled.indptr)) * columns[scaled.indices]
        second = svds(scaled, k=3, return_singular_vectors="vh", rng=0)[2][1]
    sectors = second * columns
    regions = held @ sectors / diversity
    sign = np.sign(np.corrcoef(regions, diversity)[0, 1])
    mean, deviation = regions.mean(), sign * regions.std()
    return (regions - mean) / deviation, (sectors - mean) / deviation


def method_of_reflections(held, steps=20):
    matrix = held.astype(float)
    diversity, ubiquity = matrix.sum(axis=1), matrix.sum(axis=0)
    regional, sectoral = [diversity], [ubiquity]
    for _ in range(steps):
        regions, sectors = regional[-1], sectoral[-1]
        regional.append(matrix @ sectors / diversity)
        sectoral.append(regions @ matrix / ubiquity)
    return np.array(regional).T, np.array(sectoral).T


def fitness_complexity(held, tolerance=1e-10, max_steps=1000):
    matrix = held.astype(float)
    fitness, quality = np.ones(held.shape[0]), np.ones(held.shape[1])
    for _ in range(max_steps):
        raw, harm = matrix @ quality, (1 / fitness) @ matrix
        before, fitness, quality = fitness, raw / raw.mean(), 1 / harm
        quality /= quality.mean()
        if np.abs(fitness - before).max() <= tolerance:
            break
    return fitness, quality


def complexity_outlook(held, related, pci):
    return (relatedness_density(held, related) * ~held) @ pci / 100
