"""Findings that call for an action, of each region and of the Alps, each with numbers that ``explain`` finds again."""

from __future__ import annotations

import functools

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import activity_evidence, consortia, partners, priority_cards, priority_coding
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.activity_words import activity_name, division_name
from alpclusters_lib.reports.chain_candidates import thin_stages
from alpclusters_lib.reports.chain_evidence import collect, place
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.divisions import divisions
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.partner_words import family_name
from alpclusters_lib.strategy.action_plan import Finding, Number
from alpclusters_lib.value_chains.chains import Chain

__all__ = ["alpine_findings", "deciders", "number", "region_findings"]

INDICATOR = "location_quotient"
STAGES = 2
STRONG = 3


def number(code: str, sector: str, language: str = "en") -> Number:
    """Return the location quotient of a division or family in an area as a number that can be found again."""
    division = sector in sectors.divisions()
    row = evidence.quotients_of((sector,) if division else evidence.family_divisions(sector)).loc[code]
    name = division_name(sector, language) if division else family_name(sector, language)
    return Number(
        INDICATOR, code, sector, evidence.YEAR, float(row["lq"]),
        quotient(row, language), f"{name} in {place(code, language)} {quotient(row, language)}",
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def deciders(code: str, language: str = "en") -> tuple[str, ...]:
    """Return the public bodies, else the intermediaries, that facts name for the strategy of an area."""
    key, table = evidence.strategy_of(code), datasets.facts("partners")
    for helix in ("public", "intermediary", "academia"):
        named = table[(table["region"] == key) & (table["helix"] == helix)]["organisation"]
        if len(named):
            return tuple(named)
    name = place(code, language)
    return (f"autorità di {name} (non nei fatti)" if language == "it" else f"authority of {name} (not in the facts)",)


def _joint(codes: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for code in codes for name in deciders(code, language)))


def main_division(chain: Chain, stage: str) -> str:
    """Return the division of a stage in which the EU has most jobs."""
    reference = divisions(evidence.YEAR).reference
    return str(reference[list(chain.stage(stage).divisions)].idxmax())


def _activity(region: str, language: str) -> list[Finding]:
    found = activity_evidence.activity(region)
    if found is None:
        return []
    partner = found.regions[1]
    name, first, second = found.opportunity.split("/")
    labels = evidence.chains()[name].labels(language)
    numbers = tuple(number(code, group[0], language) for code, group in found.capacities.items())
    return [Finding(
        "develop_activity", found.regions, activity_name(found, language), place(partner, language), numbers,
        f"{labels[first]} | {labels[second]}", _joint(found.regions, language),
    )]  # fmt: skip


def _partner(region: str, language: str) -> list[Finding]:
    own, family = evidence.area_of(region), evidence.leading_family(region)
    first = partners.ranked(region, family).index[0]
    numbers = (number(own, family, language), number(first, family, language))
    return [Finding("agree_partner", (own, first), family_name(family, language), place(first, language), numbers,
                    decided_by=_joint((own, first), language))]  # fmt: skip


def _stages(region: str, language: str) -> list[Finding]:
    """Return a finding for each of the first stages that the leading family's chain lacks, with who could fill it."""
    own, found = evidence.area_of(region), []
    for chain in evidence.chains_of(evidence.leading_family(region)):
        held, group = evidence.holdings(chain), consortia.consortium(region, chain.name).groups[0]
        for stage in held.columns[~held.loc[own]]:
            able = [code for code in group[1:] if held.loc[code, stage]]
            if able:
                division = main_division(chain, stage)
                numbers = (number(own, division, language), number(able[0], division, language))
                label = quoted(chain.labels(language)[stage], language)
                found.append(Finding("fill_stage", (own, able[0]), label, place(able[0], language), numbers,
                                     chain.labels(language)[stage], _joint((own,), language)))  # fmt: skip
    return found[:STAGES]


def _priority(region: str, language: str) -> list[Finding]:
    """Return the named priority whose divisions are all below the EU's share at their upper limits, the lowest one."""
    if priority_coding.missing_sentence(region):
        return []
    own, owners = evidence.area_of(region), priority_coding.region_of()
    below = []
    for key in owners.index[owners == region]:
        named = priority_cards.divisions_of(key)
        highest = max((evidence.quotients_of((d,)).loc[own, "upper"] for d in named), default=1.0)
        if highest < 1:
            below.append((highest, key, named))
    if not below:
        return []
    _, key, named = min(below)
    numbers = tuple(number(own, division, language) for division in named[:STRONG])
    title = quoted(str(priority_coding.titles(language=language)[key]), language)
    return [Finding("review_priority", (own,), title, "", numbers, decided_by=_joint((own,), language))]


def region_findings(region: str, language: str = "en") -> list[Finding]:
    """Return the findings of one region in the order of the plan; empty for a region without figures.

    Raises
    ------
    ValueError
        If the region is unknown.
    """
    if evidence.area_of(region) is None:
        return []
    return [
        *_activity(region, language), *_partner(region, language), *_stages(region, language),
        *_priority(region, language),
    ]  # fmt: skip


def _thin(chain: Chain) -> tuple[str, tuple[str, ...]] | None:
    """Return a chain's thinnest stage and the strongest region at it of each country, most jobs first."""
    found = collect(chain, year=evidence.YEAR)
    thin = thin_stages(found)
    if thin.empty:
        return None
    rows = found.reachable.xs(thin.index[0], level="stage")
    strong = rows[rows["strength"] == "strong"].sort_values("specialised_jobs", ascending=False)
    # a chain across borders needs more than one country
    best = strong[~strong["country"].duplicated()].index[:STRONG]
    return (thin.index[0], tuple(best)) if len(best) else None


@functools.lru_cache(maxsize=1)
def _bottlenecks() -> dict[tuple[str, ...], list[tuple[str, str, tuple[str, ...]]]]:
    """Return the thin stages by their divisions: chains that are thin at the same ones share an action."""
    places: dict[tuple[str, ...], list[tuple[str, str, tuple[str, ...]]]] = {}
    for chain in evidence.chains().values():
        thin = _thin(chain)
        if thin:
            places.setdefault(chain.stage(thin[0]).divisions, []).append((chain.name, *thin))
    return places


def _hold(places: list[tuple[str, str, tuple[str, ...]]], language: str) -> Finding:
    """Return the finding for one thin stage of one or more chains."""
    name, stage, best = places[0]
    chain = evidence.chains()[name]
    titles = [evidence.chains()[other].title_it if language == "it" else evidence.chains()[other].title
              for other, _, _ in places]  # fmt: skip
    label, division = chain.labels(language)[stage], main_division(chain, stage)
    return Finding(
        "hold_bottleneck", best, f"{quoted(label, language)} ({listed(titles, language)})",
        listed([place(code, language) for code in best], language),
        tuple(number(code, division, language) for code in best), label, _joint(best, language),
    )  # fmt: skip


def _shared_activities(language: str) -> list[Finding]:
    """Return every region's best-evidenced activity, those of the same capacities and partner as one."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for key in regions.s3_regions().index:
        for found in _activity(key, language) if evidence.area_of(key) else []:
            groups.setdefault((found.what, found.partner), []).append(found)
    joined = []
    for (what, partner), group in groups.items():
        seekers, last = [found.regions[0] for found in group], group[0]
        codes = (*seekers, last.regions[1])
        numbers = (*(found.numbers[0] for found in group), last.numbers[1])
        joined.append(Finding(last.kind, codes, what, partner, numbers, last.stage, _joint(codes, language)))
    return sorted(joined, key=lambda found: -len(found.regions))


@functools.lru_cache(maxsize=2)
def alpine_findings(language: str = "en") -> tuple[Finding, ...]:
    """Return the transnational findings: the bottlenecks of the chains, and the regions' best-evidenced activities."""
    return (*(_hold(places, language) for places in _bottlenecks().values()), *_shared_activities(language))
