"""Edges of bins, joined bins, gaps and coverage, on arrays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.timeaxis import TimeRange
from apps.quicklook import bins
from tests.quicklook.arrays import NOON, NOTHING, buckets, native

HOUR = TimeRange.from_ms(NOON, NOON + 3_600_000)


def counted(counts, time=None, timedel=4.0):
    """Native samples of one band, with errors that are the roots of the counts."""
    counts = np.asarray(counts, "f8")[:, None]
    states = {"triggers": np.arange(len(counts)), "rcr": np.arange(len(counts)) % 3}
    return native(time, timedel, counts=counts, counts_err=np.sqrt(counts), **states)


def counts_of(samples):
    return samples.mean["counts"][:, 0].tolist()


@st.composite
def uneven(draw):
    """Native bins with gaps, of unequal widths, not on a grid."""
    widths = draw(st.lists(st.integers(1, 80), min_size=1, max_size=120))
    pauses = draw(
        st.lists(st.sampled_from([0, 0, 0, 0, 1, 3, 400]), min_size=len(widths), max_size=120)
    )
    edge, time = NOON, []
    for width, pause in zip(widths, pauses, strict=False):
        edge += pause * 100
        time.append(edge + width * 50)
        edge += width * 100
    counts = draw(st.lists(st.integers(0, 10**6), min_size=len(time), max_size=len(time)))
    return counted(counts, time, np.array(widths[: len(time)]) / 10)


def test_native_samples_begin_half_a_bin_before_their_centre():
    start, stop = bins.edges(counted([1]))
    assert (start[0], stop[0]) == (NOON, NOON + 4000)


@given(uneven(), st.integers(1, 40))
def test_joining_bins_conserves_counts_and_time_of_what_is_kept(samples, factor):
    joined = bins.join(samples, factor * 4000)
    assert (np.diff(joined.time) > 0).all()
    assert joined.mean["counts"].sum() <= samples.mean["counts"].sum()
    assert joined.count.sum() <= len(samples.time)
    if joined.count.sum() == len(samples.time):  # nothing was too thin
        for name in ("counts", "timedel"):
            whole, kept = samples.mean[name].sum(), joined.mean[name].sum()
            assert math.isclose(whole, kept, rel_tol=1e-9)
        errors = (joined.mean["counts_err"] ** 2).sum()
        assert math.isclose(errors, samples.mean["counts"].sum(), rel_tol=1e-9)


@given(st.integers(1, 500), st.integers(1, 40), st.randoms())
def test_joining_full_bins_conserves_all_counts(n, factor, random):
    counts = [random.randint(0, 10**6) for _ in range(n * factor)]
    grid = factor * 4000
    time = -(-NOON // grid) * grid + 2000 + 4000 * np.arange(n * factor)
    joined = bins.join(counted(counts, time), grid)
    assert len(joined.time) == n
    assert counts_of(joined) == np.sum(np.reshape(counts, (n, factor)), 1).tolist()
    assert joined.mean["timedel"].tolist() == [4.0 * factor] * n
    assert (joined.count == factor).all()


@given(st.integers(1, 30), st.integers(0, 50))
def test_joined_bins_do_not_depend_on_where_the_window_begins(factor, skipped):
    samples = counted(np.arange(300))
    whole = bins.join(samples, factor * 4000)
    rest = TimeRange.from_ms(int(samples.time[skipped]), NOON + 10**9)
    part = bins.join(bins.between(samples, rest), factor * 4000)
    # All but the first, which the window may cut.
    assert counts_of(part)[1:] == counts_of(whole)[len(whole.time) - len(part.time) + 1 :]


def test_bins_are_not_joined_across_a_gap_and_thin_ones_are_left_out():
    time = NOON + np.array([2000, 6000, 10_000, 30_000, 34_000, 38_000])
    assert counts_of(bins.join(counted([1, 2, 4, 8, 16, 32], time), 40_000)) == []
    joined = bins.join(counted([1, 2, 4, 8, 16, 32], time), 20_000)
    assert counts_of(joined) == [7, 56]
    assert joined.mean["timedel"].tolist() == [12, 12]
    assert joined.mean["rcr"].tolist() == [2, 2]
    assert joined.mean["triggers"].tolist() == [3, 12]


def test_buckets_cannot_be_joined_and_nothing_stays_nothing():
    with pytest.raises(ValueError, match="buckets of 60000 ms"):
        bins.join(buckets(60_000, [NOON], [15], counts=[[1]]), 120_000)
    assert bins.join(NOTHING, 8000) is NOTHING


def test_a_step_of_a_tenth_of_a_second_is_no_gap_and_a_lost_bin_is_one():
    span = TimeRange.from_ms(NOON, NOON + 20_000)
    near = counted([1] * 5, NOON + np.array([2000, 5900, 9910, 13_900, 18_000]))
    assert bins.gaps(near, span) == []
    lost = counted([1] * 4, NOON + np.array([2000, 6000, 14_000, 18_000]))
    assert bins.gaps(lost, span) == [(NOON + 8000, NOON + 12_000)]
    assert bins.coverage(lost, span) == 0.8


@pytest.mark.parametrize(("late_ms", "found"), [(2001, 0), (2002, 1), (3000, 1)])
def test_half_a_bin_and_a_millisecond_of_rounding_are_no_gap(late_ms, found):
    samples = counted([1, 2], NOON + np.array([2000, 6000 + late_ms]))
    span = TimeRange.from_ms(NOON, NOON + 8000 + late_ms)
    assert len(bins.gaps(samples, span)) == found


def test_gaps_reach_to_the_ends_of_the_range_and_stay_inside():
    span = TimeRange.from_ms(NOON, NOON + 60_000)
    some = counted([1] * 5, NOON + np.array([22_000, 26_000, 30_000, 34_000, 38_000]))
    assert bins.gaps(some, span) == [(NOON, NOON + 20_000), (NOON + 40_000, NOON + 60_000)]
    assert bins.gaps(NOTHING, span) == [(NOON, NOON + 60_000)]
    inner = TimeRange.from_ms(NOON + 24_000, NOON + 36_000)
    assert bins.gaps(some, inner) == []


@given(uneven())
def test_gaps_and_bins_fill_the_range(samples):
    start, stop = bins.edges(samples)
    span = TimeRange.from_ms(int(start[0]), int(stop[-1]) + 1)
    empty = sum(stop - start for start, stop in bins.gaps(samples, span))
    assert empty / (span.seconds * 1000) + bins.coverage(samples, span) <= 1.001


def test_a_bucket_covers_as_much_as_its_samples_do():
    half = buckets(60_000, [NOON], [8], counts=[[1]])
    assert bins.coverage(half, TimeRange.from_ms(NOON, NOON + 60_000)) == 32 / 60


def test_no_bin_touches_a_range_without_any():
    assert not bins.touching(NOTHING, HOUR).any()
    assert bins.touching(counted([1]), HOUR).all()


def test_a_bin_that_was_measured_by_exactly_half_is_kept():
    assert counts_of(bins.join(counted([1, 2, 4]), 24_000)) == [7]
    assert counts_of(bins.join(counted([1, 2]), 24_000)) == []


def test_a_range_holds_the_bin_whose_centre_is_its_start_and_not_that_of_its_stop():
    samples = counted([1, 2, 4])
    span = TimeRange.from_ms(NOON + 2000, NOON + 10_000)
    assert counts_of(bins.between(samples, span)) == [1, 2]


def test_a_bin_that_was_measured_by_a_little_less_than_half_is_left_out():
    assert counts_of(bins.join(counted([1, 2, 4], timedel=3.9), 24_000)) == []


FORTY = -(-NOON // 40_000) * 40_000


@pytest.mark.parametrize(("pause_ms", "joined"), [(8000, [63]), (8001, [])])
def test_bins_are_joined_across_twice_their_width_and_no_more(pause_ms, joined):
    time = FORTY + 2000 + 4000 * np.arange(6) + np.repeat([0, pause_ms], 3)
    assert counts_of(bins.join(counted([1, 2, 4, 8, 16, 32], time), 40_000)) == joined


def test_it_is_the_bin_before_a_pause_that_says_how_long_it_may_be():
    wide, narrow = [8.0, 8.0, 8.0], [4.0]
    time = FORTY + np.array([4000, 12_000, 20_000, 24_000 + 12_000 + 2000])
    assert counts_of(bins.join(counted([1, 2, 4, 8], time, np.array(wide + narrow)), 40_000)) == [
        15
    ]
    time = FORTY + np.array([2000, 6000, 10_000, 12_000 + 12_000 + 4000])
    widths = np.array([4.0, 4.0, 4.0, 8.0])
    assert counts_of(bins.join(counted([1, 2, 4, 8], time, widths), 40_000)) == []
