"""Light curves as JSON, as CSV, as a FITS cut-out, and as a program that fetches the numbers."""

import math
from datetime import UTC, datetime

import numpy as np

from apps.archive.fitswriter import quicklook_bytes
from apps.core.energy import band_label
from apps.quicklook.lightcurve import CLOCK, DEFINITIONS, LIGHTCURVE, UNITS

CITATION = (
    "Xiao et al. 2023, A&A 673, A142 (STIX Data Center); "
    "Krucker et al. 2020, A&A 642, A15 (the instrument)"
)
NOTE = "Detector sums, not corrected for live time, attenuator or grids."
PLAIN = {0x2013: "-", 0x202F: " "}
"""Signs of labels and sentences that a plain text file does without."""

ROWS_A_CHUNK = 20_000
COLUMN_UNITS = {"counts": "counts", "rate": "counts_per_s", "flux": "counts_per_s_per_keV"}


def utc_texts(time):
    """ISO 8601 with milliseconds and Z, one text for each of the milliseconds since 1970."""
    return [f"{text}Z" for text in np.datetime_as_string(time.astype("datetime64[ms]"), "ms")]


def facts(curves):
    """What has to be known with the numbers, under the names that JSON and CSV share.

    Returns
    -------
    dict
    """
    return {
        "clock": CLOCK,
        "time": "bin centres",
        "units": UNITS[curves.units],
        "definition": DEFINITIONS[curves.units],
        "aggregation": curves.aggregation,
        "level_s": curves.level,
        "bucket_s": curves.bucket_ms / 1000,
        "rebin": curves.rebinned,
        "rows": len(curves.time),
        "simulated": bool(curves.simulated),
        "note": NOTE,
        "citation": CITATION,
    }


def record(curves):
    """The light curves as plain values for JSON; a value that does not exist is None.

    Returns
    -------
    dict
        ``time_utc_solo`` texts, ``timedel_s`` and ``exposure_s``, ``triggers`` in counts, ``rcr``,
        ``samples``, and ``bands``: energy_low and energy_high in keV with ``values``, and
        ``error`` (native bins) or ``minimum`` and ``maximum`` (buckets).
    """
    table = curves.bands[-1][1] if curves.bands else []
    parts = {
        "values": curves.values,
        "error": curves.error,
        "minimum": curves.low,
        "maximum": curves.high,
    }
    bands = [
        {
            "label": curves.labels[number],
            "energy_low": low,
            "energy_high": high if math.isfinite(high) else None,
            "energy_unit": "keV",
        }
        | {name: rows[:, number].tolist() for name, rows in parts.items() if rows is not None}
        for number, (low, high) in enumerate(table)
    ]
    return {
        "time_utc_solo": utc_texts(curves.time),
        "timedel_s": curves.width.tolist(),
        "exposure_s": curves.exposure.tolist(),
        "triggers": curves.triggers.tolist(),
        "rcr": curves.rcr.tolist(),
        "samples": curves.samples.tolist(),
        "bands": bands,
        "energy_tables": [
            {
                "from_utc_solo": utc_texts(np.array([since]))[0],
                "keV": [[low, high if math.isfinite(high) else None] for low, high in edges],
            }
            for since, edges in curves.bands
        ],
    }


def band_lines(curves):
    """The energy tables in force, one line each, from when on."""
    return [
        f"from {utc_texts(np.array([since]))[0]}: "
        + ", ".join(band_label(low, high) for low, high in edges)
        for since, edges in curves.bands
    ]


def csv_columns(curves):
    """Head and values of the columns of a CSV file, in order."""
    columns = {"timedel_s": curves.width, "exposure_s": curves.exposure}
    table = curves.bands[-1][1] if curves.bands else []
    for number, (low, high) in enumerate(table):
        name = f"{COLUMN_UNITS[curves.units]}_{low:g}_{high:g}_keV"
        parts = (
            ("", curves.values),
            ("_error", curves.error),
            ("_min", curves.low),
            ("_max", curves.high),
        )
        columns |= {name + end: rows[:, number] for end, rows in parts if rows is not None}
    return columns | {
        "triggers_counts": curves.triggers,
        "rcr": curves.rcr,
        "samples": curves.samples,
    }


def csv_text(curves, comments):
    """A CSV file piece by piece: comments, one head line, rows.

    Parameters
    ----------
    curves : LightCurves
    comments : dict
        Written first as ``# key: value``, lists one line an element.

    Yields
    ------
    str
        Numbers in the shortest form that reads back as the same float64; empty where none.
    """
    lines = []
    for key, value in comments.items():
        for text in value if isinstance(value, list) else [value]:
            lines.append(f"# {key}: {' '.join(str(text).translate(PLAIN).split())}")
    columns = csv_columns(curves)
    yield "\n".join([*lines, ",".join(["time_utc_solo", *columns]), ""])
    for first in range(0, len(curves.time), ROWS_A_CHUNK):
        rows = slice(first, first + ROWS_A_CHUNK)
        texts = [_texts(values[rows]) for values in columns.values()]
        times = utc_texts(curves.time[rows])
        yield "\n".join(",".join(row) for row in zip(times, *texts, strict=True)) + "\n"


def counted(response, tell):
    """Call ``tell(size)`` with the bytes of an answer: of a stream when it ends, sent or broken."""
    if not response.streaming:
        tell(len(response.content))
        return
    pieces, size = response.streaming_content, 0

    def passed_on():
        nonlocal size
        try:
            for piece in pieces:
                size += len(piece)
                yield piece
        finally:
            tell(size)

    response.streaming_content = passed_on()


def _texts(values):
    """Numbers as text; the same value is written once, because counts repeat."""
    unique, index = np.unique(values, return_inverse=True)
    written = np.array([_text(value) for value in unique.tolist()] or [""], object)
    return written[index].tolist()


def _text(value):
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(value)


PROGRAM = '''"""STIX quick-look light curves, {start} to {stop}, UTC at Solar Orbiter.

Fetches the plotted numbers from the portal's API. Needs Python 3 and numpy.
Please cite: {citation}.
"""

import json
from urllib.request import urlopen

import numpy as np

ADDRESS = (
    {address!r}
)

with urlopen(ADDRESS) as answer:
    curves = json.load(answer)

# Bin centres; UTC at Solar Orbiter.
time = np.array([text.rstrip("Z") for text in curves["time_utc_solo"]], dtype="datetime64[ms]")
# One row for each energy band, one column for each bin.
values = np.array([band["values"] for band in curves["bands"]], dtype=float)

print(f"{{len(time)}} rows, {{curves['aggregation']}}, in {{curves['units']}}")
if curves["simulated"]:
    print("SIMULATED: made by the simulator, not measured by the instrument")
for band, row in zip(curves["bands"], values):
    peak = np.nanargmax(row) if np.isfinite(row).any() else None
    print(
        band["label"].replace("\\u2013", "-"),
        "median", float(np.nanmedian(row)) if peak is not None else None,
        "maximum", float(row[peak]) if peak is not None else None,
        "at", str(time[peak]) + "Z" if peak is not None else None,
    )
'''


def program(address, span_texts):
    """A Python program that reproduces the numbers of a plot.

    Parameters
    ----------
    address : str
        Of the API with all parameters.
    span_texts : (str, str)
        Start and stop as ISO 8601.
    """
    return PROGRAM.format(
        start=span_texts[0], stop=span_texts[1], citation=CITATION, address=address
    )


def cutout(name, samples, sources):
    """The native bins of a range as a FITS file in the form of the daily ones.

    Parameters
    ----------
    name : str
        File name, for the FILENAME card.
    samples : Samples
        Native light curves with all columns, at least one bin, one energy table.
    sources : sequence of DataProduct
        The files that they came from, at least one: level, version, creation time and on-board
        clock are taken from them, so that the same question gives the same bytes.

    Returns
    -------
    bytes
    """
    columns = ("counts", "counts_err", "triggers", "triggers_err", "rcr")
    cards = {"PARENT": ";".join(product.name for product in sources)}
    if samples.simulated:
        cards["SIMULATD"] = (True, "made by the simulator")
    return quicklook_bytes(
        name,
        LIGHTCURVE,
        samples.time,
        samples.mean["timedel"],
        {column: samples.mean[column] for column in columns},
        bands=samples.bands[0][1],
        created=max(product.created for product in sources),
        level=sources[0].level,
        version=max(product.version for product in sources),
        complete=all(product.complete for product in sources),
        obt_offset_s=clock_offset(sources[0]),
        cards=cards,
        history=["Cut out of daily files by the STIX Data Center", NOTE],
    )


def clock_offset(product):
    """Seconds that UTC is ahead of 2000-01-01 plus the on-board time, at the start of a file."""
    try:
        on_board = float(product.header["OBT_BEG"])
    except (KeyError, TypeError, ValueError):
        return 0.0
    return (product.start - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() - on_board
