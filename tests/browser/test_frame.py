"""The frame of every page in a real browser: both themes, three widths, keys, no script."""

from datetime import UTC, datetime

import pytest

from tests.browser.window import expected, violations, wider_than_the_screen
from tests.factories import STRONG, a_product, a_user

pytestmark = [pytest.mark.browser, pytest.mark.db]

LIST = "/data/products/"
RANGE = "/quicklook/lightcurves/?start=2022-03-28T02:00:00&stop=2022-03-28T06:00:00"
PAGES = {
    "home": "/",
    "list": LIST,
    "filtered list": LIST + "?type=sci&level=L1A",
    "nothing found": LIST + "?name=nothing",
    "sign in": "/accounts/login/",
    "missing": "/nothing/",
    "wrong range": "/quicklook/lightcurves/?start=yesterday",
    "wrong filter": LIST + "?start=yesterday",
    "nothing stored": "/quicklook/lightcurves/",
}


@pytest.fixture
def archive(transactional_db, live_server, data_dir):
    """A running portal with a few files of all marks; gives its address."""
    for day in (27, 28, 29):
        a_product(start=datetime(2022, 3, day, tzinfo=UTC))
    a_product("sci-xray-cpd", level="L1A", stem="solo_L1A_stix-sci-xray-cpd_" + "x" * 60)
    a_product("ql-background", simulated=True, report=["DATE-BEG is written DATE_BEG"])
    return live_server.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_is_accessible_and_fits_its_screen(archive, opened, width, theme):
    window = opened(width=width, theme=theme)
    pages = PAGES | {"one product": archive_page(window, archive)}
    faults = {}
    for name, address in pages.items():
        window.page.goto(archive + address)
        expected(window)
        faults[name] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    assert {name: found for name, found in faults.items() if found} == {}


def archive_page(window, archive):
    """Address of the page of the product with the longest name."""
    window.page.goto(archive + LIST)
    return window.page.locator("td.wide a:has-text('xxxxx')").get_attribute("href")


def test_targets_are_large_enough_for_a_finger(archive, opened, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(archive + LIST)
    small = page.evaluate(
        "[...document.querySelectorAll('a, button, input, select, summary')]"
        ".filter(e => e.checkVisibility() && !e.closest('p, .skip, td, .crumbs, footer, .columns'))"
        ".map(e => e.closest('label') ?? e)"  # a click on the words around a tick counts
        ".filter(e => e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 90))"
    )
    context.close()
    assert small == []


def test_a_theme_is_kept_and_never_flashes(archive, opened):
    window = opened(theme="light")
    page = window.page
    page.goto(archive + "/")
    assert page.evaluate("getComputedStyle(document.body.parentElement).colorScheme") != "dark"
    for theme in ("light", "dark"):
        page.click("#theme")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.goto(archive + LIST)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(paper) == "rgb(14, 20, 27)"
    assert "Theme: dark" in page.inner_text("#theme")
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme ?? null") is None


def test_keys_act_and_can_be_switched_off(archive, opened):
    page = opened().page
    page.goto(archive + "/")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_timeout(200)
    assert page.url == archive + "/"
    page.keyboard.press("?")
    page.check("#keys-on")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/data/products/")
    page.focus("#id_name")
    page.keyboard.type("g?h")
    assert page.input_value("#id_name") == "g?h"
    assert not page.locator("#keys").is_visible()


def test_the_address_of_a_view_is_copied_by_one_key(portal, opened):
    window = opened()
    window.open(portal + RANGE)
    window.page.keyboard.press("y")
    assert window.page.input_value("#share-link") == portal + RANGE
    window.wait("document.getElementById('share-state').textContent === 'Copied.'")
    assert window.page.evaluate("navigator.clipboard.readText()") == portal + RANGE


def test_filters_swap_only_the_results_and_the_address_follows(archive, opened):
    window = opened()
    page = window.page
    page.goto(archive + LIST)
    page.evaluate("document.body.dataset.same = 'yes'")
    page.select_option("#id_type", "ql-lightcurve")
    window.wait("document.querySelector('[role=status]').textContent.startsWith('3 files')")
    assert page.evaluate("document.body.dataset.same") == "yes"
    assert "type=ql-lightcurve" in page.url
    page.fill("#id_start", "yesterday")
    page.press("#id_start", "Enter")
    page.wait_for_selector("#id_start[aria-invalid=true]")
    assert page.locator("#id_start_error").is_visible()
    expected(window)


def test_columns_are_chosen_and_stay_chosen(archive, opened):
    window = opened()
    page = window.page
    page.goto(archive + LIST)
    page.click(".columns summary")
    page.uncheck(".columns input[value=size]")
    assert page.locator("th[data-column=size]").is_hidden()
    page.keyboard.press("Escape")
    page.select_option("#id_type", "ql-lightcurve")
    window.wait("document.querySelector('[role=status]').textContent.startsWith('3 files')")
    window.wait("document.querySelector('th[data-column=size]').hidden")
    page.reload()
    assert page.locator("td[data-column=size]").first.is_hidden()


def test_one_signs_in_and_out_by_hand(archive, opened):
    a_user("team", username="noether")
    page = opened().page
    page.goto(archive + LIST)
    page.click("text=Sign in")
    page.fill("#id_username", "noether")
    page.fill("#id_password", STRONG)
    page.click("main button")
    page.wait_for_url("**/data/products/")
    assert page.locator(".topbar.is-team").count() == 1
    page.click("text=Sign out")
    page.wait_for_url(archive + "/")
    assert page.locator(".topbar.is-team").count() == 0


def test_lists_forms_and_the_time_bar_work_without_a_script(portal, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal + RANGE)
    page.select_option("#id_span", "1h")
    page.click("#timebar button")
    assert page.input_value("#id_start") == "2022-03-28T03:30:00"
    page.click("text=Half a range later")
    assert page.input_value("#id_start") == "2022-03-28T04:00:00"
    assert page.locator("#theme, [data-dialog]").first.is_hidden()
    page.goto(portal + LIST)
    page.select_option("#id_type", "ql-spectra")
    page.click("text=Filter")
    assert page.locator("tbody tr").count() == 1
    with page.expect_download() as download:
        page.click("a.tool")
    assert download.value.suggested_filename.endswith(".fits")
    context.close()


def test_on_paper_the_bars_are_gone_and_the_address_is_printed(archive, opened):
    page = opened().page
    page.goto(archive + LIST)
    page.emulate_media(media="print")
    assert page.locator("header").is_hidden()
    assert page.locator("table").is_visible()
    assert page.locator(".address").inner_text() == archive + LIST


def test_on_a_phone_the_time_bar_has_two_rows_and_the_list_its_main_columns(
    portal, opened, chromium
):
    window = opened(width=390)
    window.open(portal + RANGE)
    assert window.page.locator(".timebar").bounding_box()["height"] < 110
    cut = "filter(field => field.scrollWidth > field.clientWidth).length"
    assert window.page.evaluate(f"[...document.querySelectorAll('.timebar input')].{cut}") == 0
    window.page.goto(portal + LIST)
    assert window.page.locator("th[data-column=name]").is_visible()
    assert window.page.locator("th[data-column=category]").is_hidden()
    window.page.click(".columns summary")
    window.page.check(".columns input[value=category]")
    assert window.page.locator("th[data-column=category]").is_visible()


def test_the_theme_that_the_admin_left_as_automatic_is_the_systems(archive, opened):
    page = opened(theme="dark").page
    page.goto(archive + "/")
    page.evaluate("localStorage.setItem('theme', 'auto')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme ?? null") is None
    assert page.get_attribute("#theme", "title") == "Theme: system. Press for light"


def test_rare_filters_are_behind_a_menu_that_the_keyboard_opens_and_closes(archive, opened):
    window = opened()
    page = window.page
    page.goto(archive + LIST)
    page.focus("#id_name")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.select_option("#id_origin", "simulated")
    window.wait("document.querySelector('[role=status]').textContent.startsWith('1 file')")
    assert violations(window) == []
    page.keyboard.press("Escape")
    assert page.locator("#id_origin").is_hidden()
    assert page.evaluate("document.activeElement.textContent.trim()") == "More filters"


def test_a_plot_that_loads_says_so_and_keeps_its_height(portal, opened):
    window = opened()
    page = window.page
    page.route("**/window.bin*", lambda route: None)
    page.goto(portal + RANGE)
    window.wait("getComputedStyle(document.querySelector('#loading')).opacity === '1'")
    assert page.inner_text("#loading") == "Loading 4 h of light curves"
    height = page.locator("#plot").bounding_box()["height"]
    page.unroute("**/window.bin*")
    window.open(portal + RANGE)
    assert page.locator("#plot").bounding_box()["height"] == height
    assert page.evaluate("getComputedStyle(document.querySelector('#loading')).opacity") == "0"


def test_twice_the_size_of_text_loses_nothing(portal, opened):
    window = opened()
    window.open(portal + RANGE)
    for address in (RANGE, "/", LIST):
        window.page.goto(portal + address)
        window.page.evaluate("document.documentElement.style.fontSize = '200%'")
        window.page.wait_for_timeout(200)
        assert not wider_than_the_screen(window), address
