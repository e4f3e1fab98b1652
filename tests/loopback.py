"""A publisher on this machine: a real HTTP server whose answers are scripted, good ones and bad ones."""

from __future__ import annotations

import gzip
import http.server
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from alpclusters_lib.sources.download import Limits

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]
# Waits of tests are noted, not waited; about a second is the longest that a server keeps one of them.
FAST = Limits(connect=2, read=0.8, attempts=4, backoff=1, polls=3, poll_wait=5)


def send(
    body: bytes,
    status: int = 200,
    *,
    claim: int | None = None,
    pause: float = 0,
    reset: bool = False,
    **headers: str,
) -> Answer:
    """Answer with a body; ``claim`` another length, ``pause`` before its second half, ``reset`` after its first."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if claim is None else claim))
        handler.end_headers()
        half = len(body) // 2 if pause or reset else len(body)
        handler.wfile.write(body[:half])
        handler.wfile.flush()
        if reset:
            time.sleep(0.05)  # so that the first half has left before the connection breaks
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            raise ConnectionResetError
        time.sleep(pause)
        handler.wfile.write(body[half:])

    return answer


def chunked(body: bytes, *, whole: bool = True) -> Answer:
    """Answer in chunks without a length, as Eurostat does; the closing chunk is missing where it is not whole."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for start in range(0, len(body), 4096):
            piece = body[start : start + 4096]
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n" if whole else b"")

    return answer


def ranged(body: bytes, etag: str, **headers: str) -> Answer:
    """Answer as a server that knows ranges: the rest where If-Range names this version, else the whole."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        if not wanted or handler.headers.get("If-Range") != etag:
            send(body, ETag=etag, **headers)(handler)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            send(b"", 416, Content_Range=f"bytes */{len(body)}")(handler)
            return
        content_range = f"bytes {start}-{len(body) - 1}/{len(body)}"
        send(body[start:], 206, ETag=etag, Content_Range=content_range, **headers)(handler)

    return answer


def redirect(target: str, status: int = 302) -> Answer:
    """Answer with another address."""
    return send(b"", status, Location=target)


@dataclass
class Loopback:
    """What a server answers, by path (the last answer again and again), and what it was asked."""

    base: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def origin(self) -> frozenset[str]:
        """The hosts that may be asked: this one."""
        return frozenset([self.base])

    def serve(self, path: str, *answers: Answer) -> str:
        """Script the answers of a path (without its query) and return its address."""
        self.answers[path] = list(answers)
        return self.base + path

    def paths(self) -> list[str]:
        """Return the paths asked for, in order, with their queries."""
        return [path for path, _ in self.asked]


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return a running server on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    state = Loopback("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, dict(self.headers)))
            answers = state.answers.get(self.path.partition("?")[0], [send(b"no such page", 404)])
            try:
                (answers.pop(0) if len(answers) > 1 else answers[0])(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()


def tsv(cells: dict[str, list[str]], years: list[int], dimensions: str = "freq,nace_r2,indic_sb,geo") -> bytes:
    r"""Return a Eurostat TSV of today's layout: ``freq,…,geo\TIME_PERIOD`` and padded cells."""
    lines = [dimensions + "\\TIME_PERIOD\t" + "\t".join(f"{year} " for year in years)]
    lines += [key + "\t" + "\t".join(f"{cell} " for cell in row) for key, row in cells.items()]
    return ("\n".join(lines) + "\n").encode()


def packed(content: bytes) -> bytes:
    """Return gzipped content, the same bytes every time."""
    return gzip.compress(content, mtime=0)
