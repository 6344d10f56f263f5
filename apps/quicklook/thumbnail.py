"""A small picture of a day of light curves as SVG path data, for pages without a script.

The drawing is `WIDTH` units wide and is stretched to its place; heights are screen pixels.
"""

from itertools import pairwise

import numpy as np

from apps.core.timeaxis import from_ms

WIDTH, HEIGHT = 1000, 200
LABEL_HEIGHT = 15
"""Pixels between two labels, so that they can be read where curves meet."""

FLOOR = 0.3
"""Counts drawn in place of none, which have no logarithm."""

HOURS = range(0, 25, 6)


def drawing(start, stop, counts, span, labels):
    """Curves of a day with a logarithmic height.

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        Edges of the bins, milliseconds since 1970.
    counts : ndarray, shape (n, m)
        Counts in m energy bands; at least one above zero.
    span : TimeRange
        What is drawn.
    labels : list of str
        Of the m bands.

    Returns
    -------
    dict
        ``curves`` with ``path``, ``label``, ``place`` (1 to m) and ``y`` of the label, lowest band
        first; ``decades`` with ``y`` and ``text``; ``hours`` as texts from left to right.
    """
    counts = np.maximum(np.asarray(counts, "f8"), FLOOR)
    low, high = np.log10(counts.min()), np.log10(counts.max())
    margin = 0.06 * max(high - low, 0.5)
    low, high = low - margin, high + margin
    height = HEIGHT * (1 - (np.log10(counts) - low) / (high - low))
    length = span.stop_ms - span.start_ms
    left, right = (np.clip((edge - span.start_ms) / length, 0, 1) * WIDTH for edge in (start, stop))
    ends = spread([float(height[-1, band]) for band in range(height.shape[1])])
    return {
        "curves": [
            {
                "path": path(left, right, height[:, band]),
                "label": label,
                "place": band + 1,
                "y": round(ends[band], 1),
            }
            for band, label in enumerate(labels)
        ],
        "decades": [
            {
                "y": round(HEIGHT * (1 - (power - low) / (high - low)), 1),
                "text": f"{10**power:,}".replace(",", "\u202f"),
            }
            for power in range(max(0, int(np.ceil(low))), int(np.floor(high)) + 1)
        ],
        "hours": [f"{from_ms(span.start_ms + length * hour // 24):%H:%M}" for hour in HOURS],
        "width": WIDTH,
        "height": HEIGHT,
    }


def path(left, right, height):
    """Path data of a step line; bins that do not touch are not joined.

    Parameters
    ----------
    left, right, height : ndarray, shape (n,)
        Edges of the bins and the height of each, in the units of the drawing.

    Examples
    --------
    >>> path(np.array([0.0, 5, 20]), np.array([5.0, 10, 30]), np.array([1.0, 2, 3]))
    'M0 1H5V2H10M20 3H30'
    """
    gap = np.concatenate([[True], left[1:] - right[:-1] > (right - left)[:-1] / 2])
    parts = []
    for x0, x1, y, apart in zip(left, right, height, gap, strict=True):
        parts.append(f"M{x0:.4g} {y:.4g}H{x1:.4g}" if apart else f"V{y:.4g}H{x1:.4g}")
    return "".join(parts)


def spread(places):
    """Move labels apart inside the drawing; heights count from the top.

    Examples
    --------
    >>> spread([100.0, 95.0, 20.0]), spread([2.0, 2.0])
    ([100.0, 85.0, 20.0], [22.5, 7.5])
    """
    moved = list(places)
    order = sorted(range(len(places)), key=lambda item: -places[item])
    for below, above in pairwise(order):
        moved[above] = min(moved[above], moved[below] - LABEL_HEIGHT)
    least = LABEL_HEIGHT / 2
    for item in reversed(order):
        moved[item] = max(moved[item], least)
        least = moved[item] + LABEL_HEIGHT
    return moved
