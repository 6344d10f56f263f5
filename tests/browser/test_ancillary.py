"""Journeys over orbit, pointing and light time, in a real browser under the real policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.db]

ORBIT = "/ancillary/?start=2022-01-01&stop=2022-07-01"
POINTING = "/ancillary/pointing/?start=2022-01-01&stop=2022-07-01"
FLARE = "/ancillary/light-time/?time=2022-03-28T18:30&x=400&y=300&observer=earth"


@pytest.fixture
def orbit(transactional_db, live_server, kernels):
    """A running portal that answers with the demonstration kernels; gives its address."""
    return live_server.url


def place(page):
    """Where the spacecraft is drawn."""
    return page.evaluate(
        "(dot => [+dot.getAttribute('cx'), +dot.getAttribute('cy')])"
        "(document.querySelector('[data-spacecraft]'))"
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_three_tabs_are_accessible_and_fit(orbit, opened, theme, width):
    window = opened(width=width, theme=theme)
    for address in (ORBIT, POINTING, FLARE):
        if address == FLARE:
            window.page.goto(orbit + address)
        else:
            window.open(orbit + address)
        found = Axe().run(window.page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
        overflow = window.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, address


def test_moving_over_the_curves_moves_the_spacecraft_and_reads_values(orbit, opened):
    window = opened()
    window.open(orbit + ORBIT)
    page, home = window.page, place(window.page)
    canvas = page.locator("#canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 80)
    page.mouse.move(box["x"] + 210, box["y"] + 80)
    window.wait("document.getElementById('readout').textContent.includes('au')")
    moved = place(page)
    assert abs(moved[0] - home[0]) + abs(moved[1] - home[1]) > 20
    page.mouse.move(5, 5)
    window.wait(f"+document.querySelector('[data-spacecraft]').getAttribute('cx') === {home[0]}")


def test_keys_move_the_range_and_drawing_facts_and_links_follow(orbit, opened):
    window = opened()
    window.open(orbit + ORBIT)
    page = window.page
    before = page.inner_text("#where-now")
    page.keyboard.press("ArrowRight")
    window.settled()
    window.wait(f"document.getElementById('where-now').innerText !== {before!r}")
    assert "2022-07-01" in page.inner_text("#where-now .panel-head")
    assert page.get_attribute(".tabs a >> nth=1", "href").count("start=2022-04-01") == 1
    assert "start=2022-04-01" in page.get_attribute("main .actions a >> nth=0", "href")
    page.go_back()
    window.settled()
    window.wait("document.getElementById('where-now').innerText.includes('2022-04-01')")


def test_panels_and_points_are_chosen_and_a_reload_keeps_them(orbit, opened):
    window = opened()
    window.open(orbit + ORBIT)
    page = window.page
    height = page.locator("#canvas").bounding_box()["height"]
    page.check("[name=panels][value=velocity]", force=True)
    page.wait_for_timeout(300)
    assert page.locator("#canvas").bounding_box()["height"] > height + 80
    assert "velocity" in page.url
    page.fill("[name=points]", "37")
    page.click("#apply")
    window.settled()
    assert "points=37" in page.url
    assert page.is_checked("#options [name=panels][value=velocity]")
    page.click("text=Show as table")
    assert page.locator("#numbers tbody tr").count() == 37


def test_the_wheel_and_an_uncovered_end_do_not_break_the_curves(orbit, opened):
    window = opened()
    window.open(orbit + "/ancillary/?start=2024-12-01&stop=2025-06-01")
    page = window.page
    assert "shown as far as they reach" in page.inner_text("main")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        window.settled()
    assert page.locator("#failure").is_hidden()
    page.reload()
    assert "No orbit for this range" in page.inner_text("main")
    page.click("main .button.primary")
    window.settled()
    assert "Where Solar Orbiter is" in page.inner_text("main")


def test_a_flare_is_calculated_by_keyboard_alone_and_an_error_is_mended(orbit, opened):
    window = opened()
    page = window.page
    page.goto(orbit + FLARE)
    page.focus("#id_x")
    page.keyboard.press("Control+a")
    page.keyboard.type("-2000")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert page.get_attribute("#id_x", "aria-invalid") == "true"
    assert page.input_value("#id_x") == "-2000"
    window.faults.clear()  # the browser reports the 400 as an error
    page.fill("#id_x", "-200")
    page.press("#id_x", "Enter")
    page.wait_for_load_state()
    assert "The Earth sees it" in page.inner_text("main")
    assert "x=-200" in page.url


def test_the_field_of_view_and_the_clock_answer_in_place(orbit, opened):
    window = opened()
    window.open(orbit + POINTING)
    page = window.page
    page.fill("#id_time", "2022-03-28T18:30")
    page.press("#id_time", "Enter")
    window.settled()
    assert "2022-03-28 18:30:00 UTC" in page.inner_text("#fov-now")
    page.fill("#id_utc", "")
    page.fill("#id_scet", "642038387:13107")
    page.click("text=Convert")
    window.settled()
    assert "2020-05-05T23:59:59.5" in page.inner_text("#clock")
    assert "2022-03-28 18:30:00 UTC" in page.inner_text("#fov-now")


def test_without_a_script_drawing_facts_and_table_are_there(orbit, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(orbit + ORBIT)
    assert page.locator("svg.orbit .trail path").count() >= 2
    assert "Distance to the Sun" in page.inner_text("#where-now")
    assert "The plots need JavaScript" in page.inner_text("main")
    page.click("text=Show as table")
    assert page.locator("#numbers tbody tr").count() == 200
    context.close()


def test_a_picture_of_the_curves_is_saved_with_its_kernels(orbit, opened):
    window = opened()
    window.open(orbit + ORBIT)
    with window.page.expect_download() as download:
        window.page.click("[data-export=png]")
    assert download.value.suggested_filename.startswith("solo_ancillary_2022-01-01")
    assert download.value.path().stat().st_size > 20_000
