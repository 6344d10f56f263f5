"""What tests of the archive share."""

import hashlib
from datetime import UTC, datetime

import pytest

from apps.archive.ingest import ingest_file
from tests.factories import a_product, a_user
from tests.synthetic import write_lightcurve

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def used(data_dir, tmp_path):
    """A portal in use: a file with light curves, a refused file, a hidden product, an account."""
    ingest_file(write_lightcurve(tmp_path), now=NOW)
    bad = tmp_path / "broken.fits"
    bad.write_bytes(b"no FITS file")
    ingest_file(bad, now=NOW)
    facts = {"header": {"ORIGIN": "é ☀"}, "sha256": hashlib.sha256(b"hidden").hexdigest()}
    a_product("sci-xray-cpd", access="team", content=b"hidden", **facts)
    a_user(username="root", is_superuser=True, is_staff=True)
    return data_dir
