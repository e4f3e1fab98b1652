"""Executed notebooks as pages: self-contained, honest about figures, the same bytes every time."""

from __future__ import annotations

import base64
import copy
import io
import re

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from alpclusters_lib.reports.html import notebook_to_html
from alpclusters_lib.reports.markup import to_mathml

LQ = r"LQ_{ir} = \frac{e_{ir}/E_r}{e^*_i/E^*}"


def png(width: int = 300, height: int = 120) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    image = Image.new("RGB", (width, height), "white")
    image.paste((11, 96, 119), (20, 20, width // 2, height - 20))
    image.save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode() + "\n"


def shown(data: dict, **metadata) -> nbformat.NotebookNode:
    return new_output("display_data", data=data, metadata=metadata)


def figure(alt: str = "Bars: Tirol leads.", caption: str = "Jobs in 2014, $p < 0.05$.") -> nbformat.NotebookNode:
    return shown({"image/png": png(), "text/plain": "<Figure>"}, **{"image/png": {"alt": alt, "caption": caption}})


def code(source: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = (), **metadata) -> nbformat.NotebookNode:
    cell = new_code_cell(source, execution_count=7, outputs=list(outputs), metadata={"tags": list(tags), **metadata})
    return cell


def page_of(*cells: nbformat.NotebookNode, **options) -> BeautifulSoup:
    options.setdefault("title", "A report")
    return BeautifulSoup(notebook_to_html(new_notebook(cells=list(cells)), **options), "html.parser")


def great_table(**options) -> str:
    from great_tables import GT

    frame = pd.DataFrame({"region": ["AT33", "ITC4"], "lq": [2.13, 1.12]})
    return GT(frame, rowname_col="region", **options).tab_header("Wood").fmt_number("lq")._repr_html_()


FRAME = pd.DataFrame({"jobs": [8421.0, None], "status": ["observed", "missing"]}, index=["AT33", "CH05"])


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    """A notebook with one of everything a report shows."""
    wide = pd.DataFrame({f"sector {i}": [i * 1000.5] for i in range(20)})
    cells = [
        new_markdown_cell("# Wood in Tirol\n\nWhere are the jobs?"),
        code("region = 'AT33'", tags=("parameters",)),
        code("# Parameters\nregion = 'ITH1'", tags=("injected-parameters",)),
        code(
            "import warnings  # price = '$5 and $6'",
            new_output("stream", name="stderr", text="UserWarning: noise"),
            new_output("stream", name="stdout", text="8 regions\n"),
        ),
        new_markdown_cell(
            f"## Specialisation\n\nIt is ${LQ}$ here.\n\n$$\n{LQ}\n$$\n\nA shell says `$HOME and $PATH`."
        ),
        code("GT(frame)", shown({"text/html": great_table(), "text/plain": "GT"})),
        code("frame", shown({"text/html": FRAME._repr_html_(), "text/plain": "frame"})),
        code("wide", shown({"text/html": wide._repr_html_(), "text/plain": "wide"})),
        new_markdown_cell("## Growth\n\n| status | meaning |\n|---|---|\n| observed | published |"),
        code("plot()", figure()),
        code("hidden_call()", shown({"text/markdown": "**Tirol** leads, see $x$."}), tags=("hide",)),
        code("gone_call()", figure(), tags=("remove",)),
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


@pytest.fixture
def page(notebook: nbformat.NotebookNode) -> BeautifulSoup:
    return BeautifulSoup(notebook_to_html(notebook, title="Wood"), "html.parser")


def test_page_has_title_heading_and_contents(page):
    assert page.html["lang"] == "en"
    assert page.title.get_text() == "Wood"
    assert [h.get_text() for h in page.find_all("h1")] == ["Wood in Tirol"]
    links = {a.get_text(): a["href"] for a in page.select("nav.contents a")}
    assert links == {"Specialisation": "#specialisation", "Growth": "#growth"}
    assert all(page.find(id=href[1:]) for href in links.values())
    assert page.select_one("header a")["href"] == "../index.html"


def test_page_without_heading_uses_title_and_without_index_has_no_link():
    page = page_of(new_markdown_cell("Prose."), title="Title", back=None)
    assert page.h1.get_text() == "Title"
    assert page.find("a", href=re.compile("index")) is None


def test_words_follow_the_language():
    page = page_of(code("x", figure()), language="it")
    assert page.html["lang"] == "it"
    assert page.summary.get_text() == "mostra il codice"
    assert "Figura 1" in page.figcaption.get_text()
    with pytest.raises(ValueError, match="no words for language 'de'; available: en, it"):
        page_of(language="de")


def test_page_loads_nothing_and_runs_nothing(page, notebook):
    html = notebook_to_html(notebook, title="Wood")
    assert "<script" not in html
    for tag in page.find_all(["link", "img", "style", "iframe", "source", "object", "embed"]):
        for name in ("src", "href", "srcset"):
            assert str(tag.get(name, "data:")).startswith("data:")
    styles = [tag.get_text() for tag in page.find_all("style")]
    for style in (*styles, *(tag["style"] for tag in page.find_all(style=True))):
        assert "url(" not in style and "@import" not in style


def test_formulas_become_mathml_and_code_keeps_its_dollars(page):
    assert len(page.find_all("math", display="inline")) == 3
    assert len(page.find_all("math", display="block")) == 1
    for tag in page.find_all(["code", "pre"]):
        assert not tag.find("math")
    assert "$HOME and $PATH" in page.get_text() and "'$5 and $6'" in page.get_text()
    for tag in page.find_all(["code", "pre", "style"]):
        tag.decompose()
    assert "$" not in page.get_text()


def test_formula_that_cannot_be_shown_names_the_cell():
    with pytest.raises(ValueError, match=r"cell 2 .*unknown command \\nonsense"):
        page_of(new_markdown_cell("# A"), new_markdown_cell(r"Here $\nonsense{x}$."))
    with pytest.raises(ValueError, match="braces do not balance"):
        to_mathml(r"\frac{a")


def test_formula_cannot_bring_html():
    page = page_of(new_markdown_cell(r"Here $\text{<img src=x onerror=alert(1)>}$."))
    assert page.find("img") is None
    assert "<img" in page.math.get_text().replace("\u00a0", " ")


@pytest.mark.parametrize("formula", [r"\beta\ln e", r"p\log_2 p"])
def test_function_names_stand_apart(formula):
    assert to_mathml(formula).count('<mspace width="0.167em"') == 2


def test_user_text_is_text():
    bad = '<script>alert(1)</script> & "<b onclick=x>'
    page = page_of(new_markdown_cell(f"# {bad}\n\n{bad}\n\n<div>{bad}</div>"), title=bad, description=bad)
    assert page.find("script") is None and page.find(onclick=True) is None and page.find("div") is None
    assert page.title.get_text() == bad
    assert page.h1.get_text() == bad
    assert page.find("meta", attrs={"name": "description"})["content"] == bad


def test_markdown_keeps_harmless_tags_and_drops_comments():
    page = page_of(new_markdown_cell("CO<sub>2</sub><!-- note -->\n\n<!-- a note -->\n\n[x](javascript:alert)"))
    assert page.article.find("sub").get_text() == "2"
    assert "note" not in page.article.get_text()
    assert not str(page.article.a["href"]).startswith("javascript")


def test_code_is_folded_and_tags_decide(page):
    folds = {d.get_text().partition("\n")[0] for d in page.select("details.code")}
    assert all(not d.has_attr("open") for d in page.select("details"))
    assert {s.get_text() for s in page.find_all("summary")} == {"show code", "show parameters"}
    text = page.get_text()
    assert "plot()" in text and "ITH1" in text and folds
    assert "AT33'" not in text, "defaults of a template were replaced"
    assert "hidden_call" not in text and "gone_call" not in text
    assert "Tirol leads" in text


def test_parameters_without_injection_are_shown():
    assert "AT33" in page_of(code("region = 'AT33'", tags=("parameters",))).details.get_text()


def test_noise_is_dropped(page):
    text = page.get_text()
    assert "8 regions" in text
    assert "noise" not in text and "In [" not in text and "Out[" not in text
    page = page_of(code("f", shown({"text/plain": "<function f at 0x7f12ab34cd>"}), shown({"text/plain": "42"})))
    assert [pre.get_text() for pre in page.select("pre.printed")] == ["42"]


def test_figures_have_alternative_text_and_numbered_captions(page):
    (image,) = page.find_all("img")
    assert image["alt"] == "Bars: Tirol leads."
    assert image["src"].startswith("data:image/png;base64,") and "\n" not in image["src"]
    assert image.parent.name == "figure"
    assert page.figcaption.get_text().startswith("Figure 1 Jobs in 2014")
    assert page.figcaption.find("math")


def test_alternative_text_may_stand_in_the_cell():
    bare = shown({"image/png": png()})
    page = page_of(code("x", bare, alpclusters={"alt": "One bar.", "caption": "A bar."}))
    assert page.img["alt"] == "One bar." and "A bar." in page.figcaption.get_text()
    page = page_of(code("x", bare, copy.deepcopy(bare), alpclusters={"alt": ["One.", "Two."]}))
    assert [image["alt"] for image in page.find_all("img")] == ["One.", "Two."]
    with pytest.raises(ValueError, match="shows 2 images but gives one alt"):
        page_of(code("x", bare, copy.deepcopy(bare), alpclusters={"alt": "Both."}))


@pytest.mark.parametrize("alt", [None, "", "  "])
def test_image_without_alternative_text_names_its_cell(alt):
    output = shown({"image/png": png()}, **{"image/png": {"alt": alt}})
    with pytest.raises(ValueError, match=r"cell 2 \('draw\(\)'\) shows an image without alternative text"):
        page_of(new_markdown_cell("# A"), code("draw()\nmore()", output))


def test_svg_is_an_image():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>'
    page = page_of(code("x", shown({"image/svg+xml": svg}, **{"image/svg+xml": {"alt": "A square."}})))
    assert base64.b64decode(page.img["src"].partition(",")[2]).decode() == svg


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text/html": "<p>x</p><script>1</script>"}, "writes <script>"),
        ({"text/html": "<iframe src='n.html'></iframe>"}, "writes <iframe>"),
        ({"text/html": "<img alt='x' src='https://example.org/x.png'>"}, "loads 'https://example.org/x.png'"),
        ({"text/html": "<img src='data:image/png;base64,AA'>"}, "<img> without alternative text"),
        ({"text/html": "<style>@import 'x.css';</style>"}, "style that loads a file"),
        ({"text/html": "<p style='background:url(x.png)'>x</p>"}, "style that loads a file"),
        ({"text/html": "<a href='javascript:alert(1)'>x</a>"}, "which is not a page"),
        ({"application/javascript": "1"}, "needs a script"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"}, "needs a script"),
    ],
)
def test_what_a_report_cannot_hold_names_its_cell(data, sentence):
    with pytest.raises(ValueError, match=rf"cell 1 \('x'\) .*{re.escape(sentence)}"):
        page_of(code("x", shown(data)))


@pytest.mark.parametrize(
    "text", ["![](attachment:a.png)", "![map](figures/map.png)", "![map](https://example.org/m.png)"]
)
def test_markdown_images_are_inside_and_described(text):
    with pytest.raises(ValueError, match=r"cell 1 .*the image"):
        page_of(new_markdown_cell(text))


def test_failed_cell_makes_no_report():
    error = new_output("error", ename="KeyError", evalue="'XX'", traceback=["\x1b[31m/home/someone/x.py\x1b[0m"])
    with pytest.raises(ValueError, match=r"cell 1 .*failed with KeyError: 'XX'"):
        page_of(code("f('XX')", error))
    page = page_of(code("f('XX')", error, tags=("raises-exception",)))
    assert page.pre.get_text() == "KeyError: 'XX'" and "someone" not in page.get_text()


def test_tables_are_plain_and_reachable_by_keyboard(page):
    frame = next(table for table in page.select("table.plain") if "jobs" in table.get_text())
    assert not frame.has_attr("border") and not page.select("style[scoped]")
    assert [cell.get_text() for cell in frame.select(".number")] == ["jobs", "8421.0", "NaN"]
    assert frame.find("th", string="AT33")["scope"] == "row"
    for table in page.find_all("table"):
        region = table.find_parent(attrs={"role": "region"})
        assert region["tabindex"] == "0" and region["aria-label"]
    assert page.select_one("table.gt_table").find_parent("div", class_="card")["aria-label"] == "Wood"


def test_ids_are_unique_and_tables_refer_to_their_own():
    cells = [new_markdown_cell("## lq\n\n## lq")] + [code("x", shown({"text/html": great_table()})) for _ in range(2)]
    page = page_of(*cells)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for table in page.select("table.gt_table"):
        for cell in table.find_all(headers=True):
            assert all(table.find(id=name) for name in cell["headers"])
        assert table.find(id=table["aria-labelledby"])
    assert len(page.select("#table-1, #table-2")) == 2


def test_chosen_table_id_is_kept():
    assert page_of(code("x", shown({"text/html": great_table(id="jobs-2014")}))).find(id="jobs-2014")


def test_links_between_notebooks_lead_to_reports():
    page = page_of(new_markdown_cell("[a](02-atlas.ipynb#maps) [b](https://example.org/x.ipynb)"))
    assert [a["href"] for a in page.article.find_all("a")] == ["02-atlas.html#maps", "https://example.org/x.ipynb"]


def test_page_is_the_same_bytes_whatever_the_run(notebook):
    first = notebook_to_html(notebook, title="Wood")
    again = copy.deepcopy(notebook)
    again.metadata["papermill"] = {"start_time": "2026-01-01T00:00:00", "duration": 12.3, "output_path": "x"}
    for number, cell in enumerate(again.cells):
        cell.id = f"other-{number}"
        cell.metadata["papermill"] = {"duration": number / 7, "status": "completed"}
        cell.metadata["execution"] = {"iopub.status.idle": f"2026-01-01T00:00:{number:02}"}
        if cell.cell_type == "code":
            cell.execution_count = number
            for output in cell.outputs:
                if "gt_table" in output.get("data", {}).get("text/html", ""):
                    output.data["text/html"] = great_table()
    assert again.cells[5].outputs != notebook.cells[5].outputs, "the ids of the tables differ"
    assert notebook_to_html(again, title="Wood") == first


def test_styler_ids_are_counted():
    pages = {
        str(page_of(code("x", shown({"text/html": FRAME.style.highlight_max("jobs").to_html()})))) for _ in range(2)
    }
    assert len(pages) == 1
    assert "#table-1_row0_col0" in pages.pop()


def test_notebook_is_not_changed(notebook):
    before = copy.deepcopy(notebook)
    notebook_to_html(notebook, title="Wood")
    assert notebook == before


@pytest.fixture
def file(notebook, tmp_path):
    path = tmp_path / "wood.html"
    path.write_text(notebook_to_html(notebook, title="Wood"), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_browser_shows_everything_without_a_network(file, visit, is_drawn, color_scheme):
    seen = visit(file, color_scheme=color_scheme)
    assert seen.foreign_requests == [] and seen.complaints == []
    images = seen.page.locator("figure img").all()
    assert images and all(is_drawn(image) for image in images)
    for formula in seen.page.locator("math").all():
        assert formula.bounding_box()["height"] > 8
    white = seen.page.locator("figure img").first.evaluate("i => getComputedStyle(i).backgroundColor")
    assert white == "rgb(255, 255, 255)"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_browser_needs_no_sideways_scrolling(file, visit, width):
    page = visit(file, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_browser_unfolds_code(file, visit):
    page = visit(file).page
    code_block = page.locator("details.code", has_text="plot()")
    assert not code_block.locator("pre").is_visible()
    code_block.locator("summary").click()
    assert code_block.locator("pre").is_visible()


@pytest.mark.browser
def test_browser_keeps_borders_of_plain_tables(file, visit):
    # great_tables resets the borders of every bare td on the page
    style = visit(file).page.locator("table.plain td").first.evaluate("c => getComputedStyle(c).borderBottomStyle")
    assert style == "solid"
