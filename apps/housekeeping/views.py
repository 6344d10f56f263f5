"""Housekeeping: the page, its empty plot, its windows, the numbers as files, the dictionary.

Page, files and REST put the same question, `managers.HousekeepingQuery`.
"""

import json
from pathlib import Path
from urllib.parse import urlencode

import bokeh
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from django.views import View

from apps.accounts.models import Export
from apps.archive.oldaddresses import today
from apps.core import plots as core_plots
from apps.core.api import problem_response
from apps.core.managers import is_team
from apps.core.registry import overlays
from apps.core.timeaxis import iso, to_ms
from apps.core.views import OldAddress, PlotView, RangeMixin, RangePage, SeriesData, SeriesFile
from apps.core.wire import pack_window
from apps.housekeeping import figures, managers, parameters, plots
from apps.housekeeping.answers import KINDS, Answer, file_name
from apps.housekeeping.forms import DataOptions, HousekeepingOptions, PageOptions, WindowOptions
from apps.housekeeping.limits import limits_of
from apps.housekeeping.managers import HousekeepingQuery

PADDING = 1.5
"""A window is this much longer than what is visible, so that a pan shows data at once."""

FIGURE_POINTS = 6000
TABLE_ROWS = 24

DOWNLOADS = {
    "csv": ("CSV", "The numbers of this range as comma-separated values"),
    "json": ("JSON", "The numbers of this range for programs"),
}
"""Forms of the data: label and note of each."""


class HousekeepingRange(RangeMixin):
    """Opens on the newest real day of the report, or on the range of a file."""

    def read(self, request):
        """Read range and options; a file gives the range and the report where none is asked for."""
        errors = super().read(request)
        if errors:
            return errors
        self.file = None
        if number := self.options.get("file"):
            self.file = managers.file_of(number, request.user)
            if self.file is None:
                wrong = f"file {number} is no housekeeping file; see the list of data products"
                return {"file": wrong}
            self.options["report"] = self.file.product_type
        if not any(request.GET.get(name) for name in ("start", "stop", "span")):
            report = self.options["report"]
            self.span = (
                managers.file_span(self.file)
                if self.file
                else managers.newest_day(report, request.user)
            )
        return {}

    def question(self, points=None):
        """The question that was asked."""
        options = self.options
        return HousekeepingQuery(
            options["report"],
            self.span,
            options["mnemonics"],
            options["temperature"] == "degC",
            points,
        )


class Housekeeping(HousekeepingRange, RangePage):
    """Parameters of the instrument over a time range."""

    title = "Housekeeping"
    template_name = "housekeeping/housekeeping.html"
    options_form = PageOptions

    def context(self):
        """The sentence, the figures and the table that need no script; what the script needs."""
        if self.span is None:
            return {}
        user, query = self.request.user, self.question(FIGURE_POINTS)
        samples = query.samples(user)
        found = query.figures(samples)
        options = self.options
        tab = None if options["parameters"] else parameters.tabs()[options["tab"]]
        heading = tab.title if tab else ", ".join(p.title for p in query.shown)
        files, more_files = query.files(user, samples.simulated)
        return {
            "form": self.options_form(initial=options),
            "tab": tab,
            "tabs": parameters.tabs().values(),
            "known": [
                (each, [parameters.parameters()[name] for name in each.mnemonics])
                for each in parameters.tabs().values()
            ],
            "reports": parameters.REPORTS.items(),
            "lacking": [name for name in options["mnemonics"] if not self.holds(name)],
            "figures": found,
            "sentence": figures.sentence(samples, self.span, heading, found),
            "simulated": samples.simulated,
            "resolution": figures.resolution(samples, query.cadence_ms),
            "files": files,
            "more_files": more_files,
            "file": self.file,
            "links": self.links(),
            "downloads": self.downloads(),
            "addresses": self.addresses(),
        }

    def holds(self, mnemonic):
        """Whether the report has a parameter."""
        return self.options["report"] in parameters.parameters()[mnemonic].reports

    def chosen(self):
        """Options as they stand in addresses."""
        options = self.options
        given = {"parameters": ",".join(options["parameters"]), "against": options["against"]}
        if not options["parameters"]:
            given = {"tab": options["tab"]}
        given |= {"temperature": options["temperature"], "report": options["report"]}
        return {name: value for name, value in given.items() if value}

    def addresses(self):
        """Where the script gets the empty plot and the windows."""
        query = urlencode(self.chosen(), safe=",")
        return {
            "plot": f"{reverse('housekeeping:plot')}?{query}",
            "window": reverse("housekeeping:window"),
            "query": json.dumps(self.chosen()),
        }

    def range_query(self, **more):
        """The range as a query."""
        texts = (iso(edge).removesuffix("Z") for edge in (self.span.start, self.span.stop))
        return urlencode(dict(zip(("start", "stop"), texts, strict=True)) | more, safe=":,")

    def links(self):
        """Where other products of the range are: (title, address)."""
        return [
            (
                "Light curves of this range",
                f"{reverse('quicklook:lightcurves')}?{self.range_query()}",
            ),
            (
                "Housekeeping files of this range",
                f"{reverse('archive:products')}?{self.range_query(type=self.options['report'])}",
            ),
        ]

    def downloads(self):
        """The plotted numbers as files: address with range and options, label, note."""
        query = self.range_query(**self.chosen())
        return [
            (f"{reverse(f'housekeeping:{form}')}?{query}", label, note)
            for form, (label, note) in DOWNLOADS.items()
        ]


class HousekeepingPlot(PlotView):
    """The empty plot of the page, made once for each set of panels."""

    options_form = HousekeepingOptions

    def dispatch(self, request, *args, **kwargs):
        """Read the options, or answer what is wrong with them."""
        form = self.options_form(request.GET)
        if not form.is_valid():
            errors = [(name, " ".join(texts)) for name, texts in form.errors.items()]
            detail = " ".join(text for _, text in errors)
            return problem_response(400, "The request cannot be read", detail, errors)
        self.options = form.cleaned_data
        return super().dispatch(request, *args, **kwargs)

    def state(self):
        """Which panels, in which unit, as this release draws them."""
        sources = (plots.__file__, core_plots.__file__, parameters.DICTIONARY)
        written = [Path(path).stat().st_mtime_ns for path in sources]
        options = self.options
        chosen = [options[name] for name in ("mnemonics", "against", "temperature", "report")]
        return [bokeh.__version__, *chosen, written]

    def document(self):
        """Panels of the parameters that the report holds."""
        options, known = self.options, parameters.parameters()
        shown = [known[name] for name in options["mnemonics"]]
        shown = [parameter for parameter in shown if options["report"] in parameter.reports]
        against = known.get(options["against"]) if shown else None
        return plots.template(shown, against, options["temperature"] == "degC")


class HousekeepingWindow(HousekeepingRange, View):
    """The samples of a window, binary: all panels in one answer."""

    options_form = WindowOptions

    def get(self, request):
        """Answer the window, or that the browser has it."""
        if self.span is None:
            detail = "No range was given and nothing is stored; give start and stop."
            return problem_response(400, "The request cannot be read", detail, [("start", detail)])
        wide = self.span.scaled(PADDING)
        points = max(2, round(self.options["points"] * wide.seconds / self.span.seconds))
        query = self.question(points)
        others = overlays.between(self.span, request.user, is_team(request.user))
        hour = f"{now():%Y-%m-%dT%H}"  # an embargo that ends changes what is visible and no series
        etag = query.etag(request.user, request.get_full_path(), others, hour)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            parts, events = query.window(request.user, wide, self.options["against"])
            header = {"start": wide.start_ms, "stop": wide.stop_ms, "events": events + others}
            if not parts["about"]["rows"]:
                nearest = query.nearest(request.user)
                header["nearest"] = nearest and to_ms(nearest)
            about = {"about": {"all": parts.pop("about")}}
            response = HttpResponse(pack_window(header, parts | about), "application/octet-stream")
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response


class HousekeepingData(HousekeepingRange, SeriesData):
    """Whatever answers a question to the housekeeping with data."""

    options_form = DataOptions
    nothing = "No housekeeping is stored; there is no range to show."
    exports = Export.objects

    def ask(self):
        """Put the question."""
        self.query = self.question(self.options["points"])
        return {}

    def made(self, form):
        """Make the answer."""
        absolute = self.request.build_absolute_uri
        body = Answer(self.query, self.request.user, absolute).body(form)
        whole = isinstance(body, bytes)
        return (HttpResponse if whole else StreamingHttpResponse)(body, content_type=KINDS[form])

    def file_name(self, form):
        """Name of the file."""
        return file_name(self.query, form)


class HousekeepingFile(HousekeepingData, SeriesFile):
    """The data of the page as a file to keep; `form` is csv or json."""


class Dictionary(View):
    """All parameters: what they mean, their units, states and limits."""

    http_method_names = ("get", "head")

    def get(self, request):
        """Show the dictionary, tab by tab."""
        known, limits = parameters.parameters(), limits_of(parameters.parameters())
        shown, groups = set(), []
        for tab in parameters.tabs().values():
            names = [name for name in tab.mnemonics if name not in shown]
            shown.update(names)
            rows = [(known[name], limits.get(name, ())) for name in names]
            groups.append((tab, rows))
        context = {
            "title": "Housekeeping parameters",
            "groups": [group for group in groups if group[1]],
            "source": parameters.source(),
        }
        return render(request, "housekeeping/parameters.html", context)


class OldHousekeeping(OldAddress):
    """Housekeeping addresses of the old portal: by start and span, or by file.

    `start` was unix seconds with `span` in seconds, or a text in UTC with `span` in minutes. What
    cannot be read is passed on as it is, for the page to say what is wrong with it.
    """

    pattern_name = "housekeeping:housekeeping"
    query_string = False

    def get_redirect_url(self, *args, **kwargs):
        """The page's address with the range or the file under today's names."""
        query = self.request.GET.copy()
        number = kwargs.get("number") or query.pop("run", [""])[-1] or query.pop("id", [""])[-1]
        start = query.get("start", "") or query.pop("start_utc", [""])[-1]
        if start:
            query["start"], stop = today(start, query.pop("span", [""])[-1], timezone.now())
            if stop:
                query["stop"] = stop
        if number:
            query["file"] = number
        written = query.urlencode(safe=":")
        return reverse(self.pattern_name) + (f"?{written}" if written else "")
