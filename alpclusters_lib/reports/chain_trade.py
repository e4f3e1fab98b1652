"""Where the inputs and the value of a chain come from, in the world tables of 2000 to 2011, and what these hide.

A stage is seen through the industries it belongs to, weighted by where its jobs are; whole countries stand for their
Alpine parts. Switzerland and Liechtenstein are inside the rest of the world, so every Alpine share is a lower limit.
"""

from __future__ import annotations

import functools
import warnings

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.world_tables import WorldInputOutput, checks
from alpclusters_lib.figures import shares, style
from alpclusters_lib.reports.chain_evidence import ALPINE_COUNTRIES, ChainEvidence
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import count, decimal, elided, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.value_chains.origins import OWN, input_origins, value_added_content, value_added_origins

__all__ = [
    "ALL_STAGES",
    "ALPINE",
    "YEARS",
    "alpine_share_sentence",
    "change_picture",
    "change_sentence",
    "checked",
    "groups",
    "headed",
    "industry_names",
    "limits",
    "origin_table",
    "origins",
    "row_names",
    "stage_names",
    "stage_weights",
    "world",
]

YEARS = (2000, 2004, 2008, 2011)
YEAR = YEARS[-1]
# codes of the world table (ISO 3166-1) for those of the regional tables
ALPINE = dict(zip(ALPINE_COUNTRIES, ("AUT", "DEU", "FRA", "ITA", "SVN"), strict=True))
# the other 27 countries of the table were members of the EU in 2011; they are counted as such in every year
OUTSIDE_EU = (*["AUS", "BRA", "CAN", "CHN", "IDN", "IND", "JPN", "KOR", "MEX", "RUS", "TUR", "TWN", "USA"], "RoW")
OTHER_ALPINE, OTHER_EU, REST = "other Alpine countries", "other EU countries", "rest of the world"
ORIGINS = (OWN, OTHER_ALPINE, OTHER_EU, REST)
COLOURS = {OWN: "#0F4C81", OTHER_ALPINE: "#4E8DB3", OTHER_EU: "#E3BC9C", REST: "#8A94A0"}
ALL_STAGES = "all stages"
INPUTS, VALUE = "direct inputs", "value added"
# an industry with less of a stage than this is not named in tables
SMALL = 0.1
WORLD_SOURCE = "Source: WIOD, release 2013 (Timmer et al. 2015), own computation. Current prices, USD."


@functools.lru_cache(maxsize=len(YEARS))
def world(year: int) -> WorldInputOutput:
    """Return the world table of a year, read once in a process."""
    return datasets.input_output(year)


@functools.lru_cache(maxsize=len(YEARS))
def content(year: int) -> pd.DataFrame:
    """Return value added of each country in a unit of every product; industries without output are told in limits."""
    tables = world(year)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="x of sector .* is 0: coefficients are 0 there")
        return value_added_content(tables.Z, tables.x)


def groups(year: int = YEAR) -> dict[str, str]:
    """Return the group of every country of the world table; the own country is parted from it later."""
    countries = world(year).x.index.unique(level="country")
    named = {**dict.fromkeys(ALPINE.values(), OTHER_ALPINE), **dict.fromkeys(OUTSIDE_EU, REST)}
    order = sorted(countries, key=lambda c: ORIGINS.index(named.get(c, OTHER_EU)))
    return {country: named.get(country, OTHER_EU) for country in order}


def industry_names(language: str = "en") -> pd.Series:
    """Return the short name of each industry by its code."""
    return datasets.facts("wiod_industries").set_index("code")[f"short_{language}"]


def stage_names(evidence: ChainEvidence, language: str = "en") -> dict[str, str]:
    """Return the label of each stage by its key."""
    return {s.key: (s.label_it or s.label) if language == "it" else s.label for s in evidence.chain.stages}


def stage_weights(evidence: ChainEvidence) -> pd.DataFrame:
    """Return how the jobs of each stage, and those of all of them, spread over industries: industry × stage."""
    table = evidence.industries["share_of_stage"].unstack("stage").fillna(0.0)[list(stage_names(evidence))]
    jobs = evidence.perimeter_stages.reindex(table.columns)
    weighing = jobs["jobs"].fillna((jobs["jobs_lower"] + jobs["jobs_upper"]) / 2).fillna(0.0)
    table[ALL_STAGES] = table @ (weighing / weighing.sum())
    return table


def origins(evidence: ChainEvidence, year: int = YEAR) -> pd.DataFrame:
    """Return shares by origin: stage (and all of them) × (direct inputs or value added, origin)."""
    weights = stage_weights(evidence)
    return _origins(tuple(weights.index), tuple(weights.columns), tuple(map(tuple, weights.to_numpy())), year).copy()


@functools.lru_cache(maxsize=8 * len(YEARS))
def _origins(industries: tuple[str, ...], stages: tuple[str, ...], shares: tuple, year: int) -> pd.DataFrame:
    """Return origins by the weights themselves, which sentences, tables and pictures of a chain share."""
    tables = world(year)
    weights = pd.DataFrame(
        np.array(shares), pd.Index(industries, name="industry"), pd.Index(stages, name="stage"), dtype=float
    )
    common = {"weights": weights, "groups": groups(year)}
    makers = list(ALPINE.values())
    with warnings.catch_warnings():
        # named by limits()
        warnings.filterwarnings("ignore", message="final demand for sector .* is negative in all")
        value = value_added_origins(tables.Z, tables.Y, tables.x, makers=makers, content=content(year), **common)
    found = {INPUTS: input_origins(tables.Z, buyers=makers, **common), VALUE: value}
    return pd.concat({name: table[list(ORIGINS)] for name, table in found.items()}, axis=1, names=["measure", "origin"])


def _alpine(row: pd.Series, measure: str) -> float:
    return row[measure, OWN] + row[measure, OTHER_ALPINE]


def alpine_share_sentence(evidence: ChainEvidence, language: str = "en") -> str:
    """Return how much of the chain's value and inputs comes from Alpine countries, what was found first."""
    table, end = origins(evidence), stage_names(evidence, language)[evidence.chain.ends_in]
    last, every = table.loc[evidence.chain.ends_in], table.loc[ALL_STAGES]
    of = {
        "value": _alpine(last, VALUE), "own": last[VALUE, OWN], "other": last[VALUE, OTHER_ALPINE],
        "eu": last[VALUE, OTHER_EU], "rest": last[VALUE, REST], "inputs": _alpine(every, INPUTS),
        "bought": every[INPUTS, OTHER_ALPINE],
    }  # fmt: skip
    of = {name: percent(100 * share, language=language) for name, share in of.items()}
    if language == "it":
        of = {name: elided("il", text) for name, text in of.items()}
        return (
            f"Almeno {of['value']} del valore dei prodotti finali della filiera (fase: {end}) è stato aggiunto in "
            f"paesi alpini nel {YEAR}: {of['own']} nel paese in cui il prodotto è finito e {of['other']} in altri "
            f"paesi alpini; {of['eu']} viene dal resto dell'UE e {of['rest']} dal resto del mondo. Degli acquisti "
            f"diretti di tutte le fasi almeno {of['inputs']} viene da paesi alpini, {of['bought']} da un paese alpino "
            "diverso da quello che compra. Si contano paesi interi: Austria, Germania, Francia, Italia e Slovenia. "
            "La Svizzera e il Liechtenstein sono nel resto del mondo, perciò «almeno»."
        )
    return (
        f"At least {of['value']} of the value of the chain's final products (stage: {end}) was added in Alpine "
        f"countries in {YEAR}: {of['own']} in the country where the product is finished and {of['other']} in other "
        f"Alpine countries; {of['eu']} came from the rest of the EU and {of['rest']} from the rest of the world. Of "
        f"the direct inputs of all stages at least {of['inputs']} came from Alpine countries, {of['bought']} from "
        "another one than the buyer's. Whole countries are counted: Austria, Germany, France, Italy and Slovenia. "
        "Switzerland and Liechtenstein are inside the rest of the world, hence “at least”."
    )


def _industries(evidence: ChainEvidence, stage: str) -> str:
    """Return the industries that a stage is seen through, with how much of their jobs is the stage's."""
    names, rows = industry_names(), evidence.industries.loc[stage]
    rows = rows[rows["share_of_stage"] >= SMALL].sort_values("share_of_stage", ascending=False, kind="stable")
    return "; ".join(f"{names[code]} ({percent(100 * row['share_of_industry'], 0)})" for code, row in rows.iterrows())


def origin_table(evidence: ChainEvidence) -> pd.DataFrame:
    """Return the origins of direct inputs and of value added by stage, as a table to read."""
    table, labels = origins(evidence), {**stage_names(evidence), ALL_STAGES: "All stages"}
    rows = []
    for stage, label in labels.items():
        row = {"stage": label}
        for measure, word in ((INPUTS, "inputs"), (VALUE, "value")):
            row |= {f"{word}: {origin}": percent(100 * table.loc[stage, (measure, origin)]) for origin in ORIGINS}
            row[f"{word}: Alpine, at least"] = percent(100 * _alpine(table.loc[stage], measure))
        seen = "as above, by jobs" if stage == ALL_STAGES else _industries(evidence, stage)
        rows.append(row | {"seen through (share of the industry's jobs)": seen})
    return pd.DataFrame(rows)


def _changes(evidence: ChainEvidence) -> pd.DataFrame:
    """Return (measure, year) × origin: inputs of all stages, value added in the final products of the last one."""
    parts = {}
    for year in YEARS:
        table = origins(evidence, year)
        parts[INPUTS, year] = table.loc[ALL_STAGES, INPUTS]
        parts[VALUE, year] = table.loc[evidence.chain.ends_in, VALUE]
    found = pd.DataFrame(parts).T.sort_index(kind="stable")
    return found.rename_axis(index=["measure", "year"], columns="origin")[list(ORIGINS)]


def _points(change: float) -> str:
    return f"{decimal(abs(100 * change), 1)} points"


def _moved(change: float) -> str:
    if abs(change) < 0.0005:
        return "did not move"
    return f"{'rose' if change > 0 else 'fell'} by {_points(change)}"


def change_sentence(evidence: ChainEvidence) -> str:
    """Return how the shares from abroad moved between 2000 and 2011, and around the crisis of 2008."""
    table = _changes(evidence)
    value, inputs = table.loc[VALUE], table.loc[INPUTS]
    abroad, bought = 1 - value[OWN], 1 - inputs[OWN]
    first, before, last = YEARS[0], YEARS[-2], YEARS[-1]
    by_origin = (value.loc[last] - value.loc[first]).drop(OWN)
    parts = listed([f"{origin} {decimal(100 * change, 1) if change < 0 else '+' + decimal(100 * change, 1)}"
                     for origin, change in by_origin.items()])  # fmt: skip
    years = listed([f"{percent(100 * abroad[year])} in {year}" for year in YEARS])
    return (
        f"Value from outside the country where the final product is finished: {years}. From {first} to {last} the "
        f"share {_moved(abroad[last] - abroad[first])}, in points: {parts}. Between {before} and {last}, the two "
        f"tables around the crisis, it {_moved(abroad[last] - abroad[before])}. Direct inputs of all stages from other "
        f"countries: {percent(100 * bought[first])} in {first}, {percent(100 * bought[before])} in {before}, "
        f"{percent(100 * bought[last])} in {last}. These are shares of values at current prices in USD: dearer oil or "
        "a weaker currency moves them without any change in what is bought."
    )


def _change_title(value: pd.Series) -> str:
    change = value[YEARS[-1]] - value[YEARS[0]]
    way = "more" if change > 0.0005 else "less" if change < -0.0005 else "as much"
    if way == "as much":
        return f"As much of the final product comes from abroad in {YEARS[-1]} as in {YEARS[0]}"
    return f"{_points(change)} {way} of the final product's value came from abroad in {YEARS[-1]} than in {YEARS[0]}"


def headed(ax: Axes, text: str, height: float = 1.02) -> None:
    """Write what a panel of several shows, smaller than the title of the figure."""
    ax.text(0, height, text, transform=ax.transAxes, fontsize=9, fontweight="bold", color=style.TEXT, va="bottom")


def change_picture(evidence: ChainEvidence) -> Picture:
    """Draw what comes from abroad in four years: direct inputs of all stages, and value of the final product."""
    table = _changes(evidence)
    abroad = list(ORIGINS[1:])
    title = _change_title(1 - table.loc[VALUE, OWN])
    end = stage_names(evidence)[evidence.chain.ends_in]
    with style.style():
        figure, left = panel(4.2, 3.2)
        right = figure.add_axes((1.22, 0.0, 1.0, 1.0))
        common = {"colours": COLOURS, "upright": True, "x_label": "From abroad, per cent"}
        shares.stacked_shares(table.loc[VALUE, abroad], ax=left, **common)
        shares.stacked_shares(table.loc[INPUTS, abroad], ax=right, legend=False, **common)
        headed(left, f"Value of final products ({end})", 1.11)
        headed(right, "Direct inputs of all stages", 1.11)
        top = max(left.get_ylim()[1], right.get_ylim()[1])
        left.set_ylim(0, top)
        right.set_ylim(0, top)
        figure.text(0.0, 1.24, title, fontsize=11, fontweight="bold", color=style.INK, va="bottom")
        figure.text(0.0, -0.16, WORLD_SOURCE, fontsize=6.8, color=style.GREY, va="top")
    told = "; ".join(
        f"{year} {percent(100 * (1 - table.loc[(VALUE, year), OWN]))} of value and "
        f"{percent(100 * (1 - table.loc[(INPUTS, year), OWN]))} of inputs" for year in YEARS
    )  # fmt: skip
    alt = f"Stacked bars of what comes from abroad, by origin, for {evidence.chain.title}. {title}: {told}."
    caption = (
        "Abroad: from another country than that of the maker, the five Alpine countries taken together. Each stage is "
        "seen through its industries with the weights of 2014 in all years. The EU is that of 2011, less Croatia and "
        "the five. Years are not evenly spaced; values are at current prices in USD."
    )
    data = table.reset_index()
    return Picture(figure, "chain-change", data, alt, caption)


def _chain_rows(table: pd.DataFrame, evidence: ChainEvidence) -> pd.DataFrame:
    """Return the rows of checks that are of the chain's industries in the Alpine countries."""
    used = stage_weights(evidence).index
    return table[table["country"].isin(ALPINE.values()) & table["industry"].isin(used)]


def row_names(rows: pd.DataFrame) -> list[str]:
    """Return industry and country of rows of Alpine countries, in words."""
    names, codes = industry_names(), {iso: code for code, iso in ALPINE.items()}
    return [f"{names[row.industry]} in {regions.name(codes[row.country])}" for row in rows.itertuples(index=False)]


@functools.lru_cache(maxsize=1)
def checked() -> pd.DataFrame:
    """Return what does not add up in the world table of 2011."""
    return checks(world(YEAR))


def limits(evidence: ChainEvidence) -> list[str]:
    """Return what the world tables do not show of the chain."""
    found, all_rows = checked(), len(world(YEAR).x)
    off = found.loc[found["check"] == "unbalanced row", "value"].abs().sum() / world(YEAR).x.sum()
    own = _chain_rows(found, evidence)
    lines = [
        f"The world table has 35 industries and ends in {YEAR}; a stage is seen through the industries its jobs belong "
        "to, and these hold much else. Weights are those of jobs in 2014, the same in every country and year.",
        "The table knows whole countries: what Bavaria buys from Saxony, or Lombardy from Sicily, counts as bought at "
        "home, and Paris as Alpine. It shows neither trade inside a country nor trade between regions.",
        "Switzerland and Liechtenstein have no rows of their own; they are inside the rest of the world. What Alpine "
        "firms buy from Swiss ones counts as bought outside the Alps, Swiss firms are no buyers here, and how large "
        "either is cannot be told from the table: shares of Alpine countries are lower limits.",
        "Value added is what output leaves after inputs; taxes on products and transport margins are in it. Every "
        "industry is taken to make alike what it sells at home and abroad, so that processing for export is hidden.",
        "How much of an industry is the chain's is its share of jobs in the business economy; where the industry "
        "reaches beyond that (finance, public and personal services), the share is an upper limit.",
        "All money is at current prices, converted to USD: shares move with prices and exchange rates too.",
    ]
    for check, what in (
        ("no output", "have no output"),
        ("unbalanced row", "have uses that miss their output by more than 0.5 %, as cells are printed in whole "
                           f"millions (together {percent(100 * off, 2)} of the world's output)"),
        ("no value added", "use as much as they put out, or more"),
    ):  # fmt: skip
        rows, here = found[found["check"] == check], own[own["check"] == check]
        if rows.empty:
            continue
        which = f"of the chain's industries in Alpine countries: {'; '.join(row_names(here))}" if len(here) else (
            "none of them is an industry of the chain in an Alpine country")  # fmt: skip
        lines.append(f"Of the {count(all_rows)} industries of all countries, {count(len(rows))} {what}; {which}.")
    tables = world(YEAR)
    final = tables.Y.sum(axis=1)
    below = final[final < 0].index.to_frame(index=False)
    below = _chain_rows(below, evidence)
    if len(below):
        where = "; ".join(row_names(below))
        lines.append(f"Stocks ran down by more than final users bought of {where}: it counts as no final product.")
    return lines
