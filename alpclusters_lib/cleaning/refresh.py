"""Put a publisher's present file into the folder of published files: fetch, check, compare, ask, replace.

A local file always wins: nothing replaces it unasked, and what is replaced is kept in ``replaced/``, because a
statistics office publishes only the last version of its figures. The new file is read as a table before it takes
its place; that happens in one step, so that the place holds the old file or the new one and never a part.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths, regions
from alpclusters_lib.cleaning import revisions
from alpclusters_lib.sources import catalogue, download, gisco, inspection, ledger, publishers

__all__ = ["Request", "refresh", "state"]


@dataclass(frozen=True)
class Request:
    """What to fetch and how: into which folder, which years, from which stand-in, whether over a file that is there.

    ``confirm`` is asked before a file is replaced, when the report has been said; ``say`` takes a line for the
    reader; ``progress`` bytes done and in all.
    """

    folder: Path
    years: str | None = None
    base_url: str | None = None
    replace: bool = False
    confirm: Callable[[str], bool] = lambda question: False
    say: Callable[[str], None] = lambda line: None
    progress: Callable[[int, int | None], None] | None = None
    limits: download.Limits = field(default_factory=download.Limits)
    sleep: Callable[[float], None] = time.sleep


def state(dataset: str, folder: Path) -> str:
    """Say of a data set whether its file is in a folder, and which vintage it is."""
    path = folder / publishers.publisher(dataset).file
    if not path.is_file():
        return "not here"
    sha256 = catalogue.sha256_of(path)
    size = f"{path.stat().st_size:,} bytes"
    known = catalogue.catalogue().get(dataset)
    if known and known.sha256 == sha256:
        return f"{size}, as catalogued"
    found = ledger.find(folder, dataset, sha256)
    return f"{size}, fetched {found.retrieved}" if found else f"{size}, of unknown origin"


def _inspected(dataset: str, part: Path) -> inspection.Content:
    """Inspect a finished part; one that is refused is of no use and removed."""
    layout = publishers.publisher(dataset).layout
    try:
        return inspection.inspect(part, layout=layout, name=f"the answer for {dataset}")
    except ValueError:
        download.discard(part)
        raise


def _receive(dataset: str, part: Path, request: Request) -> tuple[download.Downloaded, inspection.Content]:
    """Fetch into ``part`` and inspect it; where the publisher queues the request, wait for its result."""
    url = publishers.address(dataset, years=request.years, base_url=request.base_url)

    def fetch(address: str, into: Path) -> download.Downloaded:
        return download.download(
            address, into, hosts=publishers.origins(request.base_url), limits=request.limits, sleep=request.sleep,
            progress=request.progress, say=lambda line: request.say(f"{dataset}: {line}"),
        )  # fmt: skip

    got = fetch(url, part)
    try:
        return got, _inspected(dataset, part)
    except inspection.QueuedError as queued:
        if not queued.key:
            raise ValueError(f"{dataset}: {queued}; try again later, or ask for less with --years") from None
        request.say(f"{dataset}: {queued}; waiting for its result")
        queue, key, query = url.partition("/sdmx/")[0], queued.key, url.partition("?")[2]
    _wait_in_queue(dataset, part, lambda into: fetch(f"{queue}/1.0/async/status/{key}", into), request)
    got = fetch(f"{queue}/1.0/async/data/{key}?{query}", part)
    return got, _inspected(dataset, part)


def _wait_in_queue(dataset: str, part: Path, ask: Callable[[Path], object], request: Request) -> None:
    """Ask for the status of a queued request until its result is available."""
    answer = part.with_name(part.name + ".status")
    for _ in range(request.limits.polls):
        request.sleep(request.limits.poll_wait)
        ask(answer)
        status = re.findall(r"<status>\s*(\w+)\s*</status>", answer.read_text(encoding="utf-8", errors="replace"))
        download.discard(answer)
        if status == ["AVAILABLE"]:
            return
        if status not in (["SUBMITTED"], ["PROCESSING"]):
            raise ValueError(
                f"{dataset}: the publisher's queue answers {' '.join(status) or 'nothing known'}; try again later, or "
                "ask for less with --years"
            )
    raise ValueError(f"{dataset}: still in the publisher's queue after {request.limits.polls} looks; try again later")


def _pack(part: Path, fresh: Path, *, gzipped: bool) -> None:
    """Copy a part to a file packed as its name says; packing the same content gives the same bytes every time."""
    wanted = fresh.suffix == ".gz"
    if wanted == gzipped:
        shutil.copyfile(part, fresh)
        return
    with part.open("rb") as source, fresh.open("wb") as sink:
        if wanted:
            with gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0) as packed:
                shutil.copyfileobj(source, packed)
        else:
            with gzip.GzipFile(fileobj=source) as unpacked:
                shutil.copyfileobj(unpacked, sink)


def _table(dataset: str, path: Path) -> pd.DataFrame:
    polygons = publishers.publisher(dataset).layout == "geojson"
    return gisco.read_boundaries(path) if polygons else publishers.read_table(path)


def _changes(dataset: str, old: Path, new: pd.DataFrame) -> list[str]:
    try:
        table = _table(dataset, old)
    except ValueError as error:
        return [f"  the file that is here cannot be read, so nothing is compared: {error}"]
    if publishers.publisher(dataset).layout == "geojson":
        return revisions.boundary_changes(table, new)
    difference = revisions.compare(table, new, recodes=regions.recodes().to_dict())
    return revisions.describe(difference)


def _report(dataset: str, old: Path, fresh: Path, table: pd.DataFrame, stamp: datetime, request: Request) -> Path:
    """Say and write what the new file changes; return where it is written."""
    home = paths.downloads() if request.folder not in old.parents else request.folder
    sha256 = catalogue.sha256_of(fresh)
    lines = [
        f"{dataset}: what the publisher's file changes",
        f"  before: {old.name}, {state(dataset, home)}, SHA-256 {catalogue.sha256_of(old)[:12]}",
        f"  after: {fresh.stat().st_size:,} bytes, SHA-256 {sha256[:12]}",
        *_changes(dataset, old, table),
    ]
    path = request.folder / "revisions" / f"{dataset}-{stamp:%Y%m%dT%H%M%SZ}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in lines:
        request.say(line)
    request.say(f"  this report: {path.relative_to(request.folder).as_posix()}")
    return path


def _keep(target: Path, folder: Path) -> str:
    """Keep the file that is about to be replaced under a name that holds its checksum."""
    kept = folder / "replaced" / f"{catalogue.sha256_of(target)[:12]}-{target.name}"
    kept.parent.mkdir(exist_ok=True)
    if not kept.exists():
        try:
            os.link(target, kept)
        except OSError:  # a file system without links
            shutil.copy2(target, kept)
    return kept.relative_to(folder).as_posix()


def _same(target: Path, dataset: str, content: inspection.Content) -> bool:
    try:
        found = inspection.inspect(target, layout=publishers.publisher(dataset).layout)
    except ValueError:
        return False
    return found.sha256 == content.sha256


def _place(
    dataset: str, target: Path, fresh: Path, got: download.Downloaded, content: inspection.Content, request: Request
) -> str:
    """Compare, ask, note the file in the ledger and put it into its place."""
    stamp = datetime.now(UTC)
    table = _table(dataset, fresh)
    replaced, here = "", paths.downloads() / publishers.publisher(dataset).file
    if target.exists():
        if _same(target, dataset, content):
            return f"unchanged: the publisher's file says what {target.name} says"
        _report(dataset, target, fresh, table, stamp, request)
        if not request.confirm(f"Replace {target.name}?"):
            return f"kept: {target.name} was not replaced"
        replaced = f"; the former file is {_keep(target, request.folder)}"
    elif here.is_file():
        _report(dataset, here, fresh, table, stamp, request)
    # first the ledger: a row without its file harms nothing, a file without its row would be refused
    row = ledger.Fetched(
        dataset=dataset, file=target.relative_to(request.folder).as_posix(), url=got.url,
        retrieved=f"{stamp:%Y-%m-%dT%H:%M:%SZ}", sha256=catalogue.sha256_of(fresh), bytes=fresh.stat().st_size,
        content_sha256=content.sha256, content_bytes=content.bytes, etag=got.etag, last_modified=got.last_modified,
    )  # fmt: skip
    ledger.record(request.folder, row)
    os.replace(fresh, target)
    return f"fetched: {row.file}, {row.bytes:,} bytes, {content.lines:,} lines, SHA-256 {row.sha256[:12]}{replaced}"


def refresh(dataset: str, request: Request) -> str:
    """Fetch one data set and return what was done, in a line.

    Parameters
    ----------
    dataset
        A name of ``data/raw/publishers.csv``.
    request
        Where to and how.

    Raises
    ------
    ValueError
        If there is no address, the publisher cannot be asked or sends something else, or the folder cannot be
        written. The file that is there is then as it was.
    """
    target = request.folder / publishers.publisher(dataset).file
    if target.exists() and not request.replace:
        return f"kept: {state(dataset, request.folder)}; --replace compares it with the publisher's and asks"
    part, fresh = target.with_name(target.name + ".part"), target.with_name(f".new-{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        got, content = _receive(dataset, part, request)
        try:
            _pack(part, fresh, gzipped=content.gzipped)
            return _place(dataset, target, fresh, got, content, request)
        finally:
            fresh.unlink(missing_ok=True)
            download.discard(part)
    except OSError as error:
        raise ValueError(
            f"{dataset}: cannot write in {request.folder} ({error.strerror or error}); make room, or name a folder "
            "that can be written with --to"
        ) from None
