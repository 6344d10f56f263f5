"""The 32 detectors with their pixels as a picture: colour scale, legend, masks, names.

Numbers in, plain values out; `component/detectors.html` draws them as SVG, on a page or as a file
of its own. Detectors stand at their true places and are drawn larger than they are, so that a
pixel can be told from the next and be hit.
"""

import math
from dataclasses import dataclass

import numpy as np
from bokeh.palettes import Cividis256

from apps.core.detectors import (
    BODY_MM,
    DETECTORS,
    PIXELS,
    Detector,
    pixel_name,
    pixel_outline,
)

SHAPE = (len(DETECTORS), PIXELS)
ENLARGED = 1.8
_MARGIN = 5.0
_HALF = [max(abs(getattr(one, axis)) for one in DETECTORS) for axis in ("x_mm", "y_mm")]
_REACH = [half + BODY_MM * ENLARGED / 2 + _MARGIN for half in _HALF]
_LEGEND_HEIGHT, LEGEND_WIDTH = 24.0, 100.0
FRAME = {
    "left": -_REACH[0],
    "top": -_REACH[1],
    "width": 2 * _REACH[0],
    "height": 2 * _REACH[1] + _LEGEND_HEIGHT,
    "legend": _REACH[1] + 4,
    "body": BODY_MM * ENLARGED,
    "half": BODY_MM * ENLARGED / 2,
    "label": BODY_MM * ENLARGED / 2 + 3.6,
}
"""Places in the picture: millimetres, y downwards as in SVG; the legend stands below the plane."""

SEQUENTIAL = tuple(colour.lower() for colour in Cividis256)
MISSING, MASKED = "missing", "masked"
LEGEND_STEPS = 48


def _between(low, high, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))


def _diverging(size=255):
    """Blue through grey to orange; the middle is no difference."""
    below, middle, above = (0x30, 0x70, 0xC4), (0xE6, 0xE9, 0xEC), (0xD7, 0x79, 0x34)
    half = size // 2
    left = [_between(below, middle, step / half) for step in range(half)]
    right = [_between(middle, above, step / half) for step in range(1, half + 1)]
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in [*left, middle, *right])


DIVERGING = _diverging()


@dataclass(frozen=True)
class Scale:
    """From a value to a colour.

    `low` and `high` are the ends; `kind` is ``"linear"``, ``"log"`` or ``"difference"`` (linear and
    symmetric about zero).
    """

    low: float
    high: float
    kind: str = "linear"

    @property
    def palette(self):
        """Colours from the low end to the high one."""
        return DIVERGING if self.kind == "difference" else SEQUENTIAL

    def share(self, value):
        """Where a value lies between the ends, 0 to 1; values beyond stay at the ends."""
        if self.kind == "log":
            if value <= self.low:
                return 0.0
            return min(1.0, math.log(value / self.low) / math.log(self.high / self.low))
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def value(self, share):
        """The value at a place between the ends."""
        if self.kind == "log":
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def colour(self, value):
        """The colour of a value, ``#rrggbb``."""
        return self.palette[round(self.share(value) * (len(self.palette) - 1))]


def scale_for(values, kind="linear"):
    """The scale that shows some values.

    Parameters
    ----------
    values : ndarray
        NaN is left out.
    kind : {"linear", "log", "difference"}
        A logarithmic scale begins at the lowest value above zero.

    Returns
    -------
    Scale
        Also where nothing can be shown, or all values are the same.
    """
    found = np.asarray(values, "f8")
    found = found[np.isfinite(found)]
    if kind == "log":
        found = found[found > 0]
        low, high = (float(found.min()), float(found.max())) if found.size else (1.0, 10.0)
        return Scale(low, high if high > low else low * 10, "log")
    if kind == "difference":
        reach = float(np.abs(found).max()) if found.size and np.abs(found).max() > 0 else 1.0
        return Scale(-reach, reach, kind)
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    if high <= low:
        room = abs(low) * 0.05 or 1.0
        low, high = low - room, high + room
    return Scale(low, high)


def written(value, digits=None, sign=False):
    """A number as the picture writes it: thin spaces, and a minus of full width.

    Examples
    --------
    >>> written(12010), written(-0.1077, 4), written(0.5, 1, sign=True)
    ('12\u202f010', '−0.1077', '+0.5')
    """
    if digits is None:
        digits = 0 if abs(value) >= 100 or value == round(value) else 3
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.replace(",", "\u202f").replace("-", "−")


@dataclass(frozen=True)
class Pixel:
    """One pixel of the picture; `state` is "", "missing" or "masked"."""

    flat: int
    path: str
    name: str
    text: str
    fill: str
    state: str


@dataclass(frozen=True)
class Tile:
    """One detector of the picture: its centre in SVG millimetres and its pixels."""

    detector: Detector
    x: float
    y: float
    pixels: tuple


def detector_view(
    values, *, title, unit="", kind="linear", digits=None, masked=None, scale=None, chosen=None
):
    """Draw a number of each pixel.

    Parameters
    ----------
    values : ndarray, shape (32, 12)
        NaN where there is none.
    title : str
        What the numbers are, e.g. ``"Counts"``.
    unit : str
        Their unit.
    kind : {"linear", "log", "difference"}
        Kind of the scale.
    digits : int, optional
        Decimals that are written.
    masked : ndarray of bool, shape (32, 12), optional
        Pixels that were switched off: drawn empty, whatever their value.
    scale : Scale, optional
        Instead of one that fits the values, for two pictures with one legend.
    chosen : int, optional
        Flat number of the pixel that is chosen; with it, pixels can be chosen on the page.

    Returns
    -------
    dict
        What `component/detectors.html` needs: ``tiles``, ``legend``, ``frame``, ``sentence`` …

    Raises
    ------
    ValueError
        If an array has another shape.
    """
    values = np.asarray(values, "f8")
    masked = np.zeros(SHAPE, bool) if masked is None else np.asarray(masked, bool)
    if values.shape != SHAPE or masked.shape != SHAPE:
        raise ValueError(f"values {values.shape} and masked {masked.shape}: expected {SHAPE}")
    shown = np.where(masked, np.nan, values)
    scale = scale or scale_for(shown, kind)
    tiles = [
        Tile(
            one,
            one.x_mm,
            -one.y_mm,
            tuple(
                _pixel(one.index * PIXELS + pixel, shown, masked, scale, unit, digits)
                for pixel in range(PIXELS)
            ),
        )
        for one in DETECTORS
    ]
    return {
        "title": title,
        "unit": unit,
        "tiles": tiles,
        "legend": legend(scale, digits) if np.isfinite(shown).any() else None,
        "frame": FRAME,
        "enlarged": ENLARGED,
        "chosen": None if chosen is None else _mark(chosen),
        "sentence": sentence(shown, masked, title, unit, digits),
    }


def legend(scale, digits=None):
    """The colour scale as a strip of colours and three labels.

    Returns
    -------
    dict
        ``steps`` as (x, colour) from low to high, each `width` wide; ``labels`` as (x, text) at the
        low end, the middle, and the high end.
    """
    width, left = LEGEND_WIDTH / LEGEND_STEPS, -LEGEND_WIDTH / 2
    colours = [scale.colour(scale.value(step / (LEGEND_STEPS - 1))) for step in range(LEGEND_STEPS)]
    sign = scale.kind == "difference"
    ends = (scale.low, 0.0 if sign else scale.value(0.5), scale.high)
    places = (left, 0.0, -left)
    return {
        "steps": [(round(left + step * width, 3), c) for step, c in enumerate(colours)],
        "width": round(width + 0.05, 3),  # they overlap a little, or hair lines show between them
        "labels": [
            (place, written(value, digits, sign and value != 0))
            for place, value in zip(places, ends, strict=True)
        ],
        "log": scale.kind == "log",
    }


def sentence(values, masked, title, unit, digits=None):
    """What the picture shows, for those who do not see it."""
    known = np.isfinite(values)
    if not known.any():
        return f"{title} of the 32 detectors: no pixel has a value."
    low, high = (np.unravel_index(pick(values), SHAPE) for pick in (np.nanargmin, np.nanargmax))
    where = [f"{DETECTORS[det].name}, {pixel_name(pixel)}" for det, pixel in (low, high)]
    least, most = (written(values[place], digits) for place in (low, high))
    text = (
        f"{title} of {int(known.sum())} pixels of the 32 detectors: "
        f"from {least} ({where[0]}) to {most}{f' {unit}' if unit else ''} ({where[1]})."
    )
    off = int(masked.sum())
    return text + (f" {off} pixels were switched off." if off else "")


def path_of(pixel):
    """SVG path of a pixel in its enlarged detector, y downwards.

    Examples
    --------
    >>> path_of(8)
    'M-7.92 0.819H-5.94V-0.819H-7.92Z'
    """
    (x, y), *rest = [(a * ENLARGED, -b * ENLARGED) for a, b in pixel_outline(pixel)]
    parts = [f"M{x:.4g} {y:.4g}"]
    for to_x, to_y in rest:
        parts.append(f"V{to_y:.4g}" if math.isclose(to_x, x) else f"H{to_x:.4g}")
        x, y = to_x, to_y
    return "".join(parts) + "Z"


def _mark(flat):
    """Outline of the chosen pixel, drawn above all others."""
    one = DETECTORS[flat // PIXELS]
    return {"flat": flat, "x": one.x_mm, "y": -one.y_mm, "path": _PATHS[flat % PIXELS]}


_PATHS = tuple(path_of(pixel) for pixel in range(PIXELS))


def _pixel(flat, values, masked, scale, unit, digits):
    index, pixel = divmod(flat, PIXELS)
    value, state, fill = values[index, pixel], "", "none"
    if masked[index, pixel]:
        state, text = MASKED, "switched off"
    elif not np.isfinite(value):
        state, text = MISSING, "no value"
    else:
        text = written(value, digits) + (f" {unit}" if unit else "")
        fill = scale.colour(value)
    return Pixel(flat, _PATHS[pixel], pixel_name(pixel), text, fill, state)
