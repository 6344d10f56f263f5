"""What the margin of the light-curve page says of a range."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.core.timeaxis import TimeRange
from apps.quicklook.managers import LightCurveQuery
from tests.quicklook.stored import a_light_curve, stored
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db]

START = datetime(2022, 3, 28, 10, tzinfo=UTC)
HOUR = TimeRange(START, START + timedelta(hours=1))


def notes_of(span):
    """What a visitor is told of a range."""
    return LightCurveQuery(span).notes(AnonymousUser())


@needs_reference
@pytest.mark.real
def test_the_pause_of_the_real_day_is_a_gap(real_day):
    day = TimeRange(datetime(2020, 5, 6, tzinfo=UTC), datetime(2020, 5, 7, tzinfo=UTC))
    notes = notes_of(day)
    assert [round(gap["seconds"], 1) for gap in notes["gaps"]] == [336.1]
    assert notes["longest_gap"]["start"] == datetime(2020, 5, 6, 17, 27, 3, 431000, tzinfo=UTC)
    assert notes["coverage"] == pytest.approx(100 * (1 - 336.1 / 86400), abs=0.01)
    assert notes["bin_seconds"] == 4
    assert notes["files"] == [real_day]
    assert not notes["simulated"]


def test_links_lead_to_the_science_data_of_the_same_range(data_dir, visitor, tmp_path):
    stored(a_light_curve(tmp_path, START, [1] * 9))
    address = "/quicklook/lightcurves/?start=2022-03-28T10:00&stop=2022-03-28T11:00"
    page = visitor.get(address).text
    assert (
        '<a href="/data/products/?start=2022-03-28T10%3A00%3A00Z&amp;stop=2022-03-28T11%3A00%3A00Z'
        '&amp;type=sci" data-range>Search for science data in the same time frame</a>'
    ) in page


def test_an_empty_range_is_one_gap(db):
    notes = notes_of(HOUR)
    assert notes["coverage"] == 0
    assert notes["longest_gap"] == {"start": HOUR.start, "stop": HOUR.stop, "seconds": 3600}
    assert (notes["files"], notes["more_files"], notes["bin_seconds"]) == ([], False, 0)


def test_embargoed_files_are_in_no_note_of_a_visitor(tmp_path):
    path = a_light_curve(tmp_path, START, [1] * 900)
    stored(path, access="embargoed", release_at=timezone.now() + timedelta(days=1))
    notes = notes_of(HOUR)
    assert (notes["files"], notes["coverage"]) == ([], 0)


def test_notes_of_many_days_are_good_to_a_bucket_and_cost_few_queries(
    tmp_path, django_assert_max_num_queries
):
    for day in range(2):
        stored(a_light_curve(tmp_path, START + timedelta(days=day), np.arange(9000)))
    years = TimeRange(datetime(2019, 1, 1, tzinfo=UTC), datetime(2022, 3, 30, tzinfo=UTC))
    with django_assert_max_num_queries(4):
        notes = notes_of(years)
    assert notes["bucket_seconds"] == 28_800
    assert [gap["seconds"] / 3600 for gap in notes["gaps"]][1:] == [8]
    assert notes["coverage"] == pytest.approx(100 * 20 * 3600 / years.seconds)
    with django_assert_max_num_queries(4):
        assert notes_of(HOUR)["coverage"] == pytest.approx(100)


def test_simulated_data_are_marked(tmp_path):
    stored(a_light_curve(tmp_path, START, np.arange(900), cards={"SIMULATD": True}))
    notes = notes_of(HOUR)
    assert notes["simulated"]
    assert notes["files"][0].simulated
