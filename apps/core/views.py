"""The page kinds (range, list, detail), old addresses, and the error pages."""

from hashlib import sha256

import brotli
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views import View
from django.views.generic import DetailView, RedirectView
from django_htmx.http import HttpResponseClientRedirect
from django_tables2 import RequestConfig

from apps.core import requestid
from apps.core.api import problem_response
from apps.core.encodings import accepts_brotli
from apps.core.filters import unknown_names
from apps.core.forms import OptionsForm
from apps.core.managers import is_team
from apps.core.registry import facts
from apps.core.seriestext import counted
from apps.core.tables import TablePaginator
from apps.core.templatetags.portal import typed_utc
from apps.core.timeaxis import TimeRangeError, parse_range, parse_span

LENGTHS = (
    ("10min", "10 min"),
    ("1h", "1 h"),
    ("3h", "3 h"),
    ("12h", "12 h"),
    ("1d", "1 day"),
    ("7d", "7 days"),
    ("1mo", "1 month"),
)
RANGE_FIELDS = ("start", "stop", "span")


def read_range(query, now):
    """Read the range of an address; with all three fields, `span` lies about the middle.

    The time bar always sends its start and stop; a length chosen beside them must win.
    """
    start, stop, length = (query.get(name, "") for name in RANGE_FIELDS)
    span = parse_range(start, stop, "" if start and stop else length, now=now)
    if start and stop and length:
        span = span.scaled(parse_span(length).total_seconds() / span.seconds)
    return span


class RangeMixin:
    """Whatever answers for a time range: reads `start`, `stop` or `span`, and the options.

    Subclasses give `default_span(user)` (a TimeRange or None when nothing is stored) and, where
    they have options, an `options_form`. Sets `self.span` and `self.options` before `get` runs.
    """

    options_form = OptionsForm
    http_method_names = ("get", "head")  # `options` holds those of the page

    def default_span(self, user):
        """The range shown when none is asked for; None if nothing is stored."""
        return None

    def dispatch(self, request, *args, **kwargs):
        """Read the range and the options, or answer what is wrong with them."""
        errors = self.read(request)
        return self.refuse(errors) if errors else super().dispatch(request, *args, **kwargs)

    def read(self, request):
        """Set `span` and `options`; returns what is wrong, by field."""
        errors = {}
        self.span = None
        try:
            found = read_range(request.GET, timezone.now())
            self.span = found or self.default_span(request.user)
        except TimeRangeError as error:
            errors[error.field] = str(error)
        form = self.options_form(request.GET)
        if not form.is_valid():
            errors |= {field: " ".join(messages) for field, messages in form.errors.items()}
        self.options = form.cleaned_data
        return errors

    def refuse(self, errors):
        """Answer 400 as problem+json; pages answer with a page."""
        detail = " ".join(errors.values())
        return problem_response(400, "The request cannot be read", detail, errors.items())

    def known_parameters(self):
        """Names that are read."""
        return {*RANGE_FIELDS, *self.options_form.base_fields}


class SeriesData(RangeMixin):
    """Whatever answers a question to a time series with data: files and REST.

    Subclasses give `ask()`, which sets `query` and returns what stands in its way by field,
    `made(form)`, the answer in a form, and `file_name(form)`. The query tells its `etag(user,
    *more)` and its `hidden_days(user)`.
    """

    nothing = ""
    """What is said where nothing is stored."""

    exports = None
    """Manager that writes down what the team took of days that are not public."""

    unnoted = ()
    """Forms that hold no data."""

    def answer(self, request, form):
        """Answer in one of the forms, or that the client has it already."""
        if self.span is None:
            return problem_response(404, "Nothing is stored", self.nothing)
        if errors := self.ask():
            return self.refuse(errors)
        etag = self.query.etag(request.user, form, request.build_absolute_uri("/"))
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = self.made(form)
            noted = request.method == "GET" and form not in self.unnoted
            if response.status_code == 200 and noted:
                self.note(response, form)
        elif response.status_code == 412:
            detail = "If-Match names another state of the data than the present one."
            response = problem_response(412, "Precondition failed", detail)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response

    def note(self, response, form):
        """Write down that a member of the team took days that are not public."""
        days = is_team(self.request.user) and self.query.hidden_days(self.request.user)
        if days:
            facts = (self.request.user, self.file_name(form), days)
            number = requestid.current()  # the body of a stream outlives the request
            counted(response, lambda size: self.exports.record(*facts, size, number))


class SeriesFile(View):
    """The data of a page as a file to keep, beside a `SeriesData`; `form` says in which form."""

    form = ""

    def get(self, request):
        """Answer the file."""
        response = self.answer(request, self.form)
        if response.status_code == 200:
            name = self.file_name(self.form)
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class RangePage(RangeMixin, View):
    """A page about a time range. Subclasses give `template_name` and `context()`."""

    template_name = "page/range.html"
    title = ""

    def get(self, request):
        """Show the page."""
        return self.page({"span": self.span, "options": self.options, **self.context()})

    def context(self):
        """What the template needs besides the range and the options."""
        return {}

    def refuse(self, errors):
        """Show the page kind with the fields marked and what was typed kept."""
        return self.page({"span": None, "errors": errors}, status=400)

    def page(self, context, status=200):
        """Render the template with what all range pages share."""
        return render(
            self.request,
            self.template_name,
            {"title": self.title, **self.bar(context["span"]), **context},
            status=status,
        )

    def bar(self, span):
        """What the time bar shows: the range, or what was typed where it cannot be read."""
        given = self.request.GET
        typed = {name: given.get(name, "") for name in RANGE_FIELDS}
        shared = {
            "timebar": True,
            "lengths": LENGTHS,
            "kept": [pair for pair in given.items() if pair[0] not in RANGE_FIELDS],
        }
        if span is None:
            return shared | {"typed": typed}
        return shared | {
            "typed": {"start": typed_utc(span.start), "stop": typed_utc(span.stop)},
            "range_facts": facts.told("range", span, self.request.user, is_team(self.request.user)),
            "earlier": span.shifted(-0.5),
            "later": span.shifted(0.5),
        }


class PlotView(View):
    """The empty plot of a page, for the script to fill; made once for each of its states.

    Subclasses give `state()`, everything that decides the document as a value with a `repr`, and
    `document()`, its bytes as `core.plots.document` makes them.
    """

    http_method_names = ("get", "head")

    def get(self, request):
        """Answer the document, or that the browser has it."""
        key = "plot-" + sha256(repr((type(self).__name__, self.state())).encode()).hexdigest()
        bodies = cache.get(key)
        if bodies is None:
            body = self.document()
            bodies = body, brotli.compress(body)  # slowly and once: a first visit waits for it
            cache.set(key, bodies, None)
        compressed = accepts_brotli(request)
        response = HttpResponse(bodies[compressed], content_type="application/json")
        if compressed:
            response["Content-Encoding"] = "br"
        patch_vary_headers(response, ["Accept-Encoding"])
        response["ETag"] = f'{"W/" * compressed}"{sha256(bodies[0]).hexdigest()[:32]}"'
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(request, etag=response["ETag"], response=response)


class ListPage(View):
    """A filtered, sorted, paged table of records as far as the viewer may see them.

    Subclasses give `model`, `table_class`, `filterset_class` and `title`.
    """

    template_name = "page/list.html"
    title = ""
    model = None
    table_class = None
    filterset_class = None
    page_size = 50
    beside_filters = ("page", "sort")

    def get_queryset(self):
        """Rows this user may see."""
        return self.model.objects.visible_to(self.request.user)

    def get(self, request):
        """Show the page, or the page with what cannot be read: a wrong value, an unknown name."""
        chosen = self.filterset_class(request.GET, queryset=self.get_queryset(), request=request)
        unknown = unknown_names(request.GET, {*chosen.filters, *self.beside_filters})
        context = {"title": self.title, "form": chosen.form, "rare": chosen.rare}
        if unknown or not chosen.is_valid():
            if request.htmx:
                return HttpResponseClientRedirect(request.get_full_path())
            context["unknown"] = unknown.values()
            context["rare_wrong"] = not set(chosen.rare).isdisjoint(chosen.form.errors)
            return render(request, self.template_name, context, status=400)
        table = self.table_class(chosen.qs)
        paging = {"per_page": self.page_size, "paginator_class": TablePaginator}
        RequestConfig(request, paginate=paging).configure(table)
        context |= {"table": table, "page": table.page, "chips": self.chips(chosen.form)}
        if not table.page.object_list and {"start", "stop"} & set(request.GET):
            context["nearest"] = self.nearest(request.GET.copy(), chosen.form)
        return render(request, self.template_name, context | self.context(chosen, table))

    def context(self, chosen, table):
        """What the template of one list needs besides."""
        return {}

    def nearest(self, query, form):
        """The range of the record nearest to one without any; None if the page cannot tell."""
        return None

    def chips(self, form):
        """What is filtered by: (name, label, words) of each field that was given."""
        return [
            (name, field.label, _words(field, self.request.GET[name]))
            for name, field in form.fields.items()
            if self.request.GET.get(name)
        ]


def _words(field, value):
    """The words of a choice, groups included; other values are their own words."""
    pairs = []
    for key, label in getattr(field, "choices", ()):
        pairs += label if isinstance(label, (list, tuple)) else [(key, label)]
    return dict(pairs).get(value, value)


class RecordPage(DetailView):
    """One record; a hidden one answers 404 like one that does not exist."""

    template_name = "page/detail.html"

    def get_queryset(self):
        """Rows this user may see."""
        return self.model.objects.visible_to(self.request.user)


class OldAddress(RedirectView):
    """An address of the old portal, sent on with its parameters under today's names."""

    permanent = True
    query_string = True


def _error_page(request, status, title, detail):
    if request.path.startswith(("/api/", "/hapi/")):
        return problem_response(status, title, detail)
    context = {"title": title, "detail": detail, "request_id": requestid.current()}
    return render(request, f"{status}.html", context, status=status)


def _plain_page(request, status, title, detail):
    """An error page of a request that cannot be trusted: it asks nothing of it but its path."""
    if request.path.startswith(("/api/", "/hapi/")):
        return problem_response(status, title, detail)
    context = {"title": title, "detail": detail, "request_id": requestid.current()}
    text = render_to_string(f"{status}.html", context)
    return HttpResponse(text, status=status)


def bad_request(request, exception=None):
    """Answer 400, also where not even the host's name can be read."""
    detail = "The server could not read this request. Check the address for a mistyped part."
    return _plain_page(request, 400, "Bad request", detail)


def permission_denied(request, exception=None):
    """Answer 403."""
    detail = "Your account may not do this. If it should, ask a curator of the team."
    return _error_page(request, 403, "Not allowed", detail)


def form_refused(request, reason=""):
    """Answer 403 to a form whose token is missing or old: it may come from another site."""
    detail = (
        "The form was open for too long, or this browser keeps no cookies, so that nobody can "
        "tell whether it comes from you. Go back, load the page again, and send it once more."
    )
    return _error_page(request, 403, "Form not accepted", detail)


def not_found(request, exception=None):
    """Answer 404; hidden records come here too."""
    detail = f"Nothing is at {request.path}, or it is not public."
    return _error_page(request, 404, "Not found", detail)


def server_error(request):
    """Answer 500 without a word about the inside, the database, or the viewer."""
    detail = (
        "The error is ours and was recorded. Other pages may work. If you write to us about it, "
        "name the request id below."
    )
    return _plain_page(request, 500, "Something broke", detail)
