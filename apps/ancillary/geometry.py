"""Class Geometry: everything that one set of kernels says, behind one object.

Positions come from a table that is built at the first question (`states`), so that they need
neither CSPICE nor a lock; attitude and the on-board clock ask the kernels.
"""

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apps.ancillary import ephemeris, flaregeometry, frames, states
from apps.ancillary.constants import LIGHT_KM_S
from apps.ancillary.flaregeometry import OffDisc
from apps.ancillary.times import et_of_ms, ms_of_et
from apps.core.timeaxis import from_ms, iso

__all__ = ["Geometry", "OffDisc", "Provenance", "Uncovered"]

SOLAR_ORBITER, EARTH = -144, 399
INSTALL = "install kernels that cover it: manage.py kernels add PATH"


class Uncovered(ValueError):
    """A time for which the kernels hold nothing; `field` names the input it came from."""

    def __init__(self, message, field="start"):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Provenance:
    """Which kernels an answer came from; goes with every answer.

    Attributes
    ----------
    mk : str
        Version of the kernel set or name of its metakernel file.
    set_id : str
        Content hash of the set, hexadecimal.
    kernels : tuple of dict
        ``name``, ``kind``, ``sha256`` and ``size_bytes`` of each file.
    approximate : bool
        True of the demonstration orbit.
    start_ms, stop_ms : int
        Coverage of the orbit, ms since 1970 UTC.
    label : str
        What pages and plots write beside the numbers.
    """

    mk: str
    set_id: str
    kernels: tuple
    approximate: bool
    start_ms: int
    stop_ms: int
    label: str

    @property
    def validity(self):
        """First and last covered instant, ISO 8601."""
        return [iso(from_ms(self.start_ms)), iso(from_ms(self.stop_ms))]

    def record(self):
        """The keys ``mk``, ``kernels``, ``approximate`` and ``validity`` of a JSON answer."""
        return {
            "mk": self.mk,
            "kernels": {"set_id": self.set_id, "files": [dict(kernel) for kernel in self.kernels]},
            "approximate": self.approximate,
            "validity": self.validity,
        }


class Geometry:
    """Answers of one kernel set; may be shared by threads.

    Parameters
    ----------
    pool : object
        ``coverage(body)``, ``states(body, et)``, ``rotations(frame, reference, et)``,
        ``scet(et)``, ``et_of_scet(texts)``, ``leap_seconds()``: see `kernels.Pool`.
    provenance : Provenance
    """

    def __init__(self, pool, provenance):
        self.pool = pool
        self.provenance = provenance
        self._building = threading.Lock()

    def ephemeris(self, time_ms):
        """Where Solar Orbiter is at instants (n,), ms since 1970 UTC: `ephemeris.Ephemeris`.

        Raises
        ------
        Uncovered
            If the orbit is not known at one of them.
        """
        time_ms, et = self._instants(time_ms)
        position, velocity = self._table.at(et)
        both = np.concatenate([position, velocity], axis=2)
        return ephemeris.ephemeris(time_ms, et, both[:, 0], both[:, 1])

    def light_time_difference(self, time_ms):
        """Seconds by which Earth sees the Sun later than Solar Orbiter does, at instants (n,).

        Raises
        ------
        Uncovered
            If the orbit is not known at one of them.
        """
        _, et = self._instants(time_ms)
        position, _ = self._table.at(et)
        return np.diff(frames.length(position), axis=1)[:, 0] / LIGHT_KM_S

    def flare(self, time_ms, x_arcsec, y_arcsec, observer="earth"):
        """Light times and angles of a point on the Sun: `flaregeometry.FlareGeometry`.

        Raises
        ------
        Uncovered
            If the orbit is not known at that time.
        OffDisc
            If the observer does not see the Sun there.
        ValueError
            If the observer is neither "earth" nor "stix".
        """
        time_ms, et = self._instants(time_ms)
        (solo, earth), _ = (part[0] for part in self._table.at(et))
        return flaregeometry.flare_geometry(
            int(time_ms[0]), float(et[0]), x_arcsec, y_arcsec, observer, solo, earth
        )

    def scet(self, time_ms):
        """Times of the on-board clock, ``partition/coarse:fine``, of instants (n,)."""
        return self.pool.scet(self._et(np.atleast_1d(time_ms)))

    def utc_of_scet(self, text):
        """Milliseconds since 1970 UTC (float) of a time of the on-board clock."""
        return float(ms_of_et(self.pool.et_of_scet([text]), self._leap_seconds)[0])

    def _instants(self, time_ms):
        """Instants as int64 and their ET, all of them covered."""
        time_ms = np.atleast_1d(np.asarray(time_ms))
        if time_ms.dtype.kind == "f" and not np.isfinite(time_ms).all():
            raise Uncovered(f"a time is no number; {self._known()}")
        et = self._et(time_ms)
        missing = ~self._table.covers(et)
        if missing.any():
            at = time_ms[np.argmax(missing)]
            raise Uncovered(f"the orbit is not known at {_instant(at)}; {self._known()}")
        return time_ms.astype(np.int64), et

    def _et(self, time_ms):
        return et_of_ms(time_ms, self._leap_seconds)

    def _known(self):
        start, stop = self.provenance.validity
        return f"{self.provenance.label} covers {start} to {stop}; {INSTALL}"

    @cached_property
    def _leap_seconds(self):
        return tuple(self.pool.leap_seconds())

    @property
    def _table(self):
        with self._building:
            return self._states

    @cached_property
    def _states(self):
        return states.build(self._sample, self.pool.coverage(SOLAR_ORBITER))

    def _sample(self, et):
        return np.stack([self.pool.states(body, et) for body in (SOLAR_ORBITER, EARTH)], axis=1)


def _instant(time_ms):
    try:
        return iso(from_ms(time_ms))
    except (OverflowError, ValueError):
        return f"{time_ms:g} ms since 1970"
