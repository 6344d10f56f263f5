"""The Earth's clock: one difference for short ranges, one a sample beyond, never out of order."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary.earthclock import CONSTANT_MS, EarthClock
from apps.ancillary.geometry import Uncovered
from apps.archive.fitsfile import open_stix
from apps.core.timeaxis import DAY_MS, TimeRange, to_ms
from tests.factories import utc
from tests.reference import REFERENCE, needs_reference

FIRST, LAST = to_ms(utc("2020-03-01")), to_ms(utc("2025-01-01"))
HOUR_MS = 3_600_000

starts = st.integers(FIRST, LAST)
lengths = st.integers(1000, 40 * DAY_MS)


def clock_of(geometry, start_ms, length_ms):
    span = TimeRange.from_ms(start_ms, start_ms + length_ms)
    return EarthClock.of(geometry, span)


def a_geometry(seconds, **provenance):
    """A geometry whose difference is a function of time in ms."""
    known = {"mk": "made up", "approximate": False, "start_ms": 0, "stop_ms": 2**42} | provenance
    return SimpleNamespace(
        light_time_difference=lambda time_ms: seconds(np.asarray(time_ms, "f8")),
        provenance=SimpleNamespace(**known),
    )


@given(starts, lengths, st.integers(2, 300))
def test_both_clocks_keep_the_order_and_lead_back(demo_geometry, start_ms, length_ms, n):
    clock = clock_of(demo_geometry, start_ms, length_ms)
    solo = np.unique(np.linspace(start_ms, start_ms + length_ms, n).astype("i8"))
    solo = solo[np.append(True, np.diff(solo) >= 500)]  # bins are longer than half a second
    earth = clock.at_earth(solo)
    assert (np.diff(earth) > 0).all()
    back = earth - np.rint(clock.differences(solo) * 1000).astype("i8")
    assert back.tolist() == solo.tolist()
    assert (np.abs(clock.differences(solo) - clock.difference_s) <= clock.spread_s + 1e-3).all()


@given(starts, st.integers(1000, CONSTANT_MS))
def test_up_to_six_hours_one_value_shifts_all(demo_geometry, start_ms, length_ms):
    clock = clock_of(demo_geometry, start_ms, length_ms)
    middle = demo_geometry.light_time_difference([start_ms + length_ms // 2])[0]
    assert not clock.each_sample
    assert clock.difference_s == pytest.approx(middle, abs=1e-6)
    assert len(set(clock.differences(start_ms + np.arange(0, length_ms, 997_000)))) == 1
    assert "one value" in clock.facts()["light_time_rule"]


@given(starts, st.integers(CONSTANT_MS + 1, 30 * DAY_MS))
def test_beyond_six_hours_each_sample_has_the_value_of_its_time(demo_geometry, start_ms, length_ms):
    clock = clock_of(demo_geometry, start_ms, length_ms)
    times = start_ms + np.linspace(0, length_ms, 50).astype("i8")
    truth = demo_geometry.light_time_difference(times)
    assert clock.each_sample
    np.testing.assert_allclose(clock.differences(times), truth, atol=1e-9)
    assert "each sample" in clock.facts()["light_time_rule"]


@given(starts, st.integers(CONSTANT_MS + 1, 30 * DAY_MS), st.floats(0, 1))
def test_a_page_that_interpolates_is_right_to_the_jumps_of_the_orbit(
    demo_geometry, start_ms, length_ms, part
):
    clock = clock_of(demo_geometry, start_ms, length_ms)
    nodes = clock.nodes(clock.span)
    at = start_ms + round(part * length_ms)
    found = np.interp(part * (len(nodes) - 1), np.arange(len(nodes)), nodes)
    assert found == pytest.approx(clock.differences([at])[0], abs=0.35)


def test_a_range_that_the_orbit_does_not_cover_whole_has_no_clock(demo_geometry):
    with pytest.raises(Uncovered, match="2020-02-12"):
        clock_of(demo_geometry, to_ms(utc("2020-02-10")), 5 * DAY_MS)
    with pytest.raises(Uncovered):
        clock_of(demo_geometry, to_ms(utc("2025-02-18T12:00")), DAY_MS)


def test_a_hole_between_the_places_looked_at_is_bridged():
    span = TimeRange.from_ms(FIRST, FIRST + 30 * DAY_MS)

    def holed(time_ms):
        if time_ms.size == 1:
            raise Uncovered("a hole")
        return time_ms / 1e9

    clock = EarthClock.of(a_geometry(holed), span)
    at = FIRST + 3 * DAY_MS + 1
    assert clock.differences([at])[0] == pytest.approx(at / 1e9)


def test_words_name_the_value_its_sign_and_an_approximate_orbit():
    span = TimeRange.from_ms(FIRST, FIRST + HOUR_MS)
    clock = EarthClock.of(a_geometry(lambda t: np.full(t.shape, -14.44), approximate=True), span)
    assert clock.value == "−14.4 s"
    assert clock.elsewhere == ""
    assert "approximate" in clock.note
    assert "one value, −14.4 s, at the middle" in clock.note
    assert clock.facts()["light_time_approximate"] is True
    exact = EarthClock.of(a_geometry(lambda t: np.full(t.shape, 1.0)), span)
    assert "approximate" not in exact.note


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize(
    "path", sorted((REFERENCE / "fits").glob("solo_L*_stix-*.fits")), ids=lambda path: path.name
)
def test_the_light_time_in_the_headers_of_real_files_is_the_clocks(demo_geometry, path):
    with open_stix(path) as stix:
        stated = stix.card("EAR_TDEL")
        start, stop = to_ms(stix.start), to_ms(stix.stop)
        stamp = stix.text("DATE_EAR")
        level = stix.text("LEVEL")
    at = stop if level == "L1A" else (start + stop) // 2  # L1A is written for the end
    clock = clock_of(demo_geometry, at - 1000, 2000)
    assert clock.difference_s == pytest.approx(float(stated), abs=0.012)
    seen = clock.at_earth([start])[0]
    assert abs(seen - to_ms(utc(stamp[:23]))) < 30
