"""What the team takes of light curves that are not public is written down, whatever the form."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from apps.accounts.models import Export
from apps.archive.models import SeriesBlock
from tests.quicklook.stored import a_light_curve, stored

pytestmark = [pytest.mark.db, pytest.mark.django_db]

START = datetime(2022, 3, 28, 10, tzinfo=UTC)
HOUR = {"start": "2022-03-28T10:00", "stop": "2022-03-28T11:00"}
FILES = [f"/quicklook/lightcurves/data.{form}" for form in ("csv", "json", "fits")]
REST = "/api/v1/quicklook/lightcurves/"
PROGRAM = "/quicklook/lightcurves/data.py"


@pytest.fixture
def hidden(data_dir, tmp_path):
    """An hour that only the team may see."""
    return stored(a_light_curve(tmp_path, START, np.arange(900)), access="team")


@pytest.mark.parametrize("address", [*FILES, REST, f"{REST}?format=csv"])
def test_each_form_of_hidden_samples_is_written_down_with_its_size_and_request(
    hidden, team, address
):
    answer = team.get(address, HOUR | ({"format": "csv"} if "format" in address else {}))
    size = len(answer.getvalue())
    export = Export.objects.get()
    assert (export.user.username, export.number, export.size) == ("a-team", 1, size)
    assert export.request_id == answer["X-Request-ID"]
    assert "20220328T100000" in export.what


def test_the_program_and_what_the_client_has_already_are_no_exports(hidden, team):
    team.get(PROGRAM, HOUR).getvalue()
    assert not Export.objects.exists()
    answer = team.get(FILES[1], HOUR)
    again = team.get(FILES[1], HOUR, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, Export.objects.count()) == (304, 1)
    team.head(FILES[0], HOUR).getvalue()
    assert Export.objects.count() == 1


@pytest.mark.parametrize("address", FILES)
def test_public_samples_are_nobodys_business(data_dir, tmp_path, team, visitor, address):
    product = stored(a_light_curve(tmp_path, START, np.arange(900)))
    for client in (team, visitor):
        assert client.get(address, HOUR).getvalue()
    over = {"access": "embargoed", "release_at": timezone.now() - timedelta(days=1)}
    type(product).objects.filter(pk=product.pk).update(**over)
    SeriesBlock.objects.update(**over)
    assert team.get(address, HOUR).getvalue()
    assert not Export.objects.exists()


def test_another_range_than_the_hidden_one_is_not_written_down(hidden, team):
    away = {"start": "2022-04-28T10:00", "stop": "2022-04-28T11:00"}
    team.get(FILES[0], away).getvalue()
    assert not Export.objects.exists()
