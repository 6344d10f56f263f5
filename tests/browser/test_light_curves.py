"""Journeys over the light-curve page, in a real browser under the real content policy."""

from io import BytesIO

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGE = "/quicklook/lightcurves/"
MORNING = PAGE + "?start=2022-03-28T02:00:00&stop=2022-03-28T06:00:00"
BAND_COLOURS = ["#3070c4", "#18a2af", "#547116", "#d77934", "#b45a7d"]

WHEEL = """({ticks, right, down}) => {
  const box = document.getElementById("canvas").getBoundingClientRect();
  const clientX = box.left + right, clientY = box.top + down;
  let element = document.elementFromPoint(clientX, clientY), inner;
  while (inner = element.shadowRoot?.elementFromPoint(clientX, clientY)) {
    if (inner === element) break;
    element = inner;
  }
  for (let tick = 0; tick < ticks; tick++) element.dispatchEvent(new WheelEvent("wheel", {
    deltaY: -100, ctrlKey: true, bubbles: true, composed: true, cancelable: true, clientX, clientY,
  }));
}"""
"""Turns the wheel with Ctrl held, all ticks at once: how fast a machine draws plays no part."""

NOTE_TEXTS = """() => {
  const pen = OffscreenCanvasRenderingContext2D.prototype, write = pen.fillText;
  window.written = [];
  pen.fillText = function (...all) { window.written.push(all[0]); write.apply(this, all); };
}"""
"""Notes every text that is written on the paper of a saved picture."""


def picture(window):
    """The first panel as pixels, shape (height, width, 3)."""
    window.page.mouse.move(5, 5)
    window.page.wait_for_timeout(200)
    box = window.page.locator("#canvas").bounding_box()
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": 330}
    return np.asarray(Image.open(BytesIO(window.page.screenshot(clip=clip))).convert("RGB"), int)


def has_colour(pixels, colour, least=30):
    """Whether a colour occurs on at least so many pixels, smoothing allowed for."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return (np.abs(pixels - wanted).max(axis=2) < 24).sum() >= least


def visible(window):
    """Start and stop in the address."""
    query = window.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return query["start"], query["stop"]


def drag(window, start, stop, y=150):
    """Drag over the first panel between two distances from its left edge."""
    box = window.page.locator("#canvas").bounding_box()
    mouse = window.page.mouse
    mouse.move(box["x"] + start, box["y"] + y)
    mouse.down()
    mouse.move(box["x"] + stop, box["y"] + y, steps=5)
    mouse.up()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_five_curves_are_drawn_in_their_colours_in_both_themes(portal, opened, theme):
    window = opened(theme=theme)
    window.open(portal + PAGE)
    pixels = picture(window)
    assert [colour for colour in BAND_COLOURS if not has_colour(pixels, colour)] == []
    paper = np.array([255, 255, 255] if theme == "light" else [21, 29, 38])
    assert (np.abs(pixels - paper).max(axis=2) < 3).mean() > 0.6
    legend = window.page.locator("[data-band]").all_inner_texts()
    assert [label.strip() for label in legend] == [
        "4–10 keV", "10–15 keV", "15–25 keV", "25–50 keV", "50–84 keV"
    ]  # fmt: skip
    assert window.page.locator("#simulated").is_visible()
    assert "UTC at Solar Orbiter" in window.page.inner_text("#sentence")


def test_the_theme_switch_repaints_the_plot(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    for _ in range(3):  # system, light, dark, system
        window.page.click("#theme")
        theme = window.page.evaluate("document.documentElement.dataset.theme ?? 'system'")
        paper = np.array([21, 29, 38] if theme == "dark" else [255, 255, 255])
        pixels = picture(window)
        assert (np.abs(pixels - paper).max(axis=2) < 3).mean() > 0.6, theme
        assert has_colour(pixels, BAND_COLOURS[0])


def test_the_wheel_zooms_with_one_request_and_the_address_follows(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    before, asked = visible(window), len(window.windows)
    window.page.evaluate(WHEEL, {"ticks": 6, "right": 400, "down": 150})
    window.settled()
    after = visible(window)
    assert after != before
    assert before[0] < after[0] < after[1] < before[1]
    assert len(window.windows) - asked == 1


def test_a_pan_asks_once_and_leaves_the_length(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    asked = len(window.windows)
    drag(window, 500, 300)
    window.settled()
    assert len(window.windows) - asked == 1
    assert visible(window)[0] > "2022-03-28T02:00:00"
    assert window.page.input_value("#id_start") == visible(window)[0]


def test_keys_move_the_range_and_back_and_forward_restore_it(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    page.keyboard.press("ArrowRight")
    window.settled()
    page.keyboard.press("+")
    window.settled()
    assert visible(window) == ("2022-03-28T05:00:00", "2022-03-28T07:00:00")
    page.go_back()
    window.settled()
    assert visible(window) == ("2022-03-28T04:00:00", "2022-03-28T08:00:00")
    page.go_back()
    window.settled()
    assert visible(window) == ("2022-03-28T02:00:00", "2022-03-28T06:00:00")
    page.go_forward()
    window.settled()
    assert visible(window) == ("2022-03-28T04:00:00", "2022-03-28T08:00:00")
    assert "2022-03-28 04:00 to 2022-03-28 08:00" in page.inner_text("#sentence")


def test_panels_are_switched_on_and_off_and_a_reload_gives_the_same_view(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    height = page.locator("#canvas").bounding_box()["height"]
    for key in ("trig", "bkgm", "var", "spec", "loc"):
        page.check(f"[name=panels][value={key}]", force=True)
        window.settled()
    assert page.locator("#canvas").bounding_box()["height"] > height + 500
    assert "panels=rcr,trig,bkgm,var,spec,loc" in page.url
    assert "trig" in window.windows[-1]
    page.uncheck("[name=panels][value=trig]", force=True)
    page.check("[name=style][value=points]", force=True)
    page.select_option("[name=units]", "rate")
    page.click("[data-band='2']")
    window.settled()
    address = page.url
    state = page.evaluate("[...document.querySelectorAll('#options :checked')].map(x => x.value)")
    page.reload()
    window.settled()
    assert page.url == address
    assert state == page.evaluate(
        "[...document.querySelectorAll('#options :checked')].map(x => x.value)"
    )
    assert page.get_attribute("[data-band='2']", "aria-pressed") == "false"
    assert not has_colour(picture(window), BAND_COLOURS[1])


def test_the_detector_of_the_spectra_is_chosen_where_they_are_shown(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    assert page.locator("#detector").is_hidden()
    page.check("[name=panels][value=spec]", force=True)
    window.settled()
    page.select_option("[name=detector]", "12")
    window.settled()
    assert "detector=12" in page.url
    assert "detector=12" in window.windows[-1]
    page.uncheck("[name=panels][value=spec]", force=True)
    assert page.locator("#detector").is_hidden()


def test_an_empty_window_does_not_hang_and_leads_to_the_nearest_data(portal, opened):
    window = opened()
    window.page.set_default_timeout(15_000)
    window.open(portal + PAGE + "?start=2022-04-10&stop=2022-04-11&panels=trig,bkgm,var,spec,loc")
    page = window.page
    assert "No light curves from 2022-04-10 00:00" in page.inner_text("#nothing")
    page.click("#nothing button")
    window.settled()
    assert page.locator("#nothing").is_hidden()
    assert visible(window)[0] < "2022-03-28T10" < visible(window)[1]
    page.go_back()
    window.settled()
    assert page.locator("#nothing").is_visible()


def test_a_failure_stays_in_the_plot_and_can_be_tried_again(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    page.route("**/window.bin*", lambda route: route.fulfill(status=503, body="busy"))
    page.keyboard.press("ArrowRight")
    window.wait("!document.getElementById('failure').hidden")
    assert "503" in page.inner_text("#failure")
    assert has_colour(picture(window), BAND_COLOURS[0])
    page.unroute("**/window.bin*")
    page.click("#failure button")
    window.settled()
    assert page.locator("#failure").is_hidden()
    window.faults = [fault for fault in window.faults if "503" not in fault]


def test_the_legend_works_by_keyboard(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    page.focus("[data-band='1']")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-band='1']", "aria-pressed") == "false"
    assert not has_colour(picture(window), BAND_COLOURS[0])
    page.keyboard.press("Space")
    assert page.get_attribute("[data-band='1']", "aria-pressed") == "true"
    assert has_colour(picture(window), BAND_COLOURS[0])


def test_log_and_linear_are_switched_by_key_and_by_button(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    log = picture(window)
    window.page.keyboard.press("l")
    assert "scale=linear" in window.page.url
    linear = picture(window)
    assert (log != linear).any(axis=2).mean() > 0.01
    assert has_colour(linear, BAND_COLOURS[4])
    window.page.check("[name=scale][value=log]", force=True)
    assert "scale" not in window.page.url
    assert (picture(window) != log).any(axis=2).mean() < 0.005


def test_the_read_out_gives_true_values_of_all_panels(portal, opened):
    window = opened()
    window.open(portal + MORNING + "&panels=rcr,trig")
    box = window.page.locator("#canvas").bounding_box()
    window.page.mouse.move(box["x"] + 400, box["y"] + 150)
    window.wait("document.getElementById('readout').textContent.includes('271')")
    text = window.page.inner_text("#readout")
    assert "1\u202f855" in text
    assert "RCR: 1, attenuator in" in text
    assert "counts / 4 s" in text


def test_bins_are_joined_on_demand(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    window.page.fill("[name=rebin]", "15")
    window.page.press("[name=rebin]", "Tab")
    window.settled()
    assert window.page.inner_text("#resolution") == "60 s bins"
    assert "rebin=15" in window.page.url
    assert "rebin=15" in window.page.get_attribute("a[data-options]", "href")
    box = window.page.locator("#canvas").bounding_box()
    window.page.mouse.move(box["x"] + 500, box["y"] + 150)
    window.wait("document.getElementById('readout').textContent.includes('4\u202f065')")
    assert "counts / 60 s" in window.page.inner_text("#readout")


def test_a_range_is_selected_and_zoomed_to(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    page = window.page
    page.click("#select")
    drag(window, 300, 500)
    window.wait("!document.querySelector('[data-selection=zoom]').disabled")
    assert visible(window)[0] == "2022-03-28T02:00:00"
    page.click("[data-selection=zoom]")
    window.settled()
    start, stop = visible(window)
    assert "2022-03-28T02:00:00" < start < stop < "2022-03-28T06:00:00"
    assert page.locator("#selection").is_hidden()
    drag(window, 500, 400)
    window.settled()
    assert visible(window)[0] > start


@pytest.mark.parametrize(("kind", "first"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_the_plot_is_saved_as_a_picture(portal, opened, kind, first):
    window = opened(theme="dark")
    window.open(portal + MORNING)
    window.page.evaluate(NOTE_TEXTS)
    with window.page.expect_download() as download:
        window.page.click(f"[data-export={kind}]")
    content = download.value.path().read_bytes()
    assert download.value.suggested_filename == (
        f"stix_ql_lightcurves_20220328T020000_20220328T060000.{kind}"
    )
    assert content.startswith(first)
    if kind == "png":
        corner = Image.open(BytesIO(content)).convert("RGB").getpixel((2, 2))
        assert corner == (255, 255, 255)
        title = window.page.evaluate("written.find(text => text.startsWith('STIX'))")
        assert title.endswith("UTC at Solar Orbiter (SIMULATED)")
    else:
        assert b"SIMULATED" in content


def test_the_link_of_the_view_is_copied(portal, opened):
    window = opened()
    window.open(portal + MORNING + "&units=rate")
    window.page.keyboard.press("y")
    window.wait("document.getElementById('share').open")
    assert window.page.input_value("#share-link") == window.page.url


def test_numbers_and_side_notes_follow_the_range(portal, opened):
    window = opened()
    window.open(portal + MORNING)
    window.page.keyboard.press("ArrowRight")
    window.wait("document.getElementById('numbers').textContent.includes('2022-03-28 04:00:00')")
    assert "1 855" in window.page.inner_text("#numbers").replace("\u202f", " ")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_accessibility_fault(portal, opened, width, theme):
    window = opened(width, theme)
    window.open(portal + MORNING + "&panels=rcr,trig,bkgm,var,spec,loc")
    window.page.click("summary:has-text('Show as table')")
    faults = Axe().run(window.page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults] == []
    wide = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_without_a_script_sentence_numbers_table_and_files_are_there(portal, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal + MORNING)
    assert "highest value 1\u202f855 counts per 4 s" in page.inner_text("#sentence")
    assert page.locator("#table tbody tr").count() <= 50
    page.select_option("[name=units]", "rate")
    page.click("#apply")
    assert "units=rate" in page.url
    assert "start=2022-03-28T02" in page.url.replace("%3A", ":")
    assert "units=rate" in page.get_attribute("a[data-options]", "href")
    context.close()
