"""Readers of the five quick-look products: from a STIX file to the store's columns.

Quirks of real files that are settled here and nowhere else: numbers stored as shape (n, 1),
error columns named ``_err`` or ``_comp_err``, spectra in slots that are not detectors, and rows
whose time cannot be true.
"""

import logging

import numpy as np

from apps.archive.fitsfile import FitsFileError
from apps.archive.series import Column, SeriesReader, Table
from apps.core.timeaxis import DAY_MS
from apps.quicklook.lightcurve import BANDS, CADENCE_MS, LIGHTCURVE

FIRST_TIME_MS = 18_262 * DAY_MS
"""2020-01-01: Solar Orbiter was launched in February 2020."""

LAST_TIME_MS = 29_220 * DAY_MS
"""2050-01-01: no row of a file written today can be later."""

FARTHEST_MS = 32 * DAY_MS
"""A row farther from the median of its file than a month has a broken clock."""

DETECTORS = 32
CHANNELS = 32

_log = logging.getLogger(__name__)

_TIMEDEL = Column("timedel", "f4", (), "s", "Width of the bin")
_COUNTS = (
    Column("counts", "i4", (BANDS,), "ct", "Counts in a bin, detectors summed"),
    Column("counts_err", "f4", (BANDS,), "ct", "Compression error of counts", "none"),
    Column("triggers", "i4", (), "ct", "Triggers in a bin, detectors summed"),
    Column("triggers_err", "f4", (), "ct", "Compression error of triggers", "none"),
)
LIGHTCURVE_COLUMNS = (*_COUNTS, Column("rcr", "u1", (), "", "Rate control regime", "max"), _TIMEDEL)
BACKGROUND_COLUMNS = (*_COUNTS, _TIMEDEL)
VARIANCE_COLUMNS = (
    Column("variance", "i4", (), "ct²", "Variance of the counts within a bin"),
    Column("variance_err", "f4", (), "ct²", "Compression error of variance", "none"),
    _TIMEDEL,
)
SPECTRA_COLUMNS = (
    Column("counts", "i4", (CHANNELS,), "ct", "Counts of a scan, detectors summed"),
    Column("spectra", "i4", (DETECTORS, CHANNELS), "ct", "Counts by detector", "none"),
    Column("triggers", "i4", (DETECTORS,), "ct", "Triggers by detector", "none"),
    _TIMEDEL,
)
FLAG_COLUMNS = (
    Column("loc_z", "i4", (), "arcmin", "Flare location, z in the STIX frame"),
    Column("loc_y", "i4", (), "arcmin", "Flare location, y in the STIX frame"),
    Column("thermal_index", "u1", (), "", "Thermal index, 0 none to 4 major", "max"),
    Column("non_thermal_index", "u1", (), "", "Non-thermal index, 0 to 2", "max"),
    Column("location_status", "u1", (), "", "0 none, 1 previous, 2 new", "max"),
    _TIMEDEL,
)


def read_lightcurve(stix):
    """Read ql-lightcurve: counts in five bands, triggers, rate control regime."""
    return _table(stix, LIGHTCURVE_COLUMNS, _stored(stix, LIGHTCURVE_COLUMNS), _bands(stix))


def read_background(stix):
    """Read ql-background: counts in five bands and triggers of the background detector."""
    return _table(stix, BACKGROUND_COLUMNS, _stored(stix, BACKGROUND_COLUMNS), _bands(stix))


def read_variance(stix):
    """Read ql-variance: variance of 40 short samples in each bin."""
    return _table(stix, VARIANCE_COLUMNS, _stored(stix, VARIANCE_COLUMNS))


def read_flareflag(stix):
    """Read ql-flareflag: coarse location in arcmin and the two flare indices."""
    return _table(stix, FLAG_COLUMNS, _stored(stix, FLAG_COLUMNS))


def read_spectra(stix):
    """Read ql-spectra: one spectrum of each detector in each scan.

    Slot k of a row belongs to detector ``detector_index[row, k]``; the columns come out ordered
    by detector. ``counts`` are the spectra summed over the detectors.
    """
    place = _column(stix, "detector_index", (DETECTORS,)).astype("i8")
    if not ((place >= 0) & (place < DETECTORS)).all():
        raise FitsFileError(
            f"{stix.path.name}: detector_index runs from {place.min()} to {place.max()}, "
            f"expected 0 to {DETECTORS - 1}; its spectra cannot be given to detectors"
        )
    slots = _column(stix, "spectra", (DETECTORS, CHANNELS))
    slot_triggers = _column(stix, "triggers", (DETECTORS,))
    spectra, triggers = np.zeros_like(slots), np.zeros_like(slot_triggers)
    row = np.arange(len(place))[:, None]
    spectra[row, place] = slots
    triggers[row, place] = slot_triggers
    columns = {"counts": spectra.sum(axis=1), "spectra": spectra, "triggers": triggers}
    return _table(stix, SPECTRA_COLUMNS, columns, _bands(stix))


READERS = {
    "Light curves": SeriesReader(LIGHTCURVE, CADENCE_MS, LIGHTCURVE_COLUMNS, read_lightcurve),
    "Background monitor": SeriesReader("ql-background", 8000, BACKGROUND_COLUMNS, read_background),
    "Variance": SeriesReader("ql-variance", 4000, VARIANCE_COLUMNS, read_variance),
    "Spectra": SeriesReader("ql-spectra", 1_024_000, SPECTRA_COLUMNS, read_spectra),
    "Flare flag and location": SeriesReader("ql-flareflag", 8000, FLAG_COLUMNS, read_flareflag),
}
"""The readers under the titles of their products."""


def _bands(stix):
    return [[float(low), float(high)] for low, high in stix.bands()]


def _column(stix, name, shape=()):
    """Return a column as float64 of shape (n, *shape), whatever form it was written in."""
    values = np.asarray(stix.column(name))
    n = len(values)
    if values.size != n * int(np.prod(shape)):
        raise FitsFileError(
            f"{stix.path.name}: column {name} has shape {values.shape}, expected "
            f"{(n, *shape)}; the file does not fit its product type"
        )
    return values.reshape((n, *shape)).astype("f8")


def _stored(stix, specification):
    """Return the columns a file has under the names they are stored under."""
    return {
        column.name: _column(stix, column.name, column.shape)
        for column in specification
        if column is not _TIMEDEL
    }


def _table(stix, specification, columns, bins=None):
    """Keep the rows with a believable time and width and storable values; log how many were not."""
    time, width = stix.times()
    columns = columns | {"timedel": np.where(width > 0, width, np.nan)}
    good = (time > FIRST_TIME_MS) & (time < LAST_TIME_MS) & np.isfinite(columns["timedel"])
    if good.any():
        good &= np.abs(time - int(np.median(time[good]))) < FARTHEST_MS
    for column in specification:
        if column.dtype[0] in "iu":
            limits = np.iinfo(column.dtype)
            values = columns[column.name].reshape(len(time), -1)
            good &= ((values >= limits.min) & (values <= limits.max)).all(axis=1)
    if not good.any():
        raise FitsFileError(
            f"{stix.path.name}: none of {len(time)} rows has a time between 2020 and 2050, a bin "
            "width above 0 and values in range; ask for the file to be made again"
        )
    if not good.all():
        _log.warning("%s: %d of %d rows left out", stix.path.name, (~good).sum(), len(time))
    return Table(
        time[good],
        {
            column.name: np.rint(columns[column.name][good]).astype(column.dtype)
            if column.dtype[0] in "iu"
            else columns[column.name][good].astype(column.dtype)
            for column in specification
        },
        bins,
    )
