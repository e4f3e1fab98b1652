"""What a chain report says of its stages: verdict, stage table, bottlenecks, fit with the world table, limits.

Sentences are worded from the evidence by fixed rules and hold at both limits of the estimates, or say that they do not.
A stage is thin by arithmetic, fewer jobs than the EU's share; nothing here shows that a region needs it.
"""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import datasets, sectors
from alpclusters_lib.reports.chain_candidates import (
    MOST_STAGES,
    NEAR_KM,
    candidate_sentence,
    candidate_table,
    filler_sentence,
    thin_stages,
)
from alpclusters_lib.reports.chain_evidence import ChainEvidence, place
from alpclusters_lib.reports.chain_pictures import heat_map, size_picture
from alpclusters_lib.reports.chain_sizes import size_sentence, size_table
from alpclusters_lib.reports.chain_words import (
    area_name,
    chain_name,
    in_area,
    listed,
    named_quotient,
    of_regions,
    quoted,
    times,
    within,
)
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import about, count, estimate, percent, span
from alpclusters_lib.value_chains.chains import BELOW

__all__ = [
    "bottleneck_sentence",
    "candidate_sentence",
    "candidate_table",
    "coverage_sentence",
    "coverage_table",
    "heat_map",
    "limits",
    "silent_sentence",
    "size_picture",
    "size_sentence",
    "size_table",
    "stage_table",
    "verdict",
]

LOOSE = 0.5
"""A stage that holds less than this share of its industries' jobs is badly described by them."""

_TAKEN = {True: "regions with figures taken as one, ", False: "taken by itself, "}

LARGE = 0.2
"""Industries with less than this share of a stage's jobs are not named in the sentence; the table has them all."""


def _label(evidence: ChainEvidence, stage: str, language: str = "en") -> str:
    return quoted(evidence.chain.labels(language)[stage], language)


def _with_figures(row: pd.Series) -> int:
    return int(row["strong"] + row["weak"] + row["open"])


def _shared(evidence: ChainEvidence) -> set[str]:
    return {stage.key for stage in evidence.chain.stages if stage.shared}


def _strength_sentence(evidence: ChainEvidence, language: str) -> str:
    """Say where the chain is strongest, what could be stronger, and which of its own stages is."""
    known = evidence.perimeter_stages.dropna(subset=["lq"]).sort_values("lq", ascending=False)
    it, head, chain = language == "it", in_area(evidence, language), chain_name(evidence, language)
    if known.empty:
        return (f"{head} nessuna fase della filiera ha una stima." if it
                else f"{head} no stage of the chain has an estimate.")  # fmt: skip
    key, row = known.index[0], known.iloc[0]
    strong = of_regions(int(row["strong"]), _with_figures(row), language)
    label, value, limit = _label(evidence, key, language), times(row, language), within(row, language)
    if it:
        text = (f"{head} {chain} è più forte in {label}: {value} volte la quota UE degli addetti ({limit}); {strong} "
                f"{'forti' if ' sono' in strong else 'forte'} in questa fase.")  # fmt: skip
    else:
        text = (f"{head} {chain} is strongest in {label}: {value} times the EU's share of jobs ({limit}), and {strong} "
                "strong there.")  # fmt: skip
    return f"{text}{_own_sentence(evidence, known, language)}{_rivals(evidence, known, language)}"


def _rivals(evidence: ChainEvidence, known: pd.DataFrame, language: str) -> str:
    """Say which stages could be stronger than the strongest at the limits; empty where none could."""
    rivals = known.index[1:][known["upper"].iloc[1:] >= known["lower"].iloc[0]]
    if not len(rivals):
        return ""
    words = listed([_label(evidence, key, language) for key in rivals], language)
    if language == "it":
        stronger = "potrebbe essere ancora più forte" if len(rivals) == 1 else "potrebbero essere ancora più forti"
        return f" Ai limiti dei dati {words} {stronger}."
    return f" At the limits of the figures {words} could be stronger still."


def _own_sentence(evidence: ChainEvidence, known: pd.DataFrame, language: str) -> str:
    """Say that the strongest stage is shared with other chains, and which of the chain's own comes first."""
    shared = _shared(evidence)
    if known.index[0] not in shared:
        return ""
    own, top = known[~known.index.isin(shared)], _label(evidence, known.index[0], language)
    if language == "it":
        text = f" Gran parte di {top} lavora per altre filiere, perché le divisioni contano per intero"
        if own.empty:
            return f"{text}, e lo stesso vale per tutte le altre."
        first = f"{_label(evidence, own.index[0], 'it')} ({named_quotient(own.iloc[0], 'it')})"
        return f"{text}; {'la fase propria è' if len(own) == 1 else 'tra le fasi proprie la prima è'} {first}."
    text = f" Most of {top} works for other chains, as whole divisions count"
    if own.empty:
        return f"{text}, and so does most of every other stage."
    label, value = _label(evidence, own.index[0]), named_quotient(own.iloc[0])
    if len(own) == 1:
        return f"{text}; the one stage mostly its own is {label} ({value})."
    return f"{text}; of the stages mostly its own {label} comes first ({value})."


def _open_sentence(evidence: ChainEvidence, thin: pd.DataFrame, language: str) -> str:
    """Say which stages could be thinner than the one named; empty where none could."""
    rest, it = evidence.perimeter_stages.drop(thin.index), language == "it"
    if thin["rule"].iloc[0] == BELOW:
        loose = rest[rest["lower"] < thin["lower"].iloc[0]]
        if loose.empty:
            return ""
        words = listed([f"{_label(evidence, key, language)} ({named_quotient(row, language)})"
                        for key, row in loose.iterrows()], language)  # fmt: skip
        if it:
            thinner = (
                "potrebbe essere ancora più sottile" if len(loose) == 1 else "potrebbero essere ancora più sottili"
            )
            return f" Ai limiti dei dati {words} {thinner}."
        return f" At the limits of the figures {words} could be thinner still."
    opened = int(thin["open"].iloc[0])
    loose = rest.index[rest["strong"] < int(thin["strong"].iloc[0]) + opened]
    if thin["settled"].all() or not len(loose):
        return ""
    words = [_label(evidence, key, language) for key in loose]
    few = listed(words, language) if len(words) < 3 else ""
    if it:
        who = "l'unica regione aperta vi fosse" if opened == 1 else f"le {opened} regioni aperte vi fossero"
        which = few or f"altre {len(words)} fasi"
        adjective, verb = "forte" if opened == 1 else "forti", "avrebbe" if len(words) == 1 else "avrebbero"
        return f" Se {who} {adjective}, {which} ne {verb} meno."
    who = "one open region" if opened == 1 else f"{opened} open regions"
    return f" Were its {who} strong, {few or f'{len(words)} other stages'} would have fewer."


def _bottleneck(evidence: ChainEvidence, language: str) -> str:
    """Return the verdict's sentence on the thinnest stage."""
    thin, it = thin_stages(evidence), language == "it"
    if thin.empty:
        return ("Nessuna fase ha limiti che permettano di dire dove la filiera è sottile." if it
                else "No stage has limits that would tell where the chain is thin.")  # fmt: skip
    words = [_label(evidence, key, language) for key in thin.index]
    shared = thin.index[0] in _shared(evidence)
    loose, value = _open_sentence(evidence, thin, language), named_quotient(thin.iloc[0], language)
    if thin["rule"].iloc[0] == BELOW:
        one = len(words) == 2
        if it:
            also = f"; sotto la quota UE {'è' if one else 'sono'} anche {listed(words[1:], 'it')}" if words[1:] else ""
            with_others = ", condivisa con altre filiere e" if shared else ","
            return f"La strozzatura è {words[0]}{with_others} sotto la quota UE ({value}){also}.{loose}"
        also = f"; {listed(words[1:])} {'is' if one else 'are'} below it as well" if words[1:] else ""
        with_others = ", shared with other chains and" if shared else ","
        return f"Its bottleneck is {words[0]}{with_others} below the EU's share ({value}){also}.{loose}"
    strong = of_regions(int(thin["strong"].iloc[0]), _with_figures(thin.iloc[0]), language)
    if it:
        head, adjective = "Nessuna fase è con certezza sotto la quota UE", "forti" if " sono" in strong else "forte"
        if len(words) > 1:
            return f"{head}; le più sottili sono {listed(words, 'it')}: in ognuna {strong} {adjective}.{loose}"
        with_others = ", condivisa con altre filiere" if shared else ""
        return f"{head}; la più sottile è {words[0]}{with_others} ({value}), dove {strong} {adjective}.{loose}"
    head = "No stage is certain to lie below the EU's share"
    if len(words) > 1:
        return f"{head}; {listed(words)} tie as the thinnest: at each, {strong} strong.{loose}"
    with_others = ", shared with other chains" if shared else ""
    return f"{head}; the thinnest is {words[0]}{with_others} ({value}), where {strong} strong.{loose}"


def verdict(evidence: ChainEvidence, language: str = "en") -> str:
    """Return the first sentences of a report: where the chain is strongest, where thin, who could fill that.

    Parameters
    ----------
    evidence
        The evidence of the chain.
    language
        "en" or "it".

    Returns
    -------
    Sentences that hold at both limits of the estimates, or name the stages for which they would not.
    """
    thin = thin_stages(evidence)
    sentences = [_strength_sentence(evidence, language), _bottleneck(evidence, language)]
    if len(thin):
        sentences.append(filler_sentence(evidence, thin.index[0], language))
    return " ".join(sentences)


def stage_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return the stages of the area studied as text, a row a stage in the chain's order."""
    rows = []
    for stage in evidence.chain.stages:
        row = evidence.perimeter_stages.loc[stage.key]
        rows.append({
            "stage": stage.label,
            "mostly": "other chains" if stage.shared else "this chain",
            "divisions": "; ".join(f"{sectors.label(d, short=True)} ({d})" for d in stage.divisions),
            "persons employed": estimate(row["jobs"], row["jobs_lower"], row["jobs_upper"]),
            "share of the EU's": about(percent(100 * row["share_of_eu"]), row["jobs_lower"] != row["jobs_upper"]),
            "location quotient": quotient(row),
            "limits": span(row["lower"], row["upper"]),
            "strong": count(row["strong"]),
            "weak": count(row["weak"]),
            "open": count(row["open"]),
            "no figures": count(row["without_figures"]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def bottleneck_sentence(evidence: ChainEvidence) -> str:
    """Return the rule by which a stage is called a bottleneck, what it finds, and how sure that is."""
    thin = thin_stages(evidence)
    several = len(evidence.regions) > 1 and not evidence.whole_perimeter
    rule = (
        f"A stage is called a bottleneck where {area_name(evidence)}, {_TAKEN[len(evidence.regions) > 1]}"
        f"{'have' if several else 'has'} a smaller share of jobs than the EU even at the upper limit; where there is "
        "no such stage, the one with the fewest strong regions is."
    )
    if thin.empty:
        return f"{rule} No stage has limits to judge by."
    words = [f"{_label(evidence, key)} ({named_quotient(row)})" for key, row in thin.iterrows()]
    if thin["rule"].iloc[0] == BELOW:
        found = f"By the first rule {listed(words)} {'is one' if len(words) == 1 else 'are, thinnest first'}."
    else:
        first = thin.iloc[0]
        strong = of_regions(int(first["strong"]), _with_figures(first))
        tie = "which tie" if len(words) > 1 else ""
        found = (f"No stage falls under the first rule; by the second it is {listed(words)}"
                 f"{', ' + tie if tie else ''}: {strong} strong there.")  # fmt: skip
    return f"{rule} {found}{_open_sentence(evidence, thin, 'en')}"


def _fit(evidence: ChainEvidence) -> pd.Series:
    """Return the share of its industries' jobs that each stage holds, industries weighed by its own jobs in them."""
    table = evidence.industries
    product = table["share_of_stage"] * table["share_of_industry"]
    return product.groupby(level="stage").sum().reindex(list(evidence.chain.keys))


def coverage_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return which industries of the world table stand for each stage, and how much of them the stage is."""
    names = datasets.facts("wiod_industries").set_index("code")["short_en"]
    rows = [
        {"stage": evidence.chain.labels()[stage], "industry of the world table": names[industry],
         "share of the stage": percent(100 * row["share_of_stage"], 0),
         "share of the industry": percent(100 * row["share_of_industry"], 0)}
        for (stage, industry), row in evidence.industries.iterrows()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def coverage_sentence(evidence: ChainEvidence) -> str:
    """Return how well the industries of the world table describe the stages, and which they describe badly."""
    names = datasets.facts("wiod_industries").set_index("code")["short_en"]
    fit = _fit(evidence)
    loose = fit[fit < LOOSE].sort_values()
    head = "The world table knows whole industries, not divisions."
    if loose.empty:
        least = percent(100 * fit.min(), 0)
        return f"{head} Every stage holds {least} or more of the jobs of the industries that stand for it."
    parts = []
    for stage in loose.index:
        table = evidence.industries.loc[stage].sort_values("share_of_stage", ascending=False)
        large = table[table["share_of_stage"] >= LARGE]
        held = [f"{percent(100 * row['share_of_industry'], 0)} of the jobs of {quoted(names[code])}"
                for code, row in large.iterrows()]  # fmt: skip
        parts.append(f"{_label(evidence, stage)} holds {listed(held)}")
    rest = len(evidence.chain.stages) - len(loose)
    better = "" if not rest else " The other stage fits better." if rest == 1 else " The other stages fit better."
    these = "this stage" if len(loose) == 1 else "these stages"
    return f"{head} {'; '.join(parts)}: the table's figures for {these} describe mostly other firms.{better}"


def silent_sentence(evidence: ChainEvidence) -> str:
    """Return which of the regions studied have no figures at all; empty where every one has some."""
    if not evidence.silent:
        return ""
    names = listed([place(code) for code in evidence.silent])
    are = "is" if len(evidence.silent) == 1 else "are"
    return (
        f"{names} {are} without figures in {evidence.year}: no jobs by division are published, and missing is not weak."
    )


def limits(evidence: ChainEvidence) -> list[str]:
    """Return what the evidence of a chain does not cover, in sentences."""
    chain = evidence.chain
    lines = [
        f"The figures describe {evidence.year}: a baseline for the strategies of 2014–2020, not an evaluation.",
        "A stage is made of whole divisions, our reading. What else they hold stands beside the stage, and so does "
        "whether most of their jobs work for other chains, which is a judgement.",
        "Jobs at two stages show that both are there, not that firms trade with each other, nor that either lacks a "
        "partner. A gap is arithmetic: the jobs a region would have at the EU's share.",
        "Shares are those of the business economy (NACE B–N without finance, and S95): no agriculture, finance, public "
        "services, health or arts.",
        "Strong and weak are said where the whole interval lies above or below 1: the quotient if establishments were "
        "redrawn, with hidden figures at their limits. What is open may be either.",
        f"Distances run from centroid to centroid as the crow flies; {NEAR_KM} km is a convention. Languages, "
        "mountains and travel times are not in the data.",
    ]
    if len(thin_stages(evidence)) > MOST_STAGES:
        lines.append("Candidates are shown for the two thinnest stages only.")
    if chain.not_covered:
        parts = "; ".join(
            f"{part.label}{' (' + ', '.join(part.divisions) + ')' if part.divisions else ''}: {part.reason}"
            for part in chain.not_covered
        )
        lines.append(f"Parts of the chain without regional figures: {parts}.")
    if evidence.silent:
        lines.append(silent_sentence(evidence))
    lines.append(
        "Whole countries stand in for their Alpine parts in the world table, and Switzerland and Liechtenstein are "
        "hidden in its rest of the world."
    )
    return lines
