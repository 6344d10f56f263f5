"""The curators' desk: lists that stay fast, decisions with reasons, the quarantine."""

import html
import re
from itertools import count

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, models
from django.db.models.fields.related import RelatedField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct, IngestRun, Quarantined
from apps.core import admin as desk
from apps.core.models import Curated, Curation, Job
from apps.core.tables import CappedPaginator
from tests import synthetic
from tests.factories import a_product, a_user, in_days, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

PRODUCTS = "/admin/archive/dataproduct/"
QUARANTINE = "/admin/archive/quarantined/"
SMALL = {"auth.Group", "auth.Permission", "contenttypes.ContentType"}
"""Models with so few rows that a drop-down may hold them all."""

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def each_model(function):
    """Run a test for every model of the admin."""
    return pytest.mark.parametrize("model", REGISTERED, ids=lambda m: m._meta.label)(function)


@pytest.fixture
def mira(db):
    """A browser signed in as a curator with the permissions of the role."""
    call_command("loaddata", "groups", verbosity=0)
    client = Client()
    client.force_login(a_user("curator", username="mira", is_staff=True))
    return client


def text_of(response):
    """The text of an answer, without the marks of HTML."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", response.text)))


numbers = count(1000)


def a_row(model):
    """A row of any model with related rows of its own; constraints hold by these defaults."""
    facts, number = {}, next(numbers)
    for field in model._meta.concrete_fields:
        if field.primary_key and isinstance(field, models.AutoField):
            continue
        if isinstance(field, RelatedField):
            facts[field.name] = a_row(field.related_model)
        elif field.unique or not field.has_default():
            facts[field.name] = a_value(field, number)
    return model._base_manager.create(**facts)


def a_value(field, number):
    """A value of a field that no other row has."""
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateTimeField):
        return None if field.null else timezone.now()
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, models.IntegerField | models.FloatField):
        return number
    if isinstance(field, models.BinaryField):
        return b""
    if isinstance(field, models.GenericIPAddressField):
        return "127.0.0.1"
    if isinstance(field, models.DurationField):
        return timezone.timedelta(1)
    return f"{field.name}{number}"[: field.max_length]


@each_model
def test_no_list_asks_more_questions_for_more_rows_nor_more_than_ten(admin_client, model):
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    asked = []
    admin_client.get(address)
    for _ in range(2):
        for _ in range(25):
            a_row(model)
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 10


@each_model
def test_no_list_counts_or_reads_a_whole_table(model):
    model_admin = admin.site._registry[model]
    assert issubclass(model_admin.paginator, CappedPaginator)
    assert model_admin.date_hierarchy is None
    assert not model_admin.show_full_result_count
    assert model_admin.show_facets is admin.ShowFacets.NEVER
    plain = [name for name in model_admin.list_filter if isinstance(name, str)]
    for name in plain:
        field = model._meta.get_field(name)
        bounded = field.choices or isinstance(field, models.BooleanField)
        related = field.related_model and field.related_model._meta.label
        assert bounded or related in SMALL, f"{name} lists its values from the rows"


@each_model
def test_no_form_has_a_drop_down_of_all_rows(model):
    model_admin = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = a_user(is_superuser=True, is_staff=True)
    searched = {*model_admin.autocomplete_fields, *model_admin.raw_id_fields}
    offered = model_admin.get_form(request, model()).base_fields
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        if field.related_model and field.name in offered:
            assert field.name in searched or field.related_model._meta.label in SMALL, field


def test_a_capped_list_says_that_there_are_more(admin_client, monkeypatch):
    monkeypatch.setattr("apps.core.tables.MOST", 3)
    for n in range(5):
        a_product("sci-xray-cpd", stem=f"stem {n}")
    assert "3+ data products" in text_of(admin_client.get(PRODUCTS))


def test_ten_thousand_are_written_as_everywhere():
    assert str(desk.CappedCount(10_000)) == "10\u202f000+"


def test_the_first_page_groups_the_tables_and_says_what_waits(mira):
    a_product("sci-xray-cpd", access="embargoed", release_at=in_days(3))
    a_product("sci-xray-vis", access="embargoed", release_at=in_days(30))
    text = text_of(mira.get("/admin/"))
    assert "1 embargoes that end within 14 days" in text
    assert "No refused files" in text
    assert text.index("Archive") < text.index("Data products") < text.index("Work")
    found = mira.get(PRODUCTS + "?review=embargo").context["cl"].result_list
    assert [product.product_type for product in found] == ["sci-xray-cpd"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=solo_L1_stix-sci-xray-c", {1}), ("?q=2203280001", {2}), ("?q=xray-cpd", set()),
        ("?q=solo_L1_stix-sci-xray-cpd_20220328_V01.fits", {1}), ("?q=solo_L1", {1, 2}),
        ("?start=2022-03-29", {2}), ("?stop=2022-03-29", {1}), ("?start=2022/087", {1, 2}),
        ("?start=2022-03-28&stop=2022-03-29&product_type=sci-xray-vis", set()),
        ("?level=L1A", set()), ("?level=L1", {1, 2}),
    ],
)  # fmt: skip
def test_files_are_found_by_the_beginning_of_a_name_by_id_and_by_time(admin_client, query, found):
    one = a_product("sci-xray-cpd")
    two = a_product("sci-xray-vis", start=utc("2022-03-29"), uid=2203280001)
    listed = admin_client.get(PRODUCTS + query).context["cl"].result_list
    assert {product.pk for product in listed} == {{1: one.pk, 2: two.pk}[n] for n in found}


def test_a_time_that_cannot_be_read_is_named_and_stays_in_its_field(admin_client):
    a_product()
    page = admin_client.get(PRODUCTS + "?start=yesterday&access__exact=public")
    assert "yesterday" in text_of(page)
    assert 'value="yesterday"' in page.text
    assert '<input type="hidden" name="access__exact" value="public">' in page.text
    assert not page.context["cl"].result_list


def chosen(action, *records, **answers):
    """What a curator sends: an action on records, then the answers of its page."""
    keys = [record.pk for record in records]
    given = {"action": action, "_selected_action": keys}
    if answers:
        given |= {"decided": "1", "chosen": ",".join(map(str, keys)), **answers}
    return given


def test_a_decision_shows_its_effect_before_it_is_made(mira):
    files = [
        a_product("ql-lightcurve", access="team"),
        a_product("sci-xray-cpd"),
        a_product("sci-xray-cpd", version=2),
    ]
    page = mira.post(PRODUCTS, chosen("change_access", *files[:2]))
    text = text_of(page)
    assert "Public 1 1 2" in text
    assert "Embargoed 2 1 0" in text
    assert "Team 1 1 0" in text
    assert "Quick-look light curves, days rebuilt 1: 2022-03-28" in text
    assert "(their access stays) 1" in text
    assert DataProduct.objects.filter(access="team").count() == 1


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"access": "embargoed", "reason": "x"}, "an embargo needs its end"),
        ({"access": "embargoed", "release_at": "2020-01-01", "reason": "x"}, "is past"),
        ({"access": "embargoed", "release_at": "soon", "reason": "x"}, "soon"),
        ({"access": "nobody", "reason": "x"}, "Select a valid choice"),
        ({"access": "team", "reason": ""}, "This field is required"),
    ],
)
def test_a_decision_that_is_incomplete_is_asked_again(mira, answers, says):
    product = a_product("sci-xray-cpd")
    assert says in text_of(mira.post(PRODUCTS, chosen("change_access", product, **answers)))
    assert not Curation.objects.exists()


def test_an_embargo_is_set_with_a_reason_told_on_the_files_page_and_undone(mira):
    product = a_product("sci-xray-cpd")
    answers = {"access": "embargoed", "release_at": "2050-01-01", "reason": "paper in work"}
    text = text_of(mira.post(PRODUCTS, chosen("change_access", product, **answers), follow=True))
    assert "1 file: access embargoed until 2050-01-01 00:00 UTC. Undo" in text
    curation = Curation.objects.get()
    assert (curation.made_by.username, curation.reason) == ("mira", "paper in work")
    page = text_of(mira.get(f"{PRODUCTS}{product.pk}/change/"))
    assert "by mira. Reason: paper in work" in page
    undo = f"/admin/core/curation/{curation.pk}/undo/"
    assert "access: embargoed → public" in text_of(mira.get(undo))
    history = text_of(mira.get(f"{PRODUCTS}{product.pk}/history/"))
    assert "by mira. Reason: paper in work" in history
    assert "Undone: 1 put back." in text_of(mira.post(undo, follow=True))
    product.refresh_from_db()
    assert (product.access, product.release_at) == ("public", None)
    assert "It can no longer be undone" in text_of(mira.post(undo, follow=True))


def test_the_undo_page_says_which_rows_it_leaves_alone(mira):
    files = [a_product("sci-xray-cpd"), a_product("sci-xray-vis")]
    mira.post(PRODUCTS, chosen("change_access", *files, access="team", reason="x"))
    DataProduct.objects.filter(pk=files[0].pk).update(access="public")
    undo = f"/admin/core/curation/{Curation.objects.get().pk}/undo/"
    text = text_of(mira.get(undo))
    assert "1 can be put back" in text
    assert f"1 left alone, because they were changed since {files[0].name}" in text
    assert "1 left alone because changed since" in text_of(mira.post(undo, follow=True))


def test_only_who_may_change_files_decides_about_them(mira):
    product = a_product("sci-xray-cpd")
    mira.post(PRODUCTS, chosen("change_access", product, access="team", reason="x"))
    undo = f"/admin/core/curation/{Curation.objects.get().pk}/undo/"
    member = Client()
    member.force_login(a_user("team", is_staff=True))
    assert member.get(undo).status_code == member.post(undo).status_code == 403
    given = chosen("change_access", product, access="public", reason="x")
    member.post(PRODUCTS, given)
    assert DataProduct.objects.get().access == "team"


def test_more_than_a_hundred_rows_go_to_a_job(mira):
    files = [a_product("sci-xray-cpd", stem=f"stem {n}") for n in range(101)]
    answers = {"access": "team", "reason": "x"}
    text = text_of(mira.post(PRODUCTS, chosen("change_access", *files, **answers), follow=True))
    assert "101 files: access team: a job works on it" in text
    job = Job.objects.get()
    assert (job.kind, len(job.parameters["ids"])) == ("access", 101)
    assert DataProduct.objects.filter(access="team").count() == 0


def test_a_file_that_cannot_be_read_stops_a_decision_with_a_sentence(mira):
    broken = a_product("ql-lightcurve")
    given = chosen("change_access", broken, access="team", reason="x")
    assert "Withdraw this file first" in text_of(mira.post(PRODUCTS, given, follow=True))
    assert not Curation.objects.exists()
    given = chosen("withdraw", broken, reason="damaged")
    assert "left without a standing version 1" in text_of(
        mira.post(PRODUCTS, chosen("withdraw", broken))
    )
    assert "withdrawn" in text_of(mira.post(PRODUCTS, given, follow=True))
    assert not DataProduct.objects.latest().exists()
    assert DataProduct.objects.get().withdrawn


def test_a_file_is_read_again(mira, tmp_path):
    product = ingest_file(synthetic.write_lightcurve(tmp_path, n=900)).product
    DataProduct.objects.update(header={})
    given = chosen("read_again", product, reason="a new card is read")
    assert "1 of 1 files read" in text_of(mira.post(PRODUCTS, given, follow=True))
    product.refresh_from_db()
    assert product.header
    assert IngestRun.objects.first().outcome == "known"


def test_a_refused_file_is_tried_again_and_says_why_now(mira, tmp_path, settings):
    settings.DEMO = False
    path = synthetic.write_lightcurve(tmp_path, n=900, simulated=True)
    assert ingest_file(path).status == "refused"
    refused = Quarantined.objects.get()
    assert "SIMPLE  =" in html.unescape(mira.get(f"{QUARANTINE}{refused.pk}/change/").text)
    Quarantined.objects.update(reason="an old reason")
    given = chosen("try_again", refused, reason="now a demonstration")
    assert "0 of 1 files were taken in" in text_of(mira.post(QUARANTINE, given, follow=True))
    assert "made by the simulator" in Quarantined.objects.get().reason
    settings.DEMO = True
    assert "1 of 1 files were taken in" in text_of(mira.post(QUARANTINE, given, follow=True))
    assert not Quarantined.objects.exists()
    assert DataProduct.objects.get().name == path.name


def test_a_waiting_job_is_cancelled(admin_client):
    job = Job.objects.create(kind="ingest")
    admin_client.post("/admin/core/job/", chosen("cancel", job))
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_every_curated_model_has_a_history_with_reasons():
    curated = [model for model in apps.get_models() if issubclass(model, Curated)]
    for model in curated:
        assert isinstance(admin.site._registry[model], desk.CuratedAdmin), model


def test_the_desk_has_the_words_of_the_portal(admin_client):
    page = admin_client.get("/admin/auth/user/").text
    assert "Sign out" in page
    assert "Log out" not in page
    assert '<form id="logout-form" method="post" action="/accounts/logout/">' in page
    assert "Authentication" not in text_of(admin_client.get("/admin/auth/user/"))
    assert 'href="/admin/auth/">Accounts</a>' in page
