"""The strict content policy and its company stand on every kind of answer."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client

from apps.archive.ingest import ingest_file
from stixportal.security import DIRECTIVES
from tests.architecture.imports import ROOT
from tests.factories import STRONG, a_user
from tests.synthetic import write_lightcurve

CURVES = "/quicklook/lightcurves/"
HOUR = "?start=2022-03-28T00:00&stop=2022-03-28T01:00"
ADDRESSES = {
    "a page": ("/", 200),
    "a time page": (CURVES, 200),
    "the list of files": ("/data/products/", 200),
    "signing in": ("/accounts/login/", 200),
    "answers to a phrase": ("/search/?q=light", 200),
    "a phrase that is too long": ("/search/?q=" + "x" * 300, 400),
    "the status": ("/status/", 200),
    "health without a worker": ("/health/", 503),
    "the team's home": ("/team/", 302),
    "the admin": ("/admin/login/", 200),
    "a plot": (f"{CURVES}plot.json", 200),
    "a window": (f"{CURVES}window.bin{HOUR}", 200),
    "data as csv": (f"{CURVES}data.csv{HOUR}", 200),
    "data as json": (f"{CURVES}data.json{HOUR}", 200),
    "data as fits": (f"{CURVES}data.fits{HOUR}", 200),
    "data as a program": (f"{CURVES}data.py{HOUR}", 200),
    "a file": ("{file}", 200),
    "a static file": ("/static/portal/css/base.css", 200),
    "the interface": ("/api/v1/", 200),
    "records": ("/api/v1/data/products/", 200),
    "curves through the interface": (f"/api/v1{CURVES}{HOUR}", 200),
    "the latest version": ("{latest}", 302),
    "an old address": ("/view/ql/lightcurves?start=1648425600&span=3600", 301),
    "a page behind the admin's door": ("/admin/archive/dataproduct/", 302),
    "an address without its slash": ("/data/products", 301),
    "asking for a password": ("/accounts/password/new/", 200),
    "one's own account": ("/accounts/", 302),
    "a missing page": ("/nothing/here", 404),
    "a missing record": ("/api/v1/nothing/", 404),
    "a wrong range": (f"{CURVES}?start=yesterday", 400),
    "a wrong window": (f"{CURVES}window.bin?start=yesterday", 400),
    "an address no database reads": ("/data/%00", 400),
}


def assert_protected(response):
    """The content policy and its company stand on the answer."""
    policy = response.headers["Content-Security-Policy"]
    for name, sources in DIRECTIVES.items():
        assert f"{name} {' '.join(sources)}" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_every_kind_of_answer_carries_the_policy(visitor, data_dir, tmp_path, address, status):
    product = ingest_file(write_lightcurve(tmp_path)).product
    places = {"file": product.get_download_url(), "latest": f"/data/latest/{product.stem}.fits"}
    response = visitor.get(address.format(**places))
    assert response.status_code == status
    assert_protected(response)
    response.close()


@pytest.mark.db
@pytest.mark.django_db
def test_a_fault_of_ours_carries_the_policy_as_well(data_dir):
    def broken(execute, sql, params, many, context):
        raise RuntimeError("a fault of ours")

    with connection.execute_wrapper(broken):
        response = Client(raise_request_exception=False).get("/data/products/")
    assert response.status_code == 500
    assert_protected(response)
    assert "a fault of ours" not in response.content.decode()


@pytest.mark.db
@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_under_the_policy(data_dir):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})
    assert response.status_code == 403
    assert_protected(response)


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize("https", [True, False])
def test_the_cookie_of_a_session_is_out_of_reach(visitor, settings, data_dir, https):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https
    a_user("team", "someone")
    response = visitor.get("/accounts/login/")
    response = visitor.post("/accounts/login/", {"username": "someone", "password": STRONG})
    assert response.status_code == 302
    session, token = response.cookies["sessionid"], response.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert token["samesite"] == "Lax"
    assert [bool(cookie["secure"]) for cookie in (session, token)] == [https, https]


def test_the_policy_allows_no_eval_no_inline_script_and_no_other_host():
    assert "'unsafe-eval'" not in str(DIRECTIVES)
    assert DIRECTIVES["script-src"] == ["'self'"]
    assert DIRECTIVES["style-src"] == ["'self'"]
    assert not any("//" in source for sources in DIRECTIVES.values() for source in sources)


def production(tmp_path, *command):
    """What a Python command answers with the settings of a public machine."""
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k7RZ0-ap2Jm4wXc_Tq9Ls6Vb1Nd8Fy3Ge5Hu" * 2,
        "ALLOWED_HOSTS": "stix.example.org",
        "DATA_DIR": str(tmp_path),
        "DEBUG": "0",
        "DEMO": "0",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_production_portal_passes_the_deployment_check(tmp_path):
    assert "no issues" in production(tmp_path, "check", "--deploy", "--fail-level", "WARNING")


ASK = """
from django.test import Client
plain = Client().get("/data/products/", HTTP_HOST="stix.example.org")
print(plain.status_code, plain["Location"], sorted(plain.headers))
page = Client().get("/accounts/login/", secure=True, HTTP_HOST="stix.example.org")
print(page.status_code, page["Strict-Transport-Security"])
print(page.cookies["csrftoken"].OutputString())
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def test_a_production_portal_answers_in_https_only(tmp_path):
    production(tmp_path, "migrate", "-v0")
    redirect, page, cookie, session = production(tmp_path, "shell", "-v0", "-c", ASK).splitlines()
    assert redirect.startswith("301 https://stix.example.org/data/products/")
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"):
        assert header in redirect
    assert page == "200 max-age=31536000; includeSubDomains; preload"
    assert "Secure" in cookie
    assert session == "True True"
