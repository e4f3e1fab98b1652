"""Whom a region could work with in one family: ranked partners, their diamonds, and what each rank rests on."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.figures import diamonds as diamond_figures
from alpclusters_lib.figures import flow_map as flow_figures
from alpclusters_lib.figures import interval_dots, networks, style
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import title_name
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import count, decimal, span
from alpclusters_lib.reports.partner_words import (
    AXIS_NAMES,
    axes_sentence,
    change_sentence,
    check_language,
    family_name,
    limits,
    no_figures,
    why,
    why_not,
)
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.strategy import synergy

__all__ = [
    "SOURCE", "axes_sentence", "card", "diamond_picture", "families_sentence", "family_table", "flow_picture",
    "graph_picture", "headline", "home_table", "limits", "partner_table", "rank_picture", "ranked", "reason_lines",
    "report_name", "verdict",
]  # fmt: skip

SOURCE = (
    f"Source: Eurostat, structural business statistics; own coding of priorities; own chains and computation. {GEO}"
)
SHOWN = 6
REASONS = 5


@functools.lru_cache(maxsize=200)
def ranked(region: str, family: str, *, abroad: bool = True) -> pd.DataFrame:
    """Return the partners of a region in a family, first one first (:func:`synergy.partners`); empty without figures.

    Raises
    ------
    ValueError
        If region or family is unknown.
    """
    own, among = evidence.area_of(region), evidence.candidates(region, abroad=abroad)
    found = evidence.family_diamonds(family)
    if own is None or not among:
        return pd.DataFrame()
    return synergy.partners(own, found, candidates=among)


def verdict(region: str, family: str | None, language: str = "en") -> str:
    """Return who comes first and why, and the weakest number behind it, in three short sentences."""
    it = check_language(language)
    missing = no_figures(region, language)
    if missing:
        return missing
    table = ranked(region, family)
    first, row, name = table.index[0], table.iloc[0], regions.s3_region(region).name(language)
    mean = f"{decimal(row['mean'], 2, language)}, {span(row['mean_lower'], row['mean_upper'], 2, language)}"
    places = span(row["rank_lower"], row["rank_upper"], 0, language)
    reason, against = why(region, family, first, language), why_not(region, family, first, language)
    lowest = table["minimum"].idxmax()
    other = ""
    if lowest != first:
        value = decimal(table.loc[lowest, "minimum"], 2, language)
        other = (f" Per l'asse più basso viene prima {place(lowest, 'it')} ({value})." if it
                 else f" By its lowest axis {place(lowest)} comes first ({value}).")  # fmt: skip
    other += _with_most_axes(table, language)
    if it:
        return (
            f"Per {family_name(family, 'it')} il primo partner estero per {name} è {place(first, 'it')} (media di "
            f"{row['known']:.0f} assi su 4: {mean}; posto {places} su {len(table)} nel 90 % delle estrazioni). "
            f"A favore: {reason}. Il numero più debole: {against}.{other}"
        )
    return (
        f"For {family_name(family)}, {title_name(region)}'s first partner abroad is {place(first)} (mean of "
        f"{row['known']:.0f} of 4 axes {mean}; rank {places} of {len(table)} in 90 % of the draws). For it: {reason}. "
        f"The weakest number behind it: {against}.{other}"
    )


def _with_most_axes(table: pd.DataFrame, language: str) -> str:
    """Return who comes first among the partners with most axes known, where the first of all has fewer; else nothing.

    A mean of fewer axes is not quite the same: most partners without named priorities lack a low one.
    """
    most = int(table["known"].max())
    if table["known"].iloc[0] == most:
        return ""
    full = table[table["known"] == most]
    first, mean = place(full.index[0], language), decimal(full["mean"].iloc[0], 2, language)
    if language == "it":
        return f" Tra {len(full)} partner con dati su {most} assi viene prima {first} ({mean})."
    return f" Among the {len(full)} partners with a figure on {most} axes {first} comes first ({mean})."


def headline(region: str, family: str | None) -> str:
    """Return who comes first in one line, without a full stop; empty for a region without figures."""
    if evidence.area_of(region) is None:
        return ""
    table = ranked(region, family)
    rivals = int((table["rank_lower"] <= 1).sum())
    first = place(table.index[0])
    if rivals <= 1:
        return f"{first} comes first in {family_name(family)}, in 90 % of the draws too"
    return f"{first} comes first in {family_name(family)}; {rivals} regions do in some of the draws"


def _same_language(own: str, partner: str) -> str:
    return "yes" if evidence.languages(own) & evidence.languages(partner) else "no"


def partner_table(region: str, family: str | None, *, abroad: bool = True) -> pd.DataFrame:
    """Return the ranking for the reader: axes, both directions, distance and language apart; empty without figures."""
    own = evidence.area_of(region)
    if own is None:
        return pd.DataFrame()
    table, sizes = ranked(region, family, abroad=abroad), evidence.quotients(family)
    if table.empty:
        return table
    rows = []
    for code, row in table.iterrows():
        rows.append({
            "rank": f"{row['rank']:.0f} ({span(row['rank_lower'], row['rank_upper'], 0)})",
            "partner": f"{place(code)} ({code})",
            "mean (90 % of draws)": f"{decimal(row['mean'])} ({span(row['mean_lower'], row['mean_upper'])})",
            "axes": f"{row['known']:.0f}", "lowest axis": f"{AXIS_NAMES['en'][row['weakest']]}",
            "priorities": _axis(row["priority_overlap"]), "strength": _axis(row["joint_strength"]),
            "complement": _axis(row["complementarity"]), "gives | gains": f"{decimal(row['added_to_region'])} | "
            f"{decimal(row['added_to_partner'])}", "chain": _axis(row["chain_fit"]),
            "quotient": quotient(sizes.loc[code]), "km": count(evidence.distances().loc[own, code]),
            "same language": _same_language(own, code),
        })  # fmt: skip
    return pd.DataFrame(rows)


def home_table(region: str, family: str | None) -> pd.DataFrame:
    """Return the same for the regions of the own country."""
    return partner_table(region, family, abroad=False)


def _axis(value: float) -> str:
    return "–" if pd.isna(value) else decimal(value)


def reason_lines(region: str, family: str | None, language: str = "en") -> list[str]:
    """Return, for each of the first partners: why, why not, and what would change its rank."""
    it = check_language(language)
    if evidence.area_of(region) is None:
        return []
    words = (
        ("A favore", "Contro", "Che cosa cambierebbe il posto") if it else ("Why", "Why not", "What would change it")
    )
    return [
        f"**{place(code, language)}.** {words[0]}: {why(region, family, code, language)}. {words[1]}: "
        f"{why_not(region, family, code, language)}. {words[2]}: {change_sentence(region, family, code, language)}."
        for code in ranked(region, family).index[:REASONS]
    ]


def family_table(region: str) -> pd.DataFrame:
    """Return the first partner abroad in every family, the region's strongest family first; empty without figures."""
    own = evidence.area_of(region)
    if own is None:
        return pd.DataFrame()
    sizes = pd.DataFrame({family: evidence.quotients(family).loc[own] for family in FAMILIES}).T
    # a withheld quotient has limits and no value: their middle orders it
    order = sizes["lq"].astype(float).fillna(sizes[["lq_lower", "lq_upper"]].astype(float).mean(axis=1))
    rows = []
    for family in order.sort_values(ascending=False).index:
        table = ranked(region, family)
        row = table.iloc[0]
        rows.append({
            "family": sectors.family(family).label("en"), "region's location quotient": quotient(sizes.loc[family]),
            "first partner abroad": place(table.index[0]),
            "mean": f"{decimal(row['mean'])} ({span(row['mean_lower'], row['mean_upper'])})",
            "axes": f"{row['known']:.0f} of 4", "rank": f"1 ({span(row['rank_lower'], row['rank_upper'], 0)})",
            "lowest": f"{decimal(row['minimum'])} ({AXIS_NAMES['en'][row['weakest']]})",
            "next": listed([place(code) for code in table.index[1:3]]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def diamond_picture(region: str, family: str | None) -> Picture | None:
    """Draw the diamonds of the first partners abroad; nothing for a region without figures."""
    if evidence.area_of(region) is None:
        return None
    table = ranked(region, family).head(SHOWN)
    data = table[list(synergy.AXES)]
    names = pd.Series({code: f"{number}. {place(code)}" for number, code in enumerate(data.index, 1)})
    import matplotlib.pyplot as plt

    with style.style():
        figure = plt.figure(figsize=(8.6, 5.9))
        diamond_figures.diamond_grid(
            data, figure=figure, labels=["priorities", "strength", "complement", "chain"], names=names,
            title=f"{title_name(region)} and its first partners abroad in {family_name(family)}", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(
        f"{place(code)} " + ", ".join(f"{AXIS_NAMES['en'][axis]} {_axis(value)}" for axis, value in row.items())
        for code, row in data.iterrows()
    )
    caption = (
        "The centre is 0, a corner 1. A broken line is an axis without a figure; the polygon is open beside it. Its "
        "area depends on the order of the corners and means nothing."
    )
    return Picture(figure, "diamonds", data, f"Four axes of the first partners: {told}.", caption)


def rank_picture(region: str, family: str | None) -> Picture | None:
    """Draw the mean of every candidate with its interval, and its lowest axis."""
    if evidence.area_of(region) is None:
        return None
    table = ranked(region, family)
    names = pd.Series({code: f"{place(code)} ({code[:2]})" for code in table.index})
    with style.style():
        figure, ax = panel(6.6, 0.27 * len(table) + 0.6)
        interval_dots.interval_dots(
            table, ax=ax, names=names, mean="mean of the axes known, with 90 % of the draws",
            minimum="lowest axis", x_label="0: none, 1: as far as the scale goes", title=headline(region, family),
            source=SOURCE,
        )  # fmt: skip
    first = ", ".join(f"{place(code)} {decimal(row['mean'])}" for code, row in table.head(5).iterrows())
    alt = f"Mean of the axes with interval and lowest axis of {len(table)} regions abroad. First: {first}."
    return Picture(figure, "partners", table, alt, "Axes known differ by partner: the table says how many.")


def flow_picture(region: str, family: str | None) -> Picture | None:
    """Draw both directions of complementarity between a region and its first partners on the map."""
    own = evidence.area_of(region)
    if own is None:
        return None
    table = ranked(region, family).head(SHOWN)
    data = table[["added_to_region", "added_to_partner"]].set_axis(["to_region", "from_region"], axis=1)
    perimeter, boundaries = regions.perimeter(evidence.PERIMETER), datasets.boundaries()
    area = regions.s3_region(region).codes
    names = pd.Series({code: place(code) for code in data.index})
    with style.style():
        figure, ax = panel(7.2, 5.0)
        flow_figures.flow_map(
            data, boundaries, ax=ax, centre=[code[:4] for code in area], perimeter=perimeter, names=names,
            to_name=f"adds to {place(own)}", from_name=f"{place(own)} adds to the partner",
            title=f"What {title_name(region)} and its first partners add to each other around {family_name(family)}",
            source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{place(code)} {decimal(row['to_region'])} and {decimal(row['from_region'])}"
                     for code, row in data.iterrows())  # fmt: skip
    caption = (
        "Width: percentile, among all pairs of European regions, of the relatedness density one adds to the other. It "
        "says that related industries are there, not that firms trade."
    )
    return Picture(figure, "complementarity-map", data, f"Adds to the region and gains from it: {told}.", caption)


def graph_picture(family: str | None) -> Picture | None:
    """Draw who is whose first partner abroad among all Alpine regions in a family."""
    if family is None:
        return None
    found, codes = evidence.family_diamonds(family), [code for code in evidence.areas() if len(code) == 4]
    rows = []
    for code in codes:
        table = synergy.partners(code, found, candidates=[other for other in codes if other[:2] != code[:2]])
        rows.append((code, table.index[0], table["mean"].iloc[0]))
    first = pd.DataFrame(rows, columns=["source", "target", "weight"])
    pairs = first.apply(lambda row: tuple(sorted((row["source"], row["target"]))), axis=1)
    edges = first[~pairs.duplicated()]
    sizes = evidence.quotients(family).loc[codes]
    nodes = pd.DataFrame({
        "label": [place(code) for code in codes], "group": [code[:2] for code in codes],
        "size": sizes["jobs"].astype(float).to_numpy(), "held": (sizes["lower"] > 1).to_numpy(),
    }, index=codes)  # fmt: skip
    named = first["target"].value_counts()
    with style.style():
        figure, ax = panel(8.4, 6.6)
        networks.product_space(
            edges, nodes, ax=ax, group_order=sorted(nodes["group"].unique()), weight_name="mean of the axes",
            held_name="specialised", size_name="jobs", source=SOURCE,
            title=f"{place(named.index[0])} is most often the first partner in {family_name(family)}",
        )  # fmt: skip
    alt = f"Every Alpine region linked with its first partner abroad. Named most: {named.index[0]}, by {named.iloc[0]}."
    return Picture(
        figure, "partner-graph", first, alt, "A line joins a region with the partner abroad that ranks first."
    )


def families_sentence(region: str) -> str:
    """Return which families' first partner is settled whatever the draws say; empty for a region without figures."""
    if evidence.area_of(region) is None:
        return ""
    settled = [family for family in FAMILIES if ranked(region, family)["rank_upper"].iloc[0] <= 1]
    if not settled:
        return f"In none of the {len(FAMILIES)} families the first place holds in 90 % of the draws."
    names = listed([family_name(family) for family in settled])
    return f"In {len(settled)} of {len(FAMILIES)} families the first place holds in 90 % of the draws: {names}."


def card(region: str, family: str | None) -> str:
    """Return the finding for the index: who comes first in which family, with the mean and the weakest axis."""
    if evidence.area_of(region) is None:
        return no_figures(region)
    row = ranked(region, family).iloc[0]
    weakest = f"{AXIS_NAMES['en'][row['weakest']]} ({decimal(row['minimum'])})"
    return f"{headline(region, family)}. Mean of the axes known: {decimal(row['mean'])}; weakest: {weakest}."


def report_name(region: str, family: str | None) -> str:
    """Return the name of the report: that of a family other than the leading one stands behind the region's.

    Examples
    --------
    >>> report_name("fribourg", None)
    'partners-fribourg'
    """
    plain = family is None or family == evidence.leading_family(region)
    return f"partners-{region}" if plain else f"partners-{region}-{family}"
