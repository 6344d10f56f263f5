"""Pointing from the aspect product (`asp-ephemeris`): attitude, and where the Sun's centre is.

The product gives, every 64 s, the attitude of SOLO_STIX_ILS against SOLO_SUN_RTN as the spacecraft
knows it, and the Sun as the STIX aspect system sees it. The second is better where it is usable.
Offsets between them and the axis of the imager were found with flares seen by other instruments.

Source: Warmuth et al. 2020, Sol. Phys. 295, 90 (aspect system); offsets as in the public STIX
analysis software.
"""

from dataclasses import dataclass

import numpy as np

from apps.ancillary.attitude import ASPECT, Attitude, attitude, matrices_of

ASPECT_OFFSET_ARCSEC = (60.0, 8.0)
"""To be added to the pointing that the aspect system gives, x and y."""

SPACECRAFT_OFFSET_ARCSEC = (26.1, 58.2)
"""To be added to the pointing that the attitude of the spacecraft gives, x and y."""

AGREEMENT_ARCSEC = 200.0
"""The aspect system is believed only so near to the attitude of the spacecraft."""


@dataclass(frozen=True)
class AspectPointing:
    """What the aspect product says at its instants.

    Attributes
    ----------
    attitude : Attitude
        Of SOLO_STIX_ILS against SOLO_SUN_RTN, source "aspect"; instants without numbers left out.
    sun_centre_arcsec : ndarray, shape (n, 2)
        The Sun's centre in the field of view, as `attitude.FieldOfView` has it.
    measured : ndarray of bool, shape (n,)
        Where it comes from the aspect system; else it comes from the spacecraft's attitude.
    """

    attitude: Attitude
    sun_centre_arcsec: np.ndarray
    measured: np.ndarray


def pointing(time_ms, roll_pitch_yaw_deg, y_srf_arcsec, z_srf_arcsec, sas_ok):
    """Attitude and Sun centre from the columns of the aspect product.

    Parameters
    ----------
    time_ms : array_like, shape (n,)
        UTC, ms since 1970.
    roll_pitch_yaw_deg : array_like, shape (n, 3)
        Column ``roll_angle_rpy``.
    y_srf_arcsec, z_srf_arcsec : array_like, shape (n,)
        Columns ``y_srf`` and ``z_srf``: offset of the Sun along Y and Z of SOLO_SRF; NaN where the
        aspect system saw no Sun.
    sas_ok : array_like of bool, shape (n,)
        Column ``sas_ok``; False throughout for files that lack it.

    Returns
    -------
    AspectPointing
    """
    angles = np.asarray(roll_pitch_yaw_deg, dtype=float).reshape(-1, 3)
    known = np.isfinite(angles).all(axis=1)
    angles, time_ms = angles[known], np.asarray(time_ms)[known]
    seen = np.stack([y_srf_arcsec, np.negative(z_srf_arcsec)], axis=1)[known]
    seen = seen + ASPECT_OFFSET_ARCSEC
    assumed = _of_spacecraft(*angles.T) + SPACECRAFT_OFFSET_ARCSEC
    apart = np.hypot(*(seen - assumed).T)
    measured = np.asarray(sas_ok, dtype=bool)[known] & (apart <= AGREEMENT_ARCSEC)  # not of NaN
    found = attitude(time_ms, matrices_of(*angles.T), ASPECT, "SOLO_STIX_ILS", "SOLO_SUN_RTN")
    return AspectPointing(found, -np.where(measured[:, None], seen, assumed), measured)


def _of_spacecraft(roll_deg, pitch_deg, yaw_deg):
    """Where STIX points from the Sun's centre, (n, 2) in arcsec of the field of view."""
    roll, pitch, yaw = np.radians(roll_deg), pitch_deg * 3600, yaw_deg * 3600
    x = pitch * np.sin(roll) - yaw * np.cos(roll)
    y = pitch * np.cos(roll) + yaw * np.sin(roll)
    return np.stack([x, y], axis=1)
