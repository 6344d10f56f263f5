"""Whatever changes a record stamps it, so that mirrors that ask what is new miss nothing."""

import pytest
from django.db import transaction
from django.utils import timezone

from apps.archive.ingest import ingest_again, ingest_file
from apps.archive.models import DataProduct
from apps.core import tasks
from apps.core.models import Curation
from tests import synthetic
from tests.core.test_curation import a_job, decided, undone
from tests.factories import a_product, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

RECORDS = "/api/v1/data/products/"
FEW = 3
"""Of so many records the ETag is asked too."""


class Mirror:
    """A member's program that walked a week ago, and asks again after each change."""

    def __init__(self, client, *products):
        self.client, self.products = client, products
        self.tags = self.walk()

    def walk(self):
        """Make every change so far an old one; the ETag of each record."""
        DataProduct.objects.update(updated_at=in_days(-7))
        return {
            one.pk: self.client.get(f"{RECORDS}{one.pk}/")["ETag"] for one in self.products[:FEW]
        }

    def misses_nothing(self, *changed):
        """Whether the next walk brings just these, and each says it is another than before."""
        query = {"updated_after": "-1d", "versions": "all", "page_size": 1000}
        found = {record["id"] for record in self.client.get(RECORDS, query).json()["results"]}
        for one in changed[:FEW]:
            header = {"If-None-Match": self.tags[one.pk]}
            assert self.client.get(f"{RECORDS}{one.pk}/", headers=header).status_code == 200
        self.tags = self.walk()
        return found == {one.pk for one in changed}


def many(number):
    """Files of one day without a capability that reads them."""
    return [a_product("sci-xray-cpd", stem=f"stem {n}") for n in range(number)]


def test_a_decision_about_access_and_its_undo(team):
    first, second, other = many(3)
    mirror = Mirror(team, first, second, other)
    curation = decided([first, second], access="team", release_at=None)
    assert mirror.misses_nothing(first, second)
    assert undone(curation) == 2
    assert mirror.misses_nothing(first, second)


def test_a_decision_about_more_than_a_hundred_records_and_its_undo(team):
    products = many(230)
    mirror = Mirror(team, *products)
    curation = a_job(products, access="team")
    tasks.curate(curation.job.pk)
    assert DataProduct.objects.filter(access="team").count() == 230
    assert mirror.misses_nothing(*products)
    changes = list(Curation.objects.get().changes.values_list("pk", flat=True))
    job = tasks.submit("undo", "apps.core.tasks.undo", changes, curation=curation.pk)
    tasks.undo(job.pk)
    assert DataProduct.objects.filter(access="public").count() == 230
    assert mirror.misses_nothing(*products)


def test_a_withdrawn_version_and_the_one_that_stands_instead_and_back_again(team):
    old = a_product("sci-xray-cpd", version=1, superseded=True)
    new = a_product("sci-xray-cpd", version=2)
    mirror = Mirror(team, old, new)
    decided([new], withdrawn=True)
    assert mirror.misses_nothing(old, new)
    decided([new], withdrawn=False)
    assert mirror.misses_nothing(old, new)


def test_a_version_that_gives_way_to_a_new_file(team, tmp_path):
    first = ingest_file(synthetic.write_lightcurve(tmp_path, n=900)).product
    mirror = Mirror(team, first)
    second = ingest_file(synthetic.write_lightcurve(tmp_path, n=901, version=2)).product
    mirror.tags[second.pk] = '"none yet"'
    assert mirror.misses_nothing(first, second)
    with transaction.atomic():
        DataProduct.objects.settle_versions(first.stem)
    assert mirror.misses_nothing()  # nothing changed, so nothing is stamped


def test_a_file_that_is_read_again(team, tmp_path):
    product = ingest_file(synthetic.write_lightcurve(tmp_path, n=900)).product
    mirror = Mirror(team, product)
    before = timezone.now()
    assert ingest_again(product).status == "known"
    product.refresh_from_db()
    assert product.updated_at >= before
    assert mirror.misses_nothing(product)
