"""What every answer passes through."""

import gzip

from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers


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
