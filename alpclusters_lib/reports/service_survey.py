"""What a survey on services says: gaps between importance and performance, reliability, and a self-assessment."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from alpclusters_lib.figures import importance_performance, interval_dots, style
from alpclusters_lib.reports import service_evidence, survey_files
from alpclusters_lib.reports._survey_words import ILLUSTRATIVE, answers_of, lead, mark, source_of, title_of
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import decimal, p_is, p_text, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.strategy import services, survey

__all__ = [
    "FORMS", "assessment_picture", "assessment_sentence", "assessment_table", "gap_picture", "gap_sentence",
    "gap_table", "gaps",
    "how_to_sentence", "reliability_sentence",
]  # fmt: skip

KIND, OWN = "services", "self-assessment"
FORMS = {KIND: "services", OWN: "self-assessment"}
SEED = 1977
LEVEL = 0.05


def _pairs(path: Path | str | None, region: str | None) -> pd.DataFrame:
    """Return a row a respondent and service, with both answers."""
    asked = survey_files.questions(KIND).set_index("key")[["service", "question"]]
    answers = answers_of(path, region, KIND).join(asked, on="item")
    wide = answers.pivot(index=["respondent", "group", "service"], columns="question", values="answer")
    order = list(dict.fromkeys(asked["service"]))
    return wide.reset_index().sort_values("service", key=lambda names: names.map(order.index), kind="stable")


def gaps(path: Path | str | None = None, *, region: str | None = None) -> pd.DataFrame:
    """Return importance less performance of every service (:func:`strategy.services.gap_analysis`)."""
    return services.gap_analysis(_pairs(path, region), rng=SEED)


def gap_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return which services matter more than they are provided, and which gaps hold against chance."""
    found, names = gaps(path, region=region), service_evidence.service_names()
    shown = found[found["status"] == "shown"].sort_values("gap", ascending=False)
    people = answers_of(path, region, KIND)["respondent"].nunique()
    many = f"{people} respondent{'' if people == 1 else 's'}"
    if shown.empty:
        return lead(path, f"No service is rated by three people or more ({many}), so none is shown.", KIND)
    first = shown.iloc[0]
    sure = shown[(shown["p_holm"] <= LEVEL) & (shown["gap"] > 0)]
    held = listed([names[key] for key in sure.index]) if len(sure) else "none"
    means = f"importance {decimal(first['importance'], 1)}, performance {decimal(first['performance'], 1)}"
    gap = f"gap {decimal(first['gap'], 1)}, {span(first['lower'], first['upper'], 1)}"
    return lead(
        path,
        f"The largest gap of {len(shown)} services, over {many}: {names[shown.index[0]]} ({means}, {gap}; "
        f"{p_is(first['p_holm'])} after Holm). Gaps that hold against chance: {held}.",
        KIND,
    )


def reliability_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return how far the ratings of performance hang together, with the caution that few answers need."""
    wide = _pairs(path, region).pivot(index="respondent", columns="service", values="performance")
    with warnings.catch_warnings():
        # the caution is told in words below
        warnings.simplefilter("ignore")
        found = survey.reliability(wide, rng=SEED)
    if pd.isna(found.alpha):
        return lead(path, "Too few complete answers to say how far the ratings hang together.", KIND)
    caution = f" Caution: {found.caution}." if found.caution else ""
    return lead(
        path,
        f"Ratings of performance hang together with Cronbach's alpha {decimal(found.alpha)} "
        f"({span(found.lower, found.upper)}, n = {found.n}, {found.left_out} left out for a missing answer).{caution}",
        KIND,
    )


def gap_table(path: Path | str | None = None, *, region: str | None = None) -> pd.DataFrame:
    """Return the services as text: importance, performance, gap with interval and p, quadrant."""
    found, names = gaps(path, region=region), service_evidence.service_names()
    rows = []
    for key, row in found.iterrows():
        few = row["status"] != "shown"
        rows.append({
            "service": names[key], "n": f"{row['n']:.0f}",
            **{name: "too few" if few else decimal(row[name], 1) for name in ("importance", "performance")},
            "gap": "too few" if few else f"{decimal(row['gap'], 1)} ({span(row['lower'], row['upper'], 1)})",
            "p (Holm)": "" if few else p_text(row["p_holm"]), "quadrant": "" if few else row["quadrant"],
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.assign(data=ILLUSTRATIVE) if mark(path, KIND) else frame


def gap_picture(path: Path | str | None = None, *, region: str | None = None) -> Picture | None:
    """Draw importance against performance; nothing where no service has three answers."""
    found, names = gaps(path, region=region), service_evidence.service_names()
    data = found[found["status"] == "shown"].assign(label=lambda table: table.index.map(names))
    if data.empty:
        return None
    corners = {
        "left, above": "concentrate here", "right, above": "keep up the good work", "left, below": "low priority",
        "right, below": "possible overkill",
    }  # fmt: skip
    with style.style():
        figure, ax = panel(6.4, 5.2)
        importance_performance.importance_performance(
            data, ax=ax, cuts=found.attrs["cuts"], quadrants=corners, mark=mark(path, KIND),
            x_label="Performance, mean of answers from 1 to 5", y_label="Importance, mean of answers from 1 to 5",
            title=title_of(path, "Services: importance and performance", KIND), source=source_of(path, KIND),
        )  # fmt: skip
    people = int(found["n"].max())
    caption = f"Cut at the means over all services; at most {people} respondents answer both questions of a service."
    return Picture(figure, "services", data, gap_sentence(path, region=region), lead(path, caption, KIND))


def _assessment(path: Path | str | None, region: str | None) -> pd.DataFrame:
    return services.self_assessment(answers_of(path, region, OWN), survey_files.questions(OWN))


def assessment_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return which group of indicators the cluster's people rate best and worst."""
    found = _assessment(path, region)
    shown = found[found["status"] == "shown"]
    if shown.empty:
        return lead(path, "Fewer than three people rate any group, so none is shown.", OWN)
    best, worst = shown["mean"].idxmax(), shown["mean"].idxmin()
    ends = [
        f"“{name}” ({decimal(shown.loc[name, 'mean'], 1)}, n = {shown.loc[name, 'n']:.0f})" for name in (best, worst)
    ]
    return lead(path, f"Of {len(found)} groups of indicators {ends[0]} is rated best and {ends[1]} worst.", OWN)


def assessment_picture(path: Path | str | None = None, *, region: str | None = None) -> Picture | None:
    """Draw the six groups with the range over respondents; nothing where none has three."""
    found = _assessment(path, region)
    data = found.rename(columns={"lowest": "mean_lower", "highest": "mean_upper"})
    if (data["status"] != "shown").all():
        return None
    with style.style():
        figure, ax = panel(6.2, 0.45 * len(data))
        interval_dots.interval_dots(
            data, ax=ax, scale=(1, 5), bold=0, mean="mean, with lowest to highest respondent", mark=mark(path, OWN),
            x_label="From 1 (not at all) to 5 (fully)", title=title_of(path, "Self-assessment in six groups", OWN),
            source=source_of(path, OWN),
        )  # fmt: skip
    caption = f"Means over respondents; at most {int(found['n'].max())} answer a group."
    return Picture(figure, "self-assessment", data, assessment_sentence(path, region=region), lead(path, caption, OWN))


def assessment_table(path: Path | str | None = None, *, region: str | None = None) -> pd.DataFrame:
    """Return the six groups as text."""
    found = _assessment(path, region)
    frame = pd.DataFrame({
        "group of indicators": list(found.index), "respondents": [f"{n:.0f}" for n in found["n"]],
        "mean of 1 to 5": [decimal(value, 1) if pd.notna(value) else "too few" for value in found["mean"]],
        "lowest to highest": [span(row.lowest, row.highest, 1) if np.isfinite(row.mean) else "too few"
                              for row in found.itertuples()],
    })  # fmt: skip
    return frame.assign(data=ILLUSTRATIVE) if mark(path, OWN) else frame


def how_to_sentence() -> str:
    """Return how a filled-in sheet becomes figure and table."""
    return (
        "A filled-in sheet is checked by `alpclusters survey check FILE --kind services` and becomes figure and table "
        "by `alpclusters survey report FILE --kind services`; for the other form the kind is `self-assessment`."
    )
