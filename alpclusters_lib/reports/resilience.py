"""Resistance and recovery of Alpine regions around the crisis of 2008, as observed, for the reader.

Against the own country and against the EU countries whose figures are one series. All of it is before the strategies
of 2014: a description of where they began, and no forecast of the next downturn.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from alpclusters_lib import regions, sectors
from alpclusters_lib.figures import quadrants, style
from alpclusters_lib.reports import downturn
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.downturn import FIRST, LAST, Area
from alpclusters_lib.reports.numbers import about, decimal, percent
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel
from alpclusters_lib.strategy.resilience import NEAR_ZERO, expected_change, relative_change, sensitivity_index

__all__ = ["headline", "limits", "measures", "picture", "sentence", "table"]

EU = "EU"
PHASES = ("resistance", "recovery")
# a measure whose ends lie further apart than this is called about
STEADY = 0.05


@functools.lru_cache(maxsize=1)
def measures() -> pd.DataFrame:
    """Return resistance and recovery of every area against its country and the EU.

    Returns
    -------
    Index (area, reference), the reference ``EU`` or the country's code: ``start, trough, end``; of the downturn
    ``change`` and ``usual`` (relative change of area and reference), ``sensitivity``, ``resistance`` with
    ``resistance_lower, resistance_upper`` (at the limits of estimated jobs) and ``resistance_structure`` (each
    division at its own rate); the same of the upswing as ``recovery``; ``why_resistance``, ``why_recovery``: why there
    is none, or blank.
    """
    rows, alike = {}, {}
    for code, area in downturn.areas().items():
        for against in (EU, area.country):
            reason = area.reason or ("it is the country itself" if against == code else "")
            rows[code, against] = {f"why_{phase}": reason for phase in PHASES}
            if not reason:
                alike.setdefault((against, area.left_out), []).append(area)
    for (against, _), found in alike.items():
        for code, row in _measured(found, against).items():
            rows[code, against] |= row
    index = pd.MultiIndex.from_tuples(rows, names=["area", "reference"])
    return pd.DataFrame(list(rows.values()), index=index)


def _measured(alike: list[Area], against: str) -> dict[str, dict]:
    """Measure areas that leave out the same sections, by code."""
    reference = downturn.reference(against)
    found = {area.code: dict(zip(("start", "trough", "end"), reference.turning, strict=True)) for area in alike}
    phases = {"resistance": (reference.turning.start, reference.turning.trough)} if reference.downturn else {}
    if reference.upswing:
        phases["recovery"] = (reference.turning.trough, reference.turning.end)
    for phase, years in phases.items():
        for code, row in _phase(alike, against, *years, phase).items():
            found[code] |= row
    for row in found.values():
        if not reference.downturn:
            row |= {f"why_{phase}": f"jobs of {reference.name} did not fall" for phase in PHASES}
        elif not reference.upswing:
            row["why_recovery"] = f"jobs of {reference.name} were still falling in {reference.turning.end}"
    return found


def _phase(alike: list[Area], against: str, start: int, end: int, phase: str) -> dict[str, dict]:
    """Measure one phase; the limits pair the lowest jobs at one end with the highest at the other."""
    before, after = downturn.reference_jobs(against, start, end)
    jobs = pd.DataFrame({area.code: area.divisions[start] for area in alike}).T
    rates = {"reference_start": before[jobs.columns], "reference_end": after[jobs.columns]}
    ends = {"": ("value", "value"), "_lower": ("upper", "lower"), "_upper": ("lower", "upper")}
    columns = {}
    for name, (then, now) in ends.items():
        first, last = (
            pd.Series({area.code: area.jobs.loc[year, column] for area in alike})
            for year, column in ((start, then), (end, now))
        )
        expected = expected_change(jobs, totals=first, **rates)
        columns[f"{phase}{name}"] = relative_change(last - first, expected, jobs=first)
        if not name:
            structure = expected_change(jobs, totals=first, method="structure", **rates)
            columns[f"{phase}_structure"] = relative_change(last - first, structure, jobs=first)
            prefix = "" if phase == "resistance" else "recovery_"
            columns |= {f"{prefix}change": last / first - 1, f"{prefix}usual": expected / first}
            if phase == "resistance":
                whole = {"reference_start": 1.0, "reference_end": 1 + (expected / first).iloc[0]}
                columns["sensitivity"] = sensitivity_index(first, last, **whole)
    found = pd.DataFrame(columns).to_dict("index")
    return {area.code: _without_jump(area, found[area.code], start, end, phase) for area in alike}


def _without_jump(area: Area, row: dict, start: int, end: int, phase: str) -> dict:
    """Return the measures of a phase, or why there are none."""
    year = area.jump(start, end)
    if year is not None:
        change = 100 * (area.jobs["value"][year] / area.jobs["value"][year - 1] - 1)
        return {f"why_{phase}": f"its jobs rise by {percent(change)} in {year} alone"}
    if pd.isna(row[phase]):
        row[f"why_{phase}"] = f"the reference moved by less than {percent(100 * NEAR_ZERO)}"
    return row


def _value(row: pd.Series, phase: str) -> str:
    """Write a measure with its sign, and its ends where estimated jobs move it."""
    if pd.isna(row.get(phase)):
        return "no measure"
    text = style.signed(row[phase], 2)
    if not _wide(row, phase):
        return text
    low, high = (style.signed(row[f"{phase}_{end}"], 2) for end in ("lower", "upper"))
    return f"{about(text, True)} ({low} to {high})"


def _wide(row: pd.Series, phase: str) -> bool:
    return bool(row[f"{phase}_upper"] - row[f"{phase}_lower"] > STEADY)


def _judged(row: pd.Series, phase: str, words: tuple[str, str, str]) -> str:
    """Return the word for below, near and above 0; where estimates leave the side open, that."""
    if row[f"{phase}_lower"] < -STEADY and row[f"{phase}_upper"] > STEADY:
        return "more or less than expected, which estimated jobs leave open"
    return words[0] if row[phase] < -STEADY else words[2] if row[phase] > STEADY else words[1]


def _years(row: pd.Series, phase: str) -> str:
    first, last = ("start", "trough") if phase == "resistance" else ("trough", "end")
    return f"{row[first]:.0f}-{row[last]:.0f}"


def _against(code: str) -> str:
    return "the EU countries" if code == EU else regions.name(code)


def table(region: str | None = None) -> pd.DataFrame:
    """Return resistance and recovery as text: a row an area and reference, of one strategy or of all areas measured.

    Empty for a region without a measure.
    """
    wanted = None if region is None else downturn.own_codes().get(region, "")
    rows = []
    for (code, against), row in measures().iterrows():
        if (wanted is not None and code != wanted) or pd.isna(row["resistance"]):
            continue
        area = downturn.areas()[code]
        rows.append({
            "area": area.name,
            "against": _against(against),
            "downturn": _years(row, "resistance"),
            "change of jobs": percent(100 * row["change"], signed=True),
            "of the reference": percent(100 * row["usual"], signed=True),
            "sensitivity": decimal(row["sensitivity"]),
            "resistance": _value(row, "resistance"),
            "resistance, by structure": style.signed(row["resistance_structure"], 2),
            "upswing": "" if pd.isna(row["recovery"]) else _years(row, "recovery"),
            "recovery": f"none: {row['why_recovery']}" if pd.isna(row["recovery"]) else _value(row, "recovery"),
            "left out": listed([sectors.label(code) for code in area.left_out]) if area.left_out else "nothing",
        })  # fmt: skip
    return pd.DataFrame(rows)


def sentence(region: str) -> str:
    """Return how the jobs of a strategy's area moved in the downturn and after it, or why that cannot be told."""
    name = downturn.title_name(region)
    code = downturn.own_codes().get(region)
    if code is None:
        return f"{name}: resistance and recovery are not measured; no jobs by industry are published for the canton."
    area, rows = downturn.areas()[code], measures().loc[code]
    if rows["resistance"].isna().all():
        return f"{name}: resistance and recovery are not measured; {area.reason}."
    parts = [_downturn_words(area, against, row) for against, row in rows.iterrows() if pd.notna(row["resistance"])]
    parts += [_upswing_words(against, row) for against, row in rows.iterrows() if pd.notna(row["resistance"])]
    if area.left_out:
        names = listed([sectors.label(section).lower() for section in area.left_out])
        parts.append(f"Without {names}, which is published from 2011 only; the reference is taken without it too.")
    return " ".join(parts)


def _downturn_words(area: Area, against: str, row: pd.Series) -> str:
    own = percent(abs(100 * row["change"]))
    moved = f"rose by {own}" if row["change"] > 0 else f"fell by {own}"
    judged = _judged(row, "resistance", ("more than expected", "about as expected", "less than expected"))
    if row["resistance_lower"] > 1:
        judged = "a gain where a loss was expected"
    return (
        f"From {row['start']:.0f} to {row['trough']:.0f}, when jobs of {_reference_words(against)} fell by "
        f"{percent(abs(100 * row['usual']))}, those of {area.name} {moved}: {judged} (resistance "
        f"{_value(row, 'resistance')}, with its own mix of divisions {style.signed(row['resistance_structure'], 2)}; "
        f"sensitivity {decimal(row['sensitivity'])})."
    )


def _reference_words(against: str) -> str:
    return f"the {downturn.reference(EU).name} with one series of figures" if against == EU else regions.name(against)


def _upswing_words(against: str, row: pd.Series) -> str:
    if pd.isna(row["recovery"]):
        return f"No recovery is measured against {_against(against)}: {row['why_recovery']}."
    judged = _judged(row, "recovery", ("less than expected", "about as expected", "more than expected"))
    single = " (one year only)" if row["end"] - row["trough"] == 1 else ""
    return (
        f"From {row['trough']:.0f} to {row['end']:.0f}{single} jobs changed by "
        f"{percent(100 * row['recovery_change'], signed=True)} against "
        f"{percent(100 * row['recovery_usual'], signed=True)} in {_against(against)}: {judged} (recovery "
        f"{_value(row, 'recovery')})."
    )


def _drawn() -> pd.DataFrame:
    """Return what is measured against the EU in both phases, with names and jobs."""
    rows = measures().xs(EU, level="reference").dropna(subset=list(PHASES))
    known = downturn.areas()
    jobs = {code: known[code].jobs.loc[FIRST, "value"] for code in rows.index}
    wide = [any(_wide(row, phase) for phase in PHASES) for _, row in rows.iterrows()]
    return rows.assign(
        label=[known[code].name for code in rows.index],
        strategy=[known[code].strategy for code in rows.index],
        jobs=pd.Series(jobs),
        status=np.where(wide, "estimated", "observed"),
    )


def headline() -> str:
    """Return how many areas held their jobs better than the EU countries, without a full stop."""
    rows = measures().xs(EU, level="reference").dropna(subset=["resistance"])
    better = rows[rows["resistance"] > 0]
    home = better.groupby(better.index.str[:2]).size()
    where = f": {listed([f'{number} in {regions.name(code)}' for code, number in home.items()])}" if len(home) else ""
    year = f"{rows['start'].iloc[0]:.0f} to {rows['trough'].iloc[0]:.0f}"
    return (
        f"{len(better)} of {len(rows)} Alpine areas with one series of figures held their jobs better than the EU "
        f"countries from {year}{where}"
    )


def picture(region: str | None = None) -> Picture | None:
    """Draw resistance and recovery of the Alpine regions against the EU, the region or all strategies' areas marked.

    None for a region whose resistance or recovery is not measured.
    """
    data = _drawn()
    marked = list(data.index[data["strategy"] != ""] if region is None else data.index[data["strategy"] == region])
    if not marked:
        return None
    title = headline().split(": ")[0]
    if region is not None:
        title = f"{downturn.title_name(region)} among {len(data)} Alpine areas"
    first, last = _years(data.iloc[0], "resistance"), _years(data.iloc[0], "recovery")
    names = {
        "right, above": "resisted, gained more", "right, below": "resisted, gained less",
        "left, above": "lost more, gained more", "left, below": "lost more, gained less",
    }  # fmt: skip
    with style.style():
        figure, ax = panel(7.6, 5.4)
        quadrants.quadrant_scatter(
            data, ax=ax, x="resistance", y="recovery", medians=(0.0, 0.0), quadrants=names,
            highlight=marked,
            x_label=f"Resistance, {first}: 0 is the loss of the EU countries",
            y_label=f"Recovery, {last}: 0 is the gain of the EU countries",
            line_names=("as the EU", "as the EU"),
            title=title, source=SOURCE,
        )  # fmt: skip
    both = int(((data["resistance"] > 0) & (data["recovery"] > 0)).sum())
    alt = (
        f"Scatter of resistance and recovery of {len(data)} Alpine areas against the EU countries: {both} of them lie "
        f"above 0 on both. {headline()}."
    )
    missing = len(downturn.areas()) - len(data)
    light = "areas without a strategy of the project" if region is None else "the other areas"
    caption = (
        f"Resistance and recovery after Martin and others (2016), all jobs at the common rate of "
        f"{downturn.reference(EU).name}; recovery rests on the one year {last}. Light: "
        f"{light}. Slovenia as a country. {missing} areas have no measure: no single series of figures (France, "
        "Germany), none by industry (Switzerland, Liechtenstein), or a jump (Aosta Valley)."
    )
    return Picture(figure, "resilience", data, alt, caption)


def limits() -> list[str]:
    """Return what the measures do not cover and what the reference is made of, a sentence or two each."""
    aside = "; ".join(f"{code}, {why}" for code, why in downturn.set_aside().items())
    reference = downturn.reference(EU)
    return [
        f"The EU reference is the {reference.name} with one series of figures from {FIRST} to {LAST}: "
        f"{listed(list(reference.countries))}. Left out are {aside}.",
        "Without Germany and France the reference may have fallen more than the EU as a whole, so resistance against "
        "it may flatter; the own country stands beside it.",
        f"The downturn begins in {FIRST}, the first year of the figures, also where jobs had peaked before, and ends "
        f"in the year with the fewest jobs of the reference; the last year is {LAST}, as jobs of the EU countries were "
        f"lowest in {reference.turning.trough}.",
        "A rise of all jobs of a country by 5 % in a year, or of a region by 10 %, is taken as a new register and not "
        "as growth.",
        "A measure of resistance divides by the change of the reference and is not given where that is below "
        f"{percent(100 * NEAR_ZERO)}. It describes years before the strategies of 2014, and no coming downturn.",
    ]
