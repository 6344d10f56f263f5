"""What a typed phrase can be: an id, a name, a time. Pure reading, without asking any record.

A phrase may be several things at once: ten digits are a unique id of a request and the id of a
flare. Each app takes the reading it knows about; which of them exists, the apps say.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from apps.core.timeaxis import EARLIEST, LATEST, TimeRange, parse_utc

LONGEST = 200
"""Letters of a phrase; file names have at most 145."""

AROUND = timedelta(minutes=30)
"""An instant stands for the time from so much before to so much after it."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_NUMBER = re.compile(r"(?P<hash>#)?\s?(?P<digits>\d{1,18})", re.ASCII)
_MNEMONIC = re.compile(r"NIX[A-Z0-9]\d{4}", re.ASCII | re.IGNORECASE)
_FILE = re.compile(r"[A-Za-z0-9.+-]*_[A-Za-z0-9._+-]*|[A-Za-z0-9._+-]+\.fits", re.ASCII)
_YEAR = re.compile(r"(?P<year>\d{4})", re.ASCII)
_MONTH = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})", re.ASCII)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T(?P<hour>\d\d)(?P<minute>\d\d)?(?:\d\d)?)?Z?",
    re.ASCII | re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[ .-]+)?(?P<name>[a-z]{3,9})\.?,?[ -]*"
    r"(?:(?P<late>\d{1,2})(?:st|nd|rd|th)?,? +)?(?P<year>\d{4})"
    r"(?:,?[ T]+(?P<clock>\d{1,2}:\d\d(?::\d\d)?)\s*(?:UTC?|Z)?)?",
    re.ASCII | re.IGNORECASE,
)
_HOUR = re.compile(r".*[T ]\d{1,2}\s*(?:Z|UTC?)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Phrase:
    """The readings of a phrase; None or empty where it is no such thing.

    Parameters
    ----------
    text : str
        What was typed, blanks tidied.
    span : TimeRange or None
        The time it names; an instant stands for half an hour on both sides.
    uid : int or None
        Unique id of a science request: 8 to 10 digits.
    flare : datetime or None
        Minute that a flare id (YYMMDDhhmm) names, UTC.
    entry : int or None
        Number of an entry: ``#12``, or a number that is nothing else.
    mnemonic : str
        Name of a parameter in the instrument's database.
    file : str
        A file name or a part of one.
    """

    text: str
    span: TimeRange | None = None
    uid: int | None = None
    flare: datetime | None = None
    entry: int | None = None
    mnemonic: str = ""
    file: str = ""

    @property
    def kinds(self):
        """The readings in words, for a page without an answer."""
        words = {
            "span": "a time",
            "uid": "the unique id of a request",
            "flare": "the id of a flare",
            "entry": "the number of an entry",
            "mnemonic": "the mnemonic of a parameter",
            "file": "a file name",
        }
        return [word for name, word in words.items() if getattr(self, name) not in (None, "")]


@lru_cache(maxsize=256)  # each app that answers reads the phrase anew
def read(text):
    """All readings of a phrase.

    Parameters
    ----------
    text : str
        Of any length and content; what is no id, name or time has no reading.

    Returns
    -------
    Phrase

    Examples
    --------
    >>> phrase = read("2203281833")
    >>> phrase.uid, phrase.flare.isoformat()
    (2203281833, '2022-03-28T18:33:00+00:00')
    >>> read("March 2022").span.stop.isoformat()
    '2022-04-01T00:00:00+00:00'
    """
    text = " ".join(text.split())[:LONGEST]
    span, found = time_of(text), {}
    number = _NUMBER.fullmatch(text)
    if number:
        found = _numbers(number["digits"], marked=bool(number["hash"]), dated=span is not None)
    elif _MNEMONIC.fullmatch(text):
        found = {"mnemonic": text.upper()}
    elif _FILE.fullmatch(text) and span is None:
        found = {"file": text}
    return Phrase(text, span if not (number and number["hash"]) else None, **found)


def time_of(text):
    """The time that a date or a part of one names, or None.

    Parameters
    ----------
    text : str
        ``2022``, ``2022-03``, ``2022-03-28``, ``2022/087``, ``20220328T1830``,
        ``2022-03-28T18:30``, ``28 Mar 2022``, ``March 2022``.

    Returns
    -------
    TimeRange or None
        The whole year, month, day or hour; half an hour about an instant.
    """
    for pattern, range_of in ((_YEAR, _year), (_MONTH, _month), (_COMPACT, _day), (_NAMED, _named)):
        match = pattern.fullmatch(text)
        if match:
            return _possible(range_of, match.groupdict())
    return _possible(_typed, text)


def _numbers(digits, *, marked, dated):
    """Readings of a number: entries are short, ids have 8 to 10 digits."""
    value, ten = int(digits), len(digits) == 10
    if marked or len(digits) < 8:
        return {"entry": value if marked or not dated else None}
    flare = None
    if ten:
        try:
            flare = datetime.strptime(f"20{digits}", "%Y%m%d%H%M").replace(tzinfo=UTC)
        except ValueError:
            flare = None
    return {"uid": value if len(digits) <= 10 else None, "flare": flare}


def _possible(range_of, given):
    """The range, unless there is no such date or it lies outside what the portal reads."""
    try:
        span = range_of(given)
    except ValueError:  # also what `parse_utc` refuses
        return None
    return span if span and span.start >= EARLIEST and span.stop <= LATEST else None


def _year(parts):
    year = int(parts["year"])
    return TimeRange(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))


def _month(parts):
    year, month = int(parts["year"]), int(parts["month"])
    start = datetime(year, month, 1, tzinfo=UTC)
    return TimeRange(start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))


def _day(parts):
    start = datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]), tzinfo=UTC)
    if not parts.get("hour"):
        return TimeRange(start, start + timedelta(days=1))
    instant = start + timedelta(hours=int(parts["hour"]), minutes=int(parts["minute"] or 0))
    return _around(instant) if parts["minute"] else TimeRange(instant, instant + 2 * AROUND)


def _named(parts):
    """A date with the month as a word, as people write it on either side of the ocean."""
    name = parts["name"].lower()
    full = datetime(2000, MONTHS.index(name[:3]) + 1, 1)
    if not f"{full:%B}".lower().startswith(name) and name != "sept":
        raise ValueError(f"{name} is no month")
    day = parts["day"] or parts["late"]
    if parts["day"] and parts["late"]:
        raise ValueError("two days")
    if day is None:
        return None if parts["clock"] else _month({"year": parts["year"], "month": full.month})
    date = f"{parts['year']}-{full.month:02d}-{int(day):02d}"
    return _typed(f"{date}T{parts['clock']}" if parts["clock"] else date)


def _typed(text):
    """A date or an instant as the time bar reads it; words such as `now` are none here."""
    if not text[:4].isdigit():
        return None
    instant = parse_utc(text, now=EARLIEST)
    if ":" in text:
        return _around(instant)
    length = timedelta(hours=1) if _HOUR.fullmatch(text) else timedelta(days=1)
    return TimeRange(instant, instant + length)


def _around(instant):
    return TimeRange(instant - AROUND, instant + AROUND)
