"""What pages, scripts and programs are fed with: empty plots, windows of samples, and files."""

import functools
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import numpy as np
import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.timezone import now
from django.views import View

from apps.ancillary import coverage, exports, managers, questions, summary
from apps.ancillary.answers import instants
from apps.ancillary.aspectfile import CADENCE_MS
from apps.ancillary.attitude import ASPECT
from apps.ancillary.clock import ClockError
from apps.ancillary.forms import AttitudeOptions, AttitudeQuestion, PointsOptions
from apps.ancillary.geometry import OffDisc, Uncovered
from apps.ancillary.kernels import KernelError
from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet
from apps.archive.models import Series
from apps.core.api import problem_response
from apps.core.timeaxis import TimeRange, iso
from apps.core.views import RangeMixin
from apps.core.wire import pack_window

UNANSWERED = (Uncovered, OffDisc, ClockError, KernelError)
"""What a kernel set cannot answer; the message says why."""

NEWEST = "ql-lightcurve"
"""Series whose newest day the pages open on."""

HALF = timedelta(days=91)
PADDING = 1.5
"""A window is this much longer than what is visible, so that a pan shows data at once."""

JSON, CSV = "application/json", "text/csv; charset=utf-8"


class AncillaryRange(RangeMixin):
    """A range about the newest real day that is stored, inside what the kernels cover."""

    absent = ""

    def read(self, request):
        """Find the kernels first: the range depends on what they cover."""
        try:
            self.geometry = KernelSet.objects.geometry()
        except NoKernels as error:
            self.geometry, self.absent = None, str(error)
        return super().read(request)

    def default_span(self, user):
        """Half a year about the newest real day of light curves."""
        if self.geometry is None:
            return None
        newest = Series.objects.newest_day(NEWEST, user)
        middle = newest.middle if newest else now()
        found = coverage.nearest(TimeRange(middle - HALF, middle + HALF), self.covered)
        return coverage.whole_days(found)

    @functools.cached_property
    def covered(self):
        """What the kernels cover."""
        return coverage.covered(self.geometry.provenance)


class Plot(View):
    """An empty plot for the script to fill: `draw` makes it, once for a release."""

    draw = None

    def get(self, request):
        """Answer the document, or that the browser has it."""
        return conditional(request, HttpResponse(type(self).made(self.draw), JSON))

    @staticmethod
    @functools.cache
    def made(draw):
        """The document."""
        return draw()


class Window(AncillaryRange, View):
    """The samples of a window, binary, with a margin on both sides."""

    def get(self, request):
        """Answer what the kernels cover of it."""
        if self.geometry is None:
            return problem_response(404, "No kernels are installed", self.absent)
        wide = coverage.shown(self.span.scaled(PADDING), self.covered)
        around = self.span.scaled(PADDING)
        header = {"start": around.start_ms, "stop": around.stop_ms}
        points = max(2, round(self.options["points"] * PADDING))
        try:
            parts = self.parts(wide, points) if wide else {}
        except Uncovered as error:
            return problem_response(404, "No orbit for this range", str(error))
        response = HttpResponse(pack_window(header, parts), "application/octet-stream")
        return conditional(request, response)


class EphemerisWindow(Window):
    """The curves of the ephemeris page."""

    options_form = PointsOptions

    def parts(self, span, points):
        """Curves and marks of events."""
        found = self.geometry.ephemeris(instants(span.start_ms, span.stop_ms, points))
        marks = self.geometry.events(span.start_ms, span.stop_ms)
        columns = summary.window(found)
        return {"ephemeris": columns | {"marks": [[at, words] for at, _, words, _ in marks]}}


class AttitudeWindow(Window):
    """The curves of the pointing page, one part for each source."""

    options_form = AttitudeOptions

    def parts(self, span, points):
        """Roll in deg, pitch and yaw in arcsec."""
        user = self.request.user
        asked = self.options | {"points": points}
        rows = managers.aspect(span, user)
        shades = np.array(rows.unusable(), "f8").reshape(-1, 2)
        return summary.attitude_parts(attitude_of(self.geometry, span, asked, user)) | {
            "unusable": {"x0": shades[:, 0], "x1": shades[:, 1]}
        }


class Data(AncillaryRange):
    """Whatever answers a question about a range with numbers; `ask(span)` gives the answer."""

    name = ""

    def answer(self, request, form, span=None):
        """Answer in one of the forms, or what stands in the way."""
        if self.geometry is None:
            return problem_response(404, "No kernels are installed", self.absent)
        try:
            found = self.ask(span or self.span)
        except UNANSWERED as error:
            return self.refuse({getattr(error, "field", "start"): str(error)})
        return sent(request, found, form)


class EphemerisData(Data):
    """The ephemeris of a range."""

    name = "ephemeris"
    options_form = PointsOptions

    def ask(self, span):
        """Put the question."""
        return questions.ephemeris(self.geometry, span, self.options["points"])


class AttitudeData(Data):
    """The attitude of a range."""

    name = "attitude"
    options_form = AttitudeQuestion

    def ask(self, span):
        """Put the question."""
        wanted = self.options["nominal"] == "yes"
        found = attitude_of(self.geometry, span, self.options, self.request.user, wanted)
        return questions.attitude(found, self.geometry, span)


class DataFile(View):
    """The numbers of a page as a file to keep, as far as the kernels reach; `form` is its kind."""

    form = ""

    def get(self, request):
        """Answer the file."""
        shown = self.geometry and coverage.shown(self.span, self.covered)
        if self.form == "py":
            response = self.program(request, shown or self.span)
        else:
            response = self.answer(request, self.form, shown)
        if response.status_code == 200:
            ends = "_".join(f"{end:%Y%m%dT%H%M%S}" for end in (self.span.start, self.span.stop))
            name = f"solo_{self.name}_{ends}.{self.form}"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def program(self, request, span):
        """A program that fetches the same numbers through REST."""
        if self.geometry is None:
            return problem_response(404, "No kernels are installed", self.absent)
        query = {**span_parameters(span), **self.options}
        address = f"{reverse(f'api:{self.name}-list')}?{urlencode(query, safe=':')}"
        title = f"{self.name.capitalize()} of Solar Orbiter, {iso(span.start)} to {iso(span.stop)}"
        text = exports.program(request.build_absolute_uri(address), title, self.geometry.provenance)
        return HttpResponse(text, "text/x-python; charset=utf-8")


class EphemerisFile(EphemerisData, DataFile):
    """The ephemeris as a file."""


class AttitudeFile(AttitudeData, DataFile):
    """The attitude as a file."""


def sent(request, answer, form):
    """An answer as JSON or CSV with its ETag."""
    body = answer.csv() if form == "csv" else orjson.dumps(answer.record())
    return conditional(request, HttpResponse(body, CSV if form == "csv" else JSON))


def conditional(request, response):
    """Give an answer its ETag, and answer 304 where the client has it, 412 where it must not."""
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    found = get_conditional_response(request, etag, None, response)
    if found.status_code == 412:
        detail = "If-Match names another state of the data than the present one."
        found = problem_response(412, "Precondition failed", detail)
    found["ETag"] = etag
    found["Cache-Control"] = "private, no-cache"
    patch_vary_headers(found, ["Cookie"])
    return found


def attitude_of(geometry, span, options, user, nominal=True):
    """The attitude at evenly spaced instants of a range, each from the best source there is."""
    times = instants(span.start_ms, span.stop_ms, options["points"])
    return managers.attitude(geometry, times, user, options["frame"], nominal)


def view_of(geometry, time_ms, user):
    """The field of view at an instant, by the best attitude there is; the aspect system's Sun."""
    then = managers.attitude(geometry, np.array([time_ms]), user, nominal=True)
    centre = None
    if then.source[0] == ASPECT:
        around = TimeRange.from_ms(time_ms - 2 * CADENCE_MS, time_ms + 2 * CADENCE_MS)
        found = managers.aspect(around, user).pointing()
        centre = found.sun_centre_arcsec[np.argmin(np.abs(found.attitude.time_ms - time_ms))]
    return geometry.field_of_view(time_ms, then, centre)


def span_parameters(span):
    """A range as parameters of an address."""
    ends = {"start": span.start, "stop": span.stop}
    return {name: iso(end).removesuffix("Z") for name, end in ends.items()}
