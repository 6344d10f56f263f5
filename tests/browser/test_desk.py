"""Search, status and the team's home in a real browser: themes, widths, keys, no script."""

import pytest

from apps.archive.models import Quarantined
from apps.status.tasks import beat
from tests.browser.window import expected, violations, wider_than_the_screen
from tests.factories import STRONG, a_product, a_user, in_days, utc

pytestmark = [pytest.mark.browser, pytest.mark.db]

PUBLIC = {
    "search": "/search/",
    "answers": "/search/?q=lightcurve_2022",
    "nothing found": "/search/?q=NIXD0023",
    "too long": "/search/?q=" + "x" * 300,
    "status": "/status/",
}
CURVES = "**/quicklook/lightcurves/?start=2022-03-28T18%3A05%3A00&stop=2022-03-28T19%3A05%3A00"


@pytest.fixture
def desk(transactional_db, live_server, data_dir):
    """A running portal with files of several types and months, a refused file and a worker."""
    for month in ("2021-11", "2022-01", "2022-03"):
        a_product(start=utc(f"{month}-28"))
    a_product("sci-xray-cpd", start=utc("2022-03-20"), uid=2203201234)
    a_product("ql-background", start=utc("2022-03-20"), simulated=True)
    Quarantined.objects.create(
        name="broken.fits", path="b", sha256="b", size=1, reason="no FITS " * 30,
        refused_at=in_days(-1),
    )  # fmt: skip
    beat()
    return live_server.url


def sign_in(page, portal):
    """Sign in as a member of the team by way of the team's portal."""
    a_user("team", is_staff=True)
    page.goto(portal + "/")
    page.click("text=Instrument team portal")
    page.fill("#id_username", "a-team")
    page.fill("#id_password", STRONG)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/team/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_pages_are_accessible_and_fit_their_screen(desk, opened, width, theme):
    window = opened(width=width, theme=theme)
    faults = {}
    for name, address in PUBLIC.items():
        window.page.goto(desk + address)
        expected(window)
        faults[name] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    sign_in(window.page, desk)
    faults["team"] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_time_is_one_field_and_enter(desk, opened):
    page = opened().page
    page.goto(desk + "/")
    page.keyboard.press("/")
    page.keyboard.type("28 Mar 2022 18:35")
    page.keyboard.press("Enter")
    page.wait_for_url(CURVES)


def test_a_slash_is_a_sign_while_typing_and_when_keys_are_off(desk, opened):
    page = opened().page
    page.goto(desk + "/")
    page.focus("#search")
    page.keyboard.type("2022/087")
    assert page.input_value("#search") == "2022/087"
    page.goto(desk + "/")
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"


def test_search_needs_no_script(desk, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(desk + "/")
    page.fill("#search", "2203201234")
    page.press("#search", "Enter")
    page.wait_for_url("**/data/products/*/")
    assert "sci-xray-cpd" in page.inner_text("main")
    context.close()


def test_keys_lead_to_every_page_that_the_list_of_keys_names(desk, opened):
    window = opened()
    page = window.page
    sign_in(page, desk)
    named = page.evaluate(
        "[...document.querySelectorAll('#keys dt')].filter(t => t.children.length === 2)"
        ".map(t => [...t.children].map(k => k.textContent)).filter(k => k[0] === 'g')"
    )
    assert {"h", "q", "d", "t", "s", "j", "a"} <= {key for _, key in named}
    for _, key in named:
        page.goto(desk + "/search/")
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(lambda address: not address.endswith("/search/"))
    expected(window)


def test_the_team_sees_its_files_and_which_portal_it_is_in(desk, opened):
    page = opened().page
    sign_in(page, desk)
    assert page.inner_text(".portals [aria-current]") == "Instrument team portal"
    assert page.inner_text(".menu [aria-current]") == "Team home"
    assert "a-team" in page.inner_text(".account")
    assert "broken.fits" in page.inner_text("main")
    page.click("text=User portal")
    assert page.inner_text(".portals [aria-current]") == "User portal"


def test_the_bar_stays_usable_on_a_phone(desk, opened):
    window = opened(width=390)
    page = window.page
    sign_in(page, desk)
    for selector in ("#search", ".portals a", ".menu a", ".account button"):
        assert page.locator(selector).first.is_visible(), selector
    assert page.locator(".topbar").bounding_box()["height"] < 150
    page.locator(".menu li").last.scroll_into_view_if_needed()
    box = page.locator(".menu li").last.bounding_box()
    assert box["x"] + box["width"] <= 390
