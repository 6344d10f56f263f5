"""Ingests and curators who change the same files at once wait in one queue, and nobody fails."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.archive.ingest import one_at_a_time
from apps.archive.models import DataProduct
from apps.core.models import Curation
from tests.factories import a_product

pytestmark = [
    pytest.mark.db,
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("data_dir"),
]

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def decide(product, **values):
    """Decide about a file."""
    curation = Curation.objects.create(
        kind="access", title="a test", reason="because", made_at=timezone.now()
    )
    Curation.objects.apply(curation, DataProduct.objects.filter(pk=product.pk), values)
    return curation


@contextmanager
def aside(work):
    """Run work on a connection of its own; goes on once that connection waits for a lock."""

    def run():
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        with connection.cursor() as cursor:
            waits = False
            while not (waits or running.done()):
                cursor.execute(WAITING)
                waits = cursor.fetchone()[0] > 0
        yield running


def undoing(curation):
    """Take a decision back."""
    return lambda: Curation.objects.undo(curation.changes.all())


@pytest.mark.parametrize("what", ["decide", "undo"])
def test_a_decision_and_an_ingest_of_the_same_product_do_not_block_each_other(what):
    old = a_product("sci-xray-cpd", version=1)
    curation = decide(old, access="team")
    work = undoing(curation) if what == "undo" else lambda: decide(old, access="public")
    with ExitStack() as stack:
        with transaction.atomic():
            one_at_a_time()  # as an ingest of the next version begins
            running = stack.enter_context(aside(work))
            assert not running.done()
            DataProduct.objects.filter(pk=old.pk).update(superseded=True)
        running.result()
    old.refresh_from_db()
    assert (old.access, old.superseded) == ("public", True)


def test_two_curators_who_decide_about_versions_of_one_product_at_once_both_succeed():
    first, second = (a_product("sci-xray-cpd", version=number) for number in (1, 2))
    with ExitStack() as stack:
        with transaction.atomic():
            decide(first, withdrawn=True)
            running = stack.enter_context(aside(lambda: decide(second, withdrawn=True)))
            assert not running.done()
            DataProduct.objects.settle_versions(second.stem)
        running.result()
    assert DataProduct.objects.filter(withdrawn=True, superseded=True).count() == 2
    assert Curation.objects.filter(number=1).count() == 2
