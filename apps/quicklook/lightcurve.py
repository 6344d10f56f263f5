"""Light curves as arrays: units, errors, rebinning, gaps, coverage, and the sentence about them.

Counts are summed over the imaging detectors, without any correction for live time, attenuator or
grids.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from apps.core.energy import band_label
from apps.core.timeaxis import from_ms, iso

UNITS = {"counts": "counts", "rate": "counts/s", "flux": "counts/s/keV"}
"""Units of a light curve: key in addresses, and how it is written."""

DEFINITIONS = {
    "counts": "Counts in a bin, as in the file.",
    "rate": "Counts divided by the width of the bin.",
    "flux": "Counts divided by the width of the bin and the width of the energy band.",
}

CLOCK = "UTC at Solar Orbiter"
CADENCE_MS = 4000
LEAST_COVERAGE = 0.5
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")


@dataclass(frozen=True)
class LightCurves:
    """Light curves in m energy bands and n bins of time.

    Parameters
    ----------
    time : ndarray of int64, shape (n,)
        Bin centres, milliseconds since 1970 UTC.
    width : ndarray of float64, shape (n,)
        Width of the bins in seconds.
    exposure : ndarray of float64, shape (n,)
        Seconds in which the counts of a value were collected: the width of a native bin or the sum
        of the widths of joined ones; in buckets the mean width of the native bins.
    values : ndarray of float64, shape (n, m)
        In `units`.
    error : ndarray of float64, shape (n, m), or None
        Statistical and compression error (1 sigma) in `units`; None in buckets.
    low, high : ndarray of float64, shape (n, m), or None
        Extremes of the native samples of a bucket; None outside buckets.
    triggers : ndarray of float64, shape (n,)
        Counts in the same bins, whatever the units of the values.
    rcr : ndarray of int, shape (n,)
        Rate control regime; the highest of joined bins.
    samples : ndarray of int, shape (n,)
        Native samples in each bin.
    bands : list of (int, list)
        Energy tables in force: (milliseconds from which, list of [low, high] in keV).
    units : str
        A key of `UNITS`.
    level, bucket_ms : int
        Stored level in seconds and width of a bucket; 0 is native.
    rebinned : int
        How many native bins were joined.
    simulated : bool
    """

    time: np.ndarray
    width: np.ndarray
    exposure: np.ndarray
    values: np.ndarray
    error: np.ndarray | None
    low: np.ndarray | None
    high: np.ndarray | None
    triggers: np.ndarray
    rcr: np.ndarray
    samples: np.ndarray
    bands: list = field(default_factory=list)
    units: str = "counts"
    level: int = 0
    bucket_ms: int = 0
    rebinned: int = 1
    simulated: bool = False

    @property
    def start(self):
        """First edges of the bins, milliseconds since 1970, float64."""
        return self.time - self.width * 500

    @property
    def stop(self):
        """Last edges of the bins, milliseconds since 1970, float64."""
        return self.time + self.width * 500

    @property
    def aggregation(self):
        """What a row is, in words."""
        if self.bucket_ms:
            return (
                f"{self.bucket_ms / 1000:g} s buckets with mean, minimum and maximum of the native "
                f"bins, made from stored level {self.level} s"
            )
        if self.rebinned > 1:
            return f"sums of {self.rebinned} native bins"
        return "native bins"

    @property
    def labels(self):
        """Labels of the energy bands in force first."""
        return [band_label(low, high) for low, high in self.bands[0][1]] if self.bands else []

    def between(self, start_ms, stop_ms):
        """The bins whose centre lies in [start, stop)."""
        keep = (self.time >= start_ms) & (self.time < stop_ms)
        names = ("time", "width", "exposure", "values", "error", "low", "high")
        names += ("triggers", "rcr", "samples")
        chosen = {name: getattr(self, name) for name in names}
        return replace(
            self, **{name: rows if rows is None else rows[keep] for name, rows in chosen.items()}
        )


def light_curves(samples):
    """Light curves in counts from samples of the store.

    Parameters
    ----------
    samples : Samples
        With columns counts, triggers, rcr, timedel, and counts_err where native.

    Returns
    -------
    LightCurves
    """
    n = len(samples.time)
    if n == 0:
        none = np.zeros(0)
        return LightCurves(
            samples.time, none, none, np.zeros((0, 0)), None, None, None, none, none, samples.count
        )
    mean = samples.mean
    values = mean["counts"].astype("f8")
    exposure = mean["timedel"].astype("f8")
    native = samples.bucket_ms == 0
    return LightCurves(
        time=samples.time + samples.bucket_ms // 2,
        width=exposure if native else np.full(n, samples.bucket_ms / 1000),
        exposure=exposure,
        values=values,
        error=statistical_error(values, mean["counts_err"].astype("f8")) if native else None,
        low=None if native else samples.low["counts"].astype("f8"),
        high=None if native else samples.high["counts"].astype("f8"),
        triggers=mean["triggers"].astype("f8"),
        rcr=samples.high["rcr"].astype("i8"),
        samples=samples.count,
        bands=list(samples.bands),
        level=samples.level,
        bucket_ms=samples.bucket_ms,
        simulated=samples.simulated,
    )


def statistical_error(counts, compression_error):
    """Error of counts: Poisson noise and the error of the on-board compression.

    Examples
    --------
    >>> float(statistical_error(np.array([16.0]), np.array([3.0]))[0])
    5.0
    """
    return np.sqrt(np.maximum(counts, 0) + compression_error**2)


def in_units(curves, units):
    """Light curves in other units.

    Parameters
    ----------
    curves : LightCurves
        In counts.
    units : str
        A key of `UNITS`.

    Returns
    -------
    LightCurves
        Extremes of buckets are divided by the mean width of the native bins. A band without an
        upper edge has no width: its values per keV are NaN.

    Raises
    ------
    ValueError
        If the units are unknown or the curves are not in counts.
    """
    if units not in UNITS or curves.units != "counts":
        raise ValueError(f"cannot turn {curves.units!r} into {units!r}; units: {', '.join(UNITS)}")
    if units == "counts" or not len(curves.time):
        return replace(curves, units=units)
    divisor = curves.exposure[:, None]
    if units == "flux":
        divisor = divisor * band_widths(curves.time, curves.bands)
    changed = {
        name: None if rows is None else rows / divisor
        for name in ("values", "error", "low", "high")
        for rows in [getattr(curves, name)]
    }
    return replace(curves, units=units, **changed)


def band_widths(time, bands):
    """Widths in keV of the energy bands in force at each time; NaN where a band has no end.

    Returns
    -------
    ndarray, shape (n, m)
    """
    since = np.array([from_when for from_when, _ in bands])
    tables = np.array([table for _, table in bands], "f8")
    widths = tables[:, :, 1] - tables[:, :, 0]
    widths[~np.isfinite(widths)] = np.nan
    return widths[np.clip(np.searchsorted(since, time, side="right") - 1, 0, None)]


def rebin(curves, factor, cadence_ms=CADENCE_MS):
    """Join whole native bins: sums of counts and widths, nothing is interpolated.

    The new bins lie on a grid of `factor` cadences counted from 1970, so that they stay the same
    when a window moves. A native bin belongs to the new bin that holds its centre. Bins are never
    joined across a gap of more than twice their width; new bins covered by less than half are
    left out.

    Parameters
    ----------
    curves : LightCurves
        Native, in counts.
    factor : int
        At least 1; 1 changes nothing.
    cadence_ms : int
        Nominal distance of native bins.

    Returns
    -------
    LightCurves
        Error: root of the summed squares; rcr: the highest of the joined bins.

    Raises
    ------
    ValueError
        If `factor` is below 1, or the curves are buckets or not in counts.
    """
    if factor < 1:
        raise ValueError(f"factor must be at least 1, got {factor}")
    if curves.bucket_ms or curves.units != "counts":
        raise ValueError("only native counts can be joined; rebin first, then choose the units")
    if factor == 1 or not len(curves.time):
        return curves
    slot = curves.time // (factor * cadence_ms)
    start, stop = curves.start, curves.stop
    apart = start[1:] - stop[:-1] > 2 * (stop - start)[:-1]
    first = np.flatnonzero(np.concatenate([[True], (slot[1:] != slot[:-1]) | apart]))
    last = np.append(first[1:], len(slot)) - 1
    exposure = np.add.reduceat(curves.exposure, first)
    keep = exposure >= LEAST_COVERAGE * factor * cadence_ms / 1000
    return replace(
        curves,
        time=np.rint((start[first] + stop[last]) / 2).astype("i8")[keep],
        width=exposure[keep],
        exposure=exposure[keep],
        values=np.add.reduceat(curves.values, first)[keep],
        error=np.sqrt(np.add.reduceat(curves.error**2, first))[keep],
        triggers=np.add.reduceat(curves.triggers, first)[keep],
        rcr=np.maximum.reduceat(curves.rcr, first)[keep],
        samples=np.add.reduceat(curves.samples, first)[keep],
        rebinned=factor,
    )


def gaps(start, stop, span):
    """Where a range has no data.

    Parameters
    ----------
    start, stop : ndarray of float64, shape (n,)
        Edges of the bins, milliseconds, ascending.
    span : TimeRange

    Returns
    -------
    list of (float, float)
        Start and stop in milliseconds. Edges that differ by less than half a bin (and a
        millisecond of rounding) are no gap: the grid of the instrument is not exact.
    """
    if not len(start):
        return [(float(span.start_ms), float(span.stop_ms))]
    width = stop - start
    before = np.concatenate([[span.start_ms], np.maximum.accumulate(stop)])
    after = np.append(start, span.stop_ms)
    tolerance = 0.5 * np.concatenate([width[:1], width]) + 1
    found = np.flatnonzero(
        (after - before > tolerance) & (after > span.start_ms) & (before < span.stop_ms)
    )
    return [
        (max(float(before[i]), span.start_ms), min(float(after[i]), span.stop_ms)) for i in found
    ]


def coverage(start, stop, filled_s, span):
    """Part of a range that has data, 0 to 1.

    Parameters
    ----------
    start, stop : ndarray of float64, shape (n,)
        Edges of the bins or buckets, milliseconds.
    filled_s : ndarray, shape (n,)
        Seconds of each in which there are data: its width where native.
    span : TimeRange
        A bucket that reaches out of it counts by its part inside.
    """
    inside = np.clip(stop, span.start_ms, span.stop_ms) - np.clip(
        start, span.start_ms, span.stop_ms
    )
    share = np.minimum(filled_s * 1000 / (stop - start), 1)
    return min(1.0, float((inside * share).sum()) / (span.stop_ms - span.start_ms))


def statement(curves, span):
    """One sentence for those who do not see the plot.

    Returns
    -------
    str
        ``Five light curves, 2022-03-28 10:00 to 2022-03-28 13:00 UTC at Solar Orbiter, maximum
        5 570 counts/s (4–10 keV) at 2022-03-28 11:23:02.``
    """
    when = f"{_minute(span.start)} to {_minute(span.stop)} {CLOCK}"
    peaks = curves.values if curves.high is None else curves.high
    if not len(peaks) or not np.isfinite(peaks).any():
        return f"No light curves, {when}."
    row, band = np.unravel_index(np.nanargmax(peaks), peaks.shape)
    value = peaks[row, band]
    number = f"{value:,.0f}".replace(",", "\u202f") if value >= 100 else f"{value:.3g}"
    label = f" ({curves.labels[band]})" if band < len(curves.labels) else ""
    at = iso(from_ms(curves.time[row]), 0).replace("T", " ").removesuffix("Z")
    return (
        f"{NUMBERS[peaks.shape[1]] if peaks.shape[1] < 6 else peaks.shape[1]} light curves, "
        f"{when}, maximum {number} {UNITS[curves.units]}{label} at {at}."
    )


def _minute(instant):
    return iso(instant, 0).replace("T", " ").removesuffix("Z").removesuffix(":00")
