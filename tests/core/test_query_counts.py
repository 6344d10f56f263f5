"""A page asks the database as often for sixty rows as for a few."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Export, Token
from apps.archive.models import IngestRun, Quarantined, RawFile
from apps.calibration.models import CalibrationRun
from apps.core.models import Curation, Job
from tests.factories import a_product, a_user, in_days, utc
from tests.pages.written import a_news, a_term, an_article

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("kernels")]

PAGES = (
    *("/", "/data/products/?versions=all", "/search/?q=number", "/search/?q=solo", "/status/"),
    *("/housekeeping/", "/housekeeping/parameters/"),
    *("/team/", "/docs/", "/news/", "/glossary/", "/docs/all/", "/accounts/", "/accounts/tokens/"),
    *("/api/v1/data/products/?versions=all", "/api/v1/data/products/?versions=all&format=csv"),
    *("/ancillary/", "/ancillary/pointing/", "/ancillary/light-time/"),
    *("/ancillary/window.bin", "/api/v1/ancillary/ephemeris/", "/api/v1/ancillary/kernel-sets/"),
    *("/calibration/", "/api/v1/calibration/runs/", "/api/v1/calibration/runs/?format=csv"),
    *("/data/manifest.csv", "/data/bundle.zip", "/news/feed.atom", "/sitemap.xml"),
    *("/admin/", "/admin/archive/dataproduct/", "/admin/archive/ingestrun/"),
    *(
        "/admin/archive/quarantined/",
        "/admin/core/job/",
        "/admin/calibration/calibrationrun/",
        "/admin/core/curation/",
    ),
    *("/admin/pages/article/", "/admin/pages/news/", "/admin/pages/term/", "/admin/auth/user/"),
)


SUM_OF_SIZES = 1
"""Asked once where a list has several pages, however many."""


def rows(numbers, user):
    """A row of everything for each number, each related to others."""
    for n in numbers:
        a_job = Job.objects.create(kind=f"number {n}")
        Curation.objects.create(
            kind="access", title=f"number {n}", reason="x", made_by=user, made_at=timezone.now(),
            job=a_job, number=1,
        )  # fmt: skip
        product = a_product(start=utc("2022-03-28"), version=n + 1, path=f"L1/{n}.fits",
                            access="team" if n % 2 else "public")  # fmt: skip
        calibrated = a_product("cal-energy", start=utc("2022-03-28"), path=f"L1/c{n}.fits")
        CalibrationRun.objects.create(
            product=calibrated, row=0, start=calibrated.start, stop=calibrated.stop, job=a_job
        )
        product.raw_files.add(RawFile.objects.create(name=f"raw {n}"))
        run = {"outcome": "taken in", "started_at": timezone.now(), "seconds": 1}
        IngestRun.objects.create(name=product.name, product=product, **run)
        Quarantined.objects.create(
            name=product.name, path=f"{n}", sha256=f"{n:064}", size=1, reason="x",
            refused_at=timezone.now(),
        )  # fmt: skip
        article = an_article(f"a-{n}", title=f"number {n}", body=f"number {n}")
        a_news(f"n-{n}", title=f"number {n}")
        a_term(f"number {n}", slug=f"t-{n}", see=article)
        Token.objects.issue(user, f"t {n}", in_days(2), timezone.now())
        Export.objects.record(user, f"x {n}", 1, 1)
        a_user("team", username=f"u-{n}")


def asked(client, address):
    """How many questions a page asks."""
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        body = response.getvalue() if response.streaming else response.content
    assert response.status_code == 200, address
    assert body
    return len(captured)


def test_no_page_asks_more_often_for_sixty_rows_than_for_three():
    call_command("loaddata", "groups", verbosity=0)
    user = a_user("curator", username="root", is_superuser=True, is_staff=True)
    an_article("all", body="Everything")
    rows(range(3), user)
    client = Client()
    client.force_login(user)
    few = {address: asked(client, address) for address in PAGES}
    rows(range(3, 60), user)
    many = {address: asked(client, address) for address in PAGES}
    grown = {a: (few[a], many[a]) for a in PAGES if many[a] > few[a] + SUM_OF_SIZES}
    assert grown == {}
