"""The text of a report: markdown to HTML, formulas to MathML.

nbconvert leaves formulas as raw TeX for a script fetched from the network. Here a formula becomes MathML at
the moment the markdown renderer meets it: code never passes through, so a dollar in code stays a dollar, and
the markdown never sees MathML, which it would break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import Element, tostring

from jinja2 import DictLoader
from latex2mathml.converter import convert_to_element
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

__all__ = ["ReportExporter", "to_mathml"]

# Tags that change how a word looks, without attributes: anything else an author or a title brings is text.
HARMLESS_TAG = re.compile(r"</?(?:sub|sup|br|small|b|i|em|strong|kbd)\s*/?>", re.IGNORECASE)
FUNCTIONS = {"ln", "log", "exp", "sin", "cos"}


def to_mathml(formula: str, *, display: str = "inline") -> str:
    r"""Return a TeX formula as a MathML element.

    Parameters
    ----------
    formula
        TeX without its delimiters.
    display
        ``"inline"`` or ``"block"``.

    Raises
    ------
    ValueError
        If the formula has unbalanced braces or a command that cannot be shown, instead of printing it half.

    Examples
    --------
    >>> to_mathml("E_r").partition("<mrow>")[2]
    '<msub><mi>E</mi><mi>r</mi></msub></mrow></math>'
    >>> to_mathml(r"\foo x")
    Traceback (most recent call last):
    ValueError: the formula '\\foo x' cannot be shown: unknown command \foo
    """
    formula = formula.strip()
    braces = re.sub(r"\\[{}]", "", formula)
    if braces.count("{") != braces.count("}"):
        raise ValueError(f"the formula {formula!r} cannot be shown: its braces do not balance")
    try:
        # aligned and split look the same; latex2mathml knows only the second
        root = convert_to_element(formula.replace("{aligned}", "{split}"), display=display)
    except Exception as error:  # the converter has a dozen exception classes and no common one
        reason = str(error) or type(error).__name__
        raise ValueError(f"the formula {formula!r} cannot be shown: {reason}") from error
    _space_functions(root)
    # the converter writes characters as "&#x..." into the tree; whatever else is escaped stays so
    mathml = tostring(root, encoding="unicode").replace("&amp;#", "&#")
    unknown = re.search(r"\\[A-Za-z]+|<mi>&amp;</mi>", mathml)
    if unknown:
        raise ValueError(f"the formula {formula!r} cannot be shown: unknown command {unknown[0]}")
    return mathml


def _space_functions(root: Element) -> None:
    """Write out the thin space that TeX leaves around a function's name: browsers set "b ln e" as "blne"."""
    for row in list(root.iter("mrow")):
        units = list(row)
        for unit, following in zip(units, [*units[1:], None], strict=True):
            name = unit[0] if unit.tag in ("msub", "msup", "msubsup") and len(unit) else unit
            if name.tag != "mi" or name.text not in FUNCTIONS:
                continue
            place = list(row).index(unit)
            if following is not None and following.tag != "mo":
                row.insert(place + 1, Element("mspace", width="0.167em"))
            if place and row[place - 1].tag not in ("mo", "mspace"):
                row.insert(place, Element("mspace", width="0.167em"))


class Renderer(IPythonRenderer):
    """Markdown renderer of a report: MathML, no raw HTML, images inside the page and described."""

    def inline_math(self, body: str) -> str:
        """Return ``$...$`` as MathML."""
        return to_mathml(body)

    def block_math(self, body: str) -> str:
        """Return ``$$...$$`` as displayed MathML."""
        return to_mathml(body, display="block")

    def latex_environment(self, name: str, body: str) -> str:
        r"""Return ``\\begin{name}...\\end{name}`` as displayed MathML."""
        return to_mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")

    def inline_html(self, html: str) -> str:
        """Return a harmless tag as it is, a comment as nothing and anything else as text."""
        if html.startswith("<!--"):
            return ""
        return html if HARMLESS_TAG.fullmatch(html) else self.escape_html(html)

    def block_html(self, html: str) -> str:
        """Return a comment as nothing and any other block of HTML as text."""
        return "" if html.lstrip().startswith("<!--") else f"<p>{self.escape_html(html.strip())}</p>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return an attached image; refuse one that lies elsewhere or says nothing to who cannot see it."""
        if not text.strip():
            raise ValueError(f"the image {url!r} has no alternative text; write ![what it shows]({url})")
        if not url.startswith(("attachment:", "data:image/")):
            raise ValueError(f"the image {url!r} lies outside the report; attach it to the cell")
        return super().image(text, url, title)


class ReportExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template of cells and our markdown."""

    def __init__(self) -> None:
        template = files(__package__).joinpath("cells.html").read_text(encoding="utf-8")
        super().__init__(
            template_name="basic",
            template_file="cells.html",
            extra_loaders=[DictLoader({"cells.html": template})],
        )

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Return nbconvert's filters and ours, which is told the cell it works on."""
        yield from super().default_filters()
        yield "markdown_of", self.markdown_of

    def markdown_of(self, source: str, cell: NotebookNode) -> str:
        """Return markdown of a cell as HTML, naming the cell where that fails."""
        renderer = Renderer(
            escape=False,
            allow_harmful_protocols=False,
            exclude_anchor_links=True,
            attachments=cell.get("attachments", {}),
        )
        try:
            return MarkdownWithMath(renderer=renderer).render(source)
        except ValueError as error:
            raise ValueError(f"{cell.metadata.place}: {error}") from error
