"""One page from one executed notebook: self-contained, readable offline, the same bytes every time.

The page holds no script and loads nothing: styles are inlined, figures are data URIs, formulas are MathML.
"""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbformat import NotebookNode

__all__ = ["notebook_to_html"]

WORDS = {
    "en": {
        "contents": "Contents",
        "back": "All reports",
        "skip": "Skip to the text",
        "code": "show code",
        "parameters": "show parameters",
        "figure": "Figure",
        "table": "Table",
    },
    "it": {
        "contents": "Indice",
        "back": "Tutti i rapporti",
        "skip": "Vai al testo",
        "code": "mostra il codice",
        "parameters": "mostra i parametri",
        "figure": "Figura",
        "table": "Tabella",
    },
}


def notebook_to_html(
    notebook: NotebookNode,
    *,
    title: str,
    language: str = "en",
    back: str | None = "../index.html",
    description: str = "",
) -> str:
    """Return an executed notebook as one self-contained HTML page.

    Cells tagged ``hide`` show their outputs without code, cells tagged ``remove`` are left out. Every image
    needs an alternative text: in its output's metadata ``{"image/png": {"alt": "...", "caption": "..."}}`` or in
    its cell's metadata ``{"alpclusters": {"alt": "...", "caption": "..."}}`` (lists where a cell shows several).

    Parameters
    ----------
    notebook
        The executed notebook; it is not changed.
    title
        The page's ``<title>``, and its heading where the notebook has no first-level heading.
    language
        ``"en"`` or ``"it"``: the ``lang`` of the page and the words around the notebook.
    back
        Link to the index, relative to the page; None leaves it out.
    description
        One sentence for ``<meta name="description">``.

    Raises
    ------
    ValueError
        If the language has no words, or a cell cannot be shown; the sentence names the cell.

    Examples
    --------
    >>> import nbformat
    >>> cell = nbformat.v4.new_markdown_cell("# Wood in Tyrol")
    >>> page = notebook_to_html(nbformat.v4.new_notebook(cells=[cell]), title="Wood <AT33>")
    >>> "<title>Wood &lt;AT33&gt;</title>" in page, "<h1>Wood in Tyrol</h1>" in page
    (True, True)
    """
    # nbconvert takes a second to import: only who writes a page pays for it
    from bs4 import BeautifulSoup
    from jinja2 import Environment

    from alpclusters_lib.reports.cells import reader_cells
    from alpclusters_lib.reports.markup import ReportExporter

    if language not in WORDS:
        raise ValueError(f"no words for language {language!r}; available: {', '.join(sorted(WORDS))}")
    words = WORDS[language]
    body, _ = ReportExporter().from_notebook_node(reader_cells(notebook, words))
    soup = BeautifulSoup(body, features="html.parser")
    heading = _take_heading(soup, title)
    contents = _anchor_headings(soup)
    _frame_tables(soup, words["table"])
    _number_figures(soup, words["figure"])
    _link_reports(soup)
    shell = Environment(autoescape=True).from_string(_resource("report.html"))
    page = shell.render(
        title=title,
        language=language,
        back=back,
        description=description,
        words=words,
        css=_resource("report.css"),
        heading=heading,
        contents=contents if len(contents) > 1 else [],
        body=_plain(soup),
    )
    return page.rstrip("\n") + "\n"


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _plain(soup: BeautifulSoup) -> str:
    return re.sub(r"\n{2,}(?=<(?:section|details|/section))", "\n", str(soup).strip())


def _take_heading(soup: BeautifulSoup, title: str) -> str:
    """Take the first heading of the first level out of the body; demote any later one."""
    first = soup.find(re.compile(r"h[1-6]$"))
    if first is not None and first.name == "h1":
        heading = first.extract()
        heading.attrs = {}
    else:
        heading = soup.new_tag("h1")
        heading.string = title
    for other in soup.find_all("h1"):
        other.name = "h2"
    return str(heading)


def _anchor_headings(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """Give every heading an anchor made of its words; return anchor and text of those of the second level."""
    taken = {tag["id"] for tag in soup.find_all(id=True)} | {"content"}
    contents = []
    for heading in soup.find_all(["h2", "h3", "h4"]):
        text = " ".join(heading.get_text().split())
        ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-") or "section"
        anchor, count = slug, 1
        while anchor in taken:
            count += 1
            anchor = f"{slug}-{count}"
        taken.add(anchor)
        heading["id"] = anchor
        if heading.name == "h2":
            contents.append((anchor, text))
    return contents


def _frame_tables(soup: BeautifulSoup, word: str) -> None:
    """Let wide tables scroll inside a frame that the keyboard can reach, instead of widening the page."""
    for number, table in enumerate(soup.find_all("table"), start=1):
        great_table = "gt_table" in table.get("class", [])
        styled = great_table or str(table.get("id", "")).startswith("table-")
        if not styled:
            # a class, because great_tables' own style resets the borders of every bare td on the page
            table["class"] = "plain"
        label = table.caption or table.select_one(".gt_title")
        name = " ".join(label.get_text().split()) if label else f"{word} {number}"
        block = table.parent if great_table else table
        frame = block.wrap(soup.new_tag("div"))
        frame.attrs = {
            "class": "table card" if styled else "table",
            "role": "region",
            "aria-label": name,
            "tabindex": "0",
        }


def _number_figures(soup: BeautifulSoup, word: str) -> None:
    """Write "Figure n" before every caption."""
    for number, caption in enumerate(soup.find_all("figcaption"), start=1):
        label = soup.new_tag("b")
        label.string = f"{word} {number}"
        (caption.p or caption).insert(0, label, " ")
        caption.find_parent("figure")["id"] = f"figure-{number}"


def _link_reports(soup: BeautifulSoup) -> None:
    """Let links between notebooks lead to their reports."""
    for link in soup.find_all("a", href=re.compile(r"^(?![a-z]+:)[^#?]*\.ipynb(?=#|$)")):
        link["href"] = re.sub(r"\.ipynb(?=#|$)", ".html", link["href"])
