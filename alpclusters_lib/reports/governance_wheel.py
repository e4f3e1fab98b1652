"""Ratings on the assessment wheel as a report: sentence, figure and table, one strategy at a time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alpclusters_lib.figures import assessment_wheel, style
from alpclusters_lib.reports import survey_files
from alpclusters_lib.reports._survey_words import ILLUSTRATIVE, answers_of, lead, mark, source_of, title_of
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.numbers import decimal, percent, span
from alpclusters_lib.reports.pictures import Picture
from alpclusters_lib.strategy import survey

__all__ = ["wheel_picture", "wheel_sentence", "wheel_table"]


def _wheel(path: Path | str | None, region: str | None) -> pd.DataFrame:
    return survey.wheel(answers_of(path, region, "wheel"), survey_files.questions("wheel"))


def wheel_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return how many factors have information, and which are rated best and worst."""
    found = _wheel(path, region)
    known = found.dropna(subset=["median"])
    raters = int(found["raters"].iloc[0])
    many = f"{raters} rater{'' if raters == 1 else 's'}"
    if known.empty:
        return lead(path, f"No factor of the wheel has information ({many}).", "wheel")
    text = f"Of {len(found)} factors, {len(known)} are rated by at least one of {many}."
    if len(known) < len(found):
        absent = listed([f"“{name}”" for name in found.loc[found["median"].isna(), "factor"]])
        text += f" No information: {absent}."
    best, worst = (_factors(known, known["median"].agg(end)) for end in ("max", "min"))
    text += f" Highest median: {best}. Lowest: {worst}." if best != worst else f" All have the same median: {best}."
    return lead(path, text, "wheel")


def _factors(known: pd.DataFrame, value: float) -> str:
    names = [f"“{name}”" for name in known.loc[known["median"] == value, "factor"]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} ({decimal(value, 1)})"


def wheel_picture(path: Path | str | None = None, *, region: str | None = None) -> Picture:
    """Draw the wheel, and beside it the same ratings as dots with their range: areas of a wheel mislead."""
    import matplotlib.pyplot as plt

    found = _wheel(path, region)
    word = mark(path, "wheel")
    with style.style():
        figure = plt.figure(figsize=(11.6, 5.6))
        left = figure.add_axes((0.0, 0.1, 0.4, 0.83), projection="polar")
        right = figure.add_axes((0.7, 0.0, 0.3, 1.0))
        assessment_wheel.wheel(found, ax=left, mark=word)
        assessment_wheel.rating_dots(found, ax=right, mark=word, source=source_of(path, "wheel"))
        title = title_of(path, "Assessment wheel: medians, and their range over raters", "wheel")
        figure.text(0.0, 1.05, title, fontsize=11, fontweight="bold", color=style.INK, ha="left", va="bottom")
    caption = (
        "Left: the wheel, radius the median; its area has no meaning. Right: median (dot) and lowest to highest rating "
        "(line) of the raters who have information. Hatched: no information, which is missing and no mark. "
        f"{source_of(path, 'wheel')}"
    )
    alt = f"A wheel of {len(found)} factors, and the same as dots. {wheel_sentence(path, region=region)}"
    return Picture(figure, "wheel", found, alt, lead(path, caption, "wheel"))


def wheel_table(path: Path | str | None = None, *, region: str | None = None) -> pd.DataFrame:
    """Return the factors as text: how many raters have information, median and range."""
    found = _wheel(path, region)
    ranges = [span(row.lowest, row.highest, 0) if row.informed else "-" for row in found.itertuples()]
    frame = pd.DataFrame({
        "step": found["step"],
        "factor": found["factor"],
        "raters with information": [f"{row.informed} of {row.raters}" for row in found.itertuples()],
        "no information": [percent(100 * value, 0) for value in found["no_information"]],
        "median": [decimal(value, 1) if pd.notna(value) else "no information" for value in found["median"]],
        "range": ranges,
    }).reset_index(drop=True)  # fmt: skip
    return frame.assign(data=ILLUSTRATIVE) if mark(path, "wheel") else frame
