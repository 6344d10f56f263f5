"""The strict content policy and its company stand on every kind of answer."""

import os
import subprocess
import sys

import pytest

from stixportal.security import DIRECTIVES
from tests.architecture.imports import ROOT

ADDRESSES = {
    "a page": "/",
    "a time page": "/quicklook/lightcurves/",
    "the admin": "/admin/login/",
    "the interface": "/api/v1/",
    "a missing page": "/nothing/here",
    "a missing record": "/api/v1/nothing/",
    "a wrong range": "/quicklook/lightcurves/?start=yesterday",
}


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_every_kind_of_answer_carries_the_policy(visitor, data_dir, address):
    response = visitor.get(address)
    policy = response.headers["Content-Security-Policy"]
    for name, sources in DIRECTIVES.items():
        assert f"{name} {' '.join(sources)}" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_no_eval_no_inline_script_and_no_other_host():
    assert "'unsafe-eval'" not in str(DIRECTIVES)
    assert DIRECTIVES["script-src"] == ["'self'"]
    assert DIRECTIVES["style-src"] == ["'self'"]
    assert not any("//" in source for sources in DIRECTIVES.values() for source in sources)


def test_a_production_portal_passes_the_deployment_check(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k7RZ0-ap2Jm4wXc_Tq9Ls6Vb1Nd8Fy3Ge5Hu" * 2,
        "ALLOWED_HOSTS": "stix.example.org",
        "DATA_DIR": str(tmp_path),
        "DEBUG": "0",
        "DEMO": "0",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
