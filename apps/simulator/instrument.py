"""What the simulated instrument does with photons: quiet levels, bands, attenuator, dead time.

Channel counts are summed over the 30 imaging detectors and given per 4 s, as the light curves are.
"""

from datetime import date

import numpy as np

from apps.core.energy import SCIENCE_EDGES_KEV

CHANNELS = 32
_LOW = np.array(SCIENCE_EDGES_KEV[:-1])
_HIGH = np.array([*SCIENCE_EDGES_KEV[1:-1], 250.0])
WIDTH_KEV = _HIGH - _LOW
ENERGY_KEV = (_LOW + _HIGH) / 2
"""Middle of each science channel; the last one is taken to end at 250 keV."""

BAND_CHANNELS_2020 = ((1, 7), (7, 12), (12, 17), (17, 23), (23, 31))
BAND_CHANNELS = ((1, 7), (7, 12), (12, 17), (17, 23), (23, 28))
_NARROWER_FROM = date(2021, 1, 1)
_QUIET_2020 = ((272, 54, 76, 928, 1856), (15, 22, 10, 11, 14), (5, 60))
_QUIET = ((248, 50, 62, 800, 400), (14, 3, 3, 42, 20), (5, 900, 350, 150, 60))
"""Mean quiet counts: five bands per 4 s, the background detector per 8 s, and the rest of the
channels (the first and those above the fifth band). They give the medians 271/53/75/927/1855 of
2020-05-06 and 247/49/61/799/399 of 2022 after compression."""

QUIET_TRIGGERS = 3968.0
QUIET_TRIGGERS_2020 = 4352.0
QUIET_BACKGROUND_TRIGGERS = 544.0
TRIGGERS_PER_COUNT = 1.2
BACKGROUND_SHARE = 0.004
"""Flare counts of the uncovered background detector for one of the 30 imaging detectors' sum."""

ATTENUATOR_IN_ABOVE = 20_000.0
ATTENUATOR_OUT_BELOW = 6_000.0
"""4-10 keV counts per 4 s, before the attenuator, at which it moves."""


def is_early(day):
    """Whether the fifth band still ends at 150 keV."""
    return day < _NARROWER_FROM


def band_edges(day):
    """The five bands as (low, high) in keV."""
    channels = BAND_CHANNELS_2020 if is_early(day) else BAND_CHANNELS
    return tuple((SCIENCE_EDGES_KEV[first], SCIENCE_EDGES_KEV[last]) for first, last in channels)


def band_matrix(day):
    """Sum over channels as a matrix of shape (32, 5)."""
    channels = BAND_CHANNELS_2020 if is_early(day) else BAND_CHANNELS
    matrix = np.zeros((CHANNELS, 5))
    for band, (first, last) in enumerate(channels):
        matrix[first:last, band] = 1.0
    return matrix


def quiet_channels(day):
    """Quiet counts of the 32 channels per 4 s: the calibration source's lines and a continuum."""
    bands, _, rest = _QUIET_2020 if is_early(day) else _QUIET
    shape = WIDTH_KEV * (1 + 8 * ((ENERGY_KEV > 28) & (ENERGY_KEV < 32)) + 4 * (ENERGY_KEV == 34))
    matrix = band_matrix(day)
    quiet = matrix @ np.array(bands) * shape / (matrix @ (shape @ matrix) + (matrix.sum(1) == 0))
    outside = np.flatnonzero(matrix.sum(axis=1) == 0)
    quiet[outside] = rest[: outside.size]
    return quiet


def quiet_background(day):
    """Quiet counts of the background detector in the five bands per 8 s."""
    return np.array((_QUIET_2020 if is_early(day) else _QUIET)[1], dtype=float)


def attenuator_transmission():
    """Transmission of 0.6 mm of aluminium in the 32 channels.

    Source: mass attenuation 26.23 cm2/g at 10 keV (NIST XCOM), falling with the power 2.93.
    """
    depth = 26.23 * 2.70 * 0.06 * (10.0 / np.maximum(ENERGY_KEV, 1.0)) ** 2.93
    return np.exp(-np.minimum(depth, 700.0))


def attenuator_states(incident):
    """Rate control regime of each bin: 1 while the attenuator is in.

    Parameters
    ----------
    incident : ndarray, shape (n,)
        4-10 keV counts per 4 s in front of the attenuator.

    Returns
    -------
    ndarray of uint8, shape (n,)
        It moves in one bin after the rate exceeds `ATTENUATOR_IN_ABOVE` and out again once the
        rate is below `ATTENUATOR_OUT_BELOW`.
    """
    states = np.zeros(incident.size, dtype=np.uint8)
    low = np.flatnonzero(incident < ATTENUATOR_OUT_BELOW)
    stop = 0
    for start in np.flatnonzero(incident > ATTENUATOR_IN_ABOVE):
        if start < stop:
            continue
        later = np.searchsorted(low, start)
        stop = int(low[later]) if later < low.size else incident.size
        states[start + 1 : stop + 1] = 1
    return states


def live_fraction(counts_4s):
    """Share of the time the detectors can count, for counts per 4 s summed over 16 groups.

    Source: constants of stixpy, tau 10.1 us, eta 1.10 us, beta 0.94059104.
    """
    rate = np.asarray(counts_4s) / 4.0 / 16.0
    return np.exp(-1.10e-6 * 0.94059104 * rate) / (1.0 + (10.1e-6 + 1.10e-6) * rate)
