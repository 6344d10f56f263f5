"""The border to astropy and to foreign bytes: what cannot be read becomes one error.

Every module that opens a FITS file passes through here.
"""

import os
import stat
import threading
import warnings
from contextlib import contextmanager

LARGEST = 2 * 1024**3
"""Bytes; no STIX product comes near, and a file is read at once."""

_WARNINGS = threading.RLock()  # catching them changes the whole process, not one thread


class FitsFileError(ValueError):
    """A file that cannot be read as a STIX FITS file; the text says why."""


def read_bytes(path):
    """All bytes of a regular file that begins as FITS does.

    Raises
    ------
    FitsFileError
        If the file is gone, a link, no regular file, too large, or not FITS.
    """
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise FitsFileError(f"{path.name}: not a regular file")
            if state.st_size > LARGEST:
                raise FitsFileError(
                    f"{path.name}: {state.st_size} bytes, at most {LARGEST} are taken in"
                )
            content = stream.read()
    except OSError as error:
        raise FitsFileError(f"{path.name}: cannot be read ({error.strerror or error})") from error
    if not content:
        raise FitsFileError(f"{path.name}: the file is empty (zero bytes)")
    if not content.startswith(b"SIMPLE  ="):
        kind = "compressed with gzip: unpack it first" if content[:2] == b"\x1f\x8b" else "not FITS"
        raise FitsFileError(f"{path.name}: {kind}; it begins with {content[:12]!r}")
    return content


@contextmanager
def foreign(name, warned):
    """Border to astropy: on damaged bytes it may raise anything, and it warns of trifles."""
    with _WARNINGS, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except FitsFileError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise FitsFileError(
                f"{name}: cannot be read as FITS ({type(error).__name__}: {reason})"
            ) from error
        finally:
            texts = (" ".join(str(entry.message).split()) for entry in caught)
            warned.extend(text[:300] for text in texts if text[:300] not in warned)
