"""Estimates that know more than jobs: the sales of industries inside other regions, or the true sums of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alpclusters_lib import balancing
from alpclusters_lib.cleaning.regional_tables import RegionalInputOutput

# what the trade of an industry takes from its quotients, chosen on the other regions
POWERS = (0.1, 0.3, 0.5, 0.7, 1.0)
STEPS = 300


def by_trade_factors(usual: dict, national: pd.DataFrame, survey: dict) -> dict[str, pd.DataFrame]:
    """Return estimates whose rows are scaled by what the other Länder's tables show, the power chosen on them too."""
    cells = national.to_numpy()
    traded = {
        land: np.divide(a.to_numpy(), cells, out=np.zeros_like(cells), where=cells > 0) for land, a in usual.items()
    }
    observed = {land: shares.to_numpy() for land, (shares, _, _) in survey.items()}
    output = {land: x.to_numpy() for land, (_, x, _) in survey.items()}
    bases = {(power, land): cells * t**power for power in POWERS for land, t in traded.items()}
    sold = {land: observed[land] @ output[land] for land in survey}
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = {key: sold[key[1]] / (base @ output[key[1]]) for key, base in bases.items()}

    def scaled(power: float, land: str, others: list[str]) -> np.ndarray:
        seen = np.vstack([ratios[power, other] for other in others])
        factors = np.ones(len(cells))
        known = np.isfinite(seen)
        some = known.any(axis=0)
        factors[some] = np.nanmedian(np.where(known, seen, np.nan)[:, some], axis=0)
        return np.minimum(factors[:, None] * bases[power, land], cells)

    def wrong(land: str, power: float, others: list[str]) -> float:
        off = np.abs(scaled(power, land, others) - observed[land]) @ output[land]
        return off.sum() / sold[land].sum()

    found = {}
    for land in survey:
        others = [other for other in survey if other != land]
        # each of the others is judged by factors that do not know it
        off = {p: sum(wrong(o, p, [other for other in others if other != o]) for o in others) for p in POWERS}
        best = min(off, key=off.get)
        found[land] = pd.DataFrame(scaled(best, land, others), national.index, national.columns)
    return found


def by_margins(estimate: pd.DataFrame, table: RegionalInputOutput) -> pd.DataFrame:
    """Return the estimate moved to the true sums of rows and columns."""
    flows = estimate * table.x
    # a little everywhere: a seller that the quotients leave out has sales in the table
    flows = flows + table.Z.sum().sum() * 1e-9
    moved = balancing.ras(flows, table.Z.sum(axis=1), table.Z.sum(), tolerance=1e-6, max_steps=STEPS)
    return moved.div(table.x.where(table.x > 0), axis=1).fillna(0.0)
