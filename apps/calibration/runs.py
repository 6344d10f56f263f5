"""Calibration runs as a file of level 1 holds them: what was set, how long, and the spectra."""

import io
import math
import zlib
from dataclasses import dataclass

import numpy as np

from apps.archive.fitsborder import FitsFileError
from apps.calibration.lines import CHANNELS
from apps.core.detectors import mask_of

SHAPE = (32, 12, CHANNELS)
SUBSPECTRA = 8


@dataclass(frozen=True)
class Subspectrum:
    """A part of the ADC axis as sent: `points` of `summed` channels each, from `lowest` on."""

    number: int
    lowest: int
    points: int
    summed: int

    @property
    def highest(self):
        """First channel beyond it."""
        return self.lowest + self.points * self.summed


@dataclass(frozen=True)
class Run:
    """One run; what the file does not tell is None.

    Times in milliseconds since 1970 UTC and in seconds, temperature in kelvin; masks have their
    least significant bit for detector index 0 and pixel 0; `counts` and `errors` have shape
    (32, 12, 1024).
    """

    row: int
    start_ms: int
    stop_ms: int
    integration_s: float | None
    live_s: float | None
    quiet_s: float | None
    temperature_k: float | None
    detector_mask: int | None
    pixel_mask: int | None
    subspectra: tuple
    counts: np.ndarray
    errors: np.ndarray | None


def read(stix):
    """Read all runs of a file.

    Parameters
    ----------
    stix : StixFile
        Of the product cal-energy, level 1.

    Returns
    -------
    list of Run

    Raises
    ------
    FitsFileError
        If spectra or times are missing or have another shape, or a mask holds no flags.
    """
    centre_ms, width_s = stix.times()
    counts = stix.column("counts")
    if counts.shape[1:] != SHAPE:
        raise FitsFileError(
            f"{stix.path.name}: a cell of counts has shape {counts.shape[1:]}, expected {SHAPE}"
        )
    errors = stix.column("counts_err") if stix.has_column("counts_err") else None
    control = _Control(stix)
    half_ms = np.rint(width_s * 500).astype(np.int64)
    return [
        Run(
            row=row,
            start_ms=int(centre_ms[row] - half_ms[row]),
            stop_ms=int(centre_ms[row] + half_ms[row]),
            integration_s=control.number("integration_time", row),
            live_s=control.number("live_time", row, 1e-3),
            quiet_s=control.number("quiet_time", row),
            temperature_k=control.number("average_temperature", row),
            detector_mask=control.mask("detector_mask", row, 32),
            pixel_mask=control.mask("pixel_mask", row, 12),
            subspectra=control.subspectra(row),
            counts=counts[row],
            errors=None if errors is None else errors[row],
        )
        for row in range(len(centre_ms))
    ]


class _Control:
    """The rows of CONTROL that belong to the rows of DATA."""

    def __init__(self, stix):
        self.stix = stix
        self.rows = self._rows()

    def _rows(self):
        """For each row of DATA its row of CONTROL, by index where both name one."""
        n = self.stix.row_count()
        if not (self.stix.has_column("control_index") and self._has("index")):
            return list(range(n))
        wanted = np.ravel(self.stix.column("control_index"))
        known = {int(value): row for row, value in enumerate(np.ravel(self._column("index")))}
        return [known.get(int(value)) for value in wanted]

    def _has(self, name):
        return self.stix.has_column(name, "CONTROL")

    def _column(self, name):
        return self.stix.column(name, "CONTROL")

    def _value(self, name, row):
        """The cell of a column, None where there is none."""
        place = self.rows[row]
        if place is None or not self._has(name):
            return None
        values = self._column(name)
        return values[place] if place < len(values) else None

    def number(self, name, row, scale=1.0):
        """A number, None where it is missing or not finite."""
        value = self._value(name, row)
        if value is None or np.size(value) != 1:
            return None
        number = float(np.ravel(value)[0]) * scale
        return number if math.isfinite(number) else None

    def mask(self, name, row, size):
        """A mask as an integer, None where it is missing."""
        value = self._value(name, row)
        if value is None:
            return None
        flags = np.ravel(value)
        if flags.size != size or not np.isin(flags, (0, 1)).all():
            raise FitsFileError(
                f"{self.stix.path.name}: {name} holds {flags[:4].tolist()} … "
                f"({flags.size} values), expected {size} flags of 0 or 1"
            )
        return mask_of(flags.astype(bool))

    def subspectra(self, row):
        """The sub-spectra that were switched on."""
        mask = self.mask("subspectrum_mask", row, SUBSPECTRA)
        names = ("subspec_lowest_channel", "subspec_num_points", "subspec_num_summed_channel")
        columns = [self._value(name, row) for name in names]
        if mask is None or any(column is None for column in columns):
            return ()
        return tuple(
            Subspectrum(number, *(int(column[number]) for column in columns))
            for number in range(SUBSPECTRA)
            if mask >> number & 1
        )


def pack(values):
    """An array as compressed bytes; counts in the narrowest whole numbers that hold them all."""
    values = np.asarray(values)
    if values.dtype.kind in "iu" and values.size and values.min() >= 0:
        values = values.astype(np.min_scalar_type(values.max()))
    elif values.dtype.kind == "f":
        values = values.astype("f4")
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return zlib.compress(buffer.getvalue(), 6)


def unpack(content):
    """The array of `pack`."""
    return np.load(io.BytesIO(zlib.decompress(content)), allow_pickle=False)
