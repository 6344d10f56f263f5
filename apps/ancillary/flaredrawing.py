"""A flare as SVG shapes: the light's ways to the Earth and to Solar Orbiter, and both views.

Seen from ecliptic north as in `orbitdrawing`: the Earth on the right. Distances are to scale; the
Sun is drawn larger than it is, or it would be a dot.
"""

import math

import numpy as np

from apps.ancillary.constants import AU_KM, SUN_RADIUS_KM
from apps.ancillary.orbitdrawing import LINE, RINGS, SCALE, Labels, point

SUN_UNITS = 34
"""Radius of the Sun in the drawing; to scale it would be 1.2 units."""

DISC = 78
"""Radius of the two views of the disc, in units."""


def drawing(flare):
    """Everything that the template draws of the Sun, the Earth, the spacecraft and the flare.

    Parameters
    ----------
    flare : FlareGeometry

    Returns
    -------
    dict
    """
    earth, spacecraft = (
        point(position / AU_KM) for position in (flare.earth_hee_km, flare.solo_hee_km)
    )
    direction = np.asarray(flare.flare_hee_km) / SUN_RADIUS_KM
    source = direction[:2] * (1, -1) * SUN_UNITS
    bounds = _bounds([earth, spacecraft])
    labels = Labels()
    labels.take(0, 0, 2 * SUN_UNITS, 2 * SUN_UNITS)
    lines = [
        _line(source, end, other, seconds, name, labels)
        for end, other, seconds, name in (
            (earth, spacecraft, flare.flare_to_earth_s, "earth"),
            (spacecraft, earth, flare.flare_to_solo_s, "solo"),
        )
    ]
    return {
        "box": bounds,
        "sun": SUN_UNITS,
        "lines": lines,
        "flare": _xy(source),
        "hidden": direction[2] < -0.05,
        "earth": labels.place(*earth, "Earth", away=16),
        "spacecraft": labels.place(*spacecraft, "Solar Orbiter", away=18),
        "rings": [round(radius * SCALE, 1) for radius in RINGS],
    }


def discs(flare):
    """The solar disc with the flare on it, as the Earth and as Solar Orbiter see it.

    Returns
    -------
    list of dict
        ``title``, ``x``, ``y`` of the flare in units from the centre of a disc of radius `DISC`,
        ``visible``, and the coordinates and the radius in arcsec.
    """
    sides = (
        ("earth", "Seen from the Earth", flare.earth_hee_km, flare.seen_from_earth_arcsec,
         flare.visible_from_earth),
        ("stix", "Seen from Solar Orbiter", flare.solo_hee_km, flare.seen_from_solo_arcsec,
         flare.visible_from_solo),
    )  # fmt: skip
    return [_disc(flare.observer == who, *side) for who, *side in sides]


def _disc(given, title, observer_km, seen_arcsec, visible):
    distance = float(np.linalg.norm(observer_km))
    radius = math.degrees(math.asin(SUN_RADIUS_KM / distance)) * 3600
    x, y = (float(value) for value in seen_arcsec)
    return {
        "title": title,
        "x": round(x / radius * DISC, 1),
        "y": round(-y / radius * DISC, 1),
        "x_arcsec": x,
        "y_arcsec": y,
        "radius_arcsec": radius,
        "visible": bool(visible),
        "given": given,
        "radius": DISC,
    }


def _line(source, end, other, seconds, name, labels):
    """A line of sight with its light time beside it, on the side away from the other's end."""
    along = np.asarray(end) - source
    length = max(float(np.hypot(*along)), 1e-9)
    middle = source + along * 0.55
    normal = np.array([along[1], -along[0]]) / length
    if normal @ (np.asarray(other) - source) > 0:
        normal = -normal
    text = f"{seconds:.1f} s"
    at = middle + normal * (LINE * 0.9 + abs(normal[0]) * 24)
    labels.take(*at, 8 * len(text))
    return {
        "name": name,
        "x1": _xy(source)[0], "y1": _xy(source)[1], "x2": _xy(end)[0], "y2": _xy(end)[1],
        "x": _xy(at)[0], "y": _xy(at)[1] + 4, "text": text,
    }  # fmt: skip


def _bounds(places, margin=96):
    """View box that holds the Sun and places with room for labels, of one width."""
    reach = np.abs(np.array(places))[:, 1].max() + margin
    low = min(min(x for x, _ in places), -SUN_UNITS) - margin
    high = max(max(x for x, _ in places), SUN_UNITS) + margin
    return f"{low:.1f} {-reach:.1f} {high - low:.1f} {2 * reach:.1f}"


def _xy(place):
    return round(float(place[0]), 1), round(float(place[1]), 1)
