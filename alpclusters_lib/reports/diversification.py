"""Related diversification: what a region is not specialised in, and how much of what that is related to it has.

Relatedness is learnt on EU regions outside the Alps and used inside. It tells what is usually found together; how well
that has told entries from the rest is printed beside it, with the plain quotient as the yardstick.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib import sectors
from alpclusters_lib.econometrics import entry_auc
from alpclusters_lib.figures import quadrants, style
from alpclusters_lib.indicators.growth import entries_and_exits
from alpclusters_lib.indicators.relatedness import relatedness_density
from alpclusters_lib.indicators.stability import density_interval, presence_probability
from alpclusters_lib.reports.divisions import (
    Divisions,
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
FEWEST_JOBS = 100
ENTRY_WINDOW = (2010, 2014)
NAMES = {"observed": "", "estimated": "estimated", "confidential": "not published", "bound": "within limits"}


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
        table = table[[division.startswith(CHOICE) for division in table.index]]
        # where nobody works there is nothing to start from; a withheld figure is somebody
        table = table[~(table["jobs"] < FEWEST_JOBS)]
        return table.sort_values("density", ascending=False).head(SHOWN)


@functools.lru_cache(maxsize=2)
def entry_test(start: int = ENTRY_WINDOW[0], end: int = ENTRY_WINDOW[1]) -> pd.DataFrame:
    """Return how well density and the plain quotient of a year told entries up to a later year from the rest.

    A cell is at risk where the quotient is below 1 at the start; it enters where it is at least 1 at the end. All EU
    regions count; proximities are those of the first year, learnt outside the Alps.

    Returns
    -------
    DataFrame
        As :func:`~alpclusters_lib.econometrics.entry_auc`: rows ``density`` and ``quotient``.
    """
    before, after = divisions(start), divisions(end)
    near = relatedness_density(before.presence, learnt_proximity(start))
    entries = entries_and_exits(before.presence, after.presence)
    return entry_auc(entries, {"density": near, "quotient": before.quotients}, draws=DRAWS, rng=start)


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
    related, specialised = table["density"] >= median, table["present"]
    table["case"] = np.select(
        [specialised & related, specialised, related], ["specialised and related", "specialised only", "related only"],
        "neither",
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
        return f"No options are listed for {unit}: its industries are published for the country only."
    shown = found.shown
    if shown.empty:
        return f"{unit} has no related division without specialisation in {CHOICE_WORDS}."
    cases, first = found.table["case"].value_counts(), shown.iloc[0]
    sure = int((shown["above_median"] >= SURE).sum())
    return (
        f"{unit} is specialised in {cases.get('specialised and related', 0)} divisions that are related to the rest of "
        f"what it does (density above that of the median division, {percent(found.median, 0)}) and in "
        f"{cases.get('specialised only', 0)} that are not; {cases.get('related only', 0)} are related without "
        f"specialisation. Nearest of these in {CHOICE_WORDS}, outside the cluster: {first['label']} "
        f"({shown.index[0]}). Of what it is related to, {percent(first['density'], 0)} is a specialisation here "
        f"({span(first['lower'], first['upper'], 0)} when regions and quotients are redrawn). {count(sure)} of the "
        f"{count(len(shown))} listed stay above the median in 95 % of redraws."
    )


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
        own = "its own share may already be the EU's"
    else:
        own = f"its own share is {percent(100 * row['lq'], 0)} of the EU's"
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
    title = f"{unit}: {len(shown)} related divisions without specialisation"
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
    return Picture(figure, "options", data, alt, caption)


def options_caveat(found: Options | None) -> str:
    """Return how far such options have come true, in general, beside the plain quotient."""
    if found is None:
        return ""
    test = entry_test()
    near, plain = test.loc["density"], test.loc["quotient"]
    more = "adds little to" if near["auc"] <= plain["auc"] else "tells more than"
    return (
        f"A list for a workshop, not a forecast. Proximities are learnt on {count(found.learnt_on)} EU regions outside "
        f"the Alps. Of {count(near['cells'])} region-divisions below the EU's share in {ENTRY_WINDOW[0]}, "
        f"{count(near['entries'])} had reached it by {ENTRY_WINDOW[1]}. Density was higher for one of these than for "
        f"one of the others in {_auc(near)} of pairs, the plain quotient in {_auc(plain)}; 50 % is chance. Relatedness "
        f"thus {more} what the quotient says: which division is near is read from both."
    )


def _auc(row: pd.Series) -> str:
    return f"{percent(100 * row['auc'], 0)} ({span(100 * row['lower'], 100 * row['upper'], 0)})"
