"""Perihelia of Solar Orbiter and its fly-bys of Venus and Earth, found from states."""

import numpy as np

from apps.ancillary.constants import AU_KM
from apps.ancillary.frames import dot, length

FLYBY_KM = 3e6
"""Approaches to a planet within this distance count as fly-bys."""

_NEAR_KM = 0.1 * AU_KM
_STEP_S = 43_200.0
_HALVINGS = 45
_ZOOM = 21


def perihelia(states, windows):
    """When the distance to the Sun is smallest.

    Parameters
    ----------
    states : callable
        ``states(et)`` gives position and velocity (n, 3) about the Sun, km and km/s.
    windows : ndarray, shape (w, 2)
        Covered stretches, ET in s.

    Returns
    -------
    list of (float, float)
        ET in s to about a millisecond, and distance in km.
    """
    found = []
    for start, stop in windows:
        et = _grid(start, stop)
        outward = dot(*states(et))
        turns = np.flatnonzero((outward[:-1] < 0) & (outward[1:] >= 0))
        low, high = et[turns], et[turns + 1]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            inbound = dot(*states(middle)) < 0
            low, high = np.where(inbound, middle, low), np.where(inbound, high, middle)
        nearest, _ = states(high)
        found += zip(high.tolist(), length(nearest).tolist(), strict=True)
    return found


def flybys(distance, windows):
    """When the distance to a planet is smallest, and small.

    Parameters
    ----------
    distance : callable
        ``distance(et)`` gives the distance to the planet (n,) in km.
    windows : ndarray, shape (w, 2)
        Covered stretches, ET in s.

    Returns
    -------
    list of (float, float)
        ET in s to about a second, and distance from the planet's centre in km.
    """
    found = []
    for start, stop in windows:
        et = _grid(start, stop)
        apart = distance(et)
        nearest = (apart[1:-1] < apart[:-2]) & (apart[1:-1] <= apart[2:]) & (apart[1:-1] < _NEAR_KM)
        for place in np.flatnonzero(nearest) + 1:
            at, closest = _closest(distance, et[place - 1], et[place + 1])
            if closest < FLYBY_KM:
                found.append((at, closest))
    return found


def _closest(distance, low, high):
    """Zoom in on the minimum between two instants."""
    while high - low > 1:
        et = np.linspace(low, high, _ZOOM)
        place = int(np.argmin(distance(et)))
        low, high = et[max(place - 1, 0)], et[min(place + 1, _ZOOM - 1)]
    middle = (low + high) / 2
    return float(middle), float(distance(np.array([middle]))[0])


def _grid(start, stop):
    return np.linspace(start, stop, max(3, int(np.ceil((stop - start) / _STEP_S)) + 1))
