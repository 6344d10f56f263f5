"""Accounts in a real browser: signing in, waiting, a new password by mail, and tokens."""

import pytest
from django.core import mail

from apps.accounts.forms import LETTERS
from apps.accounts.models import Export
from tests.accounts.test_passwords import NEW, link
from tests.browser.window import expected, violations, wider_than_the_screen
from tests.factories import STRONG, a_user, in_days

pytestmark = [pytest.mark.browser, pytest.mark.db]

LOGIN = "/accounts/login/"


@pytest.fixture
def house(transactional_db, live_server, data_dir):
    """A running portal with one member of the team; gives its address."""
    user = a_user("team", "noether", email="emmy@example.org", first_name="Emmy")
    for number in range(3):
        Export.objects.record(user, f"stix-products-{number}.zip", 12, 7_500_000)
    return live_server.url


def sign_in(page, password=STRONG, name="noether"):
    """Fill in the form and send it."""
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.click("main form button")


def faults(window):
    """What is wrong with the page that is shown."""
    expected(window)
    return violations(window) + ["too wide"] * wider_than_the_screen(window)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_an_account_is_accessible_and_fits_its_screen(house, opened, width, theme):
    window = opened(width=width, theme=theme)
    page, found = window.page, {}
    for address in (LOGIN, "/accounts/password/new/", "/accounts/password/sent/"):
        page.goto(house + address)
        found[address] = faults(window)
    page.goto(f"{house}/accounts/password/MQ/made-up/")
    found["a link that is none"] = faults(window)
    page.goto(house + LOGIN)
    sign_in(page, "wrong")
    found["wrong password"] = faults(window)
    sign_in(page)
    for address in ("/accounts/", "/accounts/password/", "/accounts/tokens/"):
        page.goto(house + address)
        found[address] = faults(window)
    page.fill("#id_name", "A laptop with a long name, and what it is for at home")
    page.click("main form button")
    found["a new token"] = faults(window)
    page.goto(f"{house}/accounts/tokens/")
    found["tokens"] = faults(window)
    page.click("td >> text=Revoke")
    found["revoke"] = faults(window)
    assert {name: list_ for name, list_ in found.items() if list_} == {}


def test_a_wrong_password_is_said_and_the_right_one_leads_back(house, opened):
    page = opened().page
    page.goto(f"{house}/data/products/?level=L1")
    page.click("text=Sign in")
    sign_in(page, "wrong")
    assert "correct username and password" in page.inner_text("[role=alert]")
    assert page.input_value("#id_username") == "noether"
    assert page.input_value("#id_password") == ""
    page.fill("#id_password", STRONG)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/data/products/?level=L1")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_after_too_many_failures_a_page_says_when_to_try_again(house, opened, width, theme):
    window = opened(width=width, theme=theme)
    page = window.page
    page.goto(house + LOGIN)
    for _ in range(10):
        sign_in(page, "wrong")
    assert page.inner_text("h1") == "Too many attempts to sign in"
    assert "15 minutes from now" in page.inner_text("[role=alert]")
    assert page.input_value("#id_username") == "noether"
    window.faults[:] = [fault for fault in window.faults if "status of 429" not in fault]
    assert faults(window) == []
    page.click("text=Forgot your password?")
    page.wait_for_url("**/accounts/password/new/")


def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(house, opened):
    window = opened()
    page = window.page
    page.goto(house + LOGIN)
    page.click("text=Forgot your password?")
    page.fill("#id_email", "emmy@example.org")
    page.click("main form button")
    page.wait_for_url("**/accounts/password/sent/")
    LETTERS.submit(int).result()
    page.goto(house + link(mail.outbox[0]))
    assert faults(window) == []
    page.fill("#id_new_password1", NEW)
    page.fill("#id_new_password2", "another one")
    page.click("main form button")
    assert page.locator("[aria-invalid=true]").count() == 1
    page.fill("#id_new_password1", NEW)
    page.fill("#id_new_password2", NEW)
    page.click("main form button")
    page.wait_for_url(f"**{LOGIN}")
    assert "Your password is set" in page.inner_text("main")
    sign_in(page, NEW)
    page.wait_for_url(house + "/")
    page.goto(house + link(mail.outbox[0]))
    assert "opens nothing any more" in page.inner_text("main")


def test_a_token_is_made_used_and_revoked(house, opened):
    window = opened()
    page = window.page
    page.goto(f"{house}/accounts/tokens/")
    sign_in(page)
    page.fill("#id_name", "laptop")
    page.fill("#id_until", "yesterday")
    page.click("main form button")
    page.wait_for_selector("#id_until_error")
    expected(window)
    assert "year, month, day" in page.inner_text("#id_until_error")
    assert page.input_value("#id_name") == "laptop"
    page.fill("#id_until", in_days(30).date().isoformat())
    page.click("main form button")
    secret = page.inner_text("#secret")
    program = page.context.browser.new_context()
    ask = {"Authorization": f"Token {secret}"}
    address = f"{house}/api/v1/data/products/"
    assert program.request.get(address, headers=ask).status == 200
    page.click("text=to the list")
    assert secret not in page.content()
    page.click("td >> text=Revoke")
    page.click("main form button")
    page.wait_for_url("**/accounts/tokens/")
    assert "The token laptop is revoked." in page.inner_text("main")
    assert program.request.get(address, headers=ask).status == 401
    program.close()
