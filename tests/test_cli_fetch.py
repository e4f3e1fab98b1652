"""`alpclusters data fetch`: from a publisher that behaves and from one that does not, into the tables.

The publisher is a server on this machine. Whatever goes wrong is one sentence and exit code 2, and the file that
was there is as it was.
"""

from __future__ import annotations

import errno
import functools
import json
import shutil
import stat
import sys
import time
import zlib
from dataclasses import replace

import pandas as pd
import pytest
from loopback import FAST, chunked, loopback, packed, ranged, redirect, send, tsv

from alpclusters_lib import cli, paths, regions
from alpclusters_lib.cleaning import employment, refresh
from alpclusters_lib.sources import catalogue, download, gisco, inspection, ledger, publishers

__all__ = ["loopback"]  # a fixture

REGIONAL, POLYGONS = "sbs_r_nuts06_r2", "gisco_nuts_2021_03m_2"
SBS = "/eurostat/api/dissemination/sdmx/2.1/data/sbs_r_nuts06_r2"
LEVEL_2 = "/distribution/v2/nuts/geojson/NUTS_RG_03M_2021_4326_LEVL_2.geojson"
YEARS = list(range(2008, 2017))
# C28 in two regions; FRC2 under its code of 2016, where the older vintage has FR43
CELLS = {
    "A,C28,V16110,ITC4": ["131000"] * 6 + ["133600", "134000 p", "135250"],
    "A,C28,V16110,FRC2": [": @C"] * 6 + ["7000 b", ":", "7100"],
    "A,C28,V11210,ITC4": ["9000"] * 9,
}
NEXT = tsv(CELLS, YEARS)
# The layout of the bulk files until 2022, newest year first and without frequency
BEFORE = (
    "nace_r2,indic_sb,geo\\time\t2015 \t2014 \nC28,V16110,ITC4\t: \t133542 \nC28,V16110,FR43\t: \t7000 b\n"
    "C28,V11210,ITC4\t9000 \t9000 e\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of published files, empty."""
    monkeypatch.setenv("ALPCLUSTERS_RAW", str(tmp_path / "raw"))
    return tmp_path / "raw"


@pytest.fixture
def target(folder):
    return folder / "eurostat" / "sbs_r_nuts06_r2.tsv.gz"


@pytest.fixture
def placed(target):
    """Return the regional file with the older vintage in it."""
    target.parent.mkdir(parents=True)
    target.write_bytes(packed(BEFORE.encode()))
    return target


@pytest.fixture
def run_cli(monkeypatch, capfd, loopback):
    """Return a function that runs the verb against the loopback server, without waiting."""
    waits = []
    request = functools.partial(refresh.Request, limits=FAST, sleep=waits.append)
    monkeypatch.setattr(refresh, "Request", request)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["alpclusters", "data", "fetch", "--base-url", loopback.base, *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
            sys.exit(0)
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return end.value.code or 0, said.out, said.err

    run.waits = waits
    return run


def refused(result: tuple[int, str, str]) -> str:
    code, _, err = result
    assert code == 2 and err.startswith("alpclusters: ") and err.count("\n") == 1, result
    return err.strip().removeprefix("alpclusters: ")


def files(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# --- what goes well ---------------------------------------------------------------------------------------


def test_a_missing_file_is_fetched_noted_and_accepted_by_the_catalogue(run_cli, loopback, folder, target):
    loopback.serve(SBS, chunked(packed(NEXT)))
    code, out, err = run_cli(REGIONAL)
    assert (code, err) == (0, "")
    assert out.startswith(f"{REGIONAL}: fetched: eurostat/sbs_r_nuts06_r2.tsv.gz, ") and out.count("\n") == 1
    assert loopback.paths() == [f"{SBS}?format=TSV&compressed=true"]
    assert target.read_bytes() == packed(NEXT) and files(folder) == {"fetched.csv", "eurostat/sbs_r_nuts06_r2.tsv.gz"}
    (row,) = ledger.read(folder)
    assert (row.dataset, row.file, row.bytes) == (REGIONAL, "eurostat/sbs_r_nuts06_r2.tsv.gz", len(packed(NEXT)))
    assert row.sha256 == catalogue.sha256_of(target) and row.content_bytes == len(NEXT)
    assert abs(pd.Timestamp.now("UTC") - pd.Timestamp(row.retrieved)) < pd.Timedelta("1min")
    assert catalogue.raw_file(REGIONAL) == target
    vintage = catalogue.vintage(REGIONAL)
    assert (vintage.retrieved, vintage.sha256, vintage.bytes) == (row.retrieved, row.sha256, row.bytes)
    assert vintage.url == row.url and vintage.title == catalogue.source(REGIONAL).title
    assert vintage.reference == f"Eurostat, {REGIONAL}, retrieved {row.retrieved[:10]}"


def test_a_file_that_the_ledger_does_not_know_is_still_refused(run_cli, loopback, target):
    loopback.serve(SBS, send(packed(NEXT)))
    run_cli(REGIONAL)
    target.write_bytes(packed(NEXT + b"A,C28,V16110,AT31" + b"\t: " * 9 + b"\n"))
    with pytest.raises(ValueError, match=r"has SHA-256 .* where data/raw/sources\.csv says"):
        catalogue.raw_file(REGIONAL)
    with pytest.raises(ValueError, match="another vintage"):
        catalogue.vintage(REGIONAL)


def test_a_file_that_is_here_stays_and_nobody_is_asked(run_cli, loopback, placed):
    before = placed.read_bytes(), placed.stat().st_mtime_ns
    code, out, err = run_cli(REGIONAL)
    assert (code, err, loopback.asked) == (0, "", [])
    assert f"{REGIONAL}: kept: {placed.stat().st_size} bytes, of unknown origin; --replace compares" in out
    assert (placed.read_bytes(), placed.stat().st_mtime_ns) == before


def test_next_years_enter_the_chain_after_a_report(run_cli, loopback, folder, placed):
    """The next vintage, served here: fetched, compared, put in place, read, cleaned; its year is there."""
    old = placed.read_bytes()
    loopback.serve(SBS, send(packed(NEXT)))
    code, out, err = run_cli(REGIONAL, "--replace", "--yes")
    assert (code, err) == (0, "")
    assert "  new years: 2008-2013, 2016" in out
    # FR43 is FRC2 of 2016: neither gone nor added
    assert "  cells added: 22; gone: 0\n" in out
    assert "  values revised: 1 of 4 in both; newly published: 0; withdrawn: 0\n" in out
    assert "  flags changed: 1\n" in out
    assert out.count("    C28, V16110, ITC4, 2014: 133,542 -> 133,600 (+58, +0.0 %)\n") == 2
    (report,) = (folder / "revisions").iterdir()
    assert report.read_text().splitlines()[0] == f"{REGIONAL}: what the publisher's file changes"
    assert all(line in out for line in report.read_text().splitlines())
    (kept,) = (folder / "replaced").iterdir()
    assert kept.read_bytes() == old and f"the former file is replaced/{kept.name}" in out

    table = publishers.read_table(catalogue.raw_file(REGIONAL))
    options = dict(indicator="V16110", sectors=["C28"], recodes=regions.recodes().to_dict())
    found = employment.regional_cells(table, **options).set_index(["region", "year"])
    assert found.loc[("ITC4", 2016), ["value", "status"]].tolist() == [135250.0, "observed"]
    assert found.loc[("FRC2", 2016), "value"] == 7100.0
    assert found.loc[("FRC2", 2010), "status"] == "confidential"


def test_the_same_content_packed_otherwise_changes_nothing(run_cli, loopback, folder, placed):
    before = placed.read_bytes()
    loopback.serve(SBS, send(BEFORE.encode()))
    code, out, _ = run_cli(REGIONAL, "--replace")
    assert code == 0 and "unchanged: the publisher's file says what sbs_r_nuts06_r2.tsv.gz says" in out
    assert placed.read_bytes() == before and files(folder) == {"eurostat/sbs_r_nuts06_r2.tsv.gz"}


def test_a_question_that_nobody_can_answer_replaces_nothing(run_cli, loopback, folder, placed, monkeypatch):
    before = placed.read_bytes()
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    loopback.serve(SBS, send(packed(NEXT)))
    sentence = refused(run_cli(REGIONAL, "--replace"))
    assert "--yes answers yes; nothing was replaced" in sentence
    assert placed.read_bytes() == before
    assert {name.split("-")[0] for name in files(folder)} == {
        "eurostat/sbs_r_nuts06_r2.tsv.gz",
        f"revisions/{REGIONAL}",
    }


@pytest.mark.parametrize("answer", [True, False])
def test_a_question_is_answered_by_the_reader(run_cli, loopback, placed, monkeypatch, answer):
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question: asked.append(question) or answer)
    loopback.serve(SBS, send(packed(NEXT)))
    code, out, _ = run_cli(REGIONAL, "--replace")
    assert code == 0 and asked == ["Replace sbs_r_nuts06_r2.tsv.gz?"]
    assert (placed.read_bytes() == packed(NEXT)) == answer
    assert ("was not replaced" in out) != answer


def test_a_damaged_file_may_be_replaced(run_cli, loopback, placed):
    placed.write_bytes(b"\x1f\x8bnonsense")
    loopback.serve(SBS, send(packed(NEXT)))
    code, out, _ = run_cli(REGIONAL, "--replace", "--yes")
    assert code == 0 and "cannot be read, so nothing is compared" in out
    assert placed.read_bytes() == packed(NEXT)


def test_another_folder_leaves_the_first_alone_and_is_compared_with_it(run_cli, loopback, tmp_path, placed):
    before = placed.read_bytes()
    loopback.serve(SBS, send(packed(NEXT)))
    code, out, _ = run_cli(REGIONAL, "--to", str(tmp_path / "other"))
    assert code == 0 and "  new years: " in out and placed.read_bytes() == before
    assert catalogue.raw_file(REGIONAL, folder=tmp_path / "other").read_bytes() == packed(NEXT)


def test_years_are_asked_of_eurostat(run_cli, loopback, folder):
    loopback.serve(SBS, send(packed(NEXT)))
    run_cli(REGIONAL, "--years", "2008-2016")
    assert loopback.paths() == [f"{SBS}?format=TSV&compressed=true&startPeriod=2008&endPeriod=2016"]


def geojson(*names: str) -> bytes:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    features = [
        {"type": "Feature", "geometry": square,
         "properties": {"NUTS_ID": name, "LEVL_CODE": 2, "CNTR_CODE": name[:2], "NAME_LATN": name}}
        for name in names
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_polygons_are_packed_as_their_name_says_and_compared(run_cli, loopback, folder):
    loopback.serve(LEVEL_2, send(geojson("AT31", "ITC4")), send(geojson("AT31", "SI03")))
    assert run_cli(POLYGONS)[0] == 0
    path = catalogue.raw_file(POLYGONS)
    assert path.read_bytes()[:2] == b"\x1f\x8b"
    assert gisco.read_boundaries(path)["region"].tolist() == ["AT31", "ITC4"]
    code, out, _ = run_cli(POLYGONS, "--replace", "--yes")
    assert code == 0 and "  regions added: 1 (SI03)\n  regions gone: 1 (ITC4)\n" in out
    assert gisco.read_boundaries(catalogue.raw_file(POLYGONS))["region"].tolist() == ["AT31", "SI03"]


def test_a_successor_in_sdmx_csv_is_fetched_and_known(run_cli, loopback, folder):
    header = "DATAFLOW,LAST UPDATE,freq,nace_r2,indic_sbs,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
    row = "ESTAT:SBS_R_NUTS2021(1.0),30/09/26 11:00:00,A,C28,EMP_LOC_NR,ITC4,2022,134000,,\n"
    loopback.serve(SBS.replace(REGIONAL, "sbs_r_nuts2021"), send(packed((header + row).encode())))
    assert run_cli("sbs_r_nuts2021")[0] == 0
    path = catalogue.raw_file("sbs_r_nuts2021")
    assert publishers.read_table(path)["value"].tolist() == [134000.0]
    assert catalogue.vintage("sbs_r_nuts2021").publisher == "Eurostat"


def test_without_a_name_all_are_listed_and_fetched_and_a_failure_stops_none(run_cli, loopback, folder, placed):
    loopback.serve(LEVEL_2, send(geojson("AT31")))
    code, out, err = run_cli("--years", "2014-2016")
    assert code == 2 and err.count("\n") == 1 and "answers 404" in err and err.endswith("; 2 of 7 done\n")
    lines = out.splitlines()
    assert lines[0] == "7 data sets have an address:"
    assert [line.split()[0] for line in lines[1:8]] == list(publishers.publishers())
    assert "of unknown origin" in lines[1] and "not here" in lines[2]
    assert any(line.startswith(f"{POLYGONS}: fetched") for line in lines)
    assert all("startPeriod" in path for path in loopback.paths() if "eurostat" in path)


def test_a_connection_that_breaks_is_said_and_gone_on_with(run_cli, loopback, target):
    body = packed(tsv({f"A,C28,V16110,R{n}": [str(n * 7919)] * 9 for n in range(2000)}, YEARS))
    loopback.serve(SBS, send(body, reset=True, ETag='"v1"'), ranged(body, '"v1"'))
    code, out, _ = run_cli(REGIONAL)
    assert code == 0 and "broke off after" in out and "attempt 2 of 4" in out
    assert loopback.asked[1][1]["Range"].startswith("bytes=") and target.read_bytes() == body


# --- the publisher's queue --------------------------------------------------------------------------------

ASYNC = "/eurostat/api/dissemination/1.0/async"


def envelope(status: str) -> bytes:
    inner = f"<queued><id>a801-f1</id><status>{status}</status></queued>"
    return f'<env:Envelope xmlns:env="e"><env:Body><ns0:syncResponse>{inner}</ns0:syncResponse></env:Body>'.encode()


def test_a_queued_request_is_waited_for(run_cli, loopback, target):
    loopback.serve(SBS, send(envelope("SUBMITTED")))
    loopback.serve(f"{ASYNC}/status/a801-f1", send(envelope("PROCESSING")), send(envelope("AVAILABLE")))
    loopback.serve(f"{ASYNC}/data/a801-f1", send(packed(NEXT)))
    code, out, err = run_cli(REGIONAL)
    assert (code, err) == (0, "") and "queued the request (SUBMITTED); waiting for its result" in out
    assert run_cli.waits == [5, 5] and target.read_bytes() == packed(NEXT)
    assert loopback.paths()[-1] == f"{ASYNC}/data/a801-f1?format=TSV&compressed=true"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("PROCESSING", "still in the publisher's queue after 3 looks"), ("EXPIRED", "queue answers EXPIRED"),
     ("NO_RESULTS", "queue answers NO_RESULTS")],
)  # fmt: skip
def test_a_queue_without_an_end_is_a_sentence(run_cli, loopback, folder, status, expected):
    loopback.serve(SBS, send(envelope("SUBMITTED")))
    loopback.serve(f"{ASYNC}/status/a801-f1", send(envelope(status)))
    assert expected in refused(run_cli(REGIONAL))
    assert files(folder) == set()


def test_a_notice_without_a_key_is_a_sentence(run_cli, loopback, folder):
    notice = b'{"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Please try again later."}}'
    loopback.serve(SBS, send(notice))
    assert "asynchronously" in refused(run_cli(REGIONAL)) and files(folder) == set()


# --- a publisher that does not behave ---------------------------------------------------------------------


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(NEXT) + packer.compress(b" " * 60_000_000) + packer.flush()


BAD = {
    "absent": ([send(b"no", 404)], "answers 404"),
    "always failing": ([send(b"", 500)], "answers 500; 4 attempts failed"),
    "too busy": ([send(b"", 429, Retry_After="9999")], "asks to come back in 9,999 s"),
    "cut short": ([send(packed(NEXT)[:50], claim=900)], "broke off after 50 of 900 bytes"),
    "always breaking": ([send(packed(NEXT), reset=True)], "broke off after"),
    "half a gzip file": ([send(packed(NEXT)[:-12])], "cut short"),
    "a page": ([send(b"<!doctype html><title>Error</title>")], "an HTML page (Error)"),
    "another layout": ([send(geojson("AT31"))], "would be right"),
    "empty": ([send(b"")], "is empty"),
    "moved away": ([redirect("https://example.org/x")], "redirects to https://example.org"),
    "made to burst": ([send(bomb())], "unpacks to more than"),
    "silent": ([send(packed(NEXT), pause=1.0)], "sent nothing for 0.8 s"),
    "no number": ([send(packed(NEXT.replace(b"135250", b"1352x0")))], "has a cell '1352x0'"),
    "doubled": ([send(packed(NEXT + NEXT.split(b"\n", 1)[1]))], "doubled rows"),
}


@pytest.mark.parametrize("here", [True, False], ids=["file here", "none here"])
@pytest.mark.parametrize("case", BAD)
def test_whatever_goes_wrong_is_one_sentence_and_the_file_is_as_it_was(
    run_cli, loopback, folder, target, monkeypatch, case, here
):
    if here:
        target.parent.mkdir(parents=True)
        target.write_bytes(packed(BEFORE.encode()))
    if case == "silent":  # each attempt takes its time
        patient = functools.partial(refresh.Request.func, limits=replace(FAST, attempts=1), sleep=time.sleep)
        monkeypatch.setattr(refresh, "Request", patient)
    answers, expected = BAD[case]
    loopback.serve(SBS, *answers)
    before = target.read_bytes() if here else None
    assert expected in refused(run_cli(REGIONAL, "--replace", "--yes"))
    assert (target.read_bytes() if target.exists() else None) == before
    left = files(folder) - {"eurostat/sbs_r_nuts06_r2.tsv.gz"}
    # only what another run can go on with may stay
    assert left in (set(), {f"eurostat/sbs_r_nuts06_r2.tsv.gz.part{end}" for end in ("", ".json")})
    assert ("broke off" in expected or "sent nothing" in expected) == bool(left)


@pytest.mark.parametrize("where", ["the part", "the packed file", "the ledger"])
def test_a_full_disk_is_one_sentence_and_the_file_is_as_it_was(run_cli, loopback, folder, placed, monkeypatch, where):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    module, name = {
        "the part": (download, "_write"), "the packed file": (shutil, "copyfile"), "the ledger": (ledger, "record"),
    }[where]  # fmt: skip
    monkeypatch.setattr(module, name, full)
    before = placed.read_bytes()
    loopback.serve(SBS, send(packed(NEXT)))
    assert "(No space left on device); make room" in refused(run_cli(REGIONAL, "--replace", "--yes"))
    assert placed.read_bytes() == before
    assert {name.split("/")[0] for name in files(folder)} <= {"eurostat", "revisions", "replaced"}
    assert len(list(placed.parent.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(run_cli, loopback, folder, monkeypatch):
    loopback.serve(SBS, send(packed(NEXT)))
    folder.mkdir()
    (folder / "eurostat").write_text("a file where the folder should be")
    assert "cannot write in" in refused(run_cli(REGIONAL))
    assert stat.S_ISREG((folder / "eurostat").stat().st_mode)


def test_the_reader_of_a_place_never_sees_a_part(run_cli, loopback, placed, monkeypatch):
    """When the step into the place fails, the old file is there, whole."""
    before = placed.read_bytes()

    def broken(source, destination):
        if str(destination).endswith(".gz"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(source, destination)

    real = refresh.os.replace
    monkeypatch.setattr(refresh.os, "replace", broken)
    loopback.serve(SBS, send(packed(NEXT)))
    assert "Permission denied" in refused(run_cli(REGIONAL, "--replace", "--yes"))
    assert placed.read_bytes() == before and [path.name for path in placed.parent.iterdir()] == [placed.name]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("sbs_r_nuts06",), "no address for the data set 'sbs_r_nuts06' in data/raw/publishers.csv; did you mean"),
        ((REGIONAL, "sbs_x"), "no address for the data set 'sbs_x'"),
        ((REGIONAL, "--years", "2016-2008"), "'2016-2008' is no span of years"),
        ((POLYGONS, "--years", "2016"), "holds polygons and no years"),
        ((REGIONAL, "--yes"), "--yes answers the question of --replace"),
        ((REGIONAL, "--base-url", "mirror"), "'mirror' is no address"),
    ],
)
def test_wrong_use_is_one_sentence_before_anything_is_asked(run_cli, loopback, folder, arguments, expected):
    assert expected in refused(run_cli(*arguments))
    assert loopback.asked == [] and not folder.exists()


def test_help_says_what_it_does_and_loads_nothing_heavy(run_cli):
    import subprocess

    code = (
        "import sys; from alpclusters_lib import cli; "
        "print([m for m in ('requests', 'urllib3', 'pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.root(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    status, out, _ = run_cli("--help")
    assert status == 0 and "--replace" in out and "publishers" in out


def test_the_real_limits_are_sane():
    limits = download.Limits()
    assert limits.connect < limits.read < limits.total and limits.attempts >= 3
    assert sum(limits.backoff * 2**n for n in range(limits.attempts - 1)) < limits.longest_wait
    assert limits.bytes < inspection.MAXIMUM_CONTENT


@pytest.mark.raw
def test_the_published_file_is_as_catalogued_and_stays(run_cli, loopback, raw_folder, monkeypatch):
    monkeypatch.setenv("ALPCLUSTERS_RAW", str(raw_folder))
    code, out, _ = run_cli(REGIONAL)
    assert code == 0 and "3,053,752 bytes, as catalogued; --replace" in out and loopback.asked == []
    assert catalogue.vintage(REGIONAL) == catalogue.source(REGIONAL)
