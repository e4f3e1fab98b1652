"""Figures of relatedness, association and coefficients show what they were given, and every label can be read."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import geopandas as gpd
import matplotlib.pyplot as plt
import shapely
from matplotlib.colors import to_hex
from matplotlib.transforms import Bbox

from alpclusters_lib import datasets, sectors
from alpclusters_lib.figures import association_map as association
from alpclusters_lib.figures import networks, palettes, quadrants
from alpclusters_lib.figures import style as look
from alpclusters_lib.figures.clustermaps import relatedness_clustermap
from alpclusters_lib.figures.coefficients import coefficient_plot
from alpclusters_lib.figures.network_layout import network_positions, room_for_boxes

SHORT = pd.Series({code: sectors.label(code, short=True) for code in sectors.divisions()})


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    with look.style():
        _, ax = plt.subplots(figsize=(9.6, 8.2), layout="constrained")
        yield ax


def _words(ax) -> str:
    found = ax.get_figure(root=True).findobj(mpl.text.Text)
    return "\n".join(text.get_text() for text in found if text.get_visible())


def _legend(ax) -> list[str]:
    return [t.get_text() for item in ax.get_figure(root=True).findobj(mpl.legend.Legend) for t in item.get_texts()]


@pytest.fixture(scope="module")
def jobs() -> pd.DataFrame:
    table = datasets.employment(year=2014, level=2)
    table = table[table["sector"].isin(sectors.divisions())]
    table = table.astype({"sector": str})
    return table.pivot(index="region", columns="sector", values="value").fillna(0.0)


@pytest.fixture(scope="module")
def proximity(jobs) -> pd.DataFrame:
    shares = jobs.div(jobs.sum(axis=1), axis=0)
    held = (shares / (jobs.sum() / jobs.to_numpy().sum()) >= 1).astype(float)
    together = held.T @ held
    return (together / np.maximum.outer(np.diag(together), np.diag(together))).mask(np.eye(len(together), dtype=bool))


@pytest.fixture(scope="module")
def links(proximity) -> pd.DataFrame:
    """The maximum spanning tree and the strongest links."""
    import networkx as nx

    pairs = proximity.where(np.triu(np.ones(proximity.shape, dtype=bool), 1)).stack().dropna().rename("weight")
    pairs = pairs.rename_axis(["source", "target"]).reset_index()
    tree = nx.maximum_spanning_tree(nx.from_pandas_edgelist(pairs, edge_attr="weight"))
    kept = [tree.has_edge(a, b) or w >= 0.55 for a, b, w in pairs.itertuples(index=False)]
    return pairs[kept]


@pytest.fixture
def divisions(jobs) -> pd.DataFrame:
    code = jobs.columns.to_series()
    return pd.DataFrame({"label": SHORT[code], "group": code.str[0], "size": jobs.loc["ITC4"], "held": code > "C25"})


@pytest.fixture
def nodes() -> pd.DataFrame:
    columns = {"label": ["Food", "Machinery", "Hotels"], "group": ["C", "C", "I"], "size": [100.0, 400.0, np.nan]}
    return pd.DataFrame(columns, index=["C10", "C28", "I55"]).assign(held=pd.array([True, False, None], "boolean"))


@pytest.fixture
def edges() -> pd.DataFrame:
    return pd.DataFrame({"source": ["C10", "C28"], "target": ["C28", "I55"], "weight": [0.7, 0.2]})


# --- product space ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(9.6, 8.2), (9.6, 7.0)])
def test_labels_of_all_68_divisions_stand_clear_of_each_other_and_inside(links, divisions, size):
    with look.style():
        figure, ax = plt.subplots(figsize=size, layout="constrained")
        networks.product_space(links, divisions, ax=ax, title="Title", source="Source", highlight=["C28"])
        figure.canvas.draw()
        labels = [text for text in ax.texts if text.get_text().split()[0] in divisions.index]
        boxes = {text.get_text(): text.get_window_extent() for text in labels}
    assert len(boxes) == 68 == len(divisions)
    assert {" ".join(word.split()) for word in boxes} == {f"{code} {SHORT[code]}" for code in divisions.index}
    names = list(boxes)
    assert [(a, b) for i, a in enumerate(names) for b in names[:i] if boxes[a].overlaps(boxes[b])] == []
    scale = figure.dpi / 72
    spots = ax.collections[-1]
    centres, radii = ax.transData.transform(spots.get_offsets()), np.sqrt(spots.get_sizes()) / 2 * scale
    discs = [Bbox.from_extents(*(at - r), *(at + r)) for at, r in zip(centres, radii, strict=True)]
    assert [name for name, box in boxes.items() if any(map(box.overlaps, discs))] == []
    assert [(i, j) for i in range(68) for j in range(i) if discs[i].overlaps(discs[j])] == []
    whole = figure.bbox
    assert all(b.x0 >= whole.x0 and b.x1 <= whole.x1 and b.y0 >= whole.y0 and b.y1 <= whole.y1 for b in boxes.values())
    foot = next(text for text in ax.texts if "Source" in text.get_text()).get_window_extent()
    keys = [item.get_window_extent() for item in figure.findobj(mpl.legend.Legend)]
    assert not keys[0].overlaps(keys[1]) and not any(foot.overlaps(key) for key in keys)


def test_nodes_show_size_group_and_what_is_held(ax, edges, nodes):
    before = nodes.copy(), edges.copy()
    assert networks.product_space(edges, nodes, ax=ax, highlight="C28", group_names={"C": "Manufacturing"}) is ax
    pd.testing.assert_frame_equal(nodes, before[0])
    pd.testing.assert_frame_equal(edges, before[1])
    spots = ax.collections[-1]
    assert spots.get_sizes().tolist() == [networks.LARGEST / 4, networks.LARGEST, networks.SMALLEST]
    faces = [to_hex(colour).upper() for colour in spots.get_facecolor()]
    assert faces == [palettes.SECTION_COLOURS["C"], "#FFFFFF", look.PALE]
    rings = [to_hex(colour).upper() for colour in spots.get_edgecolor()]
    assert rings == [palettes.SECTION_COLOURS["C"], look.ACCENT, palettes.SECTION_COLOURS["I"]]
    assert {"C  Manufacturing", "I", "specialised (1)", "not specialised (1)", "no figure (1)"} <= set(_legend(ax))
    assert "No figure on jobs, drawn smallest: I55." in _words(ax) and "proximity 0.70" in _legend(ax)


def test_links_join_their_nodes_and_the_stronger_is_wider(ax, edges, nodes):
    networks.product_space(edges, nodes, ax=ax)
    lines, spots = ax.collections
    places = dict(zip(nodes.index, map(tuple, spots.get_offsets().tolist()), strict=True))
    pairs = zip(lines.get_paths(), lines.get_linewidths(), strict=True)
    drawn = {frozenset(map(tuple, path.vertices.tolist())): width for path, width in pairs}
    strong, weak = frozenset((places["C10"], places["C28"])), frozenset((places["C28"], places["I55"]))
    assert set(drawn) == {strong, weak} and drawn[strong] == networks.WIDEST > drawn[weak] == networks.THINNEST


def test_groups_may_be_categories_and_one_may_be_missing(ax, edges, nodes):
    groups = pd.Categorical(["metal", "food", None], categories=["food", "metal", "other"])
    networks.product_space(edges, nodes.assign(group=groups, held=True), ax=ax, group_order=["food", "metal", "other"])
    faces = [to_hex(colour).upper() for colour in ax.collections[-1].get_facecolor()]
    assert faces == [palettes.GROUP_COLOURS[1], palettes.GROUP_COLOURS[0], look.CONTEXT]


def test_given_places_are_kept_in_order_and_a_label_without_room_is_named_below(ax, edges, nodes):
    crowd = nodes.assign(x=[0.0, 0.5, 1.0], y=[0.0, 1.0, 0.5])
    networks.product_space(edges, crowd, ax=ax)
    spots = ax.collections[-1].get_offsets()
    share = (spots - spots.min(axis=0)) / np.ptp(spots, axis=0)
    assert np.allclose(share, crowd[["x", "y"]])
    plt.close("all")
    many = pd.DataFrame({"label": "A long name", "x": 0.5, "y": 0.5}, index=[f"N{i:02d}" for i in range(9)])
    chain = pd.DataFrame({"source": many.index[:-1], "target": many.index[1:], "weight": 1.0})
    with look.style():
        _, ax = plt.subplots(figsize=(9.6, 8.2), layout="constrained")
        networks.product_space(chain, many, ax=ax)
    assert "Without a name: N" in _words(ax) and "N08 A long name" in _words(ax)


def test_layout_is_the_same_twice_and_knows_nodes_without_links():
    chain = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    first, second = (network_positions(list("abcd"), chain) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert np.isfinite(first).all(axis=None) and list(first.index) == list("abcd") and not first.duplicated().any()
    pd.testing.assert_frame_equal(network_positions(["a"], chain[:0]), pd.DataFrame({"x": 0.5, "y": 0.5}, index=["a"]))


def test_boxes_in_one_place_are_pushed_apart_inside_the_frame():
    half = np.full((12, 2), [10.0, 5.0])
    places = room_for_boxes(np.full((12, 2), 50.0), half, half, frame=(100, 100))
    assert (places >= half).all() and (places <= 100 - half).all()
    gap = np.abs(places[:, None] - places[None])
    clear = ((gap >= 2 * half[0] - 1e-6).any(axis=2)) | np.eye(12, dtype=bool)
    assert clear.all()


def test_a_network_that_cannot_be_drawn_is_refused(ax, edges, nodes):
    with pytest.raises(ValueError, match="nodes is empty"):
        networks.product_space(edges, nodes[:0], ax=ax)
    with pytest.raises(ValueError, match="edges is empty"):
        networks.product_space(edges[:0], nodes, ax=ax)
    with pytest.raises(ValueError, match="edges has no column weight; its columns are source, target"):
        networks.product_space(edges.drop(columns="weight"), nodes, ax=ax)
    with pytest.raises(ValueError, match="a link ends at I55, not among the nodes"):
        networks.product_space(edges, nodes.drop("I55"), ax=ax)
    with pytest.raises(ValueError, match="C10-C28 has weight nan; above 0"):
        networks.product_space(edges.assign(weight=[np.nan, 1]), nodes, ax=ax)
    with pytest.raises(ValueError, match="no place for C10"):
        networks.product_space(edges, nodes.assign(x=[np.nan, 1, 2], y=0.0), ax=ax)
    with pytest.raises(ValueError, match="nodes has C10 twice"):
        networks.product_space(edges, nodes.rename(index={"C28": "C10"}), ax=ax)


def test_colours_of_groups_are_those_of_sections_or_at_most_eight():
    assert set(palettes.SECTION_COLOURS) == set(sectors.sections())
    assert len(set(palettes.SECTION_COLOURS.values())) == len(palettes.SECTION_COLOURS)
    assert list(palettes.group_colours(["b", "a", None], order=["a", "b", "c"])) == ["a", "b"]
    with pytest.raises(ValueError, match="9 groups, but 8 colours"):
        palettes.group_colours([f"g{i}" for i in range(9)])
    with pytest.raises(ValueError, match="order of the groups lacks b"):
        palettes.group_colours(["a", "b"], order=["a"])


# --- quadrants ----------------------------------------------------------------------------------------------


@pytest.fixture
def pairs() -> pd.DataFrame:
    columns = {
        "density": [30.0, 50, 40, np.nan],
        "density_lower": [25.0, 45, np.nan, 1],
        "density_upper": [33.0, 58, 44, 2],
        "complexity": [-1.0, 1, 0.5, 0],
        "complexity_lower": [-1.5, 0.5, 0, 0],
        "complexity_upper": [-0.5, 1.5, 1, 0],
        "jobs": [100.0, 1000, 500, 9],
        "status": ["observed", "observed", "estimated", "observed"],
    }
    return pd.DataFrame(columns, index=["C10", "C28", "I55", "C12"])


def test_points_and_crosses_are_the_table(ax, pairs):
    names = {"right, above": "Both", "left, below": "Neither"}
    quadrants.quadrant_scatter(pairs, ax=ax, medians=(40, 0), quadrants=names, highlight="C28", title="T", source="S")
    spots = next(item for item in ax.collections if isinstance(item, mpl.collections.PathCollection))
    assert spots.get_offsets().tolist() == [[50, 1], [40, 0.5], [30, -1]], "most jobs first"
    assert np.allclose(spots.get_sizes(), np.array([1, 0.5, 0.1]) * quadrants.LARGEST)
    faces = [to_hex(colour).upper() for colour in spots.get_facecolor()]
    assert faces == [look.ACCENT, "#FFFFFF", look.ALPINE]
    lines = [item for item in ax.collections if isinstance(item, mpl.collections.LineCollection)]
    ends = {tuple(map(tuple, s)) for item in lines for s in item.get_segments() if len(s) and not np.isnan(s).any()}
    assert {((45.0, 1.0), (58.0, 1.0)), ((50.0, 0.5), (50.0, 1.5)), ((25.0, -1.0), (33.0, -1.0))} <= ends
    assert not any(a[1] == b[1] == 0.5 for a, b in ends), "an open end is not drawn"
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata() == [40, 40] and dashed[1].get_ydata() == [0, 0]
    words = _words(ax)
    for part in ("BOTH", "NEITHER", "C28", "No figure: C12.", look.HOLLOW, "1,000 jobs", "median"):
        assert part in words
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    assert west < 25 and east > 58 and south < -1.5 and north > 1.5


def test_zeros_on_a_log_axis_stand_at_the_edge(ax, pairs):
    table = pairs.drop(columns=["complexity_lower", "complexity_upper"]).assign(complexity=[0.0, 2.0, 1.0, 1.0])
    quadrants.quadrant_scatter(table, ax=ax, medians=(40, 1), log_y=True)
    spots = next(item for item in ax.collections if isinstance(item, mpl.collections.PathCollection))
    assert spots.get_offsets()[-1].tolist() == [30, look.LQ_FLOOR] and "1 below 0.06" in _words(ax)


def test_a_scatter_that_cannot_be_drawn_is_refused(ax, pairs):
    with pytest.raises(ValueError, match="scatter is empty"):
        quadrants.quadrant_scatter(pairs[:0], ax=ax, medians=(1, 1))
    with pytest.raises(ValueError, match="scatter has no column eci"):
        quadrants.quadrant_scatter(pairs, ax=ax, y="eci", medians=(1, 1))
    with pytest.raises(ValueError, match="no quadrant top; there are right, above"):
        quadrants.quadrant_scatter(pairs, ax=ax, medians=(1, 1), quadrants={"top": "x"})
    quadrants.quadrant_scatter(pairs.assign(density=np.nan), ax=ax, medians=(1, 1), title="Title")
    assert "no figures" in _words(ax) and "No figure: C10, C28, I55, C12." in _words(ax)


# --- map of association -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def land() -> gpd.GeoDataFrame:
    codes = ["AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "LI00", "ITC1"]
    boxes = [shapely.box(4.3e6 + 1e5 * i, 2.6e6, 4.4e6 + 1e5 * i, 2.7e6) for i in range(len(codes))]
    frame = gpd.GeoDataFrame({"region": codes, "level": 2}, geometry=boxes, crs="EPSG:3035")
    whole = frame.assign(region=frame["region"].str[:2], level=0).dissolve("region", as_index=False)
    return pd.concat([frame, whole], ignore_index=True).to_crs(4326)


@pytest.fixture
def classes() -> pd.Series:
    known = ["high-high", "low-low", "high-low", "low-high", "not significant", "not significant", "island", None]
    return pd.Series(known, ["AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "LI00", "ITC1"])


def test_each_class_has_its_colour_and_the_legend_counts(ax, land, classes):
    association.association_map(classes, land, ax=ax, outline="AT11", title="Find", source="Source: Eurostat")
    counts = ["high among high (1)", "low among low (1)", "high among low (1)", "low among high (1)"]
    assert _legend(ax) == [*counts, "not significant (2)", "no neighbours (1)", "no figure (1)"]
    for name, (_, fill) in association.ASSOCIATION_LOOKS.items():
        # what is filled on this layer: one path a region of the class
        layer = [i for i in ax.collections if i.get_zorder() == 2 and i.get_hatch() == fill.get("hatch")]
        paths = [len(i.get_paths()) for i in layer if to_hex(i.get_facecolor()[0]) == fill["facecolor"].lower()]
        assert paths == [int(classes.fillna("missing").eq(name).sum())], name
    assert "EuroGeographics" in _words(ax) and "Find" in _words(ax)
    accent = [
        i for i in ax.collections if len(i.get_edgecolor()) and to_hex(i.get_edgecolor()[0]) == look.ACCENT.lower()
    ]
    assert len(accent) == 1


def test_a_perimeter_restricts_the_map_and_its_counts(ax, land, classes):
    association.association_map(classes.drop("AT12"), land, ax=ax, perimeter=["AT11", "AT12", "AT22"])
    assert _legend(ax)[0] == "high among high (1)" and _legend(ax)[-2:] == ["not significant (1)", "no figure (1)"]
    border = [i for i in ax.collections if i.get_zorder() == 5]
    assert len(border) == 1 and to_hex(border[0].get_edgecolor()[0]) == look.INK.lower()


def test_a_map_that_cannot_be_drawn_is_refused(ax, land, classes):
    with pytest.raises(ValueError, match="classes is empty"):
        association.association_map(classes[:0], land, ax=ax)
    with pytest.raises(ValueError, match="unknown class HH; known are high-high"):
        association.association_map(classes.replace("high-high", "HH"), land, ax=ax)
    with pytest.raises(ValueError, match="no boundary for XX99"):
        association.association_map(classes, land, ax=ax, perimeter=["XX99"])
    association.association_map(pd.concat([classes, pd.Series({"XX99": "island"})]), land, ax=ax)
    assert "Not drawn, no boundary: XX99." in _words(ax) and "no neighbours (1)" in _legend(ax)


# --- coefficients -------------------------------------------------------------------------------------------


@pytest.fixture
def coefficients() -> pd.DataFrame:
    keys = pd.MultiIndex.from_product([["own", "cluster", "linked"], [f"v{i}" for i in range(8)]])
    table = keys.to_frame(index=False, name=["term", "variant"]).assign(estimate=np.arange(24) / 10 - 1)
    return table.assign(lower=table["estimate"] - 0.2, upper=table["estimate"] + 0.3)


def _estimates(panel) -> list[float]:
    return sorted(float(x) for line in panel.lines if line.get_marker() != "None" for x in line.get_xdata())


def test_variants_are_dodged_within_terms_and_named(ax, coefficients):
    coefficient_plot(coefficients, ax=ax, terms={"own": "Own LQ"}, variants={"v0": "Base"}, highlight="v0")
    assert _estimates(ax) == pytest.approx(sorted(coefficients["estimate"]))
    bars = [
        s for item in ax.collections if isinstance(item, mpl.collections.LineCollection) for s in item.get_segments()
    ]
    drawn = sorted((float(s[0, 0]), float(s[1, 0])) for s in bars)
    assert np.allclose(drawn, sorted(zip(coefficients["lower"], coefficients["upper"], strict=True)))
    rows = [float(y) for line in ax.lines if line.get_marker() != "None" for y in line.get_ydata()]
    assert len(set(rows)) == 24 and [t.get_text() for t in ax.get_yticklabels()] == ["Own LQ", "cluster", "linked"]
    assert _legend(ax)[1:] == [f"v{i}" for i in range(1, 8)] and _legend(ax)[0] == "Base"
    assert any(list(line.get_xdata()) == [0, 0] for line in ax.lines)
    base = next(line for line in ax.lines if line.get_label() == "Base")
    assert to_hex(base.get_color()).upper() == look.ACCENT
    assert len({line.get_marker() for line in ax.lines if line.get_marker() != "None"}) == 8


def test_facets_hold_one_term_each_and_gaps_are_named(ax, coefficients):
    coefficients.loc[3, "estimate"] = np.nan
    coefficient_plot(coefficients, ax=ax, facets=True, title="Title")
    panels = ax.figure.axes
    by_term = [group["estimate"].dropna() for _, group in coefficients.groupby("term", sort=False)]
    assert len(panels) == 3
    for panel, expected in zip(panels, by_term, strict=True):
        assert _estimates(panel) == pytest.approx(sorted(expected))
    assert [t.get_text() for t in ax.get_yticklabels()] == [f"v{i}" for i in range(8)]
    assert "No figure: own in v3." in _words(ax)


def test_coefficients_that_cannot_be_drawn_are_refused(ax, coefficients):
    with pytest.raises(ValueError, match="coefficients is empty"):
        coefficient_plot(coefficients[:0], ax=ax)
    with pytest.raises(ValueError, match="coefficients has no column lower"):
        coefficient_plot(coefficients.drop(columns="lower"), ax=ax)
    with pytest.raises(ValueError, match="term own has variant v0 twice"):
        coefficient_plot(pd.concat([coefficients, coefficients[:1]]), ax=ax)
    more = coefficients[:1].assign(variant="v8")
    with pytest.raises(ValueError, match="9 variants, but only 8"):
        coefficient_plot(pd.concat([coefficients, more]), ax=ax)


# --- clustermap ---------------------------------------------------------------------------------------------


def test_clustermap_holds_every_related_division_once_in_one_order(proximity):
    before = proximity.copy()
    table = proximity.copy()
    table.loc["C12"] = table["C12"] = np.nan
    sections = pd.Series(table.index.str[0], table.index)
    grid = relatedness_clustermap(table, groups=sections, names=SHORT, title="Title", source="Source: Eurostat")
    pd.testing.assert_frame_equal(proximity, before)
    order = list(grid.data2d.index)
    assert order == list(grid.data2d.columns) and sorted(order) == sorted(set(table.index) - {"C12"})
    pd.testing.assert_frame_equal(grid.data2d, table.loc[order, order], check_names=False)
    assert [t.get_text() for t in grid.ax_heatmap.get_xticklabels()] == order
    assert [t.get_text() for t in grid.ax_heatmap.get_yticklabels()] == [f"{code}  {SHORT[code]}" for code in order]
    beside = [to_hex(colour).upper() for colour in grid.ax_row_colors.collections[0].get_facecolors()]
    assert set(beside) == {palettes.SECTION_COLOURS[code[0]] for code in order}
    words = _words(grid.ax_heatmap)
    assert "Related to nothing, left out: C12 Tobacco." in words and "Proximity" in words
    grid.figure.canvas.draw()
    for labels in (grid.ax_heatmap.get_xticklabels(), grid.ax_heatmap.get_yticklabels()):
        boxes = [text.get_window_extent() for text in labels]
        centres = [((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2) for b in boxes]
        steps = np.hypot(*np.diff(centres, axis=0).T)
        thick = min(boxes[0].width, boxes[0].height)
        assert thick < 1.25 * steps.min(), "line heights hold ascenders and descenders, codes have none"
        whole = grid.figure.bbox
        assert all(b.x0 >= 0 and b.x1 <= whole.x1 and b.y0 >= 0 for b in boxes)


def test_row_colours_are_the_groups_and_single_gaps_are_hatched():
    table = pd.DataFrame(0.5, index=list("abcd"), columns=list("abcd"))
    table.loc["a", "b"] = table.loc["b", "a"] = np.nan
    groups = pd.Series({"a": "metal", "b": "metal", "c": "wood", "d": "wood"})
    grid = relatedness_clustermap(table, groups=groups)
    grid.figure.canvas.draw()
    colours = palettes.group_colours(groups)
    beside = [to_hex(c).upper() for c in grid.ax_row_colors.collections[0].get_facecolors()]
    assert beside == [colours[groups[code]] for code in grid.data2d.index]
    hatched = {(int(p.get_y()), int(p.get_x())) for p in grid.ax_heatmap.patches if p.get_hatch()}
    at = {code: place for place, code in enumerate(grid.data2d.index)}
    assert hatched == {(at["a"], at["b"]), (at["b"], at["a"])}


def test_a_clustermap_that_cannot_be_drawn_is_refused():
    table = pd.DataFrame(0.5, index=list("abc"), columns=list("abc"))
    groups = pd.Series("C", index=list("abc"))
    with pytest.raises(ValueError, match="relatedness is empty"):
        relatedness_clustermap(table.iloc[:0, :0], groups=groups)
    with pytest.raises(ValueError, match="same divisions in rows and columns"):
        relatedness_clustermap(table.drop(columns="a"), groups=groups)
    with pytest.raises(ValueError, match="not symmetric"):
        relatedness_clustermap(table.assign(a=[0, 1, 2.0]), groups=groups)
    with pytest.raises(ValueError, match="fewer than two divisions"):
        relatedness_clustermap(table * np.nan, groups=groups)
    with pytest.raises(ValueError, match="no group for division c"):
        relatedness_clustermap(table, groups=groups.drop("c"))
