"""Time ranges and UTC: what people type, what the database stores, what plots need.

Everything is UTC and proleptic Gregorian; milliseconds count from 1970-01-01T00:00:00Z without
leap seconds, as FITS dates and browsers do. A stop is never part of its range.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})-(?P<day>\d{1,2})|[/-](?P<doy>\d{3}))"
    r"(?:[T ](?P<hour>\d{1,2})(?::(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?)?)?"
    r"\s*(?P<zone>Z|UTC|UT|\+00:?00)?",
    re.IGNORECASE | re.ASCII,
)
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$", re.ASCII)
_SPAN = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>s|min|m|h|d|w|mo|y)", re.I | re.A)
_UNIT_SECONDS = {
    "s": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "mo": 2_592_000,
    "y": 31_557_600,
}


class TimeRangeError(ValueError):
    """A time or range that cannot be understood; `field` names the input it came from."""

    def __init__(self, message, field="start"):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, order=True)
class TimeRange:
    """A range of UTC: `start` belongs to it, `stop` does not.

    Parameters
    ----------
    start, stop : datetime
        Aware datetimes in UTC, stop after start.

    Raises
    ------
    TimeRangeError
        If stop is not after start.
    """

    start: datetime
    stop: datetime

    def __post_init__(self):
        if self.stop <= self.start:
            raise TimeRangeError(
                f"stop {iso(self.stop)} is not after start {iso(self.start)}; give a later stop",
                "stop",
            )

    @property
    def start_ms(self):
        """Start in milliseconds since 1970."""
        return to_ms(self.start)

    @property
    def stop_ms(self):
        """Stop in milliseconds since 1970."""
        return to_ms(self.stop)

    @property
    def seconds(self):
        """Length in seconds."""
        return (self.stop - self.start).total_seconds()

    @property
    def middle(self):
        """The instant halfway."""
        return self.start + (self.stop - self.start) / 2

    @property
    def days(self):
        """UTC days since 1970 that the range touches, as a `range`."""
        return range(self.start_ms // DAY_MS, (self.stop_ms - 1) // DAY_MS + 1)

    def shifted(self, fraction):
        """Move the range by a fraction of its own length, later if positive."""
        step = (self.stop - self.start) * fraction
        return TimeRange(self.start + step, self.stop + step)

    def scaled(self, factor):
        """Make the range longer (factor > 1) or shorter about its middle."""
        half = (self.stop - self.start) * factor / 2
        return TimeRange(self.middle - half, self.middle + half)

    @classmethod
    def from_ms(cls, start_ms, stop_ms):
        """Build a range from milliseconds since 1970."""
        return cls(from_ms(start_ms), from_ms(stop_ms))


def to_ms(instant):
    """Milliseconds since 1970 of an aware datetime, rounded to the nearest."""
    return round((instant - EPOCH) / timedelta(milliseconds=1))


def from_ms(milliseconds):
    """Aware UTC datetime of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=int(milliseconds))


def iso(instant, digits=None):
    """ISO 8601 with Z; milliseconds only where there are any, unless `digits` (0 or 3) says so.

    Examples
    --------
    >>> iso(datetime(2020, 5, 6, 1, 2, 3, 531000, tzinfo=UTC))
    '2020-05-06T01:02:03.531Z'
    >>> iso(datetime(2020, 5, 6, tzinfo=UTC))
    '2020-05-06T00:00:00Z'
    """
    instant = instant.astimezone(UTC).replace(tzinfo=None)
    if digits is None:
        digits = 3 if instant.microsecond >= 1000 else 0
    return instant.isoformat(timespec="milliseconds" if digits else "seconds") + "Z"


def parse_utc(text, *, now, field="start"):
    """Read an instant as people type it.

    Parameters
    ----------
    text : str
        `2022-03-28`, `2022-03-28T10`, `2022-03-28 10:00:00.5Z`, `2022/087` (day of year), `now`,
        or a span before now such as `-3h`.
    now : datetime
        The present, UTC.
    field : str
        Name of the input, for the error.

    Returns
    -------
    datetime
        Aware, UTC.

    Raises
    ------
    TimeRangeError
        If the text is no such time, names another zone than UTC, or lies outside 1990 to 2100.
    """
    text = (text or "").strip()
    if text.lower() == "now":
        return now
    if text.startswith("-"):
        return _bounded(now - parse_span(text[1:], field=field), text, field)
    match = _DATE.fullmatch(text)
    if match is None:
        if _OFFSET.search(text) and "T" in text.upper():
            raise TimeRangeError(
                f"{field} {text!r} names a time zone; times here are UTC, "
                "write for instance 2020-05-06T10:00:00Z",
                field,
            )
        raise TimeRangeError(
            f"{field} {text[:40]!r} is not a time; write UTC as 2020-05-06, 2020-05-06T10:00, "
            "2020/127, now or -3h",
            field,
        )
    try:
        return _bounded(_instant(match.groupdict()), text, field)
    except (ValueError, OverflowError) as error:
        if isinstance(error, TimeRangeError):
            raise
        raise TimeRangeError(
            f"{field} {text!r} is no date of the calendar ({error}); write for instance 2020-05-06",
            field,
        ) from None


def parse_span(text, *, field="span"):
    """Read a length of time such as `10min`, `3h`, `1.5d`, or a bare number of seconds.

    Raises
    ------
    TimeRangeError
        If the text is no length, or not positive, or longer than a century.
    """
    text = (text or "").strip()
    match = _SPAN.fullmatch(text) or _SPAN.fullmatch(text + "s")
    if match is None:
        raise TimeRangeError(
            f"{field} {text[:40]!r} is not a length of time; write for instance 10min, 3h or 7d",
            field,
        )
    seconds = float(match["number"]) * _UNIT_SECONDS[match["unit"].lower()]
    if not 0 < seconds <= 100 * _UNIT_SECONDS["y"]:
        raise TimeRangeError(
            f"{field} {text!r} is not between 0 s and a century; write for instance 3h", field
        )
    return timedelta(seconds=seconds)


def parse_range(start, stop, span, *, now):
    """Read a range from the texts of a request: start and stop, or one of them and a span.

    Parameters
    ----------
    start, stop, span : str or None
        As accepted by `parse_utc` and `parse_span`; empty means not given.
    now : datetime
        The present, UTC.

    Returns
    -------
    TimeRange or None
        None if nothing was given.

    Raises
    ------
    TimeRangeError
        If a text cannot be read, the range is reversed or empty, or too little was given.
    """
    if not (start or stop or span):
        return None
    length = parse_span(span) if span else None
    begin = parse_utc(start, now=now, field="start") if start else None
    end = parse_utc(stop, now=now, field="stop") if stop else None
    if begin and end:
        return TimeRange(begin, end)
    if begin:
        return TimeRange(begin, begin + (length or timedelta(days=1)))
    return TimeRange((end or now) - (length or timedelta(days=1)), end or now)


def _instant(parts):
    micro = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    clock = {
        "hour": int(parts["hour"] or 0),
        "minute": int(parts["minute"] or 0),
        "second": int(parts["second"] or 0),
        "microsecond": micro,
    }
    if parts["doy"]:
        year, doy = int(parts["year"]), int(parts["doy"])
        first = datetime(year, 1, 1, tzinfo=UTC)
        day = first + timedelta(days=doy - 1)
        if not doy >= 1 or day.year != year:
            raise ValueError(f"day {doy} is out of range for year {year}")
        return day.replace(**clock)
    return datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]), tzinfo=UTC, **clock)


def _bounded(instant, text, field):
    if not EARLIEST <= instant <= LATEST:
        raise TimeRangeError(
            f"{field} {text!r} lies outside {EARLIEST.year} to {LATEST.year}; "
            "STIX has data from 2020 on",
            field,
        )
    return instant
