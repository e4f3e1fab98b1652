"""What the evidence of a case does not cover, in sentences."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.marked import growth_is_estimated, growth_limits, hides_a_division, is_estimated
from alpclusters_lib.reports.numbers import between, count, estimate, percent

__all__ = ["limits"]


def _estimate_lines(unit: str, row: pd.Series) -> list[str]:
    """Say what of an area's figures is estimated."""
    lines = []
    if hides_a_division(row) and pd.notna(row["jobs"]):
        lines.append(
            f"{unit}: figures of the cluster are confidential and estimated: "
            f"{estimate(row['jobs'], row['jobs_lower'], row['jobs_upper'])} jobs, "
            f"{between(row['jobs_lower'], row['jobs_upper'])}."
        )
    elif hides_a_division(row):
        lines.append(
            f"{unit}: the cluster's figure is confidential and no estimate is given, only rounded limits: "
            f"{between(row['jobs_lower'], row['jobs_upper'])} jobs."
        )
    elif is_estimated(row):
        lines.append(
            f"{unit}: a section of its total of all jobs is confidential and estimated; the quotient carries it."
        )
    if growth_is_estimated(row):
        lines.append(f"{unit}: growth rests on an estimate; at its limits it is {growth_limits(row)}.")
    return lines


def limits(evidence: Evidence) -> list[str]:
    """Return what the evidence does not cover, case by case."""
    case, family, grown = evidence.case, evidence.case.cluster, evidence.growth
    lines = [
        f"The figures describe {case.year}. They are a baseline for the strategies of 2014–2020, not an evaluation.",
        "Total employment means the business economy (NACE B–N without finance, and S95): no agriculture, finance, "
        "public services, health or arts.",
        "The interval shows how far the quotient would move if establishments were redrawn; it is no sampling error. "
        "Ranks move within it and with the limits of hidden figures.",
    ]
    if pd.notna(family.purity):
        lines.append(
            f"The {family.word} is made of whole divisions ({', '.join(family.divisions)}), our reading; "
            f"{percent(family.purity * 100, 0)} of the industries in them belong to it in the U.S. benchmark."
        )
    else:
        lines.append(
            f"The {family.word} is made of whole divisions ({', '.join(family.divisions)}), our reading; firms of "
            "other divisions that work for it are not in the figures."
        )
    if case.unit.larger_than_a_region and not case.unit.national_frame:
        lines.append(
            f"{case.unit.label} is ranked among single NUTS 2 regions, which are smaller: by jobs the rank flatters it."
        )
    hiding = (evidence.regions["jobs_lower"] != evidence.regions["jobs_upper"]).sum()
    if hiding:
        lines.append(
            f"{count(hiding)} of the {count(len(evidence.regions))} EU regions hide at least one division; it is "
            "estimated from published sums, local units and other years, or counted with a rounded figure where an "
            "estimate would give the hidden one away. Ranks move within the limits of both; “about” marks a number "
            "that rests on them."
        )
    if evidence.reference["absent"]:
        lines.append(
            "The EU is the sum of the 28 member states' published totals; how many hide a division and are absent: "
            f"{evidence.reference['absent']}."
        )
    for unit, row in evidence.units.iterrows():
        lines += _estimate_lines(str(unit), row)
    if grown is not None and grown.left_out:
        outside = "; ".join(f"{country}: {reason}" for country, reason in sorted(grown.left_out.items()))
        lines.append(f"Countries left out of the growth reference: {outside}.")
    lines.append("Firms, products, exports, research and wages are not in these figures; nor are Liechtenstein and "
                 "the regions of Switzerland.")  # fmt: skip
    return lines
