"""Fetching a file: what a server may do wrong, and what is then on the disk and in the sentence."""

from __future__ import annotations

import errno
import gzip
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
from loopback import FAST, Loopback, chunked, loopback, packed, ranged, redirect, send, tsv

from alpclusters_lib.sources import download, inspection, ledger, publishers

__all__ = ["loopback"]  # a fixture

BODY = tsv({"A,C28,V16110,ITC4": ["133542", "134000"]}, [2014, 2015]) * 400


@pytest.fixture
def fetch(loopback, tmp_path):
    """Return a function that fetches a path of the loopback server and notes the waits."""

    def run(path="/x", limits=FAST, **options):
        run.waits, run.said = [], []
        return download.download(
            loopback.base + path, run.part, hosts=loopback.origin, limits=limits, sleep=run.waits.append,
            say=run.said.append, rng=0, **options,
        )  # fmt: skip

    run.part = tmp_path / "x.tsv.part"
    return run


def refused(fetch, match, **options):
    with pytest.raises(ValueError, match=match) as caught:
        fetch(**options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what goes well ---------------------------------------------------------------------------------------


def test_a_file_arrives_as_it_was_sent_with_its_version(loopback, fetch):
    loopback.serve("/x", send(BODY, ETag='"v1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT"))
    seen = []
    got = fetch(progress=lambda done, total: seen.append((done, total)))
    assert got.path.read_bytes() == BODY and got.bytes == len(BODY)
    assert (got.etag, got.last_modified) == ('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert seen[-1] == (len(BODY), len(BODY)) and fetch.waits == []
    sent = loopback.asked[0][1]
    assert sent["Accept-Encoding"] == "identity" and sent["User-Agent"].startswith("alpclusters/")
    assert "Range" not in sent


def test_a_body_in_chunks_has_no_size_before_it_ends(loopback, fetch):
    loopback.serve("/x", chunked(BODY))
    seen = []
    assert fetch(progress=lambda done, total: seen.append((done, total))).path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


def test_chunks_without_the_closing_one_are_asked_for_again(loopback, fetch):
    loopback.serve("/x", chunked(BODY, whole=False), chunked(BODY))
    assert fetch().path.read_bytes() == BODY
    assert "broke off after" in fetch.said[0]


def test_a_redirect_inside_the_host_is_followed_and_the_last_address_noted(loopback, fetch):
    loopback.serve("/x", redirect("/y"))
    loopback.serve("/y", send(BODY))
    assert fetch().url == loopback.base + "/y"


# --- what passes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(loopback, fetch, status):
    loopback.serve("/x", send(b"busy", status), send(BODY))
    assert fetch().path.read_bytes() == BODY
    assert len(fetch.waits) == 1 and f"answers {status}; attempt 2 of 4" in fetch.said[0]


def test_waits_double_and_half_of_each_is_chance(loopback, fetch):
    loopback.serve("/x", send(b"", 500))
    refused(fetch, "answers 500; 4 attempts failed, try again later")
    chance = np.random.default_rng(0)
    assert fetch.waits == pytest.approx([2**n * (0.5 + chance.random() / 2) for n in range(3)])
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(fetch.waits))
    assert len(loopback.asked) == 4 and not fetch.part.exists()


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for(loopback, fetch, form):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    loopback.serve("/x", send(b"", 429, Retry_After="30" if form == "seconds" else later), send(BODY))
    fetch()
    assert fetch.waits == pytest.approx([30], abs=3)


def test_a_retry_after_of_an_hour_is_left_to_the_reader(loopback, fetch):
    loopback.serve("/x", send(b"", 503, Retry_After="3600"), send(BODY))
    refused(fetch, r"answers 503 and asks to come back in 3,600 s; try again then")
    assert fetch.waits == [] and len(loopback.asked) == 1


def test_a_broken_connection_goes_on_where_it_broke(loopback, fetch):
    loopback.serve("/x", send(BODY, reset=True, ETag='"v1"'), ranged(BODY, '"v1"'))
    assert fetch().path.read_bytes() == BODY
    _, second = loopback.asked[1]
    start = int(second["Range"].removeprefix("bytes=").rstrip("-"))
    assert second["If-Range"] == '"v1"' and 0 < start <= len(BODY) // 2
    assert "broke off after" in fetch.said[0]


def test_a_body_shorter_than_claimed_goes_on_where_it_ended(loopback, fetch):
    loopback.serve("/x", send(BODY[:1000], claim=len(BODY), ETag='"v1"'), ranged(BODY, '"v1"'))
    assert fetch().path.read_bytes() == BODY
    assert loopback.asked[1][1]["Range"] == "bytes=1000-"


def test_a_body_that_is_always_short_is_a_sentence_and_the_part_stays(loopback, fetch):
    loopback.serve("/x", send(BODY[:1000], claim=len(BODY)))
    refused(fetch, f"broke off after 1,000 of {len(BODY):,} bytes; 4 attempts failed")
    # without ETag or date nobody can say that the rest is of the same version
    assert all("Range" not in headers for _, headers in loopback.asked)


def test_another_run_goes_on_with_the_part_of_the_last(loopback, fetch):
    loopback.serve("/x", send(BODY[:1000], claim=len(BODY), ETag='"v1"'))
    refused(fetch, "broke off")
    assert fetch.part.stat().st_size == 1000
    loopback.serve("/x", ranged(BODY, '"v1"'))
    loopback.asked.clear()
    assert fetch().path.read_bytes() == BODY
    assert loopback.asked[0][1]["Range"] == "bytes=1000-"


def test_a_part_of_another_address_is_not_gone_on_with(loopback, fetch):
    loopback.serve("/x", send(BODY[:1000], claim=len(BODY), ETag='"v1"'))
    refused(fetch, "broke off")
    loopback.serve("/y", ranged(BODY.upper(), '"v1"'))
    assert fetch("/y").path.read_bytes() == BODY.upper()


def test_a_new_version_between_the_parts_starts_again(loopback, fetch):
    fresh = BODY.replace(b"133542", b"999999")
    loopback.serve("/x", send(BODY, reset=True, ETag='"v1"'), ranged(fresh, '"v2"'))
    got = fetch()
    assert got.path.read_bytes() == fresh and got.etag == '"v2"'


def test_a_server_that_sends_the_rest_of_another_version_is_not_believed(loopback, fetch):
    fresh = BODY.replace(b"133542", b"999999")
    rest = send(fresh[1000:], 206, ETag='"v2"', Content_Range=f"bytes 1000-{len(BODY) - 1}/{len(BODY)}")
    loopback.serve("/x", send(BODY[:1000], claim=len(BODY), ETag='"v1"'), rest, ranged(fresh, '"v2"'))
    assert fetch().path.read_bytes() == fresh
    assert "sent a part of another version" in fetch.said[1]


def test_a_server_without_ranges_sends_all_again(loopback, fetch):
    loopback.serve("/x", send(BODY, reset=True, ETag='"v1"'), send(BODY, ETag='"v1"'))
    assert fetch().path.read_bytes() == BODY


def test_a_weak_etag_counts_for_nothing_and_a_date_does(loopback, fetch):
    date = "Mon, 02 Mar 2026 10:00:00 GMT"
    loopback.serve("/x", send(BODY[:900], claim=len(BODY), ETag='W/"v1"', Last_Modified=date), send(BODY))
    fetch()
    assert loopback.asked[1][1]["If-Range"] == date


def test_a_part_as_long_as_the_file_starts_again(loopback, fetch):
    fetch.part.write_bytes(BODY)
    known = {"url": loopback.base + "/x", "etag": '"v1"', "last_modified": ""}
    fetch.part.with_name(fetch.part.name + ".json").write_text(json.dumps(known))
    loopback.serve("/x", ranged(BODY, '"v1"'))
    assert fetch().path.read_bytes() == BODY
    assert [h.get("Range") for _, h in loopback.asked] == [f"bytes={len(BODY)}-", None]


@pytest.mark.parametrize("sidecar", ["", "{", "[]", '{"size": 3}'])
def test_a_damaged_sidecar_starts_again(loopback, fetch, sidecar):
    fetch.part.write_bytes(b"abc")
    fetch.part.with_name(fetch.part.name + ".json").write_text(sidecar)
    loopback.serve("/x", ranged(BODY, '"v1"'))
    assert fetch().path.read_bytes() == BODY


def test_a_server_that_falls_silent_is_a_sentence(loopback, fetch):
    loopback.serve("/x", send(BODY, pause=1.1))
    refused(fetch, r"sent nothing for 0\.8 s; 2 attempts failed", limits=replace(FAST, attempts=2))


def test_a_server_that_never_answers_is_a_sentence(loopback, fetch):
    def silent(handler):
        import time

        time.sleep(1.1)

    loopback.serve("/x", silent)
    refused(fetch, r"does not answer within 0\.8 s; 1 attempts failed", limits=replace(FAST, attempts=1))


def test_a_host_that_is_not_there_is_a_sentence(fetch, tmp_path):
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ValueError, match=r"no connection to 127\.0\.0\.1:\d+; 2 attempts failed"):
        download.download(
            base + "/x", fetch.part, hosts=[base], limits=replace(FAST, attempts=2), sleep=lambda seconds: None
        )


# --- what does not pass -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_asked_again(loopback, fetch, status):
    loopback.serve("/x", send(b"<html>no", status), send(BODY))
    refused(fetch, f"answers {status}; nothing was fetched")
    assert len(loopback.asked) == 1 and not fetch.part.exists()


def test_a_refusal_says_what_the_publisher_says(loopback, fetch):
    fault = b"<S:Fault><faultcode>413</faultcode><faultstring>EXTRACTION_TOO_BIG: 420709314 rows</faultstring>"
    loopback.serve("/x", send(fault, 413))
    refused(fetch, r"answers 413 \(EXTRACTION_TOO_BIG: 420709314 rows\); --years asks for less")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_refused(loopback, fetch, status):
    loopback.serve("/x", redirect("https://example.org/x", status))
    refused(fetch, r"redirects to https://example\.org, which is not a registered publisher")
    assert len(loopback.asked) == 1 and not fetch.part.exists()


@pytest.mark.parametrize("target", ["https://127.0.0.1:{port}/y", "http://127.0.0.1/y", "http://localhost:{port}/y"])
def test_another_scheme_port_or_name_is_another_host(loopback, fetch, target):
    loopback.serve("/x", redirect(target.format(port=loopback.base.rpartition(":")[2])))
    refused(fetch, "which is not a registered publisher")


def test_a_redirect_in_a_circle_is_refused(loopback, fetch):
    loopback.serve("/x", redirect("/x"))
    refused(fetch, "redirects more than 5 times")


def test_an_unregistered_host_is_not_asked(loopback, tmp_path):
    with pytest.raises(ValueError, match=r"not a registered publisher .*not asked"):
        download.download(loopback.base + "/x", tmp_path / "p", hosts=publishers.origins())
    assert loopback.asked == []


@pytest.mark.parametrize("claim", [None, 10**12], ids=["found on the way", "claimed"])
def test_too_large_a_file_is_refused(loopback, fetch, claim):
    loopback.serve("/x", send(BODY, claim=claim))
    refused(fetch, "at most 1,000|more than 1,000", limits=replace(FAST, bytes=1000))


def test_a_full_disk_is_a_sentence_and_leaves_nothing(loopback, fetch, monkeypatch):
    def full(handle, piece):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "_write", full)
    loopback.serve("/x", send(BODY, ETag='"v1"'))
    refused(fetch, r"cannot write x\.tsv\.part in .* \(No space left on device\); make room")
    assert list(fetch.part.parent.iterdir()) == []


# --- what arrived -----------------------------------------------------------------------------------------

CSV = b"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nE:X(1.0),01/02/26,A,AT,2022,1,\n"
GEOJSON = b'{"crs": {"type": "name"}, "type": "FeatureCollection", "features": []}\n'
QUEUED = (
    b'<?xml version="1.0"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
    b'<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction"><queued>'
    b"<id>a801f1c5-1</id><status>SUBMITTED</status></queued></ns0:syncResponse></env:Body></env:Envelope>"
)


def inspected(tmp_path, content, layout="tsv", **options):
    path = tmp_path / "x"
    path.write_bytes(content)
    return inspection.inspect(path, layout=layout, **options)


@pytest.mark.parametrize(("content", "layout"), [(BODY, "tsv"), (CSV, "sdmx-csv"), (GEOJSON, "geojson")])
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_each_layout_is_recognised_and_its_content_has_one_checksum(tmp_path, content, layout, pack):
    plain, found = inspected(tmp_path, content, layout), inspected(tmp_path, pack(content), layout)
    assert (found.sha256, found.bytes, found.lines) == (plain.sha256, len(content), content.count(b"\n"))


@pytest.mark.parametrize("layout", list(publishers.LAYOUTS))
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (packed(b""), "is empty"),
        (b"<!DOCTYPE html><html><title>Sorry,\n maintenance</title>", r"an HTML page \(Sorry, maintenance\)"),
        (b"  <html>", "an HTML page;"),
        (b"<S:Fault><faultstring>NO_RESULTS</faultstring></S:Fault>", r"an error message \(NO_RESULTS\)"),
        (b'{"error":[{"status":404,"label":"unknown dataset"}]}', r"an error message \(unknown dataset\)"),
        (b"PK\x03\x04", "something that starts with 'PK"),
        (b"a,b\n1,2\n", "something that starts with 'a,b"),
    ],
)
def test_anything_else_is_refused_with_what_it_is(tmp_path, content, expected, layout):
    with pytest.raises(ValueError, match=expected) as caught:
        inspected(tmp_path, content, layout, name="the answer")
    assert "would be right" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_a_queued_request_is_recognised_with_its_key(tmp_path, pack):
    with pytest.raises(inspection.QueuedError, match=r"queued the request \(SUBMITTED\)") as caught:
        inspected(tmp_path, pack(QUEUED))
    assert caught.value.key == "a801f1c5-1"
    notice = b'{"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Try again later."}}'
    with pytest.raises(inspection.QueuedError, match="asynchronously") as caught:
        inspected(tmp_path, pack(notice))
    assert caught.value.key == ""


@pytest.mark.parametrize("keep", [20, 100, -9, -1])
def test_a_gzip_file_without_its_end_is_cut_short(tmp_path, keep):
    with pytest.raises(ValueError, match="cut short"):
        inspected(tmp_path, packed(BODY)[:keep])


def test_a_gzip_file_with_a_changed_byte_is_damaged(tmp_path):
    content = bytearray(packed(BODY))
    content[-6] ^= 1  # in the checksum
    with pytest.raises(ValueError, match=r"is damaged .*incorrect data check"):
        inspected(tmp_path, bytes(content))


def test_gzip_members_one_after_the_other_are_one_content(tmp_path):
    assert inspected(tmp_path, packed(BODY[:500]) + packed(BODY[500:])).bytes == len(BODY)


def test_a_geojson_without_its_end_is_cut_short(tmp_path):
    with pytest.raises(ValueError, match="cut short"):
        inspected(tmp_path, GEOJSON.rstrip()[:-1], "geojson")


def test_a_file_made_to_burst_is_stopped_long_before_it_does(tmp_path, monkeypatch):
    # 200 MB of blanks in 200 kB: 1,029 times, near the limit of DEFLATE
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(BODY) + b"".join(packer.compress(b" " * (1 << 20)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 300_000
    read = []
    unpacked = inspection._unpacked

    def counted(*arguments):
        for piece in unpacked(*arguments):
            read.append(len(piece))
            yield piece

    monkeypatch.setattr(inspection, "_unpacked", counted)
    with pytest.raises(ValueError, match=r"unpacks to more than 5\d,\d{3},\d{3} bytes from \d{3},\d{3}"):
        inspected(tmp_path, bomb)
    assert max(read) <= 1 << 20 and sum(read) < 52_000_000
    with pytest.raises(ValueError, match="at most 1,000 bytes"):
        inspected(tmp_path, packed(BODY), maximum=1000)


# --- the ledger and the list of publishers ----------------------------------------------------------------


def row(**changes):
    values = dict(dataset="d", file="e/d.tsv", url="https://x", retrieved="2026-03-02T10:00:00Z", sha256="a", bytes=3,
                  content_sha256="b", content_bytes=9, etag='"v,1"', last_modified="")  # fmt: skip
    return ledger.Fetched(**(values | changes))


def test_the_ledger_gives_back_what_was_recorded_latest_first(tmp_path):
    rows = [row(), row(sha256="c", retrieved="2026-04-02T10:00:00Z"), row(dataset="f")]
    for one in rows:
        ledger.record(tmp_path, one)
    assert ledger.read(tmp_path) == rows
    assert ledger.find(tmp_path, "d") == rows[1] and ledger.find(tmp_path, "d", "a") == rows[0]
    assert ledger.find(tmp_path, "d", "z") is None and ledger.find(tmp_path, "g") is None
    assert [path.name for path in tmp_path.iterdir()] == ["fetched.csv"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [(lambda text: text.replace("dataset,", "data,"), "must have the columns dataset, file"),
     (lambda text: text.replace(",3,", ",three,"), "line 2 is cut short"),
     (lambda text: text[:-20], "line 2 is cut short")],
)  # fmt: skip
def test_a_damaged_ledger_is_a_sentence(tmp_path, change, expected):
    ledger.record(tmp_path, row())
    path = tmp_path / "fetched.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(ValueError, match=expected):
        ledger.read(tmp_path)


def test_only_official_hosts_have_an_address():
    assert publishers.origins() == {"https://ec.europa.eu", "https://gisco-services.ec.europa.eu"}
    files = [row.file for row in publishers.publishers().values()]
    assert len(set(files)) == len(files) and all(row.note for row in publishers.publishers().values())


def test_a_catalogued_file_is_fetched_into_its_place():
    from alpclusters_lib.sources import catalogue

    known = catalogue.catalogue()
    both = [name for name in publishers.publishers() if name in known]
    assert len(both) == 5
    assert [name for name in both if publishers.publisher(name).file != known[name].file] == []


def test_a_stand_in_keeps_path_and_query():
    found = publishers.address("sbs_r_nuts06_r2", years="2016", base_url="http://127.0.0.1:9/")
    assert found == (
        "http://127.0.0.1:9/eurostat/api/dissemination/sdmx/2.1/data/sbs_r_nuts06_r2?format=TSV&compressed=true"
        "&startPeriod=2016&endPeriod=2016"
    )
    assert publishers.origins("http://127.0.0.1:9/x") == {"http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(dict(dataset="sbs_r_nuts06"), "did you mean 'sbs_r_nuts06_r2'"),
     (dict(dataset="zzz"), "those with one: sbs_r_nuts06_r2, "),
     (dict(dataset="sbs_na_sca_r2", years="2020-2016"), "is no span of years"),
     (dict(dataset="sbs_na_sca_r2", years="2016-"), "is no span of years"),
     (dict(dataset="gisco_nuts_2016_60m", years="2016"), "polygons and no years"),
     (dict(dataset="sbs_na_sca_r2", base_url="mirror"), "'mirror' is no address"),
     (dict(dataset="sbs_na_sca_r2", base_url="file:///x"), "is no address")],
)  # fmt: skip
def test_a_wrong_address_is_a_sentence(arguments, expected):
    with pytest.raises(ValueError, match=expected):
        publishers.address(**arguments)


def test_gzip_is_what_the_tests_serve():
    assert gzip.decompress(packed(BODY)) == BODY and isinstance(Loopback("x").origin, frozenset)
