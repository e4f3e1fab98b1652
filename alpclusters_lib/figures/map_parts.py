"""What belongs to a map besides its regions: labels, a scale bar, the legend of classes."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from alpclusters_lib.figures import style as look


def label_regions(ax: Axes, shapes: gpd.GeoDataFrame, values: pd.Series, names: pd.Series | None, label: Sequence[str]):
    halo = [effects.withStroke(linewidth=2.4, foreground="white")]
    thin = {"arrowstyle": "-", "color": look.INK, "linewidth": 0.6, "shrinkA": 9, "shrinkB": 0}
    for code, name in zip(label, look.named(label, names), strict=True):
        region = shapes.geometry.loc[code]
        point, (west, _, east, _) = region.representative_point(), region.bounds
        per_point = np.diff(ax.get_xlim())[0] / ax.get_window_extent().width * ax.get_figure(root=True).dpi / 72
        small = east - west < 4.2 * len(name) * per_point
        ax.annotate(
            f"{name}\n{look.number(values.get(code, np.nan), 2)}",
            (point.x, point.y),
            (0, 30 if small else 0),
            textcoords="offset points",
            fontsize=7,
            ha="center",
            va="center",
            path_effects=halo,
            zorder=9,
            color=look.INK,
            linespacing=1.1,
            arrowprops={**thin} if small else None,
        )


def scale_bar(ax: Axes) -> None:
    from matplotlib_scalebar.scalebar import ScaleBar

    bar = ScaleBar(
        1,
        "m",
        fixed_units="km",
        location="lower left",
        length_fraction=0.18,
        width_fraction=0.006,
        border_pad=0.6,
        color=look.TEXT,
        box_color="white",
        box_alpha=0.75,
        font_properties={"size": 7},
    )
    bar.set_zorder(10)
    ax.add_artist(bar)


def class_legend(
    ax: Axes,
    breaks: Sequence[float],
    counts: Sequence[int],
    entries: dict[str, int],
    heading: str,
    *,
    named: Sequence[str],
) -> None:
    """Draw the classes as a row of boxes below the map, breaks at their edges, numbers of regions inside."""
    box = ax.inset_axes((0, -0.092, 1, 0.05))
    box.set(xlim=(0, 100), ylim=(0, 1))
    box.set_axis_off()
    small = {"fontsize": 7, "color": look.TEXT, "clip_on": False}
    width = min(8.0, 58 / len(counts))
    box.text(0, 1.22, f"{heading}; boxes count regions", va="bottom", **small | {"color": look.INK})
    for number, (count, colour) in enumerate(zip(counts, look.lq_colours(breaks), strict=True)):
        box.add_patch(Rectangle((number * width, 0), width, 1, facecolor=colour, edgecolor="white", linewidth=0.8))
        dark = look.is_dark(colour)
        shade = {"color": "white" if dark else look.INK}
        box.text((number + 0.5) * width, 0.47, str(count), ha="center", va="center", **small | shade)
    for number, value in enumerate(breaks, start=1):
        box.text(number * width, -0.18, f"{value:.2f}", ha="center", va="top", **small)
    start = len(counts) * width + 3
    looks = {"no figure": look.NO_FIGURE, "estimated or bounded": {"facecolor": "white", **look.ESTIMATED}}
    rows = [(name, count) for name, count in entries.items() if count or name == "no figure"]
    for row, (name, count) in enumerate(rows):
        y = 0.5 - 1.0 * row if len(rows) > 1 or named else 0.1
        box.add_patch(Rectangle((start, y), 4, 0.75, linewidth=0.5, clip_on=False, **looks[name]))
        box.text(start + 5, y + 0.36, f"{name} ({count})", va="center", **small)
    if named:
        y = 0.5 - 1.0 * len(rows)
        frame = {"facecolor": "none", "edgecolor": look.ACCENT, "linewidth": 1.8, "clip_on": False}
        box.add_patch(Rectangle((start, y), 4, 0.75, **frame))
        text = ", ".join(named) if len(named) <= 2 else f"{named[0]} and {len(named) - 1} more"
        box.text(start + 5, y + 0.36, text, va="center", **small)
