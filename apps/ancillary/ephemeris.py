"""Where Solar Orbiter is, seen from the Sun and from Earth, as arrays over instants."""

from dataclasses import dataclass

import numpy as np

from apps.ancillary import frames
from apps.ancillary.constants import ARCSEC, AU_KM, LIGHT_KM_S, SUN_RADIUS_KM


@dataclass(frozen=True)
class Ephemeris:
    """Geometry of Sun, Earth and Solar Orbiter; all geometric, without aberration.

    Attributes
    ----------
    time_ms : ndarray of int64, shape (n,)
        UTC, ms since 1970; Solar Orbiter, Earth and Sun are taken at this same instant.
    sun_distance_au, earth_distance_au, earth_sun_distance_au : ndarray, shape (n,)
        Solar Orbiter to the Sun, Solar Orbiter to Earth, Earth to the Sun.
    light_time_difference_s : ndarray, shape (n,)
        Sun to Earth minus Sun to Solar Orbiter; positive: Earth sees it later.
    light_time_to_earth_s, light_time_from_sun_s : ndarray, shape (n,)
        Solar Orbiter to Earth, Sun to Solar Orbiter: distance over speed of light.
    earth_sun_spacecraft_angle_deg : ndarray, shape (n,)
        Angle at the Sun between Earth and Solar Orbiter, 0 to 180.
    apparent_solar_radius_arcsec : ndarray, shape (n,)
        arcsin(solar radius / distance), as RSUN_ARC of the FITS headers.
    stonyhurst_longitude_deg, stonyhurst_latitude_deg : ndarray, shape (n,)
        In SOLO_HEEQ; longitude -180 to 180, west positive.
    carrington_longitude_deg : ndarray, shape (n,)
        0 to 360, for an observer at Earth; see `frames.carrington_deg`.
    elevation_deg : ndarray, shape (n,)
        Latitude above the plane of SOLO_HEE_NASA, arcsin(z / r).
    hee_km, hee_j2000_km, hci_km : ndarray, shape (n, 3)
        Solar Orbiter in SOLO_HEE_NASA, SOLO_HEE and SOLO_HCI.
    radial_velocity_km_s : ndarray, shape (n,)
        Along the line from the Sun, positive outward.
    speed_hee_km_s, speed_inertial_km_s : ndarray, shape (n,)
        About the Sun in the turning frame SOLO_HEE_NASA, and in an inertial one.
    """

    time_ms: np.ndarray
    sun_distance_au: np.ndarray
    earth_distance_au: np.ndarray
    earth_sun_distance_au: np.ndarray
    light_time_difference_s: np.ndarray
    light_time_to_earth_s: np.ndarray
    light_time_from_sun_s: np.ndarray
    earth_sun_spacecraft_angle_deg: np.ndarray
    apparent_solar_radius_arcsec: np.ndarray
    stonyhurst_longitude_deg: np.ndarray
    stonyhurst_latitude_deg: np.ndarray
    carrington_longitude_deg: np.ndarray
    elevation_deg: np.ndarray
    hee_km: np.ndarray
    hee_j2000_km: np.ndarray
    hci_km: np.ndarray
    radial_velocity_km_s: np.ndarray
    speed_hee_km_s: np.ndarray
    speed_inertial_km_s: np.ndarray


def ephemeris(time_ms, et, spacecraft, earth):
    """Everything about given states.

    Parameters
    ----------
    time_ms : ndarray, shape (n,)
        Carried along.
    et : ndarray, shape (n,)
        The same instants as ET in s.
    spacecraft, earth : ndarray, shape (n, 6)
        States about the Sun, J2000, km and km/s.

    Returns
    -------
    Ephemeris
    """
    position, velocity = spacecraft[:, :3], spacecraft[:, 3:]
    planet, planet_velocity = earth[:, :3], earth[:, 3:]
    distance, earth_sun = frames.length(position), frames.length(planet)
    earth_distance = frames.length(position - planet)
    longitude, latitude, _ = frames.sphere(frames.rotate(frames.heeq(planet), position))
    north = frames.ecliptic_north_of_date(et)
    axes = frames.toward(planet, north)
    hee_km = frames.rotate(axes, position)
    turning = frames.turning(axes, planet, planet_velocity, north)
    hee_velocity = frames.rotate(axes, velocity) + frames.rotate(turning, position)
    return Ephemeris(
        time_ms=time_ms,
        sun_distance_au=distance / AU_KM,
        earth_distance_au=earth_distance / AU_KM,
        earth_sun_distance_au=earth_sun / AU_KM,
        light_time_difference_s=(earth_sun - distance) / LIGHT_KM_S,
        light_time_to_earth_s=earth_distance / LIGHT_KM_S,
        light_time_from_sun_s=distance / LIGHT_KM_S,
        earth_sun_spacecraft_angle_deg=frames.angle_deg(position, planet),
        apparent_solar_radius_arcsec=np.arcsin(SUN_RADIUS_KM / distance) * ARCSEC,
        stonyhurst_longitude_deg=longitude,
        stonyhurst_latitude_deg=latitude,
        carrington_longitude_deg=frames.carrington_deg(position, planet, et),
        elevation_deg=np.degrees(np.arcsin(hee_km[:, 2] / distance)),
        hee_km=hee_km,
        hee_j2000_km=frames.rotate(frames.hee(planet), position),
        hci_km=frames.rotate(frames.hci(), position),
        radial_velocity_km_s=frames.dot(position, velocity) / distance,
        speed_hee_km_s=frames.length(hee_velocity),
        speed_inertial_km_s=frames.length(velocity),
    )
