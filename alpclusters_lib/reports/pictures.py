"""The figures of a case study: which table is drawn how, under which title, with which words for who cannot see it.

Each function takes the evidence and returns a :class:`Picture`; drawing itself is in :mod:`alpclusters_lib.figures`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.status import worst_status
from alpclusters_lib.figures import charts, maps, style
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.reports.marked import growth, growth_is_estimated, growth_limits, is_estimated, quotient
from alpclusters_lib.reports.narrative import headline
from alpclusters_lib.reports.numbers import about, count, decimal, estimate, ordinal, percent, span
from alpclusters_lib.reports.robustness import survival

__all__ = [
    "Picture",
    "divisions",
    "drawn",
    "growth_bubble",
    "map_of_perimeter",
    "panel",
    "peers",
    "standing",
    "uncertain",
    "waterfall",
]

SOURCE = "Source: Eurostat, sbs_r_nuts06_r2 (2017), own computation. Business economy only."
GEO = "© EuroGeographics for the administrative boundaries."


class Picture(NamedTuple):
    """A figure with its file name, the numbers it draws, an alternative text and a caption."""

    figure: Figure
    name: str
    data: pd.DataFrame
    alt: str
    caption: str


# A bounded quotient is drawn at the middle of its limits while the upper one is at most this multiple of the lower.
NARROW = 1.25


def drawn(table: pd.DataFrame) -> pd.Series:
    """Return the quotients that a figure shows: known ones, and the middle of narrow limits (marked as bounded)."""
    middle = np.sqrt(table["lq_lower"] * table["lq_upper"])
    return table["lq"].fillna(middle.where(table["lq_upper"] <= NARROW * table["lq_lower"]))


def uncertain(table: pd.DataFrame) -> set[str]:
    """Return the rows that rest on an estimate or on limits."""
    return set(table.index[table.apply(is_estimated, axis=1)])


def _styled(draw: Callable[[Evidence], Picture | None]) -> Callable[[Evidence], Picture | None]:
    """Draw in the house style, which sets type, lines and grids for everything made inside."""

    @functools.wraps(draw)
    def drawn_in_style(evidence: Evidence) -> Picture | None:
        with style.style():
            return draw(evidence)

    return drawn_in_style


def panel(width: float, height: float) -> tuple[Figure, plt.Axes]:
    """Return a figure that one panel fills; what stands around it is added when the figure is saved."""
    figure = plt.figure(figsize=(width, height))
    return figure, figure.add_axes((0.0, 0.0, 1.0, 1.0))


def _case(evidence: Evidence) -> str:
    return f"{evidence.units.index[0]}, {evidence.case.year}"


def _with_units(evidence: Evidence) -> pd.DataFrame:
    """Return the perimeter's regions by name, without those of the case, below the case's own areas."""
    table = evidence.regions[evidence.regions["alpine"]].drop(list(evidence.case.unit.area), errors="ignore")
    table = table.set_index("name").drop(list(evidence.units.index), errors="ignore")
    own = evidence.units.assign(lower=evidence.units["extreme_lower"], upper=evidence.units["extreme_upper"])
    both = pd.concat([own, table])
    return both.assign(estimate=drawn(both))


def map_of_perimeter(evidence: Evidence) -> Picture:
    """Map the quotients of the perimeter's regions, with their ranking."""
    case, table = evidence.case, evidence.regions
    codes = list(regions.perimeter(case.perimeter))
    label = regions.PERIMETERS[case.perimeter]["en"]
    data = table.reindex(codes)[
        ["jobs", "jobs_lower", "jobs_upper", "lq", "lq_lower", "lq_upper", "lower", "upper", "status"]
    ]
    names = datasets.regions(level=2)["name_en"]
    data.insert(0, "name", names.reindex(codes))
    values = drawn(data)
    figure = maps.choropleth_with_ranking(
        values,
        datasets.boundaries(0, 2),
        title=_place_in_perimeter(evidence, values),
        subtitle=f"{case.cluster.label_en}: location quotient by region, {label}, {case.year}",
        source=f"{SOURCE} {GEO}",
        perimeter=codes,
        outline=[code for code in case.unit.area if code in codes],
        names=names,
        lower=data["lower"],
        upper=data["upper"],
        estimated=uncertain(data),
    )
    top = values.dropna().sort_values(ascending=False).head(3)
    alt = (
        f"Map and ranking of location quotients of {case.cluster.label_en} in the {label}, {case.year}. Highest: "
        + ", ".join(f"{names[code]} {about(decimal(v), code in uncertain(data))}" for code, v in top.items())
        + f". {int(values.isna().sum())} regions without a figure are hatched."
    )
    caption = (
        "Classes are the same in all maps and symmetric around 1 on a log scale. Dotted: a hidden division or a "
        "section of the total is estimated. Hatched: no figure."
    )
    return Picture(figure, "map", data, alt, caption)


def _standing_title(evidence: Evidence, values: pd.Series) -> str:
    unit, main = evidence.units.index[0], evidence.main
    if pd.isna(values[unit]):
        return f"{unit}: known only within the limits {quotient(main)}, not drawn among the EU regions"
    known = values.dropna()
    below = (known < known[unit]).sum() / max(len(known) - 1, 1)
    return f"{unit}: a higher quotient than {percent(below * 100, 0)} of the EU regions with one"


def _place_in_perimeter(evidence: Evidence, values: pd.Series) -> str:
    """Return the finding of the map: the case's quotient and its place among the perimeter's other regions."""
    unit, own = evidence.units.index[0], drawn(evidence.units.head(1)).iloc[0]
    others = values.drop(list(evidence.case.unit.area), errors="ignore").dropna()
    if pd.isna(own):
        return headline(evidence)
    place = ordinal(1 + (others > own).sum())
    text = about(decimal(own), is_estimated(evidence.main))
    return f"{unit}: {text} times the EU's share, {place} of {len(others) + 1} areas with figures"


@_styled
def standing(evidence: Evidence) -> Picture | None:
    """Show the area among all EU regions; None for a country, which is no region."""
    if evidence.case.unit.national_frame:
        return None
    table, unit = evidence.regions, evidence.units.index[0]
    # without limits on both sides a region is not ranked
    kept = table.drop(list(evidence.case.unit.area), errors="ignore").dropna(subset=["lower", "upper"])
    values = pd.concat([kept["lq"], evidence.units["lq"].head(1).fillna(drawn(evidence.units.head(1)))])
    alpine = [*kept.index[kept["alpine"]], unit]
    guessed = uncertain(pd.concat([kept, evidence.units.head(1)]))
    figure, ax = panel(7.6, 2.9)
    charts.rank_strip(
        values, ax=ax, highlight=[unit], group=alpine, estimated=guessed, source=SOURCE,
        names=datasets.regions(level=2)["name_en"].combine_first(pd.Series({unit: unit})),
        title=_standing_title(evidence, values), group_name=regions.PERIMETERS[evidence.case.perimeter]["en"],
    )  # fmt: skip
    known = int(values.notna().sum())
    alt = f"Distribution of location quotients over {known} EU regions; {_case(evidence)}: {quotient(evidence.main)}."
    data = values.rename("lq").to_frame().assign(estimated=values.index.isin(list(guessed)))
    caption = "Each dot is a NUTS 2 region of the EU; hollow where its quotient rests on an estimate."
    return Picture(figure, "standing", data, alt, caption)


@_styled
def peers(evidence: Evidence) -> Picture:
    """Show the perimeter's regions with their intervals, and every area of the case."""
    both = _with_units(evidence)[["estimate", "lower", "upper", "status"]]
    above = int((both["lower"] > 1).sum())
    figure, ax = panel(7.6, 1.0 + 0.2 * len(both))
    charts.interval_dots(
        both, ax=ax, highlight=list(evidence.units.index), source=SOURCE,
        title=f"{above} of {len(both)} areas are specialised beyond the instability of their figure",
    )  # fmt: skip
    alt = f"Location quotients with 95 % intervals of {len(both)} areas; {above} lie above 1 with their lower limit."
    caption = (
        "Interval: how far the quotient would move if establishments were redrawn, with hidden figures at their limits."
    )
    return Picture(figure, "peers", both, alt, caption)


@_styled
def divisions(evidence: Evidence) -> Picture | None:
    """Show jobs and quotient of the divisions inside the cluster; None where it is a single one."""
    if len(evidence.parts) == 1:
        return None
    columns = ["label", "jobs", "jobs_lower", "jobs_upper", "lq", "lq_lower", "lq_upper", "lower", "upper", "status"]
    parts = evidence.parts[columns].rename(columns={"label": "name"})
    known = parts.dropna(subset=["jobs"])
    title = "No division is published"
    if len(known):
        top = known.loc[known["jobs"].idxmax()]
        title = f"{top['name']}: the largest division, {estimate(*top[['jobs', 'jobs_lower', 'jobs_upper']])} jobs"
    figure, ax = panel(7.6, 0.7 + 0.36 * max(len(parts), 2))
    charts.division_bars(parts, ax=ax, title=title, source=SOURCE)
    told = "; ".join(
        f"{row['name']} {estimate(*row[['jobs', 'jobs_lower', 'jobs_upper']])} jobs, quotient {quotient(row)}"
        for _, row in parts.iterrows()
    )
    alt = f"Divisions of {evidence.case.cluster.label_en} in {_case(evidence)}: {told}."
    withheld = [
        f" {row['name']}: {span(*row[['jobs_lower', 'jobs_upper']], 0)} jobs, confidential, hence not drawn."
        for _, row in parts[parts["jobs"].isna() & parts["jobs_upper"].notna()].iterrows()
    ]
    caption = f"Bars: jobs. Dots: location quotient (EU = 1). Hollow: estimated.{''.join(withheld)}"
    return Picture(figure, "divisions", parts, alt, caption)


@_styled
def growth_bubble(evidence: Evidence) -> Picture | None:
    """Show quotient against growth for the perimeter's regions; None without a growth window."""
    grown = evidence.growth
    if grown is None:
        return None
    both = _with_units(evidence)[["lq", "growth_pct", "jobs", "status", "growth_status"]]
    known = both[["status", "growth_status"]].fillna("missing")
    both = both.assign(status=known.agg(worst_status, axis=1)).drop(columns="growth_status")
    figure, ax = panel(7.6, 4.6)
    charts.lq_growth_bubble(
        both, ax=ax, highlight=list(evidence.units.index), reference_growth=grown.reference_pct,
        reference_name="same divisions, EU", y_label=f"Change in jobs {grown.start}–{grown.end}, per cent",
        title=_growth_title(evidence), source=f"{SOURCE} Reference: {len(grown.countries)} EU countries.",
    )  # fmt: skip
    alt = f"Location quotient {evidence.case.year} against growth {grown.start}-{grown.end}. {_growth_title(evidence)}."
    caption = (
        "Bubble area: jobs. Star: specialised and growing faster than the same divisions in the EU; mature, emerging "
        "and transforming accordingly. Quotient and growth share the end year: read no cause into the picture."
    )
    return Picture(figure, "growth", both, alt, caption)


def _growth_title(evidence: Evidence) -> str:
    own, grown = evidence.main["growth_pct"], evidence.growth
    other = percent(grown.reference_pct, signed=True)
    if pd.isna(own):
        return f"Growth of {evidence.units.index[0]} is hidden; the same divisions in the EU: {other}"
    return f"{evidence.units.index[0]}: {growth(evidence.main)} in {grown.start}–{grown.end}, EU {other}"


@_styled
def waterfall(evidence: Evidence) -> Picture | None:
    """Show the shift-share parts of the change in jobs; None where it cannot be computed."""
    if evidence.growth is None or pd.isna(evidence.main["regional"]):
        return None
    parts = evidence.main[["national", "industry", "regional"]].astype(float)
    guessed = growth_is_estimated(evidence.main)
    figure, ax = panel(7.6, 2.9)
    charts.shift_share_waterfall(
        parts, ax=ax, estimated=guessed, title=_own_part(evidence),
        source=f"{SOURCE} Shift-share after Dunn (1960).",
    )  # fmt: skip
    alt = "Change of jobs split into " + ", ".join(f"{name} part {count(value)}" for name, value in parts.items()) + "."
    caption = (
        "National: as all jobs moved in the reference countries; industry: as the divisions did; regional: the rest."
    )
    if guessed:
        caption += f" Hollow: growth rests on estimates, at their limits it is {growth_limits(evidence.main)}."
    data = parts.rename("jobs").to_frame().assign(status=evidence.main["growth_status"])
    return Picture(figure, "shift-share", data, alt, caption)


def _own_part(evidence: Evidence) -> str:
    """Return how many jobs the area won or lost beyond its divisions' growth elsewhere, if estimates settle that."""
    if not survival(evidence).pace_survives:
        return "Estimates leave open whether jobs developed better than the divisions' growth elsewhere"
    regional = evidence.main["regional"]
    number = about(count(abs(regional)), growth_is_estimated(evidence.main))
    side = "more" if regional > 0 else "fewer"
    return f"{number[0].upper()}{number[1:]} {side} jobs than the divisions' growth elsewhere would give"
