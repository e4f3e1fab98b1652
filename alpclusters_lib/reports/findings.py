"""Strengths, weaknesses and key numbers of a case: tables whose every line is tied to a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from alpclusters_lib.reports.conclusions import pace
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.limits import limits
from alpclusters_lib.reports.marked import (
    growth,
    growth_is_estimated,
    growth_limits,
    hides_a_division,
    is_estimated,
    jobs_per_unit,
    quotient,
)
from alpclusters_lib.reports.numbers import about, between, count, decimal, estimate, ordinal, percent, span

__all__ = [
    "Line",
    "balance",
    "key_numbers",
    "limits",
    "neighbour_table",
    "strengths",
    "unit_table",
    "weaknesses",
]

# A division that holds more than this share of a cluster's jobs makes it depend on one industry.
DOMINANT = 0.6
# Smaller clusters are called small: the European Cluster Observatory's cut for its stars.
MINIMUM_JOBS = 1000
PEERS = "regions of the perimeter: quartiles"


class Line(NamedTuple):
    """One strength or weakness: what it says, and the number that makes it say so."""

    text: str
    number: str


def _peer_words(evidence: Evidence, column: str, write: Callable[[float], str]) -> str:
    row = evidence.peers.loc[column]
    quartiles = f"{write(row['lower_quartile'])} | {write(row['median'])} | {write(row['upper_quartile'])}"
    return quartiles + _how_many_estimated(evidence, column)


def _how_many_estimated(evidence: Evidence, column: str) -> str:
    """Return how many of the perimeter's regions rest on an estimate in a column, in brackets."""
    alpine = evidence.regions[evidence.regions["alpine"]].dropna(subset=[column])
    if column == "growth_pct":
        guessed = alpine["growth_status"] != "observed"
    elif column in ("jobs", "jobs_per_unit"):
        guessed = alpine["jobs_lower"] != alpine["jobs_upper"]
    else:
        guessed = alpine["status"] != "observed"
    return f" ({count(guessed.sum())} of {count(len(alpine))} estimated)" if guessed.any() else ""


def _origin(main: pd.Series) -> str:
    """Return where a number of jobs is from."""
    if not hides_a_division(main):
        return "published"
    limits = between(main["jobs_lower"], main["jobs_upper"])
    return f"estimated; {limits}" if pd.notna(main["jobs"]) else "limits; no estimate"


def _quotient_range(main: pd.Series) -> str:
    """Return the interval of the quotient and, where it rests on estimates, what it is at their limits."""
    text = span(main["lower"], main["upper"])
    if pd.isna(main["lq"]) or main["lq_lower"] == main["lq_upper"]:
        return text
    return f"{text}; {span(main['lq_lower'], main['lq_upper'])} at the limits of estimates"


def key_numbers(evidence: Evidence) -> pd.DataFrame:
    """Return the six key numbers, each with its range and the quartiles of the perimeter's regions.

    Returns
    -------
    DataFrame
        As text: the number, its value, its range or reference, and lower quartile | median | upper quartile of the
        perimeter's regions.
    """
    main, table, grown = evidence.main, evidence.regions, evidence.growth
    alpine = table[table["alpine"]]
    jobs_rank = table["jobs"].rank(ascending=False)[alpine.index].quantile([0.25, 0.5, 0.75])
    lq_rank = alpine["rank"].quantile([0.25, 0.5, 0.75])
    among = f"of {count(main['n'])}"

    def ranks(values: pd.Series, column: str) -> str:
        if evidence.case.unit.national_frame:
            return "no country"
        if values.isna().any():
            return "no figure"
        return " | ".join(ordinal(value) for value in values) + _how_many_estimated(evidence, column)

    settled, guessed = main["rank_jobs"] == main["rank_jobs_upper"], is_estimated(main)
    rows = [
        ("Persons employed", estimate(main["jobs"], main["jobs_lower"], main["jobs_upper"]), _origin(main),
         _peer_words(evidence, "jobs", count)),
        ("Location quotient (EU = 1)", quotient(main), _quotient_range(main), _peer_words(evidence, "lq", decimal)),
        (f"Rank by jobs, {among}",
         " to ".join(dict.fromkeys(ordinal(main[end]) for end in ("rank_jobs", "rank_jobs_upper"))),
         "settled" if settled else "left open by hidden figures", ranks(jobs_rank, "jobs")),
        (f"Rank by location quotient, {among}",
         about(ordinal(main["rank_lq"]), guessed) if pd.notna(main["rank_lq"]) else "no figure",
         span(main["rank_lq_lower"], main["rank_lq_upper"], 0), ranks(lq_rank, "lq")),
        ("Jobs per local unit", jobs_per_unit(main),
         "" if pd.isna(main["jobs_per_unit"]) else "estimated" if hides_a_division(main) else "published",
         _peer_words(evidence, "jobs_per_unit", lambda v: decimal(v, 1))),
    ]  # fmt: skip
    if grown is not None:
        rows.append((
            f"Growth {grown.start}–{grown.end}", growth(main),
            (f"limits {growth_limits(main)}; " if growth_is_estimated(main) else "") +
            f"same divisions in {len(grown.countries)} countries: {percent(grown.reference_pct, signed=True)}",
            _peer_words(evidence, "growth_pct", lambda v: percent(v, signed=True)),
        ))  # fmt: skip
    else:
        rows.append(("Growth", "not shown", "no window without a break", ""))
    return pd.DataFrame(rows, columns=["key number", "value", "range or reference", PEERS])


def strengths(evidence: Evidence) -> list[Line]:
    """Return what speaks for the cluster, each line with the number it rests on."""
    main, parts, grown = evidence.main, evidence.parts, evidence.growth
    lines = []
    if main["lower"] > 1:
        lines.append(
            Line(
                "More jobs than in an average EU economy of its size, beyond the instability of the figure",
                f"LQ {quotient(main)}, lower limit {decimal(main['lower'])}"
                if pd.notna(main["lq"])
                else f"LQ at least {decimal(main['lower'])}",
            )
        )
    if main["rank_jobs_upper"] <= 0.1 * main["n"]:
        lines.append(
            Line(
                "Critical mass: among the largest tenth of regions in Europe by jobs",
                f"{ordinal(main['rank_jobs_upper'])} of {count(main['n'])}",
            )
        )
    if grown is not None and pace(evidence) == "gains":
        lines.append(
            Line(
                "Jobs developed better than in the same divisions elsewhere",
                f"{growth(main)} against {percent(grown.reference_pct, signed=True)}",
            )
        )
    broad = parts[parts["lower"] > 1]
    if len(parts) > 1 and len(broad) == len(parts):
        lines.append(
            Line(
                "Breadth: every division of the cluster is specialised",
                ", ".join(f"{code} {quotient(row)}" for code, row in broad.iterrows()),
            )
        )
    abroad = evidence.neighbours[
        evidence.neighbours["borders"] & ~evidence.neighbours["country"].isin({c[:2] for c in evidence.case.unit.codes})
    ]
    if len(abroad):
        lines.append(
            Line(
                "A specialised neighbour across the national border to cooperate with",
                ", ".join(f"{r['name']} LQ {quotient(r)}" for _, r in abroad.iterrows()),
            )
        )
    return lines  # fmt: skip


def weaknesses(evidence: Evidence) -> list[Line]:
    """Return what speaks against the cluster, each line with the number it rests on."""
    main, parts, grown = evidence.main, evidence.parts, evidence.growth
    lines = []
    if main["upper"] < 1:
        lines.append(
            Line(
                "Fewer jobs than in an average EU economy of its size, beyond the instability of the figure",
                f"LQ {quotient(main)}, upper limit {decimal(main['upper'])}"
                if pd.notna(main["lq"])
                else f"LQ at most {decimal(main['upper'])}",
            )
        )
    elif main["lower"] <= 1:
        lines.append(
            Line(
                "A specialisation cannot be told from none",
                f"interval {span(main['lower'], main['upper'])}"
                if pd.notna(main["lq"])
                else f"limits {span(main['lower'], main['upper'])}",
            )
        )
    if main["rank_lq_lower"] > 0.1 * main["n"] and main["lower"] > 1:
        lines.append(
            Line(
                "Not among Europe's most specialised tenth of regions",
                f"rank {span(main['rank_lq_lower'], main['rank_lq_upper'], 0)} of {count(main['n'])}",
            )
        )
    if grown is not None and pace(evidence) == "loses":
        lines.append(
            Line(
                "Jobs developed less well than in the same divisions elsewhere",
                f"{growth(main)} against {percent(grown.reference_pct, signed=True)}",
            )
        )
    if main["jobs_upper"] < MINIMUM_JOBS:
        lines.append(
            Line(
                "Small: below the size at which European rankings count a cluster",
                f"{'at most ' if hides_a_division(main) else ''}{count(main['jobs_upper'])} jobs",
            )
        )
    if len(parts) > 1 and parts["share_of_cluster"].max() > DOMINANT:
        top = parts["share_of_cluster"].idxmax()
        lines.append(
            Line(
                f"Dependence on one division, {parts.loc[top, 'label']} ({top})",
                f"{about(percent(parts.loc[top, 'share_of_cluster'] * 100, 0), hides_a_division(main))} of jobs",
            )
        )
    thin = parts[parts["upper"] < 1]
    if main["lower"] > 1 and len(thin):
        lines.append(
            Line(
                "Thin in a part of the cluster",
                ", ".join(f"{row['label']} ({code}) LQ {quotient(row)}" for code, row in thin.iterrows()),
            )
        )
    return lines  # fmt: skip


def balance(evidence: Evidence) -> pd.DataFrame:
    """Return strengths and weaknesses as one table, each line with its number; it says so where a side is empty."""
    none = [Line("None that these figures show", "")]
    rows = [("strength", *line) for line in strengths(evidence) or none]
    rows += [("weakness", *line) for line in weaknesses(evidence) or none]
    return pd.DataFrame(rows, columns=["side", "what", "the number behind it"])


def unit_table(evidence: Evidence) -> pd.DataFrame:
    """Return the area studied and the compared ones side by side, as text; empty where nothing is compared."""
    if len(evidence.units) == 1:
        return pd.DataFrame()
    rows = []
    for unit, row in evidence.units.iterrows():
        rows.append({
            "area": unit,
            "persons employed": estimate(row["jobs"], row["jobs_lower"], row["jobs_upper"]),
            "location quotient": quotient(row),
            "interval": _quotient_range(row),
            "growth": growth(row) if "growth_pct" in row else "not shown",
            "status": row["status"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def neighbour_table(evidence: Evidence) -> pd.DataFrame:
    """Return the nearest specialised regions as text: who, how strong, how far."""
    near = evidence.neighbours
    return pd.DataFrame({
        "region": near["name"],
        "country": near["country"],
        "persons employed": [
            estimate(*jobs) for jobs in near[["jobs", "jobs_lower", "jobs_upper"]].itertuples(index=False)
        ],
        "location quotient": [quotient(row) for _, row in near.iterrows()],
        "interval": [span(a, b) for a, b in zip(near["lower"], near["upper"], strict=True)],
        "distance": near["distance_km"].map(lambda km: f"{count(km)} km"),
        "border": near["borders"].map({True: "shared", False: ""}),
        "status": near["status"],
    }).reset_index(drop=True)  # fmt: skip
