"""A region seen through the five elements of the S3 innovation model: what data show, what is unknown, what is near."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.figures import link_dots, style
from alpclusters_lib.reports import activity_evidence as candidates
from alpclusters_lib.reports import benchmark_evidence
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.activity_words import (
    LINK_NAMES,
    activity_name,
    activity_sentence,
    division_name,
    weakest,
)
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.narrative import lower_first
from alpclusters_lib.reports.numbers import count, percent
from alpclusters_lib.reports.partner_words import check_language
from alpclusters_lib.reports.partners import verdict as partner_verdict
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.strategy.innovation_model import ELEMENTS
from alpclusters_lib.strategy.innovation_model import evidence as counted

__all__ = [
    "SOURCE", "at_a_glance", "candidate_picture", "element_table", "elements", "helix_sentence", "helix_table",
    "known_table", "limits", "object_table",
]  # fmt: skip

SOURCE = f"Source: Eurostat, structural business statistics 2014; own chains and computation. {GEO}"
SHOWN = 10
HELIX = ("business", "academia", "public", "intermediary")
"""Kinds of actors as partners.csv names them; cluster organisations are intermediaries."""

UNKNOWN = {
    "evidence base": "skills inside firms, technologies by firm, inputs from Switzerland and Liechtenstein",
    "transformative activities": "whether actors see the opportunity, and what would have to change",
    "development strategy": "budgets, texts of the documents, and how priorities were chosen",
    "implementation": "projects, members and funds of the organisations; calls and their dates",
    "monitoring": "every year after 2015, and indicators agreed with the actors",
}


@functools.lru_cache(maxsize=16)
def elements(region: str) -> pd.Series:
    """Return what figures and facts count of each element (:func:`strategy.innovation_model.evidence`)."""
    regions.s3_region(region)
    priorities = datasets.facts("s3_priorities")
    priorities = priorities[(priorities["period"] == "2014-2020") & priorities["priority"].notna()]
    lower = candidates.lower_limits().rename(index={evidence.area_of(region): region})
    return counted(
        region, lower, found=candidates.found(region), priorities=priorities["region"],
        organisations=datasets.facts("cluster_organisations")["regions_served"],
        baselines=list(benchmark_evidence.core().index),
    )  # fmt: skip


def at_a_glance(region: str, language: str = "en") -> list[str]:
    """Return the best-evidenced transformative activity and the first partner, a line each, with the weakest number."""
    it = check_language(language)
    first = activity_sentence(region, language)
    if evidence.area_of(region) is None:
        return [first]
    words = ("Attività trasformativa meglio documentata", "Primo partner") if it else (
        "Best-evidenced transformative activity", "First partner")  # fmt: skip
    partner = partner_verdict(region, evidence.leading_family(region), language)
    return [f"**{words[0]}.** {first}", f"**{words[1]}.** {partner}"]


def _shown(region: str, element: str) -> str:
    number = elements(region)[element]
    if pd.isna(number):
        return "no jobs by division are published"
    words = {
        "evidence base": f"{number:.0f} of {len(candidates.lower_limits().columns)} divisions surely above the EU's "
        "share of jobs",
        "transformative activities": f"{number:.0f} pairs of related divisions that a partner abroad could complete",
        "development strategy": f"{number:.0f} named priorities of 2014–2020" if number
        else "no named priorities of 2014–2020 found",
        "implementation": f"{number:.0f} cluster organisations known" if number else "no cluster organisation known",
        "monitoring": f"{number:.0f} indicators with a baseline",
    }  # fmt: skip
    return words[element]


def element_table(region: str) -> pd.DataFrame:
    """Return the five elements: what the data show, what is unknown, and which practice is near."""
    practices = datasets.facts("practices")
    rows = []
    for number, element in enumerate(ELEMENTS, 1):
        near = practices[practices["element_of_innovation_model"] == element]
        own = near[near["region"].fillna("").isin([region, ""])]
        told = [str(text) for text in own["practice"]]
        told += [f"{regions.s3_region(row.region).name('en')}: {row.practice}" for row in near.itertuples()
                 if isinstance(row.region, str) and row.region and row.region != region]  # fmt: skip
        rows.append({
            "element": f"{number}. {element}", "what data and facts show": _shown(region, element),
            "what is unknown here": UNKNOWN[element], "practices known": "; ".join(told) or "none in the facts",
        })  # fmt: skip
    return pd.DataFrame(rows)


def candidate_picture(region: str) -> Picture | None:
    """Draw the links of the first candidates; nothing where there is none."""
    table = candidates.found(region).head(SHOWN)
    if table.empty:
        return None
    data = table[list(LINK_NAMES["en"])].copy()
    short = {code: sectors.label(code, short=True) for code in sectors.divisions()}
    data.index = [f"{short[row.capacity]} with {lower_first(short[row.partner_capacity])}, {place(row.partner)}"
                  for row in table.itertuples()]  # fmt: skip
    first = activity_name(candidates.activity(region))
    with style.style():
        figure, ax = panel(6.2, 0.36 * len(data) + 0.5)
        link_dots.link_dots(
            data, ax=ax, links=LINK_NAMES["en"], x_label="Percentile: EU regions, or pairs of divisions (from 0.5)",
            title=f"Best evidenced: {first}", source=SOURCE,
        )  # fmt: skip
    names = "; ".join(f"{division_name(row.capacity)} with {division_name(row.partner_capacity)}"
                      for row in table.head(3).itertuples())  # fmt: skip
    caption = "A candidate is as well evidenced as its weakest link. Strengths are percentiles of the lower limits."
    return Picture(figure, "candidates", table.drop(columns="others"), f"Links of candidates, first {names}.", caption)


def object_table(region: str) -> pd.DataFrame:
    """Return the first three candidates as objects: capacities, opportunity, actors, actions, regions."""
    rows = []
    for activity in candidates.activities(region):
        chain, first, second = activity.opportunity.split("/")
        model = evidence.chains()[chain]
        rows.append({
            "capacities": activity_name(activity),
            "opportunity": f"{model.title}: where {model.labels()[first]} meets {model.labels()[second]}",
            "regions": listed([place(code) for code in activity.regions]),
            "actors known": "; ".join(activity.actors) or "none in the facts: to be named",
            "actions": "none agreed: to be decided by the actors",
            "weakest number": weakest(activity),
        })  # fmt: skip
    return pd.DataFrame(rows)


def known_table(region: str) -> pd.DataFrame:
    """Return the activities and ideas that workshops of the project named for a region, as their sources call them."""
    table = candidates.known_activities(region).fillna("")
    table = table.replace({"actors": {"": "–"}, "actions": {"": "–"}})
    return table[["title", "kind", "actors", "actions", "source"]].rename(columns={"title": "what", "kind": "called"})


@functools.lru_cache(maxsize=16)
def _helix(region: str) -> pd.Series:
    """Return how many actors of each kind the facts name for a region."""
    partners = datasets.facts("partners")
    named = partners[partners["region"] == region]["helix"].value_counts()
    organisations = (datasets.facts("cluster_organisations")["regions_served"] == region).sum()
    counts = named.reindex(list(HELIX), fill_value=0)
    counts["intermediary"] += organisations
    return counts


def helix_sentence(region: str, language: str = "en") -> str:
    """Return which kinds of actors the facts name for a region, and which are missing there: unknown, not absent."""
    it = check_language(language)
    counts, name = _helix(region), regions.s3_region(region).name(language)
    words = dict(zip(HELIX, ("imprese", "università", "enti pubblici", "intermediari") if it
                     else ("business", "academia", "public bodies", "intermediaries"), strict=True))  # fmt: skip
    known = [f"{words[kind]} ({count(number, language)})" for kind, number in counts.items() if number]
    missing = [words[kind] for kind, number in counts.items() if not number]
    missing.append("società civile" if it else "civil society")
    if it:
        return f"Soggetti noti per {name}: {listed(known, 'it')}. Ignoti, non assenti: {listed(missing, 'it')}."
    return f"Actors known for {name}: {listed(known)}. Unknown here, not absent: {listed(missing)}."


def helix_table(region: str) -> pd.DataFrame:
    """Return who took part in Horizon 2020 from the region's country, by type, beside the EU."""
    codes, country = datasets.facts("h2020_codes"), regions.s3_region(region).country
    names = codes[codes["kind"] == "organisation_type"].set_index("code")["name"]
    counts = datasets.participations().groupby(["country", "organisation_type"], observed=True)["participations"].sum()
    counts = counts.unstack(fill_value=0)
    own, everybody = counts.loc[country], counts.sum()
    return pd.DataFrame([
        {"type of organisation": names.get(kind, kind), regions.name(country): percent(100 * own[kind] / own.sum(), 0),
         "all countries": percent(100 * everybody[kind] / everybody.sum(), 0)}
        for kind in counts.columns
    ])  # fmt: skip


def limits() -> list[str]:
    """Return what the five elements and the candidates do not say."""
    return [
        "A candidate joins two divisions that EU regions outside the Alps tend to hold together, at neighbouring "
        "stages of a chain described here. Whole divisions are wide: it shows where to look, not a product.",
        "Strengths are percentiles of lower limits of location quotients, 2014: nothing on skills, firms or will.",
        "The partner named is the region abroad where the related division is strongest, however far; others who have "
        "it stand in the table.",
        "Organisations are matched by their names alone, and the list of organisations is what public pages name.",
        "The project's own transformative activities were found for a few regions only; the rest is blank, not absent.",
        "Civil society, the fourth helix, is in none of the tables.",
    ]
