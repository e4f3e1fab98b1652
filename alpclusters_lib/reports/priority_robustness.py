"""How often each priority stays specialised when figures are redrawn and choices changed, for the reader.

Draws redo establishments, not history: a priority that is robust here was specialised in 2014 whichever way one looks,
which says nothing of whether it should be one.
"""

from __future__ import annotations

import functools
import itertools

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY
from alpclusters_lib.figures import choice_grid, style
from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import area_name, own_codes, title_name
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.numbers import about, decimal, percent
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.priorities import tested_weights
from alpclusters_lib.strategy.robustness import (
    pooled_quotients,
    quotient_draws,
    robustness_word,
    specialised_share,
)

__all__ = ["headline", "limits", "picture", "results", "sentence", "table"]

YEAR = 2014
PERIOD = "2014-2020"
DRAWS = 999
THRESHOLDS = (1.0, 1.25)
VERSIONS = ("narrow", "broad")
REFERENCES = ("EU", "own country")
CHOICES = tuple(itertools.product(VERSIONS, REFERENCES, THRESHOLDS))
MAIN = CHOICES[0]
WORDS = ("robust", "fragile", "not specialised")
COLOURS = {"robust": "#1F6A93", "fragile": "#F3DDCB", "not specialised": "#D5DADF", "not tested": "#FFFFFF"}


@functools.lru_cache(maxsize=4)
def _shares(period: str) -> pd.DataFrame:
    """Return the share of draws in which each priority is above the threshold, priority × choice; NaN is no choice."""
    found, owner = strategy_regions(), priority_coding.region_of(period)
    parts = []
    for key in dict.fromkeys(owner):
        if key in found.jobs.index:
            parts.append(_of_strategy(key, period, owner.index[owner == key]))
    columns = pd.MultiIndex.from_tuples(CHOICES, names=["version", "reference", "threshold"])
    return pd.concat(parts).reindex(columns=columns) if parts else pd.DataFrame(columns=columns, dtype=float)


def _of_strategy(key: str, period: str, ids: pd.Index) -> pd.DataFrame:
    """Return the shares of one strategy's priorities; every choice is judged on the same draws."""
    interval = strategy_regions().interval.loc[key]
    names = interval.index[interval["estimate"].notna()]
    draws = quotient_draws(interval.loc[names], draws=DRAWS, rng=case_seed(key))
    usual, columns = _usual(key), {}
    for version in VERSIONS:
        weights = _weights(period, version).reindex(index=ids)[list(names)]
        for reference, shares in usual.items():
            pooled = pooled_quotients(draws, weights, usual=usual["EU"][names], against=shares[names])
            for threshold in THRESHOLDS:
                columns[version, reference, threshold] = specialised_share(pooled, threshold=threshold)
    return pd.DataFrame(columns, index=ids)


@functools.lru_cache(maxsize=8)
def _weights(period: str, version: str) -> pd.DataFrame:
    return tested_weights(priority_coding.weights(period, version), list(strategy_regions().jobs.columns))


@functools.lru_cache(maxsize=16)
def _usual(key: str) -> dict[str, pd.Series]:
    """Return each division's share of jobs in the EU and in the own country; a country is no reference for itself."""
    found = strategy_regions()
    europe = {"EU": found.reference[found.jobs.columns] / found.reference.sum()}
    home = regions.s3_region(key).country
    if own_codes()[key] == home:
        return europe
    return europe | {"own country": _national(home)}


@functools.lru_cache(maxsize=8)
def _national(country: str) -> pd.Series:
    rows = datasets.employment(year=YEAR, regions=country).set_index("sector")
    jobs = rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)
    return jobs.reindex(strategy_regions().jobs.columns) / jobs[BUSINESS_ECONOMY]


@functools.lru_cache(maxsize=4)
def _results(period: str) -> pd.DataFrame:
    found, shares = strategy_regions(), _shares(period)
    if shares.empty:
        return pd.DataFrame(columns=["region", "title", "quotient", "hidden", "share", "word", "steady"])
    owner = priority_coding.region_of(period).reindex(shares.index)
    rows = pd.DataFrame({"region": owner, "title": priority_coding.titles(period).reindex(shares.index)})
    weights = _weights(period, MAIN[0]).reindex(shares.index)
    usual = _usual(owner.iloc[0])["EU"]
    quotients = found.quotients.reindex(index=owner)[list(weights.columns)].to_numpy()
    single = [pooled_quotients(quotients[[n]], weights.iloc[[n]], usual=usual)[0, 0] for n in range(len(weights))]
    unseen = (found.status.reindex(index=owner)[list(weights.columns)] != "observed").to_numpy()
    rows["quotient"] = single
    rows["hidden"] = ((weights.fillna(0.0) > 0).to_numpy() & unseen).any(axis=1)
    # a word over all choices needs both readings of the name
    both = shares.T.groupby(level="version").count().T.gt(0).all(axis=1)
    rows["share"] = shares.mean(axis=1).where(both)
    rows["word"] = [robustness_word(share) for share in rows["share"]]
    words = shares.map(robustness_word).where(shares.notna())
    rows["steady"] = (words.nunique(axis=1) == 1) & both
    return rows


def results(period: str = PERIOD) -> pd.DataFrame:
    """Return every priority of strategies with figures.

    Returns
    -------
    Index priority: ``region`` (key), ``title``, ``quotient`` (narrow version, EU), ``hidden`` (a coded division is no
    published figure), ``share`` of draws over all choices in [0, 1], ``word`` for it and ``steady`` (every choice
    alone gets the same word). NaN and "not tested" where one version has no coded division with figures.
    """
    return _results(period).copy()


def _of(region: str | None, period: str) -> pd.DataFrame:
    rows = _results(period)
    return rows if region is None else rows[rows["region"] == region]


def table(region: str | None = None, period: str = PERIOD) -> pd.DataFrame:
    """Return the shares as text: over all choices, and over those that hold one of them fixed; empty without any."""
    rows = _of(region, period)
    if rows.empty:
        return pd.DataFrame()
    shares = _shares(period)
    held = []
    for priority, row in rows.iterrows():
        own = shares.loc[priority]
        line = {} if region is not None else {"region": area_name(row["region"])}
        line |= {
            "priority": row["title"],
            "location quotient": "" if pd.isna(row["quotient"]) else about(decimal(row["quotient"]), row["hidden"]),
            "share of draws": _share(row["share"]),
            "word": row["word"],
        }
        for level, values, words in (
            ("threshold", THRESHOLDS, [f"above {value:g}" for value in THRESHOLDS]),
            ("version", VERSIONS, VERSIONS),
            ("reference", REFERENCES, ("against the EU", "against the own country")),
        ):
            line |= {w: _share(own.xs(v, level=level).mean()) for v, w in zip(values, words, strict=True)}
        held.append(line)
    found = pd.DataFrame(held)
    return found.loc[:, (found != "").any()]


def _share(value: float) -> str:
    return "" if pd.isna(value) else percent(100 * value, 0)


def sentence(region: str | None = None, period: str = PERIOD) -> str:
    """Return how many priorities are robust, fragile or not specialised, in one strategy or in all."""
    rows = _of(region, period)
    if rows.empty:
        return _silent(region, period)
    tested = rows[rows["word"] != "not tested"]
    if tested.empty:
        return f"None of the priorities of {area_name(region)} has divisions with figures."
    where = "all strategies with figures" if region is None else area_name(region)
    counts = tested["word"].value_counts().reindex(list(WORDS)).fillna(0).astype(int)
    told = [f"{counts[word]} {'is' if counts[word] == 1 else 'are'} {word}" for word in WORDS if counts[word]]
    if len(told) == 1 and len(tested) > 1:
        told = [f"all are {tested['word'].iloc[0]}"]
    main = _shares(period).loc[tested.index, MAIN]
    text = (
        f"Of the {len(tested)} priorities of {where} that can be tested, {listed(told)} over {DRAWS:,} draws and "
        f"{len(CHOICES)} choices (“robust”: specialised in at least 95 % of all, “not specialised”: in at most 5 %)."
        if len(tested) > 1
        else f"The one priority of {where} that can be tested is {tested['word'].iloc[0]}."
    )
    first = int((main >= 0.95).sum())
    text += (
        f" With the narrow version, the EU and a threshold of 1 alone, {_number(first)} of {len(tested)} "
        f"{'is' if first == 1 else 'are'} robust; {_number(int(tested['steady'].sum()))} "
        f"{'keeps its' if tested['steady'].sum() == 1 else 'keep their'} word under every choice."
    )
    if region is not None:
        text += _named(tested)
    untested = int((rows["word"] == "not tested").sum())
    if untested:
        text += (
            f" {untested} more {'has' if untested == 1 else 'have'} no division with figures in one version of the "
            "coding and cannot be tested."
        )
    return text


def _number(value: int) -> str:
    return "none" if value == 0 else str(value)


def _named(tested: pd.DataFrame) -> str:
    firm = tested[tested["word"] == "robust"]
    if len(firm):
        return f" Robust: {listed([f'“{title}”' for title in firm['title']])}."
    best = tested.sort_values("share", ascending=False).iloc[0]
    return f" Highest: “{best['title']}”, in {percent(100 * best['share'], 0)} of all."


def _silent(region: str | None, period: str) -> str:
    if region is None:
        return f"No priority of {period} has figures."
    name = title_name(region)
    if region in strategy_regions().without:
        return f"{name}: priorities are not tested; no jobs by industry are published for the canton."
    return f"{name}: no priorities of {period} were found, so none is tested."


def headline(period: str = PERIOD) -> str:
    """Return how many priorities are robust, without a full stop."""
    rows = _results(period)
    tested = rows[rows["word"] != "not tested"]
    firm, not_so = ((tested["word"] == word).sum() for word in (WORDS[0], WORDS[2]))
    return (
        f"{firm} of {len(tested)} priorities {'is' if firm == 1 else 'are'} specialised under nearly all draws and "
        f"choices, {not_so} under hardly any"
    )


def picture(region: str | None = None, period: str = PERIOD) -> Picture | None:
    """Draw the share of draws by priority and choice; None for a region without tested priorities."""
    rows = _of(region, period)
    rows = rows[rows["word"] != "not tested"].sort_values(["region", "share"], ascending=[True, False], kind="stable")
    if rows.empty:
        return None
    shares = _shares(period).loc[rows.index].dropna(axis=1, how="all")
    heads = [f"{v}\n{'EU' if r == 'EU' else 'country'}\n> {t:g}" for v, r, t in shares.columns]
    drawn = shares.set_axis(heads, axis=1)
    title = headline(period) if region is None else _region_title(rows, region)
    with style.style():
        figure, ax = panel(5.8, 0.5 + (0.2 if region is None else 0.3) * len(rows))
        choice_grid.choice_grid(
            drawn.map(robustness_word), ax=ax, text=drawn.map(_share), colours=COLOURS, labels=rows["title"],
            groups=None if region is not None else rows["region"].map(area_name), title=title, source=SOURCE,
            words={"not tested": "no such choice"},
        )  # fmt: skip
    told = "; ".join(f"{row['title']} {percent(100 * row['share'], 0)}" for _, row in rows.iterrows())
    found = f"{headline(period)}." if region is None else f"Over all: {told}."
    alt = f"Share of draws in which each priority is specialised, by version, reference and threshold. {found}"
    caption = (
        f"Share of {DRAWS:,} draws of the location quotients of {YEAR} in which the pooled quotient of a priority's "
        "divisions is above the threshold, by version of the coding, reference and threshold. Blank: the country is "
        "the region itself."
    )
    data = shares.set_axis([", ".join(str(part) for part in column) for column in shares.columns], axis=1)
    return Picture(figure, "priority-robustness", rows.join(data), alt, caption)


def _region_title(rows: pd.DataFrame, region: str) -> str:
    firm = int((rows["word"] == "robust").sum())
    number = {0: "no priority is", 1: "one priority is"}.get(firm, f"{firm} priorities are")
    return f"{area_name(region)}: {number} specialised under nearly all draws and choices"


def limits() -> list[str]:
    """Return what the draws hold and what they do not, a sentence or two each."""
    return [
        "A draw moves each division's quotient inside its 95 % interval (log-normal; a division without jobs by the "
        "law of a rate of which nothing was seen), each on its own: what divisions of a region share is not in it.",
        "The coding is our own, so the narrow and the broad version stand for what another reader might choose; all "
        "eight choices count alike.",
        "Divisions that are coded and not in the business economy are left out, the weights of "
        "the others fill their place.",
    ]
