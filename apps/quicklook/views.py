"""Quick-look light curves: the page, its empty plot and its windows."""

import json
import re
from hashlib import sha256
from pathlib import Path
from sys import modules
from urllib.parse import urlencode

import bokeh
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.views import View

from apps.archive.models import Series
from apps.core.api import problem_response
from apps.core.managers import is_team
from apps.core.registry import overlays, panels
from apps.core.timeaxis import from_ms, iso, to_ms
from apps.core.views import OldAddress, RangeMixin, RangePage
from apps.core.wire import pack_window
from apps.quicklook import managers, plots, windows
from apps.quicklook.filters import LightCurveQuery, side_notes
from apps.quicklook.forms import LightCurveOptions, WindowOptions
from apps.quicklook.lightcurve import DEFINITIONS, UNITS
from apps.quicklook.managers import LIGHTCURVE

UNIX = re.compile(r"\d{9,10}(\.\d{1,6})?")
"""Seconds since 1970, from 1973 to 2286."""

PADDING = 1.5
"""A window is this much longer than what is visible, so that a pan shows data at once."""


NATIVE_SECONDS, NATIVE_POINTS, OVERVIEW_POINTS = 2 * 86_400, 50_000, 2000
"""Up to two days, the figures in words are made of native samples."""

DOWNLOADS = (
    ("csv", "CSV", "The numbers of this range as comma-separated values"),
    ("json", "JSON", "The numbers of this range for programs"),
    ("fits", "FITS", "This range cut out of the file, in its format"),
    ("py", "Python", "A program that fetches and plots the same numbers"),
)


def panels_for(user):
    """Panels of this page that the user may see."""
    return [
        entry for entry in panels.open_to(is_team(user)) if entry.options.get("page") == "quicklook"
    ]


class QuicklookRange(RangeMixin):
    """Opens on the newest real day that is stored."""

    def default_span(self, user):
        """The newest real UTC day, else the newest simulated one."""
        return Series.objects.newest_day(LIGHTCURVE, user)


class LightCurves(QuicklookRange, RangePage):
    """Quick-look light curves of a time range."""

    title = "Quick-look light curves"
    template_name = "quicklook/light_curves.html"
    options_form = LightCurveOptions

    def context(self):
        """The sentence, the figures and the table that need no script; what the script needs."""
        if self.span is None:
            return {}
        user = self.request.user
        most = NATIVE_POINTS if self.span.seconds <= NATIVE_SECONDS else OVERVIEW_POINTS
        samples, rebinned = managers.samples_of(
            LIGHTCURVE, self.span, user, most, ["counts", "timedel"], self.options
        )
        labels = windows.labels_of(samples.bands) or windows.nominal_labels()
        width = windows.bin_seconds(samples)
        return {
            "form": self.options_form(initial=self.options),
            "panels": [entry for entry in panels_for(user) if entry.title],
            "labels": labels,
            "sentence": windows.sentence(samples, self.span, labels, rebinned),
            "simulated": samples.simulated,
            "bin_seconds": width,
            "resolution": windows.resolution(samples, [width], rebinned),
            "medians": list(zip(labels, windows.medians(samples), strict=False)),
            "rows": windows.table_rows(samples),
            "notes": side_notes(self.span, user),
            "downloads": self.downloads(),
            "definitions": self.definitions(user),
        }

    def definitions(self, user):
        """What units, panels and bins mean: what the page also says on hover."""
        units = [(UNITS[key], text) for key, text in DEFINITIONS.items()]
        shown = [(entry.title, entry.options["note"]) for entry in panels_for(user) if entry.title]
        bins = "Counts and widths of so many native bins of 4 s are summed; bins measured by less "
        return [*units, ("Rebin", bins + "than half are left out."), *shown]

    def downloads(self):
        """The plotted numbers as files: address with range and options, label, note."""
        query = urlencode(
            {
                "start": iso(self.span.start).removesuffix("Z"),
                "stop": iso(self.span.stop).removesuffix("Z"),
                "units": self.options["units"],
                "rebin": self.options["rebin"],
            },
            safe=":",
        )
        return [
            (f"{reverse(f'quicklook:lightcurves-{form}')}?{query}", label, note)
            for form, label, note in DOWNLOADS
        ]


class LightCurvePlot(View):
    """The empty plot of the page, for the script to fill; made once for each set of panels."""

    def get(self, request):
        """Answer the document, or that the browser has it."""
        entries = panels_for(request.user)
        sources = {modules[entry.options["figure"].__module__].__file__ for entry in entries}
        written = [Path(path).stat().st_mtime_ns for path in sorted({plots.__file__, *sources})]
        state = json.dumps([bokeh.__version__, [entry.key for entry in entries], written])
        key = "quicklook-plot-" + sha256(state.encode()).hexdigest()
        body = cache.get(key)
        if body is None:
            body = plots.template(entries)
            cache.set(key, body, None)
        response = HttpResponse(body, content_type="application/json")
        response["ETag"] = f'"{sha256(body).hexdigest()[:32]}"'
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(request, etag=response["ETag"], response=response)


class LightCurveWindow(QuicklookRange, View):
    """The samples of a window, binary: all panels asked for in one answer."""

    options_form = WindowOptions

    def get(self, request):
        """Answer the window, or that the browser has it."""
        if self.span is None:
            detail = "No range was given and nothing is stored; give start and stop."
            return problem_response(400, "The request cannot be read", detail, [("start", detail)])
        entries = [
            entry for entry in panels_for(request.user) if entry.key in self.options["parts"]
        ]
        events = self.events(request.user)
        etag = self.etag(entries, events)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = HttpResponse(self.body(entries, events), "application/octet-stream")
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response

    def events(self, user):
        """What other capabilities report of the range: rows of the event strip."""
        return [
            {"title": entry.title, "spans": list(entry.provide(self.span, user))}
            for entry in overlays.open_to(is_team(user))
        ]

    def etag(self, entries, events):
        """Changes with the question, the series, the events, the audience, and each hour.

        The hour, because an embargo that ends changes what is visible and no series.
        """
        series = {entry.options.get("series", "") for entry in entries} | {LIGHTCURVE}
        state = [
            self.request.get_full_path(), sorted(managers.generations(series).items()), events,
            is_team(self.request.user), f"{now():%Y-%m-%dT%H}",
        ]  # fmt: skip
        return f'"{sha256(json.dumps(state).encode()).hexdigest()[:32]}"'

    def body(self, entries, events):
        """Pack the window."""
        user, wide = self.request.user, self.span.scaled(PADDING)
        points = round(self.options["points"] * PADDING)
        options = {
            "rebin": self.options["rebin"],
            "parts": self.options["parts"],
            "visible": self.span,
        }
        parts = {entry.key: entry.provide(wide, user, points, options) for entry in entries}
        if "overview" in self.options["parts"]:
            parts["overview"] = managers.overview(wide, user, points, options)
        header = {"start": wide.start_ms, "stop": wide.stop_ms, "events": events}
        shown = parts.get("lc", {}).get("shown", True)
        if not shown:
            nearest = LightCurveQuery(self.span).nearest(user)
            header["nearest"] = nearest and to_ms(nearest)
        return pack_window(header, parts)


class OldLightCurves(OldAddress):
    """Light-curve addresses of the old portal and of programs that link to it.

    `start` was unix seconds with `span` in seconds, or a text in UTC with `span` in minutes. What
    cannot be read is passed on as it is, for the page to say what is wrong with it.
    """

    pattern_name = "quicklook:lightcurves"
    query_string = False

    def get_redirect_url(self, *args, **kwargs):
        """The page's address with the range under today's names."""
        query = self.request.GET.copy()
        start, span = query.get("start", "").strip(), query.get("span", "").strip()
        unix = UNIX.fullmatch(start)
        if unix:
            query["start"] = iso(from_ms(round(float(start) * 1000)))
        if re.fullmatch(r"\d+(\.\d+)?", span):
            query["span"] = f"{span}{'s' if unix else 'min'}"
        parameters = query.urlencode()
        return super().get_redirect_url() + (f"?{parameters}" if parameters else "")
