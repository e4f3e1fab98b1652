"""Regional GDP: the workbook's layout, canonical codes, and figures as Eurostat published them."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from alpclusters_lib import regions
from alpclusters_lib.cleaning.area_codes import canonical_cells, codes_of, nuts3_recodes
from alpclusters_lib.cleaning.context import Context
from alpclusters_lib.cleaning.regional_accounts import GDP_UNITS, regional_gdp
from alpclusters_lib.sources import catalogue
from alpclusters_lib.sources.regional_accounts import _text, read_gdp

NAN = float("nan")


def sheet(unit: str, rows: dict[str, list], *, years=("2013", "2014"), last: str = "") -> dict:
    cells: dict[tuple[int, int], float | str] = {(0, 0): "GDP [nama_10r_3gdp]", (6, 0): "UNIT", (6, 1): unit}
    cells |= {(8, 0): "GEO/TIME"} | {(8, 1 + k): year for k, year in enumerate(years)}
    for place, (code, values) in enumerate(rows.items(), start=9):
        cells[place, 0] = code
        cells |= {(place, 1 + k): value for k, value in enumerate(values)}
    if last:
        cells |= {(len(rows) + 10, 0): last, (len(rows) + 11, 0): "b", (len(rows) + 11, 1): "break in time series"}
    return cells


ROWS = {"ITC4": [349000.0, 351831.0], "FR43": [28467.0, ":"], "ITZZ": [1.0, 2.0]}
NONE = {code: ["", ""] for code in ROWS}


def workbook(**changes) -> dict:
    sheets = {
        "Data": sheet("Million euro", ROWS),
        "Data2": sheet("Euro per inhabitant", {"ITC4": [35000.0, 35200.0]}),
        "Flags and Footnotes2": sheet("Euro per inhabitant", {"ITC4": ["", "e"]}, last="Available flags:"),
        "Flags and Footnotes": sheet("Million euro", NONE | {"FR43": ["p", "c"]}, last="Available flags:"),
    }
    return {name: cells for name, cells in (sheets | changes).items() if cells}


def write_workbook(path: Path, sheets: dict[str, dict]) -> Path:
    """Write the sheets: values by (row, column), both from 0."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        page = book.create_sheet(title)
        for (row, column), value in cells.items():
            page.cell(row + 1, column + 1).value = value
    book.save(path)
    return path


def read(tmp_path, **changes) -> pd.DataFrame:
    return read_gdp(write_workbook(tmp_path / "nama.xlsx", workbook(**changes)))


def test_sheets_and_flags_are_joined_by_unit_and_not_by_place(tmp_path):
    table = read(tmp_path).set_index(["unit", "geo", "year"])
    assert table.loc[("Million euro", "FR43", 2013)].tolist() == [28467.0, "p"]
    assert table.loc[("Euro per inhabitant", "ITC4", 2014)].tolist() == [35200.0, "e"]
    value, flag = table.loc[("Million euro", "FR43", 2014)]
    assert pd.isna(value) and flag == "c"
    assert len(table) == 8


def test_a_moved_year_and_regions_in_another_order_change_nothing(tmp_path):
    moved = sheet("Million euro", {c: ROWS[c][::-1] for c in reversed(ROWS)}, years=("2014", "2013"))
    key = ["unit", "geo", "year"]
    one, other = read(tmp_path), read(tmp_path, Data=moved)
    pd.testing.assert_frame_equal(one.sort_values(key, ignore_index=True), other.sort_values(key, ignore_index=True))


def moved_column() -> dict:
    return {(row, column + 1): value for (row, column), value in sheet("Million euro", ROWS).items()}


FAULTS = {
    "decimal comma": ({"Data": sheet("Million euro", ROWS | {"ITC4": ["349000,5", 1.0]})},
                      r"sheet 'Data', row 10, column B holds '349000,5'; a number or ':' is expected"),
    "thousands": ({"Data": sheet("Million euro", ROWS | {"FR43": [1.0, "28,467"]})},
                  r"sheet 'Data', row 11, column C holds '28,467'"),
    "no header": ({"Data": {(6, 0): "UNIT", (6, 1): "Million euro"}}, r"sheet 'Data' has no row GEO/TIME in column A"),
    "no unit": ({"Data": {(8, 0): "GEO/TIME", (8, 1): "2014"}}, r"sheet 'Data' has no row UNIT"),
    "a column that is no year": ({"Data": sheet("Million euro", ROWS, years=("2013", "Total"))},
                                 r"row 9, column C holds 'Total'; a year is expected"),
    "a year twice": ({"Data": sheet("Million euro", ROWS, years=("2014", "2014"))}, r"the year 2014 twice"),
    "no years": ({"Data": sheet("Million euro", {"ITC4": []}, years=())}, r"names no year after GEO/TIME"),
    "no regions": ({"Data": sheet("Million euro", {})}, r"has no region below GEO/TIME"),
    "a name for a code": ({"Data": sheet("Million euro", {"Lombardia": [1.0, 2.0]})}, r"holds 'Lombardia'; a NUTS"),
    "no flags": ({"Flags and Footnotes": {}}, r"is in 'Million euro', for which there is no sheet 'Flags and"),
    "a unit twice": ({"Data2": sheet("Million euro", ROWS)}, r"two sheets in 'Million euro'"),
    "a date": ({"Data": sheet("Million euro", ROWS | {"FR43": [1.0, date(2014, 1, 1)]})},
               r"sheet 'Data', row 11, column C holds datetime\.date"),
    "a truth value": ({"Data": sheet("Million euro", ROWS | {"FR43": [True, 1.0]})}, r"column B holds True; a number"),
    "a moved column": ({"Data": moved_column()}, r"sheet 'Data' has no row UNIT in column A"),
    "no figures": ({"Data": {}, "Data2": {}}, r"nama\.xlsx has no sheet of figures"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_workbook_is_a_sentence_with_sheet_row_and_column(tmp_path, fault):
    changes, words = FAULTS[fault]
    with pytest.raises(ValueError, match=words) as caught:
        read(tmp_path, **changes)
    assert str(caught.value).startswith("nama.xlsx") and "\n" not in str(caught.value)


OLD = bytes.fromhex("d0cf11e0a1b11ae1")  # [MS-CFB] 2.2: the first bytes of a file of Excel 97-2003
DAMAGED = {
    "empty": ("nama.xls", b"", "is empty"),
    "a page instead": ("nama.xls", b"<html>", r"is no Excel workbook: it starts with b'<html>'"),
    "new format under the old name": ("nama.xls", b"PK\x03\x04" * 500, "is no Excel workbook"),
    "text": ("nama.csv", b"GEO;2014\n", "is no Excel workbook"),
    "old, no whole sectors": ("nama.xls", OLD + bytes(1000), r"is cut short: its 1,008 bytes are no whole number"),
    "old, nothing behind": ("nama.xls", OLD + bytes(1016), r"is cut short or damaged \("),
    "new, cut short": ("nama.xlsx", None, r"is cut short or damaged \("),
}


@pytest.mark.parametrize("fault", DAMAGED)
def test_a_file_that_is_no_whole_workbook_is_a_sentence_that_names_it(tmp_path, fault):
    name, content, words = DAMAGED[fault]
    path = tmp_path / name
    if content is None:
        content = write_workbook(path, workbook()).read_bytes()[:-100]
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as caught:
        read_gdp(path)
    assert str(caught.value).startswith(name) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "read"), [("A\0T\0", "AT"), (":\0", ":"), ("AT", "AT"), (":", ":"), ("\xe9", "\xe9")]
)
def test_texts_given_byte_by_byte_are_put_together(given, read):
    assert _text(given) == read


def test_no_file_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^no file .*nama\.xls; the published file would be right"):
        read_gdp(tmp_path / "nama.xls")


# --- cleaning ---------------------------------------------------------------------------------------------


def published(*rows: tuple) -> pd.DataFrame:
    filler = [(unit, "AT", 2014, 10.0, "") for unit in GDP_UNITS]
    return pd.DataFrame([*rows, *filler], columns=["unit", "geo", "year", "value", "flag"])


def cleaned(*rows: tuple, recodes=None, current=("FRC2", "FR", "AT", "IT", "HU")) -> list[list]:
    table = regional_gdp(published(*rows), recodes=recodes or {"FR43": "FRC2"}, current=current)
    return table[table["region"] != "AT"].to_numpy().tolist()


def test_codes_become_canonical_and_others_say_their_vintage():
    rows = cleaned(
        ("Million euro", "FR43", 2014, 28690.0, ""), ("Million euro", "HU10", 2014, 5.0, "e"),
        ("Million euro", "EU28", 2014, 9.0, ""), ("Million euro", "FRZZ", 2014, 1.0, ""),
        ("Million euro", "MK00", 2014, 1.0, ""),
    )  # fmt: skip
    assert [(r[0], r[3], r[5], r[6]) for r in rows] == [
        ("EU28", 9.0, "", ""), ("FRC2", 28690.0, "", "2016"), ("HU10", 5.0, "e", "2013"), ("MK00", 1.0, "", ""),
    ]  # fmt: skip


def test_status_follows_value_and_flag_and_regions_without_figures_are_left_out():
    rows = cleaned(
        ("Million euro", "IT", 2013, 1.0, ""), ("Million euro", "IT", 2014, NAN, "c"),
        ("Million euro", "IT", 2015, NAN, ""), ("Million euro", "FR", 2014, NAN, ""),
    )  # fmt: skip
    assert [(r[0], r[2], r[4]) for r in rows] == [
        ("IT", 2013, "observed"), ("IT", 2014, "confidential"), ("IT", 2015, "missing"),
    ]  # fmt: skip


def test_a_unit_that_vanished_and_a_figure_of_zero_are_sentences():
    table = published()
    with pytest.raises(ValueError, match=r"no sheet in 'Euro per inhabitant'; it has Million euro"):
        regional_gdp(table[table["unit"] != "Euro per inhabitant"], recodes={}, current=())
    with pytest.raises(ValueError, match=r"^GDP of ITC4 in 2014 is 0 Million euro; it must be above 0$"):
        cleaned(("Million euro", "ITC4", 2014, 0.0, ""))


def cells(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["region", "year", "value"])


def test_old_and_new_code_of_one_area_may_agree_and_not_differ():
    options = {"key": ["region", "year"], "recodes": {"FR42": "FRF1"}, "current": (), "vintage": 2013}
    agreed = canonical_cells(cells(("FR42", 2014, 5.0), ("FRF1", 2014, 5.0), ("FR42", 2015, NAN)), **options)
    assert agreed["value"].tolist()[:1] == [5.0] and len(agreed) == 2
    filled = canonical_cells(cells(("FR42", 2014, 5.0), ("FRF1", 2014, NAN)), **options)
    assert filled["value"].tolist() == [5.0]
    with pytest.raises(ValueError, match=r"^two codes of one area differ for FRF1, 2014: FR42 5 and FRF1 6$"):
        canonical_cells(cells(("FR42", 2014, 5.0), ("FRF1", 2014, 6.0)), **options)


def test_a_recode_asks_for_the_same_area_both_ways():
    columns = ["code_from", "code_to", "area_km2", "population_2011"]
    weights = pd.DataFrame(
        [
            ["FR421", "FRF11", 100.0, 1000.0],  # the same
            ["IE013", "IE042", 100.0, 900.0], ["IE013", "IE041", 100.0, 100.0],  # split
            ["DE915", "DE91C", 50.0, 50.0], ["DE919", "DE91C", 50.0, 950.0],  # merged
            ["AT111", "AT111", 100.0, 1000.0],  # no change
        ], columns=columns,
    )  # fmt: skip
    assert nuts3_recodes(weights) == {"FR421": "FRF11"}
    assert codes_of(["FRF11", "AT111"]) == {"FR", "FRF", "FRF1", "FRF11", "AT", "AT1", "AT11", "AT111"}


# --- the published file -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gdp(raw_folder):
    return Context(lambda dataset: catalogue.raw_file(dataset, folder=raw_folder)).gdp


def figure(table: pd.DataFrame, region: str, indicator: str, year: int = 2014) -> float:
    rows = table[(table["region"] == region) & (table["indicator"] == indicator) & (table["year"] == year)]
    return rows["value"].item()


@pytest.fixture
def copy(raw_folder, tmp_path) -> Path:
    path = tmp_path / "nama_10r_3gdp.xls"
    path.write_bytes((raw_folder / "eurostat" / path.name).read_bytes())
    return path


@pytest.mark.raw
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("sectors", [True, False], ids=["whole sectors", "within a sector"])
def test_the_published_workbook_cut_short_is_a_sentence(copy, share, sectors):
    end = int(share * copy.stat().st_size) // 512 * 512 + (0 if sectors else 100)
    copy.write_bytes(copy.read_bytes()[:end])
    with pytest.raises(ValueError, match=r"^nama_10r_3gdp\.xls is cut short") as caught:
        read_gdp(copy)
    assert "\n" not in str(caught.value)


@pytest.mark.raw
def test_the_published_workbook_encrypted_is_a_sentence(copy):
    # [MS-XLS] 2.4.117: a record FilePass of type 1 near the start; put here in the place of InterfaceHdr (2.4.146)
    header = struct.pack("<HHH", 0x00E1, 2, 1200)
    assert copy.read_bytes().count(header) == 1
    copy.write_bytes(copy.read_bytes().replace(header, struct.pack("<HHH", 0x002F, 2, 1)))
    with pytest.raises(ValueError, match=r"^nama_10r_3gdp\.xls is encrypted; fetch"):
        read_gdp(copy)


# Eurostat, nama_10r_3gdp, workbook extracted on 1 August 2017, sheets Data to Data4
@pytest.mark.raw
@pytest.mark.parametrize(
    ("region", "million_eur", "million_pps", "eur", "pps"),
    [("ITC4", 351831, 351403, 35200, 35200), ("FRC2", 28690, 26168, 24300, 22200),
     ("DE1", 438493, 419600, 41100, 39300), ("EU28", 14002591, 14002591, 27600, 27600),
     ("FRF21", 6199, 5654, 22100, 20200)],
)  # fmt: skip
def test_gdp_is_what_eurostat_published(gdp, region, million_eur, million_pps, eur, pps):
    named = ["gdp_million_eur", "gdp_million_pps", "gdp_per_inhabitant_eur", "gdp_per_inhabitant_pps"]
    assert [figure(gdp, region, name) for name in named] == [million_eur, million_pps, eur, pps]


@pytest.mark.raw
@pytest.mark.parametrize("length", [4, 5])
def test_regions_add_up_to_their_country(gdp, length):
    money = gdp[(gdp["indicator"] == "gdp_million_eur") & (gdp["year"] == 2014)]
    country = money[money["region"].str.len() == 2].set_index("region")["value"]
    parts = money[money["region"].str.len() == length]
    ratio = (parts.groupby(parts["region"].str[:2])["value"].sum() / country).dropna()
    # what is missing is extra-regio: embassies and the continental shelf, a fifth of Norway's GDP
    assert len(ratio) > 25 and ratio.drop("NO").between(0.96, 1.0005).all()
    assert ratio[["AT", "DE", "FR", "SI"]].between(0.9995, 1.0001).all()


@pytest.mark.raw
def test_figures_per_inhabitant_imply_one_population_in_eur_and_in_pps(gdp):
    wide = gdp.pivot(index=["region", "year"], columns="indicator", values="value").dropna()
    eur = wide["gdp_million_eur"] / wide["gdp_per_inhabitant_eur"]
    pps = wide["gdp_million_pps"] / wide["gdp_per_inhabitant_pps"]
    # published to 100 EUR: half of that over the smallest figure per inhabitant
    room = 60 / wide[["gdp_per_inhabitant_eur", "gdp_per_inhabitant_pps"]].min(axis=1)
    assert len(wide) > 20_000 and ((eur / pps - 1).abs() < 2 * room).mean() > 0.999


@pytest.mark.raw
def test_no_pure_recode_is_left_and_the_vintage_says_what_is_not_of_2016(gdp):
    assert set(gdp["region"]) & set(regions.recodes().index) == set()
    old = set(gdp.loc[gdp["vintage"] == "2013", "region"])
    assert {"HU10", "IE01", "IE02", "LT00", "PL12", "UKM2", "UKM3"} == {c for c in old if len(c) == 4}
    assert {c[:2] for c in gdp["region"]}.isdisjoint({"CH", "LI"})
    assert not gdp["region"].str.fullmatch("[A-Z]{2}Z+").any()
