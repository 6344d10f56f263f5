"""Answers as dictionaries for JSON, with the keys that clients of the STIX data centre know.

A good answer has no key `error`; what cannot be answered raises a ValueError whose text tells why.
Each answer carries ``mk``, ``kernels``, ``approximate`` and ``validity`` of the kernel set. Numbers
are finite; lists have one entry for each instant.
"""

import numpy as np

from apps.ancillary.attitude import CK
from apps.ancillary.constants import ARCSEC, AU_KM, SUN_RADIUS_KM
from apps.ancillary.geometry import Uncovered
from apps.core.timeaxis import from_ms, iso

MOST_STEPS = 20_000
"""Instants that one question may ask for."""

LONGEST_STEP_MS = 43_200_000
"""The orbit is sampled at least twice a day, however few steps are asked for."""

_QUANTITIES = {
    "x": ("minus the x of Solar Orbiter in SOLO_HEE_NASA: Earth is near (-1, 0, 0)", "au"),
    "y": ("minus the y of Solar Orbiter in SOLO_HEE_NASA", "au"),
    "z": ("minus the z of Solar Orbiter in SOLO_HEE_NASA", "au"),
    "utc": ("time at Solar Orbiter", "UTC"),
    "solo_hee": ("Solar Orbiter in SOLO_HEE_NASA: heliocentric Earth ecliptic of date", "km"),
    "sun_solo_r": ("distance of Solar Orbiter to the Sun", "au"),
    "earth_solo_r": ("distance of Solar Orbiter to Earth", "au"),
    "speed": ("speed about the Sun in the frame SOLO_HEE_NASA, which turns with Earth", "km/s"),
    "owlt": ("light time between Solar Orbiter and Earth", "s"),
    "light_time_diff": ("light time Sun to Earth minus Sun to Solar Orbiter", "s"),
    "earth_sun_solo_angle": ("angle at the Sun between Earth and Solar Orbiter", "deg"),
    "sun_angular_diameter": ("2 arctan(solar radius / distance)", "arcmin"),
    "elevation": ("latitude above the plane of SOLO_HEE_NASA, arcsin(z / r)", "deg"),
}
_FIELD_QUANTITIES = {
    "sun_center": ("centre of the Sun, x along +Y and y along +Z of SOLO_STIX_ILS", "arcsec"),
    "limb": ("solar limb", "arcsec"),
    "nsew": ("solar north, south, east and west on the limb", "arcsec"),
    "fov": ("field of view of STIX", "arcsec"),
    "roll": ("of SOLO_STIX_ILS against SOLO_SUN_RTN", "deg"),
    "pitch": ("of SOLO_STIX_ILS against SOLO_SUN_RTN", "deg"),
    "yaw": ("of SOLO_STIX_ILS against SOLO_SUN_RTN", "deg"),
    "rsun": ("solar radius", "m"),
    "rsun_arcsec": ("arctan(solar radius / distance)", "arcsec"),
    "rsun_deg": ("arctan(solar radius / distance)", "deg"),
    "solo_sun_r": ("distance of Solar Orbiter to the Sun", "m"),
    "solo_sun_light_times": ("light time between Sun and Solar Orbiter", "s"),
    "solo_hee": ("Solar Orbiter in SOLO_HEE_NASA", "km"),
    "sun_angular_diameter": ("2 arctan(solar radius / distance)", "arcmin"),
    "cmat": ("matrix that takes vectors from ref_frame to frame", ""),
    "cmat_inv": ("its inverse", ""),
    "source": ("CK: attitude kernel; nominal: assumed, not measured; aspect: aspect product", ""),
}


def instants(start_ms, stop_ms, steps, longest_step_ms=None):
    """Instants from start to stop, both included, at equal steps; ms since 1970 UTC.

    Parameters
    ----------
    start_ms, stop_ms : int
    steps : int
        How many; one gives the start alone.
    longest_step_ms : int, optional
        More instants are given where the steps would be longer.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If stop is before start, or steps is not from 1 to `MOST_STEPS`.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"steps {steps} is not from 1 to {MOST_STEPS}; give a number between")
    if stop_ms < start_ms:
        start, stop = (iso(from_ms(ms)) for ms in (start_ms, stop_ms))
        raise ValueError(f"stop {stop} is before start {start}; give a later stop")
    if longest_step_ms:
        steps = min(max(int((stop_ms - start_ms) / longest_step_ms), steps), MOST_STEPS)
    return np.rint(np.linspace(start_ms, stop_ms, steps)).astype(np.int64)


def ephemeris(geometry, start_ms, stop_ms, steps=1):
    """Ephemeris of a range; `steps` is raised to one for each 12 h.

    Raises
    ------
    ValueError
        See `instants` and `Geometry.ephemeris`.
    """
    found = geometry.ephemeris(instants(start_ms, stop_ms, steps, LONGEST_STEP_MS))
    x, y, z = (-found.hee_km / AU_KM).T.tolist()
    return {
        "ref_frame": "SOLO_HEE_NASA",
        "observer": "Earth",
        "aunit": "deg",
        "lunit": "au",
        "vunit": "km/s",
        "tunit": "s",
        "utc": [iso(from_ms(ms)) for ms in found.time_ms.tolist()],
        "solo_hee": found.hee_km.tolist(),
        "x": x,
        "y": y,
        "z": z,
        "sun_solo_r": found.sun_distance_au.tolist(),
        "earth_solo_r": found.earth_distance_au.tolist(),
        "speed": found.speed_hee_km_s.tolist(),
        "owlt": found.light_time_to_earth_s.tolist(),
        "light_time_diff": found.light_time_difference_s.tolist(),
        "earth_sun_solo_angle": found.earth_sun_spacecraft_angle_deg.tolist(),
        "sun_angular_diameter": _diameter_arcmin(found.sun_distance_au * AU_KM).tolist(),
        "elevation": found.elevation_deg.tolist(),
        "remark": _remark(_QUANTITIES),
    } | geometry.provenance.record()


def attitude(
    geometry,
    start_ms,
    stop_ms,
    steps=1,
    frame="SOLO_SRF",
    reference="SOLO_SUN_RTN",
    *,
    flip_pitch=False,
):
    """Measured attitude of a range; instants without attitude kernel are left out.

    Parameters
    ----------
    flip_pitch : bool
        Give the pitch with the other sign, as the old data centre did.

    Raises
    ------
    Uncovered
        If no instant has a measured attitude.
    ValueError
        See `instants` and `Geometry.attitude`.
    """
    asked = instants(start_ms, stop_ms, steps)
    found = geometry.attitude(asked, frame, reference)
    if not found.time_ms.size:
        start, stop = (iso(from_ms(ms)) for ms in (start_ms, stop_ms))
        raise Uncovered(
            f"no measured attitude from {start} to {stop} ({geometry.provenance.label}); "
            "install attitude kernels (CK) of that time: manage.py kernels add PATH"
        )
    return {
        "unix_time": (found.time_ms / 1e3).tolist(),
        "roll": found.roll_deg.tolist(),
        "pitch": _pitch(found, flip_pitch).tolist(),
        "yaw": found.yaw_deg.tolist(),
        "frame1": frame,
        "ref_frame": reference,
        "units": "deg",
        "source": CK,
    } | geometry.provenance.record()


def field_of_view(geometry, time_ms, text=None, *, flip_pitch=False):
    """The Sun in the field of view of STIX at an instant.

    Parameters
    ----------
    text : str, optional
        The time as it was asked, to be echoed.
    flip_pitch : bool
        As for `attitude`.

    Raises
    ------
    ValueError
        See `Geometry.field_of_view`.
    """
    found = geometry.field_of_view(time_ms)
    matrix = found.attitude.matrices[0]
    light_time = geometry.ephemeris(time_ms).light_time_from_sun_s
    return {
        "time": text or iso(from_ms(found.time_ms)),
        "frame": found.attitude.frame,
        "ref_frame": found.attitude.reference,
        "source": str(found.attitude.source[0]),
        "fov": _columns(found.fov_arcsec),
        "sun_center": found.sun_centre_arcsec.tolist(),
        "limb": _columns(found.limb_arcsec),
        "nsew": found.nsew_arcsec.tolist(),
        "aunit": "arcsec",
        "sun_outside_stix_fov": found.sun_outside,
        "roll": float(found.attitude.roll_deg[0]),
        "pitch": float(_pitch(found.attitude, flip_pitch)[0]),
        "yaw": float(found.attitude.yaw_deg[0]),
        "rsun": SUN_RADIUS_KM * 1e3,
        "rsun_arcsec": found.solar_radius_arcsec,
        "rsun_deg": found.solar_radius_arcsec / 3600,
        "solo_sun_r": found.sun_distance_km * 1e3,
        "solo_sun_light_times": light_time.tolist(),
        "solo_hee": [found.solo_hee_km.tolist()],
        "sun_angular_diameter": float(_diameter_arcmin(found.sun_distance_km)),
        "lunit": "m",
        "cmat": matrix.tolist(),
        "cmat_inv": matrix.T.tolist(),
        "remark": _remark(_FIELD_QUANTITIES),
    } | geometry.provenance.record()


def flare(geometry, time_ms, x_arcsec, y_arcsec, observer="earth", text=None):
    """Light times (s) and angles (deg) of a point on the Sun.

    Parameters
    ----------
    text : str, optional
        The time as it was asked, to be echoed.

    Raises
    ------
    ValueError
        See `Geometry.flare`.
    """
    found = geometry.flare(time_ms, x_arcsec, y_arcsec, observer)
    return {
        "flare_utc": text or iso(from_ms(found.time_ms)),
        "observer": found.observer,
        "dt_flare": found.light_time_difference_s,
        "dt_sun_center": found.sun_centre_difference_s,
        "flare_earth_lt": found.flare_to_earth_s,
        "flare_solo_lt": found.flare_to_solo_s,
        "earth_sun_lt": found.sun_to_earth_s,
        "sun_solo_lt": found.sun_to_solo_s,
        "flare_solo_r": found.flare_to_solo_au,
        "earth_flare_solo_deg": found.earth_flare_solo_deg,
        "flare_norm_earth_deg": found.normal_to_earth_deg,
        "flare_norm_solo_deg": found.normal_to_solo_deg,
    } | geometry.provenance.record()


def _diameter_arcmin(distance_km):
    return 2 * np.arctan(SUN_RADIUS_KM / distance_km) * ARCSEC / 60


def _pitch(found, flip):
    return -found.pitch_deg if flip else found.pitch_deg


def _columns(points):
    x, y = points.T.tolist()
    return {"x": x, "y": y}


def _remark(quantities):
    return {
        name: {"description": description, "units": units}
        for name, (description, units) in quantities.items()
    }
