"""API tokens: made with a name and an end, shown once, kept as a hash, revoked by their owner."""

import re
from datetime import timedelta

import pytest
from django.core import serializers
from django.test import Client
from django.utils import timezone

from apps.accounts.forms import TOKENS
from apps.accounts.models import Token
from tests.factories import a_product, a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PAGE = "/accounts/tokens/"
LIST = "/api/v1/data/products/"


def day(days):
    """An ISO date that many days from today, UTC."""
    return in_days(days).date().isoformat()


def made(client, name="laptop", days=30):
    """Make a token through the page; its secret."""
    page = client.post(PAGE, {"name": name, "until": day(days)})
    return re.search(r'id="secret">(\w+)<', page.text)[1]


def issued(user, name="laptop", days=30):
    """A token of a user, and its secret."""
    return Token.objects.issue(user, name, in_days(days), timezone.now())


def with_token(secret, **options):
    """A program that sends a token and keeps no cookies."""
    return Client(headers={"Authorization": f"Token {secret}"}, **options)


def test_a_token_is_shown_once_and_kept_as_a_hash(team):
    secret = made(team)
    assert secret.startswith("stix_")
    assert len(secret) > 60
    listed = team.get(PAGE).text
    assert secret not in listed
    assert "laptop" in listed
    assert secret[-4:] in listed
    assert secret not in serializers.serialize("json", Token.objects.filter())


def test_the_page_with_the_secret_stays_in_no_cache(team):
    answer = team.post(PAGE, {"name": "laptop", "until": day(3)})
    assert "no-store" in answer["Cache-Control"]


def test_a_token_opens_what_its_owner_sees_and_nothing_more(data_dir):
    a_product(access="team")
    secrets = [issued(a_user(role))[1] for role in ("team", "")]
    assert [len(with_token(s).get(LIST).json()["results"]) for s in secrets] == [1, 0]
    assert Client().get(LIST).json()["results"] == []


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token a b",
        "Token stix_" + "0" * 64,
        "Token \xff\xfe",
        "Token a\x00b",
        "Token '; DROP TABLE accounts_token; --",
        "Token " + "x" * 5000,
        "token nothing",
    ],
)
def test_a_wrong_token_answers_401_as_a_problem(data_dir, header):
    a_product()
    answer = Client(headers={"Authorization": header}).get(LIST)
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["status"] == 401
    assert answer.json()["detail"]


def test_an_expired_token_answers_401_and_says_where_to_get_another():
    token, secret = issued(a_user("team"))
    Token.objects.filter(pk=token.pk).update(expiry=in_days(-1))
    answer = with_token(secret).get(LIST)
    assert answer.status_code == 401
    assert PAGE in answer.json()["detail"]


def test_the_token_of_a_closed_account_opens_nothing():
    user = a_user("team")
    _, secret = issued(user)
    assert with_token(secret).get(LIST).status_code == 200
    user.is_active = False
    user.save()
    assert with_token(secret).get(LIST).status_code == 401


def test_a_wrong_token_is_refused_even_beside_a_good_session(team):
    answer = team.get(LIST, headers={"Authorization": "Token nothing"})
    assert answer.status_code == 401


def test_a_token_opens_no_page_no_admin_and_no_session():
    user = a_user("team", is_staff=True)
    program = with_token(issued(user)[1])
    for page in ("/accounts/", PAGE, "/admin/"):
        assert program.get(page).status_code == 302
    program.get(LIST)
    assert "sessionid" not in program.cookies
    assert program.post(PAGE, {"name": "more", "until": day(3)}).status_code == 302
    assert Token.objects.count() == 1


@pytest.mark.parametrize("address", [PAGE, "/accounts/password/", "/accounts/logout/"])
def test_a_token_does_not_replace_the_sign_of_a_form_from_here(address):
    user = a_user("team")
    _, secret = issued(user)
    browser = with_token(secret, enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post(address, {"name": "more", "until": day(3)}).status_code == 403
    assert Token.objects.count() == 1


def test_a_session_alone_changes_nothing_at_the_interface_without_the_sign_of_a_form():
    user = a_user("team")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post(LIST, {}).status_code == 403


def test_a_revoked_token_opens_nothing(team):
    secret = made(team)
    token = Token.objects.get()
    address = f"{PAGE}{token.token_key}/revoke/"
    page = team.get(address).text
    assert "laptop" in page
    assert Token.objects.count() == 1
    answer = team.post(address, follow=True)
    assert "The token laptop is revoked." in answer.text
    assert with_token(secret).get(LIST).status_code == 401
    assert team.get(address).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_tokens_of_others_answer_404_and_stay(team, method):
    token, _ = issued(a_user("curator"))
    answer = getattr(team, method)(f"{PAGE}{token.token_key}/revoke/")
    assert answer.status_code == 404
    assert Token.objects.filter(pk=token.pk).exists()
    assert "laptop" not in team.get(PAGE).text


@pytest.mark.parametrize(
    ("name", "until", "field"),
    [
        ("", day(3), "name"),
        ("x" * 61, day(3), "name"),
        ("a\x00b", day(3), "name"),
        ("laptop", day(0), "until"),
        ("laptop", day(366), "until"),
        ("laptop", "soon", "until"),
        ("laptop", "", "until"),
    ],
)
def test_a_token_without_a_name_or_an_end_is_not_made_and_what_was_typed_stays(
    team, name, until, field
):
    page = team.post(PAGE, {"name": name, "until": until})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.text
    assert f'value="{until}"' in page.text or not until
    assert not Token.objects.exists()


def test_a_token_lives_to_the_end_of_its_last_day(team):
    made(team, days=1)
    expiry = Token.objects.get().expiry
    assert expiry.date() == in_days(1).date()
    assert (expiry + timedelta(seconds=1)).date() == in_days(2).date()


def test_names_are_unique_and_tokens_are_not_without_number(team):
    made(team)
    assert "already" in team.post(PAGE, {"name": "Laptop", "until": day(3)}).text
    user = Token.objects.get().user
    for number in range(TOKENS - 1):
        issued(user, f"token {number}")
    assert "revoke one first" in team.post(PAGE, {"name": "more", "until": day(3)}).text
    assert Token.objects.count() == TOKENS


def test_the_page_asks_no_more_for_many_tokens(team, django_assert_max_num_queries):
    made(team)
    user = Token.objects.get().user
    for number in range(10):
        issued(user, f"token {number}")
    with django_assert_max_num_queries(7):
        team.get(PAGE)


def test_an_admin_may_revoke_a_token_and_sees_no_secret(admin_client):
    token, secret = issued(a_user("team"))
    page = admin_client.get("/admin/accounts/token/")
    assert "laptop" in page.text
    assert secret not in page.text
    assert admin_client.get("/admin/accounts/token/add/").status_code == 403
    admin_client.post(f"/admin/accounts/token/{token.pk}/delete/", {"post": "yes"})
    assert not Token.objects.exists()
