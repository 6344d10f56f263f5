"""Class Geometry: everything that one set of kernels says, behind one object.

Positions come from a table that is built at the first question (`states`), so that they need
neither CSPICE nor a lock; attitude and the on-board clock ask the kernels.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apps.ancillary import attitude, ephemeris, events, flaregeometry, frames, planets, states
from apps.ancillary.constants import AU_KM, LIGHT_KM_S
from apps.ancillary.flaregeometry import OffDisc
from apps.ancillary.times import et_of_ms, ms_of_et
from apps.core.timeaxis import from_ms, iso

__all__ = ["Geometry", "OffDisc", "Provenance", "Uncovered"]

SOLAR_ORBITER, EARTH = -144, 399
INSTALL = "install kernels that cover it: manage.py kernels add PATH"

REFERENCES = {
    "SOLO_SUN_RTN": lambda solo, earth, et: frames.rtn(solo),
    "SOLO_HEEQ": lambda solo, earth, et: frames.heeq(earth),
    "SOLO_HEE_NASA": lambda solo, earth, et: frames.hee(earth, et),
    "SOLO_HEE": lambda solo, earth, et: frames.hee(earth),
    "SOLO_HCI": lambda solo, earth, et: frames.hci(),
    "J2000": lambda solo, earth, et: np.eye(3),
}
"""Frames that an attitude may be given against, with their axes."""


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
        ``loaded()``, ``coverage(body)``, ``states(body, et)``, ``scet(et)``,
        ``rotations(frame, reference, et)``, ``et_of_scet(texts)``, ``leap_seconds()``: see
        `kernels.Pool`.
    provenance : Provenance
    """

    def __init__(self, pool, provenance):
        self.pool = pool
        self.provenance = provenance
        self._built = None

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

    def attitude(self, time_ms, frame="SOLO_SRF", reference="SOLO_SUN_RTN", allow_nominal=False):
        """How the spacecraft or STIX points at instants (n,): `attitude.Attitude`.

        Parameters
        ----------
        time_ms : array_like, shape (n,)
            ms since 1970 UTC.
        frame : str
            "SOLO_SRF" (spacecraft) or "SOLO_STIX_ILS" (STIX).
        reference : str
            One of `REFERENCES`.
        allow_nominal : bool
            Whether instants without attitude kernel are answered with the nominal attitude, marked
            so; else they are left out, and the answer may be empty.

        Raises
        ------
        Uncovered
            If the orbit is not known at one of the instants.
        ValueError
            If a frame is unknown.
        """
        if frame not in attitude.FRAMES:
            raise ValueError(f"frame {frame!r} is unknown; expected {' or '.join(attitude.FRAMES)}")
        if reference not in REFERENCES:
            raise ValueError(f"frame {reference!r} is unknown; expected {', '.join(REFERENCES)}")
        time_ms, et = self._instants(time_ms)
        (solo, earth) = np.moveaxis(self._table.at(et)[0], 1, 0)
        matrices, known = self._rotations(frame, et)
        if allow_nominal:
            matrices = np.where(
                known[:, None, None], matrices, attitude.nominal(frame) @ frames.rtn(solo)
            )
        kept = known | allow_nominal
        axes = np.broadcast_to(REFERENCES[reference](solo, earth, et), matrices.shape)
        turned = matrices[kept] @ np.swapaxes(axes[kept], -1, -2)
        source = np.where(known, attitude.CK, attitude.NOMINAL)[kept]
        return attitude.attitude(time_ms[kept], turned, source, frame, reference)

    def field_of_view(self, time_ms, attitude_then=None, sun_centre_arcsec=None):
        """The Sun in the field of view of STIX at one instant: `attitude.FieldOfView`.

        Parameters
        ----------
        time_ms : int
            ms since 1970 UTC.
        attitude_then : Attitude, optional
            Of one instant, against SOLO_SUN_RTN. Without it that of the kernels, or else the
            nominal one; `FieldOfView.attitude.source` tells.
        sun_centre_arcsec : array_like, shape (2,), optional
            Where the Sun's centre was measured, see `aspect.pointing`.

        Raises
        ------
        Uncovered
            If the orbit is not known at that time.
        ValueError
            If the attitude given is not of one instant, or against another frame.
        """
        if attitude_then is None:
            attitude_then = self.attitude(time_ms, "SOLO_STIX_ILS", allow_nominal=True)
        if attitude_then.reference != "SOLO_SUN_RTN" or len(attitude_then.time_ms) != 1:
            raise ValueError("a field of view needs the attitude of one instant, to SOLO_SUN_RTN")
        _, et = self._instants(time_ms)
        (solo, earth), _ = (part[0] for part in self._table.at(et))
        hee_km = frames.rotate(frames.hee(earth, et[0]), solo)
        return attitude.field_of_view(attitude_then, frames.length(solo), hee_km, sun_centre_arcsec)

    def planets(self, time_ms):
        """Positions of the inner planets in SOLO_HEE_NASA: name -> (3,) in au."""
        axes, found = self._planets(time_ms)
        return {name: frames.rotate(axes, state[:3]) / AU_KM for name, state in found.items()}

    def planet_orbits(self, time_ms):
        """Ellipses of the inner planets in SOLO_HEE_NASA of one instant: name -> (181, 3) in au."""
        axes, found = self._planets(time_ms)
        return {
            name: frames.rotate(axes, planets.ellipse(state)) / AU_KM
            for name, state in found.items()
        }

    def events(self, start_ms, stop_ms):
        """Perihelia and fly-bys from `start_ms` to before `stop_ms`, in order of time.

        Returns
        -------
        list of (int, str, str, float)
            ms since 1970 UTC; "perihelion" or "flyby"; words for people; distance to the Sun in au,
            or to the planet's centre in km.
        """
        return [event for event in self._events if start_ms <= event[0] < stop_ms]

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
        return f"{self.provenance.label}: known from {start} to {stop}; {INSTALL}"

    def _rotations(self, frame, et):
        """Matrices from J2000 (n, 3, 3), and where the kernels know them (n,).

        Kernels describe STIX through the frame of the front of the spacecraft, whose small tilt
        not every set has: without it STIX is taken as mounted by half a turn on the spacecraft.
        """
        matrices, known = self.pool.rotations(frame, "J2000", et)
        if frame == "SOLO_STIX_ILS" and not known.all():
            craft, covered = self.pool.rotations("SOLO_SRF", "J2000", et)
            matrices = np.where(known[:, None, None], matrices, attitude.HALF_TURN @ craft)
            known = known | covered
        return matrices, known

    def _planets(self, time_ms):
        _, et = self._instants(time_ms)
        found = {name: self.pool.states(body, et)[0] for name, body in planets.BODIES.items()}
        return frames.hee(found["Earth"][:3], et[0]), found

    @cached_property
    def _events(self):
        table = self._table
        found = [
            (at, "perihelion", f"Perihelion, {km / AU_KM:.3f} au", km / AU_KM)
            for at, km in events.perihelia(
                lambda et: [p[:, 0] for p in table.at(et)], table.windows
            )
        ]
        for name in ("Venus", "Earth"):

            def apart(et, body=planets.BODIES[name]):
                return frames.length(table.at(et)[0][:, 0] - self.pool.states(body, et)[:, :3])

            found += [
                (at, "flyby", f"Fly-by of {name}, {km:,.0f} km from its centre", km)
                for at, km in events.flybys(apart, table.windows)
            ]
        times = np.rint(ms_of_et([event[0] for event in found], self._leap_seconds)).astype(int)
        return sorted((ms, *event[1:]) for ms, event in zip(times.tolist(), found, strict=True))

    @cached_property
    def _leap_seconds(self):
        return tuple(self.pool.leap_seconds())

    @property
    def _table(self):
        if self._built is None:
            # The pool's lock serves here too: one thread builds, and no second lock can cross it.
            with self.pool.loaded():
                if self._built is None:
                    spans = self.pool.coverage(SOLAR_ORBITER)
                    self._built = states.build(self._sample, spans)
        return self._built

    def _sample(self, et):
        return np.stack([self.pool.states(body, et) for body in (SOLAR_ORBITER, EARTH)], axis=1)


def _instant(time_ms):
    try:
        return iso(from_ms(time_ms))
    except (OverflowError, ValueError):
        return f"{time_ms:g} ms since 1970"
