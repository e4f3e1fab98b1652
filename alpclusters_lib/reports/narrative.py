"""Sentences from numbers: what a case study says, worded from its evidence by fixed rules.

No sentence holds a number that is not in the evidence, and none says more than association: figures of one year,
and of a window of a few, describe; they do not explain.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.reports.conclusions import CONCLUSIONS, pace, specialisation
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.marked import is_estimated, quotient
from alpclusters_lib.reports.movement import growth_sentence, moved, shift_share_sentence
from alpclusters_lib.reports.numbers import about, between, count, decimal, elided, estimate, ordinal, percent, span
from alpclusters_lib.reports.robustness import survival, survival_sentence

__all__ = [
    "division_sentence",
    "frame_sentence",
    "growth_sentence",
    "headline",
    "moved",
    "neighbour_sentence",
    "priority_sentence",
    "shift_share_sentence",
    "standing_sentence",
    "subtitle",
    "verdict",
]


def lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]


def cluster_name(evidence: Evidence, language: str = "en") -> str:
    """Return the cluster's label as it stands inside a sentence."""
    family = evidence.case.cluster
    return lower_first(family.label_it if language == "it" else family.label_en)


def _several(evidence: Evidence) -> bool:
    """Say whether the area studied is several areas, hence they and not it."""
    return len(evidence.case.unit.codes) > 1


def _size(evidence: Evidence, language: str) -> str:
    main, year = evidence.main, evidence.case.year
    unit = evidence.case.unit.label_it if language == "it" else evidence.case.unit.label
    if pd.notna(main["jobs"]):
        words = {
            "en": "In {year} {cluster} gave work to {jobs} people in {unit}, {share} of {its} business economy: "
            "{lq} times the EU's share (interval {interval}).",
            "it": "Nel {year} si contavano in {unit} {jobs} addetti ({cluster}), {share} della {its} economia di "
            "mercato: {lq} volte la quota dell'UE (intervallo da {interval}).",
        }
    else:
        words = {
            "en": "In {year} {cluster} gave work to {limits} people in {unit}, since some figures are "
            "hidden; that is {limits_lq} times the EU's share (interval {interval}).",
            "it": "Nel {year} si contavano in {unit} {limits} addetti ({cluster}), perché alcuni dati sono "
            "riservati: da {limits_lq} volte la quota dell'UE (intervallo da {interval}).",
        }
    guessed, share = is_estimated(main), percent(main["share"] * 100, language=language)
    own = {"en": ("its", "their"), "it": ("sua", "loro")}[language][_several(evidence)]
    return words[language].format(
        year=year, cluster=cluster_name(evidence, language), unit=unit, jobs=_jobs(evidence, language), its=own,
        share=about(elided("il", share) if language == "it" else share, guessed, language),
        lq=about(decimal(main["lq"], 2, language), guessed, language),
        interval=span(main["lower"], main["upper"], 2, language),
        limits_lq=span(main["lq_lower"], main["lq_upper"], 2, language),
        limits=between(main["jobs_lower"], main["jobs_upper"], language),
    )  # fmt: skip


def _jobs(evidence: Evidence, language: str) -> str:
    """Return the number of jobs; an estimate with its limits."""
    main = evidence.main
    text = estimate(main["jobs"], main["jobs_lower"], main["jobs_upper"], language)
    if main["jobs_lower"] == main["jobs_upper"]:
        return text
    return f"{text} ({between(main['jobs_lower'], main['jobs_upper'], language)})"


def _rank_words(evidence: Evidence, language: str) -> str:
    main = evidence.main
    among = {
        "en": f"the {count(main['n'])} EU regions ranked",
        "it": f"le {count(main['n'], 'it')} regioni dell'UE classificate",
    }
    if evidence.case.unit.national_frame:
        number = count(main["n"])
        among = {
            "en": f"{number} countries with figures, itself included,",
            "it": f"{number} paesi con dati, compresa sé stessa,",
        }
    if evidence.case.unit.larger_than_a_region and not evidence.case.unit.national_frame:
        among["en"] += ", which are smaller areas,"
        among["it"] += ", aree più piccole,"
    jobs = _range_of_ranks(main["rank_jobs"], main["rank_jobs_upper"], language)
    lq = _range_of_ranks(main["rank_lq_lower"], main["rank_lq_upper"], language)
    subject = {"en": ("it is", "together they are"), "it": ("è", "nel complesso sono")}[language][_several(evidence)]
    if language == "it":
        return f"Tra {among['it']} {subject} {jobs} per addetti e {lq} per specializzazione."
    return f"Among {among['en']} {subject} {jobs} by jobs and {lq} by specialisation."


def _range_of_ranks(best: float, worst: float, language: str) -> str:
    if best == worst:
        return ordinal(best, language)
    joint = {"en": " to ", "it": "-"}[language]
    return joint.join(ordinal(rank, language) for rank in (best, worst))


def verdict(evidence: Evidence, language: str = "en") -> str:
    """Return the paragraph that a report opens with: conclusion, size, rank, growth."""
    conclusion = CONCLUSIONS[language][(specialisation(evidence), pace(evidence))]
    sentences = [_size(evidence, language), _rank_words(evidence, language)]
    if evidence.growth is not None:
        sentences.append(growth_sentence(evidence, language))
    survives = survival_sentence(evidence, language)
    if survives:
        sentences.append(survives)
    return f"**{conclusion}** " + " ".join(sentences)


def headline(evidence: Evidence) -> str:
    """Return the finding in one line, as it stands over the main figure and in the index."""
    main, unit = evidence.main, evidence.units.index[0]
    if pd.isna(main["lq"]):
        return f"{unit}: {quotient(main)} times the EU's share of jobs"
    words = {
        "strong": "strongly specialised",
        "specialised": "specialised",
        "even": "no clear specialisation",
        "weak": "less present than in the EU",
    }
    moves = {"gains": ", gaining ground", "keeps": ", keeping pace", "loses": ", losing ground", None: ""}
    rests = "" if survival(evidence).survives else "; rests on estimates"
    lq = about(decimal(main["lq"]), is_estimated(main))
    return f"{unit}: {words[specialisation(evidence)]} (LQ {lq}){moves[pace(evidence)]}{rests}"


def subtitle(evidence: Evidence) -> str:
    """Return what the report studies: cluster, area with its codes, year, reference."""
    case = evidence.case
    return (
        f"{case.cluster.label_en} ({', '.join(case.cluster.divisions)}) in {case.unit.label} "
        f"({', '.join(case.unit.codes)}), {case.year}. Reference: the EU, the sum of its 28 members' published totals."
    )


def frame_sentence(evidence: Evidence) -> str:
    """Return, where no regional figures exist, why the country stands in for the region; else an empty text."""
    if not evidence.case.unit.national_frame:
        return ""
    return (
        f"Eurostat's regional table of industries leaves Switzerland out, so no industry figure can be given for the "
        f"{evidence.case.region_name}: what follows is Switzerland as a whole, ranked among countries."
    )


def standing_sentence(evidence: Evidence) -> str:
    """Return where the area stands among its perimeter's regions, its country and the EU."""
    main, table = evidence.main, evidence.regions
    alpine = table[table["alpine"]]
    known = alpine["lq"].dropna()
    above = int((alpine["lower"] > 1).sum())
    text = (
        f"Of the {len(alpine)} regions of the perimeter with figures, {above} are specialised with certainty (lower "
        f"limit above 1); their median quotient is {decimal(known.median())}{_with_estimates(alpine.loc[known.index])}."
    )
    against = [
        f"{decimal(main[column])} against {words}"
        for column, words in (
            ("lq_country", "its own country"),
            ("lq_perimeter", "the perimeter's regions together"),
        )
        if pd.notna(main[column])
    ]
    if against:
        guessed = " (estimated)" if is_estimated(main) else ""
        text += f" Measured against other references the quotient{guessed} is {' and '.join(against)}."
    return text


def _with_estimates(table: pd.DataFrame) -> str:
    """Return how many regions of a table rest on an estimate, in brackets."""
    number = int(table.apply(is_estimated, axis=1).sum())
    return f" ({count(number)} of them with an estimate in it)" if number else ""


def division_sentence(evidence: Evidence) -> str:
    """Return which divisions carry the cluster, and which are hidden; an estimated one is never named as certain."""
    parts = evidence.parts
    if len(parts) == 1:
        return f"The cluster is one division, {parts['label'].iloc[0]} ({parts.index[0]}); nothing finer is published."
    hidden = parts[parts["jobs"].isna()]
    shown = parts.dropna(subset=["jobs"]).sort_values("jobs", ascending=False)
    if shown.empty:
        return f"All divisions of the cluster are hidden: {', '.join(parts.index)}."
    largest, peak = shown.iloc[0], shown.sort_values("lq").iloc[-1]
    ahead = largest["jobs_lower"] >= parts["jobs_upper"].drop(largest.name).fillna(float("inf")).max()
    text = (
        f"The largest division{'' if ahead else ', as far as estimates tell,'} is {largest['label']} ({largest.name}) "
        f"with {estimate(*largest[['jobs', 'jobs_lower', 'jobs_upper']])} jobs"
    )
    if pd.notna(largest["share_of_cluster"]):
        guessed = evidence.main["jobs_lower"] != evidence.main["jobs_upper"]
        text += f", {about(percent(largest['share_of_cluster'] * 100, 0), guessed)} of the cluster"
    highest = f"LQ {quotient(peak)}"
    if peak.name == largest.name:
        text += f"; it is also the most specialised ({highest})."
    else:
        text += f"; the most specialised is {peak['label']} ({peak.name}, {highest})."
    if len(hidden):
        limits = [
            f"{code} ({span(*row[['jobs_lower', 'jobs_upper']], 0)} jobs)" if pd.notna(row["jobs_upper"]) else code
            for code, row in hidden.iterrows()
        ]
        text += f" Hidden by statistical confidentiality: {', '.join(limits)}."
    return text


def _listed(names: Iterable[str]) -> str:
    """Join names as a sentence does.

    Examples
    --------
    >>> _listed(["Piedmont"]), _listed(["Piedmont", "Veneto", "Trento"])
    ('Piedmont', 'Piedmont, Veneto and Trento')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def neighbour_sentence(evidence: Evidence) -> str:
    """Return which specialised regions are nearest, which share a border, and which neighbours have no figures."""
    near = evidence.neighbours
    if near.empty:
        return "No other region of the perimeter is specialised with certainty in this cluster."
    bordering = near[near["borders"]]
    first = near.iloc[0]
    text = (
        f"The nearest specialised region is {first['name']} ({first['country']}), {count(first['distance_km'])} km "
        "from centre to centre."
    )
    subject, own = (("They touch", "them"), ("It touches", "it"))[not _several(evidence)]
    at_home = bordering["country"].isin({code[:2] for code in evidence.case.unit.codes})
    same = "in the same country" if len({code[:2] for code in evidence.case.unit.codes}) == 1 else "in their countries"
    for rows, where in ((bordering[~at_home], "across a national border"), (bordering[at_home], same)):
        if len(rows):
            named = [f"{row['name']} ({row['country']})" for _, row in rows.iterrows()]
            text += f" {subject} {_listed(named)} {where}."
    if bordering.empty:
        text += f" None of the specialised regions shares a border with {own}."
    if evidence.silent:
        text += f" No figures exist for the neighbouring {_listed(evidence.silent)}."
    return text


def priority_sentence(evidence: Evidence) -> str:
    """Return the priority of the smart specialisation strategy that the case belongs to, or an empty text."""
    if not evidence.case.priority:
        return ""
    row = datasets.facts("s3_priorities").set_index("id").loc[evidence.case.priority]
    return (
        f"The region's smart specialisation strategy {row['period'].replace('-', '–')} names *{row['priority']}* as a "
        "priority; which divisions belong to it is our reading."
    )
