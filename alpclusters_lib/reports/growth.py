"""Growth of a cluster over a window without a break, split by shift-share against unbroken countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28_MEMBERS
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators.aggregation import cluster_employment, pooled
from alpclusters_lib.indicators.growth import shift_share
from alpclusters_lib.indicators.panel import unusual_years
from alpclusters_lib.reports.breaks import first_breaks, refuse_break
from alpclusters_lib.reports.case import Unit

__all__ = ["Growth", "growth_of"]


@dataclass(frozen=True)
class Growth:
    """Growth between two years.

    ``units``: by label ``jobs_start, jobs_end, growth_pct, national, industry, regional`` (jobs), and
    ``growth_lower_pct, growth_upper_pct, growth_status``: growth at the limits of estimated figures; ``regions``: by
    NUTS 2 code ``growth_pct, growth_status``; ``reference_pct``: growth of the same divisions,
    ``reference_total_pct``: of all jobs, in the reference countries; ``countries``: those countries; ``left_out``: the
    others with the reason; ``unusual``: years in which all jobs of the first unit's countries moved by 5 % or more, by
    country.
    """

    start: int
    end: int
    units: pd.DataFrame
    regions: pd.DataFrame
    reference_pct: float
    reference_total_pct: float
    countries: tuple[str, ...]
    left_out: dict[str, str]
    unusual: dict[str, str]


def _unusual(table: pd.DataFrame, countries: Sequence[str], start: int, end: int) -> dict[str, str]:
    rows = unusual_years(table[table["region"].isin(list(countries))])
    found: dict[str, list[str]] = {}
    for country, year, change in rows[rows["year"].between(start + 1, end)].itertuples(index=False):
        found.setdefault(country, []).append(f"{change:+.1f} % in {year}")
    return {country: ", ".join(words) for country, words in found.items()}


def _reference_countries(
    table: pd.DataFrame, sectors: Sequence[str], years: Sequence[int], broken: dict[str, int]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the countries whose growth is the reference, and the others with the reason."""
    national = table[table["region"].isin(EU28_MEMBERS) & table["year"].isin(list(years))]
    cells = national[national["sector"].isin(list(sectors))]
    published = cells["value"].notna() & ((cells["status"] == "observed") | (cells["sector"] == BUSINESS_ECONOMY))
    observed = cells[published].groupby("region").size()
    full = len(sectors) * len(years)
    left_out = {c: f"break in {broken[c]}" for c in EU28_MEMBERS if c in broken}
    left_out |= {c: "a figure is hidden" for c in EU28_MEMBERS if observed.get(c, 0) < full and c not in left_out}
    return tuple(c for c in EU28_MEMBERS if c not in left_out), left_out


def _reference(table: pd.DataFrame, countries: Sequence[str], divisions: Sequence[str], year: int) -> pd.Series:
    rows = table[table["region"].isin(list(countries)) & (table["year"] == year)]
    sums = rows.groupby("sector")["value"].sum()
    inside = sums[list(divisions)]
    return pd.concat([inside, pd.Series({"rest": sums[BUSINESS_ECONOMY] - inside.sum()})])


def _parts(table: pd.DataFrame, unit: Unit, divisions: Sequence[str], years: Sequence[int]) -> list[pd.Series]:
    wide = table[table["region"].isin(unit.codes)].pivot(index=["region", "year"], columns="sector", values="value")
    wide = wide[list(divisions)]
    return [wide.xs(year, level="year").sum(min_count=len(unit.codes)) for year in years]


def _unit_growth(table, unit: Unit, divisions: Sequence[str], years: Sequence[int], references) -> dict[str, float]:
    """Split a unit's growth; division by division where all are published, as one sum where not."""
    start, end = (part.rename(unit.label).to_frame().T for part in _parts(table, unit, divisions, years))
    then, now = references
    if start.isna().any(axis=None) or end.isna().any(axis=None):
        family = pooled(cluster_employment(table, divisions), unit.codes, unit.label)["jobs"]
        start, end = (pd.DataFrame({"cluster": [family.get((unit.label, y))]}, index=[unit.label]) for y in years)
        then, now = (pd.Series({"cluster": r[list(divisions)].sum(), "rest": r["rest"]}) for r in references)
    shifts = shift_share(start.astype(float), end.astype(float), reference_start=then, reference_end=now)
    sums = shifts[["national", "industry", "regional"]].sum(min_count=len(shifts))
    first, last = (frame.sum(axis=1, skipna=False).item() for frame in (start, end))
    growth = {"jobs_start": first, "jobs_end": last, "growth_pct": _change_pct(first, last) if first else np.nan}
    return growth | _extremes(table, unit, divisions, years) | sums.to_dict()


def _extremes(table, unit: Unit, divisions: Sequence[str], years: Sequence[int]) -> dict[str, float | str]:
    """Return growth from the upper limit of the start to the lower one of the end, and the other way round."""
    family = pooled(cluster_employment(table, divisions), unit.codes, unit.label).loc[unit.label]
    (then, now), status = (family.loc[year] for year in years), worst_status(family.loc[list(years), "status"])
    # a sum that nothing limits from above has the limit infinity
    ends = [np.inf if pd.isna(row["upper"]) and pd.notna(row["lower"]) else row["upper"] for row in (then, now)]
    return {
        "growth_lower_pct": _change_pct(ends[0], now["lower"]),
        "growth_upper_pct": _change_pct(then["lower"], ends[1]),
        "growth_status": status,
    }


def _change_pct(then: float, now: float) -> float:
    """Return a change in per cent; from none to some it has no limit, from none to none there is none to tell."""
    if then == 0:
        return np.inf if now > 0 else np.nan
    return (now / then - 1) * 100


def _of_regions(table: pd.DataFrame, divisions: Sequence[str], years: Sequence[int], broken) -> pd.DataFrame:
    """Return growth and its status for every NUTS 2 region; none where the figures break inside the window."""
    jobs = cluster_employment(table[(table["region"].str.len() == 4) & table["year"].isin(list(years))], divisions)
    then, now = (jobs["jobs"].xs(year, level="year") for year in years)
    status = jobs["status"].unstack("year", fill_value="missing").agg(worst_status, axis=1)
    growth = pd.DataFrame({"growth_pct": (now / then - 1) * 100, "growth_status": status})
    whole = growth[~growth.index.isin(list(broken))].reindex(datasets.regions(level=2).index)
    return whole.fillna({"growth_status": "missing"})


def growth_of(units: Sequence[Unit], divisions: Sequence[str], start: int, end: int) -> Growth:
    """Measure growth of some divisions in units and regions between two years.

    The reference is the sum of the EU countries that publish all the divisions and their total in both years and
    flag no break in between.

    Raises
    ------
    ValueError
        If the figures of the first unit have a break inside the window; the sentence names the year.
    """
    table = datasets.employment()
    divisions, years = list(divisions), [start, end]
    refuse_break(units[0].codes, divisions, start, end)
    broken = first_breaks(table, divisions, start, end)
    wanted = [*divisions, BUSINESS_ECONOMY]
    countries, left_out = _reference_countries(table, wanted, years, broken)
    references = [_reference(table, countries, divisions, year) for year in years]
    whole = [unit for unit in units if not broken.keys() & set(unit.codes)]
    rows = {unit.label: _unit_growth(table, unit, divisions, years, references) for unit in whole}
    then, now = references
    return Growth(
        start=start,
        end=end,
        # a compared area with a break in the window stays without growth
        units=pd.DataFrame.from_dict(rows, orient="index").reindex([unit.label for unit in units]),
        regions=_of_regions(table, divisions, years, broken),
        reference_pct=float(now[divisions].sum() / then[divisions].sum() - 1) * 100,
        reference_total_pct=float(now.sum() / then.sum() - 1) * 100,
        countries=countries,
        left_out=left_out,
        unusual=_unusual(table, sorted({code[:2] for code in units[0].codes}), start, end),
    )
