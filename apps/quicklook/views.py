"""Quick-look light curves: the page, its empty plot, its windows, and the numbers as files.

Page and files put the same question, `managers.LightCurveQuery`; the numbers are those of the plot.
"""

import json
import re
from hashlib import sha256
from pathlib import Path
from sys import modules
from urllib.parse import urlencode

import bokeh
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.views import View

from apps.accounts.models import Export
from apps.ancillary import earthclock
from apps.archive.models import Series
from apps.archive.series import NATIVE_WINDOW_MS
from apps.core.api import problem_response
from apps.core.managers import is_team
from apps.core.registry import overlays, panels, related
from apps.core.timeaxis import from_ms, iso, to_ms
from apps.core.views import OldAddress, PlotView, RangeMixin, RangePage, SeriesData, SeriesFile
from apps.core.wire import pack_window
from apps.quicklook import bins, exports, lightcurve, managers, plots, windows
from apps.quicklook.answers import KINDS, Answer, Refused, file_name
from apps.quicklook.forms import DataOptions, LightCurveOptions, WindowOptions
from apps.quicklook.lightcurve import DEFINITIONS, LIGHTCURVE, UNITS
from apps.quicklook.managers import LightCurveQuery

UNIX = re.compile(r"\d{9,10}(\.\d{1,6})?")
"""Seconds since 1970, from 1973 to 2286."""

PADDING = 1.5
"""A window is this much longer than what is visible, so that a pan shows data at once."""

NATIVE_SECONDS, NATIVE_POINTS, OVERVIEW_POINTS = 2 * 86_400, 50_000, 2000
"""Up to two days, the figures in words are made of native samples."""

DOWNLOADS = {
    "csv": ("CSV", "The numbers of this range as comma-separated values"),
    "json": ("JSON", "The numbers of this range for programs"),
    "fits": ("FITS", "This range cut out of the file, in its format"),
    "py": ("Python", "A program that fetches the same numbers"),
}
"""Forms of the data: label and note of each."""

REBIN_NOTE = (
    "Counts and widths of so many native bins of 4 s are summed; bins measured by less than half "
    "are left out. Up to four days; longer ranges are shown as mean, minimum and maximum."
)


def panels_for(user):
    """Panels of this page that the user may see."""
    return [
        entry for entry in panels.open_to(is_team(user)) if entry.options.get("page") == "quicklook"
    ]


def padded(span):
    """A range with a margin on both sides; one that is made of native samples stays so."""
    length = span.stop_ms - span.start_ms
    native = length <= NATIVE_WINDOW_MS
    return span.scaled(min(PADDING, NATIVE_WINDOW_MS / length) if native else PADDING)


class QuicklookRange(RangeMixin):
    """Opens on the newest real day that is stored."""

    def default_span(self, user):
        """The newest real UTC day, else the newest simulated one."""
        return Series.objects.newest_day(LIGHTCURVE, user)

    def earth_clock(self):
        """The Earth's clock of the range and why there is none, where it is asked for."""
        return managers.earth_clock(self.span) if self.options["light_time"] else (None, "")


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
        points = NATIVE_POINTS if self.span.seconds <= NATIVE_SECONDS else OVERVIEW_POINTS
        earth, no_earth = self.earth_clock()
        query = LightCurveQuery(self.span, rebin=self.options["rebin"], points=points, earth=earth)
        curves = query.curves(user, ["counts", "timedel"])
        labels = curves.labels or lightcurve.nominal_labels()
        return {
            "form": self.options_form(initial=self.options),
            "panels": [entry for entry in panels_for(user) if entry.title],
            "labels": labels,
            "sentence": lightcurve.sentence(curves, self.span),
            "simulated": curves.simulated,
            "bin_seconds": bins.typical(curves.exposure),
            "resolution": bins.resolution(curves.exposure, curves.bucket_ms),
            "medians": list(zip(labels, lightcurve.medians(curves), strict=False)),
            "rows": lightcurve.table_rows(curves),
            "notes": query.notes(user),
            "links": self.links(user),
            "downloads": self.downloads(curves),
            "definitions": self.definitions(user),
            "rebin_note": REBIN_NOTE,
            "earth": earth,
            "no_earth": no_earth,
            "clock_note": earthclock.RULE,
        }

    def links(self, user):
        """Where other products of the range are: (title, address)."""
        query = urlencode({"start": iso(self.span.start), "stop": iso(self.span.stop)})
        products = f"{reverse('archive:products')}?{query}"
        links = [
            ("Search for science data in the same time frame", f"{products}&type=sci"),
            ("All data products of this range", products),
        ]
        return links + related.told("quicklook", self.span, user, is_team(user))

    def definitions(self, user):
        """What units, panels and bins mean: what the page also says on hover."""
        units = [(UNITS[key], text) for key, text in DEFINITIONS.items()]
        shown = [(entry.title, entry.options["note"]) for entry in panels_for(user) if entry.title]
        energy = ("keV", "Kiloelectronvolt: the energy of one X-ray photon.")
        light_time = ("Light time correction", earthclock.RULE)
        return [*units, energy, ("Rebin", REBIN_NOTE), light_time, *shown]

    def downloads(self, curves):
        """The plotted numbers as files: address with range and options, label, note.

        Where there is none the address is empty, and the note says why.
        """
        missing = {"fits": exports.no_cutout(self.span, curves)}
        query = urlencode(
            {
                "start": iso(self.span.start).removesuffix("Z"),
                "stop": iso(self.span.stop).removesuffix("Z"),
                "units": self.options["units"],
                "rebin": self.options["rebin"],
                **({"light_time": 1} if self.options["light_time"] else {}),
            },
            safe=":",
        )
        return [
            ("", label, missing[form])
            if missing.get(form)
            else (f"{reverse(f'quicklook:lightcurves-{form}')}?{query}", label, note)
            for form, (label, note) in DOWNLOADS.items()
        ]


class LightCurvePlot(PlotView):
    """The empty plot of the page, made once for each set of panels."""

    def state(self):
        """Which panels, as this release draws them."""
        entries = panels_for(self.request.user)
        sources = {modules[entry.options["figure"].__module__].__file__ for entry in entries}
        written = [Path(path).stat().st_mtime_ns for path in sorted({plots.__file__, *sources})]
        return [bokeh.__version__, [entry.key for entry in entries], written]

    def document(self):
        """All panels that the user may see."""
        return plots.template(panels_for(self.request.user))


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
        self.earth, self.no_earth = self.earth_clock()
        etag = self.etag(entries, events)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = HttpResponse(self.body(entries, events), "application/octet-stream")
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response

    def events(self, user):
        """What other capabilities report of the range: rows of the event strip."""
        return overlays.between(self.span, user, is_team(user))

    def etag(self, entries, events):
        """Changes with the question, the series, the events, the audience, and each hour.

        The hour, because an embargo that ends changes what is visible and no series.
        """
        series = {entry.options.get("series", "") for entry in entries} | {LIGHTCURVE}
        state = [
            self.request.get_full_path(), sorted(managers.generations(series).items()), events,
            is_team(self.request.user), f"{now():%Y-%m-%dT%H}", self.no_earth,
            managers.orbit(),
        ]  # fmt: skip
        return f'"{sha256(json.dumps(state).encode()).hexdigest()[:32]}"'

    def body(self, entries, events):
        """Pack the window."""
        user, wide = self.request.user, padded(self.span)
        points = round(self.options["points"] * wide.seconds / self.span.seconds)
        detector = self.options["detector"]
        options = {
            "rebin": self.options["rebin"],
            "parts": self.options["parts"],
            "detector": None if detector == "all" else int(detector),
            "visible": self.span,
            "earth": self.earth,
        }
        parts = {entry.key: entry.provide(wide, user, points, options) for entry in entries}
        if "overview" in self.options["parts"]:
            parts["overview"] = managers.overview(wide, user, points, options)
        header = {"start": wide.start_ms, "stop": wide.stop_ms, "events": events}
        if self.options["light_time"]:
            header["light"] = windows.earth_axis(self.earth, self.no_earth, wide)
        shown = parts.get("lc", {}).get("shown", True)
        if not shown:
            nearest = LightCurveQuery(self.span).nearest(user)
            header["nearest"] = nearest and to_ms(nearest)
        return pack_window(header, parts)


class LightCurveData(QuicklookRange, SeriesData):
    """Whatever answers a question to the light curves with data."""

    options_form = DataOptions
    nothing = "No light curves are stored; there is no range to show."
    exports = Export.objects
    unnoted = ("py",)

    def ask(self):
        """Put the question; there is none on the Earth's clock where the orbit is unknown."""
        earth, no_earth = self.earth_clock()
        units, rebin, points = (self.options[name] for name in ("units", "rebin", "points"))
        self.query = LightCurveQuery(self.span, units, rebin, points, earth)
        return {"light_time": no_earth} if no_earth else {}

    def made(self, form):
        """Make the answer, or say why this form cannot be."""
        rest, absolute = reverse("api:lightcurves-list"), self.request.build_absolute_uri
        answer = Answer(self.query, self.request.user, self.options, rest, absolute)
        try:
            body = answer.body(form)
        except Refused as refused:
            if refused.field:
                return self.refuse({refused.field: str(refused)})
            return problem_response(404, "No data", str(refused))
        whole = isinstance(body, bytes | str)
        return (HttpResponse if whole else StreamingHttpResponse)(body, content_type=KINDS[form])

    def file_name(self, form):
        """Name of the file."""
        return file_name(self.span, form)


class LightCurveFile(LightCurveData, SeriesFile):
    """The data of the page as a file to keep; `form` is csv, json, fits or py."""


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
