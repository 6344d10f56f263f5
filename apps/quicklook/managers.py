"""The vocabulary of the light curves: a question to the store, and what a time range holds.

Page, files and REST ask a `LightCurveQuery`. A window of the plot asks one function for each part,
all with the signature of the panel registry, ``part(span, user, points, options) -> dict``: arrays
by column name, and JSON values beside them. ``span`` is wider than what is visible, which is
``options["visible"]``.
"""

from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils.timezone import now

from apps.ancillary.earthclock import EarthClock
from apps.ancillary.geometry import Uncovered
from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet
from apps.archive.models import DataProduct, Series, SeriesBlock
from apps.archive.series import LEVELS_S, NATIVE_WINDOW_MS, touching
from apps.core.managers import is_team
from apps.core.registry import readers
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms
from apps.quicklook import bins, lightcurve, thumbnail, windows
from apps.quicklook.lightcurve import BOTH_CLOCKS, CADENCE_MS, CLOCK, LIGHTCURVE

CURVE_COLUMNS = ("counts", "counts_err", "triggers", "rcr", "timedel")

OVERVIEWS_MS = tuple(1000 * level for level in LEVELS_S if level)
MOST_ROWS = 100_000
MOST_FILES = 50
NOTE_POINTS = 4000
OVERVIEW_POINTS = 1000
THUMBNAIL_POINTS = 480
LIMB_POINTS = 65


def samples_of(key, span, user, columns, points, rebin=1):
    """Samples of a quick-look series: native or joined bins where they are few enough.

    Parameters
    ----------
    key : str
        Series key.
    span : TimeRange
    user : User
    columns : iterable of str or None
        Names wanted; None for all.
    points : int
        Most rows; where there would be more, buckets come instead.
    rebin : int
        How many native bins of the light curves are joined. Of no effect on buckets, which is what
        every range longer than four days comes in, unless little is stored of it.

    Returns
    -------
    Samples
    """
    blocks = SeriesBlock.objects.series(key).visible_to(user)
    bin_ms = rebin * CADENCE_MS
    if bin_ms <= readers.get(key).provide.cadence_ms:
        return blocks.samples(span, max_points=points, columns=columns)
    whole, length = span, span.stop_ms - span.start_ms
    if length <= NATIVE_WINDOW_MS and length <= points * bin_ms:
        whole = TimeRange.from_ms(*touching(span.start_ms, span.stop_ms, bin_ms))
        points = whole.stop_ms - whole.start_ms  # no bound: a sample is longer than a millisecond
    samples = blocks.samples(whole, max_points=points, columns=columns)
    return samples if samples.bucket_ms else bins.between(bins.join(samples, bin_ms), span)


def earth_clock(span):
    """The Earth's clock of a range by the active kernels, and why there is none.

    Returns
    -------
    (EarthClock, str) or (None, str)
        With a clock the reason is empty.
    """
    try:
        return EarthClock.of(KernelSet.objects.geometry(), span), ""
    except (Uncovered, NoKernels) as error:
        return None, str(error)


@dataclass(frozen=True)
class LightCurveQuery:
    """A question to the stored light curves.

    Parameters
    ----------
    span : TimeRange
    units : str
        A key of `lightcurve.UNITS`.
    rebin : int
        Native bins that are joined; of no effect where the answer comes in buckets.
    points : int or None
        Most rows; None gives native bins up to four days and a stored overview beyond.
    earth : EarthClock or None
        The Earth's clock of the range, for answers on both clocks.
    """

    span: TimeRange
    units: str = "counts"
    rebin: int = 1
    points: int | None = None
    earth: EarthClock | None = field(default=None, repr=False)

    def curves(self, user, columns=CURVE_COLUMNS):
        """The light curves as far as the user may see them, as `LightCurves`."""
        length = self.span.stop_ms - self.span.start_ms
        if self.points or length <= NATIVE_WINDOW_MS:
            points = self.points or MOST_ROWS
            samples = samples_of(LIGHTCURVE, self.span, user, columns, points, self.rebin)
        else:
            fitting = (ms for ms in OVERVIEWS_MS if length <= ms * MOST_ROWS)
            bucket_ms = next(fitting, OVERVIEWS_MS[-1])
            samples = self._blocks(user).samples(self.span, columns=columns, bucket_ms=bucket_ms)
        curves = lightcurve.in_units(lightcurve.light_curves(samples, self.rebin), self.units)
        return replace(curves, earth=self.earth)

    def native(self, user):
        """All native samples of the range with every column, as `Samples`; for the cut-out."""
        return self._blocks(user).samples(self.span, max_points=MOST_ROWS)

    def etag(self, user, *more):
        """Changes with the question, the series, and what of it the user may see."""
        stored = self._blocks(user).filter(level=0).overlapping(self.span).count()
        orbit = self.earth and self.earth.provenance.set_id
        state = (more, self, generations([LIGHTCURVE]), is_team(user), stored, orbit)
        return f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'

    def hidden_days(self, user):
        """How many UTC days of the range hold samples this user may see and a visitor may not."""
        open_to_all = self._blocks(AnonymousUser()).values("pk")
        stored = self._blocks(user).filter(level=0).overlapping(self.span)
        return stored.exclude(pk__in=open_to_all).count()

    def sources(self, user, simulated):
        """Best versions of the files in the range, oldest first; simulated ones only if used."""
        products = DataProduct.objects.visible_to(user).latest().overlapping(self.span)
        products = products.filter(product_type=LIGHTCURVE).order_by("start", "id")
        return products if simulated else products.real()

    def files(self, user, simulated):
        """The first 50 of the sources, and whether there are more."""
        found = list(self.sources(user, simulated)[: MOST_FILES + 1])
        return found[:MOST_FILES], len(found) > MOST_FILES

    def notes(self, user):
        """What lies in the range, for the margin of the page.

        Returns
        -------
        dict
            ``files`` (products, at most 50), ``more_files`` (whether there are more), ``coverage``
            (percent), ``gaps`` (start, stop as datetimes, seconds), ``longest_gap`` (one of them or
            None), ``bin_seconds``, ``bucket_seconds`` (0 where exact; else what gaps and coverage
            are good to), ``simulated``, ``clock``.
        """
        native = self.span.stop_ms - self.span.start_ms <= NATIVE_WINDOW_MS
        points = MOST_ROWS if native else NOTE_POINTS
        samples = samples_of(LIGHTCURVE, self.span, user, ["timedel"], points)
        gaps = [
            {"start": from_ms(start), "stop": from_ms(stop), "seconds": (stop - start) / 1000}
            for start, stop in bins.gaps(samples, self.span)
        ]
        files, more_files = self.files(user, samples.simulated)
        return {
            "files": files,
            "more_files": more_files,
            "coverage": 100 * bins.coverage(samples, self.span),
            "gaps": gaps,
            "longest_gap": max(gaps, key=lambda gap: gap["seconds"], default=None),
            "bin_seconds": bins.typical(bins.column(samples, "timedel")),
            "bucket_seconds": samples.bucket_ms / 1000,
            "simulated": samples.simulated,
            "clock": BOTH_CLOCKS if self.earth else CLOCK,
        }

    def nearest(self, user):
        """The stored sample nearest to a range that holds none, or None if nothing is stored."""
        days = self._blocks(user).filter(level=0).values_list("day", "t0_ms", "t1_ms")
        start_ms, stop_ms = self.span.start_ms, self.span.stop_ms
        found = []
        if before := days.filter(t0_ms__lt=start_ms).order_by("-day").first():
            day, _, last = before
            found.append(last if last < start_ms else self._times(user, day * DAY_MS, start_ms)[-1])
        if after := days.filter(t1_ms__gte=stop_ms).order_by("day").first():
            day, first, _ = after
            tomorrow = (day + 1) * DAY_MS
            found.append(first if first >= stop_ms else self._times(user, stop_ms, tomorrow)[0])
        middle = (start_ms + stop_ms) / 2
        return from_ms(min(found, key=lambda ms: abs(ms - middle))) if found else None

    def _times(self, user, start_ms, stop_ms):
        span = TimeRange.from_ms(start_ms, stop_ms)
        return samples_of(LIGHTCURVE, span, user, ["timedel"], MOST_ROWS).time

    def _blocks(self, user):
        return SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)


def light_curve_samples(span, user, points, options):
    """Samples of the light-curve file, read once for all parts of a window that show them.

    ``options["held"]`` is a dict that lives as long as the window; ``options["parts"]`` tells
    whether triggers are wanted.
    """
    held = options.setdefault("held", {})
    if LIGHTCURVE not in held:
        columns = ["counts", "rcr", "timedel"]
        if "trig" in options["parts"]:
            columns.append("triggers")
        held[LIGHTCURVE] = samples_of(LIGHTCURVE, span, user, columns, points, options["rebin"])
    return held[LIGHTCURVE]


def light_curves(span, user, points, options):
    """Five bands, with the attenuator, the gaps and the sentence."""
    samples = light_curve_samples(span, user, points, options)
    curves = replace(lightcurve.light_curves(samples), earth=options.get("earth"))
    return windows.curve_columns(samples, "counts") | {
        "labels": lightcurve.labels_of(samples.bands),
        "attenuator": windows.attenuator_spans(samples),
        "gaps": bins.gaps(samples, span),
        "sentence": lightcurve.sentence(curves, options["visible"]),
        "shown": bool(bins.touching(samples, options["visible"]).any()),
    }


def triggers(span, user, points, options):
    """Triggers of all detectors."""
    return windows.curve_columns(light_curve_samples(span, user, points, options), "triggers")


def regimes(span, user, points, options):
    """Rate control regimes, the highest of each bin, joined to runs."""
    samples = light_curve_samples(span, user, points, options)
    return windows.regime_columns(samples, options["visible"])


def variance(span, user, points, options):
    """Variance of the count rate inside each bin; never summed."""
    samples = samples_of("ql-variance", span, user, ["variance", "timedel"], points)
    return windows.curve_columns(samples, "variance")


def spectra(span, user, points, options):
    """Quick-look spectra of the detector chosen, or summed over detectors, as an image."""
    key, detector = "ql-spectra", options["detector"]
    cadence_ms = readers.get(key).provide.cadence_ms
    before = TimeRange.from_ms(span.start_ms - cadence_ms, span.stop_ms)  # one may reach in
    columns = ["counts", "timedel", *(["spectra"] if detector else [])]
    samples = samples_of(key, before, user, columns, points)
    return windows.spectrogram_columns(samples, cadence_ms, detector)


def background(span, user, points, options):
    """Counts of the background detector in five bands."""
    columns = ["counts", "timedel"]
    samples = samples_of("ql-background", span, user, columns, points, options["rebin"])
    return windows.curve_columns(samples, "counts")


def locations(span, user, points, options):
    """Flare flag and flare locations found on board, with the limb of the Sun around them."""
    time_ms, radius, words = solar_radius(span)
    reach = max([windows.LEAST_REACH, *(1.15 * radius)])
    rows = windows.flag_columns(samples_of("ql-flareflag", span, user, None, points), reach)
    return rows | {"sources": windows.limb_sources(time_ms, radius, options["visible"], words)}


def orbit():
    """Which kernels the geometry comes from now: an identifier, empty without any."""
    try:
        return KernelSet.objects.geometry().provenance.set_id
    except NoKernels:
        return ""


def solar_radius(span):
    """Apparent radius of the Sun over a range, as far as the orbit is known.

    Returns
    -------
    time_ms : ndarray of int64, shape (n,)
    radius : ndarray of float64, shape (n,)
        Arcmin.
    words : str
        What a plot calls it.
    """
    nothing = np.zeros(0, "i8"), np.zeros(0), ""
    try:
        geometry = KernelSet.objects.geometry()
        known = geometry.provenance
        start, stop = max(span.start_ms, known.start_ms), min(span.stop_ms, known.stop_ms)
        if start >= stop:
            return nothing
        time_ms = np.linspace(start, stop, LIMB_POINTS).astype("i8")
        radius = geometry.ephemeris(time_ms).apparent_solar_radius_arcsec / 60
    except (Uncovered, NoKernels):
        return nothing
    return time_ms, radius, "limb of the Sun" + (", approx. orbit" if known.approximate else "")


def overview(span, user, points, options):
    """The lowest band over everything stored; the span asked for plays no part."""
    extent = Series.objects.extent(LIGHTCURVE, user, real_only=False)
    if extent is None:
        return {"extent": None}
    samples = samples_of(LIGHTCURVE, extent, user, ["counts", "timedel"], OVERVIEW_POINTS)
    rows = windows.curve_columns(samples, "counts")
    kept = {name: rows[name] for name in ("t", "m0", "l0", "h0") if name in rows}
    return kept | {"extent": [extent.start_ms, extent.stop_ms]}


def generations(keys):
    """Generation of each series by key; a series that is not stored has none."""
    return dict(Series.objects.filter(key__in=keys).values_list("key", "generation"))


def newest_day(user):
    """The newest day of light curves as a small picture, for the home page.

    Kept until the series changes, for each audience and each hour, because an embargo that ends
    changes what is visible and no series.

    Returns
    -------
    dict or None
        ``span``, ``sentence``, ``simulated``, ``bin_seconds`` and ``drawing``.
    """
    generation = generations([LIGHTCURVE]).get(LIGHTCURVE)
    if generation is None:
        return None
    key = f"newest-day-{generation}-{is_team(user)}-{now():%Y%m%d%H}"
    return cache.get_or_set(key, lambda: _newest_day(user), 3600)


def _newest_day(user):
    span = Series.objects.newest_day(LIGHTCURVE, user)
    if span is None:
        return None
    curves = LightCurveQuery(span, points=THUMBNAIL_POINTS).curves(user, ["counts", "timedel"])
    labels = curves.labels or lightcurve.nominal_labels()
    edges = (curves.time - curves.width * 500, curves.time + curves.width * 500)
    return {
        "span": span,
        "sentence": lightcurve.sentence(curves, span),
        "simulated": curves.simulated,
        "bin_seconds": bins.typical(curves.exposure),
        "drawing": thumbnail.drawing(*edges, curves.values, span, labels),
    }
