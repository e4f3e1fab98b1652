"""What each cell of an executed notebook shows in its report.

Kept apart from the page so that everything that could make a report fail (an image without alternative text,
a script, a failed cell) is found where the cell is still known and can be named.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import Tag
    from nbformat import NotebookNode

__all__ = ["reader_cells"]

IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
SHOWN = ("text/html", "text/markdown", *IMAGES, "text/latex", "text/plain")
FORBIDDEN = (
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "meta",
    "form",
    "video",
    "audio",
    "canvas",
)
NUMBER = re.compile(r"[+\-−–]?[\d.,\u00a0\u202f' ]*\d\s?[%‰]?|NaN|nan|<NA>|None|[-–—]?")


def reader_cells(notebook: NotebookNode, words: Mapping[str, str]) -> NotebookNode:
    """Return a copy of a notebook that holds only what a reader sees.

    Parameters
    ----------
    notebook
        An executed notebook; it is not changed.
    words
        The headings of the code folds: ``code`` and ``parameters``.

    Returns
    -------
    NotebookNode
        Cells without execution counts, timings and ids; every output has ``metadata.form``, one of
        ``figure``, ``html``, ``markdown`` and ``printed``.

    Raises
    ------
    ValueError
        If a cell failed, shows an image without alternative text, or needs a script or a file from elsewhere.
    """
    result = copy.deepcopy(notebook)
    injected = any("injected-parameters" in _tags(cell) for cell in result.cells)
    shown, tables = [], 0
    for number, cell in enumerate(result.cells, start=1):
        tags = _tags(cell)
        if "remove" in tags or cell.cell_type == "raw":
            continue
        first_line = cell.source.strip().partition("\n")[0][:60]
        place = f"cell {number} ({first_line!r})"
        metadata = {"place": place, "tags": []}
        if cell.cell_type == "code":
            # the defaults of a template were replaced by the injected values: showing both would mislead
            defaults_replaced = "parameters" in tags and injected
            if "hide" in tags or defaults_replaced:
                cell.source = ""
            metadata["summary"] = words["parameters" if {"parameters", "injected-parameters"} & tags else "code"]
            cell.outputs, cell.execution_count = _outputs(cell, place, tags), None
            for output in cell.outputs:
                if output.metadata["form"] == "html":
                    output.metadata["text"], tables = _clean_html(output.metadata["text"], place, tables)
            if not cell.outputs and not cell.source.strip():
                continue
        cell.metadata = type(result.metadata)(metadata)
        shown.append(cell)
    result.cells = shown
    return result


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _outputs(cell: NotebookNode, place: str, tags: set[str]) -> list[NotebookNode]:
    """Return the outputs a reader sees, each with its form."""
    kept = []
    own = cell.metadata.get("alpclusters", {})
    images = [output for output in cell.outputs if _image_kind(output)]
    for output in cell.outputs:
        if output.output_type == "error":
            sentence = f"{output.ename}: {output.evalue}"
            if "raises-exception" not in tags:
                raise ValueError(f"{place} failed with {sentence}; a report is made of cells that ran")
            form: dict[str, Any] = {"form": "printed", "text": sentence}
        elif output.output_type == "stream":
            if output.name == "stderr":
                continue
            form = {"form": "printed", "text": "".join(output.text)}
        elif all(kind.startswith("application/vnd.alpclusters.") for kind in output.data):
            continue  # a message to the index page, not to the reader
        else:
            kind = next((kind for kind in SHOWN if kind in output.data), None)
            text = "".join(output.data[kind]) if kind else ""
            # the repr of an object (<Axes: ...>, <function f at 0x7f...>) tells a reader nothing, and its
            # address differs in every run
            if kind == "text/plain" and not _needs_script(output) and re.fullmatch(r"\[?<.*>\]?", text, re.DOTALL):
                continue
            if kind is None or _needs_script(output):
                kinds = ", ".join(sorted(output.data))
                raise ValueError(f"{place} shows something that needs a script ({kinds}); reports hold none")
            if kind in IMAGES:
                form = _figure(output, kind, text, own, images, place)
            else:
                names = {"text/html": "html", "text/markdown": "markdown", "text/latex": "markdown"}
                form = {"form": names.get(kind, "printed"), "text": text}
        output.metadata = type(cell.metadata)(form)
        kept.append(output)
    return kept


def _image_kind(output: NotebookNode) -> str | None:
    data = output.get("data", {})
    return None if "text/html" in data else next((kind for kind in IMAGES if kind in data), None)


def _needs_script(output: NotebookNode) -> bool:
    return any("javascript" in kind or kind.startswith("application/vnd.") for kind in output.data)


def _figure(
    output: NotebookNode, kind: str, text: str, own: Mapping, images: list[NotebookNode], place: str
) -> dict[str, Any]:
    """Return source, alternative text and caption of an image, from its output or else from its cell."""
    position = next(i for i, image in enumerate(images) if image is output)
    said = output.get("metadata", {})
    texts = {}
    for key in ("alt", "caption"):
        value = said.get(kind, {}).get(key) or said.get(key)
        if not value:
            in_cell = own.get(key) or ""
            if isinstance(in_cell, str) and in_cell and len(images) > 1:
                raise ValueError(
                    f"{place} shows {len(images)} images but gives one {key}; give a list of {len(images)}"
                )
            in_cell = [in_cell] if isinstance(in_cell, str) else list(in_cell)
            value = in_cell[position] if position < len(in_cell) else ""
        texts[key] = str(value).strip()
    if not texts["alt"]:
        raise ValueError(
            f"{place} shows an image without alternative text; "
            f'give it by display(..., metadata={{"{kind}": {{"alt": "what the figure shows"}}}}) '
            'or in the cell metadata {"alpclusters": {"alt": "..."}}'
        )
    encoded = base64.b64encode(text.encode()).decode() if kind == "image/svg+xml" else re.sub(r"\s", "", text)
    return {
        "form": "figure",
        "src": f"data:{kind};base64,{encoded}",
        "width": said.get(kind, {}).get("width"),
        **texts,
    }


def _clean_html(html: str, place: str, tables: int) -> tuple[str, int]:
    """Return HTML of an output without what is random or foreign, and the number of styled tables so far."""
    from bs4 import BeautifulSoup, Comment

    html, tables = _stable_ids(html, tables)
    soup = BeautifulSoup(html, features="html.parser")
    if bad := soup.find(FORBIDDEN):
        raise ValueError(f"{place} writes <{bad.name}>; reports hold text, tables and images only")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for table in soup.select("table.dataframe"):
        _plain_dataframe(table)
    for root in soup.select("div[id]:has(> table.gt_table)"):
        _scope_ids(root)
    for tag in soup.find_all(True):
        _check_tag(tag, place)
    return str(soup), tables


def _check_tag(tag: Tag, place: str) -> None:
    """Raise if a tag loads or runs something; drop its event handlers."""
    for name in [name for name in tag.attrs if name.startswith("on")]:
        del tag[name]
    style = tag.get_text() if tag.name == "style" else str(tag.get("style", ""))
    if re.search(r"@import|url\(\s*['\"]?(?!data:)", style):
        raise ValueError(f"{place} writes a style that loads a file; reports are one file")
    for name in ("src", "srcset", "href", "xlink:href", "poster", "background"):
        value = str(tag.get(name, "")).strip()
        if tag.name == "a" and name == "href":
            if re.match(r"(?i)(javascript|vbscript|data|file):", value):
                raise ValueError(f"{place} links to {value[:60]!r}, which is not a page")
        elif value and not value.startswith(("data:image/", "#")):
            raise ValueError(f"{place} loads {value[:60]!r}; reports are one file")
    if tag.name == "img" and not str(tag.get("alt", "")).strip():
        raise ValueError(f"{place} writes an <img> without alternative text")


def _plain_dataframe(table: Tag) -> None:
    """Turn pandas' table with its own style into a plain one whose columns of numbers are marked."""
    for style in table.parent.find_all("style", recursive=False):
        style.decompose()
    for tag in (table, *table.find_all("tr")):
        for name in ("border", "style"):
            tag.attrs.pop(name, None)
    rows = [row.find_all("td") for row in table.select("tbody > tr")]
    width = max(map(len, rows), default=0)
    header = table.select("thead > tr")
    for column in range(1, width + 1):
        # counted from the right: rows of a MultiIndex begin with a varying number of row headings
        cells = [row[-column] for row in rows if len(row) >= column]
        if all(NUMBER.fullmatch(cell.get_text(strip=True)) for cell in cells):
            headings = [row.find_all("th")[-column] for row in header if len(row.find_all("th")) >= column]
            for cell in (*cells, *headings):
                cell["class"] = "number"
    for heading in table.find_all("th"):
        heading["scope"] = "col" if heading.find_parent("thead") else "row"


def _stable_ids(html: str, tables: int) -> tuple[str, int]:
    """Return HTML whose styled tables have counted ids where great_tables or Styler drew them at random."""
    drawn = r'<div id="([a-z]{10})"(?=[^>]*>\s*<style>)|<table id="(T_[0-9a-f]{5})"'
    for great_table, styler in re.findall(drawn, html):
        tables += 1
        html = re.sub(rf'(id="|#){great_table or styler}(?![a-z])', rf"\g<1>table-{tables}", html)
    return html, tables


def _scope_ids(root: Tag) -> None:
    """Prefix the ids of great_tables' cells.

    They repeat from table to table: a screen reader would read a heading of the first table in the second.
    """
    for tag in root.find_all(True):
        if tag.get("id"):
            tag["id"] = f"{root['id']}-{tag['id']}"
        for name in ("headers", "aria-labelledby", "aria-describedby"):
            if tag.get(name):
                tokens = tag[name] if isinstance(tag[name], list) else tag[name].split()
                tag[name] = " ".join(f"{root['id']}-{token}" for token in tokens)
