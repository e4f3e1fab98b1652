"""What published figures give away together: hidden sections and hidden rows as unknowns of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.cleaning.disclosure import joint_limits, jointly_pinned

NAN = float("nan")
CHILDREN = {"AA": ["AA11", "AA12", "AA21"], "AA1": ["AA11", "AA12"], "AA2": ["AA21"]}
REGIONS = ["AA", "AA1", "AA2", "AA11", "AA12", "AA21"]
SECTORS = ["B", "C", "B05", "B06", "C10", "C28"]


def economy(values: list[int]) -> pd.DataFrame:
    """Return a whole country, its sums exact, from the divisions of its three regions."""
    base = pd.DataFrame(np.reshape(values, (3, 4)), ["AA11", "AA12", "AA21"], ["B05", "B06", "C10", "C28"], dtype=float)
    base["B"], base["C"] = base["B05"] + base["B06"], base["C10"] + base["C28"]
    for parent, kids in CHILDREN.items():
        base.loc[parent] = base.loc[kids].sum()
    return base.loc[REGIONS, SECTORS]


def long(wide: pd.DataFrame) -> pd.DataFrame:
    rows = wide.rename_axis("region").reset_index().melt("region", var_name="sector", value_name="value")
    return rows.assign(year=2014)


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.integers(0, 5000), min_size=12, max_size=12),
    hidden=st.lists(st.booleans(), min_size=36, max_size=36),
)
def test_the_truth_always_lies_inside_and_published_figures_stay(values, hidden):
    truth, mask = economy(values), np.reshape(hidden, (6, 6))
    lower, upper = joint_limits(truth.mask(mask), CHILDREN)
    assert (lower <= truth + 1e-6).all(axis=None) and (truth <= upper + 1e-6).all(axis=None)
    assert (lower == truth).to_numpy()[~mask].all() and (upper == truth).to_numpy()[~mask].all()


def test_a_section_hidden_in_one_region_only_follows_from_the_country_and_the_other_regions():
    wide = economy([100, 200, 1000, 2000, 300, 400, 500, 600, 700, 800, 900, 1000])
    wide.loc[["AA11", "AA1"], "B"] = NAN
    wide.loc[["AA", "AA1", "AA11"], ["B05", "B06"]] = NAN
    near = jointly_pinned(long(wide), CHILDREN)
    # 2,500 of the country less 700 and 1,500 leave 300 for the section; its two divisions stay open
    assert near["AA11", "B", 2014] and near["AA1", "B", 2014]
    assert not near["AA11", "B05", 2014] and not near["AA11", "B06", 2014]


def test_a_published_cell_is_not_judged_and_a_cell_that_nothing_limits_is_not_pinned():
    wide = economy([100] * 12)
    wide.loc["AA", "C28"], wide.loc["AA", "C"] = NAN, NAN
    assert set(jointly_pinned(long(wide), CHILDREN).index) == {("AA", "C", 2014), ("AA", "C28", 2014)}
    alone = pd.DataFrame({"C28": [NAN], "C10": [5.0]}, index=["AA11"])
    assert not jointly_pinned(long(alone), {}).any()


def test_a_country_whose_rows_are_no_sums_of_its_regions_limits_nothing():
    wide = economy([1000, 2000, 3000, 4000] * 3)
    wide.loc["AA"] += 700
    wide.loc["AA21", ["B", "B05"]] = NAN
    wide.loc["AA2", ["B", "B05"]] = NAN
    _, upper = joint_limits(wide, CHILDREN)
    assert np.isinf(upper.loc["AA21", "B05"])
