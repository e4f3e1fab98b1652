"""The product space: the few links of a relatedness that hold all sectors together, and the strongest of the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib.indicators.relatedness import symmetric_values

__all__ = ["relatedness_backbone"]


def relatedness_backbone(relatedness: pd.DataFrame, *, links_per_sector: float = 2.0) -> pd.DataFrame:
    """Return the maximum spanning tree of a relatedness, and the strongest links beyond it.

    The tree keeps every sector in the picture; it shows weak links where a sector has no strong one, and leaves out
    strong ones that would close a circle. Those come back in the order of their weight until there are
    `links_per_sector` links a sector. It is for drawing: compute with the whole table.

    Parameters
    ----------
    relatedness
        Symmetric sector × sector, zero or more; the diagonal is ignored, missing figures are no links.
    links_per_sector
        Number of links over number of sectors; the tree alone has just below 1.

    Returns
    -------
    One row a link, strongest first: source, target (in the order of the table), weight, tree (whether the link is in
    the spanning tree). Sectors related to nothing are in no row. Of links with equal weights those first in the order
    of the table are kept.

    Raises
    ------
    ValueError
        If the table is not symmetric.

    References
    ----------
    Hidalgo, Klinger, Barabási & Hausmann (2007), Science 317:482, supporting material.

    Examples
    --------
    >>> names = ["C25", "C28", "I55"]
    >>> links = pd.DataFrame([[0, 0.6, 0.2], [0.6, 0, 0.3], [0.2, 0.3, 0]], names, names)
    >>> relatedness_backbone(links, links_per_sector=0.7)
      source target  weight  tree
    0    C25    C28     0.6  True
    1    C28    I55     0.3  True
    """
    if not links_per_sector > 0:
        raise ValueError(
            f"links_per_sector is {links_per_sector}; a number above 0 is needed, 2 for a readable picture"
        )
    values = symmetric_values(relatedness, "relatedness")
    sectors = relatedness.columns
    first, second = np.triu_indices(len(sectors), 1)
    weights = values[first, second]
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] > 0]
    tree = _spanning(first[order], second[order], len(sectors))
    extra = max(round(links_per_sector * len(sectors)) - int(tree.sum()), 0)
    kept = tree | (np.cumsum(~tree) <= extra)
    chosen = order[kept]
    return pd.DataFrame(
        {
            "source": sectors[first[chosen]],
            "target": sectors[second[chosen]],
            "weight": weights[chosen],
            "tree": tree[kept],
        }
    )


def _spanning(first: np.ndarray, second: np.ndarray, number: int) -> np.ndarray:
    """Return which links, strongest first, join what was not joined before (Kruskal)."""
    part = np.arange(number)
    joins = np.zeros(len(first), dtype=bool)
    for link, (one, other) in enumerate(zip(first, second, strict=True)):
        if part[one] != part[other]:
            joins[link] = True
            part[part == part[other]] = part[one]
    return joins
