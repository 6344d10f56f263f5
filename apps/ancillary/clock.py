"""The spacecraft clock as text: ``partition/coarse:fine``, read and written without CSPICE."""

import math
import re

FINE = 1 << 16
"""Ticks of a second of the on-board clock: the fine part counts 1/65536 s."""

COARSE_END = 1 << 32
"""The coarse part has 32 bits."""

PARTITION = 1
"""The clock was never set back; all telemetry is of the first partition."""

_COUNTED = re.compile(r"(?:(\d{1,4})/)?(\d{1,10}):(\d{1,5})", re.ASCII)
_SECONDS = re.compile(r"(?:(\d{1,4})/)?(\d{1,10})(\.\d{0,12})?", re.ASCII)
_FORMS = "Write 1/0666582201:53026, 666582201:53026 (fine in 1/65536 s), or seconds as 714888282.4."


class ClockError(ValueError):
    """Text or a number that is no time of the on-board clock."""


def ticks_of(text):
    """Ticks of 1/65536 s of a time of the on-board clock.

    Parameters
    ----------
    text : str, int or float
        ``"1/0666582201:53026"``, ``"666582201:53026"`` (coarse and fine), or seconds with a
        fraction, ``"714888282.4"``, as FITS headers give them (OBT_BEG).

    Returns
    -------
    float
        Whole for the form with a colon; else with a part of a tick.

    Raises
    ------
    ClockError
        Naming the value and the forms that can be read.

    Notes
    -----
    Source: Solar Orbiter SCLK kernel, two fields with moduli 4294967296 and 65536.
    """
    given = str(text).strip()
    if counted := _COUNTED.fullmatch(given):
        partition, coarse, fine = counted.groups()
        if int(fine) >= FINE:
            raise ClockError(f"{given!r}: the fine part is {fine}, it counts from 0 to 65535")
        ticks = int(coarse) * FINE + int(fine)
    elif seconds := _SECONDS.fullmatch(given):
        partition, coarse, fraction = seconds.groups()
        ticks = int(coarse) * FINE + float(f"0{fraction or ''}") * FINE
    else:
        raise ClockError(f"{given[:40]!r} is no time of the on-board clock. {_FORMS}")
    if int(partition or PARTITION) != PARTITION:
        raise ClockError(f"{given!r}: there is only partition {PARTITION} of the clock")
    if ticks >= COARSE_END * FINE:
        raise ClockError(f"{given!r}: the coarse part ends at {COARSE_END - 1}")
    return float(ticks)


def text_of(ticks):
    """A time of the on-board clock as text, rounded to a tick.

    Examples
    --------
    >>> text_of(ticks_of("642038387:13107"))
    '1/0642038387:13107'
    """
    coarse, fine = divmod(math.floor(ticks + 0.5), FINE)
    return f"{PARTITION}/{coarse:010d}:{fine:05d}"
