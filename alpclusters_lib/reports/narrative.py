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
from alpclusters_lib.reports.numbers import count, decimal, estimate, ordinal, percent, span
from alpclusters_lib.reports.robustness import survival, survival_sentence

__all__ = [
    "division_sentence",
    "frame_sentence",
    "growth_sentence",
    "headline",
    "neighbour_sentence",
    "priority_sentence",
    "shift_share_sentence",
    "standing_sentence",
    "subtitle",
    "verdict",
]


def _lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]


def cluster_name(evidence: Evidence, language: str = "en") -> str:
    """Return the cluster's label as it stands inside a sentence."""
    family = evidence.case.cluster
    return _lower_first(family.label_it if language == "it" else family.label_en)


def _size(evidence: Evidence, language: str) -> str:
    main, year = evidence.main, evidence.case.year
    unit = evidence.case.unit.label_it if language == "it" else evidence.case.unit.label
    cluster = cluster_name(evidence, language)
    if pd.notna(main["jobs"]):
        words = {
            "en": "In {year} {cluster} gave work to {jobs} people in {unit}, {share} of its business economy: "
            "{lq} times the EU's share (interval {interval}).",
            "it": "Nel {year} {cluster} contava {jobs} addetti in {unit}, il {share} della sua economia di "
            "mercato: {lq} volte la quota dell'UE (intervallo {interval}).",
        }
    else:
        words = {
            "en": "In {year} {cluster} gave work to between {low} and {high} people in {unit}, since some figures are "
            "hidden; that is {interval} times the EU's share of jobs.",
            "it": "Nel {year} {cluster} contava tra {low} e {high} addetti in {unit}, perché alcuni dati sono "
            "riservati: da {interval} volte la quota dell'UE.",
        }
    return words[language].format(
        year=year, cluster=cluster, unit=unit, jobs=_jobs(evidence, language),
        share=percent(main["share"] * 100, language=language),
        lq=decimal(main["lq"], 2, language), interval=span(main["lower"], main["upper"], 2, language),
        low=count(main["jobs_lower"], language), high=count(main["jobs_upper"], language),
    )  # fmt: skip


def _jobs(evidence: Evidence, language: str) -> str:
    """Return the number of jobs; an estimate with its limits."""
    main = evidence.main
    text = estimate(main["jobs"], main["jobs_lower"], main["jobs_upper"], language)
    if main["jobs_lower"] == main["jobs_upper"]:
        return text
    low, high = (count(main[f"jobs_{end}"], language) for end in ("lower", "upper"))
    limits = {"en": f"between {low} and {high}", "it": f"tra {low} e {high}"}[language]
    return f"{text} ({limits})"


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
    if language == "it":
        return f"Tra {among['it']} è {jobs} per addetti e {lq} per specializzazione."
    return f"Among {among['en']} it is {jobs} by jobs and {lq} by specialisation."


def _range_of_ranks(best: float, worst: float, language: str) -> str:
    if best == worst:
        return ordinal(best, language)
    joint = {"en": " to ", "it": "-"}[language]
    return joint.join(ordinal(rank, language) for rank in (best, worst))


def growth_sentence(evidence: Evidence, language: str = "en") -> str:
    """Return how jobs moved over the window, beside the same divisions elsewhere; why not, where it is unknown."""
    grown, main = evidence.growth, evidence.main
    if grown is None:
        return {
            "en": "Growth is not shown: the figures have no window of years without a break.",
            "it": "La crescita non è riportata: i dati non hanno una serie di anni senza interruzioni.",
        }[language]
    if pd.isna(main["growth_pct"]):
        return {
            "en": f"Growth from {grown.start} to {grown.end} cannot be computed: a figure is hidden.",
            "it": f"La crescita dal {grown.start} al {grown.end} non è calcolabile: un dato è riservato.",
        }[language]
    parts = {
        "a": grown.start, "b": grown.end, "n": len(grown.countries),
        "own": moved(main["growth_pct"], language), "other": moved(grown.reference_pct, language),
        "jobs": count(abs(main["regional"]), language),
    }  # fmt: skip
    words = {
        "en": "From {a} to {b} these jobs {own}; the same divisions {other} in the {n} EU countries with unbroken "
        "figures. That is {jobs} {side} jobs than if each division had moved as it did there.",
        "it": "Dal {a} al {b} gli addetti {own}; nelle stesse divisioni {other} nei {n} paesi dell'UE con dati senza "
        "interruzioni: {jobs} addetti {side} che se ogni divisione si fosse mossa come là.",
    }
    side = {"en": ("more", "fewer"), "it": ("in più", "in meno")}[language][int(main["regional"] < 0)]
    return words[language].format(**parts, side=side)


def moved(change_pct: float, language: str = "en") -> str:
    """Say in words that something rose, fell or stayed.

    Examples
    --------
    >>> moved(-4.73), moved(0.02), moved(7.04, "it")
    ('fell by 4.7 %', 'stayed the same', 'sono aumentati del 7,0 %')
    """
    words = {
        "en": ("fell by ", "stayed the same", "rose by "),
        "it": ("sono diminuiti del ", "sono rimasti uguali", "sono aumentati del "),
    }[language]
    if abs(change_pct) < 0.05:
        return words[1]
    return words[0 if change_pct < 0 else 2] + percent(abs(change_pct), language=language)


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
        return f"{unit}: {span(main['lower'], main['upper'])} times the EU's share of jobs"
    words = {
        "strong": "strongly specialised",
        "specialised": "specialised",
        "even": "about as present as in the EU",
        "weak": "less present than in the EU",
    }
    moves = {"gains": ", gaining ground", "keeps": ", keeping pace", "loses": ", losing ground", None: ""}
    rests = "" if survival(evidence).survives else "; rests on estimates"
    return f"{unit}: {words[specialisation(evidence)]} (LQ {decimal(main['lq'])}){moves[pace(evidence)]}{rests}"


def subtitle(evidence: Evidence) -> str:
    """Return what the report studies: cluster, area with its codes, year, reference."""
    case = evidence.case
    return (
        f"{case.cluster.label_en} ({', '.join(case.cluster.divisions)}) in {case.unit.label} "
        f"({', '.join(case.unit.codes)}), {case.year}. Reference: the EU, the sum of its 28 members' published totals."
    )


def shift_share_sentence(evidence: Evidence) -> str:
    """Return the three parts of the change in jobs, and which years of the total look unusual."""
    main, grown = evidence.main, evidence.growth
    if grown is None or pd.isna(main["regional"]):
        return ""
    change = main["jobs_end"] - main["jobs_start"]
    parts = ", ".join(f"{_signed(main[name])} {name}" for name in ("national", "industry", "regional"))
    text = f"The change of {_signed(change)} jobs splits into {parts} (shift-share: arithmetic, no explanation)."
    for country, words in grown.unusual.items():
        name = datasets.regions(level=0).loc[country, "name_en"]
        text += f" Note: all jobs in {name} moved by {words}, though the cluster's figures carry no break flag; "
        text += "a change of method is possible."
    return text


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{count(value)}"


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
        f"limit above 1); their median quotient is {decimal(known.median())}."
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
        text += f" Measured against other references the quotient is {' and '.join(against)}."
    return text


def division_sentence(evidence: Evidence) -> str:
    """Return which divisions carry the cluster, and which are hidden."""
    parts = evidence.parts
    if len(parts) == 1:
        return f"The cluster is one division, {parts['label'].iloc[0]} ({parts.index[0]}); nothing finer is published."
    hidden = parts.index[parts["jobs"].isna()]
    shown = parts.dropna(subset=["jobs"]).sort_values("jobs", ascending=False)
    if shown.empty:
        return f"All divisions of the cluster are hidden: {', '.join(parts.index)}."
    largest, peak = shown.iloc[0], shown.sort_values("lq").iloc[-1]
    share = "" if len(hidden) else f", {percent(largest['share_of_cluster'] * 100, 0)} of the cluster"
    text = f"The largest division is {largest['label']} ({largest.name}) with {count(largest['jobs'])} jobs{share}"
    if peak.name == largest.name:
        text += f"; it is also the most specialised (LQ {decimal(peak['lq'])})."
    else:
        text += f"; the most specialised is {peak['label']} ({peak.name}, LQ {decimal(peak['lq'])})."
    if len(hidden):
        text += f" Hidden by statistical confidentiality: {', '.join(hidden)}."
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
    at_home = bordering["country"].isin({code[:2] for code in evidence.case.unit.codes})
    same = "in the same country" if len({code[:2] for code in evidence.case.unit.codes}) == 1 else "in its countries"
    for rows, where in ((bordering[~at_home], "across a national border"), (bordering[at_home], same)):
        if len(rows):
            named = [f"{row['name']} ({row['country']})" for _, row in rows.iterrows()]
            text += f" It touches {_listed(named)} {where}."
    if bordering.empty:
        text += " None of the specialised regions shares a border with it."
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
