"""Bad input in every field of every address: an answer that names the field, never a 500.

The routes and the names of their fields are taken from the code, so a new page is covered the day
it gets an address.
"""

import gzip
import json
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from apps.core.views import RANGE_FIELDS
from apps.status.tasks import beat
from tests.architecture.routes import every_route, filled
from tests.factories import STRONG, a_product, a_user, utc
from tests.housekeeping.written import write_report
from tests.quicklook.stored import a_light_curve, stored

pytestmark = [pytest.mark.db, pytest.mark.django_db]

SCRIPT = "\"'><script>alert(1)</script>"
HOSTILE = (
    SCRIPT,
    "{{ 70312345|add:70471111 }}${70312345*3}",
    "'; DROP TABLE archive_series; --",
    '1" OR "1"="1',
    "1) UNION SELECT password FROM auth_user --",
    "a\x00b",
    "../../../../etc/passwd",
    "line\r\nSet-Cookie: stolen=1",
    "\u202e\ud7ff\U0001f600",
    "9" * 400,
    "-1",
    "0",
    "1e9",
    "NaN",
    "2022-03-28T10:00:00+02:00",
    "%",
    "_",
    "None",
    "x" * 5000,
)
RAW = ("%ff%fe", "%00", "%", "%zz", "%c0%ae", "a&a=b;c=d", "=&=&&", "\u0663", "+++", "[]=1&[a]=2")
"""What stands behind the name as it is, not as a browser would write it."""

PATHS = ("%00", "a%00b", "..%2f..%2fetc%2fpasswd", "%ff", "x" * 3000, quote(SCRIPT, safe=""), "%0a")
HEADERS = {
    "Accept": ("text/html", "*/*;q=x", "garbage", "application/xml", SCRIPT),
    "Accept-Encoding": ("gzip;q=-1", "br, zstd, *", ";;;"),
    "Accept-Language": (SCRIPT, "x" * 3000),
    "If-None-Match": ('"', "*", 'W/"x", "y"', SCRIPT, "\xff"),
    "If-Modified-Since": ("yesterday", "Sun, 99 Foo 9999 99:99:99 GMT"),
    "If-Match": ("*", '"x"'),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-99999999999999999999", "lines=1-2", SCRIPT),
    "HX-Request": ("true", SCRIPT),
    "Cookie": ("sessionid=" + SCRIPT, "csrftoken=\xff", "a=b; =; sessionid", "x" * 4000),
    "Referer": (SCRIPT, "javascript:alert(1)"),
    "X-Forwarded-Proto": ("https", SCRIPT),
    "X-Forwarded-For": (SCRIPT,),
}
LISTED = {"page", "sort", "page_size", "format", "cursor"}
ADMIN = ("q", "p", "o", "all", "e", "_facets", "_popup", "_to_field", "id__in", "name__gt",
         "access__exact", "created_at__year", "start__month", "product_type")  # fmt: skip


@pytest.fixture(autouse=True)
def records(data_dir, tmp_path, kernels):
    """A stored light curve and a file: every page has something to show."""
    stored(a_light_curve(tmp_path, utc("2022-03-28"), [136] * 30))
    stored(write_report(tmp_path, rows=3), "hk-maxi")
    beat()  # without a worker /health/ says 503
    return a_product(start=utc("2021-11-11"))


UNREAD = ("next", "unknown")
"""Names that no view of these addresses reads: they get a value together."""


def fields(address):
    """Names that the view of an address reads, and those that it does not, as one."""
    callback = resolve(address).func
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    options = getattr(view, "options_form", None)
    filters = getattr(view, "filterset_class", None)
    names = set()
    if options:
        names |= {*RANGE_FIELDS, *options.base_fields}
    if filters:
        names |= {*filters.base_filters, *LISTED}
    return [UNREAD, *((name,) for name in sorted(names))]


def queries(address, values, write=quote):
    """The address with each value in each field, and the value."""
    for names in fields(address):
        for value in values:
            yield f"{address}?{'&'.join(f'{name}={write(value)}' for name in names)}", value


def pages(product, admin=False):
    """Addresses of all routes outside the admin, or inside."""
    values = {
        **{"key": "nothing", "uidb64": "MQ", "token": "nothing"},
        **{"pk": product.pk, "id": product.pk, "name": product.name, "stem": product.stem},
        **{"object_id": product.pk, "content_type_id": 1, "app_label": "archive"},
        **{"format": "json", "url": "nothing", "slug": "grids", "history_id": 1, "number": 1},
    }
    for route in every_route():
        if route.pattern.startswith("/admin/") == admin:
            yield from filled(route, [values])


CARRIED_OUT = ("<script>alert", "140783456", "210937035")
"""A script that came back as markup; sums that only a template engine can have made."""


def fault(client, address, value, **options):
    """What is wrong with the answer to an address, or None."""
    client.raise_request_exception = False
    before = transaction.savepoint()
    response = client.get(address, **options)
    body = response.getvalue() if response.streaming else response.content
    transaction.savepoint_rollback(before)  # a statement the database refused ends with it
    kind = response.headers.get("Content-Type", "")
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    text = body.decode("utf-8", "replace")
    if response.status_code >= 500 or response.status_code == 429:
        return f"{response.status_code}"
    if address.startswith("/api/") and "html" in kind and "/docs/" not in address:
        return f"an interface that answers {kind}"
    if "html" in kind and any(sign in text for sign in CARRIED_OUT):
        return "the value comes back as markup"
    if "stolen" in str(response.cookies):
        return "a header was split"
    if "Traceback" in text or "django.db" in text:
        return "tells of the inside"
    if response.status_code == 400 and "problem+json" in kind and not json.loads(text)["detail"]:
        return "an error without a word"
    return None


def walk(client, addresses):
    """The faults of many addresses: (address, value) pairs."""
    found = ((address, fault(client, address, value)) for address, value in addresses)
    return [f"{what}: {address[:200]!r}" for address, what in found if what]


@pytest.mark.filterwarnings("ignore:Use '__' to separate")
def test_no_value_in_any_field_breaks_a_page_or_comes_back_as_markup(visitor, records):
    written = partial(quote, safe="", errors="surrogatepass")
    addresses = [
        found for address in pages(records) for found in queries(address, HOSTILE, written)
    ]
    assert len(addresses) > 1500
    assert walk(visitor, addresses) == []


def test_no_bytes_in_a_query_break_a_page(visitor, records):
    addresses = [found for address in pages(records) for found in queries(address, RAW, str)]
    assert walk(visitor, addresses) == []


def test_a_name_given_twice_or_that_nobody_reads_breaks_nothing(visitor, records):
    addresses = [
        (
            f"{address}?{urlencode([(name, text) for text in (first, second) for name in names])}",
            second,
        )
        for address in pages(records)
        for names in fields(address)
        for first, second in (("", ""), ("1", "2"), ("2022-03-28", SCRIPT), ("lc", "lc,trig"))
    ]
    addresses += [(f"{address}?{SCRIPT}={SCRIPT}&%00=%00", SCRIPT) for address in pages(records)]
    addresses += [(f"{address}?{'a=b&' * 1500}", "") for address in pages(records)]
    assert walk(visitor, addresses) == []


def test_no_name_in_a_path_breaks_a_page(visitor, records):
    routes = [route for route in every_route() if route.arguments]
    addresses = [
        address
        for route in routes
        for value in PATHS
        for address in filled(route, [dict.fromkeys(route.arguments, value)])
    ]
    addresses += [
        address.replace("/999/", f"/{number}/")
        for route in routes
        for number in ("0", "9" * 30)
        for address in filled(route, [dict.fromkeys(route.arguments, "999")])
    ]
    addresses += [f"/{value}/" for value in PATHS] + [f"/data/files/1/{value}" for value in PATHS]
    assert walk(visitor, [(address, "") for address in addresses]) == []


def test_no_header_breaks_a_page(visitor, records):
    faults = [
        f"{what}: {address} {name}: {value!r}"
        for address in pages(records)
        for name, values in HEADERS.items()
        for value in values
        if (what := fault(visitor, address, value, headers={name: value}))
    ]
    assert faults == []


def test_a_host_that_is_not_ours_is_refused(visitor):
    for host in ("evil.example.org", SCRIPT, "localhost:x", "[::1"):
        response = visitor.get("/", headers={"Host": host})
        assert response.status_code == 400
        assert "<script>alert" not in response.text


def test_no_value_breaks_the_lists_of_the_admin(records):
    client = Client()
    client.force_login(a_user(username="root", is_superuser=True, is_staff=True))
    addresses = [
        (f"{address}?{urlencode({name: value})}", value)
        for address in pages(records, admin=True)
        if address.count("/") == 4 and "/jsi18n" not in address
        for place, name in enumerate(ADMIN)
        for value in HOSTILE[place % 4 :: 4]  # each list meets all values, each name a quarter
    ]
    assert len(addresses) > 800
    assert walk(client, addresses) == []


@pytest.mark.parametrize("forged", ["9" * 5000, "9" * 30, str(2**63), "-1", "a,b", "1," * 9000, ""])
def test_no_forged_choice_of_rows_breaks_an_action_of_the_admin(records, forged):
    client = Client(raise_request_exception=False)
    client.force_login(a_user(username="root", is_superuser=True, is_staff=True))
    action = {"action": "change_access", "_selected_action": records.pk, "index": "0"}
    sent = {"decided": "1", "reason": "x", "access": "team", "chosen": records.pk}
    for change in ({"chosen": forged}, {"_selected_action": forged}):
        answer = client.post("/admin/archive/dataproduct/", action | sent | change)
        assert answer.status_code in (302, 400), change


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=nothing", "type"), ("level=L99", "level"), ("uid=x", "uid"), ("uid=-1", "uid"),
        (f"uid={'9' * 40}", "uid"), ("versions=some", "versions"), ("origin=moon", "origin"),
        ("start=soon", "start"), ("stop=1850-01-01", "stop"), (f"name={'x' * 300}", "name"),
        ("name=a%00b", "name"), ("start=2022-03-28&stop=2022-03-28", "stop"),
        ("start=2022-03-29&stop=2022-03-28", "stop"), ("start=2022-03-28T10:00%2B02:00", "start"),
        ("nothing=1", "nothing"), ("ordering=id", "ordering"), ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"), ("page_size=0", "page_size"), ("page_size=x", "page_size"),
        (f"page_size={'9' * 400}", "page_size"), ("format=xml", "format"),
        ("format=csv&cursor=x", "cursor"), ("updated_after=soon", "updated_after"),
    ],
)  # fmt: skip
def test_the_records_name_the_field_that_is_wrong(visitor, query, field):
    response = visitor.get(f"/api/v1/data/products/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "abc", "9" * 40, "\x00", "1.5"])
def test_a_page_that_is_not_there_is_a_page_or_a_plain_error(visitor, page):
    assert visitor.get("/data/products/", {"page": page}).status_code in (200, 404)
    assert visitor.get("/api/v1/data/products/", {"page": page}).status_code == 400


@pytest.mark.parametrize("sort", ["nothing", "-header", "path", "-", "", "sha256'", "start,start"])
def test_sorting_by_what_is_no_column_changes_nothing(visitor, sort):
    assert visitor.get("/data/products/", {"sort": sort}).status_code == 200


def test_no_posted_value_breaks_a_form(visitor, curator):
    forms = {
        "/accounts/login/": {"username": "x", "password": "y", "next": "/"},
        "/admin/login/": {"username": "x", "password": "y", "next": "/admin/"},
        "/accounts/logout/": {"next": "/"},
        "/admin/logout/": {"next": "/"},
    }
    faults = []
    for address, fields_of in forms.items():
        for name in fields_of:
            for value in HOSTILE:
                response = visitor.post(address, fields_of | {name: value})
                text = response.content.decode("utf-8", "replace")
                where = urlsplit(response.headers.get("Location", "/"))
                leads_away = where.scheme or where.netloc
                if response.status_code >= 500 or "<script>alert" in text or leads_away:
                    faults.append((address, name, value[:40], response.status_code))
    assert faults == []


def test_sign_in_leads_to_no_other_host(visitor):
    a_user(username="reader")
    for target in ("https://evil.example.org/", "//evil.example.org", "javascript:alert(1)"):
        answer = {"username": "reader", "password": STRONG, "next": target}
        assert visitor.post("/accounts/login/", answer).headers["Location"] == "/"


def test_a_form_without_its_token_is_refused_with_a_page():
    client = Client(enforce_csrf_checks=True)
    for address in ("/accounts/login/", "/accounts/logout/", "/admin/login/"):
        for token in ({}, {"csrfmiddlewaretoken": "wrong"}, {"csrfmiddlewaretoken": "\x00"}):
            response = client.post(address, {"username": "x", "password": "y"} | token)
            assert response.status_code == 403
            assert "Content-Security-Policy" in response.headers


def test_what_is_no_method_of_an_address_is_refused(visitor, records):
    client = Client(raise_request_exception=False)
    for address in pages(records):
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE", "OPTIONS"):
            response = client.generic(method, address, b"\x00\xff")
            assert response.status_code < 500, (method, address)
            if response.streaming:
                response.getvalue()  # a ZIP that nobody reads would hold a slot


def test_head_answers_like_get(records, team):
    for address in pages(records):
        head, get = team.head(address), team.get(address)
        for answer in (head, get):
            if answer.streaming:
                answer.getvalue()
        assert (head.status_code, head.headers.get("Location")) == (
            get.status_code, get.headers.get("Location")
        ), address  # fmt: skip


def test_a_form_of_thousands_of_fields_is_refused(visitor):
    response = visitor.post("/accounts/login/", {f"name{n}": "x" for n in range(1500)})
    assert response.status_code == 400
