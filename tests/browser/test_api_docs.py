"""The documentation of the interface in a real browser; its examples run as they stand."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.browser.window import violations, wider_than_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.db]

DOCS = "/api/v1/docs/"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_accessible_and_fits_its_screen(portal, opened, width, theme):
    window = opened(width=width, theme=theme)
    window.page.goto(portal + DOCS)
    assert violations(window) == []
    assert not wider_than_the_screen(window)
    window.page.evaluate(
        "for (const one of document.querySelectorAll('main details')) one.open = true"
    )
    assert violations(window) == []
    assert not wider_than_the_screen(window)


def test_it_is_found_from_the_menu_and_leads_to_the_description(portal, opened):
    page = opened().page
    page.goto(portal + "/")
    page.click(".menu >> text=API")
    page.wait_for_url("**/api/v1/docs/")
    for title in ("Data products", "Light curves", "Errors"):
        page.click(f"aside >> text={title}")
        assert page.locator(f"section:target h2:text-is('{title}')").is_visible()
    assert page.get_attribute("text=OpenAPI description", "href") == "/api/v1/schema/"


def test_the_examples_run_as_they_stand(kernels, portal, opened):
    page = opened().page
    page.goto(portal + DOCS)
    programs = page.locator("[data-example=python]").all_inner_texts()
    assert len(programs) >= 3
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
    assert re.search(r"/data/files/\d+/\S+\.fits [0-9a-f]{64}\n", done.stdout)
    if shutil.which("curl"):
        for line in page.locator("[data-example=curl]").all_inner_texts():
            done = subprocess.run(line, shell=True, capture_output=True, timeout=60)
            assert isinstance(json.loads(done.stdout), dict)
