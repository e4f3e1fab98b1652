"""Why a partner, why not, and what would change its rank: sentences in English and Italian, each with its numbers."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.narrative import lower_first
from alpclusters_lib.reports.numbers import decimal, ordinal, span
from alpclusters_lib.strategy import synergy

__all__ = [
    "AXIS_NAMES", "axes_sentence", "axis_reason", "change_sentence", "check_language", "family_name", "limits",
    "no_figures", "why", "why_not",
]  # fmt: skip

AXIS_NAMES = {
    "en": {
        "priority_overlap": "priorities in common",
        "joint_strength": "joint strength",
        "complementarity": "complementarity",
        "chain_fit": "chain fit",
    },
    "it": {
        "priority_overlap": "priorità in comune",
        "joint_strength": "forza comune",
        "complementarity": "complementarità",
        "chain_fit": "incastro nella filiera",
    },
}
"""The four axes as readers meet them."""

HALF = 0.5


def check_language(language: str) -> bool:
    """Return whether the language is Italian; anything but en and it raises a sentence."""
    if language not in ("en", "it"):
        raise ValueError(f"no text in {language!r}; en or it is right")
    return language == "it"


def family_name(family: str, language: str = "en") -> str:
    """Return a family's name as it stands within a sentence."""
    return lower_first(sectors.family(family).label(language))


def no_figures(region: str, language: str = "en") -> str:
    """Return the one sentence for a region without figures by industry; empty for the others."""
    if evidence.area_of(region) is not None:
        return ""
    name = regions.s3_region(region).name(language)
    if check_language(language):
        return (
            f"{name}: non sono pubblicati addetti per divisione, quindi nessun partner può essere ordinato con i dati; "
            "le organizzazioni note stanno nella tabella dei fatti."
        )
    return (
        f"{name}: no jobs by division are published, so no partner can be ranked by figures; the organisations known "
        "stand in the table of facts."
    )


def axis_reason(region: str, family: str, partner: str, axis: str, language: str = "en") -> str:
    """Return what stands behind one axis of a pair, with its numbers; what is missing where it is a gap."""
    it = check_language(language)
    own = evidence.area_of(region)
    found = evidence.family_diamonds(family)
    row = synergy.diamond(own, partner, found).loc[axis]
    if axis == "priority_overlap":
        return _overlap(partner, row["value"], it)
    if axis == "joint_strength":
        table = evidence.quotients(family)
        both = [f"{place(code, language)} {quotient(table.loc[code], language)}" for code in (own, partner)]
        return f"{'quozienti di localizzazione' if it else 'location quotients'}: {listed(both, language)}"
    if axis == "complementarity":
        to, back = (decimal(100 * value, 0, language) for value in (row["to_a"], row["to_b"]))
        other, home = place(partner, language), place(own, language)
        if it:
            return f"{other} aggiunge più del {to} % delle coppie europee e riceve più del {back} %"
        return f"{other} adds more to {home} than {to} % of European pairs, and gains more from it than {back} %"
    return _stages(own, family, partner, language)


def _overlap(partner: str, value: float, it: bool) -> str:
    if pd.isna(value):
        return (
            "nessuna priorità nota per " + place(partner, "it") if it else f"no named priorities for {place(partner)}"
        )
    text = decimal(value, 2, "it" if it else "en")
    return f"coseno delle priorità {text}" if it else f"cosine of the priorities {text}"


def _stages(own: str, family: str, partner: str, language: str) -> str:
    it, held = language == "it", evidence.family_diamonds(family).stages
    if not len(held.columns):
        return "nessuna filiera qui per questo gruppo" if it else "no value chain here for this family"
    names = evidence.stage_names(family, language)
    missing = [stage for stage in held.columns if held.loc[own, stage] == 0]
    if not missing:
        where = place(own, language)
        return (f"{where} ha la quota UE o più in ogni fase della filiera" if it
                else f"{where} has the EU's share or more at every stage of the chain")  # fmt: skip
    filled = [quoted(names[stage], language) for stage in missing if held.loc[partner, stage] == 1]
    other, home = place(partner, language), place(own, language)
    lacking = listed([quoted(names[stage], language) for stage in missing], language)
    every = len(filled) == len(missing)
    if it and every:
        which = "la fase che manca" if len(missing) == 1 else "le fasi che mancano"
        return f"{other} ha {which} in {home}, {lacking}"
    if it:
        have, verb = listed(filled, "it") if filled else "nessuna di esse", "manca" if len(missing) == 1 else "mancano"
        return f"in {home} {verb} {lacking}; {other} ha {have}"
    if every:
        return f"{other} holds the stage{'s' if len(missing) > 1 else ''} missing in {home}, {lacking}"
    return f"of the stages missing in {home} ({lacking}) {other} holds {listed(filled) if filled else 'none'}"


def _ordered(region: str, family: str, partner: str) -> pd.Series:
    own, found = evidence.area_of(region), evidence.family_diamonds(family)
    return synergy.diamond(own, partner, found)["value"].dropna().sort_values()


def why(region: str, family: str, partner: str, language: str = "en") -> str:
    """Return the strongest axes of a pair in words, with the numbers behind them: one, or two above a half."""
    values = _ordered(region, family, partner)
    best = [axis for axis in values.index[:0:-1] if values[axis] > HALF][:2] or [values.index[-1]]
    return "; ".join(
        f"{AXIS_NAMES[language][axis]} {decimal(values[axis], 2, language)} "
        f"({axis_reason(region, family, partner, axis, language)})"
        for axis in best
    )


def why_not(region: str, family: str, partner: str, language: str = "en") -> str:
    """Return the weakest axis of a pair in words, and which axes are gaps."""
    it = check_language(language)
    values = _ordered(region, family, partner)
    axis = values.index[0]
    text = (
        f"{AXIS_NAMES[language][axis]} {decimal(values.iloc[0], 2, language)} "
        f"({axis_reason(region, family, partner, axis, language)})"
    )
    gaps = [name for name in synergy.AXES if name not in values.index]
    if not gaps:
        return text
    told = listed([f"{AXIS_NAMES[language][name]} ({axis_reason(region, family, partner, name, language)})"
                   for name in gaps], language)  # fmt: skip
    return f"{text}; {'senza dato' if it else 'without a figure'}: {told}"


def change_sentence(region: str, family: str, partner: str, language: str = "en") -> str:
    """Return what would change a partner's rank: leaving out an axis, or how far the figures hold."""
    it = check_language(language)
    own, found = evidence.area_of(region), evidence.family_diamonds(family)
    among = evidence.candidates(region)
    row = synergy.partners(own, found, candidates=among).loc[partner]
    left_out = synergy.without(own, found, candidates=among).loc[partner].dropna()
    moved = (left_out - row["rank"]).abs()
    limits = span(row["rank_lower"], row["rank_upper"], 0, language)
    if it:
        holds = f"nel 90 % delle estrazioni il posto è {limits}"
        if moved.empty or moved.max() == 0:
            return f"nessun asse da solo cambia il posto; {holds}"
        axis = moved.idxmax()
        return f"senza {AXIS_NAMES['it'][axis]} sarebbe al posto {decimal(left_out[axis], 0, 'it')}; {holds}"
    holds = f"in 90 % of the draws its rank is {limits}"
    if moved.empty or moved.max() == 0:
        return f"no single axis changes its rank; {holds}"
    axis = moved.idxmax()
    return f"without {AXIS_NAMES['en'][axis]} it would be {ordinal(left_out[axis])}; {holds}"


def limits(family: str | None = None) -> list[str]:
    """Return what the ranking rests on and does not say."""
    lines = [
        "The diamond is our own operationalisation: the project's axes and scale were not found in public. An "
        "axis without a figure is a gap: the mean is then one of fewer axes, and such means are not quite alike.",
        "Figures are persons employed in whole divisions, 2014. They say where industries are, not whether firms, "
        "clusters or authorities want to work together, nor how good they are.",
        "Priorities are compared by their names as coded here, the mean of a narrow and a broad reading; only "
        "eight of the eleven strategies name any, and regions outside the eleven have none here.",
        "Relatedness is learnt on EU regions outside the Alps. Regions with many industries add much to all.",
        "Draws move jobs within the intervals of their quotients and take one reading of the priorities; estimated "
        "figures move no more than others. Switzerland and Liechtenstein publish no jobs by division: nobody there is "
        "ranked.",
        "Where a region lacks one stage, chain fit is 0 or 1 and moves the mean by a quarter or more; what the rank "
        "would be without it stands with the reasons.",
        "Distance is between centroids as the crow flies; languages are official ones. Neither is in the rank.",
    ]
    if family is not None and not evidence.chains_of(family):
        lines.append(f"No value chain is described here for {family_name(family)}: the axis chain fit is a gap.")
    return lines


def axes_sentence(region: str) -> str:
    """Return in two sentences what the four axes are; empty for a region without figures."""
    if evidence.area_of(region) is None:
        return ""
    return (
        "Four axes from 0 to 1: what both strategies name (cosine), the strength both have (lower percentile of the "
        "location quotient among EU regions), what each adds to the other's related industries (percentile of the "
        "relatedness density added, both ways), and the share of the stages missing here that the partner has. "
        "Partners are ranked by the mean of the axes that have a figure; the lowest axis stands beside it. A dash is "
        "an axis without a figure."
    )
