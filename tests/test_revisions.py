"""The report on a new vintage: every change is found, counted once, and put in the right place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib import regions
from alpclusters_lib.cleaning.revisions import boundary_changes, compare, describe
from alpclusters_lib.sources import eurostat

NAN = float("nan")
MEASURES = ["year", "value", "flag"]


def table(*rows, **constant):
    frame = pd.DataFrame(rows, columns=["geo", "year", "value", "flag"])
    return frame.assign(**constant)


OLD = table(
    ("AT31", 2014, 100.0, ""), ("AT31", 2015, 110.0, ""), ("ITC4", 2014, 1000.0, ""), ("ITC4", 2015, NAN, "c"),
    ("FR71", 2014, 50.0, ""), ("DE21", 2014, 0.0, ""), ("DE21", 2015, NAN, ""), ("SI03", 2014, 7.0, "e"),
)  # fmt: skip


def test_two_equal_tables_differ_in_nothing():
    found = compare(OLD, OLD)
    assert found.nothing and found.before == found.after == found.both == 7  # the empty cell says nothing
    assert (found.years_before, found.new_years, found.lost_years) == ((2014, 2015), (), ())
    assert len(found.absolute) == len(found.relative) == 0


def changed(row, **values):
    new = OLD.copy()
    for name, value in values.items():
        new.loc[row, name] = value
    return compare(OLD, new)


@pytest.mark.parametrize(
    ("row", "values", "counts"),
    [
        (0, {"value": 101.0}, {"revised": 1}),
        (3, {"value": 900.0, "flag": ""}, {"published": 1, "flags": 1}),
        (0, {"value": NAN, "flag": "c"}, {"withdrawn": 1, "flags": 1}),
        (7, {"flag": ""}, {"flags": 1}),
        (6, {"value": 3.0}, {"added": 1}),
        (0, {"value": NAN}, {"gone": 1}),
        (0, {"geo": "AT32"}, {"added": 1, "gone": 1}),
        (0, {"year": 2016}, {"added": 1, "gone": 1}),
    ],
)
def test_a_change_of_one_cell_is_counted_once_and_where_it_belongs(row, values, counts):
    found = changed(row, **values)
    names = ("added", "gone", "revised", "published", "withdrawn", "flags")
    assert {name: getattr(found, name) for name in names} == dict.fromkeys(names, 0) | counts
    assert not found.nothing


def test_new_years_and_years_that_went_are_named():
    found = compare(OLD, OLD[OLD["year"] == 2015].assign(year=2016))
    assert found.new_years == (2016,) and found.lost_years == (2014, 2015)
    assert "  new years: 2016; years gone: 2014-2015" in describe(found)


def test_the_largest_revisions_are_ordered_by_size_in_either_direction():
    new = OLD.assign(value=[90.0, 132.0, 1100.0, NAN, 50.0, 5.0, NAN, 7.0])
    found = compare(OLD, new)
    assert found.revised == 4
    assert found.absolute[["geo", "year", "change"]].values.tolist() == [
        ["ITC4", 2014, 100.0], ["AT31", 2015, 22.0], ["AT31", 2014, -10.0], ["DE21", 2014, 5.0],
    ]  # fmt: skip
    # from 0 there is no relative change
    assert found.relative[["geo", "change_pct"]].values.tolist() == [["AT31", 20.0], ["AT31", -10.0], ["ITC4", 10.0]]
    lines = describe(compare(OLD, new, largest=1))
    assert "    ITC4, 2014: 1,000 -> 1,100 (+100, +10.0 %)" in lines
    assert "    AT31, 2015: 110 -> 132 (+22, +20.0 %)" in lines
    assert sum(line.startswith("    ") for line in lines) == 2


def test_an_area_under_a_new_code_is_not_gone_and_added():
    new = OLD.replace({"geo": {"FR71": "FRK2"}})
    assert (compare(OLD, new).gone, compare(OLD, new).added) == (1, 1)
    assert compare(OLD, new, recodes=regions.recodes().to_dict()).nothing


def test_old_and_new_code_side_by_side_are_one_cell_the_filled_one():
    both = pd.concat([OLD, table(("FRK2", 2014, NAN, "c"))])
    assert compare(both, OLD, recodes={"FR71": "FRK2"}).nothing


def test_a_dimension_with_one_code_may_be_missing_in_the_other():
    assert compare(OLD, OLD.assign(freq="A")).nothing and compare(OLD.assign(freq="A"), OLD).nothing
    with pytest.raises(ValueError, match="one has the dimension unit with 2 codes"):
        compare(OLD, OLD.assign(unit=["EUR", "PPS"] * 4))


def test_tables_that_cannot_be_compared_are_a_sentence():
    with pytest.raises(ValueError, match="no dimension in common"):
        compare(OLD[["geo", *MEASURES]].query("geo == 'AT31'"), OLD[MEASURES].assign(region="AT31"))
    with pytest.raises(ValueError, match="the cell AT31, 2014 stands twice"):
        compare(OLD, pd.concat([OLD, OLD.iloc[:1]]))


def test_categories_need_not_be_the_same():
    one = OLD.astype({"geo": "category", "flag": "category"})
    two = OLD.iloc[:2].astype({"geo": "category", "flag": "category"})
    found = compare(one, two)
    assert (found.gone, found.both, found.flags) == (5, 2, 0)


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(["AT31", "ITC4", "DE21"]), st.integers(2013, 2016)),
    st.tuples(st.none() | st.integers(0, 3).map(float), st.sampled_from(["", "b", "c"])), min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40)
@given(CELLS, CELLS)
def test_the_counts_add_up_and_are_those_of_a_plain_count(one, two):
    def frame(cells):
        rows = [(geo, year, NAN if value is None else value, flag) for (geo, year), (value, flag) in cells.items()]
        return table(*rows)

    def said(cells):
        return {key: cell for key, cell in cells.items() if cell != (None, "")}

    a, b = said(one), said(two)
    found = compare(frame(one), frame(two))
    both = a.keys() & b.keys()
    assert (found.before, found.after, found.both) == (len(a), len(b), len(both))
    assert (found.added, found.gone) == (len(b) - len(both), len(a) - len(both))
    assert found.revised == sum(None not in (a[k][0], b[k][0]) and a[k][0] != b[k][0] for k in both)
    assert found.published == sum(a[k][0] is None and b[k][0] is not None for k in both)
    assert found.withdrawn == sum(a[k][0] is not None and b[k][0] is None for k in both)
    assert found.flags == sum(a[k][1] != b[k][1] for k in both)
    assert found.nothing == (a == b)
    assert all("\n" not in line for line in describe(found))


def test_polygons_are_compared_by_region():
    from shapely.geometry import box

    old = pd.DataFrame({"region": ["AT31", "ITC4", "SI01"], "name_local": ["A", "B", "C"],
                        "geometry": [box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)]})  # fmt: skip
    new = pd.DataFrame({"region": ["ITC4", "AT31", "SI03"], "name_local": ["B", "AA", "C"],
                        "geometry": [box(1, 0, 2, 2), box(0, 0, 1, 1), box(2, 0, 3, 1)]})  # fmt: skip
    assert boundary_changes(old, new) == [
        "  regions: 3 before, 3 after", "  regions added: 1 (SI03)", "  regions gone: 1 (SI01)",
        "  names or types changed: 1 (AT31)", "  polygons redrawn: 1 (ITC4)",
    ]  # fmt: skip
    assert boundary_changes(old, old)[1:] == [
        f"  {what}: 0" for what in ("regions added", "regions gone", "names or types changed", "polygons redrawn")
    ]


@pytest.mark.raw
def test_a_vintage_made_of_the_published_file_differs_where_it_was_changed(raw_folder):
    old = eurostat.read_eurostat_tsv(raw_folder / "eurostat" / "sbs_r_nuts06_r2.tsv.gz", keep={"indic_sb": {"V16110"}})
    new = old.copy()
    values = np.flatnonzero(old["value"].notna())[:1000]
    new.loc[values[:300], "value"] += 1
    new.loc[values[300:310], "value"] = np.nan
    found = compare(old, pd.concat([new, new[new["year"] == 2015].assign(year=2016)]), recodes=regions.recodes())
    assert (found.revised, found.withdrawn + found.gone, found.new_years) == (300, 10, (2016,))
    assert (found.absolute["change"] == 1).all() and len(found.absolute) == 10
