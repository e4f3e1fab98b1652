"""Where the nodes of a network are drawn: near what they are linked to, with room for their labels.

Positions have no measure: only who is linked to whom counts. The same network gives the same picture:
what little is left to chance has a fixed seed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

__all__ = ["label_extents", "label_nodes", "network_positions", "room_for_boxes"]

LABEL = {"fontsize": 6.8, "ha": "center", "va": "center", "linespacing": 1.05, "zorder": 4}
GAP = 1.5
"""Points between a node and its label."""

STEPS = 1500
"""Most rounds of pushing apart; real networks of 68 divisions settle in some hundreds."""


def network_positions(nodes: Sequence[str], edges: pd.DataFrame) -> pd.DataFrame:
    """Return a place in the unit square for each node, Kamada and Kawai's layout laid along its longer axis.

    Parameters
    ----------
    nodes
        Labels of the nodes; a node without an edge stands at the rim.
    edges
        Columns ``source`` and ``target``, undirected; every link counts as one step.

    Returns
    -------
    Columns ``x`` and ``y`` by node. Two nodes that would fall on one place differ in rank.

    References
    ----------
    Kamada and Kawai (1989), Information Processing Letters 31:7.

    Examples
    --------
    >>> chain = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network_positions(["a", "b", "c"], chain)["x"].round(2).tolist() in ([0.0, 0.5, 1.0], [1.0, 0.5, 0.0])
    True
    """
    import networkx as nx

    labels = list(nodes)
    if len(labels) < 2:
        return pd.DataFrame(0.5, index=pd.Index(labels), columns=["x", "y"])
    graph = nx.Graph()
    graph.add_nodes_from(labels)
    graph.add_edges_from(zip(edges["source"], edges["target"], strict=True))
    steps = {a: dict(to) for a, to in nx.all_pairs_shortest_path_length(graph)}
    # parts that are not linked to each other stand a little further apart than the longest way inside one
    far = 1.5 + max(max(to.values()) for to in steps.values())
    distances = {a: {b: float(steps[a].get(b, far)) for b in labels} for a in labels}
    found = nx.kamada_kawai_layout(graph, dist=distances)
    places = np.array([found[label] for label in labels])
    places -= places.mean(axis=0)
    _, _, axes = np.linalg.svd(places, full_matrices=False)
    turned = places @ (axes * np.where(axes.sum(axis=1, keepdims=True) < 0, -1, 1)).T
    # half the place, half its rank: the crowded middle is drawn wider
    return pd.DataFrame({name: _spread(turned[:, i]) for i, name in enumerate("xy")}, index=pd.Index(labels))


def _spread(values: np.ndarray) -> np.ndarray:
    width = np.ptp(values)
    scaled = (values - values.min()) / width if width > 1e-9 else np.full(len(values), 0.5)
    ranks = pd.Series(values).round(9).rank(method="first").to_numpy() - 1
    return (scaled + ranks / max(len(values) - 1, 1)) / 2


def room_for_boxes(
    centres: np.ndarray, below: np.ndarray, above: np.ndarray, *, frame: tuple[float, float]
) -> np.ndarray:
    """Push boxes apart until none covers another, as little as needed, and keep them inside the frame.

    Parameters
    ----------
    centres
        Places of the nodes, n × 2, inside the frame.
    below, above
        How far each box reaches to the left and down, to the right and up of its node, n × 2.
    frame
        Width and height of the space.

    Returns
    -------
    The new places. Boxes still cover each other where the frame is too small for them.
    """
    low, high = below, np.maximum(np.asarray(frame) - above, below)
    middle, half = (above - below) / 2, (above + below) / 2
    places = np.clip(centres.astype(float), low, high)
    jolts = np.random.default_rng(0)
    for step in range(STEPS):
        gap = (places + middle)[:, None] - (places + middle)[None]
        over = half[:, None] + half[None] - np.abs(gap)
        hit = (over > 0).all(axis=2)
        np.fill_diagonal(hit, False)
        if not hit.any():
            break
        if step % 50 == 49:
            # boxes wedged between others get out by a jolt
            places = np.clip(places + hit.any(axis=1)[:, None] * jolts.uniform(-1, 1, places.shape) * half, low, high)
            continue
        # along the axis where less is missing; two boxes in one place part by their order
        across = over[..., 0] < over[..., 1]
        order = np.sign(np.arange(len(places))[:, None] - np.arange(len(places))[None])
        side = np.where(gap == 0, order[..., None], np.sign(gap))
        push = np.stack([np.where(hit & across, over[..., 0], 0), np.where(hit & ~across, over[..., 1], 0)], axis=2)
        places = np.clip(places + 0.3 * (side * (push + 1e-3 * (push > 0))).sum(axis=1), low, high)
    return places


def label_extents(ax: Axes, words: Sequence[str], weights: Sequence[str]) -> np.ndarray:
    """Return width and height of each label in points, n × 2."""
    scale = 72 / ax.get_figure(root=True).dpi
    sizes = []
    for word, weight in zip(words, weights, strict=True):
        text = ax.text(0, 0, word, fontweight=weight, **LABEL)
        box = text.get_window_extent()
        sizes.append((box.width * scale, box.height * scale))
        text.remove()
    return np.array(sizes)


def label_nodes(
    ax: Axes,
    places: np.ndarray,
    radii: np.ndarray,
    words: Sequence[str],
    codes: Sequence[str],
    *,
    ink: Sequence[str],
    weights: Sequence[str],
) -> list[int]:
    """Write each label below its node, else above or beside it, else its code upon the node.

    Axes, places and radii are in points. Returns the numbers of the nodes that have their code only.
    """
    halo = [patheffects.withStroke(linewidth=2.4, foreground="white")]
    extents = label_extents(ax, words, weights)
    taken = [Bbox.from_extents(*(at - radius), *(at + radius)) for at, radius in zip(places, radii, strict=True)]
    bare = []
    for i, (x, y) in enumerate(places):
        (width, height), reach = extents[i], radii[i] + GAP
        beside = ((x, y - reach - height / 2), (x, y + reach + height / 2))
        beside += ((x + reach + width / 2, y), (x - reach - width / 2, y))
        for across, up in beside:
            box = Bbox.from_bounds(across - width / 2, up - height / 2, width, height)
            if _inside(ax, box) and not any(map(box.overlaps, taken)):
                ax.text(across, up, words[i], color=ink[i], fontweight=weights[i], path_effects=halo, **LABEL)
                taken.append(box)
                break
        else:
            ax.text(x, y, codes[i], color=ink[i], fontweight=weights[i], path_effects=halo, **LABEL | {"fontsize": 6})
            bare.append(i)
    return bare


def _inside(ax: Axes, box: Bbox) -> bool:
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    return west <= box.x0 and box.x1 <= east and south <= box.y0 and box.y1 <= north
