"""Estimates that know more than jobs: the sales of industries inside other regions, or the true sums of a table."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import balancing
from alpclusters_lib.cleaning.regional_tables import RegionalInputOutput
from alpclusters_lib.value_chains.regionalisation import Surveyed

# what the trade of an industry takes from its quotients, chosen on the other regions
POWERS = (0.1, 0.3, 0.5, 0.7, 1.0)
STEPS = 300


def by_trade_factors(
    usual: dict[str, np.ndarray], cells: np.ndarray, survey: dict[str, Surveyed]
) -> dict[str, np.ndarray]:
    """Return estimates whose rows are scaled by what the other Länder's tables show, the power chosen on them too."""
    lands = list(survey)
    observed = {land: known.coefficients for land, known in survey.items()}
    output = {land: known.sizes for land, known in survey.items()}
    traded = {land: np.divide(a, cells, out=np.zeros_like(cells), where=cells > 0) for land, a in usual.items()}
    bases = {(power, land): cells * t**power for power in POWERS for land, t in traded.items()}
    sold = {land: observed[land] @ output[land] for land in lands}
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = {key: sold[key[1]] / (base @ output[key[1]]) for key, base in bases.items()}

    @functools.cache
    def factors(power: float, known: frozenset[str]) -> np.ndarray:
        seen = np.vstack([ratios[power, land] for land in lands if land in known])
        # NaN comes last, so that the middle of the known ones is found by their number (nanmedian is 20 times slower)
        ordered = np.sort(np.where(np.isfinite(seen), seen, np.nan), axis=0)
        count = np.isfinite(seen).sum(axis=0)
        below, above = (np.take_along_axis(ordered, place[None], axis=0)[0] for place in ((count - 1) // 2, count // 2))
        return np.where(count > 0, (below + above) / 2, 1.0)

    def scaled(power: float, land: str, known: frozenset[str]) -> np.ndarray:
        return np.minimum(factors(power, known)[:, None] * bases[power, land], cells)

    def wrong(power: float, land: str, known: frozenset[str]) -> float:
        off = np.abs(scaled(power, land, known) - observed[land]) @ output[land]
        return off.sum() / sold[land].sum()

    found = {}
    for land in lands:
        others = frozenset(lands) - {land}
        # each of the others is judged by factors that do not know it
        off = {p: sum(wrong(p, o, others - {o}) for o in lands if o != land) for p in POWERS}
        found[land] = scaled(min(off, key=off.get), land, others)
    return found


def by_margins(estimate: pd.DataFrame, table: RegionalInputOutput) -> pd.DataFrame:
    """Return the estimate moved to the true sums of rows and columns."""
    flows = estimate * table.x
    # a little everywhere: a seller that the quotients leave out has sales in the table
    flows = flows + table.Z.sum().sum() * 1e-9
    moved = balancing.ras(flows, table.Z.sum(axis=1), table.Z.sum(), tolerance=1e-6, max_steps=STEPS)
    return moved.div(table.x.where(table.x > 0), axis=1).fillna(0.0)
