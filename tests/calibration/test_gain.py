"""The energy calibration finds the truth it was not told, and says where it cannot."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits

from apps.calibration import gain, lines
from apps.calibration.gain import Quality
from apps.simulator import barium
from tests.reference import REFERENCE, needs_reference

DAY = 19_078


def a_run(seed, counts_31=None, spread=1.0):
    """Spectra of 384 pixels and their truth; `spread` widens what sets pixels apart."""
    truth = barium.truth_of(seed, DAY)
    truth = replace(
        truth,
        gain=0.1077 + spread * (truth.gain - 0.1077),
        offset=888.0 + spread * (truth.offset - 888.0),
        counts_31=truth.counts_31 if counts_31 is None else np.full(barium.SHAPE, counts_31),
    )
    noise = np.random.default_rng([seed, 7])
    return noise.poisson(barium.expected(truth)).reshape(384, 1024), truth


@pytest.fixture(scope="module")
def known():
    """A run, its truth, and what the fit made of it."""
    counts, truth = a_run(1)
    return counts, truth, gain.calibrate(counts)


@pytest.mark.parametrize(
    ("seed", "counts_31", "spread"),
    [(1, None, 1.0), (2, 5_000.0, 1.0), (3, 60_000.0, 1.0), (4, 8_000.0, 1.3)],
)
def test_gain_and_offset_of_pixels_with_enough_counts_are_recovered(seed, counts_31, spread):
    counts, truth = a_run(seed, counts_31, spread)
    found = gain.calibrate(counts)
    enough = truth.counts_31.ravel() >= 5_000
    close = np.abs(found.gain / truth.gain.ravel() - 1) < 0.005
    close &= np.abs(found.offset - truth.offset.ravel()) < 2.0
    close &= found.quality == 0
    assert enough.sum() > 200
    assert close[enough].mean() >= 0.99


def test_errors_tell_how_far_off_the_results_are(known):
    _, truth, found = known
    good = found.quality == 0
    for name in ("gain", "offset"):
        off = (getattr(found, name) - getattr(truth, name).ravel())[good]
        pull = off / getattr(found, f"{name}_error")[good]
        assert 0.4 < np.std(pull) < 1.5


def test_counts_and_resolution_of_the_line_are_recovered(known):
    _, truth, found = known
    good = found.quality == 0
    assert np.allclose(found.counts_31[good], truth.counts_31.ravel()[good], rtol=0.15)
    assert np.allclose(found.fwhm_31[good], truth.fwhm_31.ravel()[good], rtol=0.25)


def test_places_are_where_gain_and_offset_put_the_lines(known):
    _, _, found = known
    good = found.quality == 0
    place = lines.channel(lines.BA81_KEV, found.gain[good], found.offset[good])
    assert np.abs(place - found.place_81[good]).max() < 0.5


def test_the_dead_pixel_is_flagged_and_has_no_values(known):
    _, truth, found = known
    (detector, pixel) = truth.dead[0]
    flat = detector * 12 + pixel
    assert found.quality[flat] & Quality.NO_COUNTS
    assert np.isnan(found.gain[flat])


def test_more_counts_of_the_same_shape_leave_the_result(known):
    counts, _, found = known
    again = gain.calibrate(2 * counts[:24])
    assert np.allclose(again.gain, found.gain[:24], rtol=2e-3, equal_nan=True)


def test_a_shifted_spectrum_has_its_offset_shifted_and_its_gain_kept(known):
    counts, _, found = known
    moved = gain.calibrate(np.roll(counts[:24], 5, axis=1))
    apart = moved.offset - found.offset[:24]
    assert np.allclose(apart[np.isfinite(apart)], 20.0, atol=0.05)
    assert np.allclose(moved.gain, found.gain[:24], rtol=1e-4, equal_nan=True)


def spectra_of(kind):
    """Three spectra that cannot be calibrated."""
    noise = np.random.default_rng(5)
    flat = np.full((3, 1024), 40.0)
    return {
        "zero": np.zeros((3, 1024)),
        "noise": noise.poisson(flat).astype("f8"),
        "plateaus": np.repeat(noise.integers(0, 300, (3, 40)), 26, axis=1)[:, :1024].astype("f8"),
        "one channel": np.eye(3, 1024, 300) * 5000,
        "nan": np.where(np.arange(1024) == 5, np.nan, flat),
        "infinite": np.where(np.arange(1024) == 5, np.inf, flat),
        "negative": -flat,
        "overflow": np.where(np.arange(1024) == 293, 65_535.0, flat),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["zero", "noise", "plateaus", "one channel", "nan", "infinite", "negative", "overflow"],
)
def test_what_cannot_be_calibrated_is_flagged(kind):
    found = gain.calibrate(spectra_of(kind))
    assert (found.quality != 0).all()


def test_pixels_that_were_switched_off_say_only_that(known):
    counts = known[0][:12]
    found = gain.calibrate(counts, active=np.arange(12) >= 6)
    assert set(found.quality[:6]) == {int(Quality.SWITCHED_OFF)}
    assert (found.quality[6:] == 0).all()


def test_errors_of_the_compression_make_the_result_less_certain(known):
    counts = known[0][12:24].astype("f8")
    rough = gain.calibrate(counts, errors=np.sqrt(counts) * 3)
    assert (rough.gain_error > known[2].gain_error[12:24]).all()
    assert np.allclose(rough.gain, known[2].gain[12:24], rtol=5e-3)


@pytest.mark.parametrize("shape", [(4, 1000), (1024,), (4, 1024, 1)])
def test_wrong_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected"):
        gain.calibrate(np.ones(shape))


def test_a_pixel_with_a_drifted_slope_is_out_of_range():
    truth = barium.truth_of(1, DAY)
    truth = replace(truth, gain=truth.gain * 0.9, offset=truth.offset)
    found = gain.calibrate(barium.expected(truth).reshape(384, 1024)[:24])
    assert (found.quality != 0).all()


@needs_reference
@pytest.mark.real
def test_the_real_sample_has_no_lines_and_nothing_is_made_up():
    path = REFERENCE / "fits" / "solo_L1_stix-cal-energy_20200506_V01.fits"
    with fits.open(path) as file:
        counts = file["DATA"].data["counts"][0].reshape(384, 1024)
    found = gain.calibrate(counts)
    assert (found.quality != 0).all()
    assert np.isnan(found.gain).all()


def test_flags_have_words():
    assert all(flag in gain.WORDS for flag in Quality)
    assert gain.quality_words(Quality.POOR_FIT) == "the fit describes the spectrum badly"


@pytest.mark.parametrize(
    ("model", "at"),
    [
        (gain._low_model, [294.2, 0.1, 7.9, 9.9, -1.4, 8.0, -0.1]),
        (gain._high_model, [410.6, 0.3, 6.4, 0.2, 2.4, 0.1]),
    ],
)
def test_the_derivatives_of_the_models_are_those_of_their_values(model, at):
    middles = round(at[0]) + np.arange(-10.0, 12.0)[None] + 0.5
    called = model(middles)
    here, slopes = called(np.array([at]), np.array([0]))
    for which in range(len(at)):
        moved = np.array([at])
        moved[0, which] += 1e-6
        numeric = (called(moved, np.array([0]))[0] - here) / 1e-6
        assert np.allclose(numeric, slopes[..., which], rtol=1e-3, atol=1e-3)
