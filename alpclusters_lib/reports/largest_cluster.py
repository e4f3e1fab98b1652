"""What the loss of a region's largest cluster would take: its own jobs, and modelled, those of its suppliers there.

A size, no scenario: nobody expects a whole cluster to go. The second part stands on a model whose error is measured on
the Austrian Länder only; what a lost cluster sold to others in the region is taken as bought elsewhere.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.figures import loss_bars, style
from alpclusters_lib.reports import regional_model as model
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.downturn import area_name, own_codes, title_name
from alpclusters_lib.reports.numbers import about, count, decimal, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.regional_economy import DELTAS, YEAR, economy, shares_of_industries
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy.portfolio import cluster_weights, extraction_loss

__all__ = ["headline", "limits", "losses", "picture", "sentence", "table"]

KINDS = ("above", "jobs")
WORDS = {"above": "jobs above the EU's share", "jobs": "jobs"}


@functools.lru_cache(maxsize=1)
def _weights() -> pd.DataFrame:
    found = strategy_regions()
    groups = {family: sectors.family(family).divisions for family in FAMILIES}
    return cluster_weights(found.jobs, groups, totals=found.totals, reference=found.reference)


@functools.lru_cache(maxsize=1)
def losses() -> pd.DataFrame:
    """Return what the loss of the largest cluster would take in every strategy's area.

    Returns
    -------
    Index (region, kind), kind ``above`` (the cluster with most jobs above the EU's share) or ``jobs`` (with most jobs):
    ``cluster`` (family), ``direct`` and ``indirect`` jobs, ``lower, upper`` of the indirect ones over δ, ``wide_lower,
    wide_upper`` with the mean error on the Austrian Länder added, ``total`` jobs of the area, ``status``.
    """
    weights, found = _weights(), strategy_regions()
    rows = {}
    for key in found.jobs.index:
        own = weights.loc[key]
        for kind in KINDS:
            ranked = own[f"by_{kind}"]
            if ranked.isna().all():
                continue
            cluster = ranked.idxmin()
            divisions = list(sectors.family(cluster).divisions)
            rows[key, kind] = {
                "cluster": cluster, "direct": own.loc[cluster, "jobs"], **_indirect(key, tuple(divisions)),
                "total": found.totals[key], "status": worst_status(found.status.loc[key, divisions]),
            }  # fmt: skip
    index = pd.MultiIndex.from_tuples(rows, names=["region", "kind"])
    return pd.DataFrame(list(rows.values()), index=index)


@functools.lru_cache(maxsize=64)
def _indirect(key: str, divisions: tuple[str, ...]) -> dict[str, float]:
    """Return modelled jobs lost beside those of the divisions, at the main δ and at the ends of the bands."""
    found = _jobs_lost(own_codes()[key], divisions)
    low, high = min(found.values()), max(found.values())
    off = _off()
    direct = strategy_regions().jobs.loc[key, list(divisions)].sum()
    # the measured error is one of multipliers, of direct and indirect together
    reach = [max((direct + low) * (1 - off) - direct, 0.0), (direct + high) * (1 + off) - direct]
    return {
        "indirect": found[model.DELTA], "lower": low, "upper": high, "wide_lower": reach[0], "wide_upper": reach[1],
    }  # fmt: skip


@functools.lru_cache(maxsize=1)
def _off() -> float:
    return float(model.recipe_errors(YEAR)["multiplier_error"])


def _jobs_lost(code: str, divisions: tuple[str, ...]) -> dict[float, float]:
    """Return modelled jobs lost beside those of the divisions, by δ."""
    own = economy(code)
    gone = shares_of_industries(code, pd.Series(1.0, list(divisions))).reindex(own.output.index).fillna(0.0)
    return {
        delta: float((extraction_loss(own.coefficients(delta), own.output, gone) * own.jobs).sum()) for delta in DELTAS
    }


def _label(cluster: str) -> str:
    return sectors.family(cluster).label_en


def table(region: str | None = None) -> pd.DataFrame:
    """Return the losses as text, a row an area and way to be the largest; empty for a region without figures."""
    rows = losses().reset_index()
    rows = rows if region is None else rows[rows["region"] == region]
    held = []
    twice = rows.duplicated(["region", "cluster"], keep=False)
    for place, row in rows.iterrows():
        if twice[place] and row["kind"] == KINDS[1]:
            continue
        guessed = row["status"] != "observed"
        held.append({
            "region": title_name(row["region"]),
            "largest by": "both" if twice[place] else WORDS[row["kind"]],
            "cluster": _label(row["cluster"]),
            "its jobs": about(count(row["direct"]), guessed),
            "of all jobs": about(percent(100 * row["direct"] / row["total"]), guessed),
            "further jobs in the region, modelled": _range(row["lower"], row["upper"]),
            "with the model's mean error": _range(row["wide_lower"], row["wide_upper"]),
            "both, of all jobs": percent(100 * (row["direct"] + row["indirect"]) / row["total"]),
        })  # fmt: skip
    return pd.DataFrame(held)


def _range(low: float, high: float) -> str:
    """Write modelled jobs as a range of rounded hundreds, or tens where they are few."""
    digits = -2 if high >= 2000 else -1
    first, last = (count(np.round(value, digits)) for value in (low, high))
    return first if first == last else f"{first} to {last}"


def sentence(region: str) -> str:
    """Return what the loss of a region's largest cluster would take, and which is the largest by mere jobs."""
    if region not in losses().index.get_level_values("region"):
        return f"{title_name(region)}: no largest cluster is named; no jobs by industry are published."
    rows, name = losses().loc[region], area_name(region)
    row = rows.loc["above"]
    jobs = about(count(row["direct"]), row["status"] != "observed")
    text = (
        f"The largest cluster of {name} by jobs above the EU's share is {_label(row['cluster']).lower()}: without it "
        f"{jobs} jobs would go, {percent(100 * row['direct'] / row['total'])} of the business economy. Its purchases "
        f"in the region stand, in the model, for {_range(row['lower'], row['upper'])} further jobs of suppliers (δ "
        f"from {decimal(model.BAND[0])} to {decimal(model.BAND[1])}; "
        f"{_range(row['wide_lower'], row['wide_upper'])} with the model's mean error), so for "
        f"{percent(100 * (row['direct'] + row['indirect']) / row['total'])} in all."
    )
    other = rows.loc["jobs"]
    if other["cluster"] == row["cluster"]:
        return f"{text} It is the largest by jobs too."
    share = percent(100 * other["direct"] / other["total"])
    return f"{text} By jobs alone the largest is {_label(other['cluster']).lower()} ({share} of all jobs)."


def headline() -> str:
    """Return where the loss would take the largest and the smallest share, without a full stop."""
    rows = losses().xs("above", level="kind")
    shares = (rows["direct"] + rows["indirect"]) / rows["total"]
    top, low = shares.idxmax(), shares.idxmin()
    return (
        f"Largest clusters stand for {percent(100 * shares[low], 0)} ({area_name(low)}) to "
        f"{percent(100 * shares[top], 0)} ({area_name(top)}) of all jobs, suppliers included"
    )


def picture(region: str | None = None) -> Picture | None:
    """Draw direct and modelled loss of every strategy's largest cluster, in per cent of all jobs, one area in bold.

    None for a region without figures.
    """
    rows = losses().xs("above", level="kind")
    if region is not None and region not in rows.index:
        return None
    data = rows[["direct", "indirect", "lower", "upper", "wide_lower", "wide_upper"]].mul(100 / rows["total"], axis=0)
    data = data.assign(status=np.where(rows["status"] == "observed", "observed", "estimated"), cluster=rows["cluster"])
    data = data.assign(whole=data["direct"] + data["indirect"]).sort_values("whole", ascending=False, kind="stable")
    labels = {key: f"{title_name(key)}: {_label(rows.loc[key, 'cluster']).split(',')[0].lower()}" for key in data.index}
    data = data.rename(index=labels)
    drawn = data.drop(columns=["lower", "upper"]).rename(columns={"wide_lower": "lower", "wide_upper": "upper"})
    with style.style():
        figure, ax = panel(7.2, 0.8 + 0.36 * len(data))
        loss_bars.loss_bars(
            drawn, ax=ax, direct="the cluster itself", indirect="its suppliers in the region, modelled",
            whisker="with δ and the model's mean error", title=headline(), source=model.SOURCE,
            highlight="" if region is None else labels[region],
            x_label="Per cent of all jobs of the business economy",
        )  # fmt: skip
    told = "; ".join(f"{label} {decimal(row['direct'], 1)} and {decimal(row['indirect'], 1)}" for label, row in
                     data.iterrows())  # fmt: skip
    alt = f"Bars of the jobs of each area's largest cluster and of its suppliers, in per cent of all jobs. {told}."
    caption = (
        f"Cluster with the most jobs above the EU's share among {len(FAMILIES)} that share no division, {YEAR}. Light: "
        f"jobs of suppliers in the region as modelled (FLQ, δ = {decimal(model.DELTA)}). The number is both together. "
        "A size and no forecast."
    )
    return Picture(figure, "largest-cluster", data, alt, caption)


def limits() -> list[str]:
    """Return what the figures do not hold, a sentence or two each."""
    return [
        "Nobody expects a whole cluster to go: the figures say how much of a region hangs on it at one moment.",
        "The jobs of suppliers are modelled from the country's table and jobs by industry: nobody finds other "
        "customers, wages are not spent less, prices do not move, and what the cluster sold in the region is bought "
        "elsewhere.",
        "Industries outside the business economy (farming, finance, public services) lose jobs that are not counted.",
        "The bands hold the range of δ and the mean error of multipliers on the Austrian Länder, where tables "
        "are published; how far the model is off in other countries is not known.",
    ]
