"""All chains side by side: where each is strong and thin, and how much of its value stays in Alpine countries."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.figures import style
from alpclusters_lib.figures.shares import stacked_shares
from alpclusters_lib.reports import chain_evidence, chain_files, chain_trade
from alpclusters_lib.reports.chain_candidates import thin_stages
from alpclusters_lib.reports.chain_trade import ORIGINS, OTHER_ALPINE, OWN, VALUE, YEARS
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.reports.pictures import Picture, panel

__all__ = ["chain_table", "headline", "origin_picture", "report_links", "shares", "thin_sentence"]

FIRST, LAST = YEARS[0], YEARS[-1]


@functools.lru_cache(maxsize=1)
def _evidence() -> dict[str, chain_evidence.ChainEvidence]:
    return {name: chain_evidence.collect(chain_files.load_chain(name)) for name in chain_files.chain_names()}


@functools.lru_cache(maxsize=len(YEARS))
def shares(year: int = LAST) -> pd.DataFrame:
    """Return where the value of each chain's final products was added: title × origin, most Alpine first."""
    found = {e.chain.title: chain_trade.origins(e, year).loc[e.chain.ends_in, VALUE] for e in _evidence().values()}
    table = pd.DataFrame(found).T[list(ORIGINS)]
    return table.loc[_alpine(table).sort_values(ascending=False, kind="stable").index]


def _alpine(table: pd.DataFrame) -> pd.Series:
    return table[OWN] + table[OTHER_ALPINE]


def headline() -> str:
    """Return the chains of which most and least stays in Alpine countries, without a full stop."""
    now = _alpine(shares(LAST))
    change = 100 * (now - _alpine(shares(FIRST)))
    fallen = int((change < 0).sum())
    those = "all" if fallen == len(now) else fallen
    return (
        f"Of {len(now)} value chains, “{now.index[0]}” keeps most of the value of its final products in "
        f"Alpine countries (at least {percent(100 * now.iloc[0])} in {LAST}) and “{now.index[-1]}” least (at least "
        f"{percent(100 * now.iloc[-1])}). Since {FIRST} the share fell in {those} of them, most in "
        f"“{change.idxmin()}” ({decimal(-change.min(), 1)} points)"
    )


def thin_sentence() -> str:
    """Return which stages are thin in several chains: where a remedy would serve more than one."""
    places: dict[tuple[str, ...], list[str]] = {}
    for evidence in _evidence().values():
        for key in thin_stages(evidence).index:
            places.setdefault(evidence.chain.stage(key).divisions, []).append(evidence.chain.title)
    shared = sorted(((d, t) for d, t in places.items() if len(t) > 1), key=lambda pair: (-len(pair[1]), pair[0]))
    if not shared:
        return "No two chains share a thin stage."
    parts = [
        f"{listed([sectors.label(code, short=True) for code in divisions])} ({listed(titles)})"
        for divisions, titles in shared
    ]
    return f"Thin in more than one chain: {'; '.join(parts)}."


def origin_picture() -> Picture:
    """Return the origins of the value of all chains' final products in the first and the last year."""
    now, then = shares(LAST), shares(FIRST)
    table = pd.concat({FIRST: then, LAST: now}, names=["year", "chain"]).swaplevel()
    table = table.reindex([(title, year) for title in now.index for year in (FIRST, LAST)])
    with style.style():
        figure, ax = panel(9.4, 0.3 * len(table) + 1.4)
        stacked_shares(
            table,
            ax=ax,
            colours=chain_trade.COLOURS,
            groups={row: row[0] for row in table.index},
            title=f"Where the value of final products was added, {FIRST} and {LAST}",
            source=chain_trade.WORLD_SOURCE,
        )
    return Picture(
        name="origins",
        figure=figure,
        data=table,
        alt=f"Two bars a chain, {FIRST} and {LAST}: value of its final products by origin, in shares. {headline()}.",
        caption=(
            f"Value of the products of each chain's last stage, made in Austria, Germany, France, Italy and Slovenia, "
            f"by where it was added, {FIRST} and {LAST}. Whole countries; Switzerland and Liechtenstein are inside the "
            "rest of the world."
        ),
    )


def report_links() -> str:
    """Return a link to the report of every chain."""
    links = [f"[{evidence.chain.title}](chain-{name}.html)" for name, evidence in _evidence().items()]
    return f"The reports: {listed(links)}."


def chain_table() -> pd.DataFrame:
    """Return the chains as text: strongest and thinnest stage, share of value in Alpine countries, its change."""
    now, then = _alpine(shares(LAST)), _alpine(shares(FIRST))
    rows = []
    for evidence in _evidence().values():
        chain, thin = evidence.chain, thin_stages(evidence)
        labels, best = chain.labels(), evidence.perimeter_stages["lq"].idxmax()
        rows.append({
            "chain": chain.title,
            "strongest stage": labels[best],
            "thin stage": "; ".join(labels[key] for key in thin.index) or "none that can be told",
            "rule": thin["rule"].iloc[0] if len(thin) else "",
            f"value from Alpine countries, {LAST}, at least": percent(100 * now[chain.title]),
            f"change since {FIRST}, points": decimal(100 * (now - then)[chain.title], 1),
        })  # fmt: skip
    return pd.DataFrame(rows)
