"""Passwords: a new one by mail, one's own changed, and floods of mails held back."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from apps.accounts.forms import LETTERS
from tests.factories import STRONG, a_user

pytestmark = [pytest.mark.db, pytest.mark.django_db]

ASK = "/accounts/password/new/"
NEW = "another horse, another battery"


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    """Forget what other tests asked for."""
    cache.clear()


def ask(address, client=None):
    """Ask for a new password, and wait until the mail is written."""
    answer = (client or Client()).post(ASK, {"email": address})
    LETTERS.submit(int).result()
    return answer


def link(letter):
    """The link of a mail, without the host."""
    return re.search(r"https?://[^/]+(/accounts/password/\S+/)", letter.body)[1]


def follow(client, address):
    """Open the link of a mail; the address of the form it leads to, and the page."""
    page = client.get(address, follow=True)
    return (page.redirect_chain or [(address,)])[-1][0], page


def test_a_mail_leads_to_a_new_password_and_its_link_works_once():
    user = a_user("team", "noether", email="emmy@example.org", first_name="Emmy")
    assert ask("Emmy@example.org")["Location"] == "/accounts/password/sent/"
    (letter,) = mail.outbox
    assert letter.to == ["emmy@example.org"]
    assert "noether" in letter.body
    assert "Emmy" in letter.body
    assert letter.alternatives == []
    client = Client()
    form, page = follow(client, link(letter))
    assert "no-store" in page["Cache-Control"]
    answer = client.post(form, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert "Your password is set" in answer.text
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert "opens nothing any more" in Client().get(link(letter), follow=True).text


def test_the_answer_is_the_same_whether_an_address_is_known_or_not():
    a_user("team", "noether", email="emmy@example.org")
    known, unknown = ask("emmy@example.org"), ask("nobody@example.org")
    assert len(mail.outbox) == 1
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known.content == unknown.content
    assert "If an account has the address" in Client().get(known["Location"]).text


def test_a_closed_account_gets_no_mail_and_one_without_a_password_does():
    a_user("team", "noether", email="emmy@example.org", is_active=False)
    invited = a_user("team", "curie", email="marie@example.org")
    invited.set_unusable_password()
    invited.save()
    ask("emmy@example.org")
    ask("marie@example.org")
    assert [letter.to for letter in mail.outbox] == [["marie@example.org"]]


def test_one_address_gets_four_mails_an_hour_and_the_answer_does_not_tell():
    a_user("team", "noether", email="emmy@example.org")
    answers = [ask(address) for address in ("emmy@example.org", "EMMY@example.org") * 4]
    assert len(mail.outbox) == 4
    assert {answer["Location"] for answer in answers} == {"/accounts/password/sent/"}


def test_one_client_asks_twenty_times_an_hour_and_is_then_told_to_wait():
    client = Client(REMOTE_ADDR="192.0.2.1")
    for number in range(20):
        assert ask(f"guess-{number}@example.org", client).status_code == 302
    refused = ask("emmy@example.org", client)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert 'value="emmy@example.org"' in refused.text
    assert "Try again in" in refused.text
    assert ask("emmy@example.org", Client(REMOTE_ADDR="192.0.2.2")).status_code == 302


def test_what_is_no_address_is_said_and_kept():
    page = ask("emmy at example.org")
    assert page.status_code == 200
    assert 'value="emmy at example.org"' in page.text
    assert 'class="errorlist"' in page.text


def test_a_weak_password_is_refused_with_its_reason():
    a_user("team", "noether", email="emmy@example.org")
    ask("emmy@example.org")
    client = Client()
    form, _ = follow(client, link(mail.outbox[0]))
    page = client.post(form, {"new_password1": "1234", "new_password2": "1234"})
    assert "too short" in page.text
    assert 'value="1234"' not in page.text


@pytest.mark.parametrize("address", ["MQ/set-password", "MQ/c-1", "xx/yy", "OTk5OTk5/abc-def"])
def test_a_link_that_was_made_up_opens_nothing_and_breaks_nothing(address):
    page = Client().get(f"/accounts/password/{address}/", follow=True)
    assert page.status_code == 200
    assert "opens nothing any more" in page.text
    assert "new_password1" not in page.text


def test_a_new_password_ends_the_wait_after_failed_attempts():
    a_user("team", "noether", email="emmy@example.org")
    for number in range(10):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{number}")
        stranger.post("/accounts/login/", {"username": "noether", "password": "wrong"})
    ask("emmy@example.org")
    client = Client(REMOTE_ADDR="198.51.100.7")
    form, _ = follow(client, link(mail.outbox[0]))
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    answer = client.post("/accounts/login/", {"username": "noether", "password": NEW})
    assert answer.status_code == 302


def test_who_changes_the_password_stays_and_other_browsers_are_out():
    user = a_user("team", "noether")
    here, elsewhere = Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    fields = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert "entered incorrectly" in here.post("/accounts/password/", fields).text
    answer = here.post("/accounts/password/", fields | {"old_password": STRONG}, follow=True)
    assert "Your password is changed" in answer.text
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
