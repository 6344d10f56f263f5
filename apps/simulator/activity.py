"""The simulated Sun: a population of flares, each a thermal plasma heated by impulsive bursts.

A flare's bursts are hard (power law) and come before its thermal peak; the thermal emission rises
with them and cools slowly. Everything depends on the seed and the UTC day alone.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from apps.core.timeaxis import DAY_MS
from apps.simulator.instrument import ENERGY_KEV, WIDTH_KEV

GREAT_FLARE_EVERY = 3
"""One day in three has a flare that moves the attenuator, so that a short run shows it."""


class Stream(IntEnum):
    """Independent sequences of random numbers of one day."""

    FLARES = 0
    GAPS = 1
    LIGHTCURVE = 10
    BACKGROUND = 11
    VARIANCE = 12
    SPECTRA = 13


def random_numbers(seed, day, stream):
    """Generator of a stream; `day` counts UTC days since 1970."""
    return np.random.default_rng([seed, day, int(stream)])


@dataclass(frozen=True)
class Flare:
    """One flare.

    Parameters
    ----------
    peak_ms : int
        Thermal maximum, milliseconds since 1970.
    counts : float
        Thermal 4-10 keV counts per 4 s at the maximum, in front of the attenuator.
    rise_s, decay_s : float
        Gaussian width before and exponential time after the maximum.
    temperature_kev : float
        Sets the thermal spectrum.
    hard_counts, index : float
        15-25 keV counts per 4 s of the strongest burst, and the power law's photon index.
    bursts : tuple of (float, float, float)
        Centre after the maximum (s, negative), width (s), relative height.
    x_radii, y_radii : float
        Position as a share of the solar radius, towards solar west and north.
    """

    peak_ms: int
    counts: float
    rise_s: float
    decay_s: float
    temperature_kev: float
    hard_counts: float
    index: float
    bursts: tuple
    x_radii: float
    y_radii: float

    @property
    def support_ms(self):
        """First and last millisecond at which the flare matters."""
        return self.peak_ms - int(6e3 * self.rise_s), self.peak_ms + int(15e3 * self.decay_s)

    def profiles(self, time_ms):
        """Thermal and burst profile, each 1 at its own maximum, shape (2, n)."""
        after = (np.asarray(time_ms) - self.peak_ms) / 1e3
        rise = np.exp(-0.5 * (np.minimum(after, 0) / self.rise_s) ** 2)
        decay = np.exp(1 - np.sqrt(1 + (np.maximum(after, 0) / self.decay_s) ** 2))
        hard = sum(
            height * np.exp(-0.5 * ((after - centre) / width) ** 2)
            for centre, width, height in self.bursts
        )
        return np.stack([rise * decay, hard])

    def spectra(self):
        """Counts per 4 s of the 32 channels at profile 1: thermal and bursts, shape (2, 32)."""
        window = np.exp(-((6.5 / ENERGY_KEV) ** 3)) * WIDTH_KEV
        thermal = window * np.exp(-ENERGY_KEV / self.temperature_kev)
        hard = window * np.maximum(ENERGY_KEV, 12.0) ** -self.index
        hard *= np.minimum(ENERGY_KEV / 12.0, 1.0) ** 2
        return np.stack(
            [
                self.counts * thermal / thermal[1:7].sum(),
                self.hard_counts * hard / hard[12:17].sum(),
            ]
        )


def flares_of_day(seed, day, mean_number=9.0):
    """Flares whose maximum falls into a UTC day, in order of time.

    Sizes follow a power law of index 1.8 from 120 counts per 4 s on.
    """
    source = random_numbers(seed, day, Stream.FLARES)
    number = int(source.poisson(mean_number))
    sizes = np.minimum(120.0 * source.random(number) ** (-1 / 0.8), 8e4)
    moments = source.integers(0, DAY_MS, number)
    if day % GREAT_FLARE_EVERY == 2:
        sizes = np.append(sizes, 10 ** source.uniform(5.2, 6.0))
        moments = np.append(moments, int(source.uniform(7, 16) * 3_600_000))
    order = np.argsort(moments)
    return tuple(
        _flare(source, day * DAY_MS + int(moments[i]), float(sizes[i])) for i in order.tolist()
    )


def flares_around(seed, day):
    """Flares that may be seen in a day: its own and those of its neighbours."""
    return tuple(flare for near in (day - 1, day, day + 1) for flare in flares_of_day(seed, near))


def excess(flares, time_ms, weights):
    """Flare counts per 4 s, folded with channel weights.

    Parameters
    ----------
    flares : sequence of Flare
    time_ms : ndarray of int, shape (n,)
        Ascending.
    weights : ndarray, shape (32, k)
        For instance the band matrix, with or without the attenuator.

    Returns
    -------
    ndarray, shape (n, k)
    """
    total = np.zeros((time_ms.size, weights.shape[1]))
    for flare in flares:
        first, last = np.searchsorted(time_ms, flare.support_ms)
        if first < last:
            total[first:last] += flare.profiles(time_ms[first:last]).T @ (flare.spectra() @ weights)
    return total


def _flare(source, peak_ms, counts):
    size = np.log10(counts / 100.0)
    rise = float(np.clip(110 * 10 ** (0.08 * size) * source.lognormal(0, 0.4), 30, 600))
    decay = float(np.clip(260 * 10 ** (0.12 * size) * source.lognormal(0, 0.4), 60, 1200))
    radius, angle = np.sqrt(source.random()) * 0.98, source.uniform(0, 2 * np.pi)
    bursts = [
        (
            float(source.uniform(-1.9, -0.6) * rise),
            float(np.clip(source.uniform(0.12, 0.35) * rise, 6, 60)),
            height,
        )
        for height in (1.0, *source.uniform(0.2, 0.8, source.integers(0, 3)).tolist())
    ]
    return Flare(
        peak_ms=peak_ms,
        counts=counts,
        rise_s=rise,
        decay_s=decay,
        temperature_kev=float(1.05 + 0.2 * size + source.uniform(-0.1, 0.1)),
        hard_counts=counts * 10 ** float(source.uniform(-2.0, -1.1)),
        index=float(np.clip(source.normal(5.5 - 0.3 * size, 0.8), 3, 8)),
        bursts=tuple(bursts),
        x_radii=float(radius * np.cos(angle)),
        y_radii=float(radius * np.sin(angle)),
    )
