"""A report as PDF: whole figures, numbered pages, and one sentence where something is missing."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import unavailable

from alpclusters_lib.reports import pdf
from alpclusters_lib.reports.html import notebook_to_html

NAME = "machinery-lombardy"


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Make a page of six figures, each of its own colour and too tall to share what is left of a sheet."""
    import base64
    import io

    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
    from PIL import Image

    cells = [new_markdown_cell("# Machinery in Lombardy\n\nWith a formula, $LQ = 1$.")]
    for shade in range(6):
        drawn = io.BytesIO()
        Image.new("RGB", (900, 1100), (40 * shade, 90, 120)).save(drawn, "png")
        data = {"image/png": base64.b64encode(drawn.getvalue()).decode()}
        words = {"image/png": {"alt": f"Figure {shade}", "caption": f"Caption {shade}."}}
        output = new_output("display_data", data=data, metadata=words)
        cells.append(new_code_cell("draw()", outputs=[output], execution_count=1))
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path))
    page = tmp_path / "reports" / f"{NAME}.html"
    page.parent.mkdir()
    page.write_text(notebook_to_html(new_notebook(cells=cells), title="Machinery in Lombardy"), encoding="utf-8")
    return tmp_path


@pytest.mark.browser
def test_figures_are_whole_and_pages_numbered(report):
    if pdf.chromium() is None:
        unavailable("no Chromium on this machine; install chromium or set ALPCLUSTERS_CHROMIUM to its path")
    pypdf = pytest.importorskip("pypdf")
    written = pdf.write_pdf(NAME)
    assert written == report / "pdf" / f"{NAME}.pdf"
    pages = pypdf.PdfReader(written).pages
    images = Counter(image.indirect_reference.idnum for page in pages for image in page.images)
    assert len(images) == 6 and set(images.values()) == {1}, "a figure that is cut stands on two pages"
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.extract_text().split())
        assert f"{number} / {len(pages)}" in text and "Machinery and equipment in Lombardy" in text


def test_report_that_is_not_made_or_not_known_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path))
    with pytest.raises(ValueError, match=r"'machinery-lombardy' has not been made yet; `alpclusters run machinery"):
        pdf.write_pdf(NAME)
    with pytest.raises(ValueError, match="did you mean 'machinery-lombardy'"):
        pdf.write_pdf("machinery-lombardi")
    assert list(tmp_path.iterdir()) == []


def test_missing_browser_is_one_sentence(report, monkeypatch):
    monkeypatch.setenv("ALPCLUSTERS_CHROMIUM", "no-such-browser")
    with pytest.raises(ValueError, match="ALPCLUSTERS_CHROMIUM names 'no-such-browser', which is not there"):
        pdf.write_pdf(NAME)
    assert not (report / "pdf").exists()
