"""Places in a list that is ordered by start and id: opaque texts that stay valid while it grows.

A page begins after the last row of the page before, not at a number of rows, so rows that come or
go elsewhere neither repeat a row nor skip one, and the millionth page costs what the first does.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct(">?qQ")
_LONGEST_ID = 2**63 - 1


class CursorError(ValueError):
    """A text that is no cursor of ours."""


@dataclass(frozen=True)
class Cursor:
    """The row that a page adjoins.

    Parameters
    ----------
    start : datetime
        Its start, UTC.
    id : int
        Its id, which tells rows of one start apart.
    back : bool
        Whether the page lies before the row rather than after it.
    """

    start: datetime
    id: int
    back: bool = False

    def text(self):
        """Write it for an address.

        Returns
        -------
        str
        """
        micros = (self.start - _EPOCH) // timedelta(microseconds=1)
        packed = _LAYOUT.pack(self.back, micros, self.id)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text):
        """Read what `text` wrote.

        Raises
        ------
        CursorError
            If it was not written by `text`.
        """
        try:
            packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            back, micros, key = _LAYOUT.unpack(packed)
            found = cls(_EPOCH + timedelta(microseconds=micros), key, back)
        except (UnicodeEncodeError, binascii.Error, struct.error, OverflowError) as error:
            raise CursorError("not written by this interface") from error
        if key > _LONGEST_ID or found.text() != text:
            raise CursorError("not written by this interface")
        return found
