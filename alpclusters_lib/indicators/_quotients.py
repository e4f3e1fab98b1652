"""The counts a location quotient is made of, checked and aligned once for every function that needs them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks


class Counts(NamedTuple):
    """The four counts every quotient is made of, as arrays in the order of the table's labels.

    ``jobs`` may be the caller's own figures: never write into it.
    """

    jobs: np.ndarray
    totals: np.ndarray
    sectors: np.ndarray
    whole: float
    regions: pd.Index
    columns: pd.Index

    def labelled(self, values: np.ndarray) -> pd.DataFrame:
        """Return a table of values under the labels of the table handed in."""
        return pd.DataFrame(values, index=self.regions, columns=self.columns, copy=False)


def gather(employment: pd.DataFrame, totals: pd.Series | None, reference: pd.Series | None) -> Counts:
    """Check and align what a public function was handed, and fill in the defaults."""
    jobs = _checks.employment_values(employment)
    labels = employment.index, employment.columns
    sums = jobs.sum(axis=1)
    if totals is None:
        regions, advice = sums, "hand over `totals`, published by region, to keep its known sectors"
    else:
        known = _checks.counts_by_label(totals, noun="region", name="totals")
        regions = _checks.aligned(known, employment.index, noun="region", name="totals").to_numpy()
        advice = "`totals` has no figure for it"
    holes = np.isnan(regions)
    if holes.any():
        named = _checks.listed(employment.index[holes])
        _checks.warn(f"no total for region {named}, whose row comes back as NaN: {advice}")
    if reference is not None:
        sectors, whole = _checks.reference_counts(reference, employment.columns)
        return Counts(jobs, regions, sectors.to_numpy(), whole if whole > 0 else np.nan, *labels)
    unlike = np.abs(regions - sums) > 0.01 * sums
    if unlike.any():
        _checks.warn(
            f"totals of region {_checks.listed(employment.index[unlike])} are more than 1 % from the sum of the "
            "sectors, which the default reference rests on: hand over `reference`, with the sectors outside the table"
        )
    sectors = column_sums(jobs)
    return Counts(jobs, regions, sectors, float(np.nansum(sectors)) or np.nan, *labels)


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
    with np.errstate(divide="ignore", invalid="ignore"):
        result = counts.jobs / np.where(counts.totals > 0, counts.totals, np.nan)[:, None]
        result /= np.where(counts.sectors > 0, counts.sectors, np.nan) / counts.whole
    return result
