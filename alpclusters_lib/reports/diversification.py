"""Related diversification: what a region is not specialised in, and how much of what that is related to it has.

Relatedness is learnt on EU regions outside the Alps and used inside. It tells what is usually found together; how well
that has told entries from the rest is printed beside it, with the plain quotient as the yardstick.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.econometrics import entry_auc
from alpclusters_lib.figures import quadrants, style
from alpclusters_lib.indicators.growth import entries_and_exits
from alpclusters_lib.indicators.relatedness import relatedness_density
from alpclusters_lib.indicators.stability import density_interval, presence_probability
from alpclusters_lib.reports.divisions import (
    Divisions,
    broken_countries,
    divisions,
    learning_regions,
    learnt_proximity,
    unit_divisions,
)
from alpclusters_lib.reports.evidence import Evidence, case_seed
from alpclusters_lib.reports.narrative import lower_first
from alpclusters_lib.reports.numbers import about, count, decimal, percent, span
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = [
    "Options",
    "entry_test",
    "options",
    "options_caveat",
    "options_picture",
    "options_sentence",
    "options_table",
]

SHOWN = 6
DRAWS = 200
# Other divisions follow deposits (mining) or the people who live there (trade, utilities, building, local services).
CHOICE = ("C", "J", "M", "I55", "N79")
CHOICE_WORDS = "manufacturing, information, professional services and tourism"
SURE = 0.95
CASES = ("specialised and related", "specialised only", "related only")
FEWEST_JOBS = 100
ENTRY_WINDOW = (2010, 2014)
NAMES = {"confidential": "not published", "bound": "within limits"}


@dataclass(frozen=True)
class Options:
    """Every division in the area studied: density with its interval, quotient, tie to the cluster, one of four cases.

    ``median`` is the median density over the divisions; ``learnt_on`` the number of regions.
    """

    table: pd.DataFrame
    median: float
    learnt_on: int

    @property
    def shown(self) -> pd.DataFrame:
        """The related divisions without specialisation, nearest first."""
        table = self.table[(self.table["case"] == "related only") & ~self.table["own"]]
        table = table[table.index.str.startswith(CHOICE)]
        # where nobody works there is nothing to start from; a withheld figure is somebody
        table = table[~(table["jobs"] < FEWEST_JOBS)]
        return table.sort_values("density", ascending=False).head(SHOWN)


@functools.lru_cache(maxsize=4)
def entry_test(start: int = ENTRY_WINDOW[0], end: int = ENTRY_WINDOW[1], *, alpine: bool = False) -> pd.DataFrame:
    """Return how well density and the plain quotient of a year told entries up to a later year from the rest.

    A cell is at risk where the quotient is below 1 at the start; it enters where it is at least 1 at the end. All EU
    regions count, or those of the Alpine perimeters; proximities are those of the first year, learnt outside the Alps.

    Returns
    -------
    DataFrame
        As :func:`~alpclusters_lib.econometrics.entry_auc`: rows ``density`` and ``quotient``.
    """
    before, after = divisions(start), divisions(end)
    near = relatedness_density(before.presence, learnt_proximity(start))
    entries = entries_and_exits(before.presence, after.presence)
    if alpine:
        area = set().union(*(regions.perimeter(perimeter) for perimeter in regions.PERIMETERS))
        entries = entries[entries["region"].isin(area)]
    predictors = {"density": near, "quotient": before.quotients}
    return entry_auc(entries, predictors, baseline="quotient", draws=DRAWS, rng=start)


def options(evidence: Evidence) -> Options | None:
    """Return the divisions of the area studied by relatedness and specialisation; None where it has no figures."""
    case = evidence.case
    own = unit_divisions(case.unit, case.year)
    learn = learning_regions(case.year)
    held = own.presence
    if held.isna().all(axis=None) or case.unit.national_frame:
        return None
    near = density_interval(
        held, learn, probability=presence_probability(own.interval), draws=DRAWS, rng=case_seed(case.name)
    ).droplevel("region")
    table = _cells(own).join(near)
    links = learnt_proximity(case.year)
    inside = [division for division in case.cluster.divisions if division in links]
    usual = links.where(~np.eye(len(links), dtype=bool)).stack().mean()
    table["tie"] = links.drop(index=inside)[inside].mean(axis=1) / usual
    table["own"] = table.index.isin(inside)
    median = float(table["density"].median())
    related, specialised, known = table["density"] > median, table["present"], table["status"] != "missing"
    table["case"] = np.select(
        [~known, specialised & related, specialised, related], ["no figure", *CASES], "neither"
    )  # fmt: skip
    return Options(table.drop(columns="present"), median, len(learn))


def _cells(own: Divisions) -> pd.DataFrame:
    """Return jobs, quotient with interval and status of a unit by division."""
    table = own.interval.droplevel("region").set_axis(["lq", "lower_lq", "upper_lq"], axis=1)
    table.insert(0, "jobs", own.jobs.iloc[0])
    table["status"] = own.status.iloc[0].astype(str)
    table["present"] = own.presence.iloc[0].fillna(False).astype(bool)
    # a withheld figure stays withheld: it counts in densities and is written nowhere
    withheld = table["status"] == "confidential"
    table.loc[withheld, ["jobs", "lq", "lower_lq", "upper_lq"]] = np.nan
    table["label"] = [sectors.label(division, short=True) for division in table.index]
    return table


def options_sentence(found: Options | None, evidence: Evidence) -> str:
    """Return which related divisions the region is not specialised in, or why nothing can be said."""
    unit = evidence.case.unit.label
    if found is None:
        why = "its industries are published for the country only" if evidence.case.unit.national_frame else "no figures"
        return f"No options are listed for {unit}: {why}."
    shown, verb = found.shown, "are" if len(evidence.case.unit.codes) > 1 else "is"
    if shown.empty:
        return f"{unit} {verb} not near any division without specialisation in {CHOICE_WORDS}."
    cases, first = found.table["case"].value_counts(), shown.iloc[0]
    sure = int((shown["above_median"] >= SURE).sum())
    both, alone, open_ = (cases.get(case, 0) for case in CASES)
    return (
        f"Nearest to what {unit} {verb} specialised in, without being a specialisation, in {CHOICE_WORDS} and outside "
        f"the cluster: {first['label']} ({shown.index[0]}). Of what that is related to, {percent(first['density'], 0)} "
        f"is a specialisation here ({span(first['lower'], first['upper'], 0)} when regions and quotients are redrawn; "
        f"the median division has {percent(found.median, 0)}). {_stay(sure, len(shown))} above the median in 95 % of "
        f"redraws or more. All {count(len(found.table))} divisions: specialised and related (above the median) {both}, "
        f"specialised only {alone}, related only {open_}."
    )


def _stay(sure: int, listed: int) -> str:
    """Return how many of the listed divisions stay somewhere, as the start of a sentence."""
    if listed == 1:
        return f"The only one listed {'stays' if sure else 'does not stay'}"
    return f"{count(sure) if sure else 'None'} of the {count(listed)} listed stay{'s' if sure <= 1 else ''}"


def options_table(found: Options | None) -> pd.DataFrame:
    """Return the nearest related divisions as a table to read, a plain sentence each."""
    if found is None:
        return pd.DataFrame()
    rows = [_row(division, row) for division, row in found.shown.iterrows()]
    return pd.DataFrame(rows, columns=["division", "density, %", "interval", "quotient", "interval ", "in a sentence"])


def _row(division: str, row: pd.Series) -> tuple[str, str, str, str, str, str]:
    estimated = row["status"] != "observed"
    hidden = pd.isna(row["lq"])
    quotient = NAMES[row["status"]] if hidden else about(decimal(row["lq"]), estimated)
    return (
        f"{row['label']} ({division})",
        decimal(row["density"], 0),
        span(row["lower"], row["upper"], 0),
        quotient,
        "" if hidden else span(row["lower_lq"], row["upper_lq"]),
        _plain(row),
    )


def _plain(row: pd.Series) -> str:
    """Return in words how near a division is, by density, by its own quotient and by its tie to the cluster."""
    often = percent(100 * row["above_median"], 0)
    near = f"Nearer than the median division in {often} of redraws"
    if pd.isna(row["lq"]):
        own = "its own jobs are not published"
    elif row["upper_lq"] >= 1:
        own = "its share of jobs may already be the EU's"
    else:
        own = f"its share of jobs is {about(percent(100 * row['lq'], 0), row['status'] != 'observed')} of the EU's"
    if row["tie"] >= 1.15:
        tie = "found with the cluster more often than usual"
    elif row["tie"] <= 0.85:
        tie = "found with the cluster less often than usual"
    else:
        tie = "found with the cluster as often as usual"
    return f"{near}; {own}; {tie} ({decimal(row['tie'], 1)} times)."


def options_picture(found: Options | None, evidence: Evidence) -> Picture | None:
    """Draw every division by density and quotient, parted at the median and at 1: the four cases."""
    if found is None:
        return None
    data = found.table[["label", "jobs", "density", "lower", "upper", "lq", "lower_lq", "upper_lq", "status", "case"]]
    data = data.rename(
        columns={"lower": "density_lower", "upper": "density_upper", "lower_lq": "lq_lower", "upper_lq": "lq_upper"}
    )
    # a handful of jobs has an interval wider than the picture
    data = data[~(data["jobs"] < FEWEST_JOBS)]
    shown, unit = found.shown, evidence.case.unit.label
    title = f"{unit}: {len(shown) or 'no'} related division{'' if len(shown) == 1 else 's'} without specialisation"
    if len(shown):
        title += f", {lower_first(shown.iloc[0]['label'])} the nearest"
    with style.style():
        figure, ax = panel(9.6, 6.4)
        quadrants.quadrant_scatter(
            data,
            ax=ax,
            x="density",
            y="lq",
            medians=(found.median, 1.0),
            quadrants={
                "right, above": "specialised and related",
                "left, above": "specialised only",
                "right, below": "related only",
                "left, below": "neither",
            },
            highlight=list(shown.index),
            x_label="Relatedness density, %",
            y_label="Location quotient",
            log_y=True,
            line_names=("median division", "as in the EU"),
            title=title,
            source=SOURCE,
        )
    alt = f"Scatter of divisions by relatedness density and location quotient. {options_sentence(found, evidence)}"
    caption = (
        "Area: persons employed. Crosses: intervals, 90 % of redraws for density, 95 % for the quotient. Hollow: "
        f"estimated. Red: listed below. Divisions with fewer than {FEWEST_JOBS} persons employed are left out."
    )
    if data["lq"].isna().any():
        caption += " Figures that are not published are not drawn."
    return Picture(figure, "options", data, alt, caption)


def options_caveat(found: Options | None) -> str:
    """Return how far such options have come true, in general, beside the plain quotient."""
    if found is None:
        return ""
    start, end = ENTRY_WINDOW
    test, alps = entry_test(), entry_test(alpine=True).loc["density"]
    near, plain = test.loc["density"], test.loc["quotient"]
    if near["difference_lower"] > 0:
        told = "Density thus told more than the plain quotient"
    elif near["difference_upper"] < 0:
        told = "Density thus told less than the plain quotient: read the quotient first"
    else:
        told = "Density thus told no more than the plain quotient: read both"
    chance = ", which includes chance" if alps["lower"] <= 0.5 <= alps["upper"] else ""
    return (
        f"A list for a workshop, not a forecast. Of {count(near['cells'])} region-divisions below the EU's share in "
        f"{start}, {count(near['entries'])} had reached it in {end}. Set beside one that had not, one that had was of "
        f"higher density at the start in {_auc(near)} of pairs, of higher quotient in {_auc(plain)}; 50 % is chance. "
        f"{told}. In the Alps density did so in {_auc(alps)}{chance}. Proximities are learnt on "
        f"{count(found.learnt_on)} EU regions outside the Alps. Figures break between {start} and {end} in "
        f"{', '.join(broken_countries(start, end))}: some entries there are changes of method."
    )


def _auc(row: pd.Series) -> str:
    return f"{percent(100 * row['auc'], 0)} ({span(100 * row['lower'], 100 * row['upper'], 0)})"
