"""Maps of location quotients and the ranking that belongs beside each of them.

Big mountain regions dominate a map and small ones vanish: a ranking shows every region at the same size. Both
use the fixed classes of `style`. Maps are in EPSG:3035 and cropped to the perimeter; overseas regions are left
out of the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alpclusters_lib.figures import map_canvas
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.map_parts import class_legend, label_regions, scale_bar
from alpclusters_lib.figures.rankings import ranked_bars

__all__ = ["choropleth", "choropleth_with_ranking", "ranked_bars", "scale_bar"]

COPYRIGHT = "© EuroGeographics for the administrative boundaries"


def choropleth(
    values: pd.Series,
    boundaries: gpd.GeoDataFrame,
    *,
    ax: Axes,
    breaks: Sequence[float] | None = None,
    perimeter: Sequence[str] | None = None,
    outline: Sequence[str] | None = None,
    estimated: Collection[str] = (),
    names: pd.Series | None = None,
    label: Sequence[str] = (),
    title: str = "",
    source: str = "",
    legend_title: str = look.LQ_LABEL,
) -> Axes:
    """Draw a map of location quotients in fixed classes, symmetric in logs around 1.

    Parameters
    ----------
    values
        Location quotients by NUTS code; NaN or absent means no figure (hatched).
    boundaries
        Columns ``region``, ``country``, ``level``, ``geometry``; level 0 gives the land around.
    breaks
        Ends of the classes; the fixed `style.LQ_BREAKS` where omitted.
    perimeter
        Codes that are drawn and that the map is cropped to; all of `values` and Europe where omitted.
    outline
        Codes of the case, outlined in the accent colour.
    estimated
        Codes whose value is estimated or bounded: dotted.
    names, label
        Names by code, and the codes that are labelled with name and value.

    Raises
    ------
    ValueError
        If a region of the perimeter or the case has no boundary, or a value is negative.
    """
    look.title(ax, title)
    ax.set(xticks=[], yticks=[], facecolor=look.SEA)
    drawn = list(dict.fromkeys(values.index if perimeter is None else perimeter))
    if not drawn:
        return look.nothing(ax)
    shapes = map_canvas.projected(boundaries)
    wanted = look.codes_of(outline) if outline is not None else []
    absent = sorted({*(drawn if perimeter is not None else ()), *wanted} - set(shapes.index))
    if absent:
        raise ValueError(f"no boundary for {', '.join(absent)}")
    if (values < 0).any():
        raise ValueError(f"negative location quotient for {', '.join(map(str, values.index[values < 0]))}")
    undrawn = [code for code in drawn if code not in shapes.index]
    regions = shapes.loc[[code for code in drawn if code in shapes.index]]
    map_canvas.crop(ax, map_canvas.extent(regions))
    close = np.diff(ax.get_xlim())[0] < 2_000_000

    countries = map_canvas.countries_of(shapes)
    map_canvas.draw(countries, ax, facecolor=look.LAND, edgecolor="none", zorder=1)
    breaks = look.LQ_BREAKS if breaks is None else breaks
    classes = values.reindex(regions.index).map(lambda value: look.lq_class(value, breaks)).astype("Int8")
    for number, colour in enumerate(look.lq_colours(breaks)):
        map_canvas.draw(regions[classes.eq(number).fillna(False)], ax, facecolor=colour, edgecolor="none", zorder=2)
    map_canvas.draw(regions[classes.isna()], ax, **look.NO_FIGURE, linewidth=0, zorder=2)
    guessed = regions[regions.index.isin(list(estimated)) & classes.notna()]
    colours = pd.Series(look.lq_colours(breaks))[classes[guessed.index].astype(int)]
    dark = colours.map(look.is_dark).astype(bool).to_numpy()
    map_canvas.draw(guessed[~dark], ax, facecolor="none", linewidth=0, zorder=3, **look.ESTIMATED)
    map_canvas.draw(
        guessed[dark], ax, facecolor="none", linewidth=0, zorder=3, **look.ESTIMATED | {"edgecolor": "white"}
    )
    map_canvas.draw(regions, ax, facecolor="none", edgecolor="#7B8794", linewidth=0.4, zorder=3)
    map_canvas.draw(countries, ax, facecolor="none", edgecolor="#66727F", linewidth=0.75 if close else 0.4, zorder=4)
    if perimeter is not None:
        whole = gpd.GeoDataFrame(geometry=[shapely.union_all(regions.geometry.array)], crs=regions.crs)
        map_canvas.draw(whole, ax, facecolor="none", edgecolor=look.INK, linewidth=1.1, zorder=5)
    if wanted:
        case = gpd.GeoDataFrame(geometry=[shapely.union_all(shapes.loc[wanted].geometry.array)], crs=shapes.crs)
        map_canvas.draw(case, ax, facecolor="none", edgecolor="#FFFFFF", linewidth=4.2 if close else 2, zorder=6)
        map_canvas.draw(case, ax, facecolor="none", edgecolor=look.ACCENT, linewidth=2.3 if close else 1.3, zorder=7)
    label_regions(ax, shapes, values, names, label)
    scale_bar(ax)
    counts = [int(classes.eq(number).sum()) for number in range(len(breaks) + 1)]
    entries = {"no figure": int(classes.isna().sum()), "estimated or bounded": len(guessed)}
    class_legend(ax, breaks, counts, entries, legend_title, named=look.named(wanted, names))
    note = f"{look.listed('Not drawn, no boundary', undrawn)} " if undrawn else ""
    credit = source if COPYRIGHT in source else f"{source.rstrip('. ')}. {COPYRIGHT}.".lstrip(". ")
    look.source_line(ax, note + credit, below=64)
    return ax


def choropleth_with_ranking(
    values: pd.Series,
    boundaries: gpd.GeoDataFrame,
    *,
    title: str,
    subtitle: str = "",
    source: str = "",
    perimeter: Sequence[str] | None = None,
    outline: Sequence[str] = (),
    names: pd.Series | None = None,
    label: Sequence[str] = (),
    estimated: Collection[str] = (),
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
    top: int | None = None,
    breaks: Sequence[float] | None = None,
    legend_title: str = look.LQ_LABEL,
) -> Figure:
    """Make a figure of a map with its ranking; the title says the finding, the subtitle what is measured.

    The ranking holds the regions of the perimeter, or all of `values`; `top` shortens it (40 where omitted).
    """
    with look.style():
        figure = plt.figure(figsize=look.SIZES["map_ranking"])
        head = look.wrapped(figure, title, 14.5)
        figure.text(0.02, 0.975, head, fontsize=14, fontweight="bold", color=look.INK, va="top")
        rows = head.count("\n") + 1
        figure.text(0.02, 0.97 - 0.035 * rows, subtitle, fontsize=9.5, color=look.TEXT, va="top")
        ceiling = 0.955 - 0.035 * rows - (0.03 if subtitle else 0)
        left = figure.add_axes((0.02, 0.19, 0.555, ceiling - 0.19))
        right = figure.add_axes((0.78, 0.19, 0.2, ceiling - 0.19))
        shared = {"names": names, "estimated": estimated, "breaks": breaks}
        choropleth(
            values,
            boundaries,
            ax=left,
            perimeter=perimeter,
            outline=outline,
            label=label,
            source=source,
            legend_title=legend_title,
            **shared,
        )
        ranked = values if perimeter is None else values.reindex(list(perimeter))
        limits = {"lower": lower, "upper": upper, "top": 40 if top is None else top}
        ranked_bars(ranked, ax=right, highlight=outline, **limits, **shared)
    return figure
