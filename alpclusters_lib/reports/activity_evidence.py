"""Candidates for transformative activities of each region, from published figures, and the actors that facts know."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.divisions import divisions, learnt_proximity
from alpclusters_lib.strategy import _synergy_draws as arrays
from alpclusters_lib.strategy.innovation_model import LINKS, TransformativeActivity, candidates, percentile_of_links

__all__ = ["activities", "activity", "actors_of", "division_families", "found", "known_activities", "lower_limits"]

YEAR = evidence.YEAR


@functools.lru_cache(maxsize=1)
def lower_limits() -> pd.DataFrame:
    """Return the lower limit of every division's location quotient in every area.

    That of the interval if establishments were redrawn, taken at the lower limit of cells that are not published: what
    lies above 1 is surely above.
    """
    table = datasets.employment(year=YEAR)
    table = table[table["region"].isin(evidence.areas())].assign(sector=lambda t: t["sector"].astype(str))
    least = table["lower"].fillna(table["value"])
    jobs = table.assign(least=least).pivot(index="region", columns="sector", values="least")
    totals, reference = jobs[BUSINESS_ECONOMY], divisions(YEAR).reference
    names = divisions(YEAR).jobs.columns
    quotients = jobs[names].div(totals, axis=0) / (reference[names] / reference.sum())
    return (quotients * np.exp(-evidence.WIDTH * evidence.errors()[names].reindex(quotients.index))).reindex(
        list(evidence.areas())
    )


@functools.lru_cache(maxsize=1)
def _percentiles() -> pd.DataFrame:
    """Return the percentile of each lower limit among the quotients of all European regions."""
    lower, europe = lower_limits(), divisions(YEAR).quotients
    return pd.DataFrame(
        {name: arrays.percentiles(lower[name].to_numpy(), europe[name].to_numpy()) for name in lower}, index=lower.index
    )


def division_families() -> pd.Series:
    """Return the family of each division, of those that share none."""
    return pd.Series({division: family for family in FAMILIES for division in evidence.family_divisions(family)})


@functools.lru_cache(maxsize=1)
def neighbouring_stages() -> pd.DataFrame:
    """Return the pairs of divisions at stages of a chain of which one feeds the other, both ways round."""
    rows = []
    for chain in evidence.chains().values():
        for stage in chain.stages:
            for after in map(chain.stage, stage.feeds):
                for first in stage.divisions:
                    for second in after.divisions:
                        rows.append((first, second, chain.name, stage.key, after.key))
                        rows.append((second, first, chain.name, after.key, stage.key))
    return pd.DataFrame(rows, columns=["first", "second", "chain", "first_stage", "second_stage"])


@functools.lru_cache(maxsize=16)
def found(region: str) -> pd.DataFrame:
    """Return a region's candidates, best evidenced first; empty for one without figures or without any."""
    own = evidence.area_of(region)
    if own is None:
        return pd.DataFrame(columns=["capacity", "partner_capacity", "partner", *LINKS, "weakest", "weakest_link"])
    return candidates(
        lower_limits(), _percentiles(), percentile_of_links(learnt_proximity(YEAR)), region=own,
        partners=evidence.candidates(region), families=division_families(), links=neighbouring_stages(),
    )  # fmt: skip


def actors_of(region: str, families: set[str]) -> tuple[str, ...]:
    """Return the cluster organisations of a region that facts know in some families."""
    table = datasets.facts("organisation_families")
    return tuple(table.loc[(table["region"] == region) & table["family"].isin(families), "organisation"])


def activities(region: str, most: int = 3) -> list[TransformativeActivity]:
    """Return the first candidates as objects: capacities, where they meet, actors known, regions, evidence."""
    own, families = evidence.area_of(region), division_families()
    made = []
    for row in found(region).head(most).itertuples():
        wanted = {families[row.capacity], families[row.partner_capacity]}
        there = evidence.strategy_of(row.partner)
        actors = (*actors_of(region, wanted), *(actors_of(there, wanted) if there else ()))
        made.append(
            TransformativeActivity(
                capacities={own: (row.capacity,), row.partner: (row.partner_capacity,)},
                opportunity=f"{row.chain}/{row.first_stage}/{row.second_stage}", regions=(own, row.partner),
                actors=actors, evidence={link: getattr(row, link) for link in LINKS},
            )
        )  # fmt: skip
    return made


def activity(region: str) -> TransformativeActivity | None:
    """Return the best-evidenced candidate; None where there is none."""
    return next(iter(activities(region, 1)), None)


def known_activities(region: str) -> pd.DataFrame:
    """Return the transformative activities, ideas and actions that facts know for a region."""
    table = datasets.facts("transformative_activities")
    return table[table["regions"].fillna("").str.split().map(lambda keys: region in keys)]
