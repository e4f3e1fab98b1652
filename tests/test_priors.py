"""What a hidden cell probably holds: nearest years, jobs a unit, and the order in which evidence is believed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib.cleaning.priors import (
    LIMITS,
    SPREADS,
    Figures,
    figures,
    nearest_year,
    panel,
    per_unit,
    priors,
)

pytestmark = pytest.mark.filterwarnings("error::FutureWarning", "error::DeprecationWarning")
NAN = float("nan")
YEARS = (2012, 2013, 2014)


# --- panels -----------------------------------------------------------------------------------------------


def long(cells: dict[tuple[str, str, int], float]) -> pd.DataFrame:
    return pd.DataFrame([(*key, value) for key, value in cells.items()], columns=["region", "sector", "year", "value"])


def test_a_panel_places_every_figure_by_its_labels():
    cells = {("ITC4", "C28", 2014): 4.0, ("AT31", "C28", 2013): 1.0, ("AT31", "C29", 2014): 2.0}
    found = panel(long(cells).sample(frac=1, random_state=3))
    assert (found.regions, found.sectors, found.years) == (["AT31", "ITC4"], ["C28", "C29"], [2013, 2014])
    assert np.nansum(found.values) == 7 and np.isnan(found.values).sum() == 5
    assert found.values[0, 0, 0] == 1 and found.values[0, 1, 1] == 2 and found.values[1, 0, 1] == 4


def test_a_panel_gives_nothing_for_what_it_does_not_hold():
    found = panel(long({("ITC4", "C28", 2014): 4.0, ("AT31", "C29", 2014): 2.0}))
    chosen = found.of(["XX99", "ITC4"], ["C28", "C99"])[:, :, 0]
    np.testing.assert_array_equal(chosen, [[NAN, NAN], [4.0, NAN]])
    chosen[:] = 0  # a copy, not a view
    assert np.nansum(found.values) == 6


# --- nearest years ----------------------------------------------------------------------------------------


def carried(own: list[float], country: list[float]) -> tuple[list[float], list[float]]:
    found, away = nearest_year(np.array([[own]]), np.array([[country]]))
    return found[0, 0].tolist(), away[0, 0].tolist()


def test_the_nearest_year_moves_with_the_country():
    found, away = carried([100.0, NAN, NAN, NAN], [10.0, 12.0, 9.0, 20.0])
    assert found[1:] == pytest.approx([120, 90, 200]) and away[1:] == [1, 2, 3]


def test_a_later_year_serves_as_well_and_the_nearer_one_wins():
    found, away = carried([100.0, NAN, NAN, 60.0], [10.0, 11.0, 12.0, 12.0])
    assert found[1] == pytest.approx(110) and found[2] == pytest.approx(60) and away[1:3] == [1, 1]


def test_a_year_before_and_one_after_meet_in_their_geometric_mean():
    found, away = carried([100.0, NAN, 400.0], [10.0, 10.0, 10.0])
    assert found[1] == pytest.approx(200) and away[1] == 1
    found, _ = carried([100.0, NAN, 400.0], [10.0, 20.0, 20.0])
    assert found[1] == pytest.approx(np.sqrt(200 * 400))


@pytest.mark.parametrize(("growth", "taken"), [(2.9, 2.9), (100.0, 3.0), (0.31, 0.31), (0.01, 0.3), (0.0, 0.3)])
def test_growth_is_taken_within_limits(growth, taken):
    assert LIMITS == (0.3, 3.0)
    assert carried([100.0, NAN], [10.0, 10.0 * growth])[0][1] == pytest.approx(100 * taken)


@pytest.mark.parametrize("country", [[NAN, 10.0], [10.0, NAN], [NAN, NAN], [0.0, 0.0]])
def test_growth_that_is_not_known_leaves_the_figure_as_it_is(country):
    assert carried([100.0, NAN], country)[0][1] == pytest.approx(100)


def test_no_jobs_in_the_nearest_year_is_half_a_job_and_not_never():
    assert carried([0.0, NAN], [1.0, 1.0])[0][1] == pytest.approx(0.5)


def test_a_cell_without_any_other_year_has_nothing_to_carry():
    found, away = carried([NAN, NAN], [1.0, 1.0])
    assert np.isnan(found).all() and np.isnan(away).all()
    found, away = carried([7.0, NAN], [1.0, 1.0])
    assert np.isnan(found[0]) and np.isnan(away[0]), "its own year is no other year"


def test_cells_do_not_mix():
    own = np.array([[[1.0, NAN], [NAN, 20.0]], [[NAN, NAN], [300.0, NAN]]])
    found, _ = nearest_year(own, np.ones_like(own))
    np.testing.assert_allclose(found, [[[NAN, 1], [20, NAN]], [[NAN, NAN], [NAN, 300]]])


# --- jobs a unit ------------------------------------------------------------------------------------------


def units_of(jobs: list, units: list, country: list[int], section: list[int]) -> np.ndarray:
    arrays = (np.array(a, float)[:, :, None] for a in (jobs, units))
    return per_unit(*arrays, np.array(country), np.array(section))[:, :, 0]


def test_a_unit_holds_what_it_holds_in_the_country_on_average_of_jobs_and_not_of_regions():
    # 300 jobs in 40 units; the region that hides its jobs has no level of its own
    found = units_of([[100], [200], [NAN]], [[10], [30], [5]], [0, 0, 0], [0])
    assert found[2, 0] == pytest.approx(7.5)


def test_a_region_whose_units_are_larger_keeps_its_level_in_the_section():
    # division 0: 10 a unit in the country; region 1 has twice that in division 1 of the section
    jobs, units = [[100, 100], [NAN, 600]], [[10, 10], [10, 30]]
    found = units_of(jobs, units, [0, 0], [0, 0])
    average = 700 / 40
    assert found[1, 0] == pytest.approx(10 * 600 / (30 * average))
    # the level of one section says nothing about another
    assert units_of(jobs, units, [0, 0], [0, 1])[1, 0] == pytest.approx(10)


@pytest.mark.parametrize(("jobs", "level"), [(3.0, 0.3), (3000.0, 3.0)])
def test_the_level_of_a_region_is_taken_within_limits(jobs, level):
    many = [[100.0, 100_000.0], [NAN, jobs]]  # region 1 is far from the average of its section
    found = units_of(many, [[10, 10_000], [10, 10]], [0, 0], [0, 0])
    assert found[1, 0] == pytest.approx(10 * level, rel=1e-2)


def test_countries_have_their_own_averages_and_borrow_where_they_have_none():
    jobs, units = [[100], [NAN], [40], [NAN]], [[10], [5], [10], [5]]
    assert units_of(jobs, units, [0, 0, 1, 1], [0])[:, 0] == pytest.approx([10, 10, 4, 4])
    assert units_of(jobs, units, [0, 0, 0, 1], [0])[3, 0] == pytest.approx(140 / 20), "no region of country 1 tells"


def test_regions_without_units_do_not_divide_by_zero():
    found = units_of([[100], [50], [NAN]], [[10], [0], [5]], [0, 0, 0], [0])
    assert found[2, 0] == pytest.approx(10)


# --- the order of evidence --------------------------------------------------------------------------------

DIVISIONS = ("C10", "C11", "C28", "H49", "H50")
SIZES = {"AA11": 1.0, "AA12": 3.0, "AA13": 6.0}


def economy() -> dict[str, dict[tuple[str, str, int], float]]:
    """Country AA: region × division jobs in fixed proportion, ten jobs a unit, 0.02 million of wages a job."""
    jobs = {}
    for year in YEARS:
        for place, division in enumerate(DIVISIONS, start=1):
            for region, size in SIZES.items():
                jobs[region, division, year] = 100.0 * place * size
            jobs["AA", division, year] = 100.0 * place * sum(SIZES.values())
        for region in (*SIZES, "AA"):
            for section in "CH":
                jobs[region, section, year] = sum(jobs[region, d, year] for d in DIVISIONS if d[0] == section)
    return {
        "jobs": jobs,
        "units": {k: v / 10 for k, v in jobs.items()},
        "wages": {k: v * 0.02 for k, v in jobs.items()},
    }


def told(hide: dict[str, list[tuple[str, str, int]]]) -> Figures:
    tables = economy()
    for name, cells in hide.items():
        for cell in cells:
            tables[name][cell] = NAN
    return figures(*(long(tables[name]) for name in ("jobs", "units", "wages")))


def prior_of(figures: Figures, region: str = "AA12", division: str = "C28", year: int = 2014) -> tuple[float, str]:
    values, basis = priors(figures)
    place = figures.base.index(region), figures.divisions.index(division), figures.jobs.years.index(year)
    return float(values[place]), list(SPREADS)[basis[place]]


def everywhen(region: str = "AA12", division: str = "C28") -> list[tuple[str, str, int]]:
    return [(region, division, year) for year in YEARS]


def test_the_surer_the_evidence_the_smaller_the_spread():
    assert list(SPREADS) == ["year", "wages", "units", "fitted"]
    assert list(SPREADS.values()) == sorted(SPREADS.values()) and SPREADS["year"] == 0.08


def test_another_year_comes_first_then_wages_then_units_then_fitted_units():
    hidden = everywhen()
    assert prior_of(told({"jobs": hidden[-1:]})) == (pytest.approx(900), "year")
    assert prior_of(told({"jobs": hidden})) == (pytest.approx(900), "wages")
    assert prior_of(told({"jobs": hidden, "wages": hidden})) == (pytest.approx(900), "units")
    value, basis = prior_of(told({"jobs": hidden, "wages": hidden, "units": hidden}))
    assert basis == "fitted" and value == pytest.approx(900), "the remainder of the section's units is its own"


def test_the_country_s_growth_is_that_of_its_section_where_it_hides_the_division():
    both = [("AA12", "C28", 2014), ("AA", "C28", 2014)]
    told_ = told({"jobs": both})
    place = told_.jobs.regions.index("AA"), told_.jobs.sectors.index("C"), 2
    told_.jobs.values[place] *= 1.5
    assert prior_of(told_) == (pytest.approx(900 * 1.5), "year")


def test_several_hidden_divisions_share_the_remaining_units_like_the_country():
    cells = everywhen(division="C28") + everywhen(division="C11")
    found = told({"jobs": cells, "units": cells, "wages": cells})
    # the country's units stand 3 to 2
    assert prior_of(found, division="C28") == (pytest.approx(900), "fitted")
    assert prior_of(found, division="C11") == (pytest.approx(600), "fitted")


def test_where_a_whole_section_is_hidden_with_its_units_the_size_of_the_region_tells():
    sectors = ("C", "C10", "C11", "C28")
    cells = [cell for region in ("AA11", "AA13") for sector in sectors for cell in everywhen(region, sector)]
    found = told({"jobs": cells, "units": cells, "wages": cells})
    small, large = prior_of(found, "AA11"), prior_of(found, "AA13")
    assert small == (pytest.approx(300), "fitted") and large == (pytest.approx(1800), "fitted")


def test_wages_of_zero_are_no_evidence():
    hidden = everywhen()
    found = told({"jobs": hidden})
    found.wages.values[found.wages.regions.index("AA12"), found.wages.sectors.index("C28")] = 0.0
    assert prior_of(found)[1] == "units"


def test_every_cell_has_a_prior_of_at_least_half_a_job():
    every = [cell for region in SIZES for division in DIVISIONS for cell in everywhen(region, division)]
    found = told({"jobs": every, "units": every, "wages": every})
    values, basis = priors(found)
    assert np.isfinite(values).all() and (values >= 0.5).all() and (basis == len(SPREADS) - 1).all()
    zero = told({"jobs": everywhen()[-1:]})
    zero.jobs.values[zero.jobs.regions.index("AA12"), zero.jobs.sectors.index("C28"), :2] = 0.0
    assert prior_of(zero) == (0.5, "year")


def test_figures_keep_the_years_of_the_jobs():
    tables = economy()
    tables["units"]["AA11", "C28", 2005] = 1.0
    found = figures(*(long(tables[name]) for name in ("jobs", "units", "wages")))
    assert found.units.years == found.jobs.years == found.wages.years == list(YEARS)
    assert found.base == list(SIZES) and found.divisions == list(DIVISIONS)
