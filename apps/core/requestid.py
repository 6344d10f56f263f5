"""The id of the request that is being answered: in its log records, its answer, its error page."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"

_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
_current = ContextVar("request_id", default="")


def accepted(given):
    """The id that a proxy gave, if it is 8 to 64 plain letters and digits; else a new one.

    Examples
    --------
    >>> accepted("proxy-7f3a9c21"), len(accepted('"><script>'))
    ('proxy-7f3a9c21', 32)
    """
    return given if _GIVEN.fullmatch(given or "") else uuid.uuid4().hex


def current():
    """Id of the present request; empty outside of one."""
    return _current.get()


def begin(value):
    """Set the id of the present request; gives what `end` takes."""
    return _current.set(value)


def end(token):
    """Forget the id that `begin` set."""
    _current.reset(token)
