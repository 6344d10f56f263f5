"""What every answer passes through."""

import gzip
import logging
import time

import brotli
from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from apps.core import requestid
from apps.core.encodings import accepts_brotli
from apps.core.filters import is_key
from apps.core.views import bad_request

REQUESTS = logging.getLogger("portal.requests")

ADMIN = "/admin/"
NUMBERS = ("application/octet-stream", "application/json")
PAGE = "text/html; charset=utf-8"
"""Answers without a secret beside the reader's own input: how well they compress tells nothing.

A page is one of them where neither it nor the reader has the token of a form; others are sent with
gzip, to which Django adds a random length.
"""

BROTLI_QUALITY = 5
"""Of the qualities the first that is much smaller than gzip, in less than half its time."""


class RequestId:
    """Give every request an id, which its answer and its log records carry, and log it.

    Static files are left out: they are many on a first visit, and nothing happens in them.
    A line has no address of the reader, no query and no name: only the number of the account.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer under the id that a proxy gave, or under a new one."""
        token = requestid.begin(requestid.accepted(request.headers.get(requestid.HEADER)))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            if not request.path_info.startswith(settings.STATIC_URL):
                response[requestid.HEADER] = requestid.current()
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                self.log(request, response.status_code, milliseconds)
            return response
        finally:
            requestid.end(token)

    def log(self, request, status, milliseconds):
        """Write the line of a request; who signed in is told only if the view asked."""
        user = getattr(request, "_cached_user", None)
        fields = {
            "method": request.method,
            "path": logged_path(request),
            "status": status,
            "ms": milliseconds,
            "user": user.pk if user else None,
        }
        REQUESTS.info("%s %s", fields["method"], fields["path"], extra={"fields": fields})


def logged_path(request):
    """Path of a request; where it holds a secret, the pattern of its address."""
    match = request.resolver_match
    secret = match is not None and "token" in match.kwargs
    return f"/{match.route}" if secret else request.path[:500]


class CompressedText(GZipMiddleware):
    """Compress answers, but leave files alone: they keep their length, ETag and checksum."""

    def process_response(self, request, response):
        """Pass files on as they are, compress numbers lightly and everything else as usual."""
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            return response
        kind = response.headers.get("Content-Type")
        plain_page = kind == PAGE and "CSRF_COOKIE" not in request.META and not request.COOKIES
        if (kind in NUMBERS or plain_page) and not response.streaming:
            return self.quickly(request, response)
        return super().process_response(request, response)

    def quickly(self, request, response):
        """Compress numbers with brotli, else with the least of gzip, whose usual level is slow."""
        patch_vary_headers(response, ["Accept-Encoding"])
        if not response.content or response.has_header("Content-Encoding"):
            return response
        if accepts_brotli(request):
            content, encoding = brotli.compress(response.content, quality=BROTLI_QUALITY), "br"
        elif re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            content, encoding = gzip.compress(response.content, 1, mtime=0), "gzip"
        else:
            return response
        response.content = content
        response["Content-Length"] = str(len(content))
        response["Content-Encoding"] = encoding
        if response.headers.get("ETag", "").startswith('"'):
            response["ETag"] = f"W/{response['ETag']}"
        return response


class ReadableAddress:
    """Refuse addresses that no database understands, as a bad request.

    PostgreSQL takes no text with the character NUL. Our own forms say which field holds one; the
    admin hands its filters to the database unread, numbers beyond its integers too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass on an address without NUL."""
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        if "\x00" in path or (path.startswith(ADMIN) and "%00" in query):
            raise BadRequest("the address holds the character NUL")
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Tell a filter of the admin that is no value of its column from a fault of ours.

        So with the rows of an action that nobody can have ticked.
        """
        forged = request.method == "POST" and not all(
            map(is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))
        )
        typed = request.path_info.startswith(ADMIN) and (request.method == "GET" or forged)
        if typed and isinstance(exception, (OverflowError, ValueError, DataError)):
            return bad_request(request, exception)
        return None


class PublicInterface:
    """Let pages of other sites read what is public, and tell programs what is left of their limit.

    Other sites read without cookies, so they see what a visitor sees.
    """

    SHARED = ("/api/", "/data/files/", "/data/latest/")
    METHODS = "GET, HEAD, OPTIONS"
    READABLE = (
        "Content-Disposition, Content-Range, ETag, Last-Modified, Link, RateLimit-Limit, "
        "RateLimit-Remaining, RateLimit-Reset, Retry-After"
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer a browser that asks for permission; add the headers to every other answer."""
        if not request.path_info.startswith(self.SHARED):
            return self.get_response(request)
        asks = "Access-Control-Request-Method" in request.headers
        if request.method == "OPTIONS" and asks:
            response = HttpResponse(status=204, headers={"Access-Control-Max-Age": "86400"})
            response.headers["Access-Control-Allow-Methods"] = self.METHODS
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match, Range"
        else:
            response = self.get_response(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = self.READABLE
        limit = getattr(request, "rate_limit", None)
        if limit:
            for name, value in limit.headers().items():
                response.headers[name] = value
        return response
