"""What an upgrade adds to files that were in the archive before it."""

from importlib import import_module

import pytest
from django.apps import apps

from apps.archive import storage
from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct, RawFile, TypeLength
from tests import synthetic

pytestmark = [pytest.mark.db, pytest.mark.django_db]

raw_files = import_module("apps.archive.migrations.0008_raw_files")
longest = import_module("apps.archive.migrations.0004_longest_files")


@pytest.fixture
def before(data_dir, tmp_path):
    """A file as an earlier release left it: without links, and no lengths of types."""
    cards = {"RAW_FILE": "a.2020.121.xml;b.2020.122.xml"}
    product = ingest_file(synthetic.write_lightcurve(tmp_path, cards=cards)).product
    RawFile.objects.filter().delete()
    TypeLength.objects.filter().delete()
    return product


def test_files_from_before_are_found_by_their_raw_files(visitor, before):
    raw_files.link(apps, None)
    assert before.name in visitor.get("/data/products/", {"raw": "B.2020"}).text
    assert before.raw_files.count() == 2
    raw_files.link(apps, None)
    assert (before.raw_files.count(), RawFile.objects.count()) == (2, 2)


def test_a_damaged_or_missing_file_does_not_stop_the_upgrade(before):
    storage.absolute(before).write_bytes(b"no FITS file")
    raw_files.link(apps, None)
    storage.absolute(before).unlink()
    raw_files.link(apps, None)
    assert not before.raw_files.exists()


def test_the_longest_file_of_each_type_is_known_after_an_upgrade(before):
    longest.note(apps, None)
    found = DataProduct.objects.get()
    assert TypeLength.objects.get().longest == found.stop - found.start
