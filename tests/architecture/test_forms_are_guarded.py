"""Nobody's browser can be made to post: routes refuse without the token, every form sends it."""

import re

import pytest
from django.test import Client
from django.urls import resolve

from tests.architecture.imports import ROOT
from tests.architecture.routes import every_route, filled
from tests.factories import a_product, a_user

pytestmark = [pytest.mark.db, pytest.mark.django_db]

VALUES = {
    **{"pk": 1, "object_id": 1, "history_id": 1, "content_type_id": 1, "id": 1, "slug": "a"},
    **{
        "name": "a.fits",
        "stem": "a",
        "app_label": "archive",
        "url": "a",
        "start": "1",
        "span": "1",
    },
    **{"uidb64": "MQ", "token": "a-b", "format": "json", "final_catch_all_url": "a"},
}
READ_ONLY = "/data/bundle.zip"
"""Takes long lists of ids by POST and changes nothing (decision 0009)."""

FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)


def guarded(status):
    """Whether an answer to a POST without a token says that nothing was done.

    403 for the token, 405 where nobody takes a POST, 404 where nothing is there, 401 of REST.
    """
    return status in (401, 403, 404, 405)


def only_reads(address):
    """Whether records of REST answer here, which nobody can change by any method."""
    actions = getattr(resolve(address).func, "actions", None)
    return bool(actions) and set(actions) <= {"get", "head"}


def test_no_address_takes_a_post_without_the_token(data_dir):
    a_product()
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_user(username="root", is_staff=True, is_superuser=True))
    taken, tried, refused = [], 0, 0
    for route in every_route():
        known = VALUES | dict.fromkeys(set(route.arguments) - VALUES.keys(), "1")
        for address in filled(route, [known]):
            status = client.post(address, {"a": "1"}).status_code
            tried, refused = tried + 1, refused + (status == 403)
            if not guarded(status) and address != READ_ONLY and not only_reads(address):
                taken.append((address, status))
    assert taken == []
    assert tried > 150
    assert refused > 100


def test_signing_in_asks_for_the_token_too(db):
    client = Client(enforce_csrf_checks=True)
    for address in ("/accounts/login/", "/admin/login/", "/accounts/password/new/"):
        assert client.post(address, {"username": "a", "password": "b"}).status_code == 403


def test_every_form_that_posts_sends_the_token():
    forms = [
        (path.relative_to(ROOT), form)
        for path in (ROOT / "templates").rglob("*.html")
        for form in FORM.findall(path.read_text())
    ]
    assert len(forms) >= 5
    without = [path for path, form in forms if "{% csrf_token %}" not in form]
    assert [str(path) for path in without if "bundle" not in str(path)] == []
