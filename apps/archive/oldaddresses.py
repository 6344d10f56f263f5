"""How the old portal wrote the range of its list of files, in today's words."""

import re
from datetime import timedelta

from apps.core.timeaxis import TimeRangeError, from_ms, iso, parse_utc

RENAMED = {"end": "stop", "raw_file_id": "raw", "raw_id": "raw", "file_id": "id"}
"""Parameters of the old portal whose meaning has another name here."""

_UNIX = re.compile(r"[0-9]{8,10}(\.[0-9]{1,6})?")
_LENGTH = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


def today(start, span, now):
    """Start and stop as this portal reads them.

    Parameters
    ----------
    start : str
        Unix seconds, then `span` is in seconds; or a text in UTC, then it is in minutes.
    span : str
    now : datetime
        The present, UTC.

    Returns
    -------
    (str, str)
        A start that cannot be read as it was, a stop that cannot be told as an empty text.

    Examples
    --------
    >>> today("1588723200", "86400", None)
    ('2020-05-06T00:00:00Z', '2020-05-07T00:00:00Z')
    """
    start, span = start.strip(), span.strip()
    if _UNIX.fullmatch(start):
        first, unit = from_ms(round(float(start) * 1000)), timedelta(seconds=1)
    else:
        try:
            first, unit = parse_utc(start, now=now, field="start"), timedelta(minutes=1)
        except TimeRangeError:
            return start, ""
    if not _LENGTH.fullmatch(span) or float(span) == 0:
        return iso(first), ""
    try:
        return iso(first), iso(first + float(span) * unit)
    except OverflowError:
        return iso(first), ""
