"""Heliocentric frames as rotation matrices, for arrays of instants.

A matrix has the axes of the frame as its rows, in J2000 (ICRF) components, so that
``rotate(matrix, v)`` takes a J2000 vector into the frame and ``unrotate`` takes it back. All
positions are geometric: no light time, no aberration. Names are those of the Solar Orbiter frame
kernel.

========================  =====================================================================
SOLO_HCI                  inertial; Z solar north, X ascending node of the solar equator on the
                          ecliptic of J2000
SOLO_HEEQ                 Z solar north, X in the meridian of Earth (Stonyhurst)
SOLO_HEE_NASA             X to Earth, Z near the north of the mean ecliptic of date
SOLO_HEE                  the same with the mean ecliptic of J2000
SOLO_SUN_RTN              X from the Sun to Solar Orbiter, Z toward solar north, Y = Z x X
IAU_SUN                   turns with the Sun: Carrington
========================  =====================================================================

Source: Fränz & Harper 2002, Planet. Space Sci. 50, 217, Sect. 3; pole and rotation of the Sun:
IAU WGCCRE 2009, Archinal et al. 2011, Celest. Mech. Dyn. Astr. 109, 101.
"""

import numpy as np

from apps.ancillary.constants import DAY_S, LIGHT_KM_S, SUN_RADIUS_KM

_POLE_RA, _POLE_DEC = np.radians([286.13, 63.87])
_MERIDIAN_DEG, _MERIDIAN_DEG_DAY = 84.176, 14.1844
_OBLIQUITY = np.radians(84381.448 / 3600)

SOLAR_NORTH = np.array(
    [
        np.cos(_POLE_DEC) * np.cos(_POLE_RA),
        np.cos(_POLE_DEC) * np.sin(_POLE_RA),
        np.sin(_POLE_DEC),
    ]
)
"""Pole of the solar equator, a unit vector in J2000."""

ECLIPTIC_NORTH = np.array([0.0, -np.sin(_OBLIQUITY), np.cos(_OBLIQUITY)])
"""Pole of the mean ecliptic of J2000, a unit vector in J2000."""

_ECLIPTIC_OF_J2000 = np.array([[1, 0, 0], np.cross(ECLIPTIC_NORTH, [1, 0, 0]), ECLIPTIC_NORTH])


def rotate(matrices, vectors):
    """Vectors of J2000 in the frame of the matrices; shapes (..., 3, 3) and (..., 3)."""
    return np.einsum("...ij,...j->...i", matrices, vectors)


def unrotate(matrices, vectors):
    """Vectors of the frame of the matrices in J2000: the inverse of `rotate`."""
    return np.einsum("...ji,...j->...i", matrices, vectors)


def unit(vectors):
    """Vectors of shape (..., 3) with length one."""
    return vectors / length(vectors)[..., None]


def length(vectors):
    """Lengths of vectors of shape (..., 3)."""
    return np.sqrt(dot(vectors, vectors))


def dot(a, b):
    """Scalar products of vectors of shape (..., 3)."""
    return np.einsum("...i,...i->...", a, b)


def cross(a, b):
    """Vector products of vectors of shape (..., 3); several times faster than `numpy.cross`."""
    product = np.empty(np.broadcast_shapes(a.shape, b.shape))
    for axis, (second, third) in enumerate(((1, 2), (2, 0), (0, 1))):
        product[..., axis] = a[..., second] * b[..., third] - a[..., third] * b[..., second]
    return product


def angle_deg(a, b):
    """Angle between vectors of shape (..., 3), 0 to 180 deg, exact at both ends."""
    return np.degrees(np.arctan2(length(cross(a, b)), dot(a, b)))


def sphere(vectors):
    """Longitude (-180 to 180 deg), latitude (deg) and radius of vectors of shape (..., 3)."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y))), length(vectors)


def from_sphere(longitude_deg, latitude_deg, radius):
    """Vectors of shape (..., 3) from longitude, latitude (deg) and radius."""
    longitude, latitude = np.radians(longitude_deg), np.radians(latitude_deg)
    flat = np.cos(latitude)
    axes = flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)
    return np.stack(np.broadcast_arrays(*axes), axis=-1) * np.asarray(radius)[..., None]


def hci():
    """Axes of SOLO_HCI, shape (3, 3)."""
    return about_north(cross(ECLIPTIC_NORTH, SOLAR_NORTH))


def heeq(earth):
    """Axes of SOLO_HEEQ for positions of Earth about the Sun (n, 3); shape (n, 3, 3)."""
    return about_north(earth)


def hee(earth, et=None):
    """Axes of SOLO_HEE_NASA (`et` given, s) or SOLO_HEE for positions of Earth (n, 3)."""
    return toward(earth, ECLIPTIC_NORTH if et is None else ecliptic_north_of_date(et))


def rtn(spacecraft):
    """Axes of SOLO_SUN_RTN for positions of Solar Orbiter about the Sun (n, 3)."""
    return toward(spacecraft, SOLAR_NORTH)


def about_north(direction):
    """Axes with Z exactly solar north and X as near to a direction as can be."""
    y = unit(cross(SOLAR_NORTH, direction))
    x = cross(y, SOLAR_NORTH)
    return np.stack([x, y, np.broadcast_to(SOLAR_NORTH, x.shape)], axis=-2)


def toward(direction, north):
    """Axes with X exactly along a direction and Z as near to `north` as can be."""
    x = unit(direction)
    y = unit(cross(north, x))
    return np.stack([x, y, cross(x, y)], axis=-2)


def turning(axes, direction, rate, north):
    """How fast the axes of `toward` change.

    Parameters
    ----------
    axes : ndarray, shape (n, 3, 3)
        ``toward(direction, north)``.
    direction, rate : ndarray, shape (n, 3)
        Where X points, in km, and its change in km/s.
    north : ndarray, shape (n, 3)
        Taken as fixed: the ecliptic of date turns so slowly that it is 3e-7 km/s at 1 au.

    Returns
    -------
    ndarray, shape (n, 3, 3)
        Rows in 1/s. A velocity v at r, in the turning frame, is
        ``rotate(axes, v) + rotate(turning, r)``.
    """
    x, y = axes[..., 0, :], axes[..., 1, :]
    x_rate = (rate - x * dot(x, rate)[..., None]) / length(direction)[..., None]
    across = cross(north, x_rate)
    y_rate = (across - y * dot(y, across)[..., None]) / length(cross(north, x))[..., None]
    return np.stack([x_rate, y_rate, cross(x_rate, y) + cross(x, y_rate)], axis=-2)


def ecliptic_north_of_date(et):
    """Pole of the mean ecliptic of date, unit vectors (n, 3) in J2000; `et` in s.

    Source: Lieske et al. 1977, A&A 58, 1, Table 5 (angles pi_A and Pi_A from J2000).
    """
    century = np.asarray(et) / DAY_S / 36525
    tilt = np.radians((47.0029 + (-0.03302 + 0.00006 * century) * century) * century / 3600)
    node = np.radians((629554.982 + (-869.8089 + 0.03536 * century) * century) / 3600)
    pole = np.stack(
        [np.sin(tilt) * np.sin(node), -np.sin(tilt) * np.cos(node), np.cos(tilt)], axis=-1
    )
    return unrotate(_ECLIPTIC_OF_J2000, pole)


def carrington_deg(position, earth, et):
    """Carrington longitude of positions about the Sun, 0 to 360 deg.

    The convention is that of sunpy for an observer at Earth: the Sun as it is seen, that is,
    turned as it was when the light left the point of its surface nearest to Earth. The purely
    geometric longitude of the frame IAU_SUN is 0.083 deg smaller.

    Parameters
    ----------
    position, earth : ndarray, shape (n, 3)
        About the Sun, J2000, km.
    et : ndarray, shape (n,)
        ET in s.
    """
    node = np.array([-np.sin(_POLE_RA), np.cos(_POLE_RA), 0.0])
    across = cross(SOLAR_NORTH, node)
    longitude = np.degrees(np.arctan2(dot(position, across), dot(position, node)))
    seen = et - (length(earth) - SUN_RADIUS_KM) / LIGHT_KM_S
    return (longitude - _MERIDIAN_DEG - _MERIDIAN_DEG_DAY * seen / DAY_S) % 360
