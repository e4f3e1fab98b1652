"""The atlas and the coverage: the same numbers as in the case studies, and every region accounted for."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Polygon

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import atlas, coverage
from alpclusters_lib.reports.case import load_case
from alpclusters_lib.reports.evidence import collect

PERIMETER = "alpine_space_2014"


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def quotients():
    return atlas.quotients()


@pytest.fixture(scope="module")
def inside(quotients):
    """Return the quotients of the perimeter's regions that have figures."""
    return quotients[quotients.index.get_level_values("region").isin(regions.perimeter(PERIMETER))]


def test_atlas_families_share_no_division():
    divisions = [d for family in atlas.FAMILIES for d in sectors.family(family).divisions]
    assert len(divisions) == len(set(divisions)), "no job may be mapped twice"


def test_atlas_and_case_study_give_the_same_numbers(quotients):
    found = collect(load_case("machinery-lombardy"))
    columns = ["jobs", "jobs_lower", "jobs_upper", "share", "lq", "lower", "upper", "status"]
    ours = quotients.loc["machinery"]
    assert set(ours.index) == set(found.regions.index)
    known = found.regions.index[(found.regions["jobs"] > 0) & (found.regions["local_units"] > 0)]
    assert len(known) > 200
    pd.testing.assert_frame_equal(ours.loc[known, columns], found.regions.loc[known, columns], check_names=False)
    assert ours.loc["ITC4", "lq"] == found.main["lq"]


def test_atlas_and_case_study_give_the_same_limits_where_figures_are_hidden(quotients):
    # the interval of a region may not depend on which other areas stand in the table
    found = collect(load_case("machinery-lombardy"))
    ours, columns = quotients.loc["machinery"], ["lower", "upper"]
    pd.testing.assert_frame_equal(ours[columns], found.regions.loc[ours.index, columns], check_names=False)


def test_caller_cannot_change_the_atlas(quotients):
    first = atlas.quotients()
    first["lq"] = 0.0
    pd.testing.assert_frame_equal(atlas.quotients(), quotients)


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_heat_map_holds_every_region_and_family(perimeter, quotients):
    picture = atlas.heat_map(perimeter)
    assert list(picture.data.index) == list(regions.perimeter(perimeter))
    assert list(picture.data.columns) == list(atlas.FAMILIES)
    assert picture.data.loc["ITC1", "automotive"] == quotients.loc[("automotive", "ITC1"), "lq"]
    swiss = picture.data.index.str[:2].isin(["CH", "LI"])
    assert picture.data[swiss].isna().all(axis=None) and picture.data[~swiss].notna().any(axis=1).all()
    assert f"{(~swiss).sum()} regions by {len(atlas.FAMILIES)} families" in picture.alt
    assert f"{swiss.sum()} regions (Switzerland, Liechtenstein)" in picture.caption


def test_title_of_the_heat_map_is_its_largest_number(inside):
    picture = atlas.heat_map(PERIMETER)
    family, region = inside["lq"].idxmax()
    name = datasets.regions(level=2).loc[region, "name_en"]
    assert f"{sectors.family(family).label_en} in {name}" in picture.alt


@pytest.mark.parametrize("family", ["wood-furniture", "life-sciences"])
def test_family_map_holds_every_region_and_says_what_it_shows(family, inside):
    picture = atlas.family_map(PERIMETER, family)
    assert list(picture.data.index) == list(regions.perimeter(PERIMETER))
    assert picture.name == family and picture.data["name"].notna().all()
    own = inside.loc[family]
    assert f"{(own['lower'] > 1).sum()} of {len(own)} regions with figures are specialised" in picture.alt
    assert picture.caption.startswith(sectors.family(family).label_en)
    assert not re.search(r"\bnan\b|None", picture.alt + picture.caption)


@pytest.mark.parametrize("family", atlas.FAMILIES)
def test_sentence_of_a_family_names_its_three_strongest_regions(family, inside):
    own = inside.loc[family]
    names = datasets.regions(level=2)["name_en"]
    # a region that hides a division is drawn at the middle of its limits while the upper is at most 1.25 the lower
    middle = (own["lq_lower"] * own["lq_upper"]) ** 0.5
    shown = own["lq"].fillna(middle.where(own["lq_upper"] <= 1.25 * own["lq_lower"]))
    sure = own["status"] == "observed"
    expected = ", ".join(
        f"{names[code]} ({'' if sure[code] else 'about '}{value:.2f})" for code, value in shown.nlargest(3).items()
    )
    text = atlas.family_sentence(PERIMETER, family)
    assert f"highest: {expected}." in text
    hidden = int((own["lq"].isna() & own["lower"].notna()).sum())
    assert (f" {hidden} of them are known within limits only." in text) == bool(hidden)
    guessed = int((own["lq"].notna() & (own["jobs_lower"] != own["jobs_upper"])).sum())
    assert (f" In {guessed} of them a hidden division is estimated." in text) == bool(guessed)


def test_atlas_tells_no_withheld_division(quotients):
    """A cluster of one withheld division has no value; one of several has the middle of the rounded limits in it."""
    cells = datasets.employment(year=2014, sectors=sectors.divisions(), level=2)
    hidden = cells[cells["status"] == "confidential"].set_index(["region", "sector"])
    checked = 0
    for family in atlas.FAMILIES:
        divisions = list(sectors.family(family).divisions)
        inside = hidden[hidden.index.get_level_values("sector").isin(divisions)]
        for region in inside.index.unique("region").intersection(quotients.loc[family].index):
            row, own = quotients.loc[(family, region)], inside.loc[[region]]
            if len(divisions) == 1:
                assert row[["jobs", "share", "lq"]].isna().all(), (family, region)
                assert (row["jobs_lower"], row["jobs_upper"]) == (own["lower"].item(), own["upper"].item())
            else:
                others = cells[(cells["region"] == region) & cells["sector"].isin(divisions)]["value"].sum()
                assert row["jobs"] == pytest.approx(others + ((own["lower"] + own["upper"]) / 2).sum())
                width = row["jobs_upper"] - row["jobs_lower"]
                assert width >= (own["upper"] - own["lower"]).sum(), (family, region)
            checked += 1
    assert checked > 20


def test_heat_map_marks_what_rests_on_an_estimate(inside):
    picture = atlas.heat_map(PERIMETER)
    guessed = int((inside["lq"].notna() & (inside["status"] != "observed")).sum())
    corners = [patch for patch in picture.figure.findobj(Polygon) if len(patch.get_xy()) == 4]
    assert guessed and len(corners) == guessed
    assert picture.caption.startswith(f"Cut corner: {guessed} quotients that rest on an estimate.")


def test_overview_counts_what_the_table_holds(inside):
    text = atlas.overview_sentence(PERIMETER)
    known = inside[inside["status"] != "missing"]
    assert text.startswith(f"{(inside['lower'] > 1).sum()} of {len(known)} pairs ")
    assert f"; {(known['status'] != 'observed').sum()} rest on an estimate." in text
    for key, lq in inside["lq"].nlargest(3).items():
        about = "about " if inside.loc[key, "status"] != "observed" else ""
        assert f"({about}{lq:.2f})" in text
    assert text.endswith(f"{inside.index.unique('region').size} of 35 regions have figures.")


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_stars_stand_for_size_only_with_a_thousand_jobs(perimeter, quotients):
    table = atlas.stars(perimeter)
    names = datasets.regions(level=2)["name_en"].reindex(regions.perimeter(perimeter))
    assert len(table) and set(table["region"]) <= set(names)
    assert table["stars"].isin(["★★", "★★★"]).all()
    assert table["persons employed"].str.replace(r"[a-z ,]", "", regex=True).astype(int).ge(1000).all()
    own = quotients.assign(region=names.reindex(quotients.index.get_level_values("region")).to_numpy())
    own["cluster"] = [sectors.family(f).label_en for f in quotients.index.get_level_values("family")]
    known = own.dropna(subset=["region"]).set_index(["region", "cluster"])
    for row in table.to_dict("records"):
        source = known.loc[(row["region"], row["cluster"])]
        hides = source["jobs_lower"] != source["jobs_upper"]
        assert row["persons employed"].startswith("about ") == hides
        number = float(re.sub("[a-z ,]", "", row["persons employed"]))
        assert number == pytest.approx(source["jobs"], rel=0.005 if hides else 1e-12)
        about = "about " if source["status"] != "observed" else ""
        assert row["location quotient"] == f"{about}{source['lq']:.2f}" and row["status"] == source["status"]
    sizes = [known.loc[(row["region"], row["cluster"]), "jobs"] for row in table.to_dict("records")]
    for stars in ("★★★", "★★"):
        own_sizes = [size for size, mark in zip(sizes, table["stars"], strict=True) if mark == stars]
        assert own_sizes == sorted(own_sizes, reverse=True)
    small = known[(known["lq"] >= 2) & (known["jobs"] < 1000)]
    listed = set(zip(table["region"], table["cluster"], strict=True))
    assert not listed & set(small.index)


def test_three_stars_are_large_specialised_and_focused(quotients):
    # thresholds over all EU regions, not over the perimeter
    table = atlas.stars(PERIMETER)
    codes = {name: code for code, name in datasets.regions(level=2)["name_en"].items()}
    keys = {sectors.family(family).label_en: family for family in atlas.FAMILIES}
    top = table[table["stars"] == "★★★"]
    assert len(top)
    for row in top.to_dict("records"):
        own = quotients.loc[keys[row["cluster"]]]
        region = own.loc[codes[row["region"]]]
        assert region["lq"] >= 2
        for column in ("jobs", "share"):
            assert region[column] >= np.nanquantile(own[column], 0.89)


@pytest.mark.parametrize("perimeter", regions.PERIMETERS)
def test_specialisation_of_whole_regions_is_an_index(perimeter):
    table = atlas.specialisation_table(perimeter)
    krugman, hoover = (
        table[f"{name} index"].str.removeprefix("about ").astype(float) for name in ("Krugman", "Hoover")
    )
    assert krugman.between(0, 2).all() and hoover.between(0, 1).all()
    assert krugman.is_monotonic_decreasing and table["region"].is_unique


def test_whole_regions_with_a_hidden_section_are_marked():
    table = atlas.specialisation_table(PERIMETER).set_index("region")
    cells = datasets.employment(year=2014, level=2)
    cells = cells[cells["sector"].isin(sectors.sections())]
    names = datasets.regions(level=2)["name_en"]
    assert set(table["status"]) == {"observed", "estimated"}
    for name, row in table.iterrows():
        own = cells[cells["region"] == names.index[names == name][0]]
        published = own["status"].eq("observed").all()
        assert (row["status"] == "observed") == published, name
        for index in ("Krugman index", "Hoover index"):
            assert row[index].startswith("about ") == (not published)


# coverage


def test_grid_of_coverage_has_a_row_a_region():
    picture = coverage.coverage_picture()
    table = coverage.coverage()
    assert list(picture.data.index) == list(table.index[table["observed"] > 0])
    assert picture.data.shape[1] == 68 and "68 divisions" in picture.alt
    counts = (picture.data == "observed").sum(axis=1)
    pd.testing.assert_series_equal(counts, table.loc[counts.index, "observed"], check_names=False, check_dtype=False)


def test_identity_card_is_the_same_in_two_languages():
    english, italian = coverage.identity_card(), coverage.identity_card("it")
    assert len(english) == len(italian) == len(coverage.CARD)
    words = [table.iloc[:, 0].tolist() for table in (english, italian)]
    assert all(len(set(column)) == len(column) for column in words)
    assert sum(a != b for a, b in zip(*words, strict=True)) >= 8, "the Italian card is in Italian"
    assert english.iloc[:, 1].ne("").all() and italian.iloc[:, 1].ne("").all()
    facts = datasets.facts("project").set_index("field")["value"]
    erdf = float(facts["erdf_eur"])
    assert f"{erdf:,.0f}" in set(english.iloc[:, 1])
    assert f"{erdf:,.0f}".replace(",", ".") in set(italian.iloc[:, 1])


def test_map_of_perimeters_counts_every_region_once():
    picture = coverage.perimeter_picture()
    union = set().union(*(regions.perimeter(name) for name in regions.PERIMETERS))
    assert set(picture.data.index) == union
    groups = [int(number) for number in re.findall(r": (\d+) regions", picture.alt)]
    assert sum(groups) == len(union) and all(groups)
    for name in regions.PERIMETERS:
        assert set(picture.data.index[picture.data[name]]) == set(regions.perimeter(name))


def test_sentence_on_perimeters_counts_regions():
    text = coverage.perimeter_sentence()
    for name, words in regions.PERIMETERS.items():
        assert f"{words['en']}: {len(regions.perimeter(name))}" in text


def test_partners_of_the_project_stand_in_their_regions():
    table = coverage.partners()
    facts = datasets.facts("partners")
    assert table["organisation"].tolist() == facts["organisation"].tolist()
    # a partner without one of the eleven regions is one without a region in the facts
    assert (table["region"].isna() == ~facts["region"].isin(regions.s3_regions().index)).all()


def test_families_are_called_what_their_purity_allows():
    table = coverage.families()
    assert len(table) == len(sectors.cluster_families())
    for row in table.to_dict("records"):
        assert re.fullmatch(r"\d+ %|not computed", row["purity"])
        if row["called"] == "cluster family":
            assert int(row["purity"].rstrip(" %")) >= 50
