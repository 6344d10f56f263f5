"""What the light-curve page draws, made of samples: the columns of each panel for the wire."""

import numpy as np

from apps.archive.series import energy_table
from apps.core.wire import with_gap_rows
from apps.quicklook.bins import column, edges, resolution, table, typical

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


def curve_columns(samples, name):
    """Step-line columns ``t w m0 l0 h0 m1 …`` of a column of samples.

    Parameters
    ----------
    samples : Samples
        With ``timedel`` and the column.
    name : str
        Of a column with a number or a row of numbers (energy bands) per sample.

    Returns
    -------
    dict
        Arrays, and ``about``: what the page says of them. Buckets also have their extremes
        ``l…`` and ``h…``.
    """
    columns = {}
    for letter, part in (("m", "mean"), ("l", "low"), ("h", "high")):
        if letter == "m" or samples.bucket_ms:  # native samples are their own extremes
            rows = table(samples, name, part)
            columns |= {f"{letter}{number}": band for number, band in enumerate(rows.T)}
    width = column(samples, "timedel")
    rows = with_gap_rows(*edges(samples), columns | {"w": width})
    return rows | {"about": about(samples, width)}


def about(samples, width):
    """Facts of samples that go with them: resolution, width, energy bands, whether simulated.

    Parameters
    ----------
    samples : Samples
    width : ndarray, shape (n,)
        Seconds that a value stands for.
    """
    return {
        "resolution": resolution(width, samples.bucket_ms),
        "width": typical(width),
        "bands": [[int(since), energy_table(bands)] for since, bands in samples.bands],
        "simulated": bool(samples.simulated),
        "rows": len(samples.time),
    }


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
    x0, x1, rcr = runs(start, stop, column(samples, "rcr"))
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
    inside = column(samples, "rcr") > 0
    x0, x1, values = runs(start, stop, inside)
    return [(float(a), float(b)) for a, b, value in zip(x0, x1, values, strict=True) if value]


def spectrogram_columns(samples, cadence_ms, detector=None):
    """The image of quick-look spectra, time along x, science channels up.

    Samples lie 1024 s apart and are not on a grid: each column of the image shows the sample in
    force at its middle, and nothing where the last one is older than the cadence.

    Parameters
    ----------
    samples : Samples
        With counts and timedel, and spectra where the samples are native and a detector is wanted.
    cadence_ms : int
        Nominal distance of samples.
    detector : int, optional
        1 to 32; all detectors summed without it, and where the samples are buckets.

    Returns
    -------
    dict
        ``image`` (channels, columns) float32; ``x dw y dh`` of one image; ``low`` and ``high`` of
        the colour scale; ``detector`` that is shown, None for the sum.
    """
    spectra = samples.mean.get("spectra") if detector else None
    shown = None if spectra is None else detector
    if not len(samples.time):
        return {"image": np.full((1, 1), np.nan, "f4"), "x": [0], "dw": [1], "y": [0], "dh": [1],
                "low": 1.0, "high": 10.0, "detector": shown}  # fmt: skip
    start, stop = edges(samples)
    stop = np.maximum(stop, start + cadence_ms)
    places = np.linspace(start[0], stop[-1], IMAGE_COLUMNS + 1)
    middle = (places[1:] + places[:-1]) / 2
    index = np.clip(np.searchsorted(start, middle, side="right") - 1, 0, len(start) - 1)
    chosen = samples.mean["counts"] if shown is None else spectra[:, shown - 1]
    counts = chosen[:, FIRST_CHANNEL : LAST_CHANNEL + 1].astype("f4")[index]
    counts[middle >= stop[index]] = np.nan
    seen = counts[counts > 0]
    low = 10 ** np.floor(np.log10(seen.min())) if seen.size else 1.0
    high = seen.max() if seen.size else 1.0
    return {
        "detector": shown,
        "image": np.ascontiguousarray(counts.T),
        "x": [float(start[0])],
        "dw": [float(stop[-1] - start[0])],
        "y": [FIRST_CHANNEL],
        "dh": [LAST_CHANNEL + 1 - FIRST_CHANNEL],
        "low": float(low),
        "high": float(max(high, 10 * low)),
    }


def earth_axis(earth, reason, span):
    """What a plot needs for its second axis, in UTC at Earth.

    Parameters
    ----------
    earth : EarthClock or None
    reason : str
        Why there is none.
    span : TimeRange
        Of the window.

    Returns
    -------
    dict
        ``shift`` of the axis in ms, its ``label`` in two parts, the differences in ``seconds`` at
        equal steps over the window for the read-outs, a ``note``; without a clock the note alone.
    """
    if earth is None:
        return {"note": reason}
    more = [earth.elsewhere, "approximate orbit" if earth.provenance.approximate else ""]
    return {
        "shift": round(earth.difference_s * 1000),
        "label": [f"UTC at Earth: {earth.value} at the middle", ", ".join(filter(None, more))],
        "seconds": [round(value, 3) for value in earth.nodes(span).tolist()],
        "note": earth.note,
    }


def limb_sources(time_ms, radius_arcmin, visible, words):
    """The Sun's limb on either side of its centre, and its name, for sources of their own.

    Parameters
    ----------
    time_ms, radius_arcmin : ndarray, shape (n,)
        Apparent radius of the Sun at instants; both may be empty.
    visible : TimeRange
        Where the name is written: at its start.
    words : str
        The name, with what has to be known of the orbit.

    Returns
    -------
    dict
        Source -> column -> list, as the page puts them there.
    """
    if not len(time_ms):
        nothing = {"loc_limb": {"t": [None], "limb": [None], "under": [None]}}
        return nothing | {"loc_words": {"x": [None], "y": [None], "label": [""]}}
    radius = np.round(radius_arcmin, 3)
    at = float(np.clip(visible.start_ms, time_ms[0], time_ms[-1]))
    line = {"t": time_ms.tolist(), "limb": radius.tolist(), "under": (-radius).tolist()}
    name = {"x": [at], "y": [float(np.interp(at, time_ms, radius))], "label": [words]}
    return {"loc_limb": line, "loc_words": name}


def flag_columns(samples, least_reach=LEAST_REACH):
    """The flare flag and the locations found on board.

    Returns
    -------
    dict
        ``t w`` of bins, ``m0 m1`` thermal and non-thermal index (highest of the bin), ``z y``
        location in arcmin, NaN where the row reports no flare; ``reach`` of its axis, at least
        `least_reach`.
    """
    names = ("thermal_index", "non_thermal_index", "location_status")
    flags = np.stack([column(samples, name, "high") for name in names])
    known = (flags > 0).any(axis=0)
    columns = {"m0": flags[0], "m1": flags[1]}
    for name in ("z", "y"):
        place = column(samples, f"loc_{name}")
        columns[name] = np.where(known, place, np.nan)
    places = np.abs(np.concatenate([columns["z"], columns["y"]]))
    reach = max(least_reach, 1.15 * float(np.max(places, initial=0, where=np.isfinite(places))))
    return with_gap_rows(*edges(samples), columns) | {"reach": reach}
