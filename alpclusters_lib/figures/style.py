"""One look for all figures: colours, type sizes, class breaks, number formats and source lines.

Location quotients are drawn on a log scale centred at 1, in seven classes that are the same in every map.
Blue is below, sand in the middle, brown above, in the manner of Crameri's `vik`: safe for colour-blind readers,
and in grey print the ends stay darker than the middle. One accent, magenta, is kept for the case.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

INK, TEXT, GREY, PALE, LAND, SEA = "#1F2933", "#3E4C59", "#7B8794", "#D5DADF", "#E6E8EA", "#F5F8FA"
CONTEXT = "#9AA5B1"
ACCENT = "#C2187A"
ALPINE = "#1F6A93"
GAIN, LOSS = "#1F6A93", "#B5653F"

LQ_BREAKS = (0.50, 0.67, 0.80, 1.25, 1.50, 2.00)
"""Upper ends of the first six classes; a value on a break belongs to the class above it."""

LQ_COLOURS = ("#0F4C81", "#4E8DB3", "#A6C8D8", "#F3EEE4", "#E3BC9C", "#C57F52", "#8C3B1A")
LQ_FLOOR = 1 / 16
"""Location quotients below it, zero among them, are drawn at the edge of a log axis and said so."""

LQ_LABEL = "Location quotient (EU = 1, log scale)"
NO_FIGURE = {"facecolor": "#FFFFFF", "hatch": "//////", "edgecolor": "#B3BAC2"}
ESTIMATED = {"hatch": "....", "edgecolor": "#2B343D"}
HOLLOW = "Hollow: estimated or bounded."

LABEL_INCHES = 0.4
"""Room that the label of a tick on a log axis needs."""

SIZES = {"map": (7.2, 6.4), "map_ranking": (9.6, 6.5), "chart": (7.6, 5.2), "strip": (7.6, 3.2)}
"""Figure sizes in inches; two columns of A4 landscape or the full width of A4 portrait."""

RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 8.5,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": "#E4E7EB",
    "grid.linewidth": 0.7,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "figure.facecolor": "white",
    "figure.dpi": 110,
    "savefig.dpi": 200,
    "savefig.facecolor": "white",
    "svg.hashsalt": "alpclusters",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
"""matplotlib settings of the house style."""


@contextmanager
def style() -> Iterator[None]:
    """Apply the house style inside a ``with`` block and restore what was set before."""
    with mpl.rc_context(RC):
        yield


def lq_class(value: float, breaks: Sequence[float] = LQ_BREAKS) -> int | None:
    """Return the class of a location quotient, counted from 0, or None where there is no figure.

    Examples
    --------
    >>> [lq_class(value) for value in (0, 0.49, 0.5, 1, 1.25, 2, float("nan"))]
    [0, 0, 1, 3, 4, 6, None]
    """
    if pd.isna(value):
        return None
    return int(np.searchsorted(np.asarray(breaks), value, side="right"))


def lq_colours(breaks: Sequence[float] = LQ_BREAKS) -> list[str]:
    """Return one colour a class, neutral where the class holds 1, darker away from it."""
    if tuple(breaks) == LQ_BREAKS:
        return list(LQ_COLOURS)
    ramp = mpl.colors.LinearSegmentedColormap.from_list("lq", LQ_COLOURS)
    middle, last = lq_class(1.0, breaks) or 0, len(breaks)
    below = [0.5 * i / middle for i in range(middle)]
    above = [0.5 + 0.5 * i / (last - middle) for i in range(1, last - middle + 1)]
    return [*(mpl.colors.to_hex(ramp(p)) for p in below), LQ_COLOURS[3], *(mpl.colors.to_hex(ramp(p)) for p in above)]


def is_dark(colour: str) -> bool:
    """Return whether white is the better ink on a colour.

    Examples
    --------
    >>> is_dark("#0F4C81"), is_dark("#F3EEE4")
    (True, False)
    """
    return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) < 400


def number(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separators and an ASCII minus.

    Examples
    --------
    >>> number(125714), number(-1234.5, 1), number(float("nan"))
    ('125,714', '-1,234.5', 'no figure')
    """
    if pd.isna(value):
        return "no figure"
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def signed(value: float, decimals: int = 0) -> str:
    """Return a number that shows its sign.

    Examples
    --------
    >>> signed(1200), signed(-35), signed(0)
    ('+1,200', '-35', '0')
    """
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def shorten(text: object, width: int = 32) -> str:
    """Cut a long name with an ellipsis.

    Examples
    --------
    >>> shorten("Friuli-Venezia Giulia"), shorten("Provincia Autonoma di Bolzano/Bozen")
    ('Friuli-Venezia Giulia', 'Provincia Autonoma di Bolzano/B…')
    """
    text = str(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def codes_of(chosen: str | Sequence[str] | pd.Series) -> list[str]:
    """Return the chosen codes as a list, from one code, several, or a true-or-false Series by code.

    Examples
    --------
    >>> codes_of("ITC4"), codes_of(["AT34", "LI00"]), codes_of(pd.Series({"AT34": True, "LI00": False}))
    (['ITC4'], ['AT34', 'LI00'], ['AT34'])
    """
    if isinstance(chosen, str):
        return [chosen]
    if isinstance(chosen, pd.Series) and chosen.dtype == bool:
        return list(chosen.index[chosen])
    return list(chosen)


def named(codes: Iterable[str], names: pd.Series | None, width: int = 32) -> list[str]:
    """Return the name of each code, cut to so many letters; the code itself where there is no name."""
    known = {} if names is None else names.dropna().to_dict()
    return [shorten(known.get(code, code), width) for code in codes]


def log_axis(axis: Axis, low: float, high: float, *, around: float = 1.0) -> tuple[float, float]:
    """Make a log axis with plain ticks (… 0.25, 0.5, 1, 2, 4 …) that holds `low`, `high` and `around`.

    Returns
    -------
    The ends of the axis.
    """
    low, high = min(low, around / 1.6) / 1.12, max(high, around * 1.6) * 1.12
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    ticks = [2.0**k for k in range(-10, 11) if low <= 2.0**k <= high]
    # a narrow panel has room for every other one or fewer, 1 among them
    inches = axis.axes.get_window_extent().width / axis.axes.get_figure(root=True).dpi
    for step in (2, 4):
        if len(ticks) * LABEL_INCHES > inches:
            ticks = [tick for tick in ticks if round(np.log2(tick)) % step == 0]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
    return low, high


def title(ax: Axes, text: str, **options: object) -> None:
    """Set a title, left-aligned, wrapped to the width of the panel and above a legend that stands there."""
    if text:
        options.setdefault("pad", 30 if ax.get_legend() else 10)
        ax.set_title(wrapped(ax, text, 12.5), loc="left", fontsize=11, fontweight="bold", color=INK, **options)


def wrapped(target: Axes | Figure, text: str, size: float) -> str:
    """Wrap a text to the width of a panel or figure at a type size."""
    root = target.get_figure(root=True)
    if isinstance(root.get_layout_engine(), ConstrainedLayoutEngine):
        root.draw_without_rendering()
    window = target.get_window_extent() if isinstance(target, Axes) else target.bbox
    characters = max(24, int(window.width / root.dpi * 72 / (size * 0.56)))
    return "\n".join(textwrap.fill(line, characters) for line in text.split("\n"))


def source_line(ax_or_fig: Axes | Figure, text: str, *, below: float = 38.0) -> None:
    """Print sources and notes in small grey type at the foot of a panel (`below` in points) or a figure.

    A figure with constrained layout makes room for it.
    """
    if not text:
        return
    small = {"fontsize": 6.8, "color": GREY, "ha": "left", "linespacing": 1.35}
    words = wrapped(ax_or_fig, text, 6.8)
    if isinstance(ax_or_fig, Figure):
        engine = ax_or_fig.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            foot = (words.count("\n") + 1) * 9.5 / 72 / ax_or_fig.get_figheight() + 0.02
            engine.set(rect=(0, foot, 1, 1 - foot))
        ax_or_fig.text(0.02, 0.015, words, va="bottom", **small)
    else:
        place = {"xycoords": "axes fraction", "xytext": (0, -below), "textcoords": "offset points"}
        ax_or_fig.annotate(words, (0, 0), va="top", annotation_clip=False, **place, **small)


def listed(heading: str, items: Sequence[str], most: int = 16) -> str:
    """Return a sentence that names the items, the first ones where they are many; empty where there are none.

    Examples
    --------
    >>> listed("No figure", ["Ticino", "Liechtenstein"]), listed("No figure", "abcd", most=2), listed("No", [])
    ('No figure: Ticino, Liechtenstein.', 'No figure: a, b and 2 more.', '')
    """
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{heading}: {', '.join(items[:most])}{more}." if len(items) else ""


def label_column(table: pd.DataFrame, *columns: str) -> pd.Series | None:
    """Return the first of these columns that the table has."""
    return next((table[column] for column in columns if column in table), None)


def hollow(table: pd.DataFrame) -> np.ndarray:
    """Return which rows are estimated or bounded by their ``status``, hence drawn hollow."""
    status = table["status"] if "status" in table else pd.Series("observed", index=table.index)
    return status.isin(["estimated", "bound"]).to_numpy()


def edge_note(quotients: pd.Series) -> str:
    """Return the sentence on location quotients below `LQ_FLOOR`; empty where there are none."""
    count = int((quotients < LQ_FLOOR).sum())
    return f"{count} below {LQ_FLOOR:.2f}, drawn at the edge." if count else ""


def name_rows(ax: Axes, names: Sequence[str], *, bold: Iterable[bool] = (), size: float | None = None) -> None:
    """Name the rows of a chart drawn at 0, 1, 2 … from the top down, some in bold, without ticks or an axis line."""
    ax.set_yticks(range(len(names)), names, fontsize=size)
    for tick, stressed in zip(ax.get_yticklabels(), bold, strict=False):
        tick.set_fontweight("bold" if stressed else "normal")
    # three rows of room at least: one bar alone would be a slab
    ax.set_ylim(max(len(names), 3) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def foot(ax: Axes, *sentences: str, below: float = 38.0) -> None:
    """Print the sentences that are not empty at the foot of a panel, one a line."""
    source_line(ax, "\n".join(filter(None, sentences)), below=below)


def nothing(ax: Axes, *sentences: str) -> Axes:
    """Draw "no figures" in place of an empty chart, with the sentences at the foot."""
    foot(ax, *sentences, below=8)
    ax.set_axis_off()
    middle = {"ha": "center", "va": "center", "transform": ax.transAxes}
    ax.text(0.5, 0.5, "no figures", color=GREY, fontsize=10, style="italic", **middle)
    return ax
