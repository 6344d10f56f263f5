"""Where the simulated spacecraft is: a Kepler ellipse like that of 2022, not the real orbit."""

import math

from apps.core.timeaxis import from_ms, iso

AU_M = 149_597_870_700.0
LIGHT_S_PER_AU = 499.004784
PERIHELION_MS = 1_648_310_400_000
"""2022-03-26T16:00 UTC."""
SEMI_MAJOR_AU = 0.645
ECCENTRICITY = 0.5
PERIOD_S = SEMI_MAJOR_AU**1.5 * 365.25636 * 86_400
RADIUS_ARCSEC_AU = 959.63
_GRAVITY_AU3_S2 = 4 * math.pi**2 * SEMI_MAJOR_AU**3 / PERIOD_S**2


def anomaly(time_ms):
    """Eccentric anomaly in radians, by Newton's iteration of Kepler's equation."""
    mean = 2 * math.pi * ((time_ms - PERIHELION_MS) / 1e3 % PERIOD_S) / PERIOD_S
    angle = mean
    for _ in range(30):
        angle -= (angle - ECCENTRICITY * math.sin(angle) - mean) / (
            1 - ECCENTRICITY * math.cos(angle)
        )
    return angle


def distance_au(time_ms):
    """Distance from the Sun in au."""
    return SEMI_MAJOR_AU * (1 - ECCENTRICITY * math.cos(anomaly(time_ms)))


def on_board_offset_s(time_ms):
    """UTC - (2000-01-01 + on-board time) in s: a line through 12.33 s (2020-05) and 129.9 s."""
    return 12.33 + (129.9 - 12.33) * (time_ms - 1_588_723_200_000) / 69_897_600_000


def cards(time_ms, start_ms):
    """Ephemeris cards of a file.

    Parameters
    ----------
    time_ms : int
        The file's middle, for the positions and delays.
    start_ms : int
        Its start, for DATE_EAR and DATE_SUN.

    Returns
    -------
    dict
        Keyword to (value, comment).
    """
    angle, distance = anomaly(time_ms), distance_au(time_ms)
    true = 2 * math.atan2(
        math.sqrt(1 + ECCENTRICITY) * math.sin(angle / 2),
        math.sqrt(1 - ECCENTRICITY) * math.cos(angle / 2),
    )
    earth = 2 * math.pi * ((time_ms - PERIHELION_MS) / 1e3) / (365.25636 * 86_400)
    longitude = math.remainder(true - earth + 1.3, 2 * math.pi)
    speed = math.sqrt(_GRAVITY_AU3_S2 / (SEMI_MAJOR_AU * (1 - ECCENTRICITY**2)))
    metres = distance * AU_M
    delay, light_time = (1 - distance) * LIGHT_S_PER_AU, distance * LIGHT_S_PER_AU
    return {
        "SPICE_MK": ("none", "SPICE meta kernel file"),
        "RSUN_ARC": (RADIUS_ARCSEC_AU / distance, "[arcsec] Apparent photospheric solar radius"),
        "HGLT_OBS": (0.0, "[deg] s/c heliographic latitude (B0 angle)"),
        "HGLN_OBS": (math.degrees(longitude), "[deg] s/c heliographic longitude"),
        "DSUN_OBS": (metres, "[m] s/c distance from Sun"),
        "HEEX_OBS": (metres * math.cos(longitude), "[m] s/c Heliocentric Earth Ecliptic X"),
        "HEEY_OBS": (metres * math.sin(longitude), "[m] s/c Heliocentric Earth Ecliptic Y"),
        "HEEZ_OBS": (0.0, "[m] s/c Heliocentric Earth Ecliptic Z"),
        "OBS_VR": (speed * ECCENTRICITY * math.sin(true) * AU_M, "[m/s] Radial velocity"),
        "EAR_TDEL": (delay, "[s] Time(Sun to Earth) - Time(Sun to S/C)"),
        "SUN_TIME": (light_time, "[s] Time(Sun to s/c)"),
        "DATE_EAR": (_instant(start_ms + delay * 1e3), "Start of observation, corrected to Earth"),
        "DATE_SUN": (_instant(start_ms - light_time * 1e3), "Start of observation, at the Sun"),
    }


def _instant(time_ms):
    return iso(from_ms(round(time_ms)), digits=3).rstrip("Z")
