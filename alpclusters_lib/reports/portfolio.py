"""How concentrated the economies of the strategies' areas are, and how far their mixes alone would let jobs swing.

The swing takes every division at the growth of the EU countries with one series of figures from 2008 to 2014: six
rates a division, most of their spread in one year. It compares mixes, and says nothing of years to come.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.figures import quadrants, style
from alpclusters_lib.indicators.concentration import herfindahl_index
from alpclusters_lib.reports import downturn, priority_coding
from alpclusters_lib.reports.numbers import about, decimal, percent
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.portfolio import growth_covariance, portfolio_variance, priority_jobs
from alpclusters_lib.strategy.priorities import tested_weights

__all__ = ["headline", "limits", "measures", "picture", "sentence", "table"]

YEAR = 2014
PERIOD = "2014-2020"
VERSIONS = ("narrow", "broad")
EU = "EU"
# share of jobs in estimated divisions from which figures are called about
HIDDEN = 0.01
# how far from the EU's swing a mix is called calmer or livelier
APART = 0.05


@functools.lru_cache(maxsize=1)
def measures() -> pd.DataFrame:
    """Return the concentration of every strategy's area and of the EU.

    Returns
    -------
    Index: key of the strategy, and ``EU``. ``jobs``; ``herfindahl, divisions`` (index over divisions and its inverse,
    the effective number), ``largest, largest_share``; ``swing`` (standard deviation of yearly growth of the mix at EU
    rates, as a share), ``relative`` (over the EU's) and ``relative_after`` (the same from 2009 on); ``hidden``: share
    of jobs in divisions that are no published figure.
    """
    found = strategy_regions()
    europe = found.reference.drop("other").to_frame(EU).T
    jobs = pd.concat([found.jobs, europe[found.jobs.columns]])
    index = herfindahl_index(jobs)
    series = downturn.reference_series()[list(jobs.columns)]
    swings = [np.sqrt(portfolio_variance(jobs, growth_covariance(part))) for part in (series, series.loc[2009:])]
    sums = jobs.sum(axis=1)
    hidden = (found.jobs.where(found.status != "observed").sum(axis=1) / sums).reindex(jobs.index).fillna(0.0)
    return pd.DataFrame({
        "jobs": sums, "herfindahl": index, "divisions": 1 / index,
        "largest": jobs.idxmax(axis=1), "largest_share": jobs.max(axis=1) / sums,
        "swing": swings[0], "relative": swings[0] / swings[0][EU], "relative_after": swings[1] / swings[1][EU],
        "hidden": hidden,
    })  # fmt: skip


@functools.lru_cache(maxsize=1)
def _by_priority() -> pd.DataFrame:
    """Return the concentration of each strategy over its priorities: index (strategy, version).

    ``priorities`` with figures, ``covered`` (share of all jobs dealt to them), ``effective`` number of priorities,
    ``largest`` priority and its ``share`` of the covered jobs.
    """
    jobs, owner = strategy_regions().jobs, priority_coding.region_of(PERIOD)
    rows = {}
    for version in VERSIONS:
        weights = tested_weights(priority_coding.weights(PERIOD, version), list(jobs.columns)).dropna(how="any")
        for key, part in weights.groupby(owner.reindex(weights.index)):
            if key not in jobs.index:
                continue
            dealt = priority_jobs(jobs.loc[key], part)
            index = herfindahl_index(dealt.to_frame(key).T)[key]
            rows[key, version] = {
                "priorities": len(part), "covered": dealt.sum() / jobs.loc[key].sum(), "effective": 1 / index,
                "largest": dealt.idxmax(), "share": dealt.max() / dealt.sum(),
            }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def _name(key: str) -> str:
    return "EU" if key == EU else downturn.area_name(key)


def _about(text: str, row: pd.Series) -> str:
    return about(text, row["hidden"] > HIDDEN)


def table(region: str | None = None) -> pd.DataFrame:
    """Return the measures as text: the EU first, then every strategy or one; empty for a region without figures."""
    rows = measures()
    if region is not None and region not in rows.index:
        return pd.DataFrame()
    keys = [EU, *(key for key in rows.index if key != EU and region in (None, key))]
    held = []
    for key in keys:
        row, narrow = rows.loc[key], _of(key, "narrow")
        held.append({
            "area": _name(key),
            "effective number of divisions": _about(decimal(row["divisions"], 1), row),
            "Herfindahl index": _about(decimal(row["herfindahl"], 3), row),
            "largest division": f"{sectors.label(row['largest'], short=True)} ({percent(100 * row['largest_share'])})",
            "swing of the mix, points a year": _about(decimal(100 * row["swing"], 2), row),
            "over the EU's": _about(decimal(row["relative"]), row),
            "over the EU's, from 2009 on": _about(decimal(row["relative_after"]), row),
            "priorities with figures": "" if narrow is None else f"{narrow['priorities']:.0f}",
            "effective number of priorities": "" if narrow is None else decimal(narrow["effective"], 1),
            "the same, coded broadly": "" if narrow is None else decimal(_of(key, "broad")["effective"], 1),
            "jobs in divisions without published figures": percent(100 * row["hidden"]),
        })  # fmt: skip
    return pd.DataFrame(held)


def _of(key: str, version: str) -> pd.Series | None:
    found = _by_priority()
    return found.loc[(key, version)] if (key, version) in found.index else None


def sentence(region: str) -> str:
    """Return how concentrated a region's jobs and its priorities are, and how far its mix would swing."""
    if region not in measures().index:
        return f"{downturn.title_name(region)}: concentration is not measured; no jobs by industry are published."
    name, largest = downturn.area_name(region), sectors.label(measures().loc[region, "largest"], short=True).lower()
    row, europe = measures().loc[region], measures().loc[EU]
    more = "more" if row["divisions"] < europe["divisions"] else "less"
    text = (
        f"Jobs of {name} are {more} concentrated than the EU's: they spread as over "
        f"{_about(decimal(row['divisions'], 1), row)} divisions of equal size (EU {decimal(europe['divisions'], 1)}), "
        f"the largest being {largest} with {percent(100 * row['largest_share'])}. "
        f"At the rates of the EU countries from {downturn.FIRST} to {downturn.LAST} its mix alone would let jobs swing "
        f"{_about(decimal(row['relative']), row)} times as much as the EU's mix ({decimal(100 * row['swing'], 2)} "
        f"points a year), {decimal(row['relative_after'])} times from 2009 on."
    )
    return f"{text} {_priority_words(region)}"


def _priority_words(region: str) -> str:
    narrow, broad = (_of(region, version) for version in VERSIONS)
    if narrow is None or broad is None:
        return "Its priorities were not found or have no divisions with figures."
    title = priority_coding.titles(PERIOD)[narrow["largest"]]
    held = f"the jobs of its {narrow['priorities']:.0f} priorities with figures"
    if narrow["priorities"] == 1:
        return f"One priority alone has figures, “{title}”."
    return (
        f"{held[0].upper()}{held[1:]} spread as over {decimal(narrow['effective'], 1)} of equal size (coded broadly "
        f"{decimal(broad['effective'], 1)}), each job counted once; the largest, “{title}”, holds "
        f"{percent(100 * narrow['share'], 0)} of them."
    )


def headline() -> str:
    """Return how many areas are more concentrated than the EU and how many have a mix that swings more, no stop."""
    rows = measures().drop(EU)
    fewer = int((rows["divisions"] < measures().loc[EU, "divisions"]).sum())
    livelier = int((rows["relative"] > 1 + APART).sum())
    return (
        f"Jobs of {fewer} of {len(rows)} areas are more concentrated than the EU's; {livelier} mixes would let jobs "
        f"swing over {percent(100 * APART, 0)} more"
    )


def picture(region: str | None = None) -> Picture | None:
    """Draw effective number of divisions against the swing of the mix, parted at the EU's figures, one area marked.

    None for a region without figures.
    """
    rows = measures()
    if region is not None and region not in rows.index:
        return None
    data = rows.drop(EU).assign(
        label=[_name(key) for key in rows.index if key != EU],
        status=lambda found: np.where(found["hidden"] > HIDDEN, "estimated", "observed"),
    )
    corners = {
        "right, above": "spread, livelier mix", "right, below": "spread, calmer mix",
        "left, above": "concentrated, livelier mix", "left, below": "concentrated, calmer mix",
    }  # fmt: skip
    with style.style():
        figure, ax = panel(7.4, 4.8)
        quadrants.quadrant_scatter(
            data, ax=ax, x="divisions", y="relative", medians=(rows.loc[EU, "divisions"], 1.0), quadrants=corners,
            highlight=list(data.index) if region is None else [region], line_names=("EU", "EU"),
            x_label=f"Effective number of divisions, {YEAR}: more is less concentrated",
            y_label="Swing of the mix (EU = 1)", source=SOURCE,
            title=headline() if region is None else f"{_name(region)} among {len(data)} areas",
        )  # fmt: skip
    told = "; ".join(f"{row['label']} {decimal(row['divisions'], 1)} and {decimal(row['relative'])}" for _, row in
                     data.iterrows())  # fmt: skip
    alt = f"Scatter of the effective number of divisions and of the swing of the mix over the EU's. {told}."
    caption = (
        f"Effective number: inverse of the Herfindahl index over 68 divisions of the business economy. Swing: standard "
        f"deviation of yearly growth, {downturn.FIRST} to {downturn.LAST}, with each division at the rate of "
        f"{len(downturn.countries())} EU countries (portfolio variance, Conroy 1974)."
    )
    return Picture(figure, "portfolio", data, alt, caption)


def limits() -> list[str]:
    """Return what the measures cannot tell, a sentence or two each."""
    return [
        f"The swing rests on six yearly rates a division, of {len(downturn.countries())} EU countries without Germany "
        "and France, and mostly on 2009: the figure from 2009 on shows how much. It compares mixes at common rates and "
        "is neither the region's own past nor a forecast.",
        "Divisions are wide: firms of one division need not move together, and a region of one large firm and one of "
        "many small ones look the same.",
        "The jobs of a division are dealt to the priorities it is coded to, so each counts once.",
    ]
