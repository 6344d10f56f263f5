"""Which bytes of a file a request wants (RFC 9110, section 14).

WhiteNoise reads the same header, but refuses ranges of one byte and does not know If-Range; only
its file wrapper is used.
"""

import re

_SINGLE = re.compile(r"bytes=\s*([0-9]{0,20})-([0-9]{0,20})\s*", re.IGNORECASE)


class Unsatisfiable(ValueError):
    """A range that begins behind the end of the file."""


def wanted(header, size):
    """Read a Range header.

    Parameters
    ----------
    header : str
        Empty where there is none.
    size : int
        Bytes of the file.

    Returns
    -------
    (int, int) or None
        First byte and last, both included; None where all is to be sent: no header, another unit,
        several ranges, or words that are no range.

    Raises
    ------
    Unsatisfiable
        If no byte of the file is in the range.

    Examples
    --------
    >>> wanted("bytes=0-99", 1000), wanted("bytes=-10", 1000), wanted("bytes=990-", 1000)
    ((0, 99), (990, 999), (990, 999))
    """
    match = _SINGLE.fullmatch(header)
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first > last:
        raise Unsatisfiable(f"range {header[:60]!r} of a file of {size} bytes")
    return first, last


def still_valid(condition, etag, last_modified):
    """Whether an If-Range header allows a part: it names this very content, or there is none.

    Parameters
    ----------
    condition : str
        The header; empty where there is none.
    etag, last_modified : str
        As the answer states them. A weak tag never fits.
    """
    return condition.strip() in ("", etag, last_modified)
