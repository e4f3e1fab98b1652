"""What several test files need: the published files, and a browser whose every request is seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# a slow machine is no failing test; the same examples every time are
settings.register_profile("alpclusters", deadline=None, max_examples=60, derandomize=os.environ.get("CI") == "true")
settings.load_profile("alpclusters")

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def unavailable(reason: str) -> None:
    """Skip a test for want of something on this machine; in CI, where all of it is promised, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (required where CI=true)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def raw_folder() -> Path:
    """Return the folder of published files."""
    named = os.environ.get("ALPCLUSTERS_RAW")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        unavailable(f"no published files at {folder}; set ALPCLUSTERS_RAW to their folder")
    return folder


@pytest.fixture(scope="session")
def real_inputs(raw_folder: Path) -> Any:
    """Return the published files, read, with their hidden cells filled (``cleaning.tables.Inputs``): half a minute."""
    from alpclusters_lib.cleaning.tables import Inputs

    inputs = Inputs(folder=raw_folder)
    assert len(inputs.completed.cells)
    return inputs


# One browser a test file, not one a session: playwright keeps an event loop running while it is open, in
# which notebooks of other test files would have to execute.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a running Chromium (a playwright ``Browser``)."""
    from alpclusters_lib.reports.pdf import chromium

    path = chromium()
    if path is None:
        unavailable("no Chromium on this machine; install chromium or set ALPCLUSTERS_CHROMIUM to its path")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("playwright is not installed; it comes with the extra 'test'")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield running
        running.close()


@dataclass
class Visit:
    """A page open in the browser, what it asked for and what it complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def foreign_requests(self) -> list[str]:
        """Return requests for anything but files and data inside the page."""
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a file in a window of its own, without a network."""
    contexts = []

    def open_file(path: Path, *, width: int = 1280, color_scheme: str = "light") -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=color_scheme)
        contexts.append(context)
        seen = Visit(context.new_page())
        context.route(
            "**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort()
        )
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on(
            "console", lambda line: seen.complaints.append(line.text) if line.type in ("error", "warning") else None
        )
        seen.page.goto(path.resolve().as_uri(), wait_until="load")
        return seen

    yield open_file
    for context in contexts:
        with suppress(Exception):  # a test that failed in the browser may have lost its window
            context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[dict[str, Any]]]:
    """Return a function that checks a page by axe-core's rules and returns what breaks them."""
    from importlib.resources import files

    rules = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def broken(page: Any) -> list[dict[str, Any]]:
        # the page's own policy would refuse a script that it does not know
        page.evaluate(rules)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [{"rule": f["id"], "where": [node["html"][:200] for node in f["nodes"][:3]]} for f in found]

    return broken


@pytest.fixture(scope="session")
def is_drawn() -> Callable[[Any], bool]:
    """Return a function that tells whether an image on a page was loaded and is more than one colour."""
    import io

    import numpy as np
    from PIL import Image

    def judge(image: Any) -> bool:
        image.scroll_into_view_if_needed()
        # images marked lazy load only now
        loaded = image.evaluate("i => i.decode().then(() => i.naturalWidth, () => 0)")
        shot = Image.open(io.BytesIO(image.screenshot())).convert("L")
        return loaded > 0 and float(np.asarray(shot).std()) > 1

    return judge
