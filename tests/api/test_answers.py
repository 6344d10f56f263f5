"""Errors, limits, caching and other sites: what every program may rely on."""

import pytest
from django.test import Client
from django.urls import path
from knox.models import get_token_model
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.archive.models import DataProduct
from stixportal import packages
from tests.factories import a_product, a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]

RECORDS = "/api/v1/data/products/"
CURVES = "/api/v1/quicklook/lightcurves/"


@pytest.fixture(autouse=True)
def product(data_dir):
    """One public product."""
    return a_product()


def token(user):
    """A header with a fresh token of a user."""
    _, text = get_token_model().objects.create(user=user)
    return {"Authorization": f"Token {text}"}


def problem(response, status):
    """The body of an error, its form checked."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body.keys() == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["detail"]
    return body


class Posted(APIView):
    """A view that reads what is posted; the portal has none yet."""

    parser_classes = [JSONParser]

    def post(self, request):
        """Give it back."""
        return Response(request.data)


urlpatterns = [path("api/v1/posted/", Posted.as_view())]


class TestErrors:
    """Every error has one form."""

    @pytest.mark.parametrize("address", ["/api/", "/api/v1/nothing/", "/api/v2/", RECORDS + "999/"])
    def test_what_is_not_there(self, visitor, address):
        problem(visitor.get(address), 404)

    @pytest.mark.parametrize("address", ["/api/v1/", RECORDS, RECORDS + "1/", CURVES,
                                         "/api/v1/schema/"])  # fmt: skip
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_a_method_that_writes(self, visitor, address, method):
        response = getattr(visitor, method)(address)
        problem(response, 405)
        assert response["Allow"] == "GET, HEAD, OPTIONS"

    def test_a_form_that_accept_does_not_name(self, visitor):
        problem(visitor.get(RECORDS, headers={"Accept": "application/xml"}), 406)

    @pytest.mark.urls("tests.api.test_answers")
    def test_content_that_nobody_reads(self, visitor):
        address = "/api/v1/posted/"
        problem(visitor.post(address, b"<a/>", content_type="application/xml"), 415)
        assert problem(visitor.post(address, b"{", content_type="application/json"), 400)

    def test_a_parameter_that_a_record_or_curves_do_not_have(self, visitor, product):
        for address in (f"{RECORDS}{product.pk}/", CURVES):
            body = problem(visitor.get(address, {"begin": "x"}), 400)
            assert [error["field"] for error in body["errors"]] == ["begin"]

    def test_a_wrong_token_is_no_visitor(self, visitor):
        for text in ("Token stix_wrong", "Token", "Token a b"):
            response = visitor.get(RECORDS, headers={"Authorization": text})
            problem(response, 401)
            assert response["WWW-Authenticate"] == "Token"


class TestAccounts:
    """A token changes who asks, and nothing else."""

    def test_a_token_shows_what_its_owner_sees(self, visitor):
        a_product("sci-xray-cpd", access="team")
        member, other = a_user("team"), a_user(username="someone")
        assert visitor.get(RECORDS).json()["count"] == 1
        assert visitor.get(RECORDS, headers=token(other)).json()["count"] == 1
        assert visitor.get(RECORDS, headers=token(member)).json()["count"] == 2

    def test_a_session_needs_its_form_token_to_write(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(a_user("team"))
        problem(client.post(RECORDS), 403)


class TestLimits:
    """Who asks too often is told when to come again."""

    @pytest.fixture(autouse=True)
    def limited(self, settings, data_dir):
        """Three requests a minute, five with an account."""
        rates = {"anonymous": "3/min", "account": "5/min"}
        settings.REST_FRAMEWORK = packages.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}

    def test_the_headers_count_down_and_the_last_answer_says_when_to_come_again(self, visitor):
        left = [visitor.get(RECORDS)["RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        response = visitor.get(RECORDS)
        problem(response, 429)
        assert response["RateLimit-Limit"] == "3"
        assert 0 < int(response["Retry-After"]) <= 60
        assert 0 < int(response["RateLimit-Reset"]) <= 60

    def test_all_addresses_of_the_interface_count_together_but_no_page(self, visitor):
        for address in ("/data/products/", "/", "/static/portal/css/base.css", "/api/v1/docs/"):
            response = visitor.get(address)
            assert "RateLimit-Limit" not in response
            response.getvalue()  # read to its end, which closes a file
        left = [
            visitor.get(address)["RateLimit-Remaining"]
            for address in ("/api/v1/", "/api/v1/schema/", CURVES)
        ]
        assert left == ["2", "1", "0"]

    def test_a_token_has_a_limit_of_its_own(self, visitor):
        for _ in range(4):
            visitor.get(RECORDS)
        response = visitor.get(RECORDS, headers=token(a_user("team")))
        assert response.status_code == 200
        assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("5", "4")

    def test_a_made_up_address_of_a_client_gives_no_new_limit(self, visitor):
        for number in range(3):
            visitor.get(RECORDS, headers={"X-Forwarded-For": f"10.0.0.{number}"})
        assert visitor.get(RECORDS).status_code == 429


class TestCaching:
    """An answer that the client has already is not sent again."""

    @pytest.mark.parametrize("address", [RECORDS, "record"])
    def test_an_unchanged_answer_is_304_until_it_changes(self, visitor, product, address):
        address = f"{RECORDS}{product.pk}/" if address == "record" else address
        first = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert "Authorization" in again["Vary"]
        product.superseded = False
        product.save(update_fields=["superseded"])
        changed = visitor.get(address, headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert changed["ETag"] != first["ETag"]

    def test_a_record_says_when_it_changed(self, visitor, product):
        DataProduct.objects.update(updated_at=in_days(-3))
        address = f"{RECORDS}{product.pk}/"
        changed = visitor.get(address)["Last-Modified"]
        since = {"If-Modified-Since": changed}
        assert visitor.get(address, headers=since).status_code == 304
        DataProduct.objects.update(updated_at=in_days(-1))
        assert visitor.get(address, headers=since).status_code == 200

    def test_another_state_than_the_one_asked_for_is_412(self, visitor, product):
        response = visitor.get(f"{RECORDS}{product.pk}/", headers={"If-Match": '"other"'})
        problem(response, 412)

    def test_head_says_what_get_would(self, visitor, product):
        for address in (RECORDS, f"{RECORDS}{product.pk}/", "/api/v1/", CURVES):
            get, head = visitor.get(address), visitor.head(address)
            assert head.status_code == get.status_code
            assert head.content == b""
            for name in ("Content-Type", "ETag", "Vary", "Link"):
                assert head.headers.get(name) == get.headers.get(name)


class TestOtherSites:
    """Pages of other sites read what is public, and nothing in the name of their visitors."""

    ORIGIN = {"Origin": "https://elsewhere.example.org"}

    def test_records_and_files_may_be_read_from_anywhere_without_cookies(self, visitor, product):
        for address in (RECORDS, product.get_download_url(), "/api/v1/nothing/"):
            response = visitor.get(address, headers=self.ORIGIN)
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "ETag" in response["Access-Control-Expose-Headers"]
            assert "Access-Control-Allow-Credentials" not in response
            response.getvalue()  # read to its end, which closes a file

    def test_a_browser_that_asks_first_is_told_what_it_may(self, visitor):
        asked = self.ORIGIN | {"Access-Control-Request-Method": "GET"}
        response = visitor.options(RECORDS, headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "authorization" not in response["Access-Control-Allow-Headers"].lower()

    def test_pages_and_the_admin_stay_out_of_reach(self, visitor):
        for address in ("/", "/accounts/login/", "/admin/login/"):
            response = visitor.get(address, headers=self.ORIGIN)
            assert "Access-Control-Allow-Origin" not in response

    def test_options_describe_a_list(self, visitor):
        response = visitor.options(RECORDS)
        assert response.status_code == 200
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response.json()["renders"][0] == "application/json"
