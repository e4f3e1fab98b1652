"""The published sums that limit hidden cells: a region's sections, and the rows of NUTS 1 and the country.

A sum is used where it can be trusted. Whether the rows of a country or of NUTS 1 are the sums of their regions is
checked on the cells that hide nothing; where they are not (Belgium, the Netherlands) the link is left out and named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

__all__ = ["Margins", "margins"]

# Published figures are rounded: a section differs from the sum of its divisions by up to 3, a country by up to 5.
TOLERANCE = {"section": 3.0, "NUTS 1": 5.0, "country": 5.0}
# A link between levels is trusted when this share of the cells that can be checked agree within the tolerance.
TRUSTED_SHARE = 0.9


@dataclass(frozen=True)
class Margins:
    """Sums over hidden cells of one country and year.

    ``cells`` names the hidden cells (region, division). Each sum has a row in ``sums`` (sums × cells), what is left for
    its hidden cells in ``totals`` (at least 0), a ``tolerance``, ``at_most`` (it holds cells that nobody fills, so it
    limits from above only), a ``kind`` (section, NUTS 1, country) and a ``name`` (region, sector). ``left_out`` says
    which published sums are not used, and why.
    """

    cells: pd.MultiIndex
    sums: sparse.csr_matrix
    totals: np.ndarray
    tolerance: np.ndarray
    at_most: np.ndarray
    kind: np.ndarray
    names: list[tuple[str, str]]
    left_out: list[str]


def _members(children: Mapping[str, Sequence[str]], base: Sequence[str], parents: Sequence[str]) -> np.ndarray:
    place = {region: i for i, region in enumerate(base)}
    matrix = np.zeros((len(parents), len(base)))
    for row, parent in enumerate(parents):
        matrix[row, [place[c] for c in children[parent] if c in place]] = 1
    return matrix


def _untrusted(groups: np.ndarray, kinds: np.ndarray, rest: np.ndarray, checked: np.ndarray) -> dict[str, str]:
    """Name the groups of published sums that differ from the sums of their cells where these can be added up.

    A group is all rows of a country or NUTS 1 region, or one section in all regions of the country.
    """
    found = {}
    for group in np.unique(groups[checked]):
        here = checked & (groups == group)
        agree = np.abs(rest[here]) <= TOLERANCE[kinds[here][0]]
        if agree.mean() < TRUSTED_SHARE:
            parts = "its divisions" if kinds[here][0] == "section" else "its regions"
            found[str(group)] = (
                f"{group}: the published figures differ from the sums of {parts} in {(~agree).sum()} of {len(agree)} "
                f"cells that can be checked, by up to {np.abs(rest[here]).max():,.0f}; not used"
            )
    return found


def margins(wide: pd.DataFrame, hidden: pd.DataFrame, children: Mapping[str, Sequence[str]]) -> Margins:
    """Find the published sums over the hidden cells of one country and year.

    Parameters
    ----------
    wide
        Figures by region (NUTS 0, 1, 2, one country) and sector (sections and divisions); NaN where there is none.
    hidden
        True for the cells to fill: NUTS 2 region × division, the base of every sum.
    children
        NUTS 2 regions of each parent (country and NUTS 1), in the vintage in which the figures were published.

    Returns
    -------
    Margins
        With no sums where nothing is hidden.
    """
    base, divisions = list(hidden.index), list(hidden.columns)
    parents = [p for p in children if p in wide.index]
    rows = [*base, *parents]
    sections = [s for s in wide.columns if len(s) == 1]
    sectors = [*sections, *divisions]
    region_of = np.vstack([np.eye(len(base)), _members(children, base, parents)])
    sector_of = np.array([[d[0] == s if len(s) == 1 else d == s for d in divisions] for s in sectors], float)
    published = wide.reindex(index=rows, columns=sectors).to_numpy(float)
    figures = published[: len(base), len(sections) :]
    gap = hidden.to_numpy(bool)
    unknown = np.isnan(figures) & ~gap

    def total_of(values: np.ndarray) -> np.ndarray:
        return region_of @ values @ sector_of.T

    rest = published - total_of(np.nan_to_num(figures))
    holds, open_ended = total_of(gap.astype(float)), total_of(unknown.astype(float)) > 0
    kind = np.array(["section"] * len(base) + ["country" if len(p) == 2 else "NUTS 1" for p in parents])
    kinds = np.repeat(kind, len(sectors)).reshape(len(rows), len(sectors))
    # a region's own division is the cell itself, not a sum
    published_sum = ~np.isnan(published) & ~((kinds == "section") & np.isin(sectors, divisions)[None, :])
    country = base[0][:2]
    groups = np.where(kinds == "section", [f"section {s} in {country}" for s in sectors], np.array(rows)[:, None])
    untrusted = _untrusted(groups, kinds, rest, published_sum & (holds == 0) & ~open_ended)
    usable = published_sum & (holds > 0) & ~np.isin(groups, list(untrusted))
    allowed = np.vectorize(TOLERANCE.get, otypes=[float])(kinds)
    contradicted = usable & (rest < -allowed)
    left_out = [*untrusted.values()] + [
        f"{rows[i]}, {sectors[j]}: the published cells exceed the published {kinds[i, j]} sum by {-rest[i, j]:,.0f}; "
        "not used"
        for i, j in np.argwhere(contradicted)
    ]
    usable &= ~contradicted
    chosen = np.flatnonzero(usable.ravel())
    every = sparse.kron(sparse.csr_matrix(region_of), sparse.csr_matrix(sector_of), format="csr")
    return Margins(
        cells=pd.MultiIndex([hidden.index, hidden.columns], np.nonzero(gap), names=["region", "sector"]),
        sums=every[chosen][:, np.flatnonzero(gap.ravel())],
        totals=np.maximum(rest.ravel()[chosen], 0.0),
        tolerance=allowed.ravel()[chosen],
        at_most=open_ended.ravel()[chosen],
        kind=kinds.ravel()[chosen],
        names=[(rows[k // len(sectors)], sectors[k % len(sectors)]) for k in chosen],
        left_out=left_out,
    )
