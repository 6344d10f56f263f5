"""What the light-curve page draws, made of samples: columns for the wire, labels, the sentence."""

from dataclasses import replace
from itertools import pairwise
from math import prod

import numpy as np

from apps.core.energy import QUICKLOOK_EDGES_KEV, band_label
from apps.core.timeaxis import from_ms, iso
from apps.core.wire import with_gap_rows

REGIMES = (
    "attenuator out, all pixels",
    "attenuator in, all pixels",
    "attenuator in, four large pixels",
    "attenuator in, two large pixels in turn",
    "attenuator in, one large pixel in turn",
    "attenuator in, small pixels",
    "attenuator in, two small pixels in turn",
    "attenuator in, one small pixel in turn",
)
"""Meaning of the rate control regime (rcr) 0 to 7; the attenuator is in where it is above 0."""

FIRST_CHANNEL, LAST_CHANNEL = 1, 30
"""Science channels with two finite edges above 0: 4 to 150 keV."""

LABEL_SHARE = 0.03
"""Part of a window that a run needs to carry its number."""

IMAGE_COLUMNS = 720

LEAST_REACH = 20.0
"""Half height of the axis of locations, arcmin: the Sun's radius from Earth is 16."""


def edges(samples):
    """Edges of the bins of samples.

    Returns
    -------
    start, stop : ndarray of float64, shape (n,)
        Milliseconds since 1970.
    """
    if samples.bucket_ms:
        return samples.time.astype("f8"), samples.time + float(samples.bucket_ms)
    half = _number(samples.mean, "timedel", samples) * 500
    return samples.time - half, samples.time + half


def curve_columns(samples, column, rebinned=False):
    """Step-line columns ``t w m0 l0 h0 m1 …`` of a column of samples.

    Parameters
    ----------
    samples : Samples
        With ``column`` and ``timedel``.
    column : str
        A number or a row of numbers (energy bands) per sample.
    rebinned : bool
        Whether the reader chose the bins: then values are those of the whole bin, the sum of its
        samples (the extremes are scaled alike), else those of one native sample.

    Returns
    -------
    dict
        Arrays, and ``about``: what the page says of them.
    """
    start, stop = edges(samples)
    n = len(start)
    summed = samples.count if rebinned and samples.bucket_ms else np.ones(n, int)
    columns = {}
    for letter, values in (("m", samples.mean), ("l", samples.low), ("h", samples.high)):
        if letter != "m" and not samples.bucket_ms:
            break  # native samples are their own extremes
        rows = _rows(values, column, samples) * summed[:, None]
        columns |= {f"{letter}{number}": rows[:, number] for number in range(rows.shape[1])}
    width = _number(samples.mean, "timedel", samples) * summed
    rows = with_gap_rows(start, stop, columns | {"w": width})
    return rows | {"about": about(samples, width, rebinned)}


def about(samples, width, rebinned=False):
    """Facts of samples that go with them: resolution, width, energy bands, whether simulated.

    Parameters
    ----------
    samples : Samples
    width : ndarray, shape (n,)
        Seconds that a value stands for.
    """
    bands = [[int(since), [_finite(band) for band in table]] for since, table in samples.bands]
    return {
        "resolution": resolution(samples, width, rebinned),
        "width": float(np.median(width)) if len(width) else 0.0,
        "bands": bands,
        "simulated": bool(samples.simulated),
        "rows": len(samples.time),
    }


def resolution(samples, width, rebinned=False):
    """The level shown, in words: ``60 s min/max/mean``, ``4 s bins``."""
    if not len(samples.time):
        return ""
    if not samples.bucket_ms:
        return f"{_seconds(float(np.median(width)))} bins"
    kind = "bins" if rebinned else "min/max/mean"
    return f"{_seconds(samples.bucket_ms / 1000)} {kind}"


def runs(start, stop, values):
    """Join neighbouring bins of equal value.

    Returns
    -------
    start, stop, values : ndarray, shape (m,)
    """
    if not len(start):
        return start, stop, values
    apart = (values[1:] != values[:-1]) | (start[1:] - stop[:-1] > 0.5 * (stop - start)[:-1])
    first = np.concatenate([[True], apart])
    last = np.concatenate([apart, [True]])
    return start[first], stop[last], values[first]


def regime_columns(samples, span):
    """The strip of rate control regimes: ``x0 x1 rcr`` and a label where there is room."""
    start, stop = edges(samples)
    x0, x1, rcr = runs(start, stop, _number(samples.mean, "rcr", samples))
    room = (np.minimum(x1, span.stop_ms) - np.maximum(x0, span.start_ms)) / (
        span.stop_ms - span.start_ms
    )
    labels = [
        "" if share < LABEL_SHARE else f"{value:g}" if share < 0.3 else regime(value)
        for value, share in zip(rcr, room, strict=True)
    ]
    middle = (np.maximum(x0, span.start_ms) + np.minimum(x1, span.stop_ms)) / 2
    return {"x0": x0, "x1": x1, "xm": middle, "rcr": rcr.astype("f4"), "label": labels}


def regime(value):
    """A rate control regime in words: ``1: attenuator in, all pixels``."""
    known = 0 <= value < len(REGIMES)
    return f"{value:g}: {REGIMES[int(value)]}" if known else f"{value:g}: unknown"


def attenuator_spans(samples):
    """Where the attenuator was in: ``(start, stop)`` pairs in milliseconds."""
    start, stop = edges(samples)
    inside = _number(samples.mean, "rcr", samples) > 0
    x0, x1, values = runs(start, stop, inside)
    return [(float(a), float(b)) for a, b, value in zip(x0, x1, values, strict=True) if value]


def spectrogram_columns(samples, cadence_ms):
    """The image of quick-look spectra, time along x, science channels up.

    Samples lie 1024 s apart and are not on a grid: each column of the image shows the sample in
    force at its middle, and nothing where the last one is older than the cadence.

    Returns
    -------
    dict
        ``image`` (channels, columns) float32; ``x dw y dh`` of one image; ``low`` and ``high`` of
        the colour scale.
    """
    if not len(samples.time):
        return {"image": np.full((1, 1), np.nan, "f4"), "x": [0], "dw": [1], "y": [0], "dh": [1],
                "low": 1.0, "high": 10.0}  # fmt: skip
    start, stop = edges(samples)
    stop = np.maximum(stop, start + cadence_ms)
    places = np.linspace(start[0], stop[-1], IMAGE_COLUMNS + 1)
    middle = (places[1:] + places[:-1]) / 2
    index = np.clip(np.searchsorted(start, middle, side="right") - 1, 0, len(start) - 1)
    counts = np.asarray(samples.mean["counts"], "f4")[index, FIRST_CHANNEL : LAST_CHANNEL + 1]
    counts[middle >= stop[index]] = np.nan
    seen = counts[counts > 0]
    low = 10 ** np.floor(np.log10(seen.min())) if seen.size else 1.0
    high = seen.max() if seen.size else 1.0
    return {
        "image": np.ascontiguousarray(counts.T),
        "x": [float(start[0])],
        "dw": [float(stop[-1] - start[0])],
        "y": [FIRST_CHANNEL],
        "dh": [LAST_CHANNEL + 1 - FIRST_CHANNEL],
        "low": float(low),
        "high": float(max(high, 10 * low)),
    }


def flag_columns(samples):
    """The flare flag and the locations found on board.

    Returns
    -------
    dict
        ``t w`` of bins, ``m0 m1`` thermal and non-thermal index (highest of the bin), ``z y``
        location in arcmin, NaN where the row reports no flare; ``reach`` of its axis.
    """
    names = ("thermal_index", "non_thermal_index", "location_status")
    flags = np.stack([_number(samples.high, name, samples) for name in names])
    known = (flags > 0).any(axis=0)
    columns = {"m0": flags[0], "m1": flags[1]}
    for name in ("z", "y"):
        place = _number(samples.mean, f"loc_{name}", samples)
        columns[name] = np.where(known, place, np.nan)
    places = np.abs(np.concatenate([columns["z"], columns["y"]]))
    reach = max(LEAST_REACH, 1.15 * float(np.max(places, initial=0, where=np.isfinite(places))))
    return with_gap_rows(*edges(samples), columns) | {"reach": reach}


def well_covered(samples, expected):
    """Samples without the bins of which less than half was measured.

    Parameters
    ----------
    samples : Samples
        In bins the reader chose.
    expected : int
        Native samples in a full bin.
    """
    kept = samples.count * 2 >= expected
    thinned = {
        name: {column: values[kept] for column, values in getattr(samples, name).items()}
        for name in ("mean", "low", "high")
    }
    return replace(samples, time=samples.time[kept], count=samples.count[kept], **thinned)


def touches(samples, span):
    """Whether any bin lies in a range."""
    start, stop = edges(samples)
    return bool(((stop > span.start_ms) & (start < span.stop_ms)).any())


def sentence(samples, span, labels, rebinned=False):
    """One sentence that says what the plot shows, for those who do not see it.

    Parameters
    ----------
    samples : Samples
        Of counts and timedel, at least of ``span``.
    span : TimeRange
        What is visible.
    labels : list of str
        Of the energy bands.
    rebinned : bool
        Whether the reader chose the bins.
    """
    when = f"{_clock(span.start)} to {_clock(span.stop)} UTC at Solar Orbiter"
    start, stop = edges(samples)
    seen = (stop > span.start_ms) & (start < span.stop_ms)
    if not seen.any():
        return f"No light curves from {when}."
    high = _rows(samples.high, "counts", samples)[seen]
    row, band = np.unravel_index(np.nanargmax(high), high.shape)
    width = float(np.median(_number(samples.mean, "timedel", samples)[seen]))
    points = resolution(samples, [width], rebinned)
    value = f"{high[row, band]:,.0f}".replace(",", "\u202f")
    return (
        f"Light curves in {len(labels)} energy bands, {when}, {points}; highest value "
        f"{value} counts per {_seconds(width)} ({labels[band]}) "
        f"at {_clock(from_ms(start[seen][row]))}."
    )


def labels_of(bands):
    """Labels of the energy bands in force last: ``["4–10 keV", …]``."""
    table = bands[-1][1] if bands else []
    return [band_label(low, np.inf if high is None else high) for low, high in table]


def table_rows(samples, limit=50):
    """The light curves as a table of at most ``limit`` rows: means of consecutive samples.

    Returns
    -------
    list of (datetime, list of float)
        Start of the first bin of a group, mean counts per native bin of each band.
    """
    start, _ = edges(samples)
    if not len(start):
        return []
    group = -(-len(start) // limit)
    first = np.arange(0, len(start), group)
    counts = _rows(samples.mean, "counts", samples)
    weight = np.add.reduceat(samples.count.astype("f8"), first)
    sums = np.add.reduceat(counts * samples.count[:, None], first, axis=0)
    means = sums / weight[:, None]
    return [(from_ms(start[i]), list(row)) for i, row in zip(first, means, strict=True)]


def medians(samples):
    """Median, lowest and highest counts per native bin of each band, over the samples given.

    Returns
    -------
    list of (float, float, float)
    """
    if not len(samples.time):
        return []
    middle = np.median(_rows(samples.mean, "counts", samples), axis=0)
    low = np.min(_rows(samples.low, "counts", samples), axis=0)
    high = np.max(_rows(samples.high, "counts", samples), axis=0)
    return [tuple(map(float, row)) for row in zip(middle, low, high, strict=True)]


def _rows(columns, name, samples):
    n = len(samples.time)
    values = np.asarray(columns.get(name, np.zeros((n, 0))), "f8")
    return values.reshape(n, prod(values.shape[1:]))


def _number(columns, name, samples):
    return np.asarray(columns.get(name, np.zeros(len(samples.time))), "f8").reshape(-1)


def _finite(band):
    low, high = (float(edge) if edge is not None else np.inf for edge in band)
    return [low, high if np.isfinite(high) else None]


def _seconds(seconds):
    for size, unit in ((86_400, "d"), (3600, "h")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _clock(instant):
    text = iso(instant, 0).replace("T", " ").removesuffix("Z")
    return text.removesuffix(":00")


def nominal_labels():
    """Labels of the nominal bands, for a range without samples."""
    edges_kev = QUICKLOOK_EDGES_KEV
    return [band_label(*pair) for pair in pairwise(edges_kev)]


def bin_seconds(samples):
    """Seconds of a typical native bin of samples."""
    width = _number(samples.mean, "timedel", samples)
    return float(np.median(width)) if len(width) else 0.0
