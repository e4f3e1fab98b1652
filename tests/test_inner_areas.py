"""Inner areas: typology, profiles and sums against hand-made and published figures, sentences, tables and the map."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from itertools import combinations

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures.typology import typology_map
from alpclusters_lib.reports import inner_areas as pages
from alpclusters_lib.strategy import inner_areas
from alpclusters_lib.strategy.seats import locate, nearest_seats

STATUS_OF = {
    "gdp_per_inhabitant_eur": "gdp_status",
    "gdp_eu_index": "gdp_status",
    "gdp_country_index": "gdp_country_status",
    "gdp_growth_pct": "gdp_growth_status",
    "epo_per_million": "epo_status",
    "distance_km": "distance_status",
}
# Read by hand in nama_10r_3gdp.xls (2017), sheets "Euro per inhabitant" 2008 and 2014, "PPS per inhabitant" 2014;
# EU28: 27,600 PPS, Italy: 26,700 EUR in 2014.
PUBLISHED = {
    "ITC41": (30000, 28200, 28100),
    "ITC42": (28100, 26900, 26900),
    "ITC43": (29900, 28400, 28400),
    "ITC44": (27400, 28500, 28500),
    "ITC46": (31800, 30000, 29900),
    "ITC47": (32600, 30600, 30500),
}


@pytest.fixture(scope="module")
def alpine() -> pd.DataFrame:
    return pages.profiles()


# --- typology ----------------------------------------------------------------------------------------------


def types(*pairs: tuple[int | None, int | None]) -> pd.DataFrame:
    table = pd.DataFrame(pairs, columns=["mountain_type", "urban_type"], dtype="Int64")
    return table.set_axis([f"r{number}" for number in range(len(pairs))])


@given(st.sampled_from([1, 2, 3, 4]), st.sampled_from([1, 2, 3]))
def test_inner_is_mountain_by_both_measures_and_not_urban(mountain, urban):
    row = inner_areas.typology(types((mountain, urban))).iloc[0]
    assert row["inner"] == (mountain == 3 and urban in (2, 3))
    assert (row["kind"] in inner_areas.KINDS[:2]) == row["inner"]
    assert (row["kind"] == inner_areas.KINDS[3]) == (mountain == 4)
    assert row["mountain"] == inner_areas.MOUNTAIN[mountain] and row["urban"] == inner_areas.URBAN[urban]


def test_rural_and_intermediate_inner_areas_are_told_apart():
    assert inner_areas.typology(types((3, 3), (3, 2)))["kind"].tolist() == list(inner_areas.KINDS[:2])


def test_an_unclassified_region_has_no_kind():
    table = inner_areas.typology(types((0, 2), (3, 0), (None, 3), (3, 2)))
    assert table["kind"].isna().tolist() == [True, True, True, False]
    assert table["inner"].isna().tolist() == [True, True, True, False]


def test_an_unknown_type_is_a_sentence_and_the_input_stays():
    table = types((3, 2), (7, 2))
    before = table.copy()
    with pytest.raises(ValueError, match="mountain_type of r1 is 7; 1 to 4"):
        inner_areas.typology(table)
    inner_areas.typology(table.head(1))
    pd.testing.assert_frame_equal(table, before)


# --- profiles of a small world -----------------------------------------------------------------------------


def long(rows: dict[tuple[str, str, int], float | None]) -> pd.DataFrame:
    table = pd.DataFrame(
        [[*key, value] for key, value in rows.items()], columns=["region", "indicator", "year", "value"]
    )
    table["value"] = table["value"].astype(float)
    return table.assign(status=table["value"].notna().map({True: "observed", False: "missing"}))


def gdp_of(code: str, year: int, million: float, residents: float, pps: float = 1.0) -> dict:
    head = million * 1e6 / residents
    return {
        (code, "gdp_million_eur", year): million, (code, "gdp_per_inhabitant_eur", year): head,
        (code, "gdp_million_pps", year): million * pps, (code, "gdp_per_inhabitant_pps", year): head * pps,
    }  # fmt: skip


GDP = long({
    **gdp_of("AT111", 2014, 300, 10_000, 0.9), **gdp_of("AT111", 2008, 200, 10_000, 0.9),
    **gdp_of("AT112", 2014, 3000, 60_000, 0.9), **gdp_of("AT112", 2008, 2500, 50_000, 0.9),
    **gdp_of("AT", 2014, 40_000, 1_000_000, 0.9), **gdp_of("EU28", 2014, 25_000, 1_000_000),
    ("CH011", "gdp_million_eur", 2014): None,
})  # fmt: skip
SWISS = long({
    ("CH011", "gdp_per_inhabitant_chf", 2014): 60_000, ("CH", "gdp_per_inhabitant_chf", 2014): 80_000,
    ("CH011", "residents", 2014): 700_000, ("LI000", "gdp_per_inhabitant_chf", 2014): None,
})  # fmt: skip
PATENTS = long({
    ("AT111", "epo_applications", 2008): 2, ("AT111", "epo_applications_per_million", 2008): 200,
    ("AT111", "epo_applications", 2009): 4, ("AT111", "epo_applications_per_million", 2009): 200,
    ("AT111", "epo_applications", 2010): 0, ("AT111", "epo_applications_per_million", 2010): 0,
    ("AT111", "epo_applications", 2011): None, ("AT111", "epo_applications_per_million", 2011): None,
    ("AT112", "epo_applications", 2008): 0, ("AT112", "epo_applications_per_million", 2008): 0,
    ("AT", "epo_applications", 2012): 250, ("AT", "epo_applications_per_million", 2012): 250,
})  # fmt: skip
PLACES = pd.DataFrame(
    {
        "city": ["Inside", "Near", "Far"],
        "nuts3": ["AT111", "X", "X"],
        "longitude": [10.0, 11.95, 14.0],
        "latitude": 47.0,
    }
)
ORGANISATIONS = pd.DataFrame(
    {"name": ["A", "B", "C", "D", "(name not found)"], "city": ["Inside, Far", "Near", "Near", "", ""]}
)


def squares(codes: dict[str, float]) -> gpd.GeoDataFrame:
    shapes = [shapely.box(x - 1, 46.5, x + 1, 47.5) for x in codes.values()]
    return gpd.GeoDataFrame({"level": 3}, index=list(codes), geometry=shapes, crs="EPSG:4326")


AREAS = squares({"AT111": 11.0, "AT112": 13.0, "CH011": 7.0, "LI000": 9.5})


@pytest.fixture
def small() -> pd.DataFrame:
    table = types((3, 3), (3, 2), (2, 1), (3, 1)).set_axis(AREAS.index)
    table = table.assign(name_en=["One", "Two", "Canton", "State"], country=[code[:2] for code in AREAS.index])
    return inner_areas.profiles(
        table, gdp=GDP, patents=PATENTS, swiss=SWISS, areas=AREAS, seats=locate(ORGANISATIONS, PLACES)
    )


def test_income_against_union_country_and_start(small):
    one = small.loc["AT111"]
    # 300 million over 10,000 residents is 30,000 EUR and 27,000 PPS; the EU has 25,000, Austria 40,000 EUR
    assert one["gdp_per_inhabitant_eur"] == pytest.approx(30_000) and one["residents"] == pytest.approx(10_000)
    assert one["gdp_eu_index"] == pytest.approx(108) and one["gdp_country_index"] == pytest.approx(75)
    assert one["gdp_growth_pct"] == pytest.approx(50)


def test_a_canton_is_measured_in_francs_against_its_country_only(small):
    canton = small.loc["CH011"]
    assert canton["gdp_country_index"] == pytest.approx(75) and canton["residents"] == 700_000
    assert canton["gdp_per_inhabitant_chf"] == 60_000
    assert canton[["gdp_per_inhabitant_eur", "gdp_eu_index", "gdp_growth_pct"]].isna().all()


def test_a_state_without_figures_is_missing_and_never_zero(small):
    state = small.loc["LI000"]
    figures = [
        "gdp_per_inhabitant_eur",
        "gdp_per_inhabitant_chf",
        "gdp_eu_index",
        "gdp_country_index",
        "gdp_growth_pct",
    ]
    assert state[[*figures, "residents", "epo_applications", "epo_per_million"]].isna().all()
    assert (state[["gdp_status", "gdp_country_status", "gdp_growth_status", "epo_status"]] == "missing").all()


def test_applications_are_pooled_over_years_and_not_averaged_over_rates(small):
    # residents 10,000 and 20,000, then none known: their mean; the year without a figure does not count
    one = small.loc["AT111"]
    assert one["epo_years"] == 3 and one["epo_applications"] == 6
    assert one["epo_residents"] == pytest.approx(45_000) and one["epo_per_million"] == pytest.approx(6 / 45_000 * 1e6)
    assert one["epo_country_per_million"] == pytest.approx(250)


def test_a_published_zero_is_a_zero(small):
    assert small.loc["AT112", ["epo_per_million", "epo_status"]].tolist() == [0.0, "observed"]


def test_a_value_stands_exactly_where_its_status_says_so(small, alpine):
    for table in (small, alpine):
        for value, status in STATUS_OF.items():
            known = table[status].isin(["observed", "bound", "estimated"])
            assert (table[value].notna() == known).all(), value


def test_profiles_keep_order_and_labels_and_leave_the_input(small):
    assert small.index.tolist() == AREAS.index.tolist() and small.index.name == "region"
    assert small["nuts2"].tolist() == ["AT11", "AT11", "CH01", "LI00"]
    with pytest.raises(ValueError, match="no boundary for ZZ111"):
        inner_areas.profiles(
            types((3, 3)).set_axis(["ZZ111"]), gdp=GDP, patents=PATENTS, swiss=SWISS, areas=AREAS, seats=PLACES
        )


def test_groups_are_sums_and_not_means(small):
    together = inner_areas.groups(small, "inner", gdp=GDP)
    inner = together.loc[True]
    # (300 + 3000) million over 70,000 residents in 2014, 2700 over 60,000 in 2008
    assert inner["gdp_eu_index"] == pytest.approx(100 * (3300e6 * 0.9 / 70_000) / 25_000)
    assert inner["gdp_growth_pct"] == pytest.approx(100 * ((3300 / 70) / (2700 / 60) - 1))
    assert inner[["regions", "with_gdp", "with_epo"]].tolist() == [2, 2, 2]
    others = together.loc[False]
    assert others["regions"] == 2 and others["with_gdp"] == 0
    assert others[["gdp_eu_index", "gdp_growth_pct", "epo_per_million"]].isna().all()
    assert others["residents"] == 700_000


def test_a_group_counts_in_a_quotient_only_who_has_both_amounts(small):
    # the canton's residents have no GDP beside them
    everyone = inner_areas.groups(small.assign(all="x"), "all", gdp=GDP).loc["x"]
    assert everyone["residents"] == pytest.approx(770_000)
    assert everyone["gdp_eu_index"] == pytest.approx(100 * (3300e6 * 0.9 / 70_000) / 25_000)


def test_a_change_without_its_first_year_is_missing():
    table = types((3, 3)).set_axis(["AT111"]).assign(name_en="One", country="AT")
    gdp = GDP[(GDP["region"] != "AT111") | (GDP["year"] == 2014)]
    row = inner_areas.profiles(
        table, gdp=gdp, patents=PATENTS, swiss=SWISS, areas=AREAS, seats=locate(ORGANISATIONS, PLACES)
    ).loc["AT111"]
    assert row[["gdp_status", "gdp_growth_status"]].tolist() == ["observed", "missing"] and pd.isna(
        row["gdp_growth_pct"]
    )


def test_profile_of_one_region(small):
    assert inner_areas.profile("AT112", small)["name"] == "Two"
    with pytest.raises(ValueError, match="no profile of AT119; available of AT11: AT111, AT112"):
        inner_areas.profile("AT119", small)


# --- cluster organisations ---------------------------------------------------------------------------------


def test_locate_has_a_row_for_each_city_and_none_for_a_nameless_organisation():
    table = locate(ORGANISATIONS, PLACES)
    assert table[["organisation", "city"]].values.tolist() == [
        ["A", "Inside"], ["A", "Far"], ["B", "Near"], ["C", "Near"], ["D", ""],
    ]  # fmt: skip
    assert table["longitude"].isna().tolist() == [False] * 4 + [True] and table["nuts3"].iloc[-1] == ""


def test_locate_names_a_city_without_or_with_two_coordinates():
    with pytest.raises(ValueError, match="no coordinates of Near"):
        locate(ORGANISATIONS, PLACES[PLACES["city"] != "Near"])
    with pytest.raises(ValueError, match="list Far twice"):
        locate(ORGANISATIONS, pd.concat([PLACES, PLACES.tail(1)]))


def test_an_organisation_inside_the_region_comes_before_a_nearer_one_outside(small):
    # the centre of AT111 lies at 11° E: Inside is 76 km away, Near 72 km
    assert small.loc["AT111", ["nearest_city", "nearest_inside", "distance_km"]].tolist() == ["Inside", True, 80.0]
    two = small.loc["AT112"]
    assert [two["nearest_city"], two["nearest_organisations"], two["nearest_inside"]] == ["Far", "A", False]


def test_distances_agree_with_the_ellipsoid():
    found = nearest_seats(AREAS, locate(ORGANISATIONS, PLACES))
    metres = Geod(ellps="GRS80").inv(9.5, 47.0, 10.0, 47.0)[2]
    assert found.loc["LI000", "nearest_city"] == "Inside"
    assert found.loc["LI000", "distance_km"] == pytest.approx(round(metres / 1000, -1))


def test_a_distance_is_a_bound_while_some_city_is_unknown():
    seats = locate(ORGANISATIONS, PLACES)
    assert set(nearest_seats(AREAS, seats)["distance_status"]) == {"bound"}
    assert set(nearest_seats(AREAS, seats.dropna())["distance_status"]) == {"observed"}
    nowhere = nearest_seats(AREAS, seats[seats["city"] == ""])
    assert set(nowhere["distance_status"]) == {"missing"} and nowhere["distance_km"].isna().all()


def test_curated_seats_are_the_cities_of_the_organisations_and_lie_in_their_region():
    places = datasets.facts("cluster_seats")
    listed = datasets.facts("cluster_organisations")["city"].str.split(", ").explode()
    assert set(places["city"]) == set(listed) - {""}
    points = gpd.points_from_xy(places["longitude"].astype(float), places["latitude"].astype(float), crs="EPSG:4326")
    shapes = datasets.boundaries(3).geometry
    assert [shapes[code].contains(point) for code, point in zip(places["nuts3"], points, strict=True)] == [True] * 12
    assert (places["nuts3"].str[:2] == places["country"]).all()


# --- published figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PUBLISHED)
def test_income_of_lombard_provinces_is_the_published_one(alpine, code):
    start, euro, pps = PUBLISHED[code]
    row = alpine.loc[code]
    assert row["gdp_per_inhabitant_eur"] == euro
    assert row["gdp_eu_index"] == pytest.approx(100 * pps / 27_600)
    assert row["gdp_country_index"] == pytest.approx(100 * euro / 26_700)
    assert row["gdp_growth_pct"] == pytest.approx(100 * (euro / start - 1))


def test_patents_of_lombard_provinces_are_those_of_the_published_file(alpine, raw_folder):
    cells = defaultdict(dict)
    with gzip.open(raw_folder / "eurostat" / "pat_ep_rtot.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["geo"] in PUBLISHED and row["unit"] in ("NR", "P_MHAB") and 2008 <= int(float(row["time"])) <= 2012:
                cells[row["geo"], row["time"]][row["unit"]] = float(row["values"])
    assert len(cells) == 30
    for code in PUBLISHED:
        years = [cell for (geo, _), cell in cells.items() if geo == code]
        residents = sum(cell["NR"] / cell["P_MHAB"] for cell in years)
        assert alpine.loc[code, "epo_per_million"] == pytest.approx(sum(cell["NR"] for cell in years) / residents)


def test_lombardy_has_the_five_mountain_provinces_and_one_inner_area():
    table = pages.mountain_provinces("ITC4")
    assert set(table["name"]) == {"Sondrio", "Como", "Lecco", "Bergamo", "Brescia"}
    assert table.index[table["inner"].astype(bool)].tolist() == ["ITC44"]
    with pytest.raises(ValueError, match="no mountain area in AT13"):
        pages.mountain_provinces("AT13")


@pytest.mark.parametrize(("perimeter", "number"), [("alpine_space_2014", 188), ("alpine_space_2021", 272)])
def test_every_region_of_the_perimeter_has_a_profile(perimeter, number):
    table = pages.profiles(perimeter)
    assert len(table) == number and table["kind"].isin(inner_areas.KINDS).all()
    assert set(table["nuts2"]) == set(regions.perimeter(perimeter))
    assert table.loc["LI000", "gdp_status"] == "missing" and table["distance_km"].notna().all()


# --- sentences and tables ----------------------------------------------------------------------------------


def test_overview_holds_the_numbers_of_the_groups(alpine):
    both = inner_areas.groups(alpine, "inner", gdp=datasets.gdp())
    text = pages.overview_sentence()
    assert text.startswith(f"{both.loc[True, 'regions']} of the {len(alpine)} NUTS 3 regions")
    for row in (both.loc[True], both.loc[False]):
        assert f" {row['gdp_eu_index']:.0f} " in text and f"{row['gdp_growth_pct']:+.1f} %" in text
        assert re.search(rf"\b{row['epo_per_million']:.0f}\b", text) and f"{row['with_gdp']:.0f}" in text


def test_definition_says_that_the_municipal_perimeter_is_not_available():
    assert re.search("not the perimeter of Italy's national strategy.*municipality.*not available", pages.definition())
    assert re.search("Non è il perimetro della Strategia nazionale.*comune.*non è disponibile", pages.definition("it"))


def test_missing_figures_are_counted_by_country(alpine):
    text = pages.missing_sentence()
    assert "Switzerland (26), Liechtenstein (1); patents: Liechtenstein (1), Slovenia (12)" in text
    assert (alpine["gdp_status"] == "missing").sum() == 27 and (alpine["epo_status"] == "missing").sum() == 13


def test_the_sentence_on_distances_counts_organisations():
    listed = datasets.facts("cluster_organisations").query("not name.str.startswith('(')", engine="python")
    known = (listed["city"] != "").sum()
    assert f"{known} of the {len(listed)} cluster organisations" in pages.distance_sentence()
    assert f"{known} delle {len(listed)} organizzazioni" in pages.distance_sentence("it")
    assert pages.listed_sentence("ITC4") == "Organizzazioni di cluster elencate per Lombardia: 7; con città nota: 0."
    assert "7; con città nota: 7" in pages.listed_sentence("ITC1")


def test_provinces_are_described_in_italian_with_their_numbers():
    first, *each = pages.province_sentences("ITC4")
    assert "delle 12 province 5 sono montane" in first and "una è un'area montana interna" in first
    assert "da 97 (Como) a 111 (Brescia)" in first and "da 43 (Sondrio) a 148 (Lecco)" in first
    sondrio = next(text for text in each if text.startswith("**Sondrio**: area montana interna ("))
    for part in (
        "28.500 EUR, 103 con UE = 100 e 107 con Italia = 100",
        "+4,0 %",
        "43 domande",
        "Rovereto, a circa 100 km",
    ):
        assert part in sondrio
    assert len(each) == 5 and sum("area montana, non interna" in text for text in each) == 4


def test_a_region_without_inner_areas_says_so():
    first, *_ = pages.province_sentences("ITH4")
    assert "nessuna è un'area montana interna nella nostra lettura. Il PIL" in first


def test_tables_write_missing_figures_in_words(alpine):
    table = pages.region_table().set_index("region")
    assert len(table) == len(alpine)
    assert table.loc["Liechtenstein (LI000)"].tolist()[1:5] == ["no figure"] * 4
    assert table.loc["Trento (ITH20)", "nearest cluster organisation"] == "Rovereto, in the region"
    assert table.loc["Sondrio (ITC44)", "nearest cluster organisation"] == "Rovereto, ≤ 100 km"
    assert table["kind of area"].tolist() == sorted(table["kind of area"], key=inner_areas.KINDS.index)
    assert pages.group_table()["regions"].sum() == len(alpine)
    assert pages.province_table()["UE = 100"].tolist() == ["103", "111", "108", "103", "97"]


# --- the map -----------------------------------------------------------------------------------------------


@pytest.fixture(params=list(regions.PERIMETERS))
def picture(request):
    made = pages.type_map(request.param)
    yield made
    plt.close(made.figure)


def test_the_map_says_its_finding_and_hides_no_label(picture):
    axes = picture.figure.axes[0]
    inner = int(picture.data["inner"].sum())
    assert axes.get_title(loc="left").startswith(f"{inner} of {len(picture.data)} regions are inner mountain areas")
    picture.figure.draw_without_rendering()
    texts = [text for text in axes.texts if text.get_fontweight() == "bold"]
    assert len(texts) == 12 and "Torino (3)" in [text.get_text() for text in texts]
    # the box of the text itself: that of an annotation holds the point as well
    boxes = [plt.Text.get_window_extent(text) for text in texts]
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    assert list(axes.lines) == [], "no label has to move so far that it needs a line to its point"
    frame = axes.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1 for box in boxes)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert sum(int(re.search(r"\((\d+)\)", text)[1]) for text in legend[:4]) == len(picture.data)
    note = " ".join(text.get_text() for text in axes.texts).replace("\n", " ")
    assert "© EuroGeographics" in note and "Eurostat" in note
    assert "municipal perimeter" in picture.caption and f"{inner}" in axes.get_title(loc="left")


def test_the_map_refuses_unknown_types_and_hatches_missing_ones():
    shapes = pd.concat([AREAS, squares({"AT": 12.0, "CH": 8.0}).assign(level=0)])
    none = pd.DataFrame(columns=["longitude", "latitude"])
    kind = pd.Series(["a", "b", None, "b"], index=AREAS.index, dtype="object")
    figure, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"unknown: \['b'\]"):
        typology_map(kind, shapes, ax=ax, order={"a": "first"}, points=none, point_name="")
    typology_map(kind, shapes, ax=ax, order={"a": "first", "b": "second"}, points=none, point_name="")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "first (1)",
        "second (2)",
        "not classified (1)",
    ]
    assert [len(drawn.get_paths()) for drawn in ax.collections if drawn.get_hatch()] == [1]
    plt.close(figure)
