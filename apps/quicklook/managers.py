"""What the light-curve page asks of the store: one function for each part of a window.

All have the signature of the panel registry, ``part(span, user, points, options) -> dict``:
arrays by column name, and JSON values beside them. ``span`` is wider than what is visible, which
is ``options["visible"]``.
"""

from django.core.cache import cache
from django.utils.timezone import now

from apps.archive.models import Series, SeriesBlock
from apps.core.managers import is_team
from apps.core.registry import readers
from apps.core.timeaxis import TimeRange
from apps.quicklook import lightcurve, thumbnail, windows
from apps.quicklook.lightcurve import CADENCE_MS

LIGHTCURVE = "ql-lightcurve"
OVERVIEW_POINTS = 1000
THUMBNAIL_POINTS = 480


def samples_of(key, span, user, points, columns, options=None):
    """Samples of a quick-look series, in the bins the reader chose where they fit.

    Returns
    -------
    samples : Samples
    rebinned : bool
        Whether the bins are the reader's; else they are native or chosen for the width.
    """
    bucket_ms = CADENCE_MS * (options or {}).get("rebin", 1)
    cadence_ms = readers.get(key).provide.cadence_ms
    fits = (span.stop_ms - span.start_ms) / bucket_ms <= points
    rebinned = bucket_ms > cadence_ms and fits
    blocks = SeriesBlock.objects.series(key).visible_to(user)
    samples = blocks.samples(
        span, max_points=points, columns=columns, bucket_ms=bucket_ms if rebinned else None
    )
    if rebinned:
        samples = windows.well_covered(samples, bucket_ms // cadence_ms)
    return samples, rebinned


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
        held[LIGHTCURVE] = samples_of(LIGHTCURVE, span, user, points, columns, options)
    return held[LIGHTCURVE]


def light_curves(span, user, points, options):
    """Five bands, with the attenuator, the gaps and the sentence."""
    samples, rebinned = light_curve_samples(span, user, points, options)
    labels = windows.labels_of(samples.bands)
    return windows.curve_columns(samples, "counts", rebinned) | {
        "labels": labels,
        "attenuator": windows.attenuator_spans(samples),
        "gaps": lightcurve.gaps(*windows.edges(samples), span),
        "sentence": windows.sentence(samples, options["visible"], labels, rebinned),
        "shown": windows.touches(samples, options["visible"]),
    }


def triggers(span, user, points, options):
    """Triggers of all detectors."""
    samples, rebinned = light_curve_samples(span, user, points, options)
    return windows.curve_columns(samples, "triggers", rebinned)


def regimes(span, user, points, options):
    """Rate control regimes, the highest of each bin, joined to runs."""
    samples, _ = light_curve_samples(span, user, points, options)
    return windows.regime_columns(samples, options["visible"])


def variance(span, user, points, options):
    """Variance of the count rate inside each bin; never summed."""
    samples, _ = samples_of("ql-variance", span, user, points, ["variance", "timedel"])
    return windows.curve_columns(samples, "variance")


def spectra(span, user, points, options):
    """Quick-look spectra summed over detectors, as an image."""
    key = "ql-spectra"
    cadence_ms = readers.get(key).provide.cadence_ms
    before = TimeRange.from_ms(span.start_ms - cadence_ms, span.stop_ms)  # one may reach in
    samples, _ = samples_of(key, before, user, points, ["counts", "timedel"])
    return windows.spectrogram_columns(samples, cadence_ms)


def background(span, user, points, options):
    """Counts of the background detector in five bands."""
    columns = ["counts", "timedel"]
    found = samples_of("ql-background", span, user, points, columns, options)
    return windows.curve_columns(found[0], "counts", found[1])


FLAG_COLUMNS = (
    "loc_z", "loc_y", "thermal_index", "non_thermal_index", "location_status", "timedel",
)  # fmt: skip


def locations(span, user, points, options):
    """Flare flag and flare locations found on board."""
    samples, _ = samples_of("ql-flareflag", span, user, points, list(FLAG_COLUMNS))
    return windows.flag_columns(samples)


def overview(span, user, points, options):
    """The lowest band over everything stored; the span asked for plays no part."""
    extent = Series.objects.extent(LIGHTCURVE, user, real_only=False)
    if extent is None:
        return {"extent": None}
    samples, _ = samples_of(LIGHTCURVE, extent, user, OVERVIEW_POINTS, ["counts", "timedel"])
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
        ``span``, ``sentence``, ``simulated``, ``resolution`` and ``drawing``.
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
    blocks = SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)
    samples = blocks.samples(span, THUMBNAIL_POINTS, ["counts", "timedel"])
    labels = windows.labels_of(samples.bands) or windows.nominal_labels()
    counts = samples.mean["counts"]
    return {
        "span": span,
        "sentence": windows.sentence(samples, span, labels),
        "simulated": samples.simulated,
        "bin_seconds": windows.bin_seconds(samples),
        "drawing": thumbnail.drawing(*windows.edges(samples), counts, span, labels),
    }
