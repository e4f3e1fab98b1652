"""The counts a location quotient is made of, checked and aligned once for every function that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks


class Counts(NamedTuple):
    """The four counts every quotient is made of, as arrays in the order of the table's labels.

    ``jobs`` may be the caller's own figures: never write into it. ``complete`` says that every cell has a quotient.
    """

    jobs: np.ndarray
    totals: np.ndarray
    sectors: np.ndarray
    whole: float
    regions: pd.Index
    columns: pd.Index
    complete: bool

    def labelled(self, values: np.ndarray) -> pd.DataFrame:
        """Return a table of values under the labels of the table handed in."""
        return pd.DataFrame(values, index=self.regions, columns=self.columns, copy=False)


def gather(employment: pd.DataFrame, totals: pd.Series | None, reference: pd.Series | None) -> Counts:
    """Check and align what a public function was handed, and fill in the defaults."""
    table = _checks.employment_sums(employment)
    if totals is None:
        regions, advice = table.rows, "hand over `totals`, published by region, to keep its known sectors"
    else:
        known = _checks.counts_by_label(totals, noun="region", name="totals")
        regions = _checks.aligned(known, employment.index, noun="region", name="totals").to_numpy()
        advice = "`totals` has no figure for it"
    if not (table.known and totals is None) and np.isnan(regions).any():
        named = _checks.listed(employment.index[np.isnan(regions)])
        _checks.warn(f"no total for region {named}, whose row comes back as NaN: {advice}")
    if reference is not None:
        counts, whole = _checks.reference_counts(reference, employment.columns)
        sectors, whole = counts.to_numpy(), whole if whole > 0 else np.nan
    else:
        if totals is not None and (unlike := np.abs(regions - table.rows) > 0.01 * table.rows).any():
            named = _checks.listed(employment.index[unlike])
            _checks.warn(
                f"totals of region {named} are more than 1 % from the sum of the sectors, which the default reference "
                "rests on: hand over `reference`, with the sectors outside the table"
            )
        sectors = table.columns if table.known else column_sums(table.values)
        whole = float(sectors.sum() if table.known else np.nansum(sectors)) or np.nan
    # NaN compares as false
    complete = table.known and table.values.size > 0 and bool(regions.min() > 0 and sectors.min() > 0)
    return Counts(table.values, regions, sectors, whole, employment.index, employment.columns, complete)


def column_sums(jobs: np.ndarray) -> np.ndarray:
    """Return the jobs of each sector over the known cells, NaN where none is known."""
    sums = jobs.sum(axis=0)
    holed = np.isnan(sums)
    if holed.any():
        part = jobs[:, holed]
        sums[holed] = np.where(np.isnan(part).all(axis=0), np.nan, np.nansum(part, axis=0))
    return sums


def quotient(counts: Counts) -> np.ndarray:
    """Return the location quotients, NaN where a denominator is 0."""
    result = np.empty_like(counts.jobs)
    for _ in quotient_blocks(counts, result):
        pass
    return result


def quotient_blocks(counts: Counts, out: np.ndarray | None = None) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """Give the location quotients piece by piece, written into `out` where it is there."""
    totals, sectors = counts.totals[:, None], counts.sectors
    if not counts.complete:
        totals, sectors = np.where(totals > 0, totals, np.nan), np.where(sectors > 0, sectors, np.nan)
    sectors = sectors / counts.whole
    for block in _checks.blocks(counts.jobs):
        part = np.divide(counts.jobs[block], totals[block[0]], out=None if out is None else out[block])
        part /= sectors[block[1]]
        yield block, part
