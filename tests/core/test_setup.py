"""`manage.py setup`: a portal with data from nothing, and nothing new the second time."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from apps.ancillary.models import KernelSet
from apps.archive import blocks
from apps.archive.models import DataProduct, IngestRun, Quarantined, Series, SeriesBlock
from apps.core.registry import readers
from tests.synthetic import write_lightcurve

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def offline(data_dir, monkeypatch):
    """No package index, and one sample file that was fetched before."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = data_dir / "samples" / "stixpy==0.2.1"
    folder.mkdir(parents=True)
    write_lightcurve(folder, "2020-05-06", n=100)
    return data_dir


@pytest.fixture
def demonstration(offline, settings):
    """Settings of a demonstration."""
    settings.DEMO = True
    settings.DEMO_PASSWORD = "a password for all"


def state():
    """What a second run must not change."""
    return (
        list(DataProduct.objects.order_by("pk").values_list("pk", "sha256", "dispatched")),
        list(Series.objects.order_by("pk").values_list("key", "generation")),
        list(User.objects.order_by("pk").values_list("username", "password", "is_staff")),
        list(KernelSet.objects.values_list("set_id", "active", "approximate")),
        list(Group.objects.order_by("pk").values_list("name", "permissions")),
    )


def run(*arguments):
    """Run the command; what it printed."""
    output = StringIO()
    call_command("setup", *arguments, stdout=output)
    return output.getvalue()


def test_blocks_written_in_an_older_form_are_written_anew(demonstration, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("apps.archive.blocks.CODEC", 0)
        run()
    assert set(SeriesBlock.objects.values_list("codec", flat=True)) == {0}
    run()
    assert set(SeriesBlock.objects.values_list("codec", flat=True)) == {blocks.CODEC}


def test_a_demonstration_has_data_and_accounts_and_a_second_run_changes_nothing(demonstration):
    assert "ready" in run("--demo")
    assert DataProduct.objects.filter(simulated=False).count() == 1
    assert DataProduct.objects.filter(simulated=True).count() >= 15
    assert not DataProduct.objects.filter(dispatched=False).exists()
    assert not Quarantined.objects.exists()
    assert KernelSet.objects.get(active=True).approximate
    before = state()
    runs = IngestRun.objects.count()
    run("--demo")
    assert state() == before
    assert IngestRun.objects.count() == runs


def test_set_up_after_an_upgrade_dispatches_what_was_taken_in_before(
    offline, settings, monkeypatch
):
    settings.DEMO = False
    with monkeypatch.context() as before:
        before.setattr(readers, "_entries", {})
        run()
        assert not DataProduct.objects.get().dispatched
        assert not Series.objects.exists()
    run()
    assert DataProduct.objects.get().dispatched
    assert Series.objects.get().generation == 1


def test_the_demo_accounts_have_their_roles_and_the_configured_password(demonstration, settings):
    call_command("loaddata", "groups", verbosity=0)
    from apps.core.management.commands.setup import Command

    Command(stdout=StringIO()).accounts()
    for name in ("team", "curator", "operator"):
        assert list(User.objects.get(username=name).groups.values_list("name", flat=True)) == [name]
    assert User.objects.filter(is_superuser=True).get().username == "admin"
    assert not User.objects.get(username="visitor").is_staff
    settings.DEMO_PASSWORD = "another password"
    Command(stdout=StringIO()).accounts()
    assert all(user.check_password("another password") for user in User.objects.filter())
    assert User.objects.count() == len(settings.DEMO_ACCOUNTS)


def test_a_real_portal_gets_no_accounts_and_no_simulated_data(offline, settings):
    settings.DEMO = False
    said = run("--demo")
    assert "no demonstration" in said
    assert not User.objects.exists()
    assert not DataProduct.objects.filter(simulated=True).exists()
    assert set(Group.objects.values_list("name", flat=True)) == {"team", "curator", "operator"}


def test_curators_may_change_what_they_curate_and_the_team_may_not(db):
    call_command("loaddata", "groups", verbosity=0)
    may = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.filter()
    }
    assert "change_dataproduct" in may["curator"]
    assert "delete_quarantined" in may["curator"]
    assert not any(name.startswith(("add", "change", "delete")) for name in may["team"])
    assert may["team"] <= may["operator"] & may["curator"]
