"""Chromium for tests, with everything that a page asked for and complained about written down.

Tests that use these fixtures carry `pytest.mark.browser`. Without Playwright or Chromium they are skipped, except under
`CI=true`, where they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
_VIEWPORT = {"width": 1280, "height": 720}


@dataclass
class Watched:
    """A page, and what it did."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Errors of the console and uncaught exceptions."""

    def strangers(self) -> list[str]:
        """Return the addresses outside this computer that were asked for."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob")
            and urlsplit(url).hostname not in ("127.0.0.1", "localhost")
        ]

    def open(self, address: str) -> None:
        """Go to a page of the wizard and wait until its widgets are there."""
        self.page.goto(address, wait_until="commit")
        self.wait()

    def wait(self) -> None:
        """Wait until the widgets of the page are there."""
        self.page.locator(".jupyter-widgets").first.wait_for(state="visible", timeout=60_000)
        assert "There was an error when executing cell" not in self.page.content()


def serious(page: Any) -> list[tuple[str, str]]:
    """Return what axe finds serious or critical on a page, and one element of each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


def _missing() -> str | None:
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed (pip install -e .[test])"
    return None if shutil.which("chromium") else "Chromium is not installed (apt-get install chromium)"


@contextmanager
def chromium() -> Iterator[Any]:
    """Run a headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_FLAGS, headless=True
        )
        try:
            yield running
        finally:
            running.close()


@pytest.fixture(scope="session")
def chromium_session() -> Iterator[Any]:
    """The session's Chromium."""
    if reason := _missing():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium() as running:
        yield running


@contextmanager
def watched(running: Any, **options: Any) -> Iterator[Watched]:
    """Open a page in a profile of its own: no cookies, 1280 x 720 unless the options say otherwise."""
    context = running.new_context(**{"viewport": _VIEWPORT, **options})
    page = context.new_page()
    seen = Watched(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda socket: seen.requests.append(socket.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    try:
        yield seen
    finally:
        context.close()


@pytest.fixture
def browser(chromium_session: Any) -> Iterator[Watched]:
    """A fresh page."""
    with watched(chromium_session) as seen:
        yield seen


@pytest.fixture
def new_browser(chromium_session: Any) -> Iterator[Callable[..., Watched]]:
    """Make fresh pages with options of Playwright's `new_context`, for instance `color_scheme="dark"`."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(watched(chromium_session, **options))


@pytest.fixture
def screenshots() -> Path:
    """Where screenshots go."""
    folder = Path("test-results")
    folder.mkdir(exist_ok=True)
    return folder
