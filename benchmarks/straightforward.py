"""The industry tables as an analyst would make them with pandas: clear, correct, and written for nothing else.

Each cell text is split by a regular expression, tables are melted and pivoted, published sums are collected in loops,
hidden cells are fitted by sweeping over the sums, and their limits are tightened sum by sum. No apply over rows, no
needless copies: this is the way that a careful first version is written.

What it does differently from the library: the fitting is plain (every cell moves as freely as any other; sweeping has
no weights) and a sum that contradicts others is not sought out. Estimates therefore differ; figures that are
published, the cells that are filled, totals and, but for the sums that contradict, the limits do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

# codes and lists of codes only: everything else is done here
from alpclusters_lib import regions, sectors
from alpclusters_lib.cleaning import employment, national_accounts
from alpclusters_lib.sources.catalogue import raw_file

KEY = ["region", "sector", "year"]
# After 1,000 rounds hardly a sum more is met; after 200, twice as many are still open.
ROUNDS, NEAR = 1000, 1.0


def read_tsv(path: Path) -> pd.DataFrame:
    """Read a Eurostat TSV as one would: split the key, melt, take value and flag by a regular expression."""
    wide = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    wide.columns = [column.strip() for column in wide.columns]
    names = wide.columns[0].split("\\")[0].split(",")
    wide[names] = wide.iloc[:, 0].str.split(",", expand=True)
    long = wide.drop(columns=wide.columns[0]).melt(names, var_name="year", value_name="cell")
    parts = long.pop("cell").str.extract(r"^(?P<value>:|[-\d.]+)\s*(?P<flag>[a-z]*)\s*$")
    long["year"] = long["year"].astype("int16")
    long["value"] = pd.to_numeric(parts["value"].where(parts["value"] != ":"))
    return long.assign(flag=parts["flag"])


def with_status(cells: pd.DataFrame) -> pd.DataFrame:
    """Say of each cell whether it is observed, confidential or missing."""
    hidden = np.where(cells["flag"].str.contains("c"), "confidential", "missing")
    return cells.assign(status=np.where(cells["value"].notna(), "observed", hidden))


def regional(
    tidy: pd.DataFrame,
    indicator: str,
    wanted: Sequence[str],
    recodes: Mapping[str, str],
    successors: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return one indicator by canonical region, sector and year."""
    cells = tidy[(tidy["indic_sb"] == indicator) & tidy["nace_r2"].isin(wanted)]
    cells = cells.rename(columns={"geo": "region", "nace_r2": "sector"}).replace({"region": dict(recodes)})
    cells = cells[~cells["region"].str.fullmatch("[A-Z]{2}Z")]
    # the figure of a doubled cell comes first, then the one that says why it is empty
    cells = cells.assign(silent=~cells["flag"].str.contains("c"))
    cells = cells.sort_values([*KEY, "value", "silent"], na_position="last").drop_duplicates(KEY)
    filled = cells[cells["value"].notna()]
    for old, new in successors.items():
        years = filled.loc[filled["region"].isin(new), "year"].unique()
        cells = cells[~((cells["region"] == old) & cells["year"].isin(years))]
    cells = cells.groupby("region").filter(lambda rows: rows["value"].notna().any())
    return with_status(cells)[[*KEY, "value", "status", "flag"]].reset_index(drop=True)


def national(tidy: pd.DataFrame, indicators: Mapping[str, str], wanted: Sequence[str]) -> pd.DataFrame:
    """Return the national statistics by country, sector, indicator and year."""
    cells = tidy[tidy["indic_sb"].isin(list(indicators)) & tidy["nace_r2"].isin(wanted) & (tidy["geo"].str.len() == 2)]
    cells = cells.rename(columns={"geo": "region", "nace_r2": "sector", "indic_sb": "indicator"})
    cells = cells.replace({"indicator": dict(indicators)})
    cells = with_status(cells[cells["value"].notna() | (cells["flag"] != "")])
    columns = ["region", "sector", "indicator", "year", "value", "status", "flag"]
    return cells[columns].sort_values(columns[:4], ignore_index=True)


def without_slips(jobs: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Take back national figures that the national table contradicts by a factor of five."""
    other = published.loc[published["indicator"] == "employment", [*KEY, "value"]]
    both = jobs.merge(other, on=KEY, how="left", suffixes=("", "_other"))
    ratio = both["value"] / both.pop("value_other").where(lambda value: value >= 1000)
    slip = (ratio > 5) | (ratio < 1 / 5)
    both.loc[slip, ["value", "status", "flag"]] = [np.nan, "missing", "implausible"]
    return both


def prior(region: str, division: str, year: int, by_year: Mapping[int, pd.DataFrame], units: pd.DataFrame) -> float:
    """Guess a cell: the nearest year with the country's growth, else its units times the country's jobs a unit."""
    country = region[:2]
    for other in sorted(by_year, key=lambda y: abs(y - year)):
        known = by_year[other].at[region, division]
        if other != year and not np.isnan(known):
            with np.errstate(divide="ignore", invalid="ignore"):
                growth = by_year[year].at[country, division] / by_year[other].at[country, division]
            return max(known * (min(max(growth, 0.3), 3.0) if np.isfinite(growth) else 1.0), 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = units.at[region, division] * by_year[year].at[country, division] / units.at[country, division]
    return max(guess, 0.5) if np.isfinite(guess) else 1.0


def sums_of(wide: pd.DataFrame, hidden: pd.DataFrame, children: Mapping[str, Sequence[str]]) -> list[dict]:
    """Collect the published sums that hold hidden cells of one country, with what they leave for them."""
    place = np.full(hidden.shape, -1)
    place[hidden.to_numpy()] = np.arange(hidden.to_numpy().sum())
    figures, row = wide.loc[hidden.index, hidden.columns].to_numpy(), {r: at for at, r in enumerate(hidden.index)}
    inside = {s: [j for j, d in enumerate(hidden.columns) if d == s or d[0] == s] for s in wide.columns}
    groups = [([region], region, "section", 3.0) for region in hidden.index]
    groups += [(kids, p, "country" if len(p) == 2 else "NUTS 1", 5.0) for p, kids in children.items()]
    found = []
    for held, name, kind, tolerance in groups:
        rows = [row[region] for region in held]
        for sector, total in wide.loc[name].dropna().items():
            if kind == "section" and len(sector) == 3:
                continue  # the cell itself
            block, cells = figures[np.ix_(rows, inside[sector])], place[np.ix_(rows, inside[sector])]
            unknown = (np.isnan(block) & (cells < 0)).any()
            group = f"section {sector}" if kind == "section" else name
            found.append({"cells": cells[cells >= 0], "rest": total - np.nansum(block), "open": unknown,
                          "tolerance": tolerance, "group": group})  # fmt: skip
    return trusted(found)


def trusted(sums: list[dict]) -> list[dict]:
    """Keep the sums of groups that agree with their cells where this can be checked, and that leave something."""
    kept = []
    for group in {one["group"] for one in sums}:
        own = [one for one in sums if one["group"] == group]
        checks = [abs(one["rest"]) <= one["tolerance"] for one in own if not len(one["cells"]) and not one["open"]]
        if not checks or np.mean(checks) >= 0.9:
            kept += [one for one in own if len(one["cells"]) and one["rest"] >= -one["tolerance"]]
    return [{**one, "rest": max(one["rest"], 0.0)} for one in kept]


def limits(sums: list[dict], cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Tighten what sums of cells that are not negative say of each cell until nothing moves."""
    lower, upper = np.zeros(cells), np.full(cells, np.inf)
    for _ in range(50):
        before = lower.copy(), upper.copy()
        for one in sums:
            held = one["cells"]
            for cell in held:
                others = held[held != cell]
                upper[cell] = min(upper[cell], max(one["rest"] + one["tolerance"] - lower[others].sum(), 0.0))
                if not one["open"]:
                    lower[cell] = max(lower[cell], one["rest"] - one["tolerance"] - upper[others].sum())
        if np.array_equal(before[0], lower) and np.array_equal(before[1], upper):
            break
    return lower, upper


def fitted(start: np.ndarray, sums: list[dict]) -> np.ndarray:
    """Scale the cells of each sum to its total, sum after sum, until all are met within a job."""
    values, exact = start.copy(), [one for one in sums if not one["open"]]
    for _ in range(ROUNDS):
        worst = 0.0
        for one in exact:
            total = values[one["cells"]].sum()
            worst = max(worst, abs(total - one["rest"]))
            if total > 0:
                values[one["cells"]] *= one["rest"] / total
        if worst <= NEAR:
            break
    return values


def estimates(jobs: pd.DataFrame, units: pd.DataFrame, recodes: Mapping[str, str]) -> pd.DataFrame:
    """Fill the hidden divisions of every region that publishes at least half of them, country by country."""
    by_year = {
        year: rows.pivot(index="region", columns="sector", values="value") for year, rows in jobs.groupby("year")
    }
    codes, columns = sorted(jobs["region"].unique()), sorted(jobs["sector"].unique(), key=lambda s: (len(s), s))
    by_year = {year: wide.reindex(index=codes, columns=columns) for year, wide in by_year.items()}
    divisions = [sector for sector in columns if len(sector) == 3]
    names = {r: {r, *(old for old, new in recodes.items() if new == r)} for r in codes if len(r) == 4}
    children = {
        p: [r for r, known in names.items() if any(code.startswith(p) for code in known)] for p in codes if len(p) < 4
    }
    parts = []
    for year, wide in by_year.items():
        own = units[units["year"] == year].pivot(index="region", columns="sector", values="value")
        own = own.reindex(index=codes, columns=columns)
        for country in sorted({code[:2] for code in codes}):
            base = [r for r in names if r[:2] == country and wide.loc[r].notna().any()]
            figures = wide.loc[base, divisions]
            hidden = figures.isna()
            hidden[figures.notna().mean(axis=1) < 0.5] = False
            cells = list(hidden.stack().loc[lambda s: s].index)
            if not cells:
                continue
            parents = {p: [r for r in kids if r in base] for p, kids in children.items() if p[:2] == country}
            sums = sums_of(wide, hidden, parents)
            lower, upper = limits(sums, len(cells))
            start = np.array([prior(region, division, year, by_year, own) for region, division in cells])
            values = np.clip(fitted(np.clip(start, lower, upper), sums), lower, upper)
            part = pd.DataFrame(cells, columns=["region", "sector"])
            parts.append(part.assign(year=year, value=values, lower=lower, upper=upper))
    return pd.concat(parts, ignore_index=True)


def completed(jobs: pd.DataFrame, filled: pd.DataFrame, sections: Sequence[str], total: str) -> pd.DataFrame:
    """Put the estimates into the table and add each region's total where all of its sections are published."""
    jobs, filled = (table[~table["region"].str.endswith("ZZ")] for table in (jobs, filled))
    whole = jobs[jobs["sector"].isin(sections)].groupby(["region", "year"])["value"].agg(["sum", "count"])
    whole = whole[whole["count"] == len(sections)].rename(columns={"sum": "value"})[["value"]].reset_index()
    table = jobs.merge(filled, on=KEY, how="left", suffixes=("", "_filled"))
    estimated = table["value"].isna() & table["value_filled"].notna()
    table["value"] = table["value"].fillna(table.pop("value_filled"))
    table.loc[estimated, "status"] = "estimated"
    whole = whole.assign(sector=total, status="observed", flag="")
    return pd.concat([table, whole], ignore_index=True).sort_values(KEY, ignore_index=True)


def pipeline() -> dict[str, pd.DataFrame]:
    """Make the industry tables from the published files; ``estimates`` are the filled cells before anything else."""
    wanted, recodes = [*sectors.sections(), *sectors.divisions()], regions.recodes().to_dict()
    indicators = {code: name for code, (name, _) in national_accounts.INDICATORS.items()}
    tidy = read_tsv(raw_file("sbs_r_nuts06_r2"))
    accounts = national(read_tsv(raw_file("sbs_na_sca_r2")), indicators, [*wanted, employment.BUSINESS_ECONOMY])
    jobs, units = (regional(tidy, code, wanted, recodes, regions.successors()) for code in ("V16110", "V11210"))
    jobs = without_slips(jobs, accounts)
    filled = estimates(jobs, units, recodes)
    return {
        "employment": completed(jobs, filled, employment.SECTIONS, employment.BUSINESS_ECONOMY),
        "local_units": units[~units["region"].str.endswith("ZZ")],
        "national_accounts": accounts,
        "estimates": filled,
    }
