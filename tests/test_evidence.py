"""Evidence of a case: known numbers of real regions, and what is refused or left open."""

from __future__ import annotations

import functools
import re

import numpy as np
import pandas as pd
import pytest
from gathered import evidence_of

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.indicators.aggregation import cluster_employment
from alpclusters_lib.reports import movement
from alpclusters_lib.reports.case import Case, load_case, parse_unit
from alpclusters_lib.reports.evidence import collect
from alpclusters_lib.reports.growth import _change_pct, growth_of
from alpclusters_lib.reports.proximity import strong_neighbours

NAMES = (
    "machinery-lombardy", "automotive-piedmont", "mechatronics-trento", "life-sciences-slovenia", "food-fribourg",
    "fibre-composites", "creative-lombardy", "metal-franche-comte", "life-sciences-salzburg",
)  # fmt: skip


@pytest.fixture(scope="module")
def lombardy():
    return evidence_of("machinery-lombardy")


@functools.cache
def jobs(region: str, *divisions: str, year: int = 2014) -> float:
    return datasets.employment(year=year, regions=region, sectors=divisions)["value"].sum()


def test_lombardy_machinery_has_the_published_numbers(lombardy):
    main = lombardy.main
    assert main["jobs"] == 215_106 == jobs("ITC4", "C26", "C27", "C28")
    assert main["lq"] == pytest.approx(1.73, abs=0.005)
    assert main["lower"] < main["lq"] < main["upper"] and main["lower"] > 1.6
    assert (main["rank_jobs"], main["rank_jobs_upper"]) == (1, 1)
    assert main["status"] == "observed"
    assert lombardy.parts.loc["C28", "jobs"] == 133_542
    assert lombardy.parts.loc["C28", "share_of_cluster"] == pytest.approx(0.62, abs=0.005)


def test_quotient_is_the_ratio_of_published_shares(lombardy):
    total = jobs("ITC4", "B-N_S95_X_K")
    own = jobs("ITC4", "C26", "C27", "C28") / total
    europe = jobs("EU28", "C26", "C27", "C28") / jobs("EU28", "B-N_S95_X_K")
    assert lombardy.main["lq"] == pytest.approx(own / europe, rel=1e-12)
    assert lombardy.main["share"] == pytest.approx(own, rel=1e-12)
    italy = jobs("IT", "C26", "C27", "C28") / jobs("IT", "B-N_S95_X_K")
    assert lombardy.main["lq_country"] == pytest.approx(own / italy, rel=1e-12)
    assert lombardy.reference["jobs"] / lombardy.reference["total"] == pytest.approx(europe)


def test_piedmont_automotive_is_strong_and_shrinks():
    main = evidence_of("automotive-piedmont").main
    assert main["jobs"] == 53_266
    assert main["lq"] == pytest.approx(2.59, abs=0.005) and main["lower"] > 2
    others = evidence_of("automotive-piedmont").regions.drop("ITC1").dropna(subset=["lower", "upper"])
    best, worst = (1 + (others[f"jobs_{end}"] > main["jobs"]).sum() for end in ("lower", "upper"))
    assert (main["rank_jobs"], main["rank_jobs_upper"]) == (best, worst)
    assert best == 4 and worst <= 8, "published: fourth; hidden figures of others may move it down"
    assert main["growth_pct"] == pytest.approx(-9.6, abs=0.05)


def test_trento_mechatronics_shows_no_specialisation():
    main = evidence_of("mechatronics-trento").main
    assert main["jobs"] == 5_018
    assert main["lower"] < 1, "a claim of specialisation would not be borne out"
    assert main["lq"] < 1


def test_estimated_division_counts_and_carries_its_limits():
    main = evidence_of("life-sciences-slovenia").main
    cell = datasets.employment(year=2014, regions="SI", sectors="C21").iloc[0]
    assert cell["status"] == main["status"] == "estimated"
    assert main["jobs"] == pytest.approx(cell["value"] + jobs("SI", "C32", "M72"))
    assert main["jobs_lower"] <= main["jobs"] <= main["jobs_upper"]
    for end in ("lower", "upper"):
        assert main[f"jobs_{end}"] == pytest.approx(cell[end] + jobs("SI", "C32", "M72"), abs=20)
        total = jobs("SI", "B-N_S95_X_K")
        europe = jobs("EU28", "C21", "C32", "M72") / jobs("EU28", "B-N_S95_X_K")
        assert main[f"lq_{end}"] == pytest.approx(main[f"jobs_{end}"] / total / europe)
    assert main["extreme_lower"] < main["lq_lower"] < main["lq"] < main["lq_upper"] < main["extreme_upper"]
    assert main["extreme_lower"] < main["lower"] and main["upper"] < main["extreme_upper"]
    assert main[["jobs_lower", "jobs_upper"]].mod(10).eq(0).all(), "limits reveal no hidden cell"


def test_limits_are_the_value_where_all_is_published(lombardy):
    main = lombardy.main
    assert main["jobs_lower"] == main["jobs"] == main["jobs_upper"]
    assert main["lq_lower"] == main["lq"] == main["lq_upper"]
    assert (main["extreme_lower"], main["extreme_upper"]) == (main["lower"], main["upper"])
    assert main["growth_lower_pct"] == pytest.approx(main["growth_pct"]) == main["growth_upper_pct"]
    assert main["growth_status"] == "observed"


@functools.cache
def withheld() -> pd.DataFrame:
    """Return the divisions of the perimeter that confidentiality withholds."""
    table = datasets.employment(year=2014, sectors=sectors.divisions(), level=2)
    inside = table["region"].isin(regions.perimeter("alpine_space_2014"))
    return table[inside & (table["status"] == "confidential")]


def test_withheld_division_has_limits_and_no_value():
    cell = withheld().iloc[0]
    found = collect(Case(name="x", title="Withheld", region=cell["region"], divisions=(cell["sector"],)))
    main = found.main
    assert main["status"] in ("bound", "estimated"), "limits only; a total may be estimated besides"
    assert main[["jobs", "share", "lq", "rank_lq", "jobs_per_unit", "lq_country", "lq_perimeter"]].isna().all()
    assert (main["jobs_lower"], main["jobs_upper"]) == (cell["lower"], cell["upper"])
    assert 0 < main["lower"] <= main["lq_lower"] < main["lq_upper"] <= main["upper"]
    assert main["rank_lq_lower"] < main["rank_lq_upper"]
    assert main[["growth_pct", "national", "industry", "regional"]].isna().all()
    assert found.parts[["jobs", "lq", "share", "share_of_cluster", "jobs_per_unit"]].isna().all(axis=None)
    own = found.regions.loc[cell["region"]]
    assert own[["jobs", "lq", "share", "growth_pct", "jobs_per_unit"]].isna().all()


def test_withheld_division_counts_in_its_cluster_with_the_middle_of_its_limits():
    found = evidence_of("life-sciences-salzburg")
    hidden = withheld().set_index(["region", "sector"])
    inside = [d for d in found.case.cluster.divisions if ("AT32", d) in hidden.index]
    if not inside:
        pytest.skip("Salzburg publishes or estimates all divisions of the cluster")
    cells = hidden.loc[[("AT32", d) for d in inside]]
    others = jobs("AT32", *(d for d in found.case.cluster.divisions if d not in inside))
    assert found.main["jobs"] == pytest.approx(others + ((cells["lower"] + cells["upper"]) / 2).sum())
    assert found.main["status"] == "estimated"
    assert found.main["jobs_lower"] <= others + cells["lower"].sum()
    assert found.main["jobs_upper"] >= others + cells["upper"].sum(), "narrower limits would tell more of the cell"
    own = found.parts.loc[inside]
    assert own[["jobs", "lq", "share", "share_of_cluster", "jobs_per_unit"]].isna().all(axis=None)


def test_fribourg_is_switzerland_among_countries():
    found = evidence_of("food-fribourg")
    assert found.case.unit.national_frame and found.units.index.tolist() == ["Switzerland"]
    swiss = datasets.national_accounts(
        indicator="employment", year=2014, regions="CH", sectors=found.case.cluster.divisions
    )
    assert found.main["jobs"] == swiss["value"].sum() == 89_796
    assert found.main["n"] <= len(EU28_MEMBERS) + 1, "a country is not ranked among regions"
    assert not found.regions.index.str.startswith("CH").any()


def test_composites_are_exactly_the_sum_of_three_regions():
    found = evidence_of("fibre-composites")
    parts = found.units.iloc[1:]
    assert parts.index.tolist() == ["Upper Austria", "Bavaria", "Slovenia"]
    for column in ("jobs", "jobs_lower", "jobs_upper", "local_units", "jobs_start", "jobs_end"):
        assert found.main[column] == parts[column].sum(), column
    assert found.main["jobs"] == sum(jobs(code, *found.case.cluster.divisions) for code in ("AT31", "DE2", "SI"))
    assert pd.isna(found.main["lq_country"]), "three countries have no country of their own to compare with"


@pytest.mark.parametrize("name", NAMES)
def test_parts_add_to_the_cluster(name):
    found = evidence_of(name)
    assert list(found.parts.index) == list(found.case.cluster.divisions)
    if found.parts["jobs"].notna().all():
        assert found.parts["jobs"].sum() == found.main["jobs"]
        assert found.parts["share_of_cluster"].sum() == pytest.approx(1)
    else:
        assert found.main["status"] == "estimated"
        hidden = found.parts["jobs"].isna()
        assert found.parts["share_of_cluster"].isna().equals(hidden)
        assert found.parts["jobs"].sum() < found.main["jobs"]


@pytest.mark.parametrize("name", NAMES)
def test_rank_lies_in_its_own_range(name):
    units = evidence_of(name).units
    ranks = units[["rank_lq_lower", "rank_lq", "rank_lq_upper"]].dropna()
    outside = ranks[~ranks["rank_lq"].between(ranks["rank_lq_lower"], ranks["rank_lq_upper"])]
    assert outside.empty, f"\n{outside.to_string()}"
    assert (units["rank_jobs"] <= units["rank_jobs_upper"]).all()
    assert (units[["rank_lq_upper", "rank_jobs_upper"]].max(axis=1) <= units["n"]).all()


def test_growth_parts_add_to_the_change():
    checked = 0
    for name in NAMES:
        found = evidence_of(name)
        if found.growth is None:
            continue
        known = found.units.dropna(subset=["growth_pct"])
        change = known["jobs_end"] - known["jobs_start"]
        np.testing.assert_allclose(known[["national", "industry", "regional"]].sum(axis=1), change, atol=1e-6)
        np.testing.assert_allclose(known["growth_pct"], change / known["jobs_start"] * 100)
        checked += len(known)
    assert checked >= 8


def test_growth_ends_are_the_published_counts(lombardy):
    divisions = ("C26", "C27", "C28")
    assert lombardy.main["jobs_start"] == jobs("ITC4", *divisions, year=2011)
    assert lombardy.main["jobs_end"] == jobs("ITC4", *divisions, year=2014) == lombardy.main["jobs"]


def test_growth_reference_is_the_sum_of_unbroken_countries(lombardy):
    grown = lombardy.growth
    start, end = (sum(jobs(c, "C26", "C27", "C28", year=y) for c in grown.countries) for y in (2011, 2014))
    assert grown.reference_pct == pytest.approx((end / start - 1) * 100)
    parts = lombardy.main["jobs_start"] * grown.reference_total_pct / 100
    assert lombardy.main["national"] == pytest.approx(parts)


def test_growth_over_a_break_is_refused_with_its_year():
    sentence = "FRC2 has a break in its figures in 2014: growth 2011-2014 would not be growth"
    case = load_case("metal-franche-comte")
    with pytest.raises(ValueError, match=sentence):
        Case(**{**case.model_dump(), "growth": (2011, 2014)})
    with pytest.raises(ValueError, match=f"^{sentence}"):
        growth_of([case.unit], case.cluster.divisions, 2011, 2014)
    assert pd.notna(evidence_of("metal-franche-comte").main["growth_pct"]), "up to 2013 nothing is broken"


def test_growth_of_a_compared_area_over_a_break_is_not_shown():
    units = [load_case("machinery-lombardy").unit, load_case("metal-franche-comte").unit]
    try:
        grown = growth_of(units, ["C24", "C25"], 2011, 2014).units
    except ValueError as refused:
        assert "2014" in str(refused)
    else:
        assert pd.isna(grown.loc["Franche-Comté", "growth_pct"]), "the French figures break in 2014"


def test_reference_countries_have_no_break(lombardy):
    grown = lombardy.growth
    table = datasets.employment(regions=list(EU28_MEMBERS), sectors=["C26", "C27", "C28", "C"])
    window = table[table["year"].between(2012, 2014)]
    broken = set(window.loc[window["flag"].str.contains("b", regex=False), "region"])
    assert "FR" in broken, "the test needs a country with a break"
    assert not broken & set(grown.countries)
    assert {country for country, reason in grown.left_out.items() if "break" in reason} == broken
    assert set(grown.countries) | set(grown.left_out) == set(EU28_MEMBERS)
    assert not set(grown.countries) & set(grown.left_out)


def test_regions_with_a_break_have_no_growth(lombardy):
    assert lombardy.growth.regions.loc["FRC2", "growth_pct"] != lombardy.growth.regions.loc["FRC2", "growth_pct"]
    assert lombardy.regions.loc["ITC1", "growth_pct"] == pytest.approx(
        (jobs("ITC1", "C26", "C27", "C28") / jobs("ITC1", "C26", "C27", "C28", year=2011) - 1) * 100
    )


@pytest.mark.parametrize("name", NAMES)
def test_neighbours_are_specialised_elsewhere_and_nearest_first(name):
    found = evidence_of(name)
    near = found.neighbours
    assert len(near) and (near["lower"] > 1).all()
    assert not set(near.index) & set(found.case.unit.area)
    assert set(near.index) <= set(regions.perimeter(found.case.perimeter))
    assert near["distance_km"].is_monotonic_increasing
    assert near["distance_km"].mod(10).eq(0).all() and near["distance_km"].between(30, 1200).all()


def test_neighbours_are_the_nearest_of_all_specialised_ones(lombardy):
    everyone = strong_neighbours(lombardy.regions, lombardy.case.unit, perimeter="alpine_space_2014", most=99)
    specialised = lombardy.regions[(lombardy.regions["lower"] > 1) & lombardy.regions["alpine"]].index.drop("ITC4")
    assert set(everyone.index) == set(specialised)
    pd.testing.assert_frame_equal(everyone.head(8), lombardy.neighbours)
    assert everyone.loc["ITH3", "borders"] and not everyone.loc["AT31", "borders"]


def test_neighbours_without_figures_are_named(lombardy):
    assert "Ticino" in lombardy.silent and "Eastern Switzerland" in lombardy.silent
    assert not {"Piedmont", "Veneto", "Trento"} & set(lombardy.silent), "these have figures"
    assert "Zurich" not in lombardy.silent, "it does not border"


def test_peers_are_quartiles_of_the_perimeter(lombardy):
    inside = lombardy.regions.loc[lombardy.regions.index.isin(regions.perimeter("alpine_space_2014")), "lq"].dropna()
    row = lombardy.peers.loc["lq"]
    assert row["n"] == len(inside) and row["median"] == pytest.approx(inside.median())
    assert row["lower_quartile"] < row["median"] < row["upper_quartile"]


def test_regions_are_those_of_the_union_only(lombardy):
    assert set(lombardy.regions["country"]) <= set(EU28_MEMBERS)
    assert lombardy.regions.index.str.len().unique().tolist() == [4]
    assert "EU28" not in lombardy.regions.index
    assert lombardy.main["n"] == len(lombardy.regions.dropna(subset=["lower", "upper"]))


def test_evidence_is_the_same_each_time(lombardy):
    again = collect(load_case("machinery-lombardy"))
    pd.testing.assert_frame_equal(again.units, lombardy.units)
    pd.testing.assert_frame_equal(again.regions, lombardy.regions)


def refused(region: str, division: str) -> str:
    with pytest.raises(ValueError) as caught:
        collect(Case(name="x", title="Refused", region=region, divisions=(division,), growth=None))
    return str(caught.value)


def test_area_without_any_figure_is_refused_in_a_sentence():
    table = datasets.employment(year=2014, sectors="C21", level=2)
    region = table.loc[table["status"] == "missing", "region"].iloc[0]
    assert re.fullmatch(r".* publishes no division of .* in 2014", refused(region, "C21"))


def test_area_without_a_name_is_labelled_by_its_code():
    found = collect(Case(name="x", title="Eastern half", region="SI01", divisions=("C28",), growth=None, year=2012))
    assert found.units.index.tolist() == ["SI01"] and found.main["jobs"] == jobs("SI01", "C28", year=2012)


def test_area_whose_figure_nothing_limits_is_refused_in_a_sentence():
    # Malta hides B08 and every sum that holds it
    cell = datasets.employment(year=2014, regions="MT00", sectors="B08").iloc[0]
    assert pd.isna(cell["upper"]), "the test needs a figure that no published sum limits"
    sentence = refused("MT00", "B08")
    assert re.fullmatch(r"Malta hides .* in 2014 and no published sum limits its jobs from above", sentence)


# growth at the limits of estimates


def test_growth_at_its_limits_compares_opposite_ends():
    found = evidence_of("life-sciences-slovenia")
    main, divisions = found.main, list(found.case.cluster.divisions)
    ends = cluster_employment(datasets.employment(regions="SI"), divisions).loc["SI"].loc[[2011, 2014]]
    assert (ends["status"] == "estimated").any() and main["growth_status"] == "estimated"
    then, now = ends.loc[2011], ends.loc[2014]
    assert main["growth_lower_pct"] == pytest.approx((now["lower"] / then["upper"] - 1) * 100)
    assert main["growth_upper_pct"] == pytest.approx((now["upper"] / then["lower"] - 1) * 100)
    assert main["growth_pct"] == pytest.approx((now["jobs"] / then["jobs"] - 1) * 100)
    assert main["growth_lower_pct"] < main["growth_pct"] < main["growth_upper_pct"]


@pytest.mark.parametrize("name", NAMES)
def test_growth_lies_between_its_limits(name):
    found = evidence_of(name)
    if found.growth is None:
        return
    known = found.units.dropna(subset=["growth_pct"])
    assert (known["growth_lower_pct"] <= known["growth_pct"] + 1e-9).all()
    assert (known["growth_upper_pct"] >= known["growth_pct"] - 1e-9).all()
    same = known["growth_status"] == "observed"
    assert (known.loc[same, "growth_lower_pct"] == known.loc[same, "growth_upper_pct"]).all()


def test_area_without_figures_at_one_end_has_neither_growth_nor_limits():
    # the two halves of Slovenia have figures from 2013 only
    halves = evidence_of("life-sciences-slovenia").units.loc[["Eastern Slovenia", "Western Slovenia"]]
    assert halves[["growth_pct", "growth_lower_pct", "growth_upper_pct"]].isna().all(axis=None)
    assert halves["growth_status"].eq("missing").all()


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [(100.0, 110.0, 10.0), (100.0, 0.0, -100.0), (0.0, 5.0, np.inf), (np.inf, 5.0, -100.0)],
)
def test_change_from_none_or_to_none(then, now, expected):
    assert _change_pct(then, now) == pytest.approx(expected)


def test_change_from_none_to_none_is_none_to_tell():
    assert np.isnan(_change_pct(0.0, 0.0)) and np.isnan(_change_pct(np.nan, 5.0))


def test_growth_of_regions_says_where_it_is_estimated(lombardy):
    table = lombardy.growth.regions
    assert set(table["growth_status"]) <= {"observed", "bound", "estimated", "missing"}
    assert table.loc["ITC4", "growth_status"] == "observed"
    assert table.loc["FRC2", "growth_status"] == "missing", "its figures break inside the window"
    assert not (table["growth_pct"].notna() & (table["growth_status"] == "missing")).any()
    ends = datasets.employment(sectors=["C26", "C27", "C28"], level=2)
    ends = ends[ends["year"].isin([2011, 2014])]
    hidden = set(ends.loc[~ends["status"].isin(["observed"]), "region"])
    known = table.dropna(subset=["growth_pct"])
    assert hidden >= set(known.index[known["growth_status"] == "estimated"]) > set()
    assert not hidden & set(known.index[known["growth_status"] == "observed"])


def test_area_without_jobs_at_the_start_has_no_growth():
    table = datasets.employment(sectors=sectors.divisions(), level=2)
    table = table[table["year"].isin([2011, 2014]) & (table["status"] == "observed") & (table["flag"] == "")]
    wide = table.pivot(index=["region", "sector"], columns="year", values="value").dropna()
    unbroken = wide.index.get_level_values("region").str[:2].isin(["CZ", "ES", "HU", "PL", "PT", "AT", "IT"])
    region, division = wide[unbroken & (wide[2011] == 0) & (wide[2014] > 0)].index[0]
    grown = growth_of([parse_unit(region)], [division], 2011, 2014).units.iloc[0]
    assert grown["jobs_start"] == 0 and pd.isna(grown["growth_pct"]) and grown["growth_status"] == "observed"
    case = Case(name="x", title="From none", region=region, divisions=(division,))
    assert movement.growth_sentence(collect(case)) == (
        "Growth from 2011 to 2014 cannot be computed: in 2011 there were no jobs."
    )
