"""What the site knows of the reports: a card for each, its figures, and the regions it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alpclusters_lib.reports.site_words import TITLES_IT

if TYPE_CHECKING:
    from alpclusters_lib.reports.jobs import Job

__all__ = ["Entry", "Figure", "alphabetical", "check", "entries_of", "places_of"]


@dataclass(frozen=True)
class Figure:
    """A figure of a report: number and words as in the report, files relative to the folder of outputs."""

    number: int
    name: str
    alt: str
    image: str
    numbers: str


@dataclass(frozen=True)
class Entry:
    """A report on the site; addresses are relative to the folder of outputs, labels that do not apply are empty.

    ``titles`` and ``findings`` are by language; a language that is absent is answered in English.
    """

    name: str
    kind: str
    titles: Mapping[str, str]
    findings: Mapping[str, str]
    href: str
    places: tuple[str, ...] = ()
    country: str = ""
    families: Mapping[str, str] = field(default_factory=dict)
    year: str = ""
    thumbnail: str = ""
    figures: tuple[Figure, ...] = ()

    def title(self, language: str) -> str:
        """Return the title, in English where there is no other."""
        return self.titles.get(language) or self.titles["en"]

    def family(self, language: str) -> str:
        """Return the cluster family, in English where there is no other name."""
        return self.families.get(language) or self.families.get("en", "")

    def finding(self, language: str) -> str:
        """Return the finding, in English where there is no other."""
        return self.findings.get(language) or self.findings.get("en", "")

    def speaks(self, language: str) -> str:
        """Return the language in which the finding stands."""
        return language if self.findings.get(language) else "en"


def entries_of(known: Mapping[str, Mapping[str, Any]], jobs: Sequence[Job]) -> list[Entry]:
    """Return the cards of the reports in a ledger, in the order of the jobs; without a summary a card is bare.

    Parameters
    ----------
    known
        Name of a report to its entry in the ledger: ``kind``, ``title``, ``summary``, ``figures`` and ``files``.
    jobs
        Every report of a full run.
    """
    entries = []
    for job in jobs:
        if job.name not in known:
            continue
        made, summary = known[job.name], known[job.name].get("summary", {})
        figures = _figures(job.name, made)
        thumbnail = f"figures/{job.name}/{summary.get('thumbnail', '')}.png"
        places, family = places_of(job), summary.get("family", "")
        entries.append(
            Entry(
                name=job.name,
                kind=made["kind"],
                titles={"en": summary.get("title") or made["title"], "it": _italian_title(job.kind, places, summary)},
                findings={"en": summary.get("finding", ""), "it": summary.get("finding_it", "")},
                href=f"reports/{job.name}.html",
                places=places,
                country=summary.get("country", "") or ", ".join(sorted({_country(place) for place in places})),
                families={"en": family, "it": summary.get("family_it", "")},
                year=str(summary.get("year", "")),
                thumbnail=thumbnail if thumbnail in made.get("files", {}) else "",
                figures=figures,
            )
        )
    check(entries)
    return entries


def _italian_title(kind: str, places: Sequence[str], summary: Mapping[str, str]) -> str:
    """Return the Italian title of a report about one region; empty where the English one has to do."""
    if kind not in TITLES_IT or len(places) != 1 or (kind == "case" and not summary.get("family_it")):
        return ""
    from alpclusters_lib import regions

    place = summary.get("region_it") or (
        regions.s3_region(places[0]).name("it")
        if places[0] in regions.s3_regions().index
        else regions.name(places[0], "it")
    )
    return TITLES_IT[kind].format(place=place, family=summary.get("family_it", ""))


def _figures(name: str, made: Mapping[str, Any]) -> tuple[Figure, ...]:
    found = []
    for number, figure in enumerate(made.get("figures", ()), start=1):
        place = f"figures/{name}/{figure['name']}"
        if f"{place}.png" in made["files"]:
            found.append(Figure(number, figure["name"], figure["alt"], f"{place}.png", f"{place}.csv"))
    return tuple(found)


def places_of(job: Job) -> tuple[str, ...]:
    """Return the places a report is about: keys of regions with a strategy, else NUTS codes."""
    from alpclusters_lib import datasets, regions

    named = job.parameters.get("region", "")
    if job.kind == "case":
        from alpclusters_lib.reports.case import load_case

        named = load_case(job.name).region
    if job.kind == "lombardy":
        named = "lombardy"
    if not named:
        return ()
    keys, member = set(regions.s3_regions().index), datasets.regions()["s3_region"]
    parts = [part if part in keys else member.get(part, "") or part for part in named.split("+")]
    return tuple(dict.fromkeys(parts))


def _country(place: str) -> str:
    from alpclusters_lib import regions

    keys = regions.s3_regions()
    return keys.loc[place, "country"] if place in keys.index else place[:2]


def alphabetical(text: str) -> str:
    """Return a text as it is sorted and searched: without accents and capitals."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def check(entries: Sequence[Entry]) -> None:
    """Refuse doubled names and addresses that lead out of the folder of outputs.

    Raises
    ------
    ValueError
        The sentence names the report.
    """
    names = [entry.name for entry in entries]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two reports are named {doubled[0]!r}")
    for entry in entries:
        for address in (entry.href, entry.thumbnail):
            if re.match(r"[a-zA-Z][\w+.-]*:|/|\\", address) or ".." in address.split("/"):
                raise ValueError(f"report {entry.name!r}: the address {address!r} leads out of the outputs folder")
