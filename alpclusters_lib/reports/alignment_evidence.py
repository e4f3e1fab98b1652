"""The alignment of every strategy's priorities as tables; what the page says of them is in ``alignment``.

False discoveries are held over all strategies' priorities of a period, so that every page prints the same q.
"""

from __future__ import annotations

import functools
from types import MappingProxyType

import numpy as np
import pandas as pd

from alpclusters_lib.reports import priority_coding
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.strategy_regions import strategy_regions
from alpclusters_lib.strategy._matched_sets import strata
from alpclusters_lib.strategy.alignment import (
    ALL,
    CASES,
    adjusted,
    alignment_with_draws,
    strategy_alignment,
    strategy_draws,
    unstable,
)

__all__ = [
    "ALL", "CASES", "LEVEL", "PERIOD", "SMALLEST", "SMALLEST_OUT", "VERSIONS", "alone", "pooled", "results", "variants",
]  # fmt: skip

PERIOD = "2014-2020"
VERSIONS = ("narrow", "broad")
LEVEL = 0.05
# enough for one priority among fifty to pass alone, and for p of a variant
DRAWS, VARIANT_DRAWS = 4_999, 1_999
SMALLEST = 0.001
"""Share of the EU's jobs below which a division is one that most regions hardly have: random sets that hold it are
easily outdone."""


@functools.lru_cache(maxsize=4)
def _inputs(period: str, version: str) -> MappingProxyType[str, tuple]:
    """Return what each strategy with priorities and figures is tested on: weights, intervals, densities."""
    figures, weights = strategy_regions(), priority_coding.weights(period, version)
    of = priority_coding.region_of(period).reindex(weights.index)
    found = {}
    for region in figures.jobs.index:
        rows = weights[of == region]
        if len(rows):
            found[region] = (rows, figures.interval.loc[region], figures.density.loc[region])
    return MappingProxyType(found)


@functools.lru_cache(maxsize=4)
def _drawn(period: str, version: str) -> MappingProxyType[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return each strategy's results, and the sums of its priorities with those of their draws."""
    return MappingProxyType({
        region: alignment_with_draws(*tables, draws=DRAWS, rng=case_seed(region))
        for region, tables in _inputs(period, version).items()
    })  # fmt: skip


@functools.lru_cache(maxsize=4)
def _tested(period: str, version: str) -> pd.DataFrame:
    parts = [table.assign(region=region) for region, (table, _) in _drawn(period, version).items()]
    table = pd.concat(parts).rename_axis("priority")
    table.insert(0, "title", priority_coding.titles(period).reindex(table.index))
    table.insert(0, "region", table.pop("region"))
    table["q_specialised"] = adjusted(table["p_specialised"])
    table["q_related"] = adjusted(table["p_related"])
    table["estimated_share"] = _estimated(period, version).reindex(table.index).where(table["tested"])
    return table


def _estimated(period: str, version: str) -> pd.Series:
    """Return the share of each priority's codable weight that lies on estimated or withheld figures."""
    status = strategy_regions().status
    shares = []
    for region, (weights, *_) in _inputs(period, version).items():
        kept = weights.reindex(columns=status.columns, fill_value=0.0)
        shares.append((kept @ (status.loc[region] != "observed").astype(float)) / kept.sum(axis=1).replace(0, np.nan))
    return pd.concat(shares)


def results(period: str = PERIOD, version: str = "narrow") -> pd.DataFrame:
    """Return every priority of a period whose strategy's region has figures, tested or not.

    Returns
    -------
    DataFrame
        By priority: ``region`` (key), ``title``, what
        :func:`~alpclusters_lib.strategy.alignment.priority_alignment` has, ``q_specialised`` and ``q_related`` over all
        strategies, ``estimated_share`` of the codable weight, and ``unstable`` (missing where a version is not tested).
    """
    return _results(period, version).copy()


@functools.lru_cache(maxsize=4)
def _results(period: str, version: str) -> pd.DataFrame:
    table, narrow, broad = (_tested(period, name) for name in (version, *VERSIONS))
    return table.assign(unstable=unstable(narrow, broad).reindex(table.index))


@functools.lru_cache(maxsize=4)
def pooled(period: str = PERIOD, version: str = "narrow") -> pd.DataFrame:
    """Return each strategy as a whole and all together (row "all").

    Returns
    -------
    DataFrame
        What :func:`~alpclusters_lib.strategy.alignment.strategy_alignment` has, ``priorities`` tested, means a priority
        (``mean_quotient``, ``mean_expected_quotient`` ...), and p where the overlaps between the priorities of a
        strategy are kept (``p_specialised_kept``, ``p_related_kept``).
    """
    table = strategy_alignment({region: sums for region, (_, sums) in _drawn(period, version).items()})
    kept = strategy_alignment({
        region: strategy_draws(*tables, draws=DRAWS, overlaps="kept", rng=case_seed(region))
        for region, tables in _inputs(period, version).items()
    })  # fmt: skip
    numbers = _tested(period, version).groupby("region")["tested"].sum()
    table["priorities"] = numbers.reindex(table.index).fillna(0).astype(int)
    table.loc[ALL, "priorities"] = numbers.sum()
    for name in ("quotient", "density"):
        table[f"mean_{name}"] = table[name] / table["priorities"].replace(0, np.nan)
        table[f"mean_expected_{name}"] = table[f"expected_{name}"] / table["priorities"].replace(0, np.nan)
    return table.join(kept[["p_specialised", "p_related"]].add_suffix("_kept"))


def _without_smallest(tables: tuple) -> dict:
    weights, interval, density = tables
    jobs = strategy_regions().reference
    small = jobs.index[jobs / jobs.sum() < SMALLEST]
    return {"weights": weights, "interval": interval.drop(small, errors="ignore"), "density": density}


def _mining_with_energy(tables: tuple) -> dict:
    weights, interval, density = tables
    groups = strata(interval.index).replace({"primary": "other industry"})
    return {"weights": weights, "interval": interval, "density": density, "strata": groups}


SMALLEST_OUT = f"without divisions below {100 * SMALLEST:g} % of EU jobs"
# what else random sets could be drawn from
DESIGNS = {
    SMALLEST_OUT: _without_smallest,
    "mining drawn with energy, water and construction": _mining_with_energy,
}


@functools.lru_cache(maxsize=4)
def variants(period: str = PERIOD) -> pd.DataFrame:
    """Return the test of all strategies together under each coding and each way to draw random sets.

    Returns
    -------
    DataFrame
        ``coding``, ``sets``, ``quotient`` and ``expected_quotient`` (sums over the priorities), and p with overlaps
        kept (``p_specialised``, ``p_related``); the main variant first.
    """
    rows = []
    for version in VERSIONS:
        main = pooled(period, version).loc[ALL]
        found = {
            "quotient": main["quotient"], "expected_quotient": main["expected_quotient"],
            "p_specialised": main["p_specialised_kept"], "p_related": main["p_related_kept"],
        }  # fmt: skip
        rows.append({"coding": version, "sets": "as described"} | found)
        for name, changed in DESIGNS.items():
            table = strategy_alignment({
                region: strategy_draws(**changed(tables), draws=VARIANT_DRAWS, overlaps="kept", rng=case_seed(region))
                for region, tables in _inputs(period, version).items()
            })  # fmt: skip
            rows.append({"coding": version, "sets": name} | table.loc[ALL, list(found)].to_dict())
    return pd.DataFrame(rows)


def alone(region: str, period: str = PERIOD, version: str = "narrow") -> pd.DataFrame:
    """Return the results of one strategy; without a row where it has no named priority or no figures."""
    table = results(period, version)
    return table[table["region"] == region]
