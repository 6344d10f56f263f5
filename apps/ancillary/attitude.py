"""How the spacecraft and STIX point: roll, pitch, yaw, and the Sun in the field of view.

A matrix of shape (3, 3) turns vectors of the reference frame into the instrument's frame. Its
angles are those of ``matrix = R1(roll) R2(pitch) R3(yaw)`` with the turns of SPICE (``m2eul`` with
axes 1, 2, 3): a positive angle turns the axes of the frame counter-clockwise about X, Y, Z.

SOLO_SRF is the spacecraft, +X to the Sun; SOLO_STIX_ILS is STIX, which is SOLO_SRF turned by
180 deg about Z, so that its axes lie along those of SOLO_SUN_RTN when nothing is off-pointed: -X to
the Sun, +Y west, +Z north. SOLO_SRF stands at a yaw of 180 deg against SOLO_SUN_RTN, where the
number jumps between -180 and 180: there, and only there, the yaw given is yaw - 180 deg.
"""

from dataclasses import dataclass

import numpy as np

from apps.ancillary.constants import ARCSEC, SUN_RADIUS_KM
from apps.ancillary.frames import rotate

FRAMES = ("SOLO_SRF", "SOLO_STIX_ILS")
HALF_TURN = np.diag([-1.0, -1.0, 1.0])
"""From SOLO_SRF to SOLO_STIX_ILS and back."""

CK, NOMINAL, ASPECT = "CK", "nominal", "aspect"
"""Where an attitude comes from: attitude kernel, assumed, aspect product."""

FIELD_ARCSEC = 3600.0
"""Half the side of the square field of view."""


@dataclass(frozen=True)
class Attitude:
    """Orientation at instants; those without one are left out.

    Attributes
    ----------
    time_ms : ndarray of int64, shape (n,)
        UTC, ms since 1970.
    roll_deg, pitch_deg, yaw_deg : ndarray, shape (n,)
        See the module; no sign is flipped.
    matrices : ndarray, shape (n, 3, 3)
        From the reference to the frame.
    source : ndarray of str, shape (n,)
        "CK", "nominal" or "aspect". A nominal one is assumed, never measured.
    frame, reference : str
    """

    time_ms: np.ndarray
    roll_deg: np.ndarray
    pitch_deg: np.ndarray
    yaw_deg: np.ndarray
    matrices: np.ndarray
    source: np.ndarray
    frame: str
    reference: str


def matrices_of(roll_deg, pitch_deg, yaw_deg):
    """Matrices R1(roll) R2(pitch) R3(yaw) of angles (n,); shape (n, 3, 3)."""
    roll, pitch, yaw = np.radians(np.broadcast_arrays(roll_deg, pitch_deg, yaw_deg))
    cr, sr, cp, sp, cy, sy = (f(a) for a in (roll, pitch, yaw) for f in (np.cos, np.sin))
    rows = [
        [cp * cy, cp * sy, -sp],
        [sr * sp * cy - cr * sy, sr * sp * sy + cr * cy, sr * cp],
        [cr * sp * cy + sr * sy, cr * sp * sy - sr * cy, cr * cp],
    ]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def angles_of(matrices):
    """Roll and yaw (-180 to 180) and pitch (-90 to 90) in deg: the inverse of `matrices_of`."""
    roll = np.arctan2(matrices[..., 1, 2], matrices[..., 2, 2])
    pitch = np.arctan2(-matrices[..., 0, 2], np.hypot(matrices[..., 0, 0], matrices[..., 0, 1]))
    yaw = np.arctan2(matrices[..., 0, 1], matrices[..., 0, 0])
    return np.degrees(roll), np.degrees(pitch), np.degrees(yaw)


def attitude(time_ms, matrices, source, frame, reference):
    """Attitude of matrices (n, 3, 3); `source` is one word, or one for each instant."""
    roll, pitch, yaw = angles_of(matrices)
    if (frame, reference) == ("SOLO_SRF", "SOLO_SUN_RTN"):
        yaw = (yaw % 360) - 180
    source = np.broadcast_to(np.asarray(source), np.shape(time_ms))
    return Attitude(np.asarray(time_ms), roll, pitch, yaw, matrices, source, frame, reference)


def nominal(frame):
    """The matrix from SOLO_SUN_RTN to a frame when the spacecraft points at the Sun's centre."""
    return HALF_TURN if frame == "SOLO_SRF" else np.eye(3)


@dataclass(frozen=True)
class FieldOfView:
    """The Sun in the field of view of STIX at one instant.

    Positions are arcsec in SOLO_STIX_ILS as one looks at the Sun: x along +Y (west when the roll is
    0), y along +Z (north).

    Attributes
    ----------
    time_ms : int
        UTC, ms since 1970.
    sun_centre_arcsec : ndarray, shape (2,)
    limb_arcsec : ndarray, shape (50, 2)
        Points of the limb, from the west over north, the last equal to the first.
    nsew_arcsec : ndarray, shape (4, 2)
        Solar north, south, east and west on the limb.
    fov_arcsec : ndarray, shape (5, 2)
        Corners of the field of view, closed.
    sun_outside : bool
        True if no part of the disc is in the field of view.
    solar_radius_arcsec : float
        Of the drawn limb, arctan(solar radius / distance); the apparent radius is larger by the
        cube of this angle over 2 (0.6 arcsec at 0.28 au).
    sun_distance_km : float
    solo_hee_km : ndarray, shape (3,)
        Solar Orbiter in SOLO_HEE_NASA.
    attitude : Attitude
        Of SOLO_STIX_ILS against SOLO_SUN_RTN, one instant; its source says what it rests on.
    """

    time_ms: int
    sun_centre_arcsec: np.ndarray
    limb_arcsec: np.ndarray
    nsew_arcsec: np.ndarray
    fov_arcsec: np.ndarray
    sun_outside: bool
    solar_radius_arcsec: float
    sun_distance_km: float
    solo_hee_km: np.ndarray
    attitude: Attitude


def field_of_view(attitude, sun_distance_km, solo_hee_km, sun_centre_arcsec=None):
    """The Sun in the field of view for the attitude of one instant.

    Parameters
    ----------
    attitude : Attitude
        Of one of `FRAMES` against SOLO_SUN_RTN, one instant.
    sun_distance_km : float
    solo_hee_km : ndarray, shape (3,)
        Carried along.
    sun_centre_arcsec : array_like, shape (2,), optional
        Where the centre of the Sun is, if it is known better than from the attitude.

    Returns
    -------
    FieldOfView
    """
    attitude = of_stix(attitude)
    matrix = attitude.matrices[0]
    turn = np.linspace(0, 2 * np.pi, 50)
    limb = _on_sun(matrix, sun_distance_km, np.cos(turn), np.sin(turn))
    nsew = _on_sun(matrix, sun_distance_km, [0, 0, -1, 1], [1, -1, 0, 0])
    centre = _on_sun(matrix, sun_distance_km, [0], [0])[0]
    if sun_centre_arcsec is not None:
        shift = np.asarray(sun_centre_arcsec) - centre
        limb, nsew, centre = limb + shift, nsew + shift, centre + shift
    radius = float(np.arctan(SUN_RADIUS_KM / sun_distance_km) * ARCSEC)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    return FieldOfView(
        time_ms=int(attitude.time_ms[0]),
        sun_centre_arcsec=centre,
        limb_arcsec=limb,
        nsew_arcsec=nsew,
        fov_arcsec=corners * FIELD_ARCSEC,
        sun_outside=bool(np.abs(centre).max() > FIELD_ARCSEC + radius),
        solar_radius_arcsec=radius,
        sun_distance_km=float(sun_distance_km),
        solo_hee_km=solo_hee_km,
        attitude=attitude,
    )


def of_stix(found):
    """The same attitude for the frame of STIX (SOLO_STIX_ILS)."""
    if found.frame == "SOLO_STIX_ILS":
        return found
    matrices = HALF_TURN @ found.matrices
    return attitude(found.time_ms, matrices, found.source, "SOLO_STIX_ILS", found.reference)


def _on_sun(matrix, distance, west, north):
    """Where points of the disc (in solar radii from its centre) are seen, (n, 2) in arcsec."""
    west, north = np.multiply(SUN_RADIUS_KM, [west, north])
    line = rotate(matrix, np.stack([np.full_like(west, -distance), west, north], axis=-1))
    return np.stack([np.arctan2(line[:, axis], -line[:, 0]) * ARCSEC for axis in (1, 2)], axis=-1)
