"""What every answer passes through."""

import gzip

from django.core.exceptions import BadRequest
from django.db import DataError
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from apps.core.views import bad_request

ADMIN = "/admin/"


class CompressedText(GZipMiddleware):
    """Compress answers, but leave files alone: they keep their length, ETag and checksum."""

    def process_response(self, request, response):
        """Pass files on as they are, compress numbers lightly and everything else as usual."""
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            return response
        if response.headers.get("Content-Type") == "application/octet-stream":
            return response if response.streaming else self.lightly(request, response)
        return super().process_response(request, response)

    def lightly(self, request, response):
        """Compress numbers at the least level: the usual one takes longer than making them."""
        patch_vary_headers(response, ["Accept-Encoding"])
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")) and response.content:
            response.content = gzip.compress(response.content, 1, mtime=0)
            response["Content-Length"] = str(len(response.content))
            response["Content-Encoding"] = "gzip"
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
