"""UTC to ephemeris time and back, for whole arrays and without CSPICE.

Ephemeris time (ET) is TDB in seconds since 2000-01-01T12:00:00 TDB. UTC is given, as everywhere
in the portal, in milliseconds since 1970 without leap seconds.
"""

import numpy as np

LEAP_SECONDS = (
    (915_148_800_000, 32.0),
    (1_136_073_600_000, 33.0),
    (1_230_768_000_000, 34.0),
    (1_341_100_800_000, 35.0),
    (1_435_708_800_000, 36.0),
    (1_483_228_800_000, 37.0),
)
"""From when (ms since 1970 UTC) how many seconds TAI is ahead of UTC; 1999 to today (IERS)."""

_J2000_UNIX_S = 946_728_000.0
_TT_TAI_S = 32.184
_ANOMALY_RAD = 6.239996
_ANOMALY_RAD_S = 1.99096871e-7
_ECCENTRICITY = 1.671e-2
_AMPLITUDE_S = 1.657e-3


def et_of_ms(time_ms, leap_seconds=LEAP_SECONDS):
    """Ephemeris time of UTC.

    Parameters
    ----------
    time_ms : array_like, shape (n,)
        Milliseconds since 1970 UTC; fractions are kept.
    leap_seconds : sequence of (ms, s)
        From when how many seconds TAI is ahead, in order of time. Before the first: as there.

    Returns
    -------
    ndarray, shape (n,), float64
        ET in s. Agrees with CSPICE to 1.2e-7 s.

    Notes
    -----
    Source: NAIF, Time Required Reading, "the difference between TDT and TDB"; constants of the
    leap-seconds kernel naif0012.
    """
    time_ms = np.asarray(time_ms)
    tt = time_ms / 1e3 - _J2000_UNIX_S + _ahead(time_ms, leap_seconds) + _TT_TAI_S
    return tt + _periodic(tt)


def ms_of_et(et, leap_seconds=LEAP_SECONDS):
    """UTC of ephemeris time: the inverse of `et_of_ms`.

    Parameters
    ----------
    et : array_like, shape (n,)
        ET in s.

    Returns
    -------
    ndarray, shape (n,), float64
        Milliseconds since 1970 UTC. Within a leap second the second before it is repeated.
    """
    et = np.asarray(et, dtype=float)
    tai_ms = (et - _periodic(et) - _TT_TAI_S + _J2000_UNIX_S) * 1e3
    guess = tai_ms - _ahead(tai_ms, leap_seconds) * 1e3
    return tai_ms - _ahead(guess, leap_seconds) * 1e3


def _ahead(time_ms, leap_seconds):
    starts, seconds = np.array(leap_seconds).T
    return seconds[np.maximum(np.searchsorted(starts, time_ms, side="right") - 1, 0)]


def _periodic(tt):
    anomaly = _ANOMALY_RAD + _ANOMALY_RAD_S * tt
    return _AMPLITUDE_S * np.sin(anomaly + _ECCENTRICITY * np.sin(anomaly))
