"""Labels of points that do not cover each other, by a small greedy placement, and names of the corners of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from alpclusters_lib.figures import style as look

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
DISTANCES = (3.0, 9.0, 18.0)
CORNERS = {
    "right, above": (0.99, 0.985),
    "right, below": (0.99, 0.015),
    "left, above": (0.01, 0.985),
    "left, below": (0.01, 0.015),
}


def name_corners(ax: Axes, names: Mapping[str, str]) -> None:
    """Write the names of quadrants into the corners of a panel, by ``"right, above"`` and so on."""
    for corner, name in names.items():
        across, up = CORNERS[corner]
        ax.text(
            across,
            up,
            name.upper(),
            transform=ax.transAxes,
            color=look.GREY,
            fontsize=7.5,
            fontweight="bold",
            ha="right" if across > 0.5 else "left",
            va="top" if up > 0.5 else "bottom",
        )


def place_labels(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    *,
    radii: Sequence[float],
    forced: Sequence[bool],
    **options: object,
) -> list[bool]:
    """Write a label beside each point, in the order given, where it covers neither points nor other labels.

    A label that finds no room is left out unless it is forced; forced ones go first. Call it when limits and
    layout are settled.

    Parameters
    ----------
    points
        Positions in data coordinates.
    radii
        Radius of each point in points (1/72 inch).
    options
        Text properties of all labels.

    Returns
    -------
    Whether each label was written.
    """
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    frame = ax.get_window_extent()
    centres = ax.transData.transform(np.asarray(points, dtype=float).reshape(-1, 2))
    reaches = np.asarray(radii, dtype=float).reshape(-1, 1) * scale * 0.8
    discs = np.hstack([centres - reaches, centres + reaches])
    halo = [patheffects.withStroke(linewidth=1.8, foreground="white")]
    taken = np.empty((0, 4))
    written = [False] * len(texts)
    for number in sorted(range(len(texts)), key=lambda i: not forced[i]):
        style = {"fontsize": 7, "annotation_clip": False, **options, "path_effects": halo}
        if forced[number]:
            style |= {"fontweight": "bold"}
        label = ax.annotate(texts[number], points[number], (0, 0), textcoords="offset points", va="center", **style)
        size = label.get_window_extent()
        others = np.delete(discs, number, axis=0)
        best = None
        for distance in DISTANCES:
            for dx, dy in DIRECTIONS:
                reach = (radii[number] * (0.75 if dx and dy else 1) + distance) * scale
                x = centres[number][0] + dx * reach - (size.width / 2 if dx == 0 else size.width if dx < 0 else 0)
                y = centres[number][1] + dy * (reach + size.height / 2 * (dx == 0)) - size.height / 2
                box = Bbox.from_bounds(x, y, size.width, size.height)
                inside = box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1
                cost = 4 * _overlapped(box, taken) + _overlapped(box, others) + 8 * (not inside)
                if best is None or cost < best[0]:
                    best = (cost, box, distance)
            if best[0] == 0:
                break
        cost, box, distance = best
        if cost and not forced[number]:
            label.remove()
            continue
        label.set(
            ha="left",
            position=(
                (box.x0 - centres[number][0]) / scale,
                (box.y0 + box.height / 2 - centres[number][1]) / scale,
            ),
        )
        if distance == DISTANCES[-1]:
            near = (np.clip(centres[number][0], box.x0, box.x1), np.clip(centres[number][1], box.y0, box.y1))
            line = ax.transData.inverted().transform([centres[number], near])
            ax.plot(
                *line.T,
                color=options.get("color", "black"),
                linewidth=0.5,
                scalex=False,
                scaley=False,
                zorder=2,
            )
        taken = np.vstack([taken, box.padded(1.5 * scale).extents])
        written[number] = True
    return written


def _overlapped(box: Bbox, others: np.ndarray) -> int:
    """Return how many boxes, rows of left, bottom, right and top, a box overlaps or touches."""
    left, bottom, right, top = others.T
    apart = (box.x0 > right) | (left > box.x1) | (box.y0 > top) | (bottom > box.y1)
    return int(len(others) - apart.sum())
