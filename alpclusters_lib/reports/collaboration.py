"""Who works with whom in Horizon 2020: the Alpine countries in joint projects, beside what their sizes would give.

Projects are counted by country: nothing here speaks of Alpine regions, nor of one value chain. Switzerland is in, and
was associated to parts of the programme only until the end of 2016.
"""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.figures import ratio_heat_map, style
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import count, decimal, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.value_chains.collaboration import observed_over_expected

__all__ = ["COUNTRIES", "collaboration_picture", "collaboration_sentence", "collaboration_table", "limits"]

COUNTRIES = {
    "AT": "Austria", "CH": "Switzerland", "DE": "Germany", "FR": "France", "IT": "Italy", "LI": "Liechtenstein",
    "SI": "Slovenia",
}  # fmt: skip
TYPES = {"all": "all organisations", "PRC": "firms", "HES": "higher education", "REC": "research organisations"}
SOURCE = "Source: CORDIS, Horizon 2020 projects (2014-2020), own computation."
# below so many joint projects a ratio is not told in a sentence
FEWEST = 20


def ratios(kind: str = "all") -> pd.DataFrame:
    """Return observed over expected of all pairs of Alpine countries, own pairs in, for one type of organisation."""
    return _ratios(kind)


@functools.lru_cache(maxsize=len(TYPES))
def _ratios(kind: str) -> pd.DataFrame:
    table = datasets.collaboration(by_type=kind != "all")
    held = {*table.loc[table["type_a"] == kind, "country_a"], *table.loc[table["type_b"] == kind, "country_b"]}
    return observed_over_expected(table, types=kind, countries=[code for code in COUNTRIES if code in held])


def _across(kind: str = "all") -> pd.DataFrame:
    """Return pairs of two countries with enough joint projects."""
    table = ratios(kind)
    own = table.index.get_level_values(0) == table.index.get_level_values(1)
    return table[~own & (table["projects"] >= FEWEST)].sort_values("ratio", ascending=False)


def _pair(label: tuple[str, str]) -> str:
    return " and ".join(COUNTRIES[code] for code in label)


def _told(row: pd.Series) -> str:
    return f"{decimal(row['ratio'])} times ({span(row['lower'], row['upper'])})"


def collaboration_sentence() -> str:
    """Return which Alpine countries meet more, and which less, than their sizes would give."""
    table = _across()
    more, less = table[table["lower"] > 1], table[table["upper"] < 1]
    first, last = table.iloc[0], table.iloc[-1]
    own = ratios().loc[[pair for pair in ratios().index if pair[0] == pair[1]]]
    least = own[own["projects"] >= FEWEST]["ratio"].min()
    more_told = "; ".join(_pair(pair) for pair in more.index) or "none of them"
    return (
        f"In Horizon 2020, {len(more)} of {len(table)} pairs of Alpine countries work together more often than their "
        f"sizes would give ({more_told}) and {len(less)} less often. "
        f"The highest ratio is that of {_pair(table.index[0])}, {_told(first)} the expected, the lowest that of "
        f"{_pair(table.index[-1])}, {_told(last)}. Inside each of these countries it is at least {decimal(least)} "
        "times the expected, which leaves less for others."
    )


def limits() -> list[str]:
    """Return what these figures cannot say."""
    few = ratios()["projects"].groupby(level=0).sum()
    sparse = [COUNTRIES[code] for code in COUNTRIES if code in few and few[code] + _others(code) < FEWEST]
    told = [
        "Projects are counted by country: they say nothing on Alpine regions, and nothing on one value chain.",
        "Switzerland was associated to parts of Horizon 2020 only from September 2014 to the end of 2016, and fully "
        "from 2017 (State Secretariat for Education, Research and Innovation).",
        "Intervals take joint projects as independent draws; consortia form again and calls ask for partners of "
        "several countries, so the true instability is larger.",
    ]
    if sparse:
        told.append(f"{listed(sparse)} has fewer than {FEWEST} joint projects with Alpine countries: no ratio is told.")
    return told


def _others(code: str) -> int:
    table = ratios()
    second = table.index.get_level_values(1) == code
    return int(table.loc[second & (table.index.get_level_values(0) != code), "projects"].sum())


def collaboration_table() -> pd.DataFrame:
    """Return ratios with their intervals by pair, for all organisations and by type on both sides."""
    rows = []
    for pair in ratios().index:
        row = {"countries": COUNTRIES[pair[0]] if pair[0] == pair[1] else _pair(pair)}
        row["kind"] = "with itself" if pair[0] == pair[1] else "across a border"
        row["joint projects"] = count(ratios().loc[pair, "projects"])
        for kind, name in TYPES.items():
            table = ratios(kind)
            row[name] = _cell(table.loc[pair]) if pair in table.index else "no joint project"
        rows.append(row)
    return pd.DataFrame(rows)


def _cell(row: pd.Series) -> str:
    if row["projects"] == 0:
        return "no joint project"
    if row["projects"] < FEWEST:
        number = int(row["projects"])
        return f"{number} joint project{'s' if number > 1 else ''}"
    return f"{decimal(row['ratio'])} ({span(row['lower'], row['upper'])})"


def collaboration_picture(kind: str = "all") -> Picture:
    """Draw the matrix of Alpine countries, own pairs framed, for one type of organisation."""
    if kind not in TYPES:
        raise ValueError(f"type {kind!r} is not drawn; available: {', '.join(TYPES)}")
    table = ratios(kind)
    enough = table.where(table["projects"] >= FEWEST)
    codes = [code for code in COUNTRIES if code in table.index.get_level_values(0)]
    names = [COUNTRIES[code] for code in codes]
    wide = {column: _square(enough[column], codes, names) for column in ("ratio", "lower", "upper")}
    drawn = wide["ratio"].dropna(how="all").index
    wide = {column: part.loc[drawn, drawn] for column, part in wide.items()}
    aside = pd.DataFrame([[a == b for b in drawn] for a in drawn], drawn, drawn)
    top = _across(kind)
    title = f"{_pair(top.index[0])} meet most in Horizon 2020 for their size ({TYPES[kind]})"
    missing = [name for name in COUNTRIES.values() if name not in drawn]
    left = f"Not drawn, fewer than {FEWEST} joint projects: {listed(missing)}." if missing else ""
    with style.style():
        figure, ax = panel(6.4, 0.9 + 0.52 * len(drawn))
        ratio_heat_map.ratio_heat_map(
            wide["ratio"], ax=ax, lower=wide["lower"], upper=wide["upper"], aside=aside, title=title, source=SOURCE,
            note=f"Framed: a country with itself. {left}".strip(),
        )  # fmt: skip
    told = "; ".join(f"{_pair(pair)} {_told(row)}" for pair, row in pd.concat([top.head(3), top.tail(2)]).iterrows())
    alt = f"Joint projects over what sizes would give, {TYPES[kind]}, {len(drawn)} Alpine countries: {told}."
    caption = (
        "Pairs of organisations in joint projects, each project's pairs weighted by its size, over what they would be "
        "if organisations were spread over the projects at random. Own pairs are a possibility as any other. Whole "
        "countries; Switzerland was only partly associated until the end of 2016."
    )
    return Picture(figure, f"collaboration-{kind.lower()}", table.reset_index(), alt, caption)


def _square(values: pd.Series, codes: list[str], names: list[str]) -> pd.DataFrame:
    square = values.unstack().reindex(index=codes, columns=codes)
    return square.combine_first(square.T).reindex(index=codes, columns=codes).set_axis(names).set_axis(names, axis=1)
