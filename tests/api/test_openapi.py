"""The OpenAPI description: complete, without a warning, and true of the running interface."""

import io
import json

import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from knox.models import get_token_model
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from apps.core.openapi import PROBLEM
from tests.factories import a_product, a_user, utc
from tests.quicklook.stored import a_light_curve, stored

ADDRESS = "/api/v1/schema/"
UNFIT = [positive_data_acceptance, ignored_auth]
"""A time or a cursor is a text that must be readable; and public data need no account."""

GENERATED = settings(
    max_examples=40, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def description():
    """The description as the command writes it, warnings counted as faults."""
    output = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json",
                 stdout=output)  # fmt: skip
    return json.loads(output.getvalue())


def operations(description):
    """Each operation with its address."""
    return {
        f"{method} {path}": operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def test_the_description_is_valid_and_has_no_gap(description):
    found = operations(description)
    assert {"get /api/v1/data/products/", "get /api/v1/data/products/{id}/"} <= found.keys()
    for address, operation in found.items():
        assert operation["summary"], address
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (address, parameter["name"])
        assert {"200", "400", "404", "429"} <= operation["responses"].keys()


def test_every_field_of_a_record_is_explained_and_times_name_their_clock(description):
    fields = description["components"]["schemas"]["DataProduct"]["properties"]
    for name, field in fields.items():
        assert field.get("description"), name
        if field.get("format") == "date-time":
            assert name.endswith(("_utc", "_utc_solo", "_utc_earth"))
            assert "UTC" in field["description"]
    assert fields["uid"]["nullable"] is True


def test_the_error_of_the_description_is_the_error_of_the_interface(client):
    body = client.get("/api/v1/data/products/", {"format": "xml"}).json()
    assert body == PROBLEM["example"]


@pytest.mark.parametrize("entry", ["schema", "docs", "data/products", "quicklook/lightcurves"])
def test_the_root_leads_to_everything(client, entry):
    found = client.get("/api/v1/").json()
    assert found[entry].startswith("http://testserver/api/v1/")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
class TestTruth:
    """Generated requests, in every corner of the description, against the whole portal."""

    @pytest.fixture(autouse=True)
    def records(self, data_dir, tmp_path, kernels):
        """Something to find."""
        stored(a_light_curve(tmp_path, utc("2022-03-28"), [136] * 30))
        a_product(start=utc("2021-11-11"), uid=2_111_110_001)
        a_product("sci-xray-cpd", access="team")

    @pytest.mark.parametrize("mode", list(GenerationMode))
    @pytest.mark.parametrize("who", ["visitor", "token"])
    def test_no_generated_request_breaks_it_or_is_answered_otherwise(self, who, mode):
        schema = schemathesis.openapi.from_wsgi(ADDRESS + "?format=json", get_wsgi_application())
        headers = {"Accept-Encoding": "identity"}
        if who == "token":
            _, text = get_token_model().objects.create(user=a_user("team"))
            headers["Authorization"] = f"Token {text}"
        seen = set()

        def check(case):
            response = case.call(headers=headers)
            seen.add(response.status_code)
            empty = "" in dict(case.query).values()  # counts as absent: forms send all fields
            unfit = [*UNFIT, negative_data_rejection] if empty else UNFIT
            case.validate_response(response, excluded_checks=unfit)

        for result in schema.get_all_operations():
            requests = result.ok().as_strategy(generation_mode=mode)
            GENERATED(given(case=requests)(check))()
        assert seen <= {200, 400, 404, 406}
        assert {200, 404} <= seen if mode is GenerationMode.POSITIVE else 400 in seen
