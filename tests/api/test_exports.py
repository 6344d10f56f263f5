"""Whole lists as files: the records of the pages, in constant memory, and noted for the team."""

import csv
import io
import tracemalloc

import pytest
from astropy.io.votable import parse_single_table, validate

from apps.accounts.models import Export
from apps.archive.models import DataProduct
from apps.core import api
from tests.factories import a_product, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

RECORDS = "/api/v1/data/products/"


@pytest.fixture(autouse=True)
def products(data_dir):
    """A file with every kind of value, one without the optional ones, and one of the team."""
    a_product("sci-xray-cpd", uid=2_203_280_001, simulated=True, name='odd,"name&<b>.fits')
    a_product("ql-lightcurve", start=utc("2022-03-27"), complete=False)
    a_product("sci-xray-spec", access="team", start=utc("2022-03-26"))


def body(response):
    """The text of an answer that is sent piece by piece."""
    assert response.status_code == 200
    assert response.streaming
    return b"".join(response).decode()


def table(client, **query):
    """The list as CSV, as dictionaries."""
    return list(csv.DictReader(io.StringIO(body(client.get(RECORDS, {"format": "csv"} | query)))))


def as_text(value):
    """A value of a record as CSV has it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_csv_holds_the_records_of_the_pages(visitor):
    rows, records = table(visitor), visitor.get(RECORDS).json()["results"]
    assert rows == [{name: as_text(one[name]) for name in one} for one in records]
    assert rows[0]["uid"] == "2203280001"
    assert rows[1]["uid"] == ""


def test_a_file_is_filtered_like_its_list(visitor, team):
    assert [row["product_type"] for row in table(visitor, type="ql")] == ["ql-lightcurve"]
    assert len(table(visitor)) == 2
    assert len(table(team)) == 3


def test_a_votable_is_valid_and_holds_the_same(visitor, tmp_path):
    response = visitor.get(RECORDS, {"format": "votable"})
    assert response["Content-Type"].startswith("application/x-votable+xml")
    assert response["Content-Disposition"] == 'attachment; filename="stix_products.vot"'
    text = body(response)
    path = tmp_path / "list.vot"
    path.write_text(text)
    assert validate(path, output=io.StringIO())
    found = parse_single_table(io.BytesIO(text.encode()))
    records = visitor.get(RECORDS).json()["results"]
    assert [str(name) for name in found.array["name"]] == [one["name"] for one in records]
    assert found.array["uid"].mask.tolist() == [False, True]
    assert found.array["simulated"].tolist() == [True, False]
    assert found.get_field_by_id("size_bytes").unit.to_string() == "byte"
    assert "Solar Orbiter" in found.get_field_by_id("start_utc_solo").description


def test_accept_chooses_the_form_and_the_address_wins(visitor):
    response = visitor.get(RECORDS, headers={"Accept": "text/csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    response = visitor.get(RECORDS, {"format": "json"}, headers={"Accept": "text/csv"})
    assert response["Content-Type"] == "application/json"


def test_a_single_record_is_json_alone(visitor):
    key = DataProduct.objects.latest().first().pk
    response = visitor.get(f"{RECORDS}{key}/", {"format": "csv"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "format"


def test_head_of_a_file_reads_no_row(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = visitor.head(RECORDS, {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_what_the_team_takes_of_hidden_rows_is_noted(visitor, team):
    table(visitor)
    table(team, type="ql")
    assert not Export.objects.exists()
    rows = body(team.get(RECORDS, {"format": "csv"}))
    noted = Export.objects.get()
    assert (noted.user.username, noted.number, noted.size) == ("a-team", 1, len(rows))
    assert noted.what == "list of data products as csv"
    assert len(noted.request_id) == 32
    body(team.get(RECORDS, {"format": "votable"}))
    assert Export.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_download_that_is_broken_off_is_noted_too(team):
    response = team.get(RECORDS, {"format": "votable"})
    pieces = iter(response)
    for piece in pieces:
        if b"sci-xray-spec" in piece:
            break
    response.close()
    assert Export.objects.get().number == 1


def test_a_long_list_needs_no_more_memory_than_a_short_one(visitor, monkeypatch):
    monkeypatch.setattr(api, "AT_ONCE", 50)
    row = DataProduct.objects.latest().first()
    DataProduct.objects.bulk_create(
        DataProduct(**{
            field.attname: getattr(row, field.attname)
            for field in DataProduct._meta.concrete_fields if field.attname != "id"
        } | {"path": f"L1/{number}", "sha256": f"{number:064d}", "name": f"file{number}.fits"})
        for number in range(1500)
    )  # fmt: skip
    response = visitor.get(RECORDS, {"format": "csv"})
    tracemalloc.start()
    lines = sum(piece.count(b"\n") for piece in response)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 1503
    assert peak < 700_000
