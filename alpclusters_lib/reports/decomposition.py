"""Change of jobs in the S3 regions, taken apart four ways: what each way keeps apart, and what it does not."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.indicators.growth import dynamic_shift_share, shift_share
from alpclusters_lib.reports.case import parse_unit
from alpclusters_lib.reports.divisions import unit_divisions
from alpclusters_lib.reports.numbers import count

__all__ = ["decomposition_sentence", "decomposition_table"]

YEARS = (2011, 2012, 2013)
PARTS = ("national", "industry", "regional", "allocation")
YEARLY = "Dunn, year by year"
WAYS = {"Dunn": "dunn", "Esteban-Marquillas": "esteban_marquillas", "Arcelus": "arcelus"}


def _units() -> dict[str, object]:
    units = {key: parse_unit(key) for key in regions.s3_regions().index}
    return {unit.label: unit for unit in units.values() if not unit.national_frame}


@functools.lru_cache(maxsize=8)
def _jobs(year: int) -> pd.DataFrame:
    """Return jobs of the S3 regions by division in a year."""
    return pd.concat([unit_divisions(unit, year).jobs for unit in _units().values()])


@functools.lru_cache(maxsize=1)
def _europe() -> pd.DataFrame:
    """Return the EU's jobs by division and year: in each division the countries with a figure in every year."""
    table = datasets.employment(level=0)
    table = table[table["region"].isin(EU28_MEMBERS) & table["sector"].isin(sectors.divisions())]
    wide = table[table["year"].isin(YEARS)].pivot(index=["region", "sector"], columns="year", values="value").dropna()
    sums = wide.groupby("sector", observed=True).sum()
    return sums.stack().rename("value").reset_index()


@functools.lru_cache(maxsize=1)
def _parts() -> pd.DataFrame:
    """Return the parts in jobs, by region and way."""
    start, end, europe = _jobs(YEARS[0]), _jobs(YEARS[-1]), _europe()
    first, last = (europe[europe["year"] == year].set_index("sector")["value"] for year in (YEARS[0], YEARS[-1]))
    found = {
        label: shift_share(start, end, reference_start=first, reference_end=last, method=method)
        for label, method in WAYS.items()
    }
    panel = pd.concat([_jobs(year).stack().rename("value").reset_index().assign(year=year) for year in YEARS])
    found[YEARLY] = dynamic_shift_share(panel, reference=europe)
    sums = {label: parts.groupby(level=0, sort=False).sum(min_count=1) for label, parts in found.items()}
    return pd.concat(sums, names=["way"]).swaplevel()


def decomposition_sentence() -> str:
    """Return which regions gained more jobs than their industries gained in the EU, and whether the way matters."""
    parts = _parts()["regional"].unstack("way")[["Dunn", "Esteban-Marquillas", YEARLY]]
    ahead = parts.index[(parts > 0).all(axis=1)]
    behind = parts.index[(parts < 0).all(axis=1)]
    mixed = parts.index.difference(ahead.union(behind), sort=False)
    text = (
        f"Between {YEARS[0]} and {YEARS[-1]} jobs did better than the same divisions in the EU (regional part above 0, "
        f"whichever way it is taken) in {', '.join(ahead) or 'no region'}, worse in {', '.join(behind) or 'no region'}."
    )
    return text + (f" It depends on the way in {', '.join(mixed)}." if len(mixed) else "")


def decomposition_table(ways: Sequence[str] = (*WAYS, YEARLY)) -> pd.DataFrame:
    """Return the parts in jobs as a table to read; what the parts leave of the change is in divisions without some."""
    table = _parts()
    # the ways of a region below one another
    table = table.loc[list(_units())].reset_index()
    table = table[table["way"].isin(ways)].reset_index(drop=True)
    change = (_jobs(YEARS[-1]).sum(axis=1) - _jobs(YEARS[0]).sum(axis=1)).reindex(table["region"]).to_numpy()
    columns = {"region": table["region"], "way": table["way"], "change, jobs": [count(value) for value in change]}
    for part in PARTS:
        columns[part] = ["" if pd.isna(value) else count(value) for value in table[part]]
    left = change - table[list(PARTS)].sum(axis=1)
    if (left.abs() >= 0.5).any():
        columns["not assigned"] = [count(value) if abs(value) >= 0.5 else "" for value in left]
    return pd.DataFrame(columns)
