"""Reader of old Excel workbooks (``.xls``, Excel 97-2003): the cells' values, nothing of their look.

The regional accounts of 2017 were published in this format only, and none of the project's libraries reads it. Such
a file is a small file system (Compound File Binary, [MS-CFB]) with one stream ``Workbook``, a chain of records of the
Binary Interchange File Format 8 ([MS-XLS]). Read here are the sheets' names, texts and numbers; formulas give
their stored result where it is a number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

__all__ = ["read_workbook"]

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
END_OF_CHAIN, LARGEST_SECTOR = 0xFFFFFFFE, 0xFFFFFFFA
SMALLEST_STREAM = 4096  # smaller ones are stored in another way; no published workbook is so small
# record types of [MS-XLS] 2.3
BOF, EOF, CONTINUE, BOUNDSHEET, SST, FILEPASS = 0x0809, 0x000A, 0x003C, 0x0085, 0x00FC, 0x002F
LABELSST, LABEL, NUMBER, RK, MULRK, FORMULA = 0x00FD, 0x0204, 0x0203, 0x027E, 0x00BD, 0x0006
WORKSHEET = 0

Cells = dict[tuple[int, int], float | str]


def _chain(raw: bytes, start: int, allocation: list[int], size: int, name: str) -> bytes:
    """Return the bytes of a chain of sectors."""
    parts, sector, steps = [], start, 0
    while sector != END_OF_CHAIN:
        end = (sector + 2) * size
        if sector >= len(allocation) or end - size >= len(raw) or steps > len(allocation):
            raise ValueError(f"{name} is cut short or damaged (sector {sector} is not there); fetch the published file")
        parts.append(raw[end - size : end])
        sector, steps = allocation[sector], steps + 1
    return b"".join(parts)


def _allocation(raw: bytes, size: int, name: str) -> list[int]:
    """Return the table that names the next sector of each sector."""
    listed = list(struct.unpack_from("<109I", raw, 0x4C))
    extra, count = struct.unpack_from("<II", raw, 0x44)
    for _ in range(count):
        block = raw[(extra + 1) * size : (extra + 2) * size]
        if len(block) < size:
            raise ValueError(f"{name} is cut short or damaged (its table of sectors ends early); fetch it again")
        *more, extra = struct.unpack(f"<{size // 4}I", block)
        listed += more
    allocation: list[int] = []
    for sector in (s for s in listed if s <= LARGEST_SECTOR):
        block = raw[(sector + 1) * size : (sector + 2) * size]
        if len(block) < size:
            raise ValueError(f"{name} is cut short or damaged (its table of sectors ends early); fetch it again")
        allocation += struct.unpack(f"<{size // 4}I", block)
    return allocation


def _stream(raw: bytes, name: str) -> bytes:
    """Return the stream ``Workbook`` of a compound file."""
    if raw[:8] != SIGNATURE or len(raw) < 512:
        raise ValueError(f"{name} is no Excel 97-2003 workbook: it starts with {raw[:8]!r}; fetch the published .xls")
    size = 1 << struct.unpack_from("<H", raw, 0x1E)[0]
    allocation = _allocation(raw, size, name)
    directory = _chain(raw, struct.unpack_from("<I", raw, 0x30)[0], allocation, size, name)
    for place in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, place + 64)[0]
        if directory[place : place + max(length - 2, 0)].decode("utf-16-le", errors="replace") == "Workbook":
            start, bytes_ = struct.unpack_from("<II", directory, place + 116)
            if bytes_ < SMALLEST_STREAM:
                raise ValueError(f"{name} holds {bytes_:,} bytes of figures, too few for a published workbook")
            stream = _chain(raw, start, allocation, size, name)
            if len(stream) < bytes_:
                raise ValueError(f"{name} is cut short: {len(stream):,} of {bytes_:,} bytes; fetch the published file")
            return stream[:bytes_]
    raise ValueError(f"{name} holds no workbook of Excel 97-2003; fetch the published .xls")


def _records(stream: bytes, start: int, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the records from one place to the next end-of-part record."""
    place = start
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        content = stream[place + 4 : place + 4 + length]
        if len(content) < length:
            break
        yield kind, content
        if kind == EOF:
            return
        place += 4 + length
    raise ValueError(f"{name} is cut short or damaged (a sheet without an end); fetch the published file again")


class _Texts:
    """The shared texts: one record and its continuations, which may cut a text and then repeat its width."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts, self.part, self.place = parts, 0, 8

    def _next_part(self) -> None:
        self.part, self.place = self.part + 1, 0

    def take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            if self.place == len(self.parts[self.part]):
                self._next_part()
            piece = self.parts[self.part][self.place : self.place + count - len(taken)]
            self.place += len(piece)
            taken += piece
        return taken

    def text(self) -> str:
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        phonetic = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        wide, characters = flags & 1, ""
        while len(characters) < length:
            if self.place == len(self.parts[self.part]):
                self._next_part()
                wide = self.take(1)[0] & 1
            room = (len(self.parts[self.part]) - self.place) // (1 + wide)
            piece = self.take(min(length - len(characters), room) * (1 + wide))
            characters += piece.decode("utf-16-le" if wide else "latin-1")
        self.take(4 * runs + phonetic)
        return characters


def _globals(stream: bytes, name: str) -> tuple[dict[str, int], list[str]]:
    """Return where each worksheet starts, and the shared texts."""
    sheets: dict[str, int] = {}
    parts: list[bytes] = []
    last = 0
    for kind, content in _records(stream, 0, name):
        if kind == FILEPASS:
            raise ValueError(f"{name} is encrypted; fetch the published file, which is not")
        if kind == BOUNDSHEET and content[5] == WORKSHEET:
            wide = content[7] & 1
            title = content[8 : 8 + content[6] * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            sheets[title] = struct.unpack_from("<I", content)[0]
        if kind == SST or (kind == CONTINUE and last == SST):
            parts.append(content)
        last = SST if kind == CONTINUE and last == SST else kind
    if not parts:
        return sheets, []
    reader = _Texts(parts)
    return sheets, [reader.text() for _ in range(struct.unpack_from("<I", parts[0], 4)[0])]


def _packed(bits: int) -> float:
    """Return a number stored in 30 bits: an integer or the front half of a float, perhaps times 100."""
    if bits & 2:
        value = float(struct.unpack("<i", struct.pack("<I", bits))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (bits & 0xFFFFFFFC) << 32))[0]
    return value / 100 if bits & 1 else value


def _cells(stream: bytes, start: int, texts: list[str], name: str) -> Cells:
    """Return the values of one sheet by row and column, both from 0."""
    cells: Cells = {}
    for kind, content in _records(stream, start, name):
        if kind == LABELSST:
            row, column, _, text = struct.unpack("<HHHI", content[:10])
            cells[row, column] = texts[text]
        elif kind == NUMBER:
            row, column, _, number = struct.unpack("<HHHd", content[:14])
            cells[row, column] = number
        elif kind == RK:
            row, column, _, bits = struct.unpack("<HHHI", content[:10])
            cells[row, column] = _packed(bits)
        elif kind == MULRK:
            row, column = struct.unpack_from("<HH", content)
            for place in range(4, len(content) - 2, 6):
                cells[row, column + (place - 4) // 6] = _packed(struct.unpack_from("<I", content, place + 2)[0])
        elif kind == FORMULA and content[12:14] != b"\xff\xff":
            row, column, _, number = struct.unpack("<HHHd", content[:14])
            cells[row, column] = number
    return cells


def read_workbook(path: Path) -> dict[str, Cells]:
    """Read the values of every worksheet of an Excel 97-2003 workbook.

    Returns
    -------
    dict
        By sheet, in the order of the workbook: the value, a text or a number, by (row, column), both from 0. Empty
        cells are absent.

    Raises
    ------
    ValueError
        If the file is empty, no such workbook, encrypted, cut short or damaged.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "gdp.xls"
    >>> _ = file.write_bytes(b"<html>")
    >>> read_workbook(file)
    Traceback (most recent call last):
    ...
    ValueError: gdp.xls is no Excel 97-2003 workbook: it starts with b'<html>'; fetch the published .xls
    """
    stream = _stream(path.read_bytes(), path.name)
    try:
        sheets, texts = _globals(stream, path.name)
        return {title: _cells(stream, start, texts, path.name) for title, start in sheets.items()}
    except (struct.error, IndexError) as error:
        raise ValueError(f"{path.name} is damaged ({error}); fetch the published file again") from None
