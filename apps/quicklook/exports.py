"""Light curves as JSON, as CSV, as a FITS cut-out, and as a program that fetches the numbers."""

import math
from datetime import UTC, datetime

import numpy as np

from apps.archive.fitslayouts import Field
from apps.archive.fitswriter import quicklook_bytes
from apps.archive.series import NATIVE_WINDOW_MS
from apps.core import seriestext
from apps.core.energy import band_label
from apps.core.seriestext import CITATION, utc_texts
from apps.quicklook.lightcurve import DEFINITIONS, LIGHTCURVE, UNITS

NOTE = "Detector sums, not corrected for live time, attenuator or grids."
COLUMN_UNITS = {"counts": "counts", "rate": "counts_per_s", "flux": "counts_per_s_per_keV"}


def facts(curves):
    """What has to be known with the numbers, under the names that JSON and CSV share.

    Returns
    -------
    dict
    """
    return {
        "clock": curves.clock,
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
        **(curves.earth.facts() if curves.earth else {"light_time_corrected": False}),
    }


def record(curves):
    """The light curves as plain values for JSON; a value that does not exist is None.

    Returns
    -------
    dict
        ``time_utc_solo`` texts, ``timedel_s`` and ``exposure_s``, ``triggers`` in counts, ``rcr``,
        ``samples``, and ``bands``: energy_low and energy_high in keV with ``values``, and
        ``error`` (native bins) or ``minimum`` and ``maximum`` (buckets). With the Earth's clock
        also ``time_utc_earth``, and ``light_time_kernels``, which names the files of the orbit.
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
    earth = {}
    if curves.earth:
        earth = {
            "time_utc_earth": utc_texts(curves.earth.at_earth(curves.time)),
            "light_time_kernels": curves.earth.provenance.record(),
        }
    return {
        "time_utc_solo": utc_texts(curves.time),
        **earth,
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
    """A CSV file piece by piece, see `core.seriestext`; UTC at Earth too with the Earth's clock."""
    times = {"time_utc_solo": curves.time}
    if curves.earth:
        times["time_utc_earth"] = curves.earth.at_earth(curves.time)
    columns = {name: np.asarray(values, "f8") for name, values in csv_columns(curves).items()}
    return seriestext.csv_text(comments, times, columns)


PROGRAM = '''"""STIX quick-look light curves, {start} to {stop} UTC at Solar Orbiter.

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

def instants(name):
    """A column of times; numpy counts in UTC and wants no Z."""
    return np.array([text.rstrip("Z") for text in curves[name]], dtype="datetime64[ms]")


# Bin centres, UTC at Solar Orbiter{clocks}.
time = instants("time_utc_solo")
# One row for each energy band, one column for each bin.
values = np.array([band["values"] for band in curves["bands"]], dtype=float)

print(f"{{len(time)}} rows, {{curves['aggregation']}}, in {{curves['units']}}, {{curves['clock']}}")
{earth}if curves["simulated"]:
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


EARTH_PROGRAM = """earth = instants("time_utc_earth")  # the same bins as seen at Earth
print(
    "light time difference", curves["light_time_difference_s"], "s,", curves["light_time_rule"],
    "(approximate orbit)" if curves["light_time_approximate"] else curves["light_time_mk"],
)
"""


def program(address, span_texts, *, both_clocks=False):
    """A Python program that reproduces the numbers of a plot.

    Parameters
    ----------
    address : str
        Of the API with all parameters.
    span_texts : (str, str)
        Start and stop as ISO 8601, UTC at Solar Orbiter.
    both_clocks : bool
        Whether the data hold UTC at Earth too.
    """
    return PROGRAM.format(
        start=span_texts[0],
        stop=span_texts[1],
        citation=CITATION,
        address=address,
        clocks="; those at Earth follow" if both_clocks else "",
        earth=EARTH_PROGRAM if both_clocks else "",
    )


def cutout(name, samples, sources, earth=None):
    """The native bins of a range as a FITS file in the form of the daily ones.

    With the Earth's clock, DATA stays UTC at Solar Orbiter, as in every STIX file, and the
    extension EARTH_TIME has UTC at Earth row by row.

    Parameters
    ----------
    name : str
        File name, for the FILENAME card.
    samples : Samples
        Native light curves with all columns, at least one bin, one energy table.
    sources : sequence of DataProduct
        The files that they came from, at least one: level, version, creation time and on-board
        clock are taken from them, so that the same question gives the same bytes.
    earth : EarthClock, optional

    Returns
    -------
    bytes
    """
    columns = ("counts", "counts_err", "triggers", "triggers_err", "rcr")
    cards = {"PARENT": ";".join(product.name for product in sources)}
    if samples.simulated:
        cards["SIMULATD"] = (True, "made by the simulator")
    history, tables = ["Cut out of daily files by the STIX Data Center", NOTE], ()
    if earth:
        cards |= _earth_cards(earth, samples)
        history.append("DATA is UTC at Solar Orbiter; EARTH_TIME has UTC at Earth of its rows")
        tables = [_earth_table(earth, samples.time)]
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
        history=history,
        tables=tables,
    )


def _earth_cards(earth, samples):
    """Cards of the light time, under the names of the daily files."""
    start = int(samples.time[0] - float(samples.mean["timedel"][0]) * 500)
    kernels = earth.provenance.mk
    return {
        "EAR_TDEL": (earth.difference_s, "[s] Time(Sun to Earth) - Time(Sun to S/C)"),
        "DATE_EAR": (utc_texts(earth.at_earth([start]))[0][:-1], "Start, corrected to Earth"),
        "SPICE_MK": (kernels, "approximate orbit" if earth.provenance.approximate else ""),
    }


def _earth_table(earth, time_ms):
    """The extension EARTH_TIME: UTC at Earth and the difference of each row of DATA."""
    fields = (Field("time_utc_earth", "A"), Field("light_time_difference", "D", (), "s"))
    texts = np.array([text[:-1] for text in utc_texts(earth.at_earth(time_ms))])
    values = {"time_utc_earth": texts, "light_time_difference": earth.differences(time_ms)}
    return "EARTH_TIME", fields, values, "EARTH_TIME"


def clock_offset(product):
    """Seconds that UTC is ahead of 2000-01-01 plus the on-board time, at the start of a file."""
    try:
        on_board = float(product.header["OBT_BEG"])
    except (KeyError, TypeError, ValueError):
        return 0.0
    return (product.start - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() - on_board


def no_cutout(span, curves):
    """Why a range has no FITS cut-out, as a sentence; empty where it has one.

    Parameters
    ----------
    span : TimeRange
    curves : LightCurves
        What is shown of the range.
    """
    if span.stop_ms - span.start_ms > NATIVE_WINDOW_MS:
        return "A FITS cut-out covers at most 4 days; choose a shorter range, or take the files."
    if not len(curves.time):
        return "There are no light curves in this range to cut out."
    if len(curves.bands) > 1:
        return "The energy bands change in this range; choose the time before or after it."
    return ""
