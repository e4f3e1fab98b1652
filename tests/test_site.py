"""The site: every report once, in two languages, found by words and filters, without a request that leaves it."""

from __future__ import annotations

import functools
import json
import re
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from alpclusters_lib.reports import site, site_sources
from alpclusters_lib.reports.jobs import Job
from alpclusters_lib.reports.site_entries import Entry, Figure, check, entries_of
from alpclusters_lib.reports.site_methods import rooms
from alpclusters_lib.reports.site_words import KINDS, LANGUAGES, WORDS
from alpclusters_lib.sources.catalogue import catalogue

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


def entry(name: str, kind: str = "case", places: tuple[str, ...] = ("lombardy",), **more) -> Entry:
    figure = Figure(1, "map", f"Map of {name}.", f"figures/{name}/map.png", f"figures/{name}/map.csv")
    words = {
        "titles": {"en": f"Report {name}", "it": f"Rapporto {name}"},
        "findings": {"en": f"Finding of {name}.", "it": ""},
        "country": "IT",
        "families": {"en": "Wood", "it": "Legno"} if kind == "case" else {},
        "year": "2014",
        "thumbnail": f"figures/{name}/map.png",
        "figures": (figure,),
    }
    return Entry(name=name, kind=kind, href=f"reports/{name}.html", places=places, **{**words, **more})


ENTRIES = [
    entry("start", "guide", ()),
    entry("wood"),
    entry("plastics", places=("franche-comte", "upper-austria"), country="AT, FR"),
    entry("café", findings={"en": "Économie <b>sûre</b>", "it": "Risultato di café."}, families={"en": "Food"}),
    entry("paper", places=("AT33",), country="AT"),
    entry("essay", "essay", ()),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder of outputs with the reports of ENTRIES and the site around them."""
    place = tmp_path_factory.mktemp("site")
    for report in ENTRIES:
        for name in (report.href, report.thumbnail, report.figures[0].numbers):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / report.href).write_text(
            f"<!DOCTYPE html><html lang=en><title>{report.name}</title><h1>x</h1><p id=figure-1>y</p></html>"
        )
        (place / report.thumbnail).write_bytes(PNG)
        (place / report.figures[0].numbers).write_text("a\n1\n")
    site.write_site(ENTRIES, place)
    return place


def read(path: Path) -> BeautifulSoup:
    return parsed(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=64)
def parsed(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


@functools.cache
def anchors(path: Path) -> set[str]:
    return {tag["id"] for tag in read(path).find_all(id=True)}


def own_pages(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.html"), *(folder / "regions").glob("*.html")])


# --- what stands on the pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "page"), [("en", "index.html"), ("it", "index.it.html")])
def test_overview_shows_every_report_once(folder, language, page):
    soup = read(folder / page)
    assert soup.html["lang"] == language
    tiles = soup.select(".tile")
    assert sorted(tile.a["href"] for tile in tiles) == sorted(report.href for report in ENTRIES)
    tile = next(tile for tile in tiles if tile.a["href"] == "reports/wood.html")
    assert tile.a.get_text() == ("Report wood" if language == "en" else "Rapporto wood")
    assert tile.p.get_text() == "Finding of wood."
    assert tile.p.get("lang") == (None if language == "en" else "en"), "an English finding says so"
    assert [tag.get_text() for tag in tile.select(".tags li")] == [KINDS["case"][language], "IT", "2014"]
    assert all(image["loading"] == "lazy" for image in soup.find_all("img"))


def test_user_text_is_text(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<b>sûre" not in page and "&lt;b&gt;sûre" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_region_has_a_page_with_its_reports(folder, language):
    ending = ".html" if language == "en" else ".it.html"
    names = {"lombardy": {"wood", "café"}, "upper-austria": {"plastics"}, "AT33": {"paper"}, "fribourg": set()}
    for key, reports in names.items():
        soup = read(folder / "regions" / f"{key}{ending}")
        assert {Path(a["href"]).stem for a in soup.select(".tile :is(h3) a")} == reports
        if not reports:
            assert WORDS[language]["region_none"] in soup.main.get_text()
    home = read(folder / f"index{ending}")
    links = {a["href"] for a in home.select("svg a")}
    assert f"regions/lombardy{ending}" in links and f"regions/AT33{ending}" in links
    assert links == {a["href"] for a in home.select(".places a")}, "the list beside the map leads to the same"
    assert all(a["aria-label"] for a in home.select("svg a"))


def test_map_draws_every_region_inside_its_frame(folder):
    svg = read(folder / "index.html").svg
    _, _, width, height = map(float, svg["viewbox"].split())
    for link in svg.find_all("a"):
        numbers = [float(n) for n in re.findall(r"-?\d+", link.path["d"])]
        xs, ys = numbers[::2], numbers[1::2]
        assert len(xs) >= 3 and min(xs) >= 0 and max(xs) <= width, link["href"]
        assert min(ys) <= height and max(ys) >= 0
    assert len(svg.find_all("a")) == 12


def test_gallery_data_and_citation(folder):
    gallery = read(folder / "figures.html")
    assert [image["src"] for image in gallery.select(".tile img")] == [r.thumbnail for r in ENTRIES]
    assert all(image["alt"].startswith("Map of") for image in gallery.select(".tile img"))
    data = read(folder / "data.html").get_text()
    for published in catalogue().values():
        assert published.sha256 in data and published.licence in data and published.dataset in data
    for table in site_sources.processed_tables():
        assert table.sha256 in data and f"{table.rows:,}" in data
    cite = [pre.get_text() for pre in read(folder / "cite.html").find_all("pre")]
    assert cite[0].startswith("@software{alpclusters,") and len(cite) == 1 + len(catalogue())
    assert all(text.count("{") == text.count("}") for text in cite)


def test_methods_come_from_docstrings_with_mathml(folder):
    soup = read(folder / "methods.html")
    known = [method for room in rooms() for method in room.methods]
    assert len(known) > 100 and all(method.says.endswith((".", "?")) for method in known)
    quotient = soup.find(id="indicators-specialisation-location_quotient")
    assert quotient.math and "Florence" in quotient.get_text() and "1.875000" in quotient.get_text()
    assert ".. math::" not in soup.get_text() and ":func:" not in soup.get_text()
    glossary = read(folder / "glossary.html")
    targets = {article["id"] for article in soup.select("article")}
    assert {a["href"].partition("#")[2] for a in glossary.select("dt a")} == targets


def test_every_link_of_every_page_leads_somewhere(folder):
    for page in own_pages(folder):
        soup = read(page)
        for link in soup.find_all("a", href=True):
            address, _, anchor = link["href"].partition("#")
            if address.startswith("https://") or address.startswith("http://"):
                continue
            target = (page.parent / address).resolve() if address else page
            assert target.is_file(), f"{page.name}: {link['href']}"
            if anchor:
                assert anchor in anchors(target), f"{page.name}: {link['href']}"


def test_pages_load_nothing_and_ids_are_unique(folder):
    for page in own_pages(folder):
        soup = read(page)
        assert soup.select("link[href^=http], script[src], iframe, style[src], img[src^=http]") == []
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), page.name
        assert page.stat().st_size < 1_500_000


def test_same_reports_same_bytes(folder, tmp_path):
    before = {path.name: path.read_bytes() for path in own_pages(folder)}
    zipped = (folder / site.ZIP).read_bytes()
    changed = {path: path.stat().st_mtime_ns for path in own_pages(folder)}
    site.write_site(ENTRIES, folder)
    assert {path.name: path.read_bytes() for path in own_pages(folder)} == before
    assert (folder / site.ZIP).read_bytes() == zipped
    assert {path: path.stat().st_mtime_ns for path in own_pages(folder)} == changed, "what is the same stays untouched"


def test_zip_holds_the_whole_site(folder, tmp_path):
    with zipfile.ZipFile(folder / site.ZIP) as archive:
        archive.extractall(tmp_path)
    for path in (tmp_path / "alpclusters-reports").rglob("*.html"):
        for link in read(path).find_all("a", href=True):
            address = link["href"].partition("#")[0]
            assert not address or address.startswith("http") or (path.parent / address).is_file(), (
                f"{path.name}: {address}"
            )


def test_region_without_a_report_any_more_loses_its_page(folder, tmp_path):
    for report in ENTRIES:
        for name in (report.href, report.thumbnail, report.figures[0].numbers):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes((folder / name).read_bytes())
    site.write_site(ENTRIES, tmp_path)
    assert (tmp_path / "regions" / "AT33.html").is_file()
    site.write_site(ENTRIES[:2], tmp_path)
    assert not (tmp_path / "regions" / "AT33.html").exists() and (tmp_path / "regions" / "lombardy.html").is_file()


def test_no_reports_is_said(tmp_path):
    page = BeautifulSoup(site.pages([])["index.html"], "html.parser")
    assert WORDS["en"]["empty"] in page.main.get_text() and not page.select(".tile")


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["it"].keys()
    assert all(names.keys() == set(LANGUAGES) for names in KINDS.values())


# --- from the ledger -----------------------------------------------------------------------------------------


def made(**changes) -> dict[str, object]:
    summary = {"title": "Machinery in Lombardy", "finding": "Specialised.", "thumbnail": "map", "country": "IT"}
    files = {"reports/machinery-lombardy.html": "", "figures/machinery-lombardy/map.png": ""}
    figures = [{"name": "map", "alt": "A map."}, {"name": "gone", "alt": "x"}]
    return {"kind": "case", "title": "T", "summary": summary, "figures": figures, "files": files, **changes}


CASE = Job("machinery-lombardy", "03.ipynb", "case", "T", {"case_name": "machinery-lombardy"})


def test_cards_come_from_the_ledger():
    (card,) = entries_of({"machinery-lombardy": made(), "unknown": made()}, [CASE, Job("x", "x", "case", "X")])
    assert (card.title("en"), card.finding("it"), card.speaks("it")) == ("Machinery in Lombardy", "Specialised.", "en")
    assert card.places == ("lombardy",) and card.thumbnail == "figures/machinery-lombardy/map.png"
    assert [(f.number, f.name, f.alt) for f in card.figures] == [(1, "map", "A map.")]
    (bare,) = entries_of({"machinery-lombardy": made(summary={}, figures=[], files={})}, [CASE])
    assert bare.title("en") == "T" and bare.finding("en") == "" and bare.thumbnail == "" and bare.country == "IT"


def test_report_of_a_region_has_an_italian_title():
    job = Job("partners-lombardy", "07.ipynb", "partners", "Partners: Lombardy", {"region": "lombardy"})
    (card,) = entries_of({"partners-lombardy": made(kind="partners")}, [job])
    assert card.title("it") == "Partner: Lombardia"


@pytest.mark.parametrize("part", ["href", "thumbnail"])
@pytest.mark.parametrize("address", ["/etc/passwd", "../x.html", "https://x.org", "javascript:alert(1)", "a/../b"])
def test_addresses_stay_inside_the_folder(part, address):
    with pytest.raises(ValueError, match="leads out of the outputs folder"):
        check([entry("wood", **{part: address})] if part == "thumbnail" else [_with_href(address)])


def _with_href(address: str) -> Entry:
    return Entry(name="wood", kind="case", titles={"en": "x"}, findings={}, href=address)


def test_doubled_names_are_refused():
    with pytest.raises(ValueError, match="two reports are named 'wood'"):
        check([entry("wood"), entry("wood")])


# --- in a browser --------------------------------------------------------------------------------------------


def shown(page) -> list[str]:
    names = page.eval_on_selector_all(".tile:not([hidden]) a[href^=reports]", "links => links.map(a => a.href)")
    return sorted({Path(name.partition("#")[0]).stem for name in names})


@pytest.mark.browser
def test_browser_searches_and_filters(folder, visit):
    page = visit(folder / "index.html").page
    status = page.locator("[role=status]")
    assert status.inner_text() == "6 of 6 reports"
    page.get_by_label("Search titles and findings").fill("ECONOMIE sure")
    assert shown(page) == ["caf%C3%A9"] and status.inner_text() == "1 of 6 reports"
    page.get_by_label("Search titles and findings").fill("zinc")
    assert shown(page) == [] and page.locator(".nothing").is_visible()
    page.get_by_label("Search titles and findings").fill("")
    page.get_by_label("Country").select_option("AT")
    assert shown(page) == ["paper", "plastics"]
    page.get_by_label("Cluster family").select_option("Wood")
    page.get_by_label("Kind of report").select_option("case")
    page.get_by_label("Country").select_option("FR")
    assert shown(page) == ["plastics"]
    assert page.locator("[data-group]:not([hidden])").count() == 1, "groups without a report are not shown"


@pytest.mark.browser
def test_browser_changes_the_language_and_stays_on_the_page(folder, visit):
    page = visit(folder / "regions" / "lombardy.html").page
    page.get_by_role("link", name="Italiano").click()
    page.wait_for_load_state()
    assert page.url.endswith("regions/lombardy.it.html") and page.locator("h1").inner_text() == "Lombardia"
    page.get_by_role("link", name="Panoramica").click()
    page.wait_for_load_state()
    assert page.url.endswith("index.it.html")
    page.get_by_label("Famiglia di cluster").select_option("Legno")
    assert "wood" in shown(page) and "start" not in shown(page)
    page.get_by_role("link", name="English").click()
    page.wait_for_load_state()
    assert page.url.endswith("/index.html")


@pytest.mark.browser
def test_browser_reaches_a_region_on_the_map_by_keyboard(folder, visit):
    page = visit(folder / "index.html").page
    page.locator("svg a[aria-label=Lombardy]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("regions/lombardy.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop skips the bar"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "color_scheme"), [(360, "light"), (1280, "dark")])
def test_browser_shows_every_page_without_a_network(folder, visit, width, color_scheme):
    for path in own_pages(folder):
        if "regions" in str(path) and path.stem.split(".")[0] not in ("lombardy", "fribourg"):
            continue
        seen = visit(path, width=width, color_scheme=color_scheme)
        assert seen.foreign_requests == [] and seen.complaints == [], path.name
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        seen.page.close()


AXE_PAGES = ("index.it.html", "regions/lombardy.html", "figures.html", "data.html", "glossary.html", "cite.html")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("color_scheme", "names"), [("light", ("index.html", "methods.html")), ("dark", AXE_PAGES)], ids=["light", "dark"]
)
def test_browser_finds_nothing_against_the_rules_of_axe(folder, visit, color_scheme, names, axe):
    for name in names:
        page = visit(folder / name, color_scheme=color_scheme).page
        found = axe(page)
        assert found == [], f"{name}: {json.dumps(found, indent=1)[:2000]}"
        page.close()


@pytest.mark.browser
def test_browser_prints_without_bar_and_search(folder, visit):
    page = visit(folder / "index.html").page
    page.emulate_media(media="print")
    assert not page.locator(".finder").is_visible() and page.locator(".tile").first.is_visible()
    assert not page.get_by_role("link", name="Italiano").is_visible()
