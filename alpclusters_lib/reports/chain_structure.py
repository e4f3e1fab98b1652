"""How a chain's industries are tied into their countries and the world: key sectors and participation.

Both describe whole industries, or whole economies, in the purchases of one year of the world table.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Sequence

import pandas as pd

from alpclusters_lib import regions
from alpclusters_lib.figures import key_sectors, shares, style
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.chain_trade import (
    ALL_STAGES,
    ALPINE,
    COLOURS,
    ORIGINS,
    OTHER_ALPINE,
    VALUE,
    WORLD_SOURCE,
    YEAR,
    YEARS,
    checked,
    headed,
    industry_names,
    origins,
    row_names,
    stage_names,
    stage_weights,
    world,
)
from alpclusters_lib.reports.numbers import percent
from alpclusters_lib.reports.pictures import Picture
from alpclusters_lib.value_chains.input_output import (
    backward_linkages,
    forward_linkages,
    global_value_chain_participation,
)
from alpclusters_lib.value_chains.origins import OWN

__all__ = [
    "country_names",
    "key_sector_picture",
    "key_sector_sentence",
    "linkages",
    "participation_picture",
    "participation_sentence",
    "unbalanced_sentence",
]

# an industry is called one of the chain's main ones where it holds this share of a stage
MAIN = 0.25


def country_names() -> dict[str, str]:
    """Return the name of each Alpine country by its code in the world table."""
    return {iso: regions.name(code) for code, iso in ALPINE.items()}


# --- key sectors


@functools.lru_cache(maxsize=1)
def linkages() -> pd.DataFrame:
    """Return backward and forward (Ghosh) linkages of every industry of each Alpine country, 1 the country's mean.

    From domestic flows alone: how strongly an industry is tied to the others of its own country. Industries without
    output are NaN and count in no mean.
    """
    tables, found = world(YEAR), {}
    for country in ALPINE.values():
        x = tables.x[country]
        used = x.index[x > 0]
        Z = tables.Z.loc[country, country].loc[used, used]
        parts = {"backward": backward_linkages(Z, x[used], normalised=True),
                 "forward": forward_linkages(Z, x[used], normalised=True)}  # fmt: skip
        found[country] = pd.DataFrame(parts).reindex(x.index)
    return pd.concat(found, names=["country", "industry"])


def _main_industries(evidence: ChainEvidence) -> list[str]:
    weights = stage_weights(evidence).drop(columns=ALL_STAGES)
    held = weights.index[(weights >= MAIN).any(axis=1)]
    return [code for code in industry_names().index if code in held]


def _key(evidence: ChainEvidence) -> pd.DataFrame:
    """Return whether each main industry of the chain is a key sector, industry × country."""
    table = linkages().loc[(slice(None), _main_industries(evidence)), :]
    key = ((table["backward"] > 1) & (table["forward"] > 1)).unstack("country")
    key = key[list(ALPINE.values())]
    return key.loc[key.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _key_title(evidence: ChainEvidence) -> str:
    key, names = _key(evidence), industry_names()
    everywhere = [names[code] for code in key.index[key.all(axis=1)]]
    some = [names[code] for code in key.index[key.any(axis=1) & ~key.all(axis=1)]]
    if everywhere:
        more = "" if not some else f"; {_and(some)} in some"
        return f"{_and(everywhere)}: key in all five countries{more}"
    return f"{_and(some)}: key in some of the five countries" if some else "No industry of the chain is a key sector"


def _and(names: Sequence[str]) -> str:
    # names such as "Food, beverages, tobacco" hold commas
    names = list(names)
    if len(names) > 4:
        names = [*names[:3], f"{len(names) - 3} more"]
    return names[0] if len(names) == 1 else f"{'; '.join(names[:-1])} and {names[-1]}"


def key_sector_sentence(evidence: ChainEvidence) -> str:
    """Return which industries of the chain are key sectors, and where."""
    key, names, countries = _key(evidence), industry_names(), country_names()
    held = key[key.any(axis=1)]
    parts = []
    for code, row in held.iterrows():
        where = [countries[c] for c in key.columns[row.to_numpy(dtype=bool)]]
        parts.append(f"{names[code]} in {'all five' if row.all() else _comma(where)}")
    none = [names[code] for code in key.index.difference(held.index, sort=False)]
    told = f"Key sectors of their country among the chain's main industries, {YEAR}: {'; '.join(parts) or 'none'}."
    if parts and none:
        told += f" In none of the five Alpine countries: {'; '.join(none)}."
    return (
        f"{told} A key sector both buys from and sells to the industries of its country more than the average industry "
        "does (domestic flows, sales followed by Ghosh's model). Main are industries that hold "
        f"{percent(100 * MAIN, 0)} of a stage's jobs or more."
    )


def _comma(names: Sequence[str]) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def key_sector_picture(evidence: ChainEvidence) -> Picture:
    """Draw the linkages of all industries in each Alpine country, the chain's main ones by name."""
    import matplotlib.pyplot as plt

    table = linkages().assign(label=lambda t: t.index.get_level_values("industry"))
    main, countries, named = _main_industries(evidence), country_names(), industry_names()
    key = "\n".join([*_HOW_TO_READ, *(f"{code}  {named[code]}" for code in main)])
    # room for the names of the corners, clear of the dots
    ends = [(table[name].min() - 0.12, table[name].max() + 0.15) for name in ("backward", "forward")]
    with style.style():
        figure = plt.figure(figsize=(3.4, 3.0))
        for place, (country, name) in enumerate(countries.items()):
            across, up = place % 3, place // 3
            # labels are placed on a trial drawing of the figure, which need not hold the panels that are done
            for done in figure.axes:
                done.set_visible(False)
            ax = figure.add_axes((1.15 * across, -1.27 * up, 1.0, 1.0))
            key_sectors.key_sector_panel(
                table.loc[country],
                ax=ax,
                highlight=main,
                limits=tuple(ends),
                axis_labels=("x" if up or across == 2 else "") + ("" if across else "y"),
            )
            headed(ax, name)
        for done in figure.axes:
            done.set_visible(True)
        figure.text(0.0, 1.15, _key_title(evidence), fontsize=11, fontweight="bold", color=style.INK, va="bottom")
        figure.text(2.3, -0.34, key, fontsize=8, color=style.TEXT, va="top", linespacing=1.5)
        figure.text(0.0, -1.5, f"{WORLD_SOURCE} {YEAR}.", fontsize=6.8, color=style.GREY, va="top")
    hidden = table.index[table["backward"].isna()]
    gone = (
        f" Without output, not drawn: {', '.join(f'{i} in {countries[c]}' for c, i in hidden)}." if len(hidden) else ""
    )
    alt = (
        f"Scatter of normalised backward and forward linkages in five Alpine countries. {key_sector_sentence(evidence)}"
    )
    caption = (
        f"Each dot is one of 35 industries, domestic flows of {YEAR}; magenta: main industries of the chain. Dashed: "
        f"the mean of the country's industries. These are whole industries, of which the chain is a part.{gone}"
    )
    return Picture(figure, "chain-key-sectors", table.reset_index(), alt, caption)


_HOW_TO_READ = (
    "Right: buys more from industries of its",
    "country than the average industry.",
    "Above: more of what it sells goes into",
    "other industries. Both: a key sector.",
    "",
)


# --- participation


@functools.lru_cache(maxsize=len(YEARS))
def _participation(year: int) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return participation of all countries, and what the computation warned of."""
    tables = world(year)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = global_value_chain_participation(tables.Z, tables.Y, tables.x)
    for message in told:
        # only what limits and sentences tell is kept back
        if not re.match(r"(uses|x) of sector", str(message.message)):
            warnings.warn_explicit(message.message, message.category, message.filename, message.lineno)
    return found, tuple(str(m.message) for m in told if str(m.message).startswith("uses of sector"))


def unbalanced_sentence() -> str:
    """Return what the rows that do not add up mean for participation; empty where all add up."""
    if not _participation(YEAR)[1]:
        return ""
    rows = checked()[lambda table: (table["check"] == "unbalanced row") & table["country"].isin(ALPINE.values())]
    far = rows.head(3)
    each = [f"{name} ({percent(100 * share)})" for name, share in zip(row_names(far), far["share"], strict=True)]
    return (
        "Uses and output of a row agree to whole millions of USD only. Rows of Alpine countries that miss by most, as "
        f"a share of their output: {'; '.join(each)}."
    )


def participation_sentence(evidence: ChainEvidence) -> str:
    """Return how much of each Alpine country's exports crosses more than one border, and what the stages hold."""
    (now, _), (then, _) = _participation(YEAR), _participation(YEARS[0])
    names = country_names()
    gvc = now.loc[list(names), "gvc"].sort_values(ascending=False)
    told = _comma([f"{names[c]} {percent(100 * v)} ({percent(100 * then.loc[c, 'gvc'])})" for c, v in gvc.items()])
    table = origins(evidence)
    foreign = 1 - table[VALUE, OWN].drop(ALL_STAGES)
    most, least = foreign.idxmax(), foreign.idxmin()
    labels = stage_names(evidence)
    return (
        f"Of their exports in {YEAR} ({YEARS[0]} in brackets), this share crossed more than one border: {told}; whole "
        f"economies, not the chain alone. Of the chain's stages, final products of {labels[most]} hold the largest "
        f"share of value from abroad, {percent(100 * foreign[most])}, of which "
        f"{percent(100 * table.loc[most, (VALUE, OTHER_ALPINE)])} from other Alpine countries; those of "
        f"{labels[least]} the smallest, {percent(100 * foreign[least])}."
    )


def participation_picture(evidence: ChainEvidence) -> Picture:
    """Draw participation of the Alpine countries in two years, beside the value from abroad in the stages' products."""
    import matplotlib.pyplot as plt

    names, labels = country_names(), stage_names(evidence)
    parts = {(names[c], str(year)): _participation(year)[0].loc[c, ["backward", "forward"]]
             for c in names for year in (YEARS[0], YEAR)}  # fmt: skip
    bars = pd.DataFrame(parts).T.rename(columns={"backward": "made with foreign inputs (backward)",
                                                 "forward": "exported again by the buyer (forward)"})  # fmt: skip
    stages = origins(evidence)[VALUE].drop(index=ALL_STAGES)[list(ORIGINS[1:])].rename(index=labels)
    title = _participation_title(bars)
    with style.style():
        figure = plt.figure(figsize=(4.2, 3.6))
        left = figure.add_axes((0.1, 0.0, 1.0, 1.0))
        right = figure.add_axes((1.65, 0.0, 0.95, 1.0))
        shares.stacked_shares(
            bars, ax=left, colours=dict(zip(bars.columns, ("#1F6A93", "#B9CFDC"), strict=True)),
            groups={row: row[0] for row in bars.index}, x_label="Per cent of the country's exports",
        )  # fmt: skip
        shares.stacked_shares(stages, ax=right, colours=COLOURS, x_label="Per cent of the value of final products")
        headed(left, f"Exports that cross more than one border, {YEARS[0]} and {YEAR}", 1.09)
        headed(right, f"Value from abroad in the stages' products, {YEAR}", 1.09)
        figure.text(-0.13, 1.22, title, fontsize=11, fontweight="bold", color=style.INK, va="bottom")
        figure.text(-0.13, -0.19, f"{WORLD_SOURCE} Participation after Borin & Mancini (2019).", fontsize=6.8,
                    color=style.GREY, va="top")  # fmt: skip
    alt = f"Bars of participation in value chains and of value from abroad. {participation_sentence(evidence)}"
    caption = (
        "Left: whole economies; what is exported and crosses one border only is left out. Right: the five Alpine "
        "countries together, seen through the stages' industries. Switzerland and Liechtenstein are inside the rest of "
        f"the world. {unbalanced_sentence()}"
    ).strip()
    data = pd.concat({"participation": bars.rename_axis(["name", "year"]).reset_index(),
                      "stages": stages.rename_axis("name").reset_index()}, names=["panel"])  # fmt: skip
    return Picture(figure, "chain-participation", data.reset_index(level=0), alt, caption)


def _participation_title(bars: pd.DataFrame) -> str:
    total = bars.sum(axis=1).unstack()
    rose = total[str(YEAR)] > total[str(YEARS[0])]
    low, high = (percent(100 * end, 0) for end in (total[str(YEAR)].min(), total[str(YEAR)].max()))
    more = "more than in" if rose.all() else "less than in" if not rose.any() else "not everywhere more than in"
    return f"{low} to {high} of Alpine countries' exports crossed more than one border in {YEAR}, {more} {YEARS[0]}"
