r"""How far relatedness would move with other regions to learn from, and with what is sure about the region itself."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from alpclusters_lib.indicators import _checks, _presence
from alpclusters_lib.indicators.relatedness import proximity, proximity_values, relatedness_density

__all__ = ["density_interval", "presence_probability", "proximity_stability"]


def presence_probability(interval: pd.DataFrame, *, threshold: float = 1.0, level: float = 0.95) -> pd.DataFrame:
    r"""Return how probable it is that a location quotient redrawn within its interval reaches the threshold.

    .. math:: P_{ri} = \Phi\left(\frac{\ln LQ_{ri} - \ln \theta}{s_{ri}}\right), \qquad
              s_{ri} = \frac{\ln upper_{ri} - \ln lower_{ri}}{2 z}

    Parameters
    ----------
    interval
        Index (region, sector), columns estimate, lower, upper, as from
        :func:`~alpclusters_lib.indicators.specialisation.location_quotient_interval`.
    threshold
        :math:`\theta`, the quotient that counts as a presence.
    level
        Probability that the interval covers.

    Returns
    -------
    Region × sector in [0, 1]; 0 where there are no jobs. 0 or 1 where the interval has no width, 0.5 where it has no
    end; NaN where there is no quotient or no interval.

    Examples
    --------
    >>> cells = pd.MultiIndex.from_product([["ITC4"], ["C28", "I55"]], names=["region", "sector"])
    >>> interval = pd.DataFrame({"estimate": [1.2, 0.8], "lower": [0.9, 0.7], "upper": [1.6, 0.9]}, index=cells)
    >>> presence_probability(interval).round(2).loc["ITC4"].to_dict()
    {'C28': 0.89, 'I55': 0.0}
    """
    absent = [column for column in ("estimate", "lower", "upper") if column not in interval]
    if absent:
        raise ValueError(f"interval has no column {absent[0]}; estimate, lower and upper are needed")
    estimate, lower, upper = (interval[column].to_numpy(dtype=float) for column in ("estimate", "lower", "upper"))
    if not threshold > 0 or not 0 < level < 1:
        raise ValueError(
            f"threshold is {threshold} and level {level}; a threshold above 0 and a level between 0 and 1 are needed"
        )
    if (upper < lower).any():
        region, sector = interval.index[int(np.argmax(upper < lower))]
        raise ValueError(
            f"interval of region {region} in sector {sector} ends below its start; lower ≤ upper is needed"
        )
    from scipy.special import ndtr

    reach = NormalDist().inv_cdf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = (np.log(upper) - np.log(lower)) / (2 * reach)
        chance = ndtr((np.log(estimate) - np.log(threshold)) / deviation)
    chance = np.where(deviation == 0, (estimate >= threshold).astype(float), chance)
    chance = np.where(np.isnan(estimate) | np.isnan(lower) | np.isnan(upper), np.nan, chance)
    chance = np.where(estimate == 0, 0.0, chance)
    return pd.Series(chance, index=interval.index).unstack(sort=False)


def density_interval(
    presence: pd.DataFrame,
    learn_from: pd.DataFrame,
    *,
    probability: pd.DataFrame | None = None,
    draws: int = 200,
    level: float = 0.90,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Give each relatedness density the interval in which it moves if the regions it is learnt on are redrawn.

    Each draw takes as many regions of `learn_from` as there are, with replacement, learns the proximities anew, and,
    where `probability` is handed over, redraws what the region itself holds. The first shows how much the proximities
    owe to single regions, the second how much the density owes to quotients near the threshold.

    Parameters
    ----------
    presence
        Region × sector: the regions looked at.
    learn_from
        Region × sector with the same sectors: the regions that proximities are learnt on, best without those looked at.
    probability
        Region × sector: chance that the sector is present, as from :func:`presence_probability`; a missing chance
        leaves the presence as it is.
    draws, level
        Number of draws, and the share of them that the interval covers.
    rng
        Seed or generator.

    Returns
    -------
    Index (region, sector); density (of the tables as they are), lower, upper, in per cent; above_median, the share of
    draws in which the density is above the median over the region's sectors in that draw. NaN as in
    :func:`~alpclusters_lib.indicators.relatedness.relatedness_density`. A density may lie outside its interval, where
    presences at the threshold are unlikely to be found again.

    References
    ----------
    Efron (1979), Annals of Statistics 7:1, for the bootstrap.

    Examples
    --------
    >>> europe = pd.DataFrame(np.random.default_rng(1).random((80, 3)) < 0.5, columns=["C25", "C28", "I55"])
    >>> held = pd.DataFrame([[True, False, False]], index=["ITC4"], columns=["C25", "C28", "I55"])
    >>> density_interval(held, europe, rng=0).loc[("ITC4", "C28")].round(1).to_dict()
    {'density': 51.4, 'lower': 41.0, 'upper': 59.7, 'above_median': 0.3}
    """
    if draws < 1 or not 0 < level < 1:
        raise ValueError(f"draws is {draws} and level {level}; draws >= 1 and a level between 0 and 1 are needed")
    generator = np.random.default_rng(rng)
    here = _presence.read(presence)
    wide = _presence.read(_checks.aligned_sectors(learn_from, presence.columns, name="learn_from"), name="learn_from")
    known = np.ones_like(here.held) if here.known is None else here.known
    chance = None
    if probability is not None:
        chance = _checks.aligned_table(probability, presence, name="probability").to_numpy(dtype=float)
    found, above = np.empty((draws, *presence.shape)), np.zeros(presence.shape)
    for draw in range(draws):
        links = np.nan_to_num(_redrawn_proximity(wide, generator))
        held = here.held
        if chance is not None:
            held = np.where(np.isnan(chance), held, generator.random(chance.shape) < chance) & known
        with np.errstate(invalid="ignore"):
            found[draw] = 100 * (held.astype(float) @ links) / (known.astype(float) @ links)
        above += found[draw] > _median(found[draw])
    density = relatedness_density(presence, proximity(learn_from[presence.columns])).to_numpy()
    there = ~np.isnan(density)
    limits = np.full((2, *presence.shape), np.nan)
    # a sector that nobody holds in a draw is related to nothing in it, and has no density there
    there &= ~np.isnan(found).all(axis=0)
    limits[:, there] = np.nanquantile(found[:, there], [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {"density": density, "lower": limits[0], "upper": limits[1], "above_median": above / draws}
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=_checks.long_index(presence))
    return table.where(table["density"].notna())


def _median(rows: np.ndarray) -> np.ndarray:
    """Return the median of each row as a column, NaN where nothing is known."""
    known = ~np.isnan(rows).all(axis=1)
    middle = np.full((len(rows), 1), np.nan)
    middle[known, 0] = np.nanmedian(rows[known], axis=1)
    return middle


def _redrawn_proximity(cells: _presence.Held, generator: np.random.Generator) -> np.ndarray:
    """Return proximities among as many regions, drawn with replacement."""
    number = len(cells.regions)
    return proximity_values(cells, generator.multinomial(number, np.full(number, 1 / number)))


def proximity_stability(
    presence: pd.DataFrame, *, draws: int = 200, level: float = 0.90, rng: np.random.Generator | int | None = None
) -> dict[str, float]:
    """Return how well the order of proximities is found again when the regions are redrawn.

    Parameters
    ----------
    presence
        Region × sector: the regions that proximities are learnt on.
    draws, level, rng
        As in :func:`density_interval`.

    Returns
    -------
    median, lower, upper of the rank correlation (Spearman) between the proximities and those of a draw, over all
    pairs of sectors known in both; pairs, their number.

    Examples
    --------
    >>> europe = pd.DataFrame(np.random.default_rng(1).random((80, 6)) < 0.5)
    >>> found = proximity_stability(europe, draws=50, rng=0)
    >>> round(found["median"], 1), found["pairs"]
    (0.8, 15)
    """
    if draws < 1 or not 0 < level < 1:
        raise ValueError(f"draws is {draws} and level {level}; draws >= 1 and a level between 0 and 1 are needed")
    generator, cells = np.random.default_rng(rng), _presence.read(presence)
    upper = np.triu_indices(presence.shape[1], 1)
    whole = pd.Series(proximity(presence).to_numpy()[upper])
    found = [
        whole.corr(pd.Series(_redrawn_proximity(cells, generator)[upper]), method="spearman") for _ in range(draws)
    ]
    low, middle, high = np.nanquantile(found, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return {"median": float(middle), "lower": float(low), "upper": float(high), "pairs": int(whole.notna().sum())}
