"""Evidence of a case: known numbers of real regions, and what is refused or left open."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets, regions
from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.reports.case import Case, load_case
from alpclusters_lib.reports.evidence import collect
from alpclusters_lib.reports.growth import growth_of
from alpclusters_lib.reports.proximity import strong_neighbours

NAMES = (
    "machinery-lombardy", "automotive-piedmont", "mechatronics-trento", "life-sciences-slovenia", "food-fribourg",
    "fibre-composites", "creative-lombardy", "metal-franche-comte",
)  # fmt: skip


@functools.cache
def evidence_of(name):
    return collect(load_case(name))


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
    assert (main["rank_jobs"], main["rank_jobs_upper"]) == (4, 5)
    assert main["growth_pct"] == pytest.approx(-9.6, abs=0.05)


def test_trento_mechatronics_shows_no_specialisation():
    main = evidence_of("mechatronics-trento").main
    assert main["jobs"] == 5_018
    assert main["lower"] < 1, "a claim of specialisation would not be borne out"
    assert main["lq"] < 1


def test_hidden_division_gives_limits_and_no_value():
    main = evidence_of("life-sciences-slovenia").main
    assert main["status"] == "bound"
    assert main[["jobs", "share", "lq", "rank_lq", "jobs_per_unit"]].isna().all()
    assert 0 < main["jobs_lower"] < main["jobs_upper"]
    assert 0 < main["lower"] <= main["lq_lower"] < main["lq_upper"] <= main["upper"]
    assert main["rank_lq_lower"] < main["rank_lq_upper"]
    assert main[["jobs_lower", "jobs_upper"]].mod(10).eq(0).all(), "limits reveal no hidden cell"


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
        assert found.main["status"] == "bound" and found.parts["share_of_cluster"].isna().all()


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


def test_area_without_any_figure_is_refused_in_a_sentence():
    hidden = Case(name="x", title="Energy supply", region="DE14", divisions=("D35",), growth=None)
    with pytest.raises(ValueError, match=r"^Tübingen publishes no division of .* in 2014$"):
        collect(hidden)
