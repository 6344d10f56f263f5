"""How simulated samples reach the ground: gaps, late packets, files in several versions.

Which file of a day is delivered how depends on the day alone, in a cycle of three days, so that
three days show every case:

====== ==================================================================================
cycle  what happens
====== ==================================================================================
0      a gap of hours; light curves and background are still incomplete (V02U)
1      light curves V01 lack two hours, V02 has them; the variance file arrives last
2      light curves V02U, then V02, which overlaps the day before; background V01 arrives
       after its V02
====== ==================================================================================
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np

from apps.core.timeaxis import DAY_MS
from apps.simulator.activity import Stream, random_numbers

HOUR_MS = 3_600_000
CYCLE = 3
LATE = (14 * HOUR_MS, 16 * HOUR_MS)
"""Hours of the day that come after the first version was made."""
OVERLAP_MS = 600_000


@dataclass(frozen=True)
class Delivery:
    """One file of one product and day.

    Parameters
    ----------
    version, complete : int, bool
        V02U is version 2, not complete.
    order : int
        Files are taken in by day and order; 100 and more come after all days.
    until_ms : int
        Samples from this time of the day on are not in the file.
    missing : (int, int)
        Milliseconds of the day that are not in the file.
    before_ms : int
        How far the file reaches into the day before.
    note : str
        For truth.json.
    """

    version: int = 1
    complete: bool = True
    order: int = 1
    until_ms: int = DAY_MS
    missing: tuple[int, int] = (0, 0)
    before_ms: int = 0
    note: str = ""

    def created(self, day):
        """When the file claims to have been made: the next morning, V02 half a year later."""
        noon = datetime.combine(day, time(6), tzinfo=UTC) + timedelta(days=1, minutes=self.order)
        return noon + timedelta(days=180 if self.version > 1 and self.complete else 0)


_USUAL = (Delivery(),)
_CASES = {
    (0, "ql-lightcurve"): (
        Delivery(2, False, until_ms=22 * HOUR_MS, note="incomplete: the evening is not down yet"),
    ),
    (0, "ql-background"): (
        Delivery(2, False, until_ms=22 * HOUR_MS, note="incomplete: the evening is not down yet"),
    ),
    (1, "ql-lightcurve"): (
        Delivery(1, missing=LATE, note="two hours of telemetry came later"),
        Delivery(2, order=2, note="with the late telemetry"),
    ),
    (1, "ql-variance"): (Delivery(1, order=100, note="arrives after all later days"),),
    (2, "ql-lightcurve"): (
        Delivery(2, False, until_ms=18 * HOUR_MS, note="incomplete"),
        Delivery(2, order=2, before_ms=OVERLAP_MS, note="complete, overlaps the day before"),
    ),
    (2, "ql-background"): (
        Delivery(2, order=1, note="taken in before the older version"),
        Delivery(1, order=2, missing=LATE, note="an older version that arrives after V02"),
    ),
}


def deliveries(key, day):
    """Files of a product and UTC day (days since 1970), in order of version."""
    return _CASES.get((day % CYCLE, key), _USUAL)


def gaps_of_day(seed, day):
    """Telemetry lost for good within a UTC day.

    Returns
    -------
    list of (int, int)
        Start and stop in milliseconds since 1970, ascending, not overlapping: one of a few minutes,
        and on one day in three one of hours.
    """
    source = random_numbers(seed, day, Stream.GAPS)
    minutes = int(source.integers(150_000, 900_000))
    start = int(source.integers(0, 7 * HOUR_MS))
    gaps = [(start, start + minutes)]
    hours = int(source.integers(90, 240)) * 60_000
    start = int(source.integers(8 * HOUR_MS, 17 * HOUR_MS))
    if day % CYCLE == 0:
        gaps.append((start, start + hours))
    return [(day * DAY_MS + start, day * DAY_MS + stop) for start, stop in gaps]


def received(samples, gaps):
    """Samples without those that any gap touches."""
    start, stop = samples.edges_ms
    keep = np.ones(start.size, dtype=bool)
    for gap_start, gap_stop in gaps:
        keep &= (stop <= gap_start) | (start >= gap_stop)
    return samples.select(keep)


def in_file(samples, delivery, day):
    """The samples of a day that a delivery holds; those of the day before are not limited."""
    of_day = samples.time_ms - day * DAY_MS
    missing_start, missing_stop = delivery.missing
    lost = (of_day >= missing_start) & (of_day < missing_stop)
    return samples.select((of_day >= -delivery.before_ms) & (of_day < delivery.until_ms) & ~lost)
