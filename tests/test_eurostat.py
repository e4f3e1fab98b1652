"""The reader of Eurostat's bulk TSV: both layouts, values and flags, a sentence for every damaged file."""

from __future__ import annotations

import csv
import gzip
import io
import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.sources.eurostat import read_eurostat_tsv, with_confidentiality

OLD = (
    "nace_r2,indic_sb,geo\\time\t2015 \t2014 \n"
    "C28,V16110,ITC4\t: \t133542 \n"
    "C28,V11210,ITC4\t: \t5217 b\n"
    "C12,V16110,ITC4\t: c\t0 bd\n"
)
NEW = (
    "freq,nace_r2,geo\\TIME_PERIOD\t2014 \t2015 \n"
    "A,C28,ITC4\t133542 \t: \n"
    "A,C12,ITC4\t0.5 e\t: c\n"
)  # fmt: skip
HEAD = "nace_r2,geo\\time\t2015 \t2014 \n"


def written(folder: Path, content: str | bytes, name: str = "table.tsv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(table: pd.DataFrame) -> dict[tuple, tuple]:
    """Key and year to (value, flag), NaN as None: what a table says, whatever the order of its rows."""
    assert list(table.columns[-3:]) == ["year", "value", "flag"]
    said = {}
    for *key, value, flag in table.itertuples(index=False, name=None):
        assert tuple(key) not in said, f"{key} came twice"
        said[tuple(key)] = (None if math.isnan(value) else value, flag)
    return said


def test_old_layout_newest_year_first_keeps_value_and_flag_apart(tmp_path):
    table = read_eurostat_tsv(written(tmp_path, OLD))
    assert list(table.columns) == ["nace_r2", "indic_sb", "geo", "year", "value", "flag"]
    assert cells(table) == {
        ("C28", "V16110", "ITC4", 2015): (None, ""),
        ("C28", "V16110", "ITC4", 2014): (133542.0, ""),
        ("C28", "V11210", "ITC4", 2015): (None, ""),
        ("C28", "V11210", "ITC4", 2014): (5217.0, "b"),
        ("C12", "V16110", "ITC4", 2015): (None, "c"),
        ("C12", "V16110", "ITC4", 2014): (0.0, "bd"),
    }


def test_new_layout_oldest_year_first_keeps_value_and_flag_apart(tmp_path):
    table = read_eurostat_tsv(written(tmp_path, NEW))
    assert list(table.columns) == ["freq", "nace_r2", "geo", "year", "value", "flag"]
    assert cells(table) == {
        ("A", "C28", "ITC4", 2014): (133542.0, ""),
        ("A", "C28", "ITC4", 2015): (None, ""),
        ("A", "C12", "ITC4", 2014): (0.5, "e"),
        ("A", "C12", "ITC4", 2015): (None, "c"),
    }


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (": @C", (None, "c")), (": b@C", (None, "bc")), (": b @C", (None, "bc")),
        ("12 b@C", (12.0, "bc")), ("12 b @C", (12.0, "bc")), ("12 @C", (12.0, "c")), (": @N", (None, "c")),
        (": e@P", (None, "ec")), (": u@F", (None, "u")), (": c", (None, "c")), (": ", (None, "")),
    ],
)  # fmt: skip
def test_confidentiality_apart_from_the_flags_becomes_the_letter_c(tmp_path, cell, said):
    # Eurostat, Database, "Flags": from 27 January 2025 Conf_status has C, N and P; C was the flag c
    table = read_eurostat_tsv(written(tmp_path, f"{HEAD}C28,ITC4\t{cell}\t7 b\n"))
    assert cells(table) == {("C28", "ITC4", 2015): said, ("C28", "ITC4", 2014): (7.0, "b")}
    assert isinstance(table["flag"].dtype, pd.CategoricalDtype)


@given(st.lists(st.sampled_from(["", "b", "bu", "c", "@C", "e@N", "@P", "p@F", "@", "c@C"]), min_size=1, max_size=20))
def test_flags_keep_their_letters_and_hidden_means_c_once(flags):
    found = with_confidentiality(pd.Series(flags)).tolist()
    assert not any("@" in flag or flag.count("c") > 1 for flag in found)
    for old, new in zip(flags, found, strict=True):
        letters, _, status = old.partition("@")
        assert new.replace("c", "") == letters.replace("c", "")
        assert ("c" in new) == ("c" in letters or status in ("C", "N", "P"))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False], ids=["final newline", "no final newline"])
@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_line_endings_and_gzip_change_nothing(tmp_path, ending, last, packed):
    text = OLD.replace("\n", ending)
    content = (text if last else text.removesuffix(ending)).encode()
    path = written(tmp_path, gzip.compress(content) if packed else content, "other.tsv")
    pd.testing.assert_frame_equal(read_eurostat_tsv(path), read_eurostat_tsv(written(tmp_path, OLD)))


def test_keep_leaves_only_the_wanted_rows_and_equals_filtering_afterwards(tmp_path):
    path = written(tmp_path, OLD)
    kept = read_eurostat_tsv(path, keep={"indic_sb": {"V16110"}, "nace_r2": ["C28"]})
    assert cells(kept) == {
        ("C28", "V16110", "ITC4", 2015): (None, ""),
        ("C28", "V16110", "ITC4", 2014): (133542.0, ""),
    }
    everything = cells(read_eurostat_tsv(path))
    only = cells(read_eurostat_tsv(path, keep={"nace_r2": {"C12"}}))
    assert only == {key: said for key, said in everything.items() if key[0] == "C12"}
    assert read_eurostat_tsv(path, keep={"geo": {"AT31"}}).empty


def test_keep_of_no_codes_keeps_no_rows(tmp_path):
    assert read_eurostat_tsv(written(tmp_path, OLD), keep={"geo": set()}).empty


def test_keep_of_an_unknown_dimension_names_file_and_dimensions(tmp_path):
    with pytest.raises(ValueError, match=r"table\.tsv.*indicator.*indic_sb"):
        read_eurostat_tsv(written(tmp_path, OLD), keep={"indicator": {"V16110"}})


def test_rows_stay_with_their_keys_in_a_file_of_many_blocks(tmp_path):
    count = 150_000  # 3 MB: the CSV reader below works in blocks of 1 MB
    lines = [f"C{i:06d},R{i % 7}\t{i} \t{i}.5 b" for i in range(count)]
    table = read_eurostat_tsv(written(tmp_path, HEAD + "\n".join(lines) + "\n"))
    number = table["nace_r2"].astype(str).str[1:].astype(int)
    assert len(table) == 2 * count and set(table["year"]) == {2014, 2015}
    assert (table["value"] == number + (table["year"] == 2014) * 0.5).all()
    assert (table["geo"].astype(str) == "R" + (number % 7).astype(str)).all()


ROW = "C28,ITC4\t1 \t2 b\n"
FAULTS = {
    "empty file": (b"", "is empty"),
    "truncated gzip": (gzip.compress((HEAD + ROW * 1).encode())[:-10], "cut short or damaged"),
    "damaged gzip": (gzip.compress((HEAD + ROW).encode())[:-8] + bytes(8), "cut short or damaged"),
    "truncated plain line": (HEAD + ROW + "C29,ITC4\t1", "line 3: 2 columns where the header has 3"),
    "line too long": (HEAD + "C28,ITC4\t1\t2\t3\n" + ROW, "line 2: 4 columns where the header has 3"),
    "one line too long and one too short": (
        HEAD + "C28,ITC4\t1\t2\t3\nC29,ITC4\t1\n", "line 2: 4 columns where the header has 3",
    ),
    "no header": (ROW, "not a Eurostat TSV"),
    "a page instead of a table": (b"<!doctype html>\n<p>Not found</p>\n", "not a Eurostat TSV"),
    "header only": (HEAD, "a header and no rows"),
    "header only, no final newline": (HEAD.strip("\n"), "a header and no rows"),
    "doubled key": (HEAD + ROW + "C29,AT\t1\t2\n" + ROW, "1 doubled rows, the first is 'C28,ITC4'"),
    "doubled year": ("nace_r2,geo\\time\t2014\t2014\nC28,ITC4\t1\t2\n", "2014"),
    "cell that is no number": (HEAD + "C28,ITC4\t1 \tx7 b\n", "a cell 'x7'"),
    "cell with a decimal comma": (HEAD + "C28,ITC4\t1,5\t2\n", "a cell '1,5'"),
    "infinite cell": (HEAD + "C28,ITC4\t1 \tinf\n", "a cell 'inf'"),
    "cell that says nan": (HEAD + "C28,ITC4\tnan\t2\n", "a cell 'nan'"),
    "key with a part too few": (HEAD + ROW + "C29\t1\t2\n", "a key without the 2 parts nace_r2, geo"),
    "key with a part too many": (HEAD + ROW + "A,C29,AT\t1\t2\n", "a key without the 2 parts nace_r2, geo"),
    "monthly period": ("nace_r2,geo\\time\t2014M01 \nC28,ITC4\t1\n", "the period '2014M01'"),
    "quarterly period": ("nace_r2,geo\\time\t2014 \t2013Q4 \nC28,ITC4\t1\t2\n", "the period '2013Q4'"),
    "text in another encoding": (HEAD.encode() + b"C28,M\xfcnchen\t1\t2\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_one_sentence_that_names_file_and_fault(tmp_path, fault):
    content, words = FAULTS[fault]
    with pytest.raises(ValueError) as caught:
        read_eurostat_tsv(written(tmp_path, content, "sbs_bad.tsv"))
    sentence = str(caught.value)
    assert sentence.startswith("sbs_bad.tsv")
    assert words in sentence
    assert "\n" not in sentence and len(sentence) < 300


codes = st.text("ABCDEFGHIJ0123456789-_", min_size=1, max_size=6)
numbers = st.one_of(
    st.integers(0, 10**9).map(str),
    st.floats(-1e6, 1e9, allow_nan=False).map(lambda x: repr(round(x, 2))),
    st.just(":"),
)
flags = st.text("bcdefnprsuz", max_size=2)
filled = st.tuples(numbers, flags)


@st.composite
def tables(draw):
    dimensions = draw(st.integers(1, 4))
    keys = draw(st.lists(st.tuples(*[codes] * dimensions), min_size=1, max_size=8, unique=True))
    years = draw(st.lists(st.integers(1990, 2025), min_size=1, max_size=4, unique=True))
    body = draw(st.lists(st.tuples(*[filled] * len(years)), min_size=len(keys), max_size=len(keys)))
    return keys, years, body


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from(["time", "TIME_PERIOD"]), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_into_a_table_comes_back(table, time, packed, ending):
    keys, years, body = table
    names = ["freq", "nace_r2", "indic_sb", "geo"][-len(keys[0]) :]
    lines = ["\t".join([",".join(names) + f"\\{time}", *(f"{year} " for year in years)])]
    for key, row in zip(keys, body, strict=True):
        lines.append("\t".join([",".join(key), *(f"{number} {flag}" for number, flag in row)]))
    content = (ending.join(lines) + ending).encode()
    with tempfile.TemporaryDirectory() as folder:
        back = read_eurostat_tsv(written(Path(folder), gzip.compress(content) if packed else content))
    expected = {
        (*key, year): (None if number == ":" else float(number), flag)
        for key, row in zip(keys, body, strict=True)
        for year, (number, flag) in zip(years, row, strict=True)
    }
    assert list(back.columns) == [*names, "year", "value", "flag"]
    assert cells(back) == expected


@pytest.fixture(scope="module")
def regional(raw_folder):
    return read_eurostat_tsv(raw_folder / "eurostat" / "sbs_r_nuts06_r2.tsv.gz")


@pytest.mark.raw
def test_the_regional_file_has_every_cell(regional):
    # sbs_r_nuts06_r2, bulk file of 2017: 195,227 rows of 8 years
    assert len(regional) == 195_227 * 8 == 1_561_816
    assert sorted(regional["year"].unique()) == list(range(2008, 2016))


@pytest.mark.raw
def test_the_regional_file_reads_as_pandas_reads_it(raw_folder, regional):
    wanted = {"ITC4", "AT31", "FR43"}
    with gzip.open(raw_folder / "eurostat" / "sbs_r_nuts06_r2.tsv.gz", "rt", encoding="utf-8") as lines:
        header = next(lines)
        body = [line for line in lines if line.split("\t", 1)[0].rsplit(",", 1)[1] in wanted]
    wide = pd.read_csv(
        io.StringIO(header + "".join(body)),
        sep="\t",
        dtype=str,
        keep_default_na=False,
        quoting=csv.QUOTE_NONE,
    )
    key = wide.columns[0]
    long = wide.melt(id_vars=key, var_name="year", value_name="cell")
    long[["nace_r2", "indic_sb", "geo"]] = long[key].str.split(",", expand=True)
    parts = long["cell"].str.strip().str.partition(" ")
    long["year"] = long["year"].str.strip().astype("int16")
    long["value"] = pd.to_numeric(parts[0].mask(parts[0] == ":")).astype("float64")
    long["flag"] = parts[2].str.strip()
    columns = ["nace_r2", "indic_sb", "geo", "year", "value", "flag"]
    order = columns[:4]
    expected = long[columns].sort_values(order, ignore_index=True)
    ours = regional[regional["geo"].isin(wanted)]
    ours = ours.astype({c: "str" for c in ("nace_r2", "indic_sb", "geo", "flag")})
    ours = ours.sort_values(order, ignore_index=True)
    assert len(ours) > 10_000 and ours["value"].notna().mean() > 0.3 and (ours["flag"] == "c").any()
    assert set(np.unique(ours["geo"])) == wanted
    pd.testing.assert_frame_equal(
        ours, expected.astype({c: "str" for c in ("nace_r2", "indic_sb", "geo", "flag")}), check_dtype=False
    )
