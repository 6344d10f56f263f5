"""Units, joined bins, gaps, coverage and the sentence, on arrays."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.timeaxis import TimeRange
from apps.quicklook.lightcurve import (
    LightCurves,
    band_widths,
    coverage,
    gaps,
    in_units,
    rebin,
    statement,
)

START = datetime(2022, 3, 28, 10, tzinfo=UTC)
T0 = 1648461600000
BANDS = [[4.0, 10.0], [10.0, math.inf]]


def curves_of(counts, time=None, width=None):
    counts = np.asarray(counts, "f8")
    counts = counts[:, None] if counts.ndim == 1 else counts
    n = len(counts)
    width = np.full(n, 4.0) if width is None else np.asarray(width, "f8")
    time = T0 + 2000 + 4000 * np.arange(n) if time is None else np.asarray(time, "i8")
    return LightCurves(
        time=time,
        width=width,
        exposure=width,
        values=counts,
        error=np.sqrt(counts),
        low=None,
        high=None,
        triggers=np.arange(n, dtype="f8"),
        rcr=np.arange(n) % 3,
        samples=np.ones(n, int),
        bands=[(0, BANDS[: counts.shape[1]])],
    )


def covered(curves, span):
    return coverage(curves.start, curves.stop, curves.exposure, span)


def test_rate_is_counts_divided_by_the_width_of_each_bin():
    rate = in_units(curves_of([[8], [8]], width=[4, 2]), "rate")
    assert rate.values[:, 0].tolist() == [2, 4]
    assert rate.error[:, 0].tolist() == [math.sqrt(8) / 4, math.sqrt(8) / 2]


def test_a_band_without_end_has_no_value_per_kev():
    flux = in_units(curves_of([[240, 240]]), "flux")
    assert flux.values[0, 0] == 10
    assert math.isnan(flux.values[0, 1])


def test_each_bin_is_divided_by_the_band_in_force_at_its_time():
    tables = [(0, [[50, 150]]), (1000, [[50, 84]])]
    assert band_widths(np.array([500, 1000, 1500]), tables)[:, 0].tolist() == [100, 34, 34]


def test_unknown_units_are_refused():
    with pytest.raises(ValueError, match="counts, rate, flux"):
        in_units(curves_of([[1]]), "photons")


@st.composite
def bins(draw):
    """Native bins with gaps, of unequal widths, not on a grid."""
    widths = draw(st.lists(st.integers(1, 80), min_size=1, max_size=120))
    pauses = draw(
        st.lists(st.sampled_from([0, 0, 0, 0, 1, 3, 400]), min_size=len(widths), max_size=120)
    )
    edge, time = T0, []
    for width, pause in zip(widths, pauses, strict=False):
        edge += pause * 100
        time.append(edge + width * 50)
        edge += width * 100
    counts = draw(st.lists(st.integers(0, 10**6), min_size=len(time), max_size=len(time)))
    return curves_of(counts, time, np.array(widths[: len(time)]) / 10)


@given(bins(), st.integers(1, 40))
def test_joining_bins_conserves_counts_and_time_of_what_is_kept(native, factor):
    joined = rebin(native, factor)
    assert (np.diff(joined.time) > 0).all()
    assert joined.values.sum() <= native.values.sum()
    assert joined.samples.sum() <= len(native.time)
    if joined.samples.sum() == len(native.time):  # nothing was too thin
        assert joined.values.sum() == native.values.sum()
        assert math.isclose(joined.width.sum(), native.width.sum(), rel_tol=1e-9)
        assert math.isclose((joined.error**2).sum(), (native.error**2).sum(), rel_tol=1e-9)


@given(st.integers(1, 500), st.integers(1, 40), st.randoms())
def test_joining_full_bins_conserves_all_counts(n, factor, random):
    counts = [random.randint(0, 10**6) for _ in range(n * factor)]
    grid = factor * 4000
    time = -(-T0 // grid) * grid + 2000 + 4000 * np.arange(n * factor)
    native = curves_of(counts, time)
    joined = rebin(native, factor)
    assert len(joined.time) == n
    assert joined.values[:, 0].tolist() == np.sum(np.reshape(counts, (n, factor)), 1).tolist()
    assert joined.width.tolist() == [4.0 * factor] * n
    assert (joined.samples == factor).all()


@given(st.integers(1, 30), st.integers(0, 50))
def test_joined_bins_do_not_depend_on_where_the_window_begins(factor, skipped):
    native = curves_of(np.arange(300))
    whole = rebin(native, factor)
    part = rebin(native.between(native.time[skipped], 10**15), factor)
    # All but the first, which the window may cut.
    assert part.values[1:].tolist() == whole.values[len(whole.time) - len(part.time) + 1 :].tolist()


def test_bins_are_not_joined_across_a_gap_and_thin_ones_are_left_out():
    time = T0 + np.array([2000, 6000, 10_000, 30_000, 34_000, 38_000])
    joined = rebin(curves_of([1, 2, 4, 8, 16, 32], time), 10)
    assert joined.values[:, 0].tolist() == []
    joined = rebin(curves_of([1, 2, 4, 8, 16, 32], time), 5)
    assert joined.values[:, 0].tolist() == [7, 56]
    assert joined.width.tolist() == [12, 12]
    assert joined.rcr.tolist() == [2, 2]


def test_a_step_of_a_tenth_of_a_second_is_no_gap_and_a_lost_bin_is_one():
    span = TimeRange.from_ms(T0, T0 + 20_000)
    near = curves_of([1] * 5, T0 + np.array([2000, 5900, 9910, 13_900, 18_000]))
    assert gaps(near.start, near.stop, span) == []
    lost = curves_of([1] * 4, T0 + np.array([2000, 6000, 14_000, 18_000]))
    assert gaps(lost.start, lost.stop, span) == [(T0 + 8000, T0 + 12_000)]
    assert covered(lost, span) == 0.8


def test_gaps_reach_to_the_ends_of_the_range_and_stay_inside():
    span = TimeRange.from_ms(T0, T0 + 60_000)
    some = curves_of([1] * 5, T0 + np.array([22_000, 26_000, 30_000, 34_000, 38_000]))
    assert gaps(some.start, some.stop, span) == [(T0, T0 + 20_000), (T0 + 40_000, T0 + 60_000)]
    empty = curves_of(np.zeros((0, 2)))
    assert gaps(empty.start, empty.stop, span) == [(T0, T0 + 60_000)]
    inner = TimeRange.from_ms(T0 + 24_000, T0 + 36_000)
    assert gaps(some.start, some.stop, inner) == []


@given(bins())
def test_gaps_and_bins_fill_the_range(native):
    span = TimeRange.from_ms(int(native.start[0]), int(native.stop[-1]) + 1)
    empty = sum(stop - start for start, stop in gaps(native.start, native.stop, span))
    assert empty / (span.seconds * 1000) + covered(native, span) <= 1.001


def test_the_sentence_says_what_when_and_how_much():
    counts = np.full((10, 5), 100)
    counts[3, 0] = 22280
    curves = replace(curves_of(counts), bands=[(0, [[4, 10], [10, 15], [15, 25], [25, 50]] * 2)])
    span = TimeRange(START, START.replace(hour=13))
    assert statement(in_units(curves, "rate"), span).replace("\u202f", " ") == (
        "Five light curves, 2022-03-28 10:00 to 2022-03-28 13:00 UTC at Solar Orbiter, "
        "maximum 5 570 counts/s (4–10 keV) at 2022-03-28 10:00:14."
    )
    assert statement(curves_of(np.zeros((0, 2))), span).startswith("No light curves, 2022-03-28")
