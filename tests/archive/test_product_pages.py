"""Data products on the web: the list, one product, its file, and the records."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client

from apps.archive import storage
from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct, Quarantined, SeriesBlock
from tests import synthetic
from tests.factories import a_product, a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LIST = "/data/products/"
RECORDS = "/api/v1/data/products/"
QUARANTINE = "/admin/archive/quarantined/"
CONTENT = b"SIMPLE  =                    T" * 100


@pytest.fixture(autouse=True)
def archive(data_dir):
    """An empty archive for each test."""
    return data_dir


def day(text):
    """Midnight of a day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def body(response):
    """Content of an answer; a file is read to its end, which closes it."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def status(client, address):
    """Status of an answer."""
    response = client.get(address)
    body(response)
    return response.status_code


def names(response):
    """File names of a list of records."""
    return [record["name"] for record in response.json()["results"]]


def an_archive():
    """Two days of light curves (the first in two versions), one science file, one simulated."""
    a_product(start=day("2022-03-28"), version=1, superseded=True)
    a_product(start=day("2022-03-28"), version=2)
    a_product(start=day("2022-03-29"))
    a_product("sci-xray-cpd", start=day("2022-03-28"), uid=2203281123)
    a_product("ql-background", start=day("2022-04-01"), simulated=True)


FILTERS = {
    "": 4,
    "?versions=all": 5,
    "?type=ql": 3,
    "?type=ql-lightcurve": 2,
    "?type=sci&level=L1": 1,
    "?level=L1A": 0,
    "?start=2022-03-29": 2,
    "?stop=2022-03-29": 2,
    "?start=2022-03-28T12:00&stop=2022/088": 2,
    "?name=LIGHTCURVE_20220329": 1,
    "?uid=2203281123": 1,
    "?origin=simulated": 1,
    "?origin=real": 3,
}


@pytest.mark.parametrize(("query", "count"), FILTERS.items())
def test_page_and_records_are_filtered_alike(visitor, query, count):
    an_archive()
    assert visitor.get(RECORDS + query).json()["count"] == count
    page = visitor.get(LIST + query).content.decode()
    assert f'<p role="status">{count} file' in page


WRONG = {
    "start=yesterday": "start",
    "stop=2022-02-30": "stop",
    "start=2022-03-29&stop=2022-03-28": "stop",
    "type=light": "type",
    "level=L9": "level",
    "uid=abc": "uid",
    "uid=99999999999999999999": "uid",
    "versions=some": "versions",
    "name=%00": "name",
}


@pytest.mark.parametrize(("query", "field"), WRONG.items())
def test_a_wrong_filter_answers_400_and_names_its_field(visitor, query, field):
    response = visitor.get(f"{RECORDS}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]
    page = visitor.get(f"{LIST}?{query}")
    assert page.status_code == 400
    mark = page.content.decode().partition(f'id="id_{field}"')
    opening = mark[0][mark[0].rindex("<") :] + mark[1] + mark[2][: mark[2].index(">")]
    assert 'aria-invalid="true"' in opening
    assert f'aria-describedby="id_{field}_error"' in opening
    assert f'id="id_{field}_error"' in page.content.decode()


def test_an_unknown_filter_of_the_records_is_an_error_that_lists_the_known_ones(visitor):
    response = visitor.get(RECORDS + "?begin=2022-03-28")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "begin"
    assert "start" in response.json()["detail"]


def test_a_wrong_filter_reloads_the_page_where_a_script_swaps_results(visitor):
    response = visitor.get(LIST + "?start=x", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == LIST + "?start=x"


def test_records_carry_what_scripts_need(visitor):
    product = a_product(content=CONTENT, version=2, complete=False)
    record = visitor.get(f"{RECORDS}{product.pk}/").json()
    assert record["version"] == "V02U"
    assert record["start_utc_solo"] == "2022-03-28T00:00:00Z"
    assert record["stop_utc_solo"] == "2022-03-29T00:00:00Z"
    assert record["sha256"] == product.sha256
    assert record["size_bytes"] == len(CONTENT)
    assert (record["simulated"], record["access"]) == (False, "public")
    assert record["download"] == "http://testserver" + product.get_download_url()
    assert record["url"] == f"http://testserver{RECORDS}{product.pk}/"
    assert body(visitor.get(record["download"])) == CONTENT


def test_hidden_products_are_absent_everywhere_and_answer_404(visitor, team):
    hidden = a_product("sci-xray-cpd", access="team")
    later = a_product("sci-xray-spec", access="embargoed", release_at=in_days(3))
    assert names(visitor.get(RECORDS)) == []
    for product in (hidden, later):
        addresses = [
            product.get_absolute_url(),
            product.get_download_url(),
            f"/data/latest/{product.stem}.fits",
            f"{RECORDS}{product.pk}/",
        ]
        assert [status(visitor, address) for address in addresses] == [404] * 4
        assert [status(team, address) for address in addresses] == [200, 200, 302, 200]
        assert product.name not in visitor.get(LIST).content.decode()
    assert "Embargoed until" in team.get(LIST).content.decode()


def test_versions_that_are_hidden_are_not_told_on_the_page_of_another(visitor, team):
    seen = a_product(version=1)
    a_product(version=2, access="team")
    assert "V02" not in visitor.get(seen.get_absolute_url()).content.decode()
    assert "V02" in team.get(seen.get_absolute_url()).content.decode()
    assert visitor.get(f"/data/latest/{seen.stem}.fits").headers["Location"].endswith("V01.fits")


def test_a_download_has_its_length_and_checksum_and_is_not_sent_twice(visitor):
    product = a_product(content=CONTENT)
    response = visitor.get(product.get_download_url(), headers={"Accept-Encoding": "gzip"})
    assert body(response) == CONTENT
    assert response.headers["Content-Type"] == "application/fits"
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["ETag"] == f'"{product.sha256}"'
    assert product.name in response.headers["Content-Disposition"]
    assert "Content-Encoding" not in response.headers
    head = visitor.head(product.get_download_url())
    assert body(head) == b""
    assert head.headers["Content-Length"] == str(len(CONTENT))
    again = visitor.get(
        product.get_download_url(), headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    assert visitor.post(product.get_download_url()).status_code == 405


def test_shared_caches_keep_only_what_is_public(visitor, team):
    public, hidden = a_product(), a_product("sci-xray-cpd", access="team")
    for viewer, product, kept in (
        (visitor, public, "public, max-age=3600"),
        (team, hidden, "private"),
    ):
        response = viewer.get(product.get_download_url())
        body(response)
        assert response.headers["Cache-Control"] == kept


def test_a_name_that_is_not_the_products_answers_404(visitor):
    product = a_product()
    assert visitor.get(f"/data/files/{product.pk}/other.fits").status_code == 404
    assert visitor.get(f"/data/files/{product.pk}/..%2F{product.name}").status_code == 404


def test_the_stable_address_leads_to_the_best_version(visitor):
    a_product(version=1, superseded=True)
    partly = a_product(version=2, complete=False, superseded=True, name="partly_V02U.fits")
    whole = a_product(version=2)
    response = visitor.get(f"/data/latest/{whole.stem}.fits")
    assert (response.status_code, response.headers["Location"]) == (302, whole.get_download_url())
    assert status(visitor, partly.get_download_url()) == 200
    assert visitor.get("/data/latest/nothing.fits").status_code == 404


def test_the_page_of_a_product_shows_facts_findings_header_and_versions(visitor):
    old = a_product(version=1, superseded=True)
    product = a_product(
        version=2, header={"ORIGIN": "STIX <team>"}, report=["DATE-BEG is written DATE_BEG"]
    )
    page = visitor.get(product.get_absolute_url()).content.decode()
    for text in (product.name, product.sha256, "STIX &lt;team&gt;", "DATE-BEG is written DATE_BEG"):
        assert text in page
    assert old.get_absolute_url() in page
    assert "better version" in visitor.get(old.get_absolute_url()).content.decode()
    assert "start=2022-03-28T00:00:00&amp;stop=2022-03-29T00:00:00" in page


def test_simulated_products_say_so_in_the_list_and_on_their_page(visitor):
    product = a_product(simulated=True)
    assert "Simulated" in visitor.get(LIST).content.decode()
    assert (
        "not measured by the instrument" in visitor.get(product.get_absolute_url()).content.decode()
    )


def test_unchecked_levels_carry_their_caution(visitor):
    product = a_product("sci-xray-cpd", level="L1A")
    assert "nobody has checked" in visitor.get(LIST + "?level=L1A").content.decode()
    assert "nobody has checked" in visitor.get(product.get_absolute_url()).content.decode()
    assert "nobody has checked" in visitor.get(LIST).content.decode()
    assert "nobody has checked" not in visitor.get(LIST + "?level=L1").content.decode()


def test_lists_come_in_pages_of_fifty_and_sort(visitor):
    for index in range(60):
        a_product(start=day("2022-01-01"), stem=f"file_{index:02d}", size=index)
    first = visitor.get(LIST).content.decode()
    assert first.count("<tr>") == 51
    assert "1–50 of 60" in first
    second = visitor.get(LIST + "?page=2&sort=size").content.decode()
    assert "51–60 of 60" in second
    assert "file_59" in second
    assert 'aria-sort="ascending"' in second
    for wrong in ("?page=abc", "?page=99", "?page=-1", "?sort=nothing", "?sort=-"):
        assert visitor.get(LIST + wrong).status_code == 200


@pytest.mark.parametrize("address", [LIST, "one product", RECORDS])
def test_pages_ask_few_questions(visitor, team, django_assert_max_num_queries, address):
    an_archive()
    product = DataProduct.objects.latest().first()
    address = product.get_absolute_url() if address == "one product" else address
    for viewer, most in ((visitor, 5), (team, 9)):  # one of them asks for the active kernels
        viewer.get("/docs/")  # which pages have a help is asked once a minute
        with django_assert_max_num_queries(most):
            assert viewer.get(address).status_code == 200


@pytest.mark.parametrize("model", ["dataproduct", "ingestrun", "quarantined", "series"])
def test_the_admin_lists_and_shows_but_adds_nothing(admin_client, model):
    a_product()
    assert admin_client.get(f"/admin/archive/{model}/").status_code == 200
    assert admin_client.get(f"/admin/archive/{model}/add/").status_code == 403


def test_a_product_that_is_hidden_hides_its_days_of_the_store(admin_client, tmp_path):
    path = synthetic.write_lightcurve(tmp_path, n=900, simulated=True)
    product = ingest_file(path, now=day("2026-03-01")).product
    blocks = SeriesBlock.objects.series("ql-lightcurve")
    assert blocks.visible_to(AnonymousUser()).exists()
    address = f"/admin/archive/dataproduct/{product.pk}/change/"
    form = {"access": "team", "release_at": "", "reason": "not checked"}
    assert admin_client.post(address, form).status_code == 302
    assert blocks.exists()
    assert not blocks.visible_to(AnonymousUser()).exists()


def test_a_curator_of_the_admin_changes_only_who_may_see_a_product(admin_client):
    product = a_product("sci-xray-cpd")
    address = f"/admin/archive/dataproduct/{product.pk}/change/"
    form = {"access": "team", "release_at": "", "reason": "not checked", "name": "other.fits"}
    assert admin_client.post(address, form).status_code == 302
    changed = DataProduct.objects.get()
    assert (changed.access, changed.name) == ("team", product.name)


def test_a_curator_reads_why_a_file_was_refused_and_may_remove_it(data_dir, tmp_path):
    call_command("loaddata", "groups", verbosity=0)
    client = Client()
    client.force_login(a_user("curator", is_staff=True))
    path = synthetic.write_lightcurve(tmp_path, cards={"TELESCOP": "HESSI"})
    assert ingest_file(path, now=day("2026-03-01")).status == "refused"
    refused = Quarantined.objects.get()
    for address in (QUARANTINE, f"{QUARANTINE}{refused.pk}/change/"):
        text = html.unescape(client.get(address).content.decode())
        assert f"{path.name}: TELESCOP is 'HESSI', expected 'SOLO/STIX'" in text
    assert refused.path in text
    assert 'name="_save"' not in text
    address = f"{QUARANTINE}{refused.pk}/delete/"
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Quarantined.objects.exists()
    client.force_login(a_user("team", is_staff=True))
    assert client.get(QUARANTINE).status_code == 403


def test_a_refused_file_goes_with_its_row(admin_client, tmp_path):
    (tmp_path / "text.fits").write_text("no FITS")
    ingest_file(tmp_path / "text.fits", now=day("2026-03-01"))
    refused = Quarantined.objects.get()
    kept = storage.quarantine_root() / refused.path
    assert kept.exists()
    assert refused.reason in admin_client.get(QUARANTINE).content.decode().replace("&#x27;", "'")
    action = {"action": "delete_selected", "_selected_action": refused.pk, "post": "yes"}
    assert admin_client.post(QUARANTINE, action).status_code == 302
    assert not kept.exists()
    assert not Quarantined.objects.exists()


def test_the_stable_address_leads_to_the_real_file_before_a_newer_simulated_one(visitor):
    real = a_product(version=1)
    a_product(version=2, simulated=True)
    response = visitor.get(f"/data/latest/{real.stem}.fits")
    assert response.headers["Location"] == real.get_download_url()


def test_a_daily_file_that_begins_before_midnight_carries_the_date_of_its_day(visitor):
    start = datetime(2020, 5, 5, 23, 59, 59, tzinfo=UTC)
    product = a_product(start=start, stop=start + timedelta(days=1))
    assert "Quick-look light curves, 2020-05-06" in visitor.get(product.get_absolute_url()).text


def test_a_withdrawn_file_says_so_and_names_no_better_version(visitor, data_dir):
    product = a_product(superseded=True, withdrawn=True)
    text = visitor.get(product.get_absolute_url()).text
    assert "A curator has withdrawn this file" in text
    assert ">Withdrawn<" in text
    assert "A better version" not in text
    assert "latest</span>" not in text
