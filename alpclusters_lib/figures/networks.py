"""The product space: divisions as nodes, linked where the same regions are specialised in both.

The links are handed in (a backbone); nodes without given places are laid out so that every label can be read.
Places have no measure and a short line is no strong one: only width and shade show the weight.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows
from alpclusters_lib.figures.network_layout import GAP, label_extents, label_nodes, network_positions, room_for_boxes
from alpclusters_lib.figures.palettes import group_colours, named_groups, size_handles

__all__ = ["product_space"]

LARGEST, SMALLEST = 440, 26
"""Areas of the largest and smallest node in square points."""

WIDEST, THINNEST = 3.2, 0.7
SHADES = LinearSegmentedColormap.from_list("links", ("#D3D9DF", "#9AA5B1", "#52606D"))
LETTERS = 17
"""Letters of a label before it is wrapped."""

ROWS = 3
"""Rows of the keys below; that of many groups has one more."""

NO_MEASURE = "Near means linked; places and lengths have no measure."


def product_space(
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    ax: Axes,
    highlight: Sequence[str] = (),
    group_order: Sequence[str] | None = None,
    group_names: Mapping[str, str] | pd.Series | None = None,
    weight_name: str = "proximity",
    held_name: str = "specialised",
    size_name: str = "jobs",
    title: str = "",
    source: str = "",
) -> Axes:
    """Draw divisions as a network, filled where the region is specialised, area in proportion to jobs.

    Parameters
    ----------
    edges
        Columns ``source``, ``target`` (labels of `nodes`) and ``weight``, one row a link.
    nodes
        Index sector; columns ``label`` (short), ``group``, ``size`` and ``held`` where known. Where ``x`` and ``y``
        are given the nodes stand there, and a label without room shrinks to its code and is named at the foot.
        ``held`` missing is drawn pale and dotted, a missing size as the smallest node, named at the foot.
    highlight
        Nodes whose ring and label are in the accent colour.
    group_order, group_names
        Order of the groups in the legend, and their names by group.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, a link has no weight or ends at a node that is not there.

    References
    ----------
    Hidalgo, Klinger, Barabási and Hausmann (2007), Science 317:482.
    """
    require_rows(nodes, (), name="nodes")
    _check_edges(edges, nodes)
    groups = nodes["group"] if "group" in nodes else pd.Series("divisions", index=nodes.index)
    groups = groups.astype(object)
    colours = group_colours(groups, group_order)
    held = (nodes["held"] if "held" in nodes else pd.Series(True, index=nodes.index)).astype("boolean")
    sizes = (nodes["size"] if "size" in nodes else pd.Series(1.0, index=nodes.index)).astype(float)
    largest = sizes.max() if sizes.max() > 0 else 1.0
    area = (LARGEST * sizes / largest).clip(lower=SMALLEST).fillna(SMALLEST)
    ax.set_axis_off()
    look.title(ax, title)
    keys = [_held_keys(held, held_name)] if "held" in nodes else []
    keys += [size_handles(largest, LARGEST, unit=size_name)] if "size" in nodes else []
    _legends(ax, colours, named_groups(colours, group_names), [*keys, _weight_keys(edges["weight"], weight_name)])
    unsized = look.listed(f"No figure on {size_name}, drawn smallest", [str(s) for s in nodes.index[sizes.isna()]])
    given = {"x", "y"} <= set(nodes)
    notes = [unsized if given else f"{NO_MEASURE} {unsized}".strip(), source]
    foot = _foot(ax, *notes)

    words = [_words(code, look.label_column(nodes, "label")) for code in nodes.index]
    marked = nodes.index.isin(look.codes_of(highlight))
    ink = np.where(marked, look.ACCENT, np.where(held.fillna(False), look.INK, look.TEXT))
    weights = np.where(marked, "bold", "normal")
    radii = np.sqrt(area.to_numpy()) / 2 + 0.7
    places = _places(ax, nodes, edges, radii, words, weights)
    _links(ax, edges, nodes.index, places)
    fill = groups.map(colours).fillna(look.CONTEXT)
    ax.scatter(
        *places.T,
        s=area,
        facecolor=np.where(held.isna(), look.PALE, np.where(held.fillna(False), fill, "white")),
        edgecolor=np.where(marked, look.ACCENT, fill),
        linewidth=np.where(marked, 2.0, 1.3),
        linestyle=[":" if unknown else "-" for unknown in held.isna()],
        zorder=3,
    )
    bare = label_nodes(ax, places, radii, words, [str(code) for code in nodes.index], ink=ink, weights=weights)
    if bare:
        for text in foot:
            text.remove()
        _foot(ax, look.listed("Without a name", [words[i].replace("\n", " ") for i in bare], most=len(bare)), *notes)
    return ax


def _check_edges(edges: pd.DataFrame, nodes: pd.DataFrame) -> None:
    require_rows(edges.reset_index(drop=True), ("source", "target", "weight"), name="edges")
    strange = sorted({*map(str, edges["source"]), *map(str, edges["target"])} - set(map(str, nodes.index)))
    if strange:
        raise ValueError(f"a link ends at {', '.join(strange)}, not among the nodes")
    bad = edges[~(edges["weight"] > 0)]
    if len(bad):
        first = bad.iloc[0]
        raise ValueError(
            f"the link {first['source']}-{first['target']} has weight {first['weight']}; above 0 is needed"
        )


def _words(code: object, labels: pd.Series | None) -> str:
    name = "" if labels is None or pd.isna(labels[code]) else str(labels[code])
    return textwrap.fill(name if str(code) in name else f"{code} {name}".strip(), LETTERS, break_long_words=False)


def _foot(ax: Axes, *sentences: str) -> list:
    before = list(ax.texts)
    look.foot(ax, *sentences, below=14 + 13 * (ROWS + 1))
    return [text for text in ax.texts if text not in before]


def _places(
    ax: Axes, nodes: pd.DataFrame, edges: pd.DataFrame, radii: np.ndarray, words: Sequence[str], weights: np.ndarray
) -> np.ndarray:
    """Return the places in points from the lower left corner, the unit of the axes from here on."""
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    window = ax.get_window_extent()
    frame = np.array([window.width, window.height]) * 72 / figure.dpi
    ax.set(xlim=(0, frame[0]), ylim=(0, frame[1]))
    extents = label_extents(ax, words, weights)
    below = np.column_stack([np.maximum(radii, extents[:, 0] / 2), radii + GAP + extents[:, 1]]) + 2
    above = np.column_stack([np.maximum(radii, extents[:, 0] / 2), radii]) + 2
    if {"x", "y"} <= set(nodes):
        given = nodes[["x", "y"]].astype(float)
        if given.isna().any(axis=None):
            raise ValueError(f"no place for {', '.join(map(str, nodes.index[given.isna().any(axis=1)]))}")
        unit = ((given - given.min()) / (given.max() - given.min()).replace(0, 1)).to_numpy()
        inside = below.max(axis=0), frame - above.max(axis=0)
        return inside[0] + unit * (inside[1] - inside[0])
    unit = network_positions(list(nodes.index), edges).to_numpy()
    return room_for_boxes(unit * frame, below, above, frame=tuple(frame))


def _width(weights: pd.Series, ends: pd.Series) -> pd.Series:
    low, high = ends.min(), ends.max()
    return THINNEST + (WIDEST - THINNEST) * (weights - low) / (high - low if high > low else 1.0)


def _links(ax: Axes, edges: pd.DataFrame, labels: pd.Index, places: np.ndarray) -> None:
    """Draw the links, strongest on top."""
    order = edges.sort_values("weight", kind="stable")
    widths = _width(order["weight"], edges["weight"]).to_numpy()
    ends = [places[labels.get_indexer(order[end])] for end in ("source", "target")]
    shades = SHADES((widths - THINNEST) / (WIDEST - THINNEST))
    ax.add_collection(LineCollection(np.stack(ends, axis=1), linewidths=widths, colors=shades, zorder=1), autolim=False)


def _weight_keys(weights: pd.Series, name: str) -> list[Line2D]:
    steps = pd.Series(sorted({weights.min(), weights.max()}))
    widths = _width(steps, weights)
    lines = [
        Line2D([], [], color=SHADES((width - THINNEST) / (WIDEST - THINNEST)), linewidth=width, label=f"{step:.2f}")
        for step, width in zip(steps, widths, strict=True)
    ]
    lines[-1].set_label(f"{name} {steps.iloc[-1]:.2f}")
    return lines


def _held_keys(held: pd.Series, name: str) -> list[Line2D]:
    looks = {
        name: (held.eq(True), {"markerfacecolor": look.TEXT}),
        f"not {name}": (held.eq(False), {"markerfacecolor": "white"}),
        "no figure": (held.isna(), {"markerfacecolor": look.PALE}),
    }
    ring = {"marker": "o", "linestyle": "", "markersize": 7, "markeredgecolor": look.TEXT, "markeredgewidth": 1.2}
    counts = {word: int(which.fillna(False).sum()) for word, (which, _) in looks.items()}
    return [
        Line2D([], [], label=f"{word} ({counts[word]})", **ring, **kind)
        for word, (_, kind) in looks.items()
        if counts[word]
    ]


def _legends(ax: Axes, colours: Mapping[str, str], names: Mapping[str, str], keys: Sequence[list[Line2D]]) -> None:
    """Draw the groups below at the left, the other keys at the right, one column each."""
    dot = {"marker": "o", "linestyle": "", "markersize": 7}
    dots = [Line2D([], [], color=colour, label=names[group], **dot) for group, colour in colours.items()]
    blank = Line2D([], [], linestyle="", label=" ")
    columns = [handle for key in keys for handle in [*key, *[blank] * (ROWS - len(key))]]
    small = {"borderaxespad": 0, "handletextpad": 0.6, "columnspacing": 1.6, "handlelength": 1.4}
    # three columns of groups at most, so that the keys at the right keep clear of them
    across = min(-(-len(dots) // ROWS), 3)
    first = ax.legend(handles=dots, loc="upper left", bbox_to_anchor=(0, -0.005), ncols=across, **small)
    ax.legend(handles=columns, loc="upper right", bbox_to_anchor=(1, -0.005), ncols=len(keys), **small)
    ax.add_artist(first)
