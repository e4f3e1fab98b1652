"""SDMX-CSV becomes the same long table as a TSV, and a successor's codes become those of the data set before it."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from loopback import packed, tsv

from alpclusters_lib import paths
from alpclusters_lib.cleaning import employment, successors
from alpclusters_lib.reports.breaks import first_breaks
from alpclusters_lib.sources import catalogue, ledger, publishers, sdmx

# The header of the interface 2.1 as Eurostat documents it, with confidentiality apart since 27 January 2025
HEADER = "DATAFLOW,LAST UPDATE,freq,nace_r2,indic_sbs,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
START = "ESTAT:SBS_R_NUTS2021(1.0),30/09/26 11:00:00,A"
ROWS = [
    f"{START},C28,EMP_LOC_NR,ITC4,2021,133542,b,",
    f"{START},C28,EMP_LOC_NR,ITC4,2022,134000.5,,",
    f"{START},C12,EMP_LOC_NR,ITC4,2022,,,C",
    f"{START},C12,LOC_NR,AT31,2022,,u,N",
    f"{START},C12,LOC_NR,AT32,2022,:,,",
]


@pytest.fixture
def written(tmp_path):
    def write(*lines: str, name: str = "x.csv", end: str = "\n", pack=bytes):
        path = tmp_path / name
        path.write_bytes(pack((end.join(lines) + end).encode()))
        return path

    return write


def cells(table):
    return [[None if isinstance(v, float) and math.isnan(v) else v for v in row] for row in table.values.tolist()]


EXPECTED = [
    ["A", "C28", "EMP_LOC_NR", "ITC4", 2021, 133542.0, "b"],
    ["A", "C28", "EMP_LOC_NR", "ITC4", 2022, 134000.5, ""],
    ["A", "C12", "EMP_LOC_NR", "ITC4", 2022, None, "c"],
    ["A", "C12", "LOC_NR", "AT31", 2022, None, "uc"],
    ["A", "C12", "LOC_NR", "AT32", 2022, None, ""],
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_an_observation_is_a_row_and_hidden_ones_say_so(written, end, pack):
    table = sdmx.read_sdmx_csv(written(HEADER, *ROWS, end=end, pack=pack))
    assert list(table.columns) == ["freq", "nace_r2", "indic_sbs", "geo", "year", "value", "flag"]
    assert cells(table) == EXPECTED
    assert table.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(["freq", "nace_r2", "indic_sbs", "geo", "flag"], "category"), "year": "int16",
        "value": "float64",
    }  # fmt: skip


def test_the_layout_of_interface_3_is_read_too(written):
    header = HEADER.replace("DATAFLOW,LAST UPDATE", "STRUCTURE,STRUCTURE_ID")
    rows = [row.replace(START, "dataflow,ESTAT:SBS_R_NUTS2021(1.0),A") for row in ROWS]
    assert cells(sdmx.read_sdmx_csv(written(header, *rows))) == EXPECTED


def test_a_file_from_before_2025_has_the_letter_among_the_flags(written):
    header = HEADER.removesuffix(",CONF_STATUS")
    table = sdmx.read_sdmx_csv(written(header, f"{START},C12,LOC_NR,AT31,2020,,bc"))
    assert table["flag"].tolist() == ["bc"]


def test_codes_are_kept_by_dimension(written):
    path = written(HEADER, *ROWS)
    assert cells(sdmx.read_sdmx_csv(path, keep={"indic_sbs": {"LOC_NR"}, "geo": ["AT31"]})) == EXPECTED[3:4]
    assert cells(sdmx.read_sdmx_csv(path, keep={"geo": ["FR"]})) == []
    with pytest.raises(ValueError, match="no dimension 'indic_sb'; it has freq, nace_r2, indic_sbs, geo"):
        sdmx.read_sdmx_csv(path, keep={"indic_sb": {"V16110"}})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((HEADER,), "has a header and no rows"),
        (("a,b", "1,2"), "is not an SDMX-CSV: its first line starts with 'a,b'"),
        ((HEADER.replace("geo", "freq"), *ROWS), "is not an SDMX-CSV"),
        ((HEADER.replace("nace_r2", "geo"), *ROWS), "has the column geo twice"),
        ((HEADER, ROWS[0], ROWS[1].replace("134000.5", "x")), "line 3 has 'x'; a number or nothing"),
        ((HEADER, ROWS[0].replace("2021", "2021-Q1")), "line 2 has '2021-Q1'; a whole year"),
        ((HEADER, *ROWS, ROWS[0]), "1 doubled rows, the first is A, C28, EMP_LOC_NR, ITC4, 2021"),
        ((HEADER, ROWS[0], ROWS[1][:40]), "is cut short or damaged"),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_it(written, lines, expected):
    with pytest.raises(ValueError, match=expected) as caught:
        sdmx.read_sdmx_csv(written(*lines))
    assert "x.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_an_empty_and_a_damaged_file_are_sentences(written, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.csv is empty"):
        sdmx.read_sdmx_csv(tmp_path / "empty.csv")
    with pytest.raises(ValueError, match="cut short or damaged"):
        sdmx.read_sdmx_csv(written(HEADER, *ROWS, pack=lambda text: packed(text)[:-9]))


# --- both layouts -----------------------------------------------------------------------------------------


def test_the_first_line_tells_the_layout_and_both_say_the_same(written, tmp_path):
    wide = {"A,C28,EMP_LOC_NR,ITC4": ["133542 b", "134000.5"], "A,C12,EMP_LOC_NR,ITC4": [":", ": @C"],
            "A,C12,LOC_NR,AT31": [":", ": u@N"]}  # fmt: skip
    (tmp_path / "x.tsv.gz").write_bytes(packed(tsv(wide, [2021, 2022], "freq,nace_r2,indic_sbs,geo")))
    one = publishers.read_table(tmp_path / "x.tsv.gz")
    two = publishers.read_table(written(HEADER, *ROWS[:4]))
    key = ["nace_r2", "indic_sbs", "geo", "year"]
    said = one[one["value"].notna() | (one["flag"] != "")].astype({k: str for k in [*key[:3], "freq", "flag"]})
    two = two.astype({k: str for k in [*key[:3], "freq", "flag"]})
    pd.testing.assert_frame_equal(
        said.sort_values(key, ignore_index=True), two.sort_values(key, ignore_index=True)[list(said.columns)]
    )


def test_a_cell_hidden_in_todays_tsv_is_confidential_and_not_missing(tmp_path):
    wide = {"A,C28,V16110,ITC4": ["10", ": @C", ": c", ":"]}
    (tmp_path / "x.tsv").write_bytes(tsv(wide, [2014, 2015, 2016, 2017]))
    options = dict(indicator="V16110", sectors=["C28"], recodes={})
    found = employment.regional_cells(publishers.read_table(tmp_path / "x.tsv"), **options)
    assert found["status"].tolist() == ["observed", "confidential", "confidential", "missing"]
    assert found["flag"].tolist() == ["", "c", "c", ""]


def test_is_sdmx_csv_is_false_of_anything_else(tmp_path):
    for number, content in enumerate([b"", b"\x1f\x8b", b"freq,geo\\TIME_PERIOD\t2014", packed(b"x")[:-5]]):
        (tmp_path / f"{number}").write_bytes(content)
        assert not sdmx.is_sdmx_csv(tmp_path / f"{number}")


# --- the successor's codes --------------------------------------------------------------------------------


def test_the_facts_say_of_every_pair_how_it_was_checked():
    table = pd.read_csv(paths.facts() / "sbs_indicators.csv", dtype=str, keep_default_na=False)
    assert not table.duplicated(["old_dataset", "old_code"]).any()
    paired = table[table["new_code"] != ""]
    assert not paired.duplicated(["new_dataset", "new_code"]).any()
    assert (
        set(table["checked"]) == {"public use", "no"} and (table["checked"] == "no").eq(table["new_code"] == "").all()
    )
    assert (table["note"] != "").all()
    assert set(paired["new_dataset"]) <= set(publishers.publishers())


def test_a_successor_in_old_codes_is_taken_by_the_cleaning(written):
    old = successors.in_old_codes(sdmx.read_sdmx_csv(written(HEADER, *ROWS)), dataset="sbs_r_nuts2021")
    found = employment.regional_cells(old, indicator="V16110", sectors=["C28", "C12"], recodes={})
    assert found[["region", "sector", "year", "status"]].values.tolist() == [
        ["ITC4", "C12", 2022, "confidential"], ["ITC4", "C28", 2021, "observed"], ["ITC4", "C28", 2022, "observed"],
    ]  # fmt: skip


def test_a_further_dimension_is_taken_at_its_total():
    rows = pd.DataFrame({"nace_r2": "C28", "indic_sbs": "EMP_LOC_NR", "geo": "AT31", "year": 2022,
                         "value": [3.0, 7.0], "flag": "", "sizeclas": ["0-9", "TOTAL"]})  # fmt: skip
    assert successors.in_old_codes(rows, dataset="sbs_r_nuts2021")["value"].tolist() == [7.0]
    with pytest.raises(ValueError, match="dimension sizeclas with the codes 0-9, TOTA and no total"):
        successors.in_old_codes(rows.replace({"sizeclas": {"TOTAL": "TOTA"}}), dataset="sbs_r_nuts2021")


def test_a_wrong_successor_is_a_sentence():
    rows = pd.DataFrame(
        {"nace_r2": ["C28"], "indic_sbs": ["X"], "geo": ["AT31"], "year": 2022, "value": 1.0, "flag": ""}
    )
    with pytest.raises(ValueError, match="none of the indicators EMP_LOC_NR, LOC_NR, WAGE_LOC_MEUR; it has X"):
        successors.in_old_codes(rows, dataset="sbs_r_nuts2021")
    with pytest.raises(ValueError, match="'sbs_x' follows no data set; those that do: sbs_ovw_act, sbs_r_nuts2021"):
        successors.in_old_codes(rows, dataset="sbs_x")
    with pytest.raises(ValueError, match="sbs_r_nuts2021 has no dimension indic_sbs"):
        successors.in_old_codes(rows.drop(columns="indic_sbs"), dataset="sbs_r_nuts2021")


def series(years, values, flags):
    return pd.DataFrame({"nace_r2": "C28", "indic_sb": "V16110", "geo": "AT31", "year": years, "value": values,
                         "flag": flags})  # fmt: skip


def test_the_old_data_set_goes_on_with_a_break_in_the_first_new_year():
    old = series([2018, 2019, 2020], [1.0, 2.0, float("nan")], ["", "", ""])
    new = series([2019, 2021, 2022], [9.0, 4.0, 5.0], ["", "e", ""])
    found = successors.continued(old, new)
    assert cells(found[["year", "value", "flag"]]) == [
        [2018, 1.0, ""], [2019, 2.0, ""], [2020, None, ""], [2021, 4.0, "eb"], [2022, 5.0, ""],
    ]  # fmt: skip
    both = employment.regional_cells(found.drop_duplicates("year"), indicator="V16110", sectors=["C28"], recodes={})
    assert first_breaks(both, ["C28"], 2019, 2022) == {"AT31": 2021}
    assert first_breaks(both, ["C28"], 2021, 2022) == {}


def test_a_successor_without_later_years_changes_nothing():
    old = series([2019, 2020], [1.0, 2.0], ["", ""])
    pd.testing.assert_frame_equal(successors.continued(old, old), old)


def test_what_was_fetched_of_the_successor_is_read_with_the_old_data_set(written, tmp_path):
    """Old and new file in one folder, as `data fetch` leaves them: one table, its years from 2021 in old codes."""
    folder = tmp_path / "raw"
    wide = {"A,C28,V16110,ITC4": ["131000", ": @C"], "A,C28,V94310,ITC4": ["1", "2"]}
    contents = {
        "sbs_r_nuts06_r2": packed(tsv(wide, [2019, 2020])),
        "sbs_r_nuts2021": packed("\n".join([HEADER, *ROWS, ""]).encode()),
    }

    def place(dataset):
        path = folder / publishers.publisher(dataset).file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[dataset])
        row = dict.fromkeys(ledger.COLUMNS, "") | {"bytes": path.stat().st_size, "content_bytes": 1}
        row |= {"dataset": dataset, "file": publishers.publisher(dataset).file, "retrieved": "2026-03-02T10:00:00Z"}
        ledger.record(folder, ledger.Fetched(**row | {"sha256": catalogue.sha256_of(path)}))

    options = dict(indicators={"V16110", "V11210"}, folder=folder)
    place("sbs_r_nuts06_r2")
    assert set(successors.published("sbs_r_nuts06_r2", **options)["year"]) == {2019, 2020}
    assert [s.dataset for s in successors.vintages("sbs_r_nuts06_r2", folder=folder)] == ["sbs_r_nuts06_r2"]
    place("sbs_r_nuts2021")
    table = successors.published("sbs_r_nuts06_r2", **options)
    assert isinstance(table["geo"].dtype, pd.CategoricalDtype) and set(table["indic_sb"]) == {"V16110", "V11210"}
    found = employment.regional_cells(table, indicator="V16110", sectors=["C28"], recodes={})
    assert found[["year", "status", "flag"]].values.tolist() == [
        [2019, "observed", ""], [2020, "confidential", "c"], [2021, "observed", "b"], [2022, "observed", ""],
    ]  # fmt: skip
    described = successors.vintages("sbs_r_nuts06_r2", folder=folder)
    assert [s.retrieved for s in described] == ["2026-03-02T10:00:00Z"] * 2
    assert described[1].reference == "Eurostat, sbs_r_nuts2021, retrieved 2026-03-02"
