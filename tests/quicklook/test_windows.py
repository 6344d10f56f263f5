"""From samples to what is drawn: columns, runs, the image."""

import numpy as np
import pytest

from apps.core.timeaxis import TimeRange
from apps.quicklook import windows
from tests.quicklook.arrays import NOON, NOTHING, buckets, native

HOUR = TimeRange.from_ms(NOON, NOON + 3_600_000)


def test_native_samples_have_no_band_and_buckets_have_one():
    assert "l0" not in windows.curve_columns(native(counts=[[1, 2], [3, 4]]), "counts")
    bucket = buckets(
        60_000, [NOON], [15], counts=[[10.0, 20.0]],
        low={"counts": np.array([[5.0, 6.0]])}, high={"counts": np.array([[50.0, 60.0]])},
    )  # fmt: skip
    joined = windows.curve_columns(bucket, "counts")
    assert [joined[name][0] for name in ("m0", "l0", "h0", "h1")] == [10, 5, 50, 60]
    assert joined["about"]["resolution"] == "60 s min/max/mean"


def test_an_open_band_travels_without_an_upper_edge():
    about = windows.curve_columns(native(counts=[[1, 2]]), "counts")["about"]
    assert about["bands"] == [[NOON, [[4.0, 10.0], [10.0, None]]]]


def test_regimes_are_joined_and_named_where_there_is_room():
    strip = windows.regime_columns(native(rcr=[0] * 600 + [2] * 300), HOUR)
    assert strip["rcr"].tolist() == [0, 2]
    assert strip["x1"][0] == strip["x0"][1] == NOON + 2_400_000
    assert strip["label"] == [
        "0: attenuator out, all pixels", "2: attenuator in, four large pixels"
    ]  # fmt: skip
    short = windows.regime_columns(native(rcr=[0] * 890 + [1] * 10), HOUR)
    assert short["label"][1] == ""


@pytest.mark.parametrize(("late_ms", "strips"), [(2000, 1), (2001, 2)])
def test_a_regime_does_not_reach_across_a_gap(late_ms, strips):
    time = NOON + np.array([2000, 6000, 10_000 + late_ms])
    strip = windows.regime_columns(native(time=time, rcr=[1, 1, 1]), HOUR)
    assert strip["rcr"].tolist() == [1] * strips


def test_the_attenuator_is_in_where_the_regime_is_above_zero():
    spans = windows.attenuator_spans(native(rcr=[0, 1, 3, 0]))
    assert spans == [(NOON + 4000, NOON + 12_000)]


def test_a_regime_nobody_knows_is_shown_as_it_is():
    assert windows.regime(9) == "9: unknown"


def test_the_image_shows_each_spectrum_until_the_next_and_gaps_empty():
    cadence = 1_024_000
    time = NOON + cadence * np.array([0, 1, 3])
    counts = np.ones((3, 32)) * np.array([[10], [20], [40]])
    image = windows.spectrogram_columns(native(time=time, counts=counts), cadence)
    row = image["image"][0]
    assert image["image"].shape == (30, windows.IMAGE_COLUMNS)
    assert set(row[~np.isnan(row)]) == {10, 20, 40}
    quarter = windows.IMAGE_COLUMNS // 4
    assert (row[: quarter - 1] == 10).all()
    assert (row[quarter + 1 : 2 * quarter - 1] == 20).all()
    assert np.isnan(row[2 * quarter + 20 : 3 * quarter - 20]).all()
    assert (image["low"], image["high"]) == (10, 100)


def test_the_image_shows_the_detector_chosen_where_there_are_spectra_of_it():
    spectra = np.arange(2 * 32 * 32).reshape(2, 32, 32)
    stored = native(counts=spectra.sum(axis=1), spectra=spectra)
    image = windows.spectrogram_columns(stored, 4000, 12)
    assert image["image"][:, 0].tolist() == spectra[0, 11, 1:31].tolist()
    assert image["detector"] == 12
    summed = windows.spectrogram_columns(native(counts=spectra.sum(axis=1)), 4000, 12)
    assert summed["image"][:, 0].tolist() == spectra[0, :, 1:31].sum(axis=0).tolist()
    assert summed["detector"] is None


def test_locations_are_left_out_where_no_flare_is_reported():
    flags = {name: [0, 2] for name in ("thermal_index", "location_status")}
    found = windows.flag_columns(
        native(loc_z=[7, 30], loc_y=[7, -40], non_thermal_index=[0, 0], **flags)
    )
    np.testing.assert_array_equal(found["z"][:2], [np.nan, 30])
    assert found["reach"] == pytest.approx(46)


def test_nothing_to_show_is_said_and_breaks_nothing():
    assert len(windows.curve_columns(NOTHING, "counts")["t"]) == 1
    assert windows.regime_columns(NOTHING, HOUR)["label"] == []
    assert windows.spectrogram_columns(NOTHING, 1000)["image"].shape == (1, 1)
    assert len(windows.flag_columns(NOTHING)["t"]) == 1
