"""The index page: every report once, with a working link, a described picture and its sources."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from alpclusters_lib.reports.site import IndexEntry, build_index, entries_of

FROM = {
    "version": "1.2.3",
    "vintage": "base year 2014, NUTS 2016",
    "licence": "MIT",
    "sources": [
        {"name": "Eurostat, SBS", "url": "https://ec.europa.eu/eurostat", "licence": "CC BY 4.0."},
        {"name": "Field notes", "url": "", "licence": ""},
    ],
}


def entry(name: str, kind: str = "case", region: str = "Tirol", title: str = "") -> IndexEntry:
    case = kind == "case"
    return IndexEntry(
        name=name,
        title=title or f"Report {name}",
        finding=f"Finding of {name}.",
        kind=kind,
        region_label=region if case else "",
        country="AT" if case else "",
        family_label="Wood" if case else "",
        year=2014 if case else "",
        href=f"reports/{name}.html",
        thumbnail=f"figures/{name}/map.png",
        thumbnail_alt=f"Map of {name}.",
    )


ENTRIES = [
    entry("start", "guide"),
    entry("wood", region="Tirol"),
    entry("plastics", region="Île-de-Savoie"),
    entry("atlas-eusalp", "atlas"),
    entry("steel", region="Kärnten"),
    entry("paper", region="Tirol"),
    entry("essay", "essay"),
]


def page_of(entries=ENTRIES, **changes) -> BeautifulSoup:
    return BeautifulSoup(build_index(entries, generated_from={**FROM, **changes}), "html.parser")


def test_every_report_once_with_its_words():
    page = page_of()
    tiles = page.select(".tile")
    assert sorted(tile.a["href"] for tile in tiles) == sorted(f"reports/{e.name}.html" for e in ENTRIES)
    tile = next(tile for tile in tiles if tile.a["href"] == "reports/wood.html")
    assert tile.a.get_text() == "Report wood" and tile.p.get_text() == "Finding of wood."
    assert [tag.get_text() for tag in tile.select(".tags li")] == ["Wood", "AT", "2014"]
    assert tile.img["src"] == "figures/wood/map.png" and tile.img["loading"] == "lazy"
    assert all(image["alt"] for image in page.find_all("img"))


def test_cases_stand_under_their_region_and_others_after_them():
    page = page_of()
    assert [h.get_text() for h in page.main.find_all("h3", id=True)] == ["Île-de-Savoie", "Kärnten", "Tirol"]
    tirol = page.find("h3", string="Tirol").find_next("ul")
    assert [a.get_text() for a in tirol.find_all("a")] == ["Report paper", "Report wood"]
    headings = ["Cluster case studies", "Atlas", "How to read and what it rests on", "Further reports"]
    assert [h.get_text() for h in page.main.find_all("h2")] == headings
    for link in page.select("nav a"):
        assert page.find(id=link["href"][1:])


def test_header_and_footer_say_where_it_comes_from():
    page = page_of()
    assert "base year 2014, NUTS 2016. Version 1.2.3. 7 reports." in page.main.get_text()
    links = {a.get_text(): a["href"] for a in page.footer.find_all("a")}
    assert links == {"Eurostat, SBS": "https://ec.europa.eu/eurostat"}
    assert "CC BY 4.0" in page.footer.get_text() and "Field notes" in page.footer.get_text()
    with pytest.raises(ValueError, match="vintage missing"):
        build_index(ENTRIES, generated_from={"version": "1"})


def test_index_loads_nothing_from_elsewhere():
    page = page_of()
    assert page.find("script") is None
    for tag in page.find_all(["img", "link", "source"]):
        assert ":" not in str(tag.get("src") or tag.get("href")).removeprefix("data:")
    assert all("url(" not in s.get_text() and "@import" not in s.get_text() for s in page.find_all("style"))


def test_text_is_escaped():
    bad = '<script>alert(1)</script> & "x"'
    changed = replace(ENTRIES[1], title=bad, finding=bad, region_label=bad, family_label=bad, thumbnail_alt=bad)
    page = page_of([changed], vintage=bad)
    assert page.find("script") is None
    assert page.select_one(".tile a").get_text() == bad and page.img["alt"] == bad


def test_same_entries_same_bytes_and_cases_in_any_order():
    cases = [e for e in ENTRIES if e.kind == "case"]
    assert build_index(cases, generated_from=FROM) == build_index(cases[::-1], generated_from=FROM)


def test_no_reports_is_said():
    page = page_of([])
    assert "No report has been made yet." in page.get_text() and "0 reports" in page.get_text()


@pytest.mark.parametrize(
    "address", ["https://example.org/x.html", "javascript:alert(1)", "/etc/passwd", "../x.html", "//x"]
)
@pytest.mark.parametrize("part", ["href", "thumbnail"])
def test_addresses_stay_inside_the_folder(part, address):
    with pytest.raises(ValueError, match=r"report 'start': the address .* leads out"):
        page_of([replace(ENTRIES[0], **{part: address})])


def test_doubled_names_and_silent_pictures_are_refused():
    with pytest.raises(ValueError, match="two reports are named 'wood'"):
        page_of([entry("wood"), entry("wood")])
    with pytest.raises(ValueError, match="report 'wood': its thumbnail has no alternative text"):
        page_of([replace(entry("wood"), thumbnail_alt=" ")])
    with pytest.raises(ValueError, match="not a web page"):
        page_of(sources=[{"name": "x", "url": "javascript:1"}])


def test_cards_come_from_the_ledger():
    known = {
        "wood": {
            "kind": "case",
            "title": "Wood",
            "summary": {"finding": "Specialised.", "thumbnail": "map", "region": "Tirol", "country": "AT"},
            "files": {"figures/wood/map.png": "0", "reports/wood.html": "0"},
        },
        "bare": {"kind": "guide", "title": "Bare", "summary": {}, "files": {}},
    }
    bare, wood = entries_of(known, ["bare", "not-made", "wood"])
    assert (bare.title, bare.thumbnail, bare.finding) == ("Bare", "", "")
    assert (wood.thumbnail, wood.region_label, wood.href) == ("figures/wood/map.png", "Tirol", "reports/wood.html")
    page = page_of([bare, wood])
    assert len(page.find_all("img")) == 1


@pytest.fixture
def file(tmp_path):
    from PIL import Image

    for e in ENTRIES:
        picture = tmp_path / e.thumbnail
        picture.parent.mkdir(parents=True)
        image = Image.new("RGB", (320, 200), "white")
        image.paste((11, 96, 119), (40, 40, 160, 160))
        image.save(picture)
        report = tmp_path / e.href
        report.parent.mkdir(exist_ok=True)
        report.write_text(f"<title>{e.title}</title>", encoding="utf-8")
    path = tmp_path / "index.html"
    path.write_text(build_index(ENTRIES, generated_from=FROM), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_browser_shows_the_index_without_a_network(file, visit, is_drawn, color_scheme):
    seen = visit(file, color_scheme=color_scheme)
    assert all(is_drawn(image) for image in seen.page.locator("img").all())
    assert seen.foreign_requests == [] and seen.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_browser_needs_no_sideways_scrolling(file, visit, width):
    page = visit(file, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_browser_follows_a_card_and_shows_focus(file, visit):
    page = visit(file).page
    tile = page.locator(".tile", has_text="Report wood")
    tile.locator("a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert tile.evaluate("t => getComputedStyle(t).outlineStyle") == "solid"
    tile.locator("p").click(force=True)  # the link lies over the whole card
    assert page.title() == "Report wood"
