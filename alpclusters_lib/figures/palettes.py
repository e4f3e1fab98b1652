"""Colours of groups of divisions, and the keys that say what colours and sizes mean.

Related sections share a hue and differ in lightness; codes carry the letter of their section, so that no figure
rests on colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from alpclusters_lib.figures import style as look

__all__ = ["GROUP_COLOURS", "SECTION_COLOURS", "group_colours", "size_handles"]

SECTION_COLOURS = {
    "B": "#5B4636", "C": "#1F6A93", "D": "#A98B5D", "E": "#D9C49A", "F": "#8C3B1A", "G": "#D98B5F", "H": "#F0BE9B",
    "I": "#B9502F", "J": "#2E6B4F", "L": "#C8A9CC", "M": "#7DB08F", "N": "#7A4E87", "S": "#4B3A5A",
}  # fmt: skip
"""Mining and utilities brown, manufacturing blue, building rust, trade to hotels orange, J and M green, rest violet."""

GROUP_COLOURS = ("#1F6A93", "#E08E3C", "#4F9D75", "#8C3B1A", "#8E6BA8", "#B3A125", "#7CBBDD", "#4A4F57")
"""Up to eight groups that are not sections, told apart by lightness as well as by hue."""


def group_colours(groups: Iterable[str], order: Iterable[str] | None = None) -> dict[str, str]:
    """Return a colour for each group: that of a section where all are sections, else by place in the order.

    Raises
    ------
    ValueError
        If there are more groups than colours, or one is not in the order.

    Examples
    --------
    >>> group_colours(["C", "J"]), group_colours(["metal", "wood", "metal"])
    ({'C': '#1F6A93', 'J': '#2E6B4F'}, {'metal': '#1F6A93', 'wood': '#E08E3C'})
    """
    present = list(dict.fromkeys(group for group in groups if pd.notna(group)))
    chosen = present if order is None else [group for group in order if group in present]
    unknown = [str(group) for group in present if group not in chosen]
    if unknown:
        raise ValueError(f"the order of the groups lacks {', '.join(unknown)}")
    if set(chosen) <= set(SECTION_COLOURS):
        return {group: SECTION_COLOURS[group] for group in chosen}
    if len(chosen) > len(GROUP_COLOURS):
        raise ValueError(f"{len(chosen)} groups, but {len(GROUP_COLOURS)} colours that can be told apart; merge some")
    return dict(zip(chosen, GROUP_COLOURS, strict=False))


def size_handles(largest: float, area: float, *, unit: str = "jobs") -> list[Line2D]:
    """Return legend entries for up to three sizes of bubble, powers of ten, where `largest` has this area.

    Examples
    --------
    >>> [handle.get_label() for handle in size_handles(125714, 640)]
    ['10,000', '100,000 jobs']
    """
    steps = [10**power for power in range(1, 9) if 10 <= area * 10**power / max(largest, 1) <= area]
    steps = steps[-3:] or [largest]
    plain = {"marker": "o", "linestyle": "", "color": look.CONTEXT, "markeredgecolor": "white"}
    sizes = [max(float(np.sqrt(area * step / max(largest, 1))), 2.4) for step in steps]
    words = [look.number(step) for step in steps]
    words[-1] += f" {unit}"
    return [Line2D([], [], markersize=size, label=word, **plain) for size, word in zip(sizes, words, strict=True)]


def named_groups(colours: Mapping[str, str], names: Mapping[str, str] | pd.Series | None) -> dict[str, str]:
    """Return what a legend calls each group: its code and name, or itself where it has no name."""
    known = {} if names is None else dict(names)
    return {group: f"{group}  {known[group]}" if group in known else str(group) for group in colours}
