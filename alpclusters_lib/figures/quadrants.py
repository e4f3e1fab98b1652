"""Two measures of the same divisions against each other, each with its interval, in four named quadrants.

Where an interval crosses a dividing line the quadrant is open: the cross shows it, the name of the quadrant does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.labels import CORNERS, name_corners, place_labels
from alpclusters_lib.figures.palettes import size_handles

__all__ = ["quadrant_scatter"]

LARGEST, SMALLEST = 420, 14
CROSS = "#B9C2CB"


def quadrant_scatter(
    table: pd.DataFrame,
    *,
    ax: Axes,
    x: str = "density",
    y: str = "complexity",
    medians: tuple[float, float],
    quadrants: Mapping[str, str] | None = None,
    highlight: Sequence[str] = (),
    x_label: str = "Relatedness density",
    y_label: str = "Complexity",
    log_y: bool = False,
    line_names: tuple[str, str] = ("median", "median"),
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw points with their intervals as thin crosses, area in proportion to jobs, parted at given medians.

    Parameters
    ----------
    table
        One row a division: the columns `x` and `y`; ``jobs``, ``label`` or ``name`` and ``status`` where known, and
        the intervals, named as `x` and `y` with ``_lower`` and ``_upper``. An open end (NaN) is not drawn. Rows
        without `x` or `y` are named at the foot; estimated or bounded ones are hollow.
    medians, line_names
        Where the dividing lines stand, on `x` and on `y`; `line_names` says what they are.
    quadrants
        Names by "right, above", "right, below", "left, above", "left, below".
    highlight
        Rows in the accent colour, always labelled; the others as far as there is room, most jobs first.
    log_y
        Whether `y` is a quotient, on a log axis.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column, or a quadrant is not one of the four.
    """
    require_rows(table, (x, y), name="the table of the scatter")
    strange = set(quadrants or ()) - set(CORNERS)
    if strange:
        raise ValueError(f"no quadrant {', '.join(sorted(strange))}; there are {'; '.join(CORNERS)}")
    known = table.dropna(subset=[x, y])
    names = look.label_column(table, "label", "name")
    missing = look.listed("No figure", look.named(table.index.difference(known.index, sort=False), names))
    if known.empty:
        look.title(ax, title)
        return look.nothing(ax, missing, source)
    if "jobs" in known:
        known = known.sort_values("jobs", ascending=False, kind="stable")
    ends = {name: known.reindex(columns=[name, f"{name}_lower", f"{name}_upper"]).astype(float) for name in (x, y)}
    if log_y:
        ends[y] = ends[y].clip(lower=look.LQ_FLOOR)
    _limits(ax, ends[x], ends[y], medians, log_y)
    case, hollow = known.index.isin(look.codes_of(highlight)), look.hollow(known)
    _crosses(ax, ends[x], ends[y], case)
    largest = float(known["jobs"].max()) if "jobs" in known else np.nan
    area = pd.Series(30.0, known.index)
    if largest > 0:
        area = (LARGEST * known["jobs"] / largest).clip(lower=SMALLEST).fillna(SMALLEST)
    colours = np.where(case, look.ACCENT, look.ALPINE)
    ax.scatter(
        ends[x][x],
        ends[y][y],
        s=area,
        facecolor=np.where(hollow, "white", colours),
        edgecolor=np.where(hollow, colours, "white"),
        linewidth=np.where(hollow, 1.3, 0.7),
        alpha=0.9,
        zorder=3,
    )
    _quadrants(ax, medians, quadrants or {}, line_names)
    ax.set(xlabel=x_label, ylabel=y_label)
    if largest > 0:
        handles = size_handles(largest, LARGEST)
        ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.01, 1.005), ncols=len(handles),
                  borderaxespad=0, columnspacing=1)  # fmt: skip
    look.title(ax, title)
    note = look.edge_note(known[y]) if log_y else ""
    look.foot(ax, note, look.HOLLOW if hollow.any() else "", missing, source)
    texts = look.named(known.index, look.label_column(known, "label", "name"))
    points = list(zip(ends[x][x], ends[y][y], strict=True))
    place_labels(ax, points, texts, radii=list(np.sqrt(area) / 2), forced=list(case), color=look.INK)
    return ax


def _limits(ax: Axes, across: pd.DataFrame, up: pd.DataFrame, medians: tuple[float, float], log_y: bool) -> None:
    reach = [(np.nanmin(part), np.nanmax(part)) for part in (across, up)]
    (west, east), (south, north) = ((min(a, m), max(b, m)) for (a, b), m in zip(reach, medians, strict=True))
    room = 0.06 * (east - west or 1)
    ax.set_xlim(west - room, east + room)
    if log_y:
        low, high = look.log_axis(ax.yaxis, south, north)
        ax.set_ylim(low / (high / low) ** 0.05, high * (high / low) ** 0.05)
        return
    room = 0.1 * (north - south or 1)
    ax.set_ylim(south - room, north + room)


def _crosses(ax: Axes, across: pd.DataFrame, up: pd.DataFrame, case: np.ndarray) -> None:
    """Draw each interval as a thin line, a little darker where the row is highlighted."""
    (x, west, east), (y, south, north) = across.to_numpy().T, up.to_numpy().T
    for chosen, line in ((~case, {"color": CROSS, "linewidth": 0.6}), (case, {"color": look.GREY, "linewidth": 1.1})):
        ax.hlines(y[chosen], west[chosen], east[chosen], zorder=1.5, **line)
        ax.vlines(x[chosen], south[chosen], north[chosen], zorder=1.5, **line)


def _quadrants(ax: Axes, medians: Sequence[float], quadrants: Mapping[str, str], line_names: Sequence[str]) -> None:
    dashed = {"color": look.INK, "linewidth": 0.8, "linestyle": (0, (4, 2)), "zorder": 2}
    ax.axvline(medians[0], **dashed)
    ax.axhline(medians[1], **dashed)
    small = {"textcoords": "offset points", "fontsize": 7, "color": look.TEXT, "annotation_clip": False}
    beside, over = ax.get_yaxis_transform(), ax.get_xaxis_transform()
    ax.annotate(line_names[0], (medians[0], 1), (0, 3), xycoords=over, ha="center", **small)
    ax.annotate(line_names[1], (1, medians[1]), (4, 0), xycoords=beside, va="center", **small)
    name_corners(ax, quadrants)
