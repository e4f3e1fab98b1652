"""What is said of candidates for transformative activities, in English and Italian, each with its weakest number."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.reports import activity_evidence as candidates
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.narrative import lower_first
from alpclusters_lib.reports.numbers import decimal, elided
from alpclusters_lib.reports.partner_words import check_language, no_figures
from alpclusters_lib.strategy.innovation_model import TransformativeActivity

__all__ = ["LINK_NAMES", "activity_name", "activity_sentence", "activity_table", "division_name", "named_by", "weakest"]

LINK_NAMES = {
    "en": {
        "own_strength": "strength of the region",
        "relatedness": "relatedness of the two divisions",
        "partner_strength": "strength of the partner",
    },
    "it": {
        "own_strength": "forza della regione",
        "relatedness": "prossimità delle due divisioni",
        "partner_strength": "forza del partner",
    },
}
"""The links of a candidate as readers meet them."""

MOST = 12


def division_name(code: str, language: str = "en") -> str:
    """Return a division's short name as it stands within a sentence, with its code."""
    return f"{lower_first(sectors.label(code, language, short=True))} ({code})"


def _parts(activity: TransformativeActivity) -> tuple[str, str, str, str]:
    """Return the region and its capacity, the partner and its capacity."""
    own, partner = activity.regions
    return own, activity.capacities[own][0], partner, activity.capacities[partner][0]


def activity_name(activity: TransformativeActivity, language: str = "en") -> str:
    """Return the two capacities as one heading: ``textiles (C13) with rubber and plastics (C22)``."""
    _, first, _, second = _parts(activity)
    return f"{division_name(first, language)} {'con' if language == 'it' else 'with'} {division_name(second, language)}"


def _stages(activity: TransformativeActivity, language: str) -> tuple[str, str, str]:
    name, first, second = activity.opportunity.split("/")
    chain = evidence.chains()[name]
    labels = chain.labels(language)
    title = chain.title_it if language == "it" and chain.title_it else chain.title
    return quoted(title, language), quoted(labels[first], language), quoted(labels[second], language)


def weakest(activity: TransformativeActivity, language: str = "en") -> str:
    """Return the weakest link of a candidate with its number."""
    link = min(activity.evidence, key=activity.evidence.__getitem__)
    value = decimal(100 * activity.evidence[link], 0, language)
    among = {
        ("relatedness", "en"): "of all pairs of divisions", ("relatedness", "it"): "delle coppie di divisioni",
    }.get((link, language), {"en": "of the EU's regions, at its lower limit",
                             "it": "delle regioni UE, al limite inferiore"}[language])  # fmt: skip
    if language == "it":
        return f"{LINK_NAMES['it'][link]}, sopra {elided('il', f'{value} %')} {among}"
    return f"{LINK_NAMES['en'][link]}, above {value} % {among}"


def activity_sentence(region: str, language: str = "en") -> str:
    """Return the best-evidenced candidate with its numbers, and the weakest of them; a plain sentence where none is."""
    it = check_language(language)
    missing = no_figures(region, language)
    if missing:
        return missing
    activity, name = candidates.activity(region), regions.s3_region(region).name(language)
    if activity is None:
        return (f"{name}: nessuna coppia di divisioni affini soddisfa le condizioni." if it
                else f"{name}: no pair of related divisions meets the conditions.")  # fmt: skip
    own, first, partner, second = _parts(activity)
    mine, theirs = (quotient(evidence.quotients_of((division,)).loc[code], language)
                    for code, division in ((own, first), (partner, second)))  # fmt: skip
    chain, stage, other = _stages(activity, language)
    if it:
        return (
            f"Il candidato meglio documentato unisce {division_name(first, 'it')} di {name} (quoziente di "
            f"localizzazione {mine}) a {division_name(second, 'it')} di {place(partner, 'it')} ({theirs}), fasi vicine "
            f"{stage} e {other} della filiera {chain}. Il numero più debole: {weakest(activity, 'it')}. È un "
            "candidato: lo decidono i soggetti, non i dati."
        )
    return (
        f"The best-evidenced candidate joins {division_name(first)} of {name} (location quotient {mine}) with "
        f"{division_name(second)} of {place(partner)} ({theirs}), neighbouring stages {stage} and {other} of the chain "
        f"{chain}. The weakest number behind it: {weakest(activity)}. It is a candidate: actors decide, not figures."
    )


def named_by(region: str, divisions: tuple[str, ...]) -> list[str]:
    """Return the names of a region's priorities, 2014-2020, that are read as one of some divisions (narrow reading)."""
    owners, titles = priority_coding.region_of(), priority_coding.titles()
    weights = priority_coding.weights(version="narrow")
    own = weights.loc[owners.reindex(weights.index) == region]
    held = [division for division in divisions if division in own.columns]
    return [str(titles[key]) for key in own.index[(own[held] > 0).any(axis=1)]] if held else []


def activity_table(region: str) -> pd.DataFrame:
    """Return the first candidates for the reader, weakest link and all; empty for a region without figures."""
    rows = []
    for row in candidates.found(region).head(MOST).itertuples():
        own, partner = evidence.area_of(region), row.partner
        mine, theirs = (quotient(evidence.quotients_of((division,)).loc[code])
                        for code, division in ((own, row.capacity), (partner, row.partner_capacity)))  # fmt: skip
        there, chain = evidence.strategy_of(partner), evidence.chains()[row.chain]
        rows.append({
            "capacity here": f"{division_name(row.capacity)}, {mine}",
            "related capacity abroad": f"{division_name(row.partner_capacity)}, {theirs}",
            "partner": place(partner), "others who have it": listed([place(c) for c in row.others[:2]]) if row.others
            else "–",
            "chain": f"{chain.title}: {chain.labels()[row.first_stage]} | {chain.labels()[row.second_stage]}",
            "here | related | there": " | ".join(decimal(value) for value in
                                                 (row.own_strength, row.relatedness, row.partner_strength)),
            "weakest": LINK_NAMES["en"][row.weakest_link],
            "own priority": "; ".join(named_by(region, (row.capacity, row.partner_capacity))) or "–",
            "partner's priority": "; ".join(named_by(there, (row.capacity, row.partner_capacity)) if there else [])
            or "–",
        })  # fmt: skip
    return pd.DataFrame(rows)
