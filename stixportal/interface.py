"""How every request of the REST interface is met: the form of its answer, and its limit.

Apart from the views, which ask for both while they are loaded.
"""

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle


class Negotiation(DefaultContentNegotiation):
    """`format` in the address decides; without it the header Accept."""

    def select_renderer(self, request, renderers, format_suffix=None):
        """Choose the form of the answer; a form that nobody knows is an error of its field."""
        asked = request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        if asked is None:
            renderer, _ = super().select_renderer(request, renderers, format_suffix)
            return renderer, renderer.media_type
        for renderer in renderers:
            if renderer.format == asked:
                return renderer, renderer.media_type
        known = " or ".join(renderer.format for renderer in renderers)
        raise ValidationError({"format": f"format {asked[:40]!r} is unknown; write {known}"})


class Limit(SimpleRateThrottle):
    """So many requests a minute for an address, and more for an account or its token.

    Stays on the request: `middleware.PublicInterface` says in the answer what is left.
    """

    def __init__(self):
        """Who asks decides the rate, and is not known yet."""

    def allow_request(self, request, view):
        """Count the request."""
        self.scope = "account" if request.user.is_authenticated else "anonymous"
        self.rate = api_settings.DEFAULT_THROTTLE_RATES[self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        allowed = super().allow_request(request, view)
        if self.rate is not None:
            request._request.rate_limit = self
        return allowed

    def get_cache_key(self, request, view):
        """One count for an account, one for each address without."""
        known = request.user.is_authenticated
        ident = request.user.pk if known else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def headers(self):
        """What is left, and the seconds until there is more."""
        reset = self.history[-1] + self.duration - self.now if self.history else 0
        return {
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(max(0, self.num_requests - len(self.history))),
            "RateLimit-Reset": str(max(1, round(reset))),
        }
