"""The fewest regions that hold a chain together: which ones, how far apart, and which stage nobody holds."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.downturn import title_name
from alpclusters_lib.reports.numbers import count
from alpclusters_lib.reports.partner_words import check_language
from alpclusters_lib.strategy.synergy import Consortia, smallest_consortium

__all__ = ["consortium", "consortium_sentence", "consortium_table"]


@functools.lru_cache(maxsize=200)
def consortium(region: str, chain: str) -> Consortia:
    """Return the smallest groups of a region and others abroad that hold every stage of a chain for certain.

    Raises
    ------
    ValueError
        If the region has no figures, or the chain is unknown.
    """
    own = evidence.area_of(region)
    if own is None:
        raise ValueError(f"no jobs by division for {region}; a consortium needs them")
    held = evidence.holdings(evidence.chains()[chain]).loc[[own, *evidence.candidates(region)]]
    return smallest_consortium(held, including=own, distances=evidence.distances())


def _lacking(region: str, chain: str, language: str) -> list[str]:
    model = evidence.chains()[chain]
    own = evidence.holdings(model).loc[evidence.area_of(region)]
    return [quoted(model.labels(language)[stage], language) for stage in own.index[~own]]


def consortium_sentence(region: str, family: str | None, language: str = "en") -> str:
    """Return, for each chain of a family, with whom a region would hold every stage; empty without figures or chain."""
    it = check_language(language)
    if evidence.area_of(region) is None or family is None:
        return ""
    return " ".join(_told(region, chain.name, it) for chain in evidence.chains_of(family))


def _told(region: str, chain: str, it: bool) -> str:
    language = "it" if it else "en"
    model, found, lacking = evidence.chains()[chain], consortium(region, chain), _lacking(region, chain, language)
    title = quoted(model.title_it if it else model.title, language)
    name = regions.s3_region(region).name("it") if it else title_name(region)
    nobody = [quoted(model.labels(language)[stage], language) for stage in found.nobody]
    rest = ""
    if nobody:
        rest = (f" {listed(nobody, 'it')}: nessuna delle regioni confrontate vi è forte." if it
                else f" At {listed(nobody)} none of the regions compared is strong.")  # fmt: skip
    if len(found.groups[0]) == 1:
        if lacking and not nobody:
            raise ValueError(f"{chain} is covered by {region} alone although it lacks {lacking[0]}")
        alone = (f"{name} è forte da sola in ogni fase della filiera {title} in cui altri lo sono." if it
                 else f"{name} alone is strong at every stage of the chain {title} where anybody is.")  # fmt: skip
        return f"{alone}{rest}"
    group, ways, number = found.groups[0], found.span_km[0], len(found.groups)
    with_whom = listed([place(code, language) for code in group[1:]], language)
    if it:
        other = "" if number == 1 else f"; altri {number - 1} della stessa grandezza"
        return (
            f"Filiera {title}: {name} non è con certezza forte in {listed(lacking, 'it')}; il consorzio più piccolo è "
            f"con {with_whom} ({len(group)} regioni, {count(ways, 'it')} km al più{other}).{rest}"
        )
    other = "" if number == 1 else f"; {number - 1} other group{'s' if number > 2 else ''} of that size"
    return (
        f"In the chain {title} {name} is not surely strong at {listed(lacking)}; the smallest consortium is with "
        f"{with_whom} ({len(group)} regions, at most {count(ways)} km apart{other}).{rest}"
    )


def consortium_table(region: str) -> pd.DataFrame:
    """Return the smallest consortium of every chain; empty for a region without figures."""
    if evidence.area_of(region) is None:
        return pd.DataFrame()
    rows = []
    for chain, model in evidence.chains().items():
        found, lacking = consortium(region, chain), _lacking(region, chain, "en")
        rows.append({
            "chain": model.title, "strong at": f"{len(model.stages) - len(lacking)} of {len(model.stages)} stages",
            "not surely strong at": "; ".join(text.strip("“”") for text in lacking) or "–",
            "smallest consortium with": listed([place(c) for c in found.groups[0][1:]]) if len(found.groups[0]) > 1
            else "nobody needed",
            "regions": count(len(found.groups[0])), "groups of that size": count(len(found.groups)),
            "farthest km": count(found.span_km[0]),
            "strong nowhere": "; ".join(model.labels()[stage] for stage in found.nobody) or "–",
        })  # fmt: skip
    return pd.DataFrame(rows)
