"""What a figure shows is what it was given, and the same twice."""

from __future__ import annotations

import io

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex, to_rgba
from matplotlib_scalebar.scalebar import ScaleBar

from alpclusters_lib.figures import charts, heatmaps, maps
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.scores import method_dots

LONG = "Un nome di regione davvero molto lungo e ufficiale"


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    with look.style():
        _, ax = plt.subplots(figsize=look.SIZES["chart"], layout="constrained")
        yield ax


@pytest.fixture(scope="module")
def land() -> gpd.GeoDataFrame:
    codes = ["AT11", "AT12", "AT13", "LI00", "ITC1"]
    boxes = [shapely.box(4.3e6 + 1e5 * i, 2.6e6, 4.4e6 + 1e5 * i, 2.7e6) for i in range(5)]
    frame = gpd.GeoDataFrame({"region": codes, "level": 2}, geometry=boxes, crs="EPSG:3035")
    whole = frame.assign(region=frame["region"].str[:2], level=0).dissolve("region", as_index=False)
    return pd.concat([frame, whole], ignore_index=True).assign(country=lambda t: t["region"].str[:2]).to_crs(4326)


@pytest.fixture
def quotients() -> pd.Series:
    return pd.Series({"AT11": 0.4, "AT12": 1.0, "AT13": 2.5, "LI00": np.nan, "ITC1": 1.3})


@pytest.fixture
def bubbles() -> pd.DataFrame:
    columns = {
        "lq": [1.5, 1.5, 0.5, 0.5, np.nan],
        "growth_pct": [8, -4, 8, -4, 1.0],
        "jobs": [125714, 900, 90, 5e4, 10],
    }
    return pd.DataFrame(columns, index=["C28", "C13", "C30", "C10", "C12"]).assign(label=lambda t: t.index)


def _words(ax) -> str:
    found = ax.get_figure(root=True).findobj(mpl.text.Text)
    return "\n".join(text.get_text() for text in found if text.get_visible())


def _png(figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=70)
    return stream.getvalue()


def _ink(figure) -> float:
    figure.canvas.draw()
    return float((np.asarray(figure.canvas.buffer_rgba())[..., :3] < 250).any(axis=2).mean())


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (0.499, 0), (0.5, 1), (0.7, 2), (0.8, 3), (1, 3), (1.25, 4), (1.6, 5), (2, 6)]
)
def test_classes_are_fixed_and_symmetric_around_one(value, expected):
    assert look.lq_class(value) == expected
    assert np.allclose(np.log(look.LQ_BREAKS), -np.log(look.LQ_BREAKS)[::-1], atol=0.01)


def test_other_breaks_keep_the_middle_neutral():
    colours = look.lq_colours((0.8, 1.25))
    assert len(colours) == 3 and colours[1].upper() == look.LQ_COLOURS[3]


def test_map_colours_follow_the_class_and_gaps_are_hatched(ax, land, quotients):
    maps.choropleth(
        quotients, land, ax=ax, perimeter=list(quotients.index), outline=["ITC1"], estimated={"AT12"}, title="A find",
        source="Source: Eurostat", names=pd.Series({"ITC1": LONG}), label=["ITC1"],
    )  # fmt: skip
    drawn = {to_hex(c) for item in ax.collections for c in item.get_facecolor() if len(item.get_facecolor())}
    expected = {look.LQ_COLOURS[i].lower() for i in (0, 3, 4, 6)}
    assert expected <= drawn and look.LQ_COLOURS[1].lower() not in drawn
    assert [item.get_hatch() for item in ax.collections if item.get_hatch()] == ["//////", "...."]
    accent = [
        i for i in ax.collections if len(i.get_edgecolor()) and tuple(i.get_edgecolor()[0]) == to_rgba(look.ACCENT)
    ]
    assert len(accent) == 1
    assert any(isinstance(artist, ScaleBar) for artist in ax.artists)
    text = _words(ax)
    for part in (
        "A find",
        "no figure (1)",
        "estimated or bounded (1)",
        "EuroGeographics",
        "EU = 1, log scale",
        "0.80",
    ):
        assert part in text
    assert "…" in text and LONG not in text
    assert _ink(ax.figure) > 0.1


def test_map_names_what_it_cannot_draw(ax, land, quotients):
    with pytest.raises(ValueError, match="no boundary for XX99"):
        maps.choropleth(quotients, land, ax=ax, perimeter=["AT11", "XX99"])
    with pytest.raises(ValueError, match="negative location quotient for AT11"):
        maps.choropleth(-quotients.head(1), land, ax=ax)
    maps.choropleth(pd.concat([quotients, pd.Series({"XX99": 1.0})]), land, ax=ax)
    assert "Not drawn, no boundary: XX99." in _words(ax)


def test_ranking_orders_ranks_and_names_the_missing(ax, quotients):
    maps.ranked_bars(quotients, ax=ax, names=pd.Series({"LI00": "Liechtenstein", "AT13": LONG}), highlight=["ITC1"])
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [look.shorten(LONG), "ITC1", "AT12", "AT11"] and len(labels[0]) <= 32
    assert "No figure: Liechtenstein." in _words(ax) and "2.50" in _words(ax)
    bars = [patch for patch in ax.patches if isinstance(patch, mpl.patches.Rectangle)]
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [look.LQ_COLOURS[i] for i in (6, 4, 3, 0)]


def test_short_ranking_keeps_the_case_and_its_true_rank(ax, quotients):
    maps.ranked_bars(quotients, ax=ax, top=1, highlight=["AT11"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["AT13", "AT11"]
    assert "2 of 4 regions shown." in _words(ax) and "\n4\n" in f"\n{_words(ax)}\n"


def test_map_with_ranking_is_deterministic_and_restores_settings(land, quotients):
    before = mpl.rcParams["font.size"]
    options = {"title": "A finding", "subtitle": "C28, 2014", "outline": ["AT13"], "perimeter": list(quotients.index)}
    lower, upper = quotients * 0.8, quotients * 1.2
    first, second = (
        _png(maps.choropleth_with_ranking(quotients, land, lower=lower, upper=upper, **options)) for _ in range(2)
    )
    assert first == second and mpl.rcParams["font.size"] == before


def test_quadrants():
    assert charts.quadrant(1.2, 3, reference_growth=2) == "star"
    assert charts.quadrant(1.2, 2, reference_growth=2) == "mature"
    assert charts.quadrant(1.0, 3, reference_growth=2) == "emerging"
    assert charts.quadrant(0.4, -3, reference_growth=2) == "transforming"


def test_bubble_places_rows_by_value_and_area_by_jobs(ax, bubbles):
    charts.lq_growth_bubble(bubbles, ax=ax, highlight=["C28"], reference_growth=1, title="Title", source="Source")
    points = ax.collections[0]
    assert points.get_offsets().tolist()[0] == [1.5, 8.0]
    sizes = points.get_sizes()
    assert sizes[0] / sizes[1] == pytest.approx(125714 / 5e4)
    assert to_hex(points.get_facecolor()[0]).upper() == look.ACCENT
    words = _words(ax)
    for part in ("STAR", "MATURE", "EMERGING", "TRANSFORMING", "No figure: C12.", "100,000 jobs", "EU +1.0 %", "C28"):
        assert part in words
    corner = {text.get_text(): text.get_position() for text in ax.texts}
    assert corner["STAR"][0] > 0.5 < corner["STAR"][1] and corner["TRANSFORMING"][0] < 0.5 > corner["TRANSFORMING"][1]


def test_labels_do_not_cover_each_other(ax):
    rng = np.random.default_rng(7)
    table = pd.DataFrame({"lq": np.exp(rng.normal(0, 0.5, 60)), "growth_pct": rng.normal(0, 5, 60), "jobs": 100.0})
    table.index = [f"Region number {i}" for i in range(60)]
    charts.lq_growth_bubble(table, ax=ax)
    written = [t.get_window_extent() for t in ax.texts if t.get_text().startswith("Region number")]
    assert len(written) > 10
    assert not any(a.overlaps(b) for i, a in enumerate(written) for b in written[:i])


def test_waterfall_ends_at_the_total(ax):
    parts = pd.Series({"national": -2411.0, "industry": 5204.0, "regional": -1204.0})
    charts.shift_share_waterfall(parts, ax=ax)
    bars = ax.patches
    tops = [bar.get_y() + bar.get_height() for bar in bars]
    assert tops[:3] == pytest.approx(list(parts.cumsum())) and tops[3] == pytest.approx(parts.sum())
    assert bars[1].get_y() == pytest.approx(parts.iloc[0])
    assert "+5,204" in _words(ax) and "-2,411" in _words(ax) and "+1,589" in _words(ax)
    low, high = ax.get_ylim()
    assert low < -2411 and high > 2793


def test_waterfall_without_a_part_draws_no_total(ax):
    charts.shift_share_waterfall(pd.Series({"national": 10.0, "industry": np.nan, "regional": 5.0}), ax=ax)
    assert len(ax.patches) == 2 and "No figure, hence no total: Industry mix." in _words(ax)


def test_intervals_print_n_and_show_estimates_hollow(ax):
    table = pd.DataFrame(
        {"estimate": [1.0, 2.0, np.nan], "lower": [0.8, np.nan, 1], "upper": [1.2, 3, 2], "n": [1234, 5, 6]},
        index=["A", LONG, "C"],
    ).assign(status=["observed", "estimated", "missing"])
    charts.interval_dots(table, ax=ax, highlight="A")
    words = _words(ax)
    assert "1,234" in words and "No figure: C." in words and "Hollow" in words and LONG not in words
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() for line in dots] == ["white", look.ACCENT]
    assert [tick.get_text() for tick in ax.get_xticklabels()] and "10^" not in words


def test_strip_draws_every_region_once_and_states_both_ranks(ax):
    values = pd.Series({f"R{i:03d}": 0.2 + i / 50 for i in range(100)} | {"GAP": np.nan, "ZERO": 0.0})
    charts.rank_strip(values, ax=ax, highlight="R090", group=["R095", "R090", "GAP"], names=pd.Series({"R090": "Case"}))
    assert sum(len(line.get_xdata()) for line in ax.lines if line.get_marker() == "o") == 101
    words = _words(ax)
    assert "rank 10 of 101 (EU), 2 of 2 (Alpine Space)" in words
    assert "No figure: GAP." in words and "1 below 0.06, drawn at the edge." in words


def test_divisions_show_jobs_and_quotients(ax):
    table = pd.DataFrame(
        {"jobs": [125714, 10, np.nan], "lq": [1.9, np.nan, np.nan], "name": ["Machinery", LONG, "Repair"]}
    )
    table.index = ["C28", "C27", "C33"]
    assert charts.division_bars(table, ax=ax) is ax
    words = _words(ax)
    assert "125,714" in words and "1.90" in words and "No figure: Repair." in words and "C28  Machinery" in words


def _dots(ax) -> list:
    return [line for line in ax.lines if line.get_marker() in ("o", "s") and len(line.get_xdata())]


def test_strip_shows_estimates_hollow_and_marks_the_case(ax):
    values = pd.Series({f"R{i}": 0.4 + i / 10 for i in range(9)})
    charts.rank_strip(values, ax=ax, highlight="R5", group=["R2", "R5"], estimated={"R5", "R2", "R0"})
    hollow = [line for line in _dots(ax) if to_hex(line.get_markerfacecolor()) == "#ffffff"]
    assert sum(len(line.get_xdata()) for line in hollow) == 3
    assert sum(len(line.get_xdata()) for line in _dots(ax)) == 9
    assert {to_hex(line.get_markeredgecolor()).upper() for line in hollow} >= {look.ACCENT, look.ALPINE}
    words = _words(ax)
    assert "R5 about 0.90: rank 4 of 9" in words and look.HOLLOW in words


def test_strip_without_estimates_has_no_mark(ax):
    charts.rank_strip(pd.Series({"A": 0.5, "B": 1.5}), ax=ax, highlight="B")
    assert "about" not in _words(ax) and look.HOLLOW not in _words(ax)


@pytest.mark.parametrize("estimated", [False, True])
def test_waterfall_of_estimates_is_hollow(ax, estimated):
    charts.shift_share_waterfall(pd.Series({"national": 10.0, "regional": -5.0}), ax=ax, estimated=estimated)
    white = [to_hex(bar.get_facecolor()) == "#ffffff" for bar in ax.patches]
    assert white == [estimated] * 3
    assert (look.HOLLOW in _words(ax)) == estimated
    colours = {to_hex(bar.get_edgecolor() if estimated else bar.get_facecolor()).upper() for bar in ax.patches}
    assert colours == {look.GAIN, look.LOSS, look.TEXT}, "gain, loss and total keep their colours"


def test_published_jobs_stay_filled_where_only_the_total_is_estimated(ax):
    table = pd.DataFrame(
        {"jobs": [7199.3, 4322.0], "lq": [3.1, 1.27], "status": ["estimated"] * 2}, index=["C21", "C32"]
    )
    table[["jobs_lower", "jobs_upper"]] = [[3960, 7900], [4322, 4322]]
    charts.division_bars(table, ax=ax)
    assert [to_hex(bar.get_facecolor()) == "#ffffff" for bar in ax.patches] == [True, False]
    words = _words(ax)
    assert "about 7,200" in words and "7,199" not in words and "\n4,322" in words and "about 4,32" not in words
    assert "about 3.10" in words and "about 1.27" in words and look.HOLLOW in words


def test_heat_map_cuts_the_corner_of_estimates_only(ax):
    table = pd.DataFrame({"A": [1.2, np.nan], "B": [0.4, 2.5]}, index=["R1", "R2"])
    marks = pd.DataFrame({"B": [False, True], "A": [True, True]}, index=["R1", "R2"])
    heatmaps.quotient_heat_map(table, ax=ax, estimated=marks)
    corners = [patch.get_xy() for patch in ax.patches if isinstance(patch, mpl.patches.Polygon)]
    cells = {(int(xy[:, 0].min()), int(xy[:, 1].min())) for xy in corners}
    assert cells == {(0, 0), (1, 1)} and len(corners) == 2, "column and row of R1 A and R2 B; a gap has no mark"
    assert "Cut corner: rests on an estimate." in _words(ax)


def test_heat_map_without_estimates_has_no_mark(ax):
    heatmaps.quotient_heat_map(pd.DataFrame({"A": [1.2]}, index=["R1"]), ax=ax)
    assert not any(isinstance(patch, mpl.patches.Polygon) for patch in ax.patches) and "Cut corner" not in _words(ax)


@pytest.fixture
def errors() -> pd.DataFrame:
    columns = {"EU": [100.0, 13.07, 4.62], "Alpine Space": [100.0, np.nan, 4.86]}
    return pd.DataFrame(columns, index=["zero fill", "plain fitting", "estimate used here"])


def test_methods_are_drawn_in_order_from_zero(ax, errors):
    before = errors.copy()
    assert method_dots(errors, ax=ax, highlight="estimate used here", title="Finding", source="Source") is ax
    pd.testing.assert_frame_equal(errors, before)
    placed = sorted((float(line.get_ydata()[0]), round(float(line.get_xdata()[0]), 2)) for line in _dots(ax))
    # the missing score is left out
    assert [dot for dot in placed if not np.isnan(dot[1])] == [(0, 100), (0, 100), (1, 13.07), (2, 4.62), (2, 4.86)]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(errors.index)
    top, bottom = ax.get_ylim()
    assert top > bottom, "the first method stands on top"
    assert ax.get_xlim()[0] == 0 and ax.get_xlim()[1] > 100
    words = _words(ax)
    for part in ("Finding", "Source", "100.0 · 100.0", "4.6 · 4.9", "\n13.1\n", "EU", "Alpine Space"):
        assert part in words, part


def test_only_the_highlighted_method_has_the_accent(ax, errors):
    method_dots(errors, ax=ax, highlight="estimate used here")
    own = {int(line.get_ydata()[0]) for line in _dots(ax) if to_hex(line.get_color()).upper() == look.ACCENT}
    assert own == {2}
    labels = {tick.get_text(): to_hex(tick.get_color()).upper() for tick in ax.get_yticklabels()}
    assert [name for name, colour in labels.items() if colour == look.ACCENT] == ["estimate used here"]
    faces = {line.get_marker(): to_hex(line.get_markerfacecolor()).upper() for line in _dots(ax)}
    assert faces["s"] == "#FFFFFF" != faces["o"], "the first area is hollow, the second filled"
    # the legend tells the areas apart by marker, in a colour of neither
    handles = ax.get_legend().legend_handles
    assert [handle.get_marker() for handle in handles] == ["s", "o"]
    assert {to_hex(handle.get_color()) for handle in handles} == {look.TEXT.lower()}


CALLS = {
    "bubble": (charts.lq_growth_bubble, pd.DataFrame(columns=["lq", "growth_pct", "jobs"])),
    "intervals": (charts.interval_dots, pd.DataFrame(columns=["estimate", "lower", "upper"])),
    "strip": (charts.rank_strip, pd.Series(dtype=float)),
    "waterfall": (charts.shift_share_waterfall, pd.Series(dtype=float)),
    "divisions": (charts.division_bars, pd.DataFrame(columns=["jobs", "lq"])),
    "ranking": (maps.ranked_bars, pd.Series(dtype=float)),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("gaps", [False, True])
def test_nothing_to_draw_says_so(ax, name, gaps):
    draw, empty = CALLS[name]
    rows = empty.reindex(["X1", "X2"]) if gaps else empty
    assert draw(rows, ax=ax, title="Title") is ax
    assert "no figures" in _words(ax) and "Title" in _words(ax) and (not gaps or "No figure" in _words(ax))


ONE = {
    "bubble": pd.DataFrame({"lq": [1.0], "growth_pct": [0.0], "jobs": [0.0]}, index=[LONG]),
    "intervals": pd.DataFrame({"estimate": [0.0], "lower": [0.0], "upper": [0.2]}, index=[LONG]),
    "strip": pd.Series({LONG: 1.0}),
    "waterfall": pd.Series({"national": 0.0}),
    "divisions": pd.DataFrame({"jobs": [0.0], "lq": [0.0]}, index=[LONG]),
    "ranking": pd.Series({LONG: 0.0}),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", CALLS)
def test_a_single_row_is_drawn_and_twice_the_same(name):
    pictures = []
    for _ in range(2):
        with look.style():
            figure, ax = plt.subplots(figsize=look.SIZES["chart"], layout="constrained")
            CALLS[name][0](ONE[name].copy(), ax=ax, title="Title", source="Source: Eurostat")
            assert LONG not in _words(ax) and _ink(figure) > 0.005
            pictures.append(_png(figure))
    assert pictures[0] == pictures[1]


def test_charts_do_not_change_their_input(ax, bubbles):
    before = bubbles.copy()
    charts.lq_growth_bubble(bubbles, ax=ax)
    pd.testing.assert_frame_equal(bubbles, before)


def test_empty_map_says_so(ax, land):
    maps.choropleth(pd.Series(dtype=float), land, ax=ax, title="Title")
    assert "no figures" in _words(ax)
