"""The list of data products: what it can be asked, how far it counts, and its old addresses."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct, RawFile, TypeLength
from apps.core.tables import MOST
from tests import synthetic
from tests.factories import a_product, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LIST = "/data/products/"
RECORDS = "/api/v1/data/products/"
RAW = "IX3.INTER.BatchRequest.PktTmRaw.SOL.0.2020.129.09.39.41.768.bVyc@2020.129.09.39.42.621.1.xml"


@pytest.fixture(autouse=True)
def archive(data_dir):
    """An empty archive for each test."""
    return data_dir


def listed(client, query):
    """Names of the files that the page lists."""
    page = client.get(LIST + query)
    assert page.status_code == 200
    return re.findall(r'<a href="/data/products/\d+/">([^<]+)</a>', page.text)


def test_the_page_and_the_records_know_the_same_filters(visitor):
    old = a_product(version=1, superseded=True)
    new = a_product(version=2)
    fit = a_product("cal-energy-fit", level="CAL", start=utc("2022-04-02"))
    spectra = a_product("cal-energy", start=utc("2022-04-03"))
    new.raw_files.add(RawFile.objects.create(name=RAW))
    expected = {
        "?category=quick-look": [new],
        "?category=calibration": [spectra, fit],
        "?category=calibration&type=ql": [],
        "?type=cal-energy": [spectra],
        "?type=cal": [spectra, fit],
        "?raw=bVyc@2020": [new],
        "?raw=nothing": [],
        f"?id={old.pk}": [old],
        f"?id={old.pk},{fit.pk}": [fit, old],
        f"?id={old.pk}&id={fit.pk}": [fit, old],
        "?versions=superseded": [old],
        "?versions=all&name=lightcurve": [new, old],
    }
    for query, products in expected.items():
        names = [product.name for product in products]
        assert sorted(listed(visitor, query)) == sorted(names), query
        records = visitor.get(RECORDS + query).json()["results"]
        assert sorted(record["name"] for record in records) == sorted(names), query


def test_a_name_that_is_no_filter_is_an_error_that_lists_the_known_ones(visitor):
    a_product()
    page = visitor.get(LIST + "?begin=2022-03-28&level=L1")
    assert page.status_code == 400
    assert "No filter of this list is called &#x27;begin&#x27;" in page.text
    assert "category, id, level" in page.text
    assert "lightcurve_20220328" not in page.text
    assert '<option value="L1" selected>' in page.text


@pytest.mark.parametrize("value", ["abc", "1,x", "-1", "9" * 30, "1.5", ",".join(["1"] * 1001)])
def test_ids_that_are_none_are_told_at_their_field(visitor, value):
    page = visitor.get(LIST, {"id": value})
    assert page.status_code == 400
    assert 'id="id_id_error"' in page.text
    assert visitor.get(RECORDS, {"id": value}).json()["errors"][0]["field"] == "id"


def test_ingest_notes_raw_files_and_the_longest_file_of_a_type(visitor, tmp_path, now):
    raw = "a.2020.121.xml;b.2020.122.xml;a.2020.121.xml"
    path = synthetic.write_lightcurve(tmp_path, cards={"RAW_FILE": raw}, simulated=True)
    product = ingest_file(path, now=now).product
    assert [file.name for file in product.raw_files.order_by("name")] == [
        "a.2020.121.xml",
        "b.2020.122.xml",
    ]
    assert listed(visitor, "?raw=B.2020") == [product.name]
    assert TypeLength.objects.longest(["ql-lightcurve"]) == product.stop - product.start
    assert ingest_file(path, now=now).status == "known"
    assert product.raw_files.count() == 2


def test_a_longer_file_raises_the_longest_and_a_shorter_one_does_not():
    for hours, longest in ((5, 5), (30, 30), (2, 30)):
        TypeLength.objects.note("ql-spectra", timedelta(hours=hours))
        assert TypeLength.objects.longest(["ql-spectra"]) == timedelta(hours=longest)
    TypeLength.objects.note("flarelist-sdc", timedelta(days=31))
    assert TypeLength.objects.longest() == timedelta(days=31)
    assert TypeLength.objects.longest(["ql-spectra"]) == timedelta(hours=30)
    assert TypeLength.objects.longest(["hk-maxi"]) is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 60)), min_size=1, max_size=8),
    asked=st.integers(0, 160),
    one_type=st.booleans(),
)
def test_the_short_cut_by_the_longest_file_loses_none(spans, asked, one_type):
    DataProduct.objects.filter().delete()
    TypeLength.objects.filter().delete()
    epoch = utc("2022-01-01")
    for index, (first, hours) in enumerate(spans):
        start = epoch + timedelta(hours=first)
        a_product(
            "ql-lightcurve" if index % 2 else "sci-xray-cpd",
            start=start,
            stop=start + timedelta(hours=hours),
            stem=f"file_{index}",
        )
    instant = epoch + timedelta(hours=asked)
    types = ["ql-lightcurve"] if one_type else []
    rows = DataProduct.objects.filter(product_type__in=types) if types else DataProduct.objects
    naive = set(rows.filter(stop__gt=instant).values_list("pk", flat=True))
    assert set(rows.ending_after(instant, types).values_list("pk", flat=True)) == naive


def many(number):
    """That many rows without files."""
    sample = a_product()
    rows = []
    for index in range(number):
        row = DataProduct(**{
            field.attname: getattr(sample, field.attname)
            for field in DataProduct._meta.concrete_fields
            if field.name != "id"
        })  # fmt: skip
        row.sha256, row.path = f"{index:064d}", f"rows/{index}"
        rows.append(row)
    DataProduct.objects.bulk_create(rows, batch_size=500)


def test_a_long_list_counts_to_ten_thousand_and_says_so(visitor):
    many(MOST)
    first = visitor.get(LIST).text
    assert '<p role="status">10\u202f000+ files' in first
    assert "1–50 of 10\u202f000+" in first
    assert "Script for all" in first
    assert "as ZIP" not in first
    last = visitor.get(LIST + "?page=200").text
    assert "9\u202f951–10\u202f000 of 10\u202f000+. The pages end here" in last
    assert 'rel="next"' not in last
    assert "9\u202f951–10\u202f000" in visitor.get(LIST + "?page=99999").text


def test_the_list_asks_few_questions_however_it_is_filtered(visitor, django_assert_num_queries):
    for day in range(60):
        a_product(start=utc("2022-03-01") + timedelta(days=day))
    visitor.get("/docs/")  # which pages have a help is asked once a minute
    with django_assert_num_queries(5):
        visitor.get(LIST + "?type=ql-lightcurve&start=2022-03-28&stop=2022-03-29")


def test_the_files_on_the_page_are_told_with_their_size_together(visitor):
    for day in range(60):
        a_product(start=utc("2022-03-01") + timedelta(days=day), size=1024)
    assert "Download all 60 as ZIP (60.0\u202fkiB)" in visitor.get(LIST).text
    assert "Download all 1 as ZIP (1.0\u202fkiB)" in visitor.get(LIST + "?stop=2022-03-02").text


def test_every_column_that_can_be_sorted_has_an_index(visitor):
    a_product()
    indexed = {index.fields[0] for index in DataProduct._meta.indexes}
    offered = set(re.findall(r"[?&]sort=-?(\w+)", visitor.get(LIST).text))
    assert offered == {"start", "product_type", "name", "size", "created"}
    assert offered <= indexed


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/view/list/fits", ""),
        (
            "/view/list/fits/1588723200/86400",
            "?start=2020-05-06T00:00:00Z&stop=2020-05-07T00:00:00Z",
        ),
        (
            "/view/list/fits?start=1588723200&span=3600",
            "?start=2020-05-06T00:00:00Z&stop=2020-05-06T01:00:00Z",
        ),
        (
            "/view/list/fits/2020-05-06/60",
            "?start=2020-05-06T00:00:00Z&stop=2020-05-06T01:00:00Z",
        ),
        ("/view/list/fits?raw_file_id=bVyc", "?raw=bVyc"),
        ("/view/list/fits/1588723200/many", "?start=2020-05-06T00:00:00Z"),
        ("/view/list/fits/yesterday/1", "?start=yesterday"),
    ],
)
def test_addresses_of_the_old_list_lead_on_for_good(visitor, address, expected):
    response = visitor.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, LIST + expected)


def test_the_list_points_to_python_and_to_its_twins(visitor):
    a_product()
    page = visitor.get(LIST + "?level=L1&page=1&sort=size").text
    assert "stixdcpy" in page
    assert f'href="{RECORDS}?level=L1"' in page
    assert f'href="{RECORDS}?level=L1&amp;format=csv"' in page
