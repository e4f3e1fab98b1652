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
    estimated_coefficients,
    with_uncovered,
)
from alpclusters_lib.value_chains.regionalisation import compare, regional_coefficients

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
    survey = {land: _survey(table.Z, table.x, _bought(table)) for land, table in tables.items()}

    def by(method: str, delta: float = 0.0) -> dict[str, pd.DataFrame]:
        return {
            land: regional_coefficients(
                national.coefficients, jobs[land], all_jobs, method=method, delta=delta, unobserved="national"
            )
            for land in tables
        }

    estimates = _estimates(by, national.coefficients, tables, deltas)
    usual = by("flq", USUAL_DELTA)
    estimates["trade_factors", np.nan] = _learnt_trade.by_trade_factors(usual, national.coefficients, survey)
    estimates["ras", np.nan] = {land: _learnt_trade.by_margins(usual[land], table) for land, table in tables.items()}
    inputs = dict.fromkeys(tables, national.inputs)
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
    return _with_fitted(_errors(_estimates(case.by, case.plain, tables, deltas), case.survey, case.inputs))


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
    for land, (observed, output, _) in case.survey.items():
        sectors = observed.index
        pair = {"modelled": estimates[land].reindex(index=sectors, columns=sectors), "observed": observed}
        ones = np.ones(len(sectors))
        values = {name: _tables.solved(a.to_numpy(), ones, sectors, transposed=True) for name, a in pair.items()}
        found[land] = pd.DataFrame(values, index=sectors)[output.reindex(sectors) > 0]
    return pd.concat(found, names=["land", "group"]).swaplevel().sort_index()


class _WorldCase(NamedTuple):
    by: Callable[..., dict[str, pd.DataFrame]]
    plain: dict[str, pd.DataFrame]
    survey: dict[str, tuple[pd.DataFrame, pd.Series, pd.Series]]
    inputs: dict[str, pd.Series]


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
    survey = {land: _survey(*_grouped(table.Z, table.x, _bought(table), of_lands)) for land, table in tables.items()}
    filled = {land: with_uncovered(jobs.loc[land], national_jobs, covered) for land in tables}
    filled = {land: (own, whole.mask(own > whole, own)) for land, (own, whole) in filled.items()}
    made = {land: national.output * (own / whole.where(whole > 0)).fillna(0.0) for land, (own, whole) in filled.items()}

    labels, member = _members(of_world, national.coefficients.index)

    def put(shares: np.ndarray, output: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        # a group without any output in the Land keeps the nation's mix
        x = output.to_numpy()
        x = np.where(member @ (x @ member) > 0, x, national.output.to_numpy())
        whole = x @ member
        return (member.T @ (shares * x) @ member) / whole, (x * national.inputs.to_numpy()) @ member / whole

    def square(coefficients: pd.DataFrame, land: str) -> pd.DataFrame:
        return pd.DataFrame(put(coefficients.to_numpy(), made[land])[0], labels, labels)

    def by(method: str, delta: float = 0.0) -> dict[str, pd.DataFrame]:
        return {
            land: square(estimated_coefficients(national, *filled[land], method=method, delta=delta), land)
            for land in tables
        }

    plain = {land: square(national.coefficients, land) for land in tables}
    inputs = {land: pd.Series(put(national.coefficients.to_numpy(), made[land])[1], labels) for land in tables}
    return _WorldCase(by, plain, survey, inputs)


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


def _survey(Z: pd.DataFrame, x: pd.Series, bought: pd.Series) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return observed coefficients, output, and the share of inputs that is bought in the Land."""
    return Z.div(x.where(x > 0), axis=1).fillna(0.0), x, Z.sum() / bought.where(bought > 0)


def _bought(table: RegionalInputOutput) -> pd.Series:
    return table.Z.sum() + table.imports[table.Z.columns].sum()


def _members(groups: pd.Series, industries: pd.Index) -> tuple[list[str], np.ndarray]:
    """Return the groups, and an industry × group table of ones and zeros."""
    labels = sorted(set(groups))
    return labels, (groups.reindex(industries).to_numpy(dtype=object)[:, None] == np.array(labels, object)).astype(
        float
    )


def _grouped(
    Z: pd.DataFrame, x: pd.Series, bought: pd.Series, groups: pd.Series
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    labels, member = _members(groups, Z.index)
    flows = pd.DataFrame(member.T @ Z.to_numpy() @ member, labels, labels)
    sums = [pd.Series(figures.reindex(Z.columns).to_numpy() @ member, labels) for figures in (x, bought)]
    return flows, *sums


def _estimates(
    by: Callable[..., dict[str, pd.DataFrame]],
    national: pd.DataFrame | dict[str, pd.DataFrame],
    lands: Iterable[str],
    deltas: Iterable[float],
) -> dict[tuple[str, float], dict[str, pd.DataFrame]]:
    """Return the coefficients of every Land by (method, delta)."""
    plain = national if isinstance(national, dict) else dict.fromkeys(lands, national)
    found = {("national", np.nan): plain, ("slq", np.nan): by("slq"), ("cilq", np.nan): by("cilq")}
    found |= {("flq", delta): by("flq", delta) for delta in deltas}
    return found | {("aflq", delta): by("aflq", delta) for delta in (USUAL_DELTA, DELTA)}


def _errors(estimates: dict, survey: dict, inputs: dict[str, pd.Series]) -> pd.DataFrame:
    rows = {}
    for (method, delta), by_land in estimates.items():
        for land, estimate in by_land.items():
            observed, output, inside = survey[land]
            row = compare(estimate, observed, output=output)
            share = estimate.sum() / inputs[land].where(inputs[land] > 0)
            row["inside_error"] = (share.reindex(inside.index) - inside)[output > 0].abs().mean()
            rows[method, delta, land] = row
    return pd.DataFrame(rows).T.rename_axis(index=["method", "delta", "land"])


def _with_fitted(errors: pd.DataFrame) -> pd.DataFrame:
    """Add, for each Land, the row of the δ with the smallest share of wrong flows over the other Länder."""
    wape = errors.xs("flq", level="method")["wape"].unstack("land")
    fitted = {land: wape.drop(columns=land).mean(axis=1).idxmin() for land in wape.columns}
    rows = {("flq_fitted", np.nan, land): errors.loc[("flq", delta, land)] for land, delta in fitted.items()}
    return pd.concat([errors, pd.DataFrame(rows).T.rename_axis(index=errors.index.names)])
