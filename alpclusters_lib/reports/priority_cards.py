"""A baseline card for each priority of a strategy: jobs, quotient, growth, and its standing among structural peers."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.figures import peer_ranges, style
from alpclusters_lib.indicators.ranking import rank_interval
from alpclusters_lib.reports import growth, priority_coding, structural_peers
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.divisions import broken_countries
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import decimal, estimate, percent, span
from alpclusters_lib.reports.partner_words import check_language
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.reports.strategy_regions import unit

__all__ = [
    "SOURCE", "card_picture", "card_sentence", "card_table", "cards", "divisions_of", "peer_names", "readings_differ",
]  # fmt: skip

PERIOD = "2014-2020"
WINDOW = (2011, 2014)
SOURCE = {
    "en": f"Source: Eurostat, structural business statistics 2014; own coding of the priorities' names. {GEO}",
    "it": f"Fonte: Eurostat, statistiche strutturali sulle imprese 2014; codifica propria delle priorità. {GEO}",
}


def divisions_of(priority: str, version: str = "narrow") -> tuple[str, ...]:
    """Return the divisions of a priority that business statistics cover."""
    row = priority_coding.weights(PERIOD, version).loc[priority]
    return tuple(code for code in sectors.divisions() if row.get(code, 0) > 0)


@functools.lru_cache(maxsize=8)
def cards(region: str) -> pd.DataFrame:
    """Return the baseline of every named priority of a region, 2014.

    Returns
    -------
    Index priority: ``lq, lower, upper, status, jobs, jobs_lower, jobs_upper`` of its divisions taken as one (narrow
    reading), ``lq_broad``; ``rank, rank_lower, rank_upper`` among the ten structural peers and the region, with
    ``peer_low, peer_median, peer_high``; ``growth, growth_eu`` 2011–2014 in per cent (NaN where figures break).
    Priorities without a division in business statistics are left out; empty where none is named.
    """
    own = evidence.area_of(region)
    if own is None or priority_coding.missing_sentence(region, PERIOD):
        return pd.DataFrame()
    owners = priority_coding.region_of(PERIOD)
    rows = {key: _card(region, key) for key in owners.index[owners == region] if divisions_of(key)}
    return pd.DataFrame(rows).T


def _card(region: str, priority: str) -> dict[str, object]:
    own = evidence.area_of(region)
    peers = structural_peers.peers_of(region)
    narrow = evidence.quotients_of(divisions_of(priority), (own, *peers))
    row, others = narrow.loc[own], narrow.loc[peers]
    limits = narrow[["lq", "lower", "upper"]].astype(float).set_axis(["estimate", "lower", "upper"], axis=1)
    ranks = rank_interval(limits, rng=case_seed(priority[-8:])).loc[own]
    # where a peer has no value, the middle of its limits stands for it
    known = others["lq"].astype(float).fillna(others[["lq_lower", "lq_upper"]].astype(float).mean(axis=1))
    broad = evidence.quotients_of(divisions_of(priority, "broad")).loc[own]
    return {
        **row[["lq", "lq_lower", "lq_upper", "lower", "upper", "status", "jobs", "jobs_lower", "jobs_upper"]],
        "lq_broad": broad["lq"], "broad_lower": broad["lower"], "broad_upper": broad["upper"],
        "rank": ranks["rank"], "rank_lower": ranks["rank_lower"], "rank_upper": ranks["rank_upper"],
        "peer_low": known.min(), "peer_median": known.median(), "peer_high": known.max(),
        "among": len(peers) + 1, **_growth(region, priority),
    }  # fmt: skip


def _growth(region: str, priority: str) -> dict[str, float]:
    area = unit(region)
    if {code[:2] for code in area.codes} & set(broken_countries(*WINDOW)):
        return {"growth": float("nan"), "growth_eu": float("nan")}
    found = growth.growth_of([area], divisions_of(priority), *WINDOW)
    return {"growth": found.units["growth_pct"].iloc[0], "growth_eu": found.reference_pct}


def peer_names(region: str, language: str = "en") -> str:
    """Return the structural peers by name, the nearest first."""
    return listed([place(code, language) for code in structural_peers.peers_of(region)], language)


def _title(priority: str, language: str) -> str:
    return str(priority_coding.titles(PERIOD, language)[priority])


def _divisions(priority: str, language: str) -> str:
    return "; ".join(f"{sectors.label(code, language, short=True)} ({code})" for code in divisions_of(priority))


def card_table(region: str, language: str = "en") -> pd.DataFrame:
    """Return the cards as a table, a row a priority."""
    it, rows = check_language(language), []
    for key, row in cards(region).iterrows():
        change = "–" if pd.isna(row["growth"]) else (
            f"{percent(row['growth'], signed=True, language=language)} "
            f"({'UE' if it else 'EU'} {percent(row['growth_eu'], signed=True, language=language)})"
        )  # fmt: skip
        values = (
            _title(key, language), _divisions(key, language),
            estimate(row["jobs"], row["jobs_lower"], row["jobs_upper"], language),
            f"{quotient(row, language)} ({span(row['lower'], row['upper'], 2, language)})",
            f"{row['rank']:.0f} ({span(row['rank_lower'], row['rank_upper'], 0, language)})",
            decimal(row["peer_median"], 2, language), change, decimal(row["lq_broad"], 2, language),
        )  # fmt: skip
        rows.append(values)
    among = int(cards(region)["among"].iloc[0]) if len(rows) else 0
    columns = (
        ("priorità", "divisioni, lettura stretta", "addetti 2014", "quoziente di localizzazione (limiti)",
         f"posto su {among} tra simili", "mediana dei simili", "crescita 2011–2014", "quoziente, lettura ampia")
        if it else
        ("priority", "divisions, narrow reading", "persons employed 2014", "location quotient (limits)",
         f"rank of {among} among peers", "median of the peers", "growth 2011–2014", "quotient, broad reading")
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _groups(region: str) -> tuple[list[str], list[str]]:
    """Return the priorities surely above, and surely below, the EU's share."""
    table = cards(region)
    return list(table.index[table["lower"].astype(float) > 1]), list(table.index[table["upper"].astype(float) < 1])


def card_sentence(region: str, language: str = "en") -> str:
    """Return which priorities are surely above and below the EU's share, and where the region leads or trails peers."""
    it, table = check_language(language), cards(region)
    if table.empty:
        return priority_coding.missing_sentence(region, PERIOD)
    above, below = _groups(region)

    def names(keys: list[str]) -> str:
        return listed([f"{_title(key, language)} ({quotient(table.loc[key], language)})" for key in keys], language)

    best, worst = table["rank"].astype(float).idxmin(), table["rank"].astype(float).idxmax()
    ends = []
    for key in (best, worst):
        row = table.loc[key]
        reach = span(row["rank_lower"], row["rank_upper"], 0, language)
        place_of = f"{row['rank']:.0f}"
        ends.append(f"{_title(key, language)} ({place_of if reach == place_of else f'{place_of}; {reach}'})")
    among, all_of_them = int(table["among"].iloc[0]), len(table)
    if it:
        parts = [f"Delle {all_of_them} priorità {len(above)} sono con certezza sopra la quota UE degli addetti"
                 + (f": {names(above)}" if above else "")]  # fmt: skip
        if below:
            parts.append(f"Sotto la quota UE: {names(below)}")
        parts.append(
            f"Tra {among} regioni simili per struttura il posto migliore è per {ends[0]}, il peggiore per {ends[1]}"
        )
    else:
        parts = [f"Of {all_of_them} priorities {len(above)} are surely above the EU's share of jobs"
                 + (f": {names(above)}" if above else "")]  # fmt: skip
        if below:
            parts.append(f"Below the EU's share: {names(below)}")
        parts.append(
            f"Among {among} structurally similar regions the best rank is for {ends[0]}, the worst for {ends[1]}"
        )
    return f"{'. '.join(parts)}."


def card_picture(region: str, language: str = "en") -> Picture | None:
    """Draw every priority's quotient beside the range and median of the structural peers."""
    it, table = check_language(language), cards(region)
    if table.empty:
        return None
    order = table["lq"].astype(float).sort_values(ascending=False, kind="stable").index
    data = table.loc[order].set_axis([_title(key, language) for key in order])
    name = regions.s3_region(region).name(language)
    with style.style():
        figure, ax = panel(6.2, 0.42 * len(data) + 0.4)
        peer_ranges.peer_ranges(
            data, ax=ax, own=name, peers="intervallo dei dieci simili" if it else "range of ten peers",
            median="mediana dei simili" if it else "median of the peers",
            x_label="Quoziente di localizzazione (UE = 1, scala logaritmica)" if it else style.LQ_LABEL,
            title=f"{name}: priorità 2014-2020 e regioni simili" if it
            else f"{name}: priorities of 2014-2020 against structural peers",
            source=SOURCE[language],
        )  # fmt: skip
    told = "; ".join(f"{label} {quotient(row, language)}" for label, row in data.iterrows())
    alt = f"{'Quozienti di localizzazione' if it else 'Location quotients'}: {told}."
    caption = (f"Simili: {peer_names(region, 'it')}. Divisioni nella lettura stretta." if it
               else f"Peers: {peer_names(region)}. Divisions in the narrow reading.")  # fmt: skip
    return Picture(figure, "priorities" if not it else "priorita", data, alt, caption)


def readings_differ(region: str) -> list[str]:
    """Return the priorities surely above the EU's share in one reading and surely below it in the other."""
    table = cards(region)[["lower", "upper", "broad_lower", "broad_upper"]].astype(float)
    up = (table["lower"] > 1) & (table["broad_upper"] < 1)
    down = (table["upper"] < 1) & (table["broad_lower"] > 1)
    return list(table.index[up | down])
