"""A region's place in the EU strategy for the Alpine region: its share of jobs, and of each family's jobs."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.divisions import divisions
from alpclusters_lib.reports.numbers import count, percent
from alpclusters_lib.reports.partner_words import check_language, family_name

__all__ = ["place_sentence", "place_table", "shares"]

PERIMETER = "eusalp"


@functools.lru_cache(maxsize=1)
def _jobs() -> tuple[pd.DataFrame, pd.Series, tuple[str, ...]]:
    """Return jobs by region of EUSALP and family, totals, and the regions without figures."""
    codes = regions.perimeter(PERIMETER)
    found = divisions(evidence.YEAR)
    known = [code for code in codes if code in found.jobs.index]
    jobs = pd.DataFrame({f: found.jobs.loc[known, list(evidence.family_divisions(f))].sum(axis=1) for f in FAMILIES})
    return jobs, found.totals[known], tuple(code for code in codes if code not in known)


def shares(code: str) -> pd.DataFrame:
    """Return a region's share of EUSALP's jobs, in all and by family, and its rank among the regions with figures.

    Returns
    -------
    Index ``all`` and the families: ``share, rank, among``. A withheld division counts with the middle of its limits.

    Raises
    ------
    ValueError
        If the region is not in EUSALP or has no figures.
    """
    jobs, totals, _ = _jobs()
    if code not in jobs.index:
        raise ValueError(f"{code} has no figures by industry in EUSALP; regions such as ITC4 have")
    table = pd.concat([totals.rename("all"), jobs], axis=1)
    return pd.DataFrame({
        "share": table.loc[code] / table.sum(), "rank": table.rank(ascending=False, method="min").loc[code],
        "among": len(table),
    })  # fmt: skip


def place_sentence(code: str, language: str = "en") -> str:
    """Return the region's share of EUSALP's jobs, the families in which it is first, and who is missing."""
    it, table = check_language(language), shares(code)
    row, own = table.loc["all"], table.drop(index="all").sort_values("share", ascending=False)
    first = own[own["rank"] == 1]
    names = [
        f"{family_name(key, language)} ({percent(100 * r['share'], 0, language=language)})"
        for key, r in first.iterrows()
    ]
    absent = len(_jobs()[2])
    name, total = place(code, language), percent(100 * row["share"], 1, language=language)
    if it:
        lead = f"È prima in {len(first)} dei {len(own)} gruppi: {'; '.join(names)}." if names else "Non è mai prima."
        return (
            f"{name} ha il {total} degli addetti dell'economia d'impresa nelle {count(row['among'], 'it')} regioni "
            f"EUSALP con dati (posto {row['rank']:.0f}). {lead} Mancano {absent - 1} regioni svizzere e il "
            "Liechtenstein, senza dati per divisione."
        )
    lead = f"It is first in {len(first)} of {len(own)} families: {'; '.join(names)}." if names else "It is never first."
    return (
        f"{name} holds {total} of the jobs of the business economy in the {count(row['among'])} regions of EUSALP with "
        f"figures (rank {row['rank']:.0f}). {lead} Missing are {absent - 1} Swiss regions and Liechtenstein, without "
        "figures by division."
    )


def place_table(code: str, language: str = "en") -> pd.DataFrame:
    """Return the region's share and rank in every family."""
    it, table = check_language(language), shares(code).drop(index="all").sort_values("share", ascending=False)
    return pd.DataFrame({
        "gruppo" if it else "family": [sectors.family(key).label(language) for key in table.index],
        "quota degli addetti EUSALP" if it else "share of EUSALP's jobs":
        [percent(100 * value, 1, language=language) for value in table["share"]],
        f"posto su {table['among'].iloc[0]}" if it else f"rank of {table['among'].iloc[0]}":
        [f"{value:.0f}" for value in table["rank"]],
    })  # fmt: skip
