"""How far modelled regional tables are off, measured on the published tables of the nine Austrian Länder.

Two tests. The **consistent** one regionalises a national table that is the sum of the nine, so that only the method
errs. The **world** one applies the recipe of ``regional_model`` to Austria in a world table, with jobs from regional
statistics: other years, other industries, other makers of tables err besides. Coefficients are ``Z / x`` on columns,
as rows and columns of these tables differ by industry. The nine tables are themselves partly modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from alpclusters_lib import balancing
from alpclusters_lib.cleaning.regional_tables import RegionalInputOutput
from alpclusters_lib.value_chains import _learnt_trade, _tables
from alpclusters_lib.value_chains.bridge import bridge_weights
from alpclusters_lib.value_chains.regional_model import (
    DELTA,
    DELTAS,
    NationalTable,
    located_industries,
    with_uncovered,
)
from alpclusters_lib.value_chains.regionalisation import Surveyed, errors, estimated, located, surveyed

__all__ = [
    "common_groups",
    "consistent_errors",
    "country_of_regions",
    "summary",
    "world_errors",
    "world_multipliers",
]

Tables = Mapping[str, RegionalInputOutput]
USUAL_DELTA = 0.2


def country_of_regions(tables: Tables) -> NationalTable:
    """Return the country that regional tables add up to: their own flows, and those between them.

    Flows between regions are printed as margins only: what each industry buys from the rest of the country, and what
    it sells there to all users. They are put in the pattern of the flows inside the regions (RAS), where an industry
    sells to industries in the same proportion as inside the regions.

    Returns
    -------
    Coefficients on the sum of column totals; ``inputs`` hold imports from the world as well.
    """
    inside = sum(table.Z for table in tables.values())
    final = sum(table.Y.sum(axis=1) for table in tables.values())
    uses = inside.sum(axis=1)
    to_industries = (uses / (uses + final).where(uses + final > 0)).clip(0, 1).fillna(0.0)
    bought = sum(table.imports.loc["import_country", inside.columns] for table in tables.values())
    sold = (sum(table.exports["export_country"] for table in tables.values()) * to_industries).where(uses > 0, 0.0)
    between = balancing.ras(inside, sold * bought.sum() / sold.sum(), bought, tolerance=1e-8)
    output = sum(table.x for table in tables.values())
    world = sum(table.imports.loc["import_world", inside.columns] for table in tables.values())
    flows = inside + between
    return NationalTable("AT", flows.div(output, axis=1), (flows.sum() + world) / output, output)


def consistent_errors(tables: Tables, *, deltas: Iterable[float] = DELTAS) -> pd.DataFrame:
    """Return the errors of every method on every Land, from the country that the Länder add up to.

    The size of a region is its labour income by industry, printed in the tables.

    Parameters
    ----------
    tables
        The tables of the Länder, by code.
    deltas
        For FLQ; AFLQ is at 0.2 and 0.25.

    Returns
    -------
    Index (method, delta, land); columns ``stpe, wape, multiplier_error, rank_correlation`` as in
    :func:`~alpclusters_lib.value_chains.regionalisation.compare`, weighted by the Land's output, and
    ``inside_error``: mean difference of the share of inputs bought in the Land, over industries with output. Methods
    are ``national, slq, cilq, flq, aflq``; ``flq_fitted`` takes the δ that is best on the other Länder;
    ``trade_factors`` scales the powers of FLQ by what each industry's sales inside the other Länder were, over what
    they were estimated to be (median); ``ras`` knows the true margins and is a ceiling, no method for other regions.
    """
    national = country_of_regions(tables)
    jobs = {land: table.value_added.loc["labour"] for land, table in tables.items()}
    all_jobs = sum(jobs.values())
    A = national.coefficients
    survey = {land: _survey(table.Z, table.x, _bought(table), A.index) for land, table in tables.items()}
    cases = {land: located(A, jobs[land], all_jobs, unobserved="national") for land in tables}

    def by(method: str, delta: float = 0.0) -> dict[str, np.ndarray]:
        return {land: estimated(case, method, delta) for land, case in cases.items()}

    plain = {land: case.national for land, case in cases.items()}
    estimates = _estimates(by, plain, deltas)
    usual = by("flq", USUAL_DELTA)
    known = {land: seen.known for land, seen in survey.items()}
    estimates["trade_factors", np.nan] = _learnt_trade.by_trade_factors(usual, A.to_numpy(), known)
    estimates["ras", np.nan] = {
        land: _learnt_trade.by_margins(pd.DataFrame(usual[land], A.index, A.index), table)
        .reindex(index=A.index, columns=A.index)
        .to_numpy()
        for land, table in tables.items()
    }
    inputs = dict.fromkeys(tables, national.inputs.reindex(A.index).to_numpy())
    return _with_fitted(_errors(estimates, survey, inputs))


def world_errors(
    tables: Tables,
    national: NationalTable,
    jobs: pd.DataFrame,
    national_jobs: pd.Series,
    covered: pd.Series,
    groups: tuple[pd.Series, pd.Series],
    *,
    deltas: Iterable[float] = DELTAS,
) -> pd.DataFrame:
    """Return the errors of the recipe of ``regional_model`` on every Land, in groups that both tables can be put into.

    Parameters
    ----------
    tables
        The tables of the Länder, by code.
    national
        Austria in a world table.
    jobs, national_jobs, covered
        As in :func:`~alpclusters_lib.value_chains.regional_model.regional_multipliers`.
    groups
        Group of each industry of the Länder's tables and of the world table: :func:`common_groups`.

    Returns
    -------
    As :func:`consistent_errors`, without trade factors and RAS. The estimate is made in the world's industries and put
    into groups by the region's output, which is the nation's in proportion to jobs.
    """
    case = _world_case(tables, national, jobs, national_jobs, covered, groups)
    return _with_fitted(_errors(_estimates(case.by, case.plain, deltas), case.survey, case.inputs))


def world_multipliers(
    tables: Tables,
    national: NationalTable,
    jobs: pd.DataFrame,
    national_jobs: pd.Series,
    covered: pd.Series,
    groups: tuple[pd.Series, pd.Series],
    *,
    delta: float = DELTA,
) -> pd.DataFrame:
    """Return the multipliers of every group in every Land, by the recipe and by the published tables.

    Parameters
    ----------
    tables, national, jobs, national_jobs, covered, groups
        As in :func:`world_errors`.
    delta
        Of the FLQ.

    Returns
    -------
    Index (group, land): ``modelled, observed``, groups without output in the Land left out. What the mean error hides
    is in here: how the recipe orders the Länder at one industry, and how many figures are further off than the mean.
    """
    case = _world_case(tables, national, jobs, national_jobs, covered, groups)
    estimates, found = case.by("flq", delta), {}
    for land, survey in case.survey.items():
        known, sectors = survey.known, survey.known.sectors
        modelled = _tables.solved(estimates[land], np.ones(len(sectors)), sectors, transposed=True)
        values = {"modelled": modelled, "observed": known.multipliers}
        found[land] = pd.DataFrame(values, index=sectors)[known.sizes > 0]
    return pd.concat(found, names=["land", "group"]).swaplevel().sort_index()


class _Survey(NamedTuple):
    """A published table: coefficients, and by industry the share of inputs that is bought in the Land."""

    known: Surveyed
    inside: np.ndarray


class _WorldCase(NamedTuple):
    by: Callable[..., dict[str, np.ndarray]]
    plain: dict[str, np.ndarray]
    survey: dict[str, _Survey]
    inputs: dict[str, np.ndarray]


def _world_case(
    tables: Tables,
    national: NationalTable,
    jobs: pd.DataFrame,
    national_jobs: pd.Series,
    covered: pd.Series,
    groups: tuple[pd.Series, pd.Series],
) -> _WorldCase:
    """Return how to estimate, the national coefficients and the published tables, all in the common groups."""
    of_lands, of_world = groups
    sectors = national.coefficients.index
    labels, member = _members(of_world, sectors)
    survey = {
        land: _survey(*_grouped(table.Z, table.x, _bought(table), of_lands), labels) for land, table in tables.items()
    }
    filled = {land: with_uncovered(jobs.loc[land], national_jobs, covered) for land in tables}
    filled = {land: (own, whole.mask(own > whole, own)) for land, (own, whole) in filled.items()}
    made = {
        land: (national.output * (own / whole.where(whole > 0)).fillna(0.0)).reindex(sectors).to_numpy()
        for land, (own, whole) in filled.items()
    }
    output, inputs = (figures.reindex(sectors).to_numpy() for figures in (national.output, national.inputs))
    # a group without any output in the Land keeps the nation's mix
    made = {land: np.where(member @ (x @ member) > 0, x, output) for land, x in made.items()}
    cases = {land: located_industries(national, *filled[land]) for land in tables}

    def put(shares: np.ndarray, land: str) -> np.ndarray:
        return (member.T @ (shares * made[land]) @ member) / (made[land] @ member)

    def by(method: str, delta: float = 0.0) -> dict[str, np.ndarray]:
        return {land: put(estimated(case, method, delta), land) for land, case in cases.items()}

    plain = {land: put(case.national, land) for land, case in cases.items()}
    bought = {land: (x * inputs) @ member / (x @ member) for land, x in made.items()}
    return _WorldCase(by, plain, survey, bought)


def common_groups(bridge: pd.DataFrame, divisions: Mapping[str, Iterable[str]]) -> tuple[pd.Series, pd.Series]:
    """Return groups of industries that tables of NACE Rev. 2 and of NACE Rev. 1 can both be put into.

    Each industry of `divisions` goes to the world industry that most of its divisions' weight goes to (the first in
    order of equals). A world industry that none goes to joins the one that its largest part goes to, and where it has
    none (private households), other services.

    Parameters
    ----------
    bridge
        As in :func:`~alpclusters_lib.value_chains.bridge.bridge_weights`.
    divisions
        The divisions of each industry of the tables of NACE Rev. 2.

    Returns
    -------
    Group by industry of `divisions`, and group by world industry; a group is named after one of its world industries.

    Examples
    --------
    >>> bridge = pd.DataFrame({"industry": ["c4", "c5", "c6"], "division": ["C13", "C15", "C16"], "weight": [1, 1, 1]})
    >>> [groups.to_dict() for groups in common_groups(bridge, {"C13-C15": ["C13", "C15"], "C16": ["C16"]})]
    [{'C13-C15': 'c4', 'C16': 'c6'}, {'c4': 'c4', 'c5': 'c4', 'c6': 'c6'}]
    """
    weights = bridge_weights(bridge)
    parts = pd.DataFrame({code: weights.loc[list(held)].sum() for code, held in divisions.items()}).T
    own = parts.idxmax(axis=1)
    taken = set(own)
    other = "c34" if "c34" in taken else own.iloc[-1]
    of_world = {
        industry: industry
        if industry in taken
        else (own[parts[industry].idxmax()] if parts[industry].max() > 0 else other)
        for industry in parts.columns
    }
    return own.rename("group"), pd.Series(of_world, name="group")


def summary(errors: pd.DataFrame) -> pd.DataFrame:
    """Return plain means over the Länder, with the lowest and highest Land for the share of flows that is wrong.

    Returns
    -------
    Index (method, delta); ``wape, wape_lowest, wape_highest, multiplier_error, multiplier_error_highest,
    rank_correlation, inside_error``.
    """
    by = errors.groupby(level=["method", "delta"], sort=False, dropna=False)
    columns = {
        "wape": ("wape", "mean"),
        "wape_lowest": ("wape", "min"),
        "wape_highest": ("wape", "max"),
        "multiplier_error": ("multiplier_error", "mean"),
        "multiplier_error_highest": ("multiplier_error", "max"),
        "rank_correlation": ("rank_correlation", "mean"),
        "inside_error": ("inside_error", "mean"),
    }
    return by.agg(**columns)


def _survey(Z: pd.DataFrame, x: pd.Series, bought: pd.Series, sectors: pd.Index) -> _Survey:
    shares = Z.div(x.where(x > 0), axis=1).fillna(0.0).reindex(index=sectors, columns=sectors)
    inside = Z.sum() / bought.where(bought > 0)
    return _Survey(surveyed(shares, output=x.reindex(sectors)), inside.reindex(sectors).to_numpy())


def _bought(table: RegionalInputOutput) -> pd.Series:
    return table.Z.sum() + table.imports[table.Z.columns].sum()


def _members(groups: pd.Series, industries: pd.Index) -> tuple[pd.Index, np.ndarray]:
    """Return the groups, and an industry × group table of ones and zeros."""
    labels = pd.Index(sorted(set(groups)))
    own = groups.reindex(industries).to_numpy(dtype=object)
    return labels, (own[:, None] == labels.to_numpy(dtype=object)).astype(float)


def _grouped(
    Z: pd.DataFrame, x: pd.Series, bought: pd.Series, groups: pd.Series
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    labels, member = _members(groups, Z.index)
    flows = pd.DataFrame(member.T @ Z.to_numpy() @ member, labels, labels)
    sums = [pd.Series(figures.reindex(Z.columns).to_numpy() @ member, labels) for figures in (x, bought)]
    return flows, *sums


def _estimates(
    by: Callable[..., dict[str, np.ndarray]], plain: dict[str, np.ndarray], deltas: Iterable[float]
) -> dict[tuple[str, float], dict[str, np.ndarray]]:
    """Return the coefficients of every Land by (method, delta)."""
    found = {("national", np.nan): plain, ("slq", np.nan): by("slq"), ("cilq", np.nan): by("cilq")}
    found |= {("flq", delta): by("flq", delta) for delta in deltas}
    return found | {("aflq", delta): by("aflq", delta) for delta in (USUAL_DELTA, DELTA)}


def _errors(estimates: dict, survey: dict[str, _Survey], inputs: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the errors of estimates by (method, delta) and Land, in the order of the sectors of the surveys."""
    bought = {land: np.where(part > 0, part, np.nan) for land, part in inputs.items()}
    rows = {}
    for (method, delta), by_land in estimates.items():
        for land, estimate in by_land.items():
            known, inside = survey[land]
            off = np.abs(estimate.sum(axis=0) / bought[land] - inside)[known.sizes > 0]
            rows[method, delta, land] = errors(estimate, known) | {"inside_error": float(np.nanmean(off))}
    return pd.DataFrame(rows).T.rename_axis(index=["method", "delta", "land"])


def _with_fitted(errors: pd.DataFrame) -> pd.DataFrame:
    """Add, for each Land, the row of the δ with the smallest share of wrong flows over the other Länder."""
    wape = errors.xs("flq", level="method")["wape"].unstack("land")
    fitted = {land: wape.drop(columns=land).mean(axis=1).idxmin() for land in wape.columns}
    rows = {("flq_fitted", np.nan, land): errors.loc[("flq", delta, land)] for land, delta in fitted.items()}
    return pd.concat([errors, pd.DataFrame(rows).T.rename_axis(index=errors.index.names)])
