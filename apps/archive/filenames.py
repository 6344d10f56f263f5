"""The grammar of STIX file names: what a name says, and which files are versions of one product.

Names are hints; the headers decide. The quirks of real names are accepted: a doubled ``ql-``, a
request id without leading zeros, the serial number of pre-release files, ``__incomplete_00051``.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.core.timeaxis import TimeRange

_NAME = re.compile(
    r"solo_(?P<level>[A-Z]{1,3}\d{0,2}[A-Z]?)_stix-(?P<kind>[a-z]+)-(?P<name>[a-z0-9-]+?)"
    r"(?:-(?P<uid>\d{8,10}))?"
    r"_(?P<range>\d{8,10}(?:T\d{6})?(?:-\d{8,10}(?:T\d{6})?)?)"
    r"(?:_(?P<serial>\d{5,8}))?"
    r"(?:_{1,2}(?P<incomplete>incomplete)(?:_\d+)?)?"
    r"(?:_V(?P<version>\d{2,12})(?P<flag>[UCI]?))?"
    r"(?:_(?P<request>\d{1,10})-(?P<sequence>\d{1,5}))?"
    r"\.fits"
)
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,139}\.fits")
_HIGHEST_VERSION = 9999
_DAY = re.compile(r"(?:^|[_-])(20\d\d)(\d\d)(\d\d)(?!\d)", re.ASCII)
_FIRST_DIGITS = re.compile(r"_(20\d\d)(\d\d)?\d?$", re.ASCII)


@dataclass(frozen=True)
class FileName:
    """What a file name says.

    Parameters
    ----------
    level : str
        ``"L1"``, ``"L1A"``, …
    product : str
        Kind and name with single prefix, e.g. ``"ql-lightcurve"``.
    range : str
        Day, or first and last instant, as written.
    version : int or None
        None where the name has none; low-latency names carry a time instead, which counts as 1.
    complete : bool
        False for ``V..U``, ``V..I`` and ``incomplete``.
    uid, sequence : int or None
        Unique id of the science request, and sequence number of its telecommand.
    """

    level: str
    product: str
    range: str
    version: int | None
    complete: bool
    uid: int | None
    sequence: int | None

    @property
    def stem(self):
        """The name without version, serial number and extension: the same for all versions."""
        request = ""
        if self.uid is not None:
            request = f"_{self.uid:010d}"
            request += "" if self.sequence is None else f"-{self.sequence:05d}"
        return f"solo_{self.level}_stix-{self.product}_{self.range}{request}"


def parse(name):
    """Read a file name.

    Parameters
    ----------
    name : str
        Without folders.

    Returns
    -------
    FileName or None
        None if the name does not follow the grammar.

    Examples
    --------
    >>> parse("solo_L1_stix-ql-ql-tmstatusflarelist_20200506_V02U.fits").stem
    'solo_L1_stix-ql-tmstatusflarelist_20200506'
    >>> parse("holiday.fits") is None
    True
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    kind, short = match["kind"], match["name"]
    short = short.removeprefix(f"{kind}-")
    uid = match["uid"] or match["request"]
    version = int(match["version"]) if match["version"] else None
    if version is not None and version > _HIGHEST_VERSION:
        version = 1
    return FileName(
        level=match["level"],
        product=f"{kind}-{short}",
        range=match["range"],
        version=version,
        complete=not match["incomplete"] and match["flag"] not in ("U", "I"),
        uid=int(uid) if uid else None,
        sequence=int(match["sequence"]) if match["sequence"] else None,
    )


def is_safe(name):
    """Whether a name can be stored as it is: up to 145 letters, digits, ``. _ + -``, ``.fits``."""
    return _SAFE.fullmatch(name) is not None


def time_in(text):
    """The time that a part of a file name names: a day, or at its end a month or a year.

    Digits within longer numbers, such as those of a request id, are no date.

    Parameters
    ----------
    text : str

    Returns
    -------
    TimeRange or None

    Examples
    --------
    >>> time_in("lightcurve_20220328_V0").start.isoformat()
    '2022-03-28T00:00:00+00:00'
    >>> time_in("lightcurve_202203").stop.isoformat()
    '2022-04-01T00:00:00+00:00'
    >>> time_in("-2203280012") is None
    True
    """
    if match := _DAY.search(text):
        first = _instant(*map(int, match.groups()))
        return first and TimeRange(first, first + timedelta(days=1))
    if match := _FIRST_DIGITS.search(text):
        year, month = int(match[1]), match[2] and int(match[2])
        first = _instant(year, month or 1)
        if month:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        last = _instant(year, month) if month else _instant(year + 1)
        return first and TimeRange(first, last)
    return None


def _instant(year, month=1, day=1):
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
