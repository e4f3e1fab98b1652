"""The index page: every report as a card, cases by region, with the sources beneath.

The page is one file without script; its images are the reports' own figures, relative to ``outputs/``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

__all__ = ["IndexEntry", "build_index", "entries_of", "provenance"]

PURPOSE = (
    "Where industries cluster in the Alpine regions, and how that compares with their smart specialisation "
    "strategies: indicators, maps and case studies computed from official statistics. Anyone can reproduce them."
)
SECTIONS = {
    "benchmark": "Benchmark of the strategies",
    "stress-test": "Stress test of the strategies",
    "lombardy": "Lombardy",
    "partners": "Partners",
    "innovation-model": "Innovation model",
    "action-plan": "Action plan",
    "services": "Services",
    "chain": "Value chains",
    "atlas": "Atlas",
    "study": "Across regions",
    "guide": "How to read and what it rests on",
}
OTHERS = "Further reports"


@dataclass(frozen=True)
class IndexEntry:
    """One card of the index.

    ``kind`` is ``"case"``, ``"atlas"``, ``"guide"`` or anything else; ``href`` and ``thumbnail`` are relative
    to the index page; labels that do not apply are empty.
    """

    name: str
    title: str
    finding: str
    kind: str
    region_label: str
    country: str
    family_label: str
    year: str | int
    href: str
    thumbnail: str
    thumbnail_alt: str


def build_index(entries: Sequence[IndexEntry], *, generated_from: Mapping[str, Any] | None = None) -> str:
    """Return the index page: cases grouped by region, then the atlas and the other reports.

    Regions and their cases are in alphabetical order; everything else keeps the order it comes in.

    Parameters
    ----------
    entries
        The reports that exist.
    generated_from
        ``version`` and ``vintage`` (which data, as words), and where known ``licence`` of the computation and
        ``sources``, each with ``name``, ``url`` and ``licence``; :func:`provenance` where omitted.

    Raises
    ------
    ValueError
        If two entries have one name, an address leads out of the folder, or an image says nothing.

    Examples
    --------
    >>> "No report has been made yet" in build_index([], generated_from={"version": "1", "vintage": "2014"})
    True
    """
    from jinja2 import Environment, StrictUndefined

    known = provenance() if generated_from is None else generated_from
    missing = [key for key in ("version", "vintage") if not known.get(key)]
    if missing:
        raise ValueError(f"the index cannot say what it was made from: {' and '.join(missing)} missing")
    _check(entries)
    cases: dict[str, list[IndexEntry]] = {}
    sections: dict[str, list[IndexEntry]] = {heading: [] for heading in (*SECTIONS.values(), OTHERS)}
    for entry in entries:
        if entry.kind == "case":
            cases.setdefault(entry.region_label or "Several regions", []).append(entry)
        else:
            sections[SECTIONS.get(entry.kind, OTHERS)].append(entry)
    regions = []
    for number, label in enumerate(sorted(cases, key=_alphabetical), start=1):
        of_region = sorted(cases[label], key=lambda entry: (_alphabetical(entry.title), entry.name))
        slug = re.sub(r"[^a-z0-9]+", "-", _alphabetical(label)).strip("-")
        regions.append({"label": label, "anchor": f"region-{number}-{slug}", "entries": of_region})
    # StrictUndefined: a name misspelt in the template raises instead of printing nothing
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_resource("index.html"))
    page = template.render(
        purpose=PURPOSE,
        version=known["version"],
        vintage=str(known["vintage"]).rstrip("."),
        licence=known.get("licence", ""),
        sources=[_source(source) for source in known.get("sources", ())],
        count=len(entries),
        regions=regions,
        sections=[(heading, group) for heading, group in sections.items() if group],
        css=_resource("report.css") + _resource("site.css"),
    )
    return page.rstrip("\n") + "\n"


def entries_of(known: Mapping[str, Mapping[str, Any]], order: Sequence[str]) -> list[IndexEntry]:
    """Return the cards of the reports in a ledger, in the order given; without a summary a card is bare.

    Parameters
    ----------
    known
        Name of a report to its entry in the ledger: ``kind``, ``title``, ``summary`` and ``files``.
    order
        Names in the order of the full run.
    """
    entries = []
    for name in order:
        if name not in known:
            continue
        made, summary = known[name], known[name].get("summary", {})
        title = summary.get("title") or made["title"]
        thumbnail = f"figures/{name}/{summary.get('thumbnail', '')}.png"
        drawn = thumbnail in made.get("files", {})
        entries.append(
            IndexEntry(
                name=name,
                title=title,
                finding=summary.get("finding", ""),
                kind=made["kind"],
                region_label=summary.get("region", ""),
                country=summary.get("country", ""),
                family_label=summary.get("family", ""),
                year=summary.get("year", ""),
                href=f"reports/{name}.html",
                thumbnail=thumbnail if drawn else "",
                thumbnail_alt=f"A figure of the report: {title}" if drawn else "",
            )
        )
    return entries


def provenance() -> dict[str, Any]:
    """Return version, vintage and sources of the processed tables, as ``datapackage.json`` records them."""
    import alpclusters_lib
    from alpclusters_lib import paths

    package = json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))
    sources: dict[str, dict[str, str]] = {}
    for resource in package["resources"]:
        for source in resource.get("sources", []):
            name = ", ".join(filter(None, [source.get("publisher", ""), source["title"]]))
            url = source["path"] if re.match(r"https?://", source.get("path", "")) else ""
            sources[name] = {"name": name, "url": url, "licence": source.get("licence", "")}
    return {
        "version": alpclusters_lib.__version__,
        "vintage": "base year 2014, regions as in NUTS 2016",
        "licence": "MIT",
        "sources": [sources[name] for name in sorted(sources)],
    }


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _alphabetical(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def _source(source: Mapping[str, str]) -> dict[str, str]:
    url = source.get("url", "")
    if url and not re.match(r"https?://", url):
        raise ValueError(f"the source {source['name']!r} has the address {url!r}, which is not a web page")
    return {"name": source["name"], "url": url, "licence": source.get("licence", "").rstrip(".")}


def _check(entries: Sequence[IndexEntry]) -> None:
    names = [entry.name for entry in entries]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two reports are named {doubled[0]!r}")
    for entry in entries:
        for address in (entry.href, entry.thumbnail):
            if re.match(r"[a-zA-Z][\w+.-]*:|/|\\", address) or ".." in address.split("/"):
                raise ValueError(f"report {entry.name!r}: the address {address!r} leads out of the outputs folder")
        if entry.thumbnail and not entry.thumbnail_alt.strip():
            raise ValueError(f"report {entry.name!r}: its thumbnail has no alternative text")
