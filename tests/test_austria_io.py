"""Regional input-output tables of the nine Länder: reading, the long table and back, what does not add up."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import datasets
from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.regional_tables import checks, matrices, regional_table
from alpclusters_lib.cleaning.trade import LAENDER
from alpclusters_lib.sources.austria_io import INPUTS, OCCUPATIONS, TOTAL, USES, read_regional_table

LABELS = ["1 Agricult", "2 Machandequip"]
CODES = pd.Series(["A01", "C28"], index=LABELS)


def printed() -> pd.DataFrame:
    """Return a table of two industries that adds up, with output by column and other totals by row."""
    table = pd.DataFrame(0.0, index=[*LABELS, *OCCUPATIONS, *INPUTS], columns=[*LABELS, *USES])
    table.loc[LABELS, LABELS] = [[10.0, 20.0], [5.0, 40.0]]
    table.loc[LABELS, list(USES)] = [[7.0, 1.0, 0.0, 12.0, 3.0, -2.5], [9.0, 30.0, 0.5, 80.0, 15.0, 1.0]]
    table.loc[list(OCCUPATIONS), LABELS] = [1.23, 4.56]
    table.loc[list(INPUTS), LABELS] = [[6.0, 11.0], [2.0, 0.0], [-1.5, 0.3], [4.0, 25.0], [3.0, 17.0], [0.2, 0.4]]
    table.loc["70 ROWimp", "57 HOU"] = 8.0
    table[TOTAL] = table.sum(axis=1)
    table.loc[TOTAL] = table.sum()
    return table.round(3)


def written(folder: Path, text: str | bytes | None = None, table: pd.DataFrame | None = None) -> Path:
    path = folder / "AT31.csv"
    if text is None:
        text = (printed() if table is None else table).to_csv(index_label="IOMAT", lineterminator="\r\n")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def text_of_table() -> str:
    return printed().to_csv(index_label="IOMAT", lineterminator="\n")


def test_the_printed_figures_come_back_with_their_labels(tmp_path):
    pd.testing.assert_frame_equal(read_regional_table(written(tmp_path), industries=LABELS), printed())


def test_a_comma_at_the_end_of_each_line_adds_nothing(tmp_path):
    text = text_of_table().replace("\n", ",\r\n")
    pd.testing.assert_frame_equal(read_regional_table(written(tmp_path, text), industries=LABELS), printed())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (",20.0,", ',"20,0",', r"^AT31\.csv, row 2, column '2 Machandequip': '20,0' is no number"),
        (",20.0,", ",20,0,", r"^AT31\.csv, row 2: 11 columns where the header has 10"),
        (",20.0,", ",,", r"^AT31\.csv, row 2, column '2 Machandequip': '' is no number"),
        (",20.0,", ",2.0,", r"^AT31\.csv, row '1 Agricult': its cells add up to 32\.5 and its printed total is 50\.5"),
        ("57 HOU,58 INV", "58 INV,57 HOU", r"^AT31\.csv, column 4 is '58 INV' where '57 HOU' would be right$"),
        ("67 Capital", "67 Kapital", r"^AT31\.csv, row 13 is '67 Kapital' where '67 Capital' would be right$"),
        ("69 ProdTax", "68 Land", r"^AT31\.csv has the row '68 Land' twice; each may stand once$"),
        ("2 Machandequip,57", "57", r"^AT31\.csv has no column '2 Machandequip'; 10 columns would be right$"),
        ("1 Agricult,2", "1 Agricult,2", None),
    ],
)
def test_a_damaged_table_is_a_sentence_that_says_where(tmp_path, old, new, sentence):
    text = text_of_table()
    assert old in text
    path = written(tmp_path, text.replace(old, new, 1))
    if sentence is None:
        read_regional_table(path, industries=LABELS)
        return
    with pytest.raises(ValueError, match=sentence) as caught:
        read_regional_table(path, industries=LABELS)
    assert "\n" not in str(caught.value)


def test_a_row_left_out_doubled_or_in_another_encoding_is_a_sentence(tmp_path):
    lines = text_of_table().splitlines(keepends=True)
    for text, sentence in [
        ("".join(lines[:5] + lines[6:]), r"^AT31\.csv has no row '59 Academics'; 19 rows would be right$"),
        ("".join(lines[:6] + lines[5:]), r"^AT31\.csv has the row '59 Academics' twice"),
        ("".join(lines[:-1]), r"^AT31\.csv has no row 'Total'"),
        (text_of_table().replace("68 Land", "68 Fläche").encode("latin-1"), r"^AT31\.csv, row 15 is not UTF-8"),
    ]:
        with pytest.raises(ValueError, match=sentence):
            read_regional_table(written(tmp_path, text), industries=LABELS)


def test_an_error_of_a_column_is_found_where_its_row_hides_it(tmp_path):
    table = printed()
    table.loc["1 Agricult", ["1 Agricult", "2 Machandequip"]] = [12.0, 18.0]
    with pytest.raises(ValueError, match=r"^AT31\.csv, column '1 Agricult': its cells add up to"):
        read_regional_table(written(tmp_path, table=table), industries=LABELS)


# --- the long table and back ------------------------------------------------------------------------------


def test_every_part_of_the_table_has_its_place():
    table = printed()
    tables = matrices(regional_table({"AT31": table, "AT11": table * 2}, CODES), "AT31")
    assert tables.land == "AT31" and list(tables.x.index) == ["A01", "C28"]
    assert tables.Z.to_numpy().tolist() == [[10.0, 20.0], [5.0, 40.0]]
    assert tables.Y.loc["A01"].to_dict() == {
        "household": 7.0, "fixed_capital": 1.0, "government": 0.0, "inventories": -2.5,
    }  # fmt: skip
    assert tables.exports.loc["C28"].to_dict() == {"export_country": 15.0, "export_world": 80.0}
    assert tables.value_added["A01"].to_dict() == {"labour": 12.3, "capital": 6.0, "land": 2.0, "production_tax": -1.5}
    assert tables.imports.loc["import_world", ["A01", "C28", "household", "export_world"]].tolist() == [
        4.0,
        25.0,
        8.0,
        0,
    ]
    assert tables.imports.loc["import_country", "C28"] == 17.0 and tables.input_tax["C28"] == 0.4
    assert tables.x.tolist() == [41.0, 159.3] and tables.row_totals.tolist() == [50.5, 180.5]
    double = matrices(regional_table({"AT31": table, "AT11": table * 2}, CODES), "AT11")
    assert double.x.tolist() == [82.0, 318.6]


def test_columns_add_up_to_output_and_rows_to_their_own_totals():
    tables = matrices(regional_table({"AT31": printed()}, CODES), "AT31")
    industries = tables.x.index
    inputs = tables.Z.sum() + tables.value_added.sum() + tables.imports[industries].sum() + tables.input_tax[industries]
    np.testing.assert_allclose(inputs, tables.x, atol=0.01)
    np.testing.assert_allclose(
        tables.Z.sum(axis=1) + tables.Y.sum(axis=1) + tables.exports.sum(axis=1), tables.row_totals
    )


def test_zeros_are_left_out_but_an_industry_without_output_stays():
    table = printed()
    table.loc[:, "1 Agricult"] = 0.0
    long = regional_table({"AT31": table}, CODES)
    assert (long.loc[long["value"] == 0, ["row", "column"]].eq("total").any(axis=1)).all()
    tables = matrices(long, "AT31")
    assert tables.x.to_dict() == {"A01": 0.0, "C28": 159.3}
    found = checks(tables)
    assert found[found["check"] == "no output"][["industry", "value"]].to_numpy().tolist() == [["A01", 0.0]]


def test_checks_name_rows_that_differ_from_their_column_and_negative_figures():
    tables = matrices(regional_table({"AT31": printed()}, CODES), "AT31")
    assert checks(tables, tolerance=0.15).to_numpy().tolist() == [
        ["row differs from column", "A01", 9.5, 9.5 / 50.5],
        ["negative inventories", "A01", -2.5, 2.5 / 50.5],
        ["negative production tax", "A01", -1.5, 1.5 / 50.5],
    ]
    assert (checks(tables, tolerance=0.1)["check"] == "row differs from column").sum() == 2


def test_the_schema_refuses_negative_flows_and_doubled_cells():
    long = regional_table({"AT31": printed()}, CODES)
    schemas.validate("austria_io", long)
    wrong = long.assign(value=long["value"].where(long["column"] != "C28", -1.0))
    with pytest.raises(ValueError, match=r"only inventories, their totals and production taxes"):
        schemas.validate("austria_io", wrong)
    with pytest.raises(ValueError, match="table austria_io"):
        schemas.validate("austria_io", pd.concat([long, long.iloc[:1]]))
    with pytest.raises(ValueError, match="column region fails"):
        schemas.validate("austria_io", long.assign(region="ITC4"))


def test_a_region_without_a_table_is_a_sentence_with_those_that_have_one():
    long = regional_table({"AT31": printed(), "AT11": printed()}, CODES)
    with pytest.raises(ValueError, match=r"^no regional input-output table for ITC4; available: AT11, AT31$"):
        matrices(long, "ITC4")


# --- the published files ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(raw_folder) -> dict[str, object]:
    facts = datasets.facts("io_industries")
    labels = facts["number"] + " " + facts["short_name"]
    raw = {
        land: read_regional_table(raw_folder / "austria_io" / f"{land}.csv", industries=labels.tolist())
        for land in LAENDER
    }
    long = regional_table(raw, facts["code"].set_axis(labels))
    schemas.validate("austria_io", long)
    return {land: matrices(long, land) for land in LAENDER}


@pytest.mark.raw
@pytest.mark.parametrize("land", LAENDER)
def test_totals_agree_for_the_land_and_not_for_its_industries(published, land):
    tables = published[land]
    assert tables.x.sum() == pytest.approx(tables.row_totals.sum(), rel=0.0002)
    found = checks(tables)
    assert 20 < (found["check"] == "row differs from column").sum() < 32


@pytest.mark.raw
@pytest.mark.parametrize("land", LAENDER)
def test_the_ten_occupations_are_equal_tenths_of_one_sum(raw_folder, land):
    labels = datasets.facts("io_industries")
    table = read_regional_table(
        raw_folder / "austria_io" / f"{land}.csv", industries=(labels["number"] + " " + labels["short_name"]).tolist()
    )
    tenths = table.loc[list(OCCUPATIONS)]
    assert (tenths.max() == tenths.min()).all()


@pytest.mark.raw
def test_known_figures_of_upper_austria(published):
    tables = published["AT31"]
    assert tables.x["C28"] == 6139.0 and tables.Z.loc["C25", "C28"] == 283.0
    assert (tables.x["M72"], tables.row_totals["M72"]) == (108.0, 1766.0)  # 16 times
    assert (tables.Y["inventories"] < 0).sum() == 54


@pytest.mark.raw
def test_what_laender_buy_from_the_rest_of_the_country_is_what_they_sell_to_it(published):
    bought = sum(t.imports.loc["import_country"].sum() for t in published.values())
    sold = sum(t.exports["export_country"].sum() for t in published.values())
    assert bought == pytest.approx(sold, rel=1e-4) and sold == pytest.approx(180_081, abs=20)


# turnover in Austria, 2011, million EUR: Eurostat, sbs_na_sca_r2, V12110
@pytest.mark.raw
def test_columns_are_the_industries_of_eurostat_in_2011_and_the_divisions_are_read_rightly(published):
    facts = datasets.facts("io_industries").set_index("code")["nace_divisions"].str.split()
    turnover = datasets.national_accounts(indicator="turnover", year=2011, regions="AT").set_index("sector")["value"]
    made = sum(t.x for t in published.values())
    wanted = [c for c in made.index if re.match("C|J|M", c) and set(facts[c]) <= set(turnover.dropna().index)]
    ratio = pd.Series({code: made[code] / turnover[facts[code]].sum() for code in wanted})
    assert len(ratio) >= 25 and ratio.drop("M72").between(0.88, 1.25).all(), ratio
    assert ratio.sub(1).abs().median() < 0.04
    # index.xlsx has section S for 47 Otherserv and L for 48 Rental; turnover says M74, M75 and N77
    assert 0.9 < ratio["M74_M75"] < 1.15 and 0.85 < made["N77"] / turnover["N77"] < 1.0


def test_the_facts_hold_56_industries_that_cover_each_division_once():
    facts = datasets.facts("io_industries")
    assert facts["number"].tolist() == [str(n) for n in range(1, 57)]
    listed = facts["nace_divisions"].str.split().explode()
    assert listed.is_unique and facts["code"].is_unique and facts["label_en"].is_unique
    assert set(datasets.facts("nace").query("level == 'division'")["code"]) <= set(listed)
    assert listed.str[1:].astype(int).is_monotonic_increasing


def test_the_dataset_is_read_by_land():
    tables = datasets.regional_input_output("AT31")
    assert tables.Z.shape == (56, 56) and list(tables.x.index) == datasets.facts("io_industries")["code"].tolist()
    with pytest.raises(ValueError, match=r"^no regional input-output table for AT; available: AT11, AT12, AT13, AT21"):
        datasets.regional_input_output("AT")
    tables.Z.loc["C28", "C28"] = -1.0
    assert datasets.regional_input_output("AT31").Z.loc["C28", "C28"] > 0
