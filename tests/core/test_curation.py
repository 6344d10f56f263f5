"""Decisions of curators: old values kept, undone for 24 hours, rows touched since left alone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from apps.archive.ingest import ingest_file, save_decided
from apps.archive.models import DataProduct, SeriesBlock
from apps.core import tasks
from apps.core.curation import DecisionRefused
from apps.core.models import Curation, Job
from tests import synthetic
from tests.factories import a_product, a_user, in_days, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def decided(products, made_at=None, **values):
    """A decision that gave these products new values."""
    curation = Curation.objects.create(
        kind="access", title="a test", reason="because", made_at=made_at or timezone.now()
    )
    keys = [product.pk for product in products]
    Curation.objects.apply(curation, DataProduct.objects.filter(pk__in=keys), values)
    curation.refresh_from_db()
    return curation


def undone(curation):
    """How many records got their values back."""
    assert Curation.objects.begin_undo(curation, a_user(username="undoer"), timezone.now())
    return Curation.objects.undo(curation.changes.all())


def test_a_decision_keeps_the_values_before_and_undo_puts_them_back():
    until = in_days(30)
    product = a_product("sci-xray-cpd", access="embargoed", release_at=until)
    curation = decided([product], access="public", release_at=None)
    product.refresh_from_db()
    assert (product.access, product.release_at) == ("public", None)
    change = curation.changes.get()
    assert change.values["access"] == ["embargoed", "public"]
    assert undone(curation) == 1
    product.refresh_from_db()
    assert (product.access, product.release_at) == ("embargoed", until)
    assert curation.changes.get().undone


def test_a_record_that_is_so_already_is_no_change():
    public, team = a_product("sci-xray-cpd"), a_product("sci-xray-vis", access="team")
    curation = decided([public, team], access="team", release_at=None)
    assert curation.number == 1
    assert [change.name for change in curation.changes.all()] == [public.name]


def test_undo_leaves_alone_what_was_touched_since():
    kept, edited, again = (
        a_product(key) for key in ("sci-xray-cpd", "sci-xray-vis", "sci-xray-rpd")
    )
    curation = decided([kept, edited, again], access="team", release_at=None)
    DataProduct.objects.filter(pk=edited.pk).update(access="public")
    decided([again], access="public", release_at=None)
    decided([again], access="team", release_at=None)
    assert undone(curation) == 1
    kept.refresh_from_db()
    again.refresh_from_db()
    assert (kept.access, again.access) == ("public", "team")
    assert [change.name for change in curation.changes.filter(undone=True)] == [kept.name]


@pytest.mark.parametrize(("hours", "possible"), [(23.9, True), (24.1, False)])
def test_a_decision_can_be_taken_back_for_24_hours(hours, possible):
    curation = decided(
        [a_product("sci-xray-cpd")], timezone.now() - timedelta(hours=hours), access="team"
    )
    assert curation.undoable(timezone.now()) is possible
    assert Curation.objects.begin_undo(curation, None, timezone.now()) is possible


def test_a_decision_is_undone_once():
    curation = decided([a_product("sci-xray-cpd")], access="team")
    assert Curation.objects.begin_undo(curation, None, timezone.now())
    assert not Curation.objects.begin_undo(curation, None, timezone.now())


def test_a_decision_that_fails_leaves_no_row_changed():
    good, bad = a_product("sci-xray-cpd"), a_product("ql-lightcurve", dispatched=True)
    with pytest.raises(DecisionRefused, match="cannot be read"):
        decided([good, bad], access="team")
    assert set(DataProduct.objects.values_list("access", flat=True)) == {"public"}


def test_each_day_of_the_store_is_rebuilt_once_and_follows_the_access(tmp_path):
    path = synthetic.write_lightcurve(tmp_path, n=900, simulated=True)
    product = ingest_file(path).product
    blocks = SeriesBlock.objects.series("ql-lightcurve")
    curation = decided([product], access="team", release_at=None)
    assert not blocks.visible_to(AnonymousUser()).exists()
    assert undone(curation) == 1
    assert blocks.visible_to(AnonymousUser()).exists()


def test_a_withdrawn_version_gives_way_and_stands_again_when_restored():
    old = a_product("sci-xray-cpd", version=1, superseded=True)
    new = a_product("sci-xray-cpd", version=2)
    curation = decided([new], withdrawn=True)
    assert [*DataProduct.objects.latest()] == [old]
    assert undone(curation) == 1
    assert [*DataProduct.objects.latest()] == [new]


def test_a_new_version_is_no_more_public_than_one_whose_versions_are_all_withdrawn(tmp_path):
    path = synthetic.write_lightcurve(tmp_path, n=900, simulated=True)
    first = ingest_file(path).product
    with transaction.atomic():
        first.access, first.withdrawn = "team", True
        save_decided([first], ["access", "withdrawn"])
    assert not DataProduct.objects.latest().exists()
    second = synthetic.write_lightcurve(tmp_path, n=901, simulated=True, version=2)
    assert ingest_file(second).product.access == "team"


def test_the_history_of_a_record_is_the_decisions_that_touch_it():
    mine, other = a_product("sci-xray-cpd"), a_product("sci-xray-vis")
    first = decided([mine, other], access="team")
    second = decided([mine], access="public")
    assert [*Curation.objects.of(mine)] == [second, first]
    assert [*Curation.objects.of(other)] == [first]


def many(number):
    """Products in a row."""
    return [
        a_product("sci-xray-cpd", start=utc("2022-03-28"), stem=f"stem {n}") for n in range(number)
    ]


def a_job(products, **values):
    """A decision as a job."""
    curation = Curation.objects.create(
        kind="access", title="many", reason="because", made_at=timezone.now()
    )
    about = {"curation": curation.pk, "model": "archive.dataproduct", "values": values}
    keys = [product.pk for product in products]
    curation.job = tasks.submit("access", "apps.core.tasks.curate", keys, **about)
    curation.save()
    return curation


def test_many_records_are_changed_in_portions_with_progress(monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    curation = a_job(many(5), access="embargoed", release_at="2050-01-01T00:00:00+00:00")
    assert not curation.undoable(timezone.now())
    progress = []
    for turn_s in (0, 60):
        tasks.curate(curation.job.pk, turn_s)
        curation.job.refresh_from_db()
        progress.append((curation.job.state, curation.job.parameters["done"]))
    assert progress == [("queued", 2), ("done", 5)]
    curation.refresh_from_db()
    assert (curation.number, curation.job.result) == (5, {"changed": 5})
    assert DataProduct.objects.filter(access="embargoed").count() == 5
    job = tasks.submit(
        "undo",
        "apps.core.tasks.undo",
        list(curation.changes.values_list("pk", flat=True)),
        curation=curation.pk,
    )
    tasks.undo(job.pk)
    assert DataProduct.objects.filter(access="public", release_at=None).count() == 5


def test_a_cancelled_decision_stays_as_far_as_it_came_and_can_be_undone():
    curation = a_job(many(2), access="team")
    Job.objects.filter(pk=curation.job.pk).cancel()
    tasks.curate(curation.job.pk)
    curation.refresh_from_db()
    assert (curation.job.state, curation.number) == ("cancelled", 0)


def test_a_job_that_another_worker_has_changes_nothing(monkeypatch):
    curation = a_job(many(1), access="team")
    monkeypatch.setattr(Job.objects.__class__, "advance", lambda *args, **facts: False)
    tasks.curate(curation.job.pk)
    assert DataProduct.objects.get().access == "public"
    assert not curation.changes.exists()
