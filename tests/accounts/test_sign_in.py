"""Signing in: what is typed stays, and who tries too often waits, by name and by address."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Export
from tests.factories import STRONG, a_user

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LOGIN = "/accounts/login/"
LIMIT = 10


def attempt(name, password="wrong", address="192.0.2.1", page=LOGIN, **fields):
    """Try to sign in from an address."""
    body = {"username": name, "password": password} | fields
    return Client(REMOTE_ADDR=address).post(page, body)


def test_a_wrong_password_keeps_the_name_and_where_one_was_and_forgets_the_password():
    a_user("team", "noether")
    page = attempt("noether", "seventeen", next="/data/products/")
    assert page.status_code == 200
    assert 'value="noether"' in page.text
    assert 'value="/data/products/"' in page.text
    assert "seventeen" not in page.text


def test_an_unknown_name_and_a_wrong_password_answer_alike():
    a_user("team", "noether")
    known, unknown = attempt("noether"), attempt("nobody1")
    assert known.status_code == unknown.status_code
    assert 'role="alert"' in known.text
    for page in (known, unknown):
        assert "correct username and password" in page.text


@pytest.mark.parametrize("page", [LOGIN, "/admin/login/"])
def test_too_many_failures_answer_429_and_say_when_the_next_attempt_counts(page):
    a_user("team", "noether", is_staff=True)
    for _ in range(LIMIT - 1):
        assert attempt("noether", page=page).status_code == 200
    refused = attempt("noether", page=page, next="/data/products/")
    assert refused.status_code == 429
    assert 880 <= int(refused["Retry-After"]) <= 900
    assert "UTC (Earth), 15 minutes from now" in refused.text
    assert 'value="noether"' in refused.text
    assert 'value="/data/products/"' in refused.text
    assert "no-store" in refused["Cache-Control"]
    assert attempt("noether", STRONG, page=page).status_code == 429


def test_one_name_from_many_addresses_is_one_flood():
    a_user("team", "noether")
    for number in range(LIMIT):
        attempt("noether", address=f"192.0.2.{number}")
    assert attempt("noether", STRONG, address="198.51.100.7").status_code == 429


def test_one_address_over_many_names_is_one_flood():
    a_user("team", "noether")
    for number in range(LIMIT):
        attempt(f"guess-{number}")
    assert attempt("noether", STRONG).status_code == 429
    assert attempt("noether", STRONG, address="198.51.100.7").status_code == 302


def test_the_addresses_of_one_ipv6_line_are_one_client():
    a_user("team", "noether")
    for number in range(LIMIT):
        attempt(f"guess-{number}", address=f"2001:db8:0:1::{number:x}")
    assert attempt("noether", STRONG, address="2001:db8:0:1:ffff::1").status_code == 429
    assert attempt("noether", STRONG, address="2001:db8:0:2::1").status_code == 302


def test_another_browser_is_no_other_client():
    a_user("team", "noether")
    for number in range(LIMIT):
        browser = Client(REMOTE_ADDR="192.0.2.1", HTTP_USER_AGENT=f"browser {number}")
        browser.post(LOGIN, {"username": f"guess-{number}", "password": "wrong"})
    assert attempt("noether", STRONG).status_code == 429


def test_a_header_that_names_another_address_deceives_nobody():
    a_user("team", "noether")
    for number in range(LIMIT):
        forged = Client(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        forged.post(LOGIN, {"username": f"guess-{number}", "password": "wrong"})
    assert attempt("noether", STRONG).status_code == 429


def test_behind_a_trusted_proxy_its_users_are_told_apart(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    a_user("team", "noether")
    for number in range(LIMIT):
        header = f"203.0.113.{number}, 192.0.2.66"
        proxied = Client(REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=header)
        proxied.post(LOGIN, {"username": f"guess-{number}", "password": "wrong"})
    answers = [
        Client(REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=address)
        .post(LOGIN, {"username": "noether", "password": STRONG})
        .status_code
        for address in ("192.0.2.66", "192.0.2.67")
    ]
    assert answers == [429, 302]


def test_trying_on_does_not_prolong_the_wait_and_it_ends():
    a_user("team", "noether")
    for _ in range(LIMIT):
        attempt("noether")
    begun = timezone.now() - timedelta(minutes=14)
    AccessAttempt.objects.update(attempt_time=begun)
    for _ in range(3):
        refused = attempt("noether")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) <= 60
    AccessAttempt.objects.update(attempt_time=begun - timedelta(minutes=2))
    assert attempt("noether", STRONG).status_code == 302


def test_signing_in_oneself_does_not_pay_for_attempts_at_others():
    a_user("team", "noether")
    a_user("curator", "curie")
    for _ in range(LIMIT - 1):
        attempt("curie")
    assert attempt("noether", STRONG).status_code == 302
    assert attempt("curie").status_code == 429


def test_a_page_is_not_named_that_lies_elsewhere():
    for _ in range(LIMIT):
        page = attempt("noether", next="https://example.org/")
    assert page.status_code == 429
    assert "example.org" not in page.text


@pytest.mark.parametrize(
    "name", ["", "a\x00b", "x" * 5000, "<script>alert(1)</script>", "\u202e\U0001f600"]
)
@pytest.mark.parametrize("where", [LOGIN, "/admin/login/"])
def test_odd_names_break_nothing(name, where):
    page = attempt(name, page=where)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_a_deactivated_account_is_out_at_once(team):
    assert team.get("/accounts/").status_code == 200
    User.objects.update(is_active=False)
    assert team.get("/accounts/").status_code == 302
    assert attempt("a-team", STRONG).status_code == 200


def test_ones_account_names_role_mail_and_exports(team, django_assert_max_num_queries):
    user = team.get("/accounts/").context["user"]
    for number in range(12):
        Export.objects.record(user, f"list-{number}.csv", 3, 2_500_000)
    Export.objects.record(a_user("curator", "curie"), "of-another.csv", 1, 1)
    with django_assert_max_num_queries(9):
        page = team.get("/accounts/")
    assert "Instrument team: sees data before they are public." in page.text
    assert "list-11.csv" in page.text
    assert "list-1.csv" not in page.text
    assert "2.4\u202fMiB" in page.text
    assert "of-another" not in page.text


@pytest.mark.parametrize("page", ["/accounts/", "/accounts/tokens/", "/accounts/password/"])
def test_pages_of_an_account_ask_to_sign_in_and_stay_in_no_cache(visitor, team, page):
    answer = visitor.get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"{LOGIN}?next={page}"
    for word in ("private", "no-store"):
        assert word in team.get(page)["Cache-Control"]
        assert word in answer["Cache-Control"]


@pytest.mark.parametrize("page", [LOGIN, "/accounts/password/new/"])
def test_forms_that_lead_to_an_account_stay_in_no_cache(visitor, page):
    assert "no-store" in visitor.get(page)["Cache-Control"]
