"""Journeys over the housekeeping page, in a real browser under the real content policy."""

from io import BytesIO
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from tests.browser.window import expected, violations, wider_than_the_screen
from tests.housekeeping.written import taken_in, write_report

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGE = "/housekeeping/"
MODES = ["NOMINAL"] * 600 + ["SAFE"] * 60 + ["NOMINAL"] * 640


@pytest.fixture
def reports(transactional_db, live_server, data_dir, tmp_path):
    """A running portal with most of a simulated day of housekeeping; gives its address."""
    voltage = np.full(1300, 1.55)
    voltage[300:330] = 1.7
    wave = 236 + 1.5 * np.sin(np.arange(1300) / 20)
    taken_in(write_report(tmp_path, 1300, simulated=True, NIXD0023=MODES, NIXD0035=voltage,
                          NIXD0054=wave, NIXD0058=200 + wave))  # fmt: skip
    return live_server.url


def pixels(window):
    """What the screen shows of the plot as pixels, shape (height, width, 3)."""
    window.page.mouse.move(5, 5)
    window.page.evaluate("document.getElementById('canvas').scrollIntoView()")
    window.page.wait_for_timeout(300)
    shot = window.page.screenshot()
    return np.asarray(Image.open(BytesIO(shot)).convert("RGB"), int)


def share(picture, colour, near=24):
    """How many pixels have a colour."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(picture - wanted).max(axis=2) < near).sum())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_drawn_and_readable_in_both_themes_and_on_a_phone(
    reports, opened, theme, width
):
    window = opened(width=width, theme=theme)
    window.open(reports + PAGE + "?tab=overview")
    picture = pixels(window)
    assert share(picture, "#3070c4", 60) > 300
    paper = "#ffffff" if theme == "light" else "#151d26"
    assert share(picture, paper, 3) / picture[..., 0].size > 0.4
    assert window.page.locator("#simulated").is_visible()
    assert violations(window) == []
    assert not wider_than_the_screen(window)


def test_the_pointer_reads_all_panels_and_their_events(reports, opened):
    window = opened()
    window.open(reports + PAGE)
    box = window.page.locator("#canvas").bounding_box()
    for part in np.linspace(0.42, 0.52, 20):
        window.page.mouse.move(box["x"] + box["width"] * part, box["y"] + 80)
        window.page.wait_for_timeout(40)
        words = " ".join(window.page.inner_text("#readout").split())
        if "mode SAFE" in words:
            break
    assert "Instrument mode SAFE" in words
    assert "Archive memory usage 1.5 %" in words
    assert "UTC" in words


def test_a_tab_a_parameter_and_a_comparison_are_each_one_step(reports, opened):
    window = opened()
    window.open(reports + PAGE + "?start=2022-03-28T02:00:00&stop=2022-03-28T20:00:00")
    window.page.click(".tabs >> text=Archive memory")
    window.settled()
    assert "start=2022-03-28T02:00:00" in window.page.url
    assert "Archive memory, 2022-03-28 02:00:00" in window.page.inner_text("#sentence")
    window.page.select_option("[name=parameters]", "NIXD0058")
    window.page.select_option("[name=against]", "NIXD0054")
    window.page.click("#options button")
    window.settled()
    assert "start=2022-03-28T02:00:00" in unquote(window.page.url)
    assert share(pixels(window), "#d77934", 90) > 100
    assert window.page.inner_text("#numbers tbody th") == "Detector current"


def test_where_a_limit_was_left_is_marked_in_the_panel_and_in_the_strip(reports, opened):
    window = opened()
    window.open(reports + PAGE + "?parameters=NIXD0035")
    picture = pixels(window)
    assert share(picture, "#d9a400", 60) > 20
    assert share(picture, "#c8453b", 90) > 20


def test_temperatures_change_to_kelvin_everywhere(reports, opened):
    window = opened()
    window.open(reports + PAGE + "?parameters=NIXD0054")
    assert "°C" in window.page.inner_text("#numbers")
    window.page.check("[name=temperature][value=K]", force=True)
    window.page.click("#options button")
    window.settled()
    assert "temperature=K" in window.page.url
    assert "°C" not in window.page.inner_text("#numbers")
    links = window.page.locator("a[data-range]", has_text="CSV").get_attribute("href")
    assert "temperature=K" in links


def test_keys_move_the_range_and_all_that_belongs_to_it(reports, opened):
    window = opened()
    window.open(reports + PAGE + "?start=2022-03-28T02:00:00&stop=2022-03-28T06:00:00")
    asked = len(window.windows)
    window.page.keyboard.press("ArrowRight")
    window.settled()
    window.page.wait_for_timeout(900)
    assert len(window.windows) - asked == 1
    assert "start=2022-03-28T04:00:00" in window.page.url
    assert "2022-03-28 04:00:00" in window.page.inner_text("#sentence")
    assert window.page.locator("#options [name=start]").input_value() == "2022-03-28T04:00:00"
    window.page.go_back()
    window.settled()
    assert "start=2022-03-28T02:00:00" in window.page.url


def test_an_empty_range_leads_to_the_nearest_report(reports, opened):
    window = opened()
    window.open(reports + PAGE + "?start=2022-03-25T00:00:00&stop=2022-03-25T04:00:00")
    assert "No housekeeping from" in window.page.inner_text("#nothing")
    window.page.click("#nothing button")
    window.settled()
    assert not window.page.locator("#nothing").is_visible()
    assert "2022-03-2" in window.page.url


def test_bad_input_is_a_page_without_a_fault(reports, opened):
    window = opened()
    window.page.goto(reports + PAGE + "?tab=kitchen")
    assert "tab kitchen is unknown" in window.page.inner_text("body")
    assert violations(window) == []
    expected(window)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dictionary_is_readable(reports, opened, theme):
    window = opened(width=390, theme=theme)
    window.page.goto(reports + PAGE + "parameters/")
    assert violations(window) == []
    assert not wider_than_the_screen(window)
