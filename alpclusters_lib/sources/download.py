"""Fetch one file over HTTP: resumable, patient with a busy server, and never from a host that was not named.

The bytes go to ``NAME.part`` with a sidecar ``NAME.part.json`` that says of which version they are (ETag or
Last-Modified). A later attempt, or a later run, asks for the rest with ``Range`` and ``If-Range``; a server that
ignores ranges or holds another version by now sends the whole file, and the part starts again. The caller moves a
finished part to its place.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

import numpy as np

import alpclusters_lib
from alpclusters_lib.sources.inspection import explained
from alpclusters_lib.sources.publishers import origin

if TYPE_CHECKING:
    import requests

__all__ = ["Downloaded", "Limits", "discard", "download"]

PIECE = 1 << 16
REDIRECTS = 5
# A busy or stumbling server; every other refusal stays one however often it is asked.
PASSING = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Limits:
    """How long and how much: seconds to connect, between two pieces and in all; attempts; bytes.

    The wait before attempt n is ``backoff`` · 2ⁿ seconds, half of it by chance so that many clients do not come back
    at once; a server's own Retry-After counts where it gives one. ``polls`` and ``poll_wait`` are for a queue.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 3600.0
    attempts: int = 5
    backoff: float = 1.0
    longest_wait: float = 120.0
    bytes: int = 500_000_000
    polls: int = 60
    poll_wait: float = 10.0


@dataclass(frozen=True)
class Downloaded:
    """A finished part: where it is, from which address it came in the end, and which version it is."""

    path: Path
    url: str
    bytes: int
    etag: str
    last_modified: str


@dataclass
class _Sidecar:
    """What the bytes of a part are of."""

    url: str
    etag: str = ""
    last_modified: str = ""

    @property
    def validator(self) -> str:
        """The value for If-Range: only a strong ETag or a date tells one version from another byte by byte."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class _PassingError(Exception):
    """A fault that another attempt may not meet; ``wait`` is what the server asks for, in seconds."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


def _sidecar(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def discard(part: Path) -> None:
    """Remove a part and its sidecar."""
    part.unlink(missing_ok=True)
    _sidecar(part).unlink(missing_ok=True)


def _started(part: Path, url: str) -> tuple[int, _Sidecar | None]:
    """Return how many bytes are there and of what; none where they cannot be continued."""
    try:
        known = _Sidecar(**json.loads(_sidecar(part).read_text(encoding="utf-8")))
        size = part.stat().st_size
    except (OSError, ValueError, TypeError):
        return 0, None
    return (size, known) if size and known.url == url and known.validator else (0, None)


def _wait_asked(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which holds seconds or a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _get(session: requests.Session, url: str, headers: dict[str, str], hosts: Collection[str], limits: Limits):
    """Open an address and follow its redirects, inside the named hosts only."""
    import requests

    for _ in range(REDIRECTS + 1):
        if origin(url) not in hosts:
            raise ValueError(f"{origin(url)} is not a registered publisher ({', '.join(sorted(hosts))}); not asked")
        host = urlsplit(url).netloc
        try:
            response = session.get(
                url, headers=headers, stream=True, allow_redirects=False, timeout=(limits.connect, limits.read)
            )
        except requests.exceptions.SSLError:
            raise ValueError(f"{host} has no certificate that can be trusted; nothing was fetched") from None
        except requests.exceptions.Timeout:
            raise _PassingError(f"{host} does not answer within {limits.read:g} s") from None
        except requests.exceptions.ConnectionError:
            raise _PassingError(f"no connection to {host}") from None
        if not response.is_redirect:
            return response
        target = urljoin(url, response.headers["Location"])
        response.close()
        if origin(target) not in hosts:
            raise ValueError(
                f"{url} redirects to {origin(target)}, which is not a registered publisher "
                f"({', '.join(sorted(hosts))}); not followed"
            )
        url = target
    raise ValueError(f"{url} redirects more than {REDIRECTS} times; not followed further")


def _check_status(response: requests.Response) -> None:
    """Raise for a refusal: one that may pass, or a sentence with what the server says."""
    code = response.status_code
    if code in (200, 206):
        return
    if code in PASSING:
        raise _PassingError(f"{response.url} answers {code}", _wait_asked(response.headers.get("Retry-After")))
    said = explained(response.raw.read(4096, decode_content=True) or b"")
    hint = "; --years asks for less" if code == 413 else ""
    raise ValueError(f"{response.url} answers {code}{f' ({said})' if said else ''}{hint}; nothing was fetched")


def _write(handle: BinaryIO, piece: bytes) -> None:
    handle.write(piece)


def _size(response: requests.Response, start: int) -> int | None:
    """Return the size of the whole file, where the server says it."""
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _goes_on(response: requests.Response, start: int, known: _Sidecar | None) -> bool:
    """Say whether the answer is the rest of what is there; a wrong one of another version starts again."""
    if response.status_code != 206:
        return False
    # an answer to If-Range may leave Last-Modified out, so only what both name can differ
    named = [("ETag", known.etag if known else ""), ("Last-Modified", known.last_modified if known else "")]
    differs = any(was and response.headers.get(name, was) != was for name, was in named)
    fits = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    if known is None or differs or not fits:
        raise _PassingError(f"{response.url} sent a part of another version")
    return True


def _receive(response: requests.Response, part: Path, start: int, limits: Limits, progress: Callable | None) -> int:
    """Write the body behind the first ``start`` bytes; return the size of the part."""
    import urllib3

    size, done, deadline = _size(response, start), start, time.monotonic() + limits.total
    if size is not None and size > limits.bytes:
        raise ValueError(f"{response.url} has {size:,} bytes; at most {limits.bytes:,} are fetched")
    with part.open("ab" if start else "wb") as handle:
        try:
            # read1 hands over what has arrived; read would wait for a whole piece and lose it with the connection
            while piece := response.raw.read1(PIECE, decode_content=False):
                _write(handle, piece)
                done += len(piece)
                if done > limits.bytes:
                    raise ValueError(f"{response.url} has more than {limits.bytes:,} bytes, the most that is fetched")
                if time.monotonic() > deadline:
                    raise _PassingError(f"{response.url} takes longer than {limits.total:g} s")
                if progress:
                    progress(done, size)
        except urllib3.exceptions.ReadTimeoutError:
            raise _PassingError(f"{response.url} sent nothing for {limits.read:g} s") from None
        except urllib3.exceptions.HTTPError:
            of = f" of {size:,}" if size else ""
            raise _PassingError(f"{response.url} broke off after {done:,}{of} bytes") from None
    if size is not None and done != size:
        raise _PassingError(f"{response.url} broke off after {done:,} of {size:,} bytes")
    return done


def _attempt(
    session: requests.Session, url: str, part: Path, hosts: Collection[str], limits: Limits, progress: Callable | None
) -> Downloaded:
    start, known = _started(part, url)
    # identity: a file is wanted as published, not packed for the way
    headers = {"Accept-Encoding": "identity", "User-Agent": f"alpclusters/{alpclusters_lib.__version__}"}
    if known:
        headers |= {"Range": f"bytes={start}-", "If-Range": known.validator}
    with _get(session, url, headers, hosts, limits) as response:
        if response.status_code == 416:  # nothing behind what is there: it is of another version or whole
            discard(part)
            raise _PassingError(f"{response.url} has no more than is there")
        _check_status(response)
        try:
            if not _goes_on(response, start, known):
                start, known = 0, _Sidecar(url, response.headers.get("ETag", ""),
                                           response.headers.get("Last-Modified", ""))  # fmt: skip
                part.unlink(missing_ok=True)
                _sidecar(part).write_text(json.dumps(asdict(known)), encoding="utf-8")
        except _PassingError:
            discard(part)
            raise
        done = _receive(response, part, start, limits, progress)
        return Downloaded(part, response.url, done, known.etag, known.last_modified)


def _unwritable(error: OSError, part: Path) -> ValueError:
    remedy = "make room" if error.errno == errno.ENOSPC else "name a folder that can be written with --to"
    return ValueError(f"cannot write {part.name} in {part.parent} ({error.strerror or error}); {remedy}")


def download(
    url: str,
    part: Path,
    *,
    hosts: Collection[str],
    limits: Limits | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    say: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    rng: np.random.Generator | int | None = None,
) -> Downloaded:
    """Fetch an address into ``part``, going on where an earlier attempt broke off.

    Parameters
    ----------
    url, part
        From where and into which file; its folder exists.
    hosts
        Scheme and host of every server that may be asked, as :func:`~alpclusters_lib.sources.publishers.origin`
        gives them. A redirect to another is refused.
    limits
        Times, attempts and sizes; see :class:`Limits`.
    progress
        Called with bytes done and bytes in all (None where the server does not say).
    say
        Called with a sentence before each wait.
    sleep, rng
        How to wait, and the chance in the waits.

    Raises
    ------
    ValueError
        If the server refuses, keeps failing, redirects elsewhere or sends too much, or the disk is full. Of a
        failure that may pass the part stays, to be continued.

    Examples
    --------
    >>> download("http://example.org/x.tsv", Path("x.part"), hosts={"https://ec.europa.eu"})
    Traceback (most recent call last):
    ...
    ValueError: http://example.org is not a registered publisher (https://ec.europa.eu); not asked
    """
    import requests

    limits, rng = limits or Limits(), np.random.default_rng(rng)
    with requests.Session() as session:
        for attempt in range(1, limits.attempts + 1):
            try:
                return _attempt(session, url, part, hosts, limits, progress)
            except _PassingError as fault:
                if attempt == limits.attempts:
                    raise ValueError(f"{fault}; {attempt} attempts failed, try again later") from None
                backoff = limits.backoff * 2 ** (attempt - 1) * (0.5 + rng.random() / 2)
                wait = backoff if fault.wait is None else fault.wait
                if wait > limits.longest_wait:
                    raise ValueError(f"{fault} and asks to come back in {wait:,.0f} s; try again then") from None
                if say:
                    say(f"{fault}; attempt {attempt + 1} of {limits.attempts} in {wait:.1f} s")
                sleep(wait)
            except requests.exceptions.RequestException as error:
                raise ValueError(f"{url} cannot be asked ({type(error).__name__}); check the address") from None
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    discard(part)
                raise _unwritable(error, part) from None
    raise AssertionError("unreachable: the last attempt returns or raises")
