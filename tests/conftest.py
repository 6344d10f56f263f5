"""What every test may ask for: a clock that stands still, a data folder, and four viewers."""

import os
import shutil
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from hypothesis import settings as hypothesis_settings
from rest_framework.settings import api_settings

from apps.ancillary import demonstration
from apps.ancillary.models import KernelSet
from apps.ancillary.validation import inspect
from stixportal import packages
from tests.factories import a_user, an_active_set
from tests.reference import OFFICIAL

# How long an example takes is no property of the code; benchmarks measure speed.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


def pytest_configure(config):
    """Hash passwords fast, for accounts of tests protect nothing; lift the limits of REST."""
    rates = dict.fromkeys(packages.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    django_settings.REST_FRAMEWORK = packages.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    api_settings.reload()  # read before, when the apps were loaded
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config, items):
    """Leave out what asks for PostgreSQL when the tests run on SQLite; the other run has it."""
    if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    items[:] = [item for item in items if not item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=left_out)


def pytest_unconfigure(config):
    """Remove the folder that `tests.environment` made for this process."""
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture
def now():
    """An instant for code that takes its clock as an argument."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def data_dir(settings, tmp_path):
    """An empty data folder: archive, quarantine and inbox of this test alone."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    cache.clear()
    return settings.DATA_DIR


@pytest.fixture(scope="session")
def demonstration_kernels(tmp_path_factory):
    """The demonstration kernels, written once: their folder, and what their inspection says."""
    folder = tmp_path_factory.mktemp("demonstration-kernels")
    demonstration.make(folder)
    return folder, inspect(folder)


@pytest.fixture(scope="session")
def official_kernels(tmp_path_factory):
    """Real kernels with the planets of the package: their folder, what their inspection says."""
    folder = tmp_path_factory.mktemp("official-kernels")
    for path in (*OFFICIAL.glob("*/*"), demonstration.planets()):
        shutil.copyfile(path, folder / path.name)
    return folder, inspect(folder)


@pytest.fixture
def kernels(db, data_dir, demonstration_kernels):
    """The demonstration kernels as the active set of this test."""
    return an_active_set(*demonstration_kernels)


@pytest.fixture(autouse=True)
def _no_kernels_from_before():
    """Let no test answer with the kernel set of another."""
    KernelSet.objects.forget()


@pytest.fixture
def visitor():
    """A browser without an account."""
    return Client()


@pytest.fixture
def team(db):
    """A browser signed in as a member of the instrument team."""
    return signed_in("team")


@pytest.fixture
def curator(db):
    """A browser signed in as a curator."""
    return signed_in("curator")


@pytest.fixture
def operator(db):
    """A browser signed in as an operator."""
    return signed_in("operator")


def signed_in(role):
    """A client whose user has a role."""
    client = Client()
    client.force_login(a_user(role))
    return client
