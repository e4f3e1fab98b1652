"""The two findings of the project on the strategies, too broad and not aligned between neighbours, put to a test.

A rule fixed for both: a finding is confirmed or not where the narrow and the broad reading of the priorities' names say
the same at p < 0.05, and undecided otherwise. Names were tested, not documents, budgets or talks.
"""

from __future__ import annotations

from collections.abc import Sequence

from alpclusters_lib import regions
from alpclusters_lib.reports import priority_coding, strategy_breadth, strategy_overlap
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import count, decimal, p_is, percent, span
from alpclusters_lib.reports.strategy_breadth import ALL, LEVEL, PERIOD
from alpclusters_lib.reports.strategy_regions import name_of, priorities
from alpclusters_lib.strategy.priorities import VERSIONS

__all__ = [
    "not_aligned_finding",
    "not_aligned_headline",
    "not_aligned_limits",
    "outcome",
    "too_broad_finding",
    "too_broad_headline",
    "too_broad_limits",
]

STATED = "(S3-4AlpClusters project news, steering group in Salzburg, October 2017)"
WORDS = ("confirmed", "not confirmed", "undecided")


def outcome(supporting: Sequence[float], opposing: Sequence[float]) -> str:
    """Return what the p of both readings say of a finding.

    Parameters
    ----------
    supporting, opposing
        One-sided p of each reading, that the data are as the finding says and that they are the reverse.

    Returns
    -------
    str
        "confirmed" where all of the first are below 0.05, "not confirmed" where all of the second are, else
        "undecided"; a missing p is not below.

    Examples
    --------
    >>> outcome([0.01, 0.03], [0.99, 0.97]), outcome([0.9, 0.8], [0.01, 0.02]), outcome([0.01, 0.6], [0.9, 0.4])
    ('confirmed', 'not confirmed', 'undecided')
    """
    for word, found in zip(WORDS, (supporting, opposing), strict=False):
        if len(found) and all(p < LEVEL for p in found):
            return word
    return WORDS[-1]


def _breadth_outcome(period: str) -> str:
    found = [strategy_breadth.flips(period, version) for version in VERSIONS]
    return outcome([one.p_more for one in found], [one.p_less for one in found])


def _flip(period: str, version: str) -> str:
    """Return the mean difference of a reading with the p of the side that it is on."""
    found = strategy_breadth.flips(period, version)
    word, p = ("above", found.p_more) if found.mean > 0 else ("below", found.p_less)
    return f"{decimal(abs(100 * found.mean), 0)} points {word} it ({p_is(p)})"


def too_broad_headline(period: str = PERIOD) -> str:
    """Return whether the strategies are too broad, for a card: no full stop."""
    return f"Too broad: {_breadth_outcome(period)}"


def too_broad_finding(period: str = PERIOD) -> str:
    """Return what became of the project's finding that the strategies are too broad, in one paragraph."""
    tables = [strategy_breadth.breadth(period, version) for version in VERSIONS]
    means = [percent(100 * table.drop(ALL)["covered_share"].mean(), 0) for table in tables]
    picked = [
        f"{decimal(abs(100 * row['selectivity']), 0)} points {'higher' if row['selectivity'] > 0 else 'lower'} "
        f"({version} reading; random sets {decimal(100 * row['expected'], 0)}, {p_is(row['p'])})"
        for version, row in zip(VERSIONS, (table.loc[ALL] for table in tables), strict=True)
    ]
    return (
        f"The project found the strategies very broad and not focused on real transformative activities {STATED}. "
        f"By jobs the finding is {_breadth_outcome(period)}: set against the share of jobs in all divisions in which a "
        f"region is specialised, the share in the divisions that its strategy names lies {_flip(period, 'narrow')} on "
        f"average when names are read narrowly and {_flip(period, 'broad')} when read broadly (exact one-sided "
        f"sign-flip test, n = {strategy_breadth.flips(period).n} strategies, {period}, jobs of 2014). It is {means[0]} "
        f"in one reading and {means[1]} in the other: the names leave open how much is meant. Of jobs in specialised "
        f"divisions the share covered is {' and '.join(picked)} than of other jobs."
    )


def too_broad_limits(period: str = PERIOD) -> list[str]:
    """Return what the test of breadth rests on and cannot tell, a sentence or two each."""
    return [
        "No measure of breadth is agreed on; ours calls a strategy too broad when the divisions that its priorities "
        "name hold more jobs than all divisions in which its region is specialised. The finding counts as confirmed, "
        "or not, only where both readings say the same at p < 0.05.",
        "Breadth by jobs says nothing on where money went, and it cannot see what the project meant by focus, "
        "activities in place of sectors: a name is all that was coded.",
        "Farming, health care, public services and arts have no regional jobs here.",
        *_unnamed(period),
    ]


def _unnamed(period: str) -> list[str]:
    """Return a sentence on the strategies left out because no names were found, none where none is."""
    tested = set(priority_coding.region_of(period))
    absent = [name_of(key) for key in dict.fromkeys(priorities(period)["region"]) if key not in tested]
    return [f"No names of priorities were found for {listed(absent)}."] if absent else []


def _overlap_outcome(period: str) -> str:
    found = [strategy_overlap.overlaps(period, version) for version in VERSIONS]
    apart = [one.others.p_less for one in found]
    return outcome(apart, [max(one.groups.loc["neighbours", "p_more"], one.others.p_more) for one in found])


def not_aligned_headline(period: str = PERIOD) -> str:
    """Return whether neighbours' strategies are not aligned, for a card: no full stop."""
    return f"Not aligned between neighbours: {_overlap_outcome(period)}"


def not_aligned_finding(period: str = PERIOD) -> str:
    """Return what became of the project's finding that neighbours' strategies are not aligned, in one paragraph."""
    found = [strategy_overlap.overlaps(period, version) for version in VERSIONS]
    one, (_, own) = found[0].others, strategy_overlap.economies(period)
    told = " and ".join(_overlap_told(version, table) for version, table in zip(VERSIONS, found, strict=True))
    return (
        "The project found that the alignment between the strategies of neighbouring regions is very limited "
        f"{STATED}. By the names of the priorities the finding is {_overlap_outcome(period)}: the {one.pairs} pairs "
        f"of neighbours among n = {one.strategies} strategies ({period}) overlap by {told}. {_fragile(period)}"
        f"{_of_one_country(period)} lie in one country, so likeness across a border and likeness by a common national "
        "frame cannot be told apart. In what they are specialised in, neighbours are "
        f"{'more' if own.p_more < LEVEL else 'not more'} alike than other pairs ({decimal(own.neighbours)} against "
        f"{decimal(own.others)}, {p_is(own.p_more)})."
    )


def not_aligned_limits(period: str = PERIOD) -> list[str]:
    """Return what the test of overlap rests on and cannot tell, a sentence or two each."""
    one = strategy_overlap.overlaps(period).others
    return [
        "Here “not aligned” counts as not confirmed where neighbours are more alike than matched random sets and than "
        f"the {one.other_pairs} pairs without a land border, as confirmed where they are less alike than these pairs, "
        "each at one-sided p < 0.05 in both readings; whole strategies change places, in all "
        f"{count(one.permutations)} ways.",
        "Naming the same is not acting together: whether regions agreed on anything, which the project asked "
        "stakeholders about, is not in these data.",
        *_unnamed(period),
    ]


def _overlap_told(version: str, table: strategy_overlap.Overlaps) -> str:
    random, others = table.groups.loc["neighbours"], table.others
    return (
        f"{decimal(others.neighbours)} in the {version} reading (random sets {decimal(random['expected'])}, "
        f"{p_is(random['p_more'])}; other pairs {decimal(others.others)}, {p_is(others.p_more)})"
    )


def _fragile(period: str) -> str:
    """Return how far the comparison with other pairs hangs on one strategy."""
    found = {version: strategy_overlap.overlaps(period, version).left_out.dropna() for version in VERSIONS}
    told = [
        f"{span(p.min(), p.max(), 3)} ({version}, highest without {name_of(p.idxmax())})"
        for version, p in found.items()
        if len(p)
    ]
    if not told:
        return ""
    hangs = any((p >= LEVEL).any() for p in found.values())
    return (
        f"{'It hangs on single strategies: with' if hangs else 'With'} one left out at a time, p of the comparison "
        f"with other pairs is {' and '.join(told)}. "
    )


def _of_one_country(period: str) -> str:
    pairs = strategy_overlap.overlaps(period).pairs
    near = pairs.index[pairs["neighbours"]]
    same = sum(regions.s3_region(one).country == regions.s3_region(two).country for one, two in near)
    return f"All {same} pairs of neighbours" if same == len(near) else f"{same} of the {len(near)} pairs of neighbours"
