"""The light curves as data: REST, CSV, JSON, a FITS cut-out, and a program that fetches them.

One question (`filters.LightCurveQuery`), five forms; the numbers are those of the plot.
"""

import orjson
from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import urlencode
from django.views import View
from rest_framework import viewsets
from rest_framework.negotiation import BaseContentNegotiation

from apps.archive.models import Series
from apps.archive.series import NATIVE_WINDOW_MS
from apps.core.api import problem_response
from apps.core.timeaxis import from_ms, iso
from apps.core.views import RangeMixin
from apps.quicklook import exports, lightcurve
from apps.quicklook.filters import LIGHTCURVE, LightCurveFilter, LightCurveQuery

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
UNSIGNED = {ord(sign): None for sign in "-:Z"}


class LightCurveRestFilter(LightCurveFilter):
    """The options of the data, and the form of the answer."""

    format = forms.ChoiceField(
        choices=[("json", "JSON"), ("csv", "CSV")],
        initial="json",
        error_messages={"invalid_choice": "format %(value)s is unknown; write json or csv"},
    )


class LightCurveData(RangeMixin):
    """Whatever answers a question to the light curves with data."""

    options_form = LightCurveFilter

    def default_span(self, user):
        """The newest real UTC day that is stored, else the newest simulated one."""
        return Series.objects.newest_day(LIGHTCURVE, user)

    @property
    def query(self):
        """The question that was asked."""
        options = self.options
        return LightCurveQuery(self.span, options["units"], options["rebin"], options["points"])

    def answer(self, request, form):
        """Answer in one of the forms, or that the client has it already."""
        if self.span is None:
            detail = "No light curves are stored; there is no range to show."
            return problem_response(404, "Nothing is stored", detail)
        etag = self.query.etag(request.user, f"{form} {request.build_absolute_uri('/')}")
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = getattr(self, f"as_{form}")(request)
        elif response.status_code == 412:
            detail = "If-Match names another state of the data than the present one."
            response = problem_response(412, "Precondition failed", detail)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response

    def described(self, request):
        """The curves, and what has to be known with them."""
        query, user = self.query, request.user
        curves = query.curves(user)
        about = {
            "title": "STIX quick-look light curves",
            "start_utc_solo": iso(self.span.start),
            "stop_utc_solo": iso(self.span.stop),
            **exports.facts(curves),
            "statement": lightcurve.statement(curves, self.span),
        }
        if not len(curves.time):
            nearest = query.nearest(user)
            about["nearest_utc_solo"] = iso(nearest) if nearest else None
        files, about["more_source_files"] = query.files(user, curves)
        for facts in files:
            facts["url"] = request.build_absolute_uri(facts["url"])
            facts["download"] = request.build_absolute_uri(facts["download"])
        return curves, about, files

    def as_json(self, request):
        """All in one object: facts, files, columns."""
        curves, about, files = self.described(request)
        body = about | {"source_files": files} | exports.record(curves)
        return HttpResponse(orjson.dumps(body), content_type=JSON)

    def as_csv(self, request):
        """Facts as comment lines, then the rows, sent piece by piece."""
        curves, about, files = self.described(request)
        comments = about | {"energy_bands": exports.band_lines(curves)}
        comments["source_files"] = [
            f"{facts['name']} ({facts['level']} {facts['version']}"
            f"{', simulated' if facts['simulated'] else ''})"
            for facts in files
        ]
        return StreamingHttpResponse(exports.csv_text(curves, comments), content_type=CSV)

    def as_fits(self, request):
        """The native bins as a FITS file in the form of the daily ones."""
        query, user = self.query, request.user
        if self.span.stop_ms - self.span.start_ms > NATIVE_WINDOW_MS:
            return self.refuse({"stop": "A FITS cut-out covers at most 4 days; take the files."})
        samples = query.native(user)
        sources = list(query.sources(user, samples.simulated)) if len(samples.time) else []
        if not sources:
            nearest = query.nearest(user)
            where = f"the nearest are at {iso(nearest)}" if nearest else "none are stored"
            detail = f"There are no light curves in this range; {where}."
            return problem_response(404, "No data", detail)
        if len(samples.bands) > 1:
            change = iso(from_ms(samples.bands[1][0]))
            detail = f"The energy bands change at {change}; ask for the time before or after it."
            return self.refuse({"stop": detail})
        body = exports.cutout(self.file_name("fits"), samples, sources)
        return HttpResponse(body, content_type="application/fits")

    def file_name(self, form):
        """Name of a file with the data; not that of an official file."""
        texts = (iso(edge, 0).translate(UNSIGNED) for edge in (self.span.start, self.span.stop))
        return f"stix_ql-lightcurve_{'_'.join(texts)}.{form}"

    def as_py(self, request):
        """A program that fetches the same numbers through REST."""
        parameters = {
            "start": iso(self.span.start),
            "stop": iso(self.span.stop),
            **{name: value for name, value in self.options.items() if value is not None},
        }
        address = f"{reverse('api:lightcurves-list')}?{urlencode(parameters)}"
        texts = parameters["start"], parameters["stop"]
        body = exports.program(request.build_absolute_uri(address), texts)
        return HttpResponse(body, content_type="text/x-python; charset=utf-8")


class LightCurveFile(LightCurveData, View):
    """The data of the page as a file to keep; `form` is csv, json, fits or py."""

    form = ""

    def get(self, request):
        """Answer the file."""
        response = self.answer(request, self.form)
        if response.status_code == 200:
            disposition = f'attachment; filename="{self.file_name(self.form)}"'
            response["Content-Disposition"] = disposition
        return response


class OneForm(BaseContentNegotiation):
    """REST answers what `format` says and never HTML, whatever a browser would like."""

    def select_parser(self, request, parsers):
        """Nothing is posted here."""
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        """Errors of the framework come as JSON."""
        return renderers[0], renderers[0].media_type


class LightCurveViewSet(LightCurveData, viewsets.ViewSet):
    """Light curves of a time range."""

    options_form = LightCurveRestFilter
    content_negotiation_class = OneForm

    def list(self, request):
        """Light curves of the range in the form asked for."""
        return self.answer(request, self.options["format"])
