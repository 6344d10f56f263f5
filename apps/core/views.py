"""The page kinds (range, list, detail), the home page, old addresses, and the error pages."""

from django.shortcuts import render
from django.utils import timezone
from django.views import View
from django.views.generic import DetailView, RedirectView

from apps.core.api import problem_response
from apps.core.forms import OptionsForm
from apps.core.timeaxis import TimeRangeError, parse_range


class RangeMixin:
    """Whatever answers for a time range: reads `start`, `stop` or `span`, and the options.

    Subclasses give `default_span(user)` (a TimeRange or None when nothing is stored) and, where
    they have options, an `options_form`. Sets `self.span` and `self.options` before `get` runs.
    """

    options_form = OptionsForm

    def default_span(self, user):
        """The range shown when none is asked for; None if nothing is stored."""
        return None

    def dispatch(self, request, *args, **kwargs):
        """Read the range and the options, or answer what is wrong with them."""
        now = timezone.now()
        errors = {}
        self.span = None
        try:
            self.span = parse_range(
                request.GET.get("start"), request.GET.get("stop"), request.GET.get("span"), now=now
            ) or self.default_span(request.user)
        except TimeRangeError as error:
            errors[error.field] = str(error)
        form = self.options_form(request.GET)
        if not form.is_valid():
            errors |= {field: " ".join(messages) for field, messages in form.errors.items()}
        self.options = form.cleaned_data
        if errors:
            return self.refuse(errors)
        return super().dispatch(request, *args, **kwargs)

    def refuse(self, errors):
        """Answer 400 as problem+json; pages answer with a page."""
        detail = " ".join(errors.values())
        return problem_response(400, "The request cannot be read", detail, errors.items())


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
        typed = {name: self.request.GET.get(name, "") for name in ("start", "stop", "span")}
        shared = {"title": self.title, "typed": typed, "timebar": True}
        return render(self.request, self.template_name, shared | context, status=status)


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


def home(request):
    """What STIX is, and the way to everything."""
    return render(request, "home.html")


def _error_page(request, status, title, detail):
    if request.path.startswith(("/api/", "/hapi/")):
        return problem_response(status, title, detail)
    return render(request, f"{status}.html", {"title": title, "detail": detail}, status=status)


def bad_request(request, exception=None):
    """Answer 400."""
    return _error_page(request, 400, "Bad request", "The request could not be understood.")


def permission_denied(request, exception=None):
    """Answer 403."""
    return _error_page(request, 403, "Not allowed", "Your account may not do this.")


def not_found(request, exception=None):
    """Answer 404; hidden records come here too."""
    return _error_page(request, 404, "Not found", f"Nothing is at {request.path}.")


def server_error(request):
    """Answer 500, without a word about the inside."""
    return _error_page(request, 500, "Something broke", "The error was recorded.")
