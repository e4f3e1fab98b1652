"""Jobs of Alpine regions and reference economies from 2008 to 2014, as far as the figures are one series.

A year-on-year rise of a whole country by 5 % or more in these years is more likely a new register than growth: such
countries are set aside, like those with a flagged break. A fall of that size is not, as there was a crisis.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28_MEMBERS
from alpclusters_lib.indicators.panel import UNUSUAL_PCT, breaks, unusual_years
from alpclusters_lib.reports.breaks import first_breaks
from alpclusters_lib.reports.case import Unit
from alpclusters_lib.reports.strategy_regions import unit
from alpclusters_lib.strategy.resilience import TurningPoints, turning_points

__all__ = [
    "FIRST",
    "LAST",
    "Area",
    "Reference",
    "area_name",
    "areas",
    "countries",
    "division_names",
    "national_jobs",
    "own_codes",
    "reference",
    "reference_jobs",
    "reference_series",
    "series",
    "set_aside",
    "title_name",
]

FIRST, LAST = 2008, 2014
YEARS = range(FIRST, LAST + 1)
# share of an area's jobs that must be in sections with figures in every year
LEAST = 0.8
# small regions move more than countries: a rise of their jobs in one year from which a new register is more likely
JUMP = 0.10
EU = "EU"
PERIMETER = "alpine_space_2014"


@dataclass(frozen=True)
class Area:
    """One area.

    ``strategy`` whose area it is, or blank; ``jobs`` by year (``value, lower, upper``); ``divisions``: jobs by division
    and year; ``left_out`` the sections without figures in some year, which count in neither; ``reason`` why there is
    no measure, or blank.
    """

    code: str
    name: str
    country: str
    strategy: str
    jobs: pd.DataFrame
    divisions: pd.DataFrame
    left_out: tuple[str, ...]
    reason: str

    def jump(self, start: int, end: int) -> int | None:
        """Return the first year of a phase in which jobs rise by a tenth or more, which is hardly growth."""
        change = self.jobs["value"].astype(float).pct_change(fill_method=None).loc[start + 1 : end]
        found = change.index[change >= JUMP]
        return int(found[0]) if len(found) else None


@dataclass(frozen=True)
class Reference:
    """A reference economy: its name, ``countries``, all their jobs by year, and the turning points of these."""

    name: str
    countries: tuple[str, ...]
    totals: pd.Series
    turning: TurningPoints

    @property
    def downturn(self) -> bool:
        """Whether there is a downturn to resist."""
        return self.turning.trough is not None

    @property
    def upswing(self) -> bool:
        """Whether the trough lies before the last year."""
        return self.downturn and self.turning.trough < self.turning.end


@functools.lru_cache(maxsize=1)
def series() -> pd.DataFrame:
    """Return jobs of all regions and sectors from the first to the last year."""
    table = datasets.employment()
    table = table[table["year"].between(FIRST, LAST)]
    # plain text: labels of a category would come back in every pivot
    return table.assign(region=table["region"].astype(str), sector=table["sector"].astype(str))


@functools.lru_cache(maxsize=1)
def division_names() -> tuple[str, ...]:
    """Return the divisions that have figures."""
    known = sectors.divisions()
    return tuple(sector for sector in series()["sector"].unique() if sector in known)


@functools.lru_cache(maxsize=1)
def national_jobs() -> pd.DataFrame:
    """Return jobs of the EU's countries, index (country, division), a column a year.

    Published with the regions; where that is missing, from the national figures; else the middle of limits.
    """
    rows = series()[lambda table: table["region"].isin(EU28_MEMBERS) & table["sector"].isin(division_names())]
    wide = _wide(rows, rows["value"])
    national = datasets.national_accounts(indicator="employment")
    national = national[national["region"].isin(EU28_MEMBERS) & national["sector"].isin(division_names())]
    other = _wide(national, national["value"]).reindex(index=wide.index, columns=wide.columns)
    return wide.fillna(other).fillna(_wide(rows, (rows["lower"] + rows["upper"]) / 2))


def _wide(rows: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    table = rows.assign(
        jobs=values, region=rows["region"].astype(str), sector=rows["sector"].astype(str), year=rows["year"].astype(int)
    )
    return table.pivot(index=["region", "sector"], columns="year", values="jobs").reindex(columns=list(YEARS))


@functools.lru_cache(maxsize=1)
def _totals() -> pd.DataFrame:
    rows = series()[lambda table: table["sector"] == BUSINESS_ECONOMY]
    return _wide(rows, rows["value"]).droplevel("sector")


@functools.lru_cache(maxsize=1)
def set_aside() -> dict[str, str]:
    """Return the EU's countries whose totals are no single series from 2008 to 2014, each with the reason."""
    totals = _totals()
    flagged = breaks(series(), list(division_names()))
    flagged = flagged[flagged["year"] > FIRST].groupby("region")["year"].min()
    jumps = unusual_years(series())
    jumps = jumps[(jumps["change_pct"] >= UNUSUAL_PCT) & (jumps["year"] > FIRST)].drop_duplicates("country")
    jumps = jumps.set_index("country")
    found = {}
    for code in EU28_MEMBERS:
        gaps = [str(year) for year in YEARS if code not in totals.index or pd.isna(totals.loc[code, year])]
        if gaps:
            years = gaps[0] if len(gaps) == 1 else f"{gaps[0]} to {gaps[-1]}" if len(gaps) > 2 else " and ".join(gaps)
            found[code] = f"no total of {years}"
        elif code in flagged.index:
            found[code] = f"a break flagged in {flagged[code]}"
        elif code in jumps.index:
            found[code] = f"a rise of all jobs by {jumps.loc[code, 'change_pct']:.1f} % in {jumps.loc[code, 'year']}"
    return found


def countries() -> tuple[str, ...]:
    """Return the countries that make up the EU reference."""
    return tuple(code for code in EU28_MEMBERS if code not in set_aside())


@functools.lru_cache(maxsize=32)
def reference(code: str = EU) -> Reference:
    """Return a reference economy: ``"EU"``, the countries with one series, or one of them.

    Raises
    ------
    ValueError
        If the country's figures are no single series; the sentence says why.
    """
    members = countries() if code == EU else (code,)
    if not set(members) <= set(countries()):
        why = set_aside().get(code, "no country of the EU")
        raise ValueError(f"{code} is no reference for {FIRST} to {LAST}: {why}; there are EU, {', '.join(countries())}")
    totals = _totals().loc[list(members)].sum()
    name = f"{len(members)} EU countries" if code == EU else regions.name(code)
    return Reference(name, members, totals, turning_points(totals))


@functools.lru_cache(maxsize=64)
def reference_jobs(code: str, start: int, end: int) -> tuple[pd.Series, pd.Series]:
    """Return jobs of a reference by division in two years, each over its countries with a figure in both."""
    table = national_jobs()
    rows = table[table.index.get_level_values("region").isin(reference(code).countries)][[start, end]].dropna()
    sums = rows.groupby(level="sector").sum().reindex(list(division_names()))
    return sums[start], sums[end]


def reference_series() -> pd.DataFrame:
    """Return jobs of the EU reference, year × division, over its countries with a figure in every year."""
    table = national_jobs()
    rows = table[table.index.get_level_values("region").isin(countries())].dropna()
    return rows.groupby(level="sector").sum().reindex(list(division_names())).T


@functools.lru_cache(maxsize=16)
def _unit(key: str) -> Unit:
    return unit(key)


def area_name(key: str) -> str:
    """Return what a strategy's area is called in a sentence.

    Examples
    --------
    >>> area_name("trento"), area_name("fribourg")
    ('Trento', 'the canton of Fribourg')
    """
    area = _unit(key)
    return "the canton of Fribourg" if area.national_frame else area.label


def title_name(key: str) -> str:
    """Return the same as it begins a sentence."""
    name = area_name(key)
    return f"{name[0].upper()}{name[1:]}"


@functools.lru_cache(maxsize=1)
def own_codes() -> dict[str, str]:
    """Return the code of the area whose totals stand for each strategy: a region, a Land or a country."""
    return {key: _unit(key).codes[0] for key in regions.s3_regions().index if not _unit(key).national_frame}


@functools.lru_cache(maxsize=1)
def areas() -> dict[str, Area]:
    """Return the regions of the Alpine Space and the areas of the strategies, by code.

    Slovenia stands as a country: its two regions have other boundaries before 2013 and are never joined to them.
    """
    wanted = ["SI" if code.startswith("SI") else code for code in regions.perimeter(PERIMETER)]
    owned = own_codes()
    strategies = {code: key for key, code in owned.items()}
    broken = first_breaks(series(), list(division_names()), FIRST, LAST)
    codes = list(dict.fromkeys([*wanted, *owned.values()]))
    rows = dict(list(series()[lambda table: table["region"].isin(codes)].groupby("region")))
    none = series().iloc[:0]
    return {code: _area(code, strategies.get(code, ""), rows.get(code, none), broken) for code in codes}


@functools.lru_cache(maxsize=1)
def _region_names() -> pd.Series:
    return datasets.regions()["name_en"]


def _area(code: str, strategy: str, table: pd.DataFrame, broken: dict[str, int]) -> Area:
    home = code[:2]
    name = _region_names()[code]
    empty = pd.DataFrame(index=list(YEARS), columns=["value", "lower", "upper"], dtype=float)
    if home not in EU28_MEMBERS or home in set_aside():
        why = (
            f"{regions.name(home)} has {set_aside()[home]}"
            if home in set_aside()
            else "no figures by industry and region"
        )
        return Area(code, name, home, strategy, empty, empty.iloc[:0], (), why)
    jobs, left_out = _matched(table)
    cells = table[table["sector"].isin(division_names())]
    by_division = _wide(cells, cells["value"].fillna((cells["lower"] + cells["upper"]) / 2)).droplevel("region")
    by_division = by_division[~by_division.index.str[0].isin(left_out)]
    return Area(code, name, home, strategy, jobs, by_division, left_out, _reason(code, jobs, left_out, broken))


def _matched(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return jobs by year with limits: the published total, or the sum of the sections with a figure in every year."""
    ends = ["value", "lower", "upper"]
    whole = table[table["sector"] == BUSINESS_ECONOMY].set_index("year")[ends].reindex(list(YEARS))
    if whole["value"].notna().all():
        return whole, ()
    parts = table[table["sector"].isin([*sectors.sections(), "S95"])]
    known = _wide(parts, parts["value"]).droplevel("region").notna().all(axis=1)
    kept = parts[parts["sector"].isin(known.index[known])]
    left_out = tuple(sorted(set(known.index[~known])))
    return kept.groupby("year")[ends].sum(min_count=1).reindex(list(YEARS)), left_out


def _reason(code: str, jobs: pd.DataFrame, left_out: tuple[str, ...], broken: dict[str, int]) -> str:
    total = _totals().loc[code]
    if jobs["value"].isna().any():
        return f"no figures of {int(jobs.index[jobs['value'].isna()][0])}"
    if code in broken:
        return f"a break flagged in {broken[code]}"
    if jobs.loc[LAST, "value"] < LEAST * total[LAST]:
        return f"sections with figures in every year hold less than {100 * LEAST:.0f} % of the jobs"
    return ""
