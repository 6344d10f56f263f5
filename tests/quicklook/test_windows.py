"""From samples to what is drawn: columns, runs, the image, words."""

from datetime import UTC, datetime

import numpy as np
import pytest

from apps.archive.series import Samples
from apps.core.timeaxis import TimeRange, to_ms
from apps.quicklook import windows

NOON = to_ms(datetime(2022, 3, 28, 12, tzinfo=UTC))
BANDS = [(NOON, [[4.0, 10.0], [10.0, float("inf")]])]
HOUR = TimeRange.from_ms(NOON, NOON + 3_600_000)


def samples(time=None, bucket_ms=0, count=None, low=None, high=None, **columns):
    """Samples of 4 s from noon on; columns are the means."""
    n = len(next(iter(columns.values())))
    time = NOON + 2000 + 4000 * np.arange(n) if time is None else np.asarray(time)
    mean = {"timedel": np.full(n, 4, "f4")}
    mean |= {name: np.asarray(values) for name, values in columns.items()}
    return Samples(
        time=time, level=0, bucket_ms=bucket_ms,
        count=np.ones(n, int) if count is None else np.asarray(count),
        mean=mean, low=mean | (low or {}), high=mean | (high or {}), bands=BANDS,
    )  # fmt: skip


NOTHING = Samples(np.zeros(0, "i8"), 0, 0, np.zeros(0, int), {}, {}, {})


def test_native_samples_begin_half_a_bin_before_their_centre():
    start, stop = windows.edges(samples(counts=[[1, 2]]))
    assert (start[0], stop[0]) == (NOON, NOON + 4000)


def test_native_samples_have_no_band_and_buckets_have_one():
    native = windows.curve_columns(samples(counts=[[1, 2], [3, 4]]), "counts")
    assert "l0" not in native
    bucket = samples(
        time=[NOON], bucket_ms=60_000, count=[15], counts=[[10.0, 20.0]],
        low={"counts": np.array([[5.0, 6.0]])}, high={"counts": np.array([[50.0, 60.0]])},
    )  # fmt: skip
    joined = windows.curve_columns(bucket, "counts")
    assert [joined[name][0] for name in ("m0", "l0", "h0", "h1")] == [10, 5, 50, 60]
    assert joined["about"]["resolution"] == "60 s min/max/mean"


def test_bins_of_the_readers_choice_hold_sums_and_the_sum_of_their_widths():
    bucket = samples(time=[NOON], bucket_ms=20_000, count=[5], counts=[[10.0, 20.0]])
    rows = windows.curve_columns(bucket, "counts", rebinned=True)
    assert (rows["m0"][0], rows["m1"][0], rows["w"][0]) == (50, 100, 20)
    assert rows["about"]["resolution"] == "20 s bins"


def test_a_bin_measured_by_less_than_half_is_left_out():
    kept = windows.well_covered(
        samples(
            time=[NOON, NOON + 40_000], bucket_ms=40_000, count=[4, 5], counts=[[1, 1], [2, 2]]
        ),
        10,
    )
    assert list(kept.time) == [NOON + 40_000]
    assert kept.mean["counts"].tolist() == [[2, 2]]


def test_an_open_band_travels_without_an_upper_edge():
    about = windows.curve_columns(samples(counts=[[1, 2]]), "counts")["about"]
    assert about["bands"] == [[NOON, [[4.0, 10.0], [10.0, None]]]]
    assert windows.labels_of(about["bands"]) == ["4–10 keV", "> 10 keV"]


def test_regimes_are_joined_and_named_where_there_is_room():
    strip = windows.regime_columns(samples(rcr=[0] * 600 + [2] * 300), HOUR)
    assert strip["rcr"].tolist() == [0, 2]
    assert strip["x1"][0] == strip["x0"][1] == NOON + 2_400_000
    assert strip["label"] == [
        "0: attenuator out, all pixels", "2: attenuator in, four large pixels"
    ]  # fmt: skip
    short = windows.regime_columns(samples(rcr=[0] * 890 + [1] * 10), HOUR)
    assert short["label"][1] == ""


def test_the_attenuator_is_in_where_the_regime_is_above_zero():
    spans = windows.attenuator_spans(samples(rcr=[0, 1, 3, 0]))
    assert spans == [(NOON + 4000, NOON + 12_000)]


def test_a_regime_nobody_knows_is_shown_as_it_is():
    assert windows.regime(9) == "9: unknown"


def test_the_image_shows_each_spectrum_until_the_next_and_gaps_empty():
    cadence = 1_024_000
    time = NOON + cadence * np.array([0, 1, 3])
    counts = np.ones((3, 32)) * np.array([[10], [20], [40]])
    image = windows.spectrogram_columns(samples(time=time, counts=counts), cadence)
    row = image["image"][0]
    assert image["image"].shape == (30, windows.IMAGE_COLUMNS)
    assert set(row[~np.isnan(row)]) == {10, 20, 40}
    quarter = windows.IMAGE_COLUMNS // 4
    assert np.isnan(row[2 * quarter + 20 : 3 * quarter - 20]).all()
    assert (image["low"], image["high"]) == (10, 100)


def test_locations_are_left_out_where_no_flare_is_reported():
    flags = {name: [0, 2] for name in ("thermal_index", "location_status")}
    found = windows.flag_columns(
        samples(loc_z=[7, 30], loc_y=[7, -40], non_thermal_index=[0, 0], **flags)
    )
    np.testing.assert_array_equal(found["z"][:2], [np.nan, 30])
    assert found["reach"] == pytest.approx(46)


def test_the_sentence_names_the_highest_count_its_band_and_its_time():
    text = windows.sentence(
        samples(counts=[[5, 1], [9, 30], [2, 2]]), HOUR, ["4–10 keV", "> 10 keV"]
    )
    assert "2022-03-28 12:00 to 2022-03-28 13:00 UTC at Solar Orbiter" in text
    assert "4 s bins; highest value 30 counts per 4 s (> 10 keV) at 2022-03-28 12:00:04." in text


def test_nothing_to_show_is_said_and_breaks_nothing():
    assert windows.sentence(NOTHING, HOUR, []).startswith("No light curves from 2022-03-28 12:00")
    assert not windows.touches(NOTHING, HOUR)
    assert len(windows.curve_columns(NOTHING, "counts")["t"]) == 1
    assert windows.regime_columns(NOTHING, HOUR)["label"] == []
    assert windows.spectrogram_columns(NOTHING, 1000)["image"].shape == (1, 1)
    assert len(windows.flag_columns(NOTHING)["t"]) == 1
    assert windows.table_rows(NOTHING) == windows.medians(NOTHING) == []


def test_the_table_has_at_most_fifty_rows_of_weighted_means():
    counts = np.arange(200.0).reshape(100, 2)
    rows = windows.table_rows(samples(counts=counts), limit=50)
    assert len(rows) == 50
    assert rows[0] == (datetime(2022, 3, 28, 12, tzinfo=UTC), [1.0, 2.0])


def test_medians_are_those_of_the_samples():
    assert windows.medians(samples(counts=[[1, 5], [3, 5], [8, 6]])) == [(3, 1, 8), (5, 5, 6)]
