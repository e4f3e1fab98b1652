"""A chain as a network: stages from left to right, countries from top to bottom, the flows that stand out between.

The flows are handed in (a backbone). A place in the grid is a stage of a country group; areas compare output, widths
compare flows, and a curve leaves its seller to the right or to the left and bends upwards or downwards with it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from alpclusters_lib.figures import style as look
from alpclusters_lib.figures._checks import require_rows

__all__ = ["GROUPS", "MOST", "chain_network"]

GROUPS = {"Alpine country": look.ALPINE, "other EU": "#E08E3C", "rest of the world": "#7B8794"}
"""Colour of each group of countries, in the order of the legend."""

MOST = 40
"""Flows that are drawn at most, the largest ones."""

LARGEST, SMALLEST = 420, 12
"""Areas of nodes in square points; the largest is that of the largest Alpine stage."""

WIDEST, THINNEST = 5.5, 0.7
LETTERS = 17


def chain_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    ax: Axes,
    stage_labels: Mapping[str, str] | pd.Series | None = None,
    most: int = MOST,
    unit: str = "billion USD",
    title: str = "",
    note: str = "",
    source: str = "",
) -> Axes:
    """Draw stages by country groups and the flows between them.

    Parameters
    ----------
    nodes
        Columns ``stage``, ``place`` (the country group, a row of the figure), ``group`` (a key of `GROUPS`) and
        ``size`` (output). Stages and places stand in the order in which they come first. Areas are in proportion up
        to the largest Alpine stage; what is larger is a square with its figure inside. A missing size is a cross.
    edges
        Columns ``source``, ``target`` (labels of `nodes`) and ``weight``, in the unit of the sizes; the colour is
        that of the source. May be empty.
    stage_labels
        What to write above a stage, by stage.
    most
        Flows drawn at most; how many are left out is said at the foot.

    Raises
    ------
    ValueError
        If a table lacks a column, a stage of a place stands twice, a group is unknown, or a flow ends at no node.
    """
    require_rows(nodes, ("stage", "place", "group", "size"), name="nodes")
    _check(nodes, edges)
    stages, places = (list(dict.fromkeys(nodes[column])) for column in ("stage", "place"))
    words = {} if stage_labels is None else dict(stage_labels)
    across = nodes["stage"].map(stages.index).astype(float)
    down = -nodes["place"].map(places.index).astype(float)
    size = nodes["size"].astype(float)
    largest = _scale(nodes)
    # a square has room for four digits
    area = (LARGEST * size / largest).clip(lower=SMALLEST).mask(size > largest, 1.6 * LARGEST)
    shown = edges.sort_values("weight", ascending=False, kind="stable").head(most)
    with look.style():
        ax.set(xlim=(-0.5, len(stages) - 0.5), ylim=(0.45 - len(places), 0.75))
        for number in range(len(places)):
            ax.axhspan(-number - 0.5, -number + 0.5, color=look.SEA if number % 2 else "white", linewidth=0, zorder=0)
        where = pd.DataFrame({"x": across, "y": down})
        _flows(ax, shown, where, nodes["group"], area)
        known, beyond = size.notna(), size > largest
        fill = nodes["group"].map(GROUPS)
        for which, marker in ((known & ~beyond, "o"), (beyond, "s")):
            ax.scatter(across[which], down[which], s=area[which], c=fill[which], marker=marker, edgecolor="white",
                       linewidth=1.0, zorder=4)  # fmt: skip
        for label in nodes.index[beyond]:
            ax.text(across[label], down[label], look.number(size[label]), color="white", fontsize=6.2, ha="center",
                    va="center", fontweight="bold", zorder=5)  # fmt: skip
        ax.scatter(across[~known], down[~known], s=24, c=fill[~known], marker="x", linewidth=1.2, zorder=4)
        labels = [textwrap.fill(str(words.get(stage, stage)), LETTERS, break_long_words=False) for stage in stages]
        ax.set_xticks(range(len(stages)), labels, fontsize=7.8, fontweight="bold")
        ax.xaxis.tick_top()
        ax.set_yticks([-number for number in range(len(places))], places, fontsize=8)
        ax.tick_params(length=0, pad=6)
        ax.spines[:].set_visible(False)
        _legends(ax, nodes, shown, unit)
        lines = max(label.count("\n") for label in labels) + 1
        look.title(ax, title, pad=16 + 10.5 * lines)
        left = len(edges) - len(shown)
        dropped = f"The {len(shown)} largest of {len(edges)} flows are drawn." if left else ""
        squares = f"Squares: output beyond the scale, in {unit}." if beyond.any() else ""
        look.foot(ax, " ".join(filter(None, [note, dropped, squares])), source, below=66)
    return ax


def _check(nodes: pd.DataFrame, edges: pd.DataFrame) -> None:
    unknown = sorted({str(group) for group in nodes["group"]} - set(GROUPS))
    if unknown:
        raise ValueError(f"unknown group {', '.join(unknown)}; groups are {', '.join(GROUPS)}")
    twice = nodes[nodes.duplicated(["stage", "place"])]
    if len(twice):
        raise ValueError(f"stage {twice.iloc[0]['stage']} of {twice.iloc[0]['place']} stands twice in nodes")
    absent = [column for column in ("source", "target", "weight") if column not in edges]
    if absent:
        raise ValueError(f"edges has no column {', '.join(absent)}; source, target and weight are needed")
    for end in ("source", "target"):
        strange = [str(label) for label in edges[end] if label not in nodes.index]
        if strange:
            raise ValueError(f"a flow ends at {strange[0]}, not among the nodes")
    bad = edges[~(edges["weight"] > 0)]
    if len(bad):
        raise ValueError(f"a flow from {bad.iloc[0]['source']} has weight {bad.iloc[0]['weight']}; above 0 is needed")


def _scale(nodes: pd.DataFrame) -> float:
    """Return the output of the largest circle."""
    alpine = nodes.loc[nodes["group"] == "Alpine country", "size"].astype(float).max()
    return next((float(top) for top in (alpine, nodes["size"].max()) if top > 0), 1.0)


def _width(weights: Sequence[float], largest: float) -> np.ndarray:
    """Return widths in proportion to the flow, with a least one that can be seen."""
    return np.maximum(WIDEST * np.asarray(weights, dtype=float) / largest, THINNEST)


def _flows(ax: Axes, edges: pd.DataFrame, where: pd.DataFrame, groups: pd.Series, area: pd.Series) -> None:
    """Draw the flows, thin ones on top of wide ones."""
    if edges.empty:
        return
    radii = np.sqrt(area.fillna(SMALLEST)) / 2
    for edge, width in zip(edges.itertuples(), _width(edges["weight"], edges["weight"].max()), strict=True):
        start, end = where.loc[edge.source], where.loc[edge.target]
        steps = abs(end["x"] - start["x"]), abs(end["y"] - start["y"])
        # a line along a row or a column would run through the nodes on its way
        bend = 0.32 if 0 in steps else 0.14
        if steps[1] == 0:
            # the rise of a long curve stays below the labels of the stages
            bend = 0.32 / max(1.0, 0.7 * steps[0])
        ax.add_patch(FancyArrowPatch(
            (start["x"], start["y"]), (end["x"], end["y"]), connectionstyle=f"arc3,rad={-bend}",
            arrowstyle=f"-|>,head_length={3 + width * 0.45:.1f},head_width={1.4 + width * 0.3:.1f}",
            shrinkA=radii[edge.source], shrinkB=radii[edge.target] + 1, mutation_scale=1, linewidth=width,
            color=GROUPS[groups[edge.source]], alpha=0.62, zorder=2, capstyle="butt", joinstyle="miter", clip_on=False,
        ))  # fmt: skip


def _legends(ax: Axes, nodes: pd.DataFrame, shown: pd.DataFrame, unit: str) -> None:
    dot = {"marker": "o", "linestyle": "", "markersize": 7}
    present = [group for group in GROUPS if group in set(nodes["group"])]
    handles = [Line2D([], [], color=GROUPS[group], label=f"{group} (seller)", **dot) for group in present]
    largest = _scale(nodes)
    for step in _round_steps(largest):
        size = float(np.sqrt(max(LARGEST * step / largest, SMALLEST)))
        handles.append(Line2D([], [], marker="o", linestyle="", markersize=size, color=look.CONTEXT,
                              markeredgecolor="white", label=f"output {_amount(step)} {unit}"))  # fmt: skip
    if len(shown):
        top = shown["weight"].max()
        for step in _round_steps(top):
            handles.append(Line2D([], [], color=look.CONTEXT, linewidth=float(_width([step], top)[0]),
                                  label=f"flow {_amount(step)} {unit}"))  # fmt: skip
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.12, -0.01), ncols=3, columnspacing=2.2,
              handlelength=2.4, labelspacing=1.0)  # fmt: skip


def _round_steps(largest: float) -> list[float]:
    """Return a tenth and the whole of the largest figure, each cut to one digit."""
    if not largest > 0:
        return []
    unit = 10.0 ** np.floor(np.log10(largest))
    top = np.floor(largest / unit) * unit
    return [top / 10, top]


def _amount(value: float) -> str:
    return look.number(value, 0 if value >= 10 else 1) if value >= 0.1 else f"{value:.1g}"
