"""How much of its region's jobs a strategy covers, and whether these are the jobs the region is specialised in.

The figures describe 2014, before the strategies could show. What a name covers is our reading of it: both readings, the
narrow and the broad, stand in every sentence.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.figures import dumbbells, style
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.numbers import count, decimal, p_is, p_text, percent, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.strategy_regions import name_of, priorities, short_name, strategy_regions
from alpclusters_lib.strategy.alignment import adjusted
from alpclusters_lib.strategy.breadth import SignFlip, selectivity, sign_flip, strategy_breadth
from alpclusters_lib.strategy.priorities import VERSIONS

__all__ = [
    "breadth",
    "breadth_picture",
    "breadth_sentence",
    "breadth_table",
    "flips",
    "not_tested",
    "priority_shares",
]

PERIOD = "2014-2020"
ALL = "all"
LEVEL = 0.05
SOURCE = (
    "Source: names of the priorities as in data/raw/facts/s3_priorities.csv, own coding to divisions; Eurostat, "
    "sbs_r_nuts06_r2 (2014); own computation. Business economy only."
)


@functools.lru_cache(maxsize=4)
def _inputs(period: str, version: str) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame, pd.DataFrame]:
    """Return weights, owners, jobs and specialised divisions of the strategies with named priorities and figures."""
    figures, weights = strategy_regions(), priority_coding.weights(period, version)
    owners = priority_coding.region_of(period)
    kept = owners[owners.isin(figures.jobs.index)]
    return weights.loc[kept.index], kept, figures.jobs, figures.lower > 1


@functools.lru_cache(maxsize=4)
def _breadth(period: str, version: str) -> pd.DataFrame:
    inputs = _inputs(period, version)
    tested = selectivity(*inputs, rng=case_seed(f"{period[2:4]}{version}")).drop(columns="selectivity")
    table = strategy_breadth(*inputs).reindex(tested.index).join(tested)
    table.loc[ALL, "selectivity"] = table["selectivity"].drop(ALL).mean()
    return table.assign(q=adjusted(table["p"].drop(ALL)).reindex(table.index))


def breadth(period: str = PERIOD, version: str = "narrow") -> pd.DataFrame:
    """Return the breadth of every strategy, and of all together (row "all", of which only the test is known).

    Returns
    -------
    DataFrame
        What :func:`~alpclusters_lib.strategy.breadth.strategy_breadth` and
        :func:`~alpclusters_lib.strategy.breadth.selectivity` have, and ``q`` over the strategies of the period.
    """
    return _breadth(period, version).copy()


def flips(period: str = PERIOD, version: str = "narrow") -> SignFlip:
    """Return the test over the strategies of covered less specialised share of jobs."""
    return sign_flip(_breadth(period, version)["difference"].drop(ALL))


def priority_shares(period: str = PERIOD, version: str = "narrow") -> pd.Series:
    """Return the share of its region's jobs in the divisions of each priority, 0 where none of them has figures."""
    weights, owners, jobs, _ = _inputs(period, version)
    own = jobs.loc[owners].set_axis(owners.index)
    named = weights.reindex(columns=own.columns, fill_value=0.0) > 0
    return (own.where(named, 0.0).sum(axis=1) / own.sum(axis=1)).rename("share")


def not_tested(period: str = PERIOD) -> dict[str, str]:
    """Return the regions of a period's list that are not among the tested strategies, each with a sentence why."""
    tested = _breadth(period, "narrow").index
    listed = dict.fromkeys(priorities(period)["region"])
    return {region: _why(region, period) for region in listed if region not in tested}


def _why(region: str, period: str) -> str:
    return priority_coding.missing_sentence(region, period) or (
        f"{name_of(region)} has no figures by industry, so the breadth of its strategy is not known."
    )


def breadth_table(region: str | None = None, period: str = PERIOD) -> pd.DataFrame:
    """Return the breadth of all strategies for the reader, those that cannot be tested last; or a region's own row.

    Empty for a region without named priorities or figures.
    """
    tables = {version: _breadth(period, version).drop(ALL) for version in VERSIONS}
    if region is not None:
        name_of(region)
        tables = {version: table[table.index == region] for version, table in tables.items()}
    names = tables["narrow"].index
    rows = [_row(name, {version: table.loc[name] for version, table in tables.items()}) for name in names]
    if region is None:
        rows += [{"Strategy": name_of(key), "Priorities": "not tested"} for key in not_tested(period)]
    return pd.DataFrame(rows).fillna("")


def _row(region: str, by: dict[str, pd.Series]) -> dict[str, str]:
    narrow, broad = (by[version] for version in VERSIONS)

    def both(column: str, write: Callable[[float], str] = _per) -> str:
        return f"{write(narrow[column])} | {write(broad[column])}"

    return {
        "Strategy": name_of(region),
        "Priorities": count(narrow["priorities"]),
        f"Divisions named, of {len(sectors.divisions())} (narrow | broad)": both("divisions", count),
        "Effective number of divisions": both("effective_divisions", lambda value: decimal(value, 1)),
        "Jobs covered": both("covered_share"),
        "Jobs in specialised divisions": _per(narrow["specialised_share"]),
        "Of these covered": both("covered_specialised"),
        "Of other jobs covered": both("covered_other"),
        "Selectivity against random sets, q": both("q", p_text),
    }


def _per(share: float) -> str:
    return "–" if pd.isna(share) else percent(100 * share, 0)


def breadth_sentence(region: str | None = None, period: str = PERIOD) -> str:
    """Return how broad the strategies are, or that of one region; a plain sentence where it is not known."""
    if region is None:
        return _of_all(period)
    tables = {version: _breadth(period, version) for version in VERSIONS}
    if region not in tables["narrow"].index:
        return _why(region, period)
    narrow, broad = (tables[version].loc[region] for version in VERSIONS)
    limit = narrow["specialised_share"]
    sides = [row["covered_share"] > limit for row in (narrow, broad)]
    than = {
        (True, True): "more in both readings", (False, False): "fewer in both readings",
        (False, True): "fewer in the narrow and more in the broad reading",
        (True, False): "more in the narrow and fewer in the broad reading",
    }[tuple(map(bool, sides))]  # fmt: skip
    return (
        f"In 2014 the {count(narrow['priorities'])} named priorities of {name_of(region)} cover "
        f"{_per(narrow['covered_share'])} of the jobs of the business economy in the narrow reading of their names and "
        f"{_per(broad['covered_share'])} in the broad one; all divisions in which the region is specialised hold "
        f"{_per(limit)}: {than}. {_focus(narrow, broad)}"
    )


def _focus(narrow: pd.Series, broad: pd.Series) -> str:
    told = []
    for version, row in zip(VERSIONS, (narrow, broad), strict=True):
        if pd.notna(row["selectivity"]):
            told.append(
                f"{_per(row['covered_specialised'])} of the jobs in specialised divisions and "
                f"{_per(row['covered_other'])} of the others in the {version} reading "
                f"({'more' if row['q'] < LEVEL else 'not more'} selective than random sets, {p_is(row['q'], 'q')})"
            )
    return f"The names cover {', and '.join(told)}." if told else "Nothing is known of what they pick out."


def _of_all(period: str) -> str:
    told = []
    for version in VERSIONS:
        table, single = _breadth(period, version).drop(ALL), priority_shares(period, version)
        low, high = 100 * table["covered_share"].min(), 100 * table["covered_share"].max()
        told.append(
            f"{span(low, high, 0)} % in the {version} reading (a single priority: median "
            f"{percent(100 * single.median(), 1)})"
        )
    table = _breadth(period, "narrow").drop(ALL)
    limits = 100 * table["specialised_share"]
    return (
        f"Of the jobs of their regions, the {len(table)} strategies with named priorities cover {' and '.join(told)}; "
        f"all divisions in which a region is specialised hold {span(limits.min(), limits.max(), 0)} %. The narrow "
        "reading takes the divisions whose main products or services a name denotes, the broad one also those that "
        "supply or use them; figures of 2014."
    )


def breadth_picture(region: str | None = None, period: str = PERIOD) -> Picture | None:
    """Draw the share of jobs covered in both readings beside that of specialised divisions; a region in bold.

    None for a region that is not among the tested strategies.
    """
    narrow, broad = (_breadth(period, version).drop(ALL) for version in VERSIONS)
    if region is not None:
        name_of(region)
        if region not in narrow.index:
            return None
    data = pd.DataFrame({
        "low": narrow["covered_share"], "high": broad["covered_share"], "mark": narrow["specialised_share"],
    }).sort_values("high", ascending=False, kind="stable")  # fmt: skip
    names = pd.Series({key: short_name(key) for key in data.index})
    above = [int((table["difference"] > 0).sum()) for table in (narrow, broad)]
    title = (
        f"More jobs covered than specialised divisions hold: {above[0] or 'none'} of {len(data)} strategies in "
        f"the narrow reading, {above[1] or 'none'} in the broad one"
    )
    with style.style():
        figure, ax = panel(7.6, 0.8 + 0.36 * max(len(data), 3))
        dumbbells.dumbbells(
            data, ax=ax, names=names, highlight=region or "", low="narrow reading", high="broad reading",
            mark="all divisions with a specialisation", x_label="Share of the region's jobs, business economy",
            title=title, source=f"Priorities {period}. {SOURCE}",
        )  # fmt: skip
    told = "; ".join(
        f"{names[key]} {_per(row['low'])} to {_per(row['high'])}, specialised {_per(row['mark'])}"
        for key, row in data.iterrows()
    )
    alt = (
        f"Share of jobs covered by each strategy, narrow to broad reading, and share in specialised divisions: {told}."
    )
    caption = (
        "Specialised: the lower 95 % limit of the location quotient lies above 1 (EU = 1). Each division named counts "
        "with all its jobs, so a share is what a name reaches at most, not what a strategy pays for. A withheld figure "
        "counts with the middle of its limits."
    )
    return Picture(figure, "strategy-breadth", data.assign(name=names), alt, caption)
