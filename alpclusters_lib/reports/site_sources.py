"""Where the figures come from: tables computed from published files, and how to cite both."""

from __future__ import annotations

import json
from dataclasses import dataclass

import yaml

from alpclusters_lib import paths
from alpclusters_lib.sources.catalogue import catalogue

__all__ = ["Table", "bibtex", "processed_tables"]


@dataclass(frozen=True)
class Table:
    """A table of ``data/processed``, as ``datapackage.json`` has it."""

    name: str
    title: str
    rows: int
    sha256: str
    datasets: tuple[str, ...]


def processed_tables() -> list[Table]:
    """Return every processed table with the data sets it was computed from."""
    package = json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))
    return [
        Table(
            resource["name"],
            resource["title"],
            int(resource["rows"]),
            resource["hash"].removeprefix("sha256:"),
            tuple(source.get("dataset") or source["title"] for source in resource.get("sources", [])),
        )
        for resource in package["resources"]
    ]


def bibtex() -> dict[str, str]:
    """Return BibTeX entries: the compendium's under ``alpclusters``, then one for each published data set.

    Examples
    --------
    >>> print(bibtex()["alpclusters"].splitlines()[0])
    @software{alpclusters,
    """
    found = {"alpclusters": _software()}
    for published in catalogue().values():
        found[published.dataset] = _entry(
            "misc",
            published.dataset,
            author=f"{{{published.publisher}}}",
            title=f"{{{published.title}}}",
            year=published.retrieved[:4],
            note=published.reference,
            url=published.url,
        )
    return found


def _software() -> str:
    citation = paths.root() / "CITATION.cff"
    told = yaml.safe_load(citation.read_text(encoding="utf-8")) if citation.is_file() else {}
    return _entry(
        "software",
        "alpclusters",
        author=f"{{{' and '.join(author['name'] for author in told.get('authors', ()))}}}",
        title=f"{{{told.get('title', 'alpclusters')}}}",
        year=str(told.get("date-released", ""))[:4],
        version=str(told.get("version", "")),
        license=str(told.get("license", "")),
    )


def _entry(kind: str, key: str, **fields: str) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])
