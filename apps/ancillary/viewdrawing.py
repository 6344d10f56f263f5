"""The field of view of STIX as SVG shapes: the Sun's limb, its centre, and the four directions."""

import numpy as np

from apps.ancillary.plots import SOURCE_WORDS
from apps.core.timeaxis import from_ms

SIZE = 600
HALF_ARCSEC = 4400
"""The field of view is ±3600 arcsec; a margin holds the labels."""

SCALE = SIZE / 2 / HALF_ARCSEC
TICKS = (-3600, -2400, -1200, 0, 1200, 2400, 3600)
LETTERS = "NSEW"
OUTWARD = 20
"""Units between the limb and the letter of a direction."""


def place(arcsec):
    """Place of coordinates in the drawing: x to the right, y up; shape (..., 2)."""
    return np.asarray(arcsec, "f8") * SCALE * (1, -1)


def drawing(view):
    """Everything that the template draws.

    Parameters
    ----------
    view : FieldOfView
        ``sun_centre_arcsec`` (2,), ``limb_arcsec`` (n, 2), ``nsew_arcsec`` (4, 2).

    Returns
    -------
    dict
    """
    centre = place(view.sun_centre_arcsec)
    ends = place(view.nsew_arcsec)
    outward = ends - centre
    length = np.maximum(np.hypot(*outward.T), 1e-9)[:, None]
    letters = ends + outward / length * OUTWARD
    edge = 3600 * SCALE
    return {
        "size": SIZE,
        "half": SIZE / 2,
        "edge": edge,
        "width": 2 * edge,
        "limb": "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in place(view.limb_arcsec)) + "Z",
        "centre": _point(centre),
        "centre_x": _point(centre)[0],
        "centre_y": _point(centre)[1],
        "axes": [
            {"x1": a[0], "y1": a[1], "x2": b[0], "y2": b[1]}
            for a, b in ((_point(ends[0]), _point(ends[1])), (_point(ends[2]), _point(ends[3])))
        ],
        "letters": [
            {"text": letter, "x": _point(at)[0], "y": _point(at)[1] + 5}
            for letter, at in zip(LETTERS, letters, strict=True)
        ],
        "ticks": [
            {"at": at, "down": -at, "text": f"{tick:+d}" if tick else "0"}
            for tick, at in ((tick, round(tick * SCALE, 1)) for tick in TICKS)
        ],
    }


def described(view):
    """The field of view in words and figures.

    Parameters
    ----------
    view : FieldOfView

    Returns
    -------
    dict
        ``instant``, ``source``, ``sentence``, and ``facts``: label, value, unit, digits.
    """
    attitude, source = view.attitude, str(view.attitude.source[0])
    x, y = (round(float(value), 1) + 0.0 for value in view.sun_centre_arcsec)
    radius = float(view.solar_radius_arcsec)
    return {
        "instant": from_ms(view.time_ms),
        "source": source,
        "source_words": SOURCE_WORDS[source],
        "sentence": sentence((x, y), radius, source),
        "facts": [
            (label, round(float(value), digits) + 0.0, unit, digits)  # no minus zero
            for label, value, unit, digits in (
                ("Sun's centre, x", x, "arcsec", 1),
                ("Sun's centre, y", y, "arcsec", 1),
                ("Solar radius", radius, "arcsec", 1),
                ("Roll", attitude.roll_deg[0], "deg", 3),
                ("Pitch", attitude.pitch_deg[0] * 3600, "arcsec", 1),
                ("Yaw", attitude.yaw_deg[0] * 3600, "arcsec", 1),
            )
        ],
    }


def sentence(centre_arcsec, radius_arcsec, source):
    """The field of view in words."""
    x, y = (float(value) for value in centre_arcsec)
    inside = max(abs(x), abs(y)) + radius_arcsec <= 3600
    where = "The whole Sun is inside" if inside else "Part of the Sun is outside"
    how = "nominal attitude, not measured" if source == "nominal" else f"attitude from {source}"
    return (
        f"The Sun's centre is at x {x:.1f}, y {y:.1f} arcsec of the field of view of STIX, its "
        f"radius is {radius_arcsec:.1f} arcsec. {where} the field of view of ±3600 arcsec ({how})."
    )


def _point(place_):
    return round(float(place_[0]), 1), round(float(place_[1]), 1)
