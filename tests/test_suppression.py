"""Hidden cells filled: a country of known truth, sums that contradict each other, and the published file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib.cleaning.priors import SPREADS, Figures, figures
from alpclusters_lib.cleaning.suppression import GIVES_WAY, UNMET, Completed, complete, parents

NAN = float("nan")
YEARS = (2012, 2013, 2014)
DIVISIONS = ["B05", "B06", "C10", "C11", "C28", "D35", "H49", "H50", "S95"]
NUTS = {"AA1": ["AA11", "AA12", "AA13"], "AA2": ["AA21", "AA22", "AA23"]}
BASE = [region for regions in NUTS.values() for region in regions]
KEY = ["region", "sector", "year"]
COLUMNS = [*KEY, "value", "lower", "upper", "tight_lower", "tight_upper", "basis"]
Cells = dict[tuple[str, str, int], float]


def country(*, seed: int = 1) -> Cells:
    """Jobs of six regions, two NUTS 1 regions and their country over three years; every sum is exact."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(5, 1, (len(BASE), len(DIVISIONS)))
    cells: Cells = {}
    for year in YEARS:
        level = level * rng.lognormal(0, 0.05, level.shape)
        base = pd.DataFrame(level.round(), BASE, DIVISIONS)
        for parent, children in {**NUTS, "AA": BASE}.items():
            base.loc[parent] = base.loc[children].sum()
        for section in "BCDH":
            base[section] = base[[d for d in DIVISIONS if d[0] == section]].sum(axis=1)
        cells |= {(region, sector, year): value for (region, sector), value in base.stack().items()}
    return cells


def long(cells: Cells) -> pd.DataFrame:
    return pd.DataFrame([(*key, value) for key, value in cells.items()], columns=[*KEY, "value"])


def shown(cells: Cells, hidden: list[tuple[str, str, int]]) -> Figures:
    jobs = cells | dict.fromkeys(hidden, NAN)
    units = {key: np.ceil(value / 10) for key, value in cells.items()}
    return figures(long(jobs), long(units), long({key: value * 0.02 for key, value in cells.items()}))


def filled(cells: Cells, hidden: list[tuple[str, str, int]], **options) -> Completed:
    return complete(shown(cells, hidden), recodes={}, **options)


HIDDEN = [
    ("AA11", "C10", 2014), ("AA11", "C28", 2014), ("AA12", "C10", 2014), ("AA12", "C28", 2014), ("AA12", "C11", 2014),
    ("AA21", "H49", 2014), ("AA21", "H50", 2014), ("AA22", "H49", 2014), ("AA22", "H50", 2014), ("AA23", "S95", 2014),
    ("AA22", "S95", 2013), ("AA23", "S95", 2013), ("AA13", "B05", 2012), ("AA13", "B06", 2012), ("AA13", "B", 2012),
]  # fmt: skip


@pytest.fixture(scope="module")
def result() -> Completed:
    return filled(country(), HIDDEN)


# --- a country of known truth ------------------------------------------------------------------------------


def test_every_hidden_division_is_filled_once_and_nothing_else(result):
    expected = {cell for cell in HIDDEN if len(cell[1]) == 3}
    assert sorted(result.cells[KEY].itertuples(index=False, name=None)) == sorted(expected)
    assert list(result.cells.columns) == COLUMNS
    assert set(result.cells["basis"]) == {"year"} <= set(SPREADS)


def test_the_truth_lies_inside_the_limits_and_so_does_the_estimate(result):
    truth = country()
    cells = result.cells.assign(truth=[truth[key] for key in result.cells[KEY].itertuples(index=False, name=None)])
    assert (cells["lower"] <= cells["truth"]).all() and (cells["truth"] <= cells["upper"]).all()
    assert (cells["lower"] <= cells["value"]).all() and (cells["value"] <= cells["upper"]).all()
    # these sums are exact: limits without allowance for rounding hold the truth as well, and lie inside the others
    assert (cells["tight_lower"] <= cells["truth"]).all() and (cells["truth"] <= cells["tight_upper"]).all()
    assert (cells["lower"] <= cells["tight_lower"]).all() and (cells["tight_upper"] <= cells["upper"]).all()
    # figures of the year before, 5 % apart, and exact sums: an estimate is near its truth
    assert ((cells["value"] - cells["truth"]).abs().sum() / cells["truth"].sum()) < 0.1


def test_a_cell_alone_in_a_sum_is_found_to_within_the_rounding(result):
    truth, cells = country(), result.cells.set_index(KEY)
    alone = ("AA23", "S95", 2014)
    assert cells.loc[alone, "value"] == pytest.approx(truth[alone], abs=1)
    # the country and NUTS 1 print it: ±5 for rounding, nothing where none is allowed for
    assert cells.loc[alone, ["lower", "upper"]].tolist() == [truth[alone] - 5, truth[alone] + 5]
    assert cells.loc[alone, ["tight_lower", "tight_upper"]].tolist() == [truth[alone], truth[alone]]


def test_all_sums_are_used_and_met_within_a_job(result):
    assert result.sums["used"].all() and result.left_out.empty
    assert result.sums["unmet"].abs().max() < UNMET == 1
    assert set(result.sums["kind"]) == {"section", "NUTS 1", "country"} == set(GIVES_WAY)
    truth, sums = country(), result.sums.set_index(KEY)
    assert sums.loc[("AA21", "H", 2014), "total"] == truth["AA21", "H49", 2014] + truth["AA21", "H50", 2014]


def test_unmet_is_what_the_cells_miss_of_the_total(result):
    cells, sums = result.cells.set_index(KEY)["value"], result.sums.set_index(KEY)
    for region, sector in (("AA21", "H"), ("AA22", "H")):
        key = (region, sector, 2014)
        added = cells[region, "H49", 2014] + cells[region, "H50", 2014]
        assert sums.loc[key, "unmet"] == pytest.approx(sums.loc[key, "total"] - added)


def test_it_does_the_same_twice_and_leaves_its_input_alone(result):
    told = shown(country(), HIDDEN)
    before = [table.values.copy() for table in (told.jobs, told.units, told.wages)]
    again = complete(told, recodes={})
    for name in ("cells", "sums", "left_out"):
        pd.testing.assert_frame_equal(getattr(result, name), getattr(again, name))
    for now, then in zip((told.jobs, told.units, told.wages), before, strict=True):
        np.testing.assert_array_equal(now.values, then)


def test_years_are_filled_apart_and_the_others_serve_as_evidence(result):
    part = filled(country(), HIDDEN, years=[2014])
    expected = result.cells[result.cells["year"] == 2014].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.cells, expected)
    assert set(part.sums["year"]) == {2014}


def test_countries_do_not_touch_each_other(result):
    other = {(region.replace("AA", "ZZ"), *rest): value for (region, *rest), value in country(seed=5).items()}
    both = filled(country() | other, [*HIDDEN, ("ZZ11", "C10", 2014), ("ZZ12", "C10", 2014)])
    own = both.cells[both.cells["region"].str.startswith("AA")]
    pd.testing.assert_frame_equal(own.reset_index(drop=True), result.cells)
    assert both.cells["region"].str.startswith("ZZ").sum() == 2


def test_a_cell_moves_as_far_as_its_evidence_allows():
    # both regions hide C10; AA12 hides it in every year, wages and units too
    truth = country()
    hidden = [("AA11", "C10", 2014), *[("AA12", "C10", year) for year in YEARS]]
    told = shown(truth, hidden)
    for table in (told.units, told.wages):
        table.values[table.regions.index("AA12"), table.sectors.index("C10")] = NAN
    for region in ("AA11", "AA12"):  # nothing but the country holds the two
        told.jobs.values[told.jobs.regions.index(region), told.jobs.sectors.index("C")] = NAN
    for region in ("AA1", "AA"):
        told.jobs.values[told.jobs.regions.index(region), told.jobs.sectors.index("C10"), 2] *= 1.2
        told.jobs.values[told.jobs.regions.index(region), told.jobs.sectors.index("C"), 2] = NAN
    found = complete(told, recodes={}, years=[2014]).cells.set_index("region")
    assert found["basis"].to_dict() == {"AA11": "year", "AA12": "fitted"}
    free = complete(told, recodes={}, years=[2014], spreads=dict.fromkeys(SPREADS, 0.5)).cells.set_index("region")
    carried = truth["AA11", "C10", 2013]
    assert abs(np.log(found.loc["AA11", "value"] / carried)) < abs(np.log(free.loc["AA11", "value"] / carried))


def test_nothing_hidden_fills_nothing():
    found = filled(country(), [])
    assert found.cells.empty and found.sums.empty and found.left_out.empty
    assert list(found.cells.columns) == COLUMNS


@pytest.mark.parametrize(("published", "there"), [(4, False), (5, True)])
def test_a_region_that_publishes_less_than_half_of_its_divisions_is_not_filled(published, there):
    hidden = [("AA11", division, 2014) for division in DIVISIONS[published:]]
    found = filled(country(), hidden)
    assert ("AA11" in set(found.cells["region"])) == there
    more = filled(country(), [*hidden, ("AA12", DIVISIONS[-1], 2014)])
    kinds = more.sums.set_index(KEY)["used"]
    assert kinds[("AA", DIVISIONS[-1], 2014)] == there, "what nobody fills leaves an upper limit only"


def test_half_of_the_divisions_is_enough():
    eight = {key: value for key, value in country().items() if key[1] != "S95"}
    assert len(filled(eight, [("AA11", division, 2014) for division in DIVISIONS[4:8]]).cells) == 4
    assert filled(eight, [("AA11", division, 2014) for division in DIVISIONS[3:8]]).cells.empty


def test_a_cell_in_no_sum_keeps_its_prior_and_has_no_upper_limit():
    truth = country()
    lonely = ("AA11", "S95", 2014)
    hidden = [lonely, ("AA1", "S95", 2014), ("AA", "S95", 2014)]
    cell = filled(truth, hidden).cells.iloc[0]
    assert (cell["lower"], cell["upper"]) == (0, np.inf)
    assert cell["value"] == pytest.approx(truth["AA11", "S95", 2013])  # no growth is known


# --- sums that contradict each other ----------------------------------------------------------------------


def contradiction(off: float, region: str = "AA", sector: str = "C10") -> Completed:
    """Hide C10 in two regions, whose sections tell it, and put a sum of the levels above wrong."""
    cells = country()
    hidden = [("AA11", "C10", 2014), ("AA21", "C10", 2014)]
    cells[region, sector, 2014] += off
    return filled(cells, hidden, years=[2014])


def test_a_wide_sum_that_contradicts_the_narrow_ones_gives_way_and_is_named():
    found = contradiction(40)
    sums = found.sums.set_index(["region", "sector"])
    assert sums.index[~sums["used"]].tolist() == [("AA", "C10")]
    assert found.left_out.to_numpy().tolist() == [
        [2014, "AA, C10: the published country sum contradicts the others by 40; not used"]
    ]
    assert sums.loc[sums["used"], "unmet"].abs().max() < UNMET
    truth, cells = country(), found.cells.set_index(KEY)["value"]
    assert cells["AA11", "C10", 2014] == pytest.approx(truth["AA11", "C10", 2014], abs=1)


def test_nuts_1_gives_way_before_a_section_and_the_country_that_agrees_is_taken_back():
    found = contradiction(40, region="AA1")
    assert found.left_out["reason"].tolist() == [
        "AA1, C10: the published NUTS 1 sum contradicts the others by 40; not used"
    ]
    sums = found.sums.set_index(["region", "sector"])
    assert sums.index[~sums["used"]].tolist() == [("AA1", "C10")]


def test_a_sum_that_is_taken_back_limits_again():
    # AA11 and AA12 hide C10 and C11 and their section: only the country and NUTS 1 hold them, which disagree in C11
    cells = country()
    hidden = [(region, sector, 2014) for region in ("AA11", "AA12") for sector in ("C", "C10", "C11")]
    hidden += [("AA1", "C", 2014), ("AA", "C", 2014)]
    exact = filled(cells, hidden, years=[2014])
    cells["AA1", "C11", 2014] += 40
    found = filled(cells, hidden, years=[2014])
    assert len(found.left_out) == 1 and found.left_out["reason"].iloc[0].startswith("AA, C11: ")
    ten = found.cells["sector"] == "C10"
    pd.testing.assert_frame_equal(found.cells[ten], exact.cells[ten], rtol=1e-3)


def test_a_country_whose_rows_are_another_concept_is_named_once():
    cells = country()
    for sector in [*DIVISIONS, *"BCDH"]:
        cells["AA", sector, 2014] *= 1.5
    found = filled(cells, [("AA11", "C10", 2014)], years=[2014])
    assert len(found.left_out) == 1 and found.left_out["reason"].iloc[0].startswith("AA: the published figures differ")
    assert "country" not in set(found.sums["kind"])


def test_a_small_difference_is_shared_and_not_a_contradiction():
    found = contradiction(1.0)
    assert found.sums["used"].all() and found.left_out.empty


def test_a_sum_that_is_not_used_sets_no_limits():
    cells = contradiction(-40).cells
    truth = country()
    for cell in cells.itertuples():
        assert cell.lower <= truth[cell.region, cell.sector, 2014] <= cell.upper


# --- regions of a country and of NUTS 1 -------------------------------------------------------------------


def test_regions_belong_to_the_parents_of_all_their_codes():
    found = parents(["FR", "FR4", "FRF", "FRC", "FRC2", "FRF1", "DE", "DE1", "DE11"], {"FR43": "FRC2", "FR42": "FRF1"})
    assert found == {
        "DE": ["DE11"], "DE1": ["DE11"], "FR": ["FRC2", "FRF1"], "FR4": ["FRC2", "FRF1"], "FRC": ["FRC2"],
        "FRF": ["FRF1"],
    }  # fmt: skip


def test_old_nuts_1_rows_find_their_regions():
    renamed = {"AA21": "AAX1", "AA22": "AAX2", "AA23": "AAX3"}
    cells = {(renamed.get(region, region), *rest): value for (region, *rest), value in country().items()}
    told = shown(cells, [("AAX1", "C10", 2014), ("AAX2", "C10", 2014)])
    sums = complete(told, recodes=renamed).sums
    assert {"AA2", "AA"} <= set(sums["region"]) and sums["used"].all()
    assert "AA2" not in set(complete(told, recodes={}).sums["region"])


# --- the published file -----------------------------------------------------------------------------------


@pytest.mark.raw
def test_the_base_year_fills_the_cells_that_were_counted(real_inputs):
    # V16110: 281 regions (FRZZ, extra regio, among them) × 68 divisions, of which 2,213 cells are missing (11.6 %)
    cells = real_inputs.completed.cells
    own = cells[cells["year"] == 2014]
    assert len(own) == 2213 and len(own) / (281 * 68) == pytest.approx(0.116, abs=0.0005)
    assert not cells.duplicated(KEY).any() and set(cells["year"]) == set(range(2008, 2016))


@pytest.mark.raw
def test_every_used_sum_is_met_within_a_job_in_every_year(real_inputs):
    completed = real_inputs.completed
    used = completed.sums[completed.sums["used"]]
    assert used.groupby("year").size().min() > 1000
    assert used["unmet"].abs().max() < 1.0
    # recomputed from the published file: what a section leaves for its hidden divisions is what they hold
    jobs = real_inputs.jobs.set_index(KEY)["value"]
    values = completed.cells.set_index(KEY)["value"]
    sections = used[(used["kind"] == "section") & (used["year"] == 2014)].head(200)
    divisions = sorted({s for s in real_inputs.jobs["sector"] if len(s) == 3})
    for row in sections.itertuples():
        keys = [(row.region, d, row.year) for d in divisions if d[0] == row.sector]
        rest = jobs[row.region, row.sector, row.year] - jobs.reindex(keys).sum()
        assert rest == pytest.approx(row.total, abs=3)
        assert values.reindex(keys).sum() == pytest.approx(row.total, abs=1)


@pytest.mark.raw
def test_belgium_and_the_netherlands_are_named_in_the_base_year(real_inputs):
    left_out = real_inputs.completed.left_out
    reasons = left_out.loc[left_out["year"] == 2014, "reason"]
    countries = reasons[reasons.str.contains("differ from the sums of its regions")].str[:3]
    assert sorted(countries) == ["BE:", "NL:"]
    sums = real_inputs.completed.sums
    assert not sums["region"].isin(["BE", "NL"])[sums["year"] == 2014].any()
    assert left_out["reason"].str.endswith("; not used").all()


@pytest.mark.raw
def test_every_sum_that_is_not_used_is_named(real_inputs):
    completed = real_inputs.completed
    dropped = completed.left_out["reason"].str.contains("contradicts the others|exceed the published")
    single = completed.left_out[dropped]
    assert not single.duplicated().any()
    named = set(zip(single["year"], single["reason"].str.extract(r"^(\w+, \w+):")[0], strict=True))
    used = completed.sums[completed.sums["used"]]
    assert not named & {(r.year, f"{r.region}, {r.sector}") for r in used.itertuples()}
    # few in the base year: nearly all published sums agree
    assert len(used[used["year"] == 2014]) > 50 * (single["year"] == 2014).sum()


@pytest.mark.raw
def test_estimates_lie_within_their_limits_and_rest_on_named_evidence(real_inputs):
    cells = real_inputs.completed.cells
    assert (cells["lower"] >= 0).all() and (cells["value"] >= 0).all()
    assert (cells["lower"] <= cells["value"]).all() and (cells["value"] <= cells["upper"]).all()
    assert set(cells["basis"]) == set(SPREADS)
    base = cells[cells["year"] == 2014]
    # another year is observed for three cells in five
    assert (base["basis"] == "year").mean() == pytest.approx(0.61, abs=0.02)
    # estimates are about 2 % of the jobs in the divisions
    jobs = real_inputs.jobs
    own = jobs[(jobs["year"] == 2014) & (jobs["region"].str.len() == 4) & (jobs["sector"].str.len() == 3)]
    assert base["value"].sum() / (own["value"].sum() + base["value"].sum()) == pytest.approx(0.02, abs=0.005)
