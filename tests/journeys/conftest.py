"""A browser for the journeys: Chromium of the machine, the live server, and no way out to another host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from havre.site.commands.messages import compile_all
from tests.factories_site import signed_in
from tests.factories_vault import unlocked  # noqa: F401

CHROMIUM = os.environ.get("HAVRE_CHROMIUM", "/usr/bin/chromium")
# a browser that asks nobody anything by itself
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 1280)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)
            # the server answers from another thread: rows must be committed
            item.add_marker(pytest.mark.django_db(transaction=True, databases="__all__"), append=False)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    # .mo files are not kept in the repository
    compile_all()


@pytest.fixture(scope="session", autouse=True)
def _async_allowed() -> None:
    # Playwright keeps a loop running in this thread; the tests themselves ask the database outside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def _databases(transactional_db) -> None:
    """Instead of the suite's rolled-back databases."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser, quiet; the test is skipped where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}: set HAVRE_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Visit:
    """One person's browser window, its script on or off, and the list of hosts it asked."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context, self.server = context, server
        self.page: Page = context.new_page()
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.complaints: list[str] = []
        here = urlsplit(server).netloc
        self.page.on("request", lambda request: urlsplit(request.url).netloc != here and self.foreign.append(request.url))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))

    def go(self, path: str) -> int:
        """Open a path of the server; gives the status."""
        answer = self.page.goto(self.server + path)
        assert answer is not None
        return answer.status

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def picture(self, name: str) -> None:
        """A full-page picture, when HAVRE_SHOTS names a folder."""
        folder = os.environ.get("HAVRE_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def visit(browser: Browser, live_server):
    """visit(actor, width=, script=, language=): a window signed in as this actor (or nobody)."""
    opened: list[BrowserContext] = []

    def start(actor=None, *, width: int = 1280, script: bool = True, language: str = "en", dark: bool = False) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale=language,
            color_scheme="dark" if dark else "light",
        )
        opened.append(context)
        if actor is not None:
            cookie = signed_in(actor).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        return Visit(context, live_server.url)

    yield start
    for context in opened:
        context.close()
