"""Clients of the quick-look tests, and the stored real day."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.quicklook.stored import stored
from tests.reference import REFERENCE


@pytest.fixture
def visitor():
    """A client that is not signed in."""
    return Client()


@pytest.fixture
def team(db):
    """A client of an instrument team member."""
    user = User.objects.create_user("member")
    user.groups.add(Group.objects.get_or_create(name="team")[0])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def real_day(db):
    """The light curves of 2020-05-06, stored."""
    return stored(REFERENCE / "fits" / "solo_L1_stix-ql-lightcurve_20200506_V01.fits")
