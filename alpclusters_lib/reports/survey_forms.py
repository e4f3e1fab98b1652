"""Forms of the surveys and of the assessment wheel: a sheet to fill in and a page to print, in two languages.

The questions are our wording along the published frame of the S3 StressTest, and the forms say so.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from alpclusters_lib.indicators._checks import listed, one_of
from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.survey_files import COMMENT, GROUPS, HEAD, KINDS, UNKNOWN, questions

__all__ = ["LANGUAGES", "printable", "template", "write_forms"]

LANGUAGES = ("en", "it")

DIRECTIONS = {
    "s3_to_clusters": {"en": "From the strategy to clusters", "it": "Dalla strategia ai cluster"},
    "clusters_to_s3": {"en": "From clusters to the strategy", "it": "Dai cluster alla strategia"},
}
AGREEMENT = {
    "en": ("1 strongly disagree", "2 disagree", "3 neither", "4 agree", "5 strongly agree"),
    "it": ("1 per niente", "2 poco", "3 né sì né no", "4 abbastanza", "5 molto"),
}
MARKS = {
    "en": ("1 poor", "2 to be improved", "3 fair", "4 strong", "5 excellent", "0 no information"),
    "it": ("1 scarso", "2 da migliorare", "3 discreto", "4 buono", "5 eccellente", "0 nessuna informazione"),
}
DEGREES = {
    "en": ("1 not at all", "2 little", "3 partly", "4 mostly", "5 fully"),
    "it": ("1 per niente", "2 poco", "3 in parte", "4 in gran parte", "5 del tutto"),
}
SECTIONS = {
    "survey": ("direction", "direction"), "wheel": ("step", "step_it"), "services": ("asked_en", "asked_it"),
    "self-assessment": ("group", "group_it"),
}  # fmt: skip
"""The column that parts the questions of a kind, in English and Italian."""

WORDS: dict[str, dict[str, dict[str, str]]] = {
    "survey": {
        "en": {
            "title": "Smart specialisation strategy and clusters: a survey",
            "intro": (
                "How do the region's smart specialisation strategy (S3) and its clusters work together? Please answer "
                "for your region, from your own experience. It takes about ten minutes."
            ),
            "scale": "How far do you agree? One box a line.",
            "origin": (
                "The questions follow the two directions of the S3 StressTest of the Interreg project "
                "S3-4AlpClusters. Their wording is ours: the questions of the project were not found."
            ),
        },
        "it": {
            "title": "Strategia di specializzazione intelligente e cluster: questionario",
            "intro": (
                "Come lavorano insieme la strategia di specializzazione intelligente (S3) della regione e i suoi "
                "cluster? Risponda per la Sua regione, in base alla Sua esperienza. Bastano circa dieci minuti."
            ),
            "scale": "Quanto è d'accordo? Una sola casella per riga.",
            "origin": (
                "Le domande seguono le due direzioni dello S3 StressTest del progetto Interreg S3-4AlpClusters. La "
                "formulazione è nostra: le domande del progetto non sono state trovate."
            ),
        },
    },
    "wheel": {
        "en": {
            "title": "RIS3 assessment wheel: rating sheet",
            "intro": (
                "Please rate how convincing the evidence is for each of the 18 factors of your region's strategy. "
                "Choose 0 where you have no information: it counts as missing, not as a bad mark."
            ),
            "scale": "How good is the evidence? One box a line.",
            "origin": (
                "The scale is that of the RIS3 assessment wheel of the Joint Research Centre of the European "
                "Commission. The names of its steps and factors are written from general knowledge of the wheel."
            ),
        },
        "it": {
            "title": "Ruota di valutazione RIS3: scheda",
            "intro": (
                "Valuti quanto sono convincenti gli elementi disponibili per ciascuno dei 18 fattori della strategia "
                "della Sua regione. Scelga 0 se non dispone di informazioni: conta come dato mancante, non come voto "
                "negativo."
            ),
            "scale": "Quanto sono solidi gli elementi disponibili? Una sola casella per riga.",
            "origin": (
                "La scala è quella della ruota di valutazione RIS3 del Centro comune di ricerca della Commissione "
                "europea. I nomi delle fasi e dei fattori sono scritti in base alla conoscenza generale della ruota; "
                "la traduzione è nostra."
            ),
        },
    },
    "services": {
        "en": {
            "title": "Services of the cluster: importance and performance",
            "intro": (
                "Which services of your cluster matter to you, and how well are they provided? Please answer from your "
                "own experience. It takes about five minutes."
            ),
            "scale": "From 1 (not at all) to 5 (fully). One box a line.",
            "origin": (
                "Importance and performance are compared as in Martilla & James (1977). The services are those of "
                "cluster benchmarking from general knowledge; their wording is ours."
            ),
        },
        "it": {
            "title": "Servizi del cluster: importanza e qualità",
            "intro": (
                "Quali servizi del cluster contano per voi, e quanto bene sono offerti? Risponda in base alla Sua "
                "esperienza. Bastano circa cinque minuti."
            ),
            "scale": "Da 1 (per niente) a 5 (del tutto). Una sola casella per riga.",
            "origin": (
                "Importanza e qualità si confrontano come in Martilla e James (1977). I servizi sono quelli del "
                "benchmarking dei cluster, da conoscenza generale; la formulazione è nostra."
            ),
        },
    },
    "self-assessment": {
        "en": {
            "title": "Self-assessment of the cluster",
            "intro": (
                "How far does each statement hold for your cluster today? Please answer for yourself; it takes about "
                "five minutes."
            ),
            "scale": "From 1 (not at all) to 5 (fully). One box a line.",
            "origin": (
                "The six groups are those of European cluster benchmarking. The statements are ours: the 36 official "
                "indicators were not found."
            ),
        },
        "it": {
            "title": "Autovalutazione del cluster",
            "intro": (
                "Quanto vale oggi ogni affermazione per il vostro cluster? Risponda per sé; bastano cinque minuti."
            ),
            "scale": "Da 1 (per niente) a 5 (del tutto). Una sola casella per riga.",
            "origin": (
                "I sei gruppi sono quelli del benchmarking europeo dei cluster. Le affermazioni sono nostre: i 36 "
                "indicatori ufficiali non sono stati trovati."
            ),
        },
    },
}
COMMON = {
    "en": {
        "region": "Region",
        "respondent": "Number of the sheet",
        "group": "You answer as (one box):",
        "comment": "Comments (please name no persons)",
        "privacy": (
            "Please do not write your name. Results are shown for groups of three answers or more; comments may be "
            "quoted without saying who made them."
        ),
        "note": "# one row a person, this row may stay; respondent: any number or letters, no name",
        "region_note": "name of the region",
        "group_note": "one of: ",
    },
    "it": {
        "region": "Regione",
        "respondent": "Numero della scheda",
        "group": "Lei risponde come (una sola casella):",
        "comment": "Osservazioni (senza fare nomi di persone)",
        "privacy": (
            "Non scriva il Suo nome. I risultati sono mostrati per gruppi di almeno tre risposte; le osservazioni "
            "possono essere citate senza dire di chi sono."
        ),
        "note": "# una riga per persona, questa riga può restare; respondent: un numero o una sigla, nessun nome",
        "region_note": "nome della regione",
        "group_note": "uno fra: ",
    },
}
PRIVACY_OF_WHEEL = {
    "en": "Please do not write your name. Each factor is shown with its median and range over all raters, however few.",
    "it": (
        "Non scriva il Suo nome. Per ogni fattore si mostrano mediana e intervallo di tutte le schede, anche se poche."
    ),
}


def template(kind: str = "survey", language: str = "en") -> str:
    """Return an empty sheet as CSV: a header of keys and a line that says under each what is asked.

    Columns of the Italian sheet are parted by semicolons, as spreadsheets set to Italian expect.

    Examples
    --------
    >>> template("wheel", "en").split(",")[:4]
    ['respondent', 'region', 'group', 'regional_assets']
    """
    words, asked = _words(kind, language), questions(kind)
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=";" if language == "it" else ",", lineterminator="\n")
    sheet.writerow([*HEAD, *asked["key"], COMMENT])
    groups = words["group_note"] + listed(labels[language] for labels in GROUPS.values())
    # what the page says above its sections, the sheet says in each cell
    parts = [f"{part} " for part in asked[f"asked_{language}"]] if kind == "services" else [""] * len(asked)
    texts = zip(parts, _texts(kind, language), strict=True)
    told = [f"{part}{question} ({_range(kind, language)})" for part, question in texts]
    sheet.writerow([words["note"], words["region_note"], groups, *told, words["comment"]])
    return text.getvalue()


def printable(kind: str = "survey", language: str = "en") -> str:
    """Return a page to print on A4: one file that loads nothing.

    Examples
    --------
    >>> page = printable("survey", "it")
    >>> page.count('<th scope="row"'), "http" in page
    (16, False)
    """
    words = _words(kind, language)
    asked = questions(kind).assign(text=_texts(kind, language))
    heading = SECTIONS[kind][LANGUAGES.index(language)]
    sections: list[dict[str, Any]] = []
    for number, row in enumerate(asked.to_dict("records"), start=1):
        title = DIRECTIONS[row["direction"]][language] if kind == "survey" else row[heading]
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "questions": []})
        sections[-1]["questions"].append({"number": number, "text": row["text"]})
    unknown = f"? {UNKNOWN[language]}"
    marks = MARKS[language] if kind == "wheel" else (*(AGREEMENT if kind == "survey" else DEGREES)[language], unknown)
    return _page().render(
        kind=kind,
        language=language,
        words=words,
        css=_resource("survey_form.css"),
        groups=[labels[language] for labels in GROUPS.values()],
        sections=sections,
        marks=[mark.split(" ", 1) for mark in marks],
    )


def write_forms(folder: Path, language: str = "en", *, kinds: Sequence[str] = ("survey", "wheel")) -> list[Path]:
    """Write the sheet and the page of some kinds of form in one language, and return the files.

    The sheets begin with a byte order mark, by which spreadsheets know UTF-8.
    """
    written = []
    for kind in kinds:
        sheet = template(kind, language).encode("utf-8-sig")
        written.append(write_atomically(Path(folder) / f"{kind}-{language}.csv", sheet))
        written.append(write_atomically(Path(folder) / f"{kind}-{language}.html", printable(kind, language)))
    return written


def _words(kind: str, language: str) -> dict[str, str]:
    one_of(kind, KINDS, name="kind")
    one_of(language, LANGUAGES, name="language")
    words = COMMON[language] | WORDS[kind][language]
    return words | {"privacy": PRIVACY_OF_WHEEL[language]} if kind == "wheel" else words


def _texts(kind: str, language: str) -> list[str]:
    asked = questions(kind)
    if kind != "wheel":
        return list(asked[f"text_{language}"])
    return list(asked["factor" if language == "en" else "factor_it"])


def _range(kind: str, language: str) -> str:
    if kind != "wheel":
        return f"1-5, {UNKNOWN[language]}"
    return {"en": "1-5, 0 = no information", "it": "1-5, 0 = nessuna informazione"}[language]


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@functools.lru_cache(maxsize=1)
def _page() -> Any:
    from jinja2 import Environment, StrictUndefined

    # StrictUndefined: a name misspelt in the template raises instead of printing nothing
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_resource("survey_form.html"))
