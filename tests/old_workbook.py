"""A writer of small Excel 97-2003 workbooks for tests: one stream of records in a compound file, sectors of 512 bytes.

Written from [MS-CFB] 2.2-2.6 and [MS-XLS] 2.4, not from the reader it tests.
"""

from __future__ import annotations

import struct
from pathlib import Path

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def packed(number: float) -> int | None:
    """Return the 30-bit form of a number (RkNumber, [MS-XLS] 2.5.217) where it has one."""
    if abs(number) >= 2**29 / 100:
        return None
    if number == int(number):
        return (int(number) << 2 & 0xFFFFFFFF) | 2
    hundred = round(number * 100)
    if hundred / 100 == number:
        return (hundred << 2 & 0xFFFFFFFF) | 3
    return None


def text(characters: str) -> bytes:
    wide = any(ord(c) > 255 for c in characters)
    body = characters.encode("utf-16-le" if wide else "latin-1")
    return struct.pack("<HB", len(characters), int(wide)) + body


def stream_of(sheets: dict[str, dict[tuple[int, int], float | str]], *, cut_texts: int | None = None) -> bytes:
    """Return the stream ``Workbook``; ``cut_texts`` splits the shared texts over two records within a text."""
    shared = sorted({v for cells in sheets.values() for v in cells.values() if isinstance(v, str)})
    table = struct.pack("<II", len(shared), len(shared)) + b"".join(map(text, shared))
    if cut_texts is None:
        texts = record(0x00FC, table)
    else:  # a text that is cut repeats its width in the continuation
        texts = record(0x00FC, table[:cut_texts]) + record(0x003C, b"\x00" + table[cut_texts:])
    bodies = []
    for cells in sheets.values():
        body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
        for (row, column), value in sorted(cells.items()):
            head = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                body += record(0x00FD, head + struct.pack("<I", shared.index(value)))
            elif (bits := packed(value)) is not None:
                body += record(0x027E, head + struct.pack("<I", bits))
            else:
                body += record(0x0203, head + struct.pack("<d", value))
        bodies.append(body + record(0x000A))
    names = [title.encode("latin-1") for title in sheets]
    start = 20 + sum(12 + len(name) for name in names) + len(texts) + 4
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        listed += record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name)
        start += len(body)
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    return (head + listed + texts + record(0x000A) + b"".join(bodies)).ljust(4096, b"\x00")


def write_workbook(path: Path, sheets: dict[str, dict[tuple[int, int], float | str]], **options: int) -> Path:
    """Write the sheets: values by (row, column), both from 0."""
    return write_stream(path, stream_of(sheets, **options))


def write_stream(path: Path, stream: bytes, *, name: str = "Workbook") -> Path:
    """Write a compound file: sector 0 the directory, then the stream, then the table of sectors."""
    used = -(-len(stream) // SECTOR)
    tables = -(-(used + 1) // 127)
    chain = [END, *range(2, used + 1), END, *([TABLE] * tables)]
    chain += [FREE] * (tables * 128 - len(chain))

    def entry(title: str, kind: int, first: int, size: int) -> bytes:
        raw = title.encode("utf-16-le").ljust(64, b"\x00")
        numbers = struct.pack("<HBBIII", 2 * len(title) + 2, kind, 1, FREE, FREE, 1 if kind == 5 else FREE)
        return raw + numbers + b"\x00" * 36 + struct.pack("<IQ", first, size)

    directory = (entry("Root Entry", 5, END, 0) + entry(name, 2, 1, len(stream))).ljust(SECTOR, b"\x00")
    places = [used + 1 + k for k in range(tables)]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, 0, 0, 4096, END, 0, END, 0)
    header += b"".join(struct.pack("<I", place) for place in [*places, *[FREE] * (109 - tables)])
    data = stream.ljust(used * SECTOR, b"\x00")
    path.write_bytes(header + directory + data + struct.pack(f"<{len(chain)}I", *chain))
    return path
