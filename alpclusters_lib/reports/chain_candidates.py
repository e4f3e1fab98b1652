"""Who could fill a thin stage: strong regions across a national border, for each region that is not strong there.

Distance, border and country stand in columns of their own and never enter a score. Languages are not in the data.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from alpclusters_lib.reports.chain_evidence import ChainEvidence, place
from alpclusters_lib.reports.chain_words import listed, quoted, written_out
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import count, estimate
from alpclusters_lib.value_chains.chains import bottlenecks, candidates

__all__ = ["candidate_sentence", "candidate_table", "thin_stages"]

NEAR_KM = 250
"""Candidates up to this far, centroid to centroid, are called near: a day's return journey."""

MOST_ROWS = 12
MOST_STAGES = 2
NAMED = 3


class Seekers(NamedTuple):
    """The regions that are not strong at a stage, and what lies across the border of each."""

    needs: pd.DataFrame
    """By region, most jobs short first: its row of the evidence with ``near, near_km, touching`` and ``largest``."""

    strong: pd.DataFrame
    """All strong regions, most jobs above the EU's share first."""


def thin_stages(evidence: ChainEvidence) -> pd.DataFrame:
    """Return the bottleneck stages of the area studied, thinnest first."""
    return bottlenecks(evidence.perimeter_stages)


def seekers(evidence: ChainEvidence, stage: str) -> Seekers:
    """Find, for each studied region that is weak or open at a stage, its strong regions across a border."""
    around = evidence.reachable
    around = around[around.index.get_level_values("stage") == stage]
    countries = around.groupby(level="region")["country"].first()
    at_stage = around.xs(stage, level="stage")
    own = at_stage[at_stage.index.isin(evidence.regions) & at_stage["strength"].isin(["weak", "open"])]
    rows = []
    for region in own.index:
        found = candidates(around, region=region, stage=stage, countries=countries, distances=evidence.distances)
        near = found["distance_km"].idxmin() if found["distance_km"].notna().any() else None
        rows.append({
            "near": near, "near_km": found["distance_km"].min() if len(found) else float("nan"),
            "touching": bool(len(found) and evidence.borders.loc[region].reindex(found.index).eq(True).any()),
            "largest": found.index[0] if len(found) else None,
        })  # fmt: skip
    columns = ["near", "near_km", "touching", "largest"]
    needs = own.join(pd.DataFrame(rows, index=own.index, columns=columns))
    order = needs.assign(weak=needs["strength"] == "weak", short=needs["gap"].fillna(needs["gap_lower"]))
    needs = needs.loc[order.sort_values(["weak", "short"], ascending=False).index]
    strong = at_stage[at_stage["strength"] == "strong"].sort_values("specialised_jobs", ascending=False)
    return Seekers(needs, strong)


def with_country(evidence: ChainEvidence, code: str, language: str = "en") -> str:
    """Return a region's name with its country's: ``Upper Bavaria (Germany)``."""
    return f"{place(code, language)} ({place(code[:2], language)})"


def _elsewhere(evidence: ChainEvidence, region: str, stage: str) -> list[str]:
    """Return the labels of the other stages at which a region is strong, the end of the chain first."""
    words = evidence.stages.loc[region, "strength"]
    strong = [key for key in evidence.chain.keys if words[key] == "strong" and key != stage]
    strong.sort(key=lambda key: key != evidence.chain.ends_in)
    return [evidence.chain.labels()[key] for key in strong]


def _partner(evidence: ChainEvidence, stage: str, region: str, code: str | None) -> str:
    if code is None:
        return "none"
    row = evidence.stages.loc[(code, stage)]
    distance = evidence.distances.loc[region, code]
    border = ", common border" if evidence.borders.loc[region, code] else ""
    return f"{with_country(evidence, code)}: LQ {quotient(row)}, {count(distance)} km{border}"


def _rows(evidence: ChainEvidence, stage: str) -> list[dict[str, str]]:
    rows = []
    needs = seekers(evidence, stage).needs
    ends = evidence.chain.labels()[evidence.chain.ends_in]
    for region, row in needs.iterrows():
        elsewhere = _elsewhere(evidence, region, stage)
        if not elsewhere:
            continue
        rows.append({
            "stage": evidence.chain.labels()[stage],
            "region": with_country(evidence, region),
            "there": f"{row['strength']}, LQ {quotient(row)}",
            "jobs short": estimate(row["gap"], row["gap_lower"], row["gap_upper"]),
            "strong elsewhere in the chain": "; ".join(elsewhere),
            "nearest strong region abroad": _partner(evidence, stage, region, row["near"]),
            "largest strong region abroad": _partner(evidence, stage, region, row["largest"]),
            "_order": f"{elsewhere[0] != ends}{row['strength'] != 'weak'}",
        })  # fmt: skip
    return sorted(rows, key=lambda row: row["_order"])


def candidate_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return who lacks a bottleneck stage and holds others, and who is strong there across a border.

    Returns
    -------
    DataFrame
        Text, twelve rows at most over the two thinnest stages: regions strong at the end of the chain first, weak
        before open, most jobs short first. Empty where no studied region is weak or open there and strong elsewhere.
    """
    stages = list(thin_stages(evidence).index[:MOST_STAGES])
    rows = [row for stage in stages for row in _rows(evidence, stage)[: MOST_ROWS // len(stages)]]
    return pd.DataFrame(rows).drop(columns="_order", errors="ignore")


def filler_sentence(evidence: ChainEvidence, stage: str, language: str = "en") -> str:
    """Return who is strong at a stage, and for how many of the regions that are not one lies near across a border."""
    needs, strong = seekers(evidence, stage)
    it, label = language == "it", quoted(evidence.chain.labels(language)[stage], language)
    if needs.empty:
        return f"In {label} tutte le regioni con dati sono forti." if it else (
            f"At {label} all regions with figures are strong.")  # fmt: skip
    abroad = strong[[any(code[:2] != need[:2] for need in needs.index) for code in strong.index]]
    if abroad.empty:
        return f"In {label} nessuna regione oltre confine è forte." if it else (
            f"At {label} no region across a national border is strong.")  # fmt: skip
    best, rest = abroad.head(NAMED), abroad.iloc[NAMED:]
    names = listed([with_country(evidence, code, language) for code in best.index], language)
    sure = best["specialised_lower"].min() > rest["specialised_upper"].max() if len(rest) else True
    near, number = int((needs["near_km"] <= NEAR_KM).sum()), len(needs)
    if it:
        return f"In {label} {_strong_in_italian(names, len(best), len(rest), sure)}; {_near_in_italian(near, number)}."
    most = "" if rest.empty else f", {'with' if sure else 'among those with'} the most jobs above the EU's share,"
    who = f"Strong at {label}{most} {'is' if len(best) == 1 else 'are'} {names}"
    if number == 1:
        found = f"the one other region with figures {'has' if near else 'does not have'}"
    else:
        every = "both" if number == 2 else f"all {number}"
        of = every if near == number else f"{written_out(near)} of the {number}"
        found = f"{of} other regions with figures {'has' if near <= 1 else 'have'}"
    return f"{who}; {found} a strong one across a national border within {NEAR_KM} km."


def _strong_in_italian(names: str, named: int, rest: int, sure: bool) -> str:
    if named == 1:
        return f"è forte {names}"
    if not rest:
        return f"sono forti {names}"
    return f"sono forti, {'con' if sure else 'tra quelle con'} più addetti oltre la quota UE, {names}"


def _near_in_italian(near: int, number: int) -> str:
    where = f"una forte oltre confine entro {NEAR_KM} km"
    if number == 1:
        return f"l'unica regione non forte {'ne ha' if near else 'non ne ha'} {where}"
    every = "entrambe le" if number == 2 else f"tutte le {number}"
    of = every if near == number else f"{written_out(near, 'it')} delle {number}"
    return f"{of} regioni non forti ne {'ha' if near <= 1 else 'hanno'} {where}"


def candidate_sentence(evidence: ChainEvidence) -> str:
    """Return, for each bottleneck stage, how many regions lack it and how near a strong one across a border is."""
    return " ".join(_lacking(evidence, stage) for stage in thin_stages(evidence).index[:MOST_STAGES])


def _lacking(evidence: ChainEvidence, stage: str) -> str:
    label = quoted(evidence.chain.labels()[stage])
    needs, strong = seekers(evidence, stage)
    number, words = len(needs), needs["strength"].value_counts()
    if not number:
        return f"At {label} no region with figures is weak or open."
    known = [
        f"{words[word]} {'is' if words[word] == 1 else 'are'} {word}" for word in ("weak", "open") if word in words
    ]
    known[0] = known[0].replace(" ", " region " if known[0].startswith("1 ") else " regions ", 1)
    lacking = f"At {label} {listed(known)}"
    if strong.empty or needs["near"].isna().all():
        return f"{lacking}, and no region across a national border is strong."
    touching = int(needs["touching"].sum())
    if number == 1:
        touch = "it touches" if touching else "it does not touch"
    else:
        of = f"all {number}" if touching == number else f"{written_out(touching)} of these {number}"
        touch = f"{of} {'touches' if touching <= 1 else 'touch'}"
    alone = int(needs["near"].isna().sum())
    others = f", and {written_out(alone)} {'has' if alone == 1 else 'have'} none abroad" if alone else ""
    far = needs["near_km"].idxmax()
    end = f"{place(needs.loc[far, 'near'])}, {count(needs.loc[far, 'near_km'])} km"
    longest = (f"The nearest one abroad is {end}" if number == 1
               else f"The one with the longest way to such a region is {place(far)} (to {end})")  # fmt: skip
    return f"{lacking}; {touch} a strong region of another country{others}. {longest}."
