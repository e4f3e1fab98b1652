"""Sentences on the alignment of priorities: what was found, one by one and together, what was not tested, the limits.

The figures describe 2014, before the strategies could show: a baseline of what they could build on.
"""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.alignment_evidence import (
    ALL,
    LEVEL,
    PERIOD,
    SMALLEST,
    SMALLEST_OUT,
    alone,
    pooled,
    results,
    variants,
)
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.numbers import decimal, p_is, p_text, percent
from alpclusters_lib.reports.strategy_regions import name_of

__all__ = [
    "absent",
    "alignment_sentence",
    "headline",
    "limits",
    "not_tested_sentence",
    "the",
    "verdict",
]

# so many names in a sentence, and so many priorities in a verdict
MOST, FEW = 6, 2


@functools.lru_cache(maxsize=32)
def the(region: str) -> str:
    """Return the English name as it stands inside a sentence."""
    name = name_of(region)
    return f"the {name}" if " of " in name else name


def absent(region: str, period: str = PERIOD) -> str:
    """Return why there is nothing on a region, "" where there is something."""
    missing = priority_coding.missing_sentence(region, period)
    if missing or len(alone(region, period)):
        return missing
    return f"No priority of {the(region)} can be tested: the region has no figures by industry."


def _titles(table: pd.DataFrame, *, with_region: bool) -> str:
    names = [
        f"{quoted(row.title)}{f' ({name_of(row.region)})' if with_region else ''}"
        for row in table.head(MOST).itertuples()
    ]
    more = len(table) - len(names)
    return f"{', '.join(names)} and {more} more" if more > 0 else listed(names)


# --- sentences


def _found(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table[table[column] <= LEVEL].sort_values(column, kind="stable")


def headline(period: str = PERIOD) -> str:
    """Return whether priorities are put where regions are specialised at all, without a full stop."""
    table = variants(period)
    tested = int(pooled(period).loc[ALL, "priorities"])
    passed = int((table["p_specialised"] <= LEVEL).sum())
    if passed == len(table):
        found = "lie on more specialised divisions than matched random sets"
    elif passed == 0:
        found = "lie on no more specialised divisions than matched random sets"
    else:
        found = "do not lie firmly on more specialised divisions than matched random sets"
    return f"Taken together, the {tested} tested priorities {found}: {_passes(passed, len(table))}"


def _passes(passed: int, number: int) -> str:
    if passed in (0, number):
        return f"{'all' if passed else 'none of the'} {number} variants show{'' if passed else 's'} a difference"
    return f"{passed} of {number} variants show{'s' if passed == 1 else ''} a difference"


def alignment_sentence(region: str | None = None, period: str = PERIOD) -> str:
    """Return how many priorities were tested, what was found, and how far it depends on the coding."""
    if region is None:
        return _over_all(period)
    if absent(region, period):
        return absent(region, period)
    table, row = alone(region, period), pooled(period).loc[region]
    tested = table[table["tested"]]
    if tested.empty:
        return f"None of the {len(table)} priorities of {the(region)} lies on divisions with figures."
    every = len(tested) == len(table)
    number = f"All {len(table)} priorities" if every else f"{len(tested)} of the {len(table)} priorities"
    verb = _be(len(tested))
    p = row["p_specialised_kept"]
    side = "more" if p <= LEVEL else "no more"
    together = "It lies" if len(tested) == 1 else "Together they lie"
    return (
        f"{number} of {the(region)} {verb} tested. {together} on {side} specialised divisions than matched random sets "
        f"({p_is(p)}). {_one_by_one(tested, with_region=False)} {_unstable_words(tested)}"
    )


def _over_all(period: str) -> str:
    table, row = results(period), pooled(period).loc[ALL]
    tested = table[table["tested"]]
    mean, expected = decimal(row["mean_quotient"], 3), decimal(row["mean_expected_quotient"], 3)
    return (
        f"Of {len(table)} priorities of {table['region'].nunique()} strategies, {len(tested)} can be tested. "
        f"{headline(period)}. Their mean symmetric location quotient is {mean}, that of random sets {expected} "
        f"({p_is(row['p_specialised_kept'])}; {_ranges(period)}); for relatedness, {p_is(row['p_related_kept'])}. "
        f"{_without_smallest(period)}{_one_by_one(tested, with_region=True)} {_unstable_words(tested)}"
    )


def _ranges(period: str) -> str:
    """Return the least and largest p over all variants."""
    p = variants(period)["p_specialised"]
    return f"over all variants from {p_text(p.min()).replace('< ', 'below ')} to {p_text(p.max())}"


def _without_smallest(period: str) -> str:
    """Return that a difference rests on divisions that hardly any region has, where it does."""
    table = variants(period)
    shown = table["p_specialised"] <= LEVEL
    if not shown.any() or shown[table["sets"] == SMALLEST_OUT].any():
        return ""
    return (
        f"Without the divisions that hold less than {decimal(100 * SMALLEST, 1)} % of EU jobs, which random sets draw "
        "and few regions have, no coding shows a difference. "
    )


def _one_by_one(tested: pd.DataFrame, *, with_region: bool) -> str:
    """Return which priorities stand out by themselves, false discoveries held."""
    found, related = _found(tested, "q_specialised"), _found(tested, "q_related")
    held = "false discoveries held at 5 % over all strategies"
    if found.empty:
        first = f"One by one, none lies on more specialised divisions than random sets ({held})"
    else:
        verb = "lies" if len(found) == 1 else "lie"
        first = (
            f"One by one, {len(found)} {verb} on more specialised divisions than random sets ({held}): "
            f"{_titles(found, with_region=with_region)}"
        )
    on = f"{len(related) or 'none'} {'lies' if len(related) <= 1 else 'lie'} on more related ones"
    return f"{first}; {on}."


def _unstable_words(tested: pd.DataFrame) -> str:
    known = tested[tested["unstable"].notna()]
    loose = known[known["unstable"].astype(bool)]
    if known.empty:
        return "No priority can be compared between the narrow and the broad coding."
    if loose.empty:
        return "No priority changes sides between the narrow and the broad coding."
    number = "One changes" if len(loose) == 1 else f"{len(loose)} change"
    return f"{number} sides between the narrow and the broad coding and {_be(len(loose))} marked unstable."


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def not_tested_sentence(region: str | None = None, period: str = PERIOD) -> str:
    """Return which priorities are not tested and why, and which strategies' priorities were not found."""
    if region is not None:
        if absent(region, period):
            return absent(region, period)
        table = alone(region, period)
    else:
        table = results(period)
    out = table[~table["tested"]]
    if out.empty:
        words = "Every priority with a name and figures is tested."
    else:
        names = _titles(out, with_region=region is None)
        words = (
            f"Not tested, with less than half of the coded weight on divisions with regional figures (no farming, "
            f"finance, public services, health or arts): {names}."
        )
    if region is None:
        missing = [priority_coding.missing_sentence(key, period) for key in regions.s3_regions().index]
        words = " ".join([words, *filter(None, missing)])
    return words


def limits(period: str = PERIOD) -> list[str]:
    """Return what the numbers cannot carry, a line each."""
    tested = results(period)[lambda table: table["tested"]]
    coarse = int((tested["least_p"] > LEVEL / len(tested)).sum()) if len(tested) else 0
    guessed = 100 * tested["estimated_share"].mean()
    hanging = int(tested["leave_one_out"].sum())
    return [
        "Figures describe 2014, before the strategies could show: a baseline, not an evaluation.",
        "Priorities are coded to divisions from their names alone; narrow and broad are two readings of one coder.",
        "A division is coarse: a priority may lie on a strong industry inside a weak division, or the reverse.",
        f"{coarse} of {len(tested)} tested priorities name so few divisions that the least p they can have would not "
        f"pass at a false discovery rate of 5 %, were it the only small one; in {hanging} the sign turns when a single "
        "division is left out.",
        f"On average {percent(guessed)} of a tested priority's weight lies on estimated or withheld figures.",
        "Where whole strategies are tested, random ones keep the overlaps between a strategy's priorities, but not "
        "those between strategies: neighbours name like fields and resemble each other, so p of all together is on the "
        "small side.",
        f"{tested['region'].nunique()} strategies: too few to compare strategies by a regression.",
    ]


# --- verdict


def verdict(region: str, language: str = "en", period: str = PERIOD) -> str:
    """Return which priorities rest on jobs that are there and which do not, in one or two plain sentences.

    Named are priorities on the same side of random sets in both codings, with at least half of their weight on
    divisions in which the region is specialised, or less.
    """
    if language not in ("en", "it"):
        raise ValueError(f"unknown language {language!r}; en or it would be right")
    name = regions.s3_region(region).name(language)
    table = alone(region, period)
    table = table[table["tested"] & table["unstable"].eq(False)]
    if absent(region, period) or table.empty:
        return {
            "en": f"{name}: no priority can be tested on jobs in both codings.",
            "it": f"{name}: nessuna priorità può essere verificata sui posti di lavoro in entrambe le codifiche.",
        }[language]
    excess = table["mean_quotient"] - table["expected_quotient"]
    share = table["specialised_share"]
    firm = table[(excess > 0) & (share >= 0.5)].sort_values("specialised_share", ascending=False, kind="stable")
    weak = table[(excess < 0) & (share < 0.5)].sort_values("specialised_share", kind="stable")
    return _verdict_en(name, firm, weak) if language == "en" else _verdict_it(name, firm, weak)


def _with_shares(table: pd.DataFrame, language: str) -> tuple[str, bool]:
    """Return the first names with the shares of their weight, and whether it is one name."""
    few = table.head(FEW)
    names = [
        f"{quoted(row.title, language)} ({percent(100 * row.specialised_share, 0, language=language)})"
        for row in few.itertuples()
    ]
    return listed(names, language), len(few) == 1


def _verdict_en(name: str, firm: pd.DataFrame, weak: pd.DataFrame) -> str:
    if firm.empty:
        text = f"{name}: no tested priority rests mostly on divisions in which the region is specialised"
        return f"{text}, least of all {_with_shares(weak, 'en')[0]}." if len(weak) else f"{text}."
    names, one = _with_shares(firm, "en")
    text = f"{name}: {names} {'rests' if one else 'rest'} on jobs that are there, by the share of "
    text += f"{'its' if one else 'their'} weight on divisions in which the region is specialised."
    if weak.empty:
        return text
    names, one = _with_shares(weak, "en")
    return f"{text} The same cannot be said of {names}."


def _verdict_it(name: str, firm: pd.DataFrame, weak: pd.DataFrame) -> str:
    if firm.empty:
        text = f"{name}: nessuna priorità verificata poggia per lo più su divisioni in cui la regione è specializzata"
        return f"{text}, meno di tutte {_with_shares(weak, 'it')[0]}." if len(weak) else f"{text}."
    names, one = _with_shares(firm, "it")
    text = (
        f"{name}: {names} {'poggia' if one else 'poggiano'} su posti di lavoro che ci sono, per la quota del peso su "
    )
    text += "divisioni in cui la regione è specializzata."
    if weak.empty:
        return text
    return f"{text} Lo stesso non si può dire di {_with_shares(weak, 'it')[0]}."
