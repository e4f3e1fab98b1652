"""The sheet for Lombardy's strategy in English and Italian: verdict, questions for the next workshop, instruments."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.reports import inner_areas, instrument_files, priority_coding
from alpclusters_lib.reports import place_in_eusalp as eusalp
from alpclusters_lib.reports import priority_cards as cards
from alpclusters_lib.reports import priority_crosswalk as crosswalk
from alpclusters_lib.reports.action_findings import region_findings
from alpclusters_lib.reports.activity_words import activity_sentence
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import count, decimal, percent
from alpclusters_lib.reports.partner_words import check_language

__all__ = [
    "CODE", "REGION", "card", "heading", "instrument_lines", "intro", "limits",
    "place_lines", "province_lines", "province_table", "questions", "report_name", "thumbnail", "title",
    "verdict_lines",
]  # fmt: skip

REGION, CODE = "lombardy", "ITC4"
HEADINGS = {
    "title": ("Lombardy: evidence for the smart specialisation strategy", "Lombardia: dati per la strategia S3"),
    "verdict": ("What was found", "Che cosa emerge"),
    "cards": ("The priorities of 2014–2020 as they stood in 2014", "Le priorità 2014–2020 al 2014"),
    "crosswalk": ("From 2014–2020 to 2021–2027", "Dal 2014–2020 al 2021–2027"),
    "questions": ("Questions for the next half-yearly workshop", "Domande per il prossimo laboratorio semestrale"),
    "instruments": ("Instruments", "Strumenti"),
    "inner": ("Inner areas", "Aree interne"),
    "eusalp": ("Place in EUSALP", "Posto in EUSALP"),
    "limits": ("What the evidence does not cover", "Che cosa i dati non coprono"),
    "sources": ("Where every number comes from", "Da dove viene ogni numero"),
}
INTRO = (
    "A baseline: figures describe 2014, and growth to 2014, before the strategy could show. Structurally similar "
    "regions are the yardstick, not all of Europe.",
    "Valori di partenza: i dati descrivono il 2014, e la crescita fino al 2014, prima che la strategia potesse "
    "mostrarsi. Il metro sono regioni simili per struttura, non tutta l'Europa.",
)


def _choose(pair: tuple[str, str], language: str) -> str:
    return pair[check_language(language)]


def heading(key: str, language: str = "en") -> str:
    """Return a heading of the sheet; an unknown key raises a sentence."""
    if key not in HEADINGS:
        raise ValueError(f"the sheet has no heading {key!r}; it has {', '.join(HEADINGS)}")
    return _choose(HEADINGS[key], language)


def title(language: str = "en") -> str:
    """Return the title of the sheet."""
    return heading("title", language)


def intro(language: str = "en") -> str:
    """Return what kind of evidence the sheet holds."""
    return _choose(INTRO, language)


def report_name(language: str = "en") -> str:
    """Return the name of the report in a language.

    Examples
    --------
    >>> report_name("it")
    's3-lombardia'
    """
    return _choose(("s3-lombardy", "s3-lombardia"), language)


def verdict_lines(language: str = "en") -> list[str]:
    """Return what the sheet finds, a line each."""
    words = (("Priorities", "Priorità"), ("Newer priorities", "Priorità nuove"), ("Across the border", "Oltre confine"))
    told = (
        cards.card_sentence(REGION, language), crosswalk.crosswalk_sentence(REGION, language),
        activity_sentence(REGION, language),
    )  # fmt: skip
    return [f"**{_choose(word, language)}.** {text}" for word, text in zip(words, told, strict=True)]


def thumbnail(language: str = "en") -> str:
    """Return the name of the figure that stands for the sheet."""
    return _choose(("priorities", "priorita"), language)


def card(language: str = "en") -> str:
    """Return the finding for the index."""
    return cards.card_sentence(REGION, language)


# --- questions ---------------------------------------------------------------------------------------------


def _below(language: str) -> list[str]:
    """Ask of each priority that is surely below the EU's share and below the median of the peers."""
    it, table, titles = check_language(language), cards.cards(REGION), priority_coding.titles(language=language)
    asked = []
    for key, row in table.sort_values("rank", ascending=False).iterrows():
        if float(row["upper"]) >= 1 or float(row["lq"]) >= float(row["peer_median"]):
            continue
        name, own = quoted(str(titles[key]), language), quotient(row, language)
        peers = decimal(row["peer_median"], 2, language)
        asked.append(
            f"Su che cosa poggia {name}? Le sue divisioni hanno {own} volte la quota UE degli addetti, la mediana "
            f"delle regioni simili {peers} (posto {row['rank']:.0f} su {row['among']})." if it
            else f"What does {name} build on? Its divisions hold {own} times the EU's share of jobs, the median of "
            f"similar regions {peers} (rank {row['rank']:.0f} of {row['among']})."
        )  # fmt: skip
    return asked


def _shrinking(language: str) -> list[str]:
    """Ask of the strong priority whose jobs grew least against the EU."""
    it, table, titles = check_language(language), cards.cards(REGION), priority_coding.titles(language=language)
    strong = table[table["lower"].astype(float) > 1]
    gap = (strong["growth"].astype(float) - strong["growth_eu"].astype(float)).dropna().sort_values()
    if gap.empty or gap.iloc[0] >= 0:
        return []
    row, name = strong.loc[gap.index[0]], quoted(str(titles[gap.index[0]]), language)
    own, europe = (percent(row[key], signed=True, language=language) for key in ("growth", "growth_eu"))
    return [
        f"Perché gli addetti di {name}, una specializzazione, sono cambiati del {own} tra 2011 e 2014, e nell'UE del "
        f"{europe}?" if it
        else f"Why did jobs in {name}, a specialisation, change by {own} from 2011 to 2014, and in the EU by {europe}?"
    ]  # fmt: skip


def _readings(language: str) -> list[str]:
    it, titles = check_language(language), priority_coding.titles(language=language)
    table, asked = cards.cards(REGION), []
    for key in cards.readings_differ(REGION):
        name, broad = quoted(str(titles[key]), language), decimal(table.loc[key, "lq_broad"], 2, language)
        narrow = quotient(table.loc[key], language)
        asked.append(
            f"Che cosa comprende {name}? In lettura stretta il quoziente è {narrow}, in lettura ampia {broad}." if it
            else f"What does {name} include? In the narrow reading its quotient is {narrow}, in the broad one {broad}."
        )  # fmt: skip
    return asked


def _lost(language: str) -> list[str]:
    it, titles = check_language(language), priority_coding.titles(language=language)
    best = crosswalk.crosswalk(REGION).max(axis=1)
    return [
        f"Dove continua {quoted(str(titles[key]), language)}? Tra i nomi trovati del 2021-2027 il coseno più alto è "
        f"{decimal(best[key], 2, language)}." if it
        else f"Where does {quoted(str(titles[key]), language)} go on? Among the names found of 2021-2027 the highest "
        f"cosine is {decimal(best[key], 2, language)}."
        for key in crosswalk.without_counterpart(REGION)
    ]  # fmt: skip


def _across(language: str) -> list[str]:
    it = check_language(language)
    first = region_findings(REGION, language)[0]
    numbers = listed([number.text for number in first.numbers], language)
    return [
        f"Chi parlerebbe con {first.partner} di {first.what}? I numeri: {numbers}." if it
        else f"Who would talk with {first.partner} about {first.what}? The numbers: {numbers}."
    ]  # fmt: skip


def _farthest(language: str) -> list[str]:
    it, table = check_language(language), inner_areas.mountain_provinces(CODE)
    row = table.sort_values("distance_km", ascending=False).iloc[0]
    km = count(row["distance_km"], language)
    return [
        f"Che cosa serve ai cluster per lavorare in provincia di {row['name']}? L'organizzazione con città nota più "
        f"vicina è a {km} km al più ({row['nearest_city']})." if it
        else f"What would clusters need to work in the province of {row['name']}? The nearest organisation with a "
        f"known city is at most {km} km away ({row['nearest_city']})."
    ]  # fmt: skip


@functools.lru_cache(maxsize=2)
def questions(language: str = "en") -> list[str]:
    """Return the questions for the next workshop, each with the number that raises it."""
    found = [ask(language) for ask in (_below, _shrinking, _readings, _lost, _across, _farthest)]
    return [text for group in found for text in group]


# --- instruments, inner areas, EUSALP ----------------------------------------------------------------------


def instrument_lines(language: str = "en") -> list[str]:
    """Return the instruments that facts document, and how dates come in."""
    it, programmes = check_language(language), datasets.facts("cluster_programmes").set_index("region")
    row, practices = programmes.loc[REGION], datasets.facts("practices").set_index("id")
    held = len(instrument_files.instruments().query("region == @REGION")) if len(instrument_files.instruments()) else 0
    if it:
        lines = [
            f"{row['programme']}: {row['organisations']} organizzazioni, {count(float(row['members']), 'it')} membri "
            f"({row['year']}; {row['source'].split(' | ')[0]}).",
            f"Reti per l'innovazione di un'area interna, Alto Lago di Como e Valli del Lario "
            f"({practices.loc['pr-lario', 'source']}).",
            "Schema sincronizzato: programmi regionali esistenti allineati con bandi comuni, continuato da ARDIA-Net "
            f"({practices.loc['pr-sync', 'source'].split(' | ')[0]}).",
        ]
        rest = (f"Strumenti forniti con date: {held}." if held else
                "Nessun bando con date è nei fatti: un file in `notebooks/instruments` lo aggiunge.")  # fmt: skip
        return [*lines, rest]
    lines = [
        f"{row['programme']}: {row['organisations']} organisations, {count(float(row['members']))} members "
        f"({row['year']}; {row['source'].split(' | ')[0]}).",
        f"Innovation networks of an inner area, Alto Lago di Como e Valli del Lario "
        f"({practices.loc['pr-lario', 'source']}).",
        "Synchronised scheme: existing regional programmes aligned through joint calls, continued by ARDIA-Net "
        f"({practices.loc['pr-sync', 'source'].split(' | ')[0]}).",
    ]
    rest = (f"Instruments supplied with dates: {held}." if held else
            "No calls with dates are in the facts: a file in `notebooks/instruments` adds them.")  # fmt: skip
    return [*lines, rest]


def province_lines(language: str = "en") -> list[str]:
    """Return the mountain provinces in sentences, and what an inner area means here."""
    if check_language(language):
        return [
            *inner_areas.province_sentences(CODE),
            inner_areas.definition("it"),
            inner_areas.distance_sentence("it"),
        ]
    table = inner_areas.mountain_provinces(CODE)
    inner = list(table.loc[table["inner"].fillna(False).astype(bool), "name"])
    lead = (
        f"{len(table)} provinces are mountainous at least in part ({listed(list(table['name']))}); inner mountain "
        f"areas in our reading: {listed(inner) if inner else 'none'}."
    )
    return [lead, inner_areas.definition(), inner_areas.distance_sentence()]


def province_table(language: str = "en") -> pd.DataFrame:
    """Return the mountain provinces as a table."""
    table = inner_areas.province_table(CODE)
    if check_language(language):
        return table
    rows = inner_areas.region_table()
    names = {f"{row['name']} ({code})" for code, row in inner_areas.mountain_provinces(CODE).iterrows()}
    return rows[rows["region"].isin(names)].reset_index(drop=True)


def place_lines(language: str = "en") -> str:
    """Return the region's place in EUSALP."""
    return eusalp.place_sentence(CODE, language)


def limits(language: str = "en") -> list[str]:
    """Return what the sheet rests on and does not say."""
    if check_language(language):
        return [
            "Le priorità sono lette dai soli nomi, da una persona; i nomi italiani sono traduzioni.",
            f"Dieci regioni simili per struttura: {cards.peer_names(REGION, 'it')}.",
            "I dati coprono l'economia d'impresa, senza agricoltura, sanità e cultura pubbliche.",
            "Nessun dato dopo il 2015: è un punto di partenza, non una valutazione.",
            "Il perimetro nazionale delle aree interne è per comune e qui non è disponibile.",
        ]
    return [
        "Priorities are read from their names alone, by one person; Italian names are translations.",
        f"Ten structurally similar regions: {cards.peer_names(REGION)}.",
        "Figures cover the business economy, without farming, public health and public culture.",
        "No figures after 2015: it is a baseline, not an evaluation.",
        "The national perimeter of inner areas is drawn by municipality and not available here.",
    ]
