"""What every answer passes through."""

from django.middleware.gzip import GZipMiddleware


class CompressedText(GZipMiddleware):
    """Compress answers, but leave files alone: they keep their length, ETag and checksum."""

    def process_response(self, request, response):
        """Pass on what is to be stored as it is."""
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            return response
        return super().process_response(request, response)
