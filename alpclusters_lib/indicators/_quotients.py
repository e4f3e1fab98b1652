"""The counts a location quotient is made of, checked and aligned once for every function that needs them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks


class Counts(NamedTuple):
    """The four counts every quotient is made of, aligned by label."""

    jobs: pd.DataFrame
    totals: pd.Series
    sectors: pd.Series
    whole: float


def gather(employment: pd.DataFrame, totals: pd.Series | None, reference: pd.Series | None) -> Counts:
    """Check and align what a public function was handed, and fill in the defaults."""
    jobs = _checks.employment_table(employment)
    sums = jobs.sum(axis=1, skipna=False)
    if totals is None:
        regions, advice = sums, "hand over `totals`, published by region, to keep its known sectors"
    else:
        known = _checks.counts_by_label(totals, noun="region", name="totals")
        regions = _checks.aligned(known, jobs.index, noun="region", name="totals")
        advice = "`totals` has no figure for it"
    holes = jobs.index[regions.isna()]
    if len(holes):
        _checks.warn(f"no total for region {_checks.listed(holes)}, whose row comes back as NaN: {advice}")
    if reference is not None:
        sectors, whole = _checks.reference_counts(reference, jobs.columns)
        return Counts(jobs, regions, sectors, whole if whole > 0 else np.nan)
    unlike = jobs.index[(regions - sums).abs() > 0.01 * sums]
    if len(unlike):
        _checks.warn(
            f"totals of region {_checks.listed(unlike)} are more than 1 % from the sum of the sectors, which "
            "the default reference rests on: hand over `reference`, with the sectors outside the table"
        )
    sectors = jobs.sum(min_count=1)
    return Counts(jobs, regions, sectors, float(sectors.sum()) or np.nan)


def quotient(counts: Counts) -> pd.DataFrame:
    """Return the location quotients, NaN where a denominator is 0."""
    shares = counts.jobs.div(counts.totals.where(counts.totals > 0), axis=0)
    return shares.div((counts.sectors / counts.whole).where(counts.sectors > 0), axis=1)
