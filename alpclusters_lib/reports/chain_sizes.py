"""Jobs per local unit by stage and region: a proxy for small scale. Local units are not firms; owners are not seen."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.chain_words import area_name, listed, quoted
from alpclusters_lib.reports.numbers import about, count, decimal

__all__ = ["size_medians", "size_sentence", "size_table", "sizes"]

PROXY = "proxy for small scale: jobs per local unit, not firms; owners are not seen"


def sizes(evidence: ChainEvidence, *, studied: bool = True) -> pd.DataFrame:
    """Return jobs per local unit, region × stage, of the regions studied or of all of the EU's."""
    table = evidence.studied if studied else evidence.stages
    if not studied:
        table = table[table["country"].isin(EU28_MEMBERS)]
    return table["jobs_per_unit"].unstack("stage").reindex(columns=list(evidence.chain.keys))


def rough(evidence: ChainEvidence) -> pd.DataFrame:
    """Return which of the regions' sizes rest on an estimate of jobs."""
    table = evidence.studied
    guessed = table["jobs"].notna() & (table["jobs_lower"] != table["jobs_upper"])
    return guessed.unstack("stage").reindex(columns=list(evidence.chain.keys))


def size_medians(evidence: ChainEvidence) -> pd.DataFrame:
    """Return by stage the medians over the regions studied and over the EU's, and how many regions each rests on."""
    own, all_of_them = sizes(evidence), sizes(evidence, studied=False)
    return pd.DataFrame({
        "median": own.median(), "n": own.count(), "estimated": (rough(evidence) & own.notna()).sum(),
        "eu_median": all_of_them.median(), "eu_n": all_of_them.count(),
    })  # fmt: skip


def size_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return jobs per local unit as text: a row a stage, with median, smallest, largest and the EU's median."""
    own, guessed, medians = sizes(evidence), rough(evidence), size_medians(evidence)
    names = evidence.studied["name"].groupby(level="region").first()

    def end(stage: str, region: str) -> str:
        return f"{about(decimal(own.loc[region, stage], 1), bool(guessed.loc[region, stage]))} ({names[region]})"

    rows = []
    for stage in evidence.chain.stages:
        known, row = own[stage.key].dropna(), medians.loc[stage.key]
        rows.append({
            "stage": stage.label,
            "median region": decimal(row["median"], 1) if len(known) else "no figures",
            "smallest": end(stage.key, known.idxmin()) if len(known) else "no figures",
            "largest": end(stage.key, known.idxmax()) if len(known) else "no figures",
            "regions": count(row["n"]) + (f", {count(row['estimated'])} estimated" if row["estimated"] else ""),
            "median EU region": decimal(row["eu_median"], 1),
        })  # fmt: skip
    return pd.DataFrame(rows)


def size_sentence(evidence: ChainEvidence) -> str:
    """Return where local units are smallest and largest along the chain, and how that compares with the EU."""
    medians, labels = size_medians(evidence).dropna(subset=["median"]), evidence.chain.labels()
    proxy = f"A {PROXY}."
    if medians.empty:
        return f"{proxy} No region studied has figures."
    least, most = medians["median"].idxmin(), medians["median"].idxmax()

    def words(stage: str) -> str:
        row = medians.loc[stage]
        return f"{quoted(labels[stage])} ({decimal(row['median'], 1)} jobs, EU {decimal(row['eu_median'], 1)})"

    # as they are printed: what reads alike is not called smaller
    below = medians["median"].round(1) < medians["eu_median"].round(1)
    smaller = [quoted(labels[stage]) for stage in medians.index[below]]
    which = "the region" if medians["n"].max() == 1 else "the median region"
    where = (
        "at no stage" if not smaller else "at every stage" if len(smaller) == len(medians) else f"at {listed(smaller)}"
    )
    return (
        f"{proxy} In {area_name(evidence)} units are smallest at {words(least)} and largest at {words(most)}; {which} "
        f"has smaller ones than the median EU region {where}."
    )
