"""Readers of the two housekeeping reports: from a STIX file to the store's columns.

A report is a row of instants: its bins have no width. Numbers come as numbers, states as texts or
booleans, masks as integers. Every column is optional: what a file lacks is kept as not reported.
What it holds beyond the dictionary stays in the file and is logged.
"""

import logging
from functools import partial

import numpy as np

from apps.archive.fitsfile import FitsFileError
from apps.archive.series import SeriesReader, Table
from apps.core.timeaxis import DAY_MS
from apps.housekeeping.models import UnknownState
from apps.housekeeping.parameters import (
    MASK_NOT_REPORTED,
    MAXI,
    MINI,
    NOT_REPORTED,
    ZERO_CELSIUS,
    of_report,
)

CADENCE_MS = 64_000
"""Distance of the long reports in flight; that of the short ones varies."""

FIRST_TIME_MS, LAST_TIME_MS = 18_262 * DAY_MS, 29_220 * DAY_MS
"""2020-01-01 and 2050-01-01: no report is from another time."""

FARTHEST_MS = 32 * DAY_MS
"""A row farther from the median of its file than a month has a broken clock."""

ADMINISTRATIVE = {"time", "timedel", "control_index"}
CELSIUS = {"degc", "deg_c", "celsius", "°c"}

_log = logging.getLogger(__name__)


def read(stix, report):
    """Read a housekeeping file.

    Parameters
    ----------
    stix : StixFile
    report : str
        ``"hk-maxi"`` or ``"hk-mini"``.

    Returns
    -------
    Table
        Time of each report and a column for each parameter, under its mnemonic.

    Raises
    ------
    FitsFileError
        If no row has a believable time, or a column holds something else than its parameter.
    """
    known = of_report(report)
    held = set(stix.columns())
    strangers = held - ADMINISTRATIVE - {parameter.column for parameter in known}
    if strangers:
        _log.warning("%s: not in the dictionary: %s", stix.path.name, ", ".join(sorted(strangers)))
    good, time = _believable(stix)
    columns = {}
    for parameter in known:
        make = {"number": _numbers, "state": _states, "mask": _masks}[parameter.kind]
        values = stix.column(parameter.column) if parameter.column in held else None
        if values is not None:
            values = _one_a_row(stix, parameter, values)[good]
        columns[parameter.mnemonic] = make(stix, parameter, values, len(time))
    return Table(time, columns)


READERS = {
    "Housekeeping": SeriesReader(
        MAXI, CADENCE_MS, tuple(p.stored() for p in of_report(MAXI)), partial(read, report=MAXI)
    ),
    "Short housekeeping": SeriesReader(
        MINI, CADENCE_MS, tuple(p.stored() for p in of_report(MINI)), partial(read, report=MINI)
    ),
}
"""The readers under the titles of their products."""


def _believable(stix):
    """Rows whose time can be true, and their times."""
    time, _ = stix.times()
    good = (time > FIRST_TIME_MS) & (time < LAST_TIME_MS)
    if good.any():
        good &= np.abs(time - int(np.median(time[good]))) < FARTHEST_MS
    if not good.any():
        raise FitsFileError(
            f"{stix.path.name}: none of {len(time)} rows has a time between 2020 and 2050; "
            "ask for the file to be made again"
        )
    if not good.all():
        _log.warning("%s: %d of %d rows left out", stix.path.name, (~good).sum(), len(time))
    return good, time[good]


def _one_a_row(stix, parameter, values):
    if values.size != len(values):
        raise FitsFileError(
            f"{stix.path.name}: column {parameter.column} has shape {values.shape}, expected one "
            f"value a row of {parameter.title}; the file does not fit its product type"
        )
    return values.reshape(len(values))


def _numbers(stix, parameter, values, n):
    if values is None:
        return np.full(n, np.nan, "f4")
    if values.dtype.kind not in "iufb":
        raise FitsFileError(
            f"{stix.path.name}: column {parameter.column} holds {values.dtype}, expected the "
            f"numbers of {parameter.title}; the file does not fit its product type"
        )
    numbers = values.astype("f8")
    if parameter.is_temperature and stix.unit(parameter.column).lower() in CELSIUS:
        numbers = numbers + ZERO_CELSIUS
    numbers[np.abs(numbers) > np.finfo("f4").max] = np.nan
    return numbers.astype("f4")


def _states(stix, parameter, values, n):
    if values is None:
        return np.full(n, NOT_REPORTED, "u1")
    codes = {text: code for code, text in parameter.states.items()}
    if values.dtype.kind in "iu":
        known = {code: code for code in parameter.states}
        return _coded(stix, parameter, values, known)
    if values.dtype.kind == "b":
        values = np.where(values, "True", "False")
    if values.dtype.kind not in "US":
        raise FitsFileError(
            f"{stix.path.name}: column {parameter.column} holds {values.dtype}, expected the "
            f"states of {parameter.title} as texts; the file does not fit its product type"
        )
    return _coded(stix, parameter, np.char.strip(values.astype("U")), codes | {"": NOT_REPORTED})


def _coded(stix, parameter, values, codes):
    """Codes of states; a new one is written down, so that it can be told."""
    unique, place = np.unique(values, return_inverse=True)
    found = []
    for value in unique.tolist():
        if value not in codes:
            _log.warning("%s: %s has the unknown state %r", stix.path.name, parameter.title, value)
            codes[value] = UnknownState.objects.code_of(
                parameter.mnemonic, str(value), stix.path.name
            )
        found.append(codes[value])
    return np.array(found, "u1")[place]


def _masks(stix, parameter, values, n):
    if values is None:
        return np.full(n, MASK_NOT_REPORTED, "u8")
    whole = values.dtype.kind in "iu" or (values == np.floor(values)).all()
    if not whole or not ((values >= 0) & (values < 2**parameter.bits)).all():
        raise FitsFileError(
            f"{stix.path.name}: column {parameter.column} runs from {values.min()} to "
            f"{values.max()}, expected masks of {parameter.bits} bits of {parameter.title}; the "
            "file does not fit its product type"
        )
    return values.astype("u8")
