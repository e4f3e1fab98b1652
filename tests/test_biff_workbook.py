"""Old Excel workbooks: what is written comes back, and a damaged file is a sentence."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from old_workbook import record, stream_of, write_stream, write_workbook

from alpclusters_lib.sources.biff_workbook import _packed, read_workbook

VALUES = st.one_of(
    st.integers(-(2**31), 2**31).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-5_000_000, 5_000_000, places=2).map(float),
    st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), min_size=1, max_size=30),
)
CELLS = st.dictionaries(st.tuples(st.integers(0, 60000), st.integers(0, 255)), VALUES, max_size=40)


@settings(max_examples=30, deadline=None)
@given(sheets=st.dictionaries(st.sampled_from(["Data", "Data2", "Flags and Footnotes"]), CELLS, min_size=1))
def test_what_is_written_comes_back(tmp_path_factory, sheets):
    path = write_workbook(tmp_path_factory.mktemp("xls") / "x.xls", sheets)
    assert read_workbook(path) == sheets
    assert list(read_workbook(path)) == list(sheets)


# OpenOffice.org's Documentation of the Microsoft Excel File Format, 2.5.5: the first four. [MS-XLS] 2.5.217: bit 0 is
# "times 1/100", bit 1 "an integer", the rest a signed integer or the front of a float.
@pytest.mark.parametrize(
    ("bits", "number"),
    [(0x3FF00000, 1.0), (0x3FF00001, 0.01), (0x004B5646, 1234321.0), (0x004B5647, 12343.21), (0xFFFFFFFE, -1.0)],
)
def test_packed_numbers_are_those_of_the_specification(bits, number):
    assert _packed(bits) == number


@pytest.mark.parametrize("cut", range(8 + 3 + 1, 8 + 3 + 12))
def test_a_text_cut_over_two_records_is_put_together(tmp_path, cut):
    sheets = {"Data": {(0, 0): "Million euro"}}
    assert read_workbook(write_workbook(tmp_path / "x.xls", sheets, cut_texts=cut)) == sheets


def test_several_packed_numbers_in_one_record_and_the_result_of_a_formula(tmp_path):
    stream = stream_of({"Data": {(0, 0): 7.0}}).rstrip(b"\x00") + b"\x00\x00"
    at = stream.index(record(0x027E, struct.pack("<HHHI", 0, 0, 0, 7 << 2 | 2)))
    many = record(0x00BD, struct.pack("<HHHIHIH", 3, 5, 0, 1 << 2 | 2, 0, 250 << 2 | 3, 6))
    formula = record(0x0006, struct.pack("<HHHdHIH", 4, 0, 0, 1.25, 0, 0, 0))
    words = record(0x0006, struct.pack("<HHH6sHHIH", 4, 1, 0, b"\x00" * 6, 0xFFFF, 0, 0, 0))
    whole = (stream[:at] + many + formula + words + stream[at:]).ljust(4096, b"\x00")
    cells = read_workbook(write_stream(tmp_path / "x.xls", whole))["Data"]
    assert cells == {(3, 5): 1.0, (3, 6): 2.5, (4, 0): 1.25, (0, 0): 7.0}


@pytest.fixture
def workbook(tmp_path):
    cells = {(row, column): f"text {row}.{column}" for row in range(60) for column in range(4)}
    return write_workbook(tmp_path / "nama.xls", {"Data": cells})


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.97])
def test_a_file_cut_short_is_a_sentence_that_names_it(workbook, share):
    raw = workbook.read_bytes()
    workbook.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(ValueError, match=r"^nama\.xls .*(cut short|damaged|no Excel)") as caught:
        read_workbook(workbook)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is no Excel 97-2003 workbook"), (b"PK\x03\x04" * 500, "is no Excel"), (b"GEO;2014\n", "is no Excel")],
    ids=["empty", "xlsx", "csv"],
)
def test_another_kind_of_file_is_a_sentence(tmp_path, content, words):
    path = tmp_path / "nama.xls"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        read_workbook(path)


def test_a_compound_file_without_a_workbook_and_a_tiny_one_are_sentences(tmp_path):
    with pytest.raises(ValueError, match="holds no workbook of Excel 97-2003"):
        read_workbook(write_stream(tmp_path / "x.xls", b"\x00" * 5000, name="WordDocument"))
    with pytest.raises(ValueError, match="too few for a published workbook"):
        read_workbook(write_stream(tmp_path / "x.xls", b"\x00" * 500))


def test_an_encrypted_workbook_is_a_sentence(tmp_path):
    stream = stream_of({"Data": {(0, 0): 1.0}})
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    locked = (stream[:first] + record(0x002F, b"\x00" * 6) + stream[first:])[:4096]
    with pytest.raises(ValueError, match="is encrypted"):
        read_workbook(write_stream(tmp_path / "x.xls", locked))


def test_a_chain_of_sectors_in_a_ring_ends_in_a_sentence(workbook):
    raw = bytearray(workbook.read_bytes())
    table = raw.rindex(struct.pack("<II", 2, 3))  # sector 1 is followed by 2, sector 2 by 3
    raw[table : table + 8] = struct.pack("<II", 2, 1)
    workbook.write_bytes(bytes(raw))
    with pytest.raises(ValueError, match="cut short or damaged"):
        read_workbook(workbook)
