"""What growth of a division is associated with: the equation of Delgado, Porter & Stern on the EU's regions, and its
robustness. Associations, from regressors dated before the window; nothing here says what brings growth about."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import datasets, sectors
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.econometrics import (
    Association,
    cluster_growth,
    cluster_growth_variants,
    random_groups,
    residual_association,
)
from alpclusters_lib.figures import coefficients, style
from alpclusters_lib.indicators.panel import growth_panel
from alpclusters_lib.indicators.spatial_association import neighbour_graph
from alpclusters_lib.reports.atlas import FAMILIES
from alpclusters_lib.reports.divisions import divisions, learnt_proximity
from alpclusters_lib.reports.numbers import count, decimal, percent, span
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = [
    "coefficient_picture",
    "growth_sentence",
    "headline",
    "residual_sentence",
    "specification_text",
    "variant_table",
]

# The longest window whose figures hold few breaks: France and Germany changed theirs in 2014.
WINDOW = (2011, 2013)
TERMS = {
    "ln_own_quotient": "division itself",
    "ln_group_quotient": "rest of the cluster",
    "ln_linked_quotient": "linked clusters",
}
BASE = {"start": WINDOW[0], "end": WINDOW[1], "regressor_years": "earlier"}
MAIN = "quotients before 2011"
# Each differs from the first in one choice.
VARIANTS = {
    MAIN: {},
    "quotients of 2011": {"regressor_years": "start"},
    "published cells only": {"statuses": ("observed",)},
    "100 jobs or more": {"minimum_jobs": 100},
    "1,000 jobs or more": {"minimum_jobs": 1000},
    "growth 2011-2014": {"end": 2014},
    "Poisson, zeros counted": {"method": "poisson"},
    "without Germany": {"without": "DE"},
}
NEAREST = 5
PLACEBOS = 49
# enough for one division alone to pass Benjamini and Hochberg over all of them
PERMUTATIONS = 1_999
LEVEL = 0.05
SUMMARIES = ["region effects", "all sectors"]


def groups() -> dict[str, str]:
    """Return the one cluster of each division: the atlas's families, which share none; else its section."""
    found = {division: family for family in FAMILIES for division in sectors.family(family).divisions}
    known = divisions(2014).jobs.columns
    return {division: found.get(division, f"section {sectors.section_of(division)}") for division in known}


def cluster_links() -> pd.DataFrame:
    """Return how near clusters are: the mean proximity of their divisions in 2010, of the five nearest of each."""
    links = learnt_proximity(2010)
    of = pd.Series(groups()).reindex(links.index)
    means = links.fillna(0).groupby(of).mean().T.groupby(of).mean().T
    apart = means.where(~np.eye(len(means), dtype=bool))
    return apart.where(apart.rank(axis=1, ascending=False) <= NEAREST).fillna(0.0)


@functools.lru_cache(maxsize=1)
def _panel() -> pd.DataFrame:
    table = growth_panel(datasets.employment(), list(groups()), level=2, by="division")
    return table[table["region"].str[:2].isin(EU28_MEMBERS)]


@functools.lru_cache(maxsize=1)
def variants() -> pd.DataFrame:
    """Return the estimates under every choice, a row a variant and term."""
    found = []
    for name, options in VARIANTS.items():
        rest = {key: value for key, value in options.items() if key != "without"}
        kept = _panel()
        if "without" in options:
            kept = kept[~kept["region"].str.startswith(options["without"])]
        found.append(cluster_growth_variants(kept, {name: BASE | rest}, groups=groups(), links=cluster_links()))
    return pd.concat(found, ignore_index=True)


@functools.lru_cache(maxsize=1)
def _main() -> Association:
    return cluster_growth(_panel(), groups=groups(), links=cluster_links(), **BASE)


def _of(term: str, variant: str = MAIN) -> pd.Series:
    table = variants()
    return table[(table["term"] == term) & (table["variant"] == variant)].iloc[0]


def _steady(term: str) -> tuple[int, int]:
    """Return in how many variants the interval lies on the main estimate's side of 0, and how many there are."""
    rows = variants()[lambda table: table["term"] == term]
    positive = _of(term)["estimate"] > 0
    return int(((rows["lower"] > 0) if positive else (rows["upper"] < 0)).sum()), len(rows)


def _of_variants(steady: int, number: int) -> str:
    """Return in how many variants something holds."""
    if steady in (0, number):
        return f"{'all' if steady else 'none of the'} {number} variants"
    return f"{steady} of {number} variants"


def _unlike(term: str) -> str:
    """Return the variants whose interval does not lie on the main estimate's side of 0, where these are the fewer."""
    rows = variants()[lambda table: table["term"] == term]
    positive = _of(term)["estimate"] > 0
    others = rows.loc[~((rows["lower"] > 0) if positive else (rows["upper"] < 0)), "variant"]
    return f" (not: {'; '.join(others)})" if 0 < len(others) <= len(rows) / 2 else ""


def growth_sentence(term: str) -> str:
    """Return what a doubling of one quotient goes along with, and in how many variants."""
    row = _of(term)
    doubled, low, high = (100 * (2.0 ** row[column] - 1) for column in ("estimate", "lower", "upper"))
    steady, number = _steady(term)
    side, more = ("above", "more") if row["estimate"] > 0 else ("below", "fewer")
    change = (
        f"{percent(abs(doubled))} {more} jobs in {WINDOW[1]} ({percent(low, signed=True)} to "
        f"{percent(high, signed=True)}), for the same jobs in {WINDOW[0]}"
    )
    if row["lower"] > 0 or row["upper"] < 0:
        text = f"Twice the quotient of the {TERMS[term]} goes along with {change}"
    else:
        text = f"The quotient of the {TERMS[term]} shows no association: twice of it goes along with {change}"
    return f"{text}. The interval lies {side} 0 in {_of_variants(steady, number)}{_unlike(term)}."


def headline() -> str:
    """Return the finding in one sentence."""
    row, (steady, number) = _of("ln_group_quotient"), _steady("ln_group_quotient")
    if row["lower"] > 0 or row["upper"] < 0:
        how = "positively" if row["estimate"] > 0 else "negatively"
        firm = _of_variants(steady, number)
        return f"Growth of a division is {how} associated with the strength of the rest of its cluster in {firm}"
    rows = variants()[lambda table: table["term"] == "ln_group_quotient"]
    shown = int(((rows["lower"] > 0) | (rows["upper"] < 0)).sum())
    others = f"{shown} of {number} variants show{'s' if shown == 1 else ''} one" if shown else "nor does any variant"
    return f"Growth of a division shows no association with the strength of the rest of its cluster; {others}"


def placebo_sentence() -> str:
    """Return the estimate beside those of divisions dealt into clusters at random."""
    found = random_groups(_panel(), groups=groups(), draws=PLACEBOS, rng=2011, **BASE).loc["ln_group_quotient"]
    draws = int(found["draws"])
    beyond = round(found["p"] * (draws + 1)) - 1
    if beyond:
        stand = "stand out" if found["p"] <= LEVEL else "do not stand out"
        judged = f"{beyond} of them {'is' if beyond == 1 else 'are'} as far from their mean"
        tested = f"p = {decimal(found['p'], 2)}"
    else:
        stand, judged = "stand out", "none of them is as far from their mean"
        tested = f"p = {decimal(found['p'], 2)}, the least that {draws} draws can give"
    return (
        f"Real clusters {stand} from random ones. Linked clusters left out, the coefficient of the rest of the cluster "
        f"is {decimal(found['estimate'], 3)}; with divisions dealt at random into clusters of the same sizes it is "
        f"{decimal(found['random_lower'], 3)} to {decimal(found['random_upper'], 3)} in {draws} draws: {judged} "
        f"({tested})."
    )


def specification_text() -> str:
    """Return equation, years, sample, effects and errors of the main variant in words."""
    return _main().specification


def variant_table() -> pd.DataFrame:
    """Return the estimates as a table to read, a row a variant."""
    table = variants()
    table["text"] = [f"{decimal(r.estimate, 3)} ({span(r.lower, r.upper, 3)})" for r in table.itertuples()]
    wide = table.pivot(index="variant", columns="term", values="text").reindex(list(VARIANTS))[list(TERMS)]
    sizes = table.drop_duplicates("variant").set_index("variant").reindex(list(VARIANTS))
    wide = wide.rename(columns=TERMS)
    wide.insert(0, "variant", wide.index)
    return wide.assign(
        cells=[count(value) for value in sizes["n"]], regions=[count(value) for value in sizes["clusters"]]
    ).reset_index(drop=True)


def coefficient_picture() -> Picture:
    """Draw the estimates of every term under every choice with their intervals."""
    table = variants()
    data = table.assign(term=table["term"].map(TERMS))
    title = f"{headline()}"
    with style.style():
        figure, ax = panel(9.6, 5.4)
        coefficients.coefficient_plot(data, ax=ax, title=title, source=SOURCE)
    alt = f"Coefficients with 95 % intervals by term and variant. {headline()}."
    caption = (
        "Change of the logarithm of jobs that goes along with one unit of the logarithm of a quotient; intervals of "
        "95 %, errors clustered by region."
    )
    return Picture(figure, "coefficients", data, alt, caption)


def _p(value: float, permutations: int) -> str:
    """Write a p from permutations; the least that they can give is a limit, not a figure."""
    least = 1 / (permutations + 1)
    return f"≤ {max(least, 0.001):.3f}" if value <= max(least, 0.001) + 1e-9 else f"= {value:.3f}"


def residual_sentence() -> str:
    """Return whether what the equation leaves is alike among neighbours."""
    known = _main().residuals.index.get_level_values(0).unique()
    shapes = datasets.boundaries(2)
    graph = neighbour_graph(shapes[shapes.index.isin(known)])
    found = residual_association(_main(), graph, permutations=PERMUTATIONS, rng=2014)
    row = found.loc["all sectors"]
    if row["p"] > LEVEL:
        judged, then = "no more alike than chance gives", ""
    elif row["statistic"] > row["expected"]:
        judged = "more alike than chance gives"
        then = " Intervals that take regions as independent are then too narrow."
    else:
        judged, then = "less alike than chance gives", ""
    alone = found["q"].drop(SUMMARIES, errors="ignore").dropna()
    shown = int((alone <= LEVEL).sum())
    show = f"{shown or 'none'} of {len(alone)} divisions show{'s' if shown <= 1 else ''} it"
    return (
        f"What the equation leaves is {judged} among neighbouring regions (Moran's I {decimal(row['statistic'], 3)} "
        f"against {decimal(row['expected'], 3)} expected, p {_p(row['p'], PERMUTATIONS)}).{then} Taken one by one, "
        f"{show}, false discoveries held at 5 %."
    )
