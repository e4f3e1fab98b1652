"""Growth of an industry beside the strength of its cluster, in the equation of Delgado, Porter and Stern (2014).

Jobs at the start stand in the own quotient and, with the other sign, in growth: errors of measurement alone give a
negative association (mean reversion). Quotients of earlier years share no figure with growth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alpclusters_lib.econometrics import _design
from alpclusters_lib.econometrics._absorption import numbered
from alpclusters_lib.econometrics._association import Association, associate
from alpclusters_lib.indicators import _checks

__all__ = ["cluster_growth", "cluster_growth_variants", "random_groups"]

METHODS = ("ols", "poisson")
EFFECTS = {"country": "country × sector", "common": "sector"}


def cluster_growth(
    panel: pd.DataFrame,
    *,
    start: int,
    end: int,
    groups: Mapping[str, str] | pd.Series,
    links: pd.DataFrame | None = None,
    regressor_years: str | Sequence[int] = "start",
    statuses: Sequence[str] = ("observed", "estimated"),
    minimum_jobs: float = 0.0,
    method: str = "ols",
    sector_effects: str = "country",
    level: float = 0.95,
) -> Association:
    r"""Estimate how growth of a region's sector is associated with its own and its cluster's specialisation.

    .. math:: \Delta \ln e_{ir} = \delta \ln LQ_{ir} + \beta_1 \ln LQ_{(c \setminus i) r}
        + \beta_2 \ln LQ_{links(c) r} + a_r + b_{k(r) i} + u_{ir}

    for sector i of group c in region r of country k. :math:`\delta` is convergence. Poisson:
    :math:`E[e_{ir,end}] = e_{ir,start} \exp(\cdot)` with the same terms, so that cells without jobs at the end count;
    jobs at the start are an offset, as a coefficient on them could not be told from :math:`\delta`. A quotient is
    (jobs / all jobs of the region) / (jobs in all regions / all jobs), all from the panel's known cells; as region and
    sector effects absorb every total, the estimates do not hang on the choice of the reference.

    Parameters
    ----------
    panel
        Long table ``region, sector, year, value`` (or ``jobs``), ``status`` (all observed where it has none); with
        ``segment`` or ``break_in`` (:func:`~alpclusters_lib.indicators.panel.growth_panel`) growth across a break is
        left out. Sectors must not overlap: no sections beside divisions.
    start, end
        First and last year of growth.
    groups
        The one group, cluster family or section, of each sector.
    links
        Weights group × group, how near the column's group is to the row's; the diagonal is ignored. The strength of
        linked groups is the quotient of the weighted sum of their jobs. None leaves the term out.
    regressor_years
        "start"; "average": mean jobs over all years up to the start; "earlier": over those before it, which share no
        figure with growth; or years, none after the start. They give levels, so a break among them does not matter.
    statuses
        Statuses of cells whose growth counts. Sums over a group take observed and estimated cells in any case, and a
        sum with a hole is unknown.
    minimum_jobs
        Fewest jobs at the start.
    method
        "ols" or "poisson".
    sector_effects
        "country": one effect a country and sector; "common": one a sector.
    level
        Of the intervals.

    Returns
    -------
    Association
        Terms ``ln_own_quotient, ln_group_quotient, ln_linked_quotient``. Cells that start with 0, end with 0 (least
        squares), are alone in their group, have an unknown figure or a quotient of 0, or an effect of their own, are
        left out and counted in ``dropped`` by the first reason that holds; so are, with Poisson, cells of an effect
        that has no jobs at the end at all.

    Raises
    ------
    ValueError
        If a regressor year lies after the start, a sector has no group, no cell or one region is left, effects leave
        nothing of a term, or (Poisson) cells are told apart perfectly.

    References
    ----------
    Delgado, Porter & Stern (2014), Research Policy 43:1785; Santos Silva & Tenreyro (2006), Review of Economics and
    Statistics 88:641; Correia, Guimarães & Zylkin (2020), Stata Journal 20:95.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> index = pd.MultiIndex.from_product([["AT1", "AT2", "AT3", "AT4"], ["C25", "C28", "I55", "I56"]])
    >>> rows = pd.DataFrame({"value": rng.uniform(50, 500, 16)}, index.rename(["region", "sector"])).reset_index()
    >>> panel = pd.concat([rows.assign(year=2011), rows.assign(year=2013, value=rows["value"] ** 0.9)])
    >>> found = cluster_growth(panel, start=2011, end=2013, groups={"C25": "m", "C28": "m", "I55": "t", "I56": "t"})
    >>> found.coefficients.set_index("term")["estimate"].round(3).abs().to_dict(), found.n
    ({'ln_own_quotient': 0.1, 'ln_group_quotient': 0.0}, 16)
    """
    _checks.one_of(method, METHODS, name="method")
    _checks.one_of(sector_effects, EFFECTS, name="sector_effects")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; a share between 0 and 1 such as 0.95 is needed")
    rows = _design.read(panel).table
    years = _design.years(rows, start, end, regressor_years)
    cells = _design.cells(
        rows, start, end, years, _design.groups_of(rows, groups, links), statuses=statuses, minimum_jobs=minimum_jobs
    )
    cells = _design.distinct(cells, keep_zeros=method == "poisson", by_country=sector_effects == "country")
    table = cells.table
    terms = [name for name in _design.TERMS if name in table]
    if method == "ols":
        response, offset = np.log(table["end"] / table["start"]), None
    else:
        response, offset = table["end"], np.log(table["start"]).to_numpy()
    return associate(
        response,
        table[terms],
        (EFFECTS[sector_effects], numbered(table["effect"].to_numpy())),
        model=method,
        offset=offset,
        dropped=cells.dropped,
        sentences=_sentences(method, start, end, years, terms, statuses, minimum_jobs, sum(cells.dropped.values())),
        level=level,
    )


def _sentences(
    method: str,
    start: int,
    end: int,
    years: list[int],
    terms: list[str],
    statuses: Sequence[str],
    minimum_jobs: float,
    dropped: int,
) -> list[str]:
    response = {
        "ols": f"Least squares: change of the logarithm of jobs from {start} to {end}",
        "poisson": f"Poisson pseudo-maximum likelihood: jobs of {end} relative to those of {start}",
    }[method]
    dated = str(years[0]) if len(years) == 1 else f"mean jobs of {_checks.listed(years)}"
    shared = (
        f"Quotients of {start} and growth share the figures of {start}, so errors of measurement alone give a negative "
        "association with the own quotient."
        if start in years
        else f"Quotients and growth from {start} share no figure."
    )
    least = f", {minimum_jobs:g} jobs or more at the start" if minimum_jobs > 0 else ""
    return [
        f"{response}, by region and sector, on {', '.join(_design.TERMS[name] for name in terms)}; quotients from "
        f"{dated}. {shared}",
        f"Cells with status {' or '.join(statuses)} at both ends{least}; {dropped:,} cells left out.",
    ]


def cluster_growth_variants(
    panel: pd.DataFrame, variants: Mapping[str, Mapping[str, object]], **common: object
) -> pd.DataFrame:
    """Estimate the same equation under several choices, to see what hangs on them.

    Parameters
    ----------
    panel
        As for :func:`cluster_growth`.
    variants
        Name of each variant with the options in which it differs, ``{"observed": {"statuses": ("observed",)}}``.
    common
        Options of :func:`cluster_growth` that all variants share.

    Returns
    -------
    DataFrame
        One row a variant and term: variant, term, estimate, std_error, lower, upper, p, n, clusters, dropped,
        r_squared_within, specification. Variants come in the order given; they rest on the same figures, so they are
        no independent pieces of evidence.

    Raises
    ------
    ValueError
        If a variant cannot be estimated; the sentence names it.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> index = pd.MultiIndex.from_product([["AT1", "AT2", "AT3", "AT4"], ["C25", "C28", "I55", "I56"]])
    >>> rows = pd.DataFrame({"value": rng.uniform(50, 500, 16)}, index.rename(["region", "sector"])).reset_index()
    >>> panel = pd.concat([rows.assign(year=2011), rows.assign(year=2013, value=rows["value"] ** 0.9)])
    >>> groups = {"C25": "m", "C28": "m", "I55": "t", "I56": "t"}
    >>> variants = {"all": {}, "large": {"minimum_jobs": 60}}
    >>> table = cluster_growth_variants(panel, variants, start=2011, end=2013, groups=groups)
    >>> table[["variant", "term", "n"]].values.tolist()[:2]
    [['all', 'ln_own_quotient', 16], ['all', 'ln_group_quotient', 16]]
    """
    if not variants:
        raise ValueError("no variant is named; at least one is needed")
    found, rows = [], _design.read(panel)
    for name, options in variants.items():
        try:
            result = cluster_growth(rows, **{**common, **options})
        except ValueError as error:
            raise ValueError(f"variant {name!r}: {error}") from error
        table = result.coefficients.assign(
            n=result.n,
            clusters=result.clusters,
            dropped=int(result.dropped.sum()),
            r_squared_within=result.r_squared_within,
            specification=result.specification,
        )
        table.insert(0, "variant", name)
        found.append(table)
    return pd.concat(found, ignore_index=True)


def random_groups(
    panel: pd.DataFrame,
    *,
    groups: Mapping[str, str] | pd.Series,
    draws: int = 99,
    rng: np.random.Generator | int | None = None,
    **options: object,
) -> pd.DataFrame:
    r"""Compare the estimates with those of groups dealt at random, as many sectors in each.

    What any sectors of a region share, the random groups share too; what is left is the grouping's own.

    Parameters
    ----------
    panel, groups
        As for :func:`cluster_growth`.
    draws
        Number of random groupings of the panel's sectors; each takes one estimate.
    rng
        Generator or seed.
    options
        Further options of :func:`cluster_growth`.

    Returns
    -------
    DataFrame
        Index ``term``: estimate; random_mean, random_lower, random_upper (mean, smallest and largest of the draws); p,
        :math:`(1 + \#\{|b - \bar b| \ge |\hat\beta - \bar b|\}) / (1 + draws)`; draws.

    References
    ----------
    Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39 (the p of permutations).

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> index = pd.MultiIndex.from_product([["AT1", "AT2", "AT3", "AT4"], ["C25", "C28", "I55", "I56"]])
    >>> rows = pd.DataFrame({"value": rng.uniform(50, 500, 16)}, index.rename(["region", "sector"])).reset_index()
    >>> panel = pd.concat([rows.assign(year=2011), rows.assign(year=2013, value=rows["value"] ** 0.9)])
    >>> groups = {"C25": "m", "C28": "m", "I55": "t", "I56": "t"}
    >>> random_groups(panel, groups=groups, start=2011, end=2013, draws=9, rng=1)["estimate"].round(3).abs().tolist()
    [0.1, 0.0]
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; one or more are needed")
    generator = np.random.default_rng(rng)
    rows = _design.read(panel)
    found = cluster_growth(rows, groups=groups, **options).coefficients.set_index("term")["estimate"]
    given = pd.Series(groups, dtype=object)
    # sectors that the panel does not have take no part, so that sizes stay what they are
    given = given[given.index.isin(rows.table["sector"].unique())].sort_index()
    drawn = []
    for _ in range(draws):
        dealt = pd.Series(generator.permutation(given.to_numpy()), given.index)
        drawn.append(cluster_growth(rows, groups=dealt, **options).coefficients["estimate"].to_numpy())
    drawn = np.array(drawn)
    centre = drawn.mean(axis=0)
    beyond = (np.abs(drawn - centre) >= np.abs(found.to_numpy() - centre)).sum(axis=0)
    return pd.DataFrame(
        {
            "estimate": found,
            "random_mean": centre,
            "random_lower": drawn.min(axis=0),
            "random_upper": drawn.max(axis=0),
            "p": (1 + beyond) / (1 + draws),
            "draws": draws,
        }
    )
