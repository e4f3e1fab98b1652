"""Which funding instruments a region and its first partners could use at the same time, where a user supplies them."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.figures import calendars, style
from alpclusters_lib.reports import instrument_files, partners
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import count
from alpclusters_lib.reports.partner_words import check_language
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.plain_cells import plain_cells
from alpclusters_lib.strategy.instruments import overlaps

__all__ = ["calendar_picture", "calendar_sentence", "calendar_table"]

FIRST = 6


def _partner_regions(region: str, family: str | None) -> list[str]:
    """Return the strategies whose regions are among the first partners, in their order."""
    if family is None or evidence.area_of(region) is None:
        return []
    found = (evidence.strategy_of(code) for code in partners.ranked(region, family).index[:FIRST])
    return [key for key in dict.fromkeys(found) if key is not None]


def _overlaps(region: str, family: str | None) -> pd.DataFrame:
    table = instrument_files.instruments()
    others = _partner_regions(region, family)
    if table.empty or not others:
        return pd.DataFrame()
    return overlaps(table, own=[region], others=others, themes=[family])


def calendar_sentence(region: str, family: str | None, language: str = "en") -> str:
    """Return how many pairs of instruments are open at once, or how to supply instruments where there are none."""
    it = check_language(language)
    held = instrument_files.instruments()
    if held.empty:
        if it:
            return (
                "Nessuno strumento di finanziamento è stato fornito: nessuna data è nota. Un file CSV in "
                "`notebooks/instruments`, nella forma di `illustrative-instruments.csv`, riempie questo calendario; "
                "`alpclusters instruments FILE` lo controlla."
            )
        return (
            "No funding instruments are supplied: no dates are known. A CSV file in `notebooks/instruments`, in the "
            "form of `illustrative-instruments.csv`, fills this calendar; `alpclusters instruments FILE` checks it."
        )
    table, name = _overlaps(region, family), regions.s3_region(region).name(language)
    if table.empty and it:
        return (
            f"Tra {len(held)} strumenti forniti nessuno di {name} è aperto insieme a uno dei primi partner per questo "
            "tema e gli stessi soggetti."
        )
    if table.empty:
        return (
            f"Of {len(held)} instruments supplied none of {name} is open at the same time as one of the first "
            "partners', for this theme and the same kinds of actors."
        )
    best, number = table.iloc[0], len(table)
    days = count(best["days"], language)
    if it:
        pairs = "Una coppia di strumenti è aperta" if number == 1 else f"{number} coppie di strumenti sono aperte"
        return f"{pairs} nello stesso periodo; più a lungo {best['own']} e {best['other']}: {days} giorni."
    pairs = "One pair of instruments is" if number == 1 else f"{number} pairs of instruments are"
    return f"{pairs} open at once, longest {best['own']} and {best['other']}: {days} days."


def calendar_table(region: str, family: str | None) -> pd.DataFrame:
    """Return the pairs of instruments open at once; empty where there are none. Texts of users are made safe."""
    table = _overlaps(region, family)
    return plain_cells(pd.DataFrame([
        {
            "of the region": row.own, "of a partner": f"{row.other} ({regions.s3_region(row.region).name('en')})",
            "both open": f"{row.opens:%Y-%m-%d} to {row.closes:%Y-%m-%d}", "days": count(row.days),
            "themes": listed(sorted(row.themes)) if row.themes else "all",
            "actors": listed(sorted(row.actors)),
        }
        for row in table.itertuples()
    ]))  # fmt: skip


def calendar_picture(region: str, family: str | None) -> Picture | None:
    """Draw the windows of the region's instruments and of its first partners'; nothing where none are supplied."""
    held = instrument_files.instruments()
    wanted = [region, *_partner_regions(region, family)]
    shown = held[held["region"].isin(wanted)] if len(held) else held
    if shown.empty:
        return None
    order = shown["region"].map({key: place for place, key in enumerate(wanted)})
    shown = shown.iloc[order.argsort(kind="stable")]
    data = shown[["instrument", "region", "opens", "closes"]].rename(columns={"instrument": "label"})
    name = regions.s3_region(region).name("en")
    with style.style():
        figure, ax = panel(7.2, 0.34 * len(data) + 0.6)
        calendars.window_calendar(
            data, ax=ax, own=region, own_name=name, other_name="first partners", title="When instruments are open",
            source="Source: instruments as supplied in notebooks/instruments, not checked against their publishers.",
        )  # fmt: skip
    alt = "Windows of funding instruments: " + "; ".join(
        f"{row.label} {row.opens:%Y-%m-%d} to {row.closes:%Y-%m-%d}" for row in data.itertuples()
    )
    return Picture(figure, "instruments", plain_cells(data.reset_index(drop=True)), f"{alt}.", "The last day counts.")
