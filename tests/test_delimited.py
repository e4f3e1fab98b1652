"""Strict reading of matrices: a damaged file is one sentence with file, row and column."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from alpclusters_lib.sources.delimited import expect_labels, read_delimited


def written(folder: Path, text: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_text_numbers_and_missing_words_come_back_as_such(tmp_path):
    path = written(tmp_path, 'code,name,jobs\r\n"NA","a, b",1.5\r\nAT,NA,NA\r\n')
    table = read_delimited(path, text_columns=["code", "name"], missing=["NA"])
    assert table["code"].tolist() == ["NA", "AT"] and table["name"].tolist() == ["a, b", "NA"]
    assert table["jobs"].iloc[0] == 1.5 and table["jobs"].isna().tolist() == [False, True]
    assert table["jobs"].dtype == float


def test_gzip_is_the_same_and_a_last_column_without_a_name_is_left_out(tmp_path):
    plain = written(tmp_path, "key,a,\nx,1,\n")
    packed = written(tmp_path, gzip.compress(b"key,a,\nx,1,\n"), "x.csv.gz")
    for path in (plain, packed):
        assert read_delimited(path, columns=["key", "a"]).to_numpy().tolist() == [["x", 1.0]]


def test_a_first_column_without_a_name_is_kept(tmp_path):
    path = written(tmp_path, '"","V1"\n"1",7\n')
    assert read_delimited(path, columns=["", "V1"]).to_numpy().tolist() == [["1", 7.0]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", r"^x\.csv is empty"),
        (b"key,a\nx,1\n\xe4,2\n", r"^x\.csv, row 3 is not UTF-8; fetch the published file again$"),
        (b"key,a,b\nx,1,2\ny,3\n", r"^x\.csv, row 3: 2 columns where the header has 3; the file is cut short"),
        (b"key,a,b\nx,1,5,2\n", r"^x\.csv, row 2: 4 columns where the header has 3"),
        (b'key,a,b\nx,1,2\ny,3,"1,5"\n', r"^x\.csv, row 3, column 'b': '1,5' is no number; a figure with a decimal"),
        (b"key,a,b\nx,1,\n", r"^x\.csv, row 2, column 'b': '' is no number"),
        (b"key,a,b\nx,1,nan\n", r"^x\.csv, row 2, column 'b': 'nan' is no number"),
        (b"key,a,b\nx,inf,1\n", r"^x\.csv, row 2, column 'a': 'inf' is no number"),
        (b"key,a,a\nx,1,1\n", r"^x\.csv has the column 'a' twice; each may stand once$"),
        (b"key,a,\nx,1,2\n", r"^x\.csv has cells in its last column, which has no name"),
    ],
)
def test_a_damaged_file_is_a_sentence_that_says_where(tmp_path, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_delimited(written(tmp_path, text))


def test_a_gzip_file_cut_short_and_a_file_that_is_not_there_are_sentences(tmp_path):
    packed = gzip.compress(b"key,a\n" + b"x,1\n" * 5000)
    with pytest.raises(ValueError, match=r"^x\.csv\.gz is cut short or damaged .*; fetch the published file again$"):
        read_delimited(written(tmp_path, packed[:-20], "x.csv.gz"))
    with pytest.raises(ValueError, match=r"^no file y\.csv; the published file would be right"):
        read_delimited(tmp_path / "y.csv")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (["a", "c", "b"], r"^x\.csv, column 2 is 'c' where 'b' would be right$"),
        (["a", "b"], r"^x\.csv has no column 'c'; 3 columns would be right$"),
        (["a", "b", "b"], r"^x\.csv has the column 'b' twice; each may stand once$"),
        (["a", "b", "c", "d"], r"^x\.csv has a column 'd', which is not published there$"),
        (["a", "B", "c"], r"^x\.csv, column 2 is 'B' where 'b' would be right$"),
    ],
)
def test_labels_are_compared_in_their_order(found, sentence):
    with pytest.raises(ValueError, match=sentence):
        expect_labels(Path("x.csv"), "column", found, ["a", "b", "c"])
    expect_labels(Path("x.csv"), "column", ["a", "b", "c"], ["a", "b", "c"])
    expect_labels(Path("x.csv"), "column", found, None)
