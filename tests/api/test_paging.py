"""Lists are paged by place: each row once and in order, whatever comes in between."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.archive.models import DataProduct
from apps.core import api
from apps.core.keyset import Cursor, CursorError
from tests.factories import a_product, in_days, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

RECORDS = "/api/v1/data/products/"
START = utc("2022-03-28")
instants = st.datetimes(
    min_value=utc("1990-01-01").replace(tzinfo=None),
    max_value=utc("2100-01-01").replace(tzinfo=None),
).map(lambda moment: utc(moment.isoformat()))


def products(hours, prefix="p"):
    """A product for each hour given; equal hours give equal starts."""
    for number, hour in enumerate(hours):
        start = START + timedelta(hours=hour)
        name = f"{prefix}{number}"
        a_product(start=start, stem=name, name=f"{name}.fits", path=f"L1/{name}.fits")


def walk(client, address, between=lambda: None):
    """Ids of all pages from an address on, following `next`."""
    found = []
    while address:
        page = client.get(address).json()
        found += [record["id"] for record in page["results"]]
        address = page["next"]
        between()
    return found


def newest_first():
    """Ids in the order of the list."""
    return list(DataProduct.objects.order_by("-start", "-pk").values_list("pk", flat=True))


@given(start=instants, key=st.integers(0, 2**63 - 1), back=st.booleans())
def test_a_cursor_reads_back_as_itself(start, key, back):
    cursor = Cursor(start, key, back)
    assert Cursor.read(cursor.text()) == cursor


@given(text=st.text(max_size=40) | st.binary(max_size=40).map(lambda some: some.hex()))
def test_a_text_is_a_cursor_of_ours_or_refused(text):
    try:
        cursor = Cursor.read(text)
    except CursorError:
        return
    assert cursor.text() == text


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(st.integers(0, 5), max_size=12), size=st.integers(1, 5))
def test_a_walk_gives_every_row_once_in_order_both_ways(data_dir, visitor, hours, size):
    DataProduct.objects.get_queryset().delete()
    products(hours)
    expected = newest_first()
    assert walk(visitor, f"{RECORDS}?page_size={size}") == expected
    last = Cursor(START - timedelta(days=1), 1, back=True).text()
    address, found = f"{RECORDS}?page_size={size}&cursor={last}", []
    while address:
        page = visitor.get(address).json()
        found = [record["id"] for record in page["results"]] + found
        address = page["previous"]
    assert found == expected


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 999), hours=st.lists(st.integers(0, 5), min_size=1, max_size=10))
def test_rows_that_come_and_go_meanwhile_repeat_and_skip_none(data_dir, visitor, seed, hours):
    DataProduct.objects.get_queryset().delete()
    products(hours)
    expected, chance, made = newest_first(), random.Random(seed), []

    def another():
        made.append(len(made))
        products([chance.choice([-9, 0, 3, 9])], prefix=f"q{len(made)}-")

    def between():
        if len(made) < 8:
            another()

    found = walk(visitor, f"{RECORDS}?page_size=2", between)
    assert [key for key in found if key in expected] == expected
    assert len(set(found)) == len(found)


def test_a_row_that_vanished_is_still_a_place(data_dir, visitor):
    products([1, 2, 3])
    page = visitor.get(RECORDS, {"page_size": 1}).json()
    DataProduct.objects.filter(pk=page["results"][0]["id"]).delete()
    assert walk(visitor, page["next"]) == newest_first()


def test_a_page_names_its_neighbours_in_the_body_and_in_a_header(data_dir, visitor):
    products([1, 2, 3])
    first = visitor.get(RECORDS, {"page_size": 1, "level": "L1"})
    assert first.json()["previous"] is None
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert "level=L1" in first.json()["next"]
    second = visitor.get(first.json()["next"]).json()
    assert visitor.get(second["previous"]).json()["results"] == first.json()["results"]
    last = visitor.get(second["next"]).json()
    assert last["next"] is None


def test_a_list_is_counted_to_a_bound_and_says_so(data_dir, visitor, monkeypatch):
    monkeypatch.setattr(api, "MOST_COUNTED", 3)
    products([1, 2, 3])
    page = visitor.get(RECORDS).json()
    assert (page["count"], page["count_is_capped"]) == (3, False)
    products([4], prefix="more")
    page = visitor.get(RECORDS).json()
    assert (page["count"], page["count_is_capped"]) == (3, True)


@pytest.mark.parametrize("cursor", ["x", "", "0", "AAAA", "é", "A" * 5000, "////", "a\x00b", "-1"])
def test_a_wrong_cursor_is_an_error_of_its_field(data_dir, visitor, cursor):
    response = visitor.get(RECORDS, {"cursor": cursor})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["cursor"]


def test_a_mirror_gets_what_changed_and_what_became_public(data_dir, visitor):
    products([1, 2])
    DataProduct.objects.update(updated_at=in_days(-9))
    a_product("sci-xray-cpd", access="embargoed", release_at=in_days(-1))
    DataProduct.objects.filter(access="embargoed").update(updated_at=in_days(-9))
    changed = DataProduct.objects.get(name="p1.fits")
    changed.superseded = False
    changed.save(update_fields=["superseded"])
    found = visitor.get(RECORDS, {"updated_after": "-2d"}).json()["results"]
    assert {record["name"] for record in found} == {
        "p1.fits", "solo_L1_stix-sci-xray-cpd_20220328_V01.fits"
    }  # fmt: skip
    assert visitor.get(RECORDS, {"updated_after": "-2min"}).json()["count"] == 1


def test_lists_and_records_ask_few_questions(data_dir, visitor, team, django_assert_num_queries):
    products(range(5))
    key = newest_first()[0]
    for address, number in ((RECORDS, 2), (f"{RECORDS}?page_size=2", 2), (f"{RECORDS}{key}/", 1)):
        with django_assert_num_queries(number):
            visitor.get(address)
        with django_assert_num_queries(number + 3):  # session, account, groups
            team.get(address)
