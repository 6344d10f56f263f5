"""The light curves through REST: the question and the numbers of the page's files."""

from rest_framework import viewsets
from rest_framework.negotiation import BaseContentNegotiation

from apps.quicklook.forms import RestOptions
from apps.quicklook.views import LightCurveData


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

    options_form = RestOptions
    content_negotiation_class = OneForm

    def list(self, request):
        """Light curves of the range in the form asked for."""
        return self.answer(request, self.options["format"])
