"""The site: an overview with a map, a page a region, figures, data, methods, glossary and how to cite.

Every page stands in English and Italian, works from a file without a network, and holds its own style and its one
small script, which only searches and filters. The whole site also travels as one ZIP file.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.site_entries import Entry, alphabetical
from alpclusters_lib.reports.site_words import KINDS, LANGUAGES, WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["ZIP", "Place", "pages", "places", "write_site"]

ZIP = "alpclusters-reports.zip"
# pages of the bar at the top, in its order
BAR = ("home", "figures", "data", "methods", "glossary", "cite")
FILES = {"home": "index"}


@dataclass(frozen=True)
class Place:
    """A region with a page: its key, names by language, codes, and whether it is one with a strategy."""

    key: str
    names: Mapping[str, str]
    codes: tuple[str, ...]
    country: str
    strategy: bool


def places(entries: Sequence[Entry]) -> list[Place]:
    """Return the regions with a strategy and all others that a report is about, in alphabetical order."""
    from alpclusters_lib import datasets, regions

    member, found = datasets.regions()["s3_region"], []
    for key in regions.s3_regions().index:
        region = regions.s3_region(key)
        codes = tuple(member.index[member == key])
        found.append(Place(key, {"en": region.name("en"), "it": region.name("it")}, codes, region.country, True))
    others = {place for entry in entries for place in entry.places} - {place.key for place in found}
    for code in others:
        names = {language: regions.name(code, language) for language in LANGUAGES}
        found.append(Place(code, names, (code,), regions.country(code), False))
    return sorted(found, key=lambda place: (not place.strategy, alphabetical(place.names["en"])))


def pages(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the site's own pages, by their place in the folder of outputs; the reports' pages are not among them.

    Parameters
    ----------
    entries
        The reports that exist (:func:`alpclusters_lib.reports.site_entries.entries_of`).
    """
    from alpclusters_lib.reports.site_map import overview_map
    from alpclusters_lib.reports.site_methods import rooms
    from alpclusters_lib.reports.site_sources import bibtex, processed_tables
    from alpclusters_lib.sources.catalogue import catalogue

    known = places(entries)
    drawing = overview_map({place.key: place.codes for place in known})
    counts = Counter(place for entry in entries for place in entry.places)
    content: dict[str, dict[str, Any]] = {
        "home": {"map": drawing, "places": {p.key: p for p in known}, "counts": counts, "entries": entries},
        "figures": {"entries": entries},
        "data": {"published": catalogue().values(), "processed": processed_tables()},
        "methods": {"rooms": rooms()},
        "glossary": {"terms": sorted((m for r in rooms() for m in r.methods), key=lambda m: m.name)},
        "cite": {"bibtex": bibtex()},
    }
    made = {}
    for language in LANGUAGES:
        families = sorted({entry.family(language) for entry in entries} - {""})
        for page, inside in content.items():
            made[_file(page, language)] = _page(f"site_{page}.html", page, language, families=families, **inside)
        for place in known:
            about = [entry for entry in entries if place.key in entry.places]
            made[_file(f"regions/{place.key}", language)] = _page(
                "site_region.html",
                f"regions/{place.key}",
                language,
                place=place,
                entries=about,
                heading=place.names[language],
            )
    return made


def write_site(entries: Sequence[Entry], folder: Path) -> None:
    """Write the site's pages and the ZIP file of pages and reports into the folder of outputs."""
    made = pages(entries)
    for old in (folder / "regions").glob("*.html"):
        if old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, page in made.items():
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != page:
            write_atomically(folder / name, page)
    write_atomically(folder / ZIP, _zipped(folder, sorted([*made, *_files_of(entries)])))


def _files_of(entries: Sequence[Entry]) -> set[str]:
    """Return the files of the reports that the site leads to."""
    figures = [figure for entry in entries for figure in entry.figures]
    return {entry.href for entry in entries} | {figure.image for figure in figures} | {f.numbers for f in figures}


def _zipped(folder: Path, names: Sequence[str]) -> bytes:
    """Return files as a ZIP with one date for all: the same files are the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"alpclusters-reports/{name}", date_time=(2014, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            # pictures do not get smaller
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / name).read_bytes())
    return content.getvalue()


def _file(page: str, language: str) -> str:
    return f"{FILES.get(page, page)}{'' if language == 'en' else '.it'}.html"


def _page(template: str, page: str, language: str, **inside: Any) -> str:
    """Return one page: its template between the bar and the foot."""
    import alpclusters_lib

    words, script = WORDS[language], _resource("site.js")
    other = next(each for each in LANGUAGES if each != language)
    up = "../" * page.count("/")
    shown = (
        _templates()
        .get_template(template)
        .render(
            page=page,
            language=language,
            other=other,
            other_file=up + _file(page, other),
            bar=[(name, up + _file(name, language), words[name]) for name in BAR],
            file=lambda name: up + _file(name, language),
            up=up,
            w=words,
            kinds={kind: names[language] for kind, names in KINDS.items()},
            kind_order=list(KINDS),
            alphabetical=alphabetical,
            version=alpclusters_lib.__version__,
            css=_resource("report.css") + _resource("site.css"),
            script=script,
            script_sha=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            **{"heading": words["title"] if page == "home" else words.get(page, ""), **inside},
        )
    )
    return shown.rstrip() + "\n"


@functools.cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    # StrictUndefined: a name misspelt in a template raises instead of printing nothing
    options = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=FunctionLoader(_resource), **options)


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
