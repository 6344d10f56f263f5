"""The stored real day of the quick-look tests."""

import pytest

from tests.quicklook.stored import stored
from tests.reference import REFERENCE


@pytest.fixture
def real_day(db):
    """The light curves of 2020-05-06, stored."""
    return stored(REFERENCE / "fits" / "solo_L1_stix-ql-lightcurve_20200506_V01.fits")
