"""Hidden cells estimated: what published sums, local units, wages and other years say about a confidential figure.

About one cell in nine of the regional industry table is confidential. Filled with zero, industries vanish; left out,
clusters shrink. Each hidden cell gets a prior (:mod:`~alpclusters_lib.cleaning.priors`); the priors are moved so that
the trustworthy published sums are met (:mod:`~alpclusters_lib.cleaning.margins`,
:func:`~alpclusters_lib.balancing.balance`); and the same sums give limits that hold whatever the prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import balancing
from alpclusters_lib.cleaning.margins import Margins, margins
from alpclusters_lib.cleaning.priors import SPREADS, Figures, priors

__all__ = ["Completed", "complete", "parents"]

# A region is filled in a year in which it publishes at least this share of its divisions: else most would be ours.
PUBLISHED_SHARE = 0.5
# A published sum that stays this many jobs away from its cells contradicts the others.
UNMET = 1.0
# Which sum gives way where two contradict each other: the wider one.
GIVES_WAY = ("section", "NUTS 1", "country")


# Some columns of a table.
Part = dict[str, Sequence]


@dataclass(frozen=True)
class Completed:
    """The filled cells and the sums behind them.

    ``cells``: ``region, sector, year, value, lower, upper`` (infinite where no sum limits it), ``tight_lower,
    tight_upper`` (the same without allowance for rounding), ``basis`` (the kind of
    evidence its prior rests on) of every filled cell. ``sums``: ``region, sector, year, kind, total`` (what the
    published sum leaves for its hidden cells), ``unmet`` (what its cells miss of that) and ``used``. ``left_out``:
    ``year, reason``, a sentence for each published sum, or each country's or NUTS 1 region's sums, that is not used.
    """

    cells: pd.DataFrame
    sums: pd.DataFrame
    left_out: pd.DataFrame


def parents(regions: Sequence[str], recodes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the NUTS 2 regions of every country and NUTS 1 region, whichever vintage names them.

    Examples
    --------
    >>> parents(["FR", "FR4", "FRC2", "FRF1", "FRC1"], {"FR43": "FRC2", "FR42": "FRF1", "FR26": "FRC1"})
    {'FR': ['FRC1', 'FRC2', 'FRF1'], 'FR4': ['FRC2', 'FRF1']}
    """
    codes = {(region, region) for region in regions if len(region) == 4}
    codes |= {(new, old) for old, new in recodes.items() if (new, new) in codes}
    inside: dict[str, set[str]] = {parent: set() for parent in sorted(regions) if len(parent) < 4}
    for region, code in codes:
        for length in (2, 3):
            inside.get(code[:length], set()).add(region)
    return {parent: sorted(kids) for parent, kids in inside.items()}


def _solve(found: Margins, prior: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, ...]:
    """Limit and balance the cells; a sum that contradicts the others is dropped, the widest first.

    Return cells, lower and upper limits, the same without allowance for rounding, and which sums are kept.
    """
    kept, exact = np.ones(len(found.totals), bool), ~found.at_most
    level = np.array([GIVES_WAY.index(kind) for kind in found.kind])

    def limits(allowance: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        tolerance = allowance * found.tolerance[kept]
        return balancing.interval_bounds(
            found.sums[kept], found.totals[kept], tolerance=tolerance, at_most=found.at_most[kept]
        )

    while True:
        lower, upper = limits()
        used = kept & exact
        start = np.clip(prior, lower, upper)
        value = balancing.balance(start, found.sums[used], found.totals[used], spread=spread).cells
        excess = found.sums @ value - found.totals
        missed = np.where(exact, np.abs(excess), excess - found.tolerance) * kept
        if not (missed > UNMET).any():
            break
        widest = level == level[missed > UNMET].max()
        kept[np.argmax(np.where(widest, missed, 0.0))] = False
    # a sum that had to give way before the one at fault was found agrees with the result and is taken back
    kept |= np.where(exact, np.abs(excess), excess - found.tolerance) <= UNMET
    lower, upper = limits()
    return np.clip(value, lower, upper), lower, upper, *limits(allowance=0.0), kept


def _block(
    code: str, wide: pd.DataFrame, gaps: pd.DataFrame, prior: np.ndarray, kind: np.ndarray,
    tree: Mapping[str, Sequence[str]], spreads: np.ndarray,
) -> tuple[Part, Part, list[str]]:  # fmt: skip
    """Fill the hidden cells of one country and year, ``gaps``; ``prior`` and ``kind`` of evidence are theirs."""
    own = set(gaps.index)
    children = {p: [c for c in kids if c in own] for p, kids in tree.items() if p.startswith(code)}
    found = margins(wide, gaps, children)
    value, lower, upper, tight_lower, tight_upper, kept = _solve(found, prior, spreads[kind])
    cells = {
        "region": found.cells.get_level_values("region"),
        "sector": found.cells.get_level_values("sector"),
        "value": value,
        "lower": lower,
        "upper": upper,
        "tight_lower": tight_lower,
        "tight_upper": tight_upper,
        "basis": np.array(list(SPREADS))[kind],
    }
    unmet = found.totals - found.sums @ value
    region, sector = np.array(found.names, dtype=object).reshape(-1, 2).T
    sums = {
        "region": region,
        "sector": sector,
        "kind": found.kind,
        "total": found.totals,
        "unmet": unmet,
        "used": kept & ~found.at_most,
    }
    reasons = [
        f"{', '.join(found.names[at])}: the published {found.kind[at]} sum contradicts the others by "
        f"{abs(unmet[at]):,.0f}; not used"
        for at in np.flatnonzero(~kept)
    ]
    return cells, sums, [*found.left_out, *reasons]


def _stacked(parts: list[tuple[int, Part]], columns: list[str]) -> pd.DataFrame:
    """Put the columns of all years and countries below each other: one table, not hundreds of small ones."""
    if not parts:  # where nothing is hidden there is nothing to stack
        return pd.DataFrame(columns=columns)
    whole = {name: np.concatenate([part[name] for _, part in parts]) for name in columns if name != "year"}
    whole["year"] = np.repeat([year for year, _ in parts], [len(part["region"]) for _, part in parts])
    return pd.DataFrame(whole)[columns]


def complete(
    figures: Figures,
    *,
    recodes: Mapping[str, str],
    years: Sequence[int] | None = None,
    spreads: Mapping[str, float] = SPREADS,
    prior: tuple[np.ndarray, np.ndarray] | None = None,
) -> Completed:
    """Estimate the hidden NUTS 2 divisions of every region and year that publishes at least half of them.

    Parameters
    ----------
    figures
        Jobs, local units and wages (:func:`~alpclusters_lib.cleaning.priors.figures`).
    recodes
        Old NUTS code to canonical code, so that old NUTS 1 rows find their regions.
    years
        The years to fill, all where omitted. Other years serve as evidence in any case.
    spreads
        How freely a cell moves, by the kind of evidence (:data:`~alpclusters_lib.cleaning.priors.SPREADS`).

    prior
        The prior of every cell and the place of its kind in ``spreads``;
        :func:`~alpclusters_lib.cleaning.priors.priors` where omitted.

    Returns
    -------
    Completed
    """
    base, divisions = figures.base, figures.divisions
    own = figures.own
    published = (~np.isnan(own)).mean(axis=1, keepdims=True)
    gaps = np.isnan(own) & (published >= PUBLISHED_SHARE)
    expected, basis = priors(figures) if prior is None else prior
    tree = parents(figures.jobs.regions, recodes)
    strength = np.array([spreads[kind] for kind in SPREADS])
    countries, all_countries = (np.array([r[:2] for r in regions]) for regions in (base, figures.jobs.regions))
    cells, sums, left_out = [], [], []
    for when, year in enumerate(figures.jobs.years):
        if years is not None and year not in years:
            continue
        table = pd.DataFrame(figures.jobs.values[:, :, when], figures.jobs.regions, figures.jobs.sectors)
        silent = set(table.index[table.isna().to_numpy().all(axis=1)])
        for code in sorted(set(countries[gaps[:, :, when].any(axis=1)])):
            rows = [row for row in np.flatnonzero(countries == code) if base[row] not in silent]
            hidden = pd.DataFrame(gaps[rows, :, when], [base[row] for row in rows], divisions)
            part = [array[rows, :, when][hidden.to_numpy()] for array in (expected, basis)]
            one, two, three = _block(code, table.iloc[all_countries == code], hidden, *part, tree, strength)
            cells.append((year, one))
            sums.append((year, two))
            left_out += [(year, reason) for reason in three]
    order = ["region", "sector", "year"]
    return Completed(
        _stacked(cells, [*order, "value", "lower", "upper", "tight_lower", "tight_upper", "basis"]),
        _stacked(sums, [*order, "kind", "total", "unmet", "used"]),
        pd.DataFrame(left_out, columns=["year", "reason"]),
    )
