"""UTC to ephemeris time and back, without CSPICE."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary.times import LEAP_SECONDS, et_of_ms, ms_of_et
from tests.ancillary.geometries import ms

YEARS_MS = st.integers(ms("1999-01-01T00:00:00"), ms("2050-01-01T00:00:00"))


def test_the_epoch_of_ephemeris_time_is_64_s_before_noon_utc():
    assert et_of_ms([ms("2000-01-01T11:58:55.816")]) == pytest.approx([0], abs=1e-4)


@pytest.mark.parametrize(
    ("utc", "seconds"), [("2016-12-31T23:59:59", 36), ("2017-01-01T00:00:00", 37)]
)
def test_the_leap_second_of_2016_counts_from_its_end(utc, seconds):
    ahead = et_of_ms([ms(utc)])[0] - (ms(utc) / 1e3 - 946_728_000)
    assert ahead == pytest.approx(seconds + 32.184, abs=0.002)


def test_it_agrees_with_cspice(demo_geometry):
    import spiceypy

    times = np.arange(ms("2005-01-01T00:00:00"), ms("2040-01-01T00:00:00"), 86_400_000 * 37)
    with demo_geometry.pool.loaded():
        expected = [spiceypy.utc2et(str(t)) for t in times.astype("datetime64[ms]")]
    np.testing.assert_allclose(et_of_ms(times), expected, rtol=0, atol=2e-7)


def test_the_leap_seconds_of_the_portal_are_those_of_the_kernel(demo_geometry):
    known = [pair for pair in demo_geometry.pool.leap_seconds() if pair[0] >= LEAP_SECONDS[0][0]]
    assert tuple(known) == LEAP_SECONDS


@given(YEARS_MS)
def test_a_time_comes_back(time_ms):
    assert ms_of_et(et_of_ms([time_ms])) == pytest.approx([time_ms], abs=1e-3)


@given(YEARS_MS, st.integers(1, 10**9))
def test_later_stays_later(time_ms, later):
    first, second = et_of_ms([time_ms, time_ms + later])
    assert first < second


@pytest.mark.parametrize("seconds", [36.5, 37.0, 38.0])
def test_around_a_leap_second_times_come_back(seconds):
    leap = LEAP_SECONDS[-1][0]
    times = np.array([leap - 1500, leap - 1, leap, leap + 1, leap + seconds * 1e3])
    np.testing.assert_allclose(ms_of_et(et_of_ms(times)), times, rtol=0, atol=1e-3)
