"""A report as PDF: its page, printed by a Chromium of this machine, with page numbers.

Needs the optional package of ``alpclusters[pdf]`` and an installed Chromium or Chrome; nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
from html import escape
from pathlib import Path

from alpclusters_lib import paths
from alpclusters_lib.reports.files import write_atomically

__all__ = ["chromium", "write_pdf"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MARGIN = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
SMALL = "font: 8px sans-serif; color: #555555; width: 100%; padding: 0 16mm;"


def write_pdf(name: str, folder: Path | None = None) -> Path:
    """Print the page of a report that has been made and return the file.

    Parameters
    ----------
    name
        Name of the report.
    folder
        Where to write; ``outputs/pdf`` where omitted.

    Raises
    ------
    ValueError
        If there is no such report, it has not been made, or what prints it is not installed.
    """
    from alpclusters_lib.reports.jobs import select

    (job,) = select([name])
    page = paths.outputs() / "reports" / f"{job.name}.html"
    if not page.is_file():
        raise ValueError(f"report {name!r} has not been made yet; `alpclusters run {name}` makes it")
    target = (folder or paths.outputs() / "pdf") / f"{job.name}.pdf"
    return write_atomically(target, _printed(page, job.title))


def _printed(page: Path, title: str) -> bytes:
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise ValueError("printing needs the package of the extra 'pdf': pip install 'alpclusters[pdf]'") from None
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to the administrator of a container
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=_needed_chromium(), args=options)
        try:
            window = browser.new_page()
            window.goto(page.resolve().as_uri(), wait_until="load")
            return window.pdf(
                format="A4",
                margin=MARGIN,
                print_background=True,
                display_header_footer=True,
                header_template=f'<div style="{SMALL}">{escape(title)}</div>',
                footer_template=f'<div style="{SMALL} text-align: right">'
                '<span class="pageNumber"></span> / <span class="totalPages"></span></div>',
            )
        finally:
            browser.close()


def chromium() -> str | None:
    """Return the path of a Chromium: ALPCLUSTERS_CHROMIUM, or the first one on the PATH; None where there is none."""
    named = os.environ.get("ALPCLUSTERS_CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)


def _needed_chromium() -> str:
    found, named = chromium(), os.environ.get("ALPCLUSTERS_CHROMIUM")
    if found is None:
        where = f"ALPCLUSTERS_CHROMIUM names {named!r}, which is not there" if named else "no Chromium is installed"
        raise ValueError(f"printing needs Chromium or Chrome: {where}; install one, or set ALPCLUSTERS_CHROMIUM")
    return found
