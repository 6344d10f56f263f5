"""Simulated spectra of the on-board barium source, with the gain and offset behind them.

The lines are drawn finer than any fit describes them: the parts of each K line, both gamma rays
near 80 keV, what escapes from CdTe, a tail of lost charge, a continuum.
"""

from dataclasses import dataclass

import numpy as np

from apps.core.detectors import DETECTORS, PIXELS, pixel_area_mm2

CHANNELS, ADC_STEPS = 1024, 4
SHAPE = (len(DETECTORS), PIXELS)
LINES = (
    # keV, counts for one at 31 keV
    *((30.9731, 0.649), (30.6254, 0.351), (34.9194, 0.066), (34.9869, 0.127), (35.82, 0.048)),
    *((53.16, 0.02), (79.6142, 0.018), (80.9979, 0.225), (53.5, 0.012), (57.8, 0.02)),
)
"""Lines as a CdTe detector counts them; the last two are escapes of cadmium and tellurium K rays
from the line at 81 keV. Strengths against each other are rounded from flight spectra."""

COUNTS_31 = 30_000.0
"""Counts of the 31 keV line in a large pixel during a run."""

RUN_S = 39_600
"""Length of a run."""

_CONTINUUM = 0.006
"""Counts for 1 keV at 30 keV, for one in the line at 31 keV."""

_TAIL_KEV, _TAIL_SHARE = 1.4, 0.12
"""Length of the tail of lost charge, and its share of a line at 81 keV; less at lower energies."""

_NEAR_KEV = 9.0
"""How far from its energy a line is drawn."""

_SEED = 4181


@dataclass(frozen=True)
class Truth:
    """What a run was made of; arrays of shape (32, 12), temperature in kelvin."""

    gain: np.ndarray
    offset: np.ndarray
    fwhm_31: np.ndarray
    counts_31: np.ndarray
    temperature: float
    dead: tuple


def truth_of(seed, day):
    """The instrument on a UTC day: gain and offset drift with its temperature.

    Parameters
    ----------
    seed, day : int
        Day since 1970.

    Returns
    -------
    Truth
    """
    fixed = np.random.default_rng([_SEED, seed])
    gain = 0.1077 * (1 + 0.009 * np.clip(fixed.standard_normal(SHAPE), -2.5, 2.5))
    offset = 888.0 + 13.0 * np.clip(fixed.standard_normal(SHAPE), -2.5, 2.5)
    fwhm = 1.0 + 0.08 * np.abs(fixed.standard_normal(SHAPE))
    area = np.array([pixel_area_mm2(pixel) for pixel in range(PIXELS)])
    counts = COUNTS_31 * (area / area[0]) * (1 + 0.1 * np.clip(fixed.standard_normal(SHAPE), -2, 2))
    temperature = 238.0 + 6.0 * np.sin(2 * np.pi * day / 180.0)
    warmer = temperature - 238.0
    dead = ((int(fixed.integers(0, 32)), int(fixed.integers(0, 12))),)
    for detector, pixel in dead:
        counts[detector, pixel] = 0.0
    return Truth(gain * (1 + 2e-4 * warmer), offset - 0.4 * warmer, fwhm, counts, temperature, dead)


def expected(truth):
    """Mean counts of a run, shape (32, 12, 1024)."""
    gain, offset = truth.gain[..., None], truth.offset[..., None]
    kev = (np.arange(CHANNELS * ADC_STEPS) + 0.5 - offset) * gain
    ramp = 1 / (1 + np.exp(-np.clip((kev - 6.0) / 0.5, -60, 60)))
    total = _CONTINUUM * np.exp(-(kev - 30.0) / 35.0) * ramp * (kev < 160)
    for energy, strength in LINES:
        first = np.rint((energy - _NEAR_KEV) / truth.gain + truth.offset).astype(int)
        steps = first[..., None] + np.arange(round(2 * _NEAR_KEV / truth.gain.min()))
        line = strength * _line((steps + 0.5 - offset) * gain, energy, truth.fwhm_31[..., None])
        line += np.take_along_axis(total, steps, axis=-1)
        np.put_along_axis(total, steps, line, axis=-1)
    counts = truth.counts_31[..., None] * total * gain
    return counts.reshape(*SHAPE, CHANNELS, ADC_STEPS).sum(axis=-1)


def spectra(seed, day):
    """Counts of the run of a UTC day, shape (32, 12, 1024), and the truth."""
    truth = truth_of(seed, day)
    noise = np.random.default_rng([_SEED, seed, day])
    return noise.poisson(expected(truth)), truth


def _line(kev, energy, fwhm_31):
    """A line of area 1 by keV: a Gaussian, and a tail to lower energies that grows with energy."""
    width = np.sqrt(fwhm_31**2 + 0.012 * (energy - 31.0)) / 2.3548
    share = _TAIL_SHARE * (energy / 81.0) ** 1.5
    places = np.arange(0.5, 6) * _TAIL_KEV / 2
    weights = np.exp(-places / _TAIL_KEV)
    line = (1 - share) * _gaussian(kev, energy, width)
    for place, weight in zip(places, weights / weights.sum(), strict=True):
        line += share * weight * _gaussian(kev, energy - place, width)
    return line


def _gaussian(kev, middle, width):
    return np.exp(-(((kev - middle) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
