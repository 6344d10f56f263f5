"""What every answer passes through."""

import gzip
import re

import brotli
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from apps.core.views import bad_request

ADMIN = "/admin/"
ACCEPTS_BROTLI = re.compile(r"\bbr\b")
NUMBERS = ("application/octet-stream", "application/json")
"""Answers without a secret beside the reader's own input: how well they compress tells nothing."""

BROTLI_QUALITY = 5
"""Of the qualities the first that is much smaller than gzip, in less than half its time."""


class CompressedText(GZipMiddleware):
    """Compress answers, but leave files alone: they keep their length, ETag and checksum."""

    def process_response(self, request, response):
        """Pass files on as they are, compress numbers lightly and everything else as usual."""
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            return response
        if response.headers.get("Content-Type") in NUMBERS and not response.streaming:
            return self.quickly(request, response)
        return super().process_response(request, response)

    def quickly(self, request, response):
        """Compress numbers with brotli, else with the least of gzip, whose usual level is slow."""
        patch_vary_headers(response, ["Accept-Encoding"])
        accepted = request.headers.get("Accept-Encoding", "")
        if not response.content or response.has_header("Content-Encoding"):
            return response
        if ACCEPTS_BROTLI.search(accepted):
            content, encoding = brotli.compress(response.content, quality=BROTLI_QUALITY), "br"
        elif re_accepts_gzip.search(accepted):
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
        """Tell a filter of the admin that is no value of its column from a fault of ours."""
        typed = request.method == "GET" and request.path_info.startswith(ADMIN)
        if typed and isinstance(exception, (OverflowError, DataError)):
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
