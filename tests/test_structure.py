"""Variety, clusters across borders, product space and complexity: what is told is what the tables behind hold."""

from __future__ import annotations

import functools
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import atlas, structure
from alpclusters_lib.reports.divisions import divisions, learning_regions, learnt_proximity

PERIMETER = "alpine_space_2014"
NAMES = datasets.regions(level=2)["name_en"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def inside(index: pd.Index) -> list[str]:
    return [code for code in regions.perimeter(PERIMETER) if code in index]


# --- variety


@functools.cache
def entropies() -> pd.DataFrame:
    """Return related and unrelated variety by region, in bits, from the shares."""
    jobs = divisions(2014).jobs
    shares = jobs.div(jobs.sum(axis=1), axis=0)
    groups = shares.T.groupby([sectors.section_of(division) for division in jobs]).sum().T

    def bits(table: pd.DataFrame) -> pd.Series:
        return -(table * np.log2(table.where(table > 0))).sum(axis=1)

    return pd.DataFrame({"related": bits(shares) - bits(groups), "unrelated": bits(groups)})


def test_variety_is_told_as_the_entropies_are():
    own, text = entropies(), structure.variety_sentence(PERIMETER)
    check_text(text)
    alpine = own.loc[inside(own.index), "related"]
    above = (alpine > own["related"].median()).sum()
    assert text.startswith(f"{above} of {len(alpine)} regions have more related variety than the median of 273 EU")
    most, least = alpine.idxmax(), alpine.idxmin()
    assert f"Most: {NAMES[most]} ({alpine.max():.2f} bits), least: {NAMES[least]} ({alpine.min():.2f})." in text


def test_variety_of_a_single_region_agrees_in_number(monkeypatch):
    table = structure._variety().copy()
    codes = inside(table.index)
    table.loc[codes, "related"] = 0.5
    table.loc[codes[0], "related"] = 9.0
    monkeypatch.setattr(structure, "_variety", lambda: table)
    assert structure.variety_sentence(PERIMETER).startswith(f"1 of {len(codes)} regions has more related variety")


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_variety_table_holds_the_ranks_among_all(perimeter):
    table, own = structure.variety_table(perimeter), entropies()
    check_table(table)
    codes = [code for code in regions.perimeter(perimeter) if code in own.index]
    order = own.loc[codes, "related"].sort_values(ascending=False)
    assert table["region"].tolist() == NAMES[order.index].tolist()
    assert [float(text.removeprefix("about ")) for text in table["related variety, bits"]] == [
        pytest.approx(value, abs=0.0051) for value in order
    ]
    ranks = own["related"].rank(ascending=False)[order.index]
    assert [int(re.match(r"\d+", text).group()) for text in table["rank in the EU"]] == ranks.astype(int).tolist()
    jobs = divisions(2014).jobs.loc[order.index]
    hidden = jobs.where(divisions(2014).status.loc[order.index].astype(str) != "observed", 0).sum(axis=1)
    marked = table["related variety, bits"].str.startswith("about").tolist()
    assert marked == (hidden / jobs.sum(axis=1) >= 0.01).tolist()


# --- association


@functools.cache
def quick_associations() -> pd.DataFrame:
    """Return the associations with fewer permutations: I does not depend on them."""
    before, structure.SHUFFLES = structure.SHUFFLES, 49
    try:
        return structure._associations.__wrapped__()
    finally:
        structure.SHUFFLES = before


def test_moran_is_the_formula_over_bordering_regions():
    table = quick_associations()
    assert set(table.index) == set(atlas.FAMILIES) and table["moran"].is_monotonic_decreasing
    values = structure._logarithms("tourism")
    shapes = datasets.boundaries(2).loc[values.index]
    near = shapes.geometry.sindex.query(shapes.geometry, predicate="intersects")
    pairs = near[:, near[0] != near[1]]
    weights = np.zeros((len(values), len(values)))
    weights[pairs[0], pairs[1]] = 1
    rows = weights.sum(axis=1)
    weights /= np.where(rows > 0, rows, 1)[:, None]
    z = (values - values.mean()).to_numpy()
    expected = len(z) / weights.sum() * (z @ weights @ z) / (z @ z)
    assert table.loc["tourism", "moran"] == pytest.approx(expected, abs=0.02)
    assert table.loc["tourism", "islands"] == (rows == 0).sum()


def told(monkeypatch, moran, p, adjusted) -> tuple[str, pd.DataFrame]:
    table = quick_associations()
    table = table.assign(moran=moran, p=p, p_adjusted=adjusted)
    monkeypatch.setattr(structure, "_associations", lambda: table)
    return structure.association_sentence(), structure.association_table()


def test_association_is_told_with_its_ends(monkeypatch):
    moran = np.linspace(0.61, 0.17, 15)
    text, table = told(monkeypatch, moran, 0.002, 0.002)
    check_text(text)
    check_table(table)
    first, last = (sectors.family(quick_associations().index[end]).label_en.lower() for end in (0, -1))
    assert text.startswith("In all 15 families neighbouring regions have similar quotients beyond chance")
    assert f"most in {first} (I = 0.61), least in {last} (0.17)." in text
    assert table["Moran's I"].tolist() == [f"{value:.2f}" for value in moran]
    assert (table["p, adjusted"] == "≤ 0.002").all(), "999 permutations give no two-sided p below 0.002"


def test_association_that_is_absent_or_negative_is_not_called_similar(monkeypatch):
    none, table = told(monkeypatch, np.linspace(0.1, -0.1, 15), 0.5, 0.6)
    check_text(none)
    assert none.startswith("In none of the 15 families")
    assert (table["p, adjusted"] == "0.600").all()
    moran = np.array([0.4] * 12 + [-0.3] * 3)
    mixed, _ = told(monkeypatch, moran, 0.002, 0.0025)
    check_text(mixed)
    assert mixed.startswith("In 12 of 15 families") and "In 3 they are less alike than chance gives." in mixed
    some, table = told(monkeypatch, 0.4, [0.002] * 5 + [0.4] * 10, [0.006] * 5 + [0.4] * 10)
    assert some.startswith("In 5 of 15 families") and "less alike" not in some
    assert table["p, adjusted"].tolist() == ["≤ 0.006"] * 5 + ["0.400"] * 10


def with_quadrants(monkeypatch, family: str, codes: list[str]) -> None:
    own = structure._local(family).copy()
    own["quadrant"] = own["quadrant"].replace("high-high", "not significant")
    own.loc[codes, "quadrant"] = "high-high"
    monkeypatch.setattr(structure, "_local", lambda _: own)


@pytest.mark.parametrize("codes", [[], ["ITC4"], ["ITC4", "DE21", "AT34"]])
def test_local_clusters_are_named_and_counted(monkeypatch, codes):
    with_quadrants(monkeypatch, "machinery", codes)
    text = structure.local_cluster_sentence(PERIMETER, "machinery")
    check_text(text)
    picture = structure.local_cluster_map(PERIMETER, "machinery")
    check_picture(picture)
    title = " ".join(t.get_text() for t in picture.figure.findobj(plt.Text)).replace("\n", " ")
    tested = structure._local("machinery")["p"].notna().sum()
    assert f"(false discoveries held at 5 % over {tested} EU regions)" in text
    if not codes:
        assert "in no region of the perimeter" in text and "in no region" in title
    else:
        number = "1 region with a quotient above the mean lies" if len(codes) == 1 else "3 regions with quotients"
        assert number in text and f"{len(codes)} region{'s' if len(codes) > 1 else ''}" in title
        listed = [NAMES[code] for code in regions.perimeter(PERIMETER) if code in codes]
        assert text.endswith(f": {', '.join(listed)}.")
        assert ("in Austria, Germany, Italy:" if len(codes) > 1 else "in Italy:") in text
    assert (picture.data["quadrant"] == "high-high").sum() == len(codes)
    assert list(picture.data.index) == list(regions.perimeter(PERIMETER))
    swiss = picture.data.index.str.startswith("CH")
    assert (picture.data.loc[swiss, "quadrant"] == "missing").all()


def test_high_regions_lie_above_the_mean_among_neighbours_above_it():
    own = structure._local("machinery")
    high = own[own["quadrant"] == "high-high"]
    assert len(high) and (high["value"] > own["value"].mean()).all() and (high["lag"] > own["value"].mean()).all()
    assert (high["p_adjusted"] <= 0.05).all()


# --- product space


def test_area_is_specialised_where_its_sums_say():
    text, found = structure.product_space_sentence(PERIMETER), divisions(2014)
    check_text(text)
    codes = inside(found.jobs.index)
    shares = found.jobs.loc[codes].sum() / found.totals[codes].sum()
    europe = (found.reference / found.reference.sum())[found.jobs.columns]
    held = (shares / europe) >= 1
    assert f"specialised in {held.sum()} of {len(held)} divisions" in text
    links = learnt_proximity().to_numpy().copy()
    np.fill_diagonal(links, np.nan)
    own, other = held.to_numpy(), ~held.to_numpy()
    among, between = np.nanmean(links[np.ix_(own, own)]), np.nanmean(links[np.ix_(own, other)])
    assert f"mean proximity {among:.2f} against {between:.2f}." in text
    assert ("They are nearer to one another" in text) == (among > between)
    assert f"in {len(learning_regions())} EU regions outside the Alps" in text
    first, second = np.unravel_index(np.nanargmax(links), links.shape)
    labels = {sectors.label(found.jobs.columns[place], short=True) for place in (first, second)}
    nearest = re.search(r"nearest are (.+) \((\d+) %", text)
    assert all(label in nearest[1] for label in labels) and int(nearest[2]) == round(100 * np.nanmax(links))


def test_area_without_nearness_is_not_called_near(monkeypatch):
    links = learnt_proximity()
    even = pd.DataFrame(0.4, links.index, links.columns)
    monkeypatch.setattr(structure, "learnt_proximity", lambda year=2014: even)
    text = structure.product_space_sentence(PERIMETER)
    check_text(text)
    assert "They are no nearer to one another than to the rest: mean proximity 0.40 against 0.40." in text


def test_pictures_hold_what_they_draw_and_leave_the_tables_alone():
    before = structure._perimeter_divisions(PERIMETER).copy()
    picture = structure.product_space(PERIMETER)
    check_picture(picture)
    assert len(picture.data) == 68 and picture.data["held"].equals(picture.data["lq"] >= 1)
    pd.testing.assert_frame_equal(structure._perimeter_divisions(PERIMETER), before)
    heat = structure.relatedness_map()
    check_picture(heat)
    assert "68 divisions" in heat.alt
    pd.testing.assert_frame_equal(heat.data, learnt_proximity())
    heat.data.iloc[0, 1] = 9.0
    assert learnt_proximity().iloc[0, 1] <= 1, "a picture's numbers are its own"


# --- complexity


def test_complexity_is_told_with_its_limits():
    text, found, narrow = structure.complexity_sentence(), structure._complexity(), structure._complexity(True)
    check_text(text)
    held = divisions(2014).presence.astype(float)
    held = held.loc[held.sum(axis=1) > 0, held.sum() > 0]
    walk = (held / held.sum()) @ held.T
    walk = walk.div(held.sum(axis=1), axis=0)
    values = np.sort(np.abs(np.linalg.eigvals(walk.to_numpy()).real))[::-1]
    assert f"next eigenvalue is {values[1] - values[2]:.3f}" in text
    assert f"over manufacturing alone {narrow.eigengap:.3f}: no single order can be told there" in text
    top = ", ".join(NAMES[code] for code in found.eci.nlargest(3).index)
    assert f"puts {top} first" in text
    income = structure._income()
    both = found.eci.index.intersection(income.index)
    assert f"(correlation {found.eci[both].corr(income[both], method='spearman'):.2f})" in text or (
        f"(correlation {found.eci[both].corr(income[both]):.2f})" in text
    )
    assert "no recommendation in these reports rests on complexity" in text


def test_complexity_is_called_an_axis_to_services_only_where_it_is(monkeypatch):
    own = structure._complexity()
    turned = own._replace(pci=-own.pci, eigengap=0.2)
    monkeypatch.setattr(structure, "_complexity", lambda manufacturing=False: turned)
    text = structure.complexity_sentence()
    check_text(text)
    assert "axis" not in text and "over manufacturing alone 0.200, not shown here." in text


def test_complexity_table_is_in_order():
    table = structure.complexity_table(PERIMETER)
    check_table(table)
    scores = table["complexity (z-score)"].astype(float)
    assert scores.is_monotonic_decreasing and len(table) == len(inside(divisions(2014).jobs.index))
    held = divisions(2014).presence.sum(axis=1)
    codes = {name: code for code, name in NAMES[inside(held.index)].items()}
    assert table["specialised divisions"].astype(int).tolist() == [held[codes[name]] for name in table["region"]]


def test_order_of_calls_changes_nothing():
    first = structure.product_space_sentence(PERIMETER), structure.complexity_sentence()
    structure.product_space(PERIMETER)
    structure.variety_table(PERIMETER)
    assert (structure.product_space_sentence(PERIMETER), structure.complexity_sentence()) == first
