"""Times of the on-board clock as text: every form is read, and what is none is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ancillary.clock import COARSE_END, FINE, ClockError, text_of, ticks_of

TICKS = st.integers(0, COARSE_END * FINE - 1)


@given(TICKS)
def test_text_is_read_back_to_the_tick(ticks):
    assert ticks_of(text_of(ticks)) == ticks


@given(TICKS)
def test_the_partition_may_be_left_out(ticks):
    assert ticks_of(text_of(ticks).partition("/")[2]) == ticks


@given(st.integers(0, COARSE_END - 1), st.integers(0, 9999))
def test_a_fraction_is_of_a_second_and_no_count(coarse, fraction):
    expected = (coarse + fraction / 1e4) * FINE
    assert ticks_of(f"{coarse}.{fraction:04d}") == pytest.approx(expected, abs=1e-3)


def test_the_forms_of_telemetry_and_of_headers_are_the_same_instant():
    assert ticks_of("1/0642038387:32768") == ticks_of(642038387.5) == ticks_of("642038387.5")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no time of the on-board clock"),
        ("yesterday", "Write 1/0666582201:53026"),
        ("1/0666582201:65536", "the fine part is 65536, it counts from 0 to 65535"),
        ("2/0666582201:1", "only partition 1"),
        ("4294967296", "the coarse part ends at 4294967295"),
        ("-5", "no time of the on-board clock"),
        (float("nan"), "no time of the on-board clock"),
        ("1e9", "no time of the on-board clock"),
        ("642038387:1:2", "no time of the on-board clock"),
        ("٣", "no time of the on-board clock"),
    ],
)
def test_what_is_no_time_of_the_clock_is_named(text, words):
    with pytest.raises(ClockError, match=words):
        ticks_of(text)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text):
    with suppress(ClockError):
        assert 0 <= ticks_of(text) < COARSE_END * FINE
