"""Kernel sets in a backup: with files they come back, without them set-up makes its own again."""

from io import StringIO

import pytest
from django.core.management import call_command

from apps.ancillary import ingest, storage
from apps.ancillary.models import KernelSet

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

NOON = 1_648_468_800_000
"""2022-03-28T12:00:00 UTC in ms since 1970."""


@pytest.fixture
def used(data_dir):
    """A portal that answers with the demonstration set."""
    ingest.activate(ingest.add_demonstration().kernel_set, reason="test")


def distance():
    """An answer."""
    KernelSet.objects.forget()
    return KernelSet.objects.geometry().ephemeris([NOON]).sun_distance_au[0]


def back_up_and_restore(settings, tmp_path, *options):
    """Restore into an empty data folder; what the commands wrote to stderr."""
    errors = StringIO()
    call_command("backup", str(tmp_path / "b"), *options, verbosity=0, stderr=errors)
    settings.DATA_DIR = tmp_path / "restored"
    settings.DATA_DIR.mkdir()
    call_command("restore", str(tmp_path / "b"), "--force", verbosity=0, stderr=errors)
    return errors.getvalue()


def test_a_backup_with_files_brings_the_sets_back(used, settings, tmp_path):
    before = distance()
    assert back_up_and_restore(settings, tmp_path, "--files") == ""
    active = KernelSet.objects.get(active=True)
    assert storage.faults(active) == []
    assert distance() == before


def test_without_files_they_are_named_and_set_up_makes_its_own_again(used, settings, tmp_path):
    before = distance()
    words = back_up_and_restore(settings, tmp_path)
    active = KernelSet.objects.get(active=True)
    assert words.count("missing: kernels/") == len(active.kernels)
    assert storage.lacks_a_file(active)
    call_command("kernels", "ensure", verbosity=0)
    assert storage.faults(active) == []
    assert distance() == before


def test_half_made_sets_stay_out_of_a_backup(used, settings, tmp_path):
    (storage.root() / ".staged-x").mkdir()
    (storage.root() / ".staged-x" / "o.bsp").write_text("half")
    assert back_up_and_restore(settings, tmp_path, "--files") == ""
    assert [path.name for path in storage.root().iterdir()] == [KernelSet.objects.get().set_id]
