"""The quick-look samples of a UTC day: one Sun seen through five products.

All products are made from one expected light curve on the 4 s grid of the instrument, so they agree
but for their own Poisson noise, and each is compressed as on board.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from apps.core.energy import BKG_DETECTOR_INDEX, CFL_DETECTOR_INDEX
from apps.core.timeaxis import DAY_MS
from apps.simulator import instrument, orbit
from apps.simulator.activity import Stream, excess, flares_around, random_numbers
from apps.simulator.compression import transmitted
from apps.simulator.goes import log_flux

PHASE_MS = 3531
"""The instrument's bins do not start at midnight; on 2020-05-06 they start 0.469 s before it."""
STEP_MS = 4000
_BEFORE_MS, _AFTER_MS = 7_200_000, 1_200_000
VARIANCE_PER_COUNT = 8.1
"""Scale of the variance product in its own unit: brings the quiet level to that of 2020-05-06."""


@dataclass(frozen=True)
class QuickLook:
    """Samples of one product: bin centres (ms since 1970), width (s) and the file's columns."""

    key: str
    time_ms: np.ndarray
    timedel_s: float
    columns: dict
    length_ms: int
    """Time one row really covers; longer than its width for the detector scans of ql-spectra."""
    control: dict | None = None
    """CONTROL values of the rows, where they differ from those of all files."""

    def select(self, keep):
        """The samples where `keep` holds."""
        columns = {name: values[keep] for name, values in self.columns.items()}
        return QuickLook(self.key, self.time_ms[keep], self.timedel_s, columns, self.length_ms)

    @property
    def edges_ms(self):
        """First and last millisecond each row covers, two arrays."""
        start = self.time_ms - round(self.timedel_s * 500)
        return start, start + self.length_ms

    def joined(self, other):
        """These samples followed by those of another."""
        columns = {
            name: np.concatenate([values, other.columns[name]])
            for name, values in self.columns.items()
        }
        time_ms = np.concatenate([self.time_ms, other.time_ms])
        return QuickLook(self.key, time_ms, self.timedel_s, columns, self.length_ms)


class Sky:
    """What the imaging detectors would count around one day, without noise.

    Parameters
    ----------
    seed : int
    day : int
        UTC days since 1970.
    """

    def __init__(self, seed, day):
        self.seed, self.day = seed, day
        self.date = date(1970, 1, 1) + timedelta(days=day)
        self.flares = flares_around(seed, day)
        first = (day * DAY_MS - _BEFORE_MS - PHASE_MS) // STEP_MS * STEP_MS + PHASE_MS
        self.start_ms = np.arange(first, (day + 1) * DAY_MS + _AFTER_MS, STEP_MS)
        self.middle_ms = self.start_ms + STEP_MS // 2
        self.matrix = instrument.band_matrix(self.date)
        self.quiet = instrument.quiet_channels(self.date)
        self.transmission = instrument.attenuator_transmission()[:, None]
        weights = np.column_stack([self.matrix[:, 0], np.ones(instrument.CHANNELS)])
        incident = excess(self.flares, self.middle_ms, weights)
        self.rcr = instrument.attenuator_states(incident[:, 0])
        self.drift = 1 + 0.015 * np.sin(2 * np.pi * self.middle_ms / (1.37 * DAY_MS))
        total = self.quiet.sum() * self.drift + self._attenuated(incident, weights)[:, 1]
        self.live = instrument.live_fraction(total)

    def _attenuated(self, incident, weights):
        if not self.rcr.any():
            return incident
        behind = excess(self.flares, self.middle_ms, self.transmission * weights)
        return np.where(self.rcr[:, None] > 0, behind, incident)

    def incident(self, weights):
        """Flare counts per 4 s in front of the attenuator, shape (n, k)."""
        return excess(self.flares, self.middle_ms, weights)

    def parts(self, weights):
        """Quiet and flare counts per 4 s as counted, each of shape (n, k)."""
        flare = self._attenuated(self.incident(weights), weights) * self.live[:, None]
        return (self.drift * self.live)[:, None] * (self.quiet @ weights), flare

    def counted(self, weights):
        """Counts per 4 s as counted: quiet and flares."""
        quiet, flare = self.parts(weights)
        return quiet + flare

    def bins(self, length):
        """First grid index of the bins of `length` grid steps whose centre is in the day."""
        step_ms = length * STEP_MS
        first = -((self.start_ms[0] - PHASE_MS) // -step_ms) * step_ms + PHASE_MS
        starts = np.arange(first, self.start_ms[-1] - step_ms, step_ms)
        middles = starts + step_ms // 2
        inside = (middles >= self.day * DAY_MS) & (middles < (self.day + 1) * DAY_MS)
        return (starts[inside] - self.start_ms[0]) // STEP_MS


@lru_cache(maxsize=4)
def sky(seed, day):
    """The `Sky` of a day; a few are kept."""
    return Sky(seed, day)


@lru_cache(maxsize=16)
def samples(seed, day, key):
    """All samples of a product whose centre lies in a UTC day, before any loss.

    Parameters
    ----------
    seed : int
    day : int
        UTC days since 1970.
    key : str
        One of `PRODUCTS`.

    Returns
    -------
    QuickLook
    """
    return PRODUCTS[key](sky(seed, day))


def _rows(seen, first, length):
    """Grid indices of bins, shape (n, length)."""
    return first[:, None] + np.arange(length)


def _quicklook(key, seen, first, length, columns, covers=None):
    time_ms = seen.start_ms[first] + length * STEP_MS // 2
    seconds = length * STEP_MS / 1e3
    return QuickLook(key, time_ms, seconds, columns, (covers or length) * STEP_MS)


def _with_errors(name, values):
    sent, errors = transmitted(values)
    return {name: sent, f"{name}_err": errors}


def _lightcurve(seen):
    first = seen.bins(1)
    source = random_numbers(seen.seed, seen.day, Stream.LIGHTCURVE)
    weights = np.column_stack([seen.matrix, np.ones(instrument.CHANNELS)])
    quiet, flare = seen.parts(weights)
    early = instrument.is_early(seen.date)
    level = instrument.QUIET_TRIGGERS_2020 if early else instrument.QUIET_TRIGGERS
    triggers = level * seen.drift * seen.live + instrument.TRIGGERS_PER_COUNT * flare[:, 5]
    columns = {
        **_with_errors("counts", source.poisson((quiet + flare)[first, :5])),
        **_with_errors("triggers", source.poisson(triggers[first])),
        "rcr": seen.rcr[first],
    }
    return _quicklook("ql-lightcurve", seen, first, 1, columns)


def _background(seen):
    first = seen.bins(2)
    source = random_numbers(seen.seed, seen.day, Stream.BACKGROUND)
    rows = _rows(seen, first, 2)
    flare = seen.incident(seen.matrix)[rows].sum(axis=1) * instrument.BACKGROUND_SHARE
    drift = seen.drift[first][:, None]
    expected = instrument.quiet_background(seen.date) * drift + flare
    triggers = instrument.QUIET_BACKGROUND_TRIGGERS * drift[:, 0] + 1.2 * flare.sum(axis=1)
    columns = {
        **_with_errors("counts", source.poisson(expected)),
        **_with_errors("triggers", source.poisson(triggers)),
    }
    return _quicklook("ql-background", seen, first, 2, columns)


def _variance(seen):
    first = seen.bins(1)
    source = random_numbers(seen.seed, seen.day, Stream.VARIANCE)
    weights = np.zeros((instrument.CHANNELS, 1))
    weights[1:15] = 1.0
    expected = VARIANCE_PER_COUNT * seen.counted(weights)[first, 0]
    scatter = source.chisquare(39, first.size) / 39
    columns = _with_errors("variance", np.rint(expected * scatter))
    return _quicklook("ql-variance", seen, first, 1, columns)


def _spectra(seen):
    """Scans of 1024 s: the detectors are exposed one after another, 32 s each, slot by slot."""
    first = seen.bins(256)
    source = random_numbers(seen.seed, seen.day, Stream.SPECTRA)
    number = seen.start_ms[first] // (256 * STEP_MS)
    slot = np.arange(32)
    detector = (slot + 28 - 4 * number[:, None]) % 32
    quiet, flare = (
        part[_rows(seen, first, 256)].reshape(first.size, 32, 8, 32).sum(axis=2) / 30
        for part in seen.parts(np.eye(instrument.CHANNELS))
    )
    share = np.ones(32)
    share[CFL_DETECTOR_INDEX] = 0.3
    share[BKG_DETECTOR_INDEX] = instrument.BACKGROUND_SHARE * 30
    expected = quiet + flare * share[detector][:, :, None]
    spectra, spectra_err = transmitted(source.poisson(expected))
    columns = {
        "detector_index": detector,
        "spectra": spectra,
        "spectra_err": spectra_err,
        **_with_errors("triggers", source.poisson(1.25 * expected.sum(axis=2))),
        "num_integrations": np.broadcast_to(slot, detector.shape),
    }
    whole = _quicklook("ql-spectra", seen, first, 8, columns, covers=256)
    return whole.select((whole.time_ms // DAY_MS) == seen.day)


def _flareflag(seen):
    length = 255
    first = seen.bins(length)
    rows = _rows(seen, first, length)
    bands = seen.incident(seen.matrix)[rows].max(axis=1)
    noise = np.sqrt(seen.quiet @ seen.matrix)
    distance = orbit.distance_au(int(seen.middle_ms[seen.middle_ms.size // 2]))
    logarithm = np.where(bands[:, 0] > 3 * noise[0], log_flux(bands[:, 0], distance), -np.inf)
    thermal = np.digitize(logarithm, [-7, -6, -5, -4])
    hard = np.digitize(bands[:, 3] / noise[3], [3, 20])
    brightest = _brightest(seen, rows)
    new = np.append(True, brightest[1:] != brightest[:-1])
    arcmin = orbit.RADIUS_ARCSEC_AU / distance / 60
    place = np.array([(flare.x_radii, -flare.y_radii) for flare in seen.flares] or [(0.0, 0.0)])
    flaring = thermal > 0
    columns = {
        "loc_z": np.where(flaring, np.rint(place[brightest, 0] * arcmin), 0).astype(int),
        "loc_y": np.where(flaring, np.rint(place[brightest, 1] * arcmin), 0).astype(int),
        "thermal_index": thermal,
        "non_thermal_index": hard,
        "location_status": np.where(flaring, np.where(new, 2, 1), 0),
    }
    return _quicklook("ql-flareflag", seen, first, length, columns)


def _brightest(seen, rows):
    """Index of the flare with most 4-10 keV counts at any time of each bin."""
    curves = [
        excess([flare], seen.middle_ms, seen.matrix[:, :1])[rows, 0].max(axis=1)
        for flare in seen.flares
    ]
    return np.argmax(curves, axis=0) if curves else np.zeros(len(rows), dtype=int)


PRODUCTS = {
    "ql-lightcurve": _lightcurve,
    "ql-background": _background,
    "ql-variance": _variance,
    "ql-spectra": _spectra,
    "ql-flareflag": _flareflag,
}
"""What can be simulated, in the order files are made."""
