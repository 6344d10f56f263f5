"""What page, data files and REST ask of the light curves, and what lies in a time range."""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

import numpy as np
from django import forms
from django.urls import reverse

from apps.archive.models import DataProduct, Series, SeriesBlock
from apps.archive.series import NATIVE_WINDOW_MS
from apps.core.forms import OptionsForm
from apps.core.managers import is_team
from apps.core.registry import related
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms, iso
from apps.quicklook import lightcurve, windows
from apps.quicklook.lightcurve import CADENCE_MS, CLOCK, UNITS

LIGHTCURVE = "ql-lightcurve"
COLUMNS = ("counts", "counts_err", "triggers", "rcr", "timedel")

OVERVIEWS_MS = (60_000, 900_000, 14_400_000)
MOST_ROWS = 100_000
MOST_FILES = 50
OVERVIEW_ROWS = 4000


class LightCurveFilter(OptionsForm):
    """Options of the data: units, joined bins, and how many rows at most."""

    units = forms.ChoiceField(
        choices=list(UNITS.items()),
        initial="counts",
        error_messages={
            "invalid_choice": f"units %(value)s are unknown; write one of {', '.join(UNITS)}"
        },
    )
    rebin = forms.IntegerField(
        min_value=1,
        max_value=DAY_MS // CADENCE_MS,
        initial=1,
        help_text="How many native bins of 4 s are joined.",
    )
    points = forms.IntegerField(
        min_value=2,
        max_value=MOST_ROWS,
        help_text="Most rows: a longer range comes as mean, minimum and maximum.",
    )


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
    """

    span: TimeRange
    units: str = "counts"
    rebin: int = 1
    points: int | None = None

    def curves(self, user):
        """The light curves as far as the user may see them, as `LightCurves`."""
        blocks = SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)
        samples = self._native(blocks)
        if samples is None:
            samples = blocks.samples(
                self.span,
                max_points=self.points or MOST_ROWS,
                columns=COLUMNS,
                bucket_ms=None if self.points else self._overview_ms(),
            )
        curves = lightcurve.light_curves(samples)
        if not curves.bucket_ms:
            curves = lightcurve.rebin(curves, self.rebin)
            curves = curves.between(self.span.start_ms, self.span.stop_ms)
        return lightcurve.in_units(curves, self.units)

    def _native(self, blocks):
        """Native samples, with those that complete the bins at both ends; None if too many."""
        if self.span.stop_ms - self.span.start_ms > NATIVE_WINDOW_MS:
            return None
        bin_ms = self.rebin * CADENCE_MS
        whole = self.span
        if self.rebin > 1:
            whole = TimeRange.from_ms(
                self.span.start_ms // bin_ms * bin_ms, -(-self.span.stop_ms // bin_ms) * bin_ms
            )
        most = MOST_ROWS if self.points is None else self.points * self.rebin
        samples = blocks.samples(whole, max_points=most, columns=COLUMNS)
        return None if samples.bucket_ms else samples

    def _overview_ms(self):
        length = self.span.stop_ms - self.span.start_ms
        return next((ms for ms in OVERVIEWS_MS if length <= ms * MOST_ROWS), OVERVIEWS_MS[-1])

    def native(self, user):
        """All native samples of the range with every column, as `Samples`; for the cut-out."""
        blocks = SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)
        return blocks.samples(self.span, max_points=MOST_ROWS)

    def etag(self, user, form):
        """Changes with the question, the series, and what of it the user may see."""
        generation = Series.objects.filter(key=LIGHTCURVE).values_list("generation", flat=True)
        blocks = SeriesBlock.objects.filter(series__key=LIGHTCURVE, level=0).visible_to(user)
        state = (
            form,
            self,
            generation.first(),
            is_team(user),
            blocks.overlapping(self.span).count(),
        )
        return f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'

    def files(self, user, curves):
        """The files that the curves were made of, at most 50, and whether there are more."""
        found = list(self.sources(user, curves.simulated)[: MOST_FILES + 1])
        return list(map(file_facts, found[:MOST_FILES])), len(found) > MOST_FILES

    def sources(self, user, simulated):
        """Best versions of the files in the range; simulated ones only if they were used."""
        products = products_in(self.span, user)
        return products if simulated else products.real()

    def nearest(self, user):
        """The stored sample nearest to a range that holds none, or None if nothing is stored."""
        blocks = SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)
        days = blocks.filter(level=0).values_list("day", "t0_ms", "t1_ms")
        start_ms, stop_ms = self.span.start_ms, self.span.stop_ms
        found = []
        if before := days.filter(t0_ms__lt=start_ms).order_by("-day").first():
            day, first, last = before
            inside = last >= start_ms
            found.append(_times(blocks, day * DAY_MS, start_ms)[-1] if inside else last)
        if after := days.filter(t1_ms__gte=stop_ms).order_by("day").first():
            day, first, last = after
            inside = first < stop_ms
            found.append(_times(blocks, stop_ms, (day + 1) * DAY_MS)[0] if inside else first)
        middle = (start_ms + stop_ms) / 2
        return from_ms(min(found, key=lambda ms: abs(ms - middle))) if found else None


def products_in(span, user, product_type=LIGHTCURVE):
    """Best versions of the light-curve files in a range that the user may see, oldest first."""
    products = DataProduct.objects.visible_to(user).latest().overlapping(span)
    return products.filter(product_type=product_type).order_by("start", "id")


def file_facts(product):
    """What is said of a source file beside the numbers made of it."""
    return {
        "name": product.name,
        "version": product.version_label,
        "level": product.level,
        "simulated": product.simulated,
        "url": product.get_absolute_url(),
        "download": product.get_download_url(),
    }


def side_notes(span, user):
    """What lies in a range, for the margin of the light-curve page.

    Parameters
    ----------
    span : TimeRange
    user : User

    Returns
    -------
    dict
        ``files`` (name, version, level, simulated, url, download; at most 50), ``more_files``
        (whether there are more), ``coverage`` (percent), ``gaps`` (start, stop as datetimes,
        seconds), ``longest_gap`` (one of them or None), ``bin_seconds``, ``bucket_seconds`` (0
        where exact; else what gaps and coverage are good to), ``simulated``, ``clock``,
        ``links`` (title, url) to other products of the range.
    """
    native = span.stop_ms - span.start_ms <= NATIVE_WINDOW_MS
    blocks = SeriesBlock.objects.series(LIGHTCURVE).visible_to(user)
    samples = blocks.samples(
        span, max_points=MOST_ROWS if native else OVERVIEW_ROWS, columns=["timedel"]
    )
    start, stop = windows.edges(samples)
    width = samples.mean["timedel"] if len(start) else start
    gaps = [
        {"start": from_ms(start), "stop": from_ms(stop), "seconds": (stop - start) / 1000}
        for start, stop in lightcurve.gaps(start, stop, span)
    ]
    products = list(products_in(span, user)[: MOST_FILES + 1])
    query = urlencode({"start": iso(span.start), "stop": iso(span.stop)})
    address = reverse("archive:products")
    links = [
        {
            "title": "Search for science data in the same time frame",
            "url": f"{address}?{query}&type=sci",
        },
        {"title": "All data products of this range", "url": f"{address}?{query}"},
    ]
    for entry in related.open_to(is_team(user)):
        if entry.options.get("page") == "quicklook":
            links += entry.provide(span, user)
    return {
        "files": [file_facts(product) for product in products[:MOST_FILES]],
        "more_files": len(products) > MOST_FILES,
        "coverage": 100 * lightcurve.coverage(start, stop, samples.count * width, span),
        "gaps": gaps,
        "longest_gap": max(gaps, key=lambda gap: gap["seconds"], default=None),
        "bin_seconds": float(np.median(width)) if len(start) else None,
        "bucket_seconds": samples.bucket_ms / 1000,
        "simulated": samples.simulated,
        "clock": CLOCK,
        "links": links,
    }


def _times(blocks, start_ms, stop_ms):
    span = TimeRange.from_ms(start_ms, stop_ms)
    return blocks.samples(span, max_points=MOST_ROWS, columns=["timedel"]).time
