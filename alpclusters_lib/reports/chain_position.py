"""Where a cluster's industries stand between primary inputs and final users, in the world table of 2011.

The figures are those of whole industries in a whole country; a cluster is a part of them. Switzerland and Liechtenstein
have no rows in the table, so for them there is one sentence and no figure.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports.chain_trade import ALPINE, ORIGINS, OTHER_ALPINE, YEAR, groups, industry_names, world
from alpclusters_lib.reports.numbers import decimal, elided, percent
from alpclusters_lib.value_chains.bridge import stage_industries
from alpclusters_lib.value_chains.input_output import downstreamness, upstreamness
from alpclusters_lib.value_chains.origins import OWN, input_origins

__all__ = ["Position", "position", "position_sentence"]

HIDDEN = ("CH", "LI")
# an industry with less of the cluster than this is not named
SMALL = 0.1
# jobs say how a cluster's divisions spread over industries
JOBS_YEAR = 2014


@dataclass(frozen=True)
class Position:
    """A cluster's place, an average over its industries by their share of its jobs.

    ``upstreamness`` is the number of steps to final users, ``downstreamness`` that from primary inputs, 1 or more;
    ``rank_upstream`` and ``rank_downstream`` say how many of the country's ``n`` industries with output stand farther
    away, plus one; ``inputs`` are shares of direct inputs by origin; ``industries`` as of ``stage_industries``.
    """

    country: str
    upstreamness: float
    downstreamness: float
    rank_upstream: int
    rank_downstream: int
    n: int
    inputs: pd.Series
    industries: pd.DataFrame

    @property
    def alpine(self) -> float:
        """The least share of direct inputs that comes from Alpine countries, the own one included."""
        return float(self.inputs[OWN] + self.inputs[OTHER_ALPINE])


@functools.lru_cache(maxsize=1)
def _steps() -> pd.DataFrame:
    """Return upstreamness and downstreamness of every (country, industry); NaN without output."""
    tables = world(YEAR)
    with warnings.catch_warnings():
        # such industries become NaN below
        warnings.filterwarnings("ignore", message="x of sector .* is 0: coefficients are 0 there")
        steps = {"up": upstreamness(tables.Z, tables.x), "down": downstreamness(tables.Z, tables.x)}
    return pd.DataFrame(steps).where(tables.x > 0)


def _jobs(country: str) -> pd.Series:
    table = datasets.employment(year=JOBS_YEAR)
    rows = table[(table["region"] == country) & (table["sector"].astype(str).str.len() == 3)]
    # a withheld division is weighed by the middle of its limits; no cell of it is shown
    counted = rows["value"].fillna((rows["lower"] + rows["upper"]) / 2)
    return pd.Series(counted.to_numpy(dtype=float), index=rows["sector"].astype(str).to_numpy()).dropna()


def position(country: str, divisions: Sequence[str]) -> Position | None:
    """Return where the industries of some divisions stand in their country; None for Switzerland and Liechtenstein.

    Parameters
    ----------
    country
        A code of the regional tables: AT, DE, FR, IT, SI, CH or LI.
    divisions
        Divisions of NACE Rev. 2, such as those of a cluster.

    Raises
    ------
    ValueError
        If the country is none of these, or a division is unknown or has no jobs there.

    Examples
    --------
    >>> found = position("IT", ["C28"])
    >>> round(found.upstreamness, 2), round(found.downstreamness, 2), found.n
    (1.96, 2.6, 35)
    """
    if country in HIDDEN:
        return None
    if country not in ALPINE:
        raise ValueError(f"no position for {country!r}; {', '.join((*ALPINE, *HIDDEN))} would be right")
    tables, iso = world(YEAR), ALPINE[country]
    parts = stage_industries(divisions, _jobs(country), datasets.facts("wiod_bridge").astype({"weight": float}))
    share, steps = parts["share_of_stage"], _steps().loc[iso].dropna()
    used = share[share.index.isin(steps.index)]
    mean = (steps.loc[used.index].mul(used, axis=0)).sum() / used.sum()
    inputs = input_origins(tables.Z, weights=used, groups=groups(), buyers=[iso])[list(ORIGINS)]
    further = (steps > mean).sum() + 1
    return Position(
        country, float(mean["up"]), float(mean["down"]), int(further["up"]), int(further["down"]), len(steps), inputs,
        parts,
    )  # fmt: skip


def position_sentence(country: str, divisions: Sequence[str], *, language: str = "en") -> str:
    """Return the place of a cluster's industries in the chain, in words, or why there is none."""
    name = regions.name(country, language)
    found = position(country, divisions)
    if found is None:
        return {
            "en": f"{name} is inside the rest of the world in the world table, which says nothing of its industries' "
                  "place in value chains.",
            "it": f"{name}: nella tavola mondiale è dentro il resto del mondo, perciò non si conosce il posto delle "
                  "sue industrie nelle catene del valore.",
        }[language]  # fmt: skip
    parts = found.industries["share_of_stage"].sort_values(ascending=False, kind="stable")
    names = industry_names(language)
    seen = "; ".join(
        f"{names[code]} ({percent(100 * share, 0, language=language)})" for code, share in parts[parts >= SMALL].items()
    )
    up, down = (decimal(value, 1, language) for value in (found.upstreamness, found.downstreamness))
    farther = [_farther(rank - 1, language) for rank in (found.rank_upstream, found.rank_downstream)]
    alpine, other = (percent(100 * v, language=language) for v in (found.alpine, found.inputs[OTHER_ALPINE]))
    if language == "it":
        return (
            f"{up} passi separano il prodotto delle industrie del cluster in {name} dai consumatori finali (su "
            f"{found.n} industrie del paese, {farther[0]}) e {down} passi dai fattori primari ({farther[1]}), {YEAR}. "
            f"Almeno {elided('il', alpine)} degli acquisti diretti viene da paesi alpini, {elided('il', other)} da un "
            f"paese alpino diverso. Industrie intere della tavola mondiale (quota dei posti di lavoro del cluster): "
            f"{seen}."
        )
    return (
        f"The product of the cluster's industries in {name} is {up} steps away from final users (of the country's "
        f"{found.n} industries, {farther[0]}) and {down} steps from primary inputs ({farther[1]}) in {YEAR}. At least "
        f"{alpine} of direct inputs come from Alpine countries, {other} from another one than {name}. Whole industries "
        f"of the world table (share of the cluster's jobs): {seen}."
    )


def _farther(number: int, language: str) -> str:
    if language == "it":
        return {0: "nessuna è più lontana", 1: "una è più lontana"}.get(number, f"{number} sono più lontane")
    return {0: "none is farther away", 1: "one is farther away"}.get(number, f"{number} are farther away")
