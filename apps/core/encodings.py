"""Which compressed forms a reader understands."""

import re

ACCEPTS_BROTLI = re.compile(r"\bbr\b")


def accepts_brotli(request):
    """Whether the reader of an answer understands brotli."""
    return ACCEPTS_BROTLI.search(request.headers.get("Accept-Encoding", "")) is not None
