"""Which services figures suggest for a region's leading family: hypotheses, each with the number that triggered it."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import mark_grid, style
from alpclusters_lib.reports import benchmark_region, growth
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.divisions import broken_countries
from alpclusters_lib.reports.numbers import decimal, span
from alpclusters_lib.reports.partner_words import check_language, family_name
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.reports.strategy_regions import short_name, strategy_regions, unit
from alpclusters_lib.strategy.services import PROFILE, hypotheses, minimum_profile

__all__ = [
    "INDICATORS",
    "hypotheses_of",
    "hypothesis_table",
    "indicators",
    "limits",
    "offer_table",
    "profile_sentence",
    "service_names",
    "service_picture",
    "taxonomy_table",
    "verdict",
]  # fmt: skip

SOURCE = f"Source: Eurostat, structural business statistics; own rules in facts/service_rules.csv. {GEO}"
WINDOW = (2011, 2014)
INDICATORS = {
    "location_quotient": {"en": "location quotient", "it": "quoziente di localizzazione"},
    "size_ratio": {"en": "jobs per local unit, EU = 1", "it": "addetti per unità locale, UE = 1"},
    "growth_gap": {
        "en": "growth of jobs 2011–2014 less the EU's, points",
        "it": "crescita degli addetti 2011–2014 meno quella UE, punti",
    },
    "largest_share": {"en": "share of the largest division", "it": "quota della divisione più grande"},
    "missing_stages": {"en": "stages not surely held", "it": "fasi non con certezza presenti"},
    "tertiary_gap": {
        "en": "tertiary education less the median of ten peers, points of the EU's range",
        "it": "istruzione terziaria meno la mediana di dieci regioni simili, punti del campo UE",
    },
    "research_gap": {
        "en": "research personnel of firms less the median of ten peers, points of the EU's range",
        "it": "personale di ricerca delle imprese meno la mediana di dieci regioni simili, punti del campo UE",
    },
}
"""What the rules look at, as readers meet it."""

DECIMALS = {"location_quotient": 2, "size_ratio": 2, "growth_gap": 1, "largest_share": 2, "missing_stages": 0,
            "tertiary_gap": 0, "research_gap": 0}  # fmt: skip
PEER_GAPS = {"tertiary_gap": "tertiary_education_25_64_pct", "research_gap": "business_rd_personnel_pct"}
VALIDATE = {"en": "to be validated with the cluster", "it": "da verificare con il cluster"}


def _rules() -> pd.DataFrame:
    return datasets.facts("service_rules")


def service_names(language: str = "en") -> pd.Series:
    """Return the name of every service by key."""
    check_language(language)
    return datasets.facts("services").set_index("key")[f"name_{language}"]


def indicators(region: str, family: str) -> pd.DataFrame:
    """Return the figures that the rules look at: ``region, cluster, indicator, value, lower, upper``.

    A figure that is not there, or rests on a cell that is not published, is NaN. Empty for a region without figures.
    """
    return _indicators(region, family).copy()


@functools.lru_cache(maxsize=64)
def _indicators(region: str, family: str) -> pd.DataFrame:
    own = evidence.area_of(region)
    if own is None:
        return pd.DataFrame(columns=["region", "cluster", "indicator", "value", "lower", "upper"])
    row = evidence.quotients(family).loc[own]
    gaps = benchmark_region.profile(region)["gap"]
    missing = [float((~evidence.holdings(chain).loc[own]).sum()) for chain in evidence.chains_of(family)]
    found = {
        "location_quotient": (row["lq"], row["lower"], row["upper"]),
        "size_ratio": _plain(evidence.size_ratio(family, own)),
        "growth_gap": _growth(region, family),
        "largest_share": _plain(_largest_share(region, family)),
        "missing_stages": _plain(max(missing, default=np.nan)),
        **{name: _plain(gaps.get(key, np.nan)) for name, key in PEER_GAPS.items()},
    }
    rows = [(region, family, name, *map(float, values)) for name, values in found.items()]
    return pd.DataFrame(rows, columns=["region", "cluster", "indicator", "value", "lower", "upper"])


def _plain(value: float) -> tuple[float, float, float]:
    return float(value), np.nan, np.nan


def _growth(region: str, family: str) -> tuple[float, float, float]:
    """Return growth less that of the same divisions in the EU; NaN where the region's country breaks its figures."""
    area = unit(region)
    if {code[:2] for code in area.codes} & set(broken_countries(*WINDOW)):
        return (np.nan,) * 3
    found = growth.growth_of([area], evidence.family_divisions(family), *WINDOW)
    row = found.units.iloc[0]
    ends = row[["growth_pct", "growth_lower_pct", "growth_upper_pct"]].astype(float) - found.reference_pct
    return tuple(ends)


def _largest_share(region: str, family: str) -> float:
    """Return the share of the largest division; NaN where one is not published, or the family has no other."""
    found, names = strategy_regions(evidence.YEAR), list(evidence.family_divisions(family))
    if len(names) < 2 or (found.status.loc[region, names] != "observed").any():
        return np.nan
    jobs = found.jobs.loc[region, names]
    return float(jobs.max() / jobs.sum())


def hypotheses_of(region: str) -> pd.DataFrame:
    """Return the services suggested for a region's leading family; empty for one without figures."""
    family = evidence.leading_family(region)
    if family is None:
        return hypotheses(indicators(region, ""), _rules().iloc[:0])
    return hypotheses(indicators(region, family), _rules())


def _value(row: pd.Series, language: str) -> str:
    text = decimal(row["value"], DECIMALS[row["indicator"]], language)
    if pd.isna(row["lower"]) or row["lower"] == row["upper"]:
        return text
    return f"{text}, {span(row['lower'], row['upper'], DECIMALS[row['indicator']], language)}"


def hypothesis_table(region: str | None = None, language: str = "en") -> pd.DataFrame:
    """Return the hypotheses of a region, or of all regions, as text; empty for a region without figures."""
    it, names = check_language(language), service_names(language)
    reasons, rows = _rules().set_index("rule")[f"reason_{language}"], []
    for key in regions.s3_regions().index if region is None else [region]:
        for _, row in hypotheses_of(key).iterrows():
            words = {"below": "sotto", "above": "sopra"} if it else {"below": "below", "above": "above"}
            rule = f"{words[row['condition']]} {decimal(row['threshold'], 1, language)}"
            rows.append({
                "regione" if it else "region": regions.s3_region(key).name(language),
                "gruppo" if it else "family": family_name(row["cluster"], language),
                "servizio" if it else "service": names[row["service"]],
                "numero" if it else "number that triggered it":
                f"{INDICATORS[row['indicator']][language]}: {_value(row, language)}, {rule}",
                "perché" if it else "why it may matter": reasons[row["rule"]],
                "stato" if it else "status": VALIDATE[language] if row["certain"]
                else ("al limite dei dati; " if it else "open at the limits; ") + VALIDATE[language],
            })  # fmt: skip
    return pd.DataFrame(rows)


def verdict(language: str = "en") -> str:
    """Return which services are suggested most over the regions, and that none of it is validated."""
    it, keys = check_language(language), [k for k in regions.s3_regions().index if evidence.area_of(k)]
    found = pd.concat([hypotheses_of(key) for key in keys])
    counts = found.drop_duplicates(["region", "service"])["service"].value_counts()
    names, offers = service_names(language), datasets.facts("service_offers")
    most = [f"{names[key]} ({number})" for key, number in counts.head(3).items()]
    if it:
        return (
            f"Per {len(keys)} regioni i dati suggeriscono più spesso {listed(most, 'it')}. Sono ipotesi, "
            f"{VALIDATE['it']}: nei fatti stanno solo {len(offers)} offerte con fonte, di {offers['region'].nunique()} "
            "regioni."
        )
    return (
        f"For {len(keys)} regions the figures suggest most often {listed(most)}. These are hypotheses, "
        f"{VALIDATE['en']}: the facts hold only {len(offers)} offers with a source, of {offers['region'].nunique()} "
        "regions."
    )


def service_picture() -> Picture:
    """Draw which services figures suggest for which region: filled where certain, hollow where open at the limits."""
    keys = [key for key in regions.s3_regions().index if evidence.area_of(key)]
    found = pd.concat([hypotheses_of(key) for key in keys])
    names = service_names().reindex(found["service"].value_counts().index)
    grid = pd.DataFrame(0.0, names.index, keys)
    for row in found.itertuples():
        grid.loc[row.service, row.region] = max(grid.loc[row.service, row.region], 1.0 if row.certain else 0.5)
    grid.columns = [short_name(key) for key in keys]
    grid.index = list(names)
    with style.style():
        figure, ax = panel(7.0, 0.42 * len(grid))
        mark_grid.mark_grid(
            grid, ax=ax, full="suggested", half="suggested, open at the limits of the figures",
            title=f"Most often suggested: {names.iloc[0]}", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{name} for {int((grid.loc[name] > 0).sum())} regions" for name in grid.index)
    caption = "Hypotheses by rules on figures of each region's leading family, to be validated with the cluster."
    return Picture(figure, "services-suggested", grid, f"Services suggested: {told}.", caption)


def taxonomy_table() -> pd.DataFrame:
    """Return the services by side, in English and Italian."""
    sides = {"by_clusters": "by clusters", "to_clusters": "to clusters"}
    table = datasets.facts("services")
    return pd.DataFrame({
        "side": table["side"].map(sides), "service": table["name_en"], "servizio": table["name_it"],
        "what it holds": table["description_en"], "source": table["source"],
    })  # fmt: skip


def offer_table() -> pd.DataFrame:
    """Return the offers that public pages document."""
    table, names = datasets.facts("service_offers"), service_names()
    return pd.DataFrame({
        "region": [regions.s3_region(key).name("en") for key in table["region"]], "organisation": table["organisation"],
        "service": table["service"].map(names), "as its source says": table["wording"], "source": table["source"],
    })  # fmt: skip


def profile_sentence() -> str:
    """Return how many cluster organisations in the facts can be checked against the European minimum profile."""
    table = datasets.facts("cluster_organisations").set_index("name")
    checked = minimum_profile(table.assign(members=pd.to_numeric(table["members"].replace("", np.nan))))
    counts = checked["members"].value_counts()
    known = int(counts.drop("unknown", errors="ignore").sum())
    return (
        f"The European platform asks for {PROFILE['team_fte']:g} of a full-time post, an English website, "
        f"{PROFILE['members']} members and {PROFILE['member_types']} types of members. Of {len(checked)} organisations "
        f"in the facts {known} {'names its' if known == 1 else 'name their'} members, {int(counts.get('met', 0))} with "
        "enough; team, website and types are unknown for all: unknown is not missing, and none is judged."
    )


def limits() -> list[str]:
    """Return what hypotheses rest on and do not say."""
    return [
        "Every hypothesis follows a published rule (facts/service_rules.csv); thresholds are round and ours.",
        "Figures cannot see which services a cluster offers or its members want: surveys can, with the forms here.",
        "Names of services follow cluster benchmarking from general knowledge; offers are those public pages name.",
        f"Growth is left out where the country's figures break between {WINDOW[0]} and {WINDOW[1]}; the share of the "
        "largest division where one is not published.",
    ]
