"""A map of local spatial association: regions that are like their neighbours, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.patches import Patch

from alpclusters_lib.figures import map_canvas, maps
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.map_parts import scale_bar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ASSOCIATION_LOOKS", "association_map"]

ASSOCIATION_LOOKS = {
    "high-high": ("high among high", {"facecolor": look.LQ_COLOURS[6]}),
    "low-low": ("low among low", {"facecolor": look.LQ_COLOURS[0]}),
    "high-low": ("high among low", {"facecolor": look.LQ_COLOURS[4]}),
    "low-high": ("low among high", {"facecolor": look.LQ_COLOURS[2]}),
    "not significant": ("not significant", {"facecolor": look.LQ_COLOURS[3]}),
    "island": ("no neighbours", {"facecolor": look.CONTEXT}),
    "missing": ("no figure", look.NO_FIGURE),
}
"""What the legend calls each class and how it is filled: dark among its like, light among the other."""


def association_map(
    classes: pd.Series,
    boundaries: gpd.GeoDataFrame,
    *,
    ax: Axes,
    perimeter: Sequence[str] | None = None,
    outline: Sequence[str] | None = None,
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw each region in the colour of its class of local association, with a legend that counts them.

    Parameters
    ----------
    classes
        By NUTS code: high-high, low-low, high-low, low-high, not significant, island or missing; NaN is missing.
    boundaries
        Columns ``region``, ``level``, ``geometry``, or ``region`` as index; level 0 gives the land around.
    perimeter
        Codes that are drawn, counted and cropped to, with their outer border; one without a class is missing. All
        of `classes` and Europe where omitted.
    outline
        Codes of the case, outlined in the accent colour.

    Raises
    ------
    ValueError
        If there are no classes, one is unknown, or a region of the perimeter or the case has no boundary.

    References
    ----------
    Anselin (1995), Geographical Analysis 27:93.
    """
    if classes.empty:
        raise ValueError("classes is empty; at least one region is needed to draw a map")
    kind = classes.astype(object).where(classes.notna(), "missing")
    unknown = sorted({str(value) for value in kind} - set(ASSOCIATION_LOOKS))
    if unknown:
        raise ValueError(f"unknown class {', '.join(unknown)}; known are {', '.join(ASSOCIATION_LOOKS)}")
    shapes = map_canvas.projected(boundaries)
    framed, case = (
        list(perimeter if perimeter is not None else ()),
        look.codes_of(outline) if outline is not None else [],
    )
    absent = sorted({*framed, *case} - set(shapes.index))
    if absent:
        raise ValueError(f"no boundary for {', '.join(absent)}")
    undrawn = [] if framed else [str(code) for code in kind.index if code not in shapes.index]
    drawn = kind.reindex(framed).fillna("missing") if framed else kind[kind.index.isin(shapes.index)]
    if drawn.empty:
        raise ValueError(f"no boundary for any region of the classes: {', '.join(undrawn[:8])}")
    look.title(ax, title)
    ax.set(xticks=[], yticks=[], facecolor=look.SEA)
    regions, countries = shapes.loc[drawn.index], map_canvas.countries_of(shapes)
    map_canvas.crop(ax, map_canvas.extent(regions))
    map_canvas.draw(countries, ax, facecolor=look.LAND, edgecolor="none", zorder=1)
    for name, (_, fill) in ASSOCIATION_LOOKS.items():
        map_canvas.draw(regions[drawn.eq(name)], ax, **{"edgecolor": "none", "linewidth": 0} | fill, zorder=2)
    map_canvas.draw(regions, ax, facecolor="none", edgecolor=look.GREY, linewidth=0.4, zorder=3)
    map_canvas.draw(countries, ax, facecolor="none", edgecolor="#66727F", linewidth=0.7, zorder=4)
    _outline(ax, shapes, framed, ((look.INK, 1.1),))
    _outline(ax, shapes, case, (("#FFFFFF", 4.0), (look.ACCENT, 2.2)))
    scale_bar(ax)
    _legend(ax, drawn)
    note = f"{look.listed('Not drawn, no boundary', undrawn)} " if undrawn else ""
    credit = source if maps.COPYRIGHT in source else f"{source.rstrip('. ')}. {maps.COPYRIGHT}.".lstrip(". ")
    look.source_line(ax, note + credit, below=46)
    return ax


def _outline(ax: Axes, shapes: gpd.GeoDataFrame, codes: Sequence[str], lines: Sequence[tuple[str, float]]) -> None:
    if not codes:
        return
    whole = gpd.GeoDataFrame(geometry=[shapely.union_all(shapes.loc[list(codes)].geometry.array)], crs=shapes.crs)
    for above, (colour, width) in enumerate(lines):
        map_canvas.draw(whole, ax, facecolor="none", edgecolor=colour, linewidth=width, zorder=5 + above)


def _legend(ax: Axes, drawn: pd.Series) -> None:
    """Count each class; an island or a gap is listed only where there is one."""
    counts = drawn.value_counts()
    handles = [
        Patch(**{"edgecolor": look.GREY, "linewidth": 0.4} | fill, label=f"{words} ({counts.get(name, 0)})")
        for name, (words, fill) in ASSOCIATION_LOOKS.items()
        if name in counts or name not in ("island", "missing")
    ]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=4, borderaxespad=0.0)
