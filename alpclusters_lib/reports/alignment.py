"""Alignment of priorities for the reader: do they lie on jobs that are there, more than random priorities would?

Table and picture; the sentences are in ``alignment_words`` and can be had from here.
"""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.figures import style
from alpclusters_lib.figures.priority_cases import SLOT, priority_cases
from alpclusters_lib.reports.alignment_evidence import CASES, LEVEL, PERIOD, VERSIONS, alone, pooled, results, variants
from alpclusters_lib.reports.alignment_words import (
    absent,
    alignment_sentence,
    headline,
    limits,
    name_of,
    not_tested_sentence,
    p_is,
    p_text,
    the,
    verdict,
)
from alpclusters_lib.reports.numbers import decimal, percent
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = [
    "alignment_picture",
    "alignment_sentence",
    "alignment_table",
    "headline",
    "limits",
    "not_tested_sentence",
    "results",
    "variant_table",
    "verdict",
]

WORDS = {case: case.replace("_", " ") for case in CASES}
# p above which the least possible p is told beside it
COARSE = 0.01
MOST_LABELS = 3


def alignment_table(region: str | None = None, period: str = PERIOD) -> pd.DataFrame:
    """Return the results as a table to read: all priorities, or one strategy's in both codings."""
    if region is None:
        return _readable(results(period)).reset_index(drop=True)
    if absent(region, period):
        return pd.DataFrame()
    parts = []
    for version in VERSIONS:
        part = _readable(alone(region, period, version)).drop(columns="region")
        part.insert(1, "coding", version)
        parts.append(part)
    # both codings of a priority one below the other
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def variant_table(period: str = PERIOD) -> pd.DataFrame:
    """Return the test of all strategies together under each coding and each way to draw random sets, to read."""
    rows = [
        {
            "coding": row.coding, "random sets": row.sets,
            "excess of the symmetric quotient, sum": decimal(row.quotient - row.expected_quotient, 2),
            "p, specialised": p_text(row.p_specialised), "p, related": p_text(row.p_related),
        }
        for row in variants(period).itertuples()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in table.itertuples():
        words = {
            "region": name_of(row.region), "priority": row.title,
            "weight on divisions with figures": percent(100 * row.codable_share, 0),
        }  # fmt: skip
        rows.append(words | (_tested_words(row) if row.tested else {"most of it is": "not tested"}))
    # a first row that is not tested does not decide in what order columns stand
    columns = list(dict.fromkeys(key for row in sorted(rows, key=len, reverse=True) for key in row))
    return pd.DataFrame(rows, index=table.index, columns=columns).fillna("")


def _tested_words(row: object) -> dict[str, str]:
    shares = pd.Series({WORDS[case]: getattr(row, case) for case in CASES})
    largest = shares.index[shares >= shares.max() - 1e-9]
    stable = "one coding only" if pd.isna(row.unstable) else "unstable" if row.unstable else "stable"
    least = f" (least possible {p_text(row.least_p)})" if row.least_p > COARSE else ""
    return {
        "specialised": percent(100 * row.specialised_share, 0),
        "specialised, random sets": percent(100 * row.expected_specialised_share, 0),
        "related": percent(100 * row.related_share, 0),
        "most of it is": " or ".join(largest),
        "p, specialised": f"{p_text(row.p_specialised)}{least}",
        "q, specialised": p_text(row.q_specialised),
        "q, related": p_text(row.q_related),
        "narrow and broad": stable,
        "hangs on": _labels(row.hangs_on),
        "on estimates": percent(100 * row.estimated_share, 0),
    }


def _labels(codes: str) -> str:
    known = [code for code in codes.split(", ") if code]
    names = "; ".join(sectors.label(code, short=True) for code in known[:MOST_LABELS])
    more = f" and {len(known) - MOST_LABELS} more" if len(known) > MOST_LABELS else ""
    return f"{names}{more}" if names else "no single division"


def _note(row: pd.Series) -> str:
    """Return what stands beside a bar: a q that passes, and whether the codings disagree."""
    q, loose = row["q_specialised"], row["unstable"]
    found = p_is(q, "q") if q <= LEVEL else ""
    return ", ".join(filter(None, [found, "unstable" if pd.notna(loose) and loose else ""]))


def alignment_picture(region: str | None = None, period: str = PERIOD) -> Picture | None:
    """Draw on what each priority's weight lies: all strategies, or one of them; None where nothing is tested."""
    if region is not None and absent(region, period):
        return None
    table = results(period) if region is None else alone(region, period)
    tested = table[table["tested"]]
    if tested.empty:
        return None
    shares = table[CASES].rename(columns=WORDS)
    headings = {key: name_of(row) for key, row in table["region"].items()}
    marks = {key: _note(row) for key, row in tested.iterrows()}
    title = headline(period) if region is None else _picture_title(region, period)
    lines = len(table) + (1.35 * table["region"].nunique() if region is None else 0)
    with style.style():
        figure, ax = panel(6.8, SLOT * lines + 0.35)
        priority_cases(
            shares, ax=ax, expected=table["expected_specialised_share"], groups=headings if region is None else None,
            marks=marks, names=table["title"].to_dict(), title=title.replace("p = ", "p\u00a0=\u00a0"),
            source=f"{SOURCE} 2014. Priorities of {period}, own coding of their names.",
        )  # fmt: skip
    where = "each strategy" if region is None else the(region)
    alt = f"A bar a priority of {where}: share of its weight in four cases. {title}."
    caption = (
        "Narrow coding, 2014. Specialised: the lower limit of the location quotient lies above 1; related: density "
        "above the region's median. Black tick: where blue ends in matched random sets on average. q: more "
        "specialised than random sets; unstable: narrow and broad coding lie on different sides of random sets."
    )
    data = table[["region", "title", "tested", *CASES, "expected_specialised_share", "q_specialised", "unstable"]]
    return Picture(figure, "alignment", data.astype({"unstable": object}), alt, caption)


def _picture_title(region: str, period: str) -> str:
    row = pooled(period).loc[region]
    side = "more" if row["p_specialised_kept"] <= LEVEL else "no more"
    return f"Priorities of {the(region)}: {side} specialised than random sets ({p_is(row['p_specialised_kept'])})"
