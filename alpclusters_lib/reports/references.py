"""What a report refers to: cluster organisations, division labels, official files, the way to make it again."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import datasets, sectors
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.numbers import count

__all__ = [
    "chain_sentence",
    "division_labels",
    "labels",
    "organisation_sentence",
    "organisations",
    "reproduce_sentence",
    "sources",
]


def organisations(evidence: Evidence) -> pd.DataFrame:
    """Return the cluster organisations known in the region, from the curated facts; an empty table where none is.

    A column that is blank throughout is left out; ``source`` is the site, the whole address stands in the facts.
    """
    table = datasets.facts("cluster_organisations")
    table["source"] = table["source"].str.extract(r"^https?://(?:www\.)?([^/]+)", expand=False)
    known = datasets.regions()["s3_region"]
    parts = evidence.case.region.split("+")
    keys = {known.get(part, part) for part in parts} - {""}
    inside = table["regions_served"].map(lambda served: bool(keys & set(served.split()))).astype(bool)
    named = ~table["name"].str.startswith("(")
    found = table.loc[inside & named, ["name", "city", "label", "members", "source"]]
    filled = [column for column in found if (found[column].fillna("") != "").any()]
    return found[filled].reset_index(drop=True)


def division_labels(evidence: Evidence) -> str:
    """Return the divisions of the cluster with their official labels."""
    labels = "; ".join(f"{code} {sectors.label(code)}" for code in evidence.case.cluster.divisions)
    return f"Divisions: {labels.removesuffix('.')}."


def organisation_sentence(evidence: Evidence) -> str:
    """Return how many cluster organisations the curated facts know in the region, or that none was found."""
    known = len(organisations(evidence))
    if not known:
        return "The curated facts name no cluster organisation here; that says what was found, not what exists."
    return (
        f"The curated facts name {count(known)} cluster organisation{'s' if known > 1 else ''} of the region, of all "
        "fields; a blank was looked for and not found."
    )


def sources(*tables: str) -> pd.DataFrame:
    """Return the official files behind processed tables, those of a case study where none is named."""
    seen = {}
    for name in tables or ("employment", "local_units", "boundaries", "cluster_families"):
        for source in datasets.provenance(name)["sources"]:
            seen.setdefault(source["dataset"], {
                "data set": source["dataset"],
                "publisher": source["publisher"],
                "reference": source["reference"],
                "licence": source["licence"],
                "SHA-256": f"{source['sha256'][:16]}…",
            })  # fmt: skip
    return pd.DataFrame(list(seen.values()))


def reproduce_sentence(evidence: Evidence) -> str:
    """Return the command that leads from the report's main number back to the official figures."""
    case = evidence.case
    region = "CH" if case.unit.national_frame else case.region
    sector = case.family or case.divisions[0]
    return (
        f"`alpclusters explain location_quotient {region} {sector}` prints formula, inputs with their status, file and "
        f"checksum; `alpclusters run {case.name}` makes this page again."
    )


def chain_sentence(evidence: ChainEvidence) -> str:
    """Return the commands that lead from a chain's numbers back to the official figures."""
    region, division = evidence.regions[0], evidence.chain.divisions[0]
    return (
        f"`alpclusters explain location_quotient {region} {division}` prints formula, inputs with their status, file "
        f"and checksum; `alpclusters run chain-{evidence.chain.name}` makes this page again. The numbers behind each "
        "figure stand beside it as CSV."
    )


def labels(evidence: Evidence) -> dict[str, str]:
    """Return what the index groups and filters reports by."""
    case = evidence.case
    return {
        "region": case.region_name,
        "country": ", ".join(sorted({code[:2] for code in case.unit.codes})),
        "family": case.cluster.label_en,
        "family_it": case.cluster.label_it,
        "year": str(case.year),
    }
