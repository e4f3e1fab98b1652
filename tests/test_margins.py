"""Which published sums limit hidden cells: every kind found, the untrustworthy named and left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib.cleaning.margins import TOLERANCE, Margins, margins

NAN = float("nan")
DIVISIONS = ["C10", "C11", "C28", "D35", "H49", "H50", "L68", "S95"]
REGIONS = {"AA1": ["AA11", "AA12"], "AA2": ["AA21", "AA22"]}
CHILDREN = {"AA": ["AA11", "AA12", "AA21", "AA22"], **REGIONS}


def country(*, seed: int = 0, absent: tuple[str, ...] = ()) -> pd.DataFrame:
    """A country whose sums are exact: four regions, two NUTS 1 regions, sections and divisions."""
    rng = np.random.default_rng(seed)
    base = pd.DataFrame(rng.integers(20, 900, (4, len(DIVISIONS))), CHILDREN["AA"], DIVISIONS, dtype=float)
    for parent, children in {**REGIONS, "AA": CHILDREN["AA"]}.items():
        base.loc[parent] = base.loc[children].sum()
    for section in "CDHL":
        base[section] = base[[d for d in DIVISIONS if d[0] == section]].sum(axis=1)
    return base.drop(index=list(absent))


def hide(table: pd.DataFrame, cells: list[tuple[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table without some cells, and which of the NUTS 2 divisions are to be filled."""
    shown, base = table.copy(), [r for r in table.index if len(r) == 4]
    for region, sector in cells:
        shown.loc[region, sector] = NAN
    gaps = pd.DataFrame(False, base, DIVISIONS)
    for region, sector in cells:
        if len(region) == 4 and sector in DIVISIONS:
            gaps.loc[region, sector] = True
    return shown, gaps


def named(found: Margins) -> dict[tuple[str, str], tuple[str, float]]:
    return {name: (kind, total) for name, kind, total in zip(found.names, found.kind, found.totals, strict=True)}


def test_a_hidden_cell_lies_in_its_section_in_nuts_1_and_in_the_country_by_division_and_by_section():
    truth = country()
    found = margins(*hide(truth, [("AA11", "C10")]), CHILDREN)
    x = truth.loc["AA11", "C10"]
    assert found.cells.tolist() == [("AA11", "C10")] and found.cells.names == ["region", "sector"]
    assert named(found) == {
        ("AA11", "C"): ("section", x),
        ("AA1", "C"): ("NUTS 1", x), ("AA1", "C10"): ("NUTS 1", x),
        ("AA", "C"): ("country", x), ("AA", "C10"): ("country", x),
    }  # fmt: skip
    assert found.sums.toarray().tolist() == [[1.0]] * 5 and not found.at_most.any() and found.left_out == []


def test_tolerances_are_those_of_the_kind_of_sum():
    found = margins(*hide(country(), [("AA11", "C10")]), CHILDREN)
    assert TOLERANCE == {"section": 3.0, "NUTS 1": 5.0, "country": 5.0}
    assert found.tolerance.tolist() == [TOLERANCE[kind] for kind in found.kind]


def test_totals_are_what_a_sum_leaves_for_its_hidden_cells():
    truth = country()
    hidden = [("AA11", "C10"), ("AA11", "C28"), ("AA12", "C10"), ("AA21", "H49")]
    found = margins(*hide(truth, hidden), CHILDREN)
    x = np.array([truth.loc[cell] for cell in found.cells])
    np.testing.assert_allclose(found.sums @ x, found.totals)
    members = {name: set(found.cells[row.indices]) for name, row in zip(found.names, found.sums, strict=True)}
    assert members["AA1", "C"] == {("AA11", "C10"), ("AA11", "C28"), ("AA12", "C10")}
    assert members["AA1", "C10"] == {("AA11", "C10"), ("AA12", "C10")}
    assert members["AA", "H"] == members["AA21", "H"] == {("AA21", "H49")}
    assert ("AA22", "H") not in members, "a sum without hidden cells is none"


@pytest.mark.parametrize(("division", "section"), [("D35", "D"), ("L68", "L")])
def test_a_section_of_one_division_is_a_sum_of_that_cell_alone(division, section):
    truth = country()
    found = named(margins(*hide(truth, [("AA11", division)]), CHILDREN))
    assert found["AA11", section] == ("section", truth.loc["AA11", division])
    # trap: where the section is hidden with it, only the levels above say something
    found = named(margins(*hide(truth, [("AA11", division), ("AA11", section)]), CHILDREN))
    assert {kind for kind, _ in found.values()} == {"NUTS 1", "country"}


def test_s95_has_no_section_and_only_the_levels_above_limit_it():
    found = named(margins(*hide(country(), [("AA11", "S95")]), CHILDREN))
    assert set(found) == {("AA1", "S95"), ("AA", "S95")}


def test_nothing_hidden_has_no_sums():
    found = margins(*hide(country(), []), CHILDREN)
    assert found.names == [] and found.sums.shape == (0, 0) and len(found.cells) == 0 and found.left_out == []


def test_a_cell_that_nobody_fills_turns_its_sums_into_upper_limits():
    shown, gaps = hide(country(), [("AA11", "C10"), ("AA12", "C10")])
    gaps.loc["AA12", "C10"] = False  # unknown, and not to be filled
    found = margins(shown, gaps, CHILDREN)
    assert dict(zip(found.names, found.at_most, strict=True)) == {
        ("AA11", "C"): False,
        ("AA1", "C"): True, ("AA1", "C10"): True, ("AA", "C"): True, ("AA", "C10"): True,
    }  # fmt: skip


def test_a_parent_that_is_not_in_the_table_gives_no_sum():
    shown, gaps = hide(country(absent=("AA1",)), [("AA11", "C10")])
    assert {name[0] for name in margins(shown, gaps, CHILDREN).names} == {"AA11", "AA"}


def test_children_are_taken_from_the_mapping_and_not_from_the_code():
    # a region that was recoded (FR43 → FRC2) still belongs to the NUTS 1 region of its old code
    shown, gaps = hide(country().rename(index={"AA12": "AB99"}), [("AA11", "C10"), ("AB99", "C10")])
    children = {"AA": ["AA11", "AB99", "AA21", "AA22"], "AA1": ["AA11", "AB99"], "AA2": ["AA21", "AA22"]}
    found = margins(shown, gaps, children)
    assert found.left_out == []
    assert found.sums.toarray()[found.names.index(("AA1", "C10"))].tolist() == [1.0, 1.0]


# --- sums that are not used -------------------------------------------------------------------------------


def test_a_country_whose_rows_are_not_the_sums_of_its_regions_is_left_out_and_named():
    truth = country()
    truth.loc["AA"] += 100  # as Belgium and the Netherlands
    found = margins(*hide(truth, [("AA11", "C10")]), CHILDREN)
    assert {kind for kind, _ in named(found).values()} == {"section", "NUTS 1"}
    # 12 rows of the country; those of C and C10 hold the hidden cell and cannot be checked
    assert found.left_out == [
        "AA: the published figures differ from the sums of its regions in 10 of 10 cells that can be checked, "
        "by up to 100; not used"
    ]


def test_a_nuts_1_region_is_left_out_by_itself():
    truth = country()
    truth.loc["AA2"] -= 50
    found = margins(*hide(truth, [("AA11", "C10"), ("AA21", "C10")]), CHILDREN)
    assert {name[0] for name in found.names} == {"AA11", "AA21", "AA1", "AA"}
    assert len(found.left_out) == 1 and found.left_out[0].startswith("AA2: the published figures differ")


@pytest.mark.parametrize(("wrong", "used"), [(1, True), (2, False)])
def test_one_slip_in_ten_is_forgiven_and_two_are_not(wrong, used):
    truth = country()
    truth.loc["AA", ["H49", "H50"][:wrong]] += 6  # 10 cells of the country can be checked
    found = margins(*hide(truth, [("AA11", "C10")]), CHILDREN)
    assert (("AA", "C10") in found.names) == used and (found.left_out == []) == used


@pytest.mark.parametrize(("off", "used"), [(5, True), (-5, True), (6, False), (-6, False)])
def test_rounding_of_five_jobs_is_no_contradiction_between_levels(off, used):
    truth = country()
    truth.loc["AA"] += off
    assert (("AA", "H49") in margins(*hide(truth, [("AA11", "H49")]), CHILDREN).names) == used


@pytest.mark.parametrize(("off", "used"), [(3, True), (4, False)])
def test_a_section_that_is_not_the_sum_of_its_divisions_is_left_out_in_the_whole_country(off, used):
    truth = country()
    truth.loc[CHILDREN["AA"], "C"] += off
    truth.loc["AA", "C"] = truth.loc["AA1", "C"] = truth.loc["AA2", "C"] = NAN
    found = margins(*hide(truth, [("AA11", "C10"), ("AA11", "H49")]), CHILDREN)
    assert (("AA11", "C") in found.names) == used and ("AA11", "H") in found.names
    expected = (
        "section C in AA: the published figures differ from the sums of its divisions in 3 of 3 cells that can be "
        f"checked, by up to {off}; not used"
    )
    assert found.left_out == ([] if used else [expected])


def test_what_cannot_be_checked_is_trusted():
    cells = [(region, "C10") for region in CHILDREN["AA"]]
    found = margins(*hide(country(), cells), CHILDREN)
    assert ("AA11", "C") in found.names and found.left_out == []


def test_a_check_never_rests_on_a_sum_with_unknown_cells():
    shown, gaps = hide(country(), [("AA11", d) for d in DIVISIONS])
    gaps.loc["AA11"] = False  # nobody fills them: the country's rows exceed the known cells by far
    shown.loc["AA12", "C10"], gaps.loc["AA12", "C10"] = NAN, True
    assert margins(shown, gaps, CHILDREN).left_out == []


def test_a_single_sum_below_its_published_cells_is_left_out_and_named():
    truth = country()
    shown, gaps = hide(truth, [("AA11", "C10"), ("AA12", "H49")])
    shown.loc["AA11", "C"] = truth.loc["AA11", ["C11", "C28"]].sum() - 40
    found = margins(shown, gaps, CHILDREN)
    assert ("AA11", "C") not in found.names and ("AA12", "H") in found.names
    assert found.left_out == ["AA11, C: the published cells exceed the published section sum by 40; not used"]


@pytest.mark.parametrize(("below", "used"), [(3, True), (4, False)])
def test_a_remainder_below_zero_by_rounding_is_zero(below, used):
    truth = country()
    shown, gaps = hide(truth, [("AA11", "C10")])
    shown.loc["AA11", "C"] = truth.loc["AA11", ["C11", "C28"]].sum() - below
    found = margins(shown, gaps, CHILDREN)
    assert (("AA11", "C") in found.names) == used
    assert not used or named(found)["AA11", "C"] == ("section", 0.0)


def test_the_input_is_not_changed_and_the_order_of_rows_does_not_matter():
    shown, gaps = hide(country(), [("AA11", "C10"), ("AA21", "C28")])
    before = shown.copy(), gaps.copy()
    one = margins(shown, gaps, CHILDREN)
    pd.testing.assert_frame_equal(shown, before[0])
    pd.testing.assert_frame_equal(gaps, before[1])
    two = margins(shown.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=1), gaps, CHILDREN)
    assert named(two) == named(one)
