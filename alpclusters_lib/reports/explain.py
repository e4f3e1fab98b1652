"""From any number back to the official figure: formula, inputs with status, published file and checksum."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.indicators.aggregation import cluster_employment, pooled
from alpclusters_lib.reports.case import Unit, parse_unit
from alpclusters_lib.reports.numbers import count, span

__all__ = ["INDICATORS", "explain"]


@dataclass(frozen=True)
class Formula:
    """How an indicator is written, computed from its four counts, and where it comes from."""

    name: str
    letters: str
    numbers: str
    reference: str

    def value(self, e: float, total: float, e_ref: float, total_ref: float) -> float:
        quotient = (e / total) / (e_ref / total_ref)
        return {
            "location_quotient": quotient,
            "symmetric_location_quotient": (quotient - 1) / (quotient + 1),
            "specialised_jobs": e - total * e_ref / total_ref,
            "employment_share": e / total,
            "employment": e,
        }[self.name]


INDICATORS = {
    formula.name: formula
    for formula in (
        Formula("employment", "e_ir", "{e}", "Eurostat, persons employed (V16110)"),
        Formula("employment_share", "e_ir / E_r", "{e} / {E}", "share of the region's business economy"),
        Formula(
            "location_quotient",
            "LQ_ir = (e_ir / E_r) / (e*_i / E*)",
            "({e} / {E}) / ({e_ref} / {E_ref})",
            "Florence (1939), Report on the Location of Industry; Hoover (1936), Rev. Econ. Stat. 18:162",
        ),
        Formula(
            "symmetric_location_quotient",
            "(LQ_ir - 1) / (LQ_ir + 1), LQ_ir = (e_ir / E_r) / (e*_i / E*)",
            "with LQ = ({e} / {E}) / ({e_ref} / {E_ref})",
            "Laursen (2015), Eurasian Business Review 5:99",
        ),
        Formula(
            "specialised_jobs",
            "e_ir - E_r e*_i / E*",
            "{e} - {E} × {e_ref} / {E_ref}",
            "Fingleton, Igliori & Moore (2004), Urban Studies 41:773",
        ),
    )
}


def _divisions(sector: str) -> tuple[str, tuple[str, ...]]:
    if sector in sectors.divisions():
        return sectors.label(sector), (sector,)
    family = sectors.family(sector)
    return family.label_en, family.divisions


def _cells(codes: tuple[str, ...], wanted: tuple[str, ...], year: int) -> pd.DataFrame:
    table = datasets.employment(year=year, regions=codes, sectors=wanted)
    found = table.set_index(["region", "sector"])
    grid = pd.MultiIndex.from_product([codes, wanted], names=["region", "sector"])
    rows = found.reindex(grid)
    return rows.assign(status=rows["status"].fillna("missing"), flag=rows["flag"].fillna("")).reset_index()


def _cell_line(row: pd.Series, year: int) -> str:
    old = {new: code for code, new in regions.recodes().items()}
    value = count(row["value"]) if pd.notna(row["value"]) else "–"
    limits = "" if row["status"] == "observed" or pd.isna(row["upper"]) else f"; {_limits(row)}"
    if row["region"] == EU28:
        where = "sum of the 28 member states' published totals"
    elif row["region"] == "CH":
        where = f"sbs_na_sca_r2: {row['sector']},V16110,CH"
    elif row["sector"] == BUSINESS_ECONOMY:
        where = f"sum of sections B–N without K and S95 of {row['region']}"
        where += ", hidden ones estimated" if row["status"] == "estimated" else ""
    else:
        where = f"sbs_r_nuts06_r2: {row['sector']},V16110,{old.get(row['region'], row['region'])}"
    flag = f" ({row['flag']})" if row["flag"] else ""
    return f"  {row['region']:<5} {row['sector']:<12} {year} {value:>14}  {row['status'] + flag:<24} {where}{limits}"


def _limits(row: pd.Series) -> str:
    between = f"between {count(row['lower'])} and {count(row['upper'])}"
    if row["status"] == "confidential":
        return f"{between}, counted with the middle: published sums would give the hidden figure away"
    return f"estimated, {between} (alpclusters_lib.cleaning.suppression)"


def _four_counts(unit: Unit, divisions: tuple[str, ...], year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the four counts of a formula with their limits, and the cells they are summed from."""
    own, reference = _cells(unit.codes, divisions, year), _cells((EU28,), divisions, year)
    total, reference_total = (_cells(codes, (BUSINESS_ECONOMY,), year) for codes in (unit.codes, (EU28,)))
    sums = {
        name: rows[["value", "lower", "upper"]].sum(min_count=len(rows))
        for name, rows in (("E", total), ("e_ref", reference), ("E_ref", reference_total))
    }
    table = cluster_employment(datasets.employment(year=year, regions=unit.codes), divisions)
    jobs = pooled(table, unit.codes, unit.label)[["jobs", "lower", "upper"]].iloc[0]
    sums["e"] = jobs.rename({"jobs": "value"})
    return pd.DataFrame(sums), pd.concat([own, total, reference, reference_total], ignore_index=True)


def _values(formula: Formula, sums: pd.DataFrame) -> tuple[float, float, float]:
    """Return the indicator, and what it is with estimated inputs at their limits: all rise with e and fall with E."""
    reference = sums.loc["value", ["e_ref", "E_ref"]]
    ends = (("value", "value"), ("lower", "upper"), ("upper", "lower"))
    value, low, high = (formula.value(sums.at[a, "e"], sums.at[b, "E"], *reference) for a, b in ends)
    return value, low, high


def explain(indicator: str, region: str, sector: str, *, year: int = 2014) -> str:
    """Explain a number: its formula, its inputs with status, the published file with SHA-256, and the reference.

    Parameters
    ----------
    indicator
        One of :data:`INDICATORS`.
    region
        A region's key or NUTS code, joined by ``+`` where several.
    sector
        A NACE division or the key of a cluster family.
    year
        Reference year.

    Raises
    ------
    ValueError
        If indicator, region, sector or year is unknown; the sentence says what is available.

    Examples
    --------
    >>> print(explain("location_quotient", "ITC4", "C28").splitlines()[0])
    location_quotient of Manufacture of machinery and equipment n.e.c. in Lombardy, 2014: 1.98
    """
    if indicator not in INDICATORS:
        near = difflib.get_close_matches(indicator, INDICATORS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"available: {', '.join(INDICATORS)}"
        raise ValueError(f"unknown indicator {indicator!r}; {hint}")
    formula, unit = INDICATORS[indicator], parse_unit(region)
    label, divisions = _divisions(sector)
    sums, rows = _four_counts(unit, divisions, year)
    status = worst_status(rows.loc[rows["region"] != EU28, "status"])
    value, low, high = _values(formula, sums)
    decimals = 0 if indicator in ("employment", "specialised_jobs") else 4 if "share" in indicator else 2
    shown = f"{value:,.{decimals}f}" if pd.notna(value) else "not published"
    open_ends = pd.notna(low) and low != high
    sources = datasets.provenance("employment")["sources"]
    return "\n".join(
        [
            f"{indicator} of {label} in {unit.label}, {year}: {shown}",
            f"status: {status} (the worst of its inputs)",
            *([f"limits: {span(low, high, decimals)}, with its hidden inputs at theirs"] if open_ends else []),
            "",
            "formula",
            f"  {formula.letters}",
            "  " + formula.numbers.format(**{name: count(number) for name, number in sums.loc["value"].items()}),
            "",
            "inputs (persons employed)",
            *(_cell_line(row, year) for _, row in rows.iterrows()),
            "",
            "published files",
            *(f"  {s['dataset']}: {s['file']}\n    {s['reference']}\n    sha256 {s['sha256']}" for s in sources),
            "  cleaned into data/processed/employment.parquet by `alpclusters data build`",
            "",
            "reference",
            f"  {formula.reference}",
        ]
    )
