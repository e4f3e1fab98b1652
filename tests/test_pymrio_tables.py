"""Tables that pymrio has read: against pymrio's own figures on the table that it ships, bad input, and the page."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import unavailable

from alpclusters_lib.cleaning.world_tables import WorldInputOutput
from alpclusters_lib.value_chains import input_output as io
from alpclusters_lib.value_chains.pymrio_tables import WorldTables

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "newer-tables.md"
AT = pd.MultiIndex.from_product([["ITA", "AUT"], ["wood", "paper"]], names=["region", "sector"])
CATEGORIES = pd.MultiIndex.from_product([["ITA", "AUT"], ["household", "inventories"]], names=["region", "category"])


@pytest.fixture
def pymrio():
    try:
        import pymrio
    except ImportError:
        unavailable("pymrio is not installed; it comes with the extra 'mrio'")
    return pymrio


def small(**parts):
    """Two countries, two industries; output 100, 40, 100, 40."""
    Z = pd.DataFrame([[20, 5, 10, 0], [0, 10, 0, 5], [10, 0, 30, 5], [0, 5, 0, 10]], AT, AT, dtype=float)
    Y = pd.DataFrame([[45, 5, 15, 0], [20, 0, 5, 0], [5, 0, 52, -2], [5, 0, 20, 0]], AT, CATEGORIES, dtype=float)
    return SimpleNamespace(**{"Z": Z, "Y": Y, **parts})


X = pd.Series([100.0, 40, 100, 40], AT)


# --- pymrio's own figures


def test_coefficients_and_inverse_are_those_of_pymrio(pymrio):
    system = pymrio.load_test()
    tables = io.from_pymrio(system)
    assert system.x is None, "the system is left as it was"
    theirs = pymrio.load_test().calc_all()
    A = io.technical_coefficients(tables.Z, tables.x)
    np.testing.assert_allclose(tables.x, theirs.x["indout"], rtol=1e-12)
    np.testing.assert_allclose(A, theirs.A, rtol=1e-12)
    np.testing.assert_allclose(io.leontief_inverse(A), theirs.L, rtol=1e-9, atol=1e-15)
    ghosh = pymrio.calc_G(pymrio.calc_B(theirs.Z, theirs.x))
    np.testing.assert_allclose(io.ghosh_inverse(tables.Z, tables.x), ghosh, rtol=1e-9, atol=1e-15)
    assert A.index.tolist() == theirs.A.index.tolist()


@pytest.mark.parametrize("extension", ["factor_inputs", "emissions"])
def test_multipliers_are_those_of_pymrio(pymrio, extension):
    tables, theirs = io.from_pymrio(pymrio.load_test()), getattr(pymrio.load_test().calc_all(), extension)
    ours = io.multipliers(tables.Z, tables.x, theirs.F / tables.x)
    np.testing.assert_allclose(ours, theirs.M, rtol=1e-9)
    assert ours.index.tolist() == theirs.M.index.tolist()


def test_a_system_with_its_output_gives_the_same_as_one_without(pymrio):
    without, computed = io.from_pymrio(pymrio.load_test()), io.from_pymrio(pymrio.load_test().calc_all())
    for one, other in zip(without[:3], computed[:3], strict=True):
        (pd.testing.assert_series_equal if isinstance(one, pd.Series) else pd.testing.assert_frame_equal)(one, other)
    assert (without.unit, without.source) == ("Mill USD", "testmrio, v1, test mrio for pymrio")


def test_what_pymrio_has_added_up_is_taken_too(pymrio):
    whole, system = io.from_pymrio(pymrio.load_test()), pymrio.load_test()
    system.aggregate(region_agg=["a", "a", "a", "b", "b", "b"])
    two = io.from_pymrio(system)
    assert two.Z.index.unique("country").tolist() == ["a", "b"] and two.x.sum() == pytest.approx(whole.x.sum())
    system.aggregate(region_agg="world", sector_agg=["x"] * 8)
    one = io.from_pymrio(system)
    assert one.Z.shape == (1, 1) and one.x.sum() == pytest.approx(whole.x.sum())


def test_a_system_saved_and_read_again_is_the_same(pymrio, tmp_path):
    pymrio.load_test().save_all(tmp_path)
    read, shipped = io.from_pymrio(pymrio.parse_exiobase3(tmp_path)), io.from_pymrio(pymrio.load_test())
    pd.testing.assert_frame_equal(read.Z, shipped.Z)
    pd.testing.assert_frame_equal(read.Y, shipped.Y)


def test_the_locked_pymrio_still_has_the_parsers_that_the_page_names(pymrio):
    named = re.findall(r"pymrio\.(parse_\w+)", PAGE.read_text(encoding="utf-8"))
    assert len(named) == 3 and [name for name in named if not callable(getattr(pymrio, name, None))] == []


# --- shape


def test_the_shape_is_that_of_the_tables_in_the_project():
    tables = io.from_pymrio(small())
    assert [name for name in ("Z", "Y", "x") if name not in WorldInputOutput.__dataclass_fields__] == []
    assert isinstance(tables, WorldTables) and tables.x.name == "output"
    for labels in (tables.Z.index, tables.Z.columns, tables.Y.index, tables.x.index):
        assert labels.names == ["country", "industry"] and labels.tolist() == AT.tolist()
    assert tables.Y.columns.names == ["country", "category"] and tables.Y.columns.tolist() == CATEGORIES.tolist()
    pd.testing.assert_series_equal(tables.x, X, check_names=False)
    assert (tables.unit, tables.source) == ("", "")


def test_labels_in_another_order_are_brought_into_that_of_the_rows_and_output_with_them():
    system, turned = small(), small()
    back = AT[[3, 1, 0, 2]]
    turned.Z, turned.Y = turned.Z.reindex(columns=back), turned.Y.reindex(index=back)
    turned.x = X.reindex(back).to_frame("indout")
    for one, other in zip(io.from_pymrio(system)[:2], io.from_pymrio(turned)[:2], strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert io.from_pymrio(turned).x.tolist() == [100, 40, 100, 40]


def test_the_system_is_left_alone_and_shares_nothing_with_the_result():
    system = small(x=X.copy())
    tables = io.from_pymrio(system)
    tables.Z.iloc[0, 0] = tables.Y.iloc[0, 0] = tables.x.iloc[0] = 999
    kept = small()
    pd.testing.assert_frame_equal(system.Z, kept.Z)
    pd.testing.assert_frame_equal(system.Y, kept.Y)
    pd.testing.assert_series_equal(system.x, X)


def test_final_demand_by_region_alone_is_one_category():
    by_region = small().Y.T.groupby(level="region", sort=False).sum().T
    tables = io.from_pymrio(small(Y=by_region))
    assert tables.Y.columns.tolist() == [("ITA", "final_demand"), ("AUT", "final_demand")]
    detailed = io.from_pymrio(small())
    pd.testing.assert_frame_equal(
        io.global_value_chain_participation(tables.Z, tables.Y, tables.x),
        io.global_value_chain_participation(detailed.Z, detailed.Y, detailed.x),
    )


def test_a_sector_without_output_is_named():
    idle = small()
    idle.Z.iloc[1], idle.Z.iloc[:, 1], idle.Y.iloc[1] = 0, 0, 0
    with pytest.warns(UserWarning, match=r"^x of sector ITA paper is 0"):
        assert io.from_pymrio(idle).x["ITA", "paper"] == 0


def test_an_output_that_its_uses_miss_is_named():
    with pytest.warns(UserWarning, match=r"^uses of sector AUT paper \(-1\.23%\) differ"):
        io.from_pymrio(small(x=X.where(X.index != AT[-1], 40.5)))


# --- bad input


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"Z": None}, r"^Z of the system is empty; flows Z and final demand Y are needed"),
        ({"Y": None}, r"^Y of the system is empty"),
        ({"Z": small().Z.set_axis(AT[[0, 0, 2, 3]])}, r"^label ITA wood occurs more than once in the rows of Z"),
        ({"Z": small().Z.reset_index(drop=True)}, r"^the rows of Z are numbered from 0, as of a table without labels"),
        (
            {"Z": small().Z.droplevel(0).droplevel(0, axis=1)},
            r"^label wood, paper occurs more than once in the rows of Z",
        ),
        (
            {"Z": small().Z.droplevel(0, axis=1).set_axis(list("abcd"), axis=1)},
            r"^labels of the columns of Z are a, b, c",
        ),
        ({"Y": small().Y.set_axis(range(4))}, r"^labels of Y are 0, 1, 2, 3; Z has ITA wood"),
        ({"Z": -small().Z}, r"^Z from AUT wood to AUT wood is -30; zero or more is needed"),
        ({"Z": small().Z.replace(30.0, np.nan)}, r"^Z of AUT wood to AUT wood is nan"),
        ({"Y": small().Y.replace(52.0, np.nan)}, r"^Y of AUT wood to AUT household is nan"),
        ({"Y": small().Y.iloc[1:]}, r"^sector ITA wood is missing in Y"),
        (
            {"Y": small().Y.sum(axis=1).to_frame("total")},
            r"^the columns of Y are total; \(region, category\) is needed",
        ),
        ({"x": X.iloc[1:]}, r"^sector ITA wood is missing in x"),
        ({"x": X * 2}, r"^Z, Y and x are not of one table: uses of sector"),
        ({"x": pd.concat([X, X], axis=1)}, r"^x of the system has 2 columns; one is needed"),
        (
            {"unit": pd.DataFrame({"unit": ["M.EUR", "tonnes", "TJ", "M.EUR"]}, AT)},
            r"^figures of the system are in M\.EUR, tonnes, TJ; one unit",
        ),
    ],
)
def test_what_is_wrong_with_a_system_is_said_in_one_sentence(parts, message):
    with pytest.raises(ValueError, match=message) as raised:
        io.from_pymrio(small(**parts))
    assert "\n" not in str(raised.value)


def test_one_level_of_labels_is_refused():
    labels = pd.Index(list("abcd"), name="sector")
    system = small()
    system.Z = system.Z.set_axis(labels).set_axis(labels, axis=1)
    with pytest.raises(ValueError, match=r"^Z is by sector alone; \(region, sector\), two levels, is needed"):
        io.from_pymrio(system)


def test_a_negative_output_is_refused():
    system = small()
    system.Y.iloc[0] = -50
    with pytest.raises(ValueError, match=r"^x of sector ITA wood is -165; an output of zero or more is needed"):
        io.from_pymrio(system)


@pytest.mark.parametrize("system", [None, small().Z, "folder"])
def test_something_else_than_a_system_is_refused(system):
    with pytest.raises(TypeError, match=r"^system is a \w+ without Z; an IOSystem is needed, as pymrio's parsers"):
        io.from_pymrio(system)


# --- optional, and the page


def test_pymrio_is_an_extra_and_importing_the_functions_does_not_import_it():
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(name.startswith("pymrio") for name in content["optional-dependencies"]["mrio"])
    assert not any(name.startswith("pymrio") for name in content["dependencies"])
    code = (
        "import sys; from alpclusters_lib.value_chains.input_output import from_pymrio; print('pymrio' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def blocks(page: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_every_block_of_the_page_runs_and_prints_what_stands_there(pymrio):
    page = PAGE.read_text(encoding="utf-8")
    code = blocks(page)
    assert len(code) == page.count("```") / 2 > 5 and all(block.startswith(">>> ") for block in code)
    names: dict = {}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    told: list[str] = []
    for number, block in enumerate(code):
        test = doctest.DocTestParser().get_doctest(block, names, f"block {number}", str(PAGE), 0)
        runner.run(test, out=told.append, clear_globs=False)
        names.update(test.globs)
    assert runner.failures == 0, "".join(told)
    assert runner.tries > 15
