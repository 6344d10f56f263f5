"""The Earth's clock of a time range: when what Solar Orbiter measured was seen at Earth.

Light from the centre of the Sun reaches Solar Orbiter and the Earth at different times. Ranges up
to six hours get one difference, that of their middle, so that curves are shifted and not stretched;
longer ranges get a difference for each sample. The difference changes by at most 7e-5 s a second
(20 km/s of radial velocity), so that later always stays later.
"""

from dataclasses import dataclass, field

import numpy as np

from apps.ancillary.geometry import Uncovered
from apps.core.timeaxis import TimeRange, from_ms

CONSTANT_MS = 6 * 3_600_000
"""Up to this length of a range one difference serves all of it."""

LOOKED_AT = 257
"""Instants, start and stop among them, at which a range must be covered."""

NODES_APART_MS = 6 * 3_600_000
MOST_NODES = 1500

RULE = (
    "UTC at Earth = UTC at Solar Orbiter + light-time difference: how much later light from the "
    "centre of the Sun reaches the Earth than Solar Orbiter. Ranges up to 6 h get one value, that "
    "of their middle; beyond, each sample gets its own. Start and stop are UTC at Solar Orbiter, "
    "always."
)


@dataclass(frozen=True)
class EarthClock:
    """The Earth's clock of one time range.

    Parameters
    ----------
    span : TimeRange
        On the clock of Solar Orbiter; all of it is covered by the orbit.
    difference_s : float
        UTC at Earth minus UTC at Solar Orbiter at the middle, seconds.
    spread_s : float
        How far the difference lies from that of the middle elsewhere in the range, seconds.
    provenance : Provenance
        Which orbit it is computed with, and whether that is approximate.
    geometry : Geometry
        ``light_time_difference(time_ms) -> seconds``.
    known : (ndarray, ndarray)
        Instants over the range and their differences.
    """

    span: TimeRange
    difference_s: float
    spread_s: float
    provenance: object
    geometry: object = field(repr=False, compare=False)
    known: tuple = field(repr=False, compare=False)

    @classmethod
    def of(cls, geometry, span):
        """The Earth's clock of a range.

        Raises
        ------
        Uncovered
            If the orbit does not cover all of the range.
        """
        places = np.linspace(span.start_ms, span.stop_ms, LOOKED_AT).astype("i8")
        seconds = geometry.light_time_difference(places)
        middle = float(seconds[LOOKED_AT // 2])
        spread = float(np.abs(seconds - middle).max())
        return cls(span, middle, spread, geometry.provenance, geometry, (places, seconds))

    @property
    def each_sample(self):
        """Whether each sample has a difference of its own."""
        return self.span.stop_ms - self.span.start_ms > CONSTANT_MS

    def differences(self, time_ms):
        """UTC at Earth minus UTC at Solar Orbiter.

        Parameters
        ----------
        time_ms : array_like of int64, shape (n,)
            UTC at Solar Orbiter; before and after the orbit's coverage its edge counts.

        Returns
        -------
        ndarray of float64, shape (n,)
            Seconds.
        """
        time_ms = np.asarray(time_ms, "i8")
        if not self.each_sample:
            return np.full(time_ms.shape, self.difference_s)
        covered = np.clip(time_ms, self.provenance.start_ms, self.provenance.stop_ms)
        try:
            return self.geometry.light_time_difference(covered)
        except Uncovered:  # a hole of the orbit, shorter than the steps that were looked at
            return np.interp(covered, *self.known)

    def at_earth(self, time_ms):
        """UTC at Earth, int64 milliseconds of shape (n,), of instants at Solar Orbiter."""
        time_ms = np.asarray(time_ms, "i8")
        return time_ms + np.rint(self.differences(time_ms) * 1000).astype("i8")

    def instant(self, time_ms):
        """UTC at Earth of one instant at Solar Orbiter, as a datetime."""
        return from_ms(self.at_earth([round(time_ms)])[0])

    def nodes(self, span):
        """Differences at equal steps over a range about this one, for a page to interpolate.

        Returns
        -------
        ndarray of float64, shape (m,), m >= 2
            Seconds, the first at the start and the last at the stop.
        """
        length = span.stop_ms - span.start_ms
        number = 2 + (min(length // NODES_APART_MS, MOST_NODES) if self.each_sample else 0)
        return self.differences(np.linspace(span.start_ms, span.stop_ms, number).astype("i8"))

    @property
    def orbit(self):
        """Which orbit, in words: ``orbit demo-approx-1, approximate``."""
        return f"orbit {self.provenance.mk}" + (
            ", approximate" if self.provenance.approximate else ""
        )

    @property
    def value(self):
        """The difference in seconds with its sign: ``+161.4 s``."""
        return signed(self.difference_s)

    @property
    def elsewhere(self):
        """How far from the value of the middle the difference gets, in words; may be empty."""
        return f"elsewhere up to {self.spread_s:.1f} s off" if self.spread_s >= 0.05 else ""

    @property
    def note(self):
        """One sentence under a plot that shows both clocks."""
        parts = [f"one value, {self.value}, at the middle of the range", self.elsewhere]
        if self.each_sample:
            parts.append("read-outs, table and files have a value for each sample")
        return (
            "Light time correction: the upper axis is UTC at Earth, the lower UTC at Solar "
            f"Orbiter; {'; '.join(filter(None, parts))} ({self.orbit})."
        )

    def facts(self):
        """What has to be known with corrected times, under the names of JSON and CSV."""
        rule = "one value, at the middle of the range"
        if self.each_sample:
            rule = "one value for each sample; the difference given is that of the middle"
        return {
            "light_time_corrected": True,
            "light_time_difference_s": round(self.difference_s, 4),
            "light_time_rule": rule,
            "light_time_spread_s": round(self.spread_s, 4),
            "light_time_mk": self.provenance.mk,
            "light_time_approximate": self.provenance.approximate,
        }


def signed(seconds):
    """Seconds with sign and unit.

    Examples
    --------
    >>> signed(161.44), signed(-15.0)
    ('+161.4 s', '−15.0 s')
    """
    return f"{seconds:+.1f} s".replace("-", "−")
