"""Which priorities of 2021-2027 take up which of 2014-2020: names compared by the divisions they are read as."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import style, value_grid
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.numbers import decimal
from alpclusters_lib.reports.partner_words import check_language
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.strategy.overlap import cosines

__all__ = ["PERIODS", "crosswalk", "crosswalk_picture", "crosswalk_sentence", "crosswalk_table", "without_counterpart"]

PERIODS = ("2014-2020", "2021-2027")
ALIKE = 0.5
"""From this cosine on one priority is said to take up another."""

SOURCE = {
    "en": "Source: names of the priorities as in data/raw/facts/s3_priorities.csv; own coding (narrow reading).",
    "it": "Fonte: nomi delle priorità come in data/raw/facts/s3_priorities.csv; codifica propria (lettura stretta).",
}


@functools.lru_cache(maxsize=16)
def crosswalk(region: str) -> pd.DataFrame:
    """Return the cosines of old priorities (rows) with new ones (columns); empty where one period has none.

    Raises
    ------
    ValueError
        If the region is unknown.
    """
    regions.s3_region(region)
    found = []
    for period in PERIODS:
        owners = priority_coding.region_of(period)
        weights = priority_coding.weights(period, "narrow")
        found.append(weights.reindex(owners.index[owners == region]).dropna(how="all"))
    if found[0].empty or found[1].empty:
        return pd.DataFrame()
    table = cosines(pd.concat(found).fillna(0.0))
    return table.loc[found[0].index, found[1].index]


def without_counterpart(region: str) -> list[str]:
    """Return the old priorities that no new one found takes up."""
    table = crosswalk(region)
    return [] if table.empty else list(table.index[table.max(axis=1) < ALIKE])


def _titles(language: str) -> dict[str, str]:
    return {key: name for period in PERIODS for key, name in priority_coding.titles(period, language).items()}


def _not_found(region: str) -> str:
    """Return what exists of the newer period and was not found, as the facts say it."""
    table = datasets.facts("s3_priorities")
    rows = table[(table["region"] == region) & (table["period"] == PERIODS[1])]
    return " ".join(rows.loc[rows["priority"].fillna("") == "", "status"])


def crosswalk_sentence(region: str, language: str = "en") -> str:
    """Return which priorities have a counterpart, and which have no counterpart among the names found."""
    it, table, names = check_language(language), crosswalk(region), _titles(language)
    name = regions.s3_region(region).name(language)
    if table.empty:
        return (f"Per {name} i nomi delle priorità di uno dei due periodi non sono noti." if it
                else f"For {name} the names of the priorities of one of the two periods are not known.")  # fmt: skip
    best = table.max(axis=1)
    kept = [f"{quoted(names[key], language)} → {quoted(names[table.loc[key].idxmax()], language)} "
            f"({decimal(best[key], 2, language)})" for key in best.index[best >= ALIKE]]  # fmt: skip
    lost = [quoted(names[key], language) for key in without_counterpart(region)]
    open_end = bool(_not_found(region))
    if it:
        found = listed(kept, "it") if kept else "nessuna"
        text = f"Con un coseno di almeno {decimal(ALIKE, 1, 'it')} hanno un corrispondente: {found}."
        if lost:
            text += f" Senza corrispondente tra i nomi trovati: {listed(lost, 'it')}."
        rest = " Altri nomi del 2021-2027 esistono e non sono stati trovati: di quelli non si può dire nulla."
        return f"{text}{rest if open_end else ''}"
    text = f"With a cosine of {decimal(ALIKE, 1)} or more these have a counterpart: {listed(kept) if kept else 'none'}."
    if lost:
        text += f" Without a counterpart among the names found: {listed(lost)}."
    return text + (
        " More names of 2021-2027 exist and were not found: nothing can be said of those." if open_end else ""
    )


def crosswalk_table(region: str, language: str = "en") -> pd.DataFrame:
    """Return each old priority with its nearest new one and the cosine."""
    it, table, names = check_language(language), crosswalk(region), _titles(language)
    columns = (
        "2014-2020",
        "2021-2027, la più vicina" if it else "2021-2027, the nearest",
        "coseno" if it else "cosine",
    )
    rows = [
        (names[key], names[row.idxmax()] if row.max() > 0 else "–", decimal(row.max(), 2, language))
        for key, row in table.iterrows()
    ]
    return pd.DataFrame(rows, columns=list(columns))


def crosswalk_picture(region: str, language: str = "en") -> Picture | None:
    """Draw the cosines of old and new priorities."""
    it, table, names = check_language(language), crosswalk(region), _titles(language)
    if table.empty:
        return None
    data = table.rename(index=names, columns=names)
    with style.style():
        figure, ax = panel(1.15 * len(data.columns) + 1, 0.42 * len(data) + 0.4)
        value_grid.value_grid(
            data, ax=ax, limits=(0, 1), decimals=2, source=SOURCE[language],
            title="Dalle priorità 2014-2020 a quelle 2021-2027" if it
            else "From the priorities of 2014-2020 to those of 2021-2027",
        )  # fmt: skip
    caption = ("Coseno dei vettori di divisioni: 0, nessuna in comune; 1, le stesse." if it
               else "Cosine of the vectors of divisions: 0, none in common; 1, the same.")  # fmt: skip
    return Picture(figure, "crosswalk" if not it else "raccordo", data, crosswalk_sentence(region, language), caption)
