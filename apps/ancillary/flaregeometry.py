"""A point of the solar surface as Earth and Solar Orbiter see it: light times and angles."""

from dataclasses import dataclass

import numpy as np

from apps.ancillary import frames
from apps.ancillary.constants import ARCSEC, AU_KM, LIGHT_KM_S, SUN_RADIUS_KM

OBSERVERS = ("earth", "stix")


class OffDisc(ValueError):
    """Coordinates at which the observer does not see the Sun; `field` names the input."""

    field = "x"


@dataclass(frozen=True)
class FlareGeometry:
    """One point on the Sun at one instant; both observers at that same instant.

    Attributes
    ----------
    time_ms : int
        UTC, ms since 1970.
    observer : str
        "earth" or "stix": whose coordinates `x_arcsec`, `y_arcsec` (helioprojective) are.
    flare_to_earth_s, flare_to_solo_s : float
        Light times from the point.
    light_time_difference_s : float
        The first minus the second; positive: Earth sees the flare later.
    sun_to_earth_s, sun_to_solo_s, sun_centre_difference_s : float
        The same for the centre of the Sun.
    flare_to_solo_au : float
        Distance of the point to Solar Orbiter.
    earth_flare_solo_deg : float
        Angle at the point between Earth and Solar Orbiter.
    normal_to_earth_deg, normal_to_solo_deg : float
        Angle between the vertical at the point and the line to the observer; more than 90: the
        point is behind the limb.
    stonyhurst_longitude_deg, stonyhurst_latitude_deg : float
        Of the point.
    flare_hee_km, earth_hee_km, solo_hee_km : ndarray, shape (3,)
        In SOLO_HEE_NASA.
    seen_from_earth_arcsec, seen_from_solo_arcsec : ndarray, shape (2,)
        Helioprojective x, y of the point for both; also where it is behind the limb.
    """

    time_ms: int
    observer: str
    x_arcsec: float
    y_arcsec: float
    flare_to_earth_s: float
    flare_to_solo_s: float
    light_time_difference_s: float
    sun_to_earth_s: float
    sun_to_solo_s: float
    sun_centre_difference_s: float
    flare_to_solo_au: float
    earth_flare_solo_deg: float
    normal_to_earth_deg: float
    normal_to_solo_deg: float
    stonyhurst_longitude_deg: float
    stonyhurst_latitude_deg: float
    flare_hee_km: np.ndarray
    earth_hee_km: np.ndarray
    solo_hee_km: np.ndarray
    seen_from_earth_arcsec: np.ndarray
    seen_from_solo_arcsec: np.ndarray

    @property
    def visible_from_earth(self):
        """Whether the point is on Earth's side of the Sun."""
        return self.normal_to_earth_deg <= 90

    @property
    def visible_from_solo(self):
        """Whether the point is on Solar Orbiter's side of the Sun."""
        return self.normal_to_solo_deg <= 90


def flare_geometry(time_ms, et, x_arcsec, y_arcsec, observer, spacecraft, earth):
    """Light times and angles of a point that an observer sees on the solar disc.

    Parameters
    ----------
    time_ms : int
        Carried along.
    et : float
        The same instant as ET in s.
    x_arcsec, y_arcsec : float
        Helioprojective coordinates: x west, y north, from the centre of the disc.
    observer : str
        "earth" or "stix".
    spacecraft, earth : ndarray, shape (3,)
        Positions about the Sun, J2000, km.

    Returns
    -------
    FlareGeometry

    Raises
    ------
    ValueError
        If the observer is unknown.
    OffDisc
        If the line of sight misses the Sun, or a coordinate is no number.
    """
    if observer not in OBSERVERS:
        raise ValueError(f"observer {observer!r} is unknown; expected earth or stix")
    flare = on_sphere(earth if observer == "earth" else spacecraft, x_arcsec, y_arcsec, observer)
    to_earth, to_solo = earth - flare, spacecraft - flare
    legs = frames.length(np.stack([to_earth, to_solo, earth, spacecraft])) / LIGHT_KM_S
    longitude, latitude, _ = frames.sphere(frames.rotate(frames.heeq(earth), flare))
    hee = frames.rotate(frames.hee(earth, et), np.stack([flare, earth, spacecraft]))
    return FlareGeometry(
        time_ms=time_ms,
        observer=observer,
        x_arcsec=float(x_arcsec),
        y_arcsec=float(y_arcsec),
        flare_to_earth_s=float(legs[0]),
        flare_to_solo_s=float(legs[1]),
        light_time_difference_s=float(legs[0] - legs[1]),
        sun_to_earth_s=float(legs[2]),
        sun_to_solo_s=float(legs[3]),
        sun_centre_difference_s=float(legs[2] - legs[3]),
        flare_to_solo_au=float(legs[1] * LIGHT_KM_S / AU_KM),
        earth_flare_solo_deg=float(frames.angle_deg(to_earth, to_solo)),
        normal_to_earth_deg=float(frames.angle_deg(flare, to_earth)),
        normal_to_solo_deg=float(frames.angle_deg(flare, to_solo)),
        stonyhurst_longitude_deg=float(longitude),
        stonyhurst_latitude_deg=float(latitude),
        flare_hee_km=hee[0],
        earth_hee_km=hee[1],
        solo_hee_km=hee[2],
        seen_from_earth_arcsec=np.array(seen_from(earth, flare)),
        seen_from_solo_arcsec=np.array(seen_from(spacecraft, flare)),
    )


def on_sphere(observer_km, x_arcsec, y_arcsec, name="earth"):
    """The point of the solar sphere, about the Sun in J2000 (km), at helioprojective x, y.

    Source: Thompson 2006, A&A 449, 791, Sect. 4.1 (helioprojective longitude and latitude).
    """
    distance = frames.length(observer_km)
    radius_arcsec = np.arcsin(SUN_RADIUS_KM / distance) * ARCSEC
    if not abs(x_arcsec) + abs(y_arcsec) < 90 * 3600:  # NaN and infinity too
        raise OffDisc(_missed(x_arcsec, y_arcsec, name, radius_arcsec))
    x, y = np.asarray([x_arcsec, y_arcsec]) / ARCSEC
    inward = -observer_km / distance
    west = frames.unit(frames.cross(inward, frames.SOLAR_NORTH))
    north = frames.cross(west, inward)
    sight = np.cos(y) * (np.cos(x) * inward + np.sin(x) * west) + np.sin(y) * north
    nearest = distance * frames.dot(inward, sight)
    inside = SUN_RADIUS_KM**2 - distance**2 + nearest**2
    if inside < 0:
        raise OffDisc(_missed(x_arcsec, y_arcsec, name, radius_arcsec))
    return observer_km + (nearest - np.sqrt(inside)) * sight


def seen_from(observer_km, point_km):
    """Helioprojective x, y in arcsec at which an observer sees a point: inverse of `on_sphere`."""
    line = point_km - observer_km
    inward = -observer_km / frames.length(observer_km)
    west = frames.unit(frames.cross(inward, frames.SOLAR_NORTH))
    axes = np.stack([inward, west, frames.cross(west, inward)])
    longitude, latitude, _ = frames.sphere(frames.rotate(axes, line))
    return longitude * 3600, latitude * 3600


def _missed(x, y, observer, radius):
    who = "Earth" if observer == "earth" else "Solar Orbiter"
    return (
        f"x {x:g}, y {y:g} arcsec is not on the solar disc seen from {who}; "
        f"its radius at that time is {radius:.1f} arcsec"
    )
