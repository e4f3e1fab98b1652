"""One area's benchmark: like whom, where different, and which peer to look at for what, in English and Italian."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.figures import dumbbells, style
from alpclusters_lib.reports import benchmark_evidence as evidence
from alpclusters_lib.reports import scoreboard
from alpclusters_lib.reports.benchmark_evidence import short_title
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import area_name, title_name
from alpclusters_lib.reports.numbers import decimal
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.structural_peers import peers, peers_of

__all__ = [
    "SOURCE", "difference_sentence", "headline", "lesson_table", "limits", "profile", "profile_picture",
    "rank_sentence", "score_table", "verdict",
]  # fmt: skip

SOURCE = evidence.INDICATOR_SOURCE
LESSONS = 4
# points of the way from the EU's worst to its best region, below which area and peers are taken as level
APART = 2


@functools.lru_cache(maxsize=16)
def profile(region: str) -> pd.DataFrame:
    """Return an area's indicators against those of its ten structural peers.

    Returns
    -------
    Index indicator: ``own``, ``worst``, ``best`` and ``median`` of the peers, in per cent of the way from the EU's
    worst to its best region; ``best_peer`` code; ``gap`` own less median; ``raw`` and ``best_raw`` figures.
    """
    code, others = evidence.area_codes()[region], peers_of(region)
    table = evidence.scaled()
    near = table.loc[others]
    best = near.idxmax()
    return pd.DataFrame({
        "own": table.loc[code], "worst": near.min(), "best": near.max(), "median": near.median(), "best_peer": best,
        "gap": table.loc[code] - near.median(), "raw": evidence.raw().loc[code],
        "best_raw": pd.Series({key: evidence.raw().loc[peer, key] for key, peer in best.items()}),
    })  # fmt: skip


def _figure(value: float, key: str) -> str:
    unit = str(evidence.core().loc[key, "unit"])
    text = decimal(value, 1)
    return f"{text} %" if unit.startswith("%") else f"{text} {unit}"


def _extremes(region: str) -> tuple[pd.Series, pd.Series]:
    """Return the indicators in which the area is most above and most below the median of its peers."""
    gaps = profile(region)["gap"].sort_values()
    return gaps[gaps >= APART].iloc[::-1].head(2), gaps[gaps <= -APART].head(2)


def _lead(region: str) -> str:
    return "The Espace Mittelland, with the canton of Fribourg," if region == "fribourg" else title_name(region)


def difference_sentence(region: str) -> str:
    """Return where the area stands above and below its peers, with figures."""
    ahead, behind = _extremes(region)
    table = profile(region)
    above = int((table["gap"] > 0).sum())
    parts = [f"{_lead(region)} is above the median of its ten peers in {above} of {len(table)} indicators"]
    if len(ahead):
        parts.append(f"most in {listed([_told(table, key) for key in ahead.index])}")
    if len(behind):
        parts.append(f"and furthest below it in {listed([_told(table, key) for key in behind.index])}")
    return f"{', '.join(parts)}. Points are per cent of the way from the EU's worst region to its best."


def _told(table: pd.DataFrame, key: str) -> str:
    figure, gap = _figure(table.loc[key, "raw"], key), style.signed(table.loc[key, "gap"], 0)
    return f"{short_title(key)} ({figure}, {gap} points)"


def headline(region: str) -> str:
    """Return whom the area is like and what to look at, without a full stop."""
    _, behind = _extremes(region)
    first = evidence.name_of_code(peers_of(region)[0])
    if behind.empty:
        return f"Most like {first}; level with its peers or above them in every indicator"
    key = behind.index[0]
    return f"Most like {first}; furthest below its peers in {short_title(key)}, where {_best(region, key)} is best"


def _best(region: str, key: str, language: str = "en") -> str:
    return evidence.name_of_code(profile(region).loc[key, "best_peer"], language)


def verdict(region: str, language: str = "en") -> str:
    """Return like whom, where different and whom to look at, in two or three short sentences.

    Raises
    ------
    ValueError
        If the language is neither en nor it.
    """
    if language not in ("en", "it"):
        raise ValueError(f"no verdict in {language!r}; en or it is right")
    found = peers(region)
    near = [evidence.name_of_code(code, language) for code in found.sort_values("distance").index[:3]]
    ahead, behind = _extremes(region)
    if language == "it":
        return _verdict_it(region, near, ahead, behind)
    text = f"{_lead(region)} is structurally most like {listed(near)}."
    if len(ahead):
        text += f" Against ten such peers it does better in {listed([short_title(key) for key in ahead.index])}."
    if len(behind):
        tips = [f"{short_title(key)} ({_best(region, key)})" for key in behind.index]
        text += f" It fares worse in {listed(tips)}; in brackets, the peer to look at."
    return text


def _verdict_it(region: str, near: list[str], ahead: pd.Series, behind: pd.Series) -> str:
    name = "Espace Mittelland (con il Canton Friburgo)"
    if region != "fribourg":
        name = regions.s3_region(region).name("it")
    text = f"{name}: per struttura è più simile a {_listed_it(near)}."
    if len(ahead):
        better = _listed_it([short_title(key, "it") for key in ahead.index])
        text += f" Rispetto a dieci regioni simili fa meglio per {better}."
    if len(behind):
        tips = [f"{short_title(key, 'it')} ({_best(region, key, 'it')})" for key in behind.index]
        text += f" Fa peggio per {_listed_it(tips)}; fra parentesi la regione simile a cui guardare."
    return text


def _listed_it(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} e {parts[-1]}"


def rank_sentence(region: str) -> str:
    """Return the score, and the ranks of the area's regions with their ranges."""
    code = evidence.area_codes()[region]
    row, placed = evidence.scores().loc[code], scoreboard.ranks()
    told = [
        f"{evidence.name_of_code(part)} {placed.loc[part, 'rank']:.0f} ({placed.loc[part, 'rank_lower']:.0f} to "
        f"{placed.loc[part, 'rank_upper']:.0f})"
        for part in evidence.parts_of(code)
        if part in placed.index and pd.notna(placed.loc[part, "rank"])
    ]
    pillars = ", ".join(f"{name} {decimal(row[name], 0)}" for name in evidence.pillars().unique())
    return (
        f"{_lead(region)} scores {decimal(row['score'], 0)} of 100 ({pillars}; 0 is the EU's lowest region, 100 its "
        f"highest). Rank among {int(placed['rank'].notna().sum())} Alpine regions, with the 90 % range over weights "
        f"and scales: {'; '.join(told)}."
    )


def profile_picture(region: str) -> Picture:
    """Draw the area's indicators against the range of its ten peers."""
    table = profile(region).sort_values("gap", kind="stable")
    data = pd.DataFrame({"low": table["worst"], "high": table["best"], "mark": table["own"]}) / 100
    names = pd.Series({key: _short(key) for key in data.index})
    with style.style():
        figure, ax = panel(6.4, 0.36 * len(data))
        dumbbells.dumbbells(
            data, ax=ax, names=names, low="worst peer", high="best peer", mark=area_name(region),
            x_label="Way from the EU's worst (0 %) to its best region (100 %)",
            title=f"{title_name(region)} against ten structural peers", source=SOURCE,
        )  # fmt: skip
    ahead, behind = _extremes(region)
    alt = (
        f"Range of ten peers in {len(data)} indicators, with the area as a stroke. Furthest below their median: "
        f"{listed([short_title(key) for key in behind.index]) if len(behind) else 'none'}; furthest above: "
        f"{listed([short_title(key) for key in ahead.index]) if len(ahead) else 'none'}."
    )
    caption = "Sorted by the distance from the peers' median, the furthest below on top. Where less is better, turned."
    return Picture(figure, "profile", table, alt, caption)


def _short(key: str) -> str:
    text = short_title(key)
    return f"{text[0].upper()}{text[1:]}"


def lesson_table(region: str) -> pd.DataFrame:
    """Return where the area trails its peers most, who of them is best, and by how much."""
    table = profile(region)
    rows = table[table["gap"] <= -APART].sort_values("gap").head(LESSONS)
    distance = peers(region)["distance"]
    return pd.DataFrame([
        {
            "where it trails": _short(key),
            area_name(region): _figure(row["raw"], key),
            "peer to look at": evidence.name_of_code(row["best_peer"]),
            "the peer's figure": _figure(row["best_raw"], key),
            "structural distance × 1,000": decimal(1000 * distance[row["best_peer"]], 1),
        }
        for key, row in rows.iterrows()
    ])  # fmt: skip


def score_table(region: str) -> pd.DataFrame:
    """Return every indicator of the area beside its peers."""
    table = profile(region)
    return pd.DataFrame([
        {
            "pillar": evidence.pillars()[key],
            "indicator": str(evidence.core().loc[key, "title_en"]),
            area_name(region): _figure(row["raw"], key),
            "points from EU's worst to best": decimal(row["own"], 0),
            "median of ten peers": decimal(row["median"], 0),
            "best peer": f"{evidence.name_of_code(row['best_peer'])} ({decimal(row['best'], 0)})",
        }
        for key, row in table.iterrows()
    ])  # fmt: skip


def limits(region: str) -> list[str]:
    """Return what the area's figures rest on where they are not its own."""
    code = evidence.area_codes()[region]
    lines = []
    if region == "fribourg":
        lines.append("The canton has no such figures of its own: they are those of the Espace Mittelland as a whole.")
    if len(evidence.parts_of(code)) > 1:
        lines.append(
            f"Rates of {area_name(region)} are means of its {len(evidence.parts_of(code))} NUTS 2 regions with "
            "inhabitants as weights: near to the published figure, not the same."
        )
    return lines
