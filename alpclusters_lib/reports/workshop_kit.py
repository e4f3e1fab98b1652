"""The workshop kit of a region: a data sheet of one page, an empty canvas and a survey form, in five languages."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.indicators._checks import one_of
from alpclusters_lib.reports import activity_evidence, partners, priority_coding, survey_files
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.activity_words import activity_name, weakest
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import decimal, estimate, span

__all__ = ["KINDS", "LANGUAGES", "page", "words", "write_kit"]

LANGUAGES = ("en", "it", "de", "fr", "sl")
KINDS = ("sheet", "canvas", "form")
SHOWN = 5
MARKS = ("1", "2", "3", "4", "5", "?")


def words(language: str = "en") -> dict[str, str]:
    """Return the words of the kit in a language; another one raises a sentence."""
    return dict(datasets.facts("kit_words").set_index("key")[one_of(language, LANGUAGES, name="language")])


def _spoken(language: str) -> str:
    """Return the language of names that the tables hold in English and Italian only."""
    return "it" if language == "it" else "en"


def _area(region: str, language: str) -> str:
    table = regions.s3_regions()
    column = {"en": "name_en", "it": "name_it"}.get(language, "name_local")
    return str(table.loc[region, column])


def _families(own: str, spoken: str) -> list[tuple[str, str, str]]:
    """Return the strongest families with quotient and jobs."""
    table = pd.DataFrame({family: evidence.quotients(family).loc[own] for family in FAMILIES}).T
    order = table["lq"].astype(float).fillna(table[["lq_lower", "lq_upper"]].astype(float).mean(axis=1))
    rows = []
    for family in order.sort_values(ascending=False).index[:SHOWN]:
        row = table.loc[family]
        limits = span(row["lower"], row["upper"], 2, spoken)
        jobs = estimate(row["jobs"], row["jobs_lower"], row["jobs_upper"], spoken)
        rows.append((sectors.family(family).label(spoken), f"{quotient(row, spoken)} ({limits})", jobs))
    return rows


def _data(region: str, language: str) -> dict[str, Any]:
    """Return what the data sheet prints; empty for a region without figures."""
    own, spoken = evidence.area_of(region), _spoken(language)
    if own is None:
        return {}
    family = evidence.leading_family(region)
    ranked = partners.ranked(region, family).head(3)
    missing = [
        chain.labels(spoken)[stage]
        for chain in evidence.chains_of(family)
        for stage, held in evidence.holdings(chain).loc[own].items()
        if not held
    ]
    return {
        "families": _families(own, spoken), "family": sectors.family(family).label(spoken),
        "candidates": [(f"{activity_name(found, spoken)}, {place(found.regions[1], spoken)}", weakest(found, spoken))
                       for found in activity_evidence.activities(region)],
        "partners": [(place(code, spoken), f"{decimal(row['mean'], 2, spoken)} "
                      f"({span(row['mean_lower'], row['mean_upper'], 2, spoken)})") for code, row in ranked.iterrows()],
        "missing": "; ".join(missing),
    }  # fmt: skip


def page(region: str, kind: str, language: str = "en") -> str:
    """Return one page of the kit as a file to print that loads nothing.

    Parameters
    ----------
    region
        Key of the strategy's region.
    kind
        ``sheet``, ``canvas`` or ``form``.
    language
        Of the headings: en, it, de, fr or sl. Names of industries and statements are Italian in Italian, else English.

    Raises
    ------
    ValueError
        If the region, the kind or the language is unknown.
    """
    regions.s3_region(region)
    found, spoken = words(language), _spoken(language)
    owners, titles = priority_coding.region_of(), priority_coding.titles(language=spoken)
    return _template().render(
        kind=one_of(kind, KINDS, name="kind"), language=language, words=found, title=found[f"{kind}_title"],
        area=_area(region, language), data=_data(region, language) if kind == "sheet" else {},
        priorities="; ".join(titles[owners.index[owners == region]]),
        statements=list(survey_files.questions("survey")[f"text_{spoken}"]), marks=MARKS,
        css=files(__package__).joinpath("kit.css").read_text(encoding="utf-8"),
    )  # fmt: skip


@functools.lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    # StrictUndefined: a name misspelt in the template raises instead of printing nothing
    text = files(__package__).joinpath("kit.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)


def write_kit(region: str, folder: Path, *, language: str = "en") -> list[Path]:
    """Write the three pages of a region's kit and return the files."""
    made = {kind: page(region, kind, language) for kind in KINDS}
    return [write_atomically(Path(folder) / f"{region}-{kind}-{language}.html", text) for kind, text in made.items()]
