"""Light curves as arrays: units, errors, and the figures and sentence about them.

Counts are summed over the imaging detectors, without any correction for live time, attenuator or
grids.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise, repeat

import numpy as np

from apps.ancillary.earthclock import EarthClock
from apps.core.energy import QUICKLOOK_EDGES_KEV, band_label
from apps.core.timeaxis import from_ms, iso
from apps.quicklook import bins

LIGHTCURVE = "ql-lightcurve"
"""Key of the product and of its series."""

CADENCE_MS = 4000
BANDS = len(QUICKLOOK_EDGES_KEV) - 1
CLOCK = "UTC at Solar Orbiter"
BOTH_CLOCKS = f"{CLOCK} and UTC at Earth"

UNITS = {"counts": "counts", "rate": "counts/s", "flux": "counts/s/keV"}
"""Units of a light curve: key in addresses, and how it is written."""

DEFINITIONS = {
    "counts": "Counts in a bin, as in the file.",
    "rate": "Counts divided by the width of the bin.",
    "flux": "Counts divided by the width of the bin and the width of the energy band.",
}


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
    earth : EarthClock or None
        The Earth's clock of the range, where it was asked for.
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
    earth: EarthClock | None = None

    @property
    def clock(self):
        """Which clocks the times are given on."""
        return BOTH_CLOCKS if self.earth else CLOCK

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
        """Labels of the energy bands in force last."""
        return labels_of(self.bands)


def labels_of(bands):
    """Labels of the energy bands in force last.

    Examples
    --------
    >>> labels_of([(0, [[4.0, 10.0], [84.0, float("inf")]])])
    ['4–10 keV', '> 84 keV']
    """
    return [band_label(low, high) for low, high in bands[-1][1]] if bands else []


def nominal_labels():
    """Labels of the nominal energy bands, for a range without samples."""
    return [band_label(low, high) for low, high in pairwise(QUICKLOOK_EDGES_KEV)]


def light_curves(samples, rebin=1):
    """Light curves in counts from samples of the store.

    Parameters
    ----------
    samples : Samples
        With columns counts and timedel; triggers and rcr are 0 and errors None where not asked for.
    rebin : int
        How many native bins were to be joined; of no meaning where the samples are buckets.

    Returns
    -------
    LightCurves
    """
    native = samples.bucket_ms == 0
    values = bins.table(samples, "counts")
    exposure = bins.column(samples, "timedel")
    error = None
    if native and "counts_err" in samples.mean:
        error = statistical_error(values, bins.table(samples, "counts_err"))
    return LightCurves(
        time=samples.time + samples.bucket_ms // 2,
        width=exposure if native else np.full(len(values), samples.bucket_ms / 1000),
        exposure=exposure,
        values=values,
        error=error,
        low=None if native else bins.table(samples, "counts", "low"),
        high=None if native else bins.table(samples, "counts", "high"),
        triggers=bins.column(samples, "triggers"),
        rcr=bins.column(samples, "rcr", "high").astype("i8"),
        samples=samples.count,
        bands=samples.bands,
        level=samples.level,
        bucket_ms=samples.bucket_ms,
        rebinned=rebin if native else 1,
        simulated=bool(samples.simulated),
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


def medians(curves):
    """Median, lowest and highest value of each band.

    Returns
    -------
    list of (float, float, float)
    """
    if not len(curves.time):
        return []
    low = curves.values if curves.low is None else curves.low
    high = curves.values if curves.high is None else curves.high
    figures = np.median(curves.values, axis=0), low.min(axis=0), high.max(axis=0)
    return [tuple(map(float, band)) for band in zip(*figures, strict=True)]


def table_rows(curves, limit=50):
    """The light curves as a table of at most ``limit`` rows: means of consecutive bins.

    Returns
    -------
    list of (datetime, datetime or None, list of float)
        Start of the first bin of a group at Solar Orbiter, and at Earth where that was asked for;
        the mean value of each band, weighted by the native samples in a bin.
    """
    group = max(1, -(-len(curves.time) // limit))
    first = np.arange(0, len(curves.time), group)
    if not len(first):
        return []
    weight = curves.samples[:, None].astype("f8")
    sums = np.add.reduceat(curves.values * weight, first, axis=0)
    means = sums / np.add.reduceat(weight, first, axis=0)
    start = np.rint((curves.time - curves.width * 500)[first]).astype("i8")
    seen = map(from_ms, curves.earth.at_earth(start)) if curves.earth else repeat(None)
    return [(from_ms(ms), next(seen), row.tolist()) for ms, row in zip(start, means, strict=True)]


def sentence(curves, span):
    """One sentence that says what the plot shows, for those who do not see it.

    Parameters
    ----------
    curves : LightCurves
        At least of ``span``.
    span : TimeRange
        What is visible.

    Returns
    -------
    str
        ``Light curves in 5 energy bands, 2022-03-28 10:00 to 2022-03-28 13:00 UTC at Solar
        Orbiter, 4 s bins; highest value 5 570 counts/s (4–10 keV) at 2022-03-28 11:23:02.``
        With the Earth's clock, each time is said on both.
    """
    when = f"{_clock(span.start)} to {_clock(span.stop)} {CLOCK}"
    if curves.earth:
        start, stop = (_clock(curves.earth.instant(ms)) for ms in (span.start_ms, span.stop_ms))
        when += f" ({start} to {stop} UTC at Earth; light time {curves.earth.value})"
    half = curves.width * 500
    seen = (curves.time + half > span.start_ms) & (curves.time - half < span.stop_ms)
    peaks = (curves.values if curves.high is None else curves.high)[seen]
    if not np.isfinite(peaks).any():
        return f"No light curves from {when}."
    row, band = np.unravel_index(np.nanargmax(peaks), peaks.shape)
    value = peaks[row, band]
    number = f"{value:,.0f}".replace(",", "\u202f") if value >= 100 else f"{value:.3g}"
    exposure = curves.exposure[seen]
    unit = UNITS[curves.units]
    if curves.units == "counts":
        unit += f" per {bins.duration(bins.typical(exposure))}"
    label = f" ({curves.labels[band]})" if curves.labels else ""
    instant = curves.time[seen][row]
    at = f"at {_clock(from_ms(instant))}"
    if curves.bucket_ms:
        bucket = bins.duration(curves.bucket_ms / 1000)
        instant = instant - half[seen][row]
        at = f"in the {bucket} from {_clock(from_ms(instant))}"
    if curves.earth:
        at += f" ({_clock(curves.earth.instant(instant))} at Earth)"
    return (
        f"Light curves in {peaks.shape[1]} energy bands, {when}, "
        f"{bins.resolution(exposure, curves.bucket_ms)}; highest value {number} {unit}{label} "
        f"{at}."
    )


def _clock(instant):
    return iso(instant, 0).replace("T", " ").removesuffix("Z").removesuffix(":00")
