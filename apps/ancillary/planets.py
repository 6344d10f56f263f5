"""The inner planets, for the plot of the orbit."""

import numpy as np

from apps.ancillary.frames import cross, dot, length, unit

BODIES = {"Mercury": 1, "Venus": 2, "Earth": 399, "Mars": 4}
"""Planet -> NAIF number of its barycentre; Earth itself, as everywhere here."""

SUN_GRAVITY_KM3_S2 = 132_712_440_041.279
"""GM of the Sun (DE440; Park et al. 2021, AJ 161, 105)."""


def ellipse(state, points=181):
    """The Kepler ellipse that a body follows at one instant.

    Parameters
    ----------
    state : ndarray, shape (6,)
        About the Sun, km and km/s.
    points : int
        How many points; the last is the first again.

    Returns
    -------
    ndarray, shape (points, 3)
        Positions about the Sun in km, in the axes of the state.

    Raises
    ------
    ValueError
        If the body is not bound to the Sun.
    """
    position, velocity = state[:3], state[3:]
    distance = length(position)
    semi_major = 1 / (2 / distance - dot(velocity, velocity) / SUN_GRAVITY_KM3_S2)
    momentum = cross(position, velocity)
    apsis = cross(velocity, momentum) / SUN_GRAVITY_KM3_S2 - position / distance
    eccentricity = length(apsis)
    if not eccentricity < 1:
        raise ValueError(f"no ellipse: eccentricity {eccentricity:.3f}, expected less than 1")
    along = unit(apsis if eccentricity > 1e-12 else position)
    across = cross(unit(momentum), along)
    angle = np.linspace(0, 2 * np.pi, points)[:, None]
    minor = semi_major * np.sqrt(1 - eccentricity**2)
    return semi_major * (np.cos(angle) - eccentricity) * along + minor * np.sin(angle) * across
