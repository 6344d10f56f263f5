"""Units, figures and the sentence, on arrays."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from apps.core.timeaxis import TimeRange
from apps.quicklook import lightcurve
from apps.quicklook.lightcurve import band_widths, in_units, sentence
from tests.quicklook.arrays import NOON, NOTHING, buckets, native

START = datetime(2022, 3, 28, 12, tzinfo=UTC)
SPAN = TimeRange(START, START.replace(hour=15))


def curves_of(counts, **columns):
    """Light curves of native bins from noon on."""
    return lightcurve.light_curves(native(counts=counts, **columns))


def test_errors_are_those_of_counting_and_of_the_compression():
    curves = curves_of([[16, 0]], counts_err=[[3, 2]])
    assert curves.error.tolist() == [[5, 2]]


def test_rate_is_counts_divided_by_the_width_of_each_bin():
    rate = in_units(curves_of([[8], [8]], counts_err=[[0], [0]], timedel=[4, 2]), "rate")
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


def test_the_sentence_says_what_when_and_how_much():
    counts = np.full((10, 5), 100)
    counts[3, 0] = 22280
    bands = [(0, [[4, 10], [10, 15], [15, 25], [25, 50], [50, 84]])]
    curves = replace(curves_of(counts), bands=bands)
    assert sentence(in_units(curves, "rate"), SPAN).replace("\u202f", " ") == (
        "Light curves in 5 energy bands, 2022-03-28 12:00 to 2022-03-28 15:00 UTC at Solar "
        "Orbiter, 4 s bins; highest value 5 570 counts/s (4–10 keV) at 2022-03-28 12:00:14."
    )
    assert "highest value 22 280 counts per 4 s" in sentence(curves, SPAN).replace("\u202f", " ")


def test_the_sentence_speaks_of_what_is_visible():
    curves = curves_of([[99, 1], [9, 30], [2, 2]])
    after = TimeRange(START.replace(second=4), START.replace(hour=13))
    assert "highest value 30 counts per 4 s (> 10 keV)" in sentence(curves, after)


def test_the_sentence_says_no_more_than_a_bucket_knows_of_the_time():
    high = {"counts": np.array([[50.0, 60.0]])}
    curves = lightcurve.light_curves(buckets(60_000, [NOON], [15], high=high, counts=[[10, 20]]))
    assert sentence(curves, SPAN).endswith(
        "60 s min/max/mean; highest value 60 counts per 4 s (> 10 keV) in the 60 s from "
        "2022-03-28 12:00."
    )


def test_nothing_to_say_is_said():
    curves = lightcurve.light_curves(NOTHING)
    assert sentence(curves, SPAN).startswith("No light curves from 2022-03-28 12:00")
    assert lightcurve.table_rows(curves) == lightcurve.medians(curves) == []


def test_the_table_has_at_most_fifty_rows_of_weighted_means():
    rows = lightcurve.table_rows(curves_of(np.arange(200.0).reshape(100, 2)), limit=50)
    assert len(rows) == 50
    assert rows[0] == (START, None, [1.0, 2.0])


def test_medians_are_those_of_the_bins():
    assert lightcurve.medians(curves_of([[1, 5], [3, 5], [8, 6]])) == [(3, 1, 8), (5, 5, 6)]
