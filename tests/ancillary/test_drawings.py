"""Drawings of orbit, field of view and flare: every shape stands where its numbers say."""

import re
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary import coverage, flaredrawing, orbitdrawing, summary, viewdrawing
from apps.ancillary.constants import AU_KM
from apps.core.timeaxis import DAY_MS, TimeRange
from tests.ancillary.geometries import ms
from tests.factories import utc

START, STOP = ms("2022-01-01T00:00:00"), ms("2022-10-01T00:00:00")


@pytest.fixture(scope="module")
def orbit(demo_geometry):
    """The orbit of nine months with a perihelion and a fly-by of Venus."""
    return orbitdrawing.of_range(demo_geometry, START, STOP)


def angle_deg(place):
    """Direction of a mark, counter-clockwise from the right."""
    return np.degrees(np.arctan2(-place.y, place.x))


def test_the_earth_is_on_the_right_and_the_spacecraft_at_its_longitude_and_distance(
    demo_geometry, orbit
):
    middle = demo_geometry.ephemeris([(START + STOP) // 2])
    assert orbit["earth"].x == pytest.approx(
        middle.earth_sun_distance_au[0] * orbitdrawing.SCALE, abs=0.1
    )
    assert orbit["earth"].y == pytest.approx(0, abs=0.1)
    hee = middle.hee_km[0]
    expected = np.degrees(np.arctan2(hee[1], hee[0]))
    assert angle_deg(orbit["spacecraft"]) == pytest.approx(expected, abs=0.1)
    across = np.hypot(orbit["spacecraft"].x, orbit["spacecraft"].y) / orbitdrawing.SCALE
    assert across == pytest.approx(np.hypot(*hee[:2]) / AU_KM, abs=1e-3)


def test_the_trail_meets_the_spacecraft_and_has_its_marks_and_events(orbit):
    here = f"{orbit['spacecraft'].x:.1f} {orbit['spacecraft'].y:.1f}"
    assert orbit["past"].endswith(here)
    assert orbit["future"].startswith("M" + here)
    assert [mark.text for mark in orbit["marks"]] == [
        "Jan 2022", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"
    ]  # fmt: skip
    assert [event["kind"] for event in orbit["events"]] == ["perihelion", "flyby"]
    assert "2022-03-26" in orbit["events"][0]["title"]
    assert "west of the Earth" in orbit["sentence"]


def test_labels_that_are_shown_do_not_lie_over_one_another(orbit):
    found = [*orbit["marks"], *orbit["bodies"], orbit["earth"], orbit["spacecraft"]]
    shown = [mark for mark in found if mark.shown]
    assert len(shown) > 8
    for n, one in enumerate(shown):
        for other in shown[n + 1 :]:
            apart = abs(one.label_x - other.label_x), abs(one.label_y - other.label_y)
            wide = orbitdrawing.LETTER * (len(one.text) + len(other.text)) / 2
            assert apart[0] > wide - 1 or apart[1] > orbitdrawing.LINE - 1, (one, other)


def test_everything_drawn_lies_inside_the_drawing(demo_geometry):
    start, stop = ms("2020-02-13T00:00:00"), ms("2025-02-18T00:00:00")
    made = orbitdrawing.of_range(demo_geometry, start, stop, points=3000)
    numbers = re.findall(r"(-?[\d.]+) (-?[\d.]+)", made["past"] + made["future"])
    places = np.array(numbers, float)
    assert np.abs(places[:, 0]).max() < orbitdrawing.SIZE / 2
    assert np.abs(places[:, 1]).max() < orbitdrawing.HEIGHT / 2


@given(st.integers(0, 3000), st.integers(1, 6000))
def test_marks_are_few_in_order_and_inside_their_range(first, days):
    start = ms("2016-01-01T00:00:00") + first * DAY_MS
    found = orbitdrawing.mark_instants(start, start + days * DAY_MS)
    assert len(found) <= orbitdrawing.MOST_MARKS + 1
    assert [at for at, _ in found] == sorted({at for at, _ in found})
    assert all(start <= at < start + days * DAY_MS for at, _ in found)
    assert all(at % DAY_MS == 0 and words for at, words in found)


@given(st.integers(-2000, 2000), st.integers(1, 4000))
def test_the_nearest_range_is_covered_and_as_long_as_it_can_be(first, days):
    known = TimeRange(utc("2020-02-12"), utc("2025-02-18"))
    span = TimeRange(*(utc("2022-01-01") + timedelta(days=d) for d in (first, first + days)))
    found = coverage.nearest(span, known)
    assert known.start <= found.start < found.stop <= known.stop
    assert found.stop - found.start == min(span.stop - span.start, known.stop - known.start)
    if coverage.shown(span, known) == span:
        assert found == span


def test_turns_break_only_their_own_line(demo_geometry):
    found = demo_geometry.ephemeris(np.linspace(START, STOP, 200).astype(np.int64))
    columns = summary.window(found)
    assert 5 <= np.isnan(columns["carrington_longitude_deg"]).sum() <= 12
    assert not np.isnan(columns["sun_distance_au"]).any()
    assert len({len(column) for column in columns.values()}) == 1
    assert np.isfinite(found.carrington_longitude_deg).all()


def test_the_field_of_view_shows_the_nominal_sun_upright_in_its_middle(demo_geometry):
    view = demo_geometry.field_of_view(START)
    made = viewdrawing.drawing(view)
    letters = {letter["text"]: (letter["x"], letter["y"]) for letter in made["letters"]}
    assert letters["N"][1] < 0 < letters["S"][1]
    assert letters["E"][0] < 0 < letters["W"][0]
    assert (made["centre_x"], made["centre_y"]) == (0, 0)
    described = viewdrawing.described(view)
    assert described["source"] == "nominal"
    assert "not measured" in described["sentence"]
    assert not any(str(value).startswith("-0.0") for _, value, _, _ in described["facts"])


def test_a_flare_is_drawn_where_it_was_typed_and_hidden_where_it_is_hidden(demo_geometry):
    found = demo_geometry.flare(ms("2023-07-16T04:16:22.146"), 77.4047, 159.9423, "earth")
    earth, solo = flaredrawing.discs(found)
    assert (earth["x_arcsec"], earth["y_arcsec"]) == pytest.approx((77.4047, 159.9423), abs=1e-4)
    assert earth["visible"]
    assert earth["given"]
    assert not solo["visible"]
    scale = flaredrawing.DISC / earth["radius_arcsec"]
    assert earth["x"] == pytest.approx(77.4047 * scale, abs=0.1)
    assert earth["y"] == pytest.approx(-159.9423 * scale, abs=0.1)
    made = flaredrawing.drawing(found)
    assert {line["name"]: line["text"] for line in made["lines"]} == {
        "earth": "504.9 s", "solo": "476.1 s"
    }  # fmt: skip


@given(st.floats(-600, 600), st.floats(-600, 600))
def test_what_one_observer_sees_the_other_sees_at_the_place_that_is_told(x, y):
    geometry = test_what_one_observer_sees_the_other_sees_at_the_place_that_is_told.geometry
    at = ms("2022-03-28T18:30:00")
    first = geometry.flare(at, x, y, "earth")
    if not first.visible_from_solo:
        return
    back = geometry.flare(at, *first.seen_from_solo_arcsec, "stix")
    assert back.seen_from_earth_arcsec == pytest.approx((x, y), abs=1e-4)
    assert back.flare_to_earth_s == pytest.approx(first.flare_to_earth_s, abs=1e-7)


@pytest.fixture(autouse=True)
def _geometry_for_generated_places(demo_geometry):
    """Generated tests cannot ask for a fixture of their own."""
    test_what_one_observer_sees_the_other_sees_at_the_place_that_is_told.geometry = demo_geometry


def test_light_times_stand_on_the_outer_sides_of_their_lines(demo_geometry):
    # On a phone letters are large beside the drawing: between two near lines there is no room.
    drawn = flaredrawing.drawing(demo_geometry.flare(ms("2020-05-13T12:00:00"), 0, 0))
    earth, solo = drawn["lines"]
    assert solo["y2"] < earth["y2"]
    assert solo["y"] < solo["y1"]
    assert earth["y"] > earth["y1"]
