"""Energy calibration: gain, offset and resolution of each pixel from its spectrum of the source.

Two windows are fitted in all pixels at once: the caesium K lines at 31 and 35 keV on a linear
background, and the barium line at 81 keV, whose low side has the exponential tail of CdTe. The
three places then give gain and offset on a straight line.

Source: the method of Xiao et al. 2023, A&A 673, A142, section on energy calibration (double
Gaussian and a peak with a tail, linear fit of position against energy); ranges as the instrument's
processing accepts them.
"""

from dataclasses import dataclass, fields
from enum import IntFlag

import numpy as np

from apps.calibration import leastsquares
from apps.calibration.lines import (
    ADC_STEPS,
    BA81_KEV,
    BA81_PARTS,
    CHANNELS,
    KA_KEV,
    KA_PARTS,
    KB_KEV,
    KB_PARTS,
)

SLOPES = (2.2, 2.5)
"""Channels for 1 keV that a pixel of the instrument can have."""

ORIGINS = (200.0, 260.0)
"""Channels at 0 keV that a pixel can have."""

FEW_COUNTS = 100
"""Counts in the 31 keV line below which nothing is fitted."""

OVERFLOW = 65_535
"""A channel of so many counts may have held more: the files store 16 bits."""

BELOW_31, ABOVE_31 = 6, 17
BELOW_81, ABOVE_81 = 14, 9
"""Channels of the windows below and above their highest one."""

_SYSTEMATIC = 0.02
"""Channels by which the place of a line may be off besides its statistical error."""

_FWHM = 2.354820045
_POINTS = (-np.sqrt(1 / 12), np.sqrt(1 / 12))
"""Gauss-Legendre points of a channel, of equal weight: a line is about as wide as a channel."""

_SHIFT_SLOPE = sum(SLOPES) / 2


class Quality(IntFlag):
    """What is wrong with the calibration of a pixel; 0 is good."""

    NO_COUNTS = 1
    FEW_COUNTS = 2
    NO_LINES = 4
    OVERFLOW = 8
    NOT_CONVERGED = 16
    POOR_FIT = 32
    OUT_OF_RANGE = 64
    RESOLUTION = 128
    SWITCHED_OFF = 256
    NOT_A_NUMBER = 512


WORDS = {
    Quality.NO_COUNTS: "no counts",
    Quality.FEW_COUNTS: f"fewer than {FEW_COUNTS} counts at 31 keV",
    Quality.NO_LINES: "no lines of the source found",
    Quality.OVERFLOW: "a channel overflowed",
    Quality.NOT_CONVERGED: "the fit did not converge",
    Quality.POOR_FIT: "the fit describes the spectrum badly",
    Quality.OUT_OF_RANGE: "gain or offset outside of what a pixel can have",
    Quality.RESOLUTION: "lines too narrow or too wide",
    Quality.SWITCHED_OFF: "switched off",
    Quality.NOT_A_NUMBER: "the spectrum holds values that are no counts",
}


def quality_words(flags):
    """What flags mean, as a sentence without a full stop.

    Examples
    --------
    >>> quality_words(0), quality_words(5)
    ('good', 'no counts, no lines of the source found')
    """
    return ", ".join(words for flag, words in WORDS.items() if flags & flag) or "good"


@dataclass(frozen=True)
class Calibration:
    """Result for n pixels, each an array of shape (n,); NaN where there is none.

    `gain` keV for an ADC step, `offset` ADC steps at 0 keV, `fwhm_31`, `fwhm_81` keV, each with its
    error (one standard deviation); `counts_31` in the line at 31 keV; `place_31`, `place_35`,
    `place_81` channels; `chi_square` reduced, the worse of both windows; `quality` of `Quality`.
    """

    gain: np.ndarray
    gain_error: np.ndarray
    offset: np.ndarray
    offset_error: np.ndarray
    fwhm_31: np.ndarray
    fwhm_31_error: np.ndarray
    fwhm_81: np.ndarray
    fwhm_81_error: np.ndarray
    counts_31: np.ndarray
    place_31: np.ndarray
    place_35: np.ndarray
    place_81: np.ndarray
    chi_square: np.ndarray
    quality: np.ndarray

    @classmethod
    def empty(cls, quality):
        """A result without values."""
        size = len(quality)
        names = [one.name for one in fields(cls) if one.name != "quality"]
        return cls(**{name: np.full(size, np.nan) for name in names}, quality=quality)


def calibrate(counts, errors=None, active=None):
    """Calibrate pixels.

    Parameters
    ----------
    counts : ndarray, shape (n, 1024)
        Spectra.
    errors : ndarray, shape (n, 1024), optional
        Error of the compression of each channel, one standard deviation.
    active : ndarray of bool, shape (n,), optional
        Pixels that were switched on; all by default.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        If an array has another shape.
    """
    counts = np.asarray(counts, "f8")
    if counts.ndim != 2 or counts.shape[1] != CHANNELS:
        raise ValueError(f"counts have shape {counts.shape}, expected (n, {CHANNELS})")
    errors = np.zeros_like(counts) if errors is None else np.asarray(errors, "f8")
    if errors.shape != counts.shape:
        raise ValueError(f"errors have shape {errors.shape}, expected {counts.shape}")
    quality = _first_look(counts, active)
    result = Calibration.empty(quality)
    usable = np.flatnonzero(quality == 0)
    if usable.size:
        spectra = counts[usable]
        peak_31, peak_81 = _peaks(spectra)
        # Where a file gives no error of the compression, its values are exact.
        noise = np.nan_to_num(errors[usable], nan=0.0, posinf=0.0) ** 2
        low = _fit_low(spectra, noise, peak_31)
        high = _fit_high(spectra, noise, peak_81)
        _fill(result, usable, low, high)
    return result


def _first_look(counts, active):
    """Quality before any fit: what cannot be fitted at all."""
    quality = np.zeros(len(counts), int)
    wrong = ~np.isfinite(counts).all(axis=1)
    sound = np.where(np.isfinite(counts), counts, 0.0)
    wrong |= (sound < 0).any(axis=1)
    quality[wrong] |= Quality.NOT_A_NUMBER
    quality[sound.sum(axis=1) <= 0] |= Quality.NO_COUNTS
    quality[(sound >= OVERFLOW).any(axis=1)] |= Quality.OVERFLOW
    if active is not None:
        quality[~np.asarray(active, bool)] = Quality.SWITCHED_OFF
    rest = np.flatnonzero(quality == 0)
    quality[rest] |= np.where(_has_lines(sound[rest]), 0, Quality.NO_LINES)
    return quality


def _smooth(counts):
    padded = np.pad(counts, ((0, 0), (2, 2)), mode="edge")
    return sum(
        share * padded[:, shift : shift + counts.shape[1]]
        for shift, share in enumerate((1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16))
    )


def _search_31():
    low = int(ORIGINS[0] + SLOPES[0] * KA_KEV)
    return low, int(ORIGINS[1] + SLOPES[1] * KA_KEV) + 1


def _peaks(counts):
    """Highest channels near 31 and 81 keV, each of shape (n,)."""
    smooth = _smooth(counts)
    low, high = _search_31()
    peak_31 = low + smooth[:, low:high].argmax(axis=1)
    first = np.floor(SLOPES[0] * (BA81_KEV - KA_KEV)).astype(int)
    size = int(np.ceil((SLOPES[1] - SLOPES[0]) * (BA81_KEV - KA_KEV))) + 1
    window = _window(smooth, peak_31 + first, size)
    return peak_31, peak_31 + first + window.argmax(axis=1)


def _has_lines(counts):
    """Whether a peak stands out where the 31 keV line can be: five times its noise, and narrow."""
    if not len(counts):
        return np.zeros(0, bool)
    peak = _peaks(counts)[0]
    inside = _window(counts, peak - 2, 5).sum(axis=1)
    beside = (
        _window(counts, peak - 9, 3).sum(axis=1) + _window(counts, peak + 20, 3).sum(axis=1)
    ) / 6
    net = inside - 5 * beside
    return (net > 5 * np.sqrt(inside + 5 * beside + 1)) & (inside > 2 * 5 * beside)


def _window(values, first, size):
    """Channels `first` to `first + size` of each row, shape (n, size)."""
    places = np.clip(np.asarray(first)[:, None] + np.arange(size), 0, values.shape[1] - 1)
    return np.take_along_axis(values, places, axis=1)


def _line(middles, place, width, tail=None):
    """A line of area 1 in channels whose middles are given, and its derivatives.

    Parameters
    ----------
    middles : ndarray, shape (n, m)
    place, width, tail : ndarray, shape (n, 1)
        The tail begins so many widths below the place.

    Returns
    -------
    list of ndarray, shape (n, m)
        The line, and its derivatives by place, by ln width, and by ln tail where there is one.
    """
    total = [0.0] * (3 if tail is None else 4)
    for point in _POINTS:
        t = (middles + point - place) / width
        height = np.exp(-(t**2) / 2) / (2 * width * np.sqrt(2 * np.pi))
        by_t = -t * height
        if tail is not None:
            inside = t < -tail
            flat = np.exp(np.minimum(tail**2 / 2 + tail * t, 50.0))
            height = np.where(inside, flat / (2 * width * np.sqrt(2 * np.pi)), height)
            by_t = np.where(inside, tail * height, by_t)
            total[3] = total[3] + np.where(inside, tail * (tail + t) * height, 0.0)
        total[0] = total[0] + height
        total[1] = total[1] - by_t / width
        total[2] = total[2] - t * by_t - height
    return total


def _group(middles, place, width, parts, slope, tail=None):
    """A line with fine structure, `parts` of (keV, share), as `_line` gives one."""
    total = None
    for shift, share in parts:
        found = _line(middles, place + shift * slope, width, tail)
        total = [
            share * one if total is None else before + share * one
            for before, one in zip(total or found, found, strict=True)
        ]
    return total


def _low_model(middles):
    def model(p, rows):
        place, log_width, log_area, apart, log_ratio, level, tilt = p.T[..., None]
        x, width = middles[rows], np.exp(np.clip(log_width, -3, 3))
        area = np.exp(np.clip(log_area, -5, 25))
        second = area * np.exp(np.clip(log_ratio, -6, 3))
        a, a_place, a_width = _group(x, place, width, KA_PARTS, _SHIFT_SLOPE)
        b, b_place, b_width = _group(x, place + apart, width, KB_PARTS, _SHIFT_SLOPE)
        a, a_place, a_width = area * a, area * a_place, area * a_width
        b, b_place, b_width = second * b, second * b_place, second * b_width
        slopes = [a_place + b_place - tilt, a_width + b_width, a + b, b_place, b]
        slopes += [np.ones_like(x), x - place]
        return a + b + level + tilt * (x - place), np.stack(slopes, axis=2)

    return model


def _high_model(middles):
    def model(p, rows):
        place, log_width, log_area, log_tail, level, tilt = p.T[..., None]
        x, width = middles[rows], np.exp(np.clip(log_width, -3, 3))
        area, tail = np.exp(np.clip(log_area, -5, 25)), np.exp(np.clip(log_tail, -2, 2))
        line = _group(x, place, width, BA81_PARTS, _SHIFT_SLOPE, tail)
        a, a_place, a_width, a_tail = (area * part for part in line)
        slopes = [a_place - tilt, a_width, a, a_tail, np.ones_like(x), x - place]
        return a + level + tilt * (x - place), np.stack(slopes, axis=2)

    return model


def _fit(model, first, values, noise):
    """Fit with the variance of the values, then with that of the model: small counts else pull."""
    rough = leastsquares.fit(model, first, values, np.maximum(values, 1.0) + noise)
    expected = np.maximum(model(rough.parameters, np.arange(len(values)))[0], 1.0)
    return leastsquares.fit(model, rough.parameters, values, expected + noise)


def _fit_low(counts, noise, peak):
    first, size = peak - BELOW_31, BELOW_31 + ABOVE_31 + 1
    values = _window(counts, first, size)
    middles = first[:, None] + np.arange(size) + 0.5
    level = np.minimum(values[:, :2].mean(axis=1), values[:, -2:].mean(axis=1))
    area = np.maximum(values[:, BELOW_31 - 3 : BELOW_31 + 4].sum(axis=1) - 7 * level, 10.0)
    zero = np.zeros(len(peak))
    start = [peak + 0.5, zero + 0.1, np.log(area), zero + 9.9, zero - 1.5, level, zero]
    model = _low_model(middles)
    fitted = _fit(model, np.stack(start, axis=1), values, _window(noise, first, size))
    return fitted, fitted.chi_square / (size - 7)


def _fit_high(counts, noise, peak):
    first, size = peak - BELOW_81, BELOW_81 + ABOVE_81 + 1
    values = _window(counts, first, size)
    middles = first[:, None] + np.arange(size) + 0.5
    level = values[:, -3:].mean(axis=1)
    area = np.maximum(values[:, BELOW_81 - 4 : BELOW_81 + 5].sum(axis=1) - 9 * level, 10.0)
    zero = np.zeros(len(peak))
    start = [peak + 0.5, zero + 0.3, np.log(area), zero + 0.2, level, zero]
    model = _high_model(middles)
    fitted = _fit(model, np.stack(start, axis=1), values, _window(noise, first, size))
    return fitted, fitted.chi_square / (size - 6)


def _straight(places, errors):
    """Slope and origin of places over the energies of the lines, with their errors, each (n,)."""
    energies = np.array([KA_KEV, KB_KEV, BA81_KEV])
    weight = 1 / (errors**2 + _SYSTEMATIC**2)
    total = weight.sum(axis=1)
    middle = (weight * energies).sum(axis=1) / total
    spread = (weight * (energies - middle[:, None]) ** 2).sum(axis=1)
    slope = (weight * (energies - middle[:, None]) * places).sum(axis=1) / spread
    origin = (weight * places).sum(axis=1) / total - slope * middle
    return slope, 1 / np.sqrt(spread), origin, np.sqrt(1 / total + middle**2 / spread)


def _fill(result, usable, low, high):
    """Put what was fitted into the result, with the quality it has."""
    (fit_31, chi_31), (fit_81, chi_81) = low, high
    p31, e31, p81, e81 = fit_31.parameters, fit_31.errors, fit_81.parameters, fit_81.errors
    places = np.stack([p31[:, 0], p31[:, 0] + p31[:, 3], p81[:, 0]], axis=1)
    errors = np.stack([e31[:, 0], np.hypot(e31[:, 0], e31[:, 3]), e81[:, 0]], axis=1)
    with np.errstate(all="ignore"):
        slope, slope_error, origin, origin_error = _straight(places, np.minimum(errors, 1e3))
        counts = np.exp(np.clip(p31[:, 2], -5, 25))
        found = {
            "gain": 1 / (ADC_STEPS * slope),
            "gain_error": slope_error / (ADC_STEPS * slope**2),
            "offset": ADC_STEPS * origin,
            "offset_error": ADC_STEPS * origin_error,
            "counts_31": counts,
            "chi_square": np.maximum(chi_31, chi_81),
        }
        for name, p, e in (("31", p31, e31), ("81", p81, e81)):
            width = _FWHM * np.exp(np.clip(p[:, 1], -3, 3)) / slope
            found |= {f"fwhm_{name}": width, f"fwhm_{name}_error": width * e[:, 1]}
        found |= {f"place_{kev}": places[:, at] for at, kev in enumerate(("31", "35", "81"))}
    for name, values in found.items():
        getattr(result, name)[usable] = np.where(np.isfinite(values), values, np.nan)
    done = fit_31.converged & fit_81.converged
    result.quality[usable] |= _judge(slope, origin, counts, errors, result, usable, done)


def _judge(slope, origin, counts, errors, result, usable, done):
    """Quality of what was fitted."""
    chi, fwhm_31, fwhm_81 = (
        getattr(result, name)[usable] for name in ("chi_square", "fwhm_31", "fwhm_81")
    )
    with np.errstate(invalid="ignore"):
        in_range = (slope > SLOPES[0]) & (slope < SLOPES[1])
        in_range &= (origin > ORIGINS[0]) & (origin < ORIGINS[1])
        # What a model leaves unsaid (the continuum below the lines) grows with the counts, the
        # noise does not; places are right within their errors far beyond a chi square of 1.
        described = chi < 8 + counts / 2000
        sharp = (fwhm_31 > 0.3) & (fwhm_31 < 3) & (fwhm_81 > 0.3) & (fwhm_81 < 5)
        told = (errors < 2).all(axis=1)
    return (
        np.where(counts < FEW_COUNTS, Quality.FEW_COUNTS, 0)
        | np.where(done & told, 0, Quality.NOT_CONVERGED)
        | np.where(described, 0, Quality.POOR_FIT)
        | np.where(in_range, 0, Quality.OUT_OF_RANGE)
        | np.where(sharp, 0, Quality.RESOLUTION)
    )
