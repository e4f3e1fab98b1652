"""The verdict on top of a region's stress test, in English and Italian: what weighs most, and what stands."""

from __future__ import annotations

from alpclusters_lib import regions, sectors
from alpclusters_lib.reports import largest_cluster, priority_robustness, shocks
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.reports.scenario_files import load_scenario

__all__ = ["verdict"]

HIT = {
    "en": "{name}: against the other areas “{title}” weighs most, with {share} of all jobs on that demand ({times} "
    "times the median of {areas} areas).",
    "it": "{name}: rispetto alle altre aree pesa di più «{title}», con il {share} di tutti i posti di lavoro legati a "
    "quella domanda ({times} volte la mediana di {areas} aree).",
}
CLUSTER = {
    "en": "The largest cluster, {cluster}, and its suppliers stand for {share} of all jobs.",
    "it": "Il cluster più grande, {cluster}, con i suoi fornitori vale {share} dei posti di lavoro.",
}
PRIORITIES = {
    "en": "Priorities tested: {tested}; robust to redrawn figures and other choices: {robust}; hardly ever "
    "specialised: {none}.",
    "it": "Priorità esaminate: {tested}; robuste a nuove estrazioni e ad altre scelte: {robust}; quasi mai "
    "specializzate: {none}.",
}
UNTESTED = {"en": "Its priorities cannot be tested.", "it": "Le sue priorità non si possono esaminare."}
NOTHING = {
    "en": "{name}: nothing can be said; no jobs by industry are published for the canton.",
    "it": "{name}: non si può dire nulla; per il cantone non sono pubblicati posti di lavoro per settore.",
}


def verdict(region: str, language: str = "en") -> str:
    """Return what weighs most on a region, what its largest cluster stands for, and whether its priorities stand.

    Raises
    ------
    ValueError
        If the language is neither en nor it.
    """
    if language not in HIT:
        raise ValueError(f"no verdict in {language!r}; en or it is right")
    name = regions.s3_region(region).name(language)
    hit = shocks.hardest(region)
    if hit is None:
        return NOTHING[language].format(name=name)
    scenario = load_scenario(hit["scenario"])
    title = scenario.title if language == "en" else scenario.title_it
    row = largest_cluster.losses().loc[(region, "above")]
    family = sectors.family(row["cluster"]).label(language)
    parts = [
        HIT[language].format(
            name=name, title=title, share=percent(hit["share"], 1, language=language),
            times=decimal(hit["times"], 1, language), areas=hit["areas"],
        ),
        CLUSTER[language].format(
            cluster=f"{family[0].lower()}{family[1:]}",
            share=percent(100 * (row["direct"] + row["indirect"]) / row["total"], 1, language=language),
        ),
        _priorities(region, language),
    ]  # fmt: skip
    return " ".join(parts)


def _priorities(region: str, language: str) -> str:
    rows = priority_robustness.results()
    words = rows.loc[rows["region"] == region, "word"]
    words = words[words != "not tested"]
    if words.empty:
        return UNTESTED[language]
    counts = {word: int((words == word).sum()) for word in ("robust", "not specialised")}
    zero = {"en": "none", "it": "nessuna"}[language]
    return PRIORITIES[language].format(
        tested=len(words), robust=counts["robust"] or zero, none=counts["not specialised"] or zero
    )
