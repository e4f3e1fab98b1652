"""What arrived: is it the layout asked for, whole, of a sane size, and no page that says something else?

Servers answer with a page and code 200 where a file should be: an HTML error page, a SOAP fault, a notice that the
request waits in a queue. None of these may pass as figures. The content is unpacked piece by piece and never
written unpacked, so that a file made to burst a disk is stopped early.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Content", "QueuedError", "explained", "inspect"]

HEAD = 65536
PIECE = 1 << 20
MAXIMUM_CONTENT = 2_000_000_000
# The statistics unpack to about 4 times their size, DEFLATE allows 1,032 times: more than 100 is no table. A short
# file of blanks may reach that, so the ratio counts from here on only.
MAXIMUM_RATIO, RATIO_FROM = 100, 50_000_000
FIRST_LINE = {
    "tsv": re.compile(rb"[\w,]+\\(?:time|time_period)\s*\t", re.IGNORECASE),
    "sdmx-csv": re.compile(rb'"?(?:DATAFLOW|STRUCTURE)"?,[^\r\n]*OBS_VALUE', re.IGNORECASE),
    "geojson": re.compile(rb'\{.*?"type"\s*:\s*"FeatureCollection"', re.DOTALL),
}
RIGHT = {
    "tsv": r"a Eurostat TSV, which starts with a line such as 'freq,geo\TIME_PERIOD'",
    "sdmx-csv": "an SDMX-CSV, which starts with a line such as 'DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE'",
    "geojson": "a GeoJSON, which starts with '{' and holds a FeatureCollection",
}


class QueuedError(ValueError):
    """The publisher has put the request into its queue; ``key`` asks for the result, blank where none was given."""

    def __init__(self, sentence: str, key: str = "") -> None:
        super().__init__(sentence)
        self.key = key


@dataclass(frozen=True)
class Content:
    """The unpacked content of a file: checksum, size, number of lines, and whether the file is gzipped."""

    sha256: str
    bytes: int
    lines: int
    gzipped: bool


def explained(body: bytes) -> str:
    """Return what an error page of the publisher says, in a few words; blank where it says nothing known.

    Examples
    --------
    >>> explained(b"<S:Fault><faultcode>100</faultcode><faultstring>NO_RESULTS: no data</faultstring></S:Fault>")
    'NO_RESULTS: no data'
    >>> explained(b'{"error":[{"status":404,"label":"not found"}]}')
    'not found'
    """
    text = body.decode("utf-8", errors="replace")
    found = re.search(r"<faultstring>(.*?)</faultstring>|\"label\"\s*:\s*\"(.*?)\"", text, re.DOTALL)
    words = next(filter(None, found.groups()), "") if found else ""
    return " ".join(words.split())[:200]


def _queued(head: bytes) -> QueuedError | None:
    """Recognise the notice of a queued request: an XML envelope with a key, or JSON with a label."""
    text = head.decode("utf-8", errors="replace")
    if "ASYNCHRONOUS_RESPONSE" in text:
        return QueuedError("the publisher treats the request asynchronously and gave no key to ask for it")
    status = re.search(r"<status>\s*(\w+)\s*</status>", text)
    if text.lstrip().startswith("<") and ("<queued>" in text or (status and "syncResponse" in text)):
        key = re.search(r"<id>\s*([\w-]+)\s*</id>", text)
        return QueuedError(
            f"the publisher has queued the request ({status[1] if status else 'no status'})", key[1] if key else ""
        )
    return None


def _refuse(name: str, head: bytes, layout: str) -> None:
    """Raise a sentence where the first bytes are not those of the layout."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if FIRST_LINE[layout].match(start):
        return
    queued = _queued(start)
    if queued:
        raise queued
    if re.match(rb"<!doctype html|<html", start, re.IGNORECASE):
        title = re.search(rb"<title>(.*?)</title>", start, re.IGNORECASE | re.DOTALL)
        said = f" ({' '.join(title[1].decode(errors='replace').split())[:80]})" if title else ""
        found = f"an HTML page{said}"
    elif explained(start):
        found = f"an error message ({explained(start)})"
    else:
        found = f"something that starts with {start[:30].decode(errors='replace')!r}"
    raise ValueError(f"{name} is {found}; {RIGHT[layout]} would be right")


def _unpacked(path: Path, name: str, gzipped: bool) -> Iterator[bytes]:
    """Yield the content in pieces of at most a megabyte, every member of a gzip file after the other."""
    with path.open("rb") as handle:
        if not gzipped:
            yield from iter(lambda: handle.read(PIECE), b"")
            return
        unpacker, whole = zlib.decompressobj(wbits=31), False
        for packed in iter(lambda: handle.read(PIECE), b""):
            rest = packed
            while rest:
                if whole:
                    if not rest.strip(b"\0"):  # some writers pad the end
                        break
                    unpacker, whole = zlib.decompressobj(wbits=31), False
                try:
                    piece = unpacker.decompress(rest, PIECE)
                except zlib.error as error:
                    raise ValueError(f"{name} is damaged ({error}); fetch it again") from None
                if piece:
                    yield piece
                whole = unpacker.eof
                rest = unpacker.unused_data if whole else unpacker.unconsumed_tail
        if not whole:
            raise ValueError(f"{name} is cut short: its gzip stream has no end; fetch it again")


def inspect(path: Path, *, layout: str, name: str | None = None, maximum: int = MAXIMUM_CONTENT) -> Content:
    """Check a fetched file and measure its content.

    Parameters
    ----------
    path
        The file, plain or gzipped.
    layout
        ``tsv``, ``sdmx-csv`` or ``geojson``.
    name
        What to call the file in a sentence; its name where omitted.
    maximum
        Bytes that the unpacked content may have.

    Raises
    ------
    QueuedError
        If the publisher has put the request into a queue.
    ValueError
        If the file is empty, of another layout, cut short, or larger unpacked than is sane.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "x.tsv"
    >>> _ = file.write_bytes(b"freq,geo\\\\TIME_PERIOD\\t2014 \\nA,AT\\t1 \\n")
    >>> content = inspect(file, layout="tsv")
    >>> content.lines, content.bytes, content.gzipped
    (2, 35, False)
    """
    name = name or path.name
    size = path.stat().st_size
    with path.open("rb") as handle:
        gzipped = handle.read(2) == b"\x1f\x8b"
    digest, total, lines, head, last = hashlib.sha256(), 0, 0, b"", b""
    for piece in _unpacked(path, name, gzipped):
        total += len(piece)
        if total > maximum or (total > RATIO_FROM and total > MAXIMUM_RATIO * size):
            raise ValueError(
                f"{name} unpacks to more than {total:,} bytes from {size:,}; at most {maximum:,} bytes and "
                f"{MAXIMUM_RATIO} times its size are read"
            )
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
        digest.update(piece)
        lines, last = lines + piece.count(b"\n"), (last + piece)[-64:]
    if not total:
        raise ValueError(f"{name} is empty; {RIGHT[layout]} would be right")
    _refuse(name, head, layout)
    if layout == "geojson" and not last.rstrip().endswith(b"}"):
        raise ValueError(f"{name} is cut short: a GeoJSON ends with '}}'; fetch it again")
    return Content(digest.hexdigest(), total, lines + (not last.endswith(b"\n")), gzipped)
