"""A Chromium, a running portal with known light curves, and a page that reports what went wrong."""

import os
import shutil
import time
from datetime import UTC, datetime

import pytest

from apps.archive.ingest import ingest_file
from tests import synthetic

# Playwright's loop runs in the thread of the test; Django would refuse its own queries there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = os.environ.get("STIX_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
"""The browser asks nobody but the portal."""

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def chromium():
    """The browser of the session."""
    if CHROMIUM is None:
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail("no Chromium was found; set STIX_CHROMIUM")
        pytest.skip("no Chromium was found; set STIX_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def portal(transactional_db, live_server, data_dir, tmp_path):
    """A running portal with ten simulated hours of all quick-look products; gives its address."""
    for write in (
        synthetic.write_background,
        synthetic.write_variance,
        synthetic.write_spectra,
        synthetic.write_flareflag,
    ):
        assert ingest_file(write(tmp_path, simulated=True), now=NOW).status == "taken in"
    rcr = [0] * 3000 + [1] * 600 + [0] * 5400
    curve = synthetic.write_lightcurve(
        tmp_path, counts=[(271, 53, 75, 927, 1855)] * 9000, rcr=rcr, simulated=True
    )
    assert ingest_file(curve, now=NOW).status == "taken in"
    return live_server.url


class Window:
    """A page of the portal with a list of everything that went wrong in it.

    Playwright's own waiting for functions evaluates text, which the policy forbids; so
    conditions are asked again and again.
    """

    def __init__(self, page):
        self.page = page
        self.faults = []
        self.windows = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked)

    def _heard(self, message):
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _asked(self, request):
        if "window.bin" in request.url:
            self.windows.append(request.url)

    def wait(self, expression, seconds=20):
        """Wait until a JavaScript expression is true, at most so long."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.page.evaluate(expression):
                return
            time.sleep(0.05)
        raise AssertionError(f"still not true after {seconds} s: {expression}; {self.faults}")

    def settled(self):
        """Wait until nothing is being fetched for the plot."""
        self.page.wait_for_timeout(250)
        self.wait(
            "(box =>"
            " box.dataset.filled && !('moving' in box.dataset) && !box.hasAttribute('aria-busy'))"
            "(document.querySelector('[data-plot]'))"
        )
        self.page.wait_for_timeout(150)

    def open(self, address):
        """Open a page with a plot and wait for its curves."""
        self.page.goto(address)
        self.settled()


@pytest.fixture
def opened(chromium):
    """Open windows of a size and theme; after the test, each must be without a fault."""
    made = []

    def open_window(width=1280, theme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, accept_downloads=True
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        made.append((context, Window(context.new_page())))
        return made[-1][1]

    yield open_window
    faults = [fault for _, window in made for fault in window.faults]
    for context, _ in made:
        context.close()
    assert faults == []
