"""Published text tables: what is read, and the sentence for each kind of fault."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib.sources.text_tables import numbers, read_text_table


def put(folder, text, name="x.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_cells_come_back_as_stripped_text_with_the_row_of_the_file(tmp_path):
    table = read_text_table(put(tmp_path, 'a, b ,c\n"x, y", 1 ,\n\nNA,2,z\n'), columns=["a", "b"])
    assert table.to_numpy().tolist() == [["x, y", "1", ""], ["NA", "2", "z"]]
    assert list(table.columns) == ["a", "b", "c"] and table.index.tolist() == [2, 4]


def test_gzip_byte_order_marks_and_tabs_are_read(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress("\ufeffgeo\tvalue\nITC4\t5\n".encode()))
    assert read_text_table(path, columns=["value", "geo"], separator="\t").to_numpy().tolist() == [["ITC4", "5"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"), ("\n \n", "is empty"), ("a,b\n", "has a header and no rows"),
        ("a,c\n1,2\n", r"row 1 has no column 'b'; it has a, c"), ("a,b,b\n1,2,3\n", r"names the column 'b' twice"),
        ("a,b\n1,2\n3\n", r"row 3: 1 columns where the header has 2; the file is cut short"),
        ("a,b\n1,2\n3,4,5\n", r"row 3: 3 columns where the header has 2"),
        ("a;b\n1;2\n", r"has no column 'a'; it has a;b"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_a_sentence_with_file_and_row(tmp_path, text, words):
    with pytest.raises(ValueError, match=words) as caught:
        read_text_table(put(tmp_path, text), columns=["a", "b"])
    assert str(caught.value).startswith("x.csv") and "\n" not in str(caught.value)


def test_another_encoding_a_damaged_archive_and_an_absent_file_are_sentences(tmp_path):
    with pytest.raises(ValueError, match=r"^x\.csv, row 3 is not UTF-8"):
        read_text_table(put(tmp_path, "a,b\n1,2\nKärnten,3\n", encoding="latin-1"), columns=["a"])
    path = tmp_path / "y.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{k},{k * k}\n" for k in range(500)).encode())[:400])
    with pytest.raises(ValueError, match=r"^y\.csv\.gz is cut short or damaged"):
        read_text_table(path, columns=["a"])
    with pytest.raises(ValueError, match=r"^no file z\.csv"):
        read_text_table(tmp_path / "z.csv", columns=["a"])


def parse(*cells: str, **options) -> list[float]:
    column = pd.Series(list(cells), index=range(2, 2 + len(cells)))
    return numbers(column, file="x.csv", column="value", **options).tolist()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back(number):
    assert parse(repr(number)) == [number] == parse(repr(number), thousands=True)


@given(st.integers(-(10**12), 10**12))
def test_thousands_come_back_where_they_may_stand(number):
    assert parse(f"{number:,}", thousands=True) == [number]


@pytest.mark.parametrize(
    "cell", ["1,5", "1,234", "1.234.567", "1 234", "1'234", "12%", ":", "n/a", "nan", "inf", "0x1"]
)
def test_what_is_no_number_is_a_sentence_with_file_row_and_column(cell):
    with pytest.raises(ValueError, match=r"^x\.csv, row 3: column value holds ") as caught:
        parse("1", cell)
    assert repr(cell) in str(caught.value)


@pytest.mark.parametrize("cell", ["1,5", "12,34", "1,2345", "1234,567", ",123", "1.234,5"])
def test_a_decimal_comma_is_no_separator_of_thousands(cell):
    with pytest.raises(ValueError, match="commas between thousands would be right"):
        parse(cell, thousands=True)


def test_only_the_words_for_a_missing_figure_are_missing():
    assert [value != value for value in parse("–", "0", missing=("–",))] == [True, False]
    with pytest.raises(ValueError, match="holds ''"):
        parse("", missing=("–",))
