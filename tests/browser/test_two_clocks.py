"""Journeys over the light curves with the Earth's clock above, under the real content policy."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from apps.ancillary.models import KernelSet
from tests.browser.window import violations, wider_than_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGE = "/quicklook/lightcurves/"
MORNING = PAGE + "?start=2022-03-28T02:00:00&stop=2022-03-28T06:00:00"
MIDDLE_MS = 1_648_440_000_000  # 2022-03-28T04:00

AXES = """() => {
  const get = name => Bokeh.documents[0].get_model_by_name(name);
  const { start, end } = get("x"), earth = get("earth");
  return { start, end, from: earth.start, to: earth.end, visible: get("earth_axis").visible,
    label: get("earth_axis").axis_label, below: get("solo_axis").axis_label };
}"""


def light_time_s(time_ms):
    return float(KernelSet.objects.geometry().light_time_difference([round(time_ms)])[0])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_both_clocks_fit_and_are_accessible(kernels, portal, opened, theme, width):
    window = opened(width=width, theme=theme)
    window.open(portal + MORNING + "&light_time=1")
    axes = window.page.evaluate(AXES)
    assert axes["visible"]
    assert axes["below"] == "UTC at Solar Orbiter"
    assert axes["label"].startswith(f"UTC at Earth: +{light_time_s(MIDDLE_MS):.1f} s at the middle")
    assert "approximate" in axes["label"]
    assert not wider_than_the_screen(window)
    assert violations(window) == []
    assert "one value" in window.page.inner_text("#light")
    assert "from Earth · light time +" in window.page.inner_text("#place")
    assert window.page.inner_text("#place").endswith("approx.")


def test_the_upper_axis_is_shifted_by_the_light_time_at_every_zoom(kernels, portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    assert not page.evaluate(AXES)["visible"]
    height = page.locator("#canvas").bounding_box()["height"]
    page.get_by_label("Apply light time correction").check()
    window.settled()
    assert "light_time=1" in page.url
    assert page.locator("#canvas").bounding_box()["height"] > height
    page.click("h1")  # keys are the checkbox's own while it has the focus
    for key in ("", "ArrowRight", "+", "ArrowRight"):
        if key:
            page.keyboard.press(key)
            window.settled()
        axes = page.evaluate(AXES)
        shift = round(light_time_s((axes["start"] + axes["end"]) / 2) * 1000)
        assert axes["from"] - axes["start"] == pytest.approx(shift, abs=1)
        assert axes["to"] - axes["end"] == pytest.approx(shift, abs=1)
    page.go_back()
    window.settled()
    assert page.get_by_label("Apply light time correction").is_checked()
    page.get_by_label("Apply light time correction").uncheck()
    window.settled()
    assert not page.evaluate(AXES)["visible"]
    assert page.locator("#light").is_hidden()
    assert "light_time" not in page.url


def test_the_pointer_reads_both_clocks_and_the_files_follow(kernels, portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    page.get_by_label("Apply light time correction").check()
    window.settled()
    box = page.locator("#canvas").bounding_box()
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.wait_for_timeout(300)
    words = page.inner_text("#readout b")
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", words)
    solo, earth = (np.datetime64(time.replace(" ", "T")) for time in times)
    assert "UTC at Solar Orbiter" in words
    assert words.endswith("UTC at Earth")
    late = (earth - solo) / np.timedelta64(1, "s")
    assert late == pytest.approx(light_time_s(MIDDLE_MS), abs=1)
    for link in page.locator("a[data-options]").all():
        assert "light_time=1" in link.get_attribute("href")


def test_the_facts_of_the_time_bar_follow_the_range(kernels, portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    before = page.get_attribute("#place a", "title")
    page.keyboard.press("ArrowRight")
    window.settled()
    window.wait("!document.querySelector('#place a').title.includes('T04:00')")
    assert page.get_attribute("#place a", "title") != before
    assert "2022-03-28T06:00:00Z" in page.get_attribute("#place a", "title")
    page.goto(portal + PAGE + "?start=2027-01-01&stop=2027-01-02&light_time=1")
    window.settled()
    assert page.inner_text("#place") == "no orbit for this time"
    assert not page.evaluate(AXES)["visible"]
    assert "manage.py kernels add" in page.inner_text("#light")


def test_the_saved_picture_says_what_was_corrected(kernels, portal, opened):
    window = opened()
    window.open(portal + MORNING + "&light_time=1")
    page = window.page
    page.evaluate("""() => {
      const pen = OffscreenCanvasRenderingContext2D.prototype, write = pen.fillText;
      window.written = [];
      pen.fillText = function (...all) { window.written.push(all[0]); write.apply(this, all); };
    }""")
    with page.expect_download() as download:
        page.click("[data-export=png]")
    written = page.evaluate("window.written")
    assert any(line.startswith("Light time correction: the upper axis") for line in written)
    with open(download.value.path(), "rb") as file:
        assert Image.open(BytesIO(file.read())).height > 500


def test_a_page_without_a_script_has_all_of_it_but_the_plot(kernels, portal, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal + MORNING)
    page.get_by_label("Apply light time correction").check()
    page.click("#apply")
    assert "light_time=1" in page.url
    assert "UTC at Earth; light time +" in page.inner_text("#sentence")
    assert "light time +" in page.inner_text("#place")
    context.close()


def test_the_limb_of_the_sun_is_drawn_around_the_locations(kernels, portal, opened):
    window = opened()
    window.open(portal + MORNING + "&panels=loc")
    drawn = window.page.evaluate("""() => {
      const get = name => Bokeh.documents[0].get_model_by_name(name);
      return { limb: [...get("loc_limb").data.limb], words: get("loc_words").data.label[0],
        reach: get("loc_y").end };
    }""")
    radius = KernelSet.objects.geometry().ephemeris([MIDDLE_MS]).apparent_solar_radius_arcsec[0]
    assert drawn["limb"][32] == pytest.approx(radius / 60, abs=0.01)
    assert drawn["reach"] > radius / 60
    assert drawn["words"] == "limb of the Sun, approx. orbit"
