"""Calibration in a real browser: choose pixels by click and keyboard, read spectra, print."""

import numpy as np
import pytest

from tests.browser.window import expected, violations, wider_than_the_screen
from tests.calibration.stored import a_run
from tests.factories import utc

pytestmark = [pytest.mark.browser, pytest.mark.db]
CHOSEN = "document.querySelector('.detectors').getAttribute('aria-activedescendant')"
NAME = "document.getElementById('pixel-name').textContent"


@pytest.fixture
def runs(transactional_db, live_server, data_dir):
    """Two runs whose spectra are a line at channel 300 that grows with the number of the pixel."""
    counts = np.ones((384, 1024), int)
    counts[:, 300] = 10 * (np.arange(384) + 1)
    counts = counts.reshape(32, 12, 1024)
    made = [a_run(start=utc(f"2022-03-{day}"), counts=counts) for day in (27, 28)]
    return live_server.url, made


def ready(window, flat):
    """Wait until the spectrum of a pixel is drawn."""
    window.wait(f"document.getElementById('spectrum').dataset.filled === '{flat}'")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "dark")])
def test_pages_are_accessible_and_fit_their_screen(runs, opened, width, theme):
    address, made = runs
    window = opened(width=width, theme=theme)
    faults = {}
    places = ("/calibration/", "/calibration/transmission/", "/calibration/transmission/?low=x")
    for name in (*places, made[0].get_absolute_url() + "?show=gain"):
        window.page.goto(address + name)
        expected(window)
        if "runs/" in name:
            ready(window, 0)
        faults[name] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    window.page.goto(address + made[0].get_absolute_url() + "report/")
    faults["report"] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_pixel_is_chosen_by_click_and_by_keys_and_its_spectrum_follows(runs, opened):
    address, made = runs
    window = opened()
    window.page.goto(address + made[1].get_absolute_url())
    ready(window, 0)
    window.page.locator("#p-98").click(position={"x": 4, "y": 4})
    ready(window, 98)
    assert window.page.evaluate(NAME) == "Detector 9 (index 8), CFL, pixel 2 (top C)"
    assert "detector=9&pixel=2" in window.page.url
    window.page.locator(".detectors").focus()
    for key, flat in (("ArrowRight", 99), ("PageDown", 111), ("PageUp", 99), ("Home", 0)):
        window.page.keyboard.press(key)
        assert window.page.evaluate(CHOSEN) == f"p-{flat}"
    window.page.keyboard.press("ArrowDown")
    ready(window, int(window.page.evaluate(CHOSEN).removeprefix("p-")))
    assert window.page.evaluate(CHOSEN) in {"p-4", "p-8"}


def test_the_neighbour_run_opens_with_the_same_pixel(runs, opened):
    address, made = runs
    window = opened()
    window.page.goto(address + made[1].get_absolute_url() + "?detector=2&pixel=3")
    ready(window, 15)
    window.page.locator("#p-16").click(position={"x": 4, "y": 12})
    ready(window, 16)
    window.page.get_by_role("link", name="Run before").click()
    ready(window, 16)
    assert made[0].get_absolute_url() in window.page.url


def test_the_form_chooses_a_pixel_and_the_scale_can_be_changed(runs, opened):
    address, made = runs
    window = opened()
    window.page.goto(address + made[1].get_absolute_url())
    ready(window, 0)
    window.page.select_option("#id_detector", "32")
    ready(window, 372)
    for name, state in (("linear", "true"), ("log", "true"), ("All channels", "true")):
        button = window.page.get_by_role("button", name=name, exact=True)
        button.click()
        assert button.get_attribute("aria-pressed") == state
    with window.page.expect_navigation():
        window.page.select_option("#id_show", "gain")
    assert "show=gain" in window.page.url
    ready(window, 372)
